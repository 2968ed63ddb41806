//! Our own file dialog, for systems without one: a typed path and the folder's entries.

use super::{buttons, title};
use crate::app::icons;
use crate::app::message::Message;
use crate::app::picker::Ask;
use egui::text::{CCursor, CCursorRange};
use egui::{Key, ScrollArea, TextEdit, Ui};
use std::path::{Path, PathBuf};

/// The typed path and what its folder holds.
#[derive(Debug)]
pub struct PathChoice {
    pub typed: String,
    ask: Ask,
    listed: Option<(PathBuf, Vec<Entry>)>,
    /// The text was changed by other means than typing: the caret belongs at its end.
    caret_to_end: bool,
    /// What was accepted is not there.
    missing: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    is_file: bool,
    name: String,
}

impl PathChoice {
    /// Starts in the folder `start`, or proposes that file when a new one is asked for.
    pub fn new(start: &Path, ask: Ask) -> Self {
        let typed = match ask {
            Ask::NewFile => start.display().to_string(),
            Ask::Files | Ask::Folder | Ask::Workspace | Ask::ColorMap | Ask::Transform => {
                format!("{}/", start.display()).replace("//", "/")
            }
        };
        Self {
            typed,
            ask,
            listed: None,
            caret_to_end: true,
            missing: None,
        }
    }

    /// The path that is meant, if it can be: what is only begun is completed first.
    fn accept(&mut self) -> Option<PathBuf> {
        let path = PathBuf::from(self.typed.trim());
        if self.ask == Ask::NewFile || path.exists() {
            return Some(path);
        }
        let before = self.typed.clone();
        self.complete();
        if self.typed == before {
            self.missing = Some(before);
        }
        self.caret_to_end = true;
        None
    }

    /// The folder whose entries are shown, and the beginning of a name typed after it.
    fn split(&self) -> (PathBuf, String) {
        match self.typed.rsplit_once('/') {
            Some(("", rest)) => (PathBuf::from("/"), rest.to_owned()),
            Some((folder, rest)) => (PathBuf::from(folder), rest.to_owned()),
            None => (PathBuf::from("."), self.typed.clone()),
        }
    }

    /// What the list shows: entries that begin as what is typed. A new file's name is like no other.
    fn entries(&mut self) -> Vec<Entry> {
        let (_, start) = self.split();
        let start = if self.ask == Ask::NewFile { "" } else { &start };
        self.entries_like(start)
    }

    fn entries_like(&mut self, start: &str) -> Vec<Entry> {
        let (folder, _) = self.split();
        if self
            .listed
            .as_ref()
            .is_none_or(|(listed, _)| *listed != folder)
        {
            let entries = list(&folder);
            self.listed = Some((folder, entries));
        }
        let start = start.to_lowercase();
        let all = self.listed.iter().flat_map(|(_, entries)| entries);
        all.filter(|entry| entry.name.to_lowercase().starts_with(&start))
            .cloned()
            .collect()
    }

    /// The typed name as far as all entries that begin with it agree, and whether it is the name of
    /// a folder; `None` where that is no more than what is typed.
    fn completion(&mut self) -> Option<(String, bool)> {
        let (_, start) = self.split();
        let entries = self.entries_like(&start);
        let first = entries.first()?;
        let shared = entries.iter().fold(first.name.clone(), |shared, entry| {
            let same = shared
                .chars()
                .zip(entry.name.chars())
                .take_while(|(a, b)| a == b);
            same.map(|(a, _)| a).collect()
        });
        let whole = entries.len() == 1 && !first.is_file;
        (whole || shared != start).then_some((shared, whole))
    }

    fn complete(&mut self) {
        if let Some((name, is_folder)) = self.completion() {
            self.enter(&name, is_folder);
        }
    }

    fn enter(&mut self, name: &str, is_folder: bool) {
        let (folder, _) = self.split();
        let mut path = folder.join(name).display().to_string();
        if is_folder {
            path.push('/');
        }
        self.typed = path;
        self.caret_to_end = true;
    }

    /// Goes to the folder above the shown one.
    fn leave(&mut self) {
        let (folder, _) = self.split();
        self.go_to(folder.parent().unwrap_or(&folder));
    }

    /// Shows another folder. The name of a new file stays.
    fn go_to(&mut self, folder: &Path) {
        let (_, name) = self.split();
        let name = if self.ask == Ask::NewFile { &name } else { "" };
        self.typed = folder.join(name).display().to_string();
        self.caret_to_end = true;
    }

    /// Why the list is empty.
    fn emptiness(&self) -> &'static str {
        let (folder, start) = self.split();
        if !folder.is_dir() {
            "There is no such folder."
        } else if start.is_empty() || self.ask == Ask::NewFile {
            "This folder is empty."
        } else {
            "No name in this folder begins so."
        }
    }
}

fn list(folder: &Path) -> Vec<Entry> {
    let Ok(read) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut entries: Vec<Entry> = read
        .flatten()
        .map(|entry| Entry {
            is_file: !entry.path().is_dir(),
            name: entry.file_name().to_string_lossy().into_owned(),
        })
        .filter(|entry| !entry.name.starts_with('.'))
        .collect();
    entries.sort();
    entries
}

