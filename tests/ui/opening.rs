//! Opening files: drops, dialogs, questions, and what goes wrong.

use crate::harness::{drop_files, wait, wait_for, window, window_with, with_sample, write_png};
use egui_kittest::kittest::Queryable as _;
use warpscope::app::{Picked, Startup};
use warpscope::document::Role;

#[test]
fn a_file_dropped_on_the_empty_window_becomes_the_main_image() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write_png(folder.path(), "ramp.png", [40, 30]);
    let mut window = window(Startup::default());
    drop_files(&mut window, &[path]);
    wait(&mut window, |app| !app.document().is_empty());
    let main = window.state().document().main().expect("a main image");
    assert_eq!(main.volume.grid().shape(), [40, 30, 1]);
}

#[test]
fn a_second_image_asks_for_its_role() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write_png(folder.path(), "ramp.png", [40, 30]);
    let mut window = with_sample();
    drop_files(&mut window, &[path]);
    wait_for(&mut window, "Semi-transparent overlay");
    window.get_by_label("Semi-transparent overlay").click();
    window.run_steps(2);
    window.get_by_label("Open").click();
    window.run_steps(4);
    let layers = window.state().document().layers();
    assert_eq!(layers.len(), 3);
    assert_eq!(layers[2].role, Role::Overlay);
}

#[test]
fn several_files_dropped_at_once_all_open() {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = [
        write_png(folder.path(), "a.png", [20, 20]),
        write_png(folder.path(), "b.png", [20, 20]),
    ];
    let mut window = window(Startup::default());
    drop_files(&mut window, &paths);
    wait(&mut window, |app| !app.document().is_empty());
    window.run_steps(4);
    window.get_by_label("Open").click();
    window.run_steps(4);
    assert_eq!(window.state().document().layers().len(), 2);
}

#[test]
fn a_broken_file_is_one_sentence_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("broken.nii");
    std::fs::write(&path, b"this is no image at all").expect("a file");
    let mut window = with_sample();
    drop_files(&mut window, &[path]);
    wait(&mut window, |app| !app.notice_texts().is_empty());
    assert_eq!(window.state().document().layers().len(), 2);
    let text = &window.state().notice_texts()[0];
    assert!(
        text.contains("broken.nii") && !text.contains('\n'),
        "{text}"
    );
}

#[test]
fn without_a_system_dialog_our_own_opens() {
    let mut window = window_with(Startup::default(), Picked::Unavailable);
    window.get_by_label("Open main image…").click();
    for _ in 0..100 {
        window.step();
        std::thread::sleep(std::time::Duration::from_millis(5));
        if window.query_by_label("Open image").is_some() {
            return;
        }
    }
    panic!("no dialog opened");
}

#[test]
fn replacing_the_main_image_asks_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write_png(folder.path(), "ramp.png", [40, 30]);
    let mut window = window_with(
        Startup {
            sample: true,
            ..Default::default()
        },
        Picked::Paths(vec![path]),
    );
    wait(&mut window, |app| app.document().layers().len() == 2);
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::G);
    wait_for(&mut window, "Replace");
    assert_eq!(window.state().document().layers().len(), 2);
    window.get_by_label("Replace").click();
    wait(&mut window, |app| app.document().layers().len() == 1);
}

/// A NIfTI file of a terabyte that takes no room on the disk.
fn enormous(folder: &std::path::Path) -> std::path::PathBuf {
    let (nx, ny, nz) = (32_767_i16, 16_384_i16, 1_024_i16);
    let mut header = vec![0_u8; 352];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &348_i32.to_le_bytes());
    for (n, size) in [3, nx, ny, nz, 1, 1, 1, 1].into_iter().enumerate() {
        put(40 + 2 * n, &size.to_le_bytes());
    }
    put(70, &4_i16.to_le_bytes());
    put(72, &16_i16.to_le_bytes());
    for n in 0..4 {
        put(76 + 4 * n, &1_f32.to_le_bytes());
    }
    put(108, &352_f32.to_le_bytes());
    put(344, b"n+1\0");
    let path = folder.join("enormous.nii");
    std::fs::write(&path, &header).expect("written");
    let voxels = 2 * nx as u64 * ny as u64 * nz as u64;
    let file = std::fs::OpenOptions::new().write(true).open(&path);
    file.and_then(|file| file.set_len(352 + voxels))
        .expect("a sparse file");
    path
}

#[test]
fn an_image_larger_than_memory_asks_first_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = enormous(folder.path());
    let mut window = with_sample();
    for answer in ["Cancel", "Open anyway"] {
        drop_files(&mut window, std::slice::from_ref(&path));
        wait_for(&mut window, "1024.0 GiB of memory");
        window.get_by_label(answer).click();
        window.run_steps(3);
        wait(&mut window, |app| !app.is_busy());
        assert_eq!(window.state().document().layers().len(), 2);
    }
    let notices = window.state().notice_texts();
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert!(
        notices[0].contains("does not give") && notices[0].ends_with("enormous.nii"),
        "{notices:?}"
    );
}

#[test]
fn a_file_that_is_gone_when_it_is_read_is_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write_png(folder.path(), "gone.png", [20, 20]);
    let mut window = with_sample();
    std::fs::remove_file(&path).expect("removed");
    drop_files(&mut window, &[path]);
    wait(&mut window, |app| !app.notice_texts().is_empty());
    let notices = window.state().notice_texts();
    assert!(notices[0].contains("no such file"), "{notices:?}");
    assert_eq!(window.state().document().layers().len(), 2);
}
