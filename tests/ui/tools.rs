//! The tools that make another image of one, as a user works them.

use crate::harness::{Window, drag, drop_files, type_into, wait, wait_for, with_sample};
use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::path::{Path, PathBuf};
use warpscope::document::{Layer, Role};
use warpscope::geometry::{Grid, IndexPoint};
use warpscope::io::{self, Report};
use warpscope::volume::{Volume, VoxelType};

fn open(window: &mut Window, tool: &str) {
    window.get_by_label("Tools").click();
    window.run_steps(3);
    window.get_by_label(tool).click();
    window.run_steps(4);
}

fn press(window: &mut Window, label: &str) {
    window.get_by_label(label).click();
    window.run_steps(4);
}

fn select(window: &mut Window, name: &str) {
    press(window, &format!("Layer {name}"));
}

fn layer<'a>(window: &'a Window, name: &str) -> Option<&'a Layer> {
    let document = window.state().document();
    document.layers().iter().find(|layer| layer.name == name)
}

fn volume(window: &Window, name: &str) -> Volume {
    layer(window, name).expect("a layer").volume.clone()
}

fn grid(window: &Window, name: &str) -> Grid {
    *volume(window, name).grid()
}

fn origin(grid: &Grid) -> [f64; 3] {
    let point = grid.index_to_world(IndexPoint::new(0.0, 0.0, 0.0)).0;
    [point.x, point.y, point.z]
}

fn undo(window: &mut Window) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(4);
}

fn wait_for_layer(window: &mut Window, name: &'static str) {
    wait(window, |app| {
        app.document()
            .layers()
            .iter()
            .any(|layer| layer.name == name)
    });
    window.run_steps(3);
}

#[test]
fn an_origin_typed_in_the_header_moves_the_image_at_once_and_undo_brings_it_back() {
    let mut window = with_sample();
    let before = grid(&window, "Sample PET");
    open(&mut window, "Header…");
    type_into(&mut window, "Origin x", "300");
    wait(&mut window, |app| {
        origin(app.document().layers()[1].volume.grid())[0] == 300.0
    });
    press(&mut window, "sform only");
    wait_for(&mut window, "qform code: 0 unknown");
    press(&mut window, "Apply");
    let edited = volume(&window, "Sample PET");
    assert_eq!(origin(edited.grid())[0], 300.0);
    let fields = &edited.meta().nifti.as_ref().expect("a header").fields;
    assert_eq!(fields["qform_code"], 0);
    assert!(
        window
            .query_by_label("Sample PET is not saved yet")
            .is_some()
    );
    undo(&mut window);
    assert_eq!(grid(&window, "Sample PET"), before);
    assert!(
        window
            .query_by_label("Sample PET is not saved yet")
            .is_none()
    );
}

#[test]
fn a_cancelled_header_leaves_the_image_as_it_was() {
    let mut window = with_sample();
    let before = grid(&window, "Sample PET");
    open(&mut window, "Header…");
    type_into(&mut window, "Spacing z", "5");
    wait(&mut window, |app| {
        app.document().layers()[1].volume.grid().spacing()[2] == 5.0
    });
    press(&mut window, "Cancel");
    assert_eq!(grid(&window, "Sample PET"), before);
}

#[test]
fn a_header_without_any_form_is_refused_in_a_sentence() {
    let mut window = with_sample();
    open(&mut window, "Header…");
    press(&mut window, "sform only");
    window.get_by_label_contains("sform code:").click();
    window.run_steps(3);
    window.get_by_label("0 unknown").click();
    window.run_steps(3);
    wait_for(&mut window, "nothing says where the image lies");
}

