//! The 3D view: the three slice planes where they lie in space, with what the slice views show on
//! them, and an orientation cube.

mod camera;
mod cube;
mod planes;
mod raster;

pub use camera::Camera;

use super::action::Action;
use super::lines::Lines;
use super::message::Message;
use super::slice_painter::Picture;
use super::slice_picture::{SlicePicture, next_generation};
use super::slice_view::pixel_size;
use super::snapshot::Subject;
use super::{icons, slice_painter, theme, widgets};
use crate::document::{Command, Document, Plane, Viewport};
use crate::geometry::{Grid, IndexPoint};
use camera::Projection;
use egui::{Event, PointerButton, Pos2, Rect, Response, Sense, Ui, Vec2, pos2, vec2};
use raster::{Corner, Patch};
use std::sync::Arc;

/// Pixels of the pictures along the longest side of the image: as many as the view has along its
/// shorter one, within these limits.
const PIXELS: [f64; 2] = [384.0, 1024.0];

/// Degrees that a drag over one point turns.
const TURN: f64 = 0.5;

/// Pictures of the planes between frames, and the eye.
#[derive(Default)]
pub struct View3d {
    pub camera: Camera,
    /// Where it was painted last, if it was.
    pub area: Option<Rect>,
    /// The eye when the drag that goes on began.
    dragged_from: Option<Camera>,
    pictures: [SlicePicture; 3],
    painted: Option<(Key, Picture)>,
}

/// All that the picture of the scene depends on.
#[derive(PartialEq)]
struct Key {
    size: [u32; 2],
    projection: Projection,
    cursor: [usize; 3],
    /// Of the planes' pictures.
    generations: [u64; 3],
}

/// What is seen in this frame.
struct Scene<'a> {
    document: &'a Document,
    grid: &'a Grid,
    cursor: [usize; 3],
    projection: Projection,
    /// The eye in voxels of the main image.
    eye: IndexPoint,
    rect: Rect,
    /// Physical pixels a point.
    scale: f32,
    /// Pixels of the pictures along the longest side of the image.
    pixels: f64,
}

