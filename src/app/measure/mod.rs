//! Measuring in the views: what is drawn or moved just now, what is selected, and what may be asked.
//!
//! The items themselves are part of the document; an item under the hand is a draft beside it until
//! the button goes up, so that Escape leaves no trace.

mod act;
mod draw;
mod grab;
mod list;
mod numbers;
mod profile;

pub use draw::paint;
pub use grab::{of_drag, reach_mm};
pub use list::show as show_list;
pub use profile::show as show_profile;

use super::icons;
use crate::document::{
    Document, Measurement, MeasurementId, MeasurementKind, Plane, Profile, RegionNumbers,
    format_number,
};
use crate::geometry::WorldPoint;
use crate::jobs::Wake;
use grab::Grip;
use numbers::Numbers;

/// What the views, the list and the profile may ask for. Points are RAS mm.
#[derive(Clone, Copy, Debug)]
pub enum Request {
    /// The button went down: takes hold of what lies within `reach_mm`, or begins a new item.
    Press {
        plane: Plane,
        at: WorldPoint,
        reach_mm: f64,
    },
    Drag(WorldPoint),
    Release,
    /// Selects an item and goes to its slice.
    Show(MeasurementId),
    Unselect,
    Delete(MeasurementId),
    /// The place on a profile under the pointer, to be marked in the views.
    Point(Option<WorldPoint>),
    CopyProfile,
}

/// An item under the hand.
#[derive(Debug)]
struct Draft {
    item: Measurement,
    grip: Grip,
}

/// State of measuring between frames.
#[derive(Default)]
pub struct Measuring {
    draft: Option<Draft>,
    selected: Option<MeasurementId>,
    pointed: Option<WorldPoint>,
    numbers: Numbers,
}

impl Measuring {
    /// All items as they are to be shown: the one under the hand where the hand is.
    pub fn items<'a>(&'a self, document: &'a Document) -> impl Iterator<Item = &'a Measurement> {
        let draft = self.draft.as_ref().map(|draft| &draft.item);
        let held = move |item: &'a Measurement| draft.filter(|d| d.id == item.id).unwrap_or(item);
        let new = draft.filter(|draft| draft.id == MeasurementId::NEW);
        document.measurements().iter().map(held).chain(new)
    }

    /// The item under the hand, else the selected one.
    fn current<'a>(&'a self, document: &'a Document) -> Option<&'a Measurement> {
        match &self.draft {
            Some(draft) => Some(&draft.item),
            None => document.measurement(self.selected?),
        }
    }

    fn is_current(&self, document: &Document, item: &Measurement) -> bool {
        self.current(document)
            .is_some_and(|current| current.id == item.id)
    }

    /// The selected item, if it is still there.
    pub fn selected(&self, document: &Document) -> Option<MeasurementId> {
        self.selected
            .filter(|id| document.measurement(*id).is_some())
    }

    fn region(&self, item: &Measurement) -> Option<&RegionNumbers> {
        self.numbers.region(item.id)
    }

    fn profile(&self) -> Option<&Profile> {
        self.numbers.profile()
    }

    /// Works out anew what has changed since the last frame.
    pub fn update(&mut self, document: &Document, wake: &Wake) {
        if document.is_empty() {
            self.draft = None;
        }
        let mut numbers = std::mem::take(&mut self.numbers);
        let current = self.current(document).map(|item| item.id);
        numbers.update(document, self.items(document), current, wake);
        self.numbers = numbers;
    }
}

/// The icon of a kind, as on its tool.
pub fn icon(kind: MeasurementKind) -> &'static str {
    match kind {
        MeasurementKind::Ruler => icons::RULER,
        MeasurementKind::Rectangle => icons::RECTANGLE,
        MeasurementKind::Ellipse => icons::CIRCLE,
        MeasurementKind::Profile => icons::CHART_LINE,
    }
}

fn length_text(mm: f64) -> String {
    let decimals = if mm < 10.0 { 2 } else { 1 };
    format!("{} mm", format_number(mm, decimals))
}

fn area_text(mm2: f64) -> String {
    let decimals = if mm2 < 1000.0 { 1 } else { 0 };
    format!("{} mm²", format_number(mm2, decimals))
}
