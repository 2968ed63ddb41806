//! Pictures of a full-size CT with a PET on another grid, and the figures that opening needs.
//!
//! `cargo bench --no-default-features --bench slice`

use criterion::{Criterion, criterion_group, criterion_main};
use nalgebra::{Matrix3, Point3, Rotation3, Vector3};
use ndarray::Array5;
use std::hint::black_box;
use warpscope::document::{ColorMap, Display, PictureLayer, Window, compose};
use warpscope::geometry::Grid;
use warpscope::volume::{
    Interpolation, Linear, Meta, Rescale, SliceRequest, Volume, Voxel, auto_window, histogram,
};

/// Pixels of one view.
const VIEW: [usize; 2] = [640, 450];

fn study<T: Voxel>(
    shape: [usize; 3],
    spacing: [f64; 3],
    rescale: Rescale,
    value: fn(f32) -> T,
) -> Volume {
    let origin = std::array::from_fn(|axis| -spacing[axis] * (shape[axis] as f64 - 1.0) / 2.0);
    let grid = Grid::from_lps(shape, origin, Matrix3::identity(), spacing).expect("a grid");
    let [nx, ny, nz] = shape;
    let array = Array5::from_shape_fn((1, nz, ny, nx, 1), |(_, k, j, i, _)| {
        let (x, y, z) = (
            i as f32 * spacing[0] as f32,
            j as f32 * spacing[1] as f32,
            k as f32,
        );
        let body = (x * 0.031).sin() * (y * 0.027).cos() + (z * 0.05).sin();
        let noise = ((i * 7919 + j * 104_729 + k * 1_299_709) % 64) as f32;
        value(400.0 * body + noise)
    });
    Volume::new(grid, T::wrap(array), rescale, Meta::default()).expect("a volume")
}

fn ct() -> Volume {
    let rescale = Rescale::Uniform(Linear {
        slope: 1.0,
        intercept: -1024.0,
    });
    study([512, 512, 175], [0.9765625, 0.9765625, 2.0], rescale, |v| {
        (v + 1000.0) as i16
    })
}

fn pet() -> Volume {
    let slices = (0..159).map(|k| Linear {
        slope: 0.5 + f64::from(k) * 0.01,
        intercept: 0.0,
    });
    study(
        [400, 400, 159],
        [2.036, 2.036, 2.2],
        Rescale::PerSlice(slices.collect()),
        |v| (v.max(0.0) * 40.0) as u16,
    )
}

fn display(window: Window, map: ColorMap, opacity: f32) -> Display {
    Display {
        opacity,
        window,
        map,
        below_transparent: opacity < 1.0,
        ..Display::default()
    }
}

/// The plane of a view through `center` (RAS mm), `pixel` mm a pixel, in the index space of `volume`.
fn plane(
    volume: &Volume,
    center: Point3<f64>,
    right: Vector3<f64>,
    down: Vector3<f64>,
    pixel: f64,
    interpolation: Interpolation,
) -> SliceRequest {
    let to_index = volume.grid().inverse_affine();
    let corner =
        center - right * (pixel * VIEW[0] as f64 / 2.0) - down * (pixel * VIEW[1] as f64 / 2.0);
    SliceRequest {
        origin: to_index.transform_point(&corner),
        right: to_index.transform_vector(&(right * pixel)),
        down: to_index.transform_vector(&(down * pixel)),
        size: VIEW,
        time: 0,
        component: 0,
        interpolation,
    }
}

/// Axial, sagittal and coronal: right and down of the screen, RAS.
fn views() -> [(Vector3<f64>, Vector3<f64>); 3] {
    let (x, y, z) = (Vector3::x(), Vector3::y(), Vector3::z());
    [(-x, -y), (-y, -z), (-x, -z)]
}

fn pictures(c: &mut Criterion) {
    let (ct, pet) = (ct(), pet());
    let gray = display(Window::new(-1000.0, 500.0), ColorMap::Grayscale, 1.0);
    let hot = display(Window::new(0.0, 30_000.0), ColorMap::Hot, 0.5);
    let mut out = Vec::new();
    let mut step = 0;
    let mut draw = |views: &[(Vector3<f64>, Vector3<f64>)],
                    pixel: f64,
                    interpolation: Interpolation| {
        // The cursor moves on, so that no picture is drawn from voxels still in the cache.
        step += 1;
        let at =
            |period: usize, reach: f64| ((step * 37 % period) as f64 / period as f64 - 0.5) * reach;
        let center = Point3::new(at(101, 300.0), at(103, 300.0), at(107, 200.0));
        for (right, down) in views {
            let layers = [(&ct, &gray), (&pet, &hot)].map(|(volume, display)| PictureLayer {
                is_overlay: display.below_transparent,
                volume,
                display,
                request: plane(volume, center, *right, *down, pixel, interpolation),
            });
            compose(&layers, VIEW, &mut out);
            black_box(&out);
        }
    };
    let straight = views();
    let turn = Rotation3::from_euler_angles(0.3, 0.2, 0.1);
    let oblique = straight.map(|(right, down)| (turn * right, turn * down));
    let mut group = c.benchmark_group("ct with pet, 640 x 450");
    for interpolation in [Interpolation::Linear, Interpolation::Nearest] {
        for (name, view) in ["axial", "sagittal", "coronal"].iter().zip(&straight) {
            group.bench_function(format!("{name} {interpolation:?}"), |b| {
                b.iter(|| draw(&[*view], 1.0, interpolation));
            });
        }
        group.bench_function(format!("three views {interpolation:?}"), |b| {
            b.iter(|| draw(&straight, 1.0, interpolation));
        });
        group.bench_function(format!("three oblique views {interpolation:?}"), |b| {
            b.iter(|| draw(&oblique, 1.0, interpolation));
        });
    }
    group.bench_function("three views zoomed in", |b| {
        b.iter(|| draw(&straight, 0.2, Interpolation::Linear));
    });
    group.finish();
}

fn figures(c: &mut Criterion) {
    let (ct, pet) = (ct(), pet());
    let mut group = c.benchmark_group("figures");
    group.sample_size(20);
    group.bench_function("auto window of the ct", |b| b.iter(|| auto_window(&ct)));
    group.bench_function("auto window of the pet", |b| b.iter(|| auto_window(&pet)));
    group.bench_function("histogram of the ct", |b| b.iter(|| histogram(&ct, 256)));
    group.bench_function("histogram of the pet", |b| b.iter(|| histogram(&pet, 256)));
    group.finish();
}

criterion_group!(benches, pictures, figures);
criterion_main!(benches);
