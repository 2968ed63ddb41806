//! RLE Lossless (PS3.5 annex G): byte planes, most significant first, packed by PackBits.

/// Unpacks one frame into little-endian, pixel-interleaved bytes; the error says what is wrong.
pub(super) fn decode(
    frame: &[u8],
    pixels: usize,
    samples: usize,
    bytes_per_sample: usize,
) -> Result<Vec<u8>, &'static str> {
    let planes = samples * bytes_per_sample;
    let (header, _) = frame
        .get(..64)
        .ok_or("an RLE frame ends early")?
        .as_chunks::<4>();
    let mut numbers = header.iter().map(|word| u32::from_le_bytes(*word) as usize);
    if numbers.next() != Some(planes) {
        return Err("an RLE frame has another number of planes than its header says");
    }
    let starts: Vec<usize> = numbers.take(planes).collect();
    let mut out = vec![0; pixels * planes];
    for (plane, start) in starts.iter().enumerate() {
        let end = starts.get(plane + 1).copied().unwrap_or(frame.len());
        let packed = frame
            .get(*start..end)
            .ok_or("the planes of an RLE frame lie outside it")?;
        let (sample, byte) = (plane / bytes_per_sample, plane % bytes_per_sample);
        let first = sample * bytes_per_sample + (bytes_per_sample - 1 - byte);
        unpack(packed, out.iter_mut().skip(first).step_by(planes))?;
    }
    Ok(out)
}

fn unpack<'a>(
    packed: &[u8],
    mut out: impl ExactSizeIterator<Item = &'a mut u8>,
) -> Result<(), &'static str> {
    let mut rest = packed;
    while out.len() > 0 {
        let Some((&control, tail)) = rest.split_first() else {
            return Err("an RLE plane ends early");
        };
        rest = tail;
        match i8::from_le_bytes([control]) {
            -128 => {}
            literal @ 0.. => {
                let count = literal as usize + 1;
                let bytes = rest.get(..count).ok_or("an RLE plane ends early")?;
                rest = &rest[count..];
                for (byte, target) in bytes.iter().zip(out.by_ref()) {
                    *target = *byte;
                }
            }
            repeat => {
                let (&byte, tail) = rest.split_first().ok_or("an RLE plane ends early")?;
                rest = tail;
                for target in out.by_ref().take(1 + usize::from(repeat.unsigned_abs())) {
                    *target = byte;
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(planes: &[&[u8]]) -> Vec<u8> {
        let mut header = vec![planes.len() as u32];
        let mut start = 64;
        for plane in planes {
            header.push(start);
            start += plane.len() as u32;
        }
        header.resize(16, 0);
        let mut bytes: Vec<u8> = header.iter().flat_map(|word| word.to_le_bytes()).collect();
        planes.iter().for_each(|plane| bytes.extend(*plane));
        bytes
    }

    #[test]
    fn runs_and_literals_make_words() {
        let bytes = frame(&[&[0xFE, 1], &[2, 7, 8, 9]]);
        assert_eq!(decode(&bytes, 3, 1, 2), Ok(vec![7, 1, 8, 1, 9, 1]));
    }

    #[test]
    fn a_frame_cut_anywhere_is_an_error() {
        let bytes = frame(&[&[0xFE, 1], &[2, 7, 8, 9]]);
        for length in 0..bytes.len() {
            assert!(decode(&bytes[..length], 3, 1, 2).is_err(), "{length}");
        }
    }
}
