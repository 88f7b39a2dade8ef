//! The catalogue of events: one Rust type for each event type, with the schema number it is stored under.
//!
//! A payload holds only what cannot change afterwards. In the log it is a JSON object whose first key is `schema`.
//! A type or schema that this program does not know is kept byte for byte as [`Payload::Unknown`].
//!
//! An *approximate* fact comes from a record without its object's own time (old archives, payloads trimmed since
//! October 2025): its time is the record's, at most 15 s off, and its id ends in `~`. The tables drop it where
//! the exact fact is known too.

use serde::{Deserialize, Serialize};

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
                match self {
                    $(Self::$variant(body) => with_schema($schema, body),)+
                    Self::Unknown { json, .. } => json.clone(),
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
}

fn with_schema(schema: u32, body: &impl Serialize) -> String {
    use std::fmt::Write;
    let mut json = String::with_capacity(160);
    let _ = write!(json, "{{\"schema\":{schema}");
    // A payload is a struct of strings, numbers and lists: serialising it cannot fail.
    let body = serde_json::to_string(body).unwrap_or_else(|_| "{}".to_owned());
    if body.len() > 2 {
        json.push(',');
    }
    json.push_str(&body[1..]);
    json
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

/// A person as a commit names one: account and the name beside the address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// `email:<address>`.
    pub account: String,
    /// The name as written.
    pub name: String,
}

/// One trailer of a commit message that names a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trailer {
    /// `signed-off-by`, `co-authored-by`, `reviewed-by`, `acked-by`, `tested-by`, `reported-by`: lower case.
    pub key: String,
    /// `email:<address>`, or `name:` when there is no address.
    pub account: String,
    /// The name as written.
    pub name: String,
}

/// `commit.authored`; the event's time is the author date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitAuthored {
    /// The commit's id.
    pub sha: String,
    /// Who wrote it (also the event's actor).
    pub author: Signature,
    /// Who committed it.
    pub committer: Signature,
    /// When it was committed, RFC 3339, UTC.
    pub committed: String,
    /// How many parents: two or more is a merge.
    pub parents: u32,
    /// The first line of the message.
    pub summary: String,
    /// The people in the trailers, in their order, repeated ones once.
    pub trailers: Vec<Trailer>,
}

/// `tag.created`; the event's time is the tagger's, or the commit's for a lightweight tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagCreated {
    /// The tag without `refs/tags/`.
    pub name: String,
    /// The commit it points to.
    pub sha: String,
}

/// `issue.opened`, `pull_request.opened`; the actor is the author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemOpened {
    /// The number in the repository.
    pub number: u64,
    /// GitHub's number of the author; it survives a change of login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
    /// GitHub's type of the author's account: `User`, `Bot`, `Organization`, `Mannequin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_type: Option<String>,
    /// The time is the record's, not the object's.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approximate: bool,
}

/// `issue.closed`, `.reopened`, `pull_request.closed`, `.reopened`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemChanged {
    /// The number in the repository.
    pub number: u64,
    /// GitHub's number of the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
    /// The time is the record's, not the object's.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approximate: bool,
}

/// A comment on an issue, a pull request or a line of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemCommented {
    /// The number of the issue or pull request.
    pub number: u64,
    /// GitHub's number of the comment; the event's id has it too.
    pub comment: u64,
    /// GitHub's number of the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
    /// GitHub's type of the actor's account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_type: Option<String>,
    /// The time is the record's, not the object's.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approximate: bool,
}

/// `issue.labeled`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemLabeled {
    /// The number in the repository.
    pub number: u64,
    /// The label's name.
    pub label: String,
    /// GitHub's number of the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
    /// The time is the record's, not the object's.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approximate: bool,
}

/// `issue.assigned`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemAssigned {
    /// The number in the repository.
    pub number: u64,
    /// The account that it was assigned to.
    pub assignee: String,
    /// GitHub's number of the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
    /// The time is the record's, not the object's.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approximate: bool,
}

/// `pull_request.merged`; the actor is the merger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullRequestMerged {
    /// The number in the repository.
    pub number: u64,
    /// GitHub's number of the merger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
    /// The account of the author; unknown in trimmed payloads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// GitHub's number of the author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author_id: Option<u64>,
    /// The time is the record's, not the object's.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approximate: bool,
}

/// `pull_request.reviewed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullRequestReviewed {
    /// The number in the repository.
    pub number: u64,
    /// GitHub's number of the review.
    pub review: u64,
    /// `approved`, `changes_requested`, `commented`, `dismissed`: lower case.
    pub state: String,
    /// GitHub's number of the reviewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
    /// GitHub's type of the reviewer's account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_type: Option<String>,
    /// The time is the record's, not the object's.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approximate: bool,
}

