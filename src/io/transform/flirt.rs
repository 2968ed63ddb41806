//! FSL's coordinates, in which FLIRT's matrices are.

use crate::geometry::Grid;
use nalgebra::{Matrix4, RowVector4, Vector3};

/// The grids of the two images that a FLIRT matrix was made for.
#[derive(Clone, Copy, Debug)]
pub struct Grids<'a> {
    /// FLIRT's "ref".
    pub fixed: &'a Grid,
    /// FLIRT's "in".
    pub moving: &'a Grid,
}

impl Grids<'_> {
    /// With fixed and moving exchanged.
    pub fn swapped(&self) -> Self {
        Self {
            fixed: self.moving,
            moving: self.fixed,
        }
    }
}

/// FLIRT's map from "in" to "ref" as the map from the fixed to the moving world, RAS mm.
pub(super) fn to_world(flirt: &Matrix4<f64>, grids: &Grids<'_>) -> Option<Matrix4<f64>> {
    let back = flirt.try_inverse()?;
    Some(affine(
        world(grids.moving)? * back * world(grids.fixed)?.try_inverse()?,
    ))
}

/// The other way round.
pub(super) fn from_world(matrix: &Matrix4<f64>, grids: &Grids<'_>) -> Option<Matrix4<f64>> {
    let forth = world(grids.moving)?.try_inverse()? * matrix * world(grids.fixed)?;
    Some(affine(forth.try_inverse()?))
}

/// Without what rounding left in the last row.
fn affine(mut matrix: Matrix4<f64>) -> Matrix4<f64> {
    matrix.set_row(3, &RowVector4::new(0.0, 0.0, 0.0, 1.0));
    matrix
}

/// FSL's coordinates of an image to RAS mm: its voxels times their size, with x counted from the last voxel
/// where the affine does not mirror ("neurological" storage; FSL's FLIRT FAQ, "What is the format of the
/// matrix used by FLIRT"). The sizes are taken from the affine.
fn world(grid: &Grid) -> Option<Matrix4<f64>> {
    let mut to_fsl = Matrix4::new_nonuniform_scaling(&Vector3::from(grid.spacing()));
    if grid.affine().fixed_view::<3, 3>(0, 0).determinant() > 0.0 {
        let last = (grid.shape()[0] - 1) as f64;
        to_fsl[(0, 3)] = last * to_fsl[(0, 0)];
        to_fsl[(0, 0)] *= -1.0;
    }
    Some(grid.affine() * to_fsl.try_inverse()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{Point3, Rotation3};

    fn grids() -> [Grid; 2] {
        let turned = |degrees: f64, sizes: [f64; 3]| {
            let turn = Rotation3::from_euler_angles(0.0, 0.0, degrees.to_radians());
            turn.to_homogeneous() * Matrix4::new_nonuniform_scaling(&sizes.into())
        };
        let radiological = Grid::new([5, 6, 7], turned(10.0, [-2.0, 2.5, 3.0]));
        let neurological = Grid::new([4, 8, 9], turned(0.0, [1.0, 1.5, 2.0]));
        [radiological, neurological].map(|grid| grid.expect("a grid"))
    }

    #[test]
    fn fsl_counts_x_from_the_last_voxel_where_nothing_is_mirrored() {
        let [radiological, neurological] = grids();
        let voxel_1 = |grid: &Grid| {
            let back = grid.inverse_affine() * world(grid).expect("invertible");
            back.transform_point(&Point3::new(grid.spacing()[0], 0.0, 0.0))
        };
        assert!((voxel_1(&radiological) - Point3::new(1.0, 0.0, 0.0)).norm() < 1e-12);
        assert!((voxel_1(&neurological) - Point3::new(2.0, 0.0, 0.0)).norm() < 1e-12);
    }

    /// Numbers of fslpy 3.29's `fsl.transform.flirt.toFlirt` for images with these affines.
    #[test]
    fn a_matrix_is_what_fsl_makes_of_it() {
        let [fixed, moving] = grids();
        let grids = Grids {
            fixed: &fixed,
            moving: &moving,
        };
        let matrix = Matrix4::new(
            0.9, 0.1, 0.0, 4.0, -0.1, 1.0, 0.05, -3.0, 0.02, 0.0, 1.1, 2.0, 0.0, 0.0, 0.0, 1.0,
        );
        let flirt = from_world(&matrix, &grids).expect("invertible");
        #[rustfmt::skip]
        let expected = Matrix4::new(
            1.1013520142071316, -0.06351297691344351, 0.002886953496065615, 0.9050391764746699,
            0.08160956779709601, 0.9929686851211467, -0.0451349402327794, 3.150785503626095,
            0.01997802417340925, 0.0019978024173409248, 0.9090000998901208, -1.7920287683548095,
            0.0, 0.0, 0.0, 1.0,
        );
        // NIfTI's affines, from which those come, are float32.
        assert!((flirt - expected).amax() < 1e-5, "{flirt}");
        let back = to_world(&flirt, &grids).expect("invertible");
        assert!((back - matrix).norm() < 1e-12);
    }
}
