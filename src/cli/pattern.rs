//! Names of files made from the names of others, such as `out/{name}.nii.gz`.

use super::files::NUMBER;
use crate::io::image_name;
use anyhow::{anyhow, bail};
use std::path::{Path, PathBuf};

/// What stands for a part of an input's name.
const PLACEHOLDERS: [&str; 3] = ["{name}", "{n}", "{parent}"];

/// Whether a name holds a placeholder.
pub fn is_pattern(output: &Path) -> bool {
    let text = output.to_string_lossy();
    PLACEHOLDERS.iter().any(|known| text.contains(known))
}

/// Where the image at `input` goes, the `number`th one, counted from 1.
pub fn output_of(pattern: &Path, input: &Path, number: usize) -> anyhow::Result<PathBuf> {
    filled(pattern, |word| word_of(word, input, number))
}

/// The same where `{t}` stays, to be filled for each time point.
pub fn output_of_times(pattern: &Path, input: &Path, number: usize) -> anyhow::Result<PathBuf> {
    filled(pattern, |word| match word {
        "t" => Some(NUMBER.to_owned()),
        word => word_of(word, input, number),
    })
}

fn word_of(word: &str, input: &Path, number: usize) -> Option<String> {
    match word {
        "name" => Some(name_of(input)),
        "n" => Some(number.to_string()),
        "parent" => Some(parent_of(input)),
        _ => None,
    }
}

/// The pattern with what `value` has for the words in braces.
fn filled(pattern: &Path, value: impl Fn(&str) -> Option<String>) -> anyhow::Result<PathBuf> {
    let Some(mut rest) = pattern.to_str() else {
        bail!(
            "the pattern is not Unicode text; give another: {}",
            pattern.display()
        );
    };
    let mut text = String::new();
    while let Some((before, (word, after))) = rest
        .split_once('{')
        .and_then(|(before, inside)| Some((before, inside.split_once('}')?)))
    {
        let value = value(word).ok_or_else(|| {
            anyhow!(
                "{{{word}}} stands for nothing here; see the patterns in --help: {}",
                pattern.display()
            )
        })?;
        text += before;
        text += &value;
        rest = after;
    }
    text += rest;
    Ok(text.into())
}

/// The name of a file without the ending of its format, or of a folder.
pub fn name_of(input: &Path) -> String {
    image_name(&whole(input))
}

/// The name of the folder that holds it; empty at the root.
fn parent_of(input: &Path) -> String {
    let whole = whole(input);
    let name = whole.parent().and_then(Path::file_name);
    name.map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// With all its folders, where a name such as `..` alone says nothing.
fn whole(path: &Path) -> PathBuf {
    let named = path.file_name().is_some();
    let whole = match named {
        true => std::path::absolute(path),
        false => path.canonicalize(),
    };
    whole.unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_stand_for_parts_of_the_inputs_name() {
        let output = |pattern: &str, input: &str| {
            output_of(Path::new(pattern), Path::new(input), 7)
                .map(|path| path.display().to_string())
        };
        let is = |pattern: &str, input: &str, expected: &str| {
            assert_eq!(
                output(pattern, input).expect("fills"),
                expected,
                "{pattern} {input}"
            );
        };
        is("out/{name}.nii", "/a/b.nii.gz", "out/b.nii");
        is("out/{name}.nii", "/a/scan.1/", "out/scan.1.nii");
        is(
            "{parent}/{n}_{name}.mha",
            "/study/p1/IM.0001",
            "p1/7_IM.0001.mha",
        );
        is("{name}{name}.nii", "/a/b.dcm", "bb.nii");
        is("a}{n}{.nii", "/a/b.dcm", "a}7{.nii");
        assert!(output("{nmae}.nii", "/a/b.nii").is_err());
        let here = output("{parent}/{name}.nii", "b.nii").expect("fills");
        assert!(!here.starts_with('/'), "{here}");
    }

    #[test]
    fn only_known_words_make_a_pattern() {
        assert!(is_pattern(Path::new("out/{name}.nii")));
        assert!(is_pattern(Path::new("{parent}/x.nii")));
        assert!(!is_pattern(Path::new("out/{t}.nii")) && !is_pattern(Path::new("name.nii")));
    }
}
