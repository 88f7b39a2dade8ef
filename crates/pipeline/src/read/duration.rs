//! Lengths of time: `90s`, `15m`, `2h`, `7d`.

use super::{Reader, Table};
use crate::schema::Shape;
use crate::tree::entry;
use std::time::Duration;

const UNITS: [(&str, u64); 5] = [("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400), ("w", 604_800)];

impl Reader<'_> {
    /// A length of time, longer than none.
    pub(super) fn duration(&mut self, table: &Table<'_>, key: &str) -> Option<Duration> {
        let found = entry(table.entries, key)?;
        let text = self.string(key, Shape::Duration, &found.node)?;
        let duration = parse(&text.value);
        if duration.is_none() {
            let message = format!("{key} must be {}; found {:?}", Shape::Duration.description(), text.raw);
            self.texts.error(&text.at, message).help("write it as 90s, 15m, 2h, 7d or 2w");
        }
        duration
    }
}

/// One number and its unit.
fn parse(text: &str) -> Option<Duration> {
    let (number, seconds) = UNITS.iter().find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)))?;
    let number: u64 = number.trim_end().parse().ok().filter(|number| *number > 0)?;
    number.checked_mul(*seconds).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::parse;
    use std::time::Duration;

    #[test]
    fn a_length_of_time_is_a_number_and_its_unit() {
        for (text, seconds) in [("90s", 90), ("15m", 900), ("2 h", 7_200), ("7d", 604_800), ("1w", 604_800)] {
            assert_eq!(parse(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "90", "s", "0s", "-1s", "1.5h", "1h30m", "15 minutes", "99999999999999999999d"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
