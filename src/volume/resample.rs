//! Images on other grids.

use super::retype::Nearest;
use super::sample::{Interpolation, Neighbors};
use super::transform::{Chain, Path};
use super::{Linear, Rescale, RescaleUse, Volume, VoxelArray, VoxelData, VoxelType};
use crate::geometry::Grid;
use crate::with_voxels;
use nalgebra::Point3;
use ndarray::{Array3, Array5, ArrayView3, Axis, Zip, s};
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How values between voxel centres are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Resampling {
    /// The nearest voxel, for labels.
    Nearest,
    /// Weighted mean of the neighbours.
    #[default]
    Linear,
    /// The cubic B-spline through all voxels, as ITK's of order 3.
    Cubic,
}

impl Volume {
    /// The image on `grid`, and `outside` (a value) where it does not reach. The voxel type stays;
    /// numbers are rounded to it and kept within its range. Where slices have scales of their own,
    /// values become float32. Slices at uneven steps count where they lie.
    pub fn resampled(&self, grid: &Grid, how: Resampling, outside: f64) -> Self {
        self.resampled_while(grid, how, outside, &|_| true)
    }

    /// The same, telling `goes_on` the part that is done, 0 to 1; once that says no, the rest is left as
    /// `outside`.
    pub fn resampled_while(
        &self,
        grid: &Grid,
        how: Resampling,
        outside: f64,
        goes_on: &(dyn Fn(f32) -> bool + Sync),
    ) -> Self {
        self.resampled_through(grid, &Chain::default(), how, outside, goes_on)
    }

    /// The same of the image that `chain` brings to the world of `grid`, in one interpolation however many
    /// transforms there are. Vectors keep their components: they are not turned.
    pub fn resampled_through(
        &self,
        grid: &Grid,
        chain: &Chain,
        how: Resampling,
        outside: f64,
        goes_on: &(dyn Fn(f32) -> bool + Sync),
    ) -> Self {
        let one_scale = match self.rescale() {
            Rescale::Uniform(_) => None,
            Rescale::PerSlice(_) => self.retyped(VoxelType::F32, RescaleUse::Apply).ok(),
        };
        let source = one_scale.as_ref().map_or(self, |retyped| &retyped.volume);
        let linear = source.rescale().of_slice(0, 0, 1);
        let outside = (outside - linear.intercept) / linear.slope;
        let place = Place {
            path: chain.path(grid.affine(), self.grid.inverse_affine()),
            slice_index: self.slice_index(),
            shape: grid.shape(),
        };
        let data =
            with_voxels!(source.data(), array => resampled(array, &place, how, outside, goes_on));
        let mut meta = self.meta().clone();
        meta.derived = true;
        meta.moved |= !chain.0.is_empty();
        meta.forget_uneven_steps();
        Self {
            grid: *grid,
            voxels: super::Voxels {
                data,
                rescale: source.rescale().clone(),
            }
            .into(),
            meta: meta.into(),
        }
    }
}

/// The new grid as the old one sees it.
struct Place<F> {
    /// New index to old index, as if slices lay at even steps.
    path: Path,
    /// Old index along k at even steps to that among the slices.
    slice_index: F,
    shape: [usize; 3],
}

impl<F: Fn(f64) -> f64> Place<F> {
    fn of(&self, index: [usize; 3]) -> Point3<f64> {
        let index = Point3::from(index.map(|n| n as f64));
        let mut point = self.path.end(index);
        point.z = (self.slice_index)(point.z);
        point
    }
}

impl Volume {
    /// Whether the voxels of the image on another grid can hold `value`, after rescale, up to rounding.
    pub fn holds(&self, value: f64) -> bool {
        fn kept<T: Nearest>(_: &VoxelArray<T>, stored: f64) -> f64 {
            T::saturating(stored).to_f64()
        }
        let Rescale::Uniform(Linear { slope, intercept }) = *self.rescale() else {
            // It becomes float32.
            return true;
        };
        let stored = (value - intercept) / slope;
        let kept = with_voxels!(self.data(), array => kept(array, stored));
        let rounding = 0.5 + f64::from(f32::EPSILON) * stored.abs();
        match stored.is_nan() {
            true => kept.is_nan(),
            false => kept == stored || (kept - stored).abs() <= rounding,
        }
    }
}

