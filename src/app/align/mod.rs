//! Registration by hand and by numbers: a panel beside the views in which an image is moved onto
//! another, and what moved it is listed, saved and loaded. Demons have a workspace of their own.

mod act;
mod automatic;
mod grip;
mod hand;
mod panel;
mod plot;
mod ring;
mod run;
mod running;
mod steps;
mod work;

pub use grip::Gesture;
pub use panel::show;
pub use ring::paint as paint_ring;

use crate::document::{Aligned, AlignmentStep, Document, LayerId, body};
use crate::geometry::{Placement, WorldPoint};
use crate::io::TransformFormat;
use crate::registration::linear::{LinearParams, LinearSample, Metric};
use crate::volume::Resampling;
use grip::Grip;
use nalgebra::Matrix4;
use run::Run;
use std::path::PathBuf;
use work::Work;

/// What the user asks of the panel.
#[derive(Clone, Debug)]
pub enum Request {
    /// Opens the panel, or closes it.
    Toggle,
    Show(Tab),
    /// Which image is moved, and which one stays.
    Choose {
        moving: LayerId,
        fixed: LayerId,
    },
    /// Numbers of the step by hand.
    SetPlacement(Placement),
    /// The image turns about this point from now on.
    SetHub(WorldPoint),
    /// Moves the image onto the fixed one.
    Match(Match),
    /// Takes the step by hand back.
    Reset,
    /// The left button moves the image, or does what it did.
    Interactive(bool),
    /// The image is held, dragged or let go in a view.
    Hold(Gesture),
    SetParams(LinearParams),
    /// The layer whose voxels above 0 count.
    SetMask(Option<LayerId>),
    Run,
    Pause(bool),
    /// Ends the run and keeps what was reached.
    Keep,
    /// Ends the run; the image is back where it was.
    Cancel,
    /// Counts a step of the list, or passes it over.
    Switch {
        step: usize,
        on: bool,
    },
    Remove(usize),
    SetFiles(FileChoices),
    /// Asks for a file with a transform.
    Load,
    /// An open displacement field becomes a step.
    AddField(LayerId),
    /// Asks where the whole transform is to be saved.
    Save,
    /// Saves it over a file that is there, after the user agreed.
    SaveOver(LayerId, PathBuf),
    CopyCommand(String),
    /// Makes a new image of the moving one on the fixed one's grid.
    Reslice,
    /// Makes one displacement field of all steps.
    MakeField,
    /// Gives up what is being made.
    Stop,
}

/// What is brought onto each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// The middles of the grids.
    Centers,
    /// The centres of mass.
    Masses,
    /// The centres of mass and the axes of spread.
    Moments,
}

/// The parts of the panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    #[default]
    Hand,
    Automatic,
    Steps,
}

/// How transforms are read, shown and written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FileChoices {
    /// Of files that are written.
    format: TransformFormat,
    /// The inverse of what a file holds is taken.
    inverse: bool,
    /// The inverse is written: from the moving to the fixed image.
    writes_inverse: bool,
    /// A file holds a matrix of FLIRT.
    is_flirt: bool,
    /// The matrix on screen is in LPS.
    lps: bool,
    /// Of images that are resliced.
    interpolation: Resampling,
}

impl Default for FileChoices {
    fn default() -> Self {
        Self {
            format: TransformFormat::Itk,
            inverse: false,
            writes_inverse: false,
            is_flirt: false,
            lps: false,
            interpolation: Resampling::Linear,
        }
    }
}

/// The panel between frames.
#[derive(Default)]
pub struct Aligning {
    pub open: bool,
    tab: Tab,
    moving: Option<LayerId>,
    fixed: Option<LayerId>,
    /// Where the image turns about while it has not been moved by hand.
    hub: Option<WorldPoint>,
    grip: Option<Grip>,
    matching: Option<act::Matching>,
    params: LinearParams,
    mask: Option<LayerId>,
    run: Option<Run>,
    /// The metric of the run that ended last, and how it went.
    told: Option<(Metric, Vec<LinearSample>)>,
    /// The main image that all of this is about.
    main: Option<LayerId>,
    /// Why the run that was asked for did not begin or go on.
    refusal: Option<String>,
    files: FileChoices,
    saved: Option<Saved>,
    work: Option<Work>,
}

/// A transform that was saved: of which layer, where to and how.
struct Saved {
    layer: LayerId,
    matrix: Matrix4<f64>,
    path: PathBuf,
    format: TransformFormat,
}

/// What the step by hand is called in the list.
const BY_HAND: &str = "By hand";

impl Aligning {
    /// The image that is moved: the one chosen, else the selected one or the topmost that can be.
    pub fn moving(&self, document: &Document) -> Option<LayerId> {
        let main = document.main()?.id;
        let can_move = |id: &LayerId| *id != main && document.layer(*id).is_some();
        let selected = document.active().map(|layer| layer.id);
        let chosen = self.moving.filter(can_move);
        chosen.or_else(|| selected.filter(can_move)).or_else(|| {
            let mut layers = document.layers().iter().rev().map(|layer| layer.id);
            layers.find(can_move)
        })
    }

    /// The image that stays: the one chosen, else the main one.
    pub fn fixed(&self, document: &Document) -> Option<LayerId> {
        let moving = self.moving(document);
        let is_other = |id: &LayerId| Some(*id) != moving && document.layer(*id).is_some();
        let main = document.main().map(|main| main.id);
        self.fixed.filter(is_other).or(main)
    }

    /// The numbers of the step by hand: the last one, or one yet to come.
    fn placement(&self, document: &Document, moving: LayerId) -> Option<Placement> {
        if let Some(placement) = last_by_hand(document.steps(moving)) {
            return Some(placement);
        }
        let seen = document.settled(moving)?;
        let hub = self.hub.unwrap_or_else(|| document.usual_hub());
        Some(Placement::resting(hub, body(seen.grid())))
    }
}

fn last_by_hand(steps: &[AlignmentStep]) -> Option<Placement> {
    match steps.last() {
        Some(AlignmentStep {
            how: Aligned::ByHand(placement),
            on: true,
            ..
        }) => Some(*placement),
        _ => None,
    }
}

/// `steps` with the step by hand at the end, or with another one in its place.
fn with_placement(steps: &[AlignmentStep], placement: Placement) -> Vec<AlignmentStep> {
    let before = match last_by_hand(steps) {
        Some(_) => &steps[..steps.len() - 1],
        None => steps,
    };
    let mut steps = before.to_vec();
    steps.push(AlignmentStep {
        name: BY_HAND.to_owned(),
        on: true,
        how: Aligned::ByHand(placement),
    });
    steps
}
