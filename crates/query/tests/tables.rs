//! Every table and population over a small log written by hand: real Parquet files, the real engine.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod common;

use common::{Fact, ask, at, engine};
use muster_model::Payload;
use muster_model::payload::{
    AccountLinked, AffiliationDeclared, CommitAuthored, ItemChanged, ItemCommented, ItemOpened, MaintainerListed,
    MaintainerUnlisted, MeetingAttended, MeetingHeld, PullRequestMerged, PushReceived, PushedCommit, ReleasePublished,
    Signature, Trailer,
};
use muster_query::{BotList, BotPolicy, Engine, EventFiles};
use object_store::local::LocalFileSystem;
use std::sync::Arc;

fn opened(number: u64, id: u64) -> Payload {
    Payload::IssueOpened(ItemOpened { number, actor_id: Some(id), actor_type: Some("User".into()), approximate: false })
}

fn closed(number: u64, id: u64, approximate: bool) -> Payload {
    Payload::IssueClosed(ItemChanged { number, actor_id: Some(id), approximate })
}

fn comment(number: u64, comment: u64, id: u64, kind: &str) -> Payload {
    let actor_type = Some(kind.to_owned());
    Payload::IssueCommented(ItemCommented { number, comment, actor_id: Some(id), actor_type, approximate: false })
}

