//! The whole patient: what lies at a point, seen by CT, PET or MR.

use super::noise::{Random, Texture};
use super::organs;
use super::outline::{Outline, Place, Section};
use super::part::{Part, Parts, ROUNDING, Solid, Within};
use super::shape::{Bounds, Shape, Vec3, at, rise, smooth_min, soft};
use super::skeleton;
use super::tissue::{
    AIR, AIRWAY, BRONCHUS_WALL, FAT, HEPATIC_VEIN, LESION, LUNG, LUNG_VESSEL, MATTRESS,
    MEDIASTINAL_FAT, MUSCLE, PORTAL_VEIN, SKIN, TABLE_FOAM, TABLE_SHELL, Tissue,
};
use super::tree::Tree;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scan {
    /// HU.
    Ct,
    /// Bq/ml.
    Pet,
    /// Signal of a cine MR.
    Mr,
}

/// The patient breathed in, lying on the table.
pub(super) struct Anatomy {
    outline: Outline,
    parts: Vec<Part>,
    solids: Vec<Solid>,
    texture: Texture,
}

impl Anatomy {
    pub fn new() -> Self {
        let outline = Outline::new();
        let mut parts = Parts::default();
        organs::add_wall(&mut parts);
        organs::add_abdomen(&mut parts);
        organs::add_circulation(&mut parts);
        organs::add_airways(&mut parts);
        skeleton::add(&mut parts, &outline);
        let mut anatomy = Self {
            outline,
            parts: parts.parts.clone(),
            solids: parts.solids.clone(),
            texture: Texture::new(11),
        };
        // The trees grow where the parts so far leave room.
        let mut trees = Parts::default();
        anatomy.add_lung_trees(&mut trees);
        anatomy.add_liver_trees(&mut trees);
        let first = anatomy.parts.len();
        anatomy.parts.extend(trees.parts);
        anatomy
            .solids
            .extend(trees.solids.into_iter().map(|solid| Solid {
                part: solid.part + first,
                ..solid
            }));
        anatomy
    }

    fn add_lung_trees(&self, trees: &mut Parts) {
        for side in 0..2 {
            let seed = side as u64;
            let entry = |[x, y, z]: [f32; 3]| at(x, y, z);
            let (hilum, vein_hilum) = (entry(organs::HILA[side]), entry(organs::VEIN_HILA[side]));
            let twigs = |count: usize, seed: u64| self.lung_points(hilum.x.signum(), count, seed);
            let lung = |tissue| Part::of(tissue).within(Within::Lung);
            let airways = |wall: f32| Tree {
                twig: 0.62,
                taper: 0.36,
                wall,
                least: 6,
            };
            let offset = at(0.0, 6.0, -3.0);
            for (wall, tissue) in [(0.55, &BRONCHUS_WALL), (0.0, &AIRWAY)] {
                let tubes = airways(wall).grow(hilum + offset, &mut twigs(200, seed + 40), seed);
                trees.add(lung(tissue), tubes);
            }
            let vessels = Tree {
                twig: 0.5,
                taper: 0.36,
                wall: 0.0,
                least: 1,
            };
            let mut tubes = vessels.grow(hilum, &mut twigs(1500, seed + 20), seed + 2);
            tubes.extend(vessels.grow(vein_hilum, &mut twigs(900, seed + 30), seed + 4));
            trees.add(lung(&LUNG_VESSEL), tubes);
        }
        let (center, radius) = organs::LESION;
        let lesion = center.into();
        let mut growths = vec![Shape::ellipsoid(
            lesion,
            at(radius, radius * 0.92, radius * 1.05),
        )];
        let mut random = Random::new(77);
        for _ in 0..9 {
            let spike = at(random.normal(), random.normal(), random.normal()).normalize();
            growths.push(Shape::tube(
                lesion + spike * 3.0,
                lesion + spike * 9.5,
                [2.4, 0.3],
            ));
        }
        trees.add(Part::of(&LESION).within(Within::Lung), growths);
    }

