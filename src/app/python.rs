//! What the Python lines that tools show have in common: names of files, arrays.

use super::saving::file_name;
use crate::volume::{Format, Meta};
use nalgebra::Matrix4;

/// The file that nibabel loads: the image's own, or where that is none of NIfTI, or holds the image as
/// it was before, the name under which the image would be saved.
pub fn input(meta: &Meta) -> String {
    let is_nifti = matches!(meta.format, Format::Nifti1 | Format::Nifti2);
    let path = meta.path.as_ref().filter(|_| is_nifti && !meta.derived);
    path.map_or_else(
        || match meta.name.as_str() {
            "" => "image.nii.gz".to_owned(),
            name => format!("{}.nii.gz", file_name(name)),
        },
        |path| path.display().to_string(),
    )
}

/// The file that is written: the name of `input` with `what` was done.
pub fn output(input: &str, what: &str) -> String {
    let stem = input.strip_suffix(".gz").unwrap_or(input);
    let stem = stem.strip_suffix(".nii").unwrap_or(stem);
    format!("{stem}_{what}.nii.gz")
}

/// A text as Python reads it.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            letter if letter.is_ascii_control() => {
                quoted += &format!("\\x{:02x}", letter as u32);
            }
            letter => quoted.push(letter),
        }
    }
    quoted + "\""
}

/// An affine as a numpy array.
pub fn matrix(affine: &Matrix4<f64>) -> String {
    let row = |row: usize| {
        let numbers = [0, 1, 2, 3].map(|column| (affine[(row, column)] + 0.0).to_string());
        format!("[{}]", numbers.join(", "))
    };
    let rows = [0, 1, 2, 3].map(row);
    format!("np.array([{}])", rows.join(",\n    "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_back_by_python() {
        let text = quoted("a \"b\" \\ e\u{301}\n");
        assert_eq!(text, "\"a \\\"b\\\" \\\\ e\u{301}\\x0a\"");
    }

    #[test]
    fn what_was_changed_here_is_not_looked_for_in_its_old_file() {
        let meta = Meta {
            name: "CT cropped".to_owned(),
            path: Some("/data/ct.nii".into()),
            format: Format::Nifti1,
            ..Meta::default()
        };
        assert_eq!(input(&meta), "/data/ct.nii");
        let derived = Meta {
            derived: true,
            ..meta
        };
        assert_eq!(input(&derived), "CT cropped.nii.gz");
    }
}
