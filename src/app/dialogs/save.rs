//! Save Image As: where to, in which format and voxel type, and what that costs.

use super::{answers, title};
use crate::app::App;
use crate::app::message::Message;
use crate::app::saving::{Change, SaveOrder};
use crate::app::widgets::label_for_access;
use crate::document::{Layer, LayerId, scale_text};
use crate::io::{CompressionLevel, WRITTEN, written_ending};
use crate::jobs::Job;
use crate::volume::{Rescale, RescaleUse, Volume, VoxelType};
use egui::text::{CCursor, CCursorRange};
use egui::{ComboBox, Grid, RichText, Role, TextEdit, Ui};
use std::path::{Path, PathBuf};

/// The choices so far.
#[derive(Debug)]
pub struct SaveChoice {
    pub layer: LayerId,
    /// The path as typed.
    pub typed: String,
    pub change: Change,
    compress: bool,
    level: u8,
    /// The path is a folder for a DICOM series.
    as_series: bool,
    /// The path gets the keyboard, its name selected, in the next frame.
    wants_focus: bool,
    pub effect: Effect,
}

/// Room for all entries of a list, in points.
const LIST: f32 = 400.0;

const SERIES: &str = "DICOM series (a folder)";

/// Compresses about as well as others usually do, in a fraction of the time.
const USUAL_LEVEL: u8 = 3;

/// What another voxel type does to the numbers, worked out beside the dialog.
#[derive(Debug, Default)]
pub struct Effect {
    pub running: Option<(Change, Job<Cost>)>,
    pub known: Option<(Change, Cost)>,
}

/// Numbers that change and by how much at most, or why they do not fit; `None` when none does.
pub type Cost = Result<Option<(usize, f64)>, String>;

impl SaveChoice {
    pub fn new(layer: LayerId, proposed: &Path) -> Self {
        Self {
            layer,
            typed: proposed.display().to_string(),
            change: Change::default(),
            compress: false,
            level: USUAL_LEVEL,
            as_series: false,
            wants_focus: true,
            effect: Effect::default(),
        }
    }

    /// Takes over a path from the system's dialog.
    pub fn set_path(&mut self, path: &Path) {
        self.typed = path.display().to_string();
        self.wants_focus = true;
    }

    /// The letters of the path that are the name without its ending.
    fn name_range(&self) -> std::ops::Range<usize> {
        let letters = |text: &str| text.chars().count();
        let start = self.typed.rfind('/').map_or(0, |at| at + 1);
        let ending = written_ending(Path::new(&self.typed)).map_or(0, |known| known.len() + 1);
        let end = self.typed.len() - ending;
        letters(&self.typed[..start])..letters(&self.typed[..end.max(start)])
    }

    /// The path meant: a name without an ending that is known gets that of compressed NIfTI.
    fn path(&self) -> PathBuf {
        let mut path = PathBuf::from(self.typed.trim());
        if path.extension().is_none() && !self.as_series {
            path.as_mut_os_string().push(".nii.gz");
        }
        path
    }

    /// Puts another format's ending in place of the one that is typed; a DICOM series has none.
    fn set_ending(&mut self, ending: Option<&str>) {
        let typed = self.typed.trim();
        let known = written_ending(Path::new(typed)).map_or(0, |known| known.len() + 1);
        let stem = &typed[..typed.len() - known];
        self.as_series = ending.is_none();
        self.typed = match ending {
            Some(ending) => format!("{stem}.{ending}"),
            None => stem.to_owned(),
        };
    }

    fn order(&self) -> SaveOrder {
        SaveOrder {
            layer: self.layer,
            path: self.path(),
            change: self.change,
            compress: self.compress,
            as_series: self.as_series,
            level: CompressionLevel::new(self.level).unwrap_or_default(),
        }
    }

    /// Whether the numbers fit, as far as is known.
    fn fits(&self) -> bool {
        let known = self.effect.known.as_ref();
        known.is_none_or(|(change, cost)| *change != self.change || cost.is_ok())
    }
}

