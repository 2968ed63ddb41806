//! Rulers, regions and profiles: numbers known beforehand, on grids of every kind.

use nalgebra::{Matrix3, Matrix4, Rotation3, Vector3};
use ndarray::Array5;
use warpscope::document::{
    Command, CommandError, Document, History, LayerNumbers, MeasureEdit, Measurement,
    MeasurementKind, Plane, Role, angle_deg, measurements_text, profile, profile_text,
    region_numbers,
};
use warpscope::geometry::{Grid, IndexPoint, WorldPoint};
use warpscope::volume::{Linear, Meta, Rescale, Volume, VoxelData};

const SHAPE: [usize; 3] = [12, 14, 9];

fn grid(shape: [usize; 3], axes: Matrix3<f64>, origin: [f64; 3]) -> Grid {
    let mut affine = Matrix4::identity();
    affine.fixed_view_mut::<3, 3>(0, 0).copy_from(&axes);
    affine
        .fixed_view_mut::<3, 1>(0, 3)
        .copy_from(&Vector3::from(origin));
    Grid::new(shape, affine).expect("a grid")
}

/// Voxels of 0.7 x 0.9 x 3 mm, the first two axes flipped, turned by some degrees about all axes.
fn oblique() -> Grid {
    let turn = Rotation3::from_euler_angles(0.2, -0.15, 0.3);
    let spacing = Matrix3::from_diagonal(&Vector3::new(-0.7, -0.9, 3.0));
    grid(SHAPE, turn.matrix() * spacing, [31.0, -12.0, 5.0])
}

/// Whole millimetres, no turn.
fn plain(shape: [usize; 3]) -> Grid {
    grid(shape, Matrix3::identity(), [0.0, 0.0, 0.0])
}

fn volume(name: &str, grid: Grid, value: impl Fn([usize; 3]) -> f32) -> Volume {
    let [nx, ny, nz] = grid.shape();
    let data = Array5::from_shape_fn((1, nz, ny, nx, 1), |(_, k, j, i, _)| value([i, j, k]));
    let meta = Meta {
        name: name.to_owned(),
        unit: "HU".to_owned(),
        ..Meta::default()
    };
    Volume::new(grid, VoxelData::F32(data), Rescale::IDENTITY, meta).expect("a volume")
}

fn open(volumes: Vec<Volume>) -> Document {
    let mut document = Document::default();
    for volume in volumes {
        let role = if document.is_empty() {
            Role::Main
        } else {
            Role::Overlay
        };
        let display = None;
        let command = Command::AddLayer {
            volume,
            role,
            display,
        };
        command.apply(&mut document).expect("a layer");
    }
    document
}

/// Draws an item between two indices of the main image.
fn draw(
    document: &mut Document,
    kind: MeasurementKind,
    plane: Plane,
    from: [f64; 3],
    to: [f64; 3],
) -> Measurement {
    let main = *document.grid().expect("a grid");
    let ends = [from, to].map(|[i, j, k]| main.index_to_world(IndexPoint::new(i, j, k)));
    let edit = MeasureEdit::Add(Measurement::draft(kind, plane, ends));
    Command::Measure(edit).apply(document).expect("an item");
    document.measurements().last().expect("an item").clone()
}

fn numbers(document: &Document, item: &Measurement) -> Vec<LayerNumbers> {
    region_numbers(document, item).expect("numbers").layers
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * b.abs().max(1.0)
}

#[test]
fn a_ruler_on_an_oblique_anisotropic_grid_has_the_length_of_its_voxel_steps() {
    let mut document = open(vec![volume("CT", oblique(), |_| 0.0)]);
    let ruler = MeasurementKind::Ruler;
    let item = draw(
        &mut document,
        ruler,
        Plane::Axial,
        [1.0, 2.0, 4.0],
        [5.0, 5.0, 4.0],
    );
    assert!(close(item.length_mm(), (4.0f64 * 0.7).hypot(3.0 * 0.9)));
    assert!(close(item.slice(document.grid().expect("a grid")), 4.0));
    let item = draw(
        &mut document,
        ruler,
        Plane::Coronal,
        [1.0, 2.0, 1.0],
        [1.0, 2.0, 6.0],
    );
    assert!(close(item.length_mm(), 15.0));
}

