//! Dates as people write them in titles, headings and file names. Nothing is guessed: a date that can be read in two
//! ways, or that no calendar has, is [`Found::Bad`].

use jiff::civil::Date;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// What a text says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// A day.
    Day(Date),
    /// A month and a day; the year must come from elsewhere.
    NoYear(i8, i8),
    /// Something meant as a date that is none: the text, and why.
    Bad(String, &'static str),
}

const MONTHS: &str = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|\
                      oct(?:ober)?|nov(?:ember)?|dec(?:ember)?";
const IMPOSSIBLE: &str = "no calendar has this day";
const AMBIGUOUS: &str = "day and month cannot be told apart";

macro_rules! pattern {
    ($name:ident, $($pattern:tt)+) => {
        // The patterns are constants; the test below compiles each.
        static $name: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(&format!($($pattern)+)).ok());
    };
}
pattern!(ISO, r"(\d{{4,}})[-/._](\d{{1,2}})[-/._](\d+)");
pattern!(COMPACT, r"(\d+)");
// Of several days, `January 12-13` or `12-13 January`, the first one counts.
pattern!(
    MONTH_FIRST,
    r"(?i)\b({MONTHS})\.?[\s\-_]+(\d+)(?:st|nd|rd|th)?(?:\s?[-–]\s?\d{{1,2}}(?:st|nd|rd|th)?\b)?(?:[\s,.\-_/]+(\d{{4}})\b)?"
);
pattern!(
    MONTH_RANGE,
    r"(?i)\b({MONTHS})\.?[\s\-_]+(\d{{1,2}})(?:st|nd|rd|th)?\s?[-–]\s?(\d{{1,2}})(?:st|nd|rd|th)?[\s,.\-_/]+(\d{{4}})\b"
);
pattern!(
    DAY_RANGE,
    r"(?i)\b(\d{{1,2}})(?:st|nd|rd|th)?\s?[-–]\s?(\d{{1,2}})(?:st|nd|rd|th)?[\s.\-_]+(?:of\s+)?({MONTHS})[\s,.\-_/]+(\d{{4}})\b"
);
pattern!(FIRST_OF, r"\b(\d{{1,2}})(?:st|nd|rd|th)?\s?[-–]\s?$");
pattern!(DAY_FIRST, r"(?i)\b(\d+)(?:st|nd|rd|th)?[\s.\-_]+(?:of\s+)?({MONTHS})\b(?:[\s,.\-_/]+(\d{{4}})\b)?");
pattern!(YEAR_FIRST, r"(?i)\b(\d{{4}})[\s,.\-_/]+({MONTHS})[\s.\-_/]+(\d+)(?:st|nd|rd|th)?\b");
pattern!(CHINESE, r"(\d{{4}})\s*年\s*(\d+)\s*月\s*(\d+)\s*[日号]");
pattern!(NUMERIC, r"(\d+)([/.\-])(\d+)[/.\-](\d+)");

/// The dates in a text, first ones first.
pub(super) fn find(text: &str) -> Vec<(Range<usize>, Found)> {
    let mut found: Vec<(Range<usize>, Found)> = Vec::new();
    let mut add = |range: Range<usize>, what: Found| {
        if found.iter().all(|(old, _)| old.end <= range.start || range.end <= old.start) {
            found.push((range, what));
        }
    };
    iso(text, &mut add);
    chinese(text, &mut add);
    named(text, &mut add);
    numeric(text, &mut add);
    compact(text, &mut add);
    found.sort_by_key(|(range, _)| range.start);
    found
}

/// The first whole day in a text.
pub(super) fn first_day(text: &str) -> Option<Date> {
    find(text).into_iter().find_map(|(_, found)| if let Found::Day(day) = found { Some(day) } else { None })
}

