//! What the pixels of two images in one picture are.

use super::image;
use nalgebra::{Point3, Vector3};
use warpscope::document::{
    ColorMap, ComparisonMode, Display, PictureLayer, Tint, Window, compose_comparison,
};
use warpscope::volume::{Interpolation, SliceRequest, Volume};

const SIZE: [usize; 2] = [16, 8];

fn plane(value: impl Fn(usize, usize) -> f32) -> Volume {
    image([16, 8, 1], [0.0; 3], [1.0; 3], |[i, j, _]| value(i, j))
}

/// From 0 to `max`.
fn display(max: f64) -> Display {
    Display {
        window: Window::new(0.0, max),
        interpolation: Interpolation::Nearest,
        ..Display::default()
    }
}

/// `zoom` pixels a voxel.
fn picture_at(zoom: usize, layers: [(&Volume, &Display); 2], mode: ComparisonMode) -> Vec<[u8; 4]> {
    let step = 1.0 / zoom as f64;
    let [first, second] = layers.map(|(volume, display)| PictureLayer {
        volume,
        display,
        is_overlay: display.below_transparent,
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
    let mut out = vec![7; 3];
    compose_comparison(&first, &second, mode, SIZE.map(|n| n * zoom), &mut out);
    out.as_chunks().0.to_vec()
}

fn picture(layers: [(&Volume, &Display); 2], mode: ComparisonMode) -> Vec<[u8; 4]> {
    picture_at(1, layers, mode)
}

fn at(pixels: &[[u8; 4]], x: usize, y: usize) -> [u8; 3] {
    let [r, g, b, alpha] = pixels[y * SIZE[0] + x];
    assert_eq!(alpha, 255);
    [r, g, b]
}

const DARK: [u8; 3] = [51; 3];
const LIGHT: [u8; 3] = [204; 3];

/// The picture of a dark and a light image.
fn dark_and_light(mode: ComparisonMode) -> Vec<[u8; 4]> {
    let (dark, light) = (plane(|_, _| 20.0), plane(|_, _| 4.0));
    picture([(&dark, &display(100.0)), (&light, &display(5.0))], mode)
}

#[test]
fn squares_of_both_images_take_turns() {
    let pixels = dark_and_light(ComparisonMode::Checkerboard { squares: 4 });
    for (x, y, color) in [
        (0, 0, DARK),
        (3, 3, DARK),
        (4, 0, LIGHT),
        (8, 0, DARK),
        (0, 4, LIGHT),
        (4, 4, DARK),
        (15, 7, DARK),
        (15, 3, LIGHT),
    ] {
        assert_eq!(at(&pixels, x, y), color, "{x} {y}");
    }
}

#[test]
fn a_swipe_shows_the_first_before_the_line() {
    let upright = |at| ComparisonMode::Swipe { at, upright: true };
    let pixels = dark_and_light(upright(0.25));
    assert_eq!([3, 4].map(|x| at(&pixels, x, 5)), [DARK, LIGHT]);
    assert!(dark_and_light(upright(0.0)).iter().all(|p| p[0] == 204));
    assert!(dark_and_light(upright(1.0)).iter().all(|p| p[0] == 51));
    let lying = ComparisonMode::Swipe {
        at: 0.5,
        upright: false,
    };
    let pixels = dark_and_light(lying);
    assert_eq!([3, 4].map(|y| at(&pixels, 9, y)), [DARK, LIGHT]);
}

#[test]
fn a_blend_is_a_weighted_mean_and_a_flicker_one_image_alone() {
    let one = |mode| at(&dark_and_light(mode), 5, 5);
    assert_eq!(one(ComparisonMode::Blend { amount: 0.0 }), DARK);
    assert_eq!(one(ComparisonMode::Blend { amount: 1.0 }), LIGHT);
    let [middle, ..] = one(ComparisonMode::Blend { amount: 0.5 });
    assert!(middle.abs_diff(128) <= 1, "{middle}");
    assert_eq!(one(ComparisonMode::Flicker { second: false }), DARK);
    assert_eq!(one(ComparisonMode::Flicker { second: true }), LIGHT);
}

#[test]
fn a_difference_is_of_brightness_in_each_window_and_has_a_sign() {
    let signed = ComparisonMode::Difference { absolute: false };
    let [ramp, steeper] = [1.0, 20.0].map(|slope| plane(move |i, _| slope * i as f32));
    let both = [(&ramp, &display(15.0)), (&steeper, &display(300.0))];
    assert!(
        picture(both, signed)
            .iter()
            .all(|pixel| *pixel == [0, 0, 0, 255])
    );
    let [r, g, b] = at(&dark_and_light(signed), 2, 2);
    assert!(r > 130 && r > g && g > b, "{r} {g} {b}");
    let (dark, light) = (plane(|_, _| 20.0), plane(|_, _| 4.0));
    let turned = [(&light, &display(5.0)), (&dark, &display(100.0))];
    let [r, g, b] = at(&picture(turned, signed), 2, 2);
    assert!(b > 130 && b > g && g > r, "{r} {g} {b}");
    let absolute = ComparisonMode::Difference { absolute: true };
    assert_eq!(at(&dark_and_light(absolute), 2, 2), [153; 3]);
}

#[test]
fn where_one_image_is_missing_there_is_no_difference_to_be_seen() {
    let whole = plane(|_, _| 20.0);
    let half = image([8, 8, 1], [0.0; 3], [1.0; 3], |_| 90f32);
    let both = [(&whole, &display(100.0)), (&half, &display(100.0))];
    let pixels = picture(both, ComparisonMode::Difference { absolute: false });
    assert_eq!(at(&pixels, 12, 3), [38; 3]);
    assert_ne!(at(&pixels, 4, 3), [38; 3]);
    let cyan = picture(both, ComparisonMode::Composite(Tint::CyanMagenta));
    assert_eq!(at(&cyan, 12, 3), [0, 51, 51]);
}

#[test]
fn composites_are_gray_or_yellow_where_both_agree() {
    let both = |a: f32, b: f32, tint| {
        let (a, b) = (plane(move |_, _| a), plane(move |_, _| b));
        let shown = display(100.0);
        at(
            &picture(
                [(&a, &shown), (&b, &shown)],
                ComparisonMode::Composite(tint),
            ),
            3,
            3,
        )
    };
    assert_eq!(both(40.0, 40.0, Tint::CyanMagenta), [102; 3]);
    assert_eq!(both(100.0, 0.0, Tint::CyanMagenta), [0, 255, 255]);
    assert_eq!(both(0.0, 100.0, Tint::CyanMagenta), [255, 0, 255]);
    assert_eq!(both(100.0, 100.0, Tint::RedGreen), [255, 255, 0]);
    assert_eq!(both(100.0, 0.0, Tint::RedGreen), [255, 0, 0]);
}

#[test]
fn colours_are_the_layers_own_only_where_they_are_kept_and_opacity_plays_no_part() {
    let hot = Display {
        map: ColorMap::BlackToRed,
        opacity: 0.3,
        below_transparent: true,
        visible: false,
        ..display(100.0)
    };
    let (dark, bright) = (plane(|_, _| 0.0), plane(|_, _| 100.0));
    let layers = [(&dark, &display(100.0)), (&bright, &hot)];
    let second = ComparisonMode::Flicker { second: true };
    assert_eq!(at(&picture(layers, second), 1, 1), [255, 0, 0]);
    let difference = ComparisonMode::Difference { absolute: true };
    assert_eq!(at(&picture(layers, difference), 1, 1), [255; 3]);
}

/// Where the picture has the colour of edges, by columns of the row in the middle.
fn edges(second: &Volume, zoom: usize, interpolation: Interpolation) -> Vec<usize> {
    let first = plane(|_, _| 0.0);
    let shown = Display {
        interpolation,
        ..display(100.0)
    };
    let pixels = picture_at(
        zoom,
        [(&first, &shown), (second, &shown)],
        ComparisonMode::EDGES,
    );
    let width = SIZE[0] * zoom;
    let row = &pixels[width * (SIZE[1] * zoom / 2)..][..width];
    (0..width).filter(|x| row[*x][2] > 60).collect()
}

#[test]
fn an_edge_is_one_pixel_wide_where_brightness_steps() {
    let step = plane(|i, _| if i < 6 { 10.0 } else { 80.0 });
    let found = edges(&step, 1, Interpolation::Linear);
    assert!(found == [5] || found == [6], "{found:?}");
    let large = edges(&step, 8, Interpolation::Linear);
    assert_eq!(large.len(), 1, "{large:?}");
    assert!(large[0].abs_diff(48) <= 1, "{large:?}");
}

#[test]
fn slow_changes_and_the_border_of_an_image_are_no_edges() {
    let slow = plane(|i, _| 2.0 * i as f32);
    assert!(edges(&slow, 1, Interpolation::Linear).is_empty());
    let half = image([8, 8, 1], [0.0; 3], [1.0; 3], |_| 90f32);
    assert!(edges(&half, 1, Interpolation::Nearest).is_empty());
}

#[test]
fn a_picture_of_no_pixels_and_a_narrow_one_are_made_too() {
    let volume = plane(|i, _| i as f32);
    let shown = display(10.0);
    let layer = PictureLayer {
        volume: &volume,
        display: &shown,
        is_overlay: false,
        request: SliceRequest {
            origin: Point3::origin(),
            right: Vector3::x(),
            down: Vector3::y(),
            size: [0, 0],
            time: 0,
            component: 0,
            interpolation: Interpolation::Linear,
        },
    };
    for size in [[0, 0], [0, 5], [5, 0], [1, 1], [1, 9], [2, 2], [9, 1]] {
        for mode in [
            ComparisonMode::Checkerboard { squares: 0 },
            ComparisonMode::EDGES,
            ComparisonMode::Swipe {
                at: f64::NAN,
                upright: true,
            },
        ] {
            let mut out = Vec::new();
            compose_comparison(&layer, &layer, mode, size, &mut out);
            assert_eq!(out.len(), size[0] * size[1] * 4);
        }
    }
}
