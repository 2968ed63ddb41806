//! The command line: subcommands that work without a display.
//!
//! Data goes to stdout, one-line errors and notices to stderr. Exit status: 0 done; 1 the input or the
//! result is refused; 2 wrong usage.

mod annotate;
mod args;
mod batch;
mod canvas;
mod center;
mod compare;
mod compare_text;
mod comparison;
mod convert;
mod crop;
mod demo;
mod demons;
mod files;
mod forms;
mod header;
mod info;
mod info_text;
mod json_text;
mod labels;
mod merge;
mod output;
mod outputs;
mod pattern;
mod register;
mod render;
mod reorient;
mod resample;
mod series;
mod split;
mod stack;
mod threshold;
mod transform;
mod transform_arg;

pub use args::{
    Arguments, DemoArgs, InfoArgs, OverlayArg, Pair, PictureSize, Point, Points, RenderArgs,
    ScreenArgs, Subcommands, Triple, ViewArg, WindowArgs,
};

pub use center::CenterArgs;
pub use compare::CompareArgs;
pub use comparison::{CompareArg, ComparisonArgs, LabelArgs, LabelsArg};
pub use convert::ConvertArgs;
pub use crop::CropArgs;
pub use demons::DemonsArgs;
pub use header::HeaderArgs;
pub use labels::LabelListArgs;
pub use merge::MergeArgs;
pub use register::RegisterArgs;
pub use reorient::ReorientArgs;
pub use resample::ResampleArgs;
pub use split::SplitArgs;
pub use threshold::ThresholdArgs;
pub use transform::TransformArgs;

use crate::document::{ColorMap, LabelTable};
use crate::io::{Found, FoundImage, IoError, Report, read_label_table};
use crate::volume::{Notice, Volume};
use anyhow::{anyhow, bail};
use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::process::ExitCode;

/// Tells what an image is.
pub fn info(arguments: &InfoArgs) -> anyhow::Result<()> {
    info::run(arguments)
}

/// Draws views of images into a PNG file.
pub fn render(arguments: &RenderArgs) -> anyhow::Result<()> {
    render::run(arguments)
}

/// Tells how well two images agree.
pub fn compare(arguments: &CompareArgs) -> anyhow::Result<()> {
    compare::run(arguments)
}

/// Lists the labels of an image.
pub fn labels(arguments: &LabelListArgs) -> anyhow::Result<()> {
    labels::run(arguments)
}

/// Registers two images.
pub fn demons(arguments: &DemonsArgs) -> anyhow::Result<()> {
    demons::run(arguments)
}

/// Aligns one image with another by a linear transform.
pub fn register(arguments: &RegisterArgs) -> anyhow::Result<()> {
    register::run(arguments)
}

/// Gives an image another orientation.
pub fn reorient(arguments: &ReorientArgs) -> anyhow::Result<()> {
    reorient::run(arguments)
}

/// Writes an image in another format, type or orientation.
pub fn convert(arguments: &ConvertArgs) -> anyhow::Result<()> {
    convert::run(arguments)
}

/// Cuts a box out of an image.
pub fn crop(arguments: &CropArgs) -> anyhow::Result<()> {
    crop::run(arguments)
}

/// Moves an image onto the centre of another.
pub fn align_centers(arguments: &CenterArgs) -> anyhow::Result<()> {
    center::run(arguments)
}

/// Changes the header of an image.
pub fn header(arguments: &HeaderArgs) -> anyhow::Result<()> {
    header::run(arguments)
}

/// Brings an image onto another grid.
pub fn resample(arguments: &ResampleArgs) -> anyhow::Result<()> {
    resample::run(arguments)
}

/// Writes the sample study as files.
pub fn write_demo(folder: &Path, force: bool, json: bool) -> anyhow::Result<()> {
    demo::write(folder, force, json)
}

/// Marks the voxels whose values lie in a range.
pub fn threshold(arguments: &ThresholdArgs) -> anyhow::Result<()> {
    threshold::run(arguments)
}

/// Composes, inverts, converts and tells linear transforms.
pub fn transform(arguments: &TransformArgs) -> anyhow::Result<()> {
    transform::run(arguments)
}

