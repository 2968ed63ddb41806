//! What is known of an image beside its voxels and grid.

use super::Reorientation;
use nalgebra::Matrix4;
use std::fmt;
use std::path::PathBuf;

/// The file format an image came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// Made here, not read.
    #[default]
    Memory,
    Nifti1,
    Nifti2,
    Analyze,
    Dicom,
    MetaImage,
    Nrrd,
    Gipl,
    Vtk,
    Png,
    Jpeg,
    Tiff,
}

impl Format {
    /// The name in `info --json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Nifti1 => "nifti1",
            Self::Nifti2 => "nifti2",
            Self::Analyze => "analyze",
            Self::Dicom => "dicom",
            Self::MetaImage => "metaimage",
            Self::Nrrd => "nrrd",
            Self::Gipl => "gipl",
            Self::Vtk => "vtk",
            Self::Png => "png",
            Self::Jpeg => "jpeg",
            Self::Tiff => "tiff",
        }
    }

    /// The name people use.
    pub fn label(self) -> &'static str {
        match self {
            Self::Memory => "in memory",
            Self::Nifti1 => "NIfTI-1",
            Self::Nifti2 => "NIfTI-2",
            Self::Analyze => "Analyze 7.5",
            Self::Dicom => "DICOM",
            Self::MetaImage => "MetaImage",
            Self::Nrrd => "NRRD",
            Self::Gipl => "GIPL",
            Self::Vtk => "VTK",
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Tiff => "TIFF",
        }
    }
}

/// What the components of a voxel mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Content {
    /// One number a voxel.
    #[default]
    Scalar,
    /// Three or four components: red, green, blue and perhaps alpha, 0 to 255 (or 65535).
    Color,
    /// Components of a vector.
    Vector,
}

/// What kind of scan it is; decides units, window presets and the proposed colour map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Modality {
    Ct,
    Pet,
    Mr,
    /// Any other DICOM modality code.
    Other(String),
    #[default]
    Unknown,
}

impl Modality {
    /// From DICOM's Modality (0008,0060).
    pub fn from_code(code: &str) -> Self {
        match code.trim() {
            "CT" => Self::Ct,
            "PT" | "PET" => Self::Pet,
            "MR" => Self::Mr,
            "" => Self::Unknown,
            other => Self::Other(other.to_owned()),
        }
    }

    /// DICOM's code, empty when unknown.
    pub fn code(&self) -> &str {
        match self {
            Self::Ct => "CT",
            Self::Pet => "PT",
            Self::Mr => "MR",
            Self::Other(code) => code,
            Self::Unknown => "",
        }
    }
}

/// The kinds of remark a reader makes about a file it could read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    UnevenSpacing,
    SlicesBeside,
    MissingSlices,
    Duplicate,
    GantryTilt,
    FormsDiffer,
    UnitsConverted,
    WrongExtension,
    NoGeometry,
    GeometryRepaired,
    ScalingIgnored,
    ComplexMagnitude,
    TypeConverted,
    DimensionsFolded,
    LossyCompression,
    Resolution,
    MixedSeries,
    Suv,
    Reoriented,
    Other,
}

impl NoticeKind {
    /// The word in `info --json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::UnevenSpacing => "uneven-spacing",
            Self::SlicesBeside => "slices-beside",
            Self::MissingSlices => "missing-slices",
            Self::Duplicate => "duplicate",
            Self::GantryTilt => "gantry-tilt",
            Self::FormsDiffer => "forms-differ",
            Self::UnitsConverted => "units-converted",
            Self::WrongExtension => "wrong-extension",
            Self::NoGeometry => "no-geometry",
            Self::GeometryRepaired => "geometry-repaired",
            Self::ScalingIgnored => "scaling-ignored",
            Self::ComplexMagnitude => "complex-magnitude",
            Self::TypeConverted => "type-converted",
            Self::DimensionsFolded => "dimensions-folded",
            Self::LossyCompression => "lossy-compression",
            Self::Resolution => "resolution",
            Self::MixedSeries => "mixed-series",
            Self::Suv => "suv",
            Self::Reoriented => "reoriented",
            Self::Other => "other",
        }
    }
}

/// One remark: done, but not quite as a user may think. Never holds patient data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub kind: NoticeKind,
    /// One sentence.
    pub text: String,
}

impl Notice {
    pub fn new(kind: NoticeKind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
        }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A named display window, as DICOM stores it.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedWindow {
    pub name: String,
    pub center: f64,
    pub width: f64,
}

impl NamedWindow {
    /// Lowest and highest value shown.
    pub fn range(&self) -> (f64, f64) {
        (
            self.center - self.width / 2.0,
            self.center + self.width / 2.0,
        )
    }
}

/// Standardised uptake value by body weight, or why it cannot be computed.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Suv {
    /// Not a PET image.
    #[default]
    None,
    /// SUV = value in Bq/ml times `factor` (g/Bq).
    Factor(f64),
    /// What the header lacks, as a sentence.
    Missing(String),
}

