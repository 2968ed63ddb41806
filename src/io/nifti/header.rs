//! NIfTI-1, NIfTI-2 and Analyze 7.5 headers as one.
//!
//! NIfTI-1 is parsed by the `nifti` crate, and so is Analyze, whose fields lie at the same places.
//! Nothing is trusted here: sizes and codes are checked where they are used.

use super::super::json_number;
use super::super::numbers::ByteOrder;
use crate::volume::Format;
use ::nifti::{Endianness, NiftiHeader};
use serde_json::{Map, Value};

/// Bytes that hold the largest of the headers.
pub const LARGEST: usize = 540;
const NIFTI1_SIZE: usize = 348;
const NIFTI1_MAGIC_AT: usize = 344;

/// What the three formats have in common, and every field for show.
#[derive(Clone, Debug)]
pub struct Header {
    pub format: Format,
    pub order: ByteOrder,
    /// The voxels lie in a file of their own.
    pub pair: bool,
    pub dim: [i64; 8],
    pub pixdim: [f64; 8],
    pub datatype: i64,
    /// Where the voxels start, in bytes.
    pub vox_offset: f64,
    pub slope: f64,
    pub inter: f64,
    /// The range the header proposes to show.
    pub cal_min: f64,
    pub cal_max: f64,
    pub xyzt_units: i64,
    pub intent_code: i64,
    pub qform_code: i64,
    pub sform_code: i64,
    /// b, c and d.
    pub quatern: [f64; 3],
    pub qoffset: [f64; 3],
    pub srow: [[f64; 4]; 3],
    /// SPM's 1-based voxel of the origin, in Analyze headers.
    pub origin: Option<[i64; 3]>,
    /// Every field under its name, in file order.
    pub fields: Map<String, Value>,
}

/// What the first bytes of a file say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Magic {
    Nifti1 {
        pair: bool,
    },
    Nifti2 {
        pair: bool,
    },
    /// Size and codes fit an Analyze header, which has no magic.
    Analyze,
}

impl Magic {
    pub fn of(start: &[u8]) -> Option<Self> {
        match start.get(4..12) {
            Some(b"n+2\0\r\n\x1a\n") => return Some(Self::Nifti2 { pair: false }),
            Some(b"ni2\0\r\n\x1a\n") => return Some(Self::Nifti2 { pair: true }),
            _ => {}
        }
        match start.get(NIFTI1_MAGIC_AT..NIFTI1_SIZE)? {
            b"n+1\0" => return Some(Self::Nifti1 { pair: false }),
            b"ni1\0" => return Some(Self::Nifti1 { pair: true }),
            _ => {}
        }
        let order = match start.get(..4)? {
            [0x5c, 0x01, 0, 0] => ByteOrder::Little,
            [0, 0, 0x01, 0x5c] => ByteOrder::Big,
            _ => return None,
        };
        let dimensions = Fields { start, order }.integer::<2>(40);
        (1..=7).contains(&dimensions).then_some(Self::Analyze)
    }
}

impl Header {
    /// Parses the first bytes of a header file; the text of an error completes "the file is damaged".
    pub fn parse(start: &[u8]) -> Result<Self, String> {
        let short = || "its header ends early".to_owned();
        match Magic::of(start) {
            Some(Magic::Nifti1 { pair }) => {
                let bytes = start.get(..NIFTI1_SIZE).ok_or_else(short)?;
                let parsed = NiftiHeader::from_reader(bytes).map_err(|e| e.to_string())?;
                Ok(Self::from_nifti1(&parsed, pair))
            }
            Some(Magic::Analyze) => {
                let bytes = start.get(..NIFTI1_SIZE).ok_or_else(short)?;
                let mut named = bytes.to_vec();
                named.splice(NIFTI1_MAGIC_AT.., *b"ni1\0");
                let parsed = NiftiHeader::from_reader(&named[..]).map_err(|e| e.to_string())?;
                Ok(Self::from_analyze(&parsed, bytes))
            }
            Some(Magic::Nifti2 { pair }) => {
                let bytes = start.get(..LARGEST).ok_or_else(short)?;
                Self::from_nifti2(bytes, pair)
            }
            None => Err("its magic number is none of NIfTI's".to_owned()),
        }
    }

    fn from_nifti1(h: &NiftiHeader, pair: bool) -> Self {
        // The crate reads dimensions as unsigned; in the file they are signed.
        let dim = h.dim.map(|n| i64::from(n.cast_signed()));
        Self {
            format: Format::Nifti1,
            order: byte_order(h),
            pair,
            dim,
            pixdim: h.pixdim.map(f64::from),
            datatype: h.datatype.into(),
            vox_offset: h.vox_offset.into(),
            slope: h.scl_slope.into(),
            inter: h.scl_inter.into(),
            cal_min: h.cal_min.into(),
            cal_max: h.cal_max.into(),
            xyzt_units: h.xyzt_units.into(),
            intent_code: h.intent_code.into(),
            qform_code: h.qform_code.into(),
            sform_code: h.sform_code.into(),
            quatern: [h.quatern_b, h.quatern_c, h.quatern_d].map(f64::from),
            qoffset: [h.quatern_x, h.quatern_y, h.quatern_z].map(f64::from),
            srow: [h.srow_x, h.srow_y, h.srow_z].map(|row| row.map(f64::from)),
            origin: None,
            fields: nifti1_fields(h, &dim),
        }
    }

