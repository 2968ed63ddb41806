//! Curves, thresholds, colour maps with opacity and images of several components.

use super::picture::{display, gray, picture, row};
use super::slice::volume;
use ndarray::Array5;
use std::sync::Arc;
use warpscope::document::{ColorMap, ColorPoint, Curve, Display, OwnMap, initial_display};
use warpscope::volume::{
    Components, Content, Meta, Rescale, Volume, Voxel, auto_window, shown_components,
};
use warpscope::workspace::Look;

/// One row of voxels with `count` components each, side by side in memory.
fn row_of<T: Voxel>(count: usize, values: &[T], content: Content) -> Volume {
    let shape = (1, 1, 1, values.len() / count, count);
    let array = Array5::from_shape_vec(shape, values.to_vec());
    let volume = volume(array.expect("a row"), Rescale::IDENTITY);
    let meta = Meta {
        content,
        ..Meta::default()
    };
    volume.with_meta(meta)
}

fn colors(volume: &Volume, display: &Display, width: usize) -> Vec<[u8; 4]> {
    picture(&[(volume, display)], [width, 1])
}

#[test]
fn the_curve_bends_brightness_between_the_ends_of_the_window() {
    let volume = row(&[0_i16, 25, 60, 100, 500]);
    let points = vec![[0.0, 0.0], [0.25, 0.6], [0.6, 0.7], [1.0, 1.0]];
    let bent = Display {
        curve: Curve::new(points).expect("a curve"),
        ..display(0.0, 100.0)
    };
    let expected = [0, 153, 179, 255, 255].map(gray);
    let shown = colors(&volume, &bent, 5);
    for (shown, expected) in shown.iter().zip(expected) {
        assert!(
            shown[0].abs_diff(expected[0]) <= 1,
            "{shown:?} {expected:?}"
        );
    }
}

#[test]
fn values_under_the_threshold_show_what_lies_below_wherever_the_window_is() {
    let below = row(&[100_u8; 4]);
    let above = row(&[5.0_f32, 19.99, 20.0, 90.0]);
    for (min, max) in [(0.0, 10.0), (15.0, 30.0), (50.0, 60.0)] {
        let overlay = Display {
            hidden_below: Some(20.0),
            map: ColorMap::BlackToRed,
            ..display(min, max)
        };
        let shown = picture(
            &[(&below, &display(0.0, 255.0)), (&above, &overlay)],
            [4, 1],
        );
        assert_eq!(shown[..2], [gray(100); 2], "window {min} to {max}");
        assert!(
            shown[2..].iter().all(|color| color[1] == 0),
            "window {min} to {max}"
        );
    }
}

#[test]
fn voxels_that_are_not_a_number_take_the_colour_chosen_for_them() {
    let volume = row(&[f32::NAN, 1.0]);
    let marked = Display {
        nan_color: [255, 0, 255, 255],
        hidden_below: Some(0.5),
        ..display(0.0, 1.0)
    };
    assert_eq!(colors(&volume, &marked, 2), [[255, 0, 255, 255], gray(255)]);
}

#[test]
fn a_maps_own_opacity_counts_on_overlays_and_not_on_what_lies_lowest() {
    let ends = [
        ColorPoint::new(0.0, [0, 0, 0, 0]),
        ColorPoint::new(1.0, [255, 0, 0, 128]),
    ];
    let map = ColorMap::Own(Arc::new(OwnMap::with_points("Faint red", ends.to_vec())));
    let values = row(&[0_u8, 255]);
    let faint = Display {
        map,
        ..display(0.0, 255.0)
    };
    assert_eq!(colors(&values, &faint, 2), [gray(0), [255, 0, 0, 255]]);
    let below = row(&[200_u8; 2]);
    let over = Display {
        below_transparent: true,
        ..faint
    };
    let shown = picture(&[(&below, &display(0.0, 255.0)), (&values, &over)], [2, 1]);
    assert_eq!(shown, [gray(200), [228, 100, 100, 255]]);
}

