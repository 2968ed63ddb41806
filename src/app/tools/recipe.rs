//! What a tool makes of images: told apart from the panel, so that it can be made on a job's thread
//! and recognised once it is there.

use super::slices::Stack;
use crate::document::{ColorMap, Display, Role, Window};
use crate::geometry::Grid;
use crate::volume::{
    CropOrigin, Interpolation, Meta, Resampling, RescaleUse, Volume, VoxelData, VoxelType,
    quantiles,
};
use std::ops::Range;

/// Images and what is to be made of them.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// The image worked on, and further ones that are joined to it.
    pub images: Vec<Volume>,
    pub step: Step,
}

/// What is done.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// The image is as it shall be: only its header changed.
    Header,
    Crop {
        ranges: [Range<usize>; 3],
        origin: CropOrigin,
    },
    /// Moves the image so that its centre lies at the second image's.
    Center {
        by_mass: bool,
    },
    Resample {
        grid: Box<Grid>,
        how: Resampling,
    },
    Retype {
        to: Option<VoxelType>,
        rescale: Option<RescaleUse>,
    },
    Threshold {
        low: f64,
        high: f64,
    },
    /// One time point, or all of them as images of their own.
    Split(Option<usize>),
    Join,
    Stack(Stack),
}

/// What came of a recipe.
#[derive(Clone, Debug)]
pub struct Made {
    pub volumes: Vec<Volume>,
    /// What is worth knowing of it.
    pub note: String,
}

/// What becomes of the images that were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The image takes the place of the one it was made of.
    InPlace,
    NewLayers(Role),
}

impl PartialEq for Recipe {
    fn eq(&self, other: &Self) -> bool {
        let same = |(one, other): (&Volume, &Volume)| {
            one.shares_voxels_with(other)
                && one.grid() == other.grid()
                && std::ptr::eq(one.meta(), other.meta())
        };
        self.step == other.step
            && self.images.len() == other.images.len()
            && self.images.iter().zip(&other.images).all(same)
    }
}

impl Step {
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Header
            | Self::Center { .. }
            | Self::Retype { .. }
            | Self::Stack(Stack::Even | Stack::Upright) => Outcome::InPlace,
            Self::Stack(Stack::Split) => Outcome::NewLayers(Role::Additional),
            Self::Crop { .. } | Self::Resample { .. } | Self::Split(_) | Self::Join => {
                Outcome::NewLayers(Role::Additional)
            }
            Self::Threshold { .. } => Outcome::NewLayers(Role::Overlay),
        }
    }

    /// The name of the change before a layer's name, as in "Crop CT".
    pub fn name(&self) -> &'static str {
        match self {
            Self::Header => "Header of",
            Self::Crop { .. } => "Crop",
            Self::Center { .. } => "Centre",
            Self::Resample { .. } => "Resample",
            Self::Retype { .. } => "Voxel type of",
            Self::Threshold { .. } => "Threshold",
            Self::Split(_) => "Split",
            Self::Join => "Join",
            Self::Stack(Stack::Split) => "Split",
            Self::Stack(_) => "Regrid",
        }
    }

    /// What goes on while it is made.
    pub fn doing(&self) -> &'static str {
        match self {
            Self::Header => "Changing the header",
            Self::Crop { .. } => "Cropping",
            Self::Center { .. } => "Aligning centres",
            Self::Resample { .. } => "Resampling",
            Self::Retype { .. } => "Converting",
            Self::Threshold { .. } => "Looking at the values",
            Self::Split(_) => "Splitting",
            Self::Join => "Joining",
            Self::Stack(_) => "Regridding",
        }
    }

    /// What the name of a new image says of it.
    fn mark(&self) -> &'static str {
        match self {
            Self::Crop { .. } => "cropped",
            Self::Resample { .. } => "resampled",
            Self::Threshold { .. } => "mask",
            Self::Join => "joined",
            Self::Header
            | Self::Center { .. }
            | Self::Retype { .. }
            | Self::Split(_)
            | Self::Stack(_) => "",
        }
    }
}

