//! Folders that are there whole or not at all, whatever happens on the way.

use super::IoError;
use super::replace::{create_beside, is_stale, remove_stale};
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Lets `write` fill a hidden folder beside `folder`, which takes its place when all is written. `check`
/// is an error where what lies in a folder must stay; it is asked before work begins, and again when
/// the old folder has been put aside, before it is removed. Where the system can exchange two names at
/// once (Linux, macOS), one of the two folders has the name at any moment.
pub fn replace_folder(
    folder: &Path,
    check: impl Fn(&Path) -> Result<(), IoError>,
    write: impl FnOnce(&Path) -> Result<(), IoError>,
) -> Result<(), IoError> {
    check(folder)?;
    // A name such as `.` is none to put another folder in the place of.
    let place = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    if std::env::current_dir().is_ok_and(|here| here == place) {
        let what = "replacing the folder that the program was started in";
        return Err(IoError::unsupported(folder, what, "name another folder"));
    }
    let (part, _held) = create_beside(&place, create).map_err(failed(folder))?;
    let outcome = write(&part).and_then(|()| put(&part, &place, check));
    match outcome {
        Ok(()) => remove_stale(&place, remove_if_stale),
        // What failed is told already; what cannot be removed is hidden and no image.
        Err(_) => drop(fs::remove_dir_all(&part)),
    }
    outcome
}

/// Makes a folder that nobody else fills, and that others see in use while the handle lives.
fn create(part: &Path) -> io::Result<Option<File>> {
    if aside(part).symlink_metadata().is_ok() {
        return Err(ErrorKind::AlreadyExists.into());
    }
    fs::create_dir(part)?;
    Ok(hold(part))
}

/// Only a sign to others; not every system locks folders.
fn hold(folder: &Path) -> Option<File> {
    let folder = File::open(folder).ok()?;
    let _ = folder.try_lock();
    Some(folder)
}

/// Where the old folder waits until the one at `part` has its name, if they cannot be exchanged. What a
/// killed program left there stays: it may be all there is.
fn aside(part: &Path) -> PathBuf {
    part.with_extension("old")
}

fn remove_if_stale(part: &Path) -> io::Result<()> {
    match is_stale(&File::open(part)?)? {
        true => fs::remove_dir_all(part),
        false => Ok(()),
    }
}

/// What lies in a folder, in order of name; nothing when it is not there.
pub(super) fn contents(folder: &Path) -> Result<Vec<PathBuf>, IoError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) if error.kind() == ErrorKind::NotADirectory => {
            return Err(IoError::unsupported(
                folder,
                "writing a folder where a file is",
                "name another folder",
            ));
        }
        entries => entries.map_err(|error| IoError::io(folder, error))?,
    };
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(|error| IoError::io(folder, error))?.path());
    }
    paths.sort();
    Ok(paths)
}

fn failed(folder: &Path) -> impl Fn(io::Error) -> IoError {
    move |source| IoError::Write {
        path: folder.to_owned(),
        source,
    }
}

/// Gives `part` the name of `folder`, and removes what had it.
fn put(
    part: &Path,
    folder: &Path,
    check: impl Fn(&Path) -> Result<(), IoError>,
) -> Result<(), IoError> {
    if contents(folder)?.is_empty() {
        // Not every system lets a folder take the place of an empty one.
        let _ = fs::remove_dir(folder);
        return fs::rename(part, folder).map_err(failed(folder));
    }
    // Under its hidden name it must not look left behind.
    let _held = hold(folder);
    if exchange(part, folder).is_err() {
        return put_after_moving_aside(part, folder, check);
    }
    if let Err(error) = check(part) {
        exchange(part, folder).map_err(failed(folder))?;
        return Err(error);
    }
    fs::remove_dir_all(part).map_err(failed(part))
}

/// Exchanges two names at once.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

