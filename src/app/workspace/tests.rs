//! Images that were made here: a workspace names files, so they must be saved or left out.

use crate::app::{App, Ask, FilePicker, Picked, Startup};
use crate::document::{Command, Role};
use crate::phantom;
use crate::volume::Meta;
use crate::workspace::{Source, read};
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Answers with the proposed file name in a folder.
struct Into(PathBuf);

impl FilePicker for Into {
    fn pick(&self, _ask: Ask, start: &Path) -> Picked {
        Picked::Paths(vec![self.0.join(start.file_name().unwrap_or_default())])
    }
}

/// A window with a main image and one that was computed; files are saved into `folder`.
fn window(folder: &Path) -> Harness<'static, App> {
    let picker = Arc::new(Into(folder.to_owned()));
    let mut window = Harness::builder()
        .with_size(egui::vec2(1280.0, 800.0))
        .build_eframe(|cc| App::new(cc, picker, Startup::default()));
    let (main, other) = phantom::cine_pair();
    let app = window.state_mut();
    app.edit(Command::OpenMain {
        volume: main,
        display: None,
    });
    let meta = Meta {
        name: "Warped".to_owned(),
        derived: true,
        ..Meta::default()
    };
    app.edit(Command::AddLayer {
        volume: other.with_meta(meta),
        role: Role::Additional,
        display: None,
    });
    window.run_steps(3);
    window
}

fn wait_for_notice(window: &mut Harness<'static, App>, start: &str) {
    let since = Instant::now();
    let has = |app: &App| {
        app.notice_texts()
            .iter()
            .any(|text| text.starts_with(start))
    };
    while !has(window.state()) {
        assert!(since.elapsed() < Duration::from_secs(60), "waited in vain");
        window.step();
        std::thread::sleep(Duration::from_millis(5));
    }
    window.run_steps(3);
}

fn ask_to_save(window: &mut Harness<'static, App>) {
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::S);
    window.run_steps(3);
}

#[test]
fn images_in_no_file_are_left_out_after_a_question() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    ask_to_save(&mut window);
    window.get_by_label_contains("these images are in none: Warped.");
    window.get_by_label("Leave them out").click();
    wait_for_notice(&mut window, "Saved the workspace");
    let path = folder.path().join("Sample cine inhale.warpscope");
    let scene = read(&path).expect("read").scene;
    assert_eq!(scene.layers.len(), 1);
}

#[test]
fn an_image_saved_first_is_in_the_workspace() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    ask_to_save(&mut window);
    window.get_by_label("Save image…").click();
    window.run_steps(3);
    window.get_by_label("Browse…").click();
    window.run_steps(2);
    while window.query_by_label("Browse…").is_none() {
        window.step();
    }
    window.run_steps(3);
    window.get_by_label("Save").click();
    wait_for_notice(&mut window, "Saved Warped");
    ask_to_save(&mut window);
    wait_for_notice(&mut window, "Saved the workspace");
    let path = folder.path().join("Sample cine inhale.warpscope");
    let scene = read(&path).expect("read").scene;
    let [main, warped] = &scene.layers[..] else {
        panic!("{:?}", scene.layers);
    };
    assert_eq!(
        main.source,
        Source::BuiltIn("Sample cine inhale".to_owned())
    );
    let Source::File(file) = &warped.source else {
        panic!("{:?}", warped.source);
    };
    assert_eq!(file.relative.as_deref(), Some("Warped.nii.gz"));
}

#[test]
fn a_workspace_is_saved_while_another_opens_and_both_come_about() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    let [first, second] = ["first.warpscope", "second.warpscope"].map(|f| folder.path().join(f));
    let said = |path: &Path| format!("Saved the workspace: {}", path.display());
    let app = window.state_mut();
    let computed = app.document.active().expect("an image").id;
    app.edit(Command::Close(computed));
    app.write_workspace(first.clone(), false, false);
    wait_for_notice(&mut window, &said(&first));

    let app = window.state_mut();
    app.write_workspace(second.clone(), false, false);
    app.read_workspace(first.clone());
    wait_for_notice(&mut window, &said(&second));
    let since = Instant::now();
    while window.state().workspaces.is_busy() {
        assert!(since.elapsed() < Duration::from_secs(60), "waited in vain");
        window.step();
    }
    let open = window.state().workspaces.open.as_ref();
    assert_eq!(open.map(|open| &open.path), Some(&first));
    assert!(read(&second).is_ok());
}
