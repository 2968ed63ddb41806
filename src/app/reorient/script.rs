//! A change of orientation as Python lines that do the same with nibabel.

use crate::app::python::{self, quoted};
use crate::geometry::Orientation;
use crate::volume::{Meta, ReorientMode};

/// The lines; nibabel reads NIfTI only, so other images are to be saved as that first.
pub fn lines(meta: &Meta, mode: ReorientMode, to: Orientation) -> String {
    let input = python::input(meta);
    let (code, from) = (to.to_code(), to.from_code());
    let output = quoted(&python::output(&input, &code));
    let input = quoted(&input);
    // Rust writes strings as Python reads them.
    let change = match mode {
        ReorientMode::Reorient => format!(
            "change = nio.ornt_transform(nio.io_orientation(image.affine), nio.axcodes2ornt({code:?}))\n\
             image.as_reoriented(change).to_filename({output})\n"
        ),
        ReorientMode::Relabel => format!(
            "affine = image.affine.copy()\n\
             affine[:3, :3] = 0\n\
             for axis, (world, sign) in enumerate(nio.axcodes2ornt({code:?})):\n    \
             affine[int(world), axis] = sign * nib.affines.voxel_sizes(image.affine)[axis]\n\
             nib.Nifti1Image(image.dataobj, affine, image.header).to_filename({output})\n"
        ),
    };
    format!(
        "import nibabel as nib\n\
         import nibabel.orientations as nio\n\n\
         image = nib.load({input})\n\
         # {code} in nibabel's spelling is {from} in ITK-SNAP's\n\
         {change}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::Format;

    #[test]
    fn the_lines_name_the_file_and_the_code() {
        let meta = Meta {
            path: Some("/data/a \"b\".nii.gz".into()),
            format: Format::Nifti1,
            ..Meta::default()
        };
        let asl = Orientation::parse_from("ASL").expect("a code");
        let text = lines(&meta, ReorientMode::Reorient, asl);
        assert!(
            text.contains(r#"nib.load("/data/a \"b\".nii.gz")"#),
            "{text}"
        );
        assert!(text.contains(r#"axcodes2ornt("PIR")"#), "{text}");
        assert!(
            text.contains(r#"to_filename("/data/a \"b\"_PIR.nii.gz")"#),
            "{text}"
        );
        let text = lines(&Meta::default(), ReorientMode::Relabel, asl);
        assert!(text.contains(r#"nib.load("image.nii.gz")"#), "{text}");
        assert!(text.contains("\n    affine[int(world), axis]"), "{text}");
    }
}
