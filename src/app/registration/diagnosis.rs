//! What happens in the run, in words.

use super::run::{Phase, Run};
use super::{Demons, Request, align};
use crate::app::App;
use crate::app::message::Message;
use crate::app::widgets::{capitalized, section};
use crate::app::{icons, theme};
use crate::document::{Document, LayerId};
use crate::registration::Sample;
use egui::{Frame, Label, Margin, Ui};

/// How good the news is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tone {
    Good,
    Plain,
    Doubtful,
}

/// One sentence about the run.
#[derive(Clone, Debug, PartialEq)]
struct Remark {
    tone: Tone,
    text: String,
}

impl Remark {
    fn new(tone: Tone, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { tone, text }
    }
}

pub fn show(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    let demons = &app.demons;
    let mut remarks = Vec::new();
    if let Some(refusal) = &demons.refusal {
        remarks.push(Remark::new(Tone::Doubtful, sentence(refusal)));
    }
    if let (Some(Err(refused)), false) = (demons.plan(), demons.is_live()) {
        remarks.push(Remark::new(Tone::Doubtful, sentence(&refused.to_string())));
    }
    let distance = demons.distance(&app.document).filter(|_| !demons.is_live());
    remarks.extend(distance.map(|mm| {
        let text = format!("The images lie {mm:.0} mm apart: align their centres first.");
        Remark::new(Tone::Doubtful, text)
    }));
    if let Some(shown) = &demons.run {
        remarks.extend(progress_of(&shown.run));
        if let Some(frame) = &demons.frame {
            remarks.extend(folds(&frame.state.jacobian));
            remarks.extend(border(&frame.state.warped, &frame.state.target));
        }
    }
    if !remarks.is_empty() {
        section(ui, "What is happening");
        card(ui, &remarks);
    }
    if distance.is_some() {
        let tip = "Adds the source again with its centre on the target's; no voxel is changed";
        ask(ui, "Align centres", tip, Request::AlignCenters, messages);
    }
}

fn ask(ui: &mut Ui, text: &str, tip: &str, request: Request, messages: &mut Vec<Message>) {
    if ui.button(text).on_hover_text(tip).clicked() {
        messages.push(Message::Demons(request));
    }
}

fn card(ui: &mut Ui, remarks: &[Remark]) {
    Frame::new()
        .fill(ui.visuals().faint_bg_color)
        .corner_radius(6.0)
        .inner_margin(Margin::same(8))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            for remark in remarks {
                let (icon, color) = match remark.tone {
                    Tone::Good => (icons::CHECK_CIRCLE, theme::GOOD),
                    Tone::Plain => (icons::INFO, ui.visuals().weak_text_color()),
                    Tone::Doubtful => (icons::WARNING, ui.visuals().warn_fg_color),
                };
                ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = 6.0;
                    ui.colored_label(color, icon);
                    ui.add(Label::new(&remark.text).wrap());
                });
            }
        });
}

fn sentence(text: &str) -> String {
    capitalized(text) + "."
}

/// How the MSD moves.
fn progress_of(run: &Run) -> Option<Remark> {
    if run.phase() == Phase::Ended {
        return None;
    }
    let last = run.samples.last()?;
    let level = run.samples.rsplit(|s| s.level != last.level).next()?;
    Some(trend(level))
}

/// The trend over the last iterations of a level.
fn trend(level: &[Sample]) -> Remark {
    let window = &level[level.len().saturating_sub(6)..];
    let (Some(first), Some(last), true) = (window.first(), window.last(), window.len() > 2) else {
        return Remark::new(Tone::Plain, "A level begins.");
    };
    let steps = (window.len() - 1) as f64;
    let percent = 100.0 * (first.msd - last.msd) / first.msd.max(f64::MIN_POSITIVE) / steps;
    if last.rejected {
        let text = "MSD rose: that iteration was taken back and the level ended.";
        Remark::new(Tone::Plain, text)
    } else if percent < -0.01 {
        let text = format!("MSD rises by {:.1} % an iteration: smooth more.", -percent);
        Remark::new(Tone::Doubtful, text)
    } else if percent < 0.02 {
        Remark::new(Tone::Plain, "Hardly anything moves any more.")
    } else {
        Remark::new(
            Tone::Good,
            format!("MSD falls by {percent:.1} % an iteration."),
        )
    }
}

/// Folds in the shown plane.
fn folds(jacobian: &[f32]) -> Option<Remark> {
    let defined = jacobian.iter().copied().filter(|j| !j.is_nan());
    let least = defined.reduce(f32::min)?;
    Some(match jacobian.iter().filter(|j| **j <= 0.0).count() {
        0 => Remark::new(
            Tone::Good,
            format!("No folding here: smallest Jacobian {least:.2}."),
        ),
        folded => {
            let noun = if folded == 1 {
                "pixel folds"
            } else {
                "pixels fold"
            };
            let text = format!("{folded} {noun} here: raise σ elastic, or compose updates.");
            Remark::new(Tone::Doubtful, text)
        }
    })
}

/// Pixels of the target that the source has no value for.
fn border(warped: &[f32], target: &[f32]) -> Option<Remark> {
    let wanted = target.iter().filter(|v| !v.is_nan()).count();
    let missing = warped
        .iter()
        .zip(target)
        .filter(|(w, t)| w.is_nan() && !t.is_nan())
        .count();
    let percent = 100.0 * missing as f64 / wanted.max(1) as f64;
    (percent > 2.0).then(|| {
        let text = format!(
            "{percent:.0} % here (bluish) comes from beyond the source's border and does not count."
        );
        Remark::new(Tone::Plain, text)
    })
}

impl Demons {
    /// How far the chosen images lie apart, where that is too far.
    fn distance(&self, document: &Document) -> Option<f64> {
        let grid = |id: Option<LayerId>| Some(document.layer(id?)?.volume.grid());
        align::far_apart(grid(self.source)?, grid(self.target)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(msd: &[f64]) -> Vec<Sample> {
        let sample = |(iteration, &msd)| Sample {
            level: 1,
            iteration,
            msd,
            seconds: 0.0,
            rejected: false,
            ends_level: false,
        };
        msd.iter().enumerate().map(sample).collect()
    }

    #[test]
    fn the_trend_is_told_from_the_last_iterations() {
        assert_eq!(trend(&level(&[100.0, 90.0, 80.0])).tone, Tone::Good);
        assert_eq!(trend(&level(&[80.0, 90.0, 100.0])).tone, Tone::Doubtful);
        assert_eq!(
            trend(&level(&[80.0, 80.0, 80.0])).text,
            "Hardly anything moves any more."
        );
        assert_eq!(trend(&level(&[80.0])).tone, Tone::Plain);
    }

    #[test]
    fn folds_are_counted_and_undefined_pixels_are_none() {
        let remark = folds(&[1.0, -0.2, 0.0, f32::NAN]).expect("a remark");
        assert!(remark.text.starts_with("2 pixels fold"), "{}", remark.text);
        assert_eq!(folds(&[f32::NAN]), None);
    }

    #[test]
    fn a_border_without_data_is_told_only_where_the_target_has_data() {
        let nan = f32::NAN;
        assert!(border(&[nan, 1.0], &[1.0, 1.0]).is_some());
        assert_eq!(border(&[nan, 1.0], &[nan, 1.0]), None);
    }
}
