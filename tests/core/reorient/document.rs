//! What an open document makes of other orientations: cursor, views, undo, and what is only tried.

use super::counted;
use nalgebra::{Matrix4, Vector4};
use warpscope::document::{
    Command, Document, History, LayerId, Measurement, MeasurementId, MeasurementKind, Plane,
    PlaneAxes, PlaneView, Role,
};
use warpscope::geometry::{IndexPoint, Orientation, WorldPoint};
use warpscope::volume::{ReorientMode, Volume};

fn to(code: &str) -> Orientation {
    Orientation::parse_to(code).expect("a code")
}

/// A main image and an overlay on another grid; the cursor is at a voxel, and one view is panned.
fn opened() -> (Document, LayerId) {
    let affine = Matrix4::from_diagonal(&Vector4::new(-0.5, -0.75, 2.0, 1.0));
    let mut document = Document::default();
    let commands = [
        Command::OpenMain {
            volume: counted([12, 10, 8], affine),
            display: None,
        },
        Command::AddLayer {
            volume: counted([3, 4, 5], Matrix4::identity()),
            role: Role::Overlay,
            display: None,
        },
    ];
    for command in commands {
        command.apply(&mut document).expect("allowed");
    }
    let point = document.voxel_to_world([3, 7, 2]).expect("an image");
    Command::MoveCursor(point)
        .apply(&mut document)
        .expect("allowed");
    document.view.planes[0] = PlaneView {
        center: Some([1.5, 2.25]),
        zoom: Some(3.0),
    };
    let main = document.main().expect("an image").id;
    (document, main)
}

fn changed(document: &Document, layer: LayerId, mode: ReorientMode, code: &str) -> Volume {
    let volume = document.settled(layer).expect("a layer");
    volume.reoriented(mode, to(code))
}

/// The world point in the middle of the axial view.
fn middle(document: &Document) -> WorldPoint {
    let grid = document.grid().expect("an image");
    let axes = PlaneAxes::flipped(Plane::Axial, grid, document.view.flips);
    let center = document.view.planes[0].center.expect("panned");
    let slice = grid.world_to_index(document.cursor()).0[axes.normal];
    grid.index_to_world(axes.plane_to_index(grid, center, slice))
}

fn orientation(document: &Document) -> String {
    document.grid().expect("an image").orientation().to_code()
}

#[test]
fn permuted_voxels_leave_cursor_views_and_measurements_at_their_places() {
    for code in ["PIR", "RAS", "SLA", "LPI"] {
        let (mut document, layer) = opened();
        let ruler = Measurement {
            id: MeasurementId::NEW,
            ..Measurement::draft(
                MeasurementKind::Ruler,
                Plane::Axial,
                [
                    WorldPoint::new(-1.0, -2.0, 4.0),
                    WorldPoint::new(-2.0, -3.0, 4.0),
                ],
            )
        };
        let add = warpscope::document::MeasureEdit::Add(ruler);
        Command::Measure(add).apply(&mut document).expect("allowed");
        let before = document.clone();
        let volume = changed(&document, layer, ReorientMode::Reorient, code);
        let mode = ReorientMode::Reorient;
        let command = Command::Reorient {
            layer,
            mode,
            volume,
        };
        command.apply(&mut document).expect("allowed");
        assert_eq!(orientation(&document), code);
        assert!(
            (document.cursor().0 - before.cursor().0).norm() < 1e-9,
            "{code}"
        );
        assert!(
            (middle(&document).0 - middle(&before).0).norm() < 1e-9,
            "{code}"
        );
        assert_eq!(document.view.planes[0].zoom, Some(3.0));
        assert_eq!(document.measurements(), before.measurements());
        let [_, overlay] = document.layers() else {
            panic!("two layers");
        };
        assert_eq!(overlay.volume.grid(), before.layers()[1].volume.grid());
        assert!(document.is_unsaved(layer) && !document.is_unsaved(overlay.id));
    }
}

#[test]
fn a_relabelled_image_keeps_its_voxel_under_the_cursor() {
    let (mut document, layer) = opened();
    let voxel = document.cursor_voxel();
    let volume = changed(&document, layer, ReorientMode::Relabel, "PIR");
    let mode = ReorientMode::Relabel;
    let command = Command::Reorient {
        layer,
        mode,
        volume,
    };
    assert_eq!(command.name(&document), "Relabel  as ASL (PIR)");
    command.apply(&mut document).expect("allowed");
    assert_eq!(document.cursor_voxel(), voxel);
    assert_eq!(document.view.planes, [PlaneView::default(); 3]);
}

