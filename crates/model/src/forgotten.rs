//! What a `person.forgotten` knows somebody by: SHA-256 of accounts, addresses and names, each in one spelling.
//!
//! | of | hashed as | found |
//! | --- | --- | --- |
//! | every account | `github:octo`, `email:ada@example.org`, `name:lantern/ada l.`: lower case | in fields, ids and texts |
//! | an address | `ada@example.org`; masked as in ids, `#<XXH3>` and `email:#<XXH3>` | anywhere |
//! | a no-reply address | also the login and the number in it, as accounts | as these |
//! | a login of four letters or more, another account's name | `octo` | in texts as a word |
//! | a name of several words | its words, lower case: `ada lark`; of two also `lark ada` | in texts and ids as a run of words |
//! | a name of one word | `given:ada`, from three letters on | only where a field is this name and nothing else |
//! | a name of three or four Han characters | `given:` and as it is | in texts, too: it has a family name |
//!
//! A shorter login is found with its `@`, in an address of github.com and as an account, by the account's hash. Initials
//! are somebody only at one meeting: they have their account and nothing else. A name of one word that is shorter, and a
//! name of several words with fewer than five letters (three, where they are no Latin ones), are not hashed: they would
//! blot out what others said.

use crate::account;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

pub(crate) type Hash = [u8; 32];

pub(crate) fn hash(text: &str) -> Hash {
    Sha256::digest(text.as_bytes()).into()
}

fn hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The 32 bytes of 64 hexadecimal digits.
pub(crate) fn from_hex(text: &str) -> Option<Hash> {
    let digits = text.trim().as_bytes();
    let mut hash = [0; 32];
    if digits.len() != 64 {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(hash)
}

/// Where the word that begins at `at` ends: letters and digits, with `-` and `_` between them. `None` where none begins.
pub(crate) fn word_end(text: &str, at: usize) -> Option<usize> {
    let joins = |c: char| c == '-' || c == '_';
    let mut before = text[..at].chars().rev();
    let inside = before
        .next()
        .is_some_and(|c| c.is_alphanumeric() || (joins(c) && before.next().is_some_and(char::is_alphanumeric)));
    if inside || !text[at..].starts_with(char::is_alphanumeric) {
        return None;
    }
    let mut end = at;
    let mut rest = text[at..].chars().peekable();
    while let Some(c) = rest.next() {
        let goes_on = c.is_alphanumeric() || (joins(c) && rest.peek().is_some_and(|next| next.is_alphanumeric()));
        if !goes_on {
            break;
        }
        end += c.len_utf8();
    }
    Some(end)
}

/// The words of a text, lower case.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        match word_end(text, at) {
            Some(end) => {
                words.push(text[at..end].to_lowercase());
                at = end;
            }
            None => at += c.len_utf8(),
        }
    }
    words
}

/// Chinese characters.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{323af}')
}

/// See the table above.
pub(crate) fn hashes_of<'a>(
    accounts: impl Iterator<Item = &'a str>,
    names: impl Iterator<Item = &'a str>,
) -> Vec<String> {
    let mut texts = BTreeSet::new();
    accounts.for_each(|account| add_account(account.trim(), &mut texts));
    names.for_each(|name| add_name(name, &mut texts));
    texts.iter().map(|text| hex(&hash(text))).collect::<BTreeSet<_>>().into_iter().collect()
}

fn add_account(account: &str, texts: &mut BTreeSet<String>) {
    let lower = account.to_lowercase();
    let Some((scheme, rest)) = account.split_once(':').filter(|(_, rest)| !rest.is_empty()) else { return };
    match scheme {
        "forgotten" | "team" => return,
        "email" => add_address(&lower["email:".len()..], texts),
        "name" => add_name(rest.split_once('/').map_or(rest, |(_, name)| name), texts),
        "github-id" | "initials" => {}
        _ => add_word(rest, texts),
    }
    texts.insert(lower);
}

fn add_word(login: &str, texts: &mut BTreeSet<String>) {
    if login.chars().count() >= 4 {
        texts.insert(login.to_lowercase());
    }
}

