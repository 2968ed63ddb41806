//! The MSD of every iteration so far, one colour a level.

use super::run::Run;
use crate::app::axis::round_step;
use crate::app::overlay::outlined;
use crate::app::theme;
use crate::app::widgets::still_plot;
use crate::document::with_true_minus;
use crate::registration::Sample;
use egui::{Align2, Color32, FontId, Rect, RichText, Ui};
use egui_plot::{
    AxisHints, GridInput, GridMark, Line, LineStyle, MarkerShape, Plot, PlotPoint, PlotUi, Points,
    Text, VLine,
};

/// Crosses at iterations that were taken back.
pub const REJECTED: Color32 = Color32::from_rgb(0xf0, 0x7a, 0x6e);
/// Numbers at the axes.
const TICKS: Color32 = Color32::from_gray(165);

const LEVELS: [Color32; 6] = [
    Color32::from_rgb(0x5a, 0xa9, 0xf0),
    Color32::from_rgb(0x7f, 0xd6, 0xc4),
    Color32::from_rgb(0xf5, 0xb0, 0x4a),
    Color32::from_rgb(0xd7, 0x9a, 0xe8),
    Color32::from_rgb(0xe8, 0xe0, 0x7a),
    Color32::from_rgb(0xf0, 0x8a, 0x7e),
];

/// The colour of a level, counted from 1.
pub fn level_color(level: usize) -> Color32 {
    LEVELS[(level.max(1) - 1) % LEVELS.len()]
}

/// Iterations of all levels counted through, one place for each sample: a level's iteration 0 lies
/// where the level before it ended.
pub fn places(samples: &[Sample]) -> Vec<f64> {
    let mut before = 0;
    let mut last = 0;
    let place = |sample: &Sample| {
        if sample.iteration == 0 {
            before += last;
        }
        last = sample.iteration;
        (before + last) as f64
    };
    samples.iter().map(place).collect()
}

/// Powers of ten; an MSD of 0 is drawn as a very small one.
fn height(sample: &Sample) -> f64 {
    sample.msd.max(1e-12).log10()
}

/// Draws the curves of `run`, with `at` (level, iteration) marked, over those of a run `kept` before.
pub fn show(ui: &mut Ui, run: Option<&Run>, kept: Option<&Run>, at: Option<(usize, usize)>) {
    let samples = run.map_or(&[][..], |run| &run.samples);
    let before = kept.map_or(&[][..], |run| &run.samples);
    let marks = run.map_or(&[][..], |run| &run.marks);
    let rect = ui.max_rect();
    let places = places(samples);
    let plot = styled(Plot::new("demons msd"));
    plot.show(ui, |plot| {
        set_bounds(plot, [samples, before]);
        let grey = Color32::from_gray(120);
        curves(plot, before, "kept, ", |_| grey);
        curves(plot, samples, "", level_color);
        for mark in marks {
            let place = places.get(mark.at.saturating_sub(1)).copied();
            change(plot, place.unwrap_or(0.0), &mark.text);
        }
        let current = at.and_then(|(level, iteration)| {
            samples
                .iter()
                .rposition(|s| (s.level, s.iteration) == (level, iteration))
        });
        if let Some(n) = current {
            let line = VLine::new("shown", places[n]);
            plot.vline(line.color(Color32::from_white_alpha(60)).width(1.0));
            let point = Points::new("shown point", vec![[places[n], height(&samples[n])]]);
            plot.points(point.radius(4.0).color(Color32::WHITE));
        }
    });
    legend(ui, rect, samples, !before.is_empty());
}

/// Nothing moves but the curves: no zoom, no pan, round numbers at the axes.
fn styled(plot: Plot<'_>) -> Plot<'_> {
    let axis = || {
        let font = FontId::proportional(11.0);
        AxisHints::new_x()
            .tick_label_font(font)
            .tick_label_color(TICKS)
    };
    let upright = || {
        let font = FontId::proportional(11.0);
        AxisHints::new_y()
            .tick_label_font(font)
            .tick_label_color(TICKS)
    };
    still_plot(plot)
        .grid_color(Color32::from_gray(62))
        .grid_fade(0.3)
        .x_grid_spacer(|input| iteration_marks(&input))
        .y_grid_spacer(|input| value_marks(&input))
        .custom_x_axes(vec![axis().formatter(|mark, _| {
            let whole = mark.value >= 0.0 && mark.value.fract() == 0.0;
            if whole {
                format!("{:.0}", mark.value)
            } else {
                String::new()
            }
        })])
        .custom_y_axes(vec![
            upright()
                .min_thickness(40.0)
                .formatter(|mark, _| value_text(10f64.powf(mark.value))),
        ])
}

/// All curves, with room for the title above them.
fn set_bounds(plot: &mut PlotUi<'_>, runs: [&[Sample]; 2]) {
    let last = runs.map(|samples| places(samples).last().copied().unwrap_or(0.0));
    let right = last[0].max(last[1]).max(20.0);
    plot.set_plot_bounds_x(-0.01 * right..=1.02 * right);
    let heights = runs.into_iter().flatten().map(height);
    let (low, high) = heights.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), h| {
        (low.min(h), high.max(h))
    });
    if low.is_finite() && high.is_finite() {
        let room = (high - low).max(0.02);
        plot.set_plot_bounds_y(low - 0.08 * room..=high + 0.18 * room);
    } else {
        plot.set_plot_bounds_y(0.0..=3.0);
    }
}

