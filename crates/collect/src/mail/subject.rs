//! What a mail is about: its subject without what answering, forwarding and lists put before it.

use super::header::{decode_words, head};

/// Prefixes of answers and forwards, lower case, without colon: English, German, Dutch, the Nordic languages, French,
/// Spanish, Portuguese, Italian, Polish, Czech, Hungarian, Turkish, Greek, Russian, Chinese, Vietnamese.
const PREFIXES: [&str; 40] = [
    "re",
    "fw",
    "fwd",
    "aw",
    "antw",
    "antwort",
    "wg",
    "doorst",
    "sv",
    "vs",
    "vb",
    "vl",
    "tr",
    "r\u{e9}f",
    "ref",
    "rv",
    "res",
    "enc",
    "r",
    "i",
    "rif",
    "odp",
    "pd",
    "p\u{159}",
    "v\u{e1}",
    "ynt",
    "ilt",
    "\u{3b1}\u{3c0}",
    "\u{3c3}\u{3c7}\u{3b5}\u{3c4}",
    "\u{3c0}\u{3c1}\u{3b8}",
    "\u{43e}\u{442}\u{432}",
    "\u{43f}\u{435}\u{440}\u{435}\u{441}\u{43b}",
    "\u{56de}\u{590d}",
    "\u{7b54}\u{590d}",
    "\u{8f6c}\u{53d1}",
    "\u{56de}\u{8986}",
    "\u{8f49}\u{5bc4}",
    "\u{7b54}\u{8986}",
    "tl",
    "bls",
];

/// What a mail is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct About {
    /// The subject that a thread's mails share.
    pub subject: String,
    /// Whether it begins as an answer does, `Re:`.
    pub answers: bool,
}

/// The subject that a thread's mails share: encoded words decoded, answer prefixes and the list's own tag taken off, white
/// space folded, lower case. Other tags (`[VOTE]`, `[PATCH 1/3]`) stay: they tell threads apart. `None` says nothing.
pub(super) fn about(subject: &str, list: &str) -> Option<About> {
    let decoded = decode_words(head(subject, 4 << 10)).to_lowercase();
    let folded = decoded.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut tags = String::new();
    let (mut rest, mut answers) = (folded.as_str(), false);
    loop {
        if let Some(next) = without_prefix(rest) {
            (rest, answers) = (next, true);
        } else if let Some((tag, next)) = tag(rest) {
            if !is_of_list(tag, list) {
                tags.push_str(tag);
                tags.push(' ');
            }
            rest = next;
        } else {
            break;
        }
    }
    let subject = format!("{tags}{rest}");
    let subject = subject.trim();
    (!subject.is_empty()).then(|| About { subject: subject.to_owned(), answers })
}

/// What follows `re:`, `re[2]:`, `re (3):`, `re^2:`, `aw :`, or a prefix with a full-width colon.
fn without_prefix(text: &str) -> Option<&str> {
    let (before, after) = text.split_once([':', '\u{ff1a}'])?;
    let word = before.trim_end_matches(|c: char| c.is_ascii_digit() || "[]()^*. ".contains(c));
    PREFIXES.contains(&word).then(|| after.trim_start())
}

/// A tag in square brackets at the start, and what follows it.
fn tag(text: &str) -> Option<(&str, &str)> {
    let end = text.strip_prefix('[')?.find(']')? + 2;
    Some((&text[..end], text[end..].trim_start()))
}

/// Whether a tag names the list: `[numpy-discussion]`, `[analytics]` of `analytics@lists.example.org`.
fn is_of_list(tag: &str, list: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (tag, list) = (plain(tag), list.split('@').next().unwrap_or(list));
    let last = list.rsplit(['/', ':']).next().unwrap_or(list);
    !tag.is_empty() && (tag == plain(list) || tag == plain(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_of_a_thread_share_a_subject() {
        for (subject, expected) in [
            ("Sparse  matrices", "sparse matrices"),
            ("Re: Sparse\tmatrices", "sparse matrices"),
            ("RE: AW: Fwd: Sparse matrices", "sparse matrices"),
            ("[Lantern-dev] Re: Sparse matrices", "sparse matrices"),
            ("Re: [lantern-dev] AW : [Lantern-Dev] sparse matrices", "sparse matrices"),
            ("Re[2]: Re (3): re^2: sparse matrices", "sparse matrices"),
            ("\u{56de}\u{590d}\u{ff1a}sparse matrices", "sparse matrices"),
            ("=?utf-8?Q?R=C3=A9f=3A_sparse_matrices?=", "sparse matrices"),
            ("[VOTE] Release 1", "[vote] release 1"),
            ("Re: [lantern-dev] [VOTE] Release 1", "[vote] release 1"),
            ("Re: [VOTE] Re: Release 1", "[vote] release 1"),
            ("result: good", "result: good"),
            ("[open", "[open"),
        ] {
            let about = about(subject, "lantern-dev@lists.example.org").unwrap();
            assert_eq!(about.subject, expected, "{subject}");
            let plain = ["Sparse  matrices", "[VOTE] Release 1", "result: good", "[open"];
            assert_eq!(about.answers, !plain.contains(&subject), "{subject}");
        }
        for nothing in ["", "Re:", " Re: [lantern-dev] "] {
            assert_eq!(about(nothing, "lantern-dev"), None, "{nothing}");
        }
    }
}
