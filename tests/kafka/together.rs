//! Collectors that meet in a topic, archivers that share it, and people who are left out on the way.

use crate::cluster::Cluster;
use crate::transport::{
    DIRECT, Running, THROUGH, archive, count, project_with_topic, same_as_direct, succeeds, write_hours,
};
use std::time::Duration;

#[test]
#[ignore = "needs Java: run by .ci/run"]
fn what_is_collected_again_comes_through_the_topic_and_is_kept_once() {
    let cluster = Cluster::start(&[]);
    let world = project_with_topic(&cluster, "twice");
    let expected = write_hours(&world, 5, 200);
    succeeds(&world, &["collect", DIRECT]);
    succeeds(&world, &["collect", THROUGH]);
    archive(&world);
    // The cursor is in the topic: a second run sends nothing.
    let before = cluster.records("raw", "twice").len();
    succeeds(&world, &["collect", THROUGH]);
    assert_eq!(cluster.records("raw", "twice").len(), before);
    // A second collector of the same source knows no cursor and sends everything.
    world.write("other.toml", world.read(THROUGH).replace("name = \"archive\"", "name = \"other\""));
    succeeds(&world, &["collect", "other.toml"]);
    assert!(cluster.records("raw", "twice").len() > before);
    archive(&world);
    // What could not be read is told by the source, so the other one tells it under its own name.
    let told = "SELECT count(*) AS n FROM events WHERE type NOT LIKE 'record.%'";
    assert_eq!(world.sql(DIRECT, told), world.sql(THROUGH, told));
    assert_eq!(count(&world, "log"), expected + 5);
}

#[test]
#[ignore = "needs Java: run by .ci/run"]
fn a_run_with_a_topic_collects_archives_and_computes_as_one_without() {
    let cluster = Cluster::start(&[]);
    let world = project_with_topic(&cluster, "whole-run");
    world.write("archive/a.json", crate::archive::community());
    world.write(DIRECT, world.read(DIRECT).replace("\"out\"", "\"direct-out\""));
    succeeds(&world, &["run", DIRECT]);
    succeeds(&world, &["run", THROUGH]);
    same_as_direct(&world, "log");
    let tables = |folder: &str| world.tree(&format!("{folder}/metrics"));
    assert!(!tables("out").is_empty());
    for (name, bytes) in tables("out").iter().filter(|(name, _)| name.ends_with(".csv")) {
        assert!(tables("direct-out")[name] == *bytes, "{name}");
    }
    // A second run appends nothing.
    let (before, version) = (world.tree("out"), count(&world, "log"));
    succeeds(&world, &["run", THROUGH]);
    assert_eq!(count(&world, "log"), version);
    assert!(world.tree("out") == before);
}

#[test]
#[ignore = "needs Java: run by .ci/run"]
fn archivers_that_come_and_go_share_the_partitions_and_append_everything_once() {
    let cluster = Cluster::start(&[]);
    let world = project_with_topic(&cluster, "shared");
    let expected = write_hours(&world, 200, 300);
    succeeds(&world, &["collect", DIRECT]);
    let start = |name: &str| Running::start(&mut world.command(&["archive", THROUGH, "--instance", name]));
    let one = start("one");
    let collector = Running::start(&mut world.command(&["collect", THROUGH]));
    std::thread::sleep(Duration::from_secs(2));
    let two = start("two");
    std::thread::sleep(Duration::from_secs(2));
    one.terminate();
    let three = start("three");
    let mut collector = collector;
    assert!(collector.wait(Duration::from_secs(300)));
    assert_eq!(collector.finish().code, 0);
    // They are left to it until everything is there.
    let mut waits = 0;
    while count(&world, "log") < expected {
        waits += 1;
        assert!(waits < 200, "{} of {expected}: {}{}", count(&world, "log"), two.finish().err, three.finish().err);
        std::thread::sleep(Duration::from_millis(500));
    }
    for mut running in [one, two, three] {
        if !running.ended() {
            running.terminate();
        }
        assert!(running.wait(Duration::from_secs(10)), "it did not stop");
        let ran = running.finish();
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    same_as_direct(&world, "log");
}
