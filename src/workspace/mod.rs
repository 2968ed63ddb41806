//! Workspaces: which images are open and how they are shown, as a file beside them.
//!
//! [`read`] and [`write`] know our own format, readable JSON; [`read`] knows ITK-SNAP's registry too.
//! No image is read here, and nothing of the window is known.

mod alignment;
mod comparison;
mod error;
mod file;
mod itksnap;
mod labels;
mod measurements;
mod places;
mod reorientation;
mod scene;

pub use alignment::{SceneAligned, ScenePlacement, SceneStep};
pub use comparison::{SceneComparison, SceneMode};
pub use error::WorkspaceError;
pub use file::{Opened, read, write};
pub use labels::{SceneLabel, SceneLabels, SceneLandmark};
pub use measurements::SceneMeasurement;
pub use places::{find_by_name, is_workspace};
pub use reorientation::{SceneReorientMode, SceneReorientation};
pub use scene::{
    FileSource, Look, PlaneLook, Scene, SceneLayer, SceneRole, ShownAnnotations, Source, Views,
};