/// Whether a text states a range of days, `January 12-13, 2025`, that holds a day.
pub(super) fn holds(text: &str, day: Date) -> bool {
    let month_first = captures(&MONTH_RANGE, text).into_iter().map(|c| (c, 1, 2, 3));
    let day_first = captures(&DAY_RANGE, text).into_iter().map(|c| (c, 3, 1, 2));
    month_first.chain(day_first).any(|(c, month, first, last)| {
        let days = (c[first].parse::<i8>().unwrap_or(i8::MAX), c[last].parse::<i8>().unwrap_or(0));
        let same = month_number(&c[month]) == Some(day.month()) && c[4].parse() == Ok(day.year());
        same && (days.0..=days.1).contains(&day.day())
    })
}

/// The first thing meant as a date that is none.
pub(super) fn first_bad(text: &str) -> Option<(String, &'static str)> {
    find(text).into_iter().find_map(|(_, found)| if let Found::Bad(bad, why) = found { Some((bad, why)) } else { None })
}

/// The day of a year, a month and a day, where a calendar has it.
pub(super) fn day(year: i16, month: i8, day: i8) -> Option<Date> {
    (1970..2100).contains(&year).then(|| Date::new(year, month, day).ok()).flatten()
}

type Add<'a> = dyn FnMut(Range<usize>, Found) + 'a;

fn captures<'t>(pattern: &LazyLock<Option<Regex>>, text: &'t str) -> Vec<regex::Captures<'t>> {
    pattern.as_ref().map(|regex| regex.captures_iter(text).collect()).unwrap_or_default()
}

fn digit_before(text: &str, at: usize) -> bool {
    text[..at].chars().next_back().is_some_and(|c| c.is_ascii_digit())
}

fn built(text: &str, year: &str, month: Option<i8>, day_text: &str) -> Found {
    let parts = (year.parse().ok(), month, day_text.parse().ok());
    let valid = if year.len() == 4 && day_text.len() <= 2 { parts } else { (None, None, None) };
    match valid {
        (Some(year), Some(month), Some(of_month)) => day(year, month, of_month).map(Found::Day),
        _ => None,
    }
    .unwrap_or_else(|| Found::Bad(text.to_owned(), IMPOSSIBLE))
}

fn iso(text: &str, add: &mut Add<'_>) {
    let mut from = 0;
    while let Some(c) = ISO.as_ref().and_then(|regex| regex.captures_at(text, from)) {
        let all = c.get(0).map_or(0..0, |m| m.range());
        let (year, month) = (&c[1], &c[2]);
        let last = c.get(3).map_or(all.end..all.end, |m| m.range());
        // In the path "2025-06/2025-06-17" a folder ends before the year.
        if last.len() == 4 && text[..last.start].ends_with('/') && (1970..2100).contains(&c[3].parse().unwrap_or(0)) {
            from = last.start;
            continue;
        }
        from = all.end;
        if digit_before(text, all.start) || !(1970..2100).contains(&year.parse::<i32>().unwrap_or(0)) {
            continue;
        }
        add(all, built(&c[0], year, month.parse().ok(), &c[3]));
    }
}

fn chinese(text: &str, add: &mut Add<'_>) {
    for c in captures(&CHINESE, text) {
        add(c.get(0).map_or(0..0, |m| m.range()), built(&c[0], &c[1], c[2].parse().ok(), &c[3]));
    }
}

fn named(text: &str, add: &mut Add<'_>) {
    for c in captures(&YEAR_FIRST, text) {
        add(c.get(0).map_or(0..0, |m| m.range()), built(&c[0], &c[1], month_number(&c[2]), &c[3]));
    }
    let both = captures(&MONTH_FIRST, text).into_iter().map(|c| (c, 1, 2));
    for (c, month, of_month) in both.chain(captures(&DAY_FIRST, text).into_iter().map(|c| (c, 2, 1))) {
        let mut range = c.get(0).map_or(0..0, |m| m.range());
        let (name, mut number) = (&c[month], &c[of_month]);
        if of_month == 1
            && let Some(first) = FIRST_OF.as_ref().and_then(|regex| regex.captures(&text[..range.start]))
            && let (Some(all), Some(day)) = (first.get(0), first.get(1))
            && day.as_str().parse::<u8>().unwrap_or(0) < number.parse::<u8>().unwrap_or(0)
        {
            (range.start, number) = (all.start(), day.as_str());
        }
        match c.get(3) {
            Some(year) => add(range, built(&c[0], year.as_str(), month_number(name), number)),
            // "June 2025" is a month and no day.
            None if number.len() == 4 => {}
            None => match (month_number(name), number.parse::<i8>()) {
                (Some(month), Ok(of_month)) if day(2024, month, of_month).is_some() => {
                    add(range, Found::NoYear(month, of_month));
                }
                _ => {}
            },
        }
    }
}

