//! The document: layers, roles, undo.

use nalgebra::{Matrix4, Vector4};
use ndarray::Array5;
use warpscope::document::{
    Command, CommandError, Display, Document, History, LayerId, Role, readings,
};
use warpscope::geometry::{Grid, WorldPoint};
use warpscope::volume::{Linear, Meta, Modality, Rescale, Suv, Volume, VoxelData};

/// A ramp along i on a grid of `shape` with `spacing`; i to the left, j to the back.
fn volume(name: &str, shape: [usize; 3], spacing: f64) -> Volume {
    let [nx, ny, nz] = shape;
    let affine = Matrix4::from_diagonal(&Vector4::new(-spacing, -spacing, spacing, 1.0));
    let grid = Grid::new(shape, affine).expect("a grid");
    let data = Array5::from_shape_fn((1, nz, ny, nx, 1), |(_, _, _, i, _)| i as i16);
    let meta = Meta {
        name: name.to_owned(),
        ..Meta::default()
    };
    Volume::new(grid, VoxelData::I16(data), Rescale::IDENTITY, meta).expect("a volume")
}

fn open(names: &[(&str, Role)]) -> (Document, History) {
    let (mut document, mut history) = (Document::default(), History::default());
    for (name, role) in names {
        let command = Command::AddLayer {
            volume: volume(name, [20, 16, 10], 2.0),
            role: *role,
            display: None,
        };
        history.apply(&mut document, command).expect("a layer");
    }
    (document, history)
}

fn id(document: &Document, name: &str) -> LayerId {
    let layer = document.layers().iter().find(|layer| layer.name == name);
    layer.expect("the layer").id
}

fn names(document: &Document) -> Vec<&str> {
    document
        .layers()
        .iter()
        .map(|layer| layer.name.as_str())
        .collect()
}

const CT_AND_PET: &[(&str, Role)] = &[("CT", Role::Main), ("PET", Role::Overlay)];

#[test]
fn a_new_main_image_begins_in_the_middle() {
    let (document, _) = open(&[("CT", Role::Main)]);
    assert_eq!(document.cursor_voxel(), Some([10, 8, 5]));
}

#[test]
fn the_cursor_goes_to_the_nearest_voxel_and_stays_inside() {
    let (mut document, _) = open(&[("CT", Role::Main)]);
    let far = WorldPoint::new(-7.1, 900.0, 4.9);
    Command::MoveCursor(far)
        .apply(&mut document)
        .expect("a move");
    assert_eq!(document.cursor_voxel(), Some([4, 0, 2]));
    assert_eq!(document.cursor(), WorldPoint::new(-8.0, 0.0, 4.0));
}

#[test]
fn without_a_main_image_nothing_can_be_added() {
    let mut document = Document::default();
    let refused = Command::AddLayer {
        volume: volume("PET", [4, 4, 4], 1.0),
        role: Role::Overlay,
        display: None,
    }
    .apply(&mut document);
    assert_eq!(refused, Err(CommandError::NoMainImage));
    assert!(document.is_empty());
}

#[test]
fn undo_brings_a_closed_layer_back_and_redo_closes_it_again() {
    let (mut document, mut history) = open(CT_AND_PET);
    let pet = id(&document, "PET");
    history
        .apply(&mut document, Command::Close(pet))
        .expect("closed");
    assert_eq!(names(&document), ["CT"]);
    assert_eq!(history.undo_name(), Some("Close PET"));
    history.undo(&mut document);
    assert_eq!(names(&document), ["CT", "PET"]);
    history.redo(&mut document);
    assert_eq!(names(&document), ["CT"]);
}

#[test]
fn undo_leaves_the_cursor_where_it_is() {
    let (mut document, mut history) = open(CT_AND_PET);
    let pet = id(&document, "PET");
    history
        .apply(&mut document, Command::Close(pet))
        .expect("closed");
    let point = WorldPoint::new(-4.0, -4.0, 4.0);
    history
        .apply(&mut document, Command::MoveCursor(point))
        .expect("moved");
    history.undo(&mut document);
    assert_eq!(document.cursor(), point);
}

#[test]
fn one_gesture_is_one_step() {
    let (mut document, mut history) = open(CT_AND_PET);
    let pet = id(&document, "PET");
    let opacity = |document: &Document| document.layers()[1].display.opacity;
    let before = opacity(&document);
    for step in 1..=5 {
        let display = Display {
            opacity: step as f32 / 10.0,
            ..document.layers()[1].display.clone()
        };
        let command = Command::SetDisplay {
            layer: pet,
            display,
        };
        history.apply(&mut document, command).expect("a display");
    }
    history.end_gesture();
    history.undo(&mut document);
    assert_eq!(opacity(&document), before);
}

