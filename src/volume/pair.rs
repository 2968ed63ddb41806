//! Two images, and how the second comes to the voxels of the first.

use super::{
    Chain, Interpolation, Linear, Resampling, Rescale, RescaleUse, Sampler, SliceRequest, Volume,
    VoxelType, summary,
};
use crate::geometry::Grid;
use nalgebra::{Matrix4, Point3, Vector3};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Two images that are compared at the voxels of the first. Of several components the first counts;
/// slices at uneven steps lie where the grid's even steps put them, as in the views.
#[derive(Clone, Copy, Debug)]
pub struct ImagePair<'a> {
    pub fixed: &'a Volume,
    pub moving: &'a Volume,
    /// From points of the fixed world to those of the moving one, RAS mm.
    pub transform: Matrix4<f64>,
    /// Only voxels of the fixed image where this image, in the fixed world, is above 0 count.
    pub mask: Option<&'a Volume>,
    /// Time points; one beyond the last means the last.
    pub times: [usize; 2],
}

impl<'a> ImagePair<'a> {
    /// Both in one world, everywhere, at their first time points.
    pub fn new(fixed: &'a Volume, moving: &'a Volume) -> Self {
        Self {
            fixed,
            moving,
            transform: Matrix4::identity(),
            mask: None,
            times: [0, 0],
        }
    }

    /// Both images less a number of their own, as float32 holds them, where one lies so far from 0 that
    /// float32 would round its differences away; and the numbers.
    pub(super) fn near_zero(&self) -> Option<([Volume; 2], [f64; 2])> {
        let both = [self.fixed, self.moving];
        let offsets = both.map(far_offset);
        if offsets == [None, None] {
            return None;
        }
        let offsets = offsets.map(|offset| offset.unwrap_or(0.0));
        Some((
            [both[0].less(offsets[0])?, both[1].less(offsets[1])?],
            offsets,
        ))
    }

    /// Slice `k` of the fixed grid, of both images and the mask.
    fn slice(&self, k: usize, interpolation: Interpolation) -> PairSlice<'a> {
        let sampler = |volume: &'a Volume, transform: &Matrix4<f64>, time, interpolation| {
            let map = volume.grid().inverse_affine() * transform * self.fixed.grid().affine();
            let [width, height, _] = self.fixed.grid().shape();
            let request = SliceRequest {
                origin: map.transform_point(&Point3::new(0.0, 0.0, k as f64)),
                right: map.transform_vector(&Vector3::x()),
                down: map.transform_vector(&Vector3::y()),
                size: [width, height],
                time,
                component: 0,
                interpolation,
            };
            Sampler::new(volume, &request)
        };
        let here = Matrix4::identity();
        PairSlice {
            fixed: sampler(self.fixed, &here, self.times[0], interpolation),
            moving: sampler(self.moving, &self.transform, self.times[1], interpolation),
            mask: self
                .mask
                .map(|mask| sampler(mask, &here, 0, Interpolation::Nearest)),
            size: [0, 1].map(|axis| self.fixed.grid().shape()[axis]),
        }
    }

    /// What `of_slice` makes of every slice k of the fixed grid, in their order; `None` once `goes_on`,
    /// told the part that is done, says no.
    pub(super) fn slices<R: Send>(
        &self,
        interpolation: Interpolation,
        goes_on: &(dyn Fn(f32) -> bool + Sync),
        of_slice: impl Fn(PairSlice<'a>) -> R + Sync,
    ) -> Option<Vec<R>> {
        let count = self.fixed.grid().shape()[2];
        let done = AtomicUsize::new(0);
        (0..count)
            .into_par_iter()
            .map(|k| {
                let part = done.fetch_add(1, Ordering::Relaxed) as f32 / count as f32;
                goes_on(part).then(|| of_slice(self.slice(k, interpolation)))
            })
            .collect()
    }
}

