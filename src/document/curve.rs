//! The contrast curve of a layer: how brightness runs from the window's minimum to its maximum.

/// Points the curve passes through, from (0, 0), the window's minimum and the colour map's start, to
/// (1, 1). It never falls, and a straight line of points gives a straight curve.
///
/// Between points it is a cubic whose slopes are chosen as by F. N. Fritsch and J. Butland, "A Method
/// for Constructing Local Monotone Piecewise Cubic Interpolants", SIAM J. Sci. Stat. Comput. 5 (1984).
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    points: Vec<[f64; 2]>,
}

impl Default for Curve {
    /// A straight line with one point to drag.
    fn default() -> Self {
        Self {
            points: vec![[0.0, 0.0], [0.5, 0.5], [1.0, 1.0]],
        }
    }
}

impl Curve {
    /// Points keep at least this distance along x.
    pub const GAP: f64 = 0.02;

    /// No curve has more points.
    pub const MOST_POINTS: usize = 32;

    /// From points in order; `None` when they do not start at (0, 0), end at (1, 1), rise in x and
    /// never fall in y.
    pub fn new(points: Vec<[f64; 2]>) -> Option<Self> {
        let ends = points.first() == Some(&[0.0, 0.0]) && points.last() == Some(&[1.0, 1.0]);
        let rises = points
            .windows(2)
            .all(|pair| pair[1][0] - pair[0][0] >= Self::GAP * 0.999 && pair[1][1] >= pair[0][1]);
        (ends && rises && points.len() <= Self::MOST_POINTS).then_some(Self { points })
    }

    pub fn points(&self) -> &[[f64; 2]] {
        &self.points
    }

    pub fn is_straight(&self) -> bool {
        self.points.iter().all(|[x, y]| (x - y).abs() < 1e-9)
    }

    /// The height at `x`; both are clamped to 0..1.
    pub fn value(&self, x: f64) -> f64 {
        let upper = self.points.partition_point(|point| point[0] < x);
        let upper = upper.clamp(1, self.points.len() - 1);
        let [[x0, y0], [x1, y1]] = [self.points[upper - 1], self.points[upper]];
        let width = x1 - x0;
        let t = ((x - x0) / width).clamp(0.0, 1.0);
        let [m0, m1] = [self.slope(upper - 1), self.slope(upper)].map(|slope| slope * width);
        let (t2, t3) = (t * t, t * t * t);
        let rise = y1 - y0;
        y0 + m0 * (t3 - 2.0 * t2 + t) + rise * (3.0 * t2 - 2.0 * t3) + m1 * (t3 - t2)
    }

    /// The slope of the curve at a point.
    fn slope(&self, at: usize) -> f64 {
        let run = |n: usize| self.points[n + 1][0] - self.points[n][0];
        let secant = |n: usize| (self.points[n + 1][1] - self.points[n][1]) / run(n);
        let last = self.points.len() - 1;
        if last == 1 {
            return secant(0);
        }
        if at == 0 {
            return end_slope(run(0), run(1), secant(0), secant(1));
        }
        if at == last {
            return end_slope(
                run(last - 1),
                run(last - 2),
                secant(last - 1),
                secant(last - 2),
            );
        }
        let (before, after) = (secant(at - 1), secant(at));
        if before * after <= 0.0 {
            return 0.0;
        }
        let (h0, h1) = (run(at - 1), run(at));
        let (w0, w1) = (2.0 * h1 + h0, h1 + 2.0 * h0);
        (w0 + w1) / (w0 / before + w1 / after)
    }

    /// With point `at` at `to`, or as near as its neighbours allow. The ends stay where they are.
    pub fn moved(&self, at: usize, to: [f64; 2]) -> Self {
        let mut points = self.points.clone();
        if at > 0
            && let Some(&next) = points.get(at + 1)
        {
            let before = points[at - 1];
            let (low, high) = (before[0] + Self::GAP, next[0] - Self::GAP);
            if low <= high && to.iter().all(|n| n.is_finite()) {
                points[at] = [to[0].clamp(low, high), to[1].clamp(before[1], next[1])];
            }
        }
        Self { points }
    }

    /// With one more point on or near `at`, and its place; `None` where there is no room.
    pub fn with_point(&self, at: [f64; 2]) -> Option<(Self, usize)> {
        if self.points.len() >= Self::MOST_POINTS || !at.iter().all(|n| n.is_finite()) {
            return None;
        }
        let place = self.points.partition_point(|point| point[0] < at[0]);
        let (before, next) = (
            self.points.get(place.checked_sub(1)?)?,
            self.points.get(place)?,
        );
        if next[0] - before[0] < 2.0 * Self::GAP {
            return None;
        }
        let mut points = self.points.clone();
        points.insert(place, at);
        Some((Self { points }.moved(place, at), place))
    }

