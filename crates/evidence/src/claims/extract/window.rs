//! When a sentence speaks of: `in the past year`, `in 2024`, `since June 2023`, `as of mid-2025`, `per quarter`.

use super::number::{Token, numbers};
use muster_model::{Cut, Date, WindowKind};
use std::ops::Range;

/// When, as far as a sentence says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct When {
    /// The window.
    pub window: Option<Cut>,
    /// The first day that is no longer meant (`as of mid-2025`).
    pub until: Option<Date>,
    /// The kind of window that each has so many (`per quarter`).
    pub each: Option<WindowKind>,
    /// Where it says so.
    pub each_at: usize,
    /// What a reader should see to.
    pub note: Option<String>,
    /// The tokens that say so: numbers among them count nothing.
    pub tokens: Vec<Range<usize>>,
}

/// A stretch of the calendar, named.
#[derive(Debug, Clone, PartialEq)]
struct Stretch {
    start: Date,
    end: Date,
    /// As a window is labelled; none where it is none of the calendar's (`mid-2025`).
    label: Option<String>,
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const ORDINALS: [&str; 4] = ["first", "second", "third", "fourth"];
const LAST: [&str; 6] = ["past", "last", "previous", "trailing", "preceding", "recent"];

/// When the sentence speaks of.
pub(super) fn when(tokens: &[Token]) -> When {
    let mut found = When::default();
    let mut at = 0;
    while at < tokens.len() {
        at = match found.step(tokens, at) {
            Some(end) => {
                found.tokens.push(at..end);
                end
            }
            None => at + 1,
        };
    }
    found
}

impl When {
    /// The same for a number that is no rate: the window is that of the rate.
    pub(super) fn without_rate(&self) -> Self {
        Self { window: None, each: None, ..self.clone() }
    }

    /// What begins at a token, and the token after it.
    fn step(&mut self, tokens: &[Token], at: usize) -> Option<usize> {
        let word = |at: usize| tokens.get(at).map_or("", |token| token.word.as_str());
        match word(at) {
            "since" => Some(self.since(tokens, at + 1)),
            "as" if ["of", "at"].contains(&word(at + 1)) => self.until(tokens, at + 2),
            "until" => self.until(tokens, at + 1),
            "by" if word(at + 1) == "the" && word(at + 2) == "end" && word(at + 3) == "of" => {
                self.until(tokens, at + 4)
            }
            "from" | "between" => self.range(tokens, at + 1),
            "in" | "during" | "for" | "over" | "throughout" if stretch(tokens, at + 1).is_some() => {
                self.during(tokens, at + 1)
            }
            "annually" | "yearly" => self.take_each(WindowKind::Year, at + 1),
            "quarterly" => self.take_each(WindowKind::Quarter, at + 1),
            "monthly" => self.take_each(WindowKind::Month, at + 1),
            "per" | "each" | "every" | "a" | "/" => unit(word(at + 1)).and_then(|kind| self.take_each(kind, at + 2)),
            "calendar" if word(at + 1) == "year" => self.take(WindowKind::Year.into(), at + 2),
            last if LAST.contains(&last) => self.last(tokens, at),
            // A row or a line that begins with its year.
            _ if at == 0 && begins_with_its_time(tokens) => self.during(tokens, 0),
            _ => self.stray(tokens, at),
        }
    }

    fn take(&mut self, window: Cut, end: usize) -> Option<usize> {
        self.window.get_or_insert(window);
        Some(end)
    }

    fn take_each(&mut self, kind: WindowKind, end: usize) -> Option<usize> {
        if self.each.is_none() {
            (self.each, self.each_at) = (Some(kind), end);
        }
        Some(end)
    }

    /// `since 2023`; since something that is no date: nobody here knows when that was.
    fn since(&mut self, tokens: &[Token], at: usize) -> usize {
        if let Some((from, end)) = stretch(tokens, at) {
            self.window.get_or_insert(WindowKind::Range { from: from.start, until: None }.into());
            return end;
        }
        self.note.get_or_insert("since when is not said as a date; it is taken as of all time".to_owned());
        self.window.get_or_insert(WindowKind::All.into());
        at
    }

    fn until(&mut self, tokens: &[Token], at: usize) -> Option<usize> {
        let (stretch, end) = stretch(tokens, at)?;
        self.until.get_or_insert(stretch.end);
        Some(end)
    }

    /// `from 2021 to 2024`, `between January 2023 and June 2024`.
    fn range(&mut self, tokens: &[Token], at: usize) -> Option<usize> {
        let (first, joint) = stretch(tokens, at)?;
        let joins = tokens
            .get(joint)
            .is_some_and(|token| ["to", "and", "until", "through", "-", "–"].contains(&token.word.as_str()));
        let (last, end) = stretch(tokens, joint + 1).filter(|(last, _)| joins && last.end > first.start)?;
        self.take(WindowKind::Range { from: first.start, until: Some(last.end) }.into(), end)
    }

