//! What the window looks like when it is really drawn. `UPDATE_SCREENSHOTS=1` also writes
//! `screenshots/`.

use crate::harness::{Answers, wait};
use eframe::egui_wgpu::wgpu;
use egui_kittest::{Harness, kittest::Queryable as _};
use image::RgbaImage;
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use warpscope::app::{App, Picked, Startup};

/// Whether anything can draw here. Without, the test is skipped, or fails where it must not be.
fn can_draw() -> bool {
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

fn drawn(startup: Startup) -> Harness<'static, App> {
    let mut window = Harness::builder()
        .with_size(egui::vec2(1440.0, 900.0))
        .wgpu()
        .build_eframe(|cc| App::new(cc, Arc::new(Answers(Picked::Cancelled)), startup));
    window.run_steps(2);
    window
}

/// The colour that the window is cleared with, where this picture has nothing.
const BACKGROUND: [u8; 3] = [0x1b, 0x1f, 0x25];

fn save(picture: &RgbaImage, name: &str) {
    let mut picture = picture.clone();
    for pixel in picture.pixels_mut() {
        let behind = 255 - u32::from(pixel.0[3]);
        for (channel, back) in pixel.0.iter_mut().zip(BACKGROUND) {
            *channel += (u32::from(back) * behind / 255) as u8;
        }
        pixel.0[3] = 255;
    }
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
    let mut window = drawn(Startup {
        sample: true,
        ..Default::default()
    });
    wait(&mut window, |app| app.document().layers().len() == 2);
    window.run_steps(4);
    let picture = window.render().expect("a picture");
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
    let picture = window.render().expect("a picture");
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
        let picture = window.render().expect("a picture");
        save(&picture, &format!("demons-level-{level}.png"));
        let is_teal = |c: &&[u8; 4]| c[1].min(c[2]) > c[0].saturating_add(35);
        let lines = colors(&picture).iter().filter(is_teal).count();
        assert!(lines > 10, "the deformation has only {lines} colours");
    }
    press(
        &mut window,
        "Shows how tissue grows (above 1), shrinks (below 1) or folds (0 and below); up and down arrow switch",
    );
    let picture = window.render().expect("a picture");
    save(&picture, "demons-final.png");
}
