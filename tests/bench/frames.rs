//! How long a frame of the real window takes while the wheel scrolls, the cursor is dragged, the
//! opacity and the contrast change; beside an empty window of the same size. Needs a display.
//!
//!     cargo bench --bench frames -- [MAIN [OVERLAY]]      without files: the sample study
//!
//! Vsync is off, so that the time from frame to frame is what a frame costs.

use egui::{Event, Key, Modifiers, PointerButton, Pos2, RawInput, pos2, vec2};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};
use warpscope::app::{App, Opening, RoleChoice, Startup, SystemPicker};
use warpscope::volume::summary;

const SIZE: [f32; 2] = [1600.0, 1000.0];
const FRAMES: usize = 200;
/// The first frames build pipelines and textures.
const WARM_UP: usize = 20;
/// The middle of the axial view.
const MIDDLE: Pos2 = pos2(600.0, 280.0);

/// Tabs of the layer inspector, the point at the upper right of its colour map, and the left end of
/// the contrast plot at half its height.
const CONTRAST_TAB: Pos2 = pos2(1310.0, 117.0);
const CURVE_LEFT: Pos2 = pos2(1211.0, 412.0);
const CURVE_WIDTH: f32 = 379.0;
const COLOR_MAP_TAB: Pos2 = pos2(1385.0, 117.0);
const LAST_STOP: Pos2 = pos2(1577.0, 271.0);

/// What a hand does, a step a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Gesture {
    Scroll,
    Cursor,
    Opacity,
    Contrast,
    /// The moving image of a registration is shifted by hand.
    MoveImage,
    /// A point of the colour map is dragged in the layer inspector.
    ColorStop,
    /// The middle point of the contrast curve is dragged, after that.
    CurvePoint,
}

impl Gesture {
    fn name(self) -> &'static str {
        match self {
            Self::Scroll => "scrolling",
            Self::Cursor => "dragging the cursor",
            Self::Opacity => "changing the opacity",
            Self::Contrast => "changing the contrast",
            Self::MoveImage => "moving an image by hand",
            Self::ColorStop => "dragging a colour stop",
            Self::CurvePoint => "dragging a curve point",
        }
    }

    /// Adds what happens in frame `n` of the gesture.
    fn act(self, n: usize, app: Option<&App>, input: &mut RawInput) {
        // Forth for a while, then back, so that nothing comes to its end.
        let forth = (n / 20).is_multiple_of(2);
        match self {
            Self::Scroll => {
                input.events.push(Event::PointerMoved(MIDDLE));
                input.events.push(Event::MouseWheel {
                    unit: egui::MouseWheelUnit::Line,
                    delta: vec2(0.0, if forth { 1.0 } else { -1.0 }),
                    phase: egui::TouchPhase::Move,
                    source: egui::MouseWheelSource::Wheel,
                    modifiers: Modifiers::NONE,
                });
            }
            Self::Cursor => drag(n, 0, Modifiers::NONE, input),
            Self::Contrast => drag(n, 0, Modifiers::SHIFT, input),
            Self::MoveImage => {
                if n == 0 || n + 1 == FRAMES + WARM_UP {
                    input.events.push(command(Key::R));
                }
                drag(n, 4, Modifiers::NONE, input);
            }
            Self::ColorStop => {
                if n == 0 {
                    input.events.push(command(Key::I));
                }
                drag_in_tab(n, COLOR_MAP_TAB, LAST_STOP, input);
            }
            Self::CurvePoint => {
                // Worked out once: it reads all voxels.
                static POINT: OnceLock<Option<Pos2>> = OnceLock::new();
                let point = POINT.get_or_init(|| app.and_then(curve_point));
                let point = point.unwrap_or(MIDDLE);
                drag_in_tab(n, CONTRAST_TAB, point, input);
            }
            Self::Opacity => input.events.push(Event::Key {
                key: if forth { Key::E } else { Key::Q },
                physical_key: None,
                pressed: true,
                repeat: false,
                modifiers: Modifiers::NONE,
            }),
        }
    }
}