#[test]
fn the_angle_between_consecutive_rulers_does_not_depend_on_their_direction() {
    let mut document = open(vec![volume("CT", plain(SHAPE), |_| 0.0)]);
    let ruler = MeasurementKind::Ruler;
    let from = [1.0, 1.0, 2.0];
    let first = draw(&mut document, ruler, Plane::Axial, from, [9.0, 1.0, 2.0]);
    let second = draw(&mut document, ruler, Plane::Axial, [6.0, 6.0, 2.0], from);
    assert!(close(angle_deg(&first, &second).expect("an angle"), 45.0));
    assert!(close(
        document.angle_to_previous(&second).expect("an angle"),
        45.0
    ));
    assert_eq!(document.angle_to_previous(&first), None);
}

#[test]
fn a_rectangle_counts_the_voxels_whose_centres_lie_inside() {
    // i 3..=6 and j 4..=8 of values i + 100 j.
    let value = |[i, j, _]: [usize; 3]| (i + 100 * j) as f32;
    let mut document = open(vec![volume("CT", oblique(), value)]);
    let item = draw(
        &mut document,
        MeasurementKind::Rectangle,
        Plane::Axial,
        [6.5, 3.5, 4.0],
        [2.5, 8.5, 4.0],
    );
    let whole = region_numbers(&document, &item).expect("numbers");
    assert!(close(whole.area_mm2, 4.0 * 0.7 * 5.0 * 0.9));
    let ct = &whole.layers[0];
    assert_eq!((ct.count, ct.left_out, ct.sampled), (20, 0, false));
    assert!(close(ct.mean, 604.5));
    assert_eq!((ct.min, ct.max), (403.0, 806.0));
    // 20 values: variance of i is 1.25, of 100 j 20000; n / (n - 1) of their sum.
    assert!(close(ct.sd, (20001.25f64 * 20.0 / 19.0).sqrt()));
}

#[test]
fn corners_on_voxel_centres_count_whatever_the_rounding() {
    let mut document = open(vec![volume("CT", oblique(), |_| 1.0)]);
    for plane in Plane::ALL {
        let to = match plane {
            Plane::Axial => [8.0, 9.0, 4.0],
            Plane::Sagittal => [3.0, 9.0, 7.0],
            Plane::Coronal => [8.0, 4.0, 7.0],
        };
        let from = [3.0, 4.0, 4.0];
        let item = draw(&mut document, MeasurementKind::Rectangle, plane, from, to);
        let across: f64 = (0..3).map(|axis| to[axis] - from[axis] + 1.0).product();
        assert_eq!(
            numbers(&document, &item)[0].count,
            across as usize,
            "{plane:?}"
        );
    }
}

#[test]
fn an_ellipse_leaves_the_corners_out() {
    let mut document = open(vec![volume("CT", plain(SHAPE), |[i, _, _]| i as f32)]);
    let item = draw(
        &mut document,
        MeasurementKind::Ellipse,
        Plane::Axial,
        [2.0, 3.0, 4.0],
        [8.0, 11.0, 4.0],
    );
    let inside = |i: f64, j: f64| ((i - 5.0) / 3.0).powi(2) + ((j - 7.0) / 4.0).powi(2) <= 1.0;
    let expected = (0..12)
        .flat_map(|i| (0..14).map(move |j| (f64::from(i), f64::from(j))))
        .filter(|&(i, j)| inside(i, j))
        .count();
    let whole = region_numbers(&document, &item).expect("numbers");
    assert_eq!(whole.layers[0].count, expected);
    assert!(close(whole.layers[0].mean, 5.0));
    assert!(close(whole.area_mm2, std::f64::consts::PI * 3.0 * 4.0));
}

#[test]
fn a_parallel_layer_on_another_grid_is_counted_in_its_own_voxels() {
    // Its i runs along the main j, its k along the main i backwards, its j upwards, 2 mm each.
    let axes = Matrix3::new(0.0, 0.0, -2.0, 2.0, 0.0, 0.0, 0.0, 2.0, 0.0);
    let pet = grid([6, 4, 5], axes, [9.0, 1.0, 0.5]);
    let value = |[i, j, k]: [usize; 3]| (i + 10 * j + 100 * k) as f32;
    let mut document = open(vec![
        volume("CT", plain(SHAPE), |_| 0.0),
        volume("PET", pet, value),
    ]);
    // x 4..8 holds k 1 (7 mm) and 2 (5 mm); y 2..6 holds i 1 (3 mm) and 2 (5 mm); z 3 is nearest to
    // j 1 (2.5 mm).
    let item = draw(
        &mut document,
        MeasurementKind::Rectangle,
        Plane::Axial,
        [4.0, 2.0, 3.0],
        [8.0, 6.0, 3.0],
    );
    let pet = &numbers(&document, &item)[1];
    assert_eq!((pet.count, pet.sampled), (4, false));
    assert!(close(pet.mean, 161.5));
    assert_eq!((pet.min, pet.max), (111.0, 212.0));
}

