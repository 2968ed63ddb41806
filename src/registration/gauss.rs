//! Gaussian smoothing in a rolling window, so that a volume is smoothed while it is made.
//!
//! As `scipy.ndimage.gaussian_filter(mode="nearest")`: separable, cut at 4 sigma, edges repeated.
//! Every output is summed in the same order whatever block it is made in, so results do not depend
//! on how the work is shared out.

use super::aligned::Aligned;
use super::real::Real;
use multiversion::multiversion;

/// Outputs made at once, so that each input is loaded once for all of them.
pub(super) const BLOCK: usize = 8;

/// Numbers of each item that are combined at once: the inputs of a block stay in the first cache.
const TILE: usize = 256;

/// Numbers summed side by side along a line: one or two vector registers.
const LANES: usize = 32;

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
            starts: vec![0; 2 * radius + BLOCK],
            weights: weights.into_iter().map(T::of).collect(),
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
        for at in (from..from + length).step_by(TILE) {
            let count = TILE.min(from + length - at);
            for output in 0..outputs {
                let starts = &self.starts[output..output + self.weights.len()];
                let at_output = output * self.unit + at;
                let out = &mut out[at_output..at_output + count];
                weigh(&self.ring[at..], starts, &self.weights, out);
            }
        }
    }
}

/// The weighted sum of the runs of `data` that begin at `starts`, tap after tap.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma"))]
fn weigh<T: Real>(data: &[T], starts: &[usize], weights: &[T], out: &mut [T]) {
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

/// Smooths along a line whose ends are repeated; `padded` is room for the line and its ends.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma"))]
fn smooth_line<T: Real>(line: &mut [T], weights: &[T], padded: &mut [T]) {
    let radius = weights.len() / 2;
    let count = line.len();
    let padded = &mut padded[..count + 2 * radius];
    padded[..radius].fill(line[0]);
    padded[radius..radius + count].copy_from_slice(line);
    padded[radius + count..].fill(line[count - 1]);
    let whole = count - count % LANES;
    for start in (0..whole).step_by(LANES) {
        let mut sums = [T::ZERO; LANES];
        for (tap, &weight) in weights.iter().enumerate() {
            let values = &padded[start + tap..start + tap + LANES];
            for (sum, &value) in sums.iter_mut().zip(values) {
                *sum += weight * value;
            }
        }
        line[start..start + LANES].copy_from_slice(&sums);
    }
    for (at, out) in line.iter_mut().enumerate().skip(whole) {
        let mut sum = T::ZERO;
        for (tap, &weight) in weights.iter().enumerate() {
            sum += weight * padded[at + tap];
        }
        *out = sum;
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
    line: Vec<T>,
    padded: Vec<T>,
    nx: usize,
    rows: Window<T>,
    slices: Window<T>,
}

impl<T: Real> Smoother<T> {
    /// Sigmas in voxels, for a field of `components` over `shape`; an axis of one voxel stays.
    pub fn new(sigmas: [f64; 3], shape: [usize; 3], components: usize) -> Self {
        let [nx, ny, nz] = shape;
        let line = weights(if nx > 1 { sigmas[0] } else { 0.0 });
        Self {
            padded: vec![T::ZERO; nx + line.len()],
            line: line.into_iter().map(T::of).collect(),
            nx,
            rows: Window::new(sigmas[1], ny, components * nx),
            slices: Window::new(sigmas[2], nz, components * nx * ny),
        }
    }

    pub fn is_identity(&self) -> bool {
        self.line.len() == 1 && self.rows.radius == 0 && self.slices.radius == 0
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

    /// Smooths slices `first..` as far as `out` reaches, at most [`BLOCK`]; `row_done` is called with
    /// each row of `out` when it is finished: slice, row, its numbers.
    pub fn slices(
        &mut self,
        first: usize,
        out: &mut [T],
        rows: &mut impl Rows<T>,
        mut row_done: impl FnMut(usize, usize, &[T]),
    ) {
        let Self {
            line,
            padded,
            nx,
            rows: across,
            slices,
        } = self;
        let (unit, row) = (slices.unit, across.unit);
        let mut make = |k: usize, slice: &mut [T]| {
            rows.begin_slice(k);
            smooth_slice(across, slice, |j, out| {
                rows.row(k, j, out);
                if line.len() > 1 {
                    for component in out.chunks_exact_mut(*nx) {
                        smooth_line(component, line, padded);
                    }
                }
            });
        };
        let count = out.len() / unit;
        if slices.radius == 0 {
            for (n, slice) in out.chunks_exact_mut(unit).enumerate() {
                make(first + n, slice);
            }
            for (n, slice) in out.chunks_exact(unit).enumerate() {
                for (j, out) in slice.chunks_exact(row).enumerate() {
                    row_done(first + n, j, out);
                }
            }
            return;
        }
        slices.fill(first + count - 1, make);
        for (j, from) in (0..unit).step_by(row).enumerate() {
            slices.combine(first, from, row, out);
            for n in 0..count {
                let at = n * unit + from;
                row_done(first + n, j, &out[at..at + row]);
            }
        }
    }
}

/// Makes a slice row by row and smooths it across its rows.
fn smooth_slice<T: Real>(
    across: &mut Window<T>,
    slice: &mut [T],
    mut make: impl FnMut(usize, &mut [T]),
) {
    let row = across.unit;
    if across.radius == 0 {
        for (j, out) in slice.chunks_exact_mut(row).enumerate() {
            make(j, out);
        }
        return;
    }
    across.start(0);
    for (block, out) in slice.chunks_mut(BLOCK * row).enumerate() {
        let (first, count) = (block * BLOCK, out.len() / row);
        across.fill(first + count - 1, &mut make);
        across.combine(first, 0, row, out);
    }
}
