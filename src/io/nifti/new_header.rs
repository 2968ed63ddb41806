//! The header of a file to be written: from a volume, as the bytes of NIfTI-1, or of NIfTI-2 where a
//! size does not fit.

use super::forms::own_qform;
use super::placement::QForm;
use crate::geometry::Grid;
use crate::volume::{Content, Format, Notice, NoticeKind, Rescale, Volume, VoxelType};
use ::nifti::NiftiHeader;
use serde_json::{Map, Value};

/// Codes of nifti1.h.
const VECTOR: i64 = 1007;
const RGB_VECTOR: i64 = 2003;
const RGBA_VECTOR: i64 = 2004;
const SCANNER: i64 = 1;
const ALIGNED: i64 = 2;

/// How the numbers of a volume lie in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// As they are stored, one component after the other.
    Plain(VoxelType),
    /// Bytes of red, green, blue and perhaps alpha, side by side.
    Color(usize),
    /// Values after rescale, as float32: NIfTI has no scale for each slice.
    Rescaled,
}

impl Numbers {
    pub fn of(volume: &Volume) -> Self {
        let voxel_type = volume.data().voxel_type();
        let components = volume.components();
        if matches!(volume.rescale(), Rescale::PerSlice(_)) {
            return Self::Rescaled;
        }
        let color = volume.meta().content == Content::Color && voxel_type == VoxelType::U8;
        if color && (3..=4).contains(&components) {
            return Self::Color(components);
        }
        Self::Plain(voxel_type)
    }

    /// Code and bits of nifti1.h.
    pub fn code(self) -> (i16, i16) {
        let voxel_type = match self {
            Self::Plain(voxel_type) => voxel_type,
            Self::Rescaled => VoxelType::F32,
            Self::Color(4) => return (2304, 32),
            Self::Color(_) => return (128, 24),
        };
        let code = match voxel_type {
            VoxelType::U8 => 2,
            VoxelType::I16 => 4,
            VoxelType::I32 => 8,
            VoxelType::F32 => 16,
            VoxelType::F64 => 64,
            VoxelType::I8 => 256,
            VoxelType::U16 => 512,
            VoxelType::U32 => 768,
            VoxelType::I64 => 1024,
            VoxelType::U64 => 1280,
        };
        (code, 8 * voxel_type.size() as i16)
    }
}

/// What both formats can say.
#[derive(Clone, Debug)]
pub struct NewHeader {
    dim: [usize; 8],
    pixdim: [f64; 8],
    datatype: i16,
    bitpix: i16,
    slope: f64,
    intercept: f64,
    units: u8,
    intent_code: i64,
    sform_code: i64,
    qform_code: i64,
    qform: QForm,
    grid: Grid,
    /// The fields that the volume's own header had, where it was read from NIfTI.
    before: Map<String, Value>,
}

impl NewHeader {
    /// Adds to `notices` what the file will not hold as the volume does.
    pub fn new(volume: &Volume, numbers: Numbers, notices: &mut Vec<Notice>) -> Self {
        let meta = volume.meta();
        let nifti = meta.nifti.as_ref();
        let before = nifti.map(|nifti| nifti.fields.clone()).unwrap_or_default();
        let (datatype, bitpix) = numbers.code();
        let (slope, intercept) = match volume.rescale() {
            Rescale::Uniform(linear) => (linear.slope, linear.intercept),
            Rescale::PerSlice(_) => {
                notices.push(Notice::new(
                    NoticeKind::TypeConverted,
                    "every slice has a scale of its own, which NIfTI cannot hold; values are saved as float32",
                ));
                (1.0, 0.0)
            }
        };
        let mut header = Self {
            dim: dimensions(volume, numbers, &before),
            pixdim: [1.0; 8],
            datatype,
            bitpix,
            slope,
            intercept,
            units: 2,
            intent_code: intent(volume, numbers, &before),
            sform_code: 0,
            qform_code: 0,
            qform: QForm::default(),
            grid: *volume.grid(),
            before,
        };
        header.place(volume, notices);
        if volume.time_points() > 1 {
            header.pixdim[4] = meta.time.as_ref().map_or(0.0, |time| time.step);
            header.units |= meta.time.as_ref().map_or(0, |time| time_unit(&time.unit));
        }
        header
    }

