//! A matrix as text, row by row: sixteen numbers, or nine of a transform of the plane (greedy's `-d 2`),
//! which leaves z alone.

use crate::io::write::numbers;
use nalgebra::{Matrix3, Matrix4, SMatrix};

pub(super) fn read(text: &str) -> Result<Matrix4<f64>, String> {
    let numbers: Result<Vec<f64>, _> = text.split_whitespace().map(str::parse).collect();
    match numbers.as_deref() {
        Ok(numbers) if numbers.len() == 16 => Ok(Matrix4::from_row_slice(numbers)),
        Ok(numbers) if numbers.len() == 9 => Ok(of_the_plane(&Matrix3::from_row_slice(numbers))),
        _ => Err("a file that is neither ITK's text format nor sixteen numbers".to_owned()),
    }
}

fn of_the_plane(flat: &Matrix3<f64>) -> Matrix4<f64> {
    // Where z is in space: before the last row and column.
    flat.insert_row(2, 0.0).insert_column(2, 0.0)
        + Matrix4::from_diagonal(&[0.0, 0.0, 1.0, 0.0].into())
}

/// A line for each row, each number with as many digits as it needs to be read back the same.
pub(super) fn text<const N: usize>(matrix: &SMatrix<f64, N, N>) -> String {
    let lines = matrix
        .row_iter()
        .map(|row| numbers(row.iter().copied(), " ") + "\n");
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Point3;

    #[test]
    fn sixteen_numbers_are_a_matrix_in_space_and_nine_in_the_plane() {
        let moved = |text| read(text).map(|m| m.transform_point(&Point3::new(1.0, 2.0, 3.0)));
        let space = "1 0 0 5\n0 1 0 -6\n0 0 1 7\n0 0 0 1\n";
        assert_eq!(moved(space), Ok(Point3::new(6.0, -4.0, 10.0)));
        let plane = "0 1 5\r\n-1 0 -6\r\n0 0 1";
        assert_eq!(moved(plane), Ok(Point3::new(7.0, -7.0, 3.0)));
    }

    #[test]
    fn other_counts_and_words_are_refused() {
        for text in [
            "",
            "1 2 3",
            "1 0 0 5 0 1 0 -6 0 0 1 7",
            "1 0 0 x 0 1 0 -6 0 0 1 7 0 0 0 1",
        ] {
            assert!(read(text).is_err(), "{text:?}");
        }
    }
}
