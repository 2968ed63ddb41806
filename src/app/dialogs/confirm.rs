//! A question that is answered with yes or no.

use super::{buttons, title};
use crate::app::message::Message;
use egui::Ui;

/// What is asked, and what yes does.
#[derive(Debug)]
pub struct Question {
    pub title: String,
    pub text: String,
    pub yes: &'static str,
    pub then: Option<Message>,
}

pub fn show(ui: &mut Ui, question: &mut Question, messages: &mut Vec<Message>) {
    ui.set_width(420.0);
    title(ui, &question.title);
    ui.add(egui::Label::new(&question.text).wrap());
    let (yes, no) = buttons(ui, question.yes, true, "Cancel");
    if yes || no {
        messages.push(Message::CloseDialog);
    }
    if yes {
        messages.extend(question.then.take());
    }
}
