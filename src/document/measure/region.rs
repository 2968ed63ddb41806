//! Numbers of regions: mean, standard deviation, range and area of what lies inside.
//!
//! Which voxels count: those of the layer's own grid whose centres lie inside, on its slice nearest
//! to the region, when two of the layer's axes lie in the region's plane; the edge counts as inside.
//! A layer that is oblique to the plane has no such voxels and is sampled at the voxel centres of the
//! main image instead, as the value under the cursor is.

use super::{Measurement, MeasurementKind};
use crate::document::{Document, Layer, LayerId, PlaneAxes, shown_factor, shown_unit};
use crate::geometry::{Grid, IndexPoint};
use crate::volume::{Content, Interpolation, sample};
use nalgebra::{Matrix2, Point3, Vector2, Vector3};
use rayon::prelude::*;
use std::ops::Range;

/// A direction this far off, by its share, still lies in the plane.
const PARALLEL: f64 = 1e-4;
/// Rounding must not decide whether a voxel on the edge is inside.
const EDGE: f64 = 1e-9;
/// Images with more components show the first of them.
const MOST_COMPONENTS: usize = 4;

/// What one component of a layer holds inside a region.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerNumbers {
    pub layer: LayerId,
    /// The layer's name; with the component, counted from 0, where it has several.
    pub name: String,
    /// Unit of the values as shown.
    pub unit: String,
    /// Voxels that count.
    pub count: usize,
    /// Voxels left out because they hold NaN or infinity.
    pub left_out: usize,
    /// NaN without voxels, as all that follow.
    pub mean: f64,
    /// Standard deviation of the sample (n − 1); NaN below two voxels.
    pub sd: f64,
    pub min: f64,
    pub max: f64,
    /// Taken at the main image's voxels, because the layer is oblique to the plane.
    pub sampled: bool,
}

/// A region's area and what every layer holds inside it.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionNumbers {
    pub area_mm2: f64,
    /// In layer order, hidden ones too.
    pub layers: Vec<LayerNumbers>,
}

/// The numbers of a rectangle or ellipse; `None` without an image.
pub fn region_numbers(document: &Document, item: &Measurement) -> Option<RegionNumbers> {
    let main = document.grid()?;
    let frame = Frame::of(item, main);
    let mut layers = Vec::new();
    for layer in document.layers() {
        for component in shown_components(layer) {
            layers.push(layer_numbers(layer, component, &frame, main));
        }
    }
    Some(RegionNumbers {
        area_mm2: frame.area_mm2(),
        layers,
    })
}

/// About how many voxels [`region_numbers`] reads for `item`: what its time depends on.
pub fn region_voxels(document: &Document, item: &Measurement) -> f64 {
    let Some(main) = document.grid() else {
        return 0.0;
    };
    let area = Frame::of(item, main).area_mm2();
    let of_layer = |layer: &Layer| {
        let mut spacing = layer.volume.grid().spacing();
        spacing.sort_by(f64::total_cmp);
        shown_components(layer).len() as f64 * area / (spacing[0] * spacing[1])
    };
    document.layers().iter().map(of_layer).sum()
}

pub(super) fn shown_components(layer: &Layer) -> Range<usize> {
    0..layer.volume.components().min(MOST_COMPONENTS)
}

pub(super) fn component_name(layer: &Layer, component: usize) -> String {
    match layer.volume.components() {
        1 => layer.name.clone(),
        3 if layer.volume.meta().content == Content::Color => {
            let color = ["red", "green", "blue"].get(component).unwrap_or(&"");
            format!("{} {color}", layer.name)
        }
        _ => format!("{} [{component}]", layer.name),
    }
}

/// A region in the patient: a corner and the two sides from there, in RAS mm. A rectangle, or a
/// parallelogram where the main grid is sheared.
struct Frame {
    corner: Point3<f64>,
    right: Vector3<f64>,
    down: Vector3<f64>,
    ellipse: bool,
}

impl Frame {
    fn of(item: &Measurement, main: &Grid) -> Self {
        let axes = PlaneAxes::of(item.plane, main);
        let [a, b] = item.ends.map(|end| main.world_to_index(end).0);
        let side = |axis: usize| main.step(axis) * (b[axis] - a[axis]);
        Self {
            corner: item.ends[0].0,
            right: side(axes.right),
            down: side(axes.down),
            ellipse: item.kind == MeasurementKind::Ellipse,
        }
    }

    fn area_mm2(&self) -> f64 {
        let whole = self.right.cross(&self.down).norm();
        if self.ellipse {
            whole * std::f64::consts::FRAC_PI_4
        } else {
            whole
        }
    }

    /// Whether a place in shares of the two sides is inside.
    fn holds(&self, share: Vector2<f64>) -> bool {
        if self.ellipse {
            (share * 2.0 - Vector2::repeat(1.0)).norm_squared() <= 1.0 + EDGE
        } else {
            share.iter().all(|s| (-EDGE..=1.0 + EDGE).contains(s))
        }
    }
}

/// The voxels of one grid that may lie inside a region: a rectangle of voxels of one slice.
struct Patch {
    /// The two axes that lie in the plane, and the one that does not.
    axes: [usize; 2],
    normal: usize,
    slice: usize,
    ranges: [Range<usize>; 2],
    /// From voxels past the corner to shares of the sides.
    to_shares: Matrix2<f64>,
    corner: Vector2<f64>,
}

/// How a grid lies to a region.
enum Lie {
    Oblique,
    /// Parallel, but no slice of it holds the region.
    Beside,
    Parallel(Patch),
}

