//! Registration by hand, automatically and by files, and two images in one picture.

use crate::harness::{
    Window, button, click, drag, middle_of, type_into, wait, wait_for, window, window_with,
    with_sample, write_png,
};
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use nalgebra::{Matrix4, Vector3};
use std::fs;
use warpscope::app::{Opening, Picked, RoleChoice, Startup};
use warpscope::document::{Aligned, AlignmentStep};
use warpscope::geometry::{Grid, Placement};

fn press(window: &mut Window, label: &str) {
    window.get_by_label(label).click();
    window.run_steps(3);
}

fn undo(window: &mut Window) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(3);
}

/// The sample study with the panel open.
fn opened() -> Window {
    with_panel(with_sample())
}

fn with_panel(mut window: Window) -> Window {
    window.key_press_modifiers(Modifiers::COMMAND, Key::R);
    window.run_steps(4);
    window
}

fn steps(window: &Window) -> &[AlignmentStep] {
    let document = window.state().document();
    document.steps(document.layers()[1].id)
}

fn by_hand(window: &Window) -> Placement {
    match &steps(window).last().expect("a step").how {
        Aligned::ByHand(placement) => *placement,
        Aligned::By(_) => panic!("not by hand"),
    }
}

fn pet_grid(window: &Window) -> Grid {
    *window.state().document().layers()[1].volume.grid()
}

/// Where the steps take the whole world of the PET: from its file's affine to the one it is seen with.
fn push(window: &Window) -> Matrix4<f64> {
    let document = window.state().document();
    let base = document.base(document.layers()[1].id).expect("an image");
    pet_grid(window).affine() * base.grid().inverse_affine()
}

#[test]
fn a_drag_in_a_view_shifts_the_image_by_what_the_hand_went_and_undo_brings_it_back() {
    let mut window = opened();
    let before = pet_grid(&window);
    let at = middle_of(&window, "axial view");
    drag(&mut window, at, vec2(30.0, -20.0));
    assert_eq!(steps(&window).len(), 1);
    let document = window.state().document();
    let zoom = document.view.planes[0].zoom;
    let [x, y, z] = by_hand(&window).shift_mm;
    // The patient's left, RAS -x, is on the right of the screen, the front above.
    assert!(x < 0.0 && y > 0.0 && z.abs() < 1e-9, "{x} {y} {z}");
    assert!((x / y + 1.5).abs() < 1e-6, "{x} {y}");
    if let Some(zoom) = zoom {
        assert!((x + 30.0 / zoom).abs() < 1e-6);
    }
    let expected = Matrix4::new_translation(&Vector3::new(x, y, z));
    assert!((push(&window) - expected).abs().max() < 1e-9);
    assert!(document.is_unsaved(document.layers()[1].id));
    undo(&mut window);
    assert!(steps(&window).is_empty() && pet_grid(&window) == before);
}

#[test]
fn the_ring_turns_about_the_views_normal_and_shift_makes_it_finer() {
    let mut window = opened();
    let rect = window.get_by_label("axial view").rect();
    // Of the ring about the middle of the main image, which the view shows in its middle.
    let radius = (rect.size().length() / 4.0).min(0.45 * rect.width().min(rect.height()));
    let right = rect.center() + vec2(radius, 0.0);
    drag(&mut window, right, vec2(0.0, radius * 0.2));
    let turned = by_hand(&window);
    let [x, y, z] = turned.angles_deg;
    let expected = 0.2f64.atan().to_degrees();
    // Clockwise as seen from the feet, with the patient's left on the right of the screen.
    assert!(x.abs() < 1e-6 && y.abs() < 1e-6, "{turned:?}");
    assert!((z.abs() - expected).abs() < 0.7, "{z} for {expected}");
    assert_eq!(turned.shift_mm, [0.0; 3]);
    undo(&mut window);
    window.hover_at(right);
    window.step();
    button(&mut window, right, true);
    window.event(Event::ModifiersChanged(Modifiers::SHIFT));
    window.event(Event::PointerMoved(right + vec2(0.0, radius * 0.2)));
    window.step();
    window.event(Event::ModifiersChanged(Modifiers::NONE));
    button(&mut window, right + vec2(0.0, radius * 0.2), false);
    window.run_steps(3);
    let fine = by_hand(&window).angles_deg[2];
    assert!((fine / z - 0.1).abs() < 0.01, "{fine} beside {z}");
}

