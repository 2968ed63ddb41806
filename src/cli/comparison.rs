//! What `warpscope render` shows of two images, and of labels.

use super::read;
use crate::document::{
    Command, Comparison, ComparisonMode, Display, Document, LabelDisplay, LabelTable, Role, Tint,
};
use crate::io::read_label_table;
use crate::volume::label_volumes;
use anyhow::Context as _;
use clap::builder::RangedU64ValueParser;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::str::FromStr;

/// Two images in one picture.
#[derive(Clone, Copy, Debug, Args)]
pub struct ComparisonArgs {
    /// Show the main image and the last -o image in one picture
    #[arg(long, value_name = "HOW", requires = "additional", conflicts_with_all = ["labels", "overlays"])]
    compare: Option<CompareArg>,
    /// Where a swipe ends, or how much of the second image is in a blend, from 0 to 1
    #[arg(long, value_name = "PART", default_value_t = 0.5, value_parser = part)]
    compare_at: f64,
    /// Squares of a checkerboard across the longer side of a view
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = RangedU64ValueParser::<usize>::new().range(1..=1024))]
    squares: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CompareArg {
    /// Squares of both in turn
    Checkerboard,
    /// The first on the left, the second on the right
    Swipe,
    /// The first above, the second below
    SwipeDown,
    /// Second less first: orange where it is brighter, blue where it is darker
    Difference,
    /// The same in gray, without the sign
    AbsoluteDifference,
    /// The first in cyan, the second in magenta, gray where they agree
    CyanMagenta,
    /// The first in red, the second in green, yellow where they agree
    RedGreen,
    /// Edges of the second on the first
    Edges,
    /// Both mixed
    Blend,
}

fn part(text: &str) -> Result<f64, String> {
    let part: Option<f64> = text.parse().ok();
    part.filter(|part| (0.0..=1.0).contains(part))
        .ok_or_else(|| "a number from 0 to 1 is needed".to_owned())
}

impl ComparisonArgs {
    /// What is asked for, of the images in `document`.
    pub fn comparison(self, document: &Document) -> Option<Comparison> {
        let mut images = document.ground_layers();
        let (first, second) = (images.next()?, images.last()?);
        let at = self.compare_at;
        let mode = match self.compare? {
            CompareArg::Checkerboard => ComparisonMode::Checkerboard {
                squares: self.squares,
            },
            CompareArg::Swipe => ComparisonMode::Swipe { at, upright: true },
            CompareArg::SwipeDown => ComparisonMode::Swipe { at, upright: false },
            CompareArg::Difference => ComparisonMode::Difference { absolute: false },
            CompareArg::AbsoluteDifference => ComparisonMode::Difference { absolute: true },
            CompareArg::CyanMagenta => ComparisonMode::Composite(Tint::CyanMagenta),
            CompareArg::RedGreen => ComparisonMode::Composite(Tint::RedGreen),
            CompareArg::Edges => ComparisonMode::EDGES,
            CompareArg::Blend => ComparisonMode::Blend { amount: at },
        };
        Some(Comparison {
            mode,
            first: first.id,
            second: second.id,
        })
    }
}

/// Label images on top of the others.
#[derive(Clone, Debug, Args)]
pub struct LabelArgs {
    /// Label image on top of the others, and a label description file of ITK-SNAP
    #[arg(long, value_name = "IMAGE[:TABLE]")]
    labels: Vec<LabelsArg>,
    /// Show labels by their outlines
    #[arg(long, requires = "labels")]
    outlines: bool,
}

impl LabelArgs {
    /// Adds the label images to the document.
    pub fn open(&self, document: &mut Document) -> anyhow::Result<()> {
        for labels in &self.labels {
            let volume = read(&labels.path, None)?;
            label_volumes(&volume, 0)
                .map_err(|error| anyhow::anyhow!("{error}: {}", labels.path.display()))?;
            let table = match &labels.table {
                Some(path) => LabelTable::new(read_label_table(path)?),
                None => LabelTable::default(),
            };
            let look = LabelDisplay {
                table,
                outlines: self.outlines,
                ..LabelDisplay::default()
            };
            let mut display = Display::of_labels(look);
            if self.outlines {
                display.opacity = 1.0;
            }
            let role = Role::Overlay;
            let add = Command::AddLayer {
                volume,
                role,
                display: Some(display),
            };
            add.apply(document).context("labels need an image below")?;
        }
        Ok(())
    }
}

/// `IMAGE[:TABLE]`. The colon after a drive's letter belongs to the path.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelsArg {
    pub path: PathBuf,
    pub table: Option<PathBuf>,
}

impl FromStr for LabelsArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // The image's name is never one letter, a drive's is.
        let at = text.match_indices(':').map(|(at, _)| at).find(|at| *at > 1);
        let (path, table) = match at {
            Some(at) => (&text[..at], Some(&text[at + 1..])),
            None => (text, None),
        };
        if path.is_empty() {
            return Err("the image is missing".to_owned());
        }
        Ok(Self {
            path: path.into(),
            table: table.filter(|table| !table.is_empty()).map(Into::into),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_may_name_their_table() {
        let parsed = |text: &str| text.parse::<LabelsArg>().expect("parses");
        let both = parsed("a/seg.nii.gz:labels.txt");
        assert_eq!(both.path, PathBuf::from("a/seg.nii.gz"));
        assert_eq!(both.table, Some(PathBuf::from("labels.txt")));
        assert_eq!(parsed("seg.nii").table, None);
        let windows = parsed(r"C:\seg.nii:C:\labels.txt");
        assert_eq!(windows.path, PathBuf::from(r"C:\seg.nii"));
        assert_eq!(windows.table, Some(PathBuf::from(r"C:\labels.txt")));
        assert!("".parse::<LabelsArg>().is_err());
    }
}
