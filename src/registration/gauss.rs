//! Gaussian smoothing in a rolling window, so that a volume is smoothed while it is made.
//!
//! As `scipy.ndimage.gaussian_filter(mode="nearest")`: separable, cut at 4 sigma, edges repeated.
//! Every output is summed in the same order whatever block it is made in, so results do not depend
//! on how the work is shared out.

use super::real::Real;
use multiversion::multiversion;

/// Outputs made at once, so that each input is loaded once for all of them.
pub(super) const BLOCK: usize = 4;

/// Numbers summed side by side: one or two vector registers.
const LANES: usize = 16;

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
    ring: Vec<T>,
    slots: usize,
    /// The next item to be made.
    next: usize,
    /// For each input of a block, its weight in each output.
    spread: Vec<[T; BLOCK]>,
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
        let weight = |input: usize, output: usize| {
            let tap = input.checked_sub(output).and_then(|t| weights.get(t));
            tap.map_or(T::ZERO, |&w| T::of(w))
        };
        Self {
            radius,
            count,
            unit,
            ring: vec![T::ZERO; slots * unit],
            slots,
            next: 0,
            spread: (0..2 * radius + BLOCK)
                .map(|input| std::array::from_fn(|output| weight(input, output)))
                .collect(),
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

    /// Smooths numbers `from..from + length` of the items `first..` into `out`, one slice an item.
    fn combine<const N: usize>(
        &self,
        first: usize,
        from: usize,
        length: usize,
        out: [&mut [T]; N],
    ) {
        let taps = (0..2 * self.radius + N).map(|tap| {
            let item = (first + tap)
                .saturating_sub(self.radius)
                .min(self.count - 1);
            let at = (item % self.slots) * self.unit + from;
            &self.ring[at..at + length]
        });
        // Kernels are short; the list of inputs lives on the stack unless sigma is large.
        const FEW: usize = 64;
        if 2 * self.radius + N <= FEW {
            let mut few: [&[T]; FEW] = [&[]; FEW];
            let mut count = 0;
            for (slot, tap) in few.iter_mut().zip(taps) {
                *slot = tap;
                count += 1;
            }
            weigh(&few[..count], &self.spread, out);
        } else {
            weigh(&taps.collect::<Vec<_>>(), &self.spread, out);
        }
    }
}

/// `out[n] = sum over inputs of spread[input][n] * input`.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma"))]
fn weigh<T: Real, const N: usize>(inputs: &[&[T]], spread: &[[T; BLOCK]], mut out: [&mut [T]; N]) {
    let length = out[0].len();
    let whole = length - length % LANES;
    for start in (0..whole).step_by(LANES) {
        let mut sums = [[T::ZERO; LANES]; N];
        for (input, weights) in inputs.iter().zip(spread) {
            let values = &input[start..start + LANES];
            for (sum, &weight) in sums.iter_mut().zip(weights) {
                for (sum, &value) in sum.iter_mut().zip(values) {
                    *sum += weight * value;
                }
            }
        }
        for (out, sum) in out.iter_mut().zip(&sums) {
            out[start..start + LANES].copy_from_slice(sum);
        }
    }
    for at in whole..length {
        for (output, out) in out.iter_mut().enumerate() {
            let mut sum = T::ZERO;
            for (input, weights) in inputs.iter().zip(spread) {
                sum += weights[output] * input[at];
            }
            out[at] = sum;
        }
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
            smooth_block(slices, first, from, row, out);
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
        smooth_block(across, first, 0, row, out);
    }
}

/// Combines as many items as `out` holds, [`BLOCK`] at most; in `out` they are a whole unit apart.
fn smooth_block<T: Real>(
    window: &Window<T>,
    first: usize,
    from: usize,
    length: usize,
    out: &mut [T],
) {
    let mut parts = out
        .chunks_exact_mut(window.unit)
        .map(|item| &mut item[from..from + length]);
    let parts = [parts.next(), parts.next(), parts.next(), parts.next()];
    match parts {
        [Some(a), Some(b), Some(c), Some(d)] => {
            window.combine(first, from, length, [a, b, c, d]);
        }
        [Some(a), Some(b), Some(c), None] => window.combine(first, from, length, [a, b, c]),
        [Some(a), Some(b), None, _] => window.combine(first, from, length, [a, b]),
        [Some(a), None, ..] => window.combine(first, from, length, [a]),
        [None, ..] => {}
    }
}
