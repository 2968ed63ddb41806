//! Every shared DICOM case against what SimpleITK (GDCM) and dcm2niix made of the same files.

use nalgebra::{Matrix3, Matrix4};
use serde_json::Value;
use std::path::{Path, PathBuf};
use warpscope::geometry::{IndexPoint, flip_lps_ras};
use warpscope::io::{Report, dicom};
use warpscope::volume::{Volume, Voxel};
use warpscope::with_voxels;

/// Cases without a peer that is right, or damaged on purpose.
const NO_PEER: &[&str] = &["tilt", "ct_not_a_volume", "meta_missing", "no_meta"];
const LOSSY: &[&str] = &["jpeg_dcmtk", "J2KI", "JLSN", "422", "JPEG-lossy", "JPLY"];

struct Peer {
    /// Three axes, or four.
    shape: Vec<usize>,
    affine: Matrix4<f64>,
    statistics: [f64; 3],
    /// `[i, j, k, t]` and value.
    voxels: Vec<([usize; 4], Vec<f64>)>,
}

fn shared() -> Option<PathBuf> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if data.join("expected.json").exists() {
        return Some(data);
    }
    assert!(
        std::env::var_os("WARPSCOPE_REQUIRE_ALL").is_none(),
        "{} is missing",
        data.display()
    );
    println!("skipped: {} is missing", data.display());
    None
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        other => other.as_f64().into_iter().collect(),
    }
}

fn shape(value: &Value) -> Option<Vec<usize>> {
    let mut sizes: Vec<usize> = numbers(value).into_iter().map(|n| n as usize).collect();
    while sizes.len() > 3 && sizes.last() == Some(&1) {
        sizes.pop();
    }
    sizes.resize(3.max(sizes.len()), 1);
    (sizes.len() <= 4).then_some(sizes)
}

fn peer(value: &Value, size: &str, affine: Matrix4<f64>) -> Option<Peer> {
    let statistic = |name: &str| value["data"][name].as_f64();
    Some(Peer {
        shape: shape(&value[size])?,
        affine,
        statistics: [statistic("min")?, statistic("max")?, statistic("mean")?],
        voxels: value["voxels"]
            .as_array()?
            .iter()
            .map(|voxel| {
                let mut index: Vec<usize> =
                    numbers(&voxel[0]).into_iter().map(|n| n as usize).collect();
                index.resize(4, 0);
                ([index[0], index[1], index[2], index[3]], numbers(&voxel[1]))
            })
            .collect(),
    })
}

fn itk(value: &Value) -> Option<Peer> {
    let spacing = numbers(&value["spacing"]);
    let direction = numbers(&value["direction"]);
    let origin = numbers(&value["origin"]);
    let n = spacing.len();
    if n < 3 {
        return None;
    }
    let cosines = Matrix3::from_fn(|row, column| direction[row * n + column] * spacing[column]);
    let mut lps = Matrix4::identity();
    lps.fixed_view_mut::<3, 3>(0, 0).copy_from(&cosines);
    (0..3).for_each(|axis| lps[(axis, 3)] = origin[axis]);
    peer(value, "size", flip_lps_ras(&lps))
}

fn dcm2niix(value: &Value) -> Option<Peer> {
    let affine = numbers(&value["affine"]);
    (affine.len() == 16)
        .then(|| peer(value, "shape", Matrix4::from_row_slice(&affine)))
        .flatten()
}

fn peers(case: &Value) -> Vec<Peer> {
    let outputs = case["dcm2niix"]["outputs"].as_array().into_iter().flatten();
    let mut peers: Vec<Peer> = outputs.filter_map(dcm2niix).collect();
    match case["gdcm"]["series"].as_array() {
        Some(series) => peers.extend(series.iter().filter_map(|one| itk(&one["volume"]))),
        None => peers.extend(itk(&case["simpleitk"])),
    }
    peers
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance + 1e-4 * b.abs()
}

