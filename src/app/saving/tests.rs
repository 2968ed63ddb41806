//! Closing, quitting and saving what is unsaved.

use super::*;
use crate::app::{Ask, FilePicker, Picked, Startup};
use crate::document::Role;
use crate::phantom;
use crate::volume::Meta;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

struct Answer(PathBuf);

impl FilePicker for Answer {
    fn pick(&self, _ask: Ask, _start: &Path) -> Picked {
        Picked::Paths(vec![self.0.clone()])
    }
}

fn derived(volume: &Volume) -> Volume {
    volume.with_meta(Meta {
        name: "Warped".to_owned(),
        derived: true,
        ..Meta::default()
    })
}

/// A window with a main image and, selected, one that was computed; saving goes to `file`.
fn window(file: PathBuf) -> Harness<'static, App> {
    let mut window = Harness::builder()
        .with_size(egui::vec2(1280.0, 800.0))
        .build_eframe(|cc| App::new(cc, Arc::new(Answer(file)), Startup::default()));
    let (main, other) = phantom::cine_pair();
    let app = window.state_mut();
    app.edit(Command::OpenMain {
        volume: main,
        display: None,
    });
    app.edit(Command::AddLayer {
        volume: derived(&other),
        role: Role::Additional,
        display: None,
    });
    window.run_steps(3);
    window
}

fn wait(window: &mut Harness<'static, App>, done: impl Fn(&App) -> bool) {
    let start = Instant::now();
    while !done(window.state()) {
        assert!(start.elapsed() < Duration::from_secs(60), "waited in vain");
        window.step();
        std::thread::sleep(Duration::from_millis(5));
    }
    window.run_steps(3);
}

#[test]
fn closing_an_unsaved_layer_asks_and_can_be_done_all_the_same() {
    let mut window = window(PathBuf::new());
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::W);
    window.run_steps(3);
    assert_eq!(window.state().document.layers().len(), 2);
    window.get_by_label("Warped is not saved and would be lost.");
    window.get_by_label("Close without saving").click();
    window.run_steps(3);
    assert_eq!(window.state().document.layers().len(), 1);
}

#[test]
fn what_was_saved_closes_without_a_question() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("warped");
    let mut window = window(path.clone());
    window.get_by_label("Warped is not saved yet");
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::W);
    window.run_steps(3);
    window.get_by_label("Save…").click();
    window.run_steps(3);
    window.get_by_label("Browse…").click();
    window.run_steps(2);
    wait(&mut window, |app| app.dialog.is_some());
    window.get_by_label("Save").click();
    wait(&mut window, |app| !app.notice_texts().is_empty());
    let written = path.with_extension("nii.gz");
    assert!(written.is_file(), "{:?}", window.state().notice_texts());
    let text = format!("Saved Warped: {}", written.display());
    assert_eq!(window.state().notice_texts(), [text]);
    assert!(window.query_by_label("Warped is not saved yet").is_none());
    window.key_press_modifiers(
        egui::Modifiers::COMMAND | egui::Modifiers::SHIFT,
        egui::Key::W,
    );
    window.run_steps(3);
    assert!(window.state().document.is_empty());
}

#[test]
fn undo_of_another_edit_leaves_a_saved_layer_saved() {
    let mut window = window(PathBuf::new());
    let app = window.state_mut();
    let id = app.document.active().expect("a layer").id;
    let name = "Other".to_owned();
    app.edit(Command::Rename { layer: id, name });
    let volume = app.document.active().expect("a layer").volume.clone();
    app.edit(Command::MarkSaved { layer: id, volume });
    app.history.undo(&mut app.document);
    assert_eq!(app.document.active().expect("a layer").name, "Warped");
    assert!(!app.document.is_unsaved(id));
}

#[test]
fn closing_the_window_asks_for_what_is_unsaved() {
    let mut window = window(PathBuf::new());
    let viewport = egui::ViewportId::ROOT;
    let info = window.input_mut().viewports.entry(viewport).or_default();
    info.events.push(egui::ViewportEvent::Close);
    window.run_steps(3);
    window.get_by_label("Quit without saving");
}

#[test]
fn a_name_for_a_file_holds_no_separator() {
    let mut window = window(PathBuf::new());
    let app = window.state_mut();
    let id = app.document.active().expect("a layer").id;
    let name = "CT/PET".to_owned();
    app.edit(Command::Rename { layer: id, name });
    let file = app.proposed_file(id);
    assert_eq!(file.file_name().expect("a name"), "CT_PET.nii.gz");
}

#[test]
fn an_image_is_saved_where_it_came_from_and_a_computed_one_beside_the_main_image() {
    let [of_main, of_other] = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let mut window = window(PathBuf::new());
    let app = window.state_mut();
    app.settings.last_folder = Some(std::env::temp_dir());
    let (image, _) = phantom::cine_pair();
    let read = |name: &str, path: PathBuf| {
        image.with_meta(Meta {
            name: name.to_owned(),
            path: Some(path),
            ..Meta::default()
        })
    };
    app.edit(Command::OpenMain {
        volume: read("Lung", of_main.path().to_owned()),
        display: None,
    });
    for volume in [read("MR", of_other.path().join("MR.mha")), derived(&image)] {
        app.edit(Command::AddLayer {
            volume,
            role: Role::Additional,
            display: None,
        });
    }
    let layers = app.document.layers().iter();
    let proposed: Vec<PathBuf> = layers.map(|layer| app.proposed_file(layer.id)).collect();
    assert_eq!(
        proposed,
        [
            of_main.path().join("Lung.nii.gz"),
            of_other.path().join("MR.nii.gz"),
            of_main.path().join("Warped.nii.gz"),
        ]
    );
}
