//! Resample: an image on another one's grid, or with another spacing.

use super::Wanted;
use super::recipe::{Recipe, Step};
use crate::app::side_panel;
use crate::app::widgets::{number_field, row};
use crate::document::{Document, LayerId};
use crate::geometry::Grid;
use crate::volume::{Resampling, Volume};
use egui::{Label, RichText, Ui};

/// The grid wanted, and how values between voxels are found.
pub struct Resample {
    /// Another image's grid; else the spacing counts.
    like: Option<LayerId>,
    onto_other: bool,
    spacing: [f64; 3],
    how: Resampling,
}

impl Resample {
    pub fn new(volume: &Volume) -> Self {
        Self {
            like: None,
            onto_other: false,
            spacing: volume.grid().spacing(),
            how: Resampling::Linear,
        }
    }

    fn grid(&self, document: &Document, base: &Volume) -> Result<Grid, String> {
        if self.onto_other {
            let like = self.like.and_then(|id| document.settled(id));
            let like = like.ok_or("open another image whose grid it shall get")?;
            return Ok(*like.grid());
        }
        let grid = base.grid().with_spacing(self.spacing);
        grid.map_err(|error| error.to_string())
    }

    pub fn wanted(&self, document: &Document, base: &Volume) -> Wanted {
        let grid = self.grid(document, base)?;
        let voxels: f64 = grid.shape().iter().map(|n| *n as f64).product();
        if voxels > 4e9 {
            return Err("that would be more than four thousand million voxels".to_owned());
        }
        let mut images = vec![base.clone()];
        let like = self.like.filter(|_| self.onto_other);
        images.extend(like.and_then(|id| document.settled(id)).cloned());
        Ok((!grid.same_as(base.grid())).then_some(Recipe {
            images,
            step: Step::Resample {
                grid: Box::new(grid),
                how: self.how,
            },
        }))
    }

    pub fn show(&mut self, ui: &mut Ui, document: &Document, layer: LayerId, base: &Volume) {
        let others = document.layers().iter().filter(|it| it.id != layer);
        let first = others.clone().next().map(|it| it.id);
        let is_other = |id: &LayerId| *id != layer && document.layer(*id).is_some();
        self.like = self.like.filter(is_other).or(first);
        ui.radio_value(&mut self.onto_other, false, "To another spacing")
            .on_hover_text("Directions and centre stay");
        ui.add_enabled_ui(!self.onto_other, |ui| self.spacing(ui, base));
        ui.add_space(6.0);
        ui.add_enabled_ui(self.like.is_some(), |ui| {
            ui.radio_value(&mut self.onto_other, true, "Onto the grid of another image")
                .on_hover_text("Voxel by voxel the same places, so that arrays can be compared");
        });
        if let Some(like) = self.like.filter(|_| self.onto_other) {
            let tip = "The image whose grid it gets";
            let chosen = side_panel::image(ui, document, like, "Grid of", tip);
            self.like = chosen.filter(is_other).or(self.like);
        }
        ui.add_space(6.0);
        ui.label("Values between voxels");
        for (how, text, tip) in [
            (
                Resampling::Nearest,
                "Nearest",
                "The nearest voxel: for labels and masks",
            ),
            (
                Resampling::Linear,
                "Linear",
                "Weighted mean of the neighbours",
            ),
            (
                Resampling::Cubic,
                "Cubic B-spline",
                "Smooth through all voxels; may overshoot at edges",
            ),
        ] {
            ui.radio_value(&mut self.how, how, text).on_hover_text(tip);
        }
        if let Ok(grid) = self.grid(document, base) {
            ui.add_space(6.0);
            ui.weak(size(base, "Now"));
            let [nx, ny, nz] = grid.shape();
            let share = grid.voxel_count() as f64 / base.grid().voxel_count() as f64;
            let megabytes = base.data().bytes() as f64 * share / 1e6;
            let text = format!("Then: {nx} × {ny} × {nz} voxels, {megabytes:.1} MB");
            ui.add(Label::new(RichText::new(text)).wrap());
        }
    }

    fn spacing(&mut self, ui: &mut Ui, base: &Volume) {
        let tip = "Distance between voxel centres in mm";
        row(ui, "Spacing", tip, |ui| {
            for (n, axis) in ["x", "y", "z"].into_iter().enumerate() {
                let label = format!("Spacing {axis}");
                let now = self.spacing[n];
                if let Some(new) = number_field(ui, &label, tip, now, 4, 0.01, 76.0) {
                    self.spacing[n] = new.clamp(1e-3, 1e4);
                }
            }
        });
        row(ui, "", "", |ui| {
            let least = base
                .grid()
                .spacing()
                .into_iter()
                .fold(f64::INFINITY, f64::min);
            let tip = "The smallest of the three edges along all axes";
            if ui.button("Cubes").on_hover_text(tip).clicked() {
                self.spacing = [least; 3];
            }
            let tip = "Twice the edges: an eighth of the voxels";
            if ui.button("Half resolution").on_hover_text(tip).clicked() {
                self.spacing = base.grid().spacing().map(|edge| edge * 2.0);
            }
            let tip = "The spacing of the image";
            if ui.button("As it is").on_hover_text(tip).clicked() {
                self.spacing = base.grid().spacing();
            }
        });
    }
}

fn size(volume: &Volume, when: &str) -> String {
    let [nx, ny, nz] = volume.grid().shape();
    let megabytes = volume.data().bytes() as f64 / 1e6;
    format!("{when}: {nx} × {ny} × {nz} voxels, {megabytes:.1} MB")
}
