//! `warpscope reorient`: gives an image another orientation.

use super::batch::{Batch, BatchArgs, Told};
use super::output::OutputArgs;
use super::{print_notices, read};
use crate::geometry::Orientation;
use crate::io::json_number;
use crate::volume::{NoticeKind, ReorientMode, Volume};
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// `warpscope reorient`.
#[derive(Clone, Debug, Args)]
pub struct ReorientArgs {
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
    #[command(flatten)]
    pub code: CodeArgs,
    /// Change the header only, as ITK-SNAP does: the voxels stay and the image lies elsewhere
    #[arg(long)]
    pub relabel: bool,
    #[command(flatten)]
    pub batch: BatchArgs,
    #[command(flatten)]
    pub out: OutputArgs,
}

/// The wanted orientation in one of the two spellings.
#[derive(Clone, Copy, Debug, Args)]
#[group(required = true, multiple = false)]
pub struct CodeArgs {
    /// The side each axis comes from, as ITK-SNAP spells it: RAI is nibabel's LPS
    #[arg(long, value_name = "CODE", value_parser = Orientation::parse_from)]
    to: Option<Orientation>,
    /// The side each axis goes to, as nibabel spells it: LPS is ITK-SNAP's RAI
    #[arg(long, value_name = "CODE", value_parser = Orientation::parse_to)]
    to_nibabel: Option<Orientation>,
}

pub fn run(arguments: &ReorientArgs) -> anyhow::Result<()> {
    let ReorientArgs { inputs, output, .. } = arguments;
    let batch = Batch::plan(inputs, output, arguments.batch, arguments.out)?;
    batch.run(|input, output| reorient(arguments, input, output))
}

fn reorient(arguments: &ReorientArgs, input: &Path, output: &Path) -> anyhow::Result<Told> {
    let before = read(input, arguments.series.as_deref())?;
    let mode = match arguments.relabel {
        true => ReorientMode::Relabel,
        false => ReorientMode::Reorient,
    };
    let CodeArgs { to, to_nibabel } = arguments.code;
    let to = to.or(to_nibabel).unwrap_or(before.grid().orientation());
    let after = before.reoriented(mode, to);
    let mut notices = after.meta().notices.clone();
    // What reading had to say was said, and the elements of DICOM are not in the file.
    notices.retain(|notice| {
        notice.kind != NoticeKind::Reoriented && !before.meta().notices.contains(notice)
    });
    let oblique = before.grid().obliquity_deg();
    print_notices(&notices, output);
    if arguments.relabel && oblique > 0.01 {
        super::say(&format!(
            "the image was oblique by {oblique:.2} degrees and is straight now; reorient without --relabel to keep it as it lies: {}",
            output.display()
        ));
    }
    arguments.out.save(&after, output)?;
    Ok(Told {
        text: summary(arguments, &before, &after, output),
        json: summary_json(arguments, &before, &after, output),
    })
}

fn summary(arguments: &ReorientArgs, before: &Volume, after: &Volume, output: &Path) -> String {
    let [old, new] = [before, after].map(|volume| {
        let orientation = volume.grid().orientation();
        let (from, to) = (orientation.from_code(), orientation.to_code());
        format!("{from} (from) = {to} (to)")
    });
    let done = match arguments.relabel {
        true => "Relabelled  ",
        false => "Reoriented  ",
    };
    let mut text = format!(
        "{done} {old}\n             {new}\nImage        {}\n",
        output.display()
    );
    for (row, values) in after.grid().affine().row_iter().take(3).enumerate() {
        let name = if row == 0 { "Affine RAS" } else { "" };
        let values: Vec<String> = values.iter().map(|v| format!("{v:>11.4}")).collect();
        text += &format!("{name:<13}{}\n", values.join(" "));
    }
    text
}

fn summary_json(arguments: &ReorientArgs, before: &Volume, after: &Volume, output: &Path) -> Value {
    let codes = |volume: &Volume| {
        let orientation = volume.grid().orientation();
        json!({ "from": orientation.from_code(), "to": orientation.to_code() })
    };
    let rows = after.grid().affine().row_iter();
    let affine: Value = rows
        .map(|row| row.iter().copied().map(json_number).collect::<Value>())
        .collect();
    json!({
        "path": output.display().to_string(),
        "mode": if arguments.relabel { "relabel" } else { "reorient" },
        "before": codes(before),
        "orientation": codes(after),
        "shape": super::info::shape(after),
        "affine_ras": affine,
    })
}