fn kept(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

fn release(number: u64) -> Fact {
    let (id, day) = (format!("github:acme/lantern/release/{number}"), format!("2025-0{}-01T00:00:00Z", number + 1));
    let tag = format!("v1.{number}.0");
    let published = ReleasePublished { release: number, tag, actor_id: Some(1), actor_type: Some("User".into()) };
    Fact(kept(id), kept(day), "github:acme/lantern", Some("github:ada"), Payload::ReleasePublished(published))
}

/// Somebody of an organisation who came once, long ago, and somebody who came back, to stay.
fn long_ago() -> Vec<Fact> {
    let issue = |number: u64, day: &'static str, who: &'static str| {
        let subject = kept(format!("github:acme/lantern#{number}"));
        Fact(kept(format!("{subject}/opened")), day, subject, Some(who), opened(number, 90_000 + number / 100))
    };
    let left = AffiliationDeclared {
        account: "github:gone".into(),
        organisation: "Old Lamps".into(),
        said_by: "people".into(),
        ..Default::default()
    };
    let left = Payload::AffiliationDeclared(left);
    let mut facts = vec![
        issue(900, "2024-01-05T00:00:00Z", "github:gone"),
        Fact("declared/gone", "2024-01-05T00:00:00Z", "people:p/p.toml", None, left),
        issue(800, "2024-01-05T00:00:00Z", "github:back"),
    ];
    facts.extend((801..815).map(|number| issue(number, "2025-03-10T00:00:00Z", "github:back")));
    facts
}

fn person(address: &str, name: &str) -> Signature {
    Signature { account: format!("email:{address}"), name: name.into() }
}

fn commit(sha: &str, author: Signature, trailers: Vec<Trailer>, parents: u32) -> Payload {
    Payload::CommitAuthored(CommitAuthored {
        sha: sha.into(),
        committer: author.clone(),
        author,
        committed: "2025-01-02T00:00:00Z".into(),
        parents,
        summary: "Mend it for bob@example.org".into(),
        trailers,
    })
}

#[allow(clippy::too_many_lines)]
fn community() -> Vec<Fact> {
    let ada = || person("ada@example.org", "Ada");
    let co = Trailer {
        key: "co-authored-by".into(),
        account: "email:7+bob@users.noreply.github.com".into(),
        name: "Bob".into(),
    };
    let listed = |organisation: &str| {
        Payload::MaintainerListed(MaintainerListed {
            account: "github:ada".into(),
            name: "Ada".into(),
            role: "maintainer".into(),
            organisation: Some(organisation.into()),
            maintainer: true,
            repository: "acme/lantern".into(),
            path: "MAINTAINERS.md".into(),
        })
    };
    vec![
        Fact(
            "git:c1",
            "2025-01-02T00:00:00Z",
            "git:acme/lantern@c1",
            Some("email:ada@example.org"),
            commit("c1", ada(), vec![co], 1),
        ),
        Fact(
            "git:c2",
            "2025-01-03T00:00:00Z",
            "git:acme/lantern@c2",
            Some("email:ada@example.org"),
            commit("c2", ada(), vec![], 2),
        ),
        Fact(
            "linked",
            "2025-01-01T00:00:00Z",
            "git:acme/lantern",
            None,
            Payload::AccountLinked(AccountLinked {
                account: "email:ada@example.org".into(),
                canonical: "github:ada".into(),
                evidence: "mailmap".into(),
                name: Some("Ada".into()),
                ..Default::default()
            }),
        ),
        // An issue by Ada (number 5); a bot answers first, Ada adds, Bob (once bobby) answers; closed, approximately and exactly.
        Fact(
            "github:acme/lantern#1/opened",
            "2025-02-01T00:00:00Z",
            "github:acme/lantern#1",
            Some("github:ada"),
            opened(1, 5),
        ),
        Fact(
            "github:acme/lantern#1/comment/11",
            "2025-02-01T00:01:00Z",
            "github:acme/lantern#1",
            Some("github:acme-helper"),
            comment(1, 11, 9, "Bot"),
        ),
        Fact(
            "github:acme/lantern#1/comment/12",
            "2025-02-01T01:00:00Z",
            "github:acme/lantern#1",
            Some("github:ada"),
            comment(1, 12, 5, "User"),
        ),
        Fact(
            "github:acme/lantern#1/comment/13",
            "2025-02-02T00:00:00Z",
            "github:acme/lantern#1",
            Some("github:bobby"),
            comment(1, 13, 7, "User"),
        ),
        Fact(
            "github:acme/lantern#1/closed/2025-02-03T00:00:00Z",
            "2025-02-03T00:00:00Z",
            "github:acme/lantern#1",
            Some("github:bob"),
            closed(1, 7, false),
        ),
        Fact(
            "github:acme/lantern#1/closed/2025-02-03T00:00:09Z~",
            "2025-02-03T00:00:09Z",
            "github:acme/lantern#1",
            Some("github:bob"),
            closed(1, 7, true),
        ),
        // Closed by its own author: no answer. Opened after the as-of instant: not there.
        Fact(
            "github:acme/lantern#2/opened",
            "2025-02-05T00:00:00Z",
            "github:acme/lantern#2",
            Some("github:bob"),
            opened(2, 7),
        ),
        Fact(
            "github:acme/lantern#2/closed/2025-02-06T00:00:00Z",
            "2025-02-06T00:00:00Z",
            "github:acme/lantern#2",
            Some("github:bob"),
            closed(2, 7, false),
        ),
        Fact(
            "github:acme/lantern#3/opened",
            "2025-06-05T00:00:00Z",
            "github:acme/lantern#3",
            Some("github:bob"),
            opened(3, 7),
        ),
        Fact(
            "github:acme/lantern#4/merged~",
            "2025-02-07T00:00:00Z",
            "github:acme/lantern#4",
            Some("github:ada"),
            Payload::PullRequestMerged(PullRequestMerged {
                number: 4,
                actor_id: Some(5),
                author: Some("github:bob".into()),
                author_id: Some(7),
                approximate: true,
            }),
        ),
        Fact("listed", "2025-01-10T00:00:00Z", "roster:acme/lantern/MAINTAINERS.md", None, listed("Acme")),
        Fact(
            "unlisted",
            "2025-03-01T00:00:00Z",
            "roster:acme/lantern/MAINTAINERS.md",
            None,
            Payload::MaintainerUnlisted(MaintainerUnlisted {
                account: "github:ada".into(),
                role: "maintainer".into(),
                reason: None,
                repository: "acme/lantern".into(),
                path: "MAINTAINERS.md".into(),
            }),
        ),
        Fact(
            "declared",
            "2025-01-10T00:00:00Z",
            "roster:acme/lantern/MAINTAINERS.md",
            None,
            Payload::AffiliationDeclared(AffiliationDeclared {
                account: "github:ada".into(),
                organisation: "Acme".into(),
                projects: vec![],
                said_by: "roster".into(),
                ..Default::default()
            }),
        ),
        Fact(
            "notes:crew/2025-02-10/held",
            "2025-02-10T00:00:00Z",
            "meeting:crew/2025-02-10",
            None,
            Payload::MeetingHeld(MeetingHeld {
                community: "crew".into(),
                series: "crew".into(),
                date: "2025-02-10".into(),
                title: None,
                location: None,
            }),
        ),
        Fact(
            "notes:crew/2025-02-10/attended/github:ada",
            "2025-02-10T00:00:00Z",
            "meeting:crew/2025-02-10",
            Some("github:ada"),
            Payload::MeetingAttended(MeetingAttended { name: "Ada".into(), organisation: None, role: None }),
        ),
        Fact(
            "notes:crew/2025-02-10/attended/name:crew/Cyd",
            "2025-02-10T00:00:00Z",
            "meeting:crew/2025-02-10",
            Some("name:crew/Cyd"),
            Payload::MeetingAttended(MeetingAttended {
                name: "Cyd".into(),
                organisation: Some("Borealis".into()),
                role: None,
            }),
        ),
        Fact(
            "notes:crew/2025-02-10/affiliation/name:crew/Cyd",
            "2025-02-10T00:00:00Z",
            "meeting:crew/2025-02-10",
            None,
            Payload::AffiliationDeclared(AffiliationDeclared {
                account: "name:crew/Cyd".into(),
                organisation: "Borealis".into(),
                said_by: "notes".into(),
                ..Default::default()
            }),
        ),
    ]
}

#[tokio::test]
async fn the_tables_say_what_the_events_say() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, library) = engine(folder.path(), &community()).await;
    let written = engine.write_tables(&library, &folder.path().join("tables")).await.unwrap();
    assert_eq!(written.len(), library.tables.len());
    for (sql, expected) in [
        // Bob's three accounts (two logins of one number, a no-reply address) are one person, under the latest login.
        (
            "SELECT DISTINCT person FROM accounts WHERE account IN ('github-id:7', 'github:bob', 'github:bobby') OR name = 'Bob'",
            "github:bob",
        ),
        ("SELECT person, count(*) FROM accounts WHERE person = 'github:ada' GROUP BY 1", "github:ada | 3"),
        ("SELECT DISTINCT person, is_bot FROM accounts WHERE is_bot", "github:acme-helper | true"),
        // No e-mail address in any table; the commit's summary had one.
        ("SELECT count(*) FROM commits WHERE summary LIKE '%example.org%' OR account LIKE '%@%'", "0"),
        ("SELECT count(*) FROM accounts WHERE account LIKE '%@%' OR person LIKE '%@%'", "0"),
        // The bot's and the author's own comments are no answer; the approximate close is the exact one.
        (
            "SELECT number, author, responder, responded_at, closed_at, reopenings FROM issues ORDER BY number",
            "1 | github:ada | github:bob | 2025-02-02T00:00:00Z | 2025-02-03T00:00:00Z | 0\n2 | github:bob |  |  | 2025-02-06T00:00:00Z | 0",
        ),
        ("SELECT count(*) FROM facts WHERE type = 'issue.closed'", "2"),
        // An approximate merge stays where no exact one is known.
        ("SELECT event_id FROM facts WHERE type = 'pull_request.merged'", "github:acme/lantern#4/merged~"),
        (
            "SELECT kind, person, counts FROM contributions WHERE repository = 'acme/lantern' AND kind LIKE '%commit%' ORDER BY 1, 3",
            "co_authored_commit | github:bob | true\ncommit | github:ada | false\ncommit | github:ada | true",
        ),
        (
            "SELECT person, organisation, \"from\", \"until\" FROM affiliations",
            "github:ada | Acme | 2025-01-10T00:00:00Z | 2025-03-01T00:00:00Z\nname:crew/Cyd | Borealis | 2025-02-10T00:00:00Z | 2025-02-11T00:00:00Z",
        ),
        // Before the roster names her employer, it is unknown; afterwards it is Acme.
        (
            "SELECT event_id, organisation FROM contributions WHERE person = 'github:ada' AND kind IN ('commit', 'issue') ORDER BY 1",
            "git:c1 | \ngit:c2 | \ngithub:acme/lantern#1/opened | Acme",
        ),
        (
            "SELECT person, organisation, \"from\", \"until\", unlisted_event FROM maintainers",
            "github:ada | Acme | 2025-01-10T00:00:00Z | 2025-03-01T00:00:00Z | unlisted",
        ),
        ("SELECT name, organisation FROM attendance ORDER BY 1", "Ada | Acme\nCyd | Borealis"),
        ("SELECT meeting, attendees, organisations FROM meetings", "meeting:crew/2025-02-10 | 2 | 2"),
    ] {
        assert_eq!(ask(&engine, sql).await, expected, "{sql}");
    }
}

