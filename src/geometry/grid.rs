//! The voxel grid: how many voxels, and where each lies in the patient.

use super::{IndexPoint, Orientation, WorldPoint, flip_lps_ras};
use nalgebra::{Matrix3, Matrix4, Point3, Vector3};

/// A regular grid of voxels in the patient: shape `(nx, ny, nz)` and the affine that maps an index
/// (voxel centres at whole numbers) to RAS millimetres. Any invertible affine is a grid: oblique
/// and sheared ones too.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    pub(super) shape: [usize; 3],
    pub(super) index_to_world: Matrix4<f64>,
    pub(super) world_to_index: Matrix4<f64>,
}

/// Why numbers do not make a grid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GridError {
    #[error("the image has no voxels ({0} x {1} x {2})")]
    Empty(usize, usize, usize),
    #[error("the affine holds a number that is not finite")]
    NotFinite,
    #[error("the affine flattens the voxel grid (its determinant is 0)")]
    Singular,
}

impl Grid {
    /// `index_to_world` maps `(i, j, k, 1)` to RAS millimetres; its last row is taken as `0 0 0 1`.
    pub fn new(shape: [usize; 3], index_to_world: Matrix4<f64>) -> Result<Self, GridError> {
        if shape.contains(&0) {
            return Err(GridError::Empty(shape[0], shape[1], shape[2]));
        }
        let mut index_to_world = index_to_world;
        index_to_world.set_row(3, &nalgebra::RowVector4::new(0.0, 0.0, 0.0, 1.0));
        if index_to_world.iter().any(|v| !v.is_finite()) {
            return Err(GridError::NotFinite);
        }
        let scale: f64 = (0..3)
            .map(|axis| index_to_world.fixed_view::<3, 1>(0, axis).norm())
            .product();
        let determinant = index_to_world.fixed_view::<3, 3>(0, 0).determinant();
        if determinant.abs() <= 1e-9 * scale || scale == 0.0 {
            return Err(GridError::Singular);
        }
        let world_to_index = index_to_world.try_inverse().ok_or(GridError::Singular)?;
        Ok(Self {
            shape,
            index_to_world,
            world_to_index,
        })
    }

    /// From ITK's terms: direction cosines in columns, spacing in mm and origin, all LPS.
    pub fn from_lps(
        shape: [usize; 3],
        origin: [f64; 3],
        direction: Matrix3<f64>,
        spacing: [f64; 3],
    ) -> Result<Self, GridError> {
        let mut lps = Matrix4::identity();
        lps.fixed_view_mut::<3, 3>(0, 0)
            .copy_from(&(direction * Matrix3::from_diagonal(&Vector3::from(spacing))));
        lps.fixed_view_mut::<3, 1>(0, 3)
            .copy_from(&Vector3::from(origin));
        Self::new(shape, flip_lps_ras(&lps))
    }

