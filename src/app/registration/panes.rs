//! The three panes: an image, the deformation, the update; with what takes their places.

use super::Request;
use super::act::leafed;
use super::frame::Frame;
use super::look::{Drawing, Image, Look};
use super::mesh::Drawn;
use super::picture::{self, FOLD, Looks, Picture};
use crate::app::message::Message;
use crate::app::{overlay, theme, widgets};
use crate::document::{Command, Document, format_number};
use egui::{
    Align, Align2, Color32, FontId, Layout, Mesh, Pos2, Rect, RichText, Sense, Shape, Stroke,
    TextureHandle, TextureOptions, Ui, UiBuilder, Vec2, pos2, vec2,
};
use std::sync::Arc;

/// Lines of the deformation.
pub const DEFORMATION: Color32 = Color32::from_rgb(0x7f, 0xd6, 0xc4);
/// Arrows of the update.
pub const UPDATE: Color32 = Color32::from_rgb(0xf5, 0xb0, 0x4a);
const HEAD: f32 = 30.0;
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
    mesh: Option<(MeshKey, Arc<Mesh>)>,
}

#[derive(Clone)]
struct PictureKey {
    frame: Arc<Frame>,
    picture: Picture,
    looks: Looks,
}

#[derive(Clone)]
struct MeshKey {
    frame: Arc<Frame>,
    field: Field,
    drawing: Drawing,
    spacing: usize,
    scale: f32,
    rect: Rect,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Deformation,
    Update,
}

/// What a pane shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
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
        messages: &mut Vec<Message>,
    ) -> Option<[usize; 2]> {
        let gap = 2.0;
        let width = ((area.width() - 2.0 * gap) / 3.0).floor();
        let rects = [0.0, 1.0, 2.0].map(|n| {
            let left = area.left() + n * (width + gap);
            Rect::from_min_size(pos2(left, area.top()), vec2(width, area.height()))
        });
        let planes = rects.map(|rect| {
            let room = Rect::from_min_max(pos2(rect.left(), rect.top() + HEAD), rect.max);
            scene.frame.fit(room.shrink(MARGIN))
        });
        let pointer = ui.input(|input| input.pointer.hover_pos());
        let pointed = pointer.and_then(|at| {
            let plane = planes.iter().find(|plane| plane.contains(at))?;
            scene.frame.pixel_at(*plane, at)
        });
        for (n, content) in scene.contents().into_iter().enumerate() {
            let painter = ui.painter().with_clip_rect(rects[n]);
            painter.rect_filled(rects[n], 0.0, Color32::BLACK);
            self.kept[n].paint(&painter, planes[n], n, content, scene);
            legend(&painter, rects[n], content, scene);
            if let Some(pixel) = pointed {
                mark(&painter, planes[n], content, scene, pixel);
            }
            self.mouse(ui, rects[n], planes[n], n, scene, messages);
            head(ui, rects[n], n, scene.look, messages);
        }
        pointed
    }

    /// A click moves the linked cursor, the wheel leafs through the slices.
    fn mouse(
        &mut self,
        ui: &Ui,
        rect: Rect,
        plane: Rect,
        n: usize,
        scene: &Scene<'_>,
        messages: &mut Vec<Message>,
    ) {
        let name = ["image pane", "deformation pane", "update pane"][n];
        let below = Rect::from_min_max(pos2(rect.left(), rect.top() + HEAD), rect.max);
        let response = ui
            .interact(below, ui.scope_id().with(name), Sense::click_and_drag())
            .on_hover_cursor(egui::CursorIcon::Crosshair);
        widgets::label_for_access(&response, egui::Role::Image, name);
        let frame = scene.frame;
        if let Some(at) = response.interact_pointer_pos()
            && let Some(pixel) = frame.pixel_at(plane, at)
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

impl Kept {
    fn paint(
        &mut self,
        painter: &egui::Painter,
        rect: Rect,
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
                painter.add(Shape::Mesh(self.mesh(rect, field, drawing, scene)));
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

    fn mesh(&mut self, rect: Rect, field: Field, drawing: Drawing, scene: &Scene<'_>) -> Arc<Mesh> {
        let scale = match field {
            Field::Deformation => 1.0,
            Field::Update => scene.look.scale as f32,
        };
        let key = MeshKey {
            frame: Arc::clone(scene.frame),
            field,
            drawing,
            spacing: scene.look.spacing,
            scale,
            rect,
        };
        if let Some((made_for, mesh)) = &self.mesh
            && made_for.is_same(&key)
        {
            return Arc::clone(mesh);
        }
        let state = &scene.frame.state;
        let drawn = Drawn {
            frame: scene.frame,
            field: match field {
                Field::Deformation => &state.displacement,
                Field::Update => &state.update,
            },
            scale,
            spacing: scene.look.spacing,
            rect,
        };
        let color = match field {
            Field::Deformation => DEFORMATION,
            Field::Update => UPDATE,
        };
        let mesh = Arc::new(match drawing {
            Drawing::Grid => drawn.grid(color),
            Drawing::Arrows => drawn.arrows(color),
        });
        self.mesh = Some((key, Arc::clone(&mesh)));
        mesh
    }
}

impl MeshKey {
    fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.frame, &other.frame)
            && self.field == other.field
            && self.drawing == other.drawing
            && self.spacing == other.spacing
            && self.scale == other.scale
            && self.rect == other.rect
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

/// Title and choices of a pane.
fn head(ui: &mut Ui, rect: Rect, n: usize, look: Look, messages: &mut Vec<Message>) {
    let row = Rect::from_min_size(rect.min, vec2(rect.width(), HEAD)).shrink2(vec2(8.0, 2.0));
    ui.scope_builder(UiBuilder::new().max_rect(row), |ui| {
        ui.set_clip_rect(row.intersect(ui.clip_rect()));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            ui.spacing_mut().button_padding.x = 6.0;
            let mut wanted = look;
            for (text, tip, choice) in choices(n, look).into_iter().rev() {
                let text = RichText::new(text).size(12.5);
                let on = choice == look;
                let button = egui::Button::selectable(on, text).frame_when_inactive(on);
                let response = ui.add(button);
                widgets::label_for_access(&response, egui::Role::Button, tip);
                if response.on_hover_text(tip).clicked() {
                    wanted = choice;
                }
            }
            if wanted != look {
                messages.push(Message::Demons(Request::SetLook(wanted)));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let text = RichText::new(title(n, look)).family(theme::semibold());
                ui.add(egui::Label::new(text).truncate().selectable(false));
            });
        });
    });
}

