//! The drawn patient in the image's box, with arrows along the voxel axes, to be turned by hand.

use super::solid::{Eye, Shape, Solid, Vector, paint};
use crate::app::view3d::Camera;
use crate::app::{overlay, theme, widgets};
use crate::geometry::{Anatomy, Orientation};
use egui::{
    Align2, Color32, ColorImage, FontId, Key, Pos2, Rect, Response, Sense, TextureHandle,
    TextureOptions, Ui, Vec2, pos2, vec2,
};

/// Half the box along R, A and S.
const BOX: [f32; 3] = [0.5, 0.36, 0.86];

/// Arrows reach beyond the box by this.
const BEYOND: f32 = 0.24;

/// What fits into half the height of the figure.
const REACH: f32 = 1.42;

/// Degrees that a drag over one point turns, and an arrow key.
const TURN: f64 = 0.5;
const STEP: f64 = 10.0;

/// Of the arrows along i, j and k.
pub const AXES: [Color32; 3] = [
    Color32::from_rgb(0xf0, 0x62, 0x5d),
    Color32::from_rgb(0x5c, 0xc2, 0x6a),
    Color32::from_rgb(0x5b, 0x9c, 0xf5),
];

/// The colour of an axis for text on a panel: darker on light ground.
pub fn axis_color(ui: &Ui, axis: usize) -> Color32 {
    let color = AXES.get(axis).copied().unwrap_or(Color32::GRAY);
    if ui.visuals().dark_mode {
        color
    } else {
        color.lerp_to_gamma(Color32::BLACK, 0.35)
    }
}

const SKIN: [f32; 3] = [0.80, 0.74, 0.68];
const CLOTH: [f32; 3] = [0.52, 0.60, 0.70];
const HEART: [f32; 3] = [0.86, 0.26, 0.28];
const EDGE: [f32; 3] = [0.48, 0.52, 0.58];

/// A figure and the picture of it painted last.
#[derive(Default)]
pub struct Body {
    painted: Option<(Key3d, TextureHandle)>,
}

/// All that the picture depends on.
#[derive(Clone, Copy, PartialEq)]
struct Key3d {
    eye: Eye,
    orientation: Orientation,
    size: [usize; 2],
}

impl Body {
    /// Paints the figure; a drag, arrow keys or a double click give another `camera`.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        label: &str,
        size: Vec2,
        orientation: Orientation,
        camera: &mut Camera,
    ) {
        let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
        widgets::label_for_access(&response, egui::Role::Image, label);
        turn(ui, &response, camera);
        ui.painter().rect_filled(rect, 4.0, theme::SPACE);
        let eye = eye(camera, rect);
        let painter = ui.painter().with_clip_rect(rect);
        let texture = self.picture(ui, orientation, &eye, rect);
        let whole = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
        painter.image(texture, rect, whole, Color32::WHITE);
        letters(&painter, rect, &eye, orientation);
        if response.has_focus() {
            widgets::keep_arrow_keys(ui, &response);
        }
        response.on_hover_text(format!(
            "{label}: arrows start at the first voxel and run along i, j and k. The heart is on the patient's left. \
             Drag or use the arrow keys to turn both figures; a double click turns them back"
        ));
    }

    fn picture(
        &mut self,
        ui: &Ui,
        orientation: Orientation,
        eye: &Eye,
        rect: Rect,
    ) -> egui::TextureId {
        // Twice as fine as the screen: shrinking it smooths the edges.
        let fine = 2.0 * ui.ctx().pixels_per_point();
        let key = Key3d {
            eye: Eye {
                scale: eye.scale * fine,
                ..*eye
            },
            orientation,
            size: [rect.width() * fine, rect.height() * fine].map(|n| n as usize),
        };
        if let Some((painted, texture)) = &self.painted
            && *painted == key
        {
            return texture.id();
        }
        let pixels = paint(&solids(orientation), &key.eye, key.size);
        let image = ColorImage::from_rgba_unmultiplied(key.size, &pixels);
        let texture = ui.ctx().load_texture("body", image, TextureOptions::LINEAR);
        let id = texture.id();
        self.painted = Some((key, texture));
        id
    }
}

fn eye(camera: &Camera, rect: Rect) -> Eye {
    let [right, up, back] = camera.directions().map(nalgebra::Matrix::cast);
    Eye {
        right,
        up,
        back,
        scale: rect.height() / 2.0 / REACH,
    }
}

fn turn(ui: &Ui, response: &Response, camera: &mut Camera) {
    if response.double_clicked() {
        *camera = Camera::default();
    }
    let by = response.drag_delta();
    if response.dragged() && by != Vec2::ZERO {
        *camera = camera.turned([by.x, by.y].map(|n| f64::from(n) * TURN));
    }
    if response.has_focus() {
        for (key, by) in [
            (Key::ArrowLeft, [-STEP, 0.0]),
            (Key::ArrowRight, [STEP, 0.0]),
            (Key::ArrowUp, [0.0, -STEP]),
            (Key::ArrowDown, [0.0, STEP]),
        ] {
            if ui.input(|input| input.key_pressed(key)) {
                *camera = camera.turned(by);
            }
        }
    }
}

