//! How a hand holds the image in a view, and what it makes of its place.

use super::ring;
use crate::document::{Document, Plane, PlaneAxes, Viewport};
use crate::geometry::{Placement, WorldPoint};
use nalgebra::Vector3;

/// What a hand does in a view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Gesture {
    Press {
        plane: Plane,
        at: WorldPoint,
    },
    /// `fine`: a tenth of the way.
    Drag {
        at: WorldPoint,
        fine: bool,
    },
    Release,
}

/// The image in the hand.
#[derive(Clone, Copy, Debug)]
pub struct Grip {
    start: Placement,
    before: WorldPoint,
    held: Held,
}

#[derive(Clone, Copy, Debug)]
enum Held {
    /// By the ring: about the view's normal, so far by `angle` (radians).
    Ring { normal: Vector3<f64>, angle: f64 },
    /// Beside it: so far by `shift` mm.
    Body { shift: Vector3<f64> },
}

/// How much smaller fine steps are.
const FINE: f64 = 0.1;

impl Grip {
    /// `viewport`: the view in which the image is held.
    pub fn new(
        document: &Document,
        placement: Placement,
        viewport: &Viewport,
        at: WorldPoint,
    ) -> Option<Self> {
        let main = document.grid()?;
        let on_ring = ring::Ring::of(main, viewport, placement.hub()).holds(main, viewport, at);
        let axes = PlaneAxes::of(viewport.plane, main);
        let held = match on_ring {
            true => Held::Ring {
                normal: main.step(axes.normal).normalize(),
                angle: 0.0,
            },
            false => Held::Body {
                shift: Vector3::zeros(),
            },
        };
        Some(Self {
            start: placement,
            before: at,
            held,
        })
    }

    /// Where the image lies after the hand went on to `at`.
    pub fn drag(&mut self, at: WorldPoint, fine: bool) -> Placement {
        let way = if fine { FINE } else { 1.0 };
        let before = std::mem::replace(&mut self.before, at);
        match &mut self.held {
            Held::Ring { normal, angle } => {
                let flat = |point: WorldPoint| {
                    let arm = point.0 - self.start.hub().0;
                    arm - *normal * arm.dot(normal)
                };
                let (from, to) = (flat(before), flat(at));
                *angle += way * normal.dot(&from.cross(&to)).atan2(from.dot(&to));
                self.start.turned(*normal, *angle)
            }
            Held::Body { shift } => {
                *shift += way * (at.0 - before.0);
                self.start.shifted(*shift)
            }
        }
    }
}
