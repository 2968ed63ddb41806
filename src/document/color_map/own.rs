//! Colour maps made by the user: points with colours, and their text form.

use serde::{Deserialize, Serialize};

/// The key that makes a JSON file a colour map, with the format's version.
const KEY: &str = "warpscope_color_map";
const VERSION: u64 = 1;

/// Which side of a point a colour is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Towards lower values.
    Left,
    /// Towards higher values.
    Right,
}

/// A place on a map and its colour; two colours where the map jumps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColorPoint {
    /// 0 at the window's minimum, 1 at its maximum.
    pub at: f32,
    /// RGBA just below the point.
    pub left: [u8; 4],
    /// RGBA on the point and just above it.
    pub right: [u8; 4],
}

impl ColorPoint {
    /// A point with one colour.
    pub fn new(at: f32, color: [u8; 4]) -> Self {
        Self {
            at,
            left: color,
            right: color,
        }
    }

    /// Whether the map jumps here.
    pub fn is_two_sided(&self) -> bool {
        self.left != self.right
    }
}

/// A colour map of the user: straight lines between points in order, the first at 0 and the last at 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "OwnMapFile", into = "OwnMapFile")]
pub struct OwnMap {
    name: String,
    points: Vec<ColorPoint>,
}

/// Why a text is no colour map.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ColorMapError {
    #[error("it is not a colour map of warpscope")]
    Other,
    #[error("it was written by a newer warpscope")]
    Newer,
    #[error("it is not a colour map: {0}")]
    Broken(String),
}

impl OwnMap {
    /// No map has more points.
    pub const MOST_POINTS: usize = 256;

    /// Names are not longer, in characters.
    pub const LONGEST_NAME: usize = 60;

    /// Points in any order; places are clamped to 0..1, and the ends put where they belong.
    pub fn with_points(name: &str, mut points: Vec<ColorPoint>) -> Self {
        points.retain(|point| point.at.is_finite());
        points.truncate(Self::MOST_POINTS);
        for point in &mut points {
            point.at = point.at.clamp(0.0, 1.0);
        }
        points.sort_by(|a, b| a.at.total_cmp(&b.at));
        while points.len() < 2 {
            let color = points.first().map_or([0, 0, 0, 255], |point| point.right);
            points.push(ColorPoint::new(1.0, color));
        }
        if let [first, .., last] = &mut points[..] {
            (first.at, last.at) = (0.0, 1.0);
        }
        let mut map = Self {
            name: String::new(),
            points,
        };
        map.set_name(name);
        map
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: &str) {
        let letters = name.trim().chars().filter(|c| !c.is_control());
        self.name = letters.take(Self::LONGEST_NAME).collect();
        if self.name.is_empty() {
            self.name = "Untitled".to_owned();
        }
    }

    /// The same map under another name.
    pub fn renamed(&self, name: &str) -> Self {
        let mut map = self.clone();
        map.set_name(name);
        map
    }

    pub fn points(&self) -> &[ColorPoint] {
        &self.points
    }

    /// RGBA at `t`; beyond the ends that of the end, of NaN the lowest. On a point with two colours
    /// it is the right one.
    pub fn color(&self, t: f32) -> [u8; 4] {
        let t = if t > 0.0 { t.min(1.0) } else { 0.0 };
        let upper = self.points.partition_point(|point| point.at <= t);
        let upper = upper.clamp(1, self.points.len() - 1);
        let [low, high] = [&self.points[upper - 1], &self.points[upper]];
        let width = high.at - low.at;
        match width > 0.0 {
            true => mixed(low.right, high.left, (t - low.at) / width),
            false => high.right,
        }
    }

    /// With a point changed; its place stays between its neighbours, and those of the ends stay.
    pub fn with(&self, at: usize, point: ColorPoint) -> Self {
        let mut map = self.clone();
        let last = self.points.len() - 1;
        if at > last || !point.at.is_finite() {
            return map;
        }
        let place = match at {
            0 => 0.0,
            at if at == last => 1.0,
            at => point
                .at
                .clamp(self.points[at - 1].at, self.points[at + 1].at),
        };
        map.points[at] = ColorPoint { at: place, ..point };
        map
    }

