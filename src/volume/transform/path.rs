//! A chain made ready for many points: neighbouring matrices are one.

use super::field::Field;
use nalgebra::{Matrix4, Point3};

/// Where points go: by a matrix, then any number of times by a field and another matrix.
pub(in crate::volume) struct Path {
    start: Matrix4<f64>,
    legs: Vec<(Field, Matrix4<f64>)>,
}

impl Path {
    pub fn new(start: Matrix4<f64>) -> Self {
        Self {
            start,
            legs: Vec::new(),
        }
    }

    pub fn then(&mut self, matrix: &Matrix4<f64>) {
        let last = self.legs.last_mut().map(|(_, last)| last);
        let last = last.unwrap_or(&mut self.start);
        *last = matrix * *last;
    }

    pub(super) fn then_field(&mut self, field: Field) {
        self.legs.push((field, Matrix4::identity()));
    }

    pub fn end(&self, point: Point3<f64>) -> Point3<f64> {
        let mut point = self.start.transform_point(&point);
        for (field, matrix) in &self.legs {
            point += field.displacement(point);
            point = matrix.transform_point(&point);
        }
        point
    }
}
