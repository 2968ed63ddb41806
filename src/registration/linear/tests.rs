//! The engine on images made by formula, where the answer is known.

use super::level::{Level, Pair};
use super::*;
use crate::volume::{Meta, Rescale, VoxelArray, VoxelData};
use nalgebra::{Matrix3, Point3, Rotation3, Vector3};

/// Soft blobs of several sizes and brightnesses about places in RAS mm.
const BLOBS: [([f64; 3], f64, f64); 6] = [
    ([0.0, 0.0, 0.0], 30.0, 100.0),
    ([18.0, 8.0, -6.0], 9.0, 120.0),
    ([-20.0, 12.0, 10.0], 7.0, -90.0),
    ([5.0, -22.0, 14.0], 8.0, 160.0),
    ([-10.0, -12.0, -18.0], 10.0, 70.0),
    ([12.0, 20.0, 18.0], 6.0, -60.0),
];

fn brightness(at: Point3<f64>) -> f64 {
    let blob = |(place, width, height): &([f64; 3], f64, f64)| {
        let off = (at - Point3::from(*place)).norm_squared();
        height * (-off / (2.0 * width * width)).exp()
    };
    BLOBS.iter().map(blob).sum()
}

fn volume(grid: Grid, value: impl Fn(Point3<f64>) -> f64) -> Volume {
    let [nx, ny, nz] = grid.shape();
    let array = VoxelArray::from_shape_fn((1, nz, ny, nx, 1), |(_, k, j, i, _)| {
        value(
            grid.affine()
                .transform_point(&Point3::new(i as f64, j as f64, k as f64)),
        ) as f32
    });
    Volume::new(
        grid,
        VoxelData::F32(array),
        Rescale::IDENTITY,
        Meta::default(),
    )
    .expect("fits")
}

/// A grid about the origin, turned about an oblique axis.
fn grid(shape: [usize; 3], spacing: [f64; 3], angle: f64) -> Grid {
    let axis = nalgebra::Unit::new_normalize(Vector3::new(0.3, -0.5, 0.8));
    let turn = Rotation3::from_axis_angle(&axis, angle);
    let linear = turn.matrix() * Matrix3::from_diagonal(&Vector3::from(spacing));
    let mut affine = linear.to_homogeneous();
    let middle = Vector3::from(shape.map(|n| (n as f64 - 1.0) / 2.0));
    affine
        .fixed_view_mut::<3, 1>(0, 3)
        .copy_from(&(-linear * middle));
    Grid::new(shape, affine).expect("a grid")
}

fn fixed_grid() -> Grid {
    grid([44, 40, 24], [2.0, 2.0, 3.5], 0.0)
}

/// An image and the one that `truth` brings to it, on another grid, its brightness changed.
fn images(truth: &Matrix4<f64>, change: impl Fn(f64) -> f64) -> [Volume; 2] {
    let back = truth.try_inverse().expect("regular");
    [
        volume(fixed_grid(), brightness),
        volume(grid([40, 44, 42], [2.5, 2.2, 2.4], 0.15), |at| {
            change(brightness(back.transform_point(&at)))
        }),
    ]
}

fn rigid(angles: [f64; 3], shift: [f64; 3]) -> Matrix4<f64> {
    let turn = Rotation3::from_euler_angles(angles[0], angles[1], angles[2]);
    Matrix4::new_translation(&Vector3::from(shift)) * turn.to_homogeneous()
}

fn run(inputs: LinearInputs<'_>, params: LinearParams, initial: Matrix4<f64>) -> LinearOutcome {
    let never = AtomicBool::new(false);
    let mut registration =
        LinearRegistration::new(inputs, params, initial, &never).expect("can be registered");
    while registration.step(&never) != LinearStep::Done {}
    registration.finish()
}

fn align(images: &[Volume; 2], params: LinearParams) -> LinearOutcome {
    run(inputs(images), params, Matrix4::identity())
}

fn inputs(images: &[Volume; 2]) -> LinearInputs<'_> {
    LinearInputs {
        fixed: &images[0],
        moving: &images[1],
        mask: None,
    }
}

