//! Series written here and read back.

use crate::fixtures::{all_values, folder, read};
use nalgebra::{Matrix3, Matrix4, Rotation3, Vector3};
use ndarray::Array5;
use std::fs;
use std::path::Path;
use warpscope::geometry::{Grid, Orientation};
use warpscope::io::{
    DicomOptions, Forms, IoError, Report, WrittenSeries, verify_written, write_dicom_series,
};
use warpscope::volume::{
    Content, CropOrigin, DicomMeta, DicomTag, Linear, Meta, Modality, NoticeKind, ReorientMode,
    Rescale, Suv, TimeAxis, Volume, Voxel,
};

const SHAPE: [usize; 3] = [7, 5, 3];

/// Odd sizes, oblique, `f(n)` in the n-th voxel.
fn image<T: Voxel>(time_points: usize, meta: Meta, f: impl Fn(usize) -> T) -> Volume {
    let [nx, ny, nz] = SHAPE;
    let turn = Rotation3::from_euler_angles(0.3, -0.2, 0.9).into_inner();
    let grid = Grid::from_lps(SHAPE, [-12.5, 40.0, -300.75], turn, [0.7, 0.9, 2.5]);
    let data = (0..time_points * nz * ny * nx).map(f).collect();
    let array = Array5::from_shape_vec((time_points, nz, ny, nx, 1), data).expect("an array");
    let data = T::wrap(array);
    Volume::new(grid.expect("a grid"), data, Rescale::IDENTITY, meta).expect("a volume")
}

fn of(modality: Modality) -> Meta {
    Meta {
        name: "Made here".to_owned(),
        modality,
        ..Meta::default()
    }
}

fn rescaled(volume: &Volume, rescale: Rescale) -> Volume {
    let (grid, data) = (*volume.grid(), volume.data().clone());
    Volume::new(grid, data, rescale, volume.meta().clone()).expect("a volume")
}

fn write(volume: &Volume, folder: &Path) -> Result<WrittenSeries, IoError> {
    write_dicom_series(volume, folder, &DicomOptions::default(), &Report::silent())
}

/// Written, and read from the folder.
fn through_files(volume: &Volume) -> (WrittenSeries, Volume) {
    let home = folder();
    let out = home.path().join("series");
    let written = write(volume, &out).expect("written");
    verify_written(&written.volume, &out, &Report::silent()).expect("the same");
    (written, read(&out).expect("read"))
}

fn same_place(one: &Volume, other: &Volume) -> bool {
    (one.grid().affine() - other.grid().affine()).amax() < 1e-4
}

fn tag(volume: &Volume, name: &str) -> String {
    let dicom = volume.meta().dicom.as_ref().expect("DICOM");
    let line = dicom.tags.iter().find(|tag| tag.name == name);
    line.map(|tag| tag.value.clone()).unwrap_or_default()
}

#[test]
fn a_ct_keeps_its_numbers_its_rescale_and_its_place() {
    let linear = Linear {
        slope: 0.5,
        intercept: -1024.0,
    };
    let mut meta = of(Modality::Ct);
    meta.unit = "HU".to_owned();
    let ct = rescaled(&image(1, meta, |n| n as i16 - 50), Rescale::Uniform(linear));
    let (written, read) = through_files(&ct);
    assert!(written.notices.is_empty(), "{:?}", written.notices);
    assert_eq!(written.files.len(), SHAPE[2]);
    assert_eq!(all_values(&read), all_values(&ct));
    assert_eq!(*read.rescale(), Rescale::Uniform(linear));
    assert!(same_place(&read, &ct));
    assert_eq!(
        (read.meta().modality.clone(), read.meta().unit.as_str()),
        (Modality::Ct, "HU")
    );
    assert_eq!(tag(&read, "SOPClassUID"), "1.2.840.10008.5.1.4.1.1.2");
    assert_eq!(tag(&read, "ImageType"), "DERIVED\\PRIMARY\\AXIAL");
    assert_eq!(tag(&read, "SeriesDescription"), "Made here");
}

#[test]
fn bytes_and_large_unsigned_numbers_fit_and_larger_ones_are_scaled() {
    let (_, read) = through_files(&image(1, of(Modality::Mr), |n| n as u8));
    assert_eq!(all_values(&read)[104], 104.0);
    let (_, read) = through_files(&image(1, of(Modality::Mr), |n| 60_000 + n as u32));
    assert_eq!(all_values(&read)[104], 60_104.0);
    let (written, read) = through_files(&image(1, of(Modality::Mr), |n| 1000 * n as i32));
    assert_eq!(written.notices[0].kind, NoticeKind::TypeConverted);
    assert!((all_values(&read)[103] - 103_000.0).abs() <= 104_000.0 / 65_535.0 / 2.0);
}

