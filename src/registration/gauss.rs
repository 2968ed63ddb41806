//! Gaussian smoothing in a rolling window, so that a volume is smoothed while it is made.
//!
//! As `scipy.ndimage.gaussian_filter(mode="nearest")`: separable, cut at 4 sigma, edges repeated.
//! Every output is summed in the same order whatever block it is made in, so results do not depend
//! on how the work is shared out.

use super::aligned::Aligned;
use super::real::Real;
use multiversion::{multiversion, target::target_cfg_f};

/// Outputs made at once, so that each input is loaded once for all of them.
pub(super) const BLOCK: usize = 8;

/// Bytes of each item that are combined at once: the inputs of a block stay in the first cache.
const TILE: usize = 1024;

/// Numbers summed side by side along a line: a few vector registers.
const LANES: usize = 16;

/// Radii for which the inputs of two outputs fit the registers: of sigmas of 0.5 and 1 voxels.
const PAIRED: [usize; 2] = [2, 4];

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
    /// Two outputs are made at once. Not of slices, whose blocks begin where a thread's stretch does:
    /// the other order of summing may not depend on that.
    in_pairs: bool,
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
            in_pairs: false,
            starts: vec![0; 2 * radius + BLOCK],
            weights: weights.into_iter().map(T::of).collect(),
        }
    }

    /// The same for items that are always made from the first on.
    fn from_start(sigma: f64, count: usize, unit: usize) -> Self {
        let window = Self::new(sigma, count, unit);
        Self {
            in_pairs: PAIRED.contains(&window.radius),
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
            let mut output = 0;
            while output < outputs {
                let here = output * self.unit + at;
                let starts = &self.starts[output..];
                if self.in_pairs && output + 1 < outputs {
                    let (first, second) = out.split_at_mut((output + 1) * self.unit);
                    let outs = [&mut first[here..here + count], &mut second[at..at + count]];
                    weigh_pair(data, starts, &self.weights, outs);
                    output += 2;
                } else {
                    weigh(data, starts, &self.weights, &mut out[here..here + count]);
                    output += 1;
                }
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
fn weighted<T: Real, const N: usize>(
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
fn lanes<T: Real, const N: usize>(data: &[T], at: usize) -> [T; N] {
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

/// Two outputs at once, whose inputs are nearly the same; the radius is one of [`PAIRED`].
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq+fma", "x86_64+avx2+fma"))]
fn weigh_pair<T: Real>(data: &[T], starts: &[usize], weights: &[T], outs: [&mut [T]; 2]) {
    let fused = target_cfg_f!(target_feature = "fma");
    let half = &weights[weights.len() / 2..];
    match half.len() {
        3 => weigh_inputs::<T, 6>(fused, data, starts, half, outs),
        _ => weigh_inputs::<T, 10>(fused, data, starts, half, outs),
    }
}

#[inline(always)]
fn weigh_inputs<T: Real, const INPUTS: usize>(
    fused: bool,
    data: &[T],
    starts: &[usize],
    half: &[T],
    [first, second]: [&mut [T]; 2],
) {
    let half = &half[..INPUTS / 2];
    let count = first.len();
    let second = &mut second[..count];
    let runs: [&[T]; INPUTS] = std::array::from_fn(|n| &data[starts[n]..starts[n] + count]);
    let whole = count - count % LANES;
    for at in (0..whole).step_by(LANES) {
        let inputs: [[T; LANES]; INPUTS] = std::array::from_fn(|n| lanes(runs[n], at));
        let one = weighted::<T, LANES>(fused, half, |n| inputs[n]);
        let two = weighted::<T, LANES>(fused, half, |n| inputs[n + 1]);
        first[at..at + LANES].copy_from_slice(&one);
        second[at..at + LANES].copy_from_slice(&two);
    }
    for at in whole..count {
        [first[at]] = weighted::<T, 1>(fused, half, |n| [runs[n][at]]);
        [second[at]] = weighted::<T, 1>(fused, half, |n| [runs[n + 1][at]]);
    }
}

/// Smooths along a line whose ends are repeated; `padded` is room for the line and its ends. Not with
/// the longest vectors: loaded from everywhere along a line, nearly all of them would cross into the
/// next cache line.
#[multiversion(targets("x86_64+avx2+fma"))]
fn smooth_line<T: Real>(line: &mut [T], half: &[T], padded: &mut [T]) {
    let fused = target_cfg_f!(target_feature = "fma");
    let (radius, count) = (half.len() - 1, line.len());
    let padded = &mut padded[..count + 2 * radius];
    padded[..radius].fill(line[0]);
    padded[radius..radius + count].copy_from_slice(line);
    padded[radius + count..].fill(line[count - 1]);
    match half.len() {
        3 => smooth_padded(fused, padded, &half[..3], line),
        5 => smooth_padded(fused, padded, &half[..5], line),
        7 => smooth_padded(fused, padded, &half[..7], line),
        9 => smooth_padded(fused, padded, &half[..9], line),
        _ => smooth_padded(fused, padded, half, line),
    }
}

#[inline(always)]
fn smooth_padded<T: Real>(fused: bool, padded: &[T], half: &[T], line: &mut [T]) {
    let reach = 2 * half.len() - 2;
    let whole = line.len() - line.len() % LANES;
    let (chunks, rest) = line.split_at_mut(whole);
    for (n, out) in chunks.chunks_exact_mut(LANES).enumerate() {
        let window = &padded[n * LANES..n * LANES + LANES + reach];
        let sums = weighted::<T, LANES>(fused, half, |tap| lanes(window, tap));
        out.copy_from_slice(&sums);
    }
    for (at, out) in rest.iter_mut().enumerate() {
        [*out] = weighted::<T, 1>(fused, half, |tap| [padded[whole + at + tap]]);
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
    /// Weights along a row, the middle one first.
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
            line: line[line.len() / 2..].iter().map(|w| T::of(*w)).collect(),
            nx,
            rows: Window::from_start(sigmas[1], ny, components * nx),
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
