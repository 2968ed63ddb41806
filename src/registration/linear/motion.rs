//! Where the moving image lies, and the ways in which it may go on from there.
//!
//! A pose is changed by the exponential of a weighted sum of generators (the Lie algebra of its kind
//! of motion), so that every step is taken from where the image lies and nothing is ever mirrored.

use super::params::Motion;
use nalgebra::{Matrix3, Matrix3x4, Matrix4, Point3, SVector, Vector3};

/// At most so many numbers make a step.
pub(super) const MOST: usize = 12;

/// A step, or a slope: one number for each generator; the rest is 0. In mm that samples move.
pub(super) type Step = SVector<f64, MOST>;

/// A linear map from the fixed to the moving world, RAS mm: `linear * (x - center) + place`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pose {
    pub linear: Matrix3<f64>,
    pub center: Vector3<f64>,
    pub place: Vector3<f64>,
}

impl Pose {
    pub fn of(matrix: &Matrix4<f64>, center: Vector3<f64>) -> Self {
        Self {
            linear: matrix.fixed_view::<3, 3>(0, 0).into_owned(),
            center,
            place: matrix.transform_point(&Point3::from(center)).coords,
        }
    }

    pub fn matrix(&self) -> Matrix4<f64> {
        let mut matrix = self.linear.to_homogeneous();
        let shift = self.place - self.linear * self.center;
        matrix.fixed_view_mut::<3, 1>(0, 3).copy_from(&shift);
        matrix
    }
}

/// The directions in which a pose may change.
pub(super) struct Freedom {
    /// What multiplies the linear part from the left.
    linear: Vec<Matrix3<f64>>,
    /// Directions of shifts.
    shifts: Vec<Vector3<f64>>,
}

impl Freedom {
    /// `radius`: how far samples lie from the centre in mm; `plane`: for images of one slice, two
    /// unit vectors at right angles that they stay in.
    pub fn new(motion: Motion, radius: f64, plane: Option<[Vector3<f64>; 2]>) -> Self {
        let shifts: Vec<Vector3<f64>> = match plane {
            Some(plane) => plane.to_vec(),
            None => Matrix3::identity()
                .column_iter()
                .map(nalgebra::Matrix::into_owned)
                .collect(),
        };
        let pairs = || (0..shifts.len()).flat_map(|a| (0..a).map(move |b| (a, b)));
        let turns = pairs()
            .map(|(a, b)| shifts[a] * shifts[b].transpose() - shifts[b] * shifts[a].transpose());
        let growth: Matrix3<f64> = shifts.iter().map(|e| e * e.transpose()).sum();
        let any = shifts
            .iter()
            .flat_map(|a| shifts.iter().map(move |b| a * b.transpose()));
        let linear: Vec<Matrix3<f64>> = match motion {
            Motion::Rigid => turns.collect(),
            Motion::Similarity => turns.chain([growth]).collect(),
            Motion::Affine => any.collect(),
        };
        let linear = linear.into_iter().map(|m| m / radius).collect();
        Self { linear, shifts }
    }

    /// Numbers of a step that are used.
    pub fn count(&self) -> usize {
        self.linear.len() + self.shifts.len()
    }

    /// The pose after a step.
    pub fn moved(&self, pose: &Pose, step: &Step) -> Pose {
        let (turn, shift) = step.as_slice().split_at(self.linear.len());
        let change: Matrix3<f64> = self.linear.iter().zip(turn).map(|(m, n)| m * *n).sum();
        let shift: Vector3<f64> = self.shifts.iter().zip(shift).map(|(v, n)| v * *n).sum();
        Pose {
            linear: change.exp() * pose.linear,
            place: pose.place + shift,
            ..*pose
        }
    }

    /// How a number changes with each part of a step, from how it changes with `linear` (the first
    /// three columns) and `place` (the last) of the pose.
    pub fn slope(&self, pose: &Pose, by: &Matrix3x4<f64>) -> Step {
        let turned = by.fixed_view::<3, 3>(0, 0) * pose.linear.transpose();
        let linear = self.linear.iter().map(|m| turned.dot(m));
        let shifts = self.shifts.iter().map(|v| by.column(3).dot(v));
        let mut slope = Step::zeros();
        for (slope, number) in slope.iter_mut().zip(linear.chain(shifts)) {
            *slope = number;
        }
        slope
    }
}
