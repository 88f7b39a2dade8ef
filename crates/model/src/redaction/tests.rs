//! Who asked to be left out is found wherever a name can stand, and nobody else is.

use super::*;
use crate::account::{forgotten_hashes, masked};
use jiff::Timestamp;

const ACCOUNTS: &[&str] = &[
    "github:ada-lark",
    "github-id:583231",
    "email:ada@lark.example",
    "email:583231+ada-lark@users.noreply.github.com",
    "name:lantern/Ada",
    "initials:lantern/tsc/2025-06-17/AL",
];

fn redaction() -> Redaction {
    let hashes = forgotten_hashes(ACCOUNTS.iter().copied(), ["Ada Lark", "Ada", "王小明"].into_iter());
    let other = forgotten_hashes(["github:al"].into_iter(), ["Ada Lark"].into_iter());
    Redaction::new(&[
        PersonForgotten { pseudonym: "forgotten:12".to_owned(), hashes: other },
        PersonForgotten { pseudonym: "forgotten:3".to_owned(), hashes },
    ])
}

fn event(id: &str, actor: Option<&str>, kind: &str, json: &str) -> Event {
    Event {
        id: id.to_owned(),
        source: "notes:lantern/2025.md".into(),
        time: Timestamp::UNIX_EPOCH,
        subject: "meeting:tsc/2025-06-17".to_owned(),
        actor: actor.map(str::to_owned),
        url: None,
        data: Payload::from_json(kind, json),
        collector: "test/1".into(),
    }
}

#[track_caller]
fn applied(mut event: Event) -> Event {
    let redaction = redaction();
    let known = !matches!(event.data, Payload::Unknown { .. });
    assert!(redaction.apply(&mut event), "{event:?}");
    let once = event.clone();
    assert!(!redaction.apply(&mut event) && event == once, "{once:?}, then {event:?}");
    assert_eq!(known, !matches!(event.data, Payload::Unknown { .. }), "{event:?}");
    event
}

#[track_caller]
fn text(written: &str) -> String {
    let json = format!("{{\"schema\":1,\"text\":{}}}", serde_json::json!(written));
    let mut event = event("notes:a", None, "topic.raised", &json);
    let redaction = redaction();
    redaction.apply(&mut event);
    let once = event.clone();
    assert!(!redaction.apply(&mut event) && event == once, "{once:?}");
    let Payload::TopicRaised(topic) = event.data else { panic!("{:?}", event.data) };
    topic.text
}

#[test]
fn texts_lose_names_logins_and_addresses() {
    for (written, left) in [
        ("Ada Lark said so", "(forgotten) said so"),
        ("thanks to ADA  LARK. And", "thanks to (forgotten). And"),
        ("by Lark, Ada (Acme)", "by (forgotten) (Acme)"),
        ("**Ada Lark**'s idea", "**(forgotten)**'s idea"),
        ("ada-lark's, @Ada-Lark: @al", "(forgotten)'s, (forgotten): (forgotten)"),
        ("<Ada@Lark.example>, mailto:ada@lark.example.", "<(forgotten)>, mailto:(forgotten)."),
        ("1+ada-lark@users.noreply.github.com", "(forgotten)"),
        ("583231+elsewhere@users.noreply.github.com", "(forgotten)"),
        ("see https://github.com/Ada-Lark/lantern/pull/1", "see https://github.com/(forgotten)/lantern/pull/1"),
        ("git@github.com:al/x", "git@github.com:(forgotten)/x"),
        ("Merge pull request #12 from al/fix", "Merge pull request #12 from (forgotten)/fix"),
        ("github:ada-lark and name:lantern/Ada", "(forgotten) and (forgotten)"),
        ("感谢王小明的工作", "感谢(forgotten)的工作"),
        // A single given name, a short login without its @, and whatever only looks alike, stay.
        ("Ada, al and Lark", "Ada, al and Lark"),
        (
            "ada-lark-2 @al-2 bada@lark.example @alx ada@lark.example.org",
            "ada-lark-2 @al-2 bada@lark.example @alx ada@lark.example.org",
        ),
        ("Canada Larks forgotten (forgotten)", "Canada Larks forgotten (forgotten)"),
        ("fix: name: Ada", "fix: name: Ada"),
        ("", ""),
    ] {
        assert_eq!(text(written), left, "{written}");
    }
}

