//! The three panes: an image, the deformation, the update; with what takes their places.

use super::act::leafed;
use super::drawn::Drawn;
use super::frame::Frame;
use super::look::{Drawing, Image, Look};
use super::picture::{self, Looks, Picture};
use super::zoom::Zoom;
use super::{legend, pane_head};
use crate::app::lines::Lines;
use crate::app::message::Message;
use crate::app::slice_picture::next_generation;
use crate::app::slice_view::pixel_size;
use crate::app::{slice_painter, widgets};
use crate::document::{Command, Document};
use egui::{
    Color32, Id, Pos2, Rect, Sense, Stroke, TextureHandle, TextureOptions, Ui, Vec2, pos2, vec2,
};
use std::sync::Arc;

/// Lines of the deformation.
pub const DEFORMATION: Color32 = Color32::from_rgb(0x7f, 0xd6, 0xc4);
/// Arrows of the update.
pub const UPDATE: Color32 = Color32::from_rgb(0xf5, 0xb0, 0x4a);
pub const HEAD: f32 = 30.0;
const MARGIN: f32 = 6.0;

/// What the panes keep from frame to frame.
#[derive(Default)]
pub struct Panes {
    kept: [Kept; 3],
    /// Parts of a wheel step that have not made a slice yet.
    wheel: f32,
}

#[derive(Default)]
struct Kept {
    picture: Option<(PictureKey, TextureHandle)>,
    drawing: Option<(DrawingKey, slice_painter::Picture)>,
}

#[derive(Clone)]
struct PictureKey {
    frame: Arc<Frame>,
    picture: Picture,
    looks: Looks,
}

#[derive(Clone)]
struct DrawingKey {
    frame: Arc<Frame>,
    field: Field,
    drawing: Drawing,
    spacing: usize,
    scale: f32,
    rect: Rect,
    seen: Rect,
    size: [u32; 2],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Deformation,
    Update,
}

/// What a pane shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    Picture(Picture),
    Field(Field, Drawing),
}

/// What all three panes speak of.
pub struct Scene<'a> {
    pub frame: &'a Arc<Frame>,
    pub looks: &'a Looks,
    pub look: Look,
    /// The run is over.
    pub ended: bool,
    /// Dragging with the left button pans instead of moving the cursor.
    pub pans: bool,
    /// What stands before the titles.
    pub prefix: &'static str,
    pub document: &'a Document,
}

impl Scene<'_> {
    fn contents(&self) -> [Content; 3] {
        let look = self.look;
        [
            Content::Picture(Picture::Image(look.image)),
            if look.jacobian {
                Content::Picture(Picture::Jacobian)
            } else {
                Content::Field(Field::Deformation, look.deformation)
            },
            if look.difference {
                Content::Picture(Picture::Difference(look.image))
            } else {
                Content::Field(Field::Update, look.update)
            },
        ]
    }
}

