//! `warpscope convert`, `crop`, `align-centers`, `header` and `resample` as programs.

use crate::fixtures::{Nifti1, affine, all_values, ct, folder, read, run, shorts, stderr, write};
use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::Path;
use warpscope::volume::VoxelType;

#[test]
fn converting_to_any_format_keeps_values_and_place() {
    let folder = folder();
    let input = ct(&folder, 1.0);
    let before = read(&input).expect("reads");
    for name in ["b.nii.gz", "b.mha", "b.mhd", "b.nrrd", "b.nhdr"] {
        let output = folder.path().join(name);
        let assert = run(&["convert", "--json"], &[&input, &output]).success();
        let json: Value = serde_json::from_slice(&assert.get_output().stdout).expect("JSON");
        assert_eq!(json["dtype"], "int16");
        assert_eq!(json["shape"], serde_json::json!([3, 4, 5]));
        let after = read(&output).expect("reads");
        assert_eq!(all_values(&after), all_values(&before), "{name}");
        assert_eq!(affine(&after), affine(&before), "{name}");
    }
}

#[test]
fn a_type_keeps_or_applies_the_rescale() {
    let folder = folder();
    let input = ct(&folder, 1.0);
    let stored = |name: &str, more: &[&str]| {
        let output = folder.path().join(name);
        run(&[&["convert"], more].concat(), &[&input, &output]).success();
        let volume = read(&output).expect("reads");
        assert_eq!(volume.value([0, 0, 0], 0, 0), Some(-24.0), "{name}");
        (
            volume.data().voxel_type(),
            volume.data().stored([0, 0, 0], 0, 0),
        )
    };
    let whole = stored("u.nii", &["--dtype", "uint8"]);
    assert_eq!(whole, (VoxelType::U8, Some(0.0)));
    let float = stored("f.nii", &["--dtype", "float32"]);
    assert_eq!(float, (VoxelType::F32, Some(-24.0)));
    let applied = stored("i.nii", &["--dtype", "int8", "--rescale", "apply"]);
    assert_eq!(applied, (VoxelType::I8, Some(-24.0)));
}

#[test]
fn what_cannot_be_held_or_named_is_refused_before_anything_is_written() {
    let folder = folder();
    let input = ct(&folder, 1.0);
    let output = folder.path().join("out.nii");
    let assert = run(
        &["convert", "--dtype", "uint8", "--rescale", "apply"],
        &[&input, &output],
    );
    let text = stderr(&assert.code(1));
    assert!(
        text.contains("from -24 to 35") && text.lines().count() == 1,
        "{text}"
    );
    let unknown = folder.path().join("out.xyz");
    run(&["convert"], &[&input, &unknown]).code(1);
    run(&["convert", "--dtype", "short"], &[&input, &output]).code(2);
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    fs::write(&output, "mine").expect("written");
    run(&["convert"], &[&input, &output]).code(1);
    assert_eq!(fs::read(&output).expect("there"), b"mine");
    run(&["convert", "--force"], &[&input, &output]).success();
}

#[test]
fn rounding_is_said() {
    let folder = folder();
    let header = Nifti1::new(&[2, 1, 1], 16);
    let voxels: Vec<u8> = [1.25f32, 2.0]
        .iter()
        .flat_map(|v| v.to_le_bytes())
        .collect();
    let input = write(&folder, "f.nii", &header.with(voxels));
    let output = folder.path().join("out.nii");
    let assert = run(&["convert", "--dtype", "int16"], &[&input, &output]).success();
    let text = stderr(&assert);
    assert!(
        text.contains("1 numbers were rounded") && text.contains("0.25"),
        "{text}"
    );
}

#[test]
fn canonical_axes_run_right_anterior_superior_and_voxels_stay_in_place() {
    let folder = folder();
    let input = ct(&folder, 1.0);
    let output = folder.path().join("ras.nii");
    run(&["convert", "--canonical"], &[&input, &output]).success();
    let after = read(&output).expect("reads");
    assert_eq!(after.grid().orientation().to_code(), "RAS");
    let before = read(&input).expect("reads");
    assert_eq!(after.value([2, 3, 0], 0, 0), before.value([0, 0, 0], 0, 0));
    assert_eq!(after.grid().center(), before.grid().center());
}

