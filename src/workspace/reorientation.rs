//! Changes of orientation as a workspace keeps them.

use crate::geometry::Orientation;
use crate::volume::{ReorientMode, Reorientation};
use serde::{Deserialize, Serialize};

/// One change of orientation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SceneReorientation {
    pub mode: SceneReorientMode,
    /// The sides that the axes then go to, as nibabel spells it.
    pub to: String,
}

/// What changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SceneReorientMode {
    /// The order of the voxels.
    Reorient,
    /// The header alone.
    Relabel,
}

impl SceneReorientation {
    pub fn of(change: &Reorientation) -> Self {
        Self {
            mode: match change.mode {
                ReorientMode::Reorient => SceneReorientMode::Reorient,
                ReorientMode::Relabel => SceneReorientMode::Relabel,
            },
            to: change.to.to_code(),
        }
    }

    /// What to do to the image; `None` when the code is none.
    pub fn change(&self) -> Option<(ReorientMode, Orientation)> {
        let mode = match self.mode {
            SceneReorientMode::Reorient => ReorientMode::Reorient,
            SceneReorientMode::Relabel => ReorientMode::Relabel,
        };
        Some((mode, Orientation::parse_to(&self.to).ok()?))
    }
}
