//! Answers to facts. Pure: no request, no clock.

use super::answer::{
    Actor, Comment, CommitComment, Discussion, Fork, Item, Loose, Moment, Page, Release, Replies, Review,
    ReviewComment, Star, User,
};
use super::cursor::Rest;
use super::fact::{self, Fact, Repository, When, Who, closes_by_merge};
use super::outbox::Told;
use muster_model::{Problem, Timestamp, account};
use std::collections::BTreeSet;

/// What a page told, and what of it goes on elsewhere.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub told: Told,
    pub rest: Vec<Rest>,
    /// The time of the last object on the page, in the order asked for.
    pub last: Option<Timestamp>,
    /// Issues that came from another repository, and when: all of their history is new here.
    pub arrived: Vec<(String, Timestamp)>,
}

impl Read {
    fn tell(&mut self, fact: Fact) {
        self.told.facts.push(fact);
    }

    /// A fact that somebody wrote, and the chat messages that the text points to.
    fn tell_written(&mut self, fact: Fact, text: &str) {
        let links = fact.links(text);
        self.tell(fact);
        self.told.facts.extend(links);
    }

    /// Objects of a page one by one; what cannot be read is reported and the others are taken.
    fn each<T>(&mut self, page: Page<T>, repository: Repository, what: &str, mut read: impl FnMut(&mut Self, T)) {
        for node in page.nodes {
            match node {
                Loose::Good(object) => read(self, object),
                Loose::Null => self.told.not_ours += 1,
                Loose::Bad { message, text } => self.told.problems.push(
                    Problem::rejected(
                        format!("github:{repository}"),
                        None,
                        format!("{what} that cannot be read: {message}"),
                        "please report it: GitHub's answers may have changed",
                    )
                    .with_text(text),
                ),
            }
        }
    }

    /// Notes where the history of an object goes on.
    fn goes_on(&mut self, next: Option<String>, id: &str, replies: bool) {
        self.rest.extend(next.map(|after| Rest { id: id.to_owned(), after, replies }));
    }
}

fn who(actor: Option<&Actor>) -> Who {
    actor.map_or_else(Who::default, |actor| Who::from_graphql(&actor.typename, &actor.login, actor.database_id))
}

/// Somebody as REST names them.
fn user(user: Option<&User>) -> Who {
    user.map_or_else(Who::default, |user| Who::new(&user.login, user.id, user.kind.as_deref()))
}

/// A page of issues or pull requests.
pub(super) fn items(repository: Repository, page: Page<Item>, pull: bool) -> Read {
    let mut read = Read::default();
    read.each(page, repository, if pull { "a pull request" } else { "an issue" }, |read, object| {
        let item = fact::Item { repository, number: object.number, pull };
        let author = who(object.author.as_ref());
        read.tell_written(item.opened(author.clone(), When::exact(object.created_at)), &object.body);
        if let Some(merged) = object.merged_at {
            read.tell(item.merged(who(object.merged_by.as_ref()), When::exact(merged), author));
        }
        read.last = Some(object.updated_at);
        history(read, item, object);
    });
    read
}

/// More of the history of one item.
pub(super) fn item_rest(repository: Repository, object: Item, pull: bool) -> Read {
    let mut read = Read::default();
    let item = fact::Item { repository, number: object.number, pull };
    history(&mut read, item, object);
    read
}

