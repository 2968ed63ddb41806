//! Landmarks: places that can be found in two images, and how far apart a transform leaves them.

use super::{CommandError, Document};
use crate::geometry::WorldPoint;
use crate::io::Landmark;
use nalgebra::Matrix4;
use std::collections::BTreeMap;

/// Names a pair for as long as the program runs; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LandmarkId(u64);

impl LandmarkId {
    /// Of a pair that is not in the document yet.
    pub const NEW: Self = Self(0);
}

/// One place in both images.
#[derive(Clone, Debug, PartialEq)]
pub struct LandmarkPair {
    pub id: LandmarkId,
    pub name: String,
    /// In the world of the fixed image, RAS mm.
    pub fixed: WorldPoint,
    /// In the world of the moving image as it is in its file; `None` until it is placed.
    pub moving: Option<WorldPoint>,
}

impl LandmarkPair {
    pub fn new(name: impl Into<String>, fixed: WorldPoint, moving: Option<WorldPoint>) -> Self {
        Self {
            id: LandmarkId::NEW,
            name: name.into(),
            fixed,
            moving,
        }
    }
}

impl From<Landmark> for LandmarkPair {
    fn from(landmark: Landmark) -> Self {
        Self::new(landmark.name, landmark.point, landmark.partner)
    }
}

impl From<&LandmarkPair> for Landmark {
    fn from(pair: &LandmarkPair) -> Self {
        Self {
            name: pair.name.clone(),
            point: pair.fixed,
            partner: pair.moving,
        }
    }
}

/// Why two lists of landmarks make no pairs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LandmarkError {
    #[error(
        "there are {fixed} landmarks of the fixed image and {moving} of the moving one; give each its partner"
    )]
    Unequal { fixed: usize, moving: usize },
    #[error(
        "the landmark {0:?} has no partner of its name in the other image; give both the same names"
    )]
    Alone(String),
    #[error("{0} landmarks of one image have no name and others have; name all or none")]
    Nameless(usize),
    #[error("two landmarks of one image are named {0:?}; give each a name of its own")]
    Twice(String),
}

/// Pairs of the landmarks of two files: by their names, or in their order where no name is in both.
pub fn paired(
    fixed: Vec<Landmark>,
    moving: Vec<Landmark>,
) -> Result<Vec<LandmarkPair>, LandmarkError> {
    if fixed.len() != moving.len() {
        return Err(LandmarkError::Unequal {
            fixed: fixed.len(),
            moving: moving.len(),
        });
    }
    let is_shared =
        |own: &Landmark| !own.name.is_empty() && moving.iter().any(|other| other.name == own.name);
    if !fixed.iter().any(is_shared) {
        let pairs = fixed.into_iter().zip(moving);
        let pair = |(fixed, moving): (Landmark, Landmark)| {
            LandmarkPair::new(fixed.name, fixed.point, Some(moving.point))
        };
        return Ok(pairs.map(pair).collect());
    }
    let (own, others) = (by_name(&fixed)?, by_name(&moving)?);
    if let Some(alone) = others.keys().find(|name| !own.contains_key(*name)) {
        return Err(LandmarkError::Alone((*alone).to_owned()));
    }
    let pair = |point: &Landmark| match others.get(point.name.as_str()) {
        Some(partner) => Ok(LandmarkPair::new(&point.name, point.point, Some(*partner))),
        None => Err(LandmarkError::Alone(point.name.clone())),
    };
    fixed.iter().map(pair).collect()
}

/// The landmarks of one image, each with a name of its own.
fn by_name(points: &[Landmark]) -> Result<BTreeMap<&str, WorldPoint>, LandmarkError> {
    let nameless = points.iter().filter(|point| point.name.is_empty()).count();
    if nameless > 0 {
        return Err(LandmarkError::Nameless(nameless));
    }
    let mut named = BTreeMap::new();
    for point in points {
        if named.insert(point.name.as_str(), point.point).is_some() {
            return Err(LandmarkError::Twice(point.name.clone()));
        }
    }
    Ok(named)
}

/// Target registration errors: distances in mm between where a transform takes the fixed points and
/// where the moving ones lie. Source: J. Fitzpatrick, J. West, C. Maurer, "Predicting error in rigid-body
/// point-based registration", IEEE TMI 17, 1998.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetErrors {
    /// One a pair, in their order; `None` without a moving point.
    pub each_mm: Vec<Option<f64>>,
    /// NaN without a whole pair, as all that follow.
    pub mean_mm: f64,
    pub median_mm: f64,
    pub max_mm: f64,
}

