//! What the sender of a mail wrote: its text without quotes, signature, footers, and what archives put into it.

use regex::{Regex, RegexSet};
use std::borrow::Cow;
use std::sync::LazyLock;

/// Words of an attribution line (`On Monday, Ada wrote:`) in the languages of most lists.
const WROTE: &str = "wrote|writes|said|schrieb|schreef|a \u{e9}crit|\u{e9}crit|escribi\u{f3}|escribe|escreveu|ha scritto|scrisse|napisa\u{142}|\
    napsal|skrev|kirjoitti|\u{43f}\u{438}\u{448}\u{435}\u{442}|\u{43d}\u{430}\u{43f}\u{438}\u{441}\u{430}\u{43b}|yazd\u{131}|\u{5199}\u{9053}|\u{5beb}\u{9053}|\u{66f8}\u{304d}\u{307e}\u{3057}\u{305f}";

static ATTRIBUTION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(r"(?i)(\b(?:{WROTE})\b|{WROTE})[^:\u{{ff1a}}]{{0,80}}[:\u{{ff1a}}]\s*$|<[^<>]+>\s*:$")).ok()
});

/// How a line begins that an attribution begins with, when it goes on in the next.
static OPENER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?i)(on|am|at|in|le|el|il|em|den|op|dne|w dniu|\d{4}[-/\u{5e74}]|\d{1,2}[./-]\d)\b").ok()
});

/// Lines that stand for what is not quoted.
const OMISSIONS: [&str; 6] = ["[...]", "[..]", "[\u{2026}]", "(...)", "[snip]", "<snip>"];

/// Lines after which everything is another mail: Outlook's and others' forwards and answers; pipermail's attachments.
static CUTS: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    RegexSet::new([
        r"^-{2,}\s*(?i:original (message|appointment)|forwarded (message|by .*)|urspr\u{fc}ngliche nachricht|weitergeleitete nachricht|message d'origine|message transf\u{e9}r\u{e9}|mensaje original|mensagem original|messaggio originale|\u{539f}\u{59cb}\u{90ae}\u{4ef6}|\u{8f6c}\u{53d1}\u{90ae}\u{4ef6}|\u{8f49}\u{5bc4}\u{90f5}\u{4ef6}).*-{2,}\s*$",
        r"^-{14} next part -{14}$",
        r"^Begin forwarded message:$",
    ])
    .ok()
});

/// What a list's footer says below its ruler.
static FOOTER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)mailing[- ]list|unsubscribe|/listinfo/|sponsored by|groups\.io links|you received this message because",
    )
    .ok()
});

/// `ada@example.org` as pipermail writes it.
static ADDRESS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"([-+,.\w]+)@([-+.\w]+)").ok());

/// The sender's own words: without quoted lines and the line that says whom they quote, signature (from a line `--` on), list
/// footers and scrubbed attachments; without blanks at line ends and more than one blank line. Addresses are as pipermail
/// writes them, `ada at example.org`: so a mail is the same in every archive, and nobody's address is kept.
pub(super) fn own(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}');
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let mut kept: Vec<&str> = Vec::with_capacity(lines.len());
    let mut after_quote = false;
    for (at, line) in lines.iter().enumerate() {
        if ends_here(line, &lines[at..]) {
            break;
        }
        if is_quote(line) {
            if !after_quote {
                drop_attribution(&mut kept);
            }
            after_quote = true;
        } else if !line.is_empty() {
            after_quote = false;
            // What mbox did to a line that begins with "From ".
            kept.push(line.strip_prefix('>').unwrap_or(line));
        } else if kept.last().is_some_and(|last| !last.is_empty()) {
            kept.push("");
        }
    }
    while kept.last().is_some_and(|last| last.is_empty()) {
        kept.pop();
    }
    without_addresses(&kept.join("\n"))
}

fn without_addresses(text: &str) -> String {
    if !text.contains('@') {
        return text.to_owned();
    }
    match ADDRESS.as_ref().map(|address| address.replace_all(text, "$1 at $2")) {
        Some(Cow::Owned(text)) => text,
        _ => text.to_owned(),
    }
}

fn is_quote(line: &str) -> bool {
    let start = line.trim_start();
    if OMISSIONS.contains(&start) {
        return true;
    }
    // `|` is another sign for it; a table has more of them.
    (start.starts_with('>') && !line.starts_with(">From ")) || (start.starts_with("| ") && !start[1..].contains('|'))
}

/// Whether what follows is not the sender's: `rest` begins with the line.
fn ends_here(line: &str, rest: &[&str]) -> bool {
    match line.as_bytes().first() {
        Some(b'-') if line == "--" => true,
        Some(b'-' | b'_' | b'=' | b'*' | b'#') if is_ruler(line) => is_footer(rest) || is_mail_header(&rest[1..]),
        Some(b'-' | b'B') if line.starts_with("--") || line.starts_with("Begin") => {
            CUTS.as_ref().is_some_and(|cuts| cuts.is_match(line))
        }
        Some(b'F' | b'V' | b'D' | b'\xe5' | b'*') => is_mail_header(rest),
        _ => false,
    }
}

