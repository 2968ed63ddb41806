//! What a reader tells while it works: progress out, cancel in.

use super::IoError;
use crate::volume::available_memory;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Handed to every reader. Cheap to clone and to share between threads.
#[derive(Clone)]
pub struct Report {
    progress: Arc<dyn Fn(f32) + Send + Sync>,
    cancel: Arc<AtomicBool>,
    memory_limit: u64,
}

impl Report {
    /// `progress` is told the fraction done, 0 to 1; setting `cancel` ends the reader soon after.
    pub fn new(progress: impl Fn(f32) + Send + Sync + 'static, cancel: Arc<AtomicBool>) -> Self {
        Self {
            progress: Arc::new(progress),
            cancel,
            memory_limit: available_memory(),
        }
    }

    /// Tells nobody, never cancelled.
    pub fn silent() -> Self {
        Self::new(|_| (), Arc::default())
    }

    /// Lets images take up to `bytes` of memory instead of what is free now.
    pub fn with_memory_limit(mut self, bytes: u64) -> Self {
        self.memory_limit = bytes;
        self
    }

    pub fn progress(&self, fraction: f32) {
        (self.progress)(fraction.clamp(0.0, 1.0));
    }

    /// An error once the user has cancelled.
    pub fn check_cancelled(&self) -> Result<(), IoError> {
        if self.cancel.load(Ordering::Relaxed) {
            return Err(IoError::Cancelled);
        }
        Ok(())
    }

    /// Bytes an image may take.
    pub fn memory_limit(&self) -> u64 {
        self.memory_limit
    }

    /// An error when an image of `need` bytes does not fit into memory. Ask before allocating.
    pub fn check_memory(&self, path: &Path, need: u64) -> Result<(), IoError> {
        if need > self.memory_limit {
            return Err(IoError::TooLarge {
                path: path.to_owned(),
                need,
                limit: self.memory_limit,
            });
        }
        // An allocation that the system refuses would end the program; this one is given back at once.
        let probe = usize::try_from(need)
            .ok()
            .and_then(|bytes| Vec::<u8>::new().try_reserve_exact(bytes).ok());
        probe.ok_or_else(|| IoError::NoMemory {
            path: path.to_owned(),
            need,
        })
    }
}
