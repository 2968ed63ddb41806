//! DICOM dates and times as seconds on the scanner's clock.

use super::attributes::text;
use dicom_dictionary_std::tags;
use dicom_object::{InMemDicomObject, Tag};

pub(super) const DAY: f64 = 86_400.0;

/// Seconds of the day of a TM value (`HHMMSS.FFFFFF`, or with colons as before 1993).
pub(super) fn time_of_day(text: &str) -> Option<f64> {
    let digits: String = text.trim().chars().filter(|c| *c != ':').collect();
    let part = |at: usize, limit: f64| -> Option<f64> {
        match digits.get(at..at + 2) {
            None if at > 0 && digits.len() <= at => Some(0.0),
            None => None,
            Some(two) if two.bytes().all(|b| b.is_ascii_digit()) => {
                two.parse().ok().filter(|number: &f64| *number < limit)
            }
            Some(_) => None,
        }
    };
    let fraction = match digits.get(6..) {
        Some(rest) if rest.len() > 1 => format!("0{rest}").parse().ok()?,
        _ => 0.0,
    };
    Some(part(0, 24.0)? * 3600.0 + part(2, 60.0)? * 60.0 + part(4, 61.0)? + fraction)
}

/// Days since 1970-01-01 of a DA value (`YYYYMMDD`, or with dots).
pub(super) fn day_number(text: &str) -> Option<f64> {
    let digits: String = text.trim().chars().filter(|c| *c != '.').collect();
    if digits.len() != 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let year: i64 = digits[..4].parse().ok()?;
    let month: i64 = digits[4..6].parse().ok()?;
    let day: i64 = digits[6..].parse().ok()?;
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Counted from March, so that the leap day ends a year.
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let days = 365 * year + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (153 * month + 2) / 5
        + day;
    Some((days - 719_469) as f64)
}

/// Seconds since 1970 of a DT value (`YYYYMMDDHHMMSS.FFFFFF&ZZXX`; the offset is left away, as the
/// other times of a file have none).
pub(super) fn date_time(text: &str) -> Option<f64> {
    let text = text.trim();
    let local = text.split(['+', '-']).next()?;
    Some(day_number(local.get(..8)?)? * DAY + time_of_day(local.get(8..)?)?)
}

/// A pair of DA and TM elements in seconds; without a date, of the day alone.
pub(super) fn moment(object: &InMemDicomObject, date: Tag, time: Tag) -> Option<Moment> {
    let time = time_of_day(&text(object, time)?)?;
    let day = text(object, date).and_then(|date| day_number(&date));
    Some(Moment { day, time })
}

/// When the picture was taken, for finding the earliest.
pub(super) fn acquisition(object: &InMemDicomObject) -> Option<f64> {
    moment(object, tags::ACQUISITION_DATE, tags::ACQUISITION_TIME)
        .map(|moment| moment.seconds())
        .or_else(|| date_time(&text(object, tags::ACQUISITION_DATE_TIME)?))
}

/// A time of day, on a day that may be unknown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moment {
    pub day: Option<f64>,
    pub time: f64,
}

impl Moment {
    /// Since 1970, or since midnight when the day is unknown.
    pub fn seconds(&self) -> f64 {
        self.day.unwrap_or(0.0) * DAY + self.time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_may_be_cut_short_and_carry_fractions() {
        assert_eq!(time_of_day("101500"), Some(36900.0));
        assert_eq!(time_of_day("1015"), Some(36900.0));
        assert_eq!(time_of_day("10:15:00"), Some(36900.0));
        assert_eq!(time_of_day("000001.500000"), Some(1.5));
        assert_eq!(time_of_day("25"), None);
        assert_eq!(time_of_day("1x"), None);
        assert_eq!(time_of_day(""), None);
    }

    #[test]
    fn days_count_through_leap_years() {
        assert_eq!(day_number("19700101"), Some(0.0));
        assert_eq!(day_number("20000229"), Some(11016.0));
        assert_eq!(day_number("20000301"), Some(11017.0));
        assert_eq!(day_number("20200101"), Some(18262.0));
        assert_eq!(day_number("20201301"), None);
    }

    #[test]
    fn a_date_time_keeps_its_local_clock() {
        assert_eq!(
            date_time("20200101091500.0+0100"),
            Some(18262.0 * DAY + 33300.0)
        );
    }
}
