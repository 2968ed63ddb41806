//! Saving the selected image: where it goes, and what is asked.

use crate::harness::{Window, wait, wait_for, window_with};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use std::path::Path;
use warpscope::app::{Picked, Startup};
use warpscope::io::{self, Report};

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

fn save(window: &mut Window) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::S);
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
fn a_name_of_another_format_is_refused_in_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("pet.png");
    let mut window = sample_with(Picked::Paths(vec![path.clone()]));
    // Refused so soon that no frame need see it being written.
    window.key_press_modifiers(Modifiers::COMMAND, Key::S);
    wait(&mut window, |app| !app.notice_texts().is_empty());
    let text = &window.state().notice_texts()[0];
    assert!(text.contains("ends in .nii or .nii.gz"), "{text}");
    assert!(!path.exists());
}

#[test]
fn without_a_system_dialog_our_own_proposes_a_name() {
    let mut window = sample_with(Picked::Unavailable);
    save(&mut window);
    wait_for(&mut window, "Save as");
    let typed = window.get_by_role(egui::Role::TextInput).value();
    assert!(typed.is_some_and(|path| path.ends_with("/Sample PET.nii.gz")));
    window.get_by_label("Cancel").click();
    window.run_steps(3);
    assert!(!window.state().is_busy());
}
