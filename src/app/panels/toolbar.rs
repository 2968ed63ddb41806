//! The row of buttons below the menu.

use crate::app::App;
use crate::app::action::Action;
use crate::app::message::Message;
use crate::app::widgets::tool_button;
use egui::Ui;

pub fn show(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    // Room for all words, or for those of opening.
    let (wide, medium) = (ui.available_width() > 1256.0, ui.available_width() > 800.0);
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let groups: [&[Action]; 4] = [
            &[Action::OpenMain, Action::OpenFolder, Action::AddImage],
            &[Action::Undo, Action::Redo],
            &[Action::Fit, Action::Center, Action::AllViews],
            &[
                Action::AutoContrast,
                Action::ToggleOverlays,
                Action::ShowInfo,
            ],
        ];
        for (n, group) in groups.into_iter().enumerate() {
            if n > 0 {
                ui.separator();
            }
            for &action in group {
                let text =
                    (wide || (medium && n == 0)) && !matches!(action, Action::Undo | Action::Redo);
                tool_button(ui, action, text, app.is_enabled(action), messages);
            }
        }
    });
}
