//! Numbers of SimpleITK 2.5, SciPy and NumPy for images made by formula.

use super::image;
use nalgebra::{Matrix4, Rotation3, Vector3};
use std::sync::atomic::{AtomicUsize, Ordering};
use warpscope::geometry::flip_lps_ras;
use warpscope::volume::{
    Chain, ImagePair, NotLabels, Resampling, Similarity, Transform, Volume, brought_to,
    label_statistics, label_volumes, looks_like_labels, overlap, overlap_while, similarity,
    similarity_while,
};

fn near(found: f64, expected: f64, tolerance: f64, what: &str) {
    let off = (found - expected).abs();
    assert!(
        off <= tolerance * expected.abs().max(1e-6),
        "{what}: {found}, not {expected}"
    );
}

fn fixed() -> Volume {
    image(
        [20, 18, 12],
        [-5.0, 3.0, 10.0],
        [1.0, 1.2, 2.0],
        |[i, j, k]| ((i * 7 + j * 13 + k * 29) % 31 + 3 * i + 5 * k) as i16 - 2 * j as i16,
    )
}

fn moving() -> Volume {
    image(
        [17, 16, 14],
        [-3.0, 4.0, 12.0],
        [1.1, 1.3, 1.5],
        |[i, j, k]| ((i * 5 + j * 11 + k * 3) % 23 + 4 * i + 3 * k) as f32 - 2.0 * j as f32,
    )
}

/// 0.1 rad about z and a shift, in LPS.
fn transform() -> Matrix4<f64> {
    let shift = Matrix4::new_translation(&Vector3::new(0.5, -0.7, 0.9));
    let lps = shift * Rotation3::from_axis_angle(&Vector3::z_axis(), 0.1).to_homogeneous();
    let flip = flip_lps_ras(&Matrix4::identity());
    flip * lps * flip
}

fn is_as_recorded(found: &Similarity) {
    assert_eq!(found.voxels, 2940);
    near(found.msd, 245.949_024_979_464_1, 1e-5, "MSD");
    near(found.rms(), 15.682_762_03, 1e-5, "RMS");
    near(
        found.mean_absolute,
        12.984_065_547_703_647,
        1e-5,
        "mean absolute",
    );
    near(found.max_absolute, 40.015_511_432_264_84, 1e-5, "largest");
    near(found.ncc, 0.912_525_298_878_113_1, 1e-6, "NCC");
    near(found.nmi, 1.189_369_790_488_700_4, 1e-3, "NMI");
}

#[test]
fn values_on_two_grids_are_as_simpleitk_and_numpy_compare_them() {
    let (fixed, moving) = (fixed(), moving());
    let pair = ImagePair {
        transform: transform(),
        ..ImagePair::new(&fixed, &moving)
    };
    is_as_recorded(&similarity(&pair));
}

#[test]
fn an_image_brought_through_a_chain_compares_as_through_the_matrix() {
    let (fixed, moving) = (fixed(), moving());
    let chain = Chain(vec![Transform::Linear(transform())]);
    let brought = brought_to(fixed.grid(), &moving, &chain, Resampling::Linear, &|_| true);
    is_as_recorded(&similarity(&ImagePair::new(&fixed, &brought)));
}

#[test]
fn an_image_agrees_with_itself_wholly_and_with_its_negative_in_all_but_sign() {
    let fixed = fixed();
    let same = similarity(&ImagePair::new(&fixed, &fixed));
    assert_eq!(
        (same.msd, same.max_absolute, same.voxels),
        (0.0, 0.0, 20 * 18 * 12)
    );
    near(same.ncc, 1.0, 1e-12, "NCC");
    near(same.nmi, 2.0, 1e-12, "NMI");
    let negative = image([20, 18, 12], [-5.0, 3.0, 10.0], [1.0, 1.2, 2.0], |at| {
        -fixed.value(at, 0, 0).expect("inside")
    });
    let opposite = similarity(&ImagePair::new(&fixed, &negative));
    near(opposite.ncc, -1.0, 1e-12, "NCC");
    assert!(opposite.nmi > 1.9, "{}", opposite.nmi);
}