#[test]
fn cropping_moves_the_origin_unless_told_not_to() {
    let folder = folder();
    let input = ct(&folder, 1.0);
    let output = folder.path().join("box.nii");
    run(
        &["crop", "--x", "1:3", "--y", ":2", "--z", "2:"],
        &[&input, &output],
    )
    .success();
    let before = read(&input).expect("reads");
    let after = read(&output).expect("reads");
    assert_eq!(after.grid().shape(), [2, 2, 3]);
    assert_eq!(affine(&after).map(|row| row[3]), [89.5, 30.0, -549.0]);
    assert_eq!(after.data().voxel_type(), VoxelType::I16);
    assert_eq!(after.value([1, 1, 2], 0, 0), before.value([2, 1, 4], 0, 0));

    let kept = folder.path().join("kept.nii");
    let assert = run(&["crop", "--x", "1:3", "--keep-origin"], &[&input, &kept]).success();
    assert!(stderr(&assert).contains("origin was kept"));
    let kept = read(&kept).expect("reads");
    assert_eq!(affine(&kept), affine(&before));

    let outside = folder.path().join("outside.nii");
    let text = stderr(&run(&["crop", "--z", "2:6"], &[&input, &outside]).code(1));
    assert!(
        text.contains("2:6 along z") && text.contains("0:5"),
        "{text}"
    );
    run(&["crop", "--z", "x"], &[&input, &outside]).code(2);
    assert!(!outside.exists());
}

#[test]
fn aligned_centres_fall_together() {
    let folder = folder();
    let fixed = ct(&folder, 1.0);
    let moving = write(
        &folder,
        "m.nii",
        &Nifti1::new(&[7, 1, 2], 4).with(shorts(0..14)),
    );
    let output = folder.path().join("aligned.nii");
    let mut command = Command::cargo_bin("warpscope").expect("the program");
    command.arg("align-centers").arg("--fixed").arg(&fixed);
    command
        .arg("--moving")
        .arg(&moving)
        .arg(&output)
        .assert()
        .success();
    let [fixed, moving, aligned] =
        [&fixed, &moving, &output].map(|path| read(path).expect("reads"));
    let apart = aligned.grid().center().0 - fixed.grid().center().0;
    assert!(apart.norm() < 1e-4, "{apart}");
    assert_eq!(all_values(&aligned), all_values(&moving));
    assert_eq!(
        aligned.grid().direction_lps(),
        moving.grid().direction_lps()
    );
}

#[test]
fn the_sform_alone_may_place_an_image() {
    let folder = folder();
    let input = ct(&folder, 1.0);
    let output = folder.path().join("h.nii");
    let options = [
        "--qform-code",
        "0",
        "--sform-code",
        "4",
        "--set",
        "descrip=made up",
    ];
    let assert = run(
        &[&["header", "--json"], &options[..]].concat(),
        &[&input, &output],
    )
    .success();
    let json: Value = serde_json::from_slice(&assert.get_output().stdout).expect("JSON");
    assert_eq!(json["changes"]["descrip"]["after"], "made up");
    let [before, after] = [&input, &output].map(|path| read(path).expect("reads"));
    let nifti = after.meta().nifti.as_ref().expect("a header");
    assert_eq!(
        (&nifti.fields["sform_code"], &nifti.fields["qform_code"]),
        (&4.into(), &0.into())
    );
    assert_eq!(affine(&after), affine(&before));
    assert_eq!(all_values(&after), all_values(&before));

    // An image that had no codes gets the other one.
    let other = folder.path().join("h.mha");
    let again = folder.path().join("again.nii");
    run(&["convert"], &[&input, &other]).success();
    run(&["header", "--qform-code", "0"], &[&other, &again]).success();
    let again = read(&again).expect("reads");
    let nifti = again.meta().nifti.as_ref().expect("a header");
    assert_eq!(
        (&nifti.fields["sform_code"], &nifti.fields["qform_code"]),
        (&2.into(), &0.into())
    );
}

