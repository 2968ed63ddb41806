//! The folder of a series, which never takes the place of anything that is not ours.

use super::super::quietly;
use super::uid;
use crate::io::replace_folder::contents;
use crate::io::{IoError, Report};
use dicom_object::FileMetaTable;
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// Bytes before the file meta information.
const PREAMBLE: u64 = 128;

/// An error when no series can be written to `folder`: it is no folder, or it holds something. With
/// `overwrite` it may hold one series that this program wrote, and nothing else. For asking before long
/// work; writing looks again.
pub fn check(folder: &Path, overwrite: bool) -> Result<(), IoError> {
    let held = contents(folder)?;
    if held.is_empty() {
        return Ok(());
    }
    if !overwrite {
        return Err(IoError::Exists {
            path: folder.to_owned(),
        });
    }
    let refuse = |what: String| {
        let what = format!("replacing a folder that holds {what}");
        Err(IoError::unsupported(folder, what, "name another folder"))
    };
    if let Some(other) = held.iter().find(|path| !is_own(path)) {
        let name = other.file_name().unwrap_or_default().to_string_lossy();
        return refuse(format!("{name}, which is no DICOM file of warpscope's,"));
    }
    let (images, skipped) = super::super::scan(&held, &Report::silent())?;
    match (&images[..], &skipped[..]) {
        ([_], []) => Ok(()),
        _ => refuse("more than one series".to_owned()),
    }
}

/// Whether a file is one that this program wrote.
fn is_own(path: &Path) -> bool {
    let read = || -> Option<FileMetaTable> {
        let is_file = path.symlink_metadata().ok()?.is_file();
        let mut file = is_file.then(|| File::open(path).ok())??;
        file.seek(SeekFrom::Start(PREAMBLE)).ok()?;
        FileMetaTable::from_reader(BufReader::new(file)).ok()
    };
    // The library may panic on damaged bytes.
    let meta = quietly(read).flatten();
    meta.is_some_and(|meta| meta.implementation_class_uid() == uid::IMPLEMENTATION)
}

/// File names in order.
pub(super) fn names(count: usize) -> Vec<String> {
    let digits = count.to_string().len().max(4);
    (1..=count).map(|n| format!("{n:0digits$}.dcm")).collect()
}

/// Writes a file and sees it safe on disk.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
