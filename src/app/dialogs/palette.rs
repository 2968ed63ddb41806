//! The command palette: every action by name, found by typing.

use super::title;
use crate::app::action::Action;
use crate::app::message::Message;
use crate::app::{App, key_map, theme, widgets};
use egui::{Align, Id, Key, Label, Layout, Modifiers, RichText, ScrollArea, Sense, TextEdit, Ui};

const WIDTH: f32 = 560.0;
const ROW: f32 = 26.0;
/// Rows seen at once.
const ROWS: f32 = 12.0;

/// What was typed so far, and which row Enter takes.
#[derive(Debug, Default)]
pub struct Search {
    text: String,
    chosen: usize,
}

pub fn show(ui: &mut Ui, search: &mut Search, app: &App, messages: &mut Vec<Message>) {
    ui.set_width(WIDTH);
    title(ui, "Search actions");
    let field = TextEdit::singleline(&mut search.text)
        .id(Id::unique("palette"))
        .hint_text("What would you like to do?")
        .desired_width(f32::INFINITY);
    let response = ui.add(field);
    widgets::label_for_access(&response, egui::Role::TextInput, "Search actions");
    response.request_focus();
    if response.changed() {
        search.chosen = 0;
    }
    let found = found(&search.text);
    let before = search.chosen;
    leaf(ui, search, found.len());
    let moved = search.chosen != before || response.changed();
    ui.add_space(4.0);
    let mut taken = ui
        .input(|input| input.key_pressed(Key::Enter))
        .then_some(search.chosen);
    ScrollArea::vertical()
        .max_height(ROWS * ROW)
        .min_scrolled_height(ROWS * ROW)
        .auto_shrink(false)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (n, &action) in found.iter().enumerate() {
                let response = row(ui, app, action, n == search.chosen);
                if n == search.chosen && moved {
                    response.scroll_to_me(None);
                }
                if response.clicked() {
                    taken = Some(n);
                }
            }
            if found.is_empty() {
                ui.label("No action is called that.");
            }
        });
    let chosen = found.get(search.chosen);
    ui.add_space(4.0);
    ui.weak(chosen.map_or("", |action| action.spec().tooltip));
    if let Some(&action) = taken.and_then(|n| found.get(n))
        && app.is_enabled(action)
    {
        messages.push(Message::CloseDialog);
        messages.push(Message::Action(action));
    }
}

/// Arrow keys move the choice.
fn leaf(ui: &Ui, search: &mut Search, count: usize) {
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Key::ArrowDown) {
        search.chosen += 1;
    }
    if pressed(Key::ArrowUp) {
        search.chosen = search.chosen.saturating_sub(1);
    }
    search.chosen = search.chosen.min(count.saturating_sub(1));
}

fn row(ui: &mut Ui, app: &App, action: Action, chosen: bool) -> egui::Response {
    let (rect, response) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), ROW), Sense::click());
    let spec = action.spec();
    let text = spec.text.trim_end_matches('…');
    widgets::label_for_access(&response, egui::Role::Button, text);
    if chosen || response.hovered() {
        let fill = if chosen {
            ui.visuals().selection.bg_fill
        } else {
            ui.visuals().widgets.inactive.weak_bg_fill
        };
        ui.painter().rect_filled(rect, 3.0, fill);
    }
    let layout = Layout::left_to_right(Align::Center);
    let inside = egui::UiBuilder::new()
        .max_rect(rect.shrink2(egui::vec2(theme::STEP, 0.0)))
        .layout(layout);
    ui.scope_builder(inside, |ui| {
        if !app.is_enabled(action) {
            ui.disable();
        }
        let icon = Label::new(spec.icon.unwrap_or_default()).selectable(false);
        ui.add_sized(egui::vec2(20.0, ROW), icon);
        let color = if chosen {
            ui.visuals().selection.stroke.color
        } else {
            ui.visuals().text_color()
        };
        ui.add(Label::new(RichText::new(text).color(color)).selectable(false));
        if let Some(keys) = key_map::text(ui.ctx(), action) {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.add(Label::new(RichText::new(keys).color(color).small()).selectable(false));
            });
        }
    });
    response
}

/// The actions that have all words of `text` in their name or description: those first whose name
/// begins with it, then those with all words in the name.
fn found(text: &str) -> Vec<Action> {
    let text = text.trim().to_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    let rank = |action: &Action| {
        let spec = action.spec();
        let (name, about) = (spec.text.to_lowercase(), spec.tooltip.to_lowercase());
        if name.starts_with(&text) {
            Some(0)
        } else if words.iter().all(|word| name.contains(word)) {
            Some(1)
        } else if words
            .iter()
            .all(|word| name.contains(word) || about.contains(word))
        {
            Some(2)
        } else {
            None
        }
    };
    let all = Action::ALL
        .iter()
        .filter(|action| **action != Action::Palette);
    let mut ranked: Vec<(usize, Action)> = all
        .filter_map(|action| Some((rank(action)?, *action)))
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, action)| action).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_typed_finds_everything() {
        assert_eq!(found("  ").len(), Action::ALL.len() - 1);
    }

    #[test]
    fn the_name_counts_more_than_the_description() {
        assert_eq!(found("zoom in")[0], Action::ZoomIn);
        assert_eq!(found("undo")[0], Action::Undo);
        let place = |text: &str, action: Action| {
            let place = found(text).iter().position(|a| *a == action);
            place.expect("the action")
        };
        assert!(place("slices", Action::PlaySlices) < place("slices", Action::Fit));
        let contrast = [Action::ContrastTool, Action::AutoContrast];
        let [begins, contains] = contrast.map(|action| place("contrast", action));
        assert!(begins < contains);
    }

    #[test]
    fn words_may_come_in_any_order_and_from_the_description() {
        assert!(found("all auto").contains(&Action::AutoContrastAll));
        assert!(found("dicom").contains(&Action::OpenMain));
        assert!(found("no such thing").is_empty());
    }
}