    fn add_liver_trees(&self, trees: &mut Parts) {
        let mut random = Random::new(9);
        let mut points = |count: usize| -> Vec<Vec3> {
            let liver = at(-52.0, -6.0, -166.0);
            let around = std::iter::repeat_with(|| {
                liver
                    + at(
                        random.between(-62.0, 80.0),
                        random.between(-66.0, 70.0),
                        random.between(-60.0, 60.0),
                    )
            });
            around
                .filter(|p| self.outline.place(p).abdomen < -10.0)
                .take(count)
                .collect()
        };
        let organ = |tissue| Part::of(tissue).within(Within::Abdomen);
        let tree = Tree {
            twig: 0.8,
            taper: 0.4,
            wall: 0.0,
            least: 1,
        };
        trees.add(
            organ(&HEPATIC_VEIN),
            tree.grow(at(-28.0, 0.0, -138.0), &mut points(60), 1),
        );
        trees.add(
            organ(&PORTAL_VEIN),
            tree.grow(at(-30.0, -20.0, -190.0), &mut points(70), 2),
        );
    }

    /// `count` points spread through one lung; `side` is -1 for the right lung.
    fn lung_points(&self, side: f32, count: usize, seed: u64) -> Vec<Vec3> {
        let mut random = Random::new(seed + 100);
        let clearing = self.clearing(&self.solids.iter().collect::<Vec<_>>());
        let mut points = Vec::with_capacity(count);
        while points.len() < count {
            let x = side * random.between(4.0, 135.0);
            let p = at(
                x,
                random.between(-85.0, 90.0),
                random.between(-170.0, 103.0),
            );
            if self.outline.place(&p).pleura < -3.5 && mediastinum(&p, &clearing) > 3.5 {
                points.push(p);
            }
        }
        points
    }

    /// Those of `solids` that keep the lung away, and how far.
    fn clearing<'a>(&self, solids: &[&'a Solid]) -> Vec<(f32, &'a Shape)> {
        let clearing = solids.iter().filter_map(|solid| {
            let by = self.parts[solid.part].clears_lung?;
            Some((by, &solid.shape))
        });
        clearing.collect()
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

    pub fn solids(&self) -> &[Solid] {
        &self.solids
    }

    pub fn section(&self, z: f32) -> Section {
        self.outline.section(z)
    }

    /// Whether `bounds` surely hold nothing of the patient.
    pub fn is_outside(&self, bounds: &Bounds) -> bool {
        self.outline.skin(&bounds.center()) > 1.6 * bounds.reach() + 6.0
    }
}

/// The anatomy as one scanner sees it with voxels `edge` mm wide.
pub(super) struct View<'a> {
    pub anatomy: &'a Anatomy,
    pub scan: Scan,
    pub edge: f32,
}

/// What may lie at the points of one block, in the order it is laid.
pub(super) struct Nearby<'a> {
    /// With the number of solids each part has here; those of the chest wall come first.
    parts: Vec<(&'a Part, usize)>,
    wall_parts: usize,
    wall_solids: usize,
    solids: &'a [&'a Solid],
    clears_lung: Vec<(f32, &'a Shape)>,
}

/// Parts with their numbers of solids, and those solids.
type Laid<'a> = (&'a [(&'a Part, usize)], &'a [&'a Solid]);

impl Nearby<'_> {
    fn wall(&self) -> Laid<'_> {
        (
            &self.parts[..self.wall_parts],
            &self.solids[..self.wall_solids],
        )
    }

    fn rest(&self) -> Laid<'_> {
        (
            &self.parts[self.wall_parts..],
            &self.solids[self.wall_solids..],
        )
    }
}