impl Recipe {
    /// Bytes that the images made take, at most.
    pub fn bytes(&self) -> u64 {
        let size = |volume: &Volume| volume.data().bytes() as u64;
        let all = self.images.iter().map(size).sum();
        let Some(first) = self.images.first() else {
            return 0;
        };
        let per_voxel = size(first) / first.grid().voxel_count().max(1) as u64;
        let voxels = |shape: [usize; 3]| shape.iter().map(|n| *n as u64).product::<u64>();
        match &self.step {
            Step::Header | Step::Center { .. } => 0,
            Step::Crop { ranges, .. } => {
                per_voxel * voxels(ranges.each_ref().map(ExactSizeIterator::len))
            }
            Step::Resample { grid, how } => {
                let spline = match how {
                    Resampling::Cubic => 8 * voxels(first.grid().shape()),
                    Resampling::Nearest | Resampling::Linear => 0,
                };
                per_voxel.max(4) * voxels(grid.shape()) + spline
            }
            Step::Retype { to, .. } => {
                let stored = first.data().voxel_type().size();
                let to = to.map_or(stored.max(4), VoxelType::size);
                size(first) / stored as u64 * to as u64
            }
            Step::Threshold { .. } => size(first),
            Step::Split(_) | Step::Join | Step::Stack(Stack::Split) => all,
            Step::Stack(what) => {
                let grid = match what {
                    Stack::Upright => first.upright_grid(),
                    Stack::Even | Stack::Split => first.even_grid(),
                };
                grid.map_or(0, |grid| per_voxel.max(4) * voxels(grid.shape()))
            }
        }
    }

    /// Makes the images, or says why they cannot be. `goes_on` is told the part that is done, 0 to 1, and
    /// says whether the rest is still wanted.
    pub fn make(&self, goes_on: &(dyn Fn(f32) -> bool + Sync)) -> Result<Made, String> {
        let [image, rest @ ..] = &self.images[..] else {
            return Err("choose an image".to_owned());
        };
        let one = |volume: Volume, note: String| Made {
            volumes: vec![volume],
            note,
        };
        Ok(match &self.step {
            Step::Header => one(derived(image, image.meta().name.clone()), String::new()),
            Step::Crop { ranges, origin } => {
                let cropped = image.cropped(ranges, *origin).map_err(|e| e.to_string())?;
                one(self.named(&cropped), String::new())
            }
            Step::Center { by_mass } => {
                let fixed = rest.first().ok_or("choose the image that stays")?;
                let (moved, note) = centered(image, fixed, *by_mass)?;
                one(moved, note)
            }
            Step::Resample { grid, how } => {
                let outside = lowest(image);
                let resampled = image.resampled_while(grid, *how, outside, goes_on);
                let note = format!("{outside} where the image does not reach");
                one(self.named(&resampled), note)
            }
            Step::Retype { to, rescale } => {
                let retyped = image.stored_as(*to, *rescale).map_err(|e| e.to_string())?;
                let Some(retyped) = retyped else {
                    return Err("choose another type".to_owned());
                };
                let note = match retyped.changed {
                    0 => "every value fits exactly".to_owned(),
                    n => format!(
                        "{n} numbers are rounded; values change by up to {:.6}",
                        retyped.largest_change
                    ),
                };
                let name = image.meta().name.clone();
                one(derived(&retyped.volume, name), note)
            }
            Step::Threshold { low, high } => {
                let mask = image.thresholded(*low, *high);
                let note = inside(&mask);
                one(self.named(&mask), note)
            }
            Step::Stack(what) => stacked(image, *what)?,
            Step::Split(which) => self.split(image, *which)?,
            Step::Join => {
                let joined = Volume::joined(&self.images).map_err(|e| e.to_string())?;
                let note = format!("{} time points", joined.time_points());
                one(self.named(&joined), note)
            }
        })
    }

