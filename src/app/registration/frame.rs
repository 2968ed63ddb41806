//! One moment of a run on one plane, and how its arrays lie on the screen.

use crate::document::{Plane, PlaneAxes};
use crate::geometry::{Grid, IndexPoint, WorldPoint};
use crate::registration::{PlaneState, Sample};
use egui::{Pos2, Rect, Vec2, pos2, vec2};

/// Which slice is looked at: the one through `point`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slice {
    pub plane: Plane,
    pub point: WorldPoint,
}

impl Slice {
    /// The grid axis across the slice, and the index along it.
    pub fn on(&self, grid: &Grid) -> (usize, usize) {
        let axis = PlaneAxes::of(self.plane, grid).normal;
        let voxel = grid.world_to_index(self.point).clamped_voxel(grid.shape());
        (axis, voxel[axis])
    }
}

/// What a plane of the run looked like after one iteration, in the radiological layout of the views.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The iteration; `None` for images that no run has touched, and for a finished result.
    pub sample: Option<Sample>,
    /// The full working grid, whatever the level of the state.
    pub grid: Grid,
    pub axes: PlaneAxes,
    /// Width and height on the screen in mm.
    pub extent: [f64; 2],
    pub state: PlaneState,
}

impl Frame {
    pub fn new(sample: Option<Sample>, plane: Plane, grid: &Grid, state: PlaneState) -> Self {
        let axes = PlaneAxes::of(plane, grid);
        let mut state = state;
        // What moves across the plane is never drawn, and frames are kept by the hundred.
        for field in [
            &mut state.gradient,
            &mut state.raw_update,
            &mut state.update,
            &mut state.displacement,
        ] {
            field[axes.normal] = Vec::new();
        }
        Self {
            sample,
            grid: *grid,
            axes,
            extent: axes.extent(grid),
            state,
        }
    }

    /// Pixels of the level across and down the screen.
    pub fn size(&self) -> [usize; 2] {
        let [first, second] = self.state.shape;
        if self.axes.right < self.axes.down {
            [first, second]
        } else {
            [second, first]
        }
    }

    /// The place in the arrays of the pixel in screen column `x`, row `y`.
    pub fn place(&self, [x, y]: [usize; 2]) -> usize {
        let [columns, rows] = self.size();
        let x = if self.axes.right_sign > 0.0 {
            x
        } else {
            columns - 1 - x
        };
        let y = if self.axes.down_sign > 0.0 {
            y
        } else {
            rows - 1 - y
        };
        if self.axes.right < self.axes.down {
            x + columns * y
        } else {
            y + rows * x
        }
    }

    /// A vector of the level's voxels as pixels to the right and down; `None` where it is not defined.
    pub fn vector(&self, field: &[Vec<f32>; 3], pixel: [usize; 2]) -> Option<Vec2> {
        let place = self.place(pixel);
        let along = |axis: usize| field[axis].get(place).copied().filter(|v| v.is_finite());
        Some(vec2(
            along(self.axes.right)? * self.axes.right_sign as f32,
            along(self.axes.down)? * self.axes.down_sign as f32,
        ))
    }

    /// The largest rectangle in `room` with the proportions of the plane.
    pub fn fit(&self, room: Rect) -> Rect {
        let [width, height] = self.extent.map(|mm| mm.max(1e-6) as f32);
        let scale = (room.width() / width).min(room.height() / height);
        Rect::from_center_size(room.center(), vec2(width, height) * scale)
    }

    /// The middle of a pixel, moved by `by` pixels, when the plane fills `rect`.
    pub fn on_screen(&self, rect: Rect, [x, y]: [usize; 2], by: Vec2) -> Pos2 {
        let [columns, rows] = self.size();
        pos2(
            rect.left() + (x as f32 + 0.5 + by.x) / columns as f32 * rect.width(),
            rect.top() + (y as f32 + 0.5 + by.y) / rows as f32 * rect.height(),
        )
    }

    /// The pixel under a position on the screen.
    pub fn pixel_at(&self, rect: Rect, at: Pos2) -> Option<[usize; 2]> {
        if !rect.contains(at) {
            return None;
        }
        let [columns, rows] = self.size();
        let part = (at - rect.min) / rect.size();
        Some([
            ((part.x * columns as f32) as usize).min(columns.checked_sub(1)?),
            ((part.y * rows as f32) as usize).min(rows.checked_sub(1)?),
        ])
    }

    /// The place in the patient of the middle of a pixel.
    pub fn world(&self, [x, y]: [usize; 2], slice: usize) -> WorldPoint {
        let shape = self.grid.shape();
        let size = self.size();
        let along = |axis: usize, sign: f64, pixel: usize, count: usize| {
            let part = (pixel as f64 + 0.5) / count as f64;
            let part = if sign > 0.0 { part } else { 1.0 - part };
            part * shape[axis] as f64 - 0.5
        };
        let mut index = [slice as f64; 3];
        index[self.axes.right] = along(self.axes.right, self.axes.right_sign, x, size[0]);
        index[self.axes.down] = along(self.axes.down, self.axes.down_sign, y, size[1]);
        let [i, j, k] = index;
        self.grid.index_to_world(IndexPoint::new(i, j, k))
    }

    /// Bytes of the arrays.
    pub fn bytes(&self) -> usize {
        let state = &self.state;
        let fields = [
            &state.gradient,
            &state.raw_update,
            &state.update,
            &state.displacement,
        ];
        let images = [&state.target, &state.source, &state.warped, &state.jacobian];
        let numbers = fields.iter().flat_map(|field| field.iter()).chain(images);
        4 * numbers.map(Vec::len).sum::<usize>()
    }
}
