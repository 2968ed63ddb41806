//! What a user may set: parameters, their limits, and presets named for their use.

use super::RegistrationError;
use serde::Serialize;

/// The largest sigma in voxels; a wider kernel would only average the whole image.
pub const LARGEST_SIGMA: f64 = 50.0;

/// The largest limit on the step length in voxels.
pub const LARGEST_STEP: f64 = 10.0;

/// More levels than this no image has.
const MOST_LEVELS: usize = 16;

/// The unit in which sigmas are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SigmaUnits {
    /// Voxels of the level.
    #[default]
    Voxel,
    Mm,
}

/// Whose gradient drives the update.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Forces {
    /// Of the warped image, or of the target with [`Params::target_gradient`].
    #[default]
    Course,
    /// The mean of both (Vercauteren et al., Diffeomorphic demons, NeuroImage 45, 2009, section 2.3).
    Symmetric,
}

/// The numbers images and fields are held in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    F32,
    F64,
}

/// Parameters of a demons registration. The default is the course's.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Params {
    /// Standard deviation of the Gaussian that smooths the displacement; 0: none.
    pub sigma_elastic: f64,
    /// Standard deviation of the Gaussian that smooths each update; 0: none.
    pub sigma_fluid: f64,
    pub sigma_units: SigmaUnits,
    /// Resolutions, each half of the next.
    pub levels: usize,
    /// Iterations at most: one number for all levels, or one a level, coarsest first.
    pub max_iterations: Vec<usize>,
    /// Compose the update with the displacement instead of adding it.
    pub composition: bool,
    /// Gradient of the target instead of the warped image (forces "course" only).
    pub target_gradient: bool,
    pub forces: Forces,
    /// The longest step in voxels of the level: the intensity difference in the force is weighed by
    /// `1 / (4 max_step^2)` (Vercauteren et al. 2009, section 2.3). `None`: weighed by 1 as in the
    /// course, which allows half a voxel.
    pub max_step: Option<f64>,
    /// Compose with the exponential of the update (Vercauteren et al. 2009, section 3.1).
    pub diffeomorphic: bool,
    /// End a level at the first iteration that does not lower the MSD, and take that one back.
    pub check_msd: bool,
    /// `None`: f64 in 2D, f32 in 3D.
    pub precision: Option<Precision>,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            sigma_elastic: 1.0,
            sigma_fluid: 1.0,
            sigma_units: SigmaUnits::Voxel,
            levels: 3,
            max_iterations: vec![1000],
            composition: false,
            target_gradient: false,
            forces: Forces::Course,
            max_step: None,
            diffeomorphic: false,
            check_msd: true,
            precision: None,
        }
    }
}

impl Params {
    /// Refuses numbers that no image could be registered with.
    pub fn validate(&self) -> Result<(), RegistrationError> {
        let sigma = |name, value: f64| match value {
            v if v.is_finite() && v >= 0.0 => Ok(()),
            value => Err(RegistrationError::Sigma { name, value }),
        };
        sigma("elastic", self.sigma_elastic)?;
        sigma("fluid", self.sigma_fluid)?;
        if !(1..=MOST_LEVELS).contains(&self.levels) {
            return Err(RegistrationError::Levels(self.levels));
        }
        if ![1, self.levels].contains(&self.max_iterations.len()) {
            return Err(RegistrationError::Iterations {
                given: self.max_iterations.len(),
                levels: self.levels,
            });
        }
        match self.max_step {
            Some(step) if !(step > 0.0 && step <= LARGEST_STEP) => {
                Err(RegistrationError::MaxStep(step))
            }
            _ => Ok(()),
        }
    }

    /// Iterations at most in `level`, from 1.
    pub fn iterations_of(&self, level: usize) -> usize {
        match self.max_iterations[..] {
            [all] => all,
            ref each => each.get(level - 1).copied().unwrap_or(0),
        }
    }
}

/// Parameters for a use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    Course,
    ChestCt,
}

impl Preset {
    pub const ALL: [Self; 2] = [Self::Course, Self::ChestCt];

    pub fn name(self) -> &'static str {
        match self {
            Self::Course => "Course",
            Self::ChestCt => "Chest CT",
        }
    }

    /// One sentence on when to take it.
    pub fn about(self) -> &'static str {
        match self {
            Self::Course => "The parameters the course starts from, on any pair of images.",
            Self::ChestCt => {
                "Breathing in CT: both gradients, longer steps, and no folding of the lung."
            }
        }
    }

    pub fn params(self) -> Params {
        match self {
            Self::Course => Params::default(),
            Self::ChestCt => Params {
                sigma_elastic: 1.0,
                sigma_fluid: 1.0,
                max_iterations: vec![100],
                forces: Forces::Symmetric,
                max_step: Some(2.0),
                diffeomorphic: true,
                check_msd: false,
                ..Params::default()
            },
        }
    }
}
