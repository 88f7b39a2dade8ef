//! What a heading or label announces, by its words and never by its place.

use super::rich::is_one_of;

/// What stands in a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The meeting's own heading and what follows it directly.
    Root,
    /// Links, place, recording.
    Info,
    /// Who was there.
    Attendees,
    /// Who was not.
    Regrets,
    /// Agenda and topics: list items and sub-headings are topics.
    Topics,
    /// Minutes: sub-headings are topics.
    Discussion,
    /// A part of the agenda that is no topic itself, such as a repository's name.
    Container,
    /// One topic; what is below is its detail.
    Topic,
    /// Action items.
    Actions,
    /// Decisions.
    Decisions,
    /// Both under one heading: who has an owner or a box is an action, the rest decisions.
    ActionsAndDecisions,
    /// The next meeting.
    Next,
    /// Anything else.
    Other,
}

impl Role {
    /// Whether the notes' own form shows: what makes a dated page a meeting.
    pub fn is_structure(self) -> bool {
        !matches!(self, Self::Root | Self::Info | Self::Next | Self::Other | Self::Topic | Self::Container)
    }

    /// Whether people stand here.
    pub fn has_people(self) -> bool {
        matches!(self, Self::Attendees | Self::Regrets)
    }
}

/// Lower-case words of a heading, without emoji codes, numbering, a bracket at its end and punctuation.
pub(super) fn words(text: &str) -> Vec<String> {
    let text = without_emoji_codes(text);
    let text = text.trim();
    let bracket = ["(", "[", "（"].iter().filter_map(|open| text.find(open)).filter(|at| *at > 0).min();
    let closed = text.ends_with([')', ']', '）', ':']);
    let text = if let (Some(at), true) = (bracket, closed) { &text[..at] } else { text };
    text.to_lowercase()
        .replace('’', "'")
        .split(|c: char| !(c.is_alphanumeric() || c == '\''))
        .filter(|word| !word.is_empty() && !word.chars().all(|c| c.is_ascii_digit()))
        .map(str::to_owned)
        .collect()
}

/// The text without `:dart:` and the like.
pub(super) fn without_emoji_codes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(':') {
        let name = &rest[start + 1..];
        let end = name.find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || "_+-".contains(c)));
        match end {
            Some(end) if end > 1 && name[end..].starts_with(':') && name.starts_with(|c: char| !c.is_ascii_digit()) => {
                out.push_str(&rest[..start]);
                rest = &name[end + 1..];
            }
            _ => {
                out.push_str(&rest[..=start]);
                rest = name;
            }
        }
    }
    out + rest
}

/// What a heading or a label announces, where its words say so.
pub(super) fn role_of(text: &str) -> Option<Role> {
    let words = words(text);
    let (count, joined) = (words.len(), words.join(" "));
    let any = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if count == 0 || count > 6 {
        return None;
    }
    if let Some(role) = chinese_role(&joined) {
        return Some(role);
    }
    people_role(&joined, count, &any).or_else(|| work_role(&joined, count, &any))
}

fn people_role(joined: &str, count: usize, any: &dyn Fn(&[&str]) -> bool) -> Option<Role> {
    if any(&["how", "for", "what", "number", "count", "total"]) {
        return None;
    }
    let missing = any(&["regrets", "regret", "absent", "absentees", "absences", "apologies", "excused"])
        || ["not present", "not attending", "not in attendance", "unable to attend", "could not attend"]
            .iter()
            .any(|phrase| joined.contains(phrase));
    if missing {
        return Some(Role::Regrets);
    }
    // "Quorum is present" is a sentence.
    let present = any(&["present"]) && count <= 3 && !any(&["is", "quorum"]);
    let there = any(&["attendees", "attendee", "attendance", "attending", "participants", "attended"])
        || present
        || joined.contains("roll call")
        || matches!(
            joined,
            "rollcall" | "who was there" | "who's here" | "who joined" | "participant" | "people" | "people present"
        );
    // Who came to an earlier meeting is not said to be here.
    let role = if any(&["previous", "former", "past"]) { Role::Regrets } else { Role::Attendees };
    there.then_some(role)
}

