//! The one place that changes anything: looks at jobs, acts on messages, starts jobs.

use super::dialogs::Dialog;
use super::dialogs::confirm::Question;
use super::dialogs::role::RoleQuestion;
use super::dialogs::series::SeriesChoice;
use super::inspector::Tab;
use super::loading::{Event, Opening, Read, RoleChoice};
use super::message::Message;
use super::panels::fourth::FourthPane;
use super::{App, Layout, tools};
use crate::document::{Command, Display, LabelDisplay, LayerId, Plane, Role, Window};
use crate::io::IoError;
use crate::jobs::{self, Job};
use crate::volume::looks_like_labels;
use crate::workspace::is_workspace;
use egui::Context;
use std::path::PathBuf;
use std::sync::Arc;

impl App {
    /// One frame's worth of news: jobs, drops, keys, messages.
    pub(super) fn advance(&mut self, ctx: &Context) {
        let ready = self.arrived.is_empty() && self.dialog.is_none() && !self.workspaces.is_busy();
        for event in self.loader.poll(ready) {
            self.on_loaded(event);
        }
        self.poll_picker();
        self.poll_saving(ctx);
        self.advance_save_dialog();
        self.advance_contrasts();
        self.advance_workspace(ctx);
        self.on_close_request(ctx);
        self.take_drops(ctx);
        self.keyboard(ctx);
        // The last edit of a drag arrives one frame after the button went up.
        let quiet = self.messages.is_empty();
        for message in std::mem::take(&mut self.messages) {
            self.act(ctx, message);
        }
        self.seat_arrivals();
        self.advance_demons(ctx);
        self.advance_reorienting();
        self.advance_tools();
        self.advance_align();
        self.advance_compare(ctx);
        self.advance_play(ctx);
        self.advance_snapshot(ctx);
        self.measuring.update(&self.document, &self.wake);
        if quiet && !ctx.input(|input| input.pointer.any_down()) {
            self.history.end_gesture();
        }
        self.update_title(ctx);
        if let Some(error) = self.recents.advance(ctx) {
            self.notices.warning(error);
        }
        let shows_facts =
            self.layout == Layout::All && self.settings.fourth_pane == FourthPane::Facts;
        let shown = shows_facts || self.inspector.open;
        let wanted = self.document.active().filter(|_| shown);
        let bins = self.settings.histogram.bins;
        self.histograms
            .update(self.document.layers(), wanted, bins, &self.wake);
        let labelled = self
            .document
            .active()
            .filter(|layer| layer.display.labels.is_some());
        let labelled = labelled.filter(|_| self.inspector.shows(Tab::Labels));
        self.label_numbers
            .update(&self.document, labelled, &self.wake);
        if self.loader.is_busy() && self.dialog.is_none() {
            // Jobs wake the window when they have news; this catches the start of queued ones.
            ctx.request_repaint_after(std::time::Duration::from_millis(30));
        }
    }

