//! What was open lately: cards on the start screen and entries of the File menu.

use super::start::heading;
use crate::app::App;
use crate::app::message::Message;
use crate::app::recent::{Kind, PICTURE, Recent, Request};
use crate::app::widgets::label_for_access;
use crate::app::{icons, theme};
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{
    Align2, Color32, FontId, Key, KeyboardShortcut, Modifiers, Rect, Response, Role, Sense, Stroke,
    StrokeKind, Ui, pos2, vec2,
};

const PADDING: f32 = 8.0;
const SIDE: f32 = PICTURE as f32;
const CARD: egui::Vec2 = vec2(SIDE + 2.0 * PADDING, SIDE + 54.0);
const GAP: f32 = 12.0;

/// Images of the list that have a key of their own.
const WITH_KEYS: [Key; 5] = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5];

/// The place in the list of recent images that a key opens.
pub fn image_of_key(key: Key, modifiers: Modifiers) -> Option<usize> {
    let place = WITH_KEYS.iter().position(|with| *with == key)?;
    modifiers.matches_exact(Modifiers::COMMAND).then_some(place)
}

/// The cards, below a line to forget them.
pub fn show(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    ui.add_space(theme::STEP * 2.0);
    ui.horizontal(|ui| {
        heading(ui, "Recent");
        let right = egui::Layout::right_to_left(egui::Align::Center);
        ui.with_layout(right, |ui| {
            if !app.recents.list().is_empty() {
                let tip = "Forgets all names and pictures of this list; no image file is touched";
                if ui.button("Forget all").on_hover_text(tip).clicked() {
                    messages.push(Message::Recent(Request::ForgetAll));
                }
            }
            keep(ui, app, messages);
        });
    });
    ui.add_space(theme::STEP * 0.5);
    if app.recents.list().is_empty() {
        let text = match app.settings.no_recent_list {
            true => "No list of recent images is kept.",
            false => "Images and workspaces that you open will be found here.",
        };
        ui.weak(text);
        return;
    }
    let columns = ((ui.available_width() + GAP) / (CARD.x + GAP))
        .floor()
        .max(1.0) as usize;
    for row in app.recents.list().chunks(columns) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            for recent in row {
                card(ui, app, recent, messages);
            }
        });
        ui.add_space(GAP - ui.spacing().item_spacing.y);
    }
}

fn keep(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    let mut keep = !app.settings.no_recent_list;
    let tip = "Names and small pictures are kept in your own data folder, for you alone. Off forgets them and keeps none.";
    if ui
        .checkbox(&mut keep, "Keep this list")
        .on_hover_text(tip)
        .changed()
    {
        messages.push(Message::Recent(Request::Keep(keep)));
    }
}

fn card(ui: &mut Ui, app: &App, recent: &Recent, messages: &mut Vec<Message>) {
    let (rect, response) = ui.allocate_exact_size(CARD, Sense::click());
    let is_gone = app.recents.is_gone(recent.id);
    let about = if is_gone {
        "The file is gone"
    } else {
        &recent.about
    };
    label_for_access(
        &response,
        Role::Button,
        &format!("Open {}, {about}", recent.name),
    );
    frame(ui, rect, &response);
    let picture = Rect::from_min_size(rect.min + vec2(PADDING, PADDING), vec2(SIDE, SIDE));
    ui.painter().rect_filled(picture, 2.0, Color32::BLACK);
    if let Some(texture) = app.recents.picture(recent.id) {
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        let tint = Color32::from_gray(if is_gone { 70 } else { 255 });
        ui.painter().image(texture.id(), picture, whole, tint);
    }
    let weak = ui.visuals().weak_text_color();
    let strong = if is_gone {
        weak
    } else {
        ui.visuals().text_color()
    };
    let icon = match recent.kind {
        Kind::Workspace => icons::STACK,
        Kind::Image => "",
    };
    let name = format!("{icon} {}", recent.name);
    let left = picture.left_bottom() + vec2(0.0, 6.0);
    one_line(
        ui,
        left,
        name.trim(),
        FontId::new(13.0, theme::semibold()),
        strong,
    );
    let font = FontId::proportional(11.5);
    one_line(ui, left + vec2(0.0, 18.0), about, font, weak);
    forget(ui, rect, &response, recent, messages);
    if response
        .on_hover_text(recent.path.display().to_string())
        .clicked()
    {
        messages.push(Message::Recent(Request::Open(recent.id)));
    }
}

