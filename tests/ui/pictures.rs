//! What the window looks like when it is really drawn. `UPDATE_SCREENSHOTS=1` also writes
//! `screenshots/`.

use crate::harness::{Answers, wait};
use crate::study;
use eframe::egui_wgpu::wgpu;
use egui::{Event, Key, Modifiers, PointerButton, Pos2};
use egui_kittest::{Harness, kittest::Queryable as _};
use image::RgbaImage;
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use warpscope::app::{App, Opening, Picked, RoleChoice, Startup};

/// Whether anything can draw here. Without, the test is skipped, or fails where it must not be.
pub fn can_draw() -> bool {
    let instance = wgpu::Instance::default();
    let adapters = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::all()));
    if adapters.is_empty() {
        let text = "skipped: there is no graphics driver, not even a software one";
        assert!(
            std::env::var_os("WARPSCOPE_REQUIRE_ALL").is_none(),
            "{text}"
        );
        println!("{text}");
    }
    !adapters.is_empty()
}

pub fn drawn(startup: Startup) -> Harness<'static, App> {
    let mut window = Harness::builder()
        .with_size(egui::vec2(1440.0, 900.0))
        .wgpu()
        .build_eframe(|cc| App::new(cc, Arc::new(Answers(Picked::Cancelled)), startup));
    window.run_steps(2);
    window
}

pub fn drawn_sample() -> Harness<'static, App> {
    let mut window = drawn(Startup {
        sample: true,
        ..Default::default()
    });
    wait(&mut window, |app| app.document().layers().len() == 2);
    window.run_steps(4);
    window
}

/// A picture of the window in front of the colour that it is cleared with.
pub fn taken(window: &mut Harness<'static, App>) -> RgbaImage {
    window.event(Event::PointerGone);
    window.run_steps(2);
    let mut picture = window.render().expect("a picture");
    let [red, green, blue, _] = window.ctx.global_style().visuals.panel_fill.to_array();
    for pixel in picture.pixels_mut() {
        let behind = 255 - u32::from(pixel.0[3]);
        for (channel, back) in pixel.0.iter_mut().zip([red, green, blue]) {
            *channel += (u32::from(back) * behind / 255) as u8;
        }
        pixel.0[3] = 255;
    }
    picture
}

pub fn save(picture: &RgbaImage, name: &str) {
    if std::env::var_os("UPDATE_SCREENSHOTS").is_some() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots");
        std::fs::create_dir_all(&folder).expect("the folder");
        picture.save(folder.join(name)).expect("a screenshot");
    }
}

fn colors(picture: &RgbaImage) -> HashSet<[u8; 4]> {
    picture.pixels().map(|pixel| pixel.0).collect()
}

#[test]
fn the_sample_study_is_really_drawn() {
    if !can_draw() {
        return;
    }
    let mut window = drawn_sample();
    let picture = taken(&mut window);
    save(&picture, "main.png");
    let colors = colors(&picture);
    let greys = colors
        .iter()
        .filter(|c| c[0] == c[1] && c[1] == c[2])
        .count();
    let hot = colors
        .iter()
        .filter(|c| c[0] > 100 && c[0] / 2 > c[2])
        .count();
    assert!(greys > 100, "the CT has only {greys} greys");
    assert!(hot > 100, "the PET has only {hot} warm colours");
}

#[test]
fn the_start_screen_is_really_drawn() {
    if !can_draw() {
        return;
    }
    let mut window = drawn(Startup::default());
    let picture = taken(&mut window);
    save(&picture, "start.png");
    assert!(colors(&picture).len() > 30);
    let drop_here = window.query_by_label_contains("Open sample study");
    assert!(drop_here.is_some());
}

#[test]
fn a_registration_is_really_drawn_at_every_level_and_at_the_end() {
    if !can_draw() {
        return;
    }
    let mut window = drawn(Startup::default());
    let press = |window: &mut Harness<'static, App>, label: &str| {
        window.get_by_label(label).click();
        window.run_steps(3);
    };
    let until = |window: &mut Harness<'static, App>, text: &str| {
        let start = std::time::Instant::now();
        while window.query_by_label_contains(text).is_none() {
            assert!(start.elapsed().as_secs() < 120, "{text:?} never came");
            window.step();
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        window.run_steps(3);
    };
    press(&mut window, "Registration");
    press(&mut window, "Try it on the cine pair");
    until(&mut window, "will be warped onto");
    for level in 1..=3 {
        press(&mut window, "Level");
        until(&mut window, &format!("Level {level}, iteration"));
        if level < 3 {
            until(&mut window, "paused");
        } else {
            until(&mut window, "Done: MSD");
        }
        let picture = taken(&mut window);
        save(&picture, &format!("demons-level-{level}.png"));
        let is_teal = |c: &&[u8; 4]| c[1].min(c[2]) > c[0].saturating_add(35);
        let lines = colors(&picture).iter().filter(is_teal).count();
        assert!(lines > 10, "the deformation has only {lines} colours");
    }
    press(
        &mut window,
        "Shows how tissue grows (above 1), shrinks (below 1) or folds (0 and below); up and down arrow switch",
    );
    let picture = taken(&mut window);
    save(&picture, "demons-final.png");
}

/// Chooses a theme as the user does.
pub fn choose(window: &mut Harness<'static, App>, before: &str, theme: &str) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    window.run_steps(4);
    for label in [&format!("Theme: {before}"), theme, "Close"] {
        window.get_by_label(label).click();
        window.run_steps(4);
    }
}