/// Round numbers of iterations, about eight across.
pub fn iteration_marks(input: &GridInput) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    let step = round_step((high - low) / 8.0).max(1.0);
    let step_size = 1e3 * step;
    let first = (low.max(0.0) / step).ceil() as u64;
    // A number at the very edge would be cut off.
    let last = (0.98 * high.max(0.0) / step).floor() as u64;
    let mark = |n: u64| GridMark {
        value: n as f64 * step,
        step_size,
    };
    (first..=last.min(first + 20)).map(mark).collect()
}

/// Parameters that changed at `x`.
fn change(plot: &mut PlotUi<'_>, x: f64, text: &str) {
    let line = VLine::new(text.to_owned(), x).color(Color32::from_gray(150));
    plot.vline(line.width(1.0).style(LineStyle::dashed_dense()));
    let bottom = plot.plot_bounds().min()[1];
    let words = RichText::new(format!(" {text} ")).size(11.0);
    let label = Text::new(text.to_owned(), PlotPoint::new(x, bottom), words);
    plot.text(
        label
            .anchor(Align2::LEFT_BOTTOM)
            .color(Color32::from_gray(200)),
    );
}

/// What the plot is of, and which colour is which level.
fn legend(ui: &Ui, rect: Rect, samples: &[Sample], kept: bool) {
    let font = FontId::new(12.0, theme::semibold());
    let at = rect.left_top() + egui::vec2(52.0, 4.0);
    let title = "MSD after each iteration";
    outlined(
        ui.painter(),
        at,
        Align2::LEFT_TOP,
        title,
        &font,
        Color32::from_gray(210),
    );
    let mut levels: Vec<usize> = samples.iter().map(|sample| sample.level).collect();
    levels.dedup();
    let mut entries: Vec<(String, Color32)> = Vec::new();
    if kept {
        entries.push(("kept run".to_owned(), Color32::from_gray(150)));
    }
    entries.extend(
        levels
            .into_iter()
            .map(|n| (format!("level {n}"), level_color(n))),
    );
    let font = FontId::proportional(12.0);
    let mut right = rect.right_top() + egui::vec2(-10.0, 4.0);
    for (text, color) in entries.into_iter().rev() {
        let taken = outlined(ui.painter(), right, Align2::RIGHT_TOP, &text, &font, color);
        right.x = taken.left() - 14.0;
    }
}

fn curves(
    plot: &mut PlotUi<'_>,
    samples: &[Sample],
    prefix: &str,
    color: impl Fn(usize) -> Color32,
) {
    let places = places(samples);
    for level in samples.chunk_by(|a, b| a.level == b.level) {
        let number = level.first().map_or(1, |sample| sample.level);
        let from = samples.iter().position(|s| s.level == number).unwrap_or(0);
        let point = |n: usize| [places[from + n], height(&level[n])];
        let color = color(number);
        let name = format!("{prefix}level {number}");
        let points: Vec<[f64; 2]> = (0..level.len()).map(point).collect();
        plot.line(Line::new(name.clone(), points).color(color).width(2.0));
        let rejected = (0..level.len()).filter(|&n| level[n].rejected).map(point);
        let crosses = Points::new(format!("{name} taken back"), rejected.collect::<Vec<_>>());
        plot.points(
            crosses
                .shape(MarkerShape::Cross)
                .radius(4.0)
                .color(REJECTED),
        );
    }
}

/// Marks at round values: 1, 2, 5 of each power of ten, or evenly where less is on show.
fn value_marks(input: &GridInput) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    // Every mark has a label.
    let step_size = 1e3 * input.base_step_size.max(1e-3);
    let mark = |value: f64| GridMark {
        value: value.log10(),
        step_size,
    };
    let visible = |mark: &GridMark| mark.value > low && mark.value < high;
    if high - low > 1.0 {
        let powers = low.floor() as i32..=high.ceil() as i32;
        let factors: &[f64] = if high - low > 3.0 {
            &[1.0]
        } else {
            &[1.0, 2.0, 5.0]
        };
        let values = powers.flat_map(|power| factors.iter().map(move |f| f * 10f64.powi(power)));
        return values.map(mark).filter(visible).collect();
    }
    let (bottom, top) = (10f64.powf(low), 10f64.powf(high));
    let step = round_step((top - bottom) / 4.0);
    let first = (bottom / step).ceil() as i64;
    let last = (top / step).floor() as i64;
    (first..=last.min(first + 20))
        .map(|n| mark(n as f64 * step))
        .filter(visible)
        .collect()
}

fn value_text(value: f64) -> String {
    if value >= 9.95 || value == 0.0 {
        format!("{value:.0}")
    } else if value >= 0.0995 {
        format!("{value:.1}")
    } else {
        with_true_minus(&format!("{value:.0e}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(level: usize, iteration: usize) -> Sample {
        Sample {
            level,
            iteration,
            msd: 1.0,
            seconds: 0.0,
            rejected: false,
            ends_level: false,
        }
    }

    #[test]
    fn levels_are_counted_through_and_begin_where_the_last_ended() {
        let samples = [
            sample(1, 0),
            sample(1, 1),
            sample(1, 2),
            sample(2, 0),
            sample(2, 1),
        ];
        assert_eq!(places(&samples), [0.0, 1.0, 2.0, 2.0, 3.0]);
    }

    #[test]
    fn marks_are_round_values_inside_the_range() {
        let values = |low: f64, high: f64| -> Vec<f64> {
            let bounds = (low.log10(), high.log10());
            let marks = value_marks(&GridInput {
                bounds,
                base_step_size: 0.01,
            });
            marks
                .iter()
                .map(|mark| (10f64.powf(mark.value) * 1e6).round() / 1e6)
                .collect()
        };
        assert_eq!(values(70.0, 130.0), [80.0, 100.0, 120.0]);
        assert_eq!(values(9.0, 210.0), [10.0, 20.0, 50.0, 100.0, 200.0]);
    }
}
