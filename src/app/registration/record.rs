//! What is remembered of a run: frames to go back to, within a budget of memory.

use super::frame::Frame;
use std::sync::Arc;

/// The frames of a run in order. When they outgrow the budget, every second one is let go, and from
/// then on half as many are taken in.
#[derive(Debug)]
pub struct Recording {
    frames: Vec<Arc<Frame>>,
    bytes: usize,
    budget: usize,
    /// One of this many frames is kept.
    thinning: usize,
    offered: usize,
    /// The one to be on the screen now, whether it is kept or not.
    pub shown: Option<Arc<Frame>>,
}

impl Recording {
    pub fn new(budget: usize) -> Self {
        Self {
            frames: Vec::new(),
            bytes: 0,
            budget,
            thinning: 1,
            offered: 0,
            shown: None,
        }
    }

    /// Takes in the frame of a new iteration.
    pub fn push(&mut self, frame: Arc<Frame>) {
        let kept = self.offered.is_multiple_of(self.thinning);
        self.offered += 1;
        if !kept {
            return;
        }
        self.bytes += frame.bytes();
        self.frames.push(frame);
        while self.bytes > self.budget && self.frames.len() > 1 {
            self.thin();
        }
    }

    fn thin(&mut self) {
        self.thinning *= 2;
        let mut n = 0;
        self.frames.retain(|_| {
            n += 1;
            n % 2 == 1
        });
        self.bytes = self.frames.iter().map(|frame| frame.bytes()).sum();
    }

    pub fn frames(&self) -> &[Arc<Frame>] {
        &self.frames
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// One of how many iterations is kept.
    pub fn thinning(&self) -> usize {
        self.thinning
    }
}
