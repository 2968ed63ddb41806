//! `warpscope convert`: writes an image in another format, voxel type or orientation.

use super::batch::{Batch, BatchArgs, Told};
use super::files::Files;
use super::output::OutputArgs;
use super::series::SeriesArgs;
use super::stack::{StackArgs, UnevenArg};
use super::{print_notices, read, say};
use crate::geometry::Orientation;
use crate::io::{IoError, check_series_target};
use crate::volume::{NoticeKind, ReorientMode, RescaleUse, Retyped, Volume, VoxelType};
use anyhow::anyhow;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// `warpscope convert`.
#[derive(Clone, Debug, Args)]
pub struct ConvertArgs {
    /// Files, or folders with a DICOM series each
    #[arg(value_name = "IN", required = true)]
    pub inputs: Vec<PathBuf>,
    /// Where the image goes: .nii, .nii.gz, .mha, .mhd, .nrrd, .nhdr or .hdr; a folder, as `out/`, for a
    /// DICOM series; of several a pattern such as 'out/{name}.nii.gz', with {name}, {parent} (folder)
    /// or, in braces too, n (number) of each
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
    pub stack: StackArgs,
    #[command(flatten)]
    pub series_out: SeriesArgs,
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
    let to_series = arguments.series_out.is_for(output)?;
    let check = |path: &Path| arguments.check(path, to_series);
    let files = match arguments.stack.uneven {
        UnevenArg::Split => Files::OneOrParts,
        UnevenArg::AsIs | UnevenArg::Regrid => Files::One,
    };
    let batch = Batch::plan_with(
        inputs,
        output,
        files,
        arguments.batch,
        arguments.out.json,
        check,
    )?;
    batch.run(|input, output| convert(arguments, input, output, to_series))
}

impl ConvertArgs {
    /// An error when nothing can be written to `path`.
    fn check(&self, path: &Path, to_series: bool) -> Result<(), IoError> {
        match to_series {
            true => check_series_target(path, self.out.force),
            false => self.out.check(path),
        }
    }
}

fn convert(
    arguments: &ConvertArgs,
    input: &Path,
    output: &Path,
    to_series: bool,
) -> anyhow::Result<Told> {
    let volume = read(input, arguments.series.as_deref())?;
    let mut images = arguments.stack.apply(volume, output)?;
    if arguments.batch.skip_existing && images.len() > 1 {
        // A run was stopped before its first part, which comes last.
        images.retain(|(_, output)| output.symlink_metadata().is_err());
    }
    for (volume, output) in &mut images {
        arguments.check(output, to_series)?;
        *volume = converted(volume, arguments, output)?;
    }
    let write = |(volume, output): &(Volume, PathBuf)| match to_series {
        true => arguments.series_out.write(volume, output, arguments.out),
        false => Ok(arguments.out.write(volume, output, "Converted")?),
    };
    let told: anyhow::Result<Vec<Told>> = images.iter().rev().map(write).collect();
    let mut told = told?;
    told.reverse();
    Ok(Told::joined(told))
}

/// The image in the wanted orientation and type.
fn converted(volume: &Volume, arguments: &ConvertArgs, output: &Path) -> anyhow::Result<Volume> {
    let mut volume = volume.clone();
    if arguments.canonical {
        volume = canonical(&volume, output);
    }
    if let Some(retyped) = retyped(&volume, arguments, output)? {
        tell_loss(&retyped, output);
        volume = retyped.volume;
    }
    Ok(volume)
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
    let rescale = arguments.rescale.map(|wanted| match wanted {
        RescaleArg::Keep => RescaleUse::Keep,
        RescaleArg::Apply => RescaleUse::Apply,
    });
    let outcome = volume.stored_as(arguments.dtype, rescale);
    outcome.map_err(|error| {
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
            "{} numbers were rounded to fit {to}, values changed by up to {}: {}",
            retyped.changed,
            three_digits(retyped.largest_change),
            output.display()
        ));
    }
}

/// Three significant digits, however small the number is.
fn three_digits(number: f64) -> String {
    let before_point = number.abs().log10().floor();
    match before_point {
        // Many zeros before the digits are hard to count.
        small if small < -5.0 => format!("{number:.2e}"),
        large if large > 2.0 => format!("{number:.0}"),
        usual => {
            let digits = (2.0 - usual) as usize;
            format!("{number:.digits$}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_are_told_with_three_digits() {
        let told = [0.5, 12.3456, 1234.56, 0.000_123_456, 3.2e-9].map(three_digits);
        assert_eq!(told, ["0.500", "12.3", "1235", "0.000123", "3.20e-9"]);
    }
}
