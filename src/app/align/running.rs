//! The automatic registration in the window: started, seen in the views while it goes on, kept.

use super::run::{Ended, Run, Task};
use super::{Aligning, automatic};
use crate::app::App;
use crate::document::{Aligned, AlignmentStep, Command, Document, LayerId, placed};
use crate::registration::linear::{LinearInputs, LinearOutcome, LinearRegistration};
use crate::volume::Transform;

impl Aligning {
    /// The layer whose voxels above 0 count.
    pub fn mask(&self, document: &Document) -> Option<LayerId> {
        let moving = self.moving(document);
        let can_be = |id: &LayerId| Some(*id) != moving && document.layer(*id).is_some();
        self.mask.filter(can_be)
    }

    /// Whether a run goes on or waits: the image cannot be moved otherwise.
    pub fn is_running(&self) -> bool {
        self.run.is_some()
    }
}

impl App {
    pub(super) fn start_alignment(&mut self) {
        let document = &self.document;
        let image = |id: Option<LayerId>| document.settled(id?).cloned();
        let Some(layer) = self.aligning.moving(document) else {
            return;
        };
        let fixed = image(self.aligning.fixed(document));
        let (Some(moving), Some(fixed)) = (image(Some(layer)), fixed) else {
            return;
        };
        let task = Task {
            fixed,
            moving,
            mask: image(self.aligning.mask(document)),
            params: self.aligning.params.clone(),
        };
        let inputs = LinearInputs {
            fixed: &task.fixed,
            moving: &task.moving,
            mask: task.mask.as_ref(),
        };
        let planned = LinearRegistration::plan(&inputs, &task.params);
        self.aligning.refusal = planned.err().map(|refused| refused.to_string());
        if document.bends(layer) {
            let why = "A displacement field bends this image: switch it off under Transforms first";
            self.aligning.refusal = Some(why.to_owned());
        }
        if self.aligning.refusal.is_none() {
            let steps = document.steps(layer).to_vec();
            self.reveal_moving();
            self.aligning.grip = None;
            self.aligning.told = None;
            self.aligning.run = Some(Run::start(layer, task, steps, self.wake.clone()));
        }
    }

    pub(super) fn cancel_alignment(&mut self) {
        if self.aligning.run.take().is_some() {
            self.edit(Command::EndTrial);
        }
    }

    /// Cancels the run for something else that the user did, and says so.
    pub(in crate::app) fn stop_alignment(&mut self) {
        self.cancel_alignment();
        self.notices
            .warning("The registration was stopped; the image is where it was");
    }

    /// Takes in the news of the run, and shows the image where it is by now.
    pub(super) fn advance_alignment(&mut self) {
        let Some(mut run) = self.aligning.run.take() else {
            return;
        };
        if self.document.layer(run.layer).is_none() || self.demons.open {
            self.edit(Command::EndTrial);
            return;
        }
        let seen = self.document.settled(run.layer);
        if !seen.is_some_and(|seen| seen.is(&run.task.moving.identity())) {
            self.edit(Command::EndTrial);
            let why = "The image was changed while it was registered, so that ended; run it again";
            self.aligning.refusal = Some(why.to_owned());
            return;
        }
        let ended = run.poll();
        if let Some(volume) = run
            .take_latest()
            .and_then(|at| placed(&run.task.moving, &at))
            && ended.is_none()
        {
            let layer = run.layer;
            self.edit(Command::TryOut { layer, volume });
        }
        if let Some(ended) = ended {
            self.aligning.told = Some((run.task.params.metric, std::mem::take(&mut run.samples)));
            self.end_alignment(&run, ended);
        } else {
            self.aligning.run = Some(run);
        }
    }

    fn end_alignment(&mut self, run: &Run, ended: Ended) {
        match ended {
            Ok(Some(outcome)) => self.keep_alignment(run, outcome),
            Ok(None) => self.edit(Command::EndTrial),
            Err(why) => {
                self.edit(Command::EndTrial);
                self.aligning.refusal = Some(why);
            }
        }
    }

    fn keep_alignment(&mut self, run: &Run, outcome: LinearOutcome) {
        let name = automatic::step_name(&run.task.params);
        let mut steps = run.steps.clone();
        steps.push(AlignmentStep {
            name: name.clone(),
            on: true,
            how: Aligned::By(Transform::Linear(outcome.transform)),
        });
        self.set_steps(run.layer, "Register", steps);
        for note in outcome.report.notes {
            self.notices.warning(format!("{name}: {note}"));
        }
    }
}
