//! Shaded solids, ray by ray: exact outlines at any size, without a graphics card. Knows no patient.

use nalgebra::Vector3;
use rayon::prelude::*;

pub type Vector = Vector3<f32>;

/// A solid in one colour (0 to 1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Solid {
    pub shape: Shape,
    pub color: [f32; 3],
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// Half axes along x, y and z.
    Ellipsoid { center: Vector, radii: Vector },
    /// A rod with round ends.
    Rod { ends: [Vector; 2], radius: f32 },
    /// From the middle of its base to its tip.
    Cone {
        base: Vector,
        tip: Vector,
        radius: f32,
    },
}

/// Looks along parallel rays: right, up and towards the eye are unit vectors; `scale` pixels are 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Eye {
    pub right: Vector,
    pub up: Vector,
    pub back: Vector,
    pub scale: f32,
}

/// Where rays start, in front of everything.
const AWAY: f32 = 10.0;

impl Eye {
    /// Pixels to the right of the middle and below it.
    pub fn project(&self, point: Vector) -> [f32; 2] {
        [
            point.dot(&self.right) * self.scale,
            -point.dot(&self.up) * self.scale,
        ]
    }
}

/// A picture of `size` pixels, RGBA with 0 where nothing is.
pub fn paint(solids: &[Solid], eye: &Eye, size: [usize; 2]) -> Vec<u8> {
    let light = (eye.up * 0.7 - eye.right * 0.4 + eye.back * 0.8).normalize();
    let mut pixels = vec![0; size[0] * size[1] * 4];
    let rows = pixels.par_chunks_exact_mut(size[0].max(1) * 4).enumerate();
    rows.for_each(|(y, row)| {
        let up = (size[1] as f32 / 2.0 - y as f32 - 0.5) / eye.scale;
        let near: Vec<&Solid> = solids
            .iter()
            .filter(|solid| {
                let (center, radius) = solid.shape.bounds();
                (center.dot(&eye.up) - up).abs() <= radius
            })
            .collect();
        for (x, pixel) in row.as_chunks_mut::<4>().0.iter_mut().enumerate() {
            let right = (x as f32 + 0.5 - size[0] as f32 / 2.0) / eye.scale;
            let from = eye.right * right + eye.up * up + eye.back * AWAY;
            let hits = near.iter().filter_map(|solid| {
                let (distance, normal) = solid.shape.meet(from, -eye.back)?;
                Some((distance, normal, solid.color))
            });
            if let Some((_, normal, color)) = hits.min_by(|a, b| a.0.total_cmp(&b.0)) {
                let bright = 0.4 + 0.6 * normal.dot(&light).max(0.0);
                let [r, g, b] = color.map(|c| (c * bright * 255.0) as u8);
                *pixel = [r, g, b, 255];
            }
        }
    });
    pixels
}

impl Shape {
    /// A sphere around it.
    fn bounds(&self) -> (Vector, f32) {
        match *self {
            Self::Ellipsoid { center, radii } => (center, radii.max()),
            Self::Rod {
                ends: [a, b],
                radius,
            } => ((a + b) / 2.0, (b - a).norm() / 2.0 + radius),
            Self::Cone { base, tip, radius } => {
                ((base + tip) / 2.0, (tip - base).norm() / 2.0 + radius)
            }
        }
    }

    /// How far along the ray its surface is first met, and the direction it faces there. The ray
    /// starts outside; `along` has length 1.
    fn meet(&self, from: Vector, along: Vector) -> Option<(f32, Vector)> {
        match *self {
            Self::Ellipsoid { center, radii } => {
                let (o, d) = (
                    (from - center).component_div(&radii),
                    along.component_div(&radii),
                );
                let t = first_root(d.norm_squared(), o.dot(&d), o.norm_squared() - 1.0)?;
                Some((t, (o + d * t).component_div(&radii).normalize()))
            }
            Self::Rod { ends, radius } => {
                let side = meet_side(from, along, ends, [radius, radius]);
                let balls = ends.into_iter().filter_map(|center| {
                    let radii = Vector::repeat(radius);
                    Self::Ellipsoid { center, radii }.meet(from, along)
                });
                nearest(side.into_iter().chain(balls))
            }
            Self::Cone { base, tip, radius } => {
                let side = meet_side(from, along, [base, tip], [radius, 0.0]);
                nearest(
                    side.into_iter()
                        .chain(meet_disc(from, along, base, tip, radius)),
                )
            }
        }
    }
}

