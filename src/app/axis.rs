//! Numbers along the axes of plots: few, round, and with the true minus sign.

use crate::document::format_number;
use egui_plot::{GridInput, GridMark};

/// Marks are given as this many times further apart than they are: lines and numbers would fade else.
const STRENGTH: f64 = 1e3;

/// The smallest of 1, 2, 5 times a power of ten that is not below `rough`.
pub fn round_step(rough: f64) -> f64 {
    let power = 10f64.powf(rough.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power);
    steps
        .into_iter()
        .find(|step| *step >= rough)
        .unwrap_or(rough)
}

/// Marks at round numbers, at most about `most` of them.
pub fn round_marks(input: &GridInput, most: f64) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    let step = round_step((high - low).max(1e-9) / most);
    let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
    let mark = |n: i64| GridMark {
        value: n as f64 * step,
        step_size: STRENGTH * step,
    };
    (first..=last.min(first.saturating_add(20)))
        .map(mark)
        .collect()
}

/// The number at one of [`round_marks`], as fine as they are apart.
pub fn tick(mark: GridMark) -> String {
    let decimals = -(mark.step_size / STRENGTH).log10() - 1e-9;
    format_number(mark.value, decimals.ceil().clamp(0.0, 6.0) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round_and_no_finer_than_they_need_be() {
        let texts = |low: f64, high: f64| -> Vec<String> {
            let input = GridInput {
                bounds: (low, high),
                base_step_size: 1.0,
            };
            round_marks(&input, 5.0).into_iter().map(tick).collect()
        };
        assert_eq!(texts(-1040.0, 620.0), ["−1000", "−500", "0", "500"]);
        assert_eq!(texts(0.0, 0.9), ["0.0", "0.2", "0.4", "0.6", "0.8"]);
        assert_eq!(texts(3.0, 3.0), ["3.000000"]);
    }
}
