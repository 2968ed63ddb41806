//! One slice view: the picture, what lies over it, and what mouse and wheel do in it.

use super::measure;
use super::message::Message;
use super::navigator::{self, Navigator};
use super::overlay::{self, Annotations};
use super::registration::Drawing;
use super::slice_picture::SlicePicture;
use super::thumbnails::Thumbnails;
use super::{slice_painter, view_controls, widgets};
use crate::document::Window;
use crate::document::{Command, Document, LayerId, MeasurementKind, Plane, PlaneView, Viewport};
use crate::geometry::{Grid, IndexPoint};
use egui::{Event, MouseWheelUnit, PointerButton, Rect, Response, Sense, Ui};

/// What a plain drag with the left button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    Cursor,
    Pan,
    Contrast,
    Measure(MeasurementKind),
}

/// What a view needs to know beside the document.
#[derive(Clone, Copy, Debug)]
pub struct SliceViewOptions {
    pub annotations: Annotations,
    pub tool: Tool,
    /// Indices on screen count from 1.
    pub one_based: bool,
    /// This view fills the space alone.
    pub alone: bool,
    /// It can be enlarged, or give the others their space back.
    pub can_change: bool,
    /// The image at the bottom.
    pub ground: LayerId,
    /// How displacements are drawn over it.
    pub field: Option<Drawing>,
    /// Which of the images side by side this is; 0 of one alone.
    pub tile: usize,
    /// It has buttons, slider and maps: one tile of a view has them, and none in a picture of it.
    pub controls: bool,
    /// It says which slice is seen.
    pub position: bool,
    pub navigator: bool,
    pub thumbnails: bool,
    /// Its slices are being leafed through.
    pub plays: bool,
}

/// What a drag does, decided when the button goes down.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Drag {
    Cursor,
    Zoom {
        from: [f64; 2],
        zoom: f64,
        start_y: f32,
    },
    Pan {
        center: [f64; 2],
        start: egui::Pos2,
    },
    Window {
        window: Window,
        start: egui::Pos2,
    },
    /// Where the pointer was in the frame before; `None` in the first.
    Measure(Option<egui::Pos2>),
}

/// What one view shows in this frame.
#[derive(Clone, Copy)]
struct Scene<'a> {
    document: &'a Document,
    /// The main image's.
    grid: &'a Grid,
    viewport: &'a Viewport,
}

/// State of one view between frames.
pub struct SliceView {
    plane: Plane,
    picture: SlicePicture,
    drag: Option<Drag>,
    /// Parts of a wheel step that have not made a slice yet.
    wheel: f32,
    navigator: Navigator,
    thumbnails: Thumbnails,
    /// The keyboard has come to it by Tab.
    focused: bool,
}

impl SliceView {
    pub fn new(plane: Plane) -> Self {
        Self {
            plane,
            picture: SlicePicture::default(),
            drag: None,
            wheel: 0.0,
            navigator: Navigator::default(),
            thumbnails: Thumbnails::default(),
            focused: false,
        }
    }

    pub fn has_focus(&self) -> bool {
        self.focused
    }

