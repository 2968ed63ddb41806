//! DICOM: from files to series, from a series to a [`Volume`].
//!
//! [`scan`] reads headers only; [`load`] reads them again, orders the slices and decodes every file
//! into its place of the one voxel array; [`write_dicom_series`] is the way back. Knows no window and no other format.

mod attributes;
mod color;
mod csa;
mod decode;
mod describe;
mod divide;
mod elements;
mod instance;
mod jpeg12;
mod jpeg_huffman;
mod layout;
mod mosaic;
mod rle;
mod series;
mod source;
mod stack;
mod steps;
mod suv;
mod tags;
mod time;
mod time_point;
mod volumes;
mod write;

pub use write::{DicomOptions, WrittenSeries, check_series_target, write_dicom_series};

use self::decode::Target;
use self::instance::Instance;
use self::layout::Sample;
use self::source::{Header, Pixels, Unreadable};
use self::stack::Stack;
use super::{FoundImage, IoError, Report, Skipped};
use crate::volume::{Format, Notice, NoticeKind, Volume, VoxelData, VoxelType};
use ndarray::Array5;
use rayon::prelude::*;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Headers take this part of the time to load.
const HEADERS: f32 = 0.2;

/// Reads the headers of `files` and sorts them into images; whatever is no DICOM image is skipped with
/// its reason.
pub fn scan(
    files: &[PathBuf],
    report: &Report,
) -> Result<(Vec<FoundImage>, Vec<Skipped>), IoError> {
    let done = Counter::new(files.len(), 0.0, 1.0);
    let read: Vec<Result<Instance, Skipped>> = files
        .par_iter()
        .map(|path| {
            report.check_cancelled()?;
            done.tick(report);
            Ok(read_instance(path).map_err(|reason| Skipped {
                path: path.clone(),
                reason,
            }))
        })
        .collect::<Result<_, IoError>>()?;
    let (mut instances, mut skipped) = (Vec::new(), Vec::new());
    for outcome in read {
        match outcome {
            Ok(instance) => instances.push(instance),
            Err(skip) => skipped.push(skip),
        }
    }
    let images = series::parts(instances, same_pixels)
        .into_iter()
        .map(found)
        .collect();
    Ok((images, skipped))
}

fn read_instance(path: &Path) -> Result<Instance, String> {
    let header = source::read_header(path).map_err(|error| error.to_string())?;
    Instance::of(path, &header)
}

fn found(part: series::Part) -> FoundImage {
    let series::Part {
        uid,
        of,
        mut instances,
    } = part;
    let mut notices = Vec::new();
    if of > 1 {
        notices.push(Notice::new(
            NoticeKind::MixedSeries,
            format!(
                "the series holds pictures that cannot form one stack; it is shown as {of} images"
            ),
        ));
    }
    let shape = match stack::assemble(&instances, same_pixels) {
        Ok(stack) => {
            notices.extend(stack.notices);
            instances = in_order(instances, &stack.slices);
            let mut shape = stack.grid.shape().to_vec();
            if stack.time_points.len() > 1 {
                shape.push(stack.time_points.len());
            }
            shape
        }
        Err(refusal) => {
            let pictures = instances.iter().map(|instance| instance.frames.len()).sum();
            let shape = instances.first().map_or_else(Vec::new, |first| {
                vec![first.layout.columns, first.layout.rows, pictures]
            });
            notices.push(Notice::new(
                NoticeKind::Other,
                format!("{} is not supported; {}", refusal.what, refusal.hint),
            ));
            shape
        }
    };
    let files = instances
        .iter()
        .map(|instance| instance.path.clone())
        .collect();
    let first = instances.into_iter().next();
    FoundImage {
        part: first.as_ref().and_then(|instance| instance.part),
        uid,
        description: first
            .as_ref()
            .map(|i| i.description.clone())
            .unwrap_or_default(),
        modality: first
            .as_ref()
            .map(|i| i.modality.clone())
            .unwrap_or_default(),
        number: first.and_then(|instance| instance.series_number),
        shape,
        format: Format::Dicom,
        files,
        notices,
    }
}

/// Files along the stack; copies that the stack leaves out come last.
fn in_order(instances: Vec<Instance>, slices: &[(usize, usize)]) -> Vec<Instance> {
    let mut rank = vec![usize::MAX; instances.len()];
    for (k, (instance, _)) in slices.iter().enumerate().rev() {
        if let Some(rank) = rank.get_mut(*instance) {
            *rank = k;
        }
    }
    let mut ranked: Vec<(usize, Instance)> = rank.into_iter().zip(instances).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, instance)| instance).collect()
}

