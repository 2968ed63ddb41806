//! One DICOM file as bytes: how it is framed, its header, and where its pixels lie.
//!
//! Knows nothing of images: no geometry, no series.

use super::elements::Elements;
use dicom_core::value::Value;
use dicom_core::{DataElement, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{DefaultDicomObject, FileMetaTableBuilder, InMemDicomObject};
use dicom_parser::dataset::lazy_read::LazyDataSetReader;
use dicom_transfer_syntax_registry::{TransferSyntaxIndex, TransferSyntaxRegistry};
use flate2::read::DeflateDecoder;
use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

/// Retired, but files are kept for decades.
const EXPLICIT_VR_BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";
/// Bytes that one byte of a deflated file can stand for, by the format.
const DEFLATE_RATIO: u64 = 1032;
/// Larger data sets are not inflated.
const LARGEST_INFLATED: u64 = 4 << 30;

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
    /// Plain numbers.
    Native(NativePixels),
    /// Compressed frames in fragments.
    Encapsulated,
}

/// Plain pixel numbers in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NativePixels {
    pub kind: PixelKind,
    /// Of the first byte in the file, or in the inflated data set.
    pub offset: u64,
    /// Bytes that are really there.
    pub length: u64,
    pub big_endian: bool,
    /// Stored as 16-bit words (VR OW), which matters for 8-bit pixels in big endian.
    pub words: bool,
    pub deflated: bool,
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

/// Reads everything before the pixels. Damaged bytes end in an error, never in a panic.
pub(super) fn read_header(path: &Path) -> Result<Header, Unreadable> {
    guarded(|| {
        let opened = Opened::new(path)?;
        let transfer_syntax = opened.transfer_syntax.clone();
        let file_length = opened.file_length;
        let (object, pixels) = opened.into_elements()?.read_header()?;
        Ok(Header {
            object,
            transfer_syntax,
            pixels,
            file_length,
        })
    })
}

/// The data set of a file with compressed pixels, pixels included.
pub(super) fn read_compressed(path: &Path) -> Result<DefaultDicomObject, Unreadable> {
    guarded(|| {
        let opened = Opened::new(path)?;
        let meta = FileMetaTableBuilder::new()
            .transfer_syntax(opened.transfer_syntax.as_str())
            .media_storage_sop_class_uid("")
            .media_storage_sop_instance_uid("")
            .build()
            .map_err(|_| Unreadable::Damaged("its file meta information is damaged"))?;
        let mut elements = opened.into_elements()?;
        let (mut object, pixels) = elements.read_header()?;
        if pixels != Pixels::Encapsulated {
            return Err(Unreadable::Damaged("its pixels are not compressed"));
        }
        let fragments = Value::PixelSequence(elements.read_fragments()?);
        object.put(DataElement::new(tags::PIXEL_DATA, VR::OB, fragments));
        Ok(object.with_exact_meta(meta))
    })
}

/// Replaces `bytes` by the `length` pixel bytes at `start` (from the first pixel byte on).
pub(super) fn read_native(
    path: &Path,
    native: &NativePixels,
    start: u64,
    length: usize,
    bytes: &mut Vec<u8>,
) -> std::io::Result<()> {
    let mut source: Box<dyn Source> = if native.deflated {
        let opened = guarded(|| Opened::new(path));
        opened
            .map_err(|error| std::io::Error::other(error.to_string()))?
            .source
    } else {
        Box::new(File::open(path)?)
    };
    source.seek(SeekFrom::Start(native.offset + start))?;
    bytes.resize(length, 0);
    source.read_exact(bytes)
}

