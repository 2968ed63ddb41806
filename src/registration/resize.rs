//! Resolution levels: images made smaller and fields made larger, as `skimage.transform.rescale` and
//! `resize` with cubic splines, `mode="edge"`.
//!
//! Along one axis all of it (blur against aliasing, spline prefilter, spline) is linear, so each axis
//! is one banded matrix, made from unit impulses and applied to whole lines.

use super::aligned::Aligned;
use super::gauss;
use super::real::Real;
use rayon::prelude::*;
use std::sync::Arc;

/// Edge voxels repeated before the spline is fitted, as scipy does.
const PADDING: usize = 12;

/// Arrays smaller than this are not worth a second thread.
const SHARED_FROM: usize = 1 << 15;

/// Lines that are summed along side by side.
const LANES: usize = 32;

/// Numbers of a line that are summed at once, and stay in the first cache.
const TILE: usize = 512;

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
    outputs: Vec<(usize, Vec<T>)>,
}

impl<T: Real> AxisMap<T> {
    fn new(inputs: usize, outputs: usize) -> Self {
        // Of each input what the outputs get of a unit impulse there; many inputs side by side.
        let blur = gauss::weights(((inputs as f64 / outputs as f64 - 1.0) / 2.0).max(0.0));
        let mut line = vec![NOTHING; inputs];
        let responses: Vec<Vec<Lanes>> = (0..inputs)
            .step_by(LANES)
            .map(|first| {
                line.fill(NOTHING);
                for (lane, values) in line[first..].iter_mut().take(LANES).enumerate() {
                    values[lane] = 1.0;
                }
                spline(&blurred(&line, &blur), outputs)
            })
            .collect();
        let band = |output: usize| {
            let response = |input: usize| responses[input / LANES][output][input % LANES];
            let counts = |input: &usize| response(*input).abs() > T::NEGLIGIBLE;
            let first = (0..inputs).find(counts).unwrap_or(0);
            let last = (0..inputs).rfind(counts).unwrap_or(0);
            (first, (first..=last).map(|n| T::of(response(n))).collect())
        };
        Self {
            outputs: (0..outputs).map(band).collect(),
        }
    }
}

/// From one shape to another, axis by axis; `None` along an axis that stays.
pub(super) struct Maps<T> {
    from: [usize; 3],
    to: [usize; 3],
    maps: [Option<Arc<AxisMap<T>>>; 3],
}

impl<T: Real> Maps<T> {
    pub fn new(from: [usize; 3], to: [usize; 3]) -> Self {
        let mut maps: [Option<Arc<AxisMap<T>>>; 3] = Default::default();
        for axis in 0..3 {
            let size = (from[axis], to[axis]);
            let alike = (0..axis).find(|&before| (from[before], to[before]) == size);
            maps[axis] = match alike {
                Some(before) => maps[before].clone(),
                None => (size.0 != size.1).then(|| Arc::new(AxisMap::new(size.0, size.1))),
            };
        }
        Self { from, to, maps }
    }
}

/// Weighted sums along at most [`LANES`] lines of `inputs` numbers, side by side.
#[multiversion::multiversion(targets(
    "x86_64+avx512f+avx512vl+avx512bw+avx512dq",
    "x86_64+avx2+fma"
))]
fn sum_along<T: Real>(lines: &[T], inputs: usize, outputs: &[(usize, Vec<T>)], out: &mut [T]) {
    let mut side_by_side = vec![[T::ZERO; LANES]; inputs];
    for (lane, line) in lines.chunks_exact(inputs).enumerate() {
        for (values, &value) in side_by_side.iter_mut().zip(line) {
            values[lane] = value;
        }
    }
    for (n, (first, weights)) in outputs.iter().enumerate() {
        let sums = sums(&side_by_side[*first..], weights);
        for (line, sum) in out.chunks_exact_mut(outputs.len()).zip(sums) {
            line[n] = sum;
        }
    }
}

/// Weighted sums across the rows of a slice, of `row` numbers each.
#[multiversion::multiversion(targets(
    "x86_64+avx512f+avx512vl+avx512bw+avx512dq",
    "x86_64+avx2+fma"
))]
fn sum_across<T: Real>(slice: &[T], row: usize, outputs: &[(usize, Vec<T>)], out: &mut [T]) {
    let mut side_by_side = vec![[T::ZERO; LANES]; slice.len() / row];
    for from in (0..row).step_by(LANES) {
        let to = row.min(from + LANES);
        for (values, line) in side_by_side.iter_mut().zip(slice.chunks_exact(row)) {
            values[..to - from].copy_from_slice(&line[from..to]);
        }
        for (line, (first, weights)) in out.chunks_exact_mut(row).zip(outputs) {
            let sums = sums(&side_by_side[*first..], weights);
            line[from..to].copy_from_slice(&sums[..to - from]);
        }
    }
}

