//! PNG, JPEG and TIFF as images of one slice, on the grid ITK gives them: identity direction in LPS,
//! origin 0, spacing 1 mm; i to the right, j down.

mod resolution;

use super::source::Source;
use super::{FoundImage, IoError, Report};
use crate::geometry::Grid;
use crate::volume::{Content, Format, Meta, Notice, NoticeKind, Rescale, Volume, Voxel, VoxelData};
use image::error::{ImageError, UnsupportedErrorKind};
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use nalgebra::Matrix3;
use ndarray::Array5;
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Seek};
use std::path::Path;

/// No packing of these formats shrinks a picture further than this.
const TIGHTEST: u64 = 8192;

/// Memory a decoder may take beside the picture itself.
const SCRATCH: u64 = 64 << 20;

/// Looks at the size of a picture.
pub(super) fn scan(path: &Path, format: Format) -> Result<FoundImage, IoError> {
    let (width, height) = if Source::open(path)?.is_packed() {
        let bytes = read_file(path, &Report::silent())?;
        decoder(Cursor::new(bytes), format, path)?.dimensions()
    } else {
        let file = File::open(path).map_err(|e| IoError::io(path, e))?;
        decoder(BufReader::new(file), format, path)?.dimensions()
    };
    let shape = vec![width as usize, height as usize, 1];
    Ok(FoundImage::of_file(format, vec![path.to_owned()], shape))
}

/// Reads a picture found by [`scan`].
pub(super) fn load(image: &FoundImage, report: &Report) -> Result<Volume, IoError> {
    let path = image.path();
    let bytes = read_file(path, report)?;
    if image.format == Format::Jpeg && !is_whole_jpeg(&bytes) {
        return Err(IoError::corrupt(path, "it ends before the last pixel"));
    }
    let mut decoder = decoder(Cursor::new(&bytes), image.format, path)?;
    let need = decoder.total_bytes();
    if need > (bytes.len() as u64).saturating_mul(TIGHTEST) {
        return Err(IoError::corrupt(path, "its size is impossibly large"));
    }
    report.check_memory(path, need)?;
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(need.saturating_mul(2).saturating_add(SCRATCH));
    let picture = decoder
        .set_limits(limits)
        .and_then(|()| DynamicImage::from_decoder(decoder))
        .map_err(|e| decode_error(path, e))?;
    report.progress(1.0);

    let mut meta = image.meta();
    if let Some([width, height]) = resolution::pixel_mm(&bytes, image.format) {
        meta.notices.push(Notice::new(
            NoticeKind::Resolution,
            format!(
                "the file states pixels of {width:.4} x {height:.4} mm; they are taken as 1 mm"
            ),
        ));
    }
    let shape = [picture.width() as usize, picture.height() as usize, 1];
    let data = voxels(picture, &mut meta)
        .ok_or_else(|| IoError::corrupt(path, "its size contradicts its pixels"))?;
    let grid = Grid::from_lps(shape, [0.0; 3], Matrix3::identity(), [1.0; 3])
        .map_err(|e| IoError::corrupt(path, e.to_string()))?;
    Volume::new(grid, data, Rescale::IDENTITY, meta)
        .map_err(|e| IoError::corrupt(path, e.to_string()))
}

fn read_file(path: &Path, report: &Report) -> Result<Vec<u8>, IoError> {
    let mut source = Source::open(path)?;
    let most = source.remaining().min(report.memory_limit());
    source.read_up_to(usize::try_from(most).unwrap_or(usize::MAX))
}

/// Whether the end marker follows the last scan; the decoder fills what is missing with grey.
fn is_whole_jpeg(bytes: &[u8]) -> bool {
    let last = |marker: [u8; 2]| bytes.windows(2).rposition(|pair| pair == marker);
    last([0xff, 0xd9]) > last([0xff, 0xda])
}

fn decoder<'a, R: BufRead + Seek + 'a>(
    bytes: R,
    format: Format,
    path: &Path,
) -> Result<impl ImageDecoder + use<'a, R>, IoError> {
    let format = match format {
        Format::Png => ImageFormat::Png,
        Format::Jpeg => ImageFormat::Jpeg,
        _ => ImageFormat::Tiff,
    };
    ImageReader::with_format(bytes, format)
        .into_decoder()
        .map_err(|e| decode_error(path, e))
}

/// Whose fault it is that a picture cannot be decoded.
fn decode_error(path: &Path, error: ImageError) -> IoError {
    match error {
        ImageError::Unsupported(what) => {
            let what = match what.kind() {
                UnsupportedErrorKind::Color(color) => format!("a picture of colour type {color:?}"),
                _ => what.to_string(),
            };
            IoError::unsupported(path, what, "save it with 8 or 16 bits, grey or RGB")
        }
        ImageError::Limits(_) => IoError::corrupt(path, "its size is impossibly large"),
        ImageError::IoError(e) => super::source::read_error(path, e),
        other => IoError::corrupt(path, one_line(&other.to_string())),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Grey stays one number; an alpha beside grey is dropped, one beside colour kept.
fn voxels(picture: DynamicImage, meta: &mut Meta) -> Option<VoxelData> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let components = usize::from(picture.color().channel_count());
    if components >= 3 {
        meta.content = Content::Color;
    }
    fn wrap<T: Voxel>(pixels: Vec<T>, dim: [usize; 3]) -> Option<VoxelData> {
        let [height, width, components] = dim;
        let array = Array5::from_shape_vec((1, 1, height, width, components), pixels).ok()?;
        Some(T::wrap(array))
    }
    let grey = [height, width, 1];
    let color = [height, width, components];
    let picture = match picture {
        DynamicImage::ImageLumaA8(_) | DynamicImage::ImageLumaA16(_) => {
            meta.notices.push(Notice::new(
                NoticeKind::Other,
                "the picture's transparency is left out",
            ));
            match picture {
                DynamicImage::ImageLumaA8(_) => DynamicImage::ImageLuma8(picture.into_luma8()),
                _ => DynamicImage::ImageLuma16(picture.into_luma16()),
            }
        }
        other => other,
    };
    match picture {
        DynamicImage::ImageLuma8(p) => wrap(p.into_raw(), grey),
        DynamicImage::ImageLuma16(p) => wrap(p.into_raw(), grey),
        DynamicImage::ImageRgb8(p) => wrap(p.into_raw(), color),
        DynamicImage::ImageRgba8(p) => wrap(p.into_raw(), color),
        DynamicImage::ImageRgb16(p) => wrap(p.into_raw(), color),
        DynamicImage::ImageRgba16(p) => wrap(p.into_raw(), color),
        DynamicImage::ImageRgb32F(p) => wrap(p.into_raw(), color),
        DynamicImage::ImageRgba32F(p) => wrap(p.into_raw(), color),
        _ => None,
    }
}
