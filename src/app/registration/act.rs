//! What the workspace does: the part of the window's logic that speaks of registration.

use super::frame::{Frame, Slice};
use super::picture::Looks;
use super::run::{Pace, Phase, Run, Task, Watch};
use super::script::script;
use super::still::still;
use super::{Demons, Planned, Request, Shown, StillKey, align, change, result};
use crate::app::picker::Ask;
use crate::app::{App, Purpose};
use crate::document::{Command, Document, Layer, LayerId, Plane, Role};
use crate::registration::{Inputs, Params, Plan, Registration, RegistrationError};
use egui::{Key, Modifiers};
use std::sync::Arc;

impl App {
    /// One frame's worth of news of the registration.
    pub(in crate::app) fn advance_demons(&mut self, ctx: &egui::Context) {
        self.advance_export(ctx);
        let demons = &mut self.demons;
        demons.choose_images(&self.document);
        let ended = demons.run.as_mut().and_then(|shown| shown.run.poll());
        match ended {
            Some(Ok(())) => self.keep_result(),
            Some(Err(refused)) => {
                self.demons.run = None;
                self.demons.refusal = Some(refused);
            }
            None => {}
        }
        self.advance_live();
        self.demons.update_plan(&self.document);
        self.demons.update_frame(&self.document);
    }

    /// The result of the run becomes layers.
    fn keep_result(&mut self) {
        let demons = &mut self.demons;
        let Some(shown) = &demons.run else {
            return;
        };
        let Some(outcome) = &shown.run.outcome else {
            return;
        };
        demons.look.difference = true;
        demons.look.image = super::look::Image::Warped;
        // The warped image goes on looking as it did while the run went on.
        let live = self.document.live().map(|layer| layer.display.clone());
        let look = live.unwrap_or_else(|| shown.looks.source.clone());
        let steps = shown.steps;
        let command = result::command(outcome, &shown.names, steps, &look);
        let target = shown.target;
        self.advance_live();
        // With the target closed meanwhile there is nothing the layers would lie on.
        if self.document.layer(target).is_some() {
            self.edit(command);
            if steps > 0 {
                self.notices.warning(
                    "The field begins where the image had been moved to; add it under Registration > Transforms, and save the whole way as one field there",
                );
            }
        }
    }

    pub(in crate::app) fn act_on_demons(&mut self, ctx: &egui::Context, request: Request) {
        match request {
            Request::Choose { source, target } => self.demons.choose(source, target),
            Request::SetMask(mask) => self.demons.set_mask(mask),
            Request::SetParams(params) => self.demons.set_params(params),
            Request::SetLook(look) => self.demons.look = look,
            Request::Go(pace) => self.go(pace),
            Request::Keep => {
                if let Some(shown) = &mut self.demons.run {
                    shown.run.keep();
                }
            }
            Request::Cancel => {
                self.demons.run = None;
                self.demons.scrubbed = None;
            }
            Request::Scrub(place) => self.demons.scrubbed = place,
            Request::AlignCenters => self.align_centers(),
            Request::Compare(true) => {
                let ended = |shown: &Shown| !shown.run.is_live();
                if let Some(shown) = self.demons.run.take_if(|shown| ended(shown)) {
                    self.demons.kept = Some(shown);
                    self.demons.scrubbed = None;
                }
            }
            Request::Compare(false) => self.demons.kept = None,
            Request::SavePictures => self.pick(Ask::Folder, Purpose::Pictures),
            Request::SaveAnimation => self.pick(Ask::NewFile, Purpose::Animation),
            Request::AnimateOver(path) => {
                self.dialog = None;
                self.animate(path, true);
            }
            Request::StopPictures => self.end_export(),
            Request::CopyScript => {
                if let Some(shown) = &self.demons.run {
                    ctx.copy_text(script(&shown.run.task));
                    self.notices.done("The Python script is on the clipboard.");
                }
            }
        }
    }

    fn go(&mut self, pace: Pace) {
        self.demons.scrubbed = None;
        if let Some(shown) = &mut self.demons.run
            && shown.run.is_live()
        {
            shown.run.set_pace(pace);
            return;
        }
        let document = &self.document;
        let layer = |id: Option<LayerId>| id.and_then(|id| document.layer(id));
        let (Some(source), Some(target)) = (layer(self.demons.source), layer(self.demons.target))
        else {
            return;
        };
        let task = Task {
            source: source.volume.clone(),
            target: target.volume.clone(),
            mask: layer(self.demons.mask).map(|mask| mask.volume.clone()),
            params: self.demons.params.clone(),
            recording_bytes: self.settings.recorded_mb as usize * 1_000_000,
        };
        let watch = self.demons.watch(document, target);
        self.demons.refusal = None;
        self.demons.look.difference = false;
        self.demons.look.image = super::look::Image::Warped;
        self.demons.run = Some(Shown {
            target: target.id,
            names: [source.name.clone(), target.name.clone()],
            steps: document.steps(source.id).iter().filter(|it| it.on).count(),
            looks: looks(source, target),
            in_views: false,
            result: None,
            run: Run::start(task, watch, pace, self.wake.clone()),
        });
    }