impl View3d {
    /// Paints the view into `rect` and says what the user did. `alone`: it has the whole space.
    /// `controls`: its buttons are wanted.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        document: &Document,
        alone: bool,
        controls: bool,
        messages: &mut Vec<Message>,
    ) {
        let (Some(grid), Some(cursor)) = (document.grid(), document.cursor_voxel()) else {
            return;
        };
        self.area = Some(rect);
        let size = [rect.width(), rect.height()].map(f64::from);
        let projection = self.camera.projection(grid, size);
        let scene = Scene {
            document,
            grid,
            cursor,
            projection,
            eye: grid.world_to_index(projection.eye()),
            rect,
            scale: ui.ctx().pixels_per_point(),
            pixels: (size[0].min(size[1]) * f64::from(ui.ctx().pixels_per_point()))
                .clamp(PIXELS[0], PIXELS[1]),
        };
        let response = ui.interact(rect, ui.scope_id().with("3D view"), Sense::click_and_drag());
        widgets::label_for_access(&response, egui::Role::Image, "3D view");
        self.mouse(ui, &response, &scene, messages);
        let painter = ui.painter().with_clip_rect(rect);
        if let Some(picture) = self.picture(&scene) {
            painter.add(slice_painter::shape(rect, response.id, picture));
        }
        let corner = Rect::from_min_size(rect.right_bottom() - vec2(84.0, 84.0), vec2(76.0, 76.0));
        if let Some(side) = cube::show(ui, corner, &self.camera) {
            messages.push(Message::Action(Action::look_from(side)));
        }
        if controls {
            buttons(ui, rect, alone, messages);
        }
    }

    fn mouse(
        &mut self,
        ui: &Ui,
        response: &Response,
        scene: &Scene<'_>,
        messages: &mut Vec<Message>,
    ) {
        let mut camera = self.camera;
        if !response.is_pointer_button_down_on() {
            self.dragged_from = None;
        } else if let (Some(at), Some(origin)) = (
            response.interact_pointer_pos(),
            ui.input(|input| input.pointer.press_origin()),
        ) {
            let from = *self.dragged_from.get_or_insert(camera);
            camera = dragged(response, scene, from, at - origin).unwrap_or(camera);
        }
        if response.contains_pointer() {
            camera = camera.zoomed(1.1f64.powf(wheel_lines(ui)));
        }
        if response.double_clicked() {
            camera = Camera::default();
        } else if response.clicked()
            && let Some(at) = response.interact_pointer_pos()
            && let Some(voxel) = scene.voxel_at(at)
        {
            let point = scene.grid.index_to_world(IndexPoint::from(voxel));
            messages.push(Message::Edit(Command::MoveCursor(point)));
        }
        if camera != self.camera {
            messages.push(Message::Look(camera));
        }
    }

    /// The scene as many pixels as it has on the screen; painted anew only when it has changed.
    fn picture(&mut self, scene: &Scene<'_>) -> Option<Picture> {
        let (patches, pictures) = self.patches(scene)?;
        let key = Key {
            size: pixel_size(scene.rect, scene.scale).map(|n| n as u32),
            projection: scene.projection,
            cursor: scene.cursor,
            generations: pictures.each_ref().map(|picture| picture.generation),
        };
        if let Some((painted, picture)) = &self.painted
            && *painted == key
        {
            return Some(picture.clone());
        }
        let [width, height] = key.size.map(|n| n as usize);
        let mut pixels = theme::SPACE.to_array().repeat(width * height);
        scene.outlines(key.size, false, &mut pixels);
        raster::paint(&patches, &pictures, width, &mut pixels);
        scene.outlines(key.size, true, &mut pixels);
        let picture = Picture {
            pixels: Arc::new(pixels),
            size: key.size,
            generation: next_generation(),
        };
        self.painted = Some((key, picture.clone()));
        Some(picture)
    }

    /// The planes' parts, those behind first, and the pictures on them.
    fn patches(&mut self, scene: &Scene<'_>) -> Option<(Vec<Patch>, [Picture; 3])> {
        let ground = scene.document.ground()?.id;
        let viewports = Plane::ALL.map(|plane| scene.viewport(plane));
        let [axial, sagittal, coronal] = &mut self.pictures;
        let pictures = [
            axial.update(scene.document, ground, &viewports[0])?,
            sagittal.update(scene.document, ground, &viewports[1])?,
            coronal.update(scene.document, ground, &viewports[2])?,
        ];
        let facets = planes::back_to_front(scene.grid.shape(), scene.cursor, scene.eye);
        let patches = facets.iter().filter_map(|facet| {
            let picture = viewports
                .iter()
                .position(|viewport| viewport.axes.normal == facet.axis)?;
            let viewport = &viewports[picture];
            let corners = facet.corners().map(|index| scene.corner(viewport, index));
            Some(Patch { picture, corners })
        });
        Some((patches.collect(), pictures))
    }
}

