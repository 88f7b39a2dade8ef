//! What a note's path says: its day, its series, a year.

use super::date::{self, Found};
use jiff::civil::Date;

/// A note's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The path relative to the source, with `/`.
    pub file: String,
    /// The day in the path.
    pub day: Option<Date>,
    /// Something in the path meant as a date that is none.
    pub bad: Option<(String, &'static str)>,
    /// A year alone, which completes "June 17".
    pub year: Option<i16>,
    /// Parent folders and what the file name says beside the date; empty when nothing is left.
    pub series: String,
    /// A template by its name.
    pub template: bool,
}

/// File names that say nothing about which meeting it is.
const GENERIC: &[&str] = &[
    "readme",
    "index",
    "notes",
    "note",
    "minutes",
    "meeting",
    "meetings",
    "meeting-notes",
    "meeting-minutes",
    "agenda",
    "summary",
    "mom",
    "meeting_notes",
    "meeting_minutes",
];

impl Place {
    /// Reads a relative path.
    pub fn of(file: &str) -> Self {
        let mut parts: Vec<&str> = file.split('/').collect();
        let name = parts.pop().unwrap_or_default();
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let joined = parts.iter().copied().chain([stem]).collect::<Vec<_>>().join("/");
        let mut found = date::find(&joined);
        if !found.iter().any(|(_, found)| matches!(found, Found::Day(_) | Found::Bad(..))) {
            found.extend(day_of_year(&joined, stem));
        }
        let days: Vec<_> = found.iter().filter(|(_, f)| matches!(f, Found::Day(_))).collect();
        // The file name is nearer to the note than its folders.
        let (range, day) = match days.last() {
            Some((range, Found::Day(day))) => (Some(range.clone()), Some(*day)),
            _ => (None, None),
        };
        let bad = match found.last() {
            Some((_, Found::Bad(text, why))) => Some((text.clone(), *why)),
            _ => None,
        };
        let cut = |range: std::ops::Range<usize>| format!("{}\0{}", &joined[..range.start], &joined[range.end..]);
        let rest = match (range, &found.last()) {
            (Some(range), _) if bad.is_none() => cut(range),
            (_, Some((range, Found::Bad(..)))) => cut(range.clone()),
            _ => joined.clone(),
        };
        let words = super::section::words(&joined);
        Self {
            file: file.to_owned(),
            day: day.filter(|_| bad.is_none()),
            bad,
            year: year_in(&joined),
            series: series(&rest),
            template: words.iter().any(|word| word == "template" || word == "templates" || word == "yyyy"),
        }
    }
}

/// `2025/call-06-17`: the year is a folder, month and day are in the name of the file.
fn day_of_year(joined: &str, stem: &str) -> Option<(std::ops::Range<usize>, Found)> {
    let folders = joined.len() - stem.len();
    let year = joined[..folders].split('/').find_map(|folder| folder.parse().ok().filter(|_| folder.len() == 4))?;
    let digits = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = stem.split(['-', '_']).collect();
    let at = (1..parts.len()).find(|&at| digits(parts[at - 1]) && digits(parts[at]))?;
    let alone = parts.iter().filter(|part| part.bytes().all(|b| b.is_ascii_digit())).count() == 2;
    let day = date::day(year, parts[at - 1].parse().ok()?, parts[at].parse().ok()?).filter(|_| alone)?;
    let start = folders + parts[..at - 1].iter().map(|part| part.len() + 1).sum::<usize>();
    Some((start..start + 5, Found::Day(day)))
}

fn series(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').collect();
    let last = parts.len().saturating_sub(1);
    let mut kept: Vec<String> = Vec::new();
    let mut after_year = false;
    for (at, part) in parts.iter().enumerate() {
        let said = without_date(part);
        let dated = said.is_empty() || (after_year && is_month(&said));
        after_year = dated && (after_year || year_in(part).is_some());
        let generic = at == last && GENERIC.contains(&said.to_lowercase().as_str());
        if !dated && !generic {
            kept.push(said);
        }
    }
    kept.join("/")
}

/// A path part without the cut date (`\0`), a year, a quarter, a year-month, and the separators left over.
fn without_date(part: &str) -> String {
    let words: Vec<&str> = part.split(['-', '_', ' ', '.', '\0']).filter(|word| !word.is_empty()).collect();
    let is_year = |word: &str| word.len() == 4 && word.parse::<i16>().is_ok_and(|y| (1970..2100).contains(&y));
    let mentions_date = part.contains('\0') || words.iter().any(|word| is_year(word));
    if !mentions_date {
        return part.trim_matches(['-', '_', ' ']).to_owned();
    }
    let small = |word: &str| word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit());
    let quarter =
        |word: &str| word.len() == 2 && word.starts_with(['q', 'Q']) && word.ends_with(|c: char| c.is_ascii_digit());
    let weekday = |word: &str| {
        let w = word.to_lowercase();
        ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
            .iter()
            .any(|d| w == *d || (w.starts_with(d) && w.ends_with("day")))
    };
    let kept: Vec<&str> = words
        .into_iter()
        .filter(|word| !is_year(word) && !small(word) && !quarter(word) && !is_month(word) && !weekday(word))
        .collect();
    kept.join("-")
}

fn is_month(text: &str) -> bool {
    let digits = text.len() <= 2 && text.parse::<u8>().is_ok_and(|n| (1..=12).contains(&n));
    let named = text.len() >= 3 && text.bytes().all(|b| b.is_ascii_alphabetic()) && {
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
        let lower = text.to_lowercase();
        MONTHS.iter().any(|month| *month == lower || month[..3] == lower)
    };
    digits || named
}

/// The last year that stands alone in a text.
pub(super) fn year_in(text: &str) -> Option<i16> {
    let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() == 4);
    numbers.filter_map(|digits| digits.parse().ok()).rfind(|year| (1990..2100).contains(year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_is_the_path_without_its_date() {
        for (file, series, day) in [
            ("maintainer/2025-06-17/README.md", "maintainer", true),
            ("talks/app/2025-06-17.md", "talks/app", true),
            ("talks/app/bin-compat-2025-06-17.md", "talks/app/bin-compat", true),
            ("talks/community/2025/2025-06-17.md", "talks/community", true),
            ("2025/06/17.md", "", true),
            ("sig-net/2025/06-17-notes.md", "sig-net", true),
            ("tsc/20250617-minutes.md", "tsc", true),
            ("june-17-2025.md", "", true),
            ("2025/call-06-17.md", "call", true),
            ("2025/telcons/06-17-minutes.md", "telcons", true),
            ("2025/telcons/16-17-minutes.md", "telcons/16-17-minutes", false),
            ("2025-06/2025-06-17-team.md", "team", true),
            ("archive/2019-meeting-notes.md", "archive", false),
            ("archive/2025/June/weekly.md", "archive/weekly", false),
            ("talks/2022/topics.md", "talks/topics", false),
            ("wg/2023-08-235.md", "wg", false),
        ] {
            let place = Place::of(file);
            assert_eq!((place.series.as_str(), place.day.is_some()), (series, day), "{file}");
        }
        assert!(Place::of("wg/2023-08-235.md").bad.is_some());
        assert_eq!(Place::of("archive/2019-meeting-notes.md").year, Some(2019));
    }
}
