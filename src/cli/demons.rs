//! `warpscope demons`: registers two images and writes the results.

use super::json_text::lines;
use super::transform_arg::TransformArg;
use super::{outputs, print, print_notices, read, say};
use crate::io::{self, Grids, Report as Progress, WriteOptions, check_image_target, write_image};
use crate::registration::{
    Forces, Inputs, Outcome, Params, Plan, Precision, Preset, Registration, Report, Sample,
    SigmaUnits, Step, placed,
};
use crate::volume::{Format, Volume, Voxel, VoxelArray, VoxelData};
use crate::with_voxels;
use anyhow::{Context as _, ensure};
use clap::builder::{PossibleValue, RangedU64ValueParser};
use clap::{Args, ValueEnum};
use nalgebra::Matrix4;
use ndarray::s;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// Plans above this are said before the run.
const MUCH_MEMORY: u64 = 1 << 30;

/// `warpscope demons`.
#[derive(Clone, Debug, Args)]
pub struct DemonsArgs {
    /// The image that is warped (the moving one)
    #[arg(long, value_name = "IMAGE")]
    pub source: PathBuf,
    /// The image that it is brought to (the fixed one); its grid is the results'
    #[arg(long, value_name = "IMAGE")]
    pub target: PathBuf,
    /// Parameters to start from; the options below change them
    #[arg(long, value_name = "NAME", default_value = "course")]
    pub preset: Preset,
    /// Gaussian smoothing of the displacement, 0 for none [default: 1]
    #[arg(long, value_name = "SIGMA")]
    pub sigma_elastic: Option<f64>,
    /// Gaussian smoothing of each update, 0 for none [default: 1]
    #[arg(long, value_name = "SIGMA")]
    pub sigma_fluid: Option<f64>,
    /// Unit of both sigmas: voxels of the level, or millimetres [default: voxel]
    #[arg(long, value_name = "UNIT")]
    pub sigma_units: Option<SigmaUnits>,
    /// Resolutions, each half of the next [default: 3]
    #[arg(long, value_name = "N")]
    pub levels: Option<usize>,
    /// Iterations at most: one number, or one a level, coarsest first [default: 1000]
    #[arg(long, value_name = "N[,N...]", value_delimiter = ',')]
    pub max_iterations: Option<Vec<usize>>,
    /// Compose updates with the displacement instead of adding them
    #[arg(long)]
    pub composition: bool,
    /// Take the gradient of the target instead of the warped image
    #[arg(long)]
    pub target_gradient: bool,
    /// Gradient that drives the updates: as the course has it, or the mean of both images' [default: course]
    #[arg(long, value_name = "FORCES")]
    pub forces: Option<Forces>,
    /// Longest step of an iteration in voxels of the level
    #[arg(long, value_name = "VOXELS")]
    pub max_step: Option<f64>,
    /// Compose with the exponential of each update, which does not fold
    #[arg(long)]
    pub diffeomorphic: bool,
    /// Image on the target's grid; voxels above 0 count
    #[arg(long, value_name = "IMAGE")]
    pub mask: Option<PathBuf>,
    /// Linear transform to start from, target to source: a file of ITK, greedy, Convert3D or NiftyReg, or
    /// T:flirt for a FLIRT matrix; T:inverse (or T,-1) is its inverse
    #[arg(long, value_name = "T")]
    pub initial: Option<TransformArg>,
    /// Go on to the last iteration even where the MSD rises
    #[arg(long)]
    pub no_check_msd: bool,
    /// Numbers to compute with [default: f64 in 2D, f32 in 3D]
    #[arg(long, value_name = "TYPE")]
    pub precision: Option<Precision>,
    /// Threads to compute with [default: all]
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=1024))]
    pub threads: Option<usize>,
    /// Where the warped source goes: .nii, .nii.gz, .mha, .mhd, .nrrd or .nhdr, as the others
    #[arg(long, value_name = "OUT")]
    pub warped: Option<PathBuf>,
    /// Where the displacement field goes: LPS mm, target to source, as ITK reads it
    #[arg(long, value_name = "OUT")]
    pub field: Option<PathBuf>,
    /// Where the Jacobian determinant goes
    #[arg(long, value_name = "OUT")]
    pub jacobian: Option<PathBuf>,
    /// Where the numbers of the run go
    #[arg(long, value_name = "OUT.json")]
    pub report: Option<PathBuf>,
    /// Replace files that are there already
    #[arg(long)]
    pub force: bool,
}

pub fn run(arguments: &DemonsArgs) -> anyhow::Result<()> {
    check_outputs(arguments)?;
    let params = params(arguments);
    params.validate()?;
    // Without a number they start when they are first needed: for pictures never.
    if let Some(threads) = arguments.threads {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .use_current_thread()
            .build_global()
            .context("the threads could not be started; give fewer with --threads")?;
    }
    keep_freed_memory();
    let (outcome, format) = register(arguments, params)?;
    save(arguments, &outcome, format)?;
    print(&summary(outcome.report()))
}

