//! `warpscope register`: aligns one image with another and writes the transform.

use super::center::CenterArg;
use super::demons::words;
use super::json_text::lines;
use super::resample::{InterpolationArg, need};
use super::transform_arg::TransformArg;
use super::{outputs, print, print_notices, read, say};
use crate::io::{
    self, Grids, Report as Progress, TransformFormat, WriteOptions, check_image_target,
    write_image, write_transform,
};
use crate::registration::linear::{
    LinearInputs, LinearOutcome, LinearParams, LinearRegistration, LinearReport, LinearSample,
    LinearStep, Metric, Motion, Sampling,
};
use crate::registration::{RegistrationError, placed};
use crate::volume::{Volume, summary};
use anyhow::{Context as _, anyhow, ensure};
use clap::builder::{PossibleValue, RangedU64ValueParser};
use clap::{Args, ValueEnum};
use nalgebra::Matrix4;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// `warpscope register`.
#[derive(Clone, Debug, Args)]
pub struct RegisterArgs {
    /// The image that stays
    #[arg(long, value_name = "IMAGE")]
    pub fixed: PathBuf,
    /// The image that is brought to it
    #[arg(long, value_name = "IMAGE")]
    pub moving: PathBuf,
    /// What the moving image may do
    #[arg(long, value_name = "KIND", default_value = "rigid")]
    pub transform: Motion,
    /// What tells how well they fit: mutual information, correlation of the whole images or of small
    /// patches, or squared difference
    #[arg(long, value_name = "METRIC", default_value = "nmi")]
    pub metric: Metric,
    /// Radius of the patches of ncc-local, in voxels of each level [default: 2]
    #[arg(long, value_name = "VOXELS")]
    pub radius: Option<usize>,
    #[command(flatten)]
    pub start: StartArgs,
    /// Image in the fixed image's place, on any grid; voxels above 0 count
    #[arg(long, value_name = "IMAGE")]
    pub mask: Option<PathBuf>,
    /// How much smaller the images are at first: 1, 2, 4, 8 ... [default: as suits them]
    #[arg(long, value_name = "TIMES")]
    pub coarsest: Option<usize>,
    /// The same at last [default: a quarter of the coarsest]
    #[arg(long, value_name = "TIMES")]
    pub finest: Option<usize>,
    /// Iterations at most: one number, or one a level, coarsest first [default: 100]
    #[arg(long, value_name = "N[,N...]", value_delimiter = ',')]
    pub iterations: Option<Vec<usize>>,
    /// Share of the voxels that are compared, drawn at random [default: all]
    #[arg(long, value_name = "SHARE")]
    pub sampling: Option<f64>,
    /// Which voxels are drawn: another number, others
    #[arg(long, value_name = "N", default_value_t = 0, requires = "sampling")]
    pub seed: u64,
    /// Threads to compute with [default: all]
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=1024))]
    pub threads: Option<usize>,
    /// Where the transform goes, from points of the fixed to points of the moving image: .txt or .tfm
    /// for ITK, .mat for a 4 x 4 matrix in RAS mm
    #[arg(long, value_name = "OUT")]
    pub out_transform: Option<PathBuf>,
    /// Where the moving image on the fixed image's grid goes
    #[arg(long, value_name = "OUT")]
    pub resliced: Option<PathBuf>,
    /// How values between voxels of the resliced image are found
    #[arg(long, value_name = "HOW", default_value = "linear")]
    pub interpolation: InterpolationArg,
    /// Where the numbers of the run go
    #[arg(long, value_name = "OUT.json")]
    pub report: Option<PathBuf>,
    /// Replace files that are there already
    #[arg(long)]
    pub force: bool,
    /// Print the report as one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Where the run starts; without any of these, where the images lie.
#[derive(Clone, Debug, Args)]
#[group(multiple = false)]
pub struct StartArgs {
    /// Linear transform to start from, fixed to moving, in any format of `transform`
    #[arg(long, value_name = "T[:FORMAT][:inverse]")]
    initial: Option<TransformArg>,
    /// Start with the centres of the images on each other
    #[arg(long)]
    initial_centers: bool,
    /// Start with their centres of mass on each other
    #[arg(long)]
    initial_mass: bool,
}

