//! The row of buttons below the menu.

use crate::app::App;
use crate::app::action::Action;
use crate::app::message::Message;
use crate::app::widgets::tool_button;
use egui::scroll_area::ScrollBarVisibility;
use egui::{Align, Layout, ScrollArea, Ui};

const MEASURING: [Action; 4] = [
    Action::RulerTool,
    Action::RectangleTool,
    Action::EllipseTool,
    Action::ProfileTool,
];

pub fn show(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    let wide = ui.available_width() > 940.0;
    let full = ui.available_width() > 1440.0;
    let roomy = ui.available_width() > 1650.0;
    let spacious = ui.available_width() > 1750.0;
    let bar = ScrollArea::horizontal().scroll_bar_visibility(ScrollBarVisibility::AlwaysHidden);
    bar.show(ui, |ui| {
        ui.horizontal_centered(|ui| buttons(ui, app, [wide, full, roomy, spacious], messages));
    });
}

/// More of them have words the more room there is.
fn buttons(
    ui: &mut Ui,
    app: &App,
    [wide, full, roomy, spacious]: [bool; 4],
    messages: &mut Vec<Message>,
) {
    ui.spacing_mut().item_spacing.x = 4.0;
    let groups: [&[Action]; 7] = [
        &[Action::CursorTool, Action::PanTool, Action::ContrastTool],
        &MEASURING,
        &[Action::OpenMain, Action::OpenFolder, Action::AddImage],
        &[Action::Undo, Action::Redo],
        &[Action::Fit, Action::Center],
        &[
            Action::AutoContrast,
            Action::ToggleOverlays,
            Action::Inspect,
        ],
        &[Action::Align, Action::Compare, Action::Demons],
    ];
    for (n, group) in groups.into_iter().enumerate() {
        if n > 0 {
            ui.separator();
        }
        for &action in group {
            let text = match action {
                Action::Undo | Action::Redo => false,
                _ if MEASURING.contains(&action) => roomy,
                _ if keeps_its_word(action) => wide,
                _ => full,
            };
            let on = app.is_on(action) && shows_its_state(action);
            tool_button(ui, action, text, on, app.is_enabled(action), messages);
        }
    }
    let to_the_right = match ui.available_width() {
        ..40.0 => Layout::left_to_right(Align::Center),
        _ => Layout::right_to_left(Align::Center),
    };
    ui.with_layout(to_the_right, |ui| {
        tool_button(ui, Action::Palette, spacious, false, true, messages);
    });
}

/// Has its word before those that people know by their icons.
fn keeps_its_word(action: Action) -> bool {
    matches!(
        action,
        Action::OpenMain
            | Action::AddImage
            | Action::Inspect
            | Action::Align
            | Action::Compare
            | Action::Demons
    )
}

/// Tools and workspaces light up while they are on.
fn shows_its_state(action: Action) -> bool {
    matches!(
        action,
        Action::CursorTool
            | Action::PanTool
            | Action::ContrastTool
            | Action::Inspect
            | Action::Align
            | Action::Compare
            | Action::Demons
    ) || MEASURING.contains(&action)
}
