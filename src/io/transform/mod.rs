//! Transforms in files. Inside, a linear one is the map of points from the fixed to the moving world in
//! RAS mm; each format's own direction and coordinates stay in its file of this folder.

mod flirt;
mod itk;
mod itk_classes;
mod matlab;
mod matrix;
mod plane;
mod words;

pub use flirt::Grids;
pub use words::{TransformCommand, TransformUse, TransformWords, transform_words};

use super::replace::replace;
use super::{IoError, Report, load, scan, sniff};
use crate::volume::Transform;
use nalgebra::{Matrix4, RowVector4};
use std::fmt::Display;
use std::io::{Read as _, Write as _};
use std::path::Path;

/// How a file holds a linear transform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TransformFormat {
    /// ITK's text (`.txt`, `.tfm`): LPS mm, fixed to moving. ANTs, elastix, 3D Slicer and SimpleITK take it.
    Itk,
    /// A matrix in RAS mm, fixed to moving, as text: greedy, Convert3D and ITK-SNAP.
    Ras,
    /// The same numbers, as reg_aladin writes them: from the reference to the floating image, whose world
    /// NIfTI has in RAS mm (NiftyReg's documentation, "Transformations").
    NiftyReg,
    /// FSL's FLIRT: from the moving ("in") to the fixed ("ref") image, each in its voxels times their size.
    /// It needs both images' [`Grids`].
    Flirt,
}

impl TransformFormat {
    pub const ALL: [Self; 4] = [Self::Itk, Self::Ras, Self::NiftyReg, Self::Flirt];

    /// The word for it on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Itk => "itk",
            Self::Ras => "ras",
            Self::NiftyReg => "niftyreg",
            Self::Flirt => "flirt",
        }
    }

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Itk => "ITK text",
            Self::Ras => "greedy or Convert3D matrix",
            Self::NiftyReg => "NiftyReg matrix",
            Self::Flirt => "FSL FLIRT matrix",
        }
    }

    /// The ending that files of this format usually have.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Itk | Self::NiftyReg => "txt",
            Self::Ras | Self::Flirt => "mat",
        }
    }

    /// What a name promises: `.txt` and `.tfm` are ITK's, `.mat` is a matrix in RAS mm.
    pub fn of_name(path: &Path) -> Option<Self> {
        match sniff::suffix(path).as_str() {
            "txt" | "tfm" => Some(Self::Itk),
            "mat" => Some(Self::Ras),
            _ => None,
        }
    }
}

/// No file of a linear transform is larger.
const MOST_BYTES: u64 = 1 << 20;

/// Reads a linear transform: the map from points of the fixed image to points of the moving one, RAS mm.
/// Its content tells ITK's text, ITK's MATLAB file (`0GenericAffine.mat` of ANTs) and a matrix apart; a
/// matrix is taken to be in RAS mm, as FLIRT's cannot be told from it: see [`read_transform_as`].
pub fn read_transform(path: &Path) -> Result<Matrix4<f64>, IoError> {
    let bytes = bytes(path)?;
    checked(linear(&bytes), path)
}

/// What the content of a file of a linear transform says of its format; a matrix is taken to be in RAS mm.
pub fn transform_format(path: &Path) -> Result<TransformFormat, IoError> {
    let bytes = bytes(path)?;
    let of_itk = matlab::is(&bytes) || text(&bytes).is_ok_and(itk::is);
    Ok(match of_itk {
        true => TransformFormat::Itk,
        false => TransformFormat::Ras,
    })
}

/// Reads a linear transform that is known to be of `format`. `grids` are those that a FLIRT matrix needs.
pub fn read_transform_as(
    path: &Path,
    format: TransformFormat,
    grids: Option<Grids<'_>>,
) -> Result<Matrix4<f64>, IoError> {
    let bytes = bytes(path)?;
    if format == TransformFormat::Flirt && grids.is_none() {
        return Err(lacks_grids(path));
    }
    let found = match format {
        TransformFormat::Itk if matlab::is(&bytes) => matlab::read(&bytes),
        TransformFormat::Itk => text(&bytes).and_then(itk::read),
        TransformFormat::Ras | TransformFormat::NiftyReg => text(&bytes).and_then(matrix::read),
        TransformFormat::Flirt => text(&bytes).and_then(matrix::read).and_then(|matrix| {
            let matrix = affine(&matrix)?;
            let found = grids.and_then(|grids| flirt::to_world(&matrix, &grids));
            found.ok_or_else(|| SINGULAR.to_owned())
        }),
    };
    checked(found, path)
}

/// Reads a transform of any kind: an image is a displacement field, all else is [`read_transform`]'s.
pub fn read_any_transform(path: &Path, report: &Report) -> Result<Transform, IoError> {
    if !is_image(path)? {
        return Ok(Transform::Linear(read_transform(path)?));
    }
    let found = scan(&[path.to_owned()], report)?;
    let [image] = &found.images[..] else {
        return Err(refused(path, "a file of several images"));
    };
    let field = Transform::field(load(image, report)?);
    field.map_err(|error| refused(path, error))
}

