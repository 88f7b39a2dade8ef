//! A first collection holds everything there is, and says what GitHub says it has.

use super::support::{IN_A_HURRY, Log, assert_same, at, config, truth};
use muster_collect::github::open_with;
use muster_model::Payload;
use muster_test_github::{Access, AccountKind, Options, Plan, ReviewState, Server, World, generate};

/// A little of everything that can happen.
fn lantern() -> World {
    let mut world = World::new();
    let (repository, day) = ("acme/lantern", |day: u32| at(&format!("2024-03-{day:02}T10:00:00Z")));
    world.add_repository(repository, at("2024-01-15T00:00:00Z"));
    let issue = world.open_issue(repository, "Ada", day(1), "It is dark");
    world.label(repository, issue, "ada", day(1), "bug");
    world.assign(repository, issue, "ada", day(2), "bob");
    world.comment(repository, issue, "ghosty", day(2), "I was here");
    world.close(repository, issue, "bob", day(3));
    world.reopen(repository, issue, "ada", day(4));
    world.close(repository, issue, "bob", day(5));
    world.retitle(repository, issue, "bob", day(5), "It was dark");
    let pull = world.open_draft(repository, "dependabot[bot]", day(6), "Bump wick");
    world.ready(repository, pull, "bob", day(7));
    world.to_draft(repository, pull, "bob", day(7));
    world.ready(repository, pull, "bob", day(8));
    world.request_review(repository, pull, "bob", day(8), "ada");
    world.request_review(repository, pull, "bob", day(8), "team:keepers");
    let review = world.review(repository, pull, "ada", day(9), ReviewState::ChangesRequested);
    let comment = world.review_comment(repository, pull, review, day(9), "Brighter");
    world.reply(repository, pull, comment, "ghosty", day(10), "Done");
    world.dismiss(repository, pull, review, "bob", day(10));
    world.review(repository, pull, "ada", day(11), ReviewState::Approved);
    world.close(repository, pull, "bob", day(12));
    world.reopen(repository, pull, "bob", day(13));
    world.comment(repository, pull, "renovate[bot]", day(13), "Once more");
    world.merge(repository, pull, "ada", day(14));
    let imported = world.open_issue(repository, "old-timer", day(15), "Imported");
    world.add_account("mannequin-1", AccountKind::Mannequin);
    world.comment(repository, imported, "mannequin-1", day(15), "From the old tracker");
    let unmerged = world.open_pull_request(repository, "ghosty", day(16), "No");
    world.close(repository, unmerged, "ghosty", day(17));
    let talk = world.discuss(repository, "ada", day(18), "Which oil?");
    let answer = world.discussion_comment(repository, talk, "bob", day(19), None);
    world.discussion_comment(repository, talk, "ada", day(20), Some(answer));
    world.answer(repository, talk, answer, "ada", day(21));
    world.release(repository, "bob", day(22), "v1.0");
    world.star(repository, "cy", day(23));
    world.commit_comment(repository, "ada", day(24), &muster_test_github::sha(7));
    world.fork(repository, "cy", day(25));
    world.delete_account("ghosty");
    world
}

#[test]
fn everything_that_happened_is_held_once() {
    let server = Server::start(lantern(), Options::default());
    let mut log = Log::default();
    log.run(&config(&server, &["acme"])).whole();
    assert_same(&log.facts(), &server.world(|world| truth(world, &["acme/lantern"])));
}

#[test]
fn actors_have_their_number_and_kind_and_deleted_ones_are_nobody() {
    let server = Server::start(lantern(), Options::default());
    let mut log = Log::default();
    log.run(&config(&server, &["acme/lantern"])).whole();
    let opened = log.of("pull_request.opened");
    let bump = opened.iter().find(|event| event.subject == "github:acme/lantern#2").unwrap();
    assert_eq!(bump.actor.as_deref(), Some("github:dependabot[bot]"));
    let Payload::PullRequestOpened(body) = &bump.data else { panic!() };
    assert_eq!(body.actor_type.as_deref(), Some("Bot"));
    assert_eq!(body.actor_id, server.world(|world| world.account_of("dependabot").map(|account| account.id)));
    let gone = opened.iter().find(|event| event.subject == "github:acme/lantern#4").unwrap();
    assert_eq!(gone.actor, None);
    let commented = log.of("issue.commented");
    assert!(commented.iter().any(|event| {
        matches!(&event.data, Payload::IssueCommented(body) if body.actor_type.as_deref() == Some("Mannequin"))
    }));
}

