//! The edits of the list of measurements.

use super::{Measurement, MeasurementId, MeasurementKind};
use crate::document::{CommandError, Document};
use crate::geometry::WorldPoint;

/// One edit; each is one step back.
#[derive(Clone, Debug, PartialEq)]
pub enum MeasureEdit {
    /// Gives the item an id, and a name where it has none.
    Add(Measurement),
    Move {
        item: MeasurementId,
        ends: [WorldPoint; 2],
    },
    Delete(MeasurementId),
    DeleteAll,
}

impl MeasureEdit {
    /// The name in the Edit menu, as "Delete Ruler 1".
    pub fn name(&self, document: &Document) -> String {
        let (word, item) = match self {
            Self::Add(item) => return format!("Add {}", item.kind.word()),
            Self::Move { item, .. } => ("Move", item),
            Self::Delete(item) => ("Delete", item),
            Self::DeleteAll => return "Delete all measurements".to_owned(),
        };
        let name = document.measurement(*item).map(|item| item.name.as_str());
        format!("{word} {}", name.unwrap_or("measurement"))
    }
}

impl Document {
    pub(in crate::document) fn measure(&mut self, edit: MeasureEdit) -> Result<(), CommandError> {
        match edit {
            MeasureEdit::Add(mut item) => {
                if self.is_empty() {
                    return Err(CommandError::NoMainImage);
                }
                item.id = MeasurementId(self.next_id);
                self.next_id += 1;
                if item.name.trim().is_empty() {
                    item.name = self.free_name(item.kind);
                }
                self.measurements.push(item);
            }
            MeasureEdit::Move { item, ends } => {
                let mut items = self.measurements.iter_mut();
                let found = items.find(|one| one.id == item);
                found.ok_or(CommandError::NoSuchMeasurement)?.ends = ends;
            }
            MeasureEdit::Delete(id) => {
                let place = self.measurements.iter().position(|item| item.id == id);
                self.measurements
                    .remove(place.ok_or(CommandError::NoSuchMeasurement)?);
            }
            MeasureEdit::DeleteAll => self.measurements.clear(),
        }
        Ok(())
    }

    /// "Ruler 3" after "Ruler 2", whatever was deleted before.
    fn free_name(&self, kind: MeasurementKind) -> String {
        let number = |item: &Measurement| {
            let rest = item.name.strip_prefix(kind.name())?;
            rest.trim().parse::<u32>().ok()
        };
        let last = self.measurements.iter().filter_map(number).max();
        format!("{} {}", kind.name(), u64::from(last.unwrap_or(0)) + 1)
    }
}
