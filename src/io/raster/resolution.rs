//! The size of a pixel as pictures state it: PNG's pHYs, JPEG's JFIF density, TIFF's resolution tags.

use crate::volume::Format;

/// Width and height of a pixel in mm, when the file states them.
pub fn pixel_mm(bytes: &[u8], format: Format) -> Option<[f64; 2]> {
    let size = match format {
        Format::Png => png(bytes),
        Format::Jpeg => jpeg(bytes),
        _ => tiff(bytes),
    }?;
    let usable = |mm: f64| mm.is_finite() && mm > 0.0;
    size.into_iter().all(usable).then_some(size)
}

fn big<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let stored = bytes.get(at..at.checked_add(N)?)?;
    Some(stored.iter().fold(0, |value, &b| value << 8 | u64::from(b)))
}

fn little<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let stored = bytes.get(at..at.checked_add(N)?)?;
    Some(
        stored
            .iter()
            .rev()
            .fold(0, |value, &b| value << 8 | u64::from(b)),
    )
}

/// Chunk pHYs, before the pixels: pixels a metre in x and y, unit 1.
fn png(bytes: &[u8]) -> Option<[f64; 2]> {
    let mut at = 8;
    loop {
        let length = usize::try_from(big::<4>(bytes, at)?).ok()?;
        match bytes.get(at + 4..at + 8)? {
            b"IDAT" => return None,
            b"pHYs" if bytes.get(at + 16) == Some(&1) => {
                let size = |at| Some(1000.0 / big::<4>(bytes, at)? as f64);
                return Some([size(at + 8)?, size(at + 12)?]);
            }
            _ => at = at.checked_add(length)?.checked_add(12)?,
        }
    }
}

/// Segment APP0 of JFIF: pixels an inch (unit 1) or a centimetre (unit 2).
fn jpeg(bytes: &[u8]) -> Option<[f64; 2]> {
    if bytes.get(2..4)? != [0xff, 0xe0] || bytes.get(6..11)? != b"JFIF\0" {
        return None;
    }
    let unit_mm = match bytes.get(13)? {
        1 => 25.4,
        2 => 10.0,
        _ => return None,
    };
    let size = |at| Some(unit_mm / big::<2>(bytes, at)? as f64);
    Some([size(14)?, size(16)?])
}

/// Tags 282 and 283 of the first directory, pixels an inch (unit 2, the default) or a centimetre (3).
fn tiff(bytes: &[u8]) -> Option<[f64; 2]> {
    let is_little = bytes.starts_with(b"II");
    let short = |at| {
        if is_little {
            little::<2>(bytes, at)
        } else {
            big::<2>(bytes, at)
        }
    };
    let long = |at| {
        if is_little {
            little::<4>(bytes, at)
        } else {
            big::<4>(bytes, at)
        }
    };
    if short(2)? != 42 {
        return None;
    }
    let place = |at| usize::try_from(long(at)?).ok();
    let directory = place(4)?;
    let entry = |tag: u64| {
        (0..short(directory)? as usize)
            .map(|n| directory.saturating_add(2 + 12 * n))
            .find(|&at| short(at) == Some(tag))
    };
    let unit_mm = match entry(296).and_then(|at| short(at + 8)).unwrap_or(2) {
        2 => 25.4,
        3 => 10.0,
        _ => return None,
    };
    let size = |tag| {
        let at = place(entry(tag)? + 8)?;
        Some(unit_mm * long(at.checked_add(4)?)? as f64 / long(at)? as f64)
    };
    Some([size(282)?, size(283)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn png_states_pixels_a_metre() {
        let mut bytes = vec![0; 8];
        let chunks: [(&[u8; 4], &[u8]); 3] = [
            (b"IHDR", &[0; 13]),
            (b"pHYs", &[0, 0, 7, 208, 0, 0, 3, 232, 1]),
            (b"IDAT", &[]),
        ];
        for (name, data) in chunks {
            bytes.extend((data.len() as u32).to_be_bytes());
            bytes.extend(name);
            bytes.extend(data);
            bytes.extend([0; 4]);
        }
        assert_eq!(pixel_mm(&bytes, Format::Png), Some([0.5, 1.0]));
    }

    #[test]
    fn jpeg_states_pixels_a_centimetre() {
        let bytes = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x02\x02\0\x14\0\x28\0\0";
        assert_eq!(pixel_mm(bytes, Format::Jpeg), Some([0.5, 0.25]));
    }

    #[test]
    fn tiff_states_pixels_an_inch_in_either_byte_order() {
        for little in [true, false] {
            let short = |v: u16| {
                if little {
                    v.to_le_bytes()
                } else {
                    v.to_be_bytes()
                }
            };
            let long = |v: u32| {
                if little {
                    v.to_le_bytes()
                } else {
                    v.to_be_bytes()
                }
            };
            let mut bytes = if little { b"II" } else { b"MM" }.to_vec();
            bytes.extend(short(42));
            bytes.extend(long(8));
            bytes.extend(short(2));
            for (tag, at) in [(282, 38), (283, 46)] {
                bytes.extend([short(tag), short(5)].as_flattened());
                bytes.extend([long(1), long(at)].as_flattened());
            }
            bytes.extend(long(0));
            bytes.extend([long(254), long(10), long(127), long(1)].as_flattened());
            let [width, height] = pixel_mm(&bytes, Format::Tiff).expect("a resolution");
            assert!((width - 1.0).abs() < 1e-12 && (height - 0.2).abs() < 1e-12);
            for length in 0..bytes.len() {
                assert_eq!(pixel_mm(&bytes[..length], Format::Tiff), None);
            }
        }
    }
}
