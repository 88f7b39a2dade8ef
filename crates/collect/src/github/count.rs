//! What GitHub says it has, so that what is held can be measured against it.
//!
//! | `counted` | of | from |
//! | --- | --- | --- |
//! | `issue.opened`, `pull_request.opened` | a repository | `totalCount`: those that are there now; deleted and transferred ones are not |
//! | `pull_request.merged` | a repository | `totalCount` of the merged |
//! | `pull_request.merged` | a month | a search for `merged:` in its days |
//! | `release.published` | a repository | `totalCount` without drafts |
//! | `discussion.opened`, `commit.commented`, `repository.starred`, `repository.forked` | a repository | `totalCount`; stars are those that still stand |
//! | `issue.commented+pull_request.commented` | a repository | the number of pages of all comments at one a page: GitHub counts both kinds as one |
//! | `pull_request.review_commented` | a repository | the same of the comments on lines |
//!
//! GitHub states no total of reviews, closes, labels and the like. A statement is an event only when it differs from the
//! last one, so a run that finds nothing new adds nothing; its time is that of GitHub's answer.

use super::answer::Head;
use super::client::Failure;
use super::collect::Run;
use super::cursor::Position;
use super::fact::Fact;
use super::lane::Subject;
use super::outbox::Told;
use super::query;
use muster_model::payload::SourceCounted;
use muster_model::{Payload, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The totals that come with the head of a repository, as far as they differ from those stated last.
pub(super) fn totals(subject: &Subject, head: &Head, date: Timestamp, position: &mut Position) -> Vec<Fact> {
    let of = |newest: &Option<super::answer::Newest>| newest.as_ref().map(|newest| newest.total_count);
    let totals = [
        ("issue.opened", Some(head.issues.total_count)),
        ("pull_request.opened", Some(head.pull_requests.total_count)),
        ("pull_request.merged", Some(head.merged.total_count)),
        ("release.published", Some(head.releases.total_count.saturating_sub(head.releases.drafts()))),
        ("commit.commented", Some(head.commit_comments.total_count)),
        ("discussion.opened", of(&head.discussions)),
        ("repository.starred", of(&head.stargazers)),
        ("repository.forked", of(&head.forks)),
    ];
    let totals = totals.into_iter().filter_map(|(kind, count)| Some((kind, count?)));
    totals.filter_map(|(kind, count)| total(subject, kind, count, date, position)).collect()
}

fn total(subject: &Subject, kind: &str, count: u64, date: Timestamp, position: &mut Position) -> Option<Fact> {
    let before = position.counted.insert(kind.to_owned(), count);
    (before != Some(count)).then(|| stated(subject, kind, count, None, date))
}

fn stated(subject: &Subject, kind: &str, count: u64, month: Option<&str>, date: Timestamp) -> Fact {
    let name = &subject.name;
    // To the second: GitHub's answers have no more.
    let at = Timestamp::from_second(date.as_second()).unwrap_or(date);
    Fact {
        id: format!("github:{name}/counted/{kind}/{}/{count}/{at}", month.unwrap_or("all")),
        time: at,
        subject: format!("github:{name}"),
        actor: None,
        url: Some(format!("https://github.com/{name}")),
        data: Payload::SourceCounted(SourceCounted {
            counted: kind.to_owned(),
            count,
            repository: Some(name.clone()),
            month: month.map(|month| format!("{month}-01")),
        }),
    }
}

/// The two totals of comments: a request each, and only where something has changed.
pub(super) async fn comments(run: &Run, subject: &Subject) -> Result<(), Failure> {
    let lists = [
        ("issues/comments", "issue.commented+pull_request.commented"),
        ("pulls/comments", "pull_request.review_commented"),
    ];
    for (list, kind) in lists {
        let path = format!("/repos/{}/{list}?per_page=1", subject.called);
        let page = run.client.rest::<Vec<serde::de::IgnoredAny>>(path, None).await?;
        let Some(date) = page.date else { continue };
        let count = page.last_page.unwrap_or(page.data.map_or(0, |data| data.len() as u64));
        run.outbox
            .commit(None, |place| {
                let position = place.repositories.entry(subject.number).or_default();
                Told { facts: total(subject, kind, count, date, position).into_iter().collect(), ..Told::default() }
            })
            .await?;
    }
    run.outbox.change(|place| place.repositories.entry(subject.number).or_default().stale = false).await;
    Ok(())
}

/// Takes note of a merge in a month that is counted already.
pub(super) fn found_merge(recount: &mut BTreeSet<String>, uncounted: Option<&str>, at: Timestamp) {
    let month = month_of(at);
    if uncounted.is_some_and(|first| month.as_str() < first) {
        recount.insert(month);
    }
}

/// So many months are counted by one request.
const AT_ONCE: usize = 12;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    issue_count: u64,
}

