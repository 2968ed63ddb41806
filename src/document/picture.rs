//! Layers in, one opaque picture out: every layer is sampled at the pixels of the picture on its own
//! grid, coloured through its table and laid over those below.

use super::display::{CELLS, Display, Lut};
use super::{Layer, Viewport};
use crate::geometry::Grid;
use crate::volume::{Content, Sampler, SliceRequest, Volume, VoxelType};
use rayon::prelude::*;

/// One layer of a picture, cut by its own plane.
#[derive(Clone, Debug)]
pub struct PictureLayer<'a> {
    pub volume: &'a Volume,
    pub display: &'a Display,
    /// The plane in this volume's index space. Its size is taken from the picture; a colour image
    /// gives all its components.
    pub request: SliceRequest,
}

/// Rows that one task composes at least.
const ROWS: usize = 8;

/// Pixels coloured at a time.
const CHUNK: usize = 16;

/// A colour multiplied by its alpha: red in the lowest byte, alpha in the highest.
type Packed = u32;

/// Paints what `viewport` shows of the layers in `stack` (bottom to top) into `out`: RGBA8, opaque,
/// black behind everything. `main` is the grid the views follow.
pub fn paint(viewport: &Viewport, main: &Grid, stack: &[&Layer], out: &mut Vec<u8>) {
    let layers: Vec<PictureLayer> = stack
        .iter()
        .map(|layer| PictureLayer {
            volume: &layer.volume,
            display: &layer.display,
            request: viewport.request(main, layer),
        })
        .collect();
    compose(&layers, viewport.size.map(|n| n as usize), out);
}

/// Composes layers from the bottom to the top into `out`: RGBA of 8 bits, `size` (width, height), rows
/// from the top, opaque, black where no layer is.
pub fn compose(layers: &[PictureLayer], size: [usize; 2], out: &mut Vec<u8>) {
    let [width, height] = size;
    out.clear();
    out.resize(width * height * 4, 0);
    if width == 0 {
        return;
    }
    let brushes: Vec<Brush> = layers
        .iter()
        .filter(|layer| layer.display.visible && layer.display.opacity > 0.0)
        .map(|layer| Brush::new(layer, size))
        .collect();
    out.par_chunks_mut(width * 4)
        .with_min_len(ROWS)
        .enumerate()
        .for_each_init(
            || vec![[0.0; 4]; width],
            |scratch, (y, row)| {
                let (pixels, _) = row.as_chunks_mut::<4>();
                pixels.fill([0, 0, 0, 255]);
                for brush in &brushes {
                    brush.paint(y, scratch.as_flattened_mut(), pixels);
                }
            },
        );
}

/// One layer made ready to be painted row by row.
enum Brush<'a> {
    Values {
        sampler: Sampler<'a>,
        lut: Lut,
        colors: Box<[Packed; CELLS]>,
    },
    Color {
        /// Red, green, blue and perhaps alpha.
        channels: Vec<Sampler<'a>>,
        /// From stored numbers to 0..255.
        scale: f32,
        opacity: f32,
    },
}

impl<'a> Brush<'a> {
    fn new(layer: &PictureLayer<'a>, size: [usize; 2]) -> Self {
        let PictureLayer {
            volume,
            display,
            request,
        } = layer;
        let sampler = |component: usize| {
            let request = SliceRequest {
                component,
                size,
                ..request.clone()
            };
            Sampler::new(volume, &request)
        };
        let components = volume.components();
        if volume.meta().content == Content::Color && components >= 3 {
            return Self::Color {
                channels: (0..components.min(4)).map(sampler).collect(),
                scale: match volume.data().voxel_type() {
                    VoxelType::U16 => 255.0 / 65535.0,
                    _ => 1.0,
                },
                opacity: display.opacity.clamp(0.0, 1.0),
            };
        }
        let lut = Lut::new(display);
        Self::Values {
            sampler: sampler(request.component),
            colors: lut.premultiplied(),
            lut,
        }
    }

    /// `scratch` holds four numbers a pixel.
    fn paint(&self, y: usize, scratch: &mut [f32], pixels: &mut [[u8; 4]]) {
        match self {
            Self::Values {
                sampler,
                lut,
                colors,
            } => {
                let values = &mut scratch[..pixels.len()];
                let inside = sampler.row(y, values);
                paint_values(lut, colors, &values[inside.clone()], &mut pixels[inside]);
            }
            Self::Color {
                channels,
                scale,
                opacity,
            } => {
                let mut inside = 0..0;
                for (channel, values) in channels.iter().zip(scratch.chunks_mut(pixels.len())) {
                    inside = channel.row(y, values);
                }
                for x in inside {
                    let channel = |c: usize| scratch[c * pixels.len() + x] * scale;
                    let alpha = if channels.len() == 4 {
                        channel(3) / 255.0
                    } else {
                        1.0
                    };
                    let alpha = alpha * opacity;
                    let bytes = [channel(0), channel(1), channel(2), 255.0];
                    let color = bytes.map(|value| (value * alpha).round() as u8);
                    lay_over(&mut pixels[x], Packed::from_le_bytes(color));
                }
            }
        }
    }
}

fn paint_values(lut: &Lut, colors: &[Packed; CELLS], values: &[f32], pixels: &mut [[u8; 4]]) {
    let color = |cell: u32| colors[cell as usize & (CELLS - 1)];
    let (chunks, rest) = pixels.as_chunks_mut::<CHUNK>();
    let (value_chunks, value_rest) = values.as_chunks::<CHUNK>();
    for (pixels, values) in chunks.iter_mut().zip(value_chunks) {
        let above = values.map(|value| lut.cell(value)).map(color);
        for (pixel, above) in pixels.iter_mut().zip(above) {
            lay_over(pixel, above);
        }
    }
    for (pixel, value) in rest.iter_mut().zip(value_rest) {
        lay_over(pixel, color(lut.cell(*value)));
    }
}

/// Lays a colour over an opaque pixel: two channels at a time, each rounded.
#[inline(always)]
fn lay_over(pixel: &mut [u8; 4], above: Packed) {
    const EVEN: u32 = 0x00ff_00ff;
    let below = Packed::from_le_bytes(*pixel);
    let rest = 255 - (above >> 24);
    let faded = |channels: u32| {
        let product = channels * rest + 0x0080_0080;
        (product + (product >> 8 & EVEN)) >> 8 & EVEN
    };
    let below = faded(below & EVEN) | faded(below >> 8 & EVEN) << 8;
    *pixel = (above + below).to_le_bytes();
}
