//! Planes at any angle, interpolated point by point.

use super::source::Source;
use super::{Rows, SliceRequest, mix};
use crate::volume::{Interpolation, Voxel};
use nalgebra::{Point3, Vector3};
use std::ops::Range;

/// Coordinates step through a row as whole numbers of 2^-32 voxel: exact enough for any row, and the
/// voxel and the fraction fall out as bits.
const FRACTION_BITS: u32 = 32;
const ONE: i64 = 1 << FRACTION_BITS;

/// Fractions are used to 2^-16 voxel, which also takes rounding beside a voxel centre as the centre.
const WEIGHT_BITS: u32 = 16;
const WEIGHT_MASK: i64 = (1 << WEIGHT_BITS) - 1;

pub(super) struct Oblique<'a, T: Clone> {
    source: Source<'a, T>,
    origin: Point3<f64>,
    right: Vector3<f64>,
    down: Vector3<f64>,
    width: usize,
    interpolation: Interpolation,
}

impl<'a, T: Voxel> Oblique<'a, T> {
    pub fn new(source: Source<'a, T>, request: &SliceRequest) -> Self {
        Self {
            source,
            origin: request.origin,
            right: request.right,
            down: request.down,
            width: request.size[0],
            interpolation: request.interpolation,
        }
    }

    /// The pixels of a row that lie inside the volume: a line crosses a box in one interval.
    fn inside(&self, row: &Point3<f64>) -> Range<usize> {
        let (mut from, mut to) = (0.0_f64, self.width as f64);
        for axis in 0..3 {
            let (step, count) = (self.right[axis], self.source.shape[axis] as f64);
            if step != 0.0 {
                let edges = [-0.5 - row[axis], count - 0.5 - row[axis]].map(|edge| edge / step);
                from = from.max(edges[0].min(edges[1]));
                to = to.min(edges[0].max(edges[1]));
            }
        }
        let contains = |x: usize| {
            (0..3).all(|axis| {
                let nearest = (row[axis] + x as f64 * self.right[axis] + 0.5).floor();
                nearest >= 0.0 && nearest < self.source.shape[axis] as f64
            })
        };
        let mut start = (from.floor() as usize).min(self.width);
        let mut end = (to.ceil() as usize).saturating_add(1).min(self.width);
        while start < end && !contains(start) {
            start += 1;
        }
        while start < end && !contains(end - 1) {
            end -= 1;
        }
        if start < end { start..end } else { 0..0 }
    }

    /// Place along each axis of pixel `x`, and the step to the next pixel, in units of 2^-32 voxel.
    fn walk(&self, row: &Point3<f64>, x: usize) -> [(i64, i64); 3] {
        std::array::from_fn(|axis| {
            let step = self.right[axis];
            let place = row[axis] + x as f64 * step;
            ((place * ONE as f64) as i64, (step * ONE as f64) as i64)
        })
    }

    fn nearest_row(&self, mut walk: [(i64, i64); 3], out: &mut [f32]) {
        let last = self.source.shape.map(|count| count as i64 - 1);
        for out in out {
            let voxel = std::array::from_fn(|axis| {
                ((walk[axis].0 + ONE / 2) >> FRACTION_BITS).clamp(0, last[axis]) as usize
            });
            let [slope, intercept] = self.source.scale(voxel[2]);
            *out = self.source.number(self.source.position(voxel)) * slope + intercept;
            advance(&mut walk);
        }
    }

    fn linear_row(&self, mut walk: [(i64, i64); 3], out: &mut [f32]) {
        let last = self
            .source
            .shape
            .map(|count| (count as i64 - 1) << WEIGHT_BITS);
        for out in out {
            let place: [i64; 3] = std::array::from_fn(|axis| {
                let half = 1 << (FRACTION_BITS - WEIGHT_BITS - 1);
                ((walk[axis].0 + half) >> (FRACTION_BITS - WEIGHT_BITS)).clamp(0, last[axis])
            });
            *out = self.trilinear(place);
            advance(&mut walk);
        }
    }

    /// The value at a place inside, in units of 2^-16 voxel.
    #[inline(always)]
    fn trilinear(&self, place: [i64; 3]) -> f32 {
        let voxel = place.map(|p| (p >> WEIGHT_BITS) as usize);
        let share = place.map(|p| (p & WEIGHT_MASK) as f32 * (1.0 / (1 << WEIGHT_BITS) as f32));
        // A share of 0 must not touch the neighbour: it may be NaN or beyond the edge.
        let to_next = |axis: usize| {
            if share[axis] > 0.0 {
                self.source.stride(axis)
            } else {
                0
            }
        };
        let (di, dj, dk) = (to_next(0), to_next(1), to_next(2));
        let p = self.source.position(voxel);
        let near = mix(
            self.edge(p, di, share[0]),
            self.edge(p + dj, di, share[0]),
            share[1],
        );
        let far = mix(
            self.edge(p + dk, di, share[0]),
            self.edge(p + dj + dk, di, share[0]),
            share[1],
        );
        let [near_slope, near_intercept] = self.source.scale(voxel[2]);
        let [far_slope, far_intercept] = self.source.scale(voxel[2] + usize::from(dk != 0));
        mix(
            near * near_slope + near_intercept,
            far * far_slope + far_intercept,
            share[2],
        )
    }

    /// Between the number at place `p` in memory and the one `step` further.
    #[inline(always)]
    fn edge(&self, p: isize, step: isize, share: f32) -> f32 {
        mix(self.source.number(p), self.source.number(p + step), share)
    }
}

#[inline(always)]
fn advance(walk: &mut [(i64, i64); 3]) {
    for (place, step) in walk {
        *place = place.wrapping_add(*step);
    }
}

impl<T: Voxel> Rows for Oblique<'_, T> {
    fn row(&self, y: usize, out: &mut [f32]) -> Range<usize> {
        let row = self.origin + self.down * y as f64;
        let inside = self.inside(&row);
        let out = &mut out[inside.clone()];
        match self.interpolation {
            Interpolation::Nearest => self.nearest_row(self.walk(&row, inside.start), out),
            Interpolation::Linear => self.linear_row(self.walk(&row, inside.start), out),
        }
        inside
    }
}