#[test]
fn origin_and_spacing_can_be_set_and_directions_stay() {
    let folder = folder();
    let input = ct(&folder, 1.0);
    let output = folder.path().join("h.nii");
    let options = ["--origin", "-1,2.5,3", "--spacing", "1,2,4"];
    run(&[&["header"], &options[..]].concat(), &[&input, &output]).success();
    let after = read(&output).expect("reads");
    let expected = [[-1., 0., 0., -1.], [0., -2., 0., 2.5], [0., 0., 4., 3.]];
    assert_eq!(affine(&after), expected);
}

#[test]
fn header_values_that_make_no_sense_are_refused() {
    let folder = folder();
    let input = ct(&folder, 1.0);
    let output = folder.path().join("h.nii");
    let cases: [&[&str]; 6] = [
        &["--sform-code", "0", "--qform-code", "0"],
        &["--sform-code", "9"],
        &["--set", "dim=7"],
        &["--set", "cal_max=high"],
        &["--spacing", "0,1,1"],
        &["--set", "aux_file=a name that is too long for the field"],
    ];
    for options in cases {
        let text = stderr(&run(&[&["header"], options].concat(), &[&input, &output]).code(1));
        assert_eq!(text.lines().count(), 1, "{options:?}: {text}");
    }
    run(&["header", "--set", "descrip"], &[&input, &output]).code(2);
    assert!(!output.exists());
}

#[test]
fn resampling_takes_the_other_grid_or_another_spacing() {
    let folder = folder();
    let input = ct(&folder, 1.0);
    let mut header = Nifti1::new(&[3, 4, 5], 2);
    header.rows([
        [-0.5, 0., 0., 89.5],
        [0., -0.75, 0., 30.],
        [0., 0., 2., -553.],
    ]);
    let like = write(&folder, "like.nii", &header.with([0; 60]));
    let output = folder.path().join("like-that.nii");
    let like_text = like.display().to_string();
    let options = ["resample", "--like", &like_text, "--outside", "-20"];
    run(&options, &[&input, &output]).success();
    let [before, after] = [&input, &output].map(|path| read(path).expect("reads"));
    assert_eq!(affine(&after), affine(&read(&like).expect("reads")));
    assert_eq!(after.data().voxel_type(), VoxelType::I16);
    assert_eq!(after.value([0, 1, 2], 0, 0), before.value([1, 1, 2], 0, 0));
    assert_eq!(after.value([2, 1, 2], 0, 0), Some(-20.0));

    let finer = folder.path().join("finer.nii");
    let options = [
        "resample",
        "--spacing",
        "0.25,0.75,2",
        "--interpolation",
        "cubic",
    ];
    run(&options, &[&input, &finer]).success();
    let finer = read(&finer).expect("reads");
    assert_eq!(finer.grid().shape(), [6, 4, 5]);
    assert!((finer.grid().center().0 - before.grid().center().0).norm() < 1e-4);

    let refused = folder.path().join("refused.nii");
    run(&["resample", "--spacing", "0,1,1"], &[&input, &refused]).code(1);
    run(
        &["resample", "--spacing", "1e-9,1e-9,1e-9"],
        &[&input, &refused],
    )
    .code(1);
    run(&["resample"], &[&input, &refused]).code(2);
    assert!(!refused.exists());
}

