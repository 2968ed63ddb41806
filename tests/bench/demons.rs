//! Speed of demons in 3D: million voxels times iterations a second, level by level, pyramids included.
//!
//! `cargo bench --no-default-features --bench demons -- [symmetric] [course] [threads N] [size N]`
//! runs 50, 40 and 30 iterations on a pair of (n, n, n / 2) voxels; without arguments each force with one
//! thread and with two.

use nalgebra::Matrix4;
use ndarray::Array5;
use std::sync::atomic::AtomicBool;
use std::time::Instant;
use warpscope::geometry::Grid;
use warpscope::registration::{Forces, Inputs, Params, Registration, Step};
use warpscope::volume::{Meta, Rescale, Volume, VoxelData};

/// Waves and blobs, displaced by up to `shift` voxels.
fn image(shape: [usize; 3], shift: f32) -> Volume {
    let [nx, ny, nz] = shape;
    let voxels = Array5::from_shape_fn((1, nz, ny, nx, 1), |(_, k, j, i, _)| {
        let bend = shift * (k as f32 * 0.05).sin() * (j as f32 * 0.03).cos();
        let [x, y, z] = [i as f32 + bend, j as f32 - bend, k as f32 + 0.5 * bend];
        let body = (x * 0.061).sin() * (y * 0.057).cos() + (z * 0.08).sin();
        let grain = ((i * 7919 + j * 104_729 + k * 1_299_709) % 31) as f32;
        400.0 * body + grain
    });
    let grid = Grid::new(shape, Matrix4::identity()).expect("a grid");
    let data = VoxelData::F32(voxels);
    Volume::new(grid, data, Rescale::IDENTITY, Meta::default()).expect("a volume")
}

fn measure(source: &Volume, target: &Volume, forces: Forces, threads: usize) {
    let params = Params {
        sigma_elastic: 1.5,
        sigma_fluid: 0.0,
        forces,
        check_msd: false,
        max_iterations: vec![50, 40, 30],
        ..Params::default()
    };
    let cancel = AtomicBool::new(false);
    let inputs = Inputs {
        source,
        target,
        mask: None,
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.expect("a thread pool").install(|| {
        let start = Instant::now();
        let mut registration = Registration::new(inputs, params, &cancel).expect("a run");
        println!(
            "{forces:?}, {threads} threads: read in {:.3} s",
            start.elapsed().as_secs_f64()
        );
        let mut work = 0.0;
        let mut level = (Instant::now(), 0.0);
        loop {
            let voxels = |registration: &Registration| {
                registration.level_shape().iter().product::<usize>() as f64 / 1e6
            };
            match registration.step(&cancel) {
                Step::LevelStarted(sample) => {
                    println!(
                        "  level {} prepared in {:.3} s",
                        sample.level, sample.seconds
                    );
                    level = (Instant::now(), 0.0);
                }
                Step::Iterated(sample) => {
                    level.1 += voxels(&registration);
                    work += voxels(&registration);
                    if sample.ends_level {
                        let speed = level.1 / level.0.elapsed().as_secs_f64();
                        println!(
                            "  level {}: {speed:.1} million a second, MSD {}",
                            sample.level, sample.msd
                        );
                    }
                }
                Step::Done | Step::Cancelled => break,
            }
        }
        println!(
            "  in all {:.1} million a second",
            work / start.elapsed().as_secs_f64()
        );
        let start = Instant::now();
        registration.finish();
        println!("  finished in {:.3} s", start.elapsed().as_secs_f64());
    });
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let given = |name: &str| arguments.iter().any(|a| a == name);
    let number = |name: &str| {
        let at = arguments.iter().position(|a| a == name)?;
        arguments.get(at + 1)?.parse::<usize>().ok()
    };
    let size = number("size").unwrap_or(256);
    let shape = [size, size, (size / 2).max(1)];
    let (source, target) = (image(shape, 3.0), image(shape, 0.0));
    for (name, forces) in [("course", Forces::Course), ("symmetric", Forces::Symmetric)] {
        if given("course") == given("symmetric") || given(name) {
            match number("threads") {
                Some(threads) => measure(&source, &target, forces, threads),
                None => [1, 2]
                    .map(|n| measure(&source, &target, forces, n))
                    .into_iter()
                    .collect(),
            }
        }
    }
}
