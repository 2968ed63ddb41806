//! Saving the selected image: where it goes, and what is asked.

use crate::harness::{Window, wait, wait_for, window_with};
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::path::Path;
use warpscope::app::{Picked, Startup};
use warpscope::io::{self, Report};
use warpscope::volume::VoxelType;

/// The sample study in a window whose file dialog answers `answer`.
fn sample_with(answer: Picked) -> Window {
    let startup = Startup {
        sample: true,
        ..Default::default()
    };
    let mut window = window_with(startup, answer);
    wait(&mut window, |app| app.document().layers().len() == 2);
    window.run_steps(3);
    window
}

/// Opens the save dialog and asks the system for the path.
fn browse(window: &mut Window) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::S);
    wait_for(window, "Browse…");
    window.get_by_label("Browse…").click();
    window.run_steps(3);
}

/// Saves with the path that the system's dialog answers.
fn save(window: &mut Window) {
    browse(window);
    wait_for(window, "Browse…");
    window.get_by_label("Save").click();
    window.run_steps(3);
}

fn wait_for_notice(window: &mut Window) -> String {
    wait(window, |app| {
        app.notice_texts()
            .iter()
            .any(|text| text.starts_with("Saved"))
    });
    window.state().notice_texts().pop().unwrap_or_default()
}

fn shape_in(path: &Path) -> Vec<usize> {
    let found = io::scan(&[path.to_owned()], &Report::silent()).expect("scans");
    found.images[0].shape.clone()
}

#[test]
fn the_selected_image_is_written_and_one_notice_says_where() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("pet.nii.gz");
    let mut window = sample_with(Picked::Paths(vec![path.clone()]));
    let pet = window
        .state()
        .document()
        .active()
        .expect("a layer")
        .volume
        .grid()
        .shape();
    save(&mut window);
    let text = wait_for_notice(&mut window);
    assert_eq!(text, format!("Saved Sample PET: {}", path.display()));
    assert_eq!(shape_in(&path), pet);
}

#[test]
fn a_file_that_is_there_is_replaced_only_after_a_question() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("pet.nii");
    std::fs::write(&path, b"something else").expect("a file");
    let mut window = sample_with(Picked::Paths(vec![path.clone()]));
    save(&mut window);
    wait_for(&mut window, "Replace");
    window.get_by_label("Cancel").click();
    window.run_steps(3);
    assert_eq!(std::fs::read(&path).expect("there"), b"something else");
    save(&mut window);
    wait_for(&mut window, "Replace");
    window.get_by_label("Replace").click();
    wait_for_notice(&mut window);
    assert_eq!(shape_in(&path).len(), 3);
}

#[test]
fn a_name_of_another_format_cannot_be_saved_and_the_endings_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("pet.png");
    let mut window = sample_with(Picked::Paths(vec![path.clone()]));
    browse(&mut window);
    wait_for(&mut window, "The name must end in one of .nii.gz");
    let button = window.get_by_label("Save");
    assert!(button.accesskit_node().is_disabled());
    assert!(!path.exists());
}

#[test]
fn without_a_system_dialog_our_own_proposes_a_name() {
    let mut window = sample_with(Picked::Unavailable);
    browse(&mut window);
    wait_for(&mut window, "Save as");
    let typed = window.get_by_role(egui::Role::TextInput).value();
    assert!(typed.is_some_and(|path| path.ends_with("/Sample PET.nii.gz")));
    window.get_by_label("Cancel").click();
    wait_for(&mut window, "Browse…");
    window.get_by_label("Cancel").click();
    window.run_steps(3);
    assert!(!window.state().is_busy());
}

/// Chooses `entry` of the list whose label begins with `list`.
fn choose(window: &mut Window, list: &str, entry: &str) {
    window.get_by_label_contains(list).click();
    window.run_steps(3);
    window.get_by_label(entry).click();
    window.run_steps(3);
}

#[test]
fn format_type_and_axes_are_chosen_and_the_file_holds_what_was_chosen() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = sample_with(Picked::Paths(vec![folder.path().join("ct.nii.gz")]));
    window.get_by_label("Layer Sample CT").click();
    window.run_steps(3);
    browse(&mut window);
    wait_for(&mut window, "Browse…");
    choose(&mut window, "Format:", "MetaImage (.mha)");
    choose(&mut window, "Voxel type to save:", "float32");
    wait_for(&mut window, "every value fits exactly");
    window.get_by_label_contains("Canonical order").click();
    window.run_steps(3);
    window.get_by_label("Save").click();
    wait_for_notice(&mut window);
    let path = folder.path().join("ct.mha");
    let found = io::scan(std::slice::from_ref(&path), &Report::silent()).expect("scans");
    let saved = io::load(&found.images[0], &Report::silent()).expect("reads");
    assert_eq!(saved.data().voxel_type(), VoxelType::F32);
    assert_eq!(saved.grid().orientation().to_code(), "RAS");
    let document = window.state().document();
    let main = &document.main().expect("an image").volume;
    let [nx, ny, _] = main.grid().shape();
    let value = saved.value([nx - 1 - 130, ny - 1 - 120, 60], 0, 0);
    assert_eq!(value, main.value([130, 120, 60], 0, 0));
}

#[test]
fn a_type_that_cannot_hold_the_values_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ct.nii");
    let mut window = sample_with(Picked::Paths(vec![path.clone()]));
    window.get_by_label("Layer Sample CT").click();
    window.run_steps(3);
    browse(&mut window);
    wait_for(&mut window, "Browse…");
    choose(&mut window, "Voxel type to save:", "uint8");
    wait_for(&mut window, "cannot hold the numbers");
    let button = window.get_by_label("Save");
    assert!(button.accesskit_node().is_disabled());
    assert!(!path.exists());
}

#[test]
fn a_dicom_series_goes_into_a_folder_and_other_files_there_are_safe() {
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("ct.nii.gz");
    let mut window = sample_with(Picked::Paths(vec![target]));
    window.get_by_label("Layer Sample CT").click();
    window.run_steps(3);
    let series = folder.path().join("ct");
    for _ in 0..2 {
        browse(&mut window);
        wait_for(&mut window, "Browse…");
        choose(&mut window, "Format:", "DICOM series (a folder)");
        window.get_by_label("Save").click();
        window.run_steps(3);
        if series.join("notes.txt").exists() {
            break;
        }
        wait_for_notice(&mut window);
        let files = std::fs::read_dir(&series).expect("a folder").count();
        assert_eq!(files, 140);
        std::fs::write(series.join("notes.txt"), "mine").expect("a file");
    }
    wait_for(&mut window, "Replace the series?");
    window.get_by_label("Replace").click();
    wait(&mut window, |app| {
        let last = app.notice_texts().pop().unwrap_or_default();
        last.contains("notes.txt, which is no DICOM file of warpscope's")
    });
    assert!(series.join("notes.txt").exists());
}
