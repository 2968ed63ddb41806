//! Header fields that a user may set, as far as voxels and grid do not decide them.

use crate::volume::{NiftiMeta, Volume};
use serde_json::{Map, Value};
use std::ops::RangeInclusive;

/// What a field takes.
enum Takes {
    /// Letters; the last byte stays 0.
    Text(usize),
    Whole(RangeInclusive<i64>),
    Float,
}

/// Fields by their NIfTI names.
const FIELDS: [(&str, Takes); 17] = [
    ("descrip", Takes::Text(79)),
    ("aux_file", Takes::Text(23)),
    ("intent_name", Takes::Text(15)),
    ("sform_code", Takes::Whole(0..=5)),
    ("qform_code", Takes::Whole(0..=5)),
    ("intent_code", Takes::Whole(0..=32767)),
    ("slice_start", Takes::Whole(0..=32767)),
    ("slice_end", Takes::Whole(0..=32767)),
    ("slice_code", Takes::Whole(0..=6)),
    ("dim_info", Takes::Whole(0..=63)),
    ("cal_min", Takes::Float),
    ("cal_max", Takes::Float),
    ("slice_duration", Takes::Float),
    ("toffset", Takes::Float),
    ("intent_p1", Takes::Float),
    ("intent_p2", Takes::Float),
    ("intent_p3", Takes::Float),
];

/// The names of the fields that [`with_header_field`] sets.
pub fn editable_fields() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|(name, _)| *name)
}

/// The image with another value in a field of its NIfTI header, or why there is none.
pub fn with_header_field(volume: &Volume, name: &str, value: &str) -> Result<Volume, String> {
    let Some((_, takes)) = FIELDS.iter().find(|(known, _)| *known == name) else {
        let names: Vec<&str> = editable_fields().collect();
        return Err(format!(
            "{name} is no header field that can be set; choose one of {}",
            names.join(", ")
        ));
    };
    let value = takes
        .parse(value)
        .map_err(|wanted| format!("{name} takes {wanted}, not {value:?}"))?;
    let mut meta = volume.meta().clone();
    let nifti = meta.nifti.get_or_insert_with(|| NiftiMeta {
        fields: Map::new(),
        sform: None,
        qform: None,
    });
    nifti.fields.insert(name.to_owned(), value);
    Ok(volume.with_meta(meta))
}

impl Takes {
    /// The value, or what would be one.
    fn parse(&self, text: &str) -> Result<Value, String> {
        match self {
            Self::Text(most) if text.len() <= *most && text.is_ascii() => Ok(text.into()),
            Self::Text(most) => Err(format!("up to {most} letters of ASCII")),
            Self::Whole(range) => text
                .parse()
                .ok()
                .filter(|number| range.contains(number))
                .map(Value::from)
                .ok_or_else(|| format!("a whole number from {} to {}", range.start(), range.end())),
            Self::Float => text
                .parse::<f64>()
                .ok()
                .filter(|number| (*number as f32).is_finite())
                .map(Value::from)
                .ok_or_else(|| "a number".to_owned()),
        }
    }
}