#[test]
fn typed_numbers_move_the_image_about_the_cursor_and_reset_takes_them_back() {
    let mut window = opened();
    press(&mut window, "At the cursor");
    let cursor = window.state().document().cursor();
    type_into(&mut window, "Turn about z", "30");
    let kept = push(&window).transform_point(&cursor.0);
    assert!((kept - cursor.0).norm() < 1e-9);
    type_into(&mut window, "Shift along x", "12.5");
    press(&mut window, "Flip k");
    let placement = by_hand(&window);
    assert!((placement.angles_deg[2] - 30.0).abs() < 1e-9);
    assert_eq!(placement.shift_mm, [12.5, 0.0, 0.0]);
    assert_eq!(placement.scale, [1.0, 1.0, -1.0]);
    assert!(push(&window).determinant() < 0.0);
    assert_eq!(steps(&window).len(), 1);
    press(&mut window, "Reset the step by hand");
    assert!(steps(&window).is_empty());
    undo(&mut window);
    assert_eq!(by_hand(&window), placement);
}

#[test]
fn matched_centres_fall_together() {
    let mut window = opened();
    type_into(&mut window, "Shift along y", "70");
    press(&mut window, "Image centres");
    let document = window.state().document();
    let fixed = document.grid().expect("an image").center();
    assert!((pet_grid(&window).center().0 - fixed.0).norm() < 1e-9);
    assert!((by_hand(&window).shift_mm[1] - 70.0).abs() > 1.0);
}

#[test]
fn an_image_finds_its_place_by_itself_and_one_undo_takes_it_back() {
    let mut window = opened();
    type_into(&mut window, "Shift along x", "14");
    type_into(&mut window, "Turn about z", "6");
    let away = pet_grid(&window);
    press(&mut window, "Automatic");
    press(&mut window, "Run registration");
    wait(&mut window, |app| {
        app.document().steps(app.document().layers()[1].id).len() == 2
    });
    window.run_steps(3);
    assert_eq!(steps(&window)[1].name, "Rigid, NMI");
    let corner =
        pet_grid(&window).index_to_world(warpscope::geometry::IndexPoint::new(30.0, 30.0, 20.0));
    let back = push(&window).try_inverse().expect("no flat image");
    let off = (back.transform_point(&corner.0) - corner.0).norm();
    assert!(off < 2.0, "{off} mm from its place");
    assert!(window.state().document().tried().is_none());
    undo(&mut window);
    assert_eq!(steps(&window).len(), 1);
    assert_eq!(pet_grid(&window), away);
}

#[test]
fn a_cancelled_run_leaves_the_image_where_it_was() {
    let mut window = opened();
    type_into(&mut window, "Shift along x", "14");
    let before = pet_grid(&window);
    press(&mut window, "Automatic");
    press(&mut window, "Run registration");
    if window.query_by_label("Cancel registration").is_some() {
        press(&mut window, "Cancel registration");
    }
    window.run_steps(5);
    let kept = steps(&window).len() == 1 && pet_grid(&window) == before;
    // A run this short may have ended before the click.
    assert!(kept || steps(&window).len() == 2);
    assert!(window.state().document().tried().is_none());
}

#[test]
fn undo_while_it_runs_stops_the_run_and_nothing_before_it() {
    let mut window = opened();
    type_into(&mut window, "Shift along x", "14");
    let before = pet_grid(&window);
    press(&mut window, "Automatic");
    window.get_by_label("Run registration").click();
    window.step();
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(3);
    assert_eq!(steps(&window).len(), 1);
    assert_eq!(pet_grid(&window), before);
    wait_for(&mut window, "The registration was stopped");
    undo(&mut window);
    assert!(steps(&window).is_empty());
}

#[test]
fn escape_closes_a_list_before_the_panel() {
    let mut window = opened();
    press(&mut window, "Automatic");
    let list = window.get_by_role_and_label(Role::ComboBox, "Metric");
    list.click();
    window.run_steps(3);
    assert!(window.query_by_label("Local correlation").is_some());
    window.key_press(Key::Escape);
    window.run_steps(4);
    assert!(window.query_by_label("Local correlation").is_none());
    assert!(window.query_by_label("Run registration").is_some());
    window.key_press(Key::Escape);
    window.run_steps(4);
    assert!(window.query_by_label("Run registration").is_none());
}

#[test]
fn what_is_moved_comes_into_view() {
    let mut window = with_sample();
    let shown = |window: &Window| window.state().document().layers()[1].display.visible;
    press(&mut window, "Show or hide Sample PET");
    assert!(!shown(&window));
    let mut window = with_panel(window);
    let at = middle_of(&window, "axial view");
    drag(&mut window, at, vec2(30.0, -20.0));
    assert!(shown(&window) && steps(&window).is_empty());
    drag(&mut window, at, vec2(30.0, -20.0));
    assert_eq!(steps(&window).len(), 1);
    // The tool is left first, then the panel.
    window.key_press(Key::Num9);
    window.run_steps(3);
    for open in [true, false] {
        window.key_press(Key::Escape);
        window.run_steps(3);
        assert_eq!(window.query_by_label("By hand").is_some(), open);
    }
}

