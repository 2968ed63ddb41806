//! Two images in one picture, to judge how well they lie on each other.
//!
//! Each is sampled at the pixels of the picture as on its own. Modes that choose or mix colours show
//! both in their own windows and maps; modes that compare brightness take both through their windows
//! to gray first. The overlays' own opacity plays no part.

mod edges;
mod title;

pub use title::TitlePart;

use super::picture::{Brush, PictureLayer, compose};
use super::{ColorMap, Display, Layer, LayerId, Viewport};
use crate::geometry::Grid;
use rayon::prelude::*;

/// Which layers are compared, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    pub mode: ComparisonMode,
    /// The one that stays, usually the fixed image.
    pub first: LayerId,
    /// The one that is laid on it, usually the moving image.
    pub second: LayerId,
}

/// How two images share a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ComparisonMode {
    /// Squares of both in turn, so many across the longer side of the picture; the first image has the
    /// top left one.
    Checkerboard { squares: usize },
    /// The first image on one side of a line, the second on the other.
    Swipe {
        /// Where the line lies, from 0 (left or top) to 1.
        at: f64,
        /// The line stands upright, the first image left of it; else it lies, the first image above.
        upright: bool,
    },
    /// One alone; whoever shows pictures changes it in time.
    Flicker { second: bool },
    /// Brightness of the second image less that of the first: orange where it is more, blue where it is
    /// less, or in gray without its sign. Dark gray where one of them is missing, black where both are.
    Difference { absolute: bool },
    /// The brightness of both in colours of their own, which make gray or yellow where they agree.
    Composite(Tint),
    /// The first image, and edges of the second on it.
    Edges {
        /// Change of brightness, of 1 from black to white, across a voxel or a pixel, whichever is
        /// larger, from which on there is an edge.
        threshold: f32,
    },
    /// Both mixed: 0 is the first image, 1 the second.
    Blend { amount: f64 },
}

/// The colours of a composite, of the first and the second image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tint {
    /// Told apart by colour-blind eyes too.
    CyanMagenta,
    RedGreen,
}

impl ComparisonMode {
    /// Edges as they are usually wanted.
    pub const EDGES: Self = Self::Edges { threshold: 0.08 };

    pub fn name(&self) -> &'static str {
        match self {
            Self::Checkerboard { .. } => "Checkerboard",
            Self::Swipe { .. } => "Swipe",
            Self::Flicker { .. } => "Flicker",
            Self::Difference { .. } => "Difference",
            Self::Composite(Tint::CyanMagenta) => "Cyan and magenta",
            Self::Composite(Tint::RedGreen) => "Red and green",
            Self::Edges { .. } => "Edges",
            Self::Blend { .. } => "Blend",
        }
    }

    /// Whether the colours of the picture are those of the layers' own maps.
    pub fn keeps_colors(&self) -> bool {
        !matches!(self, Self::Difference { .. } | Self::Composite(_))
    }

    /// Both through their windows to gray, or in their own colours, with nothing see-through.
    fn display(&self, own: &Display) -> Display {
        Display {
            visible: true,
            opacity: 1.0,
            below_transparent: false,
            map: match self.keeps_colors() {
                true => own.map.clone(),
                false => ColorMap::Grayscale,
            },
            ..own.clone()
        }
    }
}

/// Red, green, blue and alpha; an alpha of 0 where there is no image.
type Pixel = [u8; 4];

const BLACK: Pixel = [0, 0, 0, 255];
/// Where one image has nothing to be compared with.
const MISSING: Pixel = [38, 38, 38, 255];

/// Rows that one task composes at least.
const ROWS: usize = 8;

/// Paints what `viewport` shows of two layers into `out`: RGBA8, opaque. `main` is the grid the views
/// follow.
pub fn paint_comparison(
    viewport: &Viewport,
    main: &Grid,
    [first, second]: [&Layer; 2],
    mode: ComparisonMode,
    out: &mut Vec<u8>,
) {
    let [first, second] = [first, second].map(|layer| PictureLayer {
        volume: &layer.volume,
        display: &layer.display,
        is_overlay: false,
        request: viewport.request(main, layer),
    });
    compose_comparison(
        &first,
        &second,
        mode,
        viewport.size.map(|n| n as usize),
        out,
    );
}

/// Composes two layers into `out`: RGBA of 8 bits, `size` (width, height), rows from the top, opaque.
pub fn compose_comparison(
    first: &PictureLayer,
    second: &PictureLayer,
    mode: ComparisonMode,
    size: [usize; 2],
    out: &mut Vec<u8>,
) {
    let displays = [first, second].map(|layer| mode.display(layer.display));
    let [first, second] =
        [(first, &displays[0]), (second, &displays[1])].map(|(layer, display)| PictureLayer {
            display,
            is_overlay: false,
            ..layer.clone()
        });
    match mode {
        ComparisonMode::Flicker { second: false } => compose(&[first], size, out),
        ComparisonMode::Flicker { second: true } => compose(&[second], size, out),
        ComparisonMode::Edges { threshold } => {
            edges::compose_edges(&first, &second, threshold, size, out);
        }
        mode => {
            if let Some(mix) = Mix::new(mode, size) {
                let brushes = [&first, &second].map(|layer| Brush::new(layer, size));
                join_rows(&brushes, &mix, size, out);
            }
        }
    }
}

