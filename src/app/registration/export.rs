//! The recorded run as pictures: each frame is shown, and what the window shows of it is written.

use super::export_file::{self, Destination};
use super::{Demons, Request};
use crate::app::App;
use crate::app::dialogs::Dialog;
use crate::app::dialogs::confirm::Question;
use crate::app::message::Message;
use crate::app::pictures::Series;
use crate::app::saving::file_name;
use crate::app::widgets::label_for_access;
use crate::jobs::{self, Job};
use egui::{Context, Ui};
use std::path::PathBuf;
use std::time::Duration;

/// More pictures make a film nobody waits for: of longer runs every second, third ... is taken.
const MOST_IN_ANIMATION: usize = 200;

/// Pictures that are being taken and written. Dropping it stops that.
pub struct Export {
    job: Job<anyhow::Result<String>>,
    /// One for each recorded frame.
    series: Series,
}

impl App {
    /// Begins to write the recorded frames into a folder of their own in `folder`.
    pub(in crate::app) fn save_pictures(&mut self, folder: PathBuf) {
        self.settings.picture_folder = Some(folder.clone());
        self.begin_export(Destination::NewFolder {
            within: folder,
            name: self.demons.run_name(),
        });
    }

    /// The file proposed for an animation.
    pub(in crate::app) fn proposed_animation(&self) -> PathBuf {
        let name = format!("{}.gif", self.demons.run_name());
        self.settings.picture_start().join(name)
    }

    /// Begins to write the recorded frames into one file; asks before one is replaced.
    pub(in crate::app) fn save_animation(&mut self, path: PathBuf) {
        let mut path = path;
        if path.extension().is_none() {
            path.as_mut_os_string().push(".gif");
        }
        if path.is_file() {
            let question =
                Question::replace(&path, Message::Demons(Request::AnimateOver(path.clone())));
            self.dialog = Some(Dialog::Confirm(question));
        } else {
            self.animate(path, false);
        }
    }

    pub(super) fn animate(&mut self, path: PathBuf, overwrite: bool) {
        self.settings.note_picture(&path);
        let delay = Duration::from_secs_f64(1.0 / self.demons.look.pictures_a_second.max(1.0));
        self.begin_export(Destination::Animation {
            path,
            overwrite,
            delay,
        });
    }

    fn begin_export(&mut self, destination: Destination) {
        let Some(shown) = &self.demons.run else {
            return;
        };
        let count = shown.run.recording().frames().len();
        let most = match destination {
            Destination::NewFolder { .. } => count,
            Destination::Animation { .. } => MOST_IN_ANIMATION,
        };
        let (series, pictures) = Series::new(count, count.div_ceil(most.max(1)));
        let job = jobs::spawn("Pictures of the run", self.wake.clone(), move |handle| {
            export_file::write(&destination, pictures, &handle.cancel_flag())
        });
        self.demons.scrubbed = Some(0);
        self.demons.export = Some(Export { job, series });
    }

    /// Takes in the picture of the frame that is shown, and goes on to the next.
    pub(super) fn advance_export(&mut self, ctx: &Context) {
        let Some(export) = &mut self.demons.export else {
            return;
        };
        if let Some(ending) = export.job.poll() {
            match ending {
                Ok(Ok(written)) => self.notices.done(written),
                Ok(Err(error)) => self.notices.error(error.to_string()),
                Err(panicked) => self.notices.error(panicked.to_string()),
            }
            self.end_export();
            return;
        }
        // Pictures are of what the window shows: whatever hides the panes must be gone first.
        if !self.demons.open || self.dialog.is_some() || egui::Popup::is_any_open(ctx) {
            export.series.take_again();
        } else if !export.series.is_taken() {
            ctx.request_repaint();
            export.series.advance(ctx, self.demons.area);
            self.demons.scrubbed = Some(export.series.at());
        }
    }

    pub(super) fn end_export(&mut self) {
        self.demons.export = None;
        self.demons.scrubbed = None;
    }
}

impl Demons {
    /// The writing of pictures that goes on, and how far it is, 0 to 1.
    pub fn export_progress(&self) -> Option<(String, f32)> {
        let export = self.export.as_ref()?;
        let (now, count) = (export.series.at() + 1, export.series.count());
        let what = format!("Writing picture {now} of {count}");
        Some((what, now as f32 / count.max(1) as f32))
    }

    /// What files that show the run are called.
    fn run_name(&self) -> String {
        let names = self.run.as_ref().map(|shown| &shown.names);
        match names {
            Some([source, target]) => file_name(&format!("demons {source} to {target}")),
            None => "demons".to_owned(),
        }
    }
}

/// Buttons that ask where pictures go; while they are written, one that stops that.
pub fn buttons(ui: &mut Ui, demons: &Demons, messages: &mut Vec<Message>) {
    if let Some(export) = &demons.export {
        let (now, count) = (export.series.at() + 1, export.series.count());
        let text = format!("Stop at {now} of {count}");
        let response = ui.button(text);
        label_for_access(&response, egui::Role::Button, "Stop writing pictures");
        if response.on_hover_text("Writes no more pictures").clicked() {
            messages.push(Message::Demons(Request::StopPictures));
        }
        return;
    }
    for (text, tip, request) in [
        (
            "Pictures…",
            "Writes a PNG of the panes and the curve for every recorded iteration, for slides, into a new folder",
            Request::SavePictures,
        ),
        (
            "Animation…",
            "Writes the recorded iterations as an animated GIF of at most 200 pictures, as fast as the display is set to",
            Request::SaveAnimation,
        ),
    ] {
        if ui.button(text).on_hover_text(tip).clicked() {
            messages.push(Message::Demons(request));
        }
    }
}
