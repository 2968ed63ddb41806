//! `warpscope transform`: linear transforms composed, inverted, converted and told in words.

use super::json_text::lines;
use super::transform_arg::{TransformArg, read_chain};
use super::{print, read};
use crate::io::{
    Grids, TransformCommand, TransformFormat, TransformUse, TransformWords, image_name,
    json_number, transform_words, write_transform,
};
use crate::volume::{Chain, Volume};
use anyhow::{Context as _, anyhow, bail, ensure};
use clap::Args;
use nalgebra::Matrix4;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// `warpscope transform`.
#[derive(Clone, Debug, Args)]
pub struct TransformArgs {
    /// Transforms, in the order in which they moved the image, the first alignment first; then the file to
    /// write. A displacement field is none of them. T:inverse (or T,-1) is the inverse of one, T:flirt a FLIRT
    /// matrix. With --explain and a single file nothing is written
    #[arg(value_name = "IN... OUT", required = true)]
    files: Vec<TransformArg>,
    /// Write the inverse of the whole: from the moving image to the fixed one
    #[arg(long)]
    inverse: bool,
    /// Format of OUT [default: by its name: itk for .txt and .tfm, ras for .mat]
    #[arg(long, value_name = "FORMAT")]
    to: Option<TransformFormat>,
    /// Format of IN [default: what its content tells; a matrix is taken for ras]
    #[arg(long, value_name = "FORMAT")]
    from: Option<TransformFormat>,
    /// The image whose points go in: FLIRT's "ref"
    #[arg(long, value_name = "IMAGE", requires = "moving")]
    fixed: Option<PathBuf>,
    /// The image whose points come out, which is brought to the fixed one: FLIRT's "in"
    #[arg(long, value_name = "IMAGE", requires = "fixed")]
    moving: Option<PathBuf>,
    /// Tell what the transform maps to what, its parts, and the commands of other programs that apply it
    #[arg(long)]
    explain: bool,
    /// Replace the file if it is there already
    #[arg(long)]
    force: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// The two images a transform is between.
struct Images {
    fixed: PathBuf,
    moving: PathBuf,
    /// Their voxels, where they were named.
    volumes: Option<[Volume; 2]>,
}

pub fn run(arguments: &TransformArgs) -> anyhow::Result<()> {
    let (inputs, output) = arguments.inputs_and_output()?;
    let format = match output {
        Some(output) => arguments.format_of(output)?,
        None => inputs[0].known_format()?,
    };
    let output = output.map(|output| output.path.as_path());
    let mut images = arguments.images()?;
    let chain = read_chain(&inputs, images.grids())?;
    let mut matrix = linear(&chain, &inputs)?;
    if arguments.inverse {
        let inverse = chain.inverse().and_then(|chain| chain.linear());
        matrix = inverse.context("the transform has no inverse")?;
        std::mem::swap(&mut images.fixed, &mut images.moving);
        images.volumes = images.volumes.map(|[fixed, moving]| [moving, fixed]);
    }
    if let Some(output) = output {
        write_transform(output, &matrix, format, images.grids(), arguments.force)?;
    }
    let told = Told {
        output,
        format,
        words: images.words(&matrix),
        commands: images.commands(&matrix, output.unwrap_or(&inputs[0].path), format),
    };
    print(&match arguments.json {
        true => lines(&told.json()),
        false => told.text(arguments.explain),
    })
}

impl TransformArgs {
    fn inputs_and_output(&self) -> anyhow::Result<(Vec<TransformArg>, Option<&TransformArg>)> {
        let (inputs, output) = match &self.files[..] {
            [only] if self.tells_only(only) => (std::slice::from_ref(only), None),
            [inputs @ .., output] if !inputs.is_empty() => (inputs, Some(output)),
            _ => bail!(
                "the file to write is missing; name it last, or give --explain for a transform as it is"
            ),
        };
        let mut inputs = inputs.to_vec();
        for input in &mut inputs {
            input.format = input.format.or(self.from);
        }
        Ok((inputs, output))
    }

    /// Whether a single file is told about: it is that file which the commands apply.
    fn tells_only(&self, only: &TransformArg) -> bool {
        let as_it_is = !self.inverse && !only.inverse && self.to.is_none();
        (self.explain || self.json) && as_it_is
    }

    fn format_of(&self, output: &TransformArg) -> anyhow::Result<TransformFormat> {
        let path = output.path.display();
        ensure!(
            !output.inverse,
            "the inverse of the whole is written with --inverse, not by the name: {path}"
        );
        let format = self.to.or(output.format);
        let format = format.or_else(|| TransformFormat::of_name(&output.path));
        format.ok_or_else(|| {
            anyhow!(
                "the name does not tell the format; give --to itk, ras, niftyreg or flirt: {path}"
            )
        })
    }

