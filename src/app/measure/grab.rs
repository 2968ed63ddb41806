//! What the hand takes hold of, and where it takes it.

use super::Request;
use crate::document::{Measurement, Plane, PlaneAxes, Viewport};
use crate::geometry::{Grid, IndexPoint, WorldPoint};
use egui::{Pos2, Vec2, pos2};

/// How near to an item the pointer takes hold of it, in points.
const REACH: f32 = 7.0;

/// How an item is held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Grip {
    /// By one of its handles.
    Handle(usize),
    /// As a whole, from where it was.
    Whole {
        from: WorldPoint,
        ends: [WorldPoint; 2],
    },
}

/// Whether `item` lies on slice `slice` of `plane`.
pub fn is_on_slice(item: &Measurement, main: &Grid, plane: Plane, slice: f64) -> bool {
    item.plane == plane && (item.slice(main) - slice).abs() <= 0.5
}

/// The first of `items` that lies within `reach_mm` of `at` on its slice: by a handle rather than by
/// its outline.
pub fn grab<'a>(
    items: impl Iterator<Item = &'a Measurement> + Clone,
    main: &Grid,
    plane: Plane,
    at: WorldPoint,
    reach_mm: f64,
) -> Option<(&'a Measurement, Grip)> {
    let axes = PlaneAxes::of(plane, main);
    let slice = main.world_to_index(at).0[axes.normal];
    let flat = |point: WorldPoint| {
        let [u, v] = axes.index_to_plane(main, main.world_to_index(point));
        pos2(u as f32, v as f32)
    };
    let hand = flat(at);
    let near = move |distance: f32| f64::from(distance) <= reach_mm;
    let mut here = items.filter(move |item| is_on_slice(item, main, plane, slice));
    let by_handle = here.clone().find_map(|item| {
        let handles = item.handles(main);
        let held = handles.iter().position(|h| near(flat(*h).distance(hand)))?;
        Some((item, Grip::Handle(held)))
    });
    by_handle.or_else(|| {
        let on_outline = here.find(|item| {
            let corners: Vec<Pos2> = item.handles(main).into_iter().map(flat).collect();
            near(to_outline(item, &corners, hand))
        })?;
        let ends = on_outline.ends;
        Some((on_outline, Grip::Whole { from: at, ends }))
    })
}

/// Distance from `hand` to a line or to the outline of a region, in plane mm.
fn to_outline(item: &Measurement, corners: &[Pos2], hand: Pos2) -> f32 {
    if item.kind == crate::document::MeasurementKind::Ellipse {
        return to_ellipse(egui::Rect::from_points(corners), hand);
    }
    let next = corners.iter().cycle().skip(1);
    corners
        .iter()
        .zip(next)
        .map(|(a, b)| to_segment(*a, *b, hand))
        .fold(f32::INFINITY, f32::min)
}

fn to_segment(a: Pos2, b: Pos2, p: Pos2) -> f32 {
    let along = b - a;
    let share = (p - a).dot(along) / along.length_sq().max(f32::MIN_POSITIVE);
    (a + along * share.clamp(0.0, 1.0)).distance(p)
}

/// Along the ray from the middle: good enough for a hand.
fn to_ellipse(frame: egui::Rect, p: Pos2) -> f32 {
    let half = (frame.size() / 2.0).max(Vec2::splat(f32::MIN_POSITIVE));
    let ray = p - frame.center();
    let round = (ray / half).length();
    if round == 0.0 {
        return half.min_elem();
    }
    (ray.length() - ray.length() / round).abs()
}

/// The ends of `item` once the hand that holds it by `grip` is at `to`; they stay on the item's slice
/// and within the image.
pub fn moved(item: &Measurement, grip: Grip, main: &Grid, to: WorldPoint) -> [WorldPoint; 2] {
    let axes = PlaneAxes::of(item.plane, main);
    let shape = main.shape();
    let inside = |point: IndexPoint, slice: f64| {
        let mut index = point.0;
        for axis in [axes.right, axes.down] {
            index[axis] = index[axis].clamp(-0.5, shape[axis] as f64 - 0.5);
        }
        index[axes.normal] = slice;
        main.index_to_world(IndexPoint(index))
    };
    let slice = item.slice(main);
    match grip {
        Grip::Handle(handle) => {
            let to = inside(main.world_to_index(to), slice);
            item.ends_with_handle(main, handle, to)
        }
        Grip::Whole { from, ends } => {
            let [from, to] = [from, to].map(|point| main.world_to_index(point).0);
            ends.map(|end| {
                let index = main.world_to_index(end).0 + (to - from);
                inside(IndexPoint(index), slice)
            })
        }
    }
}