#[test]
fn an_oblique_layer_is_sampled_at_the_main_images_voxels() {
    // Its values are a ramp of the world, which linear interpolation keeps.
    let turn = Rotation3::from_euler_angles(0.2, 0.1, 0.3);
    let oblique = grid([30, 30, 30], *turn.matrix(), [-6.0, -6.0, -9.0]);
    let value = |voxel: [usize; 3]| {
        let p = oblique.index_to_world(IndexPoint::from(voxel)).0;
        (2.0 * p.x - p.y + 3.0 * p.z) as f32
    };
    let mut document = open(vec![
        volume("CT", plain(SHAPE), |_| 0.0),
        volume("MR", oblique, value),
    ]);
    let item = draw(
        &mut document,
        MeasurementKind::Rectangle,
        Plane::Axial,
        [2.5, 3.5, 4.0],
        [6.5, 8.5, 4.0],
    );
    let mr = &numbers(&document, &item)[1];
    assert_eq!((mr.count, mr.sampled), (20, true));
    assert!((mr.mean - (2.0 * 4.5 - 6.0 + 12.0)).abs() < 1e-4, "{mr:?}");
}

#[test]
fn what_is_not_a_number_is_left_out_and_counted() {
    let value = |[i, j, _]: [usize; 3]| match (i, j) {
        (3, 4) => f32::NAN,
        (4, 4) => f32::INFINITY,
        _ => 7.0,
    };
    let mut document = open(vec![volume("CT", plain(SHAPE), value)]);
    let region = MeasurementKind::Rectangle;
    let (from, to) = ([2.0, 3.0, 4.0], [6.0, 5.0, 4.0]);
    let item = draw(&mut document, region, Plane::Axial, from, to);
    let ct = &numbers(&document, &item)[0];
    assert_eq!((ct.count, ct.left_out, ct.mean, ct.sd), (13, 2, 7.0, 0.0));
    let item = draw(
        &mut document,
        region,
        Plane::Axial,
        [2.2, 2.2, 4.0],
        [2.8, 2.8, 4.0],
    );
    let ct = &numbers(&document, &item)[0];
    assert_eq!(ct.count, 0);
    assert!(ct.mean.is_nan() && ct.sd.is_nan() && ct.min.is_nan());
}

#[test]
fn values_are_rescaled_and_outside_voxels_do_not_count() {
    let data = Array5::from_elem((1, 3, 4, 4, 1), 10i16);
    let rescale = Rescale::Uniform(Linear {
        slope: 2.0,
        intercept: -1000.0,
    });
    let ct = Volume::new(
        plain([4, 4, 3]),
        VoxelData::I16(data),
        rescale,
        Meta::default(),
    );
    let mut document = open(vec![ct.expect("a volume")]);
    let item = draw(
        &mut document,
        MeasurementKind::Rectangle,
        Plane::Axial,
        [-50.0, 2.0, 1.0],
        [1.0, 60.0, 1.0],
    );
    let ct = &numbers(&document, &item)[0];
    assert_eq!((ct.count, ct.mean), (4, -980.0));
}

#[test]
fn a_sheared_region_has_the_area_of_its_parallelogram() {
    let axes = Matrix3::new(1.0, 0.5, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 3.0);
    let sheared = grid(SHAPE, axes, [0.0, 0.0, 0.0]);
    let mut document = open(vec![volume("CT", sheared, |_| 1.0)]);
    let item = draw(
        &mut document,
        MeasurementKind::Rectangle,
        Plane::Axial,
        [1.0, 1.0, 4.0],
        [5.0, 4.0, 4.0],
    );
    let whole = region_numbers(&document, &item).expect("numbers");
    assert!(close(whole.area_mm2, 4.0 * 3.0 * 2.0));
    assert_eq!(whole.layers[0].count, 20);
}

