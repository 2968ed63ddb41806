//! Where the eye of the 3D view is, and how it sees. Pure numbers: no window, no image.

use crate::geometry::{Anatomy, Grid, IndexPoint, WorldPoint};
use nalgebra::{Point3, Vector3};

/// Distance of the eye from the middle of the box, in radii of the box: it is never inside.
const DISTANCE: f64 = 3.2;

/// Radii of the box that fill the view at zoom 1. A box hardly ever shows its whole diagonal.
const FILL: f64 = 1.05;

/// A turntable about the patient's head-foot axis: the head never points down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// Degrees from in front of the patient towards the patient's left.
    pub azimuth: f64,
    /// Degrees above the level of the image's middle, -90 to 90.
    pub elevation: f64,
    /// 1 shows the whole box.
    pub zoom: f64,
    /// Where the middle of the box lies, right and down from the middle of the view, in radii.
    pub shift: [f64; 2],
}

impl Default for Camera {
    fn default() -> Self {
        Self {
            azimuth: 35.0,
            elevation: 22.0,
            zoom: 1.0,
            shift: [0.0; 2],
        }
    }
}

impl Camera {
    /// Turned as a hand does that takes hold of the front and moves `[right, down]` degrees.
    pub fn turned(self, [right, down]: [f64; 2]) -> Self {
        Self {
            azimuth: (self.azimuth - right).rem_euclid(360.0),
            elevation: (self.elevation + down).clamp(-90.0, 90.0),
            ..self
        }
    }

    /// The same place and zoom, seen from one side of the patient.
    pub fn facing(self, side: Anatomy) -> Self {
        let (azimuth, elevation) = match side {
            Anatomy::Anterior => (0.0, 0.0),
            Anatomy::Left => (90.0, 0.0),
            Anatomy::Posterior => (180.0, 0.0),
            Anatomy::Right => (270.0, 0.0),
            Anatomy::Superior => (0.0, 90.0),
            Anatomy::Inferior => (0.0, -90.0),
        };
        Self {
            azimuth,
            elevation,
            ..self
        }
    }

    pub fn zoomed(self, factor: f64) -> Self {
        Self {
            zoom: (self.zoom * factor).clamp(0.25, 20.0),
            ..self
        }
    }

    /// Right, up and towards the eye, as unit vectors in RAS.
    pub fn directions(&self) -> [Vector3<f64>; 3] {
        let (sin_a, cos_a) = self.azimuth.to_radians().sin_cos();
        let (sin_e, cos_e) = self.elevation.to_radians().sin_cos();
        let right = Vector3::new(-cos_a, -sin_a, 0.0);
        let back = Vector3::new(-sin_a * cos_e, cos_a * cos_e, sin_e);
        [right, back.cross(&right), back]
    }

    /// What it sees of `grid` on `size` units of the screen.
    pub fn projection(&self, grid: &Grid, size: [f64; 2]) -> Projection {
        let center = grid.center().0;
        let radius = corners(grid)
            .map(|corner| (corner.0 - center).norm())
            .fold(0.0, f64::max);
        let scale = size[0].min(size[1]) / 2.0 / (FILL * radius) * self.zoom;
        let [right, up, back] = self.directions();
        Projection {
            center,
            right,
            up,
            back,
            distance: DISTANCE * radius,
            scale,
            middle: [0, 1].map(|n| size[n] / 2.0 + self.shift[n] * radius * scale),
            radius,
        }
    }
}

/// The outer corners of the grid's box, half a voxel beyond the centres.
pub fn corners(grid: &Grid) -> impl Iterator<Item = WorldPoint> {
    let shape = grid.shape();
    (0..8).map(move |n: usize| {
        let [i, j, k] = [0, 1, 2].map(|axis| {
            let far = n >> axis & 1 == 1;
            if far { shape[axis] as f64 - 0.5 } else { -0.5 }
        });
        grid.index_to_world(IndexPoint::new(i, j, k))
    })
}

/// From the patient to the screen and back, in perspective. Screen units run right and down from the
/// view's top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Projection {
    center: Point3<f64>,
    right: Vector3<f64>,
    up: Vector3<f64>,
    back: Vector3<f64>,
    /// From the middle of the box to the eye, in mm.
    distance: f64,
    /// Screen units a millimetre at the middle of the box.
    pub scale: f64,
    middle: [f64; 2],
    /// Half the diagonal of the box in mm.
    pub radius: f64,
}

