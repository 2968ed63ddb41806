//! How the values of a volume are distributed: histogram, quantiles and the automatic window.
//!
//! All figures are over finite voxels after rescale, all components and time points together. Numbers
//! of 8 and 16 bits are counted one by one; wider types and slices with their own rescale are taken
//! to the precision of f32.

use super::{Linear, Rescale, Volume, Voxel, VoxelArray, VoxelData};
use crate::with_voxels;
use ndarray::s;
use rayon::prelude::*;

/// Counts of values in bins of equal width.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// Lowest and highest value; both belong to the histogram.
    pub range: (f64, f64),
    pub counts: Vec<u64>,
}

/// Quantiles at which the automatic window ends; those of ITK-SNAP's auto contrast.
const AUTO_WINDOW: [f64; 2] = [0.005, 0.995];

/// Numbers of 16 bits.
const KEYS: usize = 1 << 16;

/// The histogram in `bins` bins from the lowest to the highest value; all counts are 0 when no voxel
/// is finite.
pub fn histogram(volume: &Volume, bins: usize) -> Histogram {
    let bins = bins.max(1);
    let stored = StoredCounts::of(volume);
    let extremes = match &stored {
        Some(stored) => stored.quantiles(&[0.0, 1.0]),
        None => quantiles(volume, &[0.0, 1.0]),
    };
    let mut histogram = Histogram {
        range: (0.0, 1.0),
        counts: vec![0; bins],
    };
    let [min, max] = extremes[..] else {
        return histogram;
    };
    histogram.range = (min, max);
    let scale = bins as f64 / (max - min).max(f64::MIN_POSITIVE);
    let bin_of = |value: f64| (((value - min) * scale) as usize).min(bins - 1);
    match stored {
        Some(stored) => {
            for (value, count) in stored.values() {
                histogram.counts[bin_of(value)] += count;
            }
        }
        None => {
            histogram.counts = with_voxels!(volume.data(), array => {
                count(array, volume.rescale(), bins, |number, linear| {
                    let value = linear.apply(number.to_f64());
                    if value.is_finite() { bin_of(value) } else { bins }
                })
            });
        }
    }
    histogram
}

/// The values below which the given shares (0 to 1) of the voxels lie, interpolated linearly between
/// neighbours in rank (NumPy's default); empty when no voxel is finite.
pub fn quantiles(volume: &Volume, shares: &[f64]) -> Vec<f64> {
    match StoredCounts::of(volume) {
        Some(stored) => stored.quantiles(shares),
        None => with_voxels!(volume.data(), array => {
            quantiles_of_floats(array, volume.rescale(), shares)
        }),
    }
}

/// Lowest and highest value of the automatic window: the 0.5 % and 99.5 % quantiles; when these are
/// equal the whole range, and around a constant image one unit.
pub fn auto_window(volume: &Volume) -> (f64, f64) {
    let found = quantiles(volume, &[AUTO_WINDOW[0], AUTO_WINDOW[1], 0.0, 1.0]);
    let [low, high, min, max] = found[..] else {
        return (0.0, 1.0);
    };
    if low < high {
        (low, high)
    } else if min < max {
        (min, max)
    } else {
        let half = (0.5_f64).max(min.abs() * 1e-6);
        (min - half, min + half)
    }
}

/// How often each stored number of 8 or 16 bits occurs.
struct StoredCounts {
    /// In ascending order of stored numbers.
    counts: Vec<u64>,
    /// The stored number of the first count.
    lowest: f64,
    rescale: Linear,
}

impl StoredCounts {
    /// `None` for wider types and for slices with their own rescale.
    fn of(volume: &Volume) -> Option<Self> {
        let Rescale::Uniform(rescale) = *volume.rescale() else {
            return None;
        };
        if !(rescale.slope.is_finite() && rescale.intercept.is_finite()) {
            return None;
        }
        let map = volume.rescale();
        let (counts, lowest) = match volume.data() {
            VoxelData::U8(array) => (count(array, map, KEYS, |v, _| usize::from(v)), 0),
            VoxelData::U16(array) => (count(array, map, KEYS, |v, _| usize::from(v)), 0),
            VoxelData::I8(array) => (count(array, map, KEYS, |v, _| signed(v.into())), i16::MIN),
            VoxelData::I16(array) => (count(array, map, KEYS, |v, _| signed(v)), i16::MIN),
            _ => return None,
        };
        Some(Self {
            counts,
            lowest: lowest.into(),
            rescale,
        })
    }

    fn values(&self) -> impl Iterator<Item = (f64, u64)> {
        let filled = self
            .counts
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0);
        filled.map(|(key, count)| (self.value(key), *count))
    }

    fn value(&self, key: usize) -> f64 {
        self.rescale.apply(self.lowest + key as f64)
    }

    fn quantiles(&self, shares: &[f64]) -> Vec<f64> {
        let total: u64 = self.counts.iter().sum();
        between_ranks(shares, total, |ranks| {
            let at = |rank: u64| {
                // A falling rescale turns the order round.
                let rank = if self.rescale.slope < 0.0 {
                    total - 1 - rank
                } else {
                    rank
                };
                self.value(locate(&self.counts, rank).0)
            };
            ranks.iter().map(|rank| at(*rank)).collect()
        })
    }
}

fn signed(number: i16) -> usize {
    (i32::from(number) - i32::from(i16::MIN)) as usize
}