/// The NIfTI header as it was stored.
#[derive(Clone, Debug, PartialEq)]
pub struct NiftiMeta {
    /// Every field under its NIfTI name, in file order.
    pub fields: serde_json::Map<String, serde_json::Value>,
    /// Index to RAS mm, when its code is above 0.
    pub sform: Option<Matrix4<f64>>,
    /// Index to RAS mm, when its code is above 0.
    pub qform: Option<Matrix4<f64>>,
}

impl NiftiMeta {
    /// Lets the header count at most so many dimensions: an image made of this one has no more.
    pub(super) fn limit_dimensions(&mut self, most: u64) {
        let count = self.fields.get_mut("dim").and_then(|dim| dim.get_mut(0));
        if let Some(count) = count.filter(|count| count.as_u64() > Some(most)) {
            *count = most.into();
        }
    }
}

/// One DICOM element, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DicomTag {
    /// Nesting depth in sequences; 0 at the top.
    pub depth: usize,
    pub group: u16,
    pub element: u16,
    pub vr: String,
    pub name: String,
    pub value: String,
}

/// Attributes that tell who the patient is, or lead there: those of the basic confidentiality profile
/// (DICOM PS3.15, table E.1-1) that name a person, a number given to one, or where they live.
const IDENTIFYING: [(u16, u16); 28] = [
    (0x0008, 0x0050),
    (0x0008, 0x0080),
    (0x0008, 0x0081),
    (0x0008, 0x0090),
    (0x0008, 0x0092),
    (0x0008, 0x0094),
    (0x0008, 0x1048),
    (0x0008, 0x1050),
    (0x0008, 0x1060),
    (0x0008, 0x1070),
    (0x0010, 0x0010),
    (0x0010, 0x0020),
    (0x0010, 0x0021),
    (0x0010, 0x0030),
    (0x0010, 0x0032),
    (0x0010, 0x0050),
    (0x0010, 0x1000),
    (0x0010, 0x1001),
    (0x0010, 0x1005),
    (0x0010, 0x1040),
    (0x0010, 0x1060),
    (0x0010, 0x1090),
    (0x0010, 0x2154),
    (0x0010, 0x2160),
    (0x0010, 0x4000),
    (0x0032, 0x1032),
    (0x0038, 0x0300),
    (0x0040, 0xa123),
];

impl DicomTag {
    /// Whether it tells who the patient is, or leads there.
    pub fn identifies_patient(&self) -> bool {
        IDENTIFYING.contains(&(self.group, self.element))
    }
}

/// What the DICOM files of an image say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DicomMeta {
    pub series_uid: String,
    /// The same, with `#2`, `#3` ... for further parts of a series that had to be split.
    pub image_uid: String,
    pub description: String,
    pub modality: String,
    pub number: Option<i64>,
    pub files: usize,
    /// UID of the transfer syntax.
    pub transfer_syntax: String,
    /// Elements of the first file without its pixels.
    pub tags: Vec<DicomTag>,
}

/// Seconds or other steps between the volumes of a 4D image.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeAxis {
    pub step: f64,
    /// "s", "ms", "Hz", ... or empty when unknown.
    pub unit: String,
}

/// Everything beside voxels and grid.
#[derive(Clone, Debug, Default)]
pub struct Meta {
    /// Shown as the layer's first name: the series description or the file name.
    pub name: String,
    /// The file or folder it came from.
    pub path: Option<PathBuf>,
    pub format: Format,
    /// Computed here from other images: lost unless it is saved.
    pub derived: bool,
    /// How its orientation was changed here since it was read or made, first change first.
    pub reoriented: Vec<Reorientation>,
    /// Was given another place in the world here, and lies no longer where the patient lay in the frame
    /// of reference (PS3.3 C.7.4.1) of its files.
    pub moved: bool,
    pub content: Content,
    pub modality: Modality,
    /// Unit of the values after rescale ("HU", "Bq/ml"), empty when unknown.
    pub unit: String,
    /// Windows the file proposes.
    pub windows: Vec<NamedWindow>,
    /// Low values are meant to be bright (MONOCHROME1): stored values are kept, the display inverts.
    pub inverted: bool,
    pub suv: Suv,
    pub time: Option<TimeAxis>,
    /// Where each slice lies in mm along the stack, the first at 0; only when their steps are not equal,
    /// and while the slices are those that were read. The grid has the mean step.
    pub slice_positions: Option<Vec<f64>>,
    pub nifti: Option<NiftiMeta>,
    pub dicom: Option<DicomMeta>,
    pub notices: Vec<Notice>,
}
