//! Planes along the voxel axes, interpolated axis by axis: source rows are blended into one line,
//! then the pixels of a screen row are picked from it.

use super::source::Source;
use super::{Rows, SliceRequest, mix};
use crate::volume::Voxel;
use crate::volume::sample::Neighbors;
use rayon::prelude::*;
use std::cell::RefCell;
use std::ops::Range;

/// Rows of a gathered plane that one task fills.
const GATHER_ROWS: usize = 16;

thread_local! {
    static LINE: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

/// A plane whose pixel rows run along a voxel axis.
pub(super) struct Lines<'a, T: Clone> {
    source: Source<'a, T>,
    /// The voxel axes that run right, down and through the plane.
    axes: [usize; 3],
    plan: Plan,
}

/// Which voxels the pixels need.
struct Plan {
    /// Pixels of each row that lie inside.
    columns: Range<usize>,
    /// Voxels along the right axis that those pixels need.
    reach: Range<usize>,
    /// For each pixel inside, its place in the line of voxels of `reach`.
    picks: Vec<Pick>,
    /// For each row, the voxels along the down axis; `None` outside.
    rows: Vec<Option<Neighbors>>,
    /// Voxels through the plane; `None` when it misses the volume.
    depth: Option<Neighbors>,
}

#[derive(Clone, Copy)]
struct Pick {
    low: u32,
    high: u32,
    share: f32,
}

impl<'a, T: Voxel> Lines<'a, T> {
    pub fn new(source: Source<'a, T>, request: &SliceRequest, axes: [usize; 3]) -> Self {
        let plan = Plan::new(source.shape, request, axes);
        Self { source, axes, plan }
    }

    /// Blends the source rows of one pixel row into values after rescale.
    fn blend(&self, down: Neighbors, depth: Neighbors, line: &mut [f32]) {
        let along_slices = self.axes[0] == 2;
        let mut rows: [(&[T], f32); 4] = [(&[], 0.0); 4];
        let mut count = 0;
        let mut offset = 0.0;
        for (v, weight_v) in down.weighted() {
            for (w, weight_w) in depth.weighted() {
                let voxel = voxel_at(self.axes, [self.plan.reach.start, v, w]);
                let [slope, intercept] = if along_slices {
                    [1.0, 0.0]
                } else {
                    self.source.scale(voxel[2])
                };
                let weight = (weight_v * weight_w) as f32;
                let numbers = self.source.numbers_from(self.source.position(voxel));
                rows[count] = (numbers, weight * slope);
                offset += weight * intercept;
                count += 1;
            }
        }
        let stride = self.source.stride(self.axes[0]).unsigned_abs();
        match rows {
            _ if stride > 1 => blend_apart(line, &rows[..count], offset, stride),
            [a, b, c, d] if count == 4 => blend_rows(line, [a, b, c, d], offset),
            [a, b, ..] if count == 2 => blend_rows(line, [a, b], offset),
            [a, ..] => blend_rows(line, [a], offset),
        }
        if along_slices {
            for (value, k) in line.iter_mut().zip(self.plan.reach.clone()) {
                let [slope, intercept] = self.source.scale(k);
                *value = *value * slope + intercept;
            }
        }
    }
}

impl Lines<'static, f32> {
    /// For planes whose rows run against memory order: the plane is first gathered into rows.
    pub fn gathered<T: Voxel>(
        source: &Source<'_, T>,
        request: &SliceRequest,
        axes: [usize; 3],
    ) -> Self {
        let mut plan = Plan::new(source.shape, request, axes);
        let count = [source.shape[axes[0]], source.shape[axes[1]]];
        let mut values = vec![0.0; count[0] * count[1]];
        if let Some(depth) = plan.depth {
            let needed = plan.needed_rows();
            let values = &mut values[needed.start * count[0]..needed.end * count[0]];
            values
                .par_chunks_mut(GATHER_ROWS * count[0])
                .enumerate()
                .for_each(|(block, cells)| {
                    let start = voxel_at(axes, [0, needed.start + block * GATHER_ROWS, 0]);
                    let start = source.position(start);
                    gather(source, axes, depth, plan.reach.clone(), start, cells);
                });
            plan.depth = Neighbors::at(0.0, 1, request.interpolation);
        }
        Self {
            source: source.plane(values, axes),
            axes,
            plan,
        }
    }
}

impl<T: Voxel> Rows for Lines<'_, T> {
    fn row(&self, y: usize, out: &mut [f32]) -> Range<usize> {
        let down = self.plan.rows.get(y).copied().flatten();
        let (Some(down), Some(depth)) = (down, self.plan.depth) else {
            return 0..0;
        };
        LINE.with_borrow_mut(|line| {
            line.resize(self.plan.reach.len(), 0.0);
            self.blend(down, depth, line);
            for (out, pick) in out[self.plan.columns.clone()]
                .iter_mut()
                .zip(&self.plan.picks)
            {
                let low = line[pick.low as usize];
                let high = line[pick.high as usize];
                *out = mix(low, high, pick.share);
            }
        });
        self.plan.columns.clone()
    }
}

