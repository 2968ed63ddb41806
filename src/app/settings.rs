//! What is remembered from one start to the next.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The user's choices. Unknown or broken stored settings give these defaults.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Indices on screen count from 1, as in ITK-SNAP.
    pub one_based: bool,
    /// Where the file dialog opens.
    pub last_folder: Option<PathBuf>,
}

impl Settings {
    /// The folder to start a file dialog in.
    pub fn start_folder(&self) -> PathBuf {
        self.last_folder
            .clone()
            .filter(|folder| folder.is_dir())
            .or_else(|| std::env::var_os("HOME").map(PathBuf::from))
            .unwrap_or_else(|| PathBuf::from("/"))
    }
}