fn numeric(text: &str, add: &mut Add<'_>) {
    for c in captures(&NUMERIC, text) {
        let range = c.get(0).map_or(0..0, |m| m.range());
        let (first, second, year) = (&c[1], &c[3], &c[4]);
        let short_year = year.len() == 2 && &c[2] == "/";
        if first.len() > 2 || second.len() > 2 || !(year.len() == 4 || short_year) || digit_before(text, range.start) {
            continue;
        }
        if short_year {
            add(range, Found::Bad(c[0].to_owned(), "the year has two digits"));
            continue;
        }
        let (a, b) = (first.parse::<i8>().unwrap_or(0), second.parse::<i8>().unwrap_or(0));
        let what = match (a, b) {
            _ if a == b || b > 12 => built(&c[0], year, Some(a), second),
            _ if a > 12 => built(&c[0], year, Some(b), first),
            _ => Found::Bad(c[0].to_owned(), AMBIGUOUS),
        };
        add(range, what);
    }
}

fn compact(text: &str, add: &mut Add<'_>) {
    for c in captures(&COMPACT, text) {
        let digits = &c[1];
        if digits.len() != 8 {
            continue;
        }
        let month = digits[4..6].parse().ok();
        if let found @ Found::Day(_) = built(digits, &digits[..4], month, &digits[6..]) {
            add(c.get(0).map_or(0..0, |m| m.range()), found);
        }
    }
}

/// The number of an English month, from its first three letters on.
pub(super) fn month_number(name: &str) -> Option<i8> {
    let start = name.to_ascii_lowercase();
    let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let at = months.iter().position(|month| start.starts_with(month))?;
    i8::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_a_day_is_read() {
        for text in [
            "2025-06-17",
            "2025/06/17",
            "2025_06_17",
            "20250617",
            "June 17, 2025",
            "Tuesday, June 17th, 2025",
            "17 June 2025",
            "Jun 17 2025",
            "17th of June, 2025",
            "2025年6月17日",
            "2025 Jun 17",
            "17.06.2025",
            "06/17/2025",
            "june-17-2025",
            "Jun. 17, 2025",
            "2025-06-17T10:00:00Z",
            "Notes_20250617_final",
            "2025-6-17",
            "17-18 June 2025",
            "June 17-18, 2025",
            "June 17th – 18th 2025",
            "2025-06/2025-06-17",
        ] {
            assert_eq!(first_day(text), day(2025, 6, 17), "{text}");
        }
    }

    #[test]
    fn what_is_no_day_is_not_made_one() {
        for text in ["2023-08-235", "2023-02-30", "2023-13-01", "06/07/2025", "June 31, 2025", "6/17/25", "20230-08-23"]
        {
            assert_eq!(first_day(text), None, "{text}");
        }
        for text in ["2023-08-235", "2023-02-30", "06/07/2025", "6/17/25", "June 31, 2025"] {
            assert!(first_bad(text).is_some(), "{text}");
        }
        for text in ["release 1.2.3", "June 2025", "2025", "123456789", "10.0.0.1", "v0.10 (July)"] {
            assert_eq!(find(text), vec![], "{text}");
        }
        assert_eq!(find("December 19 (APAC)")[0].1, Found::NoYear(12, 19));
    }
}
