//! What the panel looks like.

use super::axes::{self, heading_text};
use super::{Choice, Reorienting, Request};
use crate::app::App;
use crate::app::message::Message;
use crate::app::side_panel::{self, Answer, MARGIN};
use crate::document::Document;
use crate::geometry::Grid;
use crate::volume::ReorientMode;
use egui::{RichText, ScrollArea, Ui, vec2};

const WIDTH: f32 = 464.0;

/// Of what stands side by side, with room for a scroll bar beside it.
const COLUMN: f32 = (WIDTH - 2.0 * MARGIN as f32 - GAP - 8.0) / 2.0;

const GAP: f32 = 10.0;

/// The panel at the right of the views, when it is open.
pub fn show(ui: &mut Ui, app: &mut App, messages: &mut Vec<Message>) {
    let Some(mut panel) = app.reorienting.take() else {
        return;
    };
    side_panel::show(ui, "reorient", WIDTH, |ui| {
        if side_panel::title(ui, "Reorient image", side_panel::UNCHANGED) {
            messages.push(Message::Reorient(Request::Cancel));
        }
        let room = ui.available_height() - side_panel::ANSWERS;
        let scroll = ScrollArea::vertical().max_height(room).auto_shrink(false);
        scroll.show(ui, |ui| contents(ui, &mut panel, &app.document, messages));
        bottom(ui, &mut panel, &app.document, messages);
    });
    // Its field has the keyboard from the start.
    if side_panel::escaped(ui, app, false) {
        messages.push(Message::Reorient(Request::Cancel));
    }
    app.reorienting = Some(panel);
}

fn contents(
    ui: &mut Ui,
    panel: &mut Reorienting,
    document: &Document,
    messages: &mut Vec<Message>,
) {
    let before = (panel.choice.layer, panel.choice.mode, panel.choice.to);
    image(ui, &mut panel.choice, document);
    let Some(volume) = document.settled(panel.choice.layer) else {
        return;
    };
    let grid = *volume.grid();
    let now = grid.orientation();
    ui.scope(|ui| modes(ui, &mut panel.choice, &grid));
    let focus = std::mem::take(&mut panel.wants_focus);
    axes::show(ui, &mut panel.choice, now, focus, messages);
    ui.add_space(2.0);
    let new_grid = match panel.choice.mode {
        ReorientMode::Reorient => grid.reoriented(panel.choice.to),
        ReorientMode::Relabel => grid.relabelled(panel.choice.to),
    };
    let tip = "From voxel indices (i, j, k, 1), counted from 0, to world RAS in mm";
    ui.label(heading_text("Voxel to world (RAS mm)"))
        .on_hover_text(tip);
    side_by_side(ui, |ui, n| {
        matrix(ui, [&grid, &new_grid][n], ["Current", "New"][n]);
    });
    let height = (ui.available_height() - ui.spacing().item_spacing.y).clamp(170.0, 280.0);
    let figure = vec2(COLUMN, height);
    let mut camera = panel.camera;
    let to = panel.choice.to;
    let bodies = &mut panel.bodies;
    side_by_side(ui, |ui, n| {
        let label = ["Patient and current axes", "Patient and new axes"][n];
        let orientation = [now, to][n];
        bodies[n].show(ui, label, figure, orientation, &mut camera);
    });
    panel.camera = camera;
    let chosen = (panel.choice.layer, panel.choice.mode, panel.choice.to);
    if chosen != before {
        // What was chosen is tried out before the next frame.
        ui.ctx().request_repaint();
    }
}

fn image(ui: &mut Ui, choice: &mut Choice, document: &Document) {
    let tip = "The image that is to have another orientation; others stay where they are";
    let wanted = side_panel::image(ui, document, choice.layer, "Image to reorient", tip);
    if let Some(wanted) = wanted
        && let Some(volume) = document.settled(wanted)
    {
        choice.layer = wanted;
        choice.set(volume.grid().orientation());
    }
}