pub fn run(arguments: &RegisterArgs) -> anyhow::Result<()> {
    check_outputs(arguments)?;
    let params = params(arguments);
    params.validate()?;
    if let Some(threads) = arguments.threads {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .use_current_thread()
            .build_global()
            .context("the threads could not be started; give fewer with --threads")?;
    }
    let fixed = read(&arguments.fixed, None)?;
    let moving = read(&arguments.moving, None)?;
    if let Some(path) = &arguments.resliced {
        let need = need(&moving, fixed.grid(), arguments.interpolation.into());
        Progress::silent().check_memory(path, need)?;
    }
    let outcome = register(arguments, params, &fixed, &moving)?;
    for note in &outcome.report.notes {
        say(note);
    }
    save(arguments, &outcome, &fixed, &moving)?;
    print(&if arguments.json {
        lines(&serde_json::to_value(&outcome.report)?)
    } else {
        told(&outcome.report)
    })
}

/// Refuses what could not be written after the run.
fn check_outputs(arguments: &RegisterArgs) -> anyhow::Result<()> {
    if let Some(path) = &arguments.resliced {
        check_image_target(path, options(arguments))?;
    }
    if let Some(path) = &arguments.out_transform {
        transform_format(path)?;
    }
    let texts = [&arguments.out_transform, &arguments.report];
    let texts: Vec<&PathBuf> = texts.into_iter().flatten().collect();
    for path in &texts {
        let free = arguments.force || path.symlink_metadata().is_err();
        ensure!(
            free,
            io::IoError::Exists {
                path: path.to_path_buf()
            }
        );
    }
    let outputs = texts.into_iter().chain(&arguments.resliced);
    let outputs: Vec<&Path> = outputs.map(PathBuf::as_path).collect();
    let initial = arguments.start.initial.as_ref().map(|given| &given.path);
    let inputs = [&arguments.fixed, &arguments.moving].into_iter();
    let inputs = inputs.chain(&arguments.mask).chain(initial);
    let inputs: Vec<&Path> = inputs.map(PathBuf::as_path).collect();
    outputs::check_outputs(&inputs, &outputs)
}

fn options(arguments: &RegisterArgs) -> WriteOptions {
    WriteOptions {
        overwrite: arguments.force,
        ..WriteOptions::default()
    }
}

fn params(arguments: &RegisterArgs) -> LinearParams {
    let usual = LinearParams::default();
    let seed = arguments.seed;
    let random = |share| Sampling::Random { share, seed };
    LinearParams {
        motion: arguments.transform,
        metric: arguments.metric,
        radius: arguments.radius.unwrap_or(usual.radius),
        coarsest: arguments.coarsest,
        finest: arguments.finest,
        iterations: arguments.iterations.clone().unwrap_or(usual.iterations),
        sampling: arguments.sampling.map_or(usual.sampling, random),
    }
}

fn register(
    arguments: &RegisterArgs,
    params: LinearParams,
    fixed: &Volume,
    moving: &Volume,
) -> anyhow::Result<LinearOutcome> {
    let never = AtomicBool::new(false);
    let initial = initial(arguments, fixed, moving)?;
    let mask = arguments.mask.as_deref().map(|path| read(path, None));
    let mask = mask.transpose()?;
    let inputs = LinearInputs {
        fixed,
        moving,
        mask: mask.as_ref(),
    };
    let mut registration = LinearRegistration::new(inputs, params, initial, &never)
        .map_err(|error| refused(&error, arguments))?;
    let watched = std::io::stderr().is_terminal();
    loop {
        match registration.step(&never) {
            LinearStep::LevelStarted(_) => {}
            LinearStep::Iterated(sample) => {
                if watched {
                    watch(&sample, registration.levels());
                }
            }
            LinearStep::Done | LinearStep::Cancelled => break,
        }
    }
    Ok(registration.finish())
}

/// An error with the files that it is about.
fn refused(error: &RegistrationError, arguments: &RegisterArgs) -> anyhow::Error {
    use RegistrationError as E;
    let RegisterArgs { fixed, moving, .. } = arguments;
    let mask = arguments.mask.as_ref();
    let about = match error {
        E::NotScalar { image, .. }
        | E::Time { image, .. }
        | E::Flat { image, .. }
        | E::Undefined { image }
        | E::Constant { image } => match *image {
            "fixed image" => vec![fixed],
            "moving image" => vec![moving],
            _ => mask.into_iter().collect(),
        },
        E::MaskOfNothing | E::FewVoxels(_) => vec![mask.unwrap_or(fixed)],
        E::TooCoarse { .. } | E::NoPatch { .. } => vec![fixed],
        E::InitialMirrors => arguments.start.initial.iter().map(|t| &t.path).collect(),
        E::UnlikeDimensions { .. } | E::Apart | E::Featureless | E::Memory { .. } => {
            vec![fixed, moving]
        }
        _ => Vec::new(),
    };
    let names: Vec<String> = about
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    match names.is_empty() {
        true => anyhow!("{error}"),
        false => anyhow!("{error}: {}", names.join(" and ")),
    }
}

