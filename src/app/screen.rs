//! What the screen asks for: a size of the interface that can be read, and a window that can be seen.

use super::App;
use egui::{Context, Pos2, Rect, Vec2, ViewportCommand, pos2, vec2};
use winit::window::Window;

/// Size of the first window, in points.
pub const WINDOW: [f32; 2] = [1440.0, 900.0];
/// As much of the window must lie on a screen that a hand can take it there, in physical pixels.
const GRASP: f32 = 48.0;

/// How far the window is with its screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meeting {
    Unknown,
    /// The interface has another size than before, and the window not yet.
    Resized,
    Done,
}

impl App {
    /// Once, as soon as the screen is known.
    pub(super) fn meet_screen(&mut self, ctx: &Context, window: Option<&Window>) {
        if self.meeting == Meeting::Done || fitting_percent(ctx).is_none() {
            return;
        }
        if self.settings.interface_percent.is_none() && fit_interface(ctx) {
            // A new size counts from the next frame on.
            self.meeting = Meeting::Resized;
            return;
        }
        if self.meeting == Meeting::Resized {
            let room = ctx.input(|input| input.viewport().monitor_size);
            let usual = Vec2::from(WINDOW);
            let size = room.map_or(usual, |room| usual.min(room * 0.9));
            ctx.send_viewport_cmd(ViewportCommand::InnerSize(size));
        }
        self.meeting = Meeting::Done;
        if let Some(place) = window.and_then(place_on_screen) {
            let place = place / ctx.pixels_per_point();
            ctx.send_viewport_cmd(ViewportCommand::OuterPosition(place));
        }
    }
}

/// Gives the interface the size that fits the screen; returns whether it was another.
pub fn fit_interface(ctx: &Context) -> bool {
    let factor = f32::from(fitting_percent(ctx).unwrap_or(100)) / 100.0;
    let differs = ctx.zoom_factor() != factor;
    ctx.set_zoom_factor(factor);
    differs
}

/// `None` as long as the screen is not known.
fn fitting_percent(ctx: &Context) -> Option<u16> {
    let (size, scale) = ctx.input(|input| {
        let viewport = input.viewport();
        (viewport.monitor_size, viewport.native_pixels_per_point)
    });
    Some(percent_for(size?.y * ctx.pixels_per_point(), scale?))
}

/// For a screen of `height` physical pixels; the system may enlarge everything itself.
fn percent_for(height: f32, system_scale: f32) -> u16 {
    match height {
        _ if system_scale > 1.0 => 100,
        2000.0.. => 200,
        1400.0.. => 150,
        _ => 100,
    }
}

/// Where a window belongs that lies on no screen, such as one that was unplugged; `None` for others.
fn place_on_screen(window: &Window) -> Option<Pos2> {
    let corner = window.outer_position().ok()?;
    let size = window.outer_size();
    let window_area = area([corner.x, corner.y], [size.width, size.height]);
    let screens: Vec<Rect> = window
        .available_monitors()
        .map(|screen| {
            let (corner, size) = (screen.position(), screen.size());
            area([corner.x, corner.y], [size.width, size.height])
        })
        .collect();
    brought_back(window_area, &screens)
}

fn area(corner: [i32; 2], size: [u32; 2]) -> Rect {
    let corner = pos2(corner[0] as f32, corner[1] as f32);
    Rect::from_min_size(corner, vec2(size[0] as f32, size[1] as f32))
}

/// The upper left corner on the first screen of a window whose title no hand can reach.
fn brought_back(window: Rect, screens: &[Rect]) -> Option<Pos2> {
    let title = window.with_max_y(window.top() + GRASP);
    let reached = |screen: &Rect| {
        let seen = screen.intersect(title);
        seen.width() >= GRASP && seen.height() > GRASP / 4.0
    };
    let first = screens.first()?;
    let room = (first.size() - window.size()).max(Vec2::ZERO);
    (!screens.iter().any(reached)).then_some(first.min + room / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fine_screen_gets_a_larger_interface_unless_the_system_gives_it() {
        assert_eq!(percent_for(1080.0, 1.0), 100);
        assert_eq!(percent_for(1440.0, 1.0), 150);
        assert_eq!(percent_for(2160.0, 1.0), 200);
        assert_eq!(percent_for(2160.0, 2.0), 100);
    }

    #[test]
    fn a_window_on_no_screen_comes_to_the_middle_of_the_first() {
        let screens = [area([0, 0], [1600, 1000]), area([1600, 0], [800, 600])];
        let at = |x, y| brought_back(area([x, y], [1000, 800]), &screens);
        assert_eq!(at(10, 20), None);
        assert_eq!(at(1700, 30), None, "on the second screen");
        assert_eq!(at(-900, 0), None, "a part can be taken hold of");
        let middle = Some(pos2(300.0, 100.0));
        assert_eq!(at(5000, 3000), middle);
        assert_eq!(at(100, -900), middle);
        assert_eq!(brought_back(area([0, 0], [10, 10]), &[]), None);
    }
}