    fn split(&self, image: &Volume, which: Option<usize>) -> Result<Made, String> {
        let times = which.map_or(0..image.time_points(), |t| t..t + 1);
        let digits = image.time_points().to_string().len();
        let volumes: Option<Vec<Volume>> = times
            .map(|t| {
                let name = format!("{} t={t:0digits$}", image.meta().name);
                Some(derived(&image.time_point(t)?, name))
            })
            .collect();
        let volumes = volumes.ok_or("there is no such time point")?;
        let note = format!("{} images", volumes.len());
        Ok(Made { volumes, note })
    }

    /// With a name after what was done.
    fn named(&self, volume: &Volume) -> Volume {
        let name = format!("{} {}", volume.meta().name, self.step.mark());
        derived(volume, name)
    }
}

/// What a new image looks like, made of one that looks like `base`.
pub fn look(step: &Step, base: &Display) -> Display {
    match step {
        Step::Threshold { .. } => Display {
            window: Window::new(0.0, 1.0),
            map: ColorMap::BlackToCyan,
            opacity: 0.5,
            below_transparent: true,
            interpolation: Interpolation::Nearest,
            ..Display::default()
        },
        _ => Display {
            visible: true,
            time: 0,
            opacity: 1.0,
            below_transparent: false,
            ..base.clone()
        },
    }
}

fn stacked(image: &Volume, what: Stack) -> Result<Made, String> {
    let name = &image.meta().name;
    let even = "its slices lie at equal steps already";
    let volumes = match what {
        Stack::Even => vec![image.evenly_spaced().ok_or(even)?],
        Stack::Upright => vec![image.unsheared().ok_or("it is upright already")?],
        Stack::Split => image.split_at_gaps(),
    };
    let note = match (what, &volumes[..]) {
        (Stack::Split, parts) => format!("{} images", parts.len()),
        (_, [one, ..]) => {
            let [nx, ny, nz] = one.grid().shape();
            let step = one.grid().spacing()[2];
            format!("{nx} × {ny} × {nz} voxels, slices every {step:.3} mm")
        }
        (_, []) => String::new(),
    };
    let several = volumes.len() > 1;
    let named = volumes.iter().enumerate().map(|(n, volume)| {
        let name = if several {
            format!("{name} part {}", n + 1)
        } else {
            name.clone()
        };
        derived(volume, name)
    });
    Ok(Made {
        volumes: named.collect(),
        note,
    })
}

fn derived(volume: &Volume, name: String) -> Volume {
    volume.with_meta(Meta {
        name,
        derived: true,
        ..volume.meta().clone()
    })
}

fn centered(image: &Volume, fixed: &Volume, by_mass: bool) -> Result<(Volume, String), String> {
    let center = |volume: &Volume| match by_mass {
        false => Some(volume.grid().center()),
        true => volume.center_of_mass(),
    };
    let no_center = "an image of one value has no centre of mass; align by geometry";
    let to = center(fixed).ok_or(no_center)?;
    let from = center(image).ok_or(no_center)?;
    let shift = to.0 - from.0;
    let moved = image.moved_by(shift).map_err(|e| e.to_string())?;
    let [x, y, z] = [shift.x, shift.y, shift.z].map(|v| format!("{:.3}", v + 0.0));
    let name = image.meta().name.clone();
    Ok((
        derived(&moved, name),
        format!("moved by {x}, {y}, {z} mm RAS"),
    ))
}

/// The lowest value: what stands for nothing, as air does in CT.
fn lowest(volume: &Volume) -> f64 {
    let low = quantiles(volume, &[0.0]);
    low.first()
        .copied()
        .filter(|v| v.is_finite())
        .unwrap_or(0.0)
}

fn inside(mask: &Volume) -> String {
    let count: usize = match mask.data() {
        VoxelData::U8(array) => array.iter().filter(|v| **v > 0).count(),
        _ => 0,
    };
    let voxel = mask
        .grid()
        .affine()
        .fixed_view::<3, 3>(0, 0)
        .determinant()
        .abs();
    let ml = count as f64 * voxel / 1000.0;
    match mask.time_points() {
        1 => format!("{count} voxels, {ml:.1} ml"),
        times => format!(
            "{count} voxels, {:.1} ml on average over {times} times",
            ml / times as f64
        ),
    }
}
