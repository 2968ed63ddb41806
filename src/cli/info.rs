//! `warpscope info`: what an image is, as text or as JSON.

use super::args::{InfoArgs, Point};
use super::info_text::{self, join};
use super::json_text;
use crate::geometry::{IndexPoint, WorldPoint};
use crate::io::{Found, Report, json_number, scan};
use crate::volume::{DicomTag, Rescale, Summary, Volume, summary};
use anyhow::Context as _;
use nalgebra::Matrix4;
use serde_json::{Map, Value, json};
use std::path::Path;

/// One value that was asked for.
pub struct ValueAt {
    pub index: [usize; 3],
    /// Given for images with several time points only.
    pub t: Option<usize>,
    /// Centre of the voxel.
    pub world: WorldPoint,
    /// One number a component, after rescale.
    pub values: Vec<f64>,
}

pub fn run(arguments: &InfoArgs) -> anyhow::Result<()> {
    let report = Report::silent();
    let found = scan(std::slice::from_ref(&arguments.path), &report)?;
    let Some(image) = super::choose(&found, arguments.series.as_deref(), &arguments.path)? else {
        return super::print(&if arguments.json {
            json_text::lines(&series_json(&found))
        } else {
            info_text::series(&found)
        });
    };
    let volume = super::load(image, &report)?;
    let values = values(&volume, arguments)?;
    let summary = summary(&volume);
    super::print(&if arguments.json {
        json_text::lines(&volume_json(&volume, &summary, &values, arguments))
    } else {
        info_text::volume(&volume, &summary, &values, arguments)
    })
}

fn values(volume: &Volume, arguments: &InfoArgs) -> anyhow::Result<Vec<ValueAt>> {
    let points = arguments.points.0.iter();
    points
        .map(|point| {
            value_at(volume, point).with_context(|| {
                let shape = join(&shape(volume), " x ");
                let path = arguments.path.display();
                match point {
                    Point::Index(index) => {
                        let index = join(index, ",");
                        format!(
                            "voxel {index} lies outside the {shape} image; count from 0: {path}"
                        )
                    }
                    Point::World(point) => {
                        let point = join(point, ",");
                        format!("point {point} (RAS mm) lies outside the image: {path}")
                    }
                }
            })
        })
        .collect()
}

fn value_at(volume: &Volume, point: &Point) -> Option<ValueAt> {
    let grid = volume.grid();
    let (voxel, t) = match *point {
        Point::Index([i, j, k, t]) => {
            let at = |n: i64| usize::try_from(n).ok();
            ([at(i)?, at(j)?, at(k)?], at(t)?)
        }
        Point::World([x, y, z]) => {
            let index = grid.world_to_index(WorldPoint::new(x, y, z));
            (index.nearest_voxel(grid.shape())?, 0)
        }
    };
    Some(ValueAt {
        index: voxel,
        t: (volume.time_points() > 1).then_some(t),
        world: grid.index_to_world(IndexPoint::from(voxel)),
        values: volume.values(voxel, t)?,
    })
}

fn numbers(values: &[f64]) -> Value {
    values.iter().copied().map(json_number).collect()
}

fn matrix(affine: &Matrix4<f64>) -> Value {
    affine
        .row_iter()
        .map(|row| numbers(&row.iter().copied().collect::<Vec<_>>()))
        .collect()
}

/// `(nx, ny, nz)`, and the number of time points when there are several.
pub fn shape(volume: &Volume) -> Vec<usize> {
    let mut shape = volume.grid().shape().to_vec();
    if volume.time_points() > 1 {
        shape.push(volume.time_points());
    }
    shape
}

