//! The Huffman-coded bits of a JPEG scan (ITU T.81 annexes C and F).

/// One Huffman table.
#[derive(Clone, Debug)]
pub(super) struct HuffmanTable {
    /// For each code length from 1 on, the first code beyond those of that length, and where the
    /// values of the length start, less its first code.
    lengths: [(u32, i64); 16],
    values: Vec<u8>,
}

impl HuffmanTable {
    /// From the number of codes of each length and their values, of which there must be as many.
    pub fn new(counts: [u8; 16], values: &[u8]) -> Option<Self> {
        let mut lengths = [(0, 0); 16];
        let (mut code, mut first) = (0u32, 0usize);
        for (at, (length, count)) in lengths.iter_mut().zip(counts).enumerate() {
            let end = code + u32::from(count);
            if end > 2 << at {
                return None;
            }
            *length = (end, first as i64 - i64::from(code));
            first += usize::from(count);
            code = end << 1;
        }
        Some(Self {
            lengths,
            values: values.get(..first)?.to_vec(),
        })
    }
}

/// Bits of a scan up to the next marker, the bytes that mask markers left out.
pub(super) struct Bits<'a> {
    rest: &'a [u8],
    held: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    pub fn new(scan: &'a [u8]) -> Self {
        Self {
            rest: scan,
            held: 0,
            count: 0,
        }
    }

    /// Takes in bytes while there is room, up to a marker.
    fn fill(&mut self) {
        while self.count <= 48 {
            let byte = match self.rest {
                [0xFF, 0, rest @ ..] => {
                    self.rest = rest;
                    0xFF
                }
                [0xFF, ..] | [] => break,
                [byte, rest @ ..] => {
                    self.rest = rest;
                    *byte
                }
            };
            self.held = self.held << 8 | u64::from(byte);
            self.count += 8;
        }
    }

    fn take(&mut self, bits: u32) -> Option<u32> {
        if self.count < bits {
            self.fill();
        }
        self.count = self.count.checked_sub(bits)?;
        Some((self.held >> self.count) as u32 & ((1 << bits) - 1))
    }

    pub fn symbol(&mut self, table: &HuffmanTable) -> Option<u8> {
        let mut code = 0;
        for (end, start) in table.lengths {
            code = code << 1 | self.take(1)?;
            if code < end {
                let at = usize::try_from(i64::from(code) + start).ok()?;
                return table.values.get(at).copied();
            }
        }
        None
    }

    /// A number of so many bits, negative when its first bit is 0 (T.81 F.2.2.1).
    pub fn number(&mut self, bits: u8) -> Option<i32> {
        if bits == 0 {
            return Some(0);
        }
        if bits > 16 {
            return None;
        }
        let number = self.take(bits.into())? as i32;
        let half = 1 << (bits - 1);
        Some(if number < half {
            number - 2 * half + 1
        } else {
            number
        })
    }

    /// Passes the restart marker behind the bits read so far and goes on behind it.
    pub fn restart(&mut self) -> Option<()> {
        (self.held, self.count) = (0, 0);
        let at = self
            .rest
            .windows(2)
            .position(|pair| pair[0] == 0xFF && (0xD0..=0xD7).contains(&pair[1]))?;
        self.rest = self.rest.get(at + 2..)?;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> HuffmanTable {
        // Codes 0, 10, 110.
        let mut counts = [0; 16];
        counts[..3].copy_from_slice(&[1, 1, 1]);
        HuffmanTable::new(counts, &[7, 8, 9]).expect("a table")
    }

    #[test]
    fn codes_give_their_symbols_and_masked_bytes_are_joined() {
        let mut bits = Bits::new(&[0b0101_1001, 0xFF, 0x00]);
        let symbols: Vec<_> = (0..4).map(|_| bits.symbol(&table())).collect();
        assert_eq!(symbols, [Some(7), Some(8), Some(9), Some(7)]);
        assert_eq!(bits.take(9), Some(0b1_1111_1111));
        assert_eq!(bits.take(1), None);
    }

    #[test]
    fn numbers_with_a_leading_zero_are_negative() {
        let mut bits = Bits::new(&[0b0110_0000]);
        assert_eq!(bits.number(2), Some(-2));
        assert_eq!(bits.number(1), Some(1));
        assert_eq!(bits.number(0), Some(0));
        assert_eq!(bits.number(17), None);
    }

    #[test]
    fn more_codes_than_a_length_has_are_no_table() {
        let mut counts = [0; 16];
        counts[0] = 3;
        assert!(HuffmanTable::new(counts, &[1, 2, 3]).is_none());
    }
}