/// `commit.commented`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitCommented {
    /// The commit's id.
    pub sha: String,
    /// GitHub's number of the comment.
    pub comment: u64,
    /// GitHub's number of the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
    /// GitHub's type of the actor's account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_type: Option<String>,
}

/// `release.published`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasePublished {
    /// GitHub's number of the release.
    pub release: u64,
    /// The tag it is made from.
    pub tag: String,
    /// GitHub's number of the publisher.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
    /// GitHub's type of the publisher's account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_type: Option<String>,
}

/// `repository.starred`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryStarred {
    /// GitHub's number of the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
}

/// `repository.forked`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryForked {
    /// The fork's `owner/name`, where the record has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fork: Option<String>,
    /// GitHub's number of the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
}

/// `repository.renamed`; the subject is the repository by its new name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryRenamed {
    /// The old `owner/name`.
    pub from: String,
    /// The new `owner/name`.
    pub to: String,
    /// GitHub's number of the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
}

/// `issue.transferred`; the subject is the issue by its old number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemTransferred {
    /// The number in the repository that it left.
    pub number: u64,
    /// Where it is now, `github:acme/lantern#12`, where the source says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// GitHub's number of the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
    /// The time is the record's, not the object's.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approximate: bool,
}

/// `pull_request.review_requested`; the actor asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewRequested {
    /// The number in the repository.
    pub number: u64,
    /// Who was asked: an account, or a `team:`.
    pub reviewer: String,
    /// GitHub's number of the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
    /// The time is the record's, not the object's.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approximate: bool,
}

/// `discussion.answered`; the actor chose the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscussionAnswered {
    /// The number in the repository.
    pub number: u64,
    /// GitHub's number of the comment chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<u64>,
    /// The account whose comment it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answerer: Option<String>,
    /// GitHub's number of the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
}

/// `item.linked`; the subject is the issue or pull request, the time that of the text, the actor its author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemLinked {
    /// The message: `slack:<channel>/<ts>`, as `item.reviewed` writes it, or `discord:<guild>/<channel>/<id>`.
    pub item: String,
}

/// `message.posted`; the id is `<channel>/<the platform's id>`, the subject the channel (`slack:T01/C02`,
/// `discord:<guild>/<channel>`, `mail:<list>`), the actor who posted. Joins, leaves and other lines that the platform itself
/// writes are no messages. The text itself is kept only where the pipeline says so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessagePosted {
    /// The event id of the message that begins the thread, where this one is a reply in it; of a mail, the earliest that
    /// its header names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// The event id of the very message that it answers, where the platform says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// A key for what it is about: of a mail the hash of its subject without `Re:` and list tags, of Zulip that of the topic.
    /// Unique in the channel only. It is there where no other message is named: in what begins a thread, and in what
    /// `continues` one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// The message goes on with its topic without naming another message: a subject that begins with `Re:` and a header
    /// that names no mail; anything in a Zulip topic.
    #[serde(default, skip_serializing_if = "is_false")]
    pub continues: bool,
    /// The name of the sender as this message shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether a program posted it: a bot, an integration, a webhook.
    #[serde(default, skip_serializing_if = "is_false")]
    pub bot: bool,
    /// Length of the text in characters (Unicode scalar values); of a mail, without quoted lines.
    pub length: u32,
    /// How many links are in the text.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub links: u32,
    /// How many mentions of accounts.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub mentions: u32,
    /// How many files are attached.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub files: u32,
    /// Whether a question mark (of any script) is in the text, links apart.
    #[serde(default, skip_serializing_if = "is_false")]
    pub question: bool,
    /// A reply in a thread that was shown in the channel too.
    #[serde(default, skip_serializing_if = "is_false")]
    pub broadcast: bool,
    /// XXH3-64 of the text, hexadecimal.
    pub text_hash: String,
    /// Issues, pull requests and messages that the text links to, as accounts of things: `github:acme/lantern#12`,
    /// `slack:<channel>/<ts>`; each once, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// The text, where the pipeline says that it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// `message.edited`; the subject is the message's event id, the time that of the edit. What was posted stays as it was
/// first seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageEdited {
    /// XXH3-64 of the text as it is since, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_hash: Option<String>,
}

/// `message.deleted`; the subject is the message's event id; the time is the message's where the deletion's is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageDeleted {
    /// Only its place is left: the message itself was never seen.
    #[serde(default, skip_serializing_if = "is_false")]
    pub tombstone: bool,
}