/// Freed blocks of up to this many bytes stay with the process: the images and fields of a picture.
const KEPT: usize = 4 << 20;

/// Teaches the allocator to use freed memory again instead of handing it back, where the next level of
/// a picture would pay for each page anew. The GNU allocator takes the largest block it ever got back
/// as what is usual (mallopt(3), `M_MMAP_THRESHOLD`); to others this is one block, never touched.
fn keep_freed_memory() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(KEPT)));
}

/// Refuses what could not be written after the run.
fn check_outputs(arguments: &DemonsArgs) -> anyhow::Result<()> {
    let images = [&arguments.warped, &arguments.field, &arguments.jacobian];
    let images: Vec<&PathBuf> = images.into_iter().flatten().collect();
    for path in &images {
        check_image_target(path, options(arguments))?;
    }
    let mut outputs: Vec<&PathBuf> = images;
    if let Some(path) = &arguments.report {
        let free = arguments.force || path.symlink_metadata().is_err();
        ensure!(free, io::IoError::Exists { path: path.clone() });
        outputs.push(path);
    }
    let outputs: Vec<&Path> = outputs.into_iter().map(PathBuf::as_path).collect();
    let initial = arguments.initial.as_ref().map(|given| &given.path);
    let inputs = [&arguments.source, &arguments.target].into_iter();
    let inputs = inputs.chain(&arguments.mask).chain(initial);
    let inputs: Vec<&Path> = inputs.map(PathBuf::as_path).collect();
    outputs::check_outputs(&inputs, &outputs)
}

fn options(arguments: &DemonsArgs) -> WriteOptions {
    WriteOptions {
        overwrite: arguments.force,
        ..WriteOptions::default()
    }
}

/// The preset's parameters with what the options change.
fn params(arguments: &DemonsArgs) -> Params {
    let preset = arguments.preset.params();
    Params {
        sigma_elastic: arguments.sigma_elastic.unwrap_or(preset.sigma_elastic),
        sigma_fluid: arguments.sigma_fluid.unwrap_or(preset.sigma_fluid),
        sigma_units: arguments.sigma_units.unwrap_or(preset.sigma_units),
        levels: arguments.levels.unwrap_or(preset.levels),
        max_iterations: arguments
            .max_iterations
            .clone()
            .unwrap_or(preset.max_iterations),
        composition: arguments.composition || preset.composition,
        target_gradient: arguments.target_gradient || preset.target_gradient,
        forces: arguments.forces.unwrap_or(preset.forces),
        max_step: arguments.max_step.or(preset.max_step),
        diffeomorphic: arguments.diffeomorphic || preset.diffeomorphic,
        check_msd: preset.check_msd && !arguments.no_check_msd,
        precision: arguments.precision.or(preset.precision),
    }
}

/// Runs the registration; also returns what the target is stored as.
fn register(arguments: &DemonsArgs, params: Params) -> anyhow::Result<(Outcome, Format)> {
    let never = AtomicBool::new(false);
    let target = read(&arguments.target, None)?;
    let mut source = read(&arguments.source, None)?;
    let initial = initial(arguments, &target, &source)?;
    if let Some(initial) = &initial {
        source = placed(&source, initial)?;
    }
    let mask = arguments.mask.as_deref().map(|path| read(path, None));
    let mask = mask.transpose()?;
    let inputs = Inputs {
        source: &source,
        target: &target,
        mask: mask.as_ref(),
    };
    let plan = Registration::plan(&inputs, &params)?;
    if plan.bytes > MUCH_MEMORY {
        say(&memory_text(&plan));
    }
    let levels = plan.levels.len();
    let mut registration = Registration::planned(inputs, params, plan, &never)?;
    let format = target.meta().format;
    drop((source, target, mask));
    let watched = std::io::stderr().is_terminal();
    loop {
        match registration.step(&never) {
            Step::LevelStarted(_) => {}
            Step::Iterated(sample) => {
                if watched {
                    watch(&sample, levels);
                }
            }
            Step::Done | Step::Cancelled => break,
        }
    }
    let outcome = registration.finish();
    Ok(match initial {
        Some(initial) => (outcome.after(&initial), format),
        None => (outcome, format),
    })
}

/// The transform to start from.
fn initial(
    arguments: &DemonsArgs,
    target: &Volume,
    source: &Volume,
) -> anyhow::Result<Option<Matrix4<f64>>> {
    let Some(given) = &arguments.initial else {
        return Ok(None);
    };
    let grids = Grids {
        fixed: target.grid(),
        moving: source.grid(),
    };
    Ok(Some(given.read_start(grids, "demons")?))
}

fn memory_text(plan: &Plan) -> String {
    let [nx, ny, nz] = plan.shape;
    format!(
        "registering {nx} x {ny} x {nz} voxels takes {:.1} GB of memory beside the images",
        plan.bytes as f64 / 1e9
    )
}

