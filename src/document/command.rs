//! Every edit of the document. All of them are checked before anything changes.

use super::{
    AlignmentStep, Display, Document, LandmarkEdit, LandmarkId, Layer, LayerId, MeasureEdit, Role,
};
use crate::geometry::WorldPoint;
use crate::volume::{ReorientMode, Volume};

/// One edit. Those that change layers are undoable; moving the cursor, choosing a layer and the time
/// point, and saving, are not.
#[derive(Clone, Debug)]
pub enum Command {
    /// Closes everything and shows `volume` as the main image; `display` overrides the usual first
    /// look. Not undoable: what was open is let go, with its memory.
    OpenMain {
        volume: Volume,
        display: Option<Display>,
    },
    /// Adds an image; `display` overrides the usual first look.
    AddLayer {
        volume: Volume,
        role: Role,
        display: Option<Display>,
    },
    /// Adds several images in one step, such as the results of a registration.
    AddLayers {
        name: String,
        layers: Vec<NewLayer>,
    },
    Close(LayerId),
    /// Not undoable either.
    CloseAll,
    Rename {
        layer: LayerId,
        name: String,
    },
    SetDisplay {
        layer: LayerId,
        display: Display,
    },
    /// Additional image to overlay and back.
    SetRole {
        layer: LayerId,
        role: Role,
    },
    /// To another place in the list, counted from the main image's 0, which stays its own.
    Reorder {
        layer: LayerId,
        to: usize,
    },
    /// The same image read anew: other voxels and grid, the same name and look.
    Reload {
        layer: LayerId,
        volume: Volume,
    },
    /// The same image in another orientation.
    Reorient {
        layer: LayerId,
        mode: ReorientMode,
        volume: Volume,
    },
    /// The same image changed by a tool; `what` names the change ("Header of").
    Change {
        layer: LayerId,
        what: &'static str,
        volume: Volume,
    },
    /// The same image moved by other steps; `what` names the change ("Move"). `seen` is what the steps
    /// make of it where they hold a displacement field; else it is worked out.
    Align {
        layer: LayerId,
        what: String,
        steps: Vec<AlignmentStep>,
        seen: Option<Volume>,
    },
    /// A ruler, region or profile.
    Measure(MeasureEdit),
    /// A place in two images.
    Landmark(LandmarkEdit),
    Select(LayerId),
    MoveCursor(WorldPoint),
    SetTime(usize),
    /// The image that the layer had is in a file now.
    MarkSaved {
        layer: LayerId,
        volume: Volume,
    },
    /// Shows the layer in another orientation without changing it, in place of what was tried before.
    TryOut {
        layer: LayerId,
        volume: Volume,
    },
    /// Shows the layer as it is again, if something is tried out.
    EndTrial,
    /// Adds an image that goes on changing and shows it, in its own right or over the others; there is
    /// at most one, and it is no part of the history.
    ShowLive {
        volume: Volume,
        role: Role,
        display: Display,
    },
    /// New voxels for that image.
    UpdateLive(Volume),
    /// Takes that image away, if it is still there.
    EndLive,
}

/// An image to be added; `display` overrides the usual first look.
#[derive(Clone, Debug)]
pub struct NewLayer {
    pub volume: Volume,
    pub role: Role,
    pub display: Option<Display>,
}

/// What commands that join into one step are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    Layer(LayerId),
    Landmark(LandmarkId),
}

/// Why an edit was refused; the document is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    #[error("that layer is no longer open")]
    NoSuchLayer,
    #[error("open a main image first")]
    NoMainImage,
    #[error("the main image gives the views their grid and stays where it is")]
    MainStays,
    #[error("a layer needs a name")]
    EmptyName,
    #[error("that would flatten the image; a scale must not be 0")]
    Flattened,
    #[error("that measurement is gone")]
    NoSuchMeasurement,
    #[error("that landmark is gone")]
    NoSuchLandmark,
    #[error("a landmark needs a name")]
    NamelessLandmark,
}

