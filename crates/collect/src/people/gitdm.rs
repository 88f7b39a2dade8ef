//! gitdm's `developers_affiliations*.txt`, and `company_developers*.txt`, which is made from it.
//!
//! ```text
//! file    := { "#" comment | person }
//! person  := login ["*"] ":" [ mail { "," mail } ] NL { stint }
//! stint   := TAB company [ "from" date ] [ "until" date ] NL         the dates are half-open
//! mail    := user "!" domain
//! ```
//!
//! Several blocks may have one login; `*` marks a person for whom addresses gave different companies.
//!
//! The files of before 2018 differ in two ways. A person's companies have only `until`, the newest first: each begins where
//! the one before it ends. And the head is the name that the person's commits have: then the first address stands for the
//! person, or the login where one of GitHub's no-reply addresses says it. A name of one word could be a login, but is
//! somebody else's as likely; where other heads of the file are no logins, it is taken for a name.

use super::fact::{Fact, Period, Voice, day, shown};
use super::page::{Page, address, folded, has_address, login, organisation};
use crate::mail::header::decode_words;
use muster_model::account;
use std::collections::{BTreeMap, HashMap};

/// Where somebody worked for a time.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stint {
    /// The organisation as written; also `NotFound`, `Independent`, `(Robots)`.
    pub organisation: String,
    /// First day, `2015-10-01`; without it: ever since.
    pub from: Option<String>,
    /// First day it no longer holds; without it: still.
    pub until: Option<String>,
}

/// One block of `developers_affiliations`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Record {
    /// The head as written: the GitHub login; in old files the person's name.
    pub login: String,
    /// Marked with `*`: there are other blocks, and somebody should look.
    pub starred: bool,
    /// The addresses with their `@`.
    pub emails: Vec<String>,
    /// In the order written.
    pub stints: Vec<Stint>,
}

/// The blocks of a `developers_affiliations` text, without what cannot be read.
pub fn records(text: &str) -> Vec<Record> {
    blocks("", text, &mut Page::default()).into_iter().map(|block| block.record).collect()
}

/// The text of `developers_affiliations`: what [`records`] reads back as the same.
pub fn write(records: &[Record]) -> String {
    let mut text = String::new();
    for Record { login, starred, emails, stints } in records {
        let star = if *starred { "*" } else { "" };
        let emails: Vec<String> = emails.iter().map(|email| written(email)).collect();
        text.push_str(format!("{login}{star}: {}", emails.join(", ")).trim_end());
        text.push('\n');
        for Stint { organisation, from, until } in stints {
            let from = from.as_ref().map_or(String::new(), |day| format!(" from {day}"));
            let until = until.as_ref().map_or(String::new(), |day| format!(" until {day}"));
            text.push_str(&format!("\t{}{from}{until}\n", folded(organisation)));
        }
    }
    text
}

fn written(email: &str) -> String {
    email.rsplit_once('@').map_or_else(|| email.to_owned(), |(user, host)| format!("{user}!{host}"))
}

/// A block and where it stands.
struct Block {
    record: Record,
    line: u32,
    /// A part of it could not be read.
    lost: bool,
}

/// Reads `developers_affiliations`.
pub(super) fn developers(file: &str, text: &str) -> Page {
    let mut page = Page::default();
    let blocks = blocks(file, text, &mut page);
    let names = Heads::of(file, blocks.iter().map(|block| (block.line, block.record.login.as_str())), &mut page);
    let mut first: HashMap<String, (u32, Vec<Stint>)> = HashMap::new();
    for Block { record, line, .. } in blocks {
        let Some(Person { account, links }) = names.person(&record.login, &record.emails) else {
            page.reject(
                (file, line),
                NO_ADDRESS,
                "add an address of theirs, or write their GitHub login",
                &record.login,
            );
            continue;
        };
        match first.get(&account) {
            Some((other, stints)) if *stints != record.stints => {
                let message = format!(
                    "{} has another block on line {other}, with other companies; both are kept as they are",
                    record.login
                );
                page.note((file, line), message, "merge the two blocks if one of them is wrong");
            }
            Some(_) => {}
            None => {
                first.insert(account.clone(), (line, record.stints.clone()));
            }
        }
        page.records += 1;
        page.facts.extend(links);
        page.facts.extend(chained(record.stints).into_iter().map(|stint| affiliated(&account, stint)));
    }
    page.problems.sort_by_key(|problem| problem.line);
    page
}

