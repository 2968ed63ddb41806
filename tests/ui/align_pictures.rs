//! Pictures of registration by hand and automatically, of every way to compare two images, and of labels.

use crate::harness::{click, drag, middle_of, wait, wait_for};
use crate::pictures::{can_draw, choose, drawn, save, taken};
use egui::{Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use image::RgbaImage;
use std::path::Path;
use warpscope::app::{App, Opening, RoleChoice, Startup};
use warpscope::io::{self, Report};
use warpscope::phantom;
use warpscope::volume::Volume;

type Window = Harness<'static, App>;

fn press(window: &mut Window, label: &str) {
    window.get_by_label(label).click();
    window.run_steps(4);
}

fn write(folder: &Path, name: &str, volume: &Volume) -> std::path::PathBuf {
    let path = folder.join(name);
    io::write_image(volume, &path, Default::default(), &Report::silent()).expect("written");
    path
}

/// The chest breathed out, with the one breathed in to be moved onto it.
fn breathing(folder: &Path) -> Window {
    let pair = phantom::breathing_pair();
    let fixed = write(folder, "exhale.nii", &pair.exhale);
    let moving = write(folder, "inhale.nii", &pair.inhale);
    let mut window = drawn(Startup {
        openings: vec![
            Opening::new(vec![fixed], RoleChoice::Main),
            Opening::new(vec![moving], RoleChoice::Additional),
        ],
        ..Default::default()
    });
    wait(&mut window, |app| app.document().layers().len() == 2);
    window.run_steps(4);
    window
}

/// The share of pixels that differ between two pictures.
fn difference(one: &RgbaImage, other: &RgbaImage) -> f64 {
    let pairs = one.pixels().zip(other.pixels());
    let differ = pairs.filter(|(a, b)| a != b).count();
    differ as f64 / f64::from(one.width() * one.height())
}

#[test]
fn the_ring_and_the_live_run_are_drawn() {
    if !can_draw() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = breathing(folder.path());
    let still = taken(&mut window);
    window.key_press(Key::K);
    window.key_press_modifiers(Modifiers::COMMAND, Key::R);
    window.run_steps(5);
    let rect = window.get_by_label("coronal view").rect();
    let radius = (rect.size().length() / 4.0).min(0.45 * rect.width().min(rect.height()));
    let on_ring = rect.center() + vec2(0.0, -radius);
    drag(&mut window, on_ring, vec2(0.25 * radius, 0.0));
    let at = middle_of(&window, "axial view") - vec2(30.0, 20.0);
    drag(&mut window, at, vec2(26.0, -14.0));
    let picture = taken(&mut window);
    assert!(difference(&still, &picture) > 0.1);
    save(&picture, "registration-hand-dark.png");
    choose(&mut window, "dark", "light");
    save(&taken(&mut window), "registration-hand-light.png");
    choose(&mut window, "light", "dark");

    press(&mut window, "Automatic");
    press(&mut window, "Run registration");
    press(&mut window, "Pause registration");
    // A little at a time, to be seen in the middle.
    while window
        .query_by_label_contains("Level 2, iteration")
        .is_none()
        && window.query_by_label("Go on registration").is_some()
    {
        press(&mut window, "Go on registration");
        press(&mut window, "Pause registration");
    }
    window.run_steps(4);
    save(&taken(&mut window), "registration-automatic-dark.png");
    if window.query_by_label("Go on registration").is_some() {
        press(&mut window, "Go on registration");
    }
    wait(&mut window, |app| {
        app.document().steps(app.document().layers()[1].id).len() == 2
    });
    press(&mut window, "Transforms");
    press(&mut window, "What maps to what");
    window.run_steps(20);
    save(&taken(&mut window), "registration-transforms-dark.png");
}

#[test]
fn every_way_to_compare_is_drawn_and_differs_from_the_others() {
    if !can_draw() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = breathing(folder.path());
    window.key_press(Key::K);
    window.run_steps(4);
    let mut before = taken(&mut window);
    save(&before, "compare-checkerboard.png");
    for name in [
        "swipe",
        "flicker",
        "difference",
        "cyan-magenta",
        "red-green",
        "edges",
        "blend",
    ] {
        window.key_press_modifiers(Modifiers::SHIFT, Key::K);
        window.run_steps(4);
        let picture = taken(&mut window);
        assert!(difference(&before, &picture) > 0.005, "{name}");
        save(&picture, &format!("compare-{name}.png"));
        before = picture;
    }
    window.key_press_modifiers(Modifiers::SHIFT, Key::F);
    window.key_press(Key::Num9);
    window.run_steps(4);
    for offset in [vec2(-60.0, -80.0), vec2(40.0, 20.0)] {
        let at = middle_of(&window, "coronal view") + offset;
        click(&mut window, at);
        click(&mut window, at + vec2(4.0, 16.0));
    }
    wait_for(&mut window, "Target registration error");
    wait_for(&mut window, "NCC");
    save(&taken(&mut window), "agreement-dark.png");
}

#[test]
fn labels_are_drawn_with_their_names_and_volumes() {
    if !can_draw() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let pair = phantom::breathing_pair();
    let ct = write(folder.path(), "exhale.nii", &pair.exhale);
    let lungs = pair.exhale.thresholded(-980.0, -400.0);
    let labels = write(folder.path(), "lungs.nii", &lungs);
    let mut window = drawn(Startup {
        openings: vec![
            Opening::new(vec![ct], RoleChoice::Main),
            Opening::new(vec![labels], RoleChoice::Labels(None)),
        ],
        ..Default::default()
    });
    wait(&mut window, |app| app.document().layers().len() == 2);
    window.key_press_modifiers(Modifiers::COMMAND, Key::L);
    window.run_steps(4);
    wait_for(&mut window, "Hide label 1");
    // The cursor's table names the label under it.
    assert!(window.query_by_label("1 Label 1").is_none());
    let lung = middle_of(&window, "axial view") - vec2(90.0, 10.0);
    click(&mut window, lung);
    assert!(window.query_by_label("1 Label 1").is_some());
    let filled = taken(&mut window);
    save(&filled, "labels-dark.png");
    press(&mut window, "only outlines");
    let outlined = taken(&mut window);
    assert!(difference(&filled, &outlined) > 0.01);
    press(&mut window, "Hide label 1");
    assert!(difference(&outlined, &taken(&mut window)) > 0.001);
}
