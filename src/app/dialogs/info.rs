//! All that is known of the selected layer: grid, header fields, DICOM tags. A window beside the views,
//! which stay alive under it.

use super::title;
use crate::app::App;
use crate::app::action::Action;
use crate::app::message::Message;
use crate::app::panels::facts;
use crate::document::Layer;
use crate::volume::{DicomTag, Meta};
use egui::{Frame, Id, Rect, RichText, Shadow, Ui, Window, vec2};
use egui_extras::{Column, TableBuilder};

/// From the window's edges to the fourth pane, in points.
const SIDE: f32 = 296.0;
const STATUS: f32 = 60.0;

/// What is typed into the filter.
#[derive(Debug, Default)]
pub struct InfoState {
    pub filter: String,
}

/// Shows the window while it is open and a layer is selected.
pub fn show(ui: &Ui, app: &mut App, messages: &mut Vec<Message>) {
    let Some(mut state) = app.info.take() else {
        return;
    };
    if let Some(layer) = app.document.active() {
        let screen = ui.ctx().content_rect();
        let size = vec2(660.0, 400.0).min(screen.size() * 0.8);
        // At first where it hides no slice view.
        let corner = screen.left_bottom() + vec2(SIDE, -STATUS - size.y);
        Window::new("Facts and tags")
            // Its own has no name for screen readers.
            .title_bar(false)
            .id(Id::unique("facts and tags"))
            .default_rect(Rect::from_min_size(corner, size))
            // A soft shadow is dear without a graphics card.
            .frame(Frame::window(ui.style()).shadow(Shadow::NONE))
            .show(ui.ctx(), |ui| contents(ui, &mut state, layer, messages));
    }
    app.info = Some(state);
}

fn contents(ui: &mut Ui, state: &mut InfoState, layer: &Layer, messages: &mut Vec<Message>) {
    title(ui, &format!("Facts and tags of {}", layer.name));
    let meta = layer.volume.meta();
    let rows = header_rows(&facts::rows(layer), meta);
    ui.horizontal(|ui| {
        let field = egui::TextEdit::singleline(&mut state.filter)
            .hint_text("Filter by name, tag or value")
            .desired_width(300.0);
        ui.add(field)
            .on_hover_text("Shows only rows that hold this text");
        if ui
            .button("Copy")
            .on_hover_text("Copies the shown rows as text")
            .clicked()
        {
            let text: Vec<String> = matching(&rows, &state.filter)
                .map(|r| format!("{}\t{}\t{}", r.key, r.name, r.value))
                .collect();
            ui.ctx().copy_text(text.join("\n"));
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if ui.button("Close").clicked() {
                messages.push(Message::Action(Action::ShowInfo));
            }
        });
    });
    let shown: Vec<&Row> = matching(&rows, &state.filter).collect();
    TableBuilder::new(ui)
        .id_salt("info")
        .striped(true)
        .auto_shrink(false)
        .column(Column::exact(130.0))
        .column(Column::exact(220.0).clip(true))
        .column(Column::remainder().clip(true))
        .body(|body| {
            body.rows(21.0, shown.len(), |mut line| {
                let row = shown[line.index()];
                line.col(|ui| {
                    ui.label(RichText::new(&row.key).weak().monospace());
                });
                line.col(|ui| {
                    ui.add(egui::Label::new(&row.name).truncate());
                });
                line.col(|ui| {
                    ui.add(egui::Label::new(&row.value).truncate())
                        .on_hover_text(&row.value);
                });
            });
        });
}

struct Row {
    key: String,
    name: String,
    value: String,
}

fn matching<'a>(rows: &'a [Row], filter: &str) -> impl Iterator<Item = &'a Row> {
    let wanted = filter.trim().to_lowercase();
    rows.iter().filter(move |row| {
        wanted.is_empty()
            || [&row.key, &row.name, &row.value]
                .iter()
                .any(|text| text.to_lowercase().contains(&wanted))
    })
}

fn header_rows(facts: &[(&'static str, String)], meta: &Meta) -> Vec<Row> {
    let mut rows: Vec<Row> = facts
        .iter()
        .map(|(name, value)| Row {
            key: "image".to_owned(),
            name: (*name).to_owned(),
            value: value.clone(),
        })
        .collect();
    if let Some(path) = &meta.path {
        rows.push(Row {
            key: "image".to_owned(),
            name: "File".to_owned(),
            value: path.display().to_string(),
        });
    }
    if let Some(nifti) = &meta.nifti {
        rows.extend(nifti.fields.iter().map(|(name, value)| Row {
            key: "NIfTI".to_owned(),
            name: name.clone(),
            value: value.to_string(),
        }));
    }
    if let Some(dicom) = &meta.dicom {
        rows.extend(dicom.tags.iter().map(tag_row));
    }
    rows
}

fn tag_row(tag: &DicomTag) -> Row {
    Row {
        key: format!("({:04X},{:04X}) {}", tag.group, tag.element, tag.vr),
        name: format!("{}{}", "  ".repeat(tag.depth), tag.name),
        value: tag.value.clone(),
    }
}
