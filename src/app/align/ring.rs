//! The ring over a view that turns the moving image, and the image's outline with its grid.

use crate::app::App;
use crate::app::slice_view::Tool;
use crate::app::theme;
use crate::document::Viewport;
use crate::geometry::{Grid, WorldPoint};
use egui::{Color32, CursorIcon, Painter, Pos2, Rect, Stroke, Ui, vec2};
use nalgebra::{Vector2, Vector3};

/// Where the ring lies in a view, in physical pixels from its corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ring {
    center: Vector2<f64>,
    radius: f64,
}

/// How far from the ring it is still held, as a part of its radius.
const REACH: f64 = 0.1;

/// The ring is a white line and a dim band, and turns yellow under the pointer.
const LINE: Color32 = Color32::from_rgba_premultiplied(140, 140, 140, 140);
const BAND: Color32 = Color32::from_rgba_premultiplied(22, 22, 22, 22);
const LIT_LINE: Color32 = Color32::from_rgba_premultiplied(220, 205, 105, 220);
const LIT_BAND: Color32 = Color32::from_rgba_premultiplied(66, 62, 32, 66);

/// Lines across the moving image, each way.
const LINES: usize = 9;

impl Ring {
    /// The ring about `hub`: half as wide as the farthest corner or edge of the view is away, and never
    /// wider than the view.
    pub fn of(main: &Grid, viewport: &Viewport, hub: WorldPoint) -> Self {
        let [width, height] = viewport.size;
        let center = Vector2::from(viewport.index_to_pixel(main, main.world_to_index(hub)));
        let probes = [0.0, 0.5, 1.0].map(|x| [0.0, 0.5, 1.0].map(|y| [x * width, y * height]));
        let away = |probe: &[f64; 2]| (Vector2::from(*probe) - center).norm();
        let farthest = probes.as_flattened().iter().map(away).fold(0.0, f64::max);
        let radius = (farthest / 2.0).min(0.45 * width.min(height));
        Self { center, radius }
    }

    fn near(&self, pixel: [f64; 2]) -> bool {
        let away = (Vector2::from(pixel) - self.center).norm();
        (away - self.radius).abs() <= REACH * self.radius
    }

    /// Whether a hand at `at` holds the ring.
    pub fn holds(&self, main: &Grid, viewport: &Viewport, at: WorldPoint) -> bool {
        self.near(viewport.index_to_pixel(main, main.world_to_index(at)))
    }
}

/// Paints ring and outline over the view in `rect` while the image can be moved by hand.
pub fn paint(ui: &Ui, rect: Rect, app: &App, viewport: &Viewport) {
    let aligning = &app.aligning;
    if !aligning.open || app.tool != Tool::Align || aligning.is_running() {
        return;
    }
    let document = &app.document;
    let moving = aligning.moving(document).filter(|id| !document.bends(*id));
    let (Some(main), Some(moving)) = (document.grid(), moving) else {
        return;
    };
    let (Some(placement), Some(volume)) = (
        aligning.placement(document, moving),
        document.settled(moving),
    ) else {
        return;
    };
    let scale = f64::from(ui.ctx().pixels_per_point());
    let on_screen = |pixel: Vector2<f64>| {
        let point = pixel / scale;
        rect.min + vec2(point.x as f32, point.y as f32)
    };
    let painter = ui.painter().with_clip_rect(rect);
    for [from, to] in lines(main, volume.grid(), viewport) {
        let color = theme::ACCENT.gamma_multiply(0.35);
        painter.line_segment([on_screen(from), on_screen(to)], Stroke::new(1.0, color));
    }
    let ring = Ring::of(main, viewport, placement.hub());
    let pointer = ui.input(|input| input.pointer.latest_pos());
    let hovered = pointer.filter(|at| rect.contains(*at)).is_some_and(|at| {
        let offset = (at - rect.min) * scale as f32;
        ring.near([f64::from(offset.x), f64::from(offset.y)])
    });
    let held = aligning.grip.is_some();
    let width = (2.0 * REACH * ring.radius / scale) as f32;
    let (center, radius) = (on_screen(ring.center), (ring.radius / scale) as f32);
    let (line, band) = match hovered && !held {
        true => (LIT_LINE, LIT_BAND),
        false => (LINE, BAND),
    };
    painter.circle_stroke(center, radius, Stroke::new(width, band));
    painter.circle_stroke(center, radius, Stroke::new(1.5, line));
    cross(&painter, center);
    if hovered && !held {
        ui.ctx().set_cursor_icon(CursorIcon::Alias);
    } else if pointer.is_some_and(|at| rect.contains(at)) {
        ui.ctx().set_cursor_icon(CursorIcon::Move);
    }
    if placement.angles_deg != [0.0; 3] {
        turned_by(&painter, center, radius, placement.angles_deg);
    }
}

/// The centre of rotation.
fn cross(painter: &Painter, center: Pos2) {
    for (width, color) in [(3.0, Color32::from_black_alpha(180)), (1.25, theme::ACCENT)] {
        for arm in [vec2(7.0, 0.0), vec2(0.0, 7.0)] {
            painter.line_segment([center - arm, center + arm], Stroke::new(width, color));
        }
    }
}