impl Panes {
    /// Paints the panes beside each other; returns the pixel under the pointer.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        area: Rect,
        scene: &Scene<'_>,
        zoom: &mut Zoom,
        messages: &mut Vec<Message>,
    ) -> Option<[usize; 2]> {
        let gap = 2.0;
        let width = ((area.width() - 2.0 * gap) / 3.0).floor();
        let rects = [0.0, 1.0, 2.0].map(|n| {
            let left = area.left() + n * (width + gap);
            Rect::from_min_size(pos2(left, area.top()), vec2(width, area.height()))
        });
        let rooms =
            rects.map(|rect| Rect::from_min_max(pos2(rect.left(), rect.top() + HEAD), rect.max));
        for (n, room) in rooms.into_iter().enumerate() {
            self.mouse(ui, room, n, scene, zoom, messages);
        }
        let planes = rooms.map(|room| plane(scene, room, zoom));
        let pointer = ui.input(|input| input.pointer.hover_pos());
        let pointed = pointer.and_then(|at| {
            let n = rooms.iter().position(|room| room.contains(at))?;
            scene.frame.pixel_at(planes[n], at)
        });
        for (n, content) in scene.contents().into_iter().enumerate() {
            let painter = ui.painter().with_clip_rect(rects[n]);
            painter.rect_filled(rects[n], 0.0, Color32::BLACK);
            let inside = painter.with_clip_rect(rooms[n].intersect(ui.clip_rect()));
            self.kept[n].paint(&inside, [rooms[n], planes[n]], n, content, scene);
            if let Some(pixel) = pointed {
                mark(&inside, planes[n], content, scene, pixel);
            }
            legend::paint(&painter, rects[n], content, scene);
            pane_head::show(ui, rects[n], n, scene, messages);
        }
        pointed
    }

    /// A click moves the linked cursor, the wheel leafs through the slices; the rest is the zoom's.
    fn mouse(
        &mut self,
        ui: &Ui,
        room: Rect,
        n: usize,
        scene: &Scene<'_>,
        zoom: &mut Zoom,
        messages: &mut Vec<Message>,
    ) {
        let name = ["image pane", "deformation pane", "update pane"][n];
        let name = format!("{}{name}", scene.prefix);
        let response = ui
            .interact(room, ui.scope_id().with(&name), Sense::click_and_drag())
            .on_hover_cursor(egui::CursorIcon::Crosshair);
        widgets::label_for_access(&response, egui::Role::Image, &name);
        zoom.follow(ui, &response, fitted(scene, room), scene.pans);
        let frame = scene.frame;
        let keys = ui.input(|input| input.modifiers);
        let points = response.clicked() || ui.input(|input| input.pointer.primary_down());
        if let Some(at) = response.interact_pointer_pos()
            && points
            && !keys.command
            && !keys.alt
            && !scene.pans
            && let Some(pixel) = frame.pixel_at(plane(scene, room, zoom), at)
        {
            let index = frame.grid.world_to_index(scene.document.cursor());
            let slice = index.clamped_voxel(frame.grid.shape())[frame.axes.normal];
            let point = frame.world(pixel, slice);
            messages.push(Message::Edit(Command::MoveCursor(point)));
        }
        if response.contains_pointer() {
            let lines = ui.input(|input| input.smooth_scroll_delta().y) / 40.0;
            self.wheel += lines;
            let steps = self.wheel.trunc();
            self.wheel -= steps;
            if steps != 0.0
                && let Some(command) = leafed(frame, scene.document, steps as i64)
            {
                messages.push(Message::Edit(command));
            }
        }
    }
}

/// Where the whole plane would be.
fn fitted(scene: &Scene<'_>, room: Rect) -> Rect {
    scene.frame.fit(room.shrink(MARGIN))
}

/// Where the plane is.
fn plane(scene: &Scene<'_>, room: Rect, zoom: &Zoom) -> Rect {
    zoom.place(fitted(scene, room))
}

impl Kept {
    fn paint(
        &mut self,
        painter: &egui::Painter,
        [room, rect]: [Rect; 2],
        n: usize,
        content: Content,
        scene: &Scene<'_>,
    ) {
        match content {
            Content::Picture(picture) => {
                let texture = self.texture(painter.ctx(), n, picture, scene);
                let whole = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
                painter.image(texture, rect, whole, Color32::WHITE);
            }
            Content::Field(field, drawing) => {
                let scale = painter.ctx().pixels_per_point();
                let picture = self.drawing(room, scale, rect, field, drawing, scene);
                let id = Id::unique("demons field").with((scene.prefix, n));
                painter.add(slice_painter::shape(room, id, picture));
            }
        }
    }

