//! Images in another voxel type, with their rescale kept or applied.

use super::{Linear, Rescale, Volume, Voxel, VoxelArray, VoxelData, VoxelType};
use crate::with_voxels;
use ndarray::Axis;
use rayon::prelude::*;

/// What becomes of the map from stored numbers to values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RescaleUse {
    /// The stored numbers change their type, and the map stays beside them.
    Keep,
    /// The values themselves are stored.
    Apply,
}

/// An image in another type, and what that cost.
#[derive(Clone, Debug)]
pub struct Retyped {
    pub volume: Volume,
    /// Numbers that the type holds only nearly.
    pub changed: usize,
    /// The largest change of a value, in the image's unit.
    pub largest_change: f64,
}

/// A type does not hold the numbers of an image.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{to} cannot hold the numbers of the image, {}", reach(*.low, *.high, *.not_numbers))]
pub struct CannotHold {
    pub to: VoxelType,
    /// The range of the finite numbers to be stored.
    pub low: f64,
    pub high: f64,
    /// Voxels that are nan or infinite.
    pub not_numbers: usize,
}

fn reach(low: f64, high: f64, not_numbers: usize) -> String {
    match not_numbers {
        _ if low > high => "none of which is finite".to_owned(),
        0 => format!("which reach from {low} to {high}"),
        count => format!("which reach from {low} to {high} with {count} that are not finite"),
    }
}

impl Volume {
    /// The image stored as `to`. Numbers become the nearest ones, halves the even one; a number beyond
    /// the type's range, or not finite where the type is whole, is an error.
    pub fn retyped(&self, to: VoxelType, rescale: RescaleUse) -> Result<Retyped, CannotHold> {
        let identity = Rescale::IDENTITY;
        let (applied, kept) = match rescale {
            RescaleUse::Keep => (&identity, self.rescale()),
            RescaleUse::Apply => (self.rescale(), &identity),
        };
        self.converted(to, applied, kept)
    }

    /// The stored numbers after `applied` as numbers of type `to`, with `kept` beside them.
    pub(super) fn converted(
        &self,
        to: VoxelType,
        applied: &Rescale,
        kept: &Rescale,
    ) -> Result<Retyped, CannotHold> {
        if to == self.data().voxel_type() && *applied == Rescale::IDENTITY {
            return Ok(Retyped {
                volume: self.clone(),
                changed: 0,
                largest_change: 0.0,
            });
        }
        let (data, tally) = with_voxels!(self.data(), array => match to {
            VoxelType::U8 => converted::<_, u8>(array, applied),
            VoxelType::I8 => converted::<_, i8>(array, applied),
            VoxelType::U16 => converted::<_, u16>(array, applied),
            VoxelType::I16 => converted::<_, i16>(array, applied),
            VoxelType::U32 => converted::<_, u32>(array, applied),
            VoxelType::I32 => converted::<_, i32>(array, applied),
            VoxelType::U64 => converted::<_, u64>(array, applied),
            VoxelType::I64 => converted::<_, i64>(array, applied),
            VoxelType::F32 => converted::<_, f32>(array, applied),
            VoxelType::F64 => converted::<_, f64>(array, applied),
        });
        if tally.outside > 0 {
            return Err(CannotHold {
                to,
                low: tally.low,
                high: tally.high,
                not_numbers: tally.not_numbers,
            });
        }
        let slope = linears(kept).map(|l| l.slope.abs()).fold(0.0, f64::max);
        Ok(Retyped {
            volume: Self {
                voxels: super::Voxels {
                    data,
                    rescale: kept.clone(),
                }
                .into(),
                ..self.clone()
            },
            changed: tally.changed,
            largest_change: tally.largest_change * slope,
        })
    }

    /// The image as a file of another type holds it; `None` when it stays as it is. Without a wish for
    /// the rescale, floats get it applied and whole types keep it, unless every slice has its own: no
    /// format keeps those.
    pub fn stored_as(
        &self,
        to: Option<VoxelType>,
        rescale: Option<RescaleUse>,
    ) -> Result<Option<Retyped>, CannotHold> {
        match (to, rescale) {
            (Some(to), Some(wanted)) => self.retyped(to, wanted).map(Some),
            (Some(to), None) => self.retyped(to, self.usual_rescale(Some(to))).map(Some),
            (None, Some(RescaleUse::Apply)) => self.rescale_applied().map(Some),
            (None, _) => Ok(None),
        }
    }

    /// What becomes of the rescale in a file of type `to`, without a wish.
    pub fn usual_rescale(&self, to: Option<VoxelType>) -> RescaleUse {
        match (self.rescale(), to) {
            (Rescale::PerSlice(_), _) | (_, Some(VoxelType::F32 | VoxelType::F64)) => {
                RescaleUse::Apply
            }
            (Rescale::Uniform(_), _) => RescaleUse::Keep,
        }
    }

