//! Images in another orientation: as an edit, or only tried out.
//!
//! What is tried out stands in the layer's place but is no part of the history; taking it away leaves
//! the document as it was, where the user has not moved the cursor or the views meanwhile.

use super::{CommandError, Document, LayerId, Plane, PlaneAxes, PlaneView, View};
use crate::geometry::{Grid, IndexPoint, WorldPoint};
use crate::volume::{Reorientation, Volume};

/// What a layer was before something was tried out on it.
#[derive(Clone, Debug)]
pub(super) struct Tried {
    layer: LayerId,
    volume: Volume,
    /// Cursor and views before, and as the trial left them.
    before: (WorldPoint, View),
    after: (WorldPoint, View),
}

impl Document {
    /// The layer on which something is tried out.
    pub fn tried(&self) -> Option<LayerId> {
        self.tried.as_ref().map(|tried| tried.layer)
    }

    /// A layer's image without what is only tried out.
    pub fn settled(&self, id: LayerId) -> Option<&Volume> {
        match &self.tried {
            Some(tried) if tried.layer == id => Some(&tried.volume),
            _ => self.layer(id).map(|layer| &layer.volume),
        }
    }

    /// Whether a layer has changes that are in no file.
    pub fn is_unsaved(&self, id: LayerId) -> bool {
        // A live layer is over before anybody could want it in a file.
        let Some(volume) = self.settled(id).filter(|_| self.live != Some(id)) else {
            return false;
        };
        let changes = &volume.meta().reoriented[..];
        let is_saved = self.saved.get(&id).is_some_and(|saved| volume.is(saved));
        volume.meta().derived && !is_saved
            || !changes.is_empty() && self.saved_reorientations(id) != changes
    }

    /// The changes of orientation that were made when the layer was saved last.
    pub fn saved_reorientations(&self, id: LayerId) -> &[Reorientation] {
        self.saved_as.get(&id).map_or(&[], Vec::as_slice)
    }

    pub(super) fn mark_saved(&mut self, id: LayerId, volume: &Volume) {
        self.saved.insert(id, volume.identity());
        self.saved_as.insert(id, volume.meta().reoriented.clone());
    }

    pub(super) fn change(&mut self, id: LayerId, volume: Volume) -> Result<(), CommandError> {
        self.end_trial();
        self.keep_alignment(id, &volume)?;
        self.replace_volume(id, volume)?;
        self.show_time(self.time);
        Ok(())
    }

    pub(super) fn reorient(&mut self, id: LayerId, volume: Volume) -> Result<(), CommandError> {
        self.end_trial();
        self.keep_alignment(id, &volume)?;
        self.replace_volume(id, volume)?;
        Ok(())
    }

    pub(super) fn try_out(&mut self, id: LayerId, volume: Volume) -> Result<(), CommandError> {
        self.end_trial();
        let before = (self.cursor, self.view.clone());
        let replaced = self.replace_volume(id, volume)?;
        self.tried = Some(Tried {
            layer: id,
            volume: replaced,
            before,
            after: (self.cursor, self.view.clone()),
        });
        Ok(())
    }

    pub(super) fn end_trial(&mut self) {
        let Some(tried) = self.tried.take() else {
            return;
        };
        let now = (self.cursor, self.view.clone());
        if self.replace_volume(tried.layer, tried.volume).is_err() {
            // The layer was closed meanwhile.
            return;
        }
        let flips = self.view.flips;
        if now.0 == tried.after.0 {
            self.cursor = tried.before.0;
        }
        if now.1 == tried.after.1 {
            self.view = tried.before.1;
        }
        self.view.flip(flips);
    }

    /// Takes what is tried out away for as long as `work` takes.
    pub(super) fn without_trial<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let tried = self.tried().and_then(|id| {
            let volume = self.layer(id)?.volume.clone();
            self.end_trial();
            Some((id, volume))
        });
        let result = work(self);
        if let Some((id, volume)) = tried {
            // The work may have closed the layer: then there is nothing to try it on.
            let _ = self.try_out(id, volume);
        }
        result
    }

    /// Puts other voxels into a layer; returns those before.
    pub(super) fn replace_volume(
        &mut self,
        id: LayerId,
        volume: Volume,
    ) -> Result<Volume, CommandError> {
        let main = self.grid().copied();
        let layer = self.layer_mut(id)?;
        let before = std::mem::replace(&mut layer.volume, volume);
        layer.revision += 1;
        if let Some(main) = main {
            self.follow_grid(&main);
        }
        Ok(before)
    }

    /// Cursor and views after the main image's grid took the place of `before`. Where voxels were
    /// only permuted, all stay at their places in the world. Otherwise the cursor stays at its
    /// voxel, and views show whole slices.
    pub(super) fn follow_grid(&mut self, before: &Grid) {
        let Some(&after) = self.grid() else {
            return;
        };
        if after == *before {
            return;
        }
        if is_permuted(before, &after) {
            self.place_cursor(self.cursor);
            self.view = permuted_view(&self.view, before, &after);
        } else {
            let voxel = before.world_to_index(self.cursor);
            let voxel = voxel.clamped_voxel(before.shape());
            self.place_cursor(after.index_to_world(IndexPoint::from(voxel)));
            self.view.planes = [PlaneView::default(); 3];
        }
    }
}

/// Whether two grids have the same voxels, counted along other axes.
pub(super) fn is_permuted(before: &Grid, after: &Grid) -> bool {
    before.reoriented(after.orientation()).same_as(after)
}

/// The view of the same places.
fn permuted_view(view: &View, before: &Grid, after: &Grid) -> View {
    let mut view = view.clone();
    for plane in Plane::ALL {
        let [old, new] = [before, after].map(|grid| PlaneAxes::flipped(plane, grid, view.flips));
        if let Some(center) = &mut view.planes[plane.index()].center {
            let at = before.index_to_world(old.plane_to_index(before, *center, 0.0));
            *center = new.index_to_plane(after, after.world_to_index(at));
        }
    }
    view
}
