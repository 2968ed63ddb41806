//! What the panel does: the part of the window's logic that moves images.

use super::grip::{Gesture, Grip};
use super::{Aligning, Match, Request, Tab, with_placement};
use crate::app::App;
use crate::app::slice_view::Tool;
use crate::document::{AlignmentStep, Command, Display, Layer, LayerId};
use crate::geometry::Placement;
use crate::jobs::{self, Job};
use crate::volume::Identity;
use egui::Context;
use nalgebra::Matrix4;

/// Two images that are being matched; the push that brings the one onto the other.
pub(super) struct Matching {
    moving: LayerId,
    /// As it lay then.
    of: Identity,
    job: Job<Option<Matrix4<f64>>>,
}

impl App {
    pub(in crate::app) fn act_on_align(&mut self, ctx: &Context, request: Request) {
        match request {
            Request::Toggle if self.aligning.open => self.close_align(),
            Request::Toggle => self.open_align(),
            Request::Show(tab) => {
                self.aligning.tab = tab;
                self.take_tool(tab == Tab::Hand);
            }
            Request::Choose { moving, fixed } => {
                let aligning = &mut self.aligning;
                (aligning.moving, aligning.fixed) = (Some(moving), Some(fixed));
                (aligning.hub, aligning.grip) = (None, None);
                (aligning.refusal, aligning.told) = (None, None);
                self.select_moving();
            }
            Request::SetPlacement(placement) => self.set_placement(placement),
            Request::SetHub(hub) => self.set_hub(|placement| placement.about(hub)),
            Request::Match(what) => self.start_match(what),
            Request::Reset => self.reset_placement(),
            Request::Interactive(on) => self.take_tool(on),
            Request::Hold(gesture) => self.hold(gesture),
            Request::SetParams(params) => {
                let refused = params.validate().err();
                self.aligning.refusal = refused.map(|refused| refused.to_string());
                self.aligning.params = params;
            }
            Request::SetMask(mask) => self.aligning.mask = mask,
            Request::Run => self.start_alignment(),
            Request::Pause(paused) => {
                if let Some(run) = &mut self.aligning.run {
                    run.pause(paused);
                }
            }
            Request::Keep => {
                if let Some(run) = &mut self.aligning.run {
                    run.keep();
                }
            }
            Request::Cancel => self.cancel_alignment(),
            Request::Switch { step, on } => self.switch_step(step, on),
            Request::Remove(step) => self.remove_step(step),
            Request::SetFiles(files) => self.aligning.files = files,
            Request::Load => self.pick_transform(false),
            Request::Save => self.pick_transform(true),
            Request::SaveOver(layer, path) => self.save_transform(layer, path, true),
            Request::AddField(field) => {
                if let Some(layer) = self.aligning.moving(&self.document) {
                    self.add_field(layer, field);
                }
            }
            Request::CopyCommand(text) => {
                ctx.copy_text(text);
                self.notices.done("The command is on the clipboard");
            }
            Request::Reslice => self.reslice(),
            Request::MakeField => self.make_field(),
            Request::Stop => self.aligning.work = None,
        }
    }

    fn open_align(&mut self) {
        self.close_tool();
        if self.reorienting.is_some() {
            self.close_reorienting();
        }
        self.aligning.open = true;
        // The layers that are selected or added later are not to take their places.
        let (moving, fixed) = (
            self.aligning.moving(&self.document),
            self.aligning.fixed(&self.document),
        );
        (self.aligning.moving, self.aligning.fixed) = (moving, fixed);
        self.select_moving();
        self.take_tool(self.aligning.tab == Tab::Hand);
    }

    pub(in crate::app) fn close_align(&mut self) {
        if self.aligning.is_running() {
            self.stop_alignment();
        }
        self.aligning.open = false;
        self.aligning.grip = None;
        self.take_tool(false);
    }

    /// The moving image where the views do not show it.
    fn unseen_moving(&self) -> Option<&Layer> {
        let moving = self.aligning.moving(&self.document)?;
        let is_seen = match self.comparing.shown(&self.document) {
            Some(both) => [both.first, both.second].contains(&moving),
            None => self
                .shown_images()
                .into_iter()
                .flat_map(|ground| self.document.stack(ground))
                .any(|layer| layer.id == moving),
        };
        self.document.layer(moving).filter(|_| !is_seen)
    }

    /// Shows the moving image where that takes no change of the document.
    fn select_moving(&mut self) {
        let unseen = self.unseen_moving();
        if let Some(moving) = unseen.filter(|it| it.display.visible).map(|it| it.id) {
            self.edit(Command::Select(moving));
        }
    }

    /// Brings the moving image into the views; returns whether it was not seen.
    pub(super) fn reveal_moving(&mut self) -> bool {
        let Some(layer) = self.unseen_moving() else {
            return false;
        };
        let moving = layer.id;
        let hidden = (!layer.display.visible).then(|| layer.display.clone());
        if let Some(display) = hidden {
            let display = Display {
                visible: true,
                ..display
            };
            self.edit(Command::SetDisplay {
                layer: moving,
                display,
            });
        }
        self.comparing.on = false;
        self.edit(Command::Select(moving));
        true
    }

