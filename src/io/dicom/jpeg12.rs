//! Grey JPEG by discrete cosine transform, sequential and Huffman coded, with 8 or 12 bits a sample
//! (ITU T.81, baseline and extended): the common decoders stop at 8 bits.

use super::jpeg_huffman::{Bits, HuffmanTable};
use std::f32::consts::PI;

const CUT: &str = "a JPEG frame is damaged or ends early";
const BLOCK: usize = 8;
/// Place in the block, row by row, of each coefficient in the order of the file.
const ZIGZAG: [usize; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// Whether the frame header of a JPEG says sequential, Huffman coded, 12 bits, one component.
pub(super) fn is_gray12(stored: &[u8]) -> bool {
    Frame::before_scan(stored).is_ok_and(|(frame, _)| frame.precision == 12)
}

/// The samples of a frame of `columns` x `rows` pixels, row by row.
pub(super) fn decode(stored: &[u8], columns: usize, rows: usize) -> Result<Vec<u16>, &'static str> {
    let (frame, scan) = Frame::before_scan(stored)?;
    if frame.columns != columns || frame.rows != rows {
        return Err("a JPEG frame has another size than the header says");
    }
    // A block takes two bits at least.
    let blocks = columns.div_ceil(BLOCK) * rows.div_ceil(BLOCK);
    if blocks / 4 > scan.len() {
        return Err(CUT);
    }
    frame.decode(scan).ok_or(CUT)
}

/// What the segments before the scan say.
struct Frame {
    precision: u8,
    columns: usize,
    rows: usize,
    /// Multiplied with the coefficients, in the order of the file.
    quantization: [u16; 64],
    dc: HuffmanTable,
    ac: HuffmanTable,
    /// Blocks between restarts; 0 for none.
    restart: usize,
}

/// The segments as they are met.
#[derive(Default)]
struct Tables {
    /// Precision, rows, columns, quantisation table.
    frame: Option<(u8, usize, usize, usize)>,
    quantization: [Option<[u16; 64]>; 4],
    /// DC tables, then AC tables.
    huffman: [[Option<HuffmanTable>; 4]; 2],
    restart: usize,
}

impl Frame {
    /// Reads up to the first scan and gives its bytes.
    fn before_scan(stored: &[u8]) -> Result<(Self, &[u8]), &'static str> {
        let mut rest = stored.strip_prefix(&[0xFF, 0xD8]).ok_or(CUT)?;
        let mut tables = Tables::default();
        loop {
            let (marker, segment, behind) = segment(rest).ok_or(CUT)?;
            rest = behind;
            match marker {
                0xC0 | 0xC1 => tables.frame = Some(frame_header(segment)?),
                0xC4 => tables.read_huffman(segment).ok_or(CUT)?,
                0xDB => tables.read_quantization(segment).ok_or(CUT)?,
                0xDD => tables.restart = usize::from(word(segment, 0).ok_or(CUT)?),
                0xDA => return Ok((tables.scan(segment).ok_or(CUT)?, rest)),
                0xC2..=0xCF => return Err("this kind of JPEG is not supported"),
                _ => {}
            }
        }
    }

    fn decode(&self, scan: &[u8]) -> Option<Vec<u16>> {
        let waves = waves();
        let across = self.columns.div_ceil(BLOCK);
        let blocks = across * self.rows.div_ceil(BLOCK);
        let mut bits = Bits::new(scan);
        let mut mean = 0i32;
        let mut samples = vec![0; self.columns * self.rows];
        for block in 0..blocks {
            if self.restart > 0 && block > 0 && block.is_multiple_of(self.restart) {
                bits.restart()?;
                mean = 0;
            }
            let coefficients = self.coefficients(&mut bits, &mut mean)?;
            let pixels = inverse_cosine(&coefficients, &waves);
            self.place(&pixels, block % across, block / across, &mut samples);
        }
        Some(samples)
    }

    /// One block, dequantised, row by row; `mean` is the undifferenced mean of the block before.
    fn coefficients(&self, bits: &mut Bits, mean: &mut i32) -> Option<[f32; 64]> {
        let mut block = [0.0; 64];
        let mut put = |at: usize, number: i32| -> Option<()> {
            let scale = self.quantization.get(at)?;
            *block.get_mut(*ZIGZAG.get(at)?)? = number as f32 * f32::from(*scale);
            Some(())
        };
        let size = bits.symbol(&self.dc)?;
        *mean = mean.checked_add(bits.number(size)?)?;
        put(0, *mean)?;
        let mut at = 1;
        while at < 64 {
            let symbol = bits.symbol(&self.ac)?;
            let (zeros, size) = (usize::from(symbol >> 4), symbol & 15);
            match (zeros, size) {
                (15, 0) => at += 16,
                (_, 0) => break,
                _ => {
                    at += zeros;
                    put(at, bits.number(size)?)?;
                    at += 1;
                }
            }
        }
        Some(block)
    }

    /// Writes what of a block lies inside the picture.
    fn place(&self, pixels: &[f32; 64], across: usize, down: usize, samples: &mut [u16]) {
        let half = f32::from(1u16 << (self.precision - 1));
        let rows = samples
            .chunks_exact_mut(self.columns)
            .skip(down * BLOCK)
            .zip(pixels.chunks_exact(BLOCK));
        for (row, pixels) in rows {
            for (sample, pixel) in row.iter_mut().skip(across * BLOCK).zip(pixels) {
                *sample = (pixel + half).round().clamp(0.0, 2.0 * half - 1.0) as u16;
            }
        }
    }
}