impl Plan {
    fn new(shape: [usize; 3], request: &SliceRequest, axes: [usize; 3]) -> Self {
        let [right, down, through] = axes;
        let along = |axis: usize, step: f64, pixel: usize| {
            let coordinate = request.origin[axis] + step * pixel as f64;
            Neighbors::at(coordinate, shape[axis], request.interpolation)
        };
        let places: Vec<(usize, Neighbors)> = (0..request.size[0])
            .filter_map(|x| Some((x, along(right, request.right[right], x)?)))
            .collect();
        let columns = match (places.first(), places.last()) {
            (Some((first, _)), Some((last, _))) => *first..last + 1,
            _ => 0..0,
        };
        let start = places.iter().map(|(_, n)| n.low).min().unwrap_or(0);
        let end = places.iter().map(|(_, n)| n.high + 1).max().unwrap_or(0);
        let picks = places
            .iter()
            .map(|(_, n)| Pick {
                low: (n.low - start) as u32,
                high: (n.high - start) as u32,
                share: n.share as f32,
            })
            .collect();
        let rows = (0..request.size[1])
            .map(|y| along(down, request.down[down], y))
            .collect();
        let depth = if columns.is_empty() {
            None
        } else {
            along(through, 0.0, 0)
        };
        Self {
            columns,
            reach: start..end,
            picks,
            rows,
            depth,
        }
    }

    /// Voxels along the down axis that the pixels need.
    fn needed_rows(&self) -> Range<usize> {
        let rows = || self.rows.iter().flatten();
        let start = rows().map(|n| n.low).min().unwrap_or(0);
        let end = rows().map(|n| n.high + 1).max().unwrap_or(0);
        start..end
    }
}

/// The voxel at `place` (right, down, through) as `(i, j, k)`.
#[inline(always)]
fn voxel_at(axes: [usize; 3], place: [usize; 3]) -> [usize; 3] {
    let mut voxel = [0; 3];
    for (axis, index) in axes.into_iter().zip(place) {
        voxel[axis] = index;
    }
    voxel
}

/// Fills rows of a plane, of which the first starts at place `start` in memory, with stored numbers
/// mixed through the plane; or, when the slices do not lie in the plane, with values.
fn gather<T: Voxel>(
    source: &Source<'_, T>,
    axes: [usize; 3],
    depth: Neighbors,
    reach: Range<usize>,
    start: isize,
    cells: &mut [f32],
) {
    let mut taps = [(0, 0.0); 2];
    let mut count = 0;
    let mut offset = 0.0;
    for (w, weight) in depth.weighted() {
        let [slope, intercept] = source.scale_through(axes, w);
        let place = start + w as isize * source.stride(axes[2]);
        taps[count] = (place, weight as f32 * slope);
        offset += weight as f32 * intercept;
        count += 1;
    }
    match taps {
        [tap, _] if count == 1 => gather_taps(source, axes, [tap], offset, reach, cells),
        taps => gather_taps(source, axes, taps, offset, reach, cells),
    }
}

/// Reads in the order of memory, whichever of rows and columns that is.
fn gather_taps<T: Voxel, const N: usize>(
    source: &Source<'_, T>,
    axes: [usize; 3],
    taps: [(isize, f32); N],
    offset: f32,
    reach: Range<usize>,
    cells: &mut [f32],
) {
    let width = source.shape[axes[0]];
    let [right, down] = [axes[0], axes[1]].map(|axis| source.stride(axis));
    let value = |u: usize, row: usize| {
        let step = u as isize * right + row as isize * down;
        let mut sum = offset;
        for (place, gain) in taps {
            sum += source.number(place + step) * gain;
        }
        sum
    };
    let rows = cells.len() / width;
    if down.abs() < right.abs() {
        for u in reach {
            for row in 0..rows {
                cells[row * width + u] = value(u, row);
            }
        }
    } else {
        for (row, cells) in cells.chunks_exact_mut(width).enumerate() {
            for (u, cell) in reach.clone().zip(&mut cells[reach.clone()]) {
                *cell = value(u, row);
            }
        }
    }
}

/// The sum of source rows, each times its gain, and an offset.
fn blend_rows<T: Voxel, const N: usize>(line: &mut [f32], rows: [(&[T], f32); N], offset: f32) {
    let rows = rows.map(|(numbers, gain)| (&numbers[..line.len()], gain));
    for (x, out) in line.iter_mut().enumerate() {
        let mut sum = offset;
        for (numbers, gain) in rows {
            sum += numbers[x].to_f32() * gain;
        }
        *out = sum;
    }
}

/// The same for rows whose numbers lie `stride` apart.
fn blend_apart<T: Voxel>(line: &mut [f32], rows: &[(&[T], f32)], offset: f32, stride: usize) {
    line.fill(offset);
    for (numbers, gain) in rows {
        for (out, number) in line.iter_mut().zip(numbers.iter().step_by(stride)) {
            *out += number.to_f32() * gain;
        }
    }
}
