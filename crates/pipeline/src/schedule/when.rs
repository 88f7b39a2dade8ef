//! A cron expression in a time zone.

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::tz::TimeZone;
use muster_model::Timestamp;
use std::fmt;

/// A cron expression in a time zone.
///
/// What happens when clocks are put forward or back is croner's rule, which is Vixie cron's: an expression of fixed
/// times (`30 2 * * *`) comes once on such a day, right after the hour that is left out, and in the first of two equal
/// hours; one with `*` in seconds, minutes or hours counts real time, so it comes in both of two equal hours and not in
/// one that is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    text: String,
    cron: Cron,
    zone: TimeZone,
}

impl When {
    /// Understands an expression: five fields, six with seconds, or `@daily` and its like.
    ///
    /// # Errors
    /// What is wrong with it, in a few words; also that it never comes, such as the 30th of February.
    pub fn new(text: &str, zone: TimeZone) -> Result<Self, String> {
        let fields = text.split_whitespace().count();
        let is_word = text.trim().starts_with('@');
        if !is_word && !(5..=6).contains(&fields) {
            return Err(format!("it has {fields} fields; five, or six with seconds first"));
        }
        let parser = CronParser::builder().seconds(Seconds::Optional).year(Year::Disallowed).build();
        let cron = parser.parse(text.trim()).map_err(|error| match is_word {
            true => "no such word".to_owned(),
            false => short(&error.to_string()),
        })?;
        let when = Self { text: text.to_owned(), cron, zone };
        match when.after(Timestamp::UNIX_EPOCH) {
            Some(_) => Ok(when),
            None => Err("it never comes".to_owned()),
        }
    }

    /// The first time after an instant.
    pub fn after(&self, instant: Timestamp) -> Option<Timestamp> {
        let next = self.cron.find_next_occurrence(&instant.to_zoned(self.zone.clone()), false).ok()?;
        Some(whole(next.timestamp()))
    }

    /// The last time that is not after an instant.
    pub fn last(&self, instant: Timestamp) -> Option<Timestamp> {
        let last = self.cron.find_previous_occurrence(&instant.to_zoned(self.zone.clone()), true).ok()?;
        Some(whole(last.timestamp()))
    }

    /// The time zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Due times are whole seconds.
fn whole(instant: Timestamp) -> Timestamp {
    Timestamp::from_second(instant.as_second()).unwrap_or(instant)
}

/// croner's words without the name of its part that says them.
fn short(error: &str) -> String {
    let words = ["Component error: ", "Invalid pattern: "].iter().find_map(|part| error.strip_prefix(part));
    let words = words.unwrap_or(error).trim_end_matches('.');
    words.to_owned()
}
