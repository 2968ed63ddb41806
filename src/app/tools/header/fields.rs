//! The fields of a NIfTI header: what each means (nifti1.h), and what it does to this image now.

use crate::volume::Volume;
use serde_json::{Map, Value};

/// Name, and meaning in a student's words, in the order of the header.
const MEANINGS: [(&str, &str); 42] = [
    (
        "sizeof_hdr",
        "Bytes of the header: 348 in NIfTI-1, 540 in NIfTI-2",
    ),
    (
        "dim_info",
        "Which axes of an MR slice are frequency, phase and slice",
    ),
    (
        "dim",
        "Number of axes, then voxels along each: x, y, z, time, components",
    ),
    ("intent_p1", "First number that belongs to the intent"),
    ("intent_p2", "Second number that belongs to the intent"),
    ("intent_p3", "Third number that belongs to the intent"),
    (
        "intent_code",
        "What the numbers are: 0 nothing special, 2 to 24 a statistic, 1002 labels, 1007 vectors",
    ),
    (
        "datatype",
        "Type of the stored numbers: 2 uint8, 4 int16, 8 int32, 16 float32, 64 float64 …",
    ),
    (
        "bitpix",
        "Bits of a stored number; follows from the datatype",
    ),
    ("slice_start", "First slice of the slice timing"),
    (
        "pixdim",
        "qfac, then voxel edges x, y, z in mm and the step in time",
    ),
    ("vox_offset", "Byte at which the voxels begin"),
    (
        "scl_slope",
        "Value = stored number × slope + inter; 0 or nan means no scaling",
    ),
    ("scl_inter", "Added after the slope"),
    ("slice_end", "Last slice of the slice timing"),
    (
        "slice_code",
        "Order in which slices were taken: 0 unknown, 1 up, 2 down, 3 to 6 interleaved",
    ),
    (
        "xyzt_units",
        "Units: 1 m, 2 mm, 3 µm; plus 8 s, 16 ms, 24 µs, 32 Hz, 40 ppm, 48 rad/s",
    ),
    (
        "cal_max",
        "Value shown brightest; 0 with cal_min 0 leaves it to the viewer",
    ),
    ("cal_min", "Value shown darkest"),
    ("slice_duration", "Time one slice took"),
    ("toffset", "Time of the first volume"),
    (
        "descrip",
        "Any text, up to 79 letters. Keep names of patients out of it",
    ),
    ("aux_file", "Name of a further file, up to 23 letters"),
    (
        "qform_code",
        "What the qform leads to: 0 unknown, 1 scanner, 2 aligned, 3 Talairach, 4 MNI",
    ),
    (
        "sform_code",
        "What the sform leads to, with the same codes; above 0 it is the one most programs use",
    ),
    ("quatern_b", "b of the qform's rotation, a unit quaternion"),
    ("quatern_c", "c of the qform's rotation"),
    ("quatern_d", "d of the qform's rotation"),
    (
        "qoffset_x",
        "Where the qform puts voxel 0, 0, 0: x to the right",
    ),
    ("qoffset_y", "The same, y to the front"),
    ("qoffset_z", "The same, z to the head"),
    (
        "srow_x",
        "First row of the sform: x = srow_x · (i, j, k, 1)",
    ),
    ("srow_y", "Second row of the sform"),
    ("srow_z", "Third row of the sform"),
    ("intent_name", "Name of the intent, up to 15 letters"),
    (
        "magic",
        "n+1 for one file, ni1 for a header beside its voxels",
    ),
    ("regular", "Left from Analyze; r by custom"),
    ("data_type", "Left from Analyze, unused"),
    ("db_name", "Left from Analyze, unused"),
    ("extents", "Left from Analyze, unused"),
    ("session_error", "Left from Analyze, unused"),
    ("glmax", "Left from Analyze, unused; so is glmin"),
];