    fn during(&mut self, tokens: &[Token], at: usize) -> Option<usize> {
        let (stretch, end) = stretch(tokens, at)?;
        let range = WindowKind::Range { from: stretch.start, until: Some(stretch.end) };
        let window = stretch.label.as_deref().and_then(|label| label.parse().ok()).unwrap_or(Cut::from(range));
        self.take(window, end)
    }

    /// `in the past year`, `last 12 months`, `the last two quarters`, `last quarter`.
    fn last(&mut self, tokens: &[Token], at: usize) -> Option<usize> {
        let word = |at: usize| tokens.get(at).map_or("", |token| token.word.as_str());
        let counted =
            numbers(tokens.get(at + 1..)?).into_iter().find(|number| number.tokens.start == 0 && number.high.is_none());
        let (count, next) = match &counted {
            Some(number) => (Some(number.low), at + 1 + number.tokens.end),
            None if word(at + 1) == "few" => return None,
            None => (None, at + 1),
        };
        let days = match word(next).trim_end_matches('s') {
            "day" => 1.0,
            "week" => 7.0,
            "month" => 365.0 / 12.0,
            "quarter" => 365.0 / 4.0,
            "year" => 365.0,
            _ => return None,
        };
        let is_named =
            at > 0 && ["the", "our", "this"].contains(&word(at - 1)) || ["past", "trailing"].contains(&word(at));
        let window = match (count, unit(word(next))) {
            // "last quarter" and "last year" are the calendar's; "the past year" is the one that ends now.
            (None, Some(kind)) if kind != WindowKind::Year || !is_named => kind,
            _ => trailing(count.unwrap_or(1.0) * days)?,
        };
        self.take(window.into(), next + 1)
    }

    /// A date, a year or a range of years that says nothing of the window counts nothing either.
    fn stray(&self, tokens: &[Token], at: usize) -> Option<usize> {
        let word = |at: usize| tokens.get(at).map_or("", |token| token.word.as_str());
        let is_joined = ["-", "–", "."].contains(&word(at + 1));
        if is_joined && year(word(at)).is_some() && year(word(at + 2)).is_some() {
            return Some(at + 3);
        }
        // `31-Aug-2023`, `31 August 2023`.
        let month_at = if is_joined { at + 2 } else { at + 1 };
        let name = word(month_at).split('-').next().unwrap_or_default();
        let is_day = word(at).len() <= 2 && word(at).bytes().all(|byte| byte.is_ascii_digit());
        if is_day && month(name).is_some() {
            return Some(month_at + 1 + usize::from(year(word(month_at + 1)).is_some()));
        }
        let (stretch, end) = stretch(tokens, at)?;
        let is_year_alone = end == at + 1 && stretch.label.as_ref().is_some_and(|label| label.len() == 4);
        let before = at.checked_sub(1).and_then(|before| tokens.get(before)).map_or("", |token| token.word.as_str());
        (!is_year_alone || ["of", "in", "to", "by", "(", "early", "late", "about", "around"].contains(&before))
            .then_some(end)
    }
}

/// `2024 (Contributors): 1,234`
fn begins_with_its_time(tokens: &[Token]) -> bool {
    let after = stretch(tokens, 0).and_then(|(_, end)| tokens.get(end));
    after.is_some_and(|token| ["(", ":"].contains(&token.word.as_str()))
}

fn trailing(days: f64) -> Option<WindowKind> {
    format!("{}d", days.round()).parse().ok()
}

fn unit(word: &str) -> Option<WindowKind> {
    Some(match word {
        "week" => WindowKind::Week,
        "month" => WindowKind::Month,
        "quarter" => WindowKind::Quarter,
        "year" | "annum" => WindowKind::Year,
        _ => return None,
    })
}

/// A named stretch of the calendar: `2024`, `2025Q2`, `Q2 2025`, `the second quarter of 2025`, `June 2025`, `mid-2025`,
/// `2025-06`, `2025-06-30`, `the first half of 2025`.
fn stretch(tokens: &[Token], at: usize) -> Option<(Stretch, usize)> {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.word.as_str());
    match word(at) {
        "the" | "year" => return stretch(tokens, at + 1),
        "early" | "late" | "end" | "beginning" if year(word(at + 1)).is_some() => return stretch(tokens, at + 1),
        _ => {}
    }
    if let Some(stretch) = labelled(word(at)) {
        return Some((stretch, at + 1));
    }
    if let Some(half) =
        word(at).strip_prefix("mid-").or_else(|| Some(word(at + 1)).filter(|_| word(at) == "mid")).and_then(year)
    {
        let end = if word(at) == "mid" { at + 2 } else { at + 1 };
        // The middle of a year: whatever was until then.
        return Some((Stretch { start: day(half, 7)?, end: day(half, 7)?, label: None }, end));
    }
    if let Some(month) = month(word(at)) {
        let skip = usize::from(word(at + 1) == "of" || word(at + 1) == ",");
        let year = year(word(at + 1 + skip))?;
        return Some((labelled(&format!("{year}-{month:02}"))?, at + 2 + skip));
    }
    part_of_year(tokens, at)
}

