//! Colour maps: from the place in a window, 0 to 1, to a colour.

mod own;
mod tables;

pub use own::{ColorMapError, ColorPoint, OwnMap, OwnMapFile, Side};

use std::sync::Arc;
use tables::*;

/// A colour map that layers can be shown in.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ColorMap {
    #[default]
    Grayscale,
    InverseGray,
    Hot,
    Jet,
    Cool,
    Viridis,
    Magma,
    Inferno,
    Plasma,
    Turbo,
    Cividis,
    Hsv,
    Spring,
    Summer,
    Autumn,
    Winter,
    Copper,
    BlackToRed,
    BlackToGreen,
    BlackToBlue,
    BlackToCyan,
    BlackToMagenta,
    BlueWhiteRed,
    RedWhiteBlue,
    /// Made by the user.
    Own(Arc<OwnMap>),
}

impl ColorMap {
    /// Every built-in map, in the order menus show them.
    pub const ALL: &[Self] = &[
        Self::Grayscale,
        Self::InverseGray,
        Self::Hot,
        Self::Jet,
        Self::Cool,
        Self::Viridis,
        Self::Magma,
        Self::Inferno,
        Self::Plasma,
        Self::Turbo,
        Self::Cividis,
        Self::Hsv,
        Self::Spring,
        Self::Summer,
        Self::Autumn,
        Self::Winter,
        Self::Copper,
        Self::BlackToRed,
        Self::BlackToGreen,
        Self::BlackToBlue,
        Self::BlackToCyan,
        Self::BlackToMagenta,
        Self::BlueWhiteRed,
        Self::RedWhiteBlue,
    ];

    /// The name on screen.
    pub fn name(&self) -> &str {
        match self {
            Self::Grayscale => "Grayscale",
            Self::InverseGray => "Inverse gray",
            Self::Hot => "Hot",
            Self::Jet => "Jet",
            Self::Cool => "Cool",
            Self::Viridis => "Viridis",
            Self::Magma => "Magma",
            Self::Inferno => "Inferno",
            Self::Plasma => "Plasma",
            Self::Turbo => "Turbo",
            Self::Cividis => "Cividis",
            Self::Hsv => "HSV",
            Self::Spring => "Spring",
            Self::Summer => "Summer",
            Self::Autumn => "Autumn",
            Self::Winter => "Winter",
            Self::Copper => "Copper",
            Self::BlackToRed => "Black to red",
            Self::BlackToGreen => "Black to green",
            Self::BlackToBlue => "Black to blue",
            Self::BlackToCyan => "Black to cyan",
            Self::BlackToMagenta => "Black to magenta",
            Self::BlueWhiteRed => "Blue to white to red",
            Self::RedWhiteBlue => "Red to white to blue",
            Self::Own(map) => map.name(),
        }
    }

    /// A built-in map from its name, whatever its case; spaces, hyphens and underscores do not count, "grey" is "gray".
    pub fn parse(name: &str) -> Option<Self> {
        let plain = |name: &str| {
            let letters = name.chars().filter(|c| !matches!(c, ' ' | '-' | '_'));
            letters
                .collect::<String>()
                .to_lowercase()
                .replace("grey", "gray")
        };
        let wanted = match plain(name).as_str() {
            "gray" => plain(Self::Grayscale.name()),
            other => other.to_owned(),
        };
        Self::ALL
            .iter()
            .find(|map| plain(map.name()) == wanted)
            .cloned()
    }

    /// The colour at `t`, 0 at the window's minimum and 1 at its maximum, with its opacity; beyond, that
    /// of the end; of NaN, the lowest.
    pub fn color(&self, t: f32) -> [u8; 4] {
        let Some(knots) = self.knots() else {
            return match self {
                Self::Own(map) => map.color(t),
                _ => [0; 4],
            };
        };
        let place = if t > 0.0 { t.min(1.0) * 255.0 } else { 0.0 };
        let at = |knot: Knot| (knot >> 24) as f32;
        let upper = knots.partition_point(|knot| at(*knot) < place).max(1);
        let [low, high] = [knots[upper - 1], knots[upper]];
        let share = (place - at(low)) / (at(high) - at(low));
        own::mixed(color_of(low), color_of(high), share)
    }

    /// The same colours as a map of the user's own, called `name`.
    pub fn to_own(&self, name: &str) -> OwnMap {
        if let Self::Own(map) = self {
            return map.renamed(name);
        }
        let points = self.knots().into_iter().flat_map(|knots| knots.iter());
        let points =
            points.map(|knot| ColorPoint::new((knot >> 24) as f32 / 255.0, color_of(*knot)));
        OwnMap::with_points(name, points.collect())
    }