fn title(n: usize, look: Look) -> String {
    match n {
        0 => format!("{} image", look.image.name()),
        1 if look.jacobian => "Jacobian".to_owned(),
        1 => "Deformation field".to_owned(),
        _ if look.difference => format!("{} − target", look.image.name()),
        _ => format!("Update field × {}", format_number(look.scale, 0)),
    }
}

/// Text, tooltip and outcome of each choice of a pane.
fn choices(n: usize, look: Look) -> Vec<(&'static str, &'static str, Look)> {
    match n {
        0 => Image::ALL
            .into_iter()
            .map(|image| {
                let tip = match image {
                    Image::Source => {
                        "Shows the source in the first pane; left and right arrow cycle"
                    }
                    Image::Target => {
                        "Shows the target in the first pane; left and right arrow cycle"
                    }
                    Image::Warped => {
                        "Shows the warped source in the first pane; left and right arrow cycle"
                    }
                };
                (image.name(), tip, Look { image, ..look })
            })
            .collect(),
        1 => {
            let field = |deformation| Look {
                deformation,
                jacobian: false,
                ..look
            };
            vec![
                (
                    "Grid",
                    "Draws the deformation as a bent grid",
                    field(Drawing::Grid),
                ),
                (
                    "Arrows",
                    "Draws the deformation as arrows from target to source",
                    field(Drawing::Arrows),
                ),
                (
                    "Jacobian",
                    "Shows how tissue grows (above 1), shrinks (below 1) or folds (0 and below); up and down arrow switch",
                    Look {
                        jacobian: true,
                        ..look
                    },
                ),
            ]
        }
        _ => {
            let field = |update| Look {
                update,
                difference: false,
                ..look
            };
            vec![
                (
                    "Grid",
                    "Draws the update as a bent grid",
                    field(Drawing::Grid),
                ),
                (
                    "Arrows",
                    "Draws the update as arrows",
                    field(Drawing::Arrows),
                ),
                (
                    "Difference",
                    "Shows the image of the first pane minus the target",
                    Look {
                        difference: true,
                        ..look
                    },
                ),
            ]
        }
    }
}

