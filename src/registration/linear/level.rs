//! One resolution level: the images compared at a pose, and the pose made better.

use super::descent::{Descent, Found};
use super::intensity::{Ncc, Ssd};
use super::local::Patches;
use super::metric::{Cost, LEAST_OVERLAP, Sampled};
use super::motion::{Freedom, MOST, Pose, Step};
use super::nmi::Nmi;
use super::params::{LinearParams, Metric, Sampling};
use super::probe::{Map, map_of};
use super::pyramid::Image;
use super::samples::Samples;
use crate::registration::RegistrationError::{self, Apart, Featureless};
use nalgebra::{Matrix3, Matrix4, SMatrix, Vector3};

/// Of the values of an image, the parts that lie below and above the range of the histogram.
const TAILS: f64 = 0.001;

/// Values that are looked at for quantiles.
const LOOKED_AT: usize = 1 << 16;

/// Samples of which the shape of the cost is guessed.
const SHAPE_SAMPLES: f64 = 8192.0;

/// Nothing can be told from fewer voxels.
const FEWEST_VOXELS: usize = 16;

/// What is added to the shape along each direction, as a part of their mean.
const RIDGE: f64 = 0.02;

/// In voxels of the level: the first step, the longest, the one that ends a level, and the shortest
/// that is looked for.
const FIRST: f64 = 1.0;
const LONGEST: f64 = 4.0;
const SMALL: f64 = 0.01;
const SHORTEST: f64 = 0.001;

/// Both images at the level, and the voxels of the fixed one that count.
#[derive(Clone)]
pub(super) struct Pair {
    pub shrink: usize,
    pub fixed: Image,
    pub moving: Image,
    pub counts: Option<Vec<bool>>,
}

/// A level between two iterations.
pub(super) struct Level {
    cost: Box<dyn Cost>,
    frame: Frame,
    freedom: Freedom,
    pose: Pose,
    descent: Descent,
    overlap: f64,
    comparisons: usize,
    /// Length in mm of a voxel.
    size: f64,
}

/// Where voxels lie in the world.
struct Frame {
    /// Of steps between voxels of the fixed image, RAS mm.
    fixed: Matrix3<f64>,
    /// From RAS mm to voxels of the moving image.
    to_moving: Matrix4<f64>,
}

impl Frame {
    /// From voxels of the fixed image, counted from the centre of its samples, to voxels of the moving one.
    fn map(&self, pose: &Pose) -> Map {
        let mut matrix = (pose.linear * self.fixed).to_homogeneous();
        matrix.fixed_view_mut::<3, 1>(0, 3).copy_from(&pose.place);
        map_of(&(self.to_moving * matrix))
    }

    /// How a cost changes with a step, from its change with the entries of the map.
    fn slope(&self, cost: &mut dyn Cost, freedom: &Freedom, pose: &Pose) -> Step {
        let to_moving = self.to_moving.fixed_view::<3, 3>(0, 0).transpose();
        let mut slope = to_moving * cost.slope();
        let turned = slope.fixed_view::<3, 3>(0, 0) * self.fixed.transpose();
        slope.fixed_view_mut::<3, 3>(0, 0).copy_from(&turned);
        freedom.slope(pose, &slope)
    }
}