/// Writes a linear transform, the map from points of the fixed image to points of the moving one in RAS mm.
/// `grids` are those that a FLIRT matrix needs; nothing is written where they lack or the matrix is no
/// invertible affine. Between grids of one slice ITK's transform is one of two dimensions, and a matrix in
/// RAS mm is 3 x 3 as greedy's (`-d 2`): see [`Grids::are_flat_under`].
pub fn write_transform(
    path: &Path,
    matrix: &Matrix4<f64>,
    format: TransformFormat,
    grids: Option<Grids<'_>>,
    overwrite: bool,
) -> Result<(), IoError> {
    let unfit = |what: String| refused(path, what);
    if format == TransformFormat::Itk && TransformFormat::of_name(path) != Some(format) {
        let hint = "give a name that ends in .txt or .tfm, by which ITK's programs know it";
        return Err(IoError::unsupported(
            path,
            "ITK's text under that name",
            hint,
        ));
    }
    let matrix = &affine(matrix).map_err(unfit)?;
    let flat = grids.is_some_and(|grids| grids.are_flat_under(matrix));
    let text = match format {
        TransformFormat::Itk if flat => itk::flat_text(matrix),
        TransformFormat::Itk => itk::text(matrix),
        TransformFormat::Ras if flat => matrix::text(&plane::of(matrix)),
        TransformFormat::Ras | TransformFormat::NiftyReg => matrix::text(matrix),
        TransformFormat::Flirt => {
            let grids = grids.ok_or_else(|| lacks_grids(path))?;
            let in_voxels = flirt::from_world(matrix, &grids);
            matrix::text(&in_voxels.ok_or_else(|| unfit(SINGULAR.to_owned()))?)
        }
    };
    replace(path, overwrite, |out| out.write_all(text.as_bytes()))
}

const SINGULAR: &str = "a singular matrix, which flattens the image,";

fn lacks_grids(path: &Path) -> IoError {
    let what = "a FLIRT matrix without the images that it was made for";
    IoError::unsupported(path, what, "name them with --fixed and --moving")
}

fn refused(path: &Path, what: impl Display) -> IoError {
    let hint = "give a linear transform of ITK, a 4 x 4 matrix, or an image of displacements";
    IoError::unsupported(path, what.to_string(), hint)
}

/// The whole file, of what may be a linear transform.
fn bytes(path: &Path) -> Result<Vec<u8>, IoError> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|e| IoError::io(path, e))?;
    file.take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| IoError::io(path, e))?;
    if bytes.starts_with(b"\x89HDF") {
        let hint =
            "take it apart with ANTs' CompositeTransformUtil --disassemble and give its parts";
        return Err(IoError::unsupported(path, "a transform in HDF5", hint));
    }
    match bytes.len() as u64 <= MOST_BYTES {
        true => Ok(bytes),
        false => Err(refused(path, "a file too large for a linear transform")),
    }
}

