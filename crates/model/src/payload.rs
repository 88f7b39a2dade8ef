//! The catalogue of events: one Rust type for each event type, with the schema number it is stored under.
//!
//! A payload holds only what cannot change afterwards. In the log it is a JSON object whose first key is `schema`.
//! A type or schema that this program does not know is kept byte for byte as [`Payload::Unknown`].
//!
//! An *approximate* fact comes from a record without its object's own time (old archives, payloads trimmed since
//! October 2025): its time is the record's, at most 15 s off, and its id ends in `~`. The tables drop it where
//! the exact fact is known too.

use serde::Serialize;

mod chat;
mod git;
mod github;
mod meeting;
mod own;
mod people;
mod roster;
mod run;

pub use chat::*;
pub use git::*;
pub use github::*;
pub use meeting::*;
pub use own::*;
pub use people::*;
pub use roster::*;
pub use run::*;

macro_rules! catalogue {
    ($($(#[$doc:meta])* $kind:literal $schema:literal => $variant:ident($body:ident),)+) => {
        /// What happened: one variant for each event type of the catalogue.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Payload {
            $($(#[$doc])* $variant($body),)+
            /// A type or schema of another program or a later version, kept as it came.
            Unknown {
                /// The event's type.
                kind: String,
                /// The payload's JSON, byte for byte.
                json: String,
            },
        }

        impl Payload {
            /// Every event type of this program.
            pub const KINDS: &'static [&'static str] = &[$($kind),+];

            /// The event's type, `<noun>.<past participle>`.
            pub fn kind(&self) -> &str {
                match self {
                    $(Self::$variant(_) => $kind,)+
                    Self::Unknown { kind, .. } => kind,
                }
            }

            /// The JSON that the log stores; the same value always gives the same bytes.
            pub fn to_json(&self) -> String {
                let mut json = Vec::with_capacity(256);
                self.write_json(&mut json);
                String::from_utf8(json).unwrap_or_default()
            }

            /// The same, put behind what is there.
            pub fn write_json(&self, json: &mut Vec<u8>) {
                match self {
                    $(Self::$variant(body) => with_schema($schema, body, json),)+
                    Self::Unknown { json: own, .. } => json.extend_from_slice(own.as_bytes()),
                }
            }

            /// Reads what [`Payload::to_json`] wrote, now or in an earlier version. What is not understood (a type, a
            /// schema, a shape) is kept as [`Payload::Unknown`], never lost.
            pub fn from_json(kind: &str, json: &str) -> Self {
                let known = match kind {
                    $($kind if schema_of(json) == Some($schema) => serde_json::from_str(json).ok().map(Self::$variant),)+
                    _ => None,
                };
                known.unwrap_or_else(|| Self::Unknown { kind: kind.to_owned(), json: json.to_owned() })
            }
        }
    };
}

catalogue! {
    /// A commit on the branch that is collected.
    "commit.authored" 1 => CommitAuthored(CommitAuthored),
    /// A tag.
    "tag.created" 1 => TagCreated(TagCreated),
    /// An issue was opened.
    "issue.opened" 1 => IssueOpened(ItemOpened),
    /// An issue was closed.
    "issue.closed" 1 => IssueClosed(ItemChanged),
    /// An issue was opened again.
    "issue.reopened" 1 => IssueReopened(ItemChanged),
    /// A comment on an issue.
    "issue.commented" 1 => IssueCommented(ItemCommented),
    /// A label was put on an issue or pull request.
    "issue.labeled" 1 => IssueLabeled(ItemLabeled),
    /// Somebody was assigned to an issue or pull request.
    "issue.assigned" 1 => IssueAssigned(ItemAssigned),
    /// A pull request was opened.
    "pull_request.opened" 1 => PullRequestOpened(ItemOpened),
    /// A pull request was closed unmerged.
    "pull_request.closed" 1 => PullRequestClosed(ItemChanged),
    /// A pull request was merged.
    "pull_request.merged" 1 => PullRequestMerged(PullRequestMerged),
    /// A pull request was opened again.
    "pull_request.reopened" 1 => PullRequestReopened(ItemChanged),
    /// A comment in a pull request's conversation.
    "pull_request.commented" 1 => PullRequestCommented(ItemCommented),
    /// A review was submitted.
    "pull_request.reviewed" 1 => PullRequestReviewed(PullRequestReviewed),
    /// A comment on a line of a pull request.
    "pull_request.review_commented" 1 => PullRequestReviewCommented(ItemCommented),
    /// A comment on a commit.
    "commit.commented" 1 => CommitCommented(CommitCommented),
    /// A release was published.
    "release.published" 1 => ReleasePublished(ReleasePublished),
    /// A repository got a star.
    "repository.starred" 1 => RepositoryStarred(RepositoryStarred),
    /// A repository was forked.
    "repository.forked" 1 => RepositoryForked(RepositoryForked),
    /// A repository got another name.
    "repository.renamed" 1 => RepositoryRenamed(RepositoryRenamed),
    /// An issue moved to another repository.
    "issue.transferred" 1 => IssueTransferred(ItemTransferred),
    /// Somebody was asked for a review.
    "pull_request.review_requested" 1 => PullRequestReviewRequested(ReviewRequested),
    /// A pull request was made a draft.
    "pull_request.drafted" 1 => PullRequestDrafted(ItemChanged),
    /// A draft was declared ready for review.
    "pull_request.readied" 1 => PullRequestReadied(ItemChanged),
    /// A discussion was opened.
    "discussion.opened" 1 => DiscussionOpened(ItemOpened),
    /// A comment in a discussion, or a reply to one.
    "discussion.commented" 1 => DiscussionCommented(ItemCommented),
    /// A comment was chosen as the discussion's answer.
    "discussion.answered" 1 => DiscussionAnswered(DiscussionAnswered),
    /// The text of an issue, pull request or comment points to a chat message or mail.
    "item.linked" 1 => ItemLinked(ItemLinked),
    /// Commits were pushed (GH Archive).
    "push.received" 1 => PushReceived(PushReceived),
    /// A message in a chat channel or on a mailing list.
    "message.posted" 1 => MessagePosted(MessagePosted),
    /// A message was changed.
    "message.edited" 1 => MessageEdited(MessageEdited),
    /// A message was deleted; where only its place is left, this is all that is known of it.
    "message.deleted" 1 => MessageDeleted(MessageDeleted),
    /// Somebody reacted to a message.
    "message.reacted" 1 => MessageReacted(MessageReacted),
    /// Somebody came into a channel.
    "channel.joined" 1 => ChannelJoined(ChannelJoined),
    /// What a channel is called and what kind it is.
    "channel.described" 1 => ChannelDescribed(ChannelDescribed),
    /// What an account is called, where the platform says so apart from what the account does.
    "account.described" 1 => AccountDescribed(AccountDescribed),
    /// A meeting took place.
    "meeting.held" 1 => MeetingHeld(MeetingHeld),
    /// Somebody was at a meeting.
    "meeting.attended" 1 => MeetingAttended(MeetingAttended),
    /// Somebody's words are in the notes, under initials or a name before a colon.
    "speaker.recorded" 1 => SpeakerRecorded(SpeakerRecorded),
    /// A topic was on the agenda.
    "topic.raised" 1 => TopicRaised(TopicRaised),
    /// An action item, as it stood at that meeting.
    "action.recorded" 1 => ActionRecorded(ActionRecorded),
    /// An issue, pull request or message was looked at.
    "item.reviewed" 1 => ItemReviewed(ItemReviewed),
    /// A decision was written down.
    "decision.recorded" 1 => DecisionRecorded(DecisionRecorded),
    /// A source says where somebody works.
    "affiliation.declared" 1 => AffiliationDeclared(AffiliationDeclared),
    /// A source says that two accounts are one person.
    "account.linked" 1 => AccountLinked(AccountLinked),
    /// A source says that two accounts are two people.
    "account.unlinked" 1 => AccountUnlinked(AccountUnlinked),
    /// Somebody asked to be left out.
    "person.forgotten" 1 => PersonForgotten(PersonForgotten),
    /// A source says that two spellings are one organisation.
    "organization.aliased" 1 => OrganizationAliased(OrganizationAliased),
    /// A source says that an organisation belongs to another.
    "organization.related" 1 => OrganizationRelated(OrganizationRelated),
    /// A source says whose people have addresses in a domain.
    "domain.assigned" 1 => DomainAssigned(DomainAssigned),
    /// Somebody appears in a roster.
    "maintainer.listed" 1 => MaintainerListed(MaintainerListed),
    /// Somebody no longer appears in a roster.
    "maintainer.unlisted" 1 => MaintainerUnlisted(MaintainerUnlisted),
    /// An adopter appears in a roster.
    "adopter.listed" 1 => AdopterListed(AdopterListed),
    /// An adopter no longer appears in a roster.
    "adopter.unlisted" 1 => AdopterUnlisted(AdopterUnlisted),
    /// What a source says it holds.
    "source.counted" 1 => SourceCounted(SourceCounted),
    /// A record that could not be read.
    "record.rejected" 1 => RecordRejected(RecordRejected),
    /// A record that was read with a doubt.
    "record.noted" 1 => RecordNoted(RecordRejected),
    /// A run of muster began.
    "run.started" 1 => RunStarted(RunStarted),
    /// A run of muster ended.
    "run.finished" 1 => RunFinished(RunFinished),
    /// Somebody was told about a run.
    "run.notified" 1 => RunNotified(RunNotified),
}

fn with_schema(schema: u32, body: &impl Serialize, json: &mut Vec<u8>) {
    use std::io::Write;
    let _ = write!(json, "{{\"schema\":{schema}");
    let opening = json.len();
    // A payload is a struct of strings, numbers and lists: serialising it cannot fail.
    let _ = serde_json::to_writer(&mut *json, body);
    match &json[opening..] {
        [_, _, _, ..] => json[opening] = b',',
        _ => {
            json.truncate(opening);
            json.push(b'}');
        }
    }
}

/// The number that follows `{"schema":`, where every payload of ours has it.
fn schema_of(json: &str) -> Option<u32> {
    let digits = json.strip_prefix("{\"schema\":")?;
    digits[..digits.find(|c: char| !c.is_ascii_digit())?].parse().ok()
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_survives_the_log() {
        let payload = Payload::IssueClosed(ItemChanged { number: 12, actor_id: Some(583_231), approximate: false });
        assert_eq!(payload.to_json(), r#"{"schema":1,"number":12,"actor_id":583231}"#);
        assert_eq!(Payload::from_json("issue.closed", &payload.to_json()), payload);
    }

    #[test]
    fn what_a_later_version_wrote_is_kept_byte_for_byte() {
        for (kind, json) in [
            ("issue.closed", r#"{"schema":7,"who":"?"}"#),
            ("planet.discovered", r#"{"schema":1}"#),
            ("issue.closed", "not JSON"),
        ] {
            let payload = Payload::from_json(kind, json);
            assert_eq!(payload.kind(), kind);
            assert_eq!(payload.to_json(), json);
            assert!(matches!(payload, Payload::Unknown { .. }));
        }
    }
}