/// `Q2 2025`, `second quarter of 2025`, `first half of 2025`, `H1 2025`.
fn part_of_year(tokens: &[Token], at: usize) -> Option<(Stretch, usize)> {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.word.as_str());
    let (kind, number, next) = match word(at) {
        "q1" | "q2" | "q3" | "q4" => ("quarter", word(at)[1..].parse::<usize>().ok()?, at + 1),
        "h1" | "h2" => ("half", word(at)[1..].parse::<usize>().ok()?, at + 1),
        ordinal => (word(at + 1), ORDINALS.iter().position(|one| *one == ordinal)? + 1, at + 2),
    };
    let next = next + usize::from(["of", "in"].contains(&word(next)));
    let year = year(word(next))?;
    let stretch = match kind {
        "quarter" => labelled(&format!("{year}q{number}"))?,
        "half" if number == 1 => Stretch { start: day(year, 1)?, end: day(year, 7)?, label: None },
        "half" if number == 2 => Stretch { start: day(year, 7)?, end: day(year + 1, 1)?, label: None },
        _ => return None,
    };
    Some((stretch, next + 1))
}

/// A window as a span of days, where it is one.
pub(super) fn span_of(window: &Cut) -> Option<WindowKind> {
    match &window.label {
        Some(label) => {
            let stretch = labelled(label)?;
            Some(WindowKind::Range { from: stretch.start, until: Some(stretch.end) })
        }
        None => Some(window.kind).filter(|kind| kind.is_single()),
    }
}

/// The stretch of a window's label.
fn labelled(word: &str) -> Option<Stretch> {
    let label = word.to_uppercase();
    year(label.get(..4)?)?;
    let cut: Cut = label.parse().ok()?;
    let first: Date = match label.len() {
        4 => format!("{label}-01-01").parse().ok()?,
        7 => format!("{label}-01").parse().ok()?,
        10 => label.parse().ok()?,
        // A quarter.
        _ => day(year(&label[..4])?, (label[5..].parse::<i16>().ok()? - 1) * 3 + 1)?,
    };
    let end = match cut.kind {
        WindowKind::Year => day(first.year() + 1, 1)?,
        WindowKind::Quarter if first.month() == 10 => day(first.year() + 1, 1)?,
        WindowKind::Quarter => day(first.year(), i16::from(first.month()) + 3)?,
        WindowKind::Month => first.last_of_month().tomorrow().ok()?,
        WindowKind::Day => first.tomorrow().ok()?,
        _ => return None,
    };
    Some(Stretch { start: first, end, label: Some(label) })
}

fn day(year: i16, month: i16) -> Option<Date> {
    format!("{year:04}-{month:02}-01").parse().ok()
}

/// A year in which there was software.
fn year(word: &str) -> Option<i16> {
    let year = word.parse().ok().filter(|_| word.len() == 4)?;
    (1970..2100).contains(&year).then_some(year)
}

fn month(word: &str) -> Option<usize> {
    let word = word.trim_end_matches('.');
    let begins = |month: &&str| {
        **month == *word || word.len() == 3 && month.starts_with(word) || word == "sept" && **month == *"september"
    };
    MONTHS.iter().position(begins).map(|month| month + 1)
}

#[cfg(test)]
mod tests {
    use super::super::number::tokens;
    use super::*;

    fn said(sentence: &str) -> String {
        let when = when(&tokens(sentence));
        let mut parts = vec![when.window.map_or("-".to_owned(), |window| window.to_string())];
        parts.extend(when.until.map(|until| format!("until {until}")));
        parts.extend(when.each.map(|each| format!("each {each}")));
        parts.join(" ")
    }

    #[test]
    fn windows_in_words() {
        for (sentence, window) in [
            ("In the past year we had 5", "365d"),
            ("in the last 12 months", "365d"),
            ("over the past two years", "730d"),
            ("in the last six months", "183d"),
            ("the last 90 days", "90d"),
            ("last quarter", "quarter"),
            ("last year", "year"),
            ("over the last year", "365d"),
            ("in 2024 there were", "2024"),
            ("during Q2 2025", "2025Q2"),
            ("in the second quarter of 2025", "2025Q2"),
            ("in June 2025", "2025-06"),
            ("in the first half of 2025", "2025-01-01..2025-07-01"),
            ("since 2023", "2023-01-01.."),
            ("since June 2023", "2023-06-01.."),
            ("since 2023-06-15", "2023-06-15.."),
            ("since joining the foundation", "all"),
            ("from 2021 to 2024", "2021-01-01..2025-01-01"),
            ("between January 2023 and June 2024", "2023-01-01..2024-07-01"),
            ("as of mid-2025 over the past two years", "730d until 2025-07-01"),
            ("As of December 2025", "- until 2026-01-01"),
            ("as of 2025-12-05", "- until 2025-12-06"),
            ("15 new per quarter", "- each quarter"),
            ("20 a year in the past three years", "1095d each year"),
            ("2024 (Contributors): 5", "2024"),
            ("we have 12", "-"),
            ("founded (2018) by", "-"),
        ] {
            assert_eq!(said(sentence), window, "{sentence}");
        }
    }
}
