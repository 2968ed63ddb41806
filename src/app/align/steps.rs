//! The transforms of an image: its steps one by one, the whole of them in words and numbers, and what can
//! be done with them.

use super::{FileChoices, Request};
use crate::app::message::Message;
use crate::app::widgets::{label_for_access, section};
use crate::app::{App, icons};
use crate::document::{Document, Layer, LayerId, format_number, with_true_minus};
use crate::io::{Grids, TransformFormat, TransformUse, TransformWords, transform_words};
use crate::volume::{Content, Resampling};
use egui::{Button, ComboBox, Grid, Label, RichText, Ui};
use nalgebra::Matrix4;
use std::path::PathBuf;

pub fn show(ui: &mut Ui, app: &App, moving: LayerId, messages: &mut Vec<Message>) {
    let document = &app.document;
    let Some(layer) = document.layer(moving) else {
        return;
    };
    if app.aligning.work.is_some() {
        ui.weak("working…");
        return;
    }
    if app.aligning.is_running() {
        ui.weak("The image finds its place by itself: stop that under Automatic first.");
        return;
    }
    list(ui, document, moving, messages);
    sources(ui, app, moving, messages);
    under_cursor(ui, document, layer);
    match document.chain(moving).and_then(|chain| chain.linear()) {
        Some(matrix) => whole(ui, app, layer, &matrix, messages),
        None => {
            section(ui, "All steps together");
            let text = "A displacement field is among them, so they are no matrix. They can be kept as one displacement field.";
            ui.label(RichText::new(text).weak());
        }
    }
    results(ui, app, messages);
}

fn list(ui: &mut Ui, document: &Document, moving: LayerId, messages: &mut Vec<Message>) {
    section(ui, "Steps, in the order in which they move the image");
    let steps = document.steps(moving);
    if steps.is_empty() {
        ui.weak("none: the image lies where its file has it");
    }
    for (n, step) in steps.iter().enumerate() {
        ui.horizontal(|ui| {
            let mut on = step.on;
            let tip = "Whether this step counts; switched off it is passed over and kept";
            let check = ui.checkbox(&mut on, format!("{}. {}", n + 1, step.name));
            if check.on_hover_text(tip).changed() {
                messages.push(Message::Align(Request::Switch { step: n, on }));
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let button = ui.add(Button::new(icons::TRASH).frame_when_inactive(false));
                let name = format!("Remove step {}", n + 1);
                label_for_access(&button, egui::Role::Button, &name);
                let tip = "Takes this step out of the list; undo brings it back";
                if button.on_hover_text(tip).clicked() {
                    messages.push(Message::Align(Request::Remove(n)));
                }
            });
        });
    }
}

/// The place in the moving image's own world that is seen at the cursor.
fn under_cursor(ui: &mut Ui, document: &Document, layer: &Layer) {
    let Some(chain) = document.chain(layer.id) else {
        return;
    };
    let at = chain.map(document.cursor()).0;
    let at = [at.x, at.y, at.z].map(|mm| format_number(mm, 2)).join(", ");
    let text = with_true_minus(&format!("The cursor lies at {at} in {}", layer.name));
    ui.add(Label::new(RichText::new(text).small()).wrap())
        .on_hover_text("RAS mm in the image's own world, as its file has it");
}

/// Where further steps come from.
fn sources(ui: &mut Ui, app: &App, moving: LayerId, messages: &mut Vec<Message>) {
    let mut files = app.aligning.files;
    ui.horizontal(|ui| {
        let load = ui.button("Load…");
        label_for_access(&load, egui::Role::Button, "Load a transform");
        let tip = "Adds a transform from a file as the last step: ITK text or MATLAB, a 4 × 4 matrix of greedy, Convert3D, NiftyReg or FLIRT, or a displacement field";
        if load.on_hover_text(tip).clicked() {
            messages.push(Message::Align(Request::Load));
        }
        let inverse = ui.checkbox(&mut files.inverse, "inverse");
        label_for_access(&inverse, egui::Role::CheckBox, "Load the inverse");
        inverse.on_hover_text(
            "Takes the inverse of what the file holds: for one made the other way round",
        );
        ui.checkbox(&mut files.is_flirt, "FLIRT")
            .on_hover_text("The matrix is FSL's: it cannot be told from others by its numbers");
    });
    let fields = fields(&app.document, moving);
    if !fields.is_empty() {
        ui.menu_button("Add a displacement field", |ui| {
            for layer in fields {
                if ui.button(&layer.name).clicked() {
                    messages.push(Message::Align(Request::AddField(layer.id)));
                    ui.close();
                }
            }
        })
        .response
        .on_hover_text("Adds an open field, such as that of a demons run, as the last step");
    }
    set_files(app, files, messages);
}

