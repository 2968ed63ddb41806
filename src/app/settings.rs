//! What is remembered from one start to the next.

use super::panels::fourth::FourthPane;
use super::play::FramesPerSecond;
use crate::document::Flips;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The user's choices. Unknown or broken stored settings give these defaults.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Indices on screen count from 1, as in ITK-SNAP.
    pub one_based: bool,
    /// No list of recent images is kept.
    pub no_recent_list: bool,
    /// Where the file dialog opens.
    pub last_folder: Option<PathBuf>,
    /// Where pictures of runs went.
    pub picture_folder: Option<PathBuf>,
    /// The patient's left is on the left of axial and coronal views.
    pub neurological: bool,
    /// The front is on the right of sagittal views.
    pub front_right: bool,
    /// No small map in views that show a part of their slice.
    pub hide_navigator: bool,
    /// Separate images lie side by side in each view.
    pub tiled: bool,
    pub play_speed: FramesPerSecond,
    /// What is shown beside the slice views.
    pub fourth_pane: FourthPane,
}

impl Settings {
    pub fn flips(&self) -> Flips {
        Flips {
            left_right: self.neurological,
            front_back: self.front_right,
        }
    }

    /// The folder to start a file dialog in.
    pub fn start_folder(&self) -> PathBuf {
        self.last_folder
            .clone()
            .filter(|folder| folder.is_dir())
            .unwrap_or_else(home)
    }

    /// The folder proposed for pictures: never that of the images, which may be a patient's.
    pub fn picture_start(&self) -> PathBuf {
        let own = self.picture_folder.clone().into_iter();
        let mut folders = own.chain([home().join("Pictures")]);
        folders.find(|folder| folder.is_dir()).unwrap_or_else(home)
    }
}

fn home() -> PathBuf {
    std::env::var_os("HOME").map_or_else(|| PathBuf::from("/"), PathBuf::from)
}
