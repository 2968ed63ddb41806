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

/// A place on the map, 0 to 255, and its colour as 0xrrggbb; straight lines between.
type Knot = (u8, u32);

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
        let upper = knots
            .partition_point(|(at, _)| f32::from(*at) < place)
            .max(1);
        let [(from, low), (to, high)] = [knots[upper - 1], knots[upper]];
        let share = (place - f32::from(from)) / f32::from(to - from);
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

const GRAYSCALE: &[Knot] = &[(0, 0x000000), (255, 0xffffff)];
const INVERSE_GRAY: &[Knot] = &[(0, 0xffffff), (255, 0x000000)];
const BLACK_TO_RED: &[Knot] = &[(0, 0x000000), (255, 0xff0000)];
const BLACK_TO_GREEN: &[Knot] = &[(0, 0x000000), (255, 0x00ff00)];
const BLACK_TO_BLUE: &[Knot] = &[(0, 0x000000), (255, 0x0000ff)];
const BLACK_TO_CYAN: &[Knot] = &[(0, 0x000000), (255, 0x00ffff)];
const BLACK_TO_MAGENTA: &[Knot] = &[(0, 0x000000), (255, 0xff00ff)];
const BLUE_WHITE_RED: &[Knot] = &[
    (0, 0x0000ff),
    (127, 0xffffff),
    (128, 0xffffff),
    (255, 0xff0000),
];
const RED_WHITE_BLUE: &[Knot] = &[
    (0, 0xff0000),
    (127, 0xffffff),
    (128, 0xffffff),
    (255, 0x0000ff),
];
const HOT: &[Knot] = &[
    (0, 0x0b0000),
    (93, 0xff0000),
    (190, 0xfffe00),
    (255, 0xffffff),
];
const JET: &[Knot] = &[
    (0, 0x000080),
    (28, 0x0000ff),
    (32, 0x0000ff),
    (87, 0x00dcfe),
    (90, 0x02e8f4),
    (96, 0x16ffe1),
    (163, 0xeeff09),
    (166, 0xf8f500),
    (169, 0xffea00),
    (227, 0xff1300),
    (232, 0xe80000),
    (255, 0x800000),
];
const COOL: &[Knot] = &[(0, 0x00ffff), (255, 0xff00ff)];
const VIRIDIS: &[Knot] = &[
    (0, 0x440154),
    (28, 0x482878),
    (55, 0x3f4889),
    (106, 0x287c8e),
    (141, 0x1e9d89),
    (159, 0x27ad81),
    (179, 0x44bf70),
    (205, 0x7cd250),
    (238, 0xd2e21b),
    (246, 0xe7e419),
    (255, 0xfde725),
];
const MAGMA: &[Knot] = &[
    (0, 0x000004),
    (15, 0x090720),
    (37, 0x241253),
    (51, 0x3b0f70),
    (68, 0x57157e),
    (105, 0x912b81),
    (139, 0xc83e73),
    (159, 0xe55064),
    (176, 0xf56b5c),
    (193, 0xfc8a62),
    (218, 0xfeb97f),
    (255, 0xfcfdbf),
];
const INFERNO: &[Knot] = &[
    (0, 0x000004),
    (14, 0x09061f),
    (33, 0x230c4c),
    (45, 0x380962),
    (62, 0x540f6d),
    (91, 0x82206c),
    (123, 0xb43359),
    (151, 0xda4e3c),
    (178, 0xf3761b),
    (196, 0xfb9606),
    (204, 0xfca50a),
    (220, 0xfac42a),
    (235, 0xf4e156),
    (246, 0xf2f482),
    (255, 0xfcffa4),
];
const PLASMA: &[Knot] = &[
    (0, 0x0d0887),
    (12, 0x2a0593),
    (43, 0x5e01a6),
    (64, 0x7e03a8),
    (89, 0xa11b9b),
    (129, 0xcc4977),
    (173, 0xef7c51),
    (209, 0xfdae32),
    (233, 0xfbd324),
    (252, 0xf1f426),
    (255, 0xf0f921),
];
const TURBO: &[Knot] = &[
    (0, 0x30123b),
    (10, 0x3b2f80),
    (21, 0x434eba),
    (31, 0x4669e0),
    (41, 0x4682f8),
    (49, 0x4196ff),
    (58, 0x33adf7),
    (73, 0x1bd0d5),
    (82, 0x18e0bd),
    (90, 0x22ebaa),
    (102, 0x46f884),
    (120, 0x8bff4b),
    (131, 0xacfb38),
    (144, 0xcdec34),
    (160, 0xeecf3a),
    (173, 0xfcb336),
    (188, 0xfd8a26),
    (205, 0xef5811),
    (224, 0xd02f05),
    (242, 0xa41301),
    (255, 0x7a0403),
];
const CIVIDIS: &[Knot] = &[
    (0, 0x00224e),
    (20, 0x003070),
    (23, 0x013271),
    (30, 0x163770),
    (47, 0x31436d),
    (97, 0x62656f),
    (138, 0x868379),
    (186, 0xb6a96f),
    (224, 0xdec958),
    (247, 0xf8df3c),
    (252, 0xfee434),
    (255, 0xfee838),
];
const HSV: &[Knot] = &[
    (0, 0xff0000),
    (41, 0xfef100),
    (45, 0xf4ff00),
    (85, 0x08ff00),
    (90, 0x00ff16),
    (129, 0x00fffc),
    (131, 0x00f6ff),
    (171, 0x020cff),
    (174, 0x0800ff),
    (215, 0xf800fd),
    (220, 0xff00e7),
    (255, 0xff0018),
];
const SPRING: &[Knot] = &[(0, 0xff00ff), (255, 0xffff00)];
const SUMMER: &[Knot] = &[(0, 0x008066), (255, 0xffff66)];
const AUTUMN: &[Knot] = &[(0, 0xff0000), (255, 0xffff00)];
const WINTER: &[Knot] = &[(0, 0x0000ff), (255, 0x00ff80)];
const COPPER: &[Knot] = &[(0, 0x000000), (208, 0xffa267), (255, 0xffc77f)];

