//! The values under the cursor, in each layer's own units.

use super::{BACKGROUND, Document, Layer, LayerId, label_of};
use crate::geometry::WorldPoint;
use crate::volume::{Content, Interpolation, Linear, Rescale, Suv, Volume, VoxelType, sample};

/// One layer's value at a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    pub layer: LayerId,
    /// One number a component; `None` where the layer has no voxel.
    pub values: Option<Vec<f64>>,
    /// Unit of the values as shown: "HU", "Bq/ml", "SUV" or empty.
    pub unit: String,
    /// Fixed number of decimals, so that nothing jumps while the cursor moves.
    pub decimals: usize,
    /// Of a layer whose values are labels; `None` in the background.
    pub label: Option<ReadLabel>,
}

/// The label at a place.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadLabel {
    pub name: String,
    /// Red, green and blue.
    pub color: [u8; 3],
}

/// The values of all layers at the cursor, in layer order.
pub fn readings(document: &Document) -> Vec<Reading> {
    document
        .layers()
        .iter()
        .map(|layer| {
            let values = values_at(layer, document.cursor());
            Reading {
                layer: layer.id,
                label: label_at(layer, values.as_deref()),
                values,
                unit: shown_unit(layer).to_owned(),
                decimals: decimals_for(layer),
            }
        })
        .collect()
}

fn label_at(layer: &Layer, values: Option<&[f64]>) -> Option<ReadLabel> {
    let table = &layer.display.labels.as_ref()?.table;
    let label = label_of(*values?.first()?);
    (label != BACKGROUND).then(|| ReadLabel {
        name: table.name(label),
        color: table.entry(label).color,
    })
}

/// Values of `layer` at a world point as it is displayed: between voxels by its interpolation. Colours
/// and labels are read from the nearest voxel, since a mixed one stands in no file.
fn values_at(layer: &Layer, point: WorldPoint) -> Option<Vec<f64>> {
    let volume = &layer.volume;
    let index = volume.grid().world_to_index(point);
    let is_mixed = volume.meta().content != Content::Color && layer.display.labels.is_none();
    let mode = if !is_mixed {
        Interpolation::Nearest
    } else {
        layer.display.interpolation
    };
    let factor = shown_factor(layer);
    (0..volume.components())
        .map(|c| sample(volume, index, layer.display.time, c, mode).map(|v| v * factor))
        .collect()
}

/// The factor from the layer's values to the shown ones: the SUV factor when SUV is chosen and known.
pub fn shown_factor(layer: &Layer) -> f64 {
    match layer.volume.meta().suv {
        Suv::Factor(factor) if layer.display.show_suv => factor,
        _ => 1.0,
    }
}

/// The unit values are shown in.
pub fn shown_unit(layer: &Layer) -> &str {
    match layer.volume.meta().suv {
        Suv::Factor(_) if layer.display.show_suv => "SUV",
        _ => &layer.volume.meta().unit,
    }
}

/// Decimals worth showing: none for whole numbers, else enough for four digits of the window.
pub fn decimals_for(layer: &Layer) -> usize {
    let factor = shown_factor(layer);
    if factor == 1.0 && holds_whole_numbers(&layer.volume) {
        return 0;
    }
    let window = &layer.display.window;
    let reach = window.min.abs().max(window.max.abs()) * factor;
    if reach > 0.0 && reach.is_finite() {
        (4 - reach.log10().ceil() as i64).clamp(0, 6) as usize
    } else {
        3
    }
}

fn holds_whole_numbers(volume: &Volume) -> bool {
    let integer_type = !matches!(volume.data().voxel_type(), VoxelType::F32 | VoxelType::F64);
    let whole_map = match volume.rescale() {
        Rescale::Uniform(linear) => linear.slope.fract() == 0.0 && linear.intercept.fract() == 0.0,
        Rescale::PerSlice(_) => false,
    };
    integer_type && whole_map
}

/// A number with fixed decimals; very large and very small ones in powers of ten.
pub fn format_number(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return if value.is_nan() {
            "NaN".to_owned()
        } else if value > 0.0 {
            "+inf".to_owned()
        } else {
            "−inf".to_owned()
        };
    }
    let size = value.abs();
    let text = if size >= 1e8
        || (size > 0.0 && size < 0.5 * 10f64.powi(-(decimals as i32)) && decimals >= 3)
    {
        format!("{value:.3e}")
    } else {
        format!("{value:.decimals$}")
    };
    with_true_minus(&text)
}

/// A number as it is shown: a hyphen is narrower than the digits' plus and minus, the true sign lines
/// up. Nothing is less than zero when all its digits are.
pub fn with_true_minus(number: &str) -> String {
    if number.trim_start_matches(['-', '0', '.']).is_empty() {
        number.trim_start_matches('-').to_owned()
    } else {
        number.replace('-', "−")
    }
}

/// Text as it is copied: with hyphens for true minus signs, as programs read numbers.
pub fn with_hyphens(text: &str) -> String {
    text.replace('−', "-")
}

/// How stored numbers become values, in words.
pub fn scale_text(rescale: &Rescale) -> String {
    match rescale {
        rescale if *rescale == Rescale::IDENTITY => "the numbers are the values".to_owned(),
        Rescale::Uniform(Linear { slope, intercept }) => {
            let sign = if *intercept < 0.0 { '\u{2212}' } else { '+' };
            let text = format!("value = number × {slope} {sign} {}", intercept.abs());
            with_true_minus(&text)
        }
        Rescale::PerSlice(_) => "every slice has a scale of its own".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_decimals_and_zero_has_no_sign() {
        assert_eq!(format_number(-817.0, 0), "−817");
        assert_eq!(format_number(-0.001, 1), "0.0");
        assert_eq!(format_number(2089.66, 1), "2089.7");
        assert_eq!(format_number(f64::NAN, 2), "NaN");
        assert_eq!(format_number(1.5e12, 0), "1.500e12");
    }
}
