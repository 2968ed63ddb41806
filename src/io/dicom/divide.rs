//! Dividing a series whose pictures make no single image: two acquisitions, a time series that was
//! broken off, files that nothing tells apart.

use super::instance::Instance;
use super::stack::{self, assemble};
use super::time_point::TimePoint;
use super::volumes;
use crate::geometry::Grid;
use std::collections::BTreeMap;

/// Groups of files that make an image each, in order of time: the way that gives the fewest images.
/// Files that cannot be divided so stay together.
pub(super) fn divide(
    instances: Vec<Instance>,
    identical: impl Fn(&Instance, &Instance) -> bool + Copy,
) -> Vec<Vec<Instance>> {
    let is_image = |files: &[Instance]| assemble(files, identical).is_ok();
    if instances.len() < 2 || is_image(&instances) {
        return vec![instances];
    }
    let keys: [fn(&TimePoint) -> Option<u64>; 4] = [
        |point| point.temporal_position.map(|number| number as u64),
        |point| point.acquisition_number.map(|number| number as u64),
        |point| point.echo_time.map(f64::to_bits),
        |point| point.b_value.map(f64::to_bits),
    ];
    let ranks = volumes::ranks(stack::slices(&instances), instances.len(), identical);
    let mut ways: Vec<_> = keys
        .iter()
        .map(|key| {
            grouped(&instances, |_, instance| {
                key(&instance.frames.first()?.time_point)
            })
        })
        .collect();
    ways.push(grouped(&instances, |at, _| {
        ranks.get(at).map(|rank| *rank as u64)
    }));
    ways.into_iter()
        .filter(|groups| groups.len() > 1 && groups.iter().all(|group| is_image(group)))
        .map(|groups| joined(groups, identical))
        .min_by_key(Vec::len)
        .unwrap_or_else(|| vec![instances])
}

/// Groups in order of their key.
fn grouped(
    instances: &[Instance],
    key: impl Fn(usize, &Instance) -> Option<u64>,
) -> Vec<Vec<Instance>> {
    let mut groups: BTreeMap<Option<u64>, Vec<Instance>> = BTreeMap::new();
    for (at, instance) in instances.iter().enumerate() {
        let key = key(at, instance);
        groups.entry(key).or_default().push(instance.clone());
    }
    groups.into_values().collect()
}

/// Groups on the same grid are the volumes of one image.
fn joined(
    groups: Vec<Vec<Instance>>,
    identical: impl Fn(&Instance, &Instance) -> bool + Copy,
) -> Vec<Vec<Instance>> {
    let mut images: Vec<(Option<Grid>, Vec<Vec<Instance>>)> = Vec::new();
    for group in groups {
        let grid = assemble(&group, identical).ok().map(|stack| stack.grid);
        let home = images.iter_mut().find(|(other, _)| match (other, &grid) {
            (Some(other), Some(grid)) => other.same_as(grid),
            _ => false,
        });
        match home {
            Some((_, volumes)) => volumes.push(group),
            None => images.push((grid, vec![group])),
        }
    }
    images
        .into_iter()
        .flat_map(|(_, volumes)| {
            let whole = volumes.concat();
            match assemble(&whole, identical) {
                Ok(_) => vec![whole],
                Err(_) => volumes,
            }
        })
        .collect()
}
