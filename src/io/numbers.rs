//! Stored bytes as typed voxel arrays, read straight into the memory they stay in.

use super::source::Source;
use super::{IoError, Report};
use crate::volume::{Voxel, VoxelArray, VoxelData, VoxelType};
use bytemuck::Pod;
use ndarray::Array5;
use rayon::prelude::*;

/// Bytes between two looks at progress and cancel.
const PIECE: usize = 4 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ByteOrder {
    Little,
    Big,
}

impl ByteOrder {
    fn is_native(self) -> bool {
        self == if cfg!(target_endian = "little") {
            Self::Little
        } else {
            Self::Big
        }
    }
}

/// Where the components of a voxel lie in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Components {
    /// Side by side, voxel after voxel.
    Interleaved(usize),
    /// One whole image after the other.
    Apart(usize),
}

/// Number of voxels and components as a file stores them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// `(nx, ny, nz)`.
    pub shape: [usize; 3],
    pub time_points: usize,
    pub components: Components,
}

impl Layout {
    /// Numbers in the file, or `None` when they are too many to count.
    pub fn count(&self) -> Option<usize> {
        let (Components::Interleaved(components) | Components::Apart(components)) = self.components;
        [&self.shape[..], &[self.time_points, components]]
            .concat()
            .into_iter()
            .try_fold(1usize, usize::checked_mul)
    }

    /// An array `[t, k, j, i, c]` over numbers in file order.
    fn arrange<T>(&self, numbers: Vec<T>) -> Result<VoxelArray<T>, ndarray::ShapeError> {
        let [nx, ny, nz] = self.shape;
        match self.components {
            Components::Interleaved(n) => {
                Array5::from_shape_vec((self.time_points, nz, ny, nx, n), numbers)
            }
            Components::Apart(n) => {
                Array5::from_shape_vec((n, self.time_points, nz, ny, nx), numbers)
                    .map(|array| array.permuted_axes([1, 2, 3, 4, 0]))
            }
        }
    }

    /// Voxels from numbers in file order.
    pub fn voxels<T: Voxel>(&self, numbers: Vec<T>, source: &Source) -> Result<VoxelData, IoError> {
        let array = self
            .arrange(numbers)
            .map_err(|_| IoError::corrupt(source.path(), "its sizes contradict each other"))?;
        Ok(T::wrap(array))
    }
}

/// Reads an image of one of the plain types.
pub(super) fn read_voxels(
    source: &mut Source,
    voxel_type: VoxelType,
    order: ByteOrder,
    layout: &Layout,
    report: &Report,
) -> Result<VoxelData, IoError> {
    fn read<T: Voxel + Pod>(
        source: &mut Source,
        order: ByteOrder,
        layout: &Layout,
        report: &Report,
    ) -> Result<VoxelData, IoError> {
        let mut numbers: Vec<T> = room_for(source, layout, size_of::<T>(), report)?;
        let count = numbers.len();
        let piece = PIECE / size_of::<T>();
        for (n, part) in numbers.chunks_mut(piece).enumerate() {
            report.check_cancelled()?;
            source.read_exact(bytemuck::cast_slice_mut(part))?;
            if !order.is_native() {
                swap_bytes(part);
            }
            report.progress((n * piece) as f32 / count as f32);
        }
        layout.voxels(numbers, source)
    }
    match voxel_type {
        VoxelType::U8 => read::<u8>(source, order, layout, report),
        VoxelType::I8 => read::<i8>(source, order, layout, report),
        VoxelType::U16 => read::<u16>(source, order, layout, report),
        VoxelType::I16 => read::<i16>(source, order, layout, report),
        VoxelType::U32 => read::<u32>(source, order, layout, report),
        VoxelType::I32 => read::<i32>(source, order, layout, report),
        VoxelType::U64 => read::<u64>(source, order, layout, report),
        VoxelType::I64 => read::<i64>(source, order, layout, report),
        VoxelType::F32 => read::<f32>(source, order, layout, report),
        VoxelType::F64 => read::<f64>(source, order, layout, report),
    }
}

/// Reads an image whose numbers of `SIZE` bytes have no type here; `convert` gets each number's bytes,
/// least significant first within every `WORD` bytes.
pub(super) fn read_converted<T: Voxel, const SIZE: usize, const WORD: usize>(
    source: &mut Source,
    order: ByteOrder,
    layout: &Layout,
    report: &Report,
    convert: impl Fn(&[u8; SIZE]) -> T + Sync,
) -> Result<VoxelData, IoError> {
    let mut numbers: Vec<T> = room_for(source, layout, SIZE, report)?;
    let count = numbers.len();
    let piece = PIECE / SIZE;
    let mut stored = vec![[0; SIZE]; piece.min(count)];
    for (n, part) in numbers.chunks_mut(piece).enumerate() {
        report.check_cancelled()?;
        let stored = &mut stored[..part.len()];
        source.read_exact(stored.as_flattened_mut())?;
        part.par_iter_mut()
            .zip(stored.par_iter_mut())
            .for_each(|(number, bytes)| {
                if order == ByteOrder::Big {
                    bytes.chunks_mut(WORD).for_each(<[u8]>::reverse);
                }
                *number = convert(bytes);
            });
        report.progress((n * piece) as f32 / count as f32);
    }
    layout.voxels(numbers, source)
}

