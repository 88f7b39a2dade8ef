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
const SCHEMES: &[&str] = &["github", "github-id", "email", "name", "initials", "slack", "discord"];

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
mod tests {
    use super::*;
    use crate::account::{forgotten_hashes, masked};
    use jiff::Timestamp;

    const ACCOUNTS: &[&str] = &[
        "github:ada-lark",
        "github-id:583231",
        "email:ada@lark.example",
        "email:583231+ada-lark@users.noreply.github.com",
        "name:lantern/Ada",
        "initials:lantern/tsc/2025-06-17/AL",
    ];

    fn redaction() -> Redaction {
        let hashes = forgotten_hashes(ACCOUNTS.iter().copied(), ["Ada Lark", "Ada", "王小明"].into_iter());
        let other = forgotten_hashes(["github:al"].into_iter(), ["Ada Lark"].into_iter());
        Redaction::new(&[
            PersonForgotten { pseudonym: "forgotten:12".to_owned(), hashes: other },
            PersonForgotten { pseudonym: "forgotten:3".to_owned(), hashes },
        ])
    }

    fn event(id: &str, actor: Option<&str>, kind: &str, json: &str) -> Event {
        Event {
            id: id.to_owned(),
            source: "notes:lantern/2025.md".into(),
            time: Timestamp::UNIX_EPOCH,
            subject: "meeting:tsc/2025-06-17".to_owned(),
            actor: actor.map(str::to_owned),
            url: None,
            data: Payload::from_json(kind, json),
            collector: "test/1",
        }
    }

    #[track_caller]
    fn applied(mut event: Event) -> Event {
        let redaction = redaction();
        let known = !matches!(event.data, Payload::Unknown { .. });
        assert!(redaction.apply(&mut event), "{event:?}");
        let once = event.clone();
        assert!(!redaction.apply(&mut event) && event == once, "{once:?}, then {event:?}");
        assert_eq!(known, !matches!(event.data, Payload::Unknown { .. }), "{event:?}");
        event
    }

    #[track_caller]
    fn text(written: &str) -> String {
        let json = format!("{{\"schema\":1,\"text\":{}}}", serde_json::json!(written));
        let mut event = event("notes:a", None, "topic.raised", &json);
        let redaction = redaction();
        redaction.apply(&mut event);
        let once = event.clone();
        assert!(!redaction.apply(&mut event) && event == once, "{once:?}");
        let Payload::TopicRaised(topic) = event.data else { panic!("{:?}", event.data) };
        topic.text
    }

    #[test]
    fn texts_lose_names_logins_and_addresses() {
        for (written, left) in [
            ("Ada Lark said so", "(forgotten) said so"),
            ("thanks to ADA  LARK. And", "thanks to (forgotten). And"),
            ("by Lark, Ada (Acme)", "by (forgotten) (Acme)"),
            ("**Ada Lark**'s idea", "**(forgotten)**'s idea"),
            ("ada-lark's, @Ada-Lark: @al", "(forgotten)'s, (forgotten): (forgotten)"),
            ("<Ada@Lark.example>, mailto:ada@lark.example.", "<(forgotten)>, mailto:(forgotten)."),
            ("1+ada-lark@users.noreply.github.com", "(forgotten)"),
            ("583231+elsewhere@users.noreply.github.com", "(forgotten)"),
            ("see https://github.com/Ada-Lark/lantern/pull/1", "see https://github.com/(forgotten)/lantern/pull/1"),
            ("git@github.com:al/x", "git@github.com:(forgotten)/x"),
            ("Merge pull request #12 from al/fix", "Merge pull request #12 from (forgotten)/fix"),
            ("github:ada-lark and name:lantern/Ada", "(forgotten) and (forgotten)"),
            ("感谢王小明的工作", "感谢(forgotten)的工作"),
            // A single given name, a short login without its @, and whatever only looks alike, stay.
            ("Ada, al and Lark", "Ada, al and Lark"),
            (
                "ada-lark-2 @al-2 bada@lark.example @alx ada@lark.example.org",
                "ada-lark-2 @al-2 bada@lark.example @alx ada@lark.example.org",
            ),
            ("Canada Larks forgotten (forgotten)", "Canada Larks forgotten (forgotten)"),
            ("fix: name: Ada", "fix: name: Ada"),
            ("", ""),
        ] {
            assert_eq!(text(written), left, "{written}");
        }
    }

