//! What a column says to an instant.

use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::{Offset, TimeZone};
use muster_model::{CollectError, Timestamp};

/// How the times of a source are written.
#[derive(Debug, Clone)]
pub(super) struct Times {
    format: Option<String>,
    offset: Option<Offset>,
}

/// Why a text is no time, and what to do.
pub(super) type Wrong = (String, &'static str);

const NO_OFFSET: &str = "say it at this source of the pipeline file, as offset = \"+08:00\"";
const NO_FORMAT: &str = "say how times are written at this source, as time_format = \"%Y/%m/%d %H:%M:%S\"";

impl Times {
    /// By what the pipeline file says.
    ///
    /// # Errors
    /// A format or an offset that is none.
    pub fn new(format: Option<&str>, offset: Option<&str>) -> Result<Self, CollectError> {
        let offset = offset.map(parse_offset).transpose()?;
        if let Some(format) = format {
            let sample = jiff::Zoned::new(Timestamp::UNIX_EPOCH, TimeZone::UTC);
            strtime::format(format, &sample).map_err(|error| {
                CollectError::new(
                    format!("time_format {format:?} is none: {error}"),
                    "write it as \"%Y-%m-%d %H:%M:%S\" (strptime)",
                )
            })?;
        }
        Ok(Self { format: format.map(str::to_owned), offset })
    }

    /// The instant.
    ///
    /// # Errors
    /// Why it is none.
    pub fn parse(&self, text: &str) -> Result<Timestamp, Wrong> {
        let text = text.trim();
        if let Some(format) = &self.format {
            return self.by_format(format, text);
        }
        if let Ok(time) = text.parse::<Timestamp>() {
            return Ok(time);
        }
        if text.starts_with(|c: char| c.is_ascii_digit())
            && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        {
            return number(text);
        }
        match text.parse::<DateTime>() {
            Ok(civil) => self.at_offset(civil, text),
            Err(_) => Err((format!("{text:?} is no time"), NO_FORMAT)),
        }
    }

    fn by_format(&self, format: &str, text: &str) -> Result<Timestamp, Wrong> {
        let wrong =
            || (format!("{text:?} is no time as {format:?} has it"), "mend time_format at this source, or the row");
        let parsed = strtime::parse(format, text).map_err(|_| wrong())?;
        if let Ok(time) = parsed.to_timestamp() {
            return Ok(time);
        }
        let civil = parsed.to_datetime().or_else(|_| parsed.to_date().map(|date| date.at(0, 0, 0, 0)));
        self.at_offset(civil.map_err(|_| wrong())?, text)
    }

    fn at_offset(&self, civil: DateTime, text: &str) -> Result<Timestamp, Wrong> {
        let offset = self.offset.ok_or_else(|| (format!("{text:?} does not say at which offset it is"), NO_OFFSET))?;
        offset.to_timestamp(civil).map_err(|error| (format!("{text:?} is no time: {error}"), NO_FORMAT))
    }
}

/// Seconds, with or without a fraction, milliseconds or microseconds since 1970: which of them it is must leave no doubt.
fn number(text: &str) -> Result<Timestamp, Wrong> {
    let wrong =
        || (format!("{text:?} is no number of seconds or milliseconds since 1970 that leaves no doubt"), NO_FORMAT);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let number: i64 = whole.parse().map_err(|_| wrong())?;
    // Nine digits to ten are seconds from 1973 to 2286; a date such as 20250617 has eight, one with its time fourteen.
    let microseconds = match (whole.len(), fraction.len()) {
        (9 | 10, 0..=9) if fraction.bytes().all(|byte| byte.is_ascii_digit()) => {
            let padded = format!("{fraction:0<6}");
            number * 1_000_000 + padded[..6].parse::<i64>().map_err(|_| wrong())?
        }
        (12 | 13, 0) => number * 1000,
        (15 | 16, 0) => number,
        _ => return Err(wrong()),
    };
    Timestamp::from_microsecond(microseconds).map_err(|_| wrong())
}

fn parse_offset(text: &str) -> Result<Offset, CollectError> {
    let wrong = || CollectError::new(format!("offset {text:?} is none"), "write it as \"+08:00\", or \"Z\" for UTC");
    if matches!(text.trim(), "Z" | "z" | "UTC") {
        return Ok(Offset::UTC);
    }
    let (sign, rest) = match text.trim().split_at_checked(1) {
        Some(("+", rest)) => (1, rest),
        Some(("-", rest)) => (-1, rest),
        _ => return Err(wrong()),
    };
    let (hours, minutes) = rest.split_once(':').or_else(|| rest.split_at_checked(2)).ok_or_else(wrong)?;
    let parse = |text: &str| text.parse::<i32>().ok().filter(|_| text.len() <= 2 && !text.starts_with(['+', '-']));
    let minutes = if minutes.is_empty() { Some(0) } else { parse(minutes) };
    match (parse(hours), minutes) {
        (Some(hours @ 0..=23), Some(minutes @ 0..=59)) => {
            Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).map_err(|_| wrong())
        }
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(format: Option<&str>, offset: Option<&str>) -> Times {
        Times::new(format, offset).expect("a format and an offset")
    }

    #[test]
    fn times_are_converted_and_never_guessed() {
        let plain = times(None, None);
        for (text, expected) in [
            ("2025-06-17T09:30:00+08:00", "2025-06-17T01:30:00Z"),
            ("2025-06-17 09:30:00Z", "2025-06-17T09:30:00Z"),
            ("1741188384", "2025-03-05T15:26:24Z"),
            ("1741188384.363019", "2025-03-05T15:26:24.363019Z"),
            ("1741188384363", "2025-03-05T15:26:24.363Z"),
        ] {
            assert_eq!(plain.parse(text).expect(text).to_string(), expected);
        }
        for text in ["2025-06-17 09:30:00", "2025-06-17", "20250617", "20250617093000", "17.06.2025", "", "12", "1.2.3"]
        {
            assert!(plain.parse(text).is_err(), "{text}");
        }
        let chinese = times(Some("%Y年%m月%d日 %H:%M"), Some("+08:00"));
        assert_eq!(chinese.parse("2025年06月17日 09:30").expect("a time").to_string(), "2025-06-17T01:30:00Z");
        assert_eq!(
            times(None, Some("-03:30")).parse("2025-06-17 09:30").expect("a time").to_string(),
            "2025-06-17T13:00:00Z"
        );
        let zoned = times(Some("%d/%b/%Y:%H:%M:%S %z"), Some("+08:00"));
        assert_eq!(zoned.parse("17/Jun/2025:09:30:00 +0200").expect("a time").to_string(), "2025-06-17T07:30:00Z");
    }

    #[test]
    fn what_the_pipeline_file_says_is_checked_at_once() {
        for offset in ["8", "+25:00", "+08:0x", "Asia/Shanghai", ""] {
            assert!(Times::new(None, Some(offset)).is_err(), "{offset}");
        }
        assert!(Times::new(Some("%Y-%!"), None).is_err());
    }
}
