//! How a layer's values become colours: window, colour map, opacity; and the defaults by modality.

use super::ColorMap;
use crate::volume::{Content, Interpolation, Meta, Modality, Suv, Volume};
use crate::volume::{auto_window, quantiles};

/// Everything about the look of one layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Display {
    pub visible: bool,
    /// 0 (not seen) to 1.
    pub opacity: f32,
    pub window: Window,
    pub map: ColorMap,
    /// Low values take the colours of high ones.
    pub inverted: bool,
    pub interpolation: Interpolation,
    /// Values under the window's minimum are see-through; the default of overlays.
    pub below_transparent: bool,
    /// Values are shown as SUV where the factor is known.
    pub show_suv: bool,
    /// Time point shown.
    pub time: usize,
}

impl Display {
    /// What a step to `after` changes, before the layer's name: "Opacity of".
    pub fn what_differs(&self, after: &Self) -> &'static str {
        let changes = [
            (self.window != after.window, "Contrast of"),
            (self.opacity != after.opacity, "Opacity of"),
            (
                (self.map, self.inverted) != (after.map, after.inverted),
                "Colour map of",
            ),
            (
                self.interpolation != after.interpolation,
                "Interpolation of",
            ),
            (
                self.below_transparent != after.below_transparent,
                "Transparency of",
            ),
            (self.show_suv != after.show_suv, "Unit of"),
            (self.visible != after.visible && after.visible, "Show"),
            (self.visible != after.visible && !after.visible, "Hide"),
        ];
        let mut changed = changes.iter().filter(|(differs, _)| *differs);
        match (changed.next(), changed.next()) {
            (Some((_, what)), None) => what,
            _ => "Display of",
        }
    }
}

/// The range of values spread over the colour map, after rescale (never SUV).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    pub min: f64,
    pub max: f64,
}

impl Window {
    /// Swapped ends are put right, ends that are not finite replaced by 0 and 1.
    pub fn new(min: f64, max: f64) -> Self {
        if !(min.is_finite() && max.is_finite()) {
            return Self { min: 0.0, max: 1.0 };
        }
        Self {
            min: min.min(max),
            max: min.max(max),
        }
    }

    /// From DICOM's window centre and width; a negative width counts as 0.
    pub fn from_level_width(level: f64, width: f64) -> Self {
        let half = width.max(0.0) / 2.0;
        Self::new(level - half, level + half)
    }

    /// The middle.
    pub fn level(&self) -> f64 {
        self.min / 2.0 + self.max / 2.0
    }

    pub fn width(&self) -> f64 {
        self.max - self.min
    }
}

impl From<(f64, f64)> for Window {
    fn from((min, max): (f64, f64)) -> Self {
        Self::new(min, max)
    }
}

/// Colours that a table of a window holds.
const COLORS: usize = 1024;
/// Table cells beside them: values below the window, above it, and NaN.
const BELOW: usize = 0;
const ABOVE: usize = COLORS + 1;
const NAN: u32 = COLORS as u32 + 2;
/// The lowest part of a see-through window, over which opacity rises from nothing: dark low colours
/// would else darken the image below.
const FADE: f32 = 0.1;
/// Room in the table, a power of two, so that a mask keeps every index inside.
pub(super) const CELLS: usize = 2 * COLORS;

/// The colour of every value of a layer, RGBA with the layer's opacity in its alpha.
#[derive(Clone, Debug)]
pub struct Lut {
    cells: Box<[[u8; 4]; CELLS]>,
    min: f32,
    /// Cells a unit of value.
    scale: f32,
}

impl Lut {
    pub fn new(display: &Display) -> Self {
        let window = Window::new(display.window.min, display.window.max);
        let width = window.width() as f32;
        let alpha = (display.opacity.clamp(0.0, 1.0) * 255.0).round() as u8;
        let color = |t: f32| {
            let [r, g, b] = display
                .map
                .color(if display.inverted { 1.0 - t } else { t });
            let share = if display.below_transparent {
                (t / FADE).min(1.0)
            } else {
                1.0
            };
            [r, g, b, (f32::from(alpha) * share).round() as u8]
        };
        let mut cells = Box::new([[0; 4]; CELLS]);
        for (cell, entry) in cells[1..=COLORS].iter_mut().enumerate() {
            // A window without width is a threshold.
            let threshold = width <= 0.0;
            *entry = color(if threshold {
                1.0
            } else {
                cell as f32 / (COLORS - 1) as f32
            });
        }
        cells[BELOW] = if display.below_transparent {
            [0; 4]
        } else {
            color(0.0)
        };
        cells[ABOVE] = color(1.0);
        cells[NAN as usize] = [0; 4];
        Self {
            cells,
            min: window.min as f32,
            scale: (COLORS as f32 / width).min(f32::MAX),
        }
    }

    /// The colour of a value after rescale; NaN is see-through.
    pub fn color(&self, value: f32) -> [u8; 4] {
        self.cells[self.cell(value) as usize]
    }

