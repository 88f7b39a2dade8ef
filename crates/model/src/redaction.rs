//! People who asked to be left out, out of events: in every string of an event, whatever names one of them is replaced.
//!
//! What is looked for, and from how many letters on, is in `forgotten.rs`. Where it is found decides what stands there
//! afterwards: in ids, accounts and addresses the pseudonym, `forgotten:3`; in texts and names `(forgotten)`. Who did
//! what with whom on which day stays, so the counts do.
//!
//! Left alone are words of a fixed vocabulary (a review's state, a trailer's key), and the name of the repository, the
//! community and the meeting that an event belongs to, even where it is somebody's: it is the key of everybody's events.
//! An event that was redacted is redacted again to itself, and the same fact always to the same event.

use crate::Event;
use crate::account::noreply_login;
use crate::forgotten::{Hash, from_hex, hash, is_han, word_end, words};
use crate::payload::{Payload, PersonForgotten};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// What stands for a name in a text.
const MARK: &str = "(forgotten)";

/// Runs of so many words are looked at in texts. A name of more is found where a field is this name and nothing else.
const WORDS: usize = 4;

/// The kinds of accounts that are found inside ids and texts. Any other is found where a field is this account.
const SCHEMES: &[&str] =
    &["github", "github-id", "email", "name", "initials", "slack", "discord", "zulip", "mattermost"];

/// Fields that hold words of a fixed vocabulary, times, hashes or the keys of other people's events.
const KEPT: &[&str] = &[
    "schema",
    "state",
    "key",
    "evidence",
    "said_by",
    "actor_type",
    "kind",
    "sha",
    "head",
    "committed",
    "date",
    "from",
    "until",
    "text_hash",
    "status",
    "counted",
    "month",
    "reason",
    "community",
    "series",
    "repository",
    "domain",
    "topic",
    "reaction",
];

/// Fields that hold an account, an address, a path, or a name of something that is no person: no single word is replaced.
const KEYS: &[&str] = &[
    "account",
    "canonical",
    "other",
    "owners",
    "assignee",
    "author",
    "item",
    "path",
    "file",
    "organisation",
    "parent",
    "alias",
    "projects",
    "tag",
    "label",
    "role",
    "ref",
    "fork",
    "reviewer",
    "answerer",
    "thread",
    "reply_to",
    "references",
    "to",
];

/// Everybody who asked to be left out.
#[derive(Debug, Clone, Default)]
pub struct Redaction {
    pseudonyms: Vec<String>,
    /// Whose each hash is.
    traces: HashMap<Hash, usize>,
}

/// What a string is, which decides how much of it is looked at and what stands there afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// An id, an account, an address, a path.
    Key,
    /// Words of somebody's.
    Text,
}

/// Something found in a string: where it ends, and whose it is; `None` where it is to be passed over.
type Found = (usize, Option<usize>);

impl Redaction {
    /// The redaction for these people. Their order does not matter: what two of them share is that of the lower number.
    pub fn new(forgotten: &[PersonForgotten]) -> Self {
        let number = |pseudonym: &str| pseudonym.rsplit(':').next().and_then(|digits| digits.parse::<u64>().ok());
        let mut sorted: Vec<&PersonForgotten> = forgotten.iter().collect();
        sorted.sort_by_key(|one| (number(&one.pseudonym), one.pseudonym.as_str()));
        let mut redaction = Self::default();
        for one in sorted {
            if redaction.pseudonyms.last() != Some(&one.pseudonym) {
                redaction.pseudonyms.push(one.pseudonym.clone());
            }
            let who = redaction.pseudonyms.len() - 1;
            for hash in one.hashes.iter().filter_map(|hash| from_hex(hash)) {
                redaction.traces.entry(hash).or_insert(who);
            }
        }
        redaction
    }

    /// Whether nobody asked.
    pub fn is_empty(&self) -> bool {
        self.traces.is_empty()
    }

    /// Replaces whatever names these people; says whether anything did. What a `person.forgotten` says stays.
    pub fn apply(&self, event: &mut Event) -> bool {
        if self.is_empty() || event.kind() == "person.forgotten" {
            return false;
        }
        let json = event.data.to_json();
        let body = serde_json::from_str::<Map<String, Value>>(&json).ok();
        let own = own_repositories(event, body.as_ref());
        let strings = Strings { people: self, own: &own };
        let mut changed = strings.speaker(event);
        changed |= event.actor.as_mut().is_some_and(|actor| strings.key(actor));
        let payload = match body {
            Some(body) => strings.payload(event, body),
            None => strings.scan(&json, Mode::Text),
        };
        if let Some(json) = payload {
            event.data = Payload::from_json(event.data.kind(), &json);
            changed = true;
        }
        changed |= strings.key(&mut event.id) | strings.key(&mut event.subject);
        changed |= event.url.as_mut().is_some_and(|url| strings.key(url));
        if let Some(source) = strings.scan(&event.source, Mode::Key) {
            event.source = source.into();
            changed = true;
        }
        changed
    }

