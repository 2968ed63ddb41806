//! Planes cut through volumes: identities, ramps and the agreement of the ways to compute them.

use nalgebra::{Matrix4, Point3, Vector3};
use ndarray::Array5;
use proptest::prelude::*;
use warpscope::geometry::{Grid, IndexPoint};
use warpscope::volume::{
    Interpolation, Linear, Meta, Rescale, SliceRequest, Volume, Voxel, VoxelArray, sample, slice,
};

const PERMUTATIONS: [[usize; 3]; 6] = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
];

pub fn volume<T: Voxel>(array: VoxelArray<T>, rescale: Rescale) -> Volume {
    let (_, nz, ny, nx, _) = array.dim();
    let grid = Grid::new([nx, ny, nz], Matrix4::identity()).expect("a grid");
    Volume::new(grid, T::wrap(array), rescale, Meta::default()).expect("a volume")
}

/// A volume whose value is a different whole number in every voxel.
fn numbered([nx, ny, nz]: [usize; 3]) -> Volume {
    let array = Array5::from_shape_fn((1, nz, ny, nx, 1), |(_, k, j, i, _)| {
        ((k * ny + j) * nx + i) as i16 - 300
    });
    volume(array, Rescale::IDENTITY)
}

fn ramp_at(p: Point3<f64>) -> f64 {
    3.0 + 2.0 * p.x - 1.5 * p.y + 0.75 * p.z
}

fn ramp([nx, ny, nz]: [usize; 3]) -> Volume {
    let array = Array5::from_shape_fn((1, nz, ny, nx, 1), |(_, k, j, i, _)| {
        ramp_at(Point3::new(i as f64, j as f64, k as f64)) as f32
    });
    volume(array, Rescale::IDENTITY)
}

fn unit(axis: usize) -> Vector3<f64> {
    Vector3::ith(axis, 1.0)
}

fn request(origin: [f64; 3], right: Vector3<f64>, down: Vector3<f64>) -> SliceRequest {
    SliceRequest {
        origin: origin.into(),
        right,
        down,
        size: [16, 12],
        time: 0,
        component: 0,
        interpolation: Interpolation::Linear,
    }
}

/// The plane of slice `depth` along `axes`, at voxel resolution, each axis perhaps turned round.
fn voxel_plane(
    shape: [usize; 3],
    axes: [usize; 3],
    flips: [bool; 2],
    depth: usize,
) -> SliceRequest {
    let mut origin = [0.0; 3];
    origin[axes[2]] = depth as f64;
    let mut steps = [unit(axes[0]), unit(axes[1])];
    for side in 0..2 {
        if flips[side] {
            origin[axes[side]] = shape[axes[side]] as f64 - 1.0;
            steps[side] = -steps[side];
        }
    }
    SliceRequest {
        size: [shape[axes[0]], shape[axes[1]]],
        ..request(origin, steps[0], steps[1])
    }
}

#[test]
fn at_voxel_resolution_a_slice_is_the_voxels_whichever_way_it_lies() {
    let shape = [7, 5, 6];
    let volume = numbered(shape);
    for axes in PERMUTATIONS {
        for flips in [[false, false], [true, false], [false, true], [true, true]] {
            for interpolation in [Interpolation::Nearest, Interpolation::Linear] {
                let request = SliceRequest {
                    interpolation,
                    ..voxel_plane(shape, axes, flips, 2)
                };
                let slice = slice(&volume, &request);
                for (pixel, value) in slice.values.iter().enumerate() {
                    let (x, y) = (pixel % request.size[0], pixel / request.size[0]);
                    let at = request.origin + request.right * x as f64 + request.down * y as f64;
                    let voxel = [at.x as usize, at.y as usize, at.z as usize];
                    let expected = volume.value(voxel, 0, 0).expect("inside");
                    assert_eq!(f64::from(*value), expected, "{axes:?} {flips:?} {voxel:?}");
                }
            }
        }
    }
}

#[test]
fn memory_order_does_not_change_a_slice() {
    let shape = [6, 5, 4];
    let plain = numbered(shape);
    for order in [[0, 4, 1, 2, 3], [0, 3, 2, 1, 4], [4, 2, 1, 3, 0]] {
        // The same voxels, stored in another order and partly backwards.
        let mut stored = Array5::<i16>::zeros(order.map(|axis| [1, 4, 5, 6, 1][axis]));
        stored.invert_axis(ndarray::Axis(1));
        let mut back = [0; 5];
        for (place, axis) in order.into_iter().enumerate() {
            back[axis] = place;
        }
        let mut array = stored.permuted_axes(back);
        array
            .indexed_iter_mut()
            .for_each(|((_, k, j, i, _), voxel)| {
                *voxel = plain.value([i, j, k], 0, 0).expect("inside") as i16;
            });
        let other = volume(array, Rescale::IDENTITY);
        for axes in PERMUTATIONS {
            let plane = voxel_plane(shape, axes, [true, false], 1);
            assert_eq!(
                slice(&other, &plane),
                slice(&plain, &plane),
                "{order:?} {axes:?}"
            );
        }
    }
}

