//! Ruler, region and profile, drawn with the mouse.

use crate::harness::{
    Window, button, drag, middle_of, wait, wait_for, window, with_sample, write_png,
};
use egui::{Event, Key, Modifiers, Vec2, vec2};
use egui_kittest::kittest::Queryable as _;
use warpscope::app::{Opening, RoleChoice, Startup};
use warpscope::document::{Measurement, MeasurementKind, Plane, region_voxels};

fn items(window: &Window) -> &[Measurement] {
    window.state().document().measurements()
}

fn points_per_mm(window: &Window) -> f64 {
    let document = window.state().document();
    document.view.planes[0].zoom.expect("a zoom")
}

/// The sample with a zoom of its own and a tool taken by its key.
fn with_tool(key: Key) -> Window {
    let mut window = with_sample();
    window.key_press_modifiers(Modifiers::COMMAND, Key::ArrowUp);
    window.run_steps(2);
    window.key_press(key);
    window.run_steps(2);
    window
}

#[test]
fn a_dragged_ruler_has_the_length_of_the_drag_and_undo_takes_it_back() {
    let mut window = with_tool(Key::Num4);
    let at = middle_of(&window, "axial view");
    let cursor = window.state().document().cursor();
    drag(&mut window, at, vec2(60.0, 80.0));
    assert_eq!(items(&window).len(), 1);
    let ruler = &items(&window)[0];
    assert_eq!(
        (ruler.kind, ruler.plane),
        (MeasurementKind::Ruler, Plane::Axial)
    );
    let expected = 100.0 / points_per_mm(&window);
    assert!((ruler.length_mm() - expected).abs() < 0.01, "{ruler:?}");
    assert_eq!(window.state().document().cursor(), cursor);
    let first = ruler.length_mm();

    // By its end, then back in one step, then away.
    drag(&mut window, at + vec2(60.0, 80.0), vec2(-60.0, -30.0));
    let expected = 50.0 / points_per_mm(&window);
    assert!((items(&window)[0].length_mm() - expected).abs() < 0.01);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(2);
    assert_eq!(items(&window)[0].length_mm(), first);
    window.key_press(Key::Delete);
    window.run_steps(2);
    assert!(items(&window).is_empty());
}

#[test]
fn escape_leaves_a_half_drawn_item_without_a_trace() {
    let mut window = with_tool(Key::Num5);
    let at = middle_of(&window, "coronal view");
    window.hover_at(at);
    window.step();
    button(&mut window, at, true);
    window.event(Event::PointerMoved(at + vec2(40.0, 30.0)));
    window.step();
    window.key_press(Key::Escape);
    window.run_steps(2);
    button(&mut window, at + vec2(40.0, 30.0), false);
    window.run_steps(2);
    assert!(items(&window).is_empty());
    // A click alone is no item either.
    drag(&mut window, at, Vec2::ZERO);
    assert!(items(&window).is_empty());
}

#[test]
fn a_region_lists_every_layer_and_its_delete_button_deletes_it() {
    let mut window = with_tool(Key::Num6);
    let at = middle_of(&window, "axial view");
    drag(&mut window, at, vec2(50.0, 40.0));
    assert_eq!(items(&window)[0].kind, MeasurementKind::Ellipse);
    assert!(window.query_by_label("Ellipse 1").is_some());
    assert_eq!(window.query_all_by_label("Mean").count(), 2);
    window.get_by_label("Delete Ellipse 1").click();
    window.run_steps(3);
    assert!(items(&window).is_empty());
}

#[test]
fn a_profile_opens_its_plot_and_closes_with_it() {
    let mut window = with_tool(Key::Num7);
    let at = middle_of(&window, "axial view");
    drag(&mut window, at - vec2(60.0, 0.0), vec2(120.0, 10.0));
    assert_eq!(items(&window)[0].kind, MeasurementKind::Profile);
    assert_eq!(
        window
            .query_all_by_label("Values along the profile")
            .count(),
        2
    );
    window.get_by_label("Copy profile").click();
    window.run_steps(3);
    assert!(window.state().notice_texts()[0].starts_with("The profile is on the clipboard"));
    window.key_press(Key::Escape);
    window.run_steps(3);
    assert!(window.query_by_label("Copy profile").is_none());
    window.get_by_label("Profile 1").click();
    window.run_steps(3);
    assert!(window.query_by_label("Copy profile").is_some());
}

#[test]
fn a_region_too_large_for_one_frame_gets_its_numbers_soon_after() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write_png(folder.path(), "large.png", [800, 800]);
    let mut window = window(Startup {
        openings: vec![Opening::new(vec![path], RoleChoice::Main)],
        ..Default::default()
    });
    wait(&mut window, |app| !app.document().is_empty());
    window.run_steps(3);
    window.key_press(Key::Num5);
    window.run_steps(2);
    let at = middle_of(&window, "axial view");
    drag(&mut window, at - vec2(250.0, 250.0), vec2(500.0, 500.0));
    let region = &items(&window)[0];
    assert!(region_voxels(window.state().document(), region) > 3e5);
    wait_for(&mut window, "Mean");
}
