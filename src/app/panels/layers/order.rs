//! The order of the layers: dragging a card to another place. The main image stays first.

use crate::app::message::Message;
use crate::app::theme;
use crate::document::{Command, Document, Layer, LayerId};
use egui::{CursorIcon, Response, Stroke, Ui};

/// The places before and after a layer's own that it can go to.
pub fn neighbours(document: &Document, layer: &Layer) -> (Option<usize>, Option<usize>) {
    let layers = document.layers();
    match layers.iter().position(|other| other.id == layer.id) {
        None | Some(0) => (None, None),
        Some(at) => (
            (at > 1).then(|| at - 1),
            (at + 1 < layers.len()).then_some(at + 1),
        ),
    }
}

/// Lets the card of `layer` be dragged, and other cards be dropped above or below it.
pub fn drag_and_drop(
    ui: &Ui,
    document: &Document,
    layer: &Layer,
    card: &Response,
    messages: &mut Vec<Message>,
) {
    let place = |id: LayerId| document.layers().iter().position(|other| other.id == id);
    let Some(over) = place(layer.id) else {
        return;
    };
    if over > 0 {
        card.dnd_set_drag_payload(layer.id);
    }
    let Some(from) = card
        .dnd_hover_payload::<LayerId>()
        .and_then(|id| place(*id))
    else {
        return;
    };
    let pointer = ui.input(|input| input.pointer.latest_pos());
    let below = pointer.is_some_and(|at| at.y > card.rect.center().y);
    let to = target(from, over, below);
    ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    if to != from {
        let gap = ui.spacing().item_spacing.y / 2.0;
        let y = if below || over == 0 {
            card.rect.bottom() + gap
        } else {
            card.rect.top() - gap
        };
        let line = Stroke::new(2.0, theme::ACCENT);
        ui.painter().hline(card.rect.x_range(), y, line);
    }
    if let Some(layer) = card.dnd_release_payload::<LayerId>()
        && to != from
    {
        let layer = *layer;
        messages.push(Message::Edit(Command::Reorder { layer, to }));
    }
}

/// Where the layer at `from` comes to lie when dropped on the upper or lower half of that at `over`.
fn target(from: usize, over: usize, below: bool) -> usize {
    let gap = (over + usize::from(below)).max(1);
    if gap > from { gap - 1 } else { gap }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_layer_lies_where_the_line_was_and_never_before_the_main_image() {
        // Main, a, b, c: a below c; c above a; c on main; b onto either half of itself.
        assert_eq!(target(1, 3, true), 3);
        assert_eq!(target(1, 3, false), 2);
        assert_eq!(target(3, 1, false), 1);
        assert_eq!(target(3, 0, false), 1);
        assert_eq!(target(3, 0, true), 1);
        assert_eq!(target(2, 2, true), 2);
        assert_eq!(target(2, 2, false), 2);
    }
}
