//! Displacement fields as one mesh each: bent grid lines, or arrows.

use super::frame::Frame;
use egui::{Color32, Mesh, Pos2, Rect, Vec2, vec2};

/// Points of a grid line are not closer on the screen than this.
const STEP: f32 = 4.0;
/// Half the width over which a line fades out, in points: soft edges without multisampling.
const HALF_WIDTH: f32 = 1.0;

/// What of a field is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Drawn<'a> {
    pub frame: &'a Frame,
    /// Voxels of the level by working axis.
    pub field: &'a [Vec<f32>; 3],
    pub scale: f32,
    /// Pixels of the level from line to line or arrow to arrow.
    pub spacing: usize,
    /// What the whole plane fills on the screen.
    pub rect: Rect,
    /// The part of the screen to be drawn on.
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
    pub fn grid(&self, color: Color32) -> Mesh {
        let mut mesh = Mesh::default();
        let [columns, rows] = self.frame.size();
        let stride = ((STEP / self.pixel()).ceil() as usize).max(1);
        // A piece of a line that reaches into what is seen has both its ends near it.
        let near = self.seen.expand(32.0 + 2.0 * stride as f32 * self.pixel());
        let mut line = Vec::new();
        let mut draw = |pixels: &mut dyn Iterator<Item = [usize; 2]>| {
            line.clear();
            for pixel in pixels {
                match self.moved(pixel).filter(|point| near.contains(*point)) {
                    Some(point) => line.push(point),
                    None => {
                        soft_line(&mut mesh, &line, color);
                        line.clear();
                    }
                }
            }
            soft_line(&mut mesh, &line, color);
        };
        for y in centred(rows, self.spacing) {
            draw(&mut with_last(columns, stride).map(|x| [x, y]));
        }
        for x in centred(columns, self.spacing) {
            draw(&mut with_last(rows, stride).map(|y| [x, y]));
        }
        mesh
    }

    /// An arrow from each point of a regular grid along the field.
    pub fn arrows(&self, color: Color32) -> Mesh {
        let mut mesh = Mesh::default();
        let [columns, rows] = self.frame.size();
        for y in centred(rows, self.spacing) {
            for x in centred(columns, self.spacing) {
                let from = self.frame.on_screen(self.rect, [x, y], Vec2::ZERO);
                if let Some(to) = self.moved([x, y])
                    && (self.seen.contains(from) || self.seen.contains(to))
                {
                    arrow(&mut mesh, from, to, color);
                }
            }
        }
        mesh
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

/// A line through `points` that fades to both sides.
pub fn soft_line(mesh: &mut Mesh, points: &[Pos2], color: Color32) {
    if points.len() < 2 {
        return;
    }
    let first = mesh.vertices.len() as u32;
    for (n, &point) in points.iter().enumerate() {
        let before = points[n.saturating_sub(1)];
        let after = points[(n + 1).min(points.len() - 1)];
        let side = (after - before).normalized().rot90() * HALF_WIDTH;
        mesh.colored_vertex(point - side, Color32::TRANSPARENT);
        mesh.colored_vertex(point, color);
        mesh.colored_vertex(point + side, Color32::TRANSPARENT);
    }
    for n in 0..points.len() as u32 - 1 {
        let here = first + 3 * n;
        for edge in [here, here + 1] {
            mesh.add_triangle(edge, edge + 1, edge + 3);
            mesh.add_triangle(edge + 1, edge + 3, edge + 4);
        }
    }
}

/// An arrow, or a dim dot where there is nearly no length.
pub fn arrow(mesh: &mut Mesh, from: Pos2, to: Pos2, color: Color32) {
    let along = to - from;
    let length = along.length();
    if length < 1.0 {
        let dot = Rect::from_center_size(from, vec2(1.0, 1.0));
        mesh.add_colored_rect(dot, color.gamma_multiply(0.45));
        return;
    }
    let direction = along / length;
    let head = (0.45 * length).clamp(2.0, 7.0).min(length);
    let neck = to - direction * head;
    soft_line(mesh, &[from, neck], color);
    let side = direction.rot90() * (0.42 * head).max(1.0);
    let first = mesh.vertices.len() as u32;
    for corner in [to, neck + side, neck - side] {
        mesh.colored_vertex(corner, color);
    }
    mesh.add_triangle(first, first + 1, first + 2);
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
