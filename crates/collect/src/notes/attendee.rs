//! One line of an attendee section: name, login, and what stands in brackets.
//!
//! What a bracket means is decided by rule, in this order:
//! 1. pronouns, the person's own initials, "present" and remarks ("joined for the demo", "from 15:30") mean nothing, and
//!    who is "absent" there is no attendee;
//! 2. a bracket that begins with a role (TSC, observer, chair, guest, voting member ...) is a role as a whole;
//! 3. a single part is a project when, without regard to case, it is the source's name or a folder of the note's path,
//!    or when elsewhere in this source it stands only after a slash (`Acme/Lantern`), never before one;
//! 4. otherwise the first part is the organisation and what follows slashes are projects.

use super::link;
use super::rich::{Rich, fold, is_one_of};
use super::section::{is_absence, is_office, is_presence, without_emoji_codes};
use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// A line of an attendee section before it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub rich: Rich,
    /// The list it is an item of, as against a line of a paragraph.
    pub list: Option<usize>,
    /// From a company column.
    pub organisation: Option<String>,
    /// From a role column.
    pub role: Option<String>,
}

/// Somebody who was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attendee {
    pub name: String,
    pub login: Option<String>,
    /// The login comes from a link to a profile.
    pub linked: bool,
    /// What stood in brackets or after a dash.
    pub brackets: Vec<String>,
    pub organisation: Option<String>,
    pub role: Option<String>,
    pub line: u32,
}

/// What a line gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unread {
    pub line: u32,
    pub message: String,
    pub text: String,
}

/// Which bracket parts of a source are organisations, and which are projects; lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Vocabulary {
    /// First parts of brackets with a slash.
    pub organisations: BTreeSet<String>,
    /// Parts after a slash.
    pub projects: BTreeSet<String>,
}

/// What brackets mean.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Meaning {
    pub organisation: Option<String>,
    pub projects: Vec<String>,
    pub role: Option<String>,
}

impl Vocabulary {
    /// Learns from an attendee's brackets.
    pub fn learn(&mut self, attendee: &Attendee) {
        for bracket in &attendee.brackets {
            let said: Vec<&str> = bracket.split([',', '，', ';']).filter(|piece| !is_remark(piece)).collect();
            let parts = parts(&said.join(","));
            if parts.len() > 1 && !is_role(&parts[0]) && !is_pronouns(bracket) {
                self.organisations.insert(parts[0].to_lowercase());
                self.projects.extend(parts[1..].iter().map(|part| part.to_lowercase()));
            }
        }
    }

    /// Reads the brackets of an attendee; `names` are the source's name and the folders of the path.
    pub fn meaning(&self, attendee: &Attendee, names: &[String]) -> Meaning {
        let mut meaning =
            Meaning { organisation: attendee.organisation.clone(), role: attendee.role.clone(), ..Meaning::default() };
        for bracket in &attendee.brackets {
            let initials = bracket.len() <= 4 && is_initials_of(bracket, &attendee.name);
            if is_pronouns(bracket) || initials {
                continue;
            }
            let named =
                bracket.split([',', '，', ';']).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>();
            let first_is_role = named.first().is_some_and(|first| is_role(&parts(first).concat()) || is_role(first));
            if first_is_role && !(named.len() > 1 && named[1..].iter().any(|part| part.contains('/'))) {
                meaning.role.get_or_insert_with(|| bracket.clone());
                continue;
            }
            // Behind a remark, what begins in small letters goes on with it: `(first time here, yay)`.
            let remarks = named.first().is_some_and(|first| is_remark(first));
            for part in named.into_iter().filter(|part| !(remarks && part.starts_with(char::is_lowercase))) {
                self.part(part, names, &mut meaning);
            }
        }
        meaning
    }

    fn part(&self, text: &str, names: &[String], meaning: &mut Meaning) {
        let parts = parts(text);
        let Some(first) = parts.first() else { return };
        if is_role(first) || is_role(text) {
            meaning.role.get_or_insert_with(|| text.to_owned());
        } else if is_remark(text) || is_presence(text) {
            // Neither company nor project.
        } else if self.is_project(first, parts.len(), names) {
            meaning.projects.extend(parts);
        } else if meaning.organisation.is_none() {
            meaning.organisation = Some(first.clone());
            meaning.projects.extend(parts[1..].iter().cloned());
        }
    }

