//! Threshold: a mask of the values in a range.

use super::Wanted;
use super::recipe::{Recipe, Step};
use crate::app::widgets::{number_field, row};
use crate::document::{Document, LayerId, shown_factor, shown_unit};
use crate::volume::Volume;
use egui::{Button, Label, RichText, Ui};

/// The range, in the image's own values.
pub struct Threshold {
    low: f64,
    high: Option<f64>,
    /// Where the layer's window lies: a proposal.
    window: (f64, f64),
    /// From values to those shown, as SUV.
    factor: f64,
    unit: String,
}

impl Threshold {
    pub fn new(document: &Document, layer: LayerId) -> Self {
        let layer = document.layer(layer);
        let window = layer.map_or((0.0, 1.0), |layer| {
            (layer.display.window.min, layer.display.window.max)
        });
        Self {
            low: (window.0 + window.1) / 2.0,
            high: None,
            window,
            factor: layer.map_or(1.0, shown_factor),
            unit: layer.map_or_else(String::new, |layer| shown_unit(layer).to_owned()),
        }
    }

    pub fn wanted(&self, base: &Volume) -> Wanted {
        let high = self.high.unwrap_or(f64::INFINITY);
        if self.low > high {
            return Err("the lowest value is above the highest".to_owned());
        }
        Ok(Some(Recipe {
            images: vec![base.clone()],
            step: Step::Threshold {
                low: self.low,
                high,
            },
        }))
    }

    pub fn show(&mut self, ui: &mut Ui, base: &Volume) {
        let text = "Makes a mask, 1 where the value lies in the range and 0 elsewhere, as an overlay of its own. Of several components the magnitude counts.";
        ui.add(Label::new(RichText::new(text).weak()).wrap());
        ui.add_space(6.0);
        let speed = (self.window.1 - self.window.0).abs().max(1e-3) * self.factor / 300.0;
        let decimals = if speed < 0.05 { 3 } else { 1 };
        row(ui, "From", "Lowest value inside", |ui| {
            let tip = "Voxels with this value or more are inside";
            let shown = self.low * self.factor;
            if let Some(new) = number_field(ui, "Lowest", tip, shown, decimals, speed, 96.0) {
                self.low = new / self.factor;
            }
            ui.weak(&self.unit);
        });
        row(ui, "To", "Highest value inside", |ui| {
            let mut has_end = self.high.is_some();
            let tip = "Without it every higher value is inside";
            if ui
                .checkbox(&mut has_end, "up to")
                .on_hover_text(tip)
                .changed()
            {
                self.high = has_end.then_some(self.window.1.max(self.low));
            }
            if let Some(high) = self.high {
                let tip = "Voxels with this value or less are inside";
                let shown = high * self.factor;
                if let Some(new) = number_field(ui, "Highest", tip, shown, decimals, speed, 96.0) {
                    self.high = Some(new / self.factor);
                }
                ui.weak(&self.unit);
            }
        });
        row(ui, "", "", |ui| {
            let tip = "The range that the contrast shows";
            if ui
                .add(Button::new("Contrast range"))
                .on_hover_text(tip)
                .clicked()
            {
                self.low = self.window.0;
                self.high = Some(self.window.1);
            }
        });
        let megabytes = base.data().bytes() as f64 / base.data().voxel_type().size() as f64 / 1e6;
        ui.weak(format!("The mask takes {megabytes:.1} MB"));
    }
}
