//! Claims out of a document: the sentences with numbers, what they count, and the `[[claim]]` tables that would check them.
//!
//! No model and no guess that is not told: the same document gives the same proposals, a number that counts nothing
//! known is listed with the reason, and what a sentence leaves open is a comment above its proposal.
//!
//! | module | what it does |
//! | --- | --- |
//! | `document` | Markdown, HTML or text into blocks of running text, each letter with its place |
//! | `number` | numbers in digits and in words |
//! | `window` | when a sentence speaks of |
//! | `sentence` | the thing counted, the comparison, the window |
//! | `proposal` | the tables |

mod document;
mod number;
mod proposal;
mod sentence;
mod window;

pub use document::Form;
pub use proposal::{Extracted, Proposed, Unmapped, extracted_json, extracted_toml};

use super::meanings::Meanings;
use document::{Block, Lines, blocks};
use std::ops::Range;

/// The claims of a document. `name` is how proposals name it.
pub fn extract(name: &str, text: &str, form: Form, meanings: &Meanings) -> Extracted {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = Lines::new(text);
    let mut extracted = Extracted::of(name);
    let mut heading = String::new();
    for block in blocks(text, form) {
        for range in sentences(&block.text) {
            let place = lines.place(block.origin(range.start));
            let sentence = &block.text[range];
            extracted.add(sentence, place, sentence::said(sentence, &heading, meanings));
        }
        heading = heading_after(heading, &block);
    }
    extracted
}

fn heading_after(before: String, block: &Block) -> String {
    if block.is_heading { block.text.clone() } else { before }
}

/// Words before whose full stop no sentence ends.
const ABBREVIATIONS: [&str; 14] =
    ["e.g", "i.e", "etc", "vs", "approx", "ca", "no", "inc", "ltd", "resp", "cf", "incl", "est", "dr"];

/// The sentences of a running text: up to a full stop, an exclamation or a question mark, with a blank and a letter, a digit or a
/// quotation mark after it.
fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, sign) in text.char_indices().filter(|(_, letter)| ".!?;".contains(*letter)) {
        let after = &text[at + sign.len_utf8()..];
        let closing = after.len() - after.trim_start_matches(['"', '\'', ')', '”', '’', ']']).len();
        let end = at + sign.len_utf8() + closing;
        let rest = &text[end..];
        let next = rest.trim_start().chars().next();
        let is_end =
            rest.starts_with(char::is_whitespace) && next.is_some_and(|next| !next.is_lowercase() || sign == ';');
        let last_word = text[start..at].rsplit([' ', '(']).next().unwrap_or_default().to_lowercase();
        if is_end && !(sign == '.' && ABBREVIATIONS.contains(&last_word.as_str())) {
            found.push(trimmed(text, start..end));
            start = end;
        }
    }
    found.push(trimmed(text, start..text.len()));
    found.retain(|range| !range.is_empty());
    found
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + (part.len() - part.trim_start().len());
    start..start + part.trim().len()
}

#[cfg(test)]
mod tests;
