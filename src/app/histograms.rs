//! Histograms of the layers, counted in the background when first wanted.

use crate::document::{Command, Layer, LayerId};
use crate::jobs::{self, Job, Wake};
use crate::volume::{Content, Histogram, histogram};
use std::collections::HashMap;

const BINS: usize = 64;

enum Entry {
    Counting(Job<Histogram>),
    Ready(Histogram),
    /// Nothing to count, or the count failed.
    None,
}

/// One histogram a layer.
#[derive(Default)]
pub struct Histograms {
    entries: HashMap<LayerId, Entry>,
}

impl Histograms {
    /// Takes in what is ready, starts counting for `wanted`, forgets layers that are gone.
    pub fn update(&mut self, layers: &[Layer], wanted: Option<&Layer>, wake: &Wake) {
        self.entries
            .retain(|id, _| layers.iter().any(|layer| layer.id == *id));
        for entry in self.entries.values_mut() {
            if let Entry::Counting(job) = entry
                && let Some(outcome) = job.poll()
            {
                *entry = outcome.map_or(Entry::None, Entry::Ready);
            }
        }
        let Some(layer) = wanted else {
            return;
        };
        self.entries.entry(layer.id).or_insert_with(|| {
            if layer.volume.meta().content == Content::Color {
                return Entry::None;
            }
            let volume = layer.volume.clone();
            Entry::Counting(jobs::spawn("Histogram", wake.clone(), move |_| {
                histogram(&volume, BINS)
            }))
        });
    }

    /// Counts anew what `command` gives other voxels.
    pub fn forget(&mut self, command: &Command) {
        if let Command::Reload { layer, .. } = command {
            self.entries.remove(layer);
        }
    }

    pub fn of(&self, layer: LayerId) -> Option<&Histogram> {
        match self.entries.get(&layer)? {
            Entry::Ready(histogram) => Some(histogram),
            Entry::Counting(_) | Entry::None => None,
        }
    }
}
