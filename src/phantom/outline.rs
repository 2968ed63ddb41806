//! The large forms everything else lies in: skin, chest cage, diaphragm. LPS mm, z = 0 just below the
//! tracheal bifurcation, x = y = 0 in the middle of the trunk.

use super::shape::{Vec3, at, ellipse, length2, rise, smooth_min};

/// Where a point lies among the large forms; signed distances in mm, negative inside.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub skin: f32,
    /// The inner face of chest and abdominal wall.
    pub cavity: f32,
    /// The two pleural halves of the cage, down to the lungs' lower border; the mediastinum not yet
    /// taken out.
    pub pleura: f32,
    /// Below the diaphragm.
    pub abdomen: f32,
}

/// Body and cage at one height.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Section {
    /// Half width, half depth and middle y of the trunk.
    body: [f32; 3],
    /// Distance of each half's middle from the midline, half width, half depth, middle y.
    cage: [f32; 4],
}

/// z; half width, half depth and middle y of the trunk or neck.
const BODY: [[f32; 4]; 10] = [
    [-240.0, 152.0, 100.0, 0.0],
    [-160.0, 157.0, 103.0, 0.0],
    [-80.0, 161.0, 105.0, 0.0],
    [-20.0, 160.0, 104.0, 0.0],
    [25.0, 155.0, 99.0, 3.0],
    [60.0, 138.0, 90.0, 8.0],
    [85.0, 108.0, 79.0, 12.0],
    [108.0, 79.0, 69.0, 12.0],
    [135.0, 64.0, 62.0, 8.0],
    [190.0, 62.0, 62.0, 4.0],
];

/// z; offset, half width, half depth and middle y of one half of the cage.
const CAGE: [[f32; 5]; 13] = [
    [-240.0, 62.0, 62.0, 78.0, 2.0],
    [-190.0, 64.0, 65.0, 80.0, 2.0],
    [-150.0, 65.0, 66.0, 82.0, 2.0],
    [-110.0, 65.0, 65.5, 83.0, 1.0],
    [-60.0, 64.0, 63.5, 82.0, 0.0],
    [-10.0, 61.0, 58.5, 78.0, 1.5],
    [30.0, 57.0, 51.5, 69.0, 6.0],
    [60.0, 51.5, 42.0, 56.0, 12.0],
    [80.0, 46.5, 32.0, 42.5, 17.0],
    [93.0, 43.0, 22.0, 29.0, 20.0],
    [101.0, 41.0, 11.0, 14.5, 22.0],
    [104.0, 40.0, 2.0, 3.0, 23.0],
    [190.0, 40.0, 1.0, 1.5, 23.0],
];

const LOWEST: f32 = -240.0;
const HIGHEST: f32 = 190.0;
const APEX: f32 = 103.5;

/// Crown and foot of each dome of the diaphragm, right then left.
const DOMES: [[f32; 2]; 2] = [[-104.0, -172.0], [-117.0, -178.0]];

/// The outlines, tabulated every millimetre of height.
pub(super) struct Outline {
    sections: Vec<Section>,
}

impl Outline {
    pub fn new() -> Self {
        let count = (HIGHEST - LOWEST) as usize + 1;
        let sections = (0..count)
            .map(|mm| {
                let z = LOWEST + mm as f32;
                Section {
                    body: curve(&BODY, z),
                    cage: curve(&CAGE, z),
                }
            })
            .collect();
        Self { sections }
    }

    pub fn section(&self, z: f32) -> Section {
        let place = (z - LOWEST).clamp(0.0, HIGHEST - LOWEST - 0.01);
        let (below, t) = (place as usize, place.fract());
        let mix = |a: f32, b: f32| a + t * (b - a);
        let (a, b) = (&self.sections[below], &self.sections[below + 1]);
        Section {
            body: std::array::from_fn(|n| mix(a.body[n], b.body[n])),
            cage: std::array::from_fn(|n| mix(a.cage[n], b.cage[n])),
        }
    }

    /// Distance to the skin alone.
    pub fn skin(&self, p: &Vec3) -> f32 {
        self.section(p.z).skin(p)
    }

    pub fn place(&self, p: &Vec3) -> Place {
        self.section(p.z).place(p)
    }
}

impl Section {
    /// Where `p`, at this height, lies.
    pub fn place(&self, p: &Vec3) -> Place {
        let half = self.half_cage(p);
        let (abdomen, recess) = diaphragm(p, self);
        Place {
            skin: self.skin(p),
            cavity: smooth_min(half, self.front_of_cavity(p), 14.0),
            // The two lungs never quite touch.
            pleura: half.max(recess).max(p.z - APEX).max(2.2 - p.x.abs()),
            abdomen,
        }
    }

    fn skin(&self, p: &Vec3) -> f32 {
        let [a, b, y] = self.body;
        let x = p.x.abs();
        let trunk = oval(p.x, p.y - y, a, b);
        // The back is hollow over the spine.
        let trunk = trunk + 5.0 * (1.0 - rise(0.0, 34.0, x)) * rise(20.0, 90.0, p.y);
        if p.z < 10.0 || p.z > 190.0 {
            return trunk;
        }
        // Arms raised beside the head.
        let along = ((p.z - 45.0) / 95.0).clamp(0.0, 1.2);
        let (ax, ay) = (102.0 + 24.0 * along, 24.0 - 20.0 * along);
        let radius = 46.0 - 5.0 * along - 60.0 * rise(60.0, 0.0, p.z).powi(2);
        let arm = length2(x - ax, p.y - ay) - radius;
        smooth_min(trunk, arm, 34.0)
    }