#[test]
fn outside_is_the_lowest_value_unless_another_is_given() {
    let folder = folder();
    let input = ct(&folder, 1.0);
    let mut header = Nifti1::new(&[2, 2, 2], 2);
    // Its second slice is beyond the last one of the image.
    header.rows([
        [-0.5, 0., 0., 90.],
        [0., -0.75, 0., 30.],
        [0., 0., 2., -545.],
    ]);
    let beyond = write(&folder, "beyond.nii", &header.with([0; 8]));
    let beyond = beyond.display().to_string();
    let resample = |name: &str, more: &[&str]| {
        let output = folder.path().join(name);
        let options = [&["resample", "--like", &beyond], more].concat();
        (run(&options, &[&input, &output]), output)
    };
    let value = |name: &str, more: &[&str]| {
        let (done, output) = resample(name, more);
        done.success();
        all_values(&read(&output).expect("reads"))[7]
    };
    assert_eq!(value("lowest.nii", &[]), -24.0);
    assert_eq!(value("given.nii", &["--outside", "5"]), 5.0);
    for beyond_the_type in ["70000", "nan"] {
        let (done, output) = resample("no.nii", &["--outside", beyond_the_type]);
        let told = stderr(&done.code(1));
        assert!(told.contains("int16, cannot hold"), "{told}");
        assert!(!output.exists());
    }
}

#[test]
fn a_grid_beside_the_image_is_refused_and_what_is_needed_stays() {
    let folder = folder();
    let input = ct(&folder, 1.0);
    let mut header = Nifti1::new(&[2, 2, 2], 2);
    header.rows([[1., 0., 0., 900.], [0., 1., 0., 0.], [0., 0., 1., 0.]]);
    let away = write(&folder, "away.nii", &header.with([0; 8]));
    let before = fs::read(&away).expect("reads");
    let like = ["resample", "--force", "--like", &away.display().to_string()];
    let output = folder.path().join("out.nii");
    let told = stderr(&run(&like, &[&input, &output]).code(1));
    assert!(told.contains("no voxel of the new image"), "{told}");
    let told = stderr(&run(&like, &[&input, &away]).code(1));
    assert!(told.contains("one of the inputs"), "{told}");
    assert_eq!(fs::read(&away).expect("reads"), before);
}

#[test]
fn the_forms_of_a_header_are_set_and_copied() {
    let folder = folder();
    let input = ct(&folder, 1.0);
    let changed = |name: &str, options: &[&str], input: &Path| {
        let output = folder.path().join(name);
        run(&[&["header"], options].concat(), &[input, &output]).success();
        let meta = read(&output).expect("reads").meta().nifti.clone();
        (output, meta.expect("a header"))
    };
    let rows = ["--set", "srow_x=-2,0,0,7", "--set", "srow_z=0,0,3,-1"];
    let codes = ["--qform-code", "1"];
    let (set, nifti) = changed("set.nii", &[&rows[..], &codes].concat(), &input);
    let sform = nifti.sform.expect("a code");
    assert_eq!((sform[(0, 0)], sform[(0, 3)]), (-2.0, 7.0));
    assert_eq!((sform[(1, 1)], sform[(2, 3)]), (-0.75, -1.0));
    let (_, nifti) = changed("q.nii", &["--copy-sform-to-qform"], &set);
    let [sform, qform] = [nifti.sform, nifti.qform].map(|form| form.expect("a code"));
    assert!((sform - qform).amax() < 1e-5 && sform[(0, 3)] == 7.0);
    let moved = ["--set", "srow_x=-2,0,0,99"];
    let (moved, _) = changed("moved.nii", &moved, &folder.path().join("q.nii"));
    let (_, nifti) = changed("s.nii", &["--copy-qform-to-sform"], &moved);
    assert!((nifti.sform.expect("a code")[(0, 3)] - 7.0).abs() < 1e-5);

    let output = folder.path().join("no.nii");
    for (options, said) in [
        (vec!["--set", "srow_x=1,2,3"], "four numbers"),
        (vec!["--set", "srow_x=0,0,0,0"], "lie in a plane"),
        (
            vec!["--set", "srow_x=1,0,0,0", "--sform-code", "0"],
            "above 0",
        ),
    ] {
        let text = stderr(&run(&[&["header"], &options[..]].concat(), &[&input, &output]).code(1));
        assert!(text.contains(said), "{text}");
    }
    let both = ["header", "--copy-sform-to-qform", "--copy-qform-to-sform"];
    run(&both, &[&input, &output]).code(2);
    assert!(!output.exists());
}
