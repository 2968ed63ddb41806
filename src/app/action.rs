//! What can be done without further words. One table for menu, toolbar, keys and help.

use super::icons;
use crate::geometry::Anatomy;
use egui::{Key, KeyboardShortcut, Modifiers};

/// A thing to do. Text, tooltip, keys and icon stand in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    OpenMain,
    OpenFolder,
    AddImage,
    OpenSample,
    OpenWorkspace,
    SaveWorkspace,
    SaveWorkspaceAs,
    SaveImage,
    SavePicture,
    SaveViewPicture,
    SaveSlices,
    RenameLayer,
    CloseLayer,
    CloseAll,
    Quit,
    Undo,
    Redo,
    CursorTool,
    PanTool,
    ContrastTool,
    RulerTool,
    RectangleTool,
    EllipseTool,
    ProfileTool,
    DeleteMeasurement,
    DeleteMeasurements,
    CopyMeasurements,
    Fit,
    Zoom1,
    Zoom2,
    Zoom4,
    ZoomIn,
    ZoomOut,
    Center,
    ToggleLinkedZoom,
    ToggleAnnotations,
    ToggleCrosshair,
    ToggleColorBar,
    ToggleInterpolation,
    ToggleOneBased,
    Preferences,
    Palette,
    LargerInterface,
    SmallerInterface,
    UsualInterface,
    ToggleNavigator,
    ToggleTiled,
    PlaySlices,
    PlayTime,
    FlipLeftRight,
    FlipFrontBack,
    ToggleOverlays,
    LessOverlay,
    MoreOverlay,
    PreviousLayer,
    NextLayer,
    AutoContrast,
    AutoContrastAll,
    ResetContrastAll,
    AllViews,
    OnlyAxial,
    OnlySagittal,
    OnlyCoronal,
    Only3d,
    Show3d,
    ShowFacts,
    ResetViewpoint,
    LookFrom(Anatomy),
    Demons,
    TryCine,
    TryBreathing,
    FieldGrid,
    FieldArrows,
    ShowInfo,
    ShowNotices,
    Keys,
    About,
}

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
const CTRL_ALT: Modifiers = Modifiers::COMMAND.plus(Modifiers::ALT);
const NONE: Modifiers = Modifiers::NONE;
const SHIFT: Modifiers = Modifiers::SHIFT;

/// What an action is called and how it is reached.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    pub text: &'static str,
    pub tooltip: &'static str,
    pub icon: Option<&'static str>,
    pub shortcut: Option<KeyboardShortcut>,
}

impl Action {
    /// Where the 3D view can look from.
    pub const VIEWPOINTS: [Self; 7] = [
        Self::ResetViewpoint,
        Self::LookFrom(Anatomy::Anterior),
        Self::LookFrom(Anatomy::Posterior),
        Self::LookFrom(Anatomy::Left),
        Self::LookFrom(Anatomy::Right),
        Self::LookFrom(Anatomy::Superior),
        Self::LookFrom(Anatomy::Inferior),
    ];

    pub const ALL: &[Self] = &[
        Self::OpenMain,
        Self::OpenFolder,
        Self::AddImage,
        Self::OpenSample,
        Self::OpenWorkspace,
        Self::SaveWorkspace,
        Self::SaveWorkspaceAs,
        Self::SaveImage,
        Self::SavePicture,
        Self::SaveViewPicture,
        Self::SaveSlices,
        Self::RenameLayer,
        Self::CloseLayer,
        Self::CloseAll,
        Self::Quit,
        Self::Undo,
        Self::Redo,
        Self::CursorTool,
        Self::PanTool,
        Self::ContrastTool,
        Self::RulerTool,
        Self::RectangleTool,
        Self::EllipseTool,
        Self::ProfileTool,
        Self::DeleteMeasurement,
        Self::DeleteMeasurements,
        Self::CopyMeasurements,
        Self::Fit,
        Self::Zoom1,
        Self::Zoom2,
        Self::Zoom4,
        Self::ZoomIn,
        Self::ZoomOut,
        Self::Center,
        Self::ToggleLinkedZoom,
        Self::ToggleAnnotations,
        Self::ToggleCrosshair,
        Self::ToggleColorBar,
        Self::ToggleInterpolation,
        Self::ToggleOneBased,
        Self::Preferences,
        Self::Palette,
        Self::LargerInterface,
        Self::SmallerInterface,
        Self::UsualInterface,
        Self::ToggleNavigator,
        Self::ToggleTiled,
        Self::PlaySlices,
        Self::PlayTime,
        Self::FlipLeftRight,
        Self::FlipFrontBack,
        Self::ToggleOverlays,
        Self::LessOverlay,
        Self::MoreOverlay,
        Self::PreviousLayer,
        Self::NextLayer,
        Self::AutoContrast,
        Self::AutoContrastAll,
        Self::ResetContrastAll,
        Self::AllViews,
        Self::OnlyAxial,
        Self::OnlySagittal,
        Self::OnlyCoronal,
        Self::Only3d,
        Self::Show3d,
        Self::ShowFacts,
        Self::ResetViewpoint,
        Self::LookFrom(Anatomy::Anterior),
        Self::LookFrom(Anatomy::Posterior),
        Self::LookFrom(Anatomy::Left),
        Self::LookFrom(Anatomy::Right),
        Self::LookFrom(Anatomy::Superior),
        Self::LookFrom(Anatomy::Inferior),
        Self::Demons,
        Self::TryCine,
        Self::TryBreathing,
        Self::FieldGrid,
        Self::FieldArrows,
        Self::ShowInfo,
        Self::ShowNotices,
        Self::Keys,
        Self::About,
    ];

