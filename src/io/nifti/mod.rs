//! NIfTI-1, NIfTI-2 and Analyze 7.5, as one file or as a header beside a voxel file.

mod analyze;
mod edit;
mod forms;
mod header;
mod new_header;
mod placement;
mod write;

pub use analyze::{analyze_files, write_analyze};
pub use edit::{editable_fields, with_header_field};
pub use forms::{Forms, FormsError};
pub(super) use header::Magic;
pub(super) use new_header::is_planar;
pub use placement::QForm;
pub use write::{check_nifti_target, write_nifti};

use super::numbers::{Components, Layout, float128, read_converted, read_voxels};
use super::source::Source;
use super::{FoundImage, IoError, Report, sniff};
use crate::volume::{
    Content, Format, Linear, Meta, NamedWindow, NiftiMeta, Notice, NoticeKind, Rescale, TimeAxis,
    Volume, VoxelData, VoxelType,
};
use header::Header;
use new_header::{NewHeader, Numbers};
use std::path::{Path, PathBuf};

/// How the numbers of an image are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stored {
    Plain(VoxelType),
    /// Bytes of red, green, blue and perhaps alpha.
    Color(usize),
    Float128,
    Complex64,
    Complex128,
    Complex256,
}

impl Stored {
    /// Bytes of one number, or of one colour.
    fn size(self) -> usize {
        match self {
            Self::Plain(voxel_type) => voxel_type.size(),
            Self::Color(components) => components,
            Self::Complex64 => 8,
            Self::Float128 | Self::Complex128 => 16,
            Self::Complex256 => 32,
        }
    }
}

/// Looks at the header of an image; of a pair, `path` is the header file.
pub(super) fn scan(path: &Path) -> Result<FoundImage, IoError> {
    let header = read_header(path)?;
    let layout = layout(&header, path)?;
    let mut files = vec![path.to_owned()];
    if header.pair {
        let voxels = sniff::sibling(path, "img").ok_or_else(|| missing_voxels(path, &header))?;
        files.push(voxels);
    }
    check_size(&header, &layout, &files)?;
    let mut shape = layout.shape.to_vec();
    if layout.time_points > 1 {
        shape.push(layout.time_points);
    }
    Ok(FoundImage::of_file(header.format, files, shape))
}

/// Reads an image found by [`scan`].
pub(super) fn load(image: &FoundImage, report: &Report) -> Result<Volume, IoError> {
    let path = image.path();
    let header = read_header(path)?;
    let layout = layout(&header, path)?;
    let stored = stored(&header, path)?;
    let mut meta = image.meta();
    let placement = placement::place(&header, layout.shape, &mut meta.notices)
        .map_err(|e| IoError::corrupt(path, e.to_string()))?;
    let rescale = rescale(&header, stored, &mut meta.notices);
    describe(&header, stored, &layout, &mut meta);
    let grid = placement.grid;
    meta.nifti = Some(NiftiMeta {
        sform: placement.sform,
        qform: placement.qform,
        fields: header.fields.clone(),
    });

    let mut source = Source::open(image.files.get(1).map_or(path, |voxels| voxels))?;
    source.skip(voxel_offset(&header, path)?)?;
    let layout = Layout {
        components: match stored {
            Stored::Color(n) => Components::Interleaved(n),
            _ => layout.components,
        },
        ..layout
    };
    let data = read(&mut source, &header, stored, &layout, rescale, report)?;
    source.verify(report)?;
    report.progress(1.0);
    let rescale = match stored {
        Stored::Complex64 | Stored::Complex128 | Stored::Complex256 => Linear::IDENTITY,
        _ => rescale,
    };
    Volume::new(grid, data, Rescale::Uniform(rescale), meta)
        .map_err(|e| IoError::corrupt(path, e.to_string()))
}

/// The image with the NIfTI header that a file of it would have now, where it was read with one: after
/// a change of the grid the header as read would no longer be true.
pub fn with_current_header(volume: &Volume) -> Volume {
    if volume.meta().nifti.is_none() {
        return volume.clone();
    }
    volume.with_meta(Meta {
        nifti: nifti_header(volume),
        ..volume.meta().clone()
    })
}

/// The header that a NIfTI file of the image would have; `None` for what cannot be placed.
pub fn nifti_header(volume: &Volume) -> Option<NiftiMeta> {
    // What cannot be written as it is, the writer says when it writes.
    let mut notices = Vec::new();
    let header = NewHeader::new(volume, Numbers::of(volume), &mut notices).bytes();
    let header = Header::parse(&header).ok()?;
    let shape = volume.grid().shape();
    let placed = placement::place(&header, shape, &mut notices).ok()?;
    Some(NiftiMeta {
        fields: header.fields,
        sform: placed.sform,
        qform: placed.qform,
    })
}

