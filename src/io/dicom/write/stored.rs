//! Values as the 16-bit numbers that CT, PET and MR images are stored in, and their rescale.

use super::Refusal;
use super::class::Class;
use super::decimal::held;
use crate::volume::{
    Linear, Notice, NoticeKind, Rescale, RescaleUse, Volume, Voxel, VoxelArray, VoxelData,
    VoxelType,
};
use crate::with_voxels;
use ndarray::{Axis, s};
use rayon::prelude::*;

/// The image with the numbers that its files hold: its own where they fit, else its values scaled into
/// 16 bits, with a notice of the largest error. Colour stays as it is.
pub(super) fn stored(
    volume: &Volume,
    class: &Class,
    notices: &mut Vec<Notice>,
) -> Result<Volume, Refusal> {
    if volume.components() > 1 {
        return Ok(volume.clone());
    }
    let kept = match rescale_in_file(volume.rescale(), class) {
        Some(rescale) => in_16_bits(volume, RescaleUse::Keep).map(|kept| (kept, rescale)),
        None => None,
    };
    let whole = || Some((in_16_bits(volume, RescaleUse::Apply)?, Rescale::IDENTITY));
    let (volume, rescale) = match kept.or_else(whole) {
        Some((fitting, rescale)) => (fitting, rescale),
        None => scaled(volume, class, notices)?,
    };
    with_rescale(&volume, volume.data().clone(), rescale)
}

/// What decimal strings hold of the rescale; `None` where the class does not allow it: PET has slopes
/// alone (PS3.3 C.8.9.4).
fn rescale_in_file(rescale: &Rescale, class: &Class) -> Option<Rescale> {
    let in_file = |linear: &Linear| Linear {
        slope: held(linear.slope),
        intercept: held(linear.intercept),
    };
    let allowed = |linear: &Linear| match class {
        Class::Pet => linear.intercept == 0.0 && linear.slope > 0.0,
        _ => linear.slope != 0.0 && linear.slope.is_finite() && linear.intercept.is_finite(),
    };
    match rescale {
        Rescale::Uniform(linear) => allowed(linear).then(|| Rescale::Uniform(in_file(linear))),
        Rescale::PerSlice(slices) => slices
            .iter()
            .all(allowed)
            .then(|| Rescale::PerSlice(slices.iter().map(in_file).collect())),
    }
}

/// The numbers, or the values, if 16 bits hold them exactly.
fn in_16_bits(volume: &Volume, rescale: RescaleUse) -> Option<Volume> {
    let unsigned = matches!(volume.data().voxel_type(), VoxelType::U8 | VoxelType::U16);
    let types = match unsigned {
        true => [VoxelType::U16, VoxelType::I16],
        false => [VoxelType::I16, VoxelType::U16],
    };
    let retyped = |to| volume.retyped(to, rescale).ok();
    let exact = types
        .into_iter()
        .filter_map(retyped)
        .find(|r| r.changed == 0);
    exact.map(|retyped| retyped.volume)
}

fn scaled(
    volume: &Volume,
    class: &Class,
    notices: &mut Vec<Notice>,
) -> Result<(Volume, Rescale), Refusal> {
    let ranges = with_voxels!(volume.data(), array => ranges(array, volume.rescale()));
    let undefined: usize = ranges.iter().map(|range| range.not_finite).sum();
    if undefined > 0 {
        return Err((
            format!("an image with {undefined} voxels that are not finite numbers, as DICOM"),
            "DICOM stores whole numbers; save it as NIfTI, or give these voxels a value first",
        ));
    }
    let whole = ranges
        .iter()
        .copied()
        .reduce(Range::and)
        .unwrap_or(Range::EMPTY);
    let signed = whole.low < 0.0 && (*class == Class::Pet || whole.high >= 0.0);
    let rescale = match class {
        // A slice without values takes the scale of the whole, as a slope of 1 would tell readers that
        // go by the first slice that values are whole.
        Class::Pet => Rescale::PerSlice(
            ranges
                .iter()
                .map(|range| if range.is_zero() { whole } else { *range })
                .map(|range| range.keeping_zero(signed))
                .collect(),
        ),
        _ if whole.low <= 0.0 && whole.high >= 0.0 => Rescale::Uniform(whole.keeping_zero(signed)),
        _ => Rescale::Uniform(whole.above_low()),
    };
    let (data, error) = with_voxels!(volume.data(), array => match signed {
        true => quantised::<_, i16>(array, volume.rescale(), &rescale),
        false => quantised::<_, u16>(array, volume.rescale(), &rescale),
    });
    notices.push(Notice::new(
        NoticeKind::TypeConverted,
        format!(
            "DICOM stores 16-bit whole numbers; values from {:.6} to {:.6} are scaled to them and \
             change by up to {error:.3e}",
            whole.low, whole.high
        ),
    ));
    Ok((with_rescale(volume, data, rescale.clone())?, rescale))
}