    /// With a point at `t` that has the colour the map has there, and its number; `None` when there are
    /// too many.
    pub fn with_point(&self, t: f32) -> Option<(Self, usize)> {
        if self.points.len() >= Self::MOST_POINTS || !t.is_finite() {
            return None;
        }
        let t = t.clamp(0.0, 1.0);
        let place = self.points.partition_point(|point| point.at <= t);
        let place = place.clamp(1, self.points.len() - 1);
        let mut map = self.clone();
        map.points.insert(place, ColorPoint::new(t, self.color(t)));
        Some((map, place))
    }

    /// Without a point; the ends stay.
    pub fn without(&self, at: usize) -> Self {
        let mut map = self.clone();
        if at > 0 && at + 1 < map.points.len() {
            map.points.remove(at);
        }
        map
    }

    /// The text of a colour-map file.
    pub fn to_json(&self) -> String {
        let file = OwnMapFile::from(self);
        serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
    }

    /// From the text of a colour-map file.
    pub fn from_json(text: &str) -> Result<Self, ColorMapError> {
        let value: serde_json::Value =
            serde_json::from_str(text).map_err(|_| ColorMapError::Other)?;
        match value.get(KEY).and_then(serde_json::Value::as_u64) {
            Some(1..=VERSION) => {}
            Some(found) if found > VERSION => return Err(ColorMapError::Newer),
            _ => return Err(ColorMapError::Other),
        }
        let file: OwnMapFile =
            serde_json::from_value(value).map_err(|e| ColorMapError::Broken(e.to_string()))?;
        file.map().map_err(ColorMapError::Broken)
    }
}

/// A colour map as JSON has it; colours as `#rrggbb` or `#rrggbbaa`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnMapFile {
    warpscope_color_map: u64,
    name: String,
    points: Vec<FilePoint>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct FilePoint {
    at: f32,
    color: String,
    /// Where the map jumps: the colour just below the point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    color_below: Option<String>,
}

impl From<&OwnMap> for OwnMapFile {
    fn from(map: &OwnMap) -> Self {
        let points = map.points.iter().map(|point| FilePoint {
            at: point.at,
            color: hex(point.right),
            color_below: point.is_two_sided().then(|| hex(point.left)),
        });
        Self {
            warpscope_color_map: VERSION,
            name: map.name.clone(),
            points: points.collect(),
        }
    }
}

impl From<OwnMap> for OwnMapFile {
    fn from(map: OwnMap) -> Self {
        Self::from(&map)
    }
}

impl TryFrom<OwnMapFile> for OwnMap {
    type Error = String;

    fn try_from(file: OwnMapFile) -> Result<Self, String> {
        file.map()
    }
}

impl OwnMapFile {
    /// The map, or why it is none.
    pub fn map(self) -> Result<OwnMap, String> {
        if !(2..=OwnMap::MOST_POINTS).contains(&self.points.len()) {
            return Err(format!("it has {} points", self.points.len()));
        }
        let mut points = Vec::new();
        for point in &self.points {
            if !(0.0..=1.0).contains(&point.at) {
                return Err(format!("the place {} is not within 0 and 1", point.at));
            }
            let color = |text: &String| {
                from_hex(text).ok_or_else(|| format!("{text:?} is no colour like #ff8800"))
            };
            let right = color(&point.color)?;
            points.push(ColorPoint {
                at: point.at,
                left: point.color_below.as_ref().map_or(Ok(right), color)?,
                right,
            });
        }
        Ok(OwnMap::with_points(&self.name, points))
    }
}

fn hex([r, g, b, a]: [u8; 4]) -> String {
    match a {
        255 => format!("#{r:02x}{g:02x}{b:02x}"),
        _ => format!("#{r:02x}{g:02x}{b:02x}{a:02x}"),
    }
}

fn from_hex(text: &str) -> Option<[u8; 4]> {
    let digits = text.strip_prefix('#')?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let number = u32::from_str_radix(digits, 16).ok()?;
    match digits.len() {
        6 => Some((number << 8 | 255).to_be_bytes()),
        8 => Some(number.to_be_bytes()),
        _ => None,
    }
}

