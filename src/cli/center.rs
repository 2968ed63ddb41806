//! `warpscope align-centers`: moves an image so that its centre lies at the centre of another.

use super::output::OutputArgs;
use super::{read, say};
use anyhow::Context;
use clap::Args;
use std::path::PathBuf;

/// `warpscope align-centers`.
#[derive(Clone, Debug, Args)]
pub struct CenterArgs {
    /// The image that stays: a file, or a folder with a DICOM series
    #[arg(long, value_name = "IMAGE")]
    pub fixed: PathBuf,
    /// The image that moves: only its origin changes
    #[arg(long, value_name = "IMAGE")]
    pub moving: PathBuf,
    /// Where the moved image goes: .nii, .nii.gz, .mha, .mhd, .nrrd, .nhdr or .hdr
    #[arg(value_name = "OUT")]
    pub output: PathBuf,
    #[command(flatten)]
    pub out: OutputArgs,
}

pub fn run(arguments: &CenterArgs) -> anyhow::Result<()> {
    let output = &arguments.output;
    arguments.out.check(output)?;
    let fixed = read(&arguments.fixed, None)?;
    let moving = read(&arguments.moving, None)?;
    let (moved, shift) = moving
        .centered_on(fixed.grid())
        .with_context(|| format!("the images cannot be aligned: {}", output.display()))?;
    let [x, y, z]: [f64; 3] = shift.into();
    say(&format!(
        "moved by ({x:.4}, {y:.4}, {z:.4}) mm in RAS: {}",
        output.display()
    ));
    arguments.out.write(&moved, output, "Aligned")
}