    fn images(&self) -> anyhow::Result<Images> {
        let placeholder = |name: &Option<PathBuf>, word: &str| {
            name.clone()
                .unwrap_or_else(|| format!("{word}.nii.gz").into())
        };
        let volumes = match (&self.fixed, &self.moving) {
            (Some(fixed), Some(moving)) => Some([read(fixed, None)?, read(moving, None)?]),
            _ => None,
        };
        Ok(Images {
            fixed: placeholder(&self.fixed, "FIXED"),
            moving: placeholder(&self.moving, "MOVING"),
            volumes,
        })
    }
}

fn linear(chain: &Chain, inputs: &[TransformArg]) -> anyhow::Result<Matrix4<f64>> {
    let names = || inputs.iter().map(|input| input.path.display().to_string());
    let matrix = chain.linear();
    matrix.with_context(|| {
        format!(
            "a displacement field is not composed or converted; give it to `warpscope resample --transform`: {}",
            names().collect::<Vec<_>>().join(", ")
        )
    })
}

impl Images {
    fn grids(&self) -> Option<Grids<'_>> {
        let [fixed, moving] = self.volumes.as_ref()?;
        Some(Grids {
            fixed: fixed.grid(),
            moving: moving.grid(),
        })
    }

    fn words(&self, matrix: &Matrix4<f64>) -> TransformWords {
        transform_words(matrix, &image_name(&self.fixed), &image_name(&self.moving))
    }

    fn commands(
        &self,
        matrix: &Matrix4<f64>,
        file: &Path,
        format: TransformFormat,
    ) -> Vec<TransformCommand> {
        let resliced = Path::new("RESLICED.nii.gz");
        let files = TransformUse {
            file,
            format,
            fixed: &self.fixed,
            moving: &self.moving,
            resliced,
        };
        match self.grids() {
            Some(grids) if grids.are_flat_under(matrix) => files.flat_commands(),
            _ => files.commands(),
        }
    }
}

/// What is said of a transform.
struct Told<'a> {
    output: Option<&'a Path>,
    format: TransformFormat,
    words: TransformWords,
    commands: Vec<TransformCommand>,
}

impl Told<'_> {
    fn text(&self, explain: bool) -> String {
        let mut text = String::new();
        if let Some(output) = self.output {
            text += &format!(
                "Written      {}\nFormat       {}\n",
                output.display(),
                self.format.label()
            );
        }
        text += &format!("{}\n", self.words.direction);
        if !explain {
            return text;
        }
        text += &format!("{}\n", self.words.parts);
        text += &rows("RAS", &self.words.ras);
        text += &rows("LPS", &self.words.lps);
        for command in &self.commands {
            text += &format!("\n# {}\n", command.tool);
            for line in command.first.iter().chain([&command.line]) {
                text += &format!("{line}\n");
            }
        }
        text
    }

    fn json(&self) -> Value {
        let words = &self.words;
        let commands: Value = self.commands.iter().map(command_json).collect();
        let mut object = json!({
            "direction": words.direction,
            "matrix_ras": matrix_json(&words.ras),
            "matrix_lps": matrix_json(&words.lps),
            "rotation_deg": words.angles_deg.map(json_number),
            "translation_ras_mm": words.translation_mm.map(json_number),
            "scale": words.scale.map(json_number),
            "shears": words.shears,
            "commands": commands,
        });
        if let Some(output) = self.output {
            object["path"] = output.display().to_string().into();
            object["format"] = self.format.name().into();
        }
        object
    }
}

fn rows(name: &str, matrix: &Matrix4<f64>) -> String {
    let mut text = String::new();
    for (n, row) in matrix.row_iter().enumerate() {
        let name = if n == 0 { name } else { "" };
        // Without the sign of a zero, which only puzzles.
        let values: Vec<String> = row.iter().map(|v| format!("{:>12.6}", v + 0.0)).collect();
        text += &format!("{name:<5}{}\n", values.join(" "));
    }
    text
}

fn matrix_json(matrix: &Matrix4<f64>) -> Value {
    let rows = matrix.row_iter();
    rows.map(|row| -> Value { row.iter().map(|v| json_number(v + 0.0)).collect() })
        .collect()
}

fn command_json(command: &TransformCommand) -> Value {
    let mut object = json!({ "tool": command.tool, "line": command.line });
    if let Some(first) = &command.first {
        object["first"] = first.as_str().into();
    }
    object
}