    #[rustfmt::skip]
    pub fn spec(self) -> Spec {
        let key = |modifiers, key| Some(KeyboardShortcut::new(modifiers, key));
        let (text, tooltip, icon, shortcut) = match self {
            Self::OpenMain => ("Open main image…", "Opens an image file; any file of a DICOM series opens the series", Some(icons::FILE), key(CTRL, Key::G)),
            Self::OpenFolder => ("Open folder…", "Looks for DICOM series and other images in a folder and below it", Some(icons::FOLDER_OPEN), key(CTRL_SHIFT, Key::O)),
            Self::AddImage => ("Add another image…", "Opens a further image beside or on top of the main one", Some(icons::FILE_PLUS), key(CTRL_SHIFT, Key::G)),
            Self::OpenSample => ("Open sample study", "Opens the built-in chest CT with its PET on top", Some(icons::IMAGES), None),
            Self::OpenWorkspace => ("Open workspace…", "Opens images as they were shown when a workspace was saved, here or in ITK-SNAP", Some(icons::STACK), key(CTRL_ALT, Key::O)),
            Self::SaveWorkspace => ("Save workspace", "Saves which images are open and how they are shown, not the images themselves", None, key(CTRL_SHIFT, Key::S)),
            Self::SaveWorkspaceAs => ("Save workspace as…", "Saves the workspace to another file", None, key(CTRL_ALT, Key::S)),
            Self::SaveImage => ("Save image as…", "Writes the selected image to a NIfTI file", Some(icons::FLOPPY_DISK), key(CTRL, Key::S)),
            Self::SavePicture => ("Save picture of the window…", "Writes what the window shows to a PNG file", Some(icons::CAMERA), None),
            Self::SaveViewPicture => ("Save picture of a view…", "Writes the view that the pointer was over last to a PNG file", None, None),
            Self::SaveSlices => ("Save pictures of all slices…", "Writes each slice of the view that the pointer was over last to a PNG file", None, None),
            Self::RenameLayer => ("Rename layer", "Changes the name of the selected image in the list; its file keeps its own", None, key(NONE, Key::F2)),
            Self::CloseLayer => ("Close layer", "Closes the selected image", Some(icons::X), key(CTRL, Key::W)),
            Self::CloseAll => ("Close all", "Closes all images", None, key(CTRL_SHIFT, Key::W)),
            Self::Quit => ("Quit", "Ends warpscope", None, key(CTRL, Key::Q)),
            Self::Undo => ("Undo", "Takes back the last change", Some(icons::ARROW_U_UP_LEFT), key(CTRL, Key::Z)),
            Self::Redo => ("Redo", "Does again what was taken back", Some(icons::ARROW_U_UP_RIGHT), key(CTRL_SHIFT, Key::Z)),
            Self::CursorTool => ("Cursor", "The left button moves the cursor", Some(icons::CROSSHAIR), key(NONE, Key::Num1)),
            Self::PanTool => ("Pan", "The left button pans and the middle one moves the cursor; the right one zooms as always", Some(icons::HAND), key(NONE, Key::Num2)),
            Self::ContrastTool => ("Contrast", "The left button changes the selected layer's contrast: sideways width, up and down level", Some(icons::CIRCLE_HALF), key(NONE, Key::Num3)),
            Self::RulerTool => ("Ruler", "Drag a line for its length in mm; drag an end or the line to move it. The angle is to the ruler before", Some(icons::RULER), key(NONE, Key::Num4)),
            Self::RectangleTool => ("Rectangle", "Drag a rectangle for mean, deviation, range and area of every layer in it", Some(icons::RECTANGLE), key(NONE, Key::Num5)),
            Self::EllipseTool => ("Ellipse", "Drag an ellipse for mean, deviation, range and area of every layer in it", Some(icons::CIRCLE), key(NONE, Key::Num6)),
            Self::ProfileTool => ("Profile", "Drag a line to plot the values of all visible layers along it", Some(icons::CHART_LINE), key(NONE, Key::Num7)),
            Self::DeleteMeasurement => ("Delete measurement", "Deletes the selected ruler, region or profile", Some(icons::TRASH), key(NONE, Key::Delete)),
            Self::DeleteMeasurements => ("Delete all measurements", "Deletes all rulers, regions and profiles; undo brings them back", Some(icons::TRASH), None),
            Self::CopyMeasurements => ("Copy all measurements", "Copies all numbers as tab separated text, for a spreadsheet", Some(icons::COPY), None),
            Self::Fit => ("Zoom to fit", "Shows whole slices in all views", Some(icons::CORNERS_OUT), key(CTRL, Key::F)),
            Self::Zoom1 => ("1×", "One screen pixel for the smallest voxel side", None, None),
            Self::Zoom2 => ("2×", "Two screen pixels for the smallest voxel side", None, None),
            Self::Zoom4 => ("4×", "Four screen pixels for the smallest voxel side", None, None),
            Self::ZoomIn => ("Zoom in", "Enlarges the views about the cursor", Some(icons::MAGNIFYING_GLASS_PLUS), key(CTRL, Key::ArrowUp)),
            Self::ZoomOut => ("Zoom out", "Shrinks the views about the cursor", Some(icons::MAGNIFYING_GLASS_MINUS), key(CTRL, Key::ArrowDown)),
            Self::Center => ("Centre on cursor", "Moves the cursor to the middle of all views", Some(icons::ARROWS_IN), key(NONE, Key::C)),
            Self::ToggleLinkedZoom => ("Linked zoom", "All views show the same number of pixels a millimetre", Some(icons::LINK), None),
            Self::ToggleAnnotations => ("Annotations", "Shows letters, crosshair, scale bar and names over the images", None, key(NONE, Key::X)),
            Self::ToggleCrosshair => ("Crosshair", "Shows the lines through the cursor", None, key(SHIFT, Key::X)),
            Self::ToggleColorBar => ("Colour bars", "Shows what colour means which value", None, key(NONE, Key::B)),
            Self::ToggleInterpolation => ("Smooth voxels", "Blends between voxels of the selected layer; off shows each voxel as a block", None, key(NONE, Key::I)),
            Self::Preferences => ("Preferences…", "Theme, size, views, new images and keys as you like them", Some(icons::GEAR), key(CTRL, Key::Comma)),
            Self::Palette => ("Search actions…", "Finds an action by its name and does it", Some(icons::MAGNIFYING_GLASS), key(CTRL_SHIFT, Key::P)),
            Self::LargerInterface => ("Larger interface", "Makes text and buttons larger by a quarter of their usual size", None, key(CTRL, Key::Plus)),
            Self::SmallerInterface => ("Smaller interface", "Makes text and buttons smaller by a quarter of their usual size", None, key(CTRL, Key::Minus)),
            Self::UsualInterface => ("Usual interface size", "Gives text and buttons their usual size", None, key(CTRL, Key::Num0)),
            Self::ToggleOneBased => ("Count indices from 1", "Shows voxel indices as ITK-SNAP does, from 1; off counts from 0 as Python does", None, None),
            Self::ToggleNavigator => ("Navigator", "Shows a small map of the slice in views that are zoomed in; a drag in it pans", None, None),
            Self::ToggleTiled => ("Images side by side", "Shows all separate images beside each other in every view, with one cursor, zoom and pan", Some(icons::GRID_FOUR), key(NONE, Key::Backslash)),
            Self::PlaySlices => ("Play slices", "Leafs through the slices of the view that the pointer was over last, or stops", Some(icons::PLAY), key(NONE, Key::Space)),
            Self::PlayTime => ("Play time points", "Shows one time point of a 4D image after the other, or stops", Some(icons::PLAY), key(CTRL.plus(Modifiers::ALT), Key::P)),
            Self::FlipLeftRight => ("Patient's left on the left", "Neurological axial and coronal views; off is radiological, with the patient's right on the left", None, None),
            Self::FlipFrontBack => ("Patient's front on the right", "Turns the sagittal views round; off has the front on the left", None, None),
            Self::ToggleOverlays => ("Show overlays", "Shows or hides all overlays", Some(icons::EYE), key(NONE, Key::W)),
            Self::LessOverlay => ("Overlays more transparent", "Lowers the opacity of all overlays by 5 %", None, key(NONE, Key::Q)),
            Self::MoreOverlay => ("Overlays more opaque", "Raises the opacity of all overlays by 5 %", None, key(NONE, Key::E)),
            Self::PreviousLayer => ("Previous image", "Shows the image before in the list", None, key(NONE, Key::OpenBracket)),
            Self::NextLayer => ("Next image", "Shows the next image in the list", None, key(NONE, Key::CloseBracket)),
            Self::AutoContrast => ("Auto contrast", "Sets the selected layer's range to its 0.5 and 99.5 % quantiles", Some(icons::MAGIC_WAND), None),
            Self::AutoContrastAll => ("Auto contrast, all layers", "Sets every layer's range to its 0.5 and 99.5 % quantiles", Some(icons::MAGIC_WAND), key(CTRL, Key::J)),
            Self::ResetContrastAll => ("Reset contrast, all layers", "Gives every layer the contrast it opened with", Some(icons::ARROW_COUNTER_CLOCKWISE), key(CTRL_SHIFT, Key::J)),
            Self::AllViews => ("All views", "Axial, sagittal and coronal view, and the slices in 3D or the image's facts", Some(icons::GRID_FOUR), None),
            Self::OnlyAxial => ("Axial view", "The axial view alone", None, None),
            Self::OnlySagittal => ("Sagittal view", "The sagittal view alone", None, None),
            Self::OnlyCoronal => ("Coronal view", "The coronal view alone", None, None),
            Self::Only3d => ("3D view", "The slices in space alone", None, None),
            Self::Show3d => ("3D in the fourth pane", "Shows the slices in space beside the three views", None, None),
            Self::ShowFacts => ("Facts in the fourth pane", "Shows facts and histogram of the selected image beside the three views", None, None),
            Self::ResetViewpoint => ("Reset the viewpoint", "Shows the 3D view from where it was at first", Some(icons::ARROW_COUNTER_CLOCKWISE), None),
            Self::LookFrom(side) => (look_from(side)[0], look_from(side)[1], None, None),
            Self::Demons => ("Demons…", "Deformable registration to watch: one image is warped onto another, step by step", Some(icons::WAVES), key(CTRL, Key::R)),
            Self::TryCine => ("Try it on the cine pair", "Opens two frames of a breathing patient in 2D, ready to be registered in a second", None, None),
            Self::TryBreathing => ("Try it on the breathing pair", "Opens a chest CT breathed in and out, ready to be registered in 3D", None, None),
            Self::FieldGrid => ("Field as bent grid", "Draws the topmost visible displacement field over the views as a bent grid", None, None),
            Self::FieldArrows => ("Field as arrows", "Draws the topmost visible displacement field over the views as arrows from target to source", None, None),
            Self::ShowInfo => ("Image facts and tags…", "All that is known of the selected layer: grid, header, tags, notices", Some(icons::INFO), key(CTRL, Key::I)),
            Self::ShowNotices => ("List of notices", "Lists beside the views what was noticed while reading, and what failed", Some(icons::WARNING_CIRCLE), None),
            Self::Keys => ("Mouse and keys…", "Everything that mouse and keyboard do", Some(icons::KEYBOARD), key(NONE, Key::F1)),
            Self::About => ("About warpscope…", "Version and licences", Some(icons::INFO), None),
        };
        Spec { text, tooltip, icon, shortcut }
    }
}

