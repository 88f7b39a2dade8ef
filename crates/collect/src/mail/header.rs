//! The header of a mail: its fields, as bytes that may be in no charset at all, and the words in them.

use super::charset;
use memchr::memchr;
use std::borrow::Cow;
use std::ops::Range;

/// More fields than this no mail has; those behind are passed over.
const MOST_FIELDS: usize = 10_000;
/// What is read of one value: a long thread has some hundred references.
const LONGEST_VALUE: usize = 256 << 10;
/// The standard allows an encoded word 75 characters.
const LONGEST_WORD: usize = 2_000;

/// The fields of one header, in their order, as places in the bytes.
#[derive(Debug, Default)]
pub(super) struct Header<'a> {
    bytes: &'a [u8],
    /// Of each field, its name and its value with the line ends in it.
    fields: Vec<(Range<usize>, Range<usize>)>,
}

impl<'a> Header<'a> {
    /// Splits a mail, or a part of one, into its header and its body.
    ///
    /// A header ends at the first blank line. A line that is no field is passed over if a field follows it, and begins
    /// the body if not: some mails have no blank line.
    pub fn split(bytes: &'a [u8]) -> (Self, &'a [u8]) {
        let mut header = Self { bytes, fields: Vec::with_capacity(32) };
        let mut at = 0;
        while at < bytes.len() {
            let end = memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |newline| at + newline + 1);
            let line = &bytes[at..end];
            if line.trim_ascii().is_empty() {
                return (header, &bytes[end..]);
            }
            if line.starts_with(b" ") || line.starts_with(b"\t") {
                if let Some((_, value)) = header.fields.last_mut() {
                    value.end = end;
                }
            } else if let Some(name) = name_of(line) {
                if header.fields.len() < MOST_FIELDS {
                    header.fields.push((at..at + name, at + memchr(b':', line).unwrap_or(name) + 1..end));
                }
            } else if !is_field(&bytes[end..]) {
                return (header, &bytes[at..]);
            }
            at = end;
        }
        (header, &[])
    }

    /// Whether there is no field.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The values of a field, in order. `name` is in lower case.
    pub fn all(&self, name: &'static str) -> impl DoubleEndedIterator<Item = &'a [u8]> {
        let bytes = self.bytes;
        let same =
            move |field: &&(Range<usize>, Range<usize>)| bytes[field.0.clone()].eq_ignore_ascii_case(name.as_bytes());
        self.fields.iter().filter(same).map(move |(_, value)| &bytes[value.clone()])
    }

    /// The first value of a field that is not blank, its lines joined.
    pub fn text(&self, name: &'static str) -> Option<Cow<'a, str>> {
        self.all(name).map(text).find(|value| !value.is_empty())
    }
}

/// A value as text on one line: UTF-8 where it is UTF-8, else Windows-1252, and without control characters.
pub(super) fn text(value: &[u8]) -> Cow<'_, str> {
    let text = charset::guess(value[..value.len().min(LONGEST_VALUE)].trim_ascii());
    if text.contains(|c: char| c.is_control()) {
        Cow::Owned(text.chars().map(|c| if c == '\t' { ' ' } else { c }).filter(|c| !c.is_control()).collect())
    } else {
        text
    }
}

/// At most so many bytes of a text, in whole characters.
pub(super) fn head(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}

/// Whether the bytes begin with a line that is a field.
pub(super) fn is_field(bytes: &[u8]) -> bool {
    name_of(bytes).is_some()
}

/// The length of the field's name at the start of a line: printable ASCII before a colon.
fn name_of(line: &[u8]) -> Option<usize> {
    let length = line.iter().take(80).position(|byte| !byte.is_ascii_graphic() || *byte == b':')?;
    let rest = line[length..].trim_ascii_start();
    (length > 0 && rest.starts_with(b":")).then_some(length)
}

/// The Message-IDs in a value, in their order: what is in angle brackets, else the whole value if it is one word.
/// Archives that hide addresses hide them here too: `<a at b>` is `a@b`.
pub(super) fn ids(value: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let mut rest = value;
    while let Some(start) = rest.find('<') {
        let Some(length) = rest[start + 1..].find('>') else { break };
        ids.extend(id(&rest[start + 1..start + 1 + length]));
        rest = &rest[start + length + 2..];
    }
    if ids.is_empty() && !value.contains('<') {
        ids.extend(Some(value.trim()).filter(|value| value.contains('@')).and_then(id));
    }
    ids
}

/// What is longer than a line may be is no id.
fn id(text: &str) -> Option<String> {
    let id = if text.contains('@') { Cow::Borrowed(text) } else { Cow::Owned(text.replacen(" at ", "@", 1)) };
    let id: String = id.chars().filter(|c| !c.is_whitespace()).collect();
    (!id.is_empty() && id.len() <= 998 && !text.trim().contains("  ")).then_some(id)
}

