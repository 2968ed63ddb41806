//! What takes longer: transforms read from files, images bent by fields, and new images of the steps.

use super::{Aligning, FileChoices, Request, Saved};
use crate::app::dialogs::Dialog;
use crate::app::dialogs::confirm::Question;
use crate::app::message::Message;
use crate::app::picker::Ask;
use crate::app::{App, Purpose};
use crate::document::{
    Aligned, Alignment, AlignmentStep, Command, Display, Layer, LayerId, NewLayer, Role,
};
use crate::geometry::Grid;
use crate::io::{
    Grids, Report, TransformFormat, read_any_transform, read_transform_as, write_transform,
};
use crate::jobs::{self, Handle, Job};
use crate::volume::{Chain, Identity, Meta, Resampling, Transform, Volume, summary};
use nalgebra::Matrix4;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

/// Work that is going on for the panel.
pub struct Work {
    layer: LayerId,
    /// Its image as it lay when the work began.
    of: Identity,
    job: Job<Result<Made, String>>,
}

/// What came of it.
enum Made {
    /// Other steps for the layer, and what they make of its image where they bend it.
    Steps {
        what: &'static str,
        steps: Vec<AlignmentStep>,
        seen: Option<Volume>,
    },
    Layer(Box<NewLayer>),
    /// The user gave it up.
    Nothing,
}

impl Aligning {
    /// What is being made for the panel, and how far it is.
    pub fn progress(&self) -> Option<(String, f32)> {
        let work = self.work.as_ref()?;
        Some((work.job.phase(), work.job.progress()))
    }
}

impl App {
    /// Gives a layer other steps. Where a displacement field is among them the image is bent first.
    pub(super) fn realign(
        &mut self,
        layer: LayerId,
        what: &'static str,
        steps: Vec<AlignmentStep>,
    ) {
        let (Some(base), Some(grid)) = (self.document.base(layer), self.document.grid()) else {
            return;
        };
        let alignment = Alignment::new(base.clone(), steps.clone());
        let chain = alignment.chain();
        let Some(chain) = chain.filter(|chain| chain.linear().is_none()) else {
            self.set_steps(layer, what, steps);
            return;
        };
        let (base, grid) = (base.clone(), *grid);
        let labels = self.holds_labels(layer);
        let how = if labels {
            Resampling::Nearest
        } else {
            Resampling::Linear
        };
        self.work(layer, "Bending the image", move |handle| {
            let seen = through(&base, &grid, &chain, how, labels, handle);
            let seen = seen.map(Some);
            seen.map_or(Made::Nothing, |seen| Made::Steps { what, steps, seen })
        });
    }

    fn work(
        &mut self,
        layer: LayerId,
        name: &'static str,
        work: impl FnOnce(&Handle) -> Made + Send + 'static,
    ) {
        let job = jobs::spawn(name, self.wake.clone(), move |handle| Ok(work(handle)));
        self.await_work(layer, job);
    }

    fn await_work(&mut self, layer: LayerId, job: Job<Result<Made, String>>) {
        if let Some(seen) = self.document.settled(layer) {
            let of = seen.identity();
            self.aligning.work = Some(Work { layer, of, job });
        }
    }

    fn holds_labels(&self, layer: LayerId) -> bool {
        let layer = self.document.layer(layer);
        layer.is_some_and(|layer| layer.display.labels.is_some())
    }

    pub(super) fn advance_work(&mut self) {
        let Some(work) = self.aligning.work.take() else {
            return;
        };
        if self.document.layer(work.layer).is_none() {
            return;
        }
        match work.job.poll() {
            None => self.aligning.work = Some(work),
            Some(Ok(Ok(Made::Steps { .. })))
                if !self
                    .document
                    .settled(work.layer)
                    .is_some_and(|seen| seen.is(&work.of)) =>
            {
                let text = "The image was changed meanwhile, so its transforms stay as they are; do it again";
                self.notices.warning(text);
            }
            Some(Ok(Ok(Made::Steps { what, steps, seen }))) => {
                let bends = seen.is_none() && steps.iter().any(AlignmentStep::bends);
                match bends {
                    true => self.realign(work.layer, what, steps),
                    false => self.edit(Command::Align {
                        layer: work.layer,
                        what: what.to_owned(),
                        steps,
                        seen,
                    }),
                }
            }
            Some(Ok(Ok(Made::Layer(new)))) => self.edit(Command::AddLayer {
                volume: new.volume,
                role: new.role,
                display: new.display,
            }),
            Some(Ok(Ok(Made::Nothing))) => {}
            Some(Ok(Err(why))) => self.notices.error(why),
            Some(Err(panicked)) => self.notices.error(panicked.to_string()),
        }
    }

