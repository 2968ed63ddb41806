//! Solids given by their signed distance, in LPS mm.
//!
//! Distances are negative inside and close to true near the surface, which is all that soft edges need.

use nalgebra::{Matrix3, Vector3};

pub(super) type Vec3 = Vector3<f32>;

/// `(x, y, z)` in LPS mm.
pub(super) const fn at(x: f32, y: f32, z: f32) -> Vec3 {
    Vec3::new(x, y, z)
}

/// An axis-aligned box.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    low: Vec3,
    high: Vec3,
}

impl Bounds {
    pub fn around(points: impl IntoIterator<Item = Vec3>) -> Self {
        let nothing = Self {
            low: Vec3::repeat(f32::INFINITY),
            high: Vec3::repeat(f32::NEG_INFINITY),
        };
        points.into_iter().fold(nothing, |bounds, p| Self {
            low: bounds.low.inf(&p),
            high: bounds.high.sup(&p),
        })
    }

    pub fn grown(self, by: Vec3) -> Self {
        Self {
            low: self.low - by,
            high: self.high + by,
        }
    }

    pub fn meets(&self, other: &Self) -> bool {
        (0..3).all(|axis| self.low[axis] <= other.high[axis] && other.low[axis] <= self.high[axis])
    }

    pub fn center(&self) -> Vec3 {
        (self.low + self.high) / 2.0
    }

    /// From the centre to a corner.
    pub fn reach(&self) -> f32 {
        (self.high - self.low).norm() / 2.0
    }
}

/// One solid.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// Semi-axes `radii` along the rows of `frame`.
    Ellipsoid {
        center: Vec3,
        radii: Vec3,
        frame: Matrix3<f32>,
    },
    /// A round rod with a radius at each end.
    Tube {
        from: Vec3,
        along: Vec3,
        radii: [f32; 2],
    },
    /// A rod of elliptic section: half-axes `half` along the unit vectors `thin` and `wide`.
    Blade {
        from: Vec3,
        along: Vec3,
        thin: Vec3,
        wide: Vec3,
        half: [f32; 2],
    },
    /// A waisted elliptic cylinder standing along z, sheared by `lean` mm of y per mm of z.
    Drum {
        center: Vec3,
        radii: [f32; 2],
        half_height: f32,
        lean: f32,
        waist: f32,
    },
    /// A triangle `half` thick on either side.
    Plate { corners: [Vec3; 3], half: f32 },
}

impl Shape {
    pub fn ellipsoid(center: Vec3, radii: Vec3) -> Self {
        Self::Ellipsoid {
            center,
            radii,
            frame: Matrix3::identity(),
        }
    }

    /// An ellipsoid of revolution whose long axis points along `axis`.
    pub fn egg(center: Vec3, axis: Vec3, long: f32, short: f32) -> Self {
        let first = axis.normalize();
        let second = first.cross(&Vec3::z()).normalize();
        let third = first.cross(&second);
        Self::Ellipsoid {
            center,
            radii: at(long, short, short),
            frame: Matrix3::from_rows(&[first.transpose(), second.transpose(), third.transpose()]),
        }
    }

    /// An ellipsoid with `radii` along `axis`, across, and along `normal` (made square to `axis`).
    pub fn flat(center: Vec3, axis: Vec3, normal: Vec3, radii: Vec3) -> Self {
        let first = axis.normalize();
        let third = (normal - first * normal.dot(&first)).normalize();
        let second = third.cross(&first);
        Self::Ellipsoid {
            center,
            radii,
            frame: Matrix3::from_rows(&[first.transpose(), second.transpose(), third.transpose()]),
        }
    }

    pub fn tube(from: Vec3, to: Vec3, radii: [f32; 2]) -> Self {
        Self::Tube {
            from,
            along: to - from,
            radii,
        }
    }

    /// `normal` is the direction of the short half-axis `half[0]`, made square to the rod.
    pub fn blade(from: Vec3, to: Vec3, normal: Vec3, half: [f32; 2]) -> Self {
        let along = to - from;
        let axis = along.normalize();
        let thin = (normal - axis * normal.dot(&axis)).normalize();
        Self::Blade {
            from,
            along,
            thin,
            wide: axis.cross(&thin),
            half,
        }
    }

