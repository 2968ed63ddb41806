//! What a finished run leaves in the document.

use crate::document::{ColorMap, Command, Display, NewLayer, Role, Window};
use crate::registration::Outcome;
use crate::volume::{Meta, Volume};

/// Adds field, Jacobian and warped image in one step, the warped one on top and shown with the look
/// of the source. The field begins where `steps` of alignment had brought the source, and its name says so.
pub fn command(
    outcome: &Outcome,
    [source, target]: &[String; 2],
    steps: usize,
    look: &Display,
) -> Command {
    let field = match steps {
        0 => format!("Field of {source}"),
        1 => format!("Field of {source} after its transform"),
        steps => format!("Field of {source} after its {steps} transforms"),
    };
    let hidden = Display {
        visible: false,
        window: Window::new(0.0, 2.0),
        map: ColorMap::BlueWhiteRed,
        ..Display::default()
    };
    let reach = 20.0;
    Command::AddLayers {
        name: format!("Register {source} to {target}"),
        layers: vec![
            NewLayer {
                volume: named(&outcome.field(), field),
                role: Role::Additional,
                display: Some(Display {
                    visible: true,
                    window: Window::new(-reach, reach),
                    ..hidden.clone()
                }),
            },
            NewLayer {
                volume: named(&outcome.jacobian(), format!("Jacobian of {source}")),
                role: Role::Overlay,
                display: Some(Display {
                    opacity: 0.5,
                    ..hidden
                }),
            },
            NewLayer {
                volume: named(&outcome.warped(), format!("Warped {source}")),
                role: Role::Additional,
                display: Some(look.clone()),
            },
        ],
    }
}

/// A volume computed here under a name.
pub fn named(volume: &Volume, name: String) -> Volume {
    let meta = Meta {
        name,
        path: None,
        derived: true,
        ..volume.meta().clone()
    };
    volume.with_meta(meta)
}
