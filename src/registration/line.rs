//! Smoothing along a line whose ends are repeated.

use super::gauss::{lanes, weighted};
use super::real::Real;
use multiversion::multiversion;
use multiversion::target::{match_target, target_cfg_f};

/// Numbers summed side by side: a few vector registers.
const LANES: usize = 16;

/// The largest radius of lines that [`smooth_short`] takes.
const SHORT: usize = 4;

/// Smooths a line; `half` are the weights, the middle one first, and `padded` is room for the line and
/// its ends.
pub(super) fn smooth_line<T: Real>(line: &mut [T], half: &[T], padded: &mut [T]) {
    if !T::smooth_short(line, half) {
        smooth_any(line, half, padded);
    }
}

/// Not with the longest vectors: loaded from everywhere along a line, nearly all of them would cross
/// into the next cache line.
#[multiversion(targets("x86_64+avx2+fma"))]
fn smooth_any<T: Real>(line: &mut [T], half: &[T], padded: &mut [T]) {
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

/// Smooths a line by weights that reach at most [`SHORT`] numbers, where the processor can shift
/// vectors; `false` when it was left as it is.
pub(super) fn smooth_short(line: &mut [f64], half: &[f64]) -> bool {
    let mut weights = [0.0; SHORT + 1];
    let short = line.len() >= SHORT && half.len() <= weights.len();
    if short {
        weights[..half.len()].copy_from_slice(half);
    }
    short && smooth_shifting(line, &weights)
}

#[multiversion(targets("x86_64+avx2+fma"))]
fn smooth_shifting(line: &mut [f64], half: &[f64; SHORT + 1]) -> bool {
    match_target! {
        "x86_64+avx2+fma" => {
            shifting::smooth(line, half);
            true
        }
        _ => {
            let _ = (line, half);
            false
        }
    }
}

/// Loads every number of a line once and shifts them in registers: loaded again for each weight, many
/// vectors would cross into the next cache line.
#[cfg(target_arch = "x86_64")]
mod shifting {
    use super::SHORT;
    use bytemuck::cast;
    use std::arch::x86_64::{
        __m256d, _mm256_add_pd, _mm256_fmadd_pd, _mm256_mul_pd, _mm256_permute2f128_pd,
        _mm256_set1_pd, _mm256_shuffle_pd,
    };

    type Half = [__m256d; SHORT + 1];

    /// Four numbers and the four before them.
    struct Window {
        before: __m256d,
        /// From 1, 2 and 3 numbers after `before` on.
        between: [__m256d; 3],
        here: __m256d,
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn between(low: __m256d, high: __m256d) -> [__m256d; 3] {
        let middle = _mm256_permute2f128_pd::<0x21>(low, high);
        let shift = _mm256_shuffle_pd::<0b0101>;
        [shift(low, middle), middle, shift(middle, high)]
    }

    impl Window {
        /// The four numbers smoothed; then goes on to the next four.
        #[inline]
        #[target_feature(enable = "avx2,fma")]
        fn smooth(&mut self, next: __m256d, half: &Half) -> [f64; 4] {
            let [one, two, three] = self.between;
            let after = between(self.here, next);
            let pairs = [
                _mm256_add_pd(three, after[0]),
                _mm256_add_pd(two, after[1]),
                _mm256_add_pd(one, after[2]),
                _mm256_add_pd(self.before, next),
            ];
            let mut sum = _mm256_mul_pd(half[0], self.here);
            for (pair, weight) in pairs.into_iter().zip(&half[1..]) {
                sum = _mm256_fmadd_pd(*weight, pair, sum);
            }
            *self = Self {
                before: self.here,
                between: after,
                here: next,
            };
            cast(sum)
        }
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub(super) fn smooth(line: &mut [f64], half: &[f64; SHORT + 1]) {
        let half = half.map(|weight| _mm256_set1_pd(weight));
        let (fours, rest) = line.as_chunks_mut::<4>();
        let ([first, ..], [.., last]) = (&*fours, &*fours) else {
            return;
        };
        let (before, here) = (_mm256_set1_pd(first[0]), cast(*first));
        let end = _mm256_set1_pd(*rest.last().unwrap_or(&last[3]));
        let mut window = Window {
            before,
            between: between(before, here),
            here,
        };
        for n in 1..fours.len() {
            fours[n - 1] = window.smooth(cast(fours[n]), &half);
        }
        let Some(out) = fours.last_mut() else { return };
        if rest.is_empty() {
            *out = window.smooth(end, &half);
            return;
        }
        let mut next: [f64; 4] = cast(end);
        next[..rest.len()].copy_from_slice(rest);
        *out = window.smooth(cast(next), &half);
        let next = window.smooth(end, &half);
        rest.copy_from_slice(&next[..rest.len()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::gauss::weights;

    #[test]
    fn shifted_vectors_smooth_as_loaded_ones_at_any_length() {
        for (sigma, count) in (4..30).flat_map(|count| [(0.5, count), (1.0, count)]) {
            let weights = weights(sigma);
            let half = &weights[weights.len() / 2..];
            let line: Vec<f64> = (0..count).map(|n| ((n * 37) % 23) as f64 - 7.0).collect();
            let (mut short, mut any) = (line.clone(), line);
            if !smooth_short(&mut short, half) {
                return;
            }
            smooth_any(&mut any, half, &mut vec![0.0; count + weights.len()]);
            assert_eq!(short, any, "sigma {sigma}, {count} numbers");
        }
    }
}