/// Quantiles by counting the upper and then, where it matters, the lower half of the bits of each
/// value as f32.
fn quantiles_of_floats<T: Voxel>(
    array: &VoxelArray<T>,
    rescale: &Rescale,
    shares: &[f64],
) -> Vec<f64> {
    let key = |number: T, linear: Linear| ordered_bits(linear.apply(number.to_f64()) as f32);
    let mut upper = count(array, rescale, KEYS, |v, linear| {
        (key(v, linear) >> 16) as usize
    });
    let infinite = (ordered_bits(f32::INFINITY) >> 16) as usize;
    upper[infinite..].fill(0);
    upper[..KEYS - infinite].fill(0);
    between_ranks(shares, upper.iter().sum(), |ranks| {
        let places: Vec<(usize, u64)> = ranks.iter().map(|rank| locate(&upper, *rank)).collect();
        let mut wanted: Vec<usize> = places.iter().map(|(bin, _)| *bin).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let unwanted = wanted.len();
        let mut slots = vec![unwanted; KEYS];
        for (slot, bin) in wanted.iter().enumerate() {
            slots[*bin] = slot;
        }
        let lower = count(array, rescale, unwanted * KEYS, |v, linear| {
            let key = key(v, linear);
            let slot = slots[(key >> 16) as usize];
            if slot == unwanted {
                unwanted * KEYS
            } else {
                slot * KEYS + (key & 0xffff) as usize
            }
        });
        let value = |(bin, rank): (usize, u64)| {
            let slot = slots[bin];
            let (low, _) = locate(&lower[slot * KEYS..(slot + 1) * KEYS], rank);
            f64::from(from_ordered_bits((bin as u32) << 16 | low as u32))
        };
        places.into_iter().map(value).collect()
    })
}

/// Bits that compare as the numbers do.
#[inline(always)]
fn ordered_bits(value: f32) -> u32 {
    let bits = value.to_bits();
    if bits >> 31 == 1 {
        !bits
    } else {
        bits | 1 << 31
    }
}

fn from_ordered_bits(bits: u32) -> f32 {
    f32::from_bits(if bits >> 31 == 1 {
        bits & !(1 << 31)
    } else {
        !bits
    })
}

/// Quantiles from the values at whole ranks, which `values_at` finds for all ranks at once.
fn between_ranks(
    shares: &[f64],
    total: u64,
    values_at: impl FnOnce(&[u64]) -> Vec<f64>,
) -> Vec<f64> {
    if total == 0 {
        return Vec::new();
    }
    let places = shares
        .iter()
        .map(|share| share.clamp(0.0, 1.0) * (total - 1) as f64);
    let ranks: Vec<u64> = places
        .clone()
        .flat_map(|p| [p.floor() as u64, p.ceil() as u64])
        .collect();
    let values = values_at(&ranks);
    let (pairs, _) = values.as_chunks::<2>();
    pairs
        .iter()
        .zip(places)
        .map(|([a, b], place)| a + place.fract() * (b - a))
        .collect()
}

/// The bin that holds the value of `rank`, and its rank within that bin.
fn locate(counts: &[u64], mut rank: u64) -> (usize, u64) {
    for (bin, count) in counts.iter().enumerate() {
        if rank < *count {
            return (bin, rank);
        }
        rank -= count;
    }
    (counts.len().saturating_sub(1), 0)
}

/// Counts voxels by key, `keys` of them; a voxel whose key is `keys` is left out.
fn count<T: Voxel>(
    array: &VoxelArray<T>,
    rescale: &Rescale,
    keys: usize,
    key: impl Fn(T, Linear) -> usize + Sync,
) -> Vec<u64> {
    let (nt, nz, ny, nx, components) = array.dim();
    let rows = nt * nz * ny * components;
    // Few blocks, for each has a table; but none of more voxels than its counters hold.
    let blocks = (2 * rayon::current_num_threads())
        .max(array.len() >> 31)
        .min(rows)
        .max(1);
    let count_block = |block: usize| {
        // Equal neighbours fall into different cells, so that one count need not wait for the other.
        let mut pairs = vec![[0_u32; 2]; keys + 1];
        for row in rows * block / blocks..rows * (block + 1) / blocks {
            let (c, j) = (row % components, row / components % ny);
            let (k, t) = (row / components / ny % nz, row / components / ny / nz);
            let linear = rescale.of_slice(t, k, nz);
            let row = array.slice(s![t, k, j, .., c]);
            let (twos, _) = row.as_slice().unwrap_or_default().as_chunks::<2>();
            for [a, b] in twos {
                pairs[key(*a, linear)][0] += 1;
                pairs[key(*b, linear)][1] += 1;
            }
            let apart = row.iter().skip(2 * twos.len());
            for number in apart {
                pairs[key(*number, linear)][0] += 1;
            }
        }
        pairs
    };
    let add = |mut sum: Vec<u64>, pairs: Vec<[u32; 2]>| {
        for (sum, [a, b]) in sum.iter_mut().zip(pairs) {
            *sum += u64::from(a) + u64::from(b);
        }
        sum
    };
    debug_assert!(nx > 0);
    (0..blocks)
        .into_par_iter()
        .map(count_block)
        .fold(|| vec![0; keys], add)
        .reduce(
            || vec![0; keys],
            |a, b| a.iter().zip(b).map(|(a, b)| a + b).collect(),
        )
}
