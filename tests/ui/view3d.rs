//! The 3D view: turning it, clicking in it, and its place among the views.

use crate::harness::{Window, click, drag, middle_of, with_sample};
use egui::vec2;
use egui_kittest::kittest::Queryable as _;

/// Which of the cursor's RAS coordinates a click beside the middle of the 3D view changes.
fn changed_by_click(window: &mut Window) -> [bool; 3] {
    let before = window.state().document().cursor().0;
    let at = middle_of(window, "3D view") + vec2(43.0, -31.0);
    click(window, at);
    let after = window.state().document().cursor().0;
    [0, 1, 2].map(|axis| (after[axis] - before[axis]).abs() > 1.0)
}

/// Looks at the patient's face.
fn look_from_the_front(window: &mut Window) {
    window
        .get_by_role_and_label(egui::accesskit::Role::Button, "View")
        .click();
    window.run_steps(2);
    window.get_by_label_contains("Fourth pane").click();
    window.run_steps(2);
    window.get_by_label("Look from the front").click();
    window.run_steps(3);
}

#[test]
fn a_click_on_the_coronal_plane_moves_the_cursor_within_it() {
    let mut window = with_sample();
    look_from_the_front(&mut window);
    assert_eq!(changed_by_click(&mut window), [true, false, true]);
}

#[test]
fn a_quarter_turn_brings_the_sagittal_plane_in_front() {
    let mut window = with_sample();
    look_from_the_front(&mut window);
    let at = middle_of(&window, "3D view");
    drag(&mut window, at, vec2(-180.0, 0.0));
    assert_eq!(changed_by_click(&mut window), [false, true, true]);
}

#[test]
fn a_click_on_the_top_of_the_cube_looks_down_on_the_axial_plane() {
    let mut window = with_sample();
    let cube = window.get_by_label("orientation cube").rect();
    click(&mut window, cube.center_top() + vec2(0.0, 14.0));
    assert_eq!(changed_by_click(&mut window), [true, true, false]);
}

#[test]
fn the_3d_view_can_be_enlarged_and_given_back() {
    let mut window = with_sample();
    window.get_by_label("Enlarge the 3D view").click();
    window.run_steps(3);
    assert!(window.query_by_label("axial view").is_none());
    assert!(window.get_by_label("3D view").rect().width() > 900.0);
    window
        .get_by_label("Show all views instead of the 3D one")
        .click();
    window.run_steps(3);
    assert!(window.query_by_label("axial view").is_some());
}

#[test]
fn the_fourth_pane_shows_facts_instead_when_asked() {
    let mut window = with_sample();
    assert!(window.query_by_label("Header and tags…").is_none());
    window.get_by_label("Facts in the fourth pane").click();
    window.run_steps(3);
    assert!(window.query_by_label("Header and tags…").is_some());
    assert!(window.query_by_label("3D view").is_none());
    window.get_by_label("3D in the fourth pane").click();
    window.run_steps(3);
    assert!(window.query_by_label("3D view").is_some());
}