impl Command {
    pub fn is_recorded(&self) -> bool {
        !matches!(
            self,
            Self::Select(_)
                | Self::MoveCursor(_)
                | Self::SetTime(_)
                | Self::MarkSaved { .. }
                | Self::TryOut { .. }
                | Self::EndTrial
                | Self::ShowLive { .. }
                | Self::UpdateLive(_)
                | Self::EndLive
        )
    }

    /// Whether nothing of the document before is left after it.
    pub fn starts_afresh(&self) -> bool {
        match self {
            Self::OpenMain { .. } | Self::CloseAll => true,
            Self::AddLayer { role, .. } => *role == Role::Main,
            Self::AddLayers { layers, .. } => layers.iter().any(|new| new.role == Role::Main),
            _ => false,
        }
    }

    /// The layer it edits, where there is one.
    pub fn layer(&self) -> Option<LayerId> {
        match self {
            Self::Close(layer)
            | Self::Rename { layer, .. }
            | Self::SetDisplay { layer, .. }
            | Self::SetRole { layer, .. }
            | Self::Reorder { layer, .. }
            | Self::Reload { layer, .. }
            | Self::Reorient { layer, .. }
            | Self::Change { layer, .. }
            | Self::Align { layer, .. }
            | Self::TryOut { layer, .. }
            | Self::Select(layer)
            | Self::MarkSaved { layer, .. } => Some(*layer),
            Self::OpenMain { .. }
            | Self::AddLayer { .. }
            | Self::AddLayers { .. }
            | Self::CloseAll
            | Self::Measure(_)
            | Self::Landmark(_)
            | Self::MoveCursor(_)
            | Self::SetTime(_)
            | Self::EndTrial
            | Self::ShowLive { .. }
            | Self::UpdateLive(_)
            | Self::EndLive => None,
        }
    }

    /// What a drag of it moves.
    pub(super) fn subject(&self) -> Option<Subject> {
        match self {
            Self::Landmark(edit) => edit.moved().map(Subject::Landmark),
            _ => self.layer().map(Subject::Layer),
        }
    }

    /// The name in the Edit menu, as "Close Sample PET".
    pub fn name(&self, document: &Document) -> String {
        let what = match self {
            Self::OpenMain { volume, .. } => return format!("Open {}", volume.meta().name),
            Self::AddLayer { volume, .. } => return format!("Add {}", volume.meta().name),
            Self::AddLayers { name, .. } => return name.clone(),
            Self::CloseAll => return "Close all".to_owned(),
            Self::Measure(edit) => return edit.name(document),
            Self::Landmark(edit) => return edit.name(document),
            Self::Reorient {
                layer,
                mode,
                volume,
            } => {
                let name = document.layer(*layer).map_or("layer", |l| l.name.as_str());
                let to = volume.grid().orientation();
                return match mode {
                    ReorientMode::Relabel => format!("Relabel {name} as {to}"),
                    ReorientMode::Reorient => format!("Reorient {name} to {to}"),
                };
            }
            Self::TryOut { .. } | Self::EndTrial => return "Preview".to_owned(),
            Self::Close(_) => "Close",
            Self::Rename { .. } => "Rename",
            Self::SetDisplay { layer, display } => {
                let before = document.layer(*layer).map(|layer| &layer.display);
                before.map_or("Display of", |before| before.what_differs(display))
            }
            Self::SetRole { .. } => "Role of",
            Self::Reorder { .. } => "Order of",
            Self::Reload { .. } => "Reload",
            Self::Change { what, .. } => what,
            Self::Align { what, .. } => what,
            Self::Select(_) => "Select",
            Self::MarkSaved { .. } => "Save",
            Self::MoveCursor(_) => return "Move cursor".to_owned(),
            Self::SetTime(_) => return "Time point".to_owned(),
            Self::ShowLive { .. } | Self::UpdateLive(_) | Self::EndLive => {
                return "Running registration".to_owned();
            }
        };
        let layer = self.layer().and_then(|id| document.layer(id));
        format!("{what} {}", layer.map_or("layer", |l| l.name.as_str()))
    }

