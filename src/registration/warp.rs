//! Linear sampling of images and fields at displaced voxels; NaN outside, as
//! `scipy.interpolate.interpn(bounds_error=False)`.

use super::real::Real;
use multiversion::multiversion;

/// Voxels whose places are found before they are sampled.
const TILE: usize = 32;

/// What lies outside an image or field.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Outside {
    Undefined,
    /// What lies at its edge.
    Edge,
}

/// The lower neighbour of a coordinate along an axis and the share of the upper one; on the last voxel
/// the pair is the last two, and the share 1. The share is NaN outside `0..=last` unless the edge goes
/// on.
#[inline(always)]
fn locate<T: Real>(coordinate: T, last: T, highest: T, outside: Outside) -> (i32, T) {
    let below = if coordinate < last { coordinate } else { last };
    let inside = if below > T::ZERO { below } else { T::ZERO };
    let low = if inside < highest { inside } else { highest }.floor();
    let share = if outside == Outside::Edge || inside == coordinate {
        inside - low
    } else {
        T::NAN
    };
    (low.to_index(), share)
}

#[inline(always)]
fn mix<T: Real>(low: T, high: T, share: T) -> T {
    low + share * (high - low)
}

/// Where displaced voxels fall: the place of the lowest of their neighbours and the shares. On the
/// border of a cache line, which no vector then crosses.
#[repr(align(64))]
pub(super) struct Places<T> {
    shares: [[T; TILE]; 3],
    base: [u32; TILE],
    /// Room for neighbours along a row.
    pairs: [[T; 2]; TILE],
}

impl<T: Real> Places<T> {
    #[inline(always)]
    pub fn new() -> Self {
        Self {
            shares: [[T::ZERO; TILE]; 3],
            base: [0; TILE],
            pairs: [[T::ZERO; 2]; TILE],
        }
    }
}

/// An image or field that is sampled.
struct Grid<T> {
    outside: Outside,
    last: [T; 3],
    /// The highest lower neighbour.
    highest: [T; 3],
    /// Steps in memory to the upper neighbour along each axis; 0 along an axis of one voxel.
    steps: [usize; 3],
    nx: u32,
    rows: u32,
}

impl<T: Real> Grid<T> {
    /// `row` is the distance from row to row.
    #[inline(always)]
    fn new(shape: [usize; 3], row: usize, outside: Outside) -> Self {
        let step = |axis: usize, size| if shape[axis] > 1 { size } else { 0 };
        Self {
            outside,
            last: shape.map(|n| T::of_index(n as i32 - 1)),
            highest: shape.map(|n| T::of_index((n as i32 - 2).max(0))),
            steps: [step(0, 1), step(1, row), step(2, row * shape[1])],
            nx: row as u32,
            rows: shape[1] as u32,
        }
    }

    #[inline(always)]
    fn locate(&self, axis: usize, coordinate: T) -> (i32, T) {
        let (last, highest) = (self.last[axis], self.highest[axis]);
        locate(coordinate, last, highest, self.outside)
    }

    /// Places of the voxels `(start.., j, k)` displaced by rows of components of `nx` numbers each.
    #[inline(always)]
    fn places(
        &self,
        [start, j, k]: [usize; 3],
        displacement: &[T],
        nx: usize,
        count: usize,
        places: &mut Places<T>,
    ) {
        let x = &displacement[start..start + count];
        let y = &displacement[nx + start..nx + start + count];
        let (j, k) = (T::of_index(j as i32), T::of_index(k as i32));
        let [sx, sy, sz] = &mut places.shares;
        let base = &mut places.base[..count];
        for l in 0..count {
            let i = T::of_index((start + l) as i32);
            let (low_x, share_x) = self.locate(0, i + x[l]);
            let (low_y, share_y) = self.locate(1, j + y[l]);
            base[l] = low_y as u32 * self.nx + low_x as u32;
            sx[l] = share_x;
            sy[l] = share_y;
        }
        if displacement.len() > 2 * nx {
            let z = &displacement[2 * nx + start..2 * nx + start + count];
            for l in 0..count {
                let (low, share) = self.locate(2, k + z[l]);
                base[l] += low as u32 * self.rows * self.nx;
                sz[l] = share;
            }
        }
    }

    /// Values at as many places as fit `out`; `flat` when the third axis plays no part.
    #[inline(always)]
    fn values(&self, image: &[T], places: &mut Places<T>, flat: bool, out: &mut [T]) {
        if !flat {
            self.values_between::<4>(image, places, out);
        } else if self.steps[0] == 1 {
            self.values_in_plane::<1>(image, places, out);
        } else {
            self.values_in_plane::<0>(image, places, out);
        }
    }