    fn knots(&self) -> Option<&'static [Knot]> {
        Some(match self {
            Self::Grayscale => GRAYSCALE,
            Self::InverseGray => INVERSE_GRAY,
            Self::Hot => HOT,
            Self::Jet => JET,
            Self::Cool => COOL,
            Self::Viridis => VIRIDIS,
            Self::Magma => MAGMA,
            Self::Inferno => INFERNO,
            Self::Plasma => PLASMA,
            Self::Turbo => TURBO,
            Self::Cividis => CIVIDIS,
            Self::Hsv => HSV,
            Self::Spring => SPRING,
            Self::Summer => SUMMER,
            Self::Autumn => AUTUMN,
            Self::Winter => WINTER,
            Self::Copper => COPPER,
            Self::BlackToRed => BLACK_TO_RED,
            Self::BlackToGreen => BLACK_TO_GREEN,
            Self::BlackToBlue => BLACK_TO_BLUE,
            Self::BlackToCyan => BLACK_TO_CYAN,
            Self::BlackToMagenta => BLACK_TO_MAGENTA,
            Self::BlueWhiteRed => BLUE_WHITE_RED,
            Self::RedWhiteBlue => RED_WHITE_BLUE,
            Self::Own(_) => return None,
        })
    }
}

/// The opaque colour of a knot.
fn color_of(knot: Knot) -> [u8; 4] {
    let [_, r, g, b] = knot.to_be_bytes();
    [r, g, b, 255]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Colours of matplotlib 3 at entries 0, 64, 128, 192 and 255 of its tables of 256.
    const MATPLOTLIB: &[(ColorMap, [u32; 5])] = &[
        (
            ColorMap::Hot,
            [0x0b0000, 0xb30000, 0xff5c00, 0xffff07, 0xffffff],
        ),
        (
            ColorMap::Jet,
            [0x000080, 0x0080ff, 0x7dff7a, 0xff9400, 0x800000],
        ),
        (
            ColorMap::Cool,
            [0x00ffff, 0x40bfff, 0x807fff, 0xc03fff, 0xff00ff],
        ),
        (
            ColorMap::Viridis,
            [0x440154, 0x3b528b, 0x21918c, 0x5ec962, 0xfde725],
        ),
        (
            ColorMap::Magma,
            [0x000004, 0x51127c, 0xb73779, 0xfc8961, 0xfcfdbf],
        ),
        (
            ColorMap::Inferno,
            [0x000004, 0x57106e, 0xbc3754, 0xf98e09, 0xfcffa4],
        ),
        (
            ColorMap::Plasma,
            [0x0d0887, 0x7e03a8, 0xcc4778, 0xf89540, 0xf0f921],
        ),
        (
            ColorMap::Turbo,
            [0x30123b, 0x28bceb, 0xa4fc3c, 0xfb7e21, 0x7a0403],
        ),
        (
            ColorMap::Cividis,
            [0x00224e, 0x434e6c, 0x7d7c78, 0xbcae6c, 0xfee838],
        ),
        (
            ColorMap::Hsv,
            [0xff0000, 0x84ff00, 0x00fff6, 0x7200ff, 0xff0018],
        ),
        (
            ColorMap::Spring,
            [0xff00ff, 0xff40bf, 0xff807f, 0xffc03f, 0xffff00],
        ),
        (
            ColorMap::Summer,
            [0x008066, 0x40a066, 0x80c066, 0xc0e066, 0xffff66],
        ),
        (
            ColorMap::Autumn,
            [0xff0000, 0xff4000, 0xff8000, 0xffc000, 0xffff00],
        ),
        (
            ColorMap::Winter,
            [0x0000ff, 0x0040df, 0x0080bf, 0x00c09f, 0x00ff80],
        ),
        (
            ColorMap::Copper,
            [0x000000, 0x4f3220, 0x9e6440, 0xed9660, 0xffc77f],
        ),
    ];

    #[test]
    fn maps_follow_matplotlib() {
        for (map, colors) in MATPLOTLIB {
            for (entry, expected) in [0, 64, 128, 192, 255].into_iter().zip(colors) {
                let color = map.color(entry as f32 / 255.0);
                let [_, expected @ ..] = expected.to_be_bytes();
                let off = (0..3).map(|c| color[c].abs_diff(expected[c])).max();
                assert!(
                    off <= Some(3),
                    "{map:?} at {entry}: {color:?}, not {expected:?}"
                );
            }
        }
    }

    #[test]
    fn names_are_read_back_whatever_their_spelling() {
        for map in ColorMap::ALL {
            assert_eq!(ColorMap::parse(map.name()).as_ref(), Some(map));
        }
        assert_eq!(ColorMap::parse("inverse-GREY"), Some(ColorMap::InverseGray));
        assert_eq!(ColorMap::parse("gray"), Some(ColorMap::Grayscale));
        assert_eq!(ColorMap::parse("no such map"), None);
    }

    #[test]
    fn beyond_the_ends_the_end_colours_go_on() {
        assert_eq!(ColorMap::Grayscale.color(-1.0), [0, 0, 0, 255]);
        assert_eq!(ColorMap::Grayscale.color(0.5), [128, 128, 128, 255]);
        assert_eq!(ColorMap::Grayscale.color(2.0), [255, 255, 255, 255]);
        assert_eq!(ColorMap::Hot.color(f32::NAN), ColorMap::Hot.color(0.0));
    }
}
