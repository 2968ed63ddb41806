//! The built-in sample study: a chest in CT and PET, breathed in and out with the true motion, and a
//! pair of cine MR frames.
//!
//! All of it is computed by formula from solids in LPS mm; nothing is read. Every value depends on its
//! place alone, so results do not depend on the number of threads. Knows volumes, but no files and
//! no layers.

mod anatomy;
mod breathing;
mod noise;
mod organs;
mod outline;
mod part;
mod scan;
mod shape;
mod skeleton;
mod tissue;
mod tree;
mod view;

use crate::geometry::Grid;
use crate::volume::{Content, Linear, Meta, Modality, NamedWindow, Rescale, Suv, Volume, Voxel};
use anatomy::Anatomy;
use nalgebra::Matrix3;
use ndarray::Array5;
use noise::{Grain, Random, smooth};
use rayon::prelude::*;
use scan::{Breath, Stack, scan};
use view::{Scan, View};

/// CT and PET of one patient, each on its own grid.
#[derive(Clone, Debug)]
pub struct Study {
    /// (256, 256, 140), 1.4 x 1.4 x 2.2 mm, HU stored as i16 + 1024.
    pub ct: Volume,
    /// (128, 128, 100), 4 x 4 x 3.3 mm, Bq/ml stored as u16 with a slope for each slice.
    pub pet: Volume,
}

/// One chest breathed in and out.
#[derive(Clone, Debug)]
pub struct BreathingPair {
    /// CT in HU; the moving (source) image.
    pub inhale: Volume,
    /// CT in HU on the same grid; the fixed (target) image.
    pub exhale: Volume,
    /// The truth: three f32 components in LPS mm on the same grid, from a point `x` of `exhale` to
    /// the same tissue in `inhale`. Without noise, exhale(x) = inhale(x + u(x)) inside the patient;
    /// unlike real lungs, these keep their brightness.
    pub displacement: Volume,
}

/// The CT and the PET.
pub fn study() -> Study {
    let anatomy = Anatomy::new();
    let (ct, pet) = rayon::join(
        || ct(&anatomy, &CT_GRID, "Sample CT", Breath::In, 1),
        || pet(&anatomy),
    );
    Study { ct, pet }
}

/// Inhale and exhale CT with the true displacement, (176, 132, 112) at 2 x 2 x 2.75 mm.
pub fn breathing_pair() -> BreathingPair {
    let anatomy = Anatomy::new();
    BreathingPair {
        inhale: ct(&anatomy, &BREATHING_GRID, "Sample inhale CT", Breath::In, 2),
        exhale: ct(
            &anatomy,
            &BREATHING_GRID,
            "Sample exhale CT",
            Breath::Out,
            3,
        ),
        displacement: true_displacement(),
    }
}

/// Inhale and exhale frame of a coronal cine MR, (192, 192, 1) at 1.8 mm, i to the left, j to the
/// feet.
pub fn cine_pair() -> (Volume, Volume) {
    let anatomy = Anatomy::new();
    (
        cine_frame(&anatomy, "Sample cine inhale", Breath::In, 4),
        cine_frame(&anatomy, "Sample cine exhale", Breath::Out, 5),
    )
}

/// i to the left, j to the back, k to the head.
const TO_LEFT_BACK_HEAD: Matrix3<f64> = Matrix3::new(1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0);

const CT_GRID: Stack = Stack {
    shape: [256, 256, 140],
    spacing: [1.4, 1.4, 2.2],
    origin: [-178.5, -163.5, -186.0],
    direction: TO_LEFT_BACK_HEAD,
};

const PET_GRID: Stack = Stack {
    shape: [128, 128, 100],
    spacing: [4.0, 4.0, 3.3],
    origin: [-251.0, -236.5, -194.0],
    direction: TO_LEFT_BACK_HEAD,
};

const BREATHING_GRID: Stack = Stack {
    shape: [176, 132, 112],
    spacing: [2.0, 2.0, 2.75],
    origin: [-175.0, -119.0, -186.0],
    direction: TO_LEFT_BACK_HEAD,
};

/// i to the left, j to the feet, so k to the back.
const CINE_GRID: Stack = Stack {
    shape: [192, 192, 1],
    spacing: [1.8, 1.8, 8.0],
    origin: [-171.9, -8.0, 135.0],
    direction: Matrix3::new(1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, -1.0, 0.0),
};

fn volume<T: Voxel>(
    grid: &Grid,
    stored: Vec<T>,
    components: usize,
    rescale: Rescale,
    meta: Meta,
) -> Volume {
    let [nx, ny, nz] = grid.shape();
    let array = Array5::from_shape_vec((1, nz, ny, nx, components), stored);
    let made = array.map_err(|e| e.to_string()).and_then(|array| {
        Volume::new(*grid, T::wrap(array), rescale, meta).map_err(|e| e.to_string())
    });
    match made {
        Ok(volume) => volume,
        Err(error) => unreachable!("the sample study's arrays fit their grids: {error}"),
    }
}

fn window(name: &str, center: f64, width: f64) -> NamedWindow {
    NamedWindow {
        name: name.to_owned(),
        center,
        width,
    }
}

/// Stored value 0 of a CT, in HU.
const CT_INTERCEPT: f64 = -1024.0;

