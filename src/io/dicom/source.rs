//! One DICOM file as bytes: how it is framed, its header, and where its pixels lie.
//!
//! Knows nothing of images: no geometry, no series.

use dicom_dictionary_std::{tags, uids};
use dicom_object::file::ReadPreamble;
use dicom_object::{
    DefaultDicomObject, DicomCollectorOptions, InMemDicomObject, OpenFileOptions, Tag,
};
use std::cell::Cell;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::rc::Rc;

/// The first of the three elements that can hold pixels.
const FIRST_PIXEL_TAG: Tag = tags::FLOAT_PIXEL_DATA;
/// Retired, but files are kept for decades.
const EXPLICIT_VR_BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";

/// What stands before the pixels of a file.
pub(super) struct Header {
    pub object: InMemDicomObject,
    /// UID, without padding.
    pub transfer_syntax: String,
    pub pixels: Pixels,
    /// Bytes of the whole file.
    pub file_length: u64,
}

/// Where the pixels of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pixels {
    None,
    /// Plain numbers in the file.
    Native(NativePixels),
    /// Compressed frames in fragments.
    Encapsulated,
    /// Somewhere in a file that can only be read from front to end (deflated).
    Streamed,
}

/// Plain pixel numbers in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NativePixels {
    pub kind: PixelKind,
    pub offset: u64,
    pub length: u64,
    pub big_endian: bool,
    /// Stored as 16-bit words (VR OW), which matters for 8-bit pixels in big endian.
    pub words: bool,
}

/// The element that holds the pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PixelKind {
    Integer,
    Float,
    Double,
}

/// Why a file gave no header.
#[derive(Debug)]
pub(super) enum Unreadable {
    Io(std::io::Error),
    NotDicom,
    Damaged(&'static str),
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(error) => write!(f, "it cannot be read ({error})"),
            Self::NotDicom => f.write_str("it is not a DICOM file"),
            Self::Damaged(what) => f.write_str(what),
        }
    }
}

impl From<std::io::Error> for Unreadable {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

/// How a data set is wrapped into a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    /// 128 bytes, "DICM", meta group: what the standard asks for.
    Preamble,
    /// "DICM", meta group.
    Magic,
    /// Meta group.
    Meta,
    /// Nothing but the data set.
    Bare { explicit: bool },
}

impl Framing {
    fn of(head: &[u8]) -> Option<Self> {
        if head.get(128..132) == Some(b"DICM") {
            return Some(Self::Preamble);
        }
        if head.get(..4) == Some(b"DICM") {
            return Some(Self::Magic);
        }
        let vr: [u8; 2] = head.get(4..6)?.try_into().ok()?;
        let explicit = vr.iter().all(u8::is_ascii_uppercase);
        match head.get(..4)? {
            [2, 0, 0, 0] if &vr == b"UL" => Some(Self::Meta),
            // Data sets begin with group 0008; in implicit VR the length of a first element is small.
            [8, 0, element, 0] if *element <= 0x70 => {
                let short = head.get(6..8)? == [0, 0] && vr[1] == 0;
                (explicit || short).then_some(Self::Bare { explicit })
            }
            _ => None,
        }
    }
}

/// Reads everything before the pixels. Damaged bytes end in an error, never in a panic.
pub(super) fn read_header(path: &Path) -> Result<Header, Unreadable> {
    super::quietly(|| read_header_unguarded(path))
        .unwrap_or(Err(Unreadable::Damaged("its header is damaged")))
}

fn read_header_unguarded(path: &Path) -> Result<Header, Unreadable> {
    let mut file = File::open(path)?;
    let file_length = file.metadata()?.len();
    let mut head = Vec::with_capacity(132);
    file.by_ref().take(132).read_to_end(&mut head)?;
    let framing = Framing::of(&head).ok_or(Unreadable::NotDicom)?;
    file.seek(SeekFrom::Start(0))?;

    let position = Rc::new(Cell::new(0));
    let counted = Counted {
        inner: BufReader::with_capacity(1 << 14, file),
        position: Rc::clone(&position),
    };
    let mut collector = match framing {
        Framing::Preamble => DicomCollectorOptions::new().read_preamble(ReadPreamble::Always),
        Framing::Magic => DicomCollectorOptions::new().read_preamble(ReadPreamble::Never),
        Framing::Meta => return streamed(path, file_length),
        Framing::Bare { explicit } => DicomCollectorOptions::new().expected_ts(if explicit {
            uids::EXPLICIT_VR_LITTLE_ENDIAN
        } else {
            uids::IMPLICIT_VR_LITTLE_ENDIAN
        }),
    }
    // Without a buffer of its own the collector leaves the file exactly behind the last element.
    .from_reader(BufReader::with_capacity(0, counted));

    let transfer_syntax = match framing {
        Framing::Bare { explicit: true } => uids::EXPLICIT_VR_LITTLE_ENDIAN.to_owned(),
        Framing::Bare { explicit: false } => uids::IMPLICIT_VR_LITTLE_ENDIAN.to_owned(),
        _ => collector
            .read_file_meta()
            .map_err(|_| Unreadable::Damaged("its file meta information is damaged"))?
            .transfer_syntax()
            .to_owned(),
    };
    if is_deflated(&transfer_syntax) {
        return streamed(path, file_length);
    }
    let mut object = InMemDicomObject::new_empty();
    collector
        .read_dataset_up_to(FIRST_PIXEL_TAG, &mut object)
        .map_err(|_| Unreadable::Damaged("its header is damaged or ends early"))?;
    let pixels = locate_pixels(path, position.get(), &transfer_syntax)?;
    Ok(Header {
        object,
        transfer_syntax,
        pixels,
        file_length,
    })
}

