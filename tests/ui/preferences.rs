//! The user's choices, and the search of actions.

use crate::harness::{Window, wait, wait_for, window, with_sample};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use warpscope::app::{App, Startup};
use warpscope::document::{self, initial_display};
use warpscope::volume::{Interpolation, auto_window};

fn click(window: &mut Window, label: &str) {
    window.get_by_label(label).click();
    window.run_steps(3);
}

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    window.run_steps(3);
}

fn open_preferences(window: &mut Window) {
    press(window, Modifiers::COMMAND, Key::Comma);
    wait_for(window, "Preferences");
}

/// Asks for other keys for "Count indices from 1".
fn press_for_counting(window: &mut Window) {
    click(window, "Keys");
    window.get_by_label("Find an action").focus();
    window.run_steps(2);
    window.event(egui::Event::Text("count".to_owned()));
    window.run_steps(3);
    click(window, "Keys of Count indices from 1");
}

fn counts_from_one(window: &Window) -> bool {
    window.query_by_label("Index (1…)").is_some()
}

#[test]
fn an_action_is_found_by_typing_and_done_by_enter() {
    let mut window = with_sample();
    assert!(window.query_by_label("sagittal view").is_some());
    press(&mut window, Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    wait_for(&mut window, "Search actions");
    for letters in ["axial", " view"] {
        window.event(egui::Event::Text(letters.to_owned()));
        window.run_steps(2);
    }
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert!(window.query_by_label("axial view").is_some());
    assert!(window.query_by_label("sagittal view").is_none());
    assert!(!window.state().is_busy(), "the list is still open");
}

#[test]
fn arrow_keys_choose_among_the_actions_found() {
    let mut window = with_sample();
    press(&mut window, Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    wait_for(&mut window, "Search actions");
    // Axial, sagittal, coronal view stand in this order.
    window.event(egui::Event::Text("view alone".to_owned()));
    window.run_steps(2);
    press(&mut window, Modifiers::NONE, Key::ArrowDown);
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert!(window.query_by_label("sagittal view").is_some());
    assert!(window.query_by_label("axial view").is_none());
}

#[test]
fn the_light_theme_is_taken_over_at_once() {
    let mut window = with_sample();
    assert_eq!(window.ctx.theme(), egui::Theme::Dark);
    open_preferences(&mut window);
    click(&mut window, "Theme: dark");
    click(&mut window, "light");
    assert_eq!(window.ctx.theme(), egui::Theme::Light);
    assert!(window.query_by_label("Theme: light").is_some());
}

#[test]
fn keys_make_the_interface_larger_and_give_it_its_usual_size_back() {
    let mut window = window(Startup::default());
    press(&mut window, Modifiers::COMMAND, Key::Plus);
    // Where plus is a shifted key.
    let shifted = Modifiers::COMMAND | Modifiers::SHIFT;
    press(&mut window, shifted, Key::Plus);
    assert_eq!(window.ctx.zoom_factor(), 1.5);
    for _ in 0..9 {
        press(&mut window, Modifiers::COMMAND, Key::Minus);
    }
    assert_eq!(window.ctx.zoom_factor(), 0.75, "smaller than can be read");
    press(&mut window, Modifiers::COMMAND, Key::Num0);
    assert_eq!(window.ctx.zoom_factor(), 1.0);
}

#[test]
fn an_action_gets_the_keys_that_are_pressed_for_it() {
    let mut window = with_sample();
    open_preferences(&mut window);
    press_for_counting(&mut window);
    // These were those of "Centre on cursor".
    press(&mut window, Modifiers::NONE, Key::C);
    click(&mut window, "Close");
    assert!(!counts_from_one(&window));
    press(&mut window, Modifiers::NONE, Key::C);
    assert!(counts_from_one(&window));
}

#[test]
fn ctrl_alone_is_not_taken_for_the_keys_of_an_action() {
    let mut window = with_sample();
    open_preferences(&mut window);
    press_for_counting(&mut window);
    window.key_press_modifiers(Modifiers::COMMAND, Key::ControlLeft);
    window.run_steps(2);
    // As a keyboard sends it, and what "Open main image" has.
    let pressed = Modifiers::COMMAND | Modifiers::CTRL;
    press(&mut window, pressed, Key::G);
    click(&mut window, "Close");
    press(&mut window, pressed, Key::G);
    assert!(counts_from_one(&window));
    assert!(!window.state().is_busy(), "a file dialog is open");
}

#[test]
fn enter_in_a_field_does_not_close_the_preferences() {
    let mut window = with_sample();
    open_preferences(&mut window);
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert!(window.query_by_label("Preferences").is_some());
}

#[test]
fn new_images_begin_as_the_user_wants_them() {
    let mut window = window(Startup::default());
    open_preferences(&mut window);
    click(&mut window, "Images");
    click(&mut window, "from 0.5 to 99.5 % of the values");
    click(&mut window, "Voxels: blended with their neighbours");
    click(&mut window, "as blocks");
    click(&mut window, "Colours of overlays: by modality");
    click(&mut window, "Viridis");
    click(&mut window, "Close");
    window.get_by_label_contains("Open sample study").click();
    wait(&mut window, |app: &App| app.document().layers().len() == 2);
    let [ct, pet] = window.state().document().layers() else {
        panic!("two images");
    };
    let quantiles = document::Window::from(auto_window(&ct.volume));
    assert_eq!(ct.display.window, quantiles);
    assert_ne!(initial_display(&ct.volume, false).window, quantiles);
    assert_eq!(ct.display.interpolation, Interpolation::Nearest);
    assert_eq!(pet.display.interpolation, Interpolation::Nearest);
    assert_eq!(pet.display.map.name(), "Viridis");
    assert_ne!(ct.display.map.name(), "Viridis");
}