#[test]
fn images_of_one_slice_are_only_turned_and_shifted_in_their_plane() {
    let folder = tempfile::tempdir().expect("a folder");
    let [one, other] = ["one.png", "two.png"].map(|name| write_png(folder.path(), name, [40, 30]));
    let mut window = window(Startup {
        openings: vec![
            Opening::new(vec![one], RoleChoice::Main),
            Opening::new(vec![other], RoleChoice::Additional),
        ],
        ..Default::default()
    });
    wait(&mut window, |app| app.document().layers().len() == 2);
    let window = with_panel(window);
    let is_disabled = |label: &str| window.get_by_label(label).accesskit_node().is_disabled();
    for (label, disabled) in [
        ("Turn about x", true),
        ("Turn about z", false),
        ("Shift along y", false),
        ("Shift along z", true),
    ] {
        assert_eq!(is_disabled(label), disabled, "{label}");
    }
}

#[test]
fn a_step_switched_off_no_longer_moves_the_image() {
    let mut window = opened();
    let before = pet_grid(&window);
    type_into(&mut window, "Shift along z", "20");
    let moved = pet_grid(&window);
    press(&mut window, "Transforms");
    press(&mut window, "1. By hand");
    assert!(!steps(&window)[0].on);
    assert_eq!(pet_grid(&window), before);
    press(&mut window, "1. By hand");
    assert_eq!(pet_grid(&window), moved);
    press(&mut window, "Remove step 1");
    assert!(steps(&window).is_empty());
}

#[test]
fn a_saved_transform_loads_as_a_step_that_brings_the_image_to_the_same_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("moved.tfm");
    let startup = Startup {
        sample: true,
        ..Default::default()
    };
    let mut window = window_with(startup, Picked::Paths(vec![path.clone()]));
    wait(&mut window, |app| app.document().layers().len() == 2);
    let mut window = with_panel(window);
    let home = pet_grid(&window);
    type_into(&mut window, "Shift along x", "-8");
    type_into(&mut window, "Turn about y", "11");
    let moved = pet_grid(&window);
    press(&mut window, "Transforms");
    press(&mut window, "Save…");
    wait(&mut window, |_| path.exists());
    assert!(
        fs::read_to_string(&path)
            .expect("text")
            .starts_with("#Insight")
    );
    press(&mut window, "Remove step 1");
    press(&mut window, "Load a transform");
    wait(&mut window, |app| {
        app.document().steps(app.document().layers()[1].id).len() == 1
    });
    window.run_steps(3);
    assert_eq!(steps(&window)[0].name, "moved.tfm");
    assert!((pet_grid(&window).affine() - moved.affine()).abs().max() < 1e-6);
    press(&mut window, "Load the inverse");
    press(&mut window, "Load a transform");
    wait(&mut window, |app| {
        app.document().steps(app.document().layers()[1].id).len() == 2
    });
    window.run_steps(3);
    assert!((pet_grid(&window).affine() - home.affine()).abs().max() < 1e-6);
}

#[test]
fn a_resliced_image_lies_on_the_fixed_ones_grid_and_looks_like_the_moving_one() {
    let mut window = opened();
    type_into(&mut window, "Shift along y", "9");
    press(&mut window, "Transforms");
    press(&mut window, "Reslice");
    wait(&mut window, |app| app.document().layers().len() == 3);
    window.run_steps(3);
    let document = window.state().document();
    let [ct, pet, new] = [0, 1, 2].map(|n| &document.layers()[n]);
    assert_eq!(new.name, "resliced Sample PET");
    assert_eq!(new.volume.grid(), ct.volume.grid());
    assert_eq!(new.display.map.name(), pet.display.map.name());
    let chain = document.chain(pet.id).expect("no flat image");
    let base = document.base(pet.id).expect("an image");
    let lowest = warpscope::volume::summary(base).min;
    let how = warpscope::volume::Resampling::Linear;
    let wanted = base.resampled_through(ct.volume.grid(), &chain, how, lowest, &|_| true);
    let [made, wanted] = [&new.volume, &wanted].map(warpscope::volume::summary);
    assert_eq!((made.mean, made.max), (wanted.mean, wanted.max));
}