fn work_role(joined: &str, count: usize, any: &dyn Fn(&[&str]) -> bool) -> Option<Role> {
    if (any(&["next", "upcoming", "future"]) && any(&["meeting", "meetings", "call", "calls", "events", "session"]))
        || any(&["upcoming"])
    {
        return Some(Role::Next);
    }
    let acts = (any(&["todo", "todos", "actions", "tasks", "ais"]) && count <= 4)
        || ["action item", "action point"].iter().any(|phrase| joined.contains(phrase))
        || matches!(
            joined,
            "action"
                | "ai"
                | "to do"
                | "to dos"
                | "next steps"
                | "follow up"
                | "follow ups"
                | "followups"
                | "follow up items"
        );
    let decides = any(&["decision", "decisions", "resolution", "resolutions", "agreements"])
        && !any(&["making", "process", "makers", "needed"])
        && count <= 4;
    match (acts, decides) {
        (true, true) => return Some(Role::ActionsAndDecisions),
        (true, false) => return Some(Role::Actions),
        (false, true) => return Some(Role::Decisions),
        _ => {}
    }
    let topics = (any(&["agenda", "topics"]) && count <= 4)
        || matches!(joined, "topic" | "discussion items" | "discussion points" | "talking points" | "agenda items");
    let minutes = matches!(
        joined,
        "discussion"
            | "discussions"
            | "minutes"
            | "notes"
            | "meeting notes"
            | "meeting minutes"
            | "discussion notes"
            | "notes discussion"
            | "discussion and notes"
            | "general discussion"
            | "open discussion"
            | "minutes notes"
            | "discussion summary"
            | "meeting summary"
    );
    let info = matches!(
        joined,
        "links"
            | "info"
            | "information"
            | "meeting info"
            | "meeting information"
            | "logistics"
            | "details"
            | "meeting details"
            | "recording"
            | "recordings"
            | "date"
            | "when"
            | "general"
            | "metadata"
            | "meeting"
            | "meeting links"
            | "session overview"
            | "date and time"
            | "date time"
            | "location"
    );
    match (topics, minutes, info) {
        (true, ..) => Some(Role::Topics),
        (_, true, _) => Some(Role::Discussion),
        (_, _, true) => Some(Role::Info),
        _ => None,
    }
}

fn chinese_role(joined: &str) -> Option<Role> {
    let has = |list: &[&str]| list.iter().any(|word| joined.contains(word));
    if joined.is_ascii() || joined.chars().count() > 12 {
        None
    } else if has(&["缺席", "请假"]) {
        Some(Role::Regrets)
    } else if has(&["参会", "与会", "出席", "参加人", "参与者", "出席者"]) {
        Some(Role::Attendees)
    } else if has(&["待办", "行动项", "后续行动"]) {
        Some(Role::Actions)
    } else if has(&["决议", "决定"]) {
        Some(Role::Decisions)
    } else if has(&["议程", "议题"]) {
        Some(Role::Topics)
    } else if has(&["会议纪要", "讨论", "会议记录"]) {
        Some(Role::Discussion)
    } else {
        None
    }
}

/// `todo`, `wip`, `done` or `pending`, where a heading is one of these or ends in one in brackets.
pub(super) fn status_of(text: &str) -> Option<&'static str> {
    bracket_status(text).or_else(|| status_word(&words(text).join(" ")))
}

/// The status in brackets, wherever it stands in a line: `[pending]`, `(done)`.
pub(super) fn bracket_status(text: &str) -> Option<&'static str> {
    let mut rest = text;
    while let Some(open) = rest.find(['[', '(']) {
        rest = &rest[open + 1..];
        if let Some(close) = rest.find([']', ')'])
            && let Some(status) = status_word(rest[..close].trim().to_lowercase().as_str())
        {
            return Some(status);
        }
    }
    None
}

fn status_word(word: &str) -> Option<&'static str> {
    match word.replace(['-', '_'], " ").as_str() {
        "todo" | "to do" | "todos" | "to reply" | "to resolve" | "to review" | "backlog" | "not started" => {
            Some("todo")
        }
        "wip" | "in progress" | "work in progress" | "doing" | "ongoing" | "in review" => Some("wip"),
        "done" | "closed" | "resolved" | "completed" | "complete" | "finished" | "fixed" | "merged" => Some("done"),
        "pending" | "blocked" | "on hold" | "waiting" => Some("pending"),
        _ => None,
    }
}

/// Whether a label or a heading names guests: who is not there is none.
pub(super) fn is_guests(text: &str) -> bool {
    let kinds = "guest guests observer observers visitor visitors invited";
    is_group(text) && words(text).iter().any(|word| is_one_of(kinds, word))
}

/// Whether a heading beside that of the attendees can name more of them.
pub(super) fn is_more_people(text: &str) -> bool {
    let kinds = "members maintainers contributors committers";
    is_guests(text) || is_group(text) && words(text).iter().any(|word| is_one_of(kinds, word))
}

