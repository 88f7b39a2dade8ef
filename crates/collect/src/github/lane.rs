//! One kind of object of one repository, read to its end: ask, read, hand over, move on.

use super::answer::{InRepository, Loose, Newest, OneNode, Page};
use super::client::Failure;
use super::collect::Run;
use super::cursor::{Kind, Lane, Pass, Place, Rest, Why};
use super::fact::{Fact, Repository};
use super::outbox::Told;
use super::parse::{self, Read};
use super::{answer, count, pass, query};
use muster_model::{Problem, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::json;

/// A repository during a run.
pub(super) struct Subject {
    /// GitHub's number of it.
    pub number: u64,
    /// The name in the ids of its events.
    pub name: String,
    /// The name that it has now, by which GitHub is asked.
    pub called: String,
    /// A sweep is under way.
    pub sweep: bool,
}

impl Subject {
    pub fn repository(&self) -> Repository<'_> {
        Repository(&self.name)
    }

    /// Owner and name.
    pub fn parts(&self) -> (&str, &str) {
        self.called.split_once('/').unwrap_or((&self.called, ""))
    }
}

/// An answer that has been read.
enum Step {
    /// A page of a GraphQL connection, and where the next begins.
    Page(Read, Option<String>),
    /// More of one history.
    Rest(Read),
    /// A page of a REST list: what belongs to its last second, whether more follows, its ETag.
    List { read: Read, edge: Vec<u64>, full: bool, page: Option<(Option<Timestamp>, String)> },
    /// A REST list that has not changed.
    Unchanged,
}

/// Reads a lane until it is up to date. True if there was something to read.
pub(super) async fn read(run: &Run, subject: &Subject, kind: Kind, newest: Option<&Newest>) -> Result<bool, Failure> {
    let (mut asked, mut restarted, mut found) = (false, false, false);
    loop {
        let begin = |lane: &mut Lane| {
            let due = match newest {
                Some(newest) => pass::begin(lane, kind, newest, subject.sweep),
                None => pass::begin_list(lane, asked, subject.sweep),
            };
            due.then(|| lane.clone())
        };
        let Some(lane) = run.outbox.change(|place| begin(lane_of(place, subject, kind))).await else {
            return Ok(found);
        };
        asked = true;
        let Some(pass) = &lane.pass else { return Ok(found) };
        match step(run, subject, kind, &lane, pass).await {
            Ok(step) => {
                found |= !matches!(step, Step::Unchanged);
                take(run, subject, kind, newest, step).await?;
            }
            // A place in a list that GitHub no longer knows: from the beginning, once.
            Err(Failure::Refused { message, .. }) if !restarted && message.contains("valid cursor") => {
                restarted = true;
                run.outbox.change(|place| lane_of(place, subject, kind).pass = None).await;
            }
            Err(failure) => return Err(failure),
        }
    }
}

fn lane_of<'a>(place: &'a mut Place, subject: &Subject, kind: Kind) -> &'a mut Lane {
    place.repositories.entry(subject.number).or_default().lanes.entry(kind).or_default()
}

/// Asks for what comes next.
async fn step(run: &Run, subject: &Subject, kind: Kind, lane: &Lane, pass: &Pass) -> Result<Step, Failure> {
    let repository = subject.repository();
    if let Some(rest) = pass.rest.last() {
        return more(run, subject, kind, rest).await.map(Step::Rest);
    }
    Ok(match kind {
        Kind::Issues => {
            page(run, subject, kind, pass, query::ISSUES, |page| parse::items(repository, page, false)).await?
        }
        Kind::PullRequests => {
            page(run, subject, kind, pass, query::PULL_REQUESTS, |page| parse::items(repository, page, true)).await?
        }
        Kind::Discussions => {
            page(run, subject, kind, pass, query::DISCUSSIONS, |page| parse::discussions(repository, page)).await?
        }
        Kind::Releases => releases(run, subject, pass).await?,
        Kind::CommitComments => {
            page(run, subject, kind, pass, query::COMMIT_COMMENTS, |page| parse::commit_comments(repository, page))
                .await?
        }
        Kind::Stars => page(run, subject, kind, pass, query::STARS, |page| parse::stars(repository, page)).await?,
        Kind::Forks => page(run, subject, kind, pass, query::FORKS, |page| parse::forks(repository, page)).await?,
        Kind::ReviewComments => list(run, subject, lane, pass).await?,
    })
}

async fn page<T: DeserializeOwned>(
    run: &Run,
    subject: &Subject,
    kind: Kind,
    pass: &Pass,
    query: &'static str,
    read: impl FnOnce(Page<T>) -> Read,
) -> Result<Step, Failure> {
    let (owner, name) = subject.parts();
    let variables = pass::variables(pass, kind, owner, name);
    let answer = run.client.graphql::<InRepository<T>>(query, variables).await?;
    let Some(repository) = answer.data.repository else { return Err(gone(&answer.left_out)) };
    let next = repository.page.page_info.next();
    let mut read = read(repository.page);
    read.told.problems.extend(left_out(subject, kind, &answer.left_out));
    Ok(Step::Page(read, next))
}

/// What GitHub says was not found.
pub(super) fn gone(left_out: &[String]) -> Failure {
    let message = left_out.first().cloned().unwrap_or_else(|| "not there, or not for this token".to_owned());
    Failure::Refused { status: 404, message }
}

