//! What a user may set of a linear registration.

use crate::registration::RegistrationError;
use serde::Serialize;

/// The largest radius of the patches of [`Metric::NccLocal`], in voxels.
pub const LARGEST_RADIUS: usize = 8;

/// The largest factor by which an image is made smaller.
const LARGEST_SHRINK: usize = 1 << 12;

/// What the moving image may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Motion {
    /// Turn and shift.
    #[default]
    Rigid,
    /// Turn, shift and grow alike in all directions.
    Similarity,
    /// Any map that keeps parallel lines parallel and mirrors nothing.
    Affine,
}

/// How well two images fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Metric {
    /// Normalised mutual information, 1 to 2 (Studholme et al., Pattern Recognition 32, 1999), for
    /// images of different kinds.
    #[default]
    Nmi,
    /// Correlation coefficient of the whole images, -1 to 1.
    Ncc,
    /// Squared correlation coefficient of small patches, averaged, 0 to 1 (Avants et al., Medical
    /// Image Analysis 12, 2008).
    NccLocal,
    /// Mean squared difference, for images of the same kind and scale.
    Ssd,
}

impl Metric {
    /// Whether a better fit has the greater value.
    pub fn grows(self) -> bool {
        self != Self::Ssd
    }
}

/// The voxels of the fixed image that count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sampling {
    #[default]
    Full,
    /// A share of them, above 0 and at most 1, drawn anew for each level from the seed.
    Random { share: f64, seed: u64 },
}

/// Parameters of a linear registration. The default is rigid, by mutual information.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LinearParams {
    pub motion: Motion,
    pub metric: Metric,
    /// Of the patches of [`Metric::NccLocal`], in voxels of the level: 2 means 5 x 5 x 5.
    pub radius: usize,
    /// How much smaller the first level is than the fixed image: 1, 2, 4 ... `None`: as suits it.
    pub coarsest: Option<usize>,
    /// The same of the last level.
    pub finest: Option<usize>,
    /// Iterations at most: one number for all levels, or one a level, coarsest first.
    pub iterations: Vec<usize>,
    pub sampling: Sampling,
}

impl Default for LinearParams {
    fn default() -> Self {
        Self {
            motion: Motion::default(),
            metric: Metric::default(),
            radius: 2,
            coarsest: None,
            finest: None,
            iterations: vec![100],
            sampling: Sampling::default(),
        }
    }
}

impl LinearParams {
    /// Refuses numbers that no images could be registered with.
    pub fn validate(&self) -> Result<(), RegistrationError> {
        if !(1..=LARGEST_RADIUS).contains(&self.radius) {
            return Err(RegistrationError::Radius {
                radius: self.radius,
                most: LARGEST_RADIUS,
            });
        }
        for shrink in [self.coarsest, self.finest].into_iter().flatten() {
            if !shrink.is_power_of_two() || shrink > LARGEST_SHRINK {
                return Err(RegistrationError::Shrink(shrink));
            }
        }
        match self.sampling {
            Sampling::Random { share, .. } if !(share > 0.0 && share <= 1.0) => {
                Err(RegistrationError::Share(share))
            }
            _ => Ok(()),
        }
    }

    /// Iterations at most in `level`, from 0.
    pub(super) fn iterations_of(&self, level: usize) -> usize {
        match self.iterations[..] {
            [all] => all,
            ref each => each.get(level).copied().unwrap_or(0),
        }
    }
}
