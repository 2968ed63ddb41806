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
        let stride = self.source.stride(self.axes[0]).unsigned_abs();
        line.fill(0.0);
        let mut offset = 0.0;
        for (v, weight_v) in down.weighted() {
            for (w, weight_w) in depth.weighted() {
                let voxel = voxel_at(self.axes, [self.plan.reach.start, v, w]);
                let [slope, intercept] = self.source.scale(voxel[2]);
                let weight = (weight_v * weight_w) as f32;
                let numbers = self.source.numbers_from(self.source.position(voxel));
                accumulate(line, numbers, stride, weight * slope);
                offset += weight * intercept;
            }
        }
        line.iter_mut().for_each(|value| *value += offset);
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
                .for_each(|(block, rows)| {
                    let first_row = needed.start + block * GATHER_ROWS;
                    gather(source, axes, depth, plan.reach.clone(), first_row, rows);
                });
            plan.depth = Neighbors::at(0.0, 1, request.interpolation);
        }
        Self {
            source: Source::plane(values, axes, count),
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

/// Fills whole rows of a plane, in the order of memory: values after rescale, blended through it.
fn gather<T: Voxel>(
    source: &Source<'_, T>,
    axes: [usize; 3],
    depth: Neighbors,
    reach: Range<usize>,
    first_row: usize,
    cells: &mut [f32],
) {
    let width = source.shape[axes[0]];
    let height = cells.len() / width;
    let value = |u: usize, row: usize| {
        let weighted = depth.weighted().map(|(w, weight)| {
            let voxel = voxel_at(axes, [u, first_row + row, w]);
            let [slope, intercept] = source.scale(voxel[2]);
            weight as f32 * (slope * source.number(source.position(voxel)) + intercept)
        });
        weighted.sum::<f32>()
    };
    if source.stride(axes[1]).abs() < source.stride(axes[0]).abs() {
        for u in reach {
            for row in 0..height {
                cells[row * width + u] = value(u, row);
            }
        }
    } else {
        for row in 0..height {
            for u in reach.clone() {
                cells[row * width + u] = value(u, row);
            }
        }
    }
}

/// Adds one source row to the line.
fn accumulate<T: Voxel>(line: &mut [f32], numbers: &[T], stride: usize, gain: f32) {
    if stride == 1 {
        for (out, number) in line.iter_mut().zip(numbers) {
            *out += number.to_f32() * gain;
        }
    } else {
        for (out, number) in line.iter_mut().zip(numbers.iter().step_by(stride)) {
            *out += number.to_f32() * gain;
        }
    }
}
