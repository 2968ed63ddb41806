//! A file's bytes as a stream, inflated when they are compressed.

use super::{IoError, Report};
use flate2::bufread::{GzDecoder, ZlibDecoder};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

pub(super) const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Deflate cannot pack tighter than this: a longest match (258 bytes) in two bits.
const DEFLATE_LIMIT: u64 = 1032;

/// Compressed bytes read from the disk at a time.
const INPUT: usize = 256 << 10;

/// A file read from front to back.
pub(super) struct Source {
    path: PathBuf,
    bytes: Bytes,
    /// Bytes of the file from where `bytes` starts.
    stored: u64,
    /// Bytes taken out of `bytes` so far.
    position: u64,
}

enum Bytes {
    Plain(File),
    Packed(Box<dyn Read + Send>),
}

impl Source {
    /// Opens a file; gzip is recognised by its first bytes, whatever the name.
    pub fn open(path: &Path) -> Result<Self, IoError> {
        let open = || -> std::io::Result<(File, u64, bool)> {
            let mut file = File::open(path)?;
            let stored = file.metadata()?.len();
            let mut magic = Vec::new();
            Read::by_ref(&mut file).take(2).read_to_end(&mut magic)?;
            file.seek(SeekFrom::Start(0))?;
            Ok((file, stored, magic == GZIP_MAGIC))
        };
        let (file, stored, gzip) = open().map_err(|e| IoError::io(path, e))?;
        let bytes = if gzip {
            Bytes::Packed(Box::new(Members::new(buffered(file))))
        } else {
            Bytes::Plain(file)
        };
        Ok(Self {
            path: path.to_owned(),
            bytes,
            stored,
            position: 0,
        })
    }

    /// Opens a file whose bytes mean what they are, even if they begin as gzip does.
    pub fn open_as_stored(path: &Path) -> Result<Self, IoError> {
        let open = || -> std::io::Result<(File, u64)> {
            let file = File::open(path)?;
            let stored = file.metadata()?.len();
            Ok((file, stored))
        };
        let (file, stored) = open().map_err(|e| IoError::io(path, e))?;
        Ok(Self {
            path: path.to_owned(),
            bytes: Bytes::Plain(file),
            stored,
            position: 0,
        })
    }

    /// From here on the bytes are a zlib or gzip stream; reading goes on inside it.
    pub fn inflate(self) -> Result<Self, IoError> {
        let stored = self.remaining();
        let plain: Box<dyn Read + Send> = match self.bytes {
            Bytes::Plain(file) => Box::new(file),
            Bytes::Packed(bytes) => bytes,
        };
        let mut plain = buffered(plain);
        let start = plain.fill_buf().map_err(|e| read_error(&self.path, e))?;
        let packed: Box<dyn Read + Send> = if start.starts_with(&GZIP_MAGIC) {
            Box::new(Members::new(plain))
        } else {
            Box::new(ZlibDecoder::new(plain))
        };
        Ok(Self {
            bytes: Bytes::Packed(packed),
            stored,
            position: 0,
            ..self
        })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn is_packed(&self) -> bool {
        matches!(self.bytes, Bytes::Packed(_))
    }

    /// The most bytes that can still come.
    pub fn remaining(&self) -> u64 {
        let whole = match self.bytes {
            Bytes::Plain(_) => self.stored,
            Bytes::Packed(_) => self.stored.saturating_mul(DEFLATE_LIMIT),
        };
        whole.saturating_sub(self.position)
    }

    /// An error when `count` bytes cannot still come.
    pub fn check_holds(&self, count: u64) -> Result<(), IoError> {
        if count > self.remaining() {
            return Err(ends_early(&self.path));
        }
        Ok(())
    }

    pub fn read_exact(&mut self, into: &mut [u8]) -> Result<(), IoError> {
        match &mut self.bytes {
            Bytes::Plain(file) => file.read_exact(into),
            Bytes::Packed(bytes) => bytes.read_exact(into),
        }
        .map_err(|e| read_error(&self.path, e))?;
        self.position += into.len() as u64;
        Ok(())
    }

    /// Reads on until the end or `limit` bytes, and returns what came. Damage only ends it: whoever
    /// needs more will meet it.
    pub fn read_up_to(&mut self, limit: usize) -> Result<Vec<u8>, IoError> {
        let mut start = Vec::new();
        let outcome = match &mut self.bytes {
            Bytes::Plain(file) => file.take(limit as u64).read_to_end(&mut start),
            Bytes::Packed(bytes) => bytes.take(limit as u64).read_to_end(&mut start),
        };
        self.position += start.len() as u64;
        match outcome.map_err(|e| read_error(&self.path, e)) {
            Err(error @ IoError::Io { .. }) => Err(error),
            _ => Ok(start),
        }
    }

    /// Passes over bytes.
    pub fn skip(&mut self, count: u64) -> Result<(), IoError> {
        self.check_holds(count)?;
        match &mut self.bytes {
            Bytes::Plain(file) => {
                let start = self.position + count;
                file.seek(SeekFrom::Start(start))
                    .map_err(|e| read_error(&self.path, e))?;
            }
            Bytes::Packed(bytes) => {
                let passed = std::io::copy(&mut bytes.take(count), &mut std::io::sink())
                    .map_err(|e| read_error(&self.path, e))?;
                if passed < count {
                    return Err(ends_early(&self.path));
                }
            }
        }
        self.position += count;
        Ok(())
    }

    /// Passes over the rest of a line.
    pub fn skip_line(&mut self) -> Result<(), IoError> {
        let mut byte = [0];
        while byte != *b"\n" {
            self.read_exact(&mut byte)?;
        }
        Ok(())
    }

    /// Reads what is left of a compressed stream, because its checksum comes last.
    pub fn verify(mut self, report: &Report) -> Result<(), IoError> {
        let Bytes::Packed(bytes) = &mut self.bytes else {
            return Ok(());
        };
        let mut rest = vec![0; INPUT];
        while bytes
            .read(&mut rest)
            .map_err(|e| read_error(&self.path, e))?
            > 0
        {
            report.check_cancelled()?;
        }
        Ok(())
    }
}

fn buffered<R: Read>(inner: R) -> BufReader<R> {
    BufReader::with_capacity(INPUT, inner)
}

fn ends_early(path: &Path) -> IoError {
    IoError::corrupt(path, "it ends before the last voxel")
}

pub(super) fn read_error(path: &Path, error: std::io::Error) -> IoError {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::UnexpectedEof => ends_early(path),
        ErrorKind::InvalidInput | ErrorKind::InvalidData => {
            IoError::corrupt(path, "its compressed bytes or their checksum are wrong")
        }
        _ => IoError::io(path, error),
    }
}

