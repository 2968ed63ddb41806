//! What a scanner sees of the patient at a point.

use super::anatomy::Anatomy;
use super::outline::{Place, Section};
use super::part::{Part, Solid, Within};
use super::shape::{Vec3, rise, soft};
use super::tissue::{
    AIR, FAT, LUNG, MATTRESS, MEDIASTINAL_FAT, MUSCLE, SKIN, TABLE_FOAM, TABLE_SHELL, Tissue,
};

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
    clears_lung: Vec<&'a Solid>,
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
            .map(|same| (self.anatomy.part(same[0]), same.len()))
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
        let grain = 0.6 * self.anatomy.texture(p, 9.0) + 0.8 * self.anatomy.texture(p, 2.6);
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
            lung = lung.min(soft(
                -self.anatomy.mediastinum(p, &near.clears_lung),
                self.edge,
            ));
            value += lung * (self.lung(p, grain) - value);
        }
        let abdomen = soft(place.abdomen.max(place.cavity) + 3.6, self.edge);
        self.lay_parts(&mut value, p, near.rest(), grain, |within| match within {
            Within::Body | Within::Wall => 1.0,
            Within::Unseen => 0.0,
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
        let fat = 9.0 + 6.0 * flank + 1.2 * self.anatomy.texture(p, 40.0);
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
            Scan::Pet => ventilation(p) * (1.0 + 0.05 * self.anatomy.texture(p, 30.0)),
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
