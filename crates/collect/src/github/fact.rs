//! Where a fact of GitHub's becomes an event: its id, subject, actor, page and payload. Whoever tells the fact (an archive,
//! a webhook, a saved answer, the API) builds it here, so that the same fact has the same id and the same payload.
//!
//! What changes afterwards is not in a payload. What a source does not know shows at the end of the id, and the tables
//! take, of several tellings of one fact, the one with the fewest marks:
//!
//! | end of the id | what the source lacks |
//! | --- | --- |
//! | nothing | nothing |
//! | `~` | the fact's own time: it has that of its record, at most 15 s off |
//! | `~~` | a part that another source may know: who did it, a merge's author, what a dismissed review had said |
//! | `~~~` | both |
//!
//! So a list answer that does not name who closed an issue is no conflict with the archive that does.

pub(crate) use super::who::Who;
use crate::ids::without_addresses;
use crate::link;
use muster_model::payload::{
    CommitCommented, DiscussionAnswered, ItemAssigned, ItemChanged, ItemCommented, ItemLabeled, ItemLinked, ItemOpened,
    ItemTransferred, PullRequestMerged, PullRequestReviewed, PushReceived, PushedCommit, ReleasePublished,
    RepositoryForked, RepositoryRenamed, RepositoryStarred, ReviewRequested,
};
use muster_model::{Event, Payload, Timestamp};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// A fact before it has a source.
#[derive(Debug, PartialEq)]
pub(crate) struct Fact {
    pub id: String,
    pub time: Timestamp,
    pub subject: String,
    pub actor: Option<String>,
    pub url: Option<String>,
    pub data: Payload,
}

impl Fact {
    /// The event, told by `source` and read by `collector`.
    pub fn into_event(self, source: &Arc<str>, collector: &'static str) -> Event {
        let Self { id, time, subject, actor, url, data } = self;
        without_addresses(Event {
            id,
            source: source.clone(),
            time,
            subject,
            actor,
            url,
            data,
            collector: collector.into(),
        })
    }

    /// The messages that `text`, which was written with this fact, points to. A second text of the same issue that points
    /// to the same message is no second fact.
    pub fn links(&self, text: &str) -> Vec<Self> {
        let addresses = link::urls(text).into_iter().filter_map(|place| link::target(&text[place]));
        let messages: BTreeSet<String> =
            addresses.filter(|(_, kind)| *kind == "message").map(|(item, _)| item).collect();
        let linked = |item: String| Self {
            id: format!("{}/linked/{item}", self.subject),
            time: self.time,
            subject: self.subject.clone(),
            actor: self.actor.clone(),
            url: self.url.clone(),
            data: Payload::ItemLinked(ItemLinked { item }),
        };
        messages.into_iter().map(linked).collect()
    }

    /// The same, checked at a place in its page.
    fn on_page(self, anchor: &str) -> Self {
        Self { url: self.url.map(|page| format!("{page}#{anchor}")), ..self }
    }
}

/// The times of an object and of the entry in its history may differ by so many seconds.
const SAME: i64 = 2;

/// Whether a close in the history of a pull request is that of its merge, which closes too, in the same second or the next;
/// nothing can close it afterwards. One before was another, and the pull request was opened again.
pub(crate) fn closes_by_merge(closed: Timestamp, merged: Timestamp) -> bool {
    closed.as_second() >= merged.as_second() - SAME
}

/// When it happened: the object's own time, or else that of the record that tells of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct When {
    pub time: Timestamp,
    pub approximate: bool,
}

impl When {
    pub fn exact(time: Timestamp) -> Self {
        Self { time, approximate: false }
    }

    pub fn approximate(time: Timestamp) -> Self {
        Self { time, approximate: true }
    }

    /// The time of a close by the object's `closed_at`, which the other sources have, where this one, of the entry in the
    /// object's history, means the same close.
    #[must_use]
    pub fn as_object_has_it(self, closed_at: Option<Timestamp>) -> Self {
        let time = closed_at.filter(|closed| (closed.as_second() - self.time.as_second()).abs() <= SAME);
        Self { time: time.unwrap_or(self.time), ..self }
    }

    /// The end of an id; see the table above.
    fn mark(self, is_whole: bool) -> &'static str {
        match (self.approximate, is_whole) {
            (false, true) => "",
            (true, true) => "~",
            (false, false) => "~~",
            (true, false) => "~~~",
        }
    }
}

