//! One scan: the noise-free values of the anatomy on a grid.

use super::breathing;
use super::outline::Section;
use super::part::Solid;
use super::shape::{Bounds, Vec3};
use super::view::View;
use crate::geometry::Grid;
use nalgebra::Matrix3;
use rayon::prelude::*;

/// A grid whose axes are the patient's.
pub(super) struct Stack {
    pub shape: [usize; 3],
    pub spacing: [f64; 3],
    /// Centre of voxel (0, 0, 0), LPS mm.
    pub origin: [f64; 3],
    /// Directions of i, j and k in columns, LPS.
    pub direction: Matrix3<f64>,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Breath {
    In,
    Out,
}

impl Breath {
    /// Where in the breathed-in patient the tissue now at `p` lies.
    pub fn tissue_at(self, p: Vec3) -> Vec3 {
        match self {
            Self::In => p,
            Self::Out => p + breathing::displacement(&p),
        }
    }

    /// The farthest any tissue moves, mm.
    fn reach(self) -> f32 {
        match self {
            Self::In => 0.0,
            Self::Out => breathing::LARGEST,
        }
    }
}

impl Stack {
    pub fn grid(&self) -> Grid {
        match Grid::from_lps(self.shape, self.origin, self.direction, self.spacing) {
            Ok(grid) => grid,
            Err(error) => unreachable!("the sample study's grids are valid: {error}"),
        }
    }

    /// Centre of a voxel, LPS mm.
    pub fn lps(&self, index: [usize; 3]) -> Vec3 {
        let mut place = self.origin;
        for (axis, steps) in index.into_iter().enumerate() {
            let along = steps as f64 * self.spacing[axis];
            for (row, place) in place.iter_mut().enumerate() {
                *place += self.direction[(row, axis)] * along;
            }
        }
        Vec3::from(place.map(|v| v as f32))
    }
}

/// Slices computed together.
const SLAB: usize = 4;

/// Noise-free values on the grid, x fastest.
pub(super) fn scan(view: &View, stack: &Stack, breath: Breath) -> Vec<f32> {
    let [nx, ny, nz] = stack.shape;
    let mut values = vec![view.air(); nx * ny * nz];
    values
        .par_chunks_mut(nx * ny * SLAB)
        .enumerate()
        .for_each(|(slab, values)| {
            let first = [0, 0, slab * SLAB];
            let size = [nx, ny, values.len() / (nx * ny)];
            let solids = view.anatomy.solids();
            Slab {
                view,
                stack,
                breath,
                values,
            }
            .fill(first, size, &solids);
        });
    values
}

/// Some whole slices of an image in the making.
struct Slab<'a> {
    view: &'a View<'a>,
    stack: &'a Stack,
    breath: Breath,
    values: &'a mut [f32],
}

impl Slab<'_> {
    /// Fills the block of `size` voxels from `first` on. `solids` are those that may lie there; the
    /// block is halved until few are left for each voxel to look at.
    fn fill(&mut self, first: [usize; 3], size: [usize; 3], solids: &[&Solid]) {
        let last = std::array::from_fn(|axis| first[axis] + size[axis] - 1);
        let corners = [self.stack.lps(first), self.stack.lps(last)];
        let reach = Vec3::repeat(self.breath.reach());
        let bounds = Bounds::around(corners).grown(reach);
        let outside = self.view.anatomy.is_outside(&bounds);
        if outside && !View::may_hold_table(&corners[1]) {
            return;
        }
        let axis = if size[0] >= size[1] { 0 } else { 1 };
        let half = size[axis] / 2;
        if half < 3 {
            return self.fill_voxels(first, size, solids);
        }
        let near = self.view.anatomy.near(solids, &bounds, self.view.edge);
        let (mut second, mut sizes) = (first, [size, size]);
        second[axis] += half;
        sizes[0][axis] = half;
        sizes[1][axis] -= half;
        self.fill(first, sizes[0], &near);
        self.fill(second, sizes[1], &near);
    }

    fn fill_voxels(&mut self, [i, j, k]: [usize; 3], size: [usize; 3], solids: &[&Solid]) {
        let [nx, ny, _] = self.stack.shape;
        let offsets = (0..size[2]).flat_map(|dk| {
            (0..size[1]).flat_map(move |dj| (0..size[0]).map(move |di| [di, dj, dk]))
        });
        let points: Vec<(usize, Vec3, Vec3)> = offsets
            .map(|[di, dj, dk]| {
                let here = self.stack.lps([i + di, j + dj, k + dk]);
                let index = ((k % SLAB + dk) * ny + j + dj) * nx + i + di;
                (index, here, self.breath.tissue_at(here))
            })
            .collect();
        let bounds = Bounds::around(points.iter().map(|(.., tissue)| *tissue));
        let solids = self.view.anatomy.near(solids, &bounds, self.view.edge);
        let near = self.view.nearby(&solids);
        let (mut z, mut section) = (f32::NAN, Section::default());
        for (n, here, tissue) in points {
            if tissue.z != z {
                z = tissue.z;
                section = self.view.anatomy.section(z);
            }
            let value = self.view.value(&tissue, &section, &near);
            self.values[n] = self.view.with_table(value, &here);
        }
    }
}
