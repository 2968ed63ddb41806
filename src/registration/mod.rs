//! Deformable registration by demons, driven one iteration at a time by the caller.
//!
//! Fixed = target, moving = source: the displacement `u` maps target to source,
//! `warped(x) = source(x + u(x))`. Knows volumes; no files, no layers, no screen.

mod aligned;
#[cfg(test)]
mod blocks;
mod demons;
mod error;
mod force;
mod gauss;
mod images;
mod initial;
mod jacobian;
mod line;
pub mod linear;
mod outcome;
mod params;
mod plan;
mod plane;
mod progress;
mod real;
mod resize;
mod results;
mod sweep;
mod warp;

pub use error::RegistrationError;
pub use initial::placed;
pub use outcome::{JacobianReport, LevelReport, Outcome, Report};
pub use params::{Forces, LARGEST_SIGMA, LARGEST_STEP, Params, Precision, Preset, SigmaUnits};
pub use progress::{Plan, PlaneState, Sample, Step};

use crate::geometry::Grid;
use crate::volume::Volume;
use demons::Demons;
use real::Real;
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
    engine: Box<dyn Engine>,
    grid: Grid,
    source: Volume,
    target: Volume,
}

impl Registration {
    /// What a run would take, or why it cannot be.
    pub fn plan(inputs: &Inputs<'_>, params: &Params) -> Result<Plan, RegistrationError> {
        plan::plan(inputs, params)
    }

    /// Reads the images onto the working grid and prepares the first level.
    pub fn new(
        inputs: Inputs<'_>,
        params: Params,
        cancel: &AtomicBool,
    ) -> Result<Self, RegistrationError> {
        let plan = plan::plan(&inputs, &params)?;
        Self::planned(inputs, params, plan, cancel)
    }

    /// The same by a [`Registration::plan`] of these images and parameters.
    pub fn planned(
        inputs: Inputs<'_>,
        params: Params,
        plan: Plan,
        cancel: &AtomicBool,
    ) -> Result<Self, RegistrationError> {
        let grid = images::working_grid(inputs.target);
        let engine: Box<dyn Engine> = match plan.precision {
            Precision::F32 => Box::new(Demons::<f32>::new(&inputs, params, plan, &grid, cancel)?),
            Precision::F64 => Box::new(Demons::<f64>::new(&inputs, params, plan, &grid, cancel)?),
        };
        Ok(Self {
            engine,
            grid,
            source: inputs.source.clone(),
            target: inputs.target.clone(),
        })
    }

    /// Does one iteration, or starts a level.
    pub fn step(&mut self, cancel: &AtomicBool) -> Step {
        self.engine.step(cancel)
    }

    /// The next step starts the next level, or is `Done`.
    pub fn end_level(&mut self) {
        self.engine.end_level();
    }

    pub fn params(&self) -> &Params {
        self.engine.params()
    }

    /// Takes sigmas, gradient, composition, forces, step limit and check MSD from the next
    /// iteration on; the rest is left as it is, and all of it when [`Params::validate`] refuses.
    pub fn set_params(&mut self, params: &Params) {
        if params.validate().is_ok() && plan::check_sigmas(params, &self.grid).is_ok() {
            self.engine.set_params(params);
        }
    }

    /// The present level, from 1.
    pub fn level(&self) -> usize {
        self.engine.place().0
    }

    /// Iterations done in this level.
    pub fn iteration(&self) -> usize {
        self.engine.place().1
    }

    /// Voxels of the present level, (nx, ny, nz).
    pub fn level_shape(&self) -> [usize; 3] {
        self.engine.place().2
    }

    /// The working grid: the target's; of a PNG, JPEG or TIFF flipped so that y is up.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// The state across `axis` at `index` of the working grid, drawn to its edge.
    pub fn plane(&self, axis: usize, index: usize) -> PlaneState {
        self.engine.plane(axis, index)
    }

    /// The source as it is warped so far, at the resolution of the level and where the target lies;
    /// NaN where it is not defined.
    pub fn warped(&self) -> Volume {
        self.engine.warped(&self.source, &self.grid)
    }

    /// The results so far; callable at any iteration.
    pub fn finish(self) -> Outcome {
        self.engine.finish(&self.source, &self.target, &self.grid)
    }
}

/// What is asked of a run whatever its precision.
trait Engine: Send {
    fn step(&mut self, cancel: &AtomicBool) -> Step;
    fn end_level(&mut self);
    fn params(&self) -> &Params;
    fn set_params(&mut self, params: &Params);
    /// Level, iteration, and shape of the level.
    fn place(&self) -> (usize, usize, [usize; 3]);
    fn plane(&self, axis: usize, index: usize) -> PlaneState;
    fn warped(&self, source: &Volume, grid: &Grid) -> Volume;
    fn finish(self: Box<Self>, source: &Volume, target: &Volume, grid: &Grid) -> Outcome;
}

impl<T: Real> Engine for Demons<T> {
    fn step(&mut self, cancel: &AtomicBool) -> Step {
        self.step(cancel)
    }

    fn end_level(&mut self) {
        self.end_level();
    }

    fn params(&self) -> &Params {
        &self.params
    }

    fn set_params(&mut self, params: &Params) {
        self.set_params(params);
    }

    fn place(&self) -> (usize, usize, [usize; 3]) {
        let level = &self.level;
        (level.number, level.msd.len() - 1, level.shape)
    }

    fn plane(&self, axis: usize, index: usize) -> PlaneState {
        self.plane(axis, index)
    }

    fn warped(&self, source: &Volume, grid: &Grid) -> Volume {
        self.warped(source, grid)
    }

    fn finish(self: Box<Self>, source: &Volume, target: &Volume, grid: &Grid) -> Outcome {
        (*self).finish(source, target, grid)
    }
}
