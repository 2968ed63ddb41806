//! A question that is answered with yes or no, or in a third way.

use super::{answers, title};
use crate::app::message::Message;
use egui::Ui;
use std::path::Path;

/// What is asked, and what yes does.
#[derive(Debug)]
pub struct Question {
    pub title: String,
    pub text: String,
    pub yes: &'static str,
    pub then: Option<Message>,
    /// A third answer and what it does.
    pub other: Option<Box<(&'static str, Message)>>,
}

impl Question {
    /// Before a file that is there is written over.
    pub fn replace(path: &Path, then: Message) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Self {
            title: "Replace the file?".to_owned(),
            text: format!("There is a file {name} in that folder already."),
            yes: "Replace",
            then: Some(then),
            other: None,
        }
    }

    /// Before a DICOM series that was written here is written over.
    pub fn replace_series(then: Message) -> Self {
        Self {
            title: "Replace the series?".to_owned(),
            text: "The folder holds files. A series that warpscope wrote is replaced; with anything else in the folder nothing is changed.".to_owned(),
            yes: "Replace",
            then: Some(then),
            other: None,
        }
    }
}

pub fn show(ui: &mut Ui, question: &mut Question, messages: &mut Vec<Message>) {
    ui.set_width(420.0);
    title(ui, &question.title);
    ui.add(egui::Label::new(&question.text).wrap());
    let mut others = vec!["Cancel"];
    others.extend(question.other.iter().map(|other| other.0));
    let Some(answer) = answers(ui, question.yes, true, &others) else {
        return;
    };
    messages.push(Message::CloseDialog);
    match answer {
        0 => messages.extend(question.then.take()),
        1 => {}
        _ => messages.extend(question.other.take().map(|other| other.1)),
    }
}
