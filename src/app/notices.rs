//! What went wrong or not quite as one may think: a quiet list, the newest over a corner of the views for a while.

use super::message::Message;
use super::tools::Request;
use super::widgets::capitalized;
use super::{icons, theme};
use egui::{Align2, Area, Color32, Frame, Id, Rect, Ui, vec2};
use std::io::Write as _;
use std::time::{Duration, Instant};

const SHOWN_FOR: Duration = Duration::from_secs(10);
/// What failed, longer; the list and the status line keep it.
const FAILURE_SHOWN_FOR: Duration = Duration::from_secs(60);

/// How grave a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// An operation failed; stays over the views until it is closed.
    Error,
    /// Done, but not quite as one may think.
    Warning,
    /// Done as asked.
    Done,
}

/// One sentence for the user.
#[derive(Clone, Debug)]
pub struct AppNotice {
    pub severity: Severity,
    pub text: String,
    /// What may be done about it: a word on a button each.
    pub offers: Vec<(&'static str, Request)>,
    since: Instant,
    open: bool,
}

impl AppNotice {
    /// How long ago it was.
    pub fn age(&self) -> Duration {
        self.since.elapsed()
    }

    pub fn color(&self, visuals: &egui::Visuals) -> Color32 {
        match self.severity {
            Severity::Error => visuals.error_fg_color,
            Severity::Warning => visuals.warn_fg_color,
            Severity::Done => theme::ACCENT,
        }
    }

    pub fn icon(&self) -> &'static str {
        match self.severity {
            Severity::Error => icons::WARNING_CIRCLE,
            Severity::Warning => icons::WARNING,
            Severity::Done => icons::CHECK,
        }
    }
}

/// All notices since the start.
#[derive(Debug, Default)]
pub struct Notices {
    list: Vec<AppNotice>,
    /// All are listed beside the views.
    pub listed: bool,
}

impl Notices {
    pub fn error(&mut self, text: impl Into<String>) {
        self.push(Severity::Error, &text.into(), Vec::new());
    }

    pub fn warning(&mut self, text: impl Into<String>) {
        self.push(Severity::Warning, &text.into(), Vec::new());
    }

    /// A warning with what may be done about it.
    pub fn offer(&mut self, text: impl Into<String>, offers: Vec<(&'static str, Request)>) {
        self.push(Severity::Warning, &text.into(), offers);
    }

    pub fn done(&mut self, text: impl Into<String>) {
        self.push(Severity::Done, &text.into(), Vec::new());
    }

    /// Keeps the notice for the window and says what is amiss on stderr too.
    fn push(&mut self, severity: Severity, text: &str, offers: Vec<(&'static str, Request)>) {
        if severity != Severity::Done {
            // With stderr closed there is still the window.
            let _ = writeln!(std::io::stderr(), "warpscope: {text}");
        }
        let text = capitalized(text);
        self.list.push(AppNotice {
            severity,
            text,
            offers,
            since: Instant::now(),
            open: true,
        });
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many tell of something amiss.
    pub fn amiss(&self) -> usize {
        let amiss = |notice: &&AppNotice| notice.severity != Severity::Done;
        self.list.iter().filter(amiss).count()
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &AppNotice> + ExactSizeIterator {
        self.list.iter()
    }

    pub fn clear(&mut self) {
        self.list.clear();
    }

    pub fn dismiss(&mut self, index: usize) {
        if let Some(notice) = self.list.get_mut(index) {
            notice.open = false;
        }
    }

    /// The newest three that are still open, over the bottom left of `area`: the views have their
    /// scale bars and slice numbers on the right. None while all are listed.
    pub fn show(&self, ui: &mut Ui, area: Rect, messages: &mut Vec<Message>) {
        if self.listed {
            return;
        }
        let now = Instant::now();
        let fading = |notice: &AppNotice| now - notice.since > shown_for(notice);
        let open = self
            .list
            .iter()
            .enumerate()
            .rev()
            .filter(|(_, n)| n.open && !fading(n));
        let mut shown: Vec<(usize, &AppNotice)> = open.take(3).collect();
        shown.reverse();
        if shown.is_empty() {
            return;
        }
        ui.ctx().request_repaint_after(Duration::from_secs(1));
        Area::new(Id::unique("notices"))
            .pivot(Align2::LEFT_BOTTOM)
            .fixed_pos(area.left_bottom() + vec2(12.0, -12.0))
            .order(egui::Order::Middle)
            .show(ui.ctx(), |ui| {
                for (index, notice) in shown {
                    // Within the left half of the views.
                    let width = (area.width() / 2.0 - 110.0).clamp(160.0, 440.0);
                    toast(ui, index, notice, width, messages);
                }
            });
    }
}

fn shown_for(notice: &AppNotice) -> Duration {
    match notice.severity {
        Severity::Error => FAILURE_SHOWN_FOR,
        // It waits for an answer.
        Severity::Warning if !notice.offers.is_empty() => FAILURE_SHOWN_FOR,
        Severity::Warning | Severity::Done => SHOWN_FOR,
    }
}

/// Buttons for what may be done; the last leaves things as they are.
pub fn offers(ui: &mut Ui, index: usize, notice: &AppNotice, messages: &mut Vec<Message>) {
    if notice.offers.is_empty() {
        return;
    }
    ui.horizontal(|ui| {
        for (word, request) in &notice.offers {
            let tip = "Undo takes it back";
            if ui.button(*word).on_hover_text(tip).clicked() {
                messages.push(Message::Tools(*request));
                messages.push(Message::DismissNotice(index));
            }
        }
        let tip = "Leaves the slices as they are; Tools > Slices does the same later";
        if ui.button("As is").on_hover_text(tip).clicked() {
            messages.push(Message::DismissNotice(index));
        }
    });
}

fn toast(ui: &mut Ui, index: usize, notice: &AppNotice, width: f32, messages: &mut Vec<Message>) {
    Frame::popup(ui.style())
        .stroke(egui::Stroke::new(1.0, notice.color(ui.visuals())))
        .show(ui, |ui| {
            ui.horizontal_top(|ui| {
                ui.colored_label(notice.color(ui.visuals()), notice.icon());
                ui.scope(|ui| {
                    ui.set_width(width);
                    ui.vertical(|ui| {
                        ui.add(egui::Label::new(&notice.text).wrap());
                        offers(ui, index, notice, messages);
                    });
                });
                let close = egui::Button::new(icons::X).frame_when_inactive(false);
                let response = ui.add(close);
                super::widgets::label_for_access(&response, egui::Role::Button, "Close notice");
                if response
                    .on_hover_text("Close; Help > Notices keeps it")
                    .clicked()
                {
                    messages.push(Message::DismissNotice(index));
                }
            });
        });
}
