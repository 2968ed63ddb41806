//! Colours by value: which map, the editor of its points, and what is see-through.

use super::exact::{self, Field};
use super::map_files::MapFile;
use super::{Inspector, change_settings, edit, heading, map_canvas, row, side_name};
use crate::app::App;
use crate::app::icons;
use crate::app::message::Message;
use crate::app::panels::layers::map_entry;
use crate::app::settings::Settings;
use crate::app::widgets::{label_for_access, number_field};
use crate::document::{
    ColorMap, ColorPoint, Layer, OwnMap, Side, decimals_for, format_number, shown_factor,
};
use egui::{Color32, Key, RichText, TextEdit, Ui};
use std::sync::Arc;

pub fn show(
    ui: &mut Ui,
    app: &App,
    layer: &Layer,
    inspector: &mut Inspector,
    messages: &mut Vec<Message>,
) {
    heading(ui, "Map");
    choose(ui, app, layer, messages);
    keep(ui, app, layer, &mut inspector.naming, messages);
    heading(ui, "Colours and opacity");
    map_canvas::show(ui, layer, &mut inspector.canvas, messages);
    point(ui, layer, &mut inspector.canvas, messages);
    heading(ui, "Special values");
    special(ui, layer, messages);
}

/// The map the layer has, as one that can be edited.
pub fn editable(layer: &Layer) -> OwnMap {
    match &layer.display.map {
        ColorMap::Own(map) => (**map).clone(),
        built_in => built_in.to_own(&format!("{} (edited)", built_in.name())),
    }
}

/// Gives the layer another map of the user's own.
pub fn set(layer: &Layer, map: OwnMap) -> Message {
    edit(layer, |d| d.map = ColorMap::Own(Arc::new(map)))
}

/// Every map to choose from, the user's own first.
pub fn all_maps(settings: &Settings) -> Vec<ColorMap> {
    let own = settings.color_maps.iter().cloned();
    let own = own.map(|map| ColorMap::Own(Arc::new(map)));
    own.chain(ColorMap::ALL.iter().cloned()).collect()
}

/// The map that the user keeps under this name.
fn kept<'a>(settings: &'a Settings, name: &str) -> Option<&'a OwnMap> {
    settings.color_maps.iter().find(|map| map.name() == name)
}

fn choose(ui: &mut Ui, app: &App, layer: &Layer, messages: &mut Vec<Message>) {
    let now = &layer.display.map;
    ui.horizontal(|ui| {
        let width = ui.available_width() - 8.0;
        let combo = egui::ComboBox::from_id_salt("map")
            .selected_text(now.name())
            .height(460.0)
            .width(width);
        let shown = combo.show_ui(ui, |ui| {
            for map in all_maps(&app.settings) {
                if map_entry(ui, &map, map == *now) {
                    messages.push(edit(layer, |d| d.map = map));
                    ui.close();
                }
            }
        });
        label_for_access(&shown.response, egui::Role::ComboBox, "Colour map");
        shown.response.on_hover_text("Your own maps come first");
    });
}

/// Buttons for maps of the user's own.
fn keep(
    ui: &mut Ui,
    app: &App,
    layer: &Layer,
    naming: &mut Option<String>,
    messages: &mut Vec<Message>,
) {
    if naming.is_some() {
        name_field(ui, app, layer, naming, messages);
        return;
    }
    let now = &layer.display.map;
    let saved = kept(&app.settings, now.name()).is_some();
    ui.horizontal_wrapped(|ui| {
        let tip = "Keeps this map under a name, for every layer";
        if ui.button("Save as…").on_hover_text(tip).clicked() {
            *naming = Some(match now {
                ColorMap::Own(map) => map.name().to_owned(),
                built_in => format!("My {}", built_in.name()),
            });
        }
        let delete = ui.add_enabled(saved, egui::Button::new("Delete"));
        if delete
            .on_hover_text("Forgets this map; layers that show it keep it")
            .on_disabled_hover_text("Only maps that you saved can be deleted")
            .clicked()
        {
            let name = now.name().to_owned();
            messages.push(change_settings(app, |s| {
                s.color_maps.retain(|map| map.name() != name);
            }));
        }
        let tip = "Writes this map to a file, for others or another machine";
        if ui.button("Export…").on_hover_text(tip).clicked() {
            messages.push(Message::MapFile(MapFile::Export(layer.id)));
        }
        let tip = "Reads a map from a file that was exported, and keeps it";
        if ui.button("Import…").on_hover_text(tip).clicked() {
            messages.push(Message::MapFile(MapFile::Import(layer.id)));
        }
    });
}

