//! Vessels and airways that branch until they have reached everywhere.

use super::noise::Random;
use super::shape::{Shape, Vec3};

/// A tree of tubes from `root` to every one of `targets`: each branch heads for the middle of the
/// targets left to it, parts them in two across their longest extent, and divides its calibre among
/// the daughters by Murray's law.
pub(super) struct Tree {
    /// Radius in mm of a branch that feeds one target.
    pub twig: f32,
    /// `radius = wall + twig * targets.powf(taper)`; Murray's law is 1/3.
    pub taper: f32,
    pub wall: f32,
    /// Branches feeding fewer targets than this are left out.
    pub least: usize,
}

impl Tree {
    pub fn grow(&self, root: Vec3, targets: &mut [Vec3], seed: u64) -> Vec<Shape> {
        let mut tubes = Vec::new();
        let radius = self.radius(targets.len());
        self.branch(root, radius, targets, &mut Random::new(seed), &mut tubes);
        tubes
    }

    fn radius(&self, targets: usize) -> f32 {
        self.wall + self.twig * (targets as f32).powf(self.taper)
    }

    fn branch(
        &self,
        from: Vec3,
        start: f32,
        targets: &mut [Vec3],
        random: &mut Random,
        tubes: &mut Vec<Shape>,
    ) {
        let count = targets.len();
        if count < self.least.max(1) {
            return;
        }
        let middle = targets.iter().sum::<Vec3>() / count as f32;
        let radius = self.radius(count);
        if count == 1 {
            tubes.push(Shape::tube(
                from,
                middle,
                [start.min(radius * 1.2), radius * 0.7],
            ));
            return;
        }
        let spread: Vec3 = targets
            .iter()
            .map(|t| (t - middle).map(|v| v * v))
            .sum::<Vec3>()
            / count as f32;
        let way = middle - from;
        let share = (1.0 - 0.8 * spread.sum().sqrt() / way.norm().max(1.0)).clamp(0.25, 0.8);
        let wander = Vec3::new(random.normal(), random.normal(), random.normal());
        let to = from + way * share + wander * (0.07 * way.norm() * share);
        tubes.push(Shape::tube(from, to, [start.min(radius * 1.15), radius]));
        let axis = spread.imax();
        let cut = (count as f32 * random.between(0.32, 0.68)) as usize;
        let cut = cut.clamp(1, count - 1);
        targets.select_nth_unstable_by(cut, |a, b| a[axis].total_cmp(&b[axis]));
        let (near, far) = targets.split_at_mut(cut);
        self.branch(to, radius, near, random, tubes);
        self.branch(to, radius, far, random, tubes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_reaches_every_target_and_narrows_on_the_way() {
        let mut random = Random::new(5);
        let targets: Vec<Vec3> = (0..100)
            .map(|_| {
                Vec3::new(
                    random.between(0.0, 50.0),
                    random.between(0.0, 50.0),
                    random.between(0.0, 50.0),
                )
            })
            .collect();
        let tree = Tree {
            twig: 0.5,
            taper: 0.36,
            wall: 0.0,
            least: 1,
        };
        let tubes = tree.grow(Vec3::zeros(), &mut targets.clone(), 1);
        for target in targets {
            let nearest = tubes
                .iter()
                .map(|t| t.distance(&target, 0.0))
                .fold(f32::INFINITY, f32::min);
            assert!(nearest < 0.0, "{target} is {nearest} mm away");
        }
        for tube in &tubes {
            let Shape::Tube { radii, .. } = tube else {
                panic!("a tree is made of tubes")
            };
            assert!(radii[1] <= radii[0] && radii[0] <= 0.5 * 100f32.powf(0.36) * 1.2);
        }
    }
}