fn with_rescale(volume: &Volume, data: VoxelData, rescale: Rescale) -> Result<Volume, Refusal> {
    Volume::new(*volume.grid(), data, rescale, volume.meta().clone())
        .map_err(|error| (error.to_string(), "convert it to another format"))
}

/// Values of a slice or of all.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Range {
    low: f64,
    high: f64,
    not_finite: usize,
}

impl Range {
    const EMPTY: Self = Self {
        low: f64::INFINITY,
        high: f64::NEG_INFINITY,
        not_finite: 0,
    };

    fn and(self, other: Self) -> Self {
        Self {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
            not_finite: self.not_finite + other.not_finite,
        }
    }

    fn with(self, value: f64) -> Self {
        match value.is_finite() {
            true => Self {
                low: self.low.min(value),
                high: self.high.max(value),
                ..self
            },
            false => Self {
                not_finite: self.not_finite + 1,
                ..self
            },
        }
    }

    fn is_zero(&self) -> bool {
        self.low == 0.0 && self.high == 0.0
    }

    /// Zero stays zero.
    fn keeping_zero(&self, signed: bool) -> Linear {
        let (least, most) = match signed {
            true => (f64::from(i16::MIN), f64::from(i16::MAX)),
            false => (f64::from(u16::MIN), f64::from(u16::MAX)),
        };
        let below = if signed { self.low / least } else { 0.0 };
        Self::linear(below.max(self.high / most), 0.0)
    }

    /// The lowest value is stored as 0.
    fn above_low(&self) -> Linear {
        Self::linear((self.high - self.low) / f64::from(u16::MAX), self.low)
    }

    fn linear(slope: f64, intercept: f64) -> Linear {
        let slope = held(slope);
        Linear {
            slope: if slope > 0.0 { slope } else { 1.0 },
            intercept: held(intercept),
        }
    }
}

/// Of each slice, volume after volume.
fn ranges<T: Voxel>(array: &VoxelArray<T>, rescale: &Rescale) -> Vec<Range> {
    let (time_points, nz, ..) = array.dim();
    let slices = (0..time_points * nz).into_par_iter();
    let range = slices.map(|n| {
        let linear = rescale.of_slice(n / nz, n % nz, nz);
        let values = array.slice(s![n / nz, n % nz, .., .., ..]);
        let values = values.iter().map(|stored| linear.apply(stored.to_f64()));
        values.fold(Range::EMPTY, Range::with)
    });
    range.collect()
}

/// A 16-bit whole number.
trait Short: Voxel {
    /// The nearest one there is.
    fn nearest(number: f64) -> Self;
}

impl Short for i16 {
    fn nearest(number: f64) -> Self {
        number.round_ties_even() as Self
    }
}

impl Short for u16 {
    fn nearest(number: f64) -> Self {
        number.round_ties_even() as Self
    }
}

