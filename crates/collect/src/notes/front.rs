//! YAML front matter: cut out of the page so that every other line keeps its number.

use super::date;
use muster_model::{Problem, Timestamp, parse_time};
use serde_norway::{Mapping, Value};

/// The front matter of a page, and the page without it.
#[derive(Debug, Default)]
pub(super) struct Front {
    /// The page; the front matter's lines are empty.
    pub body: String,
    /// What could be read; none when there is no front matter or it is broken.
    pub values: Option<Mapping>,
    /// The front matter's own text, of which line 1 of the file is the `---`.
    text: String,
}

/// One name as the front matter lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    /// Name, and company or login where the entry is a map.
    pub text: String,
    /// Its line.
    pub line: u32,
}

/// A day, the start where hour and zone are stated, and the line.
type Dated = (jiff::civil::Date, Option<Timestamp>, u32);

/// The keys whose lists are attendees.
const PEOPLE: &[&str] = &["participants", "attendees", "present", "attendance", "attending", "members_present"];
const DATES: &[&str] = &["datetime", "date", "when", "day", "meeting_date", "meeting-date"];
const CLOSE_HINT: &str = "write `key: value` lines between two `---` lines";

impl Front {
    /// Cuts the front matter out.
    pub fn cut(text: &str, file: &str, problems: &mut Vec<Problem>) -> Self {
        let whole = || Self { body: text.to_owned(), ..Self::default() };
        let Some(first) = text.split_inclusive('\n').next().filter(|line| line.trim_end() == "---") else {
            return whole();
        };
        let mut at = first.len();
        let mut lines = 1;
        for line in text.get(at..).unwrap_or_default().split_inclusive('\n') {
            lines += 1;
            at += line.len();
            if matches!(line.trim_end(), "---" | "...") {
                let start = text.find('\n').map_or(at, |end| end + 1);
                let inner = &text[start..at - line.len()];
                return Self::read(
                    inner,
                    "\n".repeat(lines) + text[at..].trim_start_matches('\u{feff}'),
                    file,
                    problems,
                );
            }
        }
        if text.lines().nth(1).is_some_and(|line| key_of(line).is_some()) {
            let message = "the front matter is not closed by a second `---`";
            problems.push(Problem::rejected(file, 1, message, CLOSE_HINT).with_text(first));
        }
        whole()
    }

    fn read(inner: &str, body: String, file: &str, problems: &mut Vec<Problem>) -> Self {
        let mut front = Self { body, values: None, text: inner.to_owned() };
        match serde_norway::from_str::<Value>(inner) {
            Ok(Value::Mapping(values)) => front.values = Some(values),
            Ok(Value::Null) => {}
            Ok(_) => {
                let message = "the front matter is no list of `key: value` lines";
                problems.push(Problem::rejected(file, 1, message, CLOSE_HINT).with_text(inner));
            }
            Err(error) => {
                let line = error.location().map_or(1, |at| u32::try_from(at.line()).unwrap_or(1)) + 1;
                let message = format!("the front matter is no YAML: {}", without_position(&error.to_string()));
                let hint = "mend the YAML; the rest of the note was read without it";
                problems.push(Problem::rejected(file, line, message, hint).with_text(inner));
            }
        }
        front
    }

    fn value(&self, keys: &[&str]) -> Option<(&str, &Value)> {
        let values = self.values.as_ref()?;
        values.iter().find_map(|(key, value)| {
            let key = key.as_str()?;
            keys.contains(&key.to_lowercase().as_str()).then_some((key, value))
        })
    }

    /// A text under one of the keys.
    pub fn string(&self, keys: &[&str]) -> Option<String> {
        let (_, value) = self.value(keys)?;
        scalar(value).map(|text| super::rich::fold(&text)).filter(|text| !text.is_empty())
    }

    /// The day and, where hour and zone are stated, the start; with its line. `Err` is a date that is none.
    pub fn date(&self) -> Option<Result<Dated, (String, &'static str, u32)>> {
        let (key, value) = self.value(DATES)?;
        let line = self.line_of(key);
        let text = scalar(value)?;
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let Some(day) = date::first_day(text) else {
            let (bad, why) = date::first_bad(text).unwrap_or_else(|| (text.to_owned(), "it is no date"));
            return Some(Err((bad, why, line)));
        };
        // Without a zone an hour says nothing about the instant.
        let zoned = text.len() > 16
            && (text.ends_with('Z')
                || text.get(10..).is_some_and(|clock| clock.contains(['+', '-']))
                || text.ends_with("UTC"));
        Some(Ok((day, zoned.then(|| parse_time(text).ok()).flatten(), line)))
    }

    /// Whether there is a list of people.
    pub fn has_people(&self) -> bool {
        self.value(PEOPLE).is_some_and(|(_, value)| !matches!(value, Value::Null))
    }

