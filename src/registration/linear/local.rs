//! Squared correlation of small patches, averaged over all of them (Avants et al., Medical Image
//! Analysis 12, 2008, section 2.4), with its exact derivative.
//!
//! Sums over patches are made along rows, then columns, then slices. What is not defined is NaN and
//! spoils just the patches that hold it.

use super::metric::{Cost, LEAST_OVERLAP};
use super::probe::{Block, Map};
use super::pyramid::Image;
use multiversion::multiversion;
use nalgebra::{Matrix3x4, Vector3};
use rayon::prelude::*;

/// Variance that is added to that of each patch of the fixed image, as a part of the whole image's:
/// patches of nothing but noise then count little. What is added to the moving image's only keeps the
/// quotient finite, so that an image still fits itself best.
const FLOOR: f32 = 1e-3;
const TINY: f32 = 1e-5;

/// Three numbers a voxel of a slice.
type Planes = [Vec<f32>; 3];

/// Squared correlation of patches, with a minus.
pub(super) struct Patches {
    moving: Image,
    /// Voxels along a row.
    row: usize,
    radius: [usize; 3],
    /// Voxels of a patch.
    size: f32,
    slices: Vec<Slice>,
    /// In each slice, in-plane sums of m, m m and f m.
    sums: Vec<Planes>,
    /// In each slice, in-plane sums of what f, m and 1 have as factors in the derivative of a patch.
    factors: Vec<Planes>,
    patches: f64,
    counted: f64,
}

struct Slice {
    block: Block,
    /// Of the patch about each voxel, sums of f and of f f; NaN where none is compared.
    sum: Vec<f32>,
    squares: Vec<f32>,
    /// What the patches of this slice add up to, and how many they are.
    total: f64,
    counted: f64,
    pull: Matrix3x4<f64>,
    room: Planes,
}

impl Patches {
    /// `center`: from where places are counted, in voxels of the fixed image. `None` when no patch
    /// fits.
    pub fn new(
        fixed: &Image,
        counts: Option<&[bool]>,
        center: Vector3<f64>,
        radius: usize,
        moving: &Image,
    ) -> Option<Self> {
        let [nx, ny, nz] = fixed.shape;
        let radius = fixed.shape.map(|n| radius.min((n - 1) / 2));
        let (fixed, moving) = (standardised(fixed), standardised(moving));
        let slice = |k: usize| {
            let places = (0..nx * ny).map(|n| [n % nx, n / nx, k]);
            let at = [0, 1, 2].map(|axis: usize| {
                let along = places
                    .clone()
                    .map(|voxel| voxel[axis] as f64 - center[axis]);
                along.map(|v| v as f32).collect()
            });
            Slice {
                block: Block::new(at, fixed.values[k * nx * ny..(k + 1) * nx * ny].to_vec()),
                sum: vec![0.0; nx * ny],
                squares: vec![0.0; nx * ny],
                total: 0.0,
                counted: 0.0,
                pull: Matrix3x4::zeros(),
                room: planes(nx * ny),
            }
        };
        let mut patches = Self {
            moving,
            row: nx,
            radius,
            size: radius.iter().map(|r| (2 * r + 1) as f32).product(),
            slices: (0..nz).map(slice).collect(),
            sums: vec![planes(nx * ny); nz],
            factors: vec![planes(nx * ny); nz],
            patches: 0.0,
            counted: 0.0,
        };
        patches.sum_fixed(fixed.shape, counts);
        (patches.patches > 0.0).then_some(patches)
    }

    /// The sums that stay the same whatever the map.
    fn sum_fixed(&mut self, shape: [usize; 3], counts: Option<&[bool]>) {
        let [nx, ny, _] = shape;
        let (row, radius) = (self.row, self.radius);
        for (slice, sums) in self.slices.iter_mut().zip(&mut self.sums) {
            let values = &slice.block.fixed;
            let [sum, squares, _] = sums;
            sum_in_plane(values, row, radius, &mut slice.room[0], sum);
            let squared: Vec<f32> = values.iter().map(|v| v * v).collect();
            sum_in_plane(&squared, row, radius, &mut slice.room[0], squares);
        }
        let fits = |voxel: [usize; 3]| {
            (0..3).all(|a| voxel[a] >= radius[a] && voxel[a] + radius[a] < shape[a])
        };
        let mut patches = 0;
        for k in 0..self.slices.len() {
            let near = near(k, radius[2], &self.sums);
            let slice = &mut self.slices[k];
            sum_across(near, 0, &mut slice.sum);
            sum_across(near, 1, &mut slice.squares);
            for (n, sum) in slice.sum.iter_mut().enumerate() {
                let counted = counts.is_none_or(|counts| counts[k * nx * ny + n]);
                if !(counted && fits([n % nx, n / nx, k])) {
                    *sum = f32::NAN;
                }
                patches += usize::from(!sum.is_nan());
            }
        }
        self.patches = patches as f64;
    }
}

