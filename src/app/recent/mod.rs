//! What was open lately, with small pictures: kept in the user's own data folder, and forgotten when
//! the user says so, for names and pictures may be a patient's.

mod picture;
mod store;

use super::App;
use super::loading::{Opening, RoleChoice};
use crate::document::{Command, Display, Document};
use crate::jobs::{self, Job, Wake};
use crate::volume::Volume;
use egui::{ColorImage, Context, TextureHandle, TextureOptions};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Entries kept at most.
const MOST: usize = 24;

/// Side of a picture in pixels.
pub const PICTURE: usize = 128;

/// What kind of thing was open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Image,
    Workspace,
}

/// Something that was open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recent {
    /// Names the picture; never used twice in a list.
    #[serde(default)]
    pub id: u64,
    pub kind: Kind,
    pub path: PathBuf,
    /// Which image of a folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
    pub name: String,
    /// Modality and size, or how many images.
    pub about: String,
}

/// What the user asks of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// By its id.
    Open(u64),
    /// The n-th image of the list, from 0.
    OpenImage(usize),
    Forget(u64),
    ForgetAll,
    /// Whether the list is kept at all; without, all is forgotten.
    Keep(bool),
}

/// What came of reading or writing the list.
struct Outcome {
    /// The list as it was stored; only of reading.
    list: Option<Vec<Recent>>,
    pictures: Vec<(u64, ColorImage)>,
    /// Whose files are not there.
    gone: HashSet<u64>,
    error: Option<String>,
}

/// The list, newest first. Files are read and written in the background, one job at a time.
pub struct Recents {
    folder: Option<PathBuf>,
    list: Vec<Recent>,
    pictures: HashMap<u64, TextureHandle>,
    gone: HashSet<u64>,
    /// What was opened while a job went on.
    noted: Vec<(Recent, Document)>,
    is_stored: bool,
    job: Option<Job<Outcome>>,
    wake: Wake,
}

impl Recents {
    /// Reads the list in `folder`; without one nothing is remembered.
    pub fn new(folder: Option<PathBuf>, wake: Wake) -> Self {
        let job = folder.clone().map(|folder| {
            jobs::spawn(
                "Reading the list of recent images",
                wake.clone(),
                move |_| store::read(&folder),
            )
        });
        Self {
            folder,
            list: Vec::new(),
            pictures: HashMap::new(),
            gone: HashSet::new(),
            noted: Vec::new(),
            is_stored: true,
            job,
            wake,
        }
    }

    pub fn list(&self) -> &[Recent] {
        &self.list
    }

    /// Images alone.
    pub fn images(&self) -> impl Iterator<Item = &Recent> {
        self.list.iter().filter(|recent| recent.kind == Kind::Image)
    }

    pub fn picture(&self, id: u64) -> Option<&TextureHandle> {
        self.pictures.get(&id)
    }

    /// Whether the file was not there when it was looked for last.
    pub fn is_gone(&self, id: u64) -> bool {
        self.gone.contains(&id)
    }

    /// Puts what is open now on top of the list; `document` is what its picture shows.
    pub fn note(&mut self, recent: Recent, document: &Document) {
        if self.folder.is_some() {
            self.noted.push((recent, document.clone()));
        }
    }

    fn forget(&mut self, is_forgotten: impl Fn(&Recent) -> bool) {
        self.list.retain(|recent| !is_forgotten(recent));
        self.noted.retain(|(recent, _)| !is_forgotten(recent));
        let list = &self.list;
        self.pictures
            .retain(|id, _| list.iter().any(|recent| recent.id == *id));
        self.is_stored = false;
    }

    /// Looks at the job and starts the next one. Returns what went wrong.
    pub fn advance(&mut self, ctx: &Context) -> Option<String> {
        let mut error = None;
        if let Some(job) = self.job.take() {
            match job.poll() {
                None => {
                    self.job = Some(job);
                    return None;
                }
                Some(Ok(outcome)) => error = self.take(ctx, outcome),
                Some(Err(panicked)) => error = Some(panicked.to_string()),
            }
        }
        if let Some(folder) = self.folder.clone()
            && (!self.is_stored || !self.noted.is_empty())
        {
            let to_draw = self.seat_noted();
            let list = self.list.clone();
            self.is_stored = true;
            let name = "Keeping the list of recent images";
            self.job = Some(jobs::spawn(name, self.wake.clone(), move |_| {
                store::write(&folder, &list, &to_draw)
            }));
        }
        error
    }