    fn update_title(&mut self, ctx: &Context) {
        let mut parts: Vec<String> = self.workspace_title().into_iter().collect();
        parts.extend(self.document.main().map(|main| main.name.clone()));
        parts.push("warpscope".to_owned());
        let title = parts.join(" - ");
        if title != self.title {
            ctx.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    fn on_loaded(&mut self, event: Event) {
        match event {
            Event::Choose => self.dialog = Some(Dialog::Series(SeriesChoice::default())),
            Event::Read(read) => {
                let wishes = self.settings.new_images.clone();
                let job = jobs::spawn("Contrast of a new image", self.wake.clone(), move |_| {
                    let mut read = *read;
                    wishes.apply(&read.volume, &mut read.as_image, &mut read.as_overlay);
                    read.is_labels = looks_like_labels(&read.volume);
                    read
                });
                self.arrived.push_back(job);
            }
            Event::Failed(IoError::Cancelled) => {}
            Event::Failed(error) => self.notices.error(error.to_string()),
            Event::Skipped { files, first } => {
                let word = if files == 1 { "file was" } else { "files were" };
                let text = format!("{files} {word} skipped, such as {first}");
                self.notices.warning(text);
            }
            Event::TooLarge(error) => {
                self.dialog = Some(Dialog::Confirm(Question {
                    title: "This image may not fit into memory".to_owned(),
                    text: error.to_string(),
                    yes: "Open anyway",
                    then: Some(Message::LoadAnyway),
                    other: None,
                }));
            }
            Event::Crashed(panicked) => self.notices.error(panicked.to_string()),
        }
    }

    /// Gives images that were read their place; asks where the place is not known.
    fn seat_arrivals(&mut self) {
        while self.dialog.is_none()
            && let Some(outcome) = self.arrived.front().and_then(Job::poll)
        {
            self.arrived.pop_front();
            let read = match outcome {
                Ok(read) => read,
                Err(panicked) => {
                    self.notices.error(panicked.to_string());
                    continue;
                }
            };
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
            ..
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
        if !matches!(role, RoleChoice::Again(_)) {
            let is_overlay = matches!(role, RoleChoice::Overlay { .. });
            let display = if is_overlay { &as_overlay } else { &as_image };
            self.note_image(&volume, display);
        }
        let command = match role {
            RoleChoice::Again(layer) => Command::Reload { layer, volume },
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
            RoleChoice::Labels(table) => Command::AddLayer {
                volume,
                role: Role::Overlay,
                display: Some(Display::of_labels(LabelDisplay {
                    table: table.map(Arc::unwrap_or_clone).unwrap_or_default(),
                    ..LabelDisplay::default()
                })),
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
        let is_main = command.starts_afresh();
        self.histograms.forget(&command);
        self.edit(command);
        if is_main {
            self.layout = self.usual_layout();
        }
        self.place_wanted_cursor();
        let layer = self
            .document
            .active()
            .map(|layer| (layer.id, &layer.volume));
        let mut offered = Vec::new();
        for notice in notices {
            let text = format!("{name}: {notice}");
            let mut offers = Vec::new();
            if let Some((layer, volume)) = layer {
                // Several notices may speak of the same slices; the first asks.
                let mut new = tools::Stack::offers(notice.kind, volume);
                new.retain(|what| !offered.contains(what));
                offered.extend(&new);
                let request = |what| tools::Request::Restack { layer, what };
                offers.extend(new.into_iter().map(|what| (what.word(), request(what))));
            }
            self.notices.offer(text, offers);
        }
    }

    /// Puts the cursor where the command line wants it.
    pub(super) fn place_wanted_cursor(&mut self) {
        if let Some(voxel) = self.wanted_cursor.take()
            && let Some(point) = self.document.voxel_to_world(voxel)
        {
            self.edit(Command::MoveCursor(point));
        }
    }

    /// A 2D image has one plane worth showing.
    pub(super) fn usual_layout(&self) -> Layout {
        match self.document.grid().and_then(Plane::of_flat) {
            Some(plane) => Layout::Only(plane),
            None => Layout::All,
        }
    }

    /// Opening a main image over another asks first.
    pub(super) fn open(&mut self, mut opening: Opening) {
        if let Some(at) = opening.paths.iter().position(|path| is_workspace(path)) {
            self.open_workspace(opening.paths.remove(at));
            if !opening.paths.is_empty() {
                self.loader.open(opening);
            }
            return;
        }
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
                        "Opening a main image closes {}{more}. To keep it, use File > Add another image.{}",
                        main.name,
                        self.unsaved_text()
                    ),
                    yes: "Replace",
                    then: Some(Message::Replace(then)),
                    other: None,
                }));
            }
            _ => self.loader.open(opening),
        }
    }

    fn take_drops(&mut self, ctx: &Context) {
        let paths: Vec<PathBuf> = ctx.input(|input| {
            let dropped = input.raw.dropped_files.iter();
            dropped.map(|file| file.path().to_owned()).collect()
        });
        if !paths.is_empty() {
            let opening = Opening::new(paths, RoleChoice::Ask);
            self.messages.push(Message::Open(opening));
        }
    }

    /// Applies an edit; a refusal is a notice.
    pub(super) fn edit(&mut self, command: Command) {
        if let Err(refused) = self.history.apply(&mut self.document, command) {
            self.notices.error(refused.to_string());
        }
    }

    fn act(&mut self, ctx: &Context, message: Message) {
        match message {
            Message::Action(action) => self.do_action(ctx, action),
            Message::Edit(command @ (Command::Close(_) | Command::CloseAll)) => self.close(command),
            Message::Edit(command) => self.edit(command),
            Message::SetWindow { layer, window } => self.set_window(layer, window),
            Message::ChangeContrast { layer, contrast } => {
                self.change_contrast(contrast, |it| it.id == layer);
            }
            Message::SetView { plane, view } => self.set_view(plane, view),
            Message::TogglePlay(reel) => self.toggle_play(reel),
            Message::SetPlaySpeed(speed) => self.settings.play_speed = speed,
            Message::SavePicture(subject) => self.ask_for_snapshot(subject),
            Message::SaveSnapshotOver { subject, path } => {
                self.save_snapshot_to(subject, path, true);
            }
            Message::CancelSnapshot => self.end_snapshot(),
            Message::Look(camera) => self.view3d.camera = camera,
            Message::Open(opening) => self.open(opening),
            Message::Replace(opening) => self.loader.open(opening),
            Message::LoadChosen { chosen, role } => {
                self.dialog = None;
                self.loader.read_chosen(&chosen, &role);
            }
            Message::LoadSibling(index) => self.loader.read_sibling(index),
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
            Message::OpenBuiltInNow(images) => self.loader.open_built_in(images),
            Message::Inspector(request) => self.inspector.act(request),
            Message::MapFile(request) => self.act_on_map_file(request),
            Message::Measure(request) => self.act_on_measuring(ctx, request),
            Message::Tools(request) => self.act_on_tools(ctx, request),
            Message::Reorient(request) => self.act_on_reorienting(ctx, request),
            Message::Align(request) => self.act_on_align(ctx, request),
            Message::LabelFile(request) => self.act_on_labels(ctx, request),
            Message::Landmarks(request) => self.act_on_landmarks(request),
            Message::Compare(request) => self.act_on_compare(request),
            Message::Demons(request) => self.act_on_demons(ctx, request),
            Message::Recent(request) => self.act_on_recents(request),
            Message::Workspace(request) => self.act_on_workspace(request),
            Message::CancelLoading => {
                self.loader.cancel();
                self.workspaces.cancel();
            }
            Message::PathPicked(paths) => {
                self.dialog = None;
                self.take_picked(paths, self.purpose);
            }
            Message::Reload(layer) => self.reload(layer),
            Message::Reveal(layer) => self.reveal(layer),
            Message::SaveAs(layer) => self.save_as(layer),
            Message::BrowseSave => self.browse_save(),
            Message::Save(order) => self.save(order),
            Message::SaveOver(order) => self.start_saving(order, true),
            Message::CancelSaving => self.saving = None,
            Message::CloseUnsaved(command) => self.edit(command),
            Message::QuitUnsaved => self.quit(ctx),
            Message::CloseDialog => self.close_dialog(),
            Message::Settings(settings) => self.change_settings(ctx, *settings),
            Message::ToggleExpanded(plane) => {
                self.layout = match self.layout {
                    Layout::All => Layout::Only(plane),
                    Layout::Only(_) | Layout::Only3d => Layout::All,
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
}
