//! A page to its meetings: which part is which, and what stands there.

use super::action::{self, Action, Known};
use super::attendee::{self, Attendee, Entry};
use super::date::{self, Found};
use super::front::Front;
use super::markdown::{Block, Kind, blocks};
use super::path::{self, Place};
use super::rich::Rich;
use super::section;
use super::speaker;
use super::walk::{Content, Item, walk};
use jiff::civil::Date;
use muster_model::{Problem, Timestamp};

/// A file of notes.
#[derive(Debug, Clone, Default)]
pub(super) struct Page {
    pub meetings: Vec<Meeting>,
    pub problems: Vec<Problem>,
}

/// One meeting as the notes state it.
#[derive(Debug, Clone)]
pub(super) struct Meeting {
    pub series: String,
    pub day: Date,
    pub start: Option<Timestamp>,
    pub title: Option<String>,
    pub location: Option<String>,
    pub attendees: Vec<Attendee>,
    pub topics: Vec<String>,
    pub actions: Vec<Action>,
    pub decisions: Vec<String>,
    pub items: Vec<Item>,
    /// Initials and names before a colon that somebody there can be meant by, as written.
    pub speakers: Vec<String>,
    /// The line where it begins.
    pub line: u32,
}

/// What to do about a page whose meeting has no date.
const NO_DATE: &str = "no date in path, title or front matter";
const NO_DATE_HINT: &str = "add `datetime:` or rename the file";
const BAD_DATE_HINT: &str = "write the date as 2025-06-17";

/// Reads a page.
pub(super) fn read(file: &str, text: &str) -> Page {
    let mut page = Page::default();
    let place = Place::of(file);
    let front = Front::cut(text, file, &mut page.problems);
    let mut blocks = blocks(&front.body);
    bold_dates_to_headings(&mut blocks, &place);
    let parts = if place.day.is_some() { Vec::new() } else { parts(&blocks, &place) };
    match &parts[..] {
        [] => single(&place, &front, &blocks, None, &mut page),
        [Part { day: Ok(day), range, .. }] if is_day_of_all(range, &blocks) => {
            single(&place, &front, &blocks, Some(*day), &mut page);
        }
        _ => {
            several(&place, &parts, &blocks, &mut page);
            outside(&place, &parts, &blocks, &mut page);
        }
    }
    page
}

/// Whether the only dated heading dates what stands outside its part too.
fn is_day_of_all(range: &std::ops::Range<usize>, blocks: &[Block]) -> bool {
    let inside = walk(&blocks[range.clone()], false);
    let others = [walk(&blocks[..range.start], false), walk(&blocks[range.end..], false)];
    others.iter().any(|other| other.structure) && !(inside.attended && others.iter().any(|other| other.attended))
}

/// Attendees outside every dated heading belong to no meeting.
fn outside(place: &Place, parts: &[Part], blocks: &[Block], page: &mut Page) {
    let starts = std::iter::once(0).chain(parts.iter().map(|part| part.range.end));
    let ends = parts.iter().map(|part| part.range.start).chain([blocks.len()]);
    for (start, end) in starts.zip(ends).filter(|(start, end)| start < end) {
        let content = walk(&blocks[start..end], false);
        if let Some((entry, _)) = content.people.first().filter(|_| !content.only_placeholders()) {
            let message = format!("attendees outside of every heading with a date: {} lines", content.people.len());
            let problem =
                Problem::rejected(&place.file, entry.rich.line(), message, "put them below the date of their meeting");
            page.problems.push(problem.with_text(&entry.rich.text));
        }
    }
}