#[cfg(test)]
mod tests {
    use super::*;

    /// Colours of matplotlib 3 at entries 0, 64, 128, 192 and 255 of its tables of 256.
    const MATPLOTLIB: &[(ColorMap, [[u8; 3]; 5])] = &[
        (
            ColorMap::Hot,
            [
                [11, 0, 0],
                [179, 0, 0],
                [255, 92, 0],
                [255, 255, 7],
                [255, 255, 255],
            ],
        ),
        (
            ColorMap::Jet,
            [
                [0, 0, 128],
                [0, 128, 255],
                [125, 255, 122],
                [255, 148, 0],
                [128, 0, 0],
            ],
        ),
        (
            ColorMap::Cool,
            [
                [0, 255, 255],
                [64, 191, 255],
                [128, 127, 255],
                [192, 63, 255],
                [255, 0, 255],
            ],
        ),
        (
            ColorMap::Viridis,
            [
                [68, 1, 84],
                [59, 82, 139],
                [33, 145, 140],
                [94, 201, 98],
                [253, 231, 37],
            ],
        ),
        (
            ColorMap::Magma,
            [
                [0, 0, 4],
                [81, 18, 124],
                [183, 55, 121],
                [252, 137, 97],
                [252, 253, 191],
            ],
        ),
        (
            ColorMap::Inferno,
            [
                [0, 0, 4],
                [87, 16, 110],
                [188, 55, 84],
                [249, 142, 9],
                [252, 255, 164],
            ],
        ),
        (
            ColorMap::Plasma,
            [
                [13, 8, 135],
                [126, 3, 168],
                [204, 71, 120],
                [248, 149, 64],
                [240, 249, 33],
            ],
        ),
        (
            ColorMap::Turbo,
            [
                [48, 18, 59],
                [40, 188, 235],
                [164, 252, 60],
                [251, 126, 33],
                [122, 4, 3],
            ],
        ),
        (
            ColorMap::Cividis,
            [
                [0, 34, 78],
                [67, 78, 108],
                [125, 124, 120],
                [188, 174, 108],
                [254, 232, 56],
            ],
        ),
        (
            ColorMap::Hsv,
            [
                [255, 0, 0],
                [132, 255, 0],
                [0, 255, 246],
                [114, 0, 255],
                [255, 0, 24],
            ],
        ),
        (
            ColorMap::Spring,
            [
                [255, 0, 255],
                [255, 64, 191],
                [255, 128, 127],
                [255, 192, 63],
                [255, 255, 0],
            ],
        ),
        (
            ColorMap::Summer,
            [
                [0, 128, 102],
                [64, 160, 102],
                [128, 192, 102],
                [192, 224, 102],
                [255, 255, 102],
            ],
        ),
        (
            ColorMap::Autumn,
            [
                [255, 0, 0],
                [255, 64, 0],
                [255, 128, 0],
                [255, 192, 0],
                [255, 255, 0],
            ],
        ),
        (
            ColorMap::Winter,
            [
                [0, 0, 255],
                [0, 64, 223],
                [0, 128, 191],
                [0, 192, 159],
                [0, 255, 128],
            ],
        ),
        (
            ColorMap::Copper,
            [
                [0, 0, 0],
                [79, 50, 32],
                [158, 100, 64],
                [237, 150, 96],
                [255, 199, 127],
            ],
        ),
    ];

    #[test]
    fn maps_follow_matplotlib() {
        for (map, colors) in MATPLOTLIB {
            for (entry, expected) in [0, 64, 128, 192, 255].into_iter().zip(colors) {
                let color = map.color(entry as f32 / 255.0);
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