pub fn drag(window: &mut Harness<'static, App>, from: Pos2, to: Pos2) {
    let button = |pos, pressed| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    let middle = from.lerp(to, 0.5);
    for event in [
        Event::PointerMoved(from),
        button(from, true),
        Event::PointerMoved(middle),
        Event::PointerMoved(to),
        button(to, false),
        Event::PointerGone,
    ] {
        window.event(event);
        window.step();
    }
    window.run_steps(3);
}

fn screen_name(tab: &str) -> String {
    format!("inspector-{}", tab.to_lowercase().replace(' ', "-"))
}

/// It is counted in the background.
fn wait_for_histogram(window: &mut Harness<'static, App>) {
    for _ in 0..40 {
        window.step();
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[test]
fn tags_of_a_dicom_series_are_drawn_beside_its_views() {
    if !can_draw() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    study::write(folder.path());
    let mut window = drawn(Startup {
        openings: vec![Opening::new(
            vec![folder.path().to_owned()],
            RoleChoice::Main,
        )],
        ..Default::default()
    });
    wait(&mut window, |app| app.document().main().is_some());
    window.key_press_modifiers(Modifiers::COMMAND, Key::I);
    window.run_steps(3);
    window.get_by_label("Metadata tab").click();
    window.run_steps(4);
    let picture = taken(&mut window);
    save(&picture, "inspector-metadata-dark.png");
    let is_warning = |c: &&[u8; 4]| c[0] > 200 && c[1] > 120 && c[2] < 120;
    assert!(colors(&picture).iter().filter(is_warning).count() > 10);
}

/// How many of the picture's pixels are light.
fn light_share(picture: &RgbaImage) -> f64 {
    let light = picture
        .pixels()
        .filter(|p| p.0[..3].iter().all(|c| *c > 200));
    light.count() as f64 / (picture.width() * picture.height()) as f64
}

#[test]
fn every_screen_is_drawn_in_the_dark_and_in_the_light_theme() {
    if !can_draw() {
        return;
    }
    let mut window = drawn_sample();
    let view = window.get_by_label("axial view").rect();
    window.key_press(Key::Num4);
    window.run_steps(2);
    let at = |x: f32, y: f32| view.left_top() + view.size() * egui::vec2(x, y);
    drag(&mut window, at(0.25, 0.5), at(0.4, 0.62));
    window.key_press(Key::Num6);
    window.run_steps(2);
    drag(&mut window, at(0.58, 0.45), at(0.7, 0.65));
    window.key_press(Key::Num1);
    window.run_steps(2);
    let mut before = "dark";
    for theme in ["dark", "light"] {
        if theme != before {
            choose(&mut window, before, theme);
            before = theme;
        }
        let is_light = theme == "light";
        let keep = |window: &mut Harness<'static, App>, screen: &str| {
            let picture = taken(window);
            assert_eq!(light_share(&picture) > 0.15, is_light, "{screen}, {theme}");
            save(&picture, &format!("{screen}-{theme}.png"));
        };
        keep(&mut window, "measuring");
        for (screen, modifiers, key) in [
            ("preferences", Modifiers::COMMAND, Key::Comma),
            ("search", Modifiers::COMMAND | Modifiers::SHIFT, Key::P),
            ("keys", Modifiers::NONE, Key::F1),
        ] {
            window.key_press_modifiers(modifiers, key);
            window.run_steps(5);
            keep(&mut window, screen);
            window.key_press(Key::Escape);
            window.run_steps(3);
        }
        window.key_press_modifiers(Modifiers::COMMAND, Key::I);
        for tab in ["Contrast", "Color map", "Info", "General"] {
            window.run_steps(3);
            window.get_by_label(&format!("{tab} tab")).click();
            wait_for_histogram(&mut window);
            keep(&mut window, &screen_name(tab));
        }
        window.key_press_modifiers(Modifiers::COMMAND, Key::I);
        window.key_press_modifiers(Modifiers::COMMAND, Key::D);
        window.run_steps(4);
        keep(&mut window, "demons");
        window.key_press_modifiers(Modifiers::COMMAND, Key::D);
        window.run_steps(4);
    }
}

#[test]
fn the_panel_for_another_orientation_is_drawn() {
    if !can_draw() {
        return;
    }
    let mut window = drawn_sample();
    for theme in ["dark", "light"] {
        if theme == "light" {
            choose(&mut window, "dark", theme);
        }
        window.key_press_modifiers(Modifiers::COMMAND | Modifiers::ALT, Key::R);
        window.run_steps(3);
        window.key_press_modifiers(Modifiers::COMMAND, Key::A);
        window.event(Event::Text("ASL".to_owned()));
        wait(&mut window, |app| app.document().tried().is_some());
        window.run_steps(4);
        let picture = taken(&mut window);
        save(&picture, &format!("reorient-{theme}.png"));
        let is_heart = |c: &&[u8; 4]| c[0] > 90 && u16::from(c[1]) * 2 < u16::from(c[0]);
        let hearts = colors(&picture).iter().filter(is_heart).count();
        assert!(hearts > 20, "the heart has only {hearts} colours");
        window.key_press(Key::Escape);
        window.run_steps(3);
    }
}

#[test]
fn the_start_screen_is_drawn_in_the_light_theme() {
    if !can_draw() {
        return;
    }
    let mut window = drawn(Startup::default());
    choose(&mut window, "dark", "light");
    let picture = taken(&mut window);
    assert!(light_share(&picture) > 0.8);
    save(&picture, "start-light.png");
}
