//! Pictures of the tools that make another image of one.

use crate::harness::{type_into, wait};
use crate::pictures::{can_draw, choose, drawn_sample, save, taken};
use egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use image::RgbaImage;
use warpscope::app::App;
use warpscope::volume::summary;

const CTRL_ALT: Modifiers = Modifiers::COMMAND.plus(Modifiers::ALT);

/// The share of pixels that differ between two pictures.
fn difference(one: &RgbaImage, other: &RgbaImage) -> f64 {
    let pairs = one.pixels().zip(other.pixels());
    let differ = pairs.filter(|(a, b)| a != b).count();
    differ as f64 / (one.width() * one.height()) as f64
}

fn press(window: &mut Harness<'static, App>, label: &str) {
    window.get_by_label(label).click();
    window.run_steps(4);
}

#[test]
fn header_crop_threshold_and_saving_are_drawn_in_both_themes() {
    if !can_draw() {
        return;
    }
    let mut window = drawn_sample();
    let mut before = "dark";
    for theme in ["dark", "light"] {
        if theme != before {
            choose(&mut window, before, theme);
            before = theme;
        }
        press(&mut window, "Layer Sample PET");
        window.key_press_modifiers(CTRL_ALT, Key::H);
        window.run_steps(4);
        let still = taken(&mut window);
        type_into(&mut window, "Origin x", "270");
        wait(&mut window, |app| app.document().tried().is_some());
        window.run_steps(4);
        let moved = taken(&mut window);
        assert!(difference(&still, &moved) > 0.02, "the PET has not moved");
        save(&moved, &format!("header-{theme}.png"));
        window.key_press(Key::Escape);
        window.run_steps(3);

        press(&mut window, "Layer Sample CT");
        window.key_press_modifiers(CTRL_ALT, Key::C);
        window.run_steps(4);
        for (label, value) in [("x from", "60"), ("x to", "196"), ("y to", "180")] {
            type_into(&mut window, label, value);
        }
        press(&mut window, "The same in Python");
        window.run_steps(30);
        save(&taken(&mut window), &format!("crop-{theme}.png"));
        window.key_press(Key::Escape);
        window.run_steps(3);

        press(&mut window, "Tools");
        press(&mut window, "Threshold to mask…");
        type_into(&mut window, "Lowest", "250");
        let main = window.state().document().main().expect("an image");
        let wanted = summary(&main.volume.thresholded(250.0, f64::INFINITY)).mean;
        wait(&mut window, |app| {
            let mask = app.document().live().map(|layer| &layer.volume);
            mask.is_some_and(|mask| summary(mask).mean == wanted)
        });
        window.run_steps(8);
        save(&taken(&mut window), &format!("threshold-{theme}.png"));
        window.key_press(Key::Escape);
        window.run_steps(3);
        assert!(window.state().document().live().is_none());

        window.key_press_modifiers(Modifiers::COMMAND, Key::S);
        window.run_steps(6);
        window.key_press_modifiers(Modifiers::COMMAND, Key::A);
        window.event(Event::Text("chest/ct.nii.gz".to_owned()));
        window.run_steps(4);
        save(&taken(&mut window), &format!("save-{theme}.png"));
        window.key_press(Key::Escape);
        window.run_steps(3);
    }
}
