//! Action items: what is to be done, who is to do it, whether it is done.

use super::attendee::{is_name, is_placeholder, login_in};
use super::rich::{Rich, fold, is_one_of};
use super::section::bracket_status;
use std::ops::Range;

/// Somebody who is to do something, as the notes write it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Owner {
    /// `@login`, a linked profile.
    Login(String),
    /// `@acme/maintainers`.
    Team(String),
    /// `Ada`, `AL`.
    Name(String),
}

/// An action item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Action {
    /// Without markup, box and owners.
    pub text: String,
    /// The whole text, which tells two actions apart.
    pub whole: String,
    pub owners: Vec<Owner>,
    pub done: bool,
}

/// An action item before the attendees of its meeting are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub rich: Rich,
    pub checked: Option<bool>,
    /// The heading above says so.
    pub heading_done: bool,
    /// An owner who stands above a list of items, or in an owner column.
    pub owner: Option<String>,
    /// A paragraph: each line with an owner of its own is an item.
    pub paragraph: bool,
    /// Under a heading for decisions too: without owner and box it is one.
    pub mixed: bool,
}

/// A draft once it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Read {
    Action(Action),
    Decision(String),
}

/// Who was there, as far as it helps to tell an owner from another word before a colon.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    names: Vec<String>,
    /// Lower-case name and login of those who have one.
    logins: Vec<(String, String)>,
}

impl Known {
    /// Learns who somebody is: `@Ada` can mean an attendee of this name whose login is another.
    pub fn add_login(&mut self, name: &str, login: &str) {
        self.add(login);
        self.logins.push((name.to_lowercase(), login.to_owned()));
    }

    /// The login that `@written` means here: an attendee's of this name, unless it is somebody's login.
    fn login(&self, written: &str) -> Option<&str> {
        if self.logins.iter().any(|(_, login)| login.eq_ignore_ascii_case(written)) {
            return None;
        }
        let name = written.to_lowercase();
        let mut named = self.logins.iter().filter(|(known, _)| *known == name).map(|(_, login)| login.as_str());
        let login = named.next()?;
        named.all(|other| other == login).then_some(login)
    }

    /// Whether a name or its first word was learnt.
    pub fn knows(&self, name: &str) -> bool {
        self.has(name.trim_start_matches('@'))
    }

    /// Learns a name: itself and its first word.
    pub fn add(&mut self, name: &str) {
        let lower = name.trim_start_matches('@').to_lowercase();
        if let Some(first) = lower.split_whitespace().next() {
            self.names.push(first.to_owned());
        }
        self.names.push(lower);
    }

    fn has(&self, name: &str) -> bool {
        self.names.contains(&name.to_lowercase())
    }
}

/// Reads a draft.
pub(super) fn read(draft: &Draft, known: &Known) -> Vec<Read> {
    let pieces = if draft.paragraph { by_owner(&draft.rich, known) } else { vec![draft.rich.clone()] };
    pieces.into_iter().filter_map(|piece| read_one(draft, &piece, known)).collect()
}