    /// `(nx, ny, nz)`.
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }

    pub fn voxel_count(&self) -> usize {
        self.shape.iter().product()
    }

    /// The grid with other distances between voxels, in mm, over the same box as nearly as whole voxels
    /// can: the centre stays.
    pub fn with_spacing(&self, spacing: [f64; 3]) -> Result<Self, GridError> {
        let mut affine = self.index_to_world;
        let mut shape = self.shape;
        for (axis, (new, old)) in spacing.into_iter().zip(self.spacing()).enumerate() {
            affine.fixed_view_mut::<3, 1>(0, axis).scale_mut(new / old);
            shape[axis] = ((shape[axis] as f64 * old / new).round() as usize).max(1);
        }
        let around = Self::new(shape, affine)?;
        let shift = self.center().0 - around.center().0;
        let origin = affine.fixed_view::<3, 1>(0, 3) + shift;
        affine.fixed_view_mut::<3, 1>(0, 3).copy_from(&origin);
        Self::new(shape, affine)
    }

    /// Index to RAS millimetres.
    pub fn affine(&self) -> &Matrix4<f64> {
        &self.index_to_world
    }

    /// RAS millimetres to index.
    pub fn inverse_affine(&self) -> &Matrix4<f64> {
        &self.world_to_index
    }

    pub fn index_to_world(&self, point: IndexPoint) -> WorldPoint {
        WorldPoint(self.index_to_world.transform_point(&point.0))
    }

    pub fn world_to_index(&self, point: WorldPoint) -> IndexPoint {
        IndexPoint(self.world_to_index.transform_point(&point.0))
    }

    /// Distance in mm between neighbouring voxel centres along i, j and k.
    pub fn spacing(&self) -> [f64; 3] {
        std::array::from_fn(|axis| self.index_to_world.fixed_view::<3, 1>(0, axis).norm())
    }

    /// RAS step of one voxel along `axis`, in mm.
    pub fn step(&self, axis: usize) -> Vector3<f64> {
        self.index_to_world.fixed_view::<3, 1>(0, axis).into_owned()
    }

    /// Centre of voxel `(0, 0, 0)` in LPS mm, as ITK and DICOM write it.
    pub fn origin_lps(&self) -> [f64; 3] {
        self.index_to_world(IndexPoint::new(0.0, 0.0, 0.0)).to_lps()
    }

    /// Direction cosines in LPS, one column per voxel axis.
    pub fn direction_lps(&self) -> Matrix3<f64> {
        let spacing = self.spacing();
        let lps = flip_lps_ras(&self.index_to_world);
        Matrix3::from_fn(|row, column| lps[(row, column)] / spacing[column])
    }

    /// The nearest anatomical axes of i, j and k.
    pub fn orientation(&self) -> Orientation {
        Orientation::nearest(&self.index_to_world)
    }

    /// The largest angle in degrees between a voxel axis and its nearest anatomical axis.
    pub fn obliquity_deg(&self) -> f64 {
        let orientation = self.orientation();
        (0..3)
            .map(|axis| {
                let step = self.step(axis);
                let world = orientation.toward(axis).world_axis();
                (step[world].abs() / step.norm())
                    .clamp(0.0, 1.0)
                    .acos()
                    .to_degrees()
            })
            .fold(0.0, f64::max)
    }

    /// Centre of the whole grid, in world coordinates.
    pub fn center(&self) -> WorldPoint {
        let middle = self.shape.map(|n| (n as f64 - 1.0) / 2.0);
        self.index_to_world(IndexPoint::new(middle[0], middle[1], middle[2]))
    }

    /// Whether two grids have the same shape and place every voxel within `1e-5` of a voxel.
    pub fn same_as(&self, other: &Self) -> bool {
        if self.shape != other.shape {
            return false;
        }
        let difference = other.world_to_index * self.index_to_world - Matrix4::identity();
        let reach = [
            self.shape[0] as f64,
            self.shape[1] as f64,
            self.shape[2] as f64,
            1.0,
        ];
        (0..3).all(|row| {
            let off: f64 = (0..4).map(|c| difference[(row, c)].abs() * reach[c]).sum();
            off < 1e-5 * reach[row].max(1.0)
        })
    }
}

