//! Reads the images of a workspace, on a job's thread.

use crate::app::loading;
use crate::document::{Display, Role, initial_display};
use crate::io::{self, IoError, Report};
use crate::jobs::Handle;
use crate::phantom;
use crate::volume::Volume;
use crate::workspace::{FileSource, SceneLayer, SceneReorientation, Source};

/// What became of each layer, with its place in the scene.
pub(super) type ReadLayers = Vec<(usize, Result<(Volume, Display), IoError>)>;

pub(super) fn read_layers(layers: &[SceneLayer], handle: &Handle) -> ReadLayers {
    let count = layers.len().max(1) as f32;
    let mut made: Vec<Volume> = Vec::new();
    let mut read = Vec::new();
    for (n, layer) in layers.iter().enumerate() {
        let progress = handle.clone();
        let report = Report::new(
            move |fraction| progress.set_progress((n as f32 + fraction) / count),
            handle.cancel_flag(),
        );
        let volume = match &layer.source {
            Source::File(file) => from_file(file, &report, handle),
            Source::BuiltIn(name) => built_in(name, &mut made),
        };
        let shown = volume.map(|volume| {
            let volume = reoriented(volume, layer);
            let is_overlay = Role::from(layer.role) == Role::Overlay;
            let mut display = initial_display(&volume, is_overlay);
            layer.display.apply(&mut display, &volume);
            (volume, display)
        });
        read.push((n, shown));
    }
    read
}

/// The image as its orientation was changed; a code that means nothing is passed over.
fn reoriented(volume: Volume, layer: &SceneLayer) -> Volume {
    let changes = layer.reorientations.iter();
    let changed = changes
        .filter_map(SceneReorientation::change)
        .fold(volume, |volume, (mode, to)| volume.reoriented(mode, to));
    if changed.meta().reoriented.is_empty() {
        return changed;
    }
    io::with_current_header(&changed)
}

fn from_file(file: &FileSource, report: &Report, handle: &Handle) -> Result<Volume, IoError> {
    let paths = [file.path.clone()];
    let scanned = loading::find(&paths, file.series.as_deref(), report)?;
    let image = scanned.image().ok_or_else(|| IoError::NoImages {
        path: file.path.clone(),
        what: "it holds several and the workspace does not say which".to_owned(),
    })?;
    handle.set_phase(format!("Reading {}", image.description));
    io::load(image, report)
}

/// An image made by formula; those made with it are kept for the next layers.
fn built_in(name: &str, made: &mut Vec<Volume>) -> Result<Volume, IoError> {
    let is_named = |volume: &&Volume| volume.meta().name == name;
    if !made.iter().any(|volume| is_named(&volume)) {
        made.extend(make(name));
    }
    made.iter()
        .find(is_named)
        .cloned()
        .ok_or_else(|| IoError::NoImages {
            path: name.into(),
            what: "this warpscope has no built-in image of that name".to_owned(),
        })
}

fn make(name: &str) -> Vec<Volume> {
    match name {
        "Sample CT" | "Sample PET" => {
            let study = phantom::study();
            vec![study.ct, study.pet]
        }
        _ if name.starts_with("Sample cine") => {
            let (inhale, exhale) = phantom::cine_pair();
            vec![inhale, exhale]
        }
        _ if name.starts_with("Sample") => {
            let chest = phantom::breathing_pair();
            vec![chest.inhale, chest.exhale]
        }
        _ => Vec::new(),
    }
}