#[test]
fn floats_are_scaled_within_the_error_that_is_told() {
    let value = |n: usize| (n as f32 * 0.37).sin() * 12.5;
    let mr = image(1, of(Modality::Mr), value);
    let (written, read) = through_files(&mr);
    let text = &written.notices[0].text;
    let told: f64 = text
        .rsplit(' ')
        .next()
        .and_then(|n| n.parse().ok())
        .expect("a number");
    let pairs = all_values(&read).into_iter().zip(all_values(&mr));
    let largest = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!((largest / told - 1.0).abs() < 1e-2, "{largest} {text}");
    assert!(told < 12.5 / 32767.0);
}

#[test]
fn a_pet_has_a_slope_for_each_slice_and_its_unit() {
    let mut meta = of(Modality::Pet);
    meta.unit = "Bq/ml".to_owned();
    let pet = image(1, meta, |n| (n as f32).powi(3) / 7.0);
    let (written, read) = through_files(&pet);
    let Rescale::PerSlice(slices) = read.rescale() else {
        panic!("one slope for all");
    };
    assert!(slices.iter().all(|linear| linear.intercept == 0.0) && slices[0] != slices[2]);
    assert_eq!(
        (tag(&read, "Units"), read.meta().unit.as_str()),
        ("BQML".to_owned(), "Bq/ml")
    );
    for (a, b) in all_values(&read).into_iter().zip(all_values(&pet)) {
        assert!((a - b).abs() < 2.5, "{a} {b}");
    }
    assert_eq!(written.notices.len(), 1);
    let kept = rescaled(
        &image(1, of(Modality::Pet), |n| n as u16),
        read.rescale().clone(),
    );
    assert_eq!(all_values(&through_files(&kept).1), all_values(&kept));
}

#[test]
fn a_left_handed_image_has_its_slices_in_the_other_order() {
    let volume = image(1, of(Modality::Mr), |n| n as i16);
    let mirrored = Matrix4::from_diagonal(&[-1.0, 1.0, 1.0, 1.0].into());
    let grid = Grid::new(SHAPE, mirrored * volume.grid().affine()).expect("a grid");
    let volume = volume.with_grid(grid).expect("the same shape");
    let (written, read) = through_files(&volume);
    assert_eq!(written.notices[0].kind, NoticeKind::Reoriented);
    assert_eq!(read.value([1, 2, 0], 0, 0), volume.value([1, 2, 2], 0, 0));
    let [a, b] = [(&read, 0.0), (&volume, 2.0)].map(|(volume, k)| {
        volume
            .grid()
            .index_to_world(warpscope::geometry::IndexPoint::new(1.0, 2.0, k))
            .0
    });
    assert!((a - b).norm() < 1e-4);
}

#[test]
fn a_tilted_gantry_is_kept_and_any_other_shear_refused() {
    let volume = image(1, of(Modality::Ct), |n| n as i16);
    let sheared = |by: Matrix3<f64>| {
        let mut affine = *volume.grid().affine();
        let turned = affine.fixed_view::<3, 3>(0, 0) * by;
        affine.fixed_view_mut::<3, 3>(0, 0).copy_from(&turned);
        volume
            .with_grid(Grid::new(SHAPE, affine).expect("a grid"))
            .expect("the same shape")
    };
    let tilted = sheared(Matrix3::new(1.0, 0.0, 0.0, 0.0, 1.0, 0.6, 0.0, 0.0, 1.0));
    let (written, read) = through_files(&tilted);
    assert!(written.notices.is_empty() && same_place(&read, &tilted));
    let crooked = sheared(Matrix3::new(1.0, 0.3, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0));
    let home = folder();
    let error = write(&crooked, &home.path().join("out"))
        .expect_err("refused")
        .to_string();
    assert!(
        error.contains("right angles") && error.contains("resample"),
        "{error}"
    );
    assert!(!home.path().join("out").exists());
}

#[test]
fn volumes_of_a_4d_image_keep_their_order_and_their_step() {
    for modality in [Modality::Mr, Modality::Pet] {
        let mut meta = of(modality);
        meta.time = Some(TimeAxis {
            step: 2.5,
            unit: "s".to_owned(),
        });
        let volume = image(4, meta, |n| n as i16);
        let (written, read) = through_files(&volume);
        assert_eq!(written.files.len(), 4 * SHAPE[2]);
        assert_eq!(all_values(&read), all_values(&volume));
        let time = read.meta().time.clone().expect("a time axis");
        assert_eq!((time.step, time.unit.as_str()), (2.5, "s"));
    }
}

