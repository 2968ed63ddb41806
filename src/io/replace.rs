//! Writing a file so that the one before it stays whole until the new one is, whenever it is stopped.

use super::IoError;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A part older than this that nobody writes is what a killed program left behind.
const STALE: Duration = Duration::from_secs(3600);

/// Lets `write` fill a temporary file beside `path`, which takes its place once it is safe on disk. A
/// file that is there is replaced only with `overwrite`.
pub fn replace(
    path: &Path,
    overwrite: bool,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<(), IoError> {
    Part::fill(path, overwrite, write)?.finish()
}

/// A whole new file on its way to its place; dropped before, it leaves nothing.
pub(super) struct Part {
    target: PathBuf,
    /// A hidden file beside the target.
    part: PathBuf,
}

impl Part {
    /// Fills the temporary file and waits until it is safe on disk.
    pub fn fill(
        path: &Path,
        overwrite: bool,
        write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<Self, IoError> {
        if !overwrite && path.symlink_metadata().is_ok() {
            return Err(IoError::Exists {
                path: path.to_owned(),
            });
        }
        let failed = |source| IoError::Write {
            path: path.to_owned(),
            source,
        };
        let create = |part: &Path| OpenOptions::new().write(true).create_new(true).open(part);
        let (part, file) = create_beside(path, create).map_err(failed)?;
        let part = Self {
            target: path.to_owned(),
            part,
        };
        fill(file, write).map_err(failed)?;
        Ok(part)
    }

    /// Puts the new file in its place.
    pub fn finish(self) -> Result<(), IoError> {
        fs::rename(&self.part, &self.target).map_err(|source| IoError::Write {
            path: self.target.clone(),
            source,
        })?;
        remove_stale(&self.target, |part| {
            let file = OpenOptions::new().write(true).open(part)?;
            match is_stale(&file)? {
                true => fs::remove_file(part),
                false => Ok(()),
            }
        });
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // After a rename there is nothing to remove; what failed else is told already.
        let _ = fs::remove_file(&self.part);
    }
}

fn fill(file: File, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<()> {
    // Only a sign to others that somebody is at work; not every file system has locks.
    let _ = file.try_lock();
    let mut out = BufWriter::new(file);
    write(&mut out)?;
    out.flush()?;
    out.get_ref().sync_all()
}

/// Lets `create` make something hidden beside `path` with a name that nobody else has: not another thread,
/// and not a process with the same number on another machine or one that was killed. For a name that is
/// taken `create` fails with [`ErrorKind::AlreadyExists`].
pub(super) fn create_beside<T>(
    path: &Path,
    create: impl Fn(&Path) -> io::Result<T>,
) -> io::Result<(PathBuf, T)> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    /// Names that are taken before it is given up.
    const TRIES: usize = 1000;
    let prefix = prefix_of(path).ok_or(ErrorKind::IsADirectory)?;
    for _ in 0..TRIES {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut name = prefix.clone();
        name.push(format!("{}-{number}.part", std::process::id()));
        let part = path.with_file_name(name);
        match create(&part) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            created => return created.map(|created| (part, created)),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

/// How the names of all parts of a file begin; `None` when it names no file.
fn prefix_of(path: &Path) -> Option<OsString> {
    let mut prefix = OsString::from(".");
    prefix.push(path.file_name()?);
    prefix.push(".");
    Some(prefix)
}

/// Gives `remove` what [`create_beside`] made for the same `path` and is still there, left by killed
/// programs or in the hands of living ones.
pub(super) fn remove_stale(path: &Path, remove: impl Fn(&Path) -> io::Result<()>) {
    let (Some(prefix), Some(folder)) = (prefix_of(path), path.parent()) else {
        return;
    };
    let folder = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        let name = entry.file_name();
        let number = name
            .as_encoded_bytes()
            .strip_prefix(prefix.as_encoded_bytes())
            .and_then(|rest| rest.strip_suffix(b".part"));
        let is_part =
            number.is_some_and(|number| number.iter().all(|b| b.is_ascii_digit() || *b == b'-'));
        if is_part {
            // One that cannot be removed harms nobody.
            let _ = remove(&entry.path());
        }
    }
}

/// Whether it was left by a killed program: one in the hands of a living one is young, or locked.
pub(super) fn is_stale(file: &File) -> io::Result<bool> {
    let age = file.metadata()?.modified()?.elapsed().unwrap_or_default();
    Ok(age > STALE && file.try_lock().is_ok())
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

    #[test]
    fn parts_that_killed_programs_left_hinder_nobody_and_go_when_they_are_old() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.bin");
        let left = |name: &str, age: u64| {
            let file = File::create(folder.path().join(name)).expect("made");
            let time = std::time::SystemTime::now() - Duration::from_secs(age);
            file.set_modified(time).expect("set");
            file
        };
        let mine = format!(".a.bin.{}.part", std::process::id());
        left(&mine, 0);
        left(".a.bin.1.part", 7200);
        let written = left(".a.bin.2.part", 7200);
        written.lock().expect("locked");
        left(".a.bin.old.part", 7200);
        left(".b.bin.1.part", 7200);
        replace(&path, false, |out| out.write_all(b"new")).expect("written");
        assert_eq!(fs::read(&path).expect("there"), b"new");
        let mut expected = [
            &mine,
            ".a.bin.2.part",
            ".a.bin.old.part",
            ".b.bin.1.part",
            "a.bin",
        ];
        expected.sort_unstable();
        assert_eq!(contents(folder.path()), expected);
    }
}
