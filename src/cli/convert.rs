//! `warpscope convert`: writes an image in another format, voxel type or orientation.

use super::batch::{Batch, BatchArgs, Told};
use super::output::OutputArgs;
use super::{print_notices, read, say};
use crate::geometry::Orientation;
use crate::volume::{NoticeKind, ReorientMode, Rescale, RescaleUse, Retyped, Volume, VoxelType};
use anyhow::anyhow;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// `warpscope convert`.
#[derive(Clone, Debug, Args)]
pub struct ConvertArgs {
    /// Files, or folders with a DICOM series each
    #[arg(value_name = "IN", required = true)]
    pub inputs: Vec<PathBuf>,
    /// Where the image goes: .nii, .nii.gz, .mha, .mhd, .nrrd or .nhdr; of several a pattern
    /// such as 'out/{name}.nii.gz', with {name}, {parent} (folder) or, in braces too, n (number) of each
    #[arg(value_name = "OUT")]
    pub output: PathBuf,
    /// The series to read when there are several: its UID in the list of `info`
    #[arg(long, value_name = "UID")]
    pub series: Option<String>,
    /// Voxel type, such as int16, uint8 or float32; refused when it cannot hold the numbers
    #[arg(long, value_name = "TYPE", value_parser = voxel_type)]
    pub dtype: Option<VoxelType>,
    /// Keep the rescale slope and intercept beside the numbers, or apply them; without it, whole types
    /// keep them and floats apply them
    #[arg(long, value_name = "HOW")]
    pub rescale: Option<RescaleArg>,
    /// Turn the voxel axes to right, anterior and superior (RAS+), as nibabel's as_closest_canonical
    #[arg(long)]
    pub canonical: bool,
    #[command(flatten)]
    pub batch: BatchArgs,
    #[command(flatten)]
    pub out: OutputArgs,
}

/// What becomes of slope and intercept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RescaleArg {
    Keep,
    Apply,
}

fn voxel_type(name: &str) -> Result<VoxelType, String> {
    let mut types = VoxelType::ALL.into_iter();
    types.find(|known| known.name() == name).ok_or_else(|| {
        let names = VoxelType::ALL.map(VoxelType::name);
        format!("choose one of {}", names.join(", "))
    })
}

pub fn run(arguments: &ConvertArgs) -> anyhow::Result<()> {
    let ConvertArgs { inputs, output, .. } = arguments;
    let batch = Batch::plan(inputs, output, arguments.batch, arguments.out)?;
    batch.run(|input, output| convert(arguments, input, output))
}

fn convert(arguments: &ConvertArgs, input: &Path, output: &Path) -> anyhow::Result<Told> {
    let mut volume = read(input, arguments.series.as_deref())?;
    if arguments.canonical {
        volume = canonical(&volume, output);
    }
    if let Some(retyped) = retyped(&volume, arguments, output)? {
        tell_loss(&retyped, output);
        volume = retyped.volume;
    }
    Ok(arguments.out.write(&volume, output, "Converted")?)
}

/// Notices that come with it are told.
fn canonical(volume: &Volume, output: &Path) -> Volume {
    let Some(ras) = Orientation::parse_to("RAS").ok() else {
        return volume.clone();
    };
    let turned = volume.reoriented(ReorientMode::Reorient, ras);
    let known = &volume.meta().notices;
    let mut notices = turned.meta().notices.clone();
    notices.retain(|notice| notice.kind != NoticeKind::Reoriented && !known.contains(notice));
    print_notices(&notices, output);
    turned
}

/// The image in the wanted type; `None` when it stays as it is.
fn retyped(
    volume: &Volume,
    arguments: &ConvertArgs,
    output: &Path,
) -> anyhow::Result<Option<Retyped>> {
    let wanted = match arguments.rescale {
        Some(RescaleArg::Keep) => RescaleUse::Keep,
        Some(RescaleArg::Apply) => RescaleUse::Apply,
        // NIfTI has one slope for the whole image, and a whole type would lose them to floats.
        None if matches!(volume.rescale(), Rescale::PerSlice(_)) => RescaleUse::Apply,
        None => match arguments.dtype {
            Some(VoxelType::F32 | VoxelType::F64) => RescaleUse::Apply,
            _ => RescaleUse::Keep,
        },
    };
    let outcome = match (arguments.dtype, arguments.rescale) {
        (Some(to), _) => volume.retyped(to, wanted),
        (None, Some(RescaleArg::Apply)) => volume.rescale_applied(),
        (None, _) => return Ok(None),
    };
    outcome.map(Some).map_err(|error| {
        anyhow!(
            "{error}; choose a type with a larger range, such as float32: {}",
            output.display()
        )
    })
}

/// Says what the type could not hold exactly.
fn tell_loss(retyped: &Retyped, output: &Path) {
    let to = retyped.volume.data().voxel_type();
    if retyped.changed > 0 {
        say(&format!(
            "{} numbers were rounded to fit {to}, values changed by up to {:.6}: {}",
            retyped.changed,
            retyped.largest_change,
            output.display()
        ));
    }
}
