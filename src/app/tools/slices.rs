//! Slices: a stack at uneven steps or with gaps made even or split, and that of a tilted gantry put
//! upright.

use super::Wanted;
use super::recipe::{Recipe, Step};
use crate::document::format_number;
use crate::volume::{NoticeKind, Volume};
use egui::{Label, RichText, Ui};

/// What is to become of the slices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stack {
    /// At equal steps.
    Even,
    /// An image for each run of equal steps.
    Split,
    /// On a grid at right angles.
    Upright,
}

impl Stack {
    const ALL: [Self; 3] = [Self::Even, Self::Split, Self::Upright];

    /// What a button says that does it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Even => "Regrid",
            Self::Split => "Split",
            Self::Upright => "Regrid upright",
        }
    }

    fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::Even => (
                "Regrid to equal steps",
                "New slices between the true ones, linear in between; the first and the last stay",
            ),
            Self::Split => (
                "Split at the gaps",
                "An image for each run of slices at equal steps, voxels as they are",
            ),
            Self::Upright => (
                "Put the tilted slices upright",
                "Resamples onto a grid at right angles; padded with the lowest value",
            ),
        }
    }

    /// Whether there is something of that to do.
    pub fn fits(self, volume: &Volume) -> bool {
        match self {
            Self::Even | Self::Split => volume.meta().slice_positions.is_some(),
            Self::Upright => volume.upright_grid().is_some(),
        }
    }

    /// What a user may choose for an image as it was read.
    pub fn offers(kind: NoticeKind, volume: &Volume) -> Vec<Self> {
        let offered: &[Self] = match kind {
            NoticeKind::UnevenSpacing | NoticeKind::MissingSlices => &[Self::Even, Self::Split],
            NoticeKind::GantryTilt => &[Self::Upright],
            _ => &[],
        };
        let fitting = offered.iter().copied();
        fitting.filter(|what| what.fits(volume)).collect()
    }
}

/// The choice in the panel.
pub struct Slices {
    what: Stack,
}

impl Slices {
    pub fn new(volume: &Volume) -> Self {
        let first = Stack::ALL.into_iter().find(|what| what.fits(volume));
        Self {
            what: first.unwrap_or(Stack::Even),
        }
    }

    pub fn choose(&mut self, what: Stack) {
        self.what = what;
    }

    /// A split makes several images, of which no one can be shown in the image's place.
    pub fn has_preview(&self) -> bool {
        self.what != Stack::Split
    }

    pub fn wanted(&self, base: &Volume) -> Wanted {
        if !Stack::ALL.iter().any(|what| what.fits(base)) {
            return Err("its slices lie at equal steps and upright: nothing to do".to_owned());
        }
        Ok(self.what.fits(base).then(|| Recipe {
            images: vec![base.clone()],
            step: Step::Stack(self.what),
        }))
    }

    pub fn show(&mut self, ui: &mut Ui, base: &Volume) {
        for notice in &base.meta().notices {
            let kinds = [
                NoticeKind::UnevenSpacing,
                NoticeKind::MissingSlices,
                NoticeKind::GantryTilt,
            ];
            if kinds.contains(&notice.kind) {
                ui.add(Label::new(RichText::new(&notice.text).weak()).wrap());
            }
        }
        ui.add_space(6.0);
        for what in Stack::ALL {
            let (text, tip) = what.text();
            ui.add_enabled_ui(what.fits(base), |ui| {
                ui.radio_value(&mut self.what, what, text)
                    .on_hover_text(tip)
                    .on_disabled_hover_text("This image does not need it");
            });
        }
        if let Some(positions) = &base.meta().slice_positions {
            ui.add_space(6.0);
            ui.label("Steps between slices");
            for (step, first, last) in steps(positions) {
                let mm = format_number(step, 3);
                let slices = match last - first {
                    1 => format!("{first} to {last}"),
                    count => format!("{first} to {last} ({count} steps)"),
                };
                ui.weak(format!("{mm} mm: slices {slices}"));
            }
        }
    }
}

/// Runs of equal steps: step in mm, first and last slice.
fn steps(positions: &[f64]) -> Vec<(f64, usize, usize)> {
    let mut runs: Vec<(f64, usize, usize)> = Vec::new();
    for (n, pair) in positions.windows(2).enumerate() {
        let step = pair[1] - pair[0];
        match runs.last_mut() {
            Some((same, _, last)) if (*same - step).abs() < 0.02 => *last = n + 1,
            _ => runs.push((step, n, n + 1)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_told_in_runs() {
        let runs = steps(&[0.0, 3.0, 6.0, 12.0, 15.0]);
        assert_eq!(runs, [(3.0, 0, 2), (6.0, 2, 3), (3.0, 3, 4)]);
    }
}
