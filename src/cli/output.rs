//! What the subcommands that write an image have in common: the file, its check and what is told of it.

use super::batch::Told;
use super::print_notices;
use crate::io::{
    CompressionLevel, IoError, Report, WriteOptions, check_image_target, json_number,
    verify_written, write_image,
};
use crate::volume::Volume;
use clap::Args;
use serde_json::{Value, json};
use std::path::Path;

/// How the image is written.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct OutputArgs {
    /// Compress the voxels of MetaImage files (.nii.gz and NRRD always are)
    #[arg(long)]
    pub compress: bool,
    /// How hard voxels are compressed: 1 is fastest, 9 makes the smallest files
    #[arg(long, value_name = "N", default_value_t)]
    pub level: CompressionLevel,
    /// Replace the file if it is there already
    #[arg(long)]
    pub force: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

impl OutputArgs {
    fn options(self) -> WriteOptions {
        WriteOptions {
            overwrite: self.force,
            compress: self.compress,
            level: self.level,
        }
    }

    /// An error when nothing can be written to `path`, before any work is done.
    pub fn check(self, path: &Path) -> Result<(), IoError> {
        check_image_target(path, self.options())
    }

    /// Writes the image, reads it back and returns what the file holds.
    pub fn save(self, volume: &Volume, path: &Path) -> Result<Volume, IoError> {
        let report = Report::silent();
        let notices = write_image(volume, path, self.options(), &report)?;
        print_notices(&notices, path);
        verify_written(volume, path, &report)
    }

    /// Writes the image, reads it back and tells what the file holds; `done` is the word for it.
    pub fn write(self, volume: &Volume, path: &Path, done: &str) -> Result<Told, IoError> {
        let written = self.save(volume, path)?;
        Ok(tell(&written, path, done))
    }
}

/// What the file or folder at `path` holds.
pub fn tell(written: &Volume, path: &Path, done: &str) -> Told {
    Told {
        text: summary(written, path, done),
        json: summary_json(written, path),
    }
}

fn summary(volume: &Volume, path: &Path, done: &str) -> String {
    let shape: Vec<String> = super::info::shape(volume)
        .iter()
        .map(usize::to_string)
        .collect();
    let spacing = volume
        .grid()
        .spacing()
        .map(|v| format!("{v:.4}"))
        .join(" x ");
    let orientation = volume.grid().orientation();
    let mut text = format!(
        "{done:<13}{}\nFormat       {}\nSize         {}, {}\nSpacing      {spacing} mm\n",
        path.display(),
        volume.meta().format.label(),
        shape.join(" x "),
        volume.data().voxel_type(),
    );
    text += &format!(
        "Orientation  {} (from) = {} (to)\n",
        orientation.from_code(),
        orientation.to_code()
    );
    for (row, values) in volume.grid().affine().row_iter().take(3).enumerate() {
        let name = if row == 0 { "Affine RAS" } else { "" };
        let values: Vec<String> = values.iter().map(|v| format!("{v:>11.4}")).collect();
        text += &format!("{name:<13}{}\n", values.join(" "));
    }
    text
}

fn summary_json(volume: &Volume, path: &Path) -> Value {
    let grid = volume.grid();
    let orientation = grid.orientation();
    let affine: Value = grid
        .affine()
        .row_iter()
        .map(|row| row.iter().copied().map(json_number).collect::<Value>())
        .collect();
    json!({
        "path": path.display().to_string(),
        "format": volume.meta().format.name(),
        "shape": super::info::shape(volume),
        "components": volume.components(),
        "dtype": volume.data().voxel_type().name(),
        "spacing_mm": grid.spacing().map(json_number),
        "affine_ras": affine,
        "orientation": { "from": orientation.from_code(), "to": orientation.to_code() },
    })
}
