//! `assets/third-party.tsv` names every library in the program with its licence. Made anew by
//! `UPDATE_LICENSES=1 cargo test --test core licenses`.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// What the program is built of, name, version, licence and address a line; `None` where cargo
/// cannot tell, as without a network.
fn libraries() -> Option<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--edges", "normal", "--prefix", "none"])
        .args(["--target", "x86_64-unknown-linux-gnu"])
        .args(["--format", "{p}\t{l}\t{r}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    let line = |line: &str| {
        let mut parts = line.trim_end_matches(" (*)").split('\t');
        let package = parts.next()?;
        let mut words = package.split(' ');
        let (name, version) = (words.next()?, words.next()?.trim_start_matches('v'));
        let (licence, address) = (parts.next()?, parts.next().unwrap_or_default());
        let is_other = name != "warpscope" && !name.is_empty();
        is_other.then(|| format!("{name}\t{version}\t{licence}\t{address}\n"))
    };
    let lines: BTreeSet<String> = text.lines().filter_map(line).collect();
    Some(lines.into_iter().collect())
}

#[test]
fn every_library_is_named_with_its_licence() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/third-party.tsv");
    let Some(libraries) = libraries() else {
        println!("skipped: cargo tree does not work here");
        return;
    };
    if std::env::var_os("UPDATE_LICENSES").is_some() {
        std::fs::write(&path, &libraries).expect("written");
    }
    let named = std::fs::read_to_string(&path).expect("the list");
    assert_eq!(
        named, libraries,
        "run UPDATE_LICENSES=1 cargo test --test core licenses"
    );
    for line in libraries.lines() {
        let licence = line.split('\t').nth(2).unwrap_or_default();
        assert!(!licence.is_empty(), "{line} has no licence");
    }
}
