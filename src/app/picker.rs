//! The system's file dialog, and what to do where there is none.

use crate::jobs::{self, Job, Wake};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What the user is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    Files,
    Folder,
    /// A workspace to open.
    Workspace,
    /// A colour map to import.
    ColorMap,
    /// A transform to load.
    Transform,
    /// A file to write.
    NewFile,
}

/// What came of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picked {
    Paths(Vec<PathBuf>),
    Cancelled,
    /// There is no system dialog here: show our own.
    Unavailable,
}

/// Asks the user for paths; tests answer instead.
pub trait FilePicker: Send + Sync {
    /// Starts in the folder `start`, or proposes that file when a new one is asked for. May block:
    /// called on a job's thread.
    fn pick(&self, ask: Ask, start: &Path) -> Picked;
}

/// The desktop's own dialog.
#[derive(Debug, Default)]
pub struct SystemPicker;

impl FilePicker for SystemPicker {
    fn pick(&self, ask: Ask, start: &Path) -> Picked {
        let asked = Instant::now();
        let dialog = rfd::FileDialog::new();
        let paths = match ask {
            Ask::Files => dialog
                .set_directory(start)
                .set_title("Open image")
                .pick_files(),
            Ask::Folder => dialog
                .set_directory(start)
                .set_title("Open folder")
                .pick_folder()
                .map(|folder| vec![folder]),
            Ask::Workspace => dialog
                .add_filter("Workspaces", &["warpscope", "itksnap"])
                .set_directory(start)
                .set_title("Open workspace")
                .pick_file()
                .map(|file| vec![file]),
            Ask::Transform => dialog
                .add_filter(
                    "Transforms",
                    &["txt", "tfm", "mat", "nii", "gz", "mha", "nrrd"],
                )
                .add_filter("All files", &["*"])
                .set_directory(start)
                .set_title("Load transform")
                .pick_file()
                .map(|file| vec![file]),
            Ask::ColorMap => dialog
                .add_filter("Colour maps", &["json"])
                .set_directory(start)
                .set_title("Import colour map")
                .pick_file()
                .map(|file| vec![file]),
            Ask::NewFile => with_endings(dialog, start)
                .set_directory(start.parent().unwrap_or(start))
                .set_file_name(start.file_name().unwrap_or_default().to_string_lossy())
                .set_title("Save as")
                .save_file()
                .map(|file| vec![file]),
        };
        match paths {
            Some(paths) => Picked::Paths(paths),
            // Without a portal the answer comes at once; no hand cancels a dialog that fast.
            None if asked.elapsed() < Duration::from_millis(400) => Picked::Unavailable,
            None => Picked::Cancelled,
        }
    }
}

/// Offers the endings of the proposed file's kind.
fn with_endings(dialog: rfd::FileDialog, proposed: &Path) -> rfd::FileDialog {
    match proposed.extension().and_then(|ending| ending.to_str()) {
        Some("gif") => dialog.add_filter("Animated GIF", &["gif"]),
        Some("json") => dialog.add_filter("Colour map", &["json"]),
        Some("png") => dialog.add_filter("PNG", &["png"]),
        Some("warpscope") => dialog.add_filter("Workspace", &["warpscope"]),
        _ => dialog.add_filter("NIfTI", &["nii.gz", "nii"]),
    }
}

/// Asks in the background.
pub fn ask(
    picker: std::sync::Arc<dyn FilePicker>,
    ask: Ask,
    start: PathBuf,
    wake: Wake,
) -> Job<Picked> {
    jobs::spawn("File dialog", wake, move |_| picker.pick(ask, &start))
}
