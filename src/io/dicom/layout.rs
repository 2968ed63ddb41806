//! How the pixels of one frame are stored, and turning them into voxels.
//!
//! Follows the Image Pixel module (PS3.3 C.7.6.3): padding values stay as they are, MONOCHROME1 keeps
//! its stored values, colour always becomes red, green, blue.

use super::attributes::{text, unsigned};
use super::color::{self, Palette};
use super::source::PixelKind;
use crate::volume::{Voxel, VoxelType};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;
use std::sync::Arc;

/// The stored form of one frame.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layout {
    pub rows: usize,
    pub columns: usize,
    /// Numbers a pixel in the file.
    pub samples: usize,
    pub bits_allocated: u16,
    pub bits_stored: u16,
    pub high_bit: u16,
    pub signed: bool,
    pub kind: PixelKind,
    pub photometric: Photometric,
    /// Each colour has a plane of its own (PlanarConfiguration 1).
    pub planar: bool,
}

/// PhotometricInterpretation, as far as it matters for reading.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Photometric {
    Monochrome {
        inverted: bool,
    },
    Palette(Arc<Palette>),
    /// Red, green, blue once the codec is done: RGB, YBR_RCT, YBR_ICT.
    Rgb,
    YbrFull,
    /// Chroma shared by two neighbours of a row.
    YbrFull422,
}

impl Layout {
    /// From a header; the error is a reason in plain words.
    pub fn of(object: &InMemDicomObject, kind: PixelKind) -> Result<Self, String> {
        let need = |tag, name: &str| {
            unsigned(object, tag).ok_or_else(|| format!("its header has no {name}"))
        };
        let rows = usize::from(need(tags::ROWS, "Rows")?);
        let columns = usize::from(need(tags::COLUMNS, "Columns")?);
        if rows == 0 || columns == 0 {
            return Err(format!("its image is empty ({columns} x {rows})"));
        }
        let bits_allocated = match kind {
            PixelKind::Integer => need(tags::BITS_ALLOCATED, "BitsAllocated")?,
            PixelKind::Float => 32,
            PixelKind::Double => 64,
        };
        let bits_stored = unsigned(object, tags::BITS_STORED)
            .filter(|bits| (1..=bits_allocated).contains(bits) && kind == PixelKind::Integer)
            .unwrap_or(bits_allocated);
        let high_bit = unsigned(object, tags::HIGH_BIT)
            .filter(|high| (bits_stored.saturating_sub(1)..bits_allocated).contains(high))
            .unwrap_or(bits_stored.saturating_sub(1));
        let layout = Self {
            rows,
            columns,
            samples: usize::from(unsigned(object, tags::SAMPLES_PER_PIXEL).unwrap_or(1)),
            bits_allocated,
            bits_stored,
            high_bit,
            signed: unsigned(object, tags::PIXEL_REPRESENTATION) == Some(1),
            kind,
            photometric: photometric(object)?,
            planar: unsigned(object, tags::PLANAR_CONFIGURATION) == Some(1),
        };
        layout.check()?;
        Ok(layout)
    }

    fn check(&self) -> Result<(), String> {
        let bits = self.bits_allocated;
        let samples = self.samples;
        let supported = match self.photometric {
            Photometric::Monochrome { .. } => {
                samples == 1 && (self.kind != PixelKind::Integer || [1, 8, 16, 32].contains(&bits))
            }
            Photometric::Palette(_) => samples == 1 && [8, 16].contains(&bits),
            Photometric::Rgb => samples == 3 && [8, 16].contains(&bits) && !self.signed,
            Photometric::YbrFull | Photometric::YbrFull422 => samples == 3 && bits == 8,
        };
        if supported {
            return Ok(());
        }
        let sign = if self.signed { "signed" } else { "unsigned" };
        Err(format!(
            "pixels of {samples} {sign} samples with {bits} bits are not supported"
        ))
    }

    pub fn is_color(&self) -> bool {
        !matches!(self.photometric, Photometric::Monochrome { .. })
    }

    pub fn is_inverted(&self) -> bool {
        self.photometric == Photometric::Monochrome { inverted: true }
    }

