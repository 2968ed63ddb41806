//! Images in memory: voxels on a grid, and what is read off them (slices, samples, statistics).
//!
//! Knows no files and no screen.

mod center;
mod components;
mod crop;
mod histogram;
mod memory;
mod meta;
mod moments;
mod reorient;
mod resample;
mod retype;
mod sample;
mod slice;
mod stats;
mod threshold;
mod times;
mod transform;
mod uneven;
mod unshear;
mod voxels;

pub use components::{Components, shown_components};
pub use crop::{CropError, CropOrigin};
pub use histogram::{Histogram, auto_window, histogram, quantiles};
pub use memory::available_memory;
pub use meta::{
    Content, DicomMeta, DicomTag, Format, Meta, Modality, NamedWindow, NiftiMeta, Notice,
    NoticeKind, Suv, TimeAxis,
};
pub use moments::Moments;
pub use reorient::{ReorientMode, Reorientation};
pub use resample::Resampling;
pub use retype::{CannotHold, RescaleUse, Retyped};
pub use sample::{Interpolation, sample};
pub use slice::{Sampler, Slice, SliceRequest, slice};
pub use stats::{Summary, summary};
pub use times::JoinError;
pub use transform::{Chain, NotAField, Transform};
pub use voxels::{Linear, Rescale, Voxel, VoxelArray, VoxelData, VoxelType};

use crate::geometry::Grid;
use std::sync::{Arc, Weak};

/// An image: voxels, their grid and what else is known. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Volume {
    grid: Grid,
    voxels: Arc<Voxels>,
    meta: Arc<Meta>,
}

/// Which image it was, without keeping its voxels.
#[derive(Clone, Debug)]
pub struct Identity {
    grid: Grid,
    voxels: Weak<Voxels>,
    meta: Weak<Meta>,
}

/// Stored numbers and the map from them to values.
#[derive(Clone, Debug)]
pub struct Voxels {
    pub data: VoxelData,
    pub rescale: Rescale,
}

/// Voxels and grid do not fit together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("voxel array {array:?} ([t, k, j, i, c]) does not fit a grid of {grid:?} voxels")]
pub struct ShapeMismatch {
    pub array: [usize; 5],
    pub grid: [usize; 3],
}

impl Volume {
    /// `data` is `[t, k, j, i, c]`, the grid `(nx, ny, nz)`.
    pub fn new(
        grid: Grid,
        data: VoxelData,
        rescale: Rescale,
        meta: Meta,
    ) -> Result<Self, ShapeMismatch> {
        let array = data.dim();
        let [nt, nz, ny, nx, components] = array;
        let slices_fit = match &rescale {
            Rescale::Uniform(_) => true,
            Rescale::PerSlice(slices) => slices.len() == nt * nz,
        };
        if [nx, ny, nz] != grid.shape() || nt == 0 || components == 0 || !slices_fit {
            return Err(ShapeMismatch {
                array,
                grid: grid.shape(),
            });
        }
        Ok(Self {
            grid,
            voxels: Arc::new(Voxels { data, rescale }),
            meta: Arc::new(meta),
        })
    }

    /// The same voxels with other accompanying facts.
    pub fn with_meta(&self, meta: Meta) -> Self {
        Self {
            meta: Arc::new(meta),
            ..self.clone()
        }
    }

    /// The same voxels in another place.
    pub fn with_grid(&self, grid: Grid) -> Result<Self, ShapeMismatch> {
        if grid.shape() != self.grid.shape() {
            return Err(ShapeMismatch {
                array: self.voxels.data.dim(),
                grid: grid.shape(),
            });
        }
        Ok(Self {
            grid,
            ..self.clone()
        })
    }

    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    pub fn data(&self) -> &VoxelData {
        &self.voxels.data
    }

    pub fn rescale(&self) -> &Rescale {
        &self.voxels.rescale
    }

    pub fn time_points(&self) -> usize {
        self.voxels.data.dim()[0]
    }

    pub fn components(&self) -> usize {
        self.voxels.data.dim()[4]
    }

    /// Value of one component after rescale, or `None` outside.
    pub fn value(&self, voxel: [usize; 3], t: usize, component: usize) -> Option<f64> {
        let stored = self.voxels.data.stored(voxel, t, component)?;
        let nz = self.grid.shape()[2];
        Some(self.voxels.rescale.of_slice(t, voxel[2], nz).apply(stored))
    }

    /// Values of all components after rescale, or `None` outside.
    pub fn values(&self, voxel: [usize; 3], t: usize) -> Option<Vec<f64>> {
        (0..self.components())
            .map(|component| self.value(voxel, t, component))
            .collect()
    }

    pub fn identity(&self) -> Identity {
        Identity {
            grid: self.grid,
            voxels: Arc::downgrade(&self.voxels),
            meta: Arc::downgrade(&self.meta),
        }
    }

    /// Whether it is that very image: the same voxels, grid and meta, not only equal ones.
    pub fn is(&self, identity: &Identity) -> bool {
        self.grid == identity.grid
            && identity.voxels.as_ptr() == Arc::as_ptr(&self.voxels)
            && identity.meta.as_ptr() == Arc::as_ptr(&self.meta)
    }

    /// Whether two handles share the same voxels in memory.
    pub fn shares_voxels_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.voxels, &other.voxels)
    }
}
