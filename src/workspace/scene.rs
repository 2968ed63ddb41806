//! What a workspace holds, as plain data that becomes JSON.

use super::alignment::SceneStep;
use super::comparison::{self, SceneComparison};
use super::labels::{SceneLabels, SceneLandmark};
use super::measurements::SceneMeasurement;
use super::reorientation::SceneReorientation;
use crate::document::{ColorMap, Curve, Display, OwnMapFile, Role, Window};
use crate::volume::{Components, Interpolation, Volume, summary};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

/// Everything about what is open and how it is shown. What a file leaves out takes its usual value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scene {
    /// Bottom to top; the main image first.
    pub layers: Vec<SceneLayer>,
    /// The main or additional image the views show, by its place in `layers`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown: Option<usize>,
    /// The layer the inspectors speak of, by its place in `layers`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selected: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor_ras_mm: Option<[f64; 3]>,
    /// 0-based.
    pub time_point: usize,
    /// Rulers, regions and profiles, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub measurements: Vec<SceneMeasurement>,
    /// Places that can be found in two images, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub landmarks: Vec<SceneLandmark>,
    /// One that cannot be understood is passed over.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "comparison::understood"
    )]
    pub comparison: Option<SceneComparison>,
    pub views: Views,
    /// "all", "axial", "sagittal", "coronal" or "3d".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotations: Option<ShownAnnotations>,
}

/// One image and its look.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SceneLayer {
    #[serde(flatten)]
    pub source: Source,
    /// Empty means the image's own name.
    #[serde(default)]
    pub name: String,
    pub role: SceneRole,
    /// Changes of orientation since the image was in its file, first change first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reorientations: Vec<SceneReorientation>,
    /// What moved it since, first step first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alignment: Vec<SceneStep>,
    #[serde(default)]
    pub display: Look,
}

/// Where an image comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    File(FileSource),
    /// The name of an image made by formula.
    BuiltIn(String),
}

/// A file, or the folder of a DICOM series.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileSource {
    /// From the workspace's folder, with '/' between names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relative: Option<String>,
    /// Where it was last; after reading, where it is.
    #[serde(rename = "absolute")]
    pub path: PathBuf,
    /// The SeriesInstanceUID, with `#2`, `#3` ... for further parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
}

/// What part a layer plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SceneRole {
    Main,
    Additional,
    Overlay,
}

impl From<Role> for SceneRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Main => Self::Main,
            Role::Additional => Self::Additional,
            Role::Overlay => Self::Overlay,
        }
    }
}

impl From<SceneRole> for Role {
    fn from(role: SceneRole) -> Self {
        match role {
            SceneRole::Main => Self::Main,
            SceneRole::Additional => Self::Additional,
            SceneRole::Overlay => Self::Overlay,
        }
    }
}

/// How a layer is shown; what is not given stays as the image opens.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Look {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visible: Option<bool>,
    /// 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opacity: Option<f32>,
    /// Values shown darkest and brightest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<[f64; 2]>,
    /// The same as shares of the image's range, as ITK-SNAP has it.
    #[serde(skip)]
    pub window_share: Option<[f64; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color_map: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inverted: Option<bool>,
    /// "linear" or "nearest".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interpolation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub below_transparent: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show_suv: Option<bool>,
    /// The map named above where it is the user's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_map: Option<OwnMapFile>,
    /// Points of the contrast curve where it is not straight; the first at (0, 0), the last at (1, 1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub curve: Option<Vec<[f64; 2]>>,
    /// Values under this one are see-through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden_below: Option<f64>,
    /// RGBA of voxels that are not a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nan_color: Option<[u8; 4]>,
    /// The number of the component shown, "magnitude", "maximum", "average" or "color".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub components: Option<String>,
    /// Of an image whose numbers are labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<SceneLabels>,
}

impl Look {
    pub fn of(display: &Display) -> Self {
        let interpolation = match display.interpolation {
            Interpolation::Linear => "linear",
            Interpolation::Nearest => "nearest",
        };
        Self {
            visible: Some(display.visible),
            opacity: Some(display.opacity),
            window: Some([display.window.min, display.window.max]),
            window_share: None,
            color_map: Some(display.map.name().to_owned()),
            inverted: Some(display.inverted),
            interpolation: Some(interpolation.to_owned()),
            below_transparent: Some(display.below_transparent),
            show_suv: Some(display.show_suv),
            own_map: match &display.map {
                ColorMap::Own(map) => Some(OwnMapFile::from(&**map)),
                _ => None,
            },
            curve: (!display.curve.is_straight()).then(|| display.curve.points().to_vec()),
            hidden_below: display.hidden_below,
            nan_color: (display.nan_color != [0; 4]).then_some(display.nan_color),
            components: Some(components_name(display.components)),
            labels: display.labels.as_deref().map(SceneLabels::of),
        }
    }