    fn whose(&self, text: &str) -> Option<usize> {
        self.traces.get(&hash(text)).copied()
    }

    fn is_pseudonym(&self, account: Option<&str>) -> bool {
        account.is_some_and(|account| self.pseudonyms.iter().any(|pseudonym| pseudonym == account))
    }

    /// Whose account this is.
    fn account(&self, account: &str) -> Option<usize> {
        let lower = account.to_lowercase();
        let (scheme, rest) = lower.split_once(':')?;
        let by_name = |name: &str| {
            let words = words(name);
            if words.len() > 1 { self.whose(&words.join(" ")) } else { None }
        };
        self.whose(&lower).or_else(|| match scheme {
            "email" => self.address(rest),
            "name" => by_name(rest.split_once('/')?.1),
            "initials" => by_name(rest.rsplit_once('/')?.1),
            _ => None,
        })
    }

    /// Whose address this is; it is lower case.
    fn address(&self, address: &str) -> Option<usize> {
        self.whose(address).or_else(|| {
            let login = noreply_login(address)?;
            let number = address.split_once('+').and_then(|(number, _)| number.parse().ok());
            number.and_then(|number| self.number(number)).or_else(|| self.login(login))
        })
    }

    fn login(&self, login: &str) -> Option<usize> {
        if login.is_empty() { None } else { self.whose(&format!("github:{}", login.to_lowercase())) }
    }

    fn number(&self, number: u64) -> Option<usize> {
        self.whose(&format!("github-id:{number}"))
    }
}

/// The repositories an event is about, `owner/name`, lower case: they are keys, not somebody's name.
fn own_repositories(event: &Event, body: Option<&Map<String, Value>>) -> Vec<String> {
    let field = |key: &str| body.and_then(|body| body.get(key)).and_then(Value::as_str);
    let keys = [Some(event.id.as_str()), Some(event.subject.as_str()), field("item")];
    let repository = |key: &str| {
        let (scheme, rest) = key.split_once(':')?;
        let (owner, rest) = rest.split_once('/')?;
        let name = &rest[..rest.find(['/', '#', '@', ' ']).unwrap_or(rest.len())];
        ["github", "git", "roster", "mailmap"].contains(&scheme).then(|| format!("{owner}/{name}").to_lowercase())
    };
    let stated = field("repository").map(str::to_lowercase);
    keys.into_iter().flatten().filter_map(repository).chain(stated).collect()
}

/// The JSON of a payload: `schema` comes first.
fn to_json(mut body: Map<String, Value>) -> String {
    let schema = body.remove("schema");
    let rest = Value::Object(body).to_string();
    match schema {
        Some(schema) if rest == "{}" => format!("{{\"schema\":{schema}}}"),
        Some(schema) => format!("{{\"schema\":{schema},{}", &rest[1..]),
        None => rest,
    }
}

/// Says that nobody is named here.
fn blot(body: &mut Map<String, Value>, key: &str) -> bool {
    match body.get_mut(key) {
        Some(Value::String(name)) if name != MARK => {
            *name = MARK.to_owned();
            true
        }
        _ => false,
    }
}

/// The strings of one event.
struct Strings<'a> {
    people: &'a Redaction,
    own: &'a [String],
}

