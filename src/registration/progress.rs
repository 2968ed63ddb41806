//! What a run tells while it goes: samples of the MSD and the state of a plane.

use super::params::Precision;

/// What a run will take, said before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Voxels of the working grid, (nx, ny, nz).
    pub shape: [usize; 3],
    /// Voxels of each level, coarsest first.
    pub levels: Vec<[usize; 3]>,
    pub precision: Precision,
    /// Memory beside the two images themselves.
    pub bytes: u64,
}

/// The MSD after an iteration, or before the first of a level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// From 1.
    pub level: usize,
    /// From 1; 0 before the first.
    pub iteration: usize,
    /// Mean squared difference over voxels where target and warped image are defined.
    pub msd: f64,
    /// Of this iteration, or of preparing the level.
    pub seconds: f64,
    /// Whether check MSD took the iteration back.
    pub rejected: bool,
    pub ends_level: bool,
}

/// What one call of `step` did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// A level was prepared; the sample is that of iteration 0.
    LevelStarted(Sample),
    Iterated(Sample),
    /// Nothing is left to do.
    Done,
    /// The state is that before the call.
    Cancelled,
}

/// Everything the algorithm knows in one plane, at the resolution of the level: the first of the
/// two other axes fastest. Not defined: NaN.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaneState {
    /// The axis the plane lies across.
    pub axis: usize,
    /// Its place along that axis, in voxels of the level.
    pub index: usize,
    /// Pixels along the two other axes, in order.
    pub shape: [usize; 2],
    /// Voxels of the level, (nx, ny, nz).
    pub level_shape: [usize; 3],
    /// Size in mm of a voxel of the level, along each axis.
    pub level_spacing: [f64; 3],
    pub target: Vec<f32>,
    pub source: Vec<f32>,
    pub warped: Vec<f32>,
    /// Of the image whose gradient drives the last update (the next, before the first), by axis.
    pub gradient: [Vec<f32>; 3],
    /// That update before and after fluid smoothing, in voxels of the level, by axis.
    pub raw_update: [Vec<f32>; 3],
    pub update: [Vec<f32>; 3],
    /// Voxels of the level, by axis.
    pub displacement: [Vec<f32>; 3],
    /// Determinant of the mapping's derivative; 1 where nothing is deformed, 0 or less in folds.
    pub jacobian: Vec<f32>,
}
