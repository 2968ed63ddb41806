//! Icons by name: code points of the Phosphor icon font, Regular weight (`assets/Phosphor.ttf`,
//! from `@phosphor-icons/web` 2.1.2, MIT). A constant is the icon's name at phosphoricons.com.

pub const ARROW_COUNTER_CLOCKWISE: &str = "\u{e038}";
pub const ARROW_U_UP_LEFT: &str = "\u{e08a}";
pub const ARROW_U_UP_RIGHT: &str = "\u{e08c}";
pub const ARROWS_IN: &str = "\u{e09a}";
pub const ARROWS_OUT: &str = "\u{e0a2}";
pub const CARET_DOWN: &str = "\u{e136}";
pub const CHECK: &str = "\u{e182}";
pub const CIRCLE_HALF: &str = "\u{e18c}";
pub const CORNERS_OUT: &str = "\u{e1d0}";
pub const CROSSHAIR: &str = "\u{e1d6}";
pub const DOTS_THREE: &str = "\u{e1fe}";
pub const EYE: &str = "\u{e220}";
pub const EYE_SLASH: &str = "\u{e224}";
pub const FILE: &str = "\u{e230}";
pub const FILE_PLUS: &str = "\u{e236}";
pub const FLOPPY_DISK: &str = "\u{e248}";
pub const FOLDER_OPEN: &str = "\u{e256}";
pub const GRID_FOUR: &str = "\u{e296}";
pub const HAND: &str = "\u{e298}";
pub const IMAGES: &str = "\u{e836}";
pub const INFO: &str = "\u{e2ce}";
pub const KEYBOARD: &str = "\u{e2d8}";
pub const LINK: &str = "\u{e2e2}";
pub const MAGIC_WAND: &str = "\u{e6b6}";
pub const MAGNIFYING_GLASS_MINUS: &str = "\u{e30e}";
pub const MAGNIFYING_GLASS_PLUS: &str = "\u{e310}";
pub const PALETTE: &str = "\u{e6c8}";
pub const PLUS: &str = "\u{e3d4}";
pub const WARNING: &str = "\u{e4e0}";
pub const WARNING_CIRCLE: &str = "\u{e4e2}";
pub const X: &str = "\u{e4f6}";
