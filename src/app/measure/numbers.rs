//! The numbers of the items, worked out only when an item or a layer has changed.

use crate::document::{
    Document, LayerId, Measurement, MeasurementId, MeasurementKind, Profile, RegionNumbers,
    profile, region_numbers,
};
use crate::geometry::Grid;
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

/// Of every region, and of the profile that is current.
#[derive(Debug, Default)]
pub struct Numbers {
    layers: Vec<LayerKey>,
    regions: Vec<(Measurement, RegionNumbers)>,
    profile: Option<(Measurement, Profile)>,
}

impl Numbers {
    pub fn region(&self, id: MeasurementId) -> Option<&RegionNumbers> {
        let found = self.regions.iter().find(|(item, _)| item.id == id);
        found.map(|(_, numbers)| numbers)
    }

    pub fn profile(&self) -> Option<&Profile> {
        self.profile.as_ref().map(|(_, profile)| profile)
    }

    pub fn update<'a>(
        &mut self,
        document: &Document,
        items: impl Iterator<Item = &'a Measurement>,
        current: Option<MeasurementId>,
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
        let known = std::mem::take(&mut self.regions);
        let mut profiled = None;
        for item in items {
            if item.kind.is_region() {
                let same = known.iter().find(|(before, _)| before == item);
                let numbers = match same {
                    Some((_, numbers)) => Some(numbers.clone()),
                    None => region_numbers(document, item),
                };
                self.regions
                    .extend(numbers.map(|numbers| (item.clone(), numbers)));
            } else if item.kind == MeasurementKind::Profile && current == Some(item.id) {
                profiled = Some(item);
            }
        }
        if self.profile.as_ref().map(|(item, _)| item) != profiled {
            self.profile = profiled.map(|item| (item.clone(), profile(document, item.ends)));
        }
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