/// Merged pull requests month by month, of every month since the repository was made that is not counted yet or in
/// which merges came to light since.
pub(super) async fn months(run: &Run, subject: &Subject, newest: Option<Timestamp>) -> Result<(), Failure> {
    let Some(newest) = newest.map(month_of) else { return Ok(()) };
    loop {
        let (due, rest) = run
            .outbox
            .change(|place| {
                let position = place.repositories.entry(subject.number).or_default();
                let mut due: Vec<String> = position.recount.iter().cloned().collect();
                let mut month = position.uncounted.clone();
                while let Some(text) = month.take().filter(|month| due.len() < AT_ONCE && *month <= newest) {
                    month = next_month(&text);
                    due.push(text);
                }
                due.truncate(AT_ONCE);
                let last = due.iter().max().cloned();
                (due, last)
            })
            .await;
        let Some(last) = rest else { return Ok(()) };
        let mut variables = serde_json::Map::new();
        for place in 0..AT_ONCE {
            let month = due.get(place).unwrap_or(&last);
            variables.insert(format!("m{}", place + 1), Value::String(search(&subject.called, month)));
        }
        let answer = run.client.graphql::<BTreeMap<String, Found>>(query::MONTHS, Value::Object(variables)).await?;
        let Some(date) = answer.date else { return Ok(()) };
        let counts = due.iter().enumerate().filter_map(|(place, month)| {
            let count = answer.data.get(&format!("m{}", place + 1))?.issue_count;
            Some((month, count))
        });
        // A month without merges needs no statement: there is nothing that could be missing.
        let facts = counts
            .filter(|(_, count)| *count > 0)
            .map(|(month, count)| stated(subject, "pull_request.merged", count, Some(month), date))
            .collect();
        run.outbox
            .commit(None, |place| {
                let position = place.repositories.entry(subject.number).or_default();
                for month in &due {
                    position.recount.remove(month);
                    if position.uncounted.as_ref().is_some_and(|first| first <= month) {
                        position.uncounted = next_month(month);
                    }
                }
                Told { facts, ..Told::default() }
            })
            .await?;
    }
}

fn search(called: &str, month: &str) -> String {
    format!("repo:{called} is:pr is:merged merged:{month}-01..{month}-{:02}", days_in(month))
}

/// `2025-03`, in UTC as GitHub counts days.
pub(super) fn month_of(at: Timestamp) -> String {
    at.strftime("%Y-%m").to_string()
}

fn first_day(month: &str) -> Option<jiff::civil::Date> {
    format!("{month}-01").parse().ok()
}

fn next_month(month: &str) -> Option<String> {
    let next = first_day(month)?.last_of_month().tomorrow().ok()?;
    Some(next.strftime("%Y-%m").to_string())
}

fn days_in(month: &str) -> i8 {
    first_day(month).map_or(31, jiff::civil::Date::days_in_month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_searched_from_its_first_day_to_its_last() {
        assert_eq!(
            search("acme/lantern", "2024-02"),
            "repo:acme/lantern is:pr is:merged merged:2024-02-01..2024-02-29"
        );
        assert_eq!(next_month("2024-12").as_deref(), Some("2025-01"));
        assert_eq!(month_of("2025-03-31T23:59:59Z".parse().unwrap()), "2025-03");
    }

    #[test]
    fn a_merge_in_a_counted_month_has_it_counted_again() {
        let mut recount = BTreeSet::new();
        found_merge(&mut recount, Some("2025-03"), "2025-02-01T00:00:00Z".parse().unwrap());
        found_merge(&mut recount, Some("2025-03"), "2025-03-01T00:00:00Z".parse().unwrap());
        assert_eq!(recount.into_iter().collect::<Vec<_>>(), ["2025-02"]);
    }
}
