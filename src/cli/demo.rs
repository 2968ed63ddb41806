//! `warpscope demo --write`: the sample study as files, with its true motion.

use super::json_text::lines;
use super::{print, say};
use crate::io::{
    DicomOptions, IoError, Report, WriteOptions, check_series_target, replace_folder,
    verify_written, write_dicom_series, write_image,
};
use crate::phantom::{BreathingPair, Study, breathing_pair, cine_pair, study};
use crate::volume::{DicomMeta, DicomTag, Suv, Volume};
use dicom_dictionary_std::tags;
use dicom_object::Tag;
use serde_json::json;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

const README: &str = "README.txt";

/// What is written, and what it is.
const PARTS: [(&str, &str); 9] = [
    ("ct.nii.gz", "CT of the chest, breathed in, HU"),
    (
        "pet.nii.gz",
        "PET of the same patient on its own grid, Bq/ml",
    ),
    ("ct", "the CT as a DICOM series"),
    (
        "pet",
        "the PET as a DICOM series, with a scale for each slice",
    ),
    (
        "inhale.nii.gz",
        "chest CT breathed in: the source (moving) image",
    ),
    (
        "exhale.nii.gz",
        "the same chest breathed out: the target (fixed) image",
    ),
    (
        "displacement.nii.gz",
        "the true motion u in LPS mm (vector image, intent 1007), from a point x of exhale to the same \
         tissue in inhale: exhale(x) = inhale(x + u(x)) inside the patient, but for noise",
    ),
    ("cine-inhale.nii.gz", "coronal cine MR frame, breathed in"),
    ("cine-exhale.nii.gz", "the same slice breathed out"),
];

const TITLE: &str = "The sample study of warpscope";

/// Writes all of it into `folder`, which is there whole or not at all.
pub fn write(folder: &Path, force: bool, as_json: bool) -> anyhow::Result<()> {
    let free = |folder: &Path| check(folder, force);
    free(folder)?;
    replace_folder(folder, free, fill)?;
    let shown = |name: &str| folder.join(name).display().to_string();
    let text = if as_json {
        let files = PARTS.map(|(name, what)| json!({ "path": shown(name), "what": what }));
        let folder = folder.display().to_string();
        lines(&json!({ "folder": folder, "readme": shown(README), "files": files }))
    } else {
        format!("Written      {}\n{}", folder.display(), listing())
    };
    print(&text)
}

/// An error when something lies in the folder. With `force` it may be a sample study, whole or in part.
fn check(folder: &Path, force: bool) -> Result<(), IoError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(|error| IoError::io(folder, error))?,
    };
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    let names: Result<Vec<String>, _> = entries.map(|entry| entry.map(name)).collect();
    let names = names.map_err(|error| IoError::io(folder, error))?;
    if names.is_empty() {
        return Ok(());
    }
    if !force {
        return Err(IoError::Exists {
            path: folder.to_owned(),
        });
    }
    let readme = fs::read_to_string(folder.join(README)).unwrap_or_default();
    let known = |name: &String| name == README || PARTS.iter().any(|(part, _)| part == name);
    let held = match names.iter().find(|name| !known(name)) {
        Some(stranger) => Some(stranger.as_str()),
        None if readme.starts_with(TITLE) => None,
        None => Some("other files of the same names"),
    };
    if let Some(held) = held {
        let what = format!("replacing a folder that holds {held}");
        return Err(IoError::unsupported(folder, what, "name another folder"));
    }
    let series = names.iter().map(|name| folder.join(name));
    series
        .filter(|path| path.is_dir())
        .try_for_each(|path| check_series_target(&path, true))
}

