//! What each action does, and when it can be done.

use super::action::Action;
use super::dialogs::Dialog;
use super::dialogs::confirm::Question;
use super::dialogs::info::InfoState;
use super::loading::BuiltIn;
use super::message::Message;
use super::picker::Ask;
use super::registration::{Drawing, field_layer};
use super::slice_view::Tool;
use super::{App, Layout, Purpose};
use crate::document::{Command, Display, Layer, LayerId, Plane, Role, Window, initial_display};
use crate::volume::{Interpolation, auto_window};
use egui::Context;

impl App {
    /// Changes the display of every layer that `wanted` picks.
    fn set_displays(&mut self, change: impl Fn(&Layer) -> Option<Display>) {
        let changed: Vec<(LayerId, Display)> = self
            .document
            .layers()
            .iter()
            .filter_map(|layer| change(layer).map(|display| (layer.id, display)))
            .collect();
        for (layer, display) in changed {
            self.edit(Command::SetDisplay { layer, display });
        }
    }

    pub(super) fn do_action(&mut self, ctx: &Context, action: Action) {
        match action {
            Action::OpenMain => self.pick(Ask::Files, Purpose::Main),
            Action::OpenFolder => {
                let purpose = if self.document.is_empty() {
                    Purpose::Main
                } else {
                    Purpose::Add
                };
                self.pick(Ask::Folder, purpose);
            }
            Action::AddImage => self.pick(Ask::Files, Purpose::Add),
            Action::OpenSample => self.open_built_in(BuiltIn::Study),
            Action::OpenWorkspace => self.pick(Ask::Workspace, Purpose::OpenWorkspace),
            Action::SaveWorkspace => self.save_workspace(false),
            Action::SaveWorkspaceAs => self.save_workspace(true),
            Action::Demons => self.demons.open ^= true,
            Action::FieldGrid => self.toggle_field(Drawing::Grid),
            Action::FieldArrows => self.toggle_field(Drawing::Arrows),
            Action::TryCine => self.try_pair(BuiltIn::CinePair),
            Action::TryBreathing => self.try_pair(BuiltIn::BreathingPair),
            Action::SaveImage => {
                if let Some(layer) = self.document.active() {
                    self.save_as(layer.id);
                }
            }
            Action::CloseLayer => {
                if let Some(layer) = self.document.active() {
                    self.close(Command::Close(layer.id));
                }
            }
            Action::CloseAll => self.close(Command::CloseAll),
            Action::Quit => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
            Action::Undo => self.history.undo(&mut self.document),
            Action::Redo => self.history.redo(&mut self.document),
            Action::CursorTool => self.tool = Tool::Cursor,
            Action::PanTool => self.tool = Tool::Pan,
            Action::ContrastTool => self.tool = Tool::Contrast,
            Action::Fit => self.fit(),
            Action::Zoom1 => self.voxel_zoom(1.0),
            Action::Zoom2 => self.voxel_zoom(2.0),
            Action::Zoom4 => self.voxel_zoom(4.0),
            Action::ZoomIn => self.zoom_by(1.1),
            Action::ZoomOut => self.zoom_by(1.0 / 1.1),
            Action::Center => self.center_on_cursor(),
            Action::ToggleLinkedZoom => self.document.view.linked ^= true,
            Action::ToggleAnnotations => self.annotations.all ^= true,
            Action::ToggleCrosshair => self.annotations.crosshair ^= true,
            Action::ToggleColorBar => self.annotations.color_bar ^= true,
            Action::ToggleInterpolation => self.toggle_interpolation(),
            Action::ToggleOneBased => self.settings.one_based ^= true,
            Action::ToggleOverlays => self.toggle_overlays(),
            Action::LessOverlay => self.shift_opacity(-0.05),
            Action::MoreOverlay => self.shift_opacity(0.05),
            Action::PreviousLayer => self.step_layer(-1),
            Action::NextLayer => self.step_layer(1),
            Action::AutoContrast => {
                let active = self.document.active().map(|layer| layer.id);
                self.auto_contrast(|layer| Some(layer) == active);
            }
            Action::AutoContrastAll => self.auto_contrast(|_| true),
            Action::ResetContrastAll => self.reset_contrast(),
            Action::AllViews => self.layout = Layout::All,
            Action::OnlyAxial => self.layout = Layout::Only(Plane::Axial),
            Action::OnlySagittal => self.layout = Layout::Only(Plane::Sagittal),
            Action::OnlyCoronal => self.layout = Layout::Only(Plane::Coronal),
            Action::ShowInfo => self.dialog = Some(Dialog::Info(InfoState::default())),
            Action::ShowNotices => self.dialog = Some(Dialog::Notices),
            Action::Keys => self.dialog = Some(Dialog::Keys),
            Action::About => self.dialog = Some(Dialog::About),
        }
    }

    fn open_built_in(&mut self, images: BuiltIn) {
        if self.document.is_empty() {
            self.loader.open_built_in(images);
        } else {
            self.dialog = Some(Dialog::Confirm(Question {
                title: format!("Open {}?", images.name()),
                text: format!(
                    "It takes the place of the images that are open.{}",
                    self.unsaved_text()
                ),
                yes: "Open",
                then: Some(Message::OpenBuiltInNow(images)),
                other: None,
            }));
        }
    }

