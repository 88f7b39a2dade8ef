//! Folding of names: what is compared where spelling must not matter.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A text without case, Latin diacritics, punctuation and superfluous white space: `Ștefan-Ion  POPA.` is `stefan ion popa`.
///
/// Only the marks of European scripts are dropped: in Japanese or Hindi a mark makes another letter, so another name.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return spaced(text.chars().map(|letter| letter.to_ascii_lowercase()), text.len());
    }
    let bare = text.nfkd().flat_map(char::to_lowercase).filter(|letter| !('\u{300}'..='\u{36f}').contains(letter));
    spaced(bare.nfc().map(plain), text.len())
}

/// Letters that do not decompose, though people type them without their stroke.
fn plain(letter: char) -> char {
    match letter {
        'ł' => 'l',
        'ø' => 'o',
        'đ' | 'ð' => 'd',
        'ħ' => 'h',
        'ı' => 'i',
        'ŧ' => 't',
        other => other,
    }
}

fn spaced(letters: impl Iterator<Item = char>, capacity: usize) -> String {
    let mut folded = String::with_capacity(capacity);
    let mut gap = false;
    for letter in letters {
        if matches!(letter, '\'' | '’' | '`') {
            continue; // O'Brien is OBrien
        }
        if letter.is_alphanumeric() || letter == '+' || letter == '#' || is_combining_mark(letter) {
            if gap && !folded.is_empty() {
                folded.push(' ');
            }
            gap = false;
            folded.push(letter);
        } else {
            gap = true;
        }
    }
    folded
}

/// Whether a text is a name as people bear them rather than a login or a nickname: two words, or a word in a script that
/// writes names without a space.
pub(crate) fn is_proper_name(text: &str) -> bool {
    let wide =
        |letter: char| ('\u{3040}'..='\u{9fff}').contains(&letter) || ('\u{ac00}'..='\u{d7af}').contains(&letter);
    !text.contains('@')
        && (text.split_whitespace().count() > 1 || text.chars().filter(|letter| wide(*letter)).count() > 1)
}

/// Whether two folded names may be two spellings of one: the same words in another order, some left out or cut to
/// initials, or a slip of the pen. Names in different scripts are not compared: nothing can be said of them.
pub(crate) fn are_variants(a: &str, b: &str) -> bool {
    if a == b || is_latin(a) != is_latin(b) || a.replace(' ', "") == b.replace(' ', "") {
        return true;
    }
    let (short, long) = if a.split(' ').count() <= b.split(' ').count() { (a, b) } else { (b, a) };
    let mut rest: Vec<&str> = long.split(' ').collect();
    let covered = short.split(' ').all(|word| {
        let found = rest.iter().position(|other| *other == word).or_else(|| {
            rest.iter().position(|other| {
                (word.chars().count() == 1 && other.starts_with(word))
                    || (other.chars().count() == 1 && word.starts_with(*other))
            })
        });
        found.map(|at| rest.remove(at)).is_some()
    });
    covered || strsim::jaro_winkler(a, b) >= 0.93
}

fn is_latin(text: &str) -> bool {
    text.chars().filter(|letter| letter.is_alphabetic()).all(|letter| (letter as u32) < 0x250)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_marks_punctuation_and_space_do_not_matter() {
        assert_eq!(fold("Ștefan-Ion  POPA."), "stefan ion popa");
        assert_eq!(fold("s\u{326}tefan"), "stefan");
        assert_eq!(fold("Łukasz Øvre"), "lukasz ovre");
        assert_eq!(fold("Ｗｉｄｅ"), "wide");
        assert_eq!(fold("Maeve O'Brien"), fold("maeve OBrien"));
        assert_eq!(fold(" ?! "), "");
    }

    #[test]
    fn a_mark_that_makes_another_letter_stays() {
        assert_ne!(fold("ガラス"), fold("カラス"));
        assert_eq!(fold("ガラス"), fold("カ\u{3099}ラス"));
        assert_ne!(fold("C++ Guild"), fold("C Guild"));
    }

    #[test]
    fn variants_are_told_from_other_names() {
        for (a, b) in
            [("mira tal", "tal mira"), ("mira tal", "mira k tal"), ("mira tal", "m tal"), ("jon smyth", "jon smythe")]
        {
            assert!(are_variants(a, b), "{a} {b}");
        }
        for (a, b) in [("mira tal", "oskar bergh"), ("mira tal", "mira bergh"), ("li wei", "li ming")] {
            assert!(!are_variants(a, b), "{a} {b}");
        }
        assert!(are_variants("美拉", "mira tal"), "another script says nothing");
    }

    #[test]
    fn logins_are_no_proper_names() {
        assert!(is_proper_name("Mira Tal") && is_proper_name("美拉"));
        assert!(!is_proper_name("miratal") && !is_proper_name("mira@tal.example b"));
    }
}
