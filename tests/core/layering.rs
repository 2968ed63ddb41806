//! The walls between modules, checked on the source text: nothing imports upward, and only `app`
//! names the window's crates.

use std::fs;
use std::path::{Path, PathBuf};

/// What each module may import beside itself; the picture in `lib.rs`, as a table.
const MAY_IMPORT: [(&str, &[&str]); 11] = [
    ("geometry", &[]),
    ("volume", &["geometry"]),
    ("io", &["geometry", "volume"]),
    ("registration", &["geometry", "volume"]),
    ("phantom", &["geometry", "volume"]),
    (
        "document",
        &["geometry", "volume", "io", "registration", "phantom"],
    ),
    ("workspace", &["geometry", "volume", "io", "document"]),
    ("jobs", &[]),
    (
        "app",
        &[
            "geometry",
            "volume",
            "io",
            "registration",
            "phantom",
            "document",
            "workspace",
            "jobs",
        ],
    ),
    (
        "cli",
        &[
            "geometry",
            "volume",
            "io",
            "registration",
            "phantom",
            "document",
            "workspace",
            "jobs",
        ],
    ),
    (
        "main",
        &[
            "geometry",
            "volume",
            "io",
            "registration",
            "phantom",
            "document",
            "workspace",
            "jobs",
            "app",
            "cli",
        ],
    ),
];

/// Macros live at the crate's root whatever module defines them.
const MACROS: [(&str, &str); 1] = [("with_voxels", "volume")];

const WINDOW_CRATES: [&str; 3] = ["egui", "eframe", "rfd"];

#[test]
fn no_module_imports_upward_and_only_app_names_the_window_crates() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut modules = Vec::new();
    for path in rust_files(&source) {
        let Some(module) = module_of(path.strip_prefix(&source).expect("below src")) else {
            continue;
        };
        let text = fs::read_to_string(&path).expect("readable source");
        let faults = faults(&module, &text);
        found.extend(
            faults
                .into_iter()
                .map(|fault| format!("{}: {fault}", path.display())),
        );
        modules.push(module);
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(modules.iter().any(|m| m == "volume"), "no source was read");
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("readable folder");
    let paths = entries.map(|entry| entry.expect("readable entry").path());
    let files = paths.flat_map(|path| match path.is_dir() {
        true => rust_files(&path),
        false => vec![path],
    });
    files
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .collect()
}

/// The module a file below `src` belongs to; `lib.rs` only declares the modules.
fn module_of(path: &Path) -> Option<String> {
    let first = path.components().next()?.as_os_str().to_str()?;
    let module = first.strip_suffix(".rs").unwrap_or(first);
    (module != "lib").then(|| module.to_owned())
}

/// What a file of `module` with this text must not say.
fn faults(module: &str, text: &str) -> Vec<String> {
    let code: String = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or(""))
        .collect::<Vec<_>>()
        .join("\n");
    let mut faults = Vec::new();
    let allowed = MAY_IMPORT
        .iter()
        .find(|(name, _)| *name == module)
        .map(|(_, allowed)| *allowed);
    let Some(allowed) = allowed else {
        return vec![format!(
            "module {module} has no place in the layering; add it to MAY_IMPORT"
        )];
    };
    for import in imports(&code) {
        if import != module && !allowed.contains(&import.as_str()) {
            faults.push(format!("{module} must not import {import}"));
        }
    }
    let is_window_crate = |word: &&str| {
        WINDOW_CRATES
            .iter()
            .any(|name| word.split('_').next() == Some(name))
    };
    if module != "app" {
        let named = words(&code).filter(is_window_crate);
        faults.extend(named.map(|word| format!("{module} must not name {word}")));
    }
    faults
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
}

/// Modules named right after `crate::` (or `warpscope::`, as `main` says), in groups too.
fn imports(code: &str) -> Vec<String> {
    let roots = ["crate::", "warpscope::"];
    let places = roots
        .iter()
        .flat_map(|root| code.match_indices(root).map(|(at, root)| at + root.len()));
    let mut names: Vec<String> = places
        .flat_map(|at| first_names(code[at..].trim_start()))
        .collect();
    for name in &mut names {
        if let Some((_, module)) = MACROS.iter().find(|(defined, _)| defined == name) {
            *name = (*module).to_owned();
        }
    }
    names
}

/// `a::b` names `a`; `{a::b, c::{d, e}}` names `a` and `c`.
fn first_names(path: &str) -> Vec<String> {
    let name = |text: &str| words(text).next().unwrap_or("").to_owned();
    let Some(group) = path.strip_prefix('{') else {
        return vec![name(path)];
    };
    let mut depth = 0;
    let mut parts = vec![String::new()];
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => parts.push(String::new()),
            _ if depth == 0 => parts.last_mut().expect("one part").push(c),
            _ => {}
        }
    }
    let names = parts.iter().map(|part| name(part));
    names.filter(|name| !name.is_empty()).collect()
}

#[test]
fn the_check_sees_an_upward_import_in_every_spelling() {
    for text in [
        "use crate::document::Layer;",
        "use crate::{\n    geometry::{Grid, IndexPoint},\n    document::Layer,\n};",
        "pub fn f() -> crate::document::Layer { todo() }",
        "pub(crate) use crate::document;",
    ] {
        assert_eq!(
            faults("volume", text),
            ["volume must not import document"],
            "{text}"
        );
    }
}

#[test]
fn the_check_sees_siblings_unknown_modules_and_window_crates() {
    assert_eq!(
        faults("io", "use crate::phantom::study;"),
        ["io must not import phantom"]
    );
    assert_eq!(
        faults("document", "use crate::jobs;"),
        ["document must not import jobs"]
    );
    assert_eq!(
        faults("geometry", "use crate::other::X;"),
        ["geometry must not import other"]
    );
    assert_eq!(
        faults("document", "fn f(c: egui::Color32)"),
        ["document must not name egui"]
    );
    assert_eq!(
        faults("cli", "use egui_plot::Plot;"),
        ["cli must not name egui_plot"]
    );
    assert_eq!(
        faults("main", "warpscope::app::run(); rfd::x()"),
        ["main must not name rfd"]
    );
    assert_eq!(faults("helpers", "").len(), 1);
}

#[test]
fn the_check_lets_pass_what_the_picture_allows() {
    for (module, text) in [
        (
            "app",
            "use crate::{document::Document, jobs}; use eframe::egui;",
        ),
        (
            "io",
            "use crate::geometry::Grid; crate::with_voxels!(data, a => a.len())",
        ),
        (
            "volume",
            "// unlike egui, see crate::app\nuse crate::volume::Meta;",
        ),
        ("main", "fn main() { warpscope::cli::run() }"),
    ] {
        assert_eq!(
            faults(module, text),
            Vec::<String>::new(),
            "{module}: {text}"
        );
    }
}
