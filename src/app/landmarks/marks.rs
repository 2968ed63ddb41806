//! The marks over a view: the fixed point of each pair, the moving one, and the way between them.

use super::seen;
use crate::app::App;
use crate::app::overlay::outlined;
use crate::document::Viewport;
use crate::geometry::WorldPoint;
use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Stroke, Ui, vec2};

/// Told apart by colour-blind eyes: as the composite of two images.
const FIXED: Color32 = Color32::from_rgb(0x30, 0xd8, 0xe8);
const MOVING: Color32 = Color32::from_rgb(0xf0, 0x60, 0xe0);

/// Marks this many voxels beside the slice are drawn, the farther the fainter.
const NEAR: f64 = 3.0;

pub fn paint(ui: &Ui, rect: Rect, app: &App, viewport: &Viewport) {
    let document = &app.document;
    let (Some(main), Some([_, moving])) = (document.grid(), app.comparing.images(document)) else {
        return;
    };
    let scale = ui.ctx().pixels_per_point();
    let place = |point: WorldPoint| {
        let index = main.world_to_index(point);
        let [x, y] = viewport.index_to_pixel(main, index);
        let beside = (index.0[viewport.axes.normal] - viewport.slice as f64).abs();
        (rect.min + vec2(x as f32, y as f32) / scale, beside)
    };
    let painter = ui.painter().with_clip_rect(rect);
    for pair in document.landmarks() {
        let fixed = place(pair.fixed);
        let other = pair
            .moving
            .and_then(|point| seen(document, moving, point))
            .map(place);
        let selected = app.landmarking.selected == Some(pair.id);
        if let Some((to, beside)) = other.filter(|(_, beside)| beside.min(fixed.1) <= NEAR) {
            let color = Color32::from_white_alpha(120);
            painter.line_segment([fixed.0, to], Stroke::new(1.0, color));
            mark(&painter, to, MOVING, beside, selected);
        }
        let (at, beside) = fixed;
        if mark(&painter, at, FIXED, beside, selected) {
            let font = FontId::proportional(12.0);
            let corner = at + vec2(8.0, -8.0);
            outlined(
                &painter,
                corner,
                Align2::LEFT_BOTTOM,
                &pair.name,
                &font,
                FIXED,
            );
        }
    }
}

/// Whether it is near enough to be drawn.
fn mark(painter: &Painter, at: Pos2, color: Color32, beside: f64, selected: bool) -> bool {
    if beside > NEAR {
        return false;
    }
    let color = color.gamma_multiply(1.0 - 0.7 * (beside / NEAR) as f32);
    let size = if selected { 8.0 } else { 6.0 };
    for (width, color) in [(3.0, Color32::from_black_alpha(180)), (1.5, color)] {
        painter.circle_stroke(at, size * 0.6, Stroke::new(width, color));
        for arm in [vec2(1.0, 0.0), vec2(0.0, 1.0)] {
            for sign in [-1.0, 1.0] {
                let from = at + arm * (sign * size * 0.6);
                painter.line_segment([from, at + arm * (sign * size)], Stroke::new(width, color));
            }
        }
    }
    true
}
