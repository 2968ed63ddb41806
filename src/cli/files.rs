//! Which files the name of an output stands for, where an image may become several.

use std::fmt::Display;
use std::path::{Path, PathBuf};

/// Where the number of a file stands in its name.
pub const NUMBER: &str = "{t}";

/// What an output is. Of several files the first is written last, so that where it is there all are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Files {
    /// One file, or one folder.
    One,
    /// One, or parts with `_1`, `_2` ... before the ending.
    OneOrParts,
    /// One for each time point, with its number from 0 where the output's name has [`NUMBER`].
    Times,
}

impl Files {
    /// Whether nothing is left to write.
    pub fn are_there(self, output: &Path) -> bool {
        /// Of numbers with zeros before them.
        const MOST_DIGITS: usize = 6;
        let is_there = |path: &Path| path.symlink_metadata().is_ok();
        match self {
            Self::One => is_there(output),
            Self::OneOrParts => is_there(output) || is_there(&part(output, 1)),
            Self::Times => (1..=MOST_DIGITS).any(|digits| is_there(&at_time(output, 0, digits))),
        }
    }

    /// Whether `path` is one of the files, as far as names tell.
    pub fn may_include(self, output: &Path, path: &Path) -> bool {
        match self {
            Self::One => false,
            Self::OneOrParts => is_numbered(&part(output, NUMBER), path),
            Self::Times => is_numbered(output, path),
        }
    }
}

/// `name_2.nii.gz` for `name.nii.gz`.
pub fn part(output: &Path, n: impl Display) -> PathBuf {
    let name = output.file_name().unwrap_or_default().to_string_lossy();
    let lower = name.to_ascii_lowercase();
    let inner = lower.strip_suffix(".gz").unwrap_or(&lower);
    let (stem, ending) = name.split_at(inner.rfind('.').unwrap_or(inner.len()));
    output.with_file_name(format!("{stem}_{n}{ending}"))
}

/// The output with a time point in it.
pub fn at_time(output: &Path, t: usize, digits: usize) -> PathBuf {
    let number = format!("{t:0digits$}");
    output.to_string_lossy().replace(NUMBER, &number).into()
}

/// Whether `path` is `pattern` with digits for [`NUMBER`].
fn is_numbered(pattern: &Path, path: &Path) -> bool {
    let (pattern, path) = (pattern.to_string_lossy(), path.to_string_lossy());
    let Some(rest) = pattern
        .split_once(NUMBER)
        .and_then(|(before, _)| path.strip_prefix(before))
    else {
        return false;
    };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let numbers = (1..=digits).filter_map(|count| rest.get(..count));
    numbers
        .into_iter()
        .any(|number| pattern.replace(NUMBER, number) == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_before_the_ending() {
        let of = |name: &str| part(Path::new(name), 2).display().to_string();
        assert_eq!(of("a/b.nii.gz"), "a/b_2.nii.gz");
        assert_eq!(of("b.c.NII.GZ"), "b.c_2.NII.GZ");
        assert_eq!(of("b.mha"), "b_2.mha");
        assert_eq!(of("b"), "b_2");
    }

    #[test]
    fn names_tell_which_files_belong_to_an_output() {
        let part = |output: &str, path: &str| {
            Files::OneOrParts.may_include(Path::new(output), Path::new(path))
        };
        assert!(part("a/b.nii.gz", "a/b_1.nii.gz") && part("b.mha", "b_12.mha"));
        assert!(!part("b.mha", "b.mha") && !part("b.mha", "b_1.nii") && !part("b.mha", "b_.mha"));
        assert!(!part("b.mha", "b_1_2.mha") && !part("b.mha", "a/b_1.mha"));
        let time =
            |output: &str, path: &str| Files::Times.may_include(Path::new(output), Path::new(path));
        assert!(time("{t}/b{t}0.nii", "7/b70.nii") && time("{t}0.nii", "1000.nii"));
        assert!(!time("{t}/b{t}.nii", "7/b8.nii") && !time("b{t}.nii", "b.nii"));
    }
}