/// A repository, by its `owner/name` as GitHub writes it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Repository<'a>(pub &'a str);

impl fmt::Display for Repository<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl<'a> Repository<'a> {
    pub fn issue(self, number: u64) -> Item<'a> {
        Item { repository: self, number, pull: false }
    }

    pub fn pull_request(self, number: u64) -> Item<'a> {
        Item { repository: self, number, pull: true }
    }

    pub fn discussion(self, number: u64) -> Discussion<'a> {
        Discussion { repository: self, number }
    }

    /// A comment on a commit or on a line of it.
    pub fn commit_commented(self, who: Who, when: When, sha: &str, comment: u64) -> Fact {
        Fact {
            id: format!("github:{self}@{sha}/comment/{comment}{}", when.mark(who.is_known())),
            time: when.time,
            subject: format!("git:{self}@{sha}"),
            actor: who.account,
            url: Some(format!("https://github.com/{self}/commit/{sha}#commitcomment-{comment}")),
            data: Payload::CommitCommented(CommitCommented {
                sha: sha.to_owned(),
                comment,
                actor_id: who.id,
                actor_type: who.kind,
            }),
        }
    }

    /// A release, with its author; drafts are none.
    pub fn released(self, who: Who, when: When, release: u64, tag: &str) -> Fact {
        Fact {
            id: format!("github:{self}/release/{release}{}", when.mark(who.is_known())),
            time: when.time,
            subject: format!("github:{self}/release/{tag}"),
            actor: who.account,
            url: Some(format!("https://github.com/{self}/releases/tag/{tag}")),
            data: Payload::ReleasePublished(ReleasePublished {
                release,
                tag: tag.to_owned(),
                actor_id: who.id,
                actor_type: who.kind,
            }),
        }
    }

    /// One fact an actor, repository and time: a star that is given again is another.
    pub fn starred(self, who: Who, when: When) -> Fact {
        self.by_somebody("starred", who, when, None, |actor_id| {
            Payload::RepositoryStarred(RepositoryStarred { actor_id })
        })
    }

    /// A fork; its time is when the fork was made, where the source has the fork.
    pub fn forked(self, who: Who, when: When, fork: Option<&str>) -> Fact {
        let page = fork.map(|fork| format!("https://github.com/{fork}"));
        let fork = fork.map(str::to_owned);
        self.by_somebody("forked", who, when, page, |actor_id| {
            Payload::RepositoryForked(RepositoryForked { fork, actor_id })
        })
    }

    fn by_somebody(
        self,
        verb: &str,
        who: Who,
        when: When,
        url: Option<String>,
        data: impl FnOnce(Option<u64>) -> Payload,
    ) -> Fact {
        let name = match (who.id, &who.account) {
            (Some(id), _) => id.to_string(),
            (None, Some(account)) => account.trim_start_matches("github:").to_owned(),
            (None, None) => "unknown".to_owned(),
        };
        Fact {
            id: format!("github:{self}/{verb}/{name}/{}{}", when.time, when.mark(who.is_known())),
            time: when.time,
            subject: format!("github:{self}"),
            actor: who.account,
            url,
            data: data(who.id),
        }
    }

    /// The repository, called `from` until then, got this name or came to this owner.
    pub fn renamed(self, who: Who, when: When, from: &str) -> Fact {
        Fact {
            id: format!("github:{self}/renamed/{from}/{}{}", when.time, when.mark(who.is_known())),
            time: when.time,
            subject: format!("github:{self}"),
            actor: who.account,
            url: Some(format!("https://github.com/{self}")),
            data: Payload::RepositoryRenamed(RepositoryRenamed {
                from: from.to_owned(),
                to: self.0.to_owned(),
                actor_id: who.id,
            }),
        }
    }

    /// A push as GH Archive has it. Before 2015 it has no number; its head and branch stand for it.
    pub fn pushed(self, who: Who, time: Timestamp, push: Push) -> Fact {
        let Push { number, reference, head, size, commits } = push;
        let id = match number {
            Some(number) => format!("github:{self}/push/{number}"),
            None => format!("github:{self}/push/{head}/{reference}"),
        };
        Fact {
            id,
            time,
            subject: format!("github:{self}"),
            actor: who.account,
            url: Some(format!("https://github.com/{self}/commit/{head}")),
            data: Payload::PushReceived(PushReceived {
                reference: reference.to_owned(),
                head: head.to_owned(),
                size,
                commits,
                actor_id: who.id,
            }),
        }
    }
}

