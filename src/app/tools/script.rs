//! What a tool does, as Python lines that do the same with nibabel, numpy or SimpleITK.

use super::recipe::{Recipe, Step};
use super::slices::Stack;
use crate::app::python::{input, matrix, output, quoted};
use crate::app::saving::file_name;
use crate::geometry::Grid;
use crate::io::{Forms, nifti_header};
use crate::volume::{CropOrigin, Linear, Resampling, Rescale, RescaleUse, Volume, VoxelType};
use serde_json::Value;
use std::ops::Range;

/// The lines for `recipe`; `before` is the image as it was, for what only its header says.
pub fn lines(recipe: &Recipe, before: Option<&Volume>) -> String {
    let [image, rest @ ..] = &recipe.images[..] else {
        return String::new();
    };
    let before = before.unwrap_or(image);
    let path = input(before.meta());
    let other = rest.first().map(|other| quoted(&input(other.meta())));
    let other = other.unwrap_or_default();
    let nibabel = "import nibabel as nib\nimport numpy as np\n\n";
    let load = format!("image = nib.load({})\n", quoted(&path));
    let save = |what: &str| format!("nib.save(image, {})\n", quoted(&output(&path, what)));
    // Numbers as they are stored: nibabel would make a new scale for the values.
    let keep = |edits: &str, what: &str| match *before.rescale() {
        Rescale::Uniform(linear) if linear != Linear::IDENTITY => format!(
            "{nibabel}{load}scale = image.dataobj.slope, image.dataobj.inter\n\
             image = nib.Nifti1Image(image.dataobj.get_unscaled(), image.affine, image.header)\n\
             {edits}image.header.set_slope_inter(*scale)\n{}",
            save(what)
        ),
        _ => format!("{nibabel}{load}{edits}{}", save(what)),
    };
    match &recipe.step {
        Step::Header => keep(&header(before, image), "header"),
        Step::Crop { ranges, origin } => keep(&crop(ranges, *origin), "cropped"),
        Step::Center { by_mass } => {
            let center = center(*by_mass);
            let edits = format!(
                "fixed = nib.load({other})\n\n{center}\
                 affine = image.affine.copy()\n\
                 affine[:3, 3] += centre(fixed) - centre(image)\n\
                 image = nib.Nifti1Image(image.dataobj, affine, image.header)\n"
            );
            keep(&edits, "centred")
        }
        Step::Resample { grid, how } => resample(&path, &other, image, grid, *how),
        Step::Retype { to, rescale } => {
            let retyped = retype(*to, *rescale, image);
            format!("{nibabel}{load}{retyped}{}", save("converted"))
        }
        Step::Threshold { low, high } => {
            let threshold = threshold(*low, *high, image);
            format!("{nibabel}{load}{threshold}{}", save("mask"))
        }
        Step::Split(Some(t)) => keep(
            &format!("image = image.slicer[..., {t}]\n"),
            &format!("t{t}"),
        ),
        Step::Split(None) => {
            let name = output(&path.replace('{', "{{").replace('}', "}}"), "t{t}");
            format!(
                "{nibabel}{load}for t in range(image.shape[3]):\n    nib.save(image.slicer[..., t], f{})\n",
                quoted(&name)
            )
        }
        Step::Stack(what) => stack(before, *what),
        Step::Join => {
            let paths = recipe.images.iter().map(|it| quoted(&input(it.meta())));
            let paths = paths.collect::<Vec<_>>().join(", ");
            format!(
                "{nibabel}images = [nib.load(path) for path in [{paths}]]\n\
                 arrays = [np.asanyarray(image.dataobj) for image in images]\n\
                 arrays = [a if a.ndim == 4 else a[..., np.newaxis] for a in arrays]\n\
                 image = nib.Nifti1Image(np.concatenate(arrays, axis=3), images[0].affine)\n{}",
                save("joined")
            )
        }
    }
}

fn threshold(low: f64, high: f64, image: &Volume) -> String {
    let upper = match high.is_finite() {
        true => format!(" & (values <= {high})"),
        false => String::new(),
    };
    let magnitude = match image.components() {
        1 => "",
        _ => "values = np.linalg.norm(values, axis=-1)\n",
    };
    format!(
        "values = np.asanyarray(image.dataobj)\n{magnitude}\
         mask = ((values >= {low}){upper}).astype(np.uint8)\n\
         image = nib.Nifti1Image(mask, image.affine)\n"
    )
}