/// An error when the last of `files` is too small for the voxels.
fn check_size(header: &Header, layout: &Layout, files: &[PathBuf]) -> Result<(), IoError> {
    let Some(file) = files.last() else {
        return Ok(());
    };
    let offset = voxel_offset(header, file)?;
    let size = stored(header, file)?.size();
    let need = layout
        .count()
        .and_then(|count| count.checked_mul(size))
        .and_then(|bytes| offset.checked_add(bytes as u64));
    Source::open(file)?.check_holds(need.unwrap_or(u64::MAX))
}

fn read_header(path: &Path) -> Result<Header, IoError> {
    let start = Source::open(path)?.read_up_to(header::LARGEST)?;
    Header::parse(&start).map_err(|what| IoError::corrupt(path, what))
}

fn missing_voxels(path: &Path, header: &Header) -> IoError {
    let named_header = sniff::suffix(path).starts_with("hdr");
    let what = match (header.format, named_header) {
        (Format::Analyze, false) => "its NIfTI magic number is missing",
        _ => "its voxel file, of the same name ending in .img, is missing",
    };
    IoError::corrupt(path, what)
}

/// Sizes from `dim`: x, y, z, time, then components; what lies beyond is folded into these.
fn layout(header: &Header, path: &Path) -> Result<Layout, IoError> {
    let dimensions = header.dim[0];
    if !(1..=7).contains(&dimensions) {
        return Err(IoError::corrupt(
            path,
            format!("dim[0], the number of dimensions, is {dimensions}"),
        ));
    }
    let mut sizes = [1usize; 7];
    for (axis, size) in sizes.iter_mut().enumerate().take(dimensions as usize) {
        let stored = header.dim[axis + 1];
        *size = usize::try_from(stored)
            .ok()
            .filter(|&n| n > 0)
            .ok_or_else(|| IoError::corrupt(path, format!("dim[{}] is {stored}", axis + 1)))?;
    }
    let [nx, ny, nz, time_points, rest @ ..] = sizes;
    let components = rest
        .into_iter()
        .try_fold(1usize, usize::checked_mul)
        .ok_or_else(|| IoError::corrupt(path, "its sizes are impossibly large"))?;
    Ok(Layout {
        shape: [nx, ny, nz],
        time_points,
        components: Components::Apart(components),
    })
}

/// Type codes from nifti1.h.
fn stored(header: &Header, path: &Path) -> Result<Stored, IoError> {
    Ok(match header.datatype {
        2 => Stored::Plain(VoxelType::U8),
        4 => Stored::Plain(VoxelType::I16),
        8 => Stored::Plain(VoxelType::I32),
        16 => Stored::Plain(VoxelType::F32),
        32 => Stored::Complex64,
        64 => Stored::Plain(VoxelType::F64),
        128 => Stored::Color(3),
        256 => Stored::Plain(VoxelType::I8),
        512 => Stored::Plain(VoxelType::U16),
        768 => Stored::Plain(VoxelType::U32),
        1024 => Stored::Plain(VoxelType::I64),
        1280 => Stored::Plain(VoxelType::U64),
        1536 => Stored::Float128,
        1792 => Stored::Complex128,
        2048 => Stored::Complex256,
        2304 => Stored::Color(4),
        1 => {
            return Err(IoError::unsupported(
                path,
                "NIfTI with one bit a voxel",
                "convert it to uint8",
            ));
        }
        other => {
            return Err(IoError::corrupt(
                path,
                format!("datatype {other} does not exist"),
            ));
        }
    })
}

/// Where the voxels start. In a single file they cannot start inside the header.
fn voxel_offset(header: &Header, path: &Path) -> Result<u64, IoError> {
    let offset = header.vox_offset;
    if !(offset.is_finite() && offset >= 0.0) {
        return Err(IoError::corrupt(path, format!("vox_offset is {offset}")));
    }
    let least = match (header.pair, header.format) {
        (true, _) => 0,
        (false, Format::Nifti2) => 544,
        (false, _) => 352,
    };
    Ok((offset as u64).max(least))
}