    fn is_project(&self, part: &str, count: usize, names: &[String]) -> bool {
        let part = part.to_lowercase();
        names.contains(&part) || (count == 1 && self.projects.contains(&part) && !self.organisations.contains(&part))
    }
}

/// The parts of a bracket between slashes.
fn parts(bracket: &str) -> Vec<String> {
    bracket.split('/').map(fold).filter(|part| !part.is_empty()).collect()
}

fn is_pronouns(text: &str) -> bool {
    const PRONOUNS: &[&str] = &[
        "he", "him", "his", "she", "her", "hers", "they", "them", "theirs", "any", "all", "pronouns", "xe", "xem", "ze",
    ];
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    !words.is_empty() && words.iter().all(|word| PRONOUNS.contains(word))
}

fn is_initials_of(text: &str, name: &str) -> bool {
    let initials: String = name.split_whitespace().filter_map(|word| word.chars().next()).collect();
    initials.chars().count() > 1 && initials.to_lowercase() == text.to_lowercase()
}

/// Whether a text is what somebody does in a community, not where somebody works.
pub(super) fn is_role(text: &str) -> bool {
    const WORDS: &str = "\
        tsc tc ctc toc pmc cpc ppmc observer observers observing chair cochair chairperson chairman host cohost \
        scribe guest maintainer maintainers member members moderator notetaker notes lead leader director \
        representative rep intern contributor committer reviewer approver facilitator remote remotely late \
        mentor mentee student speaker presenter organizer organiser visitor invited voting emeritus founder user \
        liaison secretary president vp treasurer editor proxy alternate steering minutes minute taker recorder \
        timekeeper partial left joined phone virtual online irc regrets absent excused new volunteer delegate \
        admin coordinator triager manager";
    // These begin names of companies too, `New Relic`, unless they stand alone or before one of those or of the words below.
    const WEAK: &str = "new remote left lead user student virtual phone online tag sig";
    const BEHIND: &str = "\
        early at on from to only here attendee attendees participant participants joiner hire employee engineer \
        developer architect scientist researcher designer writer security app apps runtime network networking observability \
        storage docs release testing node cli api ui auth architecture autoscaling cloud cluster instrumentation infra \
        scheduling scalability windows multicluster";
    // An organisation of several words may hold one of these; a role of one or two words is told by them.
    let lower = text.to_lowercase().replace("co-", "co");
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let known = |word: &str| is_one_of(WORDS, word) || matches!(word, "sig" | "wg" | "tag");
    let weak = words.first().is_some_and(|word| is_one_of(WEAK, word));
    let told = !weak || words.get(1).is_none_or(|word| known(word) || is_one_of(BEHIND, word));
    let starts = words.first().is_some_and(|word| known(word)) && told;
    starts || (words.last().is_some_and(|word| is_one_of(WORDS, word)) && words.len() <= 5)
}

/// A remark in few words about somebody: it begins in small letters and says what somebody does, or when. A company in small
/// letters (`red hat`, `ant group/lantern`) does not. Who says that they work for none (`independent contributor`) has said
/// something, which people are resolved by.
fn is_remark(text: &str) -> bool {
    const FOR_NONE: &str = "independent individual self freelance unaffiliated";
    const SAYS: &str = "\
        joined joining joins wrote writes writing working works worked on from until till since after before late left \
        leaving leaves no not for at in via with to first only here there remote remotely had has \
        have having is was will can could may might early just also maybe partly doing taking helping helps filling \
        presenting presents dialing dialled calling sorry away back soon today";
    let text = text.trim();
    let first = text.split('/').next().unwrap_or_default();
    let words: Vec<&str> = first.split_whitespace().skip_while(|word| *word == "the").collect();
    let small = words.len() > 1 && words[0].chars().next().is_some_and(char::is_lowercase);
    let small = small && !words[0].chars().any(char::is_uppercase);
    let small = small && !is_one_of(FOR_NONE, words[0]) && text != "no affiliation";
    let company = words.len() == 2 && is_company(first);
    let says = |word: &&str| is_one_of(SAYS, &word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase());
    let small = small && !company && words.iter().any(says);
    let clock = text.as_bytes().windows(4).any(|at| at[1] == b':' && [0, 2, 3].iter().all(|&i| at[i].is_ascii_digit()));
    let is_zone = |word: &&str| {
        let behind = ["UTC", "GMT"].iter().find_map(|zone| word.strip_prefix(zone));
        behind.is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(|c: char| "+-–−±".contains(c) || c.is_ascii_digit())
        })
    };
    let zone = text.split_whitespace().any(|word| is_zone(&word));
    let cries = text.ends_with('!') && text.contains(' ');
    small || clock || zone || cries || text.contains('@')
}