/// Names of the axes at the arrows' tips, and of the patient's sides around the box.
fn letters(painter: &egui::Painter, rect: Rect, eye: &Eye, orientation: Orientation) {
    let at = |point: Vector| {
        let [right, down] = eye.project(point);
        rect.center() + vec2(right, down)
    };
    let write = |point: Vector, text: &str, size: f32, color: Color32| {
        let font = FontId::new(size, theme::semibold());
        overlay::outlined(
            painter,
            at(point),
            Align2::CENTER_CENTER,
            text,
            &font,
            color,
        );
    };
    for side in Anatomy::ALL {
        let out = unit(side);
        // A side seen from its edge or from behind would have its letter on the patient.
        if (0..3).all(|axis| orientation.toward(axis) != side) && out.dot(&eye.back).abs() < 0.95 {
            let point = out * (BOX[side.world_axis()] + 0.13);
            write(point, &side.letter().to_string(), 11.0, theme::LETTER);
        }
    }
    for (axis, name) in ["i", "j", "k"].into_iter().enumerate() {
        let [_, tip] = arrow(orientation, axis);
        let beyond = tip + unit(orientation.toward(axis)) * 0.11;
        let text = format!("{name} {}", orientation.toward(axis).letter());
        write(beyond, &text, 13.0, AXES[axis]);
    }
}

/// One step to a side of the patient, in RAS.
fn unit(side: Anatomy) -> Vector {
    let mut step = Vector::zeros();
    step[side.world_axis()] = if side.is_positive() { 1.0 } else { -1.0 };
    step
}

/// From the corner of the first voxel along an axis.
fn arrow(orientation: Orientation, axis: usize) -> [Vector; 2] {
    let mut start = Vector::zeros();
    for axis in 0..3 {
        let toward = orientation.toward(axis);
        start -= unit(toward) * BOX[toward.world_axis()];
    }
    let toward = orientation.toward(axis);
    let length = 2.0 * BOX[toward.world_axis()] + BEYOND;
    [start, start + unit(toward) * length]
}

fn solids(orientation: Orientation) -> Vec<Solid> {
    let mut solids = patient();
    solids.extend(edges());
    for (axis, color) in AXES.into_iter().enumerate() {
        let color = [color.r(), color.g(), color.b()].map(|c| f32::from(c) / 255.0);
        let [start, tip] = arrow(orientation, axis);
        let base = tip - unit(orientation.toward(axis)) * 0.17;
        let shaft = Shape::Rod {
            ends: [start, base],
            radius: 0.022,
        };
        let radius = 0.065;
        let head = Shape::Cone { base, tip, radius };
        solids.extend([shaft, head].map(|shape| Solid { shape, color }));
    }
    solids
}

/// Stands upright and looks to the front; the heart is on the left.
fn patient() -> Vec<Solid> {
    let ball = |center: [f32; 3], radii: [f32; 3], color| Solid {
        shape: Shape::Ellipsoid {
            center: center.into(),
            radii: radii.into(),
        },
        color,
    };
    let rod = |from: [f32; 3], to: [f32; 3], radius, color| Solid {
        shape: Shape::Rod {
            ends: [from.into(), to.into()],
            radius,
        },
        color,
    };
    let mut solids = vec![
        ball([0.0, 0.0, 0.62], [0.13, 0.155, 0.185], SKIN),
        ball([0.0, 0.165, 0.6], [0.026, 0.04, 0.045], SKIN),
        rod([0.0, -0.01, 0.5], [0.0, -0.01, 0.36], 0.06, SKIN),
        ball([0.0, 0.0, 0.18], [0.25, 0.155, 0.3], CLOTH),
        ball([0.0, 0.0, -0.14], [0.2, 0.14, 0.15], CLOTH),
        ball([-0.08, 0.135, 0.24], [0.045, 0.03, 0.05], HEART),
    ];
    for side in [-1.0, 1.0] {
        let shoulder = [side * 0.25, 0.0, 0.36];
        let elbow = [side * 0.34, -0.02, 0.1];
        solids.extend([
            rod(shoulder, elbow, 0.062, CLOTH),
            rod(elbow, [side * 0.36, 0.06, -0.14], 0.05, SKIN),
            rod(
                [side * 0.1, 0.0, -0.2],
                [side * 0.13, 0.0, -0.72],
                0.078,
                CLOTH,
            ),
            ball([side * 0.13, 0.06, -0.78], [0.06, 0.13, 0.05], SKIN),
            ball(
                [side * 0.05, 0.14, 0.66],
                [0.018, 0.018, 0.018],
                [0.15, 0.17, 0.2],
            ),
        ]);
    }
    solids
}

/// The box of the image.
fn edges() -> impl Iterator<Item = Solid> {
    (0..12).map(|n: usize| {
        let (axis, corner) = (n / 4, n % 4);
        let [b, c] = [(axis + 1) % 3, (axis + 2) % 3];
        let end = |along: f32| {
            let mut end = Vector::zeros();
            end[axis] = along * BOX[axis];
            end[b] = if corner & 1 == 0 { -BOX[b] } else { BOX[b] };
            end[c] = if corner & 2 == 0 { -BOX[c] } else { BOX[c] };
            end
        };
        Solid {
            shape: Shape::Rod {
                ends: [end(-1.0), end(1.0)],
                radius: 0.008,
            },
            color: EDGE,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_start_where_the_axes_come_from_and_point_where_they_go() {
        let rai = Orientation::parse_from("RAI").expect("a code");
        for axis in 0..3 {
            let [start, tip] = arrow(rai, axis);
            // From the right, the front and the feet.
            assert!(start.x > 0.0 && start.y > 0.0 && start.z < 0.0);
            let along = tip - start;
            assert_eq!(along.iamax(), axis);
        }
        assert!(arrow(rai, 0)[1].x < -BOX[0]);
        assert!(arrow(rai, 1)[1].y < -BOX[1]);
        assert!(arrow(rai, 2)[1].z > BOX[2]);
    }
}