/// Slope and intercept by nibabel's rule: none when the slope is 0 or not finite. Colour has none.
fn rescale(header: &Header, stored: Stored, notices: &mut Vec<Notice>) -> Linear {
    let (slope, intercept) = (header.slope, header.inter);
    let mut ignored = |why: String| {
        notices.push(Notice::new(NoticeKind::ScalingIgnored, why));
    };
    if matches!(stored, Stored::Color(_)) {
        return Linear::IDENTITY;
    }
    if !slope.is_finite() || slope == 0.0 {
        if slope == 0.0 && intercept.is_finite() && intercept != 0.0 {
            ignored(format!(
                "the header has slope 0 and intercept {intercept}; values are shown as stored"
            ));
        }
        return Linear::IDENTITY;
    }
    if !intercept.is_finite() {
        ignored("the header's intercept is no number; it is taken as 0".to_owned());
        return Linear {
            slope,
            intercept: 0.0,
        };
    }
    Linear { slope, intercept }
}

/// What the header says beside geometry and scaling.
fn describe(header: &Header, stored: Stored, layout: &Layout, meta: &mut Meta) {
    let (Components::Apart(components) | Components::Interleaved(components)) = layout.components;
    let rgb_vector = matches!(header.intent_code, 2003 | 2004) && (3..=4).contains(&components);
    meta.content = match stored {
        Stored::Color(_) => Content::Color,
        _ if rgb_vector => Content::Color,
        _ if components > 1 => Content::Vector,
        _ => Content::Scalar,
    };
    let beyond = &header.dim[6..=(header.dim[0] as usize).max(5)];
    if beyond.iter().any(|&n| n > 1) {
        meta.notices.push(Notice::new(
            NoticeKind::DimensionsFolded,
            format!(
                "the image has {} dimensions; those beyond the fourth are shown as {components} components",
                header.dim[0]
            ),
        ));
    }
    match stored {
        Stored::Complex64 | Stored::Complex128 | Stored::Complex256 => {
            meta.notices.push(Notice::new(
                NoticeKind::ComplexMagnitude,
                "the voxels are complex numbers; their magnitude is shown",
            ));
        }
        Stored::Float128 => meta.notices.push(Notice::new(
            NoticeKind::TypeConverted,
            "the voxels are 128-bit floats; they are kept as float64",
        )),
        Stored::Plain(_) | Stored::Color(_) => {}
    }
    if header.cal_max > header.cal_min {
        meta.windows.push(NamedWindow {
            name: "Header range".to_owned(),
            center: (header.cal_min + header.cal_max) / 2.0,
            width: header.cal_max - header.cal_min,
        });
    }
    let step = header.pixdim[4];
    if layout.time_points > 1 && step.is_finite() && step > 0.0 {
        let unit = match header.xyzt_units & 0x38 {
            8 => "s",
            16 => "ms",
            24 => "us",
            32 => "Hz",
            40 => "ppm",
            48 => "rad/s",
            _ => "",
        };
        meta.time = Some(TimeAxis {
            step,
            unit: unit.to_owned(),
        });
    }
}

fn read(
    source: &mut Source,
    header: &Header,
    stored: Stored,
    layout: &Layout,
    rescale: Linear,
    report: &Report,
) -> Result<VoxelData, IoError> {
    let order = header.order;
    let magnitude = |re: f64, im: f64| rescale.apply(re).hypot(rescale.slope * im);
    match stored {
        Stored::Plain(voxel_type) => read_voxels(source, voxel_type, order, layout, report),
        Stored::Color(_) => read_voxels(source, VoxelType::U8, order, layout, report),
        Stored::Float128 => read_converted::<f64, 16, 16>(source, order, layout, report, float128),
        Stored::Complex64 => read_converted::<f32, 8, 4>(source, order, layout, report, |bytes| {
            let [re, im] = halves(bytes).map(f32::from_le_bytes);
            magnitude(re.into(), im.into()) as f32
        }),
        Stored::Complex128 => {
            read_converted::<f64, 16, 8>(source, order, layout, report, |bytes| {
                let [re, im] = halves(bytes).map(f64::from_le_bytes);
                magnitude(re, im)
            })
        }
        Stored::Complex256 => {
            read_converted::<f64, 32, 16>(source, order, layout, report, |bytes| {
                let [re, im] = halves::<32, 16>(bytes).map(|part| float128(&part));
                magnitude(re, im)
            })
        }
    }
}

/// Real and imaginary part of one complex number.
fn halves<const WHOLE: usize, const HALF: usize>(bytes: &[u8; WHOLE]) -> [[u8; HALF]; 2] {
    [0, 1].map(|n| std::array::from_fn(|at| bytes[n * HALF + at]))
}
