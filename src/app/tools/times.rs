//! Split a 4D image into its time points, or join images into one.

use super::Wanted;
use super::recipe::{Recipe, Step};
use crate::document::{Document, LayerId};
use crate::volume::Volume;
use egui::{Label, RichText, Ui};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    /// The time point that is shown.
    One,
    All,
    Join,
}

/// What is split off, or which images are joined.
pub struct Times {
    what: What,
    joined: Vec<LayerId>,
}

impl Times {
    pub fn new(document: &Document, layer: LayerId) -> Self {
        let splits = document
            .settled(layer)
            .is_some_and(|volume| volume.time_points() > 1);
        Self {
            what: if splits { What::One } else { What::Join },
            joined: Vec::new(),
        }
    }

    pub fn wanted(&self, document: &Document, base: &Volume) -> Wanted {
        let times = base.time_points();
        let step = match self.what {
            What::One | What::All if times < 2 => {
                return Err("the image has one time point: there is nothing to split".to_owned());
            }
            What::One => Step::Split(Some(document.time().min(times - 1))),
            What::All => Step::Split(None),
            What::Join => Step::Join,
        };
        let others = self.joined.iter().filter_map(|id| document.settled(*id));
        let mut images = vec![base.clone()];
        if self.what == What::Join {
            images.extend(others.cloned());
            if images.len() < 2 {
                return Ok(None);
            }
        }
        Ok(Some(Recipe { images, step }))
    }

    pub fn show(&mut self, ui: &mut Ui, document: &Document, layer: LayerId, base: &Volume) {
        let times = base.time_points();
        let t = document.time().min(times - 1);
        ui.add_enabled_ui(times > 1, |ui| {
            ui.radio_value(
                &mut self.what,
                What::One,
                format!("The time point shown (t = {t})"),
            )
            .on_hover_text("One 3D image; choose another by the time slider");
            ui.radio_value(&mut self.what, What::All, "All time points")
                .on_hover_text("A 3D image for each")
                .on_disabled_hover_text("The image has one time point");
        });
        ui.radio_value(&mut self.what, What::Join, "Join with other images in time")
            .on_hover_text("One 4D image of images on the same grid");
        if self.what != What::Join {
            return;
        }
        ui.add_space(6.0);
        let others: Vec<_> = document
            .layers()
            .iter()
            .filter(|it| it.id != layer)
            .collect();
        if others.is_empty() {
            ui.weak("Open the other images first.");
            return;
        }
        let text = "After the image above come, in the order in which they are ticked:";
        ui.add(Label::new(RichText::new(text).weak()).wrap());
        for other in others {
            let place = self.joined.iter().position(|id| *id == other.id);
            let mut on = place.is_some();
            let number = place.map_or(String::new(), |n| format!("{}. ", n + 2));
            let text = format!("{number}{}", other.name);
            let tip = "Adds its time points at the end";
            if ui.checkbox(&mut on, text).on_hover_text(tip).changed() {
                self.joined.retain(|id| *id != other.id);
                if on {
                    self.joined.push(other.id);
                }
            }
        }
    }
}