/// The header of a file that must be read through a decoder from its first byte on.
fn streamed(path: &Path, file_length: u64) -> Result<Header, Unreadable> {
    let object = read_object(path, Some(FIRST_PIXEL_TAG))?;
    let transfer_syntax = object.meta().transfer_syntax().to_owned();
    Ok(Header {
        transfer_syntax,
        object: object.into_inner(),
        pixels: Pixels::Streamed,
        file_length,
    })
}

/// The whole data set of a file, or all before `until`.
pub(super) fn read_object(
    path: &Path,
    until: Option<Tag>,
) -> Result<DefaultDicomObject, Unreadable> {
    let mut options = OpenFileOptions::new();
    if let Some(tag) = until {
        options = options.read_until(tag);
    }
    let mut file = File::open(path)?;
    let mut head = Vec::with_capacity(132);
    file.by_ref().take(132).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    let object = match Framing::of(&head).ok_or(Unreadable::NotDicom)? {
        Framing::Preamble => options
            .read_preamble(ReadPreamble::Always)
            .from_reader(file),
        Framing::Magic => options.read_preamble(ReadPreamble::Never).from_reader(file),
        Framing::Meta => options
            .read_preamble(ReadPreamble::Never)
            .from_reader(b"DICM".chain(file)),
        Framing::Bare { .. } => return Err(Unreadable::Damaged("it has no file meta information")),
    };
    object.map_err(|_| Unreadable::Damaged("its data are damaged or end early"))
}

fn is_deflated(transfer_syntax: &str) -> bool {
    [
        uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
        uids::JPIP_REFERENCED_DEFLATE,
        uids::JPIPHTJ2K_REFERENCED_DEFLATE,
    ]
    .contains(&transfer_syntax)
}

/// Reads the element header that ends at `position`: the one at which reading the data set stopped.
fn locate_pixels(path: &Path, position: u64, transfer_syntax: &str) -> Result<Pixels, Unreadable> {
    let big_endian = transfer_syntax == EXPLICIT_VR_BIG_ENDIAN;
    let header_length: usize = if transfer_syntax == uids::IMPLICIT_VR_LITTLE_ENDIAN {
        8
    } else {
        12
    };
    let Some(start) = position.checked_sub(header_length as u64) else {
        return Ok(Pixels::None);
    };
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(start))?;
    let mut header = Vec::with_capacity(header_length);
    file.take(header_length as u64).read_to_end(&mut header)?;

    let half = |at: usize| -> Option<u16> {
        let bytes = header.get(at..at + 2)?.try_into().ok()?;
        Some(if big_endian {
            u16::from_be_bytes(bytes)
        } else {
            u16::from_le_bytes(bytes)
        })
    };
    let length = header
        .get(header_length - 4..)
        .and_then(|bytes| <[u8; 4]>::try_from(bytes).ok())
        .map(|bytes| {
            if big_endian {
                u32::from_be_bytes(bytes)
            } else {
                u32::from_le_bytes(bytes)
            }
        });
    let (Some(0x7FE0), Some(element), Some(length)) = (half(0), half(2), length) else {
        return Ok(Pixels::None);
    };
    let kind = match element {
        0x0008 => PixelKind::Float,
        0x0009 => PixelKind::Double,
        0x0010 => PixelKind::Integer,
        _ => return Ok(Pixels::None),
    };
    if length == u32::MAX {
        return Ok(Pixels::Encapsulated);
    }
    Ok(Pixels::Native(NativePixels {
        kind,
        offset: position,
        length: u64::from(length),
        big_endian,
        words: header.get(4..6) == Some(b"OW"),
    }))
}

/// A reader that tells how far it has come.
struct Counted<R> {
    inner: R,
    position: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.position.set(self.position.get() + read as u64);
        Ok(read)
    }
}

impl<R: Seek> Seek for Counted<R> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let position = self.inner.seek(to)?;
        self.position.set(position);
        Ok(position)
    }

    fn stream_position(&mut self) -> std::io::Result<u64> {
        Ok(self.position.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn framing_is_told_by_the_first_bytes() {
        let mut standard = vec![0; 128];
        standard.extend(b"DICM\x02\0\0\0UL");
        assert_eq!(Framing::of(&standard), Some(Framing::Preamble));
        assert_eq!(Framing::of(b"DICM\x02\0\0\0UL"), Some(Framing::Magic));
        assert_eq!(Framing::of(b"\x02\0\0\0UL\x04\0"), Some(Framing::Meta));
        assert_eq!(
            Framing::of(b"\x08\0\x05\0CS\x0a\0"),
            Some(Framing::Bare { explicit: true })
        );
        assert_eq!(
            Framing::of(b"\x08\0\x08\0\x1a\0\0\0"),
            Some(Framing::Bare { explicit: false })
        );
        assert_eq!(Framing::of(b"\x89PNG\r\n\x1a\n"), None);
        assert_eq!(Framing::of(b""), None);
    }
}
