//! Mean squared difference, and correlation of whole images.

use super::metric::Measure;
use super::probe::Block;
use multiversion::multiversion;

/// Sums over the samples that are defined: 1, f, m, f f, m m, f m and (f - m)^2.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Moments([f64; 7]);

impl Moments {
    fn of(block: &Block, means: [f32; 2]) -> Self {
        Self(moments(&block.fixed, &block.moving, means))
    }

    fn sum<'a>(all: impl Iterator<Item = &'a Self>) -> [f64; 7] {
        all.fold([0.0; 7], |mut sum, one| {
            for (sum, one) in sum.iter_mut().zip(one.0) {
                *sum += one;
            }
            sum
        })
    }
}

/// Mean squared difference.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ssd {
    count: f64,
}

impl Measure for Ssd {
    type Sums = Moments;

    fn add(&self, block: &Block, sums: &mut Moments) {
        *sums = Moments::of(block, [0.0; 2]);
    }

    fn cost<'a>(&mut self, sums: impl Iterator<Item = &'a Moments>) -> (Option<f64>, f64) {
        let [count, .., squares] = Moments::sum(sums);
        self.count = count;
        (Some(squares / count), count)
    }

    fn weigh(&self, block: &mut Block) {
        let factor = (2.0 / self.count) as f32;
        weigh(block, [-factor, factor, 0.0]);
    }
}

/// Correlation coefficient, with a minus.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ncc {
    /// What is taken from the values of both images, so that few digits are lost.
    means: [f32; 2],
    /// Of f, m and 1 in the derivative.
    factors: [f32; 3],
}

impl Ncc {
    pub fn new(means: [f32; 2]) -> Self {
        Self {
            means,
            factors: [0.0; 3],
        }
    }
}

impl Measure for Ncc {
    type Sums = Moments;

    fn add(&self, block: &Block, sums: &mut Moments) {
        *sums = Moments::of(block, self.means);
    }

    fn cost<'a>(&mut self, sums: impl Iterator<Item = &'a Moments>) -> (Option<f64>, f64) {
        let [count, f, m, ff, mm, fm, _] = Moments::sum(sums);
        let (mean_f, mean_m) = (f / count, m / count);
        let [first_f, first_m] = self.means.map(f64::from);
        let spreads = [
            spread([mean_f, ff / count], first_f),
            spread([mean_m, mm / count], first_m),
        ];
        let [Some(spread_f), Some(spread_m)] = spreads else {
            return (None, count);
        };
        let correlation = (fm / count - mean_f * mean_m) / (spread_f * spread_m);
        let by_f = -1.0 / (count * spread_f * spread_m);
        let by_m = correlation / (count * spread_m * spread_m);
        let rest = -by_f * (mean_f + first_f) - by_m * (mean_m + first_m);
        self.factors = [by_f as f32, by_m as f32, rest as f32];
        (Some(-correlation), count)
    }

    fn weigh(&self, block: &mut Block) {
        weigh(block, self.factors);
    }
}

/// The standard deviation of values by their mean and mean square after `first` was taken from each;
/// `None` where they are constant but for rounding.
fn spread([mean, square]: [f64; 2], first: f64) -> Option<f64> {
    // Of sums of float32 numbers, and of the numbers themselves.
    const OF_SUMS: f64 = 1e-6;
    const OF_VALUES: f64 = 1e-12;
    let variance = square - mean * mean;
    let least = OF_SUMS * square + OF_VALUES * (first + mean).powi(2);
    (variance > least).then(|| variance.sqrt())
}

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma"))]
fn moments(fixed: &[f32], moving: &[f32], means: [f32; 2]) -> [f64; 7] {
    const LANES: usize = 16;
    const RUN: usize = 512;
    let mut total = [0.0; 7];
    for (fixed, moving) in fixed.chunks(RUN).zip(moving.chunks(RUN)) {
        let mut sums = [[0.0f32; LANES]; 7];
        let mut add = |l: usize, fixed: f32, moving: f32| {
            let known = !moving.is_nan();
            let f = if known { fixed - means[0] } else { 0.0 };
            let m = if known { moving - means[1] } else { 0.0 };
            let off = if known { fixed - moving } else { 0.0 };
            sums[0][l] += if known { 1.0 } else { 0.0 };
            sums[1][l] += f;
            sums[2][l] += m;
            sums[3][l] += f * f;
            sums[4][l] += m * m;
            sums[5][l] += f * m;
            sums[6][l] += off * off;
        };
        let (fixeds, movings) = (fixed.chunks_exact(LANES), moving.chunks_exact(LANES));
        let rest = fixeds.remainder().iter().zip(movings.remainder());
        for (fixed, moving) in fixeds.zip(movings) {
            for l in 0..LANES {
                add(l, fixed[l], moving[l]);
            }
        }
        for (l, (fixed, moving)) in rest.enumerate() {
            add(l, *fixed, *moving);
        }
        for (total, sums) in total.iter_mut().zip(sums) {
            *total += sums.into_iter().map(f64::from).sum::<f64>();
        }
    }
    total
}

/// Weights that are linear in both values.
fn weigh(block: &mut Block, factors: [f32; 3]) {
    linear_weights(&block.fixed, &block.moving, factors, &mut block.weights);
}

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma"))]
fn linear_weights(fixed: &[f32], moving: &[f32], [by_f, by_m, rest]: [f32; 3], out: &mut [f32]) {
    for (out, (f, m)) in out.iter_mut().zip(fixed.iter().zip(moving)) {
        let weight = by_f * f + by_m * m + rest;
        *out = if m.is_nan() { 0.0 } else { weight };
    }
}
