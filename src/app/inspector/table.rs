//! Rows of a name and a value, searched and copied.

use egui::{RichText, Ui};
use egui_extras::{Column, TableBuilder};

/// One line of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// A short key, such as a DICOM tag's number.
    pub key: String,
    pub name: String,
    pub value: String,
    /// Marked, with the reason.
    pub warning: Option<&'static str>,
}

impl Row {
    pub fn new(key: impl Into<String>, name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            name: name.into(),
            value: value.into(),
            warning: None,
        }
    }

    fn holds(&self, wanted: &str) -> bool {
        let texts = [&self.key, &self.name, &self.value];
        texts
            .iter()
            .any(|text| text.to_lowercase().contains(wanted))
    }
}

/// The rows that hold `filter`, whatever its case.
pub fn matching<'a>(rows: &'a [Row], filter: &str) -> Vec<&'a Row> {
    let wanted = filter.trim().to_lowercase();
    rows.iter().filter(|row| row.holds(&wanted)).collect()
}

/// A line for each row, its parts apart by tabs; a table program takes it as a table.
pub fn text(rows: &[&Row]) -> String {
    let line = |row: &&Row| {
        let parts = [&row.key, &row.name, &row.value];
        let parts: Vec<&str> = parts.into_iter().map(|part| part.trim()).collect();
        parts.join("\t").trim_start().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The rows as a striped table, `height` points high at most. Only what is seen is laid out.
pub fn show(ui: &mut Ui, rows: &[&Row], widths: [f32; 2], height: f32) {
    TableBuilder::new(ui)
        .id_salt("rows")
        .striped(true)
        .auto_shrink(false)
        .min_scrolled_height(height)
        .max_scroll_height(height)
        .column(Column::exact(widths[0]).clip(true))
        .column(Column::exact(widths[1]).clip(true))
        .column(Column::remainder().clip(true))
        .body(|body| {
            body.rows(20.0, rows.len(), |mut line| {
                let row = rows[line.index()];
                let color = |ui: &Ui| match row.warning {
                    Some(_) => ui.visuals().warn_fg_color,
                    None => ui.visuals().text_color(),
                };
                line.col(|ui| {
                    ui.add(egui::Label::new(RichText::new(&row.key).weak()).truncate());
                });
                line.col(|ui| {
                    let name = RichText::new(&row.name).color(color(ui));
                    ui.add(egui::Label::new(name).truncate())
                        .on_hover_text(&row.name);
                });
                line.col(|ui| {
                    let value = RichText::new(&row.value).color(color(ui));
                    let tip = match row.warning {
                        Some(why) => format!("{}\n{why}", row.value),
                        None => row.value.clone(),
                    };
                    ui.add(egui::Label::new(value).truncate())
                        .on_hover_text(tip);
                });
            });
        });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_by_any_of_their_parts_and_copied_as_a_table() {
        let rows = [
            Row::new("(0010,0010) PN", "PatientName", "DOE^JANE"),
            Row::new("", "Spacing", "1 × 1 × 3 mm"),
        ];
        assert_eq!(matching(&rows, " jane "), [&rows[0]]);
        assert_eq!(matching(&rows, "0010,"), [&rows[0]]);
        assert_eq!(matching(&rows, "").len(), 2);
        assert_eq!(
            text(&matching(&rows, "")),
            "(0010,0010) PN\tPatientName\tDOE^JANE\nSpacing\t1 × 1 × 3 mm"
        );
    }
}
