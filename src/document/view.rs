//! How a slice of the main image lies on the screen: planes, zoom, pan, and from pixels to voxels.

use super::{Document, Layer};
use crate::geometry::{Anatomy, Grid, IndexPoint};
use crate::volume::SliceRequest;
use nalgebra::{Matrix4, Point3, Vector3};

/// The three orthogonal views.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Plane {
    Axial,
    Sagittal,
    Coronal,
}

impl Plane {
    pub const ALL: [Self; 3] = [Self::Axial, Self::Sagittal, Self::Coronal];

    pub fn name(self) -> &'static str {
        match self {
            Self::Axial => "axial",
            Self::Sagittal => "sagittal",
            Self::Coronal => "coronal",
        }
    }

    pub fn index(self) -> usize {
        match self {
            Self::Axial => 0,
            Self::Sagittal => 1,
            Self::Coronal => 2,
        }
    }

    /// The plane of a 2D image: the others would show a line. `None` of a volume, and of a line.
    pub fn of_flat(grid: &Grid) -> Option<Self> {
        let thickness = |plane| grid.shape()[PlaneAxes::of(plane, grid).normal];
        let mut flat = Self::ALL.into_iter().filter(|&plane| thickness(plane) == 1);
        flat.next().filter(|_| flat.next().is_none())
    }

    /// The anatomical directions of screen right and screen down. Radiological: the patient's right
    /// is on the left of the screen.
    fn screen_directions(self) -> (Anatomy, Anatomy) {
        match self {
            Self::Axial => (Anatomy::Left, Anatomy::Posterior),
            Self::Sagittal => (Anatomy::Posterior, Anatomy::Inferior),
            Self::Coronal => (Anatomy::Left, Anatomy::Inferior),
        }
    }
}

/// Which sides of the patient change places on the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flips {
    /// Neurological: the patient's left is on the left of axial and coronal views.
    pub left_right: bool,
    /// The front is on the right of sagittal views.
    pub front_back: bool,
}

impl Flips {
    fn of(self, plane: Plane) -> bool {
        match plane {
            Plane::Axial | Plane::Coronal => self.left_right,
            Plane::Sagittal => self.front_back,
        }
    }
}

/// Which voxel axis of a grid runs to the right, down and into the screen, and which way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlaneAxes {
    pub right: usize,
    pub down: usize,
    pub normal: usize,
    /// +1 when the index grows to the right, else -1.
    pub right_sign: f64,
    /// +1 when the index grows downwards, else -1.
    pub down_sign: f64,
    /// Anatomical sides at the edges of the view: left, right, top, bottom.
    pub edges: [Anatomy; 4],
}

impl PlaneAxes {
    /// Views follow the voxel axes of `grid` nearest to the anatomical ones, so nothing is
    /// interpolated.
    pub fn of(plane: Plane, grid: &Grid) -> Self {
        Self::flipped(plane, grid, Flips::default())
    }

    /// The same with sides of the patient in each other's place.
    pub fn flipped(plane: Plane, grid: &Grid, flips: Flips) -> Self {
        let orientation = grid.orientation();
        let (mut to_right, to_bottom) = plane.screen_directions();
        if flips.of(plane) {
            to_right = to_right.opposite();
        }
        let right = orientation.voxel_axis_along(to_right.world_axis());
        let down = orientation.voxel_axis_along(to_bottom.world_axis());
        let sign = |axis: usize, wanted: Anatomy| {
            if orientation.toward(axis) == wanted {
                1.0
            } else {
                -1.0
            }
        };
        Self {
            right,
            down,
            normal: 3 - right - down,
            right_sign: sign(right, to_right),
            down_sign: sign(down, to_bottom),
            edges: [
                to_right.opposite(),
                to_right,
                to_bottom.opposite(),
                to_bottom,
            ],
        }
    }

