//! Reorient Image as the tutorial has it: codes, lists, preview, apply, undo, and workspaces.

use crate::harness::{Window, drop_files, wait, window_with, with_sample};
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::fs;
use std::path::Path;
use warpscope::app::{Picked, Startup};
use warpscope::geometry::Grid;

const SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

fn press(window: &mut Window, label: &str) {
    window.get_by_label(label).click();
    window.run_steps(3);
}

fn open(window: &mut Window) {
    press(window, "Tools");
    press(window, "Reorient image…");
}

/// Types into the code field, which has the keyboard when the panel opens.
fn type_code(window: &mut Window, code: &str) {
    window.get_by_label("New code, ITK-SNAP").focus();
    window.run_steps(2);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.event(Event::Text(code.to_owned()));
    window.run_steps(3);
}

fn grid(window: &Window) -> Grid {
    *window.state().document().grid().expect("an image")
}

fn code(window: &Window) -> String {
    grid(window).orientation().from_code()
}

fn until(window: &mut Window, wanted: &str) {
    wait(window, |app| {
        let grid = app.document().grid();
        grid.is_some_and(|grid| grid.orientation().from_code() == wanted)
    });
    window.run_steps(3);
}

fn is_disabled(window: &Window, label: &str) -> bool {
    window.get_by_label(label).accesskit_node().is_disabled()
}

#[test]
fn the_tutorials_asl_is_tried_out_applied_and_taken_back() {
    let mut window = with_sample();
    let document = window.state().document();
    let (before, cursor) = (grid(&window), document.cursor());
    let main = document.main().expect("an image");
    let (layer, ct) = (main.id, main.volume.clone());
    let pet = document.layers()[1].volume.clone();
    let value = |volume: &warpscope::volume::Volume| {
        let index = volume.grid().world_to_index(cursor);
        volume.value(index.nearest_voxel(volume.grid().shape())?, 0, 0)
    };
    open(&mut window);
    assert!(is_disabled(&window, "Apply"));
    type_code(&mut window, "asl");
    until(&mut window, "ASL");
    let document = window.state().document();
    assert_eq!(document.tried(), Some(layer));
    assert!(!document.is_unsaved(layer));
    press(&mut window, "Apply");
    wait(&mut window, |app| app.document().tried().is_none());
    window.run_steps(3);
    let document = window.state().document();
    let made = &document.main().expect("an image").volume;
    assert_eq!(made.grid().orientation().to_code(), "PIR");
    let [nx, ny, nz] = before.shape();
    assert_eq!(made.grid().shape(), [ny, nz, nx]);
    assert_eq!(value(made), value(&ct));
    assert!((document.cursor().0 - cursor.0).norm() < 1e-6);
    assert!(document.layers()[1].volume.shares_voxels_with(&pet));
    assert_eq!(document.layers()[1].volume.grid(), pet.grid());
    assert!(document.is_unsaved(layer));
    let notices = window.state().notice_texts();
    assert_eq!(
        notices,
        ["Sample CT: reoriented from RAI (LPS) to ASL (PIR)"]
    );
    assert!(window.query_by_label("New code, ITK-SNAP").is_none());
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(3);
    assert_eq!(grid(&window), before);
    assert!(!window.state().document().is_unsaved(layer));
}

#[test]
fn the_keyboard_alone_does() {
    let mut window = with_sample();
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::ALT, Key::R);
    window.run_steps(3);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.event(Event::Text("ASL".to_owned()));
    window.run_steps(2);
    window.key_press(Key::Enter);
    until(&mut window, "ASL");
    wait(&mut window, |app| !app.notice_texts().is_empty());
    assert_eq!(window.state().document().tried(), None);
}

#[test]
fn cancelling_shows_the_image_exactly_as_it_was() {
    let mut window = with_sample();
    window.key_press_modifiers(Modifiers::COMMAND, Key::ArrowUp);
    window.run_steps(2);
    let before = window.state().document().clone();
    open(&mut window);
    for (mode, wanted) in [("Reorient", "SPL"), ("Relabel", "PLI")] {
        let radio = match mode {
            "Reorient" => "Reorient (permute and flip voxels, world unchanged)",
            _ => "Relabel (change the header only, as ITK-SNAP)",
        };
        press(&mut window, radio);
        type_code(&mut window, wanted);
        until(&mut window, wanted);
    }
    window.key_press(Key::Escape);
    window.run_steps(4);
    let document = window.state().document();
    assert_eq!(document.grid(), before.grid());
    assert_eq!(document.cursor(), before.cursor());
    assert_eq!(document.view, before.view);
    let [now, then] = [document, &before].map(|d| &d.main().expect("an image").volume);
    assert!(now.shares_voxels_with(then));
    assert!(window.state().notice_texts().is_empty());
    assert!(window.query_by_label("Apply").is_none());
}

