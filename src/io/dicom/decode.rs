//! From the pixels of one file to voxels: plain numbers are read straight from their place in the
//! file, compressed frames go through their codec.

use super::instance::Instance;
use super::layout::{Photometric, Sample};
use super::mosaic::Mosaic;
use super::source::{self, NativePixels, Pixels};
use super::{jpeg12, quietly, rle};
use crate::io::IoError;
use dicom_dictionary_std::{tags, uids};
use dicom_object::DefaultDicomObject;
use dicom_pixeldata::PixelDecoder;
use rayon::prelude::*;
use std::borrow::Cow;
use std::cell::RefCell;

/// A frame of a file and the voxels it fills.
pub(super) struct Target<'a, T> {
    pub frame: usize,
    pub voxels: &'a mut [T],
}

/// Checks, before anything is allocated, that the file is long enough for what its header claims.
pub(super) fn check_length(instance: &Instance) -> Result<(), IoError> {
    let Pixels::Native(native) = instance.pixels else {
        return Ok(());
    };
    let (picture, count) = instance.stored();
    let need = picture
        .frame_bits()
        .checked_mul(count as u64)
        .map(|bits| bits.div_ceil(8));
    match need {
        Some(need) if need <= native.length => Ok(()),
        _ => Err(IoError::corrupt(
            &instance.path,
            "the pixel data end early: the header promises more than the file holds",
        )),
    }
}

/// Fills the voxels of the frames asked for.
pub(super) fn read_frames<T: Sample>(
    instance: &Instance,
    targets: Vec<Target<T>>,
) -> Result<(), IoError> {
    if let Some(mosaic) = &instance.mosaic {
        return read_tiles(instance, mosaic, targets);
    }
    match instance.pixels {
        Pixels::Native(native) => targets
            .into_par_iter()
            .try_for_each(|mut target| read_native(instance, native, &mut target)),
        Pixels::Encapsulated => {
            let object = source::read_compressed(&instance.path)
                .map_err(|error| IoError::corrupt(&instance.path, error.to_string()))?;
            targets
                .into_par_iter()
                .try_for_each(|mut target| decode_frame(instance, &object, &mut target))
        }
        Pixels::None => Err(IoError::corrupt(&instance.path, "it has no pixels")),
    }
}

fn read_tiles<T: Sample>(
    instance: &Instance,
    mosaic: &Mosaic,
    targets: Vec<Target<T>>,
) -> Result<(), IoError> {
    let untiled = Instance {
        layout: mosaic.picture.clone(),
        mosaic: None,
        frames: instance.frames.iter().take(1).cloned().collect(),
        ..instance.clone()
    };
    let mut picture = vec![T::default(); untiled.layout.frame_numbers()];
    let whole = Target {
        frame: 0,
        voxels: &mut picture,
    };
    read_frames(&untiled, vec![whole])?;
    for target in targets {
        mosaic.cut(target.frame, &picture, target.voxels);
    }
    Ok(())
}

thread_local! {
    /// One frame as it stands in the file, kept from file to file.
    static FRAME: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

fn read_native<T: Sample>(
    instance: &Instance,
    native: NativePixels,
    target: &mut Target<T>,
) -> Result<(), IoError> {
    let layout = &instance.layout;
    if layout.bits_allocated == 1 && target.frame > 0 {
        return read_bits(instance, native, target);
    }
    let length = layout.frame_bytes();
    let start = (target.frame as u64) * (length as u64);
    FRAME.with_borrow_mut(|bytes| {
        read_at(instance, &native, start, length, bytes)?;
        if native.big_endian && native.words && layout.bits_allocated == 8 {
            bytes
                .as_chunks_mut::<2>()
                .0
                .iter_mut()
                .for_each(|word| word.reverse());
        }
        layout.convert(bytes, native.big_endian, target.voxels);
        Ok(())
    })
}

/// Single-bit frames follow each other without padding.
fn read_bits<T: Sample>(
    instance: &Instance,
    native: NativePixels,
    target: &mut Target<T>,
) -> Result<(), IoError> {
    let pixels = instance.layout.pixels();
    let first = target.frame * pixels;
    let length = (first % 8 + pixels).div_ceil(8);
    let mut bytes = Vec::new();
    read_at(instance, &native, (first / 8) as u64, length, &mut bytes)?;
    for (at, voxel) in target.voxels.iter_mut().enumerate() {
        let bit = first % 8 + at;
        let byte = bytes.get(bit / 8).copied().unwrap_or_default();
        *voxel = T::from_i64(i64::from(byte >> (bit % 8) & 1));
    }
    Ok(())
}

fn read_at(
    instance: &Instance,
    native: &NativePixels,
    start: u64,
    length: usize,
    bytes: &mut Vec<u8>,
) -> Result<(), IoError> {
    source::read_native(&instance.path, native, start, length, bytes)
        .map_err(|error| IoError::io(&instance.path, error))
}

fn decode_frame<T: Sample>(
    instance: &Instance,
    object: &DefaultDicomObject,
    target: &mut Target<T>,
) -> Result<(), IoError> {
    let frame = quietly(|| decompress(instance, object, target.frame)).unwrap_or(Err(
        Failure::Damaged("a compressed frame cannot be decoded".to_owned()),
    ));
    let frame = match frame {
        Ok(frame) => frame,
        Err(Failure::Damaged(what)) => return Err(IoError::corrupt(&instance.path, what)),
        Err(Failure::Unsupported(what)) => {
            return Err(IoError::unsupported(
                &instance.path,
                what,
                "convert the files to an uncompressed transfer syntax, for example with gdcmconv --raw",
            ));
        }
    };
    let mut layout = instance.layout.clone();
    layout.planar = false;
    if frame.is_rgb {
        layout.photometric = Photometric::Rgb;
    } else if layout.photometric == Photometric::YbrFull422 {
        // Codecs give every pixel its chroma.
        layout.photometric = Photometric::YbrFull;
    }
    if frame.bytes.len() < layout.frame_bytes() {
        return Err(IoError::corrupt(
            &instance.path,
            "a compressed frame holds fewer pixels than the header says",
        ));
    }
    layout.convert(&frame.bytes, false, target.voxels);
    Ok(())
}

/// A frame out of its codec: little endian, colours side by side.
struct Decompressed {
    bytes: Vec<u8>,
    /// The codec has already made it red, green, blue.
    is_rgb: bool,
}

enum Failure {
    Damaged(String),
    Unsupported(String),
}

impl From<&'static str> for Failure {
    fn from(what: &'static str) -> Self {
        Self::Damaged(what.to_owned())
    }
}

