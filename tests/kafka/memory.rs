//! A log that is slower than its topic does not fill the memory.

use crate::cluster::Cluster;
use crate::transport::{Running, THROUGH, count, project_with_topic};
use std::process::Command;
use std::time::Duration;

/// What the issue allows.
const LIMIT_KB: u64 = 512 * 1024;
const EVENTS: u64 = 300_000;

#[test]
#[ignore = "needs Java: run by .ci/run"]
fn an_archiver_whose_every_fsync_is_held_up_by_strace_stays_below_512_megabytes() {
    let cluster = Cluster::start(&[]);
    let world = project_with_topic(&cluster, "slow");
    // More than it may hold, and not to be compressed.
    cluster.peer(&["bulk", "slow", &EVENTS.to_string(), "2000"]);
    // The tracer is the grandchild (-D), so that the child is `muster` itself.
    let mut slow = Command::new("strace");
    slow.args(["-D", "-f", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=fsync,fdatasync"])
        .args(["-e", "inject=fsync,fdatasync:delay_enter=300000"])
        .arg(env!("CARGO_BIN_EXE_muster"))
        .args(["archive", THROUGH, "--until-caught-up"])
        .current_dir(world.path(""))
        .env("NO_COLOR", "1");
    let mut running = Running::start(&mut slow);
    let mut most = 0;
    while !running.wait(Duration::from_millis(20)) {
        most = most.max(high_water(running.id()));
    }
    let ran = running.finish();
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(count(&world, "log"), EVENTS);
    assert!(most > 0 && most < LIMIT_KB, "{most} kB");
    eprintln!("{} MB at most", most / 1024);
}

/// The most memory that the process ever had, in kB; 0 when it is gone.
fn high_water(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or(0, |line| line.trim().trim_end_matches(" kB").parse().unwrap())
}
