//! What the Python lines that tools show have in common: names of files, arrays.

use crate::volume::{Format, Meta};
use nalgebra::Matrix4;

/// The file that nibabel loads; it reads NIfTI only, so other images are to be saved as that first.
pub fn input(meta: &Meta) -> String {
    let is_nifti = matches!(meta.format, Format::Nifti1 | Format::Nifti2);
    let path = meta.path.as_ref().filter(|_| is_nifti);
    path.map_or("image.nii.gz".to_owned(), |path| path.display().to_string())
}

/// The file that is written: the name of `input` with `what` was done.
pub fn output(input: &str, what: &str) -> String {
    let stem = input.strip_suffix(".gz").unwrap_or(input);
    let stem = stem.strip_suffix(".nii").unwrap_or(stem);
    format!("{stem}_{what}.nii.gz")
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