/// `message.reacted`; the subject is the message's event id; the time is the message's where the reaction's is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageReacted {
    /// The reaction's name or sign.
    pub reaction: String,
    /// How many reacted so, where the platform does not say who (the event then has no actor).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
}

/// `channel.joined`; the subject is the channel, the actor who came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelJoined {}

/// `channel.described`; the subject is the channel. The id ends in a hash of the payload; the time is when the channel was made,
/// 1970-01-01 where that is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelDescribed {
    /// The name as people see it, without `#`.
    pub name: String,
    /// `public`, `private`, `group`, `direct`, `list` or `forum`.
    pub kind: String,
    /// The channel or server that it is part of: its name as people see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// No longer in use.
    #[serde(default, skip_serializing_if = "is_false")]
    pub archived: bool,
}

/// `account.described`; the subject is the account, the actor null. The id ends in a hash of the payload; the time is when the
/// profile was last changed, 1970-01-01 where that is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountDescribed {
    /// The name as people see it: the real name where there is one.
    pub name: String,
    /// Whether the platform says that it is a program.
    #[serde(default, skip_serializing_if = "is_false")]
    pub bot: bool,
}

/// One commit as a push lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushedCommit {
    /// The commit's id.
    pub sha: String,
    /// `email:<address>` of the author; the archive hashes the local part of some.
    pub account: String,
    /// The author's name as written.
    pub name: String,
    /// Not pushed before to another branch.
    pub distinct: bool,
}

/// `push.received`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushReceived {
    /// The branch: `refs/heads/main`.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The commit that the branch points to afterwards.
    pub head: String,
    /// How many commits, where the record says so; trimmed payloads do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// The commits that the record lists, at most twenty.
    pub commits: Vec<PushedCommit>,
    /// GitHub's number of the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
}

/// `meeting.held`; subject `meeting:<series>/<date>`, time midnight UTC of the meeting's day, or its start where stated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingHeld {
    /// The name of the notes source.
    pub community: String,
    /// Which of the community's meetings: the folder, and what the file name says beside the date.
    pub series: String,
    /// The meeting's day, `2025-06-17`.
    pub date: String,
    /// The title as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Where, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
}

/// `meeting.attended`; the actor attended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingAttended {
    /// The name as written.
    pub name: String,
    /// The organisation as written, where the notes state one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// The role or group in brackets, as written: `TSC`, `observer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// `topic.raised`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicRaised {
    /// The topic as written, without markup.
    pub text: String,
}

/// `action.recorded`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionRecorded {
    /// What is to be done, without markup, owners and box.
    pub text: String,
    /// Who is to do it: accounts.
    pub owners: Vec<String>,
    /// `open` or `done`, as of that meeting.
    pub state: String,
}

/// `item.reviewed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemReviewed {
    /// `github:acme/lantern#12`, or `slack:<channel>/<ts>`.
    pub item: String,
    /// `issue`, `pull_request`, `discussion`, `message`; `item` when a short reference does not tell.
    pub kind: String,
    /// `todo`, `wip`, `done` or `pending`, where its heading says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// `decision.recorded`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionRecorded {
    /// The decision as written, without markup.
    pub text: String,
}

/// `speaker.recorded`; the actor is `initials:<community>/<series>/<date>/<as written>`, which names somebody of that meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpeakerRecorded {
    /// The initials or the name, as written before the colon.
    pub written: String,
}

/// `affiliation.declared`; the event's time is when it was said, or `from` where a source states intervals and no day of its
/// own (1970-01-01 without `from`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AffiliationDeclared {
    /// Whose affiliation.
    pub account: String,
    /// The organisation as written.
    pub organisation: String,
    /// Projects named beside it, as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub projects: Vec<String>,
    /// Who says so: `people`, `roster`, `notes`, `sortinghat`, `gitdm`, `email-map`, `profile`.
    pub said_by: String,
    /// First day it holds, `2015-10-01`, where the source states intervals; without it: ever since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// First day it no longer holds; without it: still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// How often this source has stated and withdrawn this before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub revision: u32,
    /// The source no longer says so.
    #[serde(default, skip_serializing_if = "is_false")]
    pub withdrawn: bool,
}

/// `account.linked`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountLinked {
    /// One account.
    pub account: String,
    /// The account that stands for both.
    pub canonical: String,
    /// Why: `people`, `mailmap`, `gitdm`, `sortinghat`, `roster`, `profile-link`, `chat-profile`.
    pub evidence: String,
    /// The proper name, where the source gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How often this source has stated and withdrawn this before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub revision: u32,
    /// The source no longer says so.
    #[serde(default, skip_serializing_if = "is_false")]
    pub withdrawn: bool,
}

