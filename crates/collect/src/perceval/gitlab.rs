//! Items of Perceval's `gitlab`: an issue or merge request with its notes.
//!
//! - What happened to it stands in notes that GitLab itself writes (`closed`, `merged`, `approved this merge request`), in
//!   English; GitLab since 13 writes none for a close, a reopening and a merge. So a close is that of a note, and that of
//!   `closed_at` where no note is within 15 seconds of it; a merge is `merged_at`, else that of a note.
//! - A reopening of which no note tells is not known: the close before it is then not known either.
//! - Who has been deleted is GitLab's account `ghost`: nobody.
//! - Confidential issues and internal notes are private, and filtered.
//! - Emojis, versions of a merge request and other notes of GitLab's are no facts of ours.

use super::forge::{Thing, Who};
use super::found::{Found, Person};
use super::node::Node;
use super::origin::Origin;
use muster_model::{Timestamp, account};
use serde_json::Value;

/// What an issue's history and its own object say of one close are as far apart at most.
const SAME: i64 = 15;

/// Reads an issue or a merge request.
///
/// # Errors
/// What it should have had.
pub(super) fn read(data: Node<'_>, origin: &Origin, pull: bool) -> Result<Found, String> {
    let what = if pull { "a merge request" } else { "an issue" };
    let missing = |key: &str| format!("{what} without {key}");
    let number = data.number("iid").ok_or_else(|| missing("iid"))?;
    if data.flag("confidential") {
        return Ok(Found { filtered: 1 + data.list("notes_data").len(), ..Found::default() });
    }
    let page = data.text("web_url");
    let project = if origin.path.is_empty() { page.and_then(project_of) } else { Some(origin.place()) };
    let project = project.ok_or_else(|| missing("web_url"))?;
    let host = project.split('/').next().unwrap_or_default().to_owned();
    let sign = if pull { '!' } else { '#' };
    let kind = if pull { "merge_requests" } else { "issues" };
    let thing = Thing {
        subject: format!("gitlab:{project}{sign}{number}"),
        number,
        page: Some(page.map_or_else(|| format!("https://{project}/-/{kind}/{number}"), str::to_owned)),
        pull,
    };
    let mut reader = Reader { host, thing, found: Found::default(), closes: Vec::new(), is_merged: false };
    let author = reader.who(data.object("author"));
    let created = data.time("created_at").ok_or_else(|| missing("a time in created_at"))?;
    reader.found.facts.push(reader.thing.opened(author.clone(), created));
    if let Some(merged) = data.time("merged_at") {
        let merger = data.object("merge_user").or_else(|| data.object("merged_by"));
        let merger = reader.who(merger);
        reader.merged(merger, merged, author.clone());
    }
    for note in data.list("notes_data") {
        match Node::of(note) {
            Some(note) => reader.note(note, &author),
            None => reader.found.rejected.push("a note that is no object".to_owned()),
        }
    }
    reader.closed(data);
    reader.found.not_ours += data.list("award_emoji_data").len() + data.list("versions_data").len();
    Ok(reader.found)
}

/// `gitlab.com/acme/tools/lantern` of the page of an issue or merge request.
fn project_of(page: &str) -> Option<String> {
    let end = page.find("/-/").or_else(|| page.find("/issues/")).or_else(|| page.find("/merge_requests/"))?;
    Some(Origin::of(&page[..end]).place()).filter(|place| place.contains('/'))
}

struct Reader {
    host: String,
    thing: Thing,
    found: Found,
    /// The closes that notes tell.
    closes: Vec<Timestamp>,
    is_merged: bool,
}

impl Reader {
    fn account(&self, login: &str) -> String {
        // GitLab compares them so.
        account::platform("gitlab", &self.host, &login.trim_start_matches('@').to_lowercase())
    }

    /// The account, whose name is told too.
    fn who(&mut self, user: Option<Node<'_>>) -> Who {
        let user = user?;
        let login = user.text("username").filter(|login| !login.eq_ignore_ascii_case("ghost"))?;
        let account = self.account(login);
        self.found.people.push(Person {
            account: account.clone(),
            name: user.said("name").to_owned(),
            address: user.text("public_email").unwrap_or_default().to_owned(),
            bot: user.flag("bot"),
        });
        Some(account)
    }