/// The angles under the ring.
fn turned_by(painter: &Painter, center: Pos2, radius: f32, angles_deg: [f64; 3]) {
    let [x, y, z] = angles_deg.map(|angle| crate::document::format_number(angle, 1));
    crate::app::overlay::outlined(
        painter,
        center + vec2(0.0, 0.78 * radius),
        egui::Align2::CENTER_CENTER,
        &format!("{x}°, {y}°, {z}°"),
        &egui::FontId::proportional(12.0),
        theme::OVER_IMAGE,
    );
}

/// Where planes of constant index of `own` cross the slice in view: its outline and a grid over it, in
/// pixels.
fn lines(main: &Grid, own: &Grid, viewport: &Viewport) -> Vec<[Vector2<f64>; 2]> {
    // Pixels to indices is affine: three points give it.
    let index = |x: f64, y: f64| {
        let at = main.index_to_world(viewport.pixel_to_index(main, [x, y]));
        own.world_to_index(at).0.coords
    };
    let origin = index(0.0, 0.0);
    let (right, down) = (index(1.0, 0.0) - origin, index(0.0, 1.0) - origin);
    let mut lines = Vec::new();
    for axis in 0..3 {
        let slope = Vector2::new(right[axis], down[axis]);
        // A plane that hardly cuts the slice would fill it with lines.
        let steepness = slope.norm() / (right.norm() + down.norm());
        if steepness < 0.2 {
            continue;
        }
        let last = own.shape()[axis] as f64;
        for n in 0..=LINES + 1 {
            let at = -0.5 + last * n as f64 / (LINES + 1) as f64;
            let through = slope * ((at - origin[axis]) / slope.norm_squared());
            let along = Vector2::new(-slope.y, slope.x).normalize();
            let from = origin + right * through.x + down * through.y;
            let step = right * along.x + down * along.y;
            if let Some([near, far]) = inside(own.shape(), axis, from, step) {
                lines.push([through + along * near, through + along * far]);
            }
        }
    }
    lines
}

/// The part of a line that lies in the box of all voxels, as steps from its start; it lies in a plane of
/// constant index along `axis`.
fn inside(
    shape: [usize; 3],
    axis: usize,
    from: Vector3<f64>,
    step: Vector3<f64>,
) -> Option<[f64; 2]> {
    let mut part = [f64::NEG_INFINITY, f64::INFINITY];
    for other in (0..3).filter(|other| *other != axis) {
        let ends = [-0.5, shape[other] as f64 - 0.5];
        if step[other].abs() < 1e-12 {
            if from[other] < ends[0] || from[other] > ends[1] {
                return None;
            }
            continue;
        }
        let at = ends.map(|end| (end - from[other]) / step[other]);
        part[0] = part[0].max(at[0].min(at[1]));
        part[1] = part[1].min(at[0].max(at[1]));
    }
    (part[0] < part[1] && part.iter().all(|end| end.is_finite())).then_some(part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Command, Document, Plane};
    use crate::geometry::IndexPoint;
    use crate::phantom;

    fn study() -> Document {
        let mut document = Document::default();
        let volume = phantom::breathing_pair().exhale;
        let open = Command::OpenMain {
            volume,
            display: None,
        };
        open.apply(&mut document).expect("opens");
        document
    }

    fn view(document: &Document) -> Viewport {
        let size = [400.0, 300.0];
        let viewport = document.viewport(Plane::Axial, size, &[(Plane::Axial, size)]);
        viewport.expect("a view")
    }

    #[test]
    fn the_ring_about_the_middle_is_held_on_its_line_and_not_inside() {
        let document = study();
        let (viewport, main) = (view(&document), document.grid().expect("a grid"));
        let hub = document.usual_hub();
        let ring = Ring::of(main, &viewport, hub);
        assert!((ring.radius - 125.0).abs() < 3.0, "{}", ring.radius);
        let at = |x: f64| {
            let [cx, cy] = ring.center.into();
            main.index_to_world(viewport.pixel_to_index(main, [cx + x, cy]))
        };
        assert!(ring.holds(main, &viewport, at(ring.radius)));
        assert!(ring.holds(main, &viewport, at(-1.08 * ring.radius)));
        assert!(!ring.holds(main, &viewport, at(0.8 * ring.radius)));
    }

    #[test]
    fn the_grid_over_an_image_where_the_main_one_lies_covers_its_slice() {
        let document = study();
        let (viewport, main) = (view(&document), document.grid().expect("a grid"));
        let lines = lines(main, main, &viewport);
        assert_eq!(lines.len(), 2 * (LINES + 2));
        let [left, right] = [0.0, main.shape()[0] as f64 - 0.5].map(|i| {
            let index = IndexPoint::new(i, 0.0, viewport.slice as f64);
            viewport.index_to_pixel(main, index)[0]
        });
        let ends = lines.iter().flatten().map(|end| end.x);
        let farthest = ends.clone().fold(f64::NEG_INFINITY, f64::max);
        let nearest = ends.fold(f64::INFINITY, f64::min);
        let (low, high) = (left.min(right), left.max(right));
        assert!((farthest - high).abs() < 3.0 && (nearest - low).abs() < 3.0);
    }
}
