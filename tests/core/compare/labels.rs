//! Label images in pictures and under the cursor.

use super::image;
use nalgebra::{Point3, Vector3};
use warpscope::document::{
    Command, Display, Document, LabelDisplay, LabelTable, PictureLayer, Role, compose, readings,
};
use warpscope::volume::{Interpolation, SliceRequest, Volume};

/// Label 1 in a square of 4, label 2 to the right of it, on 10 x 8 voxels.
fn labels() -> Volume {
    image([10, 8, 1], [0.0; 3], [1.0; 3], |[i, j, _]| {
        let rows = (2..6).contains(&j);
        match i {
            2..6 if rows => 1u8,
            6..8 if rows => 2,
            _ => 0,
        }
    })
}

fn gray() -> Volume {
    image([10, 8, 1], [0.0; 3], [1.0; 3], |_| 1f32)
}

/// `zoom` pixels a voxel, over white.
fn picture(look: LabelDisplay, opacity: f32, zoom: usize) -> Vec<[u8; 4]> {
    let (gray, labels) = (gray(), labels());
    let shown = Display {
        opacity,
        // Labels are never mixed, whatever this says.
        interpolation: Interpolation::Linear,
        ..Display::of_labels(look)
    };
    let white = Display::default();
    let step = 1.0 / zoom as f64;
    let layers = [(&gray, &white, false), (&labels, &shown, true)];
    let layers = layers.map(|(volume, display, is_overlay)| PictureLayer {
        volume,
        display,
        is_overlay,
        request: SliceRequest {
            origin: Point3::new((step - 1.0) / 2.0, (step - 1.0) / 2.0, 0.0),
            right: Vector3::x() * step,
            down: Vector3::y() * step,
            size: [0, 0],
            time: 0,
            component: 0,
            interpolation: display.interpolation,
        },
    });
    let mut out = Vec::new();
    compose(&layers, [10 * zoom, 8 * zoom], &mut out);
    out.as_chunks().0.to_vec()
}

fn table() -> LabelTable {
    let mut table = LabelTable::default();
    for (label, color) in [(1, [255, 0, 0]), (2, [0, 0, 255])] {
        let entry = table.entry(label);
        table.set(label, warpscope::io::LabelEntry { color, ..entry });
    }
    table
}

const WHITE: [u8; 4] = [255; 4];
const RED: [u8; 4] = [255, 0, 0, 255];
const BLUE: [u8; 4] = [0, 0, 255, 255];

#[test]
fn labels_have_their_colours_and_the_background_is_see_through() {
    let look = LabelDisplay {
        table: table(),
        ..LabelDisplay::default()
    };
    let pixels = picture(look.clone(), 1.0, 3);
    let found = |x: usize, y: usize| pixels[y * 30 + x];
    // No pixel between two labels has a colour that neither has.
    assert!(
        pixels
            .iter()
            .all(|pixel| [WHITE, RED, BLUE].contains(pixel))
    );
    assert_eq!(
        [found(5, 9), found(6, 9), found(17, 9), found(18, 9)],
        [WHITE, RED, RED, BLUE]
    );
    let half = picture(look, 0.5, 1);
    assert_eq!(half[3 * 10 + 3], [255, 127, 127, 255]);
}

#[test]
fn outlines_leave_the_inside_free_and_are_as_wide_as_asked() {
    let look = |line_width| LabelDisplay {
        table: table(),
        outlines: true,
        line_width,
    };
    let row = |pixels: &[[u8; 4]]| -> Vec<[u8; 4]> { pixels[16 * 40..][..40].to_vec() };
    let thin = row(&picture(look(1), 1.0, 4));
    // Label 1 has the columns 8 to 23, label 2 those from 24 to 31.
    let colored: Vec<usize> = (0..40).filter(|x| thin[*x] != WHITE).collect();
    assert_eq!(colored, [8, 23, 24, 31]);
    assert_eq!([thin[23], thin[24]], [RED, BLUE]);
    let wide = row(&picture(look(2), 1.0, 4));
    let colored: Vec<usize> = (0..40).filter(|x| wide[*x] != WHITE).collect();
    assert_eq!(colored, [8, 9, 22, 23, 24, 25, 30, 31]);
    let whole = picture(look(1), 1.0, 4);
    let column: Vec<usize> = (0..32).filter(|y| whole[y * 40 + 12] != WHITE).collect();
    assert_eq!(column, [8, 23]);
}

#[test]
fn a_hidden_label_shows_what_lies_below() {
    let mut table = table();
    let entry = table.entry(2);
    table.set(
        2,
        warpscope::io::LabelEntry {
            visible: false,
            ..entry
        },
    );
    let look = LabelDisplay {
        table,
        ..LabelDisplay::default()
    };
    let pixels = picture(look, 1.0, 1);
    assert_eq!([pixels[3 * 10 + 3], pixels[3 * 10 + 7]], [RED, WHITE]);
}

#[test]
fn the_label_under_the_cursor_is_told_by_its_name() {
    let mut document = Document::default();
    let add = |volume, role, display| Command::AddLayer {
        volume,
        role,
        display,
    };
    let look = LabelDisplay::default();
    add(gray(), Role::Main, None)
        .apply(&mut document)
        .expect("opens");
    let labels = add(labels(), Role::Overlay, Some(Display::of_labels(look)));
    labels.apply(&mut document).expect("opens");
    let at = |document: &mut Document, voxel| {
        let point = document.voxel_to_world(voxel).expect("a voxel");
        Command::MoveCursor(point).apply(document).expect("moves");
        readings(document)
            .into_iter()
            .map(|reading| reading.label.map(|label| label.name))
            .collect::<Vec<_>>()
    };
    let label = |name: &str| Some(name.to_owned());
    assert_eq!(at(&mut document, [7, 3, 0]), [None, label("Label 2")]);
    assert_eq!(at(&mut document, [0, 0, 0]), [None, None]);
}
