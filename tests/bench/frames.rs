//! How long a frame of the real window takes while the wheel scrolls, beside an empty window of the
//! same size. Needs a display.
//!
//!     cargo bench --bench frames -- [MAIN [OVERLAY]]      without files: the sample study
//!
//! Vsync is off, so that the time from frame to frame is what a frame costs.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use warpscope::app::{App, Opening, RoleChoice, Startup, SystemPicker};

const SIZE: [f32; 2] = [1600.0, 1000.0];
const FRAMES: usize = 200;
/// The first frames build pipelines and textures.
const WARM_UP: usize = 20;

/// Drives `inner` with one wheel notch a frame over the middle of the axial view.
struct Driven {
    inner: Option<App>,
    layers: usize,
    times: Arc<Mutex<Vec<Duration>>>,
    /// Processor time of the process in clock ticks, after the warm-up and now.
    cpu: Arc<Mutex<[u64; 2]>>,
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
}

impl eframe::App for Driven {
    fn raw_input_hook(&mut self, _ctx: &egui::Context, input: &mut egui::RawInput) {
        if !self.is_ready() {
            return;
        }
        // Up for a while, then down, so that slices stay in range.
        let up = (self.frame / 40).is_multiple_of(2);
        input
            .events
            .push(egui::Event::PointerMoved(egui::pos2(600.0, 280.0)));
        input.events.push(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Line,
            delta: egui::vec2(0.0, if up { 1.0 } else { -1.0 }),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
            modifiers: egui::Modifiers::NONE,
        });
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
            if let (Some(last), Ok(mut times)) = (self.last.replace(now), self.times.lock()) {
                times.push(now - last);
                self.frame += 1;
                if let Ok(mut cpu) = self.cpu.lock() {
                    cpu[usize::from(times.len() > WARM_UP)] = cpu_ticks();
                }
                if times.len() >= FRAMES + WARM_UP {
                    ui.ctx().send_viewport_cmd(egui::ViewportCommand::Close);
                }
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

fn measure(name: &str, startup: Option<Startup>, layers: usize) {
    let times = Arc::new(Mutex::new(Vec::new()));
    let cpu = Arc::new(Mutex::new([0; 2]));
    let cpu_shared = Arc::clone(&cpu);
    let shared = Arc::clone(&times);
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
                times: shared,
                cpu: cpu_shared,
                last: None,
                frame: 0,
            }))
        }),
    );
    if let Err(error) = outcome {
        println!("{name}: no window ({error})");
        return;
    }
    let mut times = times.lock().map(|t| t.clone()).unwrap_or_default();
    times.drain(..times.len().min(WARM_UP));
    let cpu = cpu.lock().map(|c| *c).unwrap_or_default();
    let cpu_ms = (cpu[1] - cpu[0]) as f64 * 10.0 / times.len().max(1) as f64;
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
        measure("empty window", None, 0);
    } else {
        measure("scrolling", Some(startup), layers);
    }
}