    /// The image without a rescale, its values stored: as int16 or int32 where they are whole and fit,
    /// else as floats.
    pub fn rescale_applied(&self) -> Result<Retyped, CannotHold> {
        let stored = self.data().voxel_type();
        if *self.rescale() == Rescale::IDENTITY {
            return self.retyped(stored, RescaleUse::Keep);
        }
        let is_whole =
            |linear: Linear| linear.slope.fract() == 0.0 && linear.intercept.fract() == 0.0;
        let is_float = matches!(stored, VoxelType::F32 | VoxelType::F64);
        let whole: &[VoxelType] = match !is_float && linears(self.rescale()).all(is_whole) {
            true => &[VoxelType::I16, VoxelType::I32],
            false => &[],
        };
        let float = match stored {
            VoxelType::F32 => VoxelType::F32,
            _ if stored.size() <= 2 => VoxelType::F32,
            _ => VoxelType::F64,
        };
        whole
            .iter()
            .find_map(|to| self.retyped(*to, RescaleUse::Apply).ok())
            .map_or_else(|| self.retyped(float, RescaleUse::Apply), Ok)
    }
}

fn linears(rescale: &Rescale) -> impl Iterator<Item = Linear> + '_ {
    match rescale {
        Rescale::Uniform(linear) => std::slice::from_ref(linear),
        Rescale::PerSlice(slices) => slices,
    }
    .iter()
    .copied()
}

/// What happened to the numbers.
#[derive(Clone, Copy)]
struct Tally {
    outside: usize,
    not_numbers: usize,
    low: f64,
    high: f64,
    changed: usize,
    largest_change: f64,
}

impl Tally {
    const EMPTY: Self = Self {
        outside: 0,
        not_numbers: 0,
        low: f64::INFINITY,
        high: f64::NEG_INFINITY,
        changed: 0,
        largest_change: 0.0,
    };

    fn and(self, other: Self) -> Self {
        Self {
            outside: self.outside + other.outside,
            not_numbers: self.not_numbers + other.not_numbers,
            low: self.low.min(other.low),
            high: self.high.max(other.high),
            changed: self.changed + other.changed,
            largest_change: self.largest_change.max(other.largest_change),
        }
    }

    /// Takes note of a number and of what is stored for it.
    fn add(&mut self, number: f64, stored: Option<f64>) {
        if number.is_finite() {
            self.low = self.low.min(number);
            self.high = self.high.max(number);
        } else {
            self.not_numbers += 1;
        }
        match stored {
            None => self.outside += 1,
            Some(stored) if stored != number && !number.is_nan() => {
                self.changed += 1;
                self.largest_change = self.largest_change.max((stored - number).abs());
            }
            Some(_) => {}
        }
    }
}

/// Keeps the order in memory.
fn converted<T: Voxel, U: Nearest>(array: &VoxelArray<T>, rescale: &Rescale) -> (VoxelData, Tally) {
    /// From here on not every whole number is a float64.
    const EXACT: f64 = (1u64 << 53) as f64;
    let wide = matches!(T::TYPE, VoxelType::I64 | VoxelType::U64);
    let nz = array.dim().1;
    let mut out = array.map(|_| U::default());
    let mut tally = Tally::EMPTY;
    for (t, (mut to, from)) in out.outer_iter_mut().zip(array.outer_iter()).enumerate() {
        let slices = to.axis_iter_mut(Axis(0)).into_par_iter();
        let slices = slices.zip(from.axis_iter(Axis(0)).into_par_iter());
        let of_time = slices.enumerate().map(|(k, (mut to, from))| {
            let linear = rescale.of_slice(t, k, nz);
            let mut tally = Tally::EMPTY;
            to.zip_mut_with(&from, |to, from| {
                let number = linear.apply(from.to_f64());
                let stored = U::nearest(number).filter(|_| !wide || from.to_f64().abs() < EXACT);
                tally.add(number, stored.map(Voxel::to_f64));
                *to = stored.unwrap_or_default();
            });
            tally
        });
        tally = tally.and(of_time.reduce(|| Tally::EMPTY, Tally::and));
    }
    (U::wrap(out), tally)
}

/// A type that takes any number it can hold.
pub(super) trait Nearest: Voxel {
    fn nearest(number: f64) -> Option<Self>;

    /// The nearest one there is; 0 for nan where the type is whole.
    fn saturating(number: f64) -> Self;
}

macro_rules! impl_nearest {
    ($($whole:ty),*) => {$(
        impl Nearest for $whole {
            fn nearest(number: f64) -> Option<Self> {
                let whole = number.round_ties_even();
                // Beyond i128 the cast stays at its ends, which no type here reaches.
                whole.is_finite().then_some(whole as i128).and_then(|whole| whole.try_into().ok())
            }

            fn saturating(number: f64) -> Self {
                number.round_ties_even() as Self
            }
        }
    )*};
}
impl_nearest!(u8, i8, u16, i16, u32, i32, u64, i64);

impl Nearest for f32 {
    fn nearest(number: f64) -> Option<Self> {
        let nearest = number as f32;
        (nearest.is_finite() || !number.is_finite()).then_some(nearest)
    }

