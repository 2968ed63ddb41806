//! Random numbers and noise that depend on a seed and a place only, never on the order of work.

use super::shape::Vec3;

/// A stream of random numbers (SplitMix64; Steele, Lea and Flood 2014).
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Even over `low..high`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * ((self.next() >> 40) as f32 / (1u64 << 24) as f32)
    }

    pub fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    /// About normal with deviation 1: four even numbers added.
    pub fn normal(&mut self) -> f32 {
        let bits = self.next();
        let sum: u32 = (0..4)
            .map(|part| (bits >> (16 * part)) as u32 & 0xffff)
            .sum();
        (sum as f32 / 65536.0 - 2.0) * 3f32.sqrt()
    }
}

/// Gaussian smoothing of `data` (shape `(nx, ny, nz)`, x fastest) by `sigma` samples along each axis.
/// `wrapped` data goes round; otherwise the border values continue.
pub(super) fn smooth(data: &mut [f32], shape: [usize; 3], sigma: [f32; 3], wrapped: bool) {
    let strides = [1, shape[0], shape[0] * shape[1]];
    let mut line = Vec::new();
    for axis in 0..3 {
        if sigma[axis] <= 0.0 || shape[axis] == 1 {
            continue;
        }
        let taps = gaussian(sigma[axis]);
        let (n, stride) = (shape[axis], strides[axis]);
        let reach = taps.len() / 2;
        for start in (0..data.len()).filter(|index| index / stride % n == 0) {
            line.clear();
            line.extend((0..n + 2 * reach).map(|i| {
                let i = if wrapped {
                    (i + n * reach - reach) % n
                } else {
                    i.saturating_sub(reach).min(n - 1)
                };
                data[start + i * stride]
            }));
            for (i, window) in line.windows(taps.len()).enumerate() {
                data[start + i * stride] = window.iter().zip(&taps).map(|(v, tap)| v * tap).sum();
            }
        }
    }
}

fn gaussian(sigma: f32) -> Vec<f32> {
    let reach = (3.0 * sigma).ceil() as i32;
    let taps: Vec<f32> = (-reach..=reach)
        .map(|i| (-0.5 * (i as f32 / sigma).powi(2)).exp())
        .collect();
    let sum: f32 = taps.iter().sum();
    taps.iter().map(|tap| tap / sum).collect()
}

fn normalise(data: &mut [f32]) {
    let power: f32 = data.iter().map(|v| v * v).sum::<f32>() / data.len() as f32;
    let scale = 1.0 / power.sqrt();
    data.iter_mut().for_each(|v| *v *= scale);
}

/// Blotches that fill space, fixed to the tissue: periodic smooth noise of mean 0 and deviation 1.
pub(super) struct Texture {
    lattice: Vec<f32>,
}

impl Texture {
    const SIDE: usize = 64;

    pub fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut lattice: Vec<f32> = (0..Self::SIDE.pow(3)).map(|_| random.normal()).collect();
        smooth(&mut lattice, [Self::SIDE; 3], [0.8; 3], true);
        normalise(&mut lattice);
        Self { lattice }
    }

    /// The noise at `p` for blotches about `size` mm wide.
    pub fn at(&self, p: &Vec3, size: f32) -> f32 {
        // Far from 0 every place is positive, and a cast rounds down.
        let place = p.map(|v| v * (2.0 / size) + 1024.0);
        let cell = |v: f32| {
            (
                v as usize % Self::SIDE,
                (v as usize + 1) % Self::SIDE,
                v - (v as usize) as f32,
            )
        };
        let ((x0, x1, tx), (y0, y1, ty), (z0, z1, tz)) =
            (cell(place.x), cell(place.y), cell(place.z));
        let row = |y: usize, z: usize| {
            let start = (z * Self::SIDE + y) * Self::SIDE;
            let (a, b) = (self.lattice[start + x0], self.lattice[start + x1]);
            a + tx * (b - a)
        };
        let plane = |z: usize| {
            let (a, b) = (row(y0, z), row(y1, z));
            a + ty * (b - a)
        };
        let (near, far) = (plane(z0), plane(z1));
        near + tz * (far - near)
    }
}

