//! Workspaces: saved and opened again, with files that moved, and what is asked on the way.

use crate::harness::{
    Window, drag, drop_files, middle_of, wait, wait_for, window, window_with, write_png,
};
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::fs;
use std::path::{Path, PathBuf};
use warpscope::app::{Picked, Startup};
use warpscope::document::{ColorMap, Display, PlaneView, Role};
use warpscope::workspace::{FileSource, Look, Scene, SceneLayer, SceneRole, Source, write};

const SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

fn sample_saving_to(path: &Path) -> Window {
    let startup = Startup {
        sample: true,
        ..Default::default()
    };
    let mut window = window_with(startup, Picked::Paths(vec![path.to_owned()]));
    wait(&mut window, |app| app.document().layers().len() == 2);
    window.run_steps(3);
    window
}

fn save(window: &mut Window) {
    let before = window.state().notice_texts().len();
    window.key_press_modifiers(SHIFT, Key::S);
    wait(window, |app| app.notice_texts().len() > before);
    let last = window.state().notice_texts().pop();
    assert!(last.is_some_and(|text| text.starts_with("Saved the workspace")));
    window.run_steps(2);
}

fn displays(window: &Window) -> Vec<Display> {
    let layers = window.state().document().layers().iter();
    layers.map(|layer| layer.display.clone()).collect()
}

fn ask_to_close(window: &mut Window) {
    let viewport = egui::ViewportId::ROOT;
    let info = window.input_mut().viewports.entry(viewport).or_default();
    info.events.push(egui::ViewportEvent::Close);
    window.run_steps(3);
}

#[test]
fn a_scene_opens_again_as_it_was_saved() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("chest");
    let mut window = sample_saving_to(&path);
    for key in [Key::E, Key::E, Key::I, Key::ArrowUp] {
        window.key_press(key);
        window.run_steps(2);
    }
    window.key_press_modifiers(Modifiers::COMMAND, Key::ArrowUp);
    window.run_steps(2);
    save(&mut window);
    let path = path.with_extension("warpscope");
    let text = fs::read_to_string(&path).expect("a file");
    assert!(text.contains("\"warpscope_workspace\": 1"), "{text}");
    let (shown, cursor) = (displays(&window), window.state().document().cursor());
    let view = window.state().document().view.clone();
    window.key_press_modifiers(SHIFT, Key::W);
    window.run_steps(3);
    assert!(window.state().document().is_empty());
    drop_files(&mut window, &[path]);
    wait(&mut window, |app| app.document().layers().len() == 2);
    window.run_steps(3);
    assert_eq!(displays(&window), shown);
    let document = window.state().document();
    assert_eq!(document.cursor(), cursor);
    assert_eq!(document.view, view);
    assert_ne!(view.planes[0], PlaneView::default());
    assert_eq!(document.active().map(|l| l.role), Some(Role::Overlay));
}

#[test]
fn a_comparison_is_saved_with_a_workspace() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("chest.warpscope");
    let mut window = sample_saving_to(&path);
    window.key_press(Key::K);
    window.run_steps(2);
    window.key_press_modifiers(Modifiers::SHIFT, Key::K);
    window.run_steps(3);
    window.get_by_label("upright").click();
    window.run_steps(3);
    save(&mut window);
    window.key_press_modifiers(SHIFT, Key::W);
    window.run_steps(3);
    drop_files(&mut window, &[path]);
    wait(&mut window, |app| app.document().layers().len() == 2);
    window.run_steps(3);
    let upright = window.get_by_label("upright");
    assert_eq!(
        upright.accesskit_node().toggled(),
        Some(egui::accesskit::Toggled::False)
    );
    window.key_press(Key::K);
    window.run_steps(3);
    assert!(window.query_by_label("upright").is_none());
}

#[test]
fn measurements_are_saved_with_a_workspace() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("chest.warpscope");
    let mut window = sample_saving_to(&path);
    save(&mut window);
    window.key_press(Key::Num5);
    window.run_steps(3);
    let middle = middle_of(&window, "axial view");
    drag(&mut window, middle, egui::vec2(60.0, 40.0));
    let drawn = window.state().document().measurements().to_vec();
    assert_eq!(drawn.len(), 1);
    save(&mut window);
    window.key_press_modifiers(SHIFT, Key::W);
    window.run_steps(3);
    drop_files(&mut window, &[path]);
    wait(&mut window, |app| app.document().layers().len() == 2);
    let [opened] = window.state().document().measurements() else {
        panic!("one rectangle");
    };
    assert_eq!(opened.name, "Rectangle 1");
    assert_eq!((opened.kind, opened.plane), (drawn[0].kind, drawn[0].plane));
    assert_eq!(opened.ends, drawn[0].ends);
}

#[test]
fn a_changed_workspace_asks_before_it_goes_and_a_moved_cursor_does_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("chest.warpscope");
    let mut window = sample_saving_to(&path);
    save(&mut window);
    window.key_press(Key::ArrowUp);
    window.run_steps(2);
    ask_to_close(&mut window);
    assert!(window.query_by_label("Save the workspace?").is_none());
    window.key_press(Key::Q);
    window.run_steps(2);
    ask_to_close(&mut window);
    window.get_by_label("The workspace chest.warpscope has changes that are not saved.");
    window.get_by_label("Cancel").click();
    window.run_steps(3);
    window.key_press_modifiers(SHIFT, Key::W);
    wait_for(&mut window, "Close without saving");
    window.get_by_label("Save").click();
    wait(&mut window, |app| app.notice_texts().len() > 1);
    let text = fs::read_to_string(&path).expect("a file");
    assert!(text.contains("0.45"), "{text}");
}

