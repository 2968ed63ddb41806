//! Values to colours, and layers to one picture.

use super::slice::volume;
use nalgebra::{Point3, Vector3};
use ndarray::Array5;
use warpscope::document::{
    ColorMap, Display, Lut, PictureLayer, Window, compose, initial_display, presets,
};
use warpscope::volume::{
    Content, Interpolation, Meta, Modality, NamedWindow, Rescale, SliceRequest, Suv, Volume,
};

pub fn display(min: f64, max: f64) -> Display {
    Display {
        window: Window::new(min, max),
        interpolation: Interpolation::Nearest,
        ..Display::default()
    }
}

/// One row of voxels, shown pixel by pixel.
pub fn row<T: warpscope::volume::Voxel>(values: &[T]) -> Volume {
    let array = Array5::from_shape_vec((1, 1, 1, values.len(), 1), values.to_vec());
    volume(array.expect("a row"), Rescale::IDENTITY)
}

fn along_i() -> SliceRequest {
    SliceRequest {
        origin: Point3::origin(),
        right: Vector3::x(),
        down: Vector3::y(),
        size: [0, 0],
        time: 0,
        component: 0,
        interpolation: Interpolation::Nearest,
    }
}

pub fn picture(layers: &[(&Volume, &Display)], size: [usize; 2]) -> Vec<[u8; 4]> {
    let layers: Vec<_> = layers
        .iter()
        .map(|(volume, display)| PictureLayer {
            volume,
            display,
            is_overlay: display.below_transparent,
            request: along_i(),
        })
        .collect();
    let mut out = vec![77; 3];
    compose(&layers, size, &mut out);
    out.as_chunks().0.to_vec()
}

pub fn gray(level: u8) -> [u8; 4] {
    [level, level, level, 255]
}

#[test]
fn the_window_is_spread_over_the_map_and_cut_off_at_its_ends() {
    let volume = row(&[-900_i16, 0, 50, 100, 101, 3000]);
    let shown = picture(&[(&volume, &display(0.0, 100.0))], [8, 2]);
    let expected = [0, 0, 128, 255, 255, 255].map(gray);
    assert_eq!(shown[..6], expected);
    assert!(
        shown[6..].iter().all(|pixel| *pixel == gray(0)),
        "outside is black"
    );
}

#[test]
fn a_window_without_width_is_a_threshold() {
    let volume = row(&[4.0_f32, 4.99, 5.0, 6.0]);
    let shown = picture(&[(&volume, &display(5.0, 5.0))], [4, 1]);
    assert_eq!(shown, [0, 0, 255, 255].map(gray));
}

#[test]
fn windows_are_never_upside_down_or_not_a_number() {
    assert_eq!(Window::new(3.0, -1.0), Window::new(-1.0, 3.0));
    assert_eq!(Window::new(f64::NAN, 1.0), Window { min: 0.0, max: 1.0 });
    assert_eq!(
        Window::from_level_width(40.0, 400.0),
        Window {
            min: -160.0,
            max: 240.0
        }
    );
    assert_eq!(Window::from_level_width(40.0, -5.0).width(), 0.0);
    for (min, max) in [
        (f64::NAN, 1.0),
        (2.0, -3.0),
        (-1e308, 1e308),
        (0.0, 1e-300),
        (1e9, 1e9),
    ] {
        let lut = Lut::new(&Display {
            window: Window { min, max },
            ..display(0.0, 1.0)
        });
        for value in [-f32::INFINITY, -1.0, 0.0, 1.0, f32::MAX, f32::INFINITY] {
            assert_eq!(lut.color(value)[3], 255, "{value} in {min} to {max}");
        }
    }
}

#[test]
fn an_overlay_is_seen_through_up_to_its_minimum_where_it_is_nan_and_by_its_opacity() {
    let below = row(&[100_u8; 5]);
    let above = row(&[-1.0_f32, 0.0, 10.0, f32::NAN, 20.0]);
    let overlay = Display {
        opacity: 0.5,
        below_transparent: true,
        map: ColorMap::BlackToRed,
        ..display(0.0, 10.0)
    };
    let shown = picture(
        &[(&below, &display(0.0, 255.0)), (&above, &overlay)],
        [5, 1],
    );
    assert_eq!(shown[0], gray(100));
    assert_eq!(shown[1], gray(100));
    assert_eq!(shown[2], [178, 50, 50, 255]);
    assert_eq!(shown[3], gray(100));
    assert_eq!(shown[4], shown[2]);
}

