//! Rosters that are no Markdown: Linux's `M:` lines, Docker's TOML, comma-separated lines; and what a `#` means in other
//! plain text.

use super::blocks::Inline;
use super::page::{Page, Person, Role};
use super::person::{self, fold};
use super::role::{self, Column, Standing, classify, column};
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

/// The text with every `#` line that names a role or former people, and every underlined line, made a heading, and every
/// other comment left out.
pub(super) fn without_comments(text: &str) -> String {
    let below = text.lines().skip(1).chain(std::iter::once(""));
    let lines = text.lines().zip(below).map(|(line, below)| match line.trim_start().strip_prefix('#') {
        Some(comment) => {
            let title = comment.trim_start_matches('#').trim();
            if is_heading(title) { format!("# {title}") } else { String::new() }
        }
        None if is_underline(line, below) => format!("# {}", line.trim()),
        None => before_comment(line).to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether the line below only underlines this one, with signs that Markdown does not know.
fn is_underline(line: &str, below: &str) -> bool {
    let below = below.trim_end();
    let sign = below.chars().next().filter(|sign| "#~^\"'+".contains(*sign));
    let same = sign.is_some_and(|sign| below.chars().all(|letter| letter == sign));
    same && below.len() >= 3 && below.chars().count() >= line.trim_end().chars().count() && is_heading(line.trim())
}

/// Whether a comment is a heading: few words that name a role and no address or login.
fn is_heading(title: &str) -> bool {
    let words = title.split_whitespace().count();
    match classify(title) {
        _ if title.contains(['@', '"', '<']) || title.trim_end_matches(':').contains(": ") => false,
        Standing::Former => words <= 12,
        Standing::Role(_) => words <= 8 && !title.ends_with('.'),
        _ => false,
    }
}

/// A line up to ` # comment` outside of quotes and brackets.
fn before_comment(line: &str) -> &str {
    let (mut depth, mut quoted, mut before) = (0_i32, false, ' ');
    for (at, letter) in line.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            '(' | '[' | '<' => depth += 1,
            ')' | ']' | '>' => depth -= 1,
            '#' if depth <= 0 && !quoted && (before == ',' || before.is_whitespace()) => return line[..at].trim_end(),
            _ => {}
        }
        before = letter;
    }
    line
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
    // `"Chief Architect" = "ada"`: somebody, if [people] knows them.
    let mut single: Vec<(u32, Standing, String)> = Vec::new();
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
        } else if !in_list && section[..].first().is_some_and(|org| org.eq_ignore_ascii_case("org")) && is_string(value)
        {
            single.push((line_number, standing_of(&section, key, default), unquoted(value).to_owned()));
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
    single.retain(|(_, _, handle)| known.contains_key(&handle.to_lowercase()));
    listed.append(&mut single);
    for (line, standing, handle) in listed {
        toml_person(&mut page, line, standing, &handle, known.get(&handle.to_lowercase()), default);
    }
    page
}

fn is_string(value: &str) -> bool {
    value.len() > 2 && value.starts_with('"') && value.ends_with('"') && !value.contains(' ')
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
        Standing::Prose | Standing::Others | Standing::Unknown => page.add(person.clone(), default),
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
            if is_heading(bare) {
                standing = classify(bare);
            }
        } else if !bare.is_empty() && seen_titles {
            csv_row(&mut page, index as u32 + 1, before_comment(bare), &columns, &standing, default);
        } else if !bare.is_empty() && !announces(bare) {
            return None;
        }
    }
    seen_titles.then_some(page)
}

/// A sentence above the titles: `The list of current maintainers:`.
fn announces(line: &str) -> bool {
    line.ends_with([':', '.']) && line.split_whitespace().count() > 2 && !line.contains(['@', ',', '<'])
}

fn titles(line: &str) -> Option<Vec<Column>> {
    let titles: Vec<Column> = line.split(',').map(title).collect();
    let short = line.split(',').all(|title| title.split_whitespace().count() <= 4);
    let known = titles.iter().filter(|title| **title != Column::Other).count();
    let logins = line.split(',').filter(|title| title.contains('@')).all(|one| title(one) == Column::Login);
    (short && known >= 2 && logins).then_some(titles)
}

