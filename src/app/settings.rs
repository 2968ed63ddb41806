//! What is remembered from one start to the next.

use super::histograms::HistogramLook;
use super::inspector::SavedPreset;
use super::key_map::{self, KeyMap};
use super::overlay::Annotations;
use super::panels::fourth::FourthPane;
use super::play::FramesPerSecond;
use crate::document::{ColorMap, Display, Flips, OwnMap, Window};
use crate::volume::{Interpolation, Volume, auto_window};
use egui::ThemePreference;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// Sizes of the interface one can choose, in percent of the usual.
pub const INTERFACE_PERCENT: RangeInclusive<u16> = 75..=250;
/// How much memory recorded runs may take.
pub const RECORDED_MB: RangeInclusive<u32> = 16..=8192;

/// Colours of menus, panels and dialogs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ThemeChoice {
    #[default]
    Dark,
    Light,
    System,
}

impl ThemeChoice {
    pub const ALL: [Self; 3] = [Self::Dark, Self::Light, Self::System];

    pub fn name(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::System => "as the system",
        }
    }
}

/// How images look when they are opened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewImages {
    /// Their contrast is taken from their values.
    pub auto_contrast: bool,
    /// Voxels are not blended.
    pub blocks: bool,
    /// The name of the colour map of overlays; `None`: by modality.
    pub overlay_map: Option<String>,
}

impl NewImages {
    /// Changes the displays a new image would begin with, as an image and as an overlay.
    pub fn apply(&self, volume: &Volume, as_image: &mut Display, as_overlay: &mut Display) {
        if let Some(map) = self.overlay_map.as_deref().and_then(ColorMap::parse) {
            as_overlay.map = map;
        }
        if self.auto_contrast {
            let window = Window::from(auto_window(volume));
            (as_image.window, as_overlay.window) = (window, window);
        }
        if self.blocks {
            as_image.interpolation = Interpolation::Nearest;
            as_overlay.interpolation = Interpolation::Nearest;
        }
    }
}

/// The user's choices. Unknown or broken stored settings give these defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub theme: ThemeChoice,
    /// Of its usual size; `None` as long as the user has chosen none: then the screen decides.
    pub interface_percent: Option<u16>,
    pub new_images: NewImages,
    /// Memory for the recorded iterations of a run.
    pub recorded_mb: u32,
    /// The user's own keys.
    pub keys: KeyMap,
    /// Indices on screen count from 1, as in ITK-SNAP.
    pub one_based: bool,
    /// No list of recent images is kept.
    pub no_recent_list: bool,
    /// Where the file dialog opens.
    pub last_folder: Option<PathBuf>,
    /// Where pictures of runs went.
    pub picture_folder: Option<PathBuf>,
    /// The patient's left is on the left of axial and coronal views.
    pub neurological: bool,
    /// The front is on the right of sagittal views.
    pub front_right: bool,
    /// Each view has a zoom of its own.
    pub unlinked_zoom: bool,
    pub annotations: Annotations,
    /// No small map in views that show a part of their slice.
    pub hide_navigator: bool,
    /// Separate images lie side by side in each view.
    pub tiled: bool,
    pub play_speed: FramesPerSecond,
    /// What is shown beside the slice views.
    pub fourth_pane: FourthPane,
    /// The layer inspector is a window of its own.
    pub inspector_floats: bool,
    pub histogram: HistogramLook,
    /// Colour maps the user made, by name.
    pub color_maps: Vec<OwnMap>,
    /// Ranges the user keeps.
    pub contrast_presets: Vec<SavedPreset>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::default(),
            interface_percent: None,
            new_images: NewImages::default(),
            recorded_mb: 384,
            keys: KeyMap::default(),
            one_based: false,
            no_recent_list: false,
            last_folder: None,
            picture_folder: None,
            neurological: false,
            front_right: false,
            unlinked_zoom: false,
            annotations: Annotations::default(),
            hide_navigator: false,
            tiled: false,
            play_speed: FramesPerSecond::default(),
            fourth_pane: FourthPane::default(),
            inspector_floats: false,
            histogram: HistogramLook::default(),
            color_maps: Vec::new(),
            contrast_presets: Vec::new(),
        }
    }
}

impl Settings {
    /// Gives the window the theme, size and keys that were chosen.
    pub fn install(&self, ctx: &egui::Context) {
        ctx.set_theme(match self.theme {
            ThemeChoice::Dark => ThemePreference::Dark,
            ThemeChoice::Light => ThemePreference::Light,
            ThemeChoice::System => ThemePreference::System,
        });
        let [low, high] = [*INTERFACE_PERCENT.start(), *INTERFACE_PERCENT.end()];
        if let Some(percent) = self.interface_percent {
            ctx.set_zoom_factor(f32::from(percent.clamp(low, high)) / 100.0);
        }
        key_map::install(ctx, &self.keys);
    }

    /// The size of the interface as it is, whoever chose it.
    pub fn shown_percent(&self, ctx: &egui::Context) -> u16 {
        let now = (ctx.zoom_factor() * 100.0).round() as u16;
        self.interface_percent.unwrap_or(now)
    }

    pub fn flips(&self) -> Flips {
        Flips {
            left_right: self.neurological,
            front_back: self.front_right,
        }
    }

    /// The folder to start a file dialog in.
    pub fn start_folder(&self) -> PathBuf {
        self.last_folder
            .clone()
            .filter(|folder| folder.is_dir())
            .unwrap_or_else(home)
    }

    /// A picture goes to `file`: the next one is proposed beside it.
    pub fn note_picture(&mut self, file: &Path) {
        let folder = file.parent().and_then(|f| std::path::absolute(f).ok());
        self.picture_folder = folder.or(self.picture_folder.take());
    }

    /// The folder proposed for pictures: never that of the images, which may be a patient's.
    pub fn picture_start(&self) -> PathBuf {
        let own = self.picture_folder.clone().into_iter();
        let mut folders = own.chain([home().join("Pictures")]);
        folders.find(|folder| folder.is_dir()).unwrap_or_else(home)
    }
}

fn home() -> PathBuf {
    std::env::home_dir().unwrap_or_else(|| PathBuf::from("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_hidden_stays_hidden_but_for_all_annotations_at_once() {
        let mut settings = Settings::default();
        settings.annotations.all = false;
        settings.annotations.crosshair = false;
        settings.unlinked_zoom = true;
        let text = serde_json::to_string(&settings).expect("a text");
        let again: Settings = serde_json::from_str(&text).expect("settings");
        settings.annotations.all = true;
        assert_eq!(again, settings);
    }

    #[test]
    fn settings_of_an_older_program_leave_the_rest_as_usual() {
        let old: Settings = serde_json::from_str(r#"{"one_based": true}"#).expect("settings");
        let usual = Settings::default();
        assert_eq!(
            old,
            Settings {
                one_based: true,
                ..usual
            }
        );
    }
}
