//! A figure in words.

use crate::figure::Figure;
use crate::markdown::{day, value};
use crate::number;
use crate::report::choice::{Cut, cut};
use crate::report::text::shown;

/// `12 (11 to 14)`: the value and its interval.
pub(crate) fn amount(figure: &Figure) -> String {
    value(figure)
}

/// The unit, unless the percent sign says it.
pub(crate) fn unit(figure: &Figure) -> String {
    if figure.unit == "share" { String::new() } else { shown(&figure.unit) }
}

/// `2025Q4, unfinished`; `365d: 2025-01-01 until 2026-01-01`.
pub(crate) fn window(figure: &Figure) -> String {
    let mut label = match cut(figure) {
        Cut::Single if !figure.window.contains("..") => {
            format!("{}: {} until {}", shown(&figure.window), day(figure.window_start), day(figure.window_end))
        }
        _ => shown(&figure.window),
    };
    if figure.unfinished {
        label.push_str(", unfinished");
    }
    label
}

/// The same where there is little room: `365d until 2026-01-01`.
pub(crate) fn short_window(figure: &Figure) -> String {
    match cut(figure) {
        Cut::Single if !figure.window.contains("..") => {
            format!("{} until {}", shown(&figure.window), day(figure.window_end))
        }
        _ => window(figure),
    }
}

/// `organisation: Acme`; empty for all.
pub(crate) fn group(figure: &Figure) -> String {
    match figure.group.split_once('=') {
        Some((column, value)) => format!("{}: {}", shown(&column.replace('_', " ")), shown(value)),
        None => shown(&figure.group),
    }
}

/// A part as a percentage, nothing where there is none.
pub(crate) fn part(share: Option<f64>) -> String {
    share.map_or(String::new(), number::percent)
}