    /// Analyze as SPM wrote it and nibabel reads it: scale factor in `funused1`, origin in `originator`.
    fn from_analyze(h: &NiftiHeader, bytes: &[u8]) -> Self {
        let mut header = Self::from_nifti1(h, true);
        let raw = Fields {
            start: bytes,
            order: header.order,
        };
        let origin = [0, 1, 2].map(|axis| raw.integer::<2>(253 + 2 * axis));
        let unscaled = f64::from(h.glmax) - f64::from(h.glmin);
        let scaled = header.cal_max - header.cal_min;
        if !(header.slope.is_finite() && header.slope != 0.0) && unscaled != 0.0 && scaled != 0.0 {
            header.slope = scaled / unscaled;
            header.inter = header.cal_min - header.slope * f64::from(h.glmin);
        }
        let analyze = [
            "sizeof_hdr",
            "dim",
            "datatype",
            "bitpix",
            "pixdim",
            "vox_offset",
            "scl_slope",
            "scl_inter",
            "cal_max",
            "cal_min",
            "glmax",
            "glmin",
            "descrip",
            "aux_file",
        ];
        header
            .fields
            .retain(|name, _| analyze.contains(&name.as_str()));
        header
            .fields
            .insert("origin".to_owned(), origin.to_vec().into());
        Self {
            format: Format::Analyze,
            xyzt_units: 0,
            intent_code: 0,
            qform_code: 0,
            sform_code: 0,
            origin: Some(origin),
            ..header
        }
    }

    fn from_nifti2(bytes: &[u8], pair: bool) -> Result<Self, String> {
        let little = [0x1c, 0x02, 0, 0];
        let order = match &bytes[..4] {
            size if size == little => ByteOrder::Little,
            size if size.iter().rev().eq(&little) => ByteOrder::Big,
            _ => return Err("its header size is not 540".to_owned()),
        };
        let raw = Fields {
            start: bytes,
            order,
        };
        let quatern = [352, 360, 368].map(|at| raw.float(at));
        let qoffset = [376, 384, 392].map(|at| raw.float(at));
        Ok(Self {
            format: Format::Nifti2,
            order,
            pair,
            dim: raw.integers(16),
            pixdim: raw.floats(104),
            datatype: raw.integer::<2>(12),
            vox_offset: raw.integer::<8>(168) as f64,
            slope: raw.float(176),
            inter: raw.float(184),
            cal_max: raw.float(192),
            cal_min: raw.float(200),
            xyzt_units: raw.integer::<4>(500),
            intent_code: raw.integer::<4>(504),
            qform_code: raw.integer::<4>(344),
            sform_code: raw.integer::<4>(348),
            quatern,
            qoffset,
            srow: [400, 432, 464].map(|at| raw.floats(at)),
            origin: None,
            fields: nifti2_fields(&raw),
        })
    }
}

fn byte_order(h: &NiftiHeader) -> ByteOrder {
    match h.endianness {
        Endianness::Little => ByteOrder::Little,
        Endianness::Big => ByteOrder::Big,
    }
}

/// Numbers at byte positions; what lies beyond the end reads as 0.
struct Fields<'a> {
    start: &'a [u8],
    order: ByteOrder,
}

impl Fields<'_> {
    fn bytes<const N: usize>(&self, at: usize) -> [u8; N] {
        let mut bytes = [0; N];
        if let Some(stored) = self.start.get(at..at + N) {
            bytes.copy_from_slice(stored);
        }
        if self.order == ByteOrder::Big {
            bytes.reverse();
        }
        bytes
    }

    /// A signed integer of `N` bytes.
    fn integer<const N: usize>(&self, at: usize) -> i64 {
        let bytes = self.bytes::<N>(at);
        let sign = bytes
            .last()
            .map_or(0, |&top| if top >= 0x80 { 0xff } else { 0 });
        let mut wide = [sign; 8];
        wide[..N].copy_from_slice(&bytes);
        i64::from_le_bytes(wide)
    }

    fn integers<const N: usize>(&self, at: usize) -> [i64; N] {
        std::array::from_fn(|n| self.integer::<8>(at + 8 * n))
    }

    fn float(&self, at: usize) -> f64 {
        f64::from_le_bytes(self.bytes(at))
    }

    fn floats<const N: usize>(&self, at: usize) -> [f64; N] {
        std::array::from_fn(|n| self.float(at + 8 * n))
    }

    fn text(&self, at: usize, length: usize) -> Value {
        text(self.start.get(at..at + length).unwrap_or_default())
    }
}