    fn texture(
        &mut self,
        ctx: &egui::Context,
        n: usize,
        picture: Picture,
        scene: &Scene<'_>,
    ) -> egui::TextureId {
        let is_same = |key: &PictureKey| {
            Arc::ptr_eq(&key.frame, scene.frame)
                && key.picture == picture
                && key.looks == *scene.looks
        };
        match &mut self.picture {
            Some((key, texture)) if is_same(key) => texture.id(),
            kept => {
                let key = PictureKey {
                    frame: Arc::clone(scene.frame),
                    picture,
                    looks: scene.looks.clone(),
                };
                let image = picture::paint(scene.frame, picture, scene.looks);
                match kept {
                    Some((made_for, texture)) => {
                        *made_for = key;
                        texture.set(image, TextureOptions::NEAREST);
                        texture.id()
                    }
                    None => {
                        let name = format!("demons pane {n}");
                        let texture = ctx.load_texture(name, image, TextureOptions::NEAREST);
                        kept.insert((key, texture)).1.id()
                    }
                }
            }
        }
    }

    /// The field in the colour of its pane on black, as many pixels as `room`.
    fn drawing(
        &mut self,
        room: Rect,
        pixels_per_point: f32,
        rect: Rect,
        field: Field,
        drawing: Drawing,
        scene: &Scene<'_>,
    ) -> slice_painter::Picture {
        let look = scene.look;
        let state = &scene.frame.state;
        let (vectors, scale, color) = match field {
            Field::Deformation => (&state.displacement, 1.0, DEFORMATION),
            Field::Update => (&state.update, look.scale as f32, UPDATE),
        };
        let key = DrawingKey {
            frame: Arc::clone(scene.frame),
            field,
            drawing,
            spacing: look.spacing,
            scale,
            rect,
            seen: room,
            size: pixel_size(room, pixels_per_point).map(|n| n as u32),
        };
        if let Some((made_for, picture)) = &self.drawing
            && made_for.is_same(&key)
        {
            return picture.clone();
        }
        let drawn = Drawn {
            frame: scene.frame,
            field: vectors,
            scale,
            spacing: look.spacing,
            rect: rect.translate(-room.min.to_vec2()),
            seen: room.translate(-room.min.to_vec2()),
        };
        let mut lines = Lines::new(key.size, pixels_per_point);
        match drawing {
            Drawing::Grid => drawn.grid(&mut lines),
            Drawing::Arrows => drawn.arrows(&mut lines),
        }
        let picture = slice_painter::Picture {
            pixels: Arc::new(lines.on_black(color)),
            size: key.size,
            generation: next_generation(),
        };
        self.drawing = Some((key, picture.clone()));
        picture
    }
}

impl DrawingKey {
    fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.frame, &other.frame)
            && self.field == other.field
            && self.drawing == other.drawing
            && self.spacing == other.spacing
            && self.scale == other.scale
            && self.rect == other.rect
            && self.seen == other.seen
            && self.size == other.size
    }
}

/// The pixel the probe speaks of, with the arrow that belongs to the pane. In the source the ring
/// lies on the matching place.
fn mark(
    painter: &egui::Painter,
    plane: Rect,
    content: Content,
    scene: &Scene<'_>,
    pixel: [usize; 2],
) {
    let frame = scene.frame;
    let state = &frame.state;
    let by = |field, scale: f32| frame.vector(field, pixel).map_or(Vec2::ZERO, |v| v * scale);
    let (move_by, color) = match content {
        Content::Field(Field::Update, _) => (by(&state.update, scene.look.scale as f32), UPDATE),
        _ => (by(&state.displacement, 1.0), DEFORMATION),
    };
    let from = frame.on_screen(plane, pixel, Vec2::ZERO);
    let to = frame.on_screen(plane, pixel, move_by);
    let ring = if content == Content::Picture(Picture::Image(Image::Source)) {
        to
    } else {
        from
    };
    painter.circle_stroke(ring, 6.0, Stroke::new(3.0, Color32::from_black_alpha(160)));
    painter.circle_stroke(ring, 6.0, Stroke::new(1.2, Color32::WHITE));
    if (to - from).length() > 2.0 {
        painter.arrow(
            from,
            to - from,
            Stroke::new(3.5, Color32::from_black_alpha(160)),
        );
        painter.arrow(from, to - from, Stroke::new(1.8, color));
    }
}
