//! What can be done without further words. One table for menu, toolbar, keys and help.

use super::compare::MODES;
use super::icons;
use super::tools::Kind;
use crate::document::ComparisonMode;
use crate::geometry::Anatomy;
use egui::{Key, KeyboardShortcut, Modifiers};

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
const CTRL_ALT: Modifiers = Modifiers::COMMAND.plus(Modifiers::ALT);
const NONE: Modifiers = Modifiers::NONE;
const SHIFT: Modifiers = Modifiers::SHIFT;

const fn key(modifiers: Modifiers, key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(modifiers, key))
}

/// What an action is called and how it is reached.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    pub text: &'static str,
    pub tooltip: &'static str,
    pub icon: Option<&'static str>,
    pub shortcut: Option<KeyboardShortcut>,
}

/// Makes the actions, the list of all and their specs of one table.
macro_rules! actions {
    ($($action:ident => ($text:expr, $tooltip:expr, $icon:expr, $shortcut:expr),)*) => {
        /// A thing to do. Text, tooltip, icon and keys stand in one place.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action {
            $($action,)*
        }

        impl Action {
            pub const ALL: &[Self] = &[$(Self::$action,)*];

            pub const fn spec(self) -> Spec {
                let (text, tooltip, icon, shortcut) = match self {
                    $(Self::$action => ($text, $tooltip, $icon, $shortcut),)*
                };
                Spec { text, tooltip, icon, shortcut }
            }
        }
    };
}

