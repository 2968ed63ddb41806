//! Normalised mutual information by a joint histogram (Studholme et al., Pattern Recognition 32,
//! 1999), with a cubic B-spline as Parzen window of the moving image, so that it has a derivative
//! (Thevenaz and Unser, IEEE Transactions on Image Processing 9, 2000; Mattes et al., IEEE Transactions
//! on Medical Imaging 22, 2003).

use super::metric::Measure;
use super::probe::{Block, TILE, whole};
use multiversion::multiversion;

/// Room for bins along each axis of the histogram.
const BINS: usize = 64;

/// Bins that are used are so few that they hold samples, and as many as there is room for where samples
/// are many.
const FEWEST_BINS: usize = 16;

/// Bins of the moving image on either side that only windows reach.
const MARGIN: usize = 2;

/// Bins of the moving image that one value adds to.
const TAPS: usize = 4;

/// From values to places among bins.
#[derive(Clone, Copy, Debug)]
struct Scale {
    low: f32,
    factor: f32,
    first: f32,
    last: f32,
}

impl Scale {
    fn new([low, high]: [f32; 2], first: usize, last: usize) -> Self {
        let factor = (last - first) as f32 / (high - low).max(f32::MIN_POSITIVE);
        Self {
            low,
            factor,
            first: first as f32,
            last: last as f32,
        }
    }

    #[inline(always)]
    fn place(&self, value: f32) -> f32 {
        (value - self.low) * self.factor + self.first
    }
}

/// A joint histogram: a row for each bin of the fixed image.
#[derive(Clone, Debug)]
pub(super) struct Histogram {
    counts: Vec<f64>,
    samples: f64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            counts: vec![0.0; BINS * BINS],
            samples: 0.0,
        }
    }
}

/// Normalised mutual information, with a minus.
pub(super) struct Nmi {
    fixed: Scale,
    moving: Scale,
    joint: Histogram,
    /// How the cost changes with each count.
    slopes: Vec<f32>,
}

impl Nmi {
    /// For so many samples with values in these ranges; others count as the nearest in them.
    pub fn new(fixed: [f32; 2], moving: [f32; 2], samples: usize) -> Self {
        let bins = (2.0 * (samples as f64).cbrt()) as usize;
        let bins = bins.clamp(FEWEST_BINS, BINS);
        Self {
            fixed: Scale::new(fixed, 0, bins - 1),
            moving: Scale::new(moving, MARGIN, bins - 1 - MARGIN),
            joint: Histogram::default(),
            slopes: vec![0.0; BINS * BINS],
        }
    }
}

impl Measure for Nmi {
    type Sums = Histogram;

    fn add(&self, block: &Block, sums: &mut Histogram) {
        sums.counts.fill(0.0);
        sums.samples = count(
            &block.fixed,
            &block.moving,
            &self.fixed,
            &self.moving,
            &mut sums.counts,
        );
    }

    fn cost<'a>(&mut self, sums: impl Iterator<Item = &'a Histogram>) -> (Option<f64>, f64) {
        let joint = &mut self.joint;
        joint.counts.fill(0.0);
        joint.samples = 0.0;
        for one in sums {
            joint.samples += one.samples;
            for (sum, count) in joint.counts.iter_mut().zip(&one.counts) {
                *sum += count;
            }
        }
        let samples = joint.samples;
        if samples == 0.0 {
            return (None, 0.0);
        }
        let mut of_moving = [0.0; BINS];
        let (mut entropy, mut entropy_fixed) = (0.0, 0.0);
        for row in joint.counts.chunks_exact(BINS) {
            entropy_fixed += information(row.iter().sum::<f64>() / samples);
            for (sum, count) in of_moving.iter_mut().zip(row) {
                *sum += count / samples;
                entropy += information(count / samples);
            }
        }
        let entropy_moving: f64 = of_moving.iter().copied().map(information).sum();
        let ratio = (entropy_fixed + entropy_moving) / entropy;
        let log_moving = of_moving.map(logarithm);
        for (slopes, counts) in self
            .slopes
            .chunks_exact_mut(BINS)
            .zip(joint.counts.chunks_exact(BINS))
        {
            for (n, (slope, count)) in slopes.iter_mut().zip(counts).enumerate() {
                let change = log_moving[n] - ratio * logarithm(count / samples);
                *slope = (change / (entropy * samples)) as f32;
            }
        }
        (Some(-ratio), samples)
    }

    fn weigh(&self, block: &mut Block) {
        weigh(
            &block.fixed,
            &block.moving,
            &self.fixed,
            &self.moving,
            &self.slopes,
            &mut block.weights,
        );
    }
}

fn logarithm(part: f64) -> f64 {
    if part > 0.0 { part.ln() } else { 0.0 }
}