#[test]
fn figures_of_a_constant_image_or_of_nothing_are_not_defined() {
    let fixed = fixed();
    let flat = image([20, 18, 12], [-5.0, 3.0, 10.0], [1.0, 1.2, 2.0], |_| 3u8);
    let found = similarity(&ImagePair::new(&fixed, &flat));
    assert!(found.ncc.is_nan() && found.msd > 0.0);
    let away = image([2, 2, 2], [500.0, 0.0, 0.0], [1.0; 3], |_| 3u8);
    let nothing = similarity(&ImagePair::new(&fixed, &away));
    assert!(nothing.voxels == 0 && nothing.msd.is_nan() && nothing.max_absolute.is_nan());
}

#[test]
fn only_what_the_mask_holds_and_is_finite_counts() {
    let values = image([4, 4, 4], [0.0; 3], [1.0; 3], |[i, j, k]| match [i, j, k] {
        [0, 0, 0] => f32::NAN,
        [i, ..] => i as f32,
    });
    let other = image([4, 4, 4], [0.0; 3], [1.0; 3], |[i, ..]| i as f32 * 3.0);
    let mask = image([2, 4, 4], [0.0; 3], [1.0; 3], |[i, ..]| 2 - i as u8);
    let pair = ImagePair {
        mask: Some(&mask),
        ..ImagePair::new(&values, &other)
    };
    let found = similarity(&pair);
    // i is 0 or 1: differences of 0 and 2.
    assert_eq!((found.voxels, found.max_absolute), (31, 2.0));
    near(found.msd, 16.0 * 4.0 / 31.0, 1e-9, "MSD");
}

#[test]
fn a_comparison_that_is_stopped_tells_nothing() {
    let fixed = fixed();
    let pair = ImagePair::new(&fixed, &fixed);
    let asked = AtomicUsize::new(0);
    let stops = |_: f32| asked.fetch_add(1, Ordering::Relaxed) < 5;
    assert_eq!(similarity_while(&pair, &stops), None);
    asked.store(0, Ordering::Relaxed);
    assert!(overlap_while(&pair, &stops).is_none());
}

/// A ball of label 1 before a box of label 2, and a small box of its own.
fn organs(ball: ([f64; 3], f64), cuboid: [[f64; 3]; 2], own: (u8, [f64; 3])) -> Volume {
    let spacing = [0.8, 1.1, 2.5];
    image([24, 20, 16], [0.0; 3], spacing, |at| {
        let away = |center: [f64; 3]| [0, 1, 2].map(|n| at[n] as f64 * spacing[n] - center[n]);
        let inside = |center, half: [f64; 3]| {
            away(center)
                .iter()
                .zip(half)
                .all(|(mm, half)| mm.abs() <= half)
        };
        if away(ball.0).iter().map(|mm| mm * mm).sum::<f64>() <= ball.1 * ball.1 {
            1
        } else if inside(own.1, [1.0; 3]) {
            own.0
        } else {
            2 * u8::from(inside(cuboid[0], cuboid[1]))
        }
    })
}

fn two_organs() -> [Volume; 2] {
    [
        organs(
            ([9.0, 10.0, 18.0], 6.5),
            [[5.0, 5.0, 30.0], [3.0, 4.0, 6.0]],
            (5, [16.0, 18.0, 4.0]),
        ),
        organs(
            ([10.5, 9.0, 20.5], 5.5),
            [[6.0, 5.0, 31.0], [3.5, 3.0, 6.0]],
            (7, [2.0, 18.0, 4.0]),
        ),
    ]
}