/// Open images that can be displacement fields.
fn fields(document: &Document, moving: LayerId) -> Vec<&Layer> {
    let layers = document.layers().iter();
    let is_field = |layer: &&Layer| {
        layer.id != moving
            && layer.volume.components() == 3
            && layer.volume.meta().content == Content::Vector
    };
    layers.filter(is_field).collect()
}

fn set_files(app: &App, files: FileChoices, messages: &mut Vec<Message>) {
    if files != app.aligning.files {
        messages.push(Message::Align(Request::SetFiles(files)));
    }
}

/// The whole transform: in words, as a matrix, as a file, as commands.
fn whole(
    ui: &mut Ui,
    app: &App,
    layer: &Layer,
    matrix: &Matrix4<f64>,
    messages: &mut Vec<Message>,
) {
    let document = &app.document;
    let fixed = app
        .aligning
        .fixed(document)
        .and_then(|id| document.layer(id));
    let fixed_name = fixed.map_or("the fixed image", |fixed| fixed.name.as_str());
    let words = transform_words(matrix, fixed_name, &layer.name);
    section(ui, "All steps together");
    let mut files = app.aligning.files;
    numbers(ui, &words, &mut files);
    ui.add(Label::new(RichText::new(with_true_minus(&words.parts)).small()).wrap());
    ui.collapsing("What maps to what", |ui| {
        let direction = with_true_minus(&words.direction);
        ui.add(Label::new(RichText::new(direction).small()).wrap());
    });
    ui.horizontal(|ui| {
        if ui
            .button("Save…")
            .on_hover_text("Writes the whole transform to a file")
            .clicked()
        {
            messages.push(Message::Align(Request::Save));
        }
        let inverse = ui.checkbox(&mut files.writes_inverse, "inverse");
        label_for_access(&inverse, egui::Role::CheckBox, "Write the inverse");
        inverse.on_hover_text("Writes the map from the moving to the fixed image");
        let combo = ComboBox::from_id_salt("transform format")
            .selected_text(files.format.label())
            .width(ui.available_width())
            .show_ui(ui, |ui| {
                for format in TransformFormat::ALL {
                    ui.selectable_value(&mut files.format, format, format.label());
                }
            });
        label_for_access(
            &combo.response,
            egui::Role::ComboBox,
            "Format of the transform",
        );
    });
    commands(ui, app, layer, matrix, messages);
    set_files(app, files, messages);
}

fn numbers(ui: &mut Ui, words: &TransformWords, files: &mut FileChoices) {
    ui.horizontal(|ui| {
        for (lps, text, tip) in [
            (false, "RAS", "Millimetres towards right, front and head, as NIfTI, nibabel, greedy and Convert3D"),
            (true, "LPS", "Millimetres towards left, back and head, as DICOM, ITK and ANTs"),
        ] {
            ui.selectable_value(&mut files.lps, lps, text).on_hover_text(tip);
        }
        let matrix = if files.lps { &words.lps } else { &words.ras };
        let copy = ui.button(icons::COPY);
        label_for_access(&copy, egui::Role::Button, "Copy the matrix");
        if copy.on_hover_text("Copies the matrix, a line a row").clicked() {
            ui.ctx().copy_text(rows(matrix));
        }
    });
    let matrix = if files.lps { &words.lps } else { &words.ras };
    Grid::new("transform matrix")
        .spacing([10.0, 1.0])
        .show(ui, |ui| {
            for row in matrix.row_iter().take(3) {
                for (column, number) in row.iter().enumerate() {
                    let decimals = if column == 3 { 3 } else { 5 };
                    // Without the sign of a zero, which only puzzles.
                    let text = format!("{:.decimals$}", number + 0.0);
                    let zero = format!("{:.decimals$}", 0.0);
                    let text = if text.trim_start_matches('-') == zero {
                        zero
                    } else {
                        text
                    };
                    ui.monospace(format!("{:>9}", with_true_minus(&text)));
                }
                ui.end_row();
            }
        });
}

