//! Tools that make another image of one: its header, a box of it, its place, grid, voxel type, values
//! in a range, time points. A panel beside the views; what it asks for is a [`recipe`], made on a job's
//! thread, tried out and applied here.

mod center;
mod crop;
mod header;
mod panel;
mod recipe;
mod resample;
mod retype;
mod script;
mod slices;
mod threshold;
mod times;

pub use crop::{Gesture, paint as paint_crop};
pub use panel::show;
pub use slices::Stack;

use super::App;
use super::slice_view::Tool as MouseTool;
use crate::document::{Command, Display, Document, LayerId, NewLayer, Role, with_true_minus};
use crate::io::with_current_header;
use crate::jobs::{self, Job};
use crate::volume::{Meta, Volume, available_memory};
use center::Center;
use crop::Crop;
use egui::Context;
use header::Header;
use recipe::{Made, Outcome, Recipe, look};
use resample::Resample;
use retype::Retype;
use slices::Slices;
use std::sync::atomic::Ordering;
use threshold::Threshold;
use times::Times;

/// Which tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Header,
    Crop,
    Center,
    Resample,
    Retype,
    Threshold,
    Times,
    Slices,
}

/// What the user asks of the panel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Request {
    /// Opens a tool in place of the one that is open, or closes it.
    Toggle(Kind),
    /// Does at once what was offered for the slices of an image.
    Restack { layer: LayerId, what: Stack },
    /// Takes another image to work on.
    Choose(LayerId),
    /// Makes what is chosen, and closes the panel.
    Apply,
    /// Gives up what is being made; the panel stays.
    Stop,
    /// Closes the panel; the image is as it was.
    Cancel,
    /// Copies the Python lines that do the same.
    Copy,
    /// The left button draws and drags the crop box, or does what it did.
    DrawBox(bool),
    /// The crop box is grabbed, dragged or let go in a view.
    Crop(Gesture),
}

/// The choices of a tool.
enum Choices {
    Header(Box<Header>),
    Crop(Crop),
    Center(Center),
    Resample(Resample),
    Retype(Retype),
    Threshold(Threshold),
    Times(Times),
    Slices(Slices),
}

/// What a tool wants made: nothing yet, or why it cannot be.
type Wanted = Result<Option<Recipe>, String>;

impl Choices {
    /// As a tool opens on an image; `None` where that cannot be.
    fn new(kind: Kind, document: &Document, layer: LayerId) -> Option<Self> {
        let volume = document.settled(layer)?;
        Some(match kind {
            Kind::Header => Self::Header(Box::new(Header::new(volume))),
            Kind::Crop => Self::Crop(Crop::new(volume)),
            Kind::Center => Self::Center(Center::new(document, layer)),
            Kind::Resample => Self::Resample(Resample::new(volume)),
            Kind::Retype => Self::Retype(Retype::new(volume)),
            Kind::Threshold => Self::Threshold(Threshold::new(document, layer)),
            Kind::Times => Self::Times(Times::new(document, layer)),
            Kind::Slices => Self::Slices(Slices::new(volume)),
        })
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Header(_) => Kind::Header,
            Self::Crop(_) => Kind::Crop,
            Self::Center(_) => Kind::Center,
            Self::Resample(_) => Kind::Resample,
            Self::Retype(_) => Kind::Retype,
            Self::Threshold(_) => Kind::Threshold,
            Self::Times(_) => Kind::Times,
            Self::Slices(_) => Kind::Slices,
        }
    }

    fn wanted(&self, document: &Document, base: &Volume) -> Wanted {
        let (images, step) = match self {
            Self::Header(header) => return header.wanted(base),
            Self::Crop(crop) => return crop.wanted(base),
            Self::Center(center) => return center.wanted(document, base),
            Self::Resample(resample) => return resample.wanted(document, base),
            Self::Times(times) => return times.wanted(document, base),
            Self::Slices(slices) => return slices.wanted(base),
            Self::Threshold(threshold) => return threshold.wanted(base),
            Self::Retype(retype) => (vec![base.clone()], retype.step(base)),
        };
        Ok(step.map(|step| Recipe { images, step }))
    }

    /// Whether what it makes is shown in the views before it is applied.
    fn has_preview(&self) -> bool {
        match self {
            Self::Crop(_) | Self::Times(_) => false,
            Self::Slices(slices) => slices.has_preview(),
            _ => true,
        }
    }
}