#[test]
fn images_added_at_once_are_a_step_each() {
    let overlays = [("PET", Role::Overlay), ("MR", Role::Overlay)];
    let (mut document, mut history) = open(&[("CT", Role::Main), overlays[0], overlays[1]]);
    assert_eq!(history.undo_name(), Some("Add MR"));
    history.undo(&mut document);
    assert_eq!(names(&document), ["CT", "PET"]);
    history.undo(&mut document);
    assert_eq!(names(&document), ["CT"]);
}

#[test]
fn opening_a_main_image_lets_the_others_go_for_good() {
    let (mut document, mut history) = open(CT_AND_PET);
    let command = Command::OpenMain {
        volume: volume("new", [4, 5, 6], 1.0),
        display: None,
    };
    history.apply(&mut document, command).expect("opened");
    assert_eq!(names(&document), ["new"]);
    assert_eq!(history.undo_name(), None);
}

#[test]
fn overlays_lie_on_whichever_image_is_shown() {
    let (mut document, _) = open(&[
        ("inhale", Role::Main),
        ("PET", Role::Overlay),
        ("exhale", Role::Additional),
    ]);
    let shown = |document: &Document| -> Vec<String> {
        let ground = document.ground().expect("an image").id;
        document
            .stack(ground)
            .iter()
            .map(|layer| layer.name.clone())
            .collect()
    };
    assert_eq!(shown(&document), ["exhale", "PET"]);
    let inhale = id(&document, "inhale");
    Command::Select(inhale)
        .apply(&mut document)
        .expect("selected");
    assert_eq!(shown(&document), ["inhale", "PET"]);
    let pet = id(&document, "PET");
    Command::Select(pet).apply(&mut document).expect("selected");
    assert_eq!(shown(&document), ["inhale", "PET"]);
}

#[test]
fn the_main_image_can_be_no_overlay_and_keeps_its_place() {
    let (mut document, _) = open(CT_AND_PET);
    let ct = id(&document, "CT");
    let role = Role::Overlay;
    let refused = Command::SetRole { layer: ct, role }.apply(&mut document);
    assert_eq!(refused, Err(CommandError::MainStays));
    let pet = id(&document, "PET");
    for command in [
        Command::Reorder { layer: pet, to: 0 },
        Command::Reorder { layer: ct, to: 1 },
    ] {
        assert_eq!(command.apply(&mut document), Err(CommandError::MainStays));
    }
    assert_eq!(names(&document), ["CT", "PET"]);
}

#[test]
fn layers_above_the_main_image_go_to_any_place_and_back() {
    let (mut document, mut history) = open(&[
        ("CT", Role::Main),
        ("a", Role::Overlay),
        ("b", Role::Additional),
        ("c", Role::Overlay),
    ]);
    for (name, to, expected) in [
        ("a", 3, ["CT", "b", "c", "a"]),
        ("a", 1, ["CT", "a", "b", "c"]),
        ("b", 99, ["CT", "a", "c", "b"]),
    ] {
        let layer = id(&document, name);
        let command = Command::Reorder { layer, to };
        history.apply(&mut document, command).expect("a place");
        history.end_gesture();
        assert_eq!(names(&document), expected);
    }
    history.undo(&mut document);
    assert_eq!(names(&document), ["CT", "a", "b", "c"]);
}

#[test]
fn a_layer_read_again_keeps_its_name_and_look_and_can_be_taken_back() {
    let (mut document, mut history) = open(CT_AND_PET);
    let layer = id(&document, "CT");
    let display = Display {
        inverted: true,
        ..document.layers()[0].display.clone()
    };
    let again = volume("other name", [6, 5, 4], 3.0);
    for command in [
        Command::SetDisplay { layer, display },
        Command::Reload {
            layer,
            volume: again,
        },
    ] {
        history.apply(&mut document, command).expect("an edit");
    }
    let ct = &document.layers()[0];
    assert_eq!((ct.name.as_str(), ct.display.inverted), ("CT", true));
    assert_eq!(ct.volume.grid().shape(), [6, 5, 4]);
    let voxel = document.cursor_voxel().expect("a cursor");
    assert!(voxel[0] < 6 && voxel[1] < 5 && voxel[2] < 4);
    assert_eq!(history.undo_name(), Some("Reload CT"));
    history.undo(&mut document);
    assert_eq!(document.layers()[0].volume.grid().shape(), [20, 16, 10]);
}