#[test]
fn a_linear_ramp_is_exact_between_voxels_and_flat_beyond_the_outer_centres() {
    let shape = [9, 8, 7];
    let volume = ramp(shape);
    let planes = [
        request([-1.0, -1.0, 3.3], unit(0) * 0.7, unit(1) * 0.8),
        request([-0.3, 4.6, 6.9], unit(0) * 0.5, unit(2) * -0.6),
        request([3.4, 8.0, -0.5], unit(1) * -0.6, unit(2) * 0.7),
        request(
            [-1.0, 1.0, 0.0],
            Vector3::new(0.6, 0.2, 0.3),
            Vector3::new(0.1, 0.4, -0.1),
        ),
    ];
    for plane in planes {
        let slice = slice(&volume, &plane);
        let mut inside = 0;
        for y in 0..plane.size[1] {
            for x in slice.inside[y].clone() {
                let p = plane.origin + plane.right * x as f64 + plane.down * y as f64;
                let clamped: Vec<f64> = (0..3)
                    .map(|a| p[a].clamp(0.0, shape[a] as f64 - 1.0))
                    .collect();
                let expected = ramp_at(Point3::new(clamped[0], clamped[1], clamped[2]));
                let value = f64::from(slice.values[y * plane.size[0] + x]);
                assert!(
                    (value - expected).abs() < 1e-4,
                    "{p}: {value}, not {expected}"
                );
                inside += 1;
            }
        }
        assert!(inside > 50, "the plane hardly meets the volume");
    }
}

#[test]
fn slices_with_their_own_rescale_are_mixed_after_it() {
    let array = Array5::from_shape_fn((2, 2, 3, 4, 1), |(t, k, _, i, _)| (10 * t + k + i) as u16);
    let map = |slope, intercept| Linear { slope, intercept };
    let maps = vec![map(1.0, 0.0), map(10.0, 5.0), map(2.0, 1.0), map(-3.0, 0.5)];
    let volume = volume(array, Rescale::PerSlice(maps));
    // Time 1, between the slices (10 + i) * 2 + 1 and (11 + i) * -3 + 0.5.
    let expected =
        |i: f64, k: f64| (1.0 - k) * ((10.0 + i) * 2.0 + 1.0) + k * ((11.0 + i) * -3.0 + 0.5);
    for (right, down) in [(0, 1), (0, 2), (1, 2), (2, 1), (2, 0)] {
        let plane = SliceRequest {
            size: [3, 3],
            time: 1,
            ..request([0.6, 0.4, 0.25], unit(right) * 0.3, unit(down) * 0.3)
        };
        // A hair off the axes takes the general way.
        let tilted = SliceRequest {
            right: plane.right + unit(down) * 1e-3,
            ..plane.clone()
        };
        for plane in [plane, tilted] {
            let slice = slice(&volume, &plane);
            for (pixel, value) in slice.values.iter().enumerate() {
                let (x, y) = ((pixel % 3) as f64, (pixel / 3) as f64);
                let p = plane.origin + plane.right * x + plane.down * y;
                let expected = expected(p.x, p.z);
                assert!(
                    (f64::from(*value) - expected).abs() < 1e-3,
                    "{p}: {value}, not {expected}"
                );
            }
        }
    }
}

#[test]
fn components_and_time_points_are_told_apart() {
    let array = Array5::from_shape_fn((3, 2, 2, 2, 3), |(t, _, _, i, c)| {
        (100 * t + 10 * c + i) as u8
    });
    let volume = volume(array, Rescale::IDENTITY);
    for (right, down) in [(0, 1), (1, 2), (2, 0)] {
        for (time, component) in [(0, 0), (1, 2), (2, 1)] {
            let plane = SliceRequest {
                size: [2, 2],
                time,
                component,
                ..request([0.0; 3], unit(right), unit(down))
            };
            let value = slice(&volume, &plane).values[0];
            assert_eq!(value, (100 * time + 10 * component) as f32);
        }
    }
}

