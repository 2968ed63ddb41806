//! Two images in one picture, to judge how well they lie on each other: a bar over the views, the line
//! that is swiped, and the pace of flickering. The pictures are made by the document's [`Comparison`].

mod agreement;
mod bar;
mod figures;
mod swipe;

pub use agreement::show as show_agreement;
pub use bar::show as show_bar;
pub use swipe::show as show_swipe;

use super::App;
use super::slice_view::Tool;
use crate::document::{Comparison, ComparisonMode, Document, LayerId, Tint};
use crate::workspace::SceneComparison;
use egui::Context;
use figures::Figures;
use std::time::Duration;

/// What the user asks of the comparison.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Request {
    /// Shows two images in one picture, or all as before.
    Toggle,
    /// Shows them in this way, or no more where they were.
    ToggleMode(ComparisonMode),
    SetMode(ComparisonMode),
    /// The next way to show them.
    NextMode,
    Choose {
        first: LayerId,
        second: LayerId,
    },
    /// Seconds that each image is seen while they flicker.
    SetPace(f64),
    /// Opens the window with figures and landmarks, or closes it.
    ToggleFigures,
}

/// The comparison between frames.
pub struct Comparing {
    pub on: bool,
    mode: ComparisonMode,
    first: Option<LayerId>,
    second: Option<LayerId>,
    /// Seconds that each image is seen while they flicker.
    pace: f64,
    /// The window with figures and landmarks is open.
    pub figures_shown: bool,
    figures: Figures,
}

impl Default for Comparing {
    fn default() -> Self {
        Self {
            on: false,
            mode: MODES[0],
            first: None,
            second: None,
            pace: 0.5,
            figures_shown: false,
            figures: Figures::default(),
        }
    }
}

/// All ways, as they are at first.
pub const MODES: [ComparisonMode; 8] = [
    ComparisonMode::Checkerboard { squares: 8 },
    ComparisonMode::Swipe {
        at: 0.5,
        upright: true,
    },
    ComparisonMode::Flicker { second: false },
    ComparisonMode::Difference { absolute: false },
    ComparisonMode::Composite(Tint::CyanMagenta),
    ComparisonMode::Composite(Tint::RedGreen),
    ComparisonMode::EDGES,
    ComparisonMode::Blend { amount: 0.5 },
];

impl Comparing {
    /// The images that are compared: those chosen, else the main one and the selected or topmost other.
    pub fn images(&self, document: &Document) -> Option<[LayerId; 2]> {
        let is_open = |id: &LayerId| document.layer(*id).is_some();
        let main = document.main()?.id;
        let first = self.first.filter(is_open).unwrap_or(main);
        let is_other = |id: &LayerId| *id != first && is_open(id);
        let selected = document.active().map(|layer| layer.id);
        let second = self.second.filter(is_other);
        let second = second.or_else(|| selected.filter(is_other)).or_else(|| {
            let mut layers = document.layers().iter().rev().map(|layer| layer.id);
            layers.find(is_other)
        })?;
        Some([first, second])
    }

    /// What the views show in place of the layers.
    pub fn shown(&self, document: &Document) -> Option<Comparison> {
        let [first, second] = self.images(document).filter(|_| self.on)?;
        Some(Comparison {
            mode: self.mode,
            first,
            second,
        })
    }

    /// What a workspace keeps, when it was used; `place`: that of a layer in the workspace.
    pub fn scene(
        &self,
        document: &Document,
        place: impl Fn(LayerId) -> Option<usize>,
    ) -> Option<SceneComparison> {
        let images = self
            .images(document)
            .filter(|_| self.on || self.first.is_some());
        let [first, second] = images?.map(place);
        Some(SceneComparison {
            shown: self.on,
            first: first?,
            second: second?,
            mode: self.mode.into(),
            pace: Some(self.pace),
        })
    }

