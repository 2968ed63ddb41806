//! What goes on in the background: reading, saving, writing pictures, a registration behind the views.
//! All of it is shown, and can be stopped, in one place: the left end of the status line.

use super::App;
use super::align;
use super::message::Message;
use super::registration::Request;
use super::tools;

/// One thing that goes on.
pub struct Activity {
    pub what: String,
    /// How far it is, 0 to 1; `None` where nobody knows.
    pub fraction: Option<f32>,
    /// What stopping it means.
    pub tip: &'static str,
    pub cancel: Message,
}

impl App {
    /// All that goes on, what was begun by hand first.
    pub(super) fn activities(&self) -> Vec<Activity> {
        let reading = self
            .loader
            .progress()
            .or_else(|| self.workspaces.progress());
        let reading = reading.map(|(what, fraction)| Activity {
            what,
            fraction: Some(fraction),
            tip: "Stops reading; what is open stays as it is",
            cancel: Message::CancelLoading,
        });
        let saving = self.saving.as_ref().map(|saving| {
            let (what, fraction) = saving.progress();
            Activity {
                what,
                fraction: Some(fraction),
                tip: "Stops saving; no file is written and one that was there stays",
                cancel: Message::CancelSaving,
            }
        });
        let tool = self.tool_progress().map(|(what, fraction)| Activity {
            what,
            fraction: Some(fraction),
            tip: "Stops the tool's work; the images stay as they are",
            cancel: Message::Tools(tools::Request::Stop),
        });
        let work = self.aligning.progress().map(|(what, fraction)| Activity {
            what,
            fraction: Some(fraction),
            tip: "Stops it; the images stay as they are",
            cancel: Message::Align(align::Request::Stop),
        });
        let slices = self.snapshot.as_ref().map(|snapshot| {
            let (what, fraction) = snapshot.progress();
            Activity {
                what,
                fraction: Some(fraction),
                tip: "Takes no more pictures; those that were written stay",
                cancel: Message::CancelSnapshot,
            }
        });
        let pictures = self
            .demons
            .export_progress()
            .map(|(what, fraction)| Activity {
                what,
                fraction: Some(fraction),
                tip: "Writes no more pictures",
                cancel: Message::Demons(Request::StopPictures),
            });
        let run = self.demons.line_behind_views(&self.document);
        let registration = run.map(|what| Activity {
            what,
            fraction: None,
            tip: "Ends the registration; nothing of it is kept",
            cancel: Message::Demons(Request::Cancel),
        });
        [reading, saving, tool, work, slices, pictures, registration]
            .into_iter()
            .flatten()
            .collect()
    }
}