    /// Keys that mean something else in the workspace than over the views; returns whether it was one.
    pub(in crate::app) fn demons_key(&mut self, key: Key, modifiers: Modifiers) -> bool {
        if !self.demons.open || modifiers.any() {
            return false;
        }
        let mut look = self.demons.look;
        match key {
            Key::ArrowLeft => look.image = look.image.cycled(false),
            Key::ArrowRight => look.image = look.image.cycled(true),
            Key::ArrowUp | Key::ArrowDown => look.jacobian ^= true,
            Key::PageUp => self.leaf(1),
            Key::PageDown => self.leaf(-1),
            Key::Space => {
                let running = self.demons.phase() == Some(Phase::Running);
                self.go(if running { Pace::Paused } else { Pace::Running });
                return true;
            }
            _ => return false,
        }
        self.demons.look = look;
        true
    }

    /// The source becomes a new layer whose centre is the target's, in one step that can be undone.
    fn align_centers(&mut self) {
        let layer = |id: Option<LayerId>| id.and_then(|id| self.document.layer(id));
        let (Some(source), Some(target)) = (layer(self.demons.source), layer(self.demons.target))
        else {
            return;
        };
        let volume = align::centered(&source.volume, &source.name, target.volume.grid());
        let display = Some(source.display.clone());
        let target = Some(target.id);
        let Some(volume) = volume else {
            return;
        };
        self.edit(Command::AddLayer {
            volume,
            role: Role::Additional,
            display,
        });
        let source = self.document.layers().last().map(|layer| layer.id);
        self.demons.choose(source, target);
    }

    /// Moves the cursor through the slices of the shown plane.
    fn leaf(&mut self, by: i64) {
        let Some(frame) = &self.demons.frame else {
            return;
        };
        if let Some(command) = leafed(frame, &self.document, by) {
            self.edit(command);
        }
    }
}

/// The cursor `by` slices on, on the grid of `frame`.
pub(super) fn leafed(frame: &Frame, document: &Document, by: i64) -> Option<Command> {
    let (grid, axis) = (&frame.grid, frame.axes.normal);
    let count = grid.shape()[axis] as i64;
    if count < 2 {
        return None;
    }
    let mut index = grid.world_to_index(document.cursor());
    let wanted = (index.0[axis].round() as i64 + by).clamp(0, count - 1);
    index.0[axis] = wanted as f64;
    Some(Command::MoveCursor(grid.index_to_world(index)))
}

fn looks(source: &Layer, target: &Layer) -> Looks {
    Looks {
        source: source.display.clone(),
        target: target.display.clone(),
    }
}

impl Demons {
    /// The phase of the run, if there is one.
    pub fn phase(&self) -> Option<Phase> {
        self.run.as_ref().map(|shown| shown.run.phase())
    }

    /// What was changed while the run went on.
    pub fn marks(&self) -> Vec<String> {
        let marks = self.run.iter().flat_map(|shown| &shown.run.marks);
        marks.map(|mark| mark.text.clone()).collect()
    }

    /// Whether a run goes on or waits: its images cannot be exchanged.
    pub fn is_live(&self) -> bool {
        self.run.as_ref().is_some_and(|shown| shown.run.is_live())
    }

    fn choose(&mut self, source: Option<LayerId>, target: Option<LayerId>) {
        if !self.is_live() {
            (self.source, self.target) = (source, target);
            self.refusal = None;
            self.run = None;
            self.scrubbed = None;
        }
    }

    /// Without a choice: the main image is the target, the first other one the source.
    fn choose_images(&mut self, document: &Document) {
        let is_open = |id: &LayerId| document.layer(*id).is_some();
        let target = self.target.filter(is_open);
        let source = self.source.filter(is_open);
        let target = target.or_else(|| document.main().map(|main| main.id));
        let other = || {
            let mut others = document.layers().iter().map(|layer| layer.id);
            others.find(|id| Some(*id) != target)
        };
        let source = source.or_else(other);
        let mask = self.mask.filter(is_open);
        self.mask = mask.filter(|_| mask != source && mask != target);
        if (source, target) != (self.source, self.target) {
            // A run whose images were closed has nothing to be shown with.
            self.run = None;
            self.kept = None;
            self.refusal = None;
            self.scrubbed = None;
            (self.source, self.target) = (source, target);
        }
    }

