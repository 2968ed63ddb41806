//! Opening files: drops, dialogs, questions, and what goes wrong.

use crate::harness::{drop_files, wait, window, window_with, with_sample, write_png};
use egui_kittest::kittest::Queryable as _;
use warpscope::app::{Picked, Startup};
use warpscope::document::Role;

#[test]
fn a_file_dropped_on_the_empty_window_becomes_the_main_image() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write_png(folder.path(), "ramp.png", [40, 30]);
    let mut window = window(Startup::default());
    drop_files(&mut window, &[path]);
    wait(&mut window, |app| !app.document().is_empty());
    let main = window.state().document().main().expect("a main image");
    assert_eq!(main.volume.grid().shape(), [40, 30, 1]);
}

#[test]
fn a_second_image_asks_for_its_role() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write_png(folder.path(), "ramp.png", [40, 30]);
    let mut window = with_sample();
    drop_files(&mut window, &[path]);
    wait(&mut window, warpscope::app::App::is_busy);
    for _ in 0..200 {
        if window.query_by_label("Semi-transparent overlay").is_some() {
            break;
        }
        window.step();
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    // A dialog finds its size in its first frames.
    window.run_steps(3);
    window.get_by_label("Semi-transparent overlay").click();
    window.run_steps(2);
    window.get_by_label("Open").click();
    window.run_steps(4);
    let layers = window.state().document().layers();
    assert_eq!(layers.len(), 3);
    assert_eq!(layers[2].role, Role::Overlay);
}

#[test]
fn several_files_dropped_at_once_all_open() {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = [
        write_png(folder.path(), "a.png", [20, 20]),
        write_png(folder.path(), "b.png", [20, 20]),
    ];
    let mut window = window(Startup::default());
    drop_files(&mut window, &paths);
    wait(&mut window, |app| !app.document().is_empty());
    window.run_steps(4);
    window.get_by_label("Open").click();
    window.run_steps(4);
    assert_eq!(window.state().document().layers().len(), 2);
}

#[test]
fn a_broken_file_is_one_sentence_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("broken.nii");
    std::fs::write(&path, b"this is no image at all").expect("a file");
    let mut window = with_sample();
    drop_files(&mut window, &[path]);
    wait(&mut window, |app| !app.notice_texts().is_empty());
    assert_eq!(window.state().document().layers().len(), 2);
    let text = &window.state().notice_texts()[0];
    assert!(
        text.contains("broken.nii") && !text.contains('\n'),
        "{text}"
    );
}

#[test]
fn without_a_system_dialog_our_own_opens() {
    let mut window = window_with(Startup::default(), Picked::Unavailable);
    window.get_by_label("Open main image…").click();
    for _ in 0..100 {
        window.step();
        std::thread::sleep(std::time::Duration::from_millis(5));
        if window.query_by_label("Open image").is_some() {
            return;
        }
    }
    panic!("no dialog opened");
}

#[test]
fn replacing_the_main_image_asks_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write_png(folder.path(), "ramp.png", [40, 30]);
    let mut window = window_with(
        Startup {
            sample: true,
            ..Default::default()
        },
        Picked::Paths(vec![path]),
    );
    wait(&mut window, |app| app.document().layers().len() == 2);
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::G);
    wait(&mut window, warpscope::app::App::is_busy);
    window.run_steps(3);
    assert_eq!(window.state().document().layers().len(), 2);
    window.get_by_label("Replace").click();
    wait(&mut window, |app| app.document().layers().len() == 1);
}
