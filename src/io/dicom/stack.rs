//! Slices in order, and the voxel grid they make: the geometry of ITK and GDCM, with what they get
//! wrong (tilted gantries, gaps) made right or said.

use super::instance::{Frame, Instance, Plane};
use super::series::parallel;
use super::steps::{step, uneven_positions};
use super::time_point::TimePoint;
use super::volumes::volumes;
use crate::geometry::Grid;
use crate::io::IoError;
use crate::volume::{Notice, NoticeKind, Rescale};
use nalgebra::Matrix3;
use std::path::PathBuf;

/// A stack of slices along the positive normal (row x column), or several on the same grid.
pub(super) struct Stack {
    /// `(instance, frame)` of each slice, volume after volume.
    pub slices: Vec<(usize, usize)>,
    pub grid: Grid,
    /// One for each volume.
    pub time_points: Vec<TimePoint>,
    pub rescale: Rescale,
    /// Where the slices lie in mm from the first on, if their steps are not equal.
    pub slice_positions: Option<Vec<f64>>,
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
pub(super) struct Slice<'a> {
    pub instance: usize,
    pub frame: usize,
    pub of: &'a Instance,
    pub plane: Option<Plane>,
    /// Position along the normal in mm.
    pub along: f64,
}

impl<'a> Slice<'a> {
    pub fn picture(&self) -> Option<&'a Frame> {
        self.of.frames.get(self.frame)
    }
}

/// Orders the slices of one part of a series and finds their grid. `identical` tells whether two files
/// have the same pixels; it is asked only about files whose headers say the same.
pub(super) fn assemble(
    instances: &[Instance],
    identical: impl Fn(&Instance, &Instance) -> bool,
) -> Result<Stack, Refusal> {
    check(instances)?;
    let mut notices = Vec::new();
    let slices = slices(instances);
    note_assumptions(&slices, &mut notices);
    let volumes = volumes(slices, identical, &mut notices)?;
    let first = volumes.first().map_or(&[][..], Vec::as_slice);
    let grid = grid(first, &mut notices)?;
    let slice_positions = uneven_positions(first);
    let time_points = volumes
        .iter()
        .filter_map(|volume| Some(volume.first()?.picture()?.time_point.clone()))
        .collect();
    let slices = volumes.concat();
    let rescales: Vec<_> = slices
        .iter()
        .filter_map(|slice| Some(slice.picture()?.rescale))
        .collect();
    let rescale = match rescales.first() {
        Some(first) if rescales.iter().all(|rescale| rescale == first) => Rescale::Uniform(*first),
        _ => Rescale::PerSlice(rescales),
    };
    Ok(Stack {
        slices: slices.iter().map(|s| (s.instance, s.frame)).collect(),
        grid,
        time_points,
        rescale,
        slice_positions,
        notices,
    })
}

pub(super) fn refuse(
    instance: Option<&Instance>,
    what: impl Into<String>,
    hint: &'static str,
) -> Refusal {
    Refusal {
        what: what.into(),
        hint,
        path: instance.map(|i| i.path.clone()).unwrap_or_default(),
    }
}

fn check(instances: &[Instance]) -> Result<(), Refusal> {
    let first = instances.first();
    let frames = || instances.iter().flat_map(|instance| &instance.frames);
    let fits = |a: &Instance| first.is_some_and(|first| first.layout.stacks_with(&a.layout));
    let in_line = frames()
        .next()
        .is_some_and(|first| frames().all(|frame| parallel(first, frame)));
    if !instances.iter().all(fits) || !in_line {
        return Err(refuse(
            first,
            "a stack of pictures of different sizes or orientations",
            "open its series from the folder, where it is split",
        ));
    }
    Ok(())
}

pub(super) fn slices(instances: &[Instance]) -> Vec<Slice<'_>> {
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

fn note_assumptions(slices: &[Slice], notices: &mut Vec<Notice>) {
    if slices.iter().all(|slice| slice.plane.is_some()) {
        return;
    }
    let is_sized = |slice: &Slice| slice.picture().is_some_and(|p| p.pixel_spacing.is_some());
    let size = if slices.iter().all(is_sized) {
        ""
    } else {
        "; it does not tell the size of the pixels either: 1 mm is assumed"
    };
    notices.push(Notice::new(
        NoticeKind::NoGeometry,
        format!(
            "the header does not place the image in the patient: the directions are assumed, slices \
             are in order of their number{size}"
        ),
    ));
}

/// Of an image that nothing places: cubes of 1 mm if its pixels have no size either, as a true distance
/// between slices would not fit an assumed one between pixels.
fn assumed_spacing(instance: &Instance, picture: Option<&Frame>) -> [f64; 3] {
    match picture.and_then(|picture| picture.pixel_spacing) {
        Some([dx, dy]) => [dx, dy, instance.slice_distance.unwrap_or(1.0)],
        None => [1.0; 3],
    }
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
    let picture = first.picture();
    let [dx, dy] = picture.map_or([1.0; 2], Frame::spacing);
    let shape = [instance.layout.columns, instance.layout.rows, slices.len()];
    let made = match (first.plane, last.plane) {
        (Some(start), Some(end)) => {
            let step = if slices.len() == 1 {
                start.normal() * instance.slice_distance.unwrap_or(1.0)
            } else {
                step(slices, &start, &end, notices)
            };
            let length = step.norm();
            let direction = Matrix3::from_columns(&[start.row, start.column, step / length]);
            Grid::from_lps(shape, start.position.into(), direction, [dx, dy, length])
        }
        _ => Grid::from_lps(
            shape,
            [0.0; 3],
            Matrix3::identity(),
            assumed_spacing(instance, picture),
        ),
    };
    made.map_err(|error| {
        refuse(
            Some(instance),
            format!("its geometry ({error})"),
            "get a fresh copy of the series",
        )
    })
}
