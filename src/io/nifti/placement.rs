//! Where a NIfTI image lies: sform, qform, or neither, by nibabel's rules; and the qform of a grid.

use super::header::Header;
use crate::geometry::{Grid, GridError, IndexPoint};
use crate::volume::{Notice, NoticeKind};
use nalgebra::{Matrix3, Matrix4, Quaternion, Rotation3, UnitQuaternion, Vector3};

/// The grid of an image and the two forms its header gives, all in RAS mm.
#[derive(Clone, Debug)]
pub struct Placement {
    pub grid: Grid,
    pub sform: Option<Matrix4<f64>>,
    pub qform: Option<Matrix4<f64>>,
}

/// A placement by rotation, offset and voxel size (nifti1.h, method 2).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct QForm {
    /// b, c and d.
    pub quatern: [f64; 3],
    pub offset: [f64; 3],
    /// pixdim[0]: -1 mirrors k.
    pub mirror: f64,
}

/// Forms that place every voxel within this part of the smallest voxel edge are the same: single
/// precision does no better.
const SAME_PLACE: f64 = 0.02;

/// Places an image of `shape` `(nx, ny, nz)`.
pub fn place(
    header: &Header,
    shape: [usize; 3],
    notices: &mut Vec<Notice>,
) -> Result<Placement, GridError> {
    let unit = millimetres(header, notices);
    let spacing = spacing(header, shape, notices);
    let sform = (header.sform_code > 0).then(|| in_mm(sform(header), unit));
    let stored = QForm {
        quatern: header.quatern,
        offset: header.qoffset,
        mirror: header.pixdim[0],
    };
    let qform = (header.qform_code > 0).then(|| in_mm(stored.affine(spacing), unit));
    let grids = [sform, qform].map(|form| form.and_then(|form| grid_of(shape, form)));
    let grid = match grids {
        [Some(by_sform), Some(by_qform)] => {
            notices.extend(difference(&by_sform, &by_qform));
            by_sform
        }
        [Some(by_sform), None] => by_sform,
        [None, Some(by_qform)] => {
            if sform.is_some() {
                notices.push(repaired(
                    "the sform is no placement (it is flat or not finite); the qform is used",
                ));
            }
            by_qform
        }
        [None, None] => {
            notices.push(without_form(header, sform.is_some() || qform.is_some()));
            Grid::new(shape, in_mm(centred(header, shape, spacing), unit))?
        }
    };
    Ok(Placement { grid, sform, qform })
}

/// Millimetres in the header's unit of length.
fn millimetres(header: &Header, notices: &mut Vec<Notice>) -> f64 {
    let (unit, name) = match header.xyzt_units & 7 {
        1 => (1000.0, "metres"),
        3 => (0.001, "micrometres"),
        _ => return 1.0,
    };
    notices.push(Notice::new(
        NoticeKind::UnitsConverted,
        format!("the header's lengths are in {name}; they are shown in millimetres"),
    ));
    unit
}

fn in_mm(mut affine: Matrix4<f64>, unit: f64) -> Matrix4<f64> {
    affine.fixed_view_mut::<3, 4>(0, 0).scale_mut(unit);
    affine
}

/// Voxel edges in the header's unit; one that is 0 or no number is taken as 1.
fn spacing(header: &Header, shape: [usize; 3], notices: &mut Vec<Notice>) -> [f64; 3] {
    let mut unusable = false;
    let spacing = [0, 1, 2].map(|axis| {
        let edge = header.pixdim[axis + 1].abs();
        if edge.is_finite() && edge > 0.0 {
            return edge;
        }
        unusable |= shape[axis] > 1;
        1.0
    });
    if unusable && header.sform_code <= 0 {
        notices.push(repaired(
            "a voxel size in the header is 0 or no number; it is taken as 1",
        ));
    }
    spacing
}

fn sform(header: &Header) -> Matrix4<f64> {
    Matrix4::from_fn(|row, column| match row {
        3 => f64::from(u8::from(column == 3)),
        _ => header.srow[row][column],
    })
}

impl QForm {
    /// The qform that places every voxel of `grid`, as single precision holds it; `None` when there is
    /// none, because the axes of the grid are not at right angles.
    pub fn of(grid: &Grid) -> Option<Self> {
        let mut rotation =
            Matrix3::from_columns(&[0, 1, 2].map(|axis| grid.step(axis).normalize()));
        let mirror = rotation.determinant().signum();
        rotation.column_mut(2).scale_mut(mirror);
        let rotation = Rotation3::from_matrix_unchecked(rotation);
        let turn = UnitQuaternion::from_rotation_matrix(&rotation);
        let mut vector = turn.vector() * if turn.w < 0.0 { -1.0 } else { 1.0 };
        if turn.w.abs() < 1e-4 {
            // A half turn. Rounded below length 1, readers would find an angle in what is missing.
            vector *= 1.0 + 1e-7;
        }
        let single = |v: f64| f64::from(v as f32);
        let form = Self {
            quatern: [0, 1, 2].map(|n| single(vector[n])),
            offset: [0, 1, 2].map(|row| single(grid.affine()[(row, 3)])),
            mirror,
        };
        let placed = grid_of(grid.shape(), form.affine(grid.spacing()))?;
        (apart(grid, &placed) <= tolerance(grid)).then_some(form)
    }