fn by_owner(rich: &Rich, known: &Known) -> Vec<Rich> {
    let mut starts = Vec::new();
    let mut at = 0;
    for line in rich.text.split_inclusive('\n') {
        if at == 0 || is_marked(line) || owner_prefix(line, known).is_some() {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([rich.text.len()]);
    starts.iter().zip(ends).map(|(start, end)| rich.slice(*start..end)).collect()
}

fn read_one(draft: &Draft, rich: &Rich, known: &Known) -> Option<Read> {
    let whole = rich.folded();
    let marker = marker(&rich.text);
    let marked = marker.is_some();
    let (stated, text) = marker.unwrap_or_else(|| (None, rich.text.trim_start_matches([' ', '*', '-'])));
    let mut owners: Vec<Owner> = stated.and_then(|stated| names_of(stated, known, true)).unwrap_or_default();
    let mut body = text.to_owned();
    if let Some(above) = &draft.owner {
        owners.extend(names_of(above, known, true).unwrap_or_default());
    }
    for (range, to) in &rich.links {
        if let Some(login) = super::link::profile(to)
            && (range.start == 0 || range.end == rich.text.len())
        {
            owners.push(Owner::Login(login.to_owned()));
        }
    }
    let prefix = owner_prefix(&body, known).or_else(|| owner_subject(&body, known, marked));
    let named = prefix.is_some() || draft.owner.is_some();
    if let Some((end, found)) = prefix {
        owners.extend(found);
        body = body[end..].to_owned();
    }
    let body = trailing_owners(&leading_logins(&body, &mut owners), &mut owners);
    let body = stated_owner(&body, known, &mut owners);
    let body = if owners.is_empty() { dashed_owner(&body, known, &mut owners) } else { body };
    for owner in &mut owners {
        if let Owner::Login(written) = owner
            && let Some(login) = known.login(written)
        {
            *owner = Owner::Login(login.to_owned());
        }
    }
    let mut seen = std::collections::HashSet::new();
    owners.retain(|owner| seen.insert(owner.clone()));
    let text = fold(body.trim().trim_start_matches(['-', '–', '—', ':', ',']).trim_end_matches(['-', '–', '—', ',']));
    let says_nothing = !text.chars().any(char::is_alphanumeric) || is_placeholder(&text) || nothing(&text);
    if says_nothing {
        return None;
    }
    let bare_link = owners.is_empty() && crate::link::urls(&text).first().is_some_and(|url| url.end + 1 >= text.len());
    if bare_link && (draft.paragraph || draft.mixed) {
        return None;
    }
    if draft.mixed && is_next_meeting(&text) {
        return None;
    }
    if draft.mixed && !named && owners.is_empty() && draft.checked.is_none() && !marked {
        return text.contains(' ').then_some(Read::Decision(whole));
    }
    let said_done = draft.checked.unwrap_or(draft.heading_done) || rich.wholly(&rich.struck);
    let done = said_done || bracket_status(&whole) == Some("done");
    Some(Read::Action(Action { text, whole, owners, done }))
}

fn nothing(text: &str) -> bool {
    let lower = text.to_lowercase();
    let text = lower.trim_matches(|c: char| !c.is_alphanumeric());
    matches!(
        text,
        "no action items"
            | "no new action items"
            | "no actions"
            | "none this week"
            | "nothing"
            | "no todos"
            | "no tasks"
            | "none noted"
            | "skipped"
            | "skipping"
            | "no decisions"
            | "no updates"
            | "no"
    )
}

/// "Next meeting: Monday" is no decision, "Next meeting is moved to Monday" is one.
pub(super) fn is_next_meeting(text: &str) -> bool {
    let lower = text.to_lowercase();
    let said = lower.trim_start_matches("the ").trim_start_matches("our ");
    let label = ["next meeting", "next call", "next session"].iter().find_map(|label| said.strip_prefix(label));
    label.is_some_and(|rest| rest.trim_start_matches(['*', ' ']).starts_with([':', '：']))
        || ["we meet next", "we next meet"].iter().any(|start| lower.starts_with(start))
}

/// Whether a text begins with `TODO:`, `Action item:`, `[AI]` and the like.
pub(super) fn is_marked(text: &str) -> bool {
    marker(text).is_some()
}

/// The same among topics, where "AI: our policy" and "Action: what it means" are some: somebody must be named behind it.
pub(super) fn is_surely_marked(text: &str) -> bool {
    let Some((owner, rest)) = marker(text) else { return false };
    let subject = [" to ", " will ", ":"].iter().filter_map(|end| rest.find(end)).min().map_or("", |end| &rest[..end]);
    owner.is_some() || rest.starts_with('@') || name_like(subject)
}

/// The owner in `TODO(ada): ...`, `Action item (Bo): ...` or `[AI: Bo] ...`, and the text after such a marker.
fn marker(text: &str) -> Option<(Option<&str>, &str)> {
    let start = text.trim_start_matches([' ', '*', '-']);
    let behind = |rest: &'_ str| rest.len() - rest.trim_start_matches([':', ' ']).len();
    if let Some((inner, rest)) = start.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        let (word, owner) = inner.split_once(':').map_or((inner, None), |(word, owner)| (word, Some(owner.trim())));
        // A link's text in brackets is none.
        return is_marker(word.trim()).then(|| (owner, &rest[behind(rest)..]));
    }
    let end = start.find([':', '(', '-', '–', '—'])?;
    let (word, rest) = (start[..end].trim_end(), &start[end..]);
    if !is_marker(word) {
        // "TODO AL: ..." needs no colon behind it; "TODO list" is no marker.
        let rest = start.strip_prefix("TODO ")?.trim_start();
        return rest.starts_with(|c: char| c.is_uppercase() || c == '@').then_some((None, rest));
    }
    if let Some((owner, rest)) = rest.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
        return rest.starts_with(':').then(|| (Some(owner), &rest[behind(rest)..]));
    }
    // "AI - Ada: ..." has a colon too; "AI - the next years" has none.
    let dash = rest.chars().next().filter(|c| *c != ':' && *c != '(');
    match dash {
        Some(dash) => {
            let rest = rest[dash.len_utf8()..].trim_start();
            (start[..end].ends_with(' ') && rest.contains(':')).then_some((None, rest))
        }
        None => rest.starts_with(':').then(|| (None, &rest[behind(rest)..])),
    }
}