const NO_ADDRESS: &str = "a name without an address: nobody can be found by it";

/// What the heads of a file are.
#[derive(Clone, Copy, PartialEq)]
enum Heads {
    /// Logins; what could be none is the name of somebody whose login is not known.
    Logins,
    /// Names of people, also those of one word.
    Names,
}

/// Who a head means.
struct Person {
    account: String,
    links: Vec<Fact>,
}

impl Heads {
    /// One head of ten that no login can be: more than mistakes.
    fn of<'a>(file: &str, heads: impl Iterator<Item = (u32, &'a str)> + Clone, page: &mut Page) -> Self {
        let mut names = heads.clone().filter(|(_, head)| login(head).is_none());
        let Some((line, _)) = names.next() else { return Self::Logins };
        if (names.count() + 1) * 10 < heads.count() {
            return Self::Logins;
        }
        let message = "the heads of this file are names, not logins: people are known by their addresses";
        page.note((file, line), message, "write GitHub logins if that is what is meant");
        Self::Names
    }

    /// Nobody, where a name has no address.
    fn person(self, head: &str, emails: &[String]) -> Option<Person> {
        if let (Self::Logins, Some(login)) = (self, login(head)) {
            let account = account::github(login);
            let links = emails.iter().map(|email| linked(email, &account, None)).collect();
            return Some(Person { account, links });
        }
        let said = emails.iter().find_map(|email| account::noreply_login(email).and_then(login)).map(account::github);
        let account = said.or_else(|| emails.first().map(|email| account::email(email)))?;
        let name = Some(folded(&decode_words(head)));
        let others = emails.iter().filter(|email| account::email(email) != account);
        let mut links: Vec<Fact> = others.map(|email| linked(email, &account, name.clone())).collect();
        if links.is_empty() {
            // Only for its name.
            links.push(linked(&emails[0], &account, name));
        }
        Some(Person { account, links })
    }
}

fn linked(email: &str, canonical: &str, name: Option<String>) -> Fact {
    Fact::Linked { account: account::email(email), canonical: canonical.to_owned(), evidence: Voice::Gitdm, name }
}

/// Where no company has a beginning, each begins where the one before it ends; the one without an end is the last.
fn chained(mut stints: Vec<Stint>) -> Vec<Stint> {
    if stints.iter().any(|stint| stint.from.is_some()) {
        return stints;
    }
    stints.sort_by_key(|stint| (stint.until.is_none(), stint.until.clone()));
    let mut from = None;
    for group in stints.chunk_by_mut(|one, other| one.until == other.until) {
        for stint in &mut *group {
            stint.from.clone_from(&from);
        }
        from.clone_from(&group[0].until);
    }
    stints
}

fn affiliated(account: &str, stint: Stint) -> Fact {
    let Stint { organisation, from, until } = stint;
    let period = Period { from, until };
    Fact::Affiliated { account: account.to_owned(), organisation, said_by: Voice::Gitdm, period }
}

/// Lines that say something: number, whether indented, text.
fn lines(text: &str) -> impl Iterator<Item = (u32, bool, &str)> + Clone {
    let said = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    said.map(|(number, line)| (number, line.starts_with(['\t', ' ']), line.trim()))
}

fn blocks(file: &str, text: &str, page: &mut Page) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    // Whether the lines below belong to somebody.
    let mut known = false;
    for (line, indented, said) in lines(text) {
        if !indented || is_head(said) {
            let problems = page.problems.len();
            let read = head(file, line, said, page);
            known = read.is_some();
            let lost = page.problems.len() > problems;
            blocks.extend(read.map(|record| Block { record, line, lost }));
            continue;
        }
        let Some(block) = blocks.last_mut().filter(|_| known) else {
            let message = "a company of nobody: the line of the person above it is missing or cannot be read";
            page.reject((file, line), message, "mend or write the line `login: user!example.org` above it", said);
            continue;
        };
        match stint(said) {
            Ok(stint) => block.record.stints.push(stint),
            Err(message) => {
                block.lost = true;
                let hint = "write `company from 2015-10-01 until 2016-01-01`; until is the first day elsewhere";
                page.reject((file, line), message, hint, said);
            }
        }
    }
    blocks.retain(|Block { record, line, lost }| {
        let says = !record.emails.is_empty() || !record.stints.is_empty();
        if !says && !lost {
            let message = format!("{} has neither an address nor a company", record.login);
            page.reject((file, *line), message, "add one, or remove the line", &record.login);
        }
        says
    });
    blocks
}

