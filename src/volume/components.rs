//! One number out of the several components of a voxel.

use super::{Content, Linear, Rescale, Volume, Voxel, VoxelData};
use crate::with_voxels;
use ndarray::{Array5, ArrayView3, Axis};
use rayon::prelude::*;

/// What is shown of an image with several components.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Components {
    /// One of them, counted from 0; beyond the last it is the last.
    One(usize),
    /// The root of the sum of squares.
    Magnitude,
    /// The largest.
    Maximum,
    /// The mean.
    Average,
    /// The first three as red, green and blue, each through the window.
    Color,
}

impl Components {
    /// What can be chosen for an image of `count` components, in the order menus show it.
    pub fn choices(count: usize) -> Vec<Self> {
        let mut choices: Vec<Self> = (0..count).map(Self::One).collect();
        if count > 1 {
            choices.extend([Self::Magnitude, Self::Maximum, Self::Average]);
        }
        if count >= 3 {
            choices.push(Self::Color);
        }
        choices
    }

    /// Whether one number is made of several.
    pub fn joins(self) -> bool {
        matches!(self, Self::Magnitude | Self::Maximum | Self::Average)
    }

    /// What one component adds to the sum that becomes the number.
    #[inline(always)]
    pub fn add(self, sum: f32, value: f32) -> f32 {
        match self {
            Self::Magnitude => sum + value * value,
            // Not `max`, which passes over NaN.
            Self::Maximum if sum.is_nan() || value.is_nan() => f32::NAN,
            Self::Maximum => sum.max(value),
            Self::One(_) | Self::Average | Self::Color => sum + value,
        }
    }

    /// Where that sum starts.
    pub fn start(self) -> f32 {
        match self {
            Self::Maximum => f32::NEG_INFINITY,
            _ => 0.0,
        }
    }

    /// The number, from the sum over `count` components.
    #[inline(always)]
    pub fn finish(self, sum: f32, count: usize) -> f32 {
        match self {
            Self::Magnitude => sum.sqrt(),
            Self::Average => sum / count as f32,
            _ => sum,
        }
    }

    /// The number of one voxel's values; of colour their mean. `None` without values.
    pub fn of(self, values: &[f64]) -> Option<f64> {
        let count = values.len() as f64;
        let last = values.last()?;
        Some(match self {
            Self::One(component) => *values.get(component).unwrap_or(last),
            Self::Magnitude => values.iter().map(|v| v * v).sum::<f64>().sqrt(),
            Self::Maximum if values.iter().any(|v| v.is_nan()) => f64::NAN,
            Self::Maximum => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            Self::Average | Self::Color => values.iter().sum::<f64>() / count,
        })
    }
}

/// The image of one number a voxel that `components` makes of `volume`; colour, and an image with one
/// component, stay as they are. For statistics of what is shown.
pub fn shown_components(volume: &Volume, components: Components) -> Volume {
    if volume.components() == 1 || components == Components::Color {
        return volume.clone();
    }
    let (data, rescale) = match components {
        Components::One(component) => (one(volume, component), volume.rescale().clone()),
        _ => (joined(volume, components), Rescale::IDENTITY),
    };
    Volume::new(*volume.grid(), data, rescale, volume.meta().clone())
        .unwrap_or_else(|_| volume.clone())
}

fn one(volume: &Volume, component: usize) -> VoxelData {
    let component = component.min(volume.components() - 1);
    let part = ndarray::Slice::from(component..component + 1);
    with_voxels!(volume.data(), array => Voxel::wrap(array.slice_axis(Axis(4), part).to_owned()))
}

fn joined(volume: &Volume, components: Components) -> VoxelData {
    let [nt, nz, ny, nx, count] = volume.data().dim();
    let mut out = Array5::zeros((nt, nz, ny, nx, 1));
    let rescale = volume.rescale();
    with_voxels!(volume.data(), array => {
        out.outer_iter_mut().enumerate().for_each(|(t, mut volume)| {
            volume.outer_iter_mut().into_par_iter().enumerate().for_each(|(k, mut slice)| {
                let linear = rescale.of_slice(t, k, nz);
                let stored = array.index_axis(Axis(0), t);
                let stored = stored.index_axis(Axis(0), k);
                for ((j, i, _), number) in slice.indexed_iter_mut() {
                    let values = (0..count).map(|c| linear.apply(stored[[j, i, c]].to_f64()) as f32);
                    let sum = values.fold(components.start(), |sum, value| components.add(sum, value));
                    *number = components.finish(sum, count);
                }
            });
        });
    });
    VoxelData::F32(out)
}

impl Volume {
    /// The image with one number a voxel: of colour the mean, of other vectors the length.
    pub fn in_one_component(self) -> Self {
        match (self.components(), self.meta().content) {
            (1, _) => self,
            (_, Content::Color) => shown_components(&self, Components::Average),
            _ => shown_components(&self, Components::Magnitude),
        }
    }
}

/// Calls `with` for each voxel of a slice `[j, i, c]` with its `j`, its `i` and its value after rescale;
/// of several components with their magnitude.
pub(super) fn each_magnitude<T: Voxel>(
    slice: &ArrayView3<'_, T>,
    linear: Linear,
    mut with: impl FnMut(usize, usize, f64),
) {
    let single = slice.dim().2 == 1;
    for (j, row) in slice.outer_iter().enumerate() {
        if single {
            let row = row.index_axis(Axis(1), 0);
            for (i, stored) in row.iter().enumerate() {
                with(j, i, linear.apply(stored.to_f64()));
            }
        } else {
            for (i, stored) in row.outer_iter().enumerate() {
                let squares = stored.iter().map(|v| linear.apply(v.to_f64()).powi(2));
                with(j, i, squares.sum::<f64>().sqrt());
            }
        }
    }
}
