//! The 29 recorded runs of the course's own program on its cine MR frames.

use super::{assert_near, numbers, reference_params, run};
use crate::fixtures;
use serde_json::Value;
use std::path::{Path, PathBuf};
use warpscope::volume::Volume;

/// The folder beside the project, or `None` with a line when it may be missing.
fn shared() -> Option<PathBuf> {
    let shared = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared"));
    if shared.join("golden/cine_mr.json").exists() {
        return Some(shared.to_owned());
    }
    assert!(
        std::env::var_os("WARPSCOPE_REQUIRE_ALL").is_none(),
        "../shared/golden is missing"
    );
    println!("skipped: ../shared/golden is missing");
    None
}

fn frame(shared: &Path, number: &Value) -> Volume {
    let name = format!("data/registration/cine_mr/cine_MR_{number}.png");
    fixtures::read(&shared.join(name)).expect("a frame")
}

fn check(shared: &Path, recorded: &Value) {
    let name = format!("{}", recorded["name"]);
    let source = frame(shared, &recorded["source"]);
    let target = frame(shared, &recorded["target"]);
    let params = reference_params(&recorded["params"]);
    let outcome = run(&source, &target, params).expect("a run");
    let report = outcome.report();
    let number = |value: &Value| value.as_f64().expect("a number");
    assert_near(
        &name,
        report.msd_initial,
        number(&recorded["initial_msd"]),
        1e-5,
    );
    for (level, expected) in report
        .levels
        .iter()
        .zip(recorded["levels"].as_array().expect("levels"))
    {
        let expected = numbers(&expected["msd"]);
        assert_eq!(
            level.msd.len() - 1,
            expected.len(),
            "{name} {:?}",
            level.shape
        );
        for (got, expected) in level.msd[1..].iter().zip(expected) {
            assert_near(&format!("{name} {:?}", level.shape), *got, expected, 1e-3);
        }
    }
    assert_near(
        &name,
        report.msd_final,
        number(&recorded["final_msd"]),
        1e-3,
    );
    let jacobian = &recorded["jacobian"];
    assert_near(&name, report.jacobian.min, number(&jacobian["min"]), 1e-2);
    assert_near(&name, report.jacobian.max, number(&jacobian["max"]), 1e-2);
    check_field(&name, &outcome.field(), recorded);
}

/// The samples lie at 8, 24, ..., 120 with y up; the field is on the picture's grid, j down.
fn check_field(name: &str, field: &Volume, recorded: &Value) {
    let rows = |key: &str| recorded[key].as_array().expect("rows").clone();
    for (a, (xs, ys)) in rows("def_field_x_8x8")
        .iter()
        .zip(rows("def_field_y_8x8"))
        .enumerate()
    {
        for (b, (x, y)) in numbers(xs).into_iter().zip(numbers(&ys)).enumerate() {
            let (i, up) = (8 + 16 * a, 8 + 16 * b);
            let u = field.values([i, 127 - up, 0], 0).expect("inside");
            assert_near(name, i as f64 + u[0], x, 1e-3);
            assert_near(name, up as f64 - u[1], y, 1e-3);
        }
    }
}

#[test]
fn the_recorded_runs_on_cine_frames_are_repeated() {
    let Some(shared) = shared() else { return };
    let golden = std::fs::read_to_string(shared.join("golden/cine_mr.json")).expect("the file");
    let golden: Value = serde_json::from_str(&golden).expect("the recorded runs");
    let runs = golden["runs"].as_array().expect("runs");
    assert_eq!(runs.len(), 29);
    for recorded in runs {
        check(&shared, recorded);
    }
}