    /// Rods through `points`, each `(x, y, z, radius)`.
    pub fn chain(points: &[[f32; 4]]) -> Vec<Self> {
        let joint = |p: &[f32; 4]| (at(p[0], p[1], p[2]), p[3]);
        points
            .windows(2)
            .map(|pair| {
                let ((from, first), (to, second)) = (joint(&pair[0]), joint(&pair[1]));
                Self::tube(from, to, [first, second])
            })
            .collect()
    }

    /// The same solid on the patient's other side.
    pub fn mirrored(&self) -> Self {
        let flip = |v: &Vec3| at(-v.x, v.y, v.z);
        let mut mirrored = self.clone();
        match &mut mirrored {
            Self::Ellipsoid { center, frame, .. } => {
                *center = flip(center);
                frame.column_mut(0).neg_mut();
            }
            Self::Tube { from, along, .. } => {
                *from = flip(from);
                *along = flip(along);
            }
            Self::Blade {
                from,
                along,
                thin,
                wide,
                ..
            } => {
                for vector in [from, along, thin, wide] {
                    *vector = flip(vector);
                }
            }
            Self::Drum { center, .. } => *center = flip(center),
            Self::Plate { corners, .. } => *corners = corners.map(|c| flip(&c)),
        }
        mirrored
    }

    pub fn bounds(&self) -> Bounds {
        match self {
            Self::Ellipsoid { center, radii, .. } => {
                Bounds::around([*center]).grown(Vec3::repeat(radii.max()))
            }
            Self::Tube { from, along, radii } => {
                Bounds::around([*from, from + along]).grown(Vec3::repeat(radii[0].max(radii[1])))
            }
            Self::Blade {
                from, along, half, ..
            } => Bounds::around([*from, from + along]).grown(Vec3::repeat(half[0].max(half[1]))),
            Self::Drum {
                center,
                radii,
                half_height,
                lean,
                ..
            } => {
                let y = radii[1] + (lean * half_height).abs();
                Bounds::around([*center]).grown(at(radii[0], y, *half_height))
            }
            Self::Plate { corners, half } => Bounds::around(*corners).grown(Vec3::repeat(*half)),
        }
    }

    /// Signed distance in mm. A tube thinner than `edge` fades, as in a scan, instead of staying solid.
    pub fn distance(&self, p: &Vec3, edge: f32) -> f32 {
        match self {
            Self::Ellipsoid {
                center,
                radii,
                frame,
            } => {
                let scaled = (frame * (p - center)).component_div(radii);
                let length = scaled.norm();
                let slope = scaled.component_div(radii).norm().max(1e-6);
                length * (length - 1.0) / slope
            }
            Self::Tube { from, along, radii } => {
                let offset = p - from;
                let t = share(&offset, along);
                let radius = radii[0] + t * (radii[1] - radii[0]);
                (offset - along * t).norm() - radius + (edge / 2.0 - radius).max(0.0)
            }
            Self::Blade {
                from,
                along,
                thin,
                wide,
                half,
            } => {
                let offset = p - from;
                let rest = offset - along * share(&offset, along);
                let across = [rest.dot(thin), rest.dot(wide)];
                let beyond = (rest.norm_squared() - across[0].powi(2) - across[1].powi(2)).max(0.0);
                let scaled = at(
                    across[0] / half[0],
                    across[1] / half[1],
                    beyond.sqrt() / half[0],
                );
                let slope = at(scaled.x / half[0], scaled.y / half[1], scaled.z / half[0]);
                let length = scaled.norm();
                length * (length - 1.0) / slope.norm().max(1e-6)
            }
            Self::Drum {
                center,
                radii,
                half_height,
                lean,
                waist,
            } => {
                let z = p.z - center.z;
                let shrink = 1.0 - waist * (1.0 - (z / half_height).powi(2)).max(0.0);
                let side = ellipse(
                    p.x - center.x,
                    p.y - center.y - lean * z,
                    radii[0] * shrink,
                    radii[1] * shrink,
                );
                let round = 2.5;
                let (side, end) = (side + round, z.abs() - half_height + round);
                side.max(end).min(0.0) + length2(side.max(0.0), end.max(0.0)) - round
            }
            Self::Plate { corners, half } => to_triangle(p, corners) - half,
        }
    }
}

