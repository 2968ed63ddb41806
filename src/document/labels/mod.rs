//! Label images: what each number means and how it is shown.

mod brush;
mod colors;

pub(super) use brush::LabelBrush;

use super::Display;
use crate::io::LabelEntry;
use crate::volume::Interpolation;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is outside every label.
pub const BACKGROUND: i32 = 0;

/// Names and looks of labels; those that are not in it have a name and a colour all the same. The
/// background is never seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LabelTable {
    entries: BTreeMap<i32, LabelEntry>,
}

impl LabelTable {
    pub fn new(entries: BTreeMap<i32, LabelEntry>) -> Self {
        Self { entries }
    }

    /// Those that were given, by their numbers.
    pub fn entries(&self) -> &BTreeMap<i32, LabelEntry> {
        &self.entries
    }

    /// The entry of a label, its own or the built-in one.
    pub fn entry(&self, label: i32) -> LabelEntry {
        let own = self.entries.get(&label).cloned();
        own.unwrap_or_else(|| LabelEntry {
            name: match label {
                BACKGROUND => "Background".to_owned(),
                label => format!("Label {label}"),
            },
            color: colors::color(label),
            opacity: 1.0,
            visible: label != BACKGROUND,
            mesh_visible: label != BACKGROUND,
        })
    }

    pub fn name(&self, label: i32) -> String {
        let own = self.entries.get(&label).map(|entry| &entry.name);
        match own.filter(|name| !name.is_empty()) {
            Some(name) => name.clone(),
            None => Self::default().entry(label).name,
        }
    }

    /// Gives a label another name or look.
    pub fn set(&mut self, label: i32, entry: LabelEntry) {
        self.entries.insert(label, entry);
    }

    /// The colour of a label with its own opacity; see-through where it is hidden.
    pub fn rgba(&self, label: i32) -> [u8; 4] {
        let (color, opacity) = match self.entries.get(&label) {
            _ if label == BACKGROUND => return [0; 4],
            Some(entry) if !entry.visible => return [0; 4],
            Some(entry) => (entry.color, entry.opacity),
            None => (colors::color(label), 1.0),
        };
        let [r, g, b] = color;
        [r, g, b, (opacity.clamp(0.0, 1.0) * 255.0).round() as u8]
    }
}

/// How a label image is painted.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelDisplay {
    pub table: LabelTable,
    /// Only the outlines of the labels are painted.
    pub outlines: bool,
    /// Width of the outlines in pixels of the screen, 1 to [`LabelDisplay::WIDEST`].
    pub line_width: usize,
}

impl LabelDisplay {
    pub const WIDEST: usize = 8;
}

impl Default for LabelDisplay {
    /// Filled, in the built-in colours.
    fn default() -> Self {
        Self {
            table: LabelTable::default(),
            outlines: false,
            line_width: 1,
        }
    }
}

impl Display {
    /// How a label image is shown over another.
    pub fn of_labels(labels: LabelDisplay) -> Self {
        Self {
            opacity: 0.5,
            interpolation: Interpolation::Nearest,
            labels: Some(Arc::new(labels)),
            ..Self::default()
        }
    }
}

/// The label that a value stands for; what is not a number is background.
pub fn label_of(value: f64) -> i32 {
    value.round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_without_an_entry_have_a_name_and_a_colour_and_the_background_is_not_seen() {
        let table = LabelTable::default();
        assert_eq!(table.name(7), "Label 7");
        assert_eq!(table.rgba(7)[3], 255);
        assert_eq!(table.rgba(0), [0; 4]);
        assert_ne!(table.rgba(-3), [0; 4]);
    }

    #[test]
    fn a_hidden_label_is_not_painted_and_opacity_is_its_own() {
        let mut table = LabelTable::default();
        let entry = LabelEntry {
            opacity: 0.2,
            ..table.entry(3)
        };
        table.set(3, entry.clone());
        assert_eq!(table.rgba(3)[3], 51);
        let hidden = LabelEntry {
            visible: false,
            ..entry
        };
        table.set(3, hidden);
        assert_eq!(table.rgba(3), [0; 4]);
    }

    #[test]
    fn a_value_that_is_no_number_is_background() {
        assert_eq!(label_of(f64::NAN), BACKGROUND);
        assert_eq!(label_of(2.0), 2);
        assert_eq!(label_of(-1.0), -1);
    }
}
