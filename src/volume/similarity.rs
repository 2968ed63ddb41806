//! How alike the values of two images are, voxel by voxel.

use super::pair::PairSlice;
use super::{ImagePair, Interpolation};

/// Bins of each image in the joint histogram, of equal width from the lowest to the highest value that
/// counts; scikit-image's default.
pub const NMI_BINS: usize = 100;

/// Figures of two images over the voxels of the first where the second, interpolated linearly, is
/// defined, both are finite and the mask lets them count. NaN where a figure is not defined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Similarity {
    /// Voxels that count.
    pub voxels: u64,
    /// Mean squared difference.
    pub msd: f64,
    /// Mean absolute difference.
    pub mean_absolute: f64,
    /// Largest absolute difference.
    pub max_absolute: f64,
    /// Normalised cross-correlation over all voxels (Pearson's r); not defined where one image is
    /// constant.
    pub ncc: f64,
    /// Normalised mutual information, (H(A) + H(B)) / H(A, B), from 1 (independent) to 2. Source: C.
    /// Studholme et al., "An overlap invariant entropy measure of 3D medical image alignment", Pattern
    /// Recognition 32, 1999, eq. 8. Not defined where both are constant.
    pub nmi: f64,
}

impl Similarity {
    /// Root of the mean squared difference.
    pub fn rms(&self) -> f64 {
        self.msd.sqrt()
    }
}

/// Compares two images.
pub fn similarity(pair: &ImagePair) -> Similarity {
    similarity_while(pair, &|_| true).unwrap_or_else(|| Similarity::of(&Range::NONE, &Sums::none()))
}

/// The same, telling `goes_on` the part that is done, 0 to 1; `None` once that says no.
pub fn similarity_while(
    pair: &ImagePair,
    goes_on: &(dyn Fn(f32) -> bool + Sync),
) -> Option<Similarity> {
    let near_zero = pair.near_zero();
    let pair = match &near_zero {
        Some(([fixed, moving], _)) => &ImagePair {
            fixed,
            moving,
            ..*pair
        },
        None => pair,
    };
    let apart = near_zero
        .as_ref()
        .map_or(0.0, |(_, [fixed, moving])| moving - fixed);
    let half = |start: f32| move |part: f32| goes_on(start + part / 2.0);
    let ranges = pair.slices(Interpolation::Linear, &half(0.0), |slice| Range::of(&slice))?;
    let range = ranges.into_iter().fold(Range::NONE, Range::with);
    let sums = pair.slices(Interpolation::Linear, &half(0.5), |slice| {
        Sums::of(&slice, &range, apart)
    })?;
    let sums = sums.into_iter().fold(Sums::none(), Sums::with);
    Some(Similarity::of(&range, &sums))
}

/// Number, sum and extremes of the values of both images.
#[derive(Clone, Copy)]
struct Range {
    voxels: u64,
    sum: [f64; 2],
    min: [f64; 2],
    max: [f64; 2],
}

impl Range {
    const NONE: Self = Self {
        voxels: 0,
        sum: [0.0; 2],
        min: [f64::INFINITY; 2],
        max: [f64::NEG_INFINITY; 2],
    };

    fn of(slice: &PairSlice) -> Self {
        let mut range = Self::NONE;
        slice.values(|a, b| {
            range.voxels += 1;
            for (image, value) in [a, b].into_iter().enumerate() {
                range.sum[image] += value;
                range.min[image] = range.min[image].min(value);
                range.max[image] = range.max[image].max(value);
            }
        });
        range
    }

    fn with(self, other: Self) -> Self {
        let both = |join: fn(f64, f64) -> f64, a: [f64; 2], b: [f64; 2]| {
            [join(a[0], b[0]), join(a[1], b[1])]
        };
        Self {
            voxels: self.voxels + other.voxels,
            sum: both(|a, b| a + b, self.sum, other.sum),
            min: both(f64::min, self.min, other.min),
            max: both(f64::max, self.max, other.max),
        }
    }

    fn mean(&self, image: usize) -> f64 {
        self.sum[image] / self.voxels as f64
    }

    /// The bin of a value in the histogram of its image.
    fn bin(&self, image: usize, value: f64) -> usize {
        let width = (self.max[image] - self.min[image]).max(f64::MIN_POSITIVE);
        let place = (value - self.min[image]) / width * NMI_BINS as f64;
        (place as usize).min(NMI_BINS - 1)
    }
}

/// Sums over voxels; products are of deviations from the means.
struct Sums {
    products: [f64; 3],
    squared: f64,
    absolute: f64,
    max_absolute: f64,
    /// Voxels by the bins of both images.
    joint: Vec<u64>,
}

impl Sums {
    fn none() -> Self {
        Self {
            products: [0.0; 3],
            squared: 0.0,
            absolute: 0.0,
            max_absolute: 0.0,
            joint: vec![0; NMI_BINS * NMI_BINS],
        }
    }

    /// `apart`: what the values of the second image are larger than they are given.
    fn of(slice: &PairSlice, range: &Range, apart: f64) -> Self {
        let mut sums = Self::none();
        let means = [range.mean(0), range.mean(1)];
        slice.values(|a, b| {
            let difference = (b - a + apart).abs();
            sums.squared += difference * difference;
            sums.absolute += difference;
            sums.max_absolute = sums.max_absolute.max(difference);
            let [x, y] = [a - means[0], b - means[1]];
            for (sum, product) in sums.products.iter_mut().zip([x * x, y * y, x * y]) {
                *sum += product;
            }
            sums.joint[range.bin(0, a) * NMI_BINS + range.bin(1, b)] += 1;
        });
        sums
    }

    fn with(mut self, other: Self) -> Self {
        for (sum, more) in self.products.iter_mut().zip(other.products) {
            *sum += more;
        }
        for (count, more) in self.joint.iter_mut().zip(other.joint) {
            *count += more;
        }
        Self {
            squared: self.squared + other.squared,
            absolute: self.absolute + other.absolute,
            max_absolute: self.max_absolute.max(other.max_absolute),
            ..self
        }
    }

    fn nmi(&self) -> f64 {
        let mut alone = [[0; NMI_BINS]; 2];
        for (a, row) in self.joint.chunks(NMI_BINS).enumerate() {
            for (b, count) in row.iter().enumerate() {
                alone[0][a] += count;
                alone[1][b] += count;
            }
        }
        (entropy(&alone[0]) + entropy(&alone[1])) / entropy(&self.joint)
    }
}

/// In nats.
fn entropy(counts: &[u64]) -> f64 {
    let all: u64 = counts.iter().sum();
    let shares = counts.iter().filter(|count| **count > 0);
    let shares = shares.map(|count| *count as f64 / all as f64);
    -shares.map(|share| share * share.ln()).sum::<f64>()
}

impl Similarity {
    fn of(range: &Range, sums: &Sums) -> Self {
        let voxels = range.voxels as f64;
        let [aa, bb, ab] = sums.products;
        let known = |value: f64| if range.voxels > 0 { value } else { f64::NAN };
        Self {
            voxels: range.voxels,
            msd: sums.squared / voxels,
            mean_absolute: sums.absolute / voxels,
            max_absolute: known(sums.max_absolute),
            ncc: match aa > 0.0 && bb > 0.0 {
                true => (ab / (aa * bb).sqrt()).clamp(-1.0, 1.0),
                false => f64::NAN,
            },
            nmi: sums.nmi(),
        }
    }
}
