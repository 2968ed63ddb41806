//! What a tool does, as Python lines that do the same with nibabel, numpy or SimpleITK.

use super::recipe::{Recipe, Step};
use super::slices::Stack;
use crate::app::python::{input, matrix, output};
use crate::geometry::Grid;
use crate::io::{Forms, nifti_header};
use crate::volume::{CropOrigin, Resampling, RescaleUse, Volume, VoxelType};
use serde_json::Value;
use std::ops::Range;

/// The lines for `recipe`; `before` is the image as it was, for what only its header says.
pub fn lines(recipe: &Recipe, before: Option<&Volume>) -> String {
    let [image, rest @ ..] = &recipe.images[..] else {
        return String::new();
    };
    let path = input(before.unwrap_or(image).meta());
    let other = rest
        .first()
        .map_or(String::new(), |other| input(other.meta()));
    let load = format!("image = nib.load({path:?})\n");
    let save = |what: &str| format!("nib.save(image, {:?})\n", output(&path, what));
    let nibabel = "import nibabel as nib\nimport numpy as np\n\n";
    let values = "values = np.asanyarray(image.dataobj)\n";
    match &recipe.step {
        Step::Header => {
            let edits = header(before.unwrap_or(image), image);
            format!("{nibabel}{load}{edits}{}", save("header"))
        }
        Step::Crop { ranges, origin } => {
            format!(
                "{nibabel}{load}{}{}",
                crop(ranges, *origin),
                save("cropped")
            )
        }
        Step::Center { by_mass } => {
            let center = center(*by_mass);
            format!(
                "{nibabel}{load}fixed = nib.load({other:?})\n\n{center}\
                 affine = image.affine.copy()\n\
                 affine[:3, 3] += centre(fixed) - centre(image)\n\
                 image = nib.Nifti1Image(image.dataobj, affine, image.header)\n{}",
                save("centred")
            )
        }
        Step::Resample { grid, how } => resample(&path, &other, grid, *how),
        Step::Retype { to, rescale } => {
            let retyped = retype(*to, *rescale, image);
            format!("{nibabel}{load}{retyped}{}", save("converted"))
        }
        Step::Threshold { low, high } => {
            let upper = match high.is_finite() {
                true => format!(" & (values <= {high})"),
                false => String::new(),
            };
            format!(
                "{nibabel}{load}{values}mask = ((values >= {low}){upper}).astype(np.uint8)\n\
                 image = nib.Nifti1Image(mask, image.affine)\n{}",
                save("mask")
            )
        }
        Step::Split(Some(t)) => {
            let save = save(&format!("t{t}"));
            format!("{nibabel}{load}image = image.slicer[..., {t}]\n{save}")
        }
        Step::Split(None) => {
            let name = output(&path, "t{t}");
            format!(
                "{nibabel}{load}for t, one in enumerate(nib.four_to_three(image)):\n    nib.save(one, f{name:?})\n"
            )
        }
        Step::Stack(what) => format!(
            "# nibabel and SimpleITK have no such step; the command line does the same\n\
             import subprocess\n\n\
             subprocess.run([\"warpscope\", \"convert\", {path:?}, {:?}, {}], check=True)\n",
            output(&path, "regridded"),
            match what {
                Stack::Even => "\"--uneven\", \"regrid\"",
                Stack::Split => "\"--uneven\", \"split\"",
                Stack::Upright => "\"--untilt\"",
            }
        ),
        Step::Join => {
            let paths: Vec<String> = recipe.images.iter().map(|it| input(it.meta())).collect();
            let save = save("joined");
            format!("{nibabel}image = nib.concat_images({paths:?})\n{save}")
        }
    }
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
            Value::String(text) => format!("{text:?}"),
            other => other.to_string(),
        };
        text += &format!("image.header[{name:?}] = {value}\n");
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
                 index = np.array([np.average(i, weights=weights) for i in np.indices(weights.shape)])\n"
            .to_owned(),
    };
    format!(
        "def centre(image):\n{body}    return nib.affines.apply_affine(image.affine, index)\n\n"
    )
}

fn resample(path: &str, other: &str, grid: &Grid, how: Resampling) -> String {
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
        other => format!("sitk.ReadImage({other:?}), sitk.Transform(), {method}, low"),
    };
    format!(
        "import SimpleITK as sitk\n\n\
         image = sitk.ReadImage({path:?})\n\
         low = float(sitk.GetArrayViewFromImage(image).min())\n\
         image = sitk.Resample(image, {target})\n\
         sitk.WriteImage(image, {:?})\n",
        output(path, "resampled")
    )
}

fn retype(to: Option<VoxelType>, rescale: Option<RescaleUse>, image: &Volume) -> String {
    let to = to.unwrap_or(image.data().voxel_type()).name();
    match rescale {
        Some(RescaleUse::Keep) => format!(
            "stored = image.dataobj.get_unscaled().astype(np.{to})\n\
             scale = image.dataobj.slope, image.dataobj.inter\n\
             image = nib.Nifti1Image(stored, image.affine)\n\
             image.header.set_slope_inter(*scale)\n"
        ),
        _ => format!(
            "values = np.asanyarray(image.dataobj).astype(np.{to})\n\
             image = nib.Nifti1Image(values, image.affine)\n"
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
        assert!(joined.contains("concat_images(["), "{joined}");
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
