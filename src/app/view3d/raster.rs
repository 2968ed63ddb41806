//! Pictures on planes in space, pixel by pixel on the processor: a software renderer is slower, and a
//! card has nothing to do for one small view.

use crate::app::slice_painter::Picture;
use rayon::prelude::*;

/// A corner of a part of a plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Corner {
    /// Pixels to the right and down.
    pub at: [f64; 2],
    /// By how much it is further away than other points.
    pub depth: f64,
    /// Where in the picture it is, in pixels of that.
    pub texel: [f64; 2],
}

/// A part of a plane, convex, with one of the pictures on it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patch {
    pub picture: usize,
    pub corners: [Corner; 4],
}

/// Rows that one task paints at least.
const ROWS: usize = 16;

/// Paints `patches`, the first first, over `pixels`: opaque RGBA, rows of `width` from the top.
pub fn paint(patches: &[Patch], pictures: &[Picture; 3], width: usize, pixels: &mut [u8]) {
    let shades: Vec<Shade> = patches
        .iter()
        .filter_map(|patch| Shade::new(patch, pictures.get(patch.picture)?))
        .collect();
    pixels
        .par_chunks_exact_mut(4 * width.max(1))
        .with_min_len(ROWS)
        .enumerate()
        .for_each(|(y, row)| {
            let (row, _) = row.as_chunks_mut::<4>();
            for shade in &shades {
                shade.row(y as f64 + 0.5, row);
            }
        });
}

/// A patch made ready. Across the screen 1 / depth and texel / depth change evenly.
struct Shade<'a> {
    picture: &'a Picture,
    corners: [[f64; 2]; 4],
    /// 1, and the texel's two coordinates, each over the depth.
    over_depth: [Even; 3],
}

/// A number that changes evenly over the screen.
#[derive(Clone, Copy)]
struct Even {
    a_pixel: [f64; 2],
    at_origin: f64,
}

impl Even {
    fn at(self, x: f64, y: f64) -> f64 {
        self.a_pixel[0] * x + self.a_pixel[1] * y + self.at_origin
    }
}

impl<'a> Shade<'a> {
    /// `None` for a patch seen from its edge or that reaches behind the eye.
    fn new(patch: &Patch, picture: &'a Picture) -> Option<Self> {
        let corners = patch.corners;
        if picture.size.contains(&0) || corners.iter().any(|corner| corner.depth <= 1e-6) {
            return None;
        }
        let [a, b, c, _] = corners;
        let [to_b, to_c] = [b, c].map(|d| [d.at[0] - a.at[0], d.at[1] - a.at[1]]);
        let area = to_b[0] * to_c[1] - to_b[1] * to_c[0];
        if area.abs() < 1e-3 {
            return None;
        }
        let even = |of: &dyn Fn(&Corner) -> f64| {
            let (at_a, up_b, up_c) = (of(&a), of(&b) - of(&a), of(&c) - of(&a));
            let a_pixel = [
                (up_b * to_c[1] - up_c * to_b[1]) / area,
                (up_c * to_b[0] - up_b * to_c[0]) / area,
            ];
            Even {
                a_pixel,
                at_origin: at_a - a_pixel[0] * a.at[0] - a_pixel[1] * a.at[1],
            }
        };
        Some(Self {
            picture,
            corners: corners.map(|corner| corner.at),
            over_depth: [
                even(&|corner| 1.0 / corner.depth),
                even(&|corner| corner.texel[0] / corner.depth),
                even(&|corner| corner.texel[1] / corner.depth),
            ],
        })
    }

    /// Paints what lies in the row whose middle is at `y`.
    fn row(&self, y: f64, row: &mut [[u8; 4]]) {
        let (mut left, mut right) = (f64::INFINITY, f64::NEG_INFINITY);
        for n in 0..4 {
            let ([x0, y0], [x1, y1]) = (self.corners[n], self.corners[(n + 1) % 4]);
            if (y0 <= y) != (y1 <= y) {
                let x = x0 + (x1 - x0) * (y - y0) / (y1 - y0);
                (left, right) = (left.min(x), right.max(x));
            }
        }
        let count = row.len() as f64;
        let first = (left - 0.5).ceil().clamp(0.0, count) as usize;
        let end = (right - 0.5).ceil().clamp(0.0, count) as usize;
        for (x, pixel) in row.iter_mut().enumerate().take(end).skip(first) {
            let [inverse, u, v] = self.over_depth.map(|even| even.at(x as f64 + 0.5, y));
            *pixel = texel(self.picture, (u / inverse) as f32, (v / inverse) as f32);
        }
    }
}