    fn toggle_field(&mut self, drawing: Drawing) {
        let on = self.field_drawing == Some(drawing);
        self.field_drawing = (!on).then_some(drawing);
    }

    /// A pair to register, with the workspace to do it in.
    fn try_pair(&mut self, pair: BuiltIn) {
        self.demons.open = true;
        self.open_built_in(pair);
    }

    fn toggle_interpolation(&mut self) {
        let active = self.document.active().map(|layer| layer.id);
        self.set_displays(|layer| {
            (Some(layer.id) == active).then(|| Display {
                interpolation: match layer.display.interpolation {
                    Interpolation::Linear => Interpolation::Nearest,
                    Interpolation::Nearest => Interpolation::Linear,
                },
                ..layer.display.clone()
            })
        });
    }

    fn toggle_overlays(&mut self) {
        let any = self.document.overlays().any(|layer| layer.display.visible);
        self.set_displays(|layer| {
            (layer.role == Role::Overlay).then(|| Display {
                visible: !any,
                ..layer.display.clone()
            })
        });
    }

    fn shift_opacity(&mut self, by: f32) {
        self.set_displays(|layer| {
            (layer.role == Role::Overlay).then(|| Display {
                opacity: (layer.display.opacity + by).clamp(0.0, 1.0),
                ..layer.display.clone()
            })
        });
    }

    fn step_layer(&mut self, by: isize) {
        let ground: Vec<LayerId> = self
            .document
            .ground_layers()
            .map(|layer| layer.id)
            .collect();
        let now = self.document.ground().map(|layer| layer.id);
        if let Some(position) = ground.iter().position(|id| Some(*id) == now) {
            let count = ground.len() as isize;
            let next = (position as isize + by).rem_euclid(count) as usize;
            self.edit(Command::Select(ground[next]));
        }
    }

    fn auto_contrast(&mut self, wanted: impl Fn(LayerId) -> bool) {
        self.set_displays(|layer| {
            let (min, max) = wanted(layer.id).then(|| auto_window(&layer.volume))?;
            Some(Display {
                window: Window { min, max },
                ..layer.display.clone()
            })
        });
    }

    fn reset_contrast(&mut self) {
        self.set_displays(|layer| {
            let first = initial_display(&layer.volume, layer.role == Role::Overlay);
            Some(Display {
                window: first.window,
                ..layer.display.clone()
            })
        });
    }

    /// Whether `action` makes sense now.
    pub(super) fn is_enabled(&self, action: Action) -> bool {
        match action {
            Action::OpenMain
            | Action::OpenFolder
            | Action::OpenSample
            | Action::AddImage
            | Action::OpenWorkspace
            | Action::Quit
            | Action::Keys
            | Action::About
            | Action::ShowNotices
            | Action::ToggleOneBased
            | Action::Demons
            | Action::TryCine
            | Action::TryBreathing
            | Action::AllViews => true,
            Action::Undo => self.history.undo_name().is_some(),
            Action::Redo => self.history.redo_name().is_some(),
            Action::ToggleOverlays | Action::LessOverlay | Action::MoreOverlay => {
                self.document.overlays().next().is_some()
            }
            Action::SaveImage => !self.document.is_empty() && self.saving.is_none(),
            Action::FieldGrid | Action::FieldArrows => field_layer(&self.document).is_some(),
            Action::PreviousLayer | Action::NextLayer => self.document.ground_layers().count() > 1,
            _ => !self.document.is_empty(),
        }
    }

    /// Whether a switch is on.
    pub(super) fn is_on(&self, action: Action) -> bool {
        match action {
            Action::CursorTool => self.tool == Tool::Cursor,
            Action::PanTool => self.tool == Tool::Pan,
            Action::ContrastTool => self.tool == Tool::Contrast,
            Action::AllViews => self.layout == Layout::All,
            Action::OnlyAxial => self.layout == Layout::Only(Plane::Axial),
            Action::OnlySagittal => self.layout == Layout::Only(Plane::Sagittal),
            Action::OnlyCoronal => self.layout == Layout::Only(Plane::Coronal),
            Action::ToggleLinkedZoom => self.document.view.linked,
            Action::ToggleAnnotations => self.annotations.all,
            Action::ToggleCrosshair => self.annotations.crosshair,
            Action::ToggleColorBar => self.annotations.color_bar,
            Action::ToggleOneBased => self.settings.one_based,
            Action::Demons => self.demons.open,
            Action::FieldGrid => self.field_drawing == Some(Drawing::Grid),
            Action::FieldArrows => self.field_drawing == Some(Drawing::Arrows),
            Action::ToggleOverlays => self.document.overlays().any(|l| l.display.visible),
            Action::ToggleInterpolation => self
                .document
                .active()
                .is_some_and(|layer| layer.display.interpolation == Interpolation::Linear),
            _ => false,
        }
    }
}
