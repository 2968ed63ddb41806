//! The real program in a window that exists in memory only.

use egui::{Event, Key, Modifiers, PointerButton, Pos2, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use warpscope::app::{App, Ask, FilePicker, Picked, Startup};

/// Answers file dialogs with the same paths every time.
pub struct Answers(pub Picked);

impl FilePicker for Answers {
    fn pick(&self, _ask: Ask, _start: &Path) -> Picked {
        self.0.clone()
    }
}

pub type Window = Harness<'static, App>;

/// A window of 1280 x 800 points on `startup`; file dialogs are cancelled.
pub fn window(startup: Startup) -> Window {
    window_with(startup, Picked::Cancelled)
}

/// The same with an answer for file dialogs.
pub fn window_with(startup: Startup, answer: Picked) -> Window {
    let mut window = Harness::builder()
        .with_size(egui::vec2(1280.0, 800.0))
        .build_eframe(|cc| App::new(cc, Arc::new(Answers(answer)), startup));
    window.run_steps(2);
    window
}

/// A window with the sample study in it.
pub fn with_sample() -> Window {
    let mut window = window(Startup {
        sample: true,
        ..Default::default()
    });
    wait(&mut window, |app| app.document().layers().len() == 2);
    window.run_steps(3);
    window
}

/// Runs frames until `done`.
pub fn wait(window: &mut Window, done: impl Fn(&App) -> bool) {
    let start = Instant::now();
    while !done(window.state()) {
        assert!(
            start.elapsed() < Duration::from_secs(120),
            "waited in vain; notices: {:?}",
            window.state().notice_texts()
        );
        window.step();
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Runs frames until a control says `text`; a dialog finds its size in its first frames.
pub fn wait_for(window: &mut Window, text: &str) {
    let start = Instant::now();
    while window.query_all_by_label_contains(text).next().is_none() {
        assert!(
            start.elapsed() < Duration::from_secs(120),
            "waited in vain for {text:?}; notices: {:?}",
            window.state().notice_texts()
        );
        window.step();
        std::thread::sleep(Duration::from_millis(5));
    }
    window.run_steps(3);
}

/// The middle of a labelled control.
pub fn middle_of(window: &Window, label: &str) -> Pos2 {
    window.get_by_label(label).rect().center()
}

/// The left button goes down or up.
pub fn button(window: &mut Window, at: Pos2, pressed: bool) {
    window.event(Event::PointerButton {
        pos: at,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    });
    window.step();
}

/// A click with the left button.
pub fn click(window: &mut Window, at: Pos2) {
    window.hover_at(at);
    window.step();
    button(window, at, true);
    button(window, at, false);
    window.run_steps(3);
}

/// A drag with the left button.
pub fn drag(window: &mut Window, from: Pos2, by: Vec2) {
    window.hover_at(from);
    window.step();
    button(window, from, true);
    for part in [0.3, 0.7, 1.0] {
        window.event(Event::PointerMoved(from + by * part));
        window.step();
    }
    button(window, from + by, false);
    window.run_steps(3);
}

/// Puts `text` in place of what a field holds, and commits it.
pub fn type_into(window: &mut Window, label: &str, text: &str) {
    let field = middle_of(window, label);
    click(window, field);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.run_steps(2);
    window.event(Event::Text(text.to_owned()));
    window.run_steps(2);
    window.key_press(Key::Enter);
    window.run_steps(4);
}

/// Drops files on the window.
pub fn drop_files(window: &mut Window, paths: &[PathBuf]) {
    for path in paths {
        let file: egui::DroppedFileHandle = Arc::new(Dropped(path.clone()));
        window.input_mut().dropped_files.push(file);
    }
    window.run_steps(2);
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

/// Writes a grey PNG of `size` whose pixels are their column number.
pub fn write_png(folder: &Path, name: &str, size: [u32; 2]) -> PathBuf {
    let image = image::GrayImage::from_fn(size[0], size[1], |x, _| image::Luma([x as u8]));
    let path = folder.join(name);
    image.save(&path).expect("a PNG file");
    path
}
