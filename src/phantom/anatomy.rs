//! The whole patient: every part in its place, and the trees grown into lungs and liver.

use super::noise::{Random, Texture};
use super::organs;
use super::outline::{Outline, Section};
use super::part::{Part, Parts, ROUNDING, Solid, Within};
use super::shape::{Bounds, Shape, Vec3, at, smooth_min};
use super::skeleton;
use super::tissue::{AIRWAY, BRONCHUS_WALL, HEPATIC_VEIN, LESION, LUNG_VESSEL, PORTAL_VEIN};
use super::tree::Tree;

/// The patient breathed in.
pub(super) struct Anatomy {
    outline: Outline,
    body: Parts,
    texture: Texture,
}

impl Anatomy {
    pub fn new() -> Self {
        let outline = Outline::new();
        let mut body = Parts::default();
        organs::add_wall(&mut body);
        organs::add_abdomen(&mut body);
        organs::add_circulation(&mut body);
        organs::add_airways(&mut body);
        skeleton::add(&mut body, &outline);
        let mut anatomy = Self {
            outline,
            body,
            texture: Texture::new(11),
        };
        // The trees grow where the parts so far leave room.
        let trees = [
            anatomy.lung_trees(0),
            anatomy.lung_trees(1),
            anatomy.liver_trees(),
            vec![lesion()],
        ];
        for (part, shapes) in trees.concat() {
            anatomy.body.add(part, shapes);
        }
        anatomy
    }

    /// Bronchi and vessels of the right (0) or left (1) lung.
    fn lung_trees(&self, side: usize) -> Vec<(Part, Vec<Shape>)> {
        let seed = side as u64;
        let hilum = Vec3::from(organs::HILA[side]);
        let twigs = |count: usize, seed: u64| self.lung_points(hilum.x.signum(), count, seed);
        let lung = |tissue| Part::of(tissue).within(Within::Lung);
        // Bronchi run behind the arteries, and are seen as far as they are wide enough.
        let bronchi = |wall: f32| {
            let tree = Tree {
                twig: 0.62,
                taper: 0.36,
                wall,
                least: 6,
            };
            let root = hilum + at(0.0, 6.0, -3.0);
            tree.grow(root, &mut twigs(200, seed + 40), seed)
        };
        let tree = Tree {
            twig: 0.5,
            taper: 0.36,
            wall: 0.0,
            least: 1,
        };
        let arteries = tree.grow(hilum, &mut twigs(1500, seed + 20), seed + 2);
        let vein_hilum = Vec3::from(organs::VEIN_HILA[side]);
        let veins = tree.grow(vein_hilum, &mut twigs(900, seed + 30), seed + 4);
        vec![
            (lung(&BRONCHUS_WALL), bronchi(0.55)),
            (lung(&AIRWAY), bronchi(0.0)),
            (lung(&LUNG_VESSEL), [arteries, veins].concat()),
        ]
    }

    fn liver_trees(&self) -> Vec<(Part, Vec<Shape>)> {
        let mut random = Random::new(9);
        let mut points = |count: usize| -> Vec<Vec3> {
            let around = std::iter::repeat_with(|| {
                let (x, y) = (random.between(-114.0, 28.0), random.between(-72.0, 64.0));
                at(x, y, random.between(-226.0, -106.0))
            });
            let inside = around.filter(|p| self.outline.place(p).abdomen < -10.0);
            inside.take(count).collect()
        };
        let tree = Tree {
            twig: 0.8,
            taper: 0.4,
            wall: 0.0,
            least: 1,
        };
        let hepatic = tree.grow(at(-28.0, 0.0, -138.0), &mut points(60), 1);
        let portal = tree.grow(at(-30.0, -20.0, -190.0), &mut points(70), 2);
        let organ = |tissue| Part::of(tissue).within(Within::Abdomen);
        vec![
            (organ(&HEPATIC_VEIN), hepatic),
            (organ(&PORTAL_VEIN), portal),
        ]
    }

    /// `count` points spread through one lung; `side` is -1 for the right lung.
    fn lung_points(&self, side: f32, count: usize, seed: u64) -> Vec<Vec3> {
        let mut random = Random::new(seed + 100);
        let clearing = self.clearing(&self.solids());
        let around = std::iter::repeat_with(|| {
            let (x, y) = (
                side * random.between(4.0, 135.0),
                random.between(-85.0, 90.0),
            );
            at(x, y, random.between(-170.0, 103.0))
        });
        let inside = around.filter(|p| {
            self.outline.place(p).pleura < -3.5 && self.mediastinum(p, &clearing) > 3.5
        });
        inside.take(count).collect()
    }

    /// Those of `solids` that keep the lung away.
    pub fn clearing<'a>(&self, solids: &[&'a Solid]) -> Vec<&'a Solid> {
        let clears = |solid: &&&Solid| self.part(solid).clears_lung.is_some();
        solids.iter().filter(clears).copied().collect()
    }

    /// Distance to what keeps the lung away, of which only `clearing` is near.
    pub fn mediastinum(&self, p: &Vec3, clearing: &[&Solid]) -> f32 {
        let parts = clearing.chunk_by(|a, b| a.part == b.part);
        let distances = parts.map(|same| {
            let nearest = same.iter().map(|solid| solid.shape.distance(p, 0.0));
            nearest.fold(f32::INFINITY, f32::min) - self.part(same[0]).clears_lung.unwrap_or(0.0)
        });
        distances.fold(1e3, |nearest, d| smooth_min(nearest, d, ROUNDING))
    }

    /// Those of `solids` that can be seen from within `bounds` by voxels `edge` mm wide.
    pub fn near<'a>(&self, solids: &[&'a Solid], bounds: &Bounds, edge: f32) -> Vec<&'a Solid> {
        let reach = bounds.grown(Vec3::repeat(edge));
        solids
            .iter()
            .filter(|solid| solid.bounds.meets(&reach))
            .copied()
            .collect()
    }

    /// All solids, in the order they are laid.
    pub fn solids(&self) -> Vec<&Solid> {
        self.body.solids.iter().collect()
    }

    pub fn part(&self, solid: &Solid) -> &Part {
        &self.body.parts[solid.part]
    }

    /// Blotches fixed to the tissue.
    pub fn texture(&self, p: &Vec3, size: f32) -> f32 {
        self.texture.at(p, size)
    }

    pub fn section(&self, z: f32) -> Section {
        self.outline.section(z)
    }

    /// Whether `bounds` surely hold nothing of the patient.
    pub fn is_outside(&self, bounds: &Bounds) -> bool {
        self.outline.skin(&bounds.center()) > 1.6 * bounds.reach() + 6.0
    }
}

/// A nodule with spicules in the right upper lobe.
fn lesion() -> (Part, Vec<Shape>) {
    let (center, radius) = organs::LESION;
    let center = Vec3::from(center);
    let mut random = Random::new(77);
    let spicules = std::iter::repeat_with(|| {
        let way = at(random.normal(), random.normal(), random.normal()).normalize();
        Shape::tube(center + way * 3.0, center + way * 9.5, [2.4, 0.3])
    });
    let core = Shape::ellipsoid(center, at(radius, radius * 0.92, radius * 1.05));
    let shapes = spicules.take(9).chain([core]).collect();
    (Part::of(&LESION).within(Within::Lung), shapes)
}
