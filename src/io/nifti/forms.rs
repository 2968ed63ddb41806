//! The two ways in which a NIfTI header places an image, sform and qform, to be edited apart.

use super::nifti_header;
use super::placement::{QForm, difference, grid_of};
use crate::geometry::Grid;
use crate::volume::{Meta, NoticeKind, Volume};
use nalgebra::Matrix4;

/// Both forms with their codes (nifti1.h: 0 unknown, 1 scanner, 2 aligned, 3 Talairach, 4 MNI,
/// 5 other template).
#[derive(Clone, Debug, PartialEq)]
pub struct Forms {
    pub sform_code: i64,
    /// Index to RAS mm.
    pub sform: Matrix4<f64>,
    pub qform_code: i64,
    pub qform: QForm,
    /// Voxel edges in mm: pixdim 1 to 3, which belong to the qform.
    pub pixdim: [f64; 3],
}

/// Why two forms place no image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormsError {
    #[error(
        "with both codes 0 nothing says where the image lies, and every program guesses; give one a code above 0"
    )]
    NoForm,
    #[error("the sform is no placement: its columns lie in a plane, or a number is not finite")]
    SingularSform,
    #[error("the qform is no placement: voxel sizes must be above 0, and b² + c² + d² at most 1")]
    NoRotation,
    #[error("a qform holds a rotation and voxel sizes only; this sform is sheared")]
    Sheared,
}

impl Forms {
    /// The forms of a file of `volume`.
    pub fn of(volume: &Volume) -> Self {
        let grid = volume.grid();
        let header = nifti_header(volume);
        let code = |name: &str| {
            let value = header.as_ref().and_then(|it| it.fields.get(name)?.as_i64());
            value.unwrap_or(0)
        };
        let by_qform = own_qform(volume).unwrap_or(*grid);
        Self {
            sform_code: code("sform_code"),
            sform: *grid.affine(),
            qform_code: code("qform_code"),
            qform: QForm::of(&by_qform).unwrap_or_default(),
            pixdim: by_qform.spacing(),
        }
    }

    /// What the qform places, in RAS mm.
    pub fn qform_affine(&self) -> Matrix4<f64> {
        self.qform.affine(self.pixdim)
    }

    /// The qform of the sform's place.
    pub fn copy_to_qform(&mut self, shape: [usize; 3]) -> Result<(), FormsError> {
        let grid = grid_of(shape, self.sform).ok_or(FormsError::SingularSform)?;
        self.qform = QForm::of(&grid).ok_or(FormsError::Sheared)?;
        self.pixdim = grid.spacing();
        self.qform_code = self.sform_code.max(1);
        Ok(())
    }

    /// The sform of the qform's place.
    pub fn copy_to_sform(&mut self) {
        self.sform = self.qform_affine();
        self.sform_code = self.qform_code.max(1);
    }

    /// The form that readers use, as nibabel does: the sform where its code is above 0.
    pub fn affine(&self) -> Matrix4<f64> {
        match self.sform_code {
            0 => self.qform_affine(),
            _ => self.sform,
        }
    }

    /// Puts the first voxel at `origin` in RAS mm, in both forms.
    pub fn set_origin(&mut self, origin: [f64; 3]) {
        self.sform
            .fixed_view_mut::<3, 1>(0, 3)
            .copy_from_slice(&origin);
        self.qform.offset = origin;
    }

    /// Gives the voxels other edges in mm, in both forms; the first voxel stays.
    pub fn set_spacing(&mut self, spacing: [f64; 3]) {
        for (axis, new) in spacing.into_iter().enumerate() {
            let mut column = self.sform.fixed_view_mut::<3, 1>(0, axis);
            let old = column.norm();
            column.scale_mut(new / old);
        }
        self.pixdim = spacing;
    }

    /// Multiplies all lengths, in both forms.
    pub fn scale(&mut self, factor: f64) {
        self.sform.fixed_view_mut::<3, 4>(0, 0).scale_mut(factor);
        self.qform.offset = self.qform.offset.map(|place| place * factor);
        self.pixdim = self.pixdim.map(|edge| edge * factor);
    }

    fn grid(&self, shape: [usize; 3]) -> Result<Grid, FormsError> {
        let [b, c, d] = self.qform.quatern;
        let turns = b * b + c * c + d * d <= 1.0 + 1e-6;
        let has_edges = self.pixdim.iter().all(|edge| *edge > 0.0);
        if self.qform_code > 0 && !(turns && has_edges) {
            return Err(FormsError::NoRotation);
        }
        match (self.sform_code, self.qform_code) {
            (0, 0) => Err(FormsError::NoForm),
            (0, _) => grid_of(shape, self.qform_affine()).ok_or(FormsError::NoRotation),
            _ => grid_of(shape, self.sform).ok_or(FormsError::SingularSform),
        }
    }

