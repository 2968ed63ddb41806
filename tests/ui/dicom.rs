//! The tutorial's first half on a small DICOM study: a CT, and its PET on top.

use crate::harness::{Window, drop_files, wait, wait_for, window};
use egui_kittest::kittest::Queryable as _;
use std::path::PathBuf;
use warpscope::app::{Opening, RoleChoice, Startup};
use warpscope::document::{ColorMap, Role};

/// A folder of the shared study, or `None` with a printed line where it is not there.
fn study(folder: &str) -> Option<PathBuf> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/dicom"))
        .join("synthetic_thorax")
        .join(folder);
    if path.exists() {
        return Some(path);
    }
    let text = "skipped: ../shared/data is not there";
    assert!(
        std::env::var_os("WARPSCOPE_REQUIRE_ALL").is_none(),
        "{text}"
    );
    println!("{text}");
    None
}

fn opened(path: PathBuf) -> Window {
    let mut window = window(Startup {
        openings: vec![Opening::new(vec![path], RoleChoice::Main)],
        ..Default::default()
    });
    wait(&mut window, |app| app.document().main().is_some());
    window
}

#[test]
fn one_file_of_a_series_opens_the_whole_series() {
    let Some(folder) = study("CT_for_PET") else {
        return;
    };
    let window = opened(folder.join("IM0007.dcm"));
    let main = window.state().document().main().expect("a main image");
    assert_eq!(main.volume.grid().shape(), [128, 128, 44]);
    assert_eq!(main.name, "CT_for_PET");
}

#[test]
fn a_dropped_pet_is_proposed_as_a_hot_overlay() {
    let (Some(ct), Some(pet)) = (study("CT_for_PET"), study("PET")) else {
        return;
    };
    let mut window = opened(ct);
    drop_files(&mut window, &[pet]);
    wait_for(&mut window, "Semi-transparent overlay");
    window.get_by_label("Open").click();
    wait(&mut window, |app| app.document().layers().len() == 2);
    let layer = &window.state().document().layers()[1];
    assert_eq!(layer.role, Role::Overlay);
    assert_eq!(layer.display.map, ColorMap::Hot);
    assert_eq!(layer.volume.grid().shape(), [100, 100, 40]);
}

#[test]
fn a_folder_of_several_series_shows_the_list_and_opens_the_marked_one() {
    let Some(folder) = study("") else {
        return;
    };
    let mut window = window(Startup::default());
    drop_files(&mut window, &[folder]);
    wait_for(&mut window, "Which images shall be opened?");
    window.get_by_label("exhale_BH_CT").click();
    window.run_steps(3);
    window.get_by_label("Open").click();
    wait(&mut window, |app| app.document().main().is_some());
    let main = window.state().document().main().expect("a main image");
    assert_eq!(main.name, "exhale_BH_CT");
}

#[test]
fn two_folders_dropped_at_once_both_open() {
    let (Some(ct), Some(pet)) = (study("CT_for_PET"), study("PET")) else {
        return;
    };
    let mut window = window(Startup::default());
    drop_files(&mut window, &[ct, pet]);
    wait_for(&mut window, "Semi-transparent overlay");
    assert_eq!(window.state().document().layers().len(), 1);
    window.get_by_label("Open").click();
    wait(&mut window, |app| app.document().layers().len() == 2);
}
