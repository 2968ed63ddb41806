//! What a newcomer sees.

use crate::harness::{wait, window, with_sample};
use egui_kittest::kittest::Queryable as _;
use warpscope::app::Startup;
use warpscope::document::Role;

#[test]
fn an_empty_window_says_what_to_do() {
    let window = window(Startup::default());
    assert!(
        window
            .query_by_label_contains("No image is open.")
            .is_some()
    );
    assert!(
        window
            .query_by_label_contains("Open sample study")
            .is_some()
    );
}

#[test]
fn the_sample_study_is_a_ct_with_its_pet_on_top() {
    let window = with_sample();
    let layers = window.state().document().layers();
    assert_eq!(layers[0].role, Role::Main);
    assert_eq!(layers[0].volume.grid().shape(), [256, 256, 140]);
    assert_eq!(layers[1].role, Role::Overlay);
    assert_eq!(layers[1].volume.meta().unit, "Bq/ml");
}

#[test]
fn the_sample_opens_from_the_start_screen() {
    let mut window = window(Startup::default());
    window.get_by_label_contains("Open sample study").click();
    wait(&mut window, |app| app.document().layers().len() == 2);
}