/// A push of commits, each with its author, to a branch.
fn push(repository: &str, day: u32, branch: &str, commits: &[(&str, Option<&str>)]) -> Fact {
    let listed = |(sha, account): &(&str, Option<&str>)| PushedCommit {
        sha: (*sha).to_owned(),
        account: account.map(|account| format!("email:{account}@example.org")),
        name: "Somebody".into(),
        distinct: true,
    };
    let pushed = PushReceived {
        reference: format!("refs/heads/{branch}"),
        head: "f00".into(),
        size: None,
        commits: commits.iter().map(listed).collect(),
        actor_id: Some(77),
    };
    let (time, subject) = (kept(format!("2025-04-{day:02}T00:00:00Z")), kept(format!("github:{repository}")));
    let id = kept(format!("{subject}/push/{day}/{branch}"));
    Fact(id, time, subject, Some("github:pusher"), Payload::PushReceived(pushed))
}

/// More commits from Git than are pushed, or none: the planner joins the one this way and the other that way round.
#[tokio::test]
async fn a_pushed_commit_counts_once_when_a_push_first_names_its_author_and_never_beside_git() {
    let pushes = || {
        vec![
            push("acme/torch", 3, "main", &[("a", Some("zoe")), ("b", None), ("c", Some("cy"))]),
            push("acme/torch", 2, "next", &[("a", Some("zoe"))]),
            push("acme/torch", 4, "main", &[("a", Some("amy")), ("b", Some("bo")), ("d", None)]),
            push("acme/torch", 5, "master", &[("b", Some("bo")), ("c", Some("cy"))]),
            push("acme/wick", 6, "main", &[("a", Some("zoe"))]),
            push("acme/lantern", 6, "main", &[("e", Some("eve"))]),
        ]
    };
    let expected = [
        "acme/torch | a | 2025-04-03",
        "acme/torch | c | 2025-04-03",
        "acme/torch | b | 2025-04-04",
        "acme/wick | a | 2025-04-06",
    ];
    for in_git in [0, 1, 400] {
        let git = (0..in_git).map(|number| {
            let (id, subject) = (kept(format!("git:g{number}")), kept(format!("git:acme/lantern@g{number}")));
            let author = person("ada@example.org", "Ada");
            Fact(id, "2025-01-02T00:00:00Z", subject, None, commit(&format!("g{number}"), author, vec![], 1))
        });
        let folder = tempfile::tempdir().unwrap();
        let (engine, library) = engine(folder.path(), &pushes().into_iter().chain(git).collect::<Vec<_>>()).await;
        engine.write_tables(&library, &folder.path().join("tables")).await.unwrap();
        let sql = "SELECT repository, replace(url, concat('https://github.com/', repository, '/commit/'), '') AS sha, time, account
                   FROM contributions WHERE kind = 'commit' AND event_id LIKE '%/push/%' ORDER BY time, repository, sha";
        let found = ask(&engine, sql).await;
        let of_lantern = usize::from(in_git == 0);
        assert_eq!(found.lines().filter(|row| row.starts_with("acme/lantern | e")).count(), of_lantern, "{found}");
        let others: Vec<&str> = found.lines().filter(|row| !row.starts_with("acme/lantern")).collect();
        assert_eq!(others.len(), expected.len(), "{found}");
        for (row, expected) in others.iter().zip(expected) {
            assert!(row.starts_with(expected), "{row}: {expected}");
        }
        let ask_zoe = "SELECT count(DISTINCT account), count(*) FROM contributions WHERE url LIKE '%/commit/a'";
        assert_eq!(ask(&engine, ask_zoe).await, "1 | 2", "both are zoe's, whose word came first");
    }
}

