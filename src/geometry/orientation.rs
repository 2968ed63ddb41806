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

    /// The side's name, as "Right".
    pub fn name(self) -> &'static str {
        match self {
            Self::Right => "Right",
            Self::Left => "Left",
            Self::Anterior => "Anterior",
            Self::Posterior => "Posterior",
            Self::Superior => "Superior",
            Self::Inferior => "Inferior",
        }
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

impl Anatomy {
    /// All six, each beside its opposite.
    pub const ALL: [Self; 6] = [
        Self::Right,
        Self::Left,
        Self::Anterior,
        Self::Posterior,
        Self::Superior,
        Self::Inferior,
    ];
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
    #[error("{0} is there twice; use one of R and L, one of A and P, one of S and I")]
    Twice(char),
    #[error("{0} and {1} name one axis; use one of R and L, one of A and P, one of S and I")]
    SameAxis(char, char),
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
        for (n, &second) in toward.iter().enumerate() {
            let mut before = toward[..n].iter();
            if let Some(first) = before.find(|it| it.world_axis() == second.world_axis()) {
                return Err(if *first == second {
                    OrientationError::Twice(second.letter())
                } else {
                    OrientationError::SameAxis(first.letter(), second.letter())
                });
            }
        }
        Ok(Self { toward })
    }

    /// All 48.
    pub fn all() -> impl Iterator<Item = Self> {
        PERMUTATIONS.into_iter().flat_map(|axes| {
            (0..8).map(move |signs: usize| Self {
                toward: [0, 1, 2].map(|axis| Anatomy::along(axes[axis], signs >> axis & 1 == 0)),
            })
        })
    }

    /// The orientation whose voxel axis `axis` runs `toward`. An axis that lay there before takes
    /// over the place that becomes free.
    pub fn with_axis(mut self, axis: usize, toward: Anatomy) -> Self {
        let other = self.voxel_axis_along(toward.world_axis());
        if let Some(free) = self.toward.get(axis).copied() {
            self.toward[other] = free;
            self.toward[axis] = toward;
        }
        self
    }

    /// Where axis `axis` runs in words, as "Right to Left".
    pub fn axis_text(&self, axis: usize) -> String {
        let toward = self.toward(axis);
        format!("{} to {}", toward.opposite().name(), toward.name())
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
            Err(OrientationError::SameAxis('R', 'L'))
        );
        assert_eq!(
            Orientation::parse_from("sas"),
            Err(OrientationError::Twice('S'))
        );
    }

    #[test]
    fn another_direction_for_one_axis_leaves_three_different_ones() {
        let rai = Orientation::parse_from("RAI").expect("a code");
        assert_eq!(rai.axis_text(0), "Right to Left");
        // Where k lay is where i goes; k takes the place of i.
        let swapped = rai.with_axis(0, Anatomy::Superior);
        assert_eq!(swapped.to_code(), "SPL");
        assert_eq!(rai.with_axis(1, Anatomy::Anterior).to_code(), "LAS");
        assert_eq!(Orientation::all().count(), 48);
    }
}
