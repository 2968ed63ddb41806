//! What a run would take, and every reason to refuse one that can be seen before it.

use super::LinearInputs;
use super::params::LinearParams;
use super::samples::PLENTY;
use crate::registration::RegistrationError;
use crate::registration::plan::check_numbers;
use crate::volume::{Volume, available_memory};

/// The coarsest level that is chosen has about so many voxels along its longest axis.
const COARSE: usize = 32;

/// The last level that is chosen is this much finer than the first.
const REFINEMENT: usize = 4;

/// A level has at least so many voxels along its longest axis.
const FEWEST: usize = 4;

/// Bytes of a sample of a level, with all that is kept of it.
const SAMPLE: u64 = 120;

/// What a linear registration will take, said before it.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearPlan {
    /// How much smaller than the fixed image each level is, coarsest first.
    pub shrinks: Vec<usize>,
    /// Memory beside the two images themselves.
    pub bytes: u64,
}

pub(super) fn plan(
    inputs: &LinearInputs<'_>,
    params: &LinearParams,
) -> Result<LinearPlan, RegistrationError> {
    params.validate()?;
    check_images(inputs)?;
    let shrinks = shrinks(inputs.fixed.grid().shape(), params)?;
    if ![1, shrinks.len()].contains(&params.iterations.len()) {
        return Err(RegistrationError::Iterations {
            given: params.iterations.len(),
            levels: shrinks.len(),
        });
    }
    let bytes = bytes(inputs, *shrinks.last().unwrap_or(&1));
    let available = available_memory();
    if bytes > available || inputs.moving.grid().voxel_count() > u32::MAX as usize {
        return Err(RegistrationError::Memory {
            need: bytes >> 20,
            available: available >> 20,
        });
    }
    Ok(LinearPlan { shrinks, bytes })
}

fn axes(volume: &Volume) -> usize {
    volume.grid().shape().iter().filter(|n| **n > 1).count()
}

fn check_images(inputs: &LinearInputs<'_>) -> Result<(), RegistrationError> {
    let named = [
        ("fixed image", inputs.fixed),
        ("moving image", inputs.moving),
    ];
    let mask = inputs.mask.map(|mask| ("mask", mask));
    check_numbers(named.into_iter().chain(mask))?;
    for (image, volume) in named {
        let shape = volume.grid().shape();
        let flat_elsewhere = axes(volume) == 2 && shape[2] > 1;
        if axes(volume) < 2 || flat_elsewhere {
            return Err(RegistrationError::Flat { image, shape });
        }
    }
    if axes(inputs.fixed) != axes(inputs.moving) {
        return Err(RegistrationError::UnlikeDimensions {
            fixed: axes(inputs.fixed),
            moving: axes(inputs.moving),
        });
    }
    Ok(())
}

/// How much smaller each level is. The first that is chosen is ITK-SNAP's.
fn shrinks(shape: [usize; 3], params: &LinearParams) -> Result<Vec<usize>, RegistrationError> {
    let sizes = || shape.into_iter().filter(|n| *n > 1);
    let (least, most) = (sizes().min().unwrap_or(1), sizes().max().unwrap_or(1));
    let chosen = 1 << least.ilog2().min((most / COARSE).max(1).ilog2());
    let coarsest = params
        .coarsest
        .unwrap_or(chosen.max(params.finest.unwrap_or(1)));
    let finest = params.finest.unwrap_or((coarsest / REFINEMENT).max(1));
    if finest > coarsest {
        return Err(RegistrationError::LevelOrder { coarsest, finest });
    }
    if most / coarsest < FEWEST && coarsest > 1 {
        return Err(RegistrationError::TooCoarse { coarsest, shape });
    }
    let halved = std::iter::successors(Some(coarsest), |shrink| Some(shrink / 2));
    Ok(halved.take_while(|shrink| *shrink >= finest).collect())
}

/// The finest level of both images, twice as they are made, its samples, and the mask.
fn bytes(inputs: &LinearInputs<'_>, finest: usize) -> u64 {
    let voxels = |volume: &Volume| volume.grid().voxel_count() as u64;
    let (fixed, moving) = (voxels(inputs.fixed), voxels(inputs.moving));
    let dimensions = axes(inputs.fixed) as u32;
    // Axes of longer voxels are made smaller later, but never by less than half of this.
    let shrink = (finest as u64).pow(dimensions.saturating_sub(1)).max(1);
    let mask = inputs.mask.map_or(0, |_| fixed * 12);
    let samples = (fixed / shrink).max(PLENTY as u64);
    samples * SAMPLE + (fixed + moving) * 8 / shrink + mask
}
