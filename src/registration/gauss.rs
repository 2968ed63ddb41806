//! Gaussian smoothing in a rolling window, so that a volume is smoothed while it is made.
//!
//! As `scipy.ndimage.gaussian_filter(mode="nearest")`: separable, cut at 4 sigma, edges repeated.
//! Every output is summed in the same order whatever block it is made in, so results do not depend
//! on how the work is shared out.

use super::aligned::Aligned;
use super::line::smooth_line;
use super::real::Real;
use multiversion::{multiversion, target::target_cfg_f};

/// Outputs made at once, so that each input is loaded once for all of them.
pub(super) const BLOCK: usize = 8;

/// Bytes of each item that are combined at once: the inputs of a block stay in the first cache.
const TILE: usize = 1024;

/// Numbers of a vector register.
const LANES: usize = 8;

/// Radii for which the inputs of a block fit the registers: of sigmas of 0.5 and 1 voxels.
const IN_REGISTERS: [usize; 2] = [2, 4];

/// Weights from `-radius` to `radius`, of sum 1; sigma 0 gives the identity.
pub(super) fn weights(sigma: f64) -> Vec<f64> {
    let radius = (4.0 * sigma + 0.5) as i64;
    if sigma <= 0.0 || radius == 0 {
        return vec![1.0];
    }
    let bell = |t: i64| (-0.5 * (t as f64 / sigma).powi(2)).exp();
    let sum: f64 = (-radius..=radius).map(bell).sum();
    (-radius..=radius).map(|t| bell(t) / sum).collect()
}

/// A sequence of items (rows, or slices) that is made one by one and smoothed across itself.
struct Window<T> {
    radius: usize,
    /// Items in all.
    count: usize,
    /// Numbers in an item.
    unit: usize,
    /// The last items made, item `n` at slot `n % slots`.
    ring: Aligned<T>,
    slots: usize,
    /// The next item to be made.
    next: usize,
    weights: Vec<T>,
    /// A whole block is made at once. Not of slices, whose blocks begin where a thread's stretch does:
    /// the other order of summing may not depend on that.
    in_blocks: bool,
    /// Where the inputs of a block begin in the ring.
    starts: Vec<usize>,
}

impl<T: Real> Window<T> {
    fn new(sigma: f64, count: usize, unit: usize) -> Self {
        let weights = weights(if count > 1 { sigma } else { 0.0 });
        let radius = weights.len() / 2;
        let slots = if radius == 0 {
            0
        } else {
            (2 * radius + BLOCK).min(count)
        };
        Self {
            radius,
            count,
            unit,
            ring: Aligned::zeros(slots * unit),
            slots,
            next: 0,
            in_blocks: false,
            starts: vec![0; 2 * radius + BLOCK],
            weights: weights.into_iter().map(T::of).collect(),
        }
    }

    /// The same for items that are always made from the first on.
    fn from_start(sigma: f64, count: usize, unit: usize) -> Self {
        let window = Self::new(sigma, count, unit);
        Self {
            in_blocks: IN_REGISTERS.contains(&window.radius),
            ..window
        }
    }

    /// Begins before item `first`.
    fn start(&mut self, first: usize) {
        self.next = first.saturating_sub(self.radius);
    }

    /// Makes what the outputs up to `last` need.
    fn fill(&mut self, last: usize, mut make: impl FnMut(usize, &mut [T])) {
        let end = (last + self.radius + 1).min(self.count);
        while self.next < end {
            let slot = (self.next % self.slots) * self.unit;
            make(self.next, &mut self.ring[slot..slot + self.unit]);
            self.next += 1;
        }
    }

    /// Smooths numbers `from..from + length` of the items `first..` into `out`, in which items are a
    /// whole unit apart.
    fn combine(&mut self, first: usize, from: usize, length: usize, out: &mut [T]) {
        let outputs = out.len() / self.unit;
        for (input, start) in self.starts.iter_mut().enumerate() {
            let item = (first + input).saturating_sub(self.radius);
            *start = (item.min(self.count - 1) % self.slots) * self.unit;
        }
        let tile = TILE / size_of::<T>();
        for at in (from..from + length).step_by(tile) {
            let count = tile.min(from + length - at);
            let data = &self.ring[at..];
            if self.in_blocks && outputs == BLOCK {
                let mut items = out.chunks_exact_mut(self.unit);
                let outs = std::array::from_fn(|_| {
                    let item = items.next().unwrap_or_default();
                    &mut item[at..at + count]
                });
                weigh_block(data, &self.starts, &self.weights, outs);
                continue;
            }
            for (output, item) in out.chunks_exact_mut(self.unit).enumerate() {
                let starts = &self.starts[output..];
                weigh(data, starts, &self.weights, &mut item[at..at + count]);
            }
        }
    }
}

