//! Boxes of voxels out of images.

use super::uneven::KeptSlices;
use super::{Rescale, Volume, Voxel, VoxelArray, VoxelData};
use crate::geometry::{Grid, GridError, IndexPoint};
use crate::with_voxels;
use ndarray::s;
use std::ops::Range;

/// Where the box lies that was cut out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CropOrigin {
    /// Every voxel stays at its place in the world.
    #[default]
    Moved,
    /// The first voxel takes the place of the whole image's first: the box lies elsewhere.
    Kept,
}

/// Why a box cannot be cut out.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CropError {
    #[error("the range {}:{} along {} does not lie in the image's 0:{size}", range.start, range.end, ['x', 'y', 'z'][*.axis])]
    Outside {
        axis: usize,
        range: Range<usize>,
        size: usize,
    },
    #[error(transparent)]
    Grid(#[from] GridError),
}

impl Volume {
    /// The voxels of `ranges`, 0-based and half-open along i, j and k, at all times, bit for bit. Slices of
    /// an uneven stack stay at their places, and the grid has the mean step of those that are kept.
    pub fn cropped(
        &self,
        ranges: &[Range<usize>; 3],
        origin: CropOrigin,
    ) -> Result<Self, CropError> {
        for ((axis, range), size) in ranges.iter().enumerate().zip(self.grid.shape()) {
            if range.is_empty() || range.end > size {
                let range = range.clone();
                return Err(CropError::Outside { axis, range, size });
            }
        }
        let uneven = self.kept_slices(&ranges[2]);
        let mut affine = *self.grid.affine();
        if origin == CropOrigin::Moved {
            let [i, j, k] = ranges.each_ref().map(|range| range.start as f64);
            let k = uneven.as_ref().map_or(k, |kept| kept.first);
            let corner = self.grid.index_to_world(IndexPoint::new(i, j, k));
            affine
                .fixed_view_mut::<3, 1>(0, 3)
                .copy_from(&corner.0.coords);
        }
        if let Some(kept) = &uneven {
            affine.fixed_view_mut::<3, 1>(0, 2).copy_from(&kept.step);
        }
        let rescale = match self.rescale() {
            Rescale::Uniform(linear) => Rescale::Uniform(*linear),
            Rescale::PerSlice(slices) => {
                let volumes = slices.chunks(self.grid.shape()[2]);
                let kept = volumes.filter_map(|slices| slices.get(ranges[2].clone()));
                Rescale::PerSlice(kept.flatten().copied().collect())
            }
        };
        let mut meta = self.meta().clone();
        meta.derived = true;
        meta.moved |= origin == CropOrigin::Kept && ranges.iter().any(|range| range.start > 0);
        match uneven {
            Some(KeptSlices {
                positions: Some(positions),
                ..
            }) => meta.slice_positions = Some(positions),
            _ => meta.forget_uneven_steps(),
        }
        Ok(Self {
            grid: Grid::new(ranges.each_ref().map(ExactSizeIterator::len), affine)?,
            voxels: super::Voxels {
                data: with_voxels!(self.data(), array => boxed(array, ranges)),
                rescale,
            }
            .into(),
            meta: meta.into(),
        })
    }
}

