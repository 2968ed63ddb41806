//! Where the slices of a series lie (PS3.3 C.7.6.2, Image Plane), LPS mm.

use super::Refusal;
use crate::geometry::{Grid, IndexPoint};
use crate::volume::{Notice, NoticeKind, ReorientMode, Volume};
use nalgebra::{Matrix3, Vector3};

/// Rows and columns whose cosine is larger than this are not at right angles.
const CROOKED: f64 = 1e-3;
/// A sideways shift of slices below this part of their step (0.1 degree) or below this many mm over the
/// whole stack is rounding, not a tilted gantry; as readers see it.
const TILT: (f64, f64) = (1.75e-3, 0.05);
/// A move of voxels that is worth telling, in mm.
const MOVED: f64 = 0.01;

/// Equal slices, each a step from the one before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stack {
    /// Centre of the first pixel of the first slice.
    origin: Vector3<f64>,
    /// Unit vector along a row (i grows).
    pub row: Vector3<f64>,
    /// Unit vector down a column (j grows).
    pub column: Vector3<f64>,
    /// Millimetres between columns (along i) and between rows (along j).
    pub spacing: [f64; 2],
    /// From a slice to the next: along the normal, or slanted if the gantry was tilted.
    step: Vector3<f64>,
}

impl Stack {
    /// Position of the first pixel of slice `k`.
    pub fn position(&self, k: usize) -> Vector3<f64> {
        self.origin + self.step * k as f64
    }

    /// Positive, along the normal (row x column).
    pub fn distance(&self) -> f64 {
        self.step.dot(&self.normal())
    }

    pub fn normal(&self) -> Vector3<f64> {
        self.row.cross(&self.column)
    }

    fn of(grid: &Grid) -> Result<Self, Refusal> {
        let direction = grid.direction_lps();
        let [dx, dy, dz] = grid.spacing();
        let [row, column, along] = [0, 1, 2].map(|axis| direction.column(axis).into_owned());
        let askew = row.dot(&column);
        if askew.abs() > CROOKED {
            return Err((
                "a grid whose rows and columns are not at right angles, as DICOM".to_owned(),
                "resample the image onto a straight grid first",
            ));
        }
        let column = (column - row * askew).normalize();
        let normal = row.cross(&column);
        let distance = along.dot(&normal) * dz;
        let straight = normal * distance;
        let slant = (along * dz - straight).norm();
        let (part, least) = TILT;
        let steps = grid.shape()[2] as f64 - 1.0;
        let tilted = slant > part * distance && slant * steps > least;
        Ok(Self {
            origin: grid.origin_lps().into(),
            row,
            column,
            spacing: [dx, dy],
            step: if tilted { along * dz } else { straight },
        })
    }

    fn grid(&self, shape: [usize; 3]) -> Option<Grid> {
        let length = self.step.norm();
        let direction = Matrix3::from_columns(&[self.row, self.column, self.step / length]);
        let [dx, dy] = self.spacing;
        Grid::from_lps(shape, self.origin.into(), direction, [dx, dy, length]).ok()
    }
}

/// The image with its slices along row x column, on the grid that a series of it has.
pub(super) fn stack(
    volume: &Volume,
    notices: &mut Vec<Notice>,
) -> Result<(Volume, Stack), Refusal> {
    let [nx, ny, _] = volume.grid().shape();
    // Rows and Columns are 16-bit, the length of an element 32-bit.
    let bytes = nx.checked_mul(ny).and_then(|n| n.checked_mul(4));
    if nx.max(ny) > usize::from(u16::MAX) || bytes.is_none_or(|n| n >= u32::MAX as usize) {
        return Err((
            format!("a slice of {nx} x {ny} pixels as DICOM"),
            "save it as NIfTI, MetaImage or NRRD",
        ));
    }
    let volume = right_handed(volume, notices);
    let stack = Stack::of(volume.grid())?;
    let placed = stack
        .grid(volume.grid().shape())
        .and_then(|grid| volume.with_grid(grid).ok())
        .ok_or_else(|| {
            (
                "a grid this flat as DICOM".to_owned(),
                "check the image's spacing",
            )
        })?;
    let moved = farthest_move(volume.grid(), placed.grid());
    if moved > MOVED {
        notices.push(Notice::new(
            NoticeKind::GeometryRepaired,
            format!(
                "the axes of the image are not quite at right angles, as DICOM's are; voxels lie up \
                 to {moved:.3} mm beside their places"
            ),
        ));
    }
    Ok((placed, stack))
}

fn right_handed(volume: &Volume, notices: &mut Vec<Notice>) -> Volume {
    let grid = volume.grid();
    if grid.direction_lps().determinant() > 0.0 {
        return volume.clone();
    }
    let from = grid.orientation();
    let to = from.with_axis(2, from.toward(2).opposite());
    if grid.shape()[2] > 1 {
        notices.push(Notice::new(
            NoticeKind::Reoriented,
            format!(
                "DICOM's slices follow each other along row x column, so their order is reversed and \
                 the image is read back as {}; every voxel stays in its place",
                to.to_code()
            ),
        ));
    }
    volume.reoriented(ReorientMode::Reorient, to)
}

/// The farthest that a corner of the grid lies from where it was, in mm.
fn farthest_move(from: &Grid, to: &Grid) -> f64 {
    let last = from.shape().map(|n| n as f64 - 1.0);
    let moves = (0..8).map(|corner| {
        let [i, j, k] = [0, 1, 2].map(|axis| f64::from(corner >> axis & 1) * last[axis]);
        let index = IndexPoint::new(i, j, k);
        (to.index_to_world(index).0 - from.index_to_world(index).0).norm()
    });
    moves.fold(0.0, f64::max)
}
