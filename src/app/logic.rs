//! The one place that changes anything: looks at jobs, acts on messages, starts jobs.

use super::action::Action;
use super::dialogs::Dialog;
use super::dialogs::confirm::Question;
use super::dialogs::info::InfoState;
use super::dialogs::path::PathChoice;
use super::dialogs::role::RoleQuestion;
use super::dialogs::series::SeriesChoice;
use super::loading::{Event, Opening, Read, RoleChoice};
use super::message::Message;
use super::picker::{self, Ask, Picked};
use super::{App, Layout, Purpose};
use crate::document::{Command, Display, LayerId, Plane, Role, Window, initial_display};
use crate::io::IoError;
use crate::volume::auto_window;
use egui::Context;
use std::path::PathBuf;

impl App {
    /// One frame's worth of news: jobs, drops, keys, messages.
    pub(super) fn advance(&mut self, ctx: &Context) {
        let ready = self.arrived.is_empty() && self.dialog.is_none();
        for event in self.loader.poll(ready) {
            self.on_loaded(event);
        }
        self.poll_picker();
        self.take_drops(ctx);
        self.keyboard(ctx);
        // The last edit of a drag arrives one frame after the button went up.
        let quiet = self.messages.is_empty();
        for message in std::mem::take(&mut self.messages) {
            self.act(ctx, message);
        }
        self.seat_arrivals();
        if quiet && !ctx.input(|input| input.pointer.any_down()) {
            self.history.end_gesture();
        }
        if self.loader.is_busy() && self.dialog.is_none() {
            // Jobs wake the window when they have news; this catches the start of queued ones.
            ctx.request_repaint_after(std::time::Duration::from_millis(30));
        }
    }

    fn on_loaded(&mut self, event: Event) {
        match event {
            Event::Choose => self.dialog = Some(Dialog::Series(SeriesChoice::default())),
            Event::Read(read) => self.arrived.push_back(*read),
            Event::Failed(IoError::Cancelled) => {}
            Event::Failed(error) => self.notices.error(error.to_string()),
            Event::TooLarge(error) => {
                self.dialog = Some(Dialog::Confirm(Question {
                    title: "This image may not fit into memory".to_owned(),
                    text: error.to_string(),
                    yes: "Open anyway",
                    then: Some(Message::LoadAnyway),
                }));
            }
            Event::Crashed(panicked) => self.notices.error(panicked.to_string()),
        }
    }

    /// Gives images that were read their place; asks where the place is not known.
    fn seat_arrivals(&mut self) {
        while self.dialog.is_none()
            && let Some(read) = self.arrived.pop_front()
        {
            let first = self.document.is_empty();
            match &read.role {
                RoleChoice::Ask if !first => {
                    self.dialog = Some(Dialog::Role(Box::new(RoleQuestion::new(read))));
                }
                _ => self.seat(read),
            }
        }
    }

    fn seat(&mut self, read: Read) {
        let Read {
            volume,
            as_image,
            as_overlay,
            role,
        } = read;
        let name = volume.meta().name.clone();
        let notices = volume.meta().notices.clone();
        if let Some(folder) = volume.meta().path.as_deref().and_then(|path| {
            if path.is_dir() {
                Some(path)
            } else {
                path.parent()
            }
        }) {
            // A relative path would mean another folder at the next start.
            self.settings.last_folder = std::path::absolute(folder).ok();
        }
        let command = match role {
            _ if self.document.is_empty() => Command::OpenMain {
                volume,
                display: Some(as_image),
            },
            RoleChoice::Main | RoleChoice::Ask => Command::OpenMain {
                volume,
                display: Some(as_image),
            },
            RoleChoice::Additional => Command::AddLayer {
                volume,
                role: Role::Additional,
                display: Some(as_image),
            },
            RoleChoice::Overlay { map, opacity } => Command::AddLayer {
                volume,
                role: Role::Overlay,
                display: Some(Display {
                    map: map.unwrap_or(as_overlay.map),
                    opacity: opacity.unwrap_or(as_overlay.opacity),
                    ..as_overlay
                }),
            },
        };
        self.edit(command);
        if let Some(voxel) = self.wanted_cursor.take()
            && let Some(point) = self.document.voxel_to_world(voxel)
        {
            self.edit(Command::MoveCursor(point));
        }
        for notice in notices {
            self.notices.warning(format!("{name}: {notice}"));
        }
    }