/// Whether a remark on somebody, or a heading among the attendees, says that they were not there.
pub(super) fn is_absence(text: &str) -> bool {
    const ABSENCES: [&str; 31] = [
        "absent",
        "absence",
        "regrets",
        "regret",
        "excused",
        "apologies",
        "missing",
        "away",
        "sick",
        "ooo",
        "pto",
        "vacation",
        "not here",
        "not there",
        "not present",
        "not attending",
        "not in attendance",
        "did not attend",
        "didn't attend",
        "unable to attend",
        "could not attend",
        "couldn't attend",
        "cannot attend",
        "can't attend",
        "can't make it",
        "couldn't make it",
        "no show",
        "on leave",
        "on vacation",
        "on holiday",
        "out of office",
    ];
    let says = |part: &str| {
        let said = part.to_lowercase().replace('’', "'");
        let words = said.split(|c: char| !(c.is_alphanumeric() || c == '\''));
        let said = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        let said = ["sends ", "sent ", "with "].iter().find_map(|before| said.strip_prefix(before)).unwrap_or(&said);
        let behind = [" this time", " this week", " today", " received"];
        ABSENCES.contains(&behind.iter().find_map(|behind| said.strip_suffix(behind)).unwrap_or(said))
    };
    text.split([',', ';', '(', '[', ')', ']', ':', '-', '–', '—']).any(says) || says(text)
}

/// Whether a remark on somebody says only that they were there.
pub(super) fn is_presence(text: &str) -> bool {
    matches!(words(text).join(" ").as_str(), "present" | "attending" | "attended" | "in attendance" | "here")
}

/// Whether a label names somebody who holds a meeting: they are there.
pub(super) fn is_office(text: &str) -> bool {
    const OFFICES: &str = "\
        chair cochair chairs chairperson chairman host cohost hosts scribe scribes facilitator facilitators \
        moderator moderators notetaker notetakers secretary";
    let lower = text.to_lowercase().replace("(s)", "").replace("co-", "co").replace(['-', ' '], "");
    let word = lower.trim_matches(|c: char| !c.is_alphanumeric());
    is_one_of(OFFICES, word) || matches!(word, "meetingchair" | "meetinghost" | "minutetaker" | "minutestaker")
}

/// Whether a sub-heading or an attendee's label names a group of people rather than a person.
pub(super) fn is_group(text: &str) -> bool {
    const GROUPS: &str = "\
        members member observers observer guests guest voting maintainers maintainer tsc toc tc ctc pmc \
        committers contributors community others other visitors chairs leads staff reviewers approvers steering \
        committee team remote attendees participants present board wg sig everyone users invited in person \
        emeritus ex officio";
    let words = words(text);
    !words.is_empty() && words.iter().all(|word| is_one_of(GROUPS, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_by_their_words() {
        for (text, role) in [
            (":dart: Agenda", Some(Role::Topics)),
            ("1. Attendees (12):", Some(Role::Attendees)),
            ("Members Present", Some(Role::Attendees)),
            ("**Apologies**", Some(Role::Regrets)),
            ("Not present", Some(Role::Regrets)),
            (":wrench: TODOs and Decisions", Some(Role::ActionsAndDecisions)),
            ("New Action Items", Some(Role::Actions)),
            ("TODO", Some(Role::Actions)),
            ("Upcoming Meetings", Some(Role::Next)),
            ("Meeting notes", Some(Role::Discussion)),
            ("参会人员", Some(Role::Attendees)),
            ("Release notes", None),
            ("Quorum is present", None),
            ("Number of attendees", None),
            ("Previous Attendees", Some(Role::Regrets)),
            ("Decision making process", None),
            ("Present and future of the build farm team here", None),
            ("Group discussion on designs, code or other topics as needed", None),
        ] {
            assert_eq!(role_of(text), role, "{text}");
        }
    }

    #[test]
    fn a_status_is_the_heading_or_a_bracket() {
        assert_eq!(status_of("#### To Resolve"), Some("todo"));
        assert_eq!(status_of("Issues [WIP]"), Some("wip"));
        assert_eq!(bracket_status("https://example.org @a [pending]"), Some("pending"));
        assert_eq!(status_of("Done deals of the year"), None);
    }

    #[test]
    fn a_remark_says_who_was_not_there() {
        for text in ["absent", "Regrets", "not present", "no (vacation)", "can't attend this time.", "sends regrets"] {
            assert!(is_absence(text), "{text}");
        }
        for text in ["present", "Acme", "absent until ten", "Away Labs", "left early"] {
            assert!(!is_absence(text), "{text}");
        }
    }
}
