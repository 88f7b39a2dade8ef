//! Rosters that are no Markdown: Linux's `M:` lines, Docker's TOML, comma-separated lines.

use super::blocks::Inline;
use super::page::{Page, Person, Role};
use super::person::{self, fold};
use super::role::{Column, Standing, classify, column};
use std::collections::BTreeMap;

/// Reads one of these forms if the text is in it.
pub(super) fn read(text: &str, default: &Standing) -> Option<Page> {
    let fallback = match default {
        Standing::Role(role) => role.clone(),
        _ => Role::new("maintainer", true),
    };
    if is_linux(text) {
        Some(linux(text))
    } else if is_toml(text) {
        Some(toml(text, &fallback))
    } else {
        csv(text, &fallback)
    }
}

fn tag(line: &str) -> Option<(char, &str)> {
    let mut letters = line.chars();
    let key = letters.next().filter(char::is_ascii_uppercase)?;
    let value = letters.as_str().strip_prefix(':')?;
    (value.starts_with([' ', '\t']) || value.is_empty()).then(|| (key, value.trim()))
}

fn is_linux(text: &str) -> bool {
    let tags: Vec<char> = text.lines().filter_map(tag).map(|(key, _)| key).collect();
    tags.contains(&'M') && (tags.contains(&'F') || tags.contains(&'S') || tags.contains(&'L') || tags.len() > 2)
}

/// `M:` is a maintainer and `R:` a reviewer, of a section that somebody looks after (`S: Maintained`, `Supported`,
/// `Odd Fixes`); nobody looks after an orphan.
fn linux(text: &str) -> Page {
    let mut page = Page { states_list: true, ..Page::default() };
    let mut section: Vec<(u32, char, String)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            end_section(&mut page, &std::mem::take(&mut section));
        } else if let Some((key, value)) = tag(line) {
            section.push((index as u32 + 1, key, value.to_owned()));
        }
    }
    end_section(&mut page, &section);
    page
}

fn end_section(page: &mut Page, section: &[(u32, char, String)]) {
    let orphan = section.iter().any(|(_, key, value)| {
        *key == 'S' && ["orphan", "obsolete"].iter().any(|state| value.to_lowercase().starts_with(state))
    });
    let mut named = None;
    for (line, key, value) in section {
        match key {
            // Before 2009 the name stood alone: `P: Ada L.`, then `M: ada@x.org`.
            'P' if !value.contains('/') && !value.contains('@') => named = Some(fold(value)),
            'M' | 'R' => {
                let mut found = person::people(&Inline::plain(value, *line));
                let Some(mut person) = found.pop().map(|found| found.person) else {
                    page.reject(*line, "a maintainer's line names nobody", "write `M: Name <address>`", value);
                    continue;
                };
                person.name = person.name.or_else(|| named.take());
                let role = if *key == 'M' { Role::new("maintainer", true) } else { Role::new("reviewer", false) };
                if orphan { page.former.push(person) } else { page.add(person, &role) }
            }
            _ => {}
        }
    }
}

fn is_toml(text: &str) -> bool {
    let line = |start: &str| text.lines().any(|line| line.trim().to_lowercase().starts_with(start));
    line("[people") || (line("[org") && line("people"))
}

/// Docker's MAINTAINERS: `[Org."Core maintainers"]` with `people = ["ada"]`, and `[people.ada]` with who that is.
fn toml(text: &str, default: &Role) -> Page {
    let mut page = Page { states_list: true, ..Page::default() };
    let mut listed: Vec<(u32, Standing, String)> = Vec::new();
    let mut known: BTreeMap<String, Person> = BTreeMap::new();
    let (mut section, mut in_list) = (Vec::new(), false);
    for (index, line) in text.lines().enumerate() {
        let line_number = index as u32 + 1;
        let line = without_comment(line).trim();
        if !in_list && line.starts_with('[') && line.ends_with(']') {
            section = section_path(line.trim_matches(['[', ']']));
            if let [people, who] = section.as_slice()
                && people.eq_ignore_ascii_case("people")
            {
                known.entry(who.to_lowercase()).or_default();
            }
            continue;
        }
        let (key, value) = line.split_once('=').map_or(("", line), |(key, value)| (key.trim(), value.trim()));
        if let [people, who] = section.as_slice()
            && people.eq_ignore_ascii_case("people")
        {
            about(known.entry(who.to_lowercase()).or_default(), key, unquoted(value));
        } else if in_list || key.eq_ignore_ascii_case("people") || classify(key) != Standing::Unknown {
            let standing = standing_of(&section, if in_list { "" } else { key }, default);
            let names = value.split(',').map(|name| unquoted(name.trim().trim_matches(['[', ']']).trim()));
            let names = names.filter(|name| !name.is_empty());
            if in_list || value.starts_with('[') {
                listed.extend(names.map(|name| (line_number, standing.clone(), name.to_owned())));
                in_list = !value.ends_with(']');
            }
        }
    }
    for (line, standing, handle) in listed {
        toml_person(&mut page, line, standing, &handle, known.get(&handle.to_lowercase()), default);
    }
    page
}

