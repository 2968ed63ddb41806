//! Label descriptions as ITK-SNAP writes them: one line a label with its number, red, green and blue
//! (0 to 255), opacity (0 to 1), whether it is shown, whether it is shown in 3D, and its name in
//! quotes; what follows those is no part of it. Lines that begin with `#` are remarks.

use super::IoError;
use super::replace::replace;
use super::small_text::read_small_text;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

/// How one label of a label image is called and shown.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelEntry {
    pub name: String,
    /// Red, green and blue.
    pub color: [u8; 3],
    /// 0 (not seen) to 1.
    pub opacity: f32,
    pub visible: bool,
    /// Whether it is meant to be shown in 3D.
    pub mesh_visible: bool,
}

const HEAD: &str = "\
# ITK-SNAP label description file
# Label, red, green, blue (0 to 255), opacity (0 to 1), shown, shown in 3D, name
";

const HINT: &str = "give a label description file as ITK-SNAP writes it";

/// Reads the labels of a file, by their numbers; of two lines for one label the last counts.
pub fn read_label_table(path: &Path) -> Result<BTreeMap<i32, LabelEntry>, IoError> {
    let text = read_small_text(path, HINT)?;
    parse(&text).map_err(|what| IoError::unsupported(path, what, HINT))
}

/// Writes the labels; a file that is there is replaced only with `overwrite`.
pub fn write_label_table(
    path: &Path,
    labels: &BTreeMap<i32, LabelEntry>,
    overwrite: bool,
) -> Result<(), IoError> {
    replace(path, overwrite, |out| {
        out.write_all(table_text(labels).as_bytes())
    })
}

fn parse(text: &str) -> Result<BTreeMap<i32, LabelEntry>, String> {
    let mut labels = BTreeMap::new();
    // Old Macs end lines with CR alone.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (label, entry) = entry(line).ok_or_else(|| {
            format!(
                "a table whose line {} is no label (number, red, green, blue, opacity, two flags, \"name\")",
                number + 1
            )
        })?;
        labels.insert(label, entry);
    }
    match labels.is_empty() {
        true => Err("a table without labels".to_owned()),
        false => Ok(labels),
    }
}

fn entry(line: &str) -> Option<(i32, LabelEntry)> {
    let mut rest = line;
    let mut word = || {
        let (word, after) = rest.split_once(char::is_whitespace)?;
        rest = after.trim_start();
        Some(word)
    };
    let label = word()?.parse().ok()?;
    let color = [
        word()?.parse().ok()?,
        word()?.parse().ok()?,
        word()?.parse().ok()?,
    ];
    let opacity: f32 = word()?.parse().ok()?;
    let flag = |word: &str| word.parse::<i32>().ok().map(|flag| flag != 0);
    let visible = flag(word()?)?;
    let mesh_visible = flag(word()?)?;
    let entry = LabelEntry {
        name: name(rest).to_owned(),
        color,
        opacity,
        visible,
        mesh_visible,
    };
    (0.0..=1.0).contains(&opacity).then_some((label, entry))
}

/// What is between the first quote and the next; without quotes, all.
fn name(rest: &str) -> &str {
    match rest.split_once('"') {
        Some((_, quoted)) => quoted.split('"').next().unwrap_or(quoted),
        None => rest.trim(),
    }
}

fn table_text(labels: &BTreeMap<i32, LabelEntry>) -> String {
    let mut text = HEAD.to_owned();
    for (label, entry) in labels {
        let [r, g, b] = entry.color;
        let LabelEntry {
            name,
            opacity,
            visible,
            mesh_visible,
            ..
        } = entry;
        let [visible, mesh] = [*visible, *mesh_visible].map(u8::from);
        // A quote or line break would end the name early.
        let name = name.replace('"', "'").replace(['\n', '\r', '\t'], " ");
        text += &format!(
            "{label:>5}  {r:>3}  {g:>3}  {b:>3}  {opacity:>5}  {visible}  {mesh}  \"{name}\"\n"
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const SNAP: &str = "# a remark\r\n\
        \x20   0     0    0    0        0  0  0    \"Clear Label\"\r\n\
        \x20   1   255    0    0        1  1  1    \"Left lung\"\r\n\
        \x20  12    10   20   30      0.5  0  1    \"A \tb\"\r\n";

    #[test]
    fn a_label_has_number_colour_opacity_flags_and_name() {
        let labels = parse(SNAP).expect("a table");
        assert_eq!(labels.keys().copied().collect::<Vec<_>>(), [0, 1, 12]);
        assert_eq!(labels[&1].name, "Left lung");
        let twelve = LabelEntry {
            name: "A \tb".to_owned(),
            color: [10, 20, 30],
            opacity: 0.5,
            visible: false,
            mesh_visible: true,
        };
        assert_eq!(labels[&12], twelve);
    }

    #[test]
    fn a_name_ends_at_its_second_quote() {
        let name = |text: &str| parse(text).expect("a table")[&1].name.clone();
        assert_eq!(name("1 255 0 0 1 1 1 \"x\"   # comment"), "x");
        assert_eq!(name("1 255 0 0 1 1 1 \"a b\" \"c\""), "a b");
        assert_eq!(name("1 255 0 0 1 1 1 \"\"   # comment"), "");
        assert_eq!(name("1 255 0 0 1 1 1 \"open"), "open");
        assert_eq!(name("1 255 0 0 1 1 1 bare name"), "bare name");
    }

    #[test]
    fn lines_may_end_as_on_old_macs() {
        let unix = SNAP.replace("\r\n", "\n");
        assert_eq!(parse(&unix.replace('\n', "\r")), parse(&unix));
        assert!(parse("#\r1 2 3\r").is_err_and(|what| what.contains("line 2")));
    }

    #[test]
    fn quotes_and_line_breaks_of_a_name_do_not_end_it() {
        let mut labels = parse("1 0 0 0 1 1 1 x").expect("a table");
        if let Some(entry) = labels.get_mut(&1) {
            entry.name = "the \"left\"\r\nlung".to_owned();
        }
        let read = parse(&table_text(&labels)).expect("a table");
        assert_eq!(read[&1].name, "the 'left'  lung");
    }

    #[test]
    fn a_table_written_reads_back_as_it_was() {
        let labels = parse(&SNAP.replace('\t', "")).expect("a table");
        assert_eq!(parse(&table_text(&labels)), Ok(labels));
    }

    #[test]
    fn a_line_that_is_no_label_is_named() {
        let error = |text: &str| parse(text).expect_err("no table");
        assert!(error("1 2 3").contains("line 1"));
        assert!(error(&format!("{SNAP} 3 256 0 0 1 1 1 \"x\"")).contains("line 5"));
        assert!(error("1 0 0 0 7 1 1 \"x\"").contains("line 1"));
        assert!(error("# nothing\n").contains("without labels"));
    }
}