/// GitHub's reasons for an answer with holes in it.
fn left_out(subject: &Subject, kind: Kind, reasons: &[String]) -> Option<Problem> {
    let reason = reasons.first()?;
    Some(Problem::notice(
        format!("github:{}", subject.name),
        None,
        format!("GitHub left something out of its {}: {reason}", kind.plural()),
        "a token that may see it would get it",
    ))
}

/// More of one history.
async fn more(run: &Run, subject: &Subject, kind: Kind, rest: &Rest) -> Result<Read, Failure> {
    let repository = subject.repository();
    match kind {
        Kind::Issues => node(run, query::ISSUE_REST, rest, |item| parse::item_rest(repository, item, false)).await,
        Kind::PullRequests => {
            node(run, query::PULL_REQUEST_REST, rest, |item| parse::item_rest(repository, item, true)).await
        }
        _ if rest.replies => {
            node(run, query::REPLIES_REST, rest, |comment| parse::replies(repository, &rest.id, comment)).await
        }
        _ => node(run, query::DISCUSSION_REST, rest, |discussion| parse::discussion_rest(repository, discussion)).await,
    }
}

/// The object may be gone since its page was read, and its history with it.
async fn node<T: DeserializeOwned>(
    run: &Run,
    query: &'static str,
    rest: &Rest,
    read: impl FnOnce(T) -> Read,
) -> Result<Read, Failure> {
    let variables = json!({ "id": rest.id, "after": rest.after });
    match run.client.graphql::<OneNode<T>>(query, variables).await {
        Ok(answer) => Ok(answer.data.node.map(read).unwrap_or_default()),
        Err(Failure::Refused { status: 404, .. }) => Ok(Read::default()),
        Err(failure) => Err(failure),
    }
}

/// A page of releases.
async fn releases(run: &Run, subject: &Subject, pass: &Pass) -> Result<Step, Failure> {
    let number: u32 = pass.after.as_ref().and_then(|page| page.parse().ok()).unwrap_or(1);
    let path = format!("/repos/{}/releases?per_page=100&page={number}", subject.called);
    let page = run.client.rest::<Vec<Loose<answer::Release>>>(path, None).await?.data.unwrap_or_default();
    let next = (page.len() >= 100).then(|| (number + 1).to_string());
    Ok(Step::Page(parse::releases(subject.repository(), Page::of_list(page)), next))
}

/// A page of all comments on lines of a repository: one request for a hundred of them, where GraphQL needs one for each
/// long review.
async fn list(run: &Run, subject: &Subject, lane: &Lane, pass: &Pass) -> Result<Step, Failure> {
    let number = pass.after.as_deref().unwrap_or("1");
    let since = pass.since.map(|since| format!("&since={since}")).unwrap_or_default();
    let path = format!(
        "/repos/{}/pulls/comments?sort=updated&direction=asc&per_page=100&page={number}{since}",
        subject.called
    );
    // A sweep is to see everything again, changed or not.
    let again = number == "1" && pass.why == Why::Changes;
    let etag = lane.page.as_ref().filter(|(held, _)| again && *held == pass.since);
    let etag = etag.map(|(_, etag)| etag.clone());
    let answer = run.client.rest::<Vec<Loose<answer::ReviewComment>>>(path, etag).await?;
    let Some(comments) = answer.data else { return Ok(Step::Unchanged) };
    let full = comments.len() >= 100;
    let (read, edge) = parse::review_comments(subject.repository(), comments, pass.since, &pass.edge);
    let page = answer.etag.filter(|_| !full && number == "1").map(|etag| (pass.since, etag));
    Ok(Step::List { read, edge, full, page })
}

/// What an answer told goes out together with the step that it was.
async fn take(run: &Run, subject: &Subject, kind: Kind, newest: Option<&Newest>, step: Step) -> Result<(), Failure> {
    let status = run.status(subject, kind, newest).await;
    run.outbox
        .commit(Some(status), |place| {
            let position = place.repositories.entry(subject.number).or_default();
            let lane = position.lanes.entry(kind).or_default();
            for merge in pass::new_merges(lane, step.facts()) {
                count::found_merge(&mut position.recount, position.uncounted.as_deref(), merge.time);
            }
            let told = step.walk(lane, kind);
            if pass::is_done(lane) {
                pass::end(lane, kind, &mut position.missed);
            }
            told
        })
        .await
}

impl Step {
    fn facts(&self) -> &[Fact] {
        match self {
            Self::Page(read, _) | Self::Rest(read) | Self::List { read, .. } => &read.told.facts,
            Self::Unchanged => &[],
        }
    }

    /// Moves the lane's pass, and gives what the answer told.
    fn walk(self, lane: &mut Lane, kind: Kind) -> Told {
        match self {
            Self::Page(mut read, next) => {
                pass::page_read(lane, kind, &mut read, next);
                read.told
            }
            Self::Rest(mut read) => {
                pass::rest_read(lane, kind, &mut read);
                read.told
            }
            Self::List { read, edge, full, page } => {
                pass::list_read(lane, &read, edge, full);
                lane.page = page.or(lane.page.take());
                read.told
            }
            Self::Unchanged => {
                if let Some(pass) = &mut lane.pass {
                    pass.read = true;
                }
                Told::default()
            }
        }
    }
}
