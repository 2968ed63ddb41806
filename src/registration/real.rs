//! The numbers the engine computes with: f32 or f64.

use super::line::smooth_short;
use crate::volume::Voxel;
use std::ops::{Add, AddAssign, Div, Mul, Sub};

/// A floating-point number images and fields are held in.
pub(super) trait Real:
    Voxel
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + AddAssign
{
    const ZERO: Self;
    const NAN: Self;
    /// Weights of a resampling kernel below this part of the largest change no digit.
    const NEGLIGIBLE: f64;
    fn of(value: f64) -> Self;
    /// Not NaN.
    fn is_number(self) -> bool;
    fn of_index(index: i32) -> Self;
    /// `self * factor + summand`, rounded once; slow where the processor has no such instruction.
    fn mul_add(self, factor: Self, summand: Self) -> Self;
    fn floor(self) -> Self;
    /// A whole number from 0 to 2^22 as an index. Adding a number so large that it has no fractions
    /// leaves the index in the last bits; unlike a cast this runs on whole vectors.
    fn to_index(self) -> i32;
    /// Smooths a line by these weights, the middle one first, if there is a faster way for this
    /// kind of number.
    fn smooth_short(line: &mut [Self], half: &[Self]) -> bool;
}

macro_rules! impl_real {
    ($real:ident, $negligible:expr, $wholes:expr, $smooth_short:expr) => {
        impl Real for $real {
            const ZERO: Self = 0.0;
            const NAN: Self = $real::NAN;
            const NEGLIGIBLE: f64 = $negligible;
            #[inline(always)]
            fn of(value: f64) -> Self {
                value as $real
            }
            #[inline(always)]
            fn is_number(self) -> bool {
                !self.is_nan()
            }
            #[inline(always)]
            fn of_index(index: i32) -> Self {
                index as $real
            }
            #[inline(always)]
            fn mul_add(self, factor: Self, summand: Self) -> Self {
                $real::mul_add(self, factor, summand)
            }
            #[inline(always)]
            fn floor(self) -> Self {
                $real::floor(self)
            }
            #[inline(always)]
            fn to_index(self) -> i32 {
                ((self + $wholes).to_bits() & 0x7f_ffff) as i32
            }
            fn smooth_short(line: &mut [Self], half: &[Self]) -> bool {
                $smooth_short(line, half)
            }
        }
    };
}
impl_real!(f32, 1e-7, 8_388_608.0, |_, _| false);
impl_real!(f64, 1e-17, 4_503_599_627_370_496.0, smooth_short);
