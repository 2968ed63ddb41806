//! `warpscope header`: changes the NIfTI header of an image and leaves its voxels.

use super::batch::{Batch, BatchArgs, Told};
use super::files::Files;
use super::forms::{FormArgs, row_of};
use super::{Triple, print_notices, read};
use crate::geometry::Grid;
use crate::io::{
    Report, WriteOptions, check_nifti_target, verify_written, with_header_field, write_nifti,
};
use crate::volume::Volume;
use anyhow::{anyhow, bail};
use clap::Args;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// `warpscope header`.
#[derive(Clone, Debug, Args)]
pub struct HeaderArgs {
    /// Files, or folders with a DICOM series each
    #[arg(value_name = "IN", required = true)]
    pub inputs: Vec<PathBuf>,
    /// Where the image goes, .nii or .nii.gz; of several a pattern such as 'out/{name}.nii.gz', with
    /// {name}, {parent} (folder) or, in braces too, n (number) of each
    #[arg(value_name = "OUT")]
    pub output: PathBuf,
    /// The series to read when there are several: its UID in the list of `info`
    #[arg(long, value_name = "UID")]
    pub series: Option<String>,
    /// Meaning of the sform: 0 unknown, 1 scanner, 2 aligned, 3 Talairach, 4 MNI
    #[arg(long, value_name = "N")]
    pub sform_code: Option<String>,
    /// Meaning of the qform; 0 leaves the place to the sform alone
    #[arg(long, value_name = "N")]
    pub qform_code: Option<String>,
    /// Place of the first voxel in RAS mm
    #[arg(long, value_name = "X,Y,Z", allow_hyphen_values = true)]
    pub origin: Option<Triple<f64>>,
    /// Distances between voxels in mm; the first voxel stays at its place
    #[arg(long, value_name = "X,Y,Z")]
    pub spacing: Option<Triple<f64>>,
    /// Another field by its NIfTI name, such as descrip, cal_max or, with four numbers, srow_x; may be given
    /// several times
    #[arg(long, value_name = "FIELD=VALUE", value_parser = assignment)]
    pub set: Vec<(String, String)>,
    #[command(flatten)]
    pub forms: FormArgs,
    #[command(flatten)]
    pub batch: BatchArgs,
    /// Replace the file if it is there already
    #[arg(long)]
    pub force: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

fn assignment(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(name, value)| (name.trim().to_owned(), value.to_owned()))
        .ok_or_else(|| "FIELD=VALUE is needed".to_owned())
}

pub fn run(arguments: &HeaderArgs) -> anyhow::Result<()> {
    let HeaderArgs { inputs, output, .. } = arguments;
    let check = |output: &Path| check_nifti_target(output, arguments.force);
    let batch = Batch::plan_with(
        inputs,
        output,
        Files::One,
        arguments.batch,
        arguments.json,
        check,
    )?;
    batch.run(|input, output| change(arguments, input, output))
}

fn change(arguments: &HeaderArgs, input: &Path, output: &Path) -> anyhow::Result<Told> {
    let before = read(input, arguments.series.as_deref())?;
    let after =
        edited(&before, arguments).map_err(|what| anyhow!("{what}: {}", input.display()))?;
    let report = Report::silent();
    let notices = write_nifti(
        &after,
        output,
        WriteOptions::replacing(arguments.force),
        &report,
    )?;
    print_notices(&notices, output);
    let written = verify_written(&after, output, &report)?;
    let changes = changes(&before, &written);
    let mut text = format!("Image        {}\n", output.display());
    for (name, old, new) in &changes {
        text += &format!("{name:<13}{old} -> {new}\n");
    }
    let changes: Map<String, Value> = changes
        .into_iter()
        .map(|(name, old, new)| (name, json!({ "before": old, "after": new })))
        .collect();
    Ok(Told {
        text,
        json: json!({ "path": output.display().to_string(), "changes": changes }),
    })
}

/// The image with the wanted header.
fn edited(volume: &Volume, arguments: &HeaderArgs) -> anyhow::Result<Volume> {
    let codes = [
        ("sform_code", &arguments.sform_code),
        ("qform_code", &arguments.qform_code),
    ];
    let codes = codes
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_deref()?)));
    let set = arguments
        .set
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let fields: Vec<(&str, &str)> = codes.chain(set).collect();
    let mut edited = volume.moved_to(moved(volume.grid(), arguments)?)?;
    for (name, value) in &fields {
        if row_of(name).is_some() {
            continue;
        }
        edited = with_header_field(&edited, name, value).map_err(|what| anyhow!(what))?;
    }
    let edited = arguments.forms.apply(edited, &fields)?;
    let unknown = |name: &str| {
        let fields = edited.meta().nifti.as_ref().map(|nifti| &nifti.fields);
        fields.and_then(|fields| fields.get(name)?.as_i64()) == Some(0)
    };
    let by_name = arguments
        .set
        .iter()
        .any(|(name, _)| name.ends_with("form_code"));
    let asked = by_name || arguments.sform_code.is_some() || arguments.qform_code.is_some();
    if asked && unknown("sform_code") && unknown("qform_code") {
        bail!("with both codes 0 nothing says where the image lies; give one a code above 0");
    }
    Ok(edited)
}

/// The grid at another origin, with another spacing.
fn moved(grid: &Grid, arguments: &HeaderArgs) -> anyhow::Result<Grid> {
    let mut affine = *grid.affine();
    if let Some(Triple(spacing)) = arguments.spacing {
        if spacing.iter().any(|length| *length <= 0.0) {
            bail!("a spacing must be above 0");
        }
        for (axis, (new, old)) in spacing.into_iter().zip(grid.spacing()).enumerate() {
            affine.fixed_view_mut::<3, 1>(0, axis).scale_mut(new / old);
        }
    }
    if let Some(Triple(origin)) = arguments.origin {
        affine.fixed_view_mut::<3, 1>(0, 3).copy_from_slice(&origin);
    }
    Ok(Grid::new(grid.shape(), affine)?)
}

/// Fields that are others in the file written: name, before, after.
fn changes(before: &Volume, written: &Volume) -> Vec<(String, Value, Value)> {
    let fields = |volume: &Volume| {
        volume
            .meta()
            .nifti
            .as_ref()
            .map(|nifti| nifti.fields.clone())
    };
    let old = fields(before).unwrap_or_default();
    let new = fields(written).unwrap_or_default();
    new.into_iter()
        .filter_map(|(name, new)| {
            let old = old.get(&name).cloned().unwrap_or(Value::Null);
            (old != new).then_some((name, old, new))
        })
        .collect()
}
