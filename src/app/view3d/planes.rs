//! The three slice planes in the index space of the main image: which part hides which, and which one
//! a line of sight meets. Index space will do for any grid, as affine maps keep what lies between.

use crate::geometry::IndexPoint;
use nalgebra::Vector3;

/// A rectangle of the plane through the cursor across `axis`, between two corners in index space.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Facet {
    pub axis: usize,
    pub low: [f64; 3],
    pub high: [f64; 3],
}

impl Facet {
    /// Its four corners, in order around it.
    pub fn corners(&self) -> [IndexPoint; 4] {
        let [b, c] = others(self.axis);
        [(false, false), (true, false), (true, true), (false, true)].map(|(b_high, c_high)| {
            let mut corner = self.low;
            if b_high {
                corner[b] = self.high[b];
            }
            if c_high {
                corner[c] = self.high[c];
            }
            IndexPoint::new(corner[0], corner[1], corner[2])
        })
    }
}

/// The two axes beside `axis`.
pub fn others(axis: usize) -> [usize; 2] {
    [(axis + 1) % 3, (axis + 2) % 3]
}

/// The planes through voxel `cursor`, cut where they cross, in an order in which each may be painted
/// over those before it: beyond the i plane first, within that beyond the j plane, and so on.
pub fn back_to_front(shape: [usize; 3], cursor: [usize; 3], eye: IndexPoint) -> Vec<Facet> {
    let low = [-0.5; 3];
    let high = shape.map(|n| n as f64 - 0.5);
    let at = cursor.map(|n| n as f64);
    // Far half, near half: [from, to] along an axis.
    let halves = |axis: usize| {
        let (below, above) = ([low[axis], at[axis]], [at[axis], high[axis]]);
        if eye.0[axis] > at[axis] {
            [below, above]
        } else {
            [above, below]
        }
    };
    let facet = |axis: usize, ranges: [[f64; 2]; 3]| {
        let mut ranges = ranges;
        ranges[axis] = [at[axis]; 2];
        Facet {
            axis,
            low: ranges.map(|range| range[0]),
            high: ranges.map(|range| range[1]),
        }
    };
    let [whole_j, whole_k] = [1, 2].map(|axis| [low[axis], high[axis]]);
    let [i_far, i_near] = halves(0);
    let [j_far, j_near] = halves(1);
    let half = |i: [f64; 2]| {
        [
            facet(2, [i, j_far, whole_k]),
            facet(1, [i, j_far, whole_k]),
            facet(2, [i, j_near, whole_k]),
        ]
    };
    let across_i = facet(0, [i_far, whole_j, whole_k]);
    [&half(i_far)[..], &[across_i], &half(i_near)[..]].concat()
}

/// The voxel of the plane that a line of sight from `eye` meets first.
pub fn meet(
    shape: [usize; 3],
    cursor: [usize; 3],
    eye: IndexPoint,
    ray: Vector3<f64>,
) -> Option<[usize; 3]> {
    let hit = |axis: usize| {
        let along = (cursor[axis] as f64 - eye.0[axis]) / ray[axis];
        let mut point = eye.0 + ray * along;
        // Not a hair beside the plane.
        point[axis] = cursor[axis] as f64;
        let voxel = IndexPoint(point).nearest_voxel(shape)?;
        (along > 0.0).then_some((along, voxel))
    };
    let hits = (0..3).filter_map(hit);
    hits.min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, voxel)| voxel)
}

/// Whether the side of the box at the low or high end of `axis` is turned to the eye.
pub fn faces_eye(shape: [usize; 3], eye: IndexPoint, axis: usize, high: bool) -> bool {
    if high {
        eye.0[axis] > shape[axis] as f64 - 0.5
    } else {
        eye.0[axis] < -0.5
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SHAPE: [usize; 3] = [10, 12, 14];

    /// How far along the ray a facet is met.
    fn distance(facet: &Facet, eye: IndexPoint, ray: Vector3<f64>) -> Option<f64> {
        let axis = facet.axis;
        let along = (facet.low[axis] - eye.0[axis]) / ray[axis];
        let point = eye.0 + ray * along;
        let inside = others(axis)
            .iter()
            .all(|&n| point[n] > facet.low[n] && point[n] < facet.high[n]);
        (inside && along > 0.0).then_some(along)
    }

    proptest! {
        #[test]
        fn what_is_painted_later_is_never_behind(
            eye in prop::array::uniform3(-60.0..60.0f64),
            target in prop::array::uniform3(0.0..9.0f64),
            cursor in prop::array::uniform3(0usize..10),
        ) {
            let eye = IndexPoint::new(eye[0], eye[1], eye[2]);
            let ray = Vector3::from(target) - eye.0.coords;
            let met: Vec<f64> = back_to_front(SHAPE, cursor, eye)
                .iter()
                .filter_map(|facet| distance(facet, eye, ray))
                .collect();
            prop_assert!(met.windows(2).all(|pair| pair[0] >= pair[1]), "{met:?}");
        }

        #[test]
        fn a_click_meets_the_plane_in_front(
            eye in prop::array::uniform3(-60.0..60.0f64),
            target in prop::array::uniform3(0.0..9.0f64),
            cursor in prop::array::uniform3(0usize..10),
        ) {
            let eye = IndexPoint::new(eye[0], eye[1], eye[2]);
            let ray = Vector3::from(target) - eye.0.coords;
            let front = back_to_front(SHAPE, cursor, eye)
                .into_iter()
                .rfind(|facet| distance(facet, eye, ray).is_some());
            let voxel = meet(SHAPE, cursor, eye, ray);
            if let Some(front) = front {
                prop_assert_eq!(voxel.map(|v| v[front.axis]), Some(cursor[front.axis]));
            }
        }
    }

    #[test]
    fn the_planes_are_covered_whole() {
        let eye = IndexPoint::new(40.0, -30.0, 20.0);
        let area = |axis: usize| -> f64 {
            let [b, c] = others(axis);
            back_to_front(SHAPE, [3, 4, 5], eye)
                .iter()
                .filter(|facet| facet.axis == axis)
                .map(|f| (f.high[b] - f.low[b]) * (f.high[c] - f.low[c]))
                .sum()
        };
        assert_eq!([area(0), area(1), area(2)], [168.0, 140.0, 120.0]);
    }

    #[test]
    fn a_line_beside_the_box_meets_nothing() {
        let eye = IndexPoint::new(-50.0, 5.0, 5.0);
        assert_eq!(
            meet(SHAPE, [3, 4, 5], eye, Vector3::new(1.0, 2.0, 0.0)),
            None
        );
    }
}
