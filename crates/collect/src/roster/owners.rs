//! YAML rosters: Kubernetes' OWNERS and OWNERS_ALIASES, and MAINTAINERS.yaml of any nesting.
//!
//! A key that names a role (`approvers`, `emeritus_approvers`, `maintainers`) holds people: logins, or mappings with
//! name, github, email and company. Other keys are searched for such keys (`filters:`, areas). The name of a group of
//! OWNERS_ALIASES is resolved when the versions are folded.

use super::page::{Page, Person, Role};
use super::person;
use super::role::{Column, Standing, classify, column};
use muster_model::account;
use serde_norway::{Mapping, Value};
use std::collections::BTreeMap;

const HINT: &str = "write a login, or a mapping with name, github, email and company";

/// Reads a YAML roster; `None` when the text is no mapping and no list, so that it may be read as lines.
///
/// # Errors
/// The line and the parser's message when the YAML is broken.
pub(super) fn read(text: &str, default: &Standing, is_owners: bool) -> Result<Option<Page>, (Option<u32>, String)> {
    let value: Value = serde_norway::from_str(text).map_err(|error| {
        let line = error.location().map(|location| location.line() as u32);
        (line, error.to_string())
    })?;
    let mut reader = Reader { page: Page::default(), text, is_owners, last: 0 };
    match &value {
        Value::Mapping(mapping) => {
            reader.page.states_list = true;
            reader.mapping(mapping, &Standing::Unknown);
        }
        Value::Sequence(items) if !items.is_empty() => {
            let standing = if *default == Standing::Unknown {
                Standing::Role(Role::new("member", false))
            } else {
                default.clone()
            };
            reader.people(items, &standing);
        }
        _ => return Ok(None),
    }
    Ok(Some(reader.page))
}

/// Reads `aliases:` of an OWNERS_ALIASES.
///
/// # Errors
/// The line and the parser's message when the YAML is broken or holds no aliases.
pub(super) fn read_aliases(text: &str) -> Result<Page, (Option<u32>, String)> {
    let value: Value = serde_norway::from_str(text).map_err(|error| {
        let line = error.location().map(|location| location.line() as u32);
        (line, error.to_string())
    })?;
    let Some(Value::Mapping(groups)) = value.get("aliases") else {
        return Err((None, "there is no mapping `aliases:`".to_owned()));
    };
    let mut aliases = BTreeMap::new();
    let mut page = Page { states_list: true, ..Page::default() };
    for (name, members) in groups {
        let (Some(name), members) = (scalar(name), members.as_sequence().cloned().unwrap_or_default()) else {
            continue;
        };
        let mut logins = Vec::new();
        for member in &members {
            match scalar(member).filter(|login| account::is_github_login(login.trim_start_matches('@'))) {
                Some(login) => logins.push(login.trim_start_matches('@').to_owned()),
                None => page.reject(
                    find_line(text, &shown(member), 0),
                    "a member of an alias is no login",
                    HINT,
                    &shown(member),
                ),
            }
        }
        aliases.insert(name.to_lowercase(), logins);
    }
    page.aliases = Some(aliases);
    Ok(page)
}

struct Reader<'a> {
    page: Page,
    text: &'a str,
    /// In an OWNERS, who may approve decides: approvers are maintainers there.
    is_owners: bool,
    /// The line that the last rejected value was found on, so that equal values get lines of their own.
    last: u32,
}

