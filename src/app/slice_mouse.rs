//! What mouse and wheel do in a slice view.

use super::align;
use super::landmarks;
use super::measure;
use super::message::Message;
use super::slice_view::{Tool, push_slice};
use super::tools;
use super::widgets::wheel_lines;
use crate::document::{Command, Document, PlaneView, Viewport, Window};
use crate::geometry::{Grid, IndexPoint, WorldPoint};
use egui::{Event, PointerButton, Pos2, Response, Ui};

/// What the view shows in this frame, and where.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    pub document: &'a Document,
    /// The main image's.
    pub grid: &'a Grid,
    pub viewport: &'a Viewport,
    /// The view's upper left corner.
    pub corner: Pos2,
    /// Physical pixels a point.
    pub scale: f32,
}

impl Scene<'_> {
    /// Physical pixels from the view's corner.
    fn pixel(&self, at: Pos2) -> [f64; 2] {
        let offset = (at - self.corner) * self.scale;
        [f64::from(offset.x), f64::from(offset.y)]
    }

    fn index(&self, at: Pos2) -> IndexPoint {
        self.viewport.pixel_to_index(self.grid, self.pixel(at))
    }

    fn world(&self, at: Pos2) -> WorldPoint {
        self.grid.index_to_world(self.index(at))
    }
}

/// What the hand is doing, from frame to frame.
#[derive(Default)]
pub struct SliceMouse {
    drag: Option<Drag>,
    /// Parts of a wheel step that have not made a slice yet.
    wheel: f32,
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
        start: Pos2,
    },
    Window {
        window: Window,
        start: Pos2,
    },
    /// Where the pointer was in the frame before; `None` in the first.
    Hold(Hold, Option<Pos2>),
}

/// What a tool of its own is told of a drag: where it begins, where it goes, and that it ends.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Hold {
    Measure,
    CropBox,
    /// The moving image of a registration.
    Align,
    Landmark,
}

impl Hold {
    /// What the pointer asks for in this frame, on its way from the first place to the second.
    fn asks(
        self,
        ui: &Ui,
        scene: Scene<'_>,
        before: Option<Pos2>,
        [start, at]: [Pos2; 2],
    ) -> Vec<Message> {
        let (viewport, scale) = (scene.viewport, scene.scale);
        let (plane, reach_mm) = (viewport.plane, measure::reach_mm(viewport, scale));
        let (first, to) = (scene.world(start), scene.world(at));
        let moves = before.unwrap_or(start) != at;
        let told = |press: Message, drag: Message| {
            let press = before.is_none().then_some(press);
            press.into_iter().chain(moves.then_some(drag)).collect()
        };
        match self {
            Self::Measure => {
                let world = |at| scene.world(at);
                let requests = measure::of_drag(viewport, scale, world, before, start, at);
                requests.into_iter().map(Message::Measure).collect()
            }
            Self::CropBox => {
                let crop = |gesture| Message::Tools(tools::Request::Crop(gesture));
                let at = first;
                let press = tools::Gesture::Press {
                    plane,
                    at,
                    reach_mm,
                };
                told(crop(press), crop(tools::Gesture::Drag(to)))
            }
            Self::Align => {
                let hold = |gesture| Message::Align(align::Request::Hold(gesture));
                let fine = ui.input(|input| input.modifiers.shift);
                let press = align::Gesture::Press { plane, at: first };
                told(hold(press), hold(align::Gesture::Drag { at: to, fine }))
            }
            Self::Landmark => {
                let at = first;
                let press = landmarks::Request::Press { at, reach_mm };
                let drag = landmarks::Request::Drag(to);
                told(Message::Landmarks(press), Message::Landmarks(drag))
            }
        }
    }

    fn release(self) -> Message {
        match self {
            Self::Measure => Message::Measure(measure::Request::Release),
            Self::CropBox => Message::Tools(tools::Request::Crop(tools::Gesture::Release)),
            Self::Align => Message::Align(align::Request::Hold(align::Gesture::Release)),
            Self::Landmark => Message::Landmarks(landmarks::Request::Release),
        }
    }
}

impl SliceMouse {
    /// Buttons: begins, follows and ends drags.
    pub fn drag(
        &mut self,
        ui: &Ui,
        response: &Response,
        scene: Scene<'_>,
        tool: Tool,
        messages: &mut Vec<Message>,
    ) {
        let Some(at) = response.interact_pointer_pos() else {
            messages.extend(self.drag.take().and_then(release));
            return;
        };
        let start = ui.input(|i| i.pointer.press_origin()).unwrap_or(at);
        if self.drag.is_none() {
            let at_once = match tool {
                Tool::Cursor => Some(Drag::Cursor),
                Tool::Landmark => Some(Drag::Hold(Hold::Landmark, None)),
                _ => None,
            };
            // It went down and up again between two frames.
            let plain = ui.input(|input| input.modifiers.is_none());
            if response.clicked() && plain && at_once.is_some() {
                self.drag = at_once;
            } else if response.is_pointer_button_down_on() {
                self.drag = begin(ui, scene, start, tool);
            }
        }
        match self.drag {
            None => {}
            Some(Drag::Hold(hold, before)) => {
                self.drag = Some(Drag::Hold(hold, Some(at)));
                messages.extend(hold.asks(ui, scene, before, [start, at]));
                if !response.is_pointer_button_down_on() {
                    messages.extend(self.drag.take().and_then(release));
                }
            }
            Some(drag) => messages.extend(follow(drag, scene, at)),
        }
    }