/// Memory for the numbers of an image, once the file and the machine are known to be large enough.
fn room_for<T: Voxel>(
    source: &Source,
    layout: &Layout,
    stored_size: usize,
    report: &Report,
) -> Result<Vec<T>, IoError> {
    let too_many = || IoError::corrupt(source.path(), "its sizes are impossibly large");
    let count = layout.count().ok_or_else(too_many)?;
    let stored = count.checked_mul(stored_size).ok_or_else(too_many)?;
    source.check_holds(stored as u64)?;
    let need = count.checked_mul(size_of::<T>()).ok_or_else(too_many)?;
    report.check_memory(source.path(), need as u64)?;
    Ok(vec![T::default(); count])
}

fn swap_bytes<T: Pod>(numbers: &mut [T]) {
    match size_of::<T>() {
        2 => bytemuck::cast_slice_mut(numbers)
            .iter_mut()
            .for_each(|v: &mut u16| *v = v.swap_bytes()),
        4 => bytemuck::cast_slice_mut(numbers)
            .iter_mut()
            .for_each(|v: &mut u32| *v = v.swap_bytes()),
        8 => bytemuck::cast_slice_mut(numbers)
            .iter_mut()
            .for_each(|v: &mut u64| *v = v.swap_bytes()),
        _ => {}
    }
}

/// The nearest f64 of a 16-byte float, least significant byte first: IEEE binary128, or the 80-bit
/// number of x87 padded with zeros, which `long double` means on x86.
pub(super) fn float128(bytes: &[u8; 16]) -> f64 {
    let bits = u128::from_le_bytes(*bytes);
    let (negative, exponent, fraction, fraction_bits) = if bits >> 80 == 0 {
        let exponent = (bits >> 64) as i32;
        // The leading 1 is stored; without it the number is 0 or far below every f64.
        if bits & (1 << 63) == 0 {
            return if exponent & 0x8000 == 0 { 0.0 } else { -0.0 };
        }
        let fraction = bits & ((1 << 63) - 1);
        (exponent & 0x8000 != 0, exponent & 0x7fff, fraction, 63)
    } else {
        let exponent = ((bits >> 112) & 0x7fff) as i32;
        (bits >> 127 == 1, exponent, bits & ((1 << 112) - 1), 112)
    };
    let magnitude = match exponent {
        0x7fff if fraction == 0 => f64::INFINITY,
        0x7fff => f64::NAN,
        0 => 0.0,
        _ => {
            let mantissa = 1.0 + fraction as f64 / 2f64.powi(fraction_bits);
            scale(mantissa, exponent - 16383)
        }
    };
    if negative { -magnitude } else { magnitude }
}

/// `number * 2^power`, in steps so that neither step overflows by itself.
fn scale(number: f64, power: i32) -> f64 {
    let half = power.clamp(-2200, 2200) / 2;
    number * 2f64.powi(half) * 2f64.powi(power.clamp(-2200, 2200) - half)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn x87(negative: bool, exponent: u16, mantissa: u64) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&mantissa.to_le_bytes());
        let sign = if negative { 0x8000 } else { 0 };
        bytes[8..10].copy_from_slice(&(exponent | sign).to_le_bytes());
        bytes
    }

    #[test]
    fn extended_and_quadruple_floats_become_the_same_f64() {
        // -1.5 = -(1 + 1/2) * 2^0
        assert_eq!(float128(&x87(true, 16383, 0b11 << 62)), -1.5);
        let quad = (1u128 << 127) | (16383u128 << 112) | (1u128 << 111);
        assert_eq!(float128(&quad.to_le_bytes()), -1.5);
        assert_eq!(float128(&[0; 16]), 0.0);
        assert_eq!(
            float128(&x87(false, 16383 + 1000, 1 << 63)),
            2f64.powi(1000)
        );
        assert_eq!(float128(&x87(false, 0x7fff, 1 << 63)), f64::INFINITY);
        assert!(float128(&x87(false, 0x7fff, 0b11 << 62)).is_nan());
        assert_eq!(float128(&x87(false, 30000, 1 << 63)), f64::INFINITY);
    }

    #[test]
    fn components_apart_and_interleaved_give_the_same_voxels() {
        let layout = |components| Layout {
            shape: [2, 1, 1],
            time_points: 1,
            components,
        };
        let apart = layout(Components::Apart(3))
            .arrange(vec![1, 2, 10, 20, 100, 200])
            .expect("fits");
        let interleaved = layout(Components::Interleaved(3))
            .arrange(vec![1, 10, 100, 2, 20, 200])
            .expect("fits");
        assert_eq!(apart, interleaved);
    }

    #[test]
    fn sizes_that_overflow_are_not_counted() {
        let layout = Layout {
            shape: [usize::MAX, 2, 1],
            time_points: 1,
            components: Components::Interleaved(1),
        };
        assert_eq!(layout.count(), None);
    }
}
