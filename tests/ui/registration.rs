//! The demons workspace, driven as a student would, with the real engine on small images.

use crate::harness::{Window, drag, drop_files, middle_of, wait, window, window_with, write_png};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use image::AnimationDecoder as _;
use std::path::{Path, PathBuf};
use warpscope::app::{Opening, Picked, RoleChoice, Startup};
use warpscope::document::Role;

/// A soft disc around `center` on a grey PNG of 48 x 48.
fn write_disc(folder: &Path, name: &str, center: [f32; 2]) -> PathBuf {
    let image = image::GrayImage::from_fn(48, 48, |x, y| {
        let distance = (x as f32 - center[0]).hypot(y as f32 - center[1]);
        image::Luma([(200.0 / (1.0 + ((distance - 10.0) / 1.5).exp())) as u8 + 20])
    });
    let path = folder.join(name);
    image.save(&path).expect("a PNG file");
    path
}

/// The workspace with a target ("there") and a source ("here") whose disc is 3 pixels away.
fn workspace() -> Window {
    workspace_with(Picked::Cancelled)
}

/// The same with an answer for file dialogs.
fn workspace_with(answer: Picked) -> Window {
    let folder = tempfile::tempdir().expect("a folder");
    let opening = |path, role| Opening::new(vec![path], role);
    let there = write_disc(folder.path(), "there.png", [24.0, 24.0]);
    let here = write_disc(folder.path(), "here.png", [27.0, 25.0]);
    let startup = Startup {
        openings: vec![
            opening(there, RoleChoice::Main),
            opening(here, RoleChoice::Additional),
        ],
        ..Default::default()
    };
    let mut window = window_with(startup, answer);
    wait(&mut window, |app| app.document().layers().len() == 2);
    window.run_steps(2);
    click(&mut window, "Demons…");
    window
}

fn click(window: &mut Window, label: &str) {
    window.get_by_label(label).click();
    window.run_steps(3);
}

