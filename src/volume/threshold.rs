//! Voxels by their values: masks, and the boxes around them.

use super::components::each_magnitude;
use super::{Content, Linear, Meta, Modality, Rescale, Suv, Volume, Voxel};
use crate::with_voxels;
use ndarray::{Array2, Array5, ArrayView3, ArrayViewMut2, Axis, s};
use rayon::prelude::*;
use std::ops::{Range, RangeInclusive};

impl Volume {
    /// The mask of the voxels with `low <= value <= high` after rescale: uint8, 1 inside and 0 outside,
    /// at all times. NaN lies outside. Of several components the magnitude counts.
    pub fn thresholded(&self, low: f64, high: f64) -> Self {
        let [nt, nz, ny, nx, _] = self.data().dim();
        let mut mask = Array5::zeros((nt, nz, ny, nx, 1));
        with_voxels!(self.data(), array => {
            for (t, mut of_time) in mask.outer_iter_mut().enumerate() {
                of_time.outer_iter_mut().into_par_iter().enumerate().for_each(|(k, mut slice)| {
                    let linear = self.rescale().of_slice(t, k, nz);
                    let stored = array.slice(s![t, k, .., .., ..]);
                    mark(&stored, linear, low..=high, slice.index_axis_mut(Axis(2), 0));
                });
            }
        });
        Self {
            grid: self.grid,
            voxels: super::Voxels {
                data: u8::wrap(mask),
                rescale: Rescale::IDENTITY,
            }
            .into(),
            meta: mask_meta(self.meta(), nt).into(),
        }
    }

    /// The smallest box, half-open along i, j and k, with all voxels of [`Volume::thresholded`] at all
    /// times; `None` when there are none.
    pub fn bounds_of(&self, low: f64, high: f64) -> Option<[Range<usize>; 3]> {
        let [nt, nz, ny, nx, _] = self.data().dim();
        let boxes = (0..nt * nz).into_par_iter().filter_map(|n| {
            let (t, k) = (n / nz, n % nz);
            let linear = self.rescale().of_slice(t, k, nz);
            let mut mask = Array2::zeros((ny, nx));
            with_voxels!(self.data(), array => {
                mark(&array.slice(s![t, k, .., .., ..]), linear, low..=high, mask.view_mut());
            });
            let [i, j] = [Axis(1), Axis(0)].map(|axis| extent(&mask, axis));
            Some([i?, j?, k..k + 1])
        });
        boxes.reduce_with(|one, other| {
            [0, 1, 2].map(|axis| {
                let [one, other] = [&one, &other].map(|ranges: &[Range<usize>; 3]| &ranges[axis]);
                one.start.min(other.start)..one.end.max(other.end)
            })
        })
    }
}

/// Sets the voxels `[j, i]` of a slice `[j, i, c]` whose value lies in the range.
fn mark<T: Voxel>(
    stored: &ArrayView3<'_, T>,
    linear: Linear,
    range: RangeInclusive<f64>,
    mut mask: ArrayViewMut2<'_, u8>,
) {
    each_magnitude(stored, linear, |j, i, value| {
        mask[[j, i]] = range.contains(&value).into();
    });
}

/// From the first to the last of the places along `axis` that hold a voxel of the mask.
fn extent(mask: &Array2<u8>, axis: Axis) -> Option<Range<usize>> {
    let holds = |n: &usize| mask.index_axis(axis, *n).iter().any(|&voxel| voxel != 0);
    let mut places = 0..mask.len_of(axis);
    let first = places.find(holds)?;
    let last = places.rfind(holds).unwrap_or(first);
    Some(first..last + 1)
}

