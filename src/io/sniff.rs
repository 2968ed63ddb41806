//! What a file is, by its first bytes; and what its name says about it.

use super::nifti::Magic;
use super::source::Source;
use super::{IoError, gipl, metaimage, nrrd, vtk};
use crate::volume::Format;
use std::path::{Component, Path, PathBuf};

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// NIfTI or Analyze, of a header file and a voxel file when `pair`.
    Nifti {
        format: Format,
        pair: bool,
    },
    MetaImage,
    Nrrd,
    Gipl,
    Vtk,
    Raster(Format),
    /// An image or archive that is known but not read: its name and what to do.
    Foreign(&'static str, &'static str),
    Empty,
    /// None of these: DICOM, which needs no magic number, or no image at all.
    Unknown,
}

/// What a file is, and whether it is packed by gzip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sniffed {
    pub kind: Kind,
    pub gzip: bool,
}

/// Enough for every magic number, and for the first lines of a MetaImage header.
const START: usize = 1024;

pub(super) fn sniff(path: &Path) -> Result<Sniffed, IoError> {
    let mut source = Source::open(path)?;
    let gzip = source.is_packed();
    let start = source.read_up_to(START)?;
    Ok(Sniffed {
        kind: kind_of(&start),
        gzip,
    })
}

fn kind_of(start: &[u8]) -> Kind {
    if start.is_empty() {
        return Kind::Empty;
    }
    // A DICOM preamble may hold another format's magic number.
    if start.get(128..132) == Some(b"DICM") {
        return Kind::Unknown;
    }
    if let Some(magic) = Magic::of(start) {
        let (format, pair) = match magic {
            Magic::Nifti1 { pair } => (Format::Nifti1, pair),
            Magic::Nifti2 { pair } => (Format::Nifti2, pair),
            Magic::Analyze => (Format::Analyze, true),
        };
        return Kind::Nifti { format, pair };
    }
    match start {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Kind::Raster(Format::Png),
        [0xff, 0xd8, 0xff, ..] => Kind::Raster(Format::Jpeg),
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Kind::Raster(Format::Tiff),
        [0x89, b'H', b'D', b'F', ..] => Kind::Foreign("HDF5 or MINC", "convert it to NIfTI"),
        [b'P', b'K', 3, 4, ..] => {
            Kind::Foreign("a ZIP archive", "unpack it and open what it holds")
        }
        _ if nrrd::is_header(start) => Kind::Nrrd,
        _ if vtk::is_header(start) => Kind::Vtk,
        _ if gipl::is_header(start) => Kind::Gipl,
        _ if metaimage::is_header(start) => Kind::MetaImage,
        _ => Kind::Unknown,
    }
}

/// The format a file's name promises; `None` for names that promise nothing or DICOM.
pub(super) fn promised(path: &Path) -> Option<&'static str> {
    let suffix = suffix(path);
    match suffix.strip_suffix(".gz").unwrap_or(&suffix) {
        "nii" => Some("NIfTI"),
        "hdr" => Some("NIfTI or Analyze"),
        "mha" | "mhd" => Some("MetaImage"),
        "nrrd" | "nhdr" => Some("NRRD"),
        "gipl" => Some("GIPL"),
        "vtk" => Some("VTK"),
        "png" => Some("PNG"),
        "jpg" | "jpeg" | "jpe" | "jfif" => Some("JPEG"),
        "tif" | "tiff" => Some("TIFF"),
        _ => None,
    }
}

/// A file's name without the ending that tells its format; a folder's whole name.
pub fn image_name(path: &Path) -> String {
    let ends = promised(path).is_some()
        || matches!(suffix(path).as_str(), "dcm" | "ima" | "img" | "img.gz");
    match ends && !path.is_dir() {
        true => stem(path),
        false => file_name(path),
    }
}

/// The end of a file's name in lower case: "nii", "nii.gz", "hdr"; empty without a dot.
pub(super) fn suffix(path: &Path) -> String {
    let name = file_name(path).to_lowercase();
    let inner = name.strip_suffix(".gz").unwrap_or(&name);
    match inner.rfind('.') {
        Some(dot) => name[dot + 1..].to_owned(),
        None if inner.len() < name.len() => "gz".to_owned(),
        None => String::new(),
    }
}

/// A file's name without its [`suffix`].
pub(super) fn stem(path: &Path) -> String {
    let name = file_name(path);
    match suffix(path).len() {
        0 => name,
        length => name
            .get(..name.len().saturating_sub(length + 1))
            .filter(|stem| !stem.is_empty())
            .map_or_else(|| name.clone(), str::to_owned),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// The file beside `path` with the same stem and the suffix `extension`, packed or not.
pub(super) fn sibling(path: &Path, extension: &str) -> Option<PathBuf> {
    let upper = extension.to_uppercase();
    let mut endings = [
        extension.to_owned(),
        format!("{extension}.gz"),
        format!("{upper}.gz"),
        upper,
    ];
    if suffix(path).ends_with(".gz") {
        endings.swap(0, 1);
    }
    let stem = stem(path);
    endings
        .iter()
        .map(|ending| path.with_file_name(format!("{stem}.{ending}")))
        .find(|candidate| candidate != path && candidate.is_file())
}

/// The voxel file that a header names; `None` when it would lie outside the header's folder.
pub(super) fn beside(header: &Path, name: &str) -> Option<PathBuf> {
    let below = |part: Component| matches!(part, Component::Normal(_) | Component::CurDir);
    let inside = !name.is_empty() && Path::new(name).components().all(below);
    inside.then(|| header.parent().unwrap_or(Path::new("")).join(name))
}

/// Whether a file's name tells what the file is.
pub(super) fn is_named_right(path: &Path, sniffed: Sniffed) -> bool {
    let suffix = suffix(path);
    let (inner, packed) = match suffix.strip_suffix(".gz") {
        Some(inner) => (inner, true),
        None => (suffix.as_str(), false),
    };
    let names: &[&str] = match sniffed.kind {
        Kind::Nifti { pair: false, .. } => &["nii"],
        Kind::Nifti { pair: true, .. } => &["hdr"],
        Kind::MetaImage => &["mha", "mhd"],
        Kind::Nrrd => &["nrrd", "nhdr"],
        Kind::Gipl => &["gipl"],
        Kind::Vtk => &["vtk"],
        Kind::Raster(Format::Png) => &["png"],
        Kind::Raster(Format::Jpeg) => &["jpg", "jpeg", "jpe", "jfif"],
        Kind::Raster(_) => &["tif", "tiff"],
        Kind::Foreign(..) | Kind::Empty | Kind::Unknown => return true,
    };
    names.contains(&inner) && packed == sniffed.gzip
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_suffix_keeps_gz_with_what_is_packed() {
        assert_eq!(suffix(Path::new("a/Scan.1.NII.GZ")), "nii.gz");
        assert_eq!(suffix(Path::new("a.b/scan")), "");
        assert_eq!(suffix(Path::new("scan.gz")), "gz");
        assert_eq!(stem(Path::new("a/Scan.1.NII.GZ")), "Scan.1");
        assert_eq!(stem(Path::new("a/IM0001")), "IM0001");
        assert_eq!(stem(Path::new(".nii")), ".nii");
    }

    #[test]
    fn a_dicom_file_may_start_as_a_tiff() {
        let mut start = vec![0; 200];
        start[..4].copy_from_slice(b"II*\0");
        assert_eq!(kind_of(&start), Kind::Raster(Format::Tiff));
        start[128..132].copy_from_slice(b"DICM");
        assert_eq!(kind_of(&start), Kind::Unknown);
    }
}
