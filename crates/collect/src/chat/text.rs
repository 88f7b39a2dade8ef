//! What is kept of a message's text: its length, counts that need no language, a hash, the things it links to.

use crate::link::{target, urls};
use muster_model::payload::MessagePosted;

/// What a message says, as plain text, before it is an event.
#[derive(Debug, Clone, Default)]
pub(crate) struct Said<'a> {
    /// The text as people see it; of a mail, without quoted lines.
    pub text: &'a str,
    /// Addresses that the platform marks up apart from the text.
    pub links: &'a [String],
    /// How many accounts it mentions.
    pub mentions: u32,
    /// Whether the pipeline keeps texts.
    pub keep: bool,
}

/// Fills in what follows from the text: `length`, `links`, `mentions`, `question`, `text_hash`, `references`, and `text` where
/// it is kept.
pub(crate) fn measure(said: &Said<'_>, message: &mut MessagePosted) {
    let ranges = urls(said.text);
    let mut bare = String::with_capacity(said.text.len());
    let mut end = 0;
    for range in &ranges {
        bare.push_str(&said.text[end..range.start]);
        end = range.end;
    }
    bare.push_str(&said.text[end..]);
    let mut links: Vec<&str> = said.links.iter().map(String::as_str).collect();
    links.extend(ranges.iter().map(|range| &said.text[range.clone()]));
    let mut seen = Vec::with_capacity(links.len());
    for link in links {
        if !seen.contains(&link) {
            seen.push(link);
        }
    }
    for (item, _) in seen.iter().filter_map(|link| target(link)) {
        if !message.references.contains(&item) {
            message.references.push(item);
        }
    }
    message.length = saturated(said.text.chars().count());
    message.links = saturated(seen.len());
    message.mentions = said.mentions;
    message.question = bare.contains(QUESTION_MARKS);
    message.text_hash = hash(said.text);
    message.text = said.keep.then(|| said.text.to_owned());
}

/// XXH3-64, hexadecimal.
pub(crate) fn hash(text: &str) -> String {
    format!("{:016x}", xxhash_rust::xxh3::xxh3_64(text.as_bytes()))
}

/// Latin, full-width, Arabic, Armenian, Ethiopic, reversed, Vai, Greek's own, and the emoji.
const QUESTION_MARKS: [char; 10] =
    ['?', '\u{ff1f}', '\u{61f}', '\u{55e}', '\u{1367}', '\u{2e2e}', '\u{a60f}', '\u{37e}', '\u{2753}', '\u{2754}'];

fn saturated(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(text: &str) -> MessagePosted {
        let mut message = MessagePosted::default();
        measure(&Said { text, ..Said::default() }, &mut message);
        message
    }

    #[test]
    fn what_is_kept_of_a_text_needs_no_language() {
        let message = measured("How is https://github.com/acme/lantern/issues/12?x=1 going? See https://a.b/c");
        assert!(message.question);
        assert_eq!((message.links, message.references), (2, vec!["github:acme/lantern#12".to_owned()]));
        assert_eq!(message.text, None);
        assert!(measured("\u{3053}\u{308c}\u{ff1f}").question);
        assert_eq!(measured("\u{e9}t\u{e9}").length, 3);
    }

    #[test]
    fn a_question_mark_of_an_address_asks_nothing() {
        assert!(!measured("https://a.b/c?d=e is here").question);
    }
}