/// The colour `share` of the way from `low` to `high`.
pub(super) fn mixed(low: [u8; 4], high: [u8; 4], share: f32) -> [u8; 4] {
    std::array::from_fn(|channel| {
        let (low, high) = (f32::from(low[channel]), f32::from(high[channel]));
        (low + share * (high - low)).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::ColorMap;

    fn jump() -> OwnMap {
        let middle = ColorPoint {
            at: 0.5,
            left: [0, 0, 255, 255],
            right: [255, 0, 0, 128],
        };
        let ends = [
            ColorPoint::new(0.0, [0, 0, 0, 0]),
            middle,
            ColorPoint::new(1.0, [255, 255, 255, 255]),
        ];
        OwnMap::with_points("Jump", ends.to_vec())
    }

    #[test]
    fn a_two_sided_point_makes_a_jump() {
        let map = jump();
        assert_eq!(map.color(0.25), [0, 0, 128, 128]);
        assert_eq!(map.color(0.499_99), [0, 0, 255, 255]);
        assert_eq!(map.color(0.5), [255, 0, 0, 128]);
        assert_eq!(map.color(9.0), [255; 4]);
        assert_eq!(map.color(f32::NAN), [0; 4]);
    }

    #[test]
    fn a_built_in_map_keeps_its_colours_as_an_own_one() {
        for map in ColorMap::ALL {
            let own = map.to_own("Mine");
            for n in 0..=510 {
                let t = n as f32 / 510.0;
                let off = (0..4)
                    .map(|c| own.color(t)[c].abs_diff(map.color(t)[c]))
                    .max();
                assert!(off <= Some(1), "{map:?} at {t}");
            }
        }
    }

    #[test]
    fn a_new_point_changes_no_colour_by_more_than_rounding() {
        let (more, place) = jump().with_point(0.75).unwrap();
        assert_eq!(place, 2);
        for n in 0..=100 {
            let t = n as f32 / 100.0;
            let [now, before] = [more.color(t), jump().color(t)];
            assert!((0..4).all(|c| now[c].abs_diff(before[c]) <= 1), "at {t}");
        }
        assert_eq!(more.without(2), jump());
        assert_eq!(jump().without(0), jump());
    }

    #[test]
    fn a_point_is_held_between_its_neighbours() {
        let (map, _) = jump().with_point(0.75).unwrap();
        let place = |at| {
            let point = ColorPoint {
                at: 0.9,
                ..map.points()[at]
            };
            map.with(at, point).points()[at].at
        };
        assert_eq!(
            [place(0), place(1), place(2), place(3)],
            [0.0, 0.75, 0.9, 1.0]
        );
    }

    #[test]
    fn a_file_holds_the_whole_map() {
        let text = jump().to_json();
        assert!(text.contains("\"#ff000080\""), "{text}");
        assert_eq!(OwnMap::from_json(&text), Ok(jump()));
    }

    #[test]
    fn what_is_no_map_is_refused_with_the_reason() {
        let refused = |text: &str| OwnMap::from_json(text).unwrap_err().to_string();
        assert_eq!(
            refused("solid ascii"),
            "it is not a colour map of warpscope"
        );
        assert_eq!(refused("{}"), "it is not a colour map of warpscope");
        assert_eq!(
            refused(r#"{"warpscope_color_map": 2}"#),
            "it was written by a newer warpscope"
        );
        let with = |points: &str| {
            refused(&format!(
                r#"{{"warpscope_color_map": 1, "name": "x", "points": [{points}]}}"#
            ))
        };
        assert!(with(r##"{"at": 0, "color": "#000000"}"##).contains("1 points"));
        let red = r##"{"at": 0, "color": "red"}, {"at": 1, "color": "#000000"}"##;
        assert!(with(red).contains("\"red\" is no colour"));
        let far = r##"{"at": 0, "color": "#000000"}, {"at": 1e9, "color": "#000000"}"##;
        assert!(with(far).contains("not within 0 and 1"));
    }
}
