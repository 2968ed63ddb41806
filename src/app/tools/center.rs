//! Align centres: an image is moved so that its centre lies at another's.

use super::Wanted;
use super::recipe::{Recipe, Step};
use crate::app::side_panel;
use crate::document::{Document, LayerId, format_number};
use crate::geometry::WorldPoint;
use crate::volume::Volume;
use egui::{Grid, Label, RichText, Ui};

/// The image that stays, and what counts as a centre.
pub struct Center {
    fixed: Option<LayerId>,
    by_mass: bool,
}

impl Center {
    /// Moves `layer` onto the first other image.
    pub fn new(document: &Document, layer: LayerId) -> Self {
        let mut others = document.layers().iter().filter(|it| it.id != layer);
        Self {
            fixed: others.next().map(|it| it.id),
            by_mass: false,
        }
    }

    pub fn wanted(&self, document: &Document, base: &Volume) -> Wanted {
        let fixed = self.fixed.and_then(|id| document.settled(id));
        let fixed = fixed.ok_or("open another image to align this one with")?;
        let moves = (fixed.grid().center().0 - base.grid().center().0).norm() > 1e-6;
        Ok((moves || self.by_mass).then(|| Recipe {
            images: vec![base.clone(), fixed.clone()],
            step: Step::Center {
                by_mass: self.by_mass,
            },
        }))
    }

    pub fn show(&mut self, ui: &mut Ui, document: &Document, layer: LayerId) {
        let text = "Moves the image so that its centre lies at that of another: a start for a registration of images from different places. Only the origin changes.";
        ui.add(Label::new(RichText::new(text).weak()).wrap());
        ui.add_space(6.0);
        let is_gone = self.fixed.is_none_or(|id| document.layer(id).is_none());
        if is_gone || self.fixed == Some(layer) {
            let mut others = document.layers().iter().filter(|it| it.id != layer);
            self.fixed = others.next().map(|it| it.id);
        }
        if let Some(fixed) = self.fixed {
            ui.weak("onto the centre of");
            let tip = "The image that stays where it is";
            let chosen = side_panel::image(ui, document, fixed, "Image that stays", tip);
            self.fixed = chosen.or(self.fixed);
        }
        ui.add_space(6.0);
        for (by_mass, text, tip) in [
            (
                false,
                "Centres of the grids",
                "The middle of all voxels, whatever they hold",
            ),
            (
                true,
                "Centres of mass",
                "The mean place of the voxels, each weighted by its value above the lowest",
            ),
        ] {
            ui.radio_value(&mut self.by_mass, by_mass, text)
                .on_hover_text(tip);
        }
        ui.add_space(6.0);
        let center = |id: LayerId| Some(document.settled(id)?.grid().center());
        Grid::new("centres").spacing([14.0, 3.0]).show(ui, |ui| {
            for (name, id) in [
                ("Centre of the image", Some(layer)),
                ("Centre of the other", self.fixed),
            ] {
                ui.weak(name);
                ui.label(id.and_then(center).map_or(String::new(), text_of));
                ui.end_row();
            }
        });
        ui.weak("of the grids, in RAS mm");
    }
}

fn text_of(point: WorldPoint) -> String {
    [point.0.x, point.0.y, point.0.z]
        .map(|v| format_number(v, 3))
        .join(", ")
}
