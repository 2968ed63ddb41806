//! Demons against the reference, and what it refuses.

mod bad_input;
mod cine;
mod synthetic;

use nalgebra::Matrix4;
use ndarray::Array5;
use serde_json::Value;
use std::sync::atomic::AtomicBool;
use warpscope::geometry::Grid;
use warpscope::registration::{Inputs, Outcome, Params, Registration, RegistrationError, Step};
use warpscope::volume::{Meta, Rescale, Volume, Voxel};

/// An image on an identity grid, by formula.
pub fn image<T: Voxel>(shape: [usize; 3], value: impl Fn([usize; 3]) -> T) -> Volume {
    on_grid(shape, Matrix4::identity(), value)
}

pub fn on_grid<T: Voxel>(
    shape: [usize; 3],
    index_to_world: Matrix4<f64>,
    value: impl Fn([usize; 3]) -> T,
) -> Volume {
    let [nx, ny, nz] = shape;
    let voxels = Array5::from_shape_fn((1, nz, ny, nx, 1), |(_, k, j, i, _)| value([i, j, k]));
    let grid = Grid::new(shape, index_to_world).expect("a grid");
    Volume::new(grid, T::wrap(voxels), Rescale::IDENTITY, Meta::default()).expect("a volume")
}

pub fn run(source: &Volume, target: &Volume, params: Params) -> Result<Outcome, RegistrationError> {
    let mask = None;
    run_masked(
        Inputs {
            source,
            target,
            mask,
        },
        params,
    )
}

pub fn run_masked(inputs: Inputs<'_>, params: Params) -> Result<Outcome, RegistrationError> {
    let cancel = AtomicBool::new(false);
    let mut registration = Registration::new(inputs, params, &cancel)?;
    while registration.step(&cancel) != Step::Done {}
    Ok(registration.finish())
}

/// Parameters under the reference's names.
pub fn reference_params(named: &Value) -> Params {
    let mut params = Params::default();
    for (name, value) in named.as_object().expect("an object") {
        let number = || value.as_f64().expect("a number");
        let switch = || value.as_bool().expect("true or false");
        match name.as_str() {
            "sigma_elastic" => params.sigma_elastic = number(),
            "sigma_fluid" => params.sigma_fluid = number(),
            "levels" | "num_lev" => params.levels = number() as usize,
            "max_it" => params.max_iterations = vec![number() as usize],
            "composition" | "use_composition" => params.composition = switch(),
            "target_gradient" | "use_target_grad" => params.target_gradient = switch(),
            "check_msd" | "check_MSD" => params.check_msd = switch(),
            other => panic!("unknown parameter {other}"),
        }
    }
    params
}

pub fn assert_near(what: &str, got: f64, expected: f64, relative: f64) {
    let off = (got - expected).abs();
    assert!(
        off <= relative * got.abs().max(expected.abs()).max(1e-9),
        "{what}: {got}, not {expected}"
    );
}

/// Numbers of a JSON array.
pub fn numbers(value: &Value) -> Vec<f64> {
    let array = value.as_array().expect("an array");
    array.iter().filter_map(Value::as_f64).collect()
}

#[test]
fn the_warped_image_so_far_has_the_extent_of_the_target_at_every_level() {
    let mut affine = Matrix4::from_diagonal(&nalgebra::Vector4::new(-2.0, 1.5, 3.0, 1.0));
    affine[(0, 3)] = 40.0;
    let ball = |middle: f64| {
        on_grid([26, 20, 12], affine, move |[i, j, k]| {
            let squares = [i as f64 - middle, j as f64 - 10.0, k as f64 - 6.0].map(|d| d * d);
            (100.0 * (-squares.iter().sum::<f64>() / 30.0).exp()) as f32
        })
    };
    let (source, target) = (ball(12.0), ball(14.0));
    let inputs = Inputs {
        source: &source,
        target: &target,
        mask: None,
    };
    let params = Params {
        max_iterations: vec![2],
        ..Params::default()
    };
    let cancel = AtomicBool::new(false);
    let mut registration = Registration::new(inputs, params, &cancel).expect("a run");
    while registration.step(&cancel) != Step::Done {
        let warped = registration.warped();
        let (grid, whole) = (warped.grid(), target.grid());
        assert_eq!(grid.shape(), registration.level_shape());
        assert!((grid.center().0 - whole.center().0).norm() < 1e-9);
        for axis in 0..3 {
            let extent = |grid: &Grid| grid.shape()[axis] as f64 * grid.spacing()[axis];
            assert!((extent(grid) - extent(whole)).abs() < 1e-9);
        }
    }
    let warped = registration.warped();
    let result = registration.finish().warped();
    assert!(warped.grid().same_as(result.grid()));
    let voxel = [13, 10, 6];
    assert_eq!(warped.value(voxel, 0, 0), result.value(voxel, 0, 0));
}
