//! How an image was moved, as a workspace keeps it.

use crate::document::{Aligned, AlignmentStep};
use crate::geometry::{Body, Placement, WorldPoint};
use crate::volume::Transform;
use nalgebra::{Matrix3, Matrix4};
use serde::{Deserialize, Serialize};

/// One step; of a displacement field there is none, for it is an image of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SceneStep {
    pub name: String,
    pub on: bool,
    #[serde(flatten)]
    pub how: SceneAligned,
}

/// What moves the image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SceneAligned {
    /// From points of the fixed to points of the moving world, RAS mm, row by row.
    FixedToMovingRas([[f64; 4]; 4]),
    ByHand(ScenePlacement),
}

/// The numbers of a hand, RAS mm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScenePlacement {
    pub angles_deg: [f64; 3],
    pub shift_mm: [f64; 3],
    pub scale: [f64; 3],
    pub center: [f64; 3],
    /// What scaling follows: the image's centre and its axes, one a row.
    pub body_center: [f64; 3],
    pub body_axes: [[f64; 3]; 3],
}

impl SceneStep {
    /// `None` of a displacement field.
    pub fn of(step: &AlignmentStep) -> Option<Self> {
        let how = match &step.how {
            Aligned::ByHand(placement) => SceneAligned::ByHand(ScenePlacement::of(placement)),
            Aligned::By(Transform::Linear(matrix)) => {
                let row = |row| std::array::from_fn(|column| matrix[(row, column)]);
                SceneAligned::FixedToMovingRas(std::array::from_fn(row))
            }
            Aligned::By(Transform::Field(_)) => return None,
        };
        Some(Self {
            name: step.name.clone(),
            on: step.on,
            how,
        })
    }

    /// `None` where a number is none, or flattens the image.
    pub fn step(&self) -> Option<AlignmentStep> {
        let how = match &self.how {
            SceneAligned::ByHand(placement) => Aligned::ByHand(placement.placement()?),
            SceneAligned::FixedToMovingRas(rows) => {
                let matrix = Matrix4::from_fn(|row, column| rows[row][column]);
                let is_affine = rows[3] == [0.0, 0.0, 0.0, 1.0];
                let sound = is_affine && matrix.iter().all(|number| number.is_finite());
                matrix.try_inverse().filter(|_| sound)?;
                Aligned::By(Transform::Linear(matrix))
            }
        };
        Some(AlignmentStep {
            name: self.name.clone(),
            on: self.on,
            how,
        })
    }
}

impl ScenePlacement {
    fn of(placement: &Placement) -> Self {
        let body = &placement.body;
        let axis = |axis| std::array::from_fn(|row| body.axes[(row, axis)]);
        Self {
            angles_deg: placement.angles_deg,
            shift_mm: placement.shift_mm,
            scale: placement.scale,
            center: placement.center.0.into(),
            body_center: body.center.0.into(),
            body_axes: std::array::from_fn(axis),
        }
    }

    fn placement(&self) -> Option<Placement> {
        let axes = self.body_axes.map(Into::into);
        let placement = Placement {
            angles_deg: self.angles_deg,
            shift_mm: self.shift_mm,
            scale: self.scale,
            center: WorldPoint(self.center.into()),
            body: Body {
                center: WorldPoint(self.body_center.into()),
                axes: Matrix3::from_columns(&axes),
            },
        };
        let sound = placement.push().iter().all(|number| number.is_finite());
        placement.pull().filter(|_| sound).map(|_| placement)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{Rotation3, Vector3};

    fn step(how: Aligned) -> AlignmentStep {
        AlignmentStep {
            name: "a step".to_owned(),
            on: false,
            how,
        }
    }

    fn pull(step: &AlignmentStep) -> Option<Matrix4<f64>> {
        match &step.how {
            Aligned::ByHand(placement) => placement.pull(),
            Aligned::By(Transform::Linear(matrix)) => Some(*matrix),
            Aligned::By(Transform::Field(_)) => None,
        }
    }

    #[test]
    fn steps_come_back_from_json_as_they_were() {
        let axes = Rotation3::from_euler_angles(0.3, 0.1, -0.2);
        let body = Body {
            center: WorldPoint::new(1.0, 2.0, 3.0),
            axes: *axes.matrix(),
        };
        let by_hand = Placement {
            angles_deg: [10.0, -20.0, 30.0],
            shift_mm: [1.5, -2.5, 3.5],
            scale: [1.0, -1.25, 0.5],
            ..Placement::resting(WorldPoint::new(4.0, 5.0, 6.0), body)
        };
        let moved = Matrix4::new_translation(&Vector3::new(0.1, -7.0, 1e-7));
        for how in [
            Aligned::ByHand(by_hand),
            Aligned::By(Transform::Linear(moved)),
        ] {
            let before = step(how);
            let json = serde_json::to_string(&SceneStep::of(&before)).expect("JSON");
            let scene: SceneStep = serde_json::from_str(&json).expect("a step");
            let after = scene.step().expect("a sound step");
            assert_eq!((&after.name, after.on), (&before.name, before.on));
            let (a, b) = (
                pull(&before).expect("linear"),
                pull(&after).expect("linear"),
            );
            assert!((a - b).abs().max() < 1e-9, "{json}");
        }
    }

    #[test]
    fn steps_that_flatten_or_are_no_numbers_are_passed_over() {
        let scene = |rows| SceneStep {
            name: String::new(),
            on: true,
            how: SceneAligned::FixedToMovingRas(rows),
        };
        let mut rows = [[0.0; 4]; 4];
        rows[3][3] = 1.0;
        assert!(scene(rows).step().is_none());
        for (axis, row) in rows.iter_mut().enumerate() {
            row[axis] = 1.0;
        }
        assert!(scene(rows).step().is_some());
        rows[0][1] = f64::NAN;
        assert!(scene(rows).step().is_none());
    }
}