    /// Puts what is given into `display`; a word or number that means nothing is passed over.
    pub fn apply(&self, display: &mut Display, volume: &Volume) {
        let set = |to: &mut bool, from: Option<bool>| *to = from.unwrap_or(*to);
        set(&mut display.visible, self.visible);
        set(&mut display.inverted, self.inverted);
        set(&mut display.below_transparent, self.below_transparent);
        set(&mut display.show_suv, self.show_suv);
        if let Some(opacity) = self.opacity.filter(|opacity| opacity.is_finite()) {
            display.opacity = opacity.clamp(0.0, 1.0);
        }
        if let Some(map) = self.color_map.as_deref().and_then(ColorMap::parse) {
            display.map = map;
        }
        if let Some(Ok(map)) = self.own_map.clone().map(OwnMapFile::map) {
            display.map = ColorMap::Own(Arc::new(map));
        }
        if let Some(curve) = self.curve.clone().and_then(Curve::new) {
            display.curve = curve;
        }
        display.hidden_below = self.hidden_below.filter(|value| value.is_finite());
        display.nan_color = self.nan_color.unwrap_or(display.nan_color);
        if let Some(components) = self.components.as_deref().and_then(components_of) {
            display.components = components;
        }
        if let Some(labels) = &self.labels {
            display.labels = Some(Arc::new(labels.display()));
        }
        match self.interpolation.as_deref() {
            Some("linear") => display.interpolation = Interpolation::Linear,
            Some("nearest") => display.interpolation = Interpolation::Nearest,
            _ => {}
        }
        let window = self.window.or_else(|| {
            let shares = self.window_share?;
            let range = summary(volume);
            Some(shares.map(|share| range.min + share * (range.max - range.min)))
        });
        if let Some([min, max]) = window
            && min.is_finite()
            && max.is_finite()
        {
            display.window = Window::new(min, max);
        }
    }
}

fn components_name(components: Components) -> String {
    match components {
        Components::One(component) => component.to_string(),
        Components::Magnitude => "magnitude".to_owned(),
        Components::Maximum => "maximum".to_owned(),
        Components::Average => "average".to_owned(),
        Components::Color => "color".to_owned(),
    }
}

fn components_of(name: &str) -> Option<Components> {
    let named = [
        Components::Magnitude,
        Components::Maximum,
        Components::Average,
        Components::Color,
    ];
    let number = || name.parse().ok().map(Components::One);
    let mut named = named.into_iter();
    named
        .find(|it| components_name(*it) == name)
        .or_else(number)
}

/// Zoom and pan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Views {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linked_zoom: Option<bool>,
    pub axial: PlaneLook,
    pub sagittal: PlaneLook,
    pub coronal: PlaneLook,
}

/// Where one view looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlaneLook {
    /// Plane millimetres at the middle of the view; the middle of the slice when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub center_mm: Option<[f64; 2]>,
    /// The zoom that fits when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pixels_per_mm: Option<f64>,
}

impl PlaneLook {
    /// The same without numbers that would show nothing.
    pub fn sound(self) -> Self {
        Self {
            center_mm: self.center_mm.filter(|mm| mm.iter().all(|n| n.is_finite())),
            pixels_per_mm: self
                .pixels_per_mm
                .filter(|zoom| (1e-4..=1e4).contains(zoom)),
        }
    }
}

/// What is drawn over the images.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShownAnnotations {
    pub all: bool,
    pub crosshair: bool,
    pub color_bars: bool,
}

impl Scene {
    /// Whether images, their looks, measurements and landmarks are the same; where one looks does not
    /// count.
    pub fn shows_the_same(&self, other: &Self) -> bool {
        self.layers == other.layers
            && self.measurements == other.measurements
            && self.landmarks == other.landmarks
    }

    /// Places in `layers` whose file is not there.
    pub fn missing(&self) -> Vec<usize> {
        let gone = |layer: &SceneLayer| match &layer.source {
            Source::File(file) => !file.path.exists(),
            Source::BuiltIn(_) => false,
        };
        let layers = self.layers.iter().enumerate();
        layers
            .filter(|(_, layer)| gone(layer))
            .map(|(n, _)| n)
            .collect()
    }
}