#[test]
fn files_that_are_no_transforms_change_nothing_and_say_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("flat.mat");
    fs::write(&path, "1 0 0 0\n0 1 0 0\n0 0 0 0\n0 0 0 1\n").expect("a file");
    let startup = Startup {
        sample: true,
        ..Default::default()
    };
    let mut window = window_with(startup, Picked::Paths(vec![path]));
    wait(&mut window, |app| app.document().layers().len() == 2);
    let mut window = with_panel(window);
    press(&mut window, "Transforms");
    press(&mut window, "Load a transform");
    wait(&mut window, |app| !app.notice_texts().is_empty());
    let text = window.state().notice_texts().join("\n");
    assert!(
        text.contains("singular") && text.contains("flat.mat"),
        "{text}"
    );
    assert!(steps(&window).is_empty());
}

#[test]
fn one_image_alone_has_nothing_to_be_moved_onto() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(Startup {
        openings: vec![Opening::new(
            vec![write_png(folder.path(), "one.png", [40, 30])],
            RoleChoice::Main,
        )],
        ..Default::default()
    });
    wait(&mut window, |app| !app.document().is_empty());
    let window = with_panel(window);
    let told = window.query_all_by_label_contains("Open a second image");
    assert_eq!(told.count(), 1);
}

#[test]
fn a_comparison_is_chosen_swiped_and_left_by_key() {
    let mut window = with_sample();
    window.key_press(Key::K);
    window.run_steps(3);
    assert!(window.query_by_label_contains("Way to compare").is_some());
    window.key_press_modifiers(Modifiers::SHIFT, Key::K);
    window.run_steps(3);
    let line = window.get_by_label("Line between the images, axial view");
    let at = line.rect().center();
    let cursor = window.state().document().cursor();
    drag(&mut window, at, vec2(60.0, 0.0));
    let after = window.get_by_label("Line between the images, axial view");
    assert!((after.rect().center().x - at.x - 60.0).abs() < 2.0);
    let other = window.get_by_label("Line between the images, coronal view");
    assert!(!other.accesskit_node().is_disabled());
    assert_eq!(window.state().document().cursor(), cursor);
    window.key_press(Key::K);
    window.run_steps(3);
    assert!(window.query_by_label_contains("Way to compare").is_none());
}

#[test]
fn landmarks_are_placed_in_pairs_dragged_and_measured() {
    let mut window = with_sample();
    window.key_press(Key::Num9);
    window.run_steps(4);
    let at = middle_of(&window, "axial view") - vec2(60.0, 70.0);
    click(&mut window, at);
    click(&mut window, at + vec2(30.0, 40.0));
    let document = window.state().document();
    assert_eq!(document.landmarks().len(), 1);
    let pair = &document.landmarks()[0];
    let apart = (pair.moving.expect("placed").0 - pair.fixed.0).norm();
    assert!(apart > 1.0);
    wait_for(&mut window, "Target registration error");
    // Dragged onto each other they agree.
    drag(&mut window, at + vec2(30.0, 40.0), vec2(-30.0, -40.0));
    let pair = &window.state().document().landmarks()[0];
    let apart = (pair.moving.expect("placed").0 - pair.fixed.0).norm();
    assert!(apart < 1e-6, "{apart} mm");
    undo(&mut window);
    let pair = &window.state().document().landmarks()[0];
    assert!((pair.moving.expect("placed").0 - pair.fixed.0).norm() > 1.0);
}

#[test]
fn a_click_within_one_frame_places_a_landmark_and_escape_leaves_the_tool() {
    let mut window = with_sample();
    window.key_press(Key::Num9);
    window.run_steps(4);
    let at = middle_of(&window, "axial view") - vec2(60.0, 70.0);
    let tap = |window: &mut Window, at: Pos2| {
        window.hover_at(at);
        window.step();
        for pressed in [true, false] {
            window.event(Event::PointerButton {
                pos: at,
                button: PointerButton::Primary,
                pressed,
                modifiers: Modifiers::NONE,
            });
        }
        window.run_steps(3);
    };
    tap(&mut window, at);
    tap(&mut window, at + vec2(30.0, 40.0));
    let placed = |window: &Window| window.state().document().landmarks().len();
    assert_eq!(placed(&window), 1);
    assert!(window.state().document().landmarks()[0].moving.is_some());
    window.key_press(Key::Escape);
    window.run_steps(3);
    tap(&mut window, at - vec2(30.0, 0.0));
    assert_eq!(placed(&window), 1);
}

#[test]
fn figures_of_two_images_are_those_of_the_library() {
    let mut window = with_sample();
    window.key_press_modifiers(Modifiers::SHIFT, Key::F);
    window.run_steps(3);
    let document = window.state().document();
    let [ct, pet] = [0, 1].map(|n| document.layers()[n].volume.clone());
    let pair = warpscope::volume::ImagePair::new(&ct, &pet);
    let nmi = warpscope::volume::similarity(&pair).nmi;
    wait_for(&mut window, &format!("{nmi:.4}"));
}
