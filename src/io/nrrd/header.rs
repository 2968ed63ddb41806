//! The fields of an NRRD header, checked against each other.

use super::super::numbers::ByteOrder;
use super::super::source::Source;
use super::super::{IoError, sniff};
use super::axes::Axes;
use crate::volume::VoxelType;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The longest header that is read; those of diffusion images are long.
const LONGEST: usize = 1 << 20;

#[derive(Debug)]
pub struct Header {
    pub axes: Axes,
    pub voxel_type: VoxelType,
    pub order: ByteOrder,
    pub encoding: Encoding,
    /// Lines before the voxels, as they are stored.
    pub line_skip: u32,
    /// Bytes before the voxels, once inflated; `None`: the voxels are what the file ends with.
    pub byte_skip: Option<u64>,
    pub voxels: Voxels,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Raw,
    Gzip,
    Text,
}

#[derive(Debug)]
pub enum Voxels {
    /// In the same file, from this byte on.
    After(u64),
    Beside(PathBuf),
}

impl Header {
    pub fn read(path: &Path) -> Result<Self, IoError> {
        let start = Source::open(path)?.read_up_to(LONGEST)?;
        let fields = Fields::parse(&start, path)?;
        let voxel_type = voxel_type(&fields)?;
        let encoding = encoding(&fields)?;
        let voxels = voxels(&fields)?;
        let byte_skip = fields.number::<i64>("byteskip")?.unwrap_or(0);
        let byte_skip = match (byte_skip, encoding) {
            (-1, Encoding::Raw) => None,
            _ => Some(u64::try_from(byte_skip).map_err(|_| fields.nonsense("byteskip"))?),
        };
        Ok(Self {
            axes: Axes::of(&fields)?,
            voxel_type,
            order: order(&fields, voxel_type, encoding)?,
            encoding,
            line_skip: fields.number("lineskip")?.unwrap_or(0),
            byte_skip,
            voxels,
        })
    }
}

fn voxel_type(fields: &Fields) -> Result<VoxelType, IoError> {
    let name = fields.needed("type")?.to_ascii_lowercase();
    let words: Vec<&str> = name.split_whitespace().collect();
    Ok(match words.join(" ").as_str() {
        "signed char" | "int8" | "int8_t" => VoxelType::I8,
        "uchar" | "unsigned char" | "uint8" | "uint8_t" => VoxelType::U8,
        "short" | "short int" | "signed short" | "signed short int" | "int16" | "int16_t" => {
            VoxelType::I16
        }
        "ushort" | "unsigned short" | "unsigned short int" | "uint16" | "uint16_t" => {
            VoxelType::U16
        }
        "int" | "signed int" | "int32" | "int32_t" => VoxelType::I32,
        "uint" | "unsigned int" | "uint32" | "uint32_t" => VoxelType::U32,
        "longlong"
        | "long long"
        | "long long int"
        | "signed long long"
        | "signed long long int"
        | "int64"
        | "int64_t" => VoxelType::I64,
        "ulonglong" | "unsigned long long" | "unsigned long long int" | "uint64" | "uint64_t" => {
            VoxelType::U64
        }
        "float" => VoxelType::F32,
        "double" => VoxelType::F64,
        "block" => {
            return Err(IoError::unsupported(
                fields.path,
                "NRRD with blocks of bytes as voxels",
                "save it with numbers",
            ));
        }
        _ => return Err(fields.nonsense("type")),
    })
}

fn encoding(fields: &Fields) -> Result<Encoding, IoError> {
    let name = fields.needed("encoding")?;
    match name.to_ascii_lowercase().as_str() {
        "raw" => Ok(Encoding::Raw),
        "gz" | "gzip" => Ok(Encoding::Gzip),
        "txt" | "text" | "ascii" => Ok(Encoding::Text),
        "hex" | "bz2" | "bzip2" | "zrl" => Err(IoError::unsupported(
            fields.path,
            format!("NRRD with {name} encoding"),
            "save it with raw or gzip encoding",
        )),
        _ => Err(fields.nonsense("encoding")),
    }
}

fn order(fields: &Fields, voxel_type: VoxelType, encoding: Encoding) -> Result<ByteOrder, IoError> {
    match fields
        .value("endian")
        .map(str::to_ascii_lowercase)
        .as_deref()
    {
        Some("little") => Ok(ByteOrder::Little),
        Some("big") => Ok(ByteOrder::Big),
        // Nothing to order.
        None if voxel_type.size() == 1 || encoding == Encoding::Text => Ok(ByteOrder::Little),
        None => Err(fields.lacks("endian")),
        Some(_) => Err(fields.nonsense("endian")),
    }
}