    /// The left button moves the image, or the cursor.
    fn take_tool(&mut self, on: bool) {
        if on {
            self.tool = Tool::Align;
        } else if self.tool == Tool::Align {
            self.tool = Tool::Cursor;
        }
    }

    /// One frame's worth of news.
    pub(in crate::app) fn advance_align(&mut self) {
        let main = self.document.main().map(|main| main.id);
        if self.aligning.main != main {
            // Other images: nothing of those before is to be taken for theirs.
            self.aligning = Aligning {
                open: self.aligning.open,
                tab: self.aligning.tab,
                params: self.aligning.params.clone(),
                files: self.aligning.files,
                main,
                ..Aligning::default()
            };
        }
        if self.tool == Tool::Align && self.aligning.moving(&self.document).is_none() {
            self.tool = Tool::Cursor;
        }
        self.advance_alignment();
        self.advance_work();
        let Some(matching) = self.aligning.matching.take() else {
            return;
        };
        match matching.job.poll() {
            None => self.aligning.matching = Some(matching),
            Some(Ok(Some(push))) => {
                let seen = self.document.settled(matching.moving);
                if seen.is_some_and(|seen| seen.is(&matching.of)) {
                    self.push_further(matching.moving, &push);
                }
            }
            Some(Ok(None)) => {
                let text =
                    "An image without differences has no centre of mass; match the centres instead";
                self.notices.error(text);
            }
            Some(Err(panicked)) => self.notices.error(panicked.to_string()),
        }
    }

    /// Gives a layer other steps, as one change that can be undone.
    pub(super) fn set_steps(&mut self, layer: LayerId, what: &str, steps: Vec<AlignmentStep>) {
        self.edit(Command::Align {
            layer,
            what: what.to_owned(),
            steps,
            seen: None,
        });
    }

    fn set_placement(&mut self, placement: Placement) {
        if let Some(moving) = self.aligning.moving(&self.document) {
            let steps = with_placement(self.document.steps(moving), placement);
            self.set_steps(moving, "Move", steps);
        }
    }

    /// Another centre of rotation; no image moves.
    fn set_hub(&mut self, about: impl FnOnce(&Placement) -> Placement) {
        let Some(moving) = self.aligning.moving(&self.document) else {
            return;
        };
        if let Some(placement) = self.aligning.placement(&self.document, moving) {
            let placement = about(&placement);
            match super::last_by_hand(self.document.steps(moving)) {
                Some(_) => self.set_placement(placement),
                None => self.aligning.hub = Some(placement.hub()),
            }
        }
    }

    fn reset_placement(&mut self) {
        let Some(moving) = self.aligning.moving(&self.document) else {
            return;
        };
        let steps = self.document.steps(moving);
        if super::last_by_hand(steps).is_some() {
            let before = steps[..steps.len() - 1].to_vec();
            self.set_steps(moving, "Reset", before);
        }
    }

    /// Moves the image further by `push`, a rigid map of points of the world, RAS mm.
    fn push_further(&mut self, moving: LayerId, push: &Matrix4<f64>) {
        if Some(moving) != self.aligning.moving(&self.document) {
            return;
        }
        if let Some(placement) = self.aligning.placement(&self.document, moving) {
            self.set_placement(placement.pushed(push));
        }
    }

    fn start_match(&mut self, what: Match) {
        let document = &self.document;
        let (Some(moving), Some(fixed)) = (
            self.aligning.moving(document),
            self.aligning.fixed(document),
        ) else {
            return;
        };
        let (Some(a), Some(b)) = (document.settled(moving), document.settled(fixed)) else {
            return;
        };
        let (of, a, b) = (a.identity(), a.clone(), b.clone());
        if what == Match::Centers {
            let shift = b.grid().center().0 - a.grid().center().0;
            self.push_further(moving, &Matrix4::new_translation(&shift));
            return;
        }
        let job = jobs::spawn("Matching", self.wake.clone(), move |_| match what {
            Match::Moments => b.moments()?.matched_to(&a.moments()?).try_inverse(),
            _ => {
                let shift = b.center_of_mass()?.0 - a.center_of_mass()?.0;
                Some(Matrix4::new_translation(&shift))
            }
        });
        self.aligning.matching = Some(Matching { moving, of, job });
    }

    fn hold(&mut self, gesture: Gesture) {
        if gesture == Gesture::Release {
            self.aligning.grip = None;
            return;
        }
        // Nobody moves what is not seen.
        if matches!(gesture, Gesture::Press { .. }) && self.reveal_moving() {
            return;
        }
        let document = &self.document;
        let moving = self.aligning.moving(document);
        let free = moving.filter(|id| !document.bends(*id) && !self.aligning.is_running());
        let Some(moving) = free else {
            return;
        };
        match gesture {
            Gesture::Press { plane, at } => {
                let placement = self.aligning.placement(document, moving);
                let grip = placement.zip(self.viewport(plane));
                self.aligning.grip =
                    grip.and_then(|(placement, view)| Grip::new(document, placement, &view, at));
            }
            Gesture::Drag { at, fine } => {
                if let Some(grip) = &mut self.aligning.grip {
                    let placement = grip.drag(at, fine);
                    self.set_placement(placement);
                }
            }
            Gesture::Release => {}
        }
    }
}
