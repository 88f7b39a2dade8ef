//! When a mail was sent: RFC 5322 dates, and what mail programs of forty years wrote in their place.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

/// An instant, and whether its zone was stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sent {
    pub time: Timestamp,
    /// False: there was no zone, or none that is known, and the time was taken for UTC.
    pub zone_is_known: bool,
}

/// Reads the value of a Date header. `None` is a date that cannot be read: nothing is made up.
///
/// Read are RFC 5322 and its obsolete forms, asctime (`Thu Nov  1 11:19:12 2001`), ISO 8601, days and months joined by
/// hyphens, a weekday in any language or a wrong one (it adds nothing), two-digit years (to 49: 20xx) and comments.
pub(super) fn read(text: &str) -> Option<Sent> {
    let text = without_comments(text);
    let text = text.trim();
    if text.len() > 200 {
        return None;
    }
    if is_iso(text) {
        return iso(text);
    }
    let mut found = Found::default();
    for (at, token) in text.split([' ', '\t', '\r', '\n', ',']).filter(|token| !token.is_empty()).enumerate() {
        found.take(token, at == 0)?;
    }
    found.sent()
}

/// What the words of a date said so far.
#[derive(Default)]
struct Found {
    day: Option<i8>,
    month: Option<i8>,
    year: Option<i16>,
    time: Option<(i8, i8, i8)>,
    /// Seconds east of UTC.
    zone: Option<i32>,
    is_afternoon: Option<bool>,
}

impl Found {
    /// Takes one word. `None` is a word that has no place in a date.
    fn take(&mut self, token: &str, is_first: bool) -> Option<()> {
        let first = token.chars().next()?;
        if first.is_ascii_digit() && token.contains(':') && self.time.is_none() {
            return self.take_time(token);
        }
        if token.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.take_number(token);
        }
        if first.is_ascii_digit() && token.contains('-') && self.day.is_none() {
            let parts: Vec<&str> = token.split('-').collect();
            return if parts.len() == 3 { parts.iter().try_for_each(|part| self.take(part, false)) } else { None };
        }
        if self.month.is_none()
            && let Some(month) = month(token)
        {
            self.month = Some(month);
            return Some(());
        }
        if self.time.is_some() {
            self.take_zone(token);
            return Some(());
        }
        (is_first && token.trim_end_matches('.').chars().all(char::is_alphabetic)).then_some(())
    }

    fn take_number(&mut self, token: &str) -> Option<()> {
        let number: i16 = token.parse().ok()?;
        if token.len() <= 2 && self.day.is_none() {
            self.day = i8::try_from(number).ok();
        } else if self.year.is_none() {
            self.year = Some(match token.len() {
                1 | 2 if number < 50 => 2000 + number,
                1..=3 => 1900 + number,
                _ => number,
            });
        }
        Some(())
    }

    /// `14:26`, `14:26:40`, `14:26:40.123`, and with a zone that no space parts from it.
    fn take_time(&mut self, token: &str) -> Option<()> {
        let end = token.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').unwrap_or(token.len());
        let (clock, zone) = token.split_at(end);
        let mut parts = clock.split(':');
        let mut part = || parts.next().map(|part| part.split('.').next().unwrap_or_default().parse::<i8>());
        let (hour, minute) = (part()?.ok()?, part()?.ok()?);
        let second = part().transpose().ok()?.unwrap_or(0);
        // A leap second: no clock of ours has one.
        self.time = Some((hour, minute, if second == 60 { 59 } else { second }));
        if !zone.is_empty() {
            self.take_zone(zone);
        }
        Some(())
    }

    /// Takes a zone; the first that is known counts. A zone that is not known is no zone.
    fn take_zone(&mut self, token: &str) {
        let upper = token.to_ascii_uppercase();
        match upper.as_str() {
            "AM" | "PM" => self.is_afternoon = Some(upper == "PM"),
            "DST" => self.zone = self.zone.map(|zone| zone + 3600),
            _ if self.zone.is_none() => self.zone = zone(&upper),
            _ => {}
        }
    }

    fn sent(self) -> Option<Sent> {
        let (mut hour, minute, second) = self.time?;
        match self.is_afternoon {
            Some(true) if (1..12).contains(&hour) => hour += 12,
            Some(false) if hour == 12 => hour = 0,
            _ => {}
        }
        // Before there was mail, a year is a typing error.
        let year = self.year.filter(|year| *year >= 1900)?;
        let date = Date::new(year, self.month?, self.day?).ok()?;
        let time = jiff::civil::Time::new(hour, minute, second, 0).ok()?;
        let offset = Offset::from_seconds(self.zone.unwrap_or(0)).ok()?;
        let time = offset.to_timestamp(date.to_datetime(time)).ok()?;
        Some(Sent { time, zone_is_known: self.zone.is_some() })
    }
}

fn month(token: &str) -> Option<i8> {
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
    let token = token.trim_end_matches('.').to_ascii_lowercase();
    let at = MONTHS
        .iter()
        .position(|month| token.len() >= 3 && month.starts_with(&token) || token == "sept" && *month == "september")?;
    i8::try_from(at + 1).ok()
}

/// Whether a word is an English month, or its first three letters.
pub(super) fn is_month(token: &str) -> bool {
    month(token).is_some()
}

