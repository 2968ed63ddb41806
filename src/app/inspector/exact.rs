//! A field for a number typed exactly: taken with Enter, and what is wrong with a text said beside it.

use egui::{Id, Key, Response, RichText, TextEdit, Ui, WidgetInfo};

/// What is being typed, or was typed and not taken.
#[derive(Clone, Debug)]
struct Draft {
    text: String,
    refusal: Option<String>,
    /// Something was typed: a number that was only shown, rounded, is no wish for another.
    typed: bool,
    /// The value the field had: another one makes the draft stale.
    value: f64,
}

/// What a field is for.
#[derive(Clone, Copy)]
pub struct Field<'a> {
    /// For screen readers.
    pub label: &'a str,
    pub tooltip: &'a str,
    pub width: f32,
}

/// Shows `value` as `text`. Returns a number that was typed and that `check` lets pass.
pub fn number(
    ui: &mut Ui,
    field: Field<'_>,
    value: f64,
    text: String,
    check: impl Fn(f64) -> Result<(), String>,
) -> Option<f64> {
    let id = ui.make_persistent_id(("exact", field.label));
    let kept: Option<Draft> = ui.data(|data| data.get_temp(id));
    let mut draft = kept.filter(|draft| draft.value == value).unwrap_or(Draft {
        text,
        refusal: None,
        typed: false,
        value,
    });
    let before = draft.text.clone();
    let edit = TextEdit::singleline(&mut draft.text)
        .id(id.with("edit"))
        .desired_width(field.width);
    let response = ui.add(edit);
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(egui::Role::TextInput, true, field.label);
        info.current_text_value = Some(draft.text.clone());
        info
    });
    if draft.text != before {
        draft.refusal = None;
        draft.typed = true;
    }
    let done = response.lost_focus();
    let given_up = done && ui.input(|input| input.key_pressed(Key::Escape));
    let mut taken = None;
    if done && !given_up && draft.typed {
        match parse(&draft.text).and_then(|number| check(number).map(|()| number)) {
            Ok(number) => taken = Some(number),
            Err(refusal) => draft.refusal = Some(refusal),
        }
    }
    remember(ui, id, &response, &draft, given_up || taken.is_some());
    if let Some(refusal) = &draft.refusal
        && !given_up
    {
        ui.label(RichText::new(refusal).color(ui.visuals().error_fg_color));
    }
    response.on_hover_text(field.tooltip);
    taken.filter(|number| *number != value)
}

/// Keeps the draft as long as it is being typed or was refused.
fn remember(ui: &Ui, id: Id, response: &Response, draft: &Draft, over: bool) {
    let keeps = !over && (response.has_focus() || draft.refusal.is_some());
    ui.data_mut(|data| {
        if keeps {
            data.insert_temp(id, draft.clone());
        } else {
            data.remove::<Draft>(id);
        }
    });
}

/// A number as people write it, with either minus sign.
pub fn parse(text: &str) -> Result<f64, String> {
    let plain = text.trim().replace('−', "-");
    match plain.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ if plain.is_empty() => Err("a number is missing".to_owned()),
        _ => Err("not a number".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_with_either_minus_and_words_are_not() {
        assert_eq!(parse(" −817.5 "), Ok(-817.5));
        assert_eq!(parse("-1e3"), Ok(-1000.0));
        assert!(parse("nan").is_err());
        assert!(parse("inf").is_err());
        assert!(parse("").is_err());
        assert!(parse("10 HU").is_err());
    }
}
