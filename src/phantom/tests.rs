use super::*;
use crate::geometry::{IndexPoint, WorldPoint};
use shape::{Vec3, at};
use std::sync::OnceLock;

fn sample() -> &'static Study {
    static STUDY: OnceLock<Study> = OnceLock::new();
    STUDY.get_or_init(study)
}

fn lps(p: Vec3) -> WorldPoint {
    WorldPoint::from_lps([f64::from(p.x), f64::from(p.y), f64::from(p.z)])
}

fn nearest(volume: &Volume, p: Vec3) -> [usize; 3] {
    let index = volume.grid().world_to_index(lps(p));
    [index.0.x, index.0.y, index.0.z].map(|v| v.round() as usize)
}

/// Values of the voxels within `reach` of the one nearest to `p`.
fn values_near(volume: &Volume, p: Vec3, reach: usize) -> Vec<f64> {
    let [i, j, k] = nearest(volume, p);
    let span = |n: usize| n - reach..=n + reach;
    let voxels = span(k).flat_map(|k| span(j).flat_map(move |j| span(i).map(move |i| [i, j, k])));
    voxels
        .map(|v| volume.value(v, 0, 0).expect("inside the grid"))
        .collect()
}

fn mean_near(volume: &Volume, p: Vec3, reach: usize) -> f64 {
    let values = values_near(volume, p, reach);
    values.iter().sum::<f64>() / values.len() as f64
}

fn median_near(volume: &Volume, p: Vec3, reach: usize) -> f64 {
    let mut values = values_near(volume, p, reach);
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[test]
fn the_study_has_its_shapes_and_units() {
    let Study { ct, pet } = sample();
    assert_eq!(
        (ct.grid().shape(), pet.grid().shape()),
        ([256, 256, 140], [128, 128, 100])
    );
    assert_eq!(
        (ct.meta().unit.as_str(), pet.meta().unit.as_str()),
        ("HU", "Bq/ml")
    );
    assert_eq!(
        (&ct.meta().modality, &pet.meta().modality),
        (&Modality::Ct, &Modality::Pet)
    );
    assert!(matches!(pet.rescale(), Rescale::PerSlice(slices) if slices.len() == 100));
    assert!(matches!(pet.meta().suv, Suv::Factor(_)));
    let head_ward = ct.grid().orientation();
    assert_eq!(head_ward, pet.grid().orientation());
}

#[test]
fn every_ct_corner_lies_in_the_pet_and_the_grids_do_not_coincide() {
    let Study { ct, pet } = sample();
    for corner in [[0.0, 0.0, 0.0], [255.0, 255.0, 139.0]] {
        let world = ct
            .grid()
            .index_to_world(IndexPoint::new(corner[0], corner[1], corner[2]));
        let index = pet.grid().world_to_index(world).0;
        let inside = (0..3)
            .all(|axis| index[axis] >= 0.0 && index[axis] <= pet.grid().shape()[axis] as f64 - 1.0);
        assert!(inside, "{index}");
        assert!(index.iter().any(|v| v.fract() > 0.05));
    }
}

#[test]
fn tissues_have_their_hounsfield_values() {
    let ct = &sample().ct;
    let cases = [
        ("air", at(-165.0, -150.0, 0.0), -1000.0, 15.0),
        ("left lung", at(90.0, 40.0, 40.0), -850.0, 60.0),
        ("right lung", at(-95.0, 30.0, -60.0), -850.0, 60.0),
        ("liver", at(-75.0, 30.0, -160.0), 62.0, 12.0),
        ("blood in the aorta", at(25.0, 33.0, -30.0), 172.0, 12.0),
        ("windpipe", at(-1.0, -8.0, 70.0), -1000.0, 30.0),
        ("spinal canal", at(0.0, 64.5, -50.0), 35.0, 30.0),
        ("fat under the skin", at(0.0, -98.5, -60.0), -90.0, 50.0),
    ];
    for (name, p, expected, tolerance) in cases {
        let found = median_near(ct, p, 1);
        assert!(
            (found - expected).abs() < tolerance,
            "{name}: {found} HU, not {expected}"
        );
    }
}

#[test]
fn the_hot_spot_of_the_pet_is_the_lesion_of_the_ct() {
    let Study { ct, pet } = sample();
    let lesion = Vec3::from(organs::LESION.0);
    assert!(mean_near(ct, lesion, 1) > 0.0);
    let hot = mean_near(pet, lesion, 0);
    for aside in [at(26.0, 0.0, 0.0), at(0.0, 26.0, 0.0), at(0.0, 0.0, -26.0)] {
        let [there, in_ct] = [pet, ct].map(|v| mean_near(v, lesion + aside, 1));
        assert!(hot > 2.0 * there, "{hot} against {there}");
        assert!(in_ct < -700.0, "the lesion lies alone in the lung: {in_ct}");
    }
    let [nx, ny, nz] = pet.grid().shape();
    let voxels = (0..nz).flat_map(|k| (0..ny).flat_map(move |j| (0..nx).map(move |i| [i, j, k])));
    let hottest = voxels.max_by(|a, b| {
        pet.value(*a, 0, 0)
            .partial_cmp(&pet.value(*b, 0, 0))
            .expect("finite")
    });
    let [i, j, k] = hottest.expect("voxels").map(|v| v as f64);
    let world = pet.grid().index_to_world(IndexPoint::new(i, j, k));
    assert!((world.0 - lps(lesion).0).norm() < 6.0);
}

#[test]
fn the_lungs_are_ventilated_except_for_the_defect() {
    let pet = &sample().pet;
    let well = mean_near(pet, at(-95.0, 30.0, -60.0), 1);
    assert!((8_000.0..15_500.0).contains(&well), "{well}");
    assert!(mean_near(pet, at(104.0, 44.0, -62.0), 1) < 0.35 * well);
    assert!(mean_near(pet, at(-75.0, 30.0, -160.0), 1) < 0.25 * well);
}

/// A small CT of the same patient, quick to make.
const SMALL: Stack = Stack {
    shape: [45, 40, 39],
    spacing: [8.0, 8.0, 8.0],
    origin: [-176.0, -150.0, -184.0],
    direction: TO_LEFT_BACK_HEAD,
};

#[test]
fn the_result_does_not_depend_on_the_number_of_threads() {
    let make = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("a pool");
        pool.install(|| {
            let anatomy = Anatomy::new();
            ct(&anatomy, &SMALL, "small", Breath::Out, 7)
        })
    };
    let (one, three) = (make(1), make(3));
    let all = (0..39).flat_map(|k| (0..40).flat_map(move |j| (0..45).map(move |i| [i, j, k])));
    assert!(
        all.into_iter()
            .all(|v| one.value(v, 0, 0) == three.value(v, 0, 0))
    );
}