fn resampled<T: Nearest>(
    array: &VoxelArray<T>,
    place: &Place<impl Fn(f64) -> f64 + Sync>,
    how: Resampling,
    outside: f64,
    goes_on: &(dyn Fn(f32) -> bool + Sync),
) -> VoxelData {
    let (time_points, .., components) = array.dim();
    let [nx, ny, nz] = place.shape;
    let outside = T::saturating(outside);
    let mut out = Array5::from_elem((time_points, nz, ny, nx, components), outside);
    let (done, all) = (AtomicUsize::new(0), nz * time_points * components);
    for (t, c) in (0..time_points).flat_map(|t| (0..components).map(move |c| (t, c))) {
        let source = Source::new(&array.slice(s![t, .., .., .., c]), how);
        let mut image = out.slice_mut(s![t, .., .., .., c]);
        let slices = image.axis_iter_mut(Axis(0)).into_par_iter();
        slices.enumerate().for_each(|(k, mut slice)| {
            let part = done.fetch_add(1, Ordering::Relaxed) as f32 / all as f32;
            if !goes_on(part) {
                return;
            }
            for ((j, i), number) in slice.indexed_iter_mut() {
                if let Some(found) = source.at(place.of([i, j, k])) {
                    *number = found;
                }
            }
        });
    }
    T::wrap(out)
}

