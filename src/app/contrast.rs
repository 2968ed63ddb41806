//! Looks that need all voxels of a layer to be read: worked out in the background, as with large
//! images that takes longer than a frame.

use super::App;
use crate::document::{Command, Display, Layer, LayerId, Role, Window, initial_display};
use crate::jobs::{self, Job};
use crate::volume::{Summary, auto_window, shown_components, summary};

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contrast {
    /// The range between two quantiles.
    Auto,
    /// From the lowest to the highest value.
    Full,
    /// The range the layer opened with.
    Opened,
    /// All of the look it opened with.
    OpenedLook,
}

/// What was found for a layer.
pub enum Found {
    Range(Window),
    Look(Display),
}

/// What is being worked out, in the order in which it was asked for.
pub type Contrasts = Vec<Job<Vec<(LayerId, Found)>>>;

impl Contrast {
    fn find(self, layer: &Layer) -> Found {
        let is_overlay = layer.role == Role::Overlay;
        let shown = || shown_components(&layer.volume, layer.display.components);
        match self {
            Self::Auto => Found::Range(auto_window(&shown()).into()),
            Self::Full => {
                let shown = shown();
                Found::Range(match summary(&shown) {
                    Summary { min, max, .. } if min < max => Window::new(min, max),
                    _ => auto_window(&shown).into(),
                })
            }
            Self::Opened => Found::Range(initial_display(&layer.volume, is_overlay).window),
            Self::OpenedLook => Found::Look(initial_display(&layer.volume, is_overlay)),
        }
    }
}

impl Found {
    fn applied(self, now: &Display) -> Display {
        match self {
            Self::Range(window) => Display {
                window,
                ..now.clone()
            },
            Self::Look(look) => Display {
                visible: now.visible,
                time: now.time,
                ..look
            },
        }
    }
}

impl App {
    /// Gives the layers that `is_wanted` picks another contrast, as soon as it is known.
    pub(super) fn change_contrast(
        &mut self,
        contrast: Contrast,
        is_wanted: impl Fn(&Layer) -> bool,
    ) {
        let layers = self.document.layers().iter();
        let wanted: Vec<Layer> = layers.filter(|layer| is_wanted(layer)).cloned().collect();
        let job = jobs::spawn("Contrast", self.wake.clone(), move |_| {
            wanted
                .iter()
                .map(|layer| (layer.id, contrast.find(layer)))
                .collect()
        });
        self.contrasts.push(job);
    }

    /// Takes over what is known by now.
    pub(super) fn advance_contrasts(&mut self) {
        while let Some(outcome) = self.contrasts.first().and_then(Job::poll) {
            self.contrasts.remove(0);
            match outcome {
                Ok(found) => {
                    for (layer, found) in found {
                        self.take_contrast(layer, found);
                    }
                }
                Err(panicked) => self.notices.error(panicked.to_string()),
            }
        }
    }

    /// The layer may have been closed in the meantime.
    fn take_contrast(&mut self, id: LayerId, found: Found) {
        if let Some(layer) = self.document.layer(id) {
            let display = found.applied(&layer.display);
            self.edit(Command::SetDisplay { layer: id, display });
            self.history.end_gesture();
        }
    }
}