fn is_marker(word: &str) -> bool {
    matches!(word, "TODO" | "Todo" | "ToDo" | "AI" | "AR")
        || ["action item", "action", "action point"].iter().any(|marker| word.eq_ignore_ascii_case(marker))
}

/// The owners before a colon or in square brackets at the start of a text, and where the rest begins.
pub(super) fn owner_prefix(text: &str, known: &Known) -> Option<(usize, Vec<Owner>)> {
    let lead = text.len() - text.trim_start().len();
    let start = &text[lead..];
    if start.starts_with('[') {
        let mut owners = Vec::new();
        let mut at = 0;
        while let Some(rest) = start[at..].trim_start().strip_prefix('[') {
            let opened = start.len() - rest.len();
            let Some(found) = rest.find(']').and_then(|close| Some((close, names_of(&rest[..close], known, false)?)))
            else {
                break;
            };
            owners.extend(found.1);
            at = opened + found.0 + 1;
        }
        let skip = start[at..].len() - start[at..].trim_start_matches([':', ' ']).len();
        return (!owners.is_empty()).then_some((lead + at + skip, owners));
    }
    let colon = start.find([':', '：'])?;
    let after = &start[colon..].trim_start_matches([':', '：']);
    if colon > 60 || start[..colon].contains('\n') || !(after.is_empty() || after.starts_with(char::is_whitespace)) {
        return None;
    }
    if let Some(owners) = names_of(&start[..colon], known, false) {
        return Some((lead + start.len() - after.len(), owners));
    }
    // "AL (one week): ...": the bracket is no part of the owner, but of the text.
    let bracket = start[..colon].trim_end().strip_suffix(')').and_then(|head| head.find(" ("))?;
    let owners = names_of(&start[..bracket], known, false)?;
    Some((lead + bracket, owners))
}

/// `AL to review`, `Ada and Bo will write`; after a marker also `AL review`: initials, or names of the list.
fn owner_subject(text: &str, known: &Known, marked: bool) -> Option<(usize, Vec<Owner>)> {
    let end = [" to ", " will "].iter().filter_map(|verb| text.find(verb)).min().filter(|end| *end <= 40);
    let end = end.or_else(|| marked.then(|| text.find(' ')).flatten())?;
    let lower_next = text[end..].trim_start().starts_with(char::is_lowercase);
    let initials = |word: &str| {
        (2..=3).contains(&word.len())
            && word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.ends_with(|c: char| c.is_ascii_uppercase())
    };
    let subject = text[..end].trim();
    let parts = subject.replace(" and ", ",").replace(['/', '+', '&'], ",");
    // Behind a marker "Cy Moss to call" has an owner who was not there; "Plan B to be made" has none.
    let named = |part: &str| marked && part.contains(' ') && name_like(part) && text[end..].starts_with(" to ");
    let named = |part: &str| named(part) && !text[end..].starts_with(" to be ");
    let sure = parts
        .split(',')
        .map(str::trim)
        .all(|part| known.has(part) || named(part) || (initials(part) && name_like(part)));
    (lower_next && sure).then(|| names_of(subject, known, false)).flatten().map(|owners| (end, owners))
}

