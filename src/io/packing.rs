//! Bytes deflated by all cores into one gzip member or zlib stream, which every reader accepts.
//!
//! The bytes are cut into blocks, each deflated by itself and ended by a sync flush, which leaves it on
//! a whole byte: joined they are one deflate stream (RFC 1951). What comes out depends on the bytes and
//! the level alone, never on the number of threads. Knows no image.

use flate2::{Compress, Compression, Crc, FlushCompress};
use rayon::prelude::*;
use simd_adler32::Adler32;
use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

/// Bytes deflated by one thread at a time: so many that what a block cannot know of the one before it
/// costs nothing worth having.
const BLOCK: usize = 1 << 20;

/// Blocks a thread gets at once, so that one waits little for another.
const BLOCKS_A_THREAD: usize = 4;

/// A last block that is empty, of fixed codes.
const END: [u8; 2] = [3, 0];

/// How hard to look for repetitions: 1 is fastest, 9 makes the smallest files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompressionLevel(u8);

impl CompressionLevel {
    /// `None` unless it is 1 to 9.
    pub fn new(level: u8) -> Option<Self> {
        (1..=9).contains(&level).then_some(Self(level))
    }
}

impl Default for CompressionLevel {
    fn default() -> Self {
        Self(3)
    }
}

impl FromStr for CompressionLevel {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let level = text.parse().ok().and_then(Self::new);
        level.ok_or("a whole number from 1 to 9 is needed")
    }
}

impl fmt::Display for CompressionLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How bytes are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    None,
    Zlib(CompressionLevel),
    Gzip(CompressionLevel),
}

impl Packing {
    /// Passes on what `fill` writes, packed.
    pub fn write(
        self,
        out: &mut dyn Write,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let (level, checksum) = match self {
            Self::None => return fill(out),
            Self::Zlib(level) => (level, Checksum::Adler(Adler32::new())),
            Self::Gzip(level) => (level, Checksum::Crc(Crc::new())),
        };
        checksum.write_header(out)?;
        let batch = BLOCK * BLOCKS_A_THREAD * rayon::current_num_threads();
        let mut packer = Packer {
            out,
            level: Compression::new(level.0.into()),
            checksum,
            waiting: Vec::with_capacity(batch),
            batch,
        };
        fill(&mut packer)?;
        packer.finish()
    }
}

/// Gathers bytes until they are enough for all threads.
struct Packer<'a> {
    out: &'a mut dyn Write,
    level: Compression,
    checksum: Checksum,
    waiting: Vec<u8>,
    batch: usize,
}

impl Packer<'_> {
    fn pack_waiting(&mut self) -> io::Result<()> {
        let (checksum, waiting, level) = (&mut self.checksum, &self.waiting, self.level);
        let deflate_all = || -> io::Result<Vec<Vec<u8>>> {
            waiting
                .par_chunks(BLOCK)
                .with_max_len(1)
                .map_init(|| Compress::new(level, false), deflate)
                .collect()
        };
        let ((), packed) = rayon::join(|| checksum.update(waiting), deflate_all);
        for block in packed? {
            self.out.write_all(&block)?;
        }
        self.waiting.clear();
        Ok(())
    }

    fn finish(mut self) -> io::Result<()> {
        self.pack_waiting()?;
        self.out.write_all(&END)?;
        self.checksum.write_trailer(self.out)
    }
}

