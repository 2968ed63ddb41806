//! Edges of one image on another: where brightness changes most across a line, at screen resolution.
//!
//! Gradient of the smoothed picture, then only what is largest across its own direction. Source: J.
//! Canny, "A computational approach to edge detection", IEEE PAMI 8, 1986.

use super::{BLACK, Pixel, brightness};
use crate::document::picture::{Brush, PictureLayer};
use crate::document::{ColorMap, Display};
use rayon::prelude::*;
use std::ops::Range;

pub(super) const COLOR: [u8; 3] = [0, 229, 255];

/// Of voxels shown large, the smoothing in voxels; of small ones, in pixels.
const SMOOTH: [f64; 2] = [0.6, 1.0];
const SMOOTH_MOST: f64 = 5.0;

/// Rows that are worked on together: few enough to stay in the cache, many enough that the rows around
/// them, which are smoothed twice, count little.
const BAND: usize = 64;

pub fn compose_edges(
    below: &PictureLayer,
    outlined: &PictureLayer,
    threshold: f32,
    size: [usize; 2],
    out: &mut Vec<u8>,
) {
    let [width, height] = size;
    out.clear();
    out.resize(width * height * 4, 0);
    if width == 0 {
        return;
    }
    let gray = Display {
        map: ColorMap::Grayscale,
        ..outlined.display.clone()
    };
    let outlined = PictureLayer {
        display: &gray,
        ..outlined.clone()
    };
    let voxel = 1.0 / outlined.request.right.norm().max(f64::MIN_POSITIVE);
    let outline = Outline {
        brush: Brush::new(&outlined, size),
        weights: weights((SMOOTH[0] * voxel).clamp(SMOOTH[1], SMOOTH_MOST)),
        scale: voxel.max(1.0) as f32,
        threshold: threshold.max(f32::MIN_POSITIVE),
        size,
    };
    let brush = Brush::new(below, size);
    out.par_chunks_mut(BAND * width * 4)
        .enumerate()
        .for_each_init(
            || (vec![[0.0; 4]; width], Band::default()),
            |(scratch, band), (n, pixels)| {
                let rows = pixels.chunks_exact_mut(width * 4);
                let ys = n * BAND..n * BAND + rows.len();
                outline.fill(band, ys.clone(), scratch);
                for (row, y) in rows.zip(ys) {
                    let (pixels, _) = row.as_chunks_mut::<4>();
                    pixels.fill(BLACK);
                    brush.paint(y, scratch.as_flattened_mut(), pixels);
                    outline.paint(band, y, pixels);
                }
            },
        );
}

/// Some rows of a picture of numbers.
#[derive(Default)]
struct Rows {
    first: usize,
    width: usize,
    values: Vec<f32>,
}

impl Rows {
    /// Becomes rows `ys` of zeros.
    fn clear(&mut self, ys: Range<usize>, width: usize) {
        self.first = ys.start;
        self.width = width;
        self.values.clear();
        self.values.resize(ys.len() * width, 0.0);
    }

    fn row(&self, y: usize) -> &[f32] {
        &self.values[(y - self.first) * self.width..][..self.width]
    }

    fn rows_mut(&mut self) -> impl Iterator<Item = (usize, &mut [f32])> {
        let first = self.first;
        let rows = self.values.chunks_exact_mut(self.width);
        rows.enumerate().map(move |(n, row)| (first + n, row))
    }
}

/// What is known of the rows of a band, and of those around them.
#[derive(Default)]
struct Band {
    /// Brightness smoothed along the rows, from 0 to 1; NaN near to where there is no image.
    across: Rows,
    /// Smoothed along the columns too.
    smooth: Rows,
    /// How much brightness changes.
    change: Rows,
    pixels: Vec<Pixel>,
    padded: Vec<f32>,
}

/// An image whose edges are wanted.
struct Outline<'a> {
    brush: Brush<'a>,
    /// Half of the smoothing curve, the middle first.
    weights: Vec<f32>,
    /// The length in pixels over which changes count.
    scale: f32,
    threshold: f32,
    size: [usize; 2],
}