/// The open tool.
pub struct OpenTool {
    layer: LayerId,
    choices: Choices,
    preview: bool,
    /// Apply was pressed; the image is being made.
    applying: bool,
    /// What is shown beside the document's own layers is this tool's.
    shows_live: bool,
    running: Option<(Recipe, Job<Result<Made, String>>)>,
    ready: Option<(Recipe, Result<Made, String>)>,
}

impl OpenTool {
    fn new(kind: Kind, document: &Document, layer: LayerId) -> Option<Self> {
        Some(Self {
            layer,
            choices: Choices::new(kind, document, layer)?,
            // Where it may be much work, it is done when it is asked for.
            preview: kind != Kind::Resample,
            applying: false,
            shows_live: false,
            running: None,
            ready: None,
        })
    }

    fn wanted(&self, document: &Document) -> Wanted {
        let base = document.settled(self.layer);
        let base = base.ok_or("that layer is no longer open")?;
        self.choices.wanted(document, base)
    }

    /// What came of a recipe, once that is known.
    fn made(&self, recipe: &Recipe) -> Option<&Result<Made, String>> {
        let (of, made) = self.ready.as_ref()?;
        (of == recipe).then_some(made)
    }

    /// Whether a recipe's result is wanted before it is applied: to be shown, or for what is said of it.
    fn looks_ahead(&self) -> bool {
        self.preview && self.choices.has_preview()
    }
}

impl App {
    /// The tool that is open.
    pub(super) fn open_tool(&self) -> Option<Kind> {
        self.image_tool.as_ref().map(|open| open.choices.kind())
    }

    /// Whether the live layer is the open tool's preview.
    pub(super) fn tool_shows_live(&self) -> bool {
        self.image_tool.as_ref().is_some_and(|open| open.shows_live)
    }

    /// What the open tool is making, and how far it is.
    pub(super) fn tool_progress(&self) -> Option<(String, f32)> {
        let (recipe, job) = self.image_tool.as_ref()?.running.as_ref()?;
        Some((recipe.step.doing().to_owned(), job.progress()))
    }

    pub(super) fn act_on_tools(&mut self, ctx: &Context, request: Request) {
        match request {
            Request::Toggle(kind) => {
                let was_open = self.open_tool() == Some(kind);
                self.close_tool();
                if !was_open {
                    self.begin_tool(kind);
                }
            }
            Request::Restack { layer, what } => self.restack(layer, what),
            Request::Choose(layer) => {
                if let Some(kind) = self.open_tool() {
                    self.end_preview();
                    let tool = OpenTool::new(kind, &self.document, layer);
                    self.image_tool = tool.map(Box::new);
                }
            }
            Request::Cancel => self.close_tool(),
            Request::Stop => {
                if let Some(open) = &mut self.image_tool {
                    (open.running, open.applying, open.preview) = (None, false, false);
                }
            }
            Request::Apply => {
                if let Some(open) = &mut self.image_tool {
                    open.applying = matches!(open.wanted(&self.document), Ok(Some(_)));
                }
            }
            Request::Copy => {
                if let Some(open) = &self.image_tool
                    && let Ok(Some(recipe)) = open.wanted(&self.document)
                {
                    let before = self.document.settled(open.layer);
                    ctx.copy_text(script::lines(&recipe, before));
                    self.notices.done("The Python lines are on the clipboard");
                }
            }
            Request::DrawBox(on) => {
                self.tool = if on {
                    MouseTool::CropBox
                } else {
                    MouseTool::Cursor
                };
            }
            Request::Crop(gesture) => {
                if let Some(open) = &mut self.image_tool
                    && let Choices::Crop(crop) = &mut open.choices
                    && let (Some(main), Some(volume)) =
                        (self.document.grid(), self.document.settled(open.layer))
                {
                    crop.act(main, volume.grid(), gesture);
                }
            }
        }
    }

