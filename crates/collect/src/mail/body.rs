//! The body of a mail: which of its MIME parts are the text, and how many are files.

use super::charset;
use super::header::{Header, decode_words, head, text as text_of};
use mail_parser::decoders::html::html_to_text;
use memchr::memmem;
use regex::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;

/// Parts in parts in parts: real mails have five levels. What lies deeper is a file.
const DEEPEST: usize = 16;
/// What is longer is a log or a dump and nobody's words; its first part counts.
const LONGEST_TEXT: usize = 4 << 20;

/// What a body says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Body {
    /// Its text parts, one after the other; of alternatives the plain one, else that in HTML as plain text.
    pub text: String,
    /// Addresses that an HTML text links to.
    pub links: Vec<String>,
    /// Attached files and mails; signatures, pictures in an HTML text and alternatives are none.
    pub files: u32,
    /// A text part names a charset that nobody knows.
    pub has_unknown_charset: bool,
    is_plain: bool,
}

impl Body {
    /// Reads the body that belongs to a header.
    pub fn read(header: &Header<'_>, bytes: &[u8]) -> Self {
        let mut body = Self::part(header, bytes, 0);
        body.files = body.files.saturating_add(scrubbed(&body.text));
        body
    }

    fn part(header: &Header<'_>, bytes: &[u8], depth: usize) -> Self {
        let kind = Kind::of(header);
        if let Some(boundary) = kind.boundary.as_deref().filter(|_| kind.main == "multipart") {
            let parts = parts(bytes, boundary);
            if !parts.is_empty() && depth < DEEPEST {
                return Self::multipart(
                    &kind.sub,
                    parts.into_iter().map(|part| {
                        let (header, bytes) = Header::split(part);
                        Self::part(&header, bytes, depth + 1)
                    }),
                );
            }
            if !parts.is_empty() {
                return Self::file();
            }
        }
        if kind.is_signature() {
            return Self::default();
        }
        if kind.is_file {
            return Self::file();
        }
        let decoded = decoded(header, bytes);
        let (text, is_known) = charset::decode(&decoded, kind.charset.as_deref());
        let text = head(&text, LONGEST_TEXT).replace('\0', "");
        if kind.sub == "html" {
            let links = links(&text);
            return Self {
                text: html_to_text(&without_quotes(&text)),
                links,
                has_unknown_charset: !is_known,
                ..Self::default()
            };
        }
        Self { text, has_unknown_charset: !is_known, is_plain: true, ..Self::default() }
    }

    fn file() -> Self {
        Self { files: 1, ..Self::default() }
    }

    fn multipart(kind: &str, mut parts: impl Iterator<Item = Self>) -> Self {
        match kind {
            "alternative" => parts.reduce(Self::or).unwrap_or_default(),
            // The rest is what the first part shows or is signed with.
            "related" | "signed" => parts.next().unwrap_or_default(),
            _ => parts.reduce(Self::and).unwrap_or_default(),
        }
    }

    /// Of two alternatives the one in plain text, else the later one with a text.
    fn or(self, other: Self) -> Self {
        let files = self.files.saturating_add(other.files);
        let is_first = self.is_plain && !self.text.trim().is_empty() || other.text.trim().is_empty();
        let mut body = if is_first { self } else { other };
        body.files = files;
        body
    }

    fn and(mut self, other: Self) -> Self {
        if self.text.len() < LONGEST_TEXT {
            if !self.text.is_empty() && !self.text.ends_with('\n') && !other.text.is_empty() {
                self.text.push('\n');
            }
            self.text.push_str(&other.text);
            self.links.extend(other.links);
        }
        self.files = self.files.saturating_add(other.files);
        self.has_unknown_charset |= other.has_unknown_charset;
        self.is_plain |= other.is_plain;
        self
    }
}

/// What the header says a part is.
#[derive(Debug, Default)]
struct Kind {
    main: String,
    sub: String,
    charset: Option<String>,
    boundary: Option<String>,
    is_file: bool,
}