fn add_address(address: &str, texts: &mut BTreeSet<String>) {
    let masked = format!("#{:016x}", xxhash_rust::xxh3::xxh3_64(address.as_bytes()));
    texts.extend([address.to_owned(), format!("email:{masked}"), masked]);
    if let Some(login) = account::noreply_login(address) {
        texts.insert(account::github(login));
        add_word(login, texts);
        let number = address.split_once('+').and_then(|(number, _)| number.parse().ok());
        texts.extend(number.map(account::github_id));
    }
}

fn add_name(name: &str, texts: &mut BTreeSet<String>) {
    let name = name.trim();
    if name.contains('@') && !name.contains(char::is_whitespace) && !name.starts_with('@') {
        return add_address(&name.to_lowercase(), texts);
    }
    let words = words(name);
    let joined = words.join(" ");
    let latin = joined.is_ascii();
    let letters = joined.chars().filter(|c| c.is_alphanumeric()).count();
    if letters < if latin { 3 } else { 2 } || (words.len() > 1 && letters < if latin { 5 } else { 3 }) {
        return;
    }
    // A line of a mailmap has the hash of its name in its id.
    texts.insert(format!("#{:016x}", xxhash_rust::xxh3::xxh3_64(name.as_bytes())));
    match words.as_slice() {
        [word] => {
            texts.insert(format!("given:{word}"));
            if (3..=4).contains(&letters) && word.chars().all(is_han) {
                texts.insert(word.clone());
            }
        }
        [one, other] => texts.extend([format!("{one} {other}"), format!("{other} {one}")]),
        _ => drop(texts.insert(joined)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_same_however_they_are_written() {
        assert_eq!(words("Ada  Lark"), ["ada", "lark"]);
        assert_eq!(words("*Ada* \"L.\" O'Brien-Smith_"), ["ada", "l", "o", "brien-smith"]);
        assert_eq!(words("@octo-1, refs/heads/x"), ["octo-1", "refs", "heads", "x"]);
        assert_eq!(words("Änne 王小明。"), ["änne", "王小明"]);
        assert!(words(" - _ ").is_empty());
    }

    #[test]
    fn a_hash_is_read_as_it_is_written() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(hex(&hash("")), empty);
        assert_eq!(from_hex(&empty.to_uppercase()), Some(hash("")));
        assert_eq!(from_hex("e3"), None);
        assert_eq!(from_hex(&"é".repeat(32)), None);
    }

    #[test]
    fn what_is_too_short_is_not_hashed() {
        let of = |accounts: &[&str], names: &[&str]| hashes_of(accounts.iter().copied(), names.iter().copied());
        let has = |hashes: &[String], text: &str| hashes.contains(&hex(&hash(text)));
        let hashes = of(&["github:AL", "initials:c/s/2025-01-01/AL", "name:c/Al"], &["Al", "A B", "Ada", "-"]);
        for text in ["github:al", "initials:c/s/2025-01-01/al", "name:c/al", "given:ada"] {
            assert!(has(&hashes, text), "{text}");
        }
        // The four, and the mask of `Ada`.
        assert_eq!(hashes.len(), 5);
        assert!(hashes.is_sorted());
        let hashes = of(&["github:octo", "email:7+Octo@users.noreply.github.com"], &["Ada Lark", "王小明", "王明"]);
        for text in [
            "octo",
            "github:octo",
            "github-id:7",
            "7+octo@users.noreply.github.com",
            "ada lark",
            "lark ada",
            "王小明",
            "given:王明",
        ] {
            assert!(has(&hashes, text), "{text}");
        }
        assert!(!has(&hashes, "王明") && !has(&hashes, "ada") && !has(&hashes, "given:octo"));
        assert_eq!(
            hashes,
            of(&["email:7+octo@users.noreply.github.com", "github:octo"], &["王明", "王小明", "Ada Lark"])
        );
        let masked = account::masked("email:ada@example.org");
        assert!(has(&of(&["email:ada@example.org"], &[]), &masked));
        assert!(of(&["forgotten:3", "team:a/b"], &[]).is_empty());
    }
}
