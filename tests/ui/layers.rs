//! The layer list: what is shown, how, and undo.

use crate::harness::{self, drag, drop_files, wait, wait_for, window, with_sample, write_png};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use warpscope::app::App;
use warpscope::document::Window;
use warpscope::volume::{auto_window, summary};

#[test]
fn the_eye_hides_a_layer_and_undo_shows_it_again() {
    let mut window = with_sample();
    window.get_by_label("Show or hide Sample PET").click();
    window.run_steps(3);
    assert!(!window.state().document().layers()[1].display.visible);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(2);
    assert!(window.state().document().layers()[1].display.visible);
}

#[test]
fn undo_while_a_name_is_typed_is_the_text_fields() {
    let mut window = with_sample();
    window.key_press(Key::E);
    window.run_steps(2);
    let opacity = |window: &harness::Window| window.state().document().layers()[1].display.opacity;
    let changed = opacity(&window);
    window.key_press(Key::F2);
    window.run_steps(3);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(2);
    assert_eq!(opacity(&window), changed);
    window.key_press(Key::Escape);
    window.run_steps(3);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(2);
    assert!(opacity(&window) < changed);
}

#[test]
fn contrast_of_all_layers_follows_their_values_and_goes_back() {
    let mut window = with_sample();
    let ranges = |app: &App| -> Vec<Window> {
        let layers = app.document().layers().iter();
        layers.map(|layer| layer.display.window).collect()
    };
    let opened = ranges(window.state());
    let layers = window.state().document().layers().iter();
    let of_values: Vec<Window> = layers
        .map(|layer| auto_window(&layer.volume).into())
        .collect();
    assert_ne!(opened, of_values);
    window.key_press_modifiers(Modifiers::COMMAND, Key::J);
    wait(&mut window, |app| ranges(app) == of_values);
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::J);
    wait(&mut window, |app| ranges(app) == opened);
}

#[test]
fn full_contrast_reaches_from_the_lowest_to_the_highest_value() {
    let mut window = with_sample();
    let layers = window.state().document().layers();
    let [pet, ct] = [&layers[1], &layers[0]];
    let (untouched, range) = (ct.display.window, summary(&pet.volume));
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    wait_for(&mut window, "Search actions");
    window.event(egui::Event::Text("full contrast".to_owned()));
    window.run_steps(2);
    window.key_press(Key::Enter);
    let window_of = |app: &App, n: usize| app.document().layers()[n].display.window;
    let wanted = Window::new(range.min, range.max);
    wait(&mut window, |app| window_of(app, 1) == wanted);
    assert_eq!(window_of(window.state(), 0), untouched);
}

#[test]
fn q_and_e_change_the_opacity_of_overlays_by_five_percent() {
    let mut window = with_sample();
    let before = window.state().document().layers()[1].display.opacity;
    window.key_press(Key::E);
    window.run_steps(2);
    let after = window.state().document().layers()[1].display.opacity;
    assert!((after - before - 0.05).abs() < 1e-6);
    window.key_press(Key::Q);
    window.run_steps(2);
    assert!((window.state().document().layers()[1].display.opacity - before).abs() < 1e-6);
}

#[test]
fn closing_the_overlay_leaves_the_main_image() {
    let mut window = with_sample();
    window.key_press_modifiers(Modifiers::COMMAND, Key::W);
    window.run_steps(2);
    let document = window.state().document();
    assert_eq!(document.layers().len(), 1);
    assert_eq!(
        document.active().map(|l| l.name.as_str()),
        Some("Sample CT")
    );
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(2);
    assert_eq!(window.state().document().layers().len(), 2);
}

#[test]
fn a_typed_maximum_sets_the_window_on_enter() {
    let mut window = with_sample();
    window.get_by_label("maximum of Sample CT").click();
    window.run_steps(2);
    for digit in ["1", "0", "0", "0"] {
        window.event(egui::Event::Text(digit.to_owned()));
    }
    window.key_press(Key::Enter);
    window.run_steps(4);
    assert_eq!(
        window.state().document().layers()[0].display.window.max,
        1000.0
    );
}

