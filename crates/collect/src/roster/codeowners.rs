//! CODEOWNERS, as GitHub reads it: the last pattern that matches a file decides, so a line whose files all belong to a
//! later line owns nothing. A line without owners takes its files from everybody. A line that GitHub cannot read is
//! skipped by GitHub, and rejected here.

use super::page::{Page, Person, Role};
use super::person;
use muster_model::account;

const HINT: &str = "write a pattern and @user, @org/team or an e-mail address";

/// The role of everybody in a CODEOWNERS: people and teams alike, none of them a maintainer by it.
pub(super) const ROLE: &str = "code owner";

/// Whether GitHub reads a CODEOWNERS at this place.
pub(super) fn is_read_by_github(path: &str) -> bool {
    matches!(path, "CODEOWNERS" | ".github/CODEOWNERS" | "docs/CODEOWNERS")
}

struct Rule {
    pattern: String,
    owners: Vec<Person>,
}

/// Reads a CODEOWNERS.
pub(super) fn read(text: &str) -> Page {
    let mut page = Page { states_list: true, ..Page::default() };
    let mut rules = Vec::new();
    for (index, line) in text.lines().enumerate() {
        match rule(line) {
            Ok(rule) => rules.extend(rule),
            Err(message) => page.reject(index as u32 + 1, message, HINT, line),
        }
    }
    for (at, rule) in rules.iter().enumerate() {
        let overruled = rules[at + 1..].iter().any(|later| covers(&later.pattern, &rule.pattern));
        if !overruled {
            for owner in &rule.owners {
                page.add(owner.clone(), &Role::new(ROLE, false));
            }
        }
    }
    page
}

fn rule(line: &str) -> Result<Option<Rule>, &'static str> {
    let words = words(line);
    let Some((pattern, owners)) = words.split_first() else { return Ok(None) };
    if pattern.starts_with('!') {
        return Err("GitHub reads no negated pattern in CODEOWNERS");
    }
    if pattern.contains('[') {
        return Err("GitHub reads no character range and no section in CODEOWNERS");
    }
    let owners = owners.iter().map(|word| owner(word)).collect::<Option<Vec<_>>>();
    let owners = owners.ok_or("an owner is no @user, no @org/team and no e-mail address")?;
    Ok(Some(Rule { pattern: pattern.clone(), owners }))
}

/// The words of a line, `\ ` kept within a word, up to a comment.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                word.push('\\');
                word.extend(letters.next());
            }
            '#' if word.is_empty() => break,
            space if space.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            other => word.push(other),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn owner(word: &str) -> Option<Person> {
    if let Some(name) = word.strip_prefix('@') {
        if let Some((org, team)) = name.split_once('/') {
            let valid = account::is_github_login(org) && !team.is_empty() && !team.contains('/');
            return valid.then(|| Person { team: Some(name.to_owned()), ..Person::default() });
        }
        return account::is_github_login(name).then(|| Person { login: Some(name.to_owned()), ..Person::default() });
    }
    person::email(word)
        .filter(|address| address == word)
        .map(|address| Person { email: Some(address), ..Person::default() })
}

/// Whether every file that `earlier` matches is surely matched by `later` too. In doubt it is not: an owner too many
/// is seen, an owner too few is not.
fn covers(later: &str, earlier: &str) -> bool {
    let (later, earlier) = (later.trim_start_matches("./"), earlier.trim_start_matches("./"));
    if later == earlier || matches!(later, "*" | "**" | "/**" | "**/*" | "/**/*") {
        return true;
    }
    let anchored = |pattern: &str| pattern.trim_end_matches('/').contains('/');
    let folder = later
        .strip_suffix("/**")
        .or_else(|| later.strip_suffix('/'))
        .or(Some(later).filter(|later| !later.contains(['*', '?'])));
    if let Some(folder) = folder.filter(|folder| !folder.contains(['*', '?'])) {
        let (folder, inner) = (folder.trim_start_matches('/'), earlier.trim_start_matches('/'));
        let below = inner.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/') || rest.is_empty());
        if anchored(later) || later.starts_with('/') {
            return below && (anchored(earlier) || earlier.starts_with('/'));
        }
        let folders: Vec<&str> = inner.trim_end_matches('/').split('/').collect();
        return (anchored(earlier) || earlier.starts_with('/') || inner.trim_end_matches('/') == folder)
            && folders.contains(&folder);
    }
    // `*.md` takes `docs/*.md` and `README.md`.
    let last = earlier.rsplit('/').next().unwrap_or_default();
    match later.strip_prefix('*') {
        Some(extension) if extension.starts_with('.') && !extension.contains(['*', '?', '/']) => {
            last.ends_with(extension)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owners(text: &str) -> Vec<String> {
        let show = |person: &Person| {
            let team = person.team.clone().map(|team| format!("team {team}"));
            person.login.clone().or(team).or(person.email.clone()).unwrap_or_default()
        };
        read(text).people.iter().map(|(person, _)| show(person)).collect()
    }

    #[test]
    fn the_last_match_wins() {
        let text = "# all\n*   @adal @acme/lantern # both\n/docs/ docs@acme.example\n/docs/api/ @bof\n/docs/ @cyo\n*.md @dip\n/secret/\n";
        assert_eq!(owners(text), ["adal", "team acme/lantern", "cyo", "dip"]);
        assert!(owners("* @adal\n* \n").is_empty());
        assert_eq!(owners("/a/ @adal\n* @bof\n"), ["bof"]);
        assert_eq!(owners("/path\\ with\\ space/ @adal\n"), ["adal"]);
    }

    #[test]
    fn a_line_that_github_cannot_read_is_rejected() {
        let page = read("* @adal\n!x @bof\n[Section] @bof\n*.go bof\n*.rs @bof @-x\n");
        assert_eq!(page.people.len(), 1);
        assert_eq!(page.problems.iter().filter_map(|problem| problem.line).collect::<Vec<_>>(), [2, 3, 4, 5]);
    }

    #[test]
    fn what_covers_what() {
        for (later, earlier, expected) in [
            ("*", "/docs/api/", true),
            ("/docs/", "/docs/api/*.md", true),
            ("docs/", "/x/docs/y", true),
            ("/docs/", "/docs-old/", false),
            ("/docs/*", "/docs/", false),
            ("*.md", "docs/*.md", true),
            ("*.md", "/docs/", false),
            ("/docs", "*.md", false),
            (".github", "*", false),
        ] {
            assert_eq!(covers(later, earlier), expected, "{later} over {earlier}");
        }
    }
}