/// The greatest distance in mm between two maps at the corners of a box that holds the blobs.
fn apart(one: &Matrix4<f64>, other: &Matrix4<f64>) -> f64 {
    let corners =
        (0..8).map(|n| Point3::from([0, 1, 2].map(|a| if n >> a & 1 == 0 { -30.0 } else { 30.0 })));
    corners
        .map(|at| (one.transform_point(&at) - other.transform_point(&at)).norm())
        .fold(0.0, f64::max)
}

fn params(motion: Motion, metric: Metric) -> LinearParams {
    LinearParams {
        motion,
        metric,
        coarsest: Some(2),
        finest: Some(1),
        ..LinearParams::default()
    }
}

const METRICS: [Metric; 4] = [Metric::Nmi, Metric::Ncc, Metric::NccLocal, Metric::Ssd];

#[test]
fn a_rigid_motion_is_found_by_every_metric() {
    let truth = rigid([0.12, -0.09, 0.1], [5.0, -4.0, 6.0]);
    for metric in METRICS {
        let images = images(&truth, |v| v);
        let found = align(&images, params(Motion::Rigid, metric));
        let off = apart(&found.transform, &truth);
        assert!(off < 0.25, "{metric:?}: {off}");
        assert!(found.report.overlap > 0.6, "{metric:?}");
    }
}

#[test]
fn growth_and_shear_are_found_where_they_are_allowed() {
    let mut truth = rigid([0.05, 0.06, -0.08], [3.0, 2.0, -4.0]);
    truth *= Matrix4::new_scaling(1.08);
    let images = images(&truth, |v| v);
    let found = align(&images, params(Motion::Similarity, Metric::Ncc));
    assert!(apart(&found.transform, &truth) < 0.25);
    let mut sheared = truth;
    sheared[(0, 1)] += 0.08;
    sheared[(2, 0)] -= 0.05;
    let pair = self::images(&sheared, |v| v);
    let found = align(&pair, params(Motion::Affine, Metric::Ncc));
    assert!(apart(&found.transform, &sheared) < 0.3);
    let stiff = align(&pair, params(Motion::Rigid, Metric::Ncc)).transform;
    let linear = stiff.fixed_view::<3, 3>(0, 0).into_owned();
    assert!((linear.transpose() * linear - Matrix3::identity()).norm() < 1e-9);
}

#[test]
fn mutual_information_aligns_images_of_unlike_brightness() {
    let truth = rigid([-0.1, 0.08, 0.12], [-6.0, 4.0, 5.0]);
    let images = images(&truth, |v| 50.0 - (v - 60.0).abs());
    let found = align(&images, params(Motion::Rigid, Metric::Nmi));
    assert!(apart(&found.transform, &truth) < 0.5);
    assert!(found.report.metric_final > found.report.metric_initial);
}

#[test]
fn an_image_lies_best_on_itself() {
    let image = volume(fixed_grid(), brightness);
    for metric in METRICS {
        let images = [image.clone(), image.clone()];
        let found = align(&images, params(Motion::Affine, metric));
        let off = apart(&found.transform, &Matrix4::identity());
        // Samples that change their bin make the histogram of so few of them rough.
        let most = if metric == Metric::Nmi { 0.15 } else { 0.02 };
        assert!(off < most, "{metric:?}: {off}");
    }
}

#[test]
fn images_of_one_slice_stay_in_their_plane() {
    let flat = |angle: f64| {
        let turn = Rotation3::from_axis_angle(&Vector3::z_axis(), angle).to_homogeneous();
        let to_middle = Matrix4::new_translation(&Vector3::new(-40.0, -40.0, 7.0));
        Grid::new([81, 81, 1], turn * to_middle).expect("a grid")
    };
    let truth = rigid([0.0, 0.0, 0.15], [4.0, -6.0, 0.0]);
    let back = truth.try_inverse().expect("regular");
    let images = [
        volume(flat(0.0), brightness),
        volume(flat(0.3), |at| brightness(back.transform_point(&at))),
    ];
    for metric in METRICS {
        let found = align(&images, params(Motion::Rigid, metric)).transform;
        let level = [(2, 0), (2, 1), (0, 2), (1, 2), (2, 3)];
        assert!(level.iter().all(|at| found[*at].abs() < 1e-9), "{metric:?}");
        let off = apart(&found, &truth);
        assert!(off < 0.25, "{metric:?}: {off}");
    }
}

