//! How shall the image that was just read be used?

use super::{buttons, title};
use crate::app::App;
use crate::app::loading::{Read, RoleChoice};
use crate::app::message::Message;
use crate::app::panels::layers::map_entry;
use crate::app::theme;
use crate::document::ColorMap;
use crate::volume::Modality;
use egui::{RichText, Ui};

/// The question with the answer marked so far.
#[derive(Debug)]
pub struct RoleQuestion {
    pub read: Read,
    answer: Answer,
    map: ColorMap,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Answer {
    Main,
    Additional,
    Overlay,
    Labels,
}

impl RoleQuestion {
    /// Proposes labels for what seems to be some, an overlay for PET, a separate image for the rest.
    pub fn new(read: Read) -> Self {
        let answer = if read.is_labels {
            Answer::Labels
        } else if read.volume.meta().modality == Modality::Pet {
            Answer::Overlay
        } else {
            Answer::Additional
        };
        Self {
            map: read.as_overlay.map.clone(),
            answer,
            read,
        }
    }
}

pub fn show(ui: &mut Ui, question: &mut RoleQuestion, app: &App, messages: &mut Vec<Message>) {
    ui.set_width(460.0);
    title(ui, "How shall this image be shown?");
    let volume = &question.read.volume;
    let shape = crate::app::dialogs::series::shape_text(&volume.grid().shape());
    ui.label(RichText::new(&volume.meta().name).family(theme::semibold()));
    ui.weak(format!("{} {shape} voxels", volume.meta().modality.code()));
    ui.add_space(8.0);
    let open = app.document.layers().len();
    let closing = match app.document.main() {
        Some(main) if open > 1 => format!(
            "Closes {} and {} more, and starts anew with this image",
            main.name,
            open - 1
        ),
        Some(main) => format!("Closes {} and starts anew with this image", main.name),
        None => "Starts with this image".to_owned(),
    };
    let closing = format!("{closing}.{}", app.unsaved_text());
    for (answer, text, explanation) in [
        (
            Answer::Additional,
            "Additional image",
            "Beside the main image: same cursor, switch between them",
        ),
        (
            Answer::Overlay,
            "Semi-transparent overlay",
            "On top of the others, for PET or statistical maps",
        ),
        (
            Answer::Labels,
            "Label image",
            "On top of the others, each number in a colour of its own, for segmentations and masks",
        ),
        (Answer::Main, "Main image", closing.as_str()),
    ] {
        ui.radio_value(&mut question.answer, answer, text);
        ui.horizontal(|ui| {
            ui.add_space(24.0);
            ui.add(egui::Label::new(RichText::new(explanation).weak().small()).wrap());
        });
        if answer == Answer::Overlay {
            ui.horizontal(|ui| {
                ui.add_space(24.0);
                let combo = egui::ComboBox::from_id_salt("overlay map")
                    .selected_text(question.map.name())
                    .width(200.0);
                ui.label("Colour map");
                ui.add_enabled_ui(question.answer == Answer::Overlay, |ui| {
                    combo.show_ui(ui, |ui| {
                        for map in ColorMap::ALL {
                            if map_entry(ui, map, *map == question.map) {
                                question.map = map.clone();
                                ui.close();
                            }
                        }
                    });
                });
            });
        }
    }
    let (add, cancel) = buttons(ui, "Open", true, "Cancel");
    if add {
        messages.push(Message::UseAs(match question.answer {
            Answer::Main => RoleChoice::Main,
            Answer::Additional => RoleChoice::Additional,
            Answer::Labels => RoleChoice::Labels(None),
            Answer::Overlay => RoleChoice::Overlay {
                map: Some(question.map.clone()),
                opacity: None,
            },
        }));
    } else if cancel {
        messages.push(Message::Discard);
    }
}
