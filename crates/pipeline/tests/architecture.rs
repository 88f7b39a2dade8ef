//! The invariants of ARCHITECTURE.md that are about code. It lies here because this crate builds in seconds.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Crate name to the names in its `[dependencies]`.
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(root().join("crates")).unwrap().flatten() {
        let Ok(text) = fs::read_to_string(entry.path().join("Cargo.toml")) else { continue };
        let manifest: toml::Table = text.parse().unwrap();
        let names =
            manifest.get("dependencies").and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::keys);
        all.insert(entry.file_name().to_string_lossy().into_owned(), names.cloned().collect());
    }
    all
}

#[test]
fn a_stage_knows_the_model_and_no_other_stage() {
    for (name, needs) in dependencies() {
        let ours: Vec<_> = needs.iter().filter(|need| need.starts_with("muster-") && *need != "muster-model").collect();
        // `people` is pure logic that lies between two stages of SQL, and `query` is where these are; `serve` is a protocol
        // around an engine of `query`; `kafka` moves the log's positions together with what it archives.
        let may = match name.as_str() {
            "cli" => true,
            "query" => ours == ["muster-people"],
            "serve" => ours == ["muster-query"],
            "kafka" => ours == ["muster-log"],
            _ => false,
        };
        assert!(may || ours.is_empty(), "{name} depends on {ours:?}");
        assert!(name != "model" || !needs.iter().any(|need| need.starts_with("muster-")), "model knows nobody");
    }
}

#[test]
fn an_engine_stands_in_one_manifest() {
    for engine in ["datafusion", "polars", "deltalake-core", "rdkafka"] {
        let users: Vec<_> =
            dependencies().into_iter().filter(|(_, needs)| needs.iter().any(|need| need == engine)).collect();
        assert_eq!(users.len(), 1, "{engine} is used by {users:?}");
    }
}

/// The packages that a command builds, each with its features.
fn built(selection: &str) -> BTreeSet<String> {
    let edges = if selection == "--workspace" { "normal,build,dev" } else { "normal,build" };
    let mut tree = Command::new(env!("CARGO"));
    tree.args(["tree", "--locked", "--prefix=none", "--format={p} [{f}]", "--edges", edges, selection]);
    let told = tree.current_dir(root()).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    String::from_utf8(told.stdout).unwrap().lines().map(|line| line.trim_end_matches(" (*)").to_owned()).collect()
}

/// Else the second command builds DataFusion and what depends on it once more.
#[test]
fn the_two_commands_of_the_readme_build_the_same_dependencies() {
    let tests = built("--workspace");
    let others: Vec<_> = built("--package=muster-cli").into_iter().filter(|one| !tests.contains(one)).collect();
    assert!(others.is_empty(), "with other features than in the tests (see crates/cli/Cargo.toml): {others:#?}");
}

#[test]
fn the_model_is_pure() {
    let needs = &dependencies()["model"];
    for impure in ["tokio", "arrow", "reqwest", "futures", "tempfile", "walkdir"] {
        assert!(!needs.iter().any(|need| need == impure), "model depends on {impure}");
    }
}

#[test]
fn only_the_program_prints_and_no_source_names_a_machine() {
    for file in sources(&root().join("crates")) {
        let text = fs::read_to_string(&file).unwrap();
        let path = file.to_string_lossy().replace('\\', "/");
        let may_print =
            ["/cli/", "/tests/", "/examples/", "/benches/", "build.rs"].iter().any(|part| path.contains(part));
        assert!(may_print || !text.contains(concat!("print", "ln!(")), "{path} prints");
        assert!(!text.contains(concat!("/wo", "rk/")), "{path} names a path of one machine");
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files
}
