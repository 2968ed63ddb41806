//! Lines and text on a picture in memory, for pictures made without a window.

use ab_glyph::{Font, FontRef, Glyph, PxScale, ScaleFont as _, point};
use anyhow::Context as _;

/// Red, green and blue.
pub type Rgb = [u8; 3];

/// Around text and lines, so that they can be read on any image.
const OUTLINE: (Rgb, f32) = ([0, 0, 0], 0.8);

/// Where a text's box lies from its anchor: 0 beside it to the right and below, 0.5 centred on it, 1
/// to the left and above.
pub type Align = [f32; 2];

pub struct Fonts {
    regular: FontRef<'static>,
    semibold: FontRef<'static>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TextStyle {
    pub bold: bool,
    /// Height of the em square in pixels.
    pub em: f32,
    pub color: Rgb,
}

/// An opaque RGBA picture that is drawn on.
pub struct Canvas<'a> {
    pixels: &'a mut [[u8; 4]],
    size: [usize; 2],
    fonts: &'a Fonts,
}

impl Fonts {
    pub fn new() -> anyhow::Result<Self> {
        let font = |bytes: &'static [u8]| {
            FontRef::try_from_slice(bytes).context("the built-in font is damaged; install again")
        };
        Ok(Self {
            regular: font(include_bytes!("../../assets/IBMPlexSans-Regular.ttf"))?,
            semibold: font(include_bytes!("../../assets/IBMPlexSans-SemiBold.ttf"))?,
        })
    }
}

impl<'a> Canvas<'a> {
    /// `pixels` holds `size` (width, height) RGBA pixels.
    pub fn new(pixels: &'a mut [u8], size: [usize; 2], fonts: &'a Fonts) -> Self {
        Self {
            pixels: pixels.as_chunks_mut().0,
            size,
            fonts,
        }
    }

    pub fn width(&self) -> f32 {
        self.size[0] as f32
    }

    pub fn height(&self) -> f32 {
        self.size[1] as f32
    }

    /// Fills the pixels from `min` up to `max`, as far as they lie inside.
    pub fn fill(&mut self, min: [f32; 2], max: [f32; 2], color: Rgb, opacity: f32) {
        for y in min[1].round() as i64..max[1].round() as i64 {
            for x in min[0].round() as i64..max[0].round() as i64 {
                self.blend(x, y, color, opacity);
            }
        }
    }

    /// A text in one line; returns its width.
    pub fn text(&mut self, anchor: [f32; 2], align: Align, text: &str, style: TextStyle) -> f32 {
        let (glyphs, width) = self.layout(anchor, align, text, style);
        let font = self.font(style);
        let mut covered = Vec::new();
        for outline in glyphs
            .into_iter()
            .filter_map(|glyph| font.outline_glyph(glyph))
        {
            let corner = outline.px_bounds().min;
            outline.draw(|x, y, cover| {
                covered.push((
                    corner.x as i64 + i64::from(x),
                    corner.y as i64 + i64::from(y),
                    cover.min(1.0),
                ));
            });
        }
        let (dark, opacity) = OUTLINE;
        for (dx, dy) in [(-1, 0), (1, 0), (0, -1), (0, 1)] {
            for (x, y, cover) in &covered {
                self.blend(x + dx, y + dy, dark, cover * opacity);
            }
        }
        for (x, y, cover) in covered {
            self.blend(x, y, style.color, cover);
        }
        width
    }

    pub fn text_width(&self, text: &str, style: TextStyle) -> f32 {
        self.layout([0.0; 2], [0.0; 2], text, style).1
    }

    fn font(&self, style: TextStyle) -> FontRef<'static> {
        if style.bold {
            self.fonts.semibold.clone()
        } else {
            self.fonts.regular.clone()
        }
    }

    /// The glyphs of a text and its width.
    fn layout(
        &self,
        anchor: [f32; 2],
        align: Align,
        text: &str,
        style: TextStyle,
    ) -> (Vec<Glyph>, f32) {
        let font = self.font(style);
        let em = font.units_per_em().unwrap_or(1000.0);
        let scale = PxScale::from(style.em * font.height_unscaled() / em);
        let scaled = font.as_scaled(scale);
        let mut width = 0.0;
        let mut glyphs = Vec::new();
        for letter in text.chars().filter(|letter| !letter.is_control()) {
            let id = scaled.glyph_id(letter);
            if let Some(before) = glyphs.last().map(|glyph: &Glyph| glyph.id) {
                width += scaled.kern(before, id);
            }
            glyphs.push(id.with_scale_and_position(scale, point(width, 0.0)));
            width += scaled.h_advance(id);
        }
        let left = anchor[0] - align[0] * width;
        let base = anchor[1] - align[1] * scaled.height() + scaled.ascent();
        for glyph in &mut glyphs {
            glyph.position.x += left.round();
            glyph.position.y = base.round();
        }
        (glyphs, width)
    }

    fn blend(&mut self, x: i64, y: i64, color: Rgb, opacity: f32) {
        let [width, height] = self.size.map(|n| n as i64);
        if !(0..width).contains(&x) || !(0..height).contains(&y) {
            return;
        }
        if let Some(pixel) = self.pixels.get_mut((y * width + x) as usize) {
            for (channel, above) in pixel.iter_mut().zip(color) {
                let below = f32::from(*channel);
                *channel = (below + (f32::from(above) - below) * opacity).round() as u8;
            }
        }
    }
}
