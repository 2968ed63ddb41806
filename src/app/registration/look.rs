//! How a run is shown. Nothing here touches its result.

use crate::document::Plane;

/// How a field is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawing {
    Grid,
    Arrows,
}

/// What the first pane shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Image {
    Source,
    Target,
    Warped,
}

impl Image {
    pub const ALL: [Self; 3] = [Self::Source, Self::Target, Self::Warped];

    pub fn name(self) -> &'static str {
        match self {
            Self::Source => "Source",
            Self::Target => "Target",
            Self::Warped => "Warped",
        }
    }

    /// The next one round, or the one before.
    pub fn cycled(self, forward: bool) -> Self {
        match (self, forward) {
            (Self::Source, true) | (Self::Warped, false) => Self::Target,
            (Self::Target, true) | (Self::Source, false) => Self::Warped,
            (Self::Warped, true) | (Self::Target, false) => Self::Source,
        }
    }
}

/// The choices of the demons workspace.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// A picture every this many iterations; 0 for none.
    pub every: usize,
    /// At most this many pictures a second.
    pub pictures_a_second: f64,
    /// Pixels of the level from grid line to grid line.
    pub spacing: usize,
    /// The update is drawn this many times as long as it is.
    pub scale: f64,
    pub plane: Plane,
    /// In the first pane.
    pub image: Image,
    /// In the second pane.
    pub deformation: Drawing,
    /// The Jacobian takes the second pane.
    pub jacobian: bool,
    /// In the third pane.
    pub update: Drawing,
    /// The difference to the target takes the third pane.
    pub difference: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            every: 3,
            pictures_a_second: 10.0,
            spacing: 4,
            scale: 10.0,
            plane: Plane::Axial,
            image: Image::Warped,
            deformation: Drawing::Grid,
            jacobian: false,
            update: Drawing::Arrows,
            difference: false,
        }
    }
}
