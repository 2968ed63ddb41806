//! One iteration over a level: force, fluid smoothing, addition or composition, elastic smoothing,
//! warp and squared differences, fused so that the volume is read and written once.
//!
//! The volume is cut into one stretch of slices a thread; what a stretch needs of its neighbours it
//! makes itself, so every number is the same however the volume is cut.

use super::aligned::Aligned;
use super::force::{add_row, gradient_row, mean_row, offset, sum_row, update_row};
use super::gauss::{BLOCK, Rows, Smoother};
use super::real::Real;
use super::warp::{Outside, Places, compose_row, warp_row};
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};

/// Levels with fewer voxels are not worth a second thread.
const SHARED_FROM: usize = 1 << 15;

/// Stretches are not made shorter than this many slices.
const SHORTEST: usize = 8;

/// Whose gradient the force follows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Gradient {
    Warped,
    Target,
    Both,
}

/// The parameters of an iteration, in voxels of its level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Settings {
    pub elastic: [f64; 3],
    pub fluid: [f64; 3],
    pub gradient: Gradient,
    /// Of the squared intensity difference in the force.
    pub weight: f64,
    pub composition: bool,
    pub diffeomorphic: bool,
}

/// What an iteration starts from. Fields hold a row of each component after another: `[k, j, c, i]`.
#[derive(Clone, Copy)]
pub(super) struct State<'a, T> {
    pub shape: [usize; 3],
    pub components: usize,
    pub source: &'a [T],
    pub target: &'a [T],
    pub warped: &'a [T],
    pub displacement: &'a [T],
    pub settings: Settings,
}

impl<'a, T: Real> State<'a, T> {
    fn row_of(&self, image: &'a [T], k: usize, j: usize) -> &'a [T] {
        let at = offset(self.shape, [0, j, k]);
        &image[at..at + self.shape[0]]
    }

    /// Row `(j, k)` of a field, all components.
    fn field_row(&self, field: &'a [T], k: usize, j: usize) -> &'a [T] {
        let at = offset(self.shape, [0, j, k]) * self.components;
        &field[at..at + self.shape[0] * self.components]
    }

    /// The gradient that drives the force, of row `(j, k)`; `other` is room for a second one.
    pub fn gradient_row(&self, k: usize, j: usize, out: &mut [T], other: &mut [T]) {
        match self.settings.gradient {
            Gradient::Warped => gradient_row(self.warped, self.shape, j, k, out),
            Gradient::Target => gradient_row(self.target, self.shape, j, k, out),
            Gradient::Both => {
                gradient_row(self.warped, self.shape, j, k, out);
                gradient_row(self.target, self.shape, j, k, other);
                mean_row(out, other);
            }
        }
    }

    /// The update of row `(j, k)` before smoothing.
    pub fn update_row(&self, k: usize, j: usize, out: &mut [T], other: &mut [T]) {
        self.gradient_row(k, j, out, other);
        let target = self.row_of(self.target, k, j);
        let warped = self.row_of(self.warped, k, j);
        update_row(target, warped, T::of(self.settings.weight), out);
    }
}

/// The update before smoothing, row by row.
struct Raw<'a, T> {
    state: State<'a, T>,
    other: &'a mut [T],
}

impl<T: Real> Rows<T> for Raw<'_, T> {
    fn begin_slice(&mut self, _: usize) {}

    fn row(&mut self, k: usize, j: usize, out: &mut [T]) {
        self.state.update_row(k, j, out, self.other);
    }
}

/// The displacement with the fluidly smoothed update, before elastic smoothing.
struct Updated<'a, T> {
    raw: Raw<'a, T>,
    fluid: &'a mut Smoother<T>,
    /// The smoothed update of the slice at hand, or of [`BLOCK`] of its rows where it is made with them.
    slice: &'a mut [T],
}

impl<T: Real> Updated<'_, T> {
    /// Makes the block that row `j` begins, if it begins one.
    fn make_block(&mut self, k: usize, j: usize, row: usize) {
        if j.is_multiple_of(BLOCK) {
            let count = BLOCK.min(self.raw.state.shape[1] - j);
            let out = &mut self.slice[..count * row];
            self.fluid.block(k, j, out, &mut self.raw);
        }
    }
}

impl<T: Real> Rows<T> for Updated<'_, T> {
    fn begin_slice(&mut self, k: usize) {
        if !self.fluid.is_flat() {
            self.fluid
                .slices(k, self.slice, &mut self.raw, |_, _, _| {});
        }
    }

    fn row(&mut self, k: usize, j: usize, out: &mut [T]) {
        let state = self.raw.state;
        let composition = state.settings.composition;
        if self.fluid.is_identity() {
            self.raw.row(k, j, out);
        } else {
            let row = if self.fluid.is_flat() {
                self.make_block(k, j, out.len());
                j % BLOCK
            } else {
                j
            };
            let update = &self.slice[row * out.len()..][..out.len()];
            if !composition {
                sum_row(state.field_row(state.displacement, k, j), update, out);
                return;
            }
            out.copy_from_slice(update);
        }
        if composition {
            let shape = state.shape;
            compose_row(state.displacement, shape, j, k, Outside::Undefined, out);
        } else {
            add_row(state.field_row(state.displacement, k, j), out);
        }
    }
}