impl Reader<'_> {
    fn mapping(&mut self, mapping: &Mapping, above: &Standing) {
        for (key, value) in mapping {
            let key = scalar(key).unwrap_or_default();
            let standing = match (self.role(&key), above) {
                (_, Standing::Former) => Standing::Former,
                (Standing::Unknown, _) if !inherits(&key) => Standing::Unknown,
                (Standing::Unknown, above) => above.clone(),
                (standing, _) => standing,
            };
            // `Lamp maintainers:` with `maintainers:` and `files:` below it is an area, whatever its title says.
            let area = matches!(value, Value::Mapping(inner) if standing != Standing::Former && self.is_area(inner));
            let standing = if area { Standing::Unknown } else { standing };
            self.value(value, &standing);
        }
    }

    fn value(&mut self, value: &Value, standing: &Standing) {
        let people = matches!(standing, Standing::Role(_) | Standing::Former);
        match value {
            Value::Mapping(inner) if people && is_person(inner) => self.people(std::slice::from_ref(value), standing),
            Value::Mapping(inner) => self.mapping(inner, standing),
            Value::Sequence(items) if people => self.people(items, standing),
            Value::Sequence(items) => {
                for inner in items.iter().filter_map(Value::as_mapping) {
                    self.mapping(inner, standing);
                }
            }
            Value::String(text) if people && !text.trim().is_empty() => {
                self.people(std::slice::from_ref(value), standing);
            }
            _ => {}
        }
    }

    fn is_area(&self, mapping: &Mapping) -> bool {
        !is_person(mapping)
            && mapping
                .keys()
                .filter_map(scalar)
                .any(|key| matches!(self.role(&key), Standing::Role(_) | Standing::Former))
    }

    fn role(&self, key: &str) -> Standing {
        // `labels`, `options` and `files` are about paths, whatever words they hold.
        match classify(key) {
            Standing::Role(role) if self.is_owners && role.name == "approver" => {
                Standing::Role(Role { maintainer: true, ..role })
            }
            Standing::Prose | Standing::Others => Standing::Unknown,
            standing => standing,
        }
    }

    fn people(&mut self, items: &[Value], standing: &Standing) {
        for item in items {
            if let Value::Mapping(mapping) = item
                && !is_person(mapping)
            {
                self.mapping(mapping, standing);
                continue;
            }
            let Some((person, own)) = person_of(item) else {
                let line = find_line(self.text, &shown(item), self.last);
                self.last = line;
                self.page.reject(line, "an entry of a list of people names nobody", HINT, &shown(item));
                continue;
            };
            match own.as_ref().filter(|own| **own != Standing::Prose).unwrap_or(standing) {
                Standing::Role(role) => self.page.add(person, role),
                Standing::Former => self.page.former.push(person),
                Standing::Prose | Standing::Others | Standing::Unknown => {}
            }
        }
    }
}

/// Whether what stands at a key can be people by the key above it.
fn inherits(key: &str) -> bool {
    let key = key.to_lowercase();
    !["status", "labels", "tests", "description", "name"].contains(&key.as_str()) && !key.starts_with("file")
}

fn is_person(mapping: &Mapping) -> bool {
    let scalar_at = |kind: Column| {
        mapping
            .iter()
            .any(|(key, value)| scalar(key).is_some_and(|key| column(&key) == kind) && scalar(value).is_some())
    };
    scalar_at(Column::Login) || scalar_at(Column::Name) || scalar_at(Column::Email)
}

fn person_of(value: &Value) -> Option<(Person, Option<Standing>)> {
    if let Value::Mapping(mapping) = value {
        return from_mapping(mapping);
    }
    let text = scalar(value)?;
    let bare = text.trim().trim_start_matches('@');
    if account::is_github_login(bare) {
        return Some((Person { login: Some(bare.to_owned()), ..Person::default() }, None));
    }
    let found = person::people(&super::blocks::Inline::plain(&text, 1)).into_iter().next()?;
    Some((found.person, found.standing.filter(|standing| *standing != Standing::Unknown)))
}

fn from_mapping(mapping: &Mapping) -> Option<(Person, Option<Standing>)> {
    let mut person = Person::default();
    let mut standing = None;
    for (key, value) in mapping {
        let (Some(key), Some(value)) = (scalar(key), scalar(value)) else { continue };
        let value = person::fold(&value);
        match column(&key) {
            Column::Login if person.login.is_none() => {
                let bare = value.trim_start_matches('@');
                let plain = account::is_github_login(bare).then(|| bare.to_owned());
                person.login = person::profile(&value).or(plain);
            }
            Column::Email => person.email = person::email(&value),
            Column::Organisation => person.organisation = person::organisation(&value),
            Column::Name if !value.is_empty() => person.name = Some(value),
            Column::Role => standing = Some(classify(&value)).filter(|standing| *standing != Standing::Unknown),
            _ => {}
        }
    }
    (person.is_certain() || person.name.is_some()).then_some((person, standing))
}

/// A scalar as text: a login of digits alone is a number to YAML.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn shown(value: &Value) -> String {
    scalar(value).unwrap_or_else(|| serde_norway::to_string(value).unwrap_or_default().trim().to_owned())
}

