//! A transform in a MATLAB 4 file, as ITK writes it and ANTs names it `0GenericAffine.mat`: two matrices of
//! one column, the parameters under the transform's name, then the fixed parameters. (MathWorks, "MAT-File
//! Format", version 4; ITK's MatlabTransformIO for the names.)

use super::itk_classes::Entry;
use nalgebra::Matrix4;

/// Whether a file begins as such a one does: its first matrix is real, of one column, and named like a
/// transform.
pub(super) fn is(bytes: &[u8]) -> bool {
    column(bytes).is_ok_and(|(column, _)| column.name.contains("Transform"))
}

pub(super) fn read(bytes: &[u8]) -> Result<Matrix4<f64>, String> {
    let (parameters, rest) = column(bytes)?;
    let (fixed, rest) = column(rest)?;
    if !rest.is_empty() {
        return Err("a MATLAB file with more than one transform".to_owned());
    }
    let entry = Entry {
        kind: parameters.name,
        parameters: Some(parameters.numbers),
        fixed: Some(fixed.numbers),
    };
    entry.ras()
}

/// One matrix of a file.
struct Column<'a> {
    name: &'a str,
    numbers: Vec<f64>,
}

/// The first matrix, and the bytes after it.
fn column(bytes: &[u8]) -> Result<(Column<'_>, &[u8]), String> {
    let damaged = || "a MATLAB file of another kind than ITK's transforms".to_owned();
    let (head, rest) = bytes.split_at_checked(20).ok_or_else(damaged)?;
    let field = |n: usize| head.get(4 * n..4 * n + 4)?.try_into().ok();
    let big_endian = field(0).is_some_and(|code| (1000..2000).contains(&u32::from_be_bytes(code)));
    let number = |n: usize| {
        let bytes = field(n).ok_or_else(damaged)?;
        Ok::<u32, String>(match big_endian {
            true => u32::from_be_bytes(bytes),
            false => u32::from_le_bytes(bytes),
        })
    };
    let [kind, rows, columns, imaginary, name] =
        [number(0)?, number(1)?, number(2)?, number(3)?, number(4)?];
    // Thousands: byte order; hundreds: rows or columns first, the same of one column; tens: the type.
    let size = match (kind / 1000, kind % 100) {
        (0 | 1, 0) => 8,
        (0 | 1, 10) => 4,
        _ => return Err(damaged()),
    };
    if columns != 1 || imaginary != 0 {
        return Err(damaged());
    }
    let (name, rest) = rest.split_at_checked(name as usize).ok_or_else(damaged)?;
    let end = (rows as usize).checked_mul(size).ok_or_else(damaged)?;
    let (numbers, rest) = rest.split_at_checked(end).ok_or_else(damaged)?;
    let name = std::str::from_utf8(name).map_err(|_| damaged())?;
    let column = Column {
        name: name.trim_end_matches('\0'),
        numbers: numbers
            .chunks_exact(size)
            .map(|n| float(n, big_endian))
            .collect(),
    };
    Ok((column, rest))
}

/// A number of 4 or 8 bytes.
fn float(bytes: &[u8], big_endian: bool) -> f64 {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        let bits = match big_endian {
            true => u32::from_be_bytes(bytes),
            false => u32::from_le_bytes(bytes),
        };
        return f32::from_bits(bits).into();
    }
    let bytes = <[u8; 8]>::try_from(bytes).unwrap_or_default();
    match big_endian {
        true => f64::from_be_bytes(bytes),
        false => f64::from_le_bytes(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Point3;

    /// What SimpleITK 2.5 writes: type 0, rows, one column, no imaginary part, the name with its final 0.
    fn file(name: &str, columns: [&[f64]; 2]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, numbers) in [name, "fixed"].into_iter().zip(columns) {
            for field in [0, numbers.len(), 1, 0, name.len() + 1] {
                bytes.extend((field as u32).to_le_bytes());
            }
            bytes.extend(name.bytes().chain([0]));
            bytes.extend(numbers.iter().flat_map(|n| n.to_le_bytes()));
        }
        bytes
    }

    const AFFINE: [f64; 12] = [
        1.1, 0.1, 0.0, -0.2, 0.9, 0.05, 0.01, 0.02, 1.05, 3.0, -2.0, 1.0,
    ];

    fn affine() -> Vec<u8> {
        file("AffineTransform_double_3_3", [&AFFINE, &[5.0, 6.0, 7.0]])
    }

    #[test]
    fn a_point_goes_where_itk_takes_it() {
        assert!(is(&affine()));
        let ras = read(&affine()).expect("a transform");
        let point = ras.transform_point(&Point3::new(-10.0, 20.0, 30.0));
        assert!(
            (point - Point3::new(-10.9, 19.25, 31.68)).norm() < 1e-9,
            "{point}"
        );
    }

    #[test]
    fn the_fixed_parameters_must_be_all_there() {
        let ants = |fixed: &[f64]| file("MatrixOffsetTransformBase_double_3_3", [&AFFINE, fixed]);
        assert_eq!(read(&ants(&[5.0, 6.0, 7.0])), read(&affine()));
        for fixed in [&[][..], &[5.0, 6.0], &[5.0, 6.0, f64::INFINITY]] {
            assert!(read(&ants(fixed)).is_err(), "{fixed:?}");
        }
    }

    #[test]
    fn float32_and_the_other_byte_order_are_read() {
        let mut bytes = Vec::new();
        let translation: (&str, &[f32]) = ("TranslationTransform_float_3_3", &[1.0, 2.0, 3.0]);
        for (name, numbers) in [translation, ("fixed", &[])] {
            for field in [1010, numbers.len(), 1, 0, name.len()] {
                bytes.extend((field as u32).to_be_bytes());
            }
            bytes.extend(name.bytes());
            bytes.extend(numbers.iter().flat_map(|n| n.to_be_bytes()));
        }
        let moved = read(&bytes).map(|m| m.transform_point(&Point3::origin()));
        assert_eq!(moved, Ok(Point3::new(-1.0, -2.0, 3.0)));
    }

    #[test]
    fn a_file_cut_or_changed_anywhere_is_refused_or_another_transform() {
        let whole = affine();
        for end in 0..whole.len() {
            assert!(read(&whole[..end]).is_err(), "cut at {end}");
        }
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0xff;
            let _ = read(&changed);
        }
        assert!(read(&[whole.as_slice(), whole.as_slice()].concat()).is_err());
    }
}