/// Text and tooltip of a viewpoint.
fn look_from(side: Anatomy) -> [&'static str; 2] {
    match side {
        Anatomy::Anterior => [
            "Look from the front",
            "Turns the 3D view: the patient faces you",
        ],
        Anatomy::Posterior => [
            "Look from the back",
            "Turns the 3D view: you see the patient's back",
        ],
        Anatomy::Left => [
            "Look from the left",
            "Turns the 3D view: you see the patient's left side",
        ],
        Anatomy::Right => [
            "Look from the right",
            "Turns the 3D view: you see the patient's right side",
        ],
        Anatomy::Superior => [
            "Look from above",
            "Turns the 3D view: you look down on the patient's head",
        ],
        Anatomy::Inferior => [
            "Look from below",
            "Turns the 3D view: you look up from the patient's feet",
        ],
    }
}

impl Action {
    /// The word on a toolbar button, where the menu's text is too long.
    pub fn short(self) -> &'static str {
        match self {
            Self::OpenMain => "Open",
            Self::OpenFolder => "Folder",
            Self::AddImage => "Add",
            Self::Fit => "Fit",
            Self::Center => "Centre",
            Self::AutoContrast => "Auto",
            Self::ToggleOverlays => "Overlays",
            Self::ShowInfo => "Facts",
            Self::Demons => "Demons",
            Self::Palette => "Search",
            other => other.spec().text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn no_two_actions_share_a_key() {
        let mut seen: HashMap<KeyboardShortcut, Action> = HashMap::new();
        for &action in Action::ALL {
            if let Some(shortcut) = action.spec().shortcut {
                let before = seen.insert(shortcut, action);
                assert_eq!(before, None, "{action:?} has the key of another action");
            }
        }
    }

    #[test]
    fn every_action_says_what_it_does() {
        for action in Action::ALL {
            let spec = action.spec();
            assert!(!spec.text.is_empty() && spec.tooltip.len() > spec.text.len());
        }
    }
}
