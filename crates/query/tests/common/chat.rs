//! A workspace, a mailing list, and what GitHub says it holds.

use super::Fact;
use muster_model::Payload;
use muster_model::payload::{
    AccountDescribed, AccountLinked, ChannelDescribed, ItemReviewed, MessageDeleted, MessageEdited, MessagePosted,
    MessageReacted, SourceCounted,
};

fn posted(thread: Option<&str>, question: bool) -> Payload {
    Payload::MessagePosted(MessagePosted {
        thread: thread.map(str::to_owned),
        question,
        length: 5,
        text_hash: "0".into(),
        ..Default::default()
    })
}

fn mailed(thread: Option<&str>, topic: Option<&str>, continues: bool) -> Payload {
    Payload::MessagePosted(MessagePosted {
        thread: thread.map(str::to_owned),
        topic: topic.map(str::to_owned),
        continues,
        length: 5,
        text_hash: "0".into(),
        ..Default::default()
    })
}

fn counted(counted: &str, count: u64, month: Option<&str>) -> Payload {
    Payload::SourceCounted(SourceCounted {
        counted: counted.into(),
        count,
        repository: Some("Acme/Lantern".into()),
        month: month.map(str::to_owned),
    })
}

const C: &str = "slack:T1/C1";
const L: &str = "mail:dev";
const ADA: Option<&str> = Some("slack:T1/U1");
const EVE: Option<&str> = Some("slack:T1/U2");
const HELPER: Option<&str> = Some("slack:T1/B1");