fn history(read: &mut Read, item: fact::Item, object: Item) {
    let Item { id, closed_at, merged_at, timeline_items: page, .. } = object;
    read.goes_on(page.page_info.next(), &id, false);
    let dismissed = dismissed(&page);
    read.each(page, item.repository, "an entry of a history", |read, moment| {
        let fact = match moment {
            Moment::IssueComment { full_database_id, created_at, body, author } => {
                let fact = item.commented(who(author.as_ref()), When::exact(created_at), full_database_id.0);
                read.tell_written(fact, &body);
                return;
            }
            Moment::ClosedEvent { created_at, .. }
                if merged_at.is_some_and(|merged| closes_by_merge(created_at, merged)) =>
            {
                return;
            }
            Moment::ClosedEvent { created_at, actor } => {
                item.closed(who(actor.as_ref()), When::exact(created_at).as_object_has_it(closed_at))
            }
            Moment::ReopenedEvent { created_at, actor } => item.reopened(who(actor.as_ref()), When::exact(created_at)),
            Moment::LabeledEvent { created_at, actor, label } => {
                item.labeled(who(actor.as_ref()), When::exact(created_at), &label.name)
            }
            Moment::AssignedEvent { created_at, actor, assignee } => {
                // Who was assigned is gone with the account; that somebody was is no fact that could be counted.
                let Some(assignee) = who(assignee.as_ref()).account else {
                    read.told.not_ours += 1;
                    return;
                };
                item.assigned(who(actor.as_ref()), When::exact(created_at), &assignee)
            }
            Moment::PullRequestReview(review) => {
                if review.state == "DISMISSED" && dismissed.contains(&review.full_database_id.0) {
                    return;
                }
                match reviewed(item, &review, &review.state) {
                    Some(fact) => read.tell_written(fact, &review.body),
                    None => read.told.not_ours += 1,
                }
                return;
            }
            Moment::ReviewDismissedEvent { previous_review_state, review } => {
                let Some(fact) = review.and_then(|review| reviewed(item, &review, &previous_review_state)) else {
                    read.told.not_ours += 1;
                    return;
                };
                fact
            }
            Moment::ReviewRequestedEvent { created_at, actor, requested_reviewer } => {
                let Some(reviewer) = reviewer(requested_reviewer.as_ref()) else {
                    read.told.not_ours += 1;
                    return;
                };
                item.review_requested(who(actor.as_ref()), When::exact(created_at), &reviewer)
            }
            Moment::ConvertToDraftEvent { created_at, actor } => {
                item.drafted(who(actor.as_ref()), When::exact(created_at))
            }
            Moment::ReadyForReviewEvent { created_at, actor } => {
                item.readied(who(actor.as_ref()), When::exact(created_at))
            }
            // Which number it had there GitHub does not say, so this is no fact of the issue that left.
            Moment::TransferredEvent { created_at } => {
                read.arrived.push((item.subject(), created_at));
                read.told.not_ours += 1;
                return;
            }
            Moment::Other => {
                read.told.not_ours += 1;
                return;
            }
        };
        read.tell(fact);
    });
}

/// The reviews whose dismissal is on the page: it tells what they had said.
fn dismissed(page: &Page<Moment>) -> BTreeSet<u64> {
    let moments = page.nodes.iter().filter_map(|node| match node {
        Loose::Good(Moment::ReviewDismissedEvent { review: Some(review), .. }) => Some(review.full_database_id.0),
        _ => None,
    });
    moments.collect()
}

/// A review; none if it is not submitted yet.
fn reviewed(item: fact::Item, review: &Review, state: &str) -> Option<Fact> {
    let at = review.submitted_at?;
    Some(item.reviewed(who(review.author.as_ref()), When::exact(at), review.full_database_id.0, state))
}

fn reviewer(asked: Option<&Actor>) -> Option<String> {
    let asked = asked?;
    match &asked.combined_slug {
        Some(team) => Some(account::team(team)),
        None => who(Some(asked)).account,
    }
}

/// A page of discussions.
pub(super) fn discussions(repository: Repository, page: Page<Discussion>) -> Read {
    let mut read = Read::default();
    read.each(page, repository, "a discussion", |read, object| {
        let discussion = repository.discussion(object.number);
        let opened = discussion.opened(who(object.author.as_ref()), When::exact(object.created_at));
        read.tell_written(opened, &object.body);
        if let Some(chosen) = object.answer_chosen_at {
            let answer = object.answer.as_ref();
            read.tell(discussion.answered(
                who(object.answer_chosen_by.as_ref()),
                When::exact(chosen),
                answer.and_then(|answer| answer.database_id),
                who(answer.and_then(|answer| answer.author.as_ref())),
            ));
        }
        read.last = Some(object.updated_at);
        comments(read, discussion, object);
    });
    read
}

/// More comments of one discussion.
pub(super) fn discussion_rest(repository: Repository, object: Discussion) -> Read {
    let mut read = Read::default();
    comments(&mut read, repository.discussion(object.number), object);
    read
}

