//! Slices in order, and the voxel grid they make: the geometry of ITK and GDCM, with what they get
//! wrong (tilted gantries, gaps) made right or said.

use super::instance::{Instance, Plane, Role};
use super::series::parallel;
use crate::geometry::Grid;
use crate::io::IoError;
use crate::volume::{Notice, NoticeKind, Rescale};
use nalgebra::{Matrix3, Vector3};
use std::path::PathBuf;

/// Slices nearer than this along the normal are at the same place, in mm.
const SAME_PLACE: f64 = 1e-3;
/// A step between slices is a gap when it differs from the usual one by this fraction, and by 0.02 mm.
const UNEVEN: f64 = 0.02;
/// Sideways shift per step along the normal above which a stack is sheared (0.1 degree).
const SHEARED: f64 = 1.75e-3;
/// So many gaps are named one by one.
const NAMED_GAPS: usize = 6;

/// A stack of slices along the positive normal (row x column).
pub(super) struct Stack {
    /// `(instance, frame)` of slice k.
    pub slices: Vec<(usize, usize)>,
    pub grid: Grid,
    pub rescale: Rescale,
    pub notices: Vec<Notice>,
}

/// Why files make no stack.
#[derive(Debug)]
pub(super) struct Refusal {
    pub what: String,
    pub hint: &'static str,
    pub path: PathBuf,
}

impl From<Refusal> for IoError {
    fn from(refusal: Refusal) -> Self {
        Self::unsupported(&refusal.path, refusal.what, refusal.hint)
    }
}

/// One slice while it is being put in place.
#[derive(Clone, Copy)]
struct Slice<'a> {
    instance: usize,
    frame: usize,
    of: &'a Instance,
    plane: Option<Plane>,
    /// Position along the normal in mm.
    along: f64,
}

/// Orders the slices of one part of a series and finds their grid. `identical` tells whether two files
/// have the same pixels; it is asked only about files at the same position.
pub(super) fn assemble(
    instances: &[Instance],
    identical: impl Fn(&Instance, &Instance) -> bool,
) -> Result<Stack, Refusal> {
    check(instances)?;
    let mut notices = Vec::new();
    let mut slices = slices(instances);
    sort(&mut slices, &mut notices);
    drop_copies(&mut slices, identical, &mut notices)?;
    let grid = grid(&slices, &mut notices)?;
    let rescales: Vec<_> = slices
        .iter()
        .filter_map(|slice| Some(slice.of.frames.get(slice.frame)?.rescale))
        .collect();
    let rescale = match rescales.first() {
        Some(first) if rescales.iter().all(|rescale| rescale == first) => Rescale::Uniform(*first),
        _ => Rescale::PerSlice(rescales),
    };
    Ok(Stack {
        slices: slices.iter().map(|s| (s.instance, s.frame)).collect(),
        grid,
        rescale,
        notices,
    })
}

fn refuse(instance: Option<&Instance>, what: impl Into<String>, hint: &'static str) -> Refusal {
    Refusal {
        what: what.into(),
        hint,
        path: instance.map(|i| i.path.clone()).unwrap_or_default(),
    }
}

fn check(instances: &[Instance]) -> Result<(), Refusal> {
    let first = instances.first();
    if instances.iter().any(|i| i.role == Role::Mosaic) {
        return Err(refuse(
            first,
            "a Siemens mosaic (many slices tiled into one picture)",
            "convert it with dcm2niix and open the NIfTI file",
        ));
    }
    let frames = || instances.iter().flat_map(|instance| &instance.frames);
    let fits = |a: &Instance| first.is_some_and(|first| first.layout.stacks_with(&a.layout));
    let in_line = frames()
        .next()
        .is_some_and(|first| frames().all(|frame| parallel(first, frame)));
    if first.is_some_and(Instance::is_multi_frame) && !in_line {
        return Err(refuse(
            first,
            "a file whose frames differ in orientation or pixel size",
            "convert it with dcm2niix and open the NIfTI files",
        ));
    }
    if !instances.iter().all(fits) || !in_line {
        return Err(refuse(
            first,
            "a stack of pictures of different sizes or orientations",
            "open its series from the folder, where it is split",
        ));
    }
    Ok(())
}

fn slices(instances: &[Instance]) -> Vec<Slice<'_>> {
    let normal = instances
        .first()
        .and_then(|instance| instance.frames.first()?.plane)
        .map(|plane| plane.normal());
    instances
        .iter()
        .enumerate()
        .flat_map(|(at, of)| {
            of.frames
                .iter()
                .enumerate()
                .map(move |(frame, picture)| Slice {
                    instance: at,
                    frame,
                    of,
                    plane: picture.plane,
                    along: match (picture.plane, normal) {
                        (Some(plane), Some(normal)) => plane.position.dot(&normal),
                        _ => 0.0,
                    },
                })
        })
        .collect()
}

