//! How well two label images agree: the voxels they share and the distances of their surfaces.

use super::distance::{FAR, squared_distances};
use super::labels::{check_components, check_count, label};
use super::{ImagePair, Interpolation, NotLabels};
use ndarray::{Array3, ArrayView3, s};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How one label agrees in two images, at the voxels of the first.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelOverlap {
    pub label: i32,
    /// Voxels with the label in the first image, in the second, and in both.
    pub voxels: [u64; 2],
    pub shared: u64,
    pub volumes_mm3: [f64; 2],
    /// Where both images have the label; not on a grid whose axes are not at right angles.
    pub surface: Option<SurfaceDistances>,
}

/// Distances in mm from each surface voxel of one image to the nearest of the other, those of both
/// directions together. Surface voxels have the label and a neighbour along an axis, or the border of
/// the image, without it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SurfaceDistances {
    /// The largest.
    pub hausdorff_mm: f64,
    /// 95 of 100 are not larger; between ranks as NumPy's percentile.
    pub hausdorff95_mm: f64,
    /// Average symmetric surface distance. Source: T. Heimann et al., "Comparison and evaluation of
    /// methods for liver segmentation from CT datasets", IEEE TMI 28, 2009.
    pub mean_mm: f64,
}

/// How two label images agree.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overlap {
    /// Labels of either image but the background, in ascending order.
    pub labels: Vec<LabelOverlap>,
}

impl LabelOverlap {
    /// Twice the shared voxels as a part of all: 0 apart, 1 the same.
    pub fn dice(&self) -> f64 {
        2.0 * self.shared as f64 / (self.voxels[0] + self.voxels[1]) as f64
    }

    /// The shared voxels as a part of those of either image.
    pub fn jaccard(&self) -> f64 {
        let either = self.voxels[0] + self.voxels[1] - self.shared;
        self.shared as f64 / either as f64
    }

    /// The second volume as a part of the first; infinite where the first lacks the label.
    pub fn volume_ratio(&self) -> f64 {
        self.volumes_mm3[1] / self.volumes_mm3[0]
    }
}

impl Overlap {
    /// Over all labels together; NaN without one.
    pub fn dice(&self) -> f64 {
        let shared: u64 = self.labels.iter().map(|label| label.shared).sum();
        let voxels = self.labels.iter().flat_map(|label| label.voxels);
        2.0 * shared as f64 / voxels.sum::<u64>() as f64
    }
}

/// Compares two label images; the second is taken to the voxels of the first by its nearest voxels.
pub fn overlap(pair: &ImagePair) -> Result<Overlap, NotLabels> {
    overlap_while(pair, &|_| true).unwrap_or_else(|| Ok(Overlap::default()))
}

/// The same, telling `goes_on` the part that is done, 0 to 1; `None` once that says no.
pub fn overlap_while(
    pair: &ImagePair,
    goes_on: &(dyn Fn(f32) -> bool + Sync),
) -> Option<Result<Overlap, NotLabels>> {
    let several = [pair.fixed, pair.moving].map(check_components);
    if let Some(Err(error)) = several.into_iter().find(Result::is_err) {
        return Some(Err(error));
    }
    let found = Labels::of(pair, &|part| goes_on(part / 4.0))?;
    let found = found.and_then(|images| Ok((images.extents()?, images)));
    let (extents, images) = match found {
        Ok(found) => found,
        Err(error) => return Some(Err(error)),
    };
    let grid = pair.fixed.grid();
    let affine = grid.affine().fixed_view::<3, 3>(0, 0);
    let mm3 = affine.determinant().abs();
    let spacing = (!grid.is_sheared()).then(|| grid.spacing());
    let (done, all) = (AtomicUsize::new(0), extents.len() as f32);
    let labels: Option<Vec<LabelOverlap>> = extents
        .into_par_iter()
        .map(|(label, extent)| {
            let part = done.fetch_add(1, Ordering::Relaxed) as f32 / all;
            goes_on(0.25 + 0.75 * part).then(|| LabelOverlap {
                label,
                voxels: extent.voxels,
                shared: extent.shared,
                volumes_mm3: extent.voxels.map(|count| count as f64 * mm3),
                surface: spacing.and_then(|mm| images.surface_distances(label, &extent, mm)),
            })
        })
        .collect();
    Some(Ok(Overlap { labels: labels? }))
}

/// The labels of both images at the voxels of the first, `[k, j, i]`.
struct Labels([Array3<i32>; 2]);

/// Where a label is, in either image.
#[derive(Clone, Default)]
struct Extent {
    voxels: [u64; 2],
    shared: u64,
    /// Voxels along k, j and i.
    ends: Option<[Range<usize>; 3]>,
}

