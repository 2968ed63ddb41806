//! Colours of labels that no table names: few labels get colours that colour-blind eyes tell apart
//! (Okabe and Ito, "Color Universal Design", 2008), more get hues that are far from those of their
//! neighbours, at lightnesses that differ too.

/// Of labels 1 to 7, their black left out: it is not seen on an image.
const FIRST: [[u8; 3]; 7] = [
    [230, 159, 0],
    [86, 180, 233],
    [0, 158, 115],
    [240, 228, 66],
    [204, 121, 167],
    [213, 94, 0],
    [0, 114, 178],
];

/// A turn by this part of the circle never comes back near to where it was soon.
const GOLDEN: f64 = 0.618_033_988_749_895;

/// Lightnesses in turn, and how colourful each can be.
const TONES: [(f64, f64); 3] = [(0.72, 0.13), (0.56, 0.13), (0.86, 0.10)];

/// Red, green and blue of a label.
pub fn color(label: i32) -> [u8; 3] {
    let place = i64::from(label).unsigned_abs();
    if let Some(color) = FIRST.get(place.wrapping_sub(1) as usize)
        && label > 0
    {
        return *color;
    }
    let hue = (place as f64 * GOLDEN).fract() * std::f64::consts::TAU;
    let (lightness, chroma) = TONES[(place % TONES.len() as u64) as usize];
    oklch(lightness, chroma, hue)
}

/// sRGB of a colour in OKLCH. Source: B. Ottosson, "A perceptual color space for image processing",
/// 2020.
fn oklch(lightness: f64, chroma: f64, hue: f64) -> [u8; 3] {
    let (b, a) = hue.sin_cos();
    let [a, b] = [a * chroma, b * chroma];
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    let linear = [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
    ];
    linear.map(|c| {
        let c = c.clamp(0.0, 1.0);
        let encoded = if c <= 0.003_130_8 {
            12.92 * c
        } else {
            1.055 * c.powf(1.0 / 2.4) - 0.055
        };
        (encoded * 255.0).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apart(a: [u8; 3], b: [u8; 3]) -> i32 {
        let squares = a
            .iter()
            .zip(b)
            .map(|(a, b)| (i32::from(*a) - i32::from(b)).pow(2));
        squares.sum()
    }

    #[test]
    fn labels_that_follow_each_other_are_told_apart() {
        for label in 1..300 {
            for next in label + 1..label + 4 {
                let [a, b] = [label, next].map(color);
                assert!(apart(a, b) > 30 * 30, "{label} {a:?} and {next} {b:?}");
            }
        }
    }

    #[test]
    fn every_label_is_seen_on_black() {
        for label in (-50..300).filter(|label| *label != 0) {
            let brightest = color(label).into_iter().max();
            assert!(brightest > Some(100), "{label}");
        }
    }
}