/// `AL/BB`, `Ada and Bo`, `@ada, @bo`: all of it names, or nothing. `sure` is text that stands where owners stand.
fn names_of(text: &str, known: &Known, sure: bool) -> Option<Vec<Owner>> {
    let spaced = text.replace(" and ", ",").replace(['/', '+', '&', ';', '，', '、'], ",");
    // A team's slash is no separator.
    let list = if text.trim_start().starts_with('@') && text.contains('/') { text } else { spaced.as_str() };
    let mut owners = Vec::new();
    for part in list.split(',') {
        let part = part.trim().trim_matches(['*', '_', '~', '`', '(', ')', ':', '.']).trim();
        if part.is_empty() {
            continue;
        }
        if part.starts_with('@') && part.split_whitespace().all(|word| word.starts_with('@')) {
            owners.extend(part.split_whitespace().filter_map(mention));
        } else if everyone(part) {
            continue;
        } else if sure || known.has(part) || name_like(part) {
            owners.push(Owner::Name(fold(part)));
        } else {
            return None;
        }
    }
    let mut seen = std::collections::HashSet::new();
    owners.retain(|owner| seen.insert(owner.clone()));
    let only_everyone = owners.is_empty() && everyone(text.trim());
    (!owners.is_empty() || only_everyone).then_some(owners)
}

fn everyone(text: &str) -> bool {
    let lower = text.trim_start_matches('@').to_lowercase();
    matches!(
        lower.as_str(),
        "everyone" | "everybody" | "all" | "tbd" | "here" | "channel" | "unassigned" | "nobody" | "none"
    )
}

/// Words that are no part of a name where somebody could stand.
const NOT_NAMES: &str = "\
    note notes review update updates docs doc documentation release releases follow next discuss discussion \
    investigate fix add create goal goals plan issue issues link links deadline due status question \
    questions answer idea ideas milestone blog website security test testing tests build slack github vote \
    decision decisions resolution topic topics agenda summary background context example examples reminder \
    announcement announcements info date time location when where what why how who see also open closed done \
    pending wip todo action actions item items priority high low medium bug feature features pr prs ci cd \
    api ui ux qa q a rfc vm os tsc toc tc tac sig wg fyi lts kep aob eta url id faq sbom cve ai ml llm sdk \
    cli aws gcp k8s cncf lf arm meeting recording video minutes proposal project roadmap community \
    maintainers maintainer members team owner owners assignee new old other others misc general important \
    warning tip step steps first second third then finally here there the this that for from conclusion \
    outcome result results problem solution requirements design implementation integration performance \
    governance marketing events event conference kubecon bring make write prepare schedule check read send \
    ask ping set setup get start continue finish complete move remove rename clean help look work option \
    options pros cons yes no agreed consensus draft version target task tasks subtask short long term resend \
    merge approve";

/// Whether a text has a word that stands in titles of things, not in names.
pub(super) fn has_usual_word(text: &str) -> bool {
    let usual = |word: &str| word.len() > 3 && is_one_of(NOT_NAMES, &word.to_lowercase());
    text.split(|c: char| !c.is_alphanumeric()).any(usual)
}

/// Whether a word before a colon can be a person that is not in the list: initials, or one to three capitalised words
/// that head no ordinary sentence.
fn name_like(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let upper_start = |word: &str| word.chars().next().is_some_and(char::is_uppercase);
    let usual = |word: &str| is_one_of(NOT_NAMES, &word.trim_matches('.').to_lowercase());
    (1..=3).contains(&words.len())
        && is_name(text)
        && !text.chars().any(|c| c.is_ascii_digit())
        && words.iter().all(|word| upper_start(word) && !usual(word))
}

fn mention(word: &str) -> Option<Owner> {
    let login = word.trim_start_matches('@').trim_matches(|c: char| !(c.is_alphanumeric() || "-_/[]".contains(c)));
    if everyone(login) {
        return None;
    }
    if let Some((organisation, team)) = login.split_once('/') {
        let valid = muster_model::account::is_github_login(organisation) && !team.is_empty();
        return valid.then(|| Owner::Team(login.to_owned()));
    }
    muster_model::account::is_github_login(login).then(|| Owner::Login(login.to_owned()))
}

/// Takes `@ada @bo ...` from the start of a text.
fn leading_logins(text: &str, owners: &mut Vec<Owner>) -> String {
    let mut rest = text.trim_start();
    let mut found = Vec::new();
    while rest.trim_start_matches(['(', '[']).starts_with('@') {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let Some(owner) = mention(rest[..end].trim_start_matches(['(', '['])) else { break };
        found.push(owner);
        rest = rest[end..].trim_start();
        for conjunction in ["and ", "& ", ", ", "+ ", "/ "] {
            if let Some(after) = rest.strip_prefix(conjunction)
                && after.starts_with('@')
            {
                rest = after;
            }
        }
    }
    owners.extend(found);
    rest.to_owned()
}

