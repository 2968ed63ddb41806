//! The course of a run: levels, iterations, check MSD.

use super::RegistrationError;
use super::aligned::Aligned;
use super::images::Images;
use super::params::{Forces, Params};
use super::plan::sigmas_in_voxels;
use super::progress::{Plan, Sample, Step};
use super::real::Real;
use super::resize::double_field;
use super::sweep::{Gradient, Settings, State, Sweep, warp};
use super::{Inputs, outcome::LevelReport};
use crate::geometry::Grid;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

/// A run in one precision.
pub(super) struct Demons<T> {
    pub params: Params,
    pub shape: [usize; 3],
    /// Of the working grid, mm.
    pub spacing: [f64; 3],
    shapes: Vec<[usize; 3]>,
    pub components: usize,
    images: Images<T>,
    pub level: Level<T>,
    /// Levels that are over.
    pub finished: Vec<LevelReport>,
    pub msd_initial: f64,
    /// Spent so far.
    pub seconds: f64,
}

/// One resolution and what has become of it so far.
pub(super) struct Level<T> {
    /// From 1.
    pub number: usize,
    pub shape: [usize; 3],
    pub components: usize,
    pub source: Vec<T>,
    pub target: Vec<T>,
    /// `[k, j, c, i]`, voxels of the level.
    pub displacement: Aligned<T>,
    pub warped: Aligned<T>,
    /// Before the last iteration; while check MSD has taken that one back, after it.
    pub other_displacement: Aligned<T>,
    pub other_warped: Aligned<T>,
    /// Whether an iteration that was cancelled has spoilt the other pair.
    interrupted: bool,
    settings: Settings,
    sweep: Sweep<T>,
    /// Before the first iteration, then after each.
    pub msd: Vec<f64>,
    pub rejected: bool,
    ended: bool,
    /// Whether the caller has been told that it started.
    announced: bool,
    seconds: f64,
}

impl<T: Real> Demons<T> {
    pub fn new(
        inputs: &Inputs<'_>,
        params: Params,
        plan: Plan,
        grid: &Grid,
        cancel: &AtomicBool,
    ) -> Result<Self, RegistrationError> {
        let start = Instant::now();
        let spacing = grid.spacing();
        let mut images = Images::read(inputs)?;
        let components = if plan.shape[2] == 1 { 2 } else { 3 };
        let msd_initial = images.msd();
        let shape = plan.levels[0];
        let room = shape.iter().product::<usize>() * components;
        let level = Level::new(
            1,
            shape,
            &mut images,
            Aligned::zeros(room),
            settings(&params, spacing, plan.shape, shape),
            cancel,
        )
        .ok_or(RegistrationError::Cancelled)?;
        Ok(Self {
            params,
            shape: plan.shape,
            spacing,
            shapes: plan.levels,
            components,
            images,
            level,
            finished: Vec::new(),
            msd_initial,
            seconds: start.elapsed().as_secs_f64(),
        })
    }

    pub fn step(&mut self, cancel: &AtomicBool) -> Step {
        let start = Instant::now();
        let step = if !self.level.announced {
            self.announce()
        } else if !self.level.ended {
            self.iterate(cancel)
        } else if self.level.number < self.shapes.len() {
            self.next_level(cancel)
        } else {
            Step::Done
        };
        self.seconds += start.elapsed().as_secs_f64();
        step
    }

    pub fn end_level(&mut self) {
        self.level.ended = true;
    }

    /// Takes what may change while a run goes on.
    pub fn set_params(&mut self, params: &Params) {
        self.params = Params {
            levels: self.params.levels,
            max_iterations: std::mem::take(&mut self.params.max_iterations),
            diffeomorphic: self.params.diffeomorphic,
            precision: self.params.precision,
            ..params.clone()
        };
        let level = &mut self.level;
        let settings = settings(&self.params, self.spacing, self.shape, level.shape);
        if settings != level.settings {
            level.settings = settings;
            level.sweep = Sweep::new(level.shape, level.components, &settings);
        }
    }

    /// The MSD of the present state.
    pub fn msd(&self) -> f64 {
        let taken_back = usize::from(self.level.rejected);
        let shown = self.level.msd.len() - 1 - taken_back;
        self.level.msd[shown]
    }

    /// The displacement at the next level.
    pub fn displacement_at(&self, shape: [usize; 3]) -> Aligned<T> {
        let level = &self.level;
        double_field(level.handed_on(), level.shape, shape, level.components)
    }

    fn announce(&mut self) -> Step {
        let most = self.params.iterations_of(self.level.number);
        self.level.announced = true;
        self.level.ended |= most == 0;
        Step::LevelStarted(self.level.sample(self.level.seconds))
    }

    fn iterate(&mut self, cancel: &AtomicBool) -> Step {
        let start = Instant::now();
        let most = self.params.iterations_of(self.level.number);
        let Some(msd) = self.level.iterate(cancel) else {
            return Step::Cancelled;
        };
        let level = &mut self.level;
        // A comparison with NaN is false, and the level goes on.
        level.rejected = self.params.check_msd && msd >= level.msd[level.msd.len() - 1];
        if level.rejected {
            level.swap();
        }
        level.msd.push(msd);
        level.ended |= level.rejected || level.msd.len() > most;
        let seconds = start.elapsed().as_secs_f64();
        level.seconds += seconds;
        Step::Iterated(level.sample(seconds))
    }

