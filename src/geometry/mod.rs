//! Where a voxel lies in the patient: points, voxel grids and their orientation.
//!
//! Knows numbers only: no voxels, no files, no screen.

mod grid;
mod orientation;
mod point;
mod pose;
mod reorient;
mod shear;

pub use grid::{Grid, GridError};
pub use orientation::{Anatomy, Orientation, OrientationError};
pub use point::{IndexPoint, WorldPoint, flip_lps_ras, lps_ras_map};
pub use pose::{FoundPose, Pose, ScalingFrame};
pub use reorient::AxisMap;
