//! Where the image lies: both forms, origin, spacing and units.

use super::{Header, fields, heading, list};
use crate::app::widgets::{LABEL, label_for_access, number_field, row};
use crate::io::Forms;
use egui::{ComboBox, Grid, Label, RichText, Role, Ui};

/// Width of a number.
const NUMBER: f32 = 82.0;

/// Units of length by which a header's numbers may have been meant, in mm.
const LENGTHS: [(&str, f64, &str); 2] = [
    (
        "Numbers were metres",
        1000.0,
        "Multiplies all lengths by 1000; files are saved in mm",
    ),
    (
        "Numbers were µm",
        0.001,
        "Divides all lengths by 1000; files are saved in mm",
    ),
];

const TIME_UNITS: [&str; 3] = ["s", "ms", "us"];

pub fn show(ui: &mut Ui, header: &mut Header) {
    heading(ui, "Where the image lies");
    let forms = header.forms.clone();
    ui.add(Label::new(RichText::new(used(&forms, header)).weak()).wrap());
    origin_and_spacing(ui, header, &forms);
    sform(ui, header, &forms);
    qform(ui, header, &forms);
    copies(ui, header, &forms);
}

fn used(forms: &Forms, header: &Header) -> String {
    let (name, code) = match (forms.sform_code, forms.qform_code) {
        (0, code) => ("qform", code),
        (code, _) => ("sform", code),
    };
    let differ = header.draft.meta().notices.iter();
    let differ = differ
        .filter(|notice| notice.kind == crate::volume::NoticeKind::FormsDiffer)
        .map(|notice| format!(" But {}.", notice.text))
        .next();
    let meaning = fields::code(code);
    let both = match (forms.sform_code, forms.qform_code, &differ) {
        (1.., 1.., None) => " The qform says the same.",
        _ => "",
    };
    format!(
        "The {name} places the image (code {code}, {meaning}).{both}{}",
        differ.unwrap_or_default()
    )
}

fn origin_and_spacing(ui: &mut Ui, header: &mut Header, forms: &Forms) {
    let grid = *header.draft.grid();
    let origin = grid.affine().column(3).into_owned();
    let tip = "Where the centre of voxel 0, 0, 0 lies, in RAS mm; changes both forms";
    row(ui, "Origin RAS", tip, |ui| {
        let now = [origin[0], origin[1], origin[2]];
        if let Some(origin) = triple(ui, "Origin", tip, now, 0.5) {
            let mut forms = forms.clone();
            forms.set_origin(origin);
            header.take_forms(&forms);
        }
        ui.weak("mm");
    });
    let tip = "Distances between voxel centres; the first voxel stays. Changes both forms";
    row(ui, "Spacing", tip, |ui| {
        if let Some(spacing) = triple(ui, "Spacing", tip, grid.spacing(), 0.01) {
            if spacing.iter().all(|edge| *edge > 0.0) {
                let mut forms = forms.clone();
                forms.set_spacing(spacing);
                header.take_forms(&forms);
            } else {
                header.refused = Some("a spacing must be above 0".to_owned());
            }
        }
        ui.weak("mm");
    });
    row(ui, "Units", "What the numbers of the header are", |ui| {
        for (name, factor, tip) in LENGTHS {
            if ui.button(name).on_hover_text(tip).clicked() {
                header.scale(factor);
            }
        }
        if header.draft.time_points() > 1 {
            time(ui, header);
        }
    });
}

/// Step and unit of the time axis.
fn time(ui: &mut Ui, header: &mut Header) {
    let now = header.draft.meta().time.clone();
    let (step, unit) = now.map_or((0.0, String::new()), |time| (time.step, time.unit));
    let tip = "Time between two volumes";
    if let Some(step) = number_field(ui, "Time step", tip, step, 3, 0.01, NUMBER) {
        header.set_time(step, &unit);
    }
    let mut wanted = unit.as_str();
    let combo = ComboBox::from_id_salt("time unit")
        .selected_text(if unit.is_empty() { "?" } else { &unit })
        .width(50.0)
        .show_ui(ui, |ui| {
            for name in TIME_UNITS {
                ui.selectable_value(&mut wanted, name, name);
            }
        });
    label_for_access(&combo.response, Role::ComboBox, "Unit of time");
    combo.response.on_hover_text("Unit of the step in time");
    if wanted != unit {
        header.set_time(step, wanted);
    }
}

/// Three numbers; returns all of them once one is another.
fn triple(ui: &mut Ui, name: &str, tip: &str, now: [f64; 3], speed: f64) -> Option<[f64; 3]> {
    let mut edited = None;
    for (n, axis) in ["x", "y", "z"].into_iter().enumerate() {
        let label = format!("{name} {axis}");
        if let Some(new) = number_field(ui, &label, tip, now[n] + 0.0, 5, speed, NUMBER) {
            let mut all = now;
            all[n] = new;
            edited = Some(all);
        }
    }
    edited
}