    pub(super) fn switch_step(&mut self, n: usize, on: bool) {
        self.change_steps(
            if on {
                "Switch on a step of"
            } else {
                "Switch off a step of"
            },
            |steps| {
                if let Some(step) = steps.get_mut(n) {
                    step.on = on;
                }
            },
        );
    }

    pub(super) fn remove_step(&mut self, n: usize) {
        self.change_steps("Remove a step of", |steps| {
            if n < steps.len() {
                steps.remove(n);
            }
        });
    }

    fn change_steps(&mut self, what: &'static str, change: impl FnOnce(&mut Vec<AlignmentStep>)) {
        if let Some(layer) = self.aligning.moving(&self.document) {
            let mut steps = self.document.steps(layer).to_vec();
            change(&mut steps);
            self.realign(layer, what, steps);
        }
    }

    /// An open displacement field becomes the last step.
    pub(in crate::app) fn add_field(&mut self, layer: LayerId, field: LayerId) {
        let Some(field) = self.document.layer(field) else {
            return;
        };
        let name = field.name.clone();
        match Transform::field(field.volume.clone()) {
            Ok(transform) => {
                let mut steps = self.document.steps(layer).to_vec();
                steps.push(step(name, transform));
                self.realign(layer, "Bend", steps);
            }
            Err(refused) => self
                .notices
                .error(format!("{name} cannot move an image: {refused}")),
        }
    }

    pub(in crate::app) fn load_transform(&mut self, layer: LayerId, path: PathBuf) {
        let document = &self.document;
        let Some(fixed) = self.aligning.fixed(document) else {
            return;
        };
        let (Some(moving), Some(fixed)) = (document.base(layer), document.settled(fixed)) else {
            return;
        };
        let (moving, fixed) = (*moving.grid(), *fixed.grid());
        let (files, before) = (self.aligning.files, document.steps(layer).to_vec());
        let job = jobs::spawn("Reading a transform", self.wake.clone(), move |_| {
            let grids = Grids {
                fixed: &fixed,
                moving: &moving,
            };
            let transform = read(&path, files, grids)?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let name = match files.inverse {
                true => format!("{name}, inverse"),
                false => name.into_owned(),
            };
            let mut steps = before;
            steps.push(step(name, transform));
            Ok(Made::Steps {
                what: "Load a transform for",
                steps,
                seen: None,
            })
        });
        self.await_work(layer, job);
    }

    pub(in crate::app) fn proposed_transform(&self) -> PathBuf {
        let moving = self.aligning.moving(&self.document);
        let base = moving.and_then(|layer| self.document.base(layer));
        let own = base.and_then(|base| base.meta().path.as_deref()?.parent());
        let folder = own.map_or_else(|| self.settings.start_folder(), Path::to_owned);
        let ending = self.aligning.files.format.ending();
        folder.join(format!("transform.{ending}"))
    }

    pub(in crate::app) fn save_transform(
        &mut self,
        layer: LayerId,
        path: PathBuf,
        overwrite: bool,
    ) {
        let document = &self.document;
        let fixed = self
            .aligning
            .fixed(document)
            .and_then(|id| document.settled(id));
        let (Some(fixed), Some(moving)) = (fixed, document.base(layer)) else {
            return;
        };
        if path.exists() && !overwrite {
            let then = Message::Align(Request::SaveOver(layer, path.clone()));
            self.dialog = Some(Dialog::Confirm(Question::replace(&path, then)));
            return;
        }
        let files = self.aligning.files;
        let whole = document.chain(layer).and_then(|chain| chain.linear());
        let written = match files.writes_inverse {
            true => whole.and_then(Matrix4::try_inverse),
            false => whole,
        };
        let Some(matrix) = written else {
            let text = "The transforms hold a displacement field and are no matrix: make one displacement field of them and save that";
            self.notices.error(text);
            return;
        };
        let mut grids = Grids {
            fixed: fixed.grid(),
            moving: moving.grid(),
        };
        if files.writes_inverse {
            grids = grids.swapped();
        }
        match write_transform(&path, &matrix, files.format, Some(grids), overwrite) {
            Ok(()) => {
                self.notices
                    .done(format!("Transform saved: {}", path.display()));
                self.aligning.saved = (!files.writes_inverse).then_some(Saved {
                    layer,
                    matrix,
                    path,
                    format: files.format,
                });
            }
            Err(error) => self.notices.error(error.to_string()),
        }
    }