impl Write for Packer<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.batch - self.waiting.len());
        self.waiting.extend_from_slice(&bytes[..taken]);
        if self.waiting.len() == self.batch {
            self.pack_waiting()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One block that ends on a whole byte.
fn deflate(state: &mut Compress, block: &[u8]) -> io::Result<Vec<u8>> {
    state.reset();
    let mut packed = Vec::with_capacity(block.len() / 2);
    loop {
        packed.reserve(block.len() / 4 + 64);
        let taken = state.total_in() as usize;
        state.compress_vec(&block[taken..], &mut packed, FlushCompress::Sync)?;
        // Room left over means that the flush is through.
        if packed.len() < packed.capacity() {
            return Ok(packed);
        }
    }
}

/// What stands around the deflated bytes: gzip (RFC 1952) or zlib (RFC 1950).
enum Checksum {
    Adler(Adler32),
    Crc(Crc),
}

impl Checksum {
    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Adler(sum) => sum.write(bytes),
            Self::Crc(sum) => sum.update(bytes),
        }
    }

    fn write_header(&self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Adler(_) => out.write_all(&[0x78, 0x9c]),
            // Deflate, no name, no time, no system: the same bytes whoever writes them.
            Self::Crc(_) => out.write_all(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]),
        }
    }

    fn write_trailer(&self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Adler(sum) => out.write_all(&sum.finish().to_be_bytes()),
            Self::Crc(sum) => {
                out.write_all(&sum.sum().to_le_bytes())?;
                out.write_all(&sum.amount().to_le_bytes())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::{GzDecoder, ZlibDecoder};
    use std::io::Read;

    /// Bytes that pack neither well nor badly.
    fn bytes(count: usize) -> Vec<u8> {
        let mut state = 1u32;
        let noise = (0..count).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 28
        });
        noise.map(|n| (n * n / 3) as u8).collect()
    }

    fn packed(packing: Packing, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        // Pieces that fit no block.
        let fill = |to: &mut dyn Write| bytes.chunks(300_007).try_for_each(|b| to.write_all(b));
        packing.write(&mut out, fill).expect("to memory");
        out
    }

    fn level(level: u8) -> CompressionLevel {
        CompressionLevel::new(level).expect("a level")
    }

    #[test]
    fn one_member_gives_back_every_byte_at_every_level() {
        let plain = bytes(2 * BLOCK + 77);
        for n in 1..=9 {
            let gzip = packed(Packing::Gzip(level(n)), &plain);
            let mut back = Vec::new();
            // It stops after the first member, and says when that is damaged.
            let mut reader = GzDecoder::new(&gzip[..]);
            reader.read_to_end(&mut back).expect("whole");
            assert!(back == plain, "level {n}");
            let zlib = packed(Packing::Zlib(level(n)), &plain);
            back.clear();
            let mut reader = ZlibDecoder::new(&zlib[..]);
            reader.read_to_end(&mut back).expect("whole");
            assert!(back == plain, "level {n}");
        }
    }

    #[test]
    fn lengths_around_the_blocks_are_whole() {
        for count in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1] {
            let plain = bytes(count);
            let gzip = packed(Packing::Gzip(CompressionLevel::default()), &plain);
            let mut back = Vec::new();
            let mut reader = GzDecoder::new(&gzip[..]);
            reader.read_to_end(&mut back).expect("whole");
            assert!(back == plain, "{count} bytes");
        }
    }

    #[test]
    fn the_number_of_threads_changes_no_byte() {
        let plain = bytes(5 * BLOCK + 1);
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.expect("threads")
                .install(|| packed(Packing::Gzip(level(6)), &plain))
        };
        assert!(with(1) == with(3));
    }

    #[test]
    fn bytes_that_cannot_be_packed_grow_little() {
        let mut state = 7u64;
        let mut noise = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        };
        let plain: Vec<u8> = (0..BLOCK + 5).map(|_| noise()).collect();
        // The fastest level knows no plain blocks and needs up to 9 bits a byte.
        for (n, growth) in [(1, plain.len() / 8), (3, 2000), (6, 2000), (9, 2000)] {
            let gzip = packed(Packing::Gzip(level(n)), &plain);
            assert!(gzip.len() < plain.len() + growth, "level {n}");
        }
    }

    #[test]
    fn what_stops_the_filling_is_passed_on() {
        let packing = Packing::Gzip(CompressionLevel::default());
        let outcome = packing.write(&mut Vec::new(), |_| Err(io::ErrorKind::StorageFull.into()));
        assert_eq!(
            outcome.map_err(|e| e.kind()),
            Err(io::ErrorKind::StorageFull)
        );
    }

    #[test]
    fn a_level_is_1_to_9() {
        assert!("0".parse::<CompressionLevel>().is_err());
        assert!("10".parse::<CompressionLevel>().is_err());
        assert!("fast".parse::<CompressionLevel>().is_err());
        assert_eq!("9".parse(), Ok(level(9)));
    }
}
