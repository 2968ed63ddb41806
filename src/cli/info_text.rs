//! The words of `warpscope info` for people.

use super::args::InfoArgs;
use super::info::{ValueAt, shape};
use crate::geometry::Grid;
use crate::io::Found;
use crate::volume::{Meta, Rescale, Summary, Volume};
use std::fmt::Display;

/// Lines of a name and what it is, the latter in one column.
#[derive(Default)]
struct Table {
    text: String,
}

impl Table {
    fn line(&mut self, name: &str, what: impl Display) {
        self.text.push_str(&format!("{name:<13}{what}\n"));
    }
}

pub fn volume(
    volume: &Volume,
    summary: &Summary,
    values: &[ValueAt],
    arguments: &InfoArgs,
) -> String {
    let (grid, meta) = (volume.grid(), volume.meta());
    let mut table = Table::default();
    table.line("Image", arguments.path.display());
    let components = match volume.components() {
        1 => String::new(),
        n => format!(", {n} components"),
    };
    table.line(
        "Format",
        format!(
            "{}, {}{components}, {}",
            meta.format.label(),
            volume.data().voxel_type(),
            memory(volume.data().bytes())
        ),
    );
    table.line("Size", format!("{} voxels", join(&shape(volume), " x ")));
    if let Some(time) = &meta.time {
        table.line("Time step", format!("{} {}", time.step, time.unit));
    }
    geometry(grid, &mut table);
    match volume.rescale() {
        Rescale::Uniform(linear) if linear.is_identity() => {}
        Rescale::Uniform(linear) => table.line(
            "Rescale",
            format!("slope {}, intercept {}", linear.slope, linear.intercept),
        ),
        Rescale::PerSlice(_) => table.line("Rescale", "slice by slice"),
    }
    intensity(summary, meta, &mut table);
    if let Some(dicom) = &meta.dicom {
        table.line("Series", &dicom.description);
        table.line("Series UID", &dicom.series_uid);
        table.line("Files", format!("{} ({})", dicom.files, dicom.modality));
    }
    for at in values {
        let t = at.t.map(|t| format!(", t {t}")).unwrap_or_default();
        let world = at.world.0.coords;
        table.line(
            "Value",
            format!(
                "{} at voxel {}{t}, RAS {} mm",
                join(&at.values, ", "),
                join(&at.index, ", "),
                triple(world.as_slice())
            ),
        );
    }
    if arguments.tags {
        tags(meta, &mut table);
    }
    table.text
}

fn geometry(grid: &Grid, table: &mut Table) {
    let orientation = grid.orientation();
    table.line("Spacing", format!("{} mm", triple(&grid.spacing())));
    table.line("Origin", format!("{} mm (LPS)", triple(&grid.origin_lps())));
    let oblique = match grid.obliquity_deg() {
        angle if angle > 0.01 => format!(", oblique by {angle:.2} degrees"),
        _ => String::new(),
    };
    table.line(
        "Orientation",
        format!(
            "{} (from) = {} (to){oblique}",
            orientation.from_code(),
            orientation.to_code()
        ),
    );
    for (row, values) in grid.affine().row_iter().take(3).enumerate() {
        let name = if row == 0 { "Affine RAS" } else { "" };
        let values: Vec<String> = values
            .iter()
            .map(|v| format!("{:>11.4}", v + 0.0))
            .collect();
        table.line(name, values.join(" "));
    }
}

fn intensity(summary: &Summary, meta: &Meta, table: &mut Table) {
    let unit = match meta.unit.as_str() {
        "" => String::new(),
        unit => format!(" {unit}"),
    };
    let nonfinite = match summary.nonfinite {
        0 => String::new(),
        n => format!(", {n} not finite"),
    };
    table.line(
        "Intensity",
        format!(
            "{} to {}{unit}, mean {:.4}{nonfinite}",
            summary.min, summary.max, summary.mean
        ),
    );
}

fn tags(meta: &Meta, table: &mut Table) {
    let Some(dicom) = &meta.dicom else {
        table.line("Tags", "none: this is no DICOM image");
        return;
    };
    table.text.push('\n');
    for tag in &dicom.tags {
        table.text.push_str(&format!(
            "{:indent$}({:04x},{:04x}) {:<2} {:<36} {}\n",
            "",
            tag.group,
            tag.element,
            tag.vr,
            tag.name,
            tag.value,
            indent = 2 * tag.depth
        ));
    }
}

/// The list of what a folder holds.
pub fn series(found: &Found) -> String {
    let mut text = format!(
        "{} images; choose one with --series UID\n\n",
        found.images.len()
    );
    for image in &found.images {
        let size = match image.shape.len() {
            0 => "size unknown".to_owned(),
            _ => join(&image.shape, " x "),
        };
        let files = match image.files.len() {
            1 => "1 file".to_owned(),
            n => format!("{n} files"),
        };
        let kind = match image.modality.as_str() {
            "" => image.format.label(),
            modality => modality,
        };
        text.push_str(&format!(
            "{kind:<6} {size:<18} {files:<10} {}\n       {}\n",
            image.description, image.uid
        ));
    }
    if !found.skipped.is_empty() {
        text.push_str(&format!("\n{} files skipped\n", found.skipped.len()));
        for skipped in &found.skipped {
            text.push_str(&format!("{}: {}\n", skipped.path.display(), skipped.reason));
        }
    }
    text
}

fn memory(bytes: usize) -> String {
    let kib = bytes as f64 / 1024.0;
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{kib:.1} KiB"),
        _ => format!("{:.1} MiB", kib / 1024.0),
    }
}

pub fn join<T: ToString>(parts: &[T], between: &str) -> String {
    let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
    parts.join(between)
}

/// Adding 0 turns -0 into 0.
fn triple(values: &[f64]) -> String {
    let parts: Vec<String> = values.iter().map(|v| format!("{:.4}", v + 0.0)).collect();
    parts.join(", ")
}