    fn layer_names(&self) -> Vec<String> {
        let layers = self.document.layers().iter();
        layers.map(|layer| layer.name.clone()).collect()
    }

    fn restack(&mut self, layer: LayerId, what: Stack) {
        let fits = |volume| what.fits(volume);
        if self.demons.open || !self.document.settled(layer).is_some_and(fits) {
            let text = "The slices cannot be changed now: leave the demons workspace first, or they are even already";
            self.notices.error(text);
            return;
        }
        self.close_tool();
        self.close_align();
        if self.reorienting.is_some() {
            self.close_reorienting();
        }
        let Some(mut open) = OpenTool::new(Kind::Slices, &self.document, layer) else {
            return;
        };
        if let Choices::Slices(slices) = &mut open.choices {
            slices.choose(what);
        }
        open.applying = true;
        self.image_tool = Some(Box::new(open));
    }

    fn begin_tool(&mut self, kind: Kind) {
        let layer = match kind {
            // What is moved is rarely the image that all others lie on.
            Kind::Center => self.document.layers().get(1),
            _ => self.document.active(),
        };
        let layer = layer.or(self.document.main());
        let tool = layer.and_then(|layer| OpenTool::new(kind, &self.document, layer.id));
        if tool.is_some() {
            self.close_align();
            if self.reorienting.is_some() {
                self.close_reorienting();
            }
        }
        if kind == Kind::Crop {
            self.tool = MouseTool::CropBox;
        }
        self.image_tool = tool.map(Box::new);
    }

    pub(super) fn close_tool(&mut self) {
        self.end_preview();
        self.image_tool = None;
        if self.tool == MouseTool::CropBox {
            self.tool = MouseTool::Cursor;
        }
    }

    /// The views show the images as they are.
    fn end_preview(&mut self) {
        let Some(open) = &mut self.image_tool else {
            return;
        };
        if std::mem::take(&mut open.shows_live) {
            self.edit(Command::EndLive);
        }
        if self.document.tried().is_some() {
            self.edit(Command::EndTrial);
        }
    }

    /// Makes what is chosen in the panel, and shows or applies it.
    pub(super) fn advance_tools(&mut self) {
        let Some(open) = &mut self.image_tool else {
            return;
        };
        if self.document.layer(open.layer).is_none() || self.demons.open {
            self.close_tool();
            return;
        }
        if let Some(outcome) = open.running.as_ref().and_then(|(_, job)| job.poll())
            && let Some((recipe, _)) = open.running.take()
        {
            open.ready = Some((
                recipe,
                outcome.unwrap_or_else(|panic| Err(panic.to_string())),
            ));
        }
        if let (Choices::Crop(crop), Some(volume)) =
            (&mut open.choices, self.document.settled(open.layer))
        {
            crop.advance(volume, &self.wake);
        }
        let wanted = open.wanted(&self.document);
        let is_needed = open.applying || open.looks_ahead();
        if open
            .running
            .as_ref()
            .is_some_and(|(recipe, _)| wanted.as_ref().ok() != Some(&Some(recipe.clone())))
        {
            // Nobody waits for it any more.
            open.running = None;
        }
        let Ok(Some(recipe)) = wanted else {
            open.applying = false;
            self.end_preview();
            return;
        };
        if !is_needed {
            self.end_preview();
            return;
        }
        match open.made(&recipe).cloned() {
            None if open.running.is_none() => self.start_tool(recipe),
            None => {}
            Some(Ok(made)) if open.applying => self.apply_tool(&recipe, &made),
            Some(Ok(made)) => self.show_made(&recipe, made),
            Some(Err(why)) => {
                if std::mem::take(&mut open.applying) {
                    self.notices.error(why);
                }
                self.end_preview();
            }
        }
    }