    /// The table as packed pixels (red in the lowest byte) whose colours are multiplied by alpha.
    pub(super) fn premultiplied(&self) -> Box<[u32; CELLS]> {
        let packed = |[r, g, b, alpha]: [u8; 4]| {
            let by_alpha = |c: u8| ((u32::from(c) * u32::from(alpha) + 127) / 255) as u8;
            u32::from_le_bytes([by_alpha(r), by_alpha(g), by_alpha(b), alpha])
        };
        Box::new(self.cells.map(packed))
    }

    /// The place of a value in the table.
    #[inline(always)]
    pub(super) fn cell(&self, value: f32) -> u32 {
        // Adding 2^23 leaves the nearest whole number in the lowest bits: cheaper than a conversion,
        // and done for many values at once. The half is a hair more, so that the minimum itself falls
        // on the first colour and what lies below it on cell 0.
        const TO_BITS: f32 = (1 << 23) as f32;
        let place = ((value - self.min) * self.scale).clamp(-0.5, COLORS as f32) + 0.5002;
        let cell = (place + TO_BITS).to_bits() & (CELLS as u32 - 1);
        if value.is_nan() { NAN } else { cell }
    }
}

/// Windows usual for CT, as level and width in HU. Source: Radiopaedia, "Windowing (CT)", where
/// each is given as a range; these are the common middle.
const CT_WINDOWS: [(&str, f64, f64); 5] = [
    ("Lung", -600.0, 1500.0),
    ("Mediastinum", 40.0, 400.0),
    ("Bone", 400.0, 1800.0),
    ("Brain", 40.0, 80.0),
    ("Abdomen", 50.0, 350.0),
];

/// Upper ends of the PET windows that start at 0, in SUV by body weight.
const SUV_WINDOWS: [f64; 3] = [5.0, 10.0, 20.0];

/// From air to dense bone: where a CT that proposes no window starts. Lung and soft tissue are both
/// told apart.
const CT_WIDE: Window = Window {
    min: -1000.0,
    max: 500.0,
};

/// Opacity that overlays start with, as in ITK-SNAP.
const OVERLAY_OPACITY: f32 = 0.5;

/// A window to choose from.
#[derive(Clone, Debug, PartialEq)]
pub struct Preset {
    pub name: String,
    pub window: Window,
    /// The name speaks of SUV: choosing it shows the layer as SUV too.
    pub as_suv: bool,
}

/// The windows to choose from: the file's own first, then those usual for its modality.
pub fn presets(meta: &Meta) -> Vec<Preset> {
    let preset = |name: String, window: Window| Preset {
        name,
        window,
        as_suv: false,
    };
    let own = meta.windows.iter();
    let mut presets: Vec<Preset> = own
        .map(|own| preset(own.name.clone(), own.range().into()))
        .collect();
    match meta.modality {
        Modality::Ct => presets.extend(CT_WINDOWS.iter().map(|(name, level, width)| {
            preset((*name).to_owned(), Window::from_level_width(*level, *width))
        })),
        Modality::Pet => presets.extend(SUV_WINDOWS.iter().filter_map(|suv| {
            Some(Preset {
                name: format!("SUV 0 to {suv}"),
                window: suv_window(meta, *suv)?,
                as_suv: true,
            })
        })),
        _ => {}
    }
    presets
}

/// From 0 to an SUV, in stored units; `None` when the factor is not known.
fn suv_window(meta: &Meta, suv: f64) -> Option<Window> {
    match meta.suv {
        Suv::Factor(factor) if factor > 0.0 && factor.is_finite() => {
            Some(Window::new(0.0, suv / factor))
        }
        _ => None,
    }
}

/// How a layer looks when it is opened. Reads all voxels where the file proposes no window.
pub fn initial_display(volume: &Volume, is_overlay: bool) -> Display {
    let meta = volume.meta();
    let map = match (&meta.modality, is_overlay) {
        (Modality::Pet, true) => ColorMap::Hot,
        (Modality::Pet, false) => ColorMap::InverseGray,
        _ => ColorMap::Grayscale,
    };
    Display {
        visible: true,
        opacity: if is_overlay { OVERLAY_OPACITY } else { 1.0 },
        window: initial_window(volume),
        map,
        inverted: meta.inverted,
        interpolation: Interpolation::Linear,
        below_transparent: is_overlay,
        show_suv: false,
        time: 0,
    }
}

fn initial_window(volume: &Volume) -> Window {
    let meta = volume.meta();
    let own = meta
        .windows
        .first()
        .map(|window| Window::from(window.range()));
    match (meta.content, &meta.modality) {
        // Shown in its own colours.
        (Content::Color, _) => Window::new(0.0, 255.0),
        (_, Modality::Pet) => suv_window(meta, 10.0).unwrap_or_else(|| pet_window(volume)),
        (_, Modality::Ct) => own.unwrap_or(CT_WIDE),
        _ => own.unwrap_or_else(|| auto_window(volume).into()),
    }
}

/// Activity starts at 0; the brightest half percent is cut off.
fn pet_window(volume: &Volume) -> Window {
    match quantiles(volume, &[0.995])[..] {
        [high] if high > 0.0 => Window::new(0.0, high),
        _ => auto_window(volume).into(),
    }
}
