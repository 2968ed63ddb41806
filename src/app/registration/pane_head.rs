//! The line above a pane: its title, and what it can show.

use super::Request;
use super::look::{Drawing, Image, Look};
use super::panes::{HEAD, Scene};
use crate::app::message::Message;
use crate::app::{icons, theme, widgets};
use crate::document::format_number;
use egui::{Align, Layout, Rect, RichText, Ui, UiBuilder, vec2};

/// In a narrower pane the choices are in a menu.
const ROOM_FOR_BUTTONS: f32 = 250.0;

/// Title and choices of a pane.
pub fn show(ui: &mut Ui, rect: Rect, n: usize, scene: &Scene<'_>, messages: &mut Vec<Message>) {
    let look = scene.look;
    let title = format!("{}{}", scene.prefix, title(n, look));
    // Those of the kept run follow the upper ones.
    let offered = if scene.prefix.is_empty() {
        choices(n, look)
    } else {
        Vec::new()
    };
    let row = Rect::from_min_size(rect.min, vec2(rect.width(), HEAD)).shrink2(vec2(8.0, 2.0));
    ui.scope_builder(UiBuilder::new().max_rect(row), |ui| {
        ui.set_clip_rect(row.intersect(ui.clip_rect()));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            ui.spacing_mut().button_padding.x = 6.0;
            let mut wanted = look;
            if row.width() < ROOM_FOR_BUTTONS && !offered.is_empty() {
                let menu = ui.menu_button(icons::CARET_DOWN, |ui| {
                    for offer in offered {
                        offer_choice(ui, offer, look, &mut wanted);
                    }
                    if wanted != look {
                        ui.close();
                    }
                });
                let tip = format!("What the pane shows: {title}");
                widgets::label_for_access(&menu.response, egui::Role::Button, &tip);
                menu.response.on_hover_text(tip);
            } else {
                for offer in offered.into_iter().rev() {
                    offer_choice(ui, offer, look, &mut wanted);
                }
            }
            if wanted != look {
                messages.push(Message::Demons(Request::SetLook(wanted)));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let text = RichText::new(title).family(theme::semibold());
                ui.add(egui::Label::new(text).truncate().selectable(false));
            });
        });
    });
}

/// A button for one choice.
fn offer_choice(
    ui: &mut Ui,
    (text, tip, choice): (&str, &str, Look),
    look: Look,
    wanted: &mut Look,
) {
    let text = RichText::new(text).size(12.5);
    let on = choice == look;
    let button = egui::Button::selectable(on, text).frame_when_inactive(on);
    let response = ui.add(button);
    widgets::label_for_access(&response, egui::Role::Button, tip);
    if response.on_hover_text(tip).clicked() {
        *wanted = choice;
    }
}

fn title(n: usize, look: Look) -> String {
    match n {
        0 => format!("{} image", look.image.name()),
        1 if look.jacobian => "Jacobian".to_owned(),
        1 => "Deformation field".to_owned(),
        _ if look.difference => format!("{} − target", look.image.name()),
        _ => format!("Update field × {}", format_number(look.scale, 0)),
    }
}

/// Text, tooltip and outcome of each choice of a pane.
fn choices(n: usize, look: Look) -> Vec<(&'static str, &'static str, Look)> {
    match n {
        0 => Image::ALL
            .into_iter()
            .map(|image| {
                let tip = match image {
                    Image::Source => {
                        "Shows the source in the first pane; left and right arrow cycle"
                    }
                    Image::Target => {
                        "Shows the target in the first pane; left and right arrow cycle"
                    }
                    Image::Warped => {
                        "Shows the warped source in the first pane; left and right arrow cycle"
                    }
                };
                (image.name(), tip, Look { image, ..look })
            })
            .collect(),
        1 => {
            let field = |deformation| Look {
                deformation,
                jacobian: false,
                ..look
            };
            vec![
                (
                    "Grid",
                    "Draws the deformation as a bent grid",
                    field(Drawing::Grid),
                ),
                (
                    "Arrows",
                    "Draws the deformation as arrows from target to source",
                    field(Drawing::Arrows),
                ),
                (
                    "Jacobian",
                    "Shows how tissue grows (above 1), shrinks (below 1) or folds (0 and below); up and down arrow switch",
                    Look {
                        jacobian: true,
                        ..look
                    },
                ),
            ]
        }
        _ => {
            let field = |update| Look {
                update,
                difference: false,
                ..look
            };
            vec![
                (
                    "Grid",
                    "Draws the update as a bent grid",
                    field(Drawing::Grid),
                ),
                (
                    "Arrows",
                    "Draws the update as arrows",
                    field(Drawing::Arrows),
                ),
                (
                    "Difference",
                    "Shows the image of the first pane minus the target",
                    Look {
                        difference: true,
                        ..look
                    },
                ),
            ]
        }
    }
}
