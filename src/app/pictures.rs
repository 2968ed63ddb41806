//! Pictures of a part of the window: taken one after the other, and passed to the job that writes them.

use egui::{ColorImage, Context, Pos2, Rect, vec2};
use image::RgbaImage;
use std::fmt::Display;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, channel, sync_channel};

/// Pictures that are being taken. The window shows what belongs to [`Series::at`] until that changes.
pub struct Series {
    at: usize,
    count: usize,
    step: usize,
    /// Where the picture comes in, once it was asked for.
    coming: Option<Receiver<Arc<ColorImage>>>,
    /// One that the writer has no room for yet.
    waiting: Option<RgbaImage>,
    /// `None` once all were sent.
    writer: Option<SyncSender<RgbaImage>>,
}

impl Series {
    /// Of `count` pictures every `step`-th and the last, and where they come out for the writer.
    pub fn new(count: usize, step: usize) -> (Self, Receiver<RgbaImage>) {
        let (writer, pictures) = sync_channel(2);
        let series = Self {
            at: 0,
            count,
            step: step.max(1),
            coming: None,
            waiting: None,
            writer: Some(writer),
        };
        (series, pictures)
    }

    /// The picture that is taken, from 0.
    pub fn at(&self) -> usize {
        self.at
    }

    pub fn count(&self) -> usize {
        self.count
    }

    /// Whether there is nothing to be taken any more.
    pub fn is_taken(&self) -> bool {
        self.writer.is_none()
    }

    /// What was asked for is not wanted: something else was on the screen.
    pub fn take_again(&mut self) {
        self.coming = None;
    }

    /// Asks for what `area` shows, in points, or takes it in and goes on to the next.
    pub fn advance(&mut self, ctx: &Context, area: Rect) {
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
            Ok(()) if self.at + 1 < self.count => {
                self.at = (self.at + self.step).min(self.count - 1);
            }
            Ok(()) => self.writer = None,
        }
    }
}

/// Asks for what the window shows in this frame; it comes in a later one.
fn ask_for_picture(ctx: &Context) -> Receiver<Arc<ColorImage>> {
    let (sender, receiver) = channel();
    ctx.request_screenshot(move |picture| {
        // Nobody waits for it any more when the series was stopped.
        let _ = sender.send(picture);
    });
    receiver
}

/// The part of the window in `area`, in points; `None` while nothing of it is seen.
fn cut(window: &ColorImage, area: Rect, scale: f32) -> Option<RgbaImage> {
    let [width, height] = window.size.map(|n| n as f32 / scale);
    let area = area.intersect(Rect::from_min_size(Pos2::ZERO, vec2(width, height)));
    if !area.is_positive() {
        return None;
    }
    let picture = window.region(&area, Some(scale));
    let [width, height] = picture.size.map(|n| n as u32);
    let pixels = picture
        .pixels
        .iter()
        .flat_map(|c| [c.r(), c.g(), c.b(), 255]);
    RgbaImage::from_raw(width, height, pixels.collect())
}

/// Writes the pictures as they come, as `stem_0000.png` and so on, into a new folder called `name` in
/// the folder `within`. Returns the folder and how many there are.
pub fn write_folder(
    within: &Path,
    name: &str,
    stem: &str,
    pictures: impl IntoIterator<Item = RgbaImage>,
) -> anyhow::Result<(PathBuf, usize)> {
    let folder = new_folder(within, name)?;
    let mut count = 0;
    for picture in pictures {
        let path = folder.join(format!("{stem}_{count:04}.png"));
        picture.save(&path).map_err(|why| refusal(&why, &path))?;
        count += 1;
    }
    Ok((folder, count))
}

fn refusal(why: &dyn Display, path: &Path) -> anyhow::Error {
    let path = path.display();
    anyhow::anyhow!("the pictures could not be written ({why}); choose another folder: {path}")
}

/// A folder that was not there before: a number follows a name that is taken.
fn new_folder(within: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let numbered = (2..).map(|n| format!("{name} {n}"));
    for name in std::iter::once(name.to_owned()).chain(numbered) {
        let folder = within.join(name);
        match fs::create_dir(&folder) {
            Err(taken) if taken.kind() == ErrorKind::AlreadyExists => {}
            Err(why) => return Err(refusal(&why, &folder)),
            Ok(()) => return Ok(folder),
        }
    }
    unreachable!("the numbers do not end")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(grey: u8) -> RgbaImage {
        RgbaImage::from_pixel(8, 6, image::Rgba([grey, grey, grey, 255]))
    }

    #[test]
    fn each_series_gets_a_new_folder_with_a_numbered_file_a_picture() {
        let within = tempfile::tempdir().expect("a folder");
        for (name, count) in [("a to b", 2), ("a to b 2", 3)] {
            let pictures = (0..count).map(picture);
            let written = write_folder(within.path(), "a to b", "slice", pictures);
            let (folder, written) = written.expect("written");
            assert_eq!(folder, within.path().join(name));
            assert_eq!(written, usize::from(count));
            let last = folder.join(format!("slice_{:04}.png", count - 1));
            let read = image::open(last).expect("a picture").to_rgb8();
            let expected = ((8, 6), [count - 1; 3]);
            assert_eq!((read.dimensions(), read[(3, 3)].0), expected);
        }
    }

    #[test]
    fn only_what_the_area_shows_is_cut_out() {
        let colors = (0..12).map(egui::Color32::from_gray).collect();
        let window = ColorImage::new([4, 3], colors);
        let area = Rect::from_min_size(egui::pos2(1.0, 0.5), vec2(9.0, 9.0));
        let picture = cut(&window, area, 2.0).expect("a picture");
        assert_eq!(picture.dimensions(), (2, 2));
        assert_eq!(picture[(0, 0)].0, [6, 6, 6, 255]);
        let outside = area.translate(vec2(50.0, 0.0));
        assert_eq!(cut(&window, outside, 2.0), None);
    }
}
