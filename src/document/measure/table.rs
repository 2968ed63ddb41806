//! Measurements as tab separated text, for a spreadsheet: plain hyphens as minus, full precision.

use super::{LayerNumbers, Measurement, Profile, region_numbers};
use crate::document::Document;
use crate::geometry::WorldPoint;

const HEAD: &str = "Name\tPlane\tSlice (0-based)\tFrom RAS mm\tTo RAS mm\tLength mm\tAngle deg\tArea mm²\tLayer\tUnit\tMean\tSD\tMinimum\tMaximum\tVoxels\tNot finite";

/// All items, one row each; regions have one for every layer.
pub fn measurements_text(document: &Document) -> String {
    let mut text = format!("{HEAD}\n");
    for item in document.measurements() {
        let place = place(document, item);
        if !item.kind.is_region() {
            let angle = document.angle_to_previous(item);
            let angle = angle.map_or_else(String::new, |deg| format!("{deg:.2}"));
            let length = item.length_mm();
            text += &format!("{place}\t{length:.3}\t{angle}\t\t\t\t\t\t\t\t\t\n");
        } else if let Some(numbers) = region_numbers(document, item) {
            for layer in &numbers.layers {
                let values = values(layer);
                text += &format!("{place}\t\t\t{:.3}\t{values}\n", numbers.area_mm2);
            }
        }
    }
    text
}

fn place(document: &Document, item: &Measurement) -> String {
    let slice = document
        .grid()
        .map_or_else(String::new, |grid| format!("{:.0}", item.slice(grid)));
    let [from, to] = item.ends.map(point);
    let (name, plane) = (in_table(&item.name), item.plane.name());
    format!("{name}\t{plane}\t{slice}\t{from}\t{to}")
}

/// A tab or line break in a name would tear the table.
fn in_table(name: &str) -> String {
    name.replace(['\t', '\n', '\r'], " ")
}

fn point(WorldPoint(p): WorldPoint) -> String {
    format!("{:.3} {:.3} {:.3}", p.x, p.y, p.z)
}

fn values(numbers: &LayerNumbers) -> String {
    let LayerNumbers {
        name,
        unit,
        count,
        left_out,
        mean,
        sd,
        min,
        max,
        ..
    } = numbers;
    let name = in_table(name);
    let [mean, sd, min, max] = [mean, sd, min, max].map(|value| number(*value));
    format!("{name}\t{unit}\t{mean}\t{sd}\t{min}\t{max}\t{count}\t{left_out}")
}

/// Empty where there is no value.
fn number(value: f64) -> String {
    if value.is_nan() {
        String::new()
    } else {
        format!("{value}")
    }
}

/// A profile, one row a place.
pub fn profile_text(profile: &Profile) -> String {
    let mut text = "Distance mm\tx RAS mm\ty RAS mm\tz RAS mm".to_owned();
    for line in &profile.lines {
        let name = in_table(&line.name);
        text += &match line.unit.as_str() {
            "" => format!("\t{name}"),
            unit => format!("\t{name} ({unit})"),
        };
    }
    text.push('\n');
    for (n, mm) in profile.places.iter().enumerate() {
        let WorldPoint(p) = profile.point(*mm);
        text += &format!("{mm:.4}\t{:.4}\t{:.4}\t{:.4}", p.x, p.y, p.z);
        for line in &profile.lines {
            let value = line.values.get(n).copied().unwrap_or(f64::NAN);
            text += &format!("\t{}", number(value));
        }
        text.push('\n');
    }
    text
}
