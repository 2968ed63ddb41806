//! Pictures of the window and of views into PNG files, as they are seen on the screen.

use super::App;
use super::dialogs::Dialog;
use super::dialogs::confirm::Question;
use super::message::Message;
use super::picker::Ask;
use super::pictures::{Series, write_folder};
use super::saving::file_name;
use crate::document::{Command, Plane, PlaneAxes};
use crate::geometry::WorldPoint;
use crate::io::replace;
use crate::jobs::{self, Job};
use egui::Context;
use image::RgbaImage;
use image::codecs::png::PngEncoder;
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::Receiver;

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Window,
    View(Plane),
    View3d,
    /// A picture of the view for each of its slices.
    Slices(Plane),
}

impl Subject {
    fn name(self) -> &'static str {
        match self {
            Self::Window => "window",
            Self::View(plane) | Self::Slices(plane) => plane.name(),
            Self::View3d => "3D",
        }
    }
}

/// Where pictures go.
#[derive(Clone, Debug)]
enum Target {
    File {
        path: PathBuf,
        overwrite: bool,
    },
    /// A folder of this name is made in the folder `within`.
    NewFolder {
        within: PathBuf,
        name: String,
    },
}

/// Pictures that are being taken and written. Dropping it stops that.
pub struct Snapshot {
    subject: Subject,
    job: Job<anyhow::Result<String>>,
    series: Series,
    /// Where the cursor was.
    cursor: WorldPoint,
}

impl Snapshot {
    /// What goes on and how far it is, 0 to 1.
    pub fn progress(&self) -> (String, f32) {
        let (at, count) = (self.series.at(), self.series.count());
        let text = format!("Picture {} of {count}", at + 1);
        (text, at as f32 / count as f32)
    }
}

impl App {
    /// Whether views are painted without buttons and sliders, for a picture.
    pub(super) fn hides_controls(&self) -> bool {
        let subject = self.snapshot.as_ref().map(|snapshot| snapshot.subject);
        subject.is_some_and(|subject| subject != Subject::Window)
    }

    /// Asks where a picture is to go: a file, or a folder for many.
    pub(super) fn ask_for_snapshot(&mut self, subject: Subject) {
        let ask = match subject {
            Subject::Slices(_) => Ask::Folder,
            _ => Ask::NewFile,
        };
        self.pick(ask, super::Purpose::Snapshot(subject));
    }

    /// The file proposed for a picture, or the folder to look for one in.
    pub(super) fn proposed_snapshot(&self, subject: Subject) -> PathBuf {
        let start = self.settings.picture_start();
        match subject {
            Subject::Slices(_) => start,
            _ => start.join(format!("{}.png", self.snapshot_name(subject))),
        }
    }

    fn snapshot_name(&self, subject: Subject) -> String {
        let image = self.document.ground().map_or("warpscope", |l| &l.name);
        file_name(&format!("{image} {}", subject.name()))
    }

