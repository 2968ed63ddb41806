//! One image of the document and how it is shown.

use super::{Alignment, Display};
use crate::volume::Volume;

/// Names a layer for as long as the program runs; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LayerId(pub(super) u64);

/// What part a layer plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The reference: its grid gives the slices and the cursor.
    Main,
    /// A separate image, shown instead of the main one when selected.
    Additional,
    /// Half-transparent, on top of whichever image is shown.
    Overlay,
}

impl Role {
    pub fn label(self) -> &'static str {
        match self {
            Self::Main => "main",
            Self::Additional => "additional",
            Self::Overlay => "overlay",
        }
    }
}

/// An image with its name, role and display.
#[derive(Clone, Debug)]
pub struct Layer {
    pub id: LayerId,
    /// Shown everywhere; the user may change it.
    pub name: String,
    pub role: Role,
    /// The image where it is seen.
    pub volume: Volume,
    /// How often other voxels took the place of the first: a picture of it depends on that.
    pub revision: u64,
    pub display: Display,
    /// How it came there from where its file has it, if it was moved.
    pub alignment: Option<Alignment>,
}