impl Strings<'_> {
    /// Initials mean somebody only as an account of one meeting; with it go the initials in the id.
    fn speaker(&self, event: &mut Event) -> bool {
        let Some(actor) = event.actor.as_deref().filter(|actor| actor.starts_with("initials:")) else { return false };
        let Some(who) = self.people.account(actor) else { return false };
        let written = actor.rsplit('/').next().unwrap_or_default();
        let Some(before) = event.id.strip_suffix(written).filter(|before| before.ends_with("/speaker/")) else {
            return false;
        };
        event.id = format!("{before}{}", self.people.pseudonyms[who]);
        true
    }

    /// The payload, where it changes. The event's actor is redacted already.
    fn payload(&self, event: &mut Event, mut body: Map<String, Value>) -> Option<String> {
        let mut changed = false;
        let author = body.get("author").and_then(Value::as_str).map(str::to_owned);
        if let Some(who) = self.take_number(&mut body, "actor_id", event.actor.as_deref(), &mut changed) {
            event.actor = Some(self.people.pseudonyms[who].clone());
        }
        if let Some(who) = self.take_number(&mut body, "author_id", author.as_deref(), &mut changed) {
            body.insert("author".to_owned(), Value::String(self.people.pseudonyms[who].clone()));
        }
        if ["meeting.attended", "speaker.recorded"].contains(&event.kind())
            && self.people.is_pseudonym(event.actor.as_deref())
        {
            changed |= blot(&mut body, "name") | blot(&mut body, "written");
        }
        changed |= self.object(&mut body, event.kind());
        changed.then(|| to_json(body))
    }

    /// GitHub's number of somebody decides who it is, whatever the login of that day; so it goes with the login, and the
    /// login with it. Gives whose the number was.
    fn take_number(
        &self,
        body: &mut Map<String, Value>,
        key: &str,
        account: Option<&str>,
        changed: &mut bool,
    ) -> Option<usize> {
        let who = self.people.number(body.get(key)?.as_u64()?);
        let is_theirs = || {
            self.people.is_pseudonym(account) || account.is_some_and(|account| self.people.account(account).is_some())
        };
        if who.is_some() || is_theirs() {
            body.remove(key);
            *changed = true;
        }
        who
    }

    fn object(&self, body: &mut Map<String, Value>, kind: &str) -> bool {
        let mut changed = false;
        for (key, value) in body.iter_mut() {
            changed |= self.value(key, value, kind);
        }
        let is_forgotten = |key: &str| self.people.is_pseudonym(body.get(key).and_then(Value::as_str));
        if is_forgotten("account") || is_forgotten("canonical") {
            changed |= blot(body, "name");
        }
        changed
    }

    fn value(&self, key: &str, value: &mut Value, kind: &str) -> bool {
        let text = match value {
            Value::String(text) => text,
            Value::Array(list) => return list.iter_mut().fold(false, |any, one| self.value(key, one, kind) | any),
            Value::Object(body) => return self.object(body, kind),
            _ => return false,
        };
        let is_person = !kind.starts_with("adopter.") && kind != "tag.created";
        let replaced = match key {
            _ if KEPT.contains(&key) => None,
            "name" | "written" if is_person => self.name(text),
            "name" => self.scan(text, Mode::Key),
            "fork" => self.fork(text),
            _ if KEYS.contains(&key) => self.scan(text, Mode::Key),
            _ => self.scan(text, Mode::Text),
        };
        replaced.is_some_and(|replaced| {
            *text = replaced;
            true
        })
    }

    fn key(&self, text: &mut String) -> bool {
        self.scan(text, Mode::Key).is_some_and(|replaced| {
            *text = replaced;
            true
        })
    }

    /// A field that holds a name and nothing else: here a single given name counts, too.
    fn name(&self, text: &str) -> Option<String> {
        if text == MARK {
            return None;
        }
        let words = words(text);
        let is_given = || matches!(words.as_slice(), [word] if self.people.whose(&format!("given:{word}")).is_some());
        let login = text.trim().trim_start_matches('@');
        if (!words.is_empty() && self.people.whose(&words.join(" ")).is_some())
            || is_given()
            || self.people.login(login).is_some()
        {
            return Some(MARK.to_owned());
        }
        self.scan(text, Mode::Text)
    }

    /// `owner/name` of a fork, whose owner is the one who forked.
    fn fork(&self, text: &str) -> Option<String> {
        let (owner, name) = text.split_once('/')?;
        let who = self.people.login(owner)?;
        Some(format!("{}/{name}", self.people.pseudonyms[who]))
    }

    /// The text with everybody replaced, where there is anybody in it.
    fn scan(&self, text: &str, mode: Mode) -> Option<String> {
        let mut replaced = String::new();
        let (mut at, mut copied) = (0, 0);
        let has_address = text.contains('@');
        let mut before = ' ';
        while let Some(c) = text[at..].chars().next() {
            // Inside a word begins nothing but a Chinese name.
            if before.is_ascii_alphanumeric() && c.is_ascii_alphanumeric() {
                (at, before) = (at + 1, c);
                continue;
            }
            before = c;
            match self.found(text, at, c, mode, has_address) {
                Some((end, Some(who))) => {
                    replaced.push_str(&text[copied..at]);
                    replaced.push_str(match mode {
                        Mode::Key => &self.people.pseudonyms[who],
                        Mode::Text => MARK,
                    });
                    (at, copied, before) = (end, end, ' ');
                }
                Some((end, None)) => (at, before) = (end, ' '),
                None => at += c.len_utf8(),
            }
        }
        (copied > 0).then(|| replaced + &text[copied..])
    }

    /// What begins at `at` with `c`.
    fn found(&self, text: &str, at: usize, c: char, mode: Mode, has_address: bool) -> Option<Found> {
        let theirs = |(end, who): (usize, usize)| (end, Some(who));
        if c == '@' {
            return self.mention(text, at).map(theirs);
        }
        let address = if has_address { self.address(text, at) } else { None };
        address
            .or_else(|| self.account(text, at))
            .or_else(|| self.masked(text, at))
            .map(theirs)
            .or_else(|| self.page(text, at))
            .or_else(|| self.segment(text, at).map(theirs))
            .or_else(|| self.words(text, at, mode).map(theirs))
            .or_else(|| self.han(text, at, mode).map(theirs))
    }

    /// What follows the `#` of a masked address or name, as ids have it: `#9c1d…`.
    fn masked(&self, text: &str, at: usize) -> Option<(usize, usize)> {
        let mark = at.checked_sub(1).filter(|mark| text.as_bytes()[*mark] == b'#')?;
        let end = at + 16;
        let digits = text.get(at..end)?;
        let goes_on = text[end..].starts_with(char::is_alphanumeric);
        if goes_on || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        Some((end, self.people.whose(&text[mark..end])?))
    }

    /// `@octo`.
    fn mention(&self, text: &str, at: usize) -> Option<(usize, usize)> {
        if text[..at].ends_with(is_local) {
            return None;
        }
        let end = login_end(text, at + 1);
        Some((end, self.people.login(&text[at + 1..end])?))
    }

    /// `ada@example.org`.
    fn address(&self, text: &str, at: usize) -> Option<(usize, usize)> {
        if text[..at].ends_with(is_local) {
            return None;
        }
        let local = text[at..].find(|c| !is_local(c))?;
        let rest = text[at + local..].strip_prefix('@').filter(|_| local > 0)?;
        let domain = &rest[..rest.find(|c: char| !(c.is_alphanumeric() || c == '.' || c == '-')).unwrap_or(rest.len())];
        let end = at + local + 1 + domain.trim_end_matches(['.', '-']).len();
        Some((end, self.people.address(&text[at..end].to_lowercase())?))
    }

    /// `github:octo`, up to where the longest account of somebody's ends.
    fn account(&self, text: &str, at: usize) -> Option<(usize, usize)> {
        if text[..at].ends_with(char::is_alphanumeric) {
            return None;
        }
        let rest = &text[at..];
        let scheme = *SCHEMES.iter().find(|scheme| {
            rest.strip_prefix(**scheme)
                .and_then(|rest| rest.strip_prefix(':'))
                .is_some_and(|rest| rest.starts_with(|c: char| !c.is_whitespace()))
        })?;
        // A name has white space in it and may be longer than what is known of it; others end before any sign.
        let ends_at = |c: char| match scheme {
            "name" | "initials" => "/=#>~".contains(c),
            _ => !(c.is_alphanumeric() || c == '-' || c == '_'),
        };
        let from = scheme.len() + 1;
        let mut ends: Vec<usize> = rest.match_indices(ends_at).map(|(end, _)| end).filter(|end| *end > from).collect();
        ends.truncate(24);
        ends.push(rest.len());
        ends.into_iter().rev().filter(|end| *end <= 400).find_map(|end| {
            let is_object = scheme == "github" && is_repository(&rest[end..], at == 0);
            let who = if is_object { None } else { self.people.account(&rest[..end]) };
            who.map(|who| (at + end, who))
        })
    }

    /// The login in an address of github.com. That of a repository which the event is about is passed over.
    fn page(&self, text: &str, at: usize) -> Option<Found> {
        let bytes = text.as_bytes();
        let is_host = |host: &str| {
            let end = at.checked_sub(1)?;
            let start = end.checked_sub(host.len())?;
            bytes[start..end].eq_ignore_ascii_case(host.as_bytes()).then_some(())
        };
        if !matches!(bytes.get(at.wrapping_sub(1)), Some(b'/' | b':')) {
            return None;
        }
        is_host("github.com").or_else(|| is_host("githubusercontent.com"))?;
        let end = login_end(text, at);
        let who = self.people.login(&text[at..end])?;
        let name = text[end..].strip_prefix('/').unwrap_or_default();
        let name = &name[..name.find(|c: char| !(c.is_alphanumeric() || "-_.".contains(c))).unwrap_or(name.len())];
        let repository = format!("{}/{}", &text[at..end], name.trim_end_matches(".git")).to_lowercase();
        Some((end, (!self.own.contains(&repository)).then_some(who)))
    }

    /// A login or number that is a part of an id by itself, and the owner of a branch.
    fn segment(&self, text: &str, at: usize) -> Option<(usize, usize)> {
        let before = text[..at].strip_suffix('/')?;
        let what = before.rsplit('/').next()?;
        if !["starred", "forked", "heads"].contains(&what) {
            return None;
        }
        let end = text[at..].find('/').map(|length| at + length)?;
        let part = &text[at..end];
        let by_number = || part.parse().ok().filter(|_| what != "heads").and_then(|number| self.people.number(number));
        Some((end, self.people.login(part).or_else(by_number)?))
    }

    /// The longest run of words that is somebody's name. One word alone is a login, and only in a text.
    fn words(&self, text: &str, at: usize, mode: Mode) -> Option<(usize, usize)> {
        let mut words: Vec<(usize, usize)> = Vec::with_capacity(WORDS);
        let mut next = Some(at);
        while let Some(from) = next.filter(|_| words.len() < WORDS) {
            let Some(end) = word_end(text, from) else { break };
            if text[from..end].eq_ignore_ascii_case("forgotten") {
                break;
            }
            words.push((from, end));
            next = gap_end(text, end);
        }
        if words.len() < 2 && mode == Mode::Key {
            return None;
        }
        let mut runs: Vec<(usize, String)> = Vec::with_capacity(words.len());
        for (from, end) in words {
            let word = text[from..end].to_lowercase();
            let run = runs.last().map_or(word.clone(), |(_, before)| format!("{before} {word}"));
            runs.push((end, run));
        }
        let single = |end: usize, word: &str| {
            let owns = || text[end..].starts_with('/').then(|| self.owner(text, at, end)).flatten();
            self.people.whose(word).filter(|_| !self.is_own(text, at, end)).or_else(owns)
        };
        runs.iter().enumerate().rev().find_map(|(more, (end, run))| {
            let who = match (more, mode) {
                (0, Mode::Key) => None,
                (0, Mode::Text) => single(*end, run),
                _ => self.people.whose(run),
            };
            who.map(|who| (*end, who))
        })
    }

    /// `octo/fix`, a branch or fork.
    fn owner(&self, text: &str, at: usize, end: usize) -> Option<usize> {
        if self.is_own(text, at, end) { None } else { self.people.login(&text[at..end]) }
    }

    /// Whether `owner` begins `owner/name` of a repository which the event is about.
    fn is_own(&self, text: &str, at: usize, end: usize) -> bool {
        let Some(rest) = text[end..].strip_prefix('/') else { return false };
        let length = rest.find(|c: char| !(c.is_alphanumeric() || "-_.".contains(c))).unwrap_or(rest.len());
        let repository = text[at..end + 1 + length].trim_end_matches('.').to_lowercase();
        self.own.contains(&repository)
    }

    /// A Chinese name among other characters.
    fn han(&self, text: &str, at: usize, mode: Mode) -> Option<(usize, usize)> {
        let run = || text[at..].chars().take_while(|c| is_han(*c));
        if mode == Mode::Key || !text[at..].starts_with(is_han) {
            return None;
        }
        (3..=4.min(run().take(4).count())).rev().find_map(|length| {
            let end = at + run().take(length).map(char::len_utf8).sum::<usize>();
            self.people.whose(&text[at..end]).map(|who| (end, who))
        })
    }
}

fn is_local(c: char) -> bool {
    c.is_alphanumeric() || "._+-%!".contains(c)
}

fn login_end(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let login =
        &rest[..rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).unwrap_or(rest.len())];
    at + login.trim_end_matches(['-', '_']).len()
}

/// Where the next word of a run begins: after at most three of white space, `.`, `,` and apostrophes.
fn gap_end(text: &str, at: usize) -> Option<usize> {
    let joins = |c: char| c.is_whitespace() || ".,'’".contains(c);
    let gap = text[at..]
        .chars()
        .take_while(|c| joins(*c))
        .take(4)
        .fold((0, 0), |(count, bytes), c| (count + 1, bytes + c.len_utf8()));
    (1..=3).contains(&gap.0).then(|| at + gap.1)
}

/// Whether `github:owner` goes on as a repository, an issue or a commit: at the beginning of an id, or with `#` or `@`.
fn is_repository(rest: &str, begins: bool) -> bool {
    let Some(name) = rest.strip_prefix('/') else { return false };
    let length = name.find(|c: char| !(c.is_alphanumeric() || "-_.".contains(c))).unwrap_or(name.len());
    length > 0 && (begins || name[length..].starts_with(['#', '@']))
}

#[cfg(test)]
mod tests;
