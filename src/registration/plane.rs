//! The state across one axis, for looking at: recomputed for that plane alone, so that a run keeps
//! nothing for it.

use super::demons::{Demons, Level};
use super::force::{moved, neighbors, offset, strength};
use super::gauss;
use super::jacobian::jacobian_at;
use super::progress::PlaneState;
use super::real::Real;
use super::sweep::{Gradient, State};

impl<T: Real> Demons<T> {
    /// The plane across `axis` at `index` of the working grid.
    pub fn plane(&self, axis: usize, index: usize) -> PlaneState {
        let level = &self.level;
        let axis = axis.min(2);
        let count = level.shape[axis];
        let index = ((index as f64 + 0.5) * count as f64 / self.shape[axis] as f64) as usize;
        let index = index.min(count - 1);
        let plane = Plane {
            level,
            before: level.state_before(),
            axis,
            index,
        };
        let scale = |axis: usize| self.shape[axis] as f64 / level.shape[axis] as f64;
        let (gradient, raw_update, update) = plane.forces();
        PlaneState {
            axis,
            index,
            shape: plane.shape(),
            level_shape: level.shape,
            level_spacing: std::array::from_fn(|axis| self.spacing[axis] * scale(axis)),
            target: plane.image(&level.target),
            source: plane.image(&level.source),
            warped: plane.image(&level.warped),
            gradient,
            raw_update,
            update,
            displacement: plane.displacement(),
            jacobian: plane
                .voxels()
                .map(|voxel| {
                    let field = &level.displacement;
                    jacobian_at(field, level.components, level.shape, voxel) as f32
                })
                .collect(),
        }
    }
}

/// A vector at each pixel, by axis.
type Vectors = [Vec<f32>; 3];

struct Plane<'a, T> {
    level: &'a Level<T>,
    before: State<'a, T>,
    axis: usize,
    index: usize,
}

impl<T: Real> Plane<'_, T> {
    /// The axes in the plane.
    fn across(&self) -> [usize; 2] {
        [[1, 2], [0, 2], [0, 1]][self.axis]
    }

    fn shape(&self) -> [usize; 2] {
        self.across().map(|axis| self.level.shape[axis])
    }

    fn voxels(&self) -> impl Iterator<Item = [usize; 3]> + use<'_, T> {
        let [width, height] = self.shape();
        let [a, b] = self.across();
        (0..height).flat_map(move |v| {
            (0..width).map(move |u| {
                let mut voxel = [self.index; 3];
                (voxel[a], voxel[b]) = (u, v);
                voxel
            })
        })
    }

    fn image(&self, image: &[T]) -> Vec<f32> {
        self.voxels()
            .map(|voxel| image[offset(self.level.shape, voxel)].to_f32())
            .collect()
    }

    fn displacement(&self) -> Vectors {
        let Level {
            shape, components, ..
        } = *self.level;
        std::array::from_fn(|c| {
            let component = |[i, j, k]: [usize; 3]| {
                let row = offset(shape, [0, j, k]) * components;
                let field = &self.level.displacement;
                if c < components {
                    field[row + c * shape[0] + i].to_f32()
                } else {
                    0.0
                }
            };
            self.voxels().map(component).collect()
        })
    }

    /// Gradient, and update before and after fluid smoothing.
    fn forces(&self) -> (Vectors, Vectors, Vectors) {
        let mut gradient = Vectors::default();
        let mut raw = Vectors::default();
        for voxel in self.voxels() {
            let here = self.gradient_at(voxel);
            let update = self.update_at(voxel);
            for axis in 0..3 {
                gradient[axis].push(here[axis].to_f32());
                raw[axis].push(update[axis].to_f32());
            }
        }
        let update = self.smoothed_update();
        (gradient, raw, update)
    }

    fn gradient_at(&self, voxel: [usize; 3]) -> [T; 3] {
        let State {
            shape,
            target,
            warped,
            settings,
            ..
        } = self.before;
        let of = |image: &[T], axis: usize| {
            let (before, after, factor) = neighbors(voxel[axis], shape[axis]);
            let (mut low, mut high) = (voxel, voxel);
            (low[axis], high[axis]) = (before, after);
            (image[offset(shape, high)] - image[offset(shape, low)]) * T::of(factor)
        };
        std::array::from_fn(|axis| match settings.gradient {
            Gradient::Warped => of(warped, axis),
            Gradient::Target => of(target, axis),
            Gradient::Both => (of(warped, axis) + of(target, axis)) * T::of(0.5),
        })
    }

    fn update_at(&self, voxel: [usize; 3]) -> [T; 3] {
        let gradient = self.gradient_at(voxel);
        let at = offset(self.before.shape, voxel);
        let difference = self.before.target[at] - self.before.warped[at];
        let [x, y, z] = gradient;
        let weight = T::of(self.before.settings.weight);
        let strength = strength(difference, x * x + y * y + z * z, weight);
        gradient.map(|gradient| moved(strength, gradient))
    }

    /// The update smoothed along all three axes, of which only this plane is wanted.
    fn smoothed_update(&self) -> Vectors {
        let [width, height] = self.shape();
        let fluid = self.before.settings.fluid;
        let weights = |axis: usize| {
            let flat = self.level.shape[axis] == 1;
            gauss::weights(if flat { 0.0 } else { fluid[axis] })
        };
        let mut update: [Vec<f64>; 3] = std::array::from_fn(|_| vec![0.0; width * height]);
        for (index, weight) in taps(&weights(self.axis), self.index, self.level.shape[self.axis]) {
            let other = Plane { index, ..*self };
            for (n, voxel) in other.voxels().enumerate() {
                let step = other.update_at(voxel);
                for (update, step) in update.iter_mut().zip(step) {
                    update[n] += weight * step.to_f64();
                }
            }
        }
        let [a, b] = self.across();
        update.map(|update| {
            let update = smooth_lines(&update, width, 1, width, &weights(a));
            let update = smooth_lines(&update, height, width, 1, &weights(b));
            update.into_iter().map(|v| v as f32).collect()
        })
    }
}

/// The places a kernel reaches around `at` among `count`, edges repeated, and their weights.
fn taps(weights: &[f64], at: usize, count: usize) -> impl Iterator<Item = (usize, f64)> + use<'_> {
    let radius = weights.len() / 2;
    weights.iter().enumerate().map(move |(tap, &weight)| {
        let place = (at + tap).saturating_sub(radius).min(count - 1);
        (place, weight)
    })
}

/// Smooths every line of `count` numbers `step` apart in a plane; neighbouring lines of it start
/// `apart`.
fn smooth_lines(
    plane: &[f64],
    count: usize,
    step: usize,
    apart: usize,
    weights: &[f64],
) -> Vec<f64> {
    let mut out = vec![0.0; plane.len()];
    for start in (0..plane.len() / count).map(|line| line * apart) {
        for at in 0..count {
            out[start + at * step] = taps(weights, at, count)
                .map(|(place, weight)| weight * plane[start + place * step])
                .sum();
        }
    }
    out
}
