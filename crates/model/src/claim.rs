//! What a claim is: a sentence with numbers, and what the metrics must say for it to hold.

use crate::{Date, WindowError, WindowKind};
use std::fmt;
use std::str::FromStr;

/// A sentence that a committee reads, and what must be so for it to hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Its name; no two of a pipeline are equal.
    pub id: String,
    /// The sentence, as it is printed.
    pub text: String,
    /// Whether the project fails when the claim does.
    pub required: bool,
    /// Where the sentence stands: `application.md:12:3`.
    pub place: Option<String>,
    /// What must be so; all of it. Never empty.
    pub expect: Vec<Expectation>,
}

/// One number of a claim: a metric in a window, and what it must be.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// The metric's id.
    pub metric: String,
    /// The window. With `over`, the kind of which each window in it is judged.
    pub window: Cut,
    /// A group of the metric, `repository=acme/lantern`; none for everything.
    pub group: Option<String>,
    /// For a rate ("15 to 20 new per quarter"): the span each window of which is judged.
    pub over: Option<WindowKind>,
    /// What the value must be, in the metric's unit; a share is from 0 to 1.
    pub must: Comparison,
}

/// One window: the one of a trailing, ranging or whole kind, a named one of a calendar kind (`2025Q2`), or the last
/// complete one of it (`quarter`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cut {
    /// How time is cut.
    pub kind: WindowKind,
    /// Which of a calendar kind's windows; none for the last complete one.
    pub label: Option<String>,
}

impl From<WindowKind> for Cut {
    fn from(kind: WindowKind) -> Self {
        Self { kind, label: None }
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.label {
            Some(label) => f.write_str(label),
            None => self.kind.fmt(f),
        }
    }
}

impl FromStr for Cut {
    type Err = WindowError;
    fn from_str(text: &str) -> Result<Self, WindowError> {
        if let Some(kind) = calendar(text) {
            return Ok(Self { kind, label: Some(text.to_owned()) });
        }
        match text.parse()? {
            // Each milestone has two windows.
            WindowKind::Milestones => Err(WindowError(text.to_owned())),
            kind => Ok(Self::from(kind)),
        }
    }
}

/// The kind whose label this is.
fn calendar(label: &str) -> Option<WindowKind> {
    let number = |text: &str, digits: usize| {
        (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse::<u16>().ok())?
    };
    let (_, rest) = label.split_at_checked(4).filter(|(year, _)| number(year, 4).is_some())?;
    if rest.is_empty() {
        return Some(WindowKind::Year);
    }
    let part = |prefix: &str, digits: usize, last: u16| {
        rest.strip_prefix(prefix).and_then(|text| number(text, digits)).is_some_and(|part| (1..=last).contains(&part))
    };
    if part("Q", 1, 4) {
        return Some(WindowKind::Quarter);
    }
    if part("-W", 2, 53) {
        return Some(WindowKind::Week);
    }
    if part("-", 2, 12) {
        return Some(WindowKind::Month);
    }
    (label.len() == 10).then(|| label.parse::<Date>().ok())?.map(|_| WindowKind::Day)
}

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Comparison {
    /// `>=`
    AtLeast(f64),
    /// `>`
    MoreThan(f64),
    /// `<=`
    AtMost(f64),
    /// `<`
    LessThan(f64),
    /// `=`
    Equal(f64),
    /// `between`, both ends counted in.
    Between(f64, f64),
}

impl Comparison {
    /// The operators that take one value.
    pub const OPERATORS: [&'static str; 5] = [">=", ">", "<=", "<", "="];
    /// The operator that takes two.
    pub const BETWEEN: &'static str = "between";

    /// The comparison of an operator with its one value; `None` when it is no such operator.
    pub fn of(operator: &str, value: f64) -> Option<Self> {
        Some(match operator {
            ">=" => Self::AtLeast(value),
            ">" => Self::MoreThan(value),
            "<=" => Self::AtMost(value),
            "<" => Self::LessThan(value),
            "=" => Self::Equal(value),
            _ => return None,
        })
    }

    /// As it is written: `>=`.
    pub fn operator(&self) -> &'static str {
        match self {
            Self::AtLeast(_) => ">=",
            Self::MoreThan(_) => ">",
            Self::AtMost(_) => "<=",
            Self::LessThan(_) => "<",
            Self::Equal(_) => "=",
            Self::Between(..) => Self::BETWEEN,
        }
    }

    /// Its value, or its two.
    pub fn values(&self) -> Vec<f64> {
        match *self {
            Self::AtLeast(value) | Self::MoreThan(value) | Self::AtMost(value) | Self::LessThan(value) => vec![value],
            Self::Equal(value) => vec![value],
            Self::Between(low, high) => vec![low, high],
        }
    }

    /// Whether a value is as it must be.
    pub fn holds(&self, value: f64) -> bool {
        match *self {
            Self::AtLeast(bound) => value >= bound,
            Self::MoreThan(bound) => value > bound,
            Self::AtMost(bound) => value <= bound,
            Self::LessThan(bound) => value < bound,
            Self::Equal(wanted) => value == wanted,
            Self::Between(low, high) => (low..=high).contains(&value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_may_be_named_by_its_label() {
        for (text, kind) in [
            ("2025", WindowKind::Year),
            ("2025Q2", WindowKind::Quarter),
            ("2025-06", WindowKind::Month),
            ("2025-W24", WindowKind::Week),
            ("2025-06-30", WindowKind::Day),
        ] {
            let cut: Cut = text.parse().expect(text);
            assert_eq!((cut.kind, cut.label.as_deref(), cut.to_string().as_str()), (kind, Some(text), text));
        }
        for text in ["365d", "quarter", "all", "2024-06-01..2025-06-01", "2024-06-01.."] {
            let cut: Cut = text.parse().expect(text);
            assert_eq!((cut.label.as_deref(), cut.to_string().as_str()), (None, text));
        }
        for text in ["", "2025Q5", "2025-13", "2025-W54", "2025-02-30", "milestones", "25", "2025-6-1", "ééé"] {
            assert!(text.parse::<Cut>().is_err(), "{text}");
        }
    }

    #[test]
    fn both_ends_of_a_range_are_in_it() {
        let all = Comparison::OPERATORS.map(|operator| Comparison::of(operator, 2.0).expect(operator));
        assert_eq!(
            all.map(|must| [1.0, 2.0, 3.0].map(|value| must.holds(value))),
            [
                [false, true, true],
                [false, false, true],
                [true, true, false],
                [true, false, false],
                [false, true, false],
            ]
        );
        assert_eq!(all.map(|must| must.operator()), Comparison::OPERATORS);
        assert_eq!(
            [14.0, 15.0, 20.0, 20.5].map(|value| Comparison::Between(15.0, 20.0).holds(value)),
            [false, true, true, false]
        );
        assert_eq!(Comparison::of("between", 2.0), None);
    }
}