#[test]
fn typed_ranges_cut_out_a_box_whose_voxels_stay_in_place() {
    let mut window = with_sample();
    select(&mut window, "Sample CT");
    let image = volume(&window, "Sample CT");
    open(&mut window, "Crop…");
    for (label, value) in [
        ("x to", "200"),
        ("x from", "40"),
        ("y to", "180"),
        ("y from", "60"),
    ] {
        type_into(&mut window, label, value);
    }
    press(&mut window, "Add");
    wait_for_layer(&mut window, "Sample CT cropped");
    let cropped = volume(&window, "Sample CT cropped");
    assert_eq!(cropped.grid().shape(), [160, 120, image.grid().shape()[2]]);
    let corner = image
        .grid()
        .index_to_world(IndexPoint::new(40.0, 60.0, 0.0))
        .0;
    assert_eq!(origin(cropped.grid()), [corner.x, corner.y, corner.z]);
    assert_eq!(
        cropped.value([3, 5, 7], 0, 0),
        image.value([43, 65, 7], 0, 0)
    );
    undo(&mut window);
    assert!(layer(&window, "Sample CT cropped").is_none());
}

#[test]
fn a_box_drawn_in_a_view_is_what_is_cut_out() {
    let mut window = with_sample();
    select(&mut window, "Sample CT");
    open(&mut window, "Crop…");
    let view = window.get_by_label("axial view").rect();
    drag(
        &mut window,
        view.center() - vec2(40.0, 40.0),
        vec2(80.0, 60.0),
    );
    press(&mut window, "Add");
    wait_for_layer(&mut window, "Sample CT cropped");
    let [image, cropped] = ["Sample CT", "Sample CT cropped"].map(|name| grid(&window, name));
    let [nx, ny, nz] = cropped.shape();
    let [wx, wy, wz] = image.shape();
    assert!(nx < wx && ny < wy && nz == wz, "{nx} {ny} {nz}");
    // The drag was wider than high.
    let [sx, sy, _] = image.spacing();
    let ratio = (nx as f64 * sx) / (ny as f64 * sy);
    assert!((ratio - 80.0 / 60.0).abs() < 0.1, "{ratio}");
}

#[test]
fn a_box_is_fitted_around_values() {
    let mut window = with_sample();
    select(&mut window, "Sample CT");
    let image = volume(&window, "Sample CT");
    open(&mut window, "Crop…");
    press(&mut window, "Fit box");
    let tight = image.bounds_of(-500.0, f64::INFINITY).expect("a body");
    let text = format!("{} of 256", tight[0].len());
    wait_for(&mut window, &text);
    press(&mut window, "Add");
    wait_for_layer(&mut window, "Sample CT cropped");
    let shape = tight.map(|range| range.len());
    assert_eq!(grid(&window, "Sample CT cropped").shape(), shape);
}

#[test]
fn centres_are_aligned_as_a_preview_and_for_good() {
    let mut window = with_sample();
    let (ct, pet) = (grid(&window, "Sample CT"), grid(&window, "Sample PET"));
    assert!((ct.center().0 - pet.center().0).norm() > 0.1);
    open(&mut window, "Align centres…");
    let is_centered = |app: &warpscope::app::App| {
        let layers = app.document().layers();
        let [fixed, moved] = [0, 1].map(|n: usize| layers[n].volume.grid().center());
        (fixed.0 - moved.0).norm() < 1e-6
    };
    wait(&mut window, is_centered);
    press(&mut window, "Cancel");
    assert_eq!(grid(&window, "Sample PET"), pet);
    open(&mut window, "Align centres…");
    wait_for(&mut window, "moved by");
    press(&mut window, "Apply");
    wait(&mut window, is_centered);
    window.run_steps(3);
    assert!(window.query_by_label("Apply").is_none());
    undo(&mut window);
    assert_eq!(grid(&window, "Sample PET"), pet);
}

#[test]
fn an_image_comes_onto_the_grid_of_another() {
    let mut window = with_sample();
    open(&mut window, "Resample…");
    press(&mut window, "Onto the grid of another image");
    press(&mut window, "Add");
    wait_for_layer(&mut window, "Sample PET resampled");
    assert!(grid(&window, "Sample PET resampled").same_as(&grid(&window, "Sample CT")));
}

