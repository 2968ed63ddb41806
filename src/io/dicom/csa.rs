//! The private header ("CSA") that Siemens scanners put into DICOM files: named lists of short texts.
//! Its layout was found out by users; see the notes of nibabel and of GDCM.

/// The longest list and the most lists that are believed.
const MOST: usize = 10_000;

/// The non-empty values of the list `name`; none when the header has no such list or is damaged.
pub(super) fn values(header: &[u8], name: &str) -> Vec<String> {
    Cursor::new(header)
        .and_then(|mut cursor| cursor.find(name))
        .unwrap_or_default()
}

/// The same as numbers, up to the first that is none.
pub(super) fn numbers(header: &[u8], name: &str) -> Vec<f64> {
    values(header, name)
        .iter()
        .map_while(|text| text.parse().ok())
        .filter(|number: &f64| number.is_finite())
        .collect()
}

struct Cursor<'a> {
    rest: &'a [u8],
    lists: usize,
    /// The older of the two layouts counts lengths from the number of values of its first list.
    is_old: bool,
    base: Option<usize>,
}

impl<'a> Cursor<'a> {
    fn new(header: &'a [u8]) -> Option<Self> {
        let is_old = !header.starts_with(b"SV10");
        let mut cursor = Self {
            rest: if is_old { header } else { header.get(8..)? },
            lists: 0,
            is_old,
            base: None,
        };
        cursor.lists = cursor.number().filter(|count| *count <= MOST)?;
        cursor.number()?;
        Some(cursor)
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<usize> {
        let bytes = self.take(4)?.try_into().ok()?;
        usize::try_from(i32::from_le_bytes(bytes)).ok()
    }

    fn find(&mut self, name: &str) -> Option<Vec<String>> {
        for _ in 0..self.lists {
            let is_it = text(self.take(64)?) == name;
            // Multiplicity, representation, type of the syngo software.
            self.take(12)?;
            let count = self.number().filter(|count| *count <= MOST)?;
            self.take(4)?;
            self.base.get_or_insert(count);
            let mut values = Vec::new();
            for _ in 0..count {
                let value = text(self.value()?);
                if is_it && !value.is_empty() {
                    values.push(value);
                }
            }
            if is_it {
                return Some(values);
            }
        }
        None
    }

    fn value(&mut self) -> Option<&'a [u8]> {
        let (first, second) = (self.number()?, self.number()?);
        self.take(8)?;
        let length = if self.is_old {
            first.checked_sub(self.base?)?
        } else {
            second
        };
        let value = self.take(length)?;
        // The last value of a header may lack its padding.
        self.take((length.next_multiple_of(4) - length).min(self.rest.len()))?;
        Some(value)
    }
}

/// Up to the first zero byte, without blanks.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0);
    let bytes = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
    String::from_utf8_lossy(bytes).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header with an empty list and a vector, in either layout.
    fn header(is_old: bool) -> Vec<u8> {
        let mut bytes = Vec::new();
        if !is_old {
            bytes.extend(b"SV10\x04\x03\x02\x01");
        }
        let word = |bytes: &mut Vec<u8>, number: i32| bytes.extend(number.to_le_bytes());
        word(&mut bytes, 2);
        word(&mut bytes, 77);
        for (name, values) in [("Empty", &[""][..]), ("Normal", &["0.5", "-1", "2e-1"][..])] {
            let mut padded = name.as_bytes().to_vec();
            padded.resize(64, 0);
            bytes.extend(padded);
            word(&mut bytes, 3);
            bytes.extend(b"FD\0\0");
            word(&mut bytes, 4);
            word(&mut bytes, values.len() as i32);
            word(&mut bytes, 77);
            for value in values {
                let length = value.len() as i32;
                // One value in the first list.
                word(&mut bytes, if is_old { length + 1 } else { length });
                word(&mut bytes, length);
                word(&mut bytes, 77);
                word(&mut bytes, length);
                bytes.extend(value.as_bytes());
                bytes.resize(bytes.len().next_multiple_of(4), 0);
            }
        }
        bytes
    }

    #[test]
    fn both_layouts_give_their_values() {
        for is_old in [false, true] {
            let bytes = header(is_old);
            assert_eq!(numbers(&bytes, "Normal"), [0.5, -1.0, 0.2], "{is_old}");
            assert!(values(&bytes, "Empty").is_empty());
            assert!(values(&bytes, "Missing").is_empty());
        }
    }

    #[test]
    fn a_header_cut_or_changed_anywhere_never_panics() {
        for whole in [header(false), header(true)] {
            for at in 0..whole.len() {
                values(&whole[..at], "Normal");
                for change in [1, 0x7F, 0x80, 0xFF] {
                    let mut bytes = whole.clone();
                    bytes[at] = bytes[at].wrapping_add(change);
                    values(&bytes, "Normal");
                }
            }
        }
    }
}