    /// Numbers a voxel once decoded: 1, or 3 for colour.
    pub fn components(&self) -> usize {
        if self.is_color() { 3 } else { 1 }
    }

    pub fn voxel_type(&self) -> VoxelType {
        match (self.kind, &self.photometric, self.bits_allocated) {
            (PixelKind::Float, ..) => VoxelType::F32,
            (PixelKind::Double, ..) => VoxelType::F64,
            (_, Photometric::Palette(_), _) | (_, _, 1) => VoxelType::U8,
            (_, _, 8) if self.signed => VoxelType::I8,
            (_, _, 8) => VoxelType::U8,
            (_, _, 16) if self.signed => VoxelType::I16,
            (_, _, 16) => VoxelType::U16,
            _ if self.signed => VoxelType::I32,
            _ => VoxelType::U32,
        }
    }

    pub fn pixels(&self) -> usize {
        self.rows * self.columns
    }

    /// Voxel numbers of a decoded frame.
    pub fn frame_numbers(&self) -> usize {
        self.pixels() * self.components()
    }

    /// Bits of an uncompressed frame in the file.
    pub fn frame_bits(&self) -> u64 {
        let bits = u64::from(self.bits_allocated);
        let (rows, columns) = (self.rows as u64, self.columns as u64);
        match self.photometric {
            Photometric::YbrFull422 => rows * columns.div_ceil(2) * 4 * bits,
            _ => rows * columns * self.samples as u64 * bits,
        }
    }

    /// The same in bytes, rounded up.
    pub fn frame_bytes(&self) -> usize {
        self.frame_bits().div_ceil(8) as usize
    }

    /// Whether two frames give voxels of one image.
    pub fn stacks_with(&self, other: &Self) -> bool {
        self.rows == other.rows
            && self.columns == other.columns
            && self.is_color() == other.is_color()
            && self.is_inverted() == other.is_inverted()
            && self.voxel_type() == other.voxel_type()
    }

    /// Writes the voxels of one frame. `bytes` holds at least [`Self::frame_bytes`] in the byte order
    /// given, `voxels` exactly [`Self::frame_numbers`].
    pub fn convert<T: Sample>(&self, bytes: &[u8], big_endian: bool, voxels: &mut [T]) {
        match &self.photometric {
            Photometric::Monochrome { .. } if self.bits_allocated == 1 => {
                for (at, voxel) in voxels.iter_mut().enumerate() {
                    let byte = bytes.get(at / 8).copied().unwrap_or_default();
                    *voxel = T::from_i64(i64::from(byte >> (at % 8) & 1));
                }
            }
            Photometric::Monochrome { .. } => {
                T::read(bytes, big_endian, voxels);
                self.drop_unused_bits(voxels);
            }
            Photometric::Palette(palette) => {
                let (colors, _) = voxels.as_chunks_mut::<3>();
                for (at, color) in colors.iter_mut().enumerate() {
                    let index = self.unsigned_at(bytes, at, big_endian);
                    *color = palette
                        .color(self.stored(index))
                        .map(|c| T::from_i64(c.into()));
                }
            }
            Photometric::YbrFull422 => color::spread_422(bytes, self.columns, voxels),
            Photometric::Rgb | Photometric::YbrFull => {
                T::read(bytes, big_endian, voxels);
                if self.planar {
                    color::interleave(voxels);
                }
                if self.photometric == Photometric::YbrFull {
                    color::ybr_to_rgb(voxels);
                }
            }
        }
    }

    fn unsigned_at(&self, bytes: &[u8], at: usize, big_endian: bool) -> i64 {
        let byte = |at: usize| i64::from(bytes.get(at).copied().unwrap_or_default());
        match (self.bits_allocated, big_endian) {
            (8, _) => byte(at),
            (_, false) => byte(2 * at) | byte(2 * at + 1) << 8,
            (_, true) => byte(2 * at + 1) | byte(2 * at) << 8,
        }
    }

    /// The number in the stored bits of an allocated cell, sign extended.
    fn stored(&self, cell: i64) -> i64 {
        let shift = u32::from(self.high_bit + 1 - self.bits_stored);
        let unused = 64 - u32::from(self.bits_stored);
        let shifted = cell >> shift << unused;
        if self.signed {
            shifted >> unused
        } else {
            (shifted as u64 >> unused) as i64
        }
    }

