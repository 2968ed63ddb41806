//! The menu bar. Every action has an entry here.

use crate::app::App;
use crate::app::action::Action;
use crate::app::message::Message;
use crate::app::widgets::{menu_entry, menu_toggle, with_icon};
use crate::app::{icons, key_map};
use egui::{RichText, Role, Ui, WidgetInfo};

pub fn show(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    egui::MenuBar::new().ui(ui, |ui| {
        ui.label(
            RichText::new("warpscope")
                .strong()
                .family(crate::app::theme::semibold()),
        );
        ui.add_space(8.0);
        ui.menu_button("File", |ui| file(ui, app, messages));
        ui.menu_button("Edit", |ui| edit(ui, app, messages));
        ui.menu_button("View", |ui| view(ui, app, messages));
        ui.menu_button("Layers", |ui| layers(ui, app, messages));
        ui.menu_button("Tools", |ui| tools(ui, app, messages));
        ui.menu_button("Measure", |ui| measure(ui, app, messages));
        ui.menu_button("Registration", |ui| {
            registration(ui, app, messages);
            menu_toggle(ui, Action::Demons, app.is_on(Action::Demons), messages);
            ui.separator();
            for action in [Action::FieldGrid, Action::FieldArrows] {
                menu_toggle(ui, action, app.is_on(action), messages);
            }
            ui.separator();
            menu_entry(ui, Action::TryCine, true, messages);
            menu_entry(ui, Action::TryBreathing, true, messages);
        });
        ui.menu_button("Help", |ui| {
            menu_entry(ui, Action::Palette, true, messages);
            menu_entry(ui, Action::Keys, true, messages);
            let notices = Action::ShowNotices;
            menu_toggle(ui, notices, app.is_on(notices), messages);
            menu_entry(ui, Action::About, true, messages);
        });
    });
}

fn file(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    for action in [Action::OpenMain, Action::OpenFolder, Action::AddImage] {
        menu_entry(ui, action, app.is_enabled(action), messages);
    }
    siblings(ui, app, messages);
    ui.add_enabled_ui(!app.recents.list().is_empty(), |ui| {
        ui.menu_button(with_icon(None, "Recent"), |ui| {
            super::recent::menu(ui, app, messages);
        })
        .response
        .on_hover_text("Images and workspaces that were open lately");
    });
    ui.separator();
    menu_entry(ui, Action::OpenSample, true, messages);
    ui.separator();
    for action in [
        Action::OpenWorkspace,
        Action::SaveWorkspace,
        Action::SaveWorkspaceAs,
    ] {
        menu_entry(ui, action, app.is_enabled(action), messages);
    }
    ui.separator();
    let save = Action::SaveImage;
    menu_entry(ui, save, app.is_enabled(save), messages);
    for action in [
        Action::SavePicture,
        Action::SaveViewPicture,
        Action::SaveSlices,
    ] {
        menu_entry(ui, action, app.is_enabled(action), messages);
    }
    ui.separator();
    for action in [Action::CloseLayer, Action::CloseAll] {
        menu_entry(ui, action, app.is_enabled(action), messages);
    }
    ui.separator();
    menu_entry(ui, Action::Quit, true, messages);
}

/// The other images of the folder looked at last.
fn siblings(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    let images = &app.loader.found().images;
    ui.add_enabled_ui(images.len() > 1, |ui| {
        ui.menu_button(with_icon(None, "Add another series of this folder"), |ui| {
            for (index, image) in images.iter().enumerate() {
                let shape = crate::app::dialogs::series::shape_text(&image.shape);
                let text = format!("{}  {}  {shape}", image.modality, image.description);
                if ui.button(text).clicked() {
                    messages.push(Message::LoadSibling(index));
                    ui.close();
                }
            }
        })
        .response
        .on_hover_text("Opens another image found in the folder of the last one");
    });
}

fn edit(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    let undone = match app.aligning.is_running() {
        true => Some("the registration that runs"),
        false => app.history.undo_name(),
    };
    for (action, name) in [
        (Action::Undo, undone),
        (Action::Redo, app.history.redo_name()),
    ] {
        let spec = action.spec();
        let enabled = app.is_enabled(action);
        let text = format!("{} {}", spec.text, name.unwrap_or(""));
        let mut button = egui::Button::new(with_icon(spec.icon, text.as_str()));
        if let Some(keys) = key_map::text(ui.ctx(), action) {
            button = button.shortcut_text(keys);
        }
        let response = ui.add_enabled(enabled, button);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, text.trim_end()));
        if response.on_hover_text(spec.tooltip).clicked() {
            messages.push(Message::Action(action));
            ui.close();
        }
    }
    ui.separator();
    menu_entry(ui, Action::Preferences, true, messages);
}

