//! Search among issues and pull requests, by qualifiers only: words of text are ignored.

use crate::world::{Access, Item, Repository, World};
use jiff::Timestamp;
use jiff::civil::Date;

/// GitHub shows so many of what it found.
pub(crate) const MOST: usize = 1_000;

/// What was found, newest first.
pub(crate) fn items<'w>(world: &'w World, query: &str) -> Vec<(&'w Repository, &'w Item)> {
    let terms: Vec<(&str, &str)> = query.split_whitespace().filter_map(|word| word.split_once(':')).collect();
    let places: Vec<(&str, &str)> =
        terms.iter().copied().filter(|(qualifier, _)| matches!(*qualifier, "repo" | "org" | "user")).collect();
    let mut found: Vec<(&Repository, &Item)> = Vec::new();
    for repository in world.repositories().iter().filter(|one| one.access == Access::Open) {
        let here = places.is_empty()
            || places.iter().any(|(qualifier, value)| match *qualifier {
                "repo" => repository.is_or_was(value),
                _ => repository.owner.eq_ignore_ascii_case(value),
            });
        if here {
            let items = repository.items.iter().filter(|item| meets(world, repository, item, &terms));
            found.extend(items.map(|item| (repository, item)));
        }
    }
    found.sort_by_key(|(_, item)| std::cmp::Reverse((item.created_at, item.id)));
    found
}

fn meets(world: &World, repository: &Repository, item: &Item, terms: &[(&str, &str)]) -> bool {
    terms.iter().all(|(qualifier, value)| {
        let pull_request = item.pull_request.is_some();
        match (*qualifier, *value) {
            ("is" | "type", "pr" | "pull-request") => pull_request,
            ("is" | "type", "issue") => !pull_request,
            ("is" | "state", "open") => item.is_open(),
            ("is" | "state", "closed") => !item.is_open(),
            ("is", "merged") => item.merge().is_some(),
            ("is", "unmerged") => pull_request && item.merge().is_none(),
            ("is", "draft") | ("draft", "true") => item.is_draft(),
            ("is", "public") => !repository.private,
            ("archived", flag) => repository.archived == (flag == "true"),
            ("created", range) => within(Some(item.created_at), range),
            ("updated", range) => within(Some(item.updated_at), range),
            ("closed", range) => within(item.closing().map(|change| change.at), range),
            ("merged", range) => within(item.merge().map(|change| change.at), range),
            ("author", login) => {
                world.account(item.author).is_some_and(|author| author.login.eq_ignore_ascii_case(login))
            }
            ("label", label) => {
                let label = label.trim_matches('"');
                item.labels().iter().any(|held| held.eq_ignore_ascii_case(label))
            }
            _ => true,
        }
    })
}

/// `2024-01-01..2024-01-31`, `>=2024-01-01`, `2024-01-01T00:00:00Z..*`: days are whole, and both ends belong to it.
fn within(at: Option<Timestamp>, range: &str) -> bool {
    let Some(at) = at else { return false };
    if let Some((from, to)) = range.split_once("..") {
        let after = from == "*" || bounds(from).is_some_and(|(start, _)| at >= start);
        let before = to == "*" || bounds(to).is_some_and(|(_, end)| at < end);
        return after && before;
    }
    let compared = [">=", "<=", ">", "<"].iter().find_map(|sign| Some((*sign, range.strip_prefix(sign)?)));
    let (sign, value) = compared.unwrap_or(("", range));
    let Some((start, end)) = bounds(value) else { return false };
    match sign {
        ">=" => at >= start,
        "<=" => at < end,
        ">" => at >= end,
        "<" => at < start,
        _ => at >= start && at < end,
    }
}

/// A day, or a second, as the half-open span of its instants.
fn bounds(value: &str) -> Option<(Timestamp, Timestamp)> {
    if let Ok(instant) = value.parse::<Timestamp>() {
        return Some((instant, Timestamp::from_second(instant.as_second() + 1).ok()?));
    }
    let day: Date = value.parse().ok()?;
    let start = |day: Date| Some(day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp());
    Some((start(day)?, start(day.tomorrow().ok()?)?))
}
