//! Two images in one picture, in a workspace.

use crate::document::{ComparisonMode, Tint};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// Which images are compared, and how.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SceneComparison {
    /// Whether the views show it; else it is what they show when asked to.
    #[serde(default)]
    pub shown: bool,
    /// Places among the layers.
    pub first: usize,
    pub second: usize,
    #[serde(flatten)]
    pub mode: SceneMode,
    /// Seconds that each image is seen while they flicker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pace: Option<f64>,
}

pub(super) fn understood<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<SceneComparison>, D::Error> {
    let value = Value::deserialize(from)?;
    Ok(serde_json::from_value(value).ok())
}

/// How two images share a picture; see [`ComparisonMode`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum SceneMode {
    Checkerboard { squares: usize },
    Swipe { at: f64, upright: bool },
    Flicker,
    Difference { absolute: bool },
    CyanMagenta,
    RedGreen,
    Edges { threshold: f32 },
    Blend { amount: f64 },
}

impl From<ComparisonMode> for SceneMode {
    fn from(mode: ComparisonMode) -> Self {
        match mode {
            ComparisonMode::Checkerboard { squares } => Self::Checkerboard { squares },
            ComparisonMode::Swipe { at, upright } => Self::Swipe { at, upright },
            ComparisonMode::Flicker { .. } => Self::Flicker,
            ComparisonMode::Difference { absolute } => Self::Difference { absolute },
            ComparisonMode::Composite(Tint::CyanMagenta) => Self::CyanMagenta,
            ComparisonMode::Composite(Tint::RedGreen) => Self::RedGreen,
            ComparisonMode::Edges { threshold } => Self::Edges { threshold },
            ComparisonMode::Blend { amount } => Self::Blend { amount },
        }
    }
}

impl From<SceneMode> for ComparisonMode {
    /// Numbers that would show nothing become the nearest that do.
    fn from(mode: SceneMode) -> Self {
        match mode {
            SceneMode::Checkerboard { squares } => Self::Checkerboard {
                squares: squares.clamp(2, 64),
            },
            SceneMode::Swipe { at, upright } => Self::Swipe {
                at: at.clamp(0.0, 1.0),
                upright,
            },
            SceneMode::Flicker => Self::Flicker { second: false },
            SceneMode::Difference { absolute } => Self::Difference { absolute },
            SceneMode::CyanMagenta => Self::Composite(Tint::CyanMagenta),
            SceneMode::RedGreen => Self::Composite(Tint::RedGreen),
            SceneMode::Edges { threshold } => Self::Edges {
                threshold: threshold.clamp(0.01, 0.4),
            },
            SceneMode::Blend { amount } => Self::Blend {
                amount: amount.clamp(0.0, 1.0),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_compare_is_read_as_it_was_written() {
        let ways = [
            ComparisonMode::Checkerboard { squares: 12 },
            ComparisonMode::Swipe {
                at: 0.25,
                upright: false,
            },
            ComparisonMode::Flicker { second: false },
            ComparisonMode::Difference { absolute: true },
            ComparisonMode::Composite(Tint::CyanMagenta),
            ComparisonMode::Composite(Tint::RedGreen),
            ComparisonMode::Edges { threshold: 0.2 },
            ComparisonMode::Blend { amount: 0.75 },
        ];
        for mode in ways {
            let written = SceneComparison {
                shown: true,
                first: 0,
                second: 2,
                mode: mode.into(),
                pace: None,
            };
            let text = serde_json::to_string(&written).expect("JSON");
            let read: SceneComparison = serde_json::from_str(&text).expect("a comparison");
            assert_eq!(ComparisonMode::from(read.mode), mode, "{text}");
            assert_eq!(read, written);
        }
    }

    #[test]
    fn numbers_that_show_nothing_are_put_right() {
        let text = r#"{"first": 0, "second": 1, "mode": "checkerboard", "squares": 0}"#;
        let read: SceneComparison = serde_json::from_str(text).expect("a comparison");
        let least = ComparisonMode::Checkerboard { squares: 2 };
        assert_eq!(ComparisonMode::from(read.mode), least);
        assert!(!read.shown);
    }

    #[test]
    fn a_way_that_is_not_known_costs_the_comparison_alone() {
        let text = r#"{"layers": [], "time_point": 3,
            "comparison": {"first": 0, "second": 1, "mode": "x-rays"}}"#;
        let scene: crate::workspace::Scene = serde_json::from_str(text).expect("a scene");
        assert_eq!((scene.comparison, scene.time_point), (None, 3));
    }
}