fn view(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    for action in [
        Action::AllViews,
        Action::OnlyAxial,
        Action::OnlySagittal,
        Action::OnlyCoronal,
        Action::Only3d,
        Action::ToggleTiled,
    ] {
        menu_toggle(ui, action, app.is_on(action), messages);
    }
    compare(ui, app, messages);
    ui.menu_button(with_icon(None, "Fourth pane"), |ui| {
        fourth_pane(ui, app, messages);
    });
    ui.separator();
    for action in [Action::CursorTool, Action::PanTool, Action::ContrastTool] {
        menu_toggle(ui, action, app.is_on(action), messages);
    }
    ui.separator();
    ui.menu_button(with_icon(None, "Zoom"), |ui| zoom(ui, app, messages));
    for action in [Action::PlaySlices, Action::PlayTime] {
        menu_entry(ui, action, app.is_enabled(action), messages);
    }
    ui.separator();
    for action in [
        Action::ToggleAnnotations,
        Action::ToggleCrosshair,
        Action::ToggleColorBar,
        Action::ToggleInterpolation,
        Action::ToggleOneBased,
    ] {
        menu_toggle(ui, action, app.is_on(action), messages);
    }
    ui.separator();
    for action in [Action::FlipLeftRight, Action::FlipFrontBack] {
        menu_toggle(ui, action, app.is_on(action), messages);
    }
    ui.separator();
    ui.menu_button(with_icon(None, "Interface"), |ui| {
        for action in [
            Action::LargerInterface,
            Action::SmallerInterface,
            Action::UsualInterface,
        ] {
            menu_entry(ui, action, true, messages);
        }
    });
}

fn compare(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    ui.add_enabled_ui(app.can_compare(), |ui| {
        ui.menu_button(with_icon(Some(icons::CHECKERBOARD), "Compare"), |ui| {
            menu_toggle(ui, Action::Compare, app.is_on(Action::Compare), messages);
            menu_entry(ui, Action::NextComparison, true, messages);
            for action in [Action::Agreement, Action::LandmarkTool] {
                menu_toggle(ui, action, app.is_on(action), messages);
            }
            ui.separator();
            for (action, _) in Action::COMPARISONS {
                menu_toggle(ui, action, app.is_on(action), messages);
            }
        });
    });
}

fn fourth_pane(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    for action in [Action::Show3d, Action::ShowFacts] {
        menu_toggle(ui, action, app.is_on(action), messages);
    }
    ui.separator();
    for action in Action::VIEWPOINTS {
        menu_entry(ui, action, app.is_enabled(action), messages);
    }
}

fn zoom(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    for action in [Action::Fit, Action::ZoomIn, Action::ZoomOut, Action::Center] {
        menu_entry(ui, action, app.is_enabled(action), messages);
    }
    ui.separator();
    for action in [Action::Zoom1, Action::Zoom2, Action::Zoom4] {
        menu_entry(ui, action, app.is_enabled(action), messages);
    }
    ui.weak("Ctrl+Shift+F, then 1, 2 or 4");
    ui.separator();
    for action in [Action::ToggleLinkedZoom, Action::ToggleNavigator] {
        menu_toggle(ui, action, app.is_on(action), messages);
    }
}

fn layers(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    for action in [
        Action::PreviousLayer,
        Action::NextLayer,
        Action::RenameLayer,
    ] {
        menu_entry(ui, action, app.is_enabled(action), messages);
    }
    ui.separator();
    menu_toggle(
        ui,
        Action::ToggleOverlays,
        app.is_on(Action::ToggleOverlays),
        messages,
    );
    for action in [Action::LessOverlay, Action::MoreOverlay] {
        menu_entry(ui, action, app.is_enabled(action), messages);
    }
    ui.separator();
    for action in [
        Action::AutoContrast,
        Action::FullContrast,
        Action::AutoContrastAll,
        Action::ResetContrastAll,
    ] {
        menu_entry(ui, action, app.is_enabled(action), messages);
    }
}

fn tools(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    for action in Action::INSPECTOR {
        let enabled = app.is_enabled(action);
        ui.add_enabled_ui(enabled, |ui| {
            menu_toggle(ui, action, app.is_on(action), messages);
        });
    }
    ui.separator();
    let image_tools = Action::IMAGE_TOOLS.map(|(action, _)| action);
    for action in std::iter::once(Action::Reorient).chain(image_tools) {
        menu_entry(ui, action, app.is_enabled(action), messages);
    }
    ui.separator();
    registration(ui, app, messages);
}

fn registration(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    let action = Action::Align;
    ui.add_enabled_ui(app.is_enabled(action), |ui| {
        menu_toggle(ui, action, app.is_on(action), messages);
    });
}

fn measure(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    for action in [
        Action::RulerTool,
        Action::RectangleTool,
        Action::EllipseTool,
        Action::ProfileTool,
    ] {
        menu_toggle(ui, action, app.is_on(action), messages);
    }
    ui.separator();
    for action in [
        Action::DeleteMeasurement,
        Action::DeleteMeasurements,
        Action::CopyMeasurements,
    ] {
        menu_entry(ui, action, app.is_enabled(action), messages);
    }
}
