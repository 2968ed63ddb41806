//! VTK's legacy format, structured points: lines of text, then voxels as text or big-endian numbers.
//!
//! Axes are taken as LPS, as ITK does: the format does not say where the patient lies.

use super::numbers::{ByteOrder, Components, Layout, read_voxels};
use super::source::Source;
use super::text::read_text;
use super::{FoundImage, IoError, Report};
use crate::geometry::Grid;
use crate::volume::{Content, Format, Notice, NoticeKind, Rescale, Volume, VoxelType};
use nalgebra::Matrix3;
use std::path::Path;
use std::str::FromStr;

const MAGIC: &[u8] = b"# vtk DataFile Version";

/// The longest header that is read.
const LONGEST: usize = 16 << 10;

/// Whether the first bytes of a file are those of a legacy VTK file.
pub(super) fn is_header(start: &[u8]) -> bool {
    start.starts_with(MAGIC)
}

/// Looks at the header of an image.
pub(super) fn scan(path: &Path) -> Result<FoundImage, IoError> {
    let header = Header::read(path)?;
    Ok(FoundImage::of_file(
        Format::Vtk,
        vec![path.to_owned()],
        header.layout.shape.to_vec(),
    ))
}

/// Reads an image found by [`scan`].
pub(super) fn load(image: &FoundImage, report: &Report) -> Result<Volume, IoError> {
    let path = image.path();
    let header = Header::read(path)?;
    let mut source = Source::open(path)?;
    source.skip(header.voxels_at)?;
    let data = if header.ascii {
        read_text(&mut source, header.voxel_type, &header.layout, report)?
    } else {
        let order = ByteOrder::Big;
        read_voxels(
            &mut source,
            header.voxel_type,
            order,
            &header.layout,
            report,
        )?
    };
    source.verify(report)?;
    report.progress(1.0);
    let mut meta = image.meta();
    meta.content = header.content;
    meta.notices.push(Notice::new(
        NoticeKind::NoGeometry,
        "VTK files do not say where the patient lies; axes are taken as LPS",
    ));
    Volume::new(header.grid, data, Rescale::IDENTITY, meta)
        .map_err(|e| IoError::corrupt(path, e.to_string()))
}

#[derive(Debug)]
struct Header {
    layout: Layout,
    voxel_type: VoxelType,
    grid: Grid,
    ascii: bool,
    content: Content,
    /// Byte of the first voxel.
    voxels_at: u64,
}

/// The array of one number, or several, a point.
struct Attribute {
    voxel_type: VoxelType,
    components: usize,
    content: Content,
}

impl Header {
    fn read(path: &Path) -> Result<Self, IoError> {
        let start = Source::open(path)?.read_up_to(LONGEST)?;
        let mut lines = Lines {
            start: &start,
            at: 0,
            path,
        };
        lines.next()?;
        // The title may say anything.
        lines.next()?;
        let ascii = match lines.next()?.to_ascii_uppercase().as_str() {
            "ASCII" => true,
            "BINARY" => false,
            _ => {
                return Err(IoError::corrupt(
                    path,
                    "its third line is neither ASCII nor BINARY",
                ));
            }
        };
        let (mut shape, mut spacing, mut origin) = (None, [1.0; 3], [0.0; 3]);
        let attribute = loop {
            let line = lines.next()?;
            let (key, value) = line.split_once(char::is_whitespace).unwrap_or((&line, ""));
            match key.to_ascii_uppercase().as_str() {
                "DATASET" if !value.trim().eq_ignore_ascii_case("STRUCTURED_POINTS") => {
                    return Err(IoError::unsupported(
                        path,
                        format!("VTK with a {}", value.trim()),
                        "save the image as STRUCTURED_POINTS",
                    ));
                }
                "DIMENSIONS" => shape = Some(lines.triple::<usize>(value)?),
                "SPACING" | "ASPECT_RATIO" => spacing = lines.triple(value)?,
                "ORIGIN" => origin = lines.triple(value)?,
                "SCALARS" | "VECTORS" | "NORMALS" | "COLOR_SCALARS" => {
                    break Attribute::parse(key, value, ascii, path)?;
                }
                "CELL_DATA" | "FIELD" | "TENSORS" | "TEXTURE_COORDINATES" | "LOOKUP_TABLE" => {
                    return Err(IoError::unsupported(
                        path,
                        format!("VTK with {key} first"),
                        "save the image with SCALARS or VECTORS of its points",
                    ));
                }
                _ => {}
            }
        };
        lines.pass_lookup_table()?;
        let shape = shape.ok_or_else(|| IoError::corrupt(path, "its header has no DIMENSIONS"))?;
        Ok(Self {
            layout: Layout {
                shape,
                time_points: 1,
                components: Components::Interleaved(attribute.components),
            },
            voxel_type: attribute.voxel_type,
            grid: Grid::from_lps(shape, origin, Matrix3::identity(), spacing)
                .map_err(|e| IoError::corrupt(path, e.to_string()))?,
            ascii,
            content: attribute.content,
            voxels_at: lines.at as u64,
        })
    }
}

