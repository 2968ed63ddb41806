//! `warpscope align-centers`: moves an image so that its centre lies at the centre of another.

use super::batch::{Batch, BatchArgs, Told};
use super::output::OutputArgs;
use super::{read, say};
use crate::geometry::WorldPoint;
use crate::volume::Volume;
use anyhow::{Context as _, anyhow};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// `warpscope align-centers`.
#[derive(Clone, Debug, Args)]
pub struct CenterArgs {
    /// The image that stays: a file, or a folder with a DICOM series
    #[arg(long, value_name = "IMAGE")]
    pub fixed: PathBuf,
    /// The image that moves: only its origin changes; may be given several times
    #[arg(long, value_name = "IMAGE", required = true)]
    pub moving: Vec<PathBuf>,
    /// Where the moved image goes: .nii, .nii.gz, .mha, .mhd, .nrrd, .nhdr or .hdr; of several a pattern
    /// such as 'out/{name}.nii.gz', with {name}, {parent} (folder) or, in braces too, n (number) of each
    #[arg(value_name = "OUT")]
    pub output: PathBuf,
    /// Which centres fall together
    #[arg(long, value_name = "HOW", default_value = "geometry")]
    pub by: CenterArg,
    #[command(flatten)]
    pub batch: BatchArgs,
    #[command(flatten)]
    pub out: OutputArgs,
}

/// The centre of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CenterArg {
    /// Of its voxel grid
    Geometry,
    /// Of its values above the lowest
    Mass,
}

impl CenterArg {
    pub fn of(self, volume: &Volume, path: &Path) -> anyhow::Result<WorldPoint> {
        match self {
            Self::Geometry => Ok(volume.grid().center()),
            Self::Mass => volume.center_of_mass().ok_or_else(|| {
                anyhow!(
                    "a constant image has no centre of mass; align by geometry: {}",
                    path.display()
                )
            }),
        }
    }
}

pub fn run(arguments: &CenterArgs) -> anyhow::Result<()> {
    let CenterArgs { moving, output, .. } = arguments;
    let batch =
        Batch::plan(moving, output, arguments.batch, arguments.out)?.sparing(&arguments.fixed)?;
    let fixed = read(&arguments.fixed, None)?;
    let center = arguments.by.of(&fixed, &arguments.fixed)?;
    batch.run(|moving, output| align(arguments, center, moving, output))
}

fn align(
    arguments: &CenterArgs,
    center: WorldPoint,
    moving: &Path,
    output: &Path,
) -> anyhow::Result<Told> {
    let volume = read(moving, None)?;
    let shift = center.0 - arguments.by.of(&volume, moving)?.0;
    let moved = volume
        .moved_by(shift)
        .with_context(|| format!("the images cannot be aligned: {}", output.display()))?;
    let [x, y, z]: [f64; 3] = shift.into();
    say(&format!(
        "moved by ({x:.4}, {y:.4}, {z:.4}) mm in RAS: {}",
        output.display()
    ));
    Ok(arguments.out.write(&moved, output, "Aligned")?)
}
