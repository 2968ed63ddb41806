//! The dialog about files of a workspace that are not where they were.

use super::{Request, Work};
use crate::app::App;
use crate::app::dialogs::{answers, title};
use crate::app::message::Message;
use crate::app::{icons, theme};
use egui::{RichText, ScrollArea, Ui};

pub fn show(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    let Work::Asking(pending) = &app.workspaces.work else {
        messages.push(Message::CloseDialog);
        return;
    };
    ui.set_width(560.0);
    let missing: Vec<_> = pending.missing().collect();
    let all = pending.opened.scene.layers.len();
    title(ui, "Some images are not where they were");
    let text = format!(
        "{} of {all} images of this workspace cannot be found. Choose a folder to look for them in, or open the workspace without them.",
        missing.len(),
    );
    ui.add(egui::Label::new(text).wrap());
    ui.add_space(theme::STEP);
    ScrollArea::vertical().max_height(260.0).show(ui, |ui| {
        for path in missing {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let folder = path.parent().unwrap_or(path).display().to_string();
            ui.horizontal(|ui| {
                ui.label(RichText::new(icons::WARNING).color(ui.visuals().warn_fg_color));
                ui.label(RichText::new(name).family(theme::semibold()));
            });
            ui.add(egui::Label::new(RichText::new(folder).weak().small()).truncate());
        }
    });
    let request = match answers(ui, "Find…", true, &["Cancel", "Leave out"]) {
        Some(0) => Request::Find,
        Some(1) => Request::GiveUp,
        Some(_) => Request::LeaveOut,
        None => return,
    };
    messages.push(Message::Workspace(request));
}
