//! The workspace that takes the place of the views: where the run is, three panes, the curve, the
//! probe.

use super::look::Look;
use super::panes::{Panes, Scene};
use super::run::{Phase, Run};
use super::zoom::Zoom;
use super::{Demons, Request, Shown, export, plot, probe};
use crate::app::App;
use crate::app::message::Message;
use crate::app::slice_view::Tool;
use crate::app::{icons, theme, widgets};
use crate::document::{Document, Plane};
use crate::registration::Sample;
use egui::{
    Align, Button, Color32, CornerRadius, Layout, Rect, RichText, Sense, Ui, UiBuilder, pos2, vec2,
};

const HEAD: f32 = 38.0;
const SCRUB: f32 = 30.0;
const PROBE: f32 = 286.0;

pub fn show(ui: &mut Ui, app: &mut App, messages: &mut Vec<Message>) {
    let mut panes = std::mem::take(&mut app.demons.panes);
    let mut zoom = app.demons.zoom;
    let area = ui.max_rect();
    theme::darken(ui);
    ui.painter().rect_filled(area, 0.0, ui.visuals().panel_fill);
    // The row of buttons belongs into no picture.
    app.demons.area = area.with_max_y(area.bottom() - SCRUB);
    let bottom = (0.32 * area.height()).clamp(170.0, 300.0);
    let head = Rect::from_min_size(area.min, vec2(area.width(), HEAD));
    let low = Rect::from_min_max(pos2(area.left(), area.bottom() - bottom), area.max);
    let middle = Rect::from_min_max(head.left_bottom(), pos2(area.right(), low.top() - 1.0));
    inside(ui, head.shrink2(vec2(12.0, 4.0)), |ui| {
        header(ui, &app.demons, &app.document, messages);
    });
    let pointed = show_panes(ui, middle, (&mut panes, &mut zoom), app, messages);
    let (left, right) = low.split_left_right_at_x(low.right() - PROBE.min(0.4 * low.width()));
    let (curve, scrub) = left.split_top_bottom_at_y(left.bottom() - SCRUB);
    let run = app.demons.run.as_ref().map(|shown| &shown.run);
    let kept = app.demons.kept.as_ref().map(|shown| &shown.run);
    inside(ui, curve.shrink2(vec2(8.0, 4.0)), |ui| {
        let shown = app.demons.shown_sample();
        plot::show(ui, run, kept, shown.map(|s| (s.level, s.iteration)));
    });
    inside(ui, scrub.shrink2(vec2(12.0, 2.0)), |ui| {
        scrubber(ui, &app.demons, messages);
    });
    ui.painter().vline(
        right.left(),
        right.y_range(),
        ui.visuals().widgets.noninteractive.bg_stroke,
    );
    inside(ui, right.shrink2(vec2(12.0, 8.0)), |ui| {
        probe::show(ui, &app.demons, pointed);
    });
    app.demons.panes = panes;
    app.demons.zoom = zoom;
}

fn inside(ui: &mut Ui, rect: Rect, add: impl FnOnce(&mut Ui)) {
    ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
        ui.set_clip_rect(rect.expand(2.0).intersect(ui.clip_rect()));
        add(ui);
    });
}

/// The panes of the run, and below them those of a kept one.
fn show_panes(
    ui: &mut Ui,
    area: Rect,
    (panes, zoom): (&mut [Panes; 2], &mut Zoom),
    app: &App,
    messages: &mut Vec<Message>,
) -> Option<[usize; 2]> {
    let demons = &app.demons;
    let (Some(frame), Some(looks)) = (&demons.frame, demons.looks(&app.document)) else {
        ui.painter().rect_filled(area, 0.0, Color32::BLACK);
        inside(ui, area, |ui| {
            ui.centered_and_justified(|ui| {
                ui.weak("A registration needs two images: open another one, or try a built-in pair at the left.");
            });
        });
        return None;
    };
    let scene = Scene {
        frame,
        looks: &looks,
        look: demons.look,
        ended: demons.phase() == Some(Phase::Ended),
        pans: app.tool == Tool::Pan,
        prefix: "",
        document: &app.document,
    };
    let [panes, kept_panes] = panes;
    let (Some(kept), Some(frame)) = (&demons.kept, &demons.kept_frame) else {
        return panes.show(ui, area, &scene, zoom, messages);
    };
    let (upper, lower) = area.split_top_bottom_at_y(area.center().y);
    let pointed = panes.show(ui, upper, &scene, zoom, messages);
    let kept_scene = Scene {
        frame,
        looks: &kept.looks,
        ended: true,
        prefix: "Kept: ",
        ..scene
    };
    kept_panes.show(ui, lower, &kept_scene, zoom, messages);
    pointed
}