impl TargetErrors {
    /// Under a map from the fixed to the moving world, RAS mm.
    pub fn under(pairs: &[LandmarkPair], map: impl Fn(WorldPoint) -> WorldPoint) -> Self {
        let error = |pair: &LandmarkPair| Some((map(pair.fixed).0 - pair.moving?.0).norm());
        let each_mm: Vec<Option<f64>> = pairs.iter().map(error).collect();
        let mut known: Vec<f64> = each_mm.iter().flatten().copied().collect();
        known.sort_by(f64::total_cmp);
        let middle = |n: usize| known.get(n).copied().unwrap_or(f64::NAN);
        let count = known.len();
        Self {
            mean_mm: known.iter().sum::<f64>() / count as f64,
            median_mm: (middle(count.saturating_sub(1) / 2) + middle(count / 2)) / 2.0,
            max_mm: known.last().copied().unwrap_or(f64::NAN),
            each_mm,
        }
    }

    /// Under a matrix from the fixed to the moving world, RAS mm.
    pub fn of(pairs: &[LandmarkPair], matrix: &Matrix4<f64>) -> Self {
        Self::under(pairs, |WorldPoint(p)| {
            WorldPoint(matrix.transform_point(&p))
        })
    }
}

/// One edit of the list; each is one step back.
#[derive(Clone, Debug, PartialEq)]
pub enum LandmarkEdit {
    /// Gives the pair an id, and a name where it has none.
    Add(LandmarkPair),
    MoveFixed {
        pair: LandmarkId,
        to: WorldPoint,
    },
    /// Places or moves the moving point, or takes it away.
    MoveMoving {
        pair: LandmarkId,
        to: Option<WorldPoint>,
    },
    Rename {
        pair: LandmarkId,
        name: String,
    },
    Remove(LandmarkId),
    /// All pairs at once, such as those of a file.
    ReplaceAll(Vec<LandmarkPair>),
}

impl LandmarkEdit {
    /// The pair of which it moves a point.
    pub(super) fn moved(&self) -> Option<LandmarkId> {
        match self {
            Self::MoveFixed { pair, .. } | Self::MoveMoving { pair, .. } => Some(*pair),
            _ => None,
        }
    }

    /// The name in the Edit menu, as "Move Landmark 2".
    pub fn name(&self, document: &Document) -> String {
        let (word, pair) = match self {
            Self::Add(_) => return "Add landmark".to_owned(),
            Self::ReplaceAll(pairs) if pairs.is_empty() => {
                return "Remove all landmarks".to_owned();
            }
            Self::ReplaceAll(_) => return "Open landmarks".to_owned(),
            Self::MoveFixed { pair, .. } | Self::MoveMoving { pair, .. } => ("Move", pair),
            Self::Rename { pair, .. } => ("Rename", pair),
            Self::Remove(pair) => ("Remove", pair),
        };
        let name = document.landmark(*pair).map(|pair| pair.name.as_str());
        format!("{word} {}", name.unwrap_or("landmark"))
    }
}

impl Document {
    /// All pairs, oldest first.
    pub fn landmarks(&self) -> &[LandmarkPair] {
        &self.landmarks
    }

    pub fn landmark(&self, id: LandmarkId) -> Option<&LandmarkPair> {
        self.landmarks.iter().find(|pair| pair.id == id)
    }

    pub(super) fn edit_landmarks(&mut self, edit: LandmarkEdit) -> Result<(), CommandError> {
        match edit {
            LandmarkEdit::Add(pair) => {
                if self.is_empty() {
                    return Err(CommandError::NoMainImage);
                }
                self.add_landmark(pair);
            }
            LandmarkEdit::MoveFixed { pair, to } => self.landmark_mut(pair)?.fixed = to,
            LandmarkEdit::MoveMoving { pair, to } => self.landmark_mut(pair)?.moving = to,
            LandmarkEdit::Rename { pair, name } => {
                let name = name.trim();
                if name.is_empty() {
                    return Err(CommandError::NamelessLandmark);
                }
                self.landmark_mut(pair)?.name = name.to_owned();
            }
            LandmarkEdit::Remove(id) => {
                self.landmark_mut(id)?;
                self.landmarks.retain(|pair| pair.id != id);
            }
            LandmarkEdit::ReplaceAll(pairs) => {
                if self.is_empty() {
                    return Err(CommandError::NoMainImage);
                }
                self.landmarks.clear();
                pairs.into_iter().for_each(|pair| self.add_landmark(pair));
            }
        }
        Ok(())
    }

    fn add_landmark(&mut self, mut pair: LandmarkPair) {
        pair.id = LandmarkId(self.next_id);
        self.next_id += 1;
        if pair.name.trim().is_empty() {
            pair.name = self.free_landmark_name();
        }
        self.landmarks.push(pair);
    }

    fn landmark_mut(&mut self, id: LandmarkId) -> Result<&mut LandmarkPair, CommandError> {
        let mut pairs = self.landmarks.iter_mut();
        let found = pairs.find(|pair| pair.id == id);
        found.ok_or(CommandError::NoSuchLandmark)
    }

