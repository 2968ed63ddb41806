//! Colour maps: from the place in a window, 0 to 1, to a colour.
//!
//! The maps that matplotlib has too follow its tables (CC0; Turbo: Google, Apache-2.0) to 2 of 255, as
//! straight lines between knots; the others are ramps between two or three plain colours.

/// A colour map that layers can be shown in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
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
}

/// A place on the map, 0 to 255, and its colour there, as the bytes 0xPPrrggbb; straight lines between.
type Knot = u32;

impl ColorMap {
    /// Every map, in the order menus show them.
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
    pub fn name(self) -> &'static str {
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
        }
    }

    /// From a name, whatever its case; spaces, hyphens and underscores do not count, "grey" is "gray".
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
            .copied()
            .find(|map| plain(map.name()) == wanted)
    }

    /// The colour at `t`, 0 at the window's minimum and 1 at its maximum; beyond, that of the end; of
    /// NaN, the lowest.
    pub fn color(self, t: f32) -> [u8; 3] {
        let place = if t > 0.0 { t.min(1.0) * 255.0 } else { 0.0 };
        let knots = self.knots();
        let at = |knot: Knot| (knot >> 24) as f32;
        let upper = knots.partition_point(|knot| at(*knot) < place).max(1);
        let [low, high] = [knots[upper - 1], knots[upper]];
        let share = (place - at(low)) / (at(high) - at(low));
        let ([_, low @ ..], [_, high @ ..]) = (low.to_be_bytes(), high.to_be_bytes());
        std::array::from_fn(|channel| {
            let (low, high) = (f32::from(low[channel]), f32::from(high[channel]));
            (low + share * (high - low)).round() as u8
        })
    }

    fn knots(self) -> &'static [Knot] {
        match self {
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
        }
    }
}

const GRAYSCALE: &[Knot] = &[0x00000000, 0xffffffff];
const INVERSE_GRAY: &[Knot] = &[0x00ffffff, 0xff000000];
const BLACK_TO_RED: &[Knot] = &[0x00000000, 0xffff0000];
const BLACK_TO_GREEN: &[Knot] = &[0x00000000, 0xff00ff00];
const BLACK_TO_BLUE: &[Knot] = &[0x00000000, 0xff0000ff];
const BLACK_TO_CYAN: &[Knot] = &[0x00000000, 0xff00ffff];
const BLACK_TO_MAGENTA: &[Knot] = &[0x00000000, 0xffff00ff];
const BLUE_WHITE_RED: &[Knot] = &[0x000000ff, 0x7fffffff, 0x80ffffff, 0xffff0000];
const RED_WHITE_BLUE: &[Knot] = &[0x00ff0000, 0x7fffffff, 0x80ffffff, 0xff0000ff];
const HOT: &[Knot] = &[0x000b0000, 0x5dff0000, 0xbefffe00, 0xffffffff];
const JET: &[Knot] = &[
    0x00000080, 0x1c0000ff, 0x200000ff, 0x5700dcfe, 0x5a02e8f4, 0x6016ffe1, 0xa3eeff09, 0xa6f8f500,
    0xa9ffea00, 0xe3ff1300, 0xe8e80000, 0xff800000,
];
const COOL: &[Knot] = &[0x0000ffff, 0xffff00ff];
const VIRIDIS: &[Knot] = &[
    0x00440154, 0x1c482878, 0x373f4889, 0x6a287c8e, 0x8d1e9d89, 0x9f27ad81, 0xb344bf70, 0xcd7cd250,
    0xeed2e21b, 0xf6e7e419, 0xfffde725,
];
const MAGMA: &[Knot] = &[
    0x00000004, 0x0f090720, 0x25241253, 0x333b0f70, 0x4457157e, 0x69912b81, 0x8bc83e73, 0x9fe55064,
    0xb0f56b5c, 0xc1fc8a62, 0xdafeb97f, 0xfffcfdbf,
];
const INFERNO: &[Knot] = &[
    0x00000004, 0x0e09061f, 0x21230c4c, 0x2d380962, 0x3e540f6d, 0x5b82206c, 0x7bb43359, 0x97da4e3c,
    0xb2f3761b, 0xc4fb9606, 0xccfca50a, 0xdcfac42a, 0xebf4e156, 0xf6f2f482, 0xfffcffa4,
];
const PLASMA: &[Knot] = &[
    0x000d0887, 0x0c2a0593, 0x2b5e01a6, 0x407e03a8, 0x59a11b9b, 0x81cc4977, 0xadef7c51, 0xd1fdae32,
    0xe9fbd324, 0xfcf1f426, 0xfff0f921,
];
const TURBO: &[Knot] = &[
    0x0030123b, 0x0a3b2f80, 0x15434eba, 0x1f4669e0, 0x294682f8, 0x314196ff, 0x3a33adf7, 0x491bd0d5,
    0x5218e0bd, 0x5a22ebaa, 0x6646f884, 0x788bff4b, 0x83acfb38, 0x90cdec34, 0xa0eecf3a, 0xadfcb336,
    0xbcfd8a26, 0xcdef5811, 0xe0d02f05, 0xf2a41301, 0xff7a0403,
];
const CIVIDIS: &[Knot] = &[
    0x0000224e, 0x14003070, 0x17013271, 0x1e163770, 0x2f31436d, 0x6162656f, 0x8a868379, 0xbab6a96f,
    0xe0dec958, 0xf7f8df3c, 0xfcfee434, 0xfffee838,
];
const HSV: &[Knot] = &[
    0x00ff0000, 0x29fef100, 0x2df4ff00, 0x5508ff00, 0x5a00ff16, 0x8100fffc, 0x8300f6ff, 0xab020cff,
    0xae0800ff, 0xd7f800fd, 0xdcff00e7, 0xffff0018,
];
const SPRING: &[Knot] = &[0x00ff00ff, 0xffffff00];
const SUMMER: &[Knot] = &[0x00008066, 0xffffff66];
const AUTUMN: &[Knot] = &[0x00ff0000, 0xffffff00];
const WINTER: &[Knot] = &[0x000000ff, 0xff00ff80];
const COPPER: &[Knot] = &[0x00000000, 0xd0ffa267, 0xffffc77f];

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
            assert_eq!(ColorMap::parse(map.name()), Some(*map));
        }
        assert_eq!(ColorMap::parse("inverse-GREY"), Some(ColorMap::InverseGray));
        assert_eq!(ColorMap::parse("gray"), Some(ColorMap::Grayscale));
        assert_eq!(ColorMap::parse("no such map"), None);
    }

    #[test]
    fn beyond_the_ends_the_end_colours_go_on() {
        assert_eq!(ColorMap::Grayscale.color(-1.0), [0, 0, 0]);
        assert_eq!(ColorMap::Grayscale.color(0.5), [128, 128, 128]);
        assert_eq!(ColorMap::Grayscale.color(2.0), [255, 255, 255]);
        assert_eq!(ColorMap::Hot.color(f32::NAN), ColorMap::Hot.color(0.0));
    }
}
