//! `warpscope render`: the views of the window as a picture, without a display.

use super::annotate::annotate;
use super::args::{RenderArgs, ViewArg};
use super::canvas::{Canvas, Fonts, Rgb};
use super::read;
use crate::document::{
    Command, Comparison, Display, Document, Plane, Role, Window, initial_display, paint,
    paint_comparison,
};
use crate::geometry::Grid;
use crate::io::replace;
use crate::volume::Volume;
use anyhow::{Context as _, ensure};
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder as _};
use std::io;

/// Pixels between the views, and their colour.
const GAP: usize = 2;
const GAP_COLOR: Rgb = [0x2b, 0x31, 0x39];

pub fn run(arguments: &RenderArgs) -> anyhow::Result<()> {
    let is_png = arguments
        .out
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("png"));
    ensure!(
        is_png,
        "pictures are written as PNG; give a name that ends in .png: {}",
        arguments.out.display()
    );
    let document = open(arguments)?;
    let size = arguments.size.0;
    let pixels = draw(&document, arguments)?;
    let rgb: Vec<u8> = pixels
        .as_chunks::<4>()
        .0
        .iter()
        .flat_map(|[r, g, b, _]| [*r, *g, *b])
        .collect();
    replace(&arguments.out, arguments.force, |out| {
        let [width, height] = size.map(|n| n as u32);
        PngEncoder::new(out)
            .write_image(&rgb, width, height, ExtendedColorType::Rgb8)
            .map_err(io::Error::other)
    })?;
    Ok(())
}

/// The images as the window would show them.
fn open(arguments: &RenderArgs) -> anyhow::Result<Document> {
    let mut document = Document::default();
    let volume = read(&arguments.path, arguments.series.as_deref())?;
    let map = arguments.map.as_deref().map(super::color_map).transpose()?;
    let ground = |volume: &Volume| {
        let first = initial_display(volume, false);
        Display {
            window: arguments
                .window
                .map_or(first.window, |w| Window::new(w.0[0], w.0[1])),
            map: map.clone().unwrap_or(first.map),
            ..first
        }
    };
    let display = Some(ground(&volume));
    Command::OpenMain { volume, display }.apply(&mut document)?;
    for path in &arguments.additional {
        let volume = read(path, None)?;
        let display = Some(ground(&volume));
        let role = Role::Additional;
        Command::AddLayer {
            volume,
            role,
            display,
        }
        .apply(&mut document)?;
    }
    for overlay in &arguments.overlays {
        let volume = read(&overlay.path, None)?;
        let first = initial_display(&volume, true);
        let map = overlay.map.as_deref().map(super::color_map).transpose()?;
        let display = Some(Display {
            map: map.unwrap_or(first.map),
            opacity: overlay.opacity.unwrap_or(first.opacity),
            ..first
        });
        let role = Role::Overlay;
        Command::AddLayer {
            volume,
            role,
            display,
        }
        .apply(&mut document)?;
    }
    arguments.labels.open(&mut document)?;
    place(&mut document, arguments)?;
    Ok(document)
}

/// Cursor and time point.
fn place(document: &mut Document, arguments: &RenderArgs) -> anyhow::Result<()> {
    let path = arguments.path.display();
    if let Some(voxel) = arguments.cursor.map(|cursor| cursor.0) {
        let shape = document.grid().map_or([0; 3], Grid::shape);
        let [[i, j, k], [nx, ny, nz]] = [voxel, shape];
        ensure!(
            i < nx && j < ny && k < nz,
            "voxel {i},{j},{k} lies outside the {nx} x {ny} x {nz} image; count from 0: {path}"
        );
        let point = document.voxel_to_world(voxel.map(|n| n as i64));
        let point = point.context("there is no image to place the cursor in")?;
        Command::MoveCursor(point).apply(document)?;
    }
    let count = document.time_points();
    ensure!(
        arguments.time < count,
        "there is no time point {} among {count}; count from 0: {path}",
        arguments.time
    );
    Command::SetTime(arguments.time).apply(document)?;
    Ok(())
}