#[test]
fn what_is_wrong_with_a_code_is_said_beside_it_and_changes_nothing() {
    let mut window = with_sample();
    open(&mut window);
    for (typed, said) in [
        ("RRS", "R is there twice"),
        ("RLS", "R and L name one axis"),
        ("RAX", "X is not one of R L A P S I"),
        ("R", "three letters, such as RAI"),
    ] {
        type_code(&mut window, typed);
        let text = window.get_by_label(said).rect();
        let field = window.get_by_label("New code, ITK-SNAP").rect();
        assert!(text.left() >= field.right() && text.center().y < field.bottom());
        assert!(is_disabled(&window, "Apply"), "{typed}");
        assert_eq!(code(&window), "RAI", "{typed}");
    }
    window.key_press(Key::Enter);
    window.run_steps(3);
    assert_eq!(code(&window), "RAI");
    type_code(&mut window, "LAI");
    until(&mut window, "LAI");
    assert!(!is_disabled(&window, "Apply"));
}

#[test]
fn lists_and_reverse_buttons_always_make_an_orientation() {
    let mut window = with_sample();
    open(&mut window);
    press(&mut window, "Reverse the j axis");
    until(&mut window, "RPI");
    press(&mut window, "New i axis: Right to Left");
    let role = egui::accesskit::Role::Button;
    let entry = window.get_by_role_and_label(role, "Inferior to Superior");
    entry.click();
    // k lay there before and takes the place of i.
    until(&mut window, "IPR");
    let nibabel = window.get_by_label("New code, nibabel");
    assert_eq!(nibabel.accesskit_node().value().as_deref(), Some("SAL"));
    press(&mut window, "Preview in the views");
    wait(&mut window, |app| app.document().tried().is_none());
    assert_eq!(code(&window), "RAI");
}

#[test]
fn relabelling_moves_the_image_and_keeps_its_voxels() {
    let mut window = with_sample();
    let before = window
        .state()
        .document()
        .main()
        .expect("an image")
        .volume
        .clone();
    open(&mut window);
    press(&mut window, "Relabel (change the header only, as ITK-SNAP)");
    type_code(&mut window, "ASL");
    press(&mut window, "Apply");
    wait(&mut window, |app| !app.notice_texts().is_empty());
    let after = &window.state().document().main().expect("an image").volume;
    assert!(after.shares_voxels_with(&before));
    assert_eq!(after.grid().origin_lps(), before.grid().origin_lps());
    assert_eq!(after.grid().spacing(), before.grid().spacing());
    assert_eq!(after.grid().orientation().from_code(), "ASL");
    let notices = window.state().notice_texts();
    assert_eq!(
        notices,
        ["Sample CT: relabelled from RAI (LPS) to ASL (PIR)"]
    );
}

#[test]
fn an_overlay_can_be_chosen_and_the_main_image_stays() {
    let mut window = with_sample();
    open(&mut window);
    press(&mut window, "Image to reorient: Sample CT");
    press(&mut window, "Sample PET (overlay)");
    type_code(&mut window, "LPI");
    press(&mut window, "Apply");
    wait(&mut window, |app| !app.notice_texts().is_empty());
    let document = window.state().document();
    let codes: Vec<String> = document
        .layers()
        .iter()
        .map(|layer| layer.volume.grid().orientation().from_code())
        .collect();
    assert_eq!(codes, ["RAI", "LPI"]);
}

fn sample_saving_to(path: &Path) -> Window {
    let startup = Startup {
        sample: true,
        ..Default::default()
    };
    let mut window = window_with(startup, Picked::Paths(vec![path.to_owned()]));
    wait(&mut window, |app| app.document().layers().len() == 2);
    window.run_steps(3);
    window
}

#[test]
fn a_workspace_opens_with_the_orientation_it_was_saved_with() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("chest.warpscope");
    let mut window = sample_saving_to(&path);
    for (mode, code) in [
        ("Relabel (change the header only, as ITK-SNAP)", "LAI"),
        ("Reorient (permute and flip voxels, world unchanged)", "ASL"),
    ] {
        open(&mut window);
        press(&mut window, mode);
        type_code(&mut window, code);
        press(&mut window, "Apply");
        until(&mut window, code);
        wait(&mut window, |app| app.document().tried().is_none());
        window.run_steps(3);
    }
    let before = window.state().document().main().expect("an image").clone();
    let cursor = window.state().document().cursor();
    assert!(window.state().document().is_unsaved(before.id));
    let notices = window.state().notice_texts().len();
    window.key_press_modifiers(SHIFT, Key::S);
    wait(&mut window, |app| app.notice_texts().len() > notices);
    // Nothing would be lost now.
    assert!(!window.state().document().is_unsaved(before.id));
    let text = fs::read_to_string(&path).expect("a file");
    assert!(text.contains("\"reorientations\""), "{text}");
    window.key_press_modifiers(SHIFT, Key::W);
    window.run_steps(3);
    assert!(window.state().document().is_empty());
    drop_files(&mut window, &[path]);
    wait(&mut window, |app| app.document().layers().len() == 2);
    let document = window.state().document();
    let after = document.main().expect("an image");
    assert_eq!(after.volume.grid(), before.volume.grid());
    assert_eq!(
        after.volume.meta().reoriented,
        before.volume.meta().reoriented
    );
    assert_eq!(
        after.volume.value([5, 6, 7], 0, 0),
        before.volume.value([5, 6, 7], 0, 0)
    );
    assert_eq!(document.cursor(), cursor);
    assert!(!document.is_unsaved(after.id));
}
