//! All that the user interface may ask for. `ui` pushes messages, `logic` alone acts on them.

use super::action::Action;
use super::align;
use super::compare;
use super::contrast::Contrast;
use super::inspector;
use super::label_files;
use super::landmarks;
use super::loading::{BuiltIn, Opening, RoleChoice};
use super::measure;
use super::play::{FramesPerSecond, Reel};
use super::recent;
use super::registration::Request;
use super::reorient;
use super::saving::SaveOrder;
use super::settings::Settings;
use super::snapshot::Subject;
use super::tools;
use super::view3d::Camera;
use super::workspace;
use crate::document::{Command, LayerId, Plane, PlaneView, Window};
use std::path::PathBuf;

/// One wish of the user, with what it needs.
#[derive(Debug)]
pub enum Message {
    /// A menu entry, button or key.
    Action(Action),
    /// An edit of the document.
    Edit(Command),
    /// The contrast of a layer, as a drag over a view or a typed number gives it.
    SetWindow {
        layer: LayerId,
        window: Window,
    },
    /// A contrast worked out from the layer's values.
    ChangeContrast {
        layer: LayerId,
        contrast: Contrast,
    },
    /// Zoom and pan of one view; a linked zoom goes to all.
    SetView {
        plane: Plane,
        view: PlaneView,
    },
    /// Starts to play slices or time points, or stops.
    TogglePlay(Reel),
    SetPlaySpeed(FramesPerSecond),
    /// Asks where a picture of the window or a view is to be saved.
    SavePicture(Subject),
    /// Saves it over a file that is there, after the user agreed.
    SaveSnapshotOver {
        subject: Subject,
        path: PathBuf,
    },
    /// Takes no more pictures.
    CancelSnapshot,
    /// Another viewpoint of the 3D view.
    Look(Camera),
    /// Files or folders, from the dialog, a drop or the command line.
    Open(Opening),
    /// The same, after the user agreed that the main image goes.
    Replace(Opening),
    /// Entries chosen in the series list, with what to do with them.
    LoadChosen {
        chosen: Vec<usize>,
        role: RoleChoice,
    },
    /// Another image of the folder looked at last, by its place in the list.
    LoadSibling(usize),
    /// How the image that was just read is to be used.
    UseAs(RoleChoice),
    /// The image that waits for an answer is not wanted.
    Discard,
    /// A memory warning was answered with yes.
    LoadAnyway,
    /// Stops the reading that is going on.
    CancelLoading,
    /// Built-in images, after the user agreed.
    OpenBuiltInNow(BuiltIn),
    /// Something of the panel for registration by hand.
    Align(align::Request),
    /// Something of the names and colours of labels.
    LabelFile(label_files::Request),
    /// Something of landmarks.
    Landmarks(landmarks::Request),
    /// Something of two images in one picture.
    Compare(compare::Request),
    /// Something of the demons workspace.
    Demons(Request),
    /// Something of the layer inspector.
    Inspector(inspector::Request),
    /// Something of files with colour maps.
    MapFile(inspector::MapFile),
    /// Something of the tools that make another image.
    Tools(tools::Request),
    /// Something of the panel for another orientation.
    Reorient(reorient::Request),
    /// Something of the measuring tools.
    Measure(measure::Request),
    /// Something of the list of recent images.
    Recent(recent::Request),
    /// Something of workspaces.
    Workspace(workspace::Request),
    /// Asks where a layer is to be saved.
    SaveAs(LayerId),
    /// Reads a layer again from its file.
    Reload(LayerId),
    /// Shows a layer's file in the file manager.
    Reveal(LayerId),
    /// Asks the system where the image of the save dialog is to go.
    BrowseSave,
    /// Saves a layer as chosen in the save dialog.
    Save(SaveOrder),
    /// The same over a file that is there, after the user agreed.
    SaveOver(SaveOrder),
    /// Stops the saving that is going on.
    CancelSaving,
    /// Closes layers though they are not saved.
    CloseUnsaved(Command),
    /// Ends the program though layers are not saved.
    QuitUnsaved,
    /// A path typed or picked in our own dialog.
    PathPicked(Vec<PathBuf>),
    CloseDialog,
    /// Other choices of the user.
    Settings(Box<Settings>),
    /// Enlarges one view to the whole space, or shows all again.
    ToggleExpanded(Plane),
    DismissNotice(usize),
    ClearNotices,
}