#[tokio::test]
async fn the_order_of_the_log_does_not_show_in_the_tables() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut facts: Vec<Fact> = community().into_iter().chain(common::chat::workspace()).collect();
    let (engine_one, library) = engine(one.path(), &facts).await;
    facts.reverse();
    let (engine_other, _) = engine(other.path(), &facts).await;
    for (table, again) in engine_one
        .write_tables(&library, &one.path().join("tables"))
        .await
        .unwrap()
        .iter()
        .zip(engine_other.write_tables(&library, &other.path().join("tables")).await.unwrap())
    {
        assert_eq!(std::fs::read(&table.path).unwrap(), std::fs::read(&again.path).unwrap(), "{}", table.name);
    }
}

#[tokio::test]
async fn every_column_of_every_table_is_described() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, library) = engine(folder.path(), &community()).await;
    engine.write_tables(&library, &folder.path().join("tables")).await.unwrap();
    for table in library.tables.values() {
        let (schema, _) = engine.ask(&format!("SELECT * FROM {} LIMIT 0", table.name)).await.unwrap();
        let there: std::collections::BTreeSet<_> = schema.fields().iter().map(|field| field.name().clone()).collect();
        assert_eq!(there, table.columns.keys().cloned().collect(), "table {}", table.name);
    }
}

