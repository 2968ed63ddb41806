//! Why a workspace could not be read or written.

use crate::io::IoError;
use std::path::{Path, PathBuf};

/// A failure; the text says what failed, then the remedy, then the path.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// The system refused to read or write.
    #[error(transparent)]
    Io(#[from] IoError),
    #[error("this workspace is of a newer warpscope (format {found}; this one reads up to {known}); update warpscope to open it: {path}", path = path.display())]
    Newer {
        path: PathBuf,
        found: u64,
        known: u64,
    },
    #[error("this is no workspace that can be read ({what}); open a .warpscope or .itksnap file that is whole: {path}", path = path.display())]
    Broken { path: PathBuf, what: String },
}

impl WorkspaceError {
    pub(super) fn broken(path: &Path, what: impl Into<String>) -> Self {
        Self::Broken {
            path: path.to_owned(),
            what: what.into(),
        }
    }
}
