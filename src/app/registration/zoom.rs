//! What part of the plane the panes show: one for all of them, so that they can be compared.

use egui::{PointerButton, Pos2, Rect, Response, Ui, Vec2};

const LEAST: f32 = 0.25;
const MOST: f32 = 64.0;

/// Enlargement and place, whatever the resolution of the level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Zoom {
    /// Times the size at which the whole plane fits.
    factor: f32,
    /// What lies in the middle of a pane, in parts of the plane's width and height.
    center: Vec2,
}

impl Default for Zoom {
    fn default() -> Self {
        Self {
            factor: 1.0,
            center: Vec2::splat(0.5),
        }
    }
}

impl Zoom {
    /// Where the plane lies that would just fit into `fitted`.
    pub fn place(&self, fitted: Rect) -> Rect {
        let size = fitted.size() * self.factor;
        Rect::from_min_size(fitted.center() - size * self.center, size)
    }

    /// Enlarges about the middle of the panes.
    pub fn enlarge(&mut self, factor: f32) {
        self.factor = (self.factor * factor).clamp(LEAST, MOST);
    }

    /// Enlarges; what is at `at` stays there.
    fn enlarge_at(&mut self, fitted: Rect, at: Pos2, factor: f32) {
        let before = self.place(fitted);
        let part = (at - before.min) / before.size();
        self.enlarge(factor);
        let size = self.place(fitted).size();
        self.look_at(part + (fitted.center() - at) / size);
    }

    fn look_at(&mut self, center: Vec2) {
        self.center = center.clamp(Vec2::ZERO, Vec2::splat(1.0));
    }

    /// What mouse and wheel do to it, as in the views: dragging with the right button or Ctrl, or the
    /// wheel with Ctrl, enlarges; dragging with the middle button or Alt moves, and with the left one
    /// where the tool `pans`.
    pub fn follow(&mut self, ui: &Ui, response: &Response, fitted: Rect, pans: bool) {
        let (keys, by_wheel) = ui.input(|input| (input.modifiers, input.zoom_delta()));
        if let Some(at) = response.hover_pos()
            && by_wheel != 1.0
        {
            self.enlarge_at(fitted, at, by_wheel);
        }
        let dragged = |button, or_with: bool| {
            response.dragged_by(button) || (response.dragged_by(PointerButton::Primary) && or_with)
        };
        if dragged(PointerButton::Secondary, keys.command) {
            let start = ui.input(|input| input.pointer.press_origin());
            let factor = 1.02f32.powf(-response.drag_delta().y);
            self.enlarge_at(fitted, start.unwrap_or(fitted.center()), factor);
        } else if dragged(PointerButton::Middle, keys.alt || pans) {
            let moved = response.drag_delta() / self.place(fitted).size();
            self.look_at(self.center - moved);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{pos2, vec2};

    #[test]
    fn the_place_under_the_pointer_stays_when_enlarging() {
        let fitted = Rect::from_min_size(pos2(10.0, 20.0), vec2(200.0, 100.0));
        let mut zoom = Zoom::default();
        assert_eq!(zoom.place(fitted), fitted);
        let at = pos2(60.0, 45.0);
        zoom.enlarge_at(fitted, at, 2.0);
        let place = zoom.place(fitted);
        assert_eq!(place.size(), vec2(400.0, 200.0));
        assert_eq!((at - place.min) / place.size(), vec2(0.25, 0.25));
    }
}
