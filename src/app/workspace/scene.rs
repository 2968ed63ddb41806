//! From what is open to a scene, and back.

use super::{OpenWorkspace, Pending};
use crate::app::overlay::Annotations;
use crate::app::workspace::reading::ReadLayers;
use crate::app::{App, Layout};
use crate::document::{
    AlignmentStep, Command, CommandError, Display, Document, History, LandmarkEdit, Layer, LayerId,
    MeasureEdit, Plane, PlaneView, Role,
};
use crate::geometry::WorldPoint;
use crate::io::IoError;
use crate::volume::{Format, Volume};
use crate::workspace::{
    FileSource, Look, PlaneLook, Scene, SceneLandmark, SceneLayer, SceneMeasurement,
    SceneReorientation, SceneStep, ShownAnnotations, Source, Views,
};

/// An image that was read, with its place in the scene.
type Seat = (usize, Volume, Display);

impl App {
    /// What is open and how it is shown; beside it the layers that are in no file.
    pub(super) fn scene(&self) -> (Scene, Vec<(LayerId, String)>) {
        let mut document = self.document.clone();
        // It cannot be refused.
        let _ = Command::EndTrial.apply(&mut document);
        let document = &document;
        let live = document.live().map(|layer| layer.id);
        let mut ids = Vec::new();
        let (mut layers, mut in_no_file) = (Vec::new(), Vec::new());
        for layer in document
            .layers()
            .iter()
            .filter(|layer| Some(layer.id) != live)
        {
            match self.source(layer) {
                Some((source, alignment)) => {
                    ids.push(layer.id);
                    layers.push(SceneLayer {
                        source,
                        name: layer.name.clone(),
                        role: layer.role.into(),
                        reorientations: reorientations(document, layer),
                        alignment,
                        display: Look::of(&layer.display),
                    });
                }
                None => in_no_file.push((layer.id, layer.name.clone())),
            }
        }
        let place =
            |layer: Option<&Layer>| ids.iter().position(|id| Some(*id) == layer.map(|l| l.id));
        let scene = Scene {
            layers,
            shown: place(document.ground()),
            selected: place(document.active()),
            cursor_ras_mm: Some(document.cursor().0.coords.into()),
            time_point: document.time(),
            measurements: document
                .measurements()
                .iter()
                .map(SceneMeasurement::of)
                .collect(),
            landmarks: document.landmarks().iter().map(SceneLandmark::of).collect(),
            comparison: self
                .comparing
                .scene(document, |id| place(document.layer(id))),
            views: views(document),
            layout: Some(layout_name(self.layout).to_owned()),
            annotations: Some(ShownAnnotations {
                all: self.settings.annotations.all,
                crosshair: self.settings.annotations.crosshair,
                color_bars: self.settings.annotations.color_bar,
            }),
        };
        (scene, in_no_file)
    }

    /// Where a layer's voxels can be had again, and what moved them since.
    pub(super) fn source(&self, layer: &Layer) -> Option<(Source, Vec<SceneStep>)> {
        let file = |path: &std::path::Path, series| {
            Source::File(FileSource {
                relative: None,
                path: path.to_owned(),
                series,
            })
        };
        let written = self.workspaces.written.get(&layer.id);
        let seen = self.document.settled(layer.id)?;
        let steps = self.document.steps(layer.id);
        if let Some((path, image)) = written
            && !steps.is_empty()
            && seen.is(image)
        {
            // It was written where it is seen.
            return Some((file(path, None), Vec::new()));
        }
        let bends = steps.iter().any(AlignmentStep::bends);
        let meta = self.document.base(layer.id)?.meta();
        let is_over = written.is_some_and(|(path, _)| meta.path.as_ref() == Some(path));
        if !steps.is_empty() && (meta.derived || bends || is_over) {
            return None;
        }
        let steps: Vec<SceneStep> = steps.iter().filter_map(SceneStep::of).collect();
        if meta.derived {
            let (path, _) = written?;
            return Some((file(path, None), steps));
        }
        match &meta.path {
            Some(path) => {
                let series = meta.dicom.as_ref().map(|dicom| dicom.image_uid.clone());
                Some((file(path, series), steps))
            }
            None if meta.format == Format::Memory => {
                Some((Source::BuiltIn(meta.name.clone()), steps))
            }
            None => None,
        }
    }