    /// The sform holds the grid, and so does the qform unless it said something else of an image that
    /// has not been moved since. They keep the codes they had; without any, both say whether the
    /// scanner gave the place.
    fn place(&mut self, volume: &Volume, notices: &mut Vec<Notice>) {
        let meta = volume.meta();
        let usual = if meta.format == Format::Dicom {
            SCANNER
        } else {
            ALIGNED
        };
        let codes = ["sform_code", "qform_code"].map(|name| {
            let known = self.before.contains_key(name);
            if known {
                (self.number(name) as i64).max(0)
            } else {
                usual
            }
        });
        let [sform, qform] = if codes == [0, 0] { [usual; 2] } else { codes };
        self.sform_code = sform;
        let own_qform = own_qform(volume);
        let by_qform = own_qform.unwrap_or(self.grid);
        self.pixdim[1..4].copy_from_slice(&by_qform.spacing());
        if let Some(form) = QForm::of(&by_qform) {
            self.qform_code = qform;
            self.pixdim[0] = form.mirror;
            self.qform = form;
            let differed = meta.notices.iter();
            let differed = differed
                .filter(|n| n.kind == NoticeKind::FormsDiffer)
                .count();
            if differed > 0 && own_qform.is_none() {
                notices.push(Notice::new(
                    NoticeKind::FormsDiffer,
                    "the qform differed from the sform; in the saved file both are the sform",
                ));
            }
        } else {
            self.sform_code = if sform > 0 { sform } else { qform };
            notices.push(Notice::new(
                NoticeKind::FormsDiffer,
                "a qform cannot place these voxels exactly, so only the sform is written; programs built on ITK may refuse the file",
            ));
        }
    }

    /// The header and the four bytes that say that no extension follows.
    pub fn bytes(&self) -> Vec<u8> {
        let fits = self.dim.iter().all(|&n| i16::try_from(n).is_ok());
        let mut bytes = if fits {
            nifti1_bytes(&self.nifti1())
        } else {
            self.nifti2_bytes()
        };
        bytes.extend([0; 4]);
        bytes
    }

    fn nifti1(&self) -> NiftiHeader {
        let number = |name| self.number(name) as f32;
        let [quatern_b, quatern_c, quatern_d] = self.qform.quatern.map(|v| v as f32);
        let [quatern_x, quatern_y, quatern_z] = self.qform.offset.map(|v| v as f32);
        let row = |row| self.row(row).map(|v| v as f32);
        NiftiHeader {
            regular: b'r',
            dim_info: self.number("dim_info") as u8,
            dim: self.dim.map(|n| n as u16),
            intent_p1: number("intent_p1"),
            intent_p2: number("intent_p2"),
            intent_p3: number("intent_p3"),
            intent_code: self.intent_code as i16,
            datatype: self.datatype,
            bitpix: self.bitpix,
            slice_start: self.number("slice_start") as i16,
            pixdim: self.pixdim.map(|v| v as f32),
            vox_offset: 352.0,
            scl_slope: self.slope as f32,
            scl_inter: self.intercept as f32,
            slice_end: self.number("slice_end") as i16,
            slice_code: self.number("slice_code") as u8,
            xyzt_units: self.units,
            cal_max: number("cal_max"),
            cal_min: number("cal_min"),
            slice_duration: number("slice_duration"),
            toffset: number("toffset"),
            descrip: self.text::<80>("descrip").to_vec(),
            aux_file: self.text("aux_file"),
            qform_code: self.qform_code as i16,
            sform_code: self.sform_code as i16,
            quatern_b,
            quatern_c,
            quatern_d,
            quatern_x,
            quatern_y,
            quatern_z,
            srow_x: row(0),
            srow_y: row(1),
            srow_z: row(2),
            intent_name: self.text("intent_name"),
            magic: *b"n+1\0",
            ..NiftiHeader::default()
        }
    }

