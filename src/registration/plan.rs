//! What a run would take, and every reason to refuse one that can be seen before it.

use super::gauss::{self, BLOCK};
use super::images::working_grid;
use super::params::{LARGEST_SIGMA, Params, Precision, SigmaUnits};
use super::resize::level_shape;
use super::{Inputs, Plan, RegistrationError};
use crate::geometry::{Grid, IndexPoint};
use crate::volume::{Volume, available_memory};

/// Points along each axis at which overlap is looked for.
const PROBES: usize = 33;

pub(super) fn plan(inputs: &Inputs<'_>, params: &Params) -> Result<Plan, RegistrationError> {
    params.validate()?;
    check_images(inputs)?;
    let grid = working_grid(inputs.target);
    let shape = grid.shape();
    check_sigmas(params, &grid)?;
    let levels = level_shapes(shape, params.levels)?;
    let precision = params.precision.unwrap_or(if shape[2] == 1 {
        Precision::F64
    } else {
        Precision::F32
    });
    let bytes = bytes(inputs, params, &grid, precision);
    let available = available_memory();
    if bytes > available || grid.voxel_count() > u32::MAX as usize {
        return Err(RegistrationError::Memory {
            need: bytes >> 20,
            available: available >> 20,
        });
    }
    Ok(Plan {
        shape,
        levels,
        precision,
        bytes,
    })
}

/// Axes of more than one voxel.
fn axes(volume: &Volume) -> usize {
    volume.grid().shape().iter().filter(|n| **n > 1).count()
}

/// Refuses images with more than one number a voxel, or more than one time point.
pub(super) fn check_numbers<'a>(
    images: impl Iterator<Item = (&'static str, &'a Volume)>,
) -> Result<(), RegistrationError> {
    for (image, volume) in images {
        if volume.components() != 1 {
            let components = volume.components();
            return Err(RegistrationError::NotScalar { image, components });
        }
        if volume.time_points() != 1 {
            let points = volume.time_points();
            return Err(RegistrationError::Time { image, points });
        }
    }
    Ok(())
}

fn check_images(inputs: &Inputs<'_>) -> Result<(), RegistrationError> {
    let named = [("source", inputs.source), ("target", inputs.target)];
    let mask = inputs.mask.map(|mask| ("mask", mask));
    check_numbers(named.into_iter().chain(mask))?;
    for (image, volume) in named {
        if axes(volume) < 2 {
            let shape = volume.grid().shape();
            return Err(RegistrationError::Flat { image, shape });
        }
    }
    if axes(inputs.source) != axes(inputs.target) {
        return Err(RegistrationError::Dimensions {
            source_axes: axes(inputs.source),
            target_axes: axes(inputs.target),
        });
    }
    if let Some(mask) = inputs.mask
        && mask.grid().shape() != inputs.target.grid().shape()
    {
        return Err(RegistrationError::Mask {
            mask: mask.grid().shape(),
            target: inputs.target.grid().shape(),
        });
    }
    if !overlap(inputs.source.grid(), inputs.target.grid()) {
        return Err(RegistrationError::NoOverlap);
    }
    Ok(())
}

/// Whether a lattice of points of either grid touches the other.
fn overlap(one: &Grid, other: &Grid) -> bool {
    one.same_as(other) || reaches(one, other) || reaches(other, one)
}

fn reaches(from: &Grid, to: &Grid) -> bool {
    let places = from.shape().map(|count| {
        let last = (count - 1) as f64;
        (0..PROBES).map(move |n| last * n as f64 / (PROBES - 1) as f64)
    });
    let [x, y, z] = places;
    z.flat_map(|k| {
        let x = x.clone();
        y.clone()
            .flat_map(move |j| x.clone().map(move |i| IndexPoint::new(i, j, k)))
    })
    .any(|point| {
        to.world_to_index(from.index_to_world(point))
            .nearest_voxel(to.shape())
            .is_some()
    })
}

/// Refuses sigmas that reach too far on this grid.
pub(super) fn check_sigmas(params: &Params, grid: &Grid) -> Result<(), RegistrationError> {
    for (name, sigma) in [
        ("elastic", params.sigma_elastic),
        ("fluid", params.sigma_fluid),
    ] {
        let voxels = sigmas_in_voxels(sigma, params.sigma_units, grid.spacing());
        let largest = voxels.into_iter().fold(0.0, f64::max);
        if largest > LARGEST_SIGMA {
            return Err(RegistrationError::SigmaTooLarge {
                name,
                voxels: largest,
                most: LARGEST_SIGMA,
            });
        }
    }
    Ok(())
}

/// A sigma along each axis, in voxels of the given size in mm.
pub(super) fn sigmas_in_voxels(sigma: f64, units: SigmaUnits, spacing: [f64; 3]) -> [f64; 3] {
    match units {
        SigmaUnits::Voxel => [sigma; 3],
        SigmaUnits::Mm => spacing.map(|spacing| sigma / spacing),
    }
}

/// Shapes of all levels, coarsest first; two axes must keep at least two voxels.
fn level_shapes(shape: [usize; 3], levels: usize) -> Result<Vec<[usize; 3]>, RegistrationError> {
    let enough = |shape: [usize; 3]| shape.iter().filter(|n| **n > 1).count() >= 2;
    let shapes: Vec<_> = (0..levels).map(|above| level_shape(shape, above)).collect();
    let most = shapes.iter().take_while(|shape| enough(**shape)).count();
    if most < levels {
        return Err(RegistrationError::TooManyLevels {
            levels,
            shape: shapes[levels - 1],
            most,
        });
    }
    Ok(shapes.into_iter().rev().collect())
}

/// Threads that a run takes: a picture is left to one.
pub(super) fn threads([_, _, nz]: [usize; 3]) -> usize {
    if nz == 1 {
        1
    } else {
        rayon::current_num_threads()
    }
}

/// Images, two displacements and two warped images at full resolution, and the windows in which
/// each thread smooths.
fn bytes(inputs: &Inputs<'_>, params: &Params, grid: &Grid, precision: Precision) -> u64 {
    let voxels = grid.voxel_count() as u64;
    let [nx, ny, nz] = grid.shape();
    let components = if nz == 1 { 2 } else { 3 };
    let fields = if params.diffeomorphic { 4 } else { 2 };
    let window = |sigma| {
        let [_, _, sigma] = sigmas_in_voxels(sigma, params.sigma_units, grid.spacing());
        (gauss::weights(sigma).len() + BLOCK).min(nz)
    };
    let slices = window(params.sigma_elastic) + window(params.sigma_fluid) + 1;
    let windows = (slices * threads(grid.shape()) * nx * ny) as u64 * components;
    let resampled = if inputs.source.grid().same_as(inputs.target.grid()) {
        0
    } else {
        inputs.source.grid().voxel_count() as u64
    };
    let during = voxels * (4 + fields * components) + windows;
    let number = match precision {
        Precision::F32 => 4,
        Precision::F64 => 8,
    };
    number * during.max(2 * voxels + resampled)
}
