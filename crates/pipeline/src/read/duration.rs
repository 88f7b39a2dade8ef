//! Lengths of time: `"90s"`, `"15m"`, `"2h"`, `"1d"`.

use super::{Reader, Table};
use crate::schema::Shape;
use crate::tree::entry;
use jiff::SignedDuration;
use std::time::Duration;

impl Reader<'_> {
    /// How long something takes; `None` when the key is absent or wrong.
    pub(super) fn duration(&mut self, table: &Table<'_>, key: &str) -> Option<Duration> {
        let found = entry(table.entries, key)?;
        let text = self.string(key, Shape::Duration, &found.node)?;
        let length = length(&text.value);
        if length.is_none() {
            self.texts
                .error(&text.at, format!("{key} must be {}; found {:?}", Shape::Duration.description(), text.raw))
                .help("write it as 90s, 15m, 2h or 1d");
        }
        length
    }
}

/// A day is 24 hours here: nothing is due by it, something takes so long.
fn length(text: &str) -> Option<Duration> {
    let text = text.trim();
    let days = text.strip_suffix('d').and_then(|days| days.parse::<i64>().ok());
    let length = match days {
        Some(days) => SignedDuration::from_secs(days.checked_mul(86_400)?),
        None => text.parse().ok()?,
    };
    length.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_and_what_is_none_is_refused() {
        let seconds = |text| length(text).map(|length| length.as_secs());
        assert_eq!(["90s", "15m", "2h", "1d", "1h 30m", "0s"].map(seconds), [90, 900, 7200, 86_400, 5400, 0].map(Some));
        for wrong in ["", "90", "-2h", "2 weeks ago", "1mo", "999999999999999d"] {
            assert_eq!(length(wrong), None, "{wrong}");
        }
    }
}
