//! How well two images agree in numbers, worked out beside the window whenever one of them changes.

use crate::document::{Layer, LayerId};
use crate::jobs::{self, Job, Wake};
use crate::volume::{Identity, ImagePair, Overlap, Similarity, overlap_while, similarity_while};
use std::sync::atomic::Ordering;

/// What was found of two images.
pub enum Found {
    Values(Similarity),
    Labels(Overlap),
    /// Why there are none.
    Refused(String),
}

/// All that figures depend on.
struct Compared {
    images: [Identity; 2],
    layers: [LayerId; 2],
    times: [usize; 2],
    /// Both are label images.
    labels: bool,
}

/// The figures between frames.
#[derive(Default)]
pub struct Figures {
    /// Of which images the newest are, or will be.
    of: Option<Compared>,
    job: Option<Job<Option<Found>>>,
    found: Option<Found>,
}

impl Figures {
    /// The newest that are known: those of the images as they were a moment ago while new ones are
    /// worked out.
    pub fn found(&self) -> Option<&Found> {
        self.found.as_ref()
    }

    pub fn are_on_their_way(&self) -> bool {
        self.job.is_some()
    }

    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// Takes in what was worked out, and begins anew where an image has changed.
    pub fn update(&mut self, [first, second]: [&Layer; 2], wake: &Wake) {
        if let Some(outcome) = self.job.as_ref().and_then(Job::poll) {
            self.job = None;
            self.found = match outcome {
                Ok(found) => found,
                Err(panicked) => Some(Found::Refused(panicked.to_string())),
            };
        }
        let layers = [first.id, second.id];
        if self.of.as_ref().is_some_and(|of| of.layers != layers) {
            *self = Self::default();
        }
        let times = [first, second].map(|layer| layer.display.time);
        let labels = [first, second]
            .iter()
            .all(|layer| layer.display.labels.is_some());
        let is_known = self.of.as_ref().is_some_and(|of| {
            let [a, b] = &of.images;
            let same = first.volume.is(a) && second.volume.is(b);
            same && (of.times, of.labels) == (times, labels)
        });
        // One after the other: a moving image would otherwise never be finished with.
        if is_known || self.job.is_some() {
            return;
        }
        self.of = Some(Compared {
            images: [first.volume.identity(), second.volume.identity()],
            layers,
            times,
            labels,
        });
        let (a, b) = (first.volume.clone(), second.volume.clone());
        self.job = Some(jobs::spawn("Comparing", wake.clone(), move |handle| {
            let cancelled = handle.cancel_flag();
            let goes_on = |_| !cancelled.load(Ordering::Relaxed);
            let (a, b) = (a.in_one_component(), b.in_one_component());
            let pair = ImagePair {
                times,
                ..ImagePair::new(&a, &b)
            };
            match labels {
                true => Some(match overlap_while(&pair, &goes_on)? {
                    Ok(overlap) => Found::Labels(overlap),
                    Err(refused) => Found::Refused(refused.to_string()),
                }),
                false => similarity_while(&pair, &goes_on).map(Found::Values),
            }
        }));
    }
}
