//! What is open and how it is shown: layers, cursor, views, undo.
//!
//! Plain data, cheap to clone (volumes are shared), free of any window.

mod alignment;
pub mod annotation;
mod color_map;
mod command;
mod comparison;
mod curve;
mod display;
mod history;
mod inspect;
mod labels;
mod landmarks;
mod layer;
mod live;
mod lut;
mod measure;
mod picture;
mod reorient;
mod view;

pub use alignment::{Aligned, Alignment, AlignmentStep, body, placed};
pub use color_map::{ColorMap, ColorMapError, ColorPoint, OwnMap, OwnMapFile, Side};
pub use command::{Command, CommandError, NewLayer};
pub use comparison::{
    Comparison, ComparisonMode, Tint, TitlePart, compose_comparison, paint_comparison,
};
pub use curve::Curve;
pub use display::{Display, Preset, Window, initial_display, presets};
pub use history::History;
pub use inspect::{
    Reading, decimals_for, format_number, readings, scale_text, shown_factor, shown_unit,
    with_hyphens, with_true_minus,
};
pub use labels::{BACKGROUND, LabelDisplay, LabelTable, label_of};
pub use landmarks::{LandmarkEdit, LandmarkError, LandmarkId, LandmarkPair, TargetErrors, paired};
pub use layer::{Layer, LayerId, Role};
pub use lut::Lut;
pub use measure::{
    LayerNumbers, MeasureEdit, Measurement, MeasurementId, MeasurementKind, Profile, ProfileLine,
    RegionNumbers, angle_deg, measurements_text, profile, profile_text, region_numbers,
    region_voxels,
};
pub use picture::{PictureLayer, compose, paint};
pub use view::{Flips, Plane, PlaneAxes, PlaneView, View, Viewport};

use crate::geometry::{Grid, IndexPoint, WorldPoint};
use crate::volume::{Identity, Reorientation, Volume};
use std::collections::BTreeMap;

/// Everything that is open. The first layer is the main image: its voxel grid is the one the slices,
/// the cursor and the views follow.
#[derive(Clone, Debug)]
pub struct Document {
    /// Bottom to top; the main image first.
    layers: Vec<Layer>,
    /// The layer the inspectors speak of.
    active: Option<LayerId>,
    /// The main or additional image the views show; overlays lie on top of it.
    ground: Option<LayerId>,
    /// Always the centre of a voxel of the main image.
    cursor: WorldPoint,
    /// Time point of 4D images, 0-based; shorter images stay at their last.
    time: usize,
    pub view: View,
    /// The images that were written to files, of layers made or changed here.
    saved: BTreeMap<LayerId, Identity>,
    /// The changes of orientation that layers had when they, or a workspace with them, were saved.
    saved_as: BTreeMap<LayerId, Vec<Reorientation>>,
    /// Another orientation that is only tried out; no part of the history.
    tried: Option<reorient::Tried>,
    /// The layer whose voxels go on changing; no part of the history.
    live: Option<LayerId>,
    /// Rulers, regions and profiles, oldest first.
    measurements: Vec<Measurement>,
    /// Places that can be found in two images, oldest first.
    landmarks: Vec<LandmarkPair>,
    next_id: u64,
}

impl Default for Document {
    fn default() -> Self {
        Self {
            layers: Vec::new(),
            active: None,
            ground: None,
            cursor: WorldPoint::ORIGIN,
            time: 0,
            view: View::default(),
            saved: BTreeMap::new(),
            saved_as: BTreeMap::new(),
            tried: None,
            live: None,
            measurements: Vec::new(),
            landmarks: Vec::new(),
            next_id: 1,
        }
    }
}

impl Document {
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    pub fn layer(&self, id: LayerId) -> Option<&Layer> {
        self.layers.iter().find(|layer| layer.id == id)
    }

    pub fn main(&self) -> Option<&Layer> {
        self.layers.first()
    }

    pub fn active(&self) -> Option<&Layer> {
        self.active.and_then(|id| self.layer(id))
    }

    pub fn ground(&self) -> Option<&Layer> {
        self.ground.and_then(|id| self.layer(id))
    }

    /// Main and additional images: those that can be the ground.
    pub fn ground_layers(&self) -> impl Iterator<Item = &Layer> {
        self.layers
            .iter()
            .filter(|layer| layer.role != Role::Overlay)
    }

    pub fn overlays(&self) -> impl Iterator<Item = &Layer> {
        self.layers
            .iter()
            .filter(|layer| layer.role == Role::Overlay)
    }

    /// What a view paints, bottom to top, with `ground` as the lowest.
    pub fn stack(&self, ground: LayerId) -> Vec<&Layer> {
        self.layer(ground)
            .into_iter()
            .chain(self.overlays())
            .filter(|layer| layer.display.visible)
            .collect()
    }

    /// The grid the views follow: the main image's.
    pub fn grid(&self) -> Option<&Grid> {
        self.main().map(|layer| layer.volume.grid())
    }

    pub fn cursor(&self) -> WorldPoint {
        self.cursor
    }

    /// The voxel of the main image under the cursor.
    pub fn cursor_voxel(&self) -> Option<[usize; 3]> {
        let grid = self.grid()?;
        Some(grid.world_to_index(self.cursor).clamped_voxel(grid.shape()))
    }

    /// The world point of a voxel of the main image; outside indices are drawn to the edge.
    pub fn voxel_to_world(&self, voxel: [i64; 3]) -> Option<WorldPoint> {
        let grid = self.grid()?;
        let shape = grid.shape();
        let inside: [usize; 3] =
            std::array::from_fn(|axis| voxel[axis].clamp(0, shape[axis] as i64 - 1) as usize);
        Some(grid.index_to_world(IndexPoint::from(inside)))
    }

    pub fn time(&self) -> usize {
        self.time
    }

    /// The largest number of time points among the layers; 1 without a 4D image.
    pub fn time_points(&self) -> usize {
        self.layers
            .iter()
            .map(|layer| layer.volume.time_points())
            .max()
            .unwrap_or(1)
    }

    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    /// Bytes of all voxels, each volume counted once.
    pub fn voxel_bytes(&self) -> usize {
        self.layers
            .iter()
            .enumerate()
            .filter(|(n, layer)| {
                !self.layers[..*n]
                    .iter()
                    .any(|before| before.volume.shares_voxels_with(&layer.volume))
            })
            .map(|(_, layer)| layer.volume.data().bytes())
            .sum()
    }

    /// Puts the cursor on the main voxel nearest to `point`.
    fn place_cursor(&mut self, point: WorldPoint) {
        if let Some(grid) = self.grid() {
            let voxel = grid.world_to_index(point).clamped_voxel(grid.shape());
            self.cursor = grid.index_to_world(IndexPoint::from(voxel));
        }
    }

    fn new_id(&mut self) -> LayerId {
        let id = LayerId(self.next_id);
        self.next_id += 1;
        id
    }

    /// Puts an image on top of the others and selects it.
    fn push(&mut self, volume: Volume, role: Role, display: Option<Display>) -> LayerId {
        let id = self.new_id();
        let display = display.unwrap_or_else(|| initial_display(&volume, role == Role::Overlay));
        self.layers.push(Layer {
            id,
            name: volume.meta().name.clone(),
            role,
            volume,
            revision: 0,
            display,
            alignment: None,
        });
        self.active = Some(id);
        id
    }
}