/// What goes on with a company or a name behind a comma: `Acme, Inc.`, `Ada Lee, PhD`.
fn is_suffix(text: &str, before: &str) -> bool {
    const LONG: &str = "inc llc ltd limited gmbh corp corporation plc pty pvt phd msc mba esq";
    // These can be somebody's initials too.
    const SHORT: &str = "co ag sa bv nv se kk md jr sr";
    let word = text.trim_end_matches('.').to_lowercase();
    is_one_of(LONG, &word) || (before.trim().contains(' ') && is_one_of(SHORT, &word))
}

fn is_company(text: &str) -> bool {
    const WORDS: &str = "\
        university institute foundation labs laboratory group technologies technology systems software solutions bank \
        company college school research center centre networks cloud consulting";
    let base = split_brackets(text).base;
    let mut words = base.split_whitespace();
    let last = words.next_back().unwrap_or_default();
    let known = |word: &str| is_one_of(WORDS, &word.trim_matches(',').to_lowercase());
    is_suffix(last, &base) || known(last) || words.any(known)
}

/// A name of two words or more, each with a capital, or a login.
pub(super) fn is_full_name(rich: &Rich) -> bool {
    let entry = Entry { rich: rich.clone(), list: None, organisation: None, role: None };
    let capital = |word: &str| !word.starts_with(char::is_lowercase);
    read(&entry, &mut Vec::new()).is_some_and(|attendee| {
        let words = attendee.name.split(' ').count();
        attendee.login.is_some() || words > 1 && attendee.name.split(' ').all(capital) && !is_company(&attendee.name)
    })
}

/// Whether a person has a login or a link to a profile.
pub(super) fn has_login(rich: &Rich) -> bool {
    let entry = Entry { rich: rich.clone(), list: None, organisation: None, role: None };
    read(&entry, &mut Vec::new()).is_some_and(|attendee| attendee.login.is_some())
}

/// How the items of one list are written.
#[derive(Debug, Clone, Copy, Default)]
struct Manner {
    /// Most are `Name, Company` or `Name, Company, City`.
    with_company: bool,
    /// No fewer hold one person without a comma than not, and one says for sure `Name, Company`.
    some_with_company: bool,
    /// Most hold one person without a comma.
    alone: bool,
    /// One says for sure `Company: Name, Name`.
    company_first: bool,
}

impl Manner {
    /// `elsewhere`: another list of the section says for sure `Name, Company`.
    fn of(list: &[Entry], elsewhere: bool) -> Self {
        if list[0].list.is_none() {
            return Self::default();
        }
        let counts: Vec<usize> = list.iter().map(|entry| pieces(&entry.rich).len()).collect();
        let same = |count: usize| counts.iter().filter(|&&n| n == count).count();
        let alone = same(1);
        let company_first = |entry: &Entry| headed(&entry.rich, entry, false).is_some_and(|e| e.organisation.is_some());
        let proof = |entry: &Entry| matches!(&pieces(&entry.rich)[..], [name, company] if names_company(name, company));
        let with_company = [2, 3].into_iter().any(|count| same(count) >= 2 && same(count) * 2 > list.len());
        let sure = elsewhere || with_company || list.iter().any(proof);
        Self {
            with_company,
            some_with_company: sure && list.len() > 1 && alone * 2 >= list.len(),
            alone: alone * 2 > list.len(),
            company_first: list.iter().any(company_first),
        }
    }

    fn names_companies(self) -> bool {
        self.with_company || self.some_with_company
    }
}

/// Whether the part behind a comma can only be a company.
fn names_company(name: &Rich, company: &Rich) -> bool {
    let base = without_brackets(&company.text);
    let short = base.split_whitespace().count() == 1 && is_full_name(name);
    !base.contains('@') && company.links.is_empty() && (short || is_company(&company.text))
}

