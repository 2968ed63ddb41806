//! Displacement fields as bent grid lines or arrows.

use super::frame::Frame;
use crate::app::lines::Lines;
use egui::{Pos2, Rect, Vec2};

/// Points of a grid line are not closer on the screen than this.
const STEP: f32 = 4.0;

/// What of a field is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Drawn<'a> {
    pub frame: &'a Frame,
    /// Voxels of the level by working axis.
    pub field: &'a [Vec<f32>; 3],
    pub scale: f32,
    /// Pixels of the level from line to line or arrow to arrow.
    pub spacing: usize,
    /// What the whole plane fills, from the upper left corner of what is drawn on.
    pub rect: Rect,
    /// What is drawn on.
    pub seen: Rect,
}

impl Drawn<'_> {
    fn moved(&self, pixel: [usize; 2]) -> Option<Pos2> {
        let by = self.frame.vector(self.field, pixel)? * self.scale;
        Some(self.frame.on_screen(self.rect, pixel, by))
    }

    /// Screen points a pixel is wide.
    fn pixel(&self) -> f32 {
        let [columns, _] = self.frame.size();
        self.rect.width() / columns.max(1) as f32
    }

    /// Where the tissue of a regular grid has been pulled from: the grid lines bent by the field.
    pub fn grid(&self, lines: &mut Lines) {
        let [columns, rows] = self.frame.size();
        let stride = ((STEP / self.pixel()).ceil() as usize).max(1);
        // A piece of a line that reaches into what is seen has both its ends near it.
        let near = self.seen.expand(32.0 + 2.0 * stride as f32 * self.pixel());
        let mut run = Vec::new();
        let mut draw = |pixels: &mut dyn Iterator<Item = [usize; 2]>| {
            for pixel in pixels {
                match self.moved(pixel).filter(|point| near.contains(*point)) {
                    Some(point) => run.push(point),
                    None => {
                        lines.line(&run);
                        run.clear();
                    }
                }
            }
            lines.line(&run);
            run.clear();
        };
        for y in centred(rows, self.spacing) {
            draw(&mut with_last(columns, stride).map(|x| [x, y]));
        }
        for x in centred(columns, self.spacing) {
            draw(&mut with_last(rows, stride).map(|y| [x, y]));
        }
    }

    /// An arrow from each point of a regular grid along the field.
    pub fn arrows(&self, lines: &mut Lines) {
        let [columns, rows] = self.frame.size();
        for y in centred(rows, self.spacing) {
            for x in centred(columns, self.spacing) {
                let from = self.frame.on_screen(self.rect, [x, y], Vec2::ZERO);
                if let Some(to) = self.moved([x, y])
                    && (self.seen.contains(from) || self.seen.contains(to))
                {
                    lines.arrow(from, to);
                }
            }
        }
    }
}

/// Every `spacing`-th of `count` places, as far from the first as from the last.
fn centred(count: usize, spacing: usize) -> impl Iterator<Item = usize> {
    let spacing = spacing.max(1);
    let first = (count.max(1) - 1) % spacing / 2;
    (first..count).step_by(spacing)
}

/// 0, stride, 2 stride ... and the last one.
fn with_last(count: usize, stride: usize) -> impl Iterator<Item = usize> {
    let last = count.saturating_sub(1);
    (0..last).step_by(stride).chain([last])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_lie_evenly_between_both_edges() {
        let places: Vec<usize> = centred(192, 4).collect();
        assert_eq!((places[0], places[1], places.last()), (1, 5, Some(&189)));
        assert_eq!(centred(3, 10).collect::<Vec<_>>(), [1]);
        assert_eq!(centred(0, 4).count(), 0);
    }

    #[test]
    fn a_stride_never_leaves_out_the_last_point() {
        assert_eq!(with_last(8, 3).collect::<Vec<_>>(), [0, 3, 6, 7]);
        assert_eq!(with_last(1, 3).collect::<Vec<_>>(), [0]);
    }
}
