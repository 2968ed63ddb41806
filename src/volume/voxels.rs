//! Voxel arrays in the type they were stored in.

use ndarray::Array5;
use std::fmt;

/// Voxels in the order `[t, k, j, i, c]`: time, slice, row, column, component. The order in memory is
/// the file's (colour is interleaved, NIfTI vectors keep their components apart), so strides must be
/// respected; one component of one time point is usually C-contiguous `[k, j, i]`.
pub type VoxelArray<T> = Array5<T>;

/// The voxels of one image, natively typed.
#[derive(Clone, Debug)]
pub enum VoxelData {
    U8(VoxelArray<u8>),
    I8(VoxelArray<i8>),
    U16(VoxelArray<u16>),
    I16(VoxelArray<i16>),
    U32(VoxelArray<u32>),
    I32(VoxelArray<i32>),
    U64(VoxelArray<u64>),
    I64(VoxelArray<i64>),
    F32(VoxelArray<f32>),
    F64(VoxelArray<f64>),
}

/// Runs one expression on the array inside a [`VoxelData`], whatever its type:
/// `with_voxels!(data, array => array.len())`.
#[macro_export]
macro_rules! with_voxels {
    ($data:expr, $array:ident => $body:expr) => {
        match $data {
            $crate::volume::VoxelData::U8($array) => $body,
            $crate::volume::VoxelData::I8($array) => $body,
            $crate::volume::VoxelData::U16($array) => $body,
            $crate::volume::VoxelData::I16($array) => $body,
            $crate::volume::VoxelData::U32($array) => $body,
            $crate::volume::VoxelData::I32($array) => $body,
            $crate::volume::VoxelData::U64($array) => $body,
            $crate::volume::VoxelData::I64($array) => $body,
            $crate::volume::VoxelData::F32($array) => $body,
            $crate::volume::VoxelData::F64($array) => $body,
        }
    };
}

/// A scalar type voxels are stored in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VoxelType {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F32,
    F64,
}

impl VoxelType {
    pub const ALL: [Self; 10] = [
        Self::U8,
        Self::I8,
        Self::U16,
        Self::I16,
        Self::U32,
        Self::I32,
        Self::U64,
        Self::I64,
        Self::F32,
        Self::F64,
    ];

    /// NumPy's name, such as "int16".
    pub fn name(self) -> &'static str {
        match self {
            Self::U8 => "uint8",
            Self::I8 => "int8",
            Self::U16 => "uint16",
            Self::I16 => "int16",
            Self::U32 => "uint32",
            Self::I32 => "int32",
            Self::U64 => "uint64",
            Self::I64 => "int64",
            Self::F32 => "float32",
            Self::F64 => "float64",
        }
    }

    /// Bytes of one number.
    pub fn size(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }
}

impl fmt::Display for VoxelType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A number that can be a voxel.
pub trait Voxel: Copy + Default + PartialOrd + Send + Sync + 'static {
    const TYPE: VoxelType;
    fn to_f64(self) -> f64;
    fn to_f32(self) -> f32;
    fn wrap(array: VoxelArray<Self>) -> VoxelData;
}

macro_rules! impl_voxel {
    ($($number:ty => $variant:ident),*) => {$(
        impl Voxel for $number {
            const TYPE: VoxelType = VoxelType::$variant;
            #[inline(always)]
            fn to_f64(self) -> f64 {
                self as f64
            }
            #[inline(always)]
            fn to_f32(self) -> f32 {
                self as f32
            }
            fn wrap(array: VoxelArray<Self>) -> VoxelData {
                VoxelData::$variant(array)
            }
        }
    )*};
}
impl_voxel!(u8 => U8, i8 => I8, u16 => U16, i16 => I16, u32 => U32, i32 => I32, u64 => U64, i64 => I64, f32 => F32, f64 => F64);

impl VoxelData {
    pub fn voxel_type(&self) -> VoxelType {
        fn of<T: Voxel>(_: &VoxelArray<T>) -> VoxelType {
            T::TYPE
        }
        with_voxels!(self, array => of(array))
    }

    /// `[nt, nz, ny, nx, components]`.
    pub fn dim(&self) -> [usize; 5] {
        with_voxels!(self, array => {
            let (t, k, j, i, c) = array.dim();
            [t, k, j, i, c]
        })
    }

    /// Bytes the voxels take in memory.
    pub fn bytes(&self) -> usize {
        with_voxels!(self, array => array.len()) * self.voxel_type().size()
    }

    /// The stored number (before rescale), or `None` outside.
    pub fn stored(&self, [i, j, k]: [usize; 3], t: usize, component: usize) -> Option<f64> {
        with_voxels!(self, array => array.get((t, k, j, i, component)).map(|v| v.to_f64()))
    }
}

/// A linear map from stored numbers to values in the image's unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Linear {
    pub slope: f64,
    pub intercept: f64,
}

impl Linear {
    pub const IDENTITY: Self = Self {
        slope: 1.0,
        intercept: 0.0,
    };

    pub fn apply(&self, stored: f64) -> f64 {
        stored * self.slope + self.intercept
    }

    pub fn is_identity(&self) -> bool {
        *self == Self::IDENTITY
    }
}

/// How stored numbers become values: once for the image, or slice by slice as PET scanners write it.
#[derive(Clone, Debug, PartialEq)]
pub enum Rescale {
    Uniform(Linear),
    /// One map a slice, at `t * nz + k`.
    PerSlice(Vec<Linear>),
}

impl Rescale {
    pub const IDENTITY: Self = Self::Uniform(Linear::IDENTITY);

    /// The map of slice `k` at time `t` in an image of `nz` slices.
    pub fn of_slice(&self, t: usize, k: usize, nz: usize) -> Linear {
        match self {
            Self::Uniform(linear) => *linear,
            Self::PerSlice(slices) => slices.get(t * nz + k).copied().unwrap_or(Linear::IDENTITY),
        }
    }
}