/// The parts between commas; what only goes on with the part before, or says that somebody is present, is none.
fn pieces(part: &Rich) -> Vec<Rich> {
    if part.text.is_empty() {
        return vec![part.clone()];
    }
    let mut pieces: Vec<Rich> = Vec::new();
    for piece in part.split(|c, _| matches!(c, ',' | '，' | '、')) {
        let goes_on =
            pieces.last().is_some_and(|before| is_suffix(&piece.text, &before.text) || is_presence(&piece.text));
        if !goes_on {
            pieces.push(piece);
        }
    }
    pieces
}

/// Splits the lines of one section into single people. In a list whose items hold one person each, a comma stands
/// before the company; elsewhere commas separate people. What can be either is unread.
pub(super) fn people(entries: &[Entry], unread: &mut Vec<Unread>) -> Vec<Entry> {
    let mut people = Vec::new();
    let lists = || entries.chunk_by(|a, b| a.list.is_some() && a.list == b.list);
    let with_company = lists().any(|list| Manner::of(list, false).names_companies());
    for list in lists() {
        let manner = Manner::of(list, with_company);
        for entry in list {
            let parts = entry.rich.split(|c, _| matches!(c, ';' | '；'));
            // `Ada, Acme; Bo, Beta`
            let each_has = parts.len() > 1 && parts.iter().all(|part| part.split(|c, _| c == ',').len() == 2);
            let manner = Manner { with_company: manner.with_company || each_has, ..manner };
            for part in parts.iter().filter(|part| !is_team(&part.text)) {
                let entry = headed(part, entry, manner.company_first)
                    .unwrap_or_else(|| Entry { rich: part.clone(), ..entry.clone() });
                split_commas(&entry, manner, &mut people, unread);
            }
            if entry.rich.text.trim().is_empty() {
                people.push(entry.clone());
            }
        }
    }
    people
}

/// `Build team: @acme/build`: a team is no person.
fn is_team(text: &str) -> bool {
    let mentions = text.rsplit([':', '：']).next().unwrap_or_default();
    let mut mentions = mentions.split([' ', ',']).filter(|word| !word.is_empty()).peekable();
    mentions.peek().is_some() && mentions.all(|word| word.starts_with('@') && word.contains('/'))
}

/// `AL: Ada Lee`, `AL - Ada Lee`, `Chair: Ada`, `Acme: Ada Lee, Bo Day`: what stands before is no name. `Acme: Ada Lee`
/// alone could be a person and their company: `company_first` says that the list has it so.
fn headed(part: &Rich, entry: &Entry, company_first: bool) -> Option<Entry> {
    let separators = [": ", "：", " - ", " – ", " — "];
    let (at, separator) = separators.iter().filter_map(|s| Some((part.text.find(s)?, *s))).min()?;
    let head = part.text[..at].trim();
    let rest = part.slice(at + separator.len()..part.text.len());
    if head.is_empty() || rest.text.is_empty() || head.contains(['(', '[', '@', '（', ',']) {
        return None;
    }
    let below = pieces(&rest);
    let entry = Entry { rich: rest, ..entry.clone() };
    if below.first().is_some_and(|first| stands_for(head, &split_brackets(&first.text).base)) {
        return Some(entry);
    }
    if !separator.starts_with([':', '：']) {
        return None;
    }
    if is_role(head) || is_office(head) {
        return Some(Entry { role: Some(head.to_owned()), list: None, ..entry });
    }
    let names = below.iter().all(is_full_name);
    let company = !head.contains(' ') && below.len() > 1 || is_company(head) || company_first && below.len() > 1;
    let alone = company_first && !head.contains(' ');
    (names && (company || alone)).then(|| Entry { organisation: Some(head.to_owned()), list: None, ..entry })
}

/// Whether capital letters are the initials of a name.
fn stands_for(letters: &str, name: &str) -> bool {
    let words: Vec<&str> = name.split([' ', '-']).filter(|word| !word.is_empty()).collect();
    let first = |word: Option<&&str>| word.and_then(|word| word.chars().next()).filter(|c| c.is_uppercase());
    let ends = (letters.chars().next(), letters.chars().next_back());
    let capitals = (2..=4).contains(&letters.chars().count()) && letters.chars().all(char::is_uppercase);
    capitals && words.len() > 1 && (first(words.first()), first(words.last())) == ends
}

