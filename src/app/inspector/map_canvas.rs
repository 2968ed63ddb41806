//! The canvas of the colour-map editor: colours over a checkerboard, with points that are dragged
//! along their place and opacity.

use super::color_map::{editable, set, side_color, with_color};
use crate::app::message::Message;
use crate::app::theme;
use crate::app::widgets::label_for_access;
use crate::document::{ColorPoint, Layer, OwnMap, Side};
use egui::{Color32, Mesh, Painter, Pos2, Rect, Response, Sense, Shape, Stroke, StrokeKind, Ui};
use egui::{pos2, vec2};

/// A point is grabbed within this many screen points.
const REACH: f32 = 9.0;

/// What the hand holds.
#[derive(Debug)]
pub struct Held {
    pub point: usize,
    pub side: Side,
    /// The point that is to get two colours, before it has them.
    pub split: Option<usize>,
    grabbed: Option<(usize, Side)>,
}

impl Default for Held {
    fn default() -> Self {
        Self {
            point: 0,
            side: Side::Right,
            split: None,
            grabbed: None,
        }
    }
}

impl Held {
    /// Selects a point, or the last, and returns which it is.
    pub fn select(&mut self, point: usize, side: Side, map: &OwnMap) -> (usize, Side) {
        let point = point.min(map.points().len() - 1);
        if point != self.point {
            self.split = None;
        }
        (self.point, self.side) = (point, side);
        (point, side)
    }
}

/// The middle of the widest gap between points.
pub fn widest_gap(map: &OwnMap) -> f32 {
    let gaps = map.points().windows(2).map(|pair| (pair[0].at, pair[1].at));
    let widest = gaps.max_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0)));
    widest.map_or(0.5, |(low, high)| (low + high) / 2.0)
}

pub fn show(ui: &mut Ui, layer: &Layer, held: &mut Held, messages: &mut Vec<Message>) {
    let map = editable(layer);
    let size = vec2(ui.available_width() - 4.0, 110.0);
    let (whole, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    label_for_access(&response, egui::Role::Image, "Colour map editor");
    // Room for the points at the edges.
    let rect = whole.shrink(8.0);
    held.select(held.point, held.side, &map);
    act(ui, layer, &map, rect, &response, held, messages);
    let painter = ui.painter();
    checkerboard(painter, rect);
    fill(painter, rect, &map);
    let edge = ui.visuals().widgets.noninteractive.bg_stroke;
    painter.rect_stroke(rect, 0.0, edge, StrokeKind::Outside);
    points(painter, rect, &map, held);
    response.on_hover_text(
        "Left is the minimum of the range, up is opaque. Drag a point, click to add one, \
         right click to take one away",
    );
}

fn place(rect: Rect, at: f32, alpha: u8) -> Pos2 {
    let up = f32::from(alpha) / 255.0;
    pos2(
        rect.left() + at * rect.width(),
        rect.bottom() - up * rect.height(),
    )
}

fn checkerboard(painter: &Painter, rect: Rect) {
    const CELL: f32 = 10.0;
    let mut mesh = Mesh::default();
    mesh.add_colored_rect(rect, Color32::from_gray(120));
    let columns = (rect.width() / CELL).ceil() as usize;
    let rows = (rect.height() / CELL).ceil() as usize;
    for (column, row) in (0..columns).flat_map(|c| (0..rows).map(move |r| (c, r))) {
        if (column + row) % 2 == 0 {
            let corner = rect.min + vec2(column as f32, row as f32) * CELL;
            let cell = Rect::from_min_size(corner, vec2(CELL, CELL)).intersect(rect);
            mesh.add_colored_rect(cell, Color32::from_gray(90));
        }
    }
    painter.add(Shape::mesh(mesh));
}

/// The colours as an overlay would show them. Between two points they run straight, so that a strip
/// from point to point is exact.
fn fill(painter: &Painter, rect: Rect, map: &OwnMap) {
    let mut mesh = Mesh::default();
    for pair in map.points().windows(2) {
        let sides = [(pair[0].at, pair[0].right), (pair[1].at, pair[1].left)];
        for (at, [r, g, b, a]) in sides {
            let x = rect.left() + at * rect.width();
            let color = Color32::from_rgba_unmultiplied(r, g, b, a);
            mesh.colored_vertex(pos2(x, rect.top()), color);
            mesh.colored_vertex(pos2(x, rect.bottom()), color);
        }
        let n = mesh.vertices.len() as u32 - 4;
        mesh.add_triangle(n, n + 1, n + 2);
        mesh.add_triangle(n + 1, n + 2, n + 3);
    }
    painter.add(Shape::mesh(mesh));
}

fn points(painter: &Painter, rect: Rect, map: &OwnMap, held: &Held) {
    let mut line = Vec::new();
    for point in map.points() {
        line.push(place(rect, point.at, point.left[3]));
        line.push(place(rect, point.at, point.right[3]));
    }
    painter.add(Shape::line(
        line.clone(),
        Stroke::new(3.0, Color32::from_black_alpha(160)),
    ));
    painter.add(Shape::line(line, Stroke::new(1.0, Color32::WHITE)));
    for (n, point) in map.points().iter().enumerate() {
        for side in sides(point).iter().copied() {
            let [r, g, b, alpha] = side_color(point, side);
            let selected =
                (n, side) == (held.point, held.side) || (n == held.point && !point.is_two_sided());
            let (radius, rim) = if selected {
                (6.5, theme::ACCENT)
            } else {
                (5.0, Color32::WHITE)
            };
            let at = place(rect, point.at, alpha);
            painter.circle_filled(at, radius + 1.0, Color32::from_black_alpha(200));
            painter.circle(
                at,
                radius,
                Color32::from_rgb(r, g, b),
                Stroke::new(2.0, rim),
            );
        }
    }
}

/// The handles a point has.
fn sides(point: &ColorPoint) -> &'static [Side] {
    match point.is_two_sided() {
        true => &[Side::Left, Side::Right],
        false => &[Side::Right],
    }
}

