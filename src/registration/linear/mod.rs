//! Linear registration (rigid, similarity, affine), driven one iteration at a time by the caller.
//!
//! The transform is the map from points of the fixed to points of the moving image, RAS mm:
//! `registered(x) = moving(T x)`. Knows volumes; no files, no layers, no screen.

mod descent;
mod intensity;
mod level;
mod local;
mod metric;
mod motion;
mod nmi;
mod outcome;
mod params;
mod plan;
mod probe;
mod pyramid;
mod samples;
#[cfg(test)]
mod tests;

pub use outcome::{LinearLevelReport, LinearOutcome, LinearReport};
pub use params::{LARGEST_RADIUS, LinearParams, Metric, Motion, Sampling};
pub use plan::LinearPlan;

use super::RegistrationError;
use crate::geometry::Grid;
use crate::volume::{Resampling, Volume};
use level::{Level, Pair};
use nalgebra::Matrix4;
use outcome::rows;
use pyramid::{Image, block};
use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Less of the fixed image in the moving one is worth a note.
const MUCH_OVERLAP: f64 = 0.5;

/// Of the planes of two images of one slice, in degrees.
const MOST_TILT: f64 = 0.5;

/// The images of a linear registration.
#[derive(Clone, Copy, Debug)]
pub struct LinearInputs<'a> {
    pub fixed: &'a Volume,
    pub moving: &'a Volume,
    /// In the fixed image's world, on any grid; voxels of the fixed image count where its nearest voxel
    /// is above 0.
    pub mask: Option<&'a Volume>,
}

/// The metric after an iteration, or before the first of a level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinearSample {
    /// From 1.
    pub level: usize,
    /// From 1; 0 before the first.
    pub iteration: usize,
    /// As [`Metric`] defines it.
    pub value: f64,
    /// Of this iteration, or of preparing the level.
    pub seconds: f64,
    pub ends_level: bool,
}

/// What one call of `step` did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LinearStep {
    /// A level was prepared; the sample is that of iteration 0.
    LevelStarted(LinearSample),
    Iterated(LinearSample),
    /// Nothing is left to do.
    Done,
    /// The state is that before the call.
    Cancelled,
}

/// A linear registration between two iterations.
pub struct LinearRegistration {
    params: LinearParams,
    grid: Grid,
    initial: Matrix4<f64>,
    matrix: Matrix4<f64>,
    /// Levels to come, the next last.
    pairs: Vec<Pair>,
    level: Option<Level>,
    ends: bool,
    reports: Vec<LinearLevelReport>,
    overlap: f64,
    seconds: f64,
    notes: Vec<String>,
}

impl LinearRegistration {
    /// What a run would take, or why it cannot be.
    pub fn plan(
        inputs: &LinearInputs<'_>,
        params: &LinearParams,
    ) -> Result<LinearPlan, RegistrationError> {
        plan::plan(inputs, params)
    }

    /// Makes the images of all levels and prepares the first. `initial`: where to start, from points
    /// of the fixed to points of the moving image, RAS mm.
    pub fn new(
        inputs: LinearInputs<'_>,
        params: LinearParams,
        initial: Matrix4<f64>,
        cancel: &AtomicBool,
    ) -> Result<Self, RegistrationError> {
        let start = Instant::now();
        let plan = plan::plan(&inputs, &params)?;
        check_initial(&initial)?;
        check_planes(&inputs, &initial)?;
        let pairs = pairs(&inputs, &plan, cancel)?;
        let grid = *inputs.fixed.grid();
        let mut registration = Self {
            notes: notes(&params, &initial),
            params,
            grid,
            initial,
            matrix: initial,
            pairs,
            level: None,
            ends: false,
            reports: Vec::new(),
            overlap: 0.0,
            seconds: 0.0,
        };
        match registration.start_level(start) {
            Some(error) if registration.level.is_none() => Err(error),
            _ => Ok(registration),
        }
    }

    /// Does one iteration, or starts a level.
    pub fn step(&mut self, cancel: &AtomicBool) -> LinearStep {
        if cancel.load(Ordering::Relaxed) {
            return LinearStep::Cancelled;
        }
        let start = Instant::now();
        if self.ends && self.told() {
            self.start_level(start);
        }
        match &self.level {
            None => LinearStep::Done,
            Some(_) if self.told() => self.iterate(start),
            Some(level) => {
                let value = self.value(level.cost());
                let seconds = self.reports.last().map_or(0.0, |report| report.seconds);
                LinearStep::LevelStarted(self.tell(value, seconds))
            }
        }
    }

    /// The next step starts the next level, or is `Done`.
    pub fn end_level(&mut self) {
        self.ends = true;
    }

    pub fn params(&self) -> &LinearParams {
        &self.params
    }

    /// The present estimate, from points of the fixed to points of the moving image, RAS mm.
    pub fn transform(&self) -> Matrix4<f64> {
        self.matrix
    }

    /// The present level, from 1.
    pub fn level(&self) -> usize {
        self.reports.len()
    }