    /// Centre `(u, v)` of an index in plane millimetres: u grows to the right, v downwards.
    pub fn index_to_plane(&self, grid: &Grid, index: IndexPoint) -> [f64; 2] {
        let spacing = grid.spacing();
        [
            self.right_sign * index.0[self.right] * spacing[self.right],
            self.down_sign * index.0[self.down] * spacing[self.down],
        ]
    }

    /// The index at plane millimetres `(u, v)` in slice `slice`.
    pub fn plane_to_index(&self, grid: &Grid, [u, v]: [f64; 2], slice: f64) -> IndexPoint {
        let spacing = grid.spacing();
        let mut index = Point3::origin();
        index[self.right] = self.right_sign * u / spacing[self.right];
        index[self.down] = self.down_sign * v / spacing[self.down];
        index[self.normal] = slice;
        IndexPoint(index)
    }

    /// Width and height of the slice in mm.
    pub fn extent(&self, grid: &Grid) -> [f64; 2] {
        let (shape, spacing) = (grid.shape(), grid.spacing());
        [
            shape[self.right] as f64 * spacing[self.right],
            shape[self.down] as f64 * spacing[self.down],
        ]
    }

    /// Middle of the slice in plane millimetres.
    pub fn middle(&self, grid: &Grid) -> [f64; 2] {
        let middle = grid.shape().map(|n| (n as f64 - 1.0) / 2.0);
        self.index_to_plane(grid, IndexPoint::new(middle[0], middle[1], middle[2]))
    }
}

/// Where one view looks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PlaneView {
    /// Plane millimetres at the centre of the view; `None` is the middle of the slice.
    pub center: Option<[f64; 2]>,
    /// Screen pixels a millimetre; `None` fits the slice into the view.
    pub zoom: Option<f64>,
}

/// Zoom and pan of the three views, and which way round they are.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    pub flips: Flips,
    /// All views show the same number of pixels a millimetre.
    pub linked: bool,
    pub planes: [PlaneView; 3],
}

impl Default for View {
    fn default() -> Self {
        Self {
            flips: Flips::default(),
            linked: true,
            planes: [PlaneView::default(); 3],
        }
    }
}

impl View {
    /// Turns views round; each goes on showing the same part of its slice.
    pub fn flip(&mut self, flips: Flips) {
        for plane in Plane::ALL {
            let turns = flips.of(plane) != self.flips.of(plane);
            if turns && let Some(center) = &mut self.planes[plane.index()].center {
                center[0] = -center[0];
            }
        }
        self.flips = flips;
    }
}

/// A view of a plane on a rectangle of pixels, with everything resolved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    pub plane: Plane,
    pub axes: PlaneAxes,
    /// Width and height in pixels.
    pub size: [f64; 2],
    /// Plane millimetres at the centre.
    pub center: [f64; 2],
    /// Pixels a millimetre.
    pub zoom: f64,
    /// The zoom that fits: this slice, or all visible ones while zooms are linked.
    pub fit: f64,
    /// Index along the normal, in voxels of the main image.
    pub slice: usize,
}

impl Viewport {
    /// The zoom at which a slice of `grid` just fits into `size` pixels.
    pub fn fit_zoom(plane: Plane, grid: &Grid, size: [f64; 2]) -> f64 {
        let extent = PlaneAxes::of(plane, grid).extent(grid);
        (size[0] / extent[0]).min(size[1] / extent[1])
    }

    /// The same slice, all of it, on `size` pixels.
    pub fn whole(&self, grid: &Grid, size: [f64; 2]) -> Self {
        let zoom = Self::fit_zoom(self.plane, grid, size);
        Self {
            size,
            center: self.axes.middle(grid),
            zoom,
            fit: zoom,
            ..*self
        }
    }