    fn saturating(number: f64) -> Self {
        number as Self
    }
}

impl Nearest for f64 {
    fn nearest(number: f64) -> Option<Self> {
        Some(number)
    }

    fn saturating(number: f64) -> Self {
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Grid;
    use crate::volume::Meta;
    use nalgebra::Matrix4;
    use ndarray::Array5;

    #[test]
    fn a_range_is_told_only_where_there_is_one() {
        let told = |numbers: Vec<f32>| {
            let refused = volume(numbers, 1.0, 0.0).retyped(VoxelType::I16, RescaleUse::Keep);
            refused.expect_err("not held").to_string()
        };
        let text = told(vec![f32::NAN, f32::INFINITY]);
        assert!(text.ends_with("none of which is finite"), "{text}");
        let text = told(vec![f32::NAN, 1.0, 70_000.0]);
        assert!(
            text.ends_with("from 1 to 70000 with 1 that are not finite"),
            "{text}"
        );
    }

    fn volume<T: Voxel>(numbers: Vec<T>, slope: f64, intercept: f64) -> Volume {
        let count = numbers.len();
        let array = Array5::from_shape_vec((1, 1, 1, count, 1), numbers).expect("fits");
        let grid = Grid::new([count, 1, 1], Matrix4::identity()).expect("a grid");
        let rescale = Rescale::Uniform(Linear { slope, intercept });
        Volume::new(grid, T::wrap(array), rescale, Meta::default()).expect("fits")
    }

    fn stored(volume: &Volume) -> Vec<f64> {
        let [nx, ..] = volume.grid().shape();
        let at = |i| volume.data().stored([i, 0, 0], 0, 0).expect("inside");
        (0..nx).map(at).collect()
    }

    #[test]
    fn rescale_is_kept_or_applied() {
        let ct = volume(vec![0u16, 1024, 4095], 1.0, -1024.0);
        let kept = ct.retyped(VoxelType::I16, RescaleUse::Keep).expect("fits");
        assert_eq!(stored(&kept.volume), [0.0, 1024.0, 4095.0]);
        assert_eq!(kept.volume.value([0, 0, 0], 0, 0), Some(-1024.0));
        let applied = ct.retyped(VoxelType::I16, RescaleUse::Apply).expect("fits");
        assert_eq!(stored(&applied.volume), [-1024.0, 0.0, 3071.0]);
        assert_eq!(*applied.volume.rescale(), Rescale::IDENTITY);
        assert_eq!(applied.changed, 0);
    }

    #[test]
    fn a_type_that_cannot_hold_the_numbers_is_refused() {
        let error = volume(vec![-1i16, 300], 1.0, 0.0)
            .retyped(VoxelType::U8, RescaleUse::Keep)
            .expect_err("too large");
        assert_eq!((error.low, error.high), (-1.0, 300.0));
        for bad in [f64::NAN, f64::INFINITY, 1e300] {
            let image = volume(vec![bad], 1.0, 0.0);
            assert!(
                image.retyped(VoxelType::I64, RescaleUse::Keep).is_err(),
                "{bad}"
            );
        }
        let nan = volume(vec![f64::NAN, f64::INFINITY], 1.0, 0.0);
        assert!(nan.retyped(VoxelType::F32, RescaleUse::Keep).is_ok());
        let huge = volume(vec![1e300], 1.0, 0.0);
        assert!(huge.retyped(VoxelType::F32, RescaleUse::Keep).is_err());
        let fine = volume(vec![(1i64 << 53) + 1], 1.0, 0.0);
        assert!(fine.retyped(VoxelType::F64, RescaleUse::Keep).is_err());
    }

    #[test]
    fn what_rounding_costs_is_told() {
        let image = volume(vec![0.5f32, 1.5, 2.25, 3.0], 2.0, 0.0);
        let rounded = image
            .retyped(VoxelType::U8, RescaleUse::Keep)
            .expect("fits");
        assert_eq!(stored(&rounded.volume), [0.0, 2.0, 2.0, 3.0]);
        assert_eq!((rounded.changed, rounded.largest_change), (3, 1.0));
    }

    #[test]
    fn whole_values_stay_whole_without_a_rescale() {
        let kind = |volume: Volume| {
            volume
                .rescale_applied()
                .expect("fits")
                .volume
                .data()
                .voxel_type()
        };
        assert_eq!(kind(volume(vec![0u16, 4095], 1.0, -1024.0)), VoxelType::I16);
        assert_eq!(
            kind(volume(vec![0u16, 65535], 1.0, -1024.0)),
            VoxelType::I32
        );
        assert_eq!(kind(volume(vec![0u16, 9], 0.5, 0.0)), VoxelType::F32);
        assert_eq!(kind(volume(vec![0i32, 9], 0.5, 0.0)), VoxelType::F64);
        assert_eq!(kind(volume(vec![7u8], 1.0, 0.0)), VoxelType::U8);
    }
}
