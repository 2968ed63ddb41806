//! Every control of every screen has a name, and Tab comes to it.

use crate::harness::{Window, drop_files, wait_for, window, window_with, with_sample, write_png};
use egui::accesskit::{Action, NodeId};
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::collections::{BTreeMap, BTreeSet};
use warpscope::app::{Picked, Startup};

/// What can take the keyboard: the name, and whether it has it now.
fn controls(window: &Window) -> BTreeMap<NodeId, (String, bool)> {
    let nodes = window.root().children_recursive();
    nodes
        .map(|node| node.accesskit_node())
        .filter(|node| node.data().supports_action(Action::Focus))
        .filter(|node| !node.is_hidden() && !node.is_disabled())
        .map(|node| {
            let hint = node.data().placeholder().map(str::to_owned);
            let name = node.label().or(hint).unwrap_or_default();
            (node.locate().0, (name, node.is_focused()))
        })
        .collect()
}

/// Goes once round by Tab; returns the names it came to.
fn tour(window: &mut Window, screen: &str) -> BTreeSet<String> {
    let nodes = window.root().children_recursive();
    let all = controls(window);
    let nameless: Vec<String> = nodes
        .map(|node| node.accesskit_node())
        .filter(|node| {
            let control = all.get(&node.locate().0);
            control.is_some_and(|(name, _)| name.trim().is_empty())
        })
        .map(|node| format!("{:?} at {:?}", node.role(), node.bounding_box()))
        .collect();
    assert!(
        nameless.is_empty(),
        "{screen}: without a name: {nameless:#?}"
    );
    let mut reached = BTreeSet::new();
    for _ in 0..all.len() + 5 {
        window.key_press(Key::Tab);
        window.run_steps(2);
        for (name, focused) in controls(window).into_values() {
            if focused {
                assert!(!name.trim().is_empty(), "{screen}: Tab came to no name");
                reached.insert(name);
            }
        }
    }
    reached
}

/// Tab comes to all controls of a screen without a dialog.
fn check(window: &mut Window, screen: &str) {
    let all: BTreeSet<String> = controls(window).into_values().map(|(n, _)| n).collect();
    let reached = tour(window, screen);
    let missed: Vec<&String> = all.difference(&reached).collect();
    assert!(
        missed.is_empty(),
        "{screen}: Tab did not come to {missed:?}"
    );
    window.key_press(Key::Escape);
    window.run_steps(2);
}

#[test]
fn the_start_screen_is_reached_by_tab() {
    check(&mut window(Startup::default()), "start");
}

#[test]
fn views_layers_and_notices_are_reached_by_tab() {
    let mut window = with_sample();
    check(&mut window, "views");
    window.get_by_label("Help").click();
    window.run_steps(3);
    window.get_by_label("List of notices").click();
    window.run_steps(3);
    check(&mut window, "notices");
}

#[test]
fn the_demons_workspace_is_reached_by_tab() {
    let mut window = with_sample();
    window.key_press_modifiers(Modifiers::COMMAND, Key::D);
    window.run_steps(3);
    check(&mut window, "demons");
}

#[test]
fn the_panel_for_registration_and_the_bar_that_compares_are_reached_by_tab() {
    let mut window = with_sample();
    window.key_press(Key::K);
    for tab in ["By hand", "Automatic", "Transforms"] {
        window.key_press_modifiers(Modifiers::COMMAND, Key::R);
        window.run_steps(3);
        window.get_by_label(tab).click();
        window.run_steps(3);
        check(&mut window, tab);
    }
}

#[test]
fn the_panel_for_another_orientation_is_reached_by_tab() {
    let mut window = with_sample();
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::ALT, Key::R);
    window.run_steps(3);
    check(&mut window, "reorient");
    assert!(window.query_by_label("Reorient image").is_none());
}

#[test]
fn every_tab_of_the_layer_inspector_is_reached_by_tab() {
    for tab in ["General", "Contrast", "Color map", "Info", "Metadata"] {
        let mut window = with_sample();
        window.key_press_modifiers(Modifiers::COMMAND, Key::I);
        window.run_steps(3);
        window.get_by_label(&format!("{tab} tab")).click();
        window.run_steps(4);
        check(&mut window, tab);
    }
}

#[test]
fn a_view_that_tab_came_to_takes_arrow_and_page_keys() {
    let mut window = with_sample();
    window.get_by_label("coronal view").focus();
    window.run_steps(3);
    let voxel = |window: &Window| window.state().document().cursor_voxel().expect("a cursor");
    let before = voxel(&window);
    window.key_press(Key::ArrowUp);
    window.run_steps(3);
    window.key_press(Key::PageUp);
    window.run_steps(3);
    assert_eq!(voxel(&window), [before[0], before[1] + 1, before[2] + 1]);
}

#[test]
fn dialogs_name_their_controls_and_keep_the_keyboard() {
    let mut window = with_sample();
    window.key_press(Key::F1);
    window.run_steps(4);
    let reached = tour(&mut window, "dialog");
    assert!(reached.contains("Close"), "{reached:?}");
    let folder = tempfile::tempdir().expect("a folder");
    let path = write_png(folder.path(), "ramp.png", [40, 30]);
    let mut window = with_sample();
    drop_files(&mut window, &[path]);
    wait_for(&mut window, "Semi-transparent overlay");
    let reached = tour(&mut window, "role");
    assert!(reached.contains("Open") && reached.contains("Semi-transparent overlay"));

    let mut window = window_with(Startup::default(), Picked::Unavailable);
    window.key_press_modifiers(Modifiers::COMMAND, Key::G);
    wait_for(&mut window, "Cancel");
    let reached = tour(&mut window, "path");
    let both = reached.contains("Cancel") && reached.iter().any(|n| n.contains("Folder above"));
    assert!(both, "{reached:?}");
}

#[test]
fn notices_do_not_cover_the_scale_bars_and_are_listed_with_their_details() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("broken.nii");
    std::fs::write(&path, b"this is no image at all").expect("a file");
    let mut window = with_sample();
    drop_files(&mut window, &[path]);
    wait_for(&mut window, "Close notice");
    let close = window.get_by_label("Close notice").rect();
    let coronal = window.get_by_label("coronal view").rect();
    assert!(close.right() < coronal.left(), "{close:?} {coronal:?}");
    window.get_by_label("Help").click();
    window.run_steps(3);
    window.get_by_label("List of notices").click();
    window.run_steps(3);
    assert!(window.query_by_label("Failed").is_some());
    assert!(window.query_by_label("Close notice").is_none());
    window.get_by_label("Clear the list of notices").click();
    window.run_steps(3);
    assert!(window.query_by_label("Failed").is_none());
}
