//! Stacks whose slices do not lie at equal steps: made even, or split where the step changes.
//!
//! The grid of such an image has the mean step, so that its first and last slice lie right and those
//! between do not; [`Meta::slice_positions`](super::Meta) tells where they are.

use super::retype::Nearest;
use super::{
    CropOrigin, Meta, NoticeKind, Rescale, RescaleUse, Volume, VoxelArray, VoxelData, VoxelType,
};
use crate::geometry::{Grid, GridError};
use crate::with_voxels;
use nalgebra::Vector3;
use ndarray::{Array5, ArrayView3, Axis, Zip, s};
use std::ops::Range;

/// Steps are alike when they differ by this part of one, or by [`ALIKE_MM`].
const ALIKE: f64 = 0.02;
const ALIKE_MM: f64 = 0.02;

/// The part of a step within which a place is that of a slice.
const SNAP: f64 = 1e-5;

impl Volume {
    /// The grid of [`Self::evenly_spaced`], to know its size before.
    pub fn even_grid(&self) -> Option<Grid> {
        let positions = self.uneven_positions()?;
        let length = positions.last()?;
        let count = (length / common_step(positions)).round().max(1.0);
        let nz = self.grid.shape()[2];
        let step = self.grid.step(2) * ((nz - 1) as f64 / count);
        with_slices(&self.grid, count as usize + 1, step).ok()
    }

    /// The stack at equal steps from its first to its last slice, both kept: linear between the true
    /// neighbours along k. The step is near to one that a quarter of the slices have or stay below, and
    /// not below a quarter of the usual one. The voxel type stays, numbers are rounded to it; where
    /// slices have scales of their own, values become float32. `None` when the steps are even already.
    pub fn evenly_spaced(&self) -> Option<Self> {
        let positions = self.uneven_positions()?;
        let grid = self.even_grid()?;
        let one_scale = match self.rescale() {
            Rescale::Uniform(_) => None,
            Rescale::PerSlice(_) => Some(self.retyped(VoxelType::F32, RescaleUse::Apply).ok()?),
        };
        let source = one_scale.as_ref().map_or(self, |retyped| &retyped.volume);
        let blends = blends(positions, grid.shape()[2]);
        let data = with_voxels!(source.data(), array => blended(array, &blends));
        let mut meta = self.meta().clone();
        meta.forget_uneven_steps();
        meta.derived = true;
        Self::new(grid, data, source.rescale().clone(), meta).ok()
    }

    /// Runs of slices at equal steps, each an image on its true grid, bit for bit; the image itself when
    /// its steps are even. Between two runs lies a step that fits neither, or the step changes.
    pub fn split_at_gaps(&self) -> Vec<Self> {
        let whole = || vec![self.clone()];
        let Some(positions) = self.uneven_positions() else {
            return whole();
        };
        let [nx, ny, _] = self.grid.shape();
        let runs = runs(positions);
        let count = runs.len();
        let part = |(n, run): (usize, Range<usize>)| {
            let ranges = [0..nx, 0..ny, run];
            let mut part = self.cropped(&ranges, CropOrigin::Moved).ok()?;
            let mut meta = part.meta().clone();
            // No slice is missing between those of a part.
            meta.notices
                .retain(|notice| notice.kind != NoticeKind::MissingSlices);
            meta.name = format!("{} ({} of {count})", self.meta().name, n + 1);
            part.meta = meta.into();
            Some(part)
        };
        let parts: Option<Vec<Self>> = runs.into_iter().enumerate().map(part).collect();
        parts.unwrap_or_else(whole)
    }

    /// Where the slices of `range` lie; `None` where all steps of the image are even.
    pub(super) fn kept_slices(&self, range: &Range<usize>) -> Option<KeptSlices> {
        let positions = self.uneven_positions()?;
        let kept = positions.get(range.clone())?;
        let (first, last) = (kept.first()?, kept.last()?);
        let step = match kept.len() {
            1 => usual_step(positions),
            count => (last - first) / (count - 1) as f64,
        };
        // Millimetres along the stack as a part of the grid's own step.
        let mean = positions.last()? / (positions.len() - 1) as f64;
        let is_even = runs(kept).len() == 1;
        Some(KeptSlices {
            first: first / mean,
            step: self.grid.step(2) * (step / mean),
            positions: (!is_even).then(|| kept.iter().map(|place| place - first).collect()),
        })
    }

