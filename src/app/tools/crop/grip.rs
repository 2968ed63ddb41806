//! How a hand holds the box in a view, and what it makes of it.

use crate::document::{Plane, PlaneAxes};
use crate::geometry::{Grid, IndexPoint, WorldPoint};
use std::ops::Range;

/// What a hand does in a view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Gesture {
    Press {
        plane: Plane,
        at: WorldPoint,
        /// How near to an edge it is held, in mm.
        reach_mm: f64,
    },
    Drag(WorldPoint),
    Release,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Low,
    High,
}

/// How the box is held.
#[derive(Clone, Debug, PartialEq)]
pub enum Grip {
    /// By an edge, or by two at a corner: axis of the image and end of its range.
    Edges(Vec<(usize, End)>),
    /// As a whole, from an index.
    Whole {
        axes: [usize; 2],
        from: IndexPoint,
        ranges: [Range<usize>; 3],
    },
    /// Drawn anew from an index.
    Drawn { axes: [usize; 2], from: IndexPoint },
}

/// The axes of an image `own` that lie in a view's plane; `None` when they lie obliquely to the main
/// image's.
pub fn in_plane(plane: Plane, main: &Grid, own: &Grid) -> Option<[usize; 2]> {
    let axes = PlaneAxes::of(plane, main);
    let like = |axis: usize| {
        let direction = main.step(axis).normalize();
        (0..3).find(|n| own.step(*n).normalize().dot(&direction).abs() > 0.9995)
    };
    let [right, down] = [like(axes.right)?, like(axes.down)?];
    // In a skewed image one axis may run along both.
    (right != down).then_some([right, down])
}

impl Grip {
    /// How a hand at index `at` holds the box: by edges within reach, else as a whole from inside; a
    /// hand outside, or in a box as large as the image, draws a new one.
    pub fn at(
        ranges: &[Range<usize>; 3],
        shape: [usize; 3],
        own: &Grid,
        axes: [usize; 2],
        at: IndexPoint,
        reach_mm: f64,
    ) -> Self {
        let spacing = own.spacing();
        let ends = |axis: usize| {
            let range = &ranges[axis];
            [range.start, range.end].map(|end| end as f64 - 0.5)
        };
        let reach = |axis: usize| reach_mm / spacing[axis];
        let within = |axis: usize, slack: f64| {
            let [low, high] = ends(axis);
            (low - slack..=high + slack).contains(&at.0[axis])
        };
        if axes.iter().all(|axis| within(*axis, reach(*axis))) {
            let held = axes.iter().filter_map(|&axis| {
                let [low, high] = ends(axis).map(|end| (at.0[axis] - end).abs());
                let end = if low <= high { End::Low } else { End::High };
                (low.min(high) <= reach(axis)).then_some((axis, end))
            });
            let held: Vec<_> = held.collect();
            if !held.is_empty() {
                return Self::Edges(held);
            }
        }
        let is_inside = axes.iter().all(|axis| within(*axis, 0.0));
        let is_whole = axes.iter().all(|axis| ranges[*axis].len() == shape[*axis]);
        match is_inside && !is_whole {
            true => Self::Whole {
                axes,
                from: at,
                ranges: ranges.clone(),
            },
            false => Self::Drawn { axes, from: at },
        }
    }

