//! What is open and how it looks: layers, their display and the pictures made of them.
//!
//! Knows no window and no egui.

mod color_map;
mod display;
mod picture;

pub use color_map::ColorMap;
pub use display::{Display, Lut, Window, initial_display, presets};
pub use picture::{PictureLayer, compose};
