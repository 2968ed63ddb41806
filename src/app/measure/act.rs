//! What measuring changes: drafts, selection, and the document once the hand lets go.

use super::grab::{self, Grip};
use super::{Draft, Request};
use crate::app::App;
use crate::app::slice_view::Tool;
use crate::document::{
    Command, MeasureEdit, Measurement, MeasurementId, PlaneAxes, measurements_text, profile_text,
};
use crate::geometry::{IndexPoint, WorldPoint};
use egui::{Context, Key};

impl App {
    pub(in crate::app) fn act_on_measuring(&mut self, ctx: &Context, request: Request) {
        match request {
            Request::Press {
                plane,
                at,
                reach_mm,
            } => self.press(plane, at, reach_mm),
            Request::Drag(to) => self.drag_measurement(to),
            Request::Release => self.release_measurement(),
            Request::Show(id) => {
                self.measuring.selected = Some(id);
                self.go_to_measurement(id);
            }
            Request::Unselect => self.measuring.selected = None,
            Request::Delete(id) => self.measure(MeasureEdit::Delete(id)),
            Request::Point(point) => self.measuring.pointed = point,
            Request::CopyProfile => {
                if let Some(profile) = self.measuring.profile() {
                    ctx.copy_text(profile_text(profile));
                    self.notices
                        .done("The profile is on the clipboard, tab separated");
                }
            }
        }
    }

    /// One edit, and one step back.
    fn measure(&mut self, edit: MeasureEdit) {
        self.edit(Command::Measure(edit));
    }

    fn press(&mut self, plane: crate::document::Plane, at: WorldPoint, reach_mm: f64) {
        let (Tool::Measure(kind), Some(main)) = (self.tool, self.document.grid()) else {
            return;
        };
        let selected = self.measuring.selected(&self.document);
        // What is selected lies on top of the others.
        let items = self.document.measurements();
        let first = items.iter().filter(|item| Some(item.id) == selected);
        let others = items.iter().filter(|item| Some(item.id) != selected);
        let found = grab::grab(first.chain(others.rev()), main, plane, at, reach_mm);
        let draft = match found {
            Some((item, grip)) => Draft {
                item: item.clone(),
                grip,
            },
            None => {
                let item = Measurement::draft(kind, plane, [at, at]);
                let at = grab::moved(&item, Grip::Handle(1), main, at)[1];
                let item = Measurement::draft(kind, plane, [at, at]);
                let corner = if kind.is_region() { 2 } else { 1 };
                Draft {
                    item,
                    grip: Grip::Handle(corner),
                }
            }
        };
        let held = draft.item.id;
        self.measuring.selected = (held != MeasurementId::NEW).then_some(held);
        self.measuring.draft = Some(draft);
    }

    fn drag_measurement(&mut self, to: WorldPoint) {
        if let (Some(draft), Some(main)) = (&mut self.measuring.draft, self.document.grid()) {
            draft.item.ends = grab::moved(&draft.item, draft.grip, main, to);
            // The corner under the hand is the second one from now on, on whichever side it is.
            if draft.item.kind.is_region() && matches!(draft.grip, Grip::Handle(_)) {
                draft.grip = Grip::Handle(2);
            }
        }
    }

    fn release_measurement(&mut self) {
        let Some(Draft { item, .. }) = self.measuring.draft.take() else {
            return;
        };
        if item.id != MeasurementId::NEW {
            let before = self.document.measurement(item.id);
            if before.is_some_and(|before| before.ends != item.ends) {
                self.measure(MeasureEdit::Move {
                    item: item.id,
                    ends: item.ends,
                });
            }
        } else if self.is_large_enough(&item) {
            self.measure(MeasureEdit::Add(item));
            self.measuring.selected = self.document.measurements().last().map(|item| item.id);
        }
    }

    /// Less than half a voxel is a click and no item.
    fn is_large_enough(&self, item: &Measurement) -> bool {
        let Some(main) = self.document.grid() else {
            return false;
        };
        let axes = PlaneAxes::of(item.plane, main);
        let [a, b] = item.ends.map(|end| main.world_to_index(end).0);
        let [right, down] = [axes.right, axes.down].map(|axis| (b[axis] - a[axis]).abs());
        if item.kind.is_region() {
            right.min(down) >= 0.5
        } else {
            right.hypot(down) >= 0.5
        }
    }

    /// Leafs to the slice of an item; the cursor stays where it is on the plane.
    fn go_to_measurement(&mut self, id: MeasurementId) {
        let (Some(item), Some(main)) = (self.document.measurement(id), self.document.grid()) else {
            return;
        };
        let normal = PlaneAxes::of(item.plane, main).normal;
        let mut index = main.world_to_index(self.document.cursor()).0;
        index[normal] = item.slice(main);
        let point = main.index_to_world(IndexPoint(index));
        self.edit(Command::MoveCursor(point));
    }

    pub(in crate::app) fn delete_measurement(&mut self) {
        if let Some(id) = self.measuring.selected(&self.document) {
            self.measure(MeasureEdit::Delete(id));
        }
    }

    pub(in crate::app) fn delete_measurements(&mut self) {
        self.measure(MeasureEdit::DeleteAll);
    }

    pub(in crate::app) fn copy_measurements(&mut self, ctx: &Context) {
        ctx.copy_text(measurements_text(&self.document));
        self.notices
            .done("All measurements are on the clipboard, tab separated");
    }

    /// Escape leaves the item under the hand, then the selection, then the tool, that of landmarks too.
    /// Returns whether the key had such a meaning.
    pub(in crate::app) fn measuring_key(&mut self, key: Key) -> bool {
        if key != Key::Escape {
            return false;
        }
        if self.measuring.draft.take().is_some() {
            return true;
        }
        if self.measuring.selected(&self.document).is_some() {
            self.measuring.selected = None;
            return true;
        }
        let measures = matches!(self.tool, Tool::Measure(_) | Tool::Landmark);
        if measures {
            self.tool = Tool::Cursor;
        }
        measures
    }
}
