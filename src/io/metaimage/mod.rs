//! MetaImage: a text header, with the voxels after it (`.mha`) or in a file beside it (`.mhd`).
//!
//! Keys and their meaning as in ITK's MetaIO; geometry is LPS there.

mod write;

pub(super) use write::write;

use super::numbers::{ByteOrder, Components, Layout, read_voxels};
use super::source::Source;
use super::text::read_text;
use super::{FoundImage, IoError, Report, sniff};
use crate::geometry::Grid;
use crate::volume::{Content, Format, Rescale, TimeAxis, Volume, VoxelType};
use nalgebra::Matrix3;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The longest header that is read.
const LONGEST: usize = 64 << 10;

/// Whether the first bytes of a file are a MetaImage header: lines of `Key = value` with NDims.
pub(super) fn is_header(start: &[u8]) -> bool {
    let text = String::from_utf8_lossy(start);
    let mut lines = text.lines();
    let is_entry = |line: &str| {
        line.split_once('=')
            .is_some_and(|(key, _)| is_key(key.trim()))
    };
    lines.next().is_some_and(is_entry)
        && text
            .lines()
            .any(|line| line.trim_start().starts_with("NDims"))
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Looks at the header of an image.
pub(super) fn scan(path: &Path) -> Result<FoundImage, IoError> {
    let header = Header::read(path)?;
    let mut files = vec![path.to_owned()];
    if let Voxels::Beside(file) = &header.voxels {
        if !file.is_file() {
            return Err(IoError::corrupt(path, "its voxel file is missing"));
        }
        files.push(file.clone());
    }
    let mut shape = header.layout.shape.to_vec();
    if header.layout.time_points > 1 {
        shape.push(header.layout.time_points);
    }
    Ok(FoundImage::of_file(Format::MetaImage, files, shape))
}

/// Reads an image found by [`scan`].
pub(super) fn load(image: &FoundImage, report: &Report) -> Result<Volume, IoError> {
    let path = image.path();
    let header = Header::read(path)?;
    let mut source = match &header.voxels {
        Voxels::After(start) => {
            let mut source = Source::open(path)?;
            source.skip(*start)?;
            source
        }
        Voxels::Beside(file) => Source::open(file)?,
    };
    header.skip_foreign(&mut source)?;
    if header.compressed {
        source = source.inflate()?;
    }
    let data = if header.ascii {
        read_text(&mut source, header.voxel_type, &header.layout, report)?
    } else {
        read_voxels(
            &mut source,
            header.voxel_type,
            header.order,
            &header.layout,
            report,
        )?
    };
    source.verify(report)?;
    report.progress(1.0);

    let mut meta = image.meta();
    let (Components::Interleaved(components) | Components::Apart(components)) =
        header.layout.components;
    meta.content = match (components, header.voxel_type) {
        (1, _) => Content::Scalar,
        (3 | 4, VoxelType::U8) => Content::Color,
        _ => Content::Vector,
    };
    meta.time = header.time_step.map(|step| TimeAxis {
        step,
        unit: String::new(),
    });
    Volume::new(header.grid, data, Rescale::IDENTITY, meta)
        .map_err(|e| IoError::corrupt(path, e.to_string()))
}

/// A header whose values have been checked against each other, though not against the voxels.
#[derive(Debug)]
struct Header {
    layout: Layout,
    grid: Grid,
    time_step: Option<f64>,
    voxel_type: VoxelType,
    order: ByteOrder,
    compressed: bool,
    ascii: bool,
    /// Bytes of another header before the voxels; `None`: the voxels are what the file ends with.
    foreign: Option<u64>,
    voxels: Voxels,
}

#[derive(Debug)]
enum Voxels {
    /// In the same file, from this byte on.
    After(u64),
    Beside(PathBuf),
}

impl Header {
    fn read(path: &Path) -> Result<Self, IoError> {
        let start = Source::open(path)?.read_up_to(LONGEST)?;
        let (entries, end) = Entries::parse(&start, path)?;
        Self::from_entries(&entries, end, path)
    }

    fn from_entries(entries: &Entries, end: u64, path: &Path) -> Result<Self, IoError> {
        let dimensions: usize = entries.number("NDims")?.unwrap_or(0);
        if !(2..=4).contains(&dimensions) {
            return Err(IoError::unsupported(
                path,
                format!("a MetaImage of {dimensions} dimensions"),
                "save it with 2 to 4",
            ));
        }
        let sizes: Vec<usize> = entries
            .numbers(&["DimSize"], dimensions)?
            .ok_or_else(|| entries.lacks("DimSize"))?;
        let components = entries.number("ElementNumberOfChannels")?.unwrap_or(1);
        if sizes.contains(&0) || components == 0 {
            return Err(IoError::corrupt(path, "one of its sizes is 0"));
        }
        let size = |axis: usize| sizes.get(axis).copied().unwrap_or(1);
        let layout = Layout {
            shape: [size(0), size(1), size(2)],
            time_points: size(3),
            components: Components::Interleaved(components),
        };
        let spacing: Vec<f64> = entries
            .numbers(&["ElementSpacing", "ElementSize"], dimensions)?
            .unwrap_or_else(|| vec![1.0; dimensions]);
        let order = if entries.flag(&["BinaryDataByteOrderMSB", "ElementByteOrderMSB"]) {
            ByteOrder::Big
        } else {
            ByteOrder::Little
        };
        Ok(Self {
            layout,
            grid: grid(entries, layout.shape, &spacing, path)?,
            time_step: spacing.get(3).copied().filter(|step| *step > 0.0),
            voxel_type: entries.voxel_type()?,
            order,
            compressed: entries.flag(&["CompressedData"]),
            ascii: entries.value(&["BinaryData"]).is_some() && !entries.flag(&["BinaryData"]),
            foreign: match entries.number::<i64>("HeaderSize")? {
                None => Some(0),
                Some(-1) => None,
                Some(bytes) => {
                    Some(u64::try_from(bytes).map_err(|_| entries.nonsense("HeaderSize"))?)
                }
            },
            voxels: entries.voxels(end)?,
        })
    }

    /// Goes to where the voxels start.
    fn skip_foreign(&self, source: &mut Source) -> Result<(), IoError> {
        if let Some(bytes) = self.foreign {
            return source.skip(bytes);
        }
        let bytes = self
            .layout
            .count()
            .and_then(|count| count.checked_mul(self.voxel_type.size()))
            .and_then(|bytes| source.remaining().checked_sub(bytes as u64))
            .ok_or_else(|| IoError::corrupt(source.path(), "it ends before the last voxel"))?;
        source.skip(bytes)
    }
}

/// The rows of TransformMatrix are the directions of the axes; a 2D image lies in the plane z = 0.
fn grid(
    entries: &Entries,
    shape: [usize; 3],
    spacing: &[f64],
    path: &Path,
) -> Result<Grid, IoError> {
    let n = spacing.len();
    let rows: Option<Vec<f64>> =
        entries.numbers(&["TransformMatrix", "Rotation", "Orientation"], n * n)?;
    let origin: Option<Vec<f64>> = entries.numbers(&["Offset", "Position", "Origin"], n)?;
    let direction = Matrix3::from_fn(|row, column| match &rows {
        Some(rows) if row < n && column < n => rows[column * n + row],
        _ => f64::from(u8::from(row == column)),
    });
    let at = |values: &[f64], axis: usize, otherwise: f64| {
        values
            .get(axis)
            .copied()
            .filter(|_| axis < 3)
            .unwrap_or(otherwise)
    };
    let origin = origin.unwrap_or_default();
    Grid::from_lps(
        shape,
        [0, 1, 2].map(|axis| at(&origin, axis, 0.0)),
        direction,
        [0, 1, 2].map(|axis| at(spacing, axis, 1.0)),
    )
    .map_err(|e| IoError::corrupt(path, e.to_string()))
}

/// The lines of a header.
struct Entries<'a> {
    path: &'a Path,
    lines: Vec<(String, String)>,
}

