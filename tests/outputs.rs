//! Outputs are published whole, the last runs are kept, and each says what it is.

use crate::archive::{PIPELINE, opened};
use crate::support::{Ran, World};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A few metrics, so that a run is short; three runs are kept.
fn world() -> World {
    let world = World::new();
    let few = "[metrics]\nonly = [\"growth.active_contributors\", \"latency.issue_close\"]\n";
    world.write("p.toml", PIPELINE.replace("as_of", "keep = 3\nas_of") + few);
    more(&world, 1);
    world
}

/// So that the next run has other outputs.
fn more(world: &World, number: u32) {
    world.write(&format!("archive/{number}.json"), opened(number) + "\n");
}

#[track_caller]
fn well(ran: &Ran) {
    assert_eq!(ran.code, 0, "{}", ran.err);
}

/// The names of the runs, the first one first.
fn runs(out: &Path) -> Vec<String> {
    let names = fs::read_dir(out.join("runs")).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

fn current(out: &Path) -> PathBuf {
    out.join(fs::read_link(out.join("current")).unwrap())
}

/// What a run's manifest states is what lies there: every file with its size, and no other.
fn is_whole(run: &Path) -> Result<(), String> {
    let text = fs::read_to_string(run.join("manifest.json")).map_err(|error| error.to_string())?;
    let manifest: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let files = manifest["files"].as_array().ok_or("no files")?;
    let mut stated = BTreeSet::from(["manifest.json".to_owned()]);
    for file in files {
        let path = file["path"].as_str().unwrap();
        let size = fs::metadata(run.join(path)).map_err(|error| format!("{path}: {error}"))?.len();
        if Some(size) != file["bytes"].as_u64() {
            return Err(format!("{path} has {size} bytes, not {}", file["bytes"]));
        }
        stated.insert(path.to_owned());
    }
    let there = below(run, run);
    if there == stated { Ok(()) } else { Err(format!("{:?}", there.symmetric_difference(&stated))) }
}

fn below(root: &Path, folder: &Path) -> BTreeSet<String> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => below(root, &path),
            false => BTreeSet::from([path.strip_prefix(root).unwrap().to_str().unwrap().to_owned()]),
        })
        .collect()
}

#[test]
fn a_reader_sees_a_whole_run_at_any_moment_also_when_runs_are_killed() {
    let world = world();
    well(&world.muster(&["run", "p.toml"]));
    let out = world.path("out");
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let (mut looks, mut seen) = (0, BTreeSet::new());
            while !stop.load(Ordering::Relaxed) {
                let run = current(&out);
                is_whole(&run).unwrap_or_else(|wrong| panic!("{}: {wrong}", run.display()));
                // The stable names lead somewhere, too, and a table is one of a whole run.
                let cells = fs::read(out.join("metrics.parquet")).unwrap();
                assert!(cells.starts_with(b"PAR1") && cells.ends_with(b"PAR1"));
                seen.insert(run);
                looks += 1;
            }
            (looks, seen.len())
        });
        let mut random = 7_u64;
        for number in 2..10 {
            more(&world, number);
            let mut child = world
                .command(&["run", "p.toml"])
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null())
                .spawn()
                .unwrap();
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            if number % 3 > 0 {
                std::thread::sleep(Duration::from_millis(200 + (random >> 33) % 2500));
                let _ = child.kill();
            }
            child.wait().unwrap();
        }
        stop.store(true, Ordering::Relaxed);
        let (looks, seen) = reader.join().unwrap();
        assert!(looks > 20 && seen >= 3, "{looks} looks at {seen} runs");
    });
    well(&world.muster(&["run", "p.toml"]));
    assert!(runs(&out).iter().all(|name| !name.starts_with('.')), "what killed runs left is gone: {:?}", runs(&out));
    is_whole(&current(&out)).unwrap();
    assert_eq!(world.sql("p.toml", "SELECT count(*) AS n FROM issues"), "n\n9\n");
}

#[test]
fn the_last_runs_are_kept_but_for_one_that_is_read() {
    let world = world();
    let out = world.path("out");
    let rosters = |run: &str| out.join("runs").join(run).join("tables/maintainers.parquet");
    for number in 2..5 {
        well(&world.muster(&["run", "p.toml"]));
        more(&world, number);
    }
    let first = runs(&out);
    assert_eq!(first.len(), 3);
    assert!(first[0].starts_with("0001-") && first[2].starts_with("0003-"), "{first:?}");
    // No maintainer was added: the three have one file between them.
    let inode = |run: &String| fs::metadata(rosters(run)).unwrap().ino();
    assert!(first.iter().all(|run| inode(run) == inode(&first[0])));
    let held = File::open(out.join("runs").join(&first[0]).join("manifest.json")).unwrap();
    held.lock_shared().unwrap();
    well(&world.muster(&["run", "p.toml"]));
    let second = runs(&out);
    assert_eq!(second.len(), 4, "{second:?}");
    assert!(second.starts_with(&first));
    drop(held);
    more(&world, 5);
    well(&world.muster(&["run", "p.toml"]));
    let third = runs(&out);
    assert_eq!(third[..2], second[2..], "the two oldest are gone: {third:?}");
    let idle = world.report(0, &["run", "p.toml"]);
    assert_eq!((&idle["computed"]["unchanged"], runs(&out)), (&true.into(), third.clone()));
    well(&world.muster(&["run", "p.toml", "--set", "project.keep=1"]));
    assert_eq!(runs(&out), third, "nothing is published, so nothing goes");
}

