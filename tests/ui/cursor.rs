//! Moving through the slices with mouse and keys.

use crate::harness::{Window, click, middle_of, with_sample};
use egui::{Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2};
use egui_kittest::kittest::Queryable as _;

fn voxel(window: &Window) -> [usize; 3] {
    window.state().document().cursor_voxel().expect("a cursor")
}

fn press(window: &mut Window, at: Pos2, button: PointerButton, modifiers: Modifiers) {
    window.hover_at(at);
    window.step();
    window.event_modifiers(
        Event::PointerButton {
            pos: at,
            button,
            pressed: true,
            modifiers,
        },
        modifiers,
    );
    window.step();
}

fn release(window: &mut Window, at: Pos2, button: PointerButton) {
    window.event(Event::PointerButton {
        pos: at,
        button,
        pressed: false,
        modifiers: Modifiers::NONE,
    });
    window.run_steps(3);
}

fn drag(window: &mut Window, from: Pos2, by: egui::Vec2, button: PointerButton, keys: Modifiers) {
    press(window, from, button, keys);
    window.event_modifiers(Event::PointerMoved(from + by), keys);
    window.step();
    release(window, from + by, button);
}

fn wheel(window: &mut Window, at: Pos2, lines: f32, modifiers: Modifiers) {
    window.hover_at(at);
    window.step();
    window.event_modifiers(
        Event::MouseWheel {
            unit: MouseWheelUnit::Line,
            delta: egui::vec2(0.0, lines),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
            modifiers,
        },
        modifiers,
    );
    window.run_steps(3);
}

#[test]
fn a_click_moves_the_cursor_to_the_patients_left_and_front() {
    let mut window = with_sample();
    let at = middle_of(&window, "axial view") + egui::vec2(60.0, -40.0);
    let before = window.state().document().cursor();
    press(&mut window, at, PointerButton::Primary, Modifiers::NONE);
    release(&mut window, at, PointerButton::Primary);
    let after = window.state().document().cursor();
    // Radiological: screen right is the patient's left (RAS x falls), screen up is the front (y grows).
    assert!(after.0.x < before.0.x - 10.0, "{before:?} -> {after:?}");
    assert!(after.0.y > before.0.y + 10.0, "{before:?} -> {after:?}");
    assert_eq!(after.0.z, before.0.z);
}

#[test]
fn the_wheel_leafs_one_slice_a_notch() {
    let mut window = with_sample();
    let before = voxel(&window);
    let at = middle_of(&window, "axial view");
    wheel(&mut window, at, 3.0, Modifiers::NONE);
    assert_eq!(voxel(&window), [before[0], before[1], before[2] + 3]);
    let at = middle_of(&window, "coronal view");
    wheel(&mut window, at, -1.0, Modifiers::NONE);
    assert_eq!(voxel(&window)[1], before[1] - 1);
}

#[test]
fn ctrl_wheel_zooms_all_linked_views_and_keeps_the_slice() {
    let mut window = with_sample();
    let before = voxel(&window);
    let at = middle_of(&window, "axial view");
    wheel(&mut window, at, 2.0, Modifiers::COMMAND);
    assert_eq!(voxel(&window), before);
    let planes = window.state().document().view.planes;
    let zooms = planes.map(|plane| plane.zoom.expect("a zoom"));
    assert!(zooms[0] == zooms[1] && zooms[1] == zooms[2]);
    window.key_press_modifiers(Modifiers::COMMAND, Key::F);
    window.run_steps(2);
    assert!(
        window
            .state()
            .document()
            .view
            .planes
            .iter()
            .all(|p| p.zoom.is_none())
    );
}

#[test]
fn middle_drag_pans_by_what_the_hand_moved() {
    let mut window = with_sample();
    let at = middle_of(&window, "axial view");
    let by = egui::vec2(30.0, 10.0);
    drag(&mut window, at, by, PointerButton::Middle, Modifiers::NONE);
    let view = window.state().document().view.planes[0];
    let (center, zoom) = (view.center.expect("a centre"), view.zoom.expect("a zoom"));
    let document = window.state().document();
    let axes = warpscope::document::PlaneAxes::of(
        warpscope::document::Plane::Axial,
        document.grid().expect("a grid"),
    );
    let middle = axes.middle(document.grid().expect("a grid"));
    assert!((center[0] - (middle[0] - 30.0 / zoom)).abs() < 1e-6);
    assert!((center[1] - (middle[1] - 10.0 / zoom)).abs() < 1e-6);
}