#[test]
fn exhale_is_inhale_at_the_displaced_points() {
    let anatomy = Anatomy::new();
    let view = View {
        anatomy: &anatomy,
        scan: Scan::Ct,
        edge: 4.0,
    };
    let exhale = scan(&view, &SMALL, Breath::Out);
    let everything = anatomy.solids();
    let near = view.nearby(&everything);
    let [nx, ny, nz] = SMALL.shape;
    for (k, j, i) in (0..nz).step_by(3).flat_map(|k| {
        (0..ny)
            .step_by(3)
            .flat_map(move |j| (0..nx).step_by(3).map(move |i| (k, j, i)))
    }) {
        let here = SMALL.lps([i, j, k]);
        let there = here + breathing::displacement(&here);
        let inhale = view.value(&there, &anatomy.section(there.z), &near);
        // The table does not breathe.
        let inhale = view.with_table(inhale, &here);
        let out = exhale[(k * ny + j) * nx + i];
        assert!((out - inhale).abs() < 1.0, "{here}: {out} and {inhale}");
    }
}

#[test]
fn the_breathing_pair_shares_a_grid_and_its_field_is_the_motion() {
    let BreathingPair {
        inhale,
        exhale,
        displacement,
    } = breathing_pair();
    assert!(inhale.grid().same_as(exhale.grid()) && inhale.grid().same_as(displacement.grid()));
    assert_eq!(
        (displacement.components(), displacement.meta().content),
        (3, Content::Vector)
    );
    let dome = at(-66.0, -5.0, -95.0);
    let voxel = nearest(&displacement, dome);
    let expected = breathing::displacement(&BREATHING_GRID.lps(voxel));
    let stored = displacement.values(voxel, 0).expect("inside");
    for axis in 0..3 {
        assert!((stored[axis] - f64::from(expected[axis])).abs() < 1e-5);
    }
    // Above the dome there is lung after breathing in, liver after breathing out.
    assert!(mean_near(&inhale, dome, 1) < -700.0 && mean_near(&exhale, dome, 1) > 0.0);
}

#[test]
fn the_cine_pair_is_two_upright_coronal_slices_that_differ() {
    let (inhale, exhale) = cine_pair();
    assert_eq!(inhale.grid().shape(), [192, 192, 1]);
    assert!(inhale.grid().same_as(exhale.grid()));
    let codes: String = (0..3)
        .map(|axis| inhale.grid().orientation().toward(axis).letter())
        .collect();
    assert_eq!(codes, "LIP");
    let dome = at(-66.0, -8.0, -95.0);
    assert!(mean_near_2d(&exhale, dome) > 2.0 * mean_near_2d(&inhale, dome));
}

fn mean_near_2d(volume: &Volume, p: Vec3) -> f64 {
    let [i, j, _] = nearest(volume, p);
    let voxels = (j - 2..=j + 2).flat_map(|j| (i - 2..=i + 2).map(move |i| [i, j, 0]));
    voxels
        .map(|v| volume.value(v, 0, 0).expect("inside"))
        .sum::<f64>()
        / 25.0
}
