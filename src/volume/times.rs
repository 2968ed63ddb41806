//! Time points: 3D images out of 4D ones, and back.

use super::{
    CannotHold, Linear, Rescale, RescaleUse, Volume, Voxel, VoxelArray, VoxelData, VoxelType,
};
use crate::geometry::Grid;
use crate::with_voxels;
use ndarray::{Axis, Slice};
use std::any::Any;

/// Why images do not make one. Images are counted from 1.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum JoinError {
    #[error("there is no image to join")]
    Nothing,
    #[error(
        "image {number} ({name}) lies on another grid than the first ({}, the first {}); resample it onto that grid",
        size(*.grid), size(*.first)
    )]
    OtherGrid {
        number: usize,
        name: String,
        grid: [usize; 3],
        first: [usize; 3],
    },
    #[error(
        "image {number} ({name}) has {components} components a voxel, the first {first}; join images of one kind"
    )]
    OtherComponents {
        number: usize,
        name: String,
        components: usize,
        first: usize,
    },
    #[error(
        "image {number} ({name}) does not fit the common type: {why}; convert the images to one type first"
    )]
    OtherType {
        number: usize,
        name: String,
        why: CannotHold,
    },
}

fn size([nx, ny, nz]: [usize; 3]) -> String {
    format!("{nx} x {ny} x {nz} voxels")
}

impl Volume {
    /// The 3D image at time `t`, counted from 0; `None` beyond the last.
    pub fn time_point(&self, t: usize) -> Option<Self> {
        if t >= self.time_points() {
            return None;
        }
        fn at<T: Voxel>(array: &VoxelArray<T>, t: usize) -> VoxelData {
            T::wrap(array.slice_axis(Axis(0), Slice::from(t..t + 1)).to_owned())
        }
        let nz = self.grid.shape()[2];
        let rescale = match self.rescale() {
            Rescale::Uniform(linear) => Rescale::Uniform(*linear),
            Rescale::PerSlice(slices) => {
                Rescale::PerSlice(slices.iter().skip(t * nz).take(nz).copied().collect())
            }
        };
        let mut meta = self.meta().clone();
        meta.derived = true;
        meta.time = None;
        if let Some(nifti) = &mut meta.nifti {
            nifti.limit_dimensions(3);
        }
        Some(Self {
            grid: self.grid,
            voxels: super::Voxels {
                data: with_voxels!(self.data(), array => at(array, t)),
                rescale,
            }
            .into(),
            meta: meta.into(),
        })
    }

    /// One 4D image with the time points of all, in order. They lie on one grid; their numbers become
    /// the smallest type that holds those of every image exactly. Where rescales differ, values are
    /// joined ([`Volume::rescale_applied`]). Name and header are the first one's.
    pub fn joined(images: &[Self]) -> Result<Self, JoinError> {
        let first = images.first().ok_or(JoinError::Nothing)?;
        for (number, image) in (1..).zip(images) {
            check_fits(image, first, number)?;
        }
        let (images, rescale) = with_one_rescale(images)?;
        let types = images.iter().map(|image| image.data().voxel_type());
        let to = common_type(&types.collect::<Vec<_>>());
        let mut alike = Vec::with_capacity(images.len());
        for (number, image) in (1..).zip(&images) {
            let retyped = image.retyped(to, RescaleUse::Keep);
            alike.push(retyped.map_err(|why| not_held(image, number, why))?.volume);
        }
        let data = alike.first().ok_or(JoinError::Nothing)?.data();
        let mut meta = first.meta().clone();
        meta.derived = true;
        Ok(Self {
            grid: first.grid,
            voxels: super::Voxels {
                data: with_voxels!(data, array => one_after_the_other(array, &alike)),
                rescale: Rescale::Uniform(rescale),
            }
            .into(),
            meta: meta.into(),
        })
    }
}

fn check_fits(image: &Volume, first: &Volume, number: usize) -> Result<(), JoinError> {
    let name = || image.meta().name.clone();
    let [grid, first_grid]: [&Grid; 2] = [image.grid(), first.grid()];
    if !grid.same_as(first_grid) {
        return Err(JoinError::OtherGrid {
            number,
            name: name(),
            grid: grid.shape(),
            first: first_grid.shape(),
        });
    }
    if image.components() != first.components() {
        return Err(JoinError::OtherComponents {
            number,
            name: name(),
            components: image.components(),
            first: first.components(),
        });
    }
    Ok(())
}

fn not_held(image: &Volume, number: usize, why: CannotHold) -> JoinError {
    JoinError::OtherType {
        number,
        name: image.meta().name.clone(),
        why,
    }
}

