//! `warpscope threshold`: the mask of the voxels whose values lie in a range.

use super::batch::{Batch, BatchArgs, Told};
use super::output::OutputArgs;
use super::{read, say};
use crate::volume::summary;
use anyhow::bail;
use clap::{ArgGroup, Args};
use std::path::{Path, PathBuf};

/// `warpscope threshold`.
#[derive(Clone, Debug, Args)]
#[command(group(ArgGroup::new("range").args(["above", "below"]).required(true).multiple(true)))]
pub struct ThresholdArgs {
    /// Files, or folders with a DICOM series each
    #[arg(value_name = "IN", required = true)]
    pub inputs: Vec<PathBuf>,
    /// Where the mask goes: .nii, .nii.gz, .mha, .mhd, .nrrd or .nhdr; of several a pattern
    /// such as 'out/{name}.nii.gz', with {name}, {parent} (folder) or, in braces too, n (number) of each
    #[arg(value_name = "OUT")]
    pub output: PathBuf,
    /// The series to read when there are several: its UID in the list of `info`
    #[arg(long, value_name = "UID")]
    pub series: Option<String>,
    #[command(flatten)]
    pub range: RangeArgs,
    #[command(flatten)]
    pub batch: BatchArgs,
    #[command(flatten)]
    pub out: OutputArgs,
}

/// A range of values, both ends inside.
#[derive(Clone, Copy, Debug, Args)]
pub struct RangeArgs {
    /// Lowest value inside, after rescale
    #[arg(long, value_name = "VALUE", value_parser = number, allow_hyphen_values = true)]
    above: Option<f64>,
    /// Highest value inside
    #[arg(long, value_name = "VALUE", value_parser = number, allow_hyphen_values = true)]
    below: Option<f64>,
}

fn number(text: &str) -> Result<f64, String> {
    let number: Option<f64> = text.parse().ok();
    number
        .filter(|number| !number.is_nan())
        .ok_or_else(|| "a number is needed".to_owned())
}

impl RangeArgs {
    /// Lowest and highest value; `None` where neither was asked for.
    pub fn ends(self) -> anyhow::Result<Option<[f64; 2]>> {
        let Self { above, below } = self;
        let ends = [
            above.unwrap_or(f64::NEG_INFINITY),
            below.unwrap_or(f64::INFINITY),
        ];
        if ends[0] > ends[1] {
            bail!(
                "no value lies above {} and below {}; give --above the smaller number",
                ends[0],
                ends[1]
            );
        }
        Ok((above.is_some() || below.is_some()).then_some(ends))
    }
}

pub fn run(arguments: &ThresholdArgs) -> anyhow::Result<()> {
    let ThresholdArgs { inputs, output, .. } = arguments;
    let Some(ends) = arguments.range.ends()? else {
        bail!("no range was given; use --above or --below");
    };
    let batch = Batch::plan(inputs, output, arguments.batch, arguments.out)?;
    batch.run(|input, output| threshold(arguments, ends, input, output))
}

fn threshold(
    arguments: &ThresholdArgs,
    [low, high]: [f64; 2],
    input: &Path,
    output: &Path,
) -> anyhow::Result<Told> {
    let mask = read(input, arguments.series.as_deref())?.thresholded(low, high);
    if summary(&mask).max == 0.0 {
        say(&format!(
            "no voxel lies in the range, the mask is empty: {}",
            output.display()
        ));
    }
    Ok(arguments.out.write(&mask, output, "Mask")?)
}
