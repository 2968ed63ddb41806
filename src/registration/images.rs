//! The two images on the working grid: read, resampled, masked; and results turned back.

use super::real::Real;
use super::resize::{Maps, shrink};
use super::sweep::{mean, spread};
use super::{Inputs, RegistrationError};
use crate::geometry::Grid;
use crate::volume::{Format, Volume, Voxel, VoxelArray};
use crate::with_voxels;
use nalgebra::{Matrix4, Point3};
use ndarray::s;
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};

/// Source and target at full resolution on the working grid, every voxel filled.
pub(super) struct Images<T> {
    pub shape: [usize; 3],
    pub source: Image<T>,
    pub target: Image<T>,
}

/// An image and where it counts.
#[derive(Clone)]
pub(super) struct Image<T> {
    /// `[k, j, i]`; voxels without a number are filled from their neighbours.
    values: Vec<T>,
    /// The voxels that count; `None`: all.
    defined: Option<Vec<bool>>,
}

impl<T: Real> Images<T> {
    /// Refuses images that have no voxel in common.
    pub fn read(inputs: &Inputs<'_>) -> Result<Self, RegistrationError> {
        let grid = working_grid(inputs.target);
        let shape = grid.shape();
        let target = on_grid::<T>(inputs.target, &grid, "target")?;
        let source = on_grid::<T>(inputs.source, &grid, "source")?;
        let counts: Option<Vec<bool>> = match inputs.mask {
            Some(mask) => {
                let mask = on_grid::<f32>(mask, &grid, "mask")?;
                Some(mask.into_iter().map(|v| v > 0.0).collect())
            }
            None => None,
        };
        let common = |n: usize| {
            source[n].is_number()
                && target[n].is_number()
                && counts.as_ref().is_none_or(|counts| counts[n])
        };
        if !(0..target.len()).any(common) {
            return Err(match counts {
                Some(_) => RegistrationError::EmptyMask,
                None => RegistrationError::NoOverlap,
            });
        }
        Ok(Self {
            shape,
            source: Image::new(source, shape, None),
            target: Image::new(target, shape, counts),
        })
    }

    /// Mean squared difference where both count, before anything is moved.
    pub fn msd(&self) -> f64 {
        let [nx, ny, nz] = self.shape;
        let mut sums = vec![(0.0, 0.0); nz];
        spread(sums.iter_mut().enumerate(), |(k, (sum, count))| {
            for at in k * nx * ny..(k + 1) * nx * ny {
                if self.source.counts(at) && self.target.counts(at) {
                    let difference = self.target.values[at] - self.source.values[at];
                    *sum += (difference * difference).to_f64();
                    *count += 1.0;
                }
            }
        });
        mean(&sums)
    }

    /// Source and target at a level, the finest last; `None` when cancelled.
    pub fn at_level(&mut self, level: [usize; 3], cancel: &AtomicBool) -> Option<(Vec<T>, Vec<T>)> {
        if cancel.load(Ordering::Relaxed) {
            return None;
        }
        let maps = Maps::new(self.shape, level);
        let source = self.source.at_level(self.shape, level, &maps);
        Some((source, self.target.at_level(self.shape, level, &maps)))
    }
}

impl<T: Real> Image<T> {
    fn new(mut values: Vec<T>, shape: [usize; 3], counts: Option<Vec<bool>>) -> Self {
        let mut defined = counts;
        if values.iter().any(|v| !v.is_number()) {
            let mut known = defined.unwrap_or_else(|| vec![true; values.len()]);
            for (known, value) in known.iter_mut().zip(&values) {
                *known &= value.is_number();
            }
            defined = Some(known);
            fill(&mut values, shape);
        }
        Self { values, defined }
    }

    fn counts(&self, at: usize) -> bool {
        self.defined.as_ref().is_none_or(|defined| defined[at])
    }

    /// The image at a level, NaN where it does not count. The finest takes the values away.
    fn at_level(&mut self, shape: [usize; 3], level: [usize; 3], maps: &Maps<T>) -> Vec<T> {
        let mut values = if level == shape {
            std::mem::take(&mut self.values)
        } else {
            shrink(&self.values, maps)
        };
        self.hide(&mut values, shape, level);
        values
    }

    /// Makes NaN what does not count: a voxel of a level counts when the nearest one of the full
    /// image does.
    fn hide(&self, values: &mut [T], shape: [usize; 3], level: [usize; 3]) {
        let Some(defined) = &self.defined else { return };
        let nearest = |axis: usize, at: usize| {
            let place = (at as f64 + 0.5) * shape[axis] as f64 / level[axis] as f64;
            (place as usize).min(shape[axis] - 1)
        };
        for (n, row) in values.chunks_exact_mut(level[0]).enumerate() {
            let (j, k) = (nearest(1, n % level[1]), nearest(2, n / level[1]));
            let from = (k * shape[1] + j) * shape[0];
            for (i, value) in row.iter_mut().enumerate() {
                if !defined[from + nearest(0, i)] {
                    *value = T::NAN;
                }
            }
        }
    }
}

/// Gives voxels without a number that of the nearest one before or after them along a row, then a
/// column, then a stack.
fn fill<T: Real>(values: &mut [T], [nx, ny, nz]: [usize; 3]) {
    for (count, step) in [(nx, 1), (ny, nx), (nz, nx * ny)] {
        for start in 0..values.len() {
            if (start / step).is_multiple_of(count) {
                fill_line(values, start, count, step);
            }
        }
    }
}