/// Runs frames until a label that contains `text` is on the screen.
fn wait_for(window: &mut Window, text: &str) {
    let start = std::time::Instant::now();
    while window.query_all_by_label_contains(text).next().is_none() {
        assert!(start.elapsed().as_secs() < 60, "{text:?} never came");
        window.step();
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

fn names(window: &Window) -> Vec<String> {
    let layers = window.state().document().layers();
    layers.iter().map(|layer| layer.name.clone()).collect()
}

#[test]
fn a_run_leaves_warped_image_field_and_jacobian_in_one_undo_step() {
    let mut window = workspace();
    let before = names(&window);
    let [target, source] = &before[..] else {
        panic!("two layers");
    };
    wait_for(
        &mut window,
        &format!("{source} will be warped onto {target}"),
    );
    click(&mut window, "Run");
    wait(&mut window, |app| app.document().layers().len() == 5);
    window.run_steps(3);
    let document = window.state().document();
    let [_, _, field, jacobian, warped] = document.layers() else {
        panic!("five layers");
    };
    assert_eq!(field.volume.components(), 3);
    assert_eq!(jacobian.role, Role::Overlay);
    assert!(!jacobian.display.visible);
    assert_eq!(warped.name, format!("Warped {source}"));
    assert_eq!(document.ground().map(|layer| layer.id), Some(warped.id));
    assert!(document.is_unsaved(warped.id));
    let error = |volume: &warpscope::volume::Volume| {
        let target = &document.layers()[0].volume;
        let pixels = (0..48).flat_map(|j| (0..48).map(move |i| [i, j, 0]));
        pixels
            .filter_map(|pixel| Some(volume.value(pixel, 0, 0)? - target.value(pixel, 0, 0)?))
            .filter(|difference| !difference.is_nan())
            .map(|difference| difference.powi(2))
            .sum::<f64>()
    };
    let (unwarped, after) = (error(&document.layers()[1].volume), error(&warped.volume));
    assert!(
        after < 0.1 * unwarped,
        "squared error {unwarped} -> {after}"
    );
    wait_for(&mut window, "Done: MSD");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(3);
    assert_eq!(names(&window), before);
}

#[test]
fn a_step_is_one_iteration_and_cancelling_leaves_nothing() {
    let mut window = workspace();
    click(&mut window, "Step");
    wait_for(&mut window, "Level 1, iteration 1: MSD = ");
    click(&mut window, "Step");
    wait_for(&mut window, "Level 1, iteration 2: MSD = ");
    window.run_steps(20);
    assert!(window.query_by_label_contains("iteration 2: MSD").is_some());
    click(&mut window, "Level");
    wait_for(&mut window, "paused");
    click(&mut window, "Cancel registration");
    window.run_steps(10);
    assert_eq!(names(&window).len(), 2);
    assert!(window.query_by_label("Ready").is_some());
}

#[test]
fn stopping_keeps_what_was_reached() {
    let mut window = workspace();
    click(&mut window, "Step");
    wait_for(&mut window, "iteration 1: MSD");
    click(&mut window, "Stop and keep");
    wait(&mut window, |app| app.document().layers().len() == 5);
    wait_for(&mut window, "1 iterations");
}

#[test]
fn a_parameter_changed_while_it_waits_takes_effect_and_is_marked() {
    let mut window = workspace();
    click(&mut window, "Step");
    wait_for(&mut window, "iteration 1: MSD");
    click(&mut window, "Compose updates");
    click(&mut window, "Step");
    wait_for(&mut window, "iteration 2: MSD");
    let marks = window.state().registration_marks();
    assert_eq!(marks, ["compose"]);
}

#[test]
fn arrow_keys_cycle_the_image_and_switch_to_the_jacobian() {
    let mut window = workspace();
    assert!(window.query_by_label("Warped image").is_some());
    window.key_press(Key::ArrowRight);
    window.run_steps(3);
    assert!(window.query_by_label("Source image").is_some());
    window.key_press(Key::ArrowLeft);
    window.key_press(Key::ArrowUp);
    window.run_steps(3);
    assert!(window.query_by_label("Warped image").is_some());
    assert!(window.query_by_label("Deformation field").is_none());
    click(&mut window, "Draws the deformation as a bent grid");
    assert!(window.query_by_label("Deformation field").is_some());
}

#[test]
fn pointing_at_a_pixel_reads_it_in_all_terms() {
    let mut window = workspace();
    click(&mut window, "Step");
    wait_for(&mut window, "iteration 1: MSD");
    let at = middle_of(&window, "deformation pane");
    window.hover_at(at);
    window.run_steps(3);
    assert!(window.query_by_label_contains("Probe at pixel").is_some());
    for row in [
        "difference",
        "raw update",
        "smoothed update",
        "displacement",
    ] {
        assert!(window.query_by_label(row).is_some(), "{row}");
    }
}

#[test]
fn the_cine_pair_can_be_tried_with_nothing_open() {
    let mut window = window(Startup::default());
    click(&mut window, "Registration");
    click(&mut window, "Try it on the cine pair");
    wait(&mut window, |app| app.document().layers().len() == 2);
    wait_for(
        &mut window,
        "Sample cine inhale will be warped onto Sample cine exhale",
    );
}

#[test]
fn a_pair_that_cannot_be_registered_is_refused_before_the_run() {
    let mut window = workspace();
    click(&mut window, "levels");
    window.event(egui::Event::Text("12".to_owned()));
    window.key_press(Key::Enter);
    window.run_steps(4);
    wait_for(&mut window, "12 levels leave");
    click(&mut window, "Run");
    window.run_steps(5);
    assert!(window.query_by_label("Not ready").is_some());
}

#[test]
fn leaving_the_workspace_brings_the_views_back() {
    let mut window = workspace();
    assert!(window.query_by_label("axial view").is_none());
    window.key_press_modifiers(Modifiers::COMMAND, Key::D);
    window.run_steps(3);
    assert!(window.query_by_label("axial view").is_some());
}

#[test]
fn a_finished_run_stays_beside_the_next() {
    let mut window = workspace();
    click(&mut window, "Step");
    wait_for(&mut window, "iteration 1: MSD");
    click(&mut window, "Stop and keep");
    wait_for(&mut window, "Done: MSD");
    click(&mut window, "Compare with the next run");
    assert!(window.query_by_label("Kept: Deformation field").is_some());
    click(&mut window, "Step");
    wait_for(&mut window, "Level 1, iteration 1: MSD = ");
    click(&mut window, "Let the kept run go");
    assert!(window.query_by_label("Kept: Deformation field").is_none());
}

#[test]
fn the_slider_goes_back_to_an_earlier_iteration() {
    let mut window = workspace();
    for n in 1..=3 {
        click(&mut window, "Step");
        wait_for(&mut window, &format!("iteration {n}: MSD"));
    }
    let rail = window.get_by_label("go back").rect();
    let left = egui::pos2(rail.left() + 8.0, rail.center().y);
    window.drag_at(left);
    window.drop_at(left);
    window.run_steps(3);
    assert!(window.query_by_label_contains("iteration 0: MSD").is_some());
    let right = egui::pos2(rail.right() - 1.0, rail.center().y);
    window.drag_at(right);
    window.drop_at(right);
    window.run_steps(3);
    assert!(window.query_by_label_contains("iteration 3: MSD").is_some());
}

#[test]
fn the_field_of_a_result_can_be_drawn_over_the_views() {
    let mut window = workspace();
    click(&mut window, "Step");
    wait_for(&mut window, "iteration 1: MSD");
    click(&mut window, "Stop and keep");
    wait_for(&mut window, "Done: MSD");
    click(&mut window, "Demons…");
    click(&mut window, "Registration");
    click(&mut window, "Field as bent grid");
    assert!(window.state().draws_fields());
    assert!(window.query_by_label("axial view").is_some());
}

#[test]
fn the_views_show_the_warped_image_while_a_run_goes_on() {
    let mut window = workspace();
    let before = names(&window);
    click(&mut window, "Step");
    wait_for(&mut window, "iteration 1: MSD");
    assert_eq!(names(&window), before);
    click(&mut window, "Demons…");
    wait(&mut window, |app| app.document().live().is_some());
    let revision = |window: &Window| {
        let live = window.state().document().live().expect("a live layer");
        assert_eq!(live.name, format!("Warped {} so far", before[1]));
        live.revision
    };
    assert_eq!(revision(&window), 0);
    click(&mut window, "Demons…");
    click(&mut window, "Step");
    wait_for(&mut window, "iteration 2: MSD");
    assert_eq!(revision(&window), 0);
    click(&mut window, "Demons…");
    wait(&mut window, |app| {
        app.document().live().is_some_and(|live| live.revision == 1)
    });
    // The status line says so, too.
    wait_for(&mut window, "iteration 2: MSD");
    click(&mut window, "Watch");
    click(&mut window, "Cancel registration");
    window.run_steps(3);
    assert_eq!(names(&window), before);
    click(&mut window, "Step");
    wait_for(&mut window, "iteration 1: MSD");
    click(&mut window, "Demons…");
    wait(&mut window, |app| app.document().live().is_some());
    click(&mut window, "Demons…");
    click(&mut window, "Stop and keep");
    wait(&mut window, |app| app.document().layers().len() == 5);
    assert!(window.state().document().live().is_none());
}

/// What the probe says it stands on.
fn probed(window: &Window) -> String {
    let probe = window.get_by_label_contains("Probe at pixel");
    probe.value().unwrap_or_default()
}

#[test]
fn the_panes_are_enlarged_and_moved_together() {
    let mut window = workspace();
    // The very middle is the edge between two pixels.
    let [image, update] =
        ["image pane", "update pane"].map(|pane| middle_of(&window, pane) + egui::vec2(2.0, 2.0));
    let aside = egui::vec2(80.0, 0.0);
    let probe_at = |window: &mut Window, at| {
        window.hover_at(at);
        window.run_steps(3);
        probed(window)
    };
    let before = probe_at(&mut window, update + aside);
    let middle = probe_at(&mut window, update);
    let drag = |window: &mut Window, button, by| {
        for (pos, pressed) in [(image, true), (image + by, false)] {
            window.hover_at(pos);
            window.step();
            let modifiers = Modifiers::NONE;
            window.event(egui::Event::PointerButton {
                pos,
                button,
                pressed,
                modifiers,
            });
            window.run_steps(2);
        }
    };
    drag(
        &mut window,
        egui::PointerButton::Secondary,
        egui::vec2(0.0, -60.0),
    );
    let enlarged = probe_at(&mut window, update + aside);
    assert_ne!(enlarged, before);
    assert_eq!(probe_at(&mut window, update), middle);
    drag(&mut window, egui::PointerButton::Middle, aside);
    assert_eq!(probe_at(&mut window, update + aside), middle);
    window.key_press_modifiers(Modifiers::COMMAND, Key::F);
    window.run_steps(3);
    assert_eq!(probe_at(&mut window, update + aside), before);
}

#[test]
fn sigmas_in_mm_and_a_mask_are_part_of_the_setup() {
    let mut window = workspace();
    let folder = tempfile::tempdir().expect("a folder");
    let small = write_png(folder.path(), "small.png", [24, 24]);
    drop_files(&mut window, &[small]);
    wait_for(&mut window, "Additional image");
    click(&mut window, "Additional image");
    click(&mut window, "Open");
    wait(&mut window, |app| app.document().layers().len() == 3);
    window.run_steps(3);
    click(&mut window, "More");
    window.run_steps(20);
    click(&mut window, "σ in mm");
    assert!(window.query_by_label("Smoothness (mm)").is_some());
    let mask = names(&window)[2].clone();
    let open_masks = |window: &mut Window| {
        let role = egui::accesskit::Role::ComboBox;
        window.get_by_role_and_label(role, "Mask").click();
        window.run_steps(3);
    };
    open_masks(&mut window);
    click(&mut window, &mask);
    wait_for(&mut window, "the mask is another shape than the target");
    click(&mut window, "Run");
    window.run_steps(3);
    assert!(window.query_by_label("Not ready").is_some());
    open_masks(&mut window);
    click(&mut window, "none");
    click(&mut window, "Step");
    wait_for(&mut window, "iteration 1: MSD");
    click(&mut window, "σ in mm");
    assert_eq!(window.state().registration_marks(), ["σ in voxels"]);
}

#[test]
fn pictures_of_a_run_wait_while_something_else_is_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.gif");
    let mut window = workspace_with(Picked::Paths(vec![path]));
    click(&mut window, "Step");
    wait_for(&mut window, "iteration 1: MSD");
    click(&mut window, "Animation…");
    click(&mut window, "Demons…");
    window.run_steps(40);
    assert!(window.query_by_label("axial view").is_some());
    assert!(window.state().notice_texts().is_empty(), "written unseen");
    click(&mut window, "Demons…");
    wait(&mut window, |app| !app.notice_texts().is_empty());
}

#[test]
fn a_run_is_written_as_an_animation_of_its_iterations() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.gif");
    let mut window = workspace_with(Picked::Paths(vec![path.clone()]));
    for n in 1..=2 {
        click(&mut window, "Step");
        wait_for(&mut window, &format!("iteration {n}: MSD"));
    }
    click(&mut window, "Animation…");
    wait(&mut window, |app| !app.notice_texts().is_empty());
    let saved = format!("Saved the run as an animation: {}", path.display());
    assert_eq!(window.state().notice_texts(), [saved]);
    let file = std::io::BufReader::new(std::fs::File::open(&path).expect("a file"));
    let decoder = image::codecs::gif::GifDecoder::new(file).expect("a GIF");
    let frames = decoder.into_frames().collect_frames().expect("pictures");
    let [start, first, second] = &frames[..] else {
        panic!("{} pictures of 3 recorded states", frames.len());
    };
    assert_ne!(start.buffer(), first.buffer());
    assert_ne!(first.buffer(), second.buffer());
    assert!(window.query_by_label("Animation…").is_some());
}

