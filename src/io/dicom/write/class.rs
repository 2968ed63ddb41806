//! Which kind of DICOM image a volume becomes.

use super::Refusal;
use crate::volume::{Content, Modality, Notice, NoticeKind, Volume, VoxelType};
use dicom_dictionary_std::uids;

/// A storage class (PS3.4, B.5) of single-frame images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Ct,
    Pet,
    Mr,
    /// A secondary capture, which claims nothing of how the image was made: the only class for colour
    /// and for scans of unknown kind. Holds DICOM's modality code.
    Capture(String),
}

impl Class {
    /// `asked` goes before what the image says.
    pub fn of(
        volume: &Volume,
        asked: Option<&Modality>,
        notices: &mut Vec<Notice>,
    ) -> Result<Self, Refusal> {
        let meta = volume.meta();
        let stored = volume.data().voxel_type();
        match (meta.content, volume.components()) {
            (Content::Color, 3) if stored == VoxelType::U8 => {
                return match asked {
                    Some(_) => Err((
                        "a colour image as CT, PET or MR".to_owned(),
                        "leave the modality away",
                    )),
                    None => Ok(Self::Capture(capture_code(&meta.modality))),
                };
            }
            (_, 1) => {}
            (_, components) => {
                return Err((
                    format!("an image of {components} components of {stored} as DICOM"),
                    "save it as NIfTI, MetaImage or NRRD",
                ));
            }
        }
        Ok(match asked.unwrap_or(&meta.modality) {
            Modality::Ct => Self::Ct,
            Modality::Pet => Self::Pet,
            Modality::Mr => Self::Mr,
            other => {
                let code = capture_code(other);
                notices.push(Notice::new(
                    NoticeKind::Other,
                    format!(
                        "the image is not known to be CT, PET or MR, so it is written as secondary \
                         captures with the modality {code}; name a modality to get a series of its own"
                    ),
                ));
                Self::Capture(code)
            }
        })
    }

    pub fn sop_class(&self) -> &'static str {
        match self {
            Self::Ct => uids::CT_IMAGE_STORAGE,
            Self::Pet => uids::POSITRON_EMISSION_TOMOGRAPHY_IMAGE_STORAGE,
            Self::Mr => uids::MR_IMAGE_STORAGE,
            Self::Capture(_) => uids::SECONDARY_CAPTURE_IMAGE_STORAGE,
        }
    }

    /// DICOM's Modality.
    pub fn code(&self) -> &str {
        match self {
            Self::Ct => "CT",
            Self::Pet => "PT",
            Self::Mr => "MR",
            Self::Capture(code) => code,
        }
    }

    /// ImageType: the third value is defined for each class.
    pub fn image_type(&self) -> &'static str {
        match self {
            Self::Ct => "DERIVED\\PRIMARY\\AXIAL",
            Self::Pet | Self::Capture(_) => "DERIVED\\PRIMARY",
            Self::Mr => "DERIVED\\PRIMARY\\OTHER",
        }
    }
}

/// CT, PT and MR would promise more than a capture holds.
fn capture_code(modality: &Modality) -> String {
    match modality {
        Modality::Other(code) if !code.is_empty() && code.len() <= 16 => code.clone(),
        _ => "OT".to_owned(),
    }
}
