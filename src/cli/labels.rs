//! `warpscope labels`: what a label image holds, and the values of another within each label.

use super::json_text::lines;
use super::{print, read, tell_first_time_point};
use crate::document::LabelTable;
use crate::io::{json_number, read_label_table};
use crate::volume::{
    ImagePair, LabelStatistics, LabelVolume, Volume, label_statistics, label_volumes,
};
use anyhow::{anyhow, ensure};
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;

/// `warpscope labels`.
#[derive(Clone, Debug, Args)]
pub struct LabelListArgs {
    /// A label image
    #[arg(value_name = "LABELS")]
    pub path: PathBuf,
    /// Image whose values within each label are told; taken to the voxels of the label image
    #[arg(long, value_name = "IMAGE")]
    pub of: Option<PathBuf>,
    /// Names of the labels, in a label description file of ITK-SNAP
    #[arg(long, value_name = "TABLE")]
    pub label_table: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// A label and the values of another image in it.
type Row = (LabelVolume, Option<LabelStatistics>);

pub fn run(arguments: &LabelListArgs) -> anyhow::Result<()> {
    let table = match &arguments.label_table {
        Some(path) => LabelTable::new(read_label_table(path)?),
        None => LabelTable::default(),
    };
    let labels = read(&arguments.path, None)?;
    tell_first_time_point(&labels, &arguments.path);
    let refused = |error| anyhow!("{error}: {}", arguments.path.display());
    let volumes = label_volumes(&labels, 0).map_err(refused)?;
    let found = match &arguments.of {
        Some(path) => {
            let image = read(path, None)?;
            tell_first_time_point(&image, path);
            statistics(&labels, &image)
        }
        None => Vec::new(),
    };
    let row = |volume: LabelVolume| {
        let of_label = |found: &&LabelStatistics| found.label == volume.label;
        (volume, found.iter().find(of_label).copied())
    };
    let rows: Vec<Row> = volumes.into_iter().map(row).collect();
    if let Some(path) = &arguments.of {
        let is_there = |(_, found): &Row| found.is_some_and(|found| found.voxels > 0);
        ensure!(
            rows.is_empty() || rows.iter().any(is_there),
            "the image reaches no label; give one in the same place: {}",
            path.display()
        );
    }
    match arguments.json {
        true => print(&lines(&json(arguments, &rows, &table))),
        false => print(&text(&rows, &table)),
    }
}

/// Of labels that were counted before.
fn statistics(labels: &Volume, image: &Volume) -> Vec<LabelStatistics> {
    let found = label_statistics(&ImagePair::new(labels, image), &|_| true);
    found.and_then(Result::ok).unwrap_or_default()
}

fn text(rows: &[Row], table: &LabelTable) -> String {
    let has_values = rows.iter().any(|(_, found)| found.is_some());
    let mut text = "Label      Voxels       Volume mm3".to_owned();
    if has_values {
        text += "         Mean           SD      Minimum      Maximum";
    }
    text += "  Name\n";
    for (volume, found) in rows {
        text += &format!(
            "{:>5} {:>11} {:>16.1}",
            volume.label, volume.voxels, volume.mm3
        );
        if let Some(found) = found {
            for value in [found.mean, found.sd, found.min, found.max] {
                text += &format!(" {value:>12.3}");
            }
        } else if has_values {
            text += &format!(" {:>12} {:>12} {:>12} {:>12}", "-", "-", "-", "-");
        }
        text += &format!("  {}\n", table.name(volume.label));
    }
    text
}

fn json(arguments: &LabelListArgs, rows: &[Row], table: &LabelTable) -> Value {
    let row = |(volume, found): &Row| {
        let mut row = json!({
            "label": volume.label,
            "name": table.name(volume.label),
            "voxels": volume.voxels,
            "mm3": json_number(volume.mm3),
        });
        if let Some(found) = found {
            row["values"] = json!({
                "voxels": found.voxels,
                "mean": json_number(found.mean),
                "sd": json_number(found.sd),
                "min": json_number(found.min),
                "max": json_number(found.max),
            });
        }
        row
    };
    json!({
        "path": arguments.path.display().to_string(),
        "labels": rows.iter().map(row).collect::<Value>(),
    })
}
