//! The left panel: images, parameters, display and the run's buttons.

use super::run::{Pace, Phase};
use super::{Demons, Request, diagnosis, parameters};
use crate::app::App;
use crate::app::action::Action;
use crate::app::message::Message;
use crate::app::widgets::{number_field, row, section};
use crate::app::{icons, theme};
use crate::document::LayerId;
use egui::{Button, Color32, Rect, RichText, ScrollArea, Ui, UiBuilder, pos2, vec2};

const BUTTONS: f32 = 78.0;

pub fn show(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    let area = ui.max_rect();
    let split = area.bottom() - BUTTONS;
    let upper = Rect::from_min_max(area.min, pos2(area.right(), split));
    let lower = Rect::from_min_max(pos2(area.left(), split), area.max);
    ui.scope_builder(UiBuilder::new().max_rect(upper), |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            // All of it fits into a window of 1280 x 800.
            ui.spacing_mut().item_spacing.y = 3.0;
            ui.spacing_mut().interact_size.y = 22.0;
            images(ui, app, messages);
            parameters::show(ui, app, messages);
            display(ui, &app.demons, messages);
            diagnosis::show(ui, app, messages);
        });
    });
    ui.scope_builder(UiBuilder::new().max_rect(lower), |ui| {
        ui.separator();
        buttons(ui, &app.demons, messages);
    });
}

fn images(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    let demons = &app.demons;
    section(ui, "Images");
    ui.add_enabled_ui(!demons.is_live(), |ui| {
        let (source, target) = (demons.source, demons.target);
        let tip = "The image that is warped (the moving image)";
        if let Some(chosen) = layer_choice(ui, app, "Source", tip, source) {
            let target = if target == Some(chosen) {
                source
            } else {
                target
            };
            let source = Some(chosen);
            messages.push(Message::Demons(Request::Choose { source, target }));
        }
        let tip =
            "The image that stays where it is (the fixed image): its voxels are the working grid";
        if let Some(chosen) = layer_choice(ui, app, "Target", tip, target) {
            let source = if source == Some(chosen) {
                target
            } else {
                source
            };
            let target = Some(chosen);
            messages.push(Message::Demons(Request::Choose { source, target }));
        }
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let swap = ui.add_enabled(
                source.is_some(),
                Button::new(format!("{} Swap", icons::SWAP)),
            );
            if swap.on_hover_text("Exchanges source and target").clicked() {
                let (source, target) = (target, source);
                messages.push(Message::Demons(Request::Choose { source, target }));
            }
            for (action, text) in [
                (Action::TryCine, "Cine pair"),
                (Action::TryBreathing, "Breathing pair"),
            ] {
                if ui
                    .button(text)
                    .on_hover_text(action.spec().tooltip)
                    .clicked()
                {
                    messages.push(Message::Action(action));
                }
            }
        });
    });
}

fn layer_choice(
    ui: &mut Ui,
    app: &App,
    name: &str,
    tip: &str,
    chosen: Option<LayerId>,
) -> Option<LayerId> {
    let mut wanted = None;
    row(ui, name, tip, |ui| {
        let text = chosen.and_then(|id| app.document.layer(id));
        let text = text.map_or("choose an image", |layer| layer.name.as_str());
        let width = ui.available_width();
        let combo = egui::ComboBox::from_id_salt(name)
            .selected_text(text)
            .width(width)
            .truncate()
            .show_ui(ui, |ui| {
                for layer in app.document.layers() {
                    let on = chosen == Some(layer.id);
                    if ui.selectable_label(on, &layer.name).clicked() {
                        wanted = Some(layer.id);
                    }
                }
            });
        let response = combo.response;
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, name));
        response.on_hover_text(format!("{tip}: {text}"));
    });
    wanted.filter(|id| Some(*id) != chosen)
}