/// A person's line that was indented by mistake. Taken for a company it would stand in tables with its address, and the
/// companies below it would be somebody else's.
fn is_head(said: &str) -> bool {
    said.split_once(':').is_some_and(|(who, mails)| {
        let mut mails = mails.split(',').map(str::trim).filter(|mail| !mail.is_empty()).peekable();
        name(who).is_some() && mails.peek().is_some() && mails.all(has_address)
    })
}

/// `login*: mail, mail`
fn head(file: &str, line: u32, said: &str, page: &mut Page) -> Option<Record> {
    let hint = "write `login: user!example.org, other!example.org`, and companies below it after a tab";
    let Some((who, mails)) = said.split_once(':') else {
        page.reject((file, line), "neither a comment, nor a person, nor a company after a tab", hint, said);
        return None;
    };
    let who = who.trim();
    let starred = who.ends_with('*');
    let Some(head) = name(who) else {
        let message =
            format!("{:?} is neither a GitHub login nor a name; the companies below are nobody's", shown(who));
        page.reject((file, line), message, hint, said);
        return None;
    };
    let emails = emails(file, line, head, mails, page);
    Some(Record { login: head.to_owned(), starred, emails, stints: Vec::new() })
}

/// A login, or the name of a person: there is a letter in it or a digit, no address, and it begins as no option does.
fn name(who: &str) -> Option<&str> {
    let who = who.trim_end_matches('*').trim();
    let is_name = who.contains(char::is_alphanumeric) && !who.starts_with('-') && !has_address(who);
    login(who).or(is_name.then_some(who))
}

fn emails(file: &str, line: u32, login: &str, mails: &str, page: &mut Page) -> Vec<String> {
    let mut emails = Vec::new();
    for mail in mails.split(',').map(str::trim).filter(|mail| !mail.is_empty()) {
        match address(mail) {
            Some(email) => emails.push(email),
            None => {
                let message = format!("an address of {login} cannot be read; the others are taken");
                page.reject((file, line), message, "write it as user!example.org", mail);
            }
        }
    }
    emails
}

/// `company from date until date`, the dates in either order.
fn stint(said: &str) -> Result<Stint, String> {
    let (company, period) = dated(said)?;
    if company.is_empty() {
        return Err("a line with dates and no company".to_owned());
    }
    let organisation = organisation(company)?;
    if let Some(word) = left_over(&organisation) {
        return Err(format!("{word:?} stands in the company's name where a date was meant"));
    }
    Ok(Stint { organisation, from: period.from, until: period.until })
}

/// What stands before `from date` and `until date` at the end of a text, and the dates.
fn dated(said: &str) -> Result<(&str, Period), String> {
    let mut rest = said.trim();
    let mut period = Period::default();
    while let Some((before, word, date)) = last_date(rest) {
        let date = day(date)?;
        let place = if word == "from" { &mut period.from } else { &mut period.until };
        if place.replace(date).is_some() {
            return Err(format!("`{word}` stands there twice"));
        }
        rest = before;
    }
    if period.has_days() {
        Ok((rest, period))
    } else {
        let (from, until) = (period.from.unwrap_or_default(), period.until.unwrap_or_default());
        Err(format!("it ends before it begins: from {from} until {until}"))
    }
}

/// A word of a company's name that was meant for a date: `Acme FROM 2015-10-01`, `Acme until`, `Acme 2015-10-01`.
fn left_over(name: &str) -> Option<&str> {
    let mut words = name.split(' ').peekable();
    while let Some(word) = words.next() {
        let is_meant = ["from", "until"].iter().any(|meant| word.eq_ignore_ascii_case(meant));
        let dated = words.peek().is_none_or(|next| next.starts_with(|c: char| c.is_ascii_digit()));
        if day(word).is_ok() || is_meant && dated {
            return Some(word);
        }
    }
    None
}