    /// The box once the hand is at index `at`; it stays in the image and holds a voxel.
    pub fn moved(
        &self,
        ranges: &[Range<usize>; 3],
        shape: [usize; 3],
        at: IndexPoint,
    ) -> [Range<usize>; 3] {
        let mut moved = ranges.clone();
        match self {
            Self::Edges(held) => {
                for &(axis, end) in held {
                    let edge = (at.0[axis] + 0.5).round().max(0.0) as usize;
                    let range = &mut moved[axis];
                    match end {
                        End::Low => range.start = edge.min(range.end - 1),
                        End::High => range.end = edge.clamp(range.start + 1, shape[axis]),
                    }
                }
            }
            Self::Whole {
                axes,
                from,
                ranges: start,
            } => {
                for &axis in axes {
                    let range = &start[axis];
                    let by = (at.0[axis] - from.0[axis]).round() as i64;
                    let most = (shape[axis] - range.len()) as i64;
                    let low = (range.start as i64 + by).clamp(0, most) as usize;
                    moved[axis] = low..low + range.len();
                }
            }
            Self::Drawn { axes, from } => {
                let voxel = |point: IndexPoint, axis: usize| {
                    let last = shape[axis] as f64 - 1.0;
                    point.0[axis].round().clamp(0.0, last) as usize
                };
                for &axis in axes {
                    let [a, b] = [voxel(*from, axis), voxel(at, axis)];
                    moved[axis] = a.min(b)..a.max(b) + 1;
                }
            }
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Matrix4;

    const SHAPE: [usize; 3] = [40, 30, 20];

    fn grid() -> Grid {
        Grid::new(SHAPE, Matrix4::identity()).expect("a grid")
    }

    fn ranges() -> [Range<usize>; 3] {
        [10..20, 5..25, 0..20]
    }

    fn held(x: f64, y: f64) -> Grip {
        let at = IndexPoint::new(x, y, 3.0);
        Grip::at(&ranges(), SHAPE, &grid(), [0, 1], at, 1.0)
    }

    fn dragged(from: (f64, f64), to: (f64, f64)) -> [Range<usize>; 3] {
        let to = IndexPoint::new(to.0, to.1, 3.0);
        held(from.0, from.1).moved(&ranges(), SHAPE, to)
    }

    #[test]
    fn an_edge_goes_with_the_hand_and_stays_in_the_image() {
        assert_eq!(held(9.0, 12.0), Grip::Edges(vec![(0, End::Low)]));
        assert_eq!(dragged((9.0, 12.0), (3.6, 20.0)), [4..20, 5..25, 0..20]);
        assert_eq!(dragged((19.5, 12.0), (99.0, 12.0)), [10..40, 5..25, 0..20]);
        assert_eq!(dragged((19.5, 12.0), (-9.0, 12.0)), [10..11, 5..25, 0..20]);
    }

    #[test]
    fn a_corner_moves_two_edges() {
        assert_eq!(dragged((9.5, 24.0), (12.0, 20.0)), [13..20, 5..21, 0..20]);
    }

    #[test]
    fn inside_the_box_moves_as_a_whole_and_outside_a_new_one_is_drawn() {
        assert_eq!(dragged((15.0, 15.0), (17.2, 99.0)), [12..22, 10..30, 0..20]);
        assert_eq!(dragged((30.0, 2.0), (25.0, 8.0)), [25..31, 2..9, 0..20]);
        let whole = SHAPE.map(|n| 0..n);
        let at = IndexPoint::new(15.0, 15.0, 3.0);
        let grip = Grip::at(&whole, SHAPE, &grid(), [0, 1], at, 1.0);
        assert!(matches!(grip, Grip::Drawn { .. }));
    }

    #[test]
    fn axes_in_a_view_follow_the_images_own_order() {
        let mut turned = Matrix4::zeros();
        turned[(1, 0)] = 1.0;
        turned[(2, 1)] = -1.0;
        turned[(0, 2)] = 1.0;
        turned[(3, 3)] = 1.0;
        let own = Grid::new([5, 5, 5], turned).expect("a grid");
        assert_eq!(in_plane(Plane::Axial, &grid(), &own), Some([2, 0]));
        let (sin, cos) = 0.2f64.sin_cos();
        let mut oblique = Matrix4::identity();
        oblique[(0, 0)] = cos;
        oblique[(1, 0)] = sin;
        oblique[(0, 1)] = -sin;
        oblique[(1, 1)] = cos;
        let own = Grid::new([5, 5, 5], oblique).expect("a grid");
        assert_eq!(in_plane(Plane::Axial, &grid(), &own), None);
        let mut skewed = Matrix4::identity();
        skewed[(0, 1)] = 1.0;
        skewed[(1, 1)] = 0.01;
        let own = Grid::new([5, 5, 5], skewed).expect("a grid");
        assert_eq!(in_plane(Plane::Axial, &own, &own), None);
    }
}
