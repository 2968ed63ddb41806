//! The pane beside the three slice views: the slices in 3D, or the image's facts.

use crate::app::action::Action;
use crate::app::message::Message;
use crate::app::{App, panels, theme, widgets};
use egui::{Rect, Role, Ui, UiBuilder, pos2, vec2};
use serde::{Deserialize, Serialize};

/// What the fourth pane shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum FourthPane {
    #[default]
    View3d,
    Facts,
}

/// Height of the row with the switch.
const HEAD: f32 = 30.0;

pub fn show(ui: &mut Ui, rect: Rect, app: &mut App, messages: &mut Vec<Message>) {
    let controls = !app.hides_controls();
    ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
        ui.set_clip_rect(rect.intersect(ui.clip_rect()));
        match app.settings.fourth_pane {
            FourthPane::View3d => {
                app.view3d
                    .show(ui, rect, &app.document, false, controls, messages);
            }
            FourthPane::Facts => {
                let below = Rect::from_min_max(pos2(rect.left(), rect.top() + HEAD), rect.max);
                ui.scope_builder(UiBuilder::new().max_rect(below), |ui| {
                    panels::facts::show(ui, app, messages);
                });
            }
        }
        if controls {
            switch(ui, rect, app.settings.fourth_pane, messages);
        }
    });
}

fn switch(ui: &mut Ui, rect: Rect, now: FourthPane, messages: &mut Vec<Message>) {
    let row = Rect::from_min_size(rect.min + vec2(8.0, 5.0), vec2(120.0, 22.0));
    ui.scope_builder(UiBuilder::new().max_rect(row), |ui| {
        if now == FourthPane::View3d {
            theme::darken(ui);
        }
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for (pane, text, action) in [
                (FourthPane::View3d, "3D", Action::Show3d),
                (FourthPane::Facts, "Facts", Action::ShowFacts),
            ] {
                let spec = action.spec();
                let response = ui.selectable_label(now == pane, text);
                widgets::label_for_access(&response, Role::Button, spec.text);
                if response.on_hover_text(spec.tooltip).clicked() {
                    messages.push(Message::Action(action));
                }
            }
        });
    });
}
