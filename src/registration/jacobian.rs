//! The determinant of the mapping's derivative, by differences as `numpy.gradient`.

use super::force::{neighbors, offset};
use super::real::Real;
use multiversion::multiversion;
use nalgebra::Matrix3;

/// A row of a displacement field and those around it, all components.
struct Surroundings<'a, T> {
    row: &'a [T],
    nx: usize,
    /// Along y and z, the rows before and after and what turns their difference into the derivative.
    across: [(&'a [T], &'a [T], f64); 2],
}

impl<'a, T: Real> Surroundings<'a, T> {
    #[inline(always)]
    fn new(field: &'a [T], components: usize, shape: [usize; 3], [j, k]: [usize; 2]) -> Self {
        let [nx, ny, nz] = shape;
        let row = |j, k| {
            let at = offset(shape, [0, j, k]) * components;
            &field[at..at + nx * components]
        };
        let (before_y, after_y, factor_y) = neighbors(j, ny);
        let (before_z, after_z, factor_z) = neighbors(k, nz);
        Self {
            row: row(j, k),
            nx,
            across: [
                (row(before_y, k), row(after_y, k), factor_y),
                (row(j, before_z), row(j, after_z), factor_z),
            ],
        }
    }

    /// The determinant at `i`, of which these are the neighbours along the row.
    #[inline(always)]
    fn determinant(&self, i: usize, (before, after, factor): (usize, usize, f64)) -> f64 {
        let derivative = |c: usize, axis: usize| {
            let from = c * self.nx;
            let (low, high, factor) = match axis {
                0 => (self.row[from + before], self.row[from + after], factor),
                _ => {
                    let (before, after, factor) = self.across[axis - 1];
                    (before[from + i], after[from + i], factor)
                }
            };
            f64::from(u8::from(c == axis)) + (high.to_f64() - low.to_f64()) * factor
        };
        if self.row.len() == 2 * self.nx {
            derivative(0, 0) * derivative(1, 1) - derivative(0, 1) * derivative(1, 0)
        } else {
            Matrix3::from_fn(derivative).determinant()
        }
    }
}

/// The determinant at a voxel of a field `[k, j, c, i]`.
pub(super) fn jacobian_at<T: Real>(
    field: &[T],
    components: usize,
    shape: [usize; 3],
    [i, j, k]: [usize; 3],
) -> f64 {
    Surroundings::new(field, components, shape, [j, k]).determinant(i, neighbors(i, shape[0]))
}

/// The determinants along row `(j, k)`.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma"))]
pub(super) fn jacobian_row<T: Real>(
    field: &[T],
    components: usize,
    shape: [usize; 3],
    row: [usize; 2],
    out: &mut [f64],
) {
    let around = Surroundings::new(field, components, shape, row);
    let last = out.len() - 1;
    out[0] = around.determinant(0, neighbors(0, shape[0]));
    for (i, out) in out.iter_mut().enumerate().take(last).skip(1) {
        *out = around.determinant(i, (i - 1, i + 1, 0.5));
    }
    out[last] = around.determinant(last, neighbors(last, shape[0]));
}