/// Whether two boxes of voxels, of the shapes `[nx, ny, nz]`, surely have no place in common; `to_other`:
/// from indices of the first to those of the second. Boxes that only an oblique plane parts are not told
/// apart.
pub fn are_apart([shape, other]: [[usize; 3]; 2], to_other: &Matrix4<f64>) -> bool {
    let beside = |shape: [usize; 3], other: [usize; 3], map: &Matrix4<f64>| {
        let corners: Vec<Point3<f64>> = (0..8)
            .map(|n| {
                let end = |axis: usize| match n >> axis & 1 {
                    0 => -0.5,
                    _ => shape[axis] as f64 - 0.5,
                };
                map.transform_point(&Point3::new(end(0), end(1), end(2)))
            })
            .collect();
        (0..3).any(|axis| {
            let last = other[axis] as f64 - 0.5;
            corners.iter().all(|at| at[axis] < -0.5) || corners.iter().all(|at| at[axis] > last)
        })
    };
    let back = to_other.try_inverse();
    beside(shape, other, to_other) || back.is_some_and(|back| beside(other, shape, &back))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn boxes_are_apart_when_an_axis_of_either_parts_them() {
        let shapes = [[4, 4, 4], [10, 2, 6]];
        let shift = |x, y, z| Matrix4::new_translation(&Vector3::new(x, y, z));
        assert!(!are_apart(shapes, &Matrix4::identity()));
        assert!(!are_apart(shapes, &shift(9.9, 1.9, 0.0)));
        assert!(are_apart(shapes, &shift(10.1, 0.0, 0.0)));
        assert!(are_apart(shapes, &shift(0.0, -4.1, 0.0)));
        let turn = Matrix4::new_rotation(Vector3::z() * std::f64::consts::FRAC_PI_4);
        // The corner of the first box points at a side of the second.
        assert!(are_apart(shapes, &(turn * shift(0.0, -20.0, 0.0))));
        assert!(are_apart(shapes, &shift(1e300, 0.0, 0.0)));
    }

    fn oblique() -> Grid {
        let mut m = Matrix4::identity();
        m.fixed_view_mut::<3, 3>(0, 0).copy_from(&Matrix3::new(
            -0.9, 0.1, 0.3, //
            0.2, 1.8, -0.1, //
            0.1, 0.2, 2.5,
        ));
        m.fixed_view_mut::<3, 1>(0, 3)
            .copy_from(&Vector3::new(100.0, -50.0, 7.0));
        Grid::new([11, 12, 13], m).expect("an oblique grid")
    }

    #[test]
    fn itk_terms_give_back_what_they_were_made_from() {
        let direction = Matrix3::new(0.0, 1.0, 0.0, -1.0, 0.0, 0.0, 0.0, 0.0, 1.0);
        let grid = Grid::from_lps([4, 5, 6], [1.0, 2.0, 3.0], direction, [0.5, 0.75, 2.0])
            .expect("a grid");
        assert_eq!(grid.origin_lps(), [1.0, 2.0, 3.0]);
        assert_eq!(grid.spacing(), [0.5, 0.75, 2.0]);
        assert!((grid.direction_lps() - direction).norm() < 1e-12);
    }

    #[test]
    fn flat_affines_and_empty_shapes_are_refused() {
        let mut flat = Matrix4::identity();
        flat[(2, 2)] = 0.0;
        assert_eq!(Grid::new([2, 2, 2], flat), Err(GridError::Singular));
        assert_eq!(
            Grid::new([2, 0, 2], Matrix4::identity()),
            Err(GridError::Empty(2, 0, 2))
        );
        let mut nan = Matrix4::identity();
        nan[(0, 3)] = f64::NAN;
        assert_eq!(Grid::new([2, 2, 2], nan), Err(GridError::NotFinite));
    }

    #[test]
    fn another_spacing_covers_the_same_box() {
        let grid = oblique();
        let [x, y, z] = grid.spacing();
        let finer = grid.with_spacing([x / 2.0, y, z * 13.0]).expect("a grid");
        assert_eq!(finer.shape(), [22, 12, 1]);
        assert!((finer.center().0 - grid.center().0).norm() < 1e-9);
        assert!((finer.spacing()[0] - x / 2.0).abs() < 1e-12);
        assert!((finer.direction_lps() - grid.direction_lps()).norm() < 1e-12);
        assert!(grid.with_spacing([0.0, 1.0, 1.0]).is_err());
    }

    #[test]
    fn a_tiny_spacing_is_not_a_flat_grid() {
        let tiny = Matrix4::from_diagonal(&nalgebra::Vector4::new(1e-4, 1e-4, 1e-4, 1.0));
        assert!(Grid::new([2, 2, 2], tiny).is_ok());
    }

    #[test]
    fn a_grid_is_the_same_as_itself_but_not_as_one_shifted_by_a_voxel() {
        let grid = oblique();
        assert!(grid.same_as(&grid));
        let mut moved = *grid.affine();
        moved[(0, 3)] += 1.0;
        let moved = Grid::new(grid.shape(), moved).expect("a grid");
        assert!(!grid.same_as(&moved));
    }

    proptest! {
        #[test]
        fn index_to_world_and_back_is_identity(i in -20.0..40.0, j in -20.0..40.0, k in -20.0..40.0) {
            let grid = oblique();
            let back = grid.world_to_index(grid.index_to_world(IndexPoint::new(i, j, k)));
            prop_assert!((back.0 - Point3::new(i, j, k)).norm() < 1e-9);
        }
    }
}
