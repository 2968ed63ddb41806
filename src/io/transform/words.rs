//! What a linear transform does, in words and numbers, and the command lines that apply it elsewhere: the
//! same for the window and the command line.

use super::TransformFormat;
use crate::geometry::{Decomposition, lps_ras_map};
use nalgebra::{Matrix4, Point3};
use std::path::{Path, PathBuf};

/// A map from the fixed to the moving world, told.
#[derive(Clone, Debug, PartialEq)]
pub struct TransformWords {
    /// What is mapped to what, and what that does to the image; names of the images in it.
    pub direction: String,
    /// Angles, shift and scales, one line.
    pub parts: String,
    /// The map of points in RAS mm.
    pub ras: Matrix4<f64>,
    /// The same map of points in LPS mm.
    pub lps: Matrix4<f64>,
    /// About the RAS axes x, then y, then z, degrees.
    pub angles_deg: [f64; 3],
    /// Where the map takes the origin of RAS, mm.
    pub translation_mm: [f64; 3],
    /// Along the RAS axes after the rotation; below 0 where it mirrors.
    pub scale: [f64; 3],
    /// Whether it also shears, which angles and scales leave out.
    pub shears: bool,
}

/// Tells `matrix`, the map from the fixed to the moving world in RAS mm.
pub fn transform_words(matrix: &Matrix4<f64>, fixed: &str, moving: &str) -> TransformWords {
    let found = Decomposition::of(matrix);
    let translation = matrix.transform_point(&Point3::origin());
    let mut words = TransformWords {
        direction: direction(fixed, moving, translation),
        parts: String::new(),
        ras: *matrix,
        lps: lps_ras_map(matrix),
        angles_deg: found.angles_deg,
        translation_mm: translation.coords.into(),
        scale: found.scale,
        shears: found.lost > 1e-6,
    };
    words.parts = words.told_parts();
    words
}

fn direction(fixed: &str, moving: &str, origin_goes_to: Point3<f64>) -> String {
    let [x, y, z]: [f64; 3] = origin_goes_to.into();
    format!(
        "Maps points of {fixed} (fixed) to points of {moving} (moving), in mm: the point (0, 0, 0) of {fixed} \
         lies at ({x:.2}, {y:.2}, {z:.2}) RAS in {moving}. Applied to images it brings {moving} onto the grid \
         of {fixed}; points drawn on {moving} come to {fixed} by the inverse."
    )
}

impl TransformWords {
    fn told_parts(&self) -> String {
        // Without the sign of a zero, which only puzzles.
        let triple = |values: [f64; 3], digits: usize| {
            let half = 0.5 / 10f64.powi(digits as i32);
            let shown = values.map(|v| if v.abs() < half { 0.0 } else { v });
            shown.map(|v| format!("{v:.digits$}")).join(", ")
        };
        let mut text = format!(
            "Rotation {} degrees about x, y, z (RAS); translation {} mm; scale {}",
            triple(self.angles_deg, 3),
            triple(self.translation_mm, 3),
            triple(self.scale, 4)
        );
        if self.scale.iter().any(|scale| *scale < 0.0) {
            text += "; it mirrors";
        }
        if self.shears {
            text += "; it shears besides";
        }
        text
    }
}

/// The files that a command names.
#[derive(Clone, Debug)]
pub struct TransformUse<'a> {
    /// Where the transform lies, and how.
    pub file: &'a Path,
    pub format: TransformFormat,
    pub fixed: &'a Path,
    pub moving: &'a Path,
    /// Where the moving image goes, on the fixed one's grid.
    pub resliced: &'a Path,
}

/// A command line that brings the moving image onto the fixed one's grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransformCommand {
    /// The program's name.
    pub tool: &'static str,
    /// Writes the file that the tool reads, where that is not there yet.
    pub first: Option<String>,
    /// For a shell, or of several lines for Python.
    pub line: String,
}

