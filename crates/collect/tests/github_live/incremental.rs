//! Later runs: what changed and no more, whatever came in between.

use super::support::{Log, assert_same, at, config, truth};
use muster_test_github::{Options, Plan, ReviewState, Server, World, generate};

fn history() -> World {
    generate(Plan { items: 260, comments: 700, people: 30, ..Plan::default() })
}

const LANTERN: &str = "acme/lantern";

#[test]
fn nothing_new_takes_three_requests_a_repository_and_adds_nothing() {
    let world = generate(Plan { items: 300, comments: 600, repositories: 3, people: 30, ..Plan::default() });
    let server = Server::start(world, Options::default());
    let mut log = Log::default();
    let asked = config(&server, &["acme"]);
    log.run(&asked).whole();
    let (before, cursor) = (log.events.len(), log.cursor.clone());
    let _ = server.take_requests();
    let outcome = log.run(&asked).whole();
    let requests = server.take_requests();
    assert!(requests.len() <= 9, "{:#?}", requests.iter().map(muster_test_github::Request::text).collect::<Vec<_>>());
    assert_eq!((outcome.appended, log.events.len()), (0, before));
    assert_eq!(log.cursor.clone(), cursor);
    assert!(outcome.batches <= 1, "nothing new is no batch but the one that tells the quota");
    assert!(requests.iter().any(|request| request.unchanged), "the list of comments on lines is asked for by its ETag");
}

#[test]
fn changes_of_every_kind_are_caught() {
    let mut world = history();
    let old = world.open_issue(LANTERN, "ada", at("2022-01-02T00:00:00Z"), "Old");
    let review_of = world.open_pull_request(LANTERN, "bob", at("2022-01-03T00:00:00Z"), "Reviewed later");
    let talk = world.discuss(LANTERN, "ada", at("2022-01-04T00:00:00Z"), "Later");
    let server = Server::start(world, Options::default());
    let mut log = Log::default();
    let asked = config(&server, &["acme"]);
    log.run(&asked).whole();
    assert_same(&log.facts(), &server.world(|world| truth(world, &[LANTERN])));
    let _ = server.take_requests();
    server.update(|world| {
        let day = |day: u32| at(&format!("2026-02-{day:02}T12:00:00Z"));
        world.close(LANTERN, old, "ada", day(1));
        world.reopen(LANTERN, old, "bob", day(2));
        world.label(LANTERN, old, "bob", day(2), "again");
        let comment = world.comment(LANTERN, old, "cy", day(3), "first words");
        world.edit_comment(LANTERN, old, comment, day(4), "other words");
        let review = world.review(LANTERN, review_of, "ada", day(5), ReviewState::Approved);
        let line = world.review_comment(LANTERN, review_of, review, day(5), "Here");
        world.reply(LANTERN, review_of, line, "bob", day(6), "Done");
        world.merge(LANTERN, review_of, "ada", day(7));
        let said = world.discussion_comment(LANTERN, talk, "bob", day(8), None);
        world.answer(LANTERN, talk, said, "ada", day(9));
        world.release(LANTERN, "bob", day(10), "v9.0");
        world.star(LANTERN, "newcomer", day(11));
        world.commit_comment(LANTERN, "ada", day(12), &muster_test_github::sha(9));
        world.fork(LANTERN, "newcomer", day(13));
        world.open_issue(LANTERN, "newcomer", day(14), "New");
    });
    log.run(&asked).whole();
    assert_same(&log.facts(), &server.world(|world| truth(world, &[LANTERN])));
    let requests = server.take_requests().len();
    assert!(requests < 20, "{requests} requests for a handful of changes");
    let counted = log.counted(LANTERN);
    assert_eq!(
        counted[&("pull_request.merged".to_owned(), "2026-02-01".to_owned())],
        1,
        "the month of the merge is counted"
    );
}

#[test]
fn a_merge_in_a_month_that_is_counted_has_it_counted_again() {
    let mut world = World::new();
    world.add_repository(LANTERN, at("2024-01-01T00:00:00Z"));
    for number in 1..=2 {
        world.open_pull_request(LANTERN, "ada", at("2024-02-01T00:00:00Z"), "P");
        world.comment(LANTERN, number, "ada", at("2024-02-02T00:00:00Z"), "c");
    }
    world.merge(LANTERN, 1, "bob", at("2024-02-03T00:00:00Z"));
    let server = Server::start(world, Options::default());
    let mut log = Log::default();
    let asked = config(&server, &["acme"]);
    log.run(&asked).whole();
    let month = ("pull_request.merged".to_owned(), "2024-02-01".to_owned());
    assert_eq!(log.counted(LANTERN)[&month], 1);
    server.update(|world| world.merge(LANTERN, 2, "bob", at("2024-02-20T00:00:00Z")));
    // A statement has its second in its id; another second, another statement.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    log.run(&asked).whole();
    assert_eq!(log.counted(LANTERN)[&month], 2);
}

#[test]
fn changes_beyond_one_page_are_all_caught() {
    let server = Server::start(history(), Options::default());
    let mut log = Log::default();
    let asked = config(&server, &["acme"]);
    log.run(&asked).whole();
    server.update(|world| {
        for number in 1..=180 {
            let when = at("2026-01-01T00:00:00Z").as_second() + i64::try_from(number).unwrap() * 60;
            world.comment(LANTERN, number, "ada", muster_model::Timestamp::from_second(when).unwrap(), "ping");
        }
    });
    log.run(&asked).whole();
    assert_same(&log.facts(), &server.world(|world| truth(world, &[LANTERN])));
}

