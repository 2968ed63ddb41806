//! The colours of the built-in maps.
//!
//! The maps that matplotlib has too follow its tables (CC0; Turbo: Google, Apache-2.0) to 2 of 255, as
//! straight lines between knots; the others are ramps between two or three plain colours.

/// A place on the map, 0 to 255, and its colour there, as the bytes 0xPPrrggbb; straight lines between.
pub(super) type Knot = u32;

pub(super) const GRAYSCALE: &[Knot] = &[0x00000000, 0xffffffff];
pub(super) const INVERSE_GRAY: &[Knot] = &[0x00ffffff, 0xff000000];
pub(super) const BLACK_TO_RED: &[Knot] = &[0x00000000, 0xffff0000];
pub(super) const BLACK_TO_GREEN: &[Knot] = &[0x00000000, 0xff00ff00];
pub(super) const BLACK_TO_BLUE: &[Knot] = &[0x00000000, 0xff0000ff];
pub(super) const BLACK_TO_CYAN: &[Knot] = &[0x00000000, 0xff00ffff];
pub(super) const BLACK_TO_MAGENTA: &[Knot] = &[0x00000000, 0xffff00ff];
pub(super) const BLUE_WHITE_RED: &[Knot] = &[0x000000ff, 0x7fffffff, 0x80ffffff, 0xffff0000];
pub(super) const RED_WHITE_BLUE: &[Knot] = &[0x00ff0000, 0x7fffffff, 0x80ffffff, 0xff0000ff];
pub(super) const HOT: &[Knot] = &[0x000b0000, 0x5dff0000, 0xbefffe00, 0xffffffff];
pub(super) const JET: &[Knot] = &[
    0x00000080, 0x1c0000ff, 0x200000ff, 0x5700dcfe, 0x5a02e8f4, 0x6016ffe1, 0xa3eeff09, 0xa6f8f500,
    0xa9ffea00, 0xe3ff1300, 0xe8e80000, 0xff800000,
];
pub(super) const COOL: &[Knot] = &[0x0000ffff, 0xffff00ff];
pub(super) const VIRIDIS: &[Knot] = &[
    0x00440154, 0x1c482878, 0x373f4889, 0x6a287c8e, 0x8d1e9d89, 0x9f27ad81, 0xb344bf70, 0xcd7cd250,
    0xeed2e21b, 0xf6e7e419, 0xfffde725,
];
pub(super) const MAGMA: &[Knot] = &[
    0x00000004, 0x0f090720, 0x25241253, 0x333b0f70, 0x4457157e, 0x69912b81, 0x8bc83e73, 0x9fe55064,
    0xb0f56b5c, 0xc1fc8a62, 0xdafeb97f, 0xfffcfdbf,
];
pub(super) const INFERNO: &[Knot] = &[
    0x00000004, 0x0e09061f, 0x21230c4c, 0x2d380962, 0x3e540f6d, 0x5b82206c, 0x7bb43359, 0x97da4e3c,
    0xb2f3761b, 0xc4fb9606, 0xccfca50a, 0xdcfac42a, 0xebf4e156, 0xf6f2f482, 0xfffcffa4,
];
pub(super) const PLASMA: &[Knot] = &[
    0x000d0887, 0x0c2a0593, 0x2b5e01a6, 0x407e03a8, 0x59a11b9b, 0x81cc4977, 0xadef7c51, 0xd1fdae32,
    0xe9fbd324, 0xfcf1f426, 0xfff0f921,
];
pub(super) const TURBO: &[Knot] = &[
    0x0030123b, 0x0a3b2f80, 0x15434eba, 0x1f4669e0, 0x294682f8, 0x314196ff, 0x3a33adf7, 0x491bd0d5,
    0x5218e0bd, 0x5a22ebaa, 0x6646f884, 0x788bff4b, 0x83acfb38, 0x90cdec34, 0xa0eecf3a, 0xadfcb336,
    0xbcfd8a26, 0xcdef5811, 0xe0d02f05, 0xf2a41301, 0xff7a0403,
];
pub(super) const CIVIDIS: &[Knot] = &[
    0x0000224e, 0x14003070, 0x17013271, 0x1e163770, 0x2f31436d, 0x6162656f, 0x8a868379, 0xbab6a96f,
    0xe0dec958, 0xf7f8df3c, 0xfcfee434, 0xfffee838,
];
pub(super) const HSV: &[Knot] = &[
    0x00ff0000, 0x29fef100, 0x2df4ff00, 0x5508ff00, 0x5a00ff16, 0x8100fffc, 0x8300f6ff, 0xab020cff,
    0xae0800ff, 0xd7f800fd, 0xdcff00e7, 0xffff0018,
];
pub(super) const SPRING: &[Knot] = &[0x00ff00ff, 0xffffff00];
pub(super) const SUMMER: &[Knot] = &[0x00008066, 0xffffff66];
pub(super) const AUTUMN: &[Knot] = &[0x00ff0000, 0xffffff00];
pub(super) const WINTER: &[Knot] = &[0x000000ff, 0xff00ff80];
pub(super) const COPPER: &[Knot] = &[0x00000000, 0xd0ffa267, 0xffffc77f];