    /// The index along k that a slice at `k` of the grid's even steps would have between the true ones;
    /// `k` itself where the steps are even. Beyond the ends a step is as long as the nearest one.
    pub(super) fn slice_index(&self) -> impl Fn(f64) -> f64 + Sync + '_ {
        let positions = self.uneven_positions();
        move |k| match positions {
            Some(positions) => index_among(positions, k),
            None => k,
        }
    }

    /// Where the slices lie, if that is known to be uneven and makes sense.
    fn uneven_positions(&self) -> Option<&[f64]> {
        let positions = self.meta().slice_positions.as_deref()?;
        let rises = |pair: &[f64]| matches!(pair, [a, b] if a < b && b.is_finite());
        let fit = positions.len() == self.grid.shape()[2]
            && positions.len() > 2
            && positions.first() == Some(&0.0)
            && positions.windows(2).all(rises);
        fit.then_some(positions)
    }
}

/// Slices out of an uneven stack.
pub(super) struct KeptSlices {
    /// Index of the first along k, as the whole stack's mean step counts.
    pub first: f64,
    /// The mean from slice to slice; of a single slice the usual one of the stack.
    pub step: Vector3<f64>,
    /// As [`Meta::slice_positions`]: `None` where these slices lie at equal steps.
    pub positions: Option<Vec<f64>>,
}

/// `grid` with other slices: `count` of them, `step` apart, the first at its place.
fn with_slices(grid: &Grid, count: usize, step: Vector3<f64>) -> Result<Grid, GridError> {
    let mut affine = *grid.affine();
    affine.fixed_view_mut::<3, 1>(0, 2).copy_from(&step);
    let [nx, ny, _] = grid.shape();
    Grid::new([nx, ny, count], affine)
}

impl Meta {
    /// Drops what is cured when steps are even.
    pub(super) fn forget_uneven_steps(&mut self) {
        if self.slice_positions.take().is_some() {
            self.notices
                .retain(|notice| notice.kind != NoticeKind::UnevenSpacing);
        }
    }
}

/// Where `k` mean steps from the first slice is, in steps between those at `positions`.
fn index_among(positions: &[f64], k: f64) -> f64 {
    let last = positions.len() - 1;
    let place = k * positions[last] / last as f64;
    let low = positions.partition_point(|p| *p <= place).clamp(1, last) - 1;
    low as f64 + (place - positions[low]) / (positions[low + 1] - positions[low])
}

fn steps(positions: &[f64]) -> impl Iterator<Item = f64> + '_ {
    positions.windows(2).map(|pair| match pair {
        [a, b] => b - a,
        _ => 0.0,
    })
}

fn sorted_steps(positions: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = steps(positions).collect();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The median.
fn usual_step(positions: &[f64]) -> f64 {
    let sorted = sorted_steps(positions);
    sorted.get(sorted.len() / 2).copied().unwrap_or(1.0)
}

fn common_step(positions: &[f64]) -> f64 {
    let sorted = sorted_steps(positions);
    let low = sorted.get(sorted.len() / 4).copied().unwrap_or(1.0);
    low.max(usual_step(positions) / 4.0)
}

/// A new slice: the slice below it, the one above, and the share of that.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Blend {
    low: usize,
    high: usize,
    share: f64,
}

/// What `count` slices at equal steps are made of.
fn blends(positions: &[f64], count: usize) -> Vec<Blend> {
    let length = positions.last().copied().unwrap_or(0.0);
    let last = positions.len() - 1;
    let blend = |n: usize| {
        let place = length * n as f64 / (count - 1) as f64;
        let low = positions.partition_point(|p| *p <= place).clamp(1, last) - 1;
        let share = (place - positions[low]) / (positions[low + 1] - positions[low]);
        match share {
            share if share < SNAP => single(low),
            share if share > 1.0 - SNAP => single(low + 1),
            share => Blend {
                low,
                high: low + 1,
                share,
            },
        }
    };
    (0..count).map(blend).collect()
}

fn single(slice: usize) -> Blend {
    Blend {
        low: slice,
        high: slice,
        share: 0.0,
    }
}