/// A part of the picture.
#[derive(Clone, Copy)]
struct Pane {
    plane: Plane,
    corner: [usize; 2],
    size: [usize; 2],
}

/// Where the views lie: one fills the picture; three lie as in the window, the last quarter is empty.
fn panes(view: ViewArg, [width, height]: [usize; 2]) -> Vec<Pane> {
    let left = (width - GAP) / 2;
    let top = (height - GAP) / 2;
    let (right, bottom) = (width - GAP - left, height - GAP - top);
    let pane = |plane, corner, size| Pane {
        plane,
        corner,
        size,
    };
    let whole = |plane| vec![pane(plane, [0, 0], [width, height])];
    match view {
        ViewArg::Axial => whole(Plane::Axial),
        ViewArg::Sagittal => whole(Plane::Sagittal),
        ViewArg::Coronal => whole(Plane::Coronal),
        ViewArg::All => vec![
            pane(Plane::Axial, [0, 0], [left, top]),
            pane(Plane::Sagittal, [left + GAP, 0], [right, top]),
            pane(Plane::Coronal, [left + GAP, top + GAP], [right, bottom]),
        ],
    }
}

/// The picture, RGBA.
fn draw(document: &Document, arguments: &RenderArgs) -> anyhow::Result<Vec<u8>> {
    let (view, size) = (arguments.view, arguments.size.0);
    let comparison = arguments.comparison.comparison(document);
    let ground = document.ground().context("there is no image to draw")?.id;
    let stack = match comparison {
        Some(Comparison { first, second, .. }) => [first, second]
            .iter()
            .filter_map(|id| document.layer(*id))
            .collect(),
        None => document.stack(ground),
    };
    let main = document.grid().context("there is no image to draw")?;
    let panes = panes(view, size);
    let visible: Vec<_> = panes
        .iter()
        .map(|pane| (pane.plane, pane.size.map(|n| n as f64)))
        .collect();
    let fonts = Fonts::new()?;
    let mut picture = [0, 0, 0, 255].repeat(size[0] * size[1]);
    let mut pixels = Vec::new();
    for pane in panes {
        let viewport = document
            .viewport(pane.plane, pane.size.map(|n| n as f64), &visible)
            .context("there is no image to draw")?;
        match (comparison, &stack[..]) {
            (Some(Comparison { mode, .. }), [first, second]) => {
                paint_comparison(&viewport, main, [first, second], mode, &mut pixels);
            }
            _ => paint(&viewport, main, &stack, &mut pixels),
        }
        if !arguments.no_annotations {
            let mut canvas = Canvas::new(&mut pixels, pane.size, &fonts);
            annotate(
                &mut canvas,
                document,
                &viewport,
                &stack,
                comparison.map(|comparison| comparison.mode),
            );
        }
        paste(&mut picture, size[0], &pixels, pane);
    }
    if view == ViewArg::All {
        let mut canvas = Canvas::new(&mut picture, size, &fonts);
        let (left, top) = ((size[0] - GAP) / 2, (size[1] - GAP) / 2);
        let (x, y) = (left as f32, top as f32);
        let gap = GAP as f32;
        canvas.fill([x, 0.0], [x + gap, canvas.height()], GAP_COLOR, 1.0);
        canvas.fill([0.0, y], [canvas.width(), y + gap], GAP_COLOR, 1.0);
    }
    Ok(picture)
}

fn paste(picture: &mut [u8], width: usize, pixels: &[u8], pane: Pane) {
    let rows = picture.chunks_exact_mut(width * 4).skip(pane.corner[1]);
    for (row, pixels) in rows.zip(pixels.chunks_exact(pane.size[0] * 4)) {
        row[pane.corner[0] * 4..][..pixels.len()].copy_from_slice(pixels);
    }
}
