//! The colour of every value of a layer, as a table.

use super::{ColorMap, Display, Window};

/// Colours that a table of a window holds.
const COLORS: usize = 1024;
/// Table cells beside them: values below the window, above it, NaN, and what is hidden.
const BELOW: usize = 0;
const ABOVE: usize = COLORS + 1;
const NAN: u32 = COLORS as u32 + 2;
const HIDDEN: u32 = COLORS as u32 + 3;
/// The lowest part of a see-through window, over which opacity rises from nothing: dark low colours
/// would else darken the image below.
const FADE: f32 = 0.1;
/// Room in the table, a power of two, so that a mask keeps every index inside.
pub(super) const CELLS: usize = 2 * COLORS;

/// The colour of every value of a layer, RGBA with the layer's opacity in its alpha.
#[derive(Clone, Debug)]
pub struct Lut {
    cells: Box<[[u8; 4]; CELLS]>,
    min: f32,
    /// Cells a unit of value.
    scale: f32,
    hidden_below: f32,
}

impl Lut {
    /// For an overlay: the map's own opacity counts.
    pub fn new(display: &Display) -> Self {
        Self::with_map(display, |t| display.map.color(t))
    }

    /// For an image with nothing below it: the map's own opacity does not count.
    pub fn opaque(display: &Display) -> Self {
        Self::with_map(display, |t| {
            let [r, g, b, _] = display.map.color(t);
            [r, g, b, 255]
        })
    }

    /// From black to white whatever the layer's map, for the channels of a coloured picture.
    pub(super) fn gray(display: &Display) -> Self {
        let plain = Display {
            opacity: 1.0,
            below_transparent: false,
            hidden_below: None,
            nan_color: [0, 0, 0, 255],
            ..display.clone()
        };
        Self::with_map(&plain, |t| ColorMap::Grayscale.color(t))
    }

    fn with_map(display: &Display, map: impl Fn(f32) -> [u8; 4]) -> Self {
        let window = Window::new(display.window.min, display.window.max);
        let width = window.width() as f32;
        let opacity = display.opacity.clamp(0.0, 1.0);
        let is_bent = !display.curve.is_straight();
        let color = |t: f32| {
            let high = if is_bent {
                display.curve.value(f64::from(t)) as f32
            } else {
                t
            };
            let [r, g, b, alpha] = map(if display.inverted { 1.0 - high } else { high });
            let share = if display.below_transparent {
                (t / FADE).min(1.0)
            } else {
                1.0
            };
            [r, g, b, (f32::from(alpha) * opacity * share).round() as u8]
        };
        let mut cells = Box::new([[0; 4]; CELLS]);
        for (cell, entry) in cells[1..=COLORS].iter_mut().enumerate() {
            // A window without width is a threshold.
            let threshold = width <= 0.0;
            *entry = color(if threshold {
                1.0
            } else {
                cell as f32 / (COLORS - 1) as f32
            });
        }
        cells[BELOW] = if display.below_transparent {
            [0; 4]
        } else {
            color(0.0)
        };
        cells[ABOVE] = color(1.0);
        let [r, g, b, alpha] = display.nan_color;
        cells[NAN as usize] = [r, g, b, (f32::from(alpha) * opacity).round() as u8];
        Self {
            cells,
            min: window.min as f32,
            scale: (COLORS as f32 / width).min(f32::MAX),
            hidden_below: display.hidden_below.map_or(f32::NEG_INFINITY, |v| v as f32),
        }
    }

    /// The colour of a value after rescale.
    pub fn color(&self, value: f32) -> [u8; 4] {
        self.cells[self.cell(value) as usize]
    }

    /// The table as packed pixels (red in the lowest byte) whose colours are multiplied by alpha.
    pub(super) fn premultiplied(&self) -> Box<[u32; CELLS]> {
        let packed = |[r, g, b, alpha]: [u8; 4]| {
            let by_alpha = |c: u8| ((u32::from(c) * u32::from(alpha) + 127) / 255) as u8;
            u32::from_le_bytes([by_alpha(r), by_alpha(g), by_alpha(b), alpha])
        };
        Box::new(self.cells.map(packed))
    }

    /// The place of a value in the table.
    #[inline(always)]
    pub(super) fn cell(&self, value: f32) -> u32 {
        // Adding 2^23 leaves the nearest whole number in the lowest bits: cheaper than a conversion,
        // and done for many values at once. The half is a hair more, so that the minimum itself falls
        // on the first colour and what lies below it on cell 0.
        const TO_BITS: f32 = (1 << 23) as f32;
        let place = ((value - self.min) * self.scale).clamp(-0.5, COLORS as f32) + 0.5002;
        let cell = (place + TO_BITS).to_bits() & (CELLS as u32 - 1);
        let cell = if value < self.hidden_below {
            HIDDEN
        } else {
            cell
        };
        if value.is_nan() { NAN } else { cell }
    }
}
