//! `warpscope resample`: an image on the grid of another, or with another spacing.

use super::output::OutputArgs;
use super::{Triple, read};
use crate::geometry::Grid;
use crate::io::Report;
use crate::volume::{Resampling, Volume};
use anyhow::bail;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// `warpscope resample`.
#[derive(Clone, Debug, Args)]
pub struct ResampleArgs {
    /// A file, or a folder with a DICOM series
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// Where the image goes: .nii, .nii.gz, .mha, .mhd, .nrrd, .nhdr or .hdr
    #[arg(value_name = "OUT")]
    pub output: PathBuf,
    /// The series to read when there are several: its UID in the list of `info`
    #[arg(long, value_name = "UID")]
    pub series: Option<String>,
    #[command(flatten)]
    pub grid: GridArgs,
    /// How values between voxels are found; nearest keeps labels
    #[arg(long, value_name = "HOW", default_value = "linear")]
    pub interpolation: InterpolationArg,
    /// Value where the image does not reach
    #[arg(
        long,
        value_name = "VALUE",
        default_value_t = 0.0,
        allow_hyphen_values = true
    )]
    pub outside: f64,
    #[command(flatten)]
    pub out: OutputArgs,
}

/// The grid that is wanted.
#[derive(Clone, Debug, Args)]
#[group(required = true, multiple = false)]
pub struct GridArgs {
    /// The image whose grid it gets
    #[arg(long, value_name = "IMAGE")]
    like: Option<PathBuf>,
    /// Distances between voxels in mm; directions and centre stay
    #[arg(long, value_name = "X,Y,Z")]
    spacing: Option<Triple<f64>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum InterpolationArg {
    Nearest,
    Linear,
    Cubic,
}

pub fn run(arguments: &ResampleArgs) -> anyhow::Result<()> {
    let output = &arguments.output;
    arguments.out.check(output)?;
    let volume = read(&arguments.input, arguments.series.as_deref())?;
    let grid = arguments.grid.of(&volume, &arguments.input)?;
    let how = match arguments.interpolation {
        InterpolationArg::Nearest => Resampling::Nearest,
        InterpolationArg::Linear => Resampling::Linear,
        InterpolationArg::Cubic => Resampling::Cubic,
    };
    Report::silent().check_memory(output, need(&volume, &grid, how))?;
    let resampled = volume.resampled(&grid, how, arguments.outside);
    arguments.out.write(&resampled, output, "Resampled")
}

impl GridArgs {
    fn of(&self, volume: &Volume, input: &Path) -> anyhow::Result<Grid> {
        if let Some(like) = &self.like {
            return Ok(*read(like, None)?.grid());
        }
        match self.spacing {
            Some(Triple(spacing)) if spacing.iter().all(|length| *length > 0.0) => {
                Ok(volume.grid().with_spacing(spacing)?)
            }
            _ => bail!("a spacing must be above 0: {}", input.display()),
        }
    }
}

/// Bytes that the new image takes, and a spline beside it.
fn need(volume: &Volume, grid: &Grid, how: Resampling) -> u64 {
    let voxels = grid.shape().iter().map(|n| *n as f64).product::<f64>();
    let [nt, .., components] = volume.data().dim();
    let size = volume.data().voxel_type().size().max(4);
    let spline = match how {
        Resampling::Cubic => volume.grid().voxel_count() * size_of::<f64>(),
        Resampling::Nearest | Resampling::Linear => 0,
    };
    (voxels * (nt * components * size) as f64 + spline as f64) as u64
}
