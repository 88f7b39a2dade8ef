//! Where a claim does not hold: the nearest statement that does.

use super::meanings::Word;
use super::verdict::{Answer, Part, Reading};
use crate::number::rounded;

/// The claim with the figures as they are, in words: `197 active contributors from 31 organisations, 2024-06-01 to 2025-06-01`.
/// A part that cannot be told is told by the first of its other definitions that can. None where some part has none.
pub(super) fn nearest(parts: &[(Option<&Word>, &Part)]) -> Option<String> {
    let told: Vec<&Reading> = parts.iter().map(|(_, part)| tellable(part)).collect::<Option<_>>()?;
    let mut statement = String::new();
    for (at, ((word, part), reading)) in parts.iter().zip(&told).enumerate() {
        let joint = match at {
            0 => "",
            1 => " from ",
            _ => " and ",
        };
        statement += joint;
        statement += &counted(*word, reading)?;
        if reading.metric != part.reading.metric {
            statement += &format!(" ({})", reading.label);
        }
    }
    let when = told.first().and_then(|reading| when(reading));
    if let Some(when) = when.filter(|when| told.iter().all(|reading| self::when(reading).as_ref() == Some(when))) {
        statement += &format!(", {when}");
    }
    Some(statement)
}

/// `2024-06-01 to 2025-06-01`; of what lasts the day: `on 2025-06-01`, `at the end of 2025Q1`.
pub(super) fn when(reading: &Reading) -> Option<String> {
    let (start, end) = (reading.window_start.as_ref()?, reading.window_end.as_ref()?);
    let is_calendar =
        reading.window.starts_with(|letter: char| letter.is_ascii_digit()) && !reading.window.contains("..");
    Some(match reading.lasts {
        false => format!("{start} to {end}"),
        true if reading.window == *start => format!("on {start}"),
        true if is_calendar && !reading.window.ends_with('d') => format!("at the end of {}", reading.window),
        true => format!("on {end}"),
    })
}

/// Whether the value stands: it was only the comparison that did not.
fn stands(reading: &&Reading) -> bool {
    reading.value.is_some() && (reading.answer != Answer::Undecided || reading.high.is_some() && only_doubt(reading))
}

/// Undecided for nothing but unknown organisations: the least it can be is told.
fn only_doubt(reading: &Reading) -> bool {
    reading.because.len() == 1 && reading.rate.is_none() && reading.low != reading.high
}

fn tellable(part: &Part) -> Option<&Reading> {
    let here = |reading: &&Reading| reading.window_label.is_none() && reading.group == part.reading.group;
    Some(&part.reading).filter(stands).or_else(|| part.others.iter().filter(here).find(stands))
}

fn counted(word: Option<&Word>, reading: &Reading) -> Option<String> {
    let value = reading.value?;
    let of = |value: f64| word.map_or(reading.unit.as_str(), |word| word.counted(value)).to_owned();
    if let Some(rate) = &reading.rate {
        let each = reading.window.split(' ').next().unwrap_or_default();
        return Some(format!("{} to {} {} per {each}", rounded(rate.least?), rounded(rate.most?), of(rate.most?)));
    }
    let at_least = if reading.low == reading.high { "" } else { "at least " };
    Some(format!("{at_least}{} {}", rounded(value), of(value)))
}
