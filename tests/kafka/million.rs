//! As many events as a large community has, through a topic.

use crate::cluster::Cluster;
use crate::transport::{DIRECT, THROUGH, archive, count, project_with_topic, same_as_direct, succeeds, write_hours};
use std::time::Instant;

#[test]
#[ignore = "needs Java: run by .ci/run"]
fn a_million_events_through_a_broker_make_the_log_that_is_made_without_one() {
    let cluster = Cluster::start(&[]);
    let world = project_with_topic(&cluster, "million");
    let expected = write_hours(&world, 200, 5_000);
    assert!(expected > 1_000_000);
    let begun = Instant::now();
    succeeds(&world, &["collect", DIRECT]);
    let direct = begun.elapsed();
    succeeds(&world, &["collect", THROUGH]);
    let produced = begun.elapsed() - direct;
    archive(&world);
    let archived = begun.elapsed() - direct - produced;
    assert_eq!(count(&world, "log"), expected);
    same_as_direct(&world, "log");
    eprintln!("{expected} events: collected {direct:?}, through Kafka {produced:?}, archived {archived:?}");
}
