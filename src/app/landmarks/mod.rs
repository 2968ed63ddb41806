//! Landmarks: the same places marked in two images, drawn and dragged in the views, listed with how far
//! apart they lie. The pairs are part of the document.

mod act;
mod list;
mod marks;

pub use list::show as show_list;
pub use marks::paint;

use crate::document::{Command, Document, LandmarkEdit, LandmarkId, LayerId, TargetErrors};
use crate::geometry::WorldPoint;
use crate::volume::Chain;
use std::path::PathBuf;

/// What the user asks of landmarks. Points are RAS mm where they are seen.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// The button went down: takes hold of a mark within `reach_mm`, or places a new one.
    Press {
        at: WorldPoint,
        reach_mm: f64,
    },
    Drag(WorldPoint),
    Release,
    /// The left button places landmarks, or does what it did.
    Place(bool),
    /// Goes to a pair.
    Show(LandmarkId),
    Edit(LandmarkEdit),
    /// Asks for a file to read pairs from.
    Import,
    /// Asks for a file to write them to.
    Export,
    /// Writes them over a file that is there, after the user agreed.
    ExportOver(PathBuf),
}

/// Which point of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Fixed,
    Moving,
}

/// Landmarks between frames.
#[derive(Default)]
pub struct Landmarking {
    selected: Option<LandmarkId>,
    held: Option<(LandmarkId, Side)>,
}

/// How points of the fixed world get into the moving image, as the layer lies now; the moving points of
/// landmarks are in the image's own world.
fn chain(document: &Document, moving: LayerId) -> Chain {
    document.chain(moving).unwrap_or_default()
}

/// Where a point of the moving image's own world is seen; `None` where a displacement field bends it.
fn seen(document: &Document, moving: LayerId, point: WorldPoint) -> Option<WorldPoint> {
    let back = chain(document, moving).inverse()?;
    Some(back.map(point))
}

/// The errors of all pairs as the moving image lies now.
fn errors(document: &Document, moving: LayerId) -> TargetErrors {
    let chain = chain(document, moving);
    TargetErrors::under(document.landmarks(), |point| chain.map(point))
}

fn edit(edit: LandmarkEdit) -> Command {
    Command::Landmark(edit)
}
