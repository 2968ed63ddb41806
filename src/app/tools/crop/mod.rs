//! Crop: a box of voxels, typed, dragged in the views, or fitted around values.

mod draw;
mod grip;

pub use draw::paint;
pub use grip::Gesture;

use super::Wanted;
use super::recipe::{Recipe, Step};
use crate::app::theme;
use crate::app::widgets::{number_field, row};
use crate::document::{Document, format_number};
use crate::geometry::{Grid as VoxelGrid, IndexPoint};
use crate::jobs::{self, Job, Wake};
use crate::volume::{CropOrigin, Volume};
use egui::{Label, RichText, Ui};
use grip::{Grip, in_plane};
use std::ops::Range;

/// The box and how it was chosen.
pub struct Crop {
    /// 0-based and half-open along i, j and k of the image.
    ranges: [Range<usize>; 3],
    shape: [usize; 3],
    origin: CropOrigin,
    /// For the box around values: the lowest of them, and voxels left around.
    above: f64,
    margin: usize,
    /// What the user asked to be fitted, and the work on it.
    wants_fit: bool,
    fitting: Option<Job<Option<[Range<usize>; 3]>>>,
    /// Why there is no box around the values.
    unfit: Option<String>,
    grip: Option<Grip>,
}

impl Crop {
    pub fn new(volume: &Volume) -> Self {
        let shape = volume.grid().shape();
        Self {
            ranges: shape.map(|n| 0..n),
            shape,
            origin: CropOrigin::Moved,
            above: if volume.meta().unit == "HU" {
                -500.0
            } else {
                0.0
            },
            margin: 0,
            wants_fit: false,
            fitting: None,
            unfit: None,
            grip: None,
        }
    }

    pub fn wanted(&self, base: &Volume) -> Wanted {
        let whole = self.shape.map(|n| 0..n);
        if base.grid().shape() != self.shape {
            return Ok(None);
        }
        Ok((self.ranges != whole).then(|| Recipe {
            images: vec![base.clone()],
            step: Step::Crop {
                ranges: self.ranges.clone(),
                origin: self.origin,
            },
        }))
    }

    /// What a hand in a view does to the box.
    pub fn act(&mut self, main: &VoxelGrid, own: &VoxelGrid, gesture: Gesture) {
        match gesture {
            Gesture::Press {
                plane,
                at,
                reach_mm,
            } => {
                let axes = in_plane(plane, main, own);
                self.grip = axes.map(|axes| {
                    Grip::at(
                        &self.ranges,
                        self.shape,
                        own,
                        axes,
                        own.world_to_index(at),
                        reach_mm,
                    )
                });
            }
            Gesture::Drag(at) => {
                if let Some(grip) = &self.grip {
                    let at = own.world_to_index(at);
                    self.ranges = grip.moved(&self.ranges, self.shape, at);
                }
            }
            Gesture::Release => self.grip = None,
        }
    }

    /// Starts to look for the box around values, or takes what was found.
    pub fn advance(&mut self, volume: &Volume, wake: &Wake) {
        if volume.grid().shape() != self.shape {
            // Another image took its place.
            *self = Self::new(volume);
        }
        if std::mem::take(&mut self.wants_fit) {
            let (volume, above) = (volume.clone(), self.above);
            let job = jobs::spawn("Looking for the box", wake.clone(), move |_| {
                volume.bounds_of(above, f64::INFINITY)
            });
            self.fitting = Some(job);
        }
        let Some(outcome) = self.fitting.as_ref().and_then(Job::poll) else {
            return;
        };
        self.fitting = None;
        self.unfit = None;
        match outcome {
            Ok(Some(found)) => {
                for ((range, found), n) in self.ranges.iter_mut().zip(found).zip(self.shape) {
                    let start = found.start.saturating_sub(self.margin);
                    *range = start..(found.end + self.margin).min(n);
                }
            }
            Ok(None) => self.unfit = Some(format!("no value is {} or more", self.above)),
            Err(panicked) => self.unfit = Some(panicked.to_string()),
        }
    }

    /// Returns whether the left button is to move the box.
    pub fn show(&mut self, ui: &mut Ui, document: &Document, base: &Volume, draws: bool) -> bool {
        if base.grid().shape() != self.shape {
            *self = Self::new(base);
        }
        let text = "Drag the box's edges or corners in the views, drag inside to move it, or draw a new one outside. Or type voxels, counted from 0 and half-open as in Python.";
        ui.add(Label::new(RichText::new(text).weak()).wrap());
        let mut draws = draws;
        let tip = "The left button draws and moves the box; without it the left button does what the toolbar says";
        let toggle = ui.checkbox(&mut draws, "Draw and drag the box in the views");
        toggle.on_hover_text(tip);
        ui.add_space(6.0);
        for axis in 0..3 {
            self.range(ui, base, axis);
        }
        ui.horizontal(|ui| {
            let tip = "Puts the box around the whole image";
            if ui.button("Whole image").on_hover_text(tip).clicked() {
                self.ranges = self.shape.map(|n| 0..n);
            }
        });
        self.around_values(ui);
        self.origin(ui, base);
        let oblique = document.grid().is_some_and(|main| {
            let planes = crate::document::Plane::ALL;
            planes
                .iter()
                .any(|plane| in_plane(*plane, main, base.grid()).is_none())
        });
        if oblique {
            let text = "Its voxels lie obliquely to the main image's, so the box cannot be drawn in the views: type it.";
            let text = RichText::new(text).color(ui.visuals().warn_fg_color);
            ui.add(Label::new(text).wrap());
        }
        draws
    }

