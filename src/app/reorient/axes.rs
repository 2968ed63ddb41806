//! The table of orientations: codes in both spellings and where each axis runs, now and then.

use super::{Choice, Request, Spelling};
use crate::app::message::Message;
use crate::app::widgets::label_for_access;
use crate::app::{icons, theme};
use crate::geometry::{Anatomy, Orientation, OrientationError};
use egui::{Align, Button, ComboBox, FontId, Grid, Key, Layout, RichText, TextEdit, Ui, vec2};

const BOTH_SPELLINGS: &str = "ITK-SNAP names the side that each axis comes from, nibabel the side it goes to: RAI and LPS are the same. \
    The first letter is of i, the second of j, the third of k";

pub fn show(
    ui: &mut Ui,
    choice: &mut Choice,
    now: Orientation,
    focus: bool,
    messages: &mut Vec<Message>,
) {
    Grid::new("orientations")
        .num_columns(3)
        .spacing([12.0, 5.0])
        .min_col_width(64.0)
        .show(ui, |ui| {
            for (n, heading) in ["", "Current", "New"].into_iter().enumerate() {
                ui.label(heading_text(heading)).on_hover_text(if n == 1 {
                    "The image as it is"
                } else {
                    "The image as it will be"
                });
            }
            ui.end_row();
            for spelling in [Spelling::From, Spelling::To] {
                let is_first = focus && spelling == Spelling::From;
                code_row(ui, choice, now, spelling, is_first, messages);
                ui.end_row();
            }
            for axis in 0..3 {
                axis_row(ui, choice, now, axis);
                ui.end_row();
            }
        });
}

pub fn heading_text(text: &str) -> RichText {
    RichText::new(text).text_style(theme::heading()).weak()
}

/// One spelling: the code now, and a field for the new one with what is wrong with it.
fn code_row(
    ui: &mut Ui,
    choice: &mut Choice,
    now: Orientation,
    spelling: Spelling,
    focus: bool,
    messages: &mut Vec<Message>,
) {
    let (name, code, place) = match spelling {
        Spelling::From => ("ITK-SNAP", now.from_code(), 0),
        Spelling::To => ("nibabel", now.to_code(), 1),
    };
    ui.label(name).on_hover_text(BOTH_SPELLINGS);
    ui.label(RichText::new(code).monospace())
        .on_hover_text(BOTH_SPELLINGS);
    ui.horizontal(|ui| {
        let field = TextEdit::singleline(&mut choice.codes[place])
            .char_limit(3)
            .font(FontId::monospace(13.0))
            .desired_width(44.0);
        let response = ui.add(field).on_hover_text(BOTH_SPELLINGS);
        let label = format!("New code, {name}");
        let text = choice.codes[place].clone();
        response.widget_info(|| {
            let mut info = egui::WidgetInfo::labeled(egui::Role::TextInput, true, &label);
            info.current_text_value = Some(text.clone());
            info
        });
        if focus {
            response.request_focus();
        }
        if response.changed() {
            choice.read(spelling);
        }
        if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
            messages.push(Message::Reorient(Request::Apply));
        }
        verdict(ui, choice, spelling);
    });
}

/// Beside the field: that it holds a code, or why it does not.
fn verdict(ui: &mut Ui, choice: &Choice, spelling: Spelling) {
    match &choice.refused {
        Some((refused, why)) if *refused == spelling => {
            let color = match why {
                // It is still being typed.
                OrientationError::Length(_) => ui.visuals().weak_text_color(),
                _ => ui.visuals().error_fg_color,
            };
            let text = RichText::new(short(why)).small().color(color);
            ui.add(egui::Label::new(text).truncate())
                .on_hover_text(why.to_string());
        }
        Some(_) => {
            ui.weak("–");
        }
        None => {
            ui.colored_label(theme::GOOD, icons::CHECK)
                .on_hover_text("This is an orientation");
        }
    }
}

/// As much of an error as fits beside the field; the whole is its tooltip.
fn short(why: &OrientationError) -> String {
    match why {
        OrientationError::Length(_) => "three letters, such as RAI".to_owned(),
        OrientationError::Letter(letter) => format!("{letter} is not one of R L A P S I"),
        OrientationError::Twice(letter) => format!("{letter} is there twice"),
        OrientationError::SameAxis(one, other) => format!("{one} and {other} name one axis"),
    }
}

/// Where one voxel axis runs: now, a list of the six directions, and a button that turns it round.
fn axis_row(ui: &mut Ui, choice: &mut Choice, now: Orientation, axis: usize) {
    let name = ["i", "j", "k"][axis];
    let label = RichText::new(format!("{name} axis")).color(super::body::axis_color(ui, axis));
    ui.label(label)
        .on_hover_text("Voxel axis: i runs fastest in the file, then j, then k");
    ui.label(now.axis_text(axis));
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        let toward = choice.to.toward(axis);
        let mut wanted = toward;
        let text = choice.to.axis_text(axis);
        let combo = ComboBox::from_id_salt(("axis", axis))
            .selected_text(&text)
            .width(166.0)
            .show_ui(ui, |ui| {
                for side in Anatomy::ALL {
                    let text = format!("{} to {}", side.opposite().name(), side.name());
                    ui.selectable_value(&mut wanted, side, text);
                }
            });
        let label = format!("New {name} axis: {text}");
        label_for_access(&combo.response, egui::Role::ComboBox, &label);
        combo.response.on_hover_text(
            "Where this axis is to run; an axis that ran there before takes the place that becomes free",
        );
        let reverse = ui.add(Button::new(icons::ARROWS_HORIZONTAL).min_size(vec2(28.0, 0.0)));
        let tip = format!("Reverse the {name} axis");
        label_for_access(&reverse, egui::Role::Button, &tip);
        if reverse.on_hover_text(&tip).clicked() {
            wanted = toward.opposite();
        }
        if wanted != toward {
            choice.set(choice.to.with_axis(axis, wanted));
        }
    });
}