impl Cost for Patches {
    fn cost(&mut self, map: &Map) -> Option<f64> {
        let (row, radius, size) = (self.row, self.radius, self.size);
        let moving = &self.moving;
        let slices = self.slices.par_iter_mut().zip(&mut self.sums);
        slices.for_each(|(slice, sums)| {
            slice.block.probe(moving, map);
            let Slice { block, room, .. } = slice;
            let [buffer, squares, products] = room;
            multiply(&block.fixed, &block.moving, squares, products);
            sum_in_plane(&block.moving, row, radius, buffer, &mut sums[0]);
            sum_in_plane(squares, row, radius, buffer, &mut sums[1]);
            sum_in_plane(products, row, radius, buffer, &mut sums[2]);
        });
        let sums = &self.sums;
        let slices = self
            .slices
            .par_iter_mut()
            .zip(&mut self.factors)
            .enumerate();
        slices.for_each(|(k, (slice, factors))| {
            let near = near(k, radius[2], sums);
            for (n, room) in slice.room.iter_mut().enumerate() {
                sum_across(near, n, room);
            }
            let fixed = [&slice.sum[..], &slice.squares];
            [slice.total, slice.counted] = compare(fixed, &mut slice.room, size);
            let mut buffer = std::mem::take(&mut slice.block.weights);
            for (room, factors) in slice.room.iter().zip(factors) {
                sum_in_plane(room, row, radius, &mut buffer, factors);
            }
            slice.block.weights = buffer;
        });
        let total: f64 = self.slices.iter().map(|slice| slice.total).sum();
        self.counted = self.slices.iter().map(|slice| slice.counted).sum();
        (self.overlap() >= LEAST_OVERLAP).then_some(-total / self.counted)
    }

    fn slope(&mut self) -> Matrix3x4<f64> {
        let (reach, factors) = (self.radius[2], &self.factors);
        let share = (-1.0 / self.counted) as f32;
        let slices = self.slices.par_iter_mut().enumerate();
        slices.for_each(|(k, slice)| {
            let near = near(k, reach, factors);
            for (n, room) in slice.room.iter_mut().enumerate() {
                sum_across(near, n, room);
            }
            let block = &mut slice.block;
            weigh(
                &block.fixed,
                &block.moving,
                &slice.room,
                share,
                &mut block.weights,
            );
            slice.pull = block.pull();
        });
        self.slices.iter().map(|slice| slice.pull).sum()
    }

    fn overlap(&self) -> f64 {
        self.counted / self.patches
    }
}

fn planes(count: usize) -> Planes {
    [(); 3].map(|()| vec![0.0; count])
}

/// The slices within reach of slice `k`.
fn near(k: usize, reach: usize, slices: &[Planes]) -> &[Planes] {
    &slices[k.saturating_sub(reach)..slices.len().min(k + reach + 1)]
}

/// The image with mean 0 and variance 1.
fn standardised(image: &Image) -> Image {
    let known = || {
        image
            .values
            .iter()
            .map(|v| f64::from(*v))
            .filter(|v| !v.is_nan())
    };
    let count = known().count() as f64;
    let mean = known().sum::<f64>() / count;
    let variance = known().map(|v| (v - mean) * (v - mean)).sum::<f64>() / count;
    let (mean, factor) = (mean as f32, variance.sqrt().recip() as f32);
    Image {
        values: image.values.iter().map(|v| (v - mean) * factor).collect(),
        ..image.clone()
    }
}

