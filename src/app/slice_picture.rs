//! The picture of one view, made anew only when what it shows changes.

use super::slice_painter::Picture;
use crate::document::{Display, Document, LayerId, Viewport, paint};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// No two pictures have the same number, whichever view they are of.
static GENERATION: AtomicU64 = AtomicU64::new(1);

/// All that a picture depends on.
#[derive(Clone, Debug, PartialEq)]
struct SliceKey {
    viewport: Viewport,
    layers: Vec<(LayerId, u64, Display)>,
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
        let main = document.grid()?;
        let stack = document.stack(ground);
        let key = SliceKey {
            viewport: *viewport,
            layers: stack
                .iter()
                .map(|layer| (layer.id, layer.revision, layer.display.clone()))
                .collect(),
        };
        if self.key.as_ref() != Some(&key) {
            // Shared with the renderer only until the frame before is on the screen.
            let pixels = Arc::make_mut(&mut self.picture.pixels);
            paint(viewport, main, &stack, pixels);
            self.picture.size = viewport.size.map(|n| n as u32);
            self.picture.generation = GENERATION.fetch_add(1, Ordering::Relaxed);
            self.key = Some(key);
        }
        Some(self.picture.clone())
    }
}
