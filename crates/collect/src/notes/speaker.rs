//! Who speaks: `AJ: we should…`, `SK/MR: agreed`, `Ada: …` at the beginning of a line.

use super::attendee::Attendee;
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;

/// Capital letters before a colon that mean something else, whoever is there.
const WORDS: &str = "URL TODO PR PRS Q A NB FYI RFC WIP EDIT NOTE CI CD AI API CLI FAQ AOB TBD QA UI UX PS OK ETA CVE DOC DOCS \
    DONE INFO SIG WG TSC TOC LGTM BUG FIX NEW PRO CON PROS CONS WHO WHY HOW WHAT WHEN TLDR SLA SLO SDK AWS GCP MVP EOL LTS";

/// What stands before the colon of a line, if it is short enough to be people.
pub(super) fn prefix(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let at = line.find([':', '：'])?;
    let rest = &line[at..];
    let head = bare(&line[..at]);
    // `https://…`, `10:30`, `a::b`, `:wave:`
    let stops = rest.chars().nth(1).is_none_or(|c| c.is_whitespace() || c.is_alphabetic() || "*_'\"“(".contains(c));
    let full = rest.starts_with('：');
    let short = !head.is_empty() && head.chars().count() <= 60 && !head.contains(['(', '[', '`']);
    ((stops || full) && short).then_some(head)
}

fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || "*_@".contains(c))
}

/// The speakers among what stands before colons, each once, in their order: those who can be somebody of the meeting.
pub(super) fn speakers(prefixes: &[String], attendees: &[Attendee]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut speakers = Vec::new();
    for prefix in prefixes {
        let parts: Vec<&str> = prefix.split(['/', '&', '+', ',']).map(bare).filter(|part| !part.is_empty()).collect();
        let fits = |part: &&str| attendees.iter().any(|attendee| can_be(part, attendee));
        // "A/B tests:" are no two people, "SK/XX:" is one of this meeting and one who is not on the list.
        if parts.iter().all(|part| is_initials(part) || fits(part)) {
            speakers.extend(
                parts.into_iter().filter(fits).filter(|part| seen.insert((*part).to_owned())).map(str::to_owned),
            );
        }
    }
    speakers
}

fn is_initials(text: &str) -> bool {
    (1..=4).contains(&text.chars().count())
        && text.chars().all(char::is_uppercase)
        && !WORDS.split_whitespace().any(|word| word == text)
}

/// Whether a text before a colon can mean somebody who is on the list.
fn can_be(text: &str, attendee: &Attendee) -> bool {
    let folded = folded(text).to_lowercase();
    let name = self::folded(&attendee.name).to_lowercase();
    let login = attendee.login.as_deref().unwrap_or_default().to_lowercase();
    let first = name.split_whitespace().next().unwrap_or_default();
    let word = WORDS.split_whitespace().any(|word| word.eq_ignore_ascii_case(text));
    let named = !word && folded.chars().count() > 1 && (folded == name || folded == first || folded == login);
    named || (is_initials(text) && fits_initials(&self::folded(text), attendee))
}

/// The letters are the first ones of the words of the name, in their order, or the capitals of a handle such as `AlexJ`.
fn fits_initials(letters: &str, attendee: &Attendee) -> bool {
    let name = folded(&attendee.name);
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let firsts: String = words.iter().filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect();
    let capitals = |text: &str| text.chars().filter(|c| c.is_uppercase()).collect::<String>();
    let login = attendee.login.as_deref().map(capitals).unwrap_or_default();
    let alone = words.len() == 1 && capitals(&name).chars().count() < 2;
    if letters.chars().count() == 1 {
        return alone && firsts == letters;
    }
    is_within(letters, &firsts) || capitals(&name) == letters || login == letters
}

/// Whether all letters come in another text in the same order, its first one first.
fn is_within(letters: &str, text: &str) -> bool {
    let mut rest = text.chars();
    letters.chars().next() == text.chars().next() && letters.chars().all(|letter| rest.any(|c| c == letter))
}

/// Without the marks on letters.
fn folded(text: &str) -> String {
    let plain = |c: char| match c {
        'ł' => 'l',
        'Ł' => 'L',
        'ø' => 'o',
        'Ø' => 'O',
        'đ' => 'd',
        'Đ' => 'D',
        c => c,
    };
    let marks = |c: &char| !('\u{300}'..='\u{36f}').contains(c);
    text.nfd().filter(marks).map(plain).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use crate::notes::note;

    fn spoken(body: &str) -> Vec<String> {
        let text = format!(
            "# Meeting\n\n## Attendees\n\n- AlexJ\n- Răzvan Deaconescu @razvand\n- Ada Maria Lee (Acme)\n- Şerban\n\n{body}"
        );
        let page = note::read("2025-06-17.md", &text);
        page.meetings.into_iter().flat_map(|meeting| meeting.speakers).collect()
    }

    #[test]
    fn initials_and_names_before_a_colon_speak() {
        for (body, expected) in [
            ("## Notes\n\nAJ: hello\nRD: yes\n", &["AJ", "RD"][..]),
            ("## Notes\n\n- AJ/AL: hello\n  - RD: yes\n  - AJ: no\n", &["AJ", "AL", "RD"]),
            ("## Notes\n\n- **AML**: hello\n- **RD:** yes\n", &["AML", "RD"]),
            (
                "## Notes\n\n- Ada: hello\n- Serban: yes\n- razvand: no\n- Ada Maria Lee: so\n",
                &["Ada", "Serban", "razvand", "Ada Maria Lee"],
            ),
            ("## Notes\n\n- Ș: hm\n- AJ & XX: hello\n", &["Ș", "AJ"]),
            ("## Notes\n\n### Builds\n\n- they are slow\n    - RD: agreed\n", &["RD"]),
        ] {
            assert_eq!(spoken(body), expected, "{body}");
        }
    }

    #[test]
    fn other_words_before_a_colon_do_not() {
        for body in [
            "## Notes\n\nURL: https://a.example\nTODO: x\nPR: 3\nQ: why\nA: so\nNB: x\nFYI: x\nRFC: x\nWIP: x\nEDIT: x\nNOTE: x\nCI: x\nAI: x\n",
            "## Notes\n\n- XY: nobody\n- A/B tests: later\n- Release: soon\n- AJ:30\n- https://a.example\n- AJ\n- M: x\n",
            "## Action items\n\n- AJ: do this\n- [ ] RD: do that\n",
            "## Notes\n\n- [ ] AJ: do this\n",
        ] {
            assert_eq!(spoken(body), [""; 0], "{body}");
        }
        let page = note::read("2025-06-17.md", "# Meeting\n\n## Notes\n\n- AJ: hello\n");
        assert_eq!(page.meetings[0].speakers, [""; 0], "nobody is on a list");
    }
}