fn decompress(
    instance: &Instance,
    object: &DefaultDicomObject,
    frame: usize,
) -> Result<Decompressed, Failure> {
    let layout = &instance.layout;
    let stored = || frame_bytes(object, frame, instance.stored_frames);
    match instance.transfer_syntax.as_str() {
        uids::RLE_LOSSLESS => {
            let sample_bytes = usize::from(layout.bits_allocated / 8);
            let bytes = rle::decode(&stored()?, layout.pixels(), layout.samples, sample_bytes)?;
            Ok(Decompressed {
                bytes,
                is_rgb: false,
            })
        }
        uids::JPEGLS_LOSSLESS | uids::JPEGLS_NEAR_LOSSLESS => jpeg_ls(instance, &stored()?),
        uids::JPEG_BASELINE8_BIT
        | uids::JPEG_EXTENDED12_BIT
        | uids::JPEG_LOSSLESS
        | uids::JPEG_LOSSLESS_SV1 => jpeg(instance, &stored()?),
        uids::JPEG2000_LOSSLESS | uids::JPEG2000 => {
            check_jpeg_2000_size(instance, &stored()?)?;
            let decoded = object
                .decode_pixel_data_frame(frame as u32)
                .map_err(|_| "a JPEG 2000 frame cannot be decoded")?;
            Ok(Decompressed {
                bytes: decoded.data().to_vec(),
                is_rgb: false,
            })
        }
        other => Err(Failure::Unsupported(format!(
            "the compression {}",
            transfer_syntax_name(other)
        ))),
    }
}

/// The name of a transfer syntax people know it by, else its UID.
pub(super) fn transfer_syntax_name(uid: &str) -> String {
    match uid {
        uids::MPEG2MPML | uids::MPEG2MPHL => "MPEG-2 video".to_owned(),
        uids::MPEG4HP41 | uids::MPEG4HP41BD | uids::MPEG4HP422D | uids::MPEG4HP423D => {
            "MPEG-4 video".to_owned()
        }
        uids::HEVCMP51 | uids::HEVCM10P51 => "HEVC video".to_owned(),
        uids::JPEGXL | uids::JPEGXL_LOSSLESS => "JPEG XL".to_owned(),
        uids::HTJ2K | uids::HTJ2K_LOSSLESS | uids::HTJ2K_LOSSLESS_RPCL => {
            "High-Throughput JPEG 2000".to_owned()
        }
        other => format!("with transfer syntax {other}"),
    }
}

/// The bytes of one compressed frame: its own fragment, or the fragments that its offset covers.
fn frame_bytes(
    object: &DefaultDicomObject,
    frame: usize,
    frames: usize,
) -> Result<Cow<'_, [u8]>, Failure> {
    let element = object.get(tags::PIXEL_DATA).ok_or("it has no pixel data")?;
    let fragments = element
        .fragments()
        .ok_or("its compressed pixel data are not in fragments")?;
    if frames == 1 {
        return Ok(match fragments {
            [one] => Cow::Borrowed(one),
            many => Cow::Owned(many.concat()),
        });
    }
    if fragments.len() == frames {
        let fragment = fragments
            .get(frame)
            .ok_or("a compressed frame is missing")?;
        return Ok(Cow::Borrowed(fragment));
    }
    let offsets = element.offset_table().unwrap_or_default();
    if offsets.len() != frames {
        return Err("the fragments of its compressed frames cannot be told apart".into());
    }
    let start = offsets.get(frame).copied().unwrap_or_default();
    let end = offsets.get(frame + 1).copied().unwrap_or(u32::MAX);
    let mut at = 0u32;
    let mut bytes = Vec::new();
    for fragment in fragments {
        if (start..end).contains(&at) {
            bytes.extend_from_slice(fragment);
        }
        at = at.saturating_add(fragment.len() as u32).saturating_add(8);
    }
    Ok(Cow::Owned(bytes))
}

