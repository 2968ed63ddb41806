//! Stacks with a gap: what is said of them, and the choices that are offered.

use crate::harness::{Window, drop_files, wait, wait_for, window};
use crate::study;
use egui_kittest::kittest::Queryable as _;
use std::fs;
use warpscope::volume::Volume;

/// The series without its slices 20 to 22, dropped on a window.
fn with_gap() -> (tempfile::TempDir, Window) {
    let folder = tempfile::tempdir().expect("a folder");
    study::write(folder.path());
    for k in 20..23 {
        fs::remove_file(folder.path().join(format!("{k:03}.dcm"))).expect("a slice");
    }
    let mut window = window(Default::default());
    drop_files(&mut window, &[folder.path().to_owned()]);
    wait(&mut window, |app| app.document().layers().len() == 1);
    window.run_steps(3);
    (folder, window)
}

fn main_image(window: &Window) -> &Volume {
    &window.state().document().main().expect("an image").volume
}

#[test]
fn a_gap_is_named_and_one_click_makes_the_steps_equal() {
    let (_folder, mut window) = with_gap();
    assert_eq!(main_image(&window).grid().shape()[2], 37);
    assert!(main_image(&window).meta().slice_positions.is_some());
    window.get_by_label("Regrid").click();
    wait(&mut window, |app| {
        let main = app.document().main().expect("an image");
        main.volume.grid().shape()[2] == 40
    });
    window.run_steps(3);
    let image = main_image(&window);
    assert!((image.grid().spacing()[2] - 3.0).abs() < 1e-6);
    // In the middle of the gap lies the mean of its two sides.
    let [before, between, after] = [19, 21, 23].map(|k| image.value([48, 48, k], 0, 0));
    let mean = (before.expect("a value") + after.expect("a value")) / 2.0;
    assert!((between.expect("a value") - mean).abs() <= 0.5);
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Z);
    window.run_steps(4);
    assert_eq!(main_image(&window).grid().shape()[2], 37);
}

#[test]
fn a_stack_is_split_at_its_gap_or_left_as_it_is() {
    let (_folder, mut window) = with_gap();
    window.get_by_label("As is").click();
    window.run_steps(3);
    assert!(window.query_by_label("Split").is_none());
    assert_eq!(window.state().document().layers().len(), 1);
    window.get_by_label("Tools").click();
    window.run_steps(3);
    window.get_by_label("Slices…").click();
    window.run_steps(3);
    wait_for(&mut window, "12.000 mm: slices 19 to 20");
    window.get_by_label("Split at the gaps").click();
    window.run_steps(3);
    window.get_by_label("Apply").click();
    wait(&mut window, |app| app.document().layers().len() == 3);
    let layers = window.state().document().layers();
    let counts = [1, 2].map(|n: usize| layers[n].volume.grid().shape()[2]);
    assert_eq!(counts, [20, 17]);
}