    /// Bits outside BitsStored may hold overlays or garbage.
    fn drop_unused_bits<T: Sample>(&self, voxels: &mut [T]) {
        if self.bits_stored == self.bits_allocated {
            return;
        }
        for voxel in voxels {
            *voxel = T::from_i64(self.stored(voxel.to_i64()));
        }
    }
}

fn photometric(object: &InMemDicomObject) -> Result<Photometric, String> {
    let name = text(object, tags::PHOTOMETRIC_INTERPRETATION);
    Ok(match name.as_deref() {
        None | Some("MONOCHROME2") => Photometric::Monochrome { inverted: false },
        Some("MONOCHROME1") => Photometric::Monochrome { inverted: true },
        Some("PALETTE COLOR") => Photometric::Palette(Arc::new(Palette::of(object)?)),
        Some("RGB" | "YBR_RCT" | "YBR_ICT") => Photometric::Rgb,
        Some("YBR_FULL") => Photometric::YbrFull,
        Some("YBR_FULL_422") => Photometric::YbrFull422,
        Some(_) => return Err("its PhotometricInterpretation is not supported".to_owned()),
    })
}

/// A voxel type that pixels can be read into.
pub(super) trait Sample: Voxel {
    /// Fills `voxels` from packed numbers; what `bytes` lacks is left.
    fn read(bytes: &[u8], big_endian: bool, voxels: &mut [Self]);
    fn to_i64(self) -> i64;
    /// Keeps the low bits.
    fn from_i64(number: i64) -> Self;
}

macro_rules! impl_sample {
    ($($number:ty),*) => {$(
        impl Sample for $number {
            fn read(bytes: &[u8], big_endian: bool, voxels: &mut [Self]) {
                let (cells, _) = bytes.as_chunks();
                if big_endian {
                    for (voxel, cell) in voxels.iter_mut().zip(cells) {
                        *voxel = Self::from_be_bytes(*cell);
                    }
                } else {
                    for (voxel, cell) in voxels.iter_mut().zip(cells) {
                        *voxel = Self::from_le_bytes(*cell);
                    }
                }
            }
            fn to_i64(self) -> i64 {
                self as i64
            }
            fn from_i64(number: i64) -> Self {
                number as Self
            }
        }
    )*};
}
impl_sample!(u8, i8, u16, i16, u32, i32, f32, f64);

#[cfg(test)]
mod tests {
    use super::*;

    fn gray(bits_allocated: u16, bits_stored: u16, high_bit: u16, signed: bool) -> Layout {
        Layout {
            rows: 1,
            columns: 2,
            samples: 1,
            bits_allocated,
            bits_stored,
            high_bit,
            signed,
            kind: PixelKind::Integer,
            photometric: Photometric::Monochrome { inverted: false },
            planar: false,
        }
    }

    #[test]
    fn twelve_signed_bits_are_sign_extended_and_overlay_bits_dropped() {
        let mut voxels = [0i16; 2];
        gray(16, 12, 11, true).convert(&[0xFF, 0x0F, 0xFF, 0xF7], false, &mut voxels);
        assert_eq!(voxels, [-1, 2047]);
    }

    #[test]
    fn bits_stored_at_the_top_are_shifted_down() {
        let mut voxels = [0u16; 2];
        gray(16, 12, 15, false).convert(&[0x1F, 0x00, 0xFF, 0xFF], false, &mut voxels);
        assert_eq!(voxels, [1, 4095]);
    }

    #[test]
    fn big_endian_words_are_swapped() {
        let mut voxels = [0i16; 2];
        gray(16, 16, 15, true).convert(&[0x01, 0x02, 0xFF, 0xFE], true, &mut voxels);
        assert_eq!(voxels, [258, -2]);
    }

    #[test]
    fn single_bits_come_lowest_first() {
        let mut layout = gray(1, 1, 0, false);
        layout.columns = 10;
        let mut voxels = [9u8; 10];
        layout.convert(&[0b0000_0101, 0b10], false, &mut voxels);
        assert_eq!(voxels, [1, 0, 1, 0, 0, 0, 0, 0, 0, 1]);
    }
}