/// Reads one image that [`scan`] found. The memory it takes is that of its voxels.
pub fn load(image: &FoundImage, report: &Report) -> Result<Volume, IoError> {
    let mut instances = read_headers(&image.files, report)?;
    if let Some(part) = image.part {
        let all = instances.into_iter().flat_map(Instance::parts);
        instances = all.filter(|instance| instance.part == Some(part)).collect();
    }
    let stack = stack::assemble(&instances, same_pixels)?;
    let Some(first) = stack.slices.first().and_then(|(at, _)| instances.get(*at)) else {
        return Err(IoError::NoImages {
            path: image.files.first().cloned().unwrap_or_default(),
            what: "no files were named".to_owned(),
        });
    };
    let data = match first.layout.voxel_type() {
        VoxelType::U8 => read_voxels::<u8>(&instances, &stack, report),
        VoxelType::I8 => read_voxels::<i8>(&instances, &stack, report),
        VoxelType::U16 => read_voxels::<u16>(&instances, &stack, report),
        VoxelType::I16 => read_voxels::<i16>(&instances, &stack, report),
        VoxelType::U32 => read_voxels::<u32>(&instances, &stack, report),
        VoxelType::I32 => read_voxels::<i32>(&instances, &stack, report),
        VoxelType::F32 => read_voxels::<f32>(&instances, &stack, report),
        VoxelType::F64 => read_voxels::<f64>(&instances, &stack, report),
        VoxelType::U64 | VoxelType::I64 => Err(IoError::unsupported(
            &first.path,
            "64-bit whole numbers in DICOM",
            "convert the series to another type",
        )),
    }?;
    let header = header_of(&first.path)?;
    let mut notices = image.notices.clone();
    for notice in stack.notices {
        if !notices.contains(&notice) {
            notices.push(notice);
        }
    }
    let earliest = instances
        .iter()
        .flat_map(|instance| &instance.frames)
        .filter_map(|frame| frame.time_point.acquired)
        .min_by(f64::total_cmp);
    let volumes = &stack.time_points;
    let mut meta = describe::meta(image, first, &header.object, volumes, earliest, notices);
    meta.slice_positions = stack.slice_positions;
    Volume::new(stack.grid, data, stack.rescale, meta)
        .map_err(|error| IoError::corrupt(&first.path, error.to_string()))
}

fn read_headers(files: &[PathBuf], report: &Report) -> Result<Vec<Instance>, IoError> {
    let done = Counter::new(files.len(), 0.0, HEADERS);
    files
        .par_iter()
        .map(|path| {
            report.check_cancelled()?;
            let header = header_of(path)?;
            let instance =
                Instance::of(path, &header).map_err(|what| IoError::corrupt(path, what))?;
            decode::check_length(&instance)?;
            done.tick(report);
            Ok(instance)
        })
        .collect()
}

fn header_of(path: &Path) -> Result<Header, IoError> {
    source::read_header(path).map_err(|error| match error {
        Unreadable::Io(error) => IoError::io(path, error),
        other => IoError::corrupt(path, other.to_string()),
    })
}

/// The one big allocation; every file fills its slices of it.
fn read_voxels<T: Sample>(
    instances: &[Instance],
    stack: &Stack,
    report: &Report,
) -> Result<VoxelData, IoError> {
    let Some(first) = instances.first() else {
        return Err(IoError::Cancelled);
    };
    let layout = &first.layout;
    let [columns, rows, depth] = stack.grid.shape();
    let components = layout.components();
    let too_large = || IoError::corrupt(&first.path, "its size is beyond any computer's memory");
    let numbers = layout
        .frame_numbers()
        .checked_mul(stack.slices.len())
        .ok_or_else(too_large)?;
    let bytes = numbers.checked_mul(size_of::<T>()).ok_or_else(too_large)?;
    report.check_memory(&first.path, bytes as u64)?;

    let mut voxels = vec![T::default(); numbers];
    let mut jobs: Vec<Vec<Target<T>>> = instances.iter().map(|_| Vec::new()).collect();
    let slots = voxels.chunks_exact_mut(layout.frame_numbers());
    for ((instance, frame), voxels) in stack.slices.iter().zip(slots) {
        let stored = instances
            .get(*instance)
            .and_then(|it| it.frames.get(*frame));
        if let (Some(job), Some(stored)) = (jobs.get_mut(*instance), stored) {
            job.push(Target {
                frame: stored.number,
                voxels,
            });
        }
    }
    let done = Counter::new(instances.len(), HEADERS, 1.0);
    instances
        .par_iter()
        .zip(jobs)
        .filter(|(_, targets)| !targets.is_empty())
        .try_for_each(|(instance, targets)| -> Result<(), IoError> {
            report.check_cancelled()?;
            decode::read_frames(instance, targets)?;
            done.tick(report);
            Ok(())
        })?;
    let volumes = stack.time_points.len();
    Array5::from_shape_vec((volumes, depth, rows, columns, components), voxels)
        .map(T::wrap)
        .map_err(|_| too_large())
}

/// Whether two files hold the same pixels byte for byte. A file that cannot be read is like no other.
fn same_pixels(a: &Instance, b: &Instance) -> bool {
    let bytes = |instance: &Instance| -> Option<Vec<u8>> {
        match instance.pixels {
            Pixels::Native(native) => {
                let length = usize::try_from(native.length).ok()?;
                let mut bytes = Vec::new();
                source::read_native(&instance.path, &native, 0, length, &mut bytes).ok()?;
                Some(bytes)
            }
            _ => {
                let object = source::read_compressed(&instance.path).ok()?;
                let element = object.get(dicom_dictionary_std::tags::PIXEL_DATA)?;
                Some(element.fragments()?.concat())
            }
        }
    };
    a.transfer_syntax == b.transfer_syntax && bytes(a).is_some_and(|a| Some(a) == bytes(b))
}

/// Tells the progress of many equal steps.
struct Counter {
    steps: usize,
    done: AtomicUsize,
    from: f32,
    to: f32,
}

impl Counter {
    fn new(steps: usize, from: f32, to: f32) -> Self {
        Self {
            steps,
            done: AtomicUsize::new(0),
            from,
            to,
        }
    }

    fn tick(&self, report: &Report) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        report.progress(self.from + (self.to - self.from) * done as f32 / self.steps.max(1) as f32);
    }
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs library code that may panic on damaged bytes: `None` when it did, without a word on stderr.
fn quietly<T>(work: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                usual(panic);
            }
        }));
    });
    let before = QUIET.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    QUIET.set(before);
    outcome.ok()
}