    /// Field order from nifti2.h.
    fn nifti2_bytes(&self) -> Vec<u8> {
        let mut out = Fields(Vec::with_capacity(540));
        let number = |name| self.number(name);
        let whole = |name| self.number(name) as i64;
        out.put(540i32.to_ne_bytes());
        out.put(b"n+2\0\r\n\x1a\n");
        out.put(self.datatype.to_ne_bytes());
        out.put(self.bitpix.to_ne_bytes());
        out.each(self.dim.map(|n| (n as i64).to_ne_bytes()));
        out.each(["intent_p1", "intent_p2", "intent_p3"].map(|name| number(name).to_ne_bytes()));
        out.each(self.pixdim.map(f64::to_ne_bytes));
        out.put(544i64.to_ne_bytes());
        out.each([self.slope, self.intercept].map(f64::to_ne_bytes));
        out.each(["cal_max", "cal_min"].map(|name| number(name).to_ne_bytes()));
        out.each(["slice_duration", "toffset"].map(|name| number(name).to_ne_bytes()));
        out.each(["slice_start", "slice_end"].map(|name| whole(name).to_ne_bytes()));
        out.put(self.text::<80>("descrip"));
        out.put(self.text::<24>("aux_file"));
        out.each([self.qform_code, self.sform_code].map(|code| (code as i32).to_ne_bytes()));
        out.each(self.qform.quatern.map(f64::to_ne_bytes));
        out.each(self.qform.offset.map(f64::to_ne_bytes));
        for row in 0..3 {
            out.each(self.row(row).map(f64::to_ne_bytes));
        }
        out.put((whole("slice_code") as i32).to_ne_bytes());
        out.put(i32::from(self.units).to_ne_bytes());
        out.put((self.intent_code as i32).to_ne_bytes());
        out.put(self.text::<16>("intent_name"));
        out.put([whole("dim_info") as u8]);
        out.put([0; 15]);
        out.0
    }

    /// A row of the sform.
    fn row(&self, row: usize) -> [f64; 4] {
        [0, 1, 2, 3].map(|column| self.grid.affine()[(row, column)])
    }

    /// A number of the header before; 0 without one.
    fn number(&self, name: &str) -> f64 {
        let number = self.before.get(name).and_then(Value::as_f64);
        number.filter(|v| v.is_finite()).unwrap_or(0.0)
    }

    /// A text of the header before, filled up with zeros.
    fn text<const N: usize>(&self, name: &str) -> [u8; N] {
        let text = self.before.get(name).and_then(Value::as_str);
        let mut bytes = [0; N];
        for (byte, letter) in bytes.iter_mut().zip(text.unwrap_or("").bytes()) {
            *byte = letter;
        }
        bytes
    }
}

/// `dim`: components go to the fifth place, but for those of a colour. A number of dimensions that the
/// header had stays, so that sizes of 1 do.
fn dimensions(volume: &Volume, numbers: Numbers, before: &Map<String, Value>) -> [usize; 8] {
    let [nx, ny, nz] = volume.grid().shape();
    let time_points = volume.time_points();
    let components = match numbers {
        Numbers::Color(_) => 1,
        Numbers::Plain(_) | Numbers::Rescaled => volume.components(),
    };
    let least = match (components, time_points, nz) {
        (2.., ..) => 5,
        (_, 2.., _) => 4,
        (_, _, 2..) => 3,
        _ => 2,
    };
    let before = before
        .get("dim")
        .and_then(|dim| usize::try_from(dim.get(0)?.as_u64()?).ok())
        .filter(|count| (2..=5).contains(count));
    let count = match before {
        Some(before) => least.max(before),
        None if is_planar(volume.grid()) => least,
        None => least.max(3),
    };
    [count, nx, ny, nz, time_points, components, 1, 1]
}