/// Where the run starts.
fn initial(
    arguments: &RegisterArgs,
    fixed: &Volume,
    moving: &Volume,
) -> anyhow::Result<Matrix4<f64>> {
    let start = &arguments.start;
    if let Some(given) = &start.initial {
        let grids = Grids {
            fixed: fixed.grid(),
            moving: moving.grid(),
        };
        return given.read_start(grids, "register");
    }
    let by = match (start.initial_centers, start.initial_mass) {
        (true, _) => CenterArg::Geometry,
        (_, true) => CenterArg::Mass,
        _ => return Ok(Matrix4::identity()),
    };
    let from = by.of(fixed, &arguments.fixed)?;
    let to = by.of(moving, &arguments.moving)?;
    Ok(Matrix4::new_translation(&(to.0 - from.0)))
}

/// One line of a terminal that each iteration overwrites.
fn watch(sample: &LinearSample, levels: usize) {
    let end = if sample.ends_level { "\n" } else { "" };
    // With stderr closed nobody watches.
    let _ = write!(
        std::io::stderr(),
        "\rlevel {} of {levels}, iteration {}: {:<12.6}{end}",
        sample.level,
        sample.iteration,
        sample.value
    );
}

/// Writes what was asked for, one file after the other, the transform first.
fn save(
    arguments: &RegisterArgs,
    outcome: &LinearOutcome,
    fixed: &Volume,
    moving: &Volume,
) -> anyhow::Result<()> {
    if let Some(path) = &arguments.out_transform {
        let format = transform_format(path)?;
        let grids = Some(Grids {
            fixed: fixed.grid(),
            moving: moving.grid(),
        });
        write_transform(path, &outcome.transform, format, grids, arguments.force)?;
    }
    if let Some(path) = &arguments.resliced {
        let lowest = Some(summary(moving).min).filter(|low| low.is_finite());
        let placed = placed(moving, &outcome.transform)
            .map_err(|error| anyhow!("{error}: {}", arguments.moving.display()))?;
        let how = arguments.interpolation.into();
        let resliced = placed.resampled(fixed.grid(), how, lowest.unwrap_or(0.0));
        let notices = write_image(&resliced, path, options(arguments), &Progress::silent())?;
        print_notices(&notices, path);
    }
    if let Some(path) = &arguments.report {
        let text = lines(&serde_json::to_value(&outcome.report)?);
        io::replace(path, arguments.force, |out| out.write_all(text.as_bytes()))?;
    }
    Ok(())
}

/// What the name of a transform's file promises.
fn transform_format(path: &Path) -> anyhow::Result<TransformFormat> {
    TransformFormat::of_name(path).with_context(|| {
        format!(
            "name the transform .txt or .tfm (ITK's text format) or .mat (a matrix in RAS mm): {}",
            path.display()
        )
    })
}

/// What came out, in a few lines.
fn told(report: &LinearReport) -> String {
    let mut text = String::new();
    for (level, iterations) in report.levels.iter().zip(&report.iterations) {
        let [nx, ny, nz] = level.shape;
        text += &format!(
            "level {nx} x {ny} x {nz}: {iterations} iterations in {:.2} s\n",
            level.seconds
        );
    }
    text += &format!(
        "{} {:.6} before, {:.6} after; {:.0} % of the fixed image in the moving one\n",
        match report.params.metric {
            Metric::Nmi => "NMI",
            Metric::Ncc => "NCC",
            Metric::NccLocal => "local NCC",
            Metric::Ssd => "SSD",
        },
        report.metric_initial,
        report.metric_final,
        100.0 * report.overlap
    );
    text += "Points of the fixed to points of the moving image, RAS mm:\n";
    for row in &report.matrix_ras {
        let numbers = row.map(|v| format!("{v:>12.6}"));
        text += &format!("{}\n", numbers.join(" "));
    }
    text += &format!("{:.2} s, {} threads\n", report.seconds, report.threads);
    text
}

words!(Motion: "rigid" => Rigid, "similarity" => Similarity, "affine" => Affine);
words!(Metric: "nmi" => Nmi, "ncc" => Ncc, "ncc-local" => NccLocal, "ssd" => Ssd);