    /// Puts a workspace's images in place of what is open; what could not be read is a notice each.
    pub(super) fn show_scene(&mut self, pending: Pending, read: ReadLayers) {
        let Pending {
            path,
            opened,
            is_part,
            is_moved,
        } = pending;
        let mut whole = opened.own && !is_part;
        let mut seats: Vec<Seat> = Vec::new();
        for (place, outcome) in read {
            match outcome {
                Ok((volume, display)) => seats.push((place, volume, display)),
                Err(IoError::Cancelled) => return,
                Err(error) => {
                    self.notices.error(error.to_string());
                    whole = false;
                }
            }
        }
        for (_, volume, _) in &seats {
            let meta = volume.meta();
            for notice in &meta.notices {
                self.notices.warning(format!("{}: {notice}", meta.name));
            }
        }
        let mut document = self.document.clone();
        let ids = match seat(&mut document, &opened.scene, seats) {
            Ok(ids) => ids,
            Err(refused) => {
                self.notices.error(format!("{refused}: {}", path.display()));
                return;
            }
        };
        self.document = document;
        self.comparing.take_up(opened.scene.comparison, |wanted| {
            let found = ids.iter().find(|(place, _)| *place == wanted);
            found.map(|(_, layer)| *layer)
        });
        self.history = History::default();
        self.demons.open = false;
        self.layout = layout_of(opened.scene.layout.as_deref()).unwrap_or(self.usual_layout());
        if let Some(shown) = opened.scene.annotations {
            self.settings.annotations = Annotations {
                all: shown.all,
                crosshair: shown.crosshair,
                color_bar: shown.color_bars,
            };
        }
        self.place_wanted_cursor();
        self.note_workspace(&path);
        let main = self.document.main().map(|layer| layer.id);
        self.workspaces.open = main.map(|main| OpenWorkspace {
            path,
            may_replace: whole,
            main,
            saved: match is_moved {
                // The file does not say where they are: saving it is proposed.
                true => Scene::default(),
                false => self.scene().0,
            },
        });
    }
}

/// The changes of orientation that are not in the layer's file.
fn reorientations(document: &Document, layer: &Layer) -> Vec<SceneReorientation> {
    let meta = layer.volume.meta();
    let all = &meta.reoriented[..];
    // A layer made here is in the file that it was saved to, with the changes that it had then.
    let saved = document.saved_reorientations(layer.id);
    let since = all.strip_prefix(saved).filter(|_| meta.derived);
    let since = since.unwrap_or(all).iter();
    since.map(SceneReorientation::of).collect()
}

