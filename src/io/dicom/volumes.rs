//! From slices to volumes: copies left out, pictures of one place put in order of time.

use super::instance::Instance;
use super::stack::{Refusal, Slice, refuse};
use crate::volume::{Notice, NoticeKind};
use std::cmp::Ordering;
use std::collections::HashSet;

/// Slices nearer than this along the normal are at the same place, in mm.
const SAME_PLACE: f64 = 1e-3;
/// Pictures of one place lie at most this far beside each other, in mm.
const BESIDE: f64 = 0.1;

/// The volumes that slices make, each with one picture of every place; a classic stack is one volume.
/// `identical` tells whether two files have the same pixels; it is asked only where everything else
/// is equal.
pub(super) fn volumes<'a>(
    slices: Vec<Slice<'a>>,
    identical: impl Fn(&Instance, &Instance) -> bool,
    notices: &mut Vec<Notice>,
) -> Result<Vec<Vec<Slice<'a>>>, Refusal> {
    let (places, dropped) = places(slices, identical);
    let first = places.first().and_then(|place| place.first());
    let several = |what: &str| {
        let of = first.map(|slice| slice.of);
        let hint = if of.is_some_and(Instance::is_multi_frame) {
            "convert the file with dcm2niix and open the NIfTI files"
        } else {
            "open the folder, where it is split into images"
        };
        refuse(of, what, hint)
    };
    let count = places.first().map_or(0, Vec::len);
    if places.iter().any(|place| place.len() != count) {
        return Err(several(
            "a series with more pictures of some places than of others",
        ));
    }
    if !places.iter().all(|place| is_told_apart(place)) {
        return Err(several(
            "a series with several pictures of one place that nothing tells apart",
        ));
    }
    if dropped > 0 {
        let (files, are) = match dropped {
            1 => ("file", "is"),
            _ => ("files", "are"),
        };
        notices.push(Notice::new(
            NoticeKind::Duplicate,
            format!("{dropped} {files} repeat another slice exactly and {are} left out"),
        ));
    }
    Ok((0..count)
        .map(|t| {
            places
                .iter()
                .filter_map(|place| place.get(t))
                .copied()
                .collect()
        })
        .collect())
}

/// For each file its rank among the files that show the same place, counted from 0; copies have that
/// of their original.
pub(super) fn ranks(
    slices: Vec<Slice>,
    files: usize,
    identical: impl Fn(&Instance, &Instance) -> bool,
) -> Vec<usize> {
    let mut ranks = vec![0; files];
    for place in by_place(slices) {
        let mut rank = 0;
        for (at, slice) in place.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|before| place.get(before));
            if before.is_some_and(|before| !is_copy(before, slice, &identical)) {
                rank += 1;
            }
            if let Some(of_file) = ranks.get_mut(slice.instance) {
                *of_file = rank.max(*of_file);
            }
        }
    }
    ranks
}

/// The pictures of each place in order of time, places along the stack, and the number of files that
/// were left out as copies.
fn places<'a>(
    slices: Vec<Slice<'a>>,
    identical: impl Fn(&Instance, &Instance) -> bool,
) -> (Vec<Vec<Slice<'a>>>, usize) {
    let mut places = by_place(slices);
    let mut copies = HashSet::new();
    for place in &mut places {
        place.dedup_by(|slice, kept| {
            let is_copy = is_copy(kept, slice, &identical);
            if is_copy {
                copies.insert(slice.instance);
            }
            is_copy
        });
    }
    (places, copies.len())
}

fn by_place(mut slices: Vec<Slice>) -> Vec<Vec<Slice>> {
    let number = |slice: &Slice| match slice.plane {
        None => slice.picture()?.time_point.instance_number,
        Some(_) => None,
    };
    slices.sort_by(|a, b| {
        (a.along.total_cmp(&b.along))
            .then(number(a).cmp(&number(b)))
            .then_with(|| order(a, b))
    });
    let mut places: Vec<Vec<Slice>> = Vec::new();
    for slice in slices {
        match places.last_mut() {
            Some(place) if place.first().is_some_and(|first| same_place(first, &slice)) => {
                place.push(slice);
            }
            _ => places.push(vec![slice]),
        }
    }
    // Positions that differ by rounding come in any order of time.
    for place in &mut places {
        place.sort_by(order);
    }
    places
}

fn order(a: &Slice, b: &Slice) -> Ordering {
    let time = match (a.picture(), b.picture()) {
        (Some(a), Some(b)) => a.time_point.compare(&b.time_point),
        _ => Ordering::Equal,
    };
    time.then_with(|| a.of.path.cmp(&b.of.path))
        .then(a.frame.cmp(&b.frame))
}

fn same_place(a: &Slice, b: &Slice) -> bool {
    a.plane.is_some() && b.plane.is_some() && (a.along - b.along).abs() < SAME_PLACE
}

fn is_copy(kept: &Slice, slice: &Slice, identical: impl Fn(&Instance, &Instance) -> bool) -> bool {
    kept.instance != slice.instance
        && kept.frame == slice.frame
        && kept.of.frames == slice.of.frames
        && identical(kept.of, slice.of)
}

/// Whether the pictures of one place, in order of time, are of different volumes.
fn is_told_apart(place: &[Slice]) -> bool {
    place.windows(2).all(|pair| {
        let [a, b] = pair else { return true };
        let (Some(here), Some(there)) = (a.plane, b.plane) else {
            return false;
        };
        // Frames of one file are in the order in which they were taken.
        let differ = a.instance == b.instance
            || a.picture().map(|a| &a.time_point) != b.picture().map(|b| &b.time_point);
        differ && (here.position - there.position).norm() < BESIDE
    })
}
