//! Reorient Image: a panel beside the views in which another orientation is chosen, tried out and
//! applied. The images themselves are changed by [`crate::volume`], on a job's thread.

mod axes;
mod body;
mod panel;
mod script;
mod solid;

pub use panel::show;

use super::App;
use super::view3d::Camera;
use crate::document::{Command, Document, LayerId};
use crate::geometry::{Orientation, OrientationError};
use crate::io::with_current_header;
use crate::jobs::{self, Job};
use crate::volume::{ReorientMode, Reorientation, Volume, available_memory};
use body::Body;
use egui::Context;

/// What the user asks of the panel.
#[derive(Clone, Copy, Debug)]
pub enum Request {
    /// Opens it, or leaves it as it is with [`Request::Cancel`].
    Toggle,
    /// Changes the image as chosen, and closes the panel.
    Apply,
    /// Closes the panel; the image is as it was.
    Cancel,
    /// Copies the Python lines that do the same.
    Copy,
}

/// One of the two ways to write an orientation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spelling {
    /// ITK-SNAP: where the axes come from.
    From,
    /// Nibabel: where they go.
    To,
}

/// What is chosen in the panel. Only valid codes reach `to`.
struct Choice {
    layer: LayerId,
    mode: ReorientMode,
    to: Orientation,
    /// As typed: ITK-SNAP's spelling and nibabel's.
    codes: [String; 2],
    /// Why the code typed last is none.
    refused: Option<(Spelling, OrientationError)>,
    preview: bool,
}

/// The open panel.
pub struct Reorienting {
    choice: Choice,
    /// The eye of both figures.
    camera: Camera,
    bodies: [Body; 2],
    /// The code field gets the keyboard in the next frame.
    wants_focus: bool,
    /// Apply was pressed; the image is being made.
    applying: bool,
    work: Option<(Wanted, Job<Volume>)>,
    ready: Option<(Wanted, Volume)>,
}

/// An image in another orientation that is to be made.
#[derive(Clone)]
struct Wanted {
    base: Volume,
    mode: ReorientMode,
    to: Orientation,
}

impl PartialEq for Wanted {
    fn eq(&self, other: &Self) -> bool {
        self.mode == other.mode
            && self.to == other.to
            && self.base.grid() == other.base.grid()
            && self.base.shares_voxels_with(&other.base)
    }
}

impl Choice {
    fn new(layer: LayerId, to: Orientation) -> Self {
        Self {
            layer,
            mode: ReorientMode::Reorient,
            to,
            codes: [to.from_code(), to.to_code()],
            refused: None,
            preview: true,
        }
    }

    fn set(&mut self, to: Orientation) {
        self.to = to;
        self.codes = [to.from_code(), to.to_code()];
        self.refused = None;
    }

    /// Takes over what was typed into one of the fields, and into the other once it is a code.
    fn read(&mut self, spelling: Spelling) {
        let [from, to] = &mut self.codes;
        let (typed, other) = match spelling {
            Spelling::From => (from, to),
            Spelling::To => (to, from),
        };
        *typed = typed.to_uppercase();
        let parsed = match spelling {
            Spelling::From => Orientation::parse_from(typed),
            Spelling::To => Orientation::parse_to(typed),
        };
        match parsed {
            Ok(orientation) => {
                *other = match spelling {
                    Spelling::From => orientation.to_code(),
                    Spelling::To => orientation.from_code(),
                };
                self.to = orientation;
                self.refused = None;
            }
            Err(refused) => self.refused = Some((spelling, refused)),
        }
    }

    /// What is to be made; `None` while the code is none or changes nothing.
    fn wanted(&self, document: &Document) -> Option<Wanted> {
        let base = document.settled(self.layer)?;
        let grid = base.grid();
        let changes = match self.mode {
            ReorientMode::Reorient => grid.orientation() != self.to,
            ReorientMode::Relabel => grid.relabelled(self.to).affine() != grid.affine(),
        };
        (self.refused.is_none() && changes).then(|| Wanted {
            base: base.clone(),
            mode: self.mode,
            to: self.to,
        })
    }
}

impl App {
    pub(super) fn act_on_reorienting(&mut self, ctx: &Context, request: Request) {
        match request {
            Request::Toggle if self.reorienting.is_none() => {
                self.close_tool();
                self.close_align();
                let main = self.document.main();
                self.reorienting = main.map(|main| {
                    let orientation = main.volume.grid().orientation();
                    Box::new(Reorienting::new(main.id, orientation))
                });
            }
            Request::Toggle | Request::Cancel => self.close_reorienting(),
            Request::Apply => {
                if let Some(panel) = &mut self.reorienting {
                    panel.applying = panel.choice.wanted(&self.document).is_some();
                }
            }
            Request::Copy => {
                if let Some(panel) = &self.reorienting
                    && let Some(volume) = self.document.settled(panel.choice.layer)
                {
                    let Choice { mode, to, .. } = panel.choice;
                    ctx.copy_text(script::lines(volume.meta(), mode, to));
                }
            }
        }
    }