impl View<'_> {
    pub fn nearby<'a>(&'a self, solids: &'a [&'a Solid]) -> Nearby<'a> {
        let same = solids.chunk_by(|a, b| a.part == b.part);
        let parts: Vec<_> = same
            .map(|same| (&self.anatomy.parts[same[0].part], same.len()))
            .collect();
        let wall_parts = parts.partition_point(|(part, _)| part.within == Within::Wall);
        Nearby {
            wall_parts,
            wall_solids: parts[..wall_parts].iter().map(|(_, count)| count).sum(),
            parts,
            solids,
            clears_lung: self.anatomy.clearing(solids),
        }
    }

    /// The noise-free value at `p`, which lies at the height of `section`.
    pub fn value(&self, p: &Vec3, section: &Section, near: &Nearby) -> f32 {
        let place = section.place(p);
        let body = soft(place.skin, self.edge);
        if body == 0.0 {
            return self.air();
        }
        let texture = &self.anatomy.texture;
        let grain = 0.6 * texture.at(p, 9.0) + 0.8 * texture.at(p, 2.6);
        let mut value = self.seen(&MUSCLE, grain);
        if place.cavity > -self.edge {
            // A sheet of fat outside the ribs.
            let sheet = 0.85 * soft((place.cavity - 11.5).abs() - 0.9, self.edge);
            self.lay(&mut value, sheet, &FAT, grain);
            self.lay_parts(&mut value, p, near.wall(), grain, |_| 1.0);
            self.lay_skin(&mut value, p, -place.skin, grain);
        }
        self.lay_cavity(&mut value, &place, grain);
        let mut lung = soft(place.pleura, self.edge);
        if lung > 0.0 {
            lung = lung.min(soft(-mediastinum(p, &near.clears_lung), self.edge));
            value += lung * (self.lung(p, grain) - value);
        }
        let abdomen = soft(place.abdomen.max(place.cavity) + 3.6, self.edge);
        self.lay_parts(&mut value, p, near.rest(), grain, |within| match within {
            Within::Body | Within::Wall => 1.0,
            Within::Lung => lung,
            Within::Abdomen => abdomen,
            Within::AbdomenInFrontOf(y) => abdomen * soft(p.y - y, self.edge),
        });
        self.air() + body * (value - self.air())
    }

    fn seen(&self, tissue: &Tissue, grain: f32) -> f32 {
        match self.scan {
            Scan::Ct => tissue.hu + tissue.grain * grain,
            Scan::Pet => tissue.activity,
            Scan::Mr => tissue.signal * (1.0 + 0.04 * grain),
        }
    }

    /// Skin and the fat below it, `depth` mm under the surface.
    fn lay_skin(&self, value: &mut f32, p: &Vec3, depth: f32, grain: f32) {
        let flank = rise(60.0, 140.0, p.x.abs()) * rise(60.0, -40.0, p.z);
        let fat = 9.0 + 6.0 * flank + 1.2 * self.anatomy.texture.at(p, 40.0);
        self.lay(value, soft(depth - fat, self.edge), &FAT, grain);
        self.lay(value, soft(depth - 1.8, self.edge), &SKIN, grain);
    }

    /// Fat of the chest, the diaphragm, and fat of the abdomen.
    fn lay_cavity(&self, value: &mut f32, place: &Place, grain: f32) {
        let inside = soft(place.cavity, self.edge);
        if inside > 0.0 {
            self.lay(value, inside, &MEDIASTINAL_FAT, grain);
            let below = place.abdomen.max(place.cavity);
            self.lay(value, soft(below, self.edge), &MUSCLE, grain);
            self.lay(value, soft(below + 3.2, self.edge), &FAT, grain);
        }
    }

    fn lung(&self, p: &Vec3, grain: f32) -> f32 {
        match self.scan {
            // Blood sinks: the back of the lung is denser.
            Scan::Ct => self.seen(&LUNG, grain) + 0.45 * p.y + fissure(p) * 95.0,
            Scan::Pet => ventilation(p) * (1.0 + 0.05 * self.anatomy.texture.at(p, 30.0)),
            Scan::Mr => self.seen(&LUNG, grain),
        }
    }

    /// Lays parts in order; the solids of a part are one.
    fn lay_parts(
        &self,
        value: &mut f32,
        p: &Vec3,
        (parts, mut solids): Laid,
        grain: f32,
        limit: impl Fn(Within) -> f32,
    ) {
        for (part, count) in parts {
            let (same, others) = solids.split_at(*count);
            solids = others;
            let limit = limit(part.within);
            if limit == 0.0 {
                continue;
            }
            let distance = same
                .iter()
                .map(|solid| solid.shape.distance(p, self.edge))
                .fold(f32::INFINITY, f32::min);
            self.lay(value, soft(distance, self.edge) * limit, part.tissue, grain);
            if let Some((depth, tissue)) = part.core {
                self.lay(
                    value,
                    soft(distance + depth, self.edge) * limit,
                    tissue,
                    grain,
                );
            }
        }
    }

    fn lay(&self, value: &mut f32, cover: f32, tissue: &Tissue, grain: f32) {
        if cover > 0.0 {
            *value += cover * (self.seen(tissue, grain) - *value);
        }
    }

    /// What is seen of nothing.
    pub fn air(&self) -> f32 {
        self.seen(&AIR, 0.0)
    }

    /// Whether the table may reach up to the height (y) of `p`.
    pub fn may_hold_table(p: &Vec3) -> bool {
        p.y > 80.0
    }

    /// `value` at `p` with the table and its mattress laid over it; they do not breathe.
    pub fn with_table(&self, value: f32, p: &Vec3) -> f32 {
        let top = 112.0 - 24.0 * (p.x / 200.0).powi(2);
        let thin = (p.x / 173.0).powi(8);
        let plank = (p.y - top - 13.0 + 6.0 * thin).abs() - 13.0 * (1.0 - thin);
        let mattress = (top - 7.0 - p.y).max(p.y - top).max(p.x.abs() - 155.0);
        let mut value = value;
        self.lay(&mut value, soft(mattress, self.edge), &MATTRESS, 0.0);
        self.lay(&mut value, soft(plank, self.edge), &TABLE_SHELL, 0.0);
        self.lay(&mut value, soft(plank + 1.6, self.edge), &TABLE_FOAM, 0.0);
        value
    }
}

