//! The value of a volume between its voxel centres.

use super::Volume;
use crate::geometry::IndexPoint;

/// How a value between voxel centres is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Interpolation {
    /// The value of the voxel whose cell holds the point.
    Nearest,
    /// Weighted mean of the two voxels on either side, axis by axis.
    #[default]
    Linear,
}

/// Fractions below this are taken as a voxel centre, so that rounding does not mix in a neighbour.
const SNAP: f64 = 1e-5;

/// The voxels on either side of a coordinate along one axis, and the share of the upper one.
/// A share of 0 means that only `low` counts; `high` then equals it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Neighbors {
    pub low: usize,
    pub high: usize,
    pub share: f64,
}

impl Neighbors {
    /// Of `coordinate` among `count` voxels, `None` outside their cells. A cell reaches half a voxel
    /// beyond its centre; the outer half of the first and the last repeats the edge voxel.
    pub fn at(coordinate: f64, count: usize, interpolation: Interpolation) -> Option<Self> {
        let nearest = (coordinate + 0.5).floor();
        if !(nearest >= 0.0 && nearest < count as f64) {
            return None;
        }
        let clamped = coordinate.clamp(0.0, (count - 1) as f64);
        let fraction = clamped - clamped.floor();
        let single = |voxel: f64| Self {
            low: voxel as usize,
            high: voxel as usize,
            share: 0.0,
        };
        Some(match interpolation {
            Interpolation::Nearest => single(nearest),
            Interpolation::Linear if !(SNAP..=1.0 - SNAP).contains(&fraction) => {
                single(clamped.round())
            }
            Interpolation::Linear => Self {
                low: clamped as usize,
                high: clamped as usize + 1,
                share: fraction,
            },
        })
    }

    /// The voxels that count and their weights.
    pub fn weighted(self) -> impl Iterator<Item = (usize, f64)> + Clone {
        [(self.low, 1.0 - self.share), (self.high, self.share)]
            .into_iter()
            .filter(|(_, weight)| *weight > 0.0)
    }
}

/// The value after rescale of one component at a point, or `None` outside the volume.
pub fn sample(
    volume: &Volume,
    point: IndexPoint,
    time: usize,
    component: usize,
    interpolation: Interpolation,
) -> Option<f64> {
    let [nx, ny, nz] = volume.grid().shape();
    let i = Neighbors::at(point.0.x, nx, interpolation)?;
    let j = Neighbors::at(point.0.y, ny, interpolation)?;
    let k = Neighbors::at(point.0.z, nz, interpolation)?;
    let mut sum = 0.0;
    for (k, weight_k) in k.weighted() {
        for (j, weight_j) in j.weighted() {
            for (i, weight_i) in i.weighted() {
                let value = volume.value([i, j, k], time, component)?;
                sum += weight_k * weight_j * weight_i * value;
            }
        }
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outer_half_of_an_edge_cell_repeats_the_edge_voxel() {
        let at = |u| Neighbors::at(u, 4, Interpolation::Linear).map(|n| (n.low, n.share));
        assert_eq!(at(-0.5), Some((0, 0.0)));
        assert_eq!(at(3.49), Some((3, 0.0)));
        assert_eq!(at(2.75), Some((2, 0.75)));
        assert_eq!(at(-0.51), None);
        assert_eq!(at(3.5), None);
        assert_eq!(at(f64::NAN), None);
    }

    #[test]
    fn a_coordinate_off_by_rounding_is_its_voxel() {
        let n = Neighbors::at(2.0 - 1e-12, 4, Interpolation::Linear).expect("inside");
        assert_eq!((n.low, n.high), (2, 2));
        assert_eq!(n.weighted().count(), 1);
    }

    #[test]
    fn halfway_belongs_to_the_upper_voxel() {
        let n = Neighbors::at(1.5, 4, Interpolation::Nearest).expect("inside");
        assert_eq!(n.low, 2);
    }
}
