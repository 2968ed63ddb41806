//! How the patient moves between breathing out and breathing in.

use super::shape::{Vec3, at, length2, rise};

/// No tissue moves farther than this, mm.
pub(super) const LARGEST: f32 = 26.0;

/// Displacement in LPS mm from a point of the breathed-out patient to the same tissue breathed in.
///
/// The diaphragm goes down by up to 24 mm, the front of the chest forward by 6 mm, the sides apart by
/// 4 mm; spine and table stand still.
pub(super) fn displacement(p: &Vec3) -> Vec3 {
    let wall = length2(p.x / 158.0, (p.y + 4.0) / 104.0);
    let inside = 1.0 - rise(0.50, 1.0, wall);
    let spine = 1.0 - (-((p.x / 40.0).powi(2) + ((p.y - 62.0) / 42.0).powi(2))).exp();
    let height = 1.0 - rise(-105.0, 92.0, p.z);
    let down = -24.0 * height * inside * spine;
    let chest = rise(-190.0, -60.0, p.z) * (1.0 - rise(30.0, 100.0, p.z));
    let front = 1.0 - rise(-105.0, 45.0, p.y);
    let fade = 1.0 - rise(1.05, 1.7, wall);
    let forward = -6.0 * front * chest * fade;
    let apart =
        4.0 * (p.x / length2(p.x, 80.0)) * chest * fade * spine * (1.0 - rise(40.0, 95.0, p.y));
    at(apart, forward, down)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breathing_never_folds_the_patient() {
        let mut least = f32::INFINITY;
        for (x, y, z) in (-17..=17)
            .flat_map(|x| (-12..=12).flat_map(move |y| (-19..=13).map(move |z| (x, y, z))))
        {
            let p = at(10.0 * x as f32, 10.0 * y as f32, 10.0 * z as f32);
            let slope = |axis: usize| {
                let mut step = Vec3::zeros();
                step[axis] = 0.5;
                displacement(&(p + step)) - displacement(&(p - step)) + step * 2.0
            };
            least = least.min(slope(0).cross(&slope(1)).dot(&slope(2)));
        }
        assert!(least > 0.2, "smallest Jacobian {least}");
    }

    #[test]
    fn table_and_spine_stand_still_while_the_diaphragm_moves() {
        assert!(displacement(&at(0.0, 120.0, -60.0)).norm() < 0.2);
        assert!(displacement(&at(0.0, 60.0, -100.0)).norm() < 1.5);
        assert!(displacement(&at(-66.0, -5.0, -95.0)).z < -18.0);
    }
}