impl Kind {
    fn of(header: &Header<'_>) -> Self {
        let value = header.text("content-type").unwrap_or(Cow::Borrowed("text/plain"));
        let (kind, parameters) = value.split_once(';').unwrap_or((&value, ""));
        let kind = kind.trim().to_ascii_lowercase();
        // What is no type, such as a bare "text", is text (RFC 2045, 5.2).
        let (main, sub) = kind.split_once('/').unwrap_or(("text", "plain"));
        let disposition = header.text("content-disposition").unwrap_or_default().to_ascii_lowercase();
        let is_named = parameter(parameters, "name").is_some() || disposition.contains("filename");
        let is_text = main == "text" && (sub == "plain" || sub == "html" || !is_named) || main == "multipart";
        Self {
            main: main.to_owned(),
            sub: sub.to_owned(),
            charset: parameter(parameters, "charset"),
            boundary: parameter(parameters, "boundary").filter(|boundary| boundary.len() <= 1000),
            is_file: !is_text || disposition.starts_with("attachment") || disposition.contains("filename"),
        }
    }

    /// What a machine adds to say who wrote the rest, and how to decrypt it.
    fn is_signature(&self) -> bool {
        let names = ["pgp-signature", "pkcs7-signature", "x-pkcs7-signature", "pgp-encrypted"];
        self.main == "application" && names.contains(&self.sub.as_str())
    }
}

/// A parameter's value: `charset=utf-8`, `charset="utf-8"`, `charset*=''utf-8`.
fn parameter(parameters: &str, name: &str) -> Option<String> {
    let mut rest = parameters;
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=')?;
        let key = key.trim_matches(|c: char| c == ';' || c.is_whitespace()).trim_end_matches('*');
        let after = after.trim_start();
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(';').unwrap_or((after, "")),
        };
        // A key with blanks in it is a broken parameter before it.
        if key.rsplit([' ', ';']).next().is_some_and(|key| key.eq_ignore_ascii_case(name)) {
            let value = value.trim().rsplit('\'').next().unwrap_or_default();
            return Some(value.to_owned()).filter(|value| !value.is_empty());
        }
        rest = next;
    }
    None
}

/// The parts between lines that begin with the boundary. The last may lack its end; what is before and behind is no part.
fn parts<'a>(bytes: &'a [u8], boundary: &str) -> Vec<&'a [u8]> {
    let delimiter = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut begin: Option<usize> = None;
    for at in memmem::find_iter(bytes, delimiter.as_bytes()) {
        let after = &bytes[at + delimiter.len()..];
        let is_line =
            (at == 0 || bytes[at - 1] == b'\n') && after.first().is_none_or(|byte| b"-\r\n \t".contains(byte));
        let is_end = after.starts_with(b"--");
        if !is_line || (!is_end && after.starts_with(b"-")) {
            continue;
        }
        if let Some(begin) = begin.take() {
            parts.push(bytes.get(begin..at).unwrap_or_default());
        }
        if is_end {
            return parts;
        }
        let line = memchr::memchr(b'\n', after).map_or(after.len(), |newline| newline + 1);
        begin = Some(at + delimiter.len() + line);
    }
    parts.extend(begin.map(|begin| bytes.get(begin..).unwrap_or_default()));
    parts
}

fn decoded<'a>(header: &Header<'_>, bytes: &'a [u8]) -> Cow<'a, [u8]> {
    let encoding = header.all("content-transfer-encoding").next().map(text_of).unwrap_or_default();
    // Some encode even this.
    match decode_words(&encoding).trim().trim_end_matches(';').to_ascii_lowercase().as_str() {
        "base64" => Cow::Owned(charset::base64(bytes)),
        "quoted-printable" => Cow::Owned(charset::quoted_printable(bytes)),
        _ => Cow::Borrowed(bytes),
    }
}

static LINK: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"(?i)href\s*=\s*["']?(https?://[^"'\s>]+)"#).ok());

fn links(html: &str) -> Vec<String> {
    let found = LINK.as_ref().map(|link| link.captures_iter(html).filter_map(|found| found.get(1)).collect::<Vec<_>>());
    found.unwrap_or_default().into_iter().map(|link| link.as_str().replace("&amp;", "&")).collect()
}

static QUOTE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)<(/?)blockquote\b[^>]*>").ok());

/// The HTML without what is quoted in it; a quote that is never closed takes the rest.
fn without_quotes(html: &str) -> Cow<'_, str> {
    let Some(quote) = QUOTE.as_ref().filter(|quote| quote.is_match(html)) else { return Cow::Borrowed(html) };
    let mut clean = String::with_capacity(html.len());
    let (mut depth, mut end) = (0_usize, 0);
    for tag in quote.captures_iter(html) {
        let Some(whole) = tag.get(0) else { continue };
        if depth == 0 {
            clean.push_str(&html[end..whole.start()]);
        }
        end = whole.end();
        depth = if tag.get(1).is_some_and(|slash| slash.is_empty()) { depth + 1 } else { depth.saturating_sub(1) };
    }
    if depth == 0 {
        clean.push_str(&html[end..]);
    }
    Cow::Owned(clean)
}

