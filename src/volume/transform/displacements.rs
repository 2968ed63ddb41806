//! A chain as one displacement field.

use super::Chain;
use crate::geometry::{Grid, IndexPoint};
use crate::volume::{Content, Meta, Rescale, Volume, Voxel};
use nalgebra::Matrix4;
use ndarray::Array5;
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

impl Chain {
    /// The displacements that the chain makes of the points of `grid`: x + u(x) is where x lies in the
    /// moving world. A vector image in LPS mm, as ITK and ANTs read it. Tells `goes_on` the part that is
    /// done, 0 to 1; `None` once that says no.
    pub fn displacements_while(
        &self,
        grid: &Grid,
        goes_on: &(dyn Fn(f32) -> bool + Sync),
    ) -> Option<Volume> {
        let [nx, ny, nz] = grid.shape();
        let mut vectors = vec![0f32; nx * ny * nz * 3];
        let path = self.path(&Matrix4::identity(), &Matrix4::identity());
        let (done, all) = (AtomicUsize::new(0), (ny * nz) as f32);
        vectors
            .par_chunks_mut(nx * 3)
            .enumerate()
            .try_for_each(|(row, vectors)| {
                let part = done.fetch_add(1, Ordering::Relaxed) as f32 / all;
                if !goes_on(part) {
                    return None;
                }
                let (vectors, _) = vectors.as_chunks_mut::<3>();
                for (i, vector) in vectors.iter_mut().enumerate() {
                    let at = grid.index_to_world(IndexPoint::from([i, row % ny, row / ny]));
                    let by = path.end(at.0) - at.0;
                    *vector = [-by.x as f32, -by.y as f32, by.z as f32];
                }
                Some(())
            })?;
        let array = Array5::from_shape_vec((1, nz, ny, nx, 3), vectors)
            .expect("a vector for each voxel of the grid");
        let meta = Meta {
            name: "displacement".to_owned(),
            content: Content::Vector,
            unit: "mm".to_owned(),
            derived: true,
            ..Meta::default()
        };
        let field = Volume::new(*grid, f32::wrap(array), Rescale::IDENTITY, meta);
        Some(field.expect("as many vectors as voxels"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::WorldPoint;
    use crate::volume::Transform;
    use nalgebra::{Matrix4, Point3, Rotation3, Vector3};

    #[test]
    fn a_field_can_be_stopped_on_the_way() {
        let grid = Grid::new([6, 5, 4], Matrix4::identity()).expect("a grid");
        let chain = Chain::default();
        assert!(
            chain
                .displacements_while(&grid, &|part| part < 0.5)
                .is_none()
        );
        assert!(chain.displacements_while(&grid, &|_| true).is_some());
    }

    #[test]
    fn the_field_of_a_chain_takes_points_where_the_chain_does() {
        let turn = Rotation3::from_euler_angles(0.1, -0.2, 0.3).to_homogeneous();
        let shift = Matrix4::new_translation(&Vector3::new(3.0, -4.0, 5.0));
        let chain = Chain(vec![Transform::Linear(turn), Transform::Linear(shift)]);
        let oblique = Rotation3::from_euler_angles(0.0, 0.3, 0.1).to_homogeneous();
        let grid = Grid::new([6, 5, 4], oblique * 2.5).expect("a grid");
        let field = chain.displacements_while(&grid, &|_| true);
        let field = field.expect("nobody stops it");
        let field = Chain(vec![Transform::field(field).expect("a field")]);
        for index in [[0.0, 0.0, 0.0], [5.0, 4.0, 3.0], [2.5, 1.25, 0.75]] {
            let at = grid.index_to_world(IndexPoint::new(index[0], index[1], index[2]));
            let (a, b) = (chain.map(at), field.map(at));
            assert!((a.0 - b.0).norm() < 1e-4, "{a:?} {b:?}");
        }
        let far = WorldPoint(Point3::new(1e3, 0.0, 0.0));
        assert_eq!(field.map(far), far);
    }
}
