//! Data inside a page or a script: JSON that no HTML parser can end early.

use serde::Serialize;
use std::fmt::Write;

/// JSON in which nothing can close the script that holds it: `<`, `>`, `&` and the line ends of Unicode are escapes.
pub(crate) fn json(value: &impl Serialize) -> String {
    // Structs, lists, texts and finite numbers into memory: there is nothing here that could fail.
    let plain = serde_json::to_string(value).unwrap_or_default();
    let mut out = String::with_capacity(plain.len());
    let mut done = 0;
    for (at, letter) in plain.match_indices(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        out.push_str(&plain[done..at]);
        for letter in letter.chars() {
            let _ = write!(out, "\\u{:04x}", u32::from(letter));
        }
        done = at + letter.len();
    }
    out.push_str(&plain[done..]);
    out
}

/// A cell of a population, guarded.
pub(crate) fn cell(text: &str) -> String {
    super::text::shown(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_the_data_ends_the_script() {
        let json = json(&["</script><script>alert(1)</script>", "<!--", "\u{2028}", "a & b"]);
        assert!(!json.contains(['<', '>', '&', '\u{2028}']), "{json}");
        let back: Vec<String> = serde_json::from_str(&json).unwrap();
        assert_eq!(back[0], "</script><script>alert(1)</script>");
    }
}