/// Goes round in circles with the left button down from frame `first` on.
fn drag(n: usize, first: usize, modifiers: Modifiers, input: &mut RawInput) {
    let angle = n as f32 * 0.1;
    let place = MIDDLE + 80.0 * vec2(angle.sin(), angle.cos());
    let (begins, ends) = (n == first, n + 1 == FRAMES + WARM_UP);
    if begins {
        input.events.push(Event::ModifiersChanged(modifiers));
    }
    input.events.push(Event::PointerMoved(place));
    if begins || ends {
        input.events.push(Event::PointerButton {
            pos: place,
            button: PointerButton::Primary,
            pressed: begins,
            modifiers,
        });
    }
    if ends {
        input.events.push(Event::ModifiersChanged(Modifiers::NONE));
    }
}

/// A key with Ctrl held.
fn command(key: Key) -> Event {
    Event::Key {
        key,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::COMMAND,
    }
}

/// Where the middle of the selected layer's straight curve is drawn: the plot shows all values and the
/// whole window with 3 % to spare.
fn curve_point(app: &App) -> Option<Pos2> {
    let layer = app.document().active()?;
    let (range, window) = (summary(&layer.volume), layer.display.window);
    let (low, high) = (range.min.min(window.min), range.max.max(window.max));
    let across = 0.03 + (window.level() - low) / (high - low);
    Some(CURVE_LEFT + vec2((across / 1.06) as f32 * CURVE_WIDTH, 0.0))
}

/// Goes to a tab of the layer inspector and moves what lies at `place` up and down.
fn drag_in_tab(n: usize, tab: Pos2, place: Pos2, input: &mut RawInput) {
    let press = |pos: Pos2, pressed: bool| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    let up_and_down = 40.0 * (1.0 - (n as f32 * 0.1).cos());
    let moved = place + vec2(0.0, up_and_down);
    match n {
        4 => input.events.push(Event::PointerMoved(tab)),
        5 | 6 => input.events.push(press(tab, n == 5)),
        10 => input.events.push(Event::PointerMoved(place)),
        11 => input.events.push(press(place, true)),
        12.. => input.events.push(Event::PointerMoved(moved)),
        _ => {}
    }
    if n + 1 == FRAMES + WARM_UP {
        input.events.push(press(moved, false));
    }
}

/// How long the frames of a gesture took.
#[derive(Debug, Default)]
struct Record {
    times: Vec<Duration>,
    /// Processor time of the process in clock ticks, after the warm-up and at the end.
    cpu: [u64; 2],
}

/// Drives `inner` with one gesture after the other.
struct Driven {
    inner: Option<App>,
    layers: usize,
    gestures: Vec<Gesture>,
    /// One for each gesture that was begun.
    records: Arc<Mutex<Vec<Record>>>,
    last: Option<Instant>,
    frame: usize,
}

impl Driven {
    fn is_ready(&self) -> bool {
        let layers = |app: &App| app.document().layers().len();
        self.inner
            .as_ref()
            .is_none_or(|app| layers(app) == self.layers && !app.is_busy())
    }

    /// The gesture that goes on, and which frame of it comes next.
    fn at(&self) -> Option<(Gesture, usize)> {
        let whole = FRAMES + WARM_UP;
        let gesture = self.gestures.get(self.frame / whole)?;
        Some((*gesture, self.frame % whole))
    }

    fn note(&mut self, time: Duration) {
        let Some((_, n)) = self.at() else {
            return;
        };
        self.frame += 1;
        if let Ok(mut records) = self.records.lock() {
            if n == 0 {
                records.push(Record::default());
            }
            if let Some(record) = records.last_mut()
                && n >= WARM_UP
            {
                record.times.push(time);
                record.cpu[usize::from(n > WARM_UP)] = cpu_ticks();
            }
        }
    }
}