pub fn show(ui: &mut Ui, choice: &mut SaveChoice, app: &App, messages: &mut Vec<Message>) {
    ui.set_width(600.0);
    title(ui, "Save image as");
    let Some(layer) = app.document.layer(choice.layer) else {
        messages.push(Message::CloseDialog);
        return;
    };
    let volume = app
        .document
        .settled(choice.layer)
        .unwrap_or(&layer.volume)
        .clone();
    ui.add(egui::Label::new(RichText::new(what(layer, &volume)).weak()).truncate());
    ui.add_space(6.0);
    Grid::new("save image")
        .num_columns(2)
        .spacing([14.0, 8.0])
        .show(ui, |ui| {
            ui.label("File");
            file(ui, choice, messages);
            ui.end_row();
            ui.label("Format");
            ui.horizontal(|ui| format(ui, choice));
            ui.end_row();
            ui.label("Voxel type");
            voxel_type(ui, choice, &volume);
            ui.end_row();
            if *volume.rescale() != Rescale::IDENTITY {
                ui.label("Scale");
                ui.horizontal(|ui| scale(ui, choice, &volume));
                ui.end_row();
            }
            ui.label("Axes");
            let tip = "Turns the voxel axes to right, anterior and superior, as nibabel's as_closest_canonical; every voxel stays where it is in the patient";
            let to = volume.grid().orientation().to_code();
            ui.add_enabled_ui(to != "RAS", |ui| {
                let text = format!("Canonical order, RAS+ (now {to})");
                ui.checkbox(&mut choice.change.canonical, text)
                    .on_hover_text(tip)
                    .on_disabled_hover_text("The axes are RAS+ already");
            });
            ui.end_row();
        });
    ui.add_space(4.0);
    effect(ui, choice, &volume);
    let path = choice.path();
    let exists = path.exists();
    let known = choice.as_series || written_ending(&path).is_some();
    if choice.as_series {
        ui.weak("A folder with one file a slice; a folder that holds other files is refused");
    } else if !known {
        let endings: Vec<String> = WRITTEN.iter().map(|(it, _)| format!(".{it}")).collect();
        let text = format!("The name must end in one of {}", endings.join(", "));
        ui.colored_label(ui.visuals().error_fg_color, text);
    } else if exists {
        let text = "There is a file of this name; you will be asked before it is replaced";
        ui.weak(text);
    }
    let enabled = known && choice.fits() && !choice.typed.trim().is_empty();
    match answers(ui, "Save", enabled, &["Cancel"]) {
        Some(0) => {
            messages.push(Message::CloseDialog);
            messages.push(Message::Save(choice.order()));
        }
        Some(_) => messages.push(Message::CloseDialog),
        None => {}
    }
}

/// The image in one line.
fn what(layer: &Layer, volume: &Volume) -> String {
    let shape = super::series::shape_text(&volume.grid().shape());
    let times = match volume.time_points() {
        1 => String::new(),
        count => format!(" × {count} time points"),
    };
    let megabytes = volume.data().bytes() as f64 / 1e6;
    let stored = volume.data().voxel_type();
    format!(
        "{}: {shape}{times}, {stored}, {megabytes:.1} MB uncompressed",
        layer.name
    )
}

fn file(ui: &mut Ui, choice: &mut SaveChoice, messages: &mut Vec<Message>) {
    ui.horizontal(|ui| {
        let room = 500.0 - 96.0;
        let mut edit = TextEdit::singleline(&mut choice.typed)
            .desired_width(room)
            .show(ui);
        let field = edit.response.response.clone();
        label_for_access(&field, Role::TextInput, "File to save");
        if std::mem::take(&mut choice.wants_focus) {
            field.request_focus();
            let name = choice.name_range();
            let [start, end] = [name.start, name.end].map(CCursor::new);
            edit.state.cursor.set_char_range(Some(CCursorRange::two(start, end)));
            edit.state.store(ui.ctx(), field.id);
        }
        field.on_hover_text("Where the image goes; the ending says in which format. A DICOM series goes into a folder");
        let tip = "Choose folder and name in the system's dialog";
        if ui.button("Browse…").on_hover_text(tip).clicked() {
            messages.push(Message::BrowseSave);
        }
    });
}

fn format(ui: &mut Ui, choice: &mut SaveChoice) {
    let path = choice.path();
    let ending = written_ending(&path).filter(|_| !choice.as_series);
    let now = WRITTEN.iter().find(|(known, _)| Some(*known) == ending);
    let text = match now {
        _ if choice.as_series => SERIES.to_owned(),
        Some((known, name)) => format!("{name} (.{known})"),
        None => "Unknown".to_owned(),
    };
    let combo = ComboBox::from_id_salt("format to save")
        .selected_text(&text)
        .width(290.0)
        .height(LIST)
        .show_ui(ui, |ui| {
            for (known, name) in WRITTEN {
                let text = format!("{name} (.{known})");
                if ui.selectable_label(Some(known) == ending, text).clicked() {
                    choice.set_ending(Some(known));
                }
            }
            if ui.selectable_label(choice.as_series, SERIES).clicked() {
                choice.set_ending(None);
            }
        });
    label_for_access(&combo.response, Role::ComboBox, &format!("Format: {text}"));
    combo.response.on_hover_text("The file format");
    let may_pack = matches!(ending, Some("mha" | "mhd"));
    if may_pack {
        ui.checkbox(&mut choice.compress, "Compress")
            .on_hover_text("Compresses the voxels; .nii.gz and NRRD always are");
    }
    if matches!(ending, Some("nii.gz" | "nrrd" | "nhdr")) || may_pack && choice.compress {
        let slider = ui.add(egui::Slider::new(&mut choice.level, 1..=9).text("level"));
        label_for_access(&slider, Role::Slider, "Compression level");
        slider.on_hover_text("1 is fastest, 9 makes the smallest files; what is read is the same");
    }
}

