//! Each seed through its target: what fuzzing starts from holds, without libFuzzer.
#![allow(clippy::expect_used, reason = "a test that cannot go on should panic")]

use muster_fuzz::TARGETS;
use std::path::{Path, PathBuf};

fn below(folder: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(folder).expect("a folder of seeds");
    let mut paths: Vec<PathBuf> = read.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

#[test]
fn each_target_has_seeds_that_hold() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let folders = below(&seeds);
    assert_eq!(folders, TARGETS.iter().map(|target| seeds.join(target.name)).collect::<Vec<_>>());
    for (target, folder) in TARGETS.iter().zip(folders) {
        let files = below(&folder);
        assert!(!files.is_empty(), "{} has no seeds", target.name);
        for file in files {
            (target.run)(&std::fs::read(&file).expect("a seed"));
        }
    }
}