impl eframe::App for Driven {
    fn raw_input_hook(&mut self, _ctx: &egui::Context, input: &mut RawInput) {
        if self.is_ready()
            && let Some((gesture, n)) = self.at()
        {
            gesture.act(n, self.inner.as_ref(), input);
        }
    }

    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        if let Some(inner) = &mut self.inner {
            inner.logic(ctx, frame);
        }
        ctx.request_repaint();
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        if self.is_ready() && ui.ctx().current_pass_index() == 0 {
            let now = Instant::now();
            if let Some(last) = self.last.replace(now) {
                self.note(now - last);
            }
            if self.at().is_none() {
                // It would ask about the image that was moved.
                self.inner = None;
                ui.ctx().send_viewport_cmd(egui::ViewportCommand::Close);
            }
        }
        if let Some(inner) = &mut self.inner {
            inner.ui(ui, frame);
        }
    }
}

/// User and system time of this process in hundredths of a second; 0 where the system does not tell.
fn cpu_ticks() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or("")
        .split_whitespace()
        .collect();
    let ticks = |n: usize| {
        fields
            .get(n)
            .and_then(|f| f.parse::<u64>().ok())
            .unwrap_or(0)
    };
    ticks(11) + ticks(12)
}

fn measure(name: &str, startup: Option<Startup>, layers: usize, gestures: Vec<Gesture>) {
    let records: Arc<Mutex<Vec<Record>>> = Arc::default();
    let (shared, driven) = (Arc::clone(&records), gestures.clone());
    let mut options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default().with_inner_size(SIZE),
        run_and_return: true,
        dithering: false,
        ..Default::default()
    };
    options.wgpu_options.surface.present_mode = eframe::wgpu::PresentMode::AutoNoVsync;
    let outcome = eframe::run_native(
        "frames",
        options,
        Box::new(move |cc| {
            let picker = Arc::new(SystemPicker);
            Ok(Box::new(Driven {
                inner: startup.map(|s| App::new(cc, picker, s)),
                layers,
                gestures: driven,
                records: shared,
                last: None,
                frame: 0,
            }))
        }),
    );
    if let Err(error) = outcome {
        println!("{name}: no window ({error})");
        return;
    }
    let Ok(mut records) = records.lock() else {
        return;
    };
    for (gesture, record) in gestures.into_iter().zip(records.iter_mut()) {
        print(&format!("{name}, {}", gesture.name()), record);
    }
}

fn print(name: &str, record: &mut Record) {
    let Record { times, cpu } = record;
    let cpu_ms = cpu[1].saturating_sub(cpu[0]) as f64 * 10.0 / times.len().max(1) as f64;
    times.sort();
    let at = |share: f64| {
        let index = (share * times.len().saturating_sub(1) as f64) as usize;
        times.get(index).copied().unwrap_or_default().as_secs_f64() * 1e3
    };
    println!(
        "{name}: {} frames, median {:.1} ms, 95 % within {:.1} ms, longest {:.1} ms; {cpu_ms:.1} ms of processor time a frame",
        times.len(),
        at(0.5),
        at(0.95),
        at(1.0)
    );
}

fn main() {
    let paths: Vec<PathBuf> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"))
        .map(PathBuf::from)
        .collect();
    let roles = [
        RoleChoice::Main,
        RoleChoice::Overlay {
            map: None,
            opacity: None,
        },
    ];
    let openings: Vec<Opening> = paths
        .into_iter()
        .zip(roles)
        .map(|(path, role)| Opening::new(vec![path], role))
        .collect();
    let sample = openings.is_empty();
    let layers = if sample { 2 } else { openings.len() };
    let startup = Startup {
        openings,
        sample,
        software: true,
        ..Default::default()
    };
    if std::env::var_os("FRAMES_OF_EMPTY_WINDOW").is_some() {
        measure("empty window", None, 0, vec![Gesture::Scroll]);
    } else {
        let mut gestures = vec![Gesture::Scroll, Gesture::Cursor, Gesture::Contrast];
        if layers > 1 {
            gestures.extend([Gesture::Opacity, Gesture::MoveImage]);
        }
        gestures.extend([Gesture::ColorStop, Gesture::CurvePoint]);
        measure("images", Some(startup), layers, gestures);
    }
}