    /// The wheel leafs through the slices, and zooms with Ctrl.
    pub fn scroll(
        &mut self,
        ui: &Ui,
        response: &Response,
        scene: Scene<'_>,
        messages: &mut Vec<Message>,
    ) {
        let Some(at) = response.hover_pos() else {
            return;
        };
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
                        let lines = wheel_lines(*unit, *delta);
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
        let viewport = scene.viewport;
        if factor != 1.0 {
            let about = viewport.pixel_to_plane(scene.pixel(at));
            messages.push(zoomed(scene, about, viewport.zoom * factor));
        }
        let steps = self.wheel.trunc();
        self.wheel -= steps;
        if steps != 0.0 {
            let slice = viewport.slice as i64 + steps as i64;
            push_slice(scene.document, viewport, slice, messages);
        }
    }
}

/// What the end of a drag asks for.
fn release(drag: Drag) -> Option<Message> {
    match drag {
        Drag::Hold(hold, _) => Some(hold.release()),
        _ => None,
    }
}

/// The drag that the buttons and keys that are down stand for.
fn begin(ui: &Ui, scene: Scene<'_>, start: Pos2, tool: Tool) -> Option<Drag> {
    let viewport = scene.viewport;
    let zoom = Drag::Zoom {
        from: viewport.pixel_to_plane(scene.pixel(start)),
        zoom: viewport.zoom,
        start_y: start.y,
    };
    let pan = Drag::Pan {
        center: viewport.center,
        start,
    };
    let window = scene.document.active().map(|layer| Drag::Window {
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
        } else if left && keys.shift && tool != Tool::Align {
            window
        } else if down(PointerButton::Middle) {
            Some(if tool == Tool::Pan { Drag::Cursor } else { pan })
        } else if left {
            match tool {
                Tool::Cursor => Some(Drag::Cursor),
                Tool::Pan => Some(pan),
                Tool::Contrast => window,
                Tool::Measure(_) => Some(Drag::Hold(Hold::Measure, None)),
                Tool::CropBox => Some(Drag::Hold(Hold::CropBox, None)),
                Tool::Align => Some(Drag::Hold(Hold::Align, None)),
                Tool::Landmark => Some(Drag::Hold(Hold::Landmark, None)),
            }
        } else {
            None
        }
    })
}

/// What a drag asks for while the pointer is at `at`; measuring has requests of its own.
fn follow(drag: Drag, scene: Scene<'_>, at: Pos2) -> Option<Message> {
    let Scene {
        document,
        grid,
        viewport,
        ..
    } = scene;
    match drag {
        Drag::Hold(..) => None,
        Drag::Cursor => {
            let voxel = scene.index(at).clamped_voxel(grid.shape());
            let point = grid.index_to_world(IndexPoint::from(voxel));
            let moves = document.cursor_voxel() != Some(voxel);
            moves.then_some(Message::Edit(Command::MoveCursor(point)))
        }
        Drag::Zoom {
            from,
            zoom,
            start_y,
        } => {
            let factor = 1.02f64.powf(f64::from(start_y - at.y));
            Some(zoomed(scene, from, zoom * factor))
        }
        Drag::Pan { center, start } => {
            let moved = (at - start) * scene.scale;
            let center = [
                center[0] - f64::from(moved.x) / viewport.zoom,
                center[1] - f64::from(moved.y) / viewport.zoom,
            ];
            Some(look(viewport, center, viewport.zoom))
        }
        Drag::Window { window, start } => {
            let moved = at - start;
            let speed = window.width() / 300.0;
            let width = window.width() + f64::from(moved.x) * speed;
            let level = window.level() - f64::from(moved.y) * speed;
            let window = Window::from_level_width(level, width.max(window.width() * 1e-3));
            let layer = document.active()?.id;
            Some(Message::SetWindow { layer, window })
        }
    }
}

/// The view at `zoom` pixels a millimetre with the point `about` staying where it is.
fn zoomed(scene: Scene<'_>, about: [f64; 2], zoom: f64) -> Message {
    let viewport = scene.viewport;
    let zoom = viewport.limit_zoom(scene.grid, zoom);
    let ratio = viewport.zoom / zoom;
    let center = [
        about[0] + (viewport.center[0] - about[0]) * ratio,
        about[1] + (viewport.center[1] - about[1]) * ratio,
    ];
    look(viewport, center, zoom)
}

fn look(viewport: &Viewport, center: [f64; 2], zoom: f64) -> Message {
    Message::SetView {
        plane: viewport.plane,
        view: PlaneView {
            center: Some(center),
            zoom: Some(zoom),
        },
    }
}