    fn half_cage(&self, p: &Vec3) -> f32 {
        let [offset, a, b, y] = self.cage;
        let dy = p.y - y;
        // The halves draw nearer in front, behind the sternum, and part at the back, beside the spine.
        oval(p.x.abs() - offset - 0.14 * dy, dy, a, b)
    }

    /// The part of the cavity between the halves, behind the sternum and the abdominal muscles.
    fn front_of_cavity(&self, p: &Vec3) -> f32 {
        let front = self.front() + 23.0;
        let back = 40.0;
        let (middle, b) = ((front + back) / 2.0, (back - front) / 2.0);
        let a = 40.0 + 35.0 * rise(-90.0, -150.0, p.z);
        ellipse(p.x, p.y - middle, a * rise(120.0, 40.0, p.z).max(0.4), b)
    }

    /// y of the skin in front.
    pub fn front(&self) -> f32 {
        self.body[2] - self.body[1]
    }

    /// The point `outside` mm outside the left half of the cage at `angle` from straight back
    /// (positive to the side), and the outward normal in the plane.
    pub fn on_cage(&self, angle: f32, outside: f32) -> ([f32; 2], [f32; 2]) {
        let [offset, a, b, y] = self.cage;
        let (a, b) = ((a + outside).max(25.0), (b + outside).max(32.0));
        let place = |angle: f32| {
            let power = |v: f32| v.signum() * v.abs().powf(2.0 / EXPONENT);
            let dy = b * power(angle.cos());
            [offset + 0.14 * dy + a * power(angle.sin()), y + dy]
        };
        let (here, next) = (place(angle), place(angle + 0.02));
        let along = [next[0] - here[0], next[1] - here[1]];
        let length = length2(along[0], along[1]).max(1e-6);
        (here, [-along[1] / length, along[0] / length])
    }
}

const EXPONENT: f32 = 2.5;

/// Distance to a superellipse of exponent 2.5, by its equation over that one's gradient: good to a
/// tenth within 20 mm, too large deep inside.
fn oval(x: f32, y: f32, a: f32, b: f32) -> f32 {
    let (u, v) = (x.abs() / a, y.abs() / b);
    let (u15, v15) = (u * u.sqrt(), v * v.sqrt());
    let slope = EXPONENT * length2(u15 / a, v15 / b);
    (u15 * u + v15 * v - 1.0) / slope.max(1e-6)
}

/// Distance to the abdomen, and to what the lung may fill above it.
fn diaphragm(p: &Vec3, section: &Section) -> (f32, f32) {
    let [crown, foot] = DOMES[usize::from(p.x > 0.0)];
    let [offset, a, b, y] = section.cage;
    // Lower behind than in front, as the ribs are.
    let z = p.z + 0.16 * p.y;
    let dy = p.y - y;
    let round = length2((p.x.abs() - offset - 0.14 * dy) / a, dy / b);
    let up = ((z - foot) / (crown - foot)).max(0.0);
    let dome = (length2(round / 0.955, up) - 1.0) * 62.0;
    let slope = if p.y > -30.0 {
        0.55 * (p.y + 30.0)
    } else {
        0.0
    };
    let center = (p.z + 119.0 + slope) * 0.87 + 0.45 * (p.x.abs() - 30.0).max(0.0);
    let recess = (foot + 4.0 - z) * 0.9;
    let abdomen = smooth_min(dome, center, 16.0);
    (abdomen, recess.max(-abdomen))
}

/// Catmull-Rom through rows `(z, values...)`.
fn curve<const ROW: usize, const N: usize>(rows: &[[f32; ROW]], z: f32) -> [f32; N] {
    let last = rows.len() - 2;
    let n = rows
        .iter()
        .rposition(|row| row[0] <= z)
        .unwrap_or(0)
        .min(last);
    let (a, b) = (&rows[n], &rows[n + 1]);
    let (before, after) = (
        &rows[n.saturating_sub(1)],
        &rows[(n + 2).min(rows.len() - 1)],
    );
    let width = b[0] - a[0];
    let t = ((z - a[0]) / width).clamp(0.0, 1.0);
    std::array::from_fn(|value| {
        let value = value + 1;
        let slope = |from: &[f32; ROW], to: &[f32; ROW]| {
            (to[value] - from[value]) / (to[0] - from[0]) * width
        };
        let (leave, arrive) = (slope(before, b), slope(a, after));
        let (t2, t3) = (t * t, t * t * t);
        a[value] * (2.0 * t3 - 3.0 * t2 + 1.0)
            + leave * (t3 - 2.0 * t2 + t)
            + b[value] * (3.0 * t2 - 2.0 * t3)
            + arrive * (t3 - t2)
    })
}

/// Middle of the vertebral bodies at height z.
pub(super) fn spine(z: f32) -> Vec3 {
    at(0.0, 42.0 - 0.0009 * (z + 50.0).powi(2), z)
}