/// Paints both row by row and puts their pixels together.
fn join_rows(brushes: &[Brush; 2], mix: &Mix, [width, height]: [usize; 2], out: &mut Vec<u8>) {
    out.clear();
    out.resize(width * height * 4, 0);
    if width == 0 {
        return;
    }
    out.par_chunks_mut(width * 4)
        .with_min_len(ROWS)
        .enumerate()
        .for_each_init(
            || (vec![[0.0; 4]; width], vec![[0; 4]; width]),
            |(scratch, other), (y, row)| {
                let (pixels, _) = row.as_chunks_mut::<4>();
                other.fill([0; 4]);
                brushes[0].paint(y, scratch.as_flattened_mut(), pixels);
                brushes[1].paint(y, scratch.as_flattened_mut(), other);
                mix.row(y, pixels, other);
                // Over black.
                for pixel in pixels {
                    pixel[3] = 255;
                }
            },
        );
}

/// How the pixels of two pictures become one.
enum Mix {
    /// Squares with this side.
    Checkerboard(usize),
    /// The first image has the pixels before this one: of each row, or all rows before this.
    Swipe {
        end: usize,
        upright: bool,
    },
    /// The second image's share of 256.
    Blend(u32),
    /// The colour of every difference from -255 to 255.
    Difference(Box<[Pixel; 511]>),
    Composite(Tint),
}

impl Mix {
    /// `None` of modes that do not put pixels together one by one.
    fn new(mode: ComparisonMode, [width, height]: [usize; 2]) -> Option<Self> {
        let share = |part: f64, of: f64| (part.clamp(0.0, 1.0) * of).round() as usize;
        Some(match mode {
            ComparisonMode::Checkerboard { squares } => {
                Self::Checkerboard(width.max(height).div_ceil(squares.max(1)).max(1))
            }
            ComparisonMode::Swipe { at, upright } => Self::Swipe {
                end: share(at, if upright { width } else { height } as f64),
                upright,
            },
            ComparisonMode::Blend { amount } => Self::Blend(share(amount, 256.0) as u32),
            ComparisonMode::Difference { absolute } => {
                let color = |n: usize| difference_color(n as i32 - 255, absolute);
                Self::Difference(Box::new(std::array::from_fn(color)))
            }
            ComparisonMode::Composite(tint) => Self::Composite(tint),
            ComparisonMode::Flicker { .. } | ComparisonMode::Edges { .. } => return None,
        })
    }

    /// Changes row `y` of the first picture into the row of both.
    fn row(&self, y: usize, first: &mut [Pixel], second: &[Pixel]) {
        let width = first.len();
        match self {
            Self::Checkerboard(side) => {
                let start = match (y / side).is_multiple_of(2) {
                    true => *side,
                    false => 0,
                };
                for x in (start..width).step_by(2 * side) {
                    let square = x..(x + side).min(width);
                    first[square.clone()].copy_from_slice(&second[square]);
                }
            }
            Self::Swipe { end, upright } => {
                let start = match upright {
                    true => *end,
                    false if y < *end => width,
                    false => 0,
                };
                first[start..].copy_from_slice(&second[start..]);
            }
            Self::Blend(share) => each(first, second, |a, b| {
                let mixed = |n: usize| {
                    let sum = u32::from(a[n]) * (256 - share) + u32::from(b[n]) * share;
                    ((sum + 128) >> 8) as u8
                };
                [mixed(0), mixed(1), mixed(2), 255]
            }),
            Self::Difference(colors) => each(first, second, |a, b| match (a[3], b[3]) {
                (0, 0) => BLACK,
                (0, _) | (_, 0) => MISSING,
                _ => {
                    let difference = i32::from(brightness(b)) - i32::from(brightness(a));
                    colors[(difference + 255) as usize]
                }
            }),
            Self::Composite(Tint::CyanMagenta) => each(first, second, |a, b| {
                let [a, b] = [a, b].map(brightness);
                [b, a, a.max(b), 255]
            }),
            Self::Composite(Tint::RedGreen) => each(first, second, |a, b| {
                let [a, b] = [a, b].map(brightness);
                [a, b, 0, 255]
            }),
        }
    }
}

#[inline(always)]
fn each(first: &mut [Pixel], second: &[Pixel], join: impl Fn(Pixel, Pixel) -> Pixel) {
    for (a, b) in first.iter_mut().zip(second) {
        *a = join(*a, *b);
    }
}

/// How bright a colour looks (the weights of Rec. 601); of gray, its level.
#[inline(always)]
fn brightness([r, g, b, _]: Pixel) -> u8 {
    let sum = 77 * u32::from(r) + 150 * u32::from(g) + 29 * u32::from(b);
    (sum >> 8) as u8
}

/// Black at 0, then blue below and orange above that turn white, or gray on both sides.
fn difference_color(difference: i32, absolute: bool) -> Pixel {
    let size = f64::from(difference.unsigned_abs()) / 255.0;
    let (half, full) = match difference {
        _ if absolute => ([127.5; 3], [255.0; 3]),
        0.. => ([255.0, 140.0, 0.0], [255.0, 240.0, 220.0]),
        _ => ([40.0, 130.0, 255.0], [225.0, 240.0, 255.0]),
    };
    let color = |n: usize| match size <= 0.5 {
        true => 2.0 * size * half[n],
        false => half[n] + (2.0 * size - 1.0) * (full[n] - half[n]),
    };
    let [r, g, b] = [0, 1, 2].map(|n| color(n).round() as u8);
    [r, g, b, 255]
}
