//! The user's choices, taken over as soon as they are made.

mod keys;

use super::title;
use crate::app::App;
use crate::app::message::Message;
use crate::app::settings::{INTERFACE_PERCENT, RECORDED_MB, Settings, ThemeChoice};
use crate::app::widgets::{label_for_access, number_field};
use crate::document::ColorMap;
use egui::{Align, Button, ComboBox, Grid, Layout, ScrollArea, Ui};

/// What the dialog shows of itself.
#[derive(Debug, Default)]
pub struct Preferences {
    tab: Tab,
    keys: keys::KeyList,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    General,
    Images,
    Keys,
}

const HEIGHT: f32 = 360.0;

pub fn show(ui: &mut Ui, state: &mut Preferences, app: &App, messages: &mut Vec<Message>) {
    ui.set_width(560.0);
    title(ui, "Preferences");
    ui.horizontal(|ui| {
        for (tab, name, tip) in [
            (Tab::General, "General", "Looks, views, and what is kept"),
            (
                Tab::Images,
                "Images",
                "How images look when they are opened",
            ),
            (Tab::Keys, "Keys", "Which keys do what"),
        ] {
            let response = ui.selectable_label(state.tab == tab, name);
            if response.on_hover_text(tip).clicked() {
                state.tab = tab;
            }
        }
    });
    ui.separator();
    let mut settings = app.settings.clone();
    ScrollArea::vertical()
        .id_salt(state.tab as usize)
        .max_height(HEIGHT)
        .min_scrolled_height(HEIGHT)
        .auto_shrink(false)
        .show(ui, |ui| match state.tab {
            Tab::General => general(ui, &mut settings),
            Tab::Images => images(ui, &mut settings),
            Tab::Keys => keys::show(ui, &mut state.keys, &mut settings.keys),
        });
    if settings != app.settings {
        messages.push(Message::Settings(Box::new(settings)));
    }
    // Enter belongs to the fields and lists here.
    ui.add_space(8.0);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let button = Button::new("Close").min_size(egui::vec2(92.0, 28.0));
        if ui.add(button).clicked() {
            messages.push(Message::CloseDialog);
        }
    });
}

fn general(ui: &mut Ui, settings: &mut Settings) {
    table(ui, "general", |ui| {
        interface(ui, settings);
        views(ui, settings);
        kept(ui, settings);
    });
}

fn interface(ui: &mut Ui, settings: &mut Settings) {
    ui.label("Theme");
    let choices = ThemeChoice::ALL.map(|theme| (theme, theme.name()));
    choice(
        ui,
        "Theme",
        "Colours of menus, panels and dialogs; images stay on black",
        &mut settings.theme,
        &choices,
    );
    ui.end_row();
    ui.label("Size of the interface");
    ui.horizontal(|ui| {
        let tip = "Text and buttons in percent of their usual size; images are drawn sharp at any";
        let shown = settings.shown_percent(ui.ctx());
        if let Some(wanted) = percent(ui, tip, shown) {
            settings.interface_percent = wanted;
        }
    });
    ui.end_row();
}

fn views(ui: &mut Ui, settings: &mut Settings) {
    ui.label("Voxel indices");
    let choices = [(false, "from 0, as Python"), (true, "from 1, as ITK-SNAP")];
    choice(
        ui,
        "Voxel indices",
        "How voxel indices are counted on screen",
        &mut settings.one_based,
        &choices,
    );
    ui.end_row();
    ui.label("Patient's left");
    let choices = [
        (false, "on the right (radiological)"),
        (true, "on the left (neurological)"),
    ];
    choice(
        ui,
        "Patient's left",
        "Where the patient's left side is in axial and coronal views",
        &mut settings.neurological,
        &choices,
    );
    ui.end_row();
    ui.label("Patient's front");
    let choices = [(false, "on the left"), (true, "on the right")];
    choice(
        ui,
        "Patient's front",
        "Where the patient's front is in sagittal views",
        &mut settings.front_right,
        &choices,
    );
    ui.end_row();
    ui.label("Small map");
    let mut map = !settings.hide_navigator;
    switch(
        ui,
        &mut map,
        "in views that show a part of their slice",
        "Shows where in the slice an enlarged view is",
    );
    settings.hide_navigator = !map;
    ui.end_row();
}