/// Text up to the first NUL.
fn text(bytes: &[u8]) -> Value {
    let end = bytes.iter().position(|&b| b == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned().into()
}

fn list(numbers: impl IntoIterator<Item = f64>) -> Value {
    numbers.into_iter().map(json_number).collect()
}

fn nifti1_fields(h: &NiftiHeader, dim: &[i64; 8]) -> Map<String, Value> {
    let single = |v: f32| json_number(v.into());
    let singles = |v: &[f32]| list(v.iter().copied().map(f64::from));
    let fields: [(&str, Value); 43] = [
        ("sizeof_hdr", h.sizeof_hdr.into()),
        ("data_type", text(&h.data_type)),
        ("db_name", text(&h.db_name)),
        ("extents", h.extents.into()),
        ("session_error", h.session_error.into()),
        ("regular", text(&[h.regular])),
        ("dim_info", h.dim_info.into()),
        ("dim", dim.to_vec().into()),
        ("intent_p1", single(h.intent_p1)),
        ("intent_p2", single(h.intent_p2)),
        ("intent_p3", single(h.intent_p3)),
        ("intent_code", h.intent_code.into()),
        ("datatype", h.datatype.into()),
        ("bitpix", h.bitpix.into()),
        ("slice_start", h.slice_start.into()),
        ("pixdim", singles(&h.pixdim)),
        ("vox_offset", single(h.vox_offset)),
        ("scl_slope", single(h.scl_slope)),
        ("scl_inter", single(h.scl_inter)),
        ("slice_end", h.slice_end.into()),
        ("slice_code", h.slice_code.into()),
        ("xyzt_units", h.xyzt_units.into()),
        ("cal_max", single(h.cal_max)),
        ("cal_min", single(h.cal_min)),
        ("slice_duration", single(h.slice_duration)),
        ("toffset", single(h.toffset)),
        ("glmax", h.glmax.into()),
        ("glmin", h.glmin.into()),
        ("descrip", text(&h.descrip)),
        ("aux_file", text(&h.aux_file)),
        ("qform_code", h.qform_code.into()),
        ("sform_code", h.sform_code.into()),
        ("quatern_b", single(h.quatern_b)),
        ("quatern_c", single(h.quatern_c)),
        ("quatern_d", single(h.quatern_d)),
        ("qoffset_x", single(h.quatern_x)),
        ("qoffset_y", single(h.quatern_y)),
        ("qoffset_z", single(h.quatern_z)),
        ("srow_x", singles(&h.srow_x)),
        ("srow_y", singles(&h.srow_y)),
        ("srow_z", singles(&h.srow_z)),
        ("intent_name", text(&h.intent_name)),
        ("magic", text(&h.magic)),
    ];
    named(fields)
}

/// Field positions from nifti2.h.
fn nifti2_fields(raw: &Fields) -> Map<String, Value> {
    let float = |at| json_number(raw.float(at));
    let row = |at| list(raw.floats::<4>(at));
    let byte = |at: usize| raw.start.get(at).copied().unwrap_or(0);
    let line_ends: Vec<i8> = (8..12).map(|at| byte(at) as i8).collect();
    let fields: [(&str, Value); 38] = [
        ("sizeof_hdr", raw.integer::<4>(0).into()),
        ("magic", raw.text(4, 4)),
        ("eol_check", line_ends.into()),
        ("datatype", raw.integer::<2>(12).into()),
        ("bitpix", raw.integer::<2>(14).into()),
        ("dim", raw.integers::<8>(16).to_vec().into()),
        ("intent_p1", float(80)),
        ("intent_p2", float(88)),
        ("intent_p3", float(96)),
        ("pixdim", list(raw.floats::<8>(104))),
        ("vox_offset", raw.integer::<8>(168).into()),
        ("scl_slope", float(176)),
        ("scl_inter", float(184)),
        ("cal_max", float(192)),
        ("cal_min", float(200)),
        ("slice_duration", float(208)),
        ("toffset", float(216)),
        ("slice_start", raw.integer::<8>(224).into()),
        ("slice_end", raw.integer::<8>(232).into()),
        ("descrip", raw.text(240, 80)),
        ("aux_file", raw.text(320, 24)),
        ("qform_code", raw.integer::<4>(344).into()),
        ("sform_code", raw.integer::<4>(348).into()),
        ("quatern_b", float(352)),
        ("quatern_c", float(360)),
        ("quatern_d", float(368)),
        ("qoffset_x", float(376)),
        ("qoffset_y", float(384)),
        ("qoffset_z", float(392)),
        ("srow_x", row(400)),
        ("srow_y", row(432)),
        ("srow_z", row(464)),
        ("slice_code", raw.integer::<4>(496).into()),
        ("xyzt_units", raw.integer::<4>(500).into()),
        ("intent_code", raw.integer::<4>(504).into()),
        ("intent_name", raw.text(508, 16)),
        ("dim_info", byte(524).into()),
        ("unused_str", raw.text(525, 15)),
    ];
    named(fields)
}

fn named<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
