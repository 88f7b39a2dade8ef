//! Topics shared with others: what CloudEvents' own library writes is archived, and it reads what muster writes.

use crate::cluster::Cluster;
use crate::transport::{Running, THROUGH, archive, count, project_with_topic, succeeds, write_hours};
use serde_json::{Value, json};
use std::time::Duration;

#[test]
#[ignore = "needs Java: run by .ci/run"]
fn events_of_another_library_are_archived_in_both_modes_as_they_were_sent() {
    let cluster = Cluster::start(&[]);
    let world = project_with_topic(&cluster, "foreign");
    for mode in ["binary", "structured"] {
        cluster.peer(&[mode, "foreign", "50"]);
    }
    let said = archive(&world);
    assert_eq!(count(&world, "log"), 100, "{}{}", said.out, said.err);
    let rows = world.rows(THROUGH, "SELECT id, source, type, time, subject, data FROM events ORDER BY time, id");
    for (row, number) in rows.iter().zip((0..50).flat_map(|number| [number, number])) {
        let id = row["id"].as_str().unwrap();
        let mode = if id.contains("binary") { "binary" } else { "structured" };
        assert_eq!(id, format!("https://ci.example/builds#{mode}-{number}"));
        assert_eq!(row["source"], "https://ci.example/builds");
        assert_eq!(row["type"], "com.example.build.finished");
        assert_eq!(row["subject"], format!("build/{}", number % 7));
        let time = row["time"].as_str().unwrap();
        assert!(time.contains(&format!("10:00:{:02}.123456", number % 60)), "{time}");
        let expected = json!({"number": number, "result": "passed \u{2713}", "steps": [1, 2.5, null, true]});
        let data: Value = serde_json::from_str(row["data"].as_str().unwrap()).unwrap();
        assert_eq!(data, expected, "{row}");
    }
    // Again: nothing new.
    archive(&world);
    assert_eq!(count(&world, "log"), 100);
}

#[test]
#[ignore = "needs Java: run by .ci/run"]
fn what_is_no_event_goes_to_the_rejected_topic_with_its_reason_and_place_and_stops_nothing() {
    let cluster = Cluster::start(&[]);
    let world = project_with_topic(&cluster, "odd");
    cluster.peer(&["odd", "odd"]);
    cluster.peer(&["binary", "odd", "5"]);
    let said = archive(&world);
    // Six events that are unusual, five that are usual.
    assert_eq!(count(&world, "log"), 11, "{}{}", said.out, said.err);
    let rejected = cluster.records("raw", "odd.rejected");
    let places: std::collections::BTreeSet<String> = rejected
        .iter()
        .map(|record| {
            let headers = record["headers"].as_object().unwrap();
            let of = |part: &str| {
                let found = headers.iter().find(|(name, _)| name.contains(part));
                found.unwrap_or_else(|| panic!("no header with {part}: {headers:?}")).1.as_str().unwrap().to_owned()
            };
            assert!(!of("reason").is_empty() && of("topic") == "odd", "{headers:?}");
            format!("{}/{}", of("partition"), of("offset"))
        })
        .collect();
    let expected = cluster.records("raw", "odd");
    let expected: std::collections::BTreeSet<String> = expected
        .iter()
        .filter(|record| is_no_event(record))
        .map(|record| format!("{}/{}", record["partition"], record["offset"]))
        .collect();
    assert_eq!(expected.len(), 5);
    assert_eq!(places, expected);
    let values: Vec<_> = rejected.iter().map(|record| record["value"].as_str().unwrap_or_default()).collect();
    assert!(values.contains(&"hello"), "kept as it came: {values:?}");
    // Their positions have moved on: they are not rejected again.
    archive(&world);
    assert_eq!(cluster.records("raw", "odd.rejected").len(), 5);
}

fn is_no_event(record: &Value) -> bool {
    let headers = record["headers"].as_object().unwrap();
    let value = record["value"].as_str().unwrap_or_default();
    let structured = serde_json::from_str::<Value>(value).is_ok_and(|value| value.get("type").is_some());
    headers.get("ce_type").is_none() && !structured
}

#[test]
#[ignore = "needs Java: run by .ci/run"]
fn another_library_reads_what_muster_writes_in_both_modes() {
    let cluster = Cluster::start(&[]);
    for mode in ["binary", "structured"] {
        let topic = format!("ours-{mode}");
        let world = project_with_topic(&cluster, &topic);
        world.write(THROUGH, format!("{}mode = \"{mode}\"\n", world.read(THROUGH)));
        let expected = write_hours(&world, 2, 100);
        succeeds(&world, &["collect", THROUGH]);
        let mut read = cluster.records("read", &topic);
        archive(&world);
        assert_eq!((read.len() as u64, count(&world, "log")), (expected + 1, expected), "one is there twice");
        read.sort_by_key(|event| event["id"].to_string());
        read.dedup_by_key(|event| event["id"].to_string());
        let rows = world.rows(THROUGH, "SELECT id, source, type, subject, actor, url, data FROM events ORDER BY id");
        for (event, row) in read.iter().zip(&rows) {
            for attribute in ["id", "source", "type", "subject", "actor", "url"] {
                assert_eq!(event.get(attribute).unwrap_or(&Value::Null), &row[attribute], "{attribute} of {event}");
            }
            assert_eq!(event["key"], row["subject"]);
            let data: Value = serde_json::from_str(row["data"].as_str().unwrap()).unwrap();
            assert_eq!(event["data"], data);
        }
    }
}

#[test]
#[ignore = "needs Java: run by .ci/run"]
fn what_a_transaction_took_back_is_never_archived_and_an_open_one_is_waited_for() {
    let cluster = Cluster::start(&[]);
    let world = project_with_topic(&cluster, "taken-back");
    cluster.peer(&["aborted", "taken-back", "500"]);
    archive(&world);
    let ids =
        "SELECT split_part(split_part(id, '#', 2), '-', 1) AS label, count(*) AS n FROM events GROUP BY 1 ORDER BY 1";
    assert_eq!(world.sql(THROUGH, ids), "label,n\ncommitted,500\n");
    // What may still come before the end of the topic is waited for, and nothing of it is taken before.
    let open = cluster.open_transaction("taken-back", 20);
    let mut archiver = Running::start(&mut world.command(&["archive", THROUGH, "--until-caught-up"]));
    assert!(!archiver.wait(Duration::from_secs(3)), "{}", archiver.finish().err);
    assert_eq!(world.sql(THROUGH, ids), "label,n\ncommitted,500\n");
    open.commit();
    assert!(archiver.wait(Duration::from_secs(60)));
    assert_eq!(archiver.finish().code, 0);
    assert_eq!(world.sql(THROUGH, ids), "label,n\ncommitted,500\nopen,20\n");
}
