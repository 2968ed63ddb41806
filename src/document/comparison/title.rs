//! What is written over a picture of two images.

use super::{ComparisonMode, Tint};
use crate::document::Layer;

/// Words over a picture, in a colour of their own or in that of all such words.
#[derive(Clone, Debug, PartialEq)]
pub struct TitlePart {
    pub text: String,
    /// Red, green and blue.
    pub color: Option<[u8; 3]>,
}

/// Bright enough to be read on black.
const CYAN: [u8; 3] = [0, 229, 255];
const MAGENTA: [u8; 3] = [255, 96, 255];
const RED: [u8; 3] = [255, 96, 80];
const GREEN: [u8; 3] = [80, 230, 90];

impl ComparisonMode {
    /// Which image is where or has which colour, by their names.
    pub fn title(&self, [first, second]: [&str; 2]) -> Vec<TitlePart> {
        let plain = |text: String| TitlePart { text, color: None };
        let tinted = |text: &str, color| TitlePart {
            text: text.to_owned(),
            color: Some(color),
        };
        match self {
            Self::Checkerboard { .. } | Self::Blend { .. } => {
                vec![plain(format!("{first} + {second}"))]
            }
            Self::Swipe { upright: true, .. } => vec![plain(format!("{first} | {second}"))],
            Self::Swipe { upright: false, .. } => {
                vec![plain(format!("{first} above {second}"))]
            }
            Self::Flicker { second: false } => vec![plain(first.to_owned())],
            Self::Flicker { second: true } => vec![plain(second.to_owned())],
            Self::Difference { absolute: false } => vec![plain(format!("{second} − {first}"))],
            Self::Difference { absolute: true } => vec![plain(format!("|{second} − {first}|"))],
            Self::Composite(tint) => {
                let [one, other] = match tint {
                    Tint::CyanMagenta => [CYAN, MAGENTA],
                    Tint::RedGreen => [RED, GREEN],
                };
                let and = plain(" + ".to_owned());
                vec![tinted(first, one), and, tinted(second, other)]
            }
            Self::Edges { .. } => vec![
                plain(format!("{first} + ")),
                tinted(&format!("edges of {second}"), super::edges::COLOR),
            ],
        }
    }

    /// Of two layers, the first and the second, those that are seen in their own colours.
    pub fn own_colors<'a>(&self, layers: &[&'a Layer]) -> Vec<&'a Layer> {
        let shown = match self {
            Self::Checkerboard { .. } | Self::Swipe { .. } | Self::Blend { .. } => [true, true],
            Self::Flicker { second } => [!second, *second],
            Self::Edges { .. } => [true, false],
            Self::Difference { .. } | Self::Composite(_) => [false, false],
        };
        let layers = layers.iter().zip(shown);
        layers
            .filter(|(_, shown)| *shown)
            .map(|(layer, _)| *layer)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_tells_which_image_is_where_and_of_which_colour() {
        let words = |mode: ComparisonMode| {
            let title = mode.title(["A", "B"]);
            title.into_iter().map(|part| part.text).collect::<String>()
        };
        for (mode, expected) in [
            (ComparisonMode::Flicker { second: false }, "A"),
            (ComparisonMode::Flicker { second: true }, "B"),
            (ComparisonMode::Difference { absolute: false }, "B − A"),
            (ComparisonMode::EDGES, "A + edges of B"),
        ] {
            assert_eq!(words(mode), expected);
        }
        let tinted = ComparisonMode::Composite(Tint::RedGreen).title(["A", "B"]);
        let [Some(red), None, Some(green)] = [0, 1, 2].map(|n: usize| tinted[n].color) else {
            panic!("two colours");
        };
        assert!(red[0] > red[1] && green[1] > green[0]);
    }
}
