//! Each building block against the reference's own, as `../shared/golden/blocks` has it: where a run
//! departs from the reference, this tells which block did.

use super::gauss::{Rows, Smoother};
use super::jacobian::jacobian_at;
use super::resize::{Maps, double_field, level_shape, shrink};
use super::sweep::{Gradient, Settings, State, Sweep, warp};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

/// An array of the reference, `[x, y]` and perhaps components, as `[c][y][x]`.
struct Block {
    shape: [usize; 3],
    values: Vec<f64>,
}

impl Block {
    /// Reads a C-ordered `.npy` of float64 or uint8; `None` with a printed line where it is missing.
    fn read(name: &str) -> Option<Self> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/golden/blocks");
        let path = PathBuf::from(folder).join(format!("{name}.npy"));
        let Ok(bytes) = std::fs::read(&path) else {
            let text = "skipped: ../shared/golden is not there";
            let required = std::env::var_os("WARPSCOPE_REQUIRE_ALL").is_some();
            assert!(!required, "{text}: {}", path.display());
            println!("{text}");
            return None;
        };
        let length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        let header = std::str::from_utf8(&bytes[10..10 + length]).unwrap();
        let data = &bytes[10 + length..];
        let dims = header.split_once('(').unwrap().1.split_once(')').unwrap().0;
        let dims: Vec<usize> = dims
            .split(',')
            .filter_map(|n| n.trim().parse().ok())
            .collect();
        let numbers: Vec<f64> = if header.contains("'<f8'") {
            let (numbers, _) = data.as_chunks::<8>();
            numbers
                .iter()
                .map(|number| f64::from_le_bytes(*number))
                .collect()
        } else {
            data.iter().map(|number| f64::from(*number)).collect()
        };
        let [nx, ny] = [dims[0], dims[1]];
        let components = dims.get(2).copied().unwrap_or(1);
        let place = |n: usize| {
            let (x, y, c) = (n % nx, n / nx % ny, n / nx / ny);
            numbers[(x * ny + y) * components + c]
        };
        Some(Self {
            shape: [nx, ny, components],
            values: (0..numbers.len()).map(place).collect(),
        })
    }

    fn flat(&self) -> [usize; 3] {
        [self.shape[0], self.shape[1], 1]
    }

    fn component(&self, c: usize) -> &[f64] {
        let size = self.shape[0] * self.shape[1];
        &self.values[c * size..(c + 1) * size]
    }
}

/// Two images as one field, rows of each component one after another.
fn field(x: &[f64], y: &[f64], nx: usize) -> Vec<f64> {
    let rows = x.chunks(nx).zip(y.chunks(nx));
    rows.flat_map(|(x, y)| [x, y]).flatten().copied().collect()
}

fn same(found: &[f64], expected: &[f64], within: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (n, (found, expected)) in found.iter().zip(expected).enumerate() {
        let alike = found.is_nan() == expected.is_nan();
        let off = (found - expected).abs();
        assert!(
            alike && (found.is_nan() || off <= within),
            "{what} at {n}: {found}, not {expected}"
        );
    }
}

#[test]
fn levels_are_made_as_skimage_rescales() {
    for image in ["source", "target"] {
        let Some(full) = Block::read(&format!("{image}_full")) else {
            return;
        };
        for (level, above) in [("l1", 2), ("l2", 1)] {
            let expected = Block::read(&format!("{image}_{level}")).unwrap();
            let to = level_shape(full.flat(), above);
            assert_eq!(to, expected.flat());
            let found = shrink(&full.values, &Maps::new(full.flat(), to));
            same(&found, &expected.values, 1e-9, &format!("{image} {level}"));
        }
    }
}

#[test]
fn odd_sizes_are_halved_to_the_even_number() {
    let Some(odd) = Block::read("odd_in") else {
        return;
    };
    let expected = Block::read("odd_half").unwrap();
    let to = level_shape(odd.flat(), 1);
    assert_eq!(to, expected.flat());
    let found = shrink(&odd.values, &Maps::new(odd.flat(), to));
    same(&found, &expected.values, 1e-9, "half");
}

#[test]
fn fields_are_resized_as_skimage_does_and_doubled() {
    for levels in ["l1to2", "l2to3"] {
        let read = |what: &str| Block::read(&format!("disp_{levels}_{what}"));
        let Some(x) = read("x_in") else {
            return;
        };
        let y = read("y_in").unwrap();
        let [to_x, to_y] = ["x", "y"].map(|c| read(&format!("{c}_resized_not_doubled")).unwrap());
        let given = field(&x.values, &y.values, x.shape[0]);
        let found = double_field(&given, x.flat(), to_x.flat(), 2);
        let expected = field(&to_x.values, &to_y.values, to_x.shape[0]);
        let expected: Vec<f64> = expected.iter().map(|value| 2.0 * value).collect();
        same(&found, &expected, 1e-9, levels);
    }
}

/// Gives the rows of one image.
struct Image<'a>(&'a [f64], usize);

impl Rows<f64> for Image<'_> {
    fn begin_slice(&mut self, _: usize) {}

    fn row(&mut self, _: usize, j: usize, out: &mut [f64]) {
        out.copy_from_slice(&self.0[j * self.1..(j + 1) * self.1]);
    }
}

