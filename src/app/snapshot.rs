//! Pictures of the window and of views into PNG files, as they are seen on the screen.

use super::App;
use super::dialogs::Dialog;
use super::dialogs::confirm::Question;
use super::message::Message;
use super::picker::Ask;
use super::registration::{ask_for_picture, cut, new_folder, refusal};
use super::saving::file_name;
use crate::document::{Command, Plane, PlaneAxes};
use crate::geometry::WorldPoint;
use crate::io::replace;
use crate::jobs::{self, Job};
use egui::{ColorImage, Context, Rect};
use image::{ImageFormat, RgbaImage};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

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
    /// The picture that is taken; the last is `count - 1`.
    at: usize,
    count: usize,
    /// Where the cursor was.
    cursor: WorldPoint,
    /// Where the picture comes in, once it was asked for.
    coming: Option<Receiver<Arc<ColorImage>>>,
    /// One that the writer has no room for yet.
    waiting: Option<RgbaImage>,
    /// `None` once all were sent.
    writer: Option<SyncSender<RgbaImage>>,
}

impl Snapshot {
    /// What goes on and how far it is, 0 to 1.
    pub fn progress(&self) -> (String, f32) {
        let text = format!("Picture {} of {}", self.at + 1, self.count);
        (text, self.at as f32 / self.count as f32)
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
        let folder = path.parent().and_then(|f| std::path::absolute(f).ok());
        self.settings.picture_folder = folder.or(self.settings.picture_folder.take());
        self.begin_snapshot(subject, Target::File { path, overwrite });
    }

    fn begin_snapshot(&mut self, subject: Subject, target: Target) {
        let count = match (subject, self.document.grid()) {
            (Subject::Slices(plane), Some(grid)) => grid.shape()[PlaneAxes::of(plane, grid).normal],
            _ => 1,
        };
        let (writer, pictures) = sync_channel(2);
        let job = jobs::spawn("Saving pictures", self.wake.clone(), move |_| {
            write(&target, &pictures)
        });
        self.snapshot = Some(Snapshot {
            subject,
            job,
            at: 0,
            count,
            cursor: self.document.cursor(),
            coming: None,
            waiting: None,
            writer: Some(writer),
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
        if snapshot.writer.is_none() {
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
        ctx.request_repaint();
        let at = snapshot.at;
        snapshot.advance(ctx, area);
        if snapshot.at != at {
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
            voxel[PlaneAxes::of(plane, grid).normal] = snapshot.at as i64;
            if let Some(point) = self.document.voxel_to_world(voxel) {
                self.edit(Command::MoveCursor(point));
            }
        }
    }
}

impl Snapshot {
    fn advance(&mut self, ctx: &Context, area: Rect) {
        if self.waiting.is_none() {
            let coming = self.coming.get_or_insert_with(|| ask_for_picture(ctx));
            let Ok(window) = coming.try_recv() else {
                return;
            };
            self.coming = None;
            self.waiting = cut(&window, area, ctx.pixels_per_point());
        }
        let (Some(picture), Some(writer)) = (self.waiting.take(), &self.writer) else {
            return;
        };
        match writer.try_send(picture) {
            Err(TrySendError::Full(picture)) => self.waiting = Some(picture),
            // The job has failed and says so itself.
            Err(TrySendError::Disconnected(_)) => self.writer = None,
            Ok(()) if self.at + 1 < self.count => self.at += 1,
            Ok(()) => self.writer = None,
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
                let mut encoded = io::Cursor::new(Vec::new());
                picture
                    .write_to(&mut encoded, ImageFormat::Png)
                    .map_err(io::Error::other)?;
                io::Write::write_all(out, encoded.get_ref())
            })?;
            Ok(format!("Saved a picture: {}", path.display()))
        }
        Target::NewFolder { within, name } => {
            let folder = new_folder(within, name)?;
            let mut count = 0;
            for picture in pictures {
                let path = folder.join(format!("slice_{count:04}.png"));
                picture.save(&path).map_err(|why| refusal(&why, &path))?;
                count += 1;
            }
            Ok(format!("Saved {count} pictures: {}", folder.display()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    fn pictures(count: u8) -> Receiver<RgbaImage> {
        let (sender, receiver) = channel();
        for n in 0..count {
            let picture = RgbaImage::from_pixel(8, 6, image::Rgba([n, n, n, 255]));
            sender.send(picture).expect("room");
        }
        receiver
    }

    #[test]
    fn a_series_has_a_file_for_each_slice_named_by_its_index() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = Target::NewFolder {
            within: folder.path().to_owned(),
            name: "chest axial".to_owned(),
        };
        write(&target, &pictures(3)).expect("written");
        let last = folder.path().join("chest axial/slice_0002.png");
        let picture = image::open(last).expect("a picture").to_rgb8();
        assert_eq!((picture.dimensions(), picture[(3, 3)].0), ((8, 6), [2; 3]));
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
        assert!(write(&target(false), &pictures(1)).is_err());
        assert_eq!(std::fs::read(&path).expect("it"), b"precious");
        write(&target(true), &pictures(1)).expect("written");
        assert!(image::open(&path).is_ok());
    }
}
