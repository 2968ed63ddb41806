//! Planes cut through a volume, row by row, at any resolution and angle.
//!
//! Knows one volume's index space only: the caller maps its pixels there. Planes along the voxel axes
//! are interpolated axis by axis ([`lines`]), all others point by point ([`oblique`]).

mod lines;
mod oblique;
mod source;

use super::{Interpolation, Volume, Voxel, VoxelArray};
use crate::with_voxels;
use lines::Lines;
use nalgebra::{Point3, Vector3};
use oblique::Oblique;
use rayon::prelude::*;
use source::Source;
use std::ops::Range;

/// A plane in ONE volume's index space: pixel `(x, y)` lies at `origin + x * right + y * down`
/// (continuous index, voxel centres at whole numbers).
#[derive(Clone, Debug, PartialEq)]
pub struct SliceRequest {
    /// Index of the centre of pixel (0, 0).
    pub origin: Point3<f64>,
    /// Step from a pixel to its right neighbour.
    pub right: Vector3<f64>,
    /// Step from a pixel to the one below.
    pub down: Vector3<f64>,
    /// Width and height in pixels.
    pub size: [usize; 2],
    /// Time point; one beyond the last means the last.
    pub time: usize,
    /// Component; one beyond the last means the last.
    pub component: usize,
    pub interpolation: Interpolation,
}

/// Gives the rows of a plane. Shared freely between threads.
pub struct Sampler<'a>(Box<dyn Rows + 'a>);

trait Rows: Send + Sync {
    fn row(&self, y: usize, out: &mut [f32]) -> Range<usize>;
}

/// A whole plane of values.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    /// Width and height in pixels.
    pub size: [usize; 2],
    /// Values after rescale, row by row; NaN outside the volume.
    pub values: Vec<f32>,
    /// The pixels of each row that lie inside the volume.
    pub inside: Vec<Range<usize>>,
}

/// In-plane error, in voxels over the whole picture, up to which a plane counts as lying along axes.
const AXIS_TOLERANCE: f64 = 1e-3;

/// A plane along axes whose rows run against memory order is gathered first, unless that would read
/// more than this many voxels for each pixel.
const GATHER_LIMIT: usize = 8;

impl<'a> Sampler<'a> {
    pub fn new(volume: &'a Volume, request: &SliceRequest) -> Self {
        with_voxels!(volume.data(), array => Self(rows(volume, array, request)))
    }

    /// Fills in the values after rescale of those pixels of row `y` that lie inside the volume, and
    /// tells which they are; the others are left as they were. `out` holds one number a pixel.
    pub fn row(&self, y: usize, out: &mut [f32]) -> Range<usize> {
        self.0.row(y, out)
    }
}

fn rows<'a, T: Voxel>(
    volume: &'a Volume,
    array: &'a VoxelArray<T>,
    request: &SliceRequest,
) -> Box<dyn Rows + 'a> {
    let source = Source::new(array, volume.rescale(), request.time, request.component);
    let Some(axes) = axes_of(request) else {
        return Box::new(Oblique::new(source, request));
    };
    if source.has_lines_along(axes[0]) {
        return Box::new(Lines::new(source, request, axes));
    }
    let plane = source.shape[axes[0]] * source.shape[axes[1]];
    if plane > GATHER_LIMIT * request.size[0] * request.size[1] {
        return Box::new(Oblique::new(source, request));
    }
    Box::new(Lines::gathered(&source, request, axes))
}

/// The voxel axes that run to the right, down and through a plane that lies along axes.
fn axes_of(request: &SliceRequest) -> Option<[usize; 3]> {
    let right = request.right.iamax();
    let down = request.down.iamax();
    if right == down {
        return None;
    }
    let off_axis = |step: &Vector3<f64>, axis: usize, pixels: usize| {
        (0..3)
            .filter(|other| *other != axis)
            .map(|other| step[other].abs() * pixels as f64)
            .fold(0.0, f64::max)
    };
    let straight = off_axis(&request.right, right, request.size[0]) < AXIS_TOLERANCE
        && off_axis(&request.down, down, request.size[1]) < AXIS_TOLERANCE;
    straight.then_some([right, down, 3 - right - down])
}

/// Between two values. A share of 0 leaves the first alone, infinite or not.
#[inline(always)]
fn mix(low: f32, high: f32, share: f32) -> f32 {
    if share > 0.0 {
        low * (1.0 - share) + high * share
    } else {
        low
    }
}

/// One whole plane; rows are computed side by side.
pub fn slice(volume: &Volume, request: &SliceRequest) -> Slice {
    let [width, height] = request.size;
    let mut values = vec![f32::NAN; width * height];
    let sampler = Sampler::new(volume, request);
    let inside = if width == 0 {
        vec![0..0; height]
    } else {
        values
            .par_chunks_mut(width)
            .enumerate()
            .map(|(y, row)| sampler.row(y, row))
            .collect()
    };
    Slice {
        size: request.size,
        values,
        inside,
    }
}
