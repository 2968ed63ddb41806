//! The numbers of the items, worked out only when an item or a layer has changed; those of a large
//! region in the background, one after the other.

use crate::document::{
    Document, LayerId, Measurement, MeasurementId, MeasurementKind, Profile, RegionNumbers,
    profile, region_numbers, region_voxels,
};
use crate::geometry::Grid;
use crate::jobs::{self, Job, Wake};
use crate::volume::Interpolation;

/// All of a layer that the numbers depend on.
#[derive(Debug, PartialEq)]
struct LayerKey {
    id: LayerId,
    name: String,
    revision: u64,
    grid: Grid,
    time: usize,
    interpolation: Interpolation,
    show_suv: bool,
    visible: bool,
}

/// Voxels of a region whose numbers are there within a part of a frame.
const QUICK: f64 = 100_000.0;

/// A region as it was, and its numbers if it has any.
type Known = (Measurement, Option<RegionNumbers>);

/// Of every region, and of the profile that is current.
#[derive(Default)]
pub struct Numbers {
    layers: Vec<LayerKey>,
    regions: Vec<Known>,
    /// A large region that is being read.
    reading: Option<(Measurement, Job<Option<RegionNumbers>>)>,
    profile: Option<(Measurement, Profile)>,
}

impl Numbers {
    /// Those of a large region may be a little behind the hand.
    pub fn region(&self, id: MeasurementId) -> Option<&RegionNumbers> {
        let found = self.regions.iter().find(|(item, _)| item.id == id);
        found.and_then(|(_, numbers)| numbers.as_ref())
    }

    pub fn profile(&self) -> Option<&Profile> {
        self.profile.as_ref().map(|(_, profile)| profile)
    }

    pub fn update<'a>(
        &mut self,
        document: &Document,
        items: impl Iterator<Item = &'a Measurement>,
        current: Option<MeasurementId>,
        wake: &Wake,
    ) {
        let mut items = items.peekable();
        if items.peek().is_none() {
            *self = Self::default();
            return;
        }
        let layers = layer_keys(document);
        if layers != self.layers {
            *self = Self {
                layers,
                ..Self::default()
            };
        }
        let known = self.take_known();
        let mut profiled = None;
        for item in items {
            if item.kind.is_region() {
                let before = known.iter().find(|(before, _)| before.id == item.id);
                let now = self.region_now(document, item, before, wake);
                self.regions.extend(now);
            } else if item.kind == MeasurementKind::Profile && current == Some(item.id) {
                profiled = Some(item);
            }
        }
        if self.profile.as_ref().map(|(item, _)| item) != profiled {
            self.profile = profiled.map(|item| (item.clone(), profile(document, item.ends)));
        }
    }

    /// What is known from before, with what was read in the meantime.
    fn take_known(&mut self) -> Vec<Known> {
        let mut known = std::mem::take(&mut self.regions);
        if let Some((item, job)) = self.reading.take() {
            match job.poll() {
                None => self.reading = Some((item, job)),
                Some(outcome) => {
                    known.retain(|(before, _)| before.id != item.id);
                    known.push((item, outcome.ok().flatten()));
                }
            }
        }
        known
    }

    /// The numbers of a region as it is now, or as it was while those of a large one are being read.
    fn region_now(
        &mut self,
        document: &Document,
        item: &Measurement,
        before: Option<&Known>,
        wake: &Wake,
    ) -> Option<Known> {
        if let Some(same) = before.filter(|(before, _)| before == item) {
            return Some(same.clone());
        }
        if region_voxels(document, item) < QUICK {
            return Some((item.clone(), region_numbers(document, item)));
        }
        if self.reading.is_none() {
            let (document, region) = (document.clone(), item.clone());
            let job = jobs::spawn("Reading a region", wake.clone(), move |_| {
                region_numbers(&document, &region)
            });
            self.reading = Some((item.clone(), job));
        }
        before.cloned()
    }
}

fn layer_keys(document: &Document) -> Vec<LayerKey> {
    let key = |layer: &crate::document::Layer| LayerKey {
        id: layer.id,
        name: layer.name.clone(),
        revision: layer.revision,
        grid: *layer.volume.grid(),
        time: layer.display.time,
        interpolation: layer.display.interpolation,
        show_suv: layer.display.show_suv,
        visible: layer.display.visible,
    };
    document.layers().iter().map(key).collect()
}