    /// Changes `document`, or leaves it untouched and says why.
    pub fn apply(self, document: &mut Document) -> Result<(), CommandError> {
        match self {
            Self::OpenMain { volume, display } => document.open_main(volume, display),
            Self::AddLayer {
                volume,
                role,
                display,
            } => document.add_layer(volume, role, display)?,
            Self::AddLayers { layers, .. } => {
                if document.is_empty() {
                    return Err(CommandError::NoMainImage);
                }
                for new in layers {
                    document.add_layer(new.volume, new.role, new.display)?;
                }
            }
            Self::Close(id) => document.close(id)?,
            Self::CloseAll => document.close_all(),
            Self::Rename { layer, name } => {
                let name = name.trim();
                if name.is_empty() {
                    return Err(CommandError::EmptyName);
                }
                document.layer_mut(layer)?.name = name.to_owned();
            }
            Self::SetDisplay { layer, display } => document.layer_mut(layer)?.display = display,
            Self::SetRole { layer, role } => document.set_role(layer, role)?,
            Self::Reorder { layer, to } => document.reorder(layer, to)?,
            Self::Reload { layer, volume } => document.reload(layer, volume)?,
            Self::Reorient { layer, volume, .. } => document.reorient(layer, volume)?,
            Self::Change { layer, volume, .. } => document.change(layer, volume)?,
            Self::Align {
                layer, steps, seen, ..
            } => document.align(layer, steps, seen)?,
            Self::Measure(edit) => document.measure(edit)?,
            Self::Landmark(edit) => document.edit_landmarks(edit)?,
            Self::Select(id) => document.select(id)?,
            Self::MoveCursor(point) => document.place_cursor(point),
            Self::SetTime(time) => document.show_time(time),
            Self::MarkSaved { layer, volume } => document.mark_saved(layer, &volume),
            Self::TryOut { layer, volume } => document.try_out(layer, volume)?,
            Self::EndTrial => document.end_trial(),
            Self::ShowLive {
                volume,
                role,
                display,
            } => document.show_live(volume, role, display)?,
            Self::UpdateLive(volume) => document.update_live(volume)?,
            Self::EndLive => {
                document.take_live();
            }
        }
        Ok(())
    }
}

impl Document {
    pub(super) fn layer_mut(&mut self, id: LayerId) -> Result<&mut Layer, CommandError> {
        self.layers
            .iter_mut()
            .find(|layer| layer.id == id)
            .ok_or(CommandError::NoSuchLayer)
    }

    fn position(&self, id: LayerId) -> Result<usize, CommandError> {
        self.layers
            .iter()
            .position(|layer| layer.id == id)
            .ok_or(CommandError::NoSuchLayer)
    }

    fn open_main(&mut self, volume: Volume, display: Option<Display>) {
        self.close_all();
        let middle = volume.grid().shape().map(|n| (n / 2) as i64);
        let id = self.push(volume, Role::Main, display);
        self.ground = Some(id);
        if let Some(point) = self.voxel_to_world(middle) {
            self.place_cursor(point);
        }
    }

    fn add_layer(
        &mut self,
        volume: Volume,
        role: Role,
        display: Option<Display>,
    ) -> Result<(), CommandError> {
        if role == Role::Main {
            self.open_main(volume, display);
            return Ok(());
        }
        if self.is_empty() {
            return Err(CommandError::NoMainImage);
        }
        let id = self.push(volume, role, display);
        if role == Role::Additional {
            self.ground = Some(id);
        }
        self.show_time(self.time);
        Ok(())
    }

    /// Closing the main image closes everything: the views have no grid without it.
    fn close(&mut self, id: LayerId) -> Result<(), CommandError> {
        let position = self.position(id)?;
        if position == 0 {
            self.close_all();
            return Ok(());
        }
        self.layers.remove(position);
        self.live = self.live.filter(|live| *live != id);
        self.turn_from(id);
        Ok(())
    }