fn sort(slices: &mut [Slice], notices: &mut Vec<Notice>) {
    if slices.iter().any(|slice| slice.plane.is_none()) {
        notices.push(Notice::new(
            NoticeKind::NoGeometry,
            "the header does not place the image in the patient: the directions are assumed, \
             slices are in order of their number",
        ));
    }
    slices.sort_by(|a, b| {
        a.along
            .total_cmp(&b.along)
            .then(a.of.instance_number.cmp(&b.of.instance_number))
            .then_with(|| a.of.path.cmp(&b.of.path))
            .then(a.frame.cmp(&b.frame))
    });
}

/// Leaves one slice at each position, if the others there are copies of it.
fn drop_copies(
    slices: &mut Vec<Slice>,
    identical: impl Fn(&Instance, &Instance) -> bool,
    notices: &mut Vec<Notice>,
) -> Result<(), Refusal> {
    let mut kept: Vec<Slice> = Vec::with_capacity(slices.len());
    let mut dropped = 0;
    for slice in slices.iter() {
        let twin = kept.last().filter(|last| same_place(last, slice));
        match twin {
            None => kept.push(*slice),
            Some(twin)
                if !slice.of.is_multi_frame()
                    && twin.of.frames == slice.of.frames
                    && identical(twin.of, slice.of) =>
            {
                dropped += 1;
            }
            Some(_) => {
                return Err(refuse(
                    slices.first().map(|slice| slice.of),
                    "a series with several different pictures at one position (a 4D series)",
                    "convert it with dcm2niix and open the NIfTI file",
                ));
            }
        }
    }
    if dropped > 0 {
        let (files, are) = if dropped == 1 {
            ("file", "is")
        } else {
            ("files", "are")
        };
        notices.push(Notice::new(
            NoticeKind::Duplicate,
            format!("{dropped} {files} repeat another slice exactly and {are} left out"),
        ));
    }
    *slices = kept;
    Ok(())
}

fn same_place(a: &Slice, b: &Slice) -> bool {
    a.plane.is_some() && b.plane.is_some() && (a.along - b.along).abs() < SAME_PLACE
}

fn grid(slices: &[Slice], notices: &mut Vec<Notice>) -> Result<Grid, Refusal> {
    let (Some(first), Some(last)) = (slices.first(), slices.last()) else {
        return Err(refuse(
            None,
            "a series without pictures",
            "open another one",
        ));
    };
    let instance = first.of;
    let [dx, dy] = instance
        .frames
        .get(first.frame)
        .map_or([1.0, 1.0], |frame| frame.spacing);
    let shape = [instance.layout.columns, instance.layout.rows, slices.len()];
    let distance = instance.slice_distance.unwrap_or(1.0);
    let made = match (first.plane, last.plane) {
        (Some(start), Some(end)) => {
            let step = if slices.len() == 1 {
                start.normal() * distance
            } else {
                step(slices, &start, &end, notices)
            };
            let length = step.norm();
            let direction = Matrix3::from_columns(&[start.row, start.column, step / length]);
            Grid::from_lps(shape, start.position.into(), direction, [dx, dy, length])
        }
        _ => Grid::from_lps(shape, [0.0; 3], Matrix3::identity(), [dx, dy, distance]),
    };
    made.map_err(|error| {
        refuse(
            Some(instance),
            format!("its geometry ({error})"),
            "get a fresh copy of the series",
        )
    })
}

/// The mean step from the first to the last slice: along the normal, or sheared when the gantry was
/// tilted. Says what is uneven.
fn step(slices: &[Slice], start: &Plane, end: &Plane, notices: &mut Vec<Notice>) -> Vector3<f64> {
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

fn note_gaps(slices: &[Slice], notices: &mut Vec<Notice>) {
    let steps: Vec<f64> = slices.windows(2).map(|pair| gap(pair)).collect();
    let mut sorted = steps.clone();
    sorted.sort_by(f64::total_cmp);
    let Some(&usual) = sorted.get(sorted.len() / 2) else {
        return;
    };
    let odd: Vec<usize> = (0..steps.len())
        .filter(|k| (steps[*k] - usual).abs() > (UNEVEN * usual).max(0.02))
        .collect();
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
    note_missing(&steps, usual, &odd, notices);
}

/// A gap of a whole multiple of the usual step looks like slices that were not copied.
fn note_missing(steps: &[f64], usual: f64, odd: &[usize], notices: &mut Vec<Notice>) {
    let missing: usize = odd
        .iter()
        .map(|&k| steps[k] / usual)
        .filter(|times| *times > 1.5 && (times - times.round()).abs() < 0.05)
        .map(|times| times.round() as usize - 1)
        .sum();
    if missing > 0 {
        let slices = if missing == 1 {
            "slice seems"
        } else {
            "slices seem"
        };
        notices.push(Notice::new(
            NoticeKind::MissingSlices,
            format!("{missing} {slices} to be missing from the series"),
        ));
    }
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
            NoticeKind::UnevenSpacing,
            format!(
                "the slices do not lie on a line: slice {k} is {distance:.2} mm beside it and is shown \
                 there"
            ),
        ));
    }
}
