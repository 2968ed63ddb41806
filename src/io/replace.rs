//! Writing a file so that the one before it stays whole until the new one is.

use super::IoError;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Lets `write` fill a temporary file beside `path`, which takes its place once it is safe on disk. A
/// file that is there is replaced only with `overwrite`.
pub fn replace(
    path: &Path,
    overwrite: bool,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<(), IoError> {
    if !overwrite && path.symlink_metadata().is_ok() {
        return Err(IoError::Exists {
            path: path.to_owned(),
        });
    }
    let failed = |source| IoError::Write {
        path: path.to_owned(),
        source,
    };
    let (part, file) = part_of(path).map_err(failed)?;
    let outcome = fill(file, write).and_then(|()| fs::rename(&part, path));
    if outcome.is_err() {
        // What failed is told already; a file that was never made cannot be removed.
        let _ = fs::remove_file(&part);
    }
    outcome.map_err(failed)
}

fn fill(file: File, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::new(file);
    write(&mut out)?;
    out.flush()?;
    out.get_ref().sync_all()
}

/// A new file beside `path` with a hidden name that nobody else has: not another thread, and not a
/// process with the same number on another machine or one that was killed.
fn part_of(path: &Path) -> io::Result<(PathBuf, File)> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    /// Names that are taken before it is given up.
    const TRIES: usize = 1000;
    let file_name = path.file_name().ok_or(ErrorKind::IsADirectory)?;
    for _ in 0..TRIES {
        let mut name = OsString::from(".");
        name.push(file_name);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        name.push(format!(".{}-{number}.part", std::process::id()));
        let part = path.with_file_name(name);
        match OpenOptions::new().write(true).create_new(true).open(&part) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (part, file)),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder").flatten();
        let mut names: Vec<_> = entries
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_only_when_asked() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.bin");
        let write = |text: &'static str, overwrite| {
            replace(&path, overwrite, |out| out.write_all(text.as_bytes()))
        };
        write("one", false).expect("written");
        assert!(matches!(write("two", false), Err(IoError::Exists { .. })));
        assert_eq!(fs::read(&path).expect("there"), b"one");
        write("three", true).expect("written");
        assert_eq!(fs::read(&path).expect("there"), b"three");
        assert_eq!(contents(folder.path()), ["a.bin"]);
    }

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.bin");
        fs::write(&path, "old").expect("written");
        let error = replace(&path, true, |_| Err(ErrorKind::StorageFull.into()));
        let error = error.expect_err("a failure").to_string();
        assert!(error.contains("the disk is full"), "{error}");
        assert_eq!(fs::read(&path).expect("there"), b"old");
        assert_eq!(contents(folder.path()), ["a.bin"]);
    }

    #[test]
    fn many_writers_of_one_file_leave_one_of_their_files_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.bin");
        std::thread::scope(|scope| {
            for letter in b'a'..b'i' {
                let path = &path;
                scope.spawn(move || {
                    replace(path, true, |out| out.write_all(&[letter; 100_000])).expect("written");
                });
            }
        });
        let bytes = fs::read(&path).expect("there");
        assert_eq!(bytes.len(), 100_000);
        assert!(bytes.iter().all(|byte| byte == &bytes[0]));
        assert_eq!(contents(folder.path()), ["a.bin"]);
    }

    #[test]
    fn a_folder_that_is_missing_is_named_in_the_error() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("nowhere/a.bin");
        let error = replace(&path, false, |_| Ok(())).expect_err("a failure");
        let text = error.to_string();
        assert!(
            text.contains("no such folder") && text.ends_with("a.bin"),
            "{text}"
        );
    }
}
