//! Colours, fonts and spacing: quiet grey chrome, the images the brightest thing on the screen.

use crate::document::annotation;
use egui::{
    Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Stroke, TextStyle, Theme,
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
/// Good news.
pub const GOOD: Color32 = Color32::from_rgb(0x3a, 0xa8, 0x90);

/// The unit of all distances.
pub const STEP: f32 = 8.0;

/// A text style for section headings.
pub fn heading() -> TextStyle {
    TextStyle::Name("section".into())
}

/// Sets fonts and style; called once.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(fonts());
    // The size of the interface is ours to change, and to remember.
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
    for (theme, chrome) in [(Theme::Dark, &DARK), (Theme::Light, &LIGHT)] {
        ctx.style_mut_of(theme, |it| style(it, chrome));
    }
}

/// Gives what is laid out from here on the dark look, in every theme: what lies beside images or over
/// them.
pub fn darken(ui: &mut egui::Ui) {
    let dark = ui.ctx().style_of(Theme::Dark);
    ui.set_style(dark);
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

fn style(style: &mut egui::Style, chrome: &Chrome) {
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
    style.number_formatter = egui::style::NumberFormatter::new(|value, decimals| {
        let text = egui::emath::format_with_decimals_in_range(value, decimals);
        crate::document::with_true_minus(&text)
    });
    colours(&mut style.visuals, chrome);
}

/// The colours of a theme that are no others' (egui's visuals hold them from then on).
struct Chrome {
    plain: fn() -> egui::Visuals,
    panel: Color32,
    /// Where one can type.
    field: Color32,
    /// Between panels and views.
    line: Color32,
    card: Color32,
    /// Text, and text under the pointer.
    text: [Color32; 2],
    warning: Color32,
    error: Color32,
    selection: [Color32; 2],
    /// Behind buttons at rest, under the pointer, and with their menu open.
    buttons: [Color32; 3],
    hovered_line: Color32,
    /// Boxes of check boxes, rails of sliders: seen on a card too.
    boxes: Color32,
}

static DARK: Chrome = Chrome {
    plain: egui::Visuals::dark,
    panel: Color32::from_rgb(0x1b, 0x1f, 0x25),
    field: Color32::from_rgb(0x10, 0x13, 0x17),
    line: Color32::from_rgb(0x2b, 0x31, 0x39),
    card: Color32::from_rgb(0x22, 0x27, 0x2e),
    text: [Color32::from_rgb(0xc9, 0xce, 0xd6), Color32::WHITE],
    warning: Color32::from_rgb(0xe8, 0xb3, 0x4b),
    error: Color32::from_rgb(0xf0, 0x7a, 0x6e),
    selection: [PRESS, Color32::from_rgb(0xd8, 0xea, 0xff)],
    buttons: [
        Color32::from_rgb(0x2a, 0x30, 0x38),
        Color32::from_rgb(0x35, 0x3d, 0x47),
        Color32::from_rgb(0x2f, 0x36, 0x3f),
    ],
    hovered_line: Color32::from_rgb(0x4a, 0x54, 0x60),
    boxes: Color32::from_rgb(0x45, 0x4e, 0x5a),
};

static LIGHT: Chrome = Chrome {
    plain: egui::Visuals::light,
    panel: Color32::from_rgb(0xf0, 0xf2, 0xf5),
    field: Color32::from_rgb(0xff, 0xff, 0xff),
    line: Color32::from_rgb(0xcf, 0xd4, 0xdb),
    card: Color32::from_rgb(0xfa, 0xfb, 0xfc),
    text: [Color32::from_rgb(0x2a, 0x30, 0x38), Color32::BLACK],
    warning: Color32::from_rgb(0x9a, 0x62, 0x00),
    error: Color32::from_rgb(0xb8, 0x2c, 0x20),
    selection: [
        Color32::from_rgb(0xc6, 0xdd, 0xf6),
        Color32::from_rgb(0x0d, 0x34, 0x61),
    ],
    buttons: [
        Color32::from_rgb(0xdf, 0xe4, 0xea),
        Color32::from_rgb(0xd0, 0xd8, 0xe1),
        Color32::from_rgb(0xd6, 0xdd, 0xe5),
    ],
    hovered_line: Color32::from_rgb(0x9a, 0xa6, 0xb4),
    boxes: Color32::from_rgb(0xb9, 0xc2, 0xcd),
};

fn colours(visuals: &mut egui::Visuals, chrome: &Chrome) {
    *visuals = (chrome.plain)();
    let [text, lit_text] = chrome.text;
    visuals.panel_fill = chrome.panel;
    visuals.window_fill = chrome.card;
    visuals.window_stroke = Stroke::new(1.0, chrome.line);
    visuals.extreme_bg_color = chrome.field;
    visuals.text_edit_bg_color = Some(chrome.field);
    visuals.faint_bg_color = chrome.card;
    visuals.warn_fg_color = chrome.warning;
    visuals.error_fg_color = chrome.error;
    visuals.selection.bg_fill = chrome.selection[0];
    visuals.selection.stroke = Stroke::new(1.0, chrome.selection[1]);
    visuals.hyperlink_color = ACCENT;
    visuals.slider_trailing_fill = true;
    visuals.window_corner_radius = CornerRadius::same(8);
    visuals.menu_corner_radius = CornerRadius::same(6);
    let [rest, hovered, open] = chrome.buttons;
    let widgets = &mut visuals.widgets;
    for (look, fill, line) in [
        (&mut widgets.noninteractive, chrome.panel, chrome.line),
        (&mut widgets.inactive, rest, chrome.line),
        (&mut widgets.hovered, hovered, chrome.hovered_line),
        (&mut widgets.active, chrome.selection[0], ACCENT),
        (&mut widgets.open, open, chrome.line),
    ] {
        look.bg_fill = fill;
        look.weak_bg_fill = fill;
        look.bg_stroke = Stroke::new(1.0, line);
        look.fg_stroke = Stroke::new(1.0, text);
        look.corner_radius = CornerRadius::same(2);
        look.expansion = 0.0;
    }
    widgets.inactive.bg_stroke = Stroke::NONE;
    widgets.inactive.bg_fill = chrome.boxes;
    widgets.hovered.fg_stroke.color = lit_text;
    widgets.active.fg_stroke.color = lit_text;
}
