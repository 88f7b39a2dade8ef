//! A long history, of whose answers some fail in every way there is, while the collector is killed again and again.

use super::support::{Log, assert_same, config, truth};
use muster_test_github::{Dice, Faults, Options, Plan, Server, World, generate};
use std::collections::BTreeMap;

const LANTERN: &str = "acme/lantern";

fn counted_apart(log: &Log) -> Vec<&str> {
    // A statement of GitHub's has the second in which it was made in its id.
    log.ids().into_iter().filter(|id| !id.contains("/counted/")).collect()
}

/// Collects `world` undisturbed, and again with `percent` of the answers failing and `kills` kills; what is held is the
/// same, and the truth.
fn disturbed(world: World, percent: u64, kills: usize) {
    let quiet = Server::start(world.clone(), Options::default());
    let mut whole = Log::default();
    whole.run(&config(&quiet, &["acme"])).whole();
    let undisturbed = quiet.take_requests().len();
    assert_same(&whole.facts(), &quiet.world(|world| truth(world, &[LANTERN])));

    let server = Server::start(world, Options { faults: Faults::percent(percent, 7), ..Options::default() });
    let asked = config(&server, &["acme"]);
    let mut log = Log::default();
    let mut dice = Dice::new(11);
    for kill in 0..kills {
        let last = 1 + dice.below(4);
        let outcome = log.run_until(&asked, |batches| batches >= last);
        assert!(outcome.failed.is_none(), "kill {kill}: {:?}", outcome.failed);
    }
    let outcome = log.run(&asked);
    assert!(outcome.failed.is_none() && outcome.problems.is_empty(), "{:?} {:?}", outcome.failed, outcome.problems);
    assert_same(&log.facts(), &whole.facts());
    assert_eq!(counted_apart(&log), counted_apart(&whole));

    let requests = server.take_requests();
    let failed = requests.iter().filter(|request| request.fault.is_some()).count();
    assert!(failed > 0);
    // A kill costs what was read and not yet handed over, what waits in the channel, and what is under way: batches of at
    // most twenty answers, three of them, and four requests; and a run begins with the list and the heads.
    let allowed = undisturbed + 2 * failed + (kills + 1) * (3 * 20 + 4 + 4);
    assert!(requests.len() <= allowed, "{} requests, {allowed} allowed, {undisturbed} undisturbed", requests.len());
    let mut repeated: BTreeMap<String, usize> = BTreeMap::new();
    for request in requests.iter().filter(|request| request.fault.is_none() && request.document.is_some()) {
        // A head is asked for by every run.
        if !request.text().contains("query Head") && !request.text().contains("query Owner") {
            *repeated.entry(request.text()).or_default() += 1;
        }
    }
    let most = repeated.values().max().copied().unwrap_or_default();
    assert!(most <= kills + 1, "a page was answered {most} times");
}

#[test]
fn failures_and_kills_change_nothing() {
    disturbed(generate(Plan { items: 1_000, comments: 6_000, people: 60, ..Plan::default() }), 5, 8);
}

#[test]
#[ignore = "takes minutes; .ci/run runs it"]
fn failures_and_kills_change_nothing_in_a_long_history() {
    disturbed(generate(Plan::default()), 5, 20);
}

#[test]
#[ignore = "takes a minute; .ci/run runs it"]
fn a_long_history_takes_few_requests() {
    let server = Server::start(generate(Plan::default()), Options::default());
    let asked = config(&server, &["acme"]);
    let mut log = Log::default();
    log.run(&asked).whole();
    let first = server.take_requests().len();
    assert!(first <= 1_600, "{first} requests for the first collection");
    log.run(&asked).whole();
    let second = server.take_requests().len();
    assert!(second <= 3, "{second} requests when nothing is new");
    assert_same(&log.facts(), &server.world(|world| truth(world, &[LANTERN])));
}