#[inline(always)]
fn sums<T: Real>(side_by_side: &[[T; LANES]], weights: &[T]) -> [T; LANES] {
    let mut sums = [T::ZERO; LANES];
    for (values, &weight) in side_by_side.iter().zip(weights) {
        for (sum, &value) in sums.iter_mut().zip(values) {
            *sum += weight * value;
        }
    }
    sums
}

/// The weighted sum of lines of as many numbers as `out`, the first of them first.
#[multiversion::multiversion(targets(
    "x86_64+avx512f+avx512vl+avx512bw+avx512dq",
    "x86_64+avx2+fma"
))]
fn sum_lines<T: Real>(lines: &[T], weights: &[T], out: &mut [T]) {
    let length = out.len();
    for (n, out) in out.chunks_mut(TILE).enumerate() {
        out.fill(T::ZERO);
        for (line, &weight) in lines.chunks_exact(length).zip(weights) {
            for (out, &value) in out.iter_mut().zip(&line[n * TILE..]) {
                *out += weight * value;
            }
        }
    }
}

/// Numbers of as many lines at one place.
type Lanes = [f64; LANES];

const NOTHING: Lanes = [0.0; LANES];

/// `sum += weight * values`, lane by lane.
#[inline(always)]
fn add(sum: &mut Lanes, weight: f64, values: &Lanes) {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += weight * value;
    }
}

/// Lines smoothed with their ends repeated.
#[multiversion::multiversion(targets(
    "x86_64+avx512f+avx512vl+avx512bw+avx512dq",
    "x86_64+avx2+fma"
))]
fn blurred(lines: &[Lanes], weights: &[f64]) -> Vec<Lanes> {
    let radius = (weights.len() / 2) as isize;
    let last = lines.len() as isize - 1;
    let mut out = vec![NOTHING; lines.len()];
    for (at, sum) in out.iter_mut().enumerate() {
        for (tap, &weight) in (at as isize - radius..).zip(weights) {
            add(sum, weight, &lines[tap.clamp(0, last) as usize]);
        }
    }
    out
}

/// Lines on another number of voxels over the same extent, by cubic B-spline interpolation
/// (`scipy.ndimage.zoom`, `grid_mode=True`; Unser, IEEE Signal Processing Magazine 16, 1999).
#[multiversion::multiversion(targets(
    "x86_64+avx512f+avx512vl+avx512bw+avx512dq",
    "x86_64+avx2+fma"
))]
fn spline(lines: &[Lanes], outputs: usize) -> Vec<Lanes> {
    let coefficients = spline_coefficients(lines);
    let ratio = lines.len() as f64 / outputs as f64;
    let last = coefficients.len() as isize - 1;
    let mut out = vec![NOTHING; outputs];
    for (output, sum) in out.iter_mut().enumerate() {
        let at = (output as f64 + 0.5) * ratio - 0.5 + PADDING as f64;
        let (low, f) = (at.floor() as isize, at - at.floor());
        let g = 1.0 - f;
        let weights = [
            g * g * g / 6.0,
            (4.0 - 3.0 * f * f * (2.0 - f)) / 6.0,
            (4.0 - 3.0 * g * g * (2.0 - g)) / 6.0,
            f * f * f / 6.0,
        ];
        for (weight, tap) in weights.into_iter().zip(low - 1..) {
            add(sum, weight, &coefficients[tap.clamp(0, last) as usize]);
        }
    }
    out
}

/// B-spline coefficients of lines whose ends are repeated [`PADDING`] times, mirrored beyond.
#[inline(always)]
fn spline_coefficients(lines: &[Lanes]) -> Vec<Lanes> {
    let pole = 3f64.sqrt() - 2.0;
    let gain = (1.0 - pole) * (1.0 - 1.0 / pole);
    let last = lines.len() - 1;
    let mut c: Vec<Lanes> = (0..lines.len() + 2 * PADDING)
        .map(|at| lines[at.saturating_sub(PADDING).min(last)].map(|value| gain * value))
        .collect();
    let end = c.len() - 1;
    // The series ends where the pole's power no longer counts.
    let mut power = 1.0;
    let mut sum = NOTHING;
    for values in c.iter().take(60) {
        add(&mut sum, power, values);
        power *= pole;
    }
    c[0] = sum;
    for at in 1..=end {
        let before = c[at - 1];
        add(&mut c[at], pole, &before);
    }
    let before = c[end - 1];
    add(&mut c[end], pole, &before);
    c[end] = c[end].map(|value| pole / (pole * pole - 1.0) * value);
    for at in (0..end).rev() {
        let after = c[at + 1];
        for (value, after) in c[at].iter_mut().zip(after) {
            *value = pole * (after - *value);
        }
    }
    c
}

