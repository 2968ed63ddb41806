//! The command line as clap reads it. Every option that can be given works.

use super::{
    CenterArgs, ConvertArgs, CropArgs, DemonsArgs, HeaderArgs, MergeArgs, RegisterArgs,
    ReorientArgs, ResampleArgs, SplitArgs, ThresholdArgs, TransformArgs,
};
use clap::error::ErrorKind;
use clap::{
    Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, Parser, Subcommand, ValueEnum,
};
use std::path::PathBuf;
use std::str::FromStr;

/// View medical volumes (CT, PET, MR) and watch their registration.
#[derive(Debug, Parser)]
#[command(
    name = "warpscope",
    version,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true
)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Option<Subcommands>,
    #[command(flatten)]
    pub window: WindowArgs,
}

/// What works without a window.
#[derive(Debug, Subcommand)]
pub enum Subcommands {
    /// Tell what an image is: size, geometry, range and values
    Info(InfoArgs),
    /// Draw views of images as a PNG picture, without a display
    Render(RenderArgs),
    /// Open the built-in sample study in the window, or write it as files
    Demo(DemoArgs),
    /// Write an image in another format, voxel type or orientation
    Convert(ConvertArgs),
    /// Cut a box of voxels out of an image
    Crop(CropArgs),
    /// Move an image so that its centre lies at the centre of another
    AlignCenters(CenterArgs),
    /// Change the NIfTI header of an image: its place, its codes and fields
    Header(HeaderArgs),
    /// Give an image another orientation: permute and flip its voxels, or relabel its header
    Reorient(ReorientArgs),
    /// Bring an image onto the grid of another, or to another spacing
    Resample(ResampleArgs),
    /// Mark the voxels whose values lie in a range: an image of 0 and 1
    Threshold(ThresholdArgs),
    /// Write each time point of a 4D image as an image of its own
    Split(SplitArgs),
    /// Join images as the time points of one
    Merge(MergeArgs),
    /// Compose, invert, convert and explain linear transforms
    Transform(TransformArgs),
    /// Register one image to another by demons
    Demons(Box<DemonsArgs>),
    /// Align one image with another: rigid, similarity or affine
    Register(Box<RegisterArgs>),
}

/// `warpscope demo`.
#[derive(Clone, Debug, Args)]
pub struct DemoArgs {
    /// Write the study into this folder, as NIfTI and DICOM with its true motion, and open no window
    #[arg(long, value_name = "DIR")]
    pub write: Option<PathBuf>,
    /// Replace a sample study that is there already
    #[arg(long, requires = "write")]
    pub force: bool,
    /// Print one JSON object
    #[arg(long, requires = "write")]
    pub json: bool,
    #[command(flatten)]
    pub screen: ScreenArgs,
}

/// How the window comes to the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Args)]
pub struct ScreenArgs {
    /// Draw without a graphics card
    #[arg(long)]
    pub software: bool,
    /// Use Wayland itself; files cannot be dropped on the window then
    #[arg(long)]
    pub wayland: bool,
}

/// What to show when the window opens.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct WindowArgs {
    /// Main image: a file, or a folder with a DICOM series
    #[arg(value_name = "MAIN")]
    path: Option<PathBuf>,
    /// Further images, beside the main one
    #[arg(value_name = "IMAGE")]
    more: Vec<PathBuf>,
    /// Main image, as in ITK-SNAP
    #[arg(short = 'g', value_name = "MAIN", conflicts_with = "path")]
    main: Option<PathBuf>,
    /// Additional image; may be given several times
    #[arg(short = 'o', value_name = "IMAGE")]
    pub additional: Vec<PathBuf>,
    /// Image on top of the others, its colour map and its opacity from 0 to 1
    #[arg(long = "overlay", value_name = "IMAGE[:MAP[:OPACITY]]")]
    pub overlays: Vec<OverlayArg>,
    /// Workspace: images and how they are shown, saved here or by ITK-SNAP
    #[arg(short = 'w', value_name = "WORKSPACE", conflicts_with_all = ["path", "main"])]
    pub workspace: Option<PathBuf>,
    /// Voxel of the main image where the cursor starts, 0-based
    #[arg(long, value_name = "I,J,K")]
    pub cursor: Option<Triple<usize>>,
    #[command(flatten)]
    pub screen: ScreenArgs,
}

impl WindowArgs {
    /// The main image, and those named after it.
    pub fn images(&self) -> Vec<PathBuf> {
        let first = self.main.iter().chain(&self.path);
        first.chain(&self.more).cloned().collect()
    }
}