fn frame(ui: &Ui, rect: Rect, response: &Response) {
    let lit = response.hovered() || response.has_focus();
    let visuals = ui.visuals();
    let fill = if lit {
        visuals.widgets.hovered.bg_fill
    } else {
        visuals.window_fill
    };
    let line = match (response.has_focus(), lit) {
        (true, _) => Stroke::new(1.5, theme::ACCENT),
        (_, true) => visuals.widgets.hovered.bg_stroke,
        _ => visuals.window_stroke,
    };
    ui.painter().rect(rect, 6.0, fill, line, StrokeKind::Inside);
}

/// Text that ends in "…" where the card does.
fn one_line(ui: &Ui, place: egui::Pos2, text: &str, font: FontId, color: Color32) {
    let mut job = LayoutJob::single_section(text.to_owned(), TextFormat::simple(font, color));
    job.wrap = TextWrapping::truncate_at_width(SIDE);
    let galley = ui.painter().layout_job(job);
    ui.painter().galley(place, galley, color);
}

/// A cross in the card's corner, seen while the pointer or the keyboard is there.
fn forget(ui: &Ui, card: Rect, on: &Response, recent: &Recent, messages: &mut Vec<Message>) {
    let place = Rect::from_center_size(card.right_top() + vec2(-19.0, 19.0), vec2(22.0, 22.0));
    let response = ui.interact(place, on.id.with("forget"), Sense::click());
    let tip = format!("Forget {}", recent.name);
    label_for_access(&response, Role::Button, &tip);
    let lit = response.hovered() || response.has_focus();
    if lit || on.contains_pointer() || on.has_focus() {
        let fill = Color32::from_black_alpha(if lit { 230 } else { 150 });
        ui.painter().rect_filled(place, 4.0, fill);
        let font = FontId::proportional(14.0);
        let color = if lit {
            Color32::WHITE
        } else {
            theme::OVER_IMAGE
        };
        ui.painter()
            .text(place.center(), Align2::CENTER_CENTER, icons::X, font, color);
    }
    let tip = format!("{tip}: its name and picture; the file stays");
    if response.on_hover_text(tip).clicked() {
        messages.push(Message::Recent(Request::Forget(recent.id)));
    }
}

/// The submenu of the File menu.
pub fn menu(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    let mut open = |ui: &mut Ui, recent: &Recent, key: Option<Key>| {
        let mut button = egui::Button::new(&recent.name);
        if let Some(key) = key {
            let shortcut = KeyboardShortcut::new(Modifiers::COMMAND, key);
            button = button.shortcut_text(crate::app::key_map::shown(ui.ctx(), shortcut));
        }
        let response = ui
            .add(button)
            .on_hover_text(recent.path.display().to_string());
        if response.clicked() {
            messages.push(Message::Recent(Request::Open(recent.id)));
            ui.close();
        }
    };
    for (recent, key) in app.recents.images().zip(WITH_KEYS) {
        open(ui, recent, Some(key));
    }
    let workspaces = app
        .recents
        .list()
        .iter()
        .filter(|r| r.kind == Kind::Workspace);
    let mut workspaces = workspaces.take(WITH_KEYS.len()).peekable();
    if workspaces.peek().is_some() {
        ui.separator();
        ui.weak("Workspaces");
    }
    for recent in workspaces {
        open(ui, recent, None);
    }
    ui.separator();
    keep(ui, app, messages);
    let tip = "Forgets all names and pictures of this list; no image file is touched";
    if ui.button("Forget all").on_hover_text(tip).clicked() {
        messages.push(Message::Recent(Request::ForgetAll));
        ui.close();
    }
}