#[allow(clippy::too_many_lines)]
pub fn workspace() -> Vec<Fact> {
    let described = |name: &str, archived| {
        Payload::ChannelDescribed(ChannelDescribed { name: name.into(), kind: "public".into(), parent: None, archived })
    };
    vec![
        Fact("slack:T1/C1/described/1", "2025-01-01T00:00:00Z", C, None, described("old-name", false)),
        Fact("slack:T1/C1/described/2", "2025-01-02T00:00:00Z", C, None, described("general", false)),
        Fact(
            "slack:T1/U1/described/1",
            "2024-01-01T00:00:00Z",
            "slack:T1/U1",
            None,
            Payload::AccountDescribed(AccountDescribed { name: "Ada".into(), bot: false }),
        ),
        Fact(
            "slack:T1/U1/linked",
            "2024-01-01T00:00:00Z",
            "slack:T1/U1",
            None,
            Payload::AccountLinked(AccountLinked {
                account: "slack:T1/U1".into(),
                canonical: "email:ada@example.org".into(),
                evidence: "chat-profile".into(),
                name: Some("Ada".into()),
                ..Default::default()
            }),
        ),
        // Never posts: nobody we count.
        Fact(
            "slack:T1/U9/described/1",
            "2024-01-01T00:00:00Z",
            "slack:T1/U9",
            None,
            Payload::AccountDescribed(AccountDescribed { name: "Silent".into(), bot: false }),
        ),
        Fact(
            "slack:T1/B1/described/1",
            "1970-01-01T00:00:00Z",
            "slack:T1/B1",
            None,
            Payload::AccountDescribed(AccountDescribed { name: "Helper".into(), bot: true }),
        ),
        // Ada asks; she adds to it, a program answers, then Eve does. A meeting looks at Eve's answer.
        Fact("slack:T1/C1/100.000001", "2025-02-01T10:00:00Z", C, ADA, posted(None, true)),
        Fact("slack:T1/C1/100.000002", "2025-02-01T10:05:00Z", C, ADA, posted(Some("slack:T1/C1/100.000001"), false)),
        Fact(
            "slack:T1/C1/100.000003",
            "2025-02-01T10:10:00Z",
            C,
            HELPER,
            posted(Some("slack:T1/C1/100.000001"), false),
        ),
        Fact("slack:T1/C1/100.000004", "2025-02-01T13:00:00Z", C, EVE, posted(Some("slack:T1/C1/100.000001"), false)),
        Fact(
            "notes:crew/2025-02-10/reviewed/x",
            "2025-02-10T00:00:00Z",
            "meeting:crew/2025-02-10",
            None,
            Payload::ItemReviewed(ItemReviewed {
                item: "slack:C1/100.000004".into(),
                kind: "message".into(),
                status: None,
            }),
        ),
        Fact(
            "slack:T1/C1/100.000001/edited/101.0",
            "2025-02-01T10:01:00Z",
            "slack:T1/C1/100.000001",
            ADA,
            Payload::MessageEdited(MessageEdited { text_hash: None }),
        ),
        Fact(
            "slack:T1/C1/100.000001/reacted/+1/U2",
            "2025-02-01T10:00:00Z",
            "slack:T1/C1/100.000001",
            EVE,
            Payload::MessageReacted(MessageReacted { reaction: "+1".into(), count: None }),
        ),
        Fact(
            "slack:T1/C1/100.000001/reacted/+1",
            "2025-02-01T10:00:00Z",
            "slack:T1/C1/100.000001",
            None,
            Payload::MessageReacted(MessageReacted { reaction: "+1".into(), count: Some(3) }),
        ),
        // Of this thread's beginning only the place is left.
        Fact(
            "slack:T1/C1/200.000001/deleted",
            "2025-03-01T09:00:00Z",
            "slack:T1/C1/200.000001",
            None,
            Payload::MessageDeleted(MessageDeleted { tombstone: true }),
        ),
        Fact("slack:T1/C1/200.000002", "2025-03-01T10:00:00Z", C, EVE, posted(Some("slack:T1/C1/200.000001"), false)),
        // Nobody answers Eve, and the program's own thread is nobody's.
        Fact("slack:T1/C1/300.000001", "2025-04-01T10:00:00Z", C, EVE, posted(None, true)),
        Fact("slack:T1/C1/400.000001", "2025-04-02T10:00:00Z", C, HELPER, posted(None, false)),
        // Mail: c names b only, b names a; d lost its headers; e begins the same subject again, and f goes on with it.
        Fact("mail:dev/a", "2025-01-01T00:00:00Z", L, Some("email:ada@example.org"), mailed(None, Some("t"), false)),
        Fact(
            "mail:dev/b",
            "2025-01-02T00:00:00Z",
            L,
            Some("email:eve@example.org"),
            mailed(Some("mail:dev/a"), None, false),
        ),
        Fact(
            "mail:dev/c",
            "2025-01-03T00:00:00Z",
            L,
            Some("email:ada@example.org"),
            mailed(Some("mail:dev/b"), None, false),
        ),
        Fact("mail:dev/d", "2025-01-04T00:00:00Z", L, Some("email:eve@example.org"), mailed(None, Some("t"), true)),
        Fact("mail:dev/e", "2025-03-01T00:00:00Z", L, Some("email:ada@example.org"), mailed(None, Some("t"), false)),
        Fact("mail:dev/f", "2025-03-02T00:00:00Z", L, Some("email:eve@example.org"), mailed(None, Some("t"), true)),
        // Two that name each other, as broken headers do.
        Fact(
            "mail:dev/x",
            "2025-05-01T00:00:00Z",
            L,
            Some("email:eve@example.org"),
            mailed(Some("mail:dev/y"), None, false),
        ),
        Fact(
            "mail:dev/y",
            "2025-05-01T00:00:00Z",
            L,
            Some("email:eve@example.org"),
            mailed(Some("mail:dev/x"), None, false),
        ),
        // Two issues are in the log by May; GitHub says four, and before that three.
        Fact("counted/1", "2025-03-01T00:00:00Z", "github:Acme/Lantern", None, counted("issue.opened", 3, None)),
        Fact("counted/2", "2025-05-01T00:00:00Z", "github:Acme/Lantern", None, counted("issue.opened", 4, None)),
        Fact(
            "counted/3",
            "2025-05-01T00:00:00Z",
            "github:Acme/Lantern",
            None,
            counted("pull_request.merged", 1, Some("2025-02-01")),
        ),
        Fact("counted/4", "2025-05-01T00:00:00Z", "github:Acme/Lantern", None, counted("release.published", 0, None)),
    ]
}
