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

use super::fact::{Fact, Period, Voice, day, shown};
use super::page::{Page, address, folded, login};
use muster_model::account;
use std::collections::HashMap;

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
    /// The GitHub login as written.
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
    let mut first: HashMap<String, (u32, Vec<Stint>)> = HashMap::new();
    for Block { record, line, .. } in blocks {
        let account = account::github(&record.login);
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
        page.facts.extend(record.emails.iter().map(|email| linked(email, &account)));
        page.facts.extend(record.stints.into_iter().map(|stint| affiliated(&account, stint)));
    }
    page.problems.sort_by_key(|problem| problem.line);
    page
}

fn linked(email: &str, canonical: &str) -> Fact {
    Fact::Linked { account: account::email(email), canonical: canonical.to_owned(), evidence: Voice::Gitdm, name: None }
}

fn affiliated(account: &str, stint: Stint) -> Fact {
    let Stint { organisation, from, until } = stint;
    let period = Period { from, until };
    Fact::Affiliated { account: account.to_owned(), organisation, said_by: Voice::Gitdm, period }
}

/// Lines that say something: number, whether indented, text.
fn lines(text: &str) -> impl Iterator<Item = (u32, bool, &str)> {
    let said = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    said.map(|(number, line)| (number, line.starts_with(['\t', ' ']), line.trim()))
}

fn blocks(file: &str, text: &str, page: &mut Page) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    // Whether the lines below belong to somebody.
    let mut known = false;
    for (line, indented, said) in lines(text) {
        if !indented {
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

/// `login*: mail, mail`
fn head(file: &str, line: u32, said: &str, page: &mut Page) -> Option<Record> {
    let hint = "write `login: user!example.org, other!example.org`, and companies below it after a tab";
    let Some((who, mails)) = said.split_once(':') else {
        page.reject((file, line), "neither a comment, nor a person, nor a company after a tab", hint, said);
        return None;
    };
    let who = who.trim();
    let starred = who.ends_with('*');
    let Some(login) = login(who.trim_end_matches('*')) else {
        let message = format!("{:?} is no GitHub login; the companies below are nobody's", shown(who));
        page.reject((file, line), message, hint, said);
        return None;
    };
    let emails = emails(file, line, login, mails, page);
    Some(Record { login: login.to_owned(), starred, emails, stints: Vec::new() })
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
    let organisation = folded(company);
    if organisation.is_empty() {
        return Err("a line with dates and no company".to_owned());
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
    for (line, indented, said) in lines(text) {
        if !indented {
            company = said.strip_suffix(':').map(folded).filter(|name| !name.is_empty());
            if company.is_none() {
                page.reject((file, line), "no company: its line ends in a colon", "write `Company:`", said);
            }
            continue;
        }
        page.records += 1;
        let Some(company) = &company else {
            let message = "a person of no company: the line of the company above it cannot be read";
            page.reject((file, line), message, "mend the line above", said);
            continue;
        };
        member(file, line, said, company, &mut page);
    }
    page
}

/// `login: mail, mail from date until date, from date`
fn member(file: &str, line: u32, said: &str, company: &str, page: &mut Page) {
    let hint = "write `login: user!example.org, other!example.org from 2015-10-01 until 2016-01-01, from 2018-03-01`";
    let read = said.split_once(':').and_then(|(who, rest)| Some((login(who.trim().trim_end_matches('*'))?, rest)));
    let Some((login, rest)) = read else {
        page.reject((file, line), "no GitHub login before a colon", hint, said);
        return;
    };
    let account = account::github(login);
    let mut periods = Vec::new();
    let mut mails = String::new();
    for part in rest.split(',') {
        match dated(part) {
            Ok((mail, period)) => {
                mails = if mail.is_empty() { mails } else { format!("{mails},{mail}") };
                if period != Period::default() {
                    periods.push(period);
                }
            }
            Err(message) => {
                page.reject((file, line), message, hint, part);
                return;
            }
        }
    }
    if periods.is_empty() {
        periods.push(Period::default());
    }
    let emails = emails(file, line, login, &mails, page);
    page.facts.extend(emails.iter().map(|email| linked(email, &account)));
    page.facts.extend(
        periods.into_iter().map(|Period { from, until }| {
            affiliated(&account, Stint { organisation: company.to_owned(), from, until })
        }),
    );
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
                "f:11: \"-x\" is no GitHub login",
                "f:12: bo has neither an address nor a company",
                "f:14: \"2015-1-1\" is no date",
            ]
        );
        assert_eq!(page.facts.len(), 2, "{:?}", page.facts);
    }

    #[test]
    fn companies_list_their_people() {
        let text = "Acme: Inc.:\n\tAda: ada!a.org, ada!b.org from 2015-10-01 until 2016-01-01, from 2018-03-01\n\tbo: bo!b.org\nBarn\n\tcy: cy!c.org\nDip:\n\tx y: z!z.org\n\teve: eve!e.org until 2015-13-01\n";
        let page = companies("f", text);
        let stints: Vec<_> = page.facts.iter().filter(|fact| matches!(fact, Fact::Affiliated { .. })).collect();
        assert_eq!((page.records, page.facts.len(), stints.len()), (5, 6, 3));
        assert!(matches!(stints[0], Fact::Affiliated { organisation, .. } if organisation == "Acme: Inc."));
        assert_eq!(page.problems.iter().map(|p| p.line).collect::<Vec<_>>(), [Some(4), Some(5), Some(7), Some(8)]);
    }
}
