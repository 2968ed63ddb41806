//! Goes down a cost by quasi-Newton steps (BFGS: Nocedal and Wright, Numerical Optimization, 2006,
//! algorithm 6.1 with the scaling 6.20), one at a time, with a line search by halving and
//! interpolation (section 3.5).

use super::motion::{MOST, Step};
use nalgebra::SMatrix;

type Square = SMatrix<f64, MOST, MOST>;

/// The part of the expected descent that must be had.
const SUFFICIENT: f64 = 1e-4;

/// Costs that one line search may take.
const MOST_TRIALS: usize = 8;

/// What a line search found.
pub(super) struct Found<P> {
    pub place: P,
    pub cost: f64,
    pub step: Step,
}

/// The state of a descent: where it is known to the caller.
pub(super) struct Descent {
    /// Where no step was taken yet: what makes one of a slope, but for its length.
    start: Square,
    inverse: Square,
    fresh: bool,
    cost: f64,
    slope: Step,
    /// Length of the first step, and the greatest of any.
    first: f64,
    longest: f64,
}

impl Descent {
    /// `shape`: an approximation of the second derivative, but for a factor.
    pub fn new(cost: f64, slope: Step, shape: &Square, [first, longest]: [f64; 2]) -> Self {
        let start = shape.cholesky().map_or(Square::identity(), |c| c.inverse());
        Self {
            start,
            inverse: start,
            fresh: true,
            cost,
            slope,
            first,
            longest,
        }
    }

    /// Looks for a lower cost; `at` gives the place after a step and its cost, where it has one.
    /// `None`: there is nothing lower that is worth a step of `shortest`.
    pub fn search<P>(
        &mut self,
        shortest: f64,
        mut at: impl FnMut(&Step) -> (P, Option<f64>),
    ) -> Option<Found<P>> {
        loop {
            let step = self.direction()?;
            let descent = self.slope.dot(&step);
            let mut share = 1.0;
            for _ in 0..MOST_TRIALS {
                let trial = step * share;
                if trial.norm() < shortest && share < 1.0 {
                    break;
                }
                let (place, cost) = at(&trial);
                if let Some(cost) = cost.filter(|c| *c <= self.cost + SUFFICIENT * share * descent)
                {
                    return Some(Found {
                        place,
                        cost,
                        step: trial,
                    });
                }
                share *= match cost {
                    Some(cost) => {
                        let bend = cost - self.cost - share * descent;
                        (-0.5 * share * descent / bend).clamp(0.1, 0.5)
                    }
                    None => 0.5,
                };
            }
            if self.fresh {
                return None;
            }
            self.forget();
        }
    }

    /// Takes a step that was found, with the slope there.
    pub fn take(&mut self, step: &Step, cost: f64, slope: Step) {
        let change = slope - self.slope;
        (self.cost, self.slope) = (cost, slope);
        let bend = step.dot(&change);
        if bend <= 1e-8 * step.norm() * change.norm() {
            return;
        }
        if self.fresh {
            let factor = bend / change.dot(&(self.inverse * change));
            self.inverse *= factor;
            self.fresh = false;
        }
        let across = self.inverse * change;
        let factor = (1.0 + change.dot(&across) / bend) / bend;
        self.inverse += step * step.transpose() * factor
            - (across * step.transpose() + step * across.transpose()) / bend;
    }

    pub fn cost(&self) -> f64 {
        self.cost
    }

    fn forget(&mut self) {
        self.inverse = self.start;
        self.fresh = true;
    }

    /// The step to try first; `None` on level ground.
    fn direction(&mut self) -> Option<Step> {
        let mut step = -(self.inverse * self.slope);
        if self.slope.dot(&step) >= 0.0 {
            self.forget();
            step = -(self.inverse * self.slope);
        }
        let length = step.norm();
        if !(length > 0.0 && length.is_finite()) {
            return None;
        }
        let wanted = if self.fresh { self.first } else { length };
        Some(step * (wanted.min(self.longest) / length))
    }
}