pub fn show(ui: &mut Ui, choice: &mut PathChoice, messages: &mut Vec<Message>) {
    ui.set_width(600.0);
    let (heading, verb) = match choice.ask {
        Ask::Files => ("Open image", "Open"),
        Ask::Folder => ("Open folder", "Open"),
        Ask::Workspace => ("Open workspace", "Open"),
        Ask::ColorMap => ("Import colour map", "Import"),
        Ask::Transform => ("Load transform", "Load"),
        Ask::NewFile => ("Save as", "Save"),
    };
    title(ui, heading);
    path_field(ui, choice);
    let mut picked = None;
    let row = 22.0;
    let above = egui::Button::new(format!("{}  Folder above", icons::FOLDER_OPEN));
    if ui.add(above.frame_when_inactive(false)).clicked() {
        choice.leave();
    }
    let entries = choice.entries();
    if choice.missing.as_ref() == Some(&choice.typed) {
        let color = ui.visuals().error_fg_color;
        ui.colored_label(
            color,
            "There is no such file or folder. Choose one of these, or type on.",
        );
    } else if entries.is_empty() {
        ui.weak(choice.emptiness());
    }
    ScrollArea::vertical()
        .max_height(320.0)
        .auto_shrink([false, false])
        .show_rows(ui, row, entries.len(), |ui, range| {
            for entry in &entries[range] {
                let icon = if entry.is_file {
                    icons::FILE
                } else {
                    icons::FOLDER_OPEN
                };
                let enabled = !(choice.ask == Ask::Folder && entry.is_file);
                let button =
                    egui::Button::new(format!("{icon}  {}", entry.name)).frame_when_inactive(false);
                let clicked = ui.add_enabled(enabled, button);
                if clicked.clicked() && entry.is_file {
                    choice.enter(&entry.name, false);
                } else if clicked.clicked() {
                    let (folder, _) = choice.split();
                    choice.go_to(&folder.join(&entry.name));
                }
                if clicked.double_clicked() && entry.is_file {
                    picked = Some(PathBuf::from(&choice.typed));
                }
            }
        });
    let (open, cancel) = buttons(ui, verb, !choice.typed.trim().is_empty(), "Cancel");
    if open {
        picked = choice.accept();
    }
    if let Some(path) = picked {
        messages.push(Message::PathPicked(vec![path]));
    } else if cancel {
        messages.push(Message::CloseDialog);
    }
}

fn path_field(ui: &mut Ui, choice: &mut PathChoice) {
    let completes = choice.completion().is_some();
    let field = TextEdit::singleline(&mut choice.typed)
        .desired_width(f32::INFINITY)
        .hint_text("Path of a file or folder")
        .lock_focus(completes);
    let mut output = field.show(ui);
    let response = output.response.response.clone();
    if choice.caret_to_end {
        response.request_focus();
    }
    let tip = "Type a path; Tab completes it or goes on, Enter accepts it";
    let response = response.on_hover_text(tip);
    if response.has_focus() && completes && ui.input(|i| i.key_pressed(Key::Tab)) {
        choice.complete();
    }
    if std::mem::take(&mut choice.caret_to_end) {
        let end = CCursorRange::one(CCursor::new(choice.typed.chars().count()));
        output.state.cursor.set_char_range(Some(end));
        output.state.store(ui.ctx(), response.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tab_completes_to_what_all_candidates_share() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in ["scan_1.nii", "scan_2.nii", "other"] {
            std::fs::write(folder.path().join(name), b"").expect("a file");
        }
        let mut choice = PathChoice::new(folder.path(), Ask::Files);
        choice.typed.push_str("sc");
        choice.complete();
        assert!(choice.typed.ends_with("/scan_"), "{}", choice.typed);
        assert_eq!(choice.entries().len(), 2);
    }

    #[test]
    fn a_new_file_is_proposed_beside_what_is_there() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("old.nii"), b"").expect("a file");
        let proposed = folder.path().join("new.nii.gz");
        let mut choice = PathChoice::new(&proposed, Ask::NewFile);
        assert_eq!(Path::new(&choice.typed), proposed);
        assert_eq!(choice.entries()[0].name, "old.nii");
        choice.leave();
        let above = folder.path().parent().expect("a folder above");
        assert_eq!(Path::new(&choice.typed), above.join("new.nii.gz"));
    }

    #[test]
    fn what_is_only_begun_is_completed_and_what_is_not_there_is_refused() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("scan.nii"), b"").expect("a file");
        let mut choice = PathChoice::new(folder.path(), Ask::Files);
        choice.typed.push_str("sc");
        assert_eq!(choice.accept(), None);
        assert_eq!(choice.accept(), Some(folder.path().join("scan.nii")));
        choice.typed.push_str(".gone");
        assert_eq!(choice.accept(), None);
        assert_eq!(choice.missing.as_ref(), Some(&choice.typed));
    }

    #[test]
    fn leaving_a_folder_shows_the_one_above() {
        let mut choice = PathChoice::new(Path::new("/"), Ask::Files);
        choice.typed = "/scans/study/sc".to_owned();
        choice.leave();
        assert_eq!(choice.typed, "/scans/");
        choice.leave();
        choice.leave();
        assert_eq!(choice.typed, "/");
    }

    #[test]
    fn a_folder_completes_with_a_slash_and_shows_what_is_in_it() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join("inside")).expect("a folder");
        std::fs::write(folder.path().join("inside/a.nii"), b"").expect("a file");
        let mut choice = PathChoice::new(folder.path(), Ask::Files);
        choice.complete();
        assert!(choice.typed.ends_with("/inside/"), "{}", choice.typed);
        assert_eq!(choice.entries()[0].name, "a.nii");
    }
}