    /// Takes the picture; asks before a file is replaced. A name without an ending gets .png.
    pub(super) fn save_snapshot(&mut self, subject: Subject, path: PathBuf) {
        if let Subject::Slices(_) = subject {
            self.settings.picture_folder = Some(path.clone());
            let name = self.snapshot_name(subject);
            self.begin_snapshot(subject, Target::NewFolder { within: path, name });
            return;
        }
        let mut path = path;
        if path.extension().is_none() {
            path.as_mut_os_string().push(".png");
        }
        if !path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("png"))
        {
            let text = "pictures are written as PNG; give a name that ends in .png";
            self.notices.error(format!("{text}: {}", path.display()));
        } else if path.is_file() {
            let then = Message::SaveSnapshotOver {
                subject,
                path: path.clone(),
            };
            self.dialog = Some(Dialog::Confirm(Question::replace(&path, then)));
        } else {
            self.save_snapshot_to(subject, path, false);
        }
    }

    pub(super) fn save_snapshot_to(&mut self, subject: Subject, path: PathBuf, overwrite: bool) {
        self.settings.note_picture(&path);
        self.begin_snapshot(subject, Target::File { path, overwrite });
    }

    fn begin_snapshot(&mut self, subject: Subject, target: Target) {
        let count = match (subject, self.document.grid()) {
            (Subject::Slices(plane), Some(grid)) => grid.shape()[PlaneAxes::of(plane, grid).normal],
            _ => 1,
        };
        let (series, pictures) = Series::new(count, 1);
        let job = jobs::spawn("Saving pictures", self.wake.clone(), move |_| {
            write(&target, &pictures)
        });
        self.snapshot = Some(Snapshot {
            subject,
            job,
            series,
            cursor: self.document.cursor(),
        });
        self.show_snapshot_slice();
    }

    /// Takes in the picture that was asked for, and goes on to the next.
    pub(super) fn advance_snapshot(&mut self, ctx: &Context) {
        let Some(snapshot) = &mut self.snapshot else {
            return;
        };
        if let Some(ending) = snapshot.job.poll() {
            match ending {
                Ok(Ok(written)) => self.notices.done(written),
                Ok(Err(error)) => self.notices.error(error.to_string()),
                Err(panicked) => self.notices.error(panicked.to_string()),
            }
            self.end_snapshot();
            return;
        }
        if snapshot.series.is_taken() {
            return;
        }
        let area = match snapshot.subject {
            Subject::Window => Some(ctx.content_rect()),
            Subject::View3d => self.view3d.area,
            Subject::View(plane) | Subject::Slices(plane) => self.view_areas[plane.index()],
        };
        let Some(area) = area else {
            self.notices.error(
                "the view is not on the screen any more; show it and save its picture again",
            );
            self.end_snapshot();
            return;
        };
        // Pictures are of what the window shows: whatever hides it must be gone first.
        if self.dialog.is_some() || egui::Popup::is_any_open(ctx) {
            snapshot.series.take_again();
            return;
        }
        ctx.request_repaint();
        let at = snapshot.series.at();
        snapshot.series.advance(ctx, area);
        if snapshot.series.at() != at {
            self.show_snapshot_slice();
        }
    }

    /// Ends taking pictures; the cursor goes back to where it was.
    pub(super) fn end_snapshot(&mut self) {
        if let Some(snapshot) = self.snapshot.take()
            && let Subject::Slices(_) = snapshot.subject
        {
            self.edit(Command::MoveCursor(snapshot.cursor));
        }
    }

    fn show_snapshot_slice(&mut self) {
        let (Some(snapshot), Some(grid)) = (&self.snapshot, self.document.grid()) else {
            return;
        };
        if let Subject::Slices(plane) = snapshot.subject
            && let Some(voxel) = self.document.cursor_voxel()
        {
            let mut voxel = voxel.map(|n| n as i64);
            voxel[PlaneAxes::of(plane, grid).normal] = snapshot.series.at() as i64;
            if let Some(point) = self.document.voxel_to_world(voxel) {
                self.edit(Command::MoveCursor(point));
            }
        }
    }
}

/// Writes the pictures as they come; says where they are.
fn write(target: &Target, pictures: &Receiver<RgbaImage>) -> anyhow::Result<String> {
    match target {
        Target::File { path, overwrite } => {
            // It was stopped before there was one.
            let picture = pictures.recv()?;
            replace(path, *overwrite, |out| {
                let encoded = picture.write_with_encoder(PngEncoder::new(out));
                encoded.map_err(io::Error::other)
            })?;
            Ok(format!("Saved a picture: {}", path.display()))
        }
        Target::NewFolder { within, name } => {
            let (folder, count) = write_folder(within, name, "slice", pictures)?;
            Ok(format!("Saved {count} pictures: {}", folder.display()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    fn one_picture() -> Receiver<RgbaImage> {
        let (sender, receiver) = channel();
        sender.send(RgbaImage::new(8, 6)).expect("room");
        receiver
    }

    #[test]
    fn a_file_that_is_there_is_kept_unless_it_may_be_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("view.png");
        std::fs::write(&path, "precious").expect("a file");
        let target = |overwrite| Target::File {
            path: path.clone(),
            overwrite,
        };
        assert!(write(&target(false), &one_picture()).is_err());
        assert_eq!(std::fs::read(&path).expect("it"), b"precious");
        write(&target(true), &one_picture()).expect("written");
        assert!(image::open(&path).is_ok());
    }
}