    fn take(&mut self, ctx: &Context, outcome: Outcome) -> Option<String> {
        self.list = outcome.list.unwrap_or(std::mem::take(&mut self.list));
        self.gone = outcome.gone;
        for (id, image) in outcome.pictures {
            let texture = ctx.load_texture(format!("recent {id}"), image, TextureOptions::LINEAR);
            self.pictures.insert(id, texture);
        }
        outcome.error
    }

    /// Gives what was opened its place in the list. Returns the pictures to be drawn.
    fn seat_noted(&mut self) -> Vec<(u64, Document)> {
        let mut to_draw = Vec::new();
        for (mut recent, document) in std::mem::take(&mut self.noted) {
            let is_same = |r: &Recent| r.path == recent.path && r.series == recent.series;
            self.list.retain(|other| !is_same(other));
            recent.id = self.list.iter().map(|other| other.id).max().unwrap_or(0) + 1;
            to_draw.push((recent.id, document));
            self.list.insert(0, recent);
        }
        self.list.truncate(MOST);
        to_draw
    }
}

impl App {
    pub(super) fn act_on_recents(&mut self, request: Request) {
        match request {
            Request::Open(id) => {
                let recent = self.recents.list.iter().find(|recent| recent.id == id);
                self.open_recent(recent.cloned());
            }
            Request::OpenImage(n) => {
                let recent = self.recents.images().nth(n).cloned();
                self.open_recent(recent);
            }
            Request::Forget(id) => self.recents.forget(|recent| recent.id == id),
            Request::ForgetAll => self.recents.forget(|_| true),
            Request::Keep(keep) => {
                self.settings.no_recent_list = !keep;
                if !keep {
                    self.recents.forget(|_| true);
                }
            }
        }
    }

    fn open_recent(&mut self, recent: Option<Recent>) {
        match recent {
            Some(recent) if recent.kind == Kind::Workspace => self.open_workspace(recent.path),
            Some(recent) => self.open(Opening {
                series: recent.series,
                ..Opening::new(vec![recent.path], RoleChoice::Ask)
            }),
            None => {}
        }
    }

    /// Remembers an image that was opened, whatever its role; its picture shows it alone.
    pub(super) fn note_image(&mut self, volume: &Volume, display: &Display) {
        let meta = volume.meta();
        let Some(path) = &meta.path else {
            return;
        };
        let recent = Recent {
            id: 0,
            kind: Kind::Image,
            series: meta.dicom.as_ref().map(|dicom| dicom.image_uid.clone()),
            name: meta.name.clone(),
            about: about(volume),
            path: lasting(path),
        };
        let alone = Command::OpenMain {
            volume: volume.clone(),
            display: Some(Display {
                opacity: 1.0,
                ..display.clone()
            }),
        };
        let mut document = Document::default();
        if alone.apply(&mut document).is_ok() {
            self.note(recent, &document);
        }
    }

    /// Remembers the workspace at `path`, which is open.
    pub(super) fn note_workspace(&mut self, path: &Path) {
        let name = path.file_stem().unwrap_or_default();
        let recent = Recent {
            id: 0,
            kind: Kind::Workspace,
            series: None,
            name: name.to_string_lossy().into_owned(),
            about: format!("Workspace · {}", images(self.document.layers().len())),
            path: lasting(path),
        };
        let document = self.document.clone();
        self.note(recent, &document);
    }

    /// Unless the user wants no list.
    fn note(&mut self, recent: Recent, document: &Document) {
        if !self.settings.no_recent_list {
            self.recents.note(recent, document);
        }
    }
}

/// A relative path would mean another file at the next start.
fn lasting(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn images(count: usize) -> String {
    match count {
        1 => "1 image".to_owned(),
        n => format!("{n} images"),
    }
}

/// "CT · 512 × 512 × 175".
fn about(volume: &Volume) -> String {
    let shape = super::dialogs::series::shape_text(&volume.grid().shape());
    match volume.meta().modality.code() {
        "" => shape,
        code => format!("{code} · {shape}"),
    }
}