fn volume_json(
    volume: &Volume,
    summary: &Summary,
    values: &[ValueAt],
    arguments: &InfoArgs,
) -> Value {
    let (grid, meta) = (volume.grid(), volume.meta());
    let direction = grid.direction_lps();
    let direction: Value = direction
        .row_iter()
        .map(|row| numbers(&row.iter().copied().collect::<Vec<_>>()))
        .collect();
    let orientation = grid.orientation();
    let mut object = Map::new();
    let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
    put("path", path_text(&arguments.path));
    put("format", meta.format.name().into());
    put("shape", shape(volume).into());
    put("components", volume.components().into());
    put("dtype", volume.data().voxel_type().name().into());
    put("spacing_mm", numbers(&grid.spacing()));
    put("affine_ras", matrix(grid.affine()));
    put("origin_lps", numbers(&grid.origin_lps()));
    put("direction_lps", direction);
    put(
        "orientation",
        json!({ "from": orientation.from_code(), "to": orientation.to_code() }),
    );
    put("rescale", rescale_json(volume.rescale()));
    put(
        "intensity",
        json!({
            "min": json_number(summary.min),
            "max": json_number(summary.max),
            "mean": json_number(summary.mean),
            "nonfinite": summary.nonfinite,
        }),
    );
    if !meta.unit.is_empty() {
        put("unit", meta.unit.as_str().into());
    }
    if let Some(time) = &meta.time {
        put(
            "time",
            json!({ "step": json_number(time.step), "unit": time.unit }),
        );
    }
    put("values", values.iter().map(value_json).collect());
    if let Some(nifti) = &meta.nifti {
        let mut fields = nifti.fields.clone();
        let form = |form: &Option<Matrix4<f64>>| form.as_ref().map_or(Value::Null, matrix);
        fields.insert("sform".to_owned(), form(&nifti.sform));
        fields.insert("qform".to_owned(), form(&nifti.qform));
        put("nifti", fields.into());
    }
    if let Some(dicom) = &meta.dicom {
        let mut fields = json!({
            "series_uid": dicom.series_uid,
            "description": dicom.description,
            "modality": dicom.modality,
            "number": dicom.number,
            "files": dicom.files,
            "transfer_syntax": dicom.transfer_syntax,
        });
        if arguments.tags {
            fields["tags"] = dicom.tags.iter().map(tag_json).collect();
        }
        put("dicom", fields);
    }
    let notices = meta
        .notices
        .iter()
        .map(|notice| json!({ "kind": notice.kind.name(), "text": notice.text }))
        .collect();
    put("notices", notices);
    object.into()
}

fn path_text(path: &Path) -> Value {
    path.display().to_string().into()
}

/// Slope and intercept; lists of them when every slice has its own.
fn rescale_json(rescale: &Rescale) -> Value {
    match rescale {
        Rescale::Uniform(linear) => json!({
            "slope": json_number(linear.slope),
            "intercept": json_number(linear.intercept),
        }),
        Rescale::PerSlice(slices) => json!({
            "slope": slices.iter().map(|s| json_number(s.slope)).collect::<Value>(),
            "intercept": slices.iter().map(|s| json_number(s.intercept)).collect::<Value>(),
        }),
    }
}

fn value_json(at: &ValueAt) -> Value {
    let index: Vec<usize> = at.index.into_iter().chain(at.t).collect();
    let value = match at.values[..] {
        [value] => json_number(value),
        ref several => numbers(several),
    };
    json!({
        "index": index,
        "world_ras": numbers(at.world.0.coords.as_slice()),
        "value": value,
    })
}

fn tag_json(tag: &DicomTag) -> Value {
    json!({
        "depth": tag.depth,
        "tag": format!("({:04x},{:04x})", tag.group, tag.element),
        "vr": tag.vr,
        "name": tag.name,
        "value": tag.value,
    })
}

fn series_json(found: &Found) -> Value {
    let series: Value = found
        .images
        .iter()
        .map(|image| {
            json!({
                "uid": image.uid,
                "description": image.description,
                "modality": image.modality,
                "number": image.number,
                "files": image.files.len(),
                "shape": image.shape,
            })
        })
        .collect();
    let skipped: Value = found
        .skipped
        .iter()
        .map(|skipped| json!({ "file": path_text(&skipped.path), "reason": skipped.reason }))
        .collect();
    json!({ "series": series, "skipped": skipped })
}