/// `… from 2015-10-01`: a word that begins with a digit after `from` or `until` is meant as a date.
fn last_date(text: &str) -> Option<(&str, &str, &str)> {
    let (before, date) = text.rsplit_once(char::is_whitespace)?;
    let before = before.trim_end();
    let (rest, word) = before.rsplit_once(char::is_whitespace).unwrap_or(("", before));
    let dated = matches!(word, "from" | "until") && date.starts_with(|c: char| c.is_ascii_digit());
    dated.then_some((rest.trim_end(), word, date))
}

/// Reads `company_developers`: a company, and below it a person a line with all the time there.
pub(super) fn companies(file: &str, text: &str) -> Page {
    let mut page = Page::default();
    let mut company: Option<String> = None;
    let mut stints: BTreeMap<String, Vec<Stint>> = BTreeMap::new();
    let heads = lines(text).filter(|(_, indented, _)| *indented);
    let heads = heads.filter_map(|(line, _, said)| Some((line, name(said.split_once(':')?.0)?)));
    let names = Heads::of(file, heads, &mut page);
    for (line, indented, said) in lines(text) {
        if !indented {
            let read = said.strip_suffix(':').ok_or("no company: its line ends in a colon").and_then(organisation);
            company = match read {
                Ok(company) => Some(company),
                Err(message) => {
                    page.reject((file, line), message, "write `Company:`", said);
                    None
                }
            };
            continue;
        }
        page.records += 1;
        let Some(company) = &company else {
            let message = "a person of no company: the line of the company above it cannot be read";
            page.reject((file, line), message, "mend the line above", said);
            continue;
        };
        if let Some((account, told)) = member((file, line), said, company, names, &mut page) {
            stints.entry(account).or_default().extend(told);
        }
    }
    // Somebody's companies stand apart here: only together they tell which came after which.
    let told = stints
        .into_iter()
        .flat_map(|(account, stints)| chained(stints).into_iter().map(move |stint| affiliated(&account, stint)));
    page.facts.extend(told);
    page
}