/// `sum + weight * value`, rounded once where the processor can.
#[inline(always)]
fn add_product<T: Real>(fused: bool, sum: T, weight: T, value: T) -> T {
    if fused {
        weight.mul_add(value, sum)
    } else {
        sum + weight * value
    }
}

/// The sum of `2 radius + 1` runs of numbers, the middle one weighted by `half[0]`, those `tap` before
/// and after it by `half[tap]`.
#[inline(always)]
pub(super) fn weighted<T: Real, const N: usize>(
    fused: bool,
    half: &[T],
    run: impl Fn(usize) -> [T; N],
) -> [T; N] {
    let radius = half.len() - 1;
    let mut sum = run(radius).map(|value| half[0] * value);
    for (tap, &weight) in half.iter().enumerate().skip(1) {
        let (before, after) = (run(radius - tap), run(radius + tap));
        for l in 0..N {
            sum[l] = add_product(fused, sum[l], weight, before[l] + after[l]);
        }
    }
    sum
}

/// `N` numbers from `at` on.
#[inline(always)]
pub(super) fn lanes<T: Real, const N: usize>(data: &[T], at: usize) -> [T; N] {
    let mut lanes = [T::ZERO; N];
    lanes.copy_from_slice(&data[at..at + N]);
    lanes
}

/// The weighted sum of the runs of `data` that begin at `starts`, tap after tap.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq+fma", "x86_64+avx2+fma"))]
fn weigh<T: Real>(data: &[T], starts: &[usize], weights: &[T], out: &mut [T]) {
    const LANES: usize = 32;
    let whole = out.len() - out.len() % LANES;
    for at in (0..whole).step_by(LANES) {
        let mut sums = [T::ZERO; LANES];
        for (&start, &weight) in starts.iter().zip(weights) {
            let values = &data[start + at..start + at + LANES];
            for (sum, &value) in sums.iter_mut().zip(values) {
                *sum += weight * value;
            }
        }
        out[at..at + LANES].copy_from_slice(&sums);
    }
    for (at, out) in out.iter_mut().enumerate().skip(whole) {
        let mut sum = T::ZERO;
        for (&start, &weight) in starts.iter().zip(weights) {
            sum += weight * data[start + at];
        }
        *out = sum;
    }
}

/// A whole block, whose inputs are loaded once for all of it; the radius is one of [`IN_REGISTERS`].
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq+fma", "x86_64+avx2+fma"))]
fn weigh_block<T: Real>(data: &[T], starts: &[usize], weights: &[T], outs: [&mut [T]; BLOCK]) {
    let fused = target_cfg_f!(target_feature = "fma");
    let half = &weights[weights.len() / 2..];
    match half.len() {
        3 => weigh_inputs::<T, { BLOCK + 4 }>(fused, data, starts, half, outs),
        _ => weigh_inputs::<T, { BLOCK + 8 }>(fused, data, starts, half, outs),
    }
}

#[inline(always)]
fn weigh_inputs<T: Real, const INPUTS: usize>(
    fused: bool,
    data: &[T],
    starts: &[usize],
    half: &[T],
    mut outs: [&mut [T]; BLOCK],
) {
    let half = &half[..(INPUTS - BLOCK) / 2 + 1];
    let count = outs[0].len();
    let runs: [&[T]; INPUTS] = std::array::from_fn(|n| &data[starts[n]..starts[n] + count]);
    for out in &mut outs {
        let room = std::mem::take(out);
        *out = &mut room[..count];
    }
    let whole = count - count % LANES;
    for at in (0..whole).step_by(LANES) {
        let mut inputs = [[T::ZERO; LANES]; INPUTS];
        for (input, run) in inputs.iter_mut().zip(runs) {
            *input = lanes(run, at);
        }
        for (n, out) in outs.iter_mut().enumerate() {
            let sums = weighted::<T, LANES>(fused, half, |tap| inputs[n + tap]);
            out[at..at + LANES].copy_from_slice(&sums);
        }
    }
    for at in whole..count {
        for (n, out) in outs.iter_mut().enumerate() {
            [out[at]] = weighted::<T, 1>(fused, half, |tap| [runs[n + tap][at]]);
        }
    }
}

/// What is smoothed: rows of all components, slice by slice.
pub(super) trait Rows<T> {
    /// Called once before the rows of slice `k`.
    fn begin_slice(&mut self, k: usize);
    /// Row `j` of slice `k`, the components one after another.
    fn row(&mut self, k: usize, j: usize, out: &mut [T]);
}

/// Smooths a field along all axes, a few slices at a time.
pub(super) struct Smoother<T> {
    plane: Plane<T>,
    slices: Window<T>,
}