fn jpeg_ls(instance: &Instance, stored: &[u8]) -> Result<Decompressed, Failure> {
    let layout = &instance.layout;
    let decode = |stored: &[u8]| jpegls::decode(stored, layout.columns as u32, layout.rows as u32);
    let decoded = decode(stored).or_else(|error| match without_pad_byte(stored) {
        Some(stored) => decode(&stored),
        None => Err(error),
    });
    let (numbers, ..) = decoded.map_err(|error| match error {
        jpegls::CodecError::Unsupported(_) => {
            Failure::Unsupported("JPEG-LS with colour or restart markers".to_owned())
        }
        _ => "a JPEG-LS frame cannot be decoded".into(),
    })?;
    let bytes = if layout.bits_allocated == 8 {
        numbers.iter().map(|number| *number as u8).collect()
    } else {
        numbers
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect()
    };
    Ok(Decompressed {
        bytes,
        is_rgb: false,
    })
}

/// Some encoders write a zero byte before the end marker (FFD9), at which the decoder stumbles.
fn without_pad_byte(stored: &[u8]) -> Option<Vec<u8>> {
    let end = stored.windows(2).rposition(|pair| pair == [0xFF, 0xD9])?;
    let scan = stored.get(..end)?.strip_suffix(&[0])?;
    Some([scan, &[0xFF, 0xD9]].concat())
}

fn jpeg(instance: &Instance, stored: &[u8]) -> Result<Decompressed, Failure> {
    let layout = &instance.layout;
    if layout.samples == 1 && layout.bits_allocated == 16 && jpeg12::is_gray12(stored) {
        let samples = jpeg12::decode(stored, layout.columns, layout.rows)?;
        return Ok(Decompressed {
            bytes: samples
                .iter()
                .flat_map(|sample| sample.to_le_bytes())
                .collect(),
            is_rgb: false,
        });
    }
    let mut decoder = jpeg_decoder::Decoder::new(stored);
    let marked = |name: &[u8]| {
        let head = stored.get(..stored.len().min(1024)).unwrap_or_default();
        head.windows(name.len()).any(|window| window == name)
    };
    // Without a marker of its own the DICOM header tells what the three components are.
    if layout.photometric == Photometric::Rgb && !marked(b"JFIF\0") && !marked(b"Adobe") {
        decoder.set_color_transform(jpeg_decoder::ColorTransform::RGB);
    }
    decoder.read_info().map_err(|error| jpeg_failure(&error))?;
    let info = decoder.info().ok_or("a JPEG frame has no header")?;
    if usize::from(info.width) != layout.columns || usize::from(info.height) != layout.rows {
        return Err("a JPEG frame has another size than the header says".into());
    }
    let decoded = decoder.decode().map_err(|error| jpeg_failure(&error))?;
    let is_lossless = info.coding_process == jpeg_decoder::CodingProcess::Lossless;
    let numbers = layout.pixels() * layout.samples;
    let bytes = match (decoded.len(), layout.bits_allocated) {
        (length, 16) if length == numbers => decoded.iter().flat_map(|byte| [*byte, 0]).collect(),
        (length, 8) if length == numbers => decoded,
        (length, 16) if length == 2 * numbers => decoded,
        _ => return Err("a JPEG frame has another depth than the header says".into()),
    };
    Ok(Decompressed {
        bytes,
        is_rgb: !is_lossless && layout.samples == 3,
    })
}

fn jpeg_failure(error: &jpeg_decoder::Error) -> Failure {
    use jpeg_decoder::{Error, UnsupportedFeature};
    match error {
        Error::Unsupported(UnsupportedFeature::SamplePrecision(bits)) => {
            Failure::Unsupported(format!("JPEG with {bits} bits a sample"))
        }
        Error::Unsupported(_) => Failure::Unsupported("this kind of JPEG".to_owned()),
        _ => "a JPEG frame cannot be decoded".into(),
    }
}

/// The decoder trusts the code stream for the size; the header must agree (ISO 15444-1 A.5.1).
fn check_jpeg_2000_size(instance: &Instance, stored: &[u8]) -> Result<(), Failure> {
    // Behind SOC (FF4F) comes SIZ (FF51): length, capabilities, size, offset.
    if stored.get(..4) != Some(&[0xFF, 0x4F, 0xFF, 0x51]) {
        return Ok(());
    }
    let word = |at: usize| -> Option<u32> {
        Some(u32::from_be_bytes(stored.get(at..at + 4)?.try_into().ok()?))
    };
    let extent = |end: usize, start: usize| Some(word(end)?.checked_sub(word(start)?)? as usize);
    let (columns, rows) = (extent(8, 16), extent(12, 20));
    if columns == Some(instance.layout.columns) && rows == Some(instance.layout.rows) {
        return Ok(());
    }
    Err("a JPEG 2000 frame has another size than the header says".into())
}