#[test]
fn hidden_layers_leave_no_trace() {
    let volume = row(&[100_u8; 2]);
    let hidden = Display {
        visible: false,
        ..display(0.0, 255.0)
    };
    let clear = Display {
        opacity: 0.0,
        ..display(0.0, 255.0)
    };
    let shown = picture(&[(&volume, &hidden), (&volume, &clear)], [2, 1]);
    assert_eq!(shown, [gray(0); 2]);
}

#[test]
fn an_inverted_layer_has_low_values_bright() {
    let volume = row(&[0_u8, 255]);
    let inverted = Display {
        inverted: true,
        ..display(0.0, 255.0)
    };
    assert_eq!(picture(&[(&volume, &inverted)], [2, 1]), [255, 0].map(gray));
}

#[test]
fn colour_images_keep_their_colours_and_their_alpha() {
    let color = |components: usize, values: Vec<u16>| {
        let array =
            Array5::from_shape_vec((1, 1, 1, values.len() / components, components), values);
        let volume = volume(array.expect("pixels"), Rescale::IDENTITY);
        let meta = Meta {
            content: Content::Color,
            ..Meta::default()
        };
        volume.with_meta(meta)
    };
    let shown_as = |opened: &Volume| initial_display(opened, false);
    let rgb = color(3, vec![65535, 0, 257 * 7, 0, 257 * 200, 0]);
    let shown = picture(&[(&rgb, &shown_as(&rgb))], [2, 1]);
    assert_eq!(shown, [[255, 0, 7, 255], [0, 200, 0, 255]]);
    let rgba = color(4, vec![65535, 65535, 65535, 0, 65535, 65535, 65535, 65535]);
    let shown = picture(
        &[(&rgb, &shown_as(&rgb)), (&rgba, &shown_as(&rgba))],
        [2, 1],
    );
    assert_eq!(shown, [[255, 0, 7, 255], gray(255)]);
}

#[test]
fn first_windows_and_maps_follow_the_modality() {
    let with = |meta: Meta| row(&[0_i16, 1000, 2000]).with_meta(meta);
    let ct = Meta {
        modality: Modality::Ct,
        ..Meta::default()
    };
    assert_eq!(
        initial_display(&with(ct.clone()), false).window,
        Window::new(-1000.0, 500.0)
    );
    let own = NamedWindow {
        name: "own".into(),
        center: 40.0,
        width: 400.0,
    };
    let ct = Meta {
        windows: vec![own.clone()],
        ..ct
    };
    assert_eq!(
        initial_display(&with(ct.clone()), false).window,
        Window::new(-160.0, 240.0)
    );
    assert_eq!(presets(&ct)[0].name, own.name);
    assert_eq!(presets(&ct)[0].window, Window::new(-160.0, 240.0));
    assert!(
        presets(&ct)
            .iter()
            .any(|p| p.name == "Lung" && p.window == Window::new(-1350.0, 150.0))
    );

    let pet = Meta {
        modality: Modality::Pet,
        suv: Suv::Factor(2e-4),
        ..Meta::default()
    };
    let overlay = initial_display(&with(pet.clone()), true);
    assert_eq!(
        (overlay.map, overlay.window),
        (ColorMap::Hot, Window::new(0.0, 50_000.0))
    );
    assert!(overlay.below_transparent && overlay.opacity < 1.0);
    assert_eq!(
        initial_display(&with(pet.clone()), false).map,
        ColorMap::InverseGray
    );
    assert!(
        presets(&pet)
            .iter()
            .any(|p| p.name == "SUV 0 to 5" && p.as_suv && p.window == Window::new(0.0, 25_000.0))
    );
    let unknown = Meta {
        suv: Suv::Missing("the dose is missing".into()),
        ..pet
    };
    assert!(presets(&unknown).is_empty());
    let window = initial_display(&with(unknown), false).window;
    assert!(window.min == 0.0 && (window.max - 1990.0).abs() < 1e-6);

    let plain = Meta {
        inverted: true,
        ..Meta::default()
    };
    let first = initial_display(&with(plain), false);
    assert!(first.inverted && (first.window.max - 1990.0).abs() < 1e-6);
}