    /// Paints the view into `rect` and says what the user did; returns whether the pointer or the
    /// keyboard is on it.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        document: &Document,
        visible: &[(Plane, [f64; 2])],
        options: SliceViewOptions,
        messages: &mut Vec<Message>,
    ) -> bool {
        let scale = ui.ctx().pixels_per_point();
        let size = pixel_size(rect, scale);
        let (Some(grid), Some(ground)) = (document.grid(), document.layer(options.ground)) else {
            return false;
        };
        let Some(viewport) = document.viewport(self.plane, size, visible) else {
            return false;
        };
        let scene = Scene {
            document,
            grid,
            viewport: &viewport,
        };
        let name = match options.tile {
            0 => format!("{} view", self.plane.name()),
            _ => format!("{} view, {}", self.plane.name(), ground.name),
        };
        let id = ui.scope_id().with((self.plane.name(), options.tile));
        let response = ui
            .interact(rect, id, Sense::click_and_drag())
            .on_hover_cursor(egui::CursorIcon::Crosshair);
        widgets::label_for_access(&response, egui::Role::Image, &name);
        self.mouse(ui, &response, scene, options.tool, messages);
        if response.double_clicked() && options.can_change {
            messages.push(Message::ToggleExpanded(self.plane));
        }
        let hovered = response.contains_pointer();
        if hovered {
            self.scroll(ui, &response, scene, messages);
        }
        let painter = ui.painter().with_clip_rect(rect);
        if let Some(picture) = self.picture.update_with_field(
            document,
            ground.id,
            &viewport,
            options.field.map(|how| (how, scale)),
        ) {
            painter.add(slice_painter::shape(rect, response.id, picture));
        }
        let layers = document.stack(ground.id);
        let map = (options.controls && options.navigator)
            .then(|| navigator::place(rect, grid, &viewport))
            .flatten();
        overlay::paint(
            &painter,
            rect,
            document,
            &viewport,
            &layers,
            options.annotations,
            map.map_or(0.0, |map| map.right() - rect.left()),
        );
        if let Some(map) = map {
            self.navigator
                .show(ui, map, document, ground.id, &viewport, messages);
        }
        if options.position {
            view_controls::position(&painter, rect, grid, &viewport, options.one_based);
        }
        if options.controls {
            if options.thumbnails {
                self.thumbnails
                    .show(ui, rect, document, &viewport, messages);
            }
            view_controls::show(ui, rect, document, &viewport, options, messages);
        }
        self.focused = response.has_focus();
        if self.focused {
            widgets::keep_arrow_keys(ui, &response);
        }
        hovered || self.focused
    }

    fn mouse(
        &mut self,
        ui: &Ui,
        response: &Response,
        scene: Scene<'_>,
        tool: Tool,
        messages: &mut Vec<Message>,
    ) {
        let Scene {
            document,
            grid,
            viewport,
        } = scene;
        let scale = ui.ctx().pixels_per_point();
        let Some(at) = response.interact_pointer_pos() else {
            if matches!(self.drag.take(), Some(Drag::Measure(_))) {
                messages.push(Message::Measure(measure::Request::Release));
            }
            return;
        };
        let began_and_ended = response.clicked() && self.drag.is_none() && tool == Tool::Cursor;
        let to_pixel = |p: egui::Pos2| {
            let d = (p - response.rect.min) * scale;
            [f64::from(d.x), f64::from(d.y)]
        };
        if began_and_ended {
            // Pressed and released within one frame.
            self.drag = Some(Drag::Cursor);
        } else if self.drag.is_none() && response.is_pointer_button_down_on() {
            let start = ui.input(|i| i.pointer.press_origin()).unwrap_or(at);
            self.drag = begin_drag(ui, viewport, document, start, to_pixel(start), tool);
        }
        match self.drag {
            None => {}
            Some(Drag::Cursor) => {
                let index = viewport.pixel_to_index(grid, to_pixel(at));
                let voxel = index.clamped_voxel(grid.shape());
                if document.cursor_voxel() != Some(voxel) {
                    let point = grid.index_to_world(IndexPoint::from(voxel));
                    messages.push(Message::Edit(Command::MoveCursor(point)));
                }
            }
            Some(Drag::Measure(before)) => {
                let point = |at| grid.index_to_world(viewport.pixel_to_index(grid, to_pixel(at)));
                self.drag = Some(Drag::Measure(Some(at)));
                let start = ui.input(|i| i.pointer.press_origin()).unwrap_or(at);
                let requests = measure::of_drag(viewport, scale, point, before, start, at);
                messages.extend(requests.into_iter().map(Message::Measure));
                if !response.is_pointer_button_down_on() {
                    self.drag = None;
                    messages.push(Message::Measure(measure::Request::Release));
                }
            }
            Some(Drag::Zoom {
                from,
                zoom,
                start_y,
            }) => {
                let factor = 1.02f64.powf(f64::from(start_y - at.y));
                messages.push(self.zoomed(grid, viewport, from, zoom * factor));
            }
            Some(Drag::Pan { center, start }) => {
                let moved = (at - start) * scale;
                let center = [
                    center[0] - f64::from(moved.x) / viewport.zoom,
                    center[1] - f64::from(moved.y) / viewport.zoom,
                ];
                let view = PlaneView {
                    center: Some(center),
                    zoom: Some(viewport.zoom),
                };
                messages.push(Message::SetView {
                    plane: self.plane,
                    view,
                });
            }
            Some(Drag::Window { window, start }) => {
                if let Some(layer) = document.active() {
                    let moved = at - start;
                    let speed = window.width() / 300.0;
                    let width = window.width() + f64::from(moved.x) * speed;
                    let level = window.level() - f64::from(moved.y) * speed;
                    let window = Window::from_level_width(level, width.max(window.width() * 1e-3));
                    messages.push(Message::SetWindow {
                        layer: layer.id,
                        window,
                    });
                }
            }
        }
    }

    fn scroll(
        &mut self,
        ui: &Ui,
        response: &Response,
        scene: Scene<'_>,
        messages: &mut Vec<Message>,
    ) {
        let Scene {
            document,
            grid,
            viewport,
        } = scene;
        let scale = ui.ctx().pixels_per_point();
        let Some(at) = response.hover_pos() else {
            return;
        };
        let offset = (at - response.rect.min) * scale;
        let pixel = [f64::from(offset.x), f64::from(offset.y)];
        let mut factor = 1.0;
        ui.input(|input| {
            for event in &input.events {
                match event {
                    Event::Zoom(by) => factor *= f64::from(*by),
                    Event::MouseWheel {
                        unit,
                        delta,
                        modifiers,
                        ..
                    } => {
                        let lines = match unit {
                            MouseWheelUnit::Line => delta.y,
                            MouseWheelUnit::Point => delta.y / 40.0,
                            MouseWheelUnit::Page => delta.y * 5.0,
                        };
                        if modifiers.command {
                            factor *= 1.1f64.powf(f64::from(lines));
                        } else {
                            self.wheel += lines;
                        }
                    }
                    _ => {}
                }
            }
        });
        if factor != 1.0 {
            let about = viewport.pixel_to_plane(pixel);
            messages.push(self.zoomed(grid, viewport, about, viewport.zoom * factor));
        }
        let steps = self.wheel.trunc();
        self.wheel -= steps;
        if steps != 0.0 {
            push_slice(
                document,
                viewport,
                viewport.slice as i64 + steps as i64,
                messages,
            );
        }
    }

    /// The view at `zoom` pixels a millimetre with the point `about` staying where it is.
    fn zoomed(&self, grid: &Grid, viewport: &Viewport, about: [f64; 2], zoom: f64) -> Message {
        let zoom = viewport.limit_zoom(grid, zoom);
        let ratio = viewport.zoom / zoom;
        let center = [
            about[0] + (viewport.center[0] - about[0]) * ratio,
            about[1] + (viewport.center[1] - about[1]) * ratio,
        ];
        let view = PlaneView {
            center: Some(center),
            zoom: Some(zoom),
        };
        Message::SetView {
            plane: self.plane,
            view,
        }
    }
}

