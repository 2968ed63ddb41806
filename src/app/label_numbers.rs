//! Volumes of the labels of the selected image and statistics of the main one within them, worked out
//! beside the window.

use crate::document::{Document, Layer, LayerId};
use crate::jobs::{self, Job, Wake};
use crate::volume::{
    Identity, ImagePair, LabelStatistics, LabelVolume, label_statistics, label_volumes,
};
use std::sync::atomic::Ordering;

/// The numbers between frames.
#[derive(Default)]
pub struct LabelNumbers {
    /// Of which images the newest are, or will be, and at which time point.
    of: Option<([Identity; 2], usize)>,
    layer: Option<LayerId>,
    job: Option<Job<Option<Found>>>,
    found: Option<Found>,
    failed: bool,
}

struct Found {
    volumes: Vec<LabelVolume>,
    measured: Vec<LabelStatistics>,
}

impl LabelNumbers {
    /// The layer that they are of.
    pub fn layer(&self) -> Option<LayerId> {
        self.layer
    }

    pub fn volumes(&self) -> Option<&[LabelVolume]> {
        self.found.as_ref().map(|found| &found.volumes[..])
    }

    /// Statistics of the main image; none of the main image in its own labels.
    pub fn measured(&self) -> &[LabelStatistics] {
        self.found.as_ref().map_or(&[], |found| &found.measured)
    }

    /// Whether the values turned out to be no labels.
    pub fn failed(&self) -> bool {
        self.failed
    }

    /// Takes in what was counted, and begins anew where the image has changed; `wanted` is the layer
    /// whose labels are seen.
    pub fn update(&mut self, document: &Document, wanted: Option<&Layer>, wake: &Wake) {
        if let Some(outcome) = self.job.as_ref().and_then(Job::poll) {
            self.job = None;
            self.found = outcome.ok().flatten();
            self.failed = self.found.is_none();
        }
        let (Some(layer), Some(main)) = (wanted, document.main()) else {
            *self = Self::default();
            return;
        };
        let is_known = self.of.as_ref().is_some_and(|([labels, image], time)| {
            layer.volume.is(labels) && main.volume.is(image) && *time == layer.display.time
        });
        let is_same = self.layer == Some(layer.id);
        // One after the other: the labels of an image that is being moved would never be counted.
        if is_known || (is_same && self.job.is_some()) {
            return;
        }
        self.layer = Some(layer.id);
        let time = layer.display.time;
        self.of = Some(([layer.volume.identity(), main.volume.identity()], time));
        self.failed = false;
        if !is_same {
            self.found = None;
        }
        let (labels, image) = (layer.volume.clone(), main.volume.clone());
        let is_other = layer.id != main.id && image.components() == 1;
        self.job = Some(jobs::spawn(
            "Counting labels",
            wake.clone(),
            move |handle| {
                let cancelled = handle.cancel_flag();
                let volumes = label_volumes(&labels, time).ok()?;
                let mut measured = Vec::new();
                if is_other {
                    let pair = ImagePair::new(&labels, &image);
                    let told = label_statistics(&pair, &|_| !cancelled.load(Ordering::Relaxed));
                    measured = told?.ok()?;
                }
                Some(Found { volumes, measured })
            },
        ));
    }
}