#[test]
fn images_are_smoothed_as_scipys_gaussian_filter_does() {
    let cases = [
        ("impulse_in", "impulse_gauss_1", 1.0),
        ("odd_in", "odd_gauss_0.5", 0.5),
        ("odd_in", "odd_gauss_0.6", 0.6),
        ("odd_in", "odd_gauss_1", 1.0),
        ("odd_in", "odd_gauss_5", 5.0),
    ];
    for (given, expected, sigma) in cases {
        let Some(given) = Block::read(given) else {
            return;
        };
        let mut smoother = Smoother::new([sigma; 3], given.flat(), 1);
        smoother.start(0);
        let mut found = vec![0.0; given.values.len()];
        let mut rows = Image(&given.values, given.shape[0]);
        smoother.slices(0, &mut found, &mut rows, |_, _, _| {});
        let expected_block = Block::read(expected).unwrap();
        same(&found, &expected_block.values, 1e-10, expected);
    }
}

/// The settings of the course without its smoothing.
fn settings(fluid: f64, elastic: f64) -> Settings {
    Settings {
        elastic: [elastic; 3],
        fluid: [fluid; 3],
        gradient: Gradient::Warped,
        weight: 1.0,
        composition: false,
        diffeomorphic: false,
    }
}

#[test]
fn the_first_iteration_is_the_references_step_by_step() {
    let Some(source) = Block::read("source_l1") else {
        return;
    };
    let target = Block::read("target_l1").unwrap();
    let nx = source.shape[0];
    let still = vec![0.0; 2 * source.values.len()];
    let read = |what: &str| {
        let [x, y] = what
            .split_once('*')
            .map(|(before, after)| {
                ["x", "y"].map(|c| Block::read(&format!("l1_it0_{before}{c}{after}")).unwrap())
            })
            .unwrap();
        field(&x.values, &y.values, nx)
    };
    let state = |settings| State {
        shape: source.flat(),
        components: 2,
        source: &source.values,
        target: &target.values,
        warped: &source.values,
        displacement: &still,
        settings,
    };
    let mut gradient = still.clone();
    for (j, row) in gradient.chunks_exact_mut(2 * nx).enumerate() {
        state(settings(0.0, 0.0)).gradient_row(0, j, row, &mut []);
    }
    same(&gradient, &read("grad_*"), 1e-10, "gradient");
    let go_on = AtomicBool::new(false);
    for (fluid, elastic, what) in [
        (0.0, 0.0, "update_*_raw"),
        (1.0, 0.0, "update_*_fluid"),
        (1.0, 1.0, "disp_*"),
    ] {
        let settings = settings(fluid, elastic);
        let (mut moved, mut warped) = (still.clone(), source.values.clone());
        let mut sweep = Sweep::new(source.flat(), 2, &settings);
        sweep.iterate(state(settings), &mut moved, &mut warped, &go_on);
        same(&moved, &read(what), 1e-10, what);
        if elastic > 0.0 {
            let expected = Block::read("l1_it0_warped").unwrap();
            same(&warped, &expected.values, 1e-9, "warped");
        }
    }
}

#[test]
fn points_outside_and_neighbours_of_nan_are_nan_as_interpn_has_them() {
    let Some(coordinates) = Block::read("interp_coords") else {
        return;
    };
    let [nx, ny, _] = coordinates.shape;
    let displacement = |c: usize, at: &dyn Fn(usize) -> usize| -> Vec<f64> {
        let places = coordinates.component(c).iter().enumerate();
        places.map(|(n, place)| place - at(n) as f64).collect()
    };
    let moved = field(
        &displacement(0, &|n| n % nx),
        &displacement(1, &|n| n / nx),
        nx,
    );
    let mut source = Block::read("source_l1").unwrap();
    for (expected, hole) in [("interp_out_nan", false), ("interp_src_with_nan_out", true)] {
        if hole {
            source.values[12 * nx + 10] = f64::NAN;
        }
        let state = State {
            shape: [nx, ny, 1],
            components: 2,
            source: &source.values,
            target: &source.values,
            warped: &source.values,
            displacement: &moved,
            settings: settings(0.0, 0.0),
        };
        let mut found = vec![0.0; nx * ny];
        warp(&state, &mut found);
        same(
            &found,
            &Block::read(expected).unwrap().values,
            1e-9,
            expected,
        );
    }
}

#[test]
fn the_jacobian_is_that_of_numpys_gradient() {
    let Some(def) = Block::read("final_def_field_defaults_1_2") else {
        return;
    };
    let expected = Block::read("jacobian_defaults_1_2").unwrap();
    let [nx, ny, _] = def.shape;
    let off = |c: usize, at: &dyn Fn(usize) -> usize| -> Vec<f64> {
        let places = def.component(c).iter().enumerate();
        places.map(|(n, place)| place - at(n) as f64).collect()
    };
    let moved = field(&off(0, &|n| n % nx), &off(1, &|n| n / nx), nx);
    let shape = [nx, ny, 1];
    let found: Vec<f64> = (0..nx * ny)
        .map(|n| jacobian_at(&moved, 2, shape, [n % nx, n / nx, 0]))
        .collect();
    same(&found, &expected.values, 1e-9, "Jacobian");
}
