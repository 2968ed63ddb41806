//! The demons force: gradients as `numpy.gradient`, and the update they drive.

use super::real::Real;
use multiversion::multiversion;

/// Position of voxel `(i, j, k)` in an image.
#[inline(always)]
pub(super) fn offset(shape: [usize; 3], [i, j, k]: [usize; 3]) -> usize {
    (k * shape[1] + j) * shape[0] + i
}

/// The voxels before and after `n` whose difference, times the factor, is the derivative: central
/// inside, one-sided at the ends, nothing along an axis of one voxel.
#[inline(always)]
pub(super) fn neighbors(n: usize, count: usize) -> (usize, usize, f64) {
    let (before, after) = (n.saturating_sub(1), (n + 1).min(count - 1));
    let factor = if after - before == 2 { 0.5 } else { 1.0 };
    (before, after, factor)
}

/// The gradient along row `(j, k)` in voxels: as many components one after another as fit `out`.
pub(super) fn gradient_row<T: Real>(
    image: &[T],
    shape: [usize; 3],
    j: usize,
    k: usize,
    out: &mut [T],
) {
    let [nx, ny, nz] = shape;
    let row = |j, k| {
        let at = offset(shape, [0, j, k]);
        &image[at..at + nx]
    };
    let (x, others) = out.split_at_mut(nx);
    along_row(row(j, k), x);
    let (y, z) = others.split_at_mut(nx);
    let (before, after, factor) = neighbors(j, ny);
    between_rows(row(before, k), row(after, k), T::of(factor), y);
    if !z.is_empty() {
        let (before, after, factor) = neighbors(k, nz);
        between_rows(row(j, before), row(j, after), T::of(factor), z);
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma"))]
fn along_row<T: Real>(row: &[T], out: &mut [T]) {
    let last = row.len() - 1;
    if last == 0 {
        out[0] = T::ZERO;
        return;
    }
    out[0] = row[1] - row[0];
    out[last] = row[last] - row[last - 1];
    let half = T::of(0.5);
    let inner = out[1..last].iter_mut().zip(&row[2..]);
    for ((out, &after), &before) in inner.zip(row) {
        *out = (after - before) * half;
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma"))]
fn between_rows<T: Real>(before: &[T], after: &[T], factor: T, out: &mut [T]) {
    for ((out, &before), &after) in out.iter_mut().zip(before).zip(after) {
        *out = (after - before) * factor;
    }
}

/// The mean of two gradients, into the first.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma"))]
pub(super) fn mean_row<T: Real>(gradient: &mut [T], other: &[T]) {
    for (gradient, &other) in gradient.iter_mut().zip(other) {
        *gradient = (*gradient + other) * T::of(0.5);
    }
}

/// Adds a row to another.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma"))]
pub(super) fn add_row<T: Real>(row: &[T], out: &mut [T]) {
    for (out, &value) in out.iter_mut().zip(row) {
        *out += value;
    }
}

/// What one unit of gradient moves: `d / (|g|^2 + weight d^2)`, 0 where that is not defined
/// (Thirion, Medical Image Analysis 2, 1998; the weight is Vercauteren's).
#[inline(always)]
pub(super) fn strength<T: Real>(difference: T, square: T, weight: T) -> T {
    let denominator = square + weight * difference * difference;
    if denominator > T::ZERO {
        difference / denominator
    } else {
        T::ZERO
    }
}

/// The sum of two rows.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma"))]
pub(super) fn sum_row<T: Real>(one: &[T], other: &[T], out: &mut [T]) {
    for ((out, &one), &other) in out.iter_mut().zip(one).zip(other) {
        *out = one + other;
    }
}

/// Turns the gradient of a row into its update; where anything is not defined the update is 0.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma"))]
pub(super) fn update_row<T: Real>(target: &[T], warped: &[T], weight: T, gradient: &mut [T]) {
    let count = target.len();
    let warped = &warped[..count];
    let (x, others) = gradient.split_at_mut(count);
    let (y, z) = others.split_at_mut(count);
    if z.is_empty() {
        for i in 0..count {
            let (gx, gy) = (x[i], y[i]);
            let s = strength(target[i] - warped[i], gx * gx + gy * gy, weight);
            (x[i], y[i]) = (moved(s, gx), moved(s, gy));
        }
    } else {
        let z = &mut z[..count];
        for i in 0..count {
            let (gx, gy, gz) = (x[i], y[i], z[i]);
            let square = gx * gx + gy * gy + gz * gz;
            let s = strength(target[i] - warped[i], square, weight);
            (x[i], y[i], z[i]) = (moved(s, gx), moved(s, gy), moved(s, gz));
        }
    }
}

/// A gradient that is not a number has strength 0 and must not come through.
#[inline(always)]
pub(super) fn moved<T: Real>(strength: T, gradient: T) -> T {
    if strength == T::ZERO {
        T::ZERO
    } else {
        strength * gradient
    }
}
