//! Long work off the window's thread: progress out, cancel in, a panic becomes an error.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::sync::{Arc, Mutex};

/// Called from the worker when there is news: asks the window to repaint, does nothing elsewhere.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Work that is going on. Dropping it cancels the work.
pub struct Job<T> {
    name: String,
    shared: Arc<Shared>,
    result: Receiver<Result<T, Panicked>>,
}

/// The worker's end.
#[derive(Clone)]
pub struct Handle {
    shared: Arc<Shared>,
    wake: Wake,
}

/// A worker that panicked; the text is the panic's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{job} stopped because of a fault in warpscope ({message}); the open images are unharmed")]
pub struct Panicked {
    pub job: String,
    pub message: String,
}

struct Shared {
    cancel: Arc<AtomicBool>,
    permille: AtomicU32,
    phase: Mutex<String>,
}

/// Starts `work` on a thread of its own named `name`; `wake` is called on progress and at the end.
pub fn spawn<T: Send + 'static>(
    name: impl Into<String>,
    wake: Wake,
    work: impl FnOnce(&Handle) -> T + Send + 'static,
) -> Job<T> {
    let name = name.into();
    let shared = Arc::new(Shared {
        cancel: Arc::default(),
        permille: AtomicU32::new(0),
        phase: Mutex::new(name.clone()),
    });
    let (sender, result) = channel();
    let handle = Handle {
        shared: Arc::clone(&shared),
        wake,
    };
    let job_name = name.clone();
    let worker = {
        let sender = sender.clone();
        move || {
            let outcome =
                catch_unwind(AssertUnwindSafe(|| work(&handle))).map_err(|panic| Panicked {
                    job: job_name,
                    message: panic_text(panic.as_ref()),
                });
            // The receiver is gone when the job was dropped: nobody waits for the result.
            let _ = sender.send(outcome);
            (handle.wake)();
        }
    };
    if let Err(error) = std::thread::Builder::new().name(name.clone()).spawn(worker) {
        let failed = Panicked {
            job: name.clone(),
            message: error.to_string(),
        };
        let _ = sender.send(Err(failed));
    }
    Job {
        name,
        shared,
        result,
    }
}

impl<T> std::fmt::Debug for Job<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Job")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl<T> Job<T> {
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The result, once; `None` while the work goes on.
    pub fn poll(&self) -> Option<Result<T, Panicked>> {
        match self.result.try_recv() {
            Ok(outcome) => Some(outcome),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err(Panicked {
                job: self.name.clone(),
                message: "it ended without a result".to_owned(),
            })),
        }
    }

    /// Fraction done, 0 to 1.
    pub fn progress(&self) -> f32 {
        self.shared.permille.load(Ordering::Relaxed) as f32 / 1000.0
    }

    /// What it is doing now.
    pub fn phase(&self) -> String {
        lock(&self.shared.phase).clone()
    }

    pub fn cancel(&self) {
        self.shared.cancel.store(true, Ordering::Relaxed);
    }
}

impl<T> Drop for Job<T> {
    fn drop(&mut self) {
        self.cancel();
    }
}

impl Handle {
    /// Tells how far the work is, 0 to 1; wakes the window only when a new permille is reached.
    pub fn set_progress(&self, fraction: f32) {
        let permille = (fraction.clamp(0.0, 1.0) * 1000.0) as u32;
        if self.shared.permille.swap(permille, Ordering::Relaxed) != permille {
            (self.wake)();
        }
    }

    pub fn set_phase(&self, phase: impl Into<String>) {
        *lock(&self.shared.phase) = phase.into();
        (self.wake)();
    }

    /// The flag the work must look at.
    pub fn cancel_flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.shared.cancel)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn wait<T>(job: &Job<T>) -> Result<T, Panicked> {
        let start = Instant::now();
        loop {
            if let Some(outcome) = job.poll() {
                return outcome;
            }
            assert!(start.elapsed() < Duration::from_secs(30), "the job hangs");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn a_job_gives_its_result_and_its_progress() {
        let job = spawn("add", Arc::new(|| ()), |handle| {
            handle.set_progress(0.5);
            40 + 2
        });
        assert_eq!(wait(&job), Ok(42));
        assert_eq!(job.progress(), 0.5);
    }

    #[test]
    fn a_panic_is_an_error_with_its_text() {
        let job: Job<()> = spawn("boom", Arc::new(|| ()), |_| panic!("out of cheese"));
        let error = wait(&job).expect_err("a panic");
        assert_eq!(error.message, "out of cheese");
    }

    #[test]
    fn dropping_a_job_cancels_the_work() {
        let (sender, receiver) = channel();
        let job = spawn("loop", Arc::new(|| ()), move |handle| {
            let cancel = handle.cancel_flag();
            while !cancel.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(1));
            }
            let _ = sender.send(());
        });
        drop(job);
        assert_eq!(receiver.recv_timeout(Duration::from_secs(30)), Ok(()));
    }
}