actions! {
    OpenMain => ("Open main image…", "Opens an image file; any file of a DICOM series opens the series", Some(icons::FILE), key(CTRL, Key::G)),
    OpenFolder => ("Open folder…", "Looks for DICOM series and other images in a folder and below it", Some(icons::FOLDER_OPEN), key(CTRL_SHIFT, Key::O)),
    AddImage => ("Add another image…", "Opens a further image beside or on top of the main one", Some(icons::FILE_PLUS), key(CTRL_SHIFT, Key::G)),
    OpenSample => ("Open sample study", "Opens the built-in chest CT with its PET on top", Some(icons::IMAGES), None),
    OpenWorkspace => ("Open workspace…", "Opens images as they were shown when a workspace was saved, here or in ITK-SNAP", Some(icons::STACK), key(CTRL_ALT, Key::O)),
    SaveWorkspace => ("Save workspace", "Saves which images are open and how they are shown, not the images themselves", None, key(CTRL_SHIFT, Key::S)),
    SaveWorkspaceAs => ("Save workspace as…", "Saves the workspace to another file", None, key(CTRL_ALT, Key::S)),
    SaveImage => ("Save image as…", "Writes the selected image to a file: NIfTI, MetaImage, NRRD, Analyze or a DICOM series", Some(icons::FLOPPY_DISK), key(CTRL, Key::S)),
    SavePicture => ("Save picture of the window…", "Writes what the window shows to a PNG file", Some(icons::CAMERA), None),
    SaveViewPicture => ("Save picture of a view…", "Writes the view that the pointer was over last to a PNG file", None, None),
    SaveSlices => ("Save pictures of all slices…", "Writes each slice of the view that the pointer was over last to a PNG file", None, None),
    RenameLayer => ("Rename layer", "Changes the name of the selected image in the list; its file keeps its own", None, key(NONE, Key::F2)),
    CloseLayer => ("Close layer", "Closes the selected image", Some(icons::X), key(CTRL, Key::W)),
    CloseAll => ("Close all", "Closes all images", None, key(CTRL_SHIFT, Key::W)),
    Quit => ("Quit", "Ends warpscope", None, key(CTRL, Key::Q)),
    Undo => ("Undo", "Takes back the last change", Some(icons::ARROW_U_UP_LEFT), key(CTRL, Key::Z)),
    Redo => ("Redo", "Does again what was taken back", Some(icons::ARROW_U_UP_RIGHT), key(CTRL_SHIFT, Key::Z)),
    CursorTool => ("Cursor", "The left button moves the cursor", Some(icons::CROSSHAIR), key(NONE, Key::Num1)),
    PanTool => ("Pan", "The left button pans and the middle one moves the cursor; the right one zooms as always", Some(icons::HAND), key(NONE, Key::Num2)),
    ContrastTool => ("Contrast", "The left button changes the selected layer's contrast: sideways width, up and down level", Some(icons::CIRCLE_HALF), key(NONE, Key::Num3)),
    RulerTool => ("Ruler", "Drag a line for its length in mm; drag an end or the line to move it. The angle is to the ruler before", Some(icons::RULER), key(NONE, Key::Num4)),
    RectangleTool => ("Rectangle", "Drag a rectangle for mean, deviation, range and area of every layer in it", Some(icons::RECTANGLE), key(NONE, Key::Num5)),
    EllipseTool => ("Ellipse", "Drag an ellipse for mean, deviation, range and area of every layer in it", Some(icons::CIRCLE), key(NONE, Key::Num6)),
    ProfileTool => ("Profile", "Drag a line to plot the values of all visible layers along it", Some(icons::CHART_LINE), key(NONE, Key::Num7)),
    DeleteMeasurement => ("Delete measurement", "Deletes the selected ruler, region or profile", Some(icons::TRASH), key(NONE, Key::Delete)),
    DeleteMeasurements => ("Delete all measurements", "Deletes all rulers, regions and profiles; undo brings them back", Some(icons::TRASH), None),
    CopyMeasurements => ("Copy all measurements", "Copies all numbers as tab separated text, for a spreadsheet", Some(icons::COPY), None),
    Fit => ("Zoom to fit", "Shows whole slices in all views", Some(icons::CORNERS_OUT), key(CTRL, Key::F)),
    Zoom1 => ("Zoom 1×", "One screen pixel for the smallest voxel side", None, None),
    Zoom2 => ("Zoom 2×", "Two screen pixels for the smallest voxel side", None, None),
    Zoom4 => ("Zoom 4×", "Four screen pixels for the smallest voxel side", None, None),
    ZoomIn => ("Zoom in", "Enlarges the views about the cursor", Some(icons::MAGNIFYING_GLASS_PLUS), key(CTRL, Key::ArrowUp)),
    ZoomOut => ("Zoom out", "Shrinks the views about the cursor", Some(icons::MAGNIFYING_GLASS_MINUS), key(CTRL, Key::ArrowDown)),
    Center => ("Centre on cursor", "Moves the cursor to the middle of all views", Some(icons::ARROWS_IN), key(NONE, Key::C)),
    ToggleLinkedZoom => ("Linked zoom", "All views show the same number of pixels a millimetre", Some(icons::LINK), None),
    ToggleAnnotations => ("Annotations", "Shows letters, crosshair, scale bar and names over the images", None, key(NONE, Key::X)),
    ToggleCrosshair => ("Crosshair", "Shows the lines through the cursor", None, key(SHIFT, Key::X)),
    ToggleColorBar => ("Colour bars", "Shows what colour means which value", None, key(NONE, Key::B)),
    ToggleInterpolation => ("Smooth voxels", "Blends between voxels of the selected layer; off shows each voxel as a block", None, key(NONE, Key::I)),
    ToggleOneBased => ("Count indices from 1", "Shows voxel indices as ITK-SNAP does, from 1; off counts from 0 as Python does", None, None),
    Preferences => ("Preferences…", "Theme, size, views, new images and keys as you like them", Some(icons::GEAR), key(CTRL, Key::Comma)),
    Palette => ("Search actions…", "Finds an action by its name and does it", Some(icons::MAGNIFYING_GLASS), key(CTRL_SHIFT, Key::P)),
    LargerInterface => ("Larger interface", "Makes text and buttons larger by a quarter of their usual size", None, key(CTRL, Key::Plus)),
    SmallerInterface => ("Smaller interface", "Makes text and buttons smaller by a quarter of their usual size", None, key(CTRL, Key::Minus)),
    UsualInterface => ("Usual interface size", "Gives text and buttons their usual size", None, key(CTRL, Key::Num0)),
    ToggleNavigator => ("Navigator", "Shows a small map of the slice in views that are zoomed in; a drag in it pans", None, None),
    ToggleTiled => ("Images side by side", "Shows all separate images beside each other in every view, with one cursor, zoom and pan", Some(icons::GRID_FOUR), key(NONE, Key::Backslash)),
    PlaySlices => ("Play slices", "Leafs through the slices of the view that the pointer was over last, or stops", Some(icons::PLAY), key(NONE, Key::Space)),
    PlayTime => ("Play time points", "Shows one time point of a 4D image after the other, or stops", Some(icons::PLAY), key(CTRL.plus(Modifiers::ALT), Key::P)),
    FlipLeftRight => ("Patient's left on the left", "Flips axial and coronal views to neurological ones; off is radiological, with the patient's right on the left", None, None),
    FlipFrontBack => ("Patient's front on the right", "Flips the sagittal views; off has the front on the left", None, None),
    ToggleOverlays => ("Show overlays", "Shows or hides all overlays", Some(icons::EYE), key(NONE, Key::W)),
    LessOverlay => ("Overlays more transparent", "Lowers the opacity of all overlays by 5 %", None, key(NONE, Key::Q)),
    MoreOverlay => ("Overlays more opaque", "Raises the opacity of all overlays by 5 %", None, key(NONE, Key::E)),
    PreviousLayer => ("Previous image", "Shows the image before in the list", None, key(NONE, Key::OpenBracket)),
    NextLayer => ("Next image", "Shows the next image in the list", None, key(NONE, Key::CloseBracket)),
    AutoContrast => ("Auto contrast", "Sets the selected layer's range to its 0.5 and 99.5 % quantiles", Some(icons::MAGIC_WAND), None),
    FullContrast => ("Full contrast", "Sets the selected layer's range from its lowest to its highest value, as ITK-SNAP opens images", None, None),
    AutoContrastAll => ("Auto contrast, all layers", "Sets every layer's range to its 0.5 and 99.5 % quantiles", Some(icons::MAGIC_WAND), key(CTRL, Key::J)),
    ResetContrastAll => ("Reset contrast, all layers", "Gives every layer the contrast it opened with", Some(icons::ARROW_COUNTER_CLOCKWISE), key(CTRL_SHIFT, Key::J)),
    AllViews => ("All views", "Axial, sagittal and coronal view, and the slices in 3D or the image's facts", Some(icons::GRID_FOUR), None),
    OnlyAxial => ("Axial view", "The axial view alone", None, None),
    OnlySagittal => ("Sagittal view", "The sagittal view alone", None, None),
    OnlyCoronal => ("Coronal view", "The coronal view alone", None, None),
    Only3d => ("3D view", "The slices in space alone", None, None),
    Show3d => ("3D in the fourth pane", "Shows the slices in space beside the three views", None, None),
    ShowFacts => ("Facts in the fourth pane", "Shows facts and histogram of the selected image beside the three views", None, None),
    ResetViewpoint => ("Reset the viewpoint", "Shows the 3D view from where it was at first", Some(icons::ARROW_COUNTER_CLOCKWISE), None),
    LookFromFront => ("Look from the front", "Turns the 3D view: the patient faces you", None, None),
    LookFromBack => ("Look from the back", "Turns the 3D view: you see the patient's back", None, None),
    LookFromLeft => ("Look from the left", "Turns the 3D view: you see the patient's left side", None, None),
    LookFromRight => ("Look from the right", "Turns the 3D view: you see the patient's right side", None, None),
    LookFromAbove => ("Look from above", "Turns the 3D view: you look down on the patient's head", None, None),
    LookFromBelow => ("Look from below", "Turns the 3D view: you look up from the patient's feet", None, None),
    Reorient => ("Reorient image…", "Gives an image another orientation: permutes and flips its voxels, or corrects its header", Some(icons::ARROWS_CLOCKWISE), key(CTRL_ALT, Key::R)),
    HeaderTool => ("Header…", "Shows every field of the NIfTI header beside its meaning; edits sform, qform, origin, spacing and text", Some(icons::CODE), key(CTRL_ALT, Key::H)),
    CropTool => ("Crop…", "Cuts a box out of an image, drawn in the views or typed, with the right origin", Some(icons::CROP), key(CTRL_ALT, Key::C)),
    CenterTool => ("Align centres…", "Moves an image so that its centre lies at another's", Some(icons::ARROWS_IN), None),
    ResampleTool => ("Resample…", "Brings an image onto another one's grid, or to another spacing", Some(icons::GRID_FOUR), None),
    RetypeTool => ("Voxel type…", "Stores the numbers of an image in another type, and says what is lost", None, None),
    ThresholdTool => ("Threshold to mask…", "Makes a mask of the values in a range", Some(icons::CIRCLE_HALF), None),
    TimesTool => ("Split or join time points…", "Takes a 4D image apart, or makes one of several images", Some(icons::STACK), None),
    SlicesTool => ("Slices…", "Makes uneven steps between slices equal, splits a stack at its gaps, or puts a tilted one upright", None, None),
    Align => ("Registration…", "Moves an image onto another: by hand, automatically, by a transform from a file", Some(icons::ARROWS_OUT_CARDINAL), key(CTRL, Key::R)),
    AlignTool => ("Move image", "The left button turns and shifts the moving image of a registration", Some(icons::ARROWS_OUT_CARDINAL), key(NONE, Key::Num8)),
    Compare => ("Compare two images", "Shows two images in one picture, to judge how well they lie on each other", Some(icons::CHECKERBOARD), key(NONE, Key::K)),
    NextComparison => ("Next way to compare", "Checkerboard, swipe, flicker, difference, colours, edges and blend in turn", None, key(SHIFT, Key::K)),
    Agreement => ("Agreement of two images", "Figures of how well two images agree, and landmarks placed in both", Some(icons::TARGET), key(SHIFT, Key::F)),
    LandmarkTool => ("Landmark", "The left button places the same point in two images, to measure how well they are aligned", Some(icons::TARGET), key(NONE, Key::Num9)),
    CompareCheckerboard => ("Checkerboard", "Shows squares of both images in turn", None, None),
    CompareSwipe => ("Swipe", "Shows one image on each side of a line that is dragged", None, None),
    CompareFlicker => ("Flicker", "Shows one image after the other in the same place", None, None),
    CompareDifference => ("Difference", "Shows how much brighter or darker the second image is", None, None),
    CompareCyanMagenta => ("Cyan and magenta", "Shows the first image cyan and the second magenta: what agrees is gray", None, None),
    CompareRedGreen => ("Red and green", "Shows the first image red and the second green: what agrees is yellow", None, None),
    CompareEdges => ("Edges", "Draws edges of the second image on the first", None, None),
    CompareBlend => ("Blend", "Shows both images mixed", None, None),
    Demons => ("Demons…", "Deformable registration to watch: one image is warped onto another, step by step", Some(icons::WAVES), key(CTRL, Key::D)),
    TryCine => ("Try it on the cine pair", "Opens two frames of a breathing patient in 2D, ready to be registered in a second", None, None),
    TryBreathing => ("Try it on the breathing pair", "Opens a chest CT breathed in and out, ready to be registered in 3D", None, None),
    FieldGrid => ("Field as bent grid", "Draws the topmost visible displacement field over the views as a bent grid", None, None),
    FieldArrows => ("Field as arrows", "Draws the topmost visible displacement field over the views as arrows from target to source", None, None),
    Inspect => ("Layer inspector", "Everything about how the selected layer looks and what is known of it", Some(icons::INFO), key(CTRL, Key::I)),
    InspectContrast => ("Image contrast", "Range, presets and the contrast curve over the histogram", None, None),
    InspectColorMap => ("Color map editor", "Colours by value: presets, your own maps, opacity, threshold", Some(icons::PALETTE), None),
    InspectLabels => ("Label editor", "Names, colours, outlines and volumes of the labels of a segmentation", None, key(CTRL, Key::L)),
    InspectInfo => ("Image information", "Grid, header and the cursor in the selected layer's own coordinates", None, None),
    InspectMetadata => ("Image metadata", "All tags of the selected layer's file, to be searched", None, None),
    ShowNotices => ("List of notices", "Lists beside the views what was noticed while reading, and what failed", Some(icons::WARNING_CIRCLE), None),
    Keys => ("Mouse and keys…", "Everything that mouse and keyboard do", Some(icons::KEYBOARD), key(NONE, Key::F1)),
    About => ("About warpscope…", "Version and licences", Some(icons::INFO), None),
}

