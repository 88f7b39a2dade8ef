//! Which format a file has: by its name where that is one of the known ones, else by its content.

use super::page::{Page, address, domain, keys, login};
use super::{gitdm, maps, own, sortinghat, users};
use crate::git;
use muster_model::Problem;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Own,
    Developers,
    Companies,
    /// `email-map` and `domain-map` say the same of addresses and of domains, and either may hold both.
    Employers,
    Aliases,
    Mapping,
    Acquisitions,
    Users,
    SortingHatJson,
    SortingHatYaml,
    Mailmap,
}

/// Reads a file of any format.
pub(super) fn read(source: &str, file: &str, text: &str) -> Page {
    let Some(format) = by_name(file).or_else(|| by_content(file, text)) else { return not_ours(file) };
    let markers = merge_markers(file, text);
    if !markers.is_empty() {
        return Page::refused(markers);
    }
    match format {
        Format::Own => own::read(file, text),
        Format::Developers => gitdm::developers(file, text),
        Format::Companies => gitdm::companies(file, text),
        Format::Employers => maps::employers(file, text),
        Format::Aliases => maps::aliases(file, text),
        Format::Mapping => maps::mapping(file, text),
        Format::Acquisitions => maps::acquisitions(file, text),
        Format::Users => users::read(file, text),
        Format::SortingHatJson => sortinghat::json(file, text),
        Format::SortingHatYaml => sortinghat::yaml(file, text),
        Format::Mailmap => mailmap(source, file, text),
    }
}

/// A file of no format of these.
pub(super) fn not_ours(file: &str) -> Page {
    let message = "not a people file: it was not read";
    let hint = "move it out of the folder, or name it as its kind is named (people.toml, email-map, .mailmap, …)";
    Page { problems: vec![Problem::notice(file, None, message, hint)], not_ours: 1, ..Page::default() }
}

/// Whether the name alone says that this is a file about people.
pub(super) fn is_named(file: &str) -> bool {
    by_name(file).is_some()
}

fn by_name(file: &str) -> Option<Format> {
    let name = file.rsplit('/').next().unwrap_or(file).to_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let plain = matches!(extension, "" | "txt") || !name.contains('.');
    let is = |stems: &[&str]| plain && stems.iter().any(|one| stem == *one || stem.replace('_', "-") == *one);
    match extension {
        "toml" => Some(Format::Own),
        "mailmap" => Some(Format::Mailmap),
        "json" if stem.starts_with("github_users") => Some(Format::Users),
        "json" if stem == "mapping" => Some(Format::Mapping),
        "yaml" | "yml" if stem == "companies" => Some(Format::Acquisitions),
        _ if name == "mailmap" || name == "mailmap.txt" => Some(Format::Mailmap),
        _ if plain && stem.starts_with("developers_affiliations") => Some(Format::Developers),
        _ if plain && stem.starts_with("company_developers") => Some(Format::Companies),
        _ if is(&["email-map", "domain-map"]) => Some(Format::Employers),
        _ if is(&["aliases"]) => Some(Format::Aliases),
        _ => None,
    }
}

fn by_content(file: &str, text: &str) -> Option<Format> {
    match text.trim_start().chars().next()? {
        '[' | '{' => json(text),
        _ if file.ends_with(".yaml") || file.ends_with(".yml") => yaml(text),
        _ => lines(text),
    }
}

/// The keys at the top decide, whatever their order and however long what they hold.
fn json(text: &str) -> Option<Format> {
    let keys = keys(text);
    let has = |key: &str| keys.contains(key);
    if text.trim_start().starts_with('{') {
        return (has("uidentities") || has("organizations")).then_some(Format::SortingHatJson);
    }
    if has("login") && (has("affiliation") || has("company")) {
        return Some(Format::Users);
    }
    (has("enrollments") && (has("profile") || has("email"))).then_some(Format::SortingHatYaml)
}

fn yaml(text: &str) -> Option<Format> {
    let begins = |key: &str| text.lines().any(|line| line.trim_start_matches(['-', ' ']).starts_with(key));
    if text.lines().any(|line| line.starts_with("acquisitions:")) {
        Some(Format::Acquisitions)
    } else if begins("enrollments:") || (begins("organization:") && begins("domains:")) || begins("profile:") {
        Some(Format::SortingHatYaml)
    } else {
        None
    }
}

/// Four lines of five are of the format, of those that say anything; no prose is.
fn lines(text: &str) -> Option<Format> {
    let said: Vec<&str> =
        text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).take(200).collect();
    let mostly = |is: &dyn Fn(&str) -> bool| said.iter().filter(|line| is(line)).count() * 5 >= said.len() * 4;
    let indented = |line: &str| line.starts_with(['\t', ' ']);
    let has_address = |text: &str| text.split([',', ' ']).any(|word| address(word).is_some());
    let person = |line: &str| {
        line.split_once(':')
            .is_some_and(|(who, mails)| login(who.trim().trim_end_matches('*')).is_some() && has_address(mails))
    };
    if said.is_empty() {
        return None;
    }
    if said.iter().any(|line| indented(line)) {
        if mostly(&|line| indented(line) || person(line)) && said.iter().any(|line| !indented(line) && person(line)) {
            return Some(Format::Developers);
        }
        let listed = |line: &str| if indented(line) { person(line) } else { line.trim_end().ends_with(':') };
        return mostly(&listed).then_some(Format::Companies);
    }
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let alias =
        |line: &str| matches!(words(line).as_slice(), [one, two] if address(one).is_some() && address(two).is_some());
    let employer = |line: &str| {
        words(line)
            .split_first()
            .is_some_and(|(key, company)| !company.is_empty() && (address(key).is_some() || domain(key).is_some()))
    };
    if mostly(&alias) { Some(Format::Aliases) } else { mostly(&employer).then_some(Format::Employers) }
}