    fn poll_picker(&mut self) {
        let Some((job, ask, purpose)) = self.picking.take() else {
            return;
        };
        match job.poll() {
            None => self.picking = Some((job, ask, purpose)),
            Some(Ok(Picked::Paths(paths))) => self.open_picked(paths, purpose),
            Some(Ok(Picked::Cancelled)) => {}
            Some(Ok(Picked::Unavailable) | Err(_)) => {
                self.purpose = purpose;
                let start = self.settings.start_folder();
                let choice = PathChoice::new(&start, ask == Ask::Folder);
                self.dialog = Some(Dialog::Path(choice));
            }
        }
    }

    fn open_picked(&mut self, paths: Vec<PathBuf>, purpose: Purpose) {
        let role = match purpose {
            Purpose::Main => RoleChoice::Main,
            Purpose::Add => RoleChoice::Ask,
        };
        self.open(Opening { paths, role });
    }

    /// Opening a main image over another asks first.
    fn open(&mut self, opening: Opening) {
        match self.document.main() {
            Some(main) if opening.role == RoleChoice::Main => {
                let others = self.document.layers().len() - 1;
                let more = match others {
                    0 => String::new(),
                    1 => " and one more image".to_owned(),
                    n => format!(" and {n} more images"),
                };
                let mut then = opening;
                then.role = RoleChoice::Main;
                self.dialog = Some(Dialog::Confirm(Question {
                    title: "Replace the main image?".to_owned(),
                    text: format!(
                        "Opening a main image closes {}{more}. To keep it, use File > Add another image.",
                        main.name
                    ),
                    yes: "Replace",
                    then: Some(Message::Replace(then)),
                }));
            }
            _ => self.loader.open(opening),
        }
    }

    fn pick(&mut self, ask: Ask, purpose: Purpose) {
        let start = self.settings.start_folder();
        let job = picker::ask(self.picker.clone(), ask, start, self.wake.clone());
        self.picking = Some((job, ask, purpose));
    }

    fn take_drops(&mut self, ctx: &Context) {
        let paths: Vec<PathBuf> = ctx.input(|input| {
            let dropped = input.raw.dropped_files.iter();
            dropped.map(|file| file.path().to_owned()).collect()
        });
        if !paths.is_empty() {
            let role = RoleChoice::Ask;
            self.messages.push(Message::Open(Opening { paths, role }));
        }
    }

    /// Applies an edit; a refusal is a notice.
    fn edit(&mut self, command: Command) {
        if let Err(refused) = self.history.apply(&mut self.document, command) {
            self.notices.error(refused.to_string());
        }
    }

    fn act(&mut self, ctx: &Context, message: Message) {
        match message {
            Message::Action(action) => self.do_action(ctx, action),
            Message::Edit(command) => self.edit(command),
            Message::SetWindow { layer, window } => self.set_window(layer, window),
            Message::SetView { plane, view } => self.set_view(plane, view),
            Message::Open(opening) => self.open(opening),
            Message::Replace(opening) => self.loader.open(opening),
            Message::LoadChosen { chosen, role } => {
                self.dialog = None;
                self.loader.read_found(&chosen, &role);
            }
            Message::LoadSibling(index) => self.loader.read_found(&[index], &RoleChoice::Ask),
            Message::UseAs(role) => {
                if let Some(Dialog::Role(question)) = self.dialog.take() {
                    self.seat(Read {
                        role,
                        ..question.read
                    });
                }
            }
            Message::Discard => self.dialog = None,
            Message::LoadAnyway => self.loader.read_held_back(),
            Message::OpenSampleNow => self.loader.make_sample(),
            Message::CancelLoading => self.loader.cancel(),
            Message::PathPicked(paths) => {
                self.dialog = None;
                self.open_picked(paths, self.purpose);
            }
            Message::CloseDialog => self.close_dialog(),
            Message::ToggleExpanded(plane) => {
                self.layout = match self.layout {
                    Layout::All => Layout::Only(plane),
                    Layout::Only(_) => Layout::All,
                };
            }
            Message::DismissNotice(index) => self.notices.dismiss(index),
            Message::ClearNotices => self.notices.clear(),
        }
    }

