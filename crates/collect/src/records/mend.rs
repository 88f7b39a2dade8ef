//! What is left of a damaged record. Only what cannot be read as it is comes here.

use serde_json::Deserializer;
use serde_json::value::RawValue;

/// The values in a row, and what is left of each part between zeros. (A file that was grown before it was written, or
/// copied while it was, has zeros; a lost line end glues records together.)
pub(super) fn pieces(bytes: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    for part in bytes.split(|byte| *byte == 0) {
        let mut values = Deserializer::from_slice(part).into_iter::<&RawValue>();
        let mut end = 0;
        while let Some(Ok(value)) = values.next() {
            pieces.push(value.get().as_bytes());
            end = values.byte_offset();
        }
        let left = part[end..].trim_ascii();
        if !left.is_empty() {
            pieces.push(left);
        }
    }
    pieces
}

/// The text with `\u{fffd}` for bytes that are no UTF-8 and for escapes of half a character (`\ud83d`); nothing where there
/// are none.
pub(crate) fn mended(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let mut mended = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        mended.push_str(before);
        let length = match (surrogate(escape), escape.get(6..).and_then(surrogate)) {
            (Some(HIGH), Some(LOW)) => 12,
            (Some(_), _) => {
                mended.push_str("\\ufffd");
                rest = &escape[6..];
                continue;
            }
            // The escape and what it escapes, which may be a backslash.
            (None, _) => escape.chars().take(2).map(char::len_utf8).sum(),
        };
        mended.push_str(&escape[..length]);
        rest = &escape[length..];
    }
    mended.push_str(rest);
    (mended.as_bytes() != bytes).then_some(mended)
}

/// The first and the second half of a character that is written in two.
const HIGH: u16 = 0xd800;
const LOW: u16 = 0xdc00;

/// Which half an escape begins with, if it does.
fn surrogate(text: &str) -> Option<u16> {
    let unit = u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok()?;
    [HIGH, LOW].into_iter().find(|half| unit & 0xfc00 == *half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_values_are_taken_and_the_rest_is_one_piece() {
        for (line, expected) in [
            ("{\"a\": 1}", vec!["{\"a\": 1}"]),
            ("{}\0\0{\"a\": 1}\0", vec!["{}", "{\"a\": 1}"]),
            ("{}{} {}", vec!["{}", "{}", "{}"]),
            ("{}{\"a\": {} {", vec!["{}", "{\"a\": {} {"]),
            ("{\"a\0{}", vec!["{\"a", "{}"]),
            ("\0\0", vec![]),
        ] {
            let expected: Vec<&[u8]> = expected.into_iter().map(str::as_bytes).collect();
            assert_eq!(pieces(line.as_bytes()), expected, "{line:?}");
        }
    }

    #[test]
    fn half_characters_are_replaced() {
        for (text, expected) in [
            (r#""a \ud83d b""#, Some(r#""a \ufffd b""#)),
            (r#""\ud83d\ude00 \udE00""#, Some(r#""\ud83d\ude00 \ufffd""#)),
            (r#""\ud83d\ude00 \\ud83d \n""#, None),
            ("\"\\", None),
        ] {
            assert_eq!(mended(text.as_bytes()).as_deref(), expected, "{text}");
        }
        assert_eq!(mended(b"\"Andr\xe9\"").as_deref(), Some("\"Andr\u{fffd}\""));
    }
}