/// What is kept of images and runs.
fn kept(ui: &mut Ui, settings: &mut Settings) {
    ui.label("Recent images");
    let mut kept = !settings.no_recent_list;
    switch(
        ui,
        &mut kept,
        "are listed with a small picture",
        "Kept in your own data folder; File > Recent and the start screen can forget them",
    );
    settings.no_recent_list = !kept;
    ui.end_row();
    ui.label("Memory for recorded runs");
    ui.horizontal(|ui| {
        let tip = "How much a registration may keep of its iterations to go back to";
        let mb = f64::from(settings.recorded_mb);
        if let Some(mb) = number_field(ui, "Memory for recorded runs", tip, mb, 0, 4.0, 64.0) {
            settings.recorded_mb = (mb as u32).clamp(*RECORDED_MB.start(), *RECORDED_MB.end());
        }
        ui.label("MB");
    });
    ui.end_row();
}

fn images(ui: &mut Ui, settings: &mut Settings) {
    table(ui, "images", |ui| {
        let new = &mut settings.new_images;
        ui.label("Contrast on opening");
        switch(
            ui,
            &mut new.auto_contrast,
            "from 0.5 to 99.5 % of the values",
            "Off: what the file proposes, or the usual window of its modality",
        );
        ui.end_row();
        ui.label("Voxels");
        let choices = [
            (false, "blended with their neighbours"),
            (true, "as blocks"),
        ];
        choice(
            ui,
            "Voxels",
            "How new images are drawn where a voxel is larger than a pixel",
            &mut new.blocks,
            &choices,
        );
        ui.end_row();
        ui.label("Colours of overlays");
        let maps = ColorMap::ALL
            .iter()
            .map(|map| (Some(map.name().to_owned()), map.name()));
        let choices: Vec<_> = [(None, "by modality")].into_iter().chain(maps).collect();
        choice(
            ui,
            "Colours of overlays",
            "The colour map of images that are laid over others",
            &mut new.overlay_map,
            &choices,
        );
        ui.end_row();
    });
}

fn table(ui: &mut Ui, name: &str, rows: impl FnOnce(&mut Ui)) {
    Grid::new(name)
        .num_columns(2)
        .spacing([24.0, 10.0])
        .min_col_width(170.0)
        .show(ui, rows);
}

/// One of a few values, by its name.
fn choice<T: PartialEq + Clone>(
    ui: &mut Ui,
    name: &str,
    tip: &str,
    value: &mut T,
    choices: &[(T, &str)],
) {
    let now = choices.iter().find(|(choice, _)| choice == value);
    let text = now.map_or("", |(_, text)| *text);
    let combo = ComboBox::from_id_salt(name)
        .selected_text(text)
        .width(240.0)
        .show_ui(ui, |ui| {
            for (choice, text) in choices {
                ui.selectable_value(value, choice.clone(), *text);
            }
        });
    let response = combo.response;
    label_for_access(&response, egui::Role::ComboBox, &format!("{name}: {text}"));
    response.on_hover_text(tip);
}

fn switch(ui: &mut Ui, on: &mut bool, text: &str, tip: &str) {
    ui.checkbox(on, text).on_hover_text(tip);
}

/// Returns another choice; `None` in it leaves the size to the screen.
fn percent(ui: &mut Ui, tip: &str, shown: u16) -> Option<Option<u16>> {
    let mut wanted = i32::from(shown);
    let name = "Size of the interface";
    if let Some(typed) = number_field(ui, name, tip, f64::from(wanted), 0, 0.0, 48.0) {
        wanted = typed as i32;
    }
    ui.label("%");
    for (text, tip, by) in [("−", "Smaller", -25), ("+", "Larger", 25)] {
        let response = ui.button(text);
        label_for_access(&response, egui::Role::Button, tip);
        if response.on_hover_text(tip).clicked() {
            wanted += by;
        }
    }
    let tip = "The size that fits the screen";
    if ui.button("Reset").on_hover_text(tip).clicked() {
        return Some(None);
    }
    let [low, high] = [INTERFACE_PERCENT.start(), INTERFACE_PERCENT.end()];
    let wanted = wanted.clamp(i32::from(*low), i32::from(*high)) as u16;
    (wanted != shown).then_some(Some(wanted))
}