/// Where the run is, the plane, and how much is done.
fn header(ui: &mut Ui, demons: &Demons, document: &Document, messages: &mut Vec<Message>) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if let Some(shown) = &demons.run {
            progress(ui, &shown.run);
            ui.add_space(8.0);
        }
        planes(ui, demons, document, messages);
        ui.spacing_mut().item_spacing.x = theme::STEP;
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let (line, aside) = lines(demons, document);
            let line = RichText::new(line).family(theme::semibold()).size(14.5);
            ui.add(egui::Label::new(line).truncate());
            ui.add(egui::Label::new(RichText::new(aside).weak()).truncate());
        });
    });
}

/// The line of the course, and what stands beside it.
fn lines(demons: &Demons, document: &Document) -> (String, String) {
    let Some(shown) = &demons.run else {
        let name = |id| document.layer(id).map(|layer| layer.name.clone());
        let names = (demons.source.and_then(name), demons.target.and_then(name));
        if let Some(Err(refused)) = demons.plan() {
            return ("Not ready".to_owned(), refused.to_string());
        }
        return match names {
            (Some(source), Some(target)) => (
                "Ready".to_owned(),
                format!("{source} will be warped onto {target}{}", plan_text(demons)),
            ),
            _ => ("Demons registration".to_owned(), String::new()),
        };
    };
    let run = &shown.run;
    if run.phase() == Phase::Ended
        && demons.scrubbed.is_none()
        && let Some(outcome) = &run.outcome
    {
        let report = outcome.report();
        let iterations: usize = report.iterations.iter().sum();
        return (
            format!(
                "Done: MSD {:.3} → {:.3}",
                report.msd_initial, report.msd_final
            ),
            format!("{iterations} iterations in {:.1} s", report.seconds),
        );
    }
    let Some(sample) = demons.shown_sample() else {
        return ("Preparing the images…".to_owned(), String::new());
    };
    let line = format!(
        "Level {}, iteration {}: MSD = {:.3}",
        sample.level, sample.iteration, sample.msd
    );
    let state = match run.phase() {
        Phase::Paused => " · paused",
        Phase::Finishing => " · making the results",
        Phase::Running | Phase::Ended => "",
    };
    (line, format!("{}{state}", aside(demons, run, sample)))
}

/// The levels of a run that has not begun, and the memory it will take.
fn plan_text(demons: &Demons) -> String {
    let Some(Ok(plan)) = demons.plan() else {
        return String::new();
    };
    let levels: Vec<String> = plan.levels.iter().map(|shape| shape_text(*shape)).collect();
    let megabytes = plan.bytes.div_ceil(1_000_000);
    format!(" · {} · {megabytes} MB", levels.join(", "))
}

/// "128 × 128 · 0.31 ms an iteration".
fn aside(demons: &Demons, run: &Run, sample: Sample) -> String {
    let timed = run
        .samples
        .iter()
        .filter(|s| s.level == sample.level && s.iteration > 0);
    let (count, seconds) = timed.fold((0, 0.0), |(n, sum), s| (n + 1, sum + s.seconds));
    let shape = demons.frame.as_ref().map(|frame| frame.state.level_shape);
    let shape = shape.map_or_else(String::new, shape_text);
    if count == 0 {
        return shape;
    }
    format!(
        "{shape} · {:.2} ms an iteration",
        1e3 * seconds / f64::from(count)
    )
}

fn shape_text(shape: [usize; 3]) -> String {
    match shape {
        [nx, ny, 1] => format!("{nx} × {ny}"),
        [nx, ny, nz] => format!("{nx} × {ny} × {nz}"),
    }
}

