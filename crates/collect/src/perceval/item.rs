//! An item: its envelope, and the texts in it.

use crate::chat::json::nullable;
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// What Perceval writes around the data of every backend. Programs of before 2018 wrote neither category nor tag.
#[derive(Debug, Deserialize)]
pub(super) struct Item<'a> {
    /// The backend's class: `GitHub`, `MBox`.
    #[serde(default, deserialize_with = "nullable")]
    pub backend_name: String,
    #[serde(default, deserialize_with = "nullable")]
    pub category: String,
    /// What was asked: an address, which may have a password in it, or a folder.
    #[serde(default, deserialize_with = "nullable")]
    pub origin: String,
    /// A word of the user's for it; the origin where there was none.
    #[serde(default, deserialize_with = "nullable")]
    pub tag: String,
    /// When it was asked, seconds since 1970.
    #[serde(default, deserialize_with = "nullable")]
    pub timestamp: f64,
    #[serde(borrow)]
    pub data: Option<&'a RawValue>,
}

impl<'a> Item<'a> {
    /// Reads an item.
    ///
    /// # Errors
    /// What was found and expected.
    pub fn read(json: &'a str) -> Result<Self, String> {
        let item: Self = serde_json::from_str(json).map_err(|error| match error.classify() {
            serde_json::error::Category::Eof => "the item ends in the middle: half a JSON object".to_owned(),
            serde_json::error::Category::Data => format!("not an item of Perceval's: {}", without_place(&error)),
            _ => format!("not JSON: {}", without_place(&error)),
        })?;
        if item.backend_name.is_empty() || item.data.is_none() {
            return Err("not an item of Perceval's: expected the keys backend_name and data".to_owned());
        }
        Ok(item)
    }

    /// The user's word for where it comes from, if there is one.
    pub fn own_tag(&self) -> Option<&str> {
        Some(self.tag.trim()).filter(|tag| !tag.is_empty() && *tag != self.origin.trim())
    }

    /// The data's bytes as they stand in the file.
    pub fn bytes(&self) -> &'a str {
        self.data.map_or("null", RawValue::get)
    }

    /// The same with U+FFFD for every half of a character, as text must have whole ones.
    pub fn mended(&self) -> Cow<'a, str> {
        whole(self.bytes())
    }

    /// The data.
    ///
    /// # Errors
    /// What is no JSON.
    pub fn value(&self) -> Result<Value, String> {
        serde_json::from_str(&self.mended()).map_err(|error| format!("its data: {}", without_place(&error)))
    }

    /// The data as what it should be.
    ///
    /// # Errors
    /// What was found and expected.
    pub fn data<T: Deserialize<'a>>(&self) -> Result<T, String> {
        serde_json::from_str(self.bytes()).map_err(|error| format!("its data: {}", without_place(&error)))
    }
}

/// The line and column of an error are those of the item, not of the file.
fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.rsplit_once(" at line ").map_or(message.clone(), |(what, _)| what.to_owned())
}

/// A text as the bytes that it was read from. Perceval reads bytes of no charset as half characters (`surrogateescape`,
/// `\udce4` for the byte `e4`), which are no Unicode text; here they are the bytes again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Raw(pub Vec<u8>);

impl Raw {
    /// As text: what is no UTF-8 shows as U+FFFD.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Raw;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }
            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Raw, E> {
                Ok(Raw(unescaped(bytes)))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Raw, E> {
                Ok(Raw(text.as_bytes().to_vec()))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

/// The half characters U+DC80 to U+DCFF, which come as the three bytes that UTF-8 would write for them, as the bytes that
/// they stand for.
fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr::memchr(0xed, rest) {
        plain.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        let (byte, used) = match rest {
            [_, 0xb2, low, ..] => (*low, 3),
            [_, 0xb3, low, ..] => (low.wrapping_add(0x40), 3),
            _ => (0xed, 1),
        };
        plain.push(byte);
        rest = &rest[used..];
    }
    plain.extend_from_slice(rest);
    plain
}

/// JSON in which every escape is a character: half of one becomes U+FFFD.
fn whole(json: &str) -> Cow<'_, str> {
    let mut mended = String::new();
    let (mut done, mut at) = (0, 0);
    while let Some(next) = memchr::memchr(b'\\', &json.as_bytes()[at..]) {
        at += next;
        let (length, is_whole) = match half(json, at) {
            None => (2, true),
            Some(high) if high < 0xdc00 && half(json, at + 6).is_some_and(|low| low >= 0xdc00) => (12, true),
            Some(_) => (6, false),
        };
        if !is_whole {
            mended.push_str(&json[done..at]);
            mended.push_str("\\ufffd");
            done = at + length;
        }
        at = (at + length).min(json.len());
    }
    if mended.is_empty() {
        return Cow::Borrowed(json);
    }
    mended.push_str(&json[done..]);
    Cow::Owned(mended)
}

/// The half of a character that an escape at this place stands for.
fn half(json: &str, at: usize) -> Option<u16> {
    let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
    u16::from_str_radix(digits, 16).ok().filter(|unit| (0xd800..0xe000).contains(unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_characters_are_bytes_again() {
        let raw: Raw = serde_json::from_str(r#""Ad\udce4 \ud83d\ude00 \u00ed\udc80\udcff""#).expect("text");
        assert_eq!(raw.0, b"Ad\xe4 \xf0\x9f\x98\x80 \xc3\xad\x80\xff");
        assert_eq!(raw.text(), "Ad\u{fffd} \u{1f600} \u{ed}\u{fffd}\u{fffd}");
    }

    #[test]
    fn half_characters_are_shown_as_such_elsewhere() {
        assert_eq!(whole(r#""a\udce4b\\udce4 \ud83d\ude00 \ud83dx""#), r#""a\ufffdb\\udce4 \ud83d\ude00 \ufffdx""#);
        assert!(matches!(whole(r#""\u00e4\n""#), Cow::Borrowed(_)));
    }

    #[test]
    fn what_is_no_item_is_said() {
        let wrong = |json| Item::read(json).expect_err(json);
        assert!(wrong(r#"{"backend_name": "Git", "da"#).contains("half"));
        assert!(wrong("[1]").contains("not an item"));
        assert!(wrong(r#"{"a": 1}"#).contains("backend_name"));
        assert!(wrong("{x}").contains("not JSON"));
    }
}