#[test]
fn images_of_one_slice_that_are_tilted_are_refused() {
    let turned = |degrees: f64| {
        let turn = Rotation3::from_axis_angle(&Vector3::x_axis(), degrees.to_radians());
        let to_middle = Matrix4::new_translation(&Vector3::new(-40.0, -40.0, 7.0));
        let grid = Grid::new([81, 81, 1], turn.to_homogeneous() * to_middle);
        volume(grid.expect("a grid"), brightness)
    };
    let start = |tilt: f64, initial: &Matrix4<f64>| {
        let images = [turned(0.0), turned(tilt)];
        let params = params(Motion::Rigid, Metric::Ncc);
        let never = AtomicBool::new(false);
        LinearRegistration::new(inputs(&images), params, *initial, &never).err()
    };
    let as_they_lie = Matrix4::identity();
    assert_eq!(start(0.2, &as_they_lie), None);
    let refused = start(10.0, &as_they_lie).map(|error| error.to_string());
    assert!(refused.is_some_and(|why| why.contains("10.0 degrees")));
    // The start may turn it back.
    assert_eq!(
        start(10.0, &rigid([10f64.to_radians(), 0.0, 0.0], [0.0; 3])),
        None
    );
}

/// Of so few voxels, one place in each leaves errors of 0.006 to 0.009 mm.
#[test]
fn few_voxels_are_sampled_often_enough_for_a_hundredth_of_one() {
    // Fine stripes in two directions, so that a voxel says little about its neighbours.
    let pattern = |at: Point3<f64>| {
        brightness(at) + 25.0 * ((at.x / 1.3).sin() + (at.y / 1.1 + at.x / 5.0).sin())
    };
    let grid = |angle: f64| {
        let turn = Rotation3::from_axis_angle(&Vector3::z_axis(), angle).to_homogeneous();
        let to_middle = Matrix4::new_translation(&Vector3::new(-31.5, -31.5, 7.0));
        Grid::new([64, 64, 1], turn * to_middle).expect("a grid")
    };
    for part in [0.0, 0.25, 0.5, 0.75] {
        let truth = rigid([0.0, 0.0, 0.06 - part / 10.0], [2.0 + part, -1.5, 0.0]);
        let back = truth.try_inverse().expect("regular");
        let unlike = |at| (300.0 - pattern(back.transform_point(&at))).abs().sqrt();
        let images = [volume(grid(0.0), pattern), volume(grid(0.2), unlike)];
        let params = LinearParams {
            coarsest: Some(4),
            ..params(Motion::Rigid, Metric::Nmi)
        };
        let off = apart(&align(&images, params).transform, &truth);
        assert!(off < 0.004, "{off}");
    }
}

#[test]
fn the_number_of_threads_changes_no_digit() {
    let images = images(&rigid([0.1, 0.0, 0.1], [4.0, 3.0, -2.0]), |v| v);
    for metric in METRICS {
        let found = [1, 2, 4].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.expect("threads")
                .install(|| align(&images, params(Motion::Affine, metric)))
        });
        assert!(
            found.iter().all(|one| one.transform == found[0].transform),
            "{metric:?}"
        );
        let values = |one: &LinearOutcome| one.report.levels[1].metric.clone();
        assert!(
            found.iter().all(|one| values(one) == values(&found[0])),
            "{metric:?}"
        );
    }
}

#[test]
fn every_slope_is_that_of_its_cost() {
    let images = images(&rigid([0.03, 0.02, -0.02], [1.0, 1.5, 0.7]), |v| v);
    for metric in METRICS {
        for motion in [Motion::Rigid, Motion::Similarity, Motion::Affine] {
            let params = params(motion, metric);
            let pair = Pair {
                shrink: 1,
                fixed: Image::of(&images[0], [1; 3]),
                moving: Image::of(&images[1], [1; 3]),
                counts: None,
            };
            let start = rigid([0.01, 0.05, 0.03], [0.3, 0.2, 0.4]);
            let mut level = Level::start(pair, &params, &start).expect("overlaps");
            let [exact, differences] = level.slopes(0.02);
            let off = (exact - differences).norm() / exact.norm();
            assert!(
                off < 0.03,
                "{metric:?} {motion:?}: {exact} and {differences}"
            );
        }
    }
}