/// A workspace of one picture in `folder`.
fn workspace_of(folder: &Path, image: &Path) -> PathBuf {
    let path = folder.join("a.warpscope");
    let scene = Scene {
        layers: vec![SceneLayer {
            source: Source::File(FileSource {
                relative: None,
                path: image.to_owned(),
                series: None,
            }),
            name: "Ramp".to_owned(),
            role: SceneRole::Main,
            reorientations: Vec::new(),
            alignment: Vec::new(),
            display: Look {
                color_map: Some("Viridis".to_owned()),
                ..Look::default()
            },
        }],
        ..Scene::default()
    };
    write(&scene, &path, true).expect("written");
    path
}

#[test]
fn missing_files_are_looked_for_where_the_user_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let image = write_png(folder.path(), "ramp.png", [40, 30]);
    let path = workspace_of(folder.path(), &image);
    let moved = folder.path().join("elsewhere/deep");
    fs::create_dir_all(&moved).expect("a folder");
    fs::rename(&image, moved.join("ramp.png")).expect("moved");
    let startup = Startup {
        workspace: Some(path),
        ..Default::default()
    };
    let mut window = window_with(startup, Picked::Paths(vec![folder.path().to_owned()]));
    wait_for(&mut window, "Some images are not where they were");
    window.get_by_label("ramp.png");
    window.get_by_label("Find…").click();
    wait(&mut window, |app| !app.document().is_empty());
    let main = window.state().document().main().expect("a main image");
    assert_eq!(
        (main.name.as_str(), main.display.map.clone()),
        ("Ramp", ColorMap::Viridis)
    );
    window.run_steps(2);
    ask_to_close(&mut window);
    window.get_by_label("The workspace a.warpscope has changes that are not saved.");
}

#[test]
fn a_workspace_without_its_files_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = workspace_of(folder.path(), &folder.path().join("gone.png"));
    let other = write_png(folder.path(), "ramp.png", [40, 30]);
    let mut window = window(Startup::default());
    drop_files(&mut window, &[other]);
    wait(&mut window, |app| !app.document().is_empty());
    drop_files(&mut window, &[path]);
    wait_for(&mut window, "takes the place");
    window.get_by_label("Open").click();
    wait_for(&mut window, "Leave out");
    window.get_by_label("Leave out").click();
    wait(&mut window, |app| !app.notice_texts().is_empty());
    let notices = window.state().notice_texts();
    assert!(
        notices[0].contains("none of the workspace's images") || notices[0].contains("None of")
    );
    assert_eq!(window.state().document().layers().len(), 1);
}

#[test]
fn a_broken_workspace_is_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.warpscope");
    fs::write(&path, r#"{"warpscope_workspace": 99}"#).expect("written");
    let mut window = window(Startup::default());
    drop_files(&mut window, &[path]);
    wait(&mut window, |app| !app.notice_texts().is_empty());
    let notices = window.state().notice_texts();
    assert!(notices[0].contains("newer warpscope"), "{notices:?}");
}

#[test]
fn a_workspace_of_itk_snap_opens_with_its_names_contrast_and_overlay() {
    let folder = tempfile::tempdir().expect("a folder");
    write_png(folder.path(), "main.png", [41, 30]);
    write_png(folder.path(), "over.png", [20, 20]);
    let path = folder.path().join("a.itksnap");
    let layer = |n: usize, name: &str, role: &str, meta: &str| {
        format!(
            r#"<folder key="Layer[00{n}]"><entry key="AbsolutePath" value="/old/{name}.png"/>
            <entry key="Role" value="{role}"/><folder key="LayerMetaData">{meta}</folder></folder>"#
        )
    };
    let curve = r#"<entry key="CustomNickName" value="Ramp"/><folder key="DisplayMapping">
        <folder key="Curve"><entry key="NumberOfControlPoints" value="2"/>
        <folder key="ControlPoint[0]"><entry key="tValue" value="0.25"/></folder>
        <folder key="ControlPoint[1]"><entry key="tValue" value="0.75"/></folder></folder></folder>"#;
    let sticky = r#"<entry key="Sticky" value="1"/><entry key="Alpha" value="0.3"/>
        <folder key="DisplayMapping"><folder key="ColorMap">
        <entry key="Preset" value="Jet"/></folder></folder>"#;
    let text = format!(
        r#"<registry><entry key="SaveLocation" value="/old"/><folder key="Layers">{}{}</folder></registry>"#,
        layer(0, "main", "MainRole", curve),
        layer(1, "over", "OverlayRole", sticky)
    );
    fs::write(&path, text).expect("written");
    let mut window = window(Startup::default());
    drop_files(&mut window, &[path]);
    wait(&mut window, |app| app.document().layers().len() == 2);
    let [main, over] = window.state().document().layers() else {
        panic!("two layers");
    };
    assert_eq!(main.name, "Ramp");
    assert_eq!(
        (main.display.window.min, main.display.window.max),
        (10.0, 30.0)
    );
    assert_eq!(
        (over.role, over.display.map.clone()),
        (Role::Overlay, ColorMap::Jet)
    );
    assert_eq!(over.display.opacity, 0.3);
}