/// One bar a level in its colour: full once the level has ended, else by iterations out of the most.
fn progress(ui: &mut Ui, run: &Run) {
    let levels = run.task.params.levels.clamp(1, 16);
    let size = vec2(180.0, 10.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let last = run.samples.last();
    let width = (rect.width() - 3.0 * (levels - 1) as f32) / levels as f32;
    let mut total = 0.0;
    for level in 1..=levels {
        let share = match last {
            _ if run.phase() == Phase::Ended => 1.0,
            Some(sample) if sample.level > level => 1.0,
            Some(sample) if sample.level == level && sample.ends_level => 1.0,
            Some(sample) if sample.level == level => {
                let most = run.task.params.iterations_of(level).max(1);
                sample.iteration as f32 / most as f32
            }
            _ => 0.0,
        };
        total += share / levels as f32;
        let left = rect.left() + (width + 3.0) * (level - 1) as f32;
        let bar = Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()));
        let radius = CornerRadius::same(3);
        ui.painter().rect_filled(
            bar,
            radius,
            ui.visuals().widgets.noninteractive.bg_stroke.color,
        );
        let done = Rect::from_min_size(bar.min, vec2(width * share, bar.height()));
        ui.painter()
            .rect_filled(done, radius, plot::level_color(level));
    }
    let name = format!("{:.0} % done", 100.0 * total);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ProgressIndicator, true, &name));
    response.on_hover_text("One bar a resolution level, by iterations out of the most allowed; a level that stops early is full");
}

/// The choice of plane in 3D.
fn planes(ui: &mut Ui, demons: &Demons, document: &Document, messages: &mut Vec<Message>) {
    let target = demons.target.and_then(|id| document.layer(id));
    if target.is_none_or(|target| Plane::of_flat(target.volume.grid()).is_some()) {
        return;
    }
    ui.spacing_mut().item_spacing.x = 2.0;
    for plane in Plane::ALL.into_iter().rev() {
        let on = demons.look.plane == plane;
        let mut name = plane.name().to_owned();
        name[..1].make_ascii_uppercase();
        let response = ui.add(Button::selectable(on, name).frame_when_inactive(on));
        let tip = format!(
            "Shows the run in the {} plane through the cursor",
            plane.name()
        );
        widgets::label_for_access(&response, egui::Role::Button, &tip);
        if response.on_hover_text(&tip).clicked() {
            let look = Look {
                plane,
                ..demons.look
            };
            messages.push(Message::Demons(Request::SetLook(look)));
        }
    }
    ui.add_space(8.0);
}

/// Back through the recorded frames.
fn scrubber(ui: &mut Ui, demons: &Demons, messages: &mut Vec<Message>) {
    let Some(Shown { run, .. }) = &demons.run else {
        return;
    };
    let recording = run.recording();
    let (count, bytes, thinning) = (
        recording.frames().len(),
        recording.bytes(),
        recording.thinning(),
    );
    drop(recording);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let python = Button::new(format!("{} Python", icons::CODE));
        let tip = "Puts a script on the clipboard that repeats this run with numpy and scipy";
        if ui.add(python).on_hover_text(tip).clicked() {
            messages.push(Message::Demons(Request::CopyScript));
        }
        if count < 2 {
            return;
        }
        export::buttons(ui, demons, messages);
        let kept = match thinning {
            1 => String::new(),
            n => format!(", 1 of {n} kept"),
        };
        let text = format!("{count} recorded{kept} · {:.0} MB", bytes as f64 / 1e6);
        ui.label(RichText::new(text).weak().small()).on_hover_text(
            "Iterations one can go back to, and the memory they take; at most 400 MB",
        );
        ui.spacing_mut().slider_width = ui.available_width() - 8.0;
        // The place after the last frame is the present.
        let mut place = demons.scrubbed.unwrap_or(count);
        let slider = egui::Slider::new(&mut place, 0..=count).show_value(false);
        let response = ui.add(slider);
        response.widget_info(|| egui::WidgetInfo::slider(true, place as f64, "go back"));
        let tip = "Drag to go back through the iterations; all the way to the right is the present";
        if response.on_hover_text(tip).changed() {
            let wanted = (place < count).then_some(place);
            messages.push(Message::Demons(Request::Scrub(wanted)));
        }
    });
}

impl Demons {
    /// Where the run is, while it goes on behind the views.
    pub fn line_behind_views(&self, document: &Document) -> Option<String> {
        (!self.open && self.is_live()).then(|| lines(self, document).0)
    }

    /// The sample that line and plot speak of: the newest, unless the user went back.
    pub(super) fn shown_sample(&self) -> Option<Sample> {
        let run = &self.run.as_ref()?.run;
        match self.scrubbed {
            Some(_) => self.frame.as_ref()?.sample,
            None => run.samples.last().copied(),
        }
    }
}
