//! Images and parameters that cannot be registered, and odd ones that can.

use super::{image, on_grid, run, run_masked};
use nalgebra::{Matrix4, Vector4};
use std::sync::atomic::AtomicBool;
use warpscope::registration::{
    Forces, Inputs, Outcome, Params, Registration, RegistrationError, SigmaUnits, Step,
};
use warpscope::volume::{Summary, Volume, summary};

/// A soft ball around a point, in voxels.
fn ball(shape: [usize; 3], center: [f64; 3]) -> Volume {
    image(shape, |voxel| ball_at(voxel.map(|n| n as f64), center))
}

fn ball_at(point: [f64; 3], center: [f64; 3]) -> f32 {
    let square: f64 = point.iter().zip(center).map(|(p, c)| (p - c).powi(2)).sum();
    (100.0 * (-square / 50.0).exp()) as f32
}

fn few() -> Params {
    Params {
        levels: 2,
        max_iterations: vec![10],
        ..Params::default()
    }
}

fn assert_finite(outcome: &Outcome) {
    let field = outcome.field();
    let [nx, ny, nz] = field.grid().shape();
    for voxel in (0..nx * ny * nz).map(|n| [n % nx, n / nx % ny, n / (nx * ny)]) {
        for value in field.values(voxel, 0).expect("inside") {
            assert!(value.is_finite(), "{voxel:?}: {value}");
        }
    }
    assert!(outcome.report().msd_final.is_finite());
}

fn longest(outcome: &Outcome) -> f64 {
    let Summary { min, max, .. } = summary(&outcome.field());
    max.abs().max(min.abs())
}

#[test]
fn the_same_image_twice_moves_nothing() {
    let volume = ball([20, 18, 16], [10.0, 9.0, 8.0]);
    let outcome = run(&volume, &volume, few()).expect("a run");
    assert_eq!(longest(&outcome), 0.0);
    assert_eq!(outcome.report().iterations, [1, 1]);
    assert_eq!(outcome.report().msd_final, 0.0);
}

#[test]
fn constant_images_move_nothing() {
    let (source, target) = (image([16, 16, 8], |_| 3i16), image([16, 16, 8], |_| 5i16));
    let outcome = run(&source, &target, few()).expect("a run");
    assert_eq!(longest(&outcome), 0.0);
    assert_eq!(outcome.report().msd_final, 4.0);
}

#[test]
fn voxels_without_a_number_spoil_nothing_around_them() {
    let source = image([20, 18, 16], |[i, j, k]| match [i, j, k] {
        [9, 9, 8] | [0, _, _] => f32::NAN,
        _ => ball_at([i, j, k].map(|n| n as f64), [11.0, 9.0, 8.0]),
    });
    let target = ball([20, 18, 16], [9.0, 9.0, 8.0]);
    let outcome = run(&source, &target, few()).expect("a run");
    assert_finite(&outcome);
    assert!(outcome.report().msd_final < 0.5 * outcome.report().msd_initial);
}

#[test]
fn images_of_unlike_dimensions_are_refused() {
    let flat = ball([20, 18, 1], [9.0, 9.0, 0.0]);
    let solid = ball([20, 18, 16], [9.0, 9.0, 8.0]);
    let error = run(&flat, &solid, few()).expect_err("refused");
    assert_eq!(
        error,
        RegistrationError::Dimensions {
            source_axes: 2,
            target_axes: 3
        }
    );
}

#[test]
fn a_source_elsewhere_is_refused() {
    let away = Matrix4::new_translation(&nalgebra::Vector3::new(500.0, 0.0, 0.0));
    let source = on_grid([20, 18, 16], away, |[i, ..]| i as f32);
    let target = ball([20, 18, 16], [9.0, 9.0, 8.0]);
    let error = run(&source, &target, few()).expect_err("refused");
    assert_eq!(error, RegistrationError::NoOverlap);
    assert!(error.to_string().contains("align their centres"));
}

#[test]
fn more_levels_than_the_size_allows_are_refused_with_the_number_that_is_allowed() {
    let volume = ball([16, 16, 16], [8.0; 3]);
    let params = Params {
        levels: 6,
        ..Params::default()
    };
    let error = run(&volume, &volume, params).expect_err("refused");
    assert!(
        matches!(error, RegistrationError::TooManyLevels { most: 4, .. }),
        "{error}"
    );
}

#[test]
fn sigmas_that_are_no_smoothing_at_all_or_too_much_are_refused() {
    let volume = ball([16, 16, 16], [8.0; 3]);
    for sigma in [-1.0, f64::NAN, f64::INFINITY, 1e9] {
        let params = Params {
            sigma_elastic: sigma,
            ..Params::default()
        };
        assert!(run(&volume, &volume, params).is_err(), "{sigma}");
    }
}

#[test]
fn smoothing_wider_than_the_image_is_still_finite() {
    let params = Params {
        sigma_elastic: 30.0,
        sigma_fluid: 0.0,
        ..few()
    };
    let (source, target) = (ball([16; 3], [8.0; 3]), ball([16; 3], [9.0; 3]));
    assert_finite(&run(&source, &target, params).expect("a run"));
}

