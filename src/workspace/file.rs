//! Reading and writing workspace files.

use super::scene::{Scene, Source};
use super::{WorkspaceError, itksnap, places};
use crate::io::{IoError, replace};
use serde::Serialize;
use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::path::Path;

/// The format this program writes, and the newest it reads.
const VERSION: u64 = 1;

/// The key that makes a JSON file a workspace, with the format's version.
const KEY: &str = "warpscope_workspace";

/// No workspace is larger.
const MOST_BYTES: u64 = 16 << 20;

/// No workspace has more images.
const MOST_LAYERS: usize = 1000;

/// No workspace has more rulers, regions and profiles.
const MOST_MEASUREMENTS: usize = 1000;

/// A workspace as it was read.
#[derive(Debug)]
pub struct Opened {
    /// Paths lead to where the files are, or where they would be.
    pub scene: Scene,
    /// Whether it is our own file, so that it can be saved again.
    pub own: bool,
    /// What could not be taken over, each in a sentence.
    pub remarks: Vec<String>,
}

/// The file's outermost object, [`KEY`] first.
#[derive(Serialize)]
struct Whole<'a> {
    warpscope_workspace: u64,
    #[serde(flatten)]
    scene: &'a Scene,
}

/// Reads a workspace, ours or ITK-SNAP's; its content decides which. No image is read.
pub fn read(path: &Path) -> Result<Opened, WorkspaceError> {
    let text = text_of(path)?;
    let path = std::path::absolute(path).map_err(|e| IoError::io(path, e))?;
    let folder = path.parent().unwrap_or(Path::new("/"));
    let opened = if text.trim_start().starts_with('<') {
        itksnap::scene(&text, folder).map_err(|what| WorkspaceError::broken(&path, what))?
    } else {
        Opened {
            scene: own_scene(&text, &path, folder)?,
            own: true,
            remarks: Vec::new(),
        }
    };
    let Scene {
        layers,
        measurements,
        landmarks,
        ..
    } = &opened.scene;
    let refusal = if layers.is_empty() {
        "it names no image"
    } else if layers.len() > MOST_LAYERS {
        "it names too many images"
    } else if measurements.len() > MOST_MEASUREMENTS {
        "it has too many measurements"
    } else if landmarks.len() > MOST_MEASUREMENTS {
        "it has too many landmarks"
    } else {
        return Ok(opened);
    };
    Err(WorkspaceError::broken(&path, refusal))
}

fn text_of(path: &Path) -> Result<String, WorkspaceError> {
    let file = std::fs::File::open(path).map_err(|e| IoError::io(path, e))?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| IoError::io(path, e))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(WorkspaceError::broken(path, "it is too large"));
    }
    let text = String::from_utf8(bytes);
    let text = text.map_err(|_| WorkspaceError::broken(path, "it is no text"))?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

fn own_scene(text: &str, path: &Path, folder: &Path) -> Result<Scene, WorkspaceError> {
    let broken = |error: serde_json::Error| WorkspaceError::broken(path, error.to_string());
    let value: Value = serde_json::from_str(text).map_err(broken)?;
    match value.get(KEY).and_then(Value::as_u64) {
        Some(1..=VERSION) => {}
        Some(found) if found > VERSION => {
            return Err(WorkspaceError::Newer {
                path: path.to_owned(),
                found,
                known: VERSION,
            });
        }
        _ => return Err(WorkspaceError::broken(path, format!("it has no {KEY:?}"))),
    }
    let mut scene: Scene = serde_json::from_value(value).map_err(broken)?;
    for layer in &mut scene.layers {
        if let Source::File(file) = &mut layer.source {
            file.path = places::locate(folder, file.relative.as_deref(), &file.path);
        }
    }
    Ok(scene)
}

/// Writes a workspace; a file that is there is replaced only with `overwrite`.
pub fn write(scene: &Scene, path: &Path, overwrite: bool) -> Result<(), WorkspaceError> {
    let whole = std::path::absolute(path).map_err(|e| IoError::io(path, e))?;
    let folder = whole.parent().unwrap_or(Path::new("/"));
    let mut scene = scene.clone();
    for layer in &mut scene.layers {
        if let Source::File(file) = &mut layer.source {
            file.path = std::path::absolute(&file.path).map_err(|e| IoError::io(&file.path, e))?;
            file.relative = places::relative(folder, &file.path);
        }
    }
    let broken = |error: serde_json::Error| WorkspaceError::broken(path, error.to_string());
    let whole = Whole {
        warpscope_workspace: VERSION,
        scene: &scene,
    };
    let text = serde_json::to_string_pretty(&whole).map_err(broken)?;
    replace(path, overwrite, |out| writeln!(out, "{text}"))?;
    Ok(())
}
