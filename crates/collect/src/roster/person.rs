//! Somebody in a line of text: `Ada L. <ada@x.org> (@ada), Acme` in its many forms.
//!
//! What is certain (profile links, `@login`, `@org/team`, addresses) is taken out first; what is left falls into pieces
//! at commas, dashes and brackets. The first piece is the name, a later one that names a role is the role, another one
//! the organisation. A line of prose that merely mentions a login is nobody.

use super::blocks::Inline;
use super::page::Person;
use super::role::{Column, Standing, classify, column, is_title};
use muster_model::account;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// Somebody found in a line, with the role that the line itself states.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Found {
    pub person: Person,
    pub standing: Option<Standing>,
}

/// Stands where something certain was taken out.
const MARK: char = '\u{1}';

/// The same, behind the text of a link to the person's own profile: a name or a login, no organisation.
const OWN: char = '\u{2}';

/// What separates pieces: commas, brackets, dashes between spaces, a colon before a space.
static SEPARATOR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"[,;|()\[\]<>{}（），、；\n\x01\x02\t]|\s+(?:-{1,3}|–|—|·|•|/)\s+|\s+(?:-{1,3}|–|—)$|:(?:\s+|$)|：|\s{3,}|\s+(?:from|at)\s+")
        .ok()
});
static EMAIL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:mailto:)?[a-z0-9._%+'-]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)+").ok()
});
static MENTION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(^|[^A-Za-z0-9_./@-])@([A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:/[A-Za-z0-9._-]+)?)").ok()
});
static URL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\b(?:https?://|www\.|github\.com/)[^\s<>)\],|]+").ok());

/// Words of sentences. Some are names, too, with a capital letter: Will, Can, An.
const PROSE_WORDS: &[&str] = &[
    "contact", "email", "ping", "see", "by", "cc", "please", "thanks", "and", "the", "for", "to", "on", "in", "our",
    "your", "us", "with", "list", "mailing", "slack", "ask", "reach", "via", "is", "are", "of", "or", "if", "we",
    "you", "this", "that", "from", "who", "any", "all", "refer", "be", "a", "an", "not", "will", "must", "can",
    "should", "mail", "channel", "join", "chat", "twitter", "website", "under", "within", "about", "into", "here",
    "there", "where", "which", "whose", "their", "its", "it", "has", "have", "as", "at", "also",
];

/// Words that begin a sentence which sends somebody to a person, even with a capital letter.
const CALLS: &[&str] = &[
    "contact", "email", "ping", "see", "by", "cc", "please", "thanks", "and", "the", "for", "with", "mailing", "slack",
    "ask", "reach", "via", "refer", "mail", "channel", "join", "chat", "twitter", "website", "this", "that", "from",
    "our", "your", "list",
];

/// What a label says that leads to a channel, not to a person; and [`ELSEWHERE`].
const CHANNELS: &[&str] = &[
    "github",
    "security",
    "forum",
    "website",
    "web",
    "blog",
    "discussions",
    "issues",
    "support",
    "help",
    "contact",
    "home page",
    "homepage",
];

/// The channels with accounts of their own: `Slack: @ada` is no login on GitHub.
const ELSEWHERE: &[&str] = &[
    "slack",
    "email",
    "mail",
    "mailing list",
    "mailing lists",
    "twitter",
    "discord",
    "linkedin",
    "matrix",
    "irc",
    "zulip",
    "youtube",
    "x",
    "chat",
    "mastodon",
    "telegram",
    "wechat",
    "stack overflow",
];

/// What somebody does, the last word of a job.
const JOBS: &[&str] = &[
    "manager",
    "engineer",
    "developer",
    "architect",
    "director",
    "founder",
    "president",
    "officer",
    "ceo",
    "cto",
    "student",
    "designer",
    "writer",
    "advocate",
    "evangelist",
    "scientist",
    "analyst",
    "programmer",
    "intern",
];

/// The small words within names.
const PARTICLES: &[&str] = &[
    "de", "da", "del", "della", "der", "den", "van", "von", "bin", "ibn", "al", "el", "la", "le", "di", "du", "dos",
    "do", "das", "ten", "ter", "zu", "y", "e",
];

/// Words that tell an organisation from a name.
const ORGANISATION_WORDS: &[&str] = &[
    "group",
    "inc",
    "inc.",
    "ltd",
    "ltd.",
    "llc",
    "corp",
    "corp.",
    "corporation",
    "labs",
    "lab",
    "cloud",
    "university",
    "foundation",
    "software",
    "technologies",
    "technology",
    "systems",
    "hat",
    "gmbh",
    "company",
    "networks",
    "institute",
    "bank",
    "independent",
    "college",
    "school",
    "research",
    "consulting",
    "services",
    "solutions",
    "security",
    "data",
    "ag",
    "s.a.",
    "b.v.",
    "co.",
    "ai",
    "io",
    "web",
];

const SUFFIXES: &[&str] =
    &["inc", "inc.", "ltd", "ltd.", "llc", "llc.", "corp", "corp.", "gmbh", "co.", "co", "s.a.", "b.v."];

/// The login in `(cyo@)` and `cyo (GitHub)`.
pub(super) fn odd_login(text: &str) -> Option<&str> {
    let lower = text.to_lowercase();
    let bare = lower.strip_suffix("(github)").or_else(|| lower.strip_suffix("(gh)")).map_or_else(
        || text.strip_suffix('@'),
        |rest| text.get(..rest.len()).map(|login| login.trim().trim_start_matches('@')),
    );
    bare.filter(|login| account::is_github_login(login))
}

/// First path segments of github.com that are no accounts.
const RESERVED: &[&str] = &[
    "orgs",
    "sponsors",
    "features",
    "settings",
    "apps",
    "about",
    "topics",
    "marketplace",
    "enterprise",
    "search",
    "login",
    "notifications",
    "explore",
    "collections",
    "contact",
];

/// The login of a GitHub profile that a link leads to.
pub(super) fn profile(url: &str) -> Option<String> {
    let rest = url.trim().strip_prefix("https://").or_else(|| url.trim().strip_prefix("http://")).unwrap_or(url.trim());
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    // A place on a page is no person's profile.
    let rest = rest.split_once('#').map_or(rest, |(page, place)| if place.is_empty() { page } else { "" });
    let path = rest.get(..11).filter(|host| host.eq_ignore_ascii_case("github.com/")).and_then(|_| rest.get(11..))?;
    let login = path.split(['?', '#']).next()?.trim_end_matches('/').trim_start_matches('@');
    (account::is_github_login(login) && !RESERVED.contains(&login.to_lowercase().as_str())).then(|| login.to_owned())
}

/// The team that a link to a GitHub team page leads to, `org/team`.
fn team_page(url: &str) -> Option<String> {
    let (_, path) = url.split_once("github.com/orgs/")?;
    let mut parts = path.split(['/', '?', '#']);
    let (org, teams, team) = (parts.next()?, parts.next()?, parts.next()?);
    (teams == "teams" && !team.is_empty()).then(|| format!("{org}/{team}"))
}

/// The e-mail address in a text.
pub(super) fn email(text: &str) -> Option<String> {
    let found = EMAIL.as_ref()?.find(text)?;
    Some(found.as_str().trim_start_matches("mailto:").to_owned())
}

/// Whether a link leads elsewhere: not to a person, a mailbox or a place on the same page.
pub(super) fn leads_elsewhere(url: &str) -> bool {
    !(url.is_empty()
        || url.starts_with('#')
        || url.starts_with("mailto:")
        || (email(url).is_some() && !url.contains('/'))
        || profile(url).is_some())
}

/// Whether a text names a channel: `Slack`, `Mailing list`.
fn is_channel(text: &str) -> bool {
    let text = text.trim().trim_end_matches(':').to_lowercase();
    CHANNELS.contains(&&*text) || ELSEWHERE.contains(&&*text)
}

/// Whether a text is a channel's label with where it leads, and so nobody: `Security: security@acme.example`. An account
/// behind the label is somebody: `Security: @ada`.
pub(super) fn leads_to_channel(inline: &Inline) -> bool {
    let (label, body) = label(&inline.text);
    let label = label.map(|label| label.trim_matches(['*', '_', '`', ':', ' ']).to_lowercase());
    let Some(label) = label.filter(|label| is_channel(label)) else { return false };
    let certain = certain(inline);
    inline.text.matches(": ").count() == 1
        && !certain.iter().any(|(range, kind, _)| match kind {
            Certain::Login(login) => answers(&label, inline.text.get(range.clone()).unwrap_or_default(), login),
            _ => false,
        })
        && !pieces(&marked(&inline.slice(body.clone()), &certain, body.start, None)).iter().any(|piece| {
            // `Security: Cy <cy@ott.example>`
            let named = !ELSEWHERE.contains(&&*label) && !piece.after && !piece.bracketed && name_like(&piece.text);
            full_name(&piece.text) || (named && certain.iter().any(|(_, kind, _)| matches!(kind, Certain::Email(_))))
        })
}

/// Whether a login behind a channel's label, written as `text`, is somebody who answers there.
fn answers(label: &str, text: &str, login: &str) -> bool {
    let same = text.trim().trim_start_matches('@').eq_ignore_ascii_case(login);
    match label {
        _ if ELSEWHERE.contains(&label) => false,
        // `GitHub: [us](https://github.com/acme)` leads to an organisation.
        "github" => same || text.contains('/'),
        "security" | "support" | "help" | "contact" => same || (name_like(text) && !is_channel(text)),
        _ => same,
    }
}

/// The login, team and address that a text states for certain, the first of each.
pub(super) fn stated(inline: &Inline) -> Person {
    person_in(&certain(inline))
}

/// Whether a text holds a login, for certain.
pub(super) fn holds_login(inline: &Inline) -> bool {
    certain(inline).iter().any(|(_, kind, _)| matches!(kind, Certain::Login(_)))
}

/// The login that the text of a profile's link states, where the link leads to another: `[@bof](…/adal)`.
pub(super) fn other_login(inline: &Inline) -> Option<String> {
    inline.links.iter().find_map(|(range, url)| {
        let login = profile(url)?;
        let text = inline.text.get(range.clone())?.trim().strip_prefix('@')?;
        (account::is_github_login(text) && !text.eq_ignore_ascii_case(&login)).then(|| text.to_owned())
    })
}

/// One certain thing in a text.
#[derive(Debug, Clone, PartialEq)]
enum Certain {
    Login(String),
    Team(String),
    Email(String),
    Address,
}

/// Everybody in a text: one person, several separated by commas or lines, or nobody.
pub(super) fn people(inline: &Inline) -> Vec<Found> {
    let certain = certain(inline);
    let who = |kind: &Certain| matches!(kind, Certain::Login(_) | Certain::Team(_));
    let mut logins: Vec<&Certain> = certain.iter().map(|(_, kind, _)| kind).filter(|kind| who(kind)).collect();
    logins.dedup();
    if logins.len() > 1 {
        let several = several(inline, &certain);
        if !several.is_empty() {
            return several;
        }
    }
    one(inline, &certain).into_iter().collect()
}

/// Several people in one text: `Reviewers: @a, @b` or `Ada (@ada), Bo (@bo)`.
fn several(inline: &Inline, certain: &[(Range<usize>, Certain, bool)]) -> Vec<Found> {
    let (label, body) = label(&inline.text);
    let standing = label.map(classify).filter(|standing| *standing != Standing::Unknown);
    let bare = marked(&inline.slice(body.clone()), certain, body.start, None);
    let only_marks = words_of(&bare).iter().all(|word| ["and", "&", "or"].contains(&word.as_str()));
    if only_marks {
        let named = certain.iter().filter_map(|(_, kind, _)| person_of(kind));
        return named.map(|person| Found { person, standing: standing.clone() }).collect();
    }
    let parts: Vec<Found> = split_outside_brackets(&inline.text, body)
        .into_iter()
        .flat_map(|part| split_at_and(&inline.slice(part)))
        .filter_map(|part| one(&part, &self::certain(&part)))
        .map(|found| Found { standing: found.standing.or_else(|| standing.clone()), ..found })
        .collect();
    if parts.iter().filter(|found| found.person.login.is_some() || found.person.team.is_some()).count() > 1 {
        parts.into_iter().filter(|found| found.person.is_certain()).collect()
    } else {
        Vec::new()
    }
}

fn person_of(kind: &Certain) -> Option<Person> {
    match kind {
        Certain::Login(login) => Some(Person { login: Some(login.clone()), ..Person::default() }),
        Certain::Team(team) => Some(Person { team: Some(team.clone()), ..Person::default() }),
        Certain::Email(_) | Certain::Address => None,
    }
}

/// `Reviewers: …`: the label before a colon, and the rest.
fn label(text: &str) -> (Option<&str>, Range<usize>) {
    match text.find(": ") {
        Some(at) if at < 60 && !text[..at].contains(['@', '(', '<', ',']) => {
            (Some(text[..at].trim()), at + 2..text.len())
        }
        _ => (None, 0..text.len()),
    }
}

/// `Ada @ada and Bo @bo`, where both sides have a login.
fn split_at_and(part: &Inline) -> Vec<Inline> {
    let Some(at) = part.text.find(" and ") else { return vec![part.clone()] };
    let sides = [part.slice(0..at), part.slice(at + 5..part.text.len())];
    if sides.iter().all(holds_login) { sides.to_vec() } else { vec![part.clone()] }
}

fn split_outside_brackets(text: &str, body: Range<usize>) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (body.start, 0_i32);
    for (at, letter) in text.char_indices().filter(|(at, _)| body.contains(at)) {
        match letter {
            '(' | '[' | '<' => depth += 1,
            ')' | ']' | '>' => depth -= 1,
            ',' | ';' | '\n' if depth <= 0 => {
                parts.push(start..at);
                start = at + letter.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(start..body.end);
    parts
}

/// What is certain in a text: where, what, and whether the text there is a name to keep.
fn certain(inline: &Inline) -> Vec<(Range<usize>, Certain, bool)> {
    let mut found: Vec<(Range<usize>, Certain, bool)> = Vec::new();
    for (range, url) in &inline.links {
        let text = inline.text.get(range.clone()).unwrap_or_default().trim();
        if let Some(login) = profile(url) {
            let bare = text.trim_start_matches('@');
            let keep = !(text.is_empty()
                || bare.eq_ignore_ascii_case(&login)
                || text.starts_with('@')
                || text.contains("://"));
            found.push((range.clone(), Certain::Login(login), keep));
        } else if let Some(team) = team_page(url) {
            found.push((range.clone(), Certain::Team(team), false));
        } else if let Some(address) =
            url.strip_prefix("mailto:").or(Some(url).filter(|_| url.contains('@')).map(|x| &**x))
        {
            if let Some(address) = email(address) {
                found.push((range.clone(), Certain::Email(address), email(text).is_none() && name_like(text)));
            }
        } else if text.contains("://") || url.contains("github.com/sponsors/") || is_channel(text) {
            found.push((range.clone(), Certain::Address, false));
        }
    }
    let text = &inline.text;
    let fresh = |found: &Vec<(Range<usize>, Certain, bool)>, range: &Range<usize>| {
        !found.iter().any(|(other, _, _)| other.start < range.end && range.start < other.end)
    };
    for hit in EMAIL.iter().flat_map(|regex| regex.find_iter(text)) {
        if fresh(&found, &hit.range()) {
            let address = hit.as_str().trim_start_matches("mailto:").to_owned();
            found.push((hit.range(), Certain::Email(address), false));
        }
    }
    for hit in URL.iter().flat_map(|regex| regex.find_iter(text)) {
        if fresh(&found, &hit.range()) {
            let kind = profile(hit.as_str()).map_or(Certain::Address, Certain::Login);
            found.push((hit.range(), kind, false));
        }
    }
    for hit in MENTION.iter().flat_map(|regex| regex.captures_iter(text)) {
        let Some(name) = hit.get(2) else { continue };
        let range = name.start() - 1..name.end();
        if fresh(&found, &range) {
            let kind = if name.as_str().contains('/') { Certain::Team } else { Certain::Login };
            found.push((range, kind(name.as_str().to_owned()), false));
        }
    }
    found.sort_by_key(|(range, _, _)| range.start);
    found
}

/// The text with a mark in place of each certain thing; names in links stay, with a mark after them, which says whether
/// the link leads to the profile of `own`.
fn marked(inline: &Inline, certain: &[(Range<usize>, Certain, bool)], offset: usize, own: Option<&Certain>) -> String {
    let text = &inline.text;
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (range, kind, keep) in certain {
        let (Some(start), Some(end)) = (range.start.checked_sub(offset), range.end.checked_sub(offset)) else {
            continue;
        };
        if start < at || end > text.len() {
            continue;
        }
        out.push_str(text.get(at..start).unwrap_or_default());
        if *keep {
            out.push_str(text.get(start..end).unwrap_or_default());
        }
        out.push(if *keep && own == Some(kind) { OWN } else { MARK });
        at = end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

fn words_of(text: &str) -> Vec<String> {
    let separator = |letter: char| letter.is_whitespace() || (!letter.is_alphanumeric() && letter != '&');
    text.split(separator).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// A piece of what is left of a line.
#[derive(Debug)]
struct Piece {
    text: String,
    bracketed: bool,
    /// A colon follows it.
    label: bool,
    /// It follows a colon.
    explained: bool,
    /// It is the text of the link to the person's own profile.
    own: bool,
    /// Something certain comes before it.
    after: bool,
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut read = Vec::new();
    let (mut start, mut depth, mut explained, mut after) = (0, 0_i32, false, false);
    let hits = SEPARATOR.iter().flat_map(|regex| regex.find_iter(text)).map(|hit| hit.range());
    for range in hits.chain(std::iter::once(text.len()..text.len())) {
        let separator = text.get(range.clone()).unwrap_or_default().chars().next();
        let raw = text.get(start..range.start).unwrap_or_default();
        let piece = raw.trim().trim_matches(['*', '_', '`', '"', '“', '”', '/', '\\', '-', '•', '~', '!']).trim();
        if piece.chars().any(char::is_alphanumeric) {
            let label = matches!(separator, Some(':' | '：'));
            let own = separator == Some(OWN);
            read.push(Piece { text: fold(piece), bracketed: depth > 0, label, explained, own, after });
            explained = false;
        }
        match separator {
            Some('(' | '[' | '{' | '（') => depth += 1,
            Some(')' | ']' | '}' | '）') => depth -= 1,
            Some(MARK | OWN) => (after, explained) = (true, false),
            Some(':' | '：') => explained = true,
            _ => {}
        }
        start = range.end;
    }
    join_suffixes(read)
}

/// `Acme, Inc.` is one organisation.
fn join_suffixes(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut joined: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match joined.last_mut() {
            Some(last) if SUFFIXES.contains(&piece.text.to_lowercase().as_str()) => {
                last.text = format!("{}, {}", last.text, piece.text);
            }
            _ => joined.push(piece),
        }
    }
    joined
}

/// White space folded.
pub(super) fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An organisation as written, or nothing where a placeholder stands.
pub(super) fn organisation(text: &str) -> Option<String> {
    let text = fold(text.trim().trim_matches(['*', '_', '`']));
    let nothing = ["", "-", "--", "—", "–", "n/a", "na", "none", "tbd", "unknown", "?", "/", "."];
    (!nothing.contains(&text.to_lowercase().as_str())).then_some(text)
}

/// Whether a text beside something certain can be the name of a person: few words, none of them a word of prose as it
/// is written.
pub(super) fn name_like(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let plain = |word: &&str| !PROSE_WORDS.contains(&word.trim_end_matches(['.', ',']));
    let calls = words.first().is_some_and(|first| CALLS.contains(&first.trim_end_matches(',').to_lowercase().as_str()));
    !calls
        && (1..=5).contains(&words.len())
        && text.len() <= 80
        && text.chars().any(char::is_alphabetic)
        && words.iter().all(plain)
        && !matches!(classify(text), Standing::Role(_) | Standing::Former | Standing::Prose)
}

/// Whether a text that nothing certain stands beside is surely a name: capital letters, two to four words.
pub(super) fn full_name(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let capital = |word: &&str| {
        PARTICLES.contains(&word.to_lowercase().as_str())
            || word.chars().next().is_some_and(|first| first.is_alphabetic() && !first.is_lowercase())
    };
    let initial = |word: &str| word.len() == 2 && word.ends_with('.');
    let plain = |word: &&str| {
        initial(word)
            || *word == "Will"
            || !PROSE_WORDS.contains(&word.trim_end_matches(['.', ',']).to_lowercase().as_str())
    };
    let no_digits = !text.chars().any(|letter| letter.is_ascii_digit() || "_/\\:#=".contains(letter));
    name_like(text)
        && (2..=4).contains(&words.len())
        && words.iter().all(capital)
        && words.iter().all(plain)
        && no_digits
        && !looks_organised(text)
}

fn looks_organised(text: &str) -> bool {
    text.split_whitespace().any(|word| ORGANISATION_WORDS.contains(&word.to_lowercase().as_str()))
}

/// The first login, team and address of what is certain.
fn person_in(certain: &[(Range<usize>, Certain, bool)]) -> Person {
    let mut person = Person::default();
    for (_, kind, _) in certain {
        match kind {
            Certain::Login(login) if person.login.is_none() => person.login = Some(login.clone()),
            Certain::Team(team) if person.team.is_none() => person.team = Some(team.clone()),
            Certain::Email(address) if person.email.is_none() => person.email = Some(address.clone()),
            _ => {}
        }
    }
    person
}

/// One person in a text, or nobody.
fn one(inline: &Inline, certain: &[(Range<usize>, Certain, bool)]) -> Option<Found> {
    let mut person = person_in(certain);
    let own = person.login.clone().map(Certain::Login);
    let mut pieces = pieces(&marked(inline, certain, 0, own.as_ref()));
    pieces.retain(|piece| {
        let login = odd_login(&piece.text).filter(|_| piece.bracketed).map(str::to_owned);
        let is_none = login.is_none();
        person.login = person.login.take().or(login);
        is_none
    });
    let mut found = Found { person, standing: None };
    let keyed = take_keyed(&mut found, pieces);
    let rest = take_name(&mut found, keyed)?;
    take_rest(&mut found, rest);
    let named = found.person.name.as_deref().is_some_and(full_name);
    (found.person.is_certain() || named).then_some(found)
}

/// Takes out `GitHub: ada`, `Company: Acme` and the words that only announce what was certain.
fn take_keyed(found: &mut Found, pieces: Vec<Piece>) -> Vec<Piece> {
    let mut left: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let key = left.last().filter(|_| piece.explained).map(|last| column(&last.text));
        let person = &mut found.person;
        match key {
            Some(Column::Organisation) => person.organisation = organisation(&piece.text),
            Some(Column::Login) if account::is_github_login(&piece.text) => {
                person.login.get_or_insert(piece.text);
            }
            Some(Column::Name)
                if column(&left.last().map_or(String::new(), |last| last.text.clone())) == Column::Name
                    && classify(&left.last().map_or(String::new(), |last| last.text.clone())) == Standing::Unknown =>
            {
                person.name = Some(piece.text);
            }
            Some(Column::Role) => found.standing = Some(classify(&piece.text)),
            _ => {
                left.push(piece);
                continue;
            }
        }
        left.pop();
    }
    left.retain(|piece| !(announces(&piece.text) && (piece.label || is_title(&piece.text))));
    left
}

/// Whether a piece only says what stands beside it: `GitHub`, `e-mail`.
fn announces(text: &str) -> bool {
    text.split_whitespace().count() <= 3
        && matches!(column(text), Column::Login | Column::Email | Column::Organisation)
        && !looks_organised(text)
}

/// Takes the name; a line that begins with neither a name nor something certain is prose, and so nobody.
fn take_name(found: &mut Found, mut pieces: Vec<Piece>) -> Option<Vec<Piece>> {
    if found.person.name.is_some() || pieces.is_empty() {
        return Some(pieces);
    }
    // `Reviewer: Ada (@ada)`, `parser: Ada (@ada)`, `parser: @ada`: what stands before the colon is no name.
    let name_follows = pieces.get(1).is_some_and(|second| second.explained && !second.after && name_like(&second.text));
    // `vf_lamp.c    Ada Lark (CC <…>)`: a file before a name.
    let file = |text: &str| text.contains(['_', '/', '.']) && !text.chars().any(char::is_uppercase);
    let file_first = file(&pieces[0].text)
        && !pieces[0].after
        && pieces.get(1).is_some_and(|second| !second.after && !second.bracketed && full_name(&second.text));
    let certain_follows = pieces[0].label
        && !pieces[0].after
        && found.person.is_certain()
        && pieces.get(1).is_none_or(|second| second.after);
    if name_follows || file_first || (certain_follows && !is_named_so(&found.person, &pieces[0].text)) {
        let label = classify(&pieces.remove(0).text);
        found.standing = Some(label).filter(|standing| *standing != Standing::Unknown);
    }
    let team = found.person.login.is_none() && found.person.team.is_some();
    pieces.retain(|piece| !(team && piece.text.eq_ignore_ascii_case("team")));
    let Some(first) = pieces.first() else { return Some(pieces) };
    let alone = pieces.len() == 1;
    if !first.after {
        if !first.bracketed && name_like(&first.text) {
            found.person.name = Some(pieces.remove(0).text);
            return Some(pieces);
        }
        let standing = classify(&first.text);
        let plain = |word: &str| !PROSE_WORDS.contains(&word.to_lowercase().as_str());
        let is_role = matches!(standing, Standing::Role(_)) && first.text.split_whitespace().all(plain);
        if first.bracketed || (first.text.split_whitespace().count() <= 4 && is_role) {
            return Some(pieces);
        }
        return None;
    }
    // A login first, then `(Ada L., Acme)`, `- Ada L.` or only `(Acme)`.
    let full = full_name(&first.text);
    if full
        || (!first.bracketed && !first.explained && !alone && name_like(&first.text) && !looks_organised(&first.text))
    {
        found.person.name = Some(pieces.remove(0).text);
    }
    let prose = pieces.iter().map(|piece| piece.text.split_whitespace().count()).sum::<usize>() > 40;
    (!prose).then_some(pieces)
}

/// Whether a full name before a colon surely is the name of who follows: `Ada Lark: @adal`. A part of the project may be
/// called `Lamp Driver`.
fn is_named_so(person: &Person, name: &str) -> bool {
    let mailbox = person.email.as_deref().and_then(|email| email.split('@').next());
    let who = person.login.as_deref().or(mailbox).unwrap_or_default().to_lowercase();
    let lower = name.to_lowercase();
    let begins = |word: &str| word.get(..3).is_some_and(|start| who.contains(start));
    full_name(name) && lower.split_whitespace().any(begins)
}

/// Takes the role and the organisation from what is left: brackets speak before dashes and commas. A label that is not
/// known takes its values with it.
fn take_rest(found: &mut Found, pieces: Vec<Piece>) {
    let mut loose = None;
    let mut labelled = None;
    for piece in pieces {
        if piece.label {
            labelled = Some(piece.bracketed);
        }
        if labelled == Some(piece.bracketed) {
            continue;
        }
        labelled = None;
        let standing = classify(&piece.text);
        let words = piece.text.split_whitespace().count();
        if words <= 4 && matches!(standing, Standing::Role(_) | Standing::Former) && !looks_organised(&piece.text) {
            found.standing.get_or_insert(standing);
        } else if found.person.organisation.is_none()
            && !is_known(&found.person, &piece)
            && let Some(text) = stripped(&piece)
        {
            if piece.bracketed {
                found.person.organisation = organisation(&text);
            } else if loose.is_none() {
                loose = organisation(&text);
            }
        }
    }
    if found.person.organisation.is_none() {
        found.person.organisation = loose;
    }
}

/// Whether a piece repeats what is known (the login, the mailbox) or is a job, a key's digits or a word that announces.
fn is_known(person: &Person, piece: &Piece) -> bool {
    let text = piece.text.trim_start_matches('@').to_lowercase();
    let mailbox = person.email.as_deref().and_then(|email| email.split('@').next());
    let same = |one: Option<&str>| one.is_some_and(|one| one.eq_ignore_ascii_case(&text));
    let digits: String = text.split_whitespace().collect();
    let key = digits.len() >= 16 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let job = text.split_whitespace().last().is_some_and(|last| JOBS.contains(&last));
    let small = !piece.text.chars().any(char::is_uppercase);
    // `Jo Burr (@acme) (Acme)` works for Acme.
    let login = person.login.as_deref().is_some_and(|login| login == piece.text.trim_start_matches('@'));
    let said = login || (small && (same(person.login.as_deref()) || same(mailbox)));
    piece.own || said || key || job || announces(&piece.text)
}

/// The piece without `of`, `from` or `at`, if it can be an organisation at all.
fn stripped(piece: &Piece) -> Option<String> {
    let lower = piece.text.to_lowercase();
    let noise =
        ["he/him", "she/her", "they/them", "he", "she", "they", "him", "her", "them", "since", "aka", "and", "cc"];
    if noise
        .iter()
        .any(|word| lower == *word || lower.starts_with(&format!("{word} ")) || lower.starts_with(&format!("{word}/")))
    {
        return None;
    }
    let prefix = ["works at ", "working at ", "affiliated with ", "employed by ", "of ", "from ", "at "]
        .into_iter()
        .find(|prefix| lower.starts_with(prefix));
    let text = piece.text.get(prefix.map_or(0, str::len)..)?.trim();
    let first = text.chars().next()?;
    let most = if looks_organised(text) { 10 } else { 5 };
    let few = text.split_whitespace().count() <= if piece.bracketed { most.max(8) } else { most };
    let dated = text.chars().all(|letter| !letter.is_alphabetic());
    let proper = piece.bracketed || prefix.is_some() || !first.is_ascii_lowercase();
    let only_mail = text.contains(' ') && text.to_lowercase().contains("mailing list");
    (few && proper && !dated && !piece.explained && !only_mail).then(|| text.to_owned())
}

#[cfg(test)]
mod tests;