    /// With one more point, in the middle of the widest gap and on the curve, and its place.
    pub fn with_one_more(&self) -> Option<(Self, usize)> {
        let width = |n: &usize| self.points[n + 1][0] - self.points[*n][0];
        let widest = (0..self.points.len() - 1).max_by(|a, b| width(a).total_cmp(&width(b)))?;
        let x = self.points[widest][0] + width(&widest) / 2.0;
        self.with_point([x, self.value(x)])
    }

    /// Without point `at`; the ends stay.
    pub fn without(&self, at: usize) -> Self {
        let mut points = self.points.clone();
        if at > 0 && at + 1 < points.len() {
            points.remove(at);
        }
        Self { points }
    }
}

/// The slope at an end by a parabola through three points, held back so that the curve stays monotone.
fn end_slope(h0: f64, h1: f64, secant0: f64, secant1: f64) -> f64 {
    let slope = ((2.0 * h0 + h1) * secant0 - h0 * secant1) / (h0 + h1);
    if slope * secant0 <= 0.0 {
        0.0
    } else if secant0 * secant1 <= 0.0 && slope.abs() > 3.0 * secant0.abs() {
        3.0 * secant0
    } else {
        slope
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_straight_line_of_points_gives_a_straight_curve() {
        let curve = Curve::default();
        assert!(curve.is_straight());
        for n in 0..=20 {
            let x = f64::from(n) / 20.0;
            assert!((curve.value(x) - x).abs() < 1e-12);
        }
        assert_eq!(curve.value(-3.0), 0.0);
        assert_eq!(curve.value(7.0), 1.0);
    }

    #[test]
    fn between_points_it_runs_as_scipys_pchip() {
        // scipy.interpolate.PchipInterpolator([0, .25, .6, 1], [0, .6, .7, 1]) at 0.1, 0.25, 0.4, 0.9
        let points = vec![[0.0, 0.0], [0.25, 0.6], [0.6, 0.7], [1.0, 1.0]];
        let curve = Curve::new(points).unwrap();
        let expected = [
            0.31649846371181356,
            0.6,
            0.6504627060602485,
            0.9046910226533709,
        ];
        for (x, y) in [0.1, 0.25, 0.4, 0.9].into_iter().zip(expected) {
            assert!(
                (curve.value(x) - y).abs() < 1e-12,
                "{x}: {}",
                curve.value(x)
            );
        }
    }

    #[test]
    fn a_point_is_held_between_its_neighbours_and_the_ends_stay() {
        let curve = Curve::default();
        assert_eq!(curve.moved(1, [-4.0, 9.0]).points()[1], [Curve::GAP, 1.0]);
        assert_eq!(curve.moved(0, [0.3, 0.3]), curve);
        assert_eq!(curve.moved(2, [0.3, 0.3]), curve);
        assert_eq!(curve.moved(1, [f64::NAN, 0.5]), curve);
        assert_eq!(curve.without(0), curve);
        assert_eq!(curve.without(1).points().len(), 2);
    }

    #[test]
    fn a_new_point_needs_room() {
        let curve = Curve::default();
        let (more, place) = curve.with_point([0.7, 0.9]).unwrap();
        assert_eq!((place, more.points()[2]), (2, [0.7, 0.9]));
        assert!(more.with_point([0.71, 0.9]).unwrap().0.points()[3][0] >= 0.72 - 1e-12);
        assert_eq!(curve.with_point([1.2, 0.5]), None);
        let mut full = Curve::default();
        while let Some((more, _)) = full.with_one_more() {
            full = more;
        }
        assert!(full.points().len() <= Curve::MOST_POINTS && full.is_straight());
    }

    #[test]
    fn points_that_fall_or_miss_the_corners_are_no_curve() {
        assert_eq!(
            Curve::new(vec![[0.0, 0.0], [0.5, 0.7], [0.6, 0.2], [1.0, 1.0]]),
            None
        );
        assert_eq!(Curve::new(vec![[0.0, 0.1], [1.0, 1.0]]), None);
        assert_eq!(
            Curve::new(vec![[0.0, 0.0], [0.5, f64::NAN], [1.0, 1.0]]),
            None
        );
        assert_eq!(Curve::new(Vec::new()), None);
    }

    proptest! {
        #[test]
        fn no_curve_ever_falls(moves in proptest::collection::vec((0usize..8, -0.2f64..1.2, -0.2f64..1.2), 1..24)) {
            let mut curve = Curve::default();
            for (at, x, y) in moves {
                curve = match curve.with_point([x, y]) {
                    Some((more, _)) if at % 2 == 0 => more,
                    _ => curve.moved(at, [x, y]),
                };
                prop_assert_eq!(Curve::new(curve.points().to_vec()), Some(curve.clone()));
            }
            let heights: Vec<f64> = (0..=500).map(|n| curve.value(f64::from(n) / 500.0)).collect();
            prop_assert!(heights.windows(2).all(|pair| pair[1] >= pair[0] - 1e-9));
            prop_assert!(heights.iter().all(|y| (-1e-9..=1.0 + 1e-9).contains(y)));
        }
    }
}