impl Action {
    /// The layer inspector and its tabs.
    pub const INSPECTOR: [Self; 6] = [
        Self::Inspect,
        Self::InspectContrast,
        Self::InspectColorMap,
        Self::InspectLabels,
        Self::InspectInfo,
        Self::InspectMetadata,
    ];

    /// The tools that make another image of one.
    pub const IMAGE_TOOLS: [(Self, Kind); 8] = [
        (Self::HeaderTool, Kind::Header),
        (Self::CropTool, Kind::Crop),
        (Self::CenterTool, Kind::Center),
        (Self::ResampleTool, Kind::Resample),
        (Self::RetypeTool, Kind::Retype),
        (Self::ThresholdTool, Kind::Threshold),
        (Self::TimesTool, Kind::Times),
        (Self::SlicesTool, Kind::Slices),
    ];

    /// The tool that it opens, if it is one of these.
    pub fn image_tool(self) -> Option<Kind> {
        let mut tools = Self::IMAGE_TOOLS.into_iter();
        tools.find_map(|(action, kind)| (action == self).then_some(kind))
    }

    /// The ways to show two images in one picture.
    pub const COMPARISONS: [(Self, ComparisonMode); MODES.len()] = [
        (Self::CompareCheckerboard, MODES[0]),
        (Self::CompareSwipe, MODES[1]),
        (Self::CompareFlicker, MODES[2]),
        (Self::CompareDifference, MODES[3]),
        (Self::CompareCyanMagenta, MODES[4]),
        (Self::CompareRedGreen, MODES[5]),
        (Self::CompareEdges, MODES[6]),
        (Self::CompareBlend, MODES[7]),
    ];

    /// The way to compare that it stands for, if it is one of these.
    pub fn comparison(self) -> Option<ComparisonMode> {
        let mut ways = Self::COMPARISONS.into_iter();
        ways.find_map(|(action, mode)| (action == self).then_some(mode))
    }

    /// Where the 3D view can look from.
    pub const VIEWPOINTS: [Self; 7] = [
        Self::ResetViewpoint,
        Self::LookFromFront,
        Self::LookFromBack,
        Self::LookFromLeft,
        Self::LookFromRight,
        Self::LookFromAbove,
        Self::LookFromBelow,
    ];

    /// Looking at the patient from `side` in the 3D view.
    pub fn look_from(side: Anatomy) -> Self {
        match side {
            Anatomy::Anterior => Self::LookFromFront,
            Anatomy::Posterior => Self::LookFromBack,
            Anatomy::Left => Self::LookFromLeft,
            Anatomy::Right => Self::LookFromRight,
            Anatomy::Superior => Self::LookFromAbove,
            Anatomy::Inferior => Self::LookFromBelow,
        }
    }

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
            Self::Inspect => "Inspector",
            Self::Demons => "Demons",
            Self::Align => "Registration",
            Self::Compare => "Compare",
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
