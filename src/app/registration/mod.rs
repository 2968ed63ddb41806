//! The demons workspace: a registration set up, watched and questioned.
//!
//! The state between frames is [`Demons`]; what the user asks for comes as a [`Request`]. The engine
//! runs in [`run`]; the other modules only show.

mod act;
mod align;
mod change;
mod diagnosis;
mod drawn;
mod export;
mod export_file;
mod frame;
mod legend;
mod live;
mod look;
mod over_views;
mod pane_head;
mod panes;
mod parameters;
mod picture;
mod plot;
mod probe;
mod record;
mod result;
mod run;
mod script;
mod setup;
mod still;
mod workspace;
mod zoom;

pub use look::Drawing;
use look::Look;
pub use over_views::{draw as draw_field, field_layer};
use panes::Panes;
pub use plot::{iteration_marks, level_color};
use run::Pace;
pub use setup::show as show_setup;
pub use workspace::show as show_workspace;

use crate::document::LayerId;
use crate::registration::{Params, Plan, RegistrationError};
use frame::Frame;
use picture::Looks;
use run::Run;
use std::path::PathBuf;
use std::sync::Arc;
use zoom::Zoom;

/// What the user asks of the workspace.
#[derive(Clone, Debug)]
pub enum Request {
    Choose {
        source: Option<LayerId>,
        target: Option<LayerId>,
    },
    /// The layer that says which voxels count.
    SetMask(Option<LayerId>),
    SetParams(Params),
    SetLook(Look),
    /// Starts a run, or goes on with one.
    Go(Pace),
    Keep,
    Cancel,
    /// Back to a recorded frame, or to the present.
    Scrub(Option<usize>),
    /// Adds the source again, with its centre on the target's.
    AlignCenters,
    /// Keeps the ended run to compare the next one with, or lets it go.
    Compare(bool),
    /// Puts a script that repeats the run on the clipboard.
    CopyScript,
    /// Asks for a folder and writes the recorded frames there.
    SavePictures,
    /// Asks for a file and writes them as an animation.
    SaveAnimation,
    /// The same, after the user agreed that a file is replaced.
    AnimateOver(PathBuf),
    StopPictures,
}

/// The workspace between frames.
pub struct Demons {
    /// Shown in place of the views.
    pub open: bool,
    source: Option<LayerId>,
    target: Option<LayerId>,
    mask: Option<LayerId>,
    params: Params,
    look: Look,
    run: Option<Shown>,
    /// An earlier run, to compare with.
    kept: Option<Shown>,
    /// The recorded frame that is shown instead of the newest.
    scrubbed: Option<usize>,
    /// Why the run that was asked for did not begin or go on.
    refusal: Option<String>,
    planned: Option<Planned>,
    /// The plane of still images, made anew when what it shows changes.
    still: Option<(StillKey, Arc<Frame>)>,
    /// What the panes show.
    frame: Option<Arc<Frame>>,
    /// What those of the kept run show.
    kept_frame: Option<Arc<Frame>>,
    panes: [Panes; 2],
    pub zoom: Zoom,
    /// The part of the window that pictures are made of.
    area: egui::Rect,
    export: Option<export::Export>,
}

impl Default for Demons {
    fn default() -> Self {
        Self {
            open: false,
            source: None,
            target: None,
            mask: None,
            params: Params::default(),
            look: Look::default(),
            run: None,
            kept: None,
            scrubbed: None,
            refusal: None,
            planned: None,
            still: None,
            frame: None,
            kept_frame: None,
            panes: Default::default(),
            zoom: Zoom::default(),
            area: egui::Rect::NOTHING,
            export: None,
        }
    }
}

/// A run and what its images look like.
struct Shown {
    run: Run,
    target: LayerId,
    names: [String; 2],
    /// Transforms that had moved the source when it began.
    steps: usize,
    looks: Looks,
    /// The views have been given its warped image.
    in_views: bool,
    /// A plane of its result.
    result: Option<(frame::Slice, Arc<Frame>)>,
}

/// What a run of the chosen images would take, or why it cannot be.
struct Planned {
    source: LayerId,
    target: LayerId,
    mask: Option<LayerId>,
    params: Params,
    plan: Result<Plan, RegistrationError>,
}

/// All that a still plane depends on.
#[derive(Clone, Debug, PartialEq)]
struct StillKey {
    slice: frame::Slice,
    source: LayerId,
    target: LayerId,
}
