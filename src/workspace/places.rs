//! Paths of images beside a workspace, and finding those that were moved.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// Folders and files looked at before a search gives up.
const MOST: usize = 200_000;

/// Whether a file is a workspace, by its name.
pub fn is_workspace(path: &Path) -> bool {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    matches!(ending.as_deref(), Some("warpscope" | "itksnap"))
}

/// From the folder `from` to `to`, both absolute, with '/' between names; `None` across drives or
/// where a name is no text.
pub(super) fn relative(from: &Path, to: &Path) -> Option<String> {
    let (mut from, mut to) = (from.components().peekable(), to.components().peekable());
    if from.peek()? != to.peek()? {
        return None;
    }
    while let (Some(a), Some(b)) = (from.peek(), to.peek()) {
        if a != b {
            break;
        }
        from.next();
        to.next();
    }
    let mut names: Vec<&str> = from.map(|_| "..").collect();
    for component in to {
        match component {
            Component::Normal(name) => names.push(name.to_str()?),
            _ => return None,
        }
    }
    Some(if names.is_empty() {
        ".".to_owned()
    } else {
        names.join("/")
    })
}

/// Where a file is: below `folder` by its relative path, else at its absolute one. Of a file that is
/// at neither, the place where it would be beside the workspace.
pub(super) fn locate(folder: &Path, relative: Option<&str>, absolute: &Path) -> PathBuf {
    let beside = relative.map(|relative| tidy(&folder.join(relative)));
    match beside {
        Some(beside) if beside.exists() || !absolute.exists() => beside,
        _ => absolute.to_owned(),
    }
}

/// `a/b/../c` as `a/c`.
fn tidy(path: &Path) -> PathBuf {
    let mut tidied = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if tidied.file_name().is_some() => {
                tidied.pop();
            }
            other => tidied.push(other),
        }
    }
    tidied
}

/// Looks below `folder` for files or folders named as `wanted` are, and returns where each is. Where
/// a name is there more than once, the place that shares the most folder names counts.
pub fn find_by_name(
    folder: &Path,
    wanted: &[PathBuf],
    cancelled: impl Fn() -> bool,
) -> HashMap<PathBuf, PathBuf> {
    let mut by_name: HashMap<OsString, Vec<&PathBuf>> = HashMap::new();
    for path in wanted {
        if let Some(name) = path.file_name() {
            by_name.entry(name.to_owned()).or_default().push(path);
        }
    }
    let mut found: HashMap<PathBuf, (usize, PathBuf)> = HashMap::new();
    let (mut open, mut seen) = (vec![folder.to_owned()], HashSet::new());
    let mut left = MOST;
    while let Some(place) = open.pop() {
        if cancelled() || left == 0 {
            break;
        }
        left -= 1;
        for path in place
            .file_name()
            .and_then(|name| by_name.get(name))
            .into_iter()
            .flatten()
        {
            let shared = shared_ending(path, &place);
            if found.get(*path).is_none_or(|(before, _)| shared > *before) {
                found.insert((*path).clone(), (shared, place.clone()));
            }
        }
        let is_new = std::fs::canonicalize(&place).is_ok_and(|real| seen.insert(real));
        if is_new && let Ok(entries) = std::fs::read_dir(&place) {
            open.extend(entries.flatten().map(|entry| entry.path()));
        }
    }
    found
        .into_iter()
        .map(|(path, (_, place))| (path, place))
        .collect()
}

/// How many names at the end two paths have in common.
fn shared_ending(a: &Path, b: &Path) -> usize {
    let pairs = a.components().rev().zip(b.components().rev());
    pairs.take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_climb_as_far_as_they_must() {
        let from = Path::new("/study/views");
        for (to, expected) in [
            ("/study/views/ct.nii", "ct.nii"),
            ("/study/ct/series", "../ct/series"),
            ("/other/ct.nii", "../../other/ct.nii"),
            ("/study/views", "."),
        ] {
            assert_eq!(relative(from, Path::new(to)).as_deref(), Some(expected));
        }
        assert_eq!(relative(from, Path::new("ct.nii")), None);
    }

    #[test]
    fn a_file_beside_the_workspace_goes_before_the_one_at_the_old_place() {
        let folder = tempfile::tempdir().expect("a folder");
        let (beside, old) = (folder.path().join("ct.nii"), folder.path().join("old.nii"));
        std::fs::write(&old, b"").expect("a file");
        assert_eq!(locate(folder.path(), Some("ct.nii"), &old), old);
        std::fs::write(&beside, b"").expect("a file");
        assert_eq!(locate(folder.path(), Some("./ct.nii"), &old), beside);
        let nowhere = Path::new("/nowhere/x.nii");
        let expected = folder.path().join("x.nii");
        assert_eq!(locate(folder.path(), Some("x.nii"), nowhere), expected);
    }

    #[test]
    fn a_moved_file_is_found_where_most_folder_names_agree() {
        let folder = tempfile::tempdir().expect("a folder");
        for place in ["a/scan1/ct.nii", "a/scan2/ct.nii"] {
            let path = folder.path().join(place);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(&path, b"").expect("a file");
        }
        let wanted = [
            PathBuf::from("/gone/scan2/ct.nii"),
            PathBuf::from("/gone/pet.nii"),
        ];
        let found = find_by_name(folder.path(), &wanted, || false);
        assert_eq!(found[&wanted[0]], folder.path().join("a/scan2/ct.nii"));
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn workspaces_are_known_by_their_ending() {
        assert!(is_workspace(Path::new("a/Study.WARPSCOPE")));
        assert!(is_workspace(Path::new("a.itksnap")));
        assert!(!is_workspace(Path::new("warpscope")));
    }
}