/// `account.unlinked`: the two are two people, whatever weaker evidence says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountUnlinked {
    /// One account.
    pub account: String,
    /// The other.
    pub other: String,
    /// Who says so, as in [`AccountLinked::evidence`].
    pub evidence: String,
    /// How often this source has stated and withdrawn this before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub revision: u32,
    /// The source no longer says so.
    #[serde(default, skip_serializing_if = "is_false")]
    pub withdrawn: bool,
}

/// `person.forgotten`: names and addresses of this person are replaced wherever they stand. It holds hashes only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonForgotten {
    /// What stands in their place: `forgotten:<number>`.
    pub pseudonym: String,
    /// SHA-256, hexadecimal, of each account and each name of the person, as [`crate::account`] writes them, lower case.
    pub hashes: Vec<String>,
}

/// `organization.aliased`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationAliased {
    /// A spelling, or a regular expression that a whole spelling must match.
    pub alias: String,
    /// The organisation that it means.
    pub organisation: String,
    /// Whether `alias` is a regular expression.
    #[serde(default, skip_serializing_if = "is_false")]
    pub pattern: bool,
    /// Who says so: `people`, `gitdm`.
    pub said_by: String,
    /// How often this source has stated and withdrawn this before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub revision: u32,
    /// The source no longer says so.
    #[serde(default, skip_serializing_if = "is_false")]
    pub withdrawn: bool,
}

/// `organization.related`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationRelated {
    /// The organisation that belongs to another.
    pub organisation: String,
    /// The one it belongs to.
    pub parent: String,
    /// First day, `2019-07-09`; without it: ever since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// First day it no longer holds; without it: still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Who says so: `people`, `gitdm`.
    pub said_by: String,
    /// How often this source has stated and withdrawn this before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub revision: u32,
    /// The source no longer says so.
    #[serde(default, skip_serializing_if = "is_false")]
    pub withdrawn: bool,
}

/// `domain.assigned`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainAssigned {
    /// The domain; addresses in its subdomains count too.
    pub domain: String,
    /// Whose people have addresses in it.
    pub organisation: String,
    /// First day, `2019-07-09`; without it: ever since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// First day it no longer holds; without it: still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Who says so: `people`, `gitdm`.
    pub said_by: String,
    /// How often this source has stated and withdrawn this before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub revision: u32,
    /// The source no longer says so.
    #[serde(default, skip_serializing_if = "is_false")]
    pub withdrawn: bool,
}

/// `maintainer.listed`; the actor is null, the subject `roster:<repository>/<path>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaintainerListed {
    /// Whose listing: `github:<login>`, `email:`, `name:` or `team:`.
    pub account: String,
    /// The name as written; the login where there is no name.
    pub name: String,
    /// The role: the heading or the key it stands under (`maintainer`, `reviewers`, `approvers`), lower case.
    pub role: String,
    /// The organisation as written, where the file states one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// Whether this listing counts as a maintainer: false for reviewers, members and teams.
    pub maintainer: bool,
    /// The repository whose roster it is: `acme/community`.
    pub repository: String,
    /// The file in that repository.
    pub path: String,
}

/// `maintainer.unlisted`: the listing of the same account, role, repository and path ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaintainerUnlisted {
    /// Whose listing.
    pub account: String,
    /// The role it had.
    pub role: String,
    /// Where the listing went, when the file says so: `emeritus`, `moved`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The repository whose roster it is.
    pub repository: String,
    /// The file in that repository.
    pub path: String,
}

/// `adopter.listed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdopterListed {
    /// The adopter as written.
    pub name: String,
    /// The repository whose roster it is.
    pub repository: String,
    /// The file in that repository.
    pub path: String,
}

/// `adopter.unlisted`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdopterUnlisted {
    /// The adopter as written.
    pub name: String,
    /// The repository whose roster it is.
    pub repository: String,
    /// The file in that repository.
    pub path: String,
}

/// `source.counted`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceCounted {
    /// What was counted: an event type.
    pub counted: String,
    /// How many the source says there are.
    pub count: u64,
    /// The repository, where the count is one repository's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// First day of the month counted, where the count is a month's: `2025-03-01`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,
}

/// `record.rejected`, `record.noted`: see [`crate::Problem`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordRejected {
    /// The file, relative to the source.
    pub file: String,
    /// 1-based line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What was found and what was expected.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// XXH3-64 of the offending text, hexadecimal.
    pub text_hash: String,
    /// Its length in bytes.
    pub text_length: u64,
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
