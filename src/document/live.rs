//! The live layer: an image that goes on changing, such as the state of a running registration.
//!
//! There is at most one. Steps back and forth neither bring it nor take it away, and what is done to
//! it is none of them.

use super::{CommandError, Display, Document, Layer, LayerId, Role};
use crate::volume::Volume;

/// The live layer out of its document, and whether it was shown and selected there.
pub(super) struct Live {
    layer: Layer,
    ground: bool,
    active: bool,
}

impl Document {
    /// The layer whose voxels go on changing.
    pub fn live(&self) -> Option<&Layer> {
        self.live.and_then(|id| self.layer(id))
    }

    pub(super) fn is_live(&self, id: Option<LayerId>) -> bool {
        id.is_some() && self.live == id
    }

    /// Puts the live layer on top and shows it, in place of the one before.
    pub(super) fn show_live(
        &mut self,
        volume: Volume,
        role: Role,
        display: Display,
    ) -> Result<(), CommandError> {
        if self.is_empty() {
            return Err(CommandError::NoMainImage);
        }
        self.take_live();
        let active = self.active;
        let id = self.push(volume, role, Some(display));
        match role {
            Role::Overlay => self.active = active,
            Role::Main | Role::Additional => self.ground = Some(id),
        }
        self.live = Some(id);
        Ok(())
    }

    pub(super) fn update_live(&mut self, volume: Volume) -> Result<(), CommandError> {
        let live = self.live;
        let layer = self.layers.iter_mut().find(|layer| Some(layer.id) == live);
        let layer = layer.ok_or(CommandError::NoSuchLayer)?;
        layer.volume = volume;
        layer.revision += 1;
        Ok(())
    }

    pub(super) fn take_live(&mut self) -> Option<Live> {
        let id = self.live.take()?;
        let position = self.layers.iter().position(|layer| layer.id == id)?;
        let live = Live {
            ground: self.ground == Some(id),
            active: self.active == Some(id),
            layer: self.layers.remove(position),
        };
        self.turn_from(id);
        Some(live)
    }

    pub(super) fn put_live(&mut self, live: Live) {
        let id = live.layer.id;
        self.layers.push(live.layer);
        self.live = Some(id);
        if live.ground {
            self.ground = Some(id);
        }
        if live.active {
            self.active = Some(id);
        }
    }
}
