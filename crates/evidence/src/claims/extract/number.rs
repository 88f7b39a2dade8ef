//! The numbers of a sentence, in digits or in words, and how they are hedged.

use std::ops::Range;

/// A word, a number or a sign of a sentence, with its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub range: Range<usize>,
    /// In lower case, in British spelling.
    pub word: String,
}

/// A number of a sentence.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Number {
    /// The tokens that it is written with.
    pub tokens: Range<usize>,
    /// The value, or the lesser of a range.
    pub low: f64,
    /// The greater of a range.
    pub high: Option<f64>,
    /// Whether it is a percentage.
    pub is_percent: bool,
    /// Whether a `+` follows.
    pub is_open: bool,
}

/// Words and signs. Addresses, references (`#12`), versions (`v2.1`, `2.1.0`), code and times are no words: what stands in
/// their place can be no number.
pub(super) fn tokens(sentence: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = sentence[at..].chars().next() {
        let end = at
            + match first {
                _ if first.is_whitespace() => {
                    at += first.len_utf8();
                    continue;
                }
                '#' => run(&sentence[at + 1..], |letter| letter.is_alphanumeric() || letter == '_') + 1,
                _ if first.is_ascii_digit() => numeric(&sentence[at..]),
                _ if first.is_alphabetic() => lettered(&sentence[at..]),
                _ => first.len_utf8(),
            };
        let written = &sentence[at..end];
        tokens.push(Token { range: at..end, word: british(&written.to_lowercase()) });
        at = end;
    }
    tokens
}

fn run(text: &str, is_in: impl Fn(char) -> bool) -> usize {
    text.find(|letter| !is_in(letter)).unwrap_or(text.len())
}

/// A run of digits with its separators; what goes on in letters (`2x`, `3rd`) or is a date or a version is one token too.
fn numeric(text: &str) -> usize {
    let mut end = run(text, |letter| letter.is_ascii_digit());
    loop {
        let rest = &text[end..];
        let mut letters = rest.chars();
        let (sign, next) = (letters.next(), letters.next());
        let is_digit = next.is_some_and(|next| next.is_ascii_digit());
        match sign {
            Some('.' | ':' | '/') if is_digit => end += 1 + run(&rest[1..], |letter| letter.is_ascii_digit()),
            Some(',' | '\'' | '\u{2019}' | '\u{a0}' | '\u{202f}' | '\u{2009}') if thousand(rest) => {
                end += rest.len() - letters_after(rest, 4).len()
            }
            Some('-') if is_date(&text[..end], rest) => end += 1 + run(&rest[1..], |letter| letter.is_ascii_digit()),
            Some(letter) if letter.is_alphabetic() || letter == '_' => {
                end += run(rest, |letter| letter.is_alphanumeric() || letter == '_')
            }
            _ => return end,
        }
    }
}

fn letters_after(text: &str, count: usize) -> &str {
    text.char_indices().nth(count).map_or("", |(at, _)| &text[at..])
}

/// A separator and exactly three digits.
fn thousand(text: &str) -> bool {
    let digits: Vec<char> = text.chars().skip(1).take_while(char::is_ascii_digit).collect();
    digits.len() == 3
}

/// `2025-06` and on, not `15-20`.
fn is_date(before: &str, rest: &str) -> bool {
    let part = before.rsplit('-').next().unwrap_or_default();
    let digits = run(&rest[1..], |letter| letter.is_ascii_digit());
    digits == 2 && (part.len() == 4 && part.starts_with(['1', '2']) || before.len() == 7 && before.contains('-'))
}

/// A word; an address or a path, which has `://`, `@` or `/` in it, is one too.
fn lettered(text: &str) -> usize {
    let word = run(text, |letter| letter.is_alphanumeric() || matches!(letter, '_' | '\'' | '\u{2019}'));
    let rest = &text[word..];
    if rest.starts_with("://") || rest.starts_with('@') {
        return word + run(rest, |letter| !letter.is_whitespace() && !matches!(letter, ')' | '>' | '"'));
    }
    // `twenty-one`, `P2P`, `d7y.io`, `first-time`: one word as long as it goes on.
    let mut letters = rest.chars();
    match (letters.next(), letters.next()) {
        (Some('-' | '.' | '/'), Some(next)) if next.is_alphanumeric() => {
            word + 1 + lettered(&rest[1..]).max(run(&rest[1..], char::is_alphanumeric))
        }
        _ => word,
    }
}

/// American spelling and typography made British and plain.
fn british(word: &str) -> String {
    let word = word.replace('\u{2019}', "'");
    match word.find("organiz") {
        Some(_) => word.replace("organiz", "organis"),
        None => word,
    }
}

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// The numbers of a sentence. A year is one too: whether it is a date is for who knows what stands around it.
pub(super) fn numbers(tokens: &[Token]) -> Vec<Number> {
    let mut numbers: Vec<Number> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let Some((value, mut end)) = value_at(tokens, at) else {
            at += 1;
            continue;
        };
        let mut number = Number { tokens: at..end, low: value, high: None, is_percent: false, is_open: false };
        if let Some((high, after)) = range_after(tokens, at, end).filter(|(high, _)| *high > value) {
            (number.high, end) = (Some(high), after);
        }
        if is(tokens, end, &["+"]) {
            (number.is_open, end) = (true, end + 1);
        }
        if is(tokens, end, &["%", "percent", "\u{ff05}"]) {
            (number.is_percent, end) = (true, end + 1);
        } else if is(tokens, end, &["per"]) && is(tokens, end + 1, &["cent"]) {
            (number.is_percent, end) = (true, end + 2);
        }
        number.tokens.end = end;
        numbers.push(number);
        at = end;
    }
    numbers
}