    fn close_dialog(&mut self) {
        if let Some(Dialog::Series(_)) = self.dialog.take() {
            self.loader.cancel();
        }
    }

    fn set_window(&mut self, id: LayerId, window: Window) {
        if let Some(layer) = self.document.layer(id) {
            let display = Display {
                window,
                ..layer.display.clone()
            };
            self.edit(Command::SetDisplay { layer: id, display });
        }
    }

    /// Changes the display of every layer that `wanted` picks.
    fn set_displays(&mut self, change: impl Fn(&crate::document::Layer) -> Option<Display>) {
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

    fn do_action(&mut self, ctx: &Context, action: Action) {
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
            Action::OpenSample => self.open_sample(),
            Action::CloseLayer => {
                if let Some(layer) = self.document.active() {
                    let command = Command::Close(layer.id);
                    self.edit(command);
                }
            }
            Action::CloseAll => self.edit(Command::CloseAll),
            Action::Quit => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
            Action::Undo => self.history.undo(&mut self.document),
            Action::Redo => self.history.redo(&mut self.document),
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

    fn open_sample(&mut self) {
        if self.document.is_empty() {
            self.loader.make_sample();
        } else {
            self.dialog = Some(Dialog::Confirm(Question {
                title: "Open the sample study?".to_owned(),
                text: "It takes the place of the images that are open.".to_owned(),
                yes: "Open",
                then: Some(Message::OpenSampleNow),
            }));
        }
    }

    fn toggle_interpolation(&mut self) {
        use crate::volume::Interpolation::{Linear, Nearest};
        let active = self.document.active().map(|layer| layer.id);
        self.set_displays(|layer| {
            (Some(layer.id) == active).then(|| Display {
                interpolation: match layer.display.interpolation {
                    Linear => Nearest,
                    Nearest => Linear,
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
            | Action::Quit
            | Action::Keys
            | Action::About
            | Action::ShowNotices
            | Action::ToggleOneBased
            | Action::AllViews => true,
            Action::Undo => self.history.undo_name().is_some(),
            Action::Redo => self.history.redo_name().is_some(),
            Action::ToggleOverlays | Action::LessOverlay | Action::MoreOverlay => {
                self.document.overlays().next().is_some()
            }
            Action::PreviousLayer | Action::NextLayer => self.document.ground_layers().count() > 1,
            _ => !self.document.is_empty(),
        }
    }

    /// Whether a switch is on.
    pub(super) fn is_on(&self, action: Action) -> bool {
        match action {
            Action::AllViews => self.layout == Layout::All,
            Action::OnlyAxial => self.layout == Layout::Only(Plane::Axial),
            Action::OnlySagittal => self.layout == Layout::Only(Plane::Sagittal),
            Action::OnlyCoronal => self.layout == Layout::Only(Plane::Coronal),
            Action::ToggleLinkedZoom => self.document.view.linked,
            Action::ToggleAnnotations => self.annotations.all,
            Action::ToggleCrosshair => self.annotations.crosshair,
            Action::ToggleColorBar => self.annotations.color_bar,
            Action::ToggleOneBased => self.settings.one_based,
            Action::ToggleOverlays => self.document.overlays().any(|l| l.display.visible),
            Action::ToggleInterpolation => self.document.active().is_some_and(|layer| {
                layer.display.interpolation == crate::volume::Interpolation::Linear
            }),
            _ => false,
        }
    }
}