/// What GH Archive says of a push.
pub(crate) struct Push<'a> {
    pub number: Option<u64>,
    pub reference: &'a str,
    pub head: &'a str,
    pub size: Option<u64>,
    pub commits: Vec<PushedCommit>,
}

/// An issue or a pull request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item<'a> {
    pub repository: Repository<'a>,
    pub number: u64,
    pub pull: bool,
}

impl Item<'_> {
    pub fn subject(self) -> String {
        format!("github:{}#{}", self.repository, self.number)
    }

    pub fn page(self) -> String {
        let kind = if self.pull { "pull" } else { "issues" };
        format!("https://github.com/{}/{kind}/{}", self.repository, self.number)
    }

    /// `who` is the author, `when` the object's `created_at`.
    pub fn opened(self, who: Who, when: When) -> Fact {
        let mark = when.mark(who.is_known());
        let body = opened(self.number, &who, when);
        let data = if self.pull { Payload::PullRequestOpened(body) } else { Payload::IssueOpened(body) };
        self.fact(format!("opened{mark}"), who, when, data)
    }

    /// A close of an issue, or of a pull request without a merge (a merged one is [`Item::merged`] only). `when` is the
    /// object's `closed_at`, to the second the time of the `closed` event in its history.
    pub fn closed(self, who: Who, when: When) -> Fact {
        let data = if self.pull { Payload::PullRequestClosed } else { Payload::IssueClosed };
        self.changed("closed", who, when, data)
    }

    pub fn reopened(self, who: Who, when: When) -> Fact {
        let data = if self.pull { Payload::PullRequestReopened } else { Payload::IssueReopened };
        self.changed("reopened", who, when, data)
    }

    /// A pull request was made a draft.
    pub fn drafted(self, who: Who, when: When) -> Fact {
        self.changed("drafted", who, when, Payload::PullRequestDrafted)
    }

    /// A draft was declared ready for review.
    pub fn readied(self, who: Who, when: When) -> Fact {
        self.changed("readied", who, when, Payload::PullRequestReadied)
    }

    fn changed(self, verb: &str, who: Who, when: When, data: fn(ItemChanged) -> Payload) -> Fact {
        let data = data(ItemChanged { number: self.number, actor_id: who.id, approximate: when.approximate });
        self.at_its_time(verb, true, who, when, data)
    }

    /// `who` is the merger, `when` the object's `merged_at`. Records trimmed to their time do not name the author either.
    pub fn merged(self, who: Who, when: When, author: Who) -> Fact {
        let mark = when.mark(who.is_known() && (author.is_known() || when.approximate));
        let data = Payload::PullRequestMerged(PullRequestMerged {
            number: self.number,
            actor_id: who.id,
            author: author.account,
            author_id: author.id,
            approximate: when.approximate,
        });
        self.fact(format!("merged{mark}"), who, when, data)
    }

    /// A comment in the conversation.
    pub fn commented(self, who: Who, when: When, comment: u64) -> Fact {
        let mark = when.mark(who.is_known());
        let body = commented(self.number, &who, when, comment);
        let data = if self.pull { Payload::PullRequestCommented(body) } else { Payload::IssueCommented(body) };
        self.fact(format!("comment/{comment}{mark}"), who, when, data).on_page(&format!("issuecomment-{comment}"))
    }

    /// A comment on a line.
    pub fn review_commented(self, who: Who, when: When, comment: u64) -> Fact {
        let mark = when.mark(who.is_known());
        let data = Payload::PullRequestReviewCommented(commented(self.number, &who, when, comment));
        self.fact(format!("review-comment/{comment}{mark}"), who, when, data).on_page(&format!("discussion_r{comment}"))
    }

    /// A review that was submitted. A dismissed one no longer shows what it had said: it is marked, and whoever knows
    /// the state before gives that.
    pub fn reviewed(self, who: Who, when: When, review: u64, state: &str) -> Fact {
        let state = state.to_lowercase();
        let mark = when.mark(who.is_known() && state != "dismissed");
        let data = Payload::PullRequestReviewed(PullRequestReviewed {
            number: self.number,
            review,
            state,
            actor_id: who.id,
            actor_type: who.kind.clone(),
            approximate: when.approximate,
        });
        self.fact(format!("review/{review}{mark}"), who, when, data).on_page(&format!("pullrequestreview-{review}"))
    }

    pub fn labeled(self, who: Who, when: When, label: &str) -> Fact {
        let data = Payload::IssueLabeled(ItemLabeled {
            number: self.number,
            label: label.to_owned(),
            actor_id: who.id,
            approximate: when.approximate,
        });
        self.at_its_time(&format!("labeled/{label}"), true, who, when, data)
    }

    /// `assignee` is an account.
    pub fn assigned(self, who: Who, when: When, assignee: &str) -> Fact {
        let data = Payload::IssueAssigned(ItemAssigned {
            number: self.number,
            assignee: assignee.to_owned(),
            actor_id: who.id,
            approximate: when.approximate,
        });
        self.at_its_time(&format!("assigned/{assignee}"), true, who, when, data)
    }

    /// `reviewer` is an account or a `team:`.
    pub fn review_requested(self, who: Who, when: When, reviewer: &str) -> Fact {
        let data = Payload::PullRequestReviewRequested(ReviewRequested {
            number: self.number,
            reviewer: reviewer.to_owned(),
            actor_id: who.id,
            approximate: when.approximate,
        });
        self.at_its_time(&format!("review-requested/{reviewer}"), true, who, when, data)
    }

    /// This issue moved to another repository; `to` is where it is now, if the source says so.
    pub fn transferred(self, who: Who, when: When, to: Option<Item<'_>>) -> Fact {
        let data = Payload::IssueTransferred(ItemTransferred {
            number: self.number,
            to: to.map(Item::subject),
            actor_id: who.id,
            approximate: when.approximate,
        });
        self.at_its_time("transferred", to.is_some(), who, when, data)
    }

    /// What can happen again has its time in its id.
    fn at_its_time(self, what: &str, is_whole: bool, who: Who, when: When, data: Payload) -> Fact {
        let mark = when.mark(is_whole && who.is_known());
        self.fact(format!("{what}/{}{mark}", when.time), who, when, data)
    }

    fn fact(self, what: String, who: Who, when: When, data: Payload) -> Fact {
        let subject = self.subject();
        Fact {
            id: format!("{subject}/{what}"),
            time: when.time,
            subject,
            actor: who.account,
            url: Some(self.page()),
            data,
        }
    }
}

