//! Paints the window: menu, toolbar, panel, views, status. Changes nothing but view sizes.

use super::message::Message;
use super::slice_view::{SliceViewOptions, pixel_size};
use super::{App, Layout, dialogs, panels, registration, theme};
use crate::document::Plane;
use egui::{CentralPanel, Color32, Frame, Margin, Panel, Rect, ScrollArea, Ui, pos2};

impl App {
    pub(super) fn paint(&mut self, ui: &mut Ui) {
        let mut messages = std::mem::take(&mut self.messages);
        let bar = Frame::new().inner_margin(Margin::symmetric(10, 4));
        Panel::top("menu")
            .frame(bar)
            .show(ui, |ui| panels::menu::show(ui, self, &mut messages));
        Panel::top("toolbar")
            .frame(bar)
            .exact_size(38.0)
            .show(ui, |ui| {
                panels::toolbar::show(ui, self, &mut messages);
            });
        let line = Frame::new().inner_margin(Margin::symmetric(10, 2));
        Panel::bottom("status")
            .frame(line)
            .exact_size(26.0)
            .show(ui, |ui| {
                panels::status::show(ui, self, &mut messages);
            });
        let side = Frame::new().inner_margin(Margin::symmetric(10, 4));
        let is_start = self.document.is_empty() && !self.demons.open;
        if !is_start {
            Panel::left("side")
                .frame(side)
                .default_size(286.0)
                .size_range(240.0..=420.0)
                .show(ui, |ui| {
                    self.paint_side(ui, &mut messages);
                });
        }
        CentralPanel::default().frame(Frame::NONE).show(ui, |ui| {
            if self.demons.open && !self.document.is_empty() {
                self.view_sizes.clear();
                registration::show_workspace(ui, self, &mut messages);
            } else if self.document.is_empty() {
                self.view_sizes.clear();
                panels::start::show(ui, self, &mut messages);
            } else {
                self.paint_views(ui, &mut messages);
            }
        });
        drop_hint(ui);
        self.notices.show(ui, &mut messages);
        dialogs::show(ui, self, &mut messages);
        if !messages.is_empty() {
            // What the user did is acted on and painted in this same frame.
            ui.ctx().request_discard("the user did something");
            if !ui.ctx().will_discard() {
                ui.ctx().request_repaint();
            }
        }
        self.messages = messages;
    }

    /// The left panel. Its contents are laid out apart from it, so that they cannot push it wider.
    fn paint_side(&self, ui: &mut Ui, messages: &mut Vec<Message>) {
        let rect = ui.available_rect_before_wrap();
        let mut inside = ui.new_child(egui::UiBuilder::new().max_rect(rect));
        ui.allocate_rect(rect, egui::Sense::hover());
        if self.demons.open {
            registration::show_setup(&mut inside, self, messages);
            return;
        }
        ScrollArea::vertical()
            .auto_shrink([false, false])
            .show(&mut inside, |ui| {
                panels::cursor::show(ui, self, messages);
                if !self.document.is_empty() {
                    panels::layers::show(ui, self, messages);
                    panels::zoom::show(ui, self, messages);
                }
            });
    }

    fn paint_views(&mut self, ui: &mut Ui, messages: &mut Vec<Message>) {
        let area = ui.max_rect();
        let flat = self.document.grid().and_then(Plane::of_flat);
        let layout = flat.map_or(self.layout, Layout::Only);
        let places = places(area, layout);
        let scale = ui.ctx().pixels_per_point();
        self.view_sizes = places
            .iter()
            .map(|&(plane, rect)| (plane, pixel_size(rect, scale)))
            .collect();
        let options = SliceViewOptions {
            annotations: self.annotations,
            tool: self.tool,
            one_based: self.settings.one_based,
            alone: layout != Layout::All,
            can_change: flat.is_none(),
        };
        for (plane, rect) in places {
            let view = &mut self.views[plane.index()];
            if view.show(
                ui,
                rect,
                &self.document,
                &self.view_sizes,
                options,
                messages,
            ) {
                self.hovered = plane;
            }
            if let Some(drawing) = self.field_drawing
                && let Some(viewport) = self.viewport(plane)
            {
                let drawings = &mut self.field_drawings;
                let mesh = drawings.of(&self.document, &viewport, rect, drawing);
                let painter = ui.painter().with_clip_rect(rect);
                painter.extend(mesh.map(egui::Shape::Mesh));
            }
        }
        if layout == Layout::All {
            let rect = quarter(area, 0, 1);
            ui.scope_builder(egui::UiBuilder::new().max_rect(rect), |ui| {
                ui.set_clip_rect(rect.intersect(ui.clip_rect()));
                panels::facts::show(ui, self, messages);
            });
        }
    }
}

/// Axial top left, sagittal top right, coronal bottom right; one view alone takes all.
fn places(area: Rect, layout: Layout) -> Vec<(Plane, Rect)> {
    match layout {
        Layout::Only(plane) => vec![(plane, area)],
        Layout::All => vec![
            (Plane::Axial, quarter(area, 0, 0)),
            (Plane::Sagittal, quarter(area, 1, 0)),
            (Plane::Coronal, quarter(area, 1, 1)),
        ],
    }
}

/// A quarter of the area with a thin line left between the quarters.
fn quarter(area: Rect, column: usize, row: usize) -> Rect {
    let gap = 2.0;
    let width = ((area.width() - gap) / 2.0).floor();
    let height = ((area.height() - gap) / 2.0).floor();
    let (left, right) = if column == 0 {
        (area.left(), area.left() + width)
    } else {
        (area.left() + width + gap, area.right())
    };
    let (top, bottom) = if row == 0 {
        (area.top(), area.top() + height)
    } else {
        (area.top() + height + gap, area.bottom())
    };
    Rect::from_min_max(pos2(left, top), pos2(right, bottom))
}

/// While files hover over the window: where they may fall.
fn drop_hint(ui: &Ui) {
    let hovering = ui.input(|input| !input.raw.hovered_files.is_empty());
    if hovering {
        let rect = ui.ctx().content_rect();
        let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop"));
        let painter = ui.ctx().layer_painter(layer);
        painter.rect_filled(rect, 0.0, Color32::from_black_alpha(170));
        let stroke = egui::Stroke::new(2.0, theme::ACCENT);
        painter.rect_stroke(rect.shrink(12.0), 10.0, stroke, egui::StrokeKind::Inside);
        let font = egui::FontId::new(20.0, theme::semibold());
        painter.text(
            rect.center(),
            egui::Align2::CENTER_CENTER,
            "Drop to open",
            font,
            Color32::WHITE,
        );
    }
}