impl Labels {
    fn of(
        pair: &ImagePair,
        goes_on: &(dyn Fn(f32) -> bool + Sync),
    ) -> Option<Result<Self, NotLabels>> {
        let [nx, ny, nz] = pair.fixed.grid().shape();
        let slices = pair.slices(Interpolation::Nearest, goes_on, |slice| {
            let mut labels = [0; 2].map(|_| Vec::with_capacity(nx * ny));
            let mut not_labels = Ok(());
            slice.rows(|fixed, moving, inside| {
                let rows = [(fixed, 0..nx), (moving, inside)];
                for (labels, (row, inside)) in labels.iter_mut().zip(rows) {
                    labels.extend(row.iter().enumerate().map(|(x, value)| {
                        // What is missing is background, as what is masked.
                        if !inside.contains(&x) {
                            return 0;
                        }
                        label(*value).unwrap_or_else(|error| {
                            not_labels = Err(error);
                            0
                        })
                    }));
                }
            });
            not_labels.map(|()| labels)
        })?;
        let mut images = [0; 2].map(|_| Vec::with_capacity(nx * ny * nz));
        for slice in slices {
            let labels = match slice {
                Ok(labels) => labels,
                Err(error) => return Some(Err(error)),
            };
            for (image, labels) in images.iter_mut().zip(labels) {
                image.extend(labels);
            }
        }
        let shaped = |image| {
            Array3::from_shape_vec((nz, ny, nx), image).expect("a label for each voxel of the grid")
        };
        Some(Ok(Self(images.map(shaped))))
    }

    /// Refuses more labels than can be compared in a sensible time.
    fn extents(&self) -> Result<BTreeMap<i32, Extent>, NotLabels> {
        let [a, b] = &self.0;
        let slices: Result<Vec<BTreeMap<i32, Extent>>, NotLabels> = (0..a.len_of(ndarray::Axis(0)))
            .into_par_iter()
            .map(|k| {
                let mut extents: BTreeMap<i32, Extent> = BTreeMap::new();
                let both = a.slice(s![k, .., ..]);
                for ((j, i), a) in both.indexed_iter() {
                    let labels = [*a, b[(k, j, i)]];
                    if labels == [0, 0] {
                        continue;
                    }
                    for (image, label) in labels.into_iter().enumerate() {
                        let extent = extents.entry(label).or_default();
                        extent.voxels[image] += 1;
                        extent.shared += u64::from(image == 0 && labels[0] == labels[1]);
                        extent.reach([k..k + 1, j..j + 1, i..i + 1]);
                    }
                    check_count(extents.len())?;
                }
                Ok(extents)
            })
            .collect();
        let mut all: BTreeMap<i32, Extent> = BTreeMap::new();
        for (label, extent) in slices?.into_iter().flatten() {
            let sum = all.entry(label).or_default();
            sum.shared += extent.shared;
            sum.voxels = [0, 1].map(|image| sum.voxels[image] + extent.voxels[image]);
            if let Some(ends) = extent.ends {
                sum.reach(ends);
            }
        }
        all.remove(&0);
        check_count(all.len())?;
        Ok(all)
    }

    /// `None` where one image lacks the label.
    fn surface_distances(
        &self,
        label: i32,
        extent: &Extent,
        spacing: [f64; 3],
    ) -> Option<SurfaceDistances> {
        let [k, j, i] = extent.ends.clone()?;
        let surfaces = self.0.each_ref().map(|image| {
            let part = s![k.clone(), j.clone(), i.clone()];
            surface(&image.slice(part), label, image.dim())
        });
        let [a, b] = [0, 1].map(|image| {
            let mut field = surfaces[image].clone();
            squared_distances(&mut field, spacing);
            field
        });
        let on = |surface: &Array3<f32>, field: &Array3<f32>| -> Vec<f32> {
            let pairs = surface.iter().zip(field);
            let on = pairs.filter(|(place, _)| **place == 0.0);
            on.map(|(_, squared)| squared.sqrt()).collect()
        };
        let mut distances = on(&surfaces[0], &b);
        distances.extend(on(&surfaces[1], &a));
        let apart = extent.voxels.contains(&0) || distances.is_empty();
        (!apart).then(|| SurfaceDistances::of(distances))
    }
}

impl Extent {
    fn reach(&mut self, ends: [Range<usize>; 3]) {
        self.ends = Some(match self.ends.take() {
            None => ends,
            Some(own) => [0, 1, 2].map(|axis| {
                let (a, b) = (&own[axis], &ends[axis]);
                a.start.min(b.start)..a.end.max(b.end)
            }),
        });
    }
}

/// 0 at the surface voxels of a label, [`FAR`] elsewhere. The array is cut to where the label is, out of
/// one of the shape `whole`: what lies outside has other labels.
fn surface(labels: &ArrayView3<i32>, label: i32, whole: (usize, usize, usize)) -> Array3<f32> {
    let lengths = [whole.0, whole.1, whole.2];
    Array3::from_shape_fn(labels.dim(), |(k, j, i)| {
        let at = [k, j, i];
        if labels[at] != label {
            return FAR;
        }
        let ends = (0..3).any(|axis| {
            let beside = |other: Option<usize>| {
                let mut place = at;
                place[axis] = other.unwrap_or(usize::MAX);
                labels.get(place) != Some(&label)
            };
            // An image of one slice has no surface towards its neighbours.
            lengths[axis] > 1 && (beside(at[axis].checked_sub(1)) || beside(Some(at[axis] + 1)))
        });
        if ends { 0.0 } else { FAR }
    })
}

impl SurfaceDistances {
    fn of(mut distances: Vec<f32>) -> Self {
        distances.sort_by(f32::total_cmp);
        let last = distances.len() - 1;
        let rank = 0.95 * last as f64;
        let at = |rank: f64| f64::from(distances[(rank as usize).min(last)]);
        let share = rank.fract();
        let sum: f64 = distances.iter().map(|mm| f64::from(*mm)).sum();
        Self {
            hausdorff_mm: at(last as f64),
            hausdorff95_mm: at(rank) * (1.0 - share) + at(rank.ceil()) * share,
            mean_mm: sum / distances.len() as f64,
        }
    }
}
