//! The layer list: what is shown, how, and undo.

use crate::harness::with_sample;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

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
