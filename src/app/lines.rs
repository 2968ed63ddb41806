//! Lines and arrows painted pixel by pixel. As triangles of egui's they cost a software renderer a
//! hundred times as much.
//!
//! One colour a drawing: where lines meet, the stronger coverage counts, so crossings show no dots.

use egui::{Color32, Pos2, Vec2, pos2};

/// Half the width of a line, in points.
const HALF_WIDTH: f32 = 0.6;
/// Pixels of a line that are painted at a time, and how many pieces a line has at most.
const PIECE: f32 = 12.0;
const MOST_PIECES: f32 = 4096.0;
/// Coverage of a place where nothing moves.
const DOT: f32 = 0.45;
/// Length and width of an arrow's head for its length, and their limits in points.
const HEAD: f32 = 0.45;
const LONGEST_HEAD: f32 = 7.0;
const SHORTEST_HEAD: f32 = 2.0;
const HEAD_SIDE: f32 = 0.42;

/// How far each pixel is covered by a drawing.
#[derive(Debug)]
pub struct Lines {
    width: usize,
    height: usize,
    /// Physical pixels a point.
    scale: f32,
    /// How strongly what comes next covers, 0 to 1.
    strength: f32,
    /// Rows from the top; 255 is a pixel that is all covered.
    cover: Vec<u8>,
}

impl Lines {
    /// An empty drawing of `size` physical pixels, on which `scale` of them are a point.
    pub fn new(size: [u32; 2], scale: f32) -> Self {
        let [width, height] = size.map(|n| n as usize);
        Self {
            width,
            height,
            scale,
            strength: 1.0,
            cover: vec![0; width * height],
        }
    }

    /// What is drawn from here on covers so much, 0 to 1.
    pub fn set_strength(&mut self, strength: f32) {
        self.strength = strength;
    }

    /// A line from point to point, which are in points from the upper left corner.
    pub fn line(&mut self, points: &[Pos2]) {
        for pair in points.windows(2) {
            self.segment(pair[0], pair[1]);
        }
    }

    /// An arrow, or a dim dot where there is nearly no length.
    pub fn arrow(&mut self, from: Pos2, to: Pos2) {
        let along = to - from;
        let length = along.length();
        if length < 1.0 {
            let at = from * self.scale;
            self.put(at.x.floor(), at.y.floor(), DOT);
            return;
        }
        let direction = along / length;
        let head = (HEAD * length)
            .clamp(SHORTEST_HEAD, LONGEST_HEAD)
            .min(length);
        let neck = to - direction * head;
        self.segment(from, neck);
        let side = direction.rot90() * (HEAD_SIDE * head).max(1.0);
        self.triangle([to, neck + side, neck - side]);
    }

    /// In short pieces, so that few pixels beside the line are looked at.
    fn segment(&mut self, from: Pos2, to: Pos2) {
        let (from, to) = (from * self.scale, to * self.scale);
        let pieces = ((to - from).length() / PIECE)
            .ceil()
            .clamp(1.0, MOST_PIECES);
        let place = |n: usize| from + (to - from) * (n as f32 / pieces);
        for n in 0..pieces as usize {
            self.piece(place(n), place(n + 1));
        }
    }

    fn piece(&mut self, a: Pos2, b: Pos2) {
        let reach = HALF_WIDTH * self.scale + 0.5;
        let along = b - a;
        let square = along.length_sq().max(f32::MIN_POSITIVE);
        self.shade([a, b], reach, |at| {
            let share = ((at - a).dot(along) / square).clamp(0.0, 1.0);
            reach - (at - (a + along * share)).length()
        });
    }

    fn triangle(&mut self, corners: [Pos2; 3]) {
        let corners = corners.map(|corner| corner * self.scale);
        let [a, b, c] = corners;
        let edges = [(a, b), (b, c), (c, a)];
        // Of both turning senses the inside is taken.
        let turn = cross(b - a, c - a).signum();
        self.shade(corners, 0.5, |at| {
            let inside = edges.map(|(from, to)| turn * cross((to - from).normalized(), at - from));
            inside.into_iter().fold(f32::INFINITY, f32::min) + 0.5
        });
    }