/// Writes the time points of a 4D image one by one.
pub fn split(arguments: &SplitArgs) -> anyhow::Result<()> {
    split::run(arguments)
}

/// Joins images as the time points of one.
pub fn merge(arguments: &MergeArgs) -> anyhow::Result<()> {
    merge::run(arguments)
}

/// The colour map of that name.
pub fn color_map(name: &str) -> anyhow::Result<ColorMap> {
    ColorMap::parse(name).ok_or_else(|| {
        let names: Vec<_> = ColorMap::ALL.iter().map(ColorMap::name).collect();
        anyhow!(
            "there is no colour map {name:?}; choose one of {}",
            names.join(", ")
        )
    })
}

/// The names and colours of labels in a file.
pub fn label_table(path: &Path) -> anyhow::Result<LabelTable> {
    Ok(LabelTable::new(read_label_table(path)?))
}

/// The exit status of what was done; a failure is said in one line.
pub fn finish(outcome: anyhow::Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(&error);
            ExitCode::FAILURE
        }
    }
}

/// One line on stderr.
pub fn print_error(error: &anyhow::Error) {
    say(&error.to_string());
}

fn say(text: &str) {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // With stderr closed there is nobody left to tell.
    let _ = writeln!(std::io::stderr(), "warpscope: {line}");
}

/// Notices of an image, one line each.
fn print_notices(notices: &[Notice], path: &Path) {
    for notice in notices {
        say(&format!("{notice}: {}", path.display()));
    }
}

/// Writes to stdout. A reader that stops early, such as `head`, is no failure.
fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// The one image, or the one of that UID; `None` when there are several to choose from.
fn choose<'a>(
    found: &'a Found,
    series: Option<&str>,
    path: &Path,
) -> anyhow::Result<Option<&'a FoundImage>> {
    match (series, &found.images[..]) {
        (Some(uid), images) => {
            let Some(image) = images.iter().find(|image| image.uid == uid) else {
                let known: Vec<&str> = images.iter().map(|image| image.uid.as_str()).collect();
                bail!(
                    "there is no series {uid}; choose one of {}: {}",
                    known.join(", "),
                    path.display()
                );
            };
            Ok(Some(image))
        }
        (None, [image]) => Ok(Some(image)),
        (None, _) => Ok(None),
    }
}

/// Reads an image and tells its notices.
fn load(image: &FoundImage, report: &Report) -> Result<Volume, IoError> {
    let volume = crate::io::load(image, report)?;
    print_notices(&volume.meta().notices, image.path());
    Ok(volume)
}

/// Reads the one image at `path`, or its series of that UID, and tells its notices. `FOLDER#UID` names a
/// series too.
fn read(path: &Path, series: Option<&str>) -> anyhow::Result<Volume> {
    let report = Report::silent();
    let (path, series) = match (series, with_series(path)) {
        (None, Some((path, uid))) => (path, Some(uid)),
        _ => (path, series),
    };
    let found = crate::io::scan(&[path.to_owned()], &report)?;
    match choose(&found, series, path)? {
        Some(image) => Ok(load(image, &report)?),
        None => bail!(
            "there are {} images; `warpscope info` lists them, name one as PATH#SERIES or give its \
             files alone: {}",
            found.images.len(),
            path.display()
        ),
    }
}

/// The two parts of `PATH#UID`, where PATH is there and the whole is not.
fn with_series(path: &Path) -> Option<(&Path, &str)> {
    let text = path.to_str().filter(|_| !path.exists())?;
    let mut splits = text.match_indices('#').map(|(at, _)| text.split_at(at));
    let (path, uid) = splits.find(|(path, _)| Path::new(path).exists())?;
    Some((Path::new(path), &uid[1..]))
}

/// Says so where only the first of several time points counts.
fn tell_first_time_point(volume: &Volume, path: &Path) {
    let count = volume.time_points();
    if count > 1 {
        say(&format!(
            "only the first of {count} time points counts; `warpscope split` makes images of them: {}",
            path.display()
        ));
    }
}