/// One component of one time point, `[k, j, i]`.
enum Source<'a, T> {
    Nearest(ArrayView3<'a, T>),
    Linear(ArrayView3<'a, T>),
    /// With the spline's coefficients.
    Cubic(ArrayView3<'a, T>, Array3<f64>),
}

impl<'a, T: Nearest> Source<'a, T> {
    fn new(stored: &ArrayView3<'a, T>, how: Resampling) -> Self {
        match how {
            Resampling::Nearest => Self::Nearest(*stored),
            Resampling::Linear => Self::Linear(*stored),
            Resampling::Cubic => Self::Cubic(*stored, coefficients(stored)),
        }
    }

    /// The number at an index, `None` outside the voxels' cells.
    fn at(&self, point: Point3<f64>) -> Option<T> {
        let neighbors = |shape: &[usize], how| {
            let of = |axis: usize| Neighbors::at(point[axis], shape[2 - axis], how);
            Some([of(0)?, of(1)?, of(2)?])
        };
        match self {
            Self::Nearest(stored) => {
                let [i, j, k] = neighbors(stored.shape(), Interpolation::Nearest)?;
                stored.get((k.low, j.low, i.low)).copied()
            }
            Self::Linear(stored) => {
                let [i, j, k] = neighbors(stored.shape(), Interpolation::Linear)?;
                let mut sum = 0.0;
                for (k, weight_k) in k.weighted() {
                    for (j, weight_j) in j.weighted() {
                        for (i, weight_i) in i.weighted() {
                            sum += weight_k * weight_j * weight_i * stored[(k, j, i)].to_f64();
                        }
                    }
                }
                Some(T::saturating(sum))
            }
            Self::Cubic(stored, coefficients) => {
                let shape = coefficients.shape();
                let [i, j, k] = neighbors(shape, Interpolation::Nearest)?;
                let nearest = *stored.get((k.low, j.low, i.low))?;
                if !nearest.to_f64().is_finite() {
                    return Some(nearest);
                }
                let [i, j, k] = [0, 1, 2].map(|axis| knots(point[axis], shape[2 - axis]));
                let mut sum = 0.0;
                for (k, weight_k) in k {
                    for (j, weight_j) in j {
                        for (i, weight_i) in i {
                            sum += weight_k * weight_j * weight_i * coefficients[(k, j, i)];
                        }
                    }
                }
                Some(T::saturating(sum))
            }
        }
    }
}

/// The four coefficients that count at a coordinate among `count`, and their weights.
fn knots(coordinate: f64, count: usize) -> [(usize, f64); 4] {
    let floor = coordinate.floor();
    let u = coordinate - floor;
    let v = 1.0 - u;
    let weights = [
        v * v * v / 6.0,
        2.0 / 3.0 - u * u * (2.0 - u) / 2.0,
        2.0 / 3.0 - v * v * (2.0 - v) / 2.0,
        u * u * u / 6.0,
    ];
    let first = floor as i64 - 1;
    [0, 1, 2, 3].map(|n| (mirrored(first + n as i64, count), weights[n]))
}

/// An index reflected at the first and the last.
fn mirrored(index: i64, count: usize) -> usize {
    let last = count as i64 - 1;
    if last == 0 {
        return 0;
    }
    let wrapped = index.rem_euclid(2 * last);
    wrapped.min(2 * last - wrapped) as usize
}

/// Numbers that are not finite become the nearest one along a row, then a column, then a stack: each
/// coefficient depends on all numbers.
fn fill(numbers: &mut Array3<f64>) {
    for axis in [2, 1, 0] {
        for mut line in numbers.lanes_mut(Axis(axis)) {
            let numbers = line.iter().copied().enumerate();
            let known: Vec<(usize, f64)> = numbers.filter(|(_, v)| v.is_finite()).collect();
            for (n, number) in line.iter_mut().enumerate() {
                if number.is_finite() {
                    continue;
                }
                let after = known.partition_point(|(place, _)| *place < n);
                let beside = known[after.saturating_sub(1)..].iter().take(2);
                if let Some((_, nearest)) = beside.min_by_key(|(place, _)| place.abs_diff(n)) {
                    *number = *nearest;
                }
            }
        }
    }
}

/// The coefficients of the spline that passes through all numbers, mirrored at the borders.
fn coefficients<T: Nearest>(stored: &ArrayView3<'_, T>) -> Array3<f64> {
    let mut numbers = stored.map(|number| number.to_f64());
    if numbers.iter().any(|number| !number.is_finite()) {
        fill(&mut numbers);
    }
    for axis in 0..3 {
        if numbers.len_of(Axis(axis)) > 1 {
            Zip::from(numbers.lanes_mut(Axis(axis))).par_for_each(|mut line| {
                let mut numbers: Vec<f64> = line.to_vec();
                fit_spline(&mut numbers);
                line.iter_mut()
                    .zip(numbers)
                    .for_each(|(to, from)| *to = from);
            });
        }
    }
    numbers
}

/// Numbers along one line become coefficients: a recursive filter forth and back (Unser 1999).
fn fit_spline(line: &mut [f64]) {
    let pole = 3f64.sqrt() - 2.0;
    let last = line.len() - 1;
    line.iter_mut().for_each(|v| *v *= 6.0);
    line[0] = first_of_mirrored(line, pole);
    for n in 1..=last {
        line[n] += pole * line[n - 1];
    }
    line[last] = pole / (pole * pole - 1.0) * (pole * line[last - 1] + line[last]);
    for n in (0..last).rev() {
        line[n] = pole * (line[n + 1] - line[n]);
    }
}

/// What the filter would have summed up before the line, were it mirrored without end.
fn first_of_mirrored(line: &[f64], pole: f64) -> f64 {
    let last = line.len() as i32 - 1;
    let inner = line.iter().enumerate().skip(1).take(line.len() - 2);
    let inner: f64 = inner
        .map(|(n, v)| v * (pole.powi(n as i32) + pole.powi(2 * last - n as i32)))
        .sum();
    let ends = line[0] + line[line.len() - 1] * pole.powi(last);
    (ends + inner) / (1.0 - pole.powi(2 * last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::{Linear, Meta, Voxel};
    use nalgebra::Matrix3;

    fn volume<T: Voxel>(number: impl Fn(usize) -> T, rescale: Rescale) -> Volume {
        let shape = [6, 5, 4];
        let direction = Matrix3::new(0.0, -1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0);
        let grid = Grid::from_lps(shape, [5.0, -7.0, 2.0], direction, [1.0, 2.0, 3.0]);
        let numbers = (0..120).map(number).collect();
        let array = T::wrap(Array5::from_shape_vec((1, 4, 5, 6, 1), numbers).expect("fits"));
        Volume::new(grid.expect("a grid"), array, rescale, Meta::default()).expect("fits")
    }

    fn uneven(n: usize) -> f64 {
        ((n * 37) % 101) as f64 / 3.0
    }

    const ALL: [Resampling; 3] = [Resampling::Nearest, Resampling::Linear, Resampling::Cubic];

    #[test]
    fn an_image_on_its_own_grid_is_the_same() {
        let image = volume(uneven, Rescale::IDENTITY);
        for how in ALL {
            let same = image.resampled(image.grid(), how, 0.0);
            for n in 0..120 {
                let at = [n % 6, n / 6 % 5, n / 30];
                let [a, b] = [&image, &same].map(|v| v.value(at, 0, 0).expect("inside"));
                assert!((a - b).abs() < 1e-9, "{how:?} at {at:?}: {a} is not {b}");
            }
        }
    }

    #[test]
    fn a_slope_stays_a_slope_between_voxels() {
        let ramp = volume(|n| (n % 6) as f32, Rescale::IDENTITY);
        let mut affine = *ramp.grid().affine();
        let step = ramp.grid().step(0) / 4.0;
        affine.fixed_view_mut::<3, 1>(0, 0).copy_from(&step);
        let fine = Grid::new([21, 5, 4], affine).expect("a grid");
        let image = ramp.resampled(&fine, Resampling::Linear, 0.0);
        for i in 0..21 {
            assert_eq!(image.value([i, 2, 1], 0, 0), Some(i as f64 / 4.0));
        }
        let nearest = ramp.resampled(&fine, Resampling::Nearest, 0.0);
        assert_eq!(nearest.value([3, 0, 0], 0, 0), Some(1.0));
    }

    #[test]
    fn slices_at_uneven_steps_count_where_they_lie() {
        let places = [0.0, 1.0, 3.0, 9.0];
        let values = volume(|n| places[n / 30] as f32, Rescale::IDENTITY);
        let meta = Meta {
            slice_positions: Some(places.to_vec()),
            ..Meta::default()
        };
        let values = values.with_meta(meta);
        let fine = values.grid().with_spacing([1.0, 2.0, 1.0]).expect("a grid");
        let image = values.resampled(&fine, Resampling::Linear, -1.0);
        let nearest = values.resampled(&fine, Resampling::Nearest, -1.0);
        let origin = fine.affine()[(2, 3)] - values.grid().affine()[(2, 3)];
        for k in 0..fine.shape()[2] {
            let place = origin + k as f64;
            let [found, near] = [&image, &nearest].map(|v| v.value([2, 2, k], 0, 0));
            if (0.0..=9.0).contains(&place) {
                assert!((found.expect("inside") - place).abs() < 1e-5, "{place}");
            }
            let near = near.expect("inside");
            assert!(near == -1.0 || places.contains(&near), "{near}");
        }
        assert!(image.meta().slice_positions.is_none());
    }

    #[test]
    fn outside_is_a_value_not_a_stored_number() {
        let rescale = Rescale::Uniform(Linear {
            slope: 1.0,
            intercept: -1024.0,
        });
        let ct = volume(|n| n as i16 + 1000, rescale);
        let mut affine = *ct.grid().affine();
        affine[(0, 3)] += 100.0;
        let away = Grid::new([2, 2, 2], affine).expect("a grid");
        for how in ALL {
            let image = ct.resampled(&away, how, -1000.0);
            assert_eq!(image.value([1, 1, 1], 0, 0), Some(-1000.0));
            assert_eq!(image.data().voxel_type(), VoxelType::I16);
        }
    }

    #[test]
    fn a_hole_stays_a_hole_under_a_spline() {
        let value = |n: usize| if n == 45 { f64::NAN } else { 7.0 };
        let image = volume(value, Rescale::IDENTITY);
        let same = image.resampled(image.grid(), Resampling::Cubic, 0.0);
        for n in 0..120 {
            let found = same
                .value([n % 6, n / 6 % 5, n / 30], 0, 0)
                .expect("inside");
            match n {
                45 => assert!(found.is_nan()),
                _ => assert!((found - 7.0).abs() < 1e-9, "{n}: {found}"),
            }
        }
        let nothing = volume(|_| f64::NAN, Rescale::IDENTITY);
        let nothing = nothing.resampled(nothing.grid(), Resampling::Cubic, 0.0);
        assert!(nothing.value([1, 1, 1], 0, 0).expect("inside").is_nan());
    }

    #[test]
    fn a_spline_beyond_the_type_stays_at_its_end() {
        let edge = volume(|n| if n % 6 < 3 { 0u8 } else { 255 }, Rescale::IDENTITY);
        let fine = edge.grid().with_spacing([0.25, 2.0, 3.0]).expect("a grid");
        let image = edge.resampled(&fine, Resampling::Cubic, 0.0);
        let row: Vec<f64> = (0..24)
            .map(|i| image.value([i, 0, 0], 0, 0).expect("inside"))
            .collect();
        assert!(
            row.windows(2).all(|pair| pair[1] >= pair[0] - 30.0),
            "{row:?}"
        );
    }
}