/// Sums over the part of each patch that lies in the slice; beyond its edge is 0.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma"))]
fn sum_in_plane(
    plane: &[f32],
    row: usize,
    [along, across, _]: [usize; 3],
    buffer: &mut [f32],
    out: &mut [f32],
) {
    for (sums, row) in buffer.chunks_exact_mut(row).zip(plane.chunks_exact(row)) {
        sums.copy_from_slice(row);
        for off in 1..=along.min(row.len() - 1) {
            let rest = row.len() - off;
            add(&mut sums[off..], &row[..rest]);
            add(&mut sums[..rest], &row[off..]);
        }
    }
    let rows = plane.len() / row;
    for (j, out) in out.chunks_exact_mut(row).enumerate() {
        let near = j.saturating_sub(across)..rows.min(j + across + 1);
        sum_rows(near.map(|n| &buffer[n * row..(n + 1) * row]), out);
    }
}

/// Sums of one kind of number over slices.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma"))]
fn sum_across(slices: &[Planes], kind: usize, out: &mut [f32]) {
    sum_rows(slices.iter().map(|planes| &planes[kind][..]), out);
}

#[inline(always)]
fn sum_rows<'a>(rows: impl Iterator<Item = &'a [f32]>, out: &mut [f32]) {
    for (n, row) in rows.enumerate() {
        if n == 0 {
            out.copy_from_slice(row);
        } else {
            add(out, row);
        }
    }
}

#[inline(always)]
fn add(sums: &mut [f32], numbers: &[f32]) {
    for (sum, number) in sums.iter_mut().zip(numbers) {
        *sum += number;
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma"))]
fn multiply(fixed: &[f32], moving: &[f32], squares: &mut [f32], products: &mut [f32]) {
    let values = fixed.iter().zip(moving);
    for ((square, product), (f, m)) in squares.iter_mut().zip(products).zip(values) {
        *square = m * m;
        *product = f * m;
    }
}

/// Turns sums of m, m m and f m of patches into the factors of f, m and 1 in the derivative; returns the
/// sum of squared correlations and of how many patches it is.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma"))]
fn compare([sum_f, sum_ff]: [&[f32]; 2], sums: &mut Planes, size: f32) -> [f64; 2] {
    const LANES: usize = 16;
    let [by_f, by_m, rest] = sums;
    let [floor, tiny] = [FLOOR * size, TINY * size];
    let mut totals = [[0.0f64; LANES]; 2];
    let numbers = by_f
        .chunks_mut(LANES)
        .zip(by_m.chunks_mut(LANES))
        .zip(rest.chunks_mut(LANES));
    let fixed = sum_f.chunks(LANES).zip(sum_ff.chunks(LANES));
    for (((by_f, by_m), rest), (f, ff)) in numbers.zip(fixed) {
        for l in 0..f.len() {
            let (f, ff, m, mm, fm) = (f[l], ff[l], by_f[l], by_m[l], rest[l]);
            let (mean_f, mean_m) = (f / size, m / size);
            let spread_f = (ff - f * mean_f).max(0.0) + floor;
            let spread_m = (mm - m * mean_m).max(0.0) + tiny;
            let shared = fm - f * mean_m;
            let per_f = shared / (spread_f * spread_m);
            let fit = shared * per_f;
            let known = !fit.is_nan();
            let factor_f = if known { 2.0 * per_f } else { 0.0 };
            let factor_m = if known { -2.0 * fit / spread_m } else { 0.0 };
            let factor = -factor_f * mean_f - factor_m * mean_m;
            by_f[l] = factor_f;
            by_m[l] = factor_m;
            rest[l] = if known { factor } else { 0.0 };
            totals[0][l] += f64::from(if known { fit } else { 0.0 });
            totals[1][l] += if known { 1.0 } else { 0.0 };
        }
    }
    totals.map(|lanes| lanes.iter().sum())
}

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma"))]
fn weigh(fixed: &[f32], moving: &[f32], factors: &Planes, share: f32, out: &mut [f32]) {
    let [by_f, by_m, rest] = factors;
    let values = fixed.iter().zip(moving);
    let factors = by_f.iter().zip(by_m).zip(rest);
    for (out, ((f, m), ((by_f, by_m), rest))) in out.iter_mut().zip(values.zip(factors)) {
        let weight = (by_f * f + by_m * m + rest) * share;
        *out = if weight.is_nan() { 0.0 } else { weight };
    }
}
