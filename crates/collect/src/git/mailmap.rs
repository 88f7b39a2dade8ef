//! `.mailmap` to links between accounts, as git reads it.
//!
//! | line | says |
//! | --- | --- |
//! | `Proper Name <commit@e>` | the name of an address |
//! | `<proper@e> <commit@e>` | two addresses are one person |
//! | `Proper Name <proper@e> <commit@e>` | both |
//! | `Proper Name <proper@e> Commit Name <commit@e>` | both, for commits under that name only |
//!
//! Accounts are addresses, so the last form can be said only where a commit address leads to one person; where it
//! leads to several, by name, its lines are rejected.

use super::parse::{account_of, is_address};
use muster_model::{Problem, account};
use std::collections::{BTreeMap, BTreeSet};

/// That two accounts are one person, or (when they are equal) what its name is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Link {
    /// The account that commits have.
    pub(crate) account: String,
    /// The account that stands for both.
    pub(crate) canonical: String,
    /// The proper name.
    pub(crate) name: Option<String>,
}

struct Entry {
    line: u32,
    link: Link,
    /// Whether it holds only for commits under one name.
    by_name: bool,
}

/// The links of a mailmap, in its order, each once; `file` is what problems call it.
pub(crate) fn links(repository: &str, file: &str, text: &[u8]) -> (Vec<Link>, Vec<Problem>) {
    let text = String::from_utf8_lossy(text);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut problems = Vec::new();
    let mut entries = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let blank = text.trim().is_empty() || text.starts_with('#');
        match (blank, entry(repository, line, text)) {
            (true, _) => {}
            (false, Ok(entry)) => entries.push(entry),
            (false, Err((message, hint))) => {
                problems.push(Problem::rejected(file, line, message, hint).with_text(text));
            }
        }
    }
    let chosen = choose(&entries);
    let mut seen = BTreeSet::new();
    let mut links = Vec::new();
    for entry in entries {
        if let Some(problem) = refusal(&entry, &chosen, file) {
            problems.push(problem);
        } else if seen.insert(entry.link.clone()) {
            links.push(entry.link);
        }
    }
    problems.sort();
    (links, problems)
}

type Refused = (&'static str, &'static str);

fn entry(repository: &str, line: u32, text: &str) -> Result<Entry, Refused> {
    let (name, address, rest) = pair(text).filter(|(_, address, _)| !address.is_empty()).ok_or((
        "no address in angle brackets where a mailmap line has one or two",
        "write it as Proper Name <proper@example.org> <commit@example.org>",
    ))?;
    if !is_address(address) {
        return Err(("the proper address is no e-mail address", "write an address with an @ in the first brackets"));
    }
    let canonical = account::email(address);
    let name = (!name.is_empty()).then(|| name.to_owned());
    let Some((commit_name, commit_address, _)) = pair(rest) else {
        return match name {
            Some(_) => Ok(Entry { line, link: Link { account: canonical.clone(), canonical, name }, by_name: false }),
            None => Err((
                "an address alone says nothing",
                "write the proper name before it or the commit's address after it",
            )),
        };
    };
    let account = account_of(repository, commit_name, commit_address).ok_or((
        "the empty address belongs to nobody in particular",
        "write the name that the commits have before it",
    ))?;
    // An account made of the name already holds for that name only.
    let by_name = !commit_name.is_empty() && is_address(commit_address);
    Ok(Entry { line, link: Link { account, canonical, name }, by_name })
}

/// `Name <address> rest`: git looks for the first `<` and the next `>`.
fn pair(text: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = text.split_once('<')?;
    let (address, rest) = rest.split_once('>')?;
    Some((name.trim(), address.trim(), rest))
}

/// The account that each account leads to; `None` where names decide.
fn choose(entries: &[Entry]) -> BTreeMap<String, Option<String>> {
    let mut chosen: BTreeMap<String, Option<String>> = BTreeMap::new();
    // Lines for a whole address: the last one wins, as in git; a line that only names does not move anybody.
    for Entry { link, .. } in entries.iter().filter(|entry| !entry.by_name) {
        if link.account != link.canonical || !chosen.contains_key(&link.account) {
            chosen.insert(link.account.clone(), Some(link.canonical.clone()));
        }
    }
    let whole: BTreeSet<String> = chosen.keys().cloned().collect();
    for Entry { link, .. } in entries.iter().filter(|entry| entry.by_name && !whole.contains(&entry.link.account)) {
        let choice = chosen.entry(link.account.clone()).or_insert_with(|| Some(link.canonical.clone()));
        if choice.as_ref() != Some(&link.canonical) {
            *choice = None;
        }
    }
    chosen
}

