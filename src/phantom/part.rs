//! A part of the body: solids of one tissue, and how they are laid over what was there before.

use super::shape::{Bounds, Shape, Vec3};
use super::tissue::Tissue;

/// Solids taken as one, with their rind, core and limits.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub tissue: &'static Tissue,
    /// Another tissue from this depth (mm) on.
    pub core: Option<(f32, &'static Tissue)>,
    pub within: Within,
    /// Lung keeps this many mm away; mediastinal fat fills the gap.
    pub clears_lung: Option<f32>,
}

/// Where a part may be seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Within {
    Body,
    /// In the chest wall: skin, fat, the cavity and all later parts cover it.
    Wall,
    Lung,
    Abdomen,
    /// Nowhere: it only keeps the lung away from the fat that is there.
    Unseen,
    /// In the abdomen in front of this y, as gas rises in one who lies on the back.
    AbdomenInFrontOf(f32),
}

impl Part {
    pub fn of(tissue: &'static Tissue) -> Self {
        Self {
            tissue,
            core: None,
            within: Within::Body,
            clears_lung: None,
        }
    }

    pub fn core(self, depth: f32, tissue: &'static Tissue) -> Self {
        Self {
            core: Some((depth, tissue)),
            ..self
        }
    }

    pub fn within(self, within: Within) -> Self {
        Self { within, ..self }
    }

    pub fn clears_lung(self, by: f32) -> Self {
        Self {
            clears_lung: Some(by),
            ..self
        }
    }
}

/// Parts in the order they are laid, and their solids in the same order.
#[derive(Default)]
pub(super) struct Parts {
    pub parts: Vec<Part>,
    pub solids: Vec<Solid>,
}

/// One solid of a part.
#[derive(Clone, Debug)]
pub(super) struct Solid {
    pub part: usize,
    pub shape: Shape,
    /// Everything the solid can change lies within.
    pub bounds: Bounds,
}

impl Parts {
    pub fn add(&mut self, part: Part, shapes: impl IntoIterator<Item = Shape>) {
        let reach = part.clears_lung.map_or(0.0, |by| by + ROUNDING);
        let number = self.parts.len();
        self.parts.push(part);
        self.solids.extend(shapes.into_iter().map(|shape| Solid {
            part: number,
            bounds: shape.bounds().grown(Vec3::repeat(reach)),
            shape,
        }));
    }

    /// The part and its mirror image.
    pub fn add_both(&mut self, part: &Part, shapes: &[Shape]) {
        self.add(part.clone(), shapes.iter().cloned());
        self.add(part.clone(), shapes.iter().map(Shape::mirrored));
    }
}

/// Over how many mm the lung's mediastinal face is rounded where two organs meet.
pub(super) const ROUNDING: f32 = 8.0;
