//! Reading back what was written, before anybody relies on it.

use super::{IoError, Report, load, scan};
use crate::geometry::{Grid, IndexPoint};
use crate::volume::{Format, Volume, Voxel};
use crate::with_voxels;
use ndarray::s;
use rayon::prelude::*;
use std::path::Path;

/// How far a corner may lie from its place, in voxels: NIfTI-1 holds places as float32.
const NEAR: f64 = 1e-2;

/// The part of a value by which it may differ: NIfTI-1 holds slopes as float32.
const ALIKE: f64 = 1e-6;

/// Reads the image at `path`, compares it with the one that was written there, and returns it.
pub fn verify_written(volume: &Volume, path: &Path, report: &Report) -> Result<Volume, IoError> {
    let differs = |what: &str| IoError::NotVerified {
        path: path.to_owned(),
        what: what.to_owned(),
    };
    let found = scan(&[path.to_owned()], report)?;
    let [image] = &found.images[..] else {
        return Err(differs("it does not hold one image"));
    };
    let read = load(image, report)?;
    if read.data().dim() != volume.data().dim() {
        return Err(differs("its size is another"));
    }
    let placed = match read.meta().format {
        Format::Analyze => has_spacing_of(volume.grid(), read.grid()),
        _ => lies_alike(volume.grid(), read.grid()),
    };
    if !placed {
        return Err(differs("its voxels lie elsewhere"));
    }
    if !holds_alike(volume, &read) {
        return Err(differs("its values are others"));
    }
    Ok(read)
}

/// All that Analyze holds of a grid.
fn has_spacing_of(one: &Grid, other: &Grid) -> bool {
    let mut edges = one.spacing().into_iter().zip(other.spacing());
    edges.all(|(a, b)| (a - b).abs() <= ALIKE * a.abs())
}

fn lies_alike(one: &Grid, other: &Grid) -> bool {
    let last = one.shape().map(|n| n as f64 - 1.0);
    (0..8).all(|corner| {
        let [i, j, k] = [0, 1, 2].map(|axis| f64::from(corner >> axis & 1) * last[axis]);
        let index = IndexPoint::new(i, j, k);
        let there = other.world_to_index(one.index_to_world(index));
        (there.0 - index.0).norm() < NEAR
    })
}

fn holds_alike(one: &Volume, other: &Volume) -> bool {
    let [time_points, nz, ..] = one.data().dim();
    (0..time_points * nz).into_par_iter().all(|n| {
        let (t, k) = (n / nz, n % nz);
        stored_alike(one, other, t, k) || valued_alike(one, other, t, k)
    })
}

/// Whether a slice has the same bytes and the same scale, which is quickly seen.
fn stored_alike(one: &Volume, other: &Volume, t: usize, k: usize) -> bool {
    let scale = |volume: &Volume| {
        let linear = volume.rescale().of_slice(t, k, volume.grid().shape()[2]);
        [linear.slope, linear.intercept].map(|number| number as f32)
    };
    one.data().voxel_type() == other.data().voxel_type()
        && scale(one) == scale(other)
        && stored_bytes(one, t, k).is_some_and(|bytes| Some(bytes) == stored_bytes(other, t, k))
}

/// The stored numbers of one slice where they lie side by side.
fn stored_bytes(volume: &Volume, t: usize, k: usize) -> Option<&[u8]> {
    with_voxels!(volume.data(), array => {
        let slice = array.slice(s![t, k, .., .., ..]).to_slice()?;
        Some(bytemuck::cast_slice(slice))
    })
}

fn valued_alike(one: &Volume, other: &Volume, t: usize, k: usize) -> bool {
    let linear = one.rescale().of_slice(t, k, one.grid().shape()[2]);
    let size = linear.slope.abs().max(linear.intercept.abs()).max(1.0);
    let mut values = slice_values(one, t, k)
        .into_iter()
        .zip(slice_values(other, t, k));
    values.all(|(a, b)| {
        let near = ALIKE * (a.abs() + size);
        a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= near
    })
}

/// Values of one slice after rescale, components side by side.
fn slice_values(volume: &Volume, t: usize, k: usize) -> Vec<f64> {
    let linear = volume.rescale().of_slice(t, k, volume.grid().shape()[2]);
    with_voxels!(volume.data(), array => {
        let slice = array.slice(s![t, k, .., .., ..]);
        slice.iter().map(|stored| linear.apply(stored.to_f64())).collect()
    })
}