/// Where along a rod `offset` from its start comes nearest: 0 at the start, 1 at the end.
fn share(offset: &Vec3, along: &Vec3) -> f32 {
    (offset.dot(along) / along.norm_squared()).clamp(0.0, 1.0)
}

/// Distance to an ellipse, by its value over its gradient.
pub(super) fn ellipse(x: f32, y: f32, a: f32, b: f32) -> f32 {
    let (u, v) = (x / a, y / b);
    let length = length2(u, v);
    let slope = length2(u / a, v / b).max(1e-6);
    length * (length - 1.0) / slope
}

fn to_triangle(p: &Vec3, [a, b, c]: &[Vec3; 3]) -> f32 {
    let normal = (b - a).cross(&(c - a));
    let beside = |from: &Vec3, to: &Vec3| (to - from).cross(&normal).dot(&(p - from)) > 0.0;
    let edges = [(a, b), (b, c), (c, a)];
    if edges.iter().any(|(from, to)| beside(from, to)) {
        edges
            .iter()
            .map(|(from, to)| {
                let (offset, along) = (p - *from, *to - *from);
                (offset - along * share(&offset, &along)).norm()
            })
            .fold(f32::INFINITY, f32::min)
    } else {
        normal.dot(&(p - a)).abs() / normal.norm()
    }
}

/// Length of a vector of two. (`hypot` is exact and several times slower.)
pub(super) fn length2(x: f32, y: f32) -> f32 {
    (x * x + y * y).sqrt()
}

/// How much of a voxel `edge` mm wide lies inside a surface at `distance`: 1 inside, 0 outside.
pub(super) fn soft(distance: f32, edge: f32) -> f32 {
    (0.5 - distance / edge).clamp(0.0, 1.0)
}

/// The smaller of two distances, rounded over `width` where they meet.
pub(super) fn smooth_min(a: f32, b: f32, width: f32) -> f32 {
    let h = (width - (a - b).abs()).max(0.0);
    a.min(b) - h * h / (4.0 * width)
}

/// 0 up to `low`, 1 from `high` on, with a smooth rise between.
pub(super) fn rise(low: f32, high: f32, x: f32) -> f32 {
    let t = ((x - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_solid_has_its_surface_where_it_should() {
        let cases = [
            (
                Shape::ellipsoid(at(1.0, 2.0, 3.0), at(4.0, 5.0, 6.0)),
                at(1.0, 7.0, 3.0),
            ),
            (
                Shape::egg(Vec3::zeros(), at(1.0, 1.0, 0.0), 10.0, 3.0),
                at(0.0, 0.0, 3.0),
            ),
            (
                Shape::tube(Vec3::zeros(), at(0.0, 0.0, 10.0), [2.0, 4.0]),
                at(3.0, 0.0, 5.0),
            ),
            (
                Shape::blade(Vec3::zeros(), at(0.0, 0.0, 9.0), Vec3::x(), [2.0, 6.0]),
                at(0.0, 6.0, 5.0),
            ),
            (
                Shape::Drum {
                    center: Vec3::zeros(),
                    radii: [18.0, 14.0],
                    half_height: 10.0,
                    lean: 0.2,
                    waist: 0.0,
                },
                at(0.0, 15.0, 5.0),
            ),
            (
                Shape::Plate {
                    corners: [Vec3::zeros(), at(9.0, 0.0, 0.0), at(0.0, 9.0, 0.0)],
                    half: 1.5,
                },
                at(2.0, 2.0, -1.5),
            ),
        ];
        for (shape, surface) in cases {
            assert!(shape.distance(&surface, 0.1).abs() < 1e-3, "{shape:?}");
            let other_side = at(-surface.x, surface.y, surface.z);
            assert!(
                shape.mirrored().distance(&other_side, 0.1).abs() < 1e-3,
                "{shape:?}"
            );
            assert!(
                shape.bounds().meets(&Bounds::around([surface])),
                "{shape:?}"
            );
        }
    }

    #[test]
    fn half_a_voxel_is_inside_at_the_surface() {
        assert_eq!(soft(0.0, 1.5), 0.5);
        assert_eq!(soft(-2.0, 1.5), 1.0);
        assert_eq!(soft(2.0, 1.5), 0.0);
    }
}