    fn merged(&mut self, who: Who, time: Timestamp, author: Who) {
        if !std::mem::replace(&mut self.is_merged, true) {
            self.found.facts.push(self.thing.merged(who, time, author));
        }
    }

    fn note(&mut self, note: Node<'_>, author: &Who) {
        self.found.not_ours += note.list("award_emoji_data").len();
        if note.flag("internal") || note.flag("confidential") {
            self.found.filtered += 1;
            return;
        }
        let (Some(id), Some(time)) = (note.number("id"), note.time("created_at")) else {
            self.found.rejected.push("a note without id or a time in created_at".to_owned());
            return;
        };
        let who = self.who(note.object("author"));
        let key = id.to_string();
        let anchor = format!("note_{id}");
        let place = (id, key.as_str(), anchor.as_str());
        if note.flag("system") {
            return self.happened(note.said("body"), who, time, place, author);
        }
        let is_on_a_line =
            self.thing.pull && (note.text("type") == Some("DiffNote") || note.object("position").is_some());
        self.found.facts.push(if is_on_a_line {
            self.thing.review_commented(who, time, place)
        } else {
            self.thing.commented(who, time, place)
        });
    }

    /// A note that GitLab wrote.
    fn happened(&mut self, body: &str, who: Who, time: Timestamp, place: (u64, &str, &str), author: &Who) {
        let body = body.trim();
        // "closed", "closed via merge request !3", "Status changed to closed by commit 1a2b" of the first years.
        let said = body.strip_prefix("Status changed to ").or_else(|| body.strip_prefix("_Status changed to "));
        let said = said.unwrap_or(body);
        let verb = said.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default().to_lowercase();
        let is_state = said.len() == verb.len()
            || ["via ", "by ", "in ", "with "].iter().any(|next| said[verb.len()..].trim_start().starts_with(next));
        match verb.as_str() {
            "closed" if is_state => {
                self.closes.push(time);
                self.found.facts.push(self.thing.closed(who, time));
            }
            "reopened" if is_state => self.found.facts.push(self.thing.reopened(who, time)),
            "merged" if is_state && self.thing.pull && !self.is_merged => self.merged(who, time, author.clone()),
            "approved" if body == "approved this merge request" => {
                self.found.facts.push(self.thing.reviewed(who, time, place, "approved"));
            }
            "assigned" if body.starts_with("assigned to ") => {
                let assigned = body.split(" and unassigned ").next().unwrap_or_default();
                let logins: Vec<&str> = assigned.split([' ', ',']).filter_map(|word| word.strip_prefix('@')).collect();
                self.found.not_ours += usize::from(logins.is_empty());
                for login in logins {
                    let assignee = self.account(login);
                    self.found.facts.push(self.thing.assigned(who.clone(), time, &assignee));
                }
            }
            _ => self.found.not_ours += 1,
        }
    }

    /// The close or merge of which the object itself tells.
    fn closed(&mut self, data: Node<'_>) {
        let state = data.text("state").unwrap_or_default();
        if self.thing.pull && state == "merged" && !self.is_merged {
            // GitLab of before 2018 does not say when.
            let message = format!("{} is merged, and nothing says when", self.thing.subject);
            self.found.doubts.push((message, "it counts as open; fetch it again from a newer GitLab"));
            return;
        }
        let Some(closed) = data.time("closed_at") else {
            if state == "closed" && self.closes.is_empty() {
                let message = format!("{} is closed, and nothing says when", self.thing.subject);
                self.found.doubts.push((message, "it counts as open; fetch it again from a newer GitLab"));
            }
            return;
        };
        let is_told = self.closes.iter().any(|time| (time.as_second() - closed.as_second()).abs() <= SAME);
        if !is_told && !self.is_merged {
            let closer = self.who(data.object("closed_by"));
            self.found.facts.push(self.thing.closed(closer, closed));
        }
    }
}

/// The category of an item that does not name it.
pub(super) fn is_merge_request(data: &Value) -> bool {
    ["merged_by", "merge_status", "source_branch"].iter().any(|key| data.get(key).is_some())
}
