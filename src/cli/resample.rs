//! `warpscope resample`: an image on the grid of another, or with another spacing.

use super::batch::{Batch, BatchArgs, Told};
use super::output::OutputArgs;
use super::transform_arg::{TransformArg, read_chain};
use super::{Triple, read};
use crate::geometry::{Grid, GridError, are_apart};
use crate::io::{Grids, Report};
use crate::volume::{Chain, Resampling, Volume, summary};
use anyhow::{bail, ensure};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// `warpscope resample`.
#[derive(Clone, Debug, Args)]
pub struct ResampleArgs {
    /// Files, or folders with a DICOM series each
    #[arg(value_name = "IN", required = true)]
    pub inputs: Vec<PathBuf>,
    /// Where the image goes: .nii, .nii.gz, .mha, .mhd, .nrrd, .nhdr or .hdr; of several a pattern
    /// such as 'out/{name}.nii.gz', with {name}, {parent} (folder) or, in braces too, n (number) of each
    #[arg(value_name = "OUT")]
    pub output: PathBuf,
    /// The series to read when there are several: its UID in the list of `info`
    #[arg(long, value_name = "UID")]
    pub series: Option<String>,
    #[command(flatten)]
    pub grid: GridArgs,
    /// Transform that brings the image to the fixed one, which is --like: a file of ITK, greedy, Convert3D or
    /// NiftyReg, a displacement field, or T:flirt for a FLIRT matrix; T:inverse (or T,-1) is the inverse of a
    /// linear one. May be given several times, in the order in which they moved the image: the first alignment
    /// first, a field found after it last (ANTs and greedy list them the other way round)
    #[arg(long = "transform", value_name = "T", conflicts_with = "spacing")]
    pub transforms: Vec<TransformArg>,
    /// How values between voxels are found; nearest keeps labels
    #[arg(long, value_name = "HOW", default_value = "linear")]
    pub interpolation: InterpolationArg,
    /// Value where the image does not reach [default: the lowest of the image]
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    pub outside: Option<f64>,
    #[command(flatten)]
    pub batch: BatchArgs,
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

impl From<InterpolationArg> for Resampling {
    fn from(interpolation: InterpolationArg) -> Self {
        match interpolation {
            InterpolationArg::Nearest => Self::Nearest,
            InterpolationArg::Linear => Self::Linear,
            InterpolationArg::Cubic => Self::Cubic,
        }
    }
}

pub fn run(arguments: &ResampleArgs) -> anyhow::Result<()> {
    let ResampleArgs { inputs, output, .. } = arguments;
    let mut batch = Batch::plan(inputs, output, arguments.batch, arguments.out)?;
    if let Some(like) = &arguments.grid.like {
        batch = batch.sparing(like)?;
    }
    for transform in &arguments.transforms {
        batch = batch.sparing(&transform.path)?;
    }
    let wanted = arguments.grid.wanted()?;
    let needs_image = arguments.transforms.iter().any(TransformArg::is_flirt);
    let chain = match needs_image {
        true => None,
        false => Some(read_chain(&arguments.transforms, None)?),
    };
    batch.run(|input, output| resample(arguments, wanted, chain.as_ref(), input, output))
}

fn resample(
    arguments: &ResampleArgs,
    wanted: Wanted,
    chain: Option<&Chain>,
    input: &Path,
    output: &Path,
) -> anyhow::Result<Told> {
    let volume = read(input, arguments.series.as_deref())?;
    let grid = wanted.of(&volume)?;
    let grids = Grids {
        fixed: &grid,
        moving: volume.grid(),
    };
    let chain = match chain {
        Some(chain) => chain.clone(),
        None => read_chain(&arguments.transforms, Some(grids))?,
    };
    let how = arguments.interpolation.into();
    Report::silent().check_memory(output, need(&volume, &grid, how))?;
    let lowest = || Some(summary(&volume).min).filter(|low| low.is_finite());
    let outside = arguments.outside.or_else(lowest).unwrap_or(0.0);
    ensure!(
        arguments.outside.is_none_or(|value| volume.holds(value)),
        "the voxels of the image, {}, cannot hold the value {outside} for outside; give another, or another type with convert --dtype: {}",
        volume.data().voxel_type(),
        input.display()
    );
    if let Some(matrix) = chain.linear() {
        let to_old = volume.grid().inverse_affine() * matrix * grid.affine();
        ensure!(
            !are_apart([grid.shape(), volume.grid().shape()], &to_old),
            "no voxel of the new image would lie in the old one; give another grid or transform: {}",
            input.display()
        );
    }
    let resampled = volume.resampled_through(&grid, &chain, how, outside, &|_| true);
    Ok(arguments.out.write(&resampled, output, "Resampled")?)
}

/// The grid that is wanted, for every image.
#[derive(Clone, Copy, Debug)]
enum Wanted {
    Like(Grid),
    Spacing([f64; 3]),
}

impl GridArgs {
    fn wanted(&self) -> anyhow::Result<Wanted> {
        match (&self.like, self.spacing) {
            (Some(like), _) => Ok(Wanted::Like(*read(like, None)?.grid())),
            (None, Some(Triple(spacing))) if spacing.iter().all(|length| *length > 0.0) => {
                Ok(Wanted::Spacing(spacing))
            }
            _ => bail!("a spacing must be above 0"),
        }
    }
}

impl Wanted {
    fn of(self, volume: &Volume) -> Result<Grid, GridError> {
        match self {
            Self::Like(grid) => Ok(grid),
            Self::Spacing(spacing) => volume.grid().with_spacing(spacing),
        }
    }
}

/// Bytes that the new image takes, and a spline beside it.
pub fn need(volume: &Volume, grid: &Grid, how: Resampling) -> u64 {
    let voxels = grid.shape().iter().map(|n| *n as f64).product::<f64>();
    let [nt, .., components] = volume.data().dim();
    let size = volume.data().voxel_type().size().max(4);
    let spline = match how {
        Resampling::Cubic => volume.grid().voxel_count() * size_of::<f64>(),
        Resampling::Nearest | Resampling::Linear => 0,
    };
    (voxels * (nt * components * size) as f64 + spline as f64) as u64
}