impl Attribute {
    /// `SCALARS name type [components]`, `VECTORS name type` or `COLOR_SCALARS name components`.
    fn parse(key: &str, value: &str, ascii: bool, path: &Path) -> Result<Self, IoError> {
        let nonsense = || IoError::corrupt(path, format!("the {key} line makes no sense"));
        let words: Vec<&str> = value.split_whitespace().collect();
        let second = words.get(1).ok_or_else(nonsense)?;
        if key.eq_ignore_ascii_case("COLOR_SCALARS") {
            // As text colours are fractions of 1.
            let voxel_type = if ascii { VoxelType::F32 } else { VoxelType::U8 };
            return Self::new(voxel_type, second.parse().ok()).ok_or_else(nonsense);
        }
        let components = match (key.eq_ignore_ascii_case("SCALARS"), words.get(2)) {
            (false, _) => Some(3),
            (true, None) => Some(1),
            (true, Some(count)) => count.parse().ok(),
        };
        Self::new(voxel_type(second, path)?, components).ok_or_else(nonsense)
    }

    fn new(voxel_type: VoxelType, components: Option<usize>) -> Option<Self> {
        let components = components?;
        let content = match components {
            0 => return None,
            1 => Content::Scalar,
            3 | 4 if voxel_type == VoxelType::U8 => Content::Color,
            _ => Content::Vector,
        };
        Some(Self {
            voxel_type,
            components,
            content,
        })
    }
}

fn voxel_type(name: &str, path: &Path) -> Result<VoxelType, IoError> {
    Ok(match name.to_ascii_lowercase().as_str() {
        "char" | "signed_char" => VoxelType::I8,
        "unsigned_char" => VoxelType::U8,
        "short" => VoxelType::I16,
        "unsigned_short" => VoxelType::U16,
        "int" => VoxelType::I32,
        "unsigned_int" => VoxelType::U32,
        "long" | "long_long" | "vtktypeint64" | "vtkidtype" => VoxelType::I64,
        "unsigned_long" | "unsigned_long_long" | "vtktypeuint64" => VoxelType::U64,
        "float" => VoxelType::F32,
        "double" => VoxelType::F64,
        "bit" => {
            return Err(IoError::unsupported(
                path,
                "VTK with one bit a voxel",
                "save it as unsigned_char",
            ));
        }
        _ => return Err(IoError::corrupt(path, "its voxel type does not exist")),
    })
}

/// The lines of a header, one after the other.
struct Lines<'a> {
    start: &'a [u8],
    /// Byte of the next line.
    at: usize,
    path: &'a Path,
}

impl Lines<'_> {
    fn next(&mut self) -> Result<String, IoError> {
        let rest = self.start.get(self.at..).unwrap_or_default();
        let length = rest
            .iter()
            .position(|&b| b == b'\n')
            .ok_or_else(|| IoError::corrupt(self.path, "its header ends early"))?;
        self.at += length + 1;
        Ok(String::from_utf8_lossy(&rest[..length]).trim().to_owned())
    }

    /// A line that names the colours of scalars may follow them.
    fn pass_lookup_table(&mut self) -> Result<(), IoError> {
        const KEY: &[u8] = b"LOOKUP";
        let rest = self.start.get(self.at..).unwrap_or_default();
        if rest.len() >= KEY.len() && rest[..KEY.len()].eq_ignore_ascii_case(KEY) {
            self.next()?;
        }
        Ok(())
    }

    fn triple<T: FromStr>(&self, text: &str) -> Result<[T; 3], IoError> {
        let numbers: Result<Vec<T>, _> = text.split_whitespace().map(str::parse).collect();
        let numbers = numbers.ok().and_then(|numbers| numbers.try_into().ok());
        numbers.ok_or_else(|| {
            IoError::corrupt(self.path, "a line of its header lacks its three numbers")
        })
    }
}