    /// Values of an image of one slice. The two neighbours along a row, `STEP` apart, lie side by
    /// side in memory, so they are weighed together with those of the next row and only then with
    /// each other.
    #[inline(always)]
    fn values_in_plane<const STEP: usize>(
        &self,
        image: &[T],
        places: &mut Places<T>,
        out: &mut [T],
    ) {
        let length = image.len() - self.steps[1];
        let (low, high) = (&image[..length], &image[self.steps[1]..]);
        let high = &high[..length];
        let [sx, sy, _] = &places.shares;
        let pairs = &mut places.pairs[..out.len()];
        for (pair, (&base, &share)) in pairs.iter_mut().zip(places.base.iter().zip(sy)) {
            let at = base as usize;
            let (low, high) = (&low[at..=at + STEP], &high[at..=at + STEP]);
            *pair = [
                mix(low[0], high[0], share),
                mix(low[STEP], high[STEP], share),
            ];
        }
        for (out, (pair, &share)) in out.iter_mut().zip(pairs.iter().zip(sx)) {
            *out = mix(pair[0], pair[1], share);
        }
    }

    /// Values between so many lines: first all neighbours are fetched, then all are weighed.
    #[inline(always)]
    fn values_between<const LINES: usize>(&self, image: &[T], places: &Places<T>, out: &mut [T]) {
        let [ox, oy, oz] = self.steps;
        // All of one length, so that one check of a place serves them all.
        let length = image.len() - oz - oy;
        let corners = [0, oy, oz, oz + oy].map(|corner| &image[corner..corner + length]);
        let mut pairs = [[[T::ZERO; 2]; TILE]; LINES];
        let count = out.len().min(TILE);
        for (l, &base) in places.base[..count].iter().enumerate() {
            let at = base as usize;
            for (pairs, corner) in pairs.iter_mut().zip(corners) {
                pairs[l] = if ox == 1 {
                    let pair = &corner[at..at + 2];
                    [pair[0], pair[1]]
                } else {
                    [corner[at]; 2]
                };
            }
        }
        let [sx, sy, sz] = &places.shares;
        let line = |pair: [T; 2], l: usize| mix(pair[0], pair[1], sx[l]);
        let plane =
            |low: usize, l: usize| mix(line(pairs[low][l], l), line(pairs[low + 1][l], l), sy[l]);
        for l in 0..count {
            out[l] = if LINES == 2 {
                plane(0, l)
            } else {
                mix(plane(0, l), plane(2, l), sz[l])
            };
        }
    }
}

/// Samples `image` at row `(j, k)` displaced by `displacement` (components one after another, in
/// voxels); the sum of squared differences from row `target` and how many were defined.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma"))]
pub(super) fn warp_row<T: Real>(
    image: &[T],
    shape: [usize; 3],
    [j, k]: [usize; 2],
    displacement: &[T],
    target: &[T],
    places: &mut Places<T>,
    out: &mut [T],
) -> (f64, f64) {
    let nx = shape[0];
    let grid = Grid::new(shape, nx, Outside::Undefined);
    let flat = displacement.len() == 2 * nx;
    for (tile, out) in out.chunks_mut(TILE).enumerate() {
        let start = [tile * TILE, j, k];
        grid.places(start, displacement, nx, out.len(), places);
        grid.values(image, places, flat, out);
    }
    squares_row(target, out)
}

/// Composes row `(j, k)` of an update with a field over the same grid, into the update:
/// `u(x) <- u(x) + field(x + u(x))`; where that is not defined, 0.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma"))]
pub(super) fn compose_row<T: Real>(
    field: &[T],
    shape: [usize; 3],
    j: usize,
    k: usize,
    outside: Outside,
    update: &mut [T],
) {
    let nx = shape[0];
    let row = update.len();
    let grid = Grid::new(shape, row, outside);
    let flat = row == 2 * nx;
    let mut places = Places::new();
    let mut sampled = [T::ZERO; TILE];
    for start in (0..nx).step_by(TILE) {
        let count = TILE.min(nx - start);
        grid.places([start, j, k], update, nx, count, &mut places);
        for (c, update) in update.chunks_exact_mut(nx).enumerate() {
            let sampled = &mut sampled[..count];
            grid.values(&field[c * nx..], &mut places, flat, sampled);
            for (update, &sampled) in update[start..start + count].iter_mut().zip(&*sampled) {
                let sum = *update + sampled;
                *update = if sum.is_number() { sum } else { T::ZERO };
            }
        }
    }
}

/// Sum of squared differences over a row and how many were defined.
#[inline(always)]
fn squares_row<T: Real>(target: &[T], warped: &[T]) -> (f64, f64) {
    const LANES: usize = 8;
    let mut sums = [0.0; LANES];
    let mut counts = [0.0; LANES];
    let mut add = |lane: usize, target: T, warped: T| {
        let square = (target - warped) * (target - warped);
        let defined = square.is_number();
        sums[lane] += if defined { square.to_f64() } else { 0.0 };
        counts[lane] += if defined { 1.0 } else { 0.0 };
    };
    let whole = target.len() - target.len() % LANES;
    for (targets, warpeds) in target.chunks_exact(LANES).zip(warped.chunks_exact(LANES)) {
        for lane in 0..LANES {
            add(lane, targets[lane], warpeds[lane]);
        }
    }
    for (lane, at) in (whole..target.len()).enumerate() {
        add(lane, target[at], warped[at]);
    }
    (sums.iter().sum(), counts.iter().sum())
}
