//! DICOM series and the sample study, written by the program.

use crate::fixtures::{affine, all_values, ct, folder, read, run, stderr};
use assert_cmd::assert::Assert;
use serde_json::Value;
use std::fs;
use std::path::Path;
use warpscope::geometry::WorldPoint;
use warpscope::volume::{Interpolation, Modality, NoticeKind, sample};

fn json(assert: &Assert) -> Value {
    serde_json::from_slice(&assert.get_output().stdout).expect("JSON")
}

#[test]
fn a_folder_becomes_a_series_of_the_same_image() {
    let folder = folder();
    let input = ct(&folder, 2.0);
    let before = read(&input).expect("reads");
    let named = |name: &str| folder.path().join(name);
    fs::create_dir(named("there")).expect("a folder");
    let to_series: [(&str, &[&str]); 3] = [
        ("new/", &[]),
        ("there", &[]),
        ("no-ending", &["--format", "dicom"]),
    ];
    for (name, more) in to_series {
        let output = named(name);
        let arguments = [&["convert", "--json", "--modality", "CT"], more].concat();
        let told = json(&run(&arguments, &[&input, &output]).success());
        assert_eq!(
            (&told["format"], &told["dtype"]),
            (&"dicom".into(), &"int16".into())
        );
        let after = read(&output).expect("reads");
        assert_eq!(all_values(&after), all_values(&before), "{name}");
        assert_eq!(affine(&after), affine(&before), "{name}");
        assert_eq!(after.meta().modality, Modality::Ct);
        let again = run(&["convert"], &[&input, &output]).code(1);
        assert!(stderr(&again).contains("--force"), "{}", stderr(&again));
        run(
            &["convert", "--force", "--modality", "MR"],
            &[&input, &output],
        )
        .success();
        assert_eq!(read(&output).expect("reads").meta().modality, Modality::Mr);
    }
    let back = named("back.nii");
    run(&["convert"], &[&named("new"), &back]).success();
    assert_eq!(
        all_values(&read(&back).expect("reads")),
        all_values(&before)
    );
}

#[test]
fn a_name_without_a_folder_is_no_series_and_others_files_stay() {
    let folder = folder();
    let input = ct(&folder, 2.0);
    let named = |name: &str| folder.path().join(name);
    let plain = run(&["convert"], &[&input, &named("series")]).code(1);
    assert!(stderr(&plain).contains("ending"), "{}", stderr(&plain));
    let file = run(&["convert", "--modality", "CT"], &[&input, &named("a.nii")]).code(1);
    assert!(stderr(&file).contains("--modality"), "{}", stderr(&file));
    run(&["convert", "--modality", "US"], &[&input, &named("out/")]).code(2);
    let mine = run(&["convert", "--force"], &[&input, folder.path()]).code(1);
    assert!(stderr(&mine).contains("ct.nii"), "{}", stderr(&mine));
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
}

#[test]
fn the_sample_study_as_files_holds_its_true_motion() {
    let home = folder();
    let out = home.path().join("study");
    let told = json(&run(&["demo", "--json", "--write"], &[&out]).success());
    let parts = told["files"].as_array().expect("files");
    assert_eq!(parts.len(), 9);
    for part in parts {
        let path = part["path"].as_str().expect("a path");
        read(Path::new(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    for name in ["ct", "pet"] {
        let series = read(&out.join(name)).expect("reads");
        let file = read(&out.join(format!("{name}.nii.gz"))).expect("reads");
        assert!(series.grid().same_as(file.grid()), "{name}");
        let voxel = [60, 60, 50];
        let [a, b] = [&series, &file].map(|volume| volume.value(voxel, 0, 0).expect("inside"));
        assert!((a - b).abs() <= 1e-6 * a.abs(), "{name}: {a} {b}");
    }
    let pet = read(&out.join("pet")).expect("reads");
    assert_eq!(
        pet.meta().suv,
        warpscope::volume::Suv::Factor(75_000.0 / 200e6)
    );
    assert!(
        pet.meta()
            .notices
            .iter()
            .all(|notice| notice.kind != NoticeKind::Suv)
    );
    check_motion(&out);

    run(&["demo", "--write"], &[&out]).code(1);
    fs::write(out.join("mine.txt"), "mine").expect("a file");
    let kept = run(&["demo", "--force", "--write"], &[&out]).code(1);
    assert!(stderr(&kept).contains("mine.txt"), "{}", stderr(&kept));
}

/// exhale(x) = inhale(x + u(x)) inside the patient, u in LPS mm.
fn check_motion(out: &Path) {
    let [inhale, exhale, motion] = ["inhale", "exhale", "displacement"]
        .map(|name| read(&out.join(format!("{name}.nii.gz"))).expect("reads"));
    assert_eq!(motion.components(), 3);
    let [nx, ny, nz] = exhale.grid().shape();
    let (mut before, mut after) = (0.0, 0.0);
    for (i, j, k) in (0..nx).step_by(5).flat_map(|i| {
        (0..ny)
            .step_by(5)
            .flat_map(move |j| (0..nz).step_by(5).map(move |k| (i, j, k)))
    }) {
        let target = exhale.value([i, j, k], 0, 0).expect("inside");
        if target < -500.0 {
            continue;
        }
        let u = motion.values([i, j, k], 0).expect("inside");
        let index = warpscope::geometry::IndexPoint::new(i as f64, j as f64, k as f64);
        let mut place = exhale.grid().index_to_world(index);
        let at = |place: WorldPoint| {
            let index = inhale.grid().world_to_index(place);
            sample(&inhale, index, 0, 0, Interpolation::Linear)
        };
        let still = at(place);
        place.0 += nalgebra::Vector3::new(-u[0], -u[1], u[2]);
        // At its lower end the motion leads out of the image.
        if let (Some(still), Some(moved)) = (still, at(place)) {
            before += (still - target).powi(2);
            after += (moved - target).powi(2);
        }
    }
    assert!(after < 0.2 * before, "{before} {after}");
}

#[test]
fn one_series_of_a_folder_is_named_after_its_path() {
    let folder = folder();
    let study = folder.path().join("study#1");
    for (name, scale) in [("a", 2.0), ("b", 3.0)] {
        let input = ct(&folder, scale);
        let output = study.join(name);
        fs::create_dir_all(&output).expect("a folder");
        run(&["convert", "--modality", "CT"], &[&input, &output]).success();
    }
    let refused = stderr(&run(&["compare"], &[&study, &study]).code(1));
    assert!(refused.contains("PATH#SERIES"), "{refused}");
    let listed = json(&run(&["info", "--json"], &[&study]).success());
    let series = |n: usize| {
        let uid = listed["series"][n]["uid"].as_str();
        format!("{}#{}", study.display(), uid.expect("a UID"))
    };
    let [one, other] = [series(0), series(1)];
    let [one, other] = [Path::new(&one), Path::new(&other)];
    let msd = |first: &Path, second: &Path| {
        let told = json(&run(&["compare", "--json"], &[first, second]).success());
        told["similarity"]["msd"].as_f64().expect("a number")
    };
    assert_eq!(msd(one, one), 0.0);
    assert!(msd(one, other) > 0.0);
    let unknown = format!("{}#1.2.3", study.display());
    let refused = stderr(&run(&["compare"], &[Path::new(&unknown), one]).code(1));
    assert!(refused.contains("there is no series 1.2.3"), "{refused}");
}