/// The members of a gzip file as one stream. What follows the last member and is none, such as
/// padding, is left alone, as gzip does.
struct Members<R> {
    current: Option<GzDecoder<R>>,
}

impl<R: BufRead> Members<R> {
    fn new(inner: R) -> Self {
        Self {
            current: Some(GzDecoder::new(inner)),
        }
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        while let Some(mut member) = self.current.take() {
            let count = member.read(into)?;
            if count > 0 || into.is_empty() {
                self.current = Some(member);
                return Ok(count);
            }
            let mut inner = member.into_inner();
            if inner.fill_buf()?.starts_with(&GZIP_MAGIC) {
                self.current = Some(GzDecoder::new(inner));
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).expect("to memory");
        encoder.finish().expect("to memory")
    }

    fn on_disk(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(bytes).expect("writing");
        file
    }

    #[test]
    fn gzip_members_are_one_stream_and_padding_after_them_is_left_alone() {
        let bytes = [gzip(b"first "), gzip(b""), gzip(b"second"), vec![0; 100]].concat();
        let file = on_disk(&bytes);
        let mut source = Source::open(file.path()).expect("opens");
        assert!(source.is_packed());
        let mut text = [0; 12];
        source.read_exact(&mut text).expect("reads");
        assert_eq!(&text, b"first second");
        source.verify(&Report::silent()).expect("checksums fit");
    }

    #[test]
    fn a_wrong_checksum_is_damage() {
        let mut bytes = gzip(b"voxels");
        let at = bytes.len() - 6;
        bytes[at] ^= 1;
        let file = on_disk(&bytes);
        let mut source = Source::open(file.path()).expect("opens");
        let mut text = [0; 6];
        let read = source.read_exact(&mut text);
        let outcome = read.and_then(|()| source.verify(&Report::silent()));
        assert!(matches!(outcome, Err(IoError::Corrupt { .. })));
    }

    #[test]
    fn a_plain_file_holds_no_more_than_its_size() {
        let file = on_disk(b"1234");
        let mut source = Source::open(file.path()).expect("opens");
        source.skip(1).expect("skips");
        assert!(source.check_holds(3).is_ok());
        assert!(source.check_holds(4).is_err());
        assert!(source.skip(4).is_err());
    }
}