    /// `volume` with these forms in its header, and where they place it.
    pub fn place(&self, volume: &Volume) -> Result<Volume, FormsError> {
        let shape = volume.grid().shape();
        let grid = self.grid(shape)?;
        let mut meta = Meta {
            nifti: nifti_header(volume),
            ..volume.meta().clone()
        };
        let used = |code: i64, form| (code > 0).then_some(form);
        if let Some(nifti) = &mut meta.nifti {
            for (name, code) in [
                ("sform_code", self.sform_code),
                ("qform_code", self.qform_code),
            ] {
                nifti.fields.insert(name.to_owned(), code.into());
            }
            nifti.sform = used(self.sform_code, self.sform);
            nifti.qform = used(self.qform_code, self.qform_affine());
        }
        meta.notices.retain(|notice| {
            !matches!(
                notice.kind,
                NoticeKind::FormsDiffer | NoticeKind::NoGeometry | NoticeKind::GeometryRepaired
            )
        });
        if self.sform_code > 0 && self.qform_code > 0 {
            let by_qform = grid_of(shape, self.qform_affine());
            meta.notices
                .extend(by_qform.and_then(|by_qform| difference(&grid, &by_qform)));
        }
        let placed = volume.with_meta(meta).moved_to(grid);
        placed.map_err(|_| FormsError::SingularSform)
    }
}

/// The place that the header's qform gives, where the sform gives another one and the image lies where
/// the sform says: it has not been moved since its header was read.
pub(super) fn own_qform(volume: &Volume) -> Option<Grid> {
    let nifti = volume.meta().nifti.as_ref()?;
    let shape = volume.grid().shape();
    let [by_sform, by_qform] = [nifti.sform?, nifti.qform?].map(|form| grid_of(shape, form));
    let (by_sform, by_qform) = (by_sform?, by_qform?);
    let is_at_sform = difference(&by_sform, volume.grid()).is_none();
    (is_at_sform && difference(&by_sform, &by_qform).is_some()).then_some(by_qform)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::{Meta, Rescale, Voxel as _};
    use ndarray::Array5;

    fn volume() -> Volume {
        let mut affine = Matrix4::identity();
        affine[(0, 0)] = -2.0;
        affine[(0, 3)] = 30.0;
        let grid = Grid::new([4, 5, 6], affine).expect("a grid");
        let voxels = i16::wrap(Array5::zeros((1, 6, 5, 4, 1)));
        Volume::new(grid, voxels, Rescale::IDENTITY, Meta::default()).expect("fits")
    }

    #[test]
    fn an_image_lies_where_the_sform_says_and_where_the_qform_says_without_one() {
        let image = volume();
        let mut forms = Forms::of(&image);
        forms.sform[(1, 3)] = 7.0;
        let placed = forms.place(&image).expect("placed");
        assert_eq!(placed.grid().affine()[(1, 3)], 7.0);
        assert_eq!(placed.meta().notices[0].kind, NoticeKind::FormsDiffer);
        forms.sform_code = 0;
        let placed = forms.place(&placed).expect("placed");
        assert_eq!(placed.grid().affine()[(1, 3)], 0.0);
        assert!(placed.meta().notices.is_empty());
        forms.qform_code = 0;
        assert_eq!(forms.place(&image).err(), Some(FormsError::NoForm));
    }

    #[test]
    fn forms_are_copied_onto_each_other() {
        let mut forms = Forms::of(&volume());
        forms.set_origin([1.0, 2.0, 3.0]);
        forms.sform[(2, 3)] = 9.0;
        forms.copy_to_qform([4, 5, 6]).expect("no shear");
        assert_eq!(forms.qform_affine(), forms.sform);
        forms.qform.offset[0] = -4.0;
        forms.copy_to_sform();
        assert_eq!(forms.sform[(0, 3)], -4.0);
        forms.sform[(0, 1)] = 0.5;
        let error = forms.copy_to_qform([4, 5, 6]);
        assert_eq!(error, Err(FormsError::Sheared));
    }

    #[test]
    fn another_unit_scales_each_form_for_itself() {
        let mut forms = Forms::of(&volume());
        forms.qform.offset = [50.0, 0.0, 0.0];
        forms.scale(0.001);
        assert_eq!(forms.sform[(0, 3)], 0.03);
        assert_eq!(forms.qform.offset, [0.05, 0.0, 0.0]);
        assert_eq!(forms.pixdim, [0.002, 0.001, 0.001]);
    }

    #[test]
    fn a_spacing_changes_the_length_of_the_columns_and_leaves_the_origin() {
        let mut forms = Forms::of(&volume());
        forms.set_spacing([4.0, 1.0, 0.5]);
        let placed = forms.place(&volume()).expect("placed");
        assert_eq!(placed.grid().spacing(), [4.0, 1.0, 0.5]);
        assert_eq!(placed.grid().affine()[(0, 0)], -4.0);
        assert_eq!(placed.grid().affine()[(0, 3)], 30.0);
        forms.sform.column_mut(1).fill(0.0);
        assert_eq!(
            forms.place(&volume()).err(),
            Some(FormsError::SingularSform)
        );
    }
}
