//! Images along other voxel axes: voxels permuted and reversed in place, or the header relabelled.

use super::{Linear, Meta, Notice, NoticeKind, Rescale, Volume, Voxel, VoxelArray, VoxelData};
use crate::geometry::{AxisMap, Orientation};
use crate::with_voxels;
use ndarray::{ArrayView3, ArrayViewMut3, Axis, Ix5, Zip};
use rayon::prelude::*;
use std::fmt;

/// What giving an image another orientation changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReorientMode {
    /// Voxels are permuted and flipped; each stays at its place in the world.
    Reorient,
    /// The header's directions change and the voxels do not, as ITK-SNAP does it: the image lies
    /// elsewhere in the world.
    Relabel,
}

/// One change of orientation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reorientation {
    pub mode: ReorientMode,
    pub from: Orientation,
    pub to: Orientation,
}

impl fmt::Display for Reorientation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let done = match self.mode {
            ReorientMode::Reorient => "reoriented",
            ReorientMode::Relabel => "relabelled",
        };
        write!(f, "{done} from {} to {}", self.from, self.to)
    }
}

impl Volume {
    /// The image in the orientation `to`. Voxels keep their type, and share memory with those here
    /// where they need no other order. Only where slices have scales of their own and are slices no
    /// longer, values become float32, with a notice.
    pub fn reoriented(&self, mode: ReorientMode, to: Orientation) -> Self {
        let from = self.grid.orientation();
        let change = Reorientation { mode, from, to };
        match mode {
            ReorientMode::Relabel => {
                let grid = self.grid.relabelled(to);
                if grid.affine() == self.grid.affine() {
                    return self.clone();
                }
                let mut meta = changed_meta(&self.meta, change);
                meta.moved = true;
                Self {
                    grid,
                    meta: meta.into(),
                    ..self.clone()
                }
            }
            ReorientMode::Reorient => {
                let map = AxisMap::between(from, to);
                if map.is_identity() {
                    return self.clone();
                }
                self.permuted(map, change)
            }
        }
    }

    fn permuted(&self, map: AxisMap, change: Reorientation) -> Self {
        let mut meta = changed_meta(&self.meta, change);
        permute_dim_info(&mut meta, map);
        permute_slice_positions(&mut meta, map);
        let (data, rescale) = match (self.rescale(), map.from[2]) {
            (Rescale::Uniform(linear), _) => {
                let data = with_voxels!(self.data(), array => permute(array, map));
                (data, Rescale::Uniform(*linear))
            }
            (Rescale::PerSlice(slices), 2) => {
                let data = with_voxels!(self.data(), array => permute(array, map));
                let mut slices = slices.clone();
                if map.reversed[2] {
                    let volumes = slices.chunks_exact_mut(self.grid.shape()[2]);
                    volumes.for_each(<[Linear]>::reverse);
                }
                (data, Rescale::PerSlice(slices))
            }
            (rescale, _) => {
                meta.notices.push(Notice::new(
                    NoticeKind::TypeConverted,
                    "every slice has a scale of its own and the slices lie along another axis now; values are kept as float32",
                ));
                let values = with_voxels!(self.data(), array => rescaled(array, rescale));
                (permute(&values, map), Rescale::IDENTITY)
            }
        };
        Self {
            grid: self.grid.reoriented(change.to),
            voxels: super::Voxels { data, rescale }.into(),
            meta: meta.into(),
        }
    }
}

/// Notes the change. One of the same kind as the last takes its place, and reorienting back leaves
/// nothing.
fn changed_meta(meta: &Meta, change: Reorientation) -> Meta {
    let mut meta = meta.clone();
    let mut from = change.from;
    if let Some(last) = meta.reoriented.pop_if(|last| last.mode == change.mode) {
        from = last.from;
    }
    if change.mode == ReorientMode::Relabel || from != change.to {
        meta.reoriented.push(Reorientation { from, ..change });
    }
    let stale = NoticeKind::Reoriented;
    meta.notices.retain(|notice| notice.kind != stale);
    if meta.dicom.is_some() && !meta.reoriented.is_empty() {
        let changes: Vec<String> = meta.reoriented.iter().map(ToString::to_string).collect();
        let text = format!(
            "{}; the DICOM elements tell where the image was before",
            changes.join(", then ")
        );
        meta.notices.push(Notice::new(stale, text));
    }
    meta
}

