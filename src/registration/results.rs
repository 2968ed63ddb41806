//! From the state of a run to its results on the target's own grid.

use super::demons::Demons;
use super::images::{flip_rows, is_picture};
use super::jacobian::jacobian_row;
use super::outcome::{JacobianReport, Outcome, Report};
use super::plan::threads;
use super::real::Real;
use super::sweep::spread;
use crate::geometry::{Grid, flip_lps_ras};
use crate::volume::{Content, Meta, Rescale, Volume, Voxel};
use nalgebra::{Matrix3, Matrix4, Vector3};
use ndarray::{Array4, Axis};
use std::sync::atomic::AtomicBool;

impl<T: Real> Demons<T> {
    /// The warped image of the present level; `grid` is the working grid.
    pub fn warped(&self, source: &Volume, grid: &Grid) -> Volume {
        let level = &self.level;
        let grid = level_grid(grid, level.shape);
        let meta = described("warped", source.meta());
        volume(&grid, level.warped.to_vec(), level.shape, 1, meta)
    }

    /// Carries a run that was stopped early up to the finest level, then turns it into images.
    pub fn finish(mut self, source: &Volume, target: &Volume, grid: &Grid) -> Outcome {
        let go_on = AtomicBool::new(false);
        let mut levels = std::mem::take(&mut self.finished);
        levels.push(self.level.report());
        let stopped_early = self.level.shape != self.shape;
        while self.level.shape != self.shape {
            self.end_level();
            self.next_level(&go_on);
        }
        let msd_final = if stopped_early {
            self.level.msd[0]
        } else {
            self.msd()
        };
        let Self {
            params,
            shape,
            spacing,
            msd_initial,
            seconds,
            components,
            level,
            ..
        } = self;
        let (displacement, mut warped, mut difference) = level.into_results();
        for (difference, warped) in difference.iter_mut().zip(&warped) {
            *difference = *difference - *warped;
        }
        let (mut jacobian, jacobian_report) = jacobian(&displacement, shape);
        let mut field = field_in_mm(displacement, shape, components, grid);
        if is_picture(target) {
            flip_rows(&mut warped, shape[0]);
            flip_rows(&mut difference, shape[0]);
            flip_rows(&mut jacobian, shape[0]);
            flip_rows(&mut field, shape[0] * 3);
        }
        let report = Report {
            shape,
            spacing_mm: spacing,
            params,
            msd_initial,
            msd_final,
            iterations: levels.iter().map(|level| level.msd.len() - 1).collect(),
            levels,
            jacobian: jacobian_report,
            seconds,
            threads: threads(shape),
        };
        let like_source = |name| described(name, source.meta());
        let own = target.grid();
        Outcome {
            warped: volume(own, warped, shape, 1, like_source("warped")),
            difference: volume(own, difference, shape, 1, like_source("difference")),
            field: volume(own, field, shape, 3, vectors()),
            jacobian: volume(own, jacobian, shape, 1, named("Jacobian")),
            report,
        }
    }
}

fn named(name: &str) -> Meta {
    Meta {
        name: name.to_owned(),
        derived: true,
        ..Meta::default()
    }
}

fn vectors() -> Meta {
    Meta {
        content: Content::Vector,
        unit: "mm".to_owned(),
        ..named("displacement")
    }
}

fn described(name: &str, like: &Meta) -> Meta {
    Meta {
        modality: like.modality.clone(),
        unit: like.unit.clone(),
        inverted: like.inverted,
        ..named(name)
    }
}

/// The grid of a level: the extent of `grid` in `shape` voxels.
fn level_grid(grid: &Grid, shape: [usize; 3]) -> Grid {
    let mut to_full = Matrix4::identity();
    for axis in 0..3 {
        let ratio = grid.shape()[axis] as f64 / shape[axis] as f64;
        to_full[(axis, axis)] = ratio;
        to_full[(axis, 3)] = (ratio - 1.0) / 2.0;
    }
    Grid::new(shape, grid.affine() * to_full).expect("larger voxels keep a grid invertible")
}

/// Rows `[k, j, c, i]` as an image on `grid`.
fn volume<T: Voxel>(
    grid: &Grid,
    values: Vec<T>,
    [nx, ny, nz]: [usize; 3],
    components: usize,
    meta: Meta,
) -> Volume {
    let array = Array4::from_shape_vec((nz, ny, components, nx), values)
        .expect("a result has a number for each voxel of its grid")
        .permuted_axes([0, 1, 3, 2])
        .insert_axis(Axis(0));
    Volume::new(*grid, T::wrap(array), Rescale::IDENTITY, meta)
        .expect("a result has the shape of its grid")
}

/// The determinant everywhere, and its range.
fn jacobian<T: Real>(displacement: &[T], shape: [usize; 3]) -> (Vec<T>, JacobianReport) {
    let [nx, ny, nz] = shape;
    let components = displacement.len() / (nx * ny * nz);
    let mut determinants = vec![T::ZERO; nx * ny * nz];
    let mut slices = vec![(f64::INFINITY, f64::NEG_INFINITY, 0.0, 0); nz];
    let parts = determinants.chunks_mut(nx * ny).zip(&mut slices);
    spread(parts.enumerate(), |(k, (slice, summary))| {
        let mut row = vec![0.0; nx];
        for (j, out) in slice.chunks_exact_mut(nx).enumerate() {
            jacobian_row(displacement, components, shape, [j, k], &mut row);
            for (out, &value) in out.iter_mut().zip(&row) {
                *out = T::of(value);
                summary.0 = value.min(summary.0);
                summary.1 = value.max(summary.1);
                summary.2 += value;
                summary.3 += u64::from(value <= 0.0);
            }
        }
    });
    let report = JacobianReport {
        min: slices.iter().map(|s| s.0).fold(f64::INFINITY, f64::min),
        max: slices.iter().map(|s| s.1).fold(f64::NEG_INFINITY, f64::max),
        mean: slices.iter().map(|s| s.2).sum::<f64>() / (nx * ny * nz) as f64,
        folded: slices.iter().map(|s| s.3).sum(),
    };
    (determinants, report)
}

/// The displacement in LPS mm, three components, from voxels of the grid.
fn field_in_mm<T: Real>(
    displacement: Vec<T>,
    shape: [usize; 3],
    components: usize,
    grid: &Grid,
) -> Vec<T> {
    let nx = shape[0];
    let mut field = if components == 3 {
        displacement
    } else {
        let mut field = vec![T::ZERO; shape.iter().product::<usize>() * 3];
        let rows = displacement.chunks_exact(nx * components);
        for (out, row) in field.chunks_exact_mut(3 * nx).zip(rows) {
            out[..row.len()].copy_from_slice(row);
        }
        field
    };
    let to_lps: Matrix3<f64> = flip_lps_ras(grid.affine())
        .fixed_view::<3, 3>(0, 0)
        .into_owned();
    spread(field.chunks_mut(3 * nx * shape[1]), |slice| {
        for row in slice.chunks_exact_mut(3 * nx) {
            let (x, others) = row.split_at_mut(nx);
            let (y, z) = others.split_at_mut(nx);
            for ((x, y), z) in x.iter_mut().zip(y).zip(z) {
                let mm = to_lps * Vector3::new(x.to_f64(), y.to_f64(), z.to_f64());
                (*x, *y, *z) = (T::of(mm.x), T::of(mm.y), T::of(mm.z));
            }
        }
    });
    field
}
