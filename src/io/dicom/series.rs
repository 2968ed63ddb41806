//! Sorting files into series, and series into parts that can each be one stack.

use super::divide::divide;
use super::instance::{Frame, Instance};
use std::collections::BTreeMap;

/// Largest difference of direction cosines within one stack; scanners round to 4 digits or more.
const SAME_DIRECTION: f64 = 5e-3;
/// Largest relative difference of pixel spacings within one stack.
const SAME_SPACING: f64 = 1e-3;

/// Files that can be one stack.
pub(super) struct Part {
    /// SeriesInstanceUID, with `#2`, `#3` ... for further parts of a series.
    pub uid: String,
    /// Into how many parts its series fell.
    pub of: usize,
    pub instances: Vec<Instance>,
}

/// Groups by series, then splits what cannot be one image. Parts are in order of first file name and
/// of time, series in order of number and UID. `identical` tells whether two files have the same
/// pixels.
pub(super) fn parts(
    instances: Vec<Instance>,
    identical: impl Fn(&Instance, &Instance) -> bool + Copy,
) -> Vec<Part> {
    let mut series: BTreeMap<(i64, String), Vec<Instance>> = BTreeMap::new();
    for instance in instances {
        // Without a UID nothing says that two files belong together.
        let uid = instance
            .series_uid
            .clone()
            .unwrap_or_else(|| instance.path.display().to_string());
        let number = instance.series_number.unwrap_or(i64::MAX);
        series.entry((number, uid)).or_default().push(instance);
    }
    merge_numbers(&mut series);
    series
        .into_iter()
        .flat_map(move |((_, uid), instances)| {
            let instances = instances.into_iter().flat_map(Instance::parts).collect();
            let groups: Vec<_> = split(instances)
                .into_iter()
                .flat_map(|group| divide(group, identical))
                .collect();
            let of = groups.len();
            groups
                .into_iter()
                .enumerate()
                .map(move |(part, instances)| Part {
                    uid: match part {
                        0 => uid.clone(),
                        _ => format!("{uid}#{}", part + 1),
                    },
                    of,
                    instances,
                })
        })
        .collect()
}

/// A UID is one series even if its files disagree about its number.
fn merge_numbers(series: &mut BTreeMap<(i64, String), Vec<Instance>>) {
    let mut first: BTreeMap<String, i64> = BTreeMap::new();
    let keys: Vec<(i64, String)> = series.keys().cloned().collect();
    for (number, uid) in keys {
        match first.get(&uid) {
            None => {
                first.insert(uid, number);
            }
            Some(&home) => {
                let more = series.remove(&(number, uid.clone())).unwrap_or_default();
                series.entry((home, uid)).or_default().extend(more);
            }
        }
    }
}

fn split(mut instances: Vec<Instance>) -> Vec<Vec<Instance>> {
    instances.sort_by(|a, b| a.path.cmp(&b.path));
    let mut groups: Vec<Vec<Instance>> = Vec::new();
    for instance in instances {
        let home = groups.iter_mut().find(|group| {
            group
                .first()
                .is_some_and(|first| stack_together(first, &instance))
        });
        match home {
            Some(group) => group.push(instance),
            None => groups.push(vec![instance]),
        }
    }
    groups
}

/// Whether two files can be slices of one stack.
fn stack_together(a: &Instance, b: &Instance) -> bool {
    let (Some(first), Some(second)) = (a.frames.first(), b.frames.first()) else {
        return false;
    };
    !a.is_multi_frame()
        && !b.is_multi_frame()
        && a.role == b.role
        && a.frames.len() == b.frames.len()
        && a.layout.stacks_with(&b.layout)
        && parallel(first, second)
}

/// Whether two pictures have the same pixel spacing and lie in parallel planes.
pub(super) fn parallel(a: &Frame, b: &Frame) -> bool {
    let close = |a: f64, b: f64| (a - b).abs() <= SAME_SPACING * a.max(b);
    let ([dx, dy], [other_dx, other_dy]) = (a.spacing(), b.spacing());
    let spacing = close(dx, other_dx) && close(dy, other_dy);
    let direction = match (&a.plane, &b.plane) {
        (None, None) => true,
        (Some(a), Some(b)) => {
            (a.row - b.row).norm() <= SAME_DIRECTION
                && (a.column - b.column).norm() <= SAME_DIRECTION
        }
        _ => false,
    };
    spacing && direction
}