/// The noise of a CT slice: a tile of the grain that filtered back projection leaves, and one of
/// the horizontal streaks between the shoulders, laid anew in every slice.
pub(super) struct Grain {
    grain: Vec<f32>,
    streaks: Vec<f32>,
}

impl Grain {
    const SIDE: usize = 256;

    pub fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut tile = || -> Vec<f32> { (0..Self::SIDE.pow(2)).map(|_| random.normal()).collect() };
        let shape = [Self::SIDE, Self::SIDE, 1];
        let mut grain = tile();
        smooth(&mut grain, shape, [0.75, 0.75, 0.0], true);
        let mut coarse = grain.clone();
        smooth(&mut coarse, shape, [2.0, 2.0, 0.0], true);
        for (fine, coarse) in grain.iter_mut().zip(&coarse) {
            *fine -= 0.8 * coarse;
        }
        let mut streaks = tile();
        smooth(&mut streaks, shape, [14.0, 0.6, 0.0], true);
        normalise(&mut grain);
        normalise(&mut streaks);
        Self { grain, streaks }
    }

    /// Noise of slice `k`, as `(i, j) -> (grain, streaks)`, both of deviation 1.
    pub fn slice(&self, k: usize) -> impl Fn(usize, usize) -> (f32, f32) + '_ {
        let mut random = Random::new(k as u64 + 1);
        let mut offset = || random.below(Self::SIDE);
        let (first, second, third) = (
            [offset(), offset()],
            [offset(), offset()],
            [offset(), offset()],
        );
        let index = |i: usize, j: usize, by: [usize; 2]| {
            (j + by[1]) % Self::SIDE * Self::SIDE + (i + by[0]) % Self::SIDE
        };
        move |i, j| {
            // Two tiles added, so that no patch of grain comes back in another slice.
            let grain = self.grain[index(i, j, first)] + self.grain[index(i, j, second)];
            (grain * 0.5f32.sqrt(), self.streaks[index(i, j, third)])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_and_deviation(values: impl Iterator<Item = f32>) -> (f32, f32) {
        let values: Vec<f32> = values.collect();
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        let power = values.iter().map(|v| (v - mean).powi(2)).sum::<f32>();
        (mean, (power / values.len() as f32).sqrt())
    }

    #[test]
    fn normal_numbers_have_mean_0_and_deviation_1() {
        let mut random = Random::new(3);
        let (mean, deviation) = mean_and_deviation((0..20_000).map(|_| random.normal()));
        assert!(
            mean.abs() < 0.03 && (deviation - 1.0).abs() < 0.02,
            "{mean} {deviation}"
        );
    }

    #[test]
    fn texture_goes_on_smoothly_over_its_period_and_below_zero() {
        let texture = Texture::new(1);
        let value = |x: f32| texture.at(&Vec3::new(x, -3.0, 0.7), 4.0);
        assert!((value(0.25) - value(0.25 - 128.0)).abs() < 1e-4);
        assert!((value(-1e-3) - value(1e-3)).abs() < 1e-2);
    }

    #[test]
    fn smoothing_keeps_the_sum_and_widens_a_spike() {
        let mut data = vec![0.0; 15 * 15 * 15];
        data[7 * 225 + 7 * 15 + 7] = 1.0;
        smooth(&mut data, [15; 3], [1.0, 1.0, 1.0], false);
        assert!((data.iter().sum::<f32>() - 1.0).abs() < 1e-4);
        assert!(
            (data[7 * 225 + 7 * 15 + 8] / data[7 * 225 + 7 * 15 + 7] - (-0.5f32).exp()).abs()
                < 1e-3
        );
    }
}