fn begin_drag(
    ui: &Ui,
    viewport: &Viewport,
    document: &Document,
    start: egui::Pos2,
    pixel: [f64; 2],
    tool: Tool,
) -> Option<Drag> {
    let zoom = Drag::Zoom {
        from: viewport.pixel_to_plane(pixel),
        zoom: viewport.zoom,
        start_y: start.y,
    };
    let pan = Drag::Pan {
        center: viewport.center,
        start,
    };
    let window = document.active().map(|layer| Drag::Window {
        window: layer.display.window,
        start,
    });
    ui.input(|i| {
        let down = |button| i.pointer.button_down(button);
        let left = down(PointerButton::Primary);
        let keys = i.modifiers;
        if down(PointerButton::Secondary) || (left && keys.command) {
            Some(zoom)
        } else if left && keys.alt {
            Some(pan)
        } else if left && keys.shift {
            window
        } else if down(PointerButton::Middle) {
            Some(if tool == Tool::Pan { Drag::Cursor } else { pan })
        } else if left {
            match tool {
                Tool::Cursor => Some(Drag::Cursor),
                Tool::Pan => Some(pan),
                Tool::Contrast => window,
                Tool::Measure(_) => Some(Drag::Measure(None)),
            }
        } else {
            None
        }
    })
}

/// Moves the cursor to another slice of the same view.
pub fn push_slice(
    document: &Document,
    viewport: &Viewport,
    slice: i64,
    messages: &mut Vec<Message>,
) {
    let Some(voxel) = document.cursor_voxel() else {
        return;
    };
    let mut to = voxel.map(|n| n as i64);
    to[viewport.axes.normal] = slice;
    if let Some(point) = document.voxel_to_world(to) {
        messages.push(Message::Edit(Command::MoveCursor(point)));
    }
}

/// Whole physical pixels of a rectangle.
pub fn pixel_size(rect: Rect, pixels_per_point: f32) -> [f64; 2] {
    let size = rect.size() * pixels_per_point;
    [
        f64::from(size.x.round().max(1.0)),
        f64::from(size.y.round().max(1.0)),
    ]
}