fn rows(matrix: &Matrix4<f64>) -> String {
    let row = |row: nalgebra::RowVector4<f64>| {
        let numbers: Vec<String> = row.iter().map(f64::to_string).collect();
        numbers.join(" ")
    };
    let rows: Vec<String> = matrix.row_iter().map(|it| row(it.into_owned())).collect();
    rows.join("\n")
}

/// The command lines of other tools that apply the transform.
fn commands(
    ui: &mut Ui,
    app: &App,
    layer: &Layer,
    matrix: &Matrix4<f64>,
    messages: &mut Vec<Message>,
) {
    let document = &app.document;
    let fixed = app
        .aligning
        .fixed(document)
        .and_then(|id| document.layer(id));
    let saved = app.aligning.saved.as_ref();
    let saved = saved.filter(|saved| saved.layer == layer.id && saved.matrix == *matrix);
    let (file, format) = match saved {
        Some(saved) => (saved.path.clone(), saved.format),
        None => {
            let format = app.aligning.files.format;
            (
                PathBuf::from(format!("transform.{}", format.ending())),
                format,
            )
        }
    };
    let flat = [fixed, Some(layer)].map(|layer| document.base(layer?.id));
    let flat = matches!(flat, [Some(fixed), Some(moving)] if Grids {
        fixed: fixed.grid(),
        moving: moving.grid(),
    }.are_flat_under(matrix));
    let [fixed, moving] = [fixed, Some(layer)].map(|layer| path(layer, document));
    let resliced = PathBuf::from("resliced.nii.gz");
    let usage = TransformUse {
        file: &file,
        format,
        fixed: &fixed,
        moving: &moving,
        resliced: &resliced,
    };
    ui.menu_button(format!("{}  Copy the command", icons::COPY), |ui| {
        let commands = match flat {
            true => usage.flat_commands(),
            false => usage.commands(),
        };
        for command in commands {
            let text = match &command.first {
                Some(first) => format!("{first}\n{}", command.line),
                None => command.line.clone(),
            };
            if ui.button(command.tool).on_hover_text(&text).clicked() {
                messages.push(Message::Align(Request::CopyCommand(text)));
                ui.close();
            }
        }
    })
    .response
    .on_hover_text("The line that applies this transform in another program, once it is saved");
}

/// The file of an image, or the name it would be saved under.
fn path(layer: Option<&Layer>, document: &Document) -> PathBuf {
    let base = layer.and_then(|layer| document.base(layer.id));
    match base.map(|volume| (volume.meta().path.as_deref(), &volume.meta().name)) {
        Some((Some(path), _)) => path.to_owned(),
        Some((None, name)) => PathBuf::from(format!("{name}.nii.gz")),
        None => PathBuf::from("fixed.nii.gz"),
    }
}

/// New images from the steps.
fn results(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    section(ui, "Make of it");
    let mut files = app.aligning.files;
    let busy = app.aligning.work.is_some();
    ui.horizontal(|ui| {
        let reslice = ui.add_enabled(!busy, Button::new("Reslice"));
        let tip =
            "Makes a new image on the fixed one's grid, in one interpolation through all steps";
        if reslice.on_hover_text(tip).clicked() {
            messages.push(Message::Align(Request::Reslice));
        }
        let name = |how| match how {
            Resampling::Nearest => "nearest, for labels",
            Resampling::Linear => "linear",
            Resampling::Cubic => "cubic",
        };
        let combo = ComboBox::from_id_salt("reslice")
            .selected_text(name(files.interpolation))
            .show_ui(ui, |ui| {
                for how in [Resampling::Nearest, Resampling::Linear, Resampling::Cubic] {
                    ui.selectable_value(&mut files.interpolation, how, name(how));
                }
            });
        label_for_access(&combo.response, egui::Role::ComboBox, "Interpolation");
    });
    let field = ui.add_enabled(!busy, Button::new("Displacement field"));
    let tip = "Makes one field of all steps, on the fixed image's grid: from each of its points to where it lies in the moving image, LPS mm";
    if field.on_hover_text(tip).clicked() {
        messages.push(Message::Align(Request::MakeField));
    }
    set_files(app, files, messages);
}
