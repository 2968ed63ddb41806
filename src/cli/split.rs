//! `warpscope split`: the time points of a 4D image as 3D images.

use super::batch::Told;
use super::output::OutputArgs;
use super::pattern::{filled, name_of};
use super::read;
use crate::volume::Volume;
use anyhow::bail;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// `warpscope split`.
#[derive(Clone, Debug, Args)]
pub struct SplitArgs {
    /// A file, or a folder with a DICOM series
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// Where the images go, such as 'out/{name}_{t}.nii.gz': {t} is the time point, 0-based and with as many
    /// digits as the last; {name} the input's name
    #[arg(value_name = "PATTERN")]
    pub pattern: PathBuf,
    /// The series to read when there are several: its UID in the list of `info`
    #[arg(long, value_name = "UID")]
    pub series: Option<String>,
    #[command(flatten)]
    pub out: OutputArgs,
}

pub fn run(arguments: &SplitArgs) -> anyhow::Result<()> {
    let SplitArgs { input, pattern, .. } = arguments;
    if !pattern.to_string_lossy().contains("{t}") {
        bail!(
            "all images would go to one file; put {{t}} into the name: {}",
            pattern.display()
        );
    }
    // The ending at least is known before the work.
    arguments.out.check(&output_of(arguments, 0, 1)?)?;
    let volume = read(input, arguments.series.as_deref())?;
    let count = volume.time_points();
    let outputs = (0..count).map(|t| output_of(arguments, t, count));
    let outputs: Vec<PathBuf> = outputs.collect::<Result<_, _>>()?;
    for output in &outputs {
        arguments.out.check(output)?;
    }
    write(arguments, &volume, &outputs)?.print(arguments.out.json)
}

fn output_of(arguments: &SplitArgs, t: usize, count: usize) -> anyhow::Result<PathBuf> {
    let digits = count.saturating_sub(1).to_string().len();
    filled(&arguments.pattern, |word| match word {
        "t" => Some(format!("{t:0digits$}")),
        "name" => Some(name_of(&arguments.input)),
        _ => None,
    })
}

fn write(arguments: &SplitArgs, volume: &Volume, outputs: &[PathBuf]) -> anyhow::Result<Told> {
    let mut text = String::new();
    let mut images = Vec::new();
    for (t, output) in outputs.iter().enumerate() {
        let Some(image) = volume.time_point(t) else {
            break;
        };
        images.push(arguments.out.write(&image, output, "Split")?.json);
        text += &format!("Time {t:<8}{}\n", output.display());
    }
    let path = arguments.input.display().to_string();
    Ok(Told {
        text,
        json: json!({ "path": path, "images": images }),
    })
}