/// nibabel and SimpleITK have no such step.
fn stack(image: &Volume, what: Stack) -> String {
    let path = image.meta().path.as_ref();
    let path = path.map_or("DICOM folder".to_owned(), |path| path.display().to_string());
    let option = match what {
        Stack::Even => "\"--uneven\", \"regrid\"",
        Stack::Split => "\"--uneven\", \"split\"",
        Stack::Upright => "\"--untilt\"",
    };
    let name = format!("{}_regridded.nii.gz", file_name(&image.meta().name));
    format!(
        "import subprocess\n\n\
         command = [\"warpscope\", \"convert\", {}, {}, {option}]\n\
         subprocess.run(command, check=True)\n",
        quoted(&path),
        quoted(&name)
    )
}

/// What differs between two headers, as edits of `image`.
fn header(before: &Volume, after: &Volume) -> String {
    let (old, new) = (nifti_header(before), nifti_header(after));
    let (Some(old), Some(new)) = (old, new) else {
        return String::new();
    };
    let forms = Forms::of(after);
    let mut text = String::new();
    if Forms::of(before) != forms {
        text += &format!(
            "image.set_sform({}, code={})\n",
            matrix(&forms.sform),
            forms.sform_code
        );
        text += &match forms.qform_code {
            0 => "image.set_qform(None, code=0)\n".to_owned(),
            code => format!(
                "image.set_qform({}, code={code})\n",
                matrix(&forms.qform_affine())
            ),
        };
    }
    if old.fields.get("pixdim") != new.fields.get("pixdim") {
        let count = new.fields.get("dim").and_then(|dim| dim.get(0)?.as_u64());
        let zooms = new.fields.get("pixdim").and_then(Value::as_array);
        let zooms = zooms.into_iter().flatten().skip(1);
        let zooms: Vec<String> = zooms
            .take(count.unwrap_or(3) as usize)
            .map(ToString::to_string)
            .collect();
        text += &format!("image.header.set_zooms(({}))\n", zooms.join(", "));
    }
    // They follow from the forms, or from the array.
    let follows = |name: &str| {
        ["quatern", "qoffset", "srow", "sform", "qform", "pixdim"]
            .iter()
            .any(|start| name.starts_with(start))
    };
    for (name, value) in &new.fields {
        if old.fields.get(name) == Some(value) || follows(name) {
            continue;
        }
        let value = match value {
            Value::String(text) => quoted(text),
            other => other.to_string(),
        };
        text += &format!("image.header[{}] = {value}\n", quoted(name));
    }
    text
}

fn crop([x, y, z]: &[Range<usize>; 3], origin: CropOrigin) -> String {
    let slices = format!(
        "{}:{}, {}:{}, {}:{}",
        x.start, x.end, y.start, y.end, z.start, z.end
    );
    match origin {
        CropOrigin::Moved => format!("image = image.slicer[{slices}]\n"),
        CropOrigin::Kept => format!(
            "# The affine is that of the whole image: the box lies elsewhere\n\
             image = nib.Nifti1Image(image.dataobj[{slices}], image.affine, image.header)\n"
        ),
    }
}

fn center(by_mass: bool) -> String {
    let body = match by_mass {
        false => "    index = (np.array(image.shape[:3]) - 1) / 2\n".to_owned(),
        true => "    weights = image.get_fdata() - image.get_fdata().min()\n    \
                 weights = weights.reshape(*weights.shape[:3], -1).sum(axis=3)\n    \
                 index = np.array([np.average(i, weights=weights) for i in np.indices(weights.shape)])\n"
            .to_owned(),
    };
    format!(
        "def centre(image):\n{body}    return nib.affines.apply_affine(image.affine, index)\n\n"
    )
}

