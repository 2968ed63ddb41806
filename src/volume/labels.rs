//! Label images: whole numbers that name what each voxel belongs to; 0 is the background.

use super::pair::far_offset;
use super::{ImagePair, Interpolation, Rescale, Volume, Voxel};
use crate::with_voxels;
use ndarray::Axis;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// An image whose numbers name nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotLabels {
    #[error("the image holds values that are no whole numbers; give a label image")]
    NotWhole,
    #[error("the image holds numbers beyond {LARGEST}; give a label image with smaller ones")]
    TooLarge,
    #[error("the image holds more than {MOST_LABELS} different numbers; give a label image")]
    TooMany,
    #[error("the image has {0} values a voxel; give a label image, which has one")]
    Components(usize),
}

/// How much of an image has one label.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelVolume {
    pub label: i32,
    pub voxels: u64,
    pub mm3: f64,
}

/// The values of an image where another has one label.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelStatistics {
    pub label: i32,
    /// Voxels of the label image where the other image has a finite value.
    pub voxels: u64,
    /// NaN without such voxels, as all that follow.
    pub mean: f64,
    /// Standard deviation of the sample (n - 1); NaN below two voxels.
    pub sd: f64,
    pub min: f64,
    pub max: f64,
}

/// More different labels than this are taken for values.
pub(super) const MOST_LABELS: usize = 2048;

/// From the next number on, f32 does not tell neighbours apart.
const LARGEST: i32 = (1 << 24) - 1;

/// Neighbours along a row, both with a label, that have the same one in a label image at least.
const ALIKE: f64 = 0.75;

/// The label that a value stands for; no number is background.
pub(super) fn label(value: f32) -> Result<i32, NotLabels> {
    if value.is_nan() {
        return Ok(0);
    }
    if value.fract() != 0.0 {
        return Err(NotLabels::NotWhole);
    }
    match value.abs() <= LARGEST as f32 {
        true => Ok(value as i32),
        false => Err(NotLabels::TooLarge),
    }
}

/// Refuses an image of several components.
pub(super) fn check_components(volume: &Volume) -> Result<(), NotLabels> {
    match volume.components() {
        1 => Ok(()),
        components => Err(NotLabels::Components(components)),
    }
}

/// All labels but the background at a time point, in ascending order.
pub fn label_volumes(volume: &Volume, time: usize) -> Result<Vec<LabelVolume>, NotLabels> {
    let affine = volume.grid().affine().fixed_view::<3, 3>(0, 0);
    let mm3 = affine.determinant().abs();
    let mut counts = label_counts(volume, time)?.voxels;
    counts.remove(&0);
    let counted = |(label, voxels)| LabelVolume {
        label,
        voxels,
        mm3: voxels as f64 * mm3,
    };
    Ok(counts.into_iter().map(counted).collect())
}

/// Whether an image is rather one of labels than of measured values: one whole number a voxel that is
/// not negative, few of them, and neighbours mostly alike. Reads all voxels of one that is.
pub fn looks_like_labels(volume: &Volume) -> bool {
    let is_plain = volume.components() == 1 && *volume.rescale() == Rescale::IDENTITY;
    if !is_plain || !volume.meta().unit.is_empty() {
        return false;
    }
    let Ok(counts) = label_counts(volume, 0) else {
        return false;
    };
    let labels: BTreeSet<i32> = counts.voxels.into_keys().filter(|l| *l != 0).collect();
    let has_labels = labels.first().is_some_and(|lowest| *lowest > 0);
    has_labels && counts.alike as f64 >= ALIKE * counts.neighbors as f64
}

/// Voxels by their labels.
#[derive(Default)]
struct LabelCounts {
    voxels: BTreeMap<i32, u64>,
    /// Pairs of neighbours along rows that both have a label, and those that have the same.
    neighbors: u64,
    alike: u64,
}

fn label_counts(volume: &Volume, time: usize) -> Result<LabelCounts, NotLabels> {
    check_components(volume)?;
    let time = time.min(volume.time_points() - 1);
    let nz = volume.grid().shape()[2];
    with_voxels!(volume.data(), array => {
        let stored = array.index_axis(Axis(0), time);
        let slices: Vec<Result<LabelCounts, NotLabels>> = (0..nz)
            .into_par_iter()
            .map(|k| {
                let linear = volume.rescale().of_slice(time, k, nz);
                let slice = stored.index_axis(Axis(0), k);
                let mut counts = LabelCounts::default();
                for row in slice.outer_iter() {
                    let row = row.index_axis(Axis(1), 0);
                    counts.add(row.iter().map(|v| linear.apply(Voxel::to_f64(*v)) as f32))?;
                }
                Ok(counts)
            })
            .collect();
        slices.into_iter().try_fold(LabelCounts::default(), |sum, slice| sum.with(slice?))
    })
}

