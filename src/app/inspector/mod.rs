//! The layer inspector: everything about how one layer looks and what is known of it, on five tabs.
//! At the side of the views, or in a window of its own over them.

mod color_map;
mod contrast;
mod curve;
mod exact;
mod general;
mod info;
mod labels;
mod map_canvas;
mod map_files;
mod metadata;
mod presets;
mod table;
mod time_course;

pub use color_map::all_maps;
pub use map_files::MapFile;
pub use presets::{SavedPreset, entry as preset_entry, own_presets};

use super::App;
use super::icons;
use super::message::Message;
use super::panels::layers::edit;
use super::settings::Settings;
use super::theme;
use super::widgets::label_for_access;
use crate::document::{Command, Layer, Role, Side};
use egui::{Align, Layout, Margin, Panel, RichText, ScrollArea, Ui, vec2};

/// What the inspector speaks of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    #[default]
    General,
    Contrast,
    ColorMap,
    Labels,
    Info,
    Metadata,
}

impl Tab {
    const ALL: [Self; 6] = [
        Self::General,
        Self::Contrast,
        Self::ColorMap,
        Self::Labels,
        Self::Info,
        Self::Metadata,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::General => "General",
            Self::Contrast => "Contrast",
            Self::ColorMap => "Color map",
            Self::Labels => "Labels",
            Self::Info => "Info",
            Self::Metadata => "Metadata",
        }
    }

    fn tooltip(self) -> &'static str {
        match self {
            Self::General => "Name, role, opacity, order, interpolation, time and components",
            Self::Contrast => "Range of values, presets, and the curve over the histogram",
            Self::ColorMap => "Colours by value: presets, your own maps, opacity, threshold",
            Self::Labels => "Names, colours, outlines and volumes of the labels of a segmentation",
            Self::Info => "Grid, header, and the cursor in this layer's own coordinates",
            Self::Metadata => "All tags of the file, to be searched",
        }
    }
}

/// What the inspector asks of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    Open(Tab),
    Close,
}

/// Its state; the settings remember where it lies.
#[derive(Debug, Default)]
pub struct Inspector {
    pub open: bool,
    pub tab: Tab,
    curve: curve::Held,
    canvas: map_canvas::Held,
    /// The name being typed for a colour map or preset that is to be kept.
    naming: Option<String>,
    filter: String,
}

impl Inspector {
    pub fn act(&mut self, request: Request) {
        match request {
            Request::Open(tab) => (self.open, self.tab) = (true, tab),
            Request::Close => self.open = false,
        }
    }

    /// Whether `tab` is what is seen.
    pub fn shows(&self, tab: Tab) -> bool {
        self.open && self.tab == tab
    }

    /// Opens at `tab`, or closes when that is what is seen.
    pub fn toggle(&mut self, tab: Tab) {
        (self.open, self.tab) = (!self.shows(tab), tab);
    }
}

/// The widths the panel can have.
const WIDTH: std::ops::RangeInclusive<f32> = 340.0..=640.0;

/// Shows it beside the views, if that is its place. Comes before the views take their space.
pub fn show_docked(ui: &mut Ui, app: &mut App, messages: &mut Vec<Message>) {
    // Two panels would leave the views no room.
    let gives_way = app.reorienting.is_some();
    let is_here = app.inspector.open && !app.settings.inspector_floats && !gives_way;
    if !is_here || app.document.is_empty() {
        return;
    }
    let frame = egui::Frame::new().inner_margin(Margin::symmetric(10, 4));
    Panel::right("inspector")
        .frame(frame)
        .default_size(400.0)
        .size_range(WIDTH)
        .show(ui, |ui| {
            // Laid out apart from the panel, so that wide contents cannot push it wider.
            let rect = ui.available_rect_before_wrap();
            let mut inside = ui.new_child(egui::UiBuilder::new().max_rect(rect));
            ui.allocate_rect(rect, egui::Sense::hover());
            contents(&mut inside, app, messages);
        });
}

/// Shows it over the views, if that is its place.
pub fn show_floating(ui: &Ui, app: &mut App, messages: &mut Vec<Message>) {
    if !app.settings.inspector_floats || !app.inspector.open || app.document.is_empty() {
        return;
    }
    egui::Window::new("Layer inspector")
        .title_bar(false)
        .default_pos(egui::pos2(300.0, 96.0))
        .default_size(vec2(560.0, 520.0))
        .min_size(vec2(480.0, 300.0))
        .show(ui.ctx(), |ui| {
            ui.horizontal_top(|ui| {
                let height = ui.available_height();
                ui.allocate_ui(vec2(130.0, height), |ui| {
                    ui.vertical(|ui| layer_list(ui, app, messages));
                });
                ui.separator();
                ui.vertical(|ui| contents(ui, app, messages));
            });
        });
}