fn voxels(fields: &Fields) -> Result<Voxels, IoError> {
    let Some(name) = fields.value("datafile") else {
        let end = fields.end.ok_or_else(|| {
            IoError::corrupt(
                fields.path,
                "its header neither ends with an empty line nor names a voxel file",
            )
        })?;
        return Ok(Voxels::After(end));
    };
    if name.starts_with("LIST") || name.contains('%') {
        return Err(IoError::unsupported(
            fields.path,
            "NRRD with its slices in several files",
            "save it as one .nrrd file",
        ));
    }
    let file = sniff::beside(fields.path, name).ok_or_else(|| {
        IoError::unsupported(
            fields.path,
            "NRRD with its voxels outside its own folder",
            "put the voxel file beside the header and name it there",
        )
    })?;
    Ok(Voxels::Beside(file))
}

/// The lines `field: value` of a header. Names are kept in lower case without spaces, because both
/// "data file" and "datafile" are right.
pub struct Fields<'a> {
    path: &'a Path,
    lines: Vec<(String, String)>,
    /// Byte after the empty line that ends the header, if there is one.
    end: Option<u64>,
}

impl<'a> Fields<'a> {
    fn parse(start: &[u8], path: &'a Path) -> Result<Self, IoError> {
        let mut fields = Self {
            path,
            lines: Vec::new(),
            end: None,
        };
        let mut at = 0;
        for (n, line) in start.split_inclusive(|&b| b == b'\n').enumerate() {
            at += line.len() as u64;
            let text = String::from_utf8_lossy(line);
            let text = text.trim();
            if text.is_empty() && line.ends_with(b"\n") {
                fields.end = Some(at);
                break;
            }
            // The first line is the magic number; `key:=value` is free text.
            if let Some((name, value)) = text.split_once(':')
                && n > 0
                && !text.starts_with('#')
                && !value.starts_with('=')
            {
                let name = name.to_ascii_lowercase().replace(' ', "");
                fields.lines.push((name, value.trim().to_owned()));
            }
        }
        if fields.end.is_none() && fields.value("datafile").is_none() {
            return Err(IoError::corrupt(path, "its header ends early"));
        }
        Ok(fields)
    }

    pub fn path(&self) -> &Path {
        self.path
    }

    pub fn value(&self, name: &str) -> Option<&str> {
        let (_, value) = self.lines.iter().find(|(known, _)| known == name)?;
        Some(value)
    }

    pub fn needed(&self, name: &str) -> Result<&str, IoError> {
        self.value(name).ok_or_else(|| self.lacks(name))
    }

    pub fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>, IoError> {
        let value = self.value(name);
        value
            .map(|value| value.parse().map_err(|_| self.nonsense(name)))
            .transpose()
    }

    /// Words or numbers, one for each of `count` axes.
    pub fn each<T: FromStr>(&self, name: &str, count: usize) -> Result<Option<Vec<T>>, IoError> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let values: Result<Vec<T>, _> = value.split_whitespace().map(str::parse).collect();
        match values {
            Ok(values) if values.len() == count => Ok(Some(values)),
            _ => Err(self.nonsense(name)),
        }
    }

    /// Vectors in parentheses, or `none`, which is `None` here; and so is a vector of nans.
    pub fn vectors(&self, name: &str) -> Result<Option<Vec<Option<Vec<f64>>>>, IoError> {
        let Some(mut rest) = self.value(name) else {
            return Ok(None);
        };
        let mut vectors = Vec::new();
        while !rest.is_empty() {
            let (vector, after) = if let Some(inside) = rest.strip_prefix('(') {
                let (inside, after) = inside.split_once(')').ok_or_else(|| self.nonsense(name))?;
                let numbers: Result<Vec<f64>, _> =
                    inside.split(',').map(|n| n.trim().parse()).collect();
                let numbers = numbers.map_err(|_| self.nonsense(name))?;
                let known = !numbers.iter().all(|v| v.is_nan());
                (known.then_some(numbers), after)
            } else {
                let after = rest
                    .strip_prefix("none")
                    .ok_or_else(|| self.nonsense(name))?;
                (None, after)
            };
            vectors.push(vector);
            rest = after.trim_start();
        }
        Ok(Some(vectors))
    }

    pub fn lacks(&self, name: &str) -> IoError {
        IoError::corrupt(self.path, format!("its header has no {name} line"))
    }

    pub fn nonsense(&self, name: &str) -> IoError {
        IoError::corrupt(
            self.path,
            format!("the {name} line of its header makes no sense"),
        )
    }
}
