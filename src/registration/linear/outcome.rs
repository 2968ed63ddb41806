//! What a linear registration leaves: the transform and the report.

use super::params::LinearParams;
use nalgebra::Matrix4;
use serde::Serialize;

/// The result of a linear registration.
#[derive(Clone, Debug)]
pub struct LinearOutcome {
    /// From points of the fixed image to points of the moving one, RAS mm.
    pub transform: Matrix4<f64>,
    pub report: LinearReport,
}

/// The run in numbers; serialised it is `register --report`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LinearReport {
    /// Of the fixed image, (nx, ny, nz).
    pub shape: [usize; 3],
    pub spacing_mm: [f64; 3],
    pub params: LinearParams,
    /// From points of the fixed image to points of the moving one, RAS mm, row by row.
    pub matrix_ras: [[f64; 4]; 4],
    /// Where the run started.
    pub initial_ras: [[f64; 4]; 4],
    /// The metric before the first and after the last iteration, at the levels of each.
    pub metric_initial: f64,
    pub metric_final: f64,
    pub levels: Vec<LinearLevelReport>,
    /// Of each level.
    pub iterations: Vec<usize>,
    /// The part of the fixed image's samples that lie in the moving image at the end, 0 to 1.
    pub overlap: f64,
    pub seconds: f64,
    pub threads: usize,
    /// What to know of the result, in sentences.
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LinearLevelReport {
    /// How much smaller than the fixed image.
    pub shrink: usize,
    /// Voxels of the fixed image, (nx, ny, nz).
    pub shape: [usize; 3],
    pub spacing_mm: [f64; 3],
    /// Voxels of the moving image.
    pub moving_shape: [usize; 3],
    /// Before the first iteration, then after each.
    pub metric: Vec<f64>,
    /// How often the images were compared.
    pub comparisons: usize,
    pub seconds: f64,
}

/// A matrix row by row.
pub(super) fn rows(matrix: &Matrix4<f64>) -> [[f64; 4]; 4] {
    std::array::from_fn(|row| std::array::from_fn(|column| matrix[(row, column)]))
}
