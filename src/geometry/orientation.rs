//! Anatomical directions of voxel axes, and the three-letter codes in both spellings.

use nalgebra::Matrix4;
use std::fmt;

/// One of the six anatomical directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Anatomy {
    Right,
    Left,
    Anterior,
    Posterior,
    Superior,
    Inferior,
}

impl Anatomy {
    /// The direction in which world axis `axis` (0 x, 1 y, 2 z, RAS) grows, or shrinks.
    pub fn along(axis: usize, growing: bool) -> Self {
        match (axis, growing) {
            (0, true) => Self::Right,
            (0, false) => Self::Left,
            (1, true) => Self::Anterior,
            (1, false) => Self::Posterior,
            (_, true) => Self::Superior,
            (_, false) => Self::Inferior,
        }
    }

    pub fn opposite(self) -> Self {
        Self::along(self.world_axis(), !self.is_positive())
    }

    /// The RAS axis this direction lies along: 0 x, 1 y, 2 z.
    pub fn world_axis(self) -> usize {
        match self {
            Self::Right | Self::Left => 0,
            Self::Anterior | Self::Posterior => 1,
            Self::Superior | Self::Inferior => 2,
        }
    }

    /// Whether RAS coordinates grow in this direction.
    pub fn is_positive(self) -> bool {
        matches!(self, Self::Right | Self::Anterior | Self::Superior)
    }

    pub fn letter(self) -> char {
        match self {
            Self::Right => 'R',
            Self::Left => 'L',
            Self::Anterior => 'A',
            Self::Posterior => 'P',
            Self::Superior => 'S',
            Self::Inferior => 'I',
        }
    }

    fn from_letter(letter: char) -> Option<Self> {
        Some(match letter.to_ascii_uppercase() {
            'R' => Self::Right,
            'L' => Self::Left,
            'A' => Self::Anterior,
            'P' => Self::Posterior,
            'S' => Self::Superior,
            'I' => Self::Inferior,
            _ => return None,
        })
    }
}

/// Where the three voxel axes of a grid point, each to its own anatomical axis.
///
/// Shown in two spellings: by the side each axis goes *to* (nibabel, "LPS") and by the side each
/// comes *from* (ITK-SNAP, "RAI"); the two name the same thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Orientation {
    toward: [Anatomy; 3],
}

/// Why a three-letter code is refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrientationError {
    #[error("an orientation code has three letters, such as RAI; {0:?} has not")]
    Length(String),
    #[error("{0:?} is not one of R, L, A, P, S, I")]
    Letter(char),
    #[error("{0:?} names one anatomical axis twice; use one of R/L, one of A/P, one of S/I")]
    Repeated(String),
}

const PERMUTATIONS: [[usize; 3]; 6] = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
];

impl Orientation {
    /// The nearest one-to-one assignment of voxel axes to anatomical axes: of all six permutations
    /// the one with the largest sum of direction cosines. Any oblique grid has one.
    pub fn nearest(index_to_world: &Matrix4<f64>) -> Self {
        let cosine = |world: usize, voxel: usize| {
            let column = index_to_world.fixed_view::<3, 1>(0, voxel);
            let length = column.norm();
            if length > 0.0 {
                column[world] / length
            } else {
                0.0
            }
        };
        let agreement = |permutation: &[usize; 3]| -> f64 {
            (0..3)
                .map(|voxel| cosine(permutation[voxel], voxel).abs())
                .sum()
        };
        let mut best = PERMUTATIONS[0];
        for permutation in &PERMUTATIONS[1..] {
            if agreement(permutation) > agreement(&best) + 1e-9 {
                best = *permutation;
            }
        }
        Self {
            toward: std::array::from_fn(|voxel| {
                Anatomy::along(best[voxel], cosine(best[voxel], voxel) >= 0.0)
            }),
        }
    }