impl Projection {
    pub fn eye(&self) -> WorldPoint {
        WorldPoint(self.center + self.back * self.distance)
    }

    /// Where a point appears, and by how much it is further away than the middle of the box (1).
    pub fn project(&self, point: WorldPoint) -> ([f64; 2], f64) {
        let from_center = point.0 - self.center;
        let depth = 1.0 - from_center.dot(&self.back) / self.distance;
        let across = from_center.dot(&self.right) * self.scale / depth;
        let upwards = from_center.dot(&self.up) * self.scale / depth;
        ([self.middle[0] + across, self.middle[1] - upwards], depth)
    }

    /// The direction in which the eye looks at a place on the screen, in RAS mm.
    pub fn ray(&self, [x, y]: [f64; 2]) -> Vector3<f64> {
        let across = (x - self.middle[0]) / self.scale;
        let upwards = (self.middle[1] - y) / self.scale;
        self.right * across + self.up * upwards - self.back * self.distance
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{Matrix4, Vector4};

    fn grid() -> Grid {
        let affine = Matrix4::from_diagonal(&Vector4::new(-1.0, -1.0, 2.0, 1.0));
        Grid::new([100, 80, 50], affine).expect("a grid")
    }

    fn seen_from(side: Anatomy) -> Projection {
        Camera::default()
            .facing(side)
            .projection(&grid(), [400.0, 300.0])
    }

    fn moved(projection: &Projection, by: [f64; 3]) -> [f64; 2] {
        let center = grid().center();
        let from = projection.project(center).0;
        let to = projection
            .project(WorldPoint(center.0 + Vector3::from(by)))
            .0;
        [to[0] - from[0], to[1] - from[1]]
    }

    #[test]
    fn from_the_front_the_patients_left_is_on_the_right_and_the_head_on_top() {
        let front = seen_from(Anatomy::Anterior);
        assert!(moved(&front, [-10.0, 0.0, 0.0])[0] > 5.0);
        assert!(moved(&front, [0.0, 0.0, 10.0])[1] < -5.0);
    }

    #[test]
    fn from_the_patients_left_the_front_is_on_the_left() {
        assert!(moved(&seen_from(Anatomy::Left), [0.0, 10.0, 0.0])[0] < -5.0);
    }

    #[test]
    fn from_above_the_front_is_below() {
        assert!(moved(&seen_from(Anatomy::Superior), [0.0, 10.0, 0.0])[1] > 5.0);
    }

    #[test]
    fn the_eye_is_on_the_side_that_it_faces() {
        for side in ["R", "L", "A", "P", "S", "I"].iter().zip([
            Anatomy::Right,
            Anatomy::Left,
            Anatomy::Anterior,
            Anatomy::Posterior,
            Anatomy::Superior,
            Anatomy::Inferior,
        ]) {
            let (letter, side) = side;
            let away = seen_from(side).eye().0 - grid().center().0;
            let along = away[side.world_axis()];
            assert_eq!(along > 0.0, side.is_positive(), "{letter}");
            assert!((along.abs() - away.norm()).abs() < 1e-6, "{letter}");
        }
    }

    #[test]
    fn a_ray_goes_through_what_is_seen_there() {
        let projection = Camera::default().projection(&grid(), [400.0, 300.0]);
        let point = WorldPoint::new(-20.0, -60.0, 30.0);
        let ray = projection.ray(projection.project(point).0).normalize();
        let to_point = (point.0 - projection.eye().0).normalize();
        assert!((ray - to_point).norm() < 1e-12);
    }

    #[test]
    fn a_hand_that_moves_right_takes_the_front_along() {
        let before = Camera::default().facing(Anatomy::Anterior);
        let after = before.turned([10.0, 0.0]);
        let nose = WorldPoint(grid().center().0 + Vector3::new(0.0, 40.0, 0.0));
        let x = |camera: Camera| camera.projection(&grid(), [400.0, 300.0]).project(nose).0[0];
        assert!(x(after) > x(before) + 5.0);
    }
}