/// The displacement composed with an update that was made before, before elastic smoothing.
struct Composed<'a, T> {
    state: State<'a, T>,
    update: &'a [T],
}

impl<T: Real> Rows<T> for Composed<'_, T> {
    fn begin_slice(&mut self, _: usize) {}

    fn row(&mut self, k: usize, j: usize, out: &mut [T]) {
        let state = self.state;
        out.copy_from_slice(state.field_row(self.update, k, j));
        compose_row(state.displacement, state.shape, j, k, Outside::Edge, out);
    }
}

/// What one thread works with.
struct Worker<T> {
    elastic: Smoother<T>,
    fluid: Smoother<T>,
    slice: Aligned<T>,
    other: Aligned<T>,
    places: Places<T>,
}

/// The room an iteration needs, kept from one to the next.
pub(super) struct Sweep<T> {
    workers: Vec<Worker<T>>,
    /// Slices a worker takes.
    stretch: usize,
    /// Numbers in a slice of the field, and of the image.
    field_slice: usize,
    image_slice: usize,
    /// Of each slice, squared differences and how many.
    sums: Vec<(f64, f64)>,
    /// The update and its exponential, in diffeomorphic runs.
    exponential: [Vec<T>; 2],
}

impl<T: Real> Sweep<T> {
    pub fn new(shape: [usize; 3], components: usize, settings: &Settings) -> Self {
        let [nx, ny, nz] = shape;
        let (image_slice, field_slice) = (nx * ny, nx * ny * components);
        let stretch = stretch(shape);
        let smoother = |sigmas| Smoother::new(sigmas, shape, components);
        let room = if settings.diffeomorphic {
            field_slice * nz
        } else {
            0
        };
        Self {
            workers: (0..nz.div_ceil(stretch))
                .map(|_| {
                    let fluid = smoother(settings.fluid);
                    let row = nx * components;
                    let rows = if fluid.is_flat() { BLOCK } else { ny };
                    Worker {
                        elastic: smoother(settings.elastic),
                        fluid,
                        slice: Aligned::zeros(rows * row),
                        other: Aligned::zeros(row),
                        places: Places::new(),
                    }
                })
                .collect(),
            stretch,
            field_slice,
            image_slice,
            sums: vec![(0.0, 0.0); nz],
            exponential: [vec![T::ZERO; room], vec![T::ZERO; room]],
        }
    }

    /// One iteration: the new displacement, the new warped image and its MSD; `None` when cancelled.
    pub fn iterate(
        &mut self,
        state: State<'_, T>,
        displacement: &mut [T],
        warped: &mut [T],
        cancel: &AtomicBool,
    ) -> Option<f64> {
        if state.settings.diffeomorphic {
            self.exponential_update(&state, cancel);
        }
        let stretch = self.stretch;
        let update = self.exponential[0].as_slice();
        let parts = self
            .workers
            .iter_mut()
            .zip(displacement.chunks_mut(self.field_slice * stretch))
            .zip(warped.chunks_mut(self.image_slice * stretch))
            .zip(self.sums.chunks_mut(stretch))
            .enumerate();
        spread(parts, |(n, (((worker, displacement), warped), sums))| {
            let first = n * stretch;
            sums.fill((0.0, 0.0));
            let Parts {
                raw,
                fluid,
                slice,
                elastic,
                places,
            } = worker.parts(state);
            let done = |k: usize, j: usize, row: &[T]| {
                let from = ((k - first) * state.shape[1] + j) * state.shape[0];
                let out = &mut warped[from..from + state.shape[0]];
                warp_and_compare(&state, [j, k], row, places, out, &mut sums[k - first]);
            };
            if state.settings.diffeomorphic {
                let mut rows = Composed { state, update };
                smooth(elastic, first, displacement, &mut rows, cancel, done);
            } else {
                fluid.start(elastic.first_input(first));
                let mut rows = Updated { raw, fluid, slice };
                smooth(elastic, first, displacement, &mut rows, cancel, done);
            }
        });
        (!cancel.load(Ordering::Relaxed)).then(|| mean(&self.sums))
    }

