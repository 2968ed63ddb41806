//! `warpscope merge`: images one after the other as the time points of one.

use super::output::OutputArgs;
use super::read;
use crate::volume::Volume;
use anyhow::anyhow;
use clap::Args;
use std::path::PathBuf;

/// `warpscope merge`.
#[derive(Clone, Debug, Args)]
pub struct MergeArgs {
    /// Files, or folders with a DICOM series each, on one grid and in order of time
    #[arg(value_name = "IN", required = true)]
    pub inputs: Vec<PathBuf>,
    /// Where the 4D image goes: .nii, .nii.gz, .mha, .mhd, .nrrd or .nhdr
    #[arg(value_name = "OUT")]
    pub output: PathBuf,
    #[command(flatten)]
    pub out: OutputArgs,
}

pub fn run(arguments: &MergeArgs) -> anyhow::Result<()> {
    let output = &arguments.output;
    arguments.out.check(output)?;
    let images = arguments.inputs.iter().map(|input| read(input, None));
    let images: Vec<Volume> = images.collect::<Result<_, _>>()?;
    let joined =
        Volume::joined(&images).map_err(|error| anyhow!("{error}: {}", output.display()))?;
    drop(images);
    let told = arguments.out.write(&joined, output, "Merged")?;
    told.print(arguments.out.json)
}