fn name_field(
    ui: &mut Ui,
    app: &App,
    layer: &Layer,
    naming: &mut Option<String>,
    messages: &mut Vec<Message>,
) {
    let Some(name) = naming else {
        return;
    };
    let now = &layer.display.map;
    let old = now.name().to_owned();
    let can_rename = kept(&app.settings, &old).is_some() && name.trim() != old;
    let mut map = None;
    let mut over = false;
    let mut renames = false;
    ui.horizontal(|ui| {
        let field = TextEdit::singleline(name)
            .hint_text("name")
            .desired_width(150.0);
        let response = ui.add(field);
        label_for_access(&response, egui::Role::TextInput, "name of the map");
        if !response.has_focus() && !response.lost_focus() {
            response.request_focus();
        }
        let named = !name.trim().is_empty();
        let taken = ColorMap::parse(name).is_some();
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let text = match kept(&app.settings, name.trim()) {
            Some(_) => "Replace",
            None => "Save",
        };
        let save = ui.add_enabled(named && !taken, egui::Button::new(text));
        let save = save
            .on_hover_text("Keeps the map under this name")
            .on_disabled_hover_text("A built-in map has this name, or none is given");
        let rename = ui.add_enabled(named && !taken && can_rename, egui::Button::new("Rename"));
        renames = rename
            .on_hover_text("Gives the saved map this name instead of its own")
            .on_disabled_hover_text("Only maps that you saved can be renamed")
            .clicked();
        if named && !taken && (save.clicked() || renames || entered) {
            map = Some(now.to_own(name));
        }
        let cancel = ui
            .button("Cancel")
            .on_hover_text("Changes nothing")
            .clicked();
        let escaped = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Escape));
        over = cancel || escaped || map.is_some();
        if taken {
            ui.label(
                RichText::new("a built-in map has this name").color(ui.visuals().error_fg_color),
            );
        }
    });
    if let Some(map) = map {
        messages.push(set(layer, map.clone()));
        messages.push(change_settings(app, |settings| {
            let maps = &mut settings.color_maps;
            maps.retain(|it| it.name() != map.name() && !(renames && it.name() == old));
            maps.push(map);
            maps.sort_by_key(|map| map.name().to_lowercase());
        }));
    }
    if over {
        *naming = None;
    }
}

/// The selected point of the map, in numbers and colour.
fn point(ui: &mut Ui, layer: &Layer, held: &mut map_canvas::Held, messages: &mut Vec<Message>) {
    let map = editable(layer);
    let count = map.points().len();
    let (at, side) = held.select(held.point, held.side, &map);
    let point = map.points()[at];
    let mut change = |point: ColorPoint| messages.push(set(layer, map.with(at, point)));
    let color = side_color(&point, side);
    row(
        ui,
        "Point",
        "Which point is selected, counted from 1",
        |ui| {
            let tip = "Which point is selected, counted from 1";
            if let Some(n) = number_field(ui, "map point", tip, (at + 1) as f64, 0, 0.05, 44.0) {
                held.select((n.max(1.0) as usize) - 1, Side::Right, &map);
            }
            ui.label(RichText::new(format!("of {count}")).weak());
            ui.add_space(8.0);
            ui.label(RichText::new("at").weak());
            let tip = "Its place: 0 at the minimum of the range, 1 at its maximum; the ends stay";
            let field = number_field(ui, "position", tip, f64::from(point.at), 3, 0.002, 60.0);
            if let Some(x) = field {
                change(ColorPoint {
                    at: x as f32,
                    ..point
                });
            }
        },
    );
    row(ui, "Colour", "The colour at this point", |ui| {
        let mut rgb = [color[0], color[1], color[2]];
        let response = ui.color_edit_button_srgb(&mut rgb);
        label_for_access(&response, egui::Role::ColorWell, "colour of the point");
        response.on_hover_text("Opens the colour picker");
        if rgb != [color[0], color[1], color[2]] {
            change(with_color(point, side, [rgb[0], rgb[1], rgb[2], color[3]]));
        }
        ui.label(RichText::new("Opacity").weak());
        let tip =
            "How much of what lies below is hidden, 0 to 1; counts where the layer is an overlay";
        let alpha = f64::from(color[3]) / 255.0;
        if let Some(new) = number_field(ui, "opacity of the point", tip, alpha, 3, 0.005, 60.0) {
            let alpha = (new.clamp(0.0, 1.0) * 255.0).round() as u8;
            change(with_color(
                point,
                side,
                [color[0], color[1], color[2], alpha],
            ));
        }
    });
    row(ui, "Style", "Whether the map jumps at this point", |ui| {
        let two = point.is_two_sided() || held.split == Some(at);
        if ui
            .radio(!two, "Continuous")
            .on_hover_text("One colour on both sides")
            .clicked()
        {
            held.split = None;
            change(ColorPoint {
                left: color,
                right: color,
                ..point
            });
        }
        if ui
            .radio(two, "Two-sided")
            .on_hover_text("A colour of its own on each side: the map jumps here")
            .clicked()
        {
            held.split = Some(at);
        }
        if two {
            for each in [Side::Left, Side::Right] {
                let name = side_name(each);
                let tip = "Which side's colour and opacity are edited";
                if ui
                    .selectable_label(side == each, name)
                    .on_hover_text(tip)
                    .clicked()
                {
                    held.side = each;
                }
            }
        }
    });
    ui.horizontal(|ui| {
        let tip = "In the widest gap; a click on the empty map adds one there";
        if ui.button("Add point").on_hover_text(tip).clicked()
            && let Some((more, place)) = map.with_point(map_canvas::widest_gap(&map))
        {
            held.select(place, Side::Right, &more);
            messages.push(set(layer, more));
        }
        let inner = at > 0 && at + 1 < count;
        let remove = ui.add_enabled(inner, egui::Button::new("Remove point"));
        if remove
            .on_hover_text("Takes the selected point away; so does a right click on it")
            .on_disabled_hover_text("The ends of the map stay")
            .clicked()
        {
            messages.push(set(layer, map.without(at)));
        }
        let mut inverted = layer.display.inverted;
        let tip = "Swaps the colours of low and high values";
        if ui
            .checkbox(&mut inverted, "Invert")
            .on_hover_text(tip)
            .changed()
        {
            messages.push(edit(layer, |d| d.inverted = inverted));
        }
    });
}

