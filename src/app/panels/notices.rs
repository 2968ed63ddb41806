//! The list of all notices since the start, beside the views: what happened, how grave, how long ago.

use crate::app::App;
use crate::app::action::Action;
use crate::app::message::Message;
use crate::app::notices::{AppNotice, Severity, offers};
use crate::app::widgets::label_for_access;
use crate::app::{icons, theme};
use egui::{Align, Button, CollapsingHeader, Label, Layout, RichText, ScrollArea, Ui};
use std::time::Duration;

pub fn show(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    ui.horizontal(|ui| {
        ui.label(RichText::new("Notices").text_style(theme::heading()).weak());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let empty = app.notices.is_empty();
            let button = |ui: &mut Ui, enabled: bool, icon: &str, tip: &str| {
                let button = Button::new(icon).frame_when_inactive(false);
                let response = ui.add_enabled(enabled, button);
                label_for_access(&response, egui::Role::Button, tip);
                response.on_hover_text(tip).clicked()
            };
            if button(ui, true, icons::X, "Close the list of notices") {
                messages.push(Message::Action(Action::ShowNotices));
            }
            if button(ui, !empty, icons::TRASH, "Clear the list of notices") {
                messages.push(Message::ClearNotices);
            }
            if button(ui, !empty, icons::COPY, "Copy all notices") {
                let all = app.notices.iter().map(line);
                ui.ctx().copy_text(all.collect::<Vec<_>>().join("\n"));
            }
        });
    });
    if app.notices.is_empty() {
        ui.weak(
            "Nothing to tell. What fails, and what is not quite as one may think, is listed here.",
        );
        return;
    }
    // The times grow older though nothing else changes.
    ui.ctx().request_repaint_after(Duration::from_secs(60));
    ScrollArea::vertical()
        .auto_shrink([false, false])
        .show(ui, |ui| {
            let newest_first = app.notices.iter().enumerate().rev();
            for (n, notice) in newest_first {
                ui.push_id(n, |ui| {
                    entry(ui, notice);
                    offers(ui, n, notice, messages);
                });
                ui.separator();
            }
        });
}

fn entry(ui: &mut Ui, notice: &AppNotice) {
    ui.horizontal(|ui| {
        ui.colored_label(notice.color(ui.visuals()), notice.icon());
        ui.label(RichText::new(word(notice.severity)).small().weak());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(RichText::new(age(notice.age())).small().weak());
        });
    });
    match folded(&notice.text) {
        (whole, None) => {
            ui.add(Label::new(whole).wrap());
        }
        (what, Some(details)) => {
            ui.add(Label::new(what).wrap());
            CollapsingHeader::new(RichText::new("Details").small())
                .id_salt("details")
                .show(ui, |ui| ui.add(Label::new(details).wrap()));
        }
    }
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "Failed",
        Severity::Warning => "Note",
        Severity::Done => "Done",
    }
}

/// What happened, and the rest of a long text: remedy and path.
fn folded(text: &str) -> (&str, Option<&str>) {
    const SHORT: usize = 90;
    if text.chars().count() <= SHORT {
        return (text, None);
    }
    let ends = ["; ", ". ", ": "].into_iter().filter_map(|end| {
        let at = text.find(end)?;
        (at >= 20).then_some(at)
    });
    match ends.min() {
        Some(at) => (&text[..at], Some(text[at + 2..].trim_start())),
        None => (text, None),
    }
}

fn age(age: Duration) -> String {
    match age.as_secs() {
        0..60 => "just now".to_owned(),
        s @ 60..3600 => format!("{} min ago", s / 60),
        s => format!("{} h {} min ago", s / 3600, s % 3600 / 60),
    }
}

fn line(notice: &AppNotice) -> String {
    let severity = word(notice.severity);
    format!("{severity}, {}: {}", age(notice.age()), notice.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_fold_after_what_happened() {
        assert_eq!(folded("saved: a.nii"), ("saved: a.nii", None));
        let long = "the file is cut off in the middle; copy it again from where it came from: /very/long/path/to/some/folder/image.nii.gz";
        let (what, details) = folded(long);
        assert_eq!(what, "the file is cut off in the middle");
        assert!(details.is_some_and(|text| text.ends_with("image.nii.gz")));
    }

    #[test]
    fn ages_are_told_in_minutes_and_hours() {
        assert_eq!(age(Duration::from_secs(59)), "just now");
        assert_eq!(age(Duration::from_secs(125)), "2 min ago");
        assert_eq!(age(Duration::from_secs(3720)), "1 h 2 min ago");
    }
}