    #[test]
    fn a_meeting_keeps_its_seats() {
        let attended = applied(event(
            "notes:lantern/tsc/2025-06-17/attended/github:ada-lark",
            Some("github:ada-lark"),
            "meeting.attended",
            r#"{"schema":1,"name":"Ada L.","organisation":"Acme"}"#,
        ));
        assert_eq!(attended.id, "notes:lantern/tsc/2025-06-17/attended/forgotten:3");
        assert_eq!(attended.actor.as_deref(), Some("forgotten:3"));
        assert_eq!(attended.data.to_json(), r#"{"schema":1,"name":"(forgotten)","organisation":"Acme"}"#);
        // A name of two words is known in a community where it was never seen.
        let elsewhere = applied(event(
            "notes:other/tsc/2025-06-17/attended/name:other/Ada Lark",
            Some("name:other/Ada Lark"),
            "meeting.attended",
            r#"{"schema":1,"name":"Ada Lark"}"#,
        ));
        assert_eq!(elsewhere.id, "notes:other/tsc/2025-06-17/attended/forgotten:3");
        let speaker = |written: &str| {
            event(
                &format!("notes:lantern/tsc/2025-06-17/speaker/{written}"),
                Some(&format!("initials:lantern/tsc/2025-06-17/{written}")),
                "speaker.recorded",
                &format!(r#"{{"schema":1,"written":"{written}"}}"#),
            )
        };
        for written in ["AL", "Ada Lark"] {
            let spoke = applied(speaker(written));
            assert_eq!(spoke.id, "notes:lantern/tsc/2025-06-17/speaker/forgotten:3");
            assert_eq!(spoke.actor.as_deref(), Some("forgotten:3"));
            assert_eq!(spoke.data.to_json(), r#"{"schema":1,"written":"(forgotten)"}"#);
        }
        assert!(!redaction().apply(&mut speaker("BF")));
        let linked = applied(event(
            "notes:lantern/tsc/2025-06-17/linked/name:lantern/Ada",
            None,
            "account.linked",
            r#"{"schema":1,"account":"name:lantern/Ada","canonical":"github:ada-lark","evidence":"profile-link","name":"Lady A."}"#,
        ));
        assert_eq!(linked.id, "notes:lantern/tsc/2025-06-17/linked/forgotten:3");
        assert_eq!(
            linked.data.to_json(),
            r#"{"schema":1,"account":"forgotten:3","canonical":"forgotten:3","evidence":"profile-link","name":"(forgotten)"}"#
        );
        let action = applied(event(
            "notes:lantern/tsc/2025-06-17/action/00112233",
            None,
            "action.recorded",
            r#"{"schema":1,"text":"Ask Bo","owners":["github:bo","github:ada-lark"],"state":"open"}"#,
        ));
        assert!(action.data.to_json().contains(r#"["github:bo","forgotten:3"]"#));
    }

    #[test]
    fn a_commit_keeps_its_people_apart() {
        let mut commit = event(
            "git:0a1b",
            Some("email:ada@lark.example"),
            "commit.authored",
            r#"{"schema":1,"sha":"0a1b","author":{"account":"email:ada@lark.example","name":"A. L."},"committer":{"account":"email:bo@b.example","name":"Bo"},"committed":"2025-01-01T00:00:00Z","parents":1,"summary":"Thank Ada Lark","trailers":[{"key":"acked-by","account":"email:new@x.example","name":"Ada Lark"}]}"#,
        );
        commit.subject = "git:ada-lark/lantern@0a1b".to_owned();
        commit.url = Some("https://github.com/ada-lark/lantern/commit/0a1b".to_owned());
        let commit = applied(commit);
        assert_eq!(
            commit.data.to_json(),
            r#"{"schema":1,"sha":"0a1b","author":{"account":"forgotten:3","name":"(forgotten)"},"committer":{"account":"email:bo@b.example","name":"Bo"},"committed":"2025-01-01T00:00:00Z","parents":1,"summary":"Thank (forgotten)","trailers":[{"key":"acked-by","account":"email:new@x.example","name":"(forgotten)"}]}"#
        );
        assert_eq!(commit.actor.as_deref(), Some("forgotten:3"));
        // The repository is everybody's key, although it is hers.
        assert_eq!(commit.subject, "git:ada-lark/lantern@0a1b");
        assert_eq!(commit.url.as_deref(), Some("https://github.com/ada-lark/lantern/commit/0a1b"));
    }

    #[test]
    fn a_number_takes_the_login_with_it() {
        let closed = |actor: &str, id: u64| {
            event(
                "github:acme/lantern#1/closed/x",
                Some(actor),
                "issue.closed",
                &format!(r#"{{"schema":1,"number":1,"actor_id":{id}}}"#),
            )
        };
        for (actor, id) in [("github:successor", 583_231), ("github:ada-lark", 7)] {
            let closed = applied(closed(actor, id));
            assert_eq!(closed.actor.as_deref(), Some("forgotten:3"));
            assert_eq!(closed.data.to_json(), r#"{"schema":1,"number":1}"#);
        }
        assert!(!redaction().apply(&mut closed("github:bo", 7)));
        let merged = applied(event(
            "github:acme/lantern#1/merged",
            Some("github:bo"),
            "pull_request.merged",
            r#"{"schema":1,"number":1,"actor_id":7,"author":"github:successor","author_id":583231}"#,
        ));
        assert_eq!(merged.data.to_json(), r#"{"schema":1,"number":1,"actor_id":7,"author":"forgotten:3"}"#);
    }

    #[test]
    fn ids_and_addresses_are_searched_too() {
        let hidden = masked("email:ada@lark.example");
        for (id, left) in [
            (
                format!("people:p/gitdm/linked/{hidden}=github:ada-lark#2"),
                "people:p/gitdm/linked/forgotten:3=forgotten:3#2",
            ),
            (
                format!("mailmap:acme/x/{hidden}=>email:bo@b.example#{:016x}", xxhash_rust::xxh3::xxh3_64(b"Ada Lark")),
                "mailmap:acme/x/forgotten:3=>email:bo@b.example#forgotten:3",
            ),
            (
                "mailmap:acme/x/email:ada@lark.example=>email:bo@b.example".to_owned(),
                "mailmap:acme/x/forgotten:3=>email:bo@b.example",
            ),
            (
                "github:acme/x/starred/583231/2025-01-01T00:00:00Z".to_owned(),
                "github:acme/x/starred/forgotten:3/2025-01-01T00:00:00Z",
            ),
            (
                "github:acme/x/forked/Ada-Lark/2025-01-01T00:00:00Z".to_owned(),
                "github:acme/x/forked/forgotten:3/2025-01-01T00:00:00Z",
            ),
            (
                "github:acme/x#1/assigned/github:al/2025-01-01T00:00:00Z~".to_owned(),
                "github:acme/x#1/assigned/forgotten:12/2025-01-01T00:00:00Z~",
            ),
            (
                "roster:acme/x/MAINTAINERS.md/0a1b/listed/maintainer/github:ada-lark".to_owned(),
                "roster:acme/x/MAINTAINERS.md/0a1b/listed/maintainer/forgotten:3",
            ),
            (
                "notes:ada-lark/tsc/2025-06-17/item/github:ada-lark/x#1 github:al".to_owned(),
                "notes:ada-lark/tsc/2025-06-17/item/github:ada-lark/x#1 forgotten:12",
            ),
        ] {
            assert_eq!(applied(event(&id, None, "tag.created", r#"{"schema":1,"name":"v1","sha":"0"}"#)).id, left);
        }
        let mut forked = event(
            "github:acme/x/forked/7/t",
            Some("github:bo"),
            "repository.forked",
            r#"{"schema":1,"fork":"Ada-Lark/x"}"#,
        );
        forked.subject = "github:acme/x".to_owned();
        forked.url = Some("https://github.com/Ada-Lark/x".to_owned());
        let forked = applied(forked);
        assert_eq!(forked.url.as_deref(), Some("https://github.com/forgotten:3/x"));
        assert_eq!(forked.data.to_json(), r#"{"schema":1,"fork":"forgotten:3/x"}"#);
        for own in ["github:ada-lark/x#1/comment/583231", "github:ada-lark/x", "git:ada-lark/x@0a1b"] {
            assert!(!redaction().apply(&mut event(
                own,
                None,
                "tag.created",
                r#"{"schema":1,"name":"ada-lark","sha":"0"}"#
            )));
        }
    }

    #[test]
    fn what_is_not_known_is_searched_as_text() {
        let unknown = applied(event(
            "a",
            None,
            "planet.discovered",
            r#"{"schema":4,"by":["Ada Lark",{"who":"github:ada-lark"}],"n":1.5}"#,
        ));
        assert_eq!(unknown.data.to_json(), r#"{"schema":4,"by":["(forgotten)",{"who":"(forgotten)"}],"n":1.5}"#);
        let broken = applied(event("a", None, "issue.closed", "not JSON, says Ada Lark"));
        assert_eq!(broken.data.to_json(), "not JSON, says (forgotten)");
        let listed = applied(event(
            "a",
            None,
            "maintainer.listed",
            r#"{"schema":1,"account":"github:ada-lark","name":"ada-lark","role":"maintainer","maintainer":true,"repository":"ada-lark/x","path":"OWNERS"}"#,
        ));
        assert!(listed.data.to_json().contains(r#""account":"forgotten:3","name":"(forgotten)","role":"maintainer""#));
        assert!(listed.data.to_json().contains(r#""repository":"ada-lark/x""#));
    }

    #[test]
    fn nobody_forgotten_changes_nothing_and_the_wish_itself_stays() {
        let nobody = Redaction::new(&[]);
        assert!(nobody.is_empty() && !redaction().is_empty());
        let seen = event("a", Some("github:ada-lark"), "repository.starred", r#"{"schema":1}"#);
        let mut same = seen.clone();
        assert!(!nobody.apply(&mut same) && same == seen);
        let hashes = forgotten_hashes(["github:ada-lark"].into_iter(), std::iter::empty());
        let wish = Payload::PersonForgotten(PersonForgotten { pseudonym: "forgotten:3".to_owned(), hashes });
        let mut wish = event("people:p/people/forgotten/forgotten:3", None, "person.forgotten", &wish.to_json());
        assert!(!redaction().apply(&mut wish));
    }
}
