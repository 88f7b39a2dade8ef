//! A disk without space: nothing is lost, and the next run goes on.

use crate::archive::{PIPELINE, opened};
use crate::support::{FEW, Ran, SmallDisk, World, ran};
use std::process::Command;

fn says_what_to_do(ran: &Ran) {
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("error: ") && ran.err.contains("space"), "{}", ran.err);
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
}

fn recovered(world: &World, events: u64) {
    let report = world.report(0, &["run", "p.toml"]);
    assert_eq!(report["log"]["events"].as_u64(), Some(events));
    let verified = world.report(0, &["log", "p.toml", "verify"]);
    assert_eq!(verified["events"].as_u64(), Some(events));
    assert!(verified["findings"].as_array().unwrap().is_empty(), "{verified}");
    assert_eq!(world.sql("p.toml", "SELECT count(*) AS n FROM issues"), format!("n\n{events}\n"));
}

fn world() -> World {
    let world = World::new();
    world.write(
        "p.toml",
        format!("{PIPELINE}{FEW}").replace("\"log\"", "\"disk/log\"").replace("\"out\"", "\"disk/out\""),
    );
    let lines: String = (1..=3000).map(|number| opened(number) + "\n").collect();
    world.write("archive/a.json", lines);
    world
}

#[test]
fn a_full_disk_is_said_and_the_next_run_completes_or_under_a_size_limit_where_nothing_may_be_mounted() {
    let world = world();
    let Some(disk) = SmallDisk::mount(world.path("disk")) else {
        eprintln!("a tmpfs may not be mounted here: a limit on the size of files stands for the full disk");
        let limited = Command::new("sh")
            .args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_muster"), "run", "p.toml"])
            .current_dir(world.path(""))
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        says_what_to_do(&ran(&limited));
        return recovered(&world, 3000);
    };
    // No space for the log.
    world.write("disk/ballast", vec![1; (1 << 20) - (24 << 10)]);
    says_what_to_do(&world.muster(&["run", "p.toml"]));
    // Space for the log, not for the outputs.
    world.write("disk/ballast", vec![1; (1 << 20) - (300 << 10)]);
    says_what_to_do(&world.muster(&["run", "p.toml"]));
    assert!(!world.path("disk/out/current").exists(), "half outputs do not pass for whole ones");
    disk.grow("64m");
    recovered(&world, 3000);
}