    /// `zoom` kept between a quarter of what fits and four voxels across the view.
    pub fn limit_zoom(&self, grid: &Grid, zoom: f64) -> f64 {
        let spacing = grid.spacing();
        let least = 0.25 * Self::fit_zoom(self.plane, grid, self.size);
        let most = (0.25 * self.size[0] / spacing[self.axes.right])
            .max(0.25 * self.size[1] / spacing[self.axes.down])
            .max(least);
        zoom.clamp(least, most)
    }

    /// Pixels from the top left corner to plane millimetres.
    pub fn pixel_to_plane(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [
            self.center[0] + (x - self.size[0] / 2.0) / self.zoom,
            self.center[1] + (y - self.size[1] / 2.0) / self.zoom,
        ]
    }

    pub fn plane_to_pixel(&self, [u, v]: [f64; 2]) -> [f64; 2] {
        [
            (u - self.center[0]) * self.zoom + self.size[0] / 2.0,
            (v - self.center[1]) * self.zoom + self.size[1] / 2.0,
        ]
    }

    /// The main index under a pixel position, in this view's slice.
    pub fn pixel_to_index(&self, grid: &Grid, pixel: [f64; 2]) -> IndexPoint {
        self.axes
            .plane_to_index(grid, self.pixel_to_plane(pixel), self.slice as f64)
    }

    /// The pixel position of a main index.
    pub fn index_to_pixel(&self, grid: &Grid, index: IndexPoint) -> [f64; 2] {
        self.plane_to_pixel(self.axes.index_to_plane(grid, index))
    }

    /// The pixels of this view in `layer`'s own index space.
    pub fn request(&self, main: &Grid, layer: &Layer) -> SliceRequest {
        let grid = layer.volume.grid();
        let main_to_layer = if grid.same_as(main) {
            Matrix4::identity()
        } else {
            grid.inverse_affine() * main.affine()
        };
        let spacing = main.spacing();
        let mut right = Vector3::zeros();
        right[self.axes.right] = self.axes.right_sign / (spacing[self.axes.right] * self.zoom);
        let mut down = Vector3::zeros();
        down[self.axes.down] = self.axes.down_sign / (spacing[self.axes.down] * self.zoom);
        let first = self.pixel_to_index(main, [0.5, 0.5]);
        SliceRequest {
            origin: main_to_layer.transform_point(&first.0),
            right: main_to_layer.transform_vector(&right),
            down: main_to_layer.transform_vector(&down),
            size: [self.size[0] as usize, self.size[1] as usize],
            time: layer.display.time,
            component: 0,
            interpolation: layer.display.interpolation,
        }
    }
}