#[test]
fn a_meeting_keeps_its_seats() {
    let attended = applied(event(
        "notes:lantern/tsc/2025-06-17/attended/github:ada-lark",
        Some("github:ada-lark"),
        "meeting.attended",
        r#"{"schema":1,"name":"Ada L.","organisation":"Acme"}"#,
    ));
    assert_eq!(attended.id, "notes:lantern/tsc/2025-06-17/attended/forgotten:3");
    assert_eq!(attended.actor.as_deref(), Some("forgotten:3"));
    assert_eq!(attended.data.to_json(), r#"{"schema":1,"name":"(forgotten)","organisation":"Acme"}"#);
    // A name of two words is known in a community where it was never seen.
    let elsewhere = applied(event(
        "notes:other/tsc/2025-06-17/attended/name:other/Ada Lark",
        Some("name:other/Ada Lark"),
        "meeting.attended",
        r#"{"schema":1,"name":"Ada Lark"}"#,
    ));
    assert_eq!(elsewhere.id, "notes:other/tsc/2025-06-17/attended/forgotten:3");
    let speaker = |written: &str| {
        event(
            &format!("notes:lantern/tsc/2025-06-17/speaker/{written}"),
            Some(&format!("initials:lantern/tsc/2025-06-17/{written}")),
            "speaker.recorded",
            &format!(r#"{{"schema":1,"written":"{written}"}}"#),
        )
    };
    for written in ["AL", "Ada Lark"] {
        let spoke = applied(speaker(written));
        assert_eq!(spoke.id, "notes:lantern/tsc/2025-06-17/speaker/forgotten:3");
        assert_eq!(spoke.actor.as_deref(), Some("forgotten:3"));
        assert_eq!(spoke.data.to_json(), r#"{"schema":1,"written":"(forgotten)"}"#);
    }
    assert!(!redaction().apply(&mut speaker("BF")));
    let linked = applied(event(
        "notes:lantern/tsc/2025-06-17/linked/name:lantern/Ada",
        None,
        "account.linked",
        r#"{"schema":1,"account":"name:lantern/Ada","canonical":"github:ada-lark","evidence":"profile-link","name":"Lady A."}"#,
    ));
    assert_eq!(linked.id, "notes:lantern/tsc/2025-06-17/linked/forgotten:3");
    assert_eq!(
        linked.data.to_json(),
        r#"{"schema":1,"account":"forgotten:3","canonical":"forgotten:3","evidence":"profile-link","name":"(forgotten)"}"#
    );
    let action = applied(event(
        "notes:lantern/tsc/2025-06-17/action/00112233",
        None,
        "action.recorded",
        r#"{"schema":1,"text":"Ask Bo","owners":["github:bo","github:ada-lark"],"state":"open"}"#,
    ));
    assert!(action.data.to_json().contains(r#"["github:bo","forgotten:3"]"#));
}

#[test]
fn a_commit_keeps_its_people_apart() {
    let mut commit = event(
        "git:0a1b",
        Some("email:ada@lark.example"),
        "commit.authored",
        r#"{"schema":1,"sha":"0a1b","author":{"account":"email:ada@lark.example","name":"A. L."},"committer":{"account":"email:bo@b.example","name":"Bo"},"committed":"2025-01-01T00:00:00Z","parents":1,"summary":"Thank Ada Lark","trailers":[{"key":"acked-by","account":"email:new@x.example","name":"Ada Lark"}]}"#,
    );
    commit.subject = "git:ada-lark/lantern@0a1b".to_owned();
    commit.url = Some("https://github.com/ada-lark/lantern/commit/0a1b".to_owned());
    let commit = applied(commit);
    assert_eq!(
        commit.data.to_json(),
        r#"{"schema":1,"sha":"0a1b","author":{"account":"forgotten:3","name":"(forgotten)"},"committer":{"account":"email:bo@b.example","name":"Bo"},"committed":"2025-01-01T00:00:00Z","parents":1,"summary":"Thank (forgotten)","trailers":[{"key":"acked-by","account":"email:new@x.example","name":"(forgotten)"}]}"#
    );
    assert_eq!(commit.actor.as_deref(), Some("forgotten:3"));
    // The repository is everybody's key, although it is hers.
    assert_eq!(commit.subject, "git:ada-lark/lantern@0a1b");
    assert_eq!(commit.url.as_deref(), Some("https://github.com/ada-lark/lantern/commit/0a1b"));
}

#[test]
fn a_number_takes_the_login_with_it() {
    let closed = |actor: &str, id: u64| {
        event(
            "github:acme/lantern#1/closed/x",
            Some(actor),
            "issue.closed",
            &format!(r#"{{"schema":1,"number":1,"actor_id":{id}}}"#),
        )
    };
    for (actor, id) in [("github:successor", 583_231), ("github:ada-lark", 7)] {
        let closed = applied(closed(actor, id));
        assert_eq!(closed.actor.as_deref(), Some("forgotten:3"));
        assert_eq!(closed.data.to_json(), r#"{"schema":1,"number":1}"#);
    }
    assert!(!redaction().apply(&mut closed("github:bo", 7)));
    let merged = applied(event(
        "github:acme/lantern#1/merged",
        Some("github:bo"),
        "pull_request.merged",
        r#"{"schema":1,"number":1,"actor_id":7,"author":"github:successor","author_id":583231}"#,
    ));
    assert_eq!(merged.data.to_json(), r#"{"schema":1,"number":1,"actor_id":7,"author":"forgotten:3"}"#);
}

#[test]
fn ids_and_addresses_are_searched_too() {
    let hidden = masked("email:ada@lark.example");
    for (id, left) in [
        (
            format!("people:p/gitdm/linked/{hidden}=github:ada-lark#2"),
            "people:p/gitdm/linked/forgotten:3=forgotten:3#2",
        ),
        (
            format!("mailmap:acme/x/{hidden}=>email:bo@b.example#{:016x}", xxhash_rust::xxh3::xxh3_64(b"Ada Lark")),
            "mailmap:acme/x/forgotten:3=>email:bo@b.example#forgotten:3",
        ),
        (
            "mailmap:acme/x/email:ada@lark.example=>email:bo@b.example".to_owned(),
            "mailmap:acme/x/forgotten:3=>email:bo@b.example",
        ),
        (
            "github:acme/x/starred/583231/2025-01-01T00:00:00Z".to_owned(),
            "github:acme/x/starred/forgotten:3/2025-01-01T00:00:00Z",
        ),
        (
            "github:acme/x/forked/Ada-Lark/2025-01-01T00:00:00Z".to_owned(),
            "github:acme/x/forked/forgotten:3/2025-01-01T00:00:00Z",
        ),
        (
            "github:acme/x#1/assigned/github:al/2025-01-01T00:00:00Z~".to_owned(),
            "github:acme/x#1/assigned/forgotten:12/2025-01-01T00:00:00Z~",
        ),
        (
            "roster:acme/x/MAINTAINERS.md/0a1b/listed/maintainer/github:ada-lark".to_owned(),
            "roster:acme/x/MAINTAINERS.md/0a1b/listed/maintainer/forgotten:3",
        ),
        (
            "notes:ada-lark/tsc/2025-06-17/item/github:ada-lark/x#1 github:al".to_owned(),
            "notes:ada-lark/tsc/2025-06-17/item/github:ada-lark/x#1 forgotten:12",
        ),
    ] {
        assert_eq!(applied(event(&id, None, "tag.created", r#"{"schema":1,"name":"v1","sha":"0"}"#)).id, left);
    }
    let mut forked = event(
        "github:acme/x/forked/7/t",
        Some("github:bo"),
        "repository.forked",
        r#"{"schema":1,"fork":"Ada-Lark/x"}"#,
    );
    forked.subject = "github:acme/x".to_owned();
    forked.url = Some("https://github.com/Ada-Lark/x".to_owned());
    let forked = applied(forked);
    assert_eq!(forked.url.as_deref(), Some("https://github.com/forgotten:3/x"));
    assert_eq!(forked.data.to_json(), r#"{"schema":1,"fork":"forgotten:3/x"}"#);
    for own in ["github:ada-lark/x#1/comment/583231", "github:ada-lark/x", "git:ada-lark/x@0a1b"] {
        assert!(!redaction().apply(&mut event(
            own,
            None,
            "tag.created",
            r#"{"schema":1,"name":"ada-lark","sha":"0"}"#
        )));
    }
}

#[test]
fn what_is_not_known_is_searched_as_text() {
    let unknown = applied(event(
        "a",
        None,
        "planet.discovered",
        r#"{"schema":4,"by":["Ada Lark",{"who":"github:ada-lark"}],"n":1.5}"#,
    ));
    assert_eq!(unknown.data.to_json(), r#"{"schema":4,"by":["(forgotten)",{"who":"(forgotten)"}],"n":1.5}"#);
    let broken = applied(event("a", None, "issue.closed", "not JSON, says Ada Lark"));
    assert_eq!(broken.data.to_json(), "not JSON, says (forgotten)");
    let listed = applied(event(
        "a",
        None,
        "maintainer.listed",
        r#"{"schema":1,"account":"github:ada-lark","name":"ada-lark","role":"maintainer","maintainer":true,"repository":"ada-lark/x","path":"OWNERS"}"#,
    ));
    assert!(listed.data.to_json().contains(r#""account":"forgotten:3","name":"(forgotten)","role":"maintainer""#));
    assert!(listed.data.to_json().contains(r#""repository":"ada-lark/x""#));
}

#[test]
fn nobody_forgotten_changes_nothing_and_the_wish_itself_stays() {
    let nobody = Redaction::new(&[]);
    assert!(nobody.is_empty() && !redaction().is_empty());
    let seen = event("a", Some("github:ada-lark"), "repository.starred", r#"{"schema":1}"#);
    let mut same = seen.clone();
    assert!(!nobody.apply(&mut same) && same == seen);
    let hashes = forgotten_hashes(["github:ada-lark"].into_iter(), std::iter::empty());
    let wish = Payload::PersonForgotten(PersonForgotten { pseudonym: "forgotten:3".to_owned(), hashes });
    let mut wish = event("people:p/people/forgotten/forgotten:3", None, "person.forgotten", &wish.to_json());
    assert!(!redaction().apply(&mut wish));
}
