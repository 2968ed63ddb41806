//! The window: the only place that knows egui.
//!
//! A frame is [`logic`] (poll jobs, act on messages, start jobs) and then [`ui`], which reads the
//! document, paints, and pushes [`message::Message`]s. `ui` changes nothing else.

mod action;
mod activity;
mod align;
mod axis;
mod compare;
mod contrast;
mod dialogs;
mod histograms;
mod icons;
mod inspector;
mod key_map;
mod keys;
mod label_files;
mod label_numbers;
mod landmarks;
mod lines;
mod loading;
mod logic;
mod measure;
mod message;
mod navigator;
mod notices;
mod overlay;
mod panels;
mod perform;
mod picked;
mod picker;
mod pictures;
mod plain_painter;
mod play;
mod pool;
mod python;
mod recent;
mod registration;
mod reorient;
mod reveal;
mod saving;
mod screen;
mod settings;
mod side_panel;
mod slice_mouse;
mod slice_painter;
mod slice_picture;
mod slice_view;
mod snapshot;
mod start;
mod theme;
mod thumbnails;
mod tiles;
mod tools;
mod ui;
mod view3d;
mod view_controls;
mod widgets;
mod workspace;
mod zoom;

pub use loading::{Opening, RoleChoice};
pub use picker::{Ask, FilePicker, Picked, SystemPicker};
pub use start::{Startup, run};

use crate::document::{Document, History, LayerId, Plane, Viewport};
use crate::jobs::{Job, Wake};
use align::Aligning;
use compare::Comparing;
use contrast::Contrasts;
use dialogs::Dialog;
use dialogs::save::SaveChoice;
use egui::Rect;
use histograms::Histograms;
use inspector::Inspector;
use label_numbers::LabelNumbers;
use landmarks::Landmarking;
use loading::{Loader, Read};
use measure::Measuring;
use message::Message;
use notices::Notices;
use play::Play;
use recent::Recents;
use registration::{Demons, Drawing};
use reorient::Reorienting;
use saving::{Quitting, Saving};
use screen::Meeting;
use settings::Settings;
use slice_view::{SliceView, Tool};
use snapshot::{Snapshot, Subject};
use start::Begun;
use std::collections::VecDeque;
use std::sync::Arc;
use tools::OpenTool;
use view3d::View3d;
use workspace::Workspaces;

/// Which views are on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    All,
    Only(Plane),
    Only3d,
}

/// What the answer of the file dialog is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Main,
    Add,
    /// An image, in place of the path in the save dialog.
    Save,
    /// A folder for pictures of a run.
    Pictures,
    /// An animation of a run.
    Animation,
    /// A picture of the window or a view.
    Snapshot(Subject),
    OpenWorkspace,
    SaveWorkspace,
    /// A colour map to be written, or read.
    ExportMap(LayerId),
    ImportMap(LayerId),
    /// A transform for the moving image of a registration, or the file it goes to.
    LoadTransform(LayerId),
    SaveTransform(LayerId),
    /// Landmarks to be read, or the file they go to.
    ImportLandmarks,
    ExportLandmarks,
    /// Names and colours of labels to be read, or the file they go to.
    LoadLabels(LayerId),
    SaveLabels(LayerId),
    /// A folder to look for a workspace's missing files in.
    FindMissing,
}

/// The whole program behind the window.
pub struct App {
    document: Document,
    history: History,
    loader: Loader,
    /// Images that were read, get the looks the user wishes, and wait for their role.
    arrived: VecDeque<Job<Read>>,
    picker: Arc<dyn FilePicker>,
    picking: Option<(Job<Picked>, Ask, Purpose)>,
    purpose: Purpose,
    saving: Option<Saving>,
    /// The save dialog while the system asks for the path.
    browsing: Option<Box<SaveChoice>>,
    contrasts: Contrasts,
    workspaces: Workspaces,
    recents: Recents,
    /// The user wants to quit: once nothing is being saved, and unsaved layers go with it.
    quitting: Quitting,
    dialog: Option<Dialog>,
    notices: Notices,
    histograms: Histograms,
    settings: Settings,
    demons: Demons,
    /// The panel for another orientation, while it is open.
    reorienting: Option<Box<Reorienting>>,
    /// The tool that makes another image, while it is open.
    image_tool: Option<Box<OpenTool>>,
    aligning: Aligning,
    comparing: Comparing,
    landmarking: Landmarking,
    label_numbers: LabelNumbers,
    /// How displacement fields are drawn over the views.
    field_drawing: Option<Drawing>,
    layout: Layout,
    tool: Tool,
    /// Each with one view for every image side by side.
    views: [Vec<SliceView>; 3],
    /// Where each view was painted last, with all its tiles.
    view_areas: [Option<Rect>; 3],
    play: Option<Play>,
    snapshot: Option<Snapshot>,
    view3d: View3d,
    measuring: Measuring,
    inspector: Inspector,
    /// Visible views and their sizes in physical pixels, as painted last.
    view_sizes: Vec<(Plane, [f64; 2])>,
    /// The view that keys act on: the one the pointer was over last.
    hovered: Plane,
    /// Ctrl+Shift+F was pressed; 1, 2 or 4 comes next.
    voxel_zoom_chord: bool,
    messages: Vec<Message>,
    /// Where the cursor goes once the first image is there (from the command line).
    wanted_cursor: Option<[i64; 3]>,
    /// Size and place of the window are made to fit it.
    meeting: Meeting,
    /// The window's title as it was set last.
    title: String,
    wake: Wake,
}

