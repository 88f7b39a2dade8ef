//! Issues and changes of forges other than GitHub, as the events of GitHub's: the same types and payloads, ids of the same
//! form, subjects `gitlab:<host>/<group>/<project>#12` (an issue) and `…!12` (a merge request; a change of Gerrit's). A number
//! of GitHub's for an account is never there. What somebody unknown did ends in `~~`, as it does for GitHub.

use crate::chat::exports::Fact;
use muster_model::payload::{
    ItemAssigned, ItemChanged, ItemCommented, ItemOpened, PullRequestMerged, PullRequestReviewed,
};
use muster_model::{Payload, Timestamp};

/// An issue or a change.
#[derive(Debug, Clone)]
pub(super) struct Thing {
    pub subject: String,
    pub number: u64,
    pub page: Option<String>,
    /// A change that is to be merged.
    pub pull: bool,
}

/// Who did something, where it is known: an account.
pub(super) type Who = Option<String>;

impl Thing {
    /// `who` is the author.
    pub fn opened(&self, who: Who, time: Timestamp) -> Fact {
        let body = ItemOpened { number: self.number, actor_id: None, actor_type: None, approximate: false };
        let data = if self.pull { Payload::PullRequestOpened(body) } else { Payload::IssueOpened(body) };
        self.fact("opened".to_owned(), who, time, "", data)
    }

    pub fn closed(&self, who: Who, time: Timestamp) -> Fact {
        let data = if self.pull { Payload::PullRequestClosed } else { Payload::IssueClosed };
        self.fact(format!("closed/{time}"), who, time, "", data(self.change()))
    }

    pub fn reopened(&self, who: Who, time: Timestamp) -> Fact {
        let data = if self.pull { Payload::PullRequestReopened } else { Payload::IssueReopened };
        self.fact(format!("reopened/{time}"), who, time, "", data(self.change()))
    }

    /// `who` is the merger. A merge happens once.
    pub fn merged(&self, who: Who, time: Timestamp, author: Who) -> Fact {
        let data =
            PullRequestMerged { number: self.number, actor_id: None, author, author_id: None, approximate: false };
        self.fact("merged".to_owned(), who, time, "", Payload::PullRequestMerged(data))
    }

    /// `key` tells the comment from others of the thing.
    pub fn commented(&self, who: Who, time: Timestamp, (comment, key, anchor): (u64, &str, &str)) -> Fact {
        let body = self.comment(comment);
        let data = if self.pull { Payload::PullRequestCommented(body) } else { Payload::IssueCommented(body) };
        self.fact(format!("comment/{key}"), who, time, anchor, data)
    }

    /// A comment on a line.
    pub fn review_commented(&self, who: Who, time: Timestamp, (comment, key, anchor): (u64, &str, &str)) -> Fact {
        let data = Payload::PullRequestReviewCommented(self.comment(comment));
        self.fact(format!("review-comment/{key}"), who, time, anchor, data)
    }

    pub fn reviewed(&self, who: Who, time: Timestamp, (review, key, anchor): (u64, &str, &str), state: &str) -> Fact {
        let data = PullRequestReviewed {
            number: self.number,
            review,
            state: state.to_owned(),
            actor_id: None,
            actor_type: None,
            approximate: false,
        };
        self.fact(format!("review/{key}"), who, time, anchor, Payload::PullRequestReviewed(data))
    }

    /// `assignee` is an account.
    pub fn assigned(&self, who: Who, time: Timestamp, assignee: &str) -> Fact {
        let data =
            ItemAssigned { number: self.number, assignee: assignee.to_owned(), actor_id: None, approximate: false };
        self.fact(format!("assigned/{assignee}/{time}"), who, time, "", Payload::IssueAssigned(data))
    }

    fn change(&self) -> ItemChanged {
        ItemChanged { number: self.number, actor_id: None, approximate: false }
    }

    fn comment(&self, comment: u64) -> ItemCommented {
        ItemCommented { number: self.number, comment, actor_id: None, actor_type: None, approximate: false }
    }

    fn fact(&self, what: String, actor: Who, time: Timestamp, anchor: &str, data: Payload) -> Fact {
        let mark = if actor.is_none() { "~~" } else { "" };
        let url =
            self.page.as_ref().map(|page| if anchor.is_empty() { page.clone() } else { format!("{page}#{anchor}") });
        Fact { id: format!("{}/{what}{mark}", self.subject), time, subject: self.subject.clone(), actor, url, data }
    }
}