    fn start_tool(&mut self, recipe: Recipe) {
        let Some(open) = &mut self.image_tool else {
            return;
        };
        let bytes = recipe.bytes();
        if bytes > available_memory() {
            let megabytes = bytes as f64 / 1e6;
            let why = format!(
                "there is not enough memory for the new image ({megabytes:.0} MB); close other images"
            );
            open.ready = Some((recipe, Err(why)));
            return;
        }
        let work = recipe.clone();
        let name = recipe.step.name();
        let job = jobs::spawn(name, self.wake.clone(), move |handle| {
            let cancelled = handle.cancel_flag();
            work.make(&|part| {
                handle.set_progress(part);
                !cancelled.load(Ordering::Relaxed)
            })
        });
        open.running = Some((recipe, job));
    }

    fn show_made(&mut self, recipe: &Recipe, made: Made) {
        let Some(open) = &mut self.image_tool else {
            return;
        };
        let Some(volume) = made.volumes.into_iter().next() else {
            return;
        };
        let layer = open.layer;
        let overlay = recipe.step.outcome() == Outcome::NewLayers(Role::Overlay);
        let shown = match overlay {
            true => self.document.live(),
            false => self
                .document
                .layer(layer)
                .filter(|_| self.document.tried() == Some(layer)),
        };
        let is_shown = shown.is_some_and(|shown| {
            shown.volume.shares_voxels_with(&volume) && shown.volume.grid() == volume.grid()
        });
        if is_shown {
            return;
        }
        if !overlay {
            self.edit(Command::TryOut { layer, volume });
        } else if open.shows_live {
            self.edit(Command::UpdateLive(volume));
        } else if self.document.live().is_none() {
            open.shows_live = true;
            let display = look(&recipe.step, &Display::default());
            self.edit(Command::ShowLive {
                volume,
                role: Role::Overlay,
                display,
            });
        }
    }

    fn apply_tool(&mut self, recipe: &Recipe, made: &Made) {
        let Some(layer) = self.image_tool.as_ref().map(|open| open.layer) else {
            return;
        };
        self.close_tool();
        let Some(base) = self.document.layer(layer) else {
            return;
        };
        let name = format!("{} {}", recipe.step.name(), base.name);
        let base_display = base.display.clone();
        match recipe.step.outcome() {
            Outcome::InPlace => {
                for volume in &made.volumes {
                    self.edit(Command::Change {
                        layer,
                        what: recipe.step.name(),
                        volume: with_current_header(volume),
                    });
                }
            }
            Outcome::NewLayers(role) => {
                let mut names = self.layer_names();
                let new = made.volumes.iter().map(|volume| NewLayer {
                    volume: with_current_header(&with_new_name(volume, &mut names)),
                    role,
                    display: Some(look(&recipe.step, &base_display)),
                });
                let layers = new.collect();
                let name = name.clone();
                self.edit(Command::AddLayers { name, layers });
            }
        }
        self.notices.done(match made.note.as_str() {
            "" => name,
            note => format!("{name}: {}", with_true_minus(note)),
        });
    }
}

/// The image with a number after its name where `names` has that, which it joins.
fn with_new_name(volume: &Volume, names: &mut Vec<String>) -> Volume {
    let plain = volume.meta().name.clone();
    let numbered = (2..).map(|n| format!("{plain} {n}"));
    let name = std::iter::once(plain.clone())
        .chain(numbered)
        .find(|name| !names.contains(name));
    let name = name.unwrap_or(plain);
    names.push(name.clone());
    volume.with_meta(Meta {
        name,
        ..volume.meta().clone()
    })
}
