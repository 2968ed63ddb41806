//! Where a voxel lies in the patient: points, voxel grids and their orientation.
//!
//! Knows numbers only: no voxels, no files, no screen.

mod decomposition;
mod grid;
mod orientation;
mod placement;
mod point;
mod reorient;
mod shear;

pub use decomposition::Decomposition;
pub use grid::{Grid, GridError, are_apart};
pub use orientation::{Anatomy, Orientation, OrientationError};
pub use placement::{Body, Placement};
pub use point::{IndexPoint, WorldPoint, flip_lps_ras, lps_ras_map};
pub use reorient::AxisMap;
