//! Range and mean of an image.

use super::{Linear, Rescale, Volume, Voxel, VoxelArray};
use crate::with_voxels;
use ndarray::Axis;
use rayon::prelude::*;

/// Range and mean over the finite values of all voxels and components, after rescale, in f64. Without
/// a finite value all three are NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    pub min: f64,
    pub max: f64,
    pub mean: f64,
    /// Values that are NaN or infinite.
    pub nonfinite: usize,
}

/// Numbers tallied at a time; fixed, so that the result does not depend on the number of threads.
const CHUNK: usize = 1 << 16;

/// Numbers of up to 16 bits whose sum fits into 32.
const BLOCK: usize = 1 << 14;

/// Reads every voxel once.
pub fn summary(volume: &Volume) -> Summary {
    let rescale = volume.rescale();
    with_voxels!(volume.data(), array => tally_array(array, rescale)).summary()
}

fn tally_array<T: Tallied>(array: &VoxelArray<T>, rescale: &Rescale) -> Tally {
    // With one map for all, the numbers can be taken as they lie in memory.
    if let (Rescale::Uniform(linear), Some(numbers)) = (rescale, array.as_slice_memory_order()) {
        return tally_slice(numbers).rescaled(*linear);
    }
    let (time_points, nz, ..) = array.dim();
    let slices: Vec<Tally> = (0..time_points * nz)
        .into_par_iter()
        .map(|n| {
            let (t, k) = (n / nz, n % nz);
            let slice = array.index_axis(Axis(0), t).index_axis_move(Axis(0), k);
            let tally = match slice.as_slice_memory_order() {
                Some(numbers) => tally_slice(numbers),
                None => tally_slice(&slice.iter().copied().collect::<Vec<_>>()),
            };
            tally.rescaled(rescale.of_slice(t, k, nz))
        })
        .collect();
    slices.into_iter().fold(Tally::EMPTY, Tally::plus)
}

fn tally_slice<T: Tallied>(numbers: &[T]) -> Tally {
    let chunks: Vec<Tally> = numbers.par_chunks(CHUNK).map(T::tally).collect();
    chunks.into_iter().fold(Tally::EMPTY, Tally::plus)
}

/// What is known of some numbers.
#[derive(Clone, Copy, Debug)]
struct Tally {
    min: f64,
    max: f64,
    sum: f64,
    finite: usize,
    nonfinite: usize,
}

impl Tally {
    const EMPTY: Self = Self {
        min: f64::INFINITY,
        max: f64::NEG_INFINITY,
        sum: 0.0,
        finite: 0,
        nonfinite: 0,
    };

    fn plus(self, other: Self) -> Self {
        Self {
            min: self.min.min(other.min),
            max: self.max.max(other.max),
            sum: self.sum + other.sum,
            finite: self.finite + other.finite,
            nonfinite: self.nonfinite + other.nonfinite,
        }
    }

    /// The same of the mapped numbers.
    fn rescaled(self, linear: Linear) -> Self {
        if self.finite == 0 || linear.is_identity() {
            return self;
        }
        let (a, b) = (linear.apply(self.min), linear.apply(self.max));
        Self {
            min: a.min(b),
            max: a.max(b),
            sum: linear.slope * self.sum + linear.intercept * self.finite as f64,
            ..self
        }
    }

    fn summary(self) -> Summary {
        let known = |value: f64| if self.finite > 0 { value } else { f64::NAN };
        Summary {
            min: known(self.min),
            max: known(self.max),
            mean: self.sum / self.finite as f64,
            nonfinite: self.nonfinite,
        }
    }
}

/// A voxel type whose numbers can be tallied fast.
trait Tallied: Voxel {
    fn tally(numbers: &[Self]) -> Tally;
}

/// Integers: range and sum without rounding, `$part` holding the sum of a block.
macro_rules! tally_integers {
    ($($number:ty, $part:ty, $sum:ty);*) => {$(
        impl Tallied for $number {
            fn tally(numbers: &[Self]) -> Tally {
                let (mut min, mut max, mut sum) = (Self::MAX, Self::MIN, 0 as $sum);
                for block in numbers.chunks(BLOCK) {
                    let mut part = 0 as $part;
                    for &number in block {
                        min = min.min(number);
                        max = max.max(number);
                        part += number as $part;
                    }
                    sum += part as $sum;
                }
                if numbers.is_empty() {
                    return Tally::EMPTY;
                }
                Tally {
                    min: min as f64,
                    max: max as f64,
                    sum: sum as f64,
                    finite: numbers.len(),
                    nonfinite: 0,
                }
            }
        }
    )*};
}
tally_integers!(
    u8, u32, u64; i8, i32, i64; u16, u32, u64; i16, i32, i64;
    u32, u64, u64; i32, i64, i64; u64, u128, u128; i64, i128, i128
);