fn split_commas(entry: &Entry, manner: Manner, people: &mut Vec<Entry>, unread: &mut Vec<Unread>) {
    let part = &entry.rich;
    let pieces = pieces(part);
    let listed = entry.list.is_some();
    // `Ada Lee - Acme, Oslo`: the comma stands in the remark.
    if listed
        && pieces.len() > 1
        && (has_remark(&pieces[0].text) || says_something(&pieces[0]))
        && !pieces[1..].iter().any(|piece| has_remark(&piece.text) || is_full_name(piece))
    {
        people.push(entry.clone());
        return;
    }
    let reads_as_company = |name: &Rich, second: &Rich| {
        let told = is_name(&without_brackets(&second.text)) && is_full_name(name);
        manner.with_company || manner.some_with_company && told || names_company(name, second)
    };
    if let [name, second] = &pieces[..]
        && listed
        && manner.alone
        && !(is_login(&second.text) || is_absence(&second.text) || is_role(&second.text) || is_remark(&second.text))
        && !reads_as_company(name, second)
        && !has_login(second)
        && split_brackets(&second.text).brackets.is_empty()
    {
        let message = "two people, or a person and a company: the comma can mean both".to_owned();
        unread.push(Unread { line: part.line(), message, text: part.text.clone() });
        return;
    }
    let company_behind = match pieces.len() {
        2 => {
            let second = &pieces[1];
            let sure = listed && (is_role(&second.text) || is_remark(&second.text) && !second.text.contains('@'));
            let two = !manner.with_company && is_full_name(second) && second_is_person(&pieces[0], second);
            sure || manner.names_companies() && !is_login(&second.text) && !two
        }
        3 => manner.with_company,
        _ => false,
    };
    if company_behind && !part.text.contains('、') && !is_absence(&pieces[1].text) {
        let absent = split_brackets(&pieces[1].text).brackets.iter().any(|bracket| is_absence(bracket));
        people.extend((!absent).then(|| with_company(&pieces, entry)));
        return;
    }
    let first = people.len();
    for piece in pieces {
        if is_absence(&piece.text) {
            // "Ada, absent" takes back who stands before it.
            people.truncate(people.len().saturating_sub(1).max(first));
            continue;
        }
        for rich in conjunctions(&piece) {
            let entry = Entry { rich, ..entry.clone() };
            people.push(
                headed(&entry.rich, &entry, false).filter(|e| e.organisation == entry.organisation).unwrap_or(entry),
            );
        }
    }
}

/// `Ada Lee (Acme), Bo Berg (Acme)`: both are written as people are.
fn second_is_person(name: &Rich, second: &Rich) -> bool {
    let bracketed = |rich: &Rich| !split_brackets(&rich.text).brackets.is_empty();
    has_login(second) || bracketed(name) && bracketed(second)
}

/// `Name, Company[, City]` or `Name, role`.
fn with_company(pieces: &[Rich], entry: &Entry) -> Entry {
    let second = without_brackets(&pieces[1].text);
    let role = is_role(&second).then(|| second.clone());
    let company = Some(second).filter(|second| role.is_none() && !is_remark(second));
    Entry {
        rich: pieces[0].clone(),
        organisation: company.or_else(|| entry.organisation.clone()),
        role: role.or_else(|| entry.role.clone()),
        ..entry.clone()
    }
}

/// `Acme` of `Acme (late).`
fn without_brackets(text: &str) -> String {
    fold(&split_brackets(text).base).trim_end_matches(" .").to_owned()
}

fn is_login(text: &str) -> bool {
    text.starts_with('@') && !text.contains(' ')
}

fn has_remark(text: &str) -> bool {
    [" - ", " – ", " — ", " | "].iter().any(|dash| split_brackets(text).base.contains(dash))
}

/// `Ada Lee: storage`: a full name, and behind a colon what is no company.
fn says_something(piece: &Rich) -> bool {
    let colon = piece.text.find(": ").filter(|at| is_full_name(&piece.slice(0..*at)));
    colon.is_some_and(|at| piece.text[at + 2..].trim_start().starts_with(char::is_lowercase))
}