fn text(bytes: &[u8]) -> Result<&str, String> {
    let text = std::str::from_utf8(bytes);
    let text = text.map_err(|_| "a transform that is not text".to_owned())?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn linear(bytes: &[u8]) -> Result<Matrix4<f64>, String> {
    if matlab::is(bytes) {
        return matlab::read(bytes);
    }
    let text = text(bytes)?;
    match itk::is(text) {
        true => itk::read(text),
        false => matrix::read(text),
    }
}

/// Whether a file is one of the image formats that hold displacement fields.
fn is_image(path: &Path) -> Result<bool, IoError> {
    use sniff::Kind;
    Ok(matches!(
        sniff::sniff(path)?.kind,
        Kind::Nifti { .. }
            | Kind::MetaImage
            | Kind::Nrrd
            | Kind::Vtk
            | Kind::Gipl
            | Kind::Raster(_)
    ))
}

fn checked(found: Result<Matrix4<f64>, String>, path: &Path) -> Result<Matrix4<f64>, IoError> {
    let matrix = found.and_then(|matrix| affine(&matrix));
    matrix.map_err(|what| refused(path, what))
}

/// How far products of matrices may leave the last row from 0 0 0 1.
const ROUNDING: f64 = 1e-9;

/// `matrix` with an exact last row, where it is finite, affine and invertible.
fn affine(matrix: &Matrix4<f64>) -> Result<Matrix4<f64>, String> {
    if matrix.iter().any(|v| !v.is_finite()) {
        return Err("a transform with a number that is not finite".to_owned());
    }
    let last = RowVector4::new(0.0, 0.0, 0.0, 1.0);
    if (matrix.row(3) - last).amax() > ROUNDING {
        return Err("a matrix whose last row is not 0 0 0 1".to_owned());
    }
    let linear = matrix.fixed_view::<3, 3>(0, 0);
    let scale: f64 = linear.column_iter().map(|column| column.norm()).product();
    match linear.determinant().abs() > 1e-9 * scale && scale > 0.0 {
        true => {
            let mut exact = *matrix;
            exact.set_row(3, &last);
            Ok(exact)
        }
        false => Err(SINGULAR.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Grid;
    use proptest::prelude::*;

    #[test]
    fn what_flattens_or_is_no_affine_is_refused() {
        let refused = |matrix: Matrix4<f64>| affine(&matrix).expect_err("no affine");
        assert!(refused(Matrix4::from_diagonal(&[1.0, 1.0, 0.0, 1.0].into())).contains("singular"));
        assert!(refused(Matrix4::from_element(f64::NAN)).contains("finite"));
        assert!(refused(Matrix4::identity() * 2.0).contains("last row"));
        let tiny = Matrix4::new_scaling(1e-5);
        assert_eq!(affine(&tiny), Ok(tiny));
    }

    #[test]
    fn what_rounding_left_in_the_last_row_is_dropped() {
        for text in [
            "1 0 0 5 0 1 0 -6 0 0 1 7 0 -1e-12 1e-12 1.0000000000001",
            "\u{feff}1 0 0 5 0 1 0 -6 0 0 1 7 0 0 0 1",
        ] {
            let matrix = checked(linear(text.as_bytes()), Path::new("m.mat")).expect("a matrix");
            let shift = nalgebra::Vector3::new(5.0, -6.0, 7.0);
            assert_eq!(matrix, Matrix4::new_translation(&shift));
        }
        let plane = linear(b"1 0 5 0 1 -6 0 1e-12 1");
        let plane = checked(plane, Path::new("m.mat")).expect("a matrix");
        assert_eq!(plane.row(3), Matrix4::<f64>::identity().row(3));
        let projective = linear(b"1 0 0 5 0 1 0 -6 0 0 1 7 0 0 1e-8 1");
        let error = checked(projective, Path::new("m.mat")).expect_err("no affine");
        assert!(error.to_string().contains("last row"));
    }

    #[test]
    fn a_byte_order_mark_before_itks_text_is_no_part_of_it() {
        let matrix = Matrix4::new_translation(&nalgebra::Vector3::new(5.0, -6.0, 7.0));
        let marked = format!("\u{feff}{}", itk::text(&matrix));
        assert_eq!(linear(marked.as_bytes()), Ok(matrix));
    }

    #[test]
    fn every_format_gives_back_what_was_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let matrix = Matrix4::new(
            1.1,
            0.1,
            1e-17,
            -3.5,
            -0.2,
            0.9,
            0.05,
            1.0 / 3.0,
            0.01,
            0.02,
            -1.05,
            12.0,
            0.0,
            0.0,
            0.0,
            1.0,
        );
        for format in [
            TransformFormat::Itk,
            TransformFormat::Ras,
            TransformFormat::NiftyReg,
        ] {
            let path = folder.path().join(format!("{}.txt", format.name()));
            write_transform(&path, &matrix, format, None, false).expect("written");
            assert_eq!(read_transform(&path).expect("read"), matrix, "{format:?}");
            let again = read_transform_as(&path, format, None).expect("read");
            assert_eq!(again, matrix, "{format:?}");
        }
        let path = folder.path().join("flirt");
        let lacking = write_transform(&path, &matrix, TransformFormat::Flirt, None, false);
        assert!(lacking.expect_err("no grids").to_string().contains("FLIRT"));
        assert!(!path.exists());
    }

    #[test]
    fn between_images_of_one_slice_transforms_have_two_dimensions() {
        let folder = tempfile::tempdir().expect("a folder");
        let grid = Grid::new([5, 4, 1], Matrix4::identity()).expect("a grid");
        let grids = Grids {
            fixed: &grid,
            moving: &grid,
        };
        let turn = nalgebra::Rotation3::from_euler_angles(0.0, 0.0, 0.3).to_homogeneous();
        let matrix = Matrix4::new_translation(&nalgebra::Vector3::new(3.0, -4.0, 0.0)) * turn;
        for (format, name) in [
            (TransformFormat::Itk, "t.txt"),
            (TransformFormat::Ras, "t.mat"),
        ] {
            let path = folder.path().join(name);
            write_transform(&path, &matrix, format, Some(grids), false).expect("written");
            assert_eq!(read_transform(&path).expect("read"), matrix, "{format:?}");
            let text = std::fs::read_to_string(&path).expect("text");
            match format {
                TransformFormat::Itk => assert!(text.contains("AffineTransform_double_2_2")),
                _ => assert_eq!(text.split_whitespace().count(), 9),
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_a_reader_panic(
            start in prop::sample::select(vec![
                "", "#Insight Transform File V1.0\n", "Transform: Euler3DTransform_double_3_3\nParameters: 1 ",
            ]),
            rest in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let bytes = [start.as_bytes(), &rest].concat();
            let _ = linear(&bytes);
            let _ = matlab::read(&bytes);
            let _ = text(&bytes).and_then(itk::read);
        }
    }
}
