//! A run: a thread of its own that steps the engine, and the window's end of it.
//!
//! The thread reads its [`Control`]s between iterations; it never touches the document.

use super::frame::{Frame, Slice};
use super::record::Recording;
use crate::app::pool;
use crate::jobs::{self, Handle, Job, Wake};
use crate::registration::{Inputs, Outcome, Params, Registration, RegistrationError, Sample, Step};
use crate::volume::Volume;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What may be told to a run between two iterations.
#[derive(Clone, Debug)]
pub enum Control {
    Go(Pace),
    /// Ends here; what was reached so far is the result.
    Keep,
    SetParams(Box<Params>),
    Watch(Watch),
}

/// How the run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    Running,
    Paused,
    /// One iteration, then a pause.
    OneIteration,
    /// To the end of the level, then a pause.
    OneLevel,
}

/// What of a run is to be seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Watch {
    pub slice: Slice,
    /// A picture every this many iterations; 0 for none.
    pub every: usize,
    /// At most this many pictures a second; the run waits where it would be faster.
    pub pictures_a_second: f64,
    /// The warped image is seen in the views: volumes are handed out.
    pub in_views: bool,
}

/// The least time from one volume for the views to the next.
const BETWEEN_VOLUMES: Duration = Duration::from_millis(500);

/// What a run works on.
#[derive(Clone, Debug)]
pub struct Task {
    pub source: Volume,
    pub target: Volume,
    pub mask: Option<Volume>,
    pub params: Params,
    /// Memory that the recorded iterations may take.
    pub recording_bytes: usize,
}

impl Task {
    pub fn inputs(&self) -> Inputs<'_> {
        Inputs {
            source: &self.source,
            target: &self.target,
            mask: self.mask.as_ref(),
        }
    }
}

/// Parameters that were changed while the run went on.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Number of samples before the change.
    pub at: usize,
    pub text: String,
}

/// Where a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Running,
    Paused,
    /// The volumes of the result are being made.
    Finishing,
    Ended,
}

enum News {
    Sample(Sample),
    Paused,
    Finishing,
}

type Ending = Result<Option<Outcome>, RegistrationError>;

/// The window's end of a run. Dropping it cancels the run.
pub struct Run {
    pub task: Task,
    pub samples: Vec<Sample>,
    pub marks: Vec<Mark>,
    pub outcome: Option<Outcome>,
    phase: Phase,
    watch: Watch,
    controls: Sender<Control>,
    news: Receiver<News>,
    recording: Arc<Mutex<Recording>>,
    warped: Arc<Mutex<Option<Volume>>>,
    job: Option<Job<Ending>>,
}

impl Run {
    pub fn start(task: Task, watch: Watch, pace: Pace, wake: Wake) -> Self {
        let (controls, receiver) = channel();
        let (sender, news) = channel();
        let recording = Arc::new(Mutex::new(Recording::new(task.recording_bytes)));
        let warped = Arc::new(Mutex::new(None));
        let worker = Worker {
            controls: receiver,
            news: sender,
            recording: Arc::clone(&recording),
            warped: Arc::clone(&warped),
            warped_at: None,
            wake: wake.clone(),
            watch,
            pace,
            keep: false,
            shown_at: None,
            woken_at: Instant::now(),
        };
        let work = task.clone();
        let job = jobs::spawn("Registration", wake, move |handle| {
            worker.run(&work, handle)
        });
        Self {
            task,
            samples: Vec::new(),
            marks: Vec::new(),
            outcome: None,
            phase: match pace {
                Pace::Running | Pace::OneLevel => Phase::Running,
                Pace::Paused | Pace::OneIteration => Phase::Paused,
            },
            watch,
            controls,
            news,
            recording,
            warped,
            job: Some(job),
        }
    }

    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Whether the engine still holds the images and can go on.
    pub fn is_live(&self) -> bool {
        self.job.is_some()
    }

