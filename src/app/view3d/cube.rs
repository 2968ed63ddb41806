//! The orientation cube: turns with the scene, and a click on a side looks from there.

use super::camera::Camera;
use crate::app::{theme, widgets};
use crate::geometry::Anatomy;
use egui::{Color32, FontId, Mesh, Painter, Pos2, Rect, Sense, Shape, Stroke, Ui, Vec2, vec2};
use nalgebra::Vector3;

const SIDES: [Anatomy; 6] = [
    Anatomy::Anterior,
    Anatomy::Posterior,
    Anatomy::Left,
    Anatomy::Right,
    Anatomy::Superior,
    Anatomy::Inferior,
];

/// A side of the cube on the screen.
struct Face {
    side: Anatomy,
    middle: Pos2,
    /// Half an edge to the right and up, as one reads its letter.
    right: Vec2,
    up: Vec2,
    /// 1 when it looks at the eye, 0 when seen from the side.
    facing: f32,
}

impl Face {
    fn corners(&self) -> [Pos2; 4] {
        [
            self.middle - self.right + self.up,
            self.middle + self.right + self.up,
            self.middle + self.right - self.up,
            self.middle - self.right - self.up,
        ]
    }

    /// Faces are parallelograms.
    fn contains(&self, at: Pos2) -> bool {
        let to = at - self.middle;
        let area = self.right.x * self.up.y - self.right.y * self.up.x;
        let across = (to.x * self.up.y - to.y * self.up.x) / area;
        let upwards = (self.right.x * to.y - self.right.y * to.x) / area;
        across.abs() <= 1.0 && upwards.abs() <= 1.0
    }
}

/// Paints the cube into `rect`; returns the side that was clicked.
pub fn show(ui: &mut Ui, rect: Rect, camera: &Camera) -> Option<Anatomy> {
    let response = ui.interact(rect, ui.scope_id().with("cube"), Sense::click());
    widgets::label_for_access(&response, egui::Role::Button, "orientation cube");
    let faces = visible(rect, camera);
    let side_at = |at: Pos2| faces.iter().find(|face| face.contains(at)).map(|f| f.side);
    let under = response.hover_pos().and_then(side_at);
    for face in &faces {
        let lit = under == Some(face.side);
        paint(ui.painter(), face, lit);
    }
    let clicked = response.clicked().then(|| response.interact_pointer_pos());
    if let Some(side) = under {
        response.on_hover_text(super::Action::look_from(side).spec().tooltip);
    }
    clicked.flatten().and_then(side_at)
}

fn visible(rect: Rect, camera: &Camera) -> Vec<Face> {
    let [right, up, back] = camera.directions();
    // So that a cube seen along its diagonal just fits.
    let half = f64::from(rect.width()) / 2.0 / 3f64.sqrt();
    let on_screen = |v: &Vector3<f64>| vec2(v.dot(&right) as f32, -v.dot(&up) as f32) * half as f32;
    let face = |side| {
        let [across, upwards, normal] = Camera::default().facing(side).directions();
        Face {
            side,
            middle: rect.center() + on_screen(&normal),
            right: on_screen(&across),
            up: on_screen(&upwards),
            facing: normal.dot(&back) as f32,
        }
    };
    let faces = SIDES.into_iter().map(face);
    faces.filter(|face| face.facing > 0.01).collect()
}

fn paint(painter: &Painter, face: &Face, lit: bool) {
    let grey = 38.0 + 34.0 * face.facing + if lit { 40.0 } else { 0.0 };
    let fill = Color32::from_gray(grey as u8);
    let edge = Stroke::new(1.0, theme::OVER_IMAGE.gamma_multiply(0.5));
    painter.add(Shape::convex_polygon(face.corners().to_vec(), fill, edge));
    painter.add(Shape::mesh(letter(painter, face)));
}

/// The side's letter as if written on it.
fn letter(painter: &Painter, face: &Face) -> Mesh {
    /// Set large and shrunk, as sides seen at a slant are smaller.
    const POINTS: f32 = 26.0;
    let text = face.side.letter().to_string();
    let font = FontId::new(POINTS, theme::semibold());
    let galley = painter.layout_no_wrap(text, font, theme::LETTER);
    let texture = painter.fonts_mut(|fonts| fonts.font_image_size());
    let middle = galley.mesh_bounds.center();
    let mut letters = Mesh::default();
    for row in &galley.rows {
        let mut mesh = row.visuals.mesh.clone();
        for vertex in &mut mesh.vertices {
            let from_middle = (vertex.pos + row.pos.to_vec2() - middle) / (1.4 * POINTS);
            let at =
                face.middle + face.right * (2.0 * from_middle.x) - face.up * (2.0 * from_middle.y);
            vertex.pos = at;
            vertex.uv.x /= texture[0] as f32;
            vertex.uv.y /= texture[1] as f32;
        }
        letters.append(mesh);
    }
    letters
}