impl Level {
    /// Refuses images of which too little can be compared where `matrix` puts them.
    pub fn start(
        pair: Pair,
        params: &LinearParams,
        matrix: &Matrix4<f64>,
    ) -> Result<Self, RegistrationError> {
        let Pair {
            fixed,
            moving,
            counts,
            ..
        } = pair;
        let counts = counts.as_deref();
        let samples = samples(&fixed, counts, params)?;
        let center = fixed.affine.transform_point(&samples.center.into()).coords;
        let frame = Frame {
            fixed: fixed.affine.fixed_view::<3, 3>(0, 0).into_owned(),
            to_moving: moving.affine.try_inverse().ok_or(Apart)?,
        };
        let flat = fixed.shape[2] == 1;
        let plane = flat.then(|| plane_of(&moving.affine)).flatten();
        let freedom = Freedom::new(params.motion, samples.radius, plane);
        let pose = Pose::of(matrix, center);
        let shape = shape(&fixed, counts, &frame, &freedom, &pose);
        let size = fixed.spacing()[0].max(fixed.spacing()[1]);
        let mut cost = compare(params, &fixed, counts, samples, moving)?;
        let at_start = cost.cost(&frame.map(&pose));
        let overlap = cost.overlap();
        let at_start = at_start.ok_or(match overlap >= LEAST_OVERLAP {
            true => Featureless,
            false => Apart,
        })?;
        let slope = frame.slope(&mut *cost, &freedom, &pose);
        let descent = Descent::new(at_start, slope, &shape, [FIRST * size, LONGEST * size]);
        Ok(Self {
            cost,
            frame,
            freedom,
            pose,
            descent,
            overlap,
            comparisons: 1,
            size,
        })
    }

    /// Does one iteration; returns whether it was the last that is worth it.
    pub fn iterate(&mut self) -> bool {
        let Self {
            cost,
            frame,
            freedom,
            pose,
            comparisons,
            ..
        } = self;
        let found = self.descent.search(SHORTEST * self.size, |step| {
            *comparisons += 1;
            let moved = freedom.moved(pose, step);
            let at = cost.cost(&frame.map(&moved));
            ((moved, cost.overlap()), at)
        });
        let Some(Found { place, cost, step }) = found else {
            return true;
        };
        (self.pose, self.overlap) = place;
        let slope = self.frame.slope(&mut *self.cost, &self.freedom, &self.pose);
        self.descent.take(&step, cost, slope);
        step.norm() < SMALL * self.size
    }

    pub fn cost(&self) -> f64 {
        self.descent.cost()
    }

    pub fn matrix(&self) -> Matrix4<f64> {
        self.pose.matrix()
    }

    pub fn overlap(&self) -> f64 {
        self.overlap
    }

    pub fn comparisons(&self) -> usize {
        self.comparisons
    }

    /// The slope of the cost where the level stands, and the same by differences over `step` mm.
    #[cfg(test)]
    pub fn slopes(&mut self, step: f64) -> [Step; 2] {
        let mut at = |pose: &Pose| self.cost.cost(&self.frame.map(pose)).unwrap_or(f64::NAN);
        let mut differences = Step::zeros();
        for n in 0..self.freedom.count() {
            let mut change = Step::zeros();
            change[n] = step;
            let [further, back] =
                [change, -change].map(|s| at(&self.freedom.moved(&self.pose, &s)));
            differences[n] = (further - back) / (2.0 * step);
        }
        at(&self.pose);
        let exact = self.frame.slope(&mut *self.cost, &self.freedom, &self.pose);
        [exact, differences]
    }
}

/// Unit vectors at right angles in the plane of an image of one slice.
fn plane_of(affine: &Matrix4<f64>) -> Option<[Vector3<f64>; 2]> {
    let column = |n| affine.fixed_view::<3, 1>(0, n).into_owned();
    let along: Vector3<f64> = Vector3::try_normalize(&column(0), 0.0)?;
    let across = column(1) - along * along.dot(&column(1));
    Some([along, across.try_normalize(0.0)?])
}

/// The metric of the two images.
fn compare(
    params: &LinearParams,
    fixed: &Image,
    counts: Option<&[bool]>,
    samples: Samples,
    moving: Image,
) -> Result<Box<dyn Cost>, RegistrationError> {
    Ok(match params.metric {
        Metric::Nmi => {
            let [of_fixed, of_moving] = [fixed, &moving].map(|image| range(image).ok_or(Apart));
            let measure = Nmi::new(of_fixed?, of_moving?, samples.count);
            Box::new(Sampled::new(measure, samples, moving))
        }
        Metric::Ncc => {
            let measure = Ncc::new([mean(fixed), mean(&moving)]);
            Box::new(Sampled::new(measure, samples, moving))
        }
        Metric::Ssd => Box::new(Sampled::new(Ssd::default(), samples, moving)),
        Metric::NccLocal => {
            let center = samples.center;
            let patches = Patches::new(fixed, counts, center, params.radius, &moving);
            let radius = params.radius;
            Box::new(patches.ok_or(RegistrationError::NoPatch { radius })?)
        }
    })
}

