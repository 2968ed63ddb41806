//! How a layer is shown: window, curve, colour map, opacity; and the defaults by modality.

use super::{ColorMap, Curve, LabelDisplay};
use crate::volume::{Components, Content, Interpolation, Meta, Modality, Suv, Volume, VoxelType};
use crate::volume::{auto_window, quantiles};
use std::sync::Arc;

/// Everything about the look of one layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Display {
    pub visible: bool,
    /// 0 (not seen) to 1.
    pub opacity: f32,
    pub window: Window,
    /// How brightness runs across the window.
    pub curve: Curve,
    pub map: ColorMap,
    /// Low values take the colours of high ones.
    pub inverted: bool,
    pub interpolation: Interpolation,
    /// Values under the window's minimum are see-through; the default of overlays.
    pub below_transparent: bool,
    /// Values under this one are see-through too, after rescale (never SUV).
    pub hidden_below: Option<f64>,
    /// RGBA of voxels that are not a number.
    pub nan_color: [u8; 4],
    /// What is shown of an image with several components.
    pub components: Components,
    /// Values are shown as SUV where the factor is known.
    pub show_suv: bool,
    /// Time point shown.
    pub time: usize,
    /// Its numbers are labels: they are shown in the colours of a table instead of window and map.
    pub labels: Option<Arc<LabelDisplay>>,
}

impl Default for Display {
    /// Gray from 0 to 1, opaque.
    fn default() -> Self {
        Self {
            visible: true,
            opacity: 1.0,
            window: Window { min: 0.0, max: 1.0 },
            curve: Curve::default(),
            map: ColorMap::Grayscale,
            inverted: false,
            interpolation: Interpolation::Linear,
            below_transparent: false,
            hidden_below: None,
            nan_color: [0; 4],
            components: Components::One(0),
            show_suv: false,
            time: 0,
            labels: None,
        }
    }
}

impl Display {
    /// What a step to `after` changes, before the layer's name: "Opacity of".
    pub fn what_differs(&self, after: &Self) -> &'static str {
        let changes = [
            (self.window != after.window, "Contrast of"),
            (self.opacity != after.opacity, "Opacity of"),
            (self.curve != after.curve, "Contrast curve of"),
            (
                (&self.map, self.inverted) != (&after.map, after.inverted),
                "Colour map of",
            ),
            (self.hidden_below != after.hidden_below, "Threshold of"),
            (self.nan_color != after.nan_color, "NaN colour of"),
            (self.components != after.components, "Components of"),
            (
                self.interpolation != after.interpolation,
                "Interpolation of",
            ),
            (
                self.below_transparent != after.below_transparent,
                "Transparency of",
            ),
            (self.show_suv != after.show_suv, "Unit of"),
            (self.labels != after.labels, "Labels of"),
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
        opacity: if is_overlay { OVERLAY_OPACITY } else { 1.0 },
        window: initial_window(volume),
        map,
        inverted: meta.inverted,
        below_transparent: is_overlay,
        components: match meta.content {
            Content::Color if volume.components() >= 3 => Components::Color,
            _ => Components::One(0),
        },
        ..Display::default()
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
        (Content::Color, _) => match volume.data().voxel_type() {
            VoxelType::U16 => Window::new(0.0, 65535.0),
            _ => Window::new(0.0, 255.0),
        },
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
