//! Why a file could not be read or written, sorted by whose fault it is.

use std::path::{Path, PathBuf};

/// A failure of reading or writing. The text says what failed, then the remedy, then the path.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IoError {
    /// The system refused: missing file, permission, full disk.
    #[error("{what}: {path}", what = io_text(source), path = path.display())]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("this is no image that warpscope reads ({what}); open a DICOM, NIfTI, MetaImage, NRRD, GIPL, VTK, PNG, JPEG or TIFF file: {path}", path = path.display())]
    NotAnImage { path: PathBuf, what: String },
    /// The bytes contradict themselves or end early.
    #[error("the file is damaged ({what}); get a fresh copy: {path}", path = path.display())]
    Corrupt { path: PathBuf, what: String },
    #[error("{what} is not supported; {hint}: {path}", path = path.display())]
    Unsupported {
        path: PathBuf,
        what: String,
        hint: String,
    },
    #[error("the image needs {} of memory and {} are free; close other images or open a part of it: {path}", gib(*need), gib(*limit), path = path.display())]
    TooLarge {
        path: PathBuf,
        need: u64,
        limit: u64,
    },
    /// Asked for all the same, and the system has no such memory.
    #[error("the system does not give the {} of memory that the image needs; open it on a larger machine or open a part of it: {path}", gib(*need), path = path.display())]
    NoMemory { path: PathBuf, need: u64 },
    #[error("no image found in the folder ({what}); choose a folder with DICOM or NIfTI files: {path}", path = path.display())]
    NoImages { path: PathBuf, what: String },
    /// The system refused to write.
    #[error("the file was not written ({what}): {path}", what = write_text(source), path = path.display())]
    Write {
        path: PathBuf,
        source: std::io::Error,
    },
    /// What was written does not read back as the image.
    #[error("the file that was written differs from the image ({what}); check the disk and write it again: {path}", path = path.display())]
    NotVerified { path: PathBuf, what: String },
    #[error("the file is there already; choose another name or give --force to replace it: {path}", path = path.display())]
    Exists { path: PathBuf },
    #[error("cancelled")]
    Cancelled,
}

impl IoError {
    pub fn io(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::Io {
            path: path.into(),
            source,
        }
    }

    pub fn corrupt(path: &Path, what: impl Into<String>) -> Self {
        Self::Corrupt {
            path: path.to_owned(),
            what: what.into(),
        }
    }

    pub fn not_an_image(path: &Path, what: impl Into<String>) -> Self {
        Self::NotAnImage {
            path: path.to_owned(),
            what: what.into(),
        }
    }

    /// What is wrong, in a few words and without the path: the reason a file is skipped.
    pub fn reason(&self) -> String {
        match self {
            Self::Io { source, .. } => io_text(source),
            Self::NotAnImage { what, .. } | Self::NoImages { what, .. } => what.clone(),
            Self::Corrupt { what, .. } => format!("damaged: {what}"),
            Self::Unsupported { what, hint, .. } => format!("{what} is not supported; {hint}"),
            Self::TooLarge { need, .. } | Self::NoMemory { need, .. } => {
                format!("too large: needs {} of memory", gib(*need))
            }
            Self::Write { source, .. } => write_text(source),
            Self::NotVerified { what, .. } => format!("written wrongly: {what}"),
            Self::Exists { .. } => "it is there already".to_owned(),
            Self::Cancelled => "cancelled".to_owned(),
        }
    }

    pub fn unsupported(path: &Path, what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Unsupported {
            path: path.to_owned(),
            what: what.into(),
            hint: hint.into(),
        }
    }
}

fn write_text(source: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match source.kind() {
        ErrorKind::NotFound => "there is no such folder; make it first".to_owned(),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "no permission; choose another folder".to_owned()
        }
        ErrorKind::StorageFull => "the disk is full; free some space".to_owned(),
        ErrorKind::IsADirectory => "that is a folder; name a file".to_owned(),
        _ => format!("{source}; choose another folder"),
    }
}

fn io_text(source: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match source.kind() {
        ErrorKind::NotFound => "there is no such file; check the name".to_owned(),
        ErrorKind::PermissionDenied => {
            "no permission to read; change the file's permissions or copy it".to_owned()
        }
        ErrorKind::IsADirectory => "that is a folder; name a file".to_owned(),
        ErrorKind::UnexpectedEof => "the file ends early; get a fresh copy".to_owned(),
        _ => format!("{source}; check that the disk is still there"),
    }
}

fn gib(bytes: u64) -> String {
    format!("{:.1} GiB", bytes as f64 / (1u64 << 30) as f64)
}