impl<'a> Entries<'a> {
    /// Reads lines until ElementDataFile, which is the last; and says where the next byte lies.
    fn parse(start: &[u8], path: &'a Path) -> Result<(Self, u64), IoError> {
        let mut lines = Vec::new();
        let mut end = 0;
        for line in start.split_inclusive(|&b| b == b'\n') {
            end += line.len() as u64;
            let line = String::from_utf8_lossy(line);
            let Some((key, value)) = line.split_once('=') else {
                continue;
            };
            let (key, value) = (key.trim().to_owned(), value.trim().to_owned());
            let last = key == "ElementDataFile";
            lines.push((key, value));
            if last {
                return Ok((Self { path, lines }, end));
            }
        }
        Err(IoError::corrupt(
            path,
            "its header has no ElementDataFile line",
        ))
    }

    fn value(&self, keys: &[&str]) -> Option<&str> {
        keys.iter().find_map(|wanted| {
            let (_, value) = self.lines.iter().find(|(key, _)| key == wanted)?;
            Some(value.as_str())
        })
    }

    fn flag(&self, keys: &[&str]) -> bool {
        self.value(keys)
            .is_some_and(|value| value.starts_with(['T', 't', '1']))
    }

    fn number<T: FromStr>(&self, key: &str) -> Result<Option<T>, IoError> {
        self.value(&[key])
            .map(|value| value.parse().map_err(|_| self.nonsense(key)))
            .transpose()
    }