#[test]
fn undo_and_redo_take_the_cursor_along() {
    let (mut document, layer) = opened();
    let mut history = History::default();
    let volume = changed(&document, layer, ReorientMode::Reorient, "PIR");
    let mode = ReorientMode::Reorient;
    let command = Command::Reorient {
        layer,
        mode,
        volume,
    };
    history.apply(&mut document, command).expect("allowed");
    let point = document.voxel_to_world([1, 1, 1]).expect("an image");
    let moved = Command::MoveCursor(point);
    history.apply(&mut document, moved).expect("allowed");
    let seen = middle(&document);
    history.undo(&mut document);
    assert_eq!(orientation(&document), "LPS");
    assert!((document.cursor().0 - point.0).norm() < 1e-9);
    let at = middle(&document);
    assert!((at.0.xy() - seen.0.xy()).norm() < 1e-9);
    assert!(!document.is_unsaved(layer));
    history.redo(&mut document);
    assert_eq!(orientation(&document), "PIR");
    assert!(document.is_unsaved(layer));
    let volume = document.layer(layer).expect("open").volume.clone();
    let saved = Command::MarkSaved { layer, volume };
    history.apply(&mut document, saved).expect("allowed");
    assert!(!document.is_unsaved(layer));
}

#[test]
fn what_was_only_tried_out_leaves_no_trace() {
    for mode in [ReorientMode::Reorient, ReorientMode::Relabel] {
        let (mut document, layer) = opened();
        let before = document.clone();
        for code in ["PIR", "SAR"] {
            let volume = changed(&document, layer, mode, code);
            let command = Command::TryOut { layer, volume };
            command.apply(&mut document).expect("allowed");
            assert_eq!(orientation(&document), code);
            assert!(!document.is_unsaved(layer));
        }
        Command::EndTrial.apply(&mut document).expect("allowed");
        assert_eq!(document.tried(), None);
        assert_eq!(document.grid(), before.grid());
        assert_eq!(document.cursor(), before.cursor());
        assert_eq!(document.view, before.view);
        let [now, then] = [&document, &before].map(|d| &d.main().expect("an image").volume);
        assert!(now.shares_voxels_with(then));
    }
}

#[test]
fn the_history_never_holds_what_is_only_tried_out() {
    let (mut document, layer) = opened();
    let mut history = History::default();
    let volume = changed(&document, layer, ReorientMode::Reorient, "PIR");
    let command = Command::TryOut { layer, volume };
    history.apply(&mut document, command).expect("allowed");
    assert_eq!(history.undo_name(), None);
    let name = "Chest".to_owned();
    let rename = Command::Rename { layer, name };
    history.apply(&mut document, rename).expect("allowed");
    assert_eq!(orientation(&document), "PIR");
    history.undo(&mut document);
    assert_eq!(orientation(&document), "PIR");
    assert_eq!(document.tried(), Some(layer));
    Command::EndTrial.apply(&mut document).expect("allowed");
    assert_eq!(orientation(&document), "LPS");
    history.redo(&mut document);
    assert_eq!(orientation(&document), "LPS");
    assert_eq!(document.layer(layer).expect("a layer").name, "Chest");
}

#[test]
fn a_layer_that_is_closed_takes_its_trial_along() {
    let (mut document, _) = opened();
    let overlay = document.layers()[1].id;
    let volume = changed(&document, overlay, ReorientMode::Reorient, "PIR");
    let layer = overlay;
    Command::TryOut { layer, volume }
        .apply(&mut document)
        .expect("allowed");
    let mut history = History::default();
    let close = Command::Close(overlay);
    history.apply(&mut document, close).expect("allowed");
    assert_eq!(document.tried(), None);
    history.undo(&mut document);
    let grid = document.layers()[1].volume.grid();
    assert_eq!(grid.orientation().to_code(), "RAS");
    let index = IndexPoint::new(0.0, 0.0, 0.0);
    assert_eq!(grid.index_to_world(index), WorldPoint::ORIGIN);
}
