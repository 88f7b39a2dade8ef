//! Items of Perceval's `gerrit`: a change with its votes and messages, as `gerrit query --all-approvals --comments` prints it.
//!
//! - A change is a pull request, `gerrit:<host>/<project>!<number>`. Votes of the label Code-Review (`CRVW` of old servers)
//!   are its reviews: above zero approved, below changes requested, zero commented. Votes of other labels are mostly those of
//!   programs, and not ours. A vote that Gerrit carried over to the next patch set is one review.
//! - The merge is the vote `SUBM`, else the message with which Gerrit tells it; where neither is there it is said that the
//!   time is not known: `lastUpdated` moves with every later word.
//! - Messages that only say what Gerrit did or what was voted are not ours; those in which somebody says something are
//!   comments. They have no number; second and author stand for one. Comments on lines have no time, and are not ours: the
//!   message that announces them (`(2 comments)`) is a comment.
//! - A private change is filtered.
//! - Accounts are `gerrit:<host>/<username>`, else the address, else the name.

use super::forge::{Thing, Who};
use super::found::{Found, Person};
use super::node::Node;
use super::origin::Origin;
use crate::chat::facts::looks_like_address;
use muster_model::{Timestamp, account};

/// How Gerrit's own messages begin.
const WRITTEN_BY_GERRIT: [&str; 12] = [
    "Uploaded patch set ",
    "Created a revert of this change",
    "Set Ready For Review",
    "Set Work In Progress",
    "Topic set to ",
    "Topic changed from ",
    "Topic ",
    "Removed ",
    "Change destination moved from ",
    "Added to attention set",
    "Removed from attention set",
    "Assignee",
];

/// Reads a change.
///
/// # Errors
/// What it should have had.
pub(super) fn read(data: Node<'_>, origin: &Origin) -> Result<Found, String> {
    let missing = |key: &str| format!("a change without {key}");
    let number = data.number("number").ok_or_else(|| missing("number"))?;
    let project = data.text("project").ok_or_else(|| missing("project"))?;
    if data.flag("private") {
        return Ok(Found { filtered: 1, ..Found::default() });
    }
    let page = data.text("url");
    let host = if origin.host.is_empty() { page.map(|page| Origin::of(page).host) } else { Some(origin.host.clone()) };
    let host = host.ok_or_else(|| missing("url"))?;
    let created = data.seconds("createdOn").ok_or_else(|| missing("seconds in createdOn"))?;
    let thing = Thing {
        subject: format!("gerrit:{host}/{project}!{number}"),
        number,
        page: Some(page.map_or_else(|| format!("https://{host}/{number}"), str::to_owned)),
        pull: true,
    };
    let mut reader = Reader { host, project: project.to_owned(), thing, found: Found::default(), merge: None };
    let owner = reader.who(data.object("owner"));
    reader.found.facts.push(reader.thing.opened(owner.clone(), created));
    let mut is_abandoned = false;
    for message in data.list("comments") {
        match Node::of(message) {
            Some(message) => is_abandoned |= reader.message(message),
            None => reader.found.rejected.push("a message that is no object".to_owned()),
        }
    }
    let sets: Vec<Node<'_>> = data.list("patchSets").iter().filter_map(Node::of).collect();
    let current = data.object("currentPatchSet").filter(|_| sets.is_empty());
    for set in sets.into_iter().chain(current) {
        reader.found.not_ours += set.list("comments").len();
        for vote in set.list("approvals").iter().filter_map(Node::of) {
            reader.vote(vote);
        }
    }
    reader.ends(data.text("status").unwrap_or_default(), is_abandoned, owner);
    Ok(reader.found)
}

struct Reader {
    host: String,
    project: String,
    thing: Thing,
    found: Found,
    /// Who merged it when; a vote knows it better than a message.
    merge: Option<(Who, Timestamp, bool)>,
}

impl Reader {
    fn who(&mut self, user: Option<Node<'_>>) -> Who {
        let user = user?;
        // Gerrit itself is nobody.
        let name = user.text("name").filter(|name| *name != "Gerrit Code Review");
        let address = user.text("email").filter(|address| looks_like_address(address));
        let Some(login) = user.text("username") else {
            return address.map(account::email).or_else(|| name.map(|name| account::name(&self.project, name)));
        };
        let account = account::platform("gerrit", &self.host, login);
        self.found.people.push(Person {
            account: account.clone(),
            name: name.unwrap_or_default().to_owned(),
            address: address.unwrap_or_default().to_owned(),
            bot: user.list("tags").iter().any(|tag| tag.as_str() == Some("SERVICE_USER")),
        });
        Some(account)
    }