    /// From the sides the axes go to, nibabel's spelling ("LPS").
    pub fn parse_to(code: &str) -> Result<Self, OrientationError> {
        let letters: Vec<char> = code.trim().chars().collect();
        let [a, b, c] = letters[..] else {
            return Err(OrientationError::Length(code.to_owned()));
        };
        let side = |letter| Anatomy::from_letter(letter).ok_or(OrientationError::Letter(letter));
        let toward = [side(a)?, side(b)?, side(c)?];
        let mut seen = [false; 3];
        for anatomy in toward {
            if std::mem::replace(&mut seen[anatomy.world_axis()], true) {
                return Err(OrientationError::Repeated(code.to_owned()));
            }
        }
        Ok(Self { toward })
    }

    /// From the sides the axes come from, ITK-SNAP's spelling ("RAI").
    pub fn parse_from(code: &str) -> Result<Self, OrientationError> {
        let Self { toward } = Self::parse_to(code)?;
        Ok(Self {
            toward: toward.map(Anatomy::opposite),
        })
    }

    /// The anatomical direction in which voxel axis `axis` runs.
    pub fn toward(&self, axis: usize) -> Anatomy {
        self.toward[axis]
    }

    /// The voxel axis that lies nearest to RAS axis `world_axis` (0 x, 1 y, 2 z).
    pub fn voxel_axis_along(&self, world_axis: usize) -> usize {
        self.toward
            .iter()
            .position(|anatomy| anatomy.world_axis() == world_axis)
            .unwrap_or(world_axis)
    }

    /// The code by the sides the axes go to (nibabel).
    pub fn to_code(&self) -> String {
        self.toward.iter().map(|a| a.letter()).collect()
    }

    /// The code by the sides the axes come from (ITK-SNAP).
    pub fn from_code(&self) -> String {
        self.toward.iter().map(|a| a.opposite().letter()).collect()
    }
}

impl fmt::Display for Orientation {
    /// Both spellings, as "RAI (LPS)".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.from_code(), self.to_code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_in_lps_is_rai_and_lps() {
        let lps = Matrix4::from_diagonal(&nalgebra::Vector4::new(-1.0, -1.0, 1.0, 1.0));
        let orientation = Orientation::nearest(&lps);
        assert_eq!(orientation.from_code(), "RAI");
        assert_eq!(orientation.to_code(), "LPS");
        assert_eq!(orientation.to_string(), "RAI (LPS)");
    }

    #[test]
    fn the_two_spellings_are_opposites_for_all_48() {
        let mut seen = std::collections::HashSet::new();
        for a in "RLAPSI".chars() {
            for b in "RLAPSI".chars() {
                for c in "RLAPSI".chars() {
                    let code: String = [a, b, c].iter().collect();
                    let Ok(orientation) = Orientation::parse_to(&code) else {
                        continue;
                    };
                    assert_eq!(orientation.to_code(), code);
                    assert_eq!(
                        Orientation::parse_from(&orientation.from_code()),
                        Ok(orientation)
                    );
                    seen.insert(code);
                }
            }
        }
        assert_eq!(seen.len(), 48);
    }

    #[test]
    fn a_strongly_oblique_grid_still_gets_three_different_axes() {
        // Two columns lean most to the same world axis: a choice per column would name it twice.
        let mut m = Matrix4::identity();
        m.fixed_view_mut::<3, 3>(0, 0)
            .copy_from(&nalgebra::Matrix3::new(
                0.8, 0.7, 0.1, //
                0.6, -0.7, 0.2, //
                0.0, 0.1, 0.97,
            ));
        let code = Orientation::nearest(&m).to_code();
        assert_eq!(code, "RPS");
    }

    #[test]
    fn wrong_codes_say_what_is_wrong() {
        assert_eq!(
            Orientation::parse_to("RA"),
            Err(OrientationError::Length("RA".into()))
        );
        assert_eq!(
            Orientation::parse_to("RAX"),
            Err(OrientationError::Letter('X'))
        );
        assert_eq!(
            Orientation::parse_to("RLS"),
            Err(OrientationError::Repeated("RLS".into()))
        );
    }
}
