//! Small controls used in several places.

use super::action::Action;
use super::message::Message;
use super::{icons, key_map, theme};
use egui::{
    Align, Align2, Atom, AtomExt as _, Atoms, Color32, EventFilter, FontId, Layout, MouseWheelUnit,
    Rect, Response, RichText, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2,
};
use egui_plot::Plot;

/// A text that begins as a sentence does.
pub fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// Gives a hand-painted control a name for screen readers and tests.
pub fn label_for_access(response: &Response, kind: Role, label: &str) {
    response.widget_info(|| WidgetInfo::labeled(kind, true, label));
}

/// A control with the focus gets the arrow keys itself, and shows that it has it.
pub fn keep_arrow_keys(ui: &Ui, response: &Response) {
    let arrows = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..Default::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    let line = Stroke::new(2.0, theme::ACCENT);
    let inside = egui::StrokeKind::Inside;
    ui.painter().rect_stroke(response.rect, 0.0, line, inside);
}

/// How many lines the wheel was turned, whatever the system counts in.
pub fn wheel_lines(unit: MouseWheelUnit, delta: Vec2) -> f32 {
    match unit {
        MouseWheelUnit::Line => delta.y,
        MouseWheelUnit::Point => delta.y / 40.0,
        MouseWheelUnit::Page => delta.y * 5.0,
    }
}

/// A button over an image: an icon that lights up under the pointer.
pub fn image_button(ui: &mut Ui, rect: Rect, icon: &str, tooltip: &str) -> bool {
    let response = ui
        .interact(rect, ui.scope_id().with(tooltip), Sense::click())
        .on_hover_cursor(egui::CursorIcon::PointingHand);
    label_for_access(&response, Role::Button, tooltip);
    let lit = response.hovered() || response.has_focus();
    if lit {
        ui.painter()
            .rect_filled(rect, 4.0, Color32::from_white_alpha(36));
    }
    let color = if lit {
        Color32::WHITE
    } else {
        theme::OVER_IMAGE.gamma_multiply(0.8)
    };
    super::overlay::outlined(
        ui.painter(),
        rect.center(),
        Align2::CENTER_CENTER,
        icon,
        &FontId::proportional(15.0),
        color,
    );
    response.on_hover_text(tooltip).clicked()
}

/// A slim upright slider over the image; returns the slice a drag or key asks for.
pub fn slice_slider(
    ui: &mut Ui,
    rect: Rect,
    label: &str,
    slice: usize,
    count: usize,
) -> Option<usize> {
    let response = ui.interact(rect, ui.scope_id().with(label), Sense::click_and_drag());
    let last = (count - 1) as f32;
    response.widget_info(|| WidgetInfo::slider(true, slice as f64, label));
    let knob_y = |slice: f32| rect.bottom() - 6.0 - (rect.height() - 12.0) * slice / last;
    let painter = ui.painter();
    let x = rect.center().x;
    let lit = response.hovered() || response.dragged() || response.has_focus();
    let rail = Stroke::new(3.0, Color32::from_white_alpha(if lit { 70 } else { 36 }));
    painter.line_segment([pos2(x, rect.top()), pos2(x, rect.bottom())], rail);
    let knob = pos2(x, knob_y(slice as f32));
    painter.circle(
        knob,
        6.0,
        theme::OVER_IMAGE,
        Stroke::new(1.0, Color32::BLACK),
    );
    let response =
        response.on_hover_text("Drag to leaf through the slices; the mouse wheel does the same");
    let at = response.interact_pointer_pos()?;
    if !response.is_pointer_button_down_on() {
        return None;
    }
    let part = (rect.bottom() - 6.0 - at.y) / (rect.height() - 12.0);
    let wanted = (part.clamp(0.0, 1.0) * last).round() as usize;
    (wanted != slice).then_some(wanted)
}

/// What stands on a menu entry: its icon, or the room of one, and its text.
pub fn with_icon(icon: Option<&str>, text: impl Into<String>) -> Atoms<'static> {
    let icon = icon.map_or_else(Atom::default, |icon| Atom::from(icon.to_owned()));
    Atoms::new((icon.atom_size(vec2(18.0, 18.0)), text.into()))
}

/// A menu entry for an action: icon, text, key, tooltip.
pub fn menu_entry(ui: &mut Ui, action: Action, enabled: bool, messages: &mut Vec<Message>) {
    let spec = action.spec();
    let button = egui::Button::new(with_icon(spec.icon, spec.text));
    if entry(ui, action, button, enabled) {
        messages.push(Message::Action(action));
    }
}

