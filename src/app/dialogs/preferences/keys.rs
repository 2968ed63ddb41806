//! The list of actions with their keys, which can be changed.

use crate::app::action::Action;
use crate::app::key_map::{self, KeyMap};
use crate::app::{icons, widgets};
use egui::{Button, Event, Grid, Key, KeyboardShortcut, TextEdit, Ui};

/// What was typed to find an action, and the one whose keys are being pressed.
#[derive(Debug, Default)]
pub struct KeyList {
    search: String,
    pressing: Option<Action>,
}

pub fn show(ui: &mut Ui, list: &mut KeyList, keys: &mut KeyMap) {
    if let Some(action) = list.pressing
        && let Some(pressed) = pressed(ui)
    {
        list.pressing = None;
        match pressed {
            Pressed::Keys(shortcut) => keys.set(action, Some(shortcut)),
            Pressed::Remove => keys.set(action, None),
            Pressed::Cancel => {}
        }
    }
    ui.horizontal(|ui| {
        let field = TextEdit::singleline(&mut list.search)
            .hint_text("Find an action")
            .desired_width(240.0);
        widgets::label_for_access(&ui.add(field), egui::Role::TextInput, "Find an action");
        let all = ui.add_enabled(!keys.is_empty(), Button::new("Reset all"));
        if all
            .on_hover_text("Gives every action its usual keys")
            .clicked()
        {
            *keys = KeyMap::default();
        }
    });
    ui.add_space(4.0);
    let wanted = list.search.to_lowercase();
    Grid::new("own keys")
        .num_columns(3)
        .spacing([16.0, 4.0])
        .striped(true)
        .show(ui, |ui| {
            for &action in Action::ALL {
                let name = action.spec().text.trim_end_matches('…');
                if name.to_lowercase().contains(&wanted) {
                    row(ui, list, keys, action, name);
                    ui.end_row();
                }
            }
        });
}

fn row(ui: &mut Ui, list: &mut KeyList, keys: &mut KeyMap, action: Action, name: &str) {
    ui.label(name).on_hover_text(action.spec().tooltip);
    let text = match keys.of(action) {
        _ if list.pressing == Some(action) => "Press keys…".to_owned(),
        Some(shortcut) => key_map::shown(ui.ctx(), shortcut),
        None => "—".to_owned(),
    };
    let button = Button::new(text)
        .min_size(egui::vec2(150.0, 0.0))
        .selected(list.pressing == Some(action));
    let response = ui.add(button);
    widgets::label_for_access(&response, egui::Role::Button, &format!("Keys of {name}"));
    let tip = "Click, then press the new keys; Backspace takes them away, Escape leaves them. Keys that another action had are taken from it.";
    if response.on_hover_text(tip).clicked() {
        list.pressing = Some(action);
    }
    if keys.is_own(action) {
        let response = ui.button(icons::ARROW_COUNTER_CLOCKWISE);
        widgets::label_for_access(
            &response,
            egui::Role::Button,
            &format!("Usual keys of {name}"),
        );
        if response.on_hover_text("Gives it its usual keys").clicked() {
            keys.set(action, action.spec().shortcut);
        }
    }
}

enum Pressed {
    Keys(KeyboardShortcut),
    Remove,
    Cancel,
}

/// The keys pressed in this frame; nobody else hears of them.
fn pressed(ui: &Ui) -> Option<Pressed> {
    ui.input_mut(|input| {
        // Ctrl, Alt and Shift alone are the beginning of more.
        let at = input.events.iter().position(
            |event| matches!(event, Event::Key { key, pressed: true, .. } if !is_modifier(*key)),
        )?;
        let Event::Key { key, modifiers, .. } = input.events.remove(at) else {
            return None;
        };
        Some(match key {
            Key::Escape => Pressed::Cancel,
            Key::Backspace => Pressed::Remove,
            key => Pressed::Keys(key_map::shortcut(modifiers, key)),
        })
    })
}

fn is_modifier(key: Key) -> bool {
    matches!(
        key,
        Key::ShiftLeft
            | Key::ShiftRight
            | Key::ControlLeft
            | Key::ControlRight
            | Key::AltLeft
            | Key::AltRight
    )
}