#[test]
fn a_profile_of_a_ramp_is_a_straight_line_with_gaps_outside() {
    let mut document = open(vec![volume("CT", oblique(), |[i, j, _]| {
        (i + 2 * j) as f32
    })]);
    let item = draw(
        &mut document,
        MeasurementKind::Profile,
        Plane::Axial,
        [1.0, 2.0, 4.0],
        [21.0, 2.0, 4.0],
    );
    let profile = profile(&document, item.ends);
    let line = &profile.lines[0];
    assert!(close(profile.places[profile.places.len() - 1], 14.0));
    for (mm, value) in profile.places.iter().zip(&line.values) {
        let i = 1.0 + mm / 0.7;
        if i < 11.0 {
            assert!((value - (i + 4.0)).abs() < 1e-5, "{i}: {value}");
        } else if i > 11.51 {
            assert!(value.is_nan(), "{i}: {value}");
        }
    }
    let text = profile_text(&profile);
    assert_eq!(text.lines().count(), profile.places.len() + 1);
    assert!(text.starts_with("Distance mm\tx RAS mm\ty RAS mm\tz RAS mm\tCT (HU)\n0.0000\t"));
}

#[test]
fn every_edit_of_a_measurement_is_one_step_back() {
    let mut document = open(vec![volume("CT", plain(SHAPE), |_| 1.0)]);
    let mut history = History::default();
    let mut edit = |document: &mut Document, edit| {
        history
            .apply(document, Command::Measure(edit))
            .expect("an edit");
    };
    let ends = [
        WorldPoint::new(1.0, 1.0, 2.0),
        WorldPoint::new(5.0, 1.0, 2.0),
    ];
    let ruler = Measurement::draft(MeasurementKind::Ruler, Plane::Axial, ends);
    edit(&mut document, MeasureEdit::Add(ruler.clone()));
    edit(&mut document, MeasureEdit::Add(ruler));
    let first = document.measurements()[0].id;
    let moved = [ends[0], WorldPoint::new(9.0, 1.0, 2.0)];
    edit(
        &mut document,
        MeasureEdit::Move {
            item: first,
            ends: moved,
        },
    );
    edit(&mut document, MeasureEdit::Delete(first));
    let names = |document: &Document| -> Vec<String> {
        let items = document.measurements().iter();
        items.map(|item| item.name.clone()).collect()
    };
    assert_eq!(names(&document), ["Ruler 2"]);
    assert_eq!(history.undo_name(), Some("Delete Ruler 1"));
    history.undo(&mut document);
    assert_eq!(names(&document), ["Ruler 1", "Ruler 2"]);
    assert_eq!(document.measurements()[0].length_mm(), 8.0);
    history.undo(&mut document);
    assert_eq!(document.measurements()[0].length_mm(), 4.0);
    history.undo(&mut document);
    history.undo(&mut document);
    assert!(document.measurements().is_empty());
    let gone = Command::Measure(MeasureEdit::Delete(first)).apply(&mut document);
    assert_eq!(gone, Err(CommandError::NoSuchMeasurement));
}

#[test]
fn the_handle_opposite_to_the_one_that_moves_stays() {
    let mut document = open(vec![volume("CT", oblique(), |_| 1.0)]);
    let item = draw(
        &mut document,
        MeasurementKind::Rectangle,
        Plane::Axial,
        [2.0, 3.0, 4.0],
        [6.0, 8.0, 4.0],
    );
    let main = *document.grid().expect("a grid");
    let handles = item.handles(&main);
    let to = main.index_to_world(IndexPoint::new(9.0, 1.0, 4.0));
    let ends = item.ends_with_handle(&main, 1, to);
    assert_eq!(ends, [handles[3], to]);
    let stays = main.world_to_index(handles[3]).0;
    assert!((stays - nalgebra::Point3::new(2.0, 8.0, 4.0)).norm() < 1e-9);
}

#[test]
fn all_items_are_copied_as_a_table() {
    let mut document = open(vec![volume("C\tT", plain(SHAPE), |_| -3.5)]);
    let (a, b) = ([1.0, 1.0, 2.0], [4.0, 5.0, 2.0]);
    draw(&mut document, MeasurementKind::Ruler, Plane::Axial, a, b);
    draw(&mut document, MeasurementKind::Ellipse, Plane::Axial, a, b);
    let text = measurements_text(&document);
    let rows: Vec<Vec<&str>> = text.lines().map(|row| row.split('\t').collect()).collect();
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{text}");
    assert_eq!(rows[1][..3], ["Ruler 1", "axial", "2"]);
    assert_eq!(rows[1][5], "5.000");
    assert_eq!(rows[2][7..12], ["9.425", "C T", "HU", "-3.5", "0"]);
}