    /// The rotation by the quaternion (a, b, c, d), a from the other three, then the voxel size.
    pub fn affine(&self, spacing: [f64; 3]) -> Matrix4<f64> {
        let [b, c, d] = self.quatern;
        let a = (1.0 - (b * b + c * c + d * d)).max(0.0).sqrt();
        let rotation =
            UnitQuaternion::from_quaternion(Quaternion::new(a, b, c, d)).to_rotation_matrix();
        let [dx, dy, dz] = spacing;
        let mirror = if self.mirror == -1.0 { -1.0 } else { 1.0 };
        let columns =
            rotation.matrix() * Matrix3::from_diagonal(&Vector3::new(dx, dy, dz * mirror));
        affine(&columns, Vector3::from(self.offset))
    }
}

/// Voxel sizes only: x to the left, y to the front, z to the head; about the image's middle, or about
/// the origin an Analyze header names when it lies near the image.
fn centred(header: &Header, shape: [usize; 3], spacing: [f64; 3]) -> Matrix4<f64> {
    let [dx, dy, dz] = spacing;
    let columns = Matrix3::from_diagonal(&Vector3::new(-dx, dy, dz));
    let named = header.origin.filter(|origin| {
        origin.iter().any(|&o| o != 0)
            && origin.iter().zip(shape).all(|(&o, n)| {
                let n = n as f64;
                (o as f64) > -n && (o as f64) < 2.0 * n
            })
    });
    let origin = match named {
        Some(origin) => origin.map(|one_based| one_based as f64 - 1.0),
        None => shape.map(|n| (n as f64 - 1.0) / 2.0),
    };
    affine(&columns, -(columns * Vector3::from(origin)))
}

fn affine(columns: &Matrix3<f64>, translation: Vector3<f64>) -> Matrix4<f64> {
    let mut affine = columns.to_homogeneous();
    affine.fixed_view_mut::<3, 1>(0, 3).copy_from(&translation);
    affine
}

/// The grid a form makes. A form may leave out the direction of an axis that has one voxel only.
pub(super) fn grid_of(shape: [usize; 3], mut form: Matrix4<f64>) -> Option<Grid> {
    let step = |form: &Matrix4<f64>, axis| form.fixed_view::<3, 1>(0, axis).into_owned();
    if shape[2] == 1 && step(&form, 2).norm() == 0.0 {
        let normal = step(&form, 0).cross(&step(&form, 1)).normalize();
        form.fixed_view_mut::<3, 1>(0, 2).copy_from(&normal);
    }
    Grid::new(shape, form).ok()
}

pub(super) fn difference(sform: &Grid, qform: &Grid) -> Option<Notice> {
    let apart = apart(sform, qform);
    (apart > tolerance(sform)).then(|| {
        Notice::new(
            NoticeKind::FormsDiffer,
            format!("sform and qform place the image up to {apart:.3} mm apart; the sform is used"),
        )
    })
}

/// The largest distance in mm between the places that two grids of one shape give a voxel.
fn apart(one: &Grid, other: &Grid) -> f64 {
    let last = one.shape().map(|n| (n - 1) as f64);
    (0..8)
        .map(|corner| {
            let [i, j, k] = [0, 1, 2].map(|axis| f64::from(corner >> axis & 1) * last[axis]);
            let corner = IndexPoint::new(i, j, k);
            (one.index_to_world(corner).0 - other.index_to_world(corner).0).norm()
        })
        .fold(0.0, f64::max)
}

/// How far apart in mm is the same place.
fn tolerance(grid: &Grid) -> f64 {
    SAME_PLACE * grid.spacing().into_iter().fold(f64::INFINITY, f64::min)
}

fn without_form(header: &Header, unusable: bool) -> Notice {
    if unusable {
        return repaired(
            "sform and qform are no placement (flat or not finite); the image is centred, x to the left",
        );
    }
    let text = if header.origin.is_some() {
        "Analyze headers hold no orientation; x is taken to go to the left"
    } else {
        "the header gives no position (sform and qform codes are 0); the image is centred, x to the left"
    };
    Notice::new(NoticeKind::NoGeometry, text)
}

fn repaired(text: &str) -> Notice {
    Notice::new(NoticeKind::GeometryRepaired, text)
}