/// The line after `after` that holds an entry; YAML values do not know theirs.
fn find_line(text: &str, entry: &str, after: u32) -> u32 {
    let entry = if entry == "null" { "" } else { entry.lines().next().unwrap_or_default() };
    let holds = |line: &str| {
        let value = line.trim().strip_prefix('-').map(str::trim);
        value.is_some_and(|value| {
            if entry.is_empty() { value.is_empty() || value == "null" || value == "~" } else { value.contains(entry) }
        })
    };
    let found = text.lines().enumerate().skip(after as usize).find(|(_, line)| holds(line));
    found.map_or(after.max(1), |(at, _)| at as u32 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(page: &Page) -> Vec<String> {
        let show = |(person, role): &(Person, Role)| {
            let who = person.login.clone().or(person.email.clone()).or(person.name.clone()).unwrap_or_default();
            format!("{}{}: {who}", role.name, if role.maintainer { "!" } else { "" })
        };
        page.people.iter().map(show).collect()
    }

    #[test]
    fn kubernetes_owners() {
        let text = "# a comment\napprovers:\n- adal # lead\n- 12345\n- lantern-leads\nreviewers:\n- bof\nemeritus_approvers:\n- cyo\nlabels:\n- area/lamp\noptions:\n  no_parent_owners: true\nfilters:\n  \".*\":\n    approvers: [dip]\n  \"\\\\.go$\":\n    labels: [go]\n    emeritus_reviewers: [eve]\n";
        let page = read(text, &Standing::Unknown, true).expect("YAML").expect("a mapping");
        assert_eq!(
            show(&page),
            ["approver!: adal", "approver!: 12345", "approver!: lantern-leads", "reviewer: bof", "approver!: dip"]
        );
        assert_eq!(page.former.len(), 2);
        assert!(page.problems.is_empty());
    }

    #[test]
    fn aliases_and_their_unreadable_members() {
        let page = read_aliases("aliases:\n  lantern-leads:\n  - adal\n  - not a login\n  Empty:\n").expect("YAML");
        let aliases = page.aliases.expect("aliases");
        assert_eq!(aliases["lantern-leads"], ["adal"]);
        assert!(aliases["empty"].is_empty());
        assert_eq!(page.problems[0].line, Some(4));
        assert!(read_aliases("leads: []\n").is_err());
    }

    #[test]
    fn maintainers_in_yaml() {
        let text = "maintainers:\n- name: Ada Lark\n  github: adal\n  company: Acme\n- name: Bo Fen\n  email: bo@fen.example\n-\nLamp driver:\n  status: maintained\n  maintainers:\n    - cyo\n  collaborators: [dip]\n  files:\n    - lamp/\nalumni:\n- name: Eve Gil\n  github: eve\n";
        let page = read(text, &classify("MAINTAINERS"), false).expect("YAML").expect("a mapping");
        assert_eq!(
            show(&page),
            ["maintainer!: adal", "maintainer!: bo@fen.example", "maintainer!: cyo", "collaborator: dip"]
        );
        assert_eq!(page.people[0].0.organisation.as_deref(), Some("Acme"));
        assert_eq!((page.former.len(), page.problems.len(), page.problems[0].line), (1, 1, Some(7)));
        let list = read("- adal\n- {name: Bo Fen, github: bof}\n", &classify("MAINTAINERS"), false);
        assert_eq!(show(&list.expect("YAML").expect("a list")), ["maintainer!: adal", "maintainer!: bof"]);
    }

    #[test]
    fn an_area_named_after_a_role_is_no_person() {
        let text = "MAINTAINERS file:\n  status: maintained\n  maintainers:\n    - adal\n  files:\n    - MAINTAINERS.yml\n  labels:\n    - lamps\n  description: The list.\n  file-groups:\n    - name: keys\n      collaborators: [bof]\nSecurity:\n  status: maintained\n  maintainers: [cyo]\nmaintainers:\n  lamps: [dip]\n  sheds:\n    - name: Eve Gil\n      github: eve\n";
        let page = read(text, &classify("MAINTAINERS"), false).expect("YAML").expect("a mapping");
        let expected =
            ["maintainer!: adal", "collaborator: bof", "maintainer!: cyo", "maintainer!: dip", "maintainer!: eve"];
        assert_eq!(show(&page), expected);
        assert!(page.problems.is_empty());
    }

    #[test]
    fn broken_yaml_says_its_line_and_plain_text_is_no_yaml() {
        let (line, _) = read("approvers:\n- adal\n\t- bof\n", &Standing::Unknown, true).expect_err("broken");
        assert_eq!(line, Some(3));
        assert!(read("ada@lark.example\n", &Standing::Unknown, true).expect("a scalar").is_none());
    }
}