    /// The people, each with its line.
    pub fn people(&self) -> Vec<Listed> {
        let Some((key, value)) = self.value(PEOPLE) else { return Vec::new() };
        let line = self.line_of(key);
        match value {
            Value::Sequence(entries) => {
                let lines = self.entry_lines(line);
                let at = |index: usize| if lines.len() == entries.len() { lines[index] } else { line };
                let listed = |(index, entry)| Listed { text: person(entry), line: at(index) };
                entries.iter().enumerate().map(listed).collect()
            }
            Value::Null => Vec::new(),
            other => vec![Listed { text: person(other), line }],
        }
    }

    /// The line of a key, 1-based in the file.
    pub fn line_of(&self, key: &str) -> u32 {
        let found = self.text.lines().position(|line| key_of(line).is_some_and(|k| k == key));
        found.map_or(1, |at| u32::try_from(at + 2).unwrap_or(1))
    }

    fn entry_lines(&self, key_line: u32) -> Vec<u32> {
        let skip = key_line as usize - 1;
        let below = self.text.lines().enumerate().skip(skip).take_while(|(_, line)| key_of(line).is_none());
        let mut indent = None;
        let mut lines = Vec::new();
        for (at, line) in below {
            let trimmed = line.trim_start();
            let here = line.len() - trimmed.len();
            if (trimmed.starts_with("- ") || trimmed.trim_end() == "-") && *indent.get_or_insert(here) == here {
                lines.push(u32::try_from(at + 2).unwrap_or(1));
            }
        }
        lines
    }
}

/// The key of an unindented `key:` line.
fn key_of(line: &str) -> Option<&str> {
    let (key, rest) = line.split_once(':')?;
    let plain = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-' || c == ' ');
    (plain && !key.starts_with([' ', '-']) && (rest.is_empty() || rest.starts_with([' ', '\r']))).then(|| key.trim())
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Tagged(tagged) => scalar(&tagged.value),
        _ => None,
    }
}

/// An entry as one line: `Ada Lee @ada (Acme)` for a map of name, login and company.
fn person(value: &Value) -> String {
    let Value::Mapping(fields) = value else { return scalar(value).unwrap_or_default() };
    let get = |keys: &[&str]| {
        fields.iter().find(|(key, _)| key.as_str().is_some_and(|key| keys.contains(&key))).and_then(|(_, v)| scalar(v))
    };
    let mut text = get(&["name", "full_name", "full-name"]).unwrap_or_default();
    if let Some(login) = get(&["github", "login", "handle", "username"]) {
        text = format!("{text} @{}", login.trim_start_matches('@'));
    }
    if let Some(company) = get(&["company", "organization", "organisation", "affiliation", "org"]) {
        text = format!("{text} ({company})");
    }
    if text.trim().is_empty() && fields.len() == 1 {
        // `- Ada: Acme` is a map of one.
        let pair = fields.iter().next().and_then(|(key, value)| Some((scalar(key)?, scalar(value)?)));
        text = pair.map(|(name, company)| format!("{name} ({company})")).unwrap_or_default();
    }
    text.trim().to_owned()
}

fn without_position(message: &str) -> &str {
    message.split(" at line ").next().unwrap_or(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> (Front, Vec<Problem>) {
        let mut problems = Vec::new();
        let front = Front::cut(text, "a.md", &mut problems);
        (front, problems)
    }

    #[test]
    fn lists_of_people_keep_their_lines() {
        let (front, problems) = cut("---\ndatetime: 2025-01-02T10:00:00+02:00\nparticipants:\n- Ada\n\n-\n\
             - name: Bo\n  github: bo1\n---\n\n# T\n");
        assert!(problems.is_empty());
        let people: Vec<(String, u32)> = front.people().into_iter().map(|p| (p.text, p.line)).collect();
        assert_eq!(people, [("Ada".to_owned(), 4), (String::new(), 6), ("Bo @bo1".to_owned(), 7)]);
        let (day, start, line) = front.date().expect("dated").expect("a date");
        assert_eq!((day, line), (date::day(2025, 1, 2).expect("a day"), 2));
        assert_eq!(start.map(|t| t.to_string()).as_deref(), Some("2025-01-02T08:00:00Z"));
        assert_eq!(front.body.lines().position(|line| line == "# T"), Some(10));
    }

    #[test]
    fn broken_yaml_is_reported_with_its_line() {
        let (front, problems) = cut("---\ntitle: \"a\ndate: 2025-01-02\n---\n\n# T\n");
        assert!(front.values.is_none());
        assert_eq!(problems.len(), 1);
        assert!(problems[0].line.is_some_and(|line| (2..=4).contains(&line)), "{problems:?}");
        assert_eq!(cut("---\ntitle: a\n\n# T\n").1.len(), 1);
        assert_eq!(cut("---\n\n# T\n").1.len(), 0);
    }

    #[test]
    fn a_bad_date_is_not_read_as_another() {
        let (front, _) = cut("---\ndate: 2023-08-235\n---\n");
        assert_eq!(front.date(), Some(Err(("2023-08-235".to_owned(), "no calendar has this day", 2))));
    }
}
