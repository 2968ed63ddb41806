//! Pictures of a run into files: a folder of PNGs, or an animated GIF. Works in the background.

use crate::app::pictures::write_folder;
use crate::io::replace;
use image::codecs::gif::{GifEncoder, Repeat};
use image::imageops::{FilterType, resize};
use image::{Delay, RgbaImage};
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Duration;

/// From 1 to 30: how roughly the 256 colours of a picture are chosen.
const ROUGHNESS: i32 = 10;
/// The last picture stays this long before the film begins again.
const AT_THE_END: Duration = Duration::from_secs(2);

/// Where pictures go.
#[derive(Clone, Debug)]
pub enum Destination {
    /// A folder of this name is made in the folder `within`.
    NewFolder { within: PathBuf, name: String },
    /// One file; each picture stays for `delay`.
    Animation {
        path: PathBuf,
        overwrite: bool,
        delay: Duration,
    },
}

/// Writes the pictures as they come; says where they are.
pub fn write(
    destination: &Destination,
    pictures: Receiver<RgbaImage>,
    cancel: &AtomicBool,
) -> anyhow::Result<String> {
    match destination {
        Destination::NewFolder { within, name } => {
            let (folder, count) = write_folder(within, name, "demons", pictures)?;
            let folder = folder.display();
            Ok(format!("Saved {count} pictures of the run: {folder}"))
        }
        Destination::Animation {
            path,
            overwrite,
            delay,
        } => {
            replace(path, *overwrite, |out| {
                animate(out, pictures, *delay, cancel)
            })?;
            Ok(format!("Saved the run as an animation: {}", path.display()))
        }
    }
}

/// A GIF that runs for ever; all pictures get the size of the first.
fn animate(
    out: &mut impl Write,
    pictures: Receiver<RgbaImage>,
    delay: Duration,
    cancel: &AtomicBool,
) -> io::Result<()> {
    let mut encoder = GifEncoder::new_with_speed(out, ROUGHNESS);
    encoder
        .set_repeat(Repeat::Infinite)
        .map_err(io::Error::other)?;
    let mut pictures = pictures.into_iter().peekable();
    let mut size = None;
    while let Some(mut picture) = pictures.next() {
        let (width, height) = *size.get_or_insert(picture.dimensions());
        if picture.dimensions() != (width, height) {
            picture = resize(&picture, width, height, FilterType::Triangle);
        }
        let is_last = pictures.peek().is_none();
        let shown = if is_last { AT_THE_END } else { delay };
        let delay = Delay::from_saturating_duration(shown);
        encoder
            .encode_frame(image::Frame::from_parts(picture, 0, 0, delay))
            .map_err(io::Error::other)?;
    }
    if cancel.load(Ordering::Relaxed) {
        return Err(ErrorKind::Interrupted.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::AnimationDecoder as _;
    use image::codecs::gif::GifDecoder;
    use std::fs;
    use std::sync::mpsc::channel;

    /// Pictures of 8 x 6, each brighter than the one before.
    fn pictures(count: u8) -> Receiver<RgbaImage> {
        let (sender, receiver) = channel();
        for n in 0..count {
            let grey = 40 * n;
            let picture = RgbaImage::from_pixel(8, 6, image::Rgba([grey, grey, grey, 255]));
            sender.send(picture).expect("room");
        }
        receiver
    }

    #[test]
    fn an_animation_holds_every_picture_and_stays_on_the_last() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("run.gif");
        let destination = Destination::Animation {
            path: path.clone(),
            overwrite: false,
            delay: Duration::from_millis(100),
        };
        let go_on = AtomicBool::new(false);
        write(&destination, pictures(4), &go_on).expect("written");
        let file = io::BufReader::new(fs::File::open(&path).expect("a file"));
        let decoder = GifDecoder::new(file).expect("a GIF");
        let frames = decoder.into_frames().collect_frames().expect("frames");
        let grey = |frame: &image::Frame| frame.buffer().get_pixel(3, 3).0[0];
        assert_eq!(
            frames.iter().map(grey).collect::<Vec<_>>(),
            [0, 40, 80, 120]
        );
        let delay = |frame: &image::Frame| Duration::from(frame.delay()).as_millis();
        let delays: Vec<_> = frames.iter().map(delay).collect();
        assert_eq!(delays, [100, 100, 100, 2000]);
        assert!(write(&destination, pictures(1), &go_on).is_err());
    }

    #[test]
    fn an_animation_that_was_stopped_leaves_no_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let destination = Destination::Animation {
            path: folder.path().join("run.gif"),
            overwrite: false,
            delay: Duration::from_millis(100),
        };
        assert!(write(&destination, pictures(2), &AtomicBool::new(true)).is_err());
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
    }
}