fn boxed<T: Voxel>(array: &VoxelArray<T>, [i, j, k]: &[Range<usize>; 3]) -> VoxelData {
    T::wrap(
        array
            .slice(s![.., k.clone(), j.clone(), i.clone(), ..])
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::{Linear, Meta, Notice, NoticeKind};
    use nalgebra::Matrix4;
    use ndarray::Array5;

    fn volume(shape: [usize; 3], affine: Matrix4<f64>, rescale: Rescale) -> Volume {
        let [nx, ny, nz] = shape;
        let numbers = (0..nx * ny * nz).map(|n| n as i32).collect();
        let array = Array5::from_shape_vec((1, nz, ny, nx, 1), numbers).expect("fits");
        let grid = Grid::new(shape, affine).expect("a grid");
        Volume::new(grid, i32::wrap(array), rescale, Meta::default()).expect("fits")
    }

    #[rustfmt::skip]
    fn tutorial() -> Matrix4<f64> {
        Matrix4::new(
            -0.9765625, 0.0, 0.0, 249.51171875,
            0.0, 0.9765625, 0.0, -33.01171875,
            0.0, 0.0, 2.0, -553.5,
            0.0, 0.0, 0.0, 1.0,
        )
    }

    #[test]
    fn the_tutorials_crop_has_the_tutorials_origin() {
        let image = volume([512, 512, 2], tutorial(), Rescale::IDENTITY);
        let ranges = [103..381, 160..340, 0..2];
        let cropped = image.cropped(&ranges, CropOrigin::Moved).expect("inside");
        assert_eq!(cropped.grid().shape(), [278, 180, 2]);
        let origin = cropped.grid().affine().column(3).into_owned();
        assert_eq!(origin.as_slice(), [148.92578125, 123.23828125, -553.5, 1.0]);
        assert_eq!(
            cropped.value([0, 0, 1], 0, 0),
            image.value([103, 160, 1], 0, 0)
        );
        assert_eq!(
            cropped.value([277, 179, 0], 0, 0),
            image.value([380, 339, 0], 0, 0)
        );
        let mistaken = image.cropped(&ranges, CropOrigin::Kept).expect("inside");
        assert_eq!(mistaken.grid().affine(), image.grid().affine());
    }

    #[test]
    fn slices_of_an_uneven_stack_stay_at_their_places() {
        let places = [0.0, 2.0, 4.0, 8.0, 10.0, 12.0];
        let mut affine = Matrix4::identity();
        affine[(2, 2)] = 2.4;
        affine[(2, 3)] = 100.0;
        let image = volume([2, 2, 6], affine, Rescale::IDENTITY);
        let mut meta = image.meta().clone();
        meta.slice_positions = Some(places.to_vec());
        meta.notices = vec![Notice::new(NoticeKind::UnevenSpacing, "told")];
        let image = image.with_meta(meta);
        let check = |slices: Range<usize>, step: f64, positions: Option<&[f64]>| {
            let ranges = [0..2, 0..2, slices.clone()];
            let cropped = image.cropped(&ranges, CropOrigin::Moved).expect("inside");
            let affine = cropped.grid().affine();
            assert!((affine[(2, 3)] - 100.0 - places[slices.start]).abs() < 1e-12);
            assert!((affine[(2, 2)] - step).abs() < 1e-12, "{slices:?}");
            assert_eq!(cropped.meta().slice_positions.as_deref(), positions);
            assert_eq!(cropped.meta().notices.len(), positions.iter().len());
        };
        check(0..3, 2.0, None);
        check(3..6, 2.0, None);
        check(2..5, 3.0, Some(&[0.0, 4.0, 6.0]));
        check(2..4, 4.0, None);
        check(3..4, 2.0, None);
        check(0..6, 2.4, Some(&places));
    }

    #[test]
    fn scales_of_slices_stay_with_their_slices() {
        let scales = [1.0, 2.0, 3.0].map(|slope| Linear {
            slope,
            intercept: 0.0,
        });
        let image = volume([2, 2, 3], tutorial(), Rescale::PerSlice(scales.to_vec()));
        let cropped = image
            .cropped(&[1..2, 0..2, 1..3], CropOrigin::Moved)
            .expect("inside");
        assert_eq!(cropped.value([0, 1, 1], 0, 0), image.value([1, 1, 2], 0, 0));
    }

    #[test]
    fn ranges_outside_or_without_voxels_are_refused() {
        let image = volume([4, 4, 4], tutorial(), Rescale::IDENTITY);
        for (range, axis) in [(0..5, 0), (2..2, 1), (4..6, 2)] {
            let mut ranges = [0..4, 0..4, 0..4];
            ranges[axis] = range.clone();
            let error = image
                .cropped(&ranges, CropOrigin::Moved)
                .expect_err("outside");
            assert_eq!(
                error,
                CropError::Outside {
                    axis,
                    range,
                    size: 4
                }
            );
        }
    }
}
