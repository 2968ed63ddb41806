//! What is written over the images, whatever draws it: colours and the scale bar.

/// Orientation letters, as red, green and blue.
pub const LETTER: [u8; 3] = [0xff, 0xbf, 0x2e];
/// Lines through the cursor.
pub const CROSSHAIR: [u8; 3] = [0x78, 0x82, 0xff];
/// Names and scale bars.
pub const ANNOTATION: [u8; 3] = [0x8b, 0xe0, 0x6e];
/// Rulers, regions and profiles.
pub const MEASUREMENT: [u8; 3] = [0x5c, 0xe1, 0xe6];
/// Plain text.
pub const OVER_IMAGE: [u8; 3] = [0xd6, 0xda, 0xe0];

/// The length of the scale bar: the largest power of ten in mm that is at most half the view's width.
pub fn scale_bar_mm(half_width_mm: f64) -> f64 {
    10f64.powi(half_width_mm.max(1e-6).log10().floor() as i32)
}

/// A power of ten in mm, in the unit people would use.
pub fn length_text(mm: f64) -> String {
    if mm >= 1000.0 {
        format!("{} m", mm / 1000.0)
    } else if mm >= 10.0 {
        format!("{} cm", mm / 10.0)
    } else if mm >= 1.0 {
        format!("{mm} mm")
    } else {
        format!("{} µm", (mm * 1000.0).round())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_bar_is_a_power_of_ten_with_a_fitting_unit() {
        assert_eq!(scale_bar_mm(180.0), 100.0);
        assert_eq!(scale_bar_mm(99.0), 10.0);
        assert_eq!(length_text(100.0), "10 cm");
        assert_eq!(length_text(1.0), "1 mm");
        assert_eq!(length_text(0.1), "100 µm");
    }
}