/// Between the two renames nothing has the name.
fn put_after_moving_aside(
    part: &Path,
    folder: &Path,
    check: impl Fn(&Path) -> Result<(), IoError>,
) -> Result<(), IoError> {
    let before = aside(part);
    fs::rename(folder, &before).map_err(failed(folder))?;
    let taken = check(&before).and_then(|()| fs::rename(part, folder).map_err(failed(folder)));
    if taken.is_err() {
        fs::rename(&before, folder).map_err(failed(folder))?;
        return taken;
    }
    fs::remove_dir_all(&before).map_err(failed(&before))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anything(_: &Path) -> Result<(), IoError> {
        Ok(())
    }

    fn names(folder: &Path) -> Vec<String> {
        let paths = contents(folder).expect("a folder");
        let name = |path: &PathBuf| path.file_name().map(|n| n.to_string_lossy().into_owned());
        paths.iter().filter_map(name).collect()
    }

    fn file(name: &'static str) -> impl FnOnce(&Path) -> Result<(), IoError> {
        move |folder| fs::write(folder.join(name), "new").map_err(|e| IoError::io(folder, e))
    }

    #[test]
    fn the_new_folder_takes_the_place_of_the_old() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("out");
        replace_folder(&folder, anything, file("a")).expect("written");
        replace_folder(&folder, anything, file("b")).expect("written");
        assert_eq!(names(&folder), ["b"]);
        assert_eq!(names(home.path()), ["out"]);
        let empty = home.path().join("empty");
        fs::create_dir(&empty).expect("made");
        replace_folder(&empty, anything, file("c")).expect("written");
        assert_eq!(names(&empty), ["c"]);
    }

    #[test]
    fn a_failure_leaves_the_old_folder_and_nothing_else() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("out");
        replace_folder(&folder, anything, file("a")).expect("written");
        let cancelled = |part: &Path| file("b")(part).and(Err(IoError::Cancelled));
        assert!(replace_folder(&folder, anything, cancelled).is_err());
        assert_eq!(names(&folder), ["a"]);
        assert_eq!(names(home.path()), ["out"]);
    }

    #[test]
    fn what_came_meanwhile_and_must_stay_stays() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("out");
        replace_folder(&folder, anything, file("a")).expect("written");
        let only_a = |folder: &Path| match names(folder)[..] {
            [ref a] if a == "a" => Ok(()),
            _ => Err(IoError::Cancelled),
        };
        let slow = |part: &Path| file("b")(part).and_then(|()| file("precious")(&folder));
        assert!(replace_folder(&folder, only_a, slow).is_err());
        assert_eq!(names(&folder), ["a", "precious"]);
        assert_eq!(names(home.path()), ["out"]);
    }

    #[test]
    fn what_killed_programs_left_hinders_nobody_and_goes_when_it_is_old() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("out");
        let left = |name: &str, age: u64| {
            let path = home.path().join(name);
            fs::create_dir(&path).expect("made");
            let left = File::open(&path).expect("a folder");
            let time = std::time::SystemTime::now() - std::time::Duration::from_secs(age);
            left.set_modified(time).expect("set");
            left
        };
        let mine = std::process::id();
        left(&format!(".out.{mine}.part"), 0);
        for number in 0..50 {
            left(&format!(".out.{mine}-{number}.part"), 7200);
        }
        let held = left(".out.1.part", 7200);
        held.lock().expect("locked");
        replace_folder(&folder, anything, file("a")).expect("written");
        replace_folder(&folder, anything, file("b")).expect("written");
        assert_eq!(names(&folder), ["b"]);
        let mut expected = [
            format!(".out.{mine}.part"),
            ".out.1.part".to_owned(),
            "out".to_owned(),
        ];
        expected.sort_unstable();
        assert_eq!(names(home.path()), expected);
    }

    #[test]
    fn a_folder_is_put_in_place_without_an_exchange_too() {
        let home = tempfile::tempdir().expect("a folder");
        let [part, folder] = ["part", "out"].map(|name| home.path().join(name));
        for (path, name) in [(&part, "new"), (&folder, "old")] {
            fs::create_dir(path).expect("made");
            fs::write(path.join(name), name).expect("written");
        }
        let refuse = |_: &Path| Err(IoError::Cancelled);
        assert!(put_after_moving_aside(&part, &folder, refuse).is_err());
        assert_eq!(names(&folder), ["old"]);
        put_after_moving_aside(&part, &folder, anything).expect("put");
        assert_eq!(names(&folder), ["new"]);
        assert_eq!(names(home.path()), ["out"]);
    }

    /// Until the old folder is checked the new one has the name.
    #[cfg(target_os = "linux")]
    #[test]
    fn one_of_the_folders_has_the_name_at_any_moment() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("out");
        replace_folder(&folder, anything, file("a")).expect("written");
        let there = |_: &Path| match folder.exists() {
            true => Ok(()),
            false => Err(IoError::Cancelled),
        };
        replace_folder(&folder, there, file("b")).expect("always there");
        assert_eq!(names(&folder), ["b"]);
    }
}