/// An image at the voxels of a fixed grid through transforms that one matrix cannot tell: float after
/// rescale where it can be, NaN where the image is not defined. It can be compared with the fixed image as
/// it is. Labels are to be brought by their nearest voxels.
pub fn brought_to(
    fixed: &Grid,
    moving: &Volume,
    chain: &Chain,
    how: Resampling,
    goes_on: &(dyn Fn(f32) -> bool + Sync),
) -> Volume {
    let exact = match far_offset(moving) {
        Some(_) => VoxelType::F64,
        None => VoxelType::F32,
    };
    let values = moving.retyped(exact, RescaleUse::Apply);
    let values = values.map_or_else(|_| moving.clone(), |retyped| retyped.volume);
    values.resampled_through(fixed, chain, how, f64::NAN, goes_on)
}

/// A rounding of float32 that is this part of the range of all values changes figures.
const MUCH_ROUNDING: f64 = 1e-5;

/// The middle of the values of an image that float32 does not tell apart well.
pub(super) fn far_offset(volume: &Volume) -> Option<f64> {
    let is_wide = match volume.data().voxel_type() {
        VoxelType::F64 | VoxelType::U32 | VoxelType::I32 | VoxelType::U64 | VoxelType::I64 => true,
        _ => *volume.rescale() != Rescale::IDENTITY,
    };
    let all = is_wide.then(|| summary(volume))?;
    let rounding = all.min.abs().max(all.max.abs()) * f64::from(f32::EPSILON);
    let is_far = rounding > MUCH_ROUNDING * (all.max - all.min) && all.max > all.min;
    is_far.then(|| (all.min + all.max) / 2.0)
}

impl Volume {
    /// The values less `offset` as float32; `None` where float32 does not reach that far.
    pub(super) fn less(&self, offset: f64) -> Option<Self> {
        let lower = |linear: Linear| Linear {
            intercept: linear.intercept - offset,
            ..linear
        };
        let rescale = match self.rescale() {
            Rescale::Uniform(linear) => Rescale::Uniform(lower(*linear)),
            Rescale::PerSlice(all) => Rescale::PerSlice(all.iter().copied().map(lower).collect()),
        };
        let less = self.converted(VoxelType::F32, &rescale, &Rescale::IDENTITY);
        less.ok().map(|less| less.volume)
    }
}

/// One slice of a pair.
pub(super) struct PairSlice<'a> {
    fixed: Sampler<'a>,
    moving: Sampler<'a>,
    mask: Option<Sampler<'a>>,
    size: [usize; 2],
}

impl PairSlice<'_> {
    /// Calls `with` for every row: the values of the fixed image, those of the moving one, and where the
    /// latter is defined. What the mask leaves out is NaN in both.
    pub fn rows(&self, mut with: impl FnMut(&[f32], &[f32], Range<usize>)) {
        let [width, height] = self.size;
        let [mut fixed, mut moving, mut mask] = [0; 3].map(|_| vec![0.0; width]);
        for y in 0..height {
            self.fixed.row(y, &mut fixed);
            let inside = self.moving.row(y, &mut moving);
            if let Some(sampler) = &self.mask {
                mask.fill(0.0);
                sampler.row(y, &mut mask);
                for (x, mask) in mask.iter().enumerate() {
                    // NaN lets nothing count either.
                    let counts = *mask > 0.0;
                    if !counts {
                        fixed[x] = f32::NAN;
                        moving[x] = f32::NAN;
                    }
                }
            }
            with(&fixed, &moving, inside);
        }
    }

    /// The same voxel by voxel, of those where both are finite.
    pub fn values(&self, mut with: impl FnMut(f64, f64)) {
        self.rows(|fixed, moving, inside| {
            for (a, b) in fixed[inside.clone()].iter().zip(&moving[inside]) {
                if a.is_finite() && b.is_finite() {
                    with((*a).into(), (*b).into());
                }
            }
        });
    }
}
