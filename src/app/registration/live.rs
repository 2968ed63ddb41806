//! The warped image as a layer of the views while a run goes on.

use super::{Demons, result};
use crate::app::App;
use crate::document::{Command, Document, Role};

impl App {
    /// Shows in the views what the run has handed out; takes the layer away when no run goes on.
    pub(super) fn advance_live(&mut self) {
        if self.tool_shows_live() {
            // A tool's preview has the place meanwhile.
            return;
        }
        let running = self.demons.run.as_mut().filter(|shown| shown.run.is_live());
        let Some(shown) = running else {
            if self.document.live().is_some() {
                self.edit(Command::EndLive);
            }
            return;
        };
        let Some(volume) = shown.run.take_warped() else {
            return;
        };
        let volume = result::named(&volume, format!("Warped {} so far", shown.names[0]));
        if self.document.live().is_some() {
            self.edit(Command::UpdateLive(volume));
        } else if !shown.in_views {
            shown.in_views = true;
            let display = shown.looks.source.clone();
            self.edit(Command::ShowLive {
                volume,
                role: Role::Additional,
                display,
            });
        }
    }
}

impl Demons {
    /// Whether the views would show the warped image: they are on the screen, and the user has not
    /// turned from it.
    pub(super) fn is_in_views(&self, document: &Document) -> bool {
        let begun = self.run.as_ref().is_some_and(|shown| shown.in_views);
        let is_shown = || {
            let (live, ground) = (document.live()?, document.ground()?);
            let stack = document.stack(ground.id);
            Some(stack.iter().any(|layer| layer.id == live.id))
        };
        !self.open && (!begun || is_shown() == Some(true))
    }
}
