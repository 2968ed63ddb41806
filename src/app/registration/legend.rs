//! What the colours and letters in a pane mean.

use super::frame::Frame;
use super::panes::{Content, Field, HEAD, Scene};
use super::picture::{self, FOLD, Picture};
use crate::app::{overlay, theme};
use crate::document::format_number;
use egui::{Align2, Color32, FontId, Painter, Rect, pos2, vec2};

/// What the colours of a pane mean.
pub fn paint(painter: &Painter, rect: Rect, content: Content, scene: &Scene<'_>) {
    match content {
        Content::Picture(Picture::Jacobian) => {
            let color = |t: f32| picture::jacobian_color((2.0 * t - 1.0).exp2());
            bar(painter, rect, color, ["½", "1", "2"]);
            folds(painter, rect, scene.frame);
        }
        Content::Picture(Picture::Difference(_)) => {
            let reach = scene.looks.largest_difference();
            let decimals = if reach < 10.0 { 2 } else { 0 };
            let (low, high) = (
                format_number(-reach, decimals),
                format_number(reach, decimals),
            );
            bar(
                painter,
                rect,
                |t| picture::diverging(2.0 * t - 1.0),
                [&low, "0", &high],
            );
        }
        Content::Picture(Picture::Image(_)) => {
            let edges = scene.frame.axes.edges;
            let middle = rect.center() + vec2(0.0, HEAD / 2.0);
            let font = FontId::new(13.0, theme::semibold());
            for (edge, at, align) in [
                (
                    edges[0],
                    pos2(rect.left() + 8.0, middle.y),
                    Align2::LEFT_CENTER,
                ),
                (
                    edges[1],
                    pos2(rect.right() - 8.0, middle.y),
                    Align2::RIGHT_CENTER,
                ),
                (
                    edges[2],
                    pos2(middle.x, rect.top() + HEAD + 4.0),
                    Align2::CENTER_TOP,
                ),
                (
                    edges[3],
                    pos2(middle.x, rect.bottom() - 4.0),
                    Align2::CENTER_BOTTOM,
                ),
            ] {
                let letter = edge.letter().to_string();
                overlay::outlined(painter, at, align, &letter, &font, theme::LETTER);
            }
        }
        Content::Field(Field::Update, _) if scene.frame.sample.is_none() => {
            let text = if scene.ended {
                "The run has ended. Drag the slider below\nto see the updates on its way."
            } else {
                "Each step of the run appears here."
            };
            let font = FontId::proportional(13.5);
            let at = rect.center() + vec2(0.0, HEAD / 2.0);
            let color = Color32::from_gray(140);
            painter.text(at, Align2::CENTER_CENTER, text, font, color);
        }
        Content::Field(..) => {}
    }
}

fn bar(painter: &Painter, rect: Rect, color: impl Fn(f32) -> Color32, labels: [&str; 3]) {
    let min = pos2(rect.left() + 12.0, rect.bottom() - 26.0);
    let bar = Rect::from_min_size(min, vec2(120.0, 8.0));
    painter.rect_filled(bar.expand(1.0), 1.0, Color32::from_gray(70));
    let cells = 40;
    for n in 0..cells {
        let t = n as f32 / (cells - 1) as f32;
        let width = bar.width() / cells as f32;
        let cell = Rect::from_min_size(
            bar.min + vec2(width * n as f32, 0.0),
            vec2(width + 0.3, bar.height()),
        );
        painter.rect_filled(cell, 0.0, color(t));
    }
    let font = FontId::proportional(11.5);
    let places = [
        (bar.left(), Align2::LEFT_TOP),
        (bar.center().x, Align2::CENTER_TOP),
        (bar.right(), Align2::RIGHT_TOP),
    ];
    for (label, (x, align)) in labels.into_iter().zip(places) {
        let at = pos2(x, bar.bottom() + 2.0);
        overlay::outlined(painter, at, align, label, &font, theme::OVER_IMAGE);
    }
}

/// How many pixels of the plane fold, in the colour they are painted in.
fn folds(painter: &Painter, rect: Rect, frame: &Frame) {
    let folded = frame.state.jacobian.iter().filter(|j| **j <= 0.0).count();
    let (text, color) = match folded {
        0 => ("no folds here".to_owned(), theme::OVER_IMAGE),
        1 => ("1 pixel folds".to_owned(), FOLD),
        n => (format!("{n} pixels fold"), FOLD),
    };
    let at = rect.right_bottom() - vec2(10.0, 12.0);
    let font = FontId::proportional(12.5);
    overlay::outlined(painter, at, Align2::RIGHT_BOTTOM, &text, &font, color);
}