/// The fields of a header with their meanings, in the order above; those that are not known come last.
pub fn listed(fields: &Map<String, Value>) -> Vec<(&str, &'static str, &Value)> {
    let known = MEANINGS.iter().filter_map(|(name, meaning)| {
        let (name, value) = fields.get_key_value(*name)?;
        Some((name.as_str(), *meaning, value))
    });
    let others = fields
        .iter()
        .filter(|(name, _)| !MEANINGS.iter().any(|(known, _)| known == name));
    known
        .chain(others.map(|(name, value)| (name.as_str(), "", value)))
        .collect()
}

/// A value as it is shown and typed.
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        // As single precision holds it, without the digits that follow from that.
        Value::Number(number) => match number.as_f64() {
            Some(v) if f64::from(v as f32) == v && !number.is_i64() => (v as f32).to_string(),
            _ => number.to_string(),
        },
        Value::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// What a field does to this image now; empty where the meaning says it all.
pub fn effect(name: &str, fields: &Map<String, Value>, volume: &Volume) -> String {
    let number = |name: &str| fields.get(name).and_then(Value::as_f64);
    let whole = |name: &str| fields.get(name).and_then(Value::as_i64).unwrap_or(0);
    let (sform, qform) = (whole("sform_code"), whole("qform_code"));
    match name {
        "sform_code" if sform > 0 => format!("{}: the sform places the image", code(sform)),
        "sform_code" => "unknown: the sform is not used".to_owned(),
        "qform_code" if qform > 0 && sform > 0 => {
            format!("{}: says the same to programs that prefer it", code(qform))
        }
        "qform_code" if qform > 0 => format!("{}: the qform places the image", code(qform)),
        "qform_code" => "unknown: the qform is not used".to_owned(),
        "scl_slope" | "scl_inter" => match (number("scl_slope"), number("scl_inter")) {
            (Some(slope), Some(inter)) if (slope, inter) != (1.0, 0.0) && slope != 0.0 => {
                format!("value = number × {slope} + {inter}")
            }
            _ => "stored numbers are the values".to_owned(),
        },
        "dim" => {
            let [nx, ny, nz] = volume.grid().shape();
            let times = volume.time_points();
            format!("{nx} × {ny} × {nz} voxels, {times} in time")
        }
        "datatype" => match whole("datatype") {
            2 => "uint8",
            4 => "int16",
            8 => "int32",
            16 => "float32",
            64 => "float64",
            128 => "RGB colours of 8 bits",
            256 => "int8",
            512 => "uint16",
            768 => "uint32",
            1024 => "int64",
            1280 => "uint64",
            2304 => "RGBA colours of 8 bits",
            _ => "",
        }
        .to_owned(),
        "cal_min" | "cal_max" => match (number("cal_min"), number("cal_max")) {
            (Some(low), Some(high)) if low < high => format!("opens with {low} to {high}"),
            _ => "the viewer chooses the contrast".to_owned(),
        },
        _ => String::new(),
    }
}

/// The name of a form's code.
pub fn code(code: i64) -> &'static str {
    match code {
        0 => "unknown",
        1 => "scanner",
        2 => "aligned",
        3 => "Talairach",
        4 => "MNI 152",
        5 => "other template",
        _ => "no known code",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::{editable_fields, nifti_header};
    use crate::phantom;

    #[test]
    fn every_field_of_a_written_header_has_a_meaning() {
        let (image, _) = phantom::cine_pair();
        let header = nifti_header(&image).expect("a header");
        for (name, meaning, _) in listed(&header.fields) {
            assert!(!meaning.is_empty() || name == "glmin", "{name}");
        }
        for name in editable_fields() {
            assert!(header.fields.contains_key(name), "{name}");
        }
    }

    #[test]
    fn the_effect_says_which_form_is_used() {
        let (image, _) = phantom::cine_pair();
        let mut fields = nifti_header(&image).expect("a header").fields;
        fields.insert("sform_code".to_owned(), 0.into());
        fields.insert("qform_code".to_owned(), 1.into());
        assert!(effect("qform_code", &fields, &image).contains("places the image"));
        assert!(effect("sform_code", &fields, &image).contains("not used"));
    }
}
