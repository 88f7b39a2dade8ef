//! The last guards before a text leaves.

use std::borrow::Cow;

/// What stands where an e-mail address was.
pub const REMOVED: &str = "<e-mail removed>";

/// The text without anything that looks like an e-mail address (`x@y.z`), also with `%40` for the `@`.
///
/// It errs on the side of removing, with one exception: `file@1.2.3` is a version and stays. An address with letters in it that
/// nobody sees is one.
pub fn without_emails(text: &str) -> Cow<'_, str> {
    // The first bytes of all spellings of the sign; most texts have none of them.
    if !text.bytes().any(|byte| matches!(byte, b'@' | b'%' | 0xef)) {
        return Cow::Borrowed(text);
    }
    if !text.contains(turns) {
        return without_plain(text);
    }
    let seen: String = text.chars().filter(|letter| !turns(*letter)).collect();
    match without_plain(&seen) {
        Cow::Borrowed(_) => Cow::Borrowed(text),
        Cow::Owned(clean) => Cow::Owned(clean),
    }
}

fn without_plain(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut done = 0;
    let mut at = 0;
    while let Some((sign, length)) = next_sign(text, at) {
        at = sign + length;
        let start = local_start(text, sign).max(done);
        let domain = domain_length(&text[at..]);
        if start < sign && is_domain(&text[at..at + domain]) {
            at += domain;
            out.push_str(&text[done..start]);
            out.push_str(REMOVED);
            done = at;
        }
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

/// Marks that change the direction of the text after them, or that nobody sees: a name with one can make a line say
/// something else than its letters do.
pub(crate) fn turns(letter: char) -> bool {
    matches!(letter, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{feff}')
        || ('\u{202a}'..='\u{202e}').contains(&letter)
        || ('\u{2060}'..='\u{2069}').contains(&letter)
        || ('\u{e0000}'..='\u{e007f}').contains(&letter)
}

/// The next `@`, in any of its spellings, and how many bytes it is long.
fn next_sign(text: &str, from: usize) -> Option<(usize, usize)> {
    ["@", "%40", "\u{ff20}"]
        .iter()
        .filter_map(|sign| text[from..].find(sign).map(|found| (from + found, sign.len())))
        .min()
}

/// Where the part before the `@` begins.
fn local_start(text: &str, sign: usize) -> usize {
    let before = &text[..sign];
    if let Some(quoted) = before.strip_suffix('"') {
        return quoted.rfind('"').unwrap_or(sign);
    }
    let length: usize = before.chars().rev().take_while(|&letter| is_local(letter)).map(char::len_utf8).sum();
    sign - length
}

fn is_local(letter: char) -> bool {
    letter.is_alphanumeric() || "._%+-'!$^~{}".contains(letter)
}

/// How many bytes after the `@` may be a domain.
fn domain_length(text: &str) -> usize {
    let letters = text.chars().take_while(|&letter| letter.is_alphanumeric() || ".-_".contains(letter));
    let length = letters.map(char::len_utf8).sum();
    text[..length].trim_end_matches(['.', '-']).len()
}

/// Whether it has a label with a letter after its first dot.
fn is_domain(text: &str) -> bool {
    let mut labels = text.split('.');
    labels.next().is_some_and(|first| !first.is_empty()) && labels.any(|label| label.contains(char::is_alphabetic))
}

/// The text as a spreadsheet shows it and does not run it: what begins like a formula (`=` `+` `-` `@`, a tab, a
/// line end, or their full-width forms) gets a `'` in front, as OWASP advises. Numbers such as `-3.5` stay numbers.
pub fn spreadsheet_safe(text: &str) -> Cow<'_, str> {
    const STARTS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    if text.starts_with(STARTS) && !is_number(text) {
        return Cow::Owned(format!("'{text}"));
    }
    Cow::Borrowed(text)
}

/// A sign, digits, a fraction, an exponent; nothing else that `parse` would take, such as `-inf`.
fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) && text.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_go_and_the_rest_stays() {
        for (text, clean) in [
            ("ada@example.org", "<e-mail removed>"),
            ("x@y.z", "<e-mail removed>"),
            ("email:Ada.L+tag@mail.example.co.uk, and", "email:<e-mail removed>, and"),
            ("Ada <ada@example.org>; Bob <b@x.io>.", "Ada <<e-mail removed>>; Bob <<e-mail removed>>."),
            ("mailto:ada%40example.org", "mailto:<e-mail removed>"),
            ("ada\u{ff20}example.org", "<e-mail removed>"),
            ("\"ada lovelace\"@example.org", "<e-mail removed>"),
            ("jörg@bücher.example", "<e-mail removed>"),
            ("ada@\u{200b}exam\u{2060}ple.org", "<e-mail removed>"),
            ("ada\u{200e}@example.\u{feff}org", "<e-mail removed>"),
            ("https://user:token@host.example/x", "https://user:<e-mail removed>/x"),
            ("see ada@example.org.", "see <e-mail removed>."),
            ("a@b@c.org", "a@<e-mail removed>"),
            ("ada@example.org.5", "<e-mail removed>"),
        ] {
            assert_eq!(without_emails(text), clean);
        }
        for text in [
            "",
            "@octo",
            "roles/Maintainers.md@9678f9a:12",
            "actions/checkout@v4.1.2",
            "a @ b.c",
            "root@localhost",
            "@scope/pkg.js",
            "100 % 40",
            "@",
            "\"@x.org",
            "a\u{200b}b @octo",
        ] {
            assert_eq!(without_emails(text), text);
        }
    }

    #[test]
    fn nothing_that_looks_like_an_address_is_left_and_twice_is_once() {
        let address = regex::Regex::new(r"[\w.+%-]@[\w-]+(\.[\w-]+)*\.[a-z]").unwrap();
        let pieces = ["a", "@", ".", "org", "%40", "\"", " ", "-", "é", "x@y.z", "<", "1", "\u{ff20}", ":", "+", "_"];
        let mut seed: u32 = 7;
        for _ in 0..50_000 {
            let mut text = String::new();
            for _ in 0..12 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                text.push_str(pieces[seed as usize >> 16 & 15]);
            }
            let clean = without_emails(&text);
            assert!(!address.is_match(&clean), "{text} -> {clean}");
            assert_eq!(without_emails(&clean), clean, "{text}");
        }
    }

    #[test]
    fn formulas_are_text_and_numbers_are_numbers() {
        for text in
            ["=1+1", "+49 30", "-x", "@SUM(A1)", "\tx", "\r=x", "\n=x", "-1+cmd|' /C calc'!A0", "-inf", "＝1", "-"]
        {
            assert_eq!(spreadsheet_safe(text), format!("'{text}"));
        }
        for text in ["-3.5", "+4", "-1e9", "", "a=b", "12", " =1", "'=1"] {
            assert_eq!(spreadsheet_safe(text), text);
        }
    }
}