fn nearest(hits: impl Iterator<Item = (f32, Vector)>) -> Option<(f32, Vector)> {
    hits.min_by(|a, b| a.0.total_cmp(&b.0))
}

/// The smaller root of `a t^2 + 2 b t + c`.
fn first_root(a: f32, b: f32, c: f32) -> Option<f32> {
    let under = b * b - a * c;
    (under >= 0.0 && a.abs() > 1e-9).then(|| {
        let root = under.sqrt();
        ((-b - root) / a).min((-b + root) / a)
    })
}

/// The side of a cone between two ends of different radii, without the discs at the ends.
fn meet_side(
    from: Vector,
    along: Vector,
    [a, b]: [Vector; 2],
    radii: [f32; 2],
) -> Option<(f32, Vector)> {
    let length = (b - a).norm();
    let axis = (b - a) / length;
    let narrowing = (radii[0] - radii[1]) / length;
    let o = from - a;
    let (o_up, d_up) = (o.dot(&axis), along.dot(&axis));
    let (o_out, d_out) = (o - axis * o_up, along - axis * d_up);
    // The radius at the ray's height, and how it changes along the ray.
    let (r, r_up) = (radii[0] - narrowing * o_up, -narrowing * d_up);
    let t = first_root(
        d_out.norm_squared() - r_up * r_up,
        o_out.dot(&d_out) - r * r_up,
        o_out.norm_squared() - r * r,
    )?;
    let height = o_up + d_up * t;
    let normal = (o_out + d_out * t).normalize() + axis * narrowing;
    (0.0..=length)
        .contains(&height)
        .then(|| (t, normal.normalize()))
}

fn meet_disc(
    from: Vector,
    along: Vector,
    base: Vector,
    tip: Vector,
    radius: f32,
) -> Option<(f32, Vector)> {
    let out = (base - tip).normalize();
    let slant = along.dot(&out);
    if slant.abs() < 1e-6 {
        return None;
    }
    let t = (base - from).dot(&out) / slant;
    let off = from + along * t - base;
    (off.norm() <= radius).then_some((t, out))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOWARD: Vector = Vector::new(0.0, 0.0, -1.0);

    fn hit(shape: Shape, x: f32, y: f32) -> Option<(f32, Vector)> {
        shape.meet(Vector::new(x, y, 10.0), TOWARD)
    }

    #[test]
    fn a_ray_meets_each_solid_where_its_surface_is() {
        let ball = Shape::Ellipsoid {
            center: Vector::new(1.0, 0.0, 0.0),
            radii: Vector::new(1.0, 2.0, 3.0),
        };
        let (t, normal) = hit(ball, 1.0, 0.0).expect("a hit");
        assert!((t - 7.0).abs() < 1e-4 && normal.z > 0.999);
        assert!(hit(ball, 1.0, 2.1).is_none());
        let rod = Shape::Rod {
            ends: [Vector::zeros(), Vector::new(4.0, 0.0, 0.0)],
            radius: 0.5,
        };
        assert!((hit(rod, 2.0, 0.0).expect("a hit").0 - 9.5).abs() < 1e-4);
        assert!(hit(rod, 4.4, 0.0).is_some() && hit(rod, 4.6, 0.0).is_none());
        let cone = Shape::Cone {
            base: Vector::zeros(),
            tip: Vector::new(2.0, 0.0, 0.0),
            radius: 1.0,
        };
        // Half way to the tip it is half as thick.
        assert!((hit(cone, 1.0, 0.0).expect("a hit").0 - 9.5).abs() < 1e-4);
        assert!(hit(cone, 1.0, 0.51).is_none());
    }

    #[test]
    fn the_nearer_solid_hides_the_other() {
        let ball = |z, color| Solid {
            shape: Shape::Ellipsoid {
                center: Vector::new(0.0, 0.0, z),
                radii: Vector::repeat(1.0),
            },
            color,
        };
        let eye = Eye {
            right: Vector::x(),
            up: Vector::y(),
            back: Vector::z(),
            scale: 2.0,
        };
        let solids = [ball(3.0, [1.0, 0.0, 0.0]), ball(0.0, [0.0, 1.0, 0.0])];
        let pixels = paint(&solids, &eye, [5, 5]);
        let at = |x: usize, y: usize| &pixels[(y * 5 + x) * 4..][..4];
        assert!(at(2, 2)[0] > 100 && at(2, 2)[1] == 0);
        assert_eq!(at(0, 0), [0, 0, 0, 0]);
    }
}