/// The samples of a level; patches are compared everywhere.
fn samples(
    fixed: &Image,
    counts: Option<&[bool]>,
    params: &LinearParams,
) -> Result<Samples, RegistrationError> {
    let sampling = match params.metric {
        Metric::NccLocal => Sampling::Full,
        _ => params.sampling,
    };
    let samples = Samples::draw(fixed, counts, sampling);
    let samples = samples.ok_or(RegistrationError::FewVoxels(0))?;
    let voxels = samples.voxels();
    if voxels < FEWEST_VOXELS {
        return Err(RegistrationError::FewVoxels(voxels));
    }
    match samples.are_alike() {
        true => Err(Featureless),
        false => Ok(samples),
    }
}

/// The range of an image without its tails.
fn range(image: &Image) -> Option<[f32; 2]> {
    let every = image.values.len().div_ceil(LOOKED_AT);
    let some = image.values.iter().step_by(every).copied();
    let mut some: Vec<f32> = some.filter(|v| !v.is_nan()).collect();
    some.sort_unstable_by(f32::total_cmp);
    let last = some.len().checked_sub(1)?;
    let at = |part: f64| some.get((last as f64 * part) as usize).copied();
    let (low, high) = (at(TAILS)?, at(1.0 - TAILS)?);
    if low < high {
        return Some([low, high]);
    }
    image.range().map(|(low, high)| [low, high])
}

fn mean(image: &Image) -> f32 {
    let known = image.values.iter().filter(|v| !v.is_nan());
    let (count, sum) = known.fold((0.0, 0.0), |(count, sum), v| {
        (count + 1.0, sum + f64::from(*v))
    });
    (sum / count) as f32
}

/// The shape of a cost near its lowest, as if it were the squared difference of the fixed image from
/// itself (Baker and Matthews, International Journal of Computer Vision 56, 2004, section 3.2).
fn shape(
    fixed: &Image,
    counts: Option<&[bool]>,
    frame: &Frame,
    freedom: &Freedom,
    pose: &Pose,
) -> SMatrix<f64, MOST, MOST> {
    let share = (SHAPE_SAMPLES / fixed.values.len() as f64).min(1.0);
    let sampling = Sampling::Random { share, seed: 1 };
    let mut sum = SMatrix::<f64, MOST, MOST>::zeros();
    let to_moving = (pose.linear * frame.fixed).try_inverse();
    if let (Some(samples), Some(to_moving)) = (Samples::draw(fixed, counts, sampling), to_moving) {
        let center = fixed
            .affine
            .try_inverse()
            .unwrap_or_default()
            .transform_point(&pose.center.into());
        let mut itself = Matrix4::identity();
        itself
            .fixed_view_mut::<3, 1>(0, 3)
            .copy_from(&samples.center);
        let off = samples.center - center.coords;
        for mut block in samples.blocks {
            block.probe(fixed, &map_of(&itself));
            for n in 0..block.fixed.len() {
                let at = |axis: usize| f64::from(block.at[axis][n]) + off[axis];
                let slope =
                    Vector3::from([0, 1, 2].map(|axis: usize| f64::from(block.slope[axis][n])));
                let slope = to_moving.transpose() * slope;
                let place = frame.fixed * Vector3::new(at(0), at(1), at(2));
                let by = slope * place.push(1.0).transpose();
                let change = freedom.slope(pose, &by);
                sum += change * change.transpose();
            }
        }
    }
    let used = freedom.count();
    let mean = (sum.trace() / used as f64).max(f64::MIN_POSITIVE);
    let mut shape = sum / mean;
    for n in 0..MOST {
        shape[(n, n)] += if n < used { RIDGE } else { 1.0 };
    }
    shape
}