impl Patch {
    fn of(frame: &Frame, grid: &Grid) -> Lie {
        let inverse = grid.inverse_affine();
        let [right, down] = [frame.right, frame.down].map(|side| inverse.transform_vector(&side));
        let flat = |n: &usize| {
            [right, down]
                .iter()
                .all(|side| side[*n].abs() <= PARALLEL * side.norm())
        };
        let Some(normal) = (0..3).find(flat) else {
            return Lie::Oblique;
        };
        let corner = inverse.transform_point(&frame.corner);
        let Some(slice) = slice_at(corner[normal], grid.shape()[normal]) else {
            return Lie::Beside;
        };
        let axes = [(normal + 1) % 3, (normal + 2) % 3];
        let sides = Matrix2::from_fn(|row, column| [right, down][column][axes[row]]);
        let Some(to_shares) = sides.try_inverse() else {
            return Lie::Beside;
        };
        let range = |row: usize| {
            let axis = axes[row];
            let (r, d) = (right[axis], down[axis]);
            let low = corner[axis] + r.min(0.0) + d.min(0.0) - EDGE;
            let high = corner[axis] + r.max(0.0) + d.max(0.0) + EDGE;
            let count = grid.shape()[axis] as f64;
            // Saturating: what lies left of the grid begins at 0.
            low.ceil().clamp(0.0, count) as usize..(high.floor() + 1.0).clamp(0.0, count) as usize
        };
        Lie::Parallel(Self {
            ranges: [range(0), range(1)],
            axes,
            normal,
            slice,
            to_shares,
            corner: Vector2::new(corner[axes[0]], corner[axes[1]]),
        })
    }

    /// Tallies `value` over the voxels inside. Rows are counted side by side and joined in order, so
    /// that the result does not depend on the number of threads.
    fn tally(&self, frame: &Frame, value: impl Fn([usize; 3]) -> Option<f64> + Sync) -> Tally {
        let [across, rows] = self.ranges.clone();
        let row = |b: usize| {
            let mut tally = Tally::default();
            for a in across.clone() {
                let place = Vector2::new(a as f64, b as f64) - self.corner;
                if frame.holds(self.to_shares * place) {
                    let mut voxel = [0; 3];
                    voxel[self.axes[0]] = a;
                    voxel[self.axes[1]] = b;
                    voxel[self.normal] = self.slice;
                    if let Some(value) = value(voxel) {
                        tally.push(value);
                    }
                }
            }
            tally
        };
        let tallies: Vec<Tally> = rows.into_par_iter().map(row).collect();
        tallies.into_iter().fold(Tally::default(), Tally::joined)
    }
}

/// The slice whose cells hold the coordinate.
fn slice_at(coordinate: f64, count: usize) -> Option<usize> {
    let nearest = (coordinate + 0.5 + EDGE).floor();
    (nearest >= 0.0 && nearest < count as f64).then_some(nearest as usize)
}

fn layer_numbers(layer: &Layer, component: usize, frame: &Frame, main: &Grid) -> LayerNumbers {
    let volume = &layer.volume;
    let time = layer.display.time;
    let (tally, sampled) = match Patch::of(frame, volume.grid()) {
        Lie::Parallel(patch) => {
            let own = patch.tally(frame, |voxel| volume.value(voxel, time, component));
            (own, false)
        }
        Lie::Beside => (Tally::default(), false),
        Lie::Oblique => {
            let mode = if volume.meta().content == Content::Color {
                Interpolation::Nearest
            } else {
                layer.display.interpolation
            };
            let there = |voxel| {
                let point = main.index_to_world(IndexPoint::from(voxel));
                let index = volume.grid().world_to_index(point);
                sample(volume, index, time, component, mode)
            };
            let tally = match Patch::of(frame, main) {
                Lie::Parallel(patch) => patch.tally(frame, there),
                Lie::Oblique | Lie::Beside => Tally::default(),
            };
            (tally, true)
        }
    };
    let factor = shown_factor(layer);
    LayerNumbers {
        layer: layer.id,
        name: component_name(layer, component),
        unit: shown_unit(layer).to_owned(),
        count: tally.count,
        left_out: tally.left_out,
        mean: tally.mean() * factor,
        sd: tally.sd() * factor,
        min: tally.min * factor,
        max: tally.max * factor,
        sampled,
    }
}

/// Running sums that stay exact for values far from 0 (Welford 1962; joined as Chan et al. 1979).
#[derive(Clone, Copy, Debug)]
struct Tally {
    count: usize,
    left_out: usize,
    mean: f64,
    squares: f64,
    min: f64,
    max: f64,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            count: 0,
            left_out: 0,
            mean: 0.0,
            squares: 0.0,
            min: f64::NAN,
            max: f64::NAN,
        }
    }
}

impl Tally {
    fn push(&mut self, value: f64) {
        if !value.is_finite() {
            self.left_out += 1;
            return;
        }
        self.count += 1;
        let off = value - self.mean;
        self.mean += off / self.count as f64;
        self.squares += off * (value - self.mean);
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }

    fn joined(self, other: Self) -> Self {
        let count = self.count + other.count;
        let left_out = self.left_out + other.left_out;
        if self.count == 0 || other.count == 0 {
            let full = if self.count == 0 { other } else { self };
            return Self { left_out, ..full };
        }
        let off = other.mean - self.mean;
        let share = other.count as f64 / count as f64;
        Self {
            count,
            left_out,
            mean: self.mean + off * share,
            squares: self.squares + other.squares + off * off * self.count as f64 * share,
            min: self.min.min(other.min),
            max: self.max.max(other.max),
        }
    }

    fn mean(&self) -> f64 {
        if self.count == 0 { f64::NAN } else { self.mean }
    }

    fn sd(&self) -> f64 {
        if self.count < 2 {
            return f64::NAN;
        }
        (self.squares / (self.count - 1) as f64).sqrt()
    }
}
