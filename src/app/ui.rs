//! Paints the window: menu, toolbar, panel, views, status. Changes nothing but view sizes.

use super::message::Message;
use super::play::Reel;
use super::slice_view::{SliceView, SliceViewOptions, pixel_size};
use super::{
    App, Layout, align, compare, dialogs, inspector, landmarks, measure, panels, registration,
    reorient, theme, tiles, tools,
};
use crate::document::{LayerId, Plane, with_hyphens};
use egui::{
    CentralPanel, Color32, Frame, Margin, OutputCommand, Panel, Rect, ScrollArea, Ui, pos2,
};

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
        if self.notices.listed {
            Panel::right("notices")
                .frame(side)
                .default_size(300.0)
                .size_range(220.0..=480.0)
                .show(ui, |ui| panels::notices::show(ui, self, &mut messages));
        }
        inspector::show_docked(ui, self, &mut messages);
        reorient::show(ui, self, &mut messages);
        tools::show(ui, self, &mut messages);
        align::show(ui, self, &mut messages);
        compare::show_bar(ui, self, &mut messages);
        let central = ui.available_rect_before_wrap();
        CentralPanel::default().frame(Frame::NONE).show(ui, |ui| {
            self.view_sizes.clear();
            self.view_areas = [None; 3];
            self.view3d.area = None;
            if self.demons.open && !self.document.is_empty() {
                registration::show_workspace(ui, self, &mut messages);
            } else if self.document.is_empty() {
                panels::start::show(ui, self, &mut messages);
            } else {
                self.paint_views(ui, &mut messages);
            }
        });
        inspector::show_floating(ui, self, &mut messages);
        compare::show_agreement(ui, self, &mut messages);
        drop_hint(ui);
        self.notices.show(ui, central, &mut messages);
        dialogs::show(ui, self, &mut messages);
        if !messages.is_empty() {
            // What the user did is acted on and painted in this same frame.
            ui.ctx().request_discard("the user did something");
            if !ui.ctx().will_discard() {
                ui.ctx().request_repaint();
            }
        }
        self.messages = messages;
        copy_with_hyphens(ui);
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
                    measure::show_list(ui, self, messages);
                    panels::zoom::show(ui, self, messages);
                    panels::play::show(ui, self, messages);
                }
            });
    }

    fn paint_views(&mut self, ui: &mut Ui, messages: &mut Vec<Message>) {
        let area = ui.max_rect();
        let flat = self.document.grid().and_then(Plane::of_flat);
        let layout = flat.map_or(self.layout, Layout::Only);
        let scale = ui.ctx().pixels_per_point();
        let grounds = self.shown_images();
        let mut views = Vec::new();
        for (plane, rect) in places(area, layout) {
            let cells = tiles::cells(rect, grounds.len());
            self.view_sizes.push((plane, pixel_size(cells[0], scale)));
            self.view_areas[plane.index()] = Some(rect);
            views.push((plane, cells));
        }
        for (plane, cells) in views {
            let arrangement = Arrangement {
                grounds: &grounds,
                cells: &cells,
                alone: layout != Layout::All,
                can_change: flat.is_none(),
            };
            self.paint_plane(ui, plane, arrangement, messages);
        }
        if layout == Layout::All {
            panels::fourth::show(ui, quarter(area, 0, 1), self, messages);
        } else if layout == Layout::Only3d {
            let controls = !self.hides_controls();
            self.view3d
                .show(ui, area, &self.document, true, controls, messages);
        }
        measure::show_profile(ui, self, area, messages);
    }

    /// One slice view: one picture, or one for every image side by side.
    fn paint_plane(
        &mut self,
        ui: &mut Ui,
        plane: Plane,
        arrangement: Arrangement<'_>,
        messages: &mut Vec<Message>,
    ) {
        let Arrangement { grounds, cells, .. } = arrangement;
        let tiled = grounds.len() > 1;
        let controlled = tiles::top_right(cells);
        let shown = self.document.ground().map(|layer| layer.id);
        let comparison = self.comparing.shown(&self.document);
        if let (Some(whole), true) = (self.view_areas[plane.index()], tiled) {
            let left_over = tiles::left_over(whole, cells);
            ui.painter().rect_filled(left_over, 0.0, Color32::BLACK);
        }
        self.views[plane.index()].resize_with(cells.len(), || SliceView::new(plane));
        for (tile, (&ground, &rect)) in grounds.iter().zip(cells).enumerate() {
            let options = SliceViewOptions {
                annotations: self.settings.annotations,
                tool: self.tool,
                one_based: self.settings.one_based,
                alone: arrangement.alone,
                can_change: arrangement.can_change,
                ground,
                comparison,
                field: self.field_drawing.filter(|_| Some(ground) == shown),
                tile,
                controls: tile == controlled && !self.hides_controls(),
                slider: tiles::ends_row(cells, tile) && !self.hides_controls(),
                position: tiles::ends_row(cells, tile),
                navigator: !self.settings.hide_navigator,
                thumbnails: !tiled
                    && comparison.is_none()
                    && self.document.ground_layers().nth(1).is_some(),
                plays: self.plays(Reel::Slices(plane)),
            };
            let (document, sizes) = (&self.document, &self.view_sizes);
            let view = &mut self.views[plane.index()][tile];
            if view.show(ui, rect, document, sizes, options, messages) {
                self.hovered = plane;
            }
            if let Some(viewport) = self.viewport(plane) {
                let (document, measuring) = (&self.document, &self.measuring);
                measure::paint(ui, rect, document, measuring, &viewport, self.tool);
                tools::paint_crop(ui, rect, self, &viewport);
                align::paint_ring(ui, rect, self, &viewport);
                landmarks::paint(ui, rect, self, &viewport);
                compare::show_swipe(ui, rect, self, plane, messages);
            }
            if tiled && Some(ground) == shown {
                let stroke = egui::Stroke::new(1.0, theme::ACCENT);
                let inside = egui::StrokeKind::Inside;
                ui.painter().rect_stroke(rect, 0.0, stroke, inside);
            }
        }
    }

    /// The images at the bottom of the views: all that are separate when they lie side by side, else the
    /// one that is shown.
    pub(super) fn shown_images(&self) -> Vec<LayerId> {
        if self.settings.tiled && self.comparing.shown(&self.document).is_none() {
            let separate = self.document.ground_layers();
            separate.map(|layer| layer.id).collect()
        } else {
            let shown = self.document.ground();
            shown.map(|layer| layer.id).into_iter().collect()
        }
    }
}

/// Where the pictures of one view lie, and what they show.
#[derive(Clone, Copy)]
struct Arrangement<'a> {
    grounds: &'a [LayerId],
    cells: &'a [Rect],
    /// The view has the whole space.
    alone: bool,
    /// It can be enlarged, or give the others their space back.
    can_change: bool,
}

/// Axial top left, sagittal top right, coronal bottom right; one view alone takes all.
fn places(area: Rect, layout: Layout) -> Vec<(Plane, Rect)> {
    match layout {
        Layout::Only(plane) => vec![(plane, area)],
        Layout::Only3d => Vec::new(),
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

/// What is copied anywhere can be pasted into a program that reads numbers.
fn copy_with_hyphens(ui: &Ui) {
    ui.ctx().output_mut(|output| {
        for command in &mut output.commands {
            if let OutputCommand::CopyText(text) | OutputCommand::TextSelectionSettled(text) =
                command
            {
                *text = with_hyphens(text);
            }
        }
    });
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
