//! What the window shows while no image is open.

use crate::app::action::Action;
use crate::app::message::Message;
use crate::app::{icons, theme};
use egui::{Align2, Color32, FontId, RichText, Ui, vec2};

pub fn show(ui: &mut Ui, messages: &mut Vec<Message>) {
    let rect = ui.max_rect();
    ui.painter()
        .rect_filled(rect, 0.0, Color32::from_rgb(0x0c, 0x0e, 0x11));
    let panel = egui::Rect::from_center_size(rect.center(), vec2(460.0, 330.0));
    ui.scope_builder(egui::UiBuilder::new().max_rect(panel), |ui| {
        ui.vertical_centered(|ui| {
            let (area, _) = ui.allocate_exact_size(vec2(460.0, 170.0), egui::Sense::hover());
            ui.painter().rect(
                area,
                10.0,
                theme::PANEL,
                egui::Stroke::new(1.0, theme::LINE),
                egui::StrokeKind::Inside,
            );
            let icon = FontId::proportional(44.0);
            ui.painter().text(
                area.center() - vec2(0.0, 34.0),
                Align2::CENTER_CENTER,
                icons::IMAGES,
                icon,
                theme::ACCENT,
            );
            let font = FontId::new(16.0, theme::semibold());
            ui.painter().text(
                area.center() + vec2(0.0, 18.0),
                Align2::CENTER_CENTER,
                "Drop a DICOM folder or a NIfTI file here",
                font,
                Color32::from_gray(220),
            );
            let small = FontId::proportional(13.0);
            ui.painter().text(
                area.center() + vec2(0.0, 44.0),
                Align2::CENTER_CENTER,
                "or any image: MetaImage, PNG, JPEG, TIFF; several at once",
                small,
                Color32::from_gray(140),
            );
            ui.add_space(16.0);
            for action in [Action::OpenMain, Action::OpenFolder, Action::OpenSample] {
                let spec = action.spec();
                let text = format!("{}   {}", spec.icon.unwrap_or_default(), spec.text);
                let button = egui::Button::new(RichText::new(text)).min_size(vec2(240.0, 32.0));
                if ui.add(button).on_hover_text(spec.tooltip).clicked() {
                    messages.push(Message::Action(action));
                }
            }
        });
    });
}
