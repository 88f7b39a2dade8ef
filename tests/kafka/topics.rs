//! `muster topic`: what it makes is safe, and what is not safe it says. What an archiver tells a Prometheus.

use crate::cluster::Cluster;
use crate::transport::{Running, THROUGH, count, project, project_with_topic, succeeds};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

#[test]
#[ignore = "needs Java: run by .ci/run"]
fn a_topic_of_its_own_making_passes_the_check_and_making_it_again_changes_nothing() {
    let cluster = Cluster::start(&["--nodes", "3"]);
    let world = project_with_topic(&cluster, "safe");
    succeeds(&world, &["topic", "check", THROUGH]);
    succeeds(&world, &["topic", "create", THROUGH]);
    succeeds(&world, &["topic", "check", THROUGH]);
}

#[test]
#[ignore = "needs Java: run by .ci/run"]
fn what_is_unsafe_about_a_topic_of_others_is_said() {
    let cluster = Cluster::start(&["--nodes", "3"]);
    let world = project(&cluster.brokers(), "unsafe");
    let options =
        ["cleanup.policy=compact,delete", "retention.ms=60000", "min.insync.replicas=1", "max.message.bytes=2000"];
    cluster.peer(&[&["create", "unsafe", "1", "3"][..], &options].concat());
    cluster.peer(&["create", "unsafe.cursors", "1", "1"]);
    cluster.peer(&["create", "unsafe.rejected", "1", "3"]);
    let ran = world.muster(&["topic", "check", THROUGH]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let said = ran.out + &ran.err;
    for words in [
        "cleanup.policy compact",
        "retention.ms 60000",
        "min.insync.replicas 1",
        "max.message.bytes 2000",
        "replication 1",
        "unsafe.cursors",
        "cleanup.policy delete",
    ] {
        assert!(said.contains(words), "{words} is not in: {said}");
    }
}

#[test]
#[ignore = "needs Java: run by .ci/run"]
fn an_archiver_tells_lag_throughput_and_errors_as_prometheus_reads_them() {
    let cluster = Cluster::start(&[]);
    let world = project_with_topic(&cluster, "watched");
    cluster.peer(&["binary", "watched", "100"]);
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let running = Running::start(&mut world.command(&["archive", THROUGH, "--metrics", &address]));
    let mut waits = 0;
    while !world.path("log").is_dir() || count(&world, "log") < 100 {
        waits += 1;
        assert!(waits < 100, "nothing was archived: {}", running.finish().err);
        std::thread::sleep(Duration::from_millis(200));
    }
    // The brokers' positions are asked for once a second.
    let mut text = page(&address);
    while lags(&text).is_empty() || lags(&text).iter().any(|lag| *lag != 0.0) {
        waits += 1;
        assert!(waits < 200, "no lag, or not 0: {text}");
        std::thread::sleep(Duration::from_millis(200));
        text = page(&address);
    }
    for word in ["# HELP", "# TYPE", "muster_archive_lag_records{topic=\"watched\"", "rejected"] {
        assert!(text.contains(word), "{word} is not in: {text}");
    }
    running.terminate();
    assert!({
        let mut running = running;
        running.wait(Duration::from_secs(10))
    });
}

/// How many records are waiting, of each partition.
fn lags(text: &str) -> Vec<f64> {
    let lines = text.lines().filter(|line| line.starts_with("muster_archive_lag_records{"));
    lines.map(|line| line.rsplit(' ').next().unwrap().parse().unwrap()).collect()
}

fn page(address: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