/// Distance to what keeps the lung away.
fn mediastinum(p: &Vec3, clearing: &[(f32, &Shape)]) -> f32 {
    let distances = clearing
        .iter()
        .map(|(by, shape)| shape.distance(p, 0.0) - by);
    distances.fold(1e3, |nearest, d| smooth_min(nearest, d, ROUNDING))
}

/// How near `p` is to an oblique or the horizontal fissure of the lung, 0 to 1.
fn fissure(p: &Vec3) -> f32 {
    let bow = 6.0 * (p.x.abs() / 40.0).sin();
    let oblique = (p.z + 18.0 - 0.85 * (p.y - 8.0) + bow) * 0.76;
    let horizontal = p.z - 2.0 + bow * 0.5;
    let mut near = 1.0 - oblique.abs() / 1.1;
    if p.x < -30.0 && oblique > 0.0 {
        near = near.max(1.0 - horizontal.abs() / 1.3);
    }
    near.max(0.0)
}

/// Activity of inhaled aerosol in the lung, Bq/ml: more at the back and the base, and nearly none in
/// a wedge of the left lower lobe.
fn ventilation(p: &Vec3) -> f32 {
    let even = 11_200.0 + 22.0 * p.y - 12.0 * (p.z + 30.0);
    let (dx, dy, dz) = (p.x - 104.0, p.y - 44.0, p.z + 62.0);
    let wedge = (dx * dx + dy * dy + 0.7 * dz * dz).sqrt();
    even.clamp(7_500.0, 15_500.0) * (0.13 + 0.87 * rise(26.0, 44.0, wedge))
}
