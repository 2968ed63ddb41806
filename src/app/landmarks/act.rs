//! What landmarks ask of the window's logic.

use super::{Request, Side, chain, edit, seen};
use crate::app::dialogs::Dialog;
use crate::app::dialogs::confirm::Question;
use crate::app::message::Message;
use crate::app::picker::Ask;
use crate::app::slice_view::Tool;
use crate::app::{App, Purpose};
use crate::document::{Command, LandmarkEdit, LandmarkId, LandmarkPair, LayerId, paired};
use crate::geometry::WorldPoint;
use crate::io::{Landmark, Space, read_landmarks, write_landmarks};
use std::path::{Path, PathBuf};

impl App {
    /// The image whose points are the second of each pair.
    fn moving_landmarks(&self) -> Option<LayerId> {
        self.comparing
            .images(&self.document)
            .map(|[_, second]| second)
    }

    pub(in crate::app) fn act_on_landmarks(&mut self, request: Request) {
        match request {
            Request::Press { at, reach_mm } => self.press_landmark(at, reach_mm),
            Request::Drag(at) => {
                if let Some((pair, side)) = self.landmarking.held {
                    self.move_landmark(pair, side, at);
                }
            }
            Request::Release => self.landmarking.held = None,
            Request::Place(on) => {
                self.pin_compared();
                self.tool = if on { Tool::Landmark } else { Tool::Cursor };
                self.comparing.figures_shown |= on;
            }
            Request::Show(id) => {
                self.landmarking.selected = Some(id);
                if let Some(pair) = self.document.landmark(id) {
                    let at = pair.fixed;
                    self.edit(Command::MoveCursor(at));
                }
            }
            Request::Edit(change) => self.edit(edit(change)),
            Request::Import => self.pick(Ask::Files, Purpose::ImportLandmarks),
            Request::Export => self.pick(Ask::NewFile, Purpose::ExportLandmarks),
            Request::ExportOver(path) => self.export_landmarks(&path, true),
        }
    }

    /// Takes hold of the nearest mark within reach; else places the missing point of the last pair, or
    /// begins a new pair.
    fn press_landmark(&mut self, at: WorldPoint, reach_mm: f64) {
        let Some(moving) = self.moving_landmarks() else {
            return;
        };
        let document = &self.document;
        let marks = document.landmarks().iter().flat_map(|pair| {
            let other = pair.moving.and_then(|point| seen(document, moving, point));
            // The second point may lie where the first one does.
            let fixed = pair.moving.map(|_| pair.fixed);
            let both = [(Side::Fixed, fixed), (Side::Moving, other)];
            both.map(|(side, place)| Some((pair.id, side, (place?.0 - at.0).norm())))
        });
        let nearest = marks.flatten().min_by(|a, b| a.2.total_cmp(&b.2));
        if let Some((id, side, _)) = nearest.filter(|(.., away)| *away <= reach_mm) {
            self.landmarking.selected = Some(id);
            self.landmarking.held = Some((id, side));
            return;
        }
        let unfinished = document
            .landmarks()
            .iter()
            .find(|pair| pair.moving.is_none());
        match unfinished.map(|pair| pair.id) {
            Some(pair) => {
                self.move_landmark(pair, Side::Moving, at);
                self.landmarking.held = Some((pair, Side::Moving));
            }
            None => {
                self.edit(edit(LandmarkEdit::Add(LandmarkPair::new("", at, None))));
                let new = self.document.landmarks().last().map(|pair| pair.id);
                self.landmarking.selected = new;
                self.landmarking.held = new.map(|id| (id, Side::Fixed));
            }
        }
    }

    fn move_landmark(&mut self, pair: LandmarkId, side: Side, at: WorldPoint) {
        let change = match side {
            Side::Fixed => LandmarkEdit::MoveFixed { pair, to: at },
            Side::Moving => {
                let Some(moving) = self.moving_landmarks() else {
                    return;
                };
                let to = Some(chain(&self.document, moving).map(at));
                LandmarkEdit::MoveMoving { pair, to }
            }
        };
        self.edit(edit(change));
    }

    pub(in crate::app) fn import_landmarks(&mut self, paths: &[PathBuf]) {
        match read_pairs(paths) {
            Ok(pairs) => {
                let count = pairs.len();
                let name = |path: &PathBuf| path.file_name().map(|it| it.display().to_string());
                let names: Vec<String> = paths.iter().filter_map(name).collect();
                let told = match &names[..] {
                    [fixed, moving] => format!(
                        "{count} landmarks were read: first image {fixed}, second image {moving}"
                    ),
                    _ => format!("{count} landmarks were read"),
                };
                self.edit(edit(LandmarkEdit::ReplaceAll(pairs)));
                self.notices.done(told);
            }
            Err(why) => self.notices.error(why),
        }
    }

    pub(in crate::app) fn proposed_landmarks(&self) -> PathBuf {
        self.settings.start_folder().join("landmarks.csv")
    }

    pub(in crate::app) fn export_landmarks(&mut self, path: &Path, overwrite: bool) {
        if path.exists() && !overwrite {
            let then = Message::Landmarks(Request::ExportOver(path.to_owned()));
            self.dialog = Some(Dialog::Confirm(Question::replace(path, then)));
            return;
        }
        let landmarks: Vec<Landmark> = self.document.landmarks().iter().map(Into::into).collect();
        match write_landmarks(path, &landmarks, overwrite) {
            Ok(()) => {
                let fiducials = path
                    .extension()
                    .is_some_and(|it| it.eq_ignore_ascii_case("fcsv"));
                let what = match fiducials {
                    true => "Landmarks of the first image saved; a .csv keeps both",
                    false => "Landmarks saved",
                };
                self.notices.done(format!("{what}: {}", path.display()));
            }
            Err(error) => self.notices.error(error.to_string()),
        }
    }
}

/// The pairs of one table, or of two files: those of the fixed and of the moving image.
fn read_pairs(paths: &[PathBuf]) -> Result<Vec<LandmarkPair>, String> {
    let read = |path: &PathBuf| read_landmarks(path, Space::Ras).map_err(|error| error.to_string());
    match paths {
        [both] => Ok(read(both)?.into_iter().map(Into::into).collect()),
        [fixed, moving] => paired(read(fixed)?, read(moving)?).map_err(|error| error.to_string()),
        _ => Err("Give one file with both points of each pair, or two: of the fixed and of the moving image".to_owned()),
    }
}
