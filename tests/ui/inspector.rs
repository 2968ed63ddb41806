//! The layer inspector: its tabs, the curve, own colour maps, header and tags.

use crate::harness::{
    Answers, Window, click, drag, type_into, wait, wait_for, window, with_sample,
};
use crate::study;
use egui::{Event, Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use std::path::Path;
use std::sync::Arc;
use warpscope::app::{App, Opening, Picked, RoleChoice, Startup};
use warpscope::document::{ColorMap, Display, Layer, Role};

/// The window with the sample study and the inspector of the CT at a tab.
fn inspecting(tab: &str) -> Window {
    let mut window = with_sample();
    open(&mut window, "Layer Sample CT", tab);
    window
}

fn open(window: &mut Window, layer: &str, tab: &str) {
    window.get_by_label(layer).click();
    window.run_steps(2);
    window.key_press_modifiers(Modifiers::COMMAND, Key::I);
    window.run_steps(3);
    window.get_by_label(&format!("{tab} tab")).click();
    window.run_steps(4);
}

fn layer<'a>(window: &'a Window, name: &str) -> &'a Layer {
    let mut layers = window.state().document().layers().iter();
    layers.find(|layer| layer.name == name).expect("a layer")
}

fn ct(window: &Window) -> &Display {
    &layer(window, "Sample CT").display
}

fn says(window: &Window, text: &str) -> bool {
    window.query_all_by_label_contains(text).next().is_some()
}

#[test]
fn a_maximum_typed_with_enter_is_taken_exactly() {
    let mut window = inspecting("Contrast");
    type_into(&mut window, "maximum", "1000");
    assert_eq!(ct(&window).window.max, 1000.0);
    type_into(&mut window, "level", "−600");
    type_into(&mut window, "window", "1500");
    assert_eq!(
        (ct(&window).window.min, ct(&window).window.max),
        (-1350.0, 150.0)
    );
}

#[test]
fn a_minimum_above_the_maximum_and_words_are_refused_beside_the_field() {
    let mut window = inspecting("Contrast");
    let before = ct(&window).window;
    type_into(&mut window, "minimum", "5000");
    assert!(says(&window, "must lie below the maximum"));
    assert_eq!(ct(&window).window, before);
    type_into(&mut window, "minimum", "nan");
    assert!(says(&window, "not a number"));
    assert_eq!(ct(&window).window, before);
    type_into(&mut window, "minimum", "-500");
    assert!(!says(&window, "not a number"));
    assert_eq!(ct(&window).window.min, -500.0);
    type_into(&mut window, "window", "0");
    assert!(says(&window, "must be more than 0"));
}

#[test]
fn a_point_of_the_curve_is_dragged_and_one_undo_takes_it_back() {
    let mut window = inspecting("Contrast");
    wait(&mut window, |_| true);
    let plot = window.get_by_label("Contrast curve").rect();
    // Only what the plot says of itself: the middle point lies halfway between the ends of the range.
    let place = point_on(&window, plot, 0.5, 0.5);
    drag(&mut window, place, vec2(0.0, -40.0));
    let [x, y] = ct(&window).curve.points()[1];
    assert!((x - 0.5).abs() < 0.03 && y > 0.6, "{x}, {y}");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(2);
    assert!(ct(&window).curve.is_straight());
}

/// Where a point of the curve is drawn: the plot shows all values of the sample with 3 % to spare.
fn point_on(window: &Window, plot: egui::Rect, t: f64, y: f64) -> egui::Pos2 {
    let layer = layer(window, "Sample CT");
    let range = warpscope::volume::summary(&layer.volume);
    let shown = layer.display.window;
    let (low, high) = (range.min.min(shown.min), range.max.max(shown.max));
    let margin = (high - low) * 0.03;
    let value = shown.min + t * shown.width();
    let across = (value - low + margin) / (high - low + 2.0 * margin);
    let up = (y + 0.04) / 1.10;
    egui::pos2(
        plot.left() + across as f32 * plot.width(),
        plot.bottom() - up as f32 * plot.height(),
    )
}

#[test]
fn points_are_added_removed_and_straightened() {
    let mut window = inspecting("Contrast");
    window.get_by_label("Add point").click();
    window.run_steps(3);
    assert_eq!(ct(&window).curve.points().len(), 4);
    window.get_by_label("Remove point").click();
    window.run_steps(3);
    assert_eq!(ct(&window).curve.points().len(), 3);
    let plot = window.get_by_label("Contrast curve").rect();
    let place = point_on(&window, plot, 0.5, 0.5);
    drag(&mut window, place, vec2(0.0, 30.0));
    assert!(!ct(&window).curve.is_straight());
    window.get_by_label("Straighten").click();
    window.run_steps(3);
    assert!(ct(&window).curve.is_straight());
}

