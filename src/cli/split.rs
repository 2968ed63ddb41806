//! `warpscope split`: the time points of 4D images as 3D images.

use super::batch::{Batch, BatchArgs, Told, make_folder_of};
use super::files::{Files, NUMBER, at_time};
use super::output::OutputArgs;
use super::read;
use crate::volume::Volume;
use anyhow::bail;
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};

/// `warpscope split`.
#[derive(Clone, Debug, Args)]
pub struct SplitArgs {
    /// Files, or folders with a DICOM series each
    #[arg(value_name = "IN", required = true)]
    pub inputs: Vec<PathBuf>,
    /// Where the images go, such as 'out/{name}_{t}.nii.gz': {t} is the time point, 0-based and with as many
    /// digits as the last; {name}, {parent} (folder) and, in braces too, n (number) are those of the input
    #[arg(value_name = "PATTERN")]
    pub pattern: PathBuf,
    /// The series to read when there are several: its UID in the list of `info`
    #[arg(long, value_name = "UID")]
    pub series: Option<String>,
    #[command(flatten)]
    pub batch: BatchArgs,
    #[command(flatten)]
    pub out: OutputArgs,
}

pub fn run(arguments: &SplitArgs) -> anyhow::Result<()> {
    let SplitArgs {
        inputs, pattern, ..
    } = arguments;
    if !pattern.to_string_lossy().contains(NUMBER) {
        bail!(
            "all images would go to one file; put {NUMBER} into the name: {}",
            pattern.display()
        );
    }
    let out = arguments.out;
    let check = |path: &Path| out.check(path);
    let batch = Batch::plan_with(
        inputs,
        pattern,
        Files::Times,
        arguments.batch,
        out.json,
        check,
    )?;
    batch.run(|input, output| split(arguments, input, output))
}

fn split(arguments: &SplitArgs, input: &Path, output: &Path) -> anyhow::Result<Told> {
    let volume = read(input, arguments.series.as_deref())?;
    let count = volume.time_points();
    let digits = count.saturating_sub(1).to_string().len();
    let outputs = (0..count).map(|t| (t, at_time(output, t, digits)));
    let mut outputs: Vec<(usize, PathBuf)> = outputs.collect();
    if arguments.batch.skip_existing {
        // A run was stopped before its first image, which comes last.
        outputs.retain(|(_, output)| output.symlink_metadata().is_err());
    }
    for (_, output) in &outputs {
        arguments.out.check(output)?;
    }
    write(arguments, &volume, &outputs, input)
}

fn write(
    arguments: &SplitArgs,
    volume: &Volume,
    outputs: &[(usize, PathBuf)],
    input: &Path,
) -> anyhow::Result<Told> {
    let mut images = Vec::new();
    for (t, output) in outputs.iter().rev() {
        let Some(image) = volume.time_point(*t) else {
            continue;
        };
        make_folder_of(output)?;
        images.push(arguments.out.write(&image, output, "Split")?.json);
    }
    images.reverse();
    let line = |(t, output): &(usize, PathBuf)| format!("Time {t:<8}{}\n", output.display());
    Ok(Told {
        text: outputs.iter().map(line).collect(),
        json: json!({ "path": input.display().to_string(), "images": images }),
    })
}
