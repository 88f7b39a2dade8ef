//! Records as GH Archive has them, made for the tests.

use std::fmt::Write as _;

/// A pipeline over one folder, `archive`.
pub const PIPELINE: &str = r#"
[project]
name = "lantern"
log = "log"
out = "out"
as_of = "2025-06-01"
[[source]]
kind = "gharchive"
name = "archive"
path = "archive"
"#;

/// GitHub's number, login and type.
type Who = (u32, &'static str, &'static str);

const PEOPLE: [Who; 8] = [
    (1, "ada", "User"),
    (2, "bob", "User"),
    (3, "cyd", "User"),
    (4, "dan", "User"),
    (5, "eve", "User"),
    (6, "fay", "User"),
    (7, "dependabot[bot]", "Bot"),
    (8, "lantern-bot", "User"),
];

const REPOSITORIES: [&str; 3] = ["acme/lantern", "acme/wick", "guild/oil"];

/// One record.
pub fn record(kind: &str, repository: &str, who: Who, at: &str, payload: &str) -> String {
    let (id, login, _) = who;
    format!(
        r#"{{"id":"1","type":"{kind}","actor":{{"id":{id},"login":"{login}"}},"repo":{{"id":1,"name":"{repository}"}},"payload":{payload},"created_at":"{at}"}}"#
    )
}

fn user((id, login, kind): Who) -> String {
    format!(r#"{{"id":{id},"login":"{login}","type":"{kind}"}}"#)
}

/// The opening of issue `number` of acme/lantern.
pub fn opened(number: u32) -> String {
    issue("acme/lantern", number, PEOPLE[number as usize % 6], "2025-02-01T00:00:00Z", None, PEOPLE[0])
}

fn issue(repository: &str, number: u32, author: Who, at: &str, closed_at: Option<&str>, who: Who) -> String {
    let author_json = user(author);
    match closed_at {
        None => {
            let issue = format!(r#"{{"number":{number},"user":{author_json},"created_at":"{at}"}}"#);
            record("IssuesEvent", repository, author, at, &format!(r#"{{"action":"opened","issue":{issue}}}"#))
        }
        Some(closed) => {
            let issue =
                format!(r#"{{"number":{number},"user":{author_json},"created_at":"{at}","closed_at":"{closed}"}}"#);
            record("IssuesEvent", repository, who, closed, &format!(r#"{{"action":"closed","issue":{issue}}}"#))
        }
    }
}

/// A small community over ten months: people, bots, repositories, issues answered and not, closed and not, pull
/// requests merged and not, reviews, releases, stars. One line a record, always the same.
pub fn community() -> String {
    let mut lines = String::new();
    for number in 1..=60_u32 {
        let repository = REPOSITORIES[(number % 7 % 3) as usize];
        let (author, other) = (PEOPLE[(number * 5 % 8) as usize], PEOPLE[((number * 3 + 1) % 8) as usize]);
        let day = |days: u32| {
            let days = number * 5 + days;
            let (month, year) = (7 + days / 28, 2024);
            let (month, year) = if month > 12 { (month - 12, year + 1) } else { (month, year) };
            format!("{year}-{month:02}-{:02}T{:02}:30:00Z", days % 28 + 1, number % 24)
        };
        let (at, later, closed) = (day(0), day(number % 4 + 1), day(number % 9 + 2));
        let comment = |pull: bool| {
            let link = if pull { r#","pull_request":{"url":"u"}"# } else { "" };
            let payload = format!(
                r#"{{"action":"created","issue":{{"number":{number}{link}}},"comment":{{"id":{number}{},"user":{},"created_at":"{later}"}}}}"#,
                u8::from(pull),
                user(other)
            );
            record("IssueCommentEvent", repository, other, &later, &payload)
        };
        if number % 3 == 0 {
            let pull =
                |state: &str| format!(r#"{{"number":{number},"user":{},"created_at":"{at}"{state}}}"#, user(author));
            let payload = format!(r#"{{"action":"opened","pull_request":{}}}"#, pull(""));
            let _ = writeln!(lines, "{}", record("PullRequestEvent", repository, author, &at, &payload));
            let review = format!(
                r#"{{"action":"created","review":{{"id":{number},"user":{},"state":"approved","submitted_at":"{later}"}},"pull_request":{}}}"#,
                user(other),
                pull("")
            );
            let _ = writeln!(lines, "{}", record("PullRequestReviewEvent", repository, other, &later, &review));
            let _ = writeln!(lines, "{}", comment(true));
            if number % 2 == 0 {
                let state = format!(r#","merged":true,"merged_at":"{closed}","merged_by":{}"#, user(other));
                let payload = format!(r#"{{"action":"closed","pull_request":{}}}"#, pull(&state));
                let _ = writeln!(lines, "{}", record("PullRequestEvent", repository, other, &closed, &payload));
            }
        } else {
            let _ = writeln!(lines, "{}", issue(repository, number, author, &at, None, other));
            if number % 4 != 0 {
                let _ = writeln!(lines, "{}", comment(false));
            }
            if number % 5 != 0 {
                let _ = writeln!(lines, "{}", issue(repository, number, author, &at, Some(&closed), other));
            }
        }
        if number % 10 == 0 {
            let payload = format!(
                r#"{{"action":"published","release":{{"id":{number},"tag_name":"v{number}","author":{},"published_at":"{at}"}}}}"#,
                user(author)
            );
            let _ = writeln!(lines, "{}", record("ReleaseEvent", repository, author, &at, &payload));
            let _ = writeln!(lines, "{}", record("WatchEvent", repository, other, &at, r#"{"action":"started"}"#));
            let _ = writeln!(lines, "{}", record("GollumEvent", repository, other, &at, r#"{"pages":[]}"#));
        }
    }
    lines
}

/// Compressed as GH Archive's files are.
pub fn gzip(text: &str) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}