    /// Shows and selects others than the layer `id`, which is gone.
    pub(super) fn turn_from(&mut self, id: LayerId) {
        if self.ground == Some(id) {
            self.ground = self.main().map(|layer| layer.id);
        }
        if self.active == Some(id) {
            self.active = self.ground;
        }
    }

    fn close_all(&mut self) {
        *self = Self {
            next_id: self.next_id,
            // Undo may bring them back.
            saved: std::mem::take(&mut self.saved),
            saved_as: std::mem::take(&mut self.saved_as),
            view: super::View {
                linked: self.view.linked,
                flips: self.view.flips,
                ..Default::default()
            },
            ..Self::default()
        };
    }

    fn set_role(&mut self, id: LayerId, role: Role) -> Result<(), CommandError> {
        if self.position(id)? == 0 || role == Role::Main {
            return Err(CommandError::MainStays);
        }
        let layer = self.layer_mut(id)?;
        layer.role = role;
        layer.display.below_transparent = role == Role::Overlay;
        if role == Role::Overlay {
            // An overlay at full opacity would hide what it lies on.
            layer.display.opacity = layer.display.opacity.min(0.5);
            if self.ground == Some(id) {
                self.ground = self.main().map(|layer| layer.id);
            }
        } else {
            layer.display.opacity = 1.0;
            // It is shown, so it is also the one that is worked on.
            self.ground = Some(id);
            self.active = Some(id);
        }
        Ok(())
    }

    fn reorder(&mut self, id: LayerId, to: usize) -> Result<(), CommandError> {
        let position = self.position(id)?;
        if position == 0 || to == 0 {
            return Err(CommandError::MainStays);
        }
        let layer = self.layers.remove(position);
        self.layers.insert(to.min(self.layers.len()), layer);
        Ok(())
    }

    fn reload(&mut self, id: LayerId, volume: Volume) -> Result<(), CommandError> {
        let volume = self.aligned_anew(id, volume)?;
        let layer = self.layer_mut(id)?;
        layer.volume = volume;
        layer.revision += 1;
        self.show_time(self.time);
        self.place_cursor(self.cursor);
        Ok(())
    }

    fn select(&mut self, id: LayerId) -> Result<(), CommandError> {
        let layer = self.layer(id).ok_or(CommandError::NoSuchLayer)?;
        if layer.role != Role::Overlay {
            self.ground = Some(id);
        }
        self.active = Some(id);
        Ok(())
    }

    /// Shows time point `time`; images with fewer stay at their last.
    pub(super) fn show_time(&mut self, time: usize) {
        self.time = time.min(self.time_points() - 1);
        for layer in &mut self.layers {
            layer.display.time = self.time.min(layer.volume.time_points() - 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{ColorMap, Window};
    use crate::phantom;

    #[test]
    fn a_change_of_looks_is_named_after_what_changes() {
        type Change = fn(&mut Display);
        let mut document = Document::default();
        let (volume, _) = phantom::cine_pair();
        document.open_main(volume, None);
        let main = document.main().expect("an image");
        let (layer, now, name) = (main.id, main.display.clone(), main.name.clone());
        let named = |change: Change| {
            let mut display = now.clone();
            change(&mut display);
            let command = Command::SetDisplay { layer, display };
            let text = command.name(&document);
            text.strip_suffix(&name).map(|what| what.trim().to_owned())
        };
        let cases: [(Change, &str); 6] = [
            (|d| d.opacity = 0.3, "Opacity of"),
            (|d| d.window = Window::new(1.0, 2.0), "Contrast of"),
            (|d| d.map = ColorMap::Hot, "Colour map of"),
            (|d| d.visible = false, "Hide"),
            (
                |d| d.interpolation = crate::volume::Interpolation::Nearest,
                "Interpolation of",
            ),
            (|d| (d.opacity, d.map) = (0.3, ColorMap::Hot), "Display of"),
        ];
        for (change, expected) in cases {
            assert_eq!(named(change).as_deref(), Some(expected));
        }
    }
}