/// Takes `... @ada, @bo.` from the end of a text, in brackets or not.
fn trailing_owners(text: &str, owners: &mut Vec<Owner>) -> String {
    let mut end = text.trim_end().len();
    let mut found = Vec::new();
    loop {
        let head = text[..end].trim_end_matches(|c: char| c.is_whitespace() || ".,;:!)]&+/".contains(c));
        let head = head.strip_suffix(" and").unwrap_or(head).trim_end_matches([',', ' ']);
        // A status behind the owners hides none of them.
        let head = without_status(head, &text[..end]);
        let Some(at) = head.rfind('@') else { break };
        let word = &head[at..];
        let apart = !head[..at].ends_with(|c: char| c.is_ascii_alphanumeric()) || head[..at].ends_with("etc.");
        if !apart || word.len() < 2 || word.contains(char::is_whitespace) || word.contains("//") {
            break;
        }
        let Some(owner) = mention(word) else { break };
        found.push(owner);
        end = at;
    }
    if found.is_empty() {
        return text.to_owned();
    }
    found.reverse();
    owners.extend(found);
    text[..end].trim_end_matches(|c: char| c.is_whitespace() || "([,-–—:&/+".contains(c)).to_owned()
}

/// `text @ada [pending` cut before the bracket, where the bracket is a status.
fn without_status<'t>(head: &'t str, full: &str) -> &'t str {
    let Some(open) = head.rfind(['[', '(']) else { return head };
    let closed = full[open..].contains([']', ')']);
    if closed && bracket_status(&full[open..]).is_some() && !head[open..].contains('@') {
        return head[..open].trim_end_matches([' ', ',', '.']);
    }
    head
}

/// `(owner: Ada, Bo)` and `Owner: Ada` at the end of a text.
fn stated_owner(text: &str, known: &Known, owners: &mut Vec<Owner>) -> String {
    let lower = text.to_ascii_lowercase();
    for word in ["owners:", "owner:", "assignees:", "assignee:", "assigned to:", "assigned to ", "dri:"] {
        let Some(at) = lower.rfind(word).filter(|at| *at > 0) else { continue };
        let list = &text[at + word.len()..];
        let list = list.split([')', ']', '\n', ';']).next().unwrap_or_default();
        // ", tech lead: ..." goes on with something else.
        let names: Vec<&str> = list.split(',').take_while(|part| !part.contains(':')).collect();
        if let Some(found) = names_of(&names.join(","), known, false) {
            owners.extend(found);
            let head = text[..at].trim_end_matches(|c: char| c.is_whitespace() || "([,-–—|*".contains(c));
            return head.to_owned();
        }
    }
    text.to_owned()
}

/// `Write docs - Ada Lee`, also before a date: only names of the list, for any text can follow a dash.
fn dashed_owner(text: &str, known: &Known, owners: &mut Vec<Owner>) -> String {
    for dash in [" - ", " – ", " — "] {
        let mut parts: Vec<&str> = text.split(dash).collect();
        while parts.len() > 2 && parts.last().is_some_and(|last| !super::date::find(last).is_empty()) {
            parts.pop();
        }
        let Some(last) = parts.pop().filter(|_| !parts.is_empty()) else { continue };
        let names = last.trim().trim_end_matches('.');
        let listed = names.replace(" and ", ",").replace(['/', '&', '+'], ",");
        if listed.split(',').all(|name| known.has(name.trim())) {
            owners.extend(names_of(names, known, false).unwrap_or_default());
            return parts.join(dash);
        }
    }
    text.to_owned()
}

