//! Colours, fonts and spacing: quiet grey chrome, the images the brightest thing on the screen.

use crate::document::annotation;
use egui::{
    Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Stroke, TextStyle,
};
use std::sync::Arc;

const fn rgb([r, g, b]: [u8; 3]) -> Color32 {
    Color32::from_rgb(r, g, b)
}

/// The one accent.
pub const ACCENT: Color32 = Color32::from_rgb(0x4a, 0x90, 0xd9);
/// Behind the text of a button that is proposed.
pub const PRESS: Color32 = Color32::from_rgb(0x2a, 0x5b, 0x95);
/// Orientation letters.
pub const LETTER: Color32 = rgb(annotation::LETTER);
/// Lines through the cursor.
pub const CROSSHAIR: Color32 = rgb(annotation::CROSSHAIR);
/// Names and scale bars over images.
pub const ANNOTATION: Color32 = rgb(annotation::ANNOTATION);
/// Rulers, regions and profiles.
pub const MEASUREMENT: Color32 = rgb(annotation::MEASUREMENT);
/// Plain text over images.
pub const OVER_IMAGE: Color32 = rgb(annotation::OVER_IMAGE);
/// Behind the planes of the 3D view: black planes stand out from it.
pub const SPACE: Color32 = Color32::from_rgb(0x15, 0x18, 0x1c);
/// Behind panels.
pub const PANEL: Color32 = Color32::from_rgb(0x1b, 0x1f, 0x25);
/// Behind fields one can type in.
pub const FIELD: Color32 = Color32::from_rgb(0x10, 0x13, 0x17);
/// Between panels and views.
pub const LINE: Color32 = Color32::from_rgb(0x2b, 0x31, 0x39);
/// A card that is not selected.
pub const CARD: Color32 = Color32::from_rgb(0x22, 0x27, 0x2e);
/// A warning that something is not as one may think.
pub const WARNING: Color32 = Color32::from_rgb(0xe8, 0xb3, 0x4b);
/// Something that failed.
pub const ERROR: Color32 = Color32::from_rgb(0xf0, 0x7a, 0x6e);

/// The unit of all distances.
pub const STEP: f32 = 8.0;

/// A text style for section headings.
pub fn heading() -> TextStyle {
    TextStyle::Name("section".into())
}

/// Sets fonts and style; called once.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(fonts());
    ctx.set_theme(egui::Theme::Dark);
    ctx.all_styles_mut(style);
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let files: [(&str, &'static [u8]); 3] = [
        (
            "plex",
            include_bytes!("../../assets/IBMPlexSans-Regular.ttf"),
        ),
        (
            "plex-semibold",
            include_bytes!("../../assets/IBMPlexSans-SemiBold.ttf"),
        ),
        ("phosphor", include_bytes!("../../assets/Phosphor.ttf")),
    ];
    for (name, bytes) in files {
        fonts
            .font_data
            .insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    for family in [FontFamily::Proportional, FontFamily::Monospace] {
        let list = fonts.families.entry(family.clone()).or_default();
        if family == FontFamily::Proportional {
            list.insert(0, "plex".to_owned());
        }
        list.insert(1, "phosphor".to_owned());
    }
    let mut bold = vec!["plex-semibold".to_owned()];
    bold.extend(fonts.families[&FontFamily::Proportional].iter().cloned());
    fonts.families.insert(semibold(), bold);
    fonts
}

/// The family for names and headings.
pub fn semibold() -> FontFamily {
    FontFamily::Name("semibold".into())
}

fn style(style: &mut egui::Style) {
    style.text_styles = [
        (TextStyle::Small, FontId::proportional(11.5)),
        (TextStyle::Body, FontId::proportional(13.5)),
        (TextStyle::Button, FontId::proportional(13.5)),
        (TextStyle::Monospace, FontId::monospace(12.5)),
        (TextStyle::Heading, FontId::new(18.0, semibold())),
        (heading(), FontId::new(12.5, semibold())),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = egui::vec2(STEP, STEP * 0.75);
    spacing.button_padding = egui::vec2(STEP, 3.0);
    spacing.interact_size.y = 24.0;
    spacing.menu_margin = egui::Margin::same(6);
    spacing.slider_rail_height = 4.0;
    style.interaction.tooltip_delay = 0.4;
    colours(&mut style.visuals);
}

fn colours(visuals: &mut egui::Visuals) {
    *visuals = egui::Visuals::dark();
    visuals.panel_fill = PANEL;
    visuals.window_fill = CARD;
    visuals.window_stroke = Stroke::new(1.0, LINE);
    visuals.extreme_bg_color = FIELD;
    visuals.text_edit_bg_color = Some(FIELD);
    visuals.faint_bg_color = CARD;
    visuals.selection.bg_fill = Color32::from_rgb(0x2a, 0x5b, 0x95);
    visuals.selection.stroke = Stroke::new(1.0, Color32::from_rgb(0xd8, 0xea, 0xff));
    visuals.hyperlink_color = ACCENT;
    visuals.slider_trailing_fill = true;
    visuals.window_corner_radius = CornerRadius::same(8);
    visuals.menu_corner_radius = CornerRadius::same(6);
    let text = Color32::from_rgb(0xc9, 0xce, 0xd6);
    let radius = CornerRadius::same(2);
    let widgets = &mut visuals.widgets;
    for (look, fill, line) in [
        (&mut widgets.noninteractive, PANEL, LINE),
        (
            &mut widgets.inactive,
            Color32::from_rgb(0x2a, 0x30, 0x38),
            LINE,
        ),
        (
            &mut widgets.hovered,
            Color32::from_rgb(0x35, 0x3d, 0x47),
            Color32::from_rgb(0x4a, 0x54, 0x60),
        ),
        (
            &mut widgets.active,
            Color32::from_rgb(0x2a, 0x5b, 0x95),
            ACCENT,
        ),
        (&mut widgets.open, Color32::from_rgb(0x2f, 0x36, 0x3f), LINE),
    ] {
        look.bg_fill = fill;
        look.weak_bg_fill = fill;
        look.bg_stroke = Stroke::new(1.0, line);
        look.fg_stroke = Stroke::new(1.0, text);
        look.corner_radius = radius;
        look.expansion = 0.0;
    }
    widgets.inactive.bg_stroke = Stroke::NONE;
    // The boxes of check boxes and radio buttons, and slider rails, must be seen on a card.
    widgets.inactive.bg_fill = Color32::from_rgb(0x45, 0x4e, 0x5a);
    widgets.hovered.fg_stroke.color = Color32::WHITE;
    widgets.active.fg_stroke.color = Color32::WHITE;
}
