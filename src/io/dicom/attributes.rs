//! Reading single attributes of a DICOM data set: trimmed, finite, or absent.

use dicom_object::{InMemDicomObject, Tag};

/// The text of an element without padding; `None` when absent or blank.
pub(super) fn text(object: &InMemDicomObject, tag: Tag) -> Option<String> {
    let text = object.get(tag)?.to_str().ok()?;
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    (!text.is_empty()).then(|| text.to_owned())
}

/// All values of a text element; empty when absent.
pub(super) fn texts(object: &InMemDicomObject, tag: Tag) -> Vec<String> {
    let Some(values) = object
        .get(tag)
        .and_then(|element| element.to_multi_str().ok())
    else {
        return Vec::new();
    };
    let padding = |c: char| c.is_whitespace() || c == '\0';
    values
        .iter()
        .map(|value| value.trim_matches(padding).to_owned())
        .collect()
}

/// All numbers of an element; empty when absent or when one of them is not a finite number.
pub(super) fn floats(object: &InMemDicomObject, tag: Tag) -> Vec<f64> {
    let numbers = object
        .get(tag)
        .and_then(|element| element.to_multi_float64().ok())
        .unwrap_or_default();
    if numbers.iter().all(|number| number.is_finite()) {
        numbers
    } else {
        Vec::new()
    }
}

pub(super) fn float(object: &InMemDicomObject, tag: Tag) -> Option<f64> {
    floats(object, tag).first().copied()
}

/// A vector of exactly `N` finite numbers.
pub(super) fn vector<const N: usize>(object: &InMemDicomObject, tag: Tag) -> Option<[f64; N]> {
    floats(object, tag).try_into().ok()
}

/// A whole number; DICOM's integer strings may hold blanks.
pub(super) fn integer(object: &InMemDicomObject, tag: Tag) -> Option<i64> {
    object.get(tag)?.to_int::<i64>().ok()
}

pub(super) fn unsigned(object: &InMemDicomObject, tag: Tag) -> Option<u16> {
    integer(object, tag).and_then(|number| u16::try_from(number).ok())
}

/// The items of a sequence; empty when absent.
pub(super) fn items(object: &InMemDicomObject, tag: Tag) -> &[InMemDicomObject] {
    object
        .get(tag)
        .and_then(|element| element.items())
        .unwrap_or_default()
}
