//! Parts of chats' JSON that are written in more than one way.

use serde::de::{Deserializer, Error, Visitor};
use std::fmt;

/// An id, written as text or as a whole number.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id(pub String);

impl<'de> serde::Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Ids;
        impl Visitor<'_> for Ids {
            type Value = Id;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id (text or a whole number)")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Id, E> {
                Ok(Id(text.to_owned()))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Id, E> {
                Ok(Id(number.to_string()))
            }
        }
        deserializer.deserialize_any(Ids)
    }
}

/// A time as a number of its unit since 1970, which some programs write as a float or as text.
pub(crate) fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    struct Instant;
    impl Visitor<'_> for Instant {
        type Value = f64;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a time (a number)")
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<f64, E> {
            Ok(number as f64)
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<f64, E> {
            Ok(number as f64)
        }

        fn visit_f64<E: Error>(self, number: f64) -> Result<f64, E> {
            Ok(number)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<f64, E> {
            let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
            number.ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
        }

        fn visit_unit<E: Error>(self) -> Result<f64, E> {
            Ok(0.0)
        }
    }
    deserializer.deserialize_any(Instant)
}

/// The same, to the whole unit.
#[allow(clippy::cast_possible_truncation, reason = "times of this era are far from the ends")]
pub(crate) fn whole_instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    instant(deserializer).map(|number| number as i64)
}

/// The value, or nothing where the key is there with `null`.
pub(crate) fn nullable<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: serde::Deserialize<'de> + Default,
{
    Ok(<Option<T> as serde::Deserialize>::deserialize(deserializer)?.unwrap_or_default())
}

/// A piece as what it should be, or why it is not: what was found, what was expected.
pub(crate) fn parse<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    // Bytes that are no UTF-8 cost their characters, not the record.
    let text = String::from_utf8_lossy(bytes);
    serde_json::from_str(&text).map_err(|error| {
        let message = error.to_string();
        // The line and column are those of the piece, not of the file.
        message.rsplit_once(" at line ").map_or(message.clone(), |(what, _)| what.to_owned())
    })
}