/// `warpscope info`.
#[derive(Debug, Args)]
pub struct InfoArgs {
    /// A file, or a folder with DICOM files
    pub path: PathBuf,
    /// The series to read when there are several: its UID in the list
    #[arg(long, value_name = "UID")]
    pub series: Option<String>,
    #[command(flatten)]
    pub points: Points,
    /// List the DICOM elements of the first file
    #[arg(long)]
    pub tags: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `warpscope render`.
#[derive(Clone, Debug, Args)]
pub struct RenderArgs {
    /// Main image: a file, or a folder with a DICOM series
    pub path: PathBuf,
    /// The series to read when there are several: its UID in the list of `info`
    #[arg(long, value_name = "UID")]
    pub series: Option<String>,
    /// Image shown instead of the main one, on the main image's slices; the last one given is seen
    #[arg(short = 'o', value_name = "IMAGE")]
    pub additional: Vec<PathBuf>,
    /// Image on top of the others, its colour map and its opacity from 0 to 1
    #[arg(long = "overlay", value_name = "IMAGE[:MAP[:OPACITY]]")]
    pub overlays: Vec<OverlayArg>,
    /// The view, or all three as in the window
    #[arg(long, value_name = "VIEW", default_value = "all")]
    pub view: ViewArg,
    /// Voxel of the main image the views go through, 0-based; the middle without it
    #[arg(long, value_name = "I,J,K")]
    pub cursor: Option<Triple<usize>>,
    /// Time point of images that have several, 0-based
    #[arg(long, value_name = "T", default_value_t = 0)]
    pub time: usize,
    /// Values shown darkest and brightest, of the image below the overlays
    #[arg(long, value_name = "MIN,MAX", allow_hyphen_values = true)]
    pub window: Option<Pair>,
    /// Colour map of the image below the overlays
    #[arg(long, value_name = "NAME")]
    pub map: Option<String>,
    /// Width and height of the picture in pixels
    #[arg(long, value_name = "WxH", default_value = "1024x768")]
    pub size: PictureSize,
    /// The images alone: no letters, crosshair, scale bar, names or colour bar
    #[arg(long)]
    pub no_annotations: bool,
    /// The picture to write
    #[arg(long, value_name = "PICTURE.png")]
    pub out: PathBuf,
    /// Replace the picture if it is there already
    #[arg(long)]
    pub force: bool,
}

/// What to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ViewArg {
    Axial,
    Sagittal,
    Coronal,
    All,
}

/// Two numbers separated by a comma.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair(pub [f64; 2]);

impl FromStr for Pair {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match numbers(text).as_deref() {
            Some(&[a, b]) if a <= b => Ok(Self([a, b])),
            Some(&[_, _]) => Err("the first number must be the smaller one".to_owned()),
            _ => Err("two numbers separated by a comma are needed".to_owned()),
        }
    }
}

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureSize(pub [usize; 2]);

impl PictureSize {
    const MOST: usize = 16_384;
}

impl FromStr for PictureSize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let side = |text: &str| text.parse().ok().filter(|n| (16..=Self::MOST).contains(n));
        let sides = text.split_once('x');
        sides
            .and_then(|(width, height)| Some(Self([side(width)?, side(height)?])))
            .ok_or_else(|| format!("a size such as 640x480 is needed, 16 to {}", Self::MOST))
    }
}

/// Three numbers separated by commas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Triple<T>(pub [T; 3]);

impl<T: FromStr> FromStr for Triple<T> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = numbers(text).filter(|n| n.len() == 3);
        numbers
            .and_then(|n| <[T; 3]>::try_from(n).ok())
            .map(Self)
            .ok_or_else(|| "three numbers separated by commas are needed".to_owned())
    }
}

fn numbers<T: FromStr>(text: &str) -> Option<Vec<T>> {
    text.split(',').map(|n| n.trim().parse().ok()).collect()
}

/// `IMAGE[:MAP[:OPACITY]]`. A colon belongs to the image's path unless a word or a number without a
/// path separator follows it.
#[derive(Clone, Debug, PartialEq)]
pub struct OverlayArg {
    pub path: PathBuf,
    pub map: Option<String>,
    pub opacity: Option<f32>,
}

impl FromStr for OverlayArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (rest, opacity) = match text.rsplit_once(':') {
            Some((rest, last)) if last.parse::<f32>().is_ok() => (rest, last.parse::<f32>().ok()),
            _ => (text, None),
        };
        if opacity.is_some_and(|opacity| !(0.0..=1.0).contains(&opacity)) {
            return Err("the opacity must be from 0 to 1".to_owned());
        }
        let (path, map) = match rest.rsplit_once(':') {
            Some((path, map)) if !map.contains(['/', '\\', '.']) => {
                (path, Some(map.to_owned()).filter(|map| !map.is_empty()))
            }
            _ => (rest, None),
        };
        if path.is_empty() {
            return Err("the image is missing".to_owned());
        }
        Ok(Self {
            path: path.into(),
            map,
            opacity,
        })
    }
}

/// A place whose value is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Point {
    /// Voxel `i, j, k` and time point.
    Index([i64; 4]),
    /// RAS millimetres.
    World([f64; 3]),
}

/// `--at` and `--at-world`, in the order given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Points(pub Vec<Point>);