#[test]
fn colour_and_unknown_scans_become_secondary_captures() {
    let [nx, ny, nz] = SHAPE;
    let bytes = (0..nx * ny * nz * 3).map(|n| n as u8).collect();
    let array = Array5::from_shape_vec((1, nz, ny, nx, 3), bytes).expect("an array");
    let mut meta = of(Modality::Unknown);
    meta.content = Content::Color;
    let grid = *image(1, meta.clone(), |n| n as u8).grid();
    let color = Volume::new(grid, u8::wrap(array), Rescale::IDENTITY, meta).expect("a volume");
    let (_, read) = through_files(&color);
    assert_eq!(all_values(&read), all_values(&color));
    assert!(same_place(&read, &color));
    let (written, read) = through_files(&image(1, of(Modality::Unknown), |n| n as i16));
    assert!(written.notices[0].text.contains("secondary captures"));
    assert_eq!(tag(&read, "SOPClassUID"), "1.2.840.10008.5.1.4.1.1.7");
}

fn listed(depth: usize, (group, element): (u16, u16), name: &str, value: &str) -> DicomTag {
    DicomTag {
        depth,
        group,
        element,
        vr: "LO".to_owned(),
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

#[test]
fn patient_study_and_dose_are_kept_and_the_series_is_new() {
    let mut meta = of(Modality::Pet);
    meta.unit = "Bq/ml".to_owned();
    meta.suv = Suv::Factor(70_000.0 / 350e6);
    meta.dicom = Some(DicomMeta {
        number: Some(4),
        tags: vec![
            listed(0, (0x0010, 0x0010), "PatientName", "Müller^Zoë"),
            listed(0, (0x0010, 0x0020), "PatientID", "17"),
            listed(0, (0x0010, 0x1030), "PatientWeight", "70"),
            listed(0, (0x0020, 0x000D), "StudyInstanceUID", "1.2.3.4"),
            listed(0, (0x0020, 0x000E), "SeriesInstanceUID", "1.2.3.5"),
            listed(0, (0x0020, 0x0052), "FrameOfReferenceUID", "1.2.3.6"),
            listed(0, (0x0020, 0x1040), "PositionReferenceIndicator", "XY"),
            listed(
                0,
                (0x0008, 0x1030),
                "StudyDescription",
                &format!("{} ...", "x".repeat(128)),
            ),
            listed(0, (0x0054, 0x1001), "Units", "BQML"),
            listed(0, (0x0054, 0x1102), "DecayCorrection", "ADMIN"),
            listed(
                0,
                (0x0054, 0x0016),
                "RadiopharmaceuticalInformationSequence",
                "1 item",
            ),
            listed(1, (0x0018, 0x1074), "RadionuclideTotalDose", "350000000"),
        ],
        ..DicomMeta::default()
    });
    let (written, read) = through_files(&image(1, meta, |n| n as u16));
    assert!(written.notices.is_empty(), "{:?}", written.notices);
    assert_eq!(tag(&read, "PatientName"), "Müller^Zoë");
    assert_eq!(tag(&read, "StudyInstanceUID"), "1.2.3.4");
    assert_eq!(tag(&read, "FrameOfReferenceUID"), "1.2.3.6");
    assert_eq!(tag(&read, "PositionReferenceIndicator"), "XY");
    assert!(tag(&read, "SeriesInstanceUID").starts_with("2.25."));
    assert_eq!(
        (tag(&read, "SeriesNumber"), tag(&read, "StudyDescription")),
        ("1004".to_owned(), String::new())
    );
    assert_eq!(read.meta().suv, Suv::Factor(70_000.0 / 350e6));
}

#[test]
fn a_folder_is_replaced_only_when_it_is_a_series_of_ours() {
    let home = folder();
    let out = home.path().join("out");
    let volume = image(1, of(Modality::Ct), |n| n as i16);
    let overwrite = |overwrite| {
        let options = DicomOptions {
            overwrite,
            modality: None,
        };
        write_dicom_series(&volume, &out, &options, &Report::silent())
    };
    overwrite(false).expect("written");
    assert!(matches!(overwrite(false), Err(IoError::Exists { .. })));
    overwrite(true).expect("replaced");
    fs::write(out.join("notes.txt"), "mine").expect("a file");
    let error = overwrite(true).expect_err("refused").to_string();
    assert!(error.contains("notes.txt"), "{error}");
    assert_eq!(fs::read_dir(&out).expect("a folder").count(), SHAPE[2] + 1);
    assert_eq!(fs::read_dir(home.path()).expect("a folder").count(), 1);
    fs::remove_file(out.join("notes.txt")).expect("removed");
    fs::write(out.join("0001.dcm"), super::bytes_of(super::slice(0.0, 1))).expect("a file");
    assert!(overwrite(true).is_err(), "a DICOM file of somebody else");
}

#[test]
fn what_dicom_cannot_hold_is_refused_before_anything_is_written() {
    let home = folder();
    let refused = |volume: &Volume| {
        let error = write(volume, &home.path().join("out"))
            .expect_err("refused")
            .to_string();
        assert_eq!(fs::read_dir(home.path()).expect("a folder").count(), 0);
        error
    };
    let nan = image(1, of(Modality::Mr), |n| if n == 3 { f32::NAN } else { 0.5 });
    assert!(refused(&nan).contains("not finite"));
    let flat = Grid::from_lps([1, 70_000, 1], [0.0; 3], Matrix3::identity(), [1.0; 3]);
    let array = Array5::from_elem((1, 1, 70_000, 1, 1), 0u8);
    let long = Volume::new(
        flat.expect("a grid"),
        u8::wrap(array),
        Rescale::IDENTITY,
        of(Modality::Ct),
    );
    assert!(refused(&long.expect("a volume")).contains("70000"));
    let missing = home.path().join("nowhere/out");
    let error = write(&image(1, of(Modality::Ct), |n| n as i16), &missing).expect_err("refused");
    assert!(error.to_string().contains("no such folder"));
}

#[test]
fn a_single_slice_keeps_its_thickness_and_direction() {
    let grid = Grid::from_lps(
        [3, 2, 1],
        [1.0, 2.0, 3.0],
        Matrix3::identity(),
        [0.5, 0.5, 4.0],
    );
    let array = Array5::from_shape_fn((1, 1, 2, 3, 1), |(_, _, j, i, _)| (10 * j + i) as i16);
    let slice = Volume::new(
        grid.expect("a grid"),
        i16::wrap(array),
        Rescale::IDENTITY,
        of(Modality::Mr),
    );
    let slice = slice.expect("a volume");
    let (_, read) = through_files(&slice);
    assert!(same_place(&read, &slice));
    assert_eq!(all_values(&read), all_values(&slice));
    let column = read.grid().direction_lps().column(2).into_owned();
    assert!((column - Vector3::z()).norm() < 1e-6);
}

#[test]
fn diffusion_weightings_of_the_volumes_are_kept() {
    let each = |(group, element), name: &str, value: &str| {
        listed(
            0,
            (group, element),
            &format!("{name} of each volume"),
            value,
        )
    };
    let mut meta = of(Modality::Mr);
    meta.dicom = Some(DicomMeta {
        tags: vec![
            listed(0, (0x0018, 0x0081), "EchoTime", "80"),
            each((0x0018, 0x9087), "DiffusionBValue", "0, 1000"),
            each(
                (0x0018, 0x9089),
                "DiffusionGradientOrientation",
                "0 0 0, 0.6 0 0.8",
            ),
        ],
        ..DicomMeta::default()
    });
    let (written, read) = through_files(&image(2, meta, |n| n as i16));
    assert!(written.notices.is_empty(), "{:?}", written.notices);
    assert_eq!(tag(&read, "DiffusionBValue of each volume"), "0, 1000");
    let directions = tag(&read, "DiffusionGradientOrientation of each volume");
    assert_eq!(directions, "0 0 0, 0.6 0 0.8");
    assert_eq!(tag(&read, "EchoTime"), "80");
}

#[test]
fn an_image_that_was_moved_leaves_its_frame_of_reference() {
    let tags = vec![
        listed(0, (0x0020, 0x000D), "StudyInstanceUID", "1.2.3.4"),
        listed(0, (0x0020, 0x0052), "FrameOfReferenceUID", "1.2.3.6"),
    ];
    let mut meta = of(Modality::Ct);
    meta.dicom = Some(DicomMeta {
        tags,
        ..DicomMeta::default()
    });
    let stays = image(1, meta, |n| n as i16);
    let crop = |origin| stays.cropped(&[1..4, 0..5, 0..3], origin).expect("inside");
    let ras = Orientation::parse_to("RAS").expect("a code");
    let mut forms = Forms::of(&stays);
    forms.sform_code = 1;
    let kept = [
        crop(CropOrigin::Moved),
        stays.reoriented(ReorientMode::Reorient, ras),
        forms.place(&stays).expect("placed"),
    ];
    forms.set_origin([1.0, 2.0, 3.0]);
    let moved = [
        stays.moved_by(Vector3::new(5.0, 0.0, 0.0)).expect("moved"),
        crop(CropOrigin::Kept),
        stays.reoriented(ReorientMode::Relabel, ras),
        forms.place(&stays).expect("placed"),
    ];
    let frame = |volume: &Volume| {
        let (_, read) = through_files(volume);
        assert_eq!(tag(&read, "StudyInstanceUID"), "1.2.3.4");
        tag(&read, "FrameOfReferenceUID")
    };
    assert!(kept.iter().all(|volume| frame(volume) == "1.2.3.6"));
    for volume in &moved {
        let frame = frame(volume);
        assert!(frame != "1.2.3.6" && !frame.is_empty(), "{frame}");
    }
}
