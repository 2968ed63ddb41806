//! The numbers the engine computes with: f32 or f64.

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
    fn of_index(index: i32) -> Self;
    /// Towards zero.
    fn to_index(self) -> i32;
}

macro_rules! impl_real {
    ($real:ident, $negligible:expr) => {
        impl Real for $real {
            const ZERO: Self = 0.0;
            const NAN: Self = $real::NAN;
            const NEGLIGIBLE: f64 = $negligible;
            #[inline(always)]
            fn of(value: f64) -> Self {
                value as $real
            }
            #[inline(always)]
            fn of_index(index: i32) -> Self {
                index as $real
            }
            #[inline(always)]
            fn to_index(self) -> i32 {
                self as i32
            }
        }
    };
}
impl_real!(f32, 1e-8);
impl_real!(f64, 1e-17);
