//! Half-open spans of time, UTC, and the ways a metric cuts time into them.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use std::fmt;
use std::str::FromStr;

/// The half-open span `[start, end)`, UTC.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// First instant inside.
    pub start: Timestamp,
    /// First instant after it.
    pub end: Timestamp,
    /// How people write it: `2025Q2`, `2025-06`, `2025-W24`, `2025`, `365d`.
    pub label: String,
    /// Whether the as-of instant lies before its end, so that it is still filling.
    pub unfinished: bool,
}

/// How time is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WindowKind {
    /// Calendar day.
    Day,
    /// Week from Monday; labels are ISO 8601 weeks.
    Week,
    /// Calendar month.
    Month,
    /// Calendar quarter.
    Quarter,
    /// Calendar year.
    Year,
    /// The last so many days before the as-of instant: one window.
    TrailingDays(u32),
    /// Everything before the as-of instant: one window.
    All,
    /// From one day to another, which is not in it, or to the as-of instant: one window, `2024-06-01..2025-06-01`.
    Range {
        /// The first day.
        from: Date,
        /// The first day after it; none for the as-of instant.
        until: Option<Date>,
    },
    /// The year before and the year after each milestone of the pipeline, which [`WindowKind::around`] makes: on its own it
    /// has no window.
    Milestones,
}

/// A window or kind of window that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a window: {0:?}; write day, week, month, quarter, year, all, a number of days such as 365d, or two days such as 2024-06-01..2025-06-01"
)]
pub struct WindowError(pub String);

impl FromStr for WindowKind {
    type Err = WindowError;
    fn from_str(text: &str) -> Result<Self, WindowError> {
        match text {
            "day" => Ok(Self::Day),
            "week" => Ok(Self::Week),
            "month" => Ok(Self::Month),
            "quarter" => Ok(Self::Quarter),
            "year" => Ok(Self::Year),
            "all" => Ok(Self::All),
            "milestones" => Ok(Self::Milestones),
            _ => trailing(text).or_else(|| range(text)).ok_or_else(|| WindowError(text.to_owned())),
        }
    }
}

fn trailing(text: &str) -> Option<WindowKind> {
    let days = text.strip_suffix('d')?.parse().ok()?;
    (1..=36_525).contains(&days).then_some(WindowKind::TrailingDays(days))
}

fn range(text: &str) -> Option<WindowKind> {
    let (from, until) = text.split_once("..")?;
    let from: Date = from.parse().ok()?;
    let until: Option<Date> = if until.is_empty() { None } else { Some(until.parse().ok()?) };
    until.is_none_or(|until| from < until).then_some(WindowKind::Range { from, until })
}

impl fmt::Display for WindowKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day => f.write_str("day"),
            Self::Week => f.write_str("week"),
            Self::Month => f.write_str("month"),
            Self::Quarter => f.write_str("quarter"),
            Self::Year => f.write_str("year"),
            Self::All => f.write_str("all"),
            Self::TrailingDays(days) => write!(f, "{days}d"),
            Self::Range { from, until: Some(until) } => write!(f, "{from}..{until}"),
            Self::Range { from, until: None } => write!(f, "{from}.."),
            Self::Milestones => f.write_str("milestones"),
        }
    }
}

impl WindowKind {
    /// The 365 days before a milestone and the 365 days from it on.
    pub fn around(milestone: Date) -> [Self; 2] {
        let year = 365.days();
        [
            Self::Range { from: milestone.saturating_sub(year), until: Some(milestone) },
            Self::Range { from: milestone, until: Some(milestone.saturating_add(year)) },
        ]
    }

    /// Whether it is one window, not a row of them side by side.
    pub fn is_single(self) -> bool {
        matches!(self, Self::TrailingDays(_) | Self::All | Self::Range { .. })
    }

    /// The windows of this kind that touch `[first, as_of)`, oldest first. Empty when `first` is not before `as_of`.
    pub fn windows(self, first: Timestamp, as_of: Timestamp) -> Vec<Window> {
        if first >= as_of {
            return Vec::new();
        }
        match self {
            Self::All => vec![Window { start: first, end: as_of, label: "all".to_owned(), unfinished: false }],
            Self::TrailingDays(days) => {
                let start = as_of.checked_sub((i64::from(days) * 24).hours()).unwrap_or(Timestamp::MIN);
                vec![Window { start, end: as_of, label: self.to_string(), unfinished: false }]
            }
            Self::Range { from, until } => {
                let (start, end) = (midnight(from), until.map_or(as_of, midnight));
                let window = Window { start, end, label: self.to_string(), unfinished: end > as_of };
                if start < as_of { vec![window] } else { Vec::new() }
            }
            Self::Milestones => Vec::new(),
            _ => {
                let mut windows = Vec::new();
                let mut start = self.start_of(first.to_zoned(TimeZone::UTC).date());
                while midnight(start) < as_of {
                    let end = self.next(start);
                    windows.push(Window {
                        start: midnight(start),
                        end: midnight(end),
                        label: self.label(start),
                        unfinished: midnight(end) > as_of,
                    });
                    start = end;
                }
                windows
            }
        }
    }