/// A text meant as a date, and why it is none.
type Bad = (String, &'static str);

/// A part of a page under a dated heading.
struct Part {
    range: std::ops::Range<usize>,
    heading: usize,
    day: Result<Date, Bad>,
    suffix: String,
}

/// The day that a heading states, if the heading is a meeting's: not a topic that mentions a day.
fn heading_day(text: &str, year: Option<i16>) -> Option<Result<Date, Bad>> {
    let found = date::find(text);
    let (range, what) = found.first()?;
    let rest = format!("{} {}", &text[..range.start], &text[range.end..]);
    let words = section::words(&rest);
    let in_bracket = text[..range.start].ends_with(['(', '[', '（']);
    let told = words.iter().any(|word| is_meeting_word(word));
    let before = section::words(&text[..range.start]);
    let weekday_only = before.iter().all(|word| is_weekday(word) || matches!(word.as_str(), "date" | "week" | "of"));
    let not_this =
        words.iter().any(|word| matches!(word.as_str(), "next" | "upcoming" | "release" | "planning" | "until"));
    if not_this || in_bracket && !told || !told && (!weekday_only || words.len() > 8) {
        return None;
    }
    match what {
        Found::Day(day) => Some(Ok(*day)),
        Found::Bad(text, why) => Some(Err((text.clone(), why))),
        Found::NoYear(month, of_month) => match year {
            Some(year) => date::day(year, *month, *of_month).map(Ok),
            None if weekday_only => Some(Err((text[range.clone()].to_owned(), "the year is missing"))),
            None => None,
        },
    }
}

fn is_meeting_word(word: &str) -> bool {
    matches!(
        word,
        "meeting"
            | "meetings"
            | "call"
            | "sync"
            | "minutes"
            | "notes"
            | "gathering"
            | "standup"
            | "hackathon"
            | "session"
            | "meetup"
            | "mtg"
            | "会议"
            | "例会"
            | "周会"
            | "agenda"
            | "office"
    )
}

fn is_weekday(word: &str) -> bool {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    days.iter().any(|day| word == *day || (word.starts_with(day) && (word.ends_with("day") || word.len() <= 5)))
}

/// Exports write a date in bold where others write a heading.
fn bold_dates_to_headings(blocks: &mut [Block], place: &Place) {
    let has_dated_heading =
        blocks.iter().any(|b| matches!(b.kind, Kind::Heading(_)) && heading_day(&b.rich.text, place.year).is_some());
    if place.day.is_some() || has_dated_heading {
        return;
    }
    for block in blocks.iter_mut() {
        let alone = block.kind == Kind::Paragraph { depth: 0 } && !block.rich.text.contains('\n');
        let bold = alone && block.rich.wholly(&block.rich.bold);
        if bold && heading_day(&block.rich.text, place.year).is_some() {
            block.kind = Kind::Heading(0);
        }
    }
}

/// The parts of a page with several meetings; empty when it is one meeting.
fn parts(blocks: &[Block], place: &Place) -> Vec<Part> {
    let mut year = place.year;
    let mut dated: Vec<(usize, u8, Result<Date, Bad>)> = Vec::new();
    for (at, block) in blocks.iter().enumerate() {
        let Kind::Heading(level) = block.kind else { continue };
        if let Some(day) = heading_day(&block.rich.text, year) {
            dated.push((at, level, day));
        } else if let Some(alone) = path::year_in(&block.rich.text)
            && section::words(&block.rich.text).len() <= 3
        {
            year = Some(alone);
        }
    }
    let count = |level: u8| dated.iter().filter(|entry| entry.1 == level).count();
    let first_heading = blocks.iter().position(|block| matches!(block.kind, Kind::Heading(_)));
    let level = dated.iter().map(|entry| entry.1).min_by_key(|&level| (count(level) < 2, level));
    let Some(level) = level else { return Vec::new() };
    if count(level) < 2 && (dated.first().map(|entry| entry.0) == first_heading) {
        return Vec::new();
    }
    let end_of = |at: usize| {
        let ends = |b: &Block| matches!(b.kind, Kind::Heading(l) if l <= level);
        blocks.iter().enumerate().skip(at + 1).find(|(_, b)| ends(b)).map_or(blocks.len(), |(end, _)| end)
    };
    let mut days: Vec<(Date, String)> = Vec::new();
    let mut parts = Vec::new();
    for (at, _, day) in dated.into_iter().filter(|entry| entry.1 == level) {
        let suffix = day.as_ref().map(|day| suffix(*day, &blocks[at].rich.text, &mut days)).unwrap_or_default();
        parts.push(Part { range: at..end_of(at), heading: at, day, suffix });
    }
    parts
}

/// Two meetings of one day in one file are told apart by what their headings say beside it.
fn suffix(day: Date, heading: &str, days: &mut Vec<(Date, String)>) -> String {
    let range = date::find(heading).first().map_or(0..0, |(range, _)| range.clone());
    let text = format!("{} {}", &heading[..range.start], &heading[range.end..]).replace(['(', ')', '[', ']'], " ");
    let words: Vec<String> = section::words(&text).into_iter().filter(|word| !is_weekday(word)).collect();
    let slug = words.into_iter().take(6).collect::<Vec<_>>().join("-");
    let same = days.iter().filter(|(other, _)| *other == day).count();
    let taken = days.iter().any(|(other, name)| *other == day && *name == slug);
    days.push((day, slug.clone()));
    match (same, taken || slug.is_empty()) {
        (0, _) => String::new(),
        (_, false) => slug,
        (count, true) => format!("{}", count + 1),
    }
}

fn several(place: &Place, parts: &[Part], blocks: &[Block], page: &mut Page) {
    for part in parts {
        let heading = &blocks[part.heading];
        let day = match &part.day {
            Ok(day) => *day,
            Err((bad, why)) => {
                let message = format!("a meeting whose date cannot be read: {bad:?}, {why}");
                let problem = Problem::rejected(&place.file, heading.line, message, BAD_DATE_HINT);
                page.problems.push(problem.with_text(&heading.rich.text));
                continue;
            }
        };
        let content = walk(&blocks[part.range.clone()], false);
        if is_cancelled(&blocks[part.range.clone()], &content) {
            page.problems.push(cancelled(place, heading.line));
            continue;
        }
        let series = [place.series.as_str(), part.suffix.as_str()];
        let meeting = Meeting {
            series: series.join("/").trim_matches('/').to_owned(),
            day,
            start: None,
            title: Some(heading.rich.folded()),
            location: None,
            attendees: Vec::new(),
            topics: Vec::new(),
            actions: Vec::new(),
            decisions: Vec::new(),
            items: Vec::new(),
            speakers: Vec::new(),
            line: heading.line,
        };
        fill(meeting, content, &[], place, page);
    }
}

fn single(place: &Place, front: &Front, blocks: &[Block], stated: Option<Date>, page: &mut Page) {
    let people = front.has_people();
    let mut content = walk(blocks, people);
    content.day = stated.or(content.day);
    let heading = blocks.iter().find(|block| matches!(block.kind, Kind::Heading(_)));
    let title = front.string(&["title", "subject"]).or_else(|| heading.map(|block| block.rich.folded()));
    let line = heading.map_or(1, |block| block.line);
    let dates = Dates::of(place, front, heading, &content);
    let is_meeting = place.day.is_some() || people || content.structure;
    if place.template || !(is_meeting || dates.titled_meeting) || content.only_placeholders() && dates.day().is_none() {
        let message = "this page is no meeting: no date in its path, and neither attendees nor an agenda or minutes";
        let message = if place.template { "this page is a template, no meeting" } else { message };
        let hint = "leave it, or move it out of the folder of notes";
        page.problems.push(Problem::notice(&place.file, None, message, hint));
        return;
    }
    dates.report(place, page);
    let Some(day) = dates.day() else {
        if content.attended || people || (content.agenda && content.worked) {
            page.problems.push(Problem::rejected(&place.file, line, NO_DATE, NO_DATE_HINT).with_text(&place.file));
        } else {
            let message = "this page is no meeting: it has no date and nobody attends";
            let hint = "if it is one, add `datetime:` or rename the file";
            page.problems.push(Problem::notice(&place.file, None, message, hint));
        }
        return;
    };
    if !people && is_cancelled(blocks, &content) {
        page.problems.push(cancelled(place, line));
        return;
    }
    let meeting = Meeting {
        series: place.series.clone(),
        day,
        start: dates.start(),
        title,
        location: front.string(&["location", "where", "place", "venue"]),
        attendees: Vec::new(),
        topics: Vec::new(),
        actions: Vec::new(),
        decisions: Vec::new(),
        items: Vec::new(),
        speakers: Vec::new(),
        line,
    };
    let listed: Vec<Entry> = front
        .people()
        .into_iter()
        .map(|person| Entry {
            rich: Rich::plain(&person.text, person.line),
            list: Some(0),
            organisation: None,
            role: None,
        })
        .collect();
    fill(meeting, content, &listed, place, page);
}

fn is_cancelled(blocks: &[Block], content: &Content) -> bool {
    let says = |text: &str| {
        let words = section::words(text);
        words.iter().take(8).any(|word| word == "cancelled" || word == "canceled") && words.len() <= 16
    };
    let first = blocks.iter().take(8).find(|block| block.kind == Kind::Paragraph { depth: 0 });
    let heading = blocks.first().filter(|block| matches!(block.kind, Kind::Heading(_)));
    let starts = |block: &Block| {
        let words = section::words(&block.rich.text);
        words.iter().take(3).any(|word| word == "cancelled" || word == "canceled")
            || words.first().is_some_and(|word| word == "no") && words.get(1).is_some_and(|word| word == "meeting")
    };
    content.people.is_empty() && (heading.is_some_and(|b| says(&b.rich.text)) || first.is_some_and(starts))
}

fn cancelled(place: &Place, line: u32) -> Problem {
    Problem::notice(&place.file, line, "the meeting was cancelled: it is not counted", "none, if that is so")
}

/// The days that path, title and front matter state, in the order in which they win.
struct Dates {
    path: Option<Date>,
    title: Option<(Date, u32)>,
    front: Option<(Date, Option<Timestamp>, u32)>,
    body: Option<Date>,
    bad: Vec<(String, &'static str, Option<u32>)>,
    /// The title is a meeting's: a date, and a word for a meeting.
    titled_meeting: bool,
}

impl Dates {
    fn of(place: &Place, front: &Front, heading: Option<&Block>, content: &Content) -> Self {
        let mut bad = Vec::new();
        if let Some((text, why)) = &place.bad {
            bad.push((text.clone(), *why, None));
        }
        let front_title = front.string(&["title", "subject"]).map(|title| (title, front.line_of("title")));
        let titles = front_title.into_iter().chain(heading.map(|block| (block.rich.folded(), block.line)));
        let (mut title, mut titled_meeting) = (None, false);
        for (text, line) in titles {
            match date::first_day(&text) {
                Some(day) => {
                    // Of the days of a range, the path may name any.
                    let day = place.day.filter(|path| date::holds(&text, *path)).unwrap_or(day);
                    title = title.or(Some((day, line)));
                    titled_meeting |= section::words(&text).iter().any(|word| is_meeting_word(word));
                }
                None => bad.extend(date::first_bad(&text).map(|(bad, why)| (bad, why, Some(line)))),
            }
        }
        let front = match front.date() {
            Some(Ok(read)) => Some(read),
            Some(Err((text, why, line))) => {
                bad.push((text, why, Some(line)));
                None
            }
            None => None,
        };
        Self { path: place.day, title, front, body: content.day, bad, titled_meeting }
    }

    fn day(&self) -> Option<Date> {
        let titled = || self.title.map(|(day, _)| day);
        self.path.or_else(titled).or(self.front.map(|(day, ..)| day)).or(self.body)
    }

    fn start(&self) -> Option<Timestamp> {
        self.front.filter(|(day, ..)| Some(*day) == self.day()).and_then(|(_, start, _)| start)
    }

    fn report(&self, place: &Place, page: &mut Page) {
        for (text, why, line) in &self.bad {
            let message = format!("a date that cannot be read: {text:?}, {why}");
            page.problems.push(Problem::rejected(&place.file, *line, message, BAD_DATE_HINT).with_text(text));
        }
        let Some(day) = self.day() else { return };
        let winner = if self.path.is_some() { "path" } else { "title" };
        let hint = format!("correct whichever is wrong; {day} was taken");
        for (what, other, line) in [
            ("title", self.title.map(|(day, _)| day), self.title.map(|(_, line)| line)),
            ("front matter", self.front.map(|(day, ..)| day), self.front.map(|(.., line)| line)),
        ] {
            if let Some(other) = other.filter(|other| *other != day) {
                let message = format!("the {what} says {other}, the {winner} {day}");
                page.problems.push(Problem::notice(&place.file, line, message, hint.clone()));
            }
        }
    }
}

/// Whether somebody is among those who were read; "Ada L." is Ada.
fn is_known(officer: &Attendee, known: &Known) -> bool {
    let (first, rest) = officer.name.split_once(' ').unwrap_or((&officer.name, ""));
    let initials = rest.split(' ').all(|word| word.trim_end_matches('.').chars().count() < 2);
    known.knows(officer.login.as_deref().unwrap_or(&officer.name)) || initials && known.knows(first)
}

/// Reads names and owners, and adds the meeting to the page.
fn fill(mut meeting: Meeting, content: Content, listed: &[Entry], place: &Place, page: &mut Page) {
    let ticked = content.people.iter().any(|(_, checked)| *checked == Some(true));
    let unticked = content.people.iter().filter(|(_, checked)| *checked == Some(false)).count();
    if unticked > 0 {
        let message = format!("{unticked} boxes in the attendee list are not ticked: not counted as present");
        let hint = if ticked { "tick who was there" } else { "tick who was there, or write a list without boxes" };
        page.problems.push(Problem::notice(&place.file, meeting.line, message, hint));
    }
    let stated = content.people.into_iter().filter(|(_, checked)| *checked != Some(false)).map(|(entry, _)| entry);
    let sections = [listed.to_vec(), stated.collect()];
    let mut known = Known::default();
    let mut unread = Vec::new();
    for section in &sections {
        for entry in attendee::people(section, &mut unread) {
            meeting.attendees.extend(attendee::read(&entry, &mut unread));
        }
    }
    unread.extend(content.unread);
    let learn = |known: &mut Known, attendee: &Attendee| {
        known.add(&attendee.name);
        attendee.login.iter().for_each(|login| known.add_login(&attendee.name, login));
    };
    meeting.attendees.iter().for_each(|attendee| learn(&mut known, attendee));
    // Who holds a meeting is there; that alone makes no list of those who were.
    for entry in attendee::people(&content.officers, &mut Vec::new()) {
        // `Scribe: rotating`, `Host: next week Bo`
        let sure = !meeting.attendees.is_empty() && attendee::is_full_name(&entry.rich);
        let officer = attendee::read(&entry, &mut Vec::new()).filter(|_| sure);
        if let Some(officer) = officer.filter(|officer| !is_known(officer, &known)) {
            learn(&mut known, &officer);
            meeting.attendees.push(officer);
        }
    }
    for lost in unread {
        let hint = "write `Name @login (Company/Project)`, or remove the line";
        page.problems.push(Problem::rejected(&place.file, lost.line, lost.message, hint).with_text(lost.text));
    }
    meeting.topics = content.topics;
    meeting.decisions = content.decisions;
    meeting.items = content.items;
    meeting.speakers = speaker::speakers(&content.prefixes, &meeting.attendees);
    for draft in &content.drafts {
        for read in action::read(draft, &known) {
            match read {
                action::Read::Action(action) => meeting.actions.push(action),
                action::Read::Decision(text) => meeting.decisions.push(text),
            }
        }
    }
    page.meetings.push(meeting);
}
