//! The section of the left panel that lists what was measured.

use super::{Request, area_text, icon, length_text};
use crate::app::App;
use crate::app::action::Action;
use crate::app::message::Message;
use crate::app::slice_view::Tool;
use crate::app::widgets::{label_for_access, section};
use crate::app::{icons, theme};
use crate::document::{LayerNumbers, Measurement, RegionNumbers, decimals_for, format_number};
use egui::{Align, Button, Layout, RichText, Ui, vec2};

pub fn show(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    let items = app.document.measurements();
    if items.is_empty() {
        if matches!(app.tool, Tool::Measure(_)) {
            section(ui, "Measurements");
            ui.weak("Drag in a view to measure; Escape goes back to the cursor.");
        }
        return;
    }
    section(ui, "Measurements");
    for item in app.measuring.items(&app.document) {
        // What is drawn for the first time has no name yet.
        if !item.name.is_empty() {
            ui.push_id(item.id, |ui| row(ui, app, item, messages));
        }
    }
    ui.horizontal(|ui| {
        for (action, text) in [
            (Action::CopyMeasurements, "Copy all"),
            (Action::DeleteMeasurements, "Delete all"),
        ] {
            let spec = action.spec();
            let text = format!("{}  {text}", spec.icon.unwrap_or_default());
            let response = ui.add(Button::new(text).small());
            label_for_access(&response, egui::Role::Button, spec.text);
            if response.on_hover_text(spec.tooltip).clicked() {
                messages.push(Message::Action(action));
            }
        }
    });
}

fn row(ui: &mut Ui, app: &App, item: &Measurement, messages: &mut Vec<Message>) {
    let selected = app.measuring.is_current(&app.document, item);
    let numbers = app.measuring.region(item);
    ui.horizontal(|ui| {
        let text = format!("{}  {}", icon(item.kind), item.name);
        let response = ui.selectable_label(selected, text);
        label_for_access(&response, egui::Role::Button, &item.name);
        let tip = format!("Shows {} on its {} slice", item.name, item.plane.name());
        if response.on_hover_text(tip).clicked() {
            messages.push(Message::Measure(Request::Show(item.id)));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let tip = format!("Delete {}", item.name);
            let button = Button::new(icons::TRASH).frame_when_inactive(false);
            let response = ui.add(button);
            label_for_access(&response, egui::Role::Button, &tip);
            if response.on_hover_text(tip).clicked() {
                messages.push(Message::Measure(Request::Delete(item.id)));
            }
            ui.label(value(app, item, numbers));
        });
    });
    if selected && let Some(numbers) = numbers {
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.spacing_mut().interact_size.y = 18.0;
            for layer in &numbers.layers {
                layer_numbers(ui, app, layer);
            }
        });
    }
}

fn value(app: &App, item: &Measurement, numbers: Option<&RegionNumbers>) -> String {
    if item.kind.is_region() {
        return numbers.map_or_else(String::new, |numbers| area_text(numbers.area_mm2));
    }
    let length = length_text(item.length_mm());
    match app.document.angle_to_previous(item) {
        Some(deg) => format!("{deg:.1}° · {length}"),
        None => length,
    }
}

/// A layer's numbers in two columns, below its name.
fn layer_numbers(ui: &mut Ui, app: &App, numbers: &LayerNumbers) {
    let Some(layer) = app.document.layer(numbers.layer) else {
        return;
    };
    let decimals = decimals_for(layer);
    ui.horizontal(|ui| {
        ui.add_space(theme::STEP);
        let name = RichText::new(&numbers.name).family(theme::semibold());
        ui.add(egui::Label::new(name).truncate())
            .on_hover_text(&numbers.name);
        ui.weak(&numbers.unit);
    });
    let number = |value: f64, decimals: usize| {
        if value.is_nan() {
            "–".to_owned()
        } else {
            format_number(value, decimals)
        }
    };
    let spread = "Standard deviation of the sample (n − 1)";
    let left_out = match numbers.left_out {
        0 => String::new(),
        n => n.to_string(),
    };
    let fine = decimals.max(1);
    let rows = [
        [
            ("Mean", number(numbers.mean, fine), ""),
            ("Min", number(numbers.min, decimals), ""),
        ],
        [
            ("SD", number(numbers.sd, fine), spread),
            ("Max", number(numbers.max, decimals), ""),
        ],
        [
            ("Voxels", numbers.count.to_string(), counted(numbers)),
            ("NaN", left_out, "Voxels left out: NaN or infinity"),
        ],
    ];
    for row in rows {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            ui.add_space(theme::STEP);
            for (name, value, tip) in row.iter().filter(|(_, value, _)| !value.is_empty()) {
                cell(ui, name, value, tip);
            }
        });
    }
}

/// Which voxels the numbers are of.
fn counted(numbers: &LayerNumbers) -> &'static str {
    if numbers.sampled {
        "The layer is oblique to the plane: its values at the main image's voxel centres inside"
    } else {
        "The layer's own voxels whose centres lie inside, on its nearest slice"
    }
}

/// A name and its number, in columns of fixed width.
fn cell(ui: &mut Ui, name: &str, value: &str, tip: &str) {
    let column = |ui: &mut Ui, width: f32, layout: Layout, text: RichText| {
        ui.allocate_ui_with_layout(vec2(width, 18.0), layout, |ui| {
            ui.set_min_width(width);
            ui.add(egui::Label::new(text).truncate())
        })
        .inner
    };
    let left = Layout::left_to_right(Align::Center);
    let right = Layout::right_to_left(Align::Center);
    let name = column(ui, 42.0, left, RichText::new(name).weak());
    if !tip.is_empty() {
        name.on_hover_text(tip);
    }
    column(ui, 72.0, right, RichText::new(value));
}
