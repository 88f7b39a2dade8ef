//! What a parser gives back, and what parsers share.

use super::fact::Fact;
use muster_model::{Problem, account};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// What becomes of the statements that the file made before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is read: what it no longer states is withdrawn.
    #[default]
    Whole,
    /// It breaks off: what it stated before stays, beside what could be read.
    Broken,
    /// Nothing of it counts; what it stated before stays.
    Refused,
}

/// A file once it is read.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Page {
    pub facts: Vec<Fact>,
    pub problems: Vec<Problem>,
    /// The records met, as the format counts them: blocks, lines, elements.
    pub records: u64,
    /// Records that muster has no event for.
    pub not_ours: u64,
    pub standing: Standing,
}

impl Page {
    pub(super) fn reject(&mut self, at: (&str, u32), message: impl Into<String>, hint: &str, text: &str) {
        self.problems.push(Problem::rejected(at.0, at.1, message, hint).with_text(text));
    }

    pub(super) fn note(&mut self, at: (&str, u32), message: impl Into<String>, hint: &str) {
        self.problems.push(Problem::notice(at.0, at.1, message, hint));
    }

    /// A file of which nothing counts.
    pub(super) fn refused(problems: Vec<Problem>) -> Self {
        Self { problems, standing: Standing::Refused, ..Self::default() }
    }
}

/// An address as gitdm's files write it, `user!example.org`, or as anybody does.
pub(super) fn address(text: &str) -> Option<String> {
    let text = text.trim().trim_matches(['"', '<', '>']);
    let written = match text.rsplit_once('!') {
        Some((user, host)) if !text.contains('@') => format!("{user}@{host}"),
        _ => text.to_owned(),
    };
    let plain = !written.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';'));
    let (user, host) = written.rsplit_once('@')?;
    let whole = !user.is_empty() && !host.is_empty() && !user.contains('@');
    (plain && whole).then_some(written)
}

/// A login that GitHub could have given, without `@`.
pub(super) fn login(text: &str) -> Option<&str> {
    let text = text.trim();
    let bare = text.strip_prefix('@').unwrap_or(text);
    account::is_github_login(bare).then_some(bare)
}

/// A domain, lower case: labels of letters, digits and hyphens, two of them at least.
pub(super) fn domain(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches(['.', '@']).trim_end_matches('.').to_lowercase();
    let label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    (text.contains('.') && text.split('.').all(label)).then_some(text)
}

/// White space folded: what stands in a payload as written is one line.
pub(super) fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An organisation's name as written, on one line.
///
/// # Errors
/// It is empty, or there is somebody's address in it: a name stands in tables and answers, where no address may.
pub(super) fn organisation(text: &str) -> Result<String, &'static str> {
    let name = folded(text);
    match name.as_str() {
        "" => Err("there is no company"),
        name if has_address(name) => Err("there is an e-mail address in the company's name"),
        _ => Ok(name),
    }
}

/// Whether a word is an address in either spelling, `ada!example.org` or `ada@example.org`. `Yahoo!` is none.
pub(super) fn has_address(text: &str) -> bool {
    let words = text.split(|c: char| c.is_whitespace() || "<>()[],;:\"'".contains(c));
    let host = |word: &str| address(word).and_then(|written| domain(written.rsplit_once('@')?.1));
    words.map(|word| word.trim_end_matches('.')).any(|word| host(word).is_some())
}

/// The 1-based line of a byte.
pub(super) fn line_at(text: &str, offset: usize) -> u32 {
    let before = &text.as_bytes()[..offset.min(text.len())];
    u32::try_from(memchr::memchr_iter(b'\n', before).count() + 1).unwrap_or(u32::MAX)
}

/// The lines of a text in which parts of it begin. They are counted when the first is asked for: most files have no mistake.
pub(super) struct Lines<'a> {
    text: &'a str,
    ends: OnceCell<Vec<usize>>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, ends: OnceCell::new() }
    }

    /// The 1-based line where a part of the text begins.
    pub(super) fn of(&self, part: &str) -> u32 {
        let offset = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let ends = self.ends.get_or_init(|| memchr::memchr_iter(b'\n', self.text.as_bytes()).collect());
        u32::try_from(ends.partition_point(|end| *end < offset) + 1).unwrap_or(u32::MAX)
    }
}

/// The elements of a JSON array, unread, as far as the array can be read.
///
/// # Errors
/// What ends it before its time; the elements before that are in `elements`.
pub(super) fn elements<'a>(text: &'a str, elements: &mut Vec<&'a RawValue>) -> Result<(), serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    Elements(elements).deserialize(&mut reader)?;
    reader.end()
}

/// The same of an object, with the keys, repeated ones too.
///
/// # Errors
/// As [`elements`].
pub(super) fn pairs<'a>(text: &'a str, pairs: &mut Vec<(String, &'a RawValue)>) -> Result<(), serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    Pairs(pairs).deserialize(&mut reader)?;
    reader.end()
}

/// The keys of an object, or of the first objects of a list, as far as the text can be read.
pub(super) fn keys(text: &str) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    // What is wrong with the text is for the parser of its format to say.
    let _ = Keys(&mut keys).deserialize(&mut serde_json::Deserializer::from_str(text));
    keys
}

/// So many elements of a list are looked at for their keys.
const FIRST: usize = 20;

struct Keys<'v>(&'v mut BTreeSet<String>);

impl<'de> DeserializeSeed<'de> for Keys<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object or a list of objects")
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key()? {
            self.0.insert(key);
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        for _ in 0..FIRST {
            if seq.next_element_seed(Keys(self.0))?.is_none() {
                break;
            }
        }
        Ok(())
    }
}

struct Elements<'v, 'a>(&'v mut Vec<&'a RawValue>);
struct Pairs<'v, 'a>(&'v mut Vec<(String, &'a RawValue)>);

impl<'de> DeserializeSeed<'de> for Elements<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Elements<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(element) = seq.next_element()? {
            self.0.push(element);
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Pairs<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Pairs<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(pair) = map.next_entry()? {
            self.0.push(pair);
        }
        Ok(())
    }
}

/// A field that is text, or nothing: what is of another kind is nothing too, so that it costs no record.
pub(super) fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_in_both_spellings() {
        for (text, expected) in [
            ("ada!example.org", Some("ada@example.org")),
            (" ada@example.org ", Some("ada@example.org")),
            ("a!b!example.org", Some("a!b@example.org")),
            ("12+ada!users.noreply.github.com", Some("12+ada@users.noreply.github.com")),
            ("ada!host", Some("ada@host")),
            ("ada", None),
            ("!example.org", None),
            ("ada!", None),
            ("a@b@c", None),
            ("ada lee!example.org", None),
        ] {
            assert_eq!(address(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_broken_list_keeps_what_comes_before() {
        let text = "[{\"a\": 1},\n {\"a\": 2},\n {\"a\": ";
        let mut read = Vec::new();
        let error = elements(text, &mut read).unwrap_err();
        assert_eq!((read.len(), error.line()), (2, 3));
        assert_eq!(Lines::new(text).of(read[1].get()), 2);
    }
}