/// Makes `document` show `scene` with the images that were read; returns their layers by their places
/// in the scene.
fn seat(
    document: &mut Document,
    scene: &Scene,
    mut seats: Vec<Seat>,
) -> Result<Vec<(usize, LayerId)>, CommandError> {
    let role = |place: usize| scene.layers.get(place).map(|layer| Role::from(layer.role));
    let position = |wanted: fn(Role) -> bool| {
        let mut seats = seats.iter();
        seats.position(|(place, ..)| role(*place).is_some_and(wanted))
    };
    // Without its main image a workspace is seen on the grid of the next one.
    let main = position(|role| role == Role::Main).or(position(|role| role != Role::Overlay));
    if seats.is_empty() {
        return Err(CommandError::NoMainImage);
    }
    seats[..=main.unwrap_or(0)].rotate_right(1);
    let mut ids = Vec::new();
    for (n, (place, volume, display)) in seats.into_iter().enumerate() {
        let display = Some(display);
        let command = match role(place) {
            _ if n == 0 => Command::OpenMain { volume, display },
            role => Command::AddLayer {
                volume,
                role: role
                    .filter(|role| *role == Role::Overlay)
                    .unwrap_or(Role::Additional),
                display,
            },
        };
        command.apply(document)?;
        let layer = document.layers().last().map(|layer| layer.id);
        if let (Some(layer), Some(wanted)) = (layer, scene.layers.get(place)) {
            if n > 0 {
                aligned(document, layer, wanted);
            }
            let image = document.layer(layer).ok_or(CommandError::NoSuchLayer)?;
            let volume = image.volume.clone();
            let name = wanted.name.clone();
            ids.push((place, layer));
            // The workspace keeps what is not in the image's file.
            Command::MarkSaved { layer, volume }.apply(document)?;
            if !name.trim().is_empty() {
                Command::Rename { layer, name }.apply(document)?;
            }
        }
    }
    let id = |wanted: Option<usize>| ids.iter().find(|(place, _)| Some(*place) == wanted);
    let main = ids.first();
    for (_, layer) in id(scene.shown)
        .or(main)
        .into_iter()
        .chain(id(scene.selected))
    {
        Command::Select(*layer).apply(document)?;
    }
    Command::SetTime(scene.time_point).apply(document)?;
    for item in scene.measurements.iter().filter_map(SceneMeasurement::item) {
        Command::Measure(MeasureEdit::Add(item)).apply(document)?;
    }
    let pairs = scene.landmarks.iter().filter_map(SceneLandmark::pair);
    Command::Landmark(LandmarkEdit::ReplaceAll(pairs.collect())).apply(document)?;
    look_as(document, scene);
    Ok(ids)
}

/// Moves the image as the workspace has it; numbers that would flatten it are passed over.
fn aligned(document: &mut Document, layer: LayerId, wanted: &SceneLayer) {
    let steps: Vec<_> = wanted
        .alignment
        .iter()
        .filter_map(SceneStep::step)
        .collect();
    if !steps.is_empty() {
        let what = "Move".to_owned();
        let align = Command::Align {
            layer,
            what,
            steps,
            seen: None,
        };
        let _ = align.apply(document);
    }
}

/// Cursor, zoom and pan.
fn look_as(document: &mut Document, scene: &Scene) {
    if let Some(ras) = scene
        .cursor_ras_mm
        .filter(|ras| ras.iter().all(|n| n.is_finite()))
    {
        // It cannot be refused.
        let _ = Command::MoveCursor(WorldPoint(ras.into())).apply(document);
    }
    let views = &scene.views;
    document.view.linked = views.linked_zoom.unwrap_or(document.view.linked);
    for (plane, look) in Plane::ALL
        .into_iter()
        .zip([views.axial, views.sagittal, views.coronal])
    {
        let look = look.sound();
        document.view.planes[plane.index()] = PlaneView {
            center: look.center_mm,
            zoom: look.pixels_per_mm,
        };
    }
}

fn views(document: &Document) -> Views {
    let look = |plane: Plane| {
        let view = document.view.planes[plane.index()];
        PlaneLook {
            center_mm: view.center,
            pixels_per_mm: view.zoom,
        }
    };
    Views {
        linked_zoom: Some(document.view.linked),
        axial: look(Plane::Axial),
        sagittal: look(Plane::Sagittal),
        coronal: look(Plane::Coronal),
    }
}

fn layout_name(layout: Layout) -> &'static str {
    match layout {
        Layout::All => "all",
        Layout::Only(plane) => plane.name(),
        Layout::Only3d => "3d",
    }
}

fn layout_of(name: Option<&str>) -> Option<Layout> {
    let planes = Plane::ALL.map(Layout::Only);
    let mut layouts = planes.into_iter().chain([Layout::All, Layout::Only3d]);
    layouts.find(|layout| Some(layout_name(*layout)) == name)
}