/// A discussion. It has its number from the same row as issues and pull requests.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Discussion<'a> {
    pub repository: Repository<'a>,
    pub number: u64,
}

impl Discussion<'_> {
    pub fn opened(self, who: Who, when: When) -> Fact {
        let mark = when.mark(who.is_known());
        let data = Payload::DiscussionOpened(opened(self.number, &who, when));
        self.fact(format!("opened{mark}"), who, when, data)
    }

    /// A comment, or a reply to one. Its numbers are not those of issues' comments.
    pub fn commented(self, who: Who, when: When, comment: u64) -> Fact {
        let mark = when.mark(who.is_known());
        let data = Payload::DiscussionCommented(commented(self.number, &who, when, comment));
        let anchor = format!("discussioncomment-{comment}");
        self.fact(format!("discussion-comment/{comment}{mark}"), who, when, data).on_page(&anchor)
    }

    /// `who` chose the comment of `answerer` as the answer, at `answer_chosen_at`.
    pub fn answered(self, who: Who, when: When, comment: Option<u64>, answerer: Who) -> Fact {
        let mark = when.mark(who.is_known() && comment.is_some() && answerer.is_known());
        let data = Payload::DiscussionAnswered(DiscussionAnswered {
            number: self.number,
            comment,
            answerer: answerer.account,
            actor_id: who.id,
        });
        let fact = self.fact(format!("answered/{}{mark}", when.time), who, when, data);
        match comment {
            Some(comment) => fact.on_page(&format!("discussioncomment-{comment}")),
            None => fact,
        }
    }

    fn fact(self, what: String, who: Who, when: When, data: Payload) -> Fact {
        let subject = format!("github:{}#{}", self.repository, self.number);
        Fact {
            id: format!("{subject}/{what}"),
            time: when.time,
            subject,
            actor: who.account,
            url: Some(format!("https://github.com/{}/discussions/{}", self.repository, self.number)),
            data,
        }
    }
}

fn opened(number: u64, who: &Who, when: When) -> ItemOpened {
    ItemOpened { number, actor_id: who.id, actor_type: who.kind.clone(), approximate: when.approximate }
}

fn commented(number: u64, who: &Who, when: When, comment: u64) -> ItemCommented {
    ItemCommented { number, comment, actor_id: who.id, actor_type: who.kind.clone(), approximate: when.approximate }
}
