//! Tables of points as text.

use super::{Landmark, Space};

/// Farther from the scanner's middle, in mm, is no patient.
const FARTHEST: f64 = 1e6;

pub(super) fn parse(text: &str, usual: Space) -> Result<Vec<Landmark>, String> {
    let mut columns: Option<Columns> = None;
    let mut space = usual;
    let mut landmarks = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(remark) = line.strip_prefix('#') {
            if let Some((key, value)) = remark.split_once('=') {
                match key.trim().to_lowercase().as_str() {
                    "coordinatesystem" => space = coordinate_system(value.trim())?,
                    "columns" => columns = Columns::named(&cells(value)),
                    _ => {}
                }
            }
            continue;
        }
        if line.is_empty() {
            continue;
        }
        let cells = cells(line);
        let at = match &columns {
            Some(columns) => columns,
            None if is_head(&cells) => {
                let found = Columns::named(&cells);
                let found = found.ok_or("a table whose first line names no columns x, y and z")?;
                columns = Some(found);
                continue;
            }
            None => columns.insert(Columns::counted(cells.len())?),
        };
        let landmark = at.landmark(&cells, space);
        landmarks.push(
            landmark.ok_or_else(|| format!("a table whose line {} is no point", number + 1))?,
        );
    }
    match landmarks.is_empty() {
        true => Err("a table without points".to_owned()),
        false => Ok(landmarks),
    }
}

fn coordinate_system(value: &str) -> Result<Space, String> {
    match value.to_lowercase().as_str() {
        "0" | "ras" => Ok(Space::Ras),
        "1" | "lps" => Ok(Space::Lps),
        _ => Err(format!("the coordinate system {value:?}")),
    }
}

/// The cells of a line: between commas if there is one, else semicolons, tabs or spaces. Quotes hold a
/// cell together; two of them stand for one.
fn cells(line: &str) -> Vec<String> {
    let separator = [',', ';', '\t'].into_iter().find(|c| line.contains(*c));
    let Some(separator) = separator else {
        return line.split_whitespace().map(str::to_owned).collect();
    };
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' => quoted = !quoted,
            _ if letter == separator && !quoted => cells.push(std::mem::take(&mut cell)),
            _ => cell.push(letter),
        }
    }
    cells.push(cell);
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

fn number(cell: &str) -> Option<f64> {
    cell.parse().ok().filter(|v: &f64| v.abs() <= FARTHEST)
}

/// Words that are no points: at most a number by chance among them.
fn is_head(cells: &[String]) -> bool {
    cells.iter().filter(|cell| number(cell).is_some()).count() < 2
}

/// Which cells of a line are what.
struct Columns {
    name: Option<usize>,
    /// Of x, and the space where the column's name tells it.
    point: (usize, Option<Space>),
    partner: Option<(usize, Option<Space>)>,
}

impl Columns {
    /// By their names.
    fn named(names: &[String]) -> Option<Self> {
        let words: Vec<Vec<String>> = names.iter().map(|name| words(name)).collect();
        let has = |column: usize, word: &str| {
            words
                .get(column)
                .is_some_and(|words| words.iter().any(|w| w == word))
        };
        let is_axis = |column: usize, axis: &str| {
            let words = words.get(column).map(Vec::as_slice).unwrap_or_default();
            words.iter().any(|word| axis_of(word) == axis)
        };
        let axes = |column: usize, axes: [&str; 3]| (0..3).all(|n| is_axis(column + n, axes[n]));
        let mut triples = (0..names.len()).filter_map(|column| {
            let told = match () {
                () if has(column, "lps") || axes(column, ["l", "p", "s"]) => Some(Space::Lps),
                () if has(column, "ras") || axes(column, ["r", "a", "s"]) => Some(Space::Ras),
                () => None,
            };
            let is_point = [["x", "y", "z"], ["l", "p", "s"], ["r", "a", "s"]]
                .into_iter()
                .any(|names| axes(column, names));
            is_point.then_some((column, told))
        });
        let point = triples.next()?;
        let partner = triples.next();
        let named = |word: &&str| (0..names.len()).find(|column| has(*column, word));
        let name = ["label", "name", "landmark", "id"];
        Some(Self {
            name: name.iter().find_map(named),
            point,
            partner,
        })
    }

