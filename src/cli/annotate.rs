//! What is written over a view that is drawn without a window: the same as in the window.

use super::canvas::{Canvas, Rgb, TextStyle};
use crate::document::annotation::{
    ANNOTATION, CROSSHAIR, LETTER, OVER_IMAGE, length_text, scale_bar_mm,
};
use crate::document::{
    ComparisonMode, Document, Layer, Lut, TitlePart, Viewport, decimals_for, format_number,
    shown_factor, shown_unit,
};
use crate::geometry::IndexPoint;
use crate::volume::Content;

/// Behind lines.
const DARK: (Rgb, f32) = ([0, 0, 0], 0.8);

/// Least height of a view that has a colour bar.
const COLOR_BAR_ROOM: f32 = 220.0;

fn plain(em: f32, color: Rgb) -> TextStyle {
    TextStyle {
        bold: false,
        em,
        color,
    }
}

/// Writes over `canvas`, which shows `viewport` with `layers` (bottom to top), or compares two so.
pub fn annotate(
    canvas: &mut Canvas<'_>,
    document: &Document,
    viewport: &Viewport,
    layers: &[&Layer],
    mode: Option<ComparisonMode>,
) {
    crosshair(canvas, document, viewport);
    letters(canvas, viewport);
    scale_bar(canvas, viewport);
    names(canvas, mode, layers);
    let has_bar = |layer: &&&Layer| {
        layer.volume.meta().content != Content::Color && layer.display.labels.is_none()
    };
    let colored = mode.map_or_else(|| layers.to_vec(), |mode| mode.own_colors(layers));
    if canvas.height() > COLOR_BAR_ROOM
        && let Some(layer) = colored.iter().rev().find(has_bar)
    {
        color_bar(canvas, layer);
    }
}

/// Dashed lines through the cursor that leave it free.
fn crosshair(canvas: &mut Canvas<'_>, document: &Document, viewport: &Viewport) {
    let (Some(grid), Some(voxel)) = (document.grid(), document.cursor_voxel()) else {
        return;
    };
    let center = viewport.index_to_pixel(grid, IndexPoint::from(voxel));
    let [x, y] = center.map(|c| c.floor() as f32);
    let (dash, period, gap, opacity) = (6.0, 10.0, 6.0, 0.85);
    let mut at = 0.0;
    while at < canvas.width().max(canvas.height()) {
        let apart = |center: f32| at + dash <= center - gap || at >= center + gap;
        if apart(x) {
            canvas.fill([at, y], [at + dash, y + 1.0], CROSSHAIR, opacity);
        }
        if apart(y) {
            canvas.fill([x, at], [x + 1.0, at + dash], CROSSHAIR, opacity);
        }
        at += period;
    }
}

fn letters(canvas: &mut Canvas<'_>, viewport: &Viewport) {
    let [width, height] = [canvas.width(), canvas.height()];
    let places = [
        ([10.0, height / 2.0], [0.0, 0.5]),
        ([width - 10.0, height / 2.0], [1.0, 0.5]),
        ([width / 2.0, 8.0], [0.5, 0.0]),
        ([width / 2.0, height - 6.0], [0.5, 1.0]),
    ];
    let style = TextStyle {
        bold: true,
        em: 15.0,
        color: LETTER,
    };
    for (edge, (at, align)) in viewport.axes.edges.iter().zip(places) {
        canvas.text(at, align, &edge.letter().to_string(), style);
    }
}

fn scale_bar(canvas: &mut Canvas<'_>, viewport: &Viewport) {
    let half = (f64::from(canvas.width()) / 2.0 - 20.0) / viewport.zoom;
    let mm = scale_bar_mm(half);
    let length = (mm * viewport.zoom) as f32;
    let [right, y] = [canvas.width() - 12.0, canvas.height() - 30.0];
    let left = right - length;
    let (dark, opacity) = DARK;
    canvas.fill([left - 1.0, y - 2.0], [right + 1.0, y + 2.0], dark, opacity);
    canvas.fill([left, y - 1.0], [right, y + 1.0], ANNOTATION, 1.0);
    let at = [right - length / 2.0, y - 4.0];
    canvas.text(at, [0.5, 1.0], &length_text(mm), plain(12.0, ANNOTATION));
}

fn names(canvas: &mut Canvas<'_>, mode: Option<ComparisonMode>, layers: &[&Layer]) {
    let style = plain(12.5, ANNOTATION);
    let names: Vec<_> = layers.iter().map(|layer| layer.name.as_str()).collect();
    let room = canvas.width() / 2.0 - 30.0;
    let mut text = names.join(" + ");
    if let (Some(mode), [first, second]) = (mode, &names[..]) {
        let title = mode.title([first, second]);
        text = title.iter().map(|part| part.text.as_str()).collect();
        if canvas.text_width(&text, style) <= room {
            let mut x = 10.0;
            for TitlePart { text, color } in &title {
                let color = color.unwrap_or(ANNOTATION);
                canvas.text([x, 8.0], [0.0, 0.0], text, plain(12.5, color));
                x += canvas.text_width(text, style);
            }
            return;
        }
    }
    if canvas.text_width(&text, style) > room {
        while !text.is_empty() && canvas.text_width(&format!("{text}…"), style) > room {
            text.pop();
        }
        text.push('…');
    }
    canvas.text([10.0, 8.0], [0.0, 0.0], &text, style);
}

fn color_bar(canvas: &mut Canvas<'_>, layer: &Layer) {
    let height = (canvas.height() * 0.3).clamp(90.0, 160.0).round();
    let [left, right] = [12.0, 22.0];
    let bottom = canvas.height() - 16.0;
    let top = bottom - height;
    let (dark, opacity) = DARK;
    canvas.fill(
        [left - 1.0, top - 1.0],
        [right + 1.0, bottom + 1.0],
        dark,
        opacity,
    );
    let lut = Lut::new(&layer.display);
    let window = layer.display.window;
    for row in 0..height as usize {
        let share = f64::from((height - 1.0 - row as f32) / (height - 1.0));
        let [r, g, b, _] = lut.color((window.min + window.width() * share) as f32);
        let y = top + row as f32;
        canvas.fill([left, y], [right, y + 1.0], [r, g, b], 1.0);
    }
    let number = |value: f64| format_number(value * shown_factor(layer), decimals_for(layer));
    let highest = format!("{} {}", number(window.max), shown_unit(layer));
    let style = plain(11.5, OVER_IMAGE);
    canvas.text([right + 6.0, top], [0.0, 0.0], highest.trim_end(), style);
    canvas.text(
        [right + 6.0, bottom],
        [0.0, 1.0],
        &number(window.min),
        style,
    );
}