fn guarded<T>(work: impl FnOnce() -> Result<T, Unreadable>) -> Result<T, Unreadable> {
    super::quietly(work).unwrap_or(Err(Unreadable::Damaged("its header is damaged")))
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

/// A source of data set bytes: the file itself, or what it inflates to.
pub(super) trait Source: Read + Seek {}
impl<T: Read + Seek> Source for T {}

/// A file whose meta group has been read.
struct Opened {
    transfer_syntax: String,
    file_length: u64,
    /// At the first element of the data set.
    source: Box<dyn Source>,
    /// Bytes of the source.
    end: u64,
}

impl Opened {
    fn new(path: &Path) -> Result<Self, Unreadable> {
        let file = File::open(path)?;
        let file_length = file.metadata()?.len();
        let mut file = BufReader::with_capacity(1 << 14, file);
        let transfer_syntax = read_framing(&mut file)?;
        let (source, end): (Box<dyn Source>, u64) = if is_deflated(&transfer_syntax) {
            let inflated = inflate(file, file_length)?;
            let end = inflated.len() as u64;
            (Box::new(Cursor::new(inflated)), end)
        } else {
            (Box::new(file), file_length)
        };
        Ok(Self {
            transfer_syntax,
            file_length,
            source,
            end,
        })
    }

    fn into_elements(self) -> Result<Elements, Unreadable> {
        let syntax = TransferSyntaxRegistry
            .get(&self.transfer_syntax)
            .ok_or(Unreadable::Damaged("its transfer syntax is unknown"))?;
        let tokens = LazyDataSetReader::new_with_ts(self.source, syntax)
            .map_err(|_| Unreadable::Damaged("its transfer syntax cannot be read"))?;
        Ok(Elements {
            tokens,
            end: self.end,
            big_endian: self.transfer_syntax == EXPLICIT_VR_BIG_ENDIAN,
            deflated: is_deflated(&self.transfer_syntax),
        })
    }
}

/// Leaves `file` at the data set and gives its transfer syntax.
fn read_framing(file: &mut BufReader<File>) -> Result<String, Unreadable> {
    let mut head = Vec::with_capacity(132);
    file.by_ref().take(132).read_to_end(&mut head)?;
    let framing = Framing::of(&head).ok_or(Unreadable::NotDicom)?;
    let start = if framing == Framing::Preamble { 128 } else { 0 };
    file.seek(SeekFrom::Start(start))?;
    match framing {
        Framing::Bare { explicit: true } => return Ok(uids::EXPLICIT_VR_LITTLE_ENDIAN.to_owned()),
        Framing::Bare { explicit: false } => return Ok(uids::IMPLICIT_VR_LITTLE_ENDIAN.to_owned()),
        Framing::Preamble | Framing::Magic => file.seek_relative(4)?,
        Framing::Meta => {}
    }
    read_transfer_syntax(file)
}

/// Reads the file meta group (PS3.10 section 7.1, always explicit VR little endian) to its end,
/// whatever it says its length is.
fn read_transfer_syntax(file: &mut BufReader<File>) -> Result<String, Unreadable> {
    const CUT: Unreadable = Unreadable::Damaged("its file meta information is damaged");
    const LONG: [&[u8]; 4] = [b"OB", b"OW", b"UN", b"UT"];
    let mut transfer_syntax = None;
    loop {
        let mut head = Vec::with_capacity(8);
        file.by_ref().take(8).read_to_end(&mut head)?;
        if head.get(..2) != Some(&[2, 0]) {
            file.seek_relative(-(head.len() as i64))?;
            break;
        }
        let [_, _, element, _, v, r, low, high] = head[..] else {
            return Err(CUT);
        };
        let length = if LONG.contains(&&[v, r][..]) {
            let mut long = [0; 4];
            file.read_exact(&mut long).map_err(|_| CUT)?;
            u32::from_le_bytes(long)
        } else {
            u32::from(u16::from_le_bytes([low, high]))
        };
        if element == 0x10 && length <= 64 {
            let mut uid = String::new();
            let read = file.by_ref().take(length.into()).read_to_string(&mut uid);
            read.map_err(|_| CUT)?;
            transfer_syntax = Some(uid.trim_end_matches(['\0', ' ']).to_owned());
        } else {
            file.seek_relative(length.into())?;
        }
    }
    transfer_syntax
        .filter(|uid| !uid.is_empty())
        .ok_or(Unreadable::Damaged(
            "its file meta information names no transfer syntax",
        ))
}

fn is_deflated(transfer_syntax: &str) -> bool {
    transfer_syntax == uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN
}

fn inflate(file: BufReader<File>, file_length: u64) -> Result<Vec<u8>, Unreadable> {
    let most = file_length
        .saturating_mul(DEFLATE_RATIO)
        .min(LARGEST_INFLATED);
    let mut inflated = Vec::new();
    DeflateDecoder::new(file)
        .take(most)
        .read_to_end(&mut inflated)
        .map_err(|_| Unreadable::Damaged("its deflated data are damaged or end early"))?;
    Ok(inflated)
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
