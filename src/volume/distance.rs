//! Exact Euclidean distances on a grid of voxels.
//!
//! Source: P. Felzenszwalb, D. Huttenlocher, "Distance transforms of sampled functions", Theory of
//! Computing 8, 2012: axis by axis, the lowest of the parabolas that stand on the voxels.

use ndarray::{Array3, Axis, Zip};
use std::cell::RefCell;

/// What is nothing but far away.
pub(super) const FAR: f32 = f32::INFINITY;

/// Replaces 0 (a place) and [`FAR`] (no place) in `[k, j, i]` by the squared distance in mm to the nearest
/// place; `spacing` is that of i, j and k in mm, at right angles.
pub(super) fn squared_distances(field: &mut Array3<f32>, spacing: [f64; 3]) {
    for (axis, spacing) in [(2, spacing[0]), (1, spacing[1]), (0, spacing[2])] {
        if field.len_of(Axis(axis)) > 1 {
            Zip::from(field.lanes_mut(Axis(axis))).par_for_each(|mut lane| {
                HULL.with_borrow_mut(|hull| {
                    hull.build(lane.iter().copied(), spacing * spacing);
                    hull.read(lane.iter_mut(), spacing * spacing);
                });
            });
        }
    }
}

thread_local! {
    static HULL: RefCell<Hull> = RefCell::default();
}

/// The parabolas that are lowest somewhere along a line of voxels.
#[derive(Default)]
struct Hull(Vec<Parabola>);

#[derive(Clone, Copy)]
struct Parabola {
    /// Its voxel, and its height there.
    at: f64,
    height: f64,
    /// Where it begins to be the lowest, in voxels.
    from: f64,
}

impl Hull {
    fn build(&mut self, heights: impl Iterator<Item = f32>, curve: f64) {
        self.0.clear();
        for (at, height) in heights.enumerate().filter(|(_, height)| *height < FAR) {
            let (at, height) = (at as f64, f64::from(height));
            let mut from = f64::NEG_INFINITY;
            while let Some(last) = self.0.last() {
                let rise = (height - last.height) / curve + at * at - last.at * last.at;
                from = rise / (2.0 * (at - last.at));
                if from > last.from {
                    break;
                }
                self.0.pop();
                from = f64::NEG_INFINITY;
            }
            self.0.push(Parabola { at, height, from });
        }
    }

    fn read<'a>(&self, heights: impl Iterator<Item = &'a mut f32>, curve: f64) {
        let mut lowest = 0;
        for (at, height) in heights.enumerate() {
            let at = at as f64;
            while self.0.get(lowest + 1).is_some_and(|next| next.from < at) {
                lowest += 1;
            }
            if let Some(parabola) = self.0.get(lowest) {
                let away = at - parabola.at;
                *height = (parabola.height + curve * away * away) as f32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_distance_is_that_to_the_nearest_place() {
        let spacing = [0.7, 1.3, 2.5];
        let shape = [5, 7, 9];
        // Scattered places, some voxels far from all of them.
        let is_place = |n: usize| (n * n * 7 + 3 * n).is_multiple_of(83);
        let place = |k: usize, j: usize, i: usize| is_place((k * shape[1] + j) * shape[2] + i);
        let mut field = Array3::from_shape_fn(shape, |(k, j, i)| match place(k, j, i) {
            true => 0.0,
            false => FAR,
        });
        squared_distances(&mut field, spacing);
        let places: Vec<_> = field.indexed_iter().map(|(at, _)| at).collect();
        let places: Vec<_> = places
            .iter()
            .filter(|(k, j, i)| place(*k, *j, *i))
            .collect();
        assert!(places.len() > 2);
        for ((k, j, i), found) in field.indexed_iter() {
            let to = |(c, b, a): &(usize, usize, usize)| {
                let along = |a: usize, b: usize, mm: f64| ((a as f64 - b as f64) * mm).powi(2);
                along(i, *a, spacing[0]) + along(j, *b, spacing[1]) + along(k, *c, spacing[2])
            };
            let nearest = places
                .iter()
                .map(|place| to(place))
                .fold(f64::MAX, f64::min);
            assert!((f64::from(*found) - nearest).abs() < 1e-4, "{k} {j} {i}");
        }
    }

    #[test]
    fn without_a_place_everything_is_far() {
        let mut field = Array3::from_elem([2, 3, 4], FAR);
        squared_distances(&mut field, [1.0; 3]);
        assert!(field.iter().all(|distance| *distance == FAR));
    }
}
