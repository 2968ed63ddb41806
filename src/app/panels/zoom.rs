//! Zoom buttons of the left panel.

use crate::app::App;
use crate::app::action::Action;
use crate::app::message::Message;
use crate::app::widgets::section;
use crate::document::Plane;
use egui::{Align, Layout, RichText, Ui};

pub fn show(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    section(ui, "View");
    ui.horizontal(|ui| {
        for (action, text) in [
            (Action::Fit, "Fit"),
            (Action::Zoom1, "1×"),
            (Action::Zoom2, "2×"),
            (Action::Zoom4, "4×"),
        ] {
            let button = egui::Button::new(text).min_size(egui::vec2(40.0, 24.0));
            if ui
                .add(button)
                .on_hover_text(action.spec().tooltip)
                .clicked()
            {
                messages.push(Message::Action(action));
            }
        }
    });
    ui.horizontal(|ui| {
        let action = Action::ToggleLinkedZoom;
        let mut linked = app.document.view.linked;
        let response = ui.checkbox(&mut linked, "Linked zoom");
        if response.on_hover_text(action.spec().tooltip).changed() {
            messages.push(Message::Action(action));
        }
        if let Some(viewport) = app.viewport(Plane::Axial) {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let text = format!("{:.2} px/mm", viewport.zoom);
                ui.label(RichText::new(text).weak())
                    .on_hover_text("Screen pixels a millimetre in the axial view");
            });
        }
    });
}