/// Floats: sums in f64, in lanes so that the compiler can work on several at a time.
macro_rules! tally_floats {
    ($($number:ty),*) => {$(
        impl Tallied for $number {
            fn tally(numbers: &[Self]) -> Tally {
                const LANES: usize = 8;
                let mut min = [Self::INFINITY; LANES];
                let mut max = [Self::NEG_INFINITY; LANES];
                let mut sum = [0.0f64; LANES];
                let mut finite = [0u32; LANES];
                let mut add = |lane: usize, number: Self| {
                    let is_finite = number.abs() < Self::INFINITY;
                    min[lane] = if is_finite && number < min[lane] { number } else { min[lane] };
                    max[lane] = if is_finite && number > max[lane] { number } else { max[lane] };
                    sum[lane] += if is_finite { number as f64 } else { 0.0 };
                    finite[lane] += u32::from(is_finite);
                };
                let (groups, rest) = numbers.as_chunks::<LANES>();
                for group in groups {
                    for (lane, &number) in group.iter().enumerate() {
                        add(lane, number);
                    }
                }
                for (lane, &number) in rest.iter().enumerate() {
                    add(lane, number);
                }
                let finite: u32 = finite.iter().sum();
                Tally {
                    min: min.into_iter().fold(Self::INFINITY, Self::min) as f64,
                    max: max.into_iter().fold(Self::NEG_INFINITY, Self::max) as f64,
                    sum: sum.iter().sum(),
                    finite: finite as usize,
                    nonfinite: numbers.len() - finite as usize,
                }
            }
        }
    )*};
}
tally_floats!(f32, f64);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Grid;
    use crate::volume::Meta;
    use nalgebra::Matrix4;
    use ndarray::Array5;

    fn volume<T: Voxel>(shape: [usize; 3], numbers: Vec<T>, rescale: Rescale) -> Volume {
        let [nx, ny, nz] = shape;
        let grid = Grid::new(shape, Matrix4::identity()).expect("a grid");
        let array = Array5::from_shape_vec((1, nz, ny, nx, 1), numbers).expect("fits");
        Volume::new(grid, T::wrap(array), rescale, Meta::default()).expect("fits")
    }

    #[test]
    fn every_voxel_counts_once_whatever_its_type() {
        let n = 3 * CHUNK + BLOCK + 5;
        let small = volume([n, 1, 1], vec![i16::MIN; n], Rescale::IDENTITY);
        assert_eq!(summary(&small).mean, f64::from(i16::MIN));
        let large = volume([n, 1, 1], vec![u16::MAX; n], Rescale::IDENTITY);
        assert_eq!(summary(&large).mean, f64::from(u16::MAX));
        let rising = volume([n, 1, 1], (0..n as u32).collect(), Rescale::IDENTITY);
        let expected = Summary {
            min: 0.0,
            max: (n - 1) as f64,
            mean: (n - 1) as f64 / 2.0,
            nonfinite: 0,
        };
        assert_eq!(summary(&rising), expected);
        let floats = volume(
            [n, 1, 1],
            (0..n).map(|v| v as f64).collect(),
            Rescale::IDENTITY,
        );
        assert_eq!(summary(&floats), expected);
    }

    #[test]
    fn nan_and_infinity_are_counted_apart() {
        let numbers = vec![f32::NAN, 1.0, f32::INFINITY, 3.0, f32::NEG_INFINITY];
        let found = summary(&volume([5, 1, 1], numbers, Rescale::IDENTITY));
        assert_eq!((found.min, found.max, found.mean), (1.0, 3.0, 2.0));
        assert_eq!(found.nonfinite, 3);
        let nothing = summary(&volume([2, 1, 1], vec![f64::NAN; 2], Rescale::IDENTITY));
        assert!(nothing.min.is_nan() && nothing.max.is_nan() && nothing.mean.is_nan());
        assert_eq!(nothing.nonfinite, 2);
    }

    #[test]
    fn a_negative_slope_swaps_lowest_and_highest() {
        let rescale = Rescale::Uniform(Linear {
            slope: -2.0,
            intercept: 1.0,
        });
        let found = summary(&volume([3, 1, 1], vec![0u8, 1, 5], rescale));
        assert_eq!((found.min, found.max, found.mean), (-9.0, 1.0, -3.0));
    }

    #[test]
    fn each_slice_is_rescaled_by_its_own_map() {
        let slope = |slope| Linear {
            slope,
            intercept: 0.0,
        };
        let rescale = Rescale::PerSlice(vec![slope(1.0), slope(10.0)]);
        let found = summary(&volume([2, 1, 2], vec![1u16, 2, 3, 4], rescale));
        assert_eq!((found.min, found.max), (1.0, 40.0));
        assert_eq!(found.mean, (1.0 + 2.0 + 30.0 + 40.0) / 4.0);
    }
}