/// `Ada and Bo`, `and Cy`, `Ada & Bo`: only between what looks like names, not inside a bracket or a link.
fn conjunctions(piece: &Rich) -> Vec<Rich> {
    let text = &piece.text;
    // `@ada @bo`, and links one after the other, need no word between them.
    if text.split_whitespace().all(|word| is_login(word) && word.len() > 1) {
        return piece.split(|c, _| c.is_whitespace());
    }
    let outside = piece.masked(piece.links.iter().map(|(range, _)| range));
    if piece.links.len() > 1 && outside.trim().is_empty() {
        return piece.links.iter().map(|(range, _)| piece.slice(range.clone())).collect();
    }
    let begins = |at: usize| [" and ", " & ", " + "].iter().any(|word| text[at..].starts_with(word));
    let parts: Vec<Rich> = piece.split(|_, at| begins(at)).iter().map(without_conjunction).collect();
    if parts.iter().all(|part| is_short(&part.text)) { parts } else { vec![without_conjunction(piece)] }
}

fn without_conjunction(piece: &Rich) -> Rich {
    let rest = ["and ", "& ", "+ "].iter().find_map(|word| piece.text.strip_prefix(word));
    rest.map_or_else(|| piece.clone(), |rest| piece.slice(piece.text.len() - rest.len()..piece.text.len()))
}

/// As few words as a name has, brackets aside.
fn is_short(text: &str) -> bool {
    let words = split_brackets(text).base.split_whitespace().count();
    (1..=4).contains(&words)
}

static LOGIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:^|[\s(\[,;*_:：-])@([A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))(?:$|[^A-Za-z0-9@/.-]|[.-](?:\s|$))").ok()
});

/// The first `@login` of a text: where it stands, `@` and all, and the login.
pub(super) fn login_in(text: &str) -> Option<(std::ops::Range<usize>, &str)> {
    let found = LOGIN.as_ref()?.captures(text)?.get(1)?;
    let login = found.as_str().trim_end_matches('-');
    Some((found.start() - 1..found.start() + login.len(), login))
}

/// Reads one person. A part that cannot be read beside a name that can goes to `unread`; who was absent is nobody.
pub(super) fn read(entry: &Entry, unread: &mut Vec<Unread>) -> Option<Attendee> {
    let rich = &entry.rich;
    let lost = |message: &str| Unread { line: rich.line(), message: message.to_owned(), text: rich.text.clone() };
    if rich.text.trim().is_empty() {
        unread.push(lost("an empty entry among the attendees"));
        return None;
    }
    if is_placeholder(&rich.text) {
        unread.push(lost("a placeholder among the attendees, not a name"));
        return None;
    }
    let is_mail = |range: &std::ops::Range<usize>, to: &str| {
        to.contains('@') && !to.contains("://") && rich.text[range.clone()].contains('@')
    };
    let mail = rich.links.iter().filter(|(range, to)| is_mail(range, to)).map(|(range, _)| range);
    if !rich.struck.is_empty() {
        let outside = rich.masked(rich.struck.iter());
        if rich.wholly(&rich.struck) || is_absence(&outside) {
            return None;
        }
    }
    // What is struck out is not said.
    let text = rich.masked(mail.chain(&rich.struck));
    let Split { base, brackets, open, stray } = split_brackets(&text);
    let mut attendee = Attendee {
        name: String::new(),
        login: None,
        linked: false,
        brackets: Vec::new(),
        organisation: entry.organisation.clone(),
        role: entry.role.clone(),
        line: rich.line(),
    };
    let struck = |range: &std::ops::Range<usize>| rich.struck.iter().any(|struck| struck.contains(&range.start));
    let profile = rich.links.iter().find_map(|(range, to)| link::profile(to).filter(|_| !struck(range)));
    attendee.linked = profile.is_some();
    attendee.login = profile.map(str::to_owned);
    let mut base = without_addresses(&base);
    if let Some((range, login)) = login_in(&base.clone()) {
        attendee.login.get_or_insert_with(|| login.to_owned());
        base.replace_range(range, " ");
    }
    if brackets.iter().any(|bracket| is_absence(bracket)) {
        return None;
    }
    let (base, remark) = split_remarks(&base, !brackets.is_empty(), &mut attendee);
    // A nickname stands in code.
    let is_code = |text: &str| text.starts_with('`') || rich.code.iter().any(|range| rich.text[range.clone()] == *text);
    for bracket in brackets.iter().filter(|bracket| !is_code(bracket)) {
        read_bracket(bracket, &mut attendee);
    }
    attendee.name = clean_name(&base);
    if attendee.name.is_empty() {
        attendee.name = attendee.login.clone().unwrap_or_default();
    }
    if !is_name(&attendee.name) && attendee.login.as_ref() != Some(&attendee.name) {
        unread.push(lost("not readable as a person"));
        return None;
    }
    match remark {
        Remark::None => {}
        Remark::Absent => return None,
        Remark::Unread if attendee.login.is_some() || attendee.name.contains(' ') => {
            unread.push(lost("text behind a colon that is no company: the attendance is read, this part is not"));
        }
        Remark::Unread => {
            unread.push(lost("a word before a colon, where a person was expected"));
            return None;
        }
    }
    if let Some(at) = open {
        let message = "a bracket that is not closed: the attendance is read, the affiliation is not";
        unread.push(Unread { line: rich.line_at(at), message: message.to_owned(), text: rich.text.clone() });
    }
    if let Some(at) = stray {
        let message = "a closing bracket without an opening one: the attendance is read, this part is not";
        unread.push(Unread { line: rich.line_at(at), message: message.to_owned(), text: rich.text[at..].to_owned() });
    }
    Some(attendee)
}