    /// Whether the message says that the change was given up.
    fn message(&mut self, message: Node<'_>) -> bool {
        let Some(time) = message.seconds("timestamp") else {
            self.found.rejected.push("a message without seconds in timestamp".to_owned());
            return false;
        };
        let who = self.who(message.object("reviewer"));
        let said = without_patch_set(message.said("message"));
        if said.starts_with("Change has been successfully ") || said.starts_with("Change could be merged and was ") {
            self.found.not_ours += usize::from(self.merge.is_some());
            self.merge = self.merge.take().or(Some((who, time, false)));
        } else if is_word(said, "Abandoned") {
            self.found.facts.push(self.thing.closed(who, time));
            return true;
        } else if is_word(said, "Restored") {
            self.found.facts.push(self.thing.reopened(who, time));
        } else if WRITTEN_BY_GERRIT.iter().any(|start| said.starts_with(start)) || !says_something(said) {
            self.found.not_ours += 1;
        } else {
            let second = time.as_second();
            let key = format!("{second}/{}", name_in_id(&who));
            let comment = (u64::try_from(second).unwrap_or_default(), key.as_str(), "");
            self.found.facts.push(self.thing.commented(who, time, comment));
        }
        false
    }

    fn vote(&mut self, vote: Node<'_>) {
        let label = vote.text("type").unwrap_or_default();
        let is_review = label.eq_ignore_ascii_case("Code-Review") || label == "CRVW";
        if !is_review && label != "SUBM" {
            self.found.not_ours += 1;
            return;
        }
        let (Some(time), Some(value)) =
            (vote.seconds("grantedOn"), vote.id("value").and_then(|v| v.parse::<i32>().ok()))
        else {
            self.found.rejected.push(format!("a vote of the label {label} without value or seconds in grantedOn"));
            return;
        };
        let who = self.who(vote.object("by"));
        if !is_review {
            // The merge is told once, with the change's end.
            self.found.not_ours += usize::from(self.merge.is_some());
            self.merge = Some((who, time, true));
            return;
        }
        let state = match value {
            1.. => "approved",
            0 => "commented",
            _ => "changes_requested",
        };
        let second = time.as_second();
        let key = format!("{second}/{}", name_in_id(&who));
        let review = (u64::try_from(second).unwrap_or_default(), key.as_str(), "");
        let fact = self.thing.reviewed(who, time, review, state);
        // The same vote on the next patch set.
        if self.found.facts.iter().any(|told| told.id == fact.id) {
            self.found.not_ours += 1;
        } else {
            self.found.facts.push(fact);
        }
    }

    fn ends(&mut self, status: &str, is_abandoned: bool, owner: Who) {
        match (self.merge.take(), status) {
            (Some((who, time, _)), _) => self.found.facts.push(self.thing.merged(who, time, owner)),
            (None, "MERGED") => self.unknown("merged"),
            (None, "ABANDONED") if !is_abandoned => self.unknown("abandoned"),
            _ => {}
        }
    }

    fn unknown(&mut self, end: &str) {
        let message = format!("{} is {end}, and neither a vote nor a message says when", self.thing.subject);
        self.found.doubts.push((message, "it counts as open; fetch it again with its messages"));
    }
}

/// Who, as it may stand in an id.
fn name_in_id(who: &Who) -> String {
    account::masked(who.as_deref().unwrap_or("unknown"))
}

/// `Patch Set 3: …` without the number.
fn without_patch_set(message: &str) -> &str {
    let message = message.trim();
    let Some(rest) = message.strip_prefix("Patch Set ") else { return message };
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.strip_prefix(':').map_or(message, str::trim_start)
}

fn is_word(said: &str, word: &str) -> bool {
    said.lines().next().is_some_and(|line| line.trim_end_matches(['.', ' ']) == word)
}

/// Whether there is more in a message than votes: `Code-Review+2 Verified+1`, `-Workflow`, `Looks good to me, approved`.
fn says_something(said: &str) -> bool {
    let mut lines = said.lines();
    let first = lines.next().unwrap_or_default().trim();
    let is_vote = |word: &str| {
        let label = word.trim_start_matches('-');
        let name = label.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches(['+', '-']);
        name.len() < word.len() && !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let only_votes = !first.is_empty() && first.split_whitespace().all(is_vote);
    let old_votes = first.split(';').map(str::trim).all(|part| OLD_VOTES.contains(&part)) && !first.is_empty();
    let more = lines.any(|line| !line.trim().is_empty());
    more || !(first.is_empty() || only_votes || old_votes)
}

/// What servers of before 2013 wrote for a vote.
const OLD_VOTES: [&str; 9] = [
    "Looks good to me, approved",
    "Looks good to me, but someone else must approve",
    "I would prefer that you didn't submit this",
    "I would prefer that you didn't merge this",
    "Do not submit",
    "Do not merge",
    "Verified",
    "Fails",
    "No score",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_votes_says_nothing() {
        for message in [
            "Patch Set 2: Code-Review+2",
            "Patch Set 2: Verified-1 -Workflow",
            "Patch Set 1: Looks good to me, approved",
            "",
        ] {
            assert!(!says_something(without_patch_set(message)), "{message}");
        }
        for message in ["Patch Set 2: Code-Review+2\n\nThank you", "Patch Set 2:\n\n(1 comment)", "Hello", "Patch Set"]
        {
            assert!(says_something(without_patch_set(message)), "{message}");
        }
    }
}
