//! Bones and cartilage.

use super::outline::{Outline, spine};
use super::part::{Part, Parts, Within};
use super::shape::{Shape, Vec3, at, rise};
use super::tissue::{
    CARTILAGE, CEREBROSPINAL_FLUID, CORTICAL_BONE, DISC, MARROW, MEDIASTINAL_FAT, SPINAL_CORD,
    THIN_CORTEX,
};

/// z of the middle of a vertebral body; 1 is T1, 13 is L1, 0 is C7.
fn vertebra_z(number: i32) -> f32 {
    let n = (number - 1) as f32;
    97.0 - 19.5 * n - 0.35 * n * (n - 1.0)
}

/// How far the spine leans: mm of y per mm of z.
fn lean(z: f32) -> f32 {
    (spine(z + 1.0) - spine(z - 1.0)).y / 2.0
}

pub(super) fn add(parts: &mut Parts, outline: &Outline) {
    add_spine(parts);
    for number in 1..=12 {
        add_rib(parts, outline, number);
    }
    add_sternum(parts, outline);
    add_shoulders(parts);
}

fn add_spine(parts: &mut Parts) {
    let numbers = -2..=14;
    // The column as a whole keeps the lung away.
    let column: Vec<[f32; 4]> = (0..28)
        .map(|n| {
            let p = spine(150.0 - 15.0 * n as f32);
            [0.0, p.y + 3.0, p.z, 17.0]
        })
        .collect();
    parts.add(
        Part::of(&MEDIASTINAL_FAT)
            .within(Within::Unseen)
            .clears_lung(3.0),
        Shape::chain(&column),
    );
    for number in numbers.clone() {
        let (z, below) = (vertebra_z(number), vertebra_z(number + 1));
        let size = 1.0 + 0.032 * number as f32;
        let c = spine((z + below) / 2.0);
        let disc = drum(c, [16.0 * size, 13.0 * size], (z - below) / 2.0, -0.03);
        parts.add(Part::of(&DISC), [disc]);
    }
    for number in numbers {
        let z = vertebra_z(number);
        let size = 1.0 + 0.032 * number as f32;
        let half = (z - vertebra_z(number + 1)) / 2.0 - 2.4;
        let c = spine(z);
        let body = drum(c, [16.5 * size, 13.5 * size], half, 0.1);
        parts.add(Part::of(&THIN_CORTEX).core(1.3, &MARROW), [body]);
        let arch = vertebral_arch(c, size, half);
        parts.add(Part::of(&CORTICAL_BONE).core(1.7, &MARROW), arch);
    }
    let canal = |radius: f32| -> Vec<Shape> {
        let points: Vec<[f32; 4]> = (0..28)
            .map(|n| {
                let c = spine(150.0 - 15.0 * n as f32);
                [0.0, c.y + 23.0, c.z, radius]
            })
            .collect();
        Shape::chain(&points)
    };
    parts.add(
        Part::of(&MEDIASTINAL_FAT).core(1.6, &CEREBROSPINAL_FLUID),
        canal(8.6),
    );
    parts.add(Part::of(&SPINAL_CORD), canal(4.6));
}

fn drum(center: Vec3, radii: [f32; 2], half_height: f32, waist: f32) -> Shape {
    Shape::Drum {
        center,
        radii,
        half_height,
        lean: lean(center.z),
        waist,
    }
}

/// Pedicles, laminae, transverse and spinous processes.
fn vertebral_arch(c: Vec3, size: f32, half: f32) -> Vec<Shape> {
    let from = |x: f32, y: f32, z: f32| c + at(x * size, y, z);
    let up = 0.35 * half;
    let left = [
        Shape::tube(from(10.5, 8.0, up), from(12.0, 24.0, up), [4.4, 4.6]),
        Shape::blade(
            from(12.0, 24.0, up),
            from(2.0, 36.0, -4.0),
            Vec3::y(),
            [2.8, 7.5],
        ),
        Shape::tube(from(12.0, 25.0, up), from(32.0, 33.0, up + 2.0), [5.4, 3.8]),
        Shape::tube(
            from(32.0, 33.0, up + 2.0),
            from(34.0, 34.0, up + 2.0),
            [4.8, 4.6],
        ),
        Shape::tube(
            from(12.5, 27.0, up + 4.0),
            from(13.0, 28.0, -half - 4.0),
            [4.4, 4.0],
        ),
    ];
    let mut arch: Vec<Shape> = left.iter().map(Shape::mirrored).collect();
    arch.extend(left);
    arch.push(Shape::blade(
        from(0.0, 34.0, -2.0),
        from(0.0, 53.0, -18.0),
        Vec3::x(),
        [2.6, 5.0],
    ));
    arch.push(Shape::tube(
        from(0.0, 52.0, -17.0),
        from(0.0, 55.0, -20.0),
        [3.6, 3.4],
    ));
    arch
}

/// How far a rib sinks from back to front (mm), where its bone ends (degrees from straight back), and
/// where its cartilage meets the sternum (z), if it does.
const RIBS: [(f32, f32, Option<f32>); 12] = [
    (30.0, 150.0, Some(60.0)),
    (46.0, 154.0, Some(33.0)),
    (60.0, 155.0, Some(10.0)),
    (68.0, 155.0, Some(-12.0)),
    (74.0, 154.0, Some(-34.0)),
    (78.0, 151.0, Some(-56.0)),
    (80.0, 147.0, Some(-74.0)),
    (80.0, 141.0, None),
    (78.0, 133.0, None),
    (72.0, 121.0, None),
    (50.0, 98.0, None),
    (30.0, 66.0, None),
];