impl Tables {
    fn read_quantization(&mut self, mut segment: &[u8]) -> Option<()> {
        while let Some((&head, rest)) = segment.split_first() {
            let bytes = 1 + usize::from(head >> 4);
            let (numbers, rest) = rest.split_at_checked(64 * bytes)?;
            segment = rest;
            let mut table = [0; 64];
            for (number, stored) in table.iter_mut().zip(numbers.chunks_exact(bytes)) {
                *number = stored
                    .iter()
                    .fold(0u16, |sum, byte| sum << 8 | u16::from(*byte));
            }
            *self.quantization.get_mut(usize::from(head & 15))? = Some(table);
        }
        Some(())
    }

    fn read_huffman(&mut self, mut segment: &[u8]) -> Option<()> {
        while let Some((&head, rest)) = segment.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>()?;
            let number = counts.iter().map(|count| usize::from(*count)).sum();
            let (values, rest) = rest.split_at_checked(number)?;
            segment = rest;
            let class = self.huffman.get_mut(usize::from(head >> 4))?;
            *class.get_mut(usize::from(head & 15))? = Some(HuffmanTable::new(*counts, values)?);
        }
        Some(())
    }

    /// From the header of the one scan; all of its coefficients must be in it.
    fn scan(&self, segment: &[u8]) -> Option<Frame> {
        let [1, _, tables, 0, _, 0] = segment else {
            return None;
        };
        let (precision, rows, columns, quantization) = self.frame?;
        let [dc, ac] = &self.huffman;
        Some(Frame {
            precision,
            columns,
            rows,
            quantization: (*self.quantization.get(quantization)?)?,
            dc: dc.get(usize::from(tables >> 4))?.clone()?,
            ac: ac.get(usize::from(tables & 15))?.clone()?,
            restart: self.restart,
        })
    }
}

/// Marker, content and what follows of the next segment.
fn segment(mut bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let marker = loop {
        match bytes {
            // Any number of FF may stand before a marker.
            [0xFF, 0xFF, ..] => bytes = bytes.get(1..)?,
            [0xFF, marker, rest @ ..] => {
                bytes = rest;
                break *marker;
            }
            _ => return None,
        }
    };
    let length = usize::from(word(bytes, 0)?);
    let (segment, behind) = bytes.split_at_checked(length)?;
    Some((marker, segment.get(2..)?, behind))
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..at + 2)?;
    Some(u16::from_be_bytes(bytes.try_into().ok()?))
}

fn frame_header(segment: &[u8]) -> Result<(u8, usize, usize, usize), &'static str> {
    let [precision @ (8 | 12), _, _, _, _, 1, _, _, table] = segment else {
        return Err("only grey JPEG frames with 8 or 12 bits are supported");
    };
    let size = |at| word(segment, at).map(usize::from).filter(|size| *size > 0);
    let (rows, columns) = (size(1).ok_or(CUT)?, size(3).ok_or(CUT)?);
    Ok((*precision, rows, columns, usize::from(*table)))
}

/// `[u][x]`: the cosine of frequency u at pixel x, scaled so that the inverse transform is their sum.
fn waves() -> [[f32; BLOCK]; BLOCK] {
    std::array::from_fn(|u| {
        let scale = if u == 0 { 0.125f32.sqrt() } else { 0.5 };
        std::array::from_fn(|x| scale * ((2 * x + 1) as f32 * u as f32 * PI / 16.0).cos())
    })
}

