//! What goes wrong, and that it goes wrong the same way again.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use muster_test_github::{Fault, Faults, Options, Server};
use std::io::Write as _;
use std::net::TcpStream;
use support::{get, lantern, send};

fn failing(fault: Fault) -> Server {
    let faults = Faults::default().plan("issues", 1, fault);
    Server::start(lantern(), Options { faults, retry_after: 7, ..Options::default() })
}

const PATH: &str = "/repos/acme/lantern/issues?state=all";

#[test]
fn each_fault_is_what_its_name_says() {
    let whole = get(&Server::start(lantern(), Options::default()), PATH);
    for (fault, status) in [
        (Fault::InternalError, 500),
        (Fault::BadGateway, 502),
        (Fault::Unavailable, 503),
        (Fault::GatewayTimeout, 504),
        (Fault::SecondaryForbidden, 403),
        (Fault::SecondaryTooMany, 429),
        (Fault::PrimaryTooMany, 429),
    ] {
        let server = failing(fault);
        assert_eq!(get(&server, PATH).status, status, "{fault:?}");
        assert_eq!(get(&server, PATH).json().as_array().unwrap().len(), whole.json().as_array().unwrap().len());
    }
    let secondary = get(&failing(Fault::SecondaryForbidden), PATH);
    assert_eq!(secondary.header("retry-after"), "7");
    assert!(secondary.body.contains("secondary rate limit"));
    assert_eq!(get(&failing(Fault::PrimaryTooMany), PATH).header("x-ratelimit-remaining"), "0");
    let html = get(&failing(Fault::Html), PATH);
    assert_eq!((html.status, html.body.starts_with("<!DOCTYPE html>")), (200, true));
    assert_eq!(get(&failing(Fault::Empty), PATH).body, "");
    let cut = get(&failing(Fault::CutJson), PATH);
    assert!(serde_json::from_str::<serde_json::Value>(&cut.body).is_err());
}

#[test]
fn broken_connections_are_errors_and_are_logged() {
    for fault in [Fault::Reset, Fault::Silence, Fault::Drip, Fault::Truncated] {
        let server = failing(fault);
        let url = format!("{}{PATH}", server.url());
        let error = send("GET", &url, &[("authorization", "Bearer token")], None).unwrap_err();
        assert_eq!(error.is_timeout(), matches!(fault, Fault::Silence | Fault::Drip), "{fault:?}: {error:?}");
        assert_eq!(get(&server, PATH).status, 200, "{fault:?}: the next asking is answered");
        let log = server.requests();
        assert_eq!(log.iter().map(|line| line.fault).collect::<Vec<_>>(), [Some(fault), None]);
        assert_eq!(log[0].text(), log[1].text());
    }
}

#[test]
fn the_same_seed_meets_the_same_faults_in_any_order() {
    let paths: Vec<String> = (1..=60).map(|page| format!("{PATH}&page={page}")).collect();
    let kinds = vec![Fault::InternalError, Fault::BadGateway, Fault::Html];
    let run = |seed: u64, backwards: bool| {
        let faults = Faults { kinds: kinds.clone(), ..Faults::percent(30, seed) };
        let server = Server::start(lantern(), Options { faults, ..Options::default() });
        let order: Vec<&String> = if backwards { paths.iter().rev().collect() } else { paths.iter().collect() };
        for path in order {
            let _answer = get(&server, path);
        }
        let mut met: Vec<(String, Option<Fault>)> =
            server.requests().into_iter().map(|line| (line.text(), line.fault)).collect();
        met.sort();
        met
    };
    let first = run(1, false);
    assert_eq!(first, run(1, true));
    assert_ne!(first, run(2, false));
    let failed = first.iter().filter(|(_, fault)| fault.is_some()).count();
    assert!((8..=30).contains(&failed), "{failed} of 60 failed, of 30 in a hundred");
}

#[test]
fn too_many_at_once_meet_the_secondary_limit() {
    let faults = Faults::default().plan("/held", 2, Fault::Silence);
    let server = Server::start(lantern(), Options { concurrency: 2, faults, retry_after: 7, ..Options::default() });
    let held: Vec<TcpStream> = (0..2)
        .map(|_| {
            let mut stream = TcpStream::connect(server.url().trim_start_matches("http://")).unwrap();
            stream.write_all(b"GET /held HTTP/1.1\r\nhost: github\r\n\r\n").unwrap();
            stream
        })
        .collect();
    while server.requests().len() < held.len() {
        std::thread::yield_now();
    }
    let third = get(&server, PATH);
    assert_eq!((third.status, third.header("retry-after")), (403, "7"));
    assert_eq!(server.most_at_once(), 3);
    drop(held);
    while get(&server, PATH).status != 200 {
        std::thread::yield_now();
    }
}
