//! What `warpscope compare` found, in words and as JSON.

use super::compare::{CompareArgs, Compared, Figures};
use crate::document::{LabelTable, LandmarkPair, TargetErrors};
use crate::io::json_number;
use crate::volume::{LabelOverlap, Overlap, Similarity};
use serde_json::{Value, json};

pub fn text(arguments: &CompareArgs, found: &Compared) -> String {
    let mut text = format!(
        "First        {}\nSecond       {}\n",
        arguments.first.display(),
        arguments.second.display()
    );
    text += &match &found.figures {
        Figures::Values(figures) => values_text(figures),
        Figures::Labels(overlap, table) => labels_text(overlap, table),
    };
    if let Some((pairs, errors)) = &found.landmarks {
        text += &landmarks_text(pairs, errors);
    }
    text
}

/// Six significant digits, without zeros at the end.
fn short(value: f64) -> String {
    if !value.is_finite() || value == 0.0 {
        return format!("{value}");
    }
    let decimals = (5 - value.abs().log10().floor() as i64).clamp(0, 12) as usize;
    let text = format!("{value:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

fn values_text(figures: &Similarity) -> String {
    let known = |value: f64, why: &str| match value.is_nan() {
        true => format!("not defined ({why})"),
        false => short(value),
    };
    let one = "an image is constant there";
    let both = "both images are constant there";
    format!(
        "Voxels       {}\nMSD          {}\nRMS          {}\nMean |diff|  {}\nMax |diff|   {}\n\
         NCC          {}\nNMI          {}\n",
        figures.voxels,
        short(figures.msd),
        short(figures.rms()),
        short(figures.mean_absolute),
        short(figures.max_absolute),
        known(figures.ncc, one),
        known(figures.nmi, both),
    )
}

const LABEL_HEAD: &str =
    "Label    Dice  Jaccard  Hausdorff  95 %   Mean mm     Volume mm3    of second   Ratio  Name\n";

fn labels_text(overlap: &Overlap, table: &LabelTable) -> String {
    let mut text = format!(
        "Dice         {:.4} (all labels)\n\n{LABEL_HEAD}",
        overlap.dice()
    );
    for label in &overlap.labels {
        let [hausdorff, part, mean] = match label.surface {
            Some(mm) => [mm.hausdorff_mm, mm.hausdorff95_mm, mm.mean_mm].map(|v| format!("{v:.2}")),
            None => ["-"; 3].map(str::to_owned),
        };
        let [own, other] = label.volumes_mm3;
        text += &format!(
            "{:>5}  {:.4}   {:.4}  {hausdorff:>9} {part:>6} {mean:>8} {own:>14.1} {other:>12.1} {:>7.3}  {}\n",
            label.label,
            label.dice(),
            label.jaccard(),
            label.volume_ratio(),
            table.name(label.label)
        );
    }
    text
}

fn landmarks_text(pairs: &[LandmarkPair], errors: &TargetErrors) -> String {
    format!(
        "Landmarks    {}\nTRE mean     {:.3} mm\nTRE median   {:.3} mm\nTRE max      {:.3} mm\n",
        pairs.len(),
        errors.mean_mm,
        errors.median_mm,
        errors.max_mm
    )
}

pub fn json(arguments: &CompareArgs, found: &Compared) -> Value {
    let mut all = json!({
        "first": arguments.first.display().to_string(),
        "second": arguments.second.display().to_string(),
    });
    match &found.figures {
        Figures::Values(figures) => all["similarity"] = values_json(figures),
        Figures::Labels(overlap, table) => {
            all["dice"] = json_number(overlap.dice());
            let labels = overlap.labels.iter();
            all["labels"] = labels.map(|label| label_json(label, table)).collect();
        }
    }
    if let Some((pairs, errors)) = &found.landmarks {
        all["landmarks"] = landmarks_json(pairs, errors);
    }
    all
}

fn values_json(figures: &Similarity) -> Value {
    json!({
        "voxels": figures.voxels,
        "msd": json_number(figures.msd),
        "rms": json_number(figures.rms()),
        "mean_absolute": json_number(figures.mean_absolute),
        "max_absolute": json_number(figures.max_absolute),
        "ncc": json_number(figures.ncc),
        "nmi": json_number(figures.nmi),
    })
}

fn label_json(label: &LabelOverlap, table: &LabelTable) -> Value {
    let mm = |length: Option<f64>| length.map_or(Value::Null, json_number);
    json!({
        "label": label.label,
        "name": table.name(label.label),
        "voxels": label.voxels,
        "shared": label.shared,
        "volumes_mm3": label.volumes_mm3.map(json_number),
        "volume_ratio": json_number(label.volume_ratio()),
        "dice": json_number(label.dice()),
        "jaccard": json_number(label.jaccard()),
        "hausdorff_mm": mm(label.surface.map(|surface| surface.hausdorff_mm)),
        "hausdorff95_mm": mm(label.surface.map(|surface| surface.hausdorff95_mm)),
        "mean_distance_mm": mm(label.surface.map(|surface| surface.mean_mm)),
    })
}

fn landmarks_json(pairs: &[LandmarkPair], errors: &TargetErrors) -> Value {
    let each = pairs.iter().zip(&errors.each_mm).map(|(pair, error)| {
        json!({
            "name": pair.name,
            "error_mm": error.map_or(Value::Null, json_number),
        })
    });
    json!({
        "pairs": pairs.len(),
        "mean_mm": json_number(errors.mean_mm),
        "median_mm": json_number(errors.median_mm),
        "max_mm": json_number(errors.max_mm),
        "each": each.collect::<Value>(),
    })
}