#[test]
fn labels_overlap_as_simpleitk_measures_them() {
    let [a, b] = two_organs();
    let found = overlap(&ImagePair::new(&a, &b)).expect("labels");
    let labels: Vec<i32> = found.labels.iter().map(|label| label.label).collect();
    assert_eq!(labels, [1, 2, 5, 7]);
    near(found.dice(), 0.636_688_079_942_897_9, 1e-12, "Dice of all");
    let recorded = [
        (
            0.568_345_323_741_007_2,
            [525, 309],
            237,
            [5.063_595_560, 5.0, 1.894_065_206],
        ),
        (
            0.750_448_833_034_111_3,
            [320, 237],
            209,
            [1.360_147_051, 1.1, 0.512_630_285],
        ),
    ];
    for (label, (dice, voxels, shared, distances)) in found.labels.iter().zip(recorded) {
        near(label.dice(), dice, 1e-12, "Dice");
        near(label.jaccard(), dice / (2.0 - dice), 1e-12, "Jaccard");
        assert_eq!((label.voxels, label.shared), (voxels, shared));
        near(label.volumes_mm3[0], voxels[0] as f64 * 2.2, 1e-9, "volume");
        near(
            label.volume_ratio(),
            voxels[1] as f64 / voxels[0] as f64,
            1e-9,
            "ratio",
        );
        let surface = label.surface.expect("both have it");
        let own = [
            surface.hausdorff_mm,
            surface.hausdorff95_mm,
            surface.mean_mm,
        ];
        for (own, recorded) in own.into_iter().zip(distances) {
            near(own, recorded, 1e-6, "distance");
        }
    }
    assert!(found.labels[2].surface.is_none() && found.labels[2].dice() == 0.0);
    assert_eq!(found.labels[3].volume_ratio(), f64::INFINITY);
}

#[test]
fn labels_on_another_grid_come_by_their_nearest_voxels() {
    let [a, _] = two_organs();
    // Half a voxel finer along each axis: the same parts of the world.
    let fine = image(
        [48, 40, 32],
        [-0.2, -0.275, -0.625],
        [0.4, 0.55, 1.25],
        |[i, j, k]| a.value([i / 2, j / 2, k / 2], 0, 0).expect("inside") as u8,
    );
    let found = overlap(&ImagePair::new(&a, &fine)).expect("labels");
    assert_eq!(found.dice(), 1.0);
    for label in &found.labels {
        assert_eq!(label.surface.map(|mm| mm.hausdorff_mm), Some(0.0));
    }
}

#[test]
fn a_flat_label_has_its_surface_in_its_plane() {
    let square = |from: usize| {
        image([16, 16, 1], [0.0; 3], [1.0; 3], move |[i, j, _]| {
            u8::from((from..from + 6).contains(&i) && (4..10).contains(&j))
        })
    };
    let (a, b) = (square(3), square(5));
    let found = overlap(&ImagePair::new(&a, &b)).expect("labels");
    let surface = found.labels[0].surface.expect("both have it");
    // Of 20 voxels at the edge 6 are 2 mm away and 4 up to that far, by hand 20 mm in all; inside there
    // is no surface.
    assert_eq!((surface.hausdorff_mm, surface.mean_mm), (2.0, 1.0));
}

#[test]
fn values_that_are_no_whole_numbers_are_no_labels() {
    let halves = image([4, 4, 4], [0.0; 3], [1.0; 3], |[i, ..]| i as f32 / 2.0);
    assert_eq!(
        overlap(&ImagePair::new(&halves, &halves)),
        Err(NotLabels::NotWhole)
    );
    assert_eq!(label_volumes(&halves, 0), Err(NotLabels::NotWhole));
    let stats = label_statistics(&ImagePair::new(&halves, &halves), &|_| true);
    assert_eq!(stats, Some(Err(NotLabels::NotWhole)));
}

#[test]
fn what_is_no_label_image_is_told_for_what_it_is() {
    let of = |value: fn(usize) -> f32| {
        let voxels = image([20, 15, 10], [0.0; 3], [1.0; 3], |[i, j, k]| {
            value(i + 20 * (j + 15 * k))
        });
        let found = overlap(&ImagePair::new(&voxels, &voxels));
        (label_volumes(&voxels, 0).err(), found.err())
    };
    let many = Some(NotLabels::TooMany);
    assert_eq!(of(|n| n as f32), (many, many));
    let large = Some(NotLabels::TooLarge);
    assert_eq!(of(|_| 3e9), (large, large));
    // Its neighbours are rounded to it.
    assert_eq!(of(|_| 16_777_216.0), (large, large));
    assert_eq!(of(|n| if n < 9 { f32::NAN } else { 4.0 }), (None, None));
}

