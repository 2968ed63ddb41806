//! What `warpscope convert` does with stacks that do not lie on an even, upright grid.

use super::files::part;
use super::say;
use crate::geometry::Grid;
use crate::io::Report;
use crate::volume::Volume;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// Choices for slices at uneven steps and for a tilted gantry.
#[derive(Clone, Copy, Debug, Args)]
pub struct StackArgs {
    /// Slices at uneven steps: written as they are with the mean step; split into OUT_1, OUT_2, ... where
    /// the step changes; or put at equal steps, linear between slices
    #[arg(long, value_name = "HOW", default_value = "as-is")]
    pub uneven: UnevenArg,
    /// Put the slices of a tilted gantry on a grid at right angles that holds the image, linear between
    /// voxels
    #[arg(long)]
    pub untilt: bool,
}

/// What becomes of uneven steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum UnevenArg {
    AsIs,
    Split,
    Regrid,
}

impl StackArgs {
    /// The images to write, each with its file: `output` for one, numbered files for several.
    pub fn apply(self, volume: Volume, output: &Path) -> anyhow::Result<Vec<(Volume, PathBuf)>> {
        let mut parts = match self.uneven {
            UnevenArg::AsIs => vec![volume],
            UnevenArg::Split => volume.split_at_gaps(),
            UnevenArg::Regrid => vec![regridded(volume, output)?],
        };
        if self.untilt {
            let upright = parts.into_iter().map(|part| untilted(part, output));
            parts = upright.collect::<anyhow::Result<_>>()?;
        }
        if parts.len() == 1 {
            return Ok(parts
                .into_iter()
                .map(|part| (part, output.to_owned()))
                .collect());
        }
        let numbered = (1..).zip(parts);
        Ok(numbered
            .map(|(n, volume)| (volume, part(output, n)))
            .collect())
    }
}

fn regridded(volume: Volume, output: &Path) -> anyhow::Result<Volume> {
    check_room(&volume, volume.even_grid(), output)?;
    Ok(volume.evenly_spaced().unwrap_or(volume))
}

fn untilted(volume: Volume, output: &Path) -> anyhow::Result<Volume> {
    check_room(&volume, volume.even_grid(), output)?;
    check_room(&volume, volume.upright_grid(), output)?;
    Ok(volume.unsheared().unwrap_or_else(|| {
        say(&format!(
            "the image is not tilted and stays as it is: {}",
            output.display()
        ));
        volume
    }))
}

/// An error when the image on another grid does not fit into memory.
fn check_room(volume: &Volume, grid: Option<Grid>, output: &Path) -> anyhow::Result<()> {
    let Some(grid) = grid else { return Ok(()) };
    let voxels = grid.shape().iter().map(|n| *n as f64).product::<f64>();
    let [nt, .., components] = volume.data().dim();
    let size = volume.data().voxel_type().size().max(4);
    let need = voxels * (nt * components * size) as f64;
    Ok(Report::silent().check_memory(output, need as u64)?)
}