/// The images with the map that all share: their own if it is one, else that of values.
fn with_one_rescale(images: &[Volume]) -> Result<(Vec<Volume>, Linear), JoinError> {
    let shared = match images.first().map(Volume::rescale) {
        Some(Rescale::Uniform(linear)) => Some(*linear),
        _ => None,
    };
    let alike = |linear: &Linear| {
        let rescale = Rescale::Uniform(*linear);
        images.iter().all(|image| *image.rescale() == rescale)
    };
    if let Some(linear) = shared.filter(alike) {
        return Ok((images.to_vec(), linear));
    }
    let values = (1..).zip(images).map(|(number, image)| {
        let applied = image.rescale_applied();
        Ok(applied.map_err(|why| not_held(image, number, why))?.volume)
    });
    Ok((values.collect::<Result<_, _>>()?, Linear::IDENTITY))
}

/// The smallest type that holds every number of all of these; float64 where none does.
fn common_type(types: &[VoxelType]) -> VoxelType {
    let mut by_size = VoxelType::ALL;
    by_size.sort_by_key(|candidate| candidate.size());
    let holds_all = |candidate: &VoxelType| types.iter().all(|of| holds(*candidate, *of));
    by_size
        .into_iter()
        .find(holds_all)
        .unwrap_or(VoxelType::F64)
}

/// Whether `to` holds every number of `of` exactly.
fn holds(to: VoxelType, of: VoxelType) -> bool {
    let ([to_sign, to_bits], [sign, bits]) = (digits(to), digits(of));
    match (is_float(to), is_float(of)) {
        (_, true) => is_float(to) && to_bits >= bits,
        _ => to_sign >= sign && to_bits >= bits,
    }
}

fn is_float(of: VoxelType) -> bool {
    matches!(of, VoxelType::F32 | VoxelType::F64)
}

/// 1 for a type with negative numbers, and the bits that hold a number's size exactly.
fn digits(of: VoxelType) -> [u32; 2] {
    match of {
        VoxelType::U8 => [0, 8],
        VoxelType::I8 => [1, 7],
        VoxelType::U16 => [0, 16],
        VoxelType::I16 => [1, 15],
        VoxelType::U32 => [0, 32],
        VoxelType::I32 => [1, 31],
        VoxelType::U64 => [0, 64],
        VoxelType::I64 => [1, 63],
        VoxelType::F32 => [1, 24],
        VoxelType::F64 => [1, 53],
    }
}

