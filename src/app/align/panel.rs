//! What the panel looks like.

use super::{Request, Tab, automatic, hand, steps};
use crate::app::App;
use crate::app::message::Message;
use crate::app::side_panel;
use crate::app::widgets::row;
use crate::document::LayerId;
use egui::{RichText, ScrollArea, Ui};

const WIDTH: f32 = 372.0;

impl Tab {
    const ALL: [(Self, &str, &str); 3] = [
        (
            Self::Hand,
            "By hand",
            "Turn, shift and scale the image with the mouse or by numbers",
        ),
        (
            Self::Automatic,
            "Automatic",
            "Let the image find its place, and watch it",
        ),
        (
            Self::Steps,
            "Transforms",
            "What moved the image, step by step; load, save, reslice",
        ),
    ];
}

/// The panel at the right of the views, when it is open.
pub fn show(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    let aligning = &app.aligning;
    if !aligning.open || app.demons.open {
        return;
    }
    let ask = |request| Message::Align(request);
    side_panel::show(ui, "align", WIDTH, |ui| {
        if side_panel::title(
            ui,
            "Registration",
            "Close; the image stays where it is (Escape)",
        ) {
            messages.push(ask(Request::Toggle));
        }
        let document = &app.document;
        let (Some(moving), Some(fixed)) = (aligning.moving(document), aligning.fixed(document))
        else {
            let text = "Open a second image to move it onto the main one: drop it on the window, or File > Add another image.";
            ui.label(RichText::new(text).weak());
            return;
        };
        images(ui, app, moving, fixed, messages);
        tabs(ui, aligning.tab, messages);
        ScrollArea::vertical()
            .auto_shrink(false)
            .show(ui, |ui| match aligning.tab {
                Tab::Hand => hand::show(ui, app, moving, messages),
                Tab::Automatic => automatic::show(ui, app, messages),
                Tab::Steps => steps::show(ui, app, moving, messages),
            });
    });
    if side_panel::escaped(ui, app, true) && !aligning.is_running() {
        messages.push(ask(Request::Toggle));
    }
}

fn images(ui: &mut Ui, app: &App, moving: LayerId, fixed: LayerId, messages: &mut Vec<Message>) {
    let document = &app.document;
    let main = document.main().map(|main| main.id);
    let (mut chosen, mut onto) = (None, None);
    let tip = "The image that is moved; the main image stays, for the views follow its grid";
    row(ui, "Move", tip, |ui| {
        let can_move = |id| Some(id) != main;
        chosen = side_panel::image_among(ui, document, moving, "Moving image", tip, can_move);
    });
    let tip = "The image that stays";
    row(ui, "onto", tip, |ui| {
        let is_other = |id| id != moving;
        onto = side_panel::image_among(ui, document, fixed, "Fixed image", tip, is_other);
    });
    if chosen.is_some() || onto.is_some() {
        messages.push(Message::Align(Request::Choose {
            moving: chosen.unwrap_or(moving),
            fixed: onto.unwrap_or(fixed),
        }));
    }
    ui.add_space(4.0);
}

fn tabs(ui: &mut Ui, shown: Tab, messages: &mut Vec<Message>) {
    ui.horizontal(|ui| {
        for (tab, name, tip) in Tab::ALL {
            let tab_button = ui.selectable_label(tab == shown, name).on_hover_text(tip);
            if tab_button.clicked() {
                messages.push(Message::Align(Request::Show(tab)));
            }
        }
    });
    ui.separator();
}