    /// Becomes what a workspace kept; `layer`: that of a place in the workspace.
    pub fn take_up(
        &mut self,
        kept: Option<SceneComparison>,
        layer: impl Fn(usize) -> Option<LayerId>,
    ) {
        (self.on, self.first, self.second) = (false, None, None);
        if let Some(kept) = kept
            && let [Some(first), Some(second)] = [kept.first, kept.second].map(layer)
            && first != second
        {
            (self.first, self.second) = (Some(first), Some(second));
            self.on = kept.shown;
            self.mode = kept.mode.into();
            self.pace = kept.pace.unwrap_or(self.pace).clamp(0.1, 2.0);
        }
    }

    pub fn shows(&self, mode: ComparisonMode) -> bool {
        self.on && is_alike(self.mode, mode)
    }
}

/// Whether they are the same way, whatever their numbers.
fn is_alike(a: ComparisonMode, b: ComparisonMode) -> bool {
    a.name() == b.name()
}

impl App {
    pub(super) fn act_on_compare(&mut self, request: Request) {
        self.pin_compared();
        let comparing = &mut self.comparing;
        match request {
            Request::Toggle => comparing.on ^= true,
            Request::ToggleMode(mode) if comparing.shows(mode) => comparing.on = false,
            Request::ToggleMode(mode) => {
                comparing.on = true;
                if !is_alike(comparing.mode, mode) {
                    comparing.mode = mode;
                }
            }
            Request::SetMode(mode) => comparing.mode = mode,
            Request::NextMode => {
                let now = MODES
                    .iter()
                    .position(|mode| is_alike(*mode, comparing.mode));
                comparing.mode = MODES[(now.unwrap_or(0) + 1) % MODES.len()];
                comparing.on = true;
            }
            Request::Choose { first, second } => {
                (comparing.first, comparing.second) = (Some(first), Some(second));
            }
            Request::SetPace(pace) => comparing.pace = pace,
            Request::ToggleFigures => {
                comparing.figures_shown ^= true;
                if !comparing.figures_shown && self.tool == Tool::Landmark {
                    self.tool = Tool::Cursor;
                }
            }
        }
    }

    /// Layers that are selected or added later are not to take the places of those compared now.
    pub(super) fn pin_compared(&mut self) {
        if let Some([first, second]) = self.comparing.images(&self.document) {
            (self.comparing.first, self.comparing.second) = (Some(first), Some(second));
        }
    }

    /// Whether there are two images to compare.
    pub(super) fn can_compare(&self) -> bool {
        !self.demons.open && self.comparing.images(&self.document).is_some()
    }

    /// Whether the window with figures and landmarks is seen.
    pub(super) fn shows_agreement(&self) -> bool {
        self.comparing.figures_shown && self.can_compare()
    }

    /// Works out figures, and turns to the other image in time.
    pub(super) fn advance_compare(&mut self, ctx: &Context) {
        let held = ctx.input(|input| input.pointer.any_down());
        let (shown, runs) = (self.shows_agreement(), self.aligning.is_running());
        if self.tool == Tool::Landmark && !shown {
            self.tool = Tool::Cursor;
        }
        let comparing = &mut self.comparing;
        let images = comparing.images(&self.document).filter(|_| shown);
        let layers = images.map(|images| images.map(|id| self.document.layer(id)));
        match layers {
            Some([Some(first), Some(second)]) if !held && !runs => {
                comparing.figures.update([first, second], &self.wake);
            }
            Some(_) => {}
            None => comparing.figures.forget(),
        }
        let shows = comparing.shown(&self.document).is_some() && !self.demons.open;
        if let (true, ComparisonMode::Flicker { second }) = (shows, &mut comparing.mode) {
            let time = ctx.input(|input| input.time) / comparing.pace;
            *second = time.floor().rem_euclid(2.0) == 1.0;
            let rest = (1.0 - time.fract()) * comparing.pace;
            ctx.request_repaint_after(Duration::from_secs_f64(rest.max(0.005)));
        }
    }
}
