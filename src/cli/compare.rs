//! `warpscope compare`: figures of how well two images agree.

use super::compare_text::{json, text};
use super::json_text::lines;
use super::transform_arg::{TransformArg, read_chain};
use super::{label_table, print, read, tell_first_time_point};
use crate::document::{LabelTable, LandmarkPair, TargetErrors, paired};
use crate::io::{Grids, Space, read_landmarks};
use crate::volume::{
    Chain, ImagePair, Overlap, Resampling, Similarity, Volume, brought_to, overlap, similarity,
    summary,
};
use anyhow::{anyhow, bail, ensure};
use clap::Args;
use nalgebra::Matrix4;
use std::path::{Path, PathBuf};

/// `warpscope compare`.
#[derive(Clone, Debug, Args)]
pub struct CompareArgs {
    /// The image whose voxels count: a file, or a folder with a DICOM series
    #[arg(value_name = "A")]
    pub first: PathBuf,
    /// The image that is taken to them, the moving one
    #[arg(value_name = "B")]
    pub second: PathBuf,
    /// Transform that aligned B with A: a matrix or a displacement field, or T:flirt for a FLIRT matrix;
    /// T:inverse (or T,-1) is the inverse of a linear one; of several the first alignment first
    #[arg(long = "transform", value_name = "T")]
    pub transforms: Vec<TransformArg>,
    /// Compare labels: Dice, distances of surfaces, volumes
    #[arg(long)]
    pub labels: bool,
    /// Names of the labels, in a label description file of ITK-SNAP
    #[arg(long, value_name = "TABLE", requires = "labels")]
    pub label_table: Option<PathBuf>,
    /// Only voxels of A where this image is above 0 count
    #[arg(long, value_name = "IMAGE")]
    pub mask: Option<PathBuf>,
    /// Landmarks in A and the same in B (.csv or .fcsv)
    #[arg(long, value_names = ["P", "Q"], num_args = 2)]
    pub landmarks: Vec<PathBuf>,
    /// A table with the landmarks of both images
    #[arg(long, value_name = "TABLE", conflicts_with = "landmarks")]
    pub landmark_pairs: Option<PathBuf>,
    /// Landmark files that do not tell their space are in LPS mm, not RAS
    #[arg(long)]
    pub lps: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// All that was found.
pub struct Compared {
    pub figures: Figures,
    pub landmarks: Option<(Vec<LandmarkPair>, TargetErrors)>,
}

pub enum Figures {
    Values(Similarity),
    Labels(Overlap, LabelTable),
}

pub fn run(arguments: &CompareArgs) -> anyhow::Result<()> {
    let landmarks = landmarks(arguments)?;
    let table = match &arguments.label_table {
        Some(path) => label_table(path)?,
        None => LabelTable::default(),
    };
    let images = images(arguments)?;
    let grids = Grids {
        fixed: images[0].grid(),
        moving: images[1].grid(),
    };
    let chain = read_chain(&arguments.transforms, Some(grids))?;
    let found = Compared {
        figures: figures(arguments, images, &chain, table)?,
        landmarks: landmarks.map(|pairs| {
            let errors = TargetErrors::under(&pairs, |point| chain.map(point));
            (pairs, errors)
        }),
    };
    match arguments.json {
        true => print(&lines(&json(arguments, &found))),
        false => print(&text(arguments, &found)),
    }
}

fn figures(
    arguments: &CompareArgs,
    [first, mut second]: [Volume; 2],
    chain: &Chain,
    table: LabelTable,
) -> anyhow::Result<Figures> {
    let mask = arguments.mask.as_deref().map(|path| mask(path, &first));
    let mask = mask.transpose()?;
    let transform = chain.linear().unwrap_or_else(|| {
        let how = match arguments.labels {
            true => Resampling::Nearest,
            false => Resampling::Linear,
        };
        second = brought_to(first.grid(), &second, chain, how, &|_| true);
        Matrix4::identity()
    });
    let pair = ImagePair {
        transform,
        mask: mask.as_ref(),
        ..ImagePair::new(&first, &second)
    };
    if arguments.labels {
        let refused = |error| anyhow!("{error}: {}", both(arguments));
        let found = overlap(&pair).map_err(refused)?;
        let empty = "neither image has a label there; give label images";
        ensure!(!found.labels.is_empty(), "{empty}: {}", both(arguments));
        return Ok(Figures::Labels(found, table));
    }
    let found = similarity(&pair);
    let apart = "the images have no voxel in common; give the transform that aligns them";
    ensure!(found.voxels > 0, "{apart}: {}", both(arguments));
    Ok(Figures::Values(found))
}

/// Colours in grey; labels as they are.
fn images(arguments: &CompareArgs) -> anyhow::Result<[Volume; 2]> {
    let image = |path: &Path| -> anyhow::Result<Volume> {
        let volume = read(path, None)?;
        tell_first_time_point(&volume, path);
        Ok(match arguments.labels {
            true => volume,
            false => volume.in_one_component(),
        })
    };
    Ok([image(&arguments.first)?, image(&arguments.second)?])
}

fn both(arguments: &CompareArgs) -> String {
    let CompareArgs { first, second, .. } = arguments;
    format!("{} and {}", first.display(), second.display())
}

fn mask(path: &Path, first: &Volume) -> anyhow::Result<Volume> {
    let mask = read(path, None)?;
    ensure!(
        summary(&mask).max > 0.0,
        "the mask has no voxel above 0, so nothing would count; give another: {}",
        path.display()
    );
    let pair = ImagePair {
        mask: Some(&mask),
        ..ImagePair::new(first, first)
    };
    ensure!(
        similarity(&pair).voxels > 0,
        "the mask leaves no voxel of the first image; give one in the same place: {}",
        path.display()
    );
    Ok(mask)
}

fn landmarks(arguments: &CompareArgs) -> anyhow::Result<Option<Vec<LandmarkPair>>> {
    let usual = match arguments.lps {
        true => Space::Lps,
        false => Space::Ras,
    };
    match (&arguments.landmark_pairs, &arguments.landmarks[..]) {
        (Some(table), _) => {
            let landmarks = read_landmarks(table, usual)?;
            if landmarks.iter().any(|landmark| landmark.partner.is_none()) {
                bail!(
                    "the table has points of one image only; give two files with --landmarks, or a table of both: {}",
                    table.display()
                );
            }
            Ok(Some(landmarks.into_iter().map(Into::into).collect()))
        }
        (None, [fixed, moving]) => {
            let points = paired(
                read_landmarks(fixed, usual)?,
                read_landmarks(moving, usual)?,
            );
            match points {
                Ok(pairs) => Ok(Some(pairs)),
                Err(error) => bail!("{error}: {} and {}", fixed.display(), moving.display()),
            }
        }
        (None, _) => Ok(None),
    }
}
