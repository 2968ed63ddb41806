//! The steps between the slices of a stack, and remarks on those that are not equal: gaps, missing
//! slices, a tilted gantry.

use super::instance::Plane;
use super::stack::Slice;
use crate::volume::{Notice, NoticeKind};
use nalgebra::Vector3;

/// A step between slices is a gap when it differs from the usual one by this fraction, and by 0.02 mm.
const UNEVEN: f64 = 0.02;
/// Sideways shift per step along the normal above which a stack is sheared (0.1 degree).
const SHEARED: f64 = 1.75e-3;
/// So many gaps are named one by one.
const NAMED_GAPS: usize = 6;

/// The mean step from the first to the last slice: along the normal, or sheared when the gantry was
/// tilted. Says what is uneven.
pub(super) fn step(
    slices: &[Slice],
    start: &Plane,
    end: &Plane,
    notices: &mut Vec<Notice>,
) -> Vector3<f64> {
    let steps = (slices.len() - 1) as f64;
    let normal = start.normal();
    let whole = end.position - start.position;
    let along = whole.dot(&normal);
    let sideways = whole - normal * along;
    note_gaps(slices, notices);
    let sheared = sideways.norm() > SHEARED * along && sideways.norm() > 0.05;
    let step = if sheared {
        let angle = sideways.norm().atan2(along).to_degrees();
        notices.push(Notice::new(
            NoticeKind::GantryTilt,
            format!(
                "the slices are shifted against each other by {angle:.1} degrees, as with a tilted \
                 gantry; they are shown in place, nothing is resampled"
            ),
        ));
        whole / steps
    } else {
        normal * (along / steps)
    };
    note_wandering(slices, start, &step, notices);
    step
}

/// Where the slices lie in mm from the first on, if their steps are not equal.
pub(super) fn uneven_positions(slices: &[Slice]) -> Option<Vec<f64>> {
    let first = slices.first().filter(|_| !odd_steps(slices).1.is_empty())?;
    Some(slices.iter().map(|s| s.along - first.along).collect())
}

/// The usual step, and the slices after which there is another.
fn odd_steps(slices: &[Slice]) -> (f64, Vec<usize>) {
    let steps: Vec<f64> = slices.windows(2).map(gap).collect();
    let mut sorted = steps.clone();
    sorted.sort_by(f64::total_cmp);
    let usual = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
    let odd = |k: &usize| (steps[*k] - usual).abs() > (UNEVEN * usual).max(0.02);
    (usual, (0..steps.len()).filter(odd).collect())
}

fn note_gaps(slices: &[Slice], notices: &mut Vec<Notice>) {
    let steps: Vec<f64> = slices.windows(2).map(gap).collect();
    let (usual, odd) = odd_steps(slices);
    if odd.is_empty() {
        return;
    }
    let mean = steps.iter().sum::<f64>() / steps.len() as f64;
    let mut named: Vec<String> = odd
        .iter()
        .take(NAMED_GAPS)
        .map(|&k| {
            format!(
                "{:.3} mm between slices {k} and {} ({:.3} and {:.3} mm along the stack)",
                steps[k],
                k + 1,
                slices[k].along,
                slices[k + 1].along
            )
        })
        .collect();
    if odd.len() > NAMED_GAPS {
        named.push(format!("and {} more", odd.len() - NAMED_GAPS));
    }
    notices.push(Notice::new(
        NoticeKind::UnevenSpacing,
        format!(
            "the steps between slices are not equal: mostly {usual:.3} mm, but {}; shown with the mean \
             step of {mean:.3} mm",
            named.join(", ")
        ),
    ));
    note_missing(slices, usual, &odd, notices);
}

/// A gap of a whole multiple of the usual step looks like slices that were not copied.
fn note_missing(slices: &[Slice], usual: f64, odd: &[usize], notices: &mut Vec<Notice>) {
    let gaps: Vec<(f64, usize)> = odd
        .iter()
        .filter_map(|&k| Some((slices.get(k)?.along, gap(slices.get(k..k + 2)?) / usual)))
        .filter(|(_, times)| *times > 1.5 && (times - times.round()).abs() < 0.05)
        .map(|(start, times)| (start, times.round() as usize - 1))
        .collect();
    let missing = gaps
        .iter()
        .fold(0usize, |sum, (_, count)| sum.saturating_add(*count));
    let mut places: Vec<String> = gaps
        .iter()
        .flat_map(|(start, count)| (1..=*count).map(move |step| start + step as f64 * usual))
        .take(NAMED_GAPS)
        .map(|along| format!("{along:.3}"))
        .collect();
    if missing > NAMED_GAPS {
        places.push("...".to_owned());
    }
    let slices = match missing {
        0 => return,
        1 => "slice seems",
        _ => "slices seem",
    };
    notices.push(Notice::new(
        NoticeKind::MissingSlices,
        format!(
            "{missing} {slices} to be missing from the series, at {} mm along the stack",
            places.join(", ")
        ),
    ));
}

fn gap(pair: &[Slice]) -> f64 {
    match pair {
        [a, b] => b.along - a.along,
        _ => 0.0,
    }
}

/// Slices beside the line through the first and last lie wrong in any regular grid.
fn note_wandering(slices: &[Slice], start: &Plane, step: &Vector3<f64>, notices: &mut Vec<Notice>) {
    let direction = step.normalize();
    let beside = |slice: &Slice| {
        let offset = slice.plane.map_or(Vector3::zeros(), |p| p.position) - start.position;
        (offset - direction * offset.dot(&direction)).norm()
    };
    let worst = slices
        .iter()
        .enumerate()
        .map(|(k, slice)| (k, beside(slice)))
        .max_by(|a, b| a.1.total_cmp(&b.1));
    if let Some((k, distance)) = worst
        && distance > 0.5
    {
        notices.push(Notice::new(
            NoticeKind::SlicesBeside,
            format!(
                "the slices do not lie on a line: slice {k} is {distance:.2} mm beside it and is shown \
                 there"
            ),
        ));
    }
}
