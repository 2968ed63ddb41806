//! What is drawn over the images: letters, crosshair, scale bar, names, colour bars.

use super::slice_picture::Subject;
use super::theme;
use crate::document::annotation::{length_text, scale_bar_mm};
use crate::document::{
    ComparisonMode, Document, Layer, Lut, TitlePart, Viewport, format_number, shown_unit,
};
use crate::geometry::IndexPoint;
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align2, Color32, FontId, Mesh, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};
use serde::{Deserialize, Serialize};

/// Which of them are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Annotations {
    /// On again at the next start: without letters nobody knows left from right.
    #[serde(skip)]
    pub all: bool,
    pub crosshair: bool,
    pub color_bar: bool,
}

impl Default for Annotations {
    fn default() -> Self {
        Self {
            all: true,
            crosshair: true,
            color_bar: true,
        }
    }
}

/// Draws over `rect`, which shows `viewport` with `subject`. `reserved` points of the lower left edge are
/// taken by the navigator.
pub fn paint(
    painter: &Painter,
    rect: Rect,
    document: &Document,
    viewport: &Viewport,
    subject: Subject,
    wanted: Annotations,
    reserved: f32,
) {
    if !wanted.all {
        return;
    }
    let pixels_per_point = painter.pixels_per_point();
    if wanted.crosshair {
        crosshair(painter, rect, document, viewport, pixels_per_point);
    }
    letters(painter, rect, viewport);
    scale_bar(painter, rect, viewport, pixels_per_point);
    let layers = &subject.layers(document)[..];
    let mode = subject.mode();
    names(painter, rect, &title(mode, layers));
    let colored = mode.map_or_else(|| layers.to_vec(), |mode| mode.own_colors(layers));
    if wanted.color_bar
        && rect.height() > 260.0
        && let Some(layer) = layer_of_color_bar(document, &colored)
    {
        color_bar(painter, rect.with_min_x(rect.left() + reserved), layer);
    }
}

/// The selected layer where it is seen, else the topmost.
fn layer_of_color_bar<'a>(document: &Document, layers: &[&'a Layer]) -> Option<&'a Layer> {
    let selected = document.active().map(|layer| layer.id);
    let mut seen = layers.iter().rev().copied().filter(|layer| {
        let is_colored = layer.volume.meta().content == crate::volume::Content::Color;
        layer.display.visible && !is_colored && layer.display.labels.is_none()
    });
    let topmost = seen.clone().next();
    seen.find(|layer| Some(layer.id) == selected).or(topmost)
}

/// Text that can be read on any image: a letter or sign with a thin dark outline, words on a dim plate.
pub fn outlined(
    painter: &Painter,
    at: Pos2,
    align: Align2,
    text: &str,
    font: &FontId,
    color: Color32,
) -> Rect {
    let galley = painter.layout_no_wrap(text.to_owned(), font.clone(), color);
    let rect = align.anchor_size(at, galley.size());
    if text.chars().nth(1).is_some() {
        let plate = rect.expand2(vec2(3.0, 0.0));
        painter.rect_filled(plate, 0.0, Color32::from_black_alpha(130));
    } else {
        let dark = Color32::from_black_alpha(200);
        for offset in [vec2(-1.0, -1.0), vec2(1.0, 1.0)] {
            painter.text(at + offset, align, text, font.clone(), dark);
        }
    }
    painter.galley(rect.min, galley, color);
    rect
}

fn crosshair(
    painter: &Painter,
    rect: Rect,
    document: &Document,
    viewport: &Viewport,
    pixels_per_point: f32,
) {
    let (Some(grid), Some(voxel)) = (document.grid(), document.cursor_voxel()) else {
        return;
    };
    let pixel = viewport.index_to_pixel(grid, IndexPoint::from(voxel));
    let center = rect.min + vec2(pixel[0] as f32, pixel[1] as f32) / pixels_per_point;
    // Whole pixels, so that the line neither blurs nor falls between two of them.
    let width = pixels_per_point.round().max(1.0);
    let whole =
        |at: f32| ((at * pixels_per_point - width / 2.0).round() + width / 2.0) / pixels_per_point;
    let center = pos2(whole(center.x), whole(center.y));
    let half = width / 2.0 / pixels_per_point;
    let color = theme::CROSSHAIR.gamma_multiply(0.85);
    let gap = 6.0;
    let runs = [
        [pos2(rect.left(), center.y), pos2(center.x - gap, center.y)],
        [pos2(center.x + gap, center.y), pos2(rect.right(), center.y)],
        [pos2(center.x, rect.top()), pos2(center.x, center.y - gap)],
        [
            pos2(center.x, center.y + gap),
            pos2(center.x, rect.bottom()),
        ],
    ];
    painter.add(Shape::mesh(dashes(&runs, half, color)));
}

/// Upright and level runs as dashes. One plain mesh: hundreds of smoothed lines
/// cost a software renderer a good part of a frame.
fn dashes(runs: &[[Pos2; 2]], half_width: f32, color: Color32) -> Mesh {
    let (dash, gap) = (6.0, 4.0);
    let mut mesh = Mesh::default();
    for [from, to] in runs {
        let along = (*to - *from).normalized();
        let half = vec2(along.y.abs(), along.x.abs()) * half_width;
        let length = (*to - *from).length();
        let mut at = 0.0;
        while at < length {
            let a = *from + along * at;
            let b = *from + along * (at + dash).min(length);
            mesh.add_colored_rect(Rect::from_two_pos(a, b).expand2(half), color);
            at += dash + gap;
        }
    }
    mesh
}

