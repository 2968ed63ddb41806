//! Voxel type: how the numbers of an image are stored.

use super::recipe::Step;
use crate::app::widgets::{label_for_access, row};
use crate::document::scale_text;
use crate::volume::{Rescale, RescaleUse, Volume, VoxelType};
use egui::{ComboBox, Label, RichText, Role, Ui};

/// The type wanted, and what becomes of the scale.
pub struct Retype {
    to: VoxelType,
    rescale: RescaleUse,
}

impl Retype {
    /// Opens with what the tutorial does first: values as float32, unless they are that.
    pub fn new(volume: &Volume) -> Self {
        let to = match volume.data().voxel_type() {
            VoxelType::F32 => VoxelType::I16,
            _ => VoxelType::F32,
        };
        Self {
            to,
            rescale: volume.usual_rescale(Some(to)),
        }
    }

    pub fn step(&self, base: &Volume) -> Option<Step> {
        let applies = self.rescale == RescaleUse::Apply && *base.rescale() != Rescale::IDENTITY;
        let changes = self.to != base.data().voxel_type() || applies;
        changes.then_some(Step::Retype {
            to: Some(self.to),
            rescale: Some(self.rescale),
        })
    }

    pub fn show(&mut self, ui: &mut Ui, base: &Volume) {
        let text = "How each number is stored. Whole types take less room; a type that cannot hold the values is refused, and what is rounded is said.";
        ui.add(Label::new(RichText::new(text).weak()).wrap());
        ui.add_space(6.0);
        let stored = base.data().voxel_type();
        row(ui, "Now", "How the image is stored", |ui| {
            ui.label(format!("{stored}, {}", scale_text(base.rescale())));
        });
        row(ui, "To", "The type it shall have", |ui| {
            let combo = ComboBox::from_id_salt("voxel type")
                .selected_text(self.to.to_string())
                .width(150.0)
                .height(400.0)
                .show_ui(ui, |ui| {
                    for to in VoxelType::ALL {
                        if ui
                            .selectable_value(&mut self.to, to, to.to_string())
                            .clicked()
                        {
                            self.rescale = base.usual_rescale(Some(to));
                        }
                    }
                });
            let label = format!("Voxel type: {}", self.to);
            label_for_access(&combo.response, Role::ComboBox, &label);
            combo
                .response
                .on_hover_text("The type of the stored numbers");
        });
        ui.add_enabled_ui(*base.rescale() != Rescale::IDENTITY, |ui| {
            for (wanted, text, tip) in [
                (
                    RescaleUse::Keep,
                    "Keep the scale beside the numbers",
                    "The stored numbers change their type; slope and intercept stay",
                ),
                (
                    RescaleUse::Apply,
                    "Apply the scale: store the values",
                    "The values themselves are stored, with slope 1 and intercept 0",
                ),
            ] {
                ui.radio_value(&mut self.rescale, wanted, text)
                    .on_hover_text(tip);
            }
        });
        let voxels = base.data().bytes() / stored.size();
        let megabytes = |size: usize| (voxels * size) as f64 / 1e6;
        ui.weak(format!(
            "{:.1} MB now, {:.1} MB then",
            megabytes(stored.size()),
            megabytes(self.to.size())
        ));
    }
}
