//! The moving image and its slope between voxels, many places at once.

use super::pyramid::Image;
use multiversion::multiversion;
use nalgebra::{Matrix3x4, Matrix4};

/// Places that are looked up together.
pub(super) const TILE: usize = 64;

/// Of a map from voxels to voxels, the numbers row by row.
pub(super) type Map = [[f32; 4]; 3];

pub(super) fn map_of(matrix: &Matrix4<f64>) -> Map {
    std::array::from_fn(|row| std::array::from_fn(|column| matrix[(row, column)] as f32))
}

/// Places in the fixed image, with what is found there in the moving one. All of one length.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    /// In voxels of the fixed image, from the centre of all samples, by axis.
    pub at: [Vec<f32>; 3],
    pub fixed: Vec<f32>,
    /// NaN where the moving image is not defined.
    pub moving: Vec<f32>,
    /// By axis of the moving image, a voxel; 0 where it is not defined.
    pub slope: [Vec<f32>; 3],
    /// How much the cost grows with each value of the moving image; 0 where it is not defined.
    pub weights: Vec<f32>,
}

impl Block {
    pub fn new(at: [Vec<f32>; 3], fixed: Vec<f32>) -> Self {
        let room = vec![0.0; fixed.len()];
        Self {
            at,
            fixed,
            moving: room.clone(),
            slope: [room.clone(), room.clone(), room.clone()],
            weights: room,
        }
    }

    /// Looks up the moving image at all places.
    pub fn probe(&mut self, image: &Image, map: &Map) {
        let Self {
            at, moving, slope, ..
        } = self;
        let [sx, sy, sz] = slope;
        probe(
            &image.values,
            image.shape,
            map,
            [&at[0], &at[1], &at[2]],
            [moving, sx, sy, sz],
        );
    }

    /// How the cost changes with the entries of the map.
    pub fn pull(&self) -> Matrix3x4<f64> {
        let [x, y, z] = &self.at;
        let mut pull = Matrix3x4::zeros();
        for (row, slope) in self.slope.iter().enumerate() {
            let sums = weighted(&self.weights, slope, [x, y, z]);
            for (column, sum) in sums.into_iter().enumerate() {
                pull[(row, column)] = sum;
            }
        }
        pull
    }
}

/// Sums of `weight * slope` times x, y, z and 1.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma"))]
fn weighted(weights: &[f32], slope: &[f32], [x, y, z]: [&[f32]; 3]) -> [f64; 4] {
    const LANES: usize = 16;
    const RUN: usize = 512;
    let mut total = [0.0; 4];
    for from in (0..weights.len()).step_by(RUN) {
        let to = weights.len().min(from + RUN);
        let parts = [weights, slope, x, y, z].map(|part| &part[from..to]);
        let whole = (to - from) - (to - from) % LANES;
        let mut sums = [[0.0f32; LANES]; 4];
        for n in (0..whole).step_by(LANES) {
            let [w, g, x, y, z] = parts.map(|part| &part[n..n + LANES]);
            for l in 0..LANES {
                let pull = w[l] * g[l];
                sums[0][l] += pull * x[l];
                sums[1][l] += pull * y[l];
                sums[2][l] += pull * z[l];
                sums[3][l] += pull;
            }
        }
        for n in whole..to - from {
            let [w, g, x, y, z] = parts.map(|part| part[n]);
            for (sum, by) in sums.iter_mut().zip([x, y, z, 1.0]) {
                sum[n - whole] += w * g * by;
            }
        }
        for (total, sums) in total.iter_mut().zip(sums) {
            *total += sums.into_iter().map(f64::from).sum::<f64>();
        }
    }
    total
}

/// Trilinear values and their derivatives at mapped places.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma"))]
fn probe(
    image: &[f32],
    [nx, ny, nz]: [usize; 3],
    map: &Map,
    at: [&[f32]; 3],
    out: [&mut [f32]; 4],
) {
    let step = |count: usize, size: usize| if count > 1 { size } else { 0 };
    let [ox, oy, oz] = [step(nx, 1), step(ny, nx), step(nz, nx * ny)];
    // All of one length, so that one check of a place serves them all.
    let length = image.len() - oz - oy - ox;
    let corners = [0, ox, oy, ox + oy, oz, oz + ox, oz + oy, oz + oy + ox]
        .map(|corner| &image[corner..corner + length]);
    let [value, sx, sy, sz] = out;
    let mut found = [[0.0f32; TILE]; 8];
    let mut shares = [[0.0f32; TILE]; 3];
    let mut inside = [0.0f32; TILE];
    let mut base = [0u32; TILE];
    for from in (0..value.len()).step_by(TILE) {
        let count = TILE.min(value.len() - from);
        let [x, y, z] = at.map(|at| &at[from..from + count]);
        base.fill(0);
        inside.fill(1.0);
        for (axis, (n, size)) in [(nx, 1), (ny, nx), (nz, nx * ny)].into_iter().enumerate() {
            let [a, b, c, d] = map[axis];
            let last = (n - 1) as f32;
            let highest = (last - 1.0).max(0.0);
            let shares = &mut shares[axis][..count];
            // An axis of one voxel has no inside and outside.
            let (reach, flat) = if n > 1 { (last, 1.0) } else { (0.0, 0.0) };
            for l in 0..count {
                let place = (a * x[l] + b * y[l] + c * z[l] + d) * flat;
                let within = place.clamp(0.0, reach);
                inside[l] = if within == place { inside[l] } else { f32::NAN };
                let low = within.floor().min(highest);
                shares[l] = within - low;
                base[l] += whole(low) * size as u32;
            }
        }
        for (l, &base) in base[..count].iter().enumerate() {
            for (found, corner) in found.iter_mut().zip(corners) {
                found[l] = corner[base as usize];
            }
        }
        let [value, sx, sy, sz] =
            [&mut *value, &mut *sx, &mut *sy, &mut *sz].map(|out| &mut out[from..from + count]);
        for l in 0..count {
            let [x, y, z] = [shares[0][l], shares[1][l], shares[2][l]];
            let mix = |low: f32, high: f32, share: f32| low + share * (high - low);
            let along = |n: usize| mix(found[n][l], found[n + 1][l], x);
            let rise = |n: usize| found[n + 1][l] - found[n][l];
            let rows = [along(0), along(2), along(4), along(6)];
            let planes = [mix(rows[0], rows[1], y), mix(rows[2], rows[3], y)];
            let mean = mix(planes[0], planes[1], z) * inside[l];
            let known = !mean.is_nan();
            value[l] = mean;
            let dx = mix(mix(rise(0), rise(2), y), mix(rise(4), rise(6), y), z);
            sx[l] = if known { dx } else { 0.0 };
            let dy = mix(rows[1] - rows[0], rows[3] - rows[2], z);
            sy[l] = if known { dy } else { 0.0 };
            let dz = planes[1] - planes[0];
            sz[l] = if known { dz } else { 0.0 };
        }
    }
}

/// A whole number from 0 to 2^22. Adding a number so large that it has no fractions leaves it in the
/// last bits; unlike a cast this runs on whole vectors.
#[inline(always)]
pub(super) fn whole(number: f32) -> u32 {
    (number + 8_388_608.0).to_bits() & 0x007f_ffff
}