    pub(super) fn pick_transform(&mut self, save: bool) {
        let Some(layer) = self.aligning.moving(&self.document) else {
            return;
        };
        match save {
            true => self.pick(Ask::NewFile, Purpose::SaveTransform(layer)),
            false => self.pick(Ask::Transform, Purpose::LoadTransform(layer)),
        }
    }

    /// The moving layer, the fixed image's grid and the way from there into the layer's image.
    fn moved(&self) -> Option<(&Layer, Grid, Chain)> {
        let document = &self.document;
        let layer = document.layer(self.aligning.moving(document)?)?;
        let fixed = document.settled(self.aligning.fixed(document)?)?;
        Some((layer, *fixed.grid(), document.chain(layer.id)?))
    }

    /// A new image on the fixed one's grid.
    pub(super) fn reslice(&mut self) {
        let Some((layer, grid, chain)) = self.moved() else {
            return;
        };
        let Some(base) = self.document.base(layer.id).cloned() else {
            return;
        };
        let how = self.aligning.files.interpolation;
        let (name, role) = (format!("resliced {}", layer.name), layer.role);
        let display = layer.display.clone();
        let labels = display.labels.is_some();
        let how = if labels { Resampling::Nearest } else { how };
        let layer = layer.id;
        self.work(layer, "Reslicing", move |handle| {
            let Some(volume) = through(&base, &grid, &chain, how, labels, handle) else {
                return Made::Nothing;
            };
            let meta = Meta {
                name,
                path: None,
                ..volume.meta().clone()
            };
            Made::Layer(Box::new(NewLayer {
                volume: volume.with_meta(meta),
                role,
                display: Some(display),
            }))
        });
    }

    /// One displacement field of all steps.
    pub(super) fn make_field(&mut self) {
        let Some((layer, grid, chain)) = self.moved() else {
            return;
        };
        let (layer, name) = (layer.id, format!("Displacement of {}", layer.name));
        self.work(layer, "Making a displacement field", move |handle| {
            let cancelled = handle.cancel_flag();
            let field = chain.displacements_while(&grid, &|part| {
                handle.set_progress(part);
                !cancelled.load(Ordering::Relaxed)
            });
            let Some(field) = field else {
                return Made::Nothing;
            };
            let meta = Meta {
                name,
                ..field.meta().clone()
            };
            Made::Layer(Box::new(NewLayer {
                volume: field.with_meta(meta),
                role: Role::Overlay,
                display: None::<Display>,
            }))
        });
    }
}

fn step(name: String, transform: Transform) -> AlignmentStep {
    AlignmentStep {
        name,
        on: true,
        how: Aligned::By(transform),
    }
}

/// `base` through a chain on `grid`; `None` when it was given up. Where `labels` does not reach is
/// background.
fn through(
    base: &Volume,
    grid: &Grid,
    chain: &Chain,
    how: Resampling,
    labels: bool,
    handle: &Handle,
) -> Option<Volume> {
    let cancelled = handle.cancel_flag();
    let lowest = Some(summary(base).min).filter(|low| low.is_finite() && !labels);
    let volume = base.resampled_through(grid, chain, how, lowest.unwrap_or(0.0), &|part| {
        handle.set_progress(part);
        !cancelled.load(Ordering::Relaxed)
    });
    (!cancelled.load(Ordering::Relaxed)).then_some(volume)
}

fn read(path: &Path, files: FileChoices, grids: Grids<'_>) -> Result<Transform, String> {
    let read = match files.is_flirt {
        true => read_transform_as(path, TransformFormat::Flirt, Some(grids)).map(Transform::Linear),
        false => read_any_transform(path, &Report::silent()),
    };
    let transform = read.map_err(|error| error.to_string())?;
    match (files.inverse, transform) {
        (false, transform) => Ok(transform),
        (true, Transform::Linear(matrix)) => {
            let back = matrix
                .try_inverse()
                .ok_or("a singular matrix has no inverse")?;
            Ok(Transform::Linear(back))
        }
        (true, Transform::Field(_)) => Err(format!(
            "A displacement field has no inverse here; load the field of the other direction: {}",
            path.display()
        )),
    }
}
