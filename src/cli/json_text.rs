//! JSON that people can read too: one entry a line, numbers and matrices on the line of their name.

use serde_json::Value;

/// The text of one JSON value, ending with a newline.
pub fn lines(value: &Value) -> String {
    let mut text = String::new();
    write(value, 0, &mut text);
    text.push('\n');
    text
}

fn write(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Object(entries) if !entries.is_empty() && depth < 2 => {
            let named = |(name, value)| (format!("{}: ", Value::from(name)), value);
            let entries = entries.iter().map(|(name, value)| (name.as_str(), value));
            write_entries(['{', '}'], entries.map(named), depth, text);
        }
        Value::Array(entries) if entries.first().is_some_and(Value::is_object) => {
            let entries = entries.iter().map(|value| (String::new(), value));
            write_entries(['[', ']'], entries, depth, text);
        }
        other => text.push_str(&other.to_string()),
    }
}

fn write_entries<'a>(
    [open, close]: [char; 2],
    entries: impl Iterator<Item = (String, &'a Value)>,
    depth: usize,
    text: &mut String,
) {
    text.push(open);
    for (n, (name, value)) in entries.enumerate() {
        text.push_str(if n > 0 { ",\n" } else { "\n" });
        text.push_str(&"  ".repeat(depth + 1));
        text.push_str(&name);
        write(value, depth + 1, text);
    }
    text.push('\n');
    text.push_str(&"  ".repeat(depth));
    text.push(close);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_text_reads_back_as_what_it_was_and_keeps_matrices_on_one_line() {
        let value = json!({
            "path": "a \"b\"",
            "affine": [[1, 0], [0, 1]],
            "values": [{ "index": [1, 2, 3], "value": 4.5 }, { "index": [], "value": null }],
            "empty": {},
            "none": [],
        });
        let text = lines(&value);
        assert_eq!(serde_json::from_str::<Value>(&text).ok(), Some(value));
        assert!(text.contains("\n  \"affine\": [[1,0],[0,1]],\n"));
    }
}