fn display(ui: &mut Ui, demons: &Demons, messages: &mut Vec<Message>) {
    let mut look = demons.look;
    section(ui, "Display");
    let tip = "A picture every this many iterations; 0 for none, which is fastest";
    row(ui, "Every", tip, |ui| {
        whole(
            ui,
            "display every",
            tip,
            &mut look.every,
            0..=100,
            "iterations",
        );
    });
    let tip = "The run waits where it would go on faster than this, so that it can be watched";
    row(ui, "At most", tip, |ui| {
        let mut rate = look.pictures_a_second as usize;
        whole(
            ui,
            "pictures a second",
            tip,
            &mut rate,
            1..=60,
            "pictures/s",
        );
        look.pictures_a_second = rate as f64;
    });
    let tip = "Pixels of the level from grid line to grid line and from arrow to arrow";
    row(ui, "Spacing", tip, |ui| {
        whole(ui, "spacing", tip, &mut look.spacing, 1..=64, "pixels");
    });
    let tip = "Steps are often a fraction of a pixel: the update is drawn this many times as long";
    row(ui, "Update ×", tip, |ui| {
        let mut scale = look.scale as usize;
        whole(ui, "update scale", tip, &mut scale, 1..=500, "");
        look.scale = scale as f64;
    });
    if look != demons.look {
        messages.push(Message::Demons(Request::SetLook(look)));
    }
}

fn whole(
    ui: &mut Ui,
    label: &str,
    tip: &str,
    value: &mut usize,
    range: std::ops::RangeInclusive<usize>,
    unit: &str,
) {
    let width = ui.available_width() - 74.0;
    if let Some(new) = number_field(ui, label, tip, *value as f64, 0, 0.1, width) {
        *value = (new.round().max(0.0) as usize).clamp(*range.start(), *range.end());
    }
    ui.label(RichText::new(unit).weak());
}

/// Run and pause, step, end. Always in the same places.
fn buttons(ui: &mut Ui, demons: &Demons, messages: &mut Vec<Message>) {
    let phase = demons.phase();
    let live = demons.is_live();
    let planned = demons.plan().is_some_and(Result::is_ok);
    let ready = (planned || live) && phase != Some(Phase::Finishing);
    ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
    let mut button =
        |ui: &mut Ui, button: Button<'_>, name: &str, tip: &str, on: bool, request: Request| {
            let response = ui.add_enabled(on, button.min_size(vec2(0.0, 28.0)));
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, on, name));
            if response.on_hover_text(tip).clicked() {
                messages.push(Message::Demons(request));
            }
        };
    let main = |icon: &str, text: &str| {
        let text = RichText::new(format!("{icon}  {text}")).color(Color32::WHITE);
        Button::new(text).fill(theme::PRESS)
    };
    ui.horizontal(|ui| {
        match phase {
            Some(Phase::Running) => button(
                ui,
                main(icons::PAUSE, "Pause"),
                "Pause",
                "Waits after this iteration (space)",
                true,
                Request::Go(Pace::Paused),
            ),
            Some(Phase::Paused) if live => button(
                ui,
                main(icons::PLAY, "Go on"),
                "Go on",
                "Goes on (space)",
                true,
                Request::Go(Pace::Running),
            ),
            _ => button(
                ui,
                main(icons::PLAY, "Run"),
                "Run",
                "Starts the registration (space)",
                ready,
                Request::Go(Pace::Running),
            ),
        }
        let text = format!("Step {}", icons::SKIP_FORWARD);
        button(
            ui,
            Button::new(text),
            "Step",
            "One iteration, then a pause",
            ready,
            Request::Go(Pace::OneIteration),
        );
        let text = format!("Level {}", icons::FAST_FORWARD);
        button(
            ui,
            Button::new(text),
            "Level",
            "To the end of this level, then a pause",
            ready,
            Request::Go(Pace::OneLevel),
        );
    });
    ui.horizontal(|ui| {
        let going = live && phase != Some(Phase::Finishing);
        button(
            ui,
            Button::new("Stop and keep"),
            "Stop and keep",
            "Ends here; warped image, field and Jacobian become layers",
            going,
            Request::Keep,
        );
        button(
            ui,
            Button::new("Cancel"),
            "Cancel registration",
            "Ends here and discards the run",
            live,
            Request::Cancel,
        );
        let (text, name, tip, on, keep) = if demons.kept.is_some() && phase != Some(Phase::Ended) {
            let tip = "Takes the kept run off the screen; its layers stay";
            ("Let go", "Let the kept run go", tip, true, false)
        } else {
            let tip =
                "Keeps this run on the screen: its curve and panes stay beside those of the next";
            let ended = phase == Some(Phase::Ended);
            ("Compare", "Compare with the next run", tip, ended, true)
        };
        button(ui, Button::new(text), name, tip, on, Request::Compare(keep));
    });
}