#[test]
fn statistics_within_labels_are_as_numpy_has_them() {
    let moving = moving();
    let labels = image(
        [20, 18, 12],
        [-5.0, 3.0, 10.0],
        [1.0, 1.2, 2.0],
        |[i, _, k]| {
            if k > 3 { (i / 5 + 1) as i16 } else { 0 }
        },
    );
    let pair = ImagePair {
        transform: transform(),
        ..ImagePair::new(&labels, &moving)
    };
    let found = label_statistics(&pair, &|_| true)
        .expect("goes on")
        .expect("labels");
    let recorded = [
        (
            245,
            27.505_843_159,
            12.780_728_533,
            -4.518_769_966,
            56.168_782_173,
        ),
        (
            595,
            37.532_837_445,
            14.828_677_247,
            0.550_800_066,
            76.800_654_629,
        ),
        (
            595,
            54.878_241_257,
            14.951_956_540,
            16.869_072_704,
            93.540_958_548,
        ),
        (
            623,
            73.193_342_748,
            15.387_183_158,
            31.532_233_936,
            115.618_168_262,
        ),
    ];
    assert_eq!(found.len(), recorded.len());
    for (found, (voxels, mean, sd, min, max)) in found.iter().zip(recorded) {
        assert_eq!(found.voxels, voxels);
        near(found.mean, mean, 1e-5, "mean");
        near(found.sd, sd, 1e-5, "sd");
        near(found.min, min, 1e-4, "min");
        near(found.max, max, 1e-5, "max");
    }
    let volumes = label_volumes(&labels, 0).expect("labels");
    let counted: Vec<_> = volumes.iter().map(|v| (v.label, v.voxels, v.mm3)).collect();
    let each = |label| (label, 5 * 18 * 8, 5.0 * 18.0 * 8.0 * 2.4);
    for (found, expected) in counted.into_iter().zip([1, 2, 3, 4].map(each)) {
        assert_eq!((found.0, found.1), (expected.0, expected.1));
        near(found.2, expected.2, 1e-12, "mm³");
    }
}

#[test]
fn labels_are_told_from_measured_values() {
    let [organs, _] = two_organs();
    assert!(looks_like_labels(&organs));
    let mask = image([9, 9, 9], [0.0; 3], [1.0; 3], |[i, ..]| {
        f32::from(u8::from(i > 4))
    });
    assert!(looks_like_labels(&mask));
    assert!(!looks_like_labels(&fixed()));
    let noise = image([9, 9, 9], [0.0; 3], [1.0; 3], |[i, j, k]| {
        (i * 31 + j * 17 + k * 7) as u8
    });
    assert!(!looks_like_labels(&noise));
    let nothing = image([9, 9, 9], [0.0; 3], [1.0; 3], |_| 0u8);
    assert!(!looks_like_labels(&nothing));
}

#[test]
fn figures_of_values_far_from_zero_are_as_exact() {
    let wave = |[i, j, k]: [usize; 3]| ((i * 7 + j * 13 + k * 29) % 31) as f64 / 31.0;
    let of = |offset: f64| {
        let [first, second] = [0.0, 0.1].map(|more| {
            image([20, 18, 12], [0.0; 3], [1.0; 3], |at| {
                offset + wave(at) + more * wave([at[2], at[0], at[1]])
            })
        });
        let labels = image([20, 18, 12], [0.0; 3], [1.0; 3], |[i, ..]| (i / 10) as u8);
        let stats = label_statistics(&ImagePair::new(&labels, &first), &|_| true);
        let stats = stats.expect("goes on").expect("labels");
        (similarity(&ImagePair::new(&first, &second)), stats[0])
    };
    let (near_zero, of_label) = of(0.0);
    let far_and_near = {
        let image = |offset: f64| image([20, 18, 12], [0.0; 3], [1.0; 3], |at| offset + wave(at));
        similarity(&ImagePair::new(&image(1e8), &image(0.25)))
    };
    near(far_and_near.ncc, 1.0, 1e-6, "NCC");
    near(far_and_near.mean_absolute, 1e8 - 0.25, 1e-12, "difference");
    for offset in [-3e5, 1e8] {
        let (far, far_label) = of(offset);
        near(far.msd, near_zero.msd, 1e-5, "MSD");
        near(far.ncc, near_zero.ncc, 1e-6, "NCC");
        near(far.nmi, near_zero.nmi, 1e-2, "NMI");
        near(far_label.sd, of_label.sd, 1e-5, "sd");
        near(far_label.mean - offset, of_label.mean, 1e-5, "mean");
        near(far_label.max - offset, of_label.max, 1e-5, "max");
    }
}