    /// Levels of the whole run.
    pub fn levels(&self) -> usize {
        self.reports.len() + self.pairs.len()
    }

    /// The result so far; callable at any iteration.
    pub fn finish(mut self) -> LinearOutcome {
        if self.overlap < MUCH_OVERLAP {
            self.notes.push(format!(
                "only {:.0} % of the fixed image lies in the moving one; look whether the result is right",
                100.0 * self.overlap
            ));
        }
        let values = || self.reports.iter().flat_map(|level| &level.metric);
        let report = LinearReport {
            shape: self.grid.shape(),
            spacing_mm: self.grid.spacing(),
            params: self.params.clone(),
            matrix_ras: rows(&self.matrix),
            initial_ras: rows(&self.initial),
            metric_initial: values().next().copied().unwrap_or(f64::NAN),
            metric_final: values().last().copied().unwrap_or(f64::NAN),
            iterations: self
                .reports
                .iter()
                .map(|r| r.metric.len().saturating_sub(1))
                .collect(),
            levels: self.reports,
            overlap: self.overlap,
            seconds: self.seconds,
            threads: rayon::current_num_threads(),
            notes: self.notes,
        };
        LinearOutcome {
            transform: self.matrix,
            report,
        }
    }
}

impl LinearRegistration {
    /// Starts the next level at which the images can be compared; `None` stays when there is none.
    /// Returns why the last level that was left out was.
    fn start_level(&mut self, start: Instant) -> Option<RegistrationError> {
        self.ends = false;
        self.level = None;
        let mut left_out = None;
        while let Some(pair) = self.pairs.pop() {
            let report = LinearLevelReport {
                shrink: pair.shrink,
                shape: pair.fixed.shape,
                spacing_mm: pair.fixed.spacing(),
                moving_shape: pair.moving.shape,
                metric: Vec::new(),
                comparisons: 1,
                seconds: 0.0,
            };
            match Level::start(pair, &self.params, &self.matrix) {
                Ok(level) => {
                    self.overlap = level.overlap();
                    self.level = Some(level);
                    self.reports.push(report);
                    self.ends = self.params.iterations_of(self.reports.len() - 1) == 0;
                    break;
                }
                Err(error) => left_out = Some(error),
            }
            self.notes.push(format!(
                "too little could be compared at a resolution {} times lower; that level was left out",
                report.shrink
            ));
        }
        self.count_time(start);
        left_out
    }

    /// Whether the start of the level was told.
    fn told(&self) -> bool {
        let last = self.reports.last();
        last.is_none_or(|report| !report.metric.is_empty())
    }

    fn iterate(&mut self, start: Instant) -> LinearStep {
        let Some(level) = &mut self.level else {
            return LinearStep::Done;
        };
        let last = level.iterate();
        self.matrix = level.matrix();
        self.overlap = level.overlap();
        let (cost, comparisons) = (level.cost(), level.comparisons());
        let value = self.value(cost);
        let seconds = self.count_time(start);
        let number = self.reports.len().saturating_sub(1);
        if let Some(report) = self.reports.last_mut() {
            report.comparisons = comparisons;
            self.ends = last || report.metric.len() >= self.params.iterations_of(number);
        }
        LinearStep::Iterated(self.tell(value, seconds))
    }

    fn tell(&mut self, value: f64, seconds: f64) -> LinearSample {
        let mut iteration = 0;
        if let Some(report) = self.reports.last_mut() {
            iteration = report.metric.len();
            report.metric.push(value);
        }
        LinearSample {
            level: self.reports.len(),
            iteration,
            value,
            seconds,
            ends_level: self.ends,
        }
    }

    fn value(&self, cost: f64) -> f64 {
        if self.params.metric.grows() {
            -cost
        } else {
            cost
        }
    }

    /// Adds the time since `start` to that of the run and of the level.
    fn count_time(&mut self, start: Instant) -> f64 {
        let seconds = start.elapsed().as_secs_f64();
        self.seconds += seconds;
        if let Some(report) = self.reports.last_mut() {
            report.seconds += seconds;
        }
        seconds
    }
}

fn check_initial(initial: &Matrix4<f64>) -> Result<(), RegistrationError> {
    let determinant = initial.fixed_view::<3, 3>(0, 0).determinant();
    if determinant > 0.0 && initial.iter().all(|v| v.is_finite()) {
        Ok(())
    } else {
        Err(RegistrationError::InitialMirrors)
    }
}

/// Refuses images of one slice whose planes are not parallel: they are moved within their plane.
fn check_planes(
    inputs: &LinearInputs<'_>,
    initial: &Matrix4<f64>,
) -> Result<(), RegistrationError> {
    let [fixed, moving] = [inputs.fixed, inputs.moving].map(Volume::grid);
    if fixed.shape()[2] > 1 || moving.shape()[2] > 1 {
        return Ok(());
    }
    let back = initial.try_inverse().unwrap_or_default();
    let [along, across] = [0, 1].map(|axis| back.transform_vector(&moving.step(axis)));
    let [one, other] = [fixed.step(0).cross(&fixed.step(1)), along.cross(&across)];
    let tilt = one.cross(&other).norm().atan2(one.dot(&other).abs());
    let degrees = tilt.to_degrees();
    match degrees <= MOST_TILT {
        true => Ok(()),
        false => Err(RegistrationError::Tilted(degrees)),
    }
}

