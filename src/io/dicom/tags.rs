//! The elements of a header as lines of text, for people to read.

use crate::volume::DicomTag;
use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry};
use dicom_core::header::Header;
use dicom_core::value::{PrimitiveValue, Value};
use dicom_object::mem::InMemElement;
use dicom_object::{InMemDicomObject, StandardDataDictionary, Tag};

/// Longer values are cut here, in characters.
pub(super) const LONGEST_VALUE: usize = 128;
/// Numbers of one value that are written out.
const MOST_NUMBERS: usize = 16;
/// Sequences nest; damaged ones without end.
const DEEPEST: usize = 16;

/// Every element in file order, sequences with their items one level deeper.
pub(super) fn list(object: &InMemDicomObject) -> Vec<DicomTag> {
    let mut tags = Vec::new();
    add(object, 0, &mut tags);
    tags
}

fn add(object: &InMemDicomObject, depth: usize, tags: &mut Vec<DicomTag>) {
    for element in object.iter() {
        let tag = element.tag();
        if tag.group() == 0x7FE0 {
            continue;
        }
        let items = element.items();
        tags.push(DicomTag {
            depth,
            group: tag.group(),
            element: tag.element(),
            vr: element.vr().to_string().to_owned(),
            name: name(tag),
            value: match items {
                Some(items) => counted(items.len(), "item"),
                None => value(element),
            },
        });
        if depth < DEEPEST {
            for item in items.unwrap_or_default() {
                add(item, depth + 1, tags);
            }
        }
    }
}

/// The keyword of the standard's dictionary.
fn name(tag: Tag) -> String {
    match StandardDataDictionary.by_tag(tag) {
        Some(entry) => entry.alias().to_owned(),
        None if tag.group() % 2 == 1 => "private".to_owned(),
        None => "unknown".to_owned(),
    }
}

fn value(element: &InMemElement) -> String {
    let Value::Primitive(value) = element.value() else {
        return String::new();
    };
    match value {
        PrimitiveValue::Empty => String::new(),
        PrimitiveValue::U8(bytes) => binary(bytes),
        PrimitiveValue::Str(_) | PrimitiveValue::Strs(_) => shortened(&value.to_str()),
        numbers => {
            let count = numbers.multiplicity() as usize;
            let mut shown = numbers.clone();
            shown.truncate(MOST_NUMBERS);
            let text = shown.to_str().into_owned();
            if count > MOST_NUMBERS {
                format!("{} ... ({})", shortened(&text), counted(count, "value"))
            } else {
                shortened(&text)
            }
        }
    }
}

/// Elements of unknown type are bytes that are often text.
fn binary(bytes: &[u8]) -> String {
    let is_text = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    let trimmed = bytes.trim_ascii_end();
    let trimmed = trimmed.strip_suffix(&[0]).unwrap_or(trimmed);
    if !trimmed.is_empty() && trimmed.iter().all(is_text) {
        return shortened(&String::from_utf8_lossy(trimmed));
    }
    counted(bytes.len(), "byte")
}

fn shortened(text: &str) -> String {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    match text.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{} ...", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn counted(count: usize, what: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {what}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use dicom_core::{DataElement, VR};
    use dicom_dictionary_std::tags as std_tags;

    #[test]
    fn nested_items_are_deeper_and_long_values_short() {
        let item = InMemDicomObject::from_element_iter([DataElement::new(
            std_tags::RADIONUCLIDE_HALF_LIFE,
            VR::DS,
            "6586.2",
        )]);
        let object = InMemDicomObject::from_element_iter([
            DataElement::new(std_tags::SERIES_DESCRIPTION, VR::LO, "x".repeat(300)),
            DataElement::new(
                std_tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE,
                VR::SQ,
                dicom_core::value::DataSetSequence::from(vec![item]),
            ),
            DataElement::new(Tag(0x0009, 0x1001), VR::UN, PrimitiveValue::from([0u8, 1])),
        ]);
        let lines = list(&object);
        let line = |name: &str| lines.iter().find(|l| l.name == name).expect("a line");
        assert_eq!(line("SeriesDescription").value.len(), LONGEST_VALUE + 4);
        assert_eq!(
            line("RadiopharmaceuticalInformationSequence").value,
            "1 item"
        );
        let half_life = line("RadionuclideHalfLife");
        assert_eq!((half_life.depth, half_life.value.as_str()), (1, "6586.2"));
        assert_eq!(line("private").value, "2 bytes");
    }
}
