//! A running automatic registration: the engine on a thread of its own, and the window's end of it.

use crate::app::pool;
use crate::document::{AlignmentStep, LayerId};
use crate::jobs::{self, Handle, Job, Wake};
use crate::registration::RegistrationError;
use crate::registration::linear::{
    LinearInputs, LinearOutcome, LinearParams, LinearRegistration, LinearSample, LinearStep,
};
use crate::volume::Volume;
use nalgebra::Matrix4;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The least time from one picture to the next.
const BETWEEN_PICTURES: Duration = Duration::from_millis(33);

/// What a run works on.
#[derive(Clone, Debug)]
pub struct Task {
    pub fixed: Volume,
    /// The image as the steps so far bring it.
    pub moving: Volume,
    pub mask: Option<Volume>,
    pub params: LinearParams,
}

/// What the window tells a run.
enum Control {
    Go,
    Pause,
    /// Ends here and keeps what was reached.
    Keep,
}

/// Where a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Running,
    Paused,
    /// It ends after the iteration that goes on.
    Stopping,
}

/// What came of it, or why nothing did.
pub type Ended = Result<Option<LinearOutcome>, String>;

type Ending = Result<Option<LinearOutcome>, RegistrationError>;

/// The window's end of a run. Dropping it cancels the run.
pub struct Run {
    pub layer: LayerId,
    pub task: Task,
    /// The steps that the layer had when it began.
    pub steps: Vec<AlignmentStep>,
    pub samples: Vec<LinearSample>,
    pub phase: Phase,
    controls: Sender<Control>,
    news: Receiver<LinearSample>,
    latest: Arc<Mutex<Option<Matrix4<f64>>>>,
    job: Job<Ending>,
}

impl Run {
    pub fn start(layer: LayerId, task: Task, steps: Vec<AlignmentStep>, wake: Wake) -> Self {
        let (controls, told) = channel();
        let (sender, news) = channel();
        let latest = Arc::new(Mutex::new(None));
        let worker = Worker {
            told,
            news: sender,
            latest: Arc::clone(&latest),
            wake: wake.clone(),
            shown_at: None,
        };
        let work = task.clone();
        let job = jobs::spawn("Registration", wake, move |handle| {
            worker.run(&work, handle)
        });
        Self {
            layer,
            task,
            steps,
            samples: Vec::new(),
            phase: Phase::Running,
            controls,
            news,
            latest,
            job,
        }
    }

    pub fn pause(&mut self, paused: bool) {
        self.phase = if paused {
            Phase::Paused
        } else {
            Phase::Running
        };
        self.tell(if paused { Control::Pause } else { Control::Go });
    }

    /// Ends here and keeps what was reached.
    pub fn keep(&mut self) {
        self.phase = Phase::Stopping;
        self.tell(Control::Keep);
    }

    fn tell(&self, control: Control) {
        // The run may just have ended; then there is nobody to tell.
        let _ = self.controls.send(control);
    }

    /// Takes in the news; how it ended, once: `None` in it where it was cancelled.
    pub fn poll(&mut self) -> Option<Ended> {
        self.samples.extend(self.news.try_iter());
        let ending = self.job.poll()?;
        self.samples.extend(self.news.try_iter());
        Some(match ending {
            Ok(Ok(outcome)) => Ok(outcome),
            Ok(Err(refused)) => Err(refused.to_string()),
            Err(panicked) => Err(panicked.to_string()),
        })
    }

    /// Where the image is by now, once for each time it moved: from points of the fixed world to those
    /// of the image as it lay at the start.
    pub fn take_latest(&self) -> Option<Matrix4<f64>> {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        latest.take()
    }
}

/// The engine's end.
struct Worker {
    told: Receiver<Control>,
    news: Sender<LinearSample>,
    latest: Arc<Mutex<Option<Matrix4<f64>>>>,
    wake: Wake,
    shown_at: Option<Instant>,
}

/// Why the worker leaves its loop.
enum Left {
    Keep,
    Cancelled,
}

impl Worker {
    fn run(mut self, task: &Task, handle: &Handle) -> Ending {
        pool::beside_window(|| self.work(task, handle))
    }

    fn work(&mut self, task: &Task, handle: &Handle) -> Ending {
        let cancel = handle.cancel_flag();
        let inputs = LinearInputs {
            fixed: &task.fixed,
            moving: &task.moving,
            mask: task.mask.as_ref(),
        };
        let start = Matrix4::identity();
        let mut run = LinearRegistration::new(inputs, task.params.clone(), start, &cancel)?;
        loop {
            match self.attend() {
                Some(Left::Keep) => break,
                Some(Left::Cancelled) => return Ok(None),
                None => {}
            }
            match run.step(&cancel) {
                LinearStep::LevelStarted(sample) | LinearStep::Iterated(sample) => {
                    let _ = self.news.send(sample);
                    self.show(&run);
                }
                LinearStep::Done => break,
                LinearStep::Cancelled => return Ok(None),
            }
        }
        Ok(Some(run.finish()))
    }

    /// Follows the controls; while paused for as long as it takes.
    fn attend(&self) -> Option<Left> {
        let mut paused = false;
        loop {
            let control = match paused {
                true => self.told.recv().ok(),
                false => match self.told.try_recv() {
                    Ok(control) => Some(control),
                    Err(std::sync::mpsc::TryRecvError::Empty) => return None,
                    Err(std::sync::mpsc::TryRecvError::Disconnected) => None,
                },
            };
            match control {
                None => return Some(Left::Cancelled),
                Some(Control::Keep) => return Some(Left::Keep),
                Some(Control::Pause) => paused = true,
                Some(Control::Go) => paused = false,
            }
        }
    }

    fn show(&mut self, run: &LinearRegistration) {
        if self
            .shown_at
            .is_none_or(|at| at.elapsed() >= BETWEEN_PICTURES)
        {
            let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
            *latest = Some(run.transform());
            drop(latest);
            self.shown_at = Some(Instant::now());
            (self.wake)();
        }
    }
}