/// The list of codes; returns another one that was chosen.
fn code(ui: &mut Ui, form: &str, now: i64) -> Option<i64> {
    let text = |code: i64| format!("{code} {}", fields::code(code));
    let mut wanted = now;
    let combo = ComboBox::from_id_salt(form)
        .selected_text(text(now))
        .width(150.0)
        .show_ui(ui, |ui| {
            for code in 0..=5 {
                ui.selectable_value(&mut wanted, code, text(code));
            }
        });
    let label = format!("{form} code: {}", text(now));
    label_for_access(&combo.response, Role::ComboBox, &label);
    let tip = "Above 0 the form is used, and the code says to what its coordinates belong; 0 leaves it out";
    combo.response.on_hover_text(tip);
    (wanted != now).then_some(wanted)
}

fn sform(ui: &mut Ui, header: &mut Header, forms: &Forms) {
    ui.add_space(4.0);
    row(
        ui,
        "sform",
        "Any affine: three rows of a matrix from voxel index to RAS mm",
        |ui| {
            if let Some(code) = code(ui, "sform", forms.sform_code) {
                let sform_code = code;
                header.take_forms(&Forms {
                    sform_code,
                    ..forms.clone()
                });
            }
        },
    );
    let mut edited = None;
    let grid = Grid::new("sform numbers").spacing([4.0, 3.0]);
    ui.add_enabled_ui(forms.sform_code > 0, |ui| {
        grid.show(ui, |ui| {
            for (n, name) in ["srow_x", "srow_y", "srow_z"].into_iter().enumerate() {
                list::cell(ui, LABEL - 4.0, RichText::new(name).weak(), name);
                for column in 0..4 {
                    let label = format!("{name} {column}");
                    let tip =
                        "A number of the sform, with a code above 0; the last column is the origin";
                    let now = forms.sform[(n, column)] + 0.0;
                    if let Some(new) = number_field(ui, &label, tip, now, 5, 0.01, NUMBER) {
                        edited = Some((n, column, new));
                    }
                }
                ui.end_row();
            }
        })
    });
    if let Some((row, column, new)) = edited {
        let mut forms = forms.clone();
        forms.sform[(row, column)] = new;
        header.take_forms(&forms);
    }
}

fn qform(ui: &mut Ui, header: &mut Header, forms: &Forms) {
    ui.add_space(4.0);
    row(
        ui,
        "qform",
        "A rotation, voxel sizes and an offset: no shear",
        |ui| {
            if let Some(code) = code(ui, "qform", forms.qform_code) {
                let qform_code = code;
                header.take_forms(&Forms {
                    qform_code,
                    ..forms.clone()
                });
            }
            let qfac = forms.qform.mirror;
            let text = if qfac < 0.0 { "qfac −1" } else { "qfac 1" };
            let tip = "pixdim[0]: −1 turns the third axis round";
            if ui.button(text).on_hover_text(tip).clicked() {
                let mut forms = forms.clone();
                forms.qform.mirror = -qfac;
                header.take_forms(&forms);
            }
        },
    );
    ui.add_enabled_ui(forms.qform_code > 0, |ui| qform_numbers(ui, header, forms));
    let affine = forms.qform_affine();
    let rows = (0..3).map(|row| {
        let numbers = (0..4).map(|column| format!("{:>12.5}", affine[(row, column)] + 0.0));
        numbers.collect::<String>()
    });
    let text = rows.collect::<Vec<_>>().join("\n");
    ui.add(Label::new(RichText::new(text).monospace().size(10.5).weak()).extend())
        .on_hover_text("The matrix that follows from the qform");
}

fn qform_numbers(ui: &mut Ui, header: &mut Header, forms: &Forms) {
    let tip = "Where the qform puts voxel 0, 0, 0, in RAS mm; only with a code above 0";
    row(ui, "qoffset", tip, |ui| {
        if let Some(offset) = triple(ui, "qoffset", tip, forms.qform.offset, 0.5) {
            let mut forms = forms.clone();
            forms.qform.offset = offset;
            header.take_forms(&forms);
        }
    });
    let tip = "b, c and d of the rotation as a unit quaternion; a follows from them";
    row(ui, "quatern", tip, |ui| {
        if let Some(quatern) = triple(ui, "quatern", tip, forms.qform.quatern, 0.01) {
            let mut forms = forms.clone();
            forms.qform.quatern = quatern;
            header.take_forms(&forms);
        }
    });
}

fn copies(ui: &mut Ui, header: &mut Header, forms: &Forms) {
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        let tip = "Writes the sform's place into the qform; a sheared sform has none";
        if ui.button("Copy sform to qform").on_hover_text(tip).clicked() {
            let mut forms = forms.clone();
            match forms.copy_to_qform(header.draft.grid().shape()) {
                Ok(()) => header.take_forms(&forms),
                Err(why) => header.refused = Some(why.to_string()),
            }
        }
        let tip = "Writes the qform's place into the sform";
        if ui.button("Copy qform to sform").on_hover_text(tip).clicked() {
            let mut forms = forms.clone();
            forms.copy_to_sform();
            header.take_forms(&forms);
        }
        let tip = "Keeps the place in the sform alone and sets the qform to unknown: then no program can choose the wrong one";
        if ui.button("sform only").on_hover_text(tip).clicked() {
            let mut forms = forms.clone();
            forms.sform = forms.affine();
            forms.sform_code = forms.sform_code.max(forms.qform_code).max(1);
            forms.qform_code = 0;
            header.take_forms(&forms);
        }
    });
}
