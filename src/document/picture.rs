//! Layers in, one opaque picture out: every layer is sampled at the pixels of the picture on its own
//! grid, coloured through its table and laid over those below.

use super::{Display, Lut};
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
        Self::Values {
            sampler: sampler(request.component),
            lut: Lut::new(display),
        }
    }

    /// `scratch` holds four numbers a pixel.
    fn paint(&self, y: usize, scratch: &mut [f32], pixels: &mut [[u8; 4]]) {
        match self {
            Self::Values { sampler, lut } => {
                let values = &mut scratch[..pixels.len()];
                let inside = sampler.row(y, values);
                for (pixel, value) in pixels[inside.clone()].iter_mut().zip(&values[inside]) {
                    lay_over(pixel, lut.color(*value));
                }
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
                let byte = |value: f32| (value * scale).round() as u8;
                for x in inside {
                    let channel = |c: usize| scratch[c * pixels.len() + x];
                    let alpha = if channels.len() == 4 {
                        channel(3) * scale
                    } else {
                        255.0
                    };
                    let [r, g, b] = [channel(0), channel(1), channel(2)].map(byte);
                    lay_over(&mut pixels[x], [r, g, b, (alpha * opacity).round() as u8]);
                }
            }
        }
    }
}

/// Lays a colour over an opaque pixel.
#[inline(always)]
fn lay_over(pixel: &mut [u8; 4], [r, g, b, alpha]: [u8; 4]) {
    let (alpha, rest) = (u32::from(alpha), 255 - u32::from(alpha));
    let mix = |below: u8, above: u8| {
        ((u32::from(below) * rest + u32::from(above) * alpha + 127) / 255) as u8
    };
    *pixel = [mix(pixel[0], r), mix(pixel[1], g), mix(pixel[2], b), 255];
}
