//! Values of a plane as colours: images, differences, Jacobians.

use super::frame::Frame;
use super::look::Image;
use crate::document::{Display, Lut};
use egui::{Color32, ColorImage};

/// Where an image is not defined: bluish, so that it is not taken for black.
const UNDEFINED: Color32 = Color32::from_rgb(0x26, 0x2e, 0x42);
/// Below the middle of a diverging scale, and above it. Told apart by colour-blind eyes too.
const LOW: [f32; 3] = [0x3d as f32, 0xc4 as f32, 0xe8 as f32];
const HIGH: [f32; 3] = [0xff as f32, 0x9a as f32, 0x3c as f32];
/// The middle.
const MIDDLE: [f32; 3] = [0x10 as f32, 0x12 as f32, 0x16 as f32];
/// Where the mapping folds.
pub const FOLD: Color32 = Color32::from_rgb(0xff, 0x3d, 0xd0);

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    Image(Image),
    /// An image minus the target.
    Difference(Image),
    Jacobian,
}

/// The looks of the two images; the warped one looks like the source.
#[derive(Clone, Debug, PartialEq)]
pub struct Looks {
    pub source: Display,
    pub target: Display,
}

impl Looks {
    fn of(&self, image: Image) -> &Display {
        match image {
            Image::Target => &self.target,
            Image::Source | Image::Warped => &self.source,
        }
    }

    /// The difference that has the full colour.
    pub fn largest_difference(&self) -> f64 {
        (self.target.window.width() / 2.0).max(f64::MIN_POSITIVE)
    }
}

fn values(frame: &Frame, image: Image) -> &[f32] {
    match image {
        Image::Source => &frame.state.source,
        Image::Target => &frame.state.target,
        Image::Warped => &frame.state.warped,
    }
}

/// The colour of `t` on the diverging scale, -1 to 1.
pub fn diverging(t: f32) -> Color32 {
    if t.is_nan() {
        return UNDEFINED;
    }
    let end = if t < 0.0 { LOW } else { HIGH };
    let share = t.abs().min(1.0).powf(0.8);
    let [r, g, b] = std::array::from_fn(|c| (MIDDLE[c] + share * (end[c] - MIDDLE[c])) as u8);
    Color32::from_rgb(r, g, b)
}

/// The colour of a Jacobian determinant: no change dark, half and double in full colour, folds marked.
pub fn jacobian_color(jacobian: f32) -> Color32 {
    if jacobian <= 0.0 {
        FOLD
    } else {
        diverging(jacobian.log2())
    }
}

/// The picture of a plane, a pixel of the level each.
pub fn paint(frame: &Frame, picture: Picture, looks: &Looks) -> ColorImage {
    match picture {
        Picture::Image(image) => {
            let lut = Lut::new(looks.of(image));
            let values = values(frame, image);
            colored(frame, |place| {
                let value = value(values, place);
                if value.is_nan() {
                    return UNDEFINED;
                }
                let [r, g, b, _] = lut.color(value);
                Color32::from_rgb(r, g, b)
            })
        }
        Picture::Difference(image) => {
            let (shown, target) = (values(frame, image), values(frame, Image::Target));
            let scale = 1.0 / looks.largest_difference() as f32;
            colored(frame, |place| {
                diverging((value(shown, place) - value(target, place)) * scale)
            })
        }
        Picture::Jacobian => colored(frame, |place| {
            jacobian_color(value(&frame.state.jacobian, place))
        }),
    }
}

fn value(values: &[f32], place: usize) -> f32 {
    values.get(place).copied().unwrap_or(f32::NAN)
}

fn colored(frame: &Frame, color: impl Fn(usize) -> Color32) -> ColorImage {
    let [columns, rows] = frame.size();
    let pixels = (0..rows).flat_map(|y| (0..columns).map(move |x| [x, y]));
    ColorImage::new(
        [columns, rows],
        pixels.map(|pixel| color(frame.place(pixel))).collect(),
    )
}
