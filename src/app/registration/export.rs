//! The recorded run as pictures: each frame is shown, and what the window shows of it is written.

use super::{Demons, Request};
use crate::app::App;
use crate::app::message::Message;
use egui::{ColorImage, Context, Pos2, Rect, vec2};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

/// Pictures that are being written, one a frame of the recording.
#[derive(Debug)]
pub struct Export {
    folder: PathBuf,
    next: usize,
    count: usize,
    /// Where the picture of the shown frame comes in, once it was asked for.
    coming: Option<Receiver<Arc<ColorImage>>>,
}

impl App {
    /// Begins to write the recorded frames into `folder`.
    pub(in crate::app) fn save_pictures(&mut self, folder: PathBuf) {
        let Some(shown) = &self.demons.run else {
            return;
        };
        let count = shown.run.recording().frames().len();
        self.demons.scrubbed = Some(0);
        self.demons.export = Some(Export {
            folder,
            next: 0,
            count,
            coming: None,
        });
    }

    /// Takes in the screenshot of the frame that is shown, and goes on to the next.
    pub(super) fn advance_export(&mut self, ctx: &Context) {
        let Some(export) = &mut self.demons.export else {
            return;
        };
        ctx.request_repaint();
        let coming = export.coming.get_or_insert_with(|| {
            let (sender, receiver) = channel();
            ctx.request_screenshot(move |picture| {
                // Nobody waits for it any more when the export was stopped.
                let _ = sender.send(picture);
            });
            receiver
        });
        let Ok(picture) = coming.try_recv() else {
            return;
        };
        let name = format!("demons_{:04}.png", export.next);
        let written = save(&picture, self.demons.area, ctx, &export.folder.join(name));
        export.next += 1;
        export.coming = None;
        let (next, count) = (export.next, export.count);
        if let Err(error) = written {
            self.notices.error(error.to_string());
            self.end_export();
        } else if next < count {
            self.demons.scrubbed = Some(next);
        } else {
            let folder = export.folder.display().to_string();
            self.notices
                .done(format!("Saved {count} pictures of the run: {folder}"));
            self.end_export();
        }
    }

    fn end_export(&mut self) {
        self.demons.export = None;
        self.demons.scrubbed = None;
    }
}

/// The part of the window that shows the run, as a PNG; nothing is overwritten.
fn save(window: &ColorImage, area: Rect, ctx: &Context, path: &Path) -> anyhow::Result<()> {
    let scale = ctx.pixels_per_point();
    let [width, height] = window.size.map(|n| n as f32 / scale);
    let whole = Rect::from_min_size(Pos2::ZERO, vec2(width, height));
    let wrong = |why: &str| {
        let path = path.display();
        anyhow::anyhow!("the picture could not be written ({why}); choose an empty folder: {path}")
    };
    let area = area.intersect(whole);
    if !area.is_positive() {
        return Err(wrong("nothing is shown"));
    }
    if path.exists() {
        return Err(wrong("there is such a file already"));
    }
    let picture = window.region(&area, Some(scale));
    let [width, height] = picture.size.map(|n| n as u32);
    let pixels = picture.pixels.iter().flat_map(|c| [c.r(), c.g(), c.b()]);
    image::RgbImage::from_raw(width, height, pixels.collect())
        .ok_or_else(|| wrong("its size is odd"))?
        .save(path)
        .map_err(|error| wrong(&error.to_string()))
}

/// A button that asks where the pictures go; while they are written, one that stops that.
pub fn button(ui: &mut egui::Ui, demons: &Demons, messages: &mut Vec<Message>) {
    let (text, tip, request) = match &demons.export {
        Some(export) => (
            format!("Stop at {} of {}", export.next, export.count),
            "Writes no more pictures",
            Request::StopPictures,
        ),
        None => (
            "Pictures…".to_owned(),
            "Writes a PNG of the panes and the curve for every recorded iteration, for slides and films",
            Request::SavePictures,
        ),
    };
    let response = ui.button(text);
    crate::app::widgets::label_for_access(&response, egui::Role::Button, "Pictures…");
    if response.on_hover_text(tip).clicked() {
        messages.push(Message::Demons(request));
    }
}
