//! Who sent a mail: the first mailbox of its From, with what lists and archives did to it undone.

use super::header::{Header, decode_words, head};
use std::borrow::Cow;

/// The first mailbox stands in the first bytes of a value.
const LONGEST: usize = 8 << 10;

/// A name and an address, as far as the mail has them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sender {
    pub name: Option<String>,
    pub address: Option<String>,
}

/// Who sent the mail: From, else Sender. Of several authors the first; the standard has no other order.
///
/// Lists that may not pass on a sender's address (DMARC) write their own into From, and `Ada via the-list` before it. What
/// they keep of the sender elsewhere is taken then: X-Original-From, X-Original-Sender, Reply-To. If they keep nothing, only
/// the name is known: the list is nobody's address.
pub(super) fn of(header: &Header<'_>) -> Sender {
    let from = ["from", "sender"].into_iter().find_map(|name| header.text(name).map(|value| read(&value)));
    let sender = from.unwrap_or_default();
    let Some(name) = sender.name.as_deref().and_then(before_via) else { return sender };
    if !sender.address.as_deref().is_some_and(|address| is_of_a_list(header, address)) {
        return sender;
    }
    let kept = ["x-original-from", "x-original-sender", "reply-to"].into_iter().find_map(|field| {
        let address = read(&header.text(field)?).address?;
        (sender.address.as_ref() != Some(&address)).then_some(address)
    });
    Sender { name: Some(name.to_owned()), address: kept }
}

/// `'Ada L.' via dev` is `Ada L.`
fn before_via(name: &str) -> Option<&str> {
    let (before, _) = name.rsplit_once(" via ")?;
    Some(before.trim().trim_matches(['\'', '"'])).filter(|name| !name.is_empty())
}

/// Whether an address is one that the mail says is a list's, or that it was sent to.
fn is_of_a_list(header: &Header<'_>, address: &str) -> bool {
    ["list-post", "x-beenthere", "list-id", "mailing-list", "to", "cc"]
        .into_iter()
        .filter_map(|name| header.text(name))
        .any(|value| value.to_ascii_lowercase().contains(address))
}

/// The first mailbox of a value: `Ada <ada@a.org>`, `ada@a.org (Ada)`, `ada at a.org (Ada)`, `"L., Ada" <ada@a.org>`,
/// groups, and what is left of these when they are broken.
pub(super) fn read(value: &str) -> Sender {
    let parts = Parts::of(head(value, LONGEST));
    let phrase = parts.phrase.trim();
    let (mut name, address) = match parts.angle.as_deref().and_then(address) {
        Some(address) => (phrase, Some(address)),
        // The address of a mailbox without brackets is its phrase; what is quoted is in it too: `"a b"@c`.
        None => match address(phrase) {
            Some(address) => ("", Some(address)),
            None => (phrase, phrase.split_whitespace().find_map(address)),
        },
    };
    if name.is_empty() {
        name = &parts.comment;
    }
    let name = clean_name(name, address.as_deref());
    Sender { name, address }
}

#[derive(Default)]
struct Parts {
    phrase: String,
    comment: String,
    angle: Option<String>,
}

impl Parts {
    fn of(value: &str) -> Self {
        let mut parts = Self::default();
        let mut rest = value;
        while let Some(c) = rest.chars().next() {
            let used = match c {
                '"' => parts.quoted(rest),
                '(' => parts.comment(rest),
                '<' if parts.angle.is_none() => {
                    let inner = &rest[1..rest.find('>').unwrap_or(rest.len())];
                    parts.angle = Some(inner.to_owned());
                    (inner.len() + 2).min(rest.len())
                }
                // Commas in an encoded word are part of it.
                '=' if rest.starts_with("=?") => parts.encoded(rest),
                ',' | ';' if parts.is_whole() => break,
                ':' if parts.angle.is_none() && !rest.starts_with("://") => {
                    // The name of a group, or a "mailto:".
                    parts.phrase.clear();
                    1
                }
                _ => {
                    parts.phrase.push(c);
                    c.len_utf8()
                }
            };
            rest = &rest[used..];
        }
        parts
    }

    fn is_whole(&self) -> bool {
        self.angle.is_some() || self.phrase.contains('@') || self.phrase.contains(" at ")
    }

    /// What is between quotes; a quote that is never closed is a character.
    fn quoted(&mut self, rest: &str) -> usize {
        let mut is_escaped = false;
        let end = rest[1..].find(|c| {
            let ends = c == '"' && !is_escaped;
            is_escaped = c == '\\' && !is_escaped;
            ends
        });
        let Some(end) = end else { return 1 };
        self.phrase.push_str(&unescaped(&rest[1..=end]));
        end + 2
    }