impl TransformUse<'_> {
    /// The commands of the tools that take linear transforms.
    pub fn commands(&self) -> Vec<TransformCommand> {
        self.commands_in(3)
    }

    /// The same for images of one slice, as [`Grids::are_flat_under`](super::Grids::are_flat_under) has them.
    pub fn flat_commands(&self) -> Vec<TransformCommand> {
        self.commands_in(2)
    }

    fn commands_in(&self, dimensions: u8) -> Vec<TransformCommand> {
        let [fixed, moving, out] = [self.fixed, self.moving, self.resliced].map(shell);
        let own = shell(self.file);
        let [itk, ras, niftyreg, flirt] = TransformFormat::ALL.map(|format| self.file_as(format));
        let [itk_name, ras_name, reg_name, flirt_name] =
            [&itk, &ras, &niftyreg, &flirt].map(|path| shell(path));
        let suffix = if self.format == TransformFormat::Flirt {
            ":flirt"
        } else {
            ""
        };
        let command = |tool, format, line| TransformCommand {
            tool,
            first: self.conversion(format),
            line,
        };
        vec![
            TransformCommand {
                tool: "warpscope",
                first: None,
                line: format!(
                    "warpscope resample {moving} {out} --like {fixed} --transform {own}{suffix}"
                ),
            },
            command(
                "ANTs",
                TransformFormat::Itk,
                format!(
                    "antsApplyTransforms -d {dimensions} -i {moving} -r {fixed} -t {itk_name} -n Linear -o {out}"
                ),
            ),
            command(
                "greedy",
                TransformFormat::Ras,
                format!("greedy -d {dimensions} -rf {fixed} -rm {moving} {out} -r {ras_name}"),
            ),
            command(
                "Convert3D",
                TransformFormat::Ras,
                format!("c{dimensions}d {fixed} {moving} -reslice-matrix {ras_name} -o {out}"),
            ),
            command(
                "FSL",
                TransformFormat::Flirt,
                format!("flirt -in {moving} -ref {fixed} -applyxfm -init {flirt_name} -out {out}"),
            ),
            command(
                "NiftyReg",
                TransformFormat::NiftyReg,
                format!("reg_resample -ref {fixed} -flo {moving} -trans {reg_name} -res {out}"),
            ),
            command("SimpleITK", TransformFormat::Itk, self.python(&itk)),
        ]
    }

    fn python(&self, transform: &Path) -> String {
        let [fixed, moving, out] = [self.fixed, self.moving, self.resliced].map(quoted);
        format!(
            "import SimpleITK as sitk\n\
             fixed, moving = sitk.ReadImage({fixed}), sitk.ReadImage({moving})\n\
             transform = sitk.ReadTransform({})\n\
             sitk.WriteImage(sitk.Resample(moving, fixed, transform, sitk.sitkLinear), {out})",
            quoted(transform)
        )
    }

    /// The file itself where it is of this format, else one beside it.
    fn file_as(&self, format: TransformFormat) -> PathBuf {
        if self.has(format) {
            return self.file.to_owned();
        }
        let stem = self.file.file_stem().unwrap_or_default().to_string_lossy();
        let name = format!("{stem}.{}.{}", format.name(), format.ending());
        self.file.with_file_name(name)
    }

    /// RAS and NiftyReg are the same numbers.
    fn has(&self, format: TransformFormat) -> bool {
        use TransformFormat::{NiftyReg, Ras};
        format == self.format || matches!((format, self.format), (Ras, NiftyReg) | (NiftyReg, Ras))
    }

    fn conversion(&self, format: TransformFormat) -> Option<String> {
        use TransformFormat::Flirt;
        if self.has(format) {
            return None;
        }
        let own = shell(self.file);
        let mut line = format!("warpscope transform {own} {}", shell(&self.file_as(format)));
        line += &format!(" --to {}", format.name());
        if self.format == Flirt {
            line += " --from flirt";
        }
        if [format, self.format].contains(&Flirt) {
            let [fixed, moving] = [self.fixed, self.moving].map(shell);
            line += &format!(" --fixed {fixed} --moving {moving}");
        }
        Some(line)
    }
}

/// A path as a shell takes it for one word.
fn shell(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+=:,@%".contains(c);
    match !text.is_empty() && !text.starts_with('-') && text.chars().all(plain) {
        true => text,
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

/// A path as Python's source has it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{Rotation3, Vector3};

    #[test]
    fn words_name_both_images_and_both_conventions() {
        let turn = Rotation3::from_euler_angles(0.0, 0.0, 10f64.to_radians());
        let matrix = Matrix4::new_translation(&Vector3::new(1.0, 2.0, 3.0)) * turn.to_homogeneous();
        let words = transform_words(&matrix, "ct", "pet");
        assert!(
            words
                .direction
                .contains("points of ct (fixed) to points of pet (moving)")
        );
        assert!(words.direction.contains("lies at (1.00, 2.00, 3.00) RAS"));
        assert_eq!(
            words.parts,
            "Rotation 0.000, 0.000, 10.000 degrees about x, y, z (RAS); translation 1.000, 2.000, 3.000 mm; \
             scale 1.0000, 1.0000, 1.0000"
        );
        assert_eq!(
            [words.lps[(0, 3)], words.lps[(1, 3)], words.lps[(2, 3)]],
            [-1.0, -2.0, 3.0]
        );
        assert!(!words.shears);
    }

    #[test]
    fn mirrors_and_shear_are_told() {
        let mut matrix = Matrix4::new_nonuniform_scaling(&Vector3::new(-1.0, 1.0, 1.0));
        assert!(
            transform_words(&matrix, "a", "b")
                .parts
                .ends_with("it mirrors")
        );
        matrix[(0, 1)] = 0.2;
        assert!(
            transform_words(&matrix, "a", "b")
                .parts
                .ends_with("it shears besides")
        );
    }

    #[test]
    fn every_tool_gets_a_file_of_its_format_and_names_with_spaces_are_one_word() {
        let files = TransformUse {
            file: Path::new("out/ct to pet.mat"),
            format: TransformFormat::Ras,
            fixed: Path::new("ct.nii"),
            moving: Path::new("pet's.nii"),
            resliced: Path::new("resliced.nii.gz"),
        };
        let commands = files.commands();
        let of = |tool| commands.iter().find(|c| c.tool == tool).expect("the tool");
        assert_eq!(of("greedy").first, None);
        assert_eq!(
            of("greedy").line,
            r"greedy -d 3 -rf ct.nii -rm 'pet'\''s.nii' resliced.nii.gz -r 'out/ct to pet.mat'"
        );
        assert_eq!(of("NiftyReg").first, None);
        assert_eq!(
            of("ANTs").first.as_deref(),
            Some("warpscope transform 'out/ct to pet.mat' 'out/ct to pet.itk.txt' --to itk")
        );
        let flat = files.flat_commands();
        assert!(flat[1].line.contains("Transforms -d 2 ") && flat[2].line.contains("-d 2 "));
        let flirt = of("FSL");
        assert!(flirt.line.contains("-init 'out/ct to pet.flirt.mat'"));
        let first = flirt.first.as_deref().expect("a conversion");
        assert!(first.ends_with(r"--to flirt --fixed ct.nii --moving 'pet'\''s.nii'"));
    }
}