fn add_rib(parts: &mut Parts, outline: &Outline, number: usize) {
    let (sink, end, sternal) = RIBS[number - 1];
    let z = vertebra_z(number as i32) + 8.0;
    let head = spine(z) + at(18.0, 6.0, 0.0);
    let steps = (4.0 + end / 5.0) as usize;
    let on_cage = |share: f32| {
        let angle = (-12.0 + share * (end + 12.0)).to_radians();
        let height = z - 2.0 - sink * (0.72 * share + 0.28 * rise(0.0, 1.0, share));
        let ([x, y], [nx, ny]) = outline.section(height).on_cage(angle, 5.6);
        (at(x, y, height), at(nx, ny, 0.15))
    };
    let mut points = vec![(head, Vec3::y())];
    points.extend((0..=steps).map(|n| on_cage(n as f32 / steps as f32)));
    let half = match number {
        1 => [3.0, 7.0],
        11 | 12 => [2.7, 4.6],
        _ => [3.2, 6.2],
    };
    let bone: Vec<Shape> = points
        .windows(2)
        .map(|pair| Shape::blade(pair[0].0, pair[1].0, pair[0].1 + pair[1].1, half))
        .collect();
    if let Some((tip, _)) = points.last() {
        let cartilage = costal_cartilage(outline, *tip, sternal);
        parts.add_both(&Part::of(&CARTILAGE), &cartilage);
    }
    parts.add_both(&Part::of(&CORTICAL_BONE).core(1.25, &MARROW), &bone);
}

/// From a rib's tip to the sternum, or (ribs 8 to 10) up to the arch of the cartilage above.
fn costal_cartilage(outline: &Outline, tip: Vec3, sternal: Option<f32>) -> Vec<Shape> {
    let target = |z: f32| at(17.0, sternum_y(outline, z), z);
    let (goal, share) = match sternal {
        Some(z) => (target(z), 1.0),
        None if tip.y < 0.0 => (target(-92.0), 0.5),
        None => return Vec::new(),
    };
    let bend = at(
        tip.x + 0.45 * (goal.x - tip.x),
        goal.y.min(tip.y) + 2.0,
        tip.z.min(goal.z + 8.0),
    );
    let end = bend + (goal - bend) * share;
    let out = at(0.3, -1.0, 0.0);
    vec![
        Shape::blade(tip, bend, out, [3.6, 6.0]),
        Shape::blade(bend, end, out, [3.8, 5.6]),
    ]
}

fn sternum_y(outline: &Outline, z: f32) -> f32 {
    outline.section(z).front() + 16.5
}

fn add_sternum(parts: &mut Parts, outline: &Outline) {
    let bone = Part::of(&THIN_CORTEX).core(1.2, &MARROW);
    let piece = |top: f32, foot: f32, half: [f32; 2]| {
        let point = |z: f32| at(0.0, sternum_y(outline, z), z);
        Shape::blade(point(top), point(foot), Vec3::y(), half)
    };
    parts.add(
        bone.clone(),
        [
            piece(60.0, 48.0, [6.4, 30.0]),
            piece(48.0, 28.0, [6.0, 22.0]),
        ],
    );
    parts.add(
        bone,
        [
            piece(18.0, -20.0, [5.2, 15.0]),
            piece(-20.0, -50.0, [5.2, 18.0]),
            piece(-50.0, -78.0, [5.0, 18.0]),
        ],
    );
    parts.add(Part::of(&CARTILAGE), [piece(-88.0, -106.0, [3.2, 7.0])]);
}

fn add_shoulders(parts: &mut Parts) {
    let bone = Part::of(&CORTICAL_BONE).core(1.6, &MARROW);
    let clavicle = Shape::chain(&[
        [20.0, -62.0, 64.0, 8.6],
        [34.0, -66.0, 69.0, 6.6],
        [58.0, -62.0, 80.0, 5.6],
        [84.0, -42.0, 95.0, 5.6],
        [106.0, -20.0, 110.0, 6.0],
        [116.0, -6.0, 118.0, 6.2],
    ]);
    let scapula_blade = [
        Shape::Plate {
            corners: [
                at(74.0, 84.0, 88.0),
                at(121.0, 79.0, -34.0),
                at(128.0, 36.0, 74.0),
            ],
            half: 1.5,
        },
        Shape::tube(at(121.0, 79.0, -34.0), at(127.0, 40.0, 66.0), [3.4, 5.4]),
        Shape::tube(at(74.0, 84.0, 88.0), at(121.0, 79.0, -34.0), [2.4, 3.0]),
    ];
    let scapula_spine = [
        Shape::blade(
            at(78.0, 87.0, 66.0),
            at(126.0, 62.0, 94.0),
            at(0.0, 0.6, 1.0),
            [2.4, 9.0],
        ),
        Shape::tube(at(126.0, 62.0, 94.0), at(126.0, 10.0, 122.0), [5.0, 6.0]),
        Shape::tube(at(126.0, 36.0, 72.0), at(125.0, 30.0, 86.0), [9.0, 9.5]),
    ];
    let humerus = [
        Shape::ellipsoid(at(129.0, 16.0, 98.0), at(20.0, 20.0, 21.0)),
        Shape::tube(at(129.0, 14.0, 104.0), at(131.0, 4.0, 200.0), [14.0, 11.0]),
    ];
    parts.add_both(&bone, &clavicle);
    parts.add_both(&bone, &scapula_blade);
    parts.add_both(&bone, &scapula_spine);
    parts.add_both(&Part::of(&CORTICAL_BONE).core(2.6, &MARROW), &humerus);
}