/// Smooths a slice along its rows and across them.
struct Plane<T> {
    /// Weights along a row, the middle one first.
    line: Vec<T>,
    padded: Vec<T>,
    nx: usize,
    rows: Window<T>,
}

impl<T: Real> Plane<T> {
    /// Smooths the rows from `first` on that `out` has room for, at most [`BLOCK`]; the blocks of a
    /// slice are asked for one after the other.
    fn block(&mut self, k: usize, first: usize, out: &mut [T], rows: &mut impl Rows<T>) {
        let Self {
            line,
            padded,
            nx,
            rows: across,
        } = self;
        let row = across.unit;
        let mut make = |j: usize, out: &mut [T]| {
            rows.row(k, j, out);
            if line.len() > 1 {
                for component in out.chunks_exact_mut(*nx) {
                    smooth_line(component, line, padded);
                }
            }
        };
        if across.radius == 0 {
            for (n, out) in out.chunks_exact_mut(row).enumerate() {
                make(first + n, out);
            }
            return;
        }
        if first == 0 {
            across.start(0);
        }
        across.fill(first + out.len() / row - 1, make);
        across.combine(first, 0, row, out);
    }

    /// Smooths a whole slice; `row_done` is called with each finished row.
    fn slice(
        &mut self,
        k: usize,
        out: &mut [T],
        rows: &mut impl Rows<T>,
        mut row_done: impl FnMut(usize, &[T]),
    ) {
        let row = self.rows.unit;
        rows.begin_slice(k);
        for (n, out) in out.chunks_mut(BLOCK * row).enumerate() {
            self.block(k, n * BLOCK, out, rows);
            for (j, out) in (n * BLOCK..).zip(out.chunks_exact(row)) {
                row_done(j, out);
            }
        }
    }
}

impl<T: Real> Smoother<T> {
    /// Sigmas in voxels, for a field of `components` over `shape`; an axis of one voxel stays.
    pub fn new(sigmas: [f64; 3], shape: [usize; 3], components: usize) -> Self {
        let [nx, ny, nz] = shape;
        let line = weights(if nx > 1 { sigmas[0] } else { 0.0 });
        Self {
            plane: Plane {
                padded: vec![T::ZERO; nx + line.len()],
                line: line[line.len() / 2..].iter().map(|w| T::of(*w)).collect(),
                nx,
                rows: Window::from_start(sigmas[1], ny, components * nx),
            },
            slices: Window::new(sigmas[2], nz, components * nx * ny),
        }
    }

    pub fn is_identity(&self) -> bool {
        self.plane.line.len() == 1 && self.plane.rows.radius == 0 && self.is_flat()
    }

    /// Whether no slice reaches into another.
    pub fn is_flat(&self) -> bool {
        self.slices.radius == 0
    }

    /// Begins before slice `first`.
    pub fn start(&mut self, first: usize) {
        self.slices.start(first);
    }

    /// The first slice that smoothing from `first` on asks for.
    pub fn first_input(&self, first: usize) -> usize {
        first.saturating_sub(self.slices.radius)
    }

    /// The numbers a slice holds.
    pub fn slice_len(&self) -> usize {
        self.slices.unit
    }

    /// Smooths the rows of slice `k` from `first` on that `out` has room for, at most [`BLOCK`]; the
    /// blocks of a slice are asked for one after the other, where [`Smoother::is_flat`].
    pub fn block(&mut self, k: usize, first: usize, out: &mut [T], rows: &mut impl Rows<T>) {
        self.plane.block(k, first, out, rows);
    }

    /// Smooths slices `first..` as far as `out` reaches, at most [`BLOCK`]; `row_done` is called with
    /// each row of `out` when it is finished: slice, row, its numbers.
    pub fn slices(
        &mut self,
        first: usize,
        out: &mut [T],
        rows: &mut impl Rows<T>,
        mut row_done: impl FnMut(usize, usize, &[T]),
    ) {
        let Self { plane, slices } = self;
        let (unit, row) = (slices.unit, plane.rows.unit);
        if slices.radius == 0 {
            for (k, slice) in (first..).zip(out.chunks_exact_mut(unit)) {
                plane.slice(k, slice, rows, |j, row| row_done(k, j, row));
            }
            return;
        }
        let count = out.len() / unit;
        slices.fill(first + count - 1, |k, slice| {
            plane.slice(k, slice, rows, |_, _| {});
        });
        for (j, from) in (0..unit).step_by(row).enumerate() {
            slices.combine(first, from, row, out);
            for n in 0..count {
                let at = n * unit + from;
                row_done(first + n, j, &out[at..at + row]);
            }
        }
    }
}
