//! Deformable registration by demons, driven one iteration at a time by the caller.
//!
//! Fixed = target, moving = source: the displacement `u` maps target to source,
//! `warped(x) = source(x + u(x))`. Knows volumes; no files, no layers, no screen.

mod error;
mod outcome;
mod params;
mod progress;

pub use error::RegistrationError;
pub use outcome::{JacobianReport, LevelReport, Outcome, Report};
pub use params::{Forces, LARGEST_SIGMA, LARGEST_STEP, Params, Precision, Preset, SigmaUnits};
pub use progress::{Plan, PlaneState, Sample, Step};

use crate::geometry::Grid;
use crate::volume::Volume;
use std::sync::atomic::AtomicBool;

/// The images of a registration.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    pub source: &'a Volume,
    pub target: &'a Volume,
    /// On the target's grid; the voxels of the target that count are those above 0.
    pub mask: Option<&'a Volume>,
}

/// A registration between two iterations.
pub struct Registration {
    params: Params,
    grid: Grid,
}

#[allow(
    unused_variables,
    clippy::unimplemented,
    clippy::needless_pass_by_value
)]
impl Registration {
    /// What a run would take, or why it cannot be.
    pub fn plan(inputs: &Inputs<'_>, params: &Params) -> Result<Plan, RegistrationError> {
        unimplemented!()
    }

    /// Reads the images onto the working grid and prepares the first level.
    pub fn new(
        inputs: Inputs<'_>,
        params: Params,
        cancel: &AtomicBool,
    ) -> Result<Self, RegistrationError> {
        unimplemented!()
    }

    /// Does one iteration, or starts a level.
    pub fn step(&mut self, cancel: &AtomicBool) -> Step {
        unimplemented!()
    }

    /// The next step starts the next level, or is `Done`.
    pub fn end_level(&mut self) {
        unimplemented!()
    }

    pub fn params(&self) -> &Params {
        &self.params
    }

    /// Takes sigmas, gradient, composition, forces, step limit and check MSD from the next
    /// iteration on; the rest, and numbers that [`Params::validate`] refuses, are left as they are.
    pub fn set_params(&mut self, params: Params) {
        unimplemented!()
    }

    /// The present level, from 1.
    pub fn level(&self) -> usize {
        unimplemented!()
    }

    /// Iterations done in this level.
    pub fn iteration(&self) -> usize {
        unimplemented!()
    }

    /// Voxels of the present level, (nx, ny, nz).
    pub fn level_shape(&self) -> [usize; 3] {
        unimplemented!()
    }

    /// The working grid: the target's; of a PNG, JPEG or TIFF flipped so that y is up.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// The state across `axis` at `index` of the working grid.
    pub fn plane(&self, axis: usize, index: usize) -> PlaneState {
        unimplemented!()
    }

    /// The results so far; callable at any iteration.
    pub fn finish(self) -> Outcome {
        unimplemented!()
    }
}
