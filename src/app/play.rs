//! Plays through slices and time points, round and round, at a speed the user sets.

use super::App;
use crate::document::{Command, Document, Plane, PlaneAxes};
use egui::Context;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// What is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reel {
    Slices(Plane),
    Time,
}

/// How fast.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FramesPerSecond(pub f64);

impl Default for FramesPerSecond {
    fn default() -> Self {
        Self(10.0)
    }
}

impl FramesPerSecond {
    /// The slowest and the fastest.
    pub const RANGE: [f64; 2] = [0.5, 60.0];

    fn pause(self) -> Duration {
        let [slowest, fastest] = Self::RANGE;
        let speed = if self.0.is_finite() { self.0 } else { slowest };
        Duration::from_secs_f64(1.0 / speed.clamp(slowest, fastest))
    }
}

/// Playing that goes on.
pub struct Play {
    pub reel: Reel,
    next: Instant,
}

impl Reel {
    /// How many pictures there are to play.
    pub fn count(self, document: &Document) -> usize {
        match (self, document.grid()) {
            (_, None) => 0,
            (Self::Slices(plane), Some(grid)) => grid.shape()[PlaneAxes::of(plane, grid).normal],
            (Self::Time, Some(_)) => document.time_points(),
        }
    }

    /// The picture after the one that is shown; the first after the last.
    fn step(self, document: &Document) -> Option<Command> {
        let count = self.count(document);
        if count < 2 {
            return None;
        }
        match self {
            Self::Slices(plane) => {
                let axis = PlaneAxes::of(plane, document.grid()?).normal;
                let mut voxel = document.cursor_voxel()?.map(|n| n as i64);
                voxel[axis] = (voxel[axis] + 1) % count as i64;
                document.voxel_to_world(voxel).map(Command::MoveCursor)
            }
            Self::Time => Some(Command::SetTime((document.time() + 1) % count)),
        }
    }
}

impl App {
    pub(super) fn toggle_play(&mut self, reel: Reel) {
        self.play = if self.plays(reel) || reel.count(&self.document) < 2 {
            None
        } else {
            let next = Instant::now();
            Some(Play { reel, next })
        };
    }

    pub(super) fn plays(&self, reel: Reel) -> bool {
        self.play.as_ref().is_some_and(|play| play.reel == reel)
    }

    /// Shows the next picture when its time has come; ends when there is nothing to play.
    pub(super) fn advance_play(&mut self, ctx: &Context) {
        let Some(play) = &mut self.play else {
            return;
        };
        let now = Instant::now();
        if now >= play.next {
            let hidden = self.demons.open || self.snapshot.is_some();
            let step = play.reel.step(&self.document).filter(|_| !hidden);
            let Some(step) = step else {
                self.play = None;
                return;
            };
            // A slow frame delays those after it; they are not hurried through.
            play.next = (play.next + self.settings.play_speed.pause()).max(now);
            ctx.request_repaint_after(play.next - now);
            self.edit(step);
        } else {
            ctx.request_repaint_after(play.next - now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_speed_is_kept_within_limits() {
        let pause = |speed| FramesPerSecond(speed).pause();
        assert_eq!(pause(f64::NAN), Duration::from_secs(2));
        assert_eq!(pause(-3.0), Duration::from_secs(2));
        assert_eq!(pause(20.0), Duration::from_millis(50));
    }
}