/// Whether an item is nothing but links, owners and a status.
pub(super) fn is_only_links(rich: &Rich, links: impl Iterator<Item = Range<usize>>) -> bool {
    // A long text is more than links and owners.
    if rich.text.len() > 4000 {
        return false;
    }
    let mut text = rich.masked(links.collect::<Vec<_>>().iter());
    while let Some((range, _)) = login_in(&text.clone()) {
        text.replace_range(range, " ");
    }
    let rest = text.replace(|c: char| !c.is_alphanumeric(), " ");
    let rest = fold(&rest);
    let status = bracket_status(&text).is_some() || bracket_status(&format!("({rest})")).is_some();
    rest.is_empty() || (status && rest.split(' ').count() <= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str, known: &[&str]) -> Option<Read> {
        let mut names = Known::default();
        known.iter().for_each(|name| names.add(name));
        let rich = Rich::plain(text, 1);
        let draft = Draft { rich, checked: None, heading_done: false, owner: None, paragraph: false, mixed: false };
        read(&draft, &names).pop()
    }

    fn owned(text: &str) -> (String, Vec<String>) {
        match one(text, &["Bo Berg", "cy"]) {
            Some(Read::Action(action)) => {
                let owner = |owner: Owner| match owner {
                    Owner::Login(login) => format!("@{login}"),
                    Owner::Team(team) => format!("@@{team}"),
                    Owner::Name(name) => name,
                };
                (action.text, action.owners.into_iter().map(owner).collect())
            }
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn owners_stand_before_or_behind() {
        for (text, rest, owners) in [
            ("Write docs @ada @bo", "Write docs", &["@ada", "@bo"][..]),
            ("Write docs. @ada, @bo.", "Write docs.", &["@ada", "@bo"]),
            ("Write docs (@ada)", "Write docs", &["@ada"]),
            ("Write docs, etc.@ada", "Write docs, etc.", &["@ada"]),
            ("Write docs @ada [pending]", "Write docs", &["@ada"]),
            ("Write docs. @all", "Write docs. @all", &[]),
            ("Write docs @acme/docs", "Write docs", &["@@acme/docs"]),
            ("@ada and @bo to write docs", "to write docs", &["@ada", "@bo"]),
            ("@ada: write docs", "write docs", &["@ada"]),
            ("AL: Write docs", "Write docs", &["AL"]),
            ("AL/BB: Write docs", "Write docs", &["AL", "BB"]),
            ("AdL, Bo: Write docs", "Write docs", &["AdL", "Bo"]),
            ("Ada Lee: Write docs", "Write docs", &["Ada Lee"]),
            ("cy: Write docs", "Write docs", &["cy"]),
            ("[Ada] Write docs", "Write docs", &["Ada"]),
            ("[Ada][Bo] Write docs", "Write docs", &["Ada", "Bo"]),
            ("[docs] Write docs", "[docs] Write docs", &[]),
            ("Review: the docs", "Review: the docs", &[]),
            ("PR: the docs", "PR: the docs", &[]),
            ("TODO AL: Write docs", "Write docs", &["AL"]),
            ("TODO: Write docs (owner: AL, tech lead: CK)", "Write docs", &["AL"]),
            ("Everyone: Write docs", "Write docs", &[]),
            ("AL and Bo to write docs", "to write docs", &["AL", "Bo"]),
            ("TODO: AL review", "review", &["AL"]),
            ("Write docs - Bo Berg", "Write docs", &["Bo Berg"]),
            ("Write docs - cy - due June 3, 2025", "Write docs", &["cy"]),
            ("Write docs - and more", "Write docs - and more", &[]),
            ("Plan to write docs", "Plan to write docs", &[]),
            ("Ping @ada about docs", "Ping @ada about docs", &[]),
            ("Mail ada@example.org", "Mail ada@example.org", &[]),
        ] {
            let (read_text, read_owners) = owned(text);
            assert_eq!(
                (read_text.as_str(), read_owners),
                (rest, owners.iter().map(|&o| o.to_owned()).collect()),
                "{text}"
            );
        }
        for text in ["TODO", "TBD", "None", "AL:", "", "No action items."] {
            assert_eq!(one(text, &[]), None, "{text}");
        }
    }

    #[test]
    fn each_line_with_an_owner_is_an_item() {
        let mut rich = Rich::plain("AL: Write docs.\nAsk for feedback.\nBB: Test", 5);
        rich.lines = vec![(0, 5), (16, 6), (34, 7)];
        let draft = Draft { rich, checked: None, heading_done: false, owner: None, paragraph: true, mixed: true };
        let read = read(&draft, &Known::default());
        assert_eq!(read.len(), 2);
        assert!(matches!(&read[0], Read::Action(a) if a.text == "Write docs. Ask for feedback."));
        let decision = Draft { rich: Rich::plain("We meet on Mondays.", 1), ..draft };
        assert_eq!(super::read(&decision, &Known::default()), [Read::Decision("We meet on Mondays.".to_owned())]);
    }
}