/// A menu entry for an action that is on or off.
pub fn menu_toggle(ui: &mut Ui, action: Action, on: bool, messages: &mut Vec<Message>) {
    let mark = on.then_some(icons::CHECK);
    let button = egui::Button::new(with_icon(mark, action.spec().text));
    if entry(ui, action, button, true) {
        messages.push(Message::Action(action));
    }
}

fn entry(ui: &mut Ui, action: Action, mut button: egui::Button<'_>, enabled: bool) -> bool {
    let spec = action.spec();
    if let Some(keys) = key_map::text(ui.ctx(), action) {
        button = button.shortcut_text(keys);
    }
    let response = ui.add_enabled(enabled, button).on_hover_text(spec.tooltip);
    let clicked = response.clicked();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, spec.text));
    if clicked {
        ui.close();
    }
    clicked
}

/// A toolbar button: icon and text, or the icon alone.
pub fn tool_button(
    ui: &mut Ui,
    action: Action,
    with_text: bool,
    on: bool,
    enabled: bool,
    messages: &mut Vec<Message>,
) {
    let spec = action.spec();
    let icon = spec.icon.unwrap_or_default();
    let text = if with_text {
        format!("{icon}  {}", action.short())
    } else {
        icon.to_owned()
    };
    let response = ui.add_enabled(
        enabled,
        egui::Button::selectable(on, RichText::new(text)).frame_when_inactive(on),
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, spec.text));
    let tooltip = match key_map::text(ui.ctx(), action) {
        Some(keys) => format!("{}\n{keys}", spec.tooltip),
        None => spec.tooltip.to_owned(),
    };
    if response.on_hover_text(tooltip).clicked() {
        messages.push(Message::Action(action));
    }
}

/// Width of the names of rows.
pub const LABEL: f32 = 74.0;

/// A row with its name in a column of its own.
pub fn row(ui: &mut Ui, name: &str, tip: &str, add: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        let size = vec2(LABEL, ui.spacing().interact_size.y);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(LABEL);
            ui.label(RichText::new(name).weak()).on_hover_text(tip);
        });
        add(ui);
    });
}

/// A heading of a section of the left panel.
pub fn section(ui: &mut Ui, title: &str) {
    ui.add_space(theme::STEP * 0.5);
    ui.label(
        RichText::new(title)
            .text_style(theme::heading())
            .color(ui.visuals().weak_text_color()),
    );
}

/// A number field that speaks only when a value is committed, with its name for screen readers.
/// Returns the new value.
pub fn number_field(
    ui: &mut Ui,
    label: &str,
    tooltip: &str,
    value: f64,
    decimals: usize,
    speed: f64,
    width: f32,
) -> Option<f64> {
    let mut edited = value;
    let field = egui::DragValue::new(&mut edited)
        .speed(speed)
        .fixed_decimals(decimals)
        .update_while_editing(false);
    let response = ui
        .add_sized(vec2(width, ui.spacing().interact_size.y), field)
        .on_hover_text(tooltip);
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::SpinButton, true, label);
        info.value = Some(value);
        info
    });
    (edited != value).then_some(edited)
}

/// A field for a name that speaks only when it is left or Enter is pressed. Returns the new text.
pub fn name_field(ui: &mut Ui, label: &str, name: &str, width: f32) -> Option<String> {
    let id = ui.scope_id().with(label);
    let typed = ui.data(|data| data.get_temp::<String>(id));
    let mut text = typed.clone().unwrap_or_else(|| name.to_owned());
    let field = egui::TextEdit::singleline(&mut text).frame(egui::Frame::NONE);
    let height = ui.spacing().interact_size.y;
    let response = match width.is_finite() {
        true => ui.add_sized(vec2(width, height), field.desired_width(width)),
        false => ui.add(field.desired_width(width)),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, label));
    if response.lost_focus() {
        ui.data_mut(|data| data.remove::<String>(id));
        return (text != name).then_some(text);
    }
    if response.has_focus() {
        ui.data_mut(|data| data.insert_temp(id, text));
    }
    None
}

/// A plot that neither moves nor grows under the hand.
pub fn still_plot(plot: Plot<'_>) -> Plot<'_> {
    plot.sense(Sense::hover())
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .show_x(false)
        .show_y(false)
        .show_background(false)
}
