//! A small picture of what is open: the slice through the cursor, whole.

use super::PICTURE;
use crate::document::{Document, Plane, View, paint};
use image::RgbaImage;

/// `None` without an image.
pub(super) fn draw(document: &Document) -> Option<RgbaImage> {
    let mut document = document.clone();
    document.view = View::default();
    let grid = document.grid()?;
    let plane = Plane::of_flat(grid).unwrap_or(Plane::Axial);
    let viewport = document.viewport(plane, [PICTURE as f64; 2], &[])?;
    let stack = document.stack(document.ground()?.id);
    let mut pixels = Vec::new();
    paint(&viewport, grid, &stack, &mut pixels);
    RgbaImage::from_raw(PICTURE as u32, PICTURE as u32, pixels)
}