    pub fn recording(&self) -> MutexGuard<'_, Recording> {
        lock(&self.recording)
    }

    /// The newest warped image for the views, once.
    pub fn take_warped(&self) -> Option<Volume> {
        lock(&self.warped).take()
    }

    pub fn set_pace(&mut self, pace: Pace) {
        if !self.is_live() || self.phase == Phase::Finishing {
            return;
        }
        // A single iteration is over in a moment: its buttons would only flicker.
        if pace != Pace::OneIteration {
            self.phase = match pace {
                Pace::Paused => Phase::Paused,
                _ => Phase::Running,
            };
        }
        self.tell(Control::Go(pace));
    }

    /// Ends here and keeps what was reached.
    pub fn keep(&mut self) {
        if self.is_live() {
            self.phase = Phase::Finishing;
            self.tell(Control::Keep);
        }
    }

    pub fn watch(&mut self, watch: Watch) {
        if watch != self.watch {
            self.watch = watch;
            self.tell(Control::Watch(watch));
        }
    }

    /// Takes effect at the next iteration and leaves a mark called `text`.
    pub fn set_params(&mut self, params: Params, text: String) {
        self.task.params = params.clone();
        let at = self.samples.len();
        match self.marks.last_mut() {
            // A number that is dragged to its value is one change.
            Some(mark) if mark.at + 3 >= at => mark.text = text,
            _ => self.marks.push(Mark { at, text }),
        }
        self.tell(Control::SetParams(Box::new(params)));
    }

    /// Takes in the news; says how the run ended, once.
    pub fn poll(&mut self) -> Option<Result<(), String>> {
        while let Ok(news) = self.news.try_recv() {
            match news {
                News::Sample(sample) => self.samples.push(sample),
                News::Paused => self.phase = Phase::Paused,
                News::Finishing => self.phase = Phase::Finishing,
            }
        }
        let ending = self.job.as_ref()?.poll()?;
        self.job = None;
        self.phase = Phase::Ended;
        Some(match ending {
            Ok(Ok(outcome)) => {
                self.outcome = outcome;
                Ok(())
            }
            Ok(Err(refused)) => Err(refused.to_string()),
            Err(panicked) => Err(panicked.to_string()),
        })
    }

    fn tell(&self, control: Control) {
        // The run may just have ended; then there is nobody to tell.
        let _ = self.controls.send(control);
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Why the worker leaves its loop.
enum Left {
    Keep,
    Cancelled,
}

/// A new number alone has the window painted no sooner than this after the last time: where a processor
/// paints, that is taken from the run.
const NUMBERS_EVERY: Duration = Duration::from_millis(500);

/// The engine's end.
struct Worker {
    controls: Receiver<Control>,
    news: Sender<News>,
    recording: Arc<Mutex<Recording>>,
    warped: Arc<Mutex<Option<Volume>>>,
    warped_at: Option<Instant>,
    wake: Wake,
    watch: Watch,
    pace: Pace,
    keep: bool,
    shown_at: Option<Instant>,
    woken_at: Instant,
}

impl Worker {
    /// `None`: cancelled.
    fn run(mut self, task: &Task, handle: &Handle) -> Ending {
        pool::beside_window(|| self.work(task, handle))
    }

    fn work(&mut self, task: &Task, handle: &Handle) -> Ending {
        let cancel = handle.cancel_flag();
        let mut registration = Registration::new(task.inputs(), task.params.clone(), &cancel)?;
        loop {
            match self.attend(&mut registration) {
                Some(Left::Keep) => break,
                Some(Left::Cancelled) => return Ok(None),
                None => {}
            }
            match registration.step(&cancel) {
                Step::LevelStarted(sample) | Step::Iterated(sample) => {
                    self.tell(&registration, sample);
                }
                Step::Done => break,
                Step::Cancelled => return Ok(None),
            }
        }
        let _ = self.news.send(News::Finishing);
        (self.wake)();
        Ok(Some(registration.finish()))
    }

    /// Follows the controls; returns when the next iteration is due, or why there is none.
    fn attend(&mut self, registration: &mut Registration) -> Option<Left> {
        let due = self.next_picture_due(registration);
        loop {
            match self.next_control(due) {
                Ok(Some(control)) => self.follow(control, registration),
                Ok(None) => return None,
                Err(left) => return Some(left),
            }
            if self.keep {
                return Some(Left::Keep);
            }
        }
    }

    /// Waits for a control until `due`, and while paused for as long as it takes.
    fn next_control(&self, due: Option<Instant>) -> Result<Option<Control>, Left> {
        if self.pace == Pace::Paused {
            return self.controls.recv().map(Some).map_err(|_| Left::Cancelled);
        }
        let now = Instant::now();
        let wait = due.map_or(Duration::ZERO, |due| due.saturating_duration_since(now));
        match self.controls.recv_timeout(wait) {
            Ok(control) => Ok(Some(control)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(Left::Cancelled),
        }
    }

    fn follow(&mut self, control: Control, registration: &mut Registration) {
        match control {
            Control::Go(pace) => {
                self.pace = pace;
                self.hand_out(registration, pace == Pace::Paused);
            }
            Control::Keep => self.keep = true,
            Control::SetParams(params) => registration.set_params(&params),
            Control::Watch(watch) => {
                let before = std::mem::replace(&mut self.watch, watch);
                if watch.in_views {
                    self.hand_out(registration, !before.in_views);
                } else if before.in_views || watch.slice != before.slice {
                    let sample = lock(&self.recording).shown.as_ref().and_then(|f| f.sample);
                    self.show(self.frame(registration, sample));
                }
            }
        }
    }

    /// When the next iteration may be shown, if it is one that is shown.
    fn next_picture_due(&self, registration: &Registration) -> Option<Instant> {
        let next = registration.iteration() + 1;
        let shown = self.watch.every > 0 && next.is_multiple_of(self.watch.every);
        let rate = self.watch.pictures_a_second.max(0.1);
        let due = self.shown_at? + Duration::from_secs_f64(1.0 / rate);
        (shown && self.pace != Pace::OneIteration).then_some(due)
    }

    /// Says what an iteration brought.
    fn tell(&mut self, registration: &Registration, sample: Sample) {
        let _ = self.news.send(News::Sample(sample));
        let every = self.watch.every;
        // After the last level comes the result, not a pause.
        let level_over = sample.ends_level && sample.level < registration.params().levels;
        let pausing =
            self.pace == Pace::OneIteration || (self.pace == Pace::OneLevel && level_over);
        let milestone = sample.iteration == 0 || sample.ends_level || pausing;
        let shown = milestone || (every > 0 && sample.iteration.is_multiple_of(every));
        let flat = registration.grid().shape().contains(&1);
        // A plane of a 2D run is the whole run: all of it can be gone back to.
        if shown || (flat && every > 0) {
            let frame = self.frame(registration, Some(sample));
            lock(&self.recording).push(Arc::clone(&frame));
            if shown {
                self.show(frame);
            }
        }
        self.hand_out(registration, pausing);
        if pausing && sample.iteration > 0 {
            self.pace = Pace::Paused;
            let _ = self.news.send(News::Paused);
        }
        if milestone || self.woken_at.elapsed() >= NUMBERS_EVERY {
            self.paint();
        }
    }

    /// Gives the views the warped image, if they show it: `now`, or when it is time for the next.
    fn hand_out(&mut self, registration: &Registration, now: bool) {
        let is_due = self
            .warped_at
            .is_none_or(|at| at.elapsed() >= BETWEEN_VOLUMES);
        if self.watch.in_views && (now || is_due) {
            *lock(&self.warped) = Some(registration.warped());
            self.warped_at = Some(Instant::now());
            (self.wake)();
        }
    }

    fn frame(&self, registration: &Registration, sample: Option<Sample>) -> Arc<Frame> {
        let grid = registration.grid();
        let (axis, index) = self.watch.slice.on(grid);
        let state = registration.plane(axis, index);
        Arc::new(Frame::new(sample, self.watch.slice.plane, grid, state))
    }

    fn show(&mut self, frame: Arc<Frame>) {
        lock(&self.recording).shown = Some(frame);
        self.shown_at = Some(Instant::now());
        self.paint();
    }

    fn paint(&mut self) {
        self.woken_at = Instant::now();
        (self.wake)();
    }
}
