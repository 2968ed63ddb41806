//! Conveniences of the slice views: navigator, flips, playing, thumbnails, tiles, pictures of them.

use crate::harness::{
    Window, drag, drop_files, middle_of, wait, wait_for, window_with, with_sample, write_png,
};
use egui::{Key, Modifiers, Vec2, accesskit, vec2};
use egui_kittest::kittest::Queryable as _;
use std::time::Duration;
use warpscope::app::{Picked, Startup};
use warpscope::document::Document;

fn document(window: &Window) -> &Document {
    window.state().document()
}

fn voxel(window: &Window) -> [usize; 3] {
    document(window).cursor_voxel().expect("a cursor")
}

fn choose(window: &mut Window, menu: &str, entry: &str) {
    window
        .get_by_role_and_label(accesskit::Role::Button, menu)
        .click();
    window.run_steps(3);
    window.get_by_label(entry).click();
    window.run_steps(3);
}

/// The sample study with a picture beside it.
fn with_another_image() -> Window {
    let mut window = with_sample();
    let folder = tempfile::tempdir().expect("a folder");
    let other = write_png(folder.path(), "other.png", [64, 64]);
    drop_files(&mut window, &[other]);
    wait_for(&mut window, "Additional image");
    window.get_by_label("Additional image").click();
    window.run_steps(3);
    window.get_by_label("Open").click();
    wait(&mut window, |app| app.document().layers().len() == 3);
    window.run_steps(3);
    window
}

fn shown(window: &Window) -> String {
    let ground = document(window).ground().expect("an image");
    ground.name.clone()
}

#[test]
fn a_drag_in_the_navigator_pans_the_view_that_is_zoomed_in() {
    let mut window = with_sample();
    assert!(window.query_by_label("axial navigator").is_none());
    for _ in 0..8 {
        window.key_press_modifiers(Modifiers::COMMAND, Key::ArrowUp);
        window.run_steps(2);
    }
    let before = document(&window).view.planes[0];
    let at = middle_of(&window, "axial navigator");
    drag(&mut window, at, vec2(12.0, 0.0));
    let after = document(&window).view.planes[0];
    assert_eq!(after.zoom, before.zoom);
    let [x, y] = [0, 1].map(|n| after.center.expect("it")[n] - before.center.expect("it")[n]);
    assert!(x > 20.0 && y.abs() < 1e-9, "moved by {x}, {y} mm");
    choose(&mut window, "View", "Zoom");
    window.get_by_label("Navigator").click();
    window.run_steps(3);
    assert!(window.query_by_label("axial navigator").is_none());
}

#[test]
fn in_neurological_views_the_patients_right_is_on_the_right() {
    let mut window = with_sample();
    choose(&mut window, "View", "Patient's left on the left");
    let before = document(&window).cursor().0;
    let at = middle_of(&window, "axial view") + vec2(60.0, 0.0);
    drag(&mut window, at, Vec2::ZERO);
    let clicked = document(&window).cursor().0;
    assert!(clicked.x > before.x + 10.0, "{before} -> {clicked}");
    window.key_press(Key::ArrowRight);
    window.run_steps(2);
    assert!(document(&window).cursor().0.x > clicked.x);
}

#[test]
fn space_plays_the_slices_of_the_view_under_the_pointer_and_stops() {
    let mut window = with_sample();
    let at = middle_of(&window, "axial view");
    window.hover_at(at);
    window.run_steps(2);
    let before = voxel(&window);
    window.key_press(Key::Space);
    wait(&mut window, |app| {
        app.document().cursor_voxel().expect("a cursor")[2] >= before[2] + 3
    });
    window.key_press(Key::Space);
    window.run_steps(2);
    let stopped = voxel(&window);
    assert_eq!(stopped[..2], before[..2]);
    std::thread::sleep(Duration::from_millis(250));
    window.run_steps(3);
    assert_eq!(voxel(&window), stopped);
}

#[test]
fn a_click_on_a_thumbnail_shows_that_image() {
    let mut window = with_another_image();
    assert_eq!(shown(&window), "other");
    let label = "Show Sample CT in the axial view";
    window.get_by_label(label).click();
    window.run_steps(3);
    assert_eq!(shown(&window), "Sample CT");
    assert!(window.query_by_label(label).is_some());
}

#[test]
fn images_side_by_side_share_the_cursor() {
    let mut window = with_another_image();
    let alone = window.get_by_label("axial view").rect();
    window.key_press(Key::Backslash);
    window.run_steps(3);
    let left = window.get_by_label("axial view").rect();
    let right = window.get_by_label("axial view, other").rect();
    assert!(left.width() < alone.width() / 2.0 && (left.width() - right.width()).abs() < 0.1);
    let aside = vec2(31.0, 17.0);
    drag(&mut window, left.center() + aside, Vec2::ZERO);
    let in_the_left = voxel(&window);
    drag(&mut window, left.center(), Vec2::ZERO);
    assert_ne!(voxel(&window), in_the_left);
    drag(&mut window, right.center() + aside, Vec2::ZERO);
    assert_eq!(voxel(&window), in_the_left);
}

#[test]
fn a_picture_of_a_view_has_its_pixels() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("view.png");
    let startup = Startup {
        sample: true,
        ..Default::default()
    };
    let mut window = window_with(startup, Picked::Paths(vec![path.clone()]));
    wait(&mut window, |app| app.document().layers().len() == 2);
    window.run_steps(3);
    window
        .get_by_label("Save a picture of the coronal view")
        .click();
    wait(&mut window, |app| !app.notice_texts().is_empty());
    let saved = format!("Saved a picture: {}", path.display());
    assert_eq!(window.state().notice_texts(), [saved]);
    let size = window.get_by_label("coronal view").rect().size();
    let picture = image::open(&path).expect("a picture").to_rgb8();
    assert_eq!(
        picture.dimensions(),
        (size.x.round() as u32, size.y.round() as u32)
    );
    let amber = |pixel: &&image::Rgb<u8>| pixel.0[0] > 200 && pixel.0[2] < 80;
    assert!(picture.pixels().filter(amber).count() > 20, "no letters");
}

#[test]
fn pictures_of_all_slices_can_be_stopped_and_leave_the_cursor_where_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let startup = Startup {
        sample: true,
        ..Default::default()
    };
    let answer = Picked::Paths(vec![folder.path().to_owned()]);
    let mut window = window_with(startup, answer);
    wait(&mut window, |app| app.document().layers().len() == 2);
    window.run_steps(3);
    let before = voxel(&window);
    choose(&mut window, "File", "Save pictures of all slices…");
    let slices = folder.path().join("Sample CT axial");
    let third = slices.join("slice_0003.png");
    wait(&mut window, |_| third.exists());
    window.get_by_label("Cancel").click();
    window.run_steps(4);
    assert_eq!(voxel(&window), before);
    let picture = |n: usize| {
        let path = slices.join(format!("slice_{n:04}.png"));
        image::open(path).expect("a picture").to_rgb8()
    };
    assert_ne!(picture(0), picture(1));
}