impl App {
    /// Builds the program with the settings of the last start.
    pub fn new(
        cc: &eframe::CreationContext<'_>,
        picker: Arc<dyn FilePicker>,
        startup: Startup,
    ) -> Self {
        Self::begun(cc, picker, startup.begin())
    }

    fn begun(cc: &eframe::CreationContext<'_>, picker: Arc<dyn FilePicker>, begun: Begun) -> Self {
        // It is empty: each `Begun` makes one window.
        let _ = begun.context.set(cc.egui_ctx.clone());
        theme::install(&cc.egui_ctx);
        if let Some(state) = &cc.wgpu_render_state {
            slice_painter::install(state);
            plain_painter::install(&cc.egui_ctx, state);
        }
        let settings: Settings = cc
            .storage
            .and_then(|storage| eframe::get_value(storage, "settings"))
            .unwrap_or_default();
        settings.install(&cc.egui_ctx);
        let mut document = Document::default();
        document.view.flip(settings.flips());
        document.view.linked = !settings.unlinked_zoom;
        let mut app = Self {
            document,
            history: History::default(),
            loader: begun.loader,
            arrived: VecDeque::new(),
            picker,
            picking: None,
            purpose: Purpose::Main,
            saving: None,
            browsing: None,
            contrasts: Contrasts::default(),
            workspaces: Workspaces::default(),
            recents: Recents::new(begun.data_folder, begun.wake.clone()),
            quitting: Quitting::No,
            dialog: None,
            notices: Notices::default(),
            histograms: Histograms::default(),
            settings,
            demons: Demons::default(),
            reorienting: None,
            image_tool: None,
            aligning: Aligning::default(),
            comparing: Comparing::default(),
            landmarking: Landmarking::default(),
            label_numbers: LabelNumbers::default(),
            field_drawing: None,
            layout: Layout::All,
            tool: Tool::Cursor,
            views: Default::default(),
            view_areas: [None; 3],
            play: None,
            snapshot: None,
            view3d: View3d::default(),
            measuring: Measuring::default(),
            inspector: Inspector::default(),
            view_sizes: Vec::new(),
            hovered: Plane::Axial,
            voxel_zoom_chord: false,
            messages: Vec::new(),
            wanted_cursor: begun.cursor,
            meeting: Meeting::Unknown,
            title: String::new(),
            wake: begun.wake,
        };
        if let Some(path) = begun.workspace {
            app.open_workspace(path);
        }
        app
    }

    /// What is open, for tests and tools.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Whether files are being read or written or a question is open.
    pub fn is_busy(&self) -> bool {
        self.loader.is_busy()
            || !self.arrived.is_empty()
            || self.saving.is_some()
            || !self.contrasts.is_empty()
            || self.workspaces.is_busy()
            || self.dialog.is_some()
    }

    /// The texts of all notices so far, oldest first.
    pub fn notice_texts(&self) -> Vec<String> {
        self.notices.iter().map(|n| n.text.clone()).collect()
    }

    /// Whether displacement fields are drawn over the views.
    pub fn draws_fields(&self) -> bool {
        self.field_drawing.is_some()
    }

    /// The parameters changed while the registration ran, in words.
    pub fn registration_marks(&self) -> Vec<String> {
        self.demons.marks()
    }

    /// Where `plane` looked when it was painted last; `None` while it is hidden.
    fn viewport(&self, plane: Plane) -> Option<Viewport> {
        let (_, size) = self.view_sizes.iter().find(|(p, _)| *p == plane)?;
        self.document.viewport(plane, *size, &self.view_sizes)
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        self.meet_screen(ctx, frame.winit_window().map(Arc::as_ref));
        self.advance(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.paint(ui);
    }

    /// Panels have no fill of their own: under a software renderer every layer of pixels is dear.
    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        eframe::set_value(storage, "settings", &self.settings);
    }
}
