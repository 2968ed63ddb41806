//! The picture of one view on the graphics card, made anew only when what it shows changes.

use crate::document::{Display, Document, LayerId, PictureLayer, Viewport, compose};
use egui::{ColorImage, TextureHandle, TextureOptions};

/// All that a picture depends on.
#[derive(Clone, Debug, PartialEq)]
struct SliceKey {
    viewport: Viewport,
    layers: Vec<(LayerId, Display)>,
}

/// One view's picture.
#[derive(Default)]
pub struct SliceTexture {
    key: Option<SliceKey>,
    texture: Option<TextureHandle>,
    pixels: Vec<u8>,
}

impl SliceTexture {
    /// The texture of `viewport` with `ground` at the bottom, sized to the viewport's pixels.
    pub fn update(
        &mut self,
        ctx: &egui::Context,
        document: &Document,
        ground: LayerId,
        viewport: &Viewport,
    ) -> Option<egui::TextureId> {
        let main = document.grid()?;
        let stack = document.stack(ground);
        let key = SliceKey {
            viewport: *viewport,
            layers: stack.iter().map(|l| (l.id, l.display.clone())).collect(),
        };
        if self.key.as_ref() != Some(&key) {
            let layers: Vec<PictureLayer> = stack
                .iter()
                .map(|layer| PictureLayer {
                    volume: &layer.volume,
                    display: &layer.display,
                    request: viewport.request(main, layer),
                })
                .collect();
            let size = [viewport.size[0] as usize, viewport.size[1] as usize];
            compose(&layers, size, &mut self.pixels);
            self.upload(ctx, size);
            self.key = Some(key);
        }
        self.texture.as_ref().map(TextureHandle::id)
    }

    fn upload(&mut self, ctx: &egui::Context, size: [usize; 2]) {
        let image = ColorImage::from_rgba_premultiplied(size, &self.pixels);
        match &mut self.texture {
            Some(texture) => texture.set(image, TextureOptions::NEAREST),
            None => self.texture = Some(ctx.load_texture("slice", image, TextureOptions::NEAREST)),
        }
    }
}
