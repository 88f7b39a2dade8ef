//! Data inside a page or a script: JSON that no HTML parser can end early.

use crate::guard::without_emails;
use serde::Serialize;

/// JSON in which nothing can close the script that holds it: `<`, `>`, `&` and the line ends of Unicode are escapes.
pub(crate) fn json(value: &impl Serialize) -> String {
    // Structs, lists, texts and finite numbers into memory: there is nothing here that could fail.
    let plain = serde_json::to_string(value).unwrap_or_default();
    let mut out = String::with_capacity(plain.len());
    for letter in plain.chars() {
        match letter {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", u32::from(letter))),
            _ => out.push(letter),
        }
    }
    out
}

/// A cell of a population, guarded.
pub(crate) fn cell(text: &str) -> String {
    super::text::shown(&without_emails(text))
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
