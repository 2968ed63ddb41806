//! The places of the fixed image at which the images are compared.
//!
//! Each lies at random in the cell of its voxel: on grids that coincide, places at voxel centres would
//! favour shifts by whole voxels (Likar and Pernus, Image and Vision Computing 19, 2001).

use super::params::Sampling;
use super::probe::{Block, map_of};
use super::pyramid::Image;
use nalgebra::{Matrix4, Vector3};

/// Blocks are the work of one thread at a time, and do not depend on how many there are.
const SHORTEST_BLOCK: usize = 4096;
const MOST_BLOCKS: usize = 64;

/// Of a share that is smaller about so many samples are drawn, or all where there are no more.
const ENOUGH: f64 = 500.0;

/// Where all voxels count and are fewer, each is sampled several times, so that the places in it say
/// little about the result.
pub(super) const PLENTY: usize = 1 << 18;

/// Samples of one voxel at most.
const MOST_OF_A_VOXEL: usize = 16;

/// Steps along each axis, in voxels, that spread the samples of one voxel evenly over its cell (powers
/// of 1 / 1.2207, the root of x^4 = x + 1: Roberts, The unreasonable effectiveness of quasirandom
/// sequences, 2018).
const SPREAD: [f64; 3] = [0.819_172_5, 0.671_043_6, 0.549_700_5];

/// Samples of an image.
pub(super) struct Samples {
    pub blocks: Vec<Block>,
    pub count: usize,
    /// How many of them lie in each voxel, but for those that are not defined.
    pub of_a_voxel: usize,
    /// Their mean place in voxels.
    pub center: Vector3<f64>,
    /// Root of their mean squared distance from it, in mm.
    pub radius: f64,
}

impl Samples {
    /// Samples of `image` where `counts` says so, or all; `None` when none is defined.
    pub fn draw(image: &Image, counts: Option<&[bool]>, sampling: Sampling) -> Option<Self> {
        let counted =
            |n: &usize| !image.values[*n].is_nan() && counts.is_none_or(|counts| counts[*n]);
        let all = (0..image.values.len()).filter(counted).count();
        let (share, seed, of_a_voxel) = match sampling {
            Sampling::Full => (1.0, 0, (PLENTY / all.max(1)).clamp(1, MOST_OF_A_VOXEL)),
            Sampling::Random { share, seed } => (share.max(ENOUGH / all as f64), seed, 1),
        };
        let [nx, ny, _] = image.shape;
        let drawn = |n: &usize| counted(n) && portion(random(seed, *n as u64), 0) < share;
        let mut at: [Vec<f32>; 3] = Default::default();
        for n in (0..image.values.len()).filter(drawn) {
            let numbers = random(seed, n as u64);
            let voxel = [n % nx, n / nx % ny, n / (nx * ny)];
            for (axis, at) in at.iter_mut().enumerate() {
                let first = portion(numbers, axis as u32 + 1);
                let last = (image.shape[axis] - 1) as f64;
                at.extend((0..of_a_voxel).map(|n| {
                    let off = (first + n as f64 * SPREAD[axis]).fract() - 0.5;
                    (voxel[axis] as f64 + off).clamp(0.0, last) as f32
                }));
            }
        }
        let samples = Self::at(image, &at)?;
        Some(Self {
            of_a_voxel,
            ..samples
        })
    }

    /// About how many voxels they lie in.
    pub fn voxels(&self) -> usize {
        self.count.div_ceil(self.of_a_voxel)
    }

    /// Whether the fixed image has one value at all of them.
    pub fn are_alike(&self) -> bool {
        let mut values = self.blocks.iter().flat_map(|block| &block.fixed);
        let first = values.next();
        values.all(|value| Some(value) == first)
    }

    fn at(image: &Image, at: &[Vec<f32>; 3]) -> Option<Self> {
        let itself = map_of(&Matrix4::identity());
        let count = at[0].len();
        let length = count.div_ceil(MOST_BLOCKS).max(SHORTEST_BLOCK);
        let mut blocks = Vec::new();
        for from in (0..count).step_by(length) {
            let to = count.min(from + length);
            let places = [0, 1, 2].map(|axis: usize| at[axis][from..to].to_vec());
            let mut block = Block::new(places, vec![0.0; to - from]);
            block.probe(image, &itself);
            blocks.push(block.known());
        }
        Self::about_their_center(image, blocks)
    }

    fn about_their_center(image: &Image, mut blocks: Vec<Block>) -> Option<Self> {
        let count: usize = blocks.iter().map(|block| block.fixed.len()).sum();
        if count == 0 {
            return None;
        }
        let mean = |axis: usize| {
            let all = blocks.iter().flat_map(|block| &block.at[axis]);
            all.map(|v| f64::from(*v)).sum::<f64>() / count as f64
        };
        let center = Vector3::from([0, 1, 2].map(mean));
        let to_world = image.affine.fixed_view::<3, 3>(0, 0);
        let mut squares = 0.0;
        for block in &mut blocks {
            for (axis, at) in block.at.iter_mut().enumerate() {
                at.iter_mut().for_each(|v| *v -= center[axis] as f32);
            }
            let [x, y, z] = &block.at;
            for ((x, y), z) in x.iter().zip(y).zip(z) {
                let off = Vector3::new(f64::from(*x), f64::from(*y), f64::from(*z));
                squares += (to_world * off).norm_squared();
            }
        }
        Some(Self {
            blocks,
            count,
            of_a_voxel: 1,
            // As the places were moved by what f32 made of it.
            center: center.map(|v| f64::from(v as f32)),
            radius: (squares / count as f64).sqrt().max(f64::MIN_POSITIVE),
        })
    }
}

impl Block {
    /// What was looked up becomes the values of the fixed image; places without one are left out.
    fn known(self) -> Self {
        let known: Vec<bool> = self.moving.iter().map(|v| !v.is_nan()).collect();
        let kept = |numbers: &[f32]| {
            let pairs = numbers.iter().zip(&known);
            pairs
                .filter(|(_, known)| **known)
                .map(|(v, _)| *v)
                .collect()
        };
        Self::new(
            [0, 1, 2].map(|axis: usize| kept(&self.at[axis])),
            kept(&self.moving),
        )
    }
}

/// Bits that look random, the same for the same voxel and seed (Steele et al., SplitMix, OOPSLA 2014).
fn random(seed: u64, voxel: u64) -> u64 {
    let mut bits = seed.wrapping_mul(0xd1b5_4a32_d192_ed03).wrapping_add(voxel);
    bits = bits.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// One of four numbers from 0 to 1 in random bits.
fn portion(bits: u64, which: u32) -> f64 {
    let part = (bits >> (16 * which)) & 0xffff;
    part as f64 / 65536.0
}