/// `images` are all of the type of the first's array.
fn one_after_the_other<T: Voxel>(first: &VoxelArray<T>, images: &[Volume]) -> VoxelData {
    let (_, nz, ny, nx, components) = first.dim();
    let times = images.iter().map(Volume::time_points).sum();
    let mut out = VoxelArray::from_elem((times, nz, ny, nx, components), T::default());
    let mut slots = out.outer_iter_mut();
    for image in images {
        let same: Option<&VoxelArray<T>> =
            with_voxels!(image.data(), array => (array as &dyn Any).downcast_ref());
        // The slots come second: of a pair that lacks its other half the first is lost.
        let times = same.into_iter().flat_map(|array| array.outer_iter());
        for (of_time, mut slot) in times.zip(slots.by_ref()) {
            slot.assign(&of_time);
        }
    }
    T::wrap(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::{Meta, TimeAxis};
    use nalgebra::Matrix4;
    use ndarray::Array5;

    fn image<T: Voxel>(dim: [usize; 5], numbers: Vec<T>, rescale: Rescale, name: &str) -> Volume {
        let [_, nz, ny, nx, _] = dim;
        let array = Array5::from_shape_vec(dim, numbers).expect("fits");
        let grid = Grid::new([nx, ny, nz], Matrix4::identity()).expect("a grid");
        let meta = Meta {
            name: name.to_owned(),
            ..Meta::default()
        };
        Volume::new(grid, T::wrap(array), rescale, meta).expect("fits")
    }

    fn row<T: Voxel>(numbers: Vec<T>, slope: f64, intercept: f64) -> Volume {
        let rescale = Rescale::Uniform(Linear { slope, intercept });
        image([1, 1, 1, numbers.len(), 1], numbers, rescale, "row")
    }

    fn values(volume: &Volume) -> Vec<f64> {
        let [nt, nz, _, nx, _] = volume.data().dim();
        let places =
            (0..nt).flat_map(|t| (0..nz).flat_map(move |k| (0..nx).map(move |i| (t, k, i))));
        let value = |(t, k, i)| volume.value([i, 0, k], t, 0).expect("inside");
        places.map(value).collect()
    }

    #[test]
    fn a_time_point_keeps_the_scales_of_its_slices() {
        let scales = [1.0, 2.0, 3.0, 4.0].map(|slope| Linear {
            slope,
            intercept: 0.5,
        });
        let numbers = (0..8).collect::<Vec<i16>>();
        let rescale = Rescale::PerSlice(scales.into());
        let mut cine = image([2, 2, 1, 2, 1], numbers, rescale, "cine");
        let mut meta = cine.meta().clone();
        meta.time = Some(TimeAxis {
            step: 2.0,
            unit: "s".to_owned(),
        });
        cine = cine.with_meta(meta);
        let second = cine.time_point(1).expect("there");
        assert_eq!(second.data().dim(), [1, 2, 1, 2, 1]);
        assert_eq!(values(&second), [12.5, 15.5, 24.5, 28.5]);
        assert!(second.meta().time.is_none() && second.meta().derived);
        assert!(cine.time_point(2).is_none());
    }

    #[test]
    fn taken_apart_and_joined_is_the_same_image() {
        let numbers = (0..24).map(|n| n * 1000).collect::<Vec<i32>>();
        let cine = image([3, 2, 1, 2, 2], numbers, Rescale::IDENTITY, "cine");
        let parts = [0, 1, 2].map(|t| cine.time_point(t).expect("there"));
        let joined = Volume::joined(&parts).expect("alike");
        assert_eq!(joined.data().dim(), cine.data().dim());
        assert_eq!(joined.data().voxel_type(), VoxelType::I32);
        for t in 0..3 {
            assert_eq!(joined.values([1, 0, 1], t), cine.values([1, 0, 1], t));
        }
        let [one, two, _] = parts;
        let longer = Volume::joined(&[one, cine, two]).expect("alike");
        assert_eq!(longer.time_points(), 5);
    }

    #[test]
    fn other_types_become_the_smallest_that_holds_both() {
        let joined = |a: &Volume, b: &Volume| {
            let joined = Volume::joined(&[a.clone(), b.clone()]).expect("alike");
            (joined.data().voxel_type(), values(&joined))
        };
        let byte = row(vec![255u8], 1.0, 0.0);
        let signed = row(vec![-7i8], 1.0, 0.0);
        let word = row(vec![65_535u16], 1.0, 0.0);
        let float = row(vec![0.5f32], 1.0, 0.0);
        let long = row(vec![i32::MAX], 1.0, 0.0);
        assert_eq!(joined(&byte, &signed), (VoxelType::I16, vec![255.0, -7.0]));
        assert_eq!(
            joined(&word, &signed),
            (VoxelType::I32, vec![65_535.0, -7.0])
        );
        assert_eq!(joined(&word, &float), (VoxelType::F32, vec![65_535.0, 0.5]));
        assert_eq!(
            joined(&long, &float),
            (VoxelType::F64, vec![f64::from(i32::MAX), 0.5])
        );
        let wide = row(vec![u64::MAX], 1.0, 0.0);
        let error = Volume::joined(&[signed, wide]).expect_err("no type holds both");
        assert!(
            matches!(error, JoinError::OtherType { number: 2, .. }),
            "{error}"
        );
    }

    #[test]
    fn one_rescale_is_kept_and_several_are_applied() {
        let ct = |intercept| row(vec![1024u16, 1100], 1.0, intercept);
        let kept = Volume::joined(&[ct(-1024.0), ct(-1024.0)]).expect("alike");
        assert_eq!(kept.data().voxel_type(), VoxelType::U16);
        assert_eq!(values(&kept), [0.0, 76.0, 0.0, 76.0]);
        let applied = Volume::joined(&[ct(-1024.0), ct(-24.0)]).expect("alike");
        assert_eq!(applied.data().voxel_type(), VoxelType::I16);
        assert_eq!(*applied.rescale(), Rescale::IDENTITY);
        assert_eq!(values(&applied), [0.0, 76.0, 1000.0, 1076.0]);
    }

    #[test]
    fn another_grid_or_another_number_of_components_is_refused_by_name() {
        let one = row(vec![1u8, 2], 1.0, 0.0);
        let longer = image([1, 1, 1, 3, 1], vec![0u8; 3], Rescale::IDENTITY, "longer");
        let error = Volume::joined(&[one.clone(), longer]).expect_err("another grid");
        let text = error.to_string();
        assert!(
            text.starts_with("image 2 (longer)") && text.contains("3 x 1 x 1"),
            "{text}"
        );
        let vector = image([1, 1, 1, 2, 2], vec![0u8; 4], Rescale::IDENTITY, "vector");
        let error = Volume::joined(&[one, vector]).expect_err("a vector");
        assert!(matches!(
            error,
            JoinError::OtherComponents { components: 2, .. }
        ));
        assert_eq!(Volume::joined(&[]).err(), Some(JoinError::Nothing));
    }
}
