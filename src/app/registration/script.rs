//! A run as a Python script that repeats it.

use super::run::Task;
use crate::registration::{Forces, SigmaUnits};
use crate::volume::{Format, Volume};

const SCRIPT: &str = include_str!("script.py.txt");

/// The algorithm in numpy and scipy with the parameters of `task`; needs nibabel, or Pillow for
/// pictures, to read the images.
pub fn script(task: &Task) -> String {
    let params = &task.params;
    let grid = task.target.grid();
    let dimensions = if grid.shape()[2] == 1 { 2 } else { 3 };
    let sigma = |sigma: f64| {
        let each = grid.spacing().into_iter().take(dimensions);
        let each = each.map(|spacing| match params.sigma_units {
            SigmaUnits::Voxel => sigma,
            SigmaUnits::Mm => sigma / spacing,
        });
        let each: Vec<String> = each.map(|sigma| sigma.to_string()).collect();
        format!("[{}]", each.join(", "))
    };
    let truth = |on: bool| if on { "True" } else { "False" };
    let iterations: Vec<usize> = (1..=params.levels)
        .map(|n| params.iterations_of(n))
        .collect();
    let gradient = match params.forces {
        Forces::Symmetric => "\"both\"",
        Forces::Course if params.target_gradient => "\"target\"",
        Forces::Course => "\"warped\"",
    };
    let weight = params.max_step.map_or(1.0, |step| 0.25 / (step * step));
    [
        ("{images}", images(task)),
        ("{sigma_elastic}", sigma(params.sigma_elastic)),
        ("{sigma_fluid}", sigma(params.sigma_fluid)),
        (
            "{in_mm}",
            truth(params.sigma_units == SigmaUnits::Mm).to_owned(),
        ),
        ("{levels}", params.levels.to_string()),
        ("{iterations}", format!("{iterations:?}")),
        ("{composition}", truth(params.composition).to_owned()),
        ("{gradient}", gradient.to_owned()),
        ("{weight}", weight.to_string()),
        ("{diffeomorphic}", truth(params.diffeomorphic).to_owned()),
        ("{check_msd}", truth(params.check_msd).to_owned()),
    ]
    .into_iter()
    .fold(SCRIPT.to_owned(), |script, (name, value)| {
        script.replace(name, &value)
    })
}

/// How the two images are read.
fn images(task: &Task) -> String {
    let (source, target) = (&task.source, &task.target);
    let raster = |volume: &Volume| {
        matches!(
            volume.meta().format,
            Format::Png | Format::Jpeg | Format::Tiff
        )
    };
    let path = |volume: &Volume, role: &str| match &volume.meta().path {
        Some(path) if path.is_file() => format!("{:?}", path.to_string_lossy()),
        _ => format!("\"{role}.nii.gz\"  # File > Save image as"),
    };
    let (read, library) = if raster(target) {
        (
            "np.flip(np.asarray(Image.open(path).convert(\"L\"), float).T, 1)  # x to the right, y up",
            "from PIL import Image",
        )
    } else {
        (
            "np.squeeze(nib.load(path).get_fdata())",
            "import nibabel as nib",
        )
    };
    let same = if source.grid().same_as(target.grid()) {
        ""
    } else {
        "# The images lie on different grids: resample the source onto the target's first.\n"
    };
    let masked = if task.mask.is_some() {
        "# The run counted only what lies in a mask; here all voxels count.\n"
    } else {
        ""
    };
    format!(
        "{library}\n\n\ndef read(path):\n    return {read}\n\n\n{same}{masked}source_path = {}\ntarget_path = {}\nsource_full, target_full = read(source_path), read(target_path)",
        path(source, "source"),
        path(target, "target"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phantom::cine_pair;
    use crate::registration::Params;

    #[test]
    fn the_script_has_the_parameters_of_the_run_and_no_gap() {
        let (source, target) = cine_pair();
        let params = Params {
            sigma_elastic: 1.5,
            composition: true,
            max_iterations: vec![50, 40, 30],
            ..Params::default()
        };
        let mask = None;
        let script = script(&Task {
            recording_bytes: 0,
            source,
            target,
            mask,
            params,
        });
        for line in [
            "sigma_elastic = [1.5, 1.5]",
            "max_iterations = [50, 40, 30]",
            "composition = True",
            "gradient_of = \"warped\"",
        ] {
            assert!(script.contains(line), "{line} is missing in\n{script}");
        }
        for name in ["{images}", "{levels}", "{weight}", "{check_msd}"] {
            assert!(!script.contains(name), "{name} was left");
        }
    }
}