    fn set_mask(&mut self, mask: Option<LayerId>) {
        if !self.is_live() {
            self.mask = mask;
            self.refusal = None;
        }
    }

    fn set_params(&mut self, params: Params) {
        self.refusal = params.validate().err().map(|refused| refused.to_string());
        if let Some(shown) = &mut self.run
            && shown.run.is_live()
            && self.refusal.is_none()
            && let Some(text) = change::text(&self.params, &params)
        {
            shown.run.set_params(params.clone(), text);
        }
        self.params = params;
    }

    /// The slice of the target that is looked at.
    pub(super) fn slice(&self, document: &Document, target: &Layer) -> Slice {
        let flat = Plane::of_flat(target.volume.grid());
        Slice {
            plane: flat.unwrap_or(self.look.plane),
            point: document.cursor(),
        }
    }

    fn watch(&self, document: &Document, target: &Layer) -> Watch {
        Watch {
            slice: self.slice(document, target),
            every: self.look.every,
            pictures_a_second: self.look.pictures_a_second,
            in_views: self.is_in_views(document),
        }
    }

    /// Works out anew what a run would take, when what it depends on has changed.
    fn update_plan(&mut self, document: &Document) {
        let layer = |id: Option<LayerId>| id.and_then(|id| document.layer(id));
        let (Some(source), Some(target)) = (layer(self.source), layer(self.target)) else {
            self.planned = None;
            return;
        };
        let is_same = |planned: &Planned| {
            (planned.source, planned.target, planned.mask) == (source.id, target.id, self.mask)
                && planned.params == self.params
        };
        if !self.open || self.planned.as_ref().is_some_and(is_same) {
            return;
        }
        let inputs = Inputs {
            source: &source.volume,
            target: &target.volume,
            mask: layer(self.mask).map(|mask| &mask.volume),
        };
        self.planned = Some(Planned {
            source: source.id,
            target: target.id,
            mask: self.mask,
            params: self.params.clone(),
            plan: Registration::plan(&inputs, &self.params),
        });
    }

    /// What a run would take, or why there can be none.
    pub(super) fn plan(&self) -> Option<&Result<Plan, RegistrationError>> {
        self.planned.as_ref().map(|planned| &planned.plan)
    }

    /// Works out what the panes show now, and tells the run what is looked at.
    fn update_frame(&mut self, document: &Document) {
        self.frame = None;
        self.kept_frame = None;
        let layer = |id: Option<LayerId>| id.and_then(|id| document.layer(id));
        let (Some(source), Some(target)) = (layer(self.source), layer(self.target)) else {
            return;
        };
        let watch = self.watch(document, target);
        if let Some(shown) = &mut self.run {
            shown.run.watch(watch);
        }
        if !self.open {
            return;
        }
        if let Some(kept) = &mut self.kept {
            self.kept_frame = kept.result_frame(watch.slice);
        }
        if let Some(shown) = &mut self.run {
            shown.looks = looks(source, target);
            self.frame = match self.scrubbed {
                Some(place) => shown.run.recording().frames().get(place).cloned(),
                None if shown.run.outcome.is_none() => shown.run.recording().shown.clone(),
                None => shown.result_frame(watch.slice),
            };
        }
        if self.frame.is_none() {
            self.frame = Some(self.still_frame(source, target, watch.slice));
        }
    }

    fn still_frame(&mut self, source: &Layer, target: &Layer, slice: Slice) -> Arc<Frame> {
        let key = StillKey {
            slice,
            source: source.id,
            target: target.id,
        };
        match &self.still {
            Some((made_for, frame)) if *made_for == key => Arc::clone(frame),
            _ => {
                let frame = Arc::new(still(&source.volume, &target.volume, None, slice));
                self.still = Some((key, Arc::clone(&frame)));
                frame
            }
        }
    }

    /// The looks of the chosen images.
    pub(super) fn looks(&self, document: &Document) -> Option<Looks> {
        let layer = |id: Option<LayerId>| id.and_then(|id| document.layer(id));
        Some(looks(layer(self.source)?, layer(self.target)?))
    }
}

impl Shown {
    /// A plane of the result, once there is one.
    fn result_frame(&mut self, slice: Slice) -> Option<Arc<Frame>> {
        let outcome = self.run.outcome.as_ref()?;
        match &self.result {
            Some((made_for, frame)) if *made_for == slice => Some(Arc::clone(frame)),
            _ => {
                let task = &self.run.task;
                let frame = Arc::new(still(&task.source, &task.target, Some(outcome), slice));
                self.result = Some((slice, Arc::clone(&frame)));
                Some(frame)
            }
        }
    }
}
