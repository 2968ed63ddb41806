//! Numbers as JSON, which has no NaN and no infinity.

use serde_json::Value;

/// A number for JSON: whole numbers without a fraction, and "nan", "inf" or "-inf" as text.
pub fn json_number(number: f64) -> Value {
    const EXACT: f64 = (1u64 << 53) as f64;
    if number.is_nan() {
        "nan".into()
    } else if number.is_infinite() {
        if number > 0.0 { "inf" } else { "-inf" }.into()
    } else if number.fract() == 0.0 && number.abs() < EXACT {
        (number as i64).into()
    } else {
        number.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_have_no_fraction_and_the_others_no_rounding() {
        assert_eq!(json_number(-1024.0).to_string(), "-1024");
        assert_eq!(json_number(0.1).to_string(), "0.1");
        assert_eq!(json_number(1e300).to_string(), "1e+300");
    }

    #[test]
    fn what_json_cannot_say_is_text() {
        assert_eq!(json_number(f64::NAN), "nan");
        assert_eq!(json_number(f64::INFINITY), "inf");
        assert_eq!(json_number(f64::NEG_INFINITY), "-inf");
    }
}