impl Document {
    /// Where `plane` looks when shown on `size` pixels; `visible` are all views on screen with
    /// their sizes, so that linked views can fit at one zoom. `None` without an image.
    pub fn viewport(
        &self,
        plane: Plane,
        size: [f64; 2],
        visible: &[(Plane, [f64; 2])],
    ) -> Option<Viewport> {
        let grid = self.grid()?;
        let axes = PlaneAxes::flipped(plane, grid, self.view.flips);
        let view = &self.view.planes[plane.index()];
        let own_fit = Viewport::fit_zoom(plane, grid, size);
        let fit = if self.view.linked {
            visible
                .iter()
                .map(|(plane, size)| Viewport::fit_zoom(*plane, grid, *size))
                .fold(own_fit, f64::min)
        } else {
            own_fit
        };
        let voxel = self.cursor_voxel()?;
        Some(Viewport {
            plane,
            axes,
            size,
            center: view.center.unwrap_or_else(|| axes.middle(grid)),
            zoom: view.zoom.unwrap_or(fit),
            fit,
            slice: voxel[axes.normal],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Vector4;

    /// Axes of a CT: i to the left, j to the back, k to the head.
    fn ct_grid() -> Grid {
        let affine = Matrix4::from_diagonal(&Vector4::new(-1.0, -1.0, 2.0, 1.0));
        Grid::new([100, 80, 50], affine).expect("a grid")
    }

    fn viewport(plane: Plane, grid: &Grid) -> Viewport {
        let axes = PlaneAxes::of(plane, grid);
        Viewport {
            plane,
            axes,
            size: [300.0, 200.0],
            center: axes.middle(grid),
            zoom: 2.0,
            fit: 2.5,
            slice: 7,
        }
    }

    fn letters(plane: Plane, grid: &Grid) -> String {
        let edges = PlaneAxes::of(plane, grid).edges;
        edges.iter().map(|edge| edge.letter()).collect()
    }

    #[test]
    fn views_are_radiological() {
        let grid = ct_grid();
        assert_eq!(letters(Plane::Axial, &grid), "RLAP");
        assert_eq!(letters(Plane::Coronal, &grid), "RLSI");
        assert_eq!(letters(Plane::Sagittal, &grid), "APSI");
    }

    #[test]
    fn flips_turn_the_sides_they_name_and_no_others() {
        let grid = ct_grid();
        let flips = Flips {
            left_right: true,
            front_back: false,
        };
        let letters = |plane| -> String {
            let edges = PlaneAxes::flipped(plane, &grid, flips).edges;
            edges.iter().map(|edge| edge.letter()).collect()
        };
        assert_eq!(letters(Plane::Axial), "LRAP");
        assert_eq!(letters(Plane::Coronal), "LRSI");
        assert_eq!(letters(Plane::Sagittal), "APSI");
    }

    #[test]
    fn a_flipped_view_shows_the_same_part_of_its_slice() {
        let grid = ct_grid();
        let index = IndexPoint::new(20.0, 30.0, 7.0);
        let plain = PlaneAxes::of(Plane::Axial, &grid);
        let mut view = View::default();
        view.planes[0].center = Some(plain.index_to_plane(&grid, index));
        let flips = Flips {
            left_right: true,
            front_back: false,
        };
        view.flip(flips);
        let flipped = PlaneAxes::flipped(Plane::Axial, &grid, flips);
        let center = view.planes[0].center.expect("a centre");
        assert!((flipped.plane_to_index(&grid, center, 7.0).0 - index.0).norm() < 1e-9);
    }

    #[test]
    fn the_first_voxel_of_a_ct_lies_at_the_top_left_of_the_axial_view() {
        let grid = ct_grid();
        let view = viewport(Plane::Axial, &grid);
        let first = view.index_to_pixel(&grid, IndexPoint::new(0.0, 0.0, 7.0));
        let last = view.index_to_pixel(&grid, IndexPoint::new(99.0, 79.0, 7.0));
        assert!(first[0] < last[0] && first[1] < last[1]);
        assert_eq!(last[0] - first[0], 99.0 * 2.0);
    }

    #[test]
    fn the_head_is_at_the_top_of_the_coronal_view() {
        let grid = ct_grid();
        let view = viewport(Plane::Coronal, &grid);
        let feet = view.index_to_pixel(&grid, IndexPoint::new(0.0, 7.0, 0.0));
        let head = view.index_to_pixel(&grid, IndexPoint::new(0.0, 7.0, 49.0));
        assert!(head[1] < feet[1]);
    }

    #[test]
    fn pixel_to_index_and_back_is_identity_in_every_plane() {
        let grid = ct_grid();
        for plane in Plane::ALL {
            let view = viewport(plane, &grid);
            let pixel = [31.0, 77.5];
            let back = view.index_to_pixel(&grid, view.pixel_to_index(&grid, pixel));
            assert!((back[0] - pixel[0]).abs() < 1e-9 && (back[1] - pixel[1]).abs() < 1e-9);
        }
    }

    #[test]
    fn fitting_shows_the_whole_slice() {
        let grid = ct_grid();
        // 100 x 80 mm into 300 x 200 pixels: the height decides.
        assert_eq!(Viewport::fit_zoom(Plane::Axial, &grid, [300.0, 200.0]), 2.5);
    }
}