#[test]
fn one_component_or_what_several_make_is_shown() {
    let volume = row_of(3, &[3.0_f32, 0.0, 4.0, -6.0, 0.0, 3.0], Content::Vector);
    let shown = |components| {
        let display = Display {
            components,
            ..display(-10.0, 10.0)
        };
        colors(&volume, &display, 2)
            .iter()
            .map(|color| color[0])
            .collect::<Vec<u8>>()
    };
    let level = |value: f64| ((value + 10.0) / 20.0 * 255.0).round() as u8;
    let near = |shown: Vec<u8>, values: [f64; 2]| {
        for (shown, value) in shown.iter().zip(values) {
            assert!(shown.abs_diff(level(value)) <= 1, "{shown} for {value}");
        }
    };
    near(shown(Components::One(2)), [4.0, 3.0]);
    near(shown(Components::One(9)), [4.0, 3.0]);
    near(shown(Components::Magnitude), [5.0, 45_f64.sqrt()]);
    near(shown(Components::Maximum), [4.0, 3.0]);
    near(shown(Components::Average), [7.0 / 3.0, -1.0]);
}

#[test]
fn vectors_as_colours_go_through_the_window() {
    let volume = row_of(3, &[-1.0_f32, 0.0, 1.0, 2.0, -5.0, 0.5], Content::Vector);
    let display = Display {
        components: Components::Color,
        ..display(-1.0, 1.0)
    };
    let shown = colors(&volume, &display, 2);
    assert_eq!(shown, [[0, 128, 255, 255], [255, 0, 191, 255]]);
}

#[test]
fn every_level_of_a_colour_picture_is_shown_as_it_is_stored() {
    let values: Vec<u8> = (0..=255)
        .flat_map(|level| [level, 255 - level, 7])
        .collect();
    let picture = row_of(3, &values, Content::Color);
    let shown = colors(&picture, &initial_display(&picture, false), 256);
    let expected: Vec<[u8; 4]> = (0..=255_u8).map(|n| [n, 255 - n, 7, 255]).collect();
    assert_eq!(shown, expected);
}

#[test]
fn statistics_of_what_is_shown_are_over_what_is_shown() {
    // numpy: np.linalg.norm([[3, 0, 4], [-6, 0, 3]], axis=1) = [5, 6.708...]
    let volume = row_of(3, &[3_i16, 0, 4, -6, 0, 3], Content::Vector);
    let value =
        |components, voxel| shown_components(&volume, components).value([voxel, 0, 0], 0, 0);
    assert_eq!(value(Components::Magnitude, 0), Some(5.0));
    assert_eq!(
        value(Components::Magnitude, 1),
        Some(f64::from(45_f32.sqrt()))
    );
    assert_eq!(value(Components::One(0), 1), Some(-6.0));
    assert_eq!(value(Components::Maximum, 1), Some(3.0));
    let magnitude = shown_components(&volume, Components::Magnitude);
    let (min, max) = auto_window(&magnitude);
    assert!(min >= 5.0 && max <= 6.71, "{min} to {max}");
}

#[test]
fn a_workspace_keeps_the_whole_look() {
    let map = ColorMap::Hot
        .to_own("Mine")
        .with_point(0.3)
        .expect("room")
        .0;
    let points = vec![[0.0, 0.0], [0.25, 0.6], [1.0, 1.0]];
    let look = Display {
        map: ColorMap::Own(Arc::new(map)),
        curve: Curve::new(points).expect("a curve"),
        hidden_below: Some(-0.1),
        nan_color: [1, 2, 3, 4],
        components: Components::Magnitude,
        ..display(-3.5, 7.25)
    };
    let text = serde_json::to_string(&Look::of(&look)).expect("a text");
    let read: Look = serde_json::from_str(&text).expect("a look");
    let volume = row(&[0_u8; 2]);
    let mut opened = initial_display(&volume, true);
    read.apply(&mut opened, &volume);
    assert_eq!(
        Display {
            time: look.time,
            ..opened
        },
        look
    );
}

#[test]
fn a_look_from_an_older_or_damaged_workspace_leaves_the_rest_as_it_opens() {
    let volume = row(&[0_u8; 2]);
    let usual = initial_display(&volume, false);
    for text in [
        "{}",
        r#"{"curve": [[0, 0], [0.5, 0.9], [0.6, 0.1], [1, 1]]}"#,
        r#"{"components": "sideways"}"#,
        r#"{"own_map": {"warpscope_color_map": 1, "name": "x", "points": []}}"#,
    ] {
        let read: Look = serde_json::from_str(text).expect("a look");
        let mut opened = usual.clone();
        read.apply(&mut opened, &volume);
        assert_eq!(opened, usual, "{text}");
    }
}