fn contents(ui: &mut Ui, app: &mut App, messages: &mut Vec<Message>) {
    let mut inspector = std::mem::take(&mut app.inspector);
    head(ui, app, messages);
    tabs(ui, &mut inspector);
    ui.separator();
    if let Some(layer) = app.document.active() {
        ScrollArea::vertical()
            .id_salt(("inspector", inspector.tab.name()))
            .auto_shrink(false)
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
                match inspector.tab {
                    Tab::General => general::show(ui, app, layer, messages),
                    Tab::Contrast => contrast::show(ui, app, layer, &mut inspector, messages),
                    Tab::ColorMap => color_map::show(ui, app, layer, &mut inspector, messages),
                    Tab::Labels => labels::show(ui, app, layer, messages),
                    Tab::Info => info::show(ui, app, layer),
                    Tab::Metadata => metadata::show(ui, layer, &mut inspector.filter),
                }
            });
    }
    app.inspector = inspector;
}

/// The layer's name, and where the inspector lies.
fn head(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let small = |icon: &str| {
                egui::Button::new(icon.to_owned())
                    .frame_when_inactive(false)
                    .min_size(vec2(24.0, 22.0))
            };
            let close = ui.add(small(icons::X));
            label_for_access(&close, egui::Role::Button, "Close the inspector");
            if close.on_hover_text("Closes the inspector").clicked() {
                messages.push(Message::Inspector(Request::Close));
            }
            let floats = app.settings.inspector_floats;
            let (icon, label, tip) = if floats {
                (
                    icons::SIDEBAR,
                    "Dock the inspector",
                    "Puts the inspector at the side of the views",
                )
            } else {
                (
                    icons::ARROW_SQUARE_OUT,
                    "Undock the inspector",
                    "Makes the inspector a window that can lie anywhere",
                )
            };
            let place = ui.add(small(icon));
            label_for_access(&place, egui::Role::Button, label);
            if place.on_hover_text(tip).clicked() {
                messages.push(change_settings(app, |s| s.inspector_floats = !floats));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let name = app
                    .document
                    .active()
                    .map_or("", |layer| layer.name.as_str());
                let name = RichText::new(name).family(theme::semibold()).size(15.0);
                ui.add(egui::Label::new(name).truncate());
            });
        });
    });
}

fn tabs(ui: &mut Ui, inspector: &mut Inspector) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 1.0;
        ui.spacing_mut().button_padding.x = 5.0;
        for tab in Tab::ALL {
            let on = inspector.tab == tab;
            let button = egui::Button::selectable(on, tab.name()).min_size(vec2(44.0, 24.0));
            let response = ui.add(button);
            let label = format!("{} tab", tab.name());
            label_for_access(&response, egui::Role::Button, &label);
            if response.on_hover_text(tab.tooltip()).clicked() {
                inspector.tab = tab;
                inspector.naming = None;
            }
        }
    });
}

/// Which layer is spoken of, where the window's own list may be covered.
fn layer_list(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    ui.set_width(130.0);
    let active = app.document.active().map(|layer| layer.id);
    let [separate, overlays] = [false, true].map(|wanted| {
        let layers = app.document.layers().iter();
        layers.filter(move |layer| (layer.role == Role::Overlay) == wanted)
    });
    let mut group = |title: &str, layers: Vec<&Layer>| {
        if layers.is_empty() {
            return;
        }
        ui.label(RichText::new(title).weak().small());
        for layer in layers {
            let button = egui::Button::selectable(Some(layer.id) == active, &layer.name)
                .truncate()
                .min_size(vec2(126.0, 22.0));
            let tip = format!("Inspect {}", layer.name);
            let response = ui.add(button);
            label_for_access(&response, egui::Role::Button, &tip);
            if response.on_hover_text(&layer.name).clicked() {
                messages.push(Message::Edit(Command::Select(layer.id)));
            }
        }
    };
    group("Images", separate.collect());
    group("Overlays", overlays.collect());
}

fn change_settings(app: &App, change: impl FnOnce(&mut Settings)) -> Message {
    let mut settings = app.settings.clone();
    change(&mut settings);
    Message::Settings(Box::new(settings))
}

/// A heading within a tab.
fn heading(ui: &mut Ui, text: &str) {
    ui.add_space(4.0);
    ui.label(RichText::new(text).family(theme::semibold()));
}

/// A row of a name in a column of its own and what belongs to it.
fn row<R>(ui: &mut Ui, name: &str, tooltip: &str, add: impl FnOnce(&mut Ui) -> R) -> R {
    ui.horizontal(|ui| {
        let size = vec2(96.0, ui.spacing().interact_size.y);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(size.x);
            ui.label(RichText::new(name).weak()).on_hover_text(tooltip);
        });
        add(ui)
    })
    .inner
}

fn side_name(side: Side) -> &'static str {
    match side {
        Side::Left => "Left",
        Side::Right => "Right",
    }
}