#[test]
fn a_share_of_the_voxels_finds_the_same() {
    let truth = rigid([0.1, -0.1, 0.05], [4.0, -3.0, 5.0]);
    let images = images(&truth, |v| v);
    let sampling = |seed| Sampling::Random { share: 0.2, seed };
    let found = [1, 1, 2].map(|seed| {
        let params = LinearParams {
            sampling: sampling(seed),
            ..params(Motion::Rigid, Metric::Nmi)
        };
        align(&images, params).transform
    });
    assert_eq!(found[0], found[1]);
    assert_ne!(found[0], found[2]);
    assert!(found.iter().all(|one| apart(one, &truth) < 0.6));
}

#[test]
fn what_lies_outside_the_mask_counts_for_nothing() {
    let truth = rigid([0.06, 0.05, -0.05], [3.0, -2.0, 2.0]);
    let clean = images(&truth, |v| v);
    // A bright bar that stays where it is while the rest moves.
    let bar = |image: &Volume| {
        let with_bar = |at: Point3<f64>| {
            let value = crate::volume::sample(
                image,
                image.grid().world_to_index(crate::geometry::WorldPoint(at)),
                0,
                0,
                crate::volume::Interpolation::Linear,
            );
            if at.x > 28.0 {
                300.0
            } else {
                value.unwrap_or(0.0)
            }
        };
        volume(*image.grid(), with_bar)
    };
    let spoilt = [bar(&clean[0]), bar(&clean[1])];
    let mask = volume(fixed_grid(), |at| f64::from(at.x < 8.0));
    for metric in METRICS {
        let inputs = LinearInputs {
            mask: Some(&mask),
            ..inputs(&spoilt)
        };
        let found = run(inputs, params(Motion::Rigid, metric), Matrix4::identity());
        let off = apart(&found.transform, &truth);
        assert!(off < 0.8, "{metric:?}: {off}");
    }
}

#[test]
fn a_mask_lies_where_its_own_grid_puts_it() {
    let truth = rigid([0.06, 0.05, -0.05], [3.0, -2.0, 2.0]);
    let images = images(&truth, |v| v);
    let masks = [[44, 40, 24], [61, 70, 52]].map(|shape| {
        volume(grid(shape, [1.7, 1.3, 2.0], 0.4), |at| {
            f64::from(at.coords.norm() < 28.0)
        })
    });
    for mask in &masks {
        let inputs = LinearInputs {
            mask: Some(mask),
            ..inputs(&images)
        };
        let found = run(
            inputs,
            params(Motion::Rigid, Metric::Ncc),
            Matrix4::identity(),
        );
        let off = apart(&found.transform, &truth);
        assert!(off < 0.4, "{off}");
    }
}

#[test]
fn a_tiny_share_is_of_some_hundred_voxels() {
    let truth = rigid([0.02, 0.0, 0.02], [2.0, 1.0, -1.0]);
    let params = LinearParams {
        sampling: Sampling::Random {
            share: 1e-7,
            seed: 3,
        },
        ..params(Motion::Rigid, Metric::Ncc)
    };
    let found = align(&images(&truth, |v| v), params).transform;
    assert!(apart(&found, &truth) < 2.0);
}

#[test]
fn a_level_can_be_ended_and_a_run_finished_early() {
    let images = images(&rigid([0.1, 0.0, 0.1], [4.0, 3.0, -2.0]), |v| v);
    let (never, now) = (AtomicBool::new(false), AtomicBool::new(true));
    let params = params(Motion::Rigid, Metric::Nmi);
    let mut run = LinearRegistration::new(inputs(&images), params, Matrix4::identity(), &never)
        .expect("starts");
    assert_eq!(run.levels(), 2);
    assert!(matches!(run.step(&never), LinearStep::LevelStarted(s) if s.level == 1));
    assert!(matches!(run.step(&never), LinearStep::Iterated(s) if s.iteration == 1));
    let there = run.transform();
    assert_eq!(run.step(&now), LinearStep::Cancelled);
    assert_eq!(run.transform(), there);
    run.end_level();
    assert!(matches!(run.step(&never), LinearStep::LevelStarted(s) if s.level == 2));
    let report = run.finish().report;
    assert_eq!(report.iterations, [1, 0]);
    assert_eq!(report.matrix_ras, rows(&there));
}

