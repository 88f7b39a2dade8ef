//! What a line says that it is: a label, a key of the head, a decision, a day, somebody alone.

use super::action::{self, Known};
use super::date::{self, Found};
use super::rich::Rich;
use super::section::{self, Role};

/// The owner in a text that is nothing else: `AL:`, `AL (one week):`.
pub(super) fn owner_alone(text: &str) -> Option<String> {
    let head = text.strip_suffix([':', '：'])?.trim_end();
    action::owner_prefix(text, &Known::default()).filter(|_| !head.contains([':', '：']))?;
    let bracket = head.find(" (").filter(|_| head.ends_with(')'));
    Some(head[..bracket.unwrap_or(head.len())].to_owned())
}

/// `Decision: ...` and the like.
pub(super) fn decided(text: &str) -> Option<String> {
    let (head, rest) = text.split_once(':')?;
    let head = head.trim_matches(['*', '[', ']', ' ']).to_lowercase();
    let says = matches!(
        head.as_str(),
        "decision" | "decided" | "resolved" | "resolution" | "agreed" | "agreement" | "consensus"
    );
    let rest = rest.trim().trim_start_matches(['*', ' ']);
    (says && !rest.is_empty()).then(|| rest.to_owned())
}

/// A line that is a day and nothing but its weekday.
pub(super) fn is_day_alone(line: &str) -> bool {
    let found = date::find(line);
    let Some((range, Found::Day(_))) = found.first() else { return false };
    let rest = format!("{} {}", &line[..range.start], &line[range.end..]);
    let weekday = |word: &String| {
        word.ends_with("day") || ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].contains(&word.as_str())
    };
    found.len() == 1 && section::words(&rest).iter().all(weekday) && !rest.contains(|c: char| c.is_ascii_digit())
}

pub(super) fn is_no(text: &str) -> bool {
    let lower = text.trim().to_lowercase();
    let refuses = lower.strip_prefix("no").is_some_and(|rest| rest.starts_with([' ', '(', ',', '-']));
    refuses
        || section::is_absence(&lower)
        || matches!(
            lower.as_str(),
            "" | "no" | "n" | "-" | "absent" | "regrets" | "excused" | "❌" | "✗" | "✘" | "x̶" | "false" | "[ ]" | "0"
        )
}

/// A heading inside an agenda that is no topic: a repository's name, announcements.
pub(super) fn is_container(text: &str) -> bool {
    let words = section::words(text);
    let repository = text.split_once('/').is_some_and(|(owner, name)| {
        let plain =
            |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
        plain(owner) && plain(name)
    });
    let general = matches!(
        words.join(" ").as_str(),
        "announcements"
            | "reminders"
            | "updates"
            | "other"
            | "others"
            | "misc"
            | "miscellaneous"
            | "aob"
            | "new items"
            | "any other business"
            | "old items"
            | "standing items"
            | "new topics"
            | "old topics"
            | "recurring items"
    );
    repository || general
}

/// The role of a label, and where what is behind it begins. `Attendees` without a colon is one over a list or in bold.
pub(super) fn label_of(rich: &Rich, before_list: bool) -> Option<(Role, usize)> {
    let sentence = |text: &str| text.trim_end().ends_with('.');
    let text = &rich.text;
    let line_end = text.find('\n').unwrap_or(text.len());
    let first = &text[..line_end];
    if let Some(colon) = first.find([':', '：'])
        && colon <= 60
        && !first.starts_with(':')
    {
        let width = first[colon..].chars().next().map_or(1, char::len_utf8);
        let role = section::role_of(&first[..colon]).filter(|role| role.is_structure())?;
        return Some((role, colon + width));
    }
    let bold = rich.slice(0..line_end);
    let told = bold.wholly(&bold.bold) || (before_list && line_end == text.len());
    let role = section::role_of(first).filter(|role| told && role.is_structure() && !sentence(first))?;
    (line_end == text.len() || role.has_people()).then_some((role, line_end))
}

/// Labels inside a line: `Ada, Bo; Regrets: Cy`.
pub(super) fn inner_labels(text: &str) -> Vec<(std::ops::Range<usize>, Role)> {
    let mut labels = Vec::new();
    let mut from = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| matches!(c, ':' | '：')) {
        let ends = |(_, c): &(usize, char)| matches!(c, ',' | ';' | '.' | '|' | '；' | '，');
        let separator = text[from..at].char_indices().rfind(ends);
        let start = separator.map_or(from, |(i, c)| from + i + c.len_utf8());
        let Some(head) = text.get(start..at) else { continue };
        if let Some(role) = section::role_of(head).filter(|role| role.has_people()) {
            labels.push((start..at + c.len_utf8(), role));
            from = at + c.len_utf8();
        }
    }
    labels
}

/// Where `Date: ...`, `Host: ...` and the like begin among the lines of a paragraph; its first line is always one.
pub(super) fn keyed_lines(rich: &Rich) -> Vec<Rich> {
    let mut starts: Vec<usize> = Vec::new();
    let (mut at, mut said) = (0, false);
    for line in rich.text.split_inclusive('\n') {
        let value = key_of(line);
        // Below `Attendees:` alone, `Ada Lee: Acme` is a person.
        let key = value.is_some_and(|(key, _)| said || is_head_key(key));
        if at == 0 || key {
            starts.push(at);
            said = value.is_some_and(|(_, value)| !value.is_empty());
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([rich.text.len()]);
    starts.iter().zip(ends).map(|(start, end)| rich.slice(*start..end)).collect()
}

/// Key and value of a line `words: ...`.
pub(super) fn key_of(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.trim().split_once([':', '：'])?;
    let spaced = value.is_empty() || line.contains('：') || value.starts_with(char::is_whitespace);
    let plain = key.split(' ').count() <= 4 && key.chars().all(|c| c.is_alphabetic() || " /&'-()".contains(c));
    (spaced && plain && key.chars().next().is_some_and(char::is_uppercase)).then_some((key.trim(), value.trim()))
}

/// Whether a key is one that stands in the head of notes.
pub(super) fn is_head_key(key: &str) -> bool {
    const KEYS: &str = "\
        date time when where location place venue duration notes recording video link zoom purpose goal subject \
        title meeting moderator url topic apologies next quorum";
    let words = section::words(key);
    let named = words.iter().any(|word| super::rich::is_one_of(KEYS, word));
    named || section::role_of(key).is_some() || section::is_office(key) || section::is_group(key)
}
