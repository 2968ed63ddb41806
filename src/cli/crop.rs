//! `warpscope crop`: cuts a box out of an image.

use super::batch::{Batch, BatchArgs, Told};
use super::output::OutputArgs;
use super::threshold::RangeArgs;
use super::{read, say};
use crate::volume::{CropOrigin, Volume};
use anyhow::{anyhow, bail};
use clap::Args;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// `warpscope crop`.
#[derive(Clone, Debug, Args)]
pub struct CropArgs {
    /// Files, or folders with a DICOM series each
    #[arg(value_name = "IN", required = true)]
    pub inputs: Vec<PathBuf>,
    /// Where the box goes: .nii, .nii.gz, .mha, .mhd, .nrrd, .nhdr or .hdr; of several a pattern
    /// such as 'out/{name}.nii.gz', with {name}, {parent} (folder) or, in braces too, n (number) of each
    #[arg(value_name = "OUT")]
    pub output: PathBuf,
    /// The series to read when there are several: its UID in the list of `info`
    #[arg(long, value_name = "UID")]
    pub series: Option<String>,
    /// Voxels along the first axis, 0-based and half-open as in Python: 103:381, :340 or 160:
    #[arg(long, value_name = "A:B", default_value = ":", conflicts_with_all = ["above", "below"])]
    pub x: Bounds,
    /// Voxels along the second axis
    #[arg(long, value_name = "A:B", default_value = ":", conflicts_with_all = ["above", "below"])]
    pub y: Bounds,
    /// Voxels along the third axis
    #[arg(long, value_name = "A:B", default_value = ":", conflicts_with_all = ["above", "below"])]
    pub z: Bounds,
    #[command(flatten)]
    pub values: RangeArgs,
    /// Voxels around the box of --above or --below, within the image
    #[arg(long, value_name = "N", default_value_t = 0, conflicts_with_all = ["x", "y", "z"])]
    pub margin: usize,
    /// Leave the origin as it is: the box then lies where the image's first voxels lay
    #[arg(long)]
    pub keep_origin: bool,
    #[command(flatten)]
    pub batch: BatchArgs,
    #[command(flatten)]
    pub out: OutputArgs,
}

/// A range whose ends may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    start: Option<usize>,
    end: Option<usize>,
}

impl FromStr for Bounds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let end = |text: &str| match text.trim() {
            "" => Some(None),
            number => number.parse().ok().map(Some),
        };
        let ends = text.split_once(':');
        ends.and_then(|(start, stop)| Some((end(start)?, end(stop)?)))
            .map(|(start, end)| Self { start, end })
            .ok_or_else(|| "a range such as 103:381, :340 or 160: is needed".to_owned())
    }
}

impl Bounds {
    fn of(self, size: usize) -> Range<usize> {
        self.start.unwrap_or(0)..self.end.unwrap_or(size)
    }
}

pub fn run(arguments: &CropArgs) -> anyhow::Result<()> {
    let CropArgs { inputs, output, .. } = arguments;
    let batch = Batch::plan(inputs, output, arguments.batch, arguments.out)?;
    batch.run(|input, output| crop(arguments, input, output))
}

fn crop(arguments: &CropArgs, input: &Path, output: &Path) -> anyhow::Result<Told> {
    let volume = read(input, arguments.series.as_deref())?;
    let ranges = ranges(arguments, &volume, input)?;
    let origin = match arguments.keep_origin {
        true => CropOrigin::Kept,
        false => CropOrigin::Moved,
    };
    let moves = ranges.iter().any(|range| range.start > 0);
    let cropped = volume.cropped(&ranges, origin).map_err(|error| {
        anyhow!(
            "{error}; choose ranges inside the image: {}",
            input.display()
        )
    })?;
    if arguments.keep_origin && moves {
        say(&format!(
            "the origin was kept, so the box does not lie where it was cut out: {}",
            output.display()
        ));
    }
    Ok(arguments.out.write(&cropped, output, "Cropped")?)
}

/// The box that was given, or the one around the values.
fn ranges(
    arguments: &CropArgs,
    volume: &Volume,
    input: &Path,
) -> anyhow::Result<[Range<usize>; 3]> {
    let shape = volume.grid().shape();
    let Some([low, high]) = arguments.values.ends()? else {
        let [nx, ny, nz] = shape;
        return Ok([arguments.x.of(nx), arguments.y.of(ny), arguments.z.of(nz)]);
    };
    let Some(tight) = volume.bounds_of(low, high) else {
        bail!(
            "no value lies from {low} to {high}; choose others with --above and --below: {}",
            input.display()
        );
    };
    Ok([0, 1, 2].map(|axis| {
        let start = tight[axis].start.saturating_sub(arguments.margin);
        let end = tight[axis].end.saturating_add(arguments.margin);
        start..end.min(shape[axis])
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_read_as_in_python() {
        let of = |text: &str| text.parse::<Bounds>().map(|bounds| bounds.of(10));
        assert_eq!(of("3:7"), Ok(3..7));
        assert_eq!(of(":7"), Ok(0..7));
        assert_eq!(of("3:"), Ok(3..10));
        assert_eq!(of(":"), Ok(0..10));
        for text in ["3", "-1:5", "a:b", "1:2:3", ""] {
            assert!(of(text).is_err(), "{text}");
        }
    }
}