fn is(tokens: &[Token], at: usize, words: &[&str]) -> bool {
    tokens.get(at).is_some_and(|token| words.contains(&token.word.as_str()))
}

/// `15-20`, `15 – 20`, `15 to 20`, `between 15 and 20`; also with a percent sign after each.
fn range_after(tokens: &[Token], start: usize, end: usize) -> Option<(f64, usize)> {
    let end = if is(tokens, end, &["%"]) { end + 1 } else { end };
    let is_between = start > 0 && is(tokens, start - 1, &["between"]);
    let joins =
        is(tokens, end, &["-", "\u{2013}", "\u{2014}", "\u{2212}", "to"]) || is_between && is(tokens, end, &["and"]);
    if !joins || start > 0 && is(tokens, start - 1, &["from"]) {
        return None;
    }
    value_at(tokens, end + 1)
}

/// The number that begins at a token, and the token after it.
fn value_at(tokens: &[Token], at: usize) -> Option<(f64, usize)> {
    let word = tokens.get(at)?.word.as_str();
    if let Some(value) = digits(word) {
        return Some(match tokens.get(at + 1).map(|next| next.word.as_str()) {
            Some("thousand") => (value * 1000.0, at + 2),
            Some("million") => (value * 1_000_000.0, at + 2),
            _ => (value, at + 1),
        });
    }
    in_words(tokens, at)
}

/// `1,234`, `1.5`, `12k`; no version (`2.1.0`), no date, no ordinal.
fn digits(word: &str) -> Option<f64> {
    if !word.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let plain: String =
        word.chars().filter(|letter| !matches!(letter, ',' | '\'' | '\u{a0}' | '\u{202f}' | '\u{2009}')).collect();
    let (number, factor) = match plain.strip_suffix('k') {
        Some(number) => (number.to_owned(), 1000.0),
        None => (plain, 1.0),
    };
    let is_plain = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && number.matches('.').count() <= 1;
    is_plain.then(|| number.parse::<f64>().ok())?.map(|value| value * factor)
}

/// `twelve`, `twenty-one`, `two hundred and five`, `a dozen`.
fn in_words(tokens: &[Token], at: usize) -> Option<(f64, usize)> {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.word.as_str());
    let is_a = word(at) == "a" && ["hundred", "thousand", "dozen"].contains(&word(at + 1));
    // Whole thousands, and what stands below them so far.
    let (mut thousands, mut below) = (0.0, if is_a { 1.0 } else { small(word(at))? });
    let mut at = at + 1;
    loop {
        match word(at) {
            "dozen" => return Some((thousands + below * 12.0, at + 1)),
            "hundred" if below < 100.0 => below *= 100.0,
            "thousand" if thousands == 0.0 => (thousands, below) = (below * 1000.0, 0.0),
            "and" if (below >= 100.0 || thousands > 0.0) && small(word(at + 1)).is_some() => {}
            next => match small(next).filter(|_| below == 0.0 || below >= 100.0 && below % 100.0 == 0.0) {
                Some(part) => below += part,
                None => return Some((thousands + below, at)),
            },
        }
        at += 1;
    }
}

/// A number below a hundred.
fn small(word: &str) -> Option<f64> {
    let one = |word: &str| ONES.iter().position(|one| *one == word);
    let ten = |word: &str| TENS.iter().position(|ten| *ten == word).map(|ten| (ten + 2) * 10);
    let value = one(word).or_else(|| ten(word)).or_else(|| {
        let (tens, ones) = word.split_once('-')?;
        Some(ten(tens)? + one(ones).filter(|one| (1..10).contains(one))?)
    });
    value.map(|value| value as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(sentence: &str) -> Vec<String> {
        numbers(&tokens(sentence))
            .iter()
            .map(|number| {
                let high = number.high.map_or(String::new(), |high| format!("..{high}"));
                let percent = if number.is_percent { "%" } else { "" };
                let open = if number.is_open { "+" } else { "" };
                format!("{}{high}{open}{percent}", number.low)
            })
            .collect()
    }

    #[test]
    fn numbers_in_digits() {
        assert_eq!(
            found("1,234 and 1\u{202f}234 and 12k and 3.5 thousand, 200+ of 12% or 12 per cent"),
            ["1234", "1234", "12000", "3500", "200+", "12%", "12%"]
        );
        assert_eq!(
            found("15-20, 15–20, 15 to 20, between 15 and 20, 10%-20%, 5 and 6"),
            ["15..20", "15..20", "15..20", "15..20", "10..20%", "5", "6"]
        );
        assert_eq!(found("grew from 300 to 1,400+"), ["300", "1400+"]);
        assert_eq!(found("1,2 or 1,23,456"), ["1", "2", "1", "23456"], "thousands come in threes");
    }

    #[test]
    fn numbers_in_words() {
        assert_eq!(
            found("Twelve maintainers, twenty-one people, two hundred and five, a dozen, two dozen, a hundred"),
            ["12", "21", "205", "12", "24", "100"]
        );
        assert_eq!(found("three thousand four hundred"), ["3400"]);
        assert_eq!(found("none of the ones"), [""; 0]);
    }

    #[test]
    fn what_only_looks_like_a_number() {
        for text in [
            "v2.0 and 2.1.0",
            "#162",
            "https://x.example/2023/5",
            "P2P",
            "d7y.io",
            "a@5.example",
            "3rd and 1st",
            "2025-06-01",
            "at 10:30",
            "24/7",
            "x86_64",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
