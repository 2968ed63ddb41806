//! Opens the window, or says in one sentence why there can be none.

use super::loading::{BuiltIn, Loader};
use super::screen::WINDOW;
use super::{App, Opening, SystemPicker};
use crate::jobs::Wake;
use crate::workspace::is_workspace;
use anyhow::anyhow;
use eframe::egui_wgpu::{WgpuSetup, wgpu};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// Names the program to the desktop, and its folder for data.
const APP_ID: &str = "warpscope";

/// What the command line wants to see.
#[derive(Debug, Default)]
pub struct Startup {
    pub openings: Vec<Opening>,
    /// A workspace to open; one named among the openings counts too.
    pub workspace: Option<PathBuf>,
    /// Where recent images are remembered; nowhere without.
    pub data_folder: Option<PathBuf>,
    /// Shows the sample study.
    pub sample: bool,
    /// Main voxel to begin at, 0-based.
    pub cursor: Option<[i64; 3]>,
    /// Prefers a software renderer.
    pub software: bool,
    /// Uses Wayland even where X11 is there; files cannot be dropped then.
    pub wayland: bool,
}

/// What goes on before there is a window: reading takes as long as making one.
pub(super) struct Begun {
    pub loader: Loader,
    pub wake: Wake,
    /// What a job that has news asks to paint, once it is there.
    pub context: Arc<OnceLock<egui::Context>>,
    pub cursor: Option<[i64; 3]>,
    pub workspace: Option<PathBuf>,
    pub data_folder: Option<PathBuf>,
}

impl Startup {
    /// Starts to read what is to be opened.
    pub(super) fn begin(self) -> Begun {
        let context: Arc<OnceLock<egui::Context>> = Arc::default();
        let later = context.clone();
        let wake: Wake = Arc::new(move || {
            if let Some(context) = later.get() {
                context.request_repaint();
            }
        });
        let mut loader = Loader::new(wake.clone());
        let mut workspace = self.workspace;
        for opening in self.openings {
            match opening.paths.iter().find(|path| is_workspace(path)) {
                Some(path) => workspace = Some(path.clone()),
                None => loader.open(opening),
            }
        }
        if self.sample {
            loader.open_built_in(BuiltIn::Study);
        }
        // Nothing has begun yet, so this only starts the first; a workspace goes before images.
        loader.poll(workspace.is_none());
        Begun {
            loader,
            wake,
            context,
            cursor: self.cursor,
            workspace,
            data_folder: self.data_folder,
        }
    }
}

/// Runs the window until it is closed.
pub fn run(mut startup: Startup) -> anyhow::Result<()> {
    let has = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let (x11, wayland) = (has("DISPLAY"), has("WAYLAND_DISPLAY"));
    if cfg!(target_os = "linux") && !x11 && !wayland {
        return Err(anyhow!(
            "there is no display to open a window on; log in to a desktop or use `warpscope render` to make pictures without one"
        ));
    }
    if startup.wayland {
        eprintln!(
            "warpscope: files cannot be dropped on the window under Wayland; use File > Open"
        );
    }
    let options = options(&startup, x11 && !startup.wayland);
    startup.data_folder = eframe::storage_dir(APP_ID).map(|folder| folder.join("recent"));
    let begun = startup.begin();
    let app = |cc: &eframe::CreationContext<'_>| {
        let picker = Arc::new(SystemPicker);
        let app = App::begun(cc, picker, begun);
        Ok(Box::new(app) as Box<dyn eframe::App>)
    };
    eframe::run_native("warpscope", options, Box::new(app)).map_err(|error| {
        // The cause names inner workings: the log has it, the sentence says what to do.
        tracing::info!("{error}");
        match error {
            eframe::Error::Wgpu(_) => anyhow!(
                "no graphics driver for Vulkan or OpenGL was found; install mesa-vulkan-drivers (a software driver) or use `warpscope render`"
            ),
            _ => anyhow!(
                "the window could not be opened; check the display or use `warpscope render`"
            ),
        }
    })
}

fn options(startup: &Startup, prefer_x11: bool) -> eframe::NativeOptions {
    let mut options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("warpscope")
            .with_app_id(APP_ID)
            .with_icon(icon())
            .with_inner_size(WINDOW)
            .with_min_inner_size([800.0, 560.0])
            .with_drag_and_drop(true),
        // Flat colours need none, and a software renderer pays for it at every pixel.
        dithering: false,
        ..Default::default()
    };
    #[cfg(target_os = "linux")]
    if prefer_x11 {
        // winit delivers no file drops on Wayland; X11 (or XWayland) does.
        options.event_loop_builder = Some(Box::new(|builder| {
            use winit::platform::x11::EventLoopBuilderExtX11 as _;
            builder.with_x11();
        }));
    }
    if startup.software
        && let WgpuSetup::CreateNew(setup) = &mut options.wgpu_options.wgpu_setup
    {
        setup.native_adapter_selector = Some(Arc::new(prefer_cpu));
    }
    options
}

/// The program's picture for the window and the task bar; nothing when it cannot be read.
fn icon() -> egui::IconData {
    let png = include_bytes!("../../assets/warpscope.png");
    eframe::icon_data::from_png_bytes(png).unwrap_or_default()
}

/// The first software adapter that can draw on the surface, else any.
fn prefer_cpu(
    adapters: &[wgpu::Adapter],
    surface: Option<&wgpu::Surface<'_>>,
) -> Result<wgpu::Adapter, String> {
    let usable = |adapter: &&wgpu::Adapter| {
        surface.is_none_or(|surface| adapter.is_surface_supported(surface))
    };
    let is_cpu = |adapter: &&wgpu::Adapter| adapter.get_info().device_type == wgpu::DeviceType::Cpu;
    adapters
        .iter()
        .filter(usable)
        .find(is_cpu)
        .or_else(|| adapters.iter().find(usable))
        .cloned()
        .ok_or_else(|| "no adapter can draw on this display".to_owned())
}
