//! Reading images in the background: look what is there, let the user choose, read, ask for the role.

use crate::document::{ColorMap, Display, LabelTable, LayerId, initial_display};
use crate::io::{self, Found, FoundImage, IoError, Report};
use crate::jobs::{self, Handle, Job, Panicked, Wake};
use crate::phantom;
use crate::volume::{Format, Volume};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

/// Files to open and what to do with them.
#[derive(Clone, Debug)]
pub struct Opening {
    pub paths: Vec<PathBuf>,
    pub role: RoleChoice,
    /// Which image of a folder is meant: its UID in the list.
    pub series: Option<String>,
}

impl Opening {
    pub fn new(paths: Vec<PathBuf>, role: RoleChoice) -> Self {
        Self {
            paths,
            role,
            series: None,
        }
    }
}

/// How an image is to be used.
#[derive(Clone, Debug, PartialEq)]
pub enum RoleChoice {
    /// As the main image when nothing is open, else the user is asked.
    Ask,
    Main,
    Additional,
    /// In place of a layer that was read from there before.
    Again(LayerId),
    /// With the usual colour map and opacity unless given.
    Overlay {
        map: Option<ColorMap>,
        opacity: Option<f32>,
    },
    /// On top of the others, each number in a colour of its own, by the built-in colours without a table.
    Labels(Option<Arc<LabelTable>>),
}

/// Images made by formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuiltIn {
    /// CT as main image, PET on top.
    Study,
    /// The exhale frame as main image and target, the inhale frame as source.
    CinePair,
    /// The same of the breathing CT.
    BreathingPair,
}

impl BuiltIn {
    pub fn name(self) -> &'static str {
        match self {
            Self::Study => "the sample study",
            Self::CinePair => "the cine pair",
            Self::BreathingPair => "the breathing pair",
        }
    }

    fn make(self) -> Vec<Read> {
        let pair = |target, source| {
            vec![
                Read::new(target, RoleChoice::Main),
                Read::new(source, RoleChoice::Additional),
            ]
        };
        match self {
            Self::Study => {
                let study = phantom::study();
                let on_top = RoleChoice::Overlay {
                    map: None,
                    opacity: None,
                };
                vec![
                    Read::new(study.ct, RoleChoice::Main),
                    Read::new(study.pet, on_top),
                ]
            }
            Self::CinePair => {
                let (inhale, exhale) = phantom::cine_pair();
                pair(exhale, inhale)
            }
            Self::BreathingPair => {
                let chest = phantom::breathing_pair();
                pair(chest.exhale, chest.inhale)
            }
        }
    }
}

/// An image that was read, with the first looks it would have (they need all voxels, so they are
/// worked out in the background too).
#[derive(Debug)]
pub struct Read {
    pub volume: Volume,
    pub as_image: Display,
    pub as_overlay: Display,
    /// It seems to be a label image.
    pub is_labels: bool,
    pub role: RoleChoice,
}

impl Read {
    fn new(volume: Volume, role: RoleChoice) -> Self {
        Self {
            as_image: initial_display(&volume, false),
            as_overlay: initial_display(&volume, true),
            is_labels: false,
            volume,
            role,
        }
    }
}

/// What the loader has for the window.
#[derive(Debug)]
pub enum Event {
    /// Several images were found; the user chooses among [`Loader::found`].
    Choose,
    Read(Box<Read>),
    Failed(IoError),
    /// Files beside the images that hold none: how many, and why the first.
    Skipped {
        files: usize,
        first: String,
    },
    /// The image may not fit into memory.
    TooLarge(IoError),
    Crashed(Panicked),
}

/// What became of each image, with what it was where it can be tried again.
type ReadOutcome = Vec<Result<Read, (IoError, Box<FoundImage>)>>;

enum Stage {
    Idle,
    Scanning {
        job: Job<Result<Opened, IoError>>,
        role: RoleChoice,
    },
    /// The series list is open.
    Choosing,
    Reading {
        job: Job<ReadOutcome>,
        role: RoleChoice,
    },
}

/// What was found, and which of it the user meant.
pub(super) struct Scanned {
    found: Found,
    meant: Vec<usize>,
}

impl Scanned {
    /// The first image that was meant.
    pub fn image(&self) -> Option<&FoundImage> {
        self.found.images.get(*self.meant.first()?)
    }
}

/// The same, with the images that were meant: nobody need be asked before reading them.
struct Opened {
    scanned: Scanned,
    outcome: ReadOutcome,
}

/// What waits for its turn.
enum Request {
    Open(Opening),
    Read(Vec<FoundImage>, RoleChoice),
    Make(BuiltIn),
}

/// One reading at a time; further ones wait in a queue.
pub struct Loader {
    queue: VecDeque<Request>,
    stage: Stage,
    found: Found,
    /// The image that memory was short for.
    held_back: Option<(FoundImage, RoleChoice)>,
    wake: Wake,
}