fn ct(anatomy: &Anatomy, stack: &Stack, name: &str, breath: Breath, seed: u64) -> Volume {
    let grid = stack.grid();
    let edge = 1.15 * stack.spacing[0] as f32;
    let mut values = scan(
        &View {
            anatomy,
            scan: Scan::Ct,
            edge,
        },
        stack,
        breath,
    );
    add_ct_noise(&mut values, stack, seed);
    let stored = values
        .par_iter()
        .map(|hu| (hu - CT_INTERCEPT as f32).round().clamp(0.0, 4095.0) as i16)
        .collect();
    let meta = Meta {
        name: name.to_owned(),
        modality: Modality::Ct,
        unit: "HU".to_owned(),
        windows: vec![
            window("Mediastinum", 40.0, 400.0),
            window("Lung", -600.0, 1500.0),
        ],
        ..Meta::default()
    };
    let linear = Linear {
        slope: 1.0,
        intercept: CT_INTERCEPT,
    };
    volume(&grid, stored, 1, Rescale::Uniform(linear), meta)
}

/// Grain as of filtered back projection, stronger in the middle of the body and streaky between the
/// shoulders.
fn add_ct_noise(values: &mut [f32], stack: &Stack, seed: u64) {
    let [nx, ny, _] = stack.shape;
    let grain = Grain::new(seed);
    let [x0, y0, z0] = stack.origin.map(|v| v as f32);
    let [dx, dy, dz] = stack.spacing.map(|v| v as f32);
    values
        .par_chunks_mut(nx * ny)
        .enumerate()
        .for_each(|(k, slice)| {
            let noise = grain.slice(k);
            let shoulders = shape::rise(45.0, 100.0, z0 + dz * k as f32);
            for (j, row) in slice.chunks_mut(nx).enumerate() {
                let y = y0 + dy * j as f32;
                for (i, value) in row.iter_mut().enumerate() {
                    let x = x0 + dx * i as f32;
                    let middle = (1.0 - (x / 175.0).powi(2) - (y / 125.0).powi(2)).max(0.0);
                    let (grain, streak) = noise(i, j);
                    *value += grain * (5.0 + (7.0 + 6.0 * shoulders) * middle)
                        + streak * 14.0 * shoulders * middle;
                }
            }
        });
}

/// SUV by body weight: 75 kg, 200 MBq left at the time of the scan.
const SUV_FACTOR: f64 = 75_000.0 / 200e6;

/// Point spread of the scanner: 6 mm full width at half maximum.
const PET_SIGMA_MM: f32 = 6.0 / 2.355;

fn pet(anatomy: &Anatomy) -> Volume {
    let grid = PET_GRID.grid();
    let mut values = scan(
        &View {
            anatomy,
            scan: Scan::Pet,
            edge: 4.0,
        },
        &PET_GRID,
        Breath::In,
    );
    let [nx, ny, _] = PET_GRID.shape;
    // Counting noise, then the point spread, so that noise and image are equally smooth.
    values
        .par_chunks_mut(nx * ny)
        .enumerate()
        .for_each(|(k, slice)| {
            let mut random = Random::new(1000 + k as u64);
            for value in slice {
                *value += random.normal() * (26.0 * value.sqrt() + 40.0);
            }
        });
    let sigma = PET_GRID.spacing.map(|mm| PET_SIGMA_MM / mm as f32);
    smooth(&mut values, PET_GRID.shape, sigma, false);
    let (stored, slopes): (Vec<Vec<u16>>, Vec<Linear>) =
        values.chunks(nx * ny).map(store_pet_slice).unzip();
    let meta = Meta {
        name: "Sample PET".to_owned(),
        modality: Modality::Pet,
        unit: "Bq/ml".to_owned(),
        windows: vec![window("PET", 8_000.0, 16_000.0)],
        suv: Suv::Factor(SUV_FACTOR),
        ..Meta::default()
    };
    volume(&grid, stored.concat(), 1, Rescale::PerSlice(slopes), meta)
}

/// Stored numbers of one slice with the slope that uses their whole range, as PET scanners write it.
fn store_pet_slice(slice: &[f32]) -> (Vec<u16>, Linear) {
    let most = slice.iter().copied().fold(1.0, f32::max);
    let slope = most / 32767.0;
    let stored = slice
        .iter()
        .map(|v| (v.max(0.0) / slope).round() as u16)
        .collect();
    let linear = Linear {
        slope: f64::from(slope),
        intercept: 0.0,
    };
    (stored, linear)
}

fn true_displacement() -> Volume {
    let grid = BREATHING_GRID.grid();
    let [nx, ny, _] = BREATHING_GRID.shape;
    let mut stored = vec![0f32; grid.voxel_count() * 3];
    stored
        .par_chunks_mut(3)
        .enumerate()
        .for_each(|(n, vector)| {
            let place = BREATHING_GRID.lps([n % nx, n / nx % ny, n / (nx * ny)]);
            vector.copy_from_slice(breathing::displacement(&place).as_slice());
        });
    let meta = Meta {
        name: "Sample displacement, exhale to inhale".to_owned(),
        content: Content::Vector,
        unit: "mm".to_owned(),
        ..Meta::default()
    };
    volume(&grid, stored, 3, Rescale::IDENTITY, meta)
}

fn cine_frame(anatomy: &Anatomy, name: &str, breath: Breath, seed: u64) -> Volume {
    let mut values = scan(
        &View {
            anatomy,
            scan: Scan::Mr,
            edge: 2.2,
        },
        &CINE_GRID,
        breath,
    );
    let mut random = Random::new(seed);
    values
        .iter_mut()
        .for_each(|value| *value += 9.0 * random.normal());
    smooth(&mut values, CINE_GRID.shape, [0.5, 0.5, 0.0], false);
    let stored = values
        .iter()
        .map(|v| v.round().clamp(0.0, 4095.0) as u16)
        .collect();
    let meta = Meta {
        name: name.to_owned(),
        modality: Modality::Mr,
        ..Meta::default()
    };
    volume(&CINE_GRID.grid(), stored, 1, Rescale::IDENTITY, meta)
}

#[cfg(test)]
mod tests;