/// NIfTI's `dim_info` holds, in two bits each, which axes (1 to 3) are those of frequency, phase and
/// slices.
fn permute_dim_info(meta: &mut Meta, map: AxisMap) {
    let field = meta
        .nifti
        .as_mut()
        .and_then(|n| n.fields.get_mut("dim_info"));
    let Some((field, old)) = field.and_then(|field| field.as_u64().map(|old| (field, old))) else {
        return;
    };
    let new = [0, 2, 4].map(|bit| match old >> bit & 3 {
        0 => 0,
        axis => {
            let place = map.from.iter().position(|&from| from as u64 == axis - 1);
            place.map_or(0, |place| (place as u64 + 1) << bit)
        }
    });
    *field = (old & !63 | new[0] | new[1] | new[2]).into();
}

/// They count from the other end when the stack is reversed, and tell nothing when it lies along another
/// axis.
fn permute_slice_positions(meta: &mut Meta, map: AxisMap) {
    let positions = meta.slice_positions.take().filter(|_| map.from[2] == 2);
    meta.slice_positions = positions.map(|positions| match (map.reversed[2], positions.last()) {
        (true, Some(&last)) => positions.iter().rev().map(|place| last - place).collect(),
        _ => positions,
    });
}

/// Values after a scale for each slice.
fn rescaled<T: Voxel>(array: &VoxelArray<T>, rescale: &Rescale) -> VoxelArray<f32> {
    let nz = array.dim().1;
    let mut values = VoxelArray::zeros(array.dim());
    for (t, mut volume) in values.outer_iter_mut().enumerate() {
        Zip::indexed(volume.outer_iter_mut())
            .and(array.index_axis(Axis(0), t).outer_iter())
            .par_for_each(|k, mut values, stored| {
                let linear = rescale.of_slice(t, k, nz);
                values.zip_mut_with(&stored, |value, stored| {
                    *value = linear.apply(stored.to_f64()) as f32;
                });
            });
    }
    values
}

/// Where `i` lies among the axes `[t, k, j, i, c]`; j and k lie before it.
const I: usize = 3;

fn permute<T: Voxel>(array: &VoxelArray<T>, map: AxisMap) -> VoxelData {
    let [i, j, k] = map.from.map(|axis| I - axis);
    let mut source = array.view().permuted_axes([0, k, j, i, 4]);
    for (axis, reversed) in map.reversed.into_iter().enumerate() {
        if reversed {
            source.invert_axis(Axis(I - axis));
        }
    }
    // Components lie side by side or far apart, and stay so.
    let apart = array.dim().4 > 1 && array.strides()[4].abs() != 1;
    let mut copy = if apart {
        let (t, k, j, i, c) = source.dim();
        ndarray::Array5::from_elem((c, t, k, j, i), T::default()).permuted_axes(Ix5(1, 2, 3, 4, 0))
    } else {
        VoxelArray::from_elem(source.dim(), T::default())
    };
    for (from, mut to) in source.outer_iter().zip(copy.outer_iter_mut()) {
        let components = from.axis_iter(Axis(3)).zip(to.axis_iter_mut(Axis(3)));
        components.for_each(|(from, mut to)| copy_blocked(&from, &mut to));
    }
    T::wrap(copy)
}

/// Copies one component of one time point, `[k, j, i]`, so that neither side jumps through memory: in
/// tiles along the copy's rows and along the axis in which the source is dense.
fn copy_blocked<T: Voxel>(source: &ArrayView3<'_, T>, to: &mut ArrayViewMut3<'_, T>) {
    /// Voxels along both sides of a tile: its rows stay in the processor's nearest memory.
    const TILE: usize = 32;
    const ROW: usize = 2;
    let stride = |axis: &usize| source.strides()[*axis].unsigned_abs();
    let long = |axis: &usize| source.shape()[*axis] > 1;
    let dense = [ROW, 1, 0].into_iter().filter(long).min_by_key(stride);
    let Some(dense) = dense.filter(|&dense| dense != ROW) else {
        let rows = source.outer_iter().into_par_iter();
        to.outer_iter_mut()
            .into_par_iter()
            .zip(rows)
            .for_each(|(mut to, from)| to.assign(&from));
        return;
    };
    let (dense, other) = (Axis(dense), Axis(1 - dense));
    let slabs = source.axis_chunks_iter(dense, TILE).into_par_iter();
    to.axis_chunks_iter_mut(dense, TILE)
        .into_par_iter()
        .zip(slabs)
        .for_each(|(mut to, from)| {
            for (mut to, from) in to.axis_iter_mut(other).zip(from.axis_iter(other)) {
                let tiles = from.axis_chunks_iter(Axis(1), TILE);
                for (mut to, from) in to.axis_chunks_iter_mut(Axis(1), TILE).zip(tiles) {
                    for (mut to, from) in to.outer_iter_mut().zip(from.outer_iter()) {
                        to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
                    }
                }
            }
        });
}