/// One line of a terminal that each iteration overwrites.
fn watch(sample: &Sample, levels: usize) {
    let end = if sample.ends_level { "\n" } else { "" };
    // With stderr closed nobody watches.
    let _ = write!(
        std::io::stderr(),
        "\rlevel {} of {levels}, iteration {}: MSD = {:<12.6}{end}",
        sample.level,
        sample.iteration,
        sample.msd
    );
}

/// Writes what was asked for, one file after the other.
fn save(arguments: &DemonsArgs, outcome: &Outcome, format: Format) -> anyhow::Result<()> {
    let image = |path: &Option<PathBuf>, volume: &dyn Fn() -> Volume| -> anyhow::Result<()> {
        if let Some(path) = path {
            let silent = Progress::silent();
            let notices = write_image(&volume(), path, options(arguments), &silent)?;
            print_notices(&notices, path);
        }
        Ok(())
    };
    image(&arguments.warped, &|| outcome.warped())?;
    image(&arguments.field, &|| match format {
        Format::Png | Format::Jpeg | Format::Tiff => in_plane(outcome.field()),
        _ => outcome.field(),
    })?;
    image(&arguments.jacobian, &|| outcome.jacobian())?;
    if let Some(path) = &arguments.report {
        save_report(outcome.report(), path, arguments.force)?;
    }
    Ok(())
}

/// The field of a picture as ITK has it, which reads pictures as images of two dimensions: two
/// components.
fn in_plane(field: Volume) -> Volume {
    fn first_two<T: Voxel>(array: &VoxelArray<T>) -> VoxelData {
        T::wrap(array.slice(s![.., .., .., .., ..2]).to_owned())
    }
    let data = with_voxels!(field.data(), array => first_two(array));
    let (grid, rescale) = (*field.grid(), field.rescale().clone());
    Volume::new(grid, data, rescale, field.meta().clone()).unwrap_or(field)
}

fn save_report(report: &Report, path: &Path, overwrite: bool) -> anyhow::Result<()> {
    let text = lines(&serde_json::to_value(report)?);
    io::replace(path, overwrite, |out| out.write_all(text.as_bytes()))?;
    Ok(())
}

/// What came out, in a few lines.
fn summary(report: &Report) -> String {
    let mut text = String::new();
    for (level, iterations) in report.levels.iter().zip(&report.iterations) {
        let [nx, ny, nz] = level.shape;
        text += &format!(
            "level {nx} x {ny} x {nz}: {iterations} iterations in {:.2} s\n",
            level.seconds
        );
    }
    let jacobian = &report.jacobian;
    text += &format!(
        "MSD {:.6} before, {:.6} after\nJacobian {:.4} to {:.4}, mean {:.4}; {} voxels folded\n{:.2} s, {} threads\n",
        report.msd_initial,
        report.msd_final,
        jacobian.min,
        jacobian.max,
        jacobian.mean,
        jacobian.folded,
        report.seconds,
        report.threads
    );
    text
}

/// The words for these on the command line.
macro_rules! words {
    ($type:ty: $($word:literal => $variant:ident),+) => {
        impl ValueEnum for $type {
            fn value_variants<'a>() -> &'a [Self] {
                &[$(Self::$variant),+]
            }

            fn to_possible_value(&self) -> Option<PossibleValue> {
                Some(PossibleValue::new(match self {
                    $(Self::$variant => $word),+
                }))
            }
        }
    };
}
pub(super) use words;

words!(Preset: "course" => Course, "chest-ct" => ChestCt);
words!(SigmaUnits: "voxel" => Voxel, "mm" => Mm);
words!(Forces: "course" => Course, "symmetric" => Symmetric);
words!(Precision: "f32" => F32, "f64" => F64);

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        demons: DemonsArgs,
    }

    fn parsed(line: &str) -> Result<Params, clap::Error> {
        let words = ["demons", "--source", "s", "--target", "t"];
        let words = words.into_iter().chain(line.split_whitespace());
        Line::try_parse_from(words).map(|line| params(&line.demons))
    }

    #[test]
    fn without_options_the_parameters_are_the_courses() {
        assert_eq!(parsed("").expect("parses"), Params::default());
    }

    #[test]
    fn options_change_the_preset() {
        let expected = Params {
            sigma_elastic: 1.5,
            max_iterations: vec![50, 40, 30],
            forces: Forces::Course,
            precision: Some(Precision::F64),
            ..Preset::ChestCt.params()
        };
        let line = "--preset chest-ct --sigma-elastic 1.5 --max-iterations 50,40,30 --forces course --precision f64";
        assert_eq!(parsed(line).expect("parses"), expected);
    }

    #[test]
    fn words_that_mean_nothing_are_wrong_usage() {
        for line in [
            "--forces both",
            "--levels x",
            "--threads 0",
            "--max-iterations 5,",
        ] {
            assert!(parsed(line).is_err(), "{line}");
        }
    }
}