fn resample(path: &str, other: &str, image: &Volume, grid: &Grid, how: Resampling) -> String {
    let method = match how {
        Resampling::Nearest => "sitk.sitkNearestNeighbor",
        Resampling::Linear => "sitk.sitkLinear",
        Resampling::Cubic => "sitk.sitkBSpline",
    };
    let target = match other {
        "" => {
            let list = |numbers: [f64; 3]| {
                let texts = numbers.map(|v| (v + 0.0).to_string());
                format!("[{}]", texts.join(", "))
            };
            let direction: Vec<String> = grid
                .direction_lps()
                .transpose()
                .iter()
                .map(|v| (v + 0.0).to_string())
                .collect();
            format!(
                "{:?}, sitk.Transform(), {method}, {}, {}, [{}], low",
                grid.shape(),
                list(grid.origin_lps()),
                list(grid.spacing()),
                direction.join(", ")
            )
        }
        other => format!("sitk.ReadImage({other}), sitk.Transform(), {method}, low"),
    };
    let times = match image.time_points() {
        1 => "",
        _ => "# SimpleITK resamples 3D images: split the 4D one, and join the results\n",
    };
    format!(
        "import SimpleITK as sitk\n\n{times}\
         image = sitk.ReadImage({})\n\
         low = float(sitk.GetArrayViewFromImage(image).min())\n\
         image = sitk.Resample(image, {target})\n\
         sitk.WriteImage(image, {})\n",
        quoted(path),
        quoted(&output(path, "resampled"))
    )
}

fn retype(to: Option<VoxelType>, rescale: Option<RescaleUse>, image: &Volume) -> String {
    let to = to.unwrap_or(image.data().voxel_type());
    let name = to.name();
    let is_whole = !matches!(to, VoxelType::F32 | VoxelType::F64);
    let number = |array: &str| match is_whole {
        true => format!("np.rint({array}).astype(np.{name})"),
        false => format!("{array}.astype(np.{name})"),
    };
    let made =
        format!("image = nib.Nifti1Image(numbers, image.affine, image.header, dtype=np.{name})\n");
    match rescale {
        Some(RescaleUse::Keep) if *image.rescale() != Rescale::IDENTITY => format!(
            "numbers = {}\n\
             scale = image.dataobj.slope, image.dataobj.inter\n\
             {made}image.header.set_slope_inter(*scale)\n",
            number("image.dataobj.get_unscaled()")
        ),
        _ => format!(
            "numbers = {}\n{made}",
            number("np.asanyarray(image.dataobj)")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phantom;

    fn text(step: Step, images: usize) -> String {
        let (a, b) = phantom::cine_pair();
        let images = [a, b].into_iter().take(images).collect();
        lines(&Recipe { images, step }, None)
    }

    #[test]
    fn a_crop_is_nibabels_slicer() {
        let ranges = [103..381, 160..340, 0..175];
        let step = |origin| Step::Crop {
            ranges: ranges.clone(),
            origin,
        };
        let moved = text(step(CropOrigin::Moved), 1);
        assert!(
            moved.contains("image.slicer[103:381, 160:340, 0:175]"),
            "{moved}"
        );
        let kept = text(step(CropOrigin::Kept), 1);
        assert!(kept.contains("image.affine, image.header)"), "{kept}");
    }

    #[test]
    fn an_edited_header_names_forms_and_fields_that_changed_and_no_others() {
        let (image, _) = phantom::cine_pair();
        let mut forms = Forms::of(&image);
        forms.qform_code = 0;
        forms.sform_code = 1;
        let placed = forms.place(&image).expect("placed");
        let edited = crate::io::with_header_field(&placed, "descrip", "left \"lung\"");
        let recipe = Recipe {
            images: vec![edited.expect("a field")],
            step: Step::Header,
        };
        let text = lines(&recipe, Some(&image));
        assert!(text.contains("set_qform(None, code=0)"), "{text}");
        assert!(
            text.contains(r#"image.header["descrip"] = "left \"lung\"""#),
            "{text}"
        );
        assert_eq!(text.matches("image.header[").count(), 1, "{text}");
    }

    #[test]
    fn joined_images_come_in_their_order() {
        let joined = text(Step::Join, 2);
        let [a, b] = ["Sample cine inhale", "Sample cine exhale"];
        let paths = format!("[\"{a}.nii.gz\", \"{b}.nii.gz\"]");
        assert!(joined.contains(&paths), "{joined}");
        let mask = text(
            Step::Threshold {
                low: -500.0,
                high: f64::INFINITY,
            },
            1,
        );
        assert!(mask.contains("(values >= -500)).astype"), "{mask}");
    }
}