fn without_comment(line: &str) -> &str {
    match line.find('#') {
        Some(at) if line[..at].matches('"').count().is_multiple_of(2) => &line[..at],
        _ => line,
    }
}

fn section_path(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for letter in text.trim().chars() {
        match letter {
            '"' | '\'' => quoted = !quoted,
            '.' if !quoted => parts.push(String::new()),
            _ => parts.iter_mut().last().into_iter().for_each(|part| part.push(letter)),
        }
    }
    parts.into_iter().map(|part| part.trim().to_owned()).collect()
}

fn unquoted(text: &str) -> &str {
    text.trim_end_matches(',').trim().trim_matches(['"', '\''])
}

fn about(person: &mut Person, key: &str, value: &str) {
    if value.is_empty() {
        return;
    }
    match column(key) {
        Column::Login => {
            person.login = person::profile(value).or_else(|| Some(value.trim_start_matches('@').to_owned()))
        }
        Column::Email => person.email = Some(value.to_owned()),
        Column::Name => person.name = Some(fold(value)),
        Column::Organisation => person.organisation = person::organisation(value),
        Column::Role | Column::Other => {}
    }
}

fn standing_of(section: &[String], key: &str, default: &Role) -> Standing {
    let parts = std::iter::once(key).chain(section.iter().rev().map(String::as_str));
    let mut known = parts.map(classify).filter(|standing| *standing != Standing::Unknown);
    known.next().unwrap_or_else(|| Standing::Role(default.clone()))
}

fn toml_person(page: &mut Page, line: u32, standing: Standing, handle: &str, known: Option<&Person>, default: &Role) {
    let Some(person) = known.filter(|person| person.is_certain() || person.name.is_some()) else {
        page.reject(
            line,
            "a maintainer without a [people] section",
            "add [people.<handle>] with Name and GitHub",
            handle,
        );
        return;
    };
    match standing {
        Standing::Former => page.former.push(person.clone()),
        Standing::Role(role) => page.add(person.clone(), &role),
        Standing::Prose | Standing::Unknown => page.add(person.clone(), default),
    }
}

/// `# GitHub ID, Name, Email` above lines of such values, as containerd writes it.
fn csv(text: &str, default: &Role) -> Option<Page> {
    let mut page = Page { states_list: true, ..Page::default() };
    let (mut columns, mut standing) = (Vec::new(), Standing::Role(default.clone()));
    let mut seen_titles = false;
    for (index, line) in text.lines().enumerate() {
        let bare = line.trim().trim_start_matches('#').trim();
        if let Some(titles) = titles(bare) {
            columns = titles;
            seen_titles = true;
        } else if line.trim().starts_with('#') {
            if !bare.is_empty() && bare.split_whitespace().count() <= 6 {
                standing = match classify(bare) {
                    Standing::Unknown | Standing::Prose => standing,
                    known => known,
                };
            }
        } else if !bare.is_empty() && seen_titles {
            csv_row(&mut page, index as u32 + 1, bare, &columns, &standing, default);
        } else if !bare.is_empty() {
            return None;
        }
    }
    seen_titles.then_some(page)
}

fn titles(line: &str) -> Option<Vec<Column>> {
    let titles: Vec<Column> = line.split(',').map(column).collect();
    let short = line.split(',').all(|title| title.split_whitespace().count() <= 4);
    let known = titles.iter().filter(|title| **title != Column::Other).count();
    (short && known >= 2 && !line.contains('@')).then_some(titles)
}

