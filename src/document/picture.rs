//! Layers in, one opaque picture out: every layer is sampled at the pixels of the picture on its own
//! grid, coloured through its table and laid over those below.

use super::labels::LabelBrush;
use super::lut::{CELLS, Lut};
use super::{Display, Layer, Role, Viewport};
use crate::geometry::Grid;
use crate::volume::{Components, Content, Sampler, SliceRequest, Volume, VoxelType};
use rayon::prelude::*;
use std::ops::Range;

/// One layer of a picture, cut by its own plane.
#[derive(Clone, Debug)]
pub struct PictureLayer<'a> {
    pub volume: &'a Volume,
    pub display: &'a Display,
    /// It lies on others: its colour map's own opacity counts.
    pub is_overlay: bool,
    /// The plane in this volume's index space. Its size is taken from the picture; a colour image
    /// gives all its components.
    pub request: SliceRequest,
}

/// Rows that one task composes at least.
const ROWS: usize = 8;

/// Pixels coloured at a time.
const CHUNK: usize = 16;

/// A colour multiplied by its alpha: red in the lowest byte, alpha in the highest.
pub(super) type Packed = u32;

/// Paints what `viewport` shows of the layers in `stack` (bottom to top) into `out`: RGBA8, opaque,
/// black behind everything. `main` is the grid the views follow.
pub fn paint(viewport: &Viewport, main: &Grid, stack: &[&Layer], out: &mut Vec<u8>) {
    let layers: Vec<PictureLayer> = stack
        .iter()
        .map(|layer| PictureLayer {
            volume: &layer.volume,
            display: &layer.display,
            is_overlay: layer.role == Role::Overlay,
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
pub(super) enum Brush<'a> {
    Values {
        /// One, or those whose values are joined.
        samplers: Vec<Sampler<'a>>,
        components: Components,
        lut: Lut,
        colors: Box<[Packed; CELLS]>,
    },
    Color {
        /// Red, green, blue and perhaps alpha.
        channels: Vec<Sampler<'a>>,
        /// From the value of a channel to its brightness.
        gray: Lut,
        /// What makes an alpha channel 1.
        full_alpha: f32,
        opacity: f32,
    },
    Labels(LabelBrush<'a>),
}

impl<'a> Brush<'a> {
    pub fn new(layer: &PictureLayer<'a>, size: [usize; 2]) -> Self {
        let PictureLayer {
            volume,
            display,
            request,
            is_overlay,
        } = layer;
        if let Some(look) = &display.labels {
            return Self::Labels(LabelBrush::new(layer, look, size));
        }
        let sampler = |component: usize| {
            let request = SliceRequest {
                component,
                size,
                ..request.clone()
            };
            Sampler::new(volume, &request)
        };
        let count = volume.components();
        if display.components == Components::Color && count >= 3 {
            // The fourth component of a vector is no opacity.
            let has_alpha = count == 4 && volume.meta().content == Content::Color;
            return Self::Color {
                channels: (0..3 + usize::from(has_alpha)).map(sampler).collect(),
                gray: Lut::gray(display),
                full_alpha: match volume.data().voxel_type() {
                    VoxelType::U16 => 65535.0,
                    _ => 255.0,
                },
                opacity: display.opacity.clamp(0.0, 1.0),
            };
        }
        let shown = match display.components {
            Components::One(component) => component..component + 1,
            components if components.joins() => 0..count,
            _ => 0..1,
        };
        let lut = match is_overlay {
            true => Lut::new(display),
            false => Lut::opaque(display),
        };
        Self::Values {
            samplers: shown.map(sampler).collect(),
            components: display.components,
            colors: lut.premultiplied(),
            lut,
        }
    }

    /// `scratch` holds four numbers a pixel.
    pub fn paint(&self, y: usize, scratch: &mut [f32], pixels: &mut [[u8; 4]]) {
        match self {
            Self::Labels(labels) => labels.paint(y, pixels),
            Self::Values {
                samplers,
                components,
                lut,
                colors,
            } => {
                let (values, other) = scratch.split_at_mut(pixels.len());
                let inside = match &samplers[..] {
                    [one] => one.row(y, values),
                    several => joined_row(several, *components, y, values, other),
                };
                paint_values(lut, colors, &values[inside.clone()], &mut pixels[inside]);
            }
            Self::Color {
                channels,
                gray,
                full_alpha,
                opacity,
            } => {
                let mut inside = 0..0;
                for (channel, values) in channels.iter().zip(scratch.chunks_mut(pixels.len())) {
                    inside = channel.row(y, values);
                }
                for x in inside {
                    let value = |c: usize| scratch[c * pixels.len() + x];
                    let alpha = match channels.len() {
                        4 => value(3) / full_alpha * opacity,
                        _ => *opacity,
                    };
                    let bright = |c: usize| f32::from(gray.color(value(c))[0]);
                    let bytes = [bright(0), bright(1), bright(2), 255.0];
                    let color = bytes.map(|value| (value * alpha).round() as u8);
                    lay_over(&mut pixels[x], Packed::from_le_bytes(color));
                }
            }
        }
    }
}

/// Fills `values` with the number that each pixel's components make; `other` is room for one of them.
fn joined_row(
    samplers: &[Sampler],
    components: Components,
    y: usize,
    values: &mut [f32],
    other: &mut [f32],
) -> Range<usize> {
    values.fill(components.start());
    let mut inside = 0..0;
    for sampler in samplers {
        inside = sampler.row(y, &mut other[..values.len()]);
        for (sum, value) in values[inside.clone()]
            .iter_mut()
            .zip(&other[inside.clone()])
        {
            *sum = components.add(*sum, *value);
        }
    }
    for value in &mut values[inside.clone()] {
        *value = components.finish(*value, samplers.len());
    }
    inside
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
pub(super) fn lay_over(pixel: &mut [u8; 4], above: Packed) {
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
