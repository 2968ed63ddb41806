//! The list and its pictures as files: `recent.json` and a PNG each, in a folder that nobody else may
//! look into.

use super::{Outcome, PICTURE, Recent, picture};
use crate::document::Document;
use crate::io::{IoError, replace};
use egui::ColorImage;
use image::codecs::png::PngEncoder;
use image::{ImageFormat, ImageReader, RgbaImage};
use std::collections::HashSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// No list is larger.
const MOST_BYTES: u64 = 1 << 20;

/// Ids count up from 1 and never come near.
const HIGHEST_ID: u64 = 1 << 53;

fn list_file(folder: &Path) -> PathBuf {
    folder.join("recent.json")
}

fn picture_file(folder: &Path, id: u64) -> PathBuf {
    folder.join(format!("{id}.png"))
}

/// A list that is not there or broken is empty: nothing hangs on it.
pub(super) fn read(folder: &Path) -> Outcome {
    let list = read_list(&list_file(folder)).unwrap_or_default();
    let pictures = list
        .iter()
        .filter_map(|recent| Some((recent.id, read_picture(&picture_file(folder, recent.id))?)));
    Outcome {
        pictures: pictures.collect(),
        gone: gone(&list),
        list: Some(list),
        error: None,
    }
}

fn read_list(path: &Path) -> Option<Vec<Recent>> {
    if fs::metadata(path).ok()?.len() > MOST_BYTES {
        return None;
    }
    let mut list: Vec<Recent> = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    let mut known = HashSet::new();
    // An id that is there twice shows the wrong picture, and the highest leaves none for the next.
    list.retain(|recent| recent.id < HIGHEST_ID && known.insert(recent.id));
    list.truncate(super::MOST);
    Some(list)
}

fn read_picture(path: &Path) -> Option<ColorImage> {
    let mut reader = ImageReader::open(path).ok()?;
    reader.set_format(ImageFormat::Png);
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(PICTURE as u32);
    limits.max_image_height = Some(PICTURE as u32);
    reader.limits(limits);
    Some(color_image(&reader.decode().ok()?.into_rgba8()))
}

fn color_image(picture: &RgbaImage) -> ColorImage {
    let size = [picture.width() as usize, picture.height() as usize];
    ColorImage::from_rgba_unmultiplied(size, picture.as_raw())
}

fn gone(list: &[Recent]) -> HashSet<u64> {
    let gone = list.iter().filter(|recent| !recent.path.exists());
    gone.map(|recent| recent.id).collect()
}

/// Writes the list and the new pictures, and removes those that belong to no entry.
pub(super) fn write(folder: &Path, list: &[Recent], to_draw: &[(u64, Document)]) -> Outcome {
    let drawn: Vec<(u64, RgbaImage)> = to_draw
        .iter()
        .filter(|(id, _)| list.iter().any(|recent| recent.id == *id))
        .filter_map(|(id, document)| Some((*id, picture::draw(document)?)))
        .collect();
    let error = write_files(folder, list, &drawn).err();
    Outcome {
        list: None,
        pictures: drawn
            .iter()
            .map(|(id, picture)| (*id, color_image(picture)))
            .collect(),
        gone: gone(list),
        error: error.map(|error| format!("the list of recent images was not kept: {error}")),
    }
}

fn write_files(folder: &Path, list: &[Recent], drawn: &[(u64, RgbaImage)]) -> Result<(), IoError> {
    make_private(folder).map_err(|source| IoError::Write {
        path: folder.to_owned(),
        source,
    })?;
    for (id, picture) in drawn {
        replace(&picture_file(folder, *id), true, |out| {
            let encoded = picture.write_with_encoder(PngEncoder::new(out));
            encoded.map_err(std::io::Error::other)
        })?;
    }
    replace(&list_file(folder), true, |out| {
        serde_json::to_writer_pretty(&mut *out, list)?;
        writeln!(out)
    })?;
    let kept: HashSet<PathBuf> = list.iter().map(|r| picture_file(folder, r.id)).collect();
    for entry in fs::read_dir(folder)
        .map_err(|e| IoError::io(folder, e))?
        .flatten()
    {
        let path = entry.path();
        if path.extension().is_some_and(|ending| ending == "png") && !kept.contains(&path) {
            fs::remove_file(&path).map_err(|e| IoError::io(&path, e))?;
        }
    }
    Ok(())
}

/// Makes the folder so that only its owner may look into it, where the system knows owners.
fn make_private(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}