/// Whether two dimensions say where the image lies, as those of a picture do.
pub fn is_planar(grid: &Grid) -> bool {
    let out_of_plane = [(2, 0), (2, 1), (2, 3), (0, 2), (1, 2)];
    grid.shape()[2] == 1 && out_of_plane.iter().all(|&at| grid.affine()[at] == 0.0)
}

/// A vector says so; any other meaning the numbers had they keep.
fn intent(volume: &Volume, numbers: Numbers, before: &Map<String, Value>) -> i64 {
    let components = volume.components();
    let known = before.get("intent_code").and_then(Value::as_i64);
    match (volume.meta().content, numbers) {
        (_, Numbers::Color(_)) => 0,
        (Content::Color, _) if components == 3 => RGB_VECTOR,
        (Content::Color, _) if components == 4 => RGBA_VECTOR,
        // 1004 to 1011 are matrices, vectors, points and the like.
        _ if components > 1 => known
            .filter(|code| (1004..=1011).contains(code))
            .unwrap_or(VECTOR),
        _ => known.unwrap_or(0),
    }
}

fn time_unit(name: &str) -> u8 {
    match name {
        "s" => 8,
        "ms" => 16,
        "us" => 24,
        "Hz" => 32,
        "ppm" => 40,
        "rad/s" => 48,
        _ => 0,
    }
}

/// Field order from nifti1.h; the crate writes headers only together with voxels it holds itself.
fn nifti1_bytes(h: &NiftiHeader) -> Vec<u8> {
    let mut out = Fields(Vec::with_capacity(352));
    let floats = |numbers: &[f32]| {
        numbers
            .iter()
            .flat_map(|v| v.to_ne_bytes())
            .collect::<Vec<_>>()
    };
    out.put(h.sizeof_hdr.to_ne_bytes());
    out.put(h.data_type);
    out.put(h.db_name);
    out.put(h.extents.to_ne_bytes());
    out.put(h.session_error.to_ne_bytes());
    out.put([h.regular, h.dim_info]);
    out.each(h.dim.map(u16::to_ne_bytes));
    out.put(floats(&[h.intent_p1, h.intent_p2, h.intent_p3]));
    out.each([h.intent_code, h.datatype, h.bitpix, h.slice_start].map(i16::to_ne_bytes));
    out.put(floats(&h.pixdim));
    out.put(floats(&[h.vox_offset, h.scl_slope, h.scl_inter]));
    out.put(h.slice_end.to_ne_bytes());
    out.put([h.slice_code, h.xyzt_units]);
    out.put(floats(&[h.cal_max, h.cal_min, h.slice_duration, h.toffset]));
    out.each([h.glmax, h.glmin].map(i32::to_ne_bytes));
    out.put(&h.descrip);
    out.put(h.aux_file);
    out.each([h.qform_code, h.sform_code].map(i16::to_ne_bytes));
    out.put(floats(&[h.quatern_b, h.quatern_c, h.quatern_d]));
    out.put(floats(&[h.quatern_x, h.quatern_y, h.quatern_z]));
    out.put(floats(&[h.srow_x, h.srow_y, h.srow_z].concat()));
    out.put(h.intent_name);
    out.put(h.magic);
    out.0
}

/// Fields one after the other.
struct Fields(Vec<u8>);

impl Fields {
    fn put(&mut self, field: impl AsRef<[u8]>) {
        self.0.extend_from_slice(field.as_ref());
    }

    fn each<const COUNT: usize, const SIZE: usize>(&mut self, fields: [[u8; SIZE]; COUNT]) {
        self.put(fields.as_flattened());
    }
}