#[test]
fn what_happens_during_a_first_collection_is_caught_by_the_next_run() {
    let server = Server::start(history(), Options::default());
    let mut log = Log::default();
    let mut asked = config(&server, &["acme"]);
    asked.max_requests = Some(4);
    log.run(&asked);
    // Items on pages that were read already, and on pages that were not.
    server.update(|world| {
        for number in [1, 2, 100, 200, 255] {
            world.comment(LANTERN, number, "ada", at("2026-01-01T00:00:00Z"), "meanwhile");
        }
        world.open_issue(LANTERN, "bob", at("2026-01-02T00:00:00Z"), "meanwhile");
    });
    asked.max_requests = None;
    log.run(&asked).whole();
    log.run(&asked).whole();
    assert_same(&log.facts(), &server.world(|world| truth(world, &[LANTERN])));
}

#[test]
fn max_requests_stops_and_the_next_run_goes_on() {
    let server = Server::start(history(), Options::default());
    let whole = {
        let mut log = Log::default();
        log.run(&config(&server, &["acme"])).whole();
        server.take_requests().len()
    };
    let mut log = Log::default();
    let mut asked = config(&server, &["acme"]);
    asked.max_requests = Some(5);
    let (mut runs, mut sent) = (0, 0);
    loop {
        runs += 1;
        let outcome = log.run(&asked);
        let requests = server.take_requests().len();
        sent += requests;
        assert!(requests <= 5 && runs < 60, "{requests} requests in run {runs}");
        assert!(outcome.failed.is_none());
        if outcome.problems.is_empty() {
            break;
        }
        assert!(outcome.problems[0].message.contains("max_requests = 5"), "{:?}", outcome.problems);
    }
    assert!(runs > 3);
    assert_same(&log.facts(), &server.world(|world| truth(world, &[LANTERN])));
    // Of five requests of a run, two ask for the list and the head, and one may ask for comments anew.
    assert!(sent <= whole + 3 * runs, "{sent} requests in {runs} runs, {whole} in one");
}

#[test]
fn a_sweep_finds_and_tells_what_the_changes_did_not_show() {
    let mut world = history();
    let quiet = world.open_issue(LANTERN, "ada", at("2022-05-01T00:00:00Z"), "Quiet");
    let server = Server::start(world, Options::default());
    let mut log = Log::default();
    let mut asked = config(&server, &["acme"]);
    asked.sweep_days = Some(0);
    log.run(&asked).whole();
    let outcome = log.run(&asked).whole();
    assert_eq!(outcome.appended, 0, "a sweep over what is complete finds nothing");
    // A label that leaves the time of change as it was, as GitHub's own changes sometimes do.
    server.update(|world| {
        let before = world.item_mut(LANTERN, quiet).updated_at;
        world.label(LANTERN, quiet, "bob", at("2022-06-01T00:00:00Z"), "late");
        world.item_mut(LANTERN, quiet).updated_at = before;
        world.delete_issue(LANTERN, 5);
    });
    asked.sweep_days = None;
    let without = log.run(&asked);
    assert!(without.problems.is_empty() && without.failed.is_none());
    asked.sweep_days = Some(0);
    let outcome = log.run(&asked);
    let missed: Vec<&str> = outcome.problems.iter().map(|problem| problem.message.as_str()).collect();
    assert!(missed.iter().any(|text| text.contains("had missed: 1 issue.labeled")), "{missed:?}");
    assert!(missed.iter().any(|text| text.contains("no longer found") && text.contains("opened")), "{missed:?}");
    assert!(log.ids().iter().any(|id| id.contains("/labeled/late/")));
}

#[test]
fn a_position_in_a_list_that_github_forgot_begins_the_list_again() {
    let server = Server::start(history(), Options::default());
    let mut log = Log::default();
    let mut asked = config(&server, &["acme"]);
    asked.max_requests = Some(6);
    log.run(&asked);
    let cursor = log.cursor.take().unwrap().0;
    let mut place: serde_json::Value = serde_json::from_str(&cursor).unwrap();
    let mut broken = 0;
    for repository in place["repositories"].as_object_mut().unwrap().values_mut() {
        for lane in repository["lanes"].as_object_mut().unwrap().values_mut() {
            if lane["pass"]["after"].is_string() {
                lane["pass"]["after"] = "bm90aGluZw==".into();
                broken += 1;
            }
        }
    }
    assert!(broken > 0, "{place}");
    log.cursor = Some(muster_model::Cursor(place.to_string()));
    asked.max_requests = None;
    log.run(&asked).whole();
    assert_same(&log.facts(), &server.world(|world| truth(world, &[LANTERN])));
}

#[test]
fn a_cursor_of_another_program_is_refused() {
    let server = Server::start(World::new(), Options::default());
    for text in ["{}", "nonsense", r#"{"version":99,"repositories":{}}"#] {
        let mut log = Log { cursor: Some(muster_model::Cursor(text.to_owned())), ..Log::default() };
        let error = log.run(&config(&server, &["acme"])).failed.unwrap();
        assert!(error.message.contains("cursor"), "{error}");
    }
}