fn fill(folder: &Path) -> Result<(), IoError> {
    let Study { ct, pet } = study();
    image(&ct, folder, "ct.nii.gz")?;
    image(&pet, folder, "pet.nii.gz")?;
    series(&ct, folder, "ct")?;
    series(&pet, folder, "pet")?;
    let BreathingPair {
        inhale,
        exhale,
        displacement,
    } = breathing_pair();
    image(&inhale, folder, "inhale.nii.gz")?;
    image(&exhale, folder, "exhale.nii.gz")?;
    image(&displacement, folder, "displacement.nii.gz")?;
    let (inhale, exhale) = cine_pair();
    image(&inhale, folder, "cine-inhale.nii.gz")?;
    image(&exhale, folder, "cine-exhale.nii.gz")?;
    let readme = folder.join(README);
    fs::write(&readme, format!("{TITLE}\n\n{}", explanation())).map_err(|source| IoError::Write {
        path: readme,
        source,
    })
}

fn image(volume: &Volume, folder: &Path, name: &str) -> Result<(), IoError> {
    let path = folder.join(name);
    let report = Report::silent();
    for notice in write_image(volume, &path, WriteOptions::default(), &report)? {
        say(&format!("{notice}: {name}"));
    }
    verify_written(volume, &path, &report).map(|_| ())
}

fn series(volume: &Volume, folder: &Path, name: &str) -> Result<(), IoError> {
    let path = folder.join(name);
    let report = Report::silent();
    let patient = sample_patient(volume);
    let written = write_dicom_series(&patient, &path, &DicomOptions::default(), &report)?;
    for notice in &written.notices {
        say(&format!("{notice}: {name}"));
    }
    verify_written(&written.volume, &path, &report).map(|_| ())
}

/// The same patient, study and frame of reference for every series, so that they lie on each other.
fn sample_patient(volume: &Volume) -> Volume {
    const WEIGHT_KG: f64 = 75.0;
    let mut listed = vec![
        element(0, tags::PATIENT_NAME, "Sample^Chest"),
        element(0, tags::PATIENT_ID, "WARPSCOPE-SAMPLE"),
        element(0, tags::PATIENT_POSITION, "HFS"),
        element(0, tags::PATIENT_WEIGHT, WEIGHT_KG.to_string()),
        element(0, tags::STUDY_DESCRIPTION, TITLE),
        element(
            0,
            tags::STUDY_INSTANCE_UID,
            "2.25.193052874361957720415339863127412508716",
        ),
        element(
            0,
            tags::FRAME_OF_REFERENCE_UID,
            "2.25.88126340975116240359420876514203964571",
        ),
        element(0, tags::MANUFACTURER, "warpscope"),
    ];
    if let Suv::Factor(factor) = volume.meta().suv {
        let dose = (WEIGHT_KG * 1000.0 / factor).round();
        listed.extend([
            element(0, tags::CORRECTED_IMAGE, "DECY\\ATTN\\SCAT"),
            // Of the dose as it was given, so no time is needed.
            element(0, tags::DECAY_CORRECTION, "ADMIN"),
            element(0, tags::DECAY_FACTOR, "1"),
            element(0, tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE, "1 item"),
            element(1, tags::RADIOPHARMACEUTICAL, "FDG"),
            element(1, tags::RADIONUCLIDE_TOTAL_DOSE, dose.to_string()),
            element(1, tags::RADIONUCLIDE_HALF_LIFE, "6586.2"),
        ]);
    }
    let mut meta = volume.meta().clone();
    meta.dicom = Some(DicomMeta {
        tags: listed,
        ..DicomMeta::default()
    });
    volume.with_meta(meta)
}

fn element(depth: usize, tag: Tag, value: impl Into<String>) -> DicomTag {
    DicomTag {
        depth,
        group: tag.group(),
        element: tag.element(),
        vr: String::new(),
        name: String::new(),
        value: value.into(),
    }
}

fn listing() -> String {
    let line = |(name, what): (&str, &str)| format!("{name:<21}{what}\n");
    PARTS.map(line).concat()
}

fn explanation() -> String {
    format!(
        "{}\nMade by formula; no patient was scanned. CT, PET and the breathing pair share one world \
         (RAS mm in NIfTI).\nTo find the motion again:\n\n  warpscope demons --source inhale.nii.gz \
         --target exhale.nii.gz --field found.nii.gz\n\nand compare found.nii.gz with \
         displacement.nii.gz.\n",
        listing()
    )
}