#[test]
fn a_dismissed_review_still_says_what_it_had_said() {
    let server = Server::start(lantern(), Options::default());
    let mut log = Log::default();
    log.run(&config(&server, &["acme/lantern"])).whole();
    let states: Vec<&str> = log
        .of("pull_request.reviewed")
        .into_iter()
        .map(|event| match &event.data {
            Payload::PullRequestReviewed(body) => body.state.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    // A reply on a line is a review of its own.
    assert_eq!(states.len(), 3);
    assert!(states.contains(&"changes_requested") && !states.contains(&"dismissed"), "{states:?}");
}

#[test]
fn links_to_chat_messages_are_found_wherever_somebody_writes() {
    let mut world = World::new();
    let (repository, day) = ("acme/lantern", |day: u32| at(&format!("2024-03-{day:02}T10:00:00Z")));
    world.add_repository(repository, at("2024-01-15T00:00:00Z"));
    let link = |number: u32| format!("see https://acme.slack.com/archives/C0ABCDEF1/p17000000{number:02}000000.");
    let issue = world.open_issue(repository, "ada", day(1), "It is dark");
    world.item_mut(repository, issue).body = link(1);
    world.comment(repository, issue, "bob", day(2), &link(2));
    world.comment(repository, issue, "bob", day(3), "see https://example.org and #3");
    let pull = world.open_pull_request(repository, "ada", day(4), "Light");
    let review = world.review(repository, pull, "bob", day(5), ReviewState::Approved);
    world.item_mut(repository, pull).reviews[0].body = link(3);
    world.review_comment(repository, pull, review, day(5), &link(4));
    let server = Server::start(world, Options::default());
    let mut log = Log::default();
    log.run(&config(&server, &["acme"])).whole();
    let linked: Vec<(&str, &str)> =
        log.of("item.linked").into_iter().map(|event| (event.id.as_str(), event.actor.as_deref().unwrap())).collect();
    assert_eq!(
        linked,
        [
            ("github:acme/lantern#1/linked/slack:C0ABCDEF1/1700000001.000000", "github:ada"),
            ("github:acme/lantern#1/linked/slack:C0ABCDEF1/1700000002.000000", "github:bob"),
            ("github:acme/lantern#2/linked/slack:C0ABCDEF1/1700000003.000000", "github:bob"),
            ("github:acme/lantern#2/linked/slack:C0ABCDEF1/1700000004.000000", "github:bob"),
        ]
    );
}

#[test]
fn a_merge_is_a_merge_and_no_close() {
    let server = Server::start(lantern(), Options::default());
    let mut log = Log::default();
    log.run(&config(&server, &["acme/lantern"])).whole();
    let ids = log.ids();
    assert!(ids.contains(&"github:acme/lantern#2/merged"));
    let closes: Vec<&&str> = ids.iter().filter(|id| id.starts_with("github:acme/lantern#2/closed")).collect();
    assert_eq!(closes, [&"github:acme/lantern#2/closed/2024-03-12T10:00:00Z"]);
}

#[test]
fn pages_and_long_histories_are_read_to_their_end() {
    let mut world = generate(Plan { items: 230, comments: 900, people: 30, ..Plan::default() });
    let repository = "acme/lantern";
    let (from, busy) = (at("2024-01-01T00:00:00Z").as_second(), 3);
    for index in 0..320 {
        let when = muster_model::Timestamp::from_second(from + index).unwrap();
        world.comment(repository, busy, "ada", when, "And another thing");
    }
    let talk = world.discuss(repository, "ada", at("2025-10-20T00:00:00Z"), "Long");
    let mut first = 0;
    for index in 0..75 {
        let when = muster_model::Timestamp::from_second(1_761_000_000 + index).unwrap();
        first = world.discussion_comment(repository, talk, "bob", when, None);
    }
    for index in 0..150 {
        let when = muster_model::Timestamp::from_second(1_761_100_000 + index).unwrap();
        world.discussion_comment(repository, talk, "cy", when, Some(first));
    }
    for index in 0..250 {
        let when = muster_model::Timestamp::from_second(1_761_200_000 + index).unwrap();
        world.star(repository, &format!("fan-{index}"), when);
    }
    let server = Server::start(world, Options::default());
    let mut log = Log::default();
    log.run(&config(&server, &["acme"])).whole();
    assert_same(&log.facts(), &server.world(|world| truth(world, &["acme/lantern"])));
}

#[test]
fn an_owner_has_archived_and_renamed_repositories_and_forks_only_if_asked() {
    let mut world = World::new();
    for name in ["acme/lantern", "acme/old", "acme/wick-go", "acme/oil-go"] {
        world.add_repository(name, at("2024-01-01T00:00:00Z"));
        world.open_issue(name, "ada", at("2024-02-01T00:00:00Z"), "One");
    }
    world.repository_mut("acme/old").archived = true;
    world.rename_repository("acme/lantern", "acme/torch", "ada", at("2024-05-01T00:00:00Z"));
    world.add_repository("other/tool", at("2024-01-01T00:00:00Z"));
    world.fork("other/tool", "acme", at("2024-03-01T00:00:00Z"));
    world.open_issue("acme/tool", "ada", at("2024-04-01T00:00:00Z"), "In the fork");
    let server = Server::start(world, Options::default());
    let opened = |config: &muster_collect::github::Config| {
        let mut log = Log::default();
        log.run(config).whole();
        log.of("issue.opened").iter().map(|event| event.subject.clone()).collect::<Vec<_>>()
    };
    let all = ["github:acme/oil-go#1", "github:acme/old#1", "github:acme/torch#1", "github:acme/wick-go#1"];
    assert_eq!(opened(&config(&server, &["ACME"])), all);
    assert_eq!(opened(&config(&server, &["acme/*-go"])), [all[0], all[3]]);
    // The old name leads to the new one.
    assert_eq!(opened(&config(&server, &["acme/Lantern"])), [all[2]]);
    let mut forks = config(&server, &["acme"]);
    forks.forks = true;
    assert_eq!(opened(&forks).len(), 5);
    // By its name it is asked for.
    assert_eq!(opened(&config(&server, &["acme/tool"])), ["github:acme/tool#1"]);
}

#[test]
fn an_old_name_that_was_asked_for_is_told() {
    let mut world = World::new();
    world.add_repository("acme/lantern", at("2024-01-01T00:00:00Z"));
    world.rename_repository("acme/lantern", "acme/torch", "ada", at("2024-05-01T00:00:00Z"));
    let server = Server::start(world, Options::default());
    let mut log = Log::default();
    let asked = config(&server, &["acme/lantern"]);
    log.run(&asked).whole();
    let renamed = log.of("repository.renamed");
    let Payload::RepositoryRenamed(body) = &renamed[0].data else { panic!() };
    assert_eq!((renamed.len(), body.from.as_str(), body.to.as_str()), (1, "acme/lantern", "acme/torch"));
    assert_eq!(log.run(&asked).whole().appended, 0);
}

#[test]
fn a_repository_that_is_asked_for_by_two_names_is_read_once() {
    let mut world = lantern();
    world.rename_repository("acme/lantern", "acme/torch", "ada", at("2024-05-01T00:00:00Z"));
    let server = Server::start(world, Options::default());
    let mut log = Log::default();
    log.run(&config(&server, &["acme", "acme/lantern", "acme/Torch"])).whole();
    assert_same(&log.facts(), &server.world(|world| truth(world, &["acme/torch"])));
    let pages = server.requests().iter().filter(|request| request.text().contains("query Issues")).count();
    assert_eq!(pages, 1);
}

#[test]
fn a_new_repository_under_an_old_name_is_not_mixed_with_the_old_one() {
    let server = Server::start(lantern(), Options::default());
    let mut log = Log::default();
    log.run(&config(&server, &["acme"])).whole();
    server.update(|world| {
        world.rename_repository("acme/lantern", "acme/torch", "ada", at("2024-05-01T00:00:00Z"));
        world.add_repository("acme/lantern", at("2024-06-01T00:00:00Z"));
        world.open_issue("acme/lantern", "eve", at("2024-06-02T00:00:00Z"), "Another number one");
    });
    let outcome = log.run(&config(&server, &["acme"]));
    assert!(outcome.failed.is_none(), "{:?}", outcome.failed);
    assert!(outcome.problems[0].message.contains("was the name of another repository"), "{:?}", outcome.problems);
    assert!(!log.events.values().any(|event| event.actor.as_deref() == Some("github:eve")));
}

#[test]
fn a_repository_keeps_the_name_of_its_facts_when_it_is_renamed_later() {
    let server = Server::start(lantern(), Options::default());
    let mut log = Log::default();
    log.run(&config(&server, &["acme"])).whole();
    server.update(|world| {
        world.rename_repository("acme/lantern", "acme/torch", "ada", at("2024-05-01T00:00:00Z"));
        world.comment("acme/torch", 1, "bob", at("2024-05-02T00:00:00Z"), "Nice name");
    });
    let outcome = log.run(&config(&server, &["acme"])).whole();
    let added: Vec<&str> = log.of("issue.commented").iter().map(|event| event.subject.as_str()).collect();
    assert!(added.iter().all(|subject| subject.starts_with("github:acme/lantern#")), "{added:?}");
    assert_eq!(log.of("repository.renamed").len(), 1);
    // The comment, the new name, and the total of comments.
    assert_eq!(outcome.appended, 3, "{:?}", log.ids());
}

#[test]
fn one_repository_that_does_not_answer_does_not_stop_the_others() {
    let mut world = World::new();
    for (name, access) in [
        ("acme/a-gone", Access::Gone),
        ("acme/b-blocked", Access::Blocked),
        ("acme/c-forbidden", Access::Forbidden),
        ("acme/d-open", Access::Open),
    ] {
        world.add_repository(name, at("2024-01-01T00:00:00Z")).access = access;
        world.open_issue(name, "ada", at("2024-02-01T00:00:00Z"), "One");
    }
    let server = Server::start(world, Options::default());
    let mut log = Log::default();
    let outcome = log.run(&config(&server, &["acme", "acme/a-gone"]));
    assert!(outcome.failed.is_none(), "{:?}", outcome.failed);
    let mut files: Vec<&str> = outcome.problems.iter().map(|problem| problem.file.as_str()).collect();
    files.sort_unstable();
    assert_eq!(files, ["github:acme/a-gone", "github:acme/b-blocked", "github:acme/c-forbidden"]);
    assert!(log.ids().contains(&"github:acme/d-open#1/opened"));
    // Where none answers, nothing is no result.
    let outcome = Log::default().run(&config(&server, &["acme/a-gone", "acme/b-blocked"]));
    let error = outcome.failed.unwrap();
    assert!(error.message.contains("none of the 2 repositories"), "{error}");
}

#[test]
fn a_pattern_that_matches_nothing_is_an_error() {
    let server = Server::start(lantern(), Options::default());
    for wrong in ["acme/latern*", "acmee"] {
        let outcome = Log::default().run(&config(&server, &[wrong]));
        let error = outcome.failed.unwrap();
        assert!(error.message.contains(wrong), "{error}");
    }
    assert!(open_with(&config(&server, &["*/lantern"]), None, IN_A_HURRY).is_err());
    assert!(open_with(&config(&server, &[]), None, IN_A_HURRY).is_err());
}

#[test]
fn what_is_not_asked_for_is_not_collected() {
    let server = Server::start(lantern(), Options::default());
    let mut log = Log::default();
    let mut asked = config(&server, &["acme"]);
    (asked.stars, asked.discussions) = (false, false);
    log.run(&asked).whole();
    for kind in ["repository.starred", "repository.forked", "discussion.opened", "discussion.commented"] {
        assert!(log.of(kind).is_empty(), "{kind}");
    }
    assert!(!log.of("issue.opened").is_empty());
}

#[test]
fn what_github_says_it_has_is_what_is_held() {
    let world = generate(Plan { items: 300, comments: 800, people: 30, ..Plan::default() });
    let server = Server::start(world, Options::default());
    let mut log = Log::default();
    let asked = config(&server, &["acme/lantern"]);
    log.run(&asked).whole();
    let counted = log.counted("acme/lantern");
    for kind in [
        "issue.opened",
        "pull_request.opened",
        "pull_request.merged",
        "release.published",
        "pull_request.review_commented",
    ] {
        assert_eq!(counted[&(kind.to_owned(), "all".to_owned())], log.of(kind).len() as u64, "{kind}");
    }
    let comments = (log.of("issue.commented").len() + log.of("pull_request.commented").len()) as u64;
    assert_eq!(counted[&("issue.commented+pull_request.commented".to_owned(), "all".to_owned())], comments);
    let mut merged = std::collections::BTreeMap::<String, u64>::new();
    for event in log.of("pull_request.merged") {
        *merged.entry(event.time.strftime("%Y-%m-01").to_string()).or_default() += 1;
    }
    let months = counted.into_iter().filter(|((_, month), _)| month != "all").map(|((_, month), count)| (month, count));
    assert_eq!(months.collect::<std::collections::BTreeMap<_, _>>(), merged);
    assert!(merged.len() > 24);
}

#[test]
fn an_issue_that_was_transferred_has_its_whole_history_where_it_is() {
    let mut world = lantern();
    world.add_repository("acme/wick", at("2024-01-01T00:00:00Z"));
    world.transfer("acme/lantern", 1, "acme/wick", "bob", at("2024-04-01T00:00:00Z"));
    let server = Server::start(world, Options::default());
    let mut log = Log::default();
    log.run(&config(&server, &["acme"])).whole();
    assert_same(&log.facts(), &server.world(|world| truth(world, &["acme/lantern", "acme/wick"])));
}
