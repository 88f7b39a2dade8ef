//! Foreign text as it may be shown: no address, nothing invisible that turns lines around, no name of ten thousand letters.

use crate::guard::{turns, without_emails};
use std::fmt::Write as _;

/// How long a text may be in a cell or a chart.
const LONGEST: usize = 300;

/// One line, without addresses, control letters and marks that change the direction of what follows; cut where it is
/// longer than anybody reads, saying so.
pub(crate) fn shown(text: &str) -> String {
    // Most cells are identifiers, links and names, of which nothing is to be changed.
    if text.len() <= LONGEST && is_plain(text) {
        return text.to_owned();
    }
    cut(&without_emails(&visible(text)), LONGEST)
}

/// Printable ASCII without two blanks in a row or blanks at the ends, and without what an address is written with.
fn is_plain(text: &str) -> bool {
    let mut before = b' ';
    let plain = text.bytes().all(|byte| {
        let doubled = byte == b' ' && before == b' ';
        before = byte;
        (b' '..=b'~').contains(&byte) && byte != b'@' && byte != b'%' && !doubled
    });
    plain && (before != b' ' || text.is_empty())
}

/// The same with its line ends, in full: for SQL and the pipeline file.
pub(crate) fn listing(text: &str) -> String {
    let lines = text.split('\n').map(|line| keep_visible(line, '\t')).collect::<Vec<_>>().join("\n");
    // An address is one, too, with a letter in it that nobody sees.
    without_emails(&lines).into_owned()
}

/// A label of a chart's axis or legend.
pub(crate) fn label(text: &str) -> String {
    cut(&without_emails(&visible(text)), 40)
}

/// Without control letters and marks of direction; blanks once.
pub(crate) fn visible(text: &str) -> String {
    let clean = keep_visible(text, ' ');
    clean.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn keep_visible(text: &str, kept: char) -> String {
    let letter = |letter: char| match letter {
        _ if letter == kept => Some(letter),
        _ if turns(letter) => None,
        _ if letter.is_control() || letter == '\u{2028}' || letter == '\u{2029}' => Some(' '),
        _ => Some(letter),
    };
    text.chars().filter_map(letter).collect()
}

fn cut(text: &str, longest: usize) -> String {
    let letters = text.chars().count();
    if letters <= longest {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(longest).collect();
    let _ = write!(short, "… ({} more letters)", letters - longest);
    short
}

/// The text inside HTML or SVG, in an element or a quoted attribute.
pub(crate) fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}

/// A link that may be followed: `https` or `http`, nothing else.
pub(crate) fn link(url: &str) -> Option<&str> {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    let plain = |letter: char| letter.is_ascii_graphic() && !"<>\"'`\\{}|^".contains(letter);
    (is_web && url.len() <= 2_000 && url.chars().all(plain)).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_turns_a_line_around_and_nothing_is_endless() {
        assert_eq!(shown("Ada\u{202e}ecalevoL\n\t <x@y.org>"), "AdaecalevoL <<e-mail removed>>");
        assert_eq!(shown(&"x".repeat(10_000)).chars().count(), 300 + "… (9700 more letters)".chars().count());
        assert_eq!(listing("SELECT\n\t1 \u{2066}"), "SELECT\n\t1 ");
    }

    #[test]
    fn plain_texts_stay_as_they_are_and_addresses_go_with_what_hides_in_them() {
        for text in [
            "",
            "octo/app#12",
            "Ada Novak",
            "a  b",
            " a",
            "a ",
            "tab\there",
            "é",
            "50 %",
            "x@y.org",
            "a\u{200b}b",
            "~!",
        ] {
            assert_eq!(shown(text), cut(&without_emails(&visible(text)), LONGEST), "{text:?}");
        }
        for hidden in ["x@\u{200b}y.org", "x\u{2060}@y.org", "x@y\u{200e}.org"] {
            assert_eq!(shown(hidden), "<e-mail removed>", "{hidden:?}");
            assert_eq!(listing(hidden), "<e-mail removed>", "{hidden:?}");
            assert_eq!(label(hidden), "<e-mail removed>", "{hidden:?}");
        }
    }

    #[test]
    fn only_links_to_pages_are_links() {
        assert_eq!(link("https://a.example/x?y=1#z"), Some("https://a.example/x?y=1#z"));
        for url in ["javascript:alert(1)", "data:text/html,x", "https://a/\"onclick=", "https://a/ b", " https://a"] {
            assert_eq!(link(url), None, "{url}");
        }
    }
}