/// The values `from` gives as the nearest numbers that `to` gives, and the largest difference.
fn quantised<T: Voxel, U: Short>(
    array: &VoxelArray<T>,
    from: &Rescale,
    to: &Rescale,
) -> (VoxelData, f64) {
    let nz = array.dim().1;
    let mut out = VoxelArray::from_elem(array.dim(), U::default());
    let mut largest = 0f64;
    for (t, (mut out, array)) in out.outer_iter_mut().zip(array.outer_iter()).enumerate() {
        let slices = out.axis_iter_mut(Axis(0)).into_par_iter();
        let slices = slices.zip(array.axis_iter(Axis(0)).into_par_iter());
        let errors = slices.enumerate().map(|(k, (mut out, array))| {
            let (from, to) = (from.of_slice(t, k, nz), to.of_slice(t, k, nz));
            let mut error = 0f64;
            out.zip_mut_with(&array, |out, stored| {
                let value = from.apply(stored.to_f64());
                *out = U::nearest((value - to.intercept) / to.slope);
                error = error.max((to.apply(out.to_f64()) - value).abs());
            });
            error
        });
        largest = largest.max(errors.reduce(|| 0.0, f64::max));
    }
    (U::wrap(out), largest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Grid;
    use crate::volume::Meta;
    use nalgebra::Matrix4;

    fn image(values: Vec<f32>, slices: usize) -> Volume {
        let across = values.len() / slices;
        let grid = Grid::new([across, 1, slices], Matrix4::identity()).expect("a grid");
        let array = VoxelArray::from_shape_vec((1, slices, 1, across, 1), values);
        let data = VoxelData::F32(array.expect("an array"));
        Volume::new(grid, data, Rescale::IDENTITY, Meta::default()).expect("a volume")
    }

    fn stored_as(volume: &Volume, class: &Class) -> (Volume, usize) {
        let mut notices = Vec::new();
        let stored = stored(volume, class, &mut notices).expect("stored");
        (stored, notices.len())
    }

    #[test]
    fn whole_values_stay_exact() {
        let (stored, notices) = stored_as(&image(vec![-1024.0, 0.0, 3071.0], 1), &Class::Ct);
        assert_eq!(stored.data().voxel_type(), VoxelType::I16);
        assert_eq!((stored.value([0, 0, 0], 0, 0), notices), (Some(-1024.0), 0));
        let (stored, _) = stored_as(&image(vec![0.0, 60_000.0], 1), &Class::Mr);
        assert_eq!(stored.data().voxel_type(), VoxelType::U16);
        assert_eq!(*stored.rescale(), Rescale::IDENTITY);
    }

    #[test]
    fn fractions_are_scaled_and_zero_stays_zero() {
        let values = vec![-0.75, 0.0, 1.5, 0.1];
        let (stored, notices) = stored_as(&image(values.clone(), 1), &Class::Mr);
        assert_eq!(stored.value([1, 0, 0], 0, 0), Some(0.0));
        for (i, value) in values.into_iter().enumerate() {
            let read = stored.value([i, 0, 0], 0, 0).expect("inside");
            assert!((read - f64::from(value)).abs() <= 1.5 / 32767.0 / 2.0 + 1e-9);
        }
        assert_eq!(notices, 1);
        let (stored, _) = stored_as(&image(vec![-0.75, 0.0], 1), &Class::Mr);
        let read = stored.value([0, 0, 0], 0, 0).expect("inside");
        assert!((read + 0.75).abs() < 1e-4, "{read}");
    }

    #[test]
    fn a_narrow_range_far_keeping_zero_keeps_its_precision() {
        let (stored, _) = stored_as(&image(vec![1000.25, 1000.5, 1000.3], 1), &Class::Ct);
        let read = stored.value([2, 0, 0], 0, 0).expect("inside");
        assert!((read - 1000.3).abs() < 1e-4, "{read}");
        assert_eq!(stored.data().voxel_type(), VoxelType::U16);
    }

    #[test]
    fn each_pet_slice_has_its_own_slope_and_no_intercept() {
        let (stored, _) = stored_as(&image(vec![0.0, 0.0, 0.5, 1.0, 100.5, 3.0], 3), &Class::Pet);
        let Rescale::PerSlice(slices) = stored.rescale() else {
            panic!("one slope for all");
        };
        assert!(slices.iter().all(|linear| linear.intercept == 0.0));
        assert_eq!(
            slices[0], slices[2],
            "an empty slice has the scale of the whole"
        );
        assert!((slices[1].slope - 1.0 / 65535.0).abs() < 1e-12);
    }

    #[test]
    fn voxels_that_are_no_numbers_are_refused() {
        let refused = stored(&image(vec![0.5, f32::NAN], 1), &Class::Mr, &mut Vec::new());
        assert!(
            refused
                .expect_err("a refusal")
                .0
                .contains("1 voxels that are not finite")
        );
    }
}