/// What the colours of a pane mean.
fn legend(painter: &egui::Painter, rect: Rect, content: Content, scene: &Scene<'_>) {
    match content {
        Content::Picture(Picture::Jacobian) => {
            let color = |t: f32| picture::jacobian_color((2.0 * t - 1.0).exp2());
            bar(painter, rect, color, ["½", "1", "2"]);
            folds(painter, rect, scene.frame);
        }
        Content::Picture(Picture::Difference(_)) => {
            let reach = scene.looks.largest_difference();
            let decimals = if reach < 10.0 { 2 } else { 0 };
            let (low, high) = (
                format_number(-reach, decimals),
                format_number(reach, decimals),
            );
            bar(
                painter,
                rect,
                |t| picture::diverging(2.0 * t - 1.0),
                [&low, "0", &high],
            );
        }
        Content::Picture(Picture::Image(_)) => {
            let edges = scene.frame.axes.edges;
            let middle = rect.center() + vec2(0.0, HEAD / 2.0);
            let font = FontId::new(13.0, theme::semibold());
            for (edge, at, align) in [
                (
                    edges[0],
                    pos2(rect.left() + 8.0, middle.y),
                    Align2::LEFT_CENTER,
                ),
                (
                    edges[1],
                    pos2(rect.right() - 8.0, middle.y),
                    Align2::RIGHT_CENTER,
                ),
                (
                    edges[2],
                    pos2(middle.x, rect.top() + HEAD + 4.0),
                    Align2::CENTER_TOP,
                ),
                (
                    edges[3],
                    pos2(middle.x, rect.bottom() - 4.0),
                    Align2::CENTER_BOTTOM,
                ),
            ] {
                let letter = edge.letter().to_string();
                overlay::outlined(painter, at, align, &letter, &font, theme::LETTER);
            }
        }
        Content::Field(Field::Update, _) if scene.frame.sample.is_none() => {
            let text = if scene.ended {
                "The run has ended. Drag the slider below\nto see the updates on its way."
            } else {
                "Each step of the run appears here."
            };
            let font = FontId::proportional(13.5);
            let at = rect.center() + vec2(0.0, HEAD / 2.0);
            let color = Color32::from_gray(140);
            painter.text(at, Align2::CENTER_CENTER, text, font, color);
        }
        Content::Field(..) => {}
    }
}

fn bar(painter: &egui::Painter, rect: Rect, color: impl Fn(f32) -> Color32, labels: [&str; 3]) {
    let min = pos2(rect.left() + 12.0, rect.bottom() - 26.0);
    let bar = Rect::from_min_size(min, vec2(120.0, 8.0));
    painter.rect_filled(bar.expand(1.0), 1.0, Color32::from_gray(70));
    let cells = 40;
    for n in 0..cells {
        let t = n as f32 / (cells - 1) as f32;
        let width = bar.width() / cells as f32;
        let cell = Rect::from_min_size(
            bar.min + vec2(width * n as f32, 0.0),
            vec2(width + 0.3, bar.height()),
        );
        painter.rect_filled(cell, 0.0, color(t));
    }
    let font = FontId::proportional(11.5);
    let places = [
        (bar.left(), Align2::LEFT_TOP),
        (bar.center().x, Align2::CENTER_TOP),
        (bar.right(), Align2::RIGHT_TOP),
    ];
    for (label, (x, align)) in labels.into_iter().zip(places) {
        let at = pos2(x, bar.bottom() + 2.0);
        overlay::outlined(painter, at, align, label, &font, theme::OVER_IMAGE);
    }
}

/// How many pixels of the plane fold, in the colour they are painted in.
fn folds(painter: &egui::Painter, rect: Rect, frame: &Frame) {
    let folded = frame.state.jacobian.iter().filter(|j| **j <= 0.0).count();
    let (text, color) = match folded {
        0 => ("no folds here".to_owned(), theme::OVER_IMAGE),
        1 => ("1 pixel folds".to_owned(), FOLD),
        n => (format!("{n} pixels fold"), FOLD),
    };
    let at = rect.right_bottom() - vec2(10.0, 12.0);
    let font = FontId::proportional(12.5);
    overlay::outlined(painter, at, Align2::RIGHT_BOTTOM, &text, &font, color);
}
