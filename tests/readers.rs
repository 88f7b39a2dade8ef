//! The Parquet outputs, opened by those who do not know muster.

use crate::support::World;
use std::path::Path;
use std::process::{Command, Output};

#[allow(clippy::disallowed_methods, reason = "where Python's packages are is the machine's affair")]
fn check(folder: &Path) -> Output {
    let venv = std::env::var("MUSTER_READERS").expect("MUSTER_READERS, the folder of a venv with duckdb, polars, chdb");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/readers/check.py");
    Command::new(Path::new(&venv).join("bin/python")).arg(script).arg(folder).output().unwrap()
}

#[test]
#[ignore = "needs Python with duckdb, polars, pyarrow and chdb, whose folder MUSTER_READERS names; .ci/run installs it"]
fn every_parquet_file_is_the_same_for_duckdb_polars_pyarrow_and_clickhouse() {
    let world = World::new();
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines/demo.toml");
    let ran = world.muster(&["run", demo.to_str().unwrap(), "--set", "project.log=log", "--set", "project.out=out"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let checked = check(&world.path("out"));
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success(), "{said}{}", String::from_utf8_lossy(&checked.stderr));
    eprintln!("{said}");

    // A manifest that states something else is found out.
    let text = world.read("out/manifest.json");
    let mut manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    let files = manifest["files"].as_array_mut().unwrap();
    files.retain(|file| ["tables/people.parquet", "metrics.parquet"].contains(&file["path"].as_str().unwrap()));
    for file in files.iter_mut() {
        file["rows"] = (file["rows"].as_u64().unwrap() + 1).into();
        file["columns"][0]["description"] = "Something else.".into();
    }
    let path = |name: &str| world.path(&format!("other/{name}"));
    for name in ["tables/people.parquet", "metrics.parquet"] {
        std::fs::create_dir_all(path(name).parent().unwrap()).unwrap();
        std::fs::copy(world.path("out").join(name), path(name)).unwrap();
    }
    world.write("other/manifest.json", manifest.to_string());
    let checked = check(&world.path("other"));
    let said = String::from_utf8_lossy(&checked.stdout);
    assert_eq!(checked.status.code(), Some(1), "{said}");
    for reader in ["DuckDB: ", "Polars: ", "pyarrow: ", "ClickHouse: ", "pyarrow shows other words", "DuckDB shows"] {
        assert!(said.contains(reader), "{reader}: {said}");
    }
}
