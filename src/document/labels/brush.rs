//! Label images painted row by row: nearest voxel, the table's colour, and perhaps only outlines.

use super::{BACKGROUND, LabelDisplay, label_of};
use crate::document::picture::{Packed, PictureLayer, lay_over};
use crate::volume::{Interpolation, Sampler, SliceRequest};

/// Colours remembered while a row is painted, by the lowest bits of their labels.
const REMEMBERED: usize = 64;

/// A label image made ready to be painted.
pub struct LabelBrush<'a> {
    labels: Sampler<'a>,
    look: &'a LabelDisplay,
    opacity: f32,
    height: usize,
}

impl<'a> LabelBrush<'a> {
    pub fn new(layer: &PictureLayer<'a>, look: &'a LabelDisplay, size: [usize; 2]) -> Self {
        let request = SliceRequest {
            size,
            interpolation: Interpolation::Nearest,
            ..layer.request.clone()
        };
        Self {
            labels: Sampler::new(layer.volume, &request),
            look,
            opacity: layer.display.opacity.clamp(0.0, 1.0),
            height: size[1],
        }
    }

    pub fn paint(&self, y: usize, pixels: &mut [[u8; 4]]) {
        let row = self.row(y as isize, pixels.len());
        let rows_around = self.rows_around(y, pixels.len());
        let mut colors = Colors::new(self.look, self.opacity);
        for (x, (pixel, label)) in pixels.iter_mut().zip(&row).enumerate() {
            if *label == BACKGROUND || (self.look.outlines && !self.ends(x, &row, &rows_around)) {
                continue;
            }
            lay_over(pixel, colors.of(*label));
        }
    }

    /// The labels of a row; outside the image, and the picture, is background.
    fn row(&self, y: isize, width: usize) -> Vec<i32> {
        let mut values = vec![0.0; width];
        match usize::try_from(y) {
            Ok(y) if y < self.height => {
                let inside = self.labels.row(y, &mut values);
                values[..inside.start].fill(0.0);
                values[inside.end..].fill(0.0);
            }
            _ => return Vec::new(),
        }
        values.into_iter().map(|v| label_of(v.into())).collect()
    }

    fn line_width(&self) -> usize {
        self.look.line_width.clamp(1, LabelDisplay::WIDEST)
    }

    /// The rows above and below as far as a line is wide; none for labels that are filled.
    fn rows_around(&self, y: usize, width: usize) -> Vec<Vec<i32>> {
        if !self.look.outlines {
            return Vec::new();
        }
        (1..=self.line_width() as isize)
            .flat_map(|away| [y as isize - away, y as isize + away])
            .map(|y| self.row(y, width))
            .filter(|row| !row.is_empty())
            .collect()
    }

    /// Whether another label is as near to pixel `x` as a line is wide, to a side, above or below. The
    /// picture's own edge ends no label.
    fn ends(&self, x: usize, row: &[i32], rows_around: &[Vec<i32>]) -> bool {
        let width = self.line_width();
        let beside = &row[x.saturating_sub(width)..(x + width + 1).min(row.len())];
        let label = row[x];
        beside.iter().any(|other| *other != label) || rows_around.iter().any(|r| r[x] != label)
    }
}

/// Colours of labels, multiplied by their opacity.
struct Colors<'a> {
    look: &'a LabelDisplay,
    opacity: f32,
    known: [Option<(i32, Packed)>; REMEMBERED],
}

impl<'a> Colors<'a> {
    fn new(look: &'a LabelDisplay, opacity: f32) -> Self {
        Self {
            look,
            opacity,
            known: [None; REMEMBERED],
        }
    }

    fn of(&mut self, label: i32) -> Packed {
        let place = label as usize % REMEMBERED;
        match self.known[place] {
            Some((known, color)) if known == label => color,
            _ => {
                let [r, g, b, alpha] = self.look.table.rgba(label);
                let alpha = f32::from(alpha) * self.opacity;
                let faded = |c: u8| (f32::from(c) * alpha / 255.0).round() as u8;
                let bytes = [faded(r), faded(g), faded(b), alpha.round() as u8];
                let color = Packed::from_le_bytes(bytes);
                self.known[place] = Some((label, color));
                color
            }
        }
    }
}