    /// Covers each pixel within `reach` of what `corners` span by `cover` of its middle, 0 to 1.
    fn shade<const N: usize>(
        &mut self,
        corners: [Pos2; N],
        reach: f32,
        cover: impl Fn(Pos2) -> f32,
    ) {
        if !corners
            .iter()
            .all(|corner| corner.x.is_finite() && corner.y.is_finite())
        {
            return;
        }
        let range = |along: fn(&Pos2) -> f32, count: usize| {
            let (low, high) = corners
                .iter()
                .map(along)
                .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| {
                    (low.min(value), high.max(value))
                });
            let first = (low - reach - 0.5).ceil().max(0.0) as usize;
            let end = ((high + reach + 0.5).floor().max(0.0) as usize).min(count);
            first..end.max(first)
        };
        let columns = range(|corner| corner.x, self.width);
        for y in range(|corner| corner.y, self.height) {
            for x in columns.clone() {
                let at = pos2(x as f32 + 0.5, y as f32 + 0.5);
                let cover = (255.0 * self.strength * cover(at).min(1.0)) as u8;
                let kept = &mut self.cover[y * self.width + x];
                *kept = cover.max(*kept);
            }
        }
    }

    fn put(&mut self, x: f32, y: f32, cover: f32) {
        if x >= 0.0 && y >= 0.0 && (x as usize) < self.width && (y as usize) < self.height {
            let kept = &mut self.cover[y as usize * self.width + x as usize];
            *kept = ((255.0 * self.strength * cover) as u8).max(*kept);
        }
    }

    /// The drawing alone, as opaque RGBA pixels.
    pub fn on_black(&self, color: Color32) -> Vec<u8> {
        let mut pixels = [0, 0, 0, 255].repeat(self.cover.len());
        self.paint(color, &mut pixels);
        pixels
    }

    /// Lays the drawing over RGBA pixels of its size.
    pub fn paint(&self, color: Color32, pixels: &mut [u8]) {
        let color = [color.r(), color.g(), color.b()];
        let (pixels, _) = pixels.as_chunks_mut::<4>();
        for (pixel, &cover) in pixels.iter_mut().zip(&self.cover) {
            if cover == 0 {
                continue;
            }
            let share = u16::from(cover);
            for (value, color) in pixel.iter_mut().zip(color) {
                let mixed = u16::from(*value) * (255 - share) + u16::from(color) * share;
                *value = (mixed / 255) as u8;
            }
        }
    }
}

fn cross(a: Vec2, b: Vec2) -> f32 {
    a.x * b.y - a.y * b.x
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cover(lines: &Lines, x: usize, y: usize) -> u8 {
        lines.cover[y * lines.width + x]
    }

    #[test]
    fn a_line_covers_what_it_runs_along_and_nothing_a_step_away() {
        let mut lines = Lines::new([20, 10], 1.0);
        lines.line(&[pos2(2.0, 4.5), pos2(17.0, 4.5)]);
        assert_eq!(cover(&lines, 10, 4), 255);
        assert_eq!(cover(&lines, 10, 3), cover(&lines, 10, 5));
        assert!(cover(&lines, 10, 3) < 60);
        assert_eq!(cover(&lines, 10, 6), 0);
        assert_eq!(cover(&lines, 0, 4), 0);
    }

    #[test]
    fn crossing_lines_are_no_brighter_than_one() {
        let mut lines = Lines::new([9, 9], 1.0);
        lines.line(&[pos2(0.0, 4.2), pos2(9.0, 4.2)]);
        let alone = cover(&lines, 1, 3);
        lines.line(&[pos2(0.0, 4.2), pos2(9.0, 4.2)]);
        assert_eq!(cover(&lines, 1, 3), alone);
    }

    #[test]
    fn an_arrows_head_is_at_its_end_whichever_way_it_points() {
        for (from, to, inside) in [
            (pos2(2.0, 10.0), pos2(18.0, 10.0), [14, 10]),
            (pos2(18.0, 10.0), pos2(2.0, 10.0), [5, 10]),
            (pos2(10.0, 18.0), pos2(10.0, 2.0), [10, 5]),
        ] {
            let mut lines = Lines::new([20, 20], 1.0);
            lines.arrow(from, to);
            assert_eq!(cover(&lines, inside[0], inside[1]), 255, "{from:?} {to:?}");
        }
    }

    #[test]
    fn what_lies_outside_or_nowhere_is_left_out() {
        let mut lines = Lines::new([4, 4], 2.0);
        lines.line(&[pos2(-50.0, -50.0), pos2(-20.0, 1e9)]);
        lines.line(&[pos2(f32::NAN, 0.0), pos2(1.0, 1.0)]);
        lines.arrow(pos2(99.0, 1.0), pos2(99.2, 1.0));
        assert!(lines.cover.iter().all(|&cover| cover == 0));
    }

    #[test]
    fn painting_mixes_the_colour_with_what_is_below() {
        let mut lines = Lines::new([3, 1], 1.0);
        lines.cover = vec![0, 255, 51];
        let mut pixels = [100, 100, 100, 255].repeat(3);
        lines.paint(Color32::from_rgb(200, 0, 100), &mut pixels);
        assert_eq!(pixels[..4], [100, 100, 100, 255]);
        assert_eq!(pixels[4..8], [200, 0, 100, 255]);
        assert_eq!(pixels[8..], [120, 80, 100, 255]);
    }
}