impl LabelCounts {
    /// Counts a row, run by run.
    fn add(&mut self, row: impl Iterator<Item = f32>) -> Result<(), NotLabels> {
        let mut run = (0, 0);
        for value in row {
            let label = label(value)?;
            let both = label != 0 && run.0 != 0 && run.1 > 0;
            self.neighbors += u64::from(both);
            self.alike += u64::from(both && label == run.0);
            if label != run.0 && run.1 > 0 {
                *self.voxels.entry(run.0).or_default() += run.1;
                run.1 = 0;
            }
            run = (label, run.1 + 1);
        }
        *self.voxels.entry(run.0).or_default() += run.1;
        check_count(self.voxels.len())
    }

    fn with(mut self, other: Self) -> Result<Self, NotLabels> {
        for (label, count) in other.voxels {
            *self.voxels.entry(label).or_default() += count;
        }
        self.neighbors += other.neighbors;
        self.alike += other.alike;
        check_count(self.voxels.len())?;
        Ok(self)
    }
}

/// Refuses more labels than an image of labels has.
pub(super) fn check_count(labels: usize) -> Result<(), NotLabels> {
    match labels <= MOST_LABELS {
        true => Ok(()),
        false => Err(NotLabels::TooMany),
    }
}

/// Statistics of `pair.moving`, interpolated linearly, within each label of `pair.fixed` but the
/// background, in ascending order; `None` once `goes_on` says no.
pub fn label_statistics(
    pair: &ImagePair,
    goes_on: &(dyn Fn(f32) -> bool + Sync),
) -> Option<Result<Vec<LabelStatistics>, NotLabels>> {
    if let Err(error) = check_components(pair.fixed) {
        return Some(Err(error));
    }
    let offset = far_offset(pair.moving);
    let near_zero = offset.and_then(|offset| pair.moving.less(offset));
    let offset = offset.filter(|_| near_zero.is_some()).unwrap_or(0.0);
    let moving = near_zero.as_ref().unwrap_or(pair.moving);
    let pair = ImagePair { moving, ..*pair };
    let slices = pair.slices(Interpolation::Linear, goes_on, |slice| {
        let mut tallies = Tallies::new();
        let mut found = Ok(());
        slice.rows(|labels, values, inside| {
            if found.is_ok() {
                found = tally(&mut tallies, labels, values, inside);
            }
        });
        found.map(|()| tallies)
    })?;
    let mut all = Tallies::new();
    for slice in slices {
        let tallies = match slice {
            Ok(tallies) => tallies,
            Err(error) => return Some(Err(error)),
        };
        for (label, tally) in tallies {
            let sum = all.entry(label).or_default();
            *sum = sum.with(tally);
        }
    }
    let told = all
        .into_iter()
        .map(|(label, tally)| tally.told(label, offset));
    Some(check_count(told.len()).map(|()| told.collect()))
}

type Tallies = BTreeMap<i32, Tally>;

/// Counts a row of labels, and the values where they are known.
fn tally(
    tallies: &mut Tallies,
    labels: &[f32],
    values: &[f32],
    inside: Range<usize>,
) -> Result<(), NotLabels> {
    for (x, at) in labels.iter().enumerate() {
        let label = label(*at)?;
        if label != 0 && inside.contains(&x) {
            tallies.entry(label).or_default().add(f64::from(values[x]));
        }
    }
    check_count(tallies.len())
}

/// Number, mean and spread of values as they come. Source: T. Chan, G. Golub, R. LeVeque, "Updating
/// formulae and a pairwise algorithm for computing sample variances", 1979.
#[derive(Clone, Copy)]
struct Tally {
    count: f64,
    mean: f64,
    /// Sum of squared deviations from the mean.
    squares: f64,
    min: f64,
    max: f64,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            count: 0.0,
            mean: 0.0,
            squares: 0.0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
        }
    }
}

impl Tally {
    fn add(&mut self, value: f64) {
        if value.is_finite() {
            let one = Self {
                count: 1.0,
                mean: value,
                squares: 0.0,
                min: value,
                max: value,
            };
            *self = self.with(one);
        }
    }

    fn with(self, other: Self) -> Self {
        let count = self.count + other.count;
        if other.count == 0.0 {
            return self;
        }
        let apart = other.mean - self.mean;
        Self {
            count,
            mean: self.mean + apart * other.count / count,
            squares: self.squares
                + other.squares
                + apart * apart * self.count * other.count / count,
            min: self.min.min(other.min),
            max: self.max.max(other.max),
        }
    }

    /// `offset`: what was taken from the values.
    fn told(self, label: i32, offset: f64) -> LabelStatistics {
        let known = |value: f64| if self.count > 0.0 { value } else { f64::NAN };
        LabelStatistics {
            label,
            voxels: self.count as u64,
            mean: known(self.mean + offset),
            sd: match self.count > 1.0 {
                true => (self.squares / (self.count - 1.0)).sqrt(),
                false => f64::NAN,
            },
            min: known(self.min + offset),
            max: known(self.max + offset),
        }
    }
}