    fn start_of(self, date: Date) -> Date {
        match self {
            Self::Week => date.checked_sub(i64::from(date.weekday().since(Weekday::Monday)).days()).unwrap_or(date),
            Self::Month => date.first_of_month(),
            Self::Quarter => first_of(date.year(), (date.month() - 1) / 3 * 3 + 1),
            Self::Year => first_of(date.year(), 1),
            _ => date,
        }
    }

    fn next(self, start: Date) -> Date {
        let step = match self {
            Self::Week => 1.week(),
            Self::Month => 1.month(),
            Self::Quarter => 3.months(),
            Self::Year => 1.year(),
            _ => 1.day(),
        };
        start.saturating_add(step)
    }

    fn label(self, start: Date) -> String {
        match self {
            Self::Week => {
                let week = start.iso_week_date();
                format!("{}-W{:02}", week.year(), week.week())
            }
            Self::Month => start.strftime("%Y-%m").to_string(),
            Self::Quarter => format!("{}Q{}", start.year(), (start.month() - 1) / 3 + 1),
            Self::Year => start.year().to_string(),
            _ => start.to_string(),
        }
    }
}

fn first_of(year: i16, month: i8) -> Date {
    jiff::civil::date(year, month, 1)
}

fn midnight(date: Date) -> Timestamp {
    date.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(kind: &str, first: &str, as_of: &str) -> Vec<String> {
        let kind: WindowKind = kind.parse().expect(kind);
        let at = |text: &str| crate::parse_time(text).expect(text);
        kind.windows(at(first), at(as_of))
            .into_iter()
            .map(|w| {
                format!(
                    "{} {}..{}{}",
                    w.label,
                    w.start.strftime("%F"),
                    w.end.strftime("%F"),
                    if w.unfinished { " unfinished" } else { "" }
                )
            })
            .collect()
    }

    #[test]
    fn windows_are_half_open_and_the_last_says_when_it_is_unfinished() {
        assert_eq!(
            labels("quarter", "2024-12-31", "2025-05-01"),
            [
                "2024Q4 2024-10-01..2025-01-01",
                "2025Q1 2025-01-01..2025-04-01",
                "2025Q2 2025-04-01..2025-07-01 unfinished"
            ]
        );
        assert_eq!(labels("quarter", "2025-01-01", "2025-04-01"), ["2025Q1 2025-01-01..2025-04-01"]);
        assert_eq!(labels("week", "2025-01-01", "2025-01-07")[0], "2025-W01 2024-12-30..2025-01-06");
        assert_eq!(labels("month", "2024-02-29", "2024-03-01"), ["2024-02 2024-02-01..2024-03-01"]);
        assert_eq!(labels("365d", "2024-12-31", "2025-05-01"), ["365d 2024-05-01..2025-05-01"]);
        assert_eq!(labels("year", "2025-01-01", "2025-01-01"), [""; 0]);
    }

    #[test]
    fn a_window_that_cannot_be_read_says_what_can() {
        assert!("fortnight".parse::<WindowKind>().is_err());
        assert!("0d".parse::<WindowKind>().is_err());
        assert!("99999999999d".parse::<WindowKind>().is_err());
    }

    #[test]
    fn a_range_is_one_window_and_ends_at_the_as_of_instant_where_it_has_no_end() {
        let at = |text: &str| crate::parse_time(text).expect("an instant");
        let (first, as_of) = (at("2024-01-01"), at("2025-01-01"));
        let of = |text: &str| text.parse::<WindowKind>().expect("a range").windows(first, as_of);
        let whole = Window {
            start: at("2024-06-01"),
            end: at("2024-07-01"),
            label: "2024-06-01..2024-07-01".into(),
            unfinished: false,
        };
        assert_eq!(of("2024-06-01..2024-07-01"), [whole]);
        assert_eq!((of("2024-06-01..")[0].end, of("2024-06-01..")[0].unfinished), (as_of, false));
        assert!(of("2024-06-01..2025-06-01")[0].unfinished);
        assert!(of("2026-01-01..").is_empty());
        for wrong in ["..", "2024-01-01", "2024-02-01..2024-01-01", "2024-13-01..", "..2024-01-01"] {
            assert!(wrong.parse::<WindowKind>().is_err(), "{wrong}");
        }
        let [before, after] = WindowKind::around("2024-03-01".parse().expect("a day"));
        assert_eq!(
            (before.to_string(), after.to_string()),
            ("2023-03-02..2024-03-01".into(), "2024-03-01..2025-03-01".into())
        );
    }
}
