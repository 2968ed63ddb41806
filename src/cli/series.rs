//! Writing a DICOM series.

use super::batch::Told;
use super::output::{OutputArgs, tell};
use super::print_notices;
use crate::io::{DicomOptions, Report, verify_written, write_dicom_series};
use crate::volume::{Modality, Volume};
use anyhow::bail;
use clap::{Args, ValueEnum};
use std::path::{MAIN_SEPARATOR, Path};

/// Options of a DICOM series.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct SeriesArgs {
    /// Write a DICOM series whatever OUT is called
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<FormatArg>,
    /// What kind of series it is; without it, the kind that the image says
    #[arg(long, value_name = "CODE", ignore_case = true)]
    pub modality: Option<ModalityArg>,
}

/// A format that no ending of a name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    Dicom,
}

/// The kinds of series that are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ModalityArg {
    #[value(name = "CT")]
    Ct,
    #[value(name = "PT", alias = "PET")]
    Pt,
    #[value(name = "MR")]
    Mr,
}

impl SeriesArgs {
    /// Whether OUT is to be a series: it is asked for, or OUT is a folder.
    pub fn is_for(&self, output: &Path) -> anyhow::Result<bool> {
        let name = output.to_string_lossy();
        let is_folder = name.ends_with(['/', MAIN_SEPARATOR]) || output.is_dir();
        let wanted = self.format.is_some() || is_folder;
        if self.modality.is_some() && !wanted {
            bail!(
                "--modality is for a DICOM series; name a folder, as {name}/, or leave it away: {}",
                output.display()
            );
        }
        Ok(wanted)
    }

    /// Writes the series, reads it back and tells what it holds.
    pub fn write(&self, volume: &Volume, folder: &Path, out: OutputArgs) -> anyhow::Result<Told> {
        let options = DicomOptions {
            modality: self.modality.map(|modality| match modality {
                ModalityArg::Ct => Modality::Ct,
                ModalityArg::Pt => Modality::Pet,
                ModalityArg::Mr => Modality::Mr,
            }),
            overwrite: out.force,
        };
        let report = Report::silent();
        let written = write_dicom_series(volume, folder, &options, &report)?;
        print_notices(&written.notices, folder);
        let read = verify_written(&written.volume, folder, &report)?;
        Ok(tell(&read, folder, "Converted"))
    }
}