pub fn side_color(point: &ColorPoint, side: Side) -> [u8; 4] {
    match side {
        Side::Left => point.left,
        Side::Right => point.right,
    }
}

/// A continuous point changes on both sides.
pub fn with_color(point: ColorPoint, side: Side, color: [u8; 4]) -> ColorPoint {
    let mut changed = point;
    if side == Side::Left || !point.is_two_sided() {
        changed.left = color;
    }
    if side == Side::Right || !point.is_two_sided() {
        changed.right = color;
    }
    changed
}

/// Below the minimum, below a threshold, and what is no number.
fn special(ui: &mut Ui, layer: &Layer, messages: &mut Vec<Message>) {
    let display = &layer.display;
    row(
        ui,
        "Below minimum",
        "Values under the minimum of the range",
        |ui| {
            for (clear, text, tip) in [
                (true, "See-through", "They let the image below show"),
                (false, "First colour", "They take the colour of the minimum"),
            ] {
                let on = display.below_transparent == clear;
                if ui.radio(on, text).on_hover_text(tip).clicked() && !on {
                    messages.push(edit(layer, |d| d.below_transparent = clear));
                }
            }
        },
    );
    let tip = "Values under this one are see-through, whatever the range";
    row(ui, "Threshold", tip, |ui| {
        let factor = shown_factor(layer);
        let mut on = display.hidden_below.is_some();
        if ui
            .checkbox(&mut on, "Hide below")
            .on_hover_text(tip)
            .changed()
        {
            let at = display.window.level();
            messages.push(edit(layer, |d| d.hidden_below = on.then_some(at)));
        }
        if let Some(value) = display.hidden_below {
            let text = format_number(value * factor, decimals_for(layer).max(1));
            let field = Field {
                label: "threshold",
                tooltip: tip,
                width: 80.0,
            };
            if let Some(new) = exact::number(ui, field, value * factor, text, |_| Ok(())) {
                messages.push(edit(layer, |d| d.hidden_below = Some(new / factor)));
            }
        }
    });
    row(ui, "NaN", "Voxels that are not a number", |ui| {
        let [r, g, b, a] = display.nan_color;
        let mut color = Color32::from_rgba_unmultiplied(r, g, b, a);
        let response = ui.color_edit_button_srgba(&mut color);
        label_for_access(
            &response,
            egui::Role::ColorWell,
            "colour of voxels that are not a number",
        );
        response.on_hover_text("The colour of voxels that are not a number; see-through at first");
        let chosen = color.to_srgba_unmultiplied();
        if color != Color32::from_rgba_unmultiplied(r, g, b, a) {
            messages.push(edit(layer, |d| d.nan_color = chosen));
        }
        let clear = a == 0;
        let text = if clear { "see-through" } else { "" };
        ui.label(RichText::new(text).weak());
        if !clear
            && ui
                .button(icons::X)
                .on_hover_text("See-through again")
                .clicked()
        {
            messages.push(edit(layer, |d| d.nan_color = [0; 4]));
        }
    });
}