impl Scene<'_> {
    /// The whole slice through the cursor, whatever the slice view shows of it.
    fn viewport(&self, plane: Plane) -> Viewport {
        let axes = crate::document::PlaneAxes::of(plane, self.grid);
        let sides = (0..3).map(|n| self.grid.shape()[n] as f64 * self.grid.spacing()[n]);
        let zoom = self.pixels / sides.fold(0.0, f64::max);
        Viewport {
            plane,
            axes,
            size: axes
                .extent(self.grid)
                .map(|mm| (mm * zoom).round().max(1.0)),
            center: axes.middle(self.grid),
            zoom,
            fit: zoom,
            slice: self.cursor[axes.normal],
        }
    }

    fn corner(&self, viewport: &Viewport, index: IndexPoint) -> Corner {
        let (at, depth) = self.projection.project(self.grid.index_to_world(index));
        Corner {
            at: at.map(|n| n * f64::from(self.scale)),
            depth,
            texel: viewport.index_to_pixel(self.grid, index),
        }
    }

    /// Points from the upper left corner of the view.
    fn to_screen(&self, index: IndexPoint) -> Pos2 {
        let [x, y] = self.projection.project(self.grid.index_to_world(index)).0;
        pos2(x as f32, y as f32)
    }

    fn voxel_at(&self, at: Pos2) -> Option<[usize; 3]> {
        let at = (at - self.rect.min).to_pos2();
        let ray = self.projection.ray([f64::from(at.x), f64::from(at.y)]);
        let ray = self.grid.inverse_affine().transform_vector(&ray);
        planes::meet(self.grid.shape(), self.cursor, self.eye, ray)
    }

    /// The edges of the box and of the planes: those on sides turned away from the eye lie behind
    /// everything, the others in front of it.
    fn outlines(&self, size: [u32; 2], in_front: bool, pixels: &mut [u8]) {
        let mut lines = Lines::new(size, self.scale);
        let shape = self.grid.shape();
        let faces_eye = |axis, high| planes::faces_eye(shape, self.eye, axis, high);
        let end = |axis: usize, high: bool| if high { shape[axis] as f64 - 0.5 } else { -0.5 };
        let (of_box, of_plane) = (0.22, 0.45);
        let mut line = |axis: usize, [b, at_b]: [f64; 2], [c, at_c]: [f64; 2], strength: f32| {
            let ends = [false, true].map(|high| {
                let mut index = [0.0; 3];
                index[axis] = end(axis, high);
                index[b as usize] = at_b;
                index[c as usize] = at_c;
                self.to_screen(IndexPoint::new(index[0], index[1], index[2]))
            });
            lines.set_strength(strength);
            lines.line(&ends);
        };
        for axis in 0..3 {
            let [b, c] = planes::others(axis);
            for (b_high, c_high) in [(false, false), (false, true), (true, false), (true, true)] {
                if (faces_eye(b, b_high) || faces_eye(c, c_high)) == in_front {
                    let at = |n: usize, high| [n as f64, end(n, high)];
                    line(axis, at(b, b_high), at(c, c_high), of_box);
                }
            }
            // Along `axis`, on the sides across one of the others, at the cursor on the last.
            for (side, across) in [(b, c), (c, b)] {
                for high in [false, true] {
                    if faces_eye(side, high) == in_front {
                        let cursor = [across as f64, self.cursor[across] as f64];
                        line(axis, [side as f64, end(side, high)], cursor, of_plane);
                    }
                }
            }
        }
        lines.paint(theme::OVER_IMAGE, pixels);
    }
}

/// The eye after a drag over `by` points that began at `from`; `None` while it may yet be a click.
fn dragged(response: &Response, scene: &Scene<'_>, from: Camera, by: Vec2) -> Option<Camera> {
    let [right, down] = [by.x, by.y].map(f64::from);
    if response.dragged_by(PointerButton::Primary) {
        Some(from.turned([right * TURN, down * TURN]))
    } else if response.dragged_by(PointerButton::Secondary) {
        Some(from.zoomed(1.02f64.powf(-down)))
    } else if response.dragged_by(PointerButton::Middle) {
        let radius = scene.projection.radius * scene.projection.scale;
        let shift = [
            from.shift[0] + right / radius,
            from.shift[1] + down / radius,
        ];
        Some(Camera { shift, ..from })
    } else {
        None
    }
}

fn wheel_lines(ui: &Ui) -> f64 {
    ui.input(|input| {
        let lines = input.events.iter().map(|event| match event {
            Event::MouseWheel { unit, delta, .. } => f64::from(widgets::wheel_lines(*unit, *delta)),
            Event::Zoom(by) => f64::from(*by).ln() / 1.1f64.ln(),
            _ => 0.0,
        });
        lines.sum()
    })
}

fn buttons(ui: &mut Ui, rect: Rect, alone: bool, messages: &mut Vec<Message>) {
    let size = vec2(22.0, 22.0);
    let mut at = rect.right_top() + vec2(-4.0 - size.x, 6.0);
    let (icon, tip, action) = if alone {
        let tip = "Show all views instead of the 3D one";
        (icons::ARROWS_IN, tip, Action::AllViews)
    } else {
        (icons::ARROWS_OUT, "Enlarge the 3D view", Action::Only3d)
    };
    let reset = Action::ResetViewpoint;
    let picture = Message::SavePicture(Subject::View3d);
    for (icon, tip, message) in [
        (icon, tip, Message::Action(action)),
        (
            icons::ARROW_COUNTER_CLOCKWISE,
            reset.spec().tooltip,
            Message::Action(reset),
        ),
        (icons::CAMERA, "Save a picture of the 3D view", picture),
    ] {
        if widgets::image_button(ui, Rect::from_min_size(at, size), icon, tip) {
            messages.push(message);
        }
        at.x -= size.x + 2.0;
    }
}