#[test]
fn a_name_of_blanks_is_refused() {
    let (mut document, _) = open(CT_AND_PET);
    let command = Command::Rename {
        layer: id(&document, "PET"),
        name: "  ".to_owned(),
    };
    assert_eq!(command.apply(&mut document), Err(CommandError::EmptyName));
    assert_eq!(names(&document), ["CT", "PET"]);
}

#[test]
fn readings_interpolate_on_other_grids_and_convert_to_suv() {
    let (mut document, _) = open(&[("CT", Role::Main)]);
    let grid = volume("", [10, 8, 5], 4.0);
    let meta = Meta {
        name: "PET".to_owned(),
        modality: Modality::Pet,
        unit: "Bq/ml".to_owned(),
        suv: Suv::Factor(0.25),
        ..Meta::default()
    };
    let thousandfold = Rescale::Uniform(Linear {
        slope: 1000.0,
        intercept: 0.0,
    });
    let pet = Volume::new(*grid.grid(), grid.data().clone(), thousandfold, meta).expect("a PET");
    let command = Command::AddLayer {
        volume: pet,
        role: Role::Overlay,
        display: None,
    };
    command.apply(&mut document).expect("added");
    // CT voxel 5 at -10 mm is PET index 2.5.
    Command::MoveCursor(WorldPoint::new(-10.0, -8.0, 8.0))
        .apply(&mut document)
        .expect("moved");
    let reading = readings(&document);
    assert_eq!(reading[0].values, Some(vec![5.0]));
    assert_eq!(reading[1].values, Some(vec![2500.0]));
    assert_eq!(reading[1].unit, "Bq/ml");
    let layer = id(&document, "PET");
    let display = Display {
        show_suv: true,
        ..document.layers()[1].display.clone()
    };
    Command::SetDisplay { layer, display }
        .apply(&mut document)
        .expect("as SUV");
    let reading = readings(&document);
    assert_eq!(reading[1].values, Some(vec![625.0]));
    assert_eq!(reading[1].unit, "SUV");
}

#[test]
fn an_overlay_made_a_separate_image_is_the_one_shown() {
    let (mut document, _) = open(CT_AND_PET);
    let layer = id(&document, "PET");
    let role = Role::Additional;
    Command::SetRole { layer, role }
        .apply(&mut document)
        .expect("a separate image");
    let shown = document.ground().expect("an image");
    assert_eq!(shown.name, "PET");
    assert_eq!(shown.display.opacity, 1.0);
}

#[test]
fn a_live_layer_stays_whatever_is_undone_and_is_no_step_itself() {
    let (mut document, mut history) = open(CT_AND_PET);
    let live = |name: &str| volume(name, [10, 8, 5], 4.0);
    let display = document.layers()[0].display.clone();
    let show = Command::ShowLive {
        volume: live("warped"),
        role: Role::Additional,
        display: display.clone(),
    };
    history.apply(&mut document, show).expect("shown");
    let warped = id(&document, "warped");
    assert_eq!(document.ground().map(|layer| layer.id), Some(warped));
    let renamed = Command::Rename {
        layer: id(&document, "CT"),
        name: "chest".to_owned(),
    };
    history.apply(&mut document, renamed).expect("renamed");
    let update = Command::UpdateLive(live("newer"));
    history.apply(&mut document, update).expect("updated");
    let hide = Command::SetDisplay {
        layer: warped,
        display: Display {
            visible: false,
            ..display
        },
    };
    history.apply(&mut document, hide).expect("hidden");
    history.undo(&mut document);
    assert_eq!(names(&document), ["CT", "PET", "warped"]);
    let layer = document.live().expect("the live layer");
    assert!(!layer.display.visible);
    assert_eq!(layer.volume.meta().name, "newer");
    assert_eq!(history.undo_name(), Some("Add PET"));
    history
        .apply(&mut document, Command::EndLive)
        .expect("ended");
    assert_eq!(document.ground().map(|l| l.name.as_str()), Some("CT"));
    history.redo(&mut document);
    assert_eq!(names(&document), ["chest", "PET"]);
    let update = Command::UpdateLive(live("late"));
    assert_eq!(
        history.apply(&mut document, update),
        Err(CommandError::NoSuchLayer)
    );
}