fn fill_line<T: Real>(values: &mut [T], start: usize, count: usize, step: usize) {
    let mut last_known: Option<usize> = None;
    for n in 0..count {
        if !values[start + n * step].is_number() {
            continue;
        }
        let gap = last_known.map_or(0, |known| known + 1)..n;
        for hole in gap {
            let from = match last_known {
                Some(known) if hole - known <= n - hole => known,
                _ => n,
            };
            values[start + hole * step] = values[start + from * step];
        }
        last_known = Some(n);
    }
    if let Some(known) = last_known {
        for hole in known + 1..count {
            values[start + hole * step] = values[start + known * step];
        }
    }
}

/// Whether the rows of this image are turned over, so that y is up.
pub(super) fn is_picture(volume: &Volume) -> bool {
    matches!(
        volume.meta().format,
        Format::Png | Format::Jpeg | Format::Tiff
    ) && volume.grid().shape()[2] == 1
}

/// The target's grid; of a picture with its rows in the other order, every pixel where it was.
pub(super) fn working_grid(target: &Volume) -> Grid {
    let grid = *target.grid();
    if !is_picture(target) {
        return grid;
    }
    let mut flip = Matrix4::identity();
    flip[(1, 1)] = -1.0;
    flip[(1, 3)] = grid.shape()[1] as f64 - 1.0;
    // A flip keeps an invertible affine invertible.
    Grid::new(grid.shape(), grid.affine() * flip).unwrap_or(grid)
}

/// Reverses the rows of one slice, `row` numbers each.
pub(super) fn flip_rows<T>(values: &mut [T], row: usize) {
    let count = values.len() / row;
    for j in 0..count / 2 {
        let (upper, lower) = values.split_at_mut((count - 1 - j) * row);
        upper[j * row..(j + 1) * row].swap_with_slice(&mut lower[..row]);
    }
}

/// The values of an image on a grid, NaN where it has none: as they are when the grids agree,
/// linearly between voxels otherwise.
fn on_grid<T: Real>(
    volume: &Volume,
    grid: &Grid,
    image: &'static str,
) -> Result<Vec<T>, RegistrationError> {
    let mut values: Vec<T> = read(volume);
    if !values.iter().any(|v| v.is_number()) {
        return Err(RegistrationError::Undefined { image });
    }
    let own = working_grid(volume);
    if is_picture(volume) {
        flip_rows(&mut values, own.shape()[0]);
    }
    if own.same_as(grid) {
        return Ok(values);
    }
    Ok(resample(&values, &own, grid))
}

/// All values after rescale, `[k, j, i]`; what is not finite is NaN.
fn read<T: Real>(volume: &Volume) -> Vec<T> {
    with_voxels!(volume.data(), array => read_array(volume, array))
}

fn read_array<T: Real, V: Voxel>(volume: &Volume, array: &VoxelArray<V>) -> Vec<T> {
    let [nx, ny, nz] = volume.grid().shape();
    let mut values = vec![T::ZERO; nx * ny * nz];
    let read_slice = |(k, out): (usize, &mut [T])| {
        let linear = volume.rescale().of_slice(0, k, nz);
        let slice = array.slice(s![0, k, .., .., 0]);
        for (out, row) in out.chunks_exact_mut(nx).zip(slice.rows()) {
            for (out, stored) in out.iter_mut().zip(row) {
                let value = T::of(linear.apply(stored.to_f64()));
                let finite = value.to_f64().is_finite();
                *out = if finite { value } else { T::NAN };
            }
        }
    };
    if nz == 1 {
        values.chunks_mut(nx * ny).enumerate().for_each(read_slice);
    } else {
        values
            .par_chunks_mut(nx * ny)
            .enumerate()
            .for_each(read_slice);
    }
    values
}

/// Linear interpolation through world coordinates. A voxel's cell reaches half a voxel beyond its
/// centre; the outer half of the first and the last repeats the edge voxel.
fn resample<T: Real>(values: &[T], own: &Grid, grid: &Grid) -> Vec<T> {
    let [nx, ny, nz] = grid.shape();
    let to_own = own.inverse_affine() * grid.affine();
    let mut out = vec![T::NAN; nx * ny * nz];
    out.par_chunks_mut(nx).enumerate().for_each(|(n, row)| {
        for (i, out) in row.iter_mut().enumerate() {
            let voxel = Point3::new(i as f64, (n % ny) as f64, (n / ny) as f64);
            *out = sample(values, own.shape(), to_own.transform_point(&voxel));
        }
    });
    out
}

fn sample<T: Real>(values: &[T], shape: [usize; 3], point: Point3<f64>) -> T {
    let mut lows = [0; 3];
    let mut highs = [0; 3];
    let mut shares = [0.0; 3];
    for axis in 0..3 {
        let count = shape[axis] as f64;
        if !(point[axis] >= -0.5 && point[axis] < count - 0.5) {
            return T::NAN;
        }
        let place = point[axis].clamp(0.0, count - 1.0);
        lows[axis] = place as usize;
        highs[axis] = (lows[axis] + 1).min(shape[axis] - 1);
        shares[axis] = place - lows[axis] as f64;
    }
    let line = |j: usize, k: usize| {
        let from = (k * shape[1] + j) * shape[0];
        mix(
            values[from + lows[0]].to_f64(),
            values[from + highs[0]].to_f64(),
            shares[0],
        )
    };
    let plane = |k: usize| mix(line(lows[1], k), line(highs[1], k), shares[1]);
    T::of(mix(plane(lows[2]), plane(highs[2]), shares[2]))
}

/// A share of 0 keeps the other voxel out, even one without a number.
fn mix(low: f64, high: f64, share: f64) -> f64 {
    if share == 0.0 {
        low
    } else {
        low + share * (high - low)
    }
}
