//! The panel of the open tool: its title, the image, its choices, the answers.

use super::{Choices, Kind, OpenTool, Request, script};
use crate::app::App;
use crate::app::message::Message;
use crate::app::side_panel::{self, Answer};
use crate::app::slice_view::Tool as MouseTool;
use crate::document::{Document, with_true_minus};
use egui::{CollapsingHeader, Label, RichText, ScrollArea, Ui};

const WIDTH: f32 = 400.0;
/// Of the header, whose fields have much to say.
const WIDE: f32 = 520.0;

impl Kind {
    pub fn title(self) -> &'static str {
        match self {
            Self::Header => "Header",
            Self::Crop => "Crop",
            Self::Center => "Align centres",
            Self::Resample => "Resample",
            Self::Retype => "Voxel type",
            Self::Threshold => "Threshold to mask",
            Self::Times => "Split or join time points",
            Self::Slices => "Slices",
        }
    }

    /// The word on the button, and what it does.
    fn apply(self) -> (&'static str, &'static str) {
        match self {
            Self::Header | Self::Center | Self::Retype | Self::Slices => (
                "Apply",
                "Changes the image; undo takes it back. Its file stays as it is until it is saved",
            ),
            Self::Crop | Self::Resample | Self::Threshold | Self::Times => {
                ("Add", "Adds the result as a new layer; undo takes it away")
            }
        }
    }

    /// Of the list of images.
    fn image_label(self) -> (&'static str, &'static str) {
        match self {
            Self::Header => (
                "Image whose header",
                "The image whose header is shown and changed",
            ),
            Self::Crop => (
                "Image to crop",
                "The image of which a box is cut out; it stays as it is",
            ),
            Self::Center => ("Image to move", "The image that is moved"),
            Self::Resample => (
                "Image to resample",
                "The image that comes onto another grid; it stays as it is",
            ),
            Self::Retype => (
                "Image to convert",
                "The image whose numbers are stored in another way",
            ),
            Self::Threshold => (
                "Image to threshold",
                "The image whose values make the mask; it stays as it is",
            ),
            Self::Slices => (
                "Image with its slices",
                "The image whose slices lie unevenly or tilted",
            ),
            Self::Times => (
                "4D image",
                "The image that is split, or that others are joined to; it stays as it is",
            ),
        }
    }
}

/// The panel at the right of the views, when a tool is open.
pub fn show(ui: &mut Ui, app: &mut App, messages: &mut Vec<Message>) {
    let Some(mut open) = app.image_tool.take() else {
        return;
    };
    let kind = open.choices.kind();
    let width = if kind == Kind::Header { WIDE } else { WIDTH };
    side_panel::show(ui, "image tool", width, |ui| {
        if side_panel::title(ui, kind.title(), side_panel::UNCHANGED) {
            messages.push(Message::Tools(Request::Cancel));
        }
        let (label, tip) = kind.image_label();
        let chosen = side_panel::image(ui, &app.document, open.layer, label, tip);
        messages.extend(chosen.map(|layer| Message::Tools(Request::Choose(layer))));
        ui.add_space(4.0);
        let room = ui.available_height() - side_panel::ANSWERS - 20.0;
        let scroll = ScrollArea::vertical().max_height(room).auto_shrink(false);
        scroll.show(ui, |ui| {
            contents(ui, &mut open, app, messages);
            python(ui, &open, &app.document);
        });
        bottom(ui, &mut open, &app.document, messages);
    });
    if side_panel::escaped(ui, app, true) {
        messages.push(Message::Tools(Request::Cancel));
    }
    app.image_tool = Some(open);
}

fn contents(ui: &mut Ui, open: &mut OpenTool, app: &App, messages: &mut Vec<Message>) {
    let document = &app.document;
    let Some(base) = document.settled(open.layer) else {
        return;
    };
    match &mut open.choices {
        Choices::Header(header) => header.show(ui, base),
        Choices::Crop(crop) => {
            let draws = app.tool == MouseTool::CropBox;
            if crop.show(ui, document, base, draws) != draws {
                messages.push(Message::Tools(Request::DrawBox(!draws)));
            }
        }
        Choices::Center(center) => center.show(ui, document, open.layer),
        Choices::Resample(resample) => resample.show(ui, document, open.layer, base),
        Choices::Retype(retype) => retype.show(ui, base),
        Choices::Threshold(threshold) => threshold.show(ui, base),
        Choices::Times(times) => times.show(ui, document, open.layer, base),
        Choices::Slices(slices) => slices.show(ui, base),
    }
}

/// The Python lines that do the same, to be unfolded.
fn python(ui: &mut Ui, open: &OpenTool, document: &Document) {
    ui.add_space(8.0);
    let folded = CollapsingHeader::new("The same in Python").show(ui, |ui| {
        let text = match open.wanted(document) {
            Ok(Some(recipe)) => script::lines(&recipe, document.settled(open.layer)),
            _ => "# nothing is changed yet".to_owned(),
        };
        let text = RichText::new(text).monospace().size(11.0);
        ui.add(Label::new(text).wrap().selectable(true));
    });
    folded
        .header_response
        .on_hover_text("Lines that do what this tool does");
}

fn bottom(ui: &mut Ui, open: &mut OpenTool, document: &Document, messages: &mut Vec<Message>) {
    let wanted = open.wanted(document);
    let made = match &wanted {
        Ok(Some(recipe)) => open.made(recipe),
        _ => None,
    };
    let (text, fails) = match (&wanted, made) {
        (Err(why), _) | (_, Some(Err(why))) => (why.clone(), true),
        (Ok(None), _) => ("nothing is changed yet".to_owned(), false),
        (_, Some(Ok(made))) => (with_true_minus(&made.note), false),
        _ if open.running.is_some() => ("working it out…".to_owned(), false),
        _ => (String::new(), false),
    };
    let color = match fails {
        true => ui.visuals().error_fg_color,
        false => ui.visuals().weak_text_color(),
    };
    ui.add(Label::new(RichText::new(&text).small().color(color)).truncate())
        .on_hover_text(text);
    ui.horizontal(|ui| {
        if open.choices.has_preview() {
            let preview = ui.checkbox(&mut open.preview, "Preview in the views");
            if preview.changed() {
                ui.ctx().request_repaint();
            }
            preview
                .on_hover_text("Shows the result before it is applied; cancelling takes it away");
        }
    });
    let is_ready = matches!(wanted, Ok(Some(_))) && !fails && !open.applying;
    let answer = side_panel::answers(ui, open.choices.kind().apply(), is_ready);
    messages.extend(answer.map(|answer| {
        Message::Tools(match answer {
            Answer::Copy => Request::Copy,
            Answer::Apply => Request::Apply,
            Answer::Cancel => Request::Cancel,
        })
    }));
}