/// The text without e-mail addresses: they are no part of a name, and no login.
fn without_addresses(text: &str) -> String {
    let is_address = |word: &str| {
        let word = word.trim_start_matches(['@', '<']);
        word.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
    };
    let keep = |word: &&str| !is_address(word.trim());
    text.split_inclusive(char::is_whitespace).filter(keep).collect()
}

struct Split {
    base: String,
    brackets: Vec<String>,
    /// Where a bracket opens that never closes.
    open: Option<usize>,
    /// Where text begins that ends in a bracket which was never opened.
    stray: Option<usize>,
}

/// Takes round and square brackets out of a text.
fn split_brackets(text: &str) -> Split {
    let mut split = Split { base: String::new(), brackets: Vec::new(), open: None, stray: None };
    let (mut depth, mut start, mut piece) = (0_usize, 0, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '（' => {
                if depth == 0 {
                    (start, piece) = (at + c.len_utf8(), split.base.len());
                }
                depth += 1;
            }
            ')' | ']' | '）' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    split.brackets.push(fold(&text[start..at]));
                    split.base.push(' ');
                }
            }
            ')' | ']' | '）' => {
                // What belongs to the stray bracket is its word, or its whole line where that begins with a slash.
                let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
                let word = text[line_start..at].rfind([' ', '\n']).map_or(line_start, |space| line_start + space + 1);
                let from = if line_start > 0 { line_start } else { word };
                split.stray.get_or_insert(from);
                let dropped = at - from;
                let keep = split.base.len().saturating_sub(dropped);
                if split.base.is_char_boundary(keep) && keep > 0 {
                    split.base.truncate(keep);
                }
            }
            _ if depth == 0 => split.base.push(c),
            _ => {}
        }
    }
    if depth > 0 {
        split.open = Some(start.saturating_sub(1));
        split.base.truncate(piece);
    }
    split
}

/// What stands behind a name and is no company.
enum Remark {
    None,
    Absent,
    Unread,
}

/// `Name - Company`, `Name | Company | City`, `Name @ Company`: what follows goes to the brackets, where it is short. Behind a
/// colon only what is written as a company is one, and none beside a bracket.
fn split_remarks(base: &str, bracketed: bool, attendee: &mut Attendee) -> (String, Remark) {
    let mut end = base.len();
    let mut remark = Remark::None;
    for separator in [" - ", " – ", " — ", " | ", "|", " @ ", ": ", "："] {
        if let Some(at) = base.find(separator)
            && at < end
            && !base[..at].trim().is_empty()
        {
            end = at;
            let all = &base[at + separator.len()..];
            let absent = all.split('|').any(is_absence);
            let rest = all.split('|').next().unwrap_or_default();
            let rest = clean_name(rest);
            // A long text after the name is a remark, not a company.
            let short = !rest.is_empty() && rest.split_whitespace().count() <= 6 && !is_presence(&rest);
            let colon = separator.starts_with([':', '：']);
            let named = attendee.login.is_some() || base[..at].trim().contains(' ');
            let address = rest.contains("://");
            let written = !rest.starts_with(char::is_lowercase) && !bracketed && !address && !is_remark(&rest);
            let company = short && (!colon || named && written);
            let told = bracketed || address && named;
            remark = match rest.is_empty() {
                false if absent => Remark::Absent,
                false if colon && !company && !told && !is_presence(&rest) => Remark::Unread,
                _ => Remark::None,
            };
            if company && attendee.organisation.is_none() {
                attendee.brackets.retain(|bracket| bracket.is_empty());
                attendee.brackets.push(rest);
            }
        }
    }
    (base[..end].to_owned(), remark)
}

