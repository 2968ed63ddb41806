//! Numbers and times as DICOM's strings hold them (PS3.5, 6.2).

/// A decimal string (DS): at most 16 characters, the nearest number that fits.
pub(super) fn decimal(value: f64) -> String {
    const LONGEST: usize = 16;
    // Without the sign of a zero.
    let value = value + 0.0;
    let fits = |text: &String| text.len() <= LONGEST;
    let exact = Some(value.to_string()).filter(fits);
    let plain = (0..LONGEST).rev().map(|digits| format!("{value:.digits$}"));
    let power = (0..LONGEST)
        .rev()
        .map(|digits| format!("{value:.digits$e}"));
    let rounded = [plain.into_iter().find(fits), power.into_iter().find(fits)];
    let error = |text: &String| (text.parse().unwrap_or(f64::INFINITY) - value).abs();
    exact
        .or_else(|| {
            let texts = rounded.into_iter().flatten();
            texts.min_by(|a, b| error(a).total_cmp(&error(b)))
        })
        .unwrap_or_default()
}

/// Several, as one element holds them.
pub(super) fn decimals(values: impl IntoIterator<Item = f64>) -> String {
    let texts: Vec<String> = values.into_iter().map(decimal).collect();
    texts.join("\\")
}

/// The number that a reader finds.
pub(super) fn held(value: f64) -> f64 {
    decimal(value).parse().unwrap_or(value)
}

/// Seconds of a day as a time (TM).
pub(super) fn time(seconds: f64) -> String {
    let micros = (seconds.rem_euclid(super::super::time::DAY) * 1e6).round() as u64;
    let whole = micros / 1_000_000;
    let (hours, minutes) = (whole / 3600 % 24, whole / 60 % 60);
    let (seconds, micros) = (whole % 60, micros % 1_000_000);
    format!("{hours:02}{minutes:02}{seconds:02}.{micros:06}")
}

/// Date (DA) and time (TM) of so many seconds after 1970-01-01.
pub(super) fn date_and_time(seconds: u64) -> [String; 2] {
    let days = (seconds / 86_400) as i64;
    // Howard Hinnant, "chrono-compatible low-level date algorithms": years from March, eras of 400.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    let time = time((seconds % 86_400) as f64);
    [format!("{year:04}{month:02}{day:02}"), time]
}

#[cfg(test)]
mod tests {
    use super::super::super::time as reader;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_that_fit_are_exact() {
        assert_eq!(decimal(-0.0), "0");
        assert_eq!(decimal(-1024.0), "-1024");
        assert_eq!(decimal(0.9765625), "0.9765625");
        assert_eq!(decimals([0.5, -3.25]), "0.5\\-3.25");
    }

    #[test]
    fn dates_are_those_that_are_read() {
        for (seconds, date) in [
            (0, "19700101"),
            (951_782_400, "20000229"),
            (1_709_251_199, "20240229"),
        ] {
            let [day, time] = date_and_time(seconds);
            assert_eq!(day, date);
            let read = reader::day_number(&day).expect("a day") * reader::DAY
                + reader::time_of_day(&time).expect("a time");
            assert_eq!(read, seconds as f64);
        }
        assert_eq!(time(3661.25), "010101.250000");
    }

    proptest! {
        #[test]
        fn any_number_fits_to_ten_digits(value in proptest::num::f64::NORMAL) {
            prop_assume!(value.abs() < 1e99 && value.abs() > 1e-99);
            let text = decimal(value);
            prop_assert!(text.len() <= 16, "{}", text);
            let read: f64 = text.parse().expect("a number");
            prop_assert!((read - value).abs() <= 1e-9 * value.abs(), "{} {}", value, text);
        }
    }
}
