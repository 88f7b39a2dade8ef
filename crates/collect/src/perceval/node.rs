//! An object of JSON, looked into leniently: what is missing, null, empty or of another type is not there.

use muster_model::{Timestamp, parse_time};
use serde_json::{Map, Value};

/// An object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node<'a>(&'a Map<String, Value>);

impl<'a> Node<'a> {
    pub fn of(value: &'a Value) -> Option<Self> {
        value.as_object().map(Self)
    }

    pub fn get(self, key: &str) -> Option<&'a Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    pub fn object(self, key: &str) -> Option<Self> {
        self.get(key).and_then(Self::of)
    }

    /// The elements of a list; none where there is no list.
    pub fn list(self, key: &str) -> &'a [Value] {
        self.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    pub fn text(self, key: &str) -> Option<&'a str> {
        self.get(key)?.as_str().map(str::trim).filter(|text| !text.is_empty())
    }

    /// A text as it is, with the blanks around it; empty where there is none.
    pub fn said(self, key: &str) -> &'a str {
        self.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// A number or text that names something.
    pub fn id(self, key: &str) -> Option<String> {
        match self.get(key)? {
            Value::Number(number) => Some(number.to_string()),
            _ => self.text(key).map(str::to_owned),
        }
    }

    /// A whole number, be it written as text.
    pub fn number(self, key: &str) -> Option<u64> {
        match self.get(key)? {
            Value::Number(number) => number.as_u64(),
            _ => self.text(key)?.parse().ok(),
        }
    }

    pub fn flag(self, key: &str) -> bool {
        self.get(key).and_then(Value::as_bool).unwrap_or(false)
    }

    /// A time as text.
    pub fn time(self, key: &str) -> Option<Timestamp> {
        parse_time(self.text(key)?).ok()
    }

    /// Seconds since 1970; 0 is no time.
    pub fn seconds(self, key: &str) -> Option<Timestamp> {
        self.whole(key).and_then(|seconds| Timestamp::from_second(seconds).ok())
    }

    /// Milliseconds since 1970; 0 is no time.
    pub fn milliseconds(self, key: &str) -> Option<Timestamp> {
        self.whole(key).and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok())
    }

    /// A number with or without sign, to the unit.
    pub fn whole(self, key: &str) -> Option<i64> {
        let number = match self.get(key)? {
            Value::Number(number) => number.as_i64().or_else(|| {
                let float = number.as_f64()?;
                #[allow(clippy::cast_possible_truncation, reason = "it is in the range of an i64")]
                (float.abs() < 9e15).then_some(float as i64)
            }),
            _ => self.text(key)?.parse().ok(),
        };
        number.filter(|number| *number != 0)
    }
}