/// Why `volume` is not what the peer has.
fn difference(case: &str, volume: &Volume, peer: &Peer) -> Option<String> {
    let mut ours = volume.grid().shape();
    let mut theirs = peer.shape[..3].to_vec();
    ours.sort_unstable();
    theirs.sort_unstable();
    let volumes = peer.shape.get(3).copied().unwrap_or(1);
    if ours[..] != theirs || volume.time_points() != volumes {
        return Some(format!("shape {ours:?} is not {theirs:?} x {volumes}"));
    }
    let to_ours = volume.grid().inverse_affine() * peer.affine;
    let lossy = LOSSY.iter().any(|word| case.contains(word));
    let range = peer.statistics[1] - peer.statistics[0];
    let tolerance = if lossy {
        (0.005 * range).max(2.0)
    } else {
        1e-4
    };
    for (name, a, b) in statistics(volume)
        .into_iter()
        .zip(peer.statistics)
        .zip(["minimum", "maximum", "mean"])
        .map(|((a, b), name)| (name, a, b))
    {
        if !close(a, b, tolerance) {
            return Some(format!("{name} {a} is not {b}"));
        }
    }
    for (index, values) in &peer.voxels {
        let [i, j, k, t] = *index;
        let [i, j, k] = [i, j, k].map(|n| n as f64);
        let at = to_ours.transform_point(&IndexPoint::new(i, j, k).0);
        let nearest = [at.x, at.y, at.z].map(f64::round);
        let off = (at.x - nearest[0]).abs() + (at.y - nearest[1]).abs() + (at.z - nearest[2]).abs();
        if off > 0.02 || nearest.iter().any(|n| *n < 0.0) {
            return Some(format!("voxel {index:?} lies at {at:?}"));
        }
        let mine = volume.values(nearest.map(|n| n as usize), t);
        let mine = mine.unwrap_or_default();
        let agree = mine.len() == values.len()
            && mine
                .iter()
                .zip(values)
                .all(|(a, b)| close(*a, *b, tolerance));
        if !agree {
            return Some(format!("value at {index:?} {mine:?} is not {values:?}"));
        }
    }
    None
}

fn statistics(volume: &Volume) -> [f64; 3] {
    let (mut low, mut high, mut sum) = (f64::INFINITY, f64::NEG_INFINITY, 0.0);
    let [_, nz, ..] = volume.data().dim();
    let count = with_voxels!(volume.data(), array => {
        for ((t, k, ..), stored) in array.indexed_iter() {
            let value = volume.rescale().of_slice(t, k, nz).apply(stored.to_f64());
            low = low.min(value);
            high = high.max(value);
            sum += value;
        }
        array.len()
    });
    [low, high, sum / count as f64]
}

fn files_of(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let mut files: Vec<PathBuf> = std::fs::read_dir(path)
        .expect("a folder")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files
}

#[test]
fn every_shared_case_agrees_with_a_peer() {
    let Some(data) = shared() else { return };
    let text = std::fs::read_to_string(data.join("expected.json")).expect("expected.json");
    let expected: Value = serde_json::from_str(&text).expect("JSON");
    let mut wrong = Vec::new();
    let mut agreed = 0;
    for (case, recorded) in expected["dicom"].as_object().expect("cases") {
        if NO_PEER.iter().any(|word| case.contains(word)) || !data.join(case).exists() {
            continue;
        }
        let peers = peers(recorded);
        let report = Report::silent();
        let (images, skipped) = dicom::scan(&files_of(&data.join(case)), &report).expect("a scan");
        if images.is_empty() && !peers.is_empty() {
            wrong.push(format!("{case}: nothing found, {skipped:?}"));
        }
        for image in &images {
            match dicom::load(image, &report) {
                Err(_) if peers.is_empty() => agreed += 1,
                Err(error) => wrong.push(format!("{case}: {error}")),
                Ok(_) if peers.is_empty() => wrong.push(format!("{case}: read, but damaged")),
                Ok(volume) => {
                    let reasons: Vec<String> = peers
                        .iter()
                        .map_while(|peer| difference(case, &volume, peer))
                        .collect();
                    if reasons.len() == peers.len() {
                        wrong.push(format!("{case}: {}", reasons.join(" | ")));
                    } else {
                        agreed += 1;
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(agreed >= 60, "only {agreed} cases were there");
}
