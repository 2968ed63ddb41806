//! `warpscope crop`: cuts a box out of an image.

use super::output::OutputArgs;
use super::{read, say};
use crate::volume::CropOrigin;
use anyhow::anyhow;
use clap::Args;
use std::ops::Range;
use std::path::PathBuf;
use std::str::FromStr;

/// `warpscope crop`.
#[derive(Clone, Debug, Args)]
pub struct CropArgs {
    /// A file, or a folder with a DICOM series
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// Where the box goes: .nii, .nii.gz, .mha, .mhd, .nrrd, .nhdr or .hdr
    #[arg(value_name = "OUT")]
    pub output: PathBuf,
    /// The series to read when there are several: its UID in the list of `info`
    #[arg(long, value_name = "UID")]
    pub series: Option<String>,
    /// Voxels along the first axis, 0-based and half-open as in Python: 103:381, :340 or 160:
    #[arg(long, value_name = "A:B", default_value = ":")]
    pub x: Bounds,
    /// Voxels along the second axis
    #[arg(long, value_name = "A:B", default_value = ":")]
    pub y: Bounds,
    /// Voxels along the third axis
    #[arg(long, value_name = "A:B", default_value = ":")]
    pub z: Bounds,
    /// Leave the origin as it is: the box then lies where the image's first voxels lay
    #[arg(long)]
    pub keep_origin: bool,
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
    let (input, output) = (&arguments.input, &arguments.output);
    arguments.out.check(output)?;
    let volume = read(input, arguments.series.as_deref())?;
    let [nx, ny, nz] = volume.grid().shape();
    let ranges = [arguments.x.of(nx), arguments.y.of(ny), arguments.z.of(nz)];
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
    arguments.out.write(&cropped, output, "Cropped")
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