fn refusal(entry: &Entry, chosen: &BTreeMap<String, Option<String>>, file: &str) -> Option<Problem> {
    let Link { account, canonical, .. } = &entry.link;
    let names_only = account == canonical && !entry.by_name;
    if names_only || chosen.get(account).is_some_and(|choice| choice.as_ref() == Some(canonical)) {
        return None;
    }
    let (message, hint) = if entry.by_name {
        (
            "this commit address leads to several people by name, and accounts are addresses",
            "say in the pipeline's people file whose address it is",
        )
    } else {
        ("a later line leads the same commit address elsewhere, and git uses the last", "remove one of the two lines")
    };
    Some(Problem::rejected(file, entry.line, message, hint).with_text(format!("{account} => {canonical}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<String>, Vec<String>) {
        let (links, problems) = links("acme/lantern", ".mailmap", text.as_bytes());
        let shown = |link: &Link| {
            let name = link.name.as_ref().map_or(String::new(), |name| format!(" {name}"));
            format!("{} => {}{name}", link.account, link.canonical)
        };
        let problems = problems.iter().map(|p| format!("{}:{}", p.file, p.line.unwrap_or(0))).collect();
        (links.iter().map(shown).collect(), problems)
    }

    #[test]
    fn all_forms_are_read() {
        let (links, problems) = read(
            "\u{feff}# a comment <a@b>\r\n\r\n  \nAda L. <Ada@Example.org>\r\n<ada@example.org> <ada@home.example>\n\
             Ada L. <ada@example.org> <ada@work.example> # since 2020\n\
             Ada L. <ada@example.org> ada <root@host>\n\
             Bo <bo@example.org> Old Bo <bo>\nBo <bo@example.org> nobody <>\n",
        );
        assert_eq!(
            links,
            [
                "email:ada@example.org => email:ada@example.org Ada L.",
                "email:ada@home.example => email:ada@example.org",
                "email:ada@work.example => email:ada@example.org Ada L.",
                "email:root@host => email:ada@example.org Ada L.",
                "name:acme/lantern/Old Bo => email:bo@example.org Bo",
                "name:acme/lantern/nobody => email:bo@example.org Bo",
            ]
        );
        assert_eq!(problems, [""; 0]);
    }

    #[test]
    fn lines_that_cannot_be_read_say_where() {
        let (links, problems) =
            read("Ada\nAda <ada@example.org\n<ada@example.org>\nAda <>\n<ada> <a@b>\n<a@b> <>\nA <a@b>");
        assert_eq!(links, ["email:a@b => email:a@b A"]);
        assert_eq!(problems, [1, 2, 3, 4, 5, 6].map(|line| format!(".mailmap:{line}")));
    }

    #[test]
    fn the_last_line_of_an_address_wins() {
        let (links, problems) = read("<a@x> <c@x>\nA <c@x>\n<b@x> <c@x>\n<b@x> <c@x>\n");
        assert_eq!(links, ["email:c@x => email:c@x A", "email:c@x => email:b@x"]);
        assert_eq!(problems, [".mailmap:1"]);
    }

    #[test]
    fn an_address_of_several_people_links_none_of_them() {
        let (links, problems) = read("A <a@x> a <root@x>\nB <b@x> b <root@x>\nC <c@x> c <cc@x>\nC <c@x> C. <cc@x>\n");
        assert_eq!(links, ["email:cc@x => email:c@x C"]);
        assert_eq!(problems, [".mailmap:1", ".mailmap:2"]);
        let (links, problems) = read("A <a@x> a <root@x>\nB <b@x> <root@x>\n");
        assert_eq!(links, ["email:root@x => email:b@x B"]);
        assert_eq!(problems, [".mailmap:1"]);
    }
}
