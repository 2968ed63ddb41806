//! Undo and redo: named snapshots of the document before each recorded command.

use super::command::Subject;
use super::reorient::is_permuted;
use super::{Command, CommandError, Document};
use std::mem::Discriminant;

const DEPTH: usize = 100;

/// The steps back and forth. A drag is one step: commands of one kind on one layer or landmark join
/// until [`History::end_gesture`]. Commands on neither, such as two images that are added, never do.
#[derive(Debug, Default)]
pub struct History {
    past: Vec<Step>,
    future: Vec<Step>,
    gesture: Option<(Discriminant<Command>, Subject)>,
}

#[derive(Debug)]
struct Step {
    name: String,
    document: Document,
}

impl History {
    /// Applies `command`, remembering the document as it was when the command is an undoable edit.
    pub fn apply(&mut self, document: &mut Document, command: Command) -> Result<(), CommandError> {
        if command.starts_afresh() {
            command.apply(document)?;
            *self = Self::default();
            return Ok(());
        }
        if !command.is_recorded() || document.is_live(command.layer()) {
            return command.apply(document);
        }
        match command {
            Command::Reorient { .. } | Command::Change { .. } | Command::Align { .. } => {
                document.end_trial();
                self.record(document, command)
            }
            command => document.without_trial(|document| self.record(document, command)),
        }
    }

    fn record(&mut self, document: &mut Document, command: Command) -> Result<(), CommandError> {
        let name = command.name(document);
        let kind = std::mem::discriminant(&command);
        let gesture = command.subject().map(|subject| (kind, subject));
        let mut before = document.clone();
        before.take_live();
        command.apply(document)?;
        let goes_on = gesture.is_some() && gesture == self.gesture;
        self.gesture = gesture;
        if !goes_on {
            self.past.push(Step {
                name,
                document: before,
            });
            if self.past.len() > DEPTH {
                self.past.remove(0);
            }
        }
        self.future.clear();
        Ok(())
    }

    /// The next command starts a step of its own.
    pub fn end_gesture(&mut self) {
        self.gesture = None;
    }

    /// What undo would take back.
    pub fn undo_name(&self) -> Option<&str> {
        self.past.last().map(|step| step.name.as_str())
    }

    /// What redo would do again.
    pub fn redo_name(&self) -> Option<&str> {
        self.future.last().map(|step| step.name.as_str())
    }

    pub fn undo(&mut self, document: &mut Document) {
        self.end_gesture();
        if let Some(step) = self.past.pop() {
            let now = document.without_trial(|document| restore(document, step.document));
            self.future.push(Step {
                name: step.name,
                document: now,
            });
        }
    }

    pub fn redo(&mut self, document: &mut Document) {
        self.end_gesture();
        if let Some(step) = self.future.pop() {
            let now = document.without_trial(|document| restore(document, step.document));
            self.past.push(Step {
                name: step.name,
                document: now,
            });
        }
    }
}

/// Puts `snapshot` in place of `document` and returns what was there. Cursor, time, zoom, what is
/// saved and the live layer are no edits: they stay as they are, the cursor and zoom as long as the
/// main image lies where it did.
fn restore(document: &mut Document, snapshot: Document) -> Document {
    let live = document.take_live();
    let now = std::mem::replace(document, snapshot);
    if let (Some(from), Some(to)) = (now.grid(), document.grid())
        && is_permuted(from, to)
    {
        document.cursor = now.cursor;
        document.view = now.view.clone();
        document.follow_grid(from);
    }
    document.view.flip(now.view.flips);
    document.saved.clone_from(&now.saved);
    document.saved_as.clone_from(&now.saved_as);
    document.next_id = document.next_id.max(now.next_id);
    document.show_time(now.time);
    if let Some(live) = live {
        document.put_live(live);
    }
    now
}
