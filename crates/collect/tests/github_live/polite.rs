//! Limits, tokens, Apps, and what is said of them.

use super::support::{IN_A_HURRY, Log, assert_same, config, truth};
use muster_collect::github::{Credentials, open_with};
use muster_test_github::{App, Fault, Faults, Options, Plan, Server, Token, TokenState, World, generate};
use std::time::Duration;

const LANTERN: &str = "acme/lantern";

fn history() -> World {
    generate(Plan { items: 300, comments: 600, people: 30, ..Plan::default() })
}

#[test]
fn a_bad_token_is_a_clear_error_at_once_and_is_not_printed() {
    for state in [TokenState::Expired, TokenState::Revoked] {
        let tokens = vec![Token::new("hush-hush").state(state)];
        let server = Server::start(history(), Options { tokens, ..Options::default() });
        let mut asked = config(&server, &[LANTERN]);
        asked.credentials = Credentials::Tokens(vec!["hush-hush".to_owned()]);
        let error = Log::default().run(&asked).failed.unwrap();
        assert!(error.message.contains("GitHub refused the token (401 "), "{error}");
        assert!(!format!("{error}{}{asked:?}", error.hint).contains("hush"), "{error}");
        assert_eq!(server.requests().len(), 1, "it is not asked again");
    }
}

#[test]
fn one_bad_token_among_several_is_named_by_its_place() {
    let tokens = vec![Token::new("good"), Token::new("bad").state(TokenState::Revoked)];
    let server = Server::start(history(), Options { tokens, ..Options::default() });
    let mut asked = config(&server, &[LANTERN]);
    asked.credentials = Credentials::Tokens(vec!["good".to_owned(), "bad".to_owned()]);
    let error = Log::default().run(&asked).failed.unwrap();
    assert!(error.message.contains("the token number 2"), "{error}");
}

#[test]
fn a_token_that_expires_in_the_middle_ends_the_run_and_keeps_what_was_read() {
    let tokens = vec![Token::new("token").state(TokenState::ExpiresAfter(6))];
    let server = Server::start(history(), Options { tokens, ..Options::default() });
    let mut log = Log::default();
    let outcome = log.run(&config(&server, &[LANTERN]));
    assert!(outcome.failed.unwrap().message.contains("refused the token"));
    assert!(!log.events.is_empty() && log.cursor.is_some());
    server.tokens(|tokens| tokens.add(Token::new("another")));
    let mut asked = config(&server, &[LANTERN]);
    asked.credentials = Credentials::Tokens(vec!["another".to_owned()]);
    log.run(&asked).whole();
    assert_same(&log.facts(), &server.world(|world| truth(world, &[LANTERN])));
}

#[test]
fn without_a_token_it_is_said_that_one_is_needed() {
    let server = Server::start(history(), Options::default());
    let mut asked = config(&server, &[LANTERN]);
    asked.credentials = Credentials::None;
    let error = Log::default().run(&asked).failed.unwrap();
    assert!(error.message.contains("no token") && error.hint.contains("GraphQL"), "{error} {}", error.hint);
}

#[test]
fn tokens_are_used_in_turn() {
    let tokens = vec![Token::new("one"), Token::new("two"), Token::new("three")];
    let server = Server::start(history(), Options { tokens, ..Options::default() });
    let mut asked = config(&server, &[LANTERN]);
    asked.credentials = Credentials::Tokens(["one", "two", "three"].map(str::to_owned).to_vec());
    Log::default().run(&asked).whole();
    let requests = server.requests();
    let counts = [0, 1, 2].map(|token| requests.iter().filter(|request| request.token == Some(token)).count());
    let (least, most) = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
    assert!(*least > 0 && most - least <= 5, "{counts:?}");
}

#[test]
fn a_used_up_quota_is_waited_for_and_told() {
    let options =
        Options { tokens: vec![Token::new("token").limit(8)], window: Duration::from_secs(3), ..Options::default() };
    let server = Server::start(history(), options);
    let mut log = Log::default();
    let outcome = log.run(&config(&server, &[LANTERN])).whole();
    assert_same(&log.facts(), &server.world(|world| truth(world, &[LANTERN])));
    assert!(outcome.statuses.iter().any(|status| status.contains("limit is reached")), "{:?}", outcome.statuses);
    let refused = server.requests().iter().filter(|request| matches!(request.status, 403 | 429)).count();
    assert!(refused <= 8, "{refused} requests against a quota that was known to be used up");
}

#[test]
fn a_secondary_limit_is_waited_for_as_long_as_it_says() {
    for fault in [Fault::SecondaryForbidden, Fault::SecondaryTooMany, Fault::PrimaryTooMany] {
        let faults = Faults::default().plan("query Issues", 1, fault);
        let server = Server::start(history(), Options { faults, retry_after: 1, ..Options::default() });
        let mut log = Log::default();
        let begun = std::time::Instant::now();
        log.run(&config(&server, &[LANTERN])).whole();
        assert!(begun.elapsed() >= Duration::from_secs(1), "{fault:?}");
        assert_same(&log.facts(), &server.world(|world| truth(world, &[LANTERN])));
    }
}

