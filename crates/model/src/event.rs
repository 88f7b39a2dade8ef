//! The envelope that every fact travels in.

use crate::Payload;
use jiff::Timestamp;
use std::borrow::Cow;
use std::sync::Arc;

/// One fact, as its source states it. The attributes are those of CloudEvents 1.0.
///
/// The log adds `recorded` (when it was appended); nothing here says when it was collected, so collecting the same
/// fact twice gives the same event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Natural key of the fact, readable and stable: `github:acme/lantern#12/closed/2025-03-01T10:00:00Z`.
    pub id: String,
    /// URI of the origin: repository, workspace and channel, or file path.
    pub source: Arc<str>,
    /// When it happened, in UTC, by the source's own statement.
    pub time: Timestamp,
    /// The thing it happened to: `github:acme/lantern#12`, `meeting:maintainers/2025-06-17`.
    pub subject: String,
    /// The account that did it; see [`crate::account`].
    pub actor: Option<String>,
    /// What a human opens to check it.
    pub url: Option<String>,
    /// What happened. Its type is the event's type.
    pub data: Payload,
    /// `<collector's name>/<version>`.
    pub collector: Cow<'static, str>,
}

impl Event {
    /// The event's type, `<noun>.<past participle>`, from the catalogue in [`crate::payload`].
    pub fn kind(&self) -> &str {
        self.data.kind()
    }
}

/// Reads an instant as sources write them: RFC 3339 with any offset, a space for the `T`, `UTC` or no zone at all
/// for UTC, or a bare date (its midnight, UTC).
///
/// # Errors
/// The text, when it is none of these: a caller turns it into a [`crate::Problem`] with a position.
pub fn parse_time(text: &str) -> Result<Timestamp, String> {
    let text = text.trim();
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    // GH Archive before 2015: `2012/03/10 22:55:00 -0800`.
    let plain = text.replacen('/', "-", 2).replace(" -", "-").replace(" +", "+");
    if let Ok(time) = plain.parse::<Timestamp>() {
        return Ok(time);
    }
    let bare = plain.trim_end_matches(" UTC").trim_end_matches('Z').trim_end();
    let civil = bare
        .parse::<jiff::civil::DateTime>()
        .or_else(|_| bare.parse::<jiff::civil::Date>().map(|date| date.to_datetime(jiff::civil::Time::midnight())))
        .map_err(|_| format!("not a time: {text:?}; write it as 2025-06-17T09:30:00Z or 2025-06-17"))?;
    civil.to_zoned(jiff::tz::TimeZone::UTC).map(|zoned| zoned.timestamp()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::parse_time;

    #[test]
    fn times_of_every_age_are_read() {
        for (text, utc) in [
            ("2017-07-24T08:00:01Z", "2017-07-24T08:00:01Z"),
            ("2012-01-01T00:00:00-07:00", "2012-01-01T07:00:00Z"),
            ("2016-06-10 22:16:20 UTC", "2016-06-10T22:16:20Z"),
            ("2012/03/10 22:55:00 -0800", "2012-03-11T06:55:00Z"),
            ("2014-01-01 00:00:00 -0700", "2014-01-01T07:00:00Z"),
            ("2013-01-01T01:00:00-0800", "2013-01-01T09:00:00Z"),
            ("2014-01-01 00:00:00 +02:00", "2013-12-31T22:00:00Z"),
            ("2025-06-17", "2025-06-17T00:00:00Z"),
            ("2025-06-17T10:00:00", "2025-06-17T10:00:00Z"),
        ] {
            assert_eq!(parse_time(text).expect(text).to_string(), utc);
        }
        assert!(parse_time("2023-08-235").is_err());
    }
}
