//! What a newcomer sees.

use crate::harness::{Window, drop_files, wait, wait_for, window, with_sample, write_png};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use std::path::{Path, PathBuf};
use warpscope::app::{Opening, RoleChoice, Startup};
use warpscope::document::Role;

#[test]
fn an_empty_window_says_what_to_do() {
    let window = window(Startup::default());
    assert!(
        window
            .query_by_label_contains("Drop a DICOM folder")
            .is_some()
    );
    assert!(
        window
            .query_by_label_contains("Open sample study")
            .is_some()
    );
}

#[test]
fn the_sample_study_is_a_ct_with_its_pet_on_top() {
    let window = with_sample();
    let layers = window.state().document().layers();
    assert_eq!(layers[0].role, Role::Main);
    assert_eq!(layers[0].volume.grid().shape(), [256, 256, 140]);
    assert_eq!(layers[1].role, Role::Overlay);
    assert_eq!(layers[1].volume.meta().unit, "Bq/ml");
}

#[test]
fn the_sample_opens_from_the_start_screen() {
    let mut window = window(Startup::default());
    window.get_by_label_contains("Open sample study").click();
    wait(&mut window, |app| app.document().layers().len() == 2);
}

fn remembering(folder: &Path) -> Window {
    window(Startup {
        data_folder: Some(folder.join("recent")),
        ..Default::default()
    })
}

/// Opens a picture in a window that remembers it, and waits until it is remembered.
fn open_once(folder: &Path, name: &str) -> PathBuf {
    let path = write_png(folder, name, [40, 30]);
    let mut window = remembering(folder);
    drop_files(&mut window, std::slice::from_ref(&path));
    let list = folder.join("recent/recent.json");
    wait(&mut window, |_| {
        std::fs::read_to_string(&list).is_ok_and(|text| text.contains(name))
    });
    path
}

#[test]
fn what_was_open_is_found_on_the_next_start_and_opens_again() {
    let folder = tempfile::tempdir().expect("a folder");
    open_once(folder.path(), "first.png");
    open_once(folder.path(), "second.png");
    let mut window = remembering(folder.path());
    wait_for(&mut window, "Open first, 40 × 30");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num1);
    wait(&mut window, |app| !app.document().is_empty());
    let main = window.state().document().main().expect("a main image");
    assert_eq!(main.name, "second");
}

#[test]
fn what_is_forgotten_leaves_no_name_and_no_picture() {
    let folder = tempfile::tempdir().expect("a folder");
    open_once(folder.path(), "first.png");
    open_once(folder.path(), "second.png");
    let kept = folder.path().join("recent");
    let pictures = || {
        let files = std::fs::read_dir(&kept).expect("a folder").flatten();
        let is_png = |path: &PathBuf| path.extension().is_some_and(|e| e == "png");
        files.map(|file| file.path()).filter(is_png).count()
    };
    assert_eq!(pictures(), 2);
    let mut window = remembering(folder.path());
    wait_for(&mut window, "Forget first");
    window.get_by_label("Forget first").click();
    wait(&mut window, |_| pictures() == 1);
    window.get_by_label("Forget all").click();
    wait(&mut window, |_| pictures() == 0);
    let list = std::fs::read_to_string(kept.join("recent.json")).expect("a list");
    assert!(!list.contains("second"), "{list}");
    assert!(folder.path().join("second.png").is_file());
}

#[test]
fn nothing_is_remembered_when_the_user_wants_no_list() {
    let folder = tempfile::tempdir().expect("a folder");
    open_once(folder.path(), "first.png");
    let mut window = remembering(folder.path());
    wait_for(&mut window, "Forget first");
    window.get_by_label("Keep this list").click();
    wait_for(&mut window, "No list of recent images is kept.");
    let path = write_png(folder.path(), "second.png", [40, 30]);
    drop_files(&mut window, &[path]);
    wait(&mut window, |app| !app.document().is_empty());
    window.run_steps(10);
    let list = std::fs::read_to_string(folder.path().join("recent/recent.json")).expect("a list");
    assert_eq!(list.trim(), "[]");
}

#[test]
fn an_entry_whose_file_is_gone_says_so_and_is_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = open_once(folder.path(), "first.png");
    std::fs::remove_file(path).expect("removed");
    let mut window = remembering(folder.path());
    wait_for(&mut window, "Open first, The file is gone");
    window.get_by_label("Open first, The file is gone").click();
    wait(&mut window, |app| !app.notice_texts().is_empty());
    let notices = window.state().notice_texts();
    assert!(notices[0].contains("no such file"), "{notices:?}");
}

#[cfg(unix)]
#[test]
fn names_and_pictures_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    open_once(folder.path(), "first.png");
    let kept = std::fs::metadata(folder.path().join("recent")).expect("a folder");
    assert_eq!(kept.permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_narrow_window_has_everything_one_below_the_other() {
    let mut window = window(Startup::default());
    window.set_size(egui::vec2(800.0, 560.0));
    window.run_steps(4);
    window.get_by_label("Demons…").click();
    window.run_steps(4);
    let left = window.get_by_label_contains("Open sample study").rect();
    let drop = window.get_by_label_contains("Drop a DICOM folder").rect();
    assert!(drop.top() > left.bottom(), "{left:?} {drop:?}");
}

#[test]
fn an_image_opened_beside_another_is_found_again_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = ["first.png", "second.png"].map(|name| write_png(folder.path(), name, [40, 30]));
    let mut window = window(Startup {
        openings: vec![Opening::new(paths.to_vec(), RoleChoice::Additional)],
        data_folder: Some(folder.path().join("recent")),
        ..Default::default()
    });
    let list = folder.path().join("recent/recent.json");
    wait(&mut window, |_| {
        let text = std::fs::read_to_string(&list).unwrap_or_default();
        ["first.png", "second.png"]
            .iter()
            .all(|name| text.contains(name))
    });
    let names: Vec<&str> = window
        .state()
        .document()
        .layers()
        .iter()
        .map(|layer| layer.name.as_str())
        .collect();
    assert_eq!(names, ["first", "second"]);
}