#[test]
fn a_name_that_somebody_deleted_comes_back_and_so_does_a_file_of_the_run() {
    let world = world();
    well(&world.muster(&["run", "p.toml"]));
    let out = world.path("out");
    let (tables, run) = (world.tree("out/tables"), current(&out));
    fs::remove_file(out.join("tables")).unwrap();
    assert_eq!(world.report(0, &["run", "p.toml"])["computed"]["unchanged"], true);
    assert!(world.tree("out/tables") == tables && current(&out) == run);
    fs::remove_file(out.join("tables/issues.parquet")).unwrap();
    let damaged = world.muster(&["trace", "p.toml", "growth.active_contributors", "--window", "365d"]);
    assert_eq!(damaged.code, 2, "{}", damaged.err);
    assert!(damaged.err.contains("the outputs in out are not complete"), "{}", damaged.err);
    assert_eq!(world.report(0, &["run", "p.toml"])["computed"]["unchanged"], false);
    assert!(world.tree("out/tables") == tables && current(&out) != run);
}

#[test]
fn two_musters_that_compute_at_once_publish_the_run_once() {
    let world = world();
    well(&world.muster(&["collect", "p.toml"]));
    let children: Vec<_> = (0..2)
        .map(|_| world.command(&["compute", "p.toml"]).stderr(std::process::Stdio::piped()).spawn().unwrap())
        .collect();
    for child in children {
        well(&crate::support::ran(&child.wait_with_output().unwrap()));
    }
    assert_eq!(runs(&world.path("out")).len(), 1);
    is_whole(&current(&world.path("out"))).unwrap();
}

#[test]
fn what_lies_in_the_way_of_the_outputs_is_said_and_stays() {
    let world = world();
    world.write("out/metrics/mine.sql", "SELECT 1");
    let ran = world.muster(&["run", "p.toml"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("out/metrics is in the way of the outputs"), "{}", ran.err);
    assert_eq!(world.read("out/metrics/mine.sql"), "SELECT 1");
    assert!(!world.path("out/current").exists());
}

#[test]
fn outputs_are_verified_by_their_hashes_and_computed_again() {
    let world = world();
    well(&world.muster(&["run", "p.toml"]));
    let verify = |more: &[&str]| world.muster(&[&["verify", "out"], more].concat());
    well(&verify(&["--from", "p.toml"]));
    assert!(verify(&[]).err.contains("files are as the manifest states"));
    let path = world.path("out/metrics.csv");
    let mut bytes = fs::read(&path).unwrap();
    let last = bytes.len() - 2;
    bytes[last] ^= 1;
    fs::write(&path, bytes).unwrap();
    let changed = verify(&["--from", "p.toml"]);
    assert_eq!(changed.code, 1, "{}", changed.err);
    assert!(changed.err.contains("changed  metrics.csv"), "{}", changed.err);
    assert!(changed.err.contains("as computed again"), "the manifest itself is right: {}", changed.err);
}

/// All metrics and tables, over the demo.
#[test]
fn every_column_of_every_parquet_file_says_what_it_means_and_the_manifest_is_as_its_schema_states() {
    let world = World::new();
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines/demo.toml");
    let sets = ["--set", "project.log=log", "--set", "project.out=out"];
    well(&world.muster(&[&["run", demo.to_str().unwrap()], &sets[..]].concat()));
    let manifest: Value = serde_json::from_str(&world.read("out/manifest.json")).unwrap();
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/manifest.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> = validator.iter_errors(&manifest).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let mut broken = manifest.clone();
    broken["files"][0]["sha256"] = "none".into();
    assert!(!validator.is_valid(&broken));

    let (mut silent, mut columns) = (BTreeSet::new(), 0);
    for file in manifest["files"].as_array().unwrap().iter().filter(|file| file["columns"].is_array()) {
        let path = file["path"].as_str().unwrap();
        if file["title"] == "" || file["definition"] == "" && !path.starts_with("tables/") {
            silent.insert(path.to_owned());
        }
        for column in file["columns"].as_array().unwrap() {
            columns += 1;
            if column["description"] == "" {
                silent.insert(format!("{}: {} (queries/columns.toml?)", path, column["name"]));
            }
            let kind = column["type"].as_str().unwrap();
            if kind.starts_with("timestamp") && kind != "timestamp[us, UTC]" {
                silent.insert(format!("{path}: {} is {kind}", column["name"]));
            }
        }
    }
    assert!(columns > 5000, "{columns}");
    assert!(silent.is_empty(), "{silent:#?}");
}