/// The text with its encoded words (`=?utf-8?Q?caf=C3=A9?=`) decoded. Words of one charset that follow each other are
/// decoded as one, for some programs break characters in two. What cannot be decoded stays as it is.
pub(crate) fn decode_words(text: &str) -> Cow<'_, str> {
    if !text.contains("=?") {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    let mut run: Option<(&str, Vec<u8>)> = None;
    let mut rest = text;
    while let Some(start) = rest.find("=?") {
        let Some(word) = word(&rest[start..]) else {
            end_run(&mut run, &mut decoded);
            decoded.push_str(&rest[..start + 2]);
            rest = &rest[start + 2..];
            continue;
        };
        let between = &rest[..start];
        let is_same = run.as_ref().is_some_and(|(charset, _)| charset.eq_ignore_ascii_case(word.charset));
        // White space between two encoded words is not part of the text.
        if run.is_none() || !between.trim().is_empty() {
            end_run(&mut run, &mut decoded);
            decoded.push_str(between);
        } else if !is_same {
            end_run(&mut run, &mut decoded);
        }
        run.get_or_insert_with(|| (word.charset, Vec::new())).1.extend(word.bytes);
        rest = &rest[start + word.length..];
    }
    end_run(&mut run, &mut decoded);
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

fn end_run(run: &mut Option<(&str, Vec<u8>)>, decoded: &mut String) {
    if let Some((charset, bytes)) = run.take() {
        decoded.push_str(&charset::decode(&bytes, Some(charset)).0);
    }
}

struct Word<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
    length: usize,
}

/// The encoded word at the start of a text. Spaces in it, which the standard forbids, are read.
fn word(text: &str) -> Option<Word<'_>> {
    let mut parts = text.strip_prefix("=?")?.splitn(3, '?');
    let (charset, encoding, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let data = &rest[..head(rest, LONGEST_WORD).find("?=")?];
    let bytes = match encoding {
        "b" | "B" => charset::base64(data.as_bytes()),
        "q" | "Q" => charset::quoted_printable(data.replace('_', " ").as_bytes()),
        _ => return None,
    };
    let is_charset = !charset.is_empty() && charset.len() <= 45 && charset.bytes().all(|byte| byte.is_ascii_graphic());
    // A language may follow the charset: `utf-8*en`.
    let name = charset.split('*').next().unwrap_or(charset);
    is_charset.then_some(Word { charset: name, bytes, length: charset.len() + encoding.len() + data.len() + 6 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_ends_where_the_body_begins() {
        let (header, body) = Header::split(b"From: a\nSubject: b\r\n\tc\nnonsense\nTo : d\n\nbody\n");
        assert_eq!(header.text("subject").as_deref(), Some("b c"));
        assert_eq!(header.text("to").as_deref(), Some("d"));
        assert_eq!(body, b"body\n");
        let (header, body) = Header::split(b"From: a\nthere is no blank line\nat all\n");
        assert_eq!(header.text("from").as_deref(), Some("a"));
        assert_eq!(body, b"there is no blank line\nat all\n");
        assert!(Header::split(b"").0.is_empty());
    }

    #[test]
    fn encoded_words_are_decoded_or_left() {
        for (text, expected) in [
            ("=?ISO-8859-1?Q?G=F6ran_L?=", "G\u{f6}ran L"),
            ("Re: =?utf-8?B?w6k=?= =?utf-8?q?t=C3=A9?= there", "Re: \u{e9}t\u{e9} there"),
            // A character in two words.
            ("=?utf-8?Q?caf=C3?=  =?UTF-8?Q?=A9?=", "caf\u{e9}"),
            ("=?utf-8?Q?a?= =?iso-8859-1?Q?=E9?=", "a\u{e9}"),
            ("=?utf-8*fr?Q?a b?=", "a b"),
            ("=?x-nothing?Q?caf=E9?=", "caf\u{e9}"),
            ("=?utf-8?X?abc?= =?utf-8?Q?no end", "=?utf-8?X?abc?= =?utf-8?Q?no end"),
            ("=?utf-8?Q?=ZZ=?=", "=ZZ="),
            ("=?utf-8?B?!!!?= x", " x"),
            ("=??Q?a?=", "=??Q?a?="),
            ("1 =? 2", "1 =? 2"),
            ("=?iso-2022-jp?B?GyRCJDMbKEI=?=", "\u{3053}"),
        ] {
            assert_eq!(decode_words(text), expected, "{text}");
        }
    }

    #[test]
    fn message_ids_are_found_among_other_words() {
        assert_eq!(ids("<a@b> <c@d>"), ["a@b", "c@d"]);
        assert_eq!(ids("Your message of Monday <a@b>"), ["a@b"]);
        assert_eq!(ids("<a at b>"), ["a@b"]);
        assert_eq!(ids("a@b"), ["a@b"]);
        assert_eq!(ids("<a@b"), [""; 0]);
        assert_eq!(ids("<>"), [""; 0]);
        assert_eq!(ids("Your message of Monday"), [""; 0]);
    }

    #[test]
    fn bytes_in_no_charset_are_text() {
        assert_eq!(text(b" caf\xe9 "), "caf\u{e9}");
        assert_eq!(text("caf\u{e9}".as_bytes()), "caf\u{e9}");
        assert_eq!(text(b"a\r\n b\0"), "a b");
    }
}