/// The picture between its pixels, whose middles are at a half.
fn texel(picture: &Picture, u: f32, v: f32) -> [u8; 4] {
    let [width, height] = picture.size;
    let place = |at: f32, count: u32| {
        let last = count - 1;
        let at = (at - 0.5).clamp(0.0, last as f32);
        let low = at as u32;
        let share = ((at - low as f32) * 256.0) as u32;
        (low as usize, (low + 1).min(last) as usize, share)
    };
    let ((left, right, to_right), (top, bottom, to_bottom)) = (place(u, width), place(v, height));
    let (texels, _) = picture.pixels.as_chunks::<4>();
    let (top, bottom) = (top * width as usize, bottom * width as usize);
    let corners = [top + left, top + right, bottom + left, bottom + right];
    let [a, b, c, d] = corners.map(|at| texels.get(at).copied().unwrap_or_default());
    std::array::from_fn(|n| {
        let mix =
            |low: u8, high: u8| u32::from(low) * (256 - to_right) + u32::from(high) * to_right;
        let mixed = mix(a[n], b[n]) * (256 - to_bottom) + mix(c[n], d[n]) * to_bottom;
        (mixed >> 16) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    /// Red grows to the right, green downwards.
    fn ramp(width: u32, height: u32) -> Picture {
        let pixels =
            (0..height).flat_map(|y| (0..width).flat_map(move |x| [x as u8, y as u8, 7, 255]));
        Picture {
            pixels: Arc::new(pixels.collect()),
            size: [width, height],
            generation: 1,
        }
    }

    fn corner(at: [f64; 2], depth: f64, texel: [f64; 2]) -> Corner {
        Corner { at, depth, texel }
    }

    fn painted(patch: Patch, picture: Picture, size: [usize; 2]) -> Vec<[u8; 4]> {
        let mut pixels = [9, 9, 9, 255].repeat(size[0] * size[1]);
        let pictures = [picture.clone(), picture.clone(), picture];
        paint(&[patch], &pictures, size[0], &mut pixels);
        pixels.as_chunks().0.to_vec()
    }

    #[test]
    fn a_plane_that_faces_the_eye_shows_its_picture_pixel_by_pixel() {
        let corners = [[2.0, 1.0], [10.0, 1.0], [10.0, 5.0], [2.0, 5.0]];
        let corners = corners.map(|at| corner(at, 1.0, [at[0] - 2.0, at[1] - 1.0]));
        let pixels = painted(
            Patch {
                picture: 1,
                corners,
            },
            ramp(8, 4),
            [12, 8],
        );
        for y in 0..8usize {
            for x in 0..12usize {
                let inside = (2..10).contains(&x) && (1..5).contains(&y);
                let expected = if inside {
                    [x as u8 - 2, y as u8 - 1, 7, 255]
                } else {
                    [9, 9, 9, 255]
                };
                assert_eq!(pixels[y * 12 + x], expected, "{x}, {y}");
            }
        }
    }

    #[test]
    fn the_middle_of_a_slanting_plane_lies_nearer_to_its_far_end() {
        // The right end is three times as far away: half way across the screen lies a quarter of the
        // picture, as 1 / depth is even: 1/3 + (1 - 1/3) / 2 = 2/3, and u / depth = (100 / 3) / 2.
        let corners = [
            corner([0.0, 0.0], 1.0, [0.0, 0.0]),
            corner([100.0, 4.0], 3.0, [100.0, 0.0]),
            corner([100.0, 8.0], 3.0, [100.0, 12.0]),
            corner([0.0, 12.0], 1.0, [0.0, 12.0]),
        ];
        let pixels = painted(
            Patch {
                picture: 0,
                corners,
            },
            ramp(100, 12),
            [100, 12],
        );
        let middle = f64::from(pixels[6 * 100 + 50][0]);
        assert!((middle - 25.0).abs() <= 1.0, "{middle}");
        assert_eq!(pixels[99][0], 9, "beside the plane");
    }

    #[test]
    fn a_plane_seen_from_its_edge_or_from_behind_is_not_painted() {
        let flat = [[0.0, 5.0], [10.0, 5.0], [10.0, 5.0], [0.0, 5.0]];
        let flat = flat.map(|at| corner(at, 1.0, at));
        let behind = [[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 9.0]];
        let behind = behind.map(|at| corner(at, -1.0, at));
        for corners in [flat, behind] {
            let pixels = painted(
                Patch {
                    picture: 0,
                    corners,
                },
                ramp(8, 8),
                [10, 10],
            );
            assert!(pixels.iter().all(|pixel| *pixel == [9, 9, 9, 255]));
        }
    }
}