impl Loader {
    pub fn new(wake: Wake) -> Self {
        Self {
            queue: VecDeque::new(),
            stage: Stage::Idle,
            found: Found::default(),
            held_back: None,
            wake,
        }
    }

    pub fn open(&mut self, opening: Opening) {
        self.queue.push_back(Request::Open(opening));
    }

    /// What the last look into a folder found.
    pub fn found(&self) -> &Found {
        &self.found
    }

    pub fn is_busy(&self) -> bool {
        !matches!(self.stage, Stage::Idle) || !self.queue.is_empty()
    }

    /// What goes on and how far it is, 0 to 1.
    pub fn progress(&self) -> Option<(String, f32)> {
        match &self.stage {
            Stage::Idle | Stage::Choosing => None,
            Stage::Scanning { job, .. } => Some((job.phase(), job.progress())),
            Stage::Reading { job, .. } => Some((job.phase(), job.progress())),
        }
    }

    /// Stops what goes on; openings that wait are dropped too.
    pub fn cancel(&mut self) {
        self.queue.clear();
        self.stage = Stage::Idle;
    }

    /// Reads entries of [`Loader::found`]: the answer to [`Event::Choose`].
    pub fn read_chosen(&mut self, indices: &[usize], role: &RoleChoice) {
        self.read(pick(&self.found, indices), role, None);
    }

    /// Reads another entry of [`Loader::found`] when its turn comes.
    pub fn read_sibling(&mut self, index: usize) {
        let images = pick(&self.found, &[index]);
        self.queue.push_back(Request::Read(images, RoleChoice::Ask));
    }

    /// Reads the image that memory was short for after all.
    pub fn read_held_back(&mut self) {
        if let Some((image, role)) = self.held_back.take() {
            self.read(vec![image], &role, Some(u64::MAX));
        }
    }

    /// Makes images when their turn comes.
    pub fn open_built_in(&mut self, images: BuiltIn) {
        self.queue.push_back(Request::Make(images));
    }

    fn make(&mut self, images: BuiltIn) {
        let name = format!("Making {}", images.name());
        let job = jobs::spawn(name, self.wake.clone(), move |_| {
            images.make().into_iter().map(Ok).collect()
        });
        let role = RoleChoice::Main;
        self.stage = Stage::Reading { job, role };
    }

    /// Looks at what the jobs have done; starts the next one when `ready` for more.
    pub fn poll(&mut self, ready: bool) -> Vec<Event> {
        let mut events = Vec::new();
        match std::mem::replace(&mut self.stage, Stage::Idle) {
            Stage::Idle => {
                if ready && let Some(request) = self.queue.pop_front() {
                    match request {
                        Request::Open(opening) => self.scan(opening),
                        Request::Read(images, role) => self.read(images, &role, None),
                        Request::Make(images) => self.make(images),
                    }
                }
            }
            Stage::Choosing => self.stage = Stage::Choosing,
            Stage::Scanning { job, role } => match job.poll() {
                None => self.stage = Stage::Scanning { job, role },
                Some(Err(panicked)) => events.push(Event::Crashed(panicked)),
                Some(Ok(Err(error))) => events.push(Event::Failed(error)),
                Some(Ok(Ok(opened))) => self.opened(opened, &role, &mut events),
            },
            Stage::Reading { job, role } => match job.poll() {
                None => self.stage = Stage::Reading { job, role },
                Some(Err(panicked)) => events.push(Event::Crashed(panicked)),
                Some(Ok(outcome)) => self.take(outcome, &role, &mut events),
            },
        }
        events
    }

    fn scan(&mut self, opening: Opening) {
        let Opening {
            paths,
            role,
            series,
        } = opening;
        let wanted = role.clone();
        let job = jobs::spawn("Looking at the files", self.wake.clone(), move |handle| {
            let report = report(handle);
            let scanned = find(&paths, series.as_deref(), &report)?;
            let images = pick(&scanned.found, &scanned.meant);
            let outcome = read_all(&images, &wanted, handle, &report);
            Ok(Opened { scanned, outcome })
        });
        self.stage = Stage::Scanning { job, role };
    }

    fn opened(&mut self, opened: Opened, role: &RoleChoice, events: &mut Vec<Event>) {
        let Opened { scanned, outcome } = opened;
        self.found = scanned.found;
        if scanned.meant.is_empty() {
            self.stage = Stage::Choosing;
            events.push(Event::Choose);
        } else {
            if let Some(first) = self.found.skipped.first() {
                let name = first.path.file_name().unwrap_or_default();
                events.push(Event::Skipped {
                    files: self.found.skipped.len(),
                    first: format!("{}: {}", name.to_string_lossy(), first.reason),
                });
            }
            self.take(outcome, role, events);
        }
    }