#[test]
fn no_more_requests_at_once_than_asked_for() {
    for most in [1, 3] {
        let server = Server::start(history(), Options { latency: Duration::from_millis(5), ..Options::default() });
        let mut asked = config(&server, &[LANTERN]);
        asked.concurrency = most;
        Log::default().run(&asked).whole();
        assert!(server.most_at_once() <= most as usize, "{}", server.most_at_once());
    }
}

#[test]
fn every_single_failure_is_passed_over() {
    for fault in Fault::ALL {
        let faults = Faults::default().plan("query PullRequests", 2, fault).plan("/pulls/comments", 1, fault);
        let server = Server::start(history(), Options { faults, ..Options::default() });
        let mut log = Log::default();
        log.run(&config(&server, &[LANTERN])).whole();
        assert_same(&log.facts(), &server.world(|world| truth(world, &[LANTERN])));
    }
}

#[test]
fn what_never_comes_is_reported_and_the_rest_is_collected() {
    let faults = Faults::default().plan("query Stars", 1_000, Fault::BadGateway);
    let server = Server::start(history(), Options { faults, ..Options::default() });
    let mut log = Log::default();
    let outcome = log.run(&config(&server, &[LANTERN]));
    assert!(outcome.failed.is_none(), "{:?}", outcome.failed);
    let problem = &outcome.problems[0];
    assert!(problem.message.contains("its stars") && problem.message.contains("502"), "{problem}");
    assert!(!log.of("issue.opened").is_empty() && log.of("repository.starred").is_empty());
    // Once GitHub is well again, the next run has it.
    server.set_faults(Faults::default());
    log.run(&config(&server, &[LANTERN])).whole();
    assert_same(&log.facts(), &server.world(|world| truth(world, &[LANTERN])));
}

#[test]
fn a_server_that_is_not_there_is_an_error() {
    let server = Server::start(history(), Options::default());
    let mut asked = config(&server, &[LANTERN]);
    asked.url = "http://127.0.0.1:9".to_owned();
    let error = Log::default().run(&asked).failed.unwrap();
    assert!(error.message.contains("GitHub does not answer") || error.message.contains("none of the 1"), "{error}");
    asked.url = "http://github.invalid".to_owned();
    assert!(Log::default().run(&asked).failed.is_some());
    asked.url = "not an address".to_owned();
    assert!(Log::default().run(&asked).failed.unwrap().message.contains("no address"));
}

#[test]
fn a_page_too_large_for_github_is_asked_for_in_halves() {
    let faults = Faults::default().plan("\"first\":50", 1_000, Fault::GatewayTimeout);
    let server = Server::start(history(), Options { faults, ..Options::default() });
    let mut log = Log::default();
    log.run(&config(&server, &[LANTERN])).whole();
    assert_same(&log.facts(), &server.world(|world| truth(world, &[LANTERN])));
}

/// A key for this test alone.
fn key() -> String {
    let made = std::process::Command::new("openssl").args(["genrsa", "-traditional", "2048"]).output();
    String::from_utf8(made.unwrap().stdout).unwrap()
}

#[test]
#[ignore = "makes a key with openssl, which a newcomer need not have; .ci/run runs it"]
fn an_installation_of_an_app_asks_with_a_token_that_is_renewed() {
    let key = key();
    // Half of the lifetime is over before it begins: a token is renewed five minutes before its end.
    let app = App { id: 12, installation: 34, lifetime: 301, limit: 5_000 };
    let server = Server::start(
        history(),
        Options { tokens: Vec::new(), app: Some(app), latency: Duration::from_millis(100), ..Options::default() },
    );
    let mut asked = config(&server, &[LANTERN]);
    asked.credentials = Credentials::App { app: 12, installation: 34, key: key.clone() };
    let mut log = Log::default();
    log.run(&asked).whole();
    assert_same(&log.facts(), &server.world(|world| truth(world, &[LANTERN])));
    let tokens = server.requests().iter().filter(|request| request.path.contains("access_tokens")).count();
    assert!(tokens > 1, "the token is renewed before it ends");
    asked.credentials = Credentials::App { app: 12, installation: 99, key };
    let error = Log::default().run(&asked).failed.unwrap();
    assert!(error.message.contains("refused the App"), "{error}");
    asked.credentials = Credentials::App { app: 12, installation: 34, key: "no key".to_owned() };
    assert!(Log::default().run(&asked).failed.unwrap().message.contains("private key of GitHub App 12"));
}

#[test]
fn whoever_waits_is_told_what_is_fetched_and_what_is_left() {
    let server = Server::start(history(), Options::default());
    let outcome = Log::default().run(&config(&server, &[LANTERN])).whole();
    let told = outcome.statuses.join("\n");
    assert!(told.contains("acme/lantern ") && told.contains("quota ") && told.contains(" of 5,000"), "{told}");
}

#[test]
fn a_collector_can_be_dropped_at_any_moment() {
    let server = Server::start(history(), Options { latency: Duration::from_millis(20), ..Options::default() });
    for _ in 0..5 {
        let mut collector = open_with(&config(&server, &[LANTERN]), None, IN_A_HURRY).unwrap();
        drop(collector.next_batch());
        drop(collector);
    }
    std::thread::sleep(Duration::from_millis(300));
    let settled = server.requests().len();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(server.requests().len(), settled, "nobody asks on");
}