impl Outline<'_> {
    fn fill(&self, band: &mut Band, ys: Range<usize>, scratch: &mut [[f32; 4]]) {
        let [width, height] = self.size;
        let reach = self.weights.len() - 1;
        let around = |more: usize| ys.start.saturating_sub(more)..(ys.end + more).min(height);
        band.across.clear(around(2 + reach), width);
        band.smooth.clear(around(2), width);
        band.change.clear(around(1), width);
        band.pixels.resize(width, [0; 4]);
        band.padded.resize(width + 2 * reach, 0.0);
        let Band {
            across,
            smooth,
            change,
            pixels,
            padded,
        } = band;
        for (y, row) in across.rows_mut() {
            pixels.fill([0; 4]);
            self.brush.paint(y, scratch.as_flattened_mut(), pixels);
            for (value, pixel) in padded[reach..].iter_mut().zip(&*pixels) {
                *value = level(*pixel);
            }
            let [first, last] = [padded[reach], padded[reach + width - 1]];
            padded[..reach].fill(first);
            padded[reach + width..].fill(last);
            let shifted = |by: usize| &padded[by..by + width];
            self.smoothen(row, |away| [shifted(reach - away), shifted(reach + away)]);
        }
        for (y, row) in smooth.rows_mut() {
            self.smoothen(row, |away| {
                let below = (y + away).min(height - 1);
                [across.row(y.saturating_sub(away)), across.row(below)]
            });
        }
        for (y, row) in change.rows_mut() {
            if y > 0 && y + 1 < height {
                self.measure(row, [y - 1, y, y + 1].map(|y| smooth.row(y)));
            }
        }
    }

    /// Fills a row with the weighted mean of those as far away on both sides.
    fn smoothen<'r>(&self, row: &mut [f32], beside: impl Fn(usize) -> [&'r [f32]; 2]) {
        for (away, weight) in self.weights.iter().enumerate() {
            // The middle is on both sides.
            let weight = if away == 0 { weight / 2.0 } else { *weight };
            let [a, b] = beside(away);
            for ((sum, a), b) in row.iter_mut().zip(a).zip(b) {
                *sum += (a + b) * weight;
            }
        }
    }

    /// The size of the gradient in a row, between those above and below.
    fn measure(&self, change: &mut [f32], [above, row, below]: [&[f32]; 3]) {
        let half = 0.5 * self.scale;
        for x in 1..row.len().saturating_sub(1) {
            let right = (row[x + 1] - row[x - 1]) * half;
            let down = (below[x] - above[x]) * half;
            change[x] = (right * right + down * down).sqrt();
        }
    }

    /// Draws the edges of row `y`; those just above the threshold are faint.
    fn paint(&self, band: &Band, y: usize, pixels: &mut [Pixel]) {
        let [width, height] = self.size;
        if y == 0 || y + 1 >= height || width < 3 {
            return;
        }
        let change = [y - 1, y, y + 1].map(|y| band.change.row(y));
        let smooth = [y - 1, y, y + 1].map(|y| band.smooth.row(y));
        for (x, pixel) in pixels.iter_mut().enumerate().take(width - 1).skip(1) {
            let size = change[1][x];
            // NaN is no edge.
            if size >= self.threshold && is_crest(change, smooth, x) {
                let strength = (0.45 + 0.55 * (size / self.threshold - 1.0)).min(1.0);
                for (channel, color) in pixel.iter_mut().zip(COLOR) {
                    let below = f32::from(*channel);
                    *channel = (below + (f32::from(color) - below) * strength) as u8;
                }
            }
        }
    }
}

/// Whether the change at `x` of the middle row is larger than before and behind it, along its own
/// direction; of equal ones in a row the first.
fn is_crest(change: [&[f32]; 3], smooth: [&[f32]; 3], x: usize) -> bool {
    let right = smooth[1][x + 1] - smooth[1][x - 1];
    let down = smooth[2][x] - smooth[0][x];
    let [ax, ay] = [right.abs(), down.abs()];
    // One step along the larger part, and one along both.
    let (straight, share) = match ax >= ay {
        true => ([1, 0], ay / ax),
        false => ([0, 1], ax / ay),
    };
    let diagonal: [isize; 2] = match ((right > 0.0) == (down > 0.0), ax >= ay) {
        (true, _) => [1, 1],
        (false, true) => [1, -1],
        (false, false) => [-1, 1],
    };
    let at = |[dx, dy]: [isize; 2]| change[dy.wrapping_add(1) as usize][x.wrapping_add_signed(dx)];
    let beside = |sign: isize| {
        let [straight, diagonal] = [straight, diagonal].map(|step| at(step.map(|n| n * sign)));
        straight + (diagonal - straight) * share
    };
    let size = change[1][x];
    size > beside(-1) && size >= beside(1)
}

fn level(pixel: Pixel) -> f32 {
    match pixel[3] {
        0 => f32::NAN,
        _ => f32::from(brightness(pixel)) / 255.0,
    }
}

/// Half of a Gauss curve, the middle first; the whole sums up to 1.
fn weights(sigma: f64) -> Vec<f32> {
    let reach = (2.5 * sigma).ceil() as usize;
    let half: Vec<f64> = (0..=reach)
        .map(|n| (-0.5 * (n as f64 / sigma).powi(2)).exp())
        .collect();
    let sum = 2.0 * half.iter().sum::<f64>() - half[0];
    half.iter().map(|weight| (weight / sum) as f32).collect()
}