    /// Passes on what became of each image; one that memory was short for is kept for a second try.
    fn take(&mut self, outcome: ReadOutcome, role: &RoleChoice, events: &mut Vec<Event>) {
        events.extend(outcome.into_iter().map(|result| match result {
            Ok(read) => Event::Read(Box::new(read)),
            Err((error @ IoError::TooLarge { .. }, image)) => {
                self.held_back = Some((*image, role.clone()));
                Event::TooLarge(error)
            }
            Err((error, _)) => Event::Failed(error),
        }));
    }

    fn read(&mut self, images: Vec<FoundImage>, role: &RoleChoice, memory: Option<u64>) {
        let wanted = role.clone();
        let job = jobs::spawn("Reading", self.wake.clone(), move |handle| {
            let mut report = report(handle);
            if let Some(bytes) = memory {
                report = report.with_memory_limit(bytes);
            }
            read_all(&images, &wanted, handle, &report)
        });
        let role = role.clone();
        self.stage = Stage::Reading { job, role };
    }
}

fn pick(found: &Found, indices: &[usize]) -> Vec<FoundImage> {
    let image = |&index: &usize| found.images.get(index).cloned();
    indices.iter().filter_map(image).collect()
}

fn read_all(
    images: &[FoundImage],
    role: &RoleChoice,
    handle: &Handle,
    report: &Report,
) -> ReadOutcome {
    let read = |image: &FoundImage| {
        handle.set_phase(format!("Reading {}", image.description));
        io::load(image, report)
            .map(|volume| Read::new(volume, role.clone()))
            .map_err(|error| (error, Box::new(image.clone())))
    };
    images.iter().map(read).collect()
}

fn report(handle: &Handle) -> Report {
    let progress = handle.clone();
    Report::new(
        move |fraction| progress.set_progress(fraction),
        handle.cancel_flag(),
    )
}

/// Looks at `paths` and works out which images are meant: the one named by its UID, the only one; the
/// series of the one DICOM file that was named; one image for each path. Otherwise the user chooses.
pub(super) fn find(
    paths: &[PathBuf],
    series: Option<&str>,
    report: &Report,
) -> Result<Scanned, IoError> {
    let is_wanted = |image: &FoundImage| series.is_some_and(|uid| image.uid == uid);
    if let ([folder], Some(_)) = (paths, series)
        && let Some(scanned) = in_folder(folder, is_wanted, report)?
    {
        return Ok(scanned);
    }
    let found = io::scan(paths, report)?;
    if let Some(index) = found.images.iter().position(is_wanted) {
        return Ok(Scanned {
            found,
            meant: vec![index],
        });
    }
    if series.is_some() {
        return Err(IoError::NoImages {
            path: paths.first().cloned().unwrap_or_default(),
            what: "the series that is wanted is not in it".to_owned(),
        });
    }
    if let ([path], [image]) = (paths, &found.images[..])
        && image.format == Format::Dicom
        && path.is_file()
        && let Some(folder) = path.parent()
        && let Some(scanned) = in_folder(folder, |image| image.files.contains(path), report)?
    {
        return Ok(scanned);
    }
    let meant = match found.images.len() {
        1 => vec![0],
        _ => one_each(&found.images, paths).unwrap_or_default(),
    };
    Ok(Scanned { found, meant })
}

/// The image of each path, in the order of the paths, where each holds one of its own.
fn one_each(images: &[FoundImage], paths: &[PathBuf]) -> Option<Vec<usize>> {
    let only_one_in = |path: &PathBuf| {
        let lies_in = |image: &FoundImage| image.files.iter().any(|file| file.starts_with(path));
        let mut inside = (0..images.len()).filter(|&n| lies_in(&images[n]));
        inside.next().filter(|_| inside.next().is_none())
    };
    let meant: Vec<usize> = paths.iter().map(only_one_in).collect::<Option<_>>()?;
    let mut all = meant.clone();
    all.sort_unstable();
    all.iter().copied().eq(0..images.len()).then_some(meant)
}

/// The image right in `folder` that is wanted, with the others of the folder beside it.
fn in_folder(
    folder: &std::path::Path,
    is_wanted: impl Fn(&FoundImage) -> bool,
    report: &Report,
) -> Result<Option<Scanned>, IoError> {
    let files: Vec<PathBuf> = match std::fs::read_dir(folder) {
        Ok(entries) => entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.is_file())
            .collect(),
        Err(_) => return Ok(None),
    };
    let found = match io::scan(&files, report) {
        Ok(found) => found,
        Err(IoError::Cancelled) => return Err(IoError::Cancelled),
        Err(_) => return Ok(None),
    };
    let meant = found.images.iter().position(is_wanted);
    Ok(meant.map(|index| Scanned {
        found,
        meant: vec![index],
    }))
}