#[test]
fn nan_stays_where_it_is() {
    let mut array = Array5::from_elem((1, 1, 4, 5, 1), 1.0_f32);
    array[[0, 0, 1, 2, 0]] = f32::NAN;
    array[[0, 0, 2, 2, 0]] = f32::INFINITY;
    let volume = volume(array, Rescale::IDENTITY);
    let nans = |origin: [f64; 3], right: Vector3<f64>| {
        let plane = SliceRequest {
            size: [4, 4],
            ..request(origin, right, unit(1))
        };
        let values = slice(&volume, &plane).values.into_iter().enumerate();
        let nans = values.filter(|(_, value)| value.is_nan());
        nans.map(|(pixel, _)| pixel).collect::<Vec<_>>()
    };
    assert_eq!(nans([0.0; 3], unit(0)), [6]);
    assert_eq!(nans([0.5, 0.0, 0.0], unit(0)), [5, 6]);
    // Off the axes by less than rounding, and by more than the fast way allows.
    assert_eq!(nans([0.0; 3], unit(0) + unit(1) * 1e-9), [6]);
    assert_eq!(
        nans([0.5, 0.0, 0.0], unit(0) - unit(1) * 1e-3),
        [5, 6, 9, 10]
    );
}

#[test]
fn a_plane_beside_the_volume_or_without_direction_is_empty() {
    let volume = numbered([4, 4, 4]);
    let empty = [
        request([0.0, 0.0, 3.5], unit(0), unit(1)),
        request([0.0, 0.0, -0.6], Vector3::new(1.0, 0.1, 0.0), unit(1)),
        request([f64::NAN, 0.0, 0.0], unit(0), unit(1)),
        request([0.0, 0.0, 0.0], Vector3::repeat(f64::NAN), unit(1)),
        request([0.0, f64::INFINITY, 0.0], unit(0), unit(1)),
        request([1e300, 0.0, 0.0], unit(0) * 1e300, unit(1)),
    ];
    for plane in empty {
        let slice = slice(&volume, &plane);
        assert!(slice.values.iter().all(|v| v.is_nan()), "{plane:?}");
        assert!(
            slice.inside.iter().all(std::ops::Range::is_empty),
            "{plane:?}"
        );
    }
    let point = request([1.0, 2.0, 3.0], Vector3::zeros(), Vector3::zeros());
    assert!(
        slice(&volume, &point)
            .values
            .iter()
            .all(|v| *v == 57.0 - 300.0)
    );
}

fn coordinate() -> impl Strategy<Value = f64> {
    -3.0..9.0_f64
}

fn step() -> impl Strategy<Value = f64> {
    prop_oneof![-2.0..2.0_f64, Just(1.0), Just(-0.5), Just(0.0)]
}

proptest! {
    #[test]
    fn every_pixel_is_the_sample_at_its_place(
        origin in [coordinate(), coordinate(), coordinate()],
        right in [step(), step(), step()],
        down in [step(), step(), step()],
        nearest in any::<bool>(),
    ) {
        let volume = numbered([7, 6, 5]);
        let interpolation = if nearest { Interpolation::Nearest } else { Interpolation::Linear };
        let plane = SliceRequest { interpolation, ..request(origin, right.into(), down.into()) };
        let slice = slice(&volume, &plane);
        for (pixel, value) in slice.values.iter().enumerate() {
            let (x, y) = (pixel % 16, pixel / 16);
            let p = plane.origin + plane.down * y as f64 + plane.right * x as f64;
            let on_an_edge = p.iter().any(|v| (v - v.floor() - 0.5).abs() < 1e-6);
            if on_an_edge {
                continue;
            }
            prop_assert_eq!(slice.inside[y].contains(&x), !value.is_nan());
            match sample(&volume, IndexPoint(p), 0, 0, interpolation) {
                Some(expected) => prop_assert!((f64::from(*value) - expected).abs() < 2e-3),
                None => prop_assert!(value.is_nan()),
            }
        }
    }

    #[test]
    fn the_way_along_the_axes_agrees_with_the_general_way(
        origin in [coordinate(), coordinate(), coordinate()],
        permutation in 0..6_usize,
        right in step(),
        down in step(),
    ) {
        let volume = ramp([7, 6, 5]);
        let [a, b, c] = PERMUTATIONS[permutation];
        prop_assume!((origin[c] - origin[c].floor() - 0.5).abs() > 2e-3);
        let along = request(origin, unit(a) * right, unit(b) * down);
        // Just beyond the tolerance for planes along the axes.
        let tilted = SliceRequest { right: along.right + unit(c) * 1.1e-4, ..along.clone() };
        let (along, tilted) = (slice(&volume, &along), slice(&volume, &tilted));
        prop_assert_eq!(&along.inside, &tilted.inside);
        for (x, y) in along.values.iter().zip(&tilted.values) {
            prop_assert!(x.is_nan() || (x - y).abs() < 5e-3, "{} {}", x, y);
        }
    }
}