/// What holds of a mask as of its image: its name, its place and its times, but not what its values
/// mean.
fn mask_meta(meta: &Meta, time_points: usize) -> Meta {
    let mut meta = Meta {
        derived: true,
        content: Content::Scalar,
        modality: Modality::Unknown,
        unit: String::new(),
        windows: Vec::new(),
        inverted: false,
        suv: Suv::None,
        ..meta.clone()
    };
    if let Some(nifti) = &mut meta.nifti {
        nifti.limit_dimensions(if time_points > 1 { 4 } else { 3 });
        for name in ["cal_min", "cal_max", "intent_code"] {
            if let Some(field) = nifti.fields.get_mut(name) {
                *field = 0.into();
            }
        }
    }
    meta
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Grid;
    use crate::volume::CropOrigin;
    use nalgebra::Matrix4;

    fn volume<T: Voxel>(dim: [usize; 5], numbers: Vec<T>, rescale: Rescale) -> Volume {
        let [_, nz, ny, nx, _] = dim;
        let array = Array5::from_shape_vec(dim, numbers).expect("fits");
        let grid = Grid::new([nx, ny, nz], Matrix4::identity()).expect("a grid");
        Volume::new(grid, T::wrap(array), rescale, Meta::default()).expect("fits")
    }

    fn mask(volume: &Volume, low: f64, high: f64) -> Vec<u8> {
        let mask = volume.thresholded(low, high);
        let crate::volume::VoxelData::U8(array) = mask.data() else {
            panic!("not uint8");
        };
        array.iter().copied().collect()
    }

    #[test]
    fn both_ends_are_inside_and_the_rescale_counts() {
        let rescale = Rescale::Uniform(Linear {
            slope: -0.5,
            intercept: 2.0,
        });
        let image = volume([1, 1, 1, 5, 1], vec![0i16, 2, 4, 6, 8], rescale);
        assert_eq!(mask(&image, -1.0, 1.0), [0, 1, 1, 1, 0]);
        assert_eq!(mask(&image, f64::NEG_INFINITY, 0.0), [0, 0, 1, 1, 1]);
    }

    #[test]
    fn what_is_not_a_number_is_outside_and_infinity_is_a_value() {
        let numbers = vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 3.0];
        let image = volume([1, 1, 1, 4, 1], numbers, Rescale::IDENTITY);
        assert_eq!(mask(&image, f64::NEG_INFINITY, f64::INFINITY), [0, 1, 1, 1]);
        assert_eq!(mask(&image, 3.0, 1e9), [0, 0, 0, 1]);
    }

    #[test]
    fn of_vectors_the_length_counts() {
        let numbers = vec![3i8, -4, 1, 1, 0, 6];
        let image = volume([1, 1, 3, 1, 2], numbers, Rescale::IDENTITY);
        assert_eq!(mask(&image, 5.0, 5.5), [1, 0, 0]);
        assert_eq!(image.thresholded(5.0, 5.5).components(), 1);
    }

    #[test]
    fn slices_and_times_have_their_own_scales() {
        let scales = [1.0, 2.0, 4.0, 8.0].map(|slope| Linear {
            slope,
            intercept: 0.0,
        });
        let image = volume(
            [2, 2, 1, 1, 1],
            vec![4u8; 4],
            Rescale::PerSlice(scales.into()),
        );
        assert_eq!(mask(&image, 8.0, 16.0), [0, 1, 1, 0]);
    }

    #[test]
    fn the_box_holds_every_such_voxel_and_no_empty_side() {
        let (dim, mut numbers) = ([2, 4, 5, 6, 1], vec![0u16; 240]);
        let at = |t: usize, k: usize, j: usize, i: usize| ((t * 4 + k) * 5 + j) * 6 + i;
        numbers[at(0, 1, 3, 2)] = 7;
        numbers[at(1, 2, 1, 4)] = 9;
        let image = volume(dim, numbers, Rescale::IDENTITY);
        assert_eq!(image.bounds_of(7.0, 9.0), Some([2..5, 1..4, 1..3]));
        assert_eq!(image.bounds_of(9.0, 9.0), Some([4..5, 1..2, 2..3]));
        assert_eq!(image.bounds_of(0.0, 0.0), Some([0..6, 0..5, 0..4]));
        assert_eq!(image.bounds_of(1.0, 6.0), None);
        let ranges = image.bounds_of(9.0, 9.0).expect("a box");
        let one = image.cropped(&ranges, CropOrigin::Moved).expect("inside");
        assert_eq!(one.value([0, 0, 0], 1, 0), Some(9.0));
    }

    #[test]
    fn a_mask_keeps_its_name_and_loses_what_values_meant() {
        let meta = Meta {
            name: "chest".to_owned(),
            modality: Modality::Ct,
            unit: "HU".to_owned(),
            ..Meta::default()
        };
        let image = volume([1, 1, 1, 1, 1], vec![1u8], Rescale::IDENTITY).with_meta(meta);
        let mask = image.thresholded(0.0, 1.0);
        let meta = mask.meta();
        assert_eq!((meta.name.as_str(), meta.unit.as_str()), ("chest", ""));
        assert!(meta.derived && meta.modality == Modality::Unknown);
    }
}
