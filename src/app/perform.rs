//! What each action does, and when it can be done.

use super::action::Action;
use super::contrast::Contrast;
use super::dialogs::Dialog;
use super::dialogs::confirm::Question;
use super::dialogs::palette::Search;
use super::inspector::Tab;
use super::loading::BuiltIn;
use super::message::Message;
use super::panels::fourth::FourthPane;
use super::picker::Ask;
use super::play::Reel;
use super::registration::{Drawing, field_layer};
use super::screen::fit_interface;
use super::settings::{INTERFACE_PERCENT, Settings};
use super::slice_view::Tool;
use super::snapshot::Subject;
use super::view3d::Camera;
use super::{App, Layout, Purpose, align, compare, landmarks, panels, reorient, tools};
use crate::document::{Command, Display, Layer, LayerId, MeasurementKind, Plane, Role};
use crate::geometry::Anatomy;
use crate::volume::Interpolation;
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

    /// Takes over other choices at once.
    pub(super) fn change_settings(&mut self, ctx: &Context, settings: Settings) {
        let chosen = self.settings.interface_percent.is_some();
        self.settings = settings;
        self.settings.install(ctx);
        if chosen && self.settings.interface_percent.is_none() {
            fit_interface(ctx);
        }
        self.document.view.flip(self.settings.flips());
    }

    fn resize_interface(&mut self, ctx: &Context, by: i32) {
        let [low, high] = [INTERFACE_PERCENT.start(), INTERFACE_PERCENT.end()];
        let percent = i32::from(self.settings.shown_percent(ctx)) + by;
        let percent = percent.clamp(i32::from(*low), i32::from(*high)) as u16;
        self.settings.interface_percent = Some(percent);
        self.settings.install(ctx);
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
            Action::Align => self.act_on_align(ctx, align::Request::Toggle),
            Action::AlignTool => self.act_on_align(ctx, align::Request::Interactive(true)),
            Action::Compare => self.act_on_compare(compare::Request::Toggle),
            Action::NextComparison => self.act_on_compare(compare::Request::NextMode),
            Action::Agreement => self.act_on_compare(compare::Request::ToggleFigures),
            Action::LandmarkTool => self.act_on_landmarks(landmarks::Request::Place(true)),
            Action::CompareCheckerboard
            | Action::CompareSwipe
            | Action::CompareFlicker
            | Action::CompareDifference
            | Action::CompareCyanMagenta
            | Action::CompareRedGreen
            | Action::CompareEdges
            | Action::CompareBlend => {
                if let Some(mode) = action.comparison() {
                    self.act_on_compare(compare::Request::ToggleMode(mode));
                }
            }
            Action::Demons => {
                self.close_align();
                self.demons.open ^= true;
            }
            Action::HeaderTool
            | Action::CropTool
            | Action::CenterTool
            | Action::ResampleTool
            | Action::RetypeTool
            | Action::ThresholdTool
            | Action::TimesTool
            | Action::SlicesTool => {
                if let Some(kind) = action.image_tool() {
                    self.act_on_tools(ctx, tools::Request::Toggle(kind));
                }
            }
            Action::Reorient => self.act_on_reorienting(ctx, reorient::Request::Toggle),
            Action::FieldGrid => self.toggle_field(Drawing::Grid),
            Action::FieldArrows => self.toggle_field(Drawing::Arrows),
            Action::TryCine => self.try_pair(BuiltIn::CinePair),
            Action::TryBreathing => self.try_pair(BuiltIn::BreathingPair),
            Action::SaveImage => {
                if let Some(layer) = self.document.active() {
                    self.save_as(layer.id);
                }
            }
            Action::SavePicture => self.ask_for_snapshot(Subject::Window),
            Action::SaveViewPicture => self.ask_for_snapshot(Subject::View(self.hovered)),
            Action::SaveSlices => self.ask_for_snapshot(Subject::Slices(self.hovered)),
            Action::RenameLayer => {
                if let Some(layer) = self.document.active() {
                    panels::layers::begin_rename(ctx, layer);
                }
            }
            Action::CloseLayer => {
                if let Some(layer) = self.document.active() {
                    self.close(Command::Close(layer.id));
                }
            }
            Action::CloseAll => self.close(Command::CloseAll),
            Action::Quit => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
            Action::Undo if self.aligning.is_running() => self.stop_alignment(),
            Action::Undo => self.history.undo(&mut self.document),
            Action::Redo => self.history.redo(&mut self.document),
            Action::CursorTool => self.tool = Tool::Cursor,
            Action::PanTool => self.tool = Tool::Pan,
            Action::ContrastTool => self.tool = Tool::Contrast,
            Action::RulerTool => self.tool = Tool::Measure(MeasurementKind::Ruler),
            Action::RectangleTool => self.tool = Tool::Measure(MeasurementKind::Rectangle),
            Action::EllipseTool => self.tool = Tool::Measure(MeasurementKind::Ellipse),
            Action::ProfileTool => self.tool = Tool::Measure(MeasurementKind::Profile),
            Action::DeleteMeasurement => self.delete_measurement(),
            Action::DeleteMeasurements => self.delete_measurements(),
            Action::CopyMeasurements => self.copy_measurements(ctx),
            Action::Fit => self.fit(),
            Action::Zoom1 => self.voxel_zoom(1.0),
            Action::Zoom2 => self.voxel_zoom(2.0),
            Action::Zoom4 => self.voxel_zoom(4.0),
            Action::ZoomIn => self.zoom_by(1.1),
            Action::ZoomOut => self.zoom_by(1.0 / 1.1),
            Action::Center => self.center_on_cursor(),
            Action::ToggleLinkedZoom => {
                self.document.view.linked ^= true;
                self.settings.unlinked_zoom = !self.document.view.linked;
            }
            Action::ToggleAnnotations => self.settings.annotations.all ^= true,
            Action::ToggleCrosshair => self.settings.annotations.crosshair ^= true,
            Action::ToggleColorBar => self.settings.annotations.color_bar ^= true,
            Action::ToggleInterpolation => self.toggle_interpolation(),
            Action::ToggleOneBased => self.settings.one_based ^= true,
            Action::ToggleNavigator => self.settings.hide_navigator ^= true,
            Action::ToggleTiled => self.settings.tiled ^= true,
            Action::PlaySlices => self.toggle_play(Reel::Slices(self.hovered)),
            Action::PlayTime => self.toggle_play(Reel::Time),
            Action::FlipLeftRight => {
                self.settings.neurological ^= true;
                self.document.view.flip(self.settings.flips());
            }
            Action::FlipFrontBack => {
                self.settings.front_right ^= true;
                self.document.view.flip(self.settings.flips());
            }
            Action::ToggleOverlays => self.toggle_overlays(),
            Action::LessOverlay => self.shift_opacity(-0.05),
            Action::MoreOverlay => self.shift_opacity(0.05),
            Action::PreviousLayer => self.step_layer(-1),
            Action::NextLayer => self.step_layer(1),
            Action::AutoContrast => {
                let active = self.document.active().map(|layer| layer.id);
                self.change_contrast(Contrast::Auto, |layer| Some(layer.id) == active);
            }
            Action::FullContrast => {
                let active = self.document.active().map(|layer| layer.id);
                self.change_contrast(Contrast::Full, |layer| Some(layer.id) == active);
            }
            Action::AutoContrastAll => self.change_contrast(Contrast::Auto, |_| true),
            Action::ResetContrastAll => self.change_contrast(Contrast::Opened, |_| true),
            Action::AllViews => self.layout = Layout::All,
            Action::OnlyAxial => self.layout = Layout::Only(Plane::Axial),
            Action::OnlySagittal => self.layout = Layout::Only(Plane::Sagittal),
            Action::OnlyCoronal => self.layout = Layout::Only(Plane::Coronal),
            Action::Only3d => self.layout = Layout::Only3d,
            Action::Show3d => self.settings.fourth_pane = FourthPane::View3d,
            Action::ShowFacts => self.settings.fourth_pane = FourthPane::Facts,
            Action::ResetViewpoint => self.view3d.camera = Camera::default(),
            Action::LookFromFront => self.look_from(Anatomy::Anterior),
            Action::LookFromBack => self.look_from(Anatomy::Posterior),
            Action::LookFromLeft => self.look_from(Anatomy::Left),
            Action::LookFromRight => self.look_from(Anatomy::Right),
            Action::LookFromAbove => self.look_from(Anatomy::Superior),
            Action::LookFromBelow => self.look_from(Anatomy::Inferior),
            Action::Inspect => self.inspector.open ^= true,
            Action::InspectContrast => self.inspector.toggle(Tab::Contrast),
            Action::InspectColorMap => self.inspector.toggle(Tab::ColorMap),
            Action::InspectLabels => self.inspector.toggle(Tab::Labels),
            Action::InspectInfo => self.inspector.toggle(Tab::Info),
            Action::InspectMetadata => self.inspector.toggle(Tab::Metadata),
            Action::ShowNotices => self.notices.listed ^= true,
            Action::Keys => self.dialog = Some(Dialog::Keys),
            Action::Preferences => self.dialog = Some(Dialog::Preferences(Box::default())),
            Action::Palette => self.dialog = Some(Dialog::Palette(Search::default())),
            Action::LargerInterface => self.resize_interface(ctx, 25),
            Action::SmallerInterface => self.resize_interface(ctx, -25),
            Action::UsualInterface => {
                self.settings.interface_percent = None;
                fit_interface(ctx);
            }
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

    fn look_from(&mut self, side: Anatomy) {
        self.view3d.camera = self.view3d.camera.facing(side);
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
            | Action::Preferences
            | Action::Palette
            | Action::LargerInterface
            | Action::SmallerInterface
            | Action::UsualInterface
            | Action::About
            | Action::ShowNotices
            | Action::ToggleOneBased
            | Action::ToggleNavigator
            | Action::FlipLeftRight
            | Action::FlipFrontBack
            | Action::Demons
            | Action::TryCine
            | Action::TryBreathing
            | Action::AllViews => true,
            Action::Undo => self.history.undo_name().is_some() || self.aligning.is_running(),
            Action::Redo => self.history.redo_name().is_some() && !self.aligning.is_running(),
            Action::ToggleOverlays | Action::LessOverlay | Action::MoreOverlay => {
                self.document.overlays().next().is_some()
            }
            Action::SaveImage => !self.document.is_empty() && self.saving.is_none(),
            Action::SaveWorkspace | Action::SaveWorkspaceAs => {
                !self.document.is_empty() && !self.workspaces.is_writing()
            }
            Action::SaveViewPicture | Action::SaveSlices => {
                self.snapshot.is_none() && self.viewport(self.hovered).is_some()
            }
            Action::SavePicture => self.snapshot.is_none(),
            Action::ToggleTiled => self.document.ground_layers().nth(1).is_some(),
            Action::HeaderTool
            | Action::CropTool
            | Action::ResampleTool
            | Action::RetypeTool
            | Action::ThresholdTool
            | Action::TimesTool
            | Action::SlicesTool => !self.document.is_empty() && !self.demons.open,
            Action::CenterTool => self.document.layers().len() > 1 && !self.demons.open,
            Action::Reorient | Action::Align => !self.document.is_empty() && !self.demons.open,
            Action::AlignTool => self.aligning.open && !self.demons.open,
            Action::Compare | Action::NextComparison | Action::Agreement | Action::LandmarkTool => {
                self.can_compare()
            }
            Action::PlaySlices => {
                !self.demons.open && Reel::Slices(self.hovered).count(&self.document) > 1
            }
            Action::PlayTime => !self.demons.open && Reel::Time.count(&self.document) > 1,
            Action::DeleteMeasurement => self.measuring.selected(&self.document).is_some(),
            Action::DeleteMeasurements | Action::CopyMeasurements => {
                !self.document.measurements().is_empty()
            }
            Action::FieldGrid | Action::FieldArrows => field_layer(&self.document).is_some(),
            Action::PreviousLayer | Action::NextLayer => self.document.ground_layers().count() > 1,
            other if other.comparison().is_some() => self.can_compare(),
            _ => !self.document.is_empty(),
        }
    }

    /// Whether a switch is on.
    pub(super) fn is_on(&self, action: Action) -> bool {
        match action {
            Action::CursorTool => self.tool == Tool::Cursor,
            Action::PanTool => self.tool == Tool::Pan,
            Action::ContrastTool => self.tool == Tool::Contrast,
            Action::RulerTool => self.tool == Tool::Measure(MeasurementKind::Ruler),
            Action::RectangleTool => self.tool == Tool::Measure(MeasurementKind::Rectangle),
            Action::EllipseTool => self.tool == Tool::Measure(MeasurementKind::Ellipse),
            Action::ProfileTool => self.tool == Tool::Measure(MeasurementKind::Profile),
            Action::AllViews => self.layout == Layout::All,
            Action::OnlyAxial => self.layout == Layout::Only(Plane::Axial),
            Action::OnlySagittal => self.layout == Layout::Only(Plane::Sagittal),
            Action::OnlyCoronal => self.layout == Layout::Only(Plane::Coronal),
            Action::Only3d => self.layout == Layout::Only3d,
            Action::Show3d => self.settings.fourth_pane == FourthPane::View3d,
            Action::ShowFacts => self.settings.fourth_pane == FourthPane::Facts,
            Action::ToggleLinkedZoom => self.document.view.linked,
            Action::ToggleAnnotations => self.settings.annotations.all,
            Action::ToggleCrosshair => self.settings.annotations.crosshair,
            Action::ToggleColorBar => self.settings.annotations.color_bar,
            Action::ToggleOneBased => self.settings.one_based,
            Action::ToggleNavigator => !self.settings.hide_navigator,
            Action::ToggleTiled => self.settings.tiled,
            Action::PlaySlices => self.plays(Reel::Slices(self.hovered)),
            Action::PlayTime => self.plays(Reel::Time),
            Action::FlipLeftRight => self.settings.neurological,
            Action::FlipFrontBack => self.settings.front_right,
            Action::Align => self.aligning.open,
            Action::AlignTool => self.tool == Tool::Align,
            Action::Compare => self.comparing.on,
            Action::Agreement => self.comparing.figures_shown,
            Action::LandmarkTool => self.tool == Tool::Landmark,
            Action::Demons => self.demons.open,
            Action::Reorient => self.reorienting.is_some(),
            Action::ShowNotices => self.notices.listed,
            Action::Inspect => self.inspector.open,
            Action::InspectContrast => self.inspector.shows(Tab::Contrast),
            Action::InspectColorMap => self.inspector.shows(Tab::ColorMap),
            Action::InspectLabels => self.inspector.shows(Tab::Labels),
            Action::InspectInfo => self.inspector.shows(Tab::Info),
            Action::InspectMetadata => self.inspector.shows(Tab::Metadata),
            Action::FieldGrid => self.field_drawing == Some(Drawing::Grid),
            Action::FieldArrows => self.field_drawing == Some(Drawing::Arrows),
            Action::ToggleOverlays => self.document.overlays().any(|l| l.display.visible),
            Action::ToggleInterpolation => self
                .document
                .active()
                .is_some_and(|layer| layer.display.interpolation == Interpolation::Linear),
            other => match other.comparison() {
                Some(mode) => self.comparing.shows(mode),
                None => false,
            },
        }
    }
}