    /// Makes the exponential of the smoothed update by scaling and squaring.
    fn exponential_update(&mut self, state: &State<'_, T>, cancel: &AtomicBool) {
        let [update, other] = &mut self.exponential;
        let (size, stretch) = (self.field_slice, self.stretch);
        let parts = self
            .workers
            .iter_mut()
            .zip(update.chunks_mut(size * stretch));
        spread(parts.enumerate(), |(n, (worker, update))| {
            let Parts { mut raw, fluid, .. } = worker.parts(*state);
            fluid.start(n * stretch);
            smooth(fluid, n * stretch, update, &mut raw, cancel, |_, _, _| {});
        });
        let longest = longest(update, state.components, state.shape[0]);
        let halvings = (longest / LONGEST_PART).log2().ceil().max(0.0) as i32;
        let scale = T::of(0.5f64.powi(halvings));
        for value in update.iter_mut() {
            *value = *value * scale;
        }
        for _ in 0..halvings {
            if cancel.load(Ordering::Relaxed) {
                return;
            }
            let whole: &[T] = update;
            spread(other.chunks_mut(size).enumerate(), |(k, slice)| {
                slice.copy_from_slice(&whole[k * size..(k + 1) * size]);
                let row = state.shape[0] * state.components;
                for (j, row) in slice.chunks_exact_mut(row).enumerate() {
                    compose_row(whole, state.shape, j, k, Outside::Edge, row);
                }
            });
            std::mem::swap(update, other);
        }
    }
}

/// Warps by the displacement as it is; the MSD.
pub(super) fn warp<T: Real>(state: &State<'_, T>, warped: &mut [T]) -> f64 {
    let [nx, ny, nz] = state.shape;
    let mut sums = vec![(0.0, 0.0); nz];
    let slices = warped.chunks_mut(nx * ny).zip(&mut sums);
    spread(slices.enumerate(), |(k, (warped, sum))| {
        let mut places = Places::new();
        for (j, out) in warped.chunks_exact_mut(nx).enumerate() {
            let row = state.field_row(state.displacement, k, j);
            warp_and_compare(state, [j, k], row, &mut places, out, sum);
        }
    });
    mean(&sums)
}

/// Of squared differences and how many, slice by slice: always summed in the same order.
pub(super) fn mean(sums: &[(f64, f64)]) -> f64 {
    let add = |total: (f64, f64), slice: &(f64, f64)| (total.0 + slice.0, total.1 + slice.1);
    let (sum, count) = sums.iter().fold((0.0, 0.0), add);
    sum / count
}

/// An update of at most this many voxels is its own exponential.
const LONGEST_PART: f64 = 0.25;

/// The length of the longest vector.
fn longest<T: Real>(field: &[T], components: usize, nx: usize) -> f64 {
    let mut longest = 0.0f64;
    for row in field.chunks_exact(components * nx) {
        for i in 0..nx {
            let square: f64 = (0..components)
                .map(|c| row[c * nx + i].to_f64().powi(2))
                .sum();
            longest = longest.max(square);
        }
    }
    longest.sqrt()
}

/// A worker's room, each part for itself.
struct Parts<'a, T> {
    raw: Raw<'a, T>,
    fluid: &'a mut Smoother<T>,
    slice: &'a mut [T],
    elastic: &'a mut Smoother<T>,
    places: &'a mut Places<T>,
}

impl<T: Real> Worker<T> {
    fn parts<'a>(&'a mut self, state: State<'a, T>) -> Parts<'a, T> {
        let other = &mut self.other;
        Parts {
            raw: Raw { state, other },
            fluid: &mut self.fluid,
            slice: &mut self.slice,
            elastic: &mut self.elastic,
            places: &mut self.places,
        }
    }
}

/// Smooths a stretch of slices from `first` on.
fn smooth<T: Real>(
    smoother: &mut Smoother<T>,
    first: usize,
    out: &mut [T],
    rows: &mut impl Rows<T>,
    cancel: &AtomicBool,
    mut row_done: impl FnMut(usize, usize, &[T]),
) {
    smoother.start(first);
    let block = smoother.slice_len() * BLOCK;
    for (n, out) in out.chunks_mut(block).enumerate() {
        if cancel.load(Ordering::Relaxed) {
            return;
        }
        smoother.slices(first + n * BLOCK, out, rows, &mut row_done);
    }
}

fn warp_and_compare<T: Real>(
    state: &State<'_, T>,
    [j, k]: [usize; 2],
    displacement: &[T],
    places: &mut Places<T>,
    warped: &mut [T],
    sum: &mut (f64, f64),
) {
    let target = state.row_of(state.target, k, j);
    let (source, shape) = (state.source, state.shape);
    let (squares, count) = warp_row(source, shape, [j, k], displacement, target, places, warped);
    sum.0 += squares;
    sum.1 += count;
}

/// Slices a thread takes of an image of this shape.
fn stretch([nx, ny, nz]: [usize; 3]) -> usize {
    if nx * ny * nz < SHARED_FROM {
        return nz;
    }
    nz.div_ceil(rayon::current_num_threads())
        .max(SHORTEST)
        .min(nz)
}

/// Does each part, one a thread; a single part stays on this thread.
pub(super) fn spread<I: Send>(parts: impl Iterator<Item = I>, work: impl Fn(I) + Send + Sync) {
    let mut parts: Vec<I> = parts.collect();
    if parts.len() == 1 {
        parts.drain(..).for_each(work);
    } else {
        parts.into_par_iter().for_each(work);
    }
}