    fn range(&mut self, ui: &mut Ui, base: &Volume, axis: usize) {
        let n = self.shape[axis];
        let name = ["x", "y", "z"][axis];
        let spacing = base.grid().spacing()[axis];
        let range = &mut self.ranges[axis];
        row(
            ui,
            name,
            "Voxels along this axis, 0-based; the last is left out",
            |ui| {
                let from = format!("{name} from");
                let tip = "First voxel of the box, counted from 0";
                if let Some(new) = number_field(ui, &from, tip, range.start as f64, 0, 1.0, 64.0) {
                    range.start = whole(new).min(range.end - 1);
                }
                ui.label(":");
                let to = format!("{name} to");
                let tip = "First voxel after the box, as in Python";
                if let Some(new) = number_field(ui, &to, tip, range.end as f64, 0, 1.0, 64.0) {
                    range.end = whole(new).clamp(range.start + 1, n);
                }
                let mm = format_number(range.len() as f64 * spacing, 1);
                ui.weak(format!("{} of {n}, {mm} mm", range.len()));
            },
        );
    }

    fn around_values(&mut self, ui: &mut Ui) {
        ui.add_space(8.0);
        ui.label(RichText::new("Box around values").family(theme::semibold()));
        row(
            ui,
            "Above",
            "Voxels with this value or more lie in the box",
            |ui| {
                let tip = "Lowest value that belongs into the box";
                if let Some(new) = number_field(ui, "Lowest value", tip, self.above, 1, 1.0, 76.0) {
                    self.above = new;
                }
                ui.weak("margin");
                let tip = "Voxels left free around them";
                let now = self.margin as f64;
                if let Some(new) = number_field(ui, "Margin in voxels", tip, now, 0, 0.2, 48.0) {
                    self.margin = whole(new).min(1000);
                }
                let tip = "Puts the box tightly around all such voxels";
                let fit = ui.add_enabled(self.fitting.is_none(), egui::Button::new("Fit box"));
                self.wants_fit |= fit.on_hover_text(tip).clicked();
            },
        );
        if let Some(why) = &self.unfit {
            ui.colored_label(ui.visuals().error_fg_color, why);
        }
    }

    fn origin(&mut self, ui: &mut Ui, base: &Volume) {
        ui.add_space(8.0);
        ui.label(RichText::new("Place of the box").family(theme::semibold()));
        for (origin, text, tip) in [
            (
                CropOrigin::Moved,
                "Update the origin: every voxel stays in place",
                "The first voxel of the box becomes the origin, as nibabel's slicer does",
            ),
            (
                CropOrigin::Kept,
                "Keep the origin (to see the mistake)",
                "The header keeps the origin of the whole image, so the box lies elsewhere: what happens when only the array is cut",
            ),
        ] {
            ui.radio_value(&mut self.origin, origin, text)
                .on_hover_text(tip);
        }
        let first = self.ranges.each_ref().map(|range| range.start as f64);
        let corner = base
            .grid()
            .index_to_world(IndexPoint::new(first[0], first[1], first[2]));
        let before = base.grid().index_to_world(IndexPoint::new(0.0, 0.0, 0.0));
        let text = |point: crate::geometry::WorldPoint| {
            let xyz = [point.0.x, point.0.y, point.0.z].map(|v| format_number(v, 4));
            xyz.join(", ")
        };
        let after = match self.origin {
            CropOrigin::Moved => corner,
            CropOrigin::Kept => before,
        };
        ui.weak(format!("Origin before, RAS mm: {}", text(before)));
        ui.label(format!("Origin after, RAS mm: {}", text(after)));
        let sizes = self.ranges.each_ref().map(ExactSizeIterator::len);
        let voxels: f64 = sizes.iter().map(|n| *n as f64).product();
        let share = voxels / base.grid().voxel_count() as f64;
        let megabytes = base.data().bytes() as f64 * share / 1e6;
        let [nx, ny, nz] = sizes;
        ui.weak(format!(
            "{nx} × {ny} × {nz} voxels, {megabytes:.1} MB, {:.0} % of the image",
            share * 100.0
        ));
    }
}

/// A typed number as a count.
fn whole(typed: f64) -> usize {
    typed.round().max(0.0) as usize
}
