//! Folders that are there whole or not at all, whatever happens on the way.

use super::IoError;
use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Lets `write` fill a hidden folder beside `folder`, which takes its place when all is written. `check`
/// is an error where what lies in a folder must stay; it is asked before work begins, and again when
/// the old folder has been put aside, before it is removed.
pub fn replace_folder(
    folder: &Path,
    check: impl Fn(&Path) -> Result<(), IoError>,
    write: impl FnOnce(&Path) -> Result<(), IoError>,
) -> Result<(), IoError> {
    check(folder)?;
    // A name such as `.` is none to put another folder in the place of.
    let place = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let [part, before] = ["part", "old"].map(|ending| beside(&place, ending));
    let (Some(part), Some(before)) = (part, before) else {
        return Err(failed(folder)(ErrorKind::IsADirectory.into()));
    };
    if std::env::current_dir().is_ok_and(|here| here == place) {
        let what = "replacing the folder that the program was started in";
        return Err(IoError::unsupported(folder, what, "name another folder"));
    }
    fs::create_dir(&part).map_err(failed(folder))?;
    let outcome = write(&part).and_then(|()| exchange(&part, &place, &before, check));
    if outcome.is_err() {
        // What failed is told already; what cannot be removed is hidden and no image.
        let _ = fs::remove_dir_all(&part);
    }
    outcome
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

fn failed(folder: &Path) -> impl Fn(std::io::Error) -> IoError {
    move |source| IoError::Write {
        path: folder.to_owned(),
        source,
    }
}

fn exchange(
    part: &Path,
    folder: &Path,
    before: &Path,
    check: impl Fn(&Path) -> Result<(), IoError>,
) -> Result<(), IoError> {
    if contents(folder)?.is_empty() {
        // Not every system lets a folder take the place of an empty one.
        let _ = fs::remove_dir(folder);
        return fs::rename(part, folder).map_err(failed(folder));
    }
    fs::rename(folder, before).map_err(failed(folder))?;
    let taken = check(before).and_then(|()| fs::rename(part, folder).map_err(failed(folder)));
    if taken.is_err() {
        fs::rename(before, folder).map_err(failed(folder))?;
        return taken;
    }
    fs::remove_dir_all(before).map_err(failed(before))
}

/// A hidden name beside `folder`; `None` when it has no name.
fn beside(folder: &Path, ending: &str) -> Option<PathBuf> {
    let mut name = OsString::from(".");
    name.push(folder.file_name()?);
    name.push(format!(".{}.{ending}", std::process::id()));
    Some(folder.with_file_name(name))
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

    fn put(name: &'static str) -> impl FnOnce(&Path) -> Result<(), IoError> {
        move |folder| fs::write(folder.join(name), "new").map_err(|e| IoError::io(folder, e))
    }

    #[test]
    fn the_new_folder_takes_the_place_of_the_old() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("out");
        replace_folder(&folder, anything, put("a")).expect("written");
        replace_folder(&folder, anything, put("b")).expect("written");
        assert_eq!(names(&folder), ["b"]);
        assert_eq!(names(home.path()), ["out"]);
        let empty = home.path().join("empty");
        fs::create_dir(&empty).expect("made");
        replace_folder(&empty, anything, put("c")).expect("written");
        assert_eq!(names(&empty), ["c"]);
    }

    #[test]
    fn a_failure_leaves_the_old_folder_and_nothing_else() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("out");
        replace_folder(&folder, anything, put("a")).expect("written");
        let cancelled = |part: &Path| put("b")(part).and(Err(IoError::Cancelled));
        assert!(replace_folder(&folder, anything, cancelled).is_err());
        assert_eq!(names(&folder), ["a"]);
        assert_eq!(names(home.path()), ["out"]);
    }

    #[test]
    fn what_came_meanwhile_and_must_stay_stays() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("out");
        replace_folder(&folder, anything, put("a")).expect("written");
        let only_a = |folder: &Path| match names(folder)[..] {
            [ref a] if a == "a" => Ok(()),
            _ => Err(IoError::Cancelled),
        };
        let slow = |part: &Path| put("b")(part).and_then(|()| put("precious")(&folder));
        assert!(replace_folder(&folder, only_a, slow).is_err());
        assert_eq!(names(&folder), ["a", "precious"]);
        assert_eq!(names(home.path()), ["out"]);
    }
}
