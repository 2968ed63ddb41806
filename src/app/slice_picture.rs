//! The picture of one view, made anew only when what it shows changes.

use super::registration::{Drawing, draw_field, field_layer};
use super::slice_painter::Picture;
use crate::document::{Display, Document, LayerId, Viewport, paint};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// No two pictures have the same number, whichever view they are of.
static GENERATION: AtomicU64 = AtomicU64::new(1);

/// The number of a new picture.
pub fn next_generation() -> u64 {
    GENERATION.fetch_add(1, Ordering::Relaxed)
}

/// All that a picture depends on.
#[derive(Clone, Debug, PartialEq)]
struct SliceKey {
    viewport: Viewport,
    layers: Vec<(LayerId, u64, Display)>,
    /// The field drawn on top and how, and pixels a point.
    field: Option<(LayerId, u64, Drawing, f32)>,
}

/// One view's picture and what it was made of.
#[derive(Default)]
pub struct SlicePicture {
    key: Option<SliceKey>,
    picture: Picture,
}

impl SlicePicture {
    /// The picture of `viewport` with `ground` at the bottom, as many pixels as the viewport.
    pub fn update(
        &mut self,
        document: &Document,
        ground: LayerId,
        viewport: &Viewport,
    ) -> Option<Picture> {
        self.update_with_field(document, ground, viewport, None)
    }

    /// The same with displacements on top: how they are drawn, and how many pixels are a screen point.
    pub fn update_with_field(
        &mut self,
        document: &Document,
        ground: LayerId,
        viewport: &Viewport,
        field: Option<(Drawing, f32)>,
    ) -> Option<Picture> {
        let main = document.grid()?;
        let field = field.and_then(|drawn| Some((field_layer(document)?, drawn)));
        let stack = document.stack(ground);
        let key = SliceKey {
            viewport: *viewport,
            layers: stack
                .iter()
                .map(|layer| (layer.id, layer.revision, layer.display.clone()))
                .collect(),
            field: field.map(|(layer, (how, scale))| (layer.id, layer.revision, how, scale)),
        };
        if self.key.as_ref() != Some(&key) {
            // Shared with the renderer only until the frame before is on the screen.
            let pixels = Arc::make_mut(&mut self.picture.pixels);
            paint(viewport, main, &stack, pixels);
            if let Some((layer, (how, scale))) = field {
                draw_field(layer, main, viewport, f64::from(scale), how, pixels);
            }
            self.picture.size = viewport.size.map(|n| n as u32);
            self.picture.generation = next_generation();
            self.key = Some(key);
        }
        Some(self.picture.clone())
    }
}
