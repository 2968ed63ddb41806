//! The example workflow in assets/, run by Snakemake itself on a cohort made by formula.

use crate::dicom::write_series;
use crate::fixtures::{Nifti1, folder, read, shorts, write};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;
use tempfile::TempDir;

const SHAPE: [u16; 3] = [20, 18, 12];
const STEPS: [&str; 4] = ["centered", "resampled", "registered", "field"];

/// A ball without a sharp edge around `center`, in half HU above air.
fn ball(center: [f64; 3]) -> impl Fn([u16; 3]) -> u16 {
    move |voxel| {
        let offsets = voxel.map(f64::from).into_iter().zip(center);
        let distance: f64 = offsets.map(|(at, center)| (at - center).powi(2)).sum();
        (500.0 * (-distance / 16.0).exp()) as u16
    }
}

/// The same as NIfTI.
fn write_ball(folder: &TempDir, name: &str, center: [f64; 3]) {
    let [nx, ny, nz] = SHAPE;
    let mut header = Nifti1::new(&SHAPE.map(|n| n as i16), 4);
    header.float(112, 2.0).float(116, -1000.0);
    let ball = ball(center);
    let places = (0..nz).flat_map(|k| (0..ny).flat_map(move |j| (0..nx).map(move |i| [i, j, k])));
    let stored = places.map(|voxel| ball(voxel) as i16);
    write(folder, name, &header.with(shorts(stored)));
}

/// A template, a patient as NIfTI and one as a DICOM folder, and the file that names them.
fn cohort() -> TempDir {
    let folder = folder();
    write_ball(&folder, "template.nii", [10.0, 9.0, 6.0]);
    write_ball(&folder, "first one.nii", [11.0, 9.0, 6.0]);
    write_series(
        &folder.path().join("second"),
        SHAPE,
        ball([10.0, 10.0, 5.0]),
    );
    let config = serde_json::json!({
        "warpscope": env!("CARGO_BIN_EXE_warpscope"),
        "images": { "template": "../template.nii", "first": "../first one.nii", "second": "../second" },
        "reference": "template",
        "outside": -1000,
        "demons": "--levels 2 --max-iterations 30",
    });
    write(&folder, "config.json", config.to_string().as_bytes());
    folder
}

/// Runs the workflow and returns what Snakemake says.
fn run(snakemake: &str, cohort: &TempDir) -> String {
    let snakefile = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/workflow/Snakefile");
    let mut command = Command::new(snakemake);
    command
        .current_dir(cohort.path())
        .arg("--snakefile")
        .arg(snakefile);
    command.args("--configfile config.json --directory results --cores 2".split(' '));
    // Its caches belong to the test as well.
    command
        .env("HOME", cohort.path())
        .env("XDG_CACHE_HOME", cohort.path());
    let output = command.output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}");
    text
}

/// When each result was written, by its name such as `field/first.nii.gz`.
fn results(cohort: &TempDir) -> BTreeMap<String, SystemTime> {
    let mut results = BTreeMap::new();
    for step in STEPS.iter().chain(&["nifti", "report"]) {
        let folder = cohort.path().join("results").join(step);
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let time = entry
                .metadata()
                .and_then(|meta| meta.modified())
                .expect("a time");
            let name = entry.file_name().to_string_lossy().into_owned();
            results.insert(format!("{step}/{name}"), time);
        }
    }
    results
}

#[test]
fn the_example_workflow_registers_a_cohort_and_does_nothing_twice() {
    let named = std::env::var("WARPSCOPE_SNAKEMAKE");
    let snakemake = named.unwrap_or_else(|_| "snakemake".to_owned());
    if Command::new(&snakemake).arg("--version").output().is_err() {
        assert!(
            std::env::var_os("WARPSCOPE_REQUIRE_ALL").is_none(),
            "no {snakemake}"
        );
        println!("skipped: {snakemake} is not there; WARPSCOPE_SNAKEMAKE may name it");
        return;
    }
    let cohort = cohort();
    run(&snakemake, &cohort);
    let first = results(&cohort);
    // Three images as NIfTI, and for two of them four more and a report.
    assert_eq!(first.len(), 3 + 2 * 5, "{first:?}");
    let template = read(&cohort.path().join("template.nii")).expect("reads");
    for name in ["first", "second"] {
        let path = |step: &str| cohort.path().join(format!("results/{step}/{name}.nii.gz"));
        let warped = read(&path("registered")).expect("reads");
        assert!(warped.grid().same_as(template.grid()));
        assert_eq!(read(&path("field")).expect("reads").components(), 3);
        let report = cohort.path().join(format!("results/report/{name}.json"));
        let report: Value =
            serde_json::from_slice(&fs::read(report).expect("there")).expect("JSON");
        let msd = |key: &str| report[key].as_f64().expect("a number");
        assert!(msd("msd_final") < 0.1 * msd("msd_initial"), "{report}");
    }

    let said = run(&snakemake, &cohort);
    assert!(said.contains("Nothing to be done"), "{said}");
    assert_eq!(results(&cohort), first);

    fs::remove_file(cohort.path().join("results/resampled/second.nii.gz")).expect("removed");
    run(&snakemake, &cohort);
    let again = results(&cohort);
    let changed = again
        .iter()
        .filter(|(name, time)| first.get(*name) != Some(time));
    let changed: Vec<&str> = changed.map(|(name, _)| name.as_str()).collect();
    let followers = [
        "field/second.nii.gz",
        "registered/second.nii.gz",
        "report/second.json",
        "resampled/second.nii.gz",
    ];
    assert_eq!(changed, followers);
}
