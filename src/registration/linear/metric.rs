//! What is made as small as possible, and the metrics that compare images sample by sample.

use super::probe::{Block, Map};
use super::pyramid::Image;
use super::samples::Samples;
use nalgebra::Matrix3x4;
use rayon::prelude::*;

/// A measure of misfit of two images as a function of a map from voxels of the fixed image (from the
/// centre of its samples) to voxels of the moving one.
pub(super) trait Cost: Send {
    /// `None` where too little overlaps, or nothing can be compared.
    fn cost(&mut self, map: &Map) -> Option<f64>;

    /// How the last cost changes with the entries of its map.
    fn slope(&mut self) -> Matrix3x4<f64>;

    /// The part of the samples that took part in the last cost.
    fn overlap(&self) -> f64;
}

/// The least part of the samples that must lie in the moving image.
pub(super) const LEAST_OVERLAP: f64 = 0.05;

/// A metric of which each sample adds to sums.
pub(super) trait Measure: Send + Sync {
    type Sums: Clone + Default + Send + Sync;

    /// Adds the block to sums that are 0.
    fn add(&self, block: &Block, sums: &mut Self::Sums);

    /// The cost, and how many samples it was made of.
    fn cost<'a>(&mut self, sums: impl Iterator<Item = &'a Self::Sums>) -> (Option<f64>, f64)
    where
        Self::Sums: 'a;

    /// How the last cost changes with each value of the moving image.
    fn weigh(&self, block: &mut Block);
}

/// A cost by samples.
pub(super) struct Sampled<M: Measure> {
    measure: M,
    blocks: Vec<(Block, M::Sums, Matrix3x4<f64>)>,
    count: usize,
    counted: f64,
    moving: Image,
}

impl<M: Measure> Sampled<M> {
    pub fn new(measure: M, samples: Samples, moving: Image) -> Self {
        let start = |block| (block, M::Sums::default(), Matrix3x4::zeros());
        Self {
            measure,
            count: samples.count,
            counted: 0.0,
            blocks: samples.blocks.into_iter().map(start).collect(),
            moving,
        }
    }
}

impl<M: Measure> Cost for Sampled<M> {
    fn cost(&mut self, map: &Map) -> Option<f64> {
        let (measure, moving) = (&self.measure, &self.moving);
        each(&mut self.blocks, |(block, sums, _)| {
            block.probe(moving, map);
            measure.add(block, sums);
        });
        let (cost, counted) = self
            .measure
            .cost(self.blocks.iter().map(|(_, sums, _)| sums));
        self.counted = counted;
        cost.filter(|cost| cost.is_finite() && self.overlap() >= LEAST_OVERLAP)
    }

    fn slope(&mut self) -> Matrix3x4<f64> {
        let measure = &self.measure;
        each(&mut self.blocks, |(block, _, pull)| {
            measure.weigh(block);
            *pull = block.pull();
        });
        self.blocks.iter().map(|(_, _, pull)| pull).sum()
    }

    fn overlap(&self) -> f64 {
        self.counted / self.count as f64
    }
}

/// Does it for each, on all threads when there is more than one.
pub(super) fn each<T: Send>(items: &mut [T], does: impl Fn(&mut T) + Send + Sync) {
    if items.len() == 1 {
        items.iter_mut().for_each(does);
    } else {
        items.par_iter_mut().for_each(does);
    }
}
