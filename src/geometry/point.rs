//! Points, each in a space of its own type, so that one cannot be taken for the other.

use nalgebra::{Matrix4, Point3};

/// A point in voxel units of one grid: voxel centres lie at whole numbers, 0-based.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IndexPoint(pub Point3<f64>);

/// A point in the patient: RAS millimetres (x to the right, y to the front, z to the head).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorldPoint(pub Point3<f64>);

impl IndexPoint {
    pub const fn new(i: f64, j: f64, k: f64) -> Self {
        Self(Point3::new(i, j, k))
    }

    /// The voxel whose cell holds this point, or `None` outside `shape` `(nx, ny, nz)`.
    pub fn nearest_voxel(&self, shape: [usize; 3]) -> Option<[usize; 3]> {
        let mut voxel = [0; 3];
        for axis in 0..3 {
            let rounded = (self.0[axis] + 0.5).floor();
            if !(rounded >= 0.0 && rounded < shape[axis] as f64) {
                return None;
            }
            voxel[axis] = rounded as usize;
        }
        Some(voxel)
    }

    /// The voxel nearest to this point among those of `shape`; points outside are drawn to the edge.
    pub fn clamped_voxel(&self, shape: [usize; 3]) -> [usize; 3] {
        std::array::from_fn(|axis| {
            let last = shape[axis].saturating_sub(1) as f64;
            (self.0[axis] + 0.5).floor().clamp(0.0, last) as usize
        })
    }
}

impl From<[usize; 3]> for IndexPoint {
    fn from(voxel: [usize; 3]) -> Self {
        Self::new(voxel[0] as f64, voxel[1] as f64, voxel[2] as f64)
    }
}

impl WorldPoint {
    pub const ORIGIN: Self = Self::new(0.0, 0.0, 0.0);

    /// RAS millimetres.
    pub const fn new(x: f64, y: f64, z: f64) -> Self {
        Self(Point3::new(x, y, z))
    }

    /// The same place in LPS millimetres, as DICOM and ITK write it.
    pub fn to_lps(self) -> [f64; 3] {
        [-self.0.x, -self.0.y, self.0.z]
    }

    /// From LPS millimetres.
    pub fn from_lps([x, y, z]: [f64; 3]) -> Self {
        Self::new(-x, -y, z)
    }
}

/// Turns a matrix whose output is LPS into one whose output is RAS, or back.
pub fn flip_lps_ras(matrix: &Matrix4<f64>) -> Matrix4<f64> {
    let mut flipped = *matrix;
    for column in 0..4 {
        flipped[(0, column)] = -flipped[(0, column)];
        flipped[(1, column)] = -flipped[(1, column)];
    }
    flipped
}

/// A map of points in LPS as the same map of points in RAS, or back: those that go in change their signs as
/// those that come out do.
pub fn lps_ras_map(matrix: &Matrix4<f64>) -> Matrix4<f64> {
    let flip = flip_lps_ras(&Matrix4::identity());
    flip * matrix * flip
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_belongs_to_the_voxel_whose_centre_is_nearest() {
        let shape = [4, 4, 4];
        assert_eq!(
            IndexPoint::new(-0.5, 1.49, 3.49).nearest_voxel(shape),
            Some([0, 1, 3])
        );
        assert_eq!(IndexPoint::new(-0.51, 0.0, 0.0).nearest_voxel(shape), None);
        assert_eq!(IndexPoint::new(0.0, 3.5, 0.0).nearest_voxel(shape), None);
        assert_eq!(
            IndexPoint::new(f64::NAN, 0.0, 0.0).nearest_voxel(shape),
            None
        );
    }

    #[test]
    fn clamping_draws_points_outside_to_the_edge() {
        assert_eq!(
            IndexPoint::new(-9.0, 2.6, 99.0).clamped_voxel([4, 4, 4]),
            [0, 3, 3]
        );
    }

    #[test]
    fn lps_and_ras_differ_in_the_sign_of_x_and_y() {
        let point = WorldPoint::new(1.0, -2.0, 3.0);
        assert_eq!(point.to_lps(), [-1.0, 2.0, 3.0]);
        assert_eq!(WorldPoint::from_lps(point.to_lps()), point);
    }
}
