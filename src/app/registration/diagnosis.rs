//! What happens in the run, in words.

use super::run::{Phase, Run};
use crate::app::App;
use crate::app::message::Message;
use crate::app::widgets::section;
use crate::app::{icons, theme};
use egui::{Color32, Frame, Label, Margin, RichText, Ui};

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

pub fn show(ui: &mut Ui, app: &App, _messages: &mut Vec<Message>) {
    let demons = &app.demons;
    let mut remarks = Vec::new();
    if let Some(refusal) = &demons.refusal {
        remarks.push(Remark {
            tone: Tone::Doubtful,
            text: sentence(refusal),
        });
    }
    if let Some(shown) = &demons.run {
        remarks.extend(progress_of(&shown.run));
        if let Some(frame) = &demons.frame {
            remarks.extend(folds(&frame.state.jacobian));
        }
    }
    if remarks.is_empty() {
        return;
    }
    section(ui, "What is happening");
    Frame::new()
        .fill(theme::CARD)
        .corner_radius(6.0)
        .inner_margin(Margin::same(8))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            for remark in remarks {
                let (icon, color) = match remark.tone {
                    Tone::Good => (icons::CHECK_CIRCLE, super::panes::DEFORMATION),
                    Tone::Plain => (icons::INFO, Color32::from_gray(170)),
                    Tone::Doubtful => (icons::WARNING, theme::WARNING),
                };
                ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = 6.0;
                    ui.colored_label(color, icon);
                    ui.add(Label::new(RichText::new(remark.text)).wrap());
                });
            }
        });
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).chain(['.']).collect()
}

/// How the MSD moves.
fn progress_of(run: &Run) -> Option<Remark> {
    let last = run.samples.last()?;
    let level = run.samples.rsplit(|s| s.level != last.level).next()?;
    if run.phase() == Phase::Ended {
        return None;
    }
    if level.len() < 3 {
        return Some(Remark {
            tone: Tone::Plain,
            text: format!("Level {} begins.", last.level),
        });
    }
    let window = &level[level.len().saturating_sub(6)..];
    let (first, steps) = (window.first()?.msd, (window.len() - 1) as f64);
    let percent = 100.0 * (first - last.msd) / first.max(f64::MIN_POSITIVE) / steps;
    Some(if last.rejected {
        Remark {
            tone: Tone::Plain,
            text: "MSD rose: that iteration was taken back and the level ended.".to_owned(),
        }
    } else if percent < -0.01 {
        Remark {
            tone: Tone::Doubtful,
            text: format!(
                "MSD is rising by {:.1} % an iteration: smooth more, or check MSD.",
                -percent
            ),
        }
    } else if percent < 0.02 {
        Remark {
            tone: Tone::Plain,
            text: "Hardly anything moves any more.".to_owned(),
        }
    } else {
        Remark {
            tone: Tone::Good,
            text: format!("Falling: {percent:.1} % an iteration."),
        }
    })
}

/// Folds in the shown plane.
fn folds(jacobian: &[f32]) -> Option<Remark> {
    let least = jacobian
        .iter()
        .copied()
        .filter(|j| !j.is_nan())
        .fold(f32::INFINITY, f32::min);
    let folded = jacobian.iter().filter(|j| **j <= 0.0).count();
    if !least.is_finite() {
        return None;
    }
    Some(if folded == 0 {
        Remark {
            tone: Tone::Good,
            text: format!("No folding in this plane: smallest Jacobian {least:.2}."),
        }
    } else {
        let noun = if folded == 1 {
            "pixel folds"
        } else {
            "pixels fold"
        };
        Remark {
            tone: Tone::Doubtful,
            text: format!("{folded} {noun} in this plane: raise σ elastic, or compose updates."),
        }
    })
}