/// What a drag from `start` asks for while the pointer is at `at`; it was at `before` in the last frame,
/// if that was part of the drag. `point` takes places on the screen into the slice.
pub fn of_drag(
    viewport: &Viewport,
    pixels_per_point: f32,
    point: impl Fn(Pos2) -> WorldPoint,
    before: Option<Pos2>,
    start: Pos2,
    at: Pos2,
) -> Vec<Request> {
    let press = before.is_none().then(|| Request::Press {
        plane: viewport.plane,
        at: point(start),
        reach_mm: reach_mm(viewport, pixels_per_point),
    });
    let moved = before.unwrap_or(start) != at;
    let drag = moved.then(|| Request::Drag(point(at)));
    press.into_iter().chain(drag).collect()
}

/// [`REACH`] in millimetres of a view.
pub fn reach_mm(viewport: &Viewport, pixels_per_point: f32) -> f64 {
    f64::from(REACH * pixels_per_point) / viewport.zoom
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::MeasurementKind;
    use nalgebra::Matrix4;

    fn main_grid() -> Grid {
        Grid::new([40, 40, 10], Matrix4::identity()).expect("a grid")
    }

    fn item(kind: MeasurementKind) -> Measurement {
        let ends = [[10.0, 10.0, 4.0], [30.0, 20.0, 4.0]].map(|[x, y, z]| WorldPoint::new(x, y, z));
        Measurement::draft(kind, Plane::Axial, ends)
    }

    fn held(kind: MeasurementKind, at: [f64; 3]) -> Option<Grip> {
        let items = [item(kind)];
        let at = WorldPoint::new(at[0], at[1], at[2]);
        let found = grab(items.iter(), &main_grid(), Plane::Axial, at, 1.0);
        found.map(|(_, grip)| grip)
    }

    #[test]
    fn ends_come_before_the_line_and_nothing_is_held_beside_it() {
        let ruler = MeasurementKind::Ruler;
        assert_eq!(held(ruler, [30.5, 20.0, 4.0]), Some(Grip::Handle(1)));
        assert!(matches!(
            held(ruler, [20.0, 15.3, 4.0]),
            Some(Grip::Whole { .. })
        ));
        assert_eq!(held(ruler, [20.0, 18.0, 4.0]), None);
        assert_eq!(held(ruler, [30.0, 20.0, 5.0]), None);
    }

    #[test]
    fn a_region_is_held_by_its_outline_and_not_inside() {
        let rectangle = MeasurementKind::Rectangle;
        assert!(matches!(
            held(rectangle, [20.0, 10.4, 4.0]),
            Some(Grip::Whole { .. })
        ));
        assert_eq!(held(rectangle, [20.0, 15.0, 4.0]), None);
        let ellipse = MeasurementKind::Ellipse;
        assert!(matches!(
            held(ellipse, [20.0, 19.8, 4.0]),
            Some(Grip::Whole { .. })
        ));
        assert_eq!(held(ellipse, [20.0, 15.0, 4.0]), None);
    }

    #[test]
    fn a_moved_end_stays_on_its_slice_and_inside_the_image() {
        let ruler = item(MeasurementKind::Ruler);
        let to = WorldPoint::new(99.0, 12.0, 7.0);
        let ends = moved(&ruler, Grip::Handle(1), &main_grid(), to);
        assert_eq!(ends[0], ruler.ends[0]);
        assert_eq!(ends[1], WorldPoint::new(39.5, 12.0, 4.0));
    }

    #[test]
    fn a_whole_item_goes_as_far_as_the_hand() {
        let ruler = item(MeasurementKind::Ruler);
        let grip = Grip::Whole {
            from: WorldPoint::new(20.0, 15.0, 4.0),
            ends: ruler.ends,
        };
        let ends = moved(&ruler, grip, &main_grid(), WorldPoint::new(23.0, 14.0, 4.0));
        assert_eq!(ends[0], WorldPoint::new(13.0, 9.0, 4.0));
        assert_eq!(ends[1], WorldPoint::new(33.0, 19.0, 4.0));
    }
}
