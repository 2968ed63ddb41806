//! Which keys do what: those of the table of actions, with the user's own in their place.

use super::action::Action;
use egui::{Context, Id, Key, KeyboardShortcut, Modifiers};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The user's own keys by the name of their action; `None` for an action that is to have none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KeyMap(BTreeMap<String, Option<KeyboardShortcut>>);

impl KeyMap {
    pub fn of(&self, action: Action) -> Option<KeyboardShortcut> {
        let own = self.0.get(&name(action)).copied();
        own.unwrap_or(action.spec().shortcut)
    }

    /// The action these keys are for.
    pub fn action(&self, keys: KeyboardShortcut) -> Option<Action> {
        let mut all = Action::ALL.iter().copied();
        all.find(|action| self.of(*action) == Some(keys))
    }

    /// Gives an action other keys, or none. Another action that had them has none then.
    pub fn set(&mut self, action: Action, keys: Option<KeyboardShortcut>) {
        if let Some(other) = keys.and_then(|keys| self.action(keys))
            && other != action
        {
            self.keep(other, None);
        }
        self.keep(action, keys);
    }

    fn keep(&mut self, action: Action, keys: Option<KeyboardShortcut>) {
        if action.spec().shortcut == keys {
            self.0.remove(&name(action));
        } else {
            self.0.insert(name(action), keys);
        }
    }

    pub fn is_own(&self, action: Action) -> bool {
        self.0.contains_key(&name(action))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Unlike its place in the list the name stays when actions are added.
fn name(action: Action) -> String {
    format!("{action:?}")
}

/// Pressed keys as the table of actions writes them: where Ctrl is the command key, systems report it
/// as both; and where plus is a shifted equals sign, both are plus.
pub fn shortcut(modifiers: Modifiers, key: Key) -> KeyboardShortcut {
    let is_plus = matches!(key, Key::Plus | Key::Equals);
    let key = if is_plus { Key::Plus } else { key };
    let modifiers = Modifiers {
        shift: modifiers.shift && !is_plus,
        ctrl: modifiers.ctrl && (modifiers.mac_cmd || !modifiers.command),
        mac_cmd: false,
        ..modifiers
    };
    KeyboardShortcut::new(modifiers, key)
}

/// Makes the keys known to whatever shows them.
pub fn install(ctx: &Context, keys: &KeyMap) {
    let keys = Arc::new(keys.clone());
    ctx.data_mut(|data| data.insert_temp(place(), keys));
}

/// The keys of an action as a menu shows them.
pub fn text(ctx: &Context, action: Action) -> Option<String> {
    let keys: Option<Arc<KeyMap>> = ctx.data(|data| data.get_temp(place()));
    let keys = keys.map_or(action.spec().shortcut, |keys| keys.of(action));
    keys.map(|keys| shown(ctx, keys))
}

/// As one reads them on the keys: Ctrl+, and not Ctrl+Comma.
pub fn shown(ctx: &Context, keys: KeyboardShortcut) -> String {
    let text = ctx.format_shortcut(&keys);
    let key = keys.logical_key;
    let sign = key.symbol_or_name();
    match text.strip_suffix(key.name()) {
        // The font has no triangles for the arrow keys.
        Some(before) if sign.len() == 1 || key == Key::Minus => format!("{before}{sign}"),
        _ => text,
    }
}

fn place() -> Id {
    Id::unique("key map")
}

#[cfg(test)]
mod tests {
    use super::*;
    fn keys(key: Key) -> KeyboardShortcut {
        KeyboardShortcut::new(Modifiers::ALT, key)
    }

    #[test]
    fn keys_given_to_one_action_are_taken_from_the_other() {
        let mut map = KeyMap::default();
        map.set(Action::Fit, Some(keys(Key::F7)));
        map.set(Action::Center, Some(keys(Key::F7)));
        assert_eq!(map.action(keys(Key::F7)), Some(Action::Center));
        assert_eq!(map.of(Action::Fit), None);
        let undo = Action::Undo.spec().shortcut;
        map.set(Action::Redo, undo);
        assert_eq!((map.of(Action::Redo), map.of(Action::Undo)), (undo, None));
    }

    #[test]
    fn pressed_keys_are_known_as_those_of_the_table() {
        let ctrl = Modifiers {
            ctrl: true,
            command: true,
            ..Modifiers::NONE
        };
        let map = KeyMap::default();
        assert_eq!(
            map.action(shortcut(ctrl, Key::J)),
            Some(Action::AutoContrastAll)
        );
        let plain = shortcut(Modifiers::SHIFT, Key::X);
        assert_eq!(map.action(plain), Some(Action::ToggleCrosshair));
        assert_eq!(map.action(shortcut(ctrl | Modifiers::ALT, Key::J)), None);
    }

    #[test]
    fn the_keys_of_the_table_are_not_remembered_as_own() {
        let mut map = KeyMap::default();
        map.set(Action::Fit, None);
        assert!(map.is_own(Action::Fit));
        map.set(Action::Fit, Action::Fit.spec().shortcut);
        assert!(map.is_empty());
    }
}