/// How many files pipermail took out of a text. The HTML alternative and signatures are no files there either.
fn scrubbed(text: &str) -> u32 {
    if !text.contains("-------------- next part --------------") {
        return 0;
    }
    let mut files = 0;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line.starts_with("A non-text attachment was scrubbed")
            || line.starts_with("An embedded message was scrubbed")
        {
            let kind = lines.clone().take(3).find(|line| line.starts_with("Type:")).unwrap_or_default();
            files += u32::from(!kind.contains("signature"));
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(mail: &str) -> Body {
        let (header, body) = Header::split(mail.as_bytes());
        Body::read(&header, body)
    }

    #[test]
    fn the_text_is_the_plain_one_and_the_rest_are_files() {
        let mail = "Content-Type: multipart/mixed; boundary=\"x\"\n\npreamble\n--x\n\
            Content-Type: multipart/alternative; boundary=xy\n\n--xy\nContent-Type: text/plain; charset=utf-8\n\nHello\n\
            --xy\nContent-Type: text/html\n\n<p>Hello <a href='https://a.b/c'>you</a></p>\n--xy--\n\
            --x\nContent-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\nAAAA\n\
            --x\nContent-Type: text/plain\nContent-Disposition: attachment; filename=b.txt\n\nno text\n\
            --x\nContent-Type: application/pgp-signature\n\nabc\n\
            --x\nContent-Type: message/rfc822\n\nFrom: a@b\n\nanother\n--x--\nepilogue\n";
        let found = body(mail);
        assert_eq!((found.text.trim(), found.files, found.links.len()), ("Hello", 3, 0));
    }

    #[test]
    fn html_alone_is_text_without_what_it_quotes() {
        let found = body(
            "Content-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n\
             <p>caf=E9 <a href=3D\"https://a.b/c?d&amp;e\">x</a></p><blockquote>a<blockquote>b</blockquote></blockquote>end",
        );
        assert_eq!(found.links, ["https://a.b/c?d&e"]);
        assert!(
            found.text.contains("caf\u{e9} x") && found.text.contains("end") && !found.text.contains('b'),
            "{found:?}"
        );
    }

    #[test]
    fn broken_mime_is_text() {
        for (mail, text, files) in [
            ("Content-Type: multipart/mixed\n\nHello\n", "Hello", 0),
            ("Content-Type: multipart/mixed; boundary=zz\n\nHello\n", "Hello", 0),
            ("Content-Type: multipart/mixed; boundary=zz\n\n--zz\n\nHello\n", "Hello", 0),
            ("Content-Type: text\n\nHello\n", "Hello", 0),
            ("Content-Type: ;;=\n\nHello\n", "Hello", 0),
            ("Content-Type: text/plain; format=flowed charset=\"utf-8\"\n\nHello\n", "Hello", 0),
            ("Content-Type: application/octet-stream\n\n\u{1}\u{2}\n", "", 1),
            ("\nHello\0\n", "Hello", 0),
        ] {
            let found = body(mail);
            assert_eq!((found.text.trim(), found.files), (text, files), "{mail}");
        }
        assert!(body("Content-Type: text/plain; charset=x-nothing\n\nHello\n").has_unknown_charset);
    }

    #[test]
    fn parts_within_parts_have_an_end() {
        let mut mail = String::new();
        for level in 0..20_000 {
            mail.push_str(&format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n"));
        }
        assert_eq!(body(&mail).files, 1);
        assert_eq!(body(&"Content-Type: message/rfc822\n\n".repeat(100_000)).files, 1);
    }

    #[test]
    fn files_that_pipermail_took_out_are_counted() {
        let next = "-------------- next part --------------\n";
        let text = format!(
            "Hello\n{next}An HTML attachment was scrubbed...\nURL: <x>\n{next}A non-text attachment was scrubbed...\nName: a.png\n\
             Type: image/png\n{next}A non-text attachment was scrubbed...\nName: signature.asc\nType: application/pgp-signature\n"
        );
        assert_eq!(body(&format!("Subject: x\n\n{text}")).files, 1);
    }
}
