//! What a run leaves: images on the target's own grid, and the report.

use super::params::Params;
use crate::volume::Volume;
use serde::Serialize;

/// The results of a registration.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub(super) warped: Volume,
    pub(super) difference: Volume,
    pub(super) field: Volume,
    pub(super) jacobian: Volume,
    pub(super) report: Report,
}

impl Outcome {
    /// The source as the field carries it onto the target; NaN where it is not defined.
    pub fn warped(&self) -> Volume {
        self.warped.clone()
    }

    /// Target minus warped; NaN where either is not defined.
    pub fn difference(&self) -> Volume {
        self.difference.clone()
    }

    /// The displacement from each point of the target to its place in the source: three components
    /// in LPS mm.
    pub fn field(&self) -> Volume {
        self.field.clone()
    }

    /// The determinant of the mapping's derivative.
    pub fn jacobian(&self) -> Volume {
        self.jacobian.clone()
    }

    pub fn report(&self) -> &Report {
        &self.report
    }
}

/// The run in numbers; serialised it is `demons --report`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Of the working grid, (nx, ny, nz).
    pub shape: [usize; 3],
    pub spacing_mm: [f64; 3],
    pub params: Params,
    pub msd_initial: f64,
    /// After the restoration by check MSD.
    pub msd_final: f64,
    pub levels: Vec<LevelReport>,
    /// Of each level, the one that check MSD took back included.
    pub iterations: Vec<usize>,
    pub jacobian: JacobianReport,
    pub seconds: f64,
    pub threads: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LevelReport {
    pub shape: [usize; 3],
    /// Before the first iteration, then after each.
    pub msd: Vec<f64>,
    pub seconds: f64,
}

/// The Jacobian determinant in voxels of the working grid, over voxels where it is defined.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct JacobianReport {
    pub min: f64,
    pub max: f64,
    pub mean: f64,
    /// Voxels at or below 0.
    pub folded: u64,
}
