//! What the window shows while no image is open: what can be opened, and what was open lately.

use super::recent;
use crate::app::App;
use crate::app::action::Action;
use crate::app::message::Message;
use crate::app::widgets::label_for_access;
use crate::app::{icons, key_map, theme};
use egui::{
    Align2, FontId, Rect, RichText, Role, ScrollArea, Sense, Shape, Stroke, Ui, UiBuilder, pos2,
    vec2,
};

/// Widths of what is left and right, and the space between.
const LEFT: f32 = 312.0;
const MOST: f32 = 1120.0;
const GAP: f32 = 40.0;

pub fn show(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    ScrollArea::vertical()
        .auto_shrink([false, false])
        .show(ui, |ui| {
            let area = ui.max_rect();
            let width = (area.width() - 64.0).clamp(LEFT, MOST);
            let top = area.top() + (area.height() * 0.06).clamp(16.0, 56.0);
            let left = area.center().x - width / 2.0;
            let column = |ui: &mut Ui, place: egui::Pos2, width: f32| {
                let rect = Rect::from_min_size(place, vec2(width, f32::INFINITY));
                ui.new_child(UiBuilder::new().max_rect(rect))
            };
            let mut ways = column(ui, pos2(left, top), LEFT);
            ways_to_open(&mut ways, messages);
            // Where there is no room beside, the rest goes below.
            let mut rest = if width < 2.0 * LEFT {
                let below = ways.min_rect().bottom() + GAP;
                column(ui, pos2(left, below), width)
            } else {
                column(ui, pos2(left + LEFT + GAP, top), width - LEFT - GAP)
            };
            drop_target(&mut rest, app.recents.list().is_empty());
            recent::show(&mut rest, app, messages);
            let bottom = ways.min_rect().bottom().max(rest.min_rect().bottom());
            let used = Rect::from_min_max(area.min, pos2(area.right(), bottom + 24.0));
            ui.allocate_rect(used, Sense::hover());
        });
}

fn ways_to_open(ui: &mut Ui, messages: &mut Vec<Message>) {
    ui.label(RichText::new("warpscope").font(FontId::new(28.0, theme::semibold())));
    let text = "Look at CT, PET and MR, and watch how one image is warped onto another.";
    ui.add(egui::Label::new(RichText::new(text).weak()).wrap());
    ui.add_space(theme::STEP * 2.0);
    heading(ui, "Open your own");
    for (action, icon, name, text) in [
        (
            Action::OpenMain,
            icons::FILE,
            "Open image…",
            "DICOM, NIfTI, MetaImage, NRRD, PNG, JPEG or TIFF",
        ),
        (
            Action::OpenFolder,
            icons::FOLDER_OPEN,
            "Open folder…",
            "Finds the DICOM series and images in it",
        ),
        (
            Action::OpenWorkspace,
            icons::STACK,
            "Open workspace…",
            "Images as they were shown, ITK-SNAP's too",
        ),
    ] {
        way(ui, action, icon, (name, text), messages);
    }
    ui.add_space(theme::STEP * 2.0);
    heading(ui, "Try without a file");
    for (action, icon, name, text) in [
        (
            Action::OpenSample,
            icons::IMAGES,
            "Open sample study",
            "A chest CT with its PET on top",
        ),
        (
            Action::TryCine,
            icons::WAVES,
            "Register two frames",
            "A breathing patient in 2D, done in a second",
        ),
        (
            Action::TryBreathing,
            icons::WAVES,
            "Register two volumes",
            "A chest CT breathed in and out, in 3D",
        ),
    ] {
        way(ui, action, icon, (name, text), messages);
    }
}

pub(super) fn heading(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).font(FontId::new(15.0, theme::semibold())));
}

/// A wide button: an icon, what it does, and a word about it.
fn way(
    ui: &mut Ui,
    action: Action,
    icon: &str,
    (name, about): (&str, &str),
    messages: &mut Vec<Message>,
) {
    let spec = action.spec();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 48.0), Sense::click());
    let label = format!("{name} {about}");
    label_for_access(&response, Role::Button, &label);
    let is_lit = response.hovered() || response.has_focus();
    let widgets = &ui.visuals().widgets;
    let visuals = if is_lit {
        widgets.hovered
    } else {
        widgets.inactive
    };
    let lit = rect.expand2(vec2(8.0, 0.0));
    if is_lit {
        ui.painter().rect_filled(lit, 6.0, visuals.bg_fill);
    }
    if response.has_focus() {
        let stroke = Stroke::new(1.0, theme::ACCENT);
        ui.painter()
            .rect_stroke(lit, 6.0, stroke, egui::StrokeKind::Inside);
    }
    let middle = pos2(rect.left() + 12.0, rect.center().y);
    let large = FontId::proportional(22.0);
    ui.painter()
        .text(middle, Align2::CENTER_CENTER, icon, large, theme::ACCENT);
    let text = |y: f32, align: Align2, text: &str, font: FontId, color| {
        ui.painter()
            .text(pos2(rect.left() + 36.0, y), align, text, font, color);
    };
    let strong = FontId::new(13.5, theme::semibold());
    let y = rect.center().y;
    text(
        y - 1.0,
        Align2::LEFT_BOTTOM,
        name,
        strong,
        visuals.text_color(),
    );
    let weak = ui.visuals().weak_text_color();
    text(
        y + 2.0,
        Align2::LEFT_TOP,
        about,
        FontId::proportional(12.5),
        weak,
    );
    if let Some(keys) = key_map::text(ui.ctx(), action) {
        let place = pos2(rect.right(), y - 1.0);
        let font = FontId::proportional(11.5);
        ui.painter()
            .text(place, Align2::RIGHT_BOTTOM, keys, font, weak);
    }
    if response.on_hover_text(spec.tooltip).clicked() {
        messages.push(Message::Action(action));
    }
}

/// Says that files can be dropped; large as long as there is nothing else to show.
fn drop_target(ui: &mut Ui, large: bool) {
    let height = if large { 300.0 } else { 88.0 };
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let text = "Drop a DICOM folder or a NIfTI file here";
    label_for_access(&response, Role::Label, text);
    let line = Stroke::new(1.5, ui.visuals().weak_text_color());
    let corners = [
        rect.left_top(),
        rect.right_top(),
        rect.right_bottom(),
        rect.left_bottom(),
        rect.left_top(),
    ];
    ui.painter()
        .extend(Shape::dashed_line(&corners, line, 6.0, 5.0));
    let (painter, visuals) = (ui.painter(), ui.visuals());
    let center = rect.center() + vec2(0.0, if large { 24.0 } else { 0.0 });
    if large {
        let font = FontId::proportional(52.0);
        let place = center - vec2(0.0, 56.0);
        painter.text(
            place,
            Align2::CENTER_CENTER,
            icons::IMAGES,
            font,
            theme::ACCENT,
        );
    }
    let font = FontId::new(16.0, theme::semibold());
    let place = center - vec2(0.0, 2.0);
    painter.text(
        place,
        Align2::CENTER_BOTTOM,
        text,
        font,
        visuals.text_color(),
    );
    let small = FontId::proportional(13.0);
    let about = "several at once, any image or a workspace";
    let place = center + vec2(0.0, 4.0);
    painter.text(
        place,
        Align2::CENTER_TOP,
        about,
        small,
        visuals.weak_text_color(),
    );
}