#[test]
fn a_voxel_type_that_cannot_hold_the_values_is_refused_and_one_that_can_is_applied() {
    let mut window = with_sample();
    select(&mut window, "Sample CT");
    open(&mut window, "Voxel type…");
    for (name, says) in [
        ("uint8", "cannot hold the numbers"),
        ("float64", "every value fits exactly"),
    ] {
        window.get_by_label_contains("Voxel type: ").click();
        window.run_steps(3);
        press(&mut window, name);
        wait_for(&mut window, says);
        let apply = window.get_by_label("Apply").accesskit_node().is_disabled();
        assert_eq!(apply, name == "uint8");
    }
    let value = volume(&window, "Sample CT").value([100, 100, 50], 0, 0);
    press(&mut window, "Apply");
    wait(&mut window, |app| {
        let main = app.document().main().expect("an image");
        main.volume.data().voxel_type() == VoxelType::F64
    });
    assert_eq!(
        volume(&window, "Sample CT").value([100, 100, 50], 0, 0),
        value
    );
}

#[test]
fn a_threshold_is_shown_as_it_is_chosen_and_becomes_a_mask_on_top() {
    let mut window = with_sample();
    select(&mut window, "Sample CT");
    open(&mut window, "Threshold to mask…");
    type_into(&mut window, "Lowest", "300");
    wait(&mut window, |app| app.document().live().is_some());
    press(&mut window, "Add");
    wait(&mut window, |app| {
        app.document().layers().len() == 3 && app.document().live().is_none()
    });
    window.run_steps(3);
    let mask = layer(&window, "Sample CT mask").expect("a mask");
    assert_eq!(mask.role, Role::Overlay);
    let (mask, image) = (mask.volume.clone(), volume(&window, "Sample CT"));
    for voxel in [[128, 128, 70], [128, 190, 70], [5, 5, 5]] {
        let inside = image.value(voxel, 0, 0).expect("a value") >= 300.0;
        assert_eq!(mask.value(voxel, 0, 0), Some(f64::from(u8::from(inside))));
    }
}

/// A 4D NIfTI file of formula, `value = t`.
fn write_4d(folder: &Path) -> PathBuf {
    let grid = Grid::new([8, 8, 8], nalgebra::Matrix4::identity()).expect("a grid");
    let images: Vec<Volume> = (0..3)
        .map(|t| {
            let array = ndarray::Array5::from_elem((1, 8, 8, 8, 1), t as i16);
            let voxels = warpscope::volume::Voxel::wrap(array);
            Volume::new(
                grid,
                voxels,
                warpscope::volume::Rescale::IDENTITY,
                Default::default(),
            )
            .expect("fits")
        })
        .collect();
    let joined = Volume::joined(&images).expect("one grid");
    let path = folder.join("times.nii");
    io::write_image(&joined, &path, Default::default(), &Report::silent()).expect("written");
    path
}

#[test]
fn a_4d_image_is_taken_apart_and_put_together_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = crate::harness::window(Default::default());
    drop_files(&mut window, &[write_4d(folder.path())]);
    wait(&mut window, |app| app.document().layers().len() == 1);
    window.run_steps(3);
    open(&mut window, "Split or join time points…");
    press(&mut window, "All time points");
    press(&mut window, "Add");
    wait(&mut window, |app| app.document().layers().len() == 4);
    window.run_steps(3);
    assert_eq!(
        volume(&window, "times t=2").value([1, 1, 1], 0, 0),
        Some(2.0)
    );
    select(&mut window, "times t=2");
    open(&mut window, "Split or join time points…");
    let other = window.get_by_role_and_label(egui::Role::CheckBox, "times t=0");
    other.click();
    window.run_steps(4);
    press(&mut window, "Add");
    wait_for_layer(&mut window, "times t=2 joined");
    let joined = volume(&window, "times t=2 joined");
    let values = [0, 1].map(|t| joined.value([1, 1, 1], t, 0));
    assert_eq!(values, [Some(2.0), Some(0.0)]);
}