fn letters(painter: &Painter, rect: Rect, viewport: &Viewport) {
    let font = FontId::new(15.0, theme::semibold());
    let middle = rect.center();
    let places = [
        (pos2(rect.left() + 10.0, middle.y), Align2::LEFT_CENTER),
        (pos2(rect.right() - 24.0, middle.y), Align2::RIGHT_CENTER),
        (pos2(middle.x, rect.top() + 8.0), Align2::CENTER_TOP),
        (pos2(middle.x, rect.bottom() - 6.0), Align2::CENTER_BOTTOM),
    ];
    for (edge, (at, align)) in viewport.axes.edges.iter().zip(places) {
        let text = edge.letter().to_string();
        outlined(painter, at, align, &text, &font, theme::LETTER);
    }
}

fn scale_bar(painter: &Painter, rect: Rect, viewport: &Viewport, pixels_per_point: f32) {
    let points_per_mm = viewport.zoom / f64::from(pixels_per_point);
    let half = (f64::from(rect.width()) / 2.0 - 20.0) / points_per_mm;
    let mm = scale_bar_mm(half);
    let length = (mm * points_per_mm) as f32;
    let right = pos2(rect.right() - 24.0, rect.bottom() - 30.0);
    let line = [right - vec2(length, 0.0), right];
    painter.line_segment(line, Stroke::new(4.0, Color32::from_black_alpha(200)));
    painter.line_segment(line, Stroke::new(2.0, theme::ANNOTATION));
    let font = FontId::proportional(12.0);
    let at = right - vec2(length / 2.0, 4.0);
    outlined(
        painter,
        at,
        Align2::CENTER_BOTTOM,
        &length_text(mm),
        &font,
        theme::ANNOTATION,
    );
}

/// What is written in the upper left corner.
fn title(mode: Option<ComparisonMode>, layers: &[&Layer]) -> Vec<TitlePart> {
    let names: Vec<&str> = layers.iter().map(|layer| layer.name.as_str()).collect();
    match (mode, &names[..]) {
        (Some(mode), [first, second]) => mode.title([first, second]),
        _ => vec![TitlePart {
            text: names.join(" + "),
            color: None,
        }],
    }
}

fn names(painter: &Painter, rect: Rect, title: &[TitlePart]) {
    let mut job = LayoutJob::default();
    for TitlePart { text, color } in title {
        let color = color.map_or(theme::ANNOTATION, |[r, g, b]| Color32::from_rgb(r, g, b));
        job.append(
            text,
            0.0,
            TextFormat::simple(FontId::proportional(12.5), color),
        );
    }
    // Up to the letter in the middle of the upper edge.
    job.wrap = TextWrapping::truncate_at_width((rect.width() / 2.0 - 26.0).max(24.0));
    let galley = painter.layout_job(job);
    let at = Rect::from_min_size(rect.min + vec2(10.0, 8.0), galley.size());
    let plate = at.expand2(vec2(3.0, 0.0));
    painter.rect_filled(plate, 0.0, Color32::from_black_alpha(130));
    painter.galley(at.min, galley, theme::ANNOTATION);
}

fn color_bar(painter: &Painter, rect: Rect, layer: &Layer) {
    let height = (rect.height() * 0.3).clamp(90.0, 160.0);
    let bar = Rect::from_min_size(
        pos2(rect.left() + 12.0, rect.bottom() - height - 16.0),
        vec2(10.0, height),
    );
    painter.rect_filled(bar.expand(1.0), 0.0, Color32::from_black_alpha(200));
    gradient(painter, bar, layer, false);
    let window = &layer.display.window;
    let factor = crate::document::shown_factor(layer);
    let decimals = crate::document::decimals_for(layer);
    let font = FontId::proportional(11.5);
    let unit = shown_unit(layer);
    let marks = [
        (window.max, bar.top(), Align2::LEFT_TOP),
        (window.min, bar.bottom(), Align2::LEFT_BOTTOM),
    ];
    for (n, (value, y, align)) in marks.into_iter().enumerate() {
        let number = format_number(value * factor, decimals);
        let text = if n == 0 && !unit.is_empty() {
            format!("{number} {unit}")
        } else {
            number
        };
        outlined(
            painter,
            pos2(bar.right() + 6.0, y),
            align,
            &text,
            &font,
            theme::OVER_IMAGE,
        );
    }
}

/// The colours of a layer from its window's minimum to its maximum: upwards, or to the right.
pub fn gradient(painter: &Painter, rect: Rect, layer: &Layer, horizontal: bool) {
    let lut = Lut::opaque(&layer.display);
    let window = layer.display.window;
    ramp(painter, rect, horizontal, |t| {
        let [r, g, b, _] = lut.color((window.min + window.width() * f64::from(t)) as f32);
        Color32::from_rgb(r, g, b)
    });
}

/// Fills `rect` with colours that run from 0 to 1, upwards or to the right.
pub fn ramp(painter: &Painter, rect: Rect, horizontal: bool, color: impl Fn(f32) -> Color32) {
    const STEPS: u32 = 96;
    let mut mesh = Mesh::default();
    for n in 0..=STEPS {
        let t = n as f32 / STEPS as f32;
        let color = color(t);
        let (a, b) = if horizontal {
            let x = rect.left() + rect.width() * t;
            (pos2(x, rect.top()), pos2(x, rect.bottom()))
        } else {
            let y = rect.bottom() - rect.height() * t;
            (pos2(rect.left(), y), pos2(rect.right(), y))
        };
        mesh.colored_vertex(a, color);
        mesh.colored_vertex(b, color);
        if n > 0 {
            let i = 2 * n;
            mesh.add_triangle(i - 2, i - 1, i);
            mesh.add_triangle(i - 1, i, i + 1);
        }
    }
    painter.add(Shape::mesh(mesh));
}