#[tokio::test]
async fn every_population_can_be_computed_and_an_empty_log_gives_empty_ones() {
    let folder = tempfile::tempdir().unwrap();
    let facts = community().into_iter().chain(common::chat::workspace()).chain(common::upkeep::beacon());
    let facts: Vec<Fact> = facts.chain(long_ago()).chain([release(1), release(2)]).collect();
    let (engine_full, library) = engine(folder.path(), &facts).await;
    engine_full.write_tables(&library, &folder.path().join("tables")).await.unwrap();
    let empty = Engine::new(at("2025-06-01"), &BotPolicy::new(BotList::Muster, &[], &[]).unwrap()).unwrap();
    let store = Arc::new(LocalFileSystem::new_with_prefix(folder.path()).unwrap());
    empty.register_events(EventFiles { store, paths: vec![] }).await.unwrap();
    empty.write_tables(&library, &folder.path().join("none")).await.unwrap();
    let mut without = Vec::new();
    for id in engine_full.order(&library).unwrap() {
        let metric = &library.metrics[&id];
        let some = engine_full.write_population(metric, &folder.path().join("populations")).await.unwrap();
        let none = empty.write_population(metric, &folder.path().join("empty")).await.unwrap();
        if some.rows == 0 {
            without.push(id.clone());
        }
        assert_eq!(none.rows, 0, "{id}");
        // Others may be made from it.
        engine_full.open_parquet(&id, &some.path).await.unwrap();
        empty.open_parquet(&id, &none.path).await.unwrap();
    }
    assert!(without.is_empty(), "no row in {without:?}");
}

#[tokio::test]
async fn a_question_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, _) = engine(folder.path(), &community()).await;
    for sql in ["CREATE TABLE x AS SELECT 1", "COPY events TO 'x.parquet'", "SET datafusion.execution.batch_size = 1"] {
        assert!(engine.ask(sql).await.is_err(), "{sql}");
    }
    let error = engine.ask("SELECT nobody FROM events").await.unwrap_err().to_string();
    assert!(error.contains("nobody"), "{error}");
}
