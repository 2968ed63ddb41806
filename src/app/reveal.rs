//! From a layer back to its file: reading it again, and showing it in the file manager.

use super::App;
use super::loading::{Opening, RoleChoice};
use crate::document::LayerId;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

impl App {
    pub(super) fn reload(&mut self, layer: LayerId) {
        let Some(meta) = self.document.layer(layer).map(|l| l.volume.meta()) else {
            return;
        };
        if let Some(path) = meta.path.clone() {
            let series = meta.dicom.as_ref().map(|dicom| dicom.image_uid.clone());
            self.loader.open(Opening {
                paths: vec![path],
                role: RoleChoice::Again(layer),
                series,
            });
        }
    }

    pub(super) fn reveal(&mut self, layer: LayerId) {
        let Some(path) = self.file_of(layer) else {
            return;
        };
        if let Err(error) = show_in_file_manager(&path) {
            let text = format!("The file manager could not be started ({error})");
            self.notices
                .error(format!("{text}; the file is {}", path.display()));
        }
    }

    fn file_of(&self, layer: LayerId) -> Option<PathBuf> {
        self.document.layer(layer)?.volume.meta().path.clone()
    }
}

/// Starts the system's file manager and leaves it to itself.
fn show_in_file_manager(path: &Path) -> std::io::Result<()> {
    let (program, arguments) = file_manager(path);
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    // Somebody must wait for it, or it stays in the list of processes when it ends.
    std::thread::spawn(move || child.wait());
    Ok(())
}

/// macOS and Windows select the file; elsewhere its folder opens.
fn file_manager(path: &Path) -> (&'static str, Vec<OsString>) {
    if cfg!(target_os = "macos") {
        return ("open", vec!["-R".into(), path.into()]);
    }
    if cfg!(windows) {
        let mut select = OsString::from("/select,");
        select.push(path);
        return ("explorer", vec![select]);
    }
    ("xdg-open", vec![path.parent().unwrap_or(path).into()])
}