    pub(super) fn close_reorienting(&mut self) {
        self.reorienting = None;
        self.edit(Command::EndTrial);
    }

    /// Makes what is chosen in the panel, and shows or applies it.
    pub(super) fn advance_reorienting(&mut self) {
        let Some(mut panel) = self.reorienting.take() else {
            return;
        };
        if self.document.layer(panel.choice.layer).is_none() || self.demons.open {
            self.edit(Command::EndTrial);
            return;
        }
        self.poll_reorienting(&mut panel);
        let wanted = panel.choice.wanted(&self.document);
        let layer = panel.choice.layer;
        let is_needed = panel.choice.preview || panel.applying;
        let made = wanted.as_ref().and_then(|wanted| panel.made(wanted));
        match (wanted, made) {
            (Some(wanted), Some(volume)) if panel.applying => {
                self.apply_reorienting(layer, &wanted, volume);
                return;
            }
            (Some(_), Some(volume)) if is_needed => self.show_trial(layer, volume),
            (Some(wanted), None) if is_needed => {
                if panel.work.is_none() {
                    self.start_reorienting(&mut panel, wanted);
                }
            }
            // While a code is being typed the last one stays.
            _ if panel.choice.refused.is_some() => {}
            _ => {
                panel.applying = false;
                if self.document.tried().is_some() {
                    self.edit(Command::EndTrial);
                }
            }
        }
        self.reorienting = Some(panel);
    }

    fn poll_reorienting(&mut self, panel: &mut Reorienting) {
        let outcome = panel.work.as_ref().and_then(|(_, job)| job.poll());
        if let Some(outcome) = outcome
            && let Some((wanted, _)) = panel.work.take()
        {
            match outcome {
                Ok(volume) => panel.ready = Some((wanted, volume)),
                Err(panicked) => self.give_up_reorienting(panel, panicked.to_string()),
            }
        }
    }

    fn give_up_reorienting(&mut self, panel: &mut Reorienting, why: String) {
        self.notices.error(why);
        panel.applying = false;
        panel.choice.preview = false;
    }

    fn apply_reorienting(&mut self, layer: LayerId, wanted: &Wanted, volume: Volume) {
        let change = Reorientation {
            mode: wanted.mode,
            from: wanted.base.grid().orientation(),
            to: wanted.to,
        };
        let name = self.document.layer(layer).map_or("", |l| l.name.as_str());
        let done = format!("{name}: {change}");
        self.edit(Command::Reorient {
            layer,
            mode: wanted.mode,
            volume,
        });
        self.notices.done(done);
    }

    fn show_trial(&mut self, layer: LayerId, volume: Volume) {
        let shown = self.document.layer(layer).map(|layer| &layer.volume);
        let is_shown = self.document.tried() == Some(layer)
            && shown.is_some_and(|shown| {
                shown.shares_voxels_with(&volume) && shown.grid() == volume.grid()
            });
        if !is_shown {
            self.edit(Command::TryOut { layer, volume });
        }
    }

    fn start_reorienting(&mut self, panel: &mut Reorienting, wanted: Wanted) {
        let bytes = wanted.base.data().bytes() as u64;
        if wanted.mode == ReorientMode::Reorient && bytes > available_memory() {
            let megabytes = bytes as f64 / 1e6;
            let text = format!(
                "There is not enough memory for a copy of the image ({megabytes:.0} MB); close other images, or relabel it"
            );
            self.give_up_reorienting(panel, text);
            return;
        }
        let Wanted { base, mode, to } = wanted.clone();
        let job = jobs::spawn("Reorienting", self.wake.clone(), move |_| {
            with_current_header(&base.reoriented(mode, to))
        });
        panel.work = Some((wanted, job));
    }
}

impl Reorienting {
    fn new(layer: LayerId, orientation: Orientation) -> Self {
        Self {
            choice: Choice::new(layer, orientation),
            camera: Camera::default(),
            bodies: Default::default(),
            wants_focus: true,
            applying: false,
            work: None,
            ready: None,
        }
    }

    fn made(&self, wanted: &Wanted) -> Option<Volume> {
        let (made, volume) = self.ready.as_ref()?;
        (made == wanted).then(|| volume.clone())
    }
}