#[test]
fn what_cannot_be_registered_is_refused_in_a_sentence() {
    type Change<'a> = &'a dyn Fn(&mut LinearParams);
    let good = images(&Matrix4::identity(), |v| v);
    let start = |images: &[Volume; 2], mask: Option<&Volume>, change: Change, at: Matrix4<f64>| {
        let mut params = params(Motion::Rigid, Metric::Nmi);
        change(&mut params);
        let inputs = LinearInputs {
            mask,
            ..inputs(images)
        };
        let run = LinearRegistration::new(inputs, params, at, &AtomicBool::new(false));
        run.err().expect("refused").to_string()
    };
    let here = Matrix4::identity();
    let same = |_: &mut LinearParams| {};
    let constant = [good[0].clone(), volume(fixed_grid(), |_| 3.0)];
    assert!(start(&constant, None, &same, here).contains("moving image are equal"));
    let empty = [volume(fixed_grid(), |_| f64::NAN), good[1].clone()];
    assert!(start(&empty, None, &same, here).contains("no voxel with a number"));
    let nothing = volume(fixed_grid(), |_| 0.0);
    assert!(start(&good, Some(&nothing), &same, here).contains("no voxel of the mask"));
    let away = volume(grid([9, 9, 9], [1.0; 3], 0.0), |_| 1.0);
    let shift = Vector3::new(900.0, 0.0, 0.0);
    let away = away.moved_by(shift).expect("a grid");
    assert!(start(&good, Some(&away), &same, here).contains("no voxel of the mask"));
    let one = volume(fixed_grid(), |at| f64::from(at.coords.norm() < 2.5));
    assert!(start(&good, Some(&one), &same, here).contains("voxels of the fixed image count"));
    let step = volume(fixed_grid(), |at| f64::from(at.x > 10.0));
    let side = volume(fixed_grid(), |at| f64::from(at.x < 0.0));
    let stepped = [step, good[1].clone()];
    assert!(start(&stepped, Some(&side), &same, here).contains("one of them is constant"));
    let flat = [
        good[0].clone(),
        volume(grid([40, 40, 1], [1.0; 3], 0.0), brightness),
    ];
    assert!(start(&flat, None, &same, here).contains("3 dimensions and the moving image 2"));
    let far = Matrix4::new_translation(&Vector3::new(500.0, 0.0, 0.0));
    for metric in METRICS {
        let by = |p: &mut LinearParams| p.metric = metric;
        assert!(
            start(&good, None, &by, far).contains("too little"),
            "{metric:?}"
        );
    }
    let mirror = Matrix4::new_nonuniform_scaling(&Vector3::new(-1.0, 1.0, 1.0));
    assert!(start(&good, None, &same, mirror).contains("mirrors"));
    assert!(start(&good, None, &same, here * f64::NAN).contains("mirrors"));
    let changes: [(Change, &str); 6] = [
        (&|p| p.finest = Some(4), "not below the finest"),
        (&|p| p.coarsest = Some(32), "32 times smaller"),
        (&|p| p.coarsest = Some(3), "1, 2, 4"),
        (
            &|p| p.iterations = vec![1, 2, 3],
            "3 iteration limits for 2 levels",
        ),
        (
            &|p| {
                p.sampling = Sampling::Random {
                    share: 0.0,
                    seed: 0,
                }
            },
            "share of 0",
        ),
        (&|p| p.radius = 0, "radius 0"),
    ];
    for (change, text) in changes {
        let told = start(&good, None, change, here);
        assert!(told.contains(text), "{told}");
    }
}

#[test]
fn voxels_without_a_number_do_not_count() {
    let truth = rigid([0.05, 0.05, 0.05], [2.0, -2.0, 3.0]);
    let clean = images(&truth, |v| v);
    let hole = |image: &Volume, from: f64| {
        let back = truth.try_inverse().expect("regular");
        volume(*image.grid(), |at| {
            let value = if from > 0.0 {
                at
            } else {
                back.transform_point(&at)
            };
            if at.z > 22.0 {
                f64::NAN
            } else {
                brightness(value)
            }
        })
    };
    let images = [hole(&clean[0], 1.0), hole(&clean[1], 0.0)];
    for metric in METRICS {
        let found = align(&images, params(Motion::Rigid, metric)).transform;
        let off = apart(&found, &truth);
        assert!(off < 0.3, "{metric:?}: {off}");
    }
}