    /// The numbers of the first of `keys` there is; there must be `count` of them.
    fn numbers<T: FromStr>(&self, keys: &[&str], count: usize) -> Result<Option<Vec<T>>, IoError> {
        let Some(value) = self.value(keys) else {
            return Ok(None);
        };
        let numbers: Vec<T> = value
            .split_whitespace()
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map_err(|_| self.nonsense(keys[0]))?;
        if numbers.len() != count {
            return Err(self.nonsense(keys[0]));
        }
        Ok(Some(numbers))
    }

    fn voxel_type(&self) -> Result<VoxelType, IoError> {
        let name = self
            .value(&["ElementType"])
            .ok_or_else(|| self.lacks("ElementType"))?;
        Ok(match name.strip_suffix("_ARRAY").unwrap_or(name) {
            "MET_CHAR" | "MET_ASCII_CHAR" => VoxelType::I8,
            "MET_UCHAR" => VoxelType::U8,
            "MET_SHORT" => VoxelType::I16,
            "MET_USHORT" => VoxelType::U16,
            // MetaIO's long has 4 bytes everywhere.
            "MET_INT" | "MET_LONG" => VoxelType::I32,
            "MET_UINT" | "MET_ULONG" => VoxelType::U32,
            "MET_LONG_LONG" => VoxelType::I64,
            "MET_ULONG_LONG" => VoxelType::U64,
            "MET_FLOAT" => VoxelType::F32,
            "MET_DOUBLE" => VoxelType::F64,
            _ => return Err(self.nonsense("ElementType")),
        })
    }

    /// Where the voxels lie: after the header, or in a file below the header's folder.
    fn voxels(&self, end: u64) -> Result<Voxels, IoError> {
        let name = self.value(&["ElementDataFile"]).unwrap_or_default();
        if name == "LOCAL" || name == "Local" || name == "local" {
            return Ok(Voxels::After(end));
        }
        if name.is_empty() {
            return Err(self.nonsense("ElementDataFile"));
        }
        if name.starts_with("LIST") || name.contains('%') {
            return Err(IoError::unsupported(
                self.path,
                "MetaImage with its slices in several files",
                "save it as one .mha file",
            ));
        }
        sniff::beside(self.path, name)
            .map(Voxels::Beside)
            .ok_or_else(|| {
                IoError::unsupported(
                    self.path,
                    "MetaImage with its voxels outside its own folder",
                    "put the voxel file beside the header and name it there",
                )
            })
    }

    fn lacks(&self, key: &str) -> IoError {
        IoError::corrupt(self.path, format!("its header has no {key} line"))
    }

    fn nonsense(&self, key: &str) -> IoError {
        IoError::corrupt(
            self.path,
            format!("the {key} line of its header makes no sense"),
        )
    }
}