#[test]
fn a_range_is_kept_as_a_preset_for_images_of_its_kind() {
    let mut window = inspecting("Contrast");
    type_into(&mut window, "maximum", "777");
    window.get_by_label("Save as preset…").click();
    window.run_steps(3);
    window.event(Event::Text("Mine".to_owned()));
    window.run_steps(2);
    window.key_press(Key::Enter);
    window.run_steps(3);
    type_into(&mut window, "maximum", "300");
    window.get_by_label("Range presets").click();
    window.run_steps(3);
    window.get_by_label("Mine −160 to 777").click();
    window.run_steps(3);
    assert_eq!(ct(&window).window.max, 777.0);
}

#[test]
fn the_nickname_is_shown_everywhere() {
    let mut window = inspecting("General");
    type_into(&mut window, "nickname", "Lung before");
    assert!(window.query_by_label("Layer Lung before").is_some());
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(2);
    assert!(window.query_by_label("Layer Sample CT").is_some());
}

#[test]
fn an_overlay_becomes_a_separate_image() {
    let mut window = with_sample();
    open(&mut window, "Layer Sample PET", "General");
    window.get_by_label("Separate image").click();
    window.run_steps(3);
    assert_eq!(layer(&window, "Sample PET").role, Role::Additional);
}

#[test]
fn a_click_on_the_canvas_makes_an_own_map_with_the_same_colours() {
    let mut window = inspecting("Color map");
    let before = ct(&window).map.clone();
    let canvas = window.get_by_label("Colour map editor").rect();
    click(&mut window, canvas.center());
    let ColorMap::Own(map) = &ct(&window).map else {
        panic!("still {:?}", ct(&window).map);
    };
    assert_eq!(map.points().len(), 3);
    for t in [0.0, 0.25, 0.5, 1.0] {
        assert_eq!(map.color(t), before.color(t));
    }
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(2);
    assert_eq!(ct(&window).map, before);
}

#[test]
fn a_point_of_the_map_is_dragged_down_to_be_seen_through() {
    let mut window = with_sample();
    open(&mut window, "Layer Sample PET", "Color map");
    let canvas = window.get_by_label("Colour map editor").rect().shrink(8.0);
    drag(
        &mut window,
        canvas.right_top(),
        vec2(0.0, canvas.height() / 2.0),
    );
    let map = &layer(&window, "Sample PET").display.map;
    let alpha = map.color(1.0)[3];
    assert!(alpha.abs_diff(128) < 6, "{alpha}");
    assert_eq!(map.color(0.0)[3], 255);
}

/// A window with the sample study whose file dialogs answer with `path`.
fn answering(path: &Path) -> Window {
    let answer = Picked::Paths(vec![path.to_owned()]);
    let startup = Startup {
        sample: true,
        ..Default::default()
    };
    let mut window = Harness::builder()
        .with_size(vec2(1280.0, 800.0))
        .build_eframe(|cc| App::new(cc, Arc::new(Answers(answer)), startup));
    wait(&mut window, |app| app.document().layers().len() == 2);
    window.run_steps(3);
    window
}

#[test]
fn an_own_map_is_saved_exported_deleted_and_imported() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("map.json");
    let mut window = answering(&file);
    open(&mut window, "Layer Sample CT", "Color map");
    let canvas = window.get_by_label("Colour map editor").rect().shrink(8.0);
    click(&mut window, canvas.center());
    window.get_by_label("Save as…").click();
    window.run_steps(3);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.event(Event::Text("Bones".to_owned()));
    window.run_steps(2);
    window.key_press(Key::Enter);
    window.run_steps(3);
    assert_eq!(ct(&window).map.name(), "Bones");
    window.get_by_label("Export…").click();
    wait(&mut window, |app| {
        app.notice_texts()
            .iter()
            .any(|text| text.starts_with("Colour map saved"))
    });
    let text = std::fs::read_to_string(&file).expect("the exported map");
    assert!(text.contains("\"Bones\""), "{text}");
    window.get_by_label("Delete").click();
    window.run_steps(3);
    let changed = text.replace("Bones", "Bones again");
    std::fs::write(&file, changed).expect("another map");
    window.get_by_label("Import…").click();
    wait(&mut window, |app| {
        app.document().layers()[0].display.map.name() == "Bones again"
    });
}