/// `login: mail, mail from date until date, from date`: who it is, and when they were there.
fn member(at: (&str, u32), said: &str, company: &str, names: Heads, page: &mut Page) -> Option<(String, Vec<Stint>)> {
    let hint = "write `login: user!example.org, other!example.org from 2015-10-01 until 2016-01-01, from 2018-03-01`";
    let read = said.split_once(':').and_then(|(who, rest)| Some((name(who)?, rest)));
    let Some((head, rest)) = read else {
        page.reject(at, "neither a GitHub login nor a name before a colon", hint, said);
        return None;
    };
    let mut periods = Vec::new();
    let mut mails = String::new();
    for part in rest.split(',') {
        match dated(part) {
            Ok((mail, _)) if left_over(mail).is_some() => {
                page.reject(at, "a word that was meant for a date, and is none", hint, part);
                return None;
            }
            Ok((mail, period)) => {
                mails = if mail.is_empty() { mails } else { format!("{mails},{mail}") };
                if period != Period::default() {
                    periods.push(period);
                }
            }
            Err(message) => {
                page.reject(at, message, hint, part);
                return None;
            }
        }
    }
    if periods.is_empty() {
        periods.push(Period::default());
    }
    let emails = emails(at.0, at.1, head, &mails, page);
    let Some(Person { account, links }) = names.person(head, &emails) else {
        page.reject(at, NO_ADDRESS, hint, said);
        return None;
    };
    page.facts.extend(links);
    let stint = |Period { from, until }| Stint { organisation: company.to_owned(), from, until };
    Some((account, periods.into_iter().map(stint).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_model::Problem;

    fn said(page: &Page) -> Vec<String> {
        page.problems.iter().map(Problem::to_string).collect()
    }

    const TEXT: &str = "# head\r\nAdaL*: ada!acme.example, 12+AdaL!users.noreply.github.com\r\n\tAcme until 2015-10-01\r\n\
        \tIndependent from 2015-10-01 until 2016-01-01\r\n\tRe:point from 2016-01-01\r\nbo: \n\t(Unknown)\nAdaL: ada!home.example\n\tBarn, Inc\n";

    #[test]
    fn blocks_are_read_and_written_back() {
        let read = records(TEXT);
        assert_eq!(read.len(), 3);
        assert_eq!(read[0].emails, ["ada@acme.example", "12+AdaL@users.noreply.github.com"]);
        assert!(read[0].starred && !read[2].starred);
        assert_eq!(
            read[0].stints[1],
            Stint {
                organisation: "Independent".to_owned(),
                from: Some("2015-10-01".to_owned()),
                until: Some("2016-01-01".to_owned()),
            }
        );
        assert_eq!(read[0].stints[2].organisation, "Re:point");
        assert_eq!(records(&write(&read)), read);
        let page = developers("f", TEXT);
        assert_eq!((page.records, page.facts.len()), (3, 8));
        assert_eq!(
            said(&page),
            [
                "f:8: AdaL has another block on line 2, with other companies; both are kept as they are; merge the two blocks if one of them is wrong"
            ]
        );
    }

    #[test]
    fn every_bad_line_is_named_and_the_others_are_read() {
        let text = "\tAcme\nada: ada!acme.example, root\n\tAcme from 2015-02-30\n\tBarn from 2016-01-01 until 2015-01-01\n\t from 2015-01-01\n\tCyan from 2015-01-01 from 2016-01-01\n\tDip from 2015\n\tEscape from Oslo\nno colon\n\tLost\n-x: a!b.c\nbo:\ncy:\n\tX until 2015-1-1\n";
        let page = developers("f", text);
        let lines: Vec<String> = said(&page).iter().map(|line| line.split(';').next().unwrap().to_owned()).collect();
        assert_eq!(
            lines,
            [
                "f:1: a company of nobody: the line of the person above it is missing or cannot be read",
                "f:2: an address of ada cannot be read",
                "f:3: 2015-02-30 is no day of the calendar",
                "f:4: it ends before it begins: from 2016-01-01 until 2015-01-01",
                "f:5: a line with dates and no company",
                "f:6: `from` stands there twice",
                "f:7: \"2015\" is no date",
                "f:9: neither a comment, nor a person, nor a company after a tab",
                "f:10: a company of nobody: the line of the person above it is missing or cannot be read",
                "f:11: \"-x\" is neither a GitHub login nor a name",
                "f:12: bo has neither an address nor a company",
                "f:14: \"2015-1-1\" is no date",
            ]
        );
        assert_eq!(page.facts.len(), 2, "{:?}", page.facts);
    }

    fn told(page: &Page) -> Vec<String> {
        let day = |day: &Option<String>| day.clone().unwrap_or_default();
        let show = |fact: &Fact| match fact {
            Fact::Linked { account, canonical, name, .. } => {
                format!("{account} = {canonical} {}", name.clone().unwrap_or_default()).trim().to_owned()
            }
            Fact::Affiliated { account, organisation, period, .. } => {
                format!("{account} {organisation} {}..{}", day(&period.from), day(&period.until))
            }
            other => format!("{other:?}"),
        };
        page.facts.iter().map(show).collect()
    }

    #[test]
    fn companies_with_ends_only_follow_each_other() {
        let text = "ola: ola!a.org\n\tBlue Fjord\n\tRed Fjord until 2017-02-01\n\tIDK AB until 2015-05-01\nbo: bo!b.org\n\tAcme until 2016-01-01\n\tBarn from 2015-01-01\n";
        assert_eq!(
            told(&developers("f", text)),
            [
                "email:ola@a.org = github:ola",
                "github:ola IDK AB ..2015-05-01",
                "github:ola Red Fjord 2015-05-01..2017-02-01",
                "github:ola Blue Fjord 2017-02-01..",
                "email:bo@b.org = github:bo",
                "github:bo Acme ..2016-01-01",
                "github:bo Barn 2015-01-01..",
            ]
        );
    }

    #[test]
    fn names_in_the_place_of_logins_are_names() {
        let text = "Ola Nordmann: ola!a.org, ola!b.org\n\tAcme\n=?UTF-8?q?Se=C3=A1n=20Q?=: anouk!c.org\n\tAtlas\nAnouk*: anouk!d.org, 7+anouk-26!users.noreply.github.com\n\tMeso\nNo Address:\n\tLost\n";
        let page = developers("f", text);
        assert_eq!(
            told(&page),
            [
                "email:ola@b.org = email:ola@a.org Ola Nordmann",
                "email:ola@a.org Acme ..",
                "email:anouk@c.org = email:anouk@c.org Seán Q",
                "email:anouk@c.org Atlas ..",
                "email:anouk@d.org = github:anouk-26 Anouk",
                "email:7+anouk-26@users.noreply.github.com = github:anouk-26 Anouk",
                "github:anouk-26 Meso ..",
            ]
        );
        assert_eq!(page.problems.iter().map(|p| p.line).collect::<Vec<_>>(), [Some(1), Some(7)]);
        let members = "Acme:\n\tOla Nordmann: ola!a.org, ola!b.org until 2015-01-01\n\tona: ona!x.org from 2017-05-01\nBarn:\n\tOla Nordmann: ola!a.org\n";
        assert_eq!(
            told(&companies("f", members)),
            [
                "email:ola@b.org = email:ola@a.org Ola Nordmann",
                "email:ona@x.org = email:ona@x.org ona",
                "email:ola@a.org = email:ola@a.org Ola Nordmann",
                "email:ola@a.org Acme ..2015-01-01",
                "email:ola@a.org Barn 2015-01-01..",
                "email:ona@x.org Acme 2017-05-01..",
            ]
        );
    }

    #[test]
    fn one_name_among_logins_makes_no_names_of_them() {
        let mut text: String = (0..20).map(|number| format!("dev{number}: d{number}!a.org\n")).collect();
        text.push_str("Ola Nordmann: ola!a.org\n");
        let told = told(&developers("f", &text));
        assert_eq!(
            (told[0].as_str(), told[20].as_str()),
            ("email:d0@a.org = github:dev0", "email:ola@a.org = email:ola@a.org Ola Nordmann")
        );
    }

    #[test]
    fn neither_an_address_nor_a_date_is_a_company() {
        let text = "cy: cy!c.org\n\tcy.private@c.org\n\tdi!private.org until 2015-01-01\n\tAcme FROM 2015-01-01\n\tBarn from 2019-01-01 until\n\tCyan 2019-01-01\n\tYahoo! until 2015-01-01\n  eve: eve!e.org\n\tDip\n";
        let page = developers("f", text);
        assert_eq!(
            told(&page),
            [
                "email:cy@c.org = github:cy",
                "github:cy Yahoo! ..2015-01-01",
                "email:eve@e.org = github:eve",
                "github:eve Dip ..",
            ]
        );
        assert_eq!(page.problems.iter().map(|p| p.line).collect::<Vec<_>>(), (2..7).map(Some).collect::<Vec<_>>());
    }

    #[test]
    fn what_stands_below_an_indented_name_is_not_of_the_person_above() {
        let page = developers("f", "Eve Dahl: eve!e.org\n\tDip\n\tFlo Gil: flo!f.org\n\tGro\n");
        assert_eq!(told(&page)[2..], ["email:flo@f.org = email:flo@f.org Flo Gil", "email:flo@f.org Gro .."]);
        let page = companies("f", "Acme:\n\tada: ada!a.org FROM 2015-01-01\n");
        assert_eq!((page.facts.len(), page.problems.len()), (0, 1), "{:?}", page.facts);
    }

    #[test]
    fn companies_list_their_people() {
        let text = "Acme: Inc.:\n\tAda: ada!a.org, ada!b.org from 2015-10-01 until 2016-01-01, from 2018-03-01\n\tbo: bo!b.org\nBarn\n\tcy: cy!c.org\nDip:\n\t-x: z!z.org\n\teve: eve!e.org until 2015-13-01\n";
        let page = companies("f", text);
        let stints: Vec<_> = page.facts.iter().filter(|fact| matches!(fact, Fact::Affiliated { .. })).collect();
        assert_eq!((page.records, page.facts.len(), stints.len()), (5, 6, 3));
        assert!(matches!(stints[0], Fact::Affiliated { organisation, .. } if organisation == "Acme: Inc."));
        assert_eq!(page.problems.iter().map(|p| p.line).collect::<Vec<_>>(), [Some(4), Some(5), Some(7), Some(8)]);
    }
}