fn csv_row(page: &mut Page, line: u32, text: &str, columns: &[Column], standing: &Standing, default: &Role) {
    let mut person = Person::default();
    for (value, column) in split_quoted(text).iter().zip(columns) {
        let value = value.trim();
        if value.is_empty() {
            continue;
        }
        match column {
            Column::Login => person.login = Some(value.trim_start_matches('@').to_owned()),
            Column::Name => person.name = Some(fold(value)),
            Column::Email => person.email = person::email(value),
            Column::Organisation => person.organisation = person::organisation(value),
            Column::Role | Column::Other => {}
        }
    }
    if !person.is_certain() && person.name.is_none() {
        page.reject(line, "a line of a list of people names nobody", "write a login, a name or an address", text);
    } else if let Standing::Role(role) = standing {
        page.add(person, role);
    } else if *standing == Standing::Former {
        page.former.push(person);
    } else {
        page.add(person, default);
    }
}

fn split_quoted(text: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let mut quoted = false;
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => values.push(String::new()),
            _ => values.iter_mut().last().into_iter().for_each(|value| value.push(letter)),
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(text: &str) -> Vec<String> {
        let page = read(text, &classify("MAINTAINERS")).expect("a form that is known");
        let show = |(person, role): &(Person, Role)| {
            let part = |part: &Option<String>| part.clone().unwrap_or_else(|| "-".to_owned());
            format!("{}: {}|{}|{}", role.name, part(&person.login), part(&person.email), part(&person.name))
        };
        page.people.iter().map(show).collect()
    }

    #[test]
    fn linux_sections() {
        let text = "\nList of maintainers\n\tM: *Mail* patches to\n\nLAMP DRIVER\nM:\tAda Lark <ada@lark.example>\nR:\tBo Fen <bo@fen.example>\nL:\tlamps@lists.example\nS:\tMaintained\nF:\tlamp/\n\nOLD LAMP\nM:\tCy Ott <cy@ott.example>\nS:\tOrphan\n\nOLDER LAMP\nP:\tDi Poe\nM:\tdi@poe.example\nS:\tOdd Fixes\nM:\n";
        assert_eq!(
            people(text),
            [
                "maintainer: -|ada@lark.example|Ada Lark",
                "reviewer: -|bo@fen.example|Bo Fen",
                "maintainer: -|di@poe.example|Di Poe"
            ]
        );
        let page = read(text, &classify("MAINTAINERS")).expect("Linux");
        assert_eq!(page.problems[0].line, Some(20));
    }

    #[test]
    fn docker_toml() {
        let text = "[Rules]\n# text\n[Org]\n  [Org.\"Core maintainers\"]\n    people = [\n      \"adal\", # lead\n      \"bof\",\n    ]\n  [Org.Alumni]\n    people = [\"cyo\"]\n  [Org.Reviewers]\n    people = [\"gone\"]\n[people]\n  [people.adal]\n  Name = \"Ada Lark\"\n  Email = \"ada@lark.example\"\n  GitHub = \"adal\"\n  [people.bof]\n  Name = \"Bo Fen\"\n  GitHub = \"bof-fen\"\n  [people.cyo]\n  GitHub = \"cyo\"\n";
        assert_eq!(people(text), ["maintainer: adal|ada@lark.example|Ada Lark", "maintainer: bof-fen|-|Bo Fen"]);
        let page = read(text, &classify("MAINTAINERS")).expect("TOML");
        assert_eq!((page.former.len(), page.problems[0].line), (1, Some(12)));
    }

    #[test]
    fn comma_separated_lines() {
        let text = "# lantern maintainers\n#\n# COMMITTERS\n# GitHub ID, Name, Email address, GPG\n\"adal\",\"Lark, Ada\",\"ada@lark.example\",\"\"\n#\n# REVIEWERS\n# GitHub ID, Name, Email address\n\"bof\",\"Bo Fen\",\"bo@fen.example\"\n\"\",\"\",\"\"\n";
        assert_eq!(people(text), ["committer: adal|ada@lark.example|Lark, Ada", "reviewer: bof|bo@fen.example|Bo Fen"]);
    }

    #[test]
    fn other_texts_are_left_to_markdown() {
        assert!(read("Ada Lark <ada@lark.example>\n", &classify("MAINTAINERS")).is_none());
        assert!(read("", &classify("MAINTAINERS")).is_none());
    }
}