#[test]
fn a_file_that_is_no_colour_map_is_named_and_nothing_is_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("other.json");
    std::fs::write(&file, "{\"colours\": 3}").expect("another file");
    let mut window = answering(&file);
    open(&mut window, "Layer Sample CT", "Color map");
    let before = ct(&window).map.clone();
    window.get_by_label("Import…").click();
    wait(&mut window, |app| {
        let refusals = app.notice_texts();
        refusals.iter().any(|text| {
            text.contains("it is not a colour map of warpscope") && text.contains("other.json")
        })
    });
    assert_eq!(ct(&window).map, before);
}

#[test]
fn info_has_the_cursor_in_the_layers_own_voxels_and_in_both_worlds() {
    let mut window = with_sample();
    open(&mut window, "Layer Sample PET", "Info");
    let cursor = window.state().document().cursor();
    let grid = *layer(&window, "Sample PET").volume.grid();
    let index = grid.world_to_index(cursor).0;
    let voxel = format!("{:.3}, {:.3}, {:.3}", index.x, index.y, index.z);
    assert!(says(&window, &voxel), "{voxel}");
    let lps = cursor.to_lps();
    let sign = |v: f64| format!("{v:.3}").replace('-', "−");
    let world = format!("{}, {}, {} mm", sign(lps[0]), sign(lps[1]), sign(lps[2]));
    assert!(says(&window, &world), "{world}");
}

#[test]
fn the_views_stay_alive_beside_it_and_it_follows_the_selected_layer() {
    let mut window = with_sample();
    open(&mut window, "Layer Sample PET", "Metadata");
    assert!(!window.state().is_busy());
    let before = window.state().document().cursor();
    let corner = window.get_by_label("sagittal view").rect().right_top();
    click(&mut window, corner + vec2(-60.0, 60.0));
    assert_ne!(window.state().document().cursor(), before);
    window.get_by_label("General tab").click();
    window.get_by_label("Layer Sample CT").click();
    window.run_steps(4);
    assert!(says(&window, "Main image"));
    window.key_press_modifiers(Modifiers::COMMAND, Key::I);
    window.run_steps(4);
    assert!(window.query_by_label("General tab").is_none());
}

#[test]
fn the_inspector_floats_and_is_docked_again_and_lists_the_layers() {
    let mut window = inspecting("Info");
    let docked = window.get_by_label("Close the inspector").rect();
    window.get_by_label("Undock the inspector").click();
    window.run_steps(5);
    assert_ne!(window.get_by_label("Close the inspector").rect(), docked);
    window.get_by_label("Inspect Sample PET").click();
    window.run_steps(3);
    let active = window
        .state()
        .document()
        .active()
        .map(|layer| layer.name.clone());
    assert_eq!(active.as_deref(), Some("Sample PET"));
    window.get_by_label("Dock the inspector").click();
    window.run_steps(3);
    window.get_by_label("Close the inspector").click();
    window.run_steps(3);
    assert!(window.query_by_label("Close the inspector").is_none());
}

#[test]
fn tags_are_searched_and_those_that_name_the_patient_are_marked() {
    let folder = tempfile::tempdir().expect("a folder");
    study::write(folder.path());
    let mut window = window(Startup {
        openings: vec![Opening::new(
            vec![folder.path().to_owned()],
            RoleChoice::Main,
        )],
        ..Default::default()
    });
    wait(&mut window, |app| app.document().main().is_some());
    open(&mut window, "Layer Sample series", "Metadata");
    assert!(says(&window, "3 tags tell who the patient is"));
    type_into(&mut window, "filter of the metadata", "patientname");
    assert!(says(&window, "SAMPLE^PATIENT"));
    assert!(!says(&window, "Sample Hospital"));
    type_into(&mut window, "filter of the metadata", "0029,1001");
    assert!(says(&window, "a private value"));
    type_into(&mut window, "filter of the metadata", "no such tag");
    assert!(says(&window, "No row holds this text."));
}

#[test]
fn an_image_without_tags_says_so() {
    let mut window = inspecting("Metadata");
    wait_for(&mut window, "This image carries no metadata.");
}

#[test]
fn labels_that_are_switched_off_and_on_look_as_before() {
    let mut window = inspecting("Labels");
    let look = |window: &Window| {
        let layer = window.state().document().active();
        layer.map(|layer| layer.display.clone())
    };
    let press = |window: &mut Window, label: &str| {
        window.get_by_label(label).click();
        window.run_steps(3);
    };
    let image = look(&window);
    press(&mut window, "Show as labels");
    press(&mut window, "only outlines");
    let labels = look(&window);
    assert_ne!(labels, image);
    press(&mut window, "Show as labels");
    assert_eq!(look(&window), image);
    press(&mut window, "Show as labels");
    assert_eq!(look(&window), labels);
}
