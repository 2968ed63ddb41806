//! The box over a view: dark outside, its outline with handles.

use super::Crop;
use super::grip::in_plane;
use crate::app::App;
use crate::app::slice_view::Tool;
use crate::app::theme;
use crate::app::tools::{Choices, OpenTool};
use crate::document::Viewport;
use crate::geometry::{Grid, IndexPoint};
use egui::{Color32, Painter, Pos2, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

/// Side of a handle, in points.
const HANDLE: f32 = 7.0;

/// Paints the box of the open crop tool over the view in `rect`.
pub fn paint(ui: &Ui, rect: Rect, app: &App, viewport: &Viewport) {
    let Some(OpenTool {
        choices: Choices::Crop(crop),
        layer,
        ..
    }) = app.image_tool.as_deref()
    else {
        return;
    };
    let (Some(main), Some(volume)) = (app.document.grid(), app.document.settled(*layer)) else {
        return;
    };
    let scale = ui.ctx().pixels_per_point();
    let Some((frame, is_on_slice)) = frame(crop, main, volume.grid(), viewport) else {
        return;
    };
    let frame = frame.map(|[x, y]| rect.min + vec2(x as f32, y as f32) / scale);
    let frame = Rect::from_two_pos(frame[0], frame[1]);
    let painter = ui.painter().with_clip_rect(rect);
    shade(&painter, rect, frame);
    let color = match is_on_slice {
        true => theme::MEASUREMENT,
        false => theme::MEASUREMENT.gamma_multiply(0.4),
    };
    let dark = Stroke::new(3.0, Color32::from_black_alpha(200));
    for stroke in [dark, Stroke::new(1.25, color)] {
        painter.rect_stroke(frame, 0.0, stroke, StrokeKind::Middle);
    }
    if app.tool == Tool::CropBox && is_on_slice {
        for at in handles(frame) {
            let square = Rect::from_center_size(at, vec2(HANDLE, HANDLE));
            painter.rect_filled(square.expand(1.0), 0.0, Color32::from_black_alpha(200));
            painter.rect_filled(square, 0.0, color);
        }
    }
}

/// Two opposite corners of the box in pixels of the view, and whether its slice lies in the box.
fn frame(
    crop: &Crop,
    main: &Grid,
    own: &Grid,
    viewport: &Viewport,
) -> Option<([[f64; 2]; 2], bool)> {
    let [a, b] = in_plane(viewport.plane, main, own)?;
    let normal = 3 - a - b;
    let mut on_slice = [0.0; 3];
    on_slice[viewport.axes.normal] = viewport.slice as f64;
    let [x, y, z] = on_slice;
    let here = own.world_to_index(main.index_to_world(IndexPoint::new(x, y, z)));
    let corner = |ends: [usize; 2]| {
        let mut index = here;
        index.0[a] = ends[0] as f64 - 0.5;
        index.0[b] = ends[1] as f64 - 0.5;
        viewport.index_to_pixel(main, main.world_to_index(own.index_to_world(index)))
    };
    let [in_a, in_b] = [&crop.ranges[a], &crop.ranges[b]];
    let slice = here.0[normal].round();
    let along = &crop.ranges[normal];
    let is_on_slice = slice >= along.start as f64 && slice < along.end as f64;
    Some((
        [
            corner([in_a.start, in_b.start]),
            corner([in_a.end, in_b.end]),
        ],
        is_on_slice,
    ))
}

/// Everything but the box is darker.
fn shade(painter: &Painter, rect: Rect, frame: Rect) {
    let frame = frame.intersect(rect);
    let dark = Color32::from_black_alpha(120);
    let above = Rect::from_min_max(rect.min, pos2(rect.right(), frame.top()));
    let below = Rect::from_min_max(pos2(rect.left(), frame.bottom()), rect.max);
    let left = Rect::from_min_max(
        pos2(rect.left(), frame.top()),
        pos2(frame.left(), frame.bottom()),
    );
    let right = Rect::from_min_max(
        pos2(frame.right(), frame.top()),
        pos2(rect.right(), frame.bottom()),
    );
    for part in [above, below, left, right] {
        if part.is_positive() {
            painter.rect_filled(part, 0.0, dark);
        }
    }
}

fn handles(frame: Rect) -> [Pos2; 8] {
    [
        frame.left_top(),
        frame.center_top(),
        frame.right_top(),
        frame.right_center(),
        frame.right_bottom(),
        frame.center_bottom(),
        frame.left_bottom(),
        frame.left_center(),
    ]
}