    pub fn next_level(&mut self, cancel: &AtomicBool) -> Step {
        let number = self.level.number + 1;
        let shape = self.shapes[number - 1];
        let displacement = self.displacement_at(shape);
        let level = Level::new(
            number,
            shape,
            &mut self.images,
            displacement,
            settings(&self.params, self.spacing, self.shape, shape),
            cancel,
        );
        let Some(level) = level else {
            return Step::Cancelled;
        };
        let over = std::mem::replace(&mut self.level, level);
        self.finished.push(over.report());
        self.announce()
    }
}

impl<T: Real> Level<T> {
    /// Prepares a level to start from a displacement; `None` when cancelled.
    fn new(
        number: usize,
        shape: [usize; 3],
        images: &mut Images<T>,
        displacement: Aligned<T>,
        settings: Settings,
        cancel: &AtomicBool,
    ) -> Option<Self> {
        let start = Instant::now();
        let voxels = shape.iter().product::<usize>();
        let components = displacement.len() / voxels;
        let (source, target) = images.at_level(shape, cancel)?;
        let mut level = Self {
            number,
            shape,
            components,
            source,
            target,
            other_displacement: Aligned::zeros(displacement.len()),
            displacement,
            warped: Aligned::zeros(0),
            other_warped: Aligned::zeros(voxels),
            interrupted: false,
            settings,
            sweep: Sweep::new(shape, components, &settings),
            msd: Vec::new(),
            rejected: false,
            ended: false,
            announced: false,
            seconds: 0.0,
        };
        let mut warped = Aligned::zeros(voxels);
        level.msd.push(warp(&level.state(), &mut warped));
        level.warped = warped;
        level.seconds = start.elapsed().as_secs_f64();
        Some(level)
    }

    /// What the next iteration starts from.
    pub fn state(&self) -> State<'_, T> {
        State {
            shape: self.shape,
            components: self.components,
            source: &self.source,
            target: &self.target,
            warped: &self.warped,
            displacement: &self.displacement,
            settings: self.settings,
        }
    }

    /// What the last iteration started from; before the first, what that one will.
    pub fn state_before(&self) -> State<'_, T> {
        // What check MSD took back started from the state that is shown.
        if self.msd.len() == 1 || self.rejected || self.interrupted {
            return self.state();
        }
        State {
            warped: &self.other_warped,
            displacement: &self.other_displacement,
            ..self.state()
        }
    }

    /// One iteration; its MSD, or `None` when cancelled, and then nothing has changed.
    fn iterate(&mut self, cancel: &AtomicBool) -> Option<f64> {
        let state = State {
            shape: self.shape,
            components: self.components,
            source: &self.source,
            target: &self.target,
            warped: &self.warped,
            displacement: &self.displacement,
            settings: self.settings,
        };
        let (displacement, warped) = (&mut self.other_displacement, &mut self.other_warped);
        let msd = self.sweep.iterate(state, displacement, warped, cancel);
        self.interrupted = msd.is_none();
        if msd.is_some() {
            self.swap();
        }
        msd
    }

    fn swap(&mut self) {
        std::mem::swap(&mut self.displacement, &mut self.other_displacement);
        std::mem::swap(&mut self.warped, &mut self.other_warped);
    }

    /// The displacement that the next level starts from: the course hands on that of the iteration
    /// which check MSD took back.
    pub fn handed_on(&self) -> &[T] {
        if self.rejected {
            &self.other_displacement
        } else {
            &self.displacement
        }
    }

    /// Displacement, warped image and target; the rest is let go.
    pub fn into_results(self) -> (Vec<T>, Vec<T>, Vec<T>) {
        let (displacement, warped) = (self.displacement, self.warped);
        (displacement.into_vec(), warped.into_vec(), self.target)
    }

    fn sample(&self, seconds: f64) -> Sample {
        let iteration = self.msd.len() - 1;
        Sample {
            level: self.number,
            iteration,
            msd: self.msd[iteration],
            seconds,
            rejected: self.rejected,
            ends_level: self.ended,
        }
    }

    pub fn report(&self) -> LevelReport {
        LevelReport {
            shape: self.shape,
            msd: self.msd.clone(),
            seconds: self.seconds,
        }
    }
}

/// The parameters of an iteration at a level.
fn settings(params: &Params, spacing: [f64; 3], shape: [usize; 3], level: [usize; 3]) -> Settings {
    let spacing: [f64; 3] =
        std::array::from_fn(|axis| spacing[axis] * shape[axis] as f64 / level[axis] as f64);
    let sigmas = |sigma| sigmas_in_voxels(sigma, params.sigma_units, spacing);
    Settings {
        elastic: sigmas(params.sigma_elastic),
        fluid: sigmas(params.sigma_fluid),
        gradient: match params.forces {
            Forces::Symmetric => Gradient::Both,
            Forces::Course if params.target_gradient => Gradient::Target,
            Forces::Course => Gradient::Warped,
        },
        weight: params.max_step.map_or(1.0, |step| 0.25 / (step * step)),
        composition: params.composition,
        diffeomorphic: params.diffeomorphic,
    }
}
