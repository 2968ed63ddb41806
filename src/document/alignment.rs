//! How a layer was brought to where it lies: a list of steps, each made on the image as those before it
//! left it, such as one by hand, an automatic one and a displacement field.

use super::{CommandError, Document, LayerId};
use crate::geometry::{Body, Grid, Placement, WorldPoint};
use crate::volume::{Chain, Transform, Volume};
use nalgebra::{Matrix3, Matrix4};

/// One step.
#[derive(Clone, Debug)]
pub struct AlignmentStep {
    /// "By hand", "Rigid, NMI", or the name of a file.
    pub name: String,
    /// Whether it counts now.
    pub on: bool,
    pub how: Aligned,
}

/// What moves the image.
#[derive(Clone, Debug)]
pub enum Aligned {
    /// Numbers that a hand changes.
    ByHand(Placement),
    /// From points of the fixed to points of the moving world.
    By(Transform),
}

/// The steps of a layer, and the image where its file has it.
#[derive(Clone, Debug)]
pub struct Alignment {
    base: Volume,
    steps: Vec<AlignmentStep>,
}

impl AlignmentStep {
    /// Whether it is a displacement field.
    pub fn bends(&self) -> bool {
        matches!(self.how, Aligned::By(Transform::Field(_)))
    }

    /// From points of the fixed to points of the moving world. `None` for a hand that flattens the image.
    fn transform(&self) -> Option<Transform> {
        match &self.how {
            Aligned::ByHand(placement) => placement.pull().map(Transform::Linear),
            Aligned::By(transform) => Some(transform.clone()),
        }
    }
}

impl Alignment {
    pub fn new(base: Volume, steps: Vec<AlignmentStep>) -> Self {
        Self { base, steps }
    }

    /// The image where its file has it.
    pub fn base(&self) -> &Volume {
        &self.base
    }

    /// The step made first, first.
    pub fn steps(&self) -> &[AlignmentStep] {
        &self.steps
    }

    /// The whole way of a point of the fixed world into the image: through the last step first. `None`
    /// where a step flattens the image.
    pub fn chain(&self) -> Option<Chain> {
        let counting = self.steps.iter().rev().filter(|step| step.on);
        counting
            .map(AlignmentStep::transform)
            .collect::<Option<_>>()
            .map(Chain)
    }

    /// The same as one matrix, RAS mm; `None` with a displacement field in it.
    pub fn linear(&self) -> Option<Matrix4<f64>> {
        self.chain()?.linear()
    }

    /// The image where the steps bring it, without a change of voxels; `None` with a displacement field
    /// in them, or where they flatten it.
    pub fn placed(&self) -> Option<Volume> {
        placed(&self.base, &self.linear()?)
    }

    /// The same steps on another image, which lies where the steps would bring it: one that was made of
    /// the image where it is seen.
    fn around(&self, seen: &Volume) -> Option<Self> {
        let grid = Grid::new(seen.grid().shape(), self.linear()? * seen.grid().affine()).ok()?;
        let base = match seen.meta().derived {
            true => seen.moved_to(grid),
            false => seen.with_grid(grid),
        };
        Some(Self::new(base.ok()?, self.steps.clone()))
    }
}

/// `volume` seen through `pull`, from points of the fixed to points of the moving world, RAS mm.
pub fn placed(volume: &Volume, pull: &Matrix4<f64>) -> Option<Volume> {
    if *pull == Matrix4::identity() {
        return Some(volume.clone());
    }
    let affine = pull.try_inverse()? * volume.grid().affine();
    let grid = Grid::new(volume.grid().shape(), affine).ok()?;
    let mut meta = volume.meta().clone();
    (meta.derived, meta.moved) = (true, true);
    Some(volume.with_grid(grid).ok()?.with_meta(meta))
}

/// The centre and axes of an image.
pub fn body(grid: &Grid) -> Body {
    let axes = [0, 1, 2].map(|axis| grid.step(axis).normalize());
    Body {
        center: grid.center(),
        axes: Matrix3::from_columns(&axes),
    }
}

impl Document {
    /// A layer's image where its file has it.
    pub fn base(&self, id: LayerId) -> Option<&Volume> {
        match &self.layer(id)?.alignment {
            Some(alignment) => Some(&alignment.base),
            None => self.settled(id),
        }
    }

    /// A layer's steps, the first one first.
    pub fn steps(&self, id: LayerId) -> &[AlignmentStep] {
        let alignment = self.layer(id).and_then(|layer| layer.alignment.as_ref());
        alignment.map_or(&[], |alignment| &alignment.steps)
    }

    /// The way of a point of the fixed world into a layer's image where its file has it. `None` where a
    /// step flattens it.
    pub fn chain(&self, id: LayerId) -> Option<Chain> {
        match &self.layer(id)?.alignment {
            Some(alignment) => alignment.chain(),
            None => Some(Chain::default()),
        }
    }

    /// Whether a displacement field is among the steps that count.
    pub fn bends(&self, id: LayerId) -> bool {
        let steps = self.steps(id).iter().filter(|step| step.on);
        steps.into_iter().any(AlignmentStep::bends)
    }

    /// The point about which images turn at first: the middle of the main image.
    pub fn usual_hub(&self) -> WorldPoint {
        self.grid().map_or(WorldPoint::ORIGIN, Grid::center)
    }

    /// Gives a layer other steps; `seen` is what they make of the image where they hold a displacement
    /// field.
    pub(super) fn align(
        &mut self,
        id: LayerId,
        steps: Vec<AlignmentStep>,
        seen: Option<Volume>,
    ) -> Result<(), CommandError> {
        if self.main().is_some_and(|main| main.id == id) {
            return Err(CommandError::MainStays);
        }
        let base = self.base(id).ok_or(CommandError::NoSuchLayer)?.clone();
        let alignment = Alignment::new(base, steps);
        let seen = seen.or_else(|| alignment.placed());
        let seen = seen.ok_or(CommandError::Flattened)?;
        self.end_trial();
        self.replace_volume(id, seen)?;
        self.layer_mut(id)?.alignment = (!alignment.steps.is_empty()).then_some(alignment);
        Ok(())
    }

    /// After `seen` was made of the layer's image where it was seen: the steps lead to it from now on.
    /// With a displacement field in them they are part of the image itself.
    pub(super) fn keep_alignment(
        &mut self,
        id: LayerId,
        seen: &Volume,
    ) -> Result<(), CommandError> {
        let layer = self.layer_mut(id)?;
        layer.alignment = layer.alignment.as_ref().and_then(|it| it.around(seen));
        Ok(())
    }

    /// After the layer's file was read anew: `volume` where the steps bring it.
    pub(super) fn aligned_anew(
        &mut self,
        id: LayerId,
        volume: Volume,
    ) -> Result<Volume, CommandError> {
        let layer = self.layer_mut(id)?;
        let Some(before) = &layer.alignment else {
            return Ok(volume);
        };
        // What a displacement field made of the image before is gone; the others go on.
        let steps = before.steps.iter().filter(|step| !step.bends()).cloned();
        let alignment = Alignment::new(volume, steps.collect());
        let seen = alignment.placed().ok_or(CommandError::Flattened)?;
        layer.alignment = Some(alignment);
        Ok(seen)
    }
}