const AT: &str = "at";
const AT_WORLD: &str = "at-world";

impl Args for Points {
    fn augment_args(command: Command) -> Command {
        let option = |name: &'static str| {
            Arg::new(name)
                .long(name)
                .action(ArgAction::Append)
                .allow_hyphen_values(true)
        };
        command
            .arg(
                option(AT)
                    .value_name("I,J,K[,T]")
                    .help("Value of a voxel, 0-based; may be given several times"),
            )
            .arg(
                option(AT_WORLD)
                    .value_name("X,Y,Z")
                    .help("Value at a point in RAS mm (nearest voxel)"),
            )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Points {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut points = Vec::new();
        for name in [AT, AT_WORLD] {
            let texts = matches.get_many::<String>(name).into_iter().flatten();
            let places = matches.indices_of(name).into_iter().flatten();
            for (text, place) in texts.zip(places) {
                let point = if name == AT {
                    index(text)
                } else {
                    text.parse().ok().map(|Triple(xyz)| Point::World(xyz))
                };
                let point = point.ok_or_else(|| refused(name, text))?;
                points.push((place, point));
            }
        }
        points.sort_by_key(|(place, _)| *place);
        Ok(Self(points.into_iter().map(|(_, point)| point).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn index(text: &str) -> Option<Point> {
    match numbers(text)?[..] {
        [i, j, k] => Some(Point::Index([i, j, k, 0])),
        [i, j, k, t] => Some(Point::Index([i, j, k, t])),
        _ => None,
    }
}

fn refused(name: &str, text: &str) -> clap::Error {
    let form = if name == AT {
        "i,j,k or i,j,k,t"
    } else {
        "x,y,z"
    };
    clap::Error::raw(
        ErrorKind::ValueValidation,
        format!("invalid value '{text}' for '--{name}': {form} is needed\n"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(line: &str) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(line.split_whitespace())
    }

    #[test]
    fn the_definitions_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn points_keep_the_order_of_the_command_line() {
        let parsed = parse("warpscope info a.nii --at 1,2,3 --at-world -1.5,0,2 --at -1,0,0,4")
            .expect("parses");
        let Some(Subcommands::Info(info)) = parsed.command else {
            panic!("not info");
        };
        let expected = vec![
            Point::Index([1, 2, 3, 0]),
            Point::World([-1.5, 0.0, 2.0]),
            Point::Index([-1, 0, 0, 4]),
        ];
        assert_eq!(info.points.0, expected);
    }

    #[test]
    fn half_a_point_is_wrong_usage() {
        assert!(parse("warpscope info a.nii --at 1,2").is_err());
        assert!(parse("warpscope info a.nii --at-world 1,2,x").is_err());
        assert!(parse("warpscope a.nii --cursor 1,2").is_err());
    }

    #[test]
    fn an_overlay_may_name_map_and_opacity() {
        let parsed = |text: &str| text.parse::<OverlayArg>().expect("parses");
        let overlay = parsed("pet.nii.gz:Hot:0.5");
        assert_eq!(overlay.path, PathBuf::from("pet.nii.gz"));
        assert_eq!(overlay.map.as_deref(), Some("Hot"));
        assert_eq!(overlay.opacity, Some(0.5));
        assert_eq!(
            parsed("pet:Blue to red").map.as_deref(),
            Some("Blue to red")
        );
        assert_eq!(parsed("C:\\a\\pet.nii").map, None);
        assert_eq!(parsed("scan_12:30/pet.nii").map, None);
        assert!("pet.nii:Hot:2".parse::<OverlayArg>().is_err());
    }

    #[test]
    fn windows_and_sizes_are_checked() {
        let window = |text: &str| text.parse::<Pair>().map(|pair| pair.0);
        assert_eq!(window("-160,240.5"), Ok([-160.0, 240.5]));
        assert!(window("5,1").is_err() && window("1").is_err() && window("nan,1").is_err());
        let size = |text: &str| text.parse::<PictureSize>().map(|size| size.0);
        assert_eq!(size("640x480"), Ok([640, 480]));
        assert!(size("0x5").is_err() && size("640").is_err() && size("99999x99999").is_err());
    }

    #[test]
    fn the_main_image_has_two_spellings() {
        let main = |line: &str| parse(line).map(|a| a.window.images());
        let expected = [PathBuf::from("ct")];
        assert_eq!(main("warpscope ct").expect("parses"), expected);
        assert_eq!(main("warpscope -g ct -o a -o b").expect("parses"), expected);
        assert!(main("warpscope ct -g ct").is_err());
    }

    #[test]
    fn images_after_the_main_one_need_no_option() {
        let window = parse("warpscope ct mr -o a pet").expect("parses").window;
        assert_eq!(window.images(), ["ct", "mr", "pet"].map(PathBuf::from));
        assert_eq!(window.additional, [PathBuf::from("a")]);
    }
}