    /// "Landmark 3" after "Landmark 2", whatever was removed before.
    fn free_landmark_name(&self) -> String {
        let number = |pair: &LandmarkPair| pair.name.strip_prefix("Landmark ")?.parse::<u32>().ok();
        let last = self.landmarks.iter().filter_map(number).max();
        format!("Landmark {}", u64::from(last.unwrap_or(0)) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Command, History};
    use crate::phantom;

    fn at(x: f64) -> WorldPoint {
        WorldPoint::new(x, 2.0 * x, -x)
    }

    fn named(name: &str, x: f64) -> Landmark {
        Landmark {
            name: name.to_owned(),
            point: at(x),
            partner: None,
        }
    }

    #[test]
    fn errors_are_distances_after_the_transform() {
        let shift = Matrix4::new_translation(&nalgebra::Vector3::new(3.0, 0.0, 4.0));
        let moved = |p: WorldPoint| Some(WorldPoint(shift.transform_point(&p.0)));
        let pairs = [
            LandmarkPair::new("a", at(1.0), moved(at(1.0))),
            LandmarkPair::new("b", at(2.0), Some(at(2.0))),
            LandmarkPair::new("c", at(3.0), None),
        ];
        let errors = TargetErrors::of(&pairs, &shift);
        assert_eq!(errors.each_mm, [Some(0.0), Some(5.0), None]);
        assert_eq!(
            (errors.mean_mm, errors.median_mm, errors.max_mm),
            (2.5, 2.5, 5.0)
        );
        let none = TargetErrors::of(&pairs[2..], &shift);
        assert!(none.mean_mm.is_nan() && none.median_mm.is_nan() && none.max_mm.is_nan());
    }

    #[test]
    fn files_are_paired_by_name_or_else_in_order() {
        let fixed = vec![named("a", 1.0), named("b", 2.0)];
        let swapped = paired(fixed.clone(), vec![named("b", 5.0), named("a", 4.0)]);
        let moving = |pairs: Result<Vec<LandmarkPair>, LandmarkError>| {
            let pairs = pairs.expect("pairs");
            pairs
                .iter()
                .filter_map(|pair| pair.moving)
                .collect::<Vec<_>>()
        };
        assert_eq!(moving(swapped), [at(4.0), at(5.0)]);
        let nameless = paired(fixed.clone(), vec![named("", 5.0), named("", 4.0)]);
        assert_eq!(moving(nameless), [at(5.0), at(4.0)]);
        let others = paired(fixed.clone(), vec![named("p", 5.0), named("q", 4.0)]);
        assert_eq!(moving(others), [at(5.0), at(4.0)]);
        let refused = |moving| paired(fixed.clone(), moving).expect_err("refused");
        let alone = refused(vec![named("a", 1.0), named("c", 2.0)]);
        assert_eq!(alone, LandmarkError::Alone("c".to_owned()));
        let nameless = refused(vec![named("a", 1.0), named("", 2.0)]);
        assert_eq!(nameless, LandmarkError::Nameless(1));
        let twice = refused(vec![named("a", 1.0), named("a", 2.0)]);
        assert_eq!(twice, LandmarkError::Twice("a".to_owned()));
        let unequal = paired(fixed, vec![named("a", 1.0)]);
        let text = unequal.expect_err("unequal").to_string();
        assert!(
            text.contains("2 landmarks") && text.contains("1 of the moving"),
            "{text}"
        );
    }

    #[test]
    fn every_edit_is_a_step_that_can_be_undone() {
        let mut document = Document::default();
        let mut history = History::default();
        let pair = LandmarkPair::new("", at(1.0), None);
        let add = Command::Landmark(LandmarkEdit::Add(pair));
        assert!(history.apply(&mut document, add.clone()).is_err());
        let (volume, _) = phantom::cine_pair();
        let open = Command::OpenMain {
            volume,
            display: None,
        };
        history.apply(&mut document, open).expect("opens");
        let mut apply = |document: &mut Document, edit| {
            history
                .apply(document, Command::Landmark(edit))
                .expect("applies");
        };
        for _ in 0..2 {
            apply(
                &mut document,
                LandmarkEdit::Add(LandmarkPair::new("", at(1.0), None)),
            );
        }
        let id = document.landmarks()[1].id;
        assert_eq!(document.landmarks()[1].name, "Landmark 2");
        let to = Some(at(9.0));
        apply(&mut document, LandmarkEdit::MoveMoving { pair: id, to });
        apply(&mut document, LandmarkEdit::Remove(id));
        assert_eq!(document.landmarks().len(), 1);
        history.undo(&mut document);
        assert_eq!(document.landmarks()[1].moving, to);
        history.undo(&mut document);
        assert_eq!(document.landmarks()[1].moving, None);
    }
}