/// Seconds east of UTC of `+0100`, `-05:00`, `GMT+0100`, `GMT` and the names that mean one thing (RFC 5322's, and those of
/// Europe and Japan). Of others, as `IST`, nothing is known.
fn zone(upper: &str) -> Option<i32> {
    let hours = match upper {
        "UT" | "UTC" | "GMT" | "Z" | "WET" | "GMT0" => 0.0,
        "CET" | "MET" | "MEZ" | "WEST" => 1.0,
        "CEST" | "MEST" | "MESZ" | "EET" => 2.0,
        "EEST" | "MSK" => 3.0,
        "JST" | "KST" => 9.0,
        "NST" => -3.5,
        "EDT" => -4.0,
        "EST" | "CDT" => -5.0,
        "CST" | "MDT" => -6.0,
        "MST" | "PDT" => -7.0,
        "PST" => -8.0,
        _ => return offset(upper.trim_start_matches("GMT").trim_start_matches("UTC")),
    };
    #[expect(clippy::cast_possible_truncation, reason = "halves of hours")]
    Some((hours * 3600.0) as i32)
}

fn offset(text: &str) -> Option<i32> {
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let digits = text[1..].replace(':', "");
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i32, i32) = match digits.len() {
        1 | 2 => (digits.parse().ok()?, 0),
        4 => (digits[..2].parse().ok()?, digits[2..].parse().ok()?),
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

fn is_iso(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10 && bytes[..4].iter().all(u8::is_ascii_digit) && bytes[4] == b'-' && bytes[7] == b'-'
}

/// `2001-11-01T11:19:12+01:00`, also with spaces before the time and the zone.
fn iso(text: &str) -> Option<Sent> {
    let (date, rest) = text.split_at_checked(10)?;
    if !rest.starts_with(['T', 't', ' ']) {
        return None;
    }
    let mut found = Found::default();
    let mut parts = date.split('-');
    found.year = parts.next()?.parse().ok();
    found.month = parts.next()?.parse().ok();
    found.day = parts.next()?.parse().ok();
    for token in rest.trim_start_matches(['T', 't']).split_ascii_whitespace() {
        found.take(token, false)?;
    }
    found.sent()
}

/// The text without what is in round brackets; a bracket that is never closed takes the rest.
fn without_comments(text: &str) -> String {
    let mut depth = 0_usize;
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => clean.push(c),
            _ => {}
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_every_age_are_read() {
        for (text, utc) in [
            ("Wed, 01 Dec 2010 14:26:40 +0100", "2010-12-01T13:26:40Z"),
            ("Wed, 1 Dec 10 14:26 GMT", "2010-12-01T14:26:00Z"),
            ("1 Dec 99 14:26:40 EST", "1999-12-01T19:26:40Z"),
            ("1 Dec 110 14:26:40 EST", "2010-12-01T19:26:40Z"),
            ("Mon, 01 Dec 2010 14:26:40 GMT+0100 (CET)", "2010-12-01T13:26:40Z"),
            ("Wed, 01 Dec 2010 14:26:40 +0100 (CET (DST))", "2010-12-01T13:26:40Z"),
            ("Wed,01 December 2010 14:26:40 -05:30", "2010-12-01T19:56:40Z"),
            ("mer., 1 Dec 2010 14:26:40+0100", "2010-12-01T13:26:40Z"),
            ("Wed Dec  1 14:26:40 EST 2010", "2010-12-01T19:26:40Z"),
            ("01-Dec-2010 14:26:40 MET DST", "2010-12-01T12:26:40Z"),
            ("Wed, 1 Dec 2010 02:26:40 PM +0000", "2010-12-01T14:26:40Z"),
            ("2010-12-01T14:26:40.123+01:00", "2010-12-01T13:26:40Z"),
            ("2010-12-01 14:26:40 +0100", "2010-12-01T13:26:40Z"),
            ("Sat, 31 Dec 2016 23:59:60 +0000", "2016-12-31T23:59:59Z"),
            ("Wed, 1 Dec 2010 14:26:40 -0000", "2010-12-01T14:26:40Z"),
        ] {
            let sent = read(text).expect(text);
            assert_eq!((sent.time.to_string().as_str(), sent.zone_is_known), (utc, true), "{text}");
        }
    }

    #[test]
    fn a_zone_that_is_not_stated_is_said() {
        for text in [
            "Thu Nov  1 11:19:12 2001",
            "Thu, 1 Nov 2001 11:19:12",
            "1 Nov 2001 11:19:12 XYZ",
            "1 Nov 2001 11:19:12 +9999",
        ] {
            let sent = read(text).expect(text);
            assert_eq!((sent.time.to_string().as_str(), sent.zone_is_known), ("2001-11-01T11:19:12Z", false), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "yesterday",
            "RANDOM_Wed, 21 Sep 2016 22:42:07 +0300",
            "Wed, 31 Feb 2010 14:26:40 +0100",
            "Wed, 01 Dec 2010 25:26:40 +0100",
            "Wed, 01 Dec 2010",
            "Wed, 01 Dec 0010 10:00:00 +0000",
            "2023-08-235 10:00",
            "99999999999999999999 Dec 2010 10:00",
            "1:2:3:4:5",
            "(",
            "é-é-é 10:00",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