/// A title as `@GitHubHandle` or `<Email>` says it.
fn title(text: &str) -> Column {
    let lower = text.to_lowercase();
    let login = text.trim().starts_with('@') && ["github", "handle", "login", "user"].iter().any(|x| lower.contains(x));
    if login { Column::Login } else { column(text) }
}

fn csv_row(page: &mut Page, line: u32, text: &str, columns: &[Column], standing: &Standing, default: &Role) {
    let mut person = Person::default();
    let mut own = None;
    let values = split_quoted(text);
    if values.iter().all(|value| value.trim().is_empty()) {
        return;
    }
    for (value, column) in values.iter().zip(columns) {
        let value = value.trim();
        if value.is_empty() {
            continue;
        }
        match column {
            Column::Login => {
                let linked = person::profile(value).or_else(|| person::odd_login(value).map(str::to_owned));
                let login = linked.unwrap_or_else(|| value.trim_start_matches('@').to_owned());
                person.login.get_or_insert(login);
            }
            Column::Name if person.name.is_none() && !value.contains("://") => person.name = Some(fold(value)),
            Column::Email => person.email = person::email(value),
            Column::Organisation => person.organisation = person::organisation(value),
            Column::Role => own = Some(role::highest(value)),
            Column::Name | Column::Other => {}
        }
    }
    let standing = own.as_ref().filter(|own| matches!(own, Standing::Role(_) | Standing::Former)).unwrap_or(standing);
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
    fn titles_below_a_sentence_and_the_first_column_of_names() {
        let text = "The list of lantern's maintainers:\n\nName, <Email>, @GitHubHandle, Type\nAda Lark, <ada@lark.example>, @adal, Dev\nBo Fen, <bo@fen.example>, @bof, Reviewer # lamps\n";
        assert_eq!(people(text), ["maintainer: adal|ada@lark.example|Ada Lark", "reviewer: bof|bo@fen.example|Bo Fen"]);
        let text = ",Maintainer Name,Github,MAINTAINERS\nx,Ada Lark,adal,https://x.example/OWNERS\n,,,\n,Bo Fen,https://github.com/bof,\n";
        assert_eq!(people(text), ["maintainer: adal|-|Ada Lark", "maintainer: bof|-|Bo Fen"]);
        assert!(read(text, &classify("MAINTAINERS")).expect("CSV").problems.is_empty());
    }

    #[test]
    fn single_people_in_docker_toml() {
        let text = "[Org]\n  bdfl = \"adal\"\n  \"Chief Architect\" = \"bof\"\n  motto = \"lamps\"\n[people]\n  [people.adal]\n  GitHub = \"adal\"\n  [people.bof]\n  GitHub = \"bof\"\n";
        assert_eq!(people(text), ["lead: adal|-|-", "maintainer: bof|-|-"]);
        assert!(read(text, &classify("MAINTAINERS")).expect("TOML").problems.is_empty());
    }

    #[test]
    fn a_hash_is_a_heading_only_before_a_role() {
        let text = "# Please keep this sorted.\n#Reviewers\n\"Bo Fen\",@bof,Barn #lamp-maintainers\n#Emeritus maintainers, who moved on to other things.\n#\"Cy Ott\",@cyo,Cyan\nAda (#lamps) <a@l.example>\n# Note: only for this repository\n# The maintainers of every part in the order of their logins.\n";
        let expected = "\n# Reviewers\n\"Bo Fen\",@bof,Barn\n# Emeritus maintainers, who moved on to other things.\n\nAda (#lamps) <a@l.example>\n\n";
        assert_eq!(without_comments(text), expected);
        let rst = "Maintainers\n###########\n\n* @adal\n\nEmeritus\n~~~~~~~~\n\n* @bof\n";
        assert_eq!(without_comments(rst), "# Maintainers\n\n\n* @adal\n\n# Emeritus\n~~~~~~~~\n\n* @bof");
    }

    #[test]
    fn other_texts_are_left_to_markdown() {
        assert!(read("Ada Lark <ada@lark.example>\n", &classify("MAINTAINERS")).is_none());
        assert!(read("", &classify("MAINTAINERS")).is_none());
    }
}