    /// By their number, where nothing is said of them.
    fn counted(count: usize) -> Result<Self, String> {
        let [name, partner] = match count {
            3 => [false, false],
            4 => [true, false],
            6 => [false, true],
            7 => [true, true],
            _ => return Err(format!("a table of {count} columns without their names")),
        };
        let first = usize::from(name);
        Ok(Self {
            name: name.then_some(0),
            point: (first, None),
            partner: partner.then_some((first + 3, None)),
        })
    }

    /// `None` without three numbers; the partner may be missing as a whole.
    fn landmark(&self, cells: &[String], usual: Space) -> Option<Landmark> {
        let point = |(column, space): (usize, Option<Space>)| {
            let at = |n: usize| number(cells.get(column + n)?);
            Some(space.unwrap_or(usual).point([at(0)?, at(1)?, at(2)?]))
        };
        let is_there = |(column, _): &(usize, Option<Space>)| {
            (0..3).any(|n| cells.get(column + n).is_some_and(|cell| !cell.is_empty()))
        };
        let partner = match self.partner.filter(is_there) {
            Some(partner) => Some(point(partner)?),
            None => None,
        };
        let name = self.name.and_then(|column| cells.get(column));
        Some(Landmark {
            name: name.cloned().unwrap_or_default(),
            point: point(self.point)?,
            partner,
        })
    }
}

/// "x" of "x2", and of "mx".
fn axis_of(word: &str) -> &str {
    let word = word
        .strip_suffix(|c: char| c.is_ascii_digit())
        .unwrap_or(word);
    word.strip_prefix(['f', 'm']).unwrap_or(word)
}

