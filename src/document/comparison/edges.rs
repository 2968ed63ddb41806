//! Edges of one image on another: where brightness changes most across a line, at screen resolution.
//!
//! Gradient of the smoothed picture, then only what is largest across its own direction. Source: J.
//! Canny, "A computational approach to edge detection", IEEE PAMI 8, 1986.

use super::{BLACK, Pixel, ROWS, brightness};
use crate::document::ColorMap;
use crate::document::Display;
use crate::document::picture::{Brush, PictureLayer};
use rayon::prelude::*;

const COLOR: [u8; 3] = [0, 229, 255];

/// Of voxels shown large, the smoothing in voxels; of small ones, in pixels.
const SMOOTH: [f64; 2] = [0.6, 1.0];
const SMOOTH_MOST: f64 = 5.0;

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
    let voxel = 1.0 / outlined.request.right.norm().max(f64::MIN_POSITIVE);
    let edges = Edges::of(
        &smoothed(outlined, voxel, size),
        size,
        voxel.max(1.0) as f32,
    );
    let brush = Brush::new(below, size);
    out.par_chunks_mut(width * 4)
        .with_min_len(ROWS)
        .enumerate()
        .for_each_init(
            || vec![[0.0; 4]; width],
            |scratch, (y, row)| {
                let (pixels, _) = row.as_chunks_mut::<4>();
                pixels.fill(BLACK);
                brush.paint(y, scratch.as_flattened_mut(), pixels);
                edges.paint(y, threshold.max(f32::MIN_POSITIVE), pixels);
            },
        );
}

/// Brightness from 0 to 1, smoothed; NaN near to where there is no image. `voxel` is the size of one in
/// pixels.
fn smoothed(layer: &PictureLayer, voxel: f64, [width, height]: [usize; 2]) -> Vec<f32> {
    let gray = Display {
        map: ColorMap::Grayscale,
        ..layer.display.clone()
    };
    let layer = PictureLayer {
        display: &gray,
        ..layer.clone()
    };
    let brush = Brush::new(&layer, [width, height]);
    let weights = weights((SMOOTH[0] * voxel).clamp(SMOOTH[1], SMOOTH_MOST));
    let reach = weights.len() - 1;
    let mut across = vec![0.0f32; width * height];
    across
        .par_chunks_mut(width)
        .with_min_len(ROWS)
        .enumerate()
        .for_each_init(
            || {
                let padded = vec![0.0f32; width + 2 * reach];
                (vec![[0.0; 4]; width], vec![[0; 4]; width], padded)
            },
            |(scratch, pixels, padded), (y, row)| {
                pixels.fill([0; 4]);
                brush.paint(y, scratch.as_flattened_mut(), pixels);
                for (value, pixel) in padded[reach..].iter_mut().zip(&*pixels) {
                    *value = level(*pixel);
                }
                let [first, last] = [padded[reach], padded[reach + width - 1]];
                padded[..reach].fill(first);
                padded[reach + width..].fill(last);
                let shifted = |shift: usize| &padded[shift..shift + width];
                add(row, shifted(reach), shifted(reach), weights[0] / 2.0);
                for (away, weight) in weights.iter().enumerate().skip(1) {
                    add(row, shifted(reach - away), shifted(reach + away), *weight);
                }
            },
        );
    let line = |y: usize| &across[y * width..(y + 1) * width];
    let mut smooth = vec![0.0f32; width * height];
    smooth
        .par_chunks_mut(width)
        .with_min_len(ROWS)
        .enumerate()
        .for_each(|(y, row)| {
            add(row, line(y), line(y), weights[0] / 2.0);
            for (away, weight) in weights.iter().enumerate().skip(1) {
                let below = (y + away).min(height - 1);
                add(row, line(y.saturating_sub(away)), line(below), *weight);
            }
        });
    smooth
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

#[inline(always)]
fn add(row: &mut [f32], a: &[f32], b: &[f32], weight: f32) {
    for ((sum, a), b) in row.iter_mut().zip(a).zip(b) {
        *sum += (a + b) * weight;
    }
}

/// The gradient of a picture.
struct Edges {
    width: usize,
    height: usize,
    /// To the right and down.
    gradient: Vec<[f32; 2]>,
    size: Vec<f32>,
}

impl Edges {
    /// `scale` pixels are the length over which changes count.
    fn of(picture: &[f32], [width, height]: [usize; 2], scale: f32) -> Self {
        let line = |y: usize| &picture[y * width..(y + 1) * width];
        let mut gradient = vec![[0.0f32; 2]; width * height];
        let mut size = vec![0.0f32; width * height];
        gradient
            .par_chunks_mut(width)
            .zip(size.par_chunks_mut(width))
            .with_min_len(ROWS)
            .enumerate()
            .filter(|(y, _)| (1..height.saturating_sub(1)).contains(y))
            .for_each(|(y, (gradient, size))| {
                let [above, row, below] = [line(y - 1), line(y), line(y + 1)];
                for x in 1..width.saturating_sub(1) {
                    let right = (row[x + 1] - row[x - 1]) * 0.5 * scale;
                    let down = (below[x] - above[x]) * 0.5 * scale;
                    gradient[x] = [right, down];
                    size[x] = (right * right + down * down).sqrt();
                }
            });
        Self {
            width,
            height,
            gradient,
            size,
        }
    }

    /// Draws the edges of row `y`; those just above the threshold are faint.
    fn paint(&self, y: usize, threshold: f32, pixels: &mut [Pixel]) {
        if y == 0 || y + 1 >= self.height {
            return;
        }
        let inner = 1..self.width.saturating_sub(1).max(1);
        for (pixel, x) in pixels[inner.clone()].iter_mut().zip(inner) {
            let at = y * self.width + x;
            let size = self.size[at];
            // NaN is no edge.
            if size >= threshold && self.is_crest(at) {
                let strength = (0.45 + 0.55 * (size / threshold - 1.0)).min(1.0);
                for (channel, color) in pixel.iter_mut().zip(COLOR) {
                    let below = f32::from(*channel);
                    *channel = (below + (f32::from(color) - below) * strength) as u8;
                }
            }
        }
    }

    /// Whether the change is larger than before and behind it, along its own direction; of two equal
    /// ones the first.
    fn is_crest(&self, at: usize) -> bool {
        let [right, down] = self.gradient[at];
        let [ax, ay] = [right.abs(), down.abs()];
        let same_sign = (right > 0.0) == (down > 0.0);
        // To the side and diagonally, or up and diagonally.
        let (straight, share) = match ax >= ay {
            true => (1, ay / ax),
            false => (self.width, ax / ay),
        };
        let diagonal = match same_sign {
            true => self.width + 1,
            false => self.width - 1,
        };
        let (forward, back) = match ax >= ay && !same_sign {
            // Forward is to the right, so the diagonal goes up.
            true => (self.size[at - diagonal], self.size[at + diagonal]),
            false => (self.size[at + diagonal], self.size[at - diagonal]),
        };
        let between = |straight: f32, diagonal: f32| straight + (diagonal - straight) * share;
        let size = self.size[at];
        size > between(self.size[at - straight], back)
            && size >= between(self.size[at + straight], forward)
    }
}