#[test]
fn a_slice_lying_across_any_axis_is_registered_as_in_2d() {
    let mut lowest = Vec::new();
    for axis in 0..3 {
        let mut shape = [24; 3];
        shape[axis] = 1;
        let center = |at: f64| {
            let mut center = [at; 3];
            center[axis] = 0.0;
            center
        };
        let params = Params {
            precision: Some(warpscope::registration::Precision::F64),
            ..few()
        };
        let outcome = run(
            &ball(shape, center(12.0)),
            &ball(shape, center(10.0)),
            params,
        );
        lowest.push(outcome.expect("a run").report().msd_final);
    }
    assert!(
        (lowest[0] - lowest[2]).abs() < 1e-9 * lowest[2],
        "{lowest:?}"
    );
    assert!(
        (lowest[1] - lowest[2]).abs() < 1e-9 * lowest[2],
        "{lowest:?}"
    );
}

#[test]
fn a_mask_of_another_shape_or_without_voxels_is_refused() {
    let volume = ball([16; 3], [8.0; 3]);
    let other = image([8; 3], |_| 1u8);
    let empty = image([16; 3], |_| 0u8);
    let masked = |mask| {
        let inputs = Inputs {
            source: &volume,
            target: &volume,
            mask: Some(mask),
        };
        run_masked(inputs, few()).expect_err("refused")
    };
    assert!(matches!(masked(&other), RegistrationError::Mask { .. }));
    assert_eq!(masked(&empty), RegistrationError::EmptyMask);
}

#[test]
fn a_source_on_another_grid_is_registered_in_world_coordinates() {
    let target = ball([24, 24, 24], [12.0, 12.0, 12.0]);
    // Half the spacing along i, axes j and k exchanged, the ball 2 mm further along x.
    let mut affine = Matrix4::from_diagonal(&Vector4::new(0.5, 0.0, 0.0, 1.0));
    affine[(2, 1)] = 1.0;
    affine[(1, 2)] = 1.0;
    let source = on_grid([48, 24, 24], affine, |[i, j, k]| {
        ball_at([i as f64 * 0.5, k as f64, j as f64], [14.0, 12.0, 12.0])
    });
    let params = Params {
        forces: Forces::Symmetric,
        sigma_units: SigmaUnits::Mm,
        max_iterations: vec![60],
        ..few()
    };
    let outcome = run(&source, &target, params).expect("a run");
    let u = outcome.field().values([12, 12, 12], 0).expect("inside");
    // LPS: x to the left.
    assert!(
        (u[0] + 2.0).abs() < 0.3 && u[1].abs() < 0.3 && u[2].abs() < 0.3,
        "{u:?}"
    );
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let (source, target) = (ball([40, 40, 40], [21.0; 3]), ball([40, 40, 40], [19.0; 3]));
    for (composition, diffeomorphic) in [(false, false), (true, false), (false, true)] {
        let outcomes = [1, 2, 3].map(|threads| {
            let params = Params {
                composition,
                diffeomorphic,
                ..few()
            };
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.expect("a pool")
                .install(|| run(&source, &target, params).expect("a run"))
        });
        for other in &outcomes[1..] {
            assert_eq!(
                other.report().levels[1].msd,
                outcomes[0].report().levels[1].msd
            );
            assert_eq!(other.report().jacobian, outcomes[0].report().jacobian);
        }
    }
}

#[test]
fn a_cancelled_step_changes_nothing_and_a_stopped_run_keeps_its_field() {
    let (source, target) = (ball([32; 3], [17.0; 3]), ball([32; 3], [15.0; 3]));
    let (go_on, cancel) = (AtomicBool::new(false), AtomicBool::new(true));
    let inputs = Inputs {
        source: &source,
        target: &target,
        mask: None,
    };
    let mut registration = Registration::new(inputs, few(), &go_on).expect("a run");
    for _ in 0..4 {
        registration.step(&go_on);
    }
    let before = registration.plane(2, 16);
    assert_eq!(registration.step(&cancel), Step::Cancelled);
    let after = registration.plane(2, 16);
    assert_eq!(before.displacement, after.displacement);
    assert_eq!(after.update[2].len(), 16 * 16);
    assert!(after.update.iter().flatten().all(|v| v.abs() <= 0.5));
    assert_eq!((registration.level(), registration.iteration()), (1, 3));
    registration.end_level();
    assert!(matches!(registration.step(&go_on), Step::LevelStarted(s) if s.level == 2));
    let outcome = registration.finish();
    assert_eq!(outcome.report().iterations, [3, 0]);
    assert!(outcome.report().msd_final < outcome.report().msd_initial);
}

#[test]
fn the_plane_shown_holds_the_update_that_was_applied() {
    let (source, target) = (ball([32; 3], [17.0; 3]), ball([32; 3], [15.0; 3]));
    let inputs = Inputs {
        source: &source,
        target: &target,
        mask: None,
    };
    let params = Params {
        sigma_elastic: 0.0,
        levels: 1,
        ..few()
    };
    let go_on = AtomicBool::new(false);
    let mut registration = Registration::new(inputs, params, &go_on).expect("a run");
    registration.step(&go_on);
    registration.step(&go_on);
    // Without elastic smoothing the displacement after one iteration is the smoothed update.
    for axis in 0..3 {
        let plane = registration.plane(axis, 15);
        for c in 0..3 {
            for (update, displacement) in plane.update[c].iter().zip(&plane.displacement[c]) {
                assert!((update - displacement).abs() < 1e-6, "{axis} {c}");
            }
        }
    }
}