#[test]
fn shift_drag_changes_window_and_level_in_one_undo_step() {
    let mut window = with_sample();
    let before = window
        .state()
        .document()
        .active()
        .expect("a layer")
        .display
        .window;
    let at = middle_of(&window, "axial view");
    drag(
        &mut window,
        at,
        egui::vec2(60.0, 0.0),
        PointerButton::Primary,
        Modifiers::SHIFT,
    );
    let after = window
        .state()
        .document()
        .active()
        .expect("a layer")
        .display
        .window;
    assert!(after.width() > before.width() * 1.1);
    assert!((after.level() - before.level()).abs() < 1e-6 * before.width());
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(2);
    let undone = window
        .state()
        .document()
        .active()
        .expect("a layer")
        .display
        .window;
    assert_eq!(undone, before);
}

#[test]
fn arrow_and_page_keys_act_on_the_view_under_the_pointer() {
    let mut window = with_sample();
    let before = voxel(&window);
    let at = middle_of(&window, "coronal view");
    window.hover_at(at);
    window.run_steps(2);
    window.key_press(Key::ArrowUp);
    window.run_steps(2);
    assert_eq!(voxel(&window), [before[0], before[1], before[2] + 1]);
    window.key_press_modifiers(Modifiers::SHIFT, Key::PageUp);
    window.run_steps(2);
    assert_eq!(voxel(&window)[1], before[1] + 5);
}

#[test]
fn a_typed_index_moves_the_cursor() {
    let mut window = with_sample();
    window.get_by_label("index k").click();
    window.run_steps(2);
    for digit in ["3", "3"] {
        window.event(Event::Text(digit.to_owned()));
    }
    window.key_press(Key::Enter);
    window.run_steps(4);
    assert_eq!(voxel(&window)[2], 33);
}

#[test]
fn keys_zoom_linked_views_alike_and_back_to_fitting() {
    let mut window = with_sample();
    for _ in 0..6 {
        window.key_press_modifiers(Modifiers::COMMAND, Key::ArrowUp);
        window.run_steps(2);
    }
    let zooms = |window: &Window| window.state().document().view.planes.map(|p| p.zoom);
    let [axial, sagittal, coronal] = zooms(&window);
    assert!(axial.is_some() && axial == sagittal && axial == coronal);
    for _ in 0..6 {
        window.key_press_modifiers(Modifiers::COMMAND, Key::ArrowDown);
        window.run_steps(2);
    }
    assert_eq!(zooms(&window), [None; 3]);
}

#[test]
fn numbers_are_copied_with_a_hyphen_and_typed_with_either_sign() {
    let mut window = with_sample();
    let x = window.get_by_label("world x").rect().center();
    let world = |window: &Window| window.state().document().cursor().0.x;
    assert!(world(&window) < 0.0);
    click(&mut window, x);
    window.event(Event::Copy);
    window.step();
    let copied =
        window
            .output()
            .platform_output
            .commands
            .iter()
            .find_map(|command| match command {
                egui::OutputCommand::CopyText(text) => Some(text.clone()),
                _ => None,
            });
    let copied = copied.expect("something is copied");
    let number: f64 = copied.parse().expect("a number that programs read");
    assert!((number - world(&window)).abs() < 0.01, "{copied}");
    for typed in ["−50", "-50"] {
        window.event(Event::Text(typed.to_owned()));
        window.run_steps(2);
        window.key_press(Key::Enter);
        window.run_steps(3);
        let reached = world(&window);
        assert!((reached + 50.0).abs() < 2.0, "{typed}: {reached}");
        window.key_press_modifiers(Modifiers::NONE, Key::Escape);
        click(&mut window, x);
    }
}