/// The sample with its PET a second time, so that there is something to reorder.
fn with_two_overlays() -> harness::Window {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write_png(folder.path(), "flat.png", [20, 16]);
    let mut window = with_sample();
    drop_files(&mut window, &[path]);
    wait_for(&mut window, "Semi-transparent overlay");
    window
        .get_by_label_contains("Semi-transparent overlay")
        .click();
    window.run_steps(2);
    window.get_by_label("Open").click();
    wait(&mut window, |app| app.document().layers().len() == 3);
    window.run_steps(3);
    window
}

fn names(window: &harness::Window) -> Vec<String> {
    let layers = window.state().document().layers().iter();
    layers.map(|layer| layer.name.clone()).collect()
}

#[test]
fn a_card_dragged_above_another_changes_the_order_in_one_step() {
    let mut window = with_two_overlays();
    let before = names(&window);
    let from = window.get_by_label(&format!("Layer {}", before[2])).rect();
    let to = window.get_by_label("Layer Sample PET").rect();
    // Beside the controls, at the left edge of the cards.
    let (from, to) = (
        from.left_top() + egui::vec2(4.0, 4.0),
        to.left_top() + egui::vec2(4.0, 4.0),
    );
    drag(&mut window, from, to - from);
    assert_eq!(
        names(&window),
        [&before[0], &before[2], &before[1]].map(String::from)
    );
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(2);
    assert_eq!(names(&window), before);
}

#[test]
fn a_right_click_opens_the_menu_of_the_layer() {
    let mut window = with_sample();
    window.get_by_label("Layer Sample PET").click_secondary();
    window.run_steps(3);
    window.get_by_label("Show as separate image").click();
    window.run_steps(3);
    let role = window.state().document().layers()[1].role;
    assert_eq!(role, warpscope::document::Role::Additional);
}

#[test]
fn f2_renames_the_selected_layer_everywhere() {
    let mut window = with_sample();
    window.key_press(Key::F2);
    window.run_steps(3);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.event(egui::Event::Text("Uptake".to_owned()));
    window.run_steps(2);
    window.key_press(Key::Enter);
    window.run_steps(3);
    assert_eq!(names(&window), ["Sample CT", "Uptake"]);
    assert!(window.query_by_label("More for Uptake").is_some());
}

#[test]
fn a_layer_is_read_again_from_its_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write_png(folder.path(), "flat.png", [20, 16]);
    let mut window = window(warpscope::app::Startup::default());
    drop_files(&mut window, &[path]);
    wait(&mut window, |app| !app.document().is_empty());
    write_png(folder.path(), "flat.png", [30, 8]);
    window.get_by_label("More for flat").click();
    window.run_steps(3);
    window.get_by_label("Reload from file").click();
    wait(&mut window, |app| {
        let layers = app.document().layers();
        layers
            .iter()
            .any(|layer| layer.volume.grid().shape() == [30, 8, 1])
    });
    assert_eq!(names(&window), ["flat"]);
}

#[test]
fn brackets_step_through_images_and_w_hides_overlays() {
    let mut window = with_sample();
    window.key_press(Key::W);
    window.run_steps(2);
    assert!(!window.state().document().layers()[1].display.visible);
    window.get_by_label("Layer Sample PET").click_secondary();
    window.run_steps(3);
    window.get_by_label("Show as separate image").click();
    window.run_steps(3);
    let shown = |window: &harness::Window| {
        let ground = window.state().document().ground();
        ground.expect("an image").name.clone()
    };
    assert_eq!(shown(&window), "Sample PET");
    window.key_press(Key::OpenBracket);
    window.run_steps(2);
    assert_eq!(shown(&window), "Sample CT");
    window.key_press(Key::CloseBracket);
    window.run_steps(2);
    assert_eq!(shown(&window), "Sample PET");
}