fn act(
    ui: &Ui,
    layer: &Layer,
    map: &OwnMap,
    rect: Rect,
    response: &Response,
    held: &mut Held,
    messages: &mut Vec<Message>,
) {
    if !response.is_pointer_button_down_on() && !response.dragged() {
        held.grabbed = None;
    }
    let Some(at) = response.interact_pointer_pos() else {
        return;
    };
    let origin = ui.input(|input| input.pointer.press_origin()).unwrap_or(at);
    let near = nearest(map, rect, origin);
    if response.drag_started() || response.clicked() {
        held.grabbed = near;
        if let Some((point, side)) = near {
            held.select(point, side, map);
        }
    }
    let t = (at.x - rect.left()) / rect.width();
    if response.clicked()
        && near.is_none()
        && let Some((more, place)) = map.with_point(t)
    {
        held.select(place, Side::Right, &more);
        messages.push(set(layer, more));
    }
    if response.secondary_clicked()
        && let Some((point, _)) = near
    {
        messages.push(set(layer, map.without(point)));
    }
    if response.dragged_by(egui::PointerButton::Primary)
        && let Some((n, side)) = held.grabbed
        && let Some(point) = map.points().get(n)
    {
        let up = ((rect.bottom() - at.y) / rect.height()).clamp(0.0, 1.0);
        let [r, g, b, _] = side_color(point, side);
        let color = [r, g, b, (up * 255.0).round() as u8];
        let moved = ColorPoint {
            at: t,
            ..with_color(*point, side, color)
        };
        messages.push(set(layer, map.with(n, moved)));
    }
}

/// The handle under the pointer.
fn nearest(map: &OwnMap, rect: Rect, pointer: Pos2) -> Option<(usize, Side)> {
    let handles = map.points().iter().enumerate().flat_map(|(n, point)| {
        let sides = sides(point).iter();
        sides.map(move |side| {
            let handle = place(rect, point.at, side_color(point, *side)[3]);
            (handle.distance(pointer), (n, *side))
        })
    });
    handles
        .filter(|(distance, _)| *distance <= REACH)
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, handle)| handle)
}