/// "fixed_x (RAS)" is "fixed", "x" and "ras".
fn words(name: &str) -> Vec<String> {
    let words = name.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !word.is_empty() && *word != "mm")
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{fiducials_text, table_text};
    use super::*;
    use crate::geometry::WorldPoint;

    fn read(text: &str) -> Vec<Landmark> {
        parse(text, Space::Ras).expect("landmarks")
    }

    fn point(text: &str) -> [f64; 3] {
        read(text)[0].point.0.coords.into()
    }

    #[test]
    fn columns_are_known_by_their_names_or_their_number() {
        assert_eq!(point("1 2 3\n"), [1.0, 2.0, 3.0]);
        assert_eq!(point("name,x,y,z\na,1,2,3\n"), [1.0, 2.0, 3.0]);
        assert_eq!(point("z;y;x;x;y;z\n9;9;9;1;2;3\n"), [1.0, 2.0, 3.0]);
        assert_eq!(read("tip,1,2,3")[0].name, "tip");
        assert_eq!(read("7\t1\t2\t3")[0].name, "7");
        assert_eq!(read("\"a, \"\"b\"\"\",1,2,3")[0].name, "a, \"b\"");
    }

    #[test]
    fn the_space_is_said_by_the_columns_or_is_the_usual_one() {
        assert_eq!(
            point("name,x_lps,y_lps,z_lps\na,1,2,3\n"),
            [-1.0, -2.0, 3.0]
        );
        assert_eq!(point("label,l,p,s,defined\na,1,2,3,1\n"), [-1.0, -2.0, 3.0]);
        assert_eq!(point("label,r,a,s\na,1,2,3\n"), [1.0, 2.0, 3.0]);
        assert_eq!(point("x (LPS mm),y,z\n1,2,3\n"), [-1.0, -2.0, 3.0]);
        let usual = parse("1,2,3", Space::Lps).expect("landmarks");
        assert_eq!(usual[0].point, WorldPoint::new(-1.0, -2.0, 3.0));
    }

    #[test]
    fn six_coordinates_are_a_pair() {
        let text = "exhale_x,exhale_y,exhale_z,inhale_x,inhale_y,inhale_z\r\n1,2,3,4,5,6\r\n";
        let pairs = read(text);
        assert_eq!(pairs[0].point, WorldPoint::new(1.0, 2.0, 3.0));
        assert_eq!(pairs[0].partner, Some(WorldPoint::new(4.0, 5.0, 6.0)));
        assert_eq!(read("a,1,2,3,4,5,6\n")[0].partner, pairs[0].partner);
    }

    #[test]
    fn the_axes_of_a_pair_may_have_a_number_after_or_an_image_before() {
        for head in [
            "name,x,y,z,x2,y2,z2",
            "name,x,y,z,mx,my,mz",
            "name,x1,y1,z1,x2,y2,z2",
            "name,fx,fy,fz,mx,my,mz",
            "name,FX (mm),FY (mm),FZ (mm),MX (mm),MY (mm),MZ (mm)",
            "name,fixed_x,fixed_y,fixed_z,moving_x,moving_y,moving_z",
            "name,x_fixed,y_fixed,z_fixed,x_moving,y_moving,z_moving",
            "name,x_a,y_a,z_a,x_b,y_b,z_b",
            "name,r1,a1,s1,r2,a2,s2",
        ] {
            let pair = &read(&format!("{head}\na,1,2,3,4,5,6\n"))[0];
            assert_eq!(pair.name, "a", "{head}");
            assert_eq!(pair.point, WorldPoint::new(1.0, 2.0, 3.0), "{head}");
            let partner = Some(WorldPoint::new(4.0, 5.0, 6.0));
            assert_eq!(pair.partner, partner, "{head}");
        }
        let lps = read("fx_lps,fy_lps,fz_lps,mx_lps,my_lps,mz_lps\n1,2,3,4,5,6\n");
        assert_eq!(lps[0].partner, Some(WorldPoint::new(-4.0, -5.0, 6.0)));
    }

    #[test]
    fn vectors_and_sizes_beside_a_point_are_no_partner() {
        for others in ["dx,dy,dz", "nx,ny,nz", "ox,oy,oz", "sx,sy,sz"] {
            let text = format!("name,x,y,z,{others}\na,1,2,3,4,5,6\n");
            assert_eq!(read(&text)[0].partner, None, "{others}");
        }
    }

    #[test]
    fn fiducials_of_slicer_tell_their_coordinate_system_by_number_or_word() {
        let file = |system: &str| {
            format!(
                "# Markups fiducial file version = 4.10\n# CoordinateSystem = {system}\n\
                 # columns = id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc,associatedNodeID\n\
                 vtkMRMLMarkupsFiducialNode_0,1,2,3,0,0,0,1,1,1,0,F-1,,vtkMRMLVolumeNode1\n"
            )
        };
        assert_eq!(point(&file("0")), [1.0, 2.0, 3.0]);
        assert_eq!(point(&file("RAS")), [1.0, 2.0, 3.0]);
        assert_eq!(point(&file("1")), [-1.0, -2.0, 3.0]);
        assert_eq!(point(&file("LPS")), [-1.0, -2.0, 3.0]);
        assert_eq!(read(&file("LPS"))[0].name, "F-1");
        assert!(parse(&file("2"), Space::Ras).is_err_and(|what| what.contains("coordinate")));
    }

    #[test]
    fn landmarks_written_read_back_as_they_were() {
        let landmark = |name: &str, partner| Landmark {
            name: name.to_owned(),
            point: WorldPoint::new(-1.25, 1.0 / 3.0, 7e-5),
            partner,
        };
        let other = Some(WorldPoint::new(4.0, 5.0, -6.5));
        let pairs = vec![landmark("a", other), landmark("b, \"c\"", None)];
        assert_eq!(read(&table_text(&pairs)), pairs);
        let alone = vec![landmark("a", None), landmark("b, \"c\"", None)];
        assert_eq!(read(&table_text(&alone)), alone);
        assert_eq!(read(&fiducials_text(&pairs)), alone);
    }

    #[test]
    fn what_is_no_point_is_named() {
        let error = |text: &str| parse(text, Space::Ras).expect_err("no table");
        assert!(error("x,y,z\n1,2,3\n1,2\n").contains("line 3"));
        assert!(error("1,2,nan,").contains("line 1"));
        assert!(error("1,2,1e9\n").contains("line 1"));
        assert!(error("1,2,3,4,5\n").contains("5 columns"));
        assert!(error("a,b\n").contains("no columns"));
        assert!(error("").contains("without points"));
    }
}