fn modes(ui: &mut Ui, choice: &mut Choice, grid: &Grid) {
    ui.spacing_mut().item_spacing.y = 0.0;
    for (mode, name, what) in [
        (
            ReorientMode::Reorient,
            "Reorient (permute and flip voxels, world unchanged)",
            "Voxels are counted along other axes; each stays where it is in the patient.",
        ),
        (
            ReorientMode::Relabel,
            "Relabel (change the header only, as ITK-SNAP)",
            "For wrong headers: voxels and origin stay, the image turns in the world.",
        ),
    ] {
        ui.radio_value(&mut choice.mode, mode, name)
            .on_hover_text(what);
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 0.0;
            ui.add_space(16.0);
            let what = RichText::new(what).small().weak();
            ui.add(egui::Label::new(what).truncate());
        });
    }
    let oblique = grid.obliquity_deg();
    if oblique > 0.05 {
        let (text, color) = match choice.mode {
            ReorientMode::Reorient => (
                format!("The image is oblique by {oblique:.1}° and stays so."),
                ui.visuals().weak_text_color(),
            ),
            ReorientMode::Relabel => (
                format!("The image is oblique by {oblique:.1}°; relabelled it becomes straight."),
                ui.visuals().warn_fg_color,
            ),
        };
        ui.label(RichText::new(text).small().color(color));
    }
}

fn side_by_side(ui: &mut Ui, mut show: impl FnMut(&mut Ui, usize)) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        for n in 0..2 {
            ui.vertical(|ui| {
                ui.set_width(COLUMN);
                show(ui, n);
            });
        }
    });
}

/// An affine in columns, with the digits under each other.
fn matrix(ui: &mut Ui, grid: &Grid, name: &str) {
    let rows = grid.affine().row_iter().map(|row| {
        let [a, b, c, d] = [0, 1, 2, 3].map(|column| row[column] + 0.0);
        format!("{a:>8.3}{b:>8.3}{c:>8.3}{d:>9.2}")
    });
    let text = rows.collect::<Vec<_>>().join("\n");
    let exact = grid.affine().row_iter().map(|row| {
        let row: Vec<String> = row.iter().map(|v| format!("{}", v + 0.0)).collect();
        row.join("  ")
    });
    let exact = exact.collect::<Vec<_>>().join("\n");
    let text = RichText::new(text).monospace().size(10.5);
    let response = ui.add(egui::Label::new(text).extend());
    let [nx, ny, nz] = grid.shape();
    response.on_hover_text(format!("{name}: {nx} × {ny} × {nz} voxels\n{exact}"));
}

fn bottom(ui: &mut Ui, panel: &mut Reorienting, document: &Document, messages: &mut Vec<Message>) {
    let changes = panel.choice.wanted(document).is_some();
    ui.horizontal(|ui| {
        let preview = ui.checkbox(&mut panel.choice.preview, "Preview in the views");
        if preview.changed() {
            ui.ctx().request_repaint();
        }
        preview.on_hover_text("Shows the image as it would be; cancelling shows it as it is");
        if panel.work.is_some() {
            ui.label(RichText::new("reordering voxels…").small().weak());
        } else if !changes && panel.choice.refused.is_none() {
            ui.label(RichText::new("no change yet").small().weak());
        } else if changes && panel.choice.mode == ReorientMode::Reorient {
            let text = "views look alike: only indices change";
            ui.label(RichText::new(text).small().weak());
        }
    });
    let tip = "Changes the image; undo takes it back (Enter in a code field)";
    let answer = side_panel::answers(ui, ("Apply", tip), changes && !panel.applying);
    messages.extend(answer.map(|answer| {
        Message::Reorient(match answer {
            Answer::Copy => Request::Copy,
            Answer::Apply => Request::Apply,
            Answer::Cancel => Request::Cancel,
        })
    }));
}
