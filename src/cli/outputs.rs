//! Files that a command writes beside each other, checked before its work.

use super::batch::place;
use anyhow::ensure;
use std::path::Path;

/// Refuses outputs that are inputs or each other under whatever names, or whose folder is missing.
pub fn check_outputs(inputs: &[&Path], outputs: &[&Path]) -> anyhow::Result<()> {
    let inputs: Vec<_> = inputs.iter().map(|path| place(path)).collect();
    let places: Vec<_> = outputs.iter().map(|path| place(path)).collect();
    for (n, path) in outputs.iter().enumerate() {
        let name = path.display();
        ensure!(
            !places[..n].contains(&places[n]),
            "two results have the same name; give each its own: {name}"
        );
        ensure!(
            !inputs.contains(&places[n]),
            "the output is one of the inputs; choose another name: {name}"
        );
        ensure!(!path.is_dir(), "that is a folder; name a file: {name}");
        let has_folder = places[n].parent().is_some_and(Path::is_dir);
        ensure!(
            has_folder,
            "the folder of the output is missing; make it first: {name}"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn names_of_one_file_are_one_and_folders_must_be_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("sub")).expect("a folder");
        std::fs::write(at("in.nii"), "").expect("a file");
        let check = |outputs: [&str; 2]| {
            let outputs = outputs.map(at);
            let checked =
                check_outputs(&[&at("in.nii")], &outputs.each_ref().map(PathBuf::as_path));
            checked
                .err()
                .map(|error| error.to_string())
                .unwrap_or_default()
        };
        assert_eq!(check(["a.mat", "sub/a.mat"]), "");
        assert!(check(["a.mat", "sub/../a.mat"]).contains("same name"));
        assert!(check(["a.mat", "sub/../in.nii"]).contains("one of the inputs"));
        assert!(check(["a.mat", "none/b.mat"]).contains("folder"));
        assert!(check(["a.mat", "sub"]).contains("that is a folder"));
    }
}
