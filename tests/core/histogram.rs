//! Quantiles, histogram and the automatic window, against numbers from NumPy.

use super::slice::volume;
use ndarray::Array5;
use warpscope::volume::{Linear, Rescale, Volume, Voxel, auto_window, histogram, quantiles};

/// A whole number from 0 to 65535 for voxel `n`, made as in the NumPy lines beside the tests.
fn noise(n: usize) -> u64 {
    let n = n as u64;
    (n * n % 65521 * 7919 + n * 104_729) % 65536
}

fn noisy<T: Voxel>(convert: impl Fn(u64) -> T, rescale: Rescale) -> Volume {
    let array = Array5::from_shape_fn((2, 5, 11, 13, 1), |(t, k, j, i, _)| {
        convert(noise(((t * 5 + k) * 11 + j) * 13 + i))
    });
    volume(array, rescale)
}

const SHARES: [f64; 6] = [0.0, 0.005, 0.3, 0.5, 0.995, 1.0];

fn assert_close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (a, b) in found.iter().zip(expected) {
        assert!(
            (a - b).abs() <= 1e-6 * b.abs().max(1e-3),
            "{found:?}, not {expected:?}"
        );
    }
}

// The expected numbers of this file come from NumPy 2:
//   n = np.arange(2*5*11*13, dtype=np.uint64); v = (n*n % 65521 * 7919 + n*104729) % 65536
//   np.quantile(v, [0, .005, .3, .5, .995, 1]), np.histogram(v, 7), and so on.

#[test]
fn quantiles_of_counted_types_equal_numpy() {
    let plain = noisy(|v| v as u16, Rescale::IDENTITY);
    assert_close(
        &quantiles(&plain, &SHARES),
        &[0.0, 420.335, 19849.9, 33114.0, 65274.71, 65532.0],
    );
    let falling = Rescale::Uniform(Linear {
        slope: -0.5,
        intercept: 10.0,
    });
    let falling = noisy(|v| (v as i32 - 32768) as i16, falling);
    assert_close(
        &quantiles(&falling, &SHARES),
        &[-16372.0, -16243.355, -6775.8, -163.0, 16183.8325, 16394.0],
    );
    let bytes = noisy(|v| (v as i32 / 256 - 128) as i8, Rescale::IDENTITY);
    assert_close(
        &quantiles(&bytes, &SHARES),
        &[-128.0, -127.0, -51.0, 1.0, 126.0, 127.0],
    );
}

fn per_slice() -> Volume {
    let slices = (0..10).map(|slice| Linear {
        slope: f64::from(slice) * 0.25 + 0.5,
        intercept: f64::from(slice) * 3.0 - 4.0,
    });
    noisy(|v| v as u16, Rescale::PerSlice(slices.collect()))
}

#[test]
fn quantiles_of_slices_with_their_own_rescale_equal_numpy() {
    assert_close(
        &quantiles(&per_slice(), &SHARES),
        &[-4.0, 567.03, 25035.65, 43505.875, 166070.2, 179980.25],
    );
}

#[test]
fn quantiles_of_wide_types_equal_numpy() {
    let expected = [
        -5.1e9,
        -5028543050.0,
        -1725517000.0,
        529380000.0,
        5996700700.0,
        6040440000.0,
    ];
    let wide = |v: u64| (v as f64 - 30000.0) * 1.7e5;
    let scaled = Rescale::Uniform(Linear {
        slope: 1.7e5,
        intercept: -30000.0 * 1.7e5,
    });
    assert_close(
        &quantiles(&noisy(wide, Rescale::IDENTITY), &SHARES),
        &expected,
    );
    assert_close(
        &quantiles(&noisy(|v| v as i64, scaled.clone()), &SHARES),
        &expected,
    );
    assert_close(&quantiles(&noisy(|v| v as u32, scaled), &SHARES), &expected);
}

fn holes() -> Volume {
    let value = |v: u64| match v % 10 {
        3 => f32::NAN,
        4 => f32::INFINITY,
        5 => f32::NEG_INFINITY,
        _ => (v as f64 / 777.0 - 20.0) as f32,
    };
    noisy(value, Rescale::IDENTITY)
}

#[test]
fn voxels_that_are_not_finite_do_not_count() {
    assert_close(
        &quantiles(&holes(), &SHARES),
        &[
            -20.0,
            -19.4992278,
            6.88597169,
            23.4066924,
            63.9506692,
            64.3397683,
        ],
    );
}

#[test]
fn histograms_equal_numpy() {
    let plain = noisy(|v| v as u16, Rescale::IDENTITY);
    let found = histogram(&plain, 7);
    assert_eq!(found.range, (0.0, 65532.0));
    assert_eq!(found.counts, [193, 218, 205, 199, 194, 206, 215]);
    assert_eq!(
        histogram(&per_slice(), 7).counts,
        [441, 367, 254, 159, 120, 65, 24]
    );
    assert_eq!(
        histogram(&holes(), 7).counts,
        [142, 137, 146, 150, 144, 133, 163]
    );
}

#[test]
fn the_automatic_window_opens_even_for_flat_images() {
    let flat = |value: f32| volume(Array5::from_elem((1, 2, 3, 4, 1), value), Rescale::IDENTITY);
    assert_eq!(auto_window(&flat(7.0)), (6.5, 7.5));
    assert_eq!(auto_window(&flat(f32::NAN)), (0.0, 1.0));
    let mut spot = Array5::from_elem((1, 20, 20, 20, 1), 0_u8);
    spot[[0, 3, 3, 3, 0]] = 200;
    assert_eq!(auto_window(&volume(spot, Rescale::IDENTITY)), (0.0, 200.0));
    let (low, high) = auto_window(&noisy(|v| v as u16, Rescale::IDENTITY));
    assert!((low - 420.335).abs() < 1e-9 && (high - 65274.71).abs() < 1e-9);
}