/// Resizes an array `[k, j, c, i]`, slice by slice so that what lies between two axes stays in cache.
/// Each component is confined to its range before it is multiplied.
fn resize<T: Real>(data: &[T], maps: &Maps<T>, components: usize, factor: T, out: &mut [T]) {
    let Maps { from, to, maps } = maps;
    let ranges = ranges(data, from[0], components);
    let size = from[0] * from[1] * components;
    let slice = |room: &mut [Vec<T>; 2], (k, out): (usize, &mut [T])| {
        let [across, along] = room;
        let mut slice = &data[k.min(from[2] - 1) * size..][..size];
        if let Some(map) = &maps[2] {
            let (first, weights) = &map.outputs[k];
            across.resize(size, T::ZERO);
            sum_lines(&data[first * size..], weights, across);
            slice = across;
        }
        if let Some(map) = &maps[0] {
            along.resize(size / from[0] * to[0], T::ZERO);
            let lines = slice.chunks(LANES * from[0]);
            for (lines, out) in lines.zip(along.chunks_mut(LANES * to[0])) {
                sum_along(lines, from[0], &map.outputs, out);
            }
            slice = along;
        }
        let row = to[0] * components;
        match &maps[1] {
            Some(map) => sum_across(slice, row, &map.outputs, out),
            None => out.copy_from_slice(slice),
        }
        confine(out, to[0], &ranges, factor);
    };
    let size_out = to[0] * to[1] * components;
    if to[2] == 1 || data.len() + out.len() < SHARED_FROM {
        let mut room = Default::default();
        let slices = out.chunks_exact_mut(size_out).enumerate();
        slices.for_each(|part| slice(&mut room, part));
    } else {
        let slices = out.par_chunks_exact_mut(size_out).enumerate();
        slices.for_each_init(Default::default, slice);
    }
}

/// An image at a coarser level; values stay within the range of the whole image.
pub(super) fn shrink<T: Real>(image: &[T], maps: &Maps<T>) -> Vec<T> {
    let mut out = vec![T::ZERO; maps.to.iter().product()];
    resize(image, maps, 1, T::of(1.0), &mut out);
    out
}

/// A field (`[k, j, c, i]`) at the next level: resized and doubled, whatever the ratio of the sizes,
/// as the course does. Each component stays within its range.
pub(super) fn double_field<T: Real>(
    field: &[T],
    from: [usize; 3],
    to: [usize; 3],
    components: usize,
) -> Aligned<T> {
    let mut out = Aligned::zeros(to.iter().product::<usize>() * components);
    let maps = Maps::new(from, to);
    resize(field, &maps, components, T::of(2.0), &mut out);
    out
}

/// Brings the numbers of each component into its range and multiplies them.
fn confine<T: Real>(field: &mut [T], nx: usize, ranges: &[(T, T)], factor: T) {
    for (row, &(low, high)) in field.chunks_exact_mut(nx).zip(ranges.iter().cycle()) {
        for value in row {
            *value = factor * clamp(*value, low, high);
        }
    }
}

/// The least and the largest number of each component.
fn ranges<T: Real>(field: &[T], nx: usize, components: usize) -> Vec<(T, T)> {
    let of_rows = |rows: &[T]| -> Vec<(T, T)> { rows.chunks_exact(nx).map(range).collect() };
    let wider = |one: Vec<(T, T)>, other: Vec<(T, T)>| {
        let pairs = one.into_iter().zip(other);
        pairs
            .map(|(a, b)| (least(a.0, b.0), largest(a.1, b.1)))
            .collect()
    };
    let rows = nx * components;
    let all = if field.len() < SHARED_FROM {
        field.chunks_exact(rows).map(of_rows).reduce(wider)
    } else {
        field.par_chunks_exact(rows).map(of_rows).reduce_with(wider)
    };
    all.unwrap_or_else(|| vec![(T::ZERO, T::ZERO); components])
}

fn range<T: Real>(row: &[T]) -> (T, T) {
    let (mut low, mut high) = ([row[0]; LANES], [row[0]; LANES]);
    for values in row.chunks(LANES) {
        for ((low, high), &value) in low.iter_mut().zip(&mut high).zip(values) {
            (*low, *high) = (least(*low, value), largest(*high, value));
        }
    }
    (
        low.into_iter().fold(row[0], least),
        high.into_iter().fold(row[0], largest),
    )
}

fn least<T: Real>(a: T, b: T) -> T {
    if b < a { b } else { a }
}

fn largest<T: Real>(a: T, b: T) -> T {
    if b > a { b } else { a }
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