fn read_bracket(bracket: &str, attendee: &mut Attendee) {
    let plain = bracket.trim();
    // `(@octo)`, `(@octo, Acme)`, `(octo)` where the bracket is itself the link's text.
    if let Some((range, login)) = login_in(plain) {
        attendee.login.get_or_insert_with(|| login.to_owned());
        let rest = format!("{}{}", &plain[..range.start], &plain[range.end..]);
        let rest = rest.trim_matches([',', ' ', ';', '/', '[', ']', '(', ')']).to_owned();
        if !rest.is_empty() && !rest.contains("://") {
            attendee.brackets.push(rest);
        }
        return;
    }
    let is_login = attendee.login.as_deref().is_some_and(|login| login.eq_ignore_ascii_case(plain));
    let mail = plain.contains('@') && !plain.contains(' ');
    if !plain.is_empty() && !is_login && !mail && !plain.contains("://") {
        attendee.brackets.push(plain.to_owned());
    }
}

/// A name without markup, emoji and punctuation around it.
fn clean_name(text: &str) -> String {
    let text = without_emoji_codes(text);
    let text: String = text.chars().filter(|c| !is_emoji(*c)).collect();
    let folded = fold(&text);
    let inner = folded
        .trim_matches(|c: char| c.is_whitespace() || "*_~`\"'<>@,;:-–—|+·•\\“”‘’".contains(c))
        .trim_end_matches('/');
    // "Josh B." ends in an initial; "Ada Lee." ends a sentence.
    let last = inner.rsplit(' ').next().unwrap_or_default();
    let inner = if inner.ends_with('.') && last.chars().count() > 3 { inner.trim_end_matches('.') } else { inner };
    inner.trim().to_owned()
}

fn is_emoji(c: char) -> bool {
    matches!(u32::from(c), 0x2190..=0x2BFF | 0x1F000..=0x1FAFF | 0xFE0F | 0x200D | 0x20E3)
}

/// Whether a text can be a person's name: letters, few words, no sentence.
pub(super) fn is_name(text: &str) -> bool {
    const NO_PERSON: &str = "\
        the and more many several was were is are not with see please people attendees participants everyone \
        everybody all recording zoom http https quorum meeting started etc we than about this that other others \
        yes no unknown";
    let words: Vec<&str> = text.split_whitespace().collect();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let strange = text.chars().any(|c| "=<>{}#$%^&?!\\()[]:/@\u{fffd}".contains(c) || c.is_control());
    let plain = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    letters > 0
        && (1..=6).contains(&words.len())
        && text.chars().count() <= 60
        && !strange
        && words.iter().all(|word| !plain(word).is_empty())
        && (words.len() == 1 || !words.iter().any(|word| word.chars().all(|c| c.is_ascii_digit())))
        && !words.iter().any(|word| is_one_of(NO_PERSON, &plain(word)))
        && (words.len() < 4
            || words.iter().filter(|word| word.chars().next().is_some_and(char::is_lowercase)).count() <= 2)
}

/// Whether a text stands where something is to be filled in.
pub(super) fn is_placeholder(text: &str) -> bool {
    const BLANKS: &str = "\
        title team position email job name names your full first last firstname lastname surname attendee \
        attendees participant participants person company organization organisation affiliation org employer \
        project projects role github handle username userid login add here tbd tba todo to fill none nobody \
        please yourself list xxx me other or and id be out filled determined affiliations user";
    let lower = text.to_lowercase();
    let trimmed = lower.trim_matches(|c: char| !c.is_alphanumeric());
    if matches!(trimmed, "n/a" | "na" | "" | "x" | "xx" | "yyy" | "foo" | "...") {
        return !text.chars().any(is_emoji) || trimmed.is_empty();
    }
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()))
        .filter(|word| !word.is_empty())
        .collect();
    !words.is_empty() && words.iter().all(|word| is_one_of(BLANKS, word))
}

#[cfg(test)]
mod tests;