fn notes(params: &LinearParams, initial: &Matrix4<f64>) -> Vec<String> {
    let mut notes = Vec::new();
    let linear = initial.fixed_view::<3, 3>(0, 0);
    let stretch = (linear.transpose() * linear - nalgebra::Matrix3::identity()).norm();
    if params.motion == Motion::Rigid && stretch > 1e-4 {
        notes.push("the start is not rigid; its scale and shear are kept".to_owned());
    }
    if params.metric == Metric::NccLocal && params.sampling != Sampling::Full {
        notes.push("patches are compared everywhere; sampling is for the other metrics".to_owned());
    }
    notes
}

/// The images of all levels, the coarsest last.
fn pairs(
    inputs: &LinearInputs<'_>,
    plan: &LinearPlan,
    cancel: &AtomicBool,
) -> Result<Vec<Pair>, RegistrationError> {
    let spacing = inputs.fixed.grid().spacing();
    let wide = inputs
        .fixed
        .grid()
        .shape()
        .into_iter()
        .zip(spacing)
        .filter(|(n, _)| *n > 1);
    let voxel = wide
        .map(|(_, spacing)| spacing)
        .fold(f64::INFINITY, f64::min);
    let mut pairs: Vec<Pair> = Vec::new();
    let [mut fixed, mut moving] = [Stack::new(inputs.fixed), Stack::new(inputs.moving)];
    let mask = inputs.mask.map(|mask| on_grid(mask, inputs.fixed.grid()));
    let mut mask = mask.as_deref().map(Stack::of_mask);
    for &shrink in plan.shrinks.iter().rev() {
        if cancel.load(Ordering::Relaxed) {
            return Err(RegistrationError::Cancelled);
        }
        let size = voxel * shrink as f64;
        let counts = mask.as_mut().map(|mask| counted(&mask.at(size).values));
        let pair = Pair {
            shrink,
            fixed: fixed.at(size).clone(),
            moving: moving.at(size).clone(),
            counts,
        };
        if pairs.is_empty() {
            check(&pair)?;
        }
        pairs.push(pair);
    }
    Ok(pairs)
}

/// The mask on the grid of the fixed image by its nearest voxels, 0 where it does not reach.
fn on_grid<'a>(mask: &'a Volume, grid: &Grid) -> Cow<'a, Volume> {
    match mask.grid().same_as(grid) {
        true => Cow::Borrowed(mask),
        false => Cow::Owned(mask.resampled(grid, Resampling::Nearest, 0.0)),
    }
}

/// The voxels of a level that lie in the mask by half or more; of a mask too thin for that, those that
/// lie in it most.
fn counted(shares: &[f32]) -> Vec<bool> {
    let most = shares.iter().copied().fold(0.0, f32::max);
    let least = most.min(0.5);
    shares
        .iter()
        .map(|share| *share > 0.0 && *share >= least)
        .collect()
}

/// Refuses images without anything to compare.
fn check(pair: &Pair) -> Result<(), RegistrationError> {
    for (image, level) in [("fixed image", &pair.fixed), ("moving image", &pair.moving)] {
        match level.range() {
            None => return Err(RegistrationError::Undefined { image }),
            Some((low, high)) if low == high => return Err(RegistrationError::Constant { image }),
            Some(_) => {}
        }
    }
    match &pair.counts {
        Some(counts) if !counts.contains(&true) => Err(RegistrationError::MaskOfNothing),
        _ => Ok(()),
    }
}

/// A volume made smaller step by step.
struct Stack<'a> {
    volume: &'a Volume,
    last: Option<([usize; 3], Image)>,
}

impl<'a> Stack<'a> {
    fn new(volume: &'a Volume) -> Self {
        Self { volume, last: None }
    }

    /// A mask as 0 and 1.
    fn of_mask(volume: &'a Volume) -> Self {
        let mut image = Image::of(volume, [1; 3]);
        for value in &mut image.values {
            *value = f32::from(u8::from(*value > 0.0));
        }
        Self {
            volume,
            last: Some(([1; 3], image)),
        }
    }

    /// With voxels of about `size` mm, never less than before.
    fn at(&mut self, size: f64) -> &Image {
        let wanted = block(self.volume.grid(), size);
        let (_, image) = match self.last.take() {
            None => self.last.insert((wanted, Image::of(self.volume, wanted))),
            Some((before, image)) => {
                let further = std::array::from_fn(|axis| wanted[axis] / before[axis]);
                let image = if further == [1; 3] {
                    image
                } else {
                    image.shrunk(further)
                };
                self.last.insert((wanted, image))
            }
        };
        image
    }
}
