//! Colour as DICOM stores it, turned into interleaved red, green, blue.

use super::attributes::unsigned;
use super::layout::Sample;
use dicom_dictionary_std::tags;
use dicom_object::{InMemDicomObject, Tag};

/// The look-up table of PALETTE COLOR images (PS3.3 C.7.6.3.1.5), 8 bits a colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Palette {
    /// The pixel value that gets the first entry.
    first: i64,
    colors: Vec<[u8; 3]>,
}

impl Palette {
    pub fn of(object: &InMemDicomObject) -> Result<Self, String> {
        let (first, red) = table(
            object,
            tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
            tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
        )?;
        let (_, green) = table(
            object,
            tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
            tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
        )?;
        let (_, blue) = table(
            object,
            tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
            tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
        )?;
        let colors: Vec<[u8; 3]> = red
            .into_iter()
            .zip(green)
            .zip(blue)
            .map(|((r, g), b)| [r, g, b])
            .collect();
        if colors.is_empty() {
            return Err("its colour palette is empty".to_owned());
        }
        Ok(Self { first, colors })
    }

    /// Values beyond the table get its first or last colour, as the standard says.
    pub fn color(&self, value: i64) -> [u8; 3] {
        let at = usize::try_from(value - self.first).unwrap_or(0);
        self.colors
            .get(at)
            .or(self.colors.last())
            .copied()
            .unwrap_or_default()
    }
}

fn table(object: &InMemDicomObject, descriptor: Tag, data: Tag) -> Result<(i64, Vec<u8>), String> {
    let broken = || "its colour palette is damaged".to_owned();
    let descriptor: Vec<i64> = object
        .get(descriptor)
        .and_then(|element| element.to_multi_int().ok())
        .ok_or_else(broken)?;
    let [entries, first, bits] = descriptor[..] else {
        return Err(broken());
    };
    // 0 stands for 65536; a negative number for one that was read as signed.
    let entries = match entries & 0xFFFF {
        0 => 1 << 16,
        entries => entries as usize,
    };
    let signed = unsigned(object, tags::PIXEL_REPRESENTATION) == Some(1);
    let first = if signed {
        i64::from(first as i16)
    } else {
        first & 0xFFFF
    };
    let bytes = object
        .get(data)
        .and_then(|element| element.to_bytes().ok())
        .ok_or_else(|| "it lacks a colour palette that can be read".to_owned())?;
    if bits <= 8 && bytes.len() < 2 * entries {
        return Ok((first, bytes.iter().copied().take(entries).collect()));
    }
    let (words, _) = bytes.as_chunks();
    let words: Vec<u16> = words
        .iter()
        .take(entries)
        .map(|w| u16::from_le_bytes(*w))
        .collect();
    // Some writers say 16 bits and store 8.
    let shift = if bits > 8 && words.iter().any(|word| *word > 0xFF) {
        8
    } else {
        0
    };
    Ok((
        first,
        words
            .into_iter()
            .map(|word| (word >> shift) as u8)
            .collect(),
    ))
}

/// From one plane a colour to colours side by side.
pub(super) fn interleave<T: Sample>(voxels: &mut [T]) {
    let planes = voxels.to_vec();
    let pixels = planes.len() / 3;
    for (at, number) in planes.into_iter().enumerate().take(3 * pixels) {
        if let Some(voxel) = voxels.get_mut(at % pixels * 3 + at / pixels) {
            *voxel = number;
        }
    }
}

/// YBR_FULL to RGB in place (PS3.3 C.7.6.3.1.2), 8 bits a sample.
pub(super) fn ybr_to_rgb<T: Sample>(voxels: &mut [T]) {
    let (pixels, _) = voxels.as_chunks_mut::<3>();
    for pixel in pixels {
        let [y, b, r] = pixel.map(T::to_f32);
        *pixel = rgb(y, b, r).map(T::from_i64);
    }
}

/// YBR_FULL_422 to RGB: each row is groups of two luminances and their common chroma.
pub(super) fn spread_422<T: Sample>(bytes: &[u8], columns: usize, voxels: &mut [T]) {
    let row_bytes = columns.div_ceil(2) * 4;
    for (row, stored) in voxels
        .chunks_exact_mut(3 * columns)
        .zip(bytes.chunks_exact(row_bytes))
    {
        let (pixels, _) = row.as_chunks_mut::<3>();
        let (groups, _) = stored.as_chunks::<4>();
        for (pair, [left, right, b, r]) in pixels.chunks_mut(2).zip(groups) {
            for (pixel, y) in pair.iter_mut().zip([left, right]) {
                let number = |byte: &u8| f32::from(*byte);
                *pixel = rgb(number(y), number(b), number(r)).map(T::from_i64);
            }
        }
    }
}

fn rgb(y: f32, b: f32, r: f32) -> [i64; 3] {
    let (b, r) = (b - 128.0, r - 128.0);
    [
        y + 1.402 * r,
        y - 0.344_136 * b - 0.714_136 * r,
        y + 1.772 * b,
    ]
    .map(|number| number.round().clamp(0.0, 255.0) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_become_pixels() {
        let mut voxels = [1u8, 2, 3, 4, 5, 6];
        interleave(&mut voxels);
        assert_eq!(voxels, [1, 3, 5, 2, 4, 6]);
    }

    #[test]
    fn ybr_red_is_red() {
        let mut voxels = [76u8, 85, 255, 128, 128, 128];
        ybr_to_rgb(&mut voxels);
        assert_eq!(voxels, [254, 0, 0, 128, 128, 128]);
    }

    #[test]
    fn two_neighbours_share_their_chroma() {
        let mut voxels = [0u8; 6];
        spread_422(&[10, 200, 128, 128], 2, &mut voxels);
        assert_eq!(voxels, [10, 10, 10, 200, 200, 200]);
    }

    #[test]
    fn values_beyond_the_palette_get_its_ends() {
        let palette = Palette {
            first: 10,
            colors: vec![[1, 1, 1], [2, 2, 2]],
        };
        assert_eq!(palette.color(0), [1; 3]);
        assert_eq!(palette.color(11), [2; 3]);
        assert_eq!(palette.color(500), [2; 3]);
    }
}
