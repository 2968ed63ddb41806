//! All notices since the start.

use super::{buttons, title};
use crate::app::message::Message;
use crate::app::notices::Notices;
use egui::Ui;

pub fn show(ui: &mut Ui, notices: &Notices, messages: &mut Vec<Message>) {
    ui.set_width(560.0);
    title(ui, "Notices");
    if notices.is_empty() {
        ui.weak("Nothing to tell.");
    }
    egui::ScrollArea::vertical()
        .max_height(380.0)
        .show(ui, |ui| {
            for notice in notices.iter() {
                ui.horizontal_top(|ui| {
                    ui.colored_label(notice.color(), notice.icon());
                    ui.add(egui::Label::new(&notice.text).wrap());
                });
            }
        });
    let (close, clear) = buttons(ui, "Close", true, "Clear the list");
    if close {
        messages.push(Message::CloseDialog);
    } else if clear {
        messages.push(Message::ClearNotices);
    }
}
