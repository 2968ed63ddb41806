//! Landmarks in files: tables of points with commas, semicolons, tabs or spaces between the columns,
//! and the fiducials of 3D Slicer (`.fcsv`).
//!
//! A table has a name and three coordinates a line, or six: those of a point of the fixed image and
//! of the same point of the moving one. Words above the columns are optional; they tell which column is
//! what and, when one of them holds "lps" or "ras" or the axes are called l, p, s or r, a, s, the space.
//! A column is of an axis where one of the words of its name is that axis, with or without a digit after it
//! or f or m (fixed, moving) before it; the first three such columns in a row are the point, the next three
//! its partner.

mod table;

use super::IoError;
use super::replace::replace;
use super::small_text::read_small_text;
use crate::geometry::WorldPoint;
use std::io::Write as _;
use std::path::Path;

/// A named point, RAS mm.
#[derive(Clone, Debug, PartialEq)]
pub struct Landmark {
    /// Empty where the file names none.
    pub name: String,
    pub point: WorldPoint,
    /// The same place in the other image, in files of pairs.
    pub partner: Option<WorldPoint>,
}

/// Which way the first two axes run; millimetres both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Space {
    #[default]
    Ras,
    Lps,
}

impl Space {
    fn point(self, [x, y, z]: [f64; 3]) -> WorldPoint {
        match self {
            Self::Ras => WorldPoint::new(x, y, z),
            Self::Lps => WorldPoint::from_lps([x, y, z]),
        }
    }
}

const HINT: &str = "give a table with x, y and z in mm and perhaps a name, or 3D Slicer's .fcsv";

/// Reads landmarks; coordinates of a file that does not tell its space are in `usual`.
pub fn read_landmarks(path: &Path, usual: Space) -> Result<Vec<Landmark>, IoError> {
    let text = read_small_text(path, HINT)?;
    table::parse(&text, usual).map_err(|what| IoError::unsupported(path, what, HINT))
}

/// Writes landmarks: as 3D Slicer's fiducials, without partners, where the name ends in `.fcsv`, else as
/// a table with commas in RAS mm. A file that is there is replaced only with `overwrite`.
pub fn write_landmarks(
    path: &Path,
    landmarks: &[Landmark],
    overwrite: bool,
) -> Result<(), IoError> {
    let is_fcsv = path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("fcsv"));
    let text = match is_fcsv {
        true => fiducials_text(landmarks),
        false => table_text(landmarks),
    };
    replace(path, overwrite, |out| out.write_all(text.as_bytes()))
}

/// A name that keeps its place between commas.
fn quoted(name: &str) -> String {
    let name = name.replace(['\n', '\r'], " ");
    match name.contains([',', ';', '"', '\t']) || name.starts_with('#') {
        true => format!("\"{}\"", name.replace('"', "\"\"")),
        false => name,
    }
}

fn table_text(landmarks: &[Landmark]) -> String {
    let has_pairs = landmarks.iter().any(|landmark| landmark.partner.is_some());
    let mut text = match has_pairs {
        true => "name,fixed_x_ras,fixed_y_ras,fixed_z_ras,moving_x_ras,moving_y_ras,moving_z_ras\n",
        false => "name,x_ras,y_ras,z_ras\n",
    }
    .to_owned();
    for landmark in landmarks {
        text += &quoted(&landmark.name);
        let WorldPoint(p) = landmark.point;
        text += &format!(",{},{},{}", p.x, p.y, p.z);
        match landmark.partner {
            Some(WorldPoint(p)) => text += &format!(",{},{},{}", p.x, p.y, p.z),
            None if has_pairs => text += ",,,",
            None => {}
        }
        text.push('\n');
    }
    text
}

/// Version 4.11 of 3D Slicer's format, in LPS mm.
fn fiducials_text(landmarks: &[Landmark]) -> String {
    let mut text = "\
# Markups fiducial file version = 4.11
# CoordinateSystem = LPS
# columns = id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc,associatedNodeID
"
    .to_owned();
    for (number, landmark) in landmarks.iter().enumerate() {
        let [x, y, z] = landmark.point.to_lps();
        let name = quoted(&landmark.name);
        text += &format!("{},{x},{y},{z},0,0,0,1,1,1,0,{name},,\n", number + 1);
    }
    text
}
