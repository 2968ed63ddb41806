//! What stays selected and shown when layers go.

use warpscope::document::{Command, Document, Role};
use warpscope::phantom;

#[test]
fn closing_the_selected_overlay_selects_the_image_that_is_shown() {
    let study = phantom::study();
    let mut document = Document::default();
    let add = |volume, role| Command::AddLayer {
        volume,
        role,
        display: None,
    };
    let commands = [
        Command::OpenMain {
            volume: study.ct.clone(),
            display: None,
        },
        add(study.ct, Role::Additional),
        add(study.pet, Role::Overlay),
    ];
    for command in commands {
        command.apply(&mut document).expect("it is allowed");
    }
    let [main, _, overlay] = [0, 1, 2].map(|n| document.layers()[n].id);
    for command in [
        Command::Select(main),
        Command::Select(overlay),
        Command::Close(overlay),
    ] {
        command.apply(&mut document).expect("it is allowed");
    }
    let shown = document.ground().map(|layer| layer.id);
    assert_eq!(shown, Some(main));
    assert_eq!(document.active().map(|layer| layer.id), shown);
}