fn voxel_type(ui: &mut Ui, choice: &mut SaveChoice, volume: &Volume) {
    let stored = volume.data().voxel_type();
    let name = |wanted: Option<VoxelType>| match wanted {
        None => format!("Keep ({stored})"),
        Some(to) => to.to_string(),
    };
    let text = name(choice.change.voxel_type);
    let combo = ComboBox::from_id_salt("voxel type to save")
        .selected_text(&text)
        .width(290.0)
        .height(LIST)
        .show_ui(ui, |ui| {
            let types = VoxelType::ALL.into_iter().filter(|to| *to != stored);
            for wanted in std::iter::once(None).chain(types.map(Some)) {
                ui.selectable_value(&mut choice.change.voxel_type, wanted, name(wanted));
            }
        });
    let label = format!("Voxel type to save: {text}");
    label_for_access(&combo.response, Role::ComboBox, &label);
    combo
        .response
        .on_hover_text("How each number is stored; refused when the type cannot hold the values");
}

fn scale(ui: &mut Ui, choice: &mut SaveChoice, volume: &Volume) {
    let formula = scale_text(volume.rescale());
    let usual = volume.usual_rescale(choice.change.voxel_type);
    let now = choice.change.rescale.unwrap_or(usual);
    for (wanted, text, tip) in [
        (
            RescaleUse::Keep,
            format!("Keep ({formula})"),
            "Stores the numbers as they are with slope and intercept beside them, where the format has them",
        ),
        (
            RescaleUse::Apply,
            "Apply: store the values".to_owned(),
            "Stores the values themselves, with slope 1 and intercept 0",
        ),
    ] {
        let radio = ui.radio(now == wanted, text).on_hover_text(tip);
        if radio.clicked() {
            choice.change.rescale = (wanted != usual).then_some(wanted);
        }
    }
}

/// What is lost, in plain words.
fn effect(ui: &mut Ui, choice: &SaveChoice, volume: &Volume) {
    let known = choice.effect.known.as_ref();
    let text = match known.filter(|(change, _)| *change == choice.change) {
        None if choice.effect.running.is_some() => RichText::new("Looking at the values…").weak(),
        None | Some((_, Ok(None))) => match format_loss(choice, volume) {
            Some(loss) => RichText::new(loss).color(ui.visuals().warn_fg_color),
            None => RichText::new("Every number is stored as it is.").weak(),
        },
        Some((_, Ok(Some((0, _))))) => RichText::new("Nothing is lost: every value fits exactly.").weak(),
        Some((_, Ok(Some((changed, by))))) => RichText::new(format!(
            "{changed} numbers are rounded; values change by up to {by:.6}. This cannot be undone in the file."
        ))
        .color(ui.visuals().warn_fg_color),
        Some((_, Err(why))) => RichText::new(why)
        .color(ui.visuals().error_fg_color),
    };
    ui.add(egui::Label::new(text).wrap());
}

/// What the format cannot hold of the image, whatever the type.
fn format_loss(choice: &SaveChoice, volume: &Volume) -> Option<&'static str> {
    let has_scale = *volume.rescale() != Rescale::IDENTITY;
    let applied = choice.change.voxel_type.is_some() || choice.change.rescale.is_some();
    let ending = written_ending(&choice.path());
    let stored = volume.data().voxel_type();
    if choice.as_series {
        let fits = stored.size() <= 2;
        return (!fits).then_some("DICOM holds 16-bit numbers: the values are scaled into them, and the largest error is told afterwards.");
    }
    match (ending, volume.rescale()) {
        (Some("hdr"), _) => {
            Some("Analyze keeps voxel sizes alone: origin, orientation and scale are lost.")
        }
        (_, Rescale::PerSlice(_)) if !applied => Some(
            "Every slice has a scale of its own, which only DICOM holds: the values are saved as float32.",
        ),
        (Some("mha" | "mhd" | "nrrd" | "nhdr"), _) if has_scale && !applied => Some(
            "The format has no scale: the values are saved, as whole numbers where they are whole.",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Command;

    fn choice(typed: &str) -> SaveChoice {
        let mut document = crate::document::Document::default();
        let command = Command::OpenMain {
            volume: crate::phantom::cine_pair().0,
            display: None,
        };
        command.apply(&mut document).expect("opened");
        let layer = document.main().expect("an image").id;
        SaveChoice::new(layer, Path::new(typed))
    }

    #[test]
    fn another_format_changes_the_ending_and_nothing_else_of_the_name() {
        let mut choice = choice("/data/a.b/ct.1.nii.gz");
        choice.set_ending(Some("mha"));
        assert_eq!(choice.typed, "/data/a.b/ct.1.mha");
        choice.set_ending(Some("nii"));
        assert_eq!(choice.typed, "/data/a.b/ct.1.nii");
        choice.typed = "/data/a.b/ct".to_owned();
        assert_eq!(choice.path(), Path::new("/data/a.b/ct.nii.gz"));
        choice.set_ending(Some("nrrd"));
        assert_eq!(choice.typed, "/data/a.b/ct.nrrd");
        choice.set_ending(None);
        assert_eq!(choice.path(), Path::new("/data/a.b/ct"));
        choice.typed = "/dätä/a.b/ct.nii.gz".to_owned();
        assert_eq!(choice.name_range(), 10..12);
    }
}
