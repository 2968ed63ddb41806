//! The picture of one view, made anew only when what it shows changes.

use super::registration::{Drawing, draw_field, field_layer};
use super::slice_painter::Picture;
use crate::document::{
    Comparison, ComparisonMode, Display, Document, Layer, LayerId, Viewport, paint,
    paint_comparison,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// No two pictures have the same number, whichever view they are of.
static GENERATION: AtomicU64 = AtomicU64::new(1);

/// The number of a new picture.
pub fn next_generation() -> u64 {
    GENERATION.fetch_add(1, Ordering::Relaxed)
}

/// What a picture is of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Subject {
    /// An image with the overlays on it.
    Layers(LayerId),
    /// Two images in one.
    Comparison(Comparison),
}

impl Subject {
    /// The layers that are seen, bottom to top.
    pub fn layers(self, document: &Document) -> Vec<&Layer> {
        match self {
            Self::Layers(ground) => document.stack(ground),
            Self::Comparison(Comparison { first, second, .. }) => {
                let both = [first, second].into_iter();
                both.filter_map(|id| document.layer(id)).collect()
            }
        }
    }

    pub fn mode(self) -> Option<ComparisonMode> {
        match self {
            Self::Layers(_) => None,
            Self::Comparison(comparison) => Some(comparison.mode),
        }
    }
}

/// All that a picture depends on.
#[derive(Clone, Debug, PartialEq)]
struct SliceKey {
    viewport: Viewport,
    layers: Vec<(LayerId, u64, Display)>,
    comparison: Option<ComparisonMode>,
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
        self.of(document, Subject::Layers(ground), viewport, None)
    }

    /// The picture of `subject`, with displacements on top: how they are drawn, and how many pixels are
    /// a screen point.
    pub fn of(
        &mut self,
        document: &Document,
        subject: Subject,
        viewport: &Viewport,
        field: Option<(Drawing, f32)>,
    ) -> Option<Picture> {
        let main = document.grid()?;
        let field = field.and_then(|drawn| Some((field_layer(document)?, drawn)));
        let stack = subject.layers(document);
        let key = SliceKey {
            viewport: *viewport,
            layers: stack
                .iter()
                .map(|layer| (layer.id, layer.revision, layer.display.clone()))
                .collect(),
            comparison: subject.mode(),
            field: field.map(|(layer, (how, scale))| (layer.id, layer.revision, how, scale)),
        };
        if self.key.as_ref() != Some(&key) {
            // Shared with the renderer only until the frame before is on the screen.
            let pixels = Arc::make_mut(&mut self.picture.pixels);
            match (subject.mode(), &stack[..]) {
                (Some(mode), &[first, second]) => {
                    paint_comparison(viewport, main, [first, second], mode, pixels);
                }
                _ => paint(viewport, main, &stack, pixels),
            }
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
