//! Histograms of the layers, counted in the background when first wanted.

use crate::document::{Command, Layer, LayerId};
use crate::jobs::{self, Job, Wake};
use crate::volume::{Components, Content, Histogram, histogram, shown_components};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// How histograms are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HistogramLook {
    pub bins: usize,
    /// Bars are cut off at this share of the highest; chosen by itself when not given.
    pub cutoff_percent: Option<f64>,
    /// Heights are powers of ten.
    pub log: bool,
}

impl Default for HistogramLook {
    fn default() -> Self {
        Self {
            bins: 64,
            cutoff_percent: None,
            log: false,
        }
    }
}

impl HistogramLook {
    /// A number of bins that can be drawn.
    pub fn clamped_bins(bins: f64) -> usize {
        bins.clamp(4.0, 512.0).round() as usize
    }

    /// Heights of the bars from 0 to 1.
    pub fn heights(&self, counts: &[u64]) -> Vec<f64> {
        let peak = counts.iter().copied().max().unwrap_or(0) as f64;
        let cutoff = match self.cutoff_percent {
            Some(percent) => peak * percent / 100.0,
            None => usual_cutoff(counts).min(peak),
        };
        let scale = |count: f64| if self.log { count.ln_1p() } else { count };
        let full = scale(cutoff).max(f64::MIN_POSITIVE);
        counts
            .iter()
            .map(|count| (scale(*count as f64) / full).min(1.0))
            .collect()
    }
}

/// The count that 95 % of the bins stay below takes six tenths of the height, as in ITK-SNAP: one
/// bin full of air would else flatten all others.
fn usual_cutoff(counts: &[u64]) -> f64 {
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    let at = (sorted.len() as f64 * 0.95) as usize;
    let common = sorted.get(at.min(sorted.len().saturating_sub(1)));
    common.map_or(0.0, |count| *count as f64 / 0.6).max(1.0)
}

/// What a histogram is of.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Wanted {
    bins: usize,
    components: Components,
}

#[derive(Default)]
struct Entry {
    /// What is shown until another is counted; `None` when there is nothing to count.
    ready: Option<Histogram>,
    /// What was counted or is being counted last.
    wanted: Option<Wanted>,
    job: Option<Job<Histogram>>,
}

/// One histogram a layer.
#[derive(Default)]
pub struct Histograms {
    entries: HashMap<LayerId, Entry>,
}

impl Histograms {
    /// Takes in what is ready, starts counting for `layer`, forgets layers that are gone.
    pub fn update(&mut self, layers: &[Layer], layer: Option<&Layer>, bins: usize, wake: &Wake) {
        self.entries
            .retain(|id, _| layers.iter().any(|layer| layer.id == *id));
        for entry in self.entries.values_mut() {
            if let Some(outcome) = entry.job.as_ref().and_then(Job::poll) {
                entry.job = None;
                entry.ready = outcome.ok();
            }
        }
        let Some(layer) = layer else {
            return;
        };
        let wanted = Wanted {
            bins,
            components: layer.display.components,
        };
        let entry = self.entries.entry(layer.id).or_default();
        if entry.wanted == Some(wanted) || layer.volume.meta().content == Content::Color {
            return;
        }
        entry.wanted = Some(wanted);
        let volume = layer.volume.clone();
        entry.job = Some(jobs::spawn("Histogram", wake.clone(), move |_| {
            histogram(&shown_components(&volume, wanted.components), wanted.bins)
        }));
    }

    /// Counts anew what `command` gives other voxels.
    pub fn forget(&mut self, command: &Command) {
        if let Command::Reload { layer, .. } = command {
            self.entries.remove(layer);
        }
    }

    pub fn of(&self, layer: LayerId) -> Option<&Histogram> {
        self.entries.get(&layer)?.ready.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bin_full_of_air_does_not_flatten_the_others() {
        let mut counts = vec![60; 63];
        counts.push(1_000_000);
        let look = HistogramLook::default();
        assert_eq!(look.heights(&counts)[0], 0.6);
        assert_eq!(look.heights(&counts)[63], 1.0);
        let cut = HistogramLook {
            cutoff_percent: Some(0.012),
            ..look
        };
        assert_eq!(cut.heights(&counts)[0], 0.5);
        assert_eq!(look.heights(&[0, 0]), [0.0, 0.0]);
        assert_eq!(look.heights(&[]), [0.0; 0]);
    }
}
