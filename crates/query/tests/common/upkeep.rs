//! A repository, acme/beacon, in which all goes wrong that can: opened again, closed before it was opened, by an account that is
//! deleted, merged by somebody who is on no roster; two rosters, of which people leave one, both or as emeritus; action items
//! that are carried over and come back.

use super::Fact;
use muster_model::Payload;

/// Id, type, time, subject, actor, payload.
type Line = (&'static str, &'static str, &'static str, &'static str, Option<&'static str>, &'static str);

const ITEMS: &[Line] = &[
    // #1, by an account that is deleted: closed by Uma, opened again by nobody knows whom, twice; open.
    ("b1/opened", "issue.opened", "2025-01-01", "github:acme/beacon#1", None, r#"{"number":1}"#),
    ("b1/closed/1", "issue.closed", "2025-01-05", "github:acme/beacon#1", Some("github:uma"), r#"{"number":1}"#),
    ("b1/reopened/1", "issue.reopened", "2025-01-07", "github:acme/beacon#1", None, r#"{"number":1}"#),
    ("b1/closed/2", "issue.closed", "2025-01-09", "github:acme/beacon#1", Some("github:uma"), r#"{"number":1}"#),
    ("b1/reopened/2", "issue.reopened", "2025-01-11", "github:acme/beacon#1", None, r#"{"number":1}"#),
    // #2 was closed, as clocks have it, a day before it was opened.
    ("b2/opened", "issue.opened", "2025-02-02", "github:acme/beacon#2", Some("github:vic"), r#"{"number":2}"#),
    ("b2/closed", "issue.closed", "2025-02-01", "github:acme/beacon#2", Some("github:vic"), r#"{"number":2}"#),
    // #3: a merge that is told as a close too.
    ("b3/opened", "pull_request.opened", "2025-03-01", "github:acme/beacon#3", Some("github:vic"), r#"{"number":3}"#),
    (
        "b3/review",
        "pull_request.reviewed",
        "2025-03-02",
        "github:acme/beacon#3",
        Some("github:uma"),
        r#"{"number":3,"review":31,"state":"approved"}"#,
    ),
    ("b3/merged", "pull_request.merged", "2025-03-03", "github:acme/beacon#3", Some("github:uma"), r#"{"number":3}"#),
    ("b3/closed", "pull_request.closed", "2025-03-03", "github:acme/beacon#3", Some("github:uma"), r#"{"number":3}"#),
    // #4 is merged by Wes, whom no roster lists.
    ("b4/opened", "pull_request.opened", "2025-03-04", "github:acme/beacon#4", Some("github:uma"), r#"{"number":4}"#),
    ("b4/merged", "pull_request.merged", "2025-03-05", "github:acme/beacon#4", Some("github:wes"), r#"{"number":4}"#),
    // #5 is closed and opened again by its author; open.
    ("b5/opened", "pull_request.opened", "2025-03-06", "github:acme/beacon#5", Some("github:uma"), r#"{"number":5}"#),
    ("b5/closed", "pull_request.closed", "2025-03-07", "github:acme/beacon#5", Some("github:uma"), r#"{"number":5}"#),
    (
        "b5/reopened",
        "pull_request.reopened",
        "2025-03-08",
        "github:acme/beacon#5",
        Some("github:uma"),
        r#"{"number":5}"#,
    ),
];

const ROSTERS: &[Line] = &[
    (
        "r/uma",
        "maintainer.listed",
        "2025-01-10",
        "roster:x",
        None,
        r#"{"account":"github:uma","name":"Uma","role":"maintainer",
        "organisation":"Acme","maintainer":true,"repository":"acme/beacon","path":"MAINTAINERS.md"}"#,
    ),
    (
        "r/vic",
        "maintainer.listed",
        "2025-03-15",
        "roster:x",
        None,
        r#"{"account":"github:vic","name":"Vic","role":"maintainer",
        "organisation":"Borealis","maintainer":true,"repository":"acme/beacon","path":"MAINTAINERS.md"}"#,
    ),
    // Uma goes from one file to another: she is a maintainer all the time.
    (
        "r/uma/owners",
        "maintainer.listed",
        "2025-03-20",
        "roster:y",
        None,
        r#"{"account":"github:uma","name":"Uma","role":"approvers",
        "maintainer":true,"repository":"acme/beacon","path":"OWNERS"}"#,
    ),
    (
        "r/uma/gone",
        "maintainer.unlisted",
        "2025-04-01",
        "roster:x",
        None,
        r#"{"account":"github:uma","role":"maintainer",
        "repository":"acme/beacon","path":"MAINTAINERS.md"}"#,
    ),
    (
        "r/vic/gone",
        "maintainer.unlisted",
        "2025-05-01",
        "roster:x",
        None,
        r#"{"account":"github:vic","role":"maintainer",
        "reason":"emeritus","repository":"acme/beacon","path":"MAINTAINERS.md"}"#,
    ),
    // Yan's roster moves to another repository, five days later.
    (
        "r/yan",
        "maintainer.listed",
        "2025-02-20",
        "roster:z",
        None,
        r#"{"account":"github:yan","name":"Yan","role":"maintainer","organisation":"Dune","maintainer":true,
        "repository":"acme/lamp","path":"MAINTAINERS.md"}"#,
    ),
    (
        "r/yan/gone",
        "maintainer.unlisted",
        "2025-04-20",
        "roster:z",
        None,
        r#"{"account":"github:yan","role":"maintainer","reason":"moved","repository":"acme/lamp","path":"MAINTAINERS.md"}"#,
    ),
    (
        "r/yan/here",
        "maintainer.listed",
        "2025-04-25",
        "roster:x",
        None,
        r#"{"account":"github:yan","name":"Yan","role":"maintainer","organisation":"Dune","maintainer":true,
        "repository":"acme/beacon","path":"MAINTAINERS.md"}"#,
    ),
    (
        "r/zoe",
        "maintainer.listed",
        "2025-05-15",
        "roster:x",
        None,
        r#"{"account":"github:zoe","name":"Zoe","role":"maintainer",
        "organisation":"Cirrus","maintainer":true,"repository":"acme/beacon","path":"MAINTAINERS.md"}"#,
    ),
];

const NOTES: &[Line] = &[
    (
        "notes:crew/b/2025-02-10/held",
        "meeting.held",
        "2025-02-10",
        "meeting:b/2025-02-10",
        None,
        r#"{"community":"crew","series":"b","date":"2025-02-10"}"#,
    ),
    (
        "notes:crew/b/2025-02-10/attended/github:uma",
        "meeting.attended",
        "2025-02-10",
        "meeting:b/2025-02-10",
        Some("github:uma"),
        r#"{"name":"Uma","organisation":"Acme"}"#,
    ),
    (
        "notes:crew/b/2025-02-10/action/aa",
        "action.recorded",
        "2025-02-10",
        "meeting:b/2025-02-10",
        None,
        r#"{"text":"call the printers","owners":["github:uma"],"state":"open"}"#,
    ),
    (
        "notes:crew/b/2025-03-10/action/aa",
        "action.recorded",
        "2025-03-10",
        "meeting:b/2025-03-10",
        None,
        r#"{"text":"call the printers","owners":["github:uma"],"state":"open"}"#,
    ),
    (
        "notes:crew/b/2025-04-10/action/aa",
        "action.recorded",
        "2025-04-10",
        "meeting:b/2025-04-10",
        None,
        r#"{"text":"call the printers","owners":["github:uma"],"state":"done"}"#,
    ),
    // Ticked in two notes: done once. Open again in May: another action.
    (
        "notes:crew/b/2025-04-24/action/aa",
        "action.recorded",
        "2025-04-24",
        "meeting:b/2025-04-24",
        None,
        r#"{"text":"call the printers","owners":["github:uma"],"state":"done"}"#,
    ),
    (
        "notes:crew/b/2025-05-10/action/aa",
        "action.recorded",
        "2025-05-10",
        "meeting:b/2025-05-10",
        None,
        r#"{"text":"call the printers","owners":["github:uma"],"state":"open"}"#,
    ),
    // First heard of when it is done.
    (
        "notes:crew/b/2025-05-10/action/bb",
        "action.recorded",
        "2025-05-10",
        "meeting:b/2025-05-10",
        None,
        r#"{"text":"pay the printers","owners":[],"state":"done"}"#,
    ),
    (
        "notes:crew/b/2025-02-10/item/1",
        "item.reviewed",
        "2025-02-10",
        "meeting:b/2025-02-10",
        None,
        r#"{"item":"github:acme/beacon#1","kind":"issue","status":"todo"}"#,
    ),
    (
        "notes:crew/b/2025-03-10/item/1",
        "item.reviewed",
        "2025-03-10",
        "meeting:b/2025-03-10",
        None,
        r#"{"item":"github:acme/beacon#1","kind":"issue","status":"done"}"#,
    ),
    (
        "notes:crew/b/2025-04-10/item/1",
        "item.reviewed",
        "2025-04-10",
        "meeting:b/2025-04-10",
        None,
        r#"{"item":"github:acme/beacon#1","kind":"issue"}"#,
    ),
    (
        "notes:crew/b/2025-03-10/item/3",
        "item.reviewed",
        "2025-03-10",
        "meeting:b/2025-03-10",
        None,
        r#"{"item":"github:acme/beacon#3","kind":"pull_request"}"#,
    ),
];

/// All of it, as facts of the log.
pub fn beacon() -> Vec<Fact> {
    let fact = |&(id, kind, time, subject, actor, json): &Line| {
        let json = format!("{{\"schema\":1,{}", &json[1..]);
        Fact(id, time, subject, actor, Payload::from_json(kind, &json))
    };
    [ITEMS, ROSTERS, NOTES].into_iter().flatten().map(fact).collect()
}