/// A line of at least 20 of the same sign, or of two in turn.
fn is_ruler(line: &str) -> bool {
    let bytes = line.as_bytes();
    bytes.len() >= 20
        && bytes.iter().zip(&bytes[2..]).all(|(one, other)| one == other)
        && !bytes[1].is_ascii_alphanumeric()
}

/// Below a ruler: a short block that says so, at the end of the mail or of what the list wrote.
fn is_footer(rest: &[&str]) -> bool {
    let below = rest[1..].iter().filter(|line| !line.is_empty()).take(4);
    FOOTER.as_ref().is_some_and(|footer| below.into_iter().any(|line| footer.is_match(line)))
}

/// The four lines with which Outlook begins the mail that is answered.
fn is_mail_header(rest: &[&str]) -> bool {
    const FROM: [&str; 5] = ["From:", "Von:", "De:", "\u{53d1}\u{4ef6}\u{4eba}:", "\u{53d1}\u{4ef6}\u{4eba}\u{ff1a}"];
    const SENT: [&str; 9] = [
        "Sent:",
        "Date:",
        "Gesendet:",
        "Datum:",
        "Envoy\u{e9}",
        "Enviado",
        "\u{53d1}\u{9001}\u{65f6}\u{95f4}",
        "\u{65e5}\u{671f}",
        "To:",
    ];
    let plain = |line: &&str| line.trim_start().replace('*', "");
    let mut lines = rest.iter().filter(|line| !line.is_empty()).take(3).map(plain);
    let starts =
        |line: Option<String>, words: &[&str]| line.is_some_and(|line| words.iter().any(|word| line.starts_with(word)));
    starts(lines.next(), &FROM) && starts(lines.next(), &SENT) && lines.next().is_some_and(|line| line.contains(':'))
}

/// Takes off the lines above a quote that say whom it quotes, at most three.
fn drop_attribution(kept: &mut Vec<&str>) {
    let mut end = kept.len();
    while end > 0 && kept[end - 1].is_empty() {
        end -= 1;
    }
    if end == 0 || !kept[end - 1].ends_with([':', '\u{ff1a}']) {
        return;
    }
    let paragraph = kept[..end].iter().rev().take(3).take_while(|line| !line.is_empty()).count();
    let matches =
        |regex: &LazyLock<Option<Regex>>, line: &str| regex.as_ref().is_some_and(|regex| regex.is_match(line));
    let said = (1..=paragraph).find(|lines| matches(&ATTRIBUTION, &kept[end - lines..end].join(" ")));
    let Some(said) = said else { return };
    // `On Monday, Ada` in a line above the one with `wrote:`.
    let begin = (said..=paragraph).find(|lines| matches(&OPENER, kept[end - lines])).unwrap_or(said);
    kept.truncate(end - begin);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_who_is_quoted_are_not_the_senders_words() {
        for (text, expected) in [
            ("Hello\n\nOn Mon, Ada L. wrote:\n> one\n>\n> two\n\nYes.\n", "Hello\n\nYes."),
            ("On Mon, 5 Jan 2015 at 10:00, Ada L. (the first)\n<ada@a.org> wrote:\n\n> one\nYes.", "Yes."),
            ("Am Montag schrieb Ada:\n> eins\nJa.", "Ja."),
            ("2015-11-15 23:43 GMT+01:00 Ada L. <ada at a.org>:\n> one\nYes.", "Yes."),
            ("On Mon, Ada wrote:\n[...]\n> one\n[snip]\nYes.", "Yes."),
            ("A list of things:\n> one\nmore", "A list of things:\nmore"),
            ("Ada <ada at a.org> writes:\n\n> one\n", ""),
            ("> one\nYes.\n-- \nBo\n", "Yes."),
            ("Yes.\n\n-----Original Message-----\nFrom: Ada\nblah\n", "Yes."),
            ("Yes.\n\nFrom: Ada <a@b.org>\nSent: Monday\nTo: Bo\nSubject: x\n\nblah\n", "Yes."),
            ("Yes.\n________________________________\nFrom: Ada\nSent: Monday\nTo: Bo\n\nblah\n", "Yes."),
            ("From: here we go\nto there", "From: here we go\nto there"),
            ("Yes.\n_______________________________________________\nDev mailing list\nDev at x.org\n", "Yes."),
            ("Yes.\n-------------- next part --------------\nA non-text attachment was scrubbed...\n", "Yes."),
            ("Title\n====================\nText", "Title\n====================\nText"),
            ("a  \n\n\n\nb\r\n", "a\n\nb"),
            (">From here on", "From here on"),
            ("ask ada@example.org", "ask ada at example.org"),
            ("| a | b |\n| c | d |", "| a | b |\n| c | d |"),
            ("", ""),
        ] {
            assert_eq!(own(text), expected, "{text}");
        }
    }

    #[test]
    fn an_archive_that_hides_addresses_gives_the_same_words() {
        let mail = "See bo@example.org.\n\nOn Monday ada@a.org wrote:\n> hm\n";
        let archived = "See bo at example.org.\n\nOn Monday ada at a.org wrote:\n> hm\n";
        assert_eq!(own(mail), own(archived));
    }
}