/// `-p ln p`.
fn information(part: f64) -> f64 {
    -part * logarithm(part)
}

/// Where in the histogram samples fall.
struct Places {
    /// Of the first of the bins.
    base: [u32; TILE],
    /// How far the value is past the second of the bins, 0 to 1.
    past: [f32; TILE],
    /// 1, or 0 where the moving image is not defined.
    known: [f32; TILE],
    /// 1, or 0 where a change of the value changes nothing.
    free: [f32; TILE],
}

impl Places {
    #[inline(always)]
    fn new() -> Self {
        Self {
            base: [0; TILE],
            past: [0.0; TILE],
            known: [0.0; TILE],
            free: [0.0; TILE],
        }
    }

    #[inline(always)]
    fn find(&mut self, fixed: &[f32], moving: &[f32], of_fixed: &Scale, of_moving: &Scale) {
        let count = fixed.len().min(TILE);
        let moving = &moving[..count];
        for l in 0..count {
            let row = of_fixed
                .place(fixed[l])
                .max(of_fixed.first)
                .min(of_fixed.last);
            let place = of_moving.place(moving[l]);
            // `max` takes the other number where there is none.
            let kept = place.max(of_moving.first).min(of_moving.last);
            let low = kept.floor();
            self.past[l] = kept - low;
            self.base[l] = whole((row + 0.5).floor()) * BINS as u32 + whole(low) - 1;
            self.known[l] = if place.is_nan() { 0.0 } else { 1.0 };
            self.free[l] = if place == kept { 1.0 } else { 0.0 };
        }
    }
}

/// Adds all samples to the histogram and returns how many are defined.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma"))]
fn count(
    fixed: &[f32],
    moving: &[f32],
    of_fixed: &Scale,
    of_moving: &Scale,
    counts: &mut [f64],
) -> f64 {
    let mut places = Places::new();
    let mut windows = [[0.0f32; TAPS]; TILE];
    let mut total = 0.0;
    let counts = &mut counts[..BINS * BINS];
    for (fixed, moving) in fixed.chunks(TILE).zip(moving.chunks(TILE)) {
        places.find(fixed, moving, of_fixed, of_moving);
        let found = places.past.iter().zip(&places.known);
        for (parts, (past, known)) in windows.iter_mut().zip(found) {
            *parts = window(*past).map(|part| part * known);
        }
        for (&base, window) in places.base.iter().zip(&windows).take(fixed.len()) {
            let base = (base as usize).min(BINS * BINS - TAPS);
            let bins = &mut counts[base..base + TAPS];
            for (bin, part) in bins.iter_mut().zip(window) {
                *bin += f64::from(*part);
            }
        }
        total += places.known[..fixed.len()]
            .iter()
            .map(|n| f64::from(*n))
            .sum::<f64>();
    }
    total
}

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma"))]
fn weigh(
    fixed: &[f32],
    moving: &[f32],
    of_fixed: &Scale,
    of_moving: &Scale,
    slopes: &[f32],
    out: &mut [f32],
) {
    let mut places = Places::new();
    let mut found = [[0.0f32; TILE]; TAPS];
    let slopes = &slopes[..BINS * BINS];
    for ((fixed, moving), out) in fixed
        .chunks(TILE)
        .zip(moving.chunks(TILE))
        .zip(out.chunks_mut(TILE))
    {
        places.find(fixed, moving, of_fixed, of_moving);
        for (l, &base) in places.base.iter().enumerate().take(out.len()) {
            let base = (base as usize).min(BINS * BINS - TAPS);
            for (found, slope) in found.iter_mut().zip(&slopes[base..base + TAPS]) {
                found[l] = *slope;
            }
        }
        for (l, out) in out.iter_mut().enumerate() {
            let rise = rise(places.past[l]);
            let sum: f32 = (0..TAPS).map(|tap| rise[tap] * found[tap][l]).sum();
            *out = sum * of_moving.factor * places.known[l] * places.free[l];
        }
    }
}

/// The cubic B-spline at the distances of four bins from a value.
#[inline(always)]
fn window(past: f32) -> [f32; TAPS] {
    let left = 1.0 - past;
    let (past2, left2) = (past * past, left * left);
    let sixth = 1.0 / 6.0;
    [
        left2 * left * sixth,
        (4.0 - 6.0 * past2 + 3.0 * past2 * past) * sixth,
        (4.0 - 6.0 * left2 + 3.0 * left2 * left) * sixth,
        past2 * past * sixth,
    ]
}

/// Its derivative by the value.
#[inline(always)]
fn rise(past: f32) -> [f32; TAPS] {
    let left = 1.0 - past;
    [
        -0.5 * left * left,
        past * (1.5 * past - 2.0),
        left * (2.0 - 1.5 * left),
        0.5 * past * past,
    ]
}
