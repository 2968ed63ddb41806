//! Transforms as the command line names them: a file, its format where the file does not tell, and which way
//! it is meant.

use crate::io::{
    Grids, IoError, Report, TransformFormat, read_any_transform, read_transform_as,
    transform_format,
};
use crate::volume::{Chain, Transform};
use anyhow::{Context as _, bail, ensure};
use clap::ValueEnum;
use clap::builder::PossibleValue;
use nalgebra::Matrix4;
use std::path::PathBuf;
use std::str::FromStr;

/// `T[:FORMAT][:inverse]`, or `T,-1` as greedy writes an inverse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransformArg {
    pub path: PathBuf,
    /// What the file is; `None`: its content tells.
    pub format: Option<TransformFormat>,
    pub inverse: bool,
}

impl FromStr for TransformArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut rest = text;
        let mut format = None;
        let mut inverse = false;
        loop {
            if let Some(before) = rest.strip_suffix(",-1") {
                (rest, inverse) = (before, !inverse);
            } else if let Some(before) = rest.strip_suffix(":inverse") {
                (rest, inverse) = (before, !inverse);
            } else if let Some((before, found)) = with_format(rest) {
                (rest, format) = (before, Some(found));
            } else {
                break;
            }
        }
        match rest.is_empty() {
            true => Err("the file of the transform is missing".to_owned()),
            false => Ok(Self {
                path: rest.into(),
                format,
                inverse,
            }),
        }
    }
}

fn with_format(text: &str) -> Option<(&str, TransformFormat)> {
    let (before, word) = text.rsplit_once(':')?;
    let format = TransformFormat::ALL
        .into_iter()
        .find(|f| f.name() == word)?;
    Some((before, format))
}

impl TransformArg {
    pub fn is_flirt(&self) -> bool {
        self.format == Some(TransformFormat::Flirt)
    }

    /// What the file is said to be, or what its content says.
    pub fn known_format(&self) -> Result<TransformFormat, IoError> {
        self.format.map_or_else(|| transform_format(&self.path), Ok)
    }

    /// Reads the linear transform from which `what` starts, of images on these grids.
    pub fn read_start(&self, grids: Grids<'_>, what: &str) -> anyhow::Result<Matrix4<f64>> {
        let matrix = read_chain(std::slice::from_ref(self), Some(grids))?.linear();
        matrix.with_context(|| {
            format!(
                "{what} starts from a linear transform, not from a displacement field: {}",
                self.path.display()
            )
        })
    }

    /// Reads it, the way it is meant. `grids` are of the images that it maps between so.
    fn read(&self, grids: Option<Grids<'_>>) -> anyhow::Result<Transform> {
        let own_grids = match self.inverse {
            true => grids.as_ref().map(Grids::swapped),
            false => grids,
        };
        let transform = match self.format {
            Some(format) => Transform::Linear(read_transform_as(&self.path, format, own_grids)?),
            None => read_any_transform(&self.path, &Report::silent())?,
        };
        match (self.inverse, transform) {
            (false, transform) => Ok(transform),
            (true, Transform::Linear(matrix)) => {
                let back = Chain(vec![Transform::Linear(matrix)]).inverse();
                let back = back.and_then(|chain| chain.linear());
                let back = back.with_context(|| {
                    format!("the transform has no inverse: {}", self.path.display())
                })?;
                Ok(Transform::Linear(back))
            }
            (true, Transform::Field(_)) => bail!(
                "a displacement field is not inverted; give the field of the other direction: {}",
                self.path.display()
            ),
        }
    }
}

/// Reads alignments, in the order in which they moved the image; a point of the fixed image goes through the
/// last first. `grids`, of the fixed and the moving image, are needed for a FLIRT matrix, which stands alone.
pub fn read_chain(alignments: &[TransformArg], grids: Option<Grids<'_>>) -> anyhow::Result<Chain> {
    if let Some(flirt) = alignments.iter().find(|given| given.is_flirt()) {
        ensure!(
            alignments.len() == 1,
            "a FLIRT matrix among others does not say which images it was made for; convert it with \
             `warpscope transform --from flirt` first: {}",
            flirt.path.display()
        );
    }
    let read = alignments.iter().map(|given| given.read(grids));
    Ok(Chain::of_alignments(read.collect::<Result<_, _>>()?))
}

impl ValueEnum for TransformFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.label()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn a_transform_may_say_its_format_and_direction() {
        let parsed = |text: &str| text.parse::<TransformArg>().expect("parses");
        let plain = parsed("C:/a b/T.mat");
        assert_eq!(
            (plain.path.as_path(), plain.inverse),
            (Path::new("C:/a b/T.mat"), false)
        );
        assert!(parsed("t.mat,-1").inverse && parsed("t.mat:inverse").inverse);
        assert!(!parsed("t.mat,-1:inverse").inverse);
        let flirt = parsed("t.mat:flirt:inverse");
        assert!(flirt.is_flirt() && flirt.inverse);
        assert_eq!(flirt, parsed("t.mat:inverse:flirt"));
        assert!(":flirt".parse::<TransformArg>().is_err());
    }
}