fn blended<T: Nearest>(array: &VoxelArray<T>, blends: &[Blend]) -> VoxelData {
    let (time_points, _, ny, nx, components) = array.dim();
    let mut out = Array5::from_elem(
        (time_points, blends.len(), ny, nx, components),
        T::default(),
    );
    for (t, mut volume) in out.outer_iter_mut().enumerate() {
        let slice = |k: usize| -> ArrayView3<T> { array.slice(s![t, k, .., .., ..]) };
        Zip::from(volume.axis_iter_mut(Axis(0)))
            .and(blends)
            .par_for_each(|mut new, blend| {
                let (low, high) = (slice(blend.low), slice(blend.high));
                Zip::from(&mut new)
                    .and(low)
                    .and(high)
                    .for_each(|new, a, b| {
                        *new = match blend.share {
                            0.0 => *a,
                            share => T::saturating(a.to_f64() * (1.0 - share) + b.to_f64() * share),
                        };
                    });
            });
    }
    T::wrap(out)
}

/// Slices at equal steps, as long as can be from the first on. A slice before a smaller step stands
/// alone: the larger step is the gap.
fn runs(positions: &[f64]) -> Vec<Range<usize>> {
    let steps: Vec<f64> = steps(positions).collect();
    let alike = |a: f64, b: f64| (a - b).abs() <= (ALIKE * a.min(b)).max(ALIKE_MM);
    let mut runs = Vec::new();
    let mut start = 0;
    while start < positions.len() {
        let rest = steps.get(start..).unwrap_or_default();
        let steps_in_run = match rest {
            [] => 0,
            [step, next, ..] if !alike(*step, *next) && next < step => 0,
            // A gap of its own kind before the last slice, or after a run's end.
            [step] if start > 0 && *step > usual_step(positions) * (1.0 + ALIKE) => 0,
            [step, ..] => rest
                .iter()
                .take_while(|other| alike(*step, **other))
                .count(),
        };
        let end = start + steps_in_run + 1;
        runs.push(start..end);
        start = end;
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::{Linear, Notice, Voxel};
    use nalgebra::Matrix4;

    /// A stack along z from 10 mm on, shifted sideways by a quarter of each step; values are 10 times
    /// the place.
    fn stack(positions: &[f64]) -> Volume {
        let nz = positions.len();
        let mean = positions[nz - 1] / (nz - 1) as f64;
        let mut affine = Matrix4::identity();
        affine[(2, 2)] = mean;
        affine[(1, 2)] = mean / 4.0;
        affine[(2, 3)] = 10.0;
        let grid = Grid::new([2, 3, nz], affine).expect("a grid");
        let array = Array5::from_shape_fn((1, nz, 3, 2, 1), |(_, k, j, i, _)| {
            (10.0 * positions[k]) as i16 + (100 * j + 1000 * i) as i16
        });
        let notice = |kind| Notice::new(kind, "told");
        let meta = Meta {
            name: "stack".to_owned(),
            slice_positions: Some(positions.to_vec()),
            notices: vec![
                notice(NoticeKind::UnevenSpacing),
                notice(NoticeKind::MissingSlices),
                notice(NoticeKind::Duplicate),
            ],
            ..Meta::default()
        };
        Volume::new(grid, i16::wrap(array), Rescale::IDENTITY, meta).expect("fits")
    }

    fn kinds(volume: &Volume) -> Vec<NoticeKind> {
        volume.meta().notices.iter().map(|n| n.kind).collect()
    }

    fn origin(volume: &Volume) -> [f64; 3] {
        let affine = volume.grid().affine();
        [affine[(0, 3)], affine[(1, 3)], affine[(2, 3)]]
    }

    #[test]
    fn a_ramp_made_even_is_the_ramp_at_even_places() {
        let even = stack(&[0.0, 2.0, 4.0, 8.0])
            .evenly_spaced()
            .expect("uneven");
        assert_eq!(even.grid().shape(), [2, 3, 5]);
        assert!((even.grid().step(2) - Vector3::new(0.0, 0.5, 2.0)).norm() < 1e-12);
        assert_eq!(origin(&even), [0.0, 0.0, 10.0]);
        let values: Vec<_> = (0..5).filter_map(|k| even.value([1, 2, k], 0, 0)).collect();
        assert_eq!(values, [1200.0, 1220.0, 1240.0, 1260.0, 1280.0]);
        assert_eq!(
            kinds(&even),
            [NoticeKind::MissingSlices, NoticeKind::Duplicate]
        );
        assert!(even.meta().slice_positions.is_none() && even.evenly_spaced().is_none());
    }

    #[test]
    fn the_smaller_of_two_common_steps_is_taken_but_no_stray_one() {
        let shape = |positions: &[f64]| {
            let even = stack(positions).evenly_spaced().expect("uneven");
            even.grid().shape()[2]
        };
        assert_eq!(shape(&[0.0, 3.0, 6.0, 9.0, 16.0, 23.0, 30.0]), 11);
        assert_eq!(shape(&[0.0, 0.1, 5.0, 10.0, 15.0, 20.0, 25.0]), 6);
        // Both ends stay although no step fits exactly.
        assert_eq!(shape(&[0.0, 2.0, 4.0, 9.0]), 6);
    }

    #[test]
    fn numbers_are_rounded_and_scales_of_slices_applied() {
        let uneven = stack(&[0.0, 0.3, 0.6, 1.4]);
        let even = uneven.evenly_spaced().expect("uneven");
        // At 1.12 of 1.4 mm: 6 + (14 - 6) * 0.52 / 0.8 = 11.2.
        assert_eq!(even.grid().shape()[2], 6);
        assert_eq!(even.value([0, 0, 4], 0, 0), Some(11.0));
        let scales = (1..=4).map(|n| Linear {
            slope: f64::from(n),
            intercept: 0.0,
        });
        let scaled = Volume::new(
            *uneven.grid(),
            uneven.data().clone(),
            Rescale::PerSlice(scales.collect()),
            uneven.meta().clone(),
        );
        let even = scaled.expect("fits").evenly_spaced().expect("uneven");
        assert_eq!(even.data().voxel_type(), VoxelType::F32);
        assert_eq!(even.value([0, 0, 5], 0, 0), Some(56.0));
    }

    #[test]
    fn runs_end_where_the_step_changes() {
        let runs_of = |positions: &[f64]| -> Vec<usize> {
            runs(positions).iter().map(ExactSizeIterator::len).collect()
        };
        assert_eq!(runs_of(&[0.0, 2.0, 4.0, 8.0]), [3, 1]);
        assert_eq!(runs_of(&[0.0, 4.0, 6.0, 8.0]), [1, 3]);
        assert_eq!(runs_of(&[0.0, 2.0, 4.0, 8.0, 10.0, 12.0]), [3, 3]);
        assert_eq!(runs_of(&[0.0, 3.0, 6.0, 9.0, 16.0, 23.0, 30.0]), [4, 3]);
        assert_eq!(runs_of(&[0.0, 2.0, 4.0, 9.0, 14.0]), [3, 2]);
        assert_eq!(runs_of(&[0.0, 2.0, 4.0, 6.0, 9.0, 20.0]), [4, 1, 1]);
    }

    #[test]
    fn parts_lie_where_their_slices_are() {
        let image = stack(&[0.0, 2.0, 4.0, 8.0, 10.0, 12.0]);
        let parts = image.split_at_gaps();
        assert_eq!(parts.len(), 2);
        for (part, first) in parts.iter().zip([0.0, 8.0]) {
            assert_eq!(part.grid().shape(), [2, 3, 3]);
            assert!((part.grid().step(2) - Vector3::new(0.0, 0.5, 2.0)).norm() < 1e-12);
            let place = Vector3::from(origin(part));
            assert!((place - Vector3::new(0.0, first / 4.0, 10.0 + first)).norm() < 1e-12);
            assert_eq!(part.value([0, 0, 1], 0, 0), Some(10.0 * (first + 2.0)));
            assert_eq!(kinds(part), [NoticeKind::Duplicate]);
            assert!(part.meta().slice_positions.is_none());
        }
        assert_eq!(parts[1].meta().name, "stack (2 of 2)");
    }

    #[test]
    fn a_single_slice_is_as_thick_as_the_usual_step() {
        let parts = stack(&[0.0, 2.0, 4.0, 8.0]).split_at_gaps();
        let sizes: Vec<_> = parts.iter().map(|part| part.grid().shape()[2]).collect();
        assert_eq!(sizes, [3, 1]);
        assert_eq!(origin(&parts[1]), [0.0, 2.0, 18.0]);
        assert!((parts[1].grid().step(2)[2] - 2.0).abs() < 1e-12);
    }

    #[test]
    fn even_stacks_and_senseless_positions_stay() {
        let mut even = stack(&[0.0, 2.0, 4.0, 8.0]);
        for positions in [
            None,
            Some(vec![0.0, 2.0, 4.0]),
            Some(vec![0.0, 4.0, 2.0, 8.0]),
            Some(vec![0.0, 2.0, f64::NAN, 8.0]),
        ] {
            let mut meta = even.meta().clone();
            meta.slice_positions = positions;
            even = even.with_meta(meta);
            assert!(even.evenly_spaced().is_none());
            assert_eq!(even.split_at_gaps().len(), 1);
        }
    }
}