#[test]
fn the_pan_tool_moves_the_panes_and_leaves_the_cursor() {
    let mut window = workspace();
    click(&mut window, "Run");
    wait_for(&mut window, "Done: MSD");
    window.run_steps(3);
    let cursor = |window: &Window| window.state().document().cursor();
    let middle = middle_of(&window, "image pane");
    let by = egui::vec2(30.0, 20.0);
    let before = cursor(&window);
    drag(&mut window, middle, by);
    let moved = cursor(&window);
    assert_ne!(moved, before);
    // The same place of the image is under the pointer again, 30 points further.
    window.key_press(Key::Num2);
    window.run_steps(2);
    drag(&mut window, middle, by);
    assert_eq!(cursor(&window), moved);
    window.key_press(Key::Num1);
    window.run_steps(2);
    drag(&mut window, middle + by + by, egui::Vec2::ZERO);
    assert_eq!(cursor(&window), moved);
}

#[test]
fn in_a_narrow_window_a_panes_choices_are_in_a_menu() {
    let mut window = workspace();
    window.set_size(egui::vec2(820.0, 560.0));
    window.run_steps(3);
    let jacobian = "Shows how tissue grows (above 1), shrinks (below 1) or folds (0 and below); up and down arrow switch";
    assert!(window.query_by_label(jacobian).is_none());
    click(&mut window, "What the pane shows: Deformation field");
    click(&mut window, jacobian);
    assert!(
        window
            .query_by_label("What the pane shows: Jacobian")
            .is_some()
    );
}
