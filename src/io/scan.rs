//! From paths to the images they hold: each file to the reader that knows it, the rest to DICOM.

use super::sniff::{self, Kind, sniff};
use super::{
    Found, FoundImage, IoError, Report, Skipped, dicom, gipl, metaimage, nifti, nrrd, raster, vtk,
    walk,
};
use crate::volume::{Notice, NoticeKind};
use rayon::prelude::*;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Looks at files and folders (subfolders too), headers only. With nothing but unreadable files, the
/// error is that of the first file; unreadable files beside readable ones are skipped with a reason.
pub fn scan(paths: &[PathBuf], report: &Report) -> Result<Found, IoError> {
    let listing = walk::list(paths, report)?;
    let look = |path: PathBuf| {
        let outcome = report.check_cancelled().and_then(|()| identify(&path));
        (path, outcome)
    };
    let looked: Vec<(PathBuf, Result<Option<FoundImage>, IoError>)> = match listing.files.len() {
        // A single file needs no other threads.
        1 => listing.files.into_iter().map(look).collect(),
        _ => listing.files.into_par_iter().map(look).collect(),
    };
    report.check_cancelled()?;

    let mut images: Vec<FoundImage> = Vec::new();
    let mut names = HashSet::new();
    let mut refused = Vec::new();
    let mut unknown = Vec::new();
    for (path, outcome) in looked {
        match outcome {
            Ok(Some(image)) if names.insert(image.uid.clone()) => images.push(image),
            Ok(Some(_)) => {}
            Ok(None) => unknown.push(path),
            Err(error) => refused.push((path, error)),
        }
    }
    // The voxel file of a header is no image of its own.
    let owned: HashSet<PathBuf> = images
        .iter()
        .flat_map(|i| i.files.iter().cloned())
        .collect();
    unknown.retain(|path| !owned.contains(path));
    refused.retain(|(path, _)| !owned.contains(path));

    let (series, mut strangers) = if unknown.is_empty() {
        Default::default()
    } else {
        dicom::scan(&unknown, report)?
    };
    for stranger in &mut strangers {
        if let Some(format) = sniff::promised(&stranger.path) {
            stranger.reason = broken_promise(&stranger.path, format);
        }
    }
    images.extend(series);
    if images.is_empty() {
        return Err(nothing_in(paths, refused, &strangers, &listing.skipped));
    }
    let mut skipped = listing.skipped;
    skipped.extend(refused.into_iter().map(|(path, error)| Skipped {
        path,
        reason: error.reason(),
    }));
    skipped.extend(strangers);
    Ok(Found { images, skipped })
}

/// Why a file is no image whose name says `format`: nobody expects DICOM under it.
fn broken_promise(path: &Path, format: &str) -> String {
    let suffix = sniff::suffix(path);
    format!("its name ends in .{suffix}, but it does not begin as a {format} file does")
}

/// The image a file is or belongs to; `None` leaves it to DICOM.
fn identify(path: &Path) -> Result<Option<FoundImage>, IoError> {
    if let Some(image) = image_of_voxel_file(path) {
        return Ok(Some(image));
    }
    let sniffed = sniff(path)?;
    let mut image = match sniffed.kind {
        Kind::Nifti { .. } => nifti::scan(path)?,
        Kind::MetaImage => metaimage::scan(path)?,
        Kind::Nrrd => nrrd::scan(path)?,
        Kind::Gipl => gipl::scan(path)?,
        Kind::Vtk => vtk::scan(path)?,
        Kind::Raster(format) => raster::scan(path, format)?,
        Kind::Foreign(name, hint) => return Err(IoError::unsupported(path, name, hint)),
        Kind::Empty => return Err(IoError::corrupt(path, "it is empty")),
        Kind::Unknown => return Ok(None),
    };
    if !sniff::is_named_right(path, sniffed) {
        let packed = if sniffed.gzip { "gzip-packed " } else { "" };
        image.notices.push(Notice::new(
            NoticeKind::WrongExtension,
            format!(
                "the file is a {packed}{} image, whatever its name says",
                image.format.label()
            ),
        ));
    }
    Ok(Some(image))
}

/// The image whose voxels a file holds, when a header of the same name lies beside it.
fn image_of_voxel_file(path: &Path) -> Option<FoundImage> {
    let suffix = sniff::suffix(path);
    let extensions: &[&str] = match suffix.strip_suffix(".gz").unwrap_or(&suffix) {
        "img" => &["hdr", "mhd"],
        "raw" | "zraw" | "bin" => &["mhd", "nhdr"],
        _ => return None,
    };
    extensions.iter().find_map(|extension| {
        let header = sniff::sibling(path, extension)?;
        let image = match sniff(&header).ok()?.kind {
            Kind::Nifti { .. } => nifti::scan(&header),
            Kind::MetaImage => metaimage::scan(&header),
            Kind::Nrrd => nrrd::scan(&header),
            _ => return None,
        };
        image
            .ok()
            .filter(|i| i.files.iter().any(|file| file == path))
    })
}

/// Why no image was found: for files the reason of the first, for folders how much was looked at.
fn nothing_in(
    paths: &[PathBuf],
    refused: Vec<(PathBuf, IoError)>,
    strangers: &[Skipped],
    unseen: &[Skipped],
) -> IoError {
    let looked_at = refused.len() + strangers.len() + unseen.len();
    let Some(folder) = paths.iter().find(|path| path.is_dir()) else {
        let first = paths.first().map_or(Path::new(""), PathBuf::as_path);
        let error = refused.into_iter().next().map(|(_, error)| error);
        let stranger = strangers.first();
        return error.unwrap_or_else(|| match stranger {
            Some(skipped) => IoError::not_an_image(&skipped.path, skipped.reason.as_str()),
            None => IoError::not_an_image(first, "it holds nothing"),
        });
    };
    let what = match (looked_at, refused.into_iter().next()) {
        (0, _) => "it is empty".to_owned(),
        (1, Some((_, error))) => format!("of its one file: {}", error.reason()),
        (count, Some((_, error))) => {
            format!(
                "of {count} files none can be read; the first: {}",
                error.reason()
            )
        }
        (count, None) => format!("files looked at: {count}"),
    };
    IoError::NoImages {
        path: folder.clone(),
        what,
    }
}
