//! One repository in a run: what is newest in it, then its lanes, then its totals.

use super::answer::{Head, HeadOf, Newest};
use super::client::Failure;
use super::collect::Run;
use super::count;
use super::cursor::{Kind, Place, Position};
use super::fact::{Repository, When, Who};
use super::lane::{self, Subject, gone};
use super::outbox::Told;
use super::query;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use muster_model::{Problem, Timestamp};
use serde_json::json;

/// Collects what is new in a repository.
pub(super) async fn collect(run: &Run, asked: &str) -> Result<(), Failure> {
    let (owner, name) = asked.split_once('/').unwrap_or((asked, ""));
    let variables = json!({
        "owner": owner, "name": name, "discussions": run.config.discussions, "stars": run.config.stars,
    });
    let answer = run.client.graphql::<HeadOf>(query::HEAD, variables).await?;
    let Some(head) = answer.data.repository else { return Err(gone(&answer.left_out)) };
    if !run.enters(head.database_id) {
        return Ok(());
    }
    own_name(run, &head).await?;
    let subject = enter(run, asked, &head, answer.date).await?;
    if read_lanes(run, &subject, &head).await? && subject.sweep {
        finish_sweep(run, &subject).await?;
    }
    let stale = run.outbox.change(|place| place.repositories.get(&subject.number).is_some_and(|at| at.stale)).await;
    if stale {
        count::comments(run, &subject).await?;
        count::months(run, &subject, head.pull_requests.at()).await?;
    }
    Ok(())
}

/// A name that another repository had when it was first collected cannot be this one's too: their ids would be the same.
async fn own_name(run: &Run, head: &Head) -> Result<(), Failure> {
    let name = &head.name_with_owner;
    let taken = |place: &mut Place| {
        let mut held = place.repositories.iter();
        !place.repositories.contains_key(&head.database_id)
            && held.any(|(_, other)| other.name.eq_ignore_ascii_case(name))
    };
    if !run.outbox.change(taken).await {
        return Ok(());
    }
    Err(Failure::Refused {
        status: 409,
        message: format!(
            "{name} was the name of another repository, and the log has that one's facts under it; give the source \
             another name in the pipeline file, and both are collected anew"
        ),
    })
}

/// Takes note of the repository's name, of a sweep that is due, and of the totals.
async fn enter(run: &Run, asked: &str, head: &Head, date: Option<Timestamp>) -> Result<Subject, Failure> {
    let called = head.name_with_owner.clone();
    let mut subject = Subject { number: head.database_id, name: called.clone(), called: called.clone(), sweep: false };
    run.outbox
        .commit(None, |place| {
            let mut facts = Vec::new();
            let position = place.repositories.entry(subject.number).or_insert_with(|| Position {
                name: called.clone(),
                called: asked.to_owned(),
                swept: date,
                uncounted: Some(count::month_of(head.created_at)),
                stale: true,
                ..Position::default()
            });
            if !position.called.eq_ignore_ascii_case(&called)
                && let Some(date) = date
            {
                let when = When::approximate(Timestamp::from_second(date.as_second()).unwrap_or(date));
                facts.push(Repository(&called).renamed(Who::default(), when, &position.called));
            }
            position.called = called;
            subject.name = position.name.clone();
            begin_sweep(position, run.config.sweep_days, date);
            subject.sweep = position.sweeping.is_some();
            facts.extend(date.map(|date| count::totals(&subject, head, date, position)).into_iter().flatten());
            Told { facts, ..Told::default() }
        })
        .await?;
    Ok(subject)
}

fn begin_sweep(position: &mut Position, days: Option<u32>, date: Option<Timestamp>) {
    let (Some(days), Some(date), Some(swept)) = (days, date, position.swept) else { return };
    let due = date.as_second() - swept.as_second() >= i64::from(days) * 24 * 60 * 60;
    let collected = !position.lanes.is_empty() && position.lanes.values().all(|lane| lane.newest.is_some());
    if due && collected && position.sweeping.is_none() {
        position.sweeping = Some(date);
    }
}

/// All lanes at once, as far as the concurrency allows. One that fails is reported and does not stop the others. True if
/// all came to their end.
async fn read_lanes(run: &Run, subject: &Subject, head: &Head) -> Result<bool, Failure> {
    let lanes = lanes(head).into_iter();
    let mut lanes: FuturesUnordered<_> =
        lanes.map(|(kind, newest)| async move { (kind, lane::read(run, subject, kind, newest).await) }).collect();
    let (mut whole, mut budget) = (true, false);
    while let Some((kind, outcome)) = lanes.next().await {
        match outcome {
            Ok(false) => {}
            Ok(true) => {
                run.outbox.change(|place| place.repositories.entry(subject.number).or_default().stale = true).await;
            }
            Err(Failure::Budget) => budget = true,
            Err(failure @ (Failure::Refused { .. } | Failure::GaveUp(_))) => {
                whole = false;
                run.report(&subject.name, &format!("its {} cannot be read", kind.plural()), &failure).await?;
            }
            Err(failure) => return Err(failure),
        }
    }
    if budget { Err(Failure::Budget) } else { Ok(whole) }
}

/// The kinds that are collected, each with what is newest in it. Comments on lines have no head: their list tells.
fn lanes(head: &Head) -> Vec<(Kind, Option<&Newest>)> {
    let lanes = Kind::ALL.into_iter().filter_map(|kind| {
        let newest = match kind {
            Kind::Issues => Some(&head.issues),
            Kind::PullRequests => Some(&head.pull_requests),
            Kind::ReviewComments if head.pull_requests.total_count == 0 => return None,
            Kind::ReviewComments => None,
            Kind::CommitComments => Some(&head.commit_comments),
            Kind::Releases => Some(&head.releases),
            Kind::Discussions => Some(head.discussions.as_ref()?),
            Kind::Stars => Some(head.stargazers.as_ref()?),
            Kind::Forks => Some(head.forks.as_ref()?),
        };
        Some((kind, newest))
    });
    lanes.collect()
}

/// Reports what a sweep has found, once it has been everywhere.
async fn finish_sweep(run: &Run, subject: &Subject) -> Result<(), Failure> {
    run.outbox
        .commit(None, |place| {
            let position = place.repositories.entry(subject.number).or_default();
            let since = position.swept.map_or_else(String::new, |since| format!(" since {}", day_of(since)));
            position.swept = position.sweeping.take().or(position.swept);
            position.lanes.values_mut().for_each(|lane| lane.swept = false);
            let missed = std::mem::take(&mut position.missed);
            let list = |wanted: fn(i64) -> bool| {
                let kinds = missed.iter().filter(|(_, count)| wanted(**count));
                kinds.map(|(kind, count)| format!("{} {kind}", count.abs())).collect::<Vec<_>>().join(", ")
            };
            let (more, fewer) = (list(|count| count > 0), list(|count| count < 0));
            let file = format!("github:{}", subject.name);
            let mut told = Told::default();
            if !more.is_empty() {
                told.problems.push(Problem::notice(
                    file.clone(),
                    None,
                    format!("a sweep over everything found what the runs{since} had missed: {more}"),
                    "it is collected now; sweep more often if this matters",
                ));
            }
            if !fewer.is_empty() {
                told.problems.push(Problem::notice(
                    file,
                    None,
                    format!("a sweep over everything no longer found what was collected{since}: {fewer}"),
                    "deleted or moved on GitHub; the log keeps it",
                ));
            }
            told
        })
        .await
}

fn day_of(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