    /// What is in round brackets, with those in it; the first counts.
    fn comment(&mut self, rest: &str) -> usize {
        let mut depth = 0_usize;
        let end = rest.find(|c| {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        let end = end.unwrap_or(rest.len());
        if self.comment.is_empty() {
            self.comment = unescaped(&rest[1..end]);
        }
        (end + 1).min(rest.len())
    }

    fn encoded(&mut self, rest: &str) -> usize {
        let end =
            rest.match_indices('?').nth(3).map_or(2, |(at, _)| if rest[at..].starts_with("?=") { at + 2 } else { 2 });
        self.phrase.push_str(&rest[..end]);
        end
    }
}

fn unescaped(text: &str) -> String {
    text.replace("\\\\", "\u{0}").replace('\\', "").replace('\u{0}', "\\")
}

/// The text as an address, if it is one: `ada@a.org`, `ada at a.org`, `mailto:ada@a.org`, `@relay:ada@a.org`.
fn address(text: &str) -> Option<String> {
    let text = text.trim().trim_matches(['<', '>', ',', ';', '"', '\'']);
    let text = text.rsplit_once(':').map_or(text, |(_, address)| address);
    let text = if text.contains('@') { Cow::Borrowed(text) } else { Cow::Owned(text.replacen(" at ", "@", 1)) };
    let (local, domain) = text.trim().rsplit_once('@')?;
    let is_word = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control());
    (is_word(local) && is_word(domain) && text.len() <= 320).then(|| text.trim().to_lowercase())
}

/// A name in one line and without quotes; what only repeats the address is no name.
fn clean_name(written: &str, address: Option<&str>) -> Option<String> {
    let decoded = decode_words(written);
    let name = decoded.split('<').next().unwrap_or_default();
    let name = name.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let name = name.collect::<Vec<_>>().join(" ");
    let name = name.trim_matches(['"', '\'', ',', ' ']);
    let is_address = self::address(name).is_some() || address.is_some_and(|address| address.eq_ignore_ascii_case(name));
    (!name.is_empty() && !is_address).then(|| name.chars().take(200).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_read_from_every_way_of_writing_one() {
        for (value, name, address) in [
            ("Ada L. <Ada@Example.org>", "Ada L.", "ada@example.org"),
            ("ada@example.org", "", "ada@example.org"),
            ("ada@example.org (Ada L.)", "Ada L.", "ada@example.org"),
            ("ada at example.org (Ada (the first) L.)", "Ada (the first) L.", "ada@example.org"),
            ("ada at example.org", "", "ada@example.org"),
            ("ada at example.org (ada at example.org)", "", "ada@example.org"),
            ("ada at example.org (Ada <ada@example.org>)", "Ada", "ada@example.org"),
            ("\"L., Ada\" <ada@example.org>", "L., Ada", "ada@example.org"),
            ("\"Ada \\\"Countess\\\" L.\" <ada@example.org>", "Ada \"Countess\" L.", "ada@example.org"),
            ("=?utf-8?Q?L=2C_Ad=C3=A1?= <ada@example.org>", "L, Ad\u{e1}", "ada@example.org"),
            ("=?utf-8?Q?L,Ada?= <ada@example.org>", "L,Ada", "ada@example.org"),
            ("ada at example.org (=?ISO-8859-1?Q?G=F6ran?=)", "G\u{f6}ran", "ada@example.org"),
            ("Ada <ada@example.org>, Bo <bo@example.org>", "Ada", "ada@example.org"),
            ("ada@example.org, bo@example.org", "", "ada@example.org"),
            ("The team: Ada <ada@example.org>, Bo <bo@b.org>;", "Ada", "ada@example.org"),
            ("\"ada@example.org\" <ada@example.org>", "", "ada@example.org"),
            ("Ada <mailto:ada@example.org>", "Ada", "ada@example.org"),
            ("Ada <ada@example.org", "Ada", "ada@example.org"),
            ("\"Ada <ada@example.org>", "Ada", "ada@example.org"),
            ("Ada ada@example.org", "Ada ada@example.org", "ada@example.org"),
            ("Ada", "Ada", ""),
            ("<>", "", ""),
            ("", "", ""),
            ("(((", "((", ""),
        ] {
            let sender = read(value);
            let found = (sender.name.unwrap_or_default(), sender.address.unwrap_or_default());
            assert_eq!((found.0.as_str(), found.1.as_str()), (name, address), "{value}");
        }
    }

    #[test]
    fn a_list_that_sends_for_somebody_is_not_the_sender() {
        let list = "From: 'Ada' via dev <dev@lists.org>\nList-Post: <mailto:dev@lists.org>\n";
        let sender = |more: &str| of(&Header::split(format!("{list}{more}").as_bytes()).0);
        assert_eq!(sender("Reply-To: Ada <ada@a.org>\n").address.as_deref(), Some("ada@a.org"));
        assert_eq!(
            sender("X-Original-From: Ada <ada@a.org>\nReply-To: dev@lists.org\n").address.as_deref(),
            Some("ada@a.org")
        );
        let nobody = sender("Reply-To: dev@lists.org\n");
        assert_eq!((nobody.name.as_deref(), nobody.address), (Some("Ada"), None));
        let own = of(&Header::split(b"From: Ada via phone <ada@a.org>\nTo: dev@lists.org\n").0);
        assert_eq!(own.address.as_deref(), Some("ada@a.org"));
    }
}
