//! One slice view: the picture, and what lies over it.

use super::message::Message;
use super::navigator::{self, Navigator};
use super::overlay::{self, Annotations};
use super::registration::Drawing;
use super::slice_mouse::{Scene, SliceMouse};
use super::slice_picture::{SlicePicture, Subject};
use super::thumbnails::Thumbnails;
use super::{slice_painter, view_controls, widgets};
use crate::document::{Command, Comparison, Document, LayerId, MeasurementKind, Plane, Viewport};
use egui::{Rect, Sense, Ui};

/// What a plain drag with the left button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    Cursor,
    Pan,
    Contrast,
    Measure(MeasurementKind),
    /// Moves the edges of the box of the crop tool.
    CropBox,
    /// Turns and shifts the moving image of a registration.
    Align,
    /// Places landmarks and drags them.
    Landmark,
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
    /// Two images that are shown in place of it and those on it.
    pub comparison: Option<Comparison>,
    /// How displacements are drawn over it.
    pub field: Option<Drawing>,
    /// Which of the images side by side this is; 0 of one alone.
    pub tile: usize,
    /// It has buttons and maps: one tile of a view has them, and none in a picture of it.
    pub controls: bool,
    /// It has the slider: one tile of each row has it, and none in a picture.
    pub slider: bool,
    /// It says which slice is seen.
    pub position: bool,
    pub navigator: bool,
    pub thumbnails: bool,
    /// Its slices are being leafed through.
    pub plays: bool,
}

/// State of one view between frames.
pub struct SliceView {
    plane: Plane,
    picture: SlicePicture,
    mouse: SliceMouse,
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
            mouse: SliceMouse::default(),
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
            corner: rect.min,
            scale,
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
        self.mouse
            .drag(ui, &response, scene, options.tool, messages);
        if response.double_clicked() && options.can_change {
            messages.push(Message::ToggleExpanded(self.plane));
        }
        let hovered = response.contains_pointer();
        if hovered {
            self.mouse.scroll(ui, &response, scene, messages);
        }
        let painter = ui.painter().with_clip_rect(rect);
        let subject = match options.comparison {
            Some(comparison) => Subject::Comparison(comparison),
            None => Subject::Layers(ground.id),
        };
        let field = options.field.map(|how| (how, scale));
        if let Some(picture) = self.picture.of(document, subject, &viewport, field) {
            painter.add(slice_painter::shape(rect, response.id, picture));
        }
        if options.controls && options.thumbnails {
            // Letters lie over them.
            self.thumbnails
                .show(ui, rect, document, &viewport, messages);
        }
        let map = (options.controls && options.navigator)
            .then(|| navigator::place(rect, grid, &viewport))
            .flatten();
        overlay::paint(
            &painter,
            rect,
            document,
            &viewport,
            subject,
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
        if options.slider {
            view_controls::slider(ui, rect, &name, document, &viewport, messages);
        }
        if options.controls {
            view_controls::buttons(ui, rect, grid, &viewport, options, messages);
        }
        self.focused = response.has_focus();
        if self.focused {
            widgets::keep_arrow_keys(ui, &response);
        }
        hovered || self.focused
    }
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
