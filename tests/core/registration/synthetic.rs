//! The 16 runs of the reference on images given by a formula.
//!
//! `demons_synthetic.json` was recorded from a NumPy and SciPy statement of the algorithm
//! (numpy 2.4.6, scipy 1.17.1, scikit-image 0.26.0); it holds the formula, so no file is needed.

use super::{assert_near, image, numbers, reference_params, run};
use serde_json::Value;
use warpscope::registration::{Params, Precision};
use warpscope::volume::Volume;

fn golden() -> Value {
    serde_json::from_str(include_str!("demons_synthetic.json")).expect("the recorded runs")
}

fn shape(pair: &Value) -> Vec<usize> {
    numbers(&pair["shape"])
        .iter()
        .map(|n| *n as usize)
        .collect()
}

fn pair_image(pair: &Value, name: &str) -> Volume {
    let shape = shape(pair);
    let blobs: Vec<(f64, Vec<f64>, f64)> = pair[name]
        .as_array()
        .expect("blobs")
        .iter()
        .map(|blob| {
            let [amplitude, width] = [&blob[0], &blob[2]].map(|v| v.as_f64().expect("a number"));
            (amplitude, numbers(&blob[1]), width)
        })
        .collect();
    let full = [shape[0], shape[1], shape.get(2).copied().unwrap_or(1)];
    image(full, |voxel| {
        let place = voxel.map(|n| n as f64);
        let depth = if shape.len() == 3 {
            (0.5 * place[2]).cos()
        } else {
            1.0
        };
        let texture = 5.0 * (0.9 * place[0]).sin() * (0.7 * place[1]).cos() * depth;
        let blob = |(amplitude, center, width): &(f64, Vec<f64>, f64)| {
            let square: f64 = center.iter().zip(place).map(|(c, p)| (p - c).powi(2)).sum();
            amplitude * (-square / (2.0 * width * width)).exp()
        };
        texture + blobs.iter().map(blob).sum::<f64>()
    })
}

/// Every eighth point of the mapping, in the order of the reference: x slowest, components innermost.
fn points_every_8(field: &Volume, axes: usize) -> Vec<f64> {
    let [nx, ny, nz] = field.grid().shape();
    let mut points = Vec::new();
    for i in (0..nx).step_by(8) {
        for j in (0..ny).step_by(8) {
            for k in (0..nz).step_by(8) {
                let u = field.values([i, j, k], 0).expect("inside");
                // The field is LPS, the grid RAS.
                let points_here = [i as f64 - u[0], j as f64 - u[1], k as f64 + u[2]];
                points.extend(&points_here[..axes]);
            }
        }
    }
    points
}

fn check(run_of: &Value, golden: &Value) {
    let pair = &golden["pairs"][run_of["pair"].as_str().expect("a name")];
    let (source, target) = (pair_image(pair, "source"), pair_image(pair, "target"));
    let params = Params {
        precision: Some(Precision::F64),
        ..reference_params(&run_of["params"])
    };
    let outcome = run(&source, &target, params).expect("a run");
    let report = outcome.report();
    let name = format!("{} {}", run_of["pair"], run_of["params"]);
    let near = |what: &str, got, expected: &Value| {
        let expected = expected.as_f64().expect("a number");
        assert_near(&format!("{name}: {what}"), got, expected, 1e-6);
    };
    let iterations: Vec<f64> = report.iterations.iter().map(|n| *n as f64).collect();
    assert_eq!(iterations, numbers(&run_of["iterations"]), "{name}");
    near("initial MSD", report.msd_initial, &run_of["msd_initial"]);
    near("final MSD", report.msd_final, &run_of["msd_final"]);
    for (level, expected) in report
        .levels
        .iter()
        .zip(run_of["msd"].as_array().expect("levels"))
    {
        for (got, expected) in level.msd.iter().zip(numbers(expected)) {
            assert_near(
                &format!("{name}: MSD at {:?}", level.shape),
                *got,
                expected,
                1e-6,
            );
        }
    }
    let jacobian = &run_of["jacobian"];
    near("Jacobian min", report.jacobian.min, &jacobian["min"]);
    near("Jacobian max", report.jacobian.max, &jacobian["max"]);
    near("Jacobian mean", report.jacobian.mean, &jacobian["mean"]);
    assert_eq!(
        Some(report.jacobian.folded),
        jacobian["folded"].as_u64(),
        "{name}"
    );
    let points = points_every_8(&outcome.field(), shape(pair).len());
    let expected = numbers(&run_of["points_every_8"]);
    assert_eq!(points.len(), expected.len());
    for (got, expected) in points.into_iter().zip(expected) {
        assert!(
            (got - expected).abs() < 1e-5,
            "{name}: point {got}, not {expected}"
        );
    }
}

#[test]
fn sixteen_runs_on_formula_images_give_the_reference_numbers() {
    let golden = golden();
    let runs = golden["runs"].as_array().expect("runs");
    assert_eq!(runs.len(), 16);
    for run in runs {
        check(run, &golden);
    }
}

#[test]
fn single_precision_ends_where_double_does() {
    let golden = golden();
    let run_of = golden["runs"]
        .as_array()
        .and_then(|runs| runs.iter().find(|run| run["pair"] == "3d"))
        .expect("a 3D run");
    let pair = &golden["pairs"]["3d"];
    let (source, target) = (pair_image(pair, "source"), pair_image(pair, "target"));
    let outcome = run(&source, &target, Params::default()).expect("a run");
    let expected = run_of["msd_final"].as_f64().expect("a number");
    assert_near("final MSD", outcome.report().msd_final, expected, 1e-3);
}