fn comments(read: &mut Read, discussion: fact::Discussion, object: Discussion) {
    read.goes_on(object.comments.page_info.next(), &object.id, false);
    read.each(object.comments, discussion.repository, "a comment", |read, mut comment| {
        if let Some(replies) = comment.replies.take() {
            read.goes_on(replies.page_info.next(), &comment.id, true);
            each_reply(read, discussion, replies);
        }
        read.tell_written(commented(discussion, &comment), &comment.body);
    });
}

/// More replies to one comment.
pub(super) fn replies(repository: Repository, id: &str, object: Replies) -> Read {
    let mut read = Read::default();
    read.goes_on(object.replies.page_info.next(), id, true);
    match object.discussion {
        Some(discussion) => each_reply(&mut read, repository.discussion(discussion.number), object.replies),
        None => read.told.not_ours += object.replies.nodes.len() as u64,
    }
    read
}

fn each_reply(read: &mut Read, discussion: fact::Discussion, replies: Page<Comment>) {
    read.each(replies, discussion.repository, "a reply", |read, reply| {
        read.tell_written(commented(discussion, &reply), &reply.body);
    });
}

fn commented(discussion: fact::Discussion, comment: &Comment) -> Fact {
    discussion.commented(who(comment.author.as_ref()), When::exact(comment.created_at), comment.database_id)
}

/// A page of releases. A draft is not published, and may never be.
pub(super) fn releases(repository: Repository, page: Page<Release>) -> Read {
    let mut read = Read::default();
    read.each(page, repository, "a release", |read, release| match release.published_at {
        Some(at) if !release.draft => {
            let author = user(release.author.as_ref());
            read.tell(repository.released(author, When::exact(at), release.id, &release.tag_name));
        }
        _ => read.told.not_ours += 1,
    });
    read
}

/// A page of comments on commits.
pub(super) fn commit_comments(repository: Repository, page: Page<CommitComment>) -> Read {
    let mut read = Read::default();
    read.each(page, repository, "a comment on a commit", |read, comment| match comment.commit {
        Some(commit) => {
            let (author, when) = (who(comment.author.as_ref()), When::exact(comment.created_at));
            read.tell(repository.commit_commented(author, when, &commit.oid, comment.database_id));
        }
        // The commit is gone, and its comment with it.
        None => read.told.not_ours += 1,
    });
    read
}

/// A page of stars.
pub(super) fn stars(repository: Repository, page: Page<Star>) -> Read {
    let mut read = Read::default();
    read.each(page, repository, "a star", |read, star| {
        read.last = Some(star.starred_at);
        read.tell(repository.starred(who(star.node.as_ref()), When::exact(star.starred_at)));
    });
    read
}

/// A page of forks.
pub(super) fn forks(repository: Repository, page: Page<Fork>) -> Read {
    let mut read = Read::default();
    read.each(page, repository, "a fork", |read, fork| {
        read.last = Some(fork.created_at);
        let when = When::exact(fork.created_at);
        read.tell(repository.forked(who(fork.owner.as_ref()), when, Some(&fork.name_with_owner)));
    });
    read
}

/// A page of comments on lines, oldest change first, without those in `seen`, which another page has told. Gives the
/// numbers of those of the very last second too.
pub(super) fn review_comments(
    repository: Repository,
    page: Vec<Loose<ReviewComment>>,
    since: Option<Timestamp>,
    seen: &[u64],
) -> (Read, Vec<u64>) {
    let mut read = Read { last: since, ..Read::default() };
    let mut edge = seen.to_vec();
    read.each(Page::of_list(page), repository, "a review comment", |read, comment| {
        if Some(comment.updated_at) == read.last && edge.contains(&comment.id) {
            return;
        }
        if Some(comment.updated_at) != read.last {
            edge.clear();
            read.last = Some(comment.updated_at);
        }
        edge.push(comment.id);
        let number = comment.pull_request_url.rsplit('/').next().and_then(|number| number.parse().ok());
        match number {
            Some(number) => {
                let author = user(comment.user.as_ref());
                let item = repository.pull_request(number);
                let fact = item.review_commented(author, When::exact(comment.created_at), comment.id);
                read.tell_written(fact, comment.body.as_deref().unwrap_or_default());
            }
            None => read.told.not_ours += 1,
        }
    });
    (read, edge)
}