/// The pixels of a block, row by row (T.81 A.3.3).
fn inverse_cosine(coefficients: &[f32; 64], waves: &[[f32; BLOCK]; BLOCK]) -> [f32; 64] {
    let mut rows = [[0.0f32; BLOCK]; BLOCK];
    for (row, coefficients) in rows.iter_mut().zip(coefficients.chunks_exact(BLOCK)) {
        for (coefficient, wave) in coefficients.iter().zip(waves) {
            if *coefficient != 0.0 {
                row.iter_mut()
                    .zip(wave)
                    .for_each(|(sum, wave)| *sum += coefficient * wave);
            }
        }
    }
    let mut pixels = [0.0; 64];
    for (row, wave) in rows.iter().zip(waves) {
        for (line, weight) in pixels.chunks_exact_mut(BLOCK).zip(wave) {
            line.iter_mut()
                .zip(row)
                .for_each(|(pixel, value)| *pixel += weight * value);
        }
    }
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bits as text, packed with the bytes that mask markers.
    fn packed(bits: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        for byte in bits.as_bytes().chunks(8) {
            let text = format!("{:1<8}", String::from_utf8_lossy(byte));
            let byte = u8::from_str_radix(&text, 2).expect("bits");
            bytes.push(byte);
            if byte == 0xFF {
                bytes.push(0);
            }
        }
        bytes
    }

    /// The code of a difference of the mean: its size in 4 bits, then the number.
    fn difference(number: i32) -> String {
        let size = 32 - number.unsigned_abs().leading_zeros() as usize;
        let low = if number < 0 { number - 1 } else { number };
        let bits = format!("{low:032b}");
        format!("{size:04b}{}", &bits[32 - size..])
    }

    /// 20 x 3 pixels with 12 bits, three blocks, a restart after two of them. All quantisation steps
    /// are 8, so that a mean is stored as it is.
    fn picture() -> Vec<u8> {
        let mut bytes = vec![0xFF, 0xD8];
        let mut add = |marker: u8, content: &[u8]| {
            bytes.extend([0xFF, marker, 0, content.len() as u8 + 2]);
            bytes.extend(content);
        };
        add(0xC1, &[12, 0, 3, 0, 20, 1, 1, 0x11, 0]);
        let mut steps = vec![0x10];
        steps.extend([0, 8].repeat(64));
        add(0xDB, &steps);
        // Sizes 0 to 12 with 4 bits each; end of block is 00, the first coefficient of 1 bit 01.
        let mut means = vec![0x00, 0, 0, 0, 13];
        means.extend([0; 12]);
        means.extend(0..13);
        add(0xC4, &means);
        let mut waves = vec![0x10, 0, 2];
        waves.extend([0; 14]);
        waves.extend([0x00, 0x01]);
        add(0xC4, &waves);
        add(0xDD, &[0, 2]);
        add(0xDA, &[1, 1, 0x00, 0, 63, 0]);
        bytes.extend(packed(&format!(
            "{}00{}00",
            difference(1000),
            difference(-1500)
        )));
        bytes.extend([0xFF, 0xD0]);
        bytes.extend(packed(&format!("{}01100", difference(5))));
        bytes.extend([0xFF, 0xD9]);
        bytes
    }

    #[test]
    fn means_waves_and_restarts_give_the_samples_computed_by_hand() {
        let bytes = picture();
        assert!(is_gray12(&bytes));
        let samples = decode(&bytes, 20, 3).expect("a picture");
        assert_eq!(samples[0], 2048 + 1000);
        assert_eq!(samples[20 + 15], 2048 - 500);
        // 5 and a cosine of amplitude 8 / 4 / sqrt(2) from the restart on.
        assert_eq!(samples[16..20], [2054, 2054, 2054, 2053]);
        assert_eq!(samples[56..60], samples[16..20]);
    }

    #[test]
    fn a_picture_of_another_size_is_refused() {
        assert!(decode(&picture(), 21, 3).is_err());
    }

    #[test]
    fn a_picture_cut_or_changed_anywhere_never_panics() {
        let whole = picture();
        for at in 0..whole.len() {
            let _ = decode(&whole[..at], 20, 3);
            for change in [1, 0x10, 0x7F, 0xFF] {
                let mut bytes = whole.clone();
                bytes[at] = bytes[at].wrapping_add(change);
                let _ = decode(&bytes, 20, 3);
            }
        }
    }
}
