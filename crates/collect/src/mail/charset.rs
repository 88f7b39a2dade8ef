//! Bytes to text: charsets, known and not, and the two encodings of MIME.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::charsets::map::charset_decoder;
use std::borrow::Cow;

/// The text of bytes in a charset, and whether the charset is one that is known. In one that is not, bytes that are UTF-8
/// are, and others are Windows-1252: the lengths of most texts come out right, and no byte is lost.
pub(super) fn decode<'a>(bytes: &'a [u8], charset: Option<&str>) -> (Cow<'a, str>, bool) {
    let Some(label) = charset.map(str::trim).filter(|label| !label.is_empty()) else { return (guess(bytes), true) };
    if let Some(encoding) = Encoding::for_label(label.as_bytes()) {
        // What says that it is ASCII or UTF-8 and is not.
        let is_plain =
            encoding == UTF_8 || label.eq_ignore_ascii_case("us-ascii") || label.eq_ignore_ascii_case("ascii");
        return (if is_plain { guess(bytes) } else { encoding.decode_without_bom_handling(bytes).0 }, true);
    }
    // UTF-7, code pages of DOS and the like; the name is cut there at 45 bytes.
    match Some(label).filter(|label| label.len() <= 45).and_then(|label| charset_decoder(label.as_bytes())) {
        Some(decoder) => (Cow::Owned(decoder(bytes)), true),
        None => (guess(bytes), false),
    }
}

/// The text of bytes whose charset nobody stated.
pub(super) fn guess(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// Base64 with whatever does not belong in it passed over.
pub(super) fn base64(bytes: &[u8]) -> Vec<u8> {
    base64_decode(bytes).unwrap_or_else(|| {
        let clean: Vec<u8> =
            bytes.iter().copied().filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')).collect();
        base64_decode(&clean).unwrap_or_default()
    })
}

/// Quoted-printable; an `=` that begins nothing is an `=`.
pub(super) fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr::memchr(b'=', rest) {
        decoded.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        let pair = rest.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        if let Some(byte) =
            pair.filter(|pair| !pair.starts_with('+')).and_then(|pair| u8::from_str_radix(pair, 16).ok())
        {
            decoded.push(byte);
            rest = &rest[2..];
        } else if let Some(next) = soft_break(rest) {
            rest = next;
        } else {
            decoded.push(b'=');
        }
    }
    decoded.extend_from_slice(rest);
    decoded
}

/// What follows a line end that is not part of the text, and the blanks before it.
fn soft_break(bytes: &[u8]) -> Option<&[u8]> {
    let blanks = bytes.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
    bytes[blanks..].strip_prefix(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charsets_known_and_unknown_give_text() {
        assert_eq!(decode(b"caf\xe9", Some("iso-8859-1")), ("caf\u{e9}".into(), true));
        assert_eq!(decode(b"caf\xe9", Some("us-ascii")), ("caf\u{e9}".into(), true));
        assert_eq!(decode(b"caf\xe9", Some("nonsense")), ("caf\u{e9}".into(), false));
        assert_eq!(decode("caf\u{e9}".as_bytes(), Some("x-unknown")), ("caf\u{e9}".into(), false));
        assert_eq!(decode(b"\xc4\xe3", Some("GB2312")), ("\u{4f60}".into(), true));
        assert_eq!(decode(b"+AOk-", Some("utf-7")), ("\u{e9}".into(), true));
        assert_eq!(decode(b"caf\xe9", None), ("caf\u{e9}".into(), true));
        assert!(!decode(b"a", Some(&"x".repeat(100_000))).1);
    }

    #[test]
    fn broken_encodings_lose_no_more_than_must_be() {
        assert_eq!(base64(b"aGVs\r\nbG8="), b"hello");
        assert_eq!(base64(b"aGVs!!bG8"), b"hello");
        assert_eq!(quoted_printable(b"a=C3=A9=\r\nb= \nc=\nd=ZZ=+1="), b"a\xc3\xa9bcd=ZZ=+1=");
    }
}
