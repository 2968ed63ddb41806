//! Resolution levels: images made smaller and fields made larger, as `skimage.transform.rescale` and
//! `resize` with cubic splines, `mode="edge"`.
//!
//! Along one axis all of it (blur against aliasing, spline prefilter, spline) is linear, so each axis
//! is one banded matrix, made from unit impulses and applied to whole lines.

use super::gauss;
use super::real::Real;
use rayon::prelude::*;

/// Edge voxels repeated before the spline is fitted, as scipy does.
const PADDING: usize = 12;

/// Arrays smaller than this are not worth a second thread.
const SHARED_FROM: usize = 1 << 15;

/// Voxels along an axis of `count` at `scale`; halves go to the even number, never below 1.
pub(super) fn scaled(count: usize, scale: f64) -> usize {
    ((count as f64 * scale).round_ties_even() as usize).max(1)
}

/// The shape of a level with `above` finer levels.
pub(super) fn level_shape(shape: [usize; 3], above: usize) -> [usize; 3] {
    shape.map(|count| scaled(count, 0.5f64.powi(above as i32)))
}

/// How the numbers along one axis become others: for each output the inputs it sums.
struct AxisMap<T> {
    inputs: usize,
    outputs: Vec<(usize, Vec<T>)>,
}

impl<T: Real> AxisMap<T> {
    fn new(inputs: usize, outputs: usize) -> Self {
        // Row-major (input, output): what each output gets of a unit impulse at each input.
        let blur = gauss::weights(((inputs as f64 / outputs as f64 - 1.0) / 2.0).max(0.0));
        let mut line = vec![0.0; inputs];
        let responses: Vec<Vec<f64>> = (0..inputs)
            .map(|input| {
                line.fill(0.0);
                line[input] = 1.0;
                spline(&blurred(&line, &blur), outputs)
            })
            .collect();
        let band = |output: usize| {
            let weight = |input: &usize| responses[*input][output].abs() > T::NEGLIGIBLE;
            let first = (0..inputs).find(weight).unwrap_or(0);
            let last = (0..inputs).rfind(weight).unwrap_or(0);
            let weights = responses[first..=last].iter().map(|r| T::of(r[output]));
            (first, weights.collect())
        };
        Self {
            inputs,
            outputs: (0..outputs).map(band).collect(),
        }
    }

    /// Applies the map along one axis of an array `(outer, axis, inner)`.
    fn apply(&self, data: &[T], inner: usize) -> Vec<T> {
        let outer = data.len() / (self.inputs * inner);
        let mut out = vec![T::ZERO; outer * self.outputs.len() * inner];
        if out.is_empty() {
            return out;
        }
        let block = self.outputs.len() * inner;
        let apply = |(n, out): (usize, &mut [T])| {
            let from = n * self.inputs * inner;
            self.apply_block(&data[from..from + self.inputs * inner], inner, out);
        };
        if data.len() + out.len() < SHARED_FROM {
            out.chunks_mut(block).enumerate().for_each(apply);
        } else if outer > 1 {
            out.par_chunks_mut(block).enumerate().for_each(apply);
        } else {
            out.par_chunks_mut(inner)
                .zip(&self.outputs)
                .for_each(|(out, (first, weights))| sum_lines(data, inner, *first, weights, out));
        }
        out
    }

    fn apply_block(&self, data: &[T], inner: usize, out: &mut [T]) {
        for (out, (first, weights)) in out.chunks_exact_mut(inner).zip(&self.outputs) {
            if inner == 1 {
                let mut sum = T::ZERO;
                for (&value, &weight) in data[*first..].iter().zip(weights) {
                    sum += weight * value;
                }
                out[0] = sum;
            } else {
                sum_lines(data, inner, *first, weights, out);
            }
        }
    }
}

#[multiversion::multiversion(targets(
    "x86_64+avx512f+avx512vl+avx512bw+avx512dq",
    "x86_64+avx2+fma"
))]
fn sum_lines<T: Real>(data: &[T], inner: usize, first: usize, weights: &[T], out: &mut [T]) {
    for (line, &weight) in data[first * inner..].chunks_exact(inner).zip(weights) {
        for (out, &value) in out.iter_mut().zip(line) {
            *out += weight * value;
        }
    }
}

/// A line smoothed with its ends repeated.
fn blurred(line: &[f64], weights: &[f64]) -> Vec<f64> {
    let radius = (weights.len() / 2) as isize;
    let last = line.len() as isize - 1;
    (0..=last)
        .map(|at| {
            let taps = (-radius..=radius).zip(weights);
            taps.map(|(tap, weight)| weight * line[(at + tap).clamp(0, last) as usize])
                .sum()
        })
        .collect()
}

