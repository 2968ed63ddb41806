//! Image files made byte by byte, and ways to read them.

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use flate2::{Compression, write::GzEncoder};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use warpscope::io::{self, FoundImage, IoError, Report};
use warpscope::volume::{NoticeKind, Volume};

/// A folder that goes away with the test.
pub fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

pub fn write(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("writing a test file");
    path
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("to memory");
    encoder.finish().expect("to memory")
}

/// Reads the one image at `path`.
pub fn read(path: &Path) -> Result<Volume, IoError> {
    let report = Report::silent().with_memory_limit(256 << 20);
    let found = io::scan(&[path.to_owned()], &report)?;
    let [image]: &[FoundImage] = &found.images else {
        panic!("{} images in {}", found.images.len(), path.display());
    };
    io::load(image, &report)
}

/// Reads bytes as a file of that name.
pub fn read_bytes(name: &str, bytes: &[u8]) -> Result<Volume, IoError> {
    let folder = folder();
    read(&write(&folder, name, bytes))
}

pub fn notices(volume: &Volume) -> Vec<NoticeKind> {
    volume.meta().notices.iter().map(|n| n.kind).collect()
}

/// The value of every voxel, i fastest, then j, k, t; components innermost.
pub fn all_values(volume: &Volume) -> Vec<f64> {
    let [nt, nz, ny, nx, components] = volume.data().dim();
    let mut values = Vec::new();
    for t in 0..nt {
        for k in 0..nz {
            for j in 0..ny {
                for i in 0..nx {
                    for c in 0..components {
                        values.push(volume.value([i, j, k], t, c).expect("inside"));
                    }
                }
            }
        }
    }
    values
}

/// The affine row by row.
pub fn affine(volume: &Volume) -> [[f64; 4]; 3] {
    let m = volume.grid().affine();
    std::array::from_fn(|row| std::array::from_fn(|column| m[(row, column)]))
}

/// A NIfTI-1 header that can be changed field by field; positions from nifti1.h.
#[derive(Clone)]
pub struct Nifti1 {
    pub bytes: Vec<u8>,
    big: bool,
}

impl Nifti1 {
    /// An identity sform, voxels of 1 mm.
    pub fn new(dim: &[i16], datatype: i16) -> Self {
        Self::with_order(dim, datatype, false)
    }

    pub fn big_endian(dim: &[i16], datatype: i16) -> Self {
        Self::with_order(dim, datatype, true)
    }

    fn with_order(dim: &[i16], datatype: i16, big: bool) -> Self {
        let mut header = Self {
            bytes: vec![0; 352],
            big,
        };
        header.put(0, 348i32.to_le_bytes());
        header.short(40, dim.len() as i16);
        for axis in 0..7 {
            header.short(42 + 2 * axis, dim.get(axis).copied().unwrap_or(1));
        }
        header.short(70, datatype);
        for axis in 0..8 {
            header.float(76 + 4 * axis, 1.0);
        }
        header.float(108, 352.0);
        header.short(254, 1);
        header.rows([[1., 0., 0., 0.], [0., 1., 0., 0.], [0., 0., 1., 0.]]);
        header.bytes[344..348].copy_from_slice(b"n+1\0");
        header
    }

    fn put<const N: usize>(&mut self, at: usize, mut little: [u8; N]) {
        if self.big {
            little.reverse();
        }
        self.bytes[at..at + N].copy_from_slice(&little);
    }

    pub fn short(&mut self, at: usize, value: i16) -> &mut Self {
        self.put(at, value.to_le_bytes());
        self
    }

    pub fn float(&mut self, at: usize, value: f32) -> &mut Self {
        self.put(at, value.to_le_bytes());
        self
    }

    pub fn rows(&mut self, srow: [[f32; 4]; 3]) -> &mut Self {
        for (n, value) in srow.as_flattened().iter().enumerate() {
            self.float(280 + 4 * n, *value);
        }
        self
    }

    /// Without sform.
    pub fn no_sform(&mut self) -> &mut Self {
        self.short(254, 0).rows([[0.0; 4]; 3])
    }

    pub fn with(&self, voxels: impl AsRef<[u8]>) -> Vec<u8> {
        [&self.bytes, voxels.as_ref()].concat()
    }
}

/// A file `ct.nii` with axes to the left, back and head; values are the numbers 0 to 59 times `slope`,
/// minus 24.
pub fn ct(folder: &tempfile::TempDir, slope: f32) -> PathBuf {
    let mut header = Nifti1::new(&[3, 4, 5], 4);
    header.rows([
        [-0.5, 0., 0., 90.],
        [0., -0.75, 0., 30.],
        [0., 0., 2., -553.],
    ]);
    header.float(112, slope).float(116, -24.0);
    write(folder, "ct.nii", &header.with(shorts(0..60)))
}

/// The program with `arguments`, then `paths`.
pub fn run(arguments: &[&str], paths: &[&Path]) -> Assert {
    let mut command = Command::cargo_bin("warpscope").expect("the program");
    command.args(arguments).args(paths).assert()
}

pub fn stderr(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stderr.clone()).expect("text")
}

/// Little-endian int16 voxels.
pub fn shorts(values: impl IntoIterator<Item = i16>) -> Vec<u8> {
    values.into_iter().flat_map(i16::to_le_bytes).collect()
}

/// Little-endian float32 voxels.
pub fn floats(values: impl IntoIterator<Item = f32>) -> Vec<u8> {
    values.into_iter().flat_map(f32::to_le_bytes).collect()
}
