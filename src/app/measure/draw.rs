//! The items over a view: lines with a thin dark outline, cheap for a software renderer.

use super::grab::{self, is_on_slice, reach_mm};
use super::{Measuring, area_text, length_text};
use crate::app::slice_view::Tool;
use crate::app::theme;
use crate::document::{
    Document, Measurement, MeasurementKind, Viewport, decimals_for, format_number,
};
use crate::geometry::{Grid, WorldPoint};
use egui::{Color32, CursorIcon, FontId, Galley, Painter, Pos2, Rect, Shape, Stroke, Ui, vec2};
use std::sync::Arc;

/// Height of a line of a label.
const LINE: f32 = 16.0;

/// The items of the slice that `viewport` shows in `rect`.
pub fn paint(
    ui: &Ui,
    rect: Rect,
    document: &Document,
    measuring: &Measuring,
    viewport: &Viewport,
    tool: Tool,
) {
    let Some(main) = document.grid() else {
        return;
    };
    let scale = ui.ctx().pixels_per_point();
    let to_screen = |point: WorldPoint| {
        let [x, y] = viewport.index_to_pixel(main, main.world_to_index(point));
        rect.min + vec2(x as f32, y as f32) / scale
    };
    let painter = ui.painter().with_clip_rect(rect);
    let slice = viewport.slice as f64;
    for item in measuring.items(document) {
        if is_on_slice(item, main, viewport.plane, slice) {
            let selected = measuring.is_current(document, item);
            let faint = (item.slice(main) - slice).abs() > 0.05;
            let color = if faint {
                theme::MEASUREMENT.gamma_multiply(0.4)
            } else {
                theme::MEASUREMENT
            };
            let corners: Vec<Pos2> = item.handles(main).into_iter().map(to_screen).collect();
            outline(&painter, item, &corners, color, selected);
            label(&painter, rect, document, measuring, item, &corners, color);
        }
    }
    if let Some(point) = measuring.pointed {
        let normal = viewport.axes.normal;
        if (main.world_to_index(point).0[normal] - slice).abs() <= 0.5 {
            let dark = Stroke::new(1.5, Color32::BLACK);
            painter.circle(to_screen(point), 4.0, Color32::WHITE, dark);
        }
    }
    if matches!(tool, Tool::Measure(_)) {
        show_grip(ui, rect, document, main, viewport);
    }
}

fn outline(
    painter: &Painter,
    item: &Measurement,
    corners: &[Pos2],
    color: Color32,
    selected: bool,
) {
    let dark = Color32::from_black_alpha(200);
    let width = if selected { 2.0 } else { 1.25 };
    for stroke in [Stroke::new(width + 2.0, dark), Stroke::new(width, color)] {
        match item.kind {
            MeasurementKind::Ruler | MeasurementKind::Profile => {
                painter.add(Shape::line(corners.to_vec(), stroke));
            }
            MeasurementKind::Rectangle => {
                painter.add(Shape::closed_line(corners.to_vec(), stroke));
            }
            MeasurementKind::Ellipse => {
                let frame = Rect::from_points(corners);
                let half = frame.size() / 2.0;
                painter.add(Shape::ellipse_stroke(frame.center(), half, stroke));
            }
        }
    }
    let ends = if item.kind.is_region() {
        0
    } else {
        corners.len()
    };
    let handles = if selected { corners.len() } else { ends };
    for corner in corners.iter().take(handles) {
        let size = if selected { 7.0 } else { 4.0 };
        let square = Rect::from_center_size(*corner, vec2(size, size));
        painter.rect_filled(square.expand(1.0), 0.0, dark);
        painter.rect_filled(square, 0.0, color);
    }
}

/// The numbers that matter most, beside the item and inside the view.
fn label(
    painter: &Painter,
    rect: Rect,
    document: &Document,
    measuring: &Measuring,
    item: &Measurement,
    corners: &[Pos2],
    color: Color32,
) {
    let font = FontId::new(12.5, theme::semibold());
    let lines = label_lines(document, measuring, item).into_iter();
    let laid_out = lines.map(|line| painter.layout_no_wrap(line, font.clone(), color));
    let lines: Vec<Arc<Galley>> = laid_out.collect();
    let width = lines.iter().map(|l| l.size().x).fold(0.0, f32::max);
    let height = LINE * lines.len() as f32;
    let frame = Rect::from_points(corners);
    let mut at = match (item.kind.is_region(), corners) {
        (false, [_, end]) => *end + vec2(10.0, -8.0),
        _ => frame.left_bottom() + vec2(0.0, 5.0),
    };
    at.x = at.x.min(rect.right() - width - 24.0).max(rect.left() + 4.0);
    at.y = at.y.min(rect.bottom() - height - 4.0).max(rect.top() + 4.0);
    // On a bright image an outline alone is not enough.
    let plate = Rect::from_min_size(at, vec2(width, height)).expand2(vec2(3.0, 1.0));
    if !lines.is_empty() {
        painter.rect_filled(plate, 2.0, Color32::from_black_alpha(150));
    }
    for (n, galley) in lines.into_iter().enumerate() {
        painter.galley(at + vec2(0.0, LINE * n as f32), galley, color);
    }
}

fn label_lines(document: &Document, measuring: &Measuring, item: &Measurement) -> Vec<String> {
    if !item.kind.is_region() {
        let length = length_text(item.length_mm());
        let angle = document.angle_to_previous(item);
        return vec![match angle {
            Some(deg) => format!("{length} · {deg:.1}°"),
            None => length,
        }];
    }
    let Some(numbers) = measuring.region(item) else {
        return Vec::new();
    };
    let mut lines = vec![area_text(numbers.area_mm2)];
    let active = document.active();
    let of_active = |layer: &crate::document::Layer| {
        let found = numbers.layers.iter().find(|n| n.layer == layer.id)?;
        let decimals = decimals_for(layer).max(1);
        let [mean, sd] = [found.mean, found.sd].map(|v| format_number(v, decimals));
        (found.count > 0).then(|| format!("{mean} ± {sd} {}", found.unit))
    };
    lines.extend(active.and_then(of_active));
    lines
}

/// The pointer shows what it would take hold of.
fn show_grip(ui: &Ui, rect: Rect, document: &Document, main: &Grid, viewport: &Viewport) {
    let Some(pointer) = ui.input(|input| input.pointer.hover_pos()) else {
        return;
    };
    if !rect.contains(pointer) || ui.input(|input| input.pointer.any_down()) {
        return;
    }
    let scale = ui.ctx().pixels_per_point();
    let offset = (pointer - rect.min) * scale;
    let pixel = [f64::from(offset.x), f64::from(offset.y)];
    let at = main.index_to_world(viewport.pixel_to_index(main, pixel));
    let reach = reach_mm(viewport, scale);
    let items = document.measurements().iter();
    if grab::grab(items, main, viewport.plane, at, reach).is_some() {
        ui.ctx().set_cursor_icon(CursorIcon::Grab);
    }
}
