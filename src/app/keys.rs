//! The keyboard: shortcuts of actions, and the keys that move the cursor.

use super::App;
use super::action::Action;
use super::key_map::shortcut;
use super::message::Message;
use super::panels::recent::image_of_key;
use super::recent;
use super::slice_view::{SliceView, push_slice};
use crate::document::Command;
use egui::{Context, Event, Key, Modifiers};

impl App {
    /// Turns key presses into messages, unless a text field or a dialog has the keyboard.
    pub(super) fn keyboard(&mut self, ctx: &Context) {
        // A view that Tab came to leaves all keys their meaning.
        let in_view = self.views.iter().flatten().any(SliceView::has_focus);
        let typing = ctx.egui_wants_keyboard_input() && !in_view;
        let pressed: Vec<(Key, Modifiers)> = ctx.input(|input| {
            let keys = input.events.iter().filter_map(|event| match event {
                Event::Key {
                    key,
                    pressed: true,
                    modifiers,
                    ..
                } => Some((*key, *modifiers)),
                _ => None,
            });
            keys.collect()
        });
        if self.dialog.is_some() {
            return;
        }
        for (key, modifiers) in pressed {
            let is_taken = if modifiers.command {
                ctx.text_edit_focused() && edits_text(key)
            } else {
                typing
            };
            if !is_taken {
                self.key(ctx, key, modifiers);
            }
        }
    }

    fn key(&mut self, ctx: &Context, key: Key, modifiers: Modifiers) {
        let action = self.settings.keys.action(shortcut(modifiers, key));
        if std::mem::take(&mut self.voxel_zoom_chord) {
            let action = match key {
                Key::Num1 => Some(Action::Zoom1),
                Key::Num2 => Some(Action::Zoom2),
                Key::Num4 => Some(Action::Zoom4),
                _ => None,
            };
            if let Some(action) = action {
                self.messages.push(Message::Action(action));
                return;
            }
        }
        match action {
            Some(action) if self.is_enabled(action) => self.messages.push(Message::Action(action)),
            None if self.fixed_key(key, modifiers) => {}
            // What it left is not to take the panel beside it along.
            None if self.measuring_key(key) => {
                ctx.input_mut(|input| input.consume_key(modifiers, key));
            }
            _ if self.demons_key(key, modifiers) => {}
            Some(_) => {}
            None => self.move_cursor(key, modifiers),
        }
    }

    /// Keys that cannot be changed; an action that was given them goes before. Returns whether it was
    /// one of them.
    fn fixed_key(&mut self, key: Key, modifiers: Modifiers) -> bool {
        if key == Key::F && modifiers.command && modifiers.shift {
            self.voxel_zoom_chord = true;
            return true;
        }
        let place = image_of_key(key, modifiers);
        let open = place.map(recent::Request::OpenImage);
        self.messages.extend(open.map(Message::Recent));
        place.is_some()
    }

    /// Arrow and page keys act on the view under the pointer.
    fn move_cursor(&mut self, key: Key, modifiers: Modifiers) {
        let Some(viewport) = self.viewport(self.hovered) else {
            return;
        };
        let step: i64 = if modifiers.shift { 5 } else { 1 };
        let axes = viewport.axes;
        let (axis, by) = match key {
            Key::ArrowLeft => (axes.right, -axes.right_sign as i64 * step),
            Key::ArrowRight => (axes.right, axes.right_sign as i64 * step),
            Key::ArrowUp => (axes.down, -axes.down_sign as i64 * step),
            Key::ArrowDown => (axes.down, axes.down_sign as i64 * step),
            Key::PageUp | Key::PageDown => {
                let by = if key == Key::PageUp { step } else { -step };
                let slice = viewport.slice as i64 + by;
                push_slice(&self.document, &viewport, slice, &mut self.messages);
                return;
            }
            _ => return,
        };
        if let Some(voxel) = self.document.cursor_voxel() {
            let mut to = voxel.map(|n| n as i64);
            to[axis] += by;
            if let Some(point) = self.document.voxel_to_world(to) {
                self.messages
                    .push(Message::Edit(Command::MoveCursor(point)));
            }
        }
    }
}

/// Whether a text field has a meaning of its own for Ctrl with this key.
fn edits_text(key: Key) -> bool {
    matches!(
        key,
        Key::A | Key::C | Key::V | Key::X | Key::Y | Key::Z | Key::Backspace | Key::Delete
    )
}