/// A line on another number of voxels over the same extent, by cubic B-spline interpolation
/// (`scipy.ndimage.zoom`, `grid_mode=True`; Unser, IEEE Signal Processing Magazine 16, 1999).
fn spline(line: &[f64], outputs: usize) -> Vec<f64> {
    let coefficients = spline_coefficients(line);
    let ratio = line.len() as f64 / outputs as f64;
    let last = coefficients.len() as isize - 1;
    (0..outputs)
        .map(|output| {
            let at = (output as f64 + 0.5) * ratio - 0.5 + PADDING as f64;
            let (low, f) = (at.floor() as isize, at - at.floor());
            let g = 1.0 - f;
            let weights = [
                g * g * g / 6.0,
                (4.0 - 3.0 * f * f * (2.0 - f)) / 6.0,
                (4.0 - 3.0 * g * g * (2.0 - g)) / 6.0,
                f * f * f / 6.0,
            ];
            let taps = weights.iter().zip(low - 1..);
            taps.map(|(weight, tap)| weight * coefficients[tap.clamp(0, last) as usize])
                .sum()
        })
        .collect()
}

/// B-spline coefficients of a line whose ends are repeated [`PADDING`] times, mirrored beyond.
fn spline_coefficients(line: &[f64]) -> Vec<f64> {
    let pole = 3f64.sqrt() - 2.0;
    let gain = (1.0 - pole) * (1.0 - 1.0 / pole);
    let last = line.len() - 1;
    let mut c: Vec<f64> = (0..line.len() + 2 * PADDING)
        .map(|at| gain * line[at.saturating_sub(PADDING).min(last)])
        .collect();
    let end = c.len() - 1;
    // The series ends where the pole's power no longer counts.
    let mut power = 1.0;
    let mut sum = 0.0;
    for &value in c.iter().take(60) {
        sum += power * value;
        power *= pole;
    }
    c[0] = sum;
    for at in 1..=end {
        c[at] += pole * c[at - 1];
    }
    c[end] = pole / (pole * pole - 1.0) * (c[end] + pole * c[end - 1]);
    for at in (0..end).rev() {
        c[at] = pole * (c[at + 1] - c[at]);
    }
    c
}

/// Resizes an array whose axes `(i, j, k)` lie `inner` numbers apart, `[k, j, inner.., i]`.
fn resize_axes<T: Real>(data: &[T], from: [usize; 3], to: [usize; 3], components: usize) -> Vec<T> {
    let mut shape = from;
    let mut data = std::borrow::Cow::Borrowed(data);
    // What is left to do after each axis is least in this order, and most of it stays in cache.
    let order = if to[2] < from[2] {
        [1, 0, 2]
    } else {
        [2, 0, 1]
    };
    for axis in order {
        if shape[axis] != to[axis] {
            let inner = match axis {
                0 => 1,
                1 => shape[0] * components,
                _ => shape[0] * shape[1] * components,
            };
            data = AxisMap::new(shape[axis], to[axis])
                .apply(&data, inner)
                .into();
            shape[axis] = to[axis];
        }
    }
    data.into_owned()
}

/// An image at a coarser level; values stay within the range of the whole image.
pub(super) fn shrink<T: Real>(image: &[T], from: [usize; 3], to: [usize; 3]) -> Vec<T> {
    let (low, high) = range(image.iter());
    let mut small = resize_axes(image, from, to, 1);
    for value in &mut small {
        *value = clamp(*value, low, high);
    }
    small
}

/// A field (`[k, j, c, i]`) at the next level: resized and doubled, whatever the ratio of the sizes,
/// as the course does. Each component stays within its range.
pub(super) fn double_field<T: Real>(
    field: &[T],
    from: [usize; 3],
    to: [usize; 3],
    components: usize,
) -> Vec<T> {
    let ranges: Vec<(T, T)> = (0..components)
        .map(|c| {
            let rows = field.chunks_exact(from[0]).skip(c).step_by(components);
            range(rows.flatten())
        })
        .collect();
    let mut large = resize_axes(field, from, to, components);
    for (row, &(low, high)) in large.chunks_exact_mut(to[0]).zip(ranges.iter().cycle()) {
        for value in row {
            *value = T::of(2.0) * clamp(*value, low, high);
        }
    }
    large
}

fn range<'a, T: Real>(values: impl Iterator<Item = &'a T>) -> (T, T) {
    let mut values = values.copied();
    let first = values.next().unwrap_or(T::ZERO);
    values.fold((first, first), |(low, high), v| {
        (
            if v < low { v } else { low },
            if v > high { v } else { high },
        )
    })
}

fn clamp<T: Real>(value: T, low: T, high: T) -> T {
    if value < low {
        low
    } else if value > high {
        high
    } else {
        value
    }
}
