//! Items of Perceval's `git`: a commit as `git log` prints it. They give the very events of kind `git`.
//!
//! Git prints for readers: without blanks at the ends of lines, with blanks for tabs, and with the names and addresses that
//! the repository's `.mailmap` gives (`log.mailmap`). So a first line with a tab in it, and a commit of somebody whom a
//! mailmap names, differ from what kind `git` reads; a log that has both counts a conflict and keeps the first.

use super::item::{Item, Raw};
use super::origin::Origin;
use super::trailers;
use crate::git::parse::{Record, Repository};
use jiff::civil::DateTime;
use muster_model::{Event, parse_time};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Commit {
    commit: Option<Raw>,
    #[serde(default)]
    parents: Option<Vec<Raw>>,
    #[serde(rename = "Author")]
    author: Option<Raw>,
    #[serde(rename = "AuthorDate")]
    authored: Option<Raw>,
    #[serde(rename = "Commit")]
    committer: Option<Raw>,
    #[serde(rename = "CommitDate")]
    committed: Option<Raw>,
    message: Option<Raw>,
}

/// Reads a commit.
///
/// # Errors
/// What was found and expected.
pub(super) fn read(item: &Item<'_>) -> Result<Event, String> {
    let commit: Commit = item.data()?;
    let origin = Origin::of(&item.origin);
    // A word of the form owner/name says whose repository a folder is.
    let named = item.own_tag().filter(|tag| tag.split('/').filter(|part| !part.is_empty()).count() == 2);
    let named = named.filter(|tag| !tag.contains([':', ' ']));
    let repository = named.map_or_else(|| origin.repository(), str::to_owned);
    let sha = commit.commit.unwrap_or_default();
    let message = commit.message.unwrap_or_default();
    let (author, committer) = (commit.author.unwrap_or_default(), commit.committer.unwrap_or_default());
    let (name, address) = name_and_address(&author.0);
    let (committer, committer_address) = name_and_address(&committer.0);
    let (authored, committed) = (seconds(commit.authored), seconds(commit.committed));
    let people = trailers::of(&message.text());
    let fields = [
        sha.0.as_slice(),
        b"",
        name,
        address,
        authored.as_bytes(),
        committer,
        committer_address,
        committed.as_bytes(),
        people.as_bytes(),
        &message.0,
    ];
    let record = Record::of(fields).ok_or_else(|| format!("a commit whose id is {:?}", sha.text()))?;
    let parents = commit.parents.map_or(0, |parents| u32::try_from(parents.len()).unwrap_or(u32::MAX));
    let mut event = record.event(&Repository::new(&repository), parents).map_err(|problem| problem.message)?;
    if !matches!(origin.host.as_str(), "" | "github.com") || (origin.host.is_empty() && named.is_none()) {
        event.url = page(&origin, &sha.text());
    }
    Ok(event)
}

/// The page of a commit on a host that is not GitHub.
fn page(origin: &Origin, sha: &str) -> Option<String> {
    origin.host.contains("gitlab").then(|| format!("https://{}/{}/-/commit/{sha}", origin.host, origin.path))
}

/// `Name <address>`
fn name_and_address(person: &[u8]) -> (&[u8], &[u8]) {
    let Some(start) = memchr::memchr(b'<', person) else { return (person, b"") };
    let address = &person[start + 1..];
    let end = memchr::memrchr(b'>', address).unwrap_or(address.len());
    (person[..start].trim_ascii(), &address[..end])
}

/// `Tue Aug 14 14:30:13 2012 -0300` as seconds since 1970; what it is where it is no such time.
fn seconds(date: Option<Raw>) -> String {
    let date = date.unwrap_or_default();
    let text = date.text();
    let parts: Vec<&str> = text.split_whitespace().collect();
    let read = || {
        let &[_, month, day, clock, year, zone] = parts.as_slice() else { return None };
        let time = DateTime::strptime("%Y %b %d %H:%M:%S", format!("{year} {month} {day:0>2} {clock}")).ok()?;
        let zone: i64 = zone.parse().ok()?;
        let offset = (zone / 100) * 3600 + (zone % 100) * 60;
        Some(time.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second() - offset)
    };
    let second = read().or_else(|| parse_time(&text).ok().map(|time| time.as_second()));
    second.map_or_else(|| text.clone().into_owned(), |second| second.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_git_are_seconds() {
        for (date, expected) in [
            ("Tue Aug 14 14:30:13 2012 -0300", "1344965413"),
            ("Thu Jan 1 00:00:00 1970 +0000", "0"),
            ("Fri Feb 29 23:59:59 2008 +0530", "1204309799"),
            ("yesterday", "yesterday"),
            ("", ""),
        ] {
            assert_eq!(seconds(Some(Raw(date.into()))), expected, "{date}");
        }
    }

    #[test]
    fn a_person_is_a_name_and_an_address() {
        assert_eq!(name_and_address(b"Ada L. <ada@b.org>"), (&b"Ada L."[..], &b"ada@b.org"[..]));
        assert_eq!(name_and_address(b" <ada@b.org>"), (&b""[..], &b"ada@b.org"[..]));
        assert_eq!(name_and_address(b"Ada"), (&b"Ada"[..], &b""[..]));
    }
}