/// The lines that Git writes where two sides contradict each other.
pub(super) fn merge_markers(file: &str, text: &str) -> Vec<Problem> {
    let ours = |line: &&str| line.starts_with("<<<<<<< ") || *line == "<<<<<<<";
    let theirs = |line: &&str| line.starts_with(">>>>>>> ") || *line == ">>>>>>>";
    if !text.lines().any(|line| ours(&line) || theirs(&line)) {
        return Vec::new();
    }
    let between =
        |line: &str| line.starts_with("=======") && line.trim_end() == "=======" || line.starts_with("||||||| ");
    let marked = (1..).zip(text.lines()).filter(|(_, line)| ours(line) || theirs(line) || between(line));
    let problem = |(number, line): (u32, &str)| {
        let marker: String = line.chars().take(7).collect();
        let message =
            format!("a merge marker of Git, {marker}: nothing of this file is taken, what it stated before stays");
        let hint = "decide which side is right, remove the markers, and collect again";
        Problem::rejected(file, number, message, hint).with_text(line)
    };
    marked.map(problem).collect()
}

fn mailmap(source: &str, file: &str, text: &str) -> Page {
    let (links, problems) = git::mailmap::links(source, file, text.as_bytes());
    let records = (links.len() + problems.len()) as u64;
    let facts = links.into_iter().map(|link| super::fact::Fact::Linked {
        account: link.account,
        canonical: link.canonical,
        evidence: super::fact::Voice::Mailmap,
        name: link.name,
    });
    Page { facts: facts.collect(), problems, records, ..Page::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_name() {
        for (file, format) in [
            ("a/people.toml", Some(Format::Own)),
            (".mailmap", Some(Format::Mailmap)),
            ("x/mailmap", Some(Format::Mailmap)),
            ("developers_affiliations12.txt", Some(Format::Developers)),
            ("company_developers3.txt", Some(Format::Companies)),
            ("email-map", Some(Format::Employers)),
            ("domain-map.txt", Some(Format::Employers)),
            ("aliases", Some(Format::Aliases)),
            ("mapping.json", Some(Format::Mapping)),
            ("companies.yaml", Some(Format::Acquisitions)),
            ("github_users.derived.json", Some(Format::Users)),
            ("README.md", None),
            ("aliases.sh", None),
            ("package.json", None),
        ] {
            assert_eq!(by_name(file), format, "{file}");
        }
    }

    #[test]
    fn what_comes_first_may_be_long() {
        let long = "x".repeat(100_000);
        let export = format!("{{\"blacklist\": [\"{long}\"], \"organizations\": {{}}, \"uidentities\": {{}}}}");
        assert_eq!(by_content("s.json", &export), Some(Format::SortingHatJson));
        let users = format!("[{{\"bio\": \"{long}\", \"login\": \"ada\", \"company\": null}}]");
        assert_eq!(by_content("u.json", &users), Some(Format::Users));
    }

    #[test]
    fn formats_are_known_by_content() {
        for (file, text, format) in [
            ("p1.txt", "# x\nada: ada!a.org, a2!b.org\n\tAcme until 2015-01-01\n\tBarn\n", Some(Format::Developers)),
            ("c1.txt", "Acme Inc.:\n\tada: ada!a.org\n\tbo: bo!b.org from 2015-01-01\n", Some(Format::Companies)),
            ("mails", "ada!a.org Acme\nbo!b.org Barn < 2015-01-01\n", Some(Format::Employers)),
            ("domains", "a.org Acme\nb.org Barn Inc.\n", Some(Format::Employers)),
            ("other", "ada!a.org ada!b.org\n", Some(Format::Aliases)),
            ("u.json", "[{\"login\": \"ada\", \"company\": null}]", Some(Format::Users)),
            ("v.json", "[3, null, {\"login\": \"ada\", \"company\": null}]", Some(Format::Users)),
            ("s.json", "{\"uidentities\": {}}", Some(Format::SortingHatJson)),
            ("cut.json", "{\"time\": \"x\", \"uidentities\": {\"a\"", Some(Format::SortingHatJson)),
            ("o.json", "{\"organizations\": {\"Acme\": []}, \"time\": \"x\"}", Some(Format::SortingHatJson)),
            ("nested.json", "{\"x\": {\"uidentities\": {}}}", None),
            ("i.yaml", "- profile:\n    name: Ada\n", Some(Format::SortingHatYaml)),
            ("a.yml", "acquisitions:\n  - ['a', 'b']\n", Some(Format::Acquisitions)),
            ("README.md", "# Title\n\nSome words about it.\n\n    code: x\n", None),
            ("package.json", "{\"name\": \"x\", \"version\": \"1\"}", None),
            ("ci.yaml", "name: x\non: push\n", None),
            ("empty.txt", "# nothing\n", None),
        ] {
            assert_eq!(by_name(file).or_else(|| by_content(file, text)), format, "{file}");
        }
    }
}
