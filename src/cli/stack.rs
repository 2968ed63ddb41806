//! What `warpscope convert` does with stacks that do not lie on an even, upright grid.

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
        let numbered = |(n, part)| (part, numbered(output, n + 1));
        Ok(parts.into_iter().enumerate().map(numbered).collect())
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

/// `name_2.nii.gz` for `name.nii.gz`.
fn numbered(path: &Path, n: usize) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let lower = name.to_ascii_lowercase();
    let inner = lower.strip_suffix(".gz").unwrap_or(&lower);
    let (stem, ending) = name.split_at(inner.rfind('.').unwrap_or(inner.len()));
    path.with_file_name(format!("{stem}_{n}{ending}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_before_the_ending() {
        let of = |name: &str| numbered(Path::new(name), 2).display().to_string();
        assert_eq!(of("a/b.nii.gz"), "a/b_2.nii.gz");
        assert_eq!(of("b.c.NII.GZ"), "b.c_2.NII.GZ");
        assert_eq!(of("b.mha"), "b_2.mha");
        assert_eq!(of("b"), "b_2");
    }
}
