//! Versions of roster files, in time order, to events: who came, who went, who changed.
//!
//! The fold knows only what it was given: the same versions give the same events, whatever run they come in. Its state
//! is the cursor's.

use super::codeowners;
use super::page::{Page, Person};
use super::parse::{self, Kind, Reading};
use super::person::fold as folded;
use muster_model::payload::{
    AccountLinked, AdopterListed, AdopterUnlisted, AffiliationDeclared, MaintainerListed, MaintainerUnlisted,
};
use muster_model::{Event, Payload, Problem, Timestamp, account};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The collector's name and version, as events carry it.
pub(super) const COLLECTOR: &str = "roster/1";

/// One version of one file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Version {
    /// The file in its repository.
    pub path: String,
    /// What names this version to a person: the snapshot's file, or `path@sha12`.
    pub label: String,
    /// What names it in ids: the day, or the first 12 digits of the commit.
    pub tag: String,
    /// The commit, where it is known.
    pub sha: Option<String>,
    /// When it came into force.
    pub time: Timestamp,
    /// A hash of its content.
    pub hash: String,
    /// Whether the file is gone from here on.
    pub deleted: bool,
}

/// What is listed after the versions so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct State {
    /// By path.
    pub files: BTreeMap<String, File>,
    /// Groups of OWNERS_ALIASES, by path.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub aliases: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// Names that were reported once: files that are no rosters, snapshots without a date.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub reported: BTreeSet<String>,
}

/// What a file lists.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct File {
    /// The last version that was read, and its hash.
    pub last: String,
    pub hash: String,
    /// When that was, in seconds.
    pub time: i64,
    /// Who is listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub listed: Vec<Listing>,
    /// Adopters that are listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adopters: Vec<String>,
    /// What an OWNERS says before its aliases are resolved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stated: Vec<(Person, super::page::Role)>,
}

/// One listing of one account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Listing {
    pub account: String,
    pub role: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    pub maintainer: bool,
    /// The address beside the login, where both stand there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// What a version gave.
#[derive(Debug, Default)]
pub(super) struct Output {
    pub events: Vec<Event>,
    pub problems: Vec<Problem>,
}

/// Turns versions into events.
pub(super) struct Fold<'a> {
    /// The source's name in the pipeline.
    pub name: &'a str,
    /// `owner/name`.
    pub repository: &'a str,
    /// Whether the versions are snapshots: then nothing says that a file was deleted.
    pub snapshots: bool,
    /// Whether the pipeline names the files.
    pub asked: bool,
    /// What is listed so far.
    pub state: &'a mut State,
}

/// Where and when a change of a file's list is stated.
struct At<'a> {
    version: &'a Version,
    path: &'a str,
    time: Timestamp,
}

impl Fold<'_> {
    /// Takes the next version, with its content unless the file is gone.
    pub(super) fn apply(&mut self, version: &Version, content: Result<&[u8], Problem>) -> Output {
        let mut out = Output::default();
        let kind = parse::kind(&version.path, self.asked);
        let time = self.time(version);
        let at = At { version, path: &version.path, time };
        if version.deleted {
            self.delete(&at, &mut out);
        } else {
            match content {
                Ok(bytes) => self.read(&at, &kind, bytes, &mut out),
                Err(problem) => out.problems.push(problem),
            }
        }
        for problem in out.problems.iter_mut().filter(|problem| problem.file.is_empty()) {
            problem.file.clone_from(&version.label);
        }
        let file = self.state.files.entry(version.path.clone()).or_default();
        file.last.clone_from(&version.label);
        file.hash.clone_from(&version.hash);
        file.time = time.as_second();
        out
    }

    /// When a version came into force. Commits on one branch can carry clocks that go back; each version of a file is
    /// at least a second after the one before, so that the order of their events in time is the order of history.
    fn time(&self, version: &Version) -> Timestamp {
        let last = self.state.files.get(&version.path).map(|file| file.time);
        match last {
            Some(last) if last >= version.time.as_second() => {
                Timestamp::from_second(last.saturating_add(1)).unwrap_or(version.time)
            }
            _ => version.time,
        }
    }

    fn read(&mut self, at: &At<'_>, kind: &Kind, bytes: &[u8], out: &mut Output) {
        if *kind == Kind::Codeowners && !codeowners::is_read_by_github(at.path) {
            let message = "GitHub reads CODEOWNERS only in the root, .github/ and docs/; this one was not read";
            self.report_once(at, message, "move it, or leave it out with `files`", out);
            return;
        }
        match parse::read(at.path, kind, bytes) {
            Reading::Stated(page) => self.stated(at, kind, page, out),
            Reading::Moved(page) => {
                out.problems.extend(page.problems);
                self.end(at, Some("moved"), out);
            }
            Reading::Nothing(page) => out.problems.extend(page.problems),
        }
    }

    fn report_once(&mut self, at: &At<'_>, message: &str, hint: &str, out: &mut Output) {
        if self.state.reported.insert(at.path.to_owned()) {
            out.problems.push(Problem::notice(at.version.label.clone(), None, message, hint));
        }
    }

    fn stated(&mut self, at: &At<'_>, kind: &Kind, mut page: Page, out: &mut Output) {
        out.problems.append(&mut page.problems);
        if let Some(aliases) = page.aliases {
            self.state.aliases.insert(at.path.to_owned(), aliases);
            self.resolve_again(at, out);
            return;
        }
        if *kind == Kind::Adopters {
            self.adopters(at, page.adopters, out);
            return;
        }
        if *kind == Kind::Owners {
            self.note_groups(at, &page.people, out);
        }
        let listed = self.listings(&page.people, *kind == Kind::Owners, out);
        let former = self.former(&page.former);
        let first = self.state.files.get(at.path).is_none_or(|file| file.listed.is_empty());
        self.replace(at, listed, &former, out);
        if *kind == Kind::Owners {
            self.state.files.entry(at.path.to_owned()).or_default().stated = page.people;
        }
        if self.snapshots && first && matches!(kind, Kind::People(_)) {
            self.supersede(at, out);
        }
    }

    /// The accounts and names of former people, to tell "emeritus" from "gone".
    fn former(&self, people: &[Person]) -> BTreeSet<String> {
        let names = people.iter().filter_map(|person| person.name.as_ref()).map(|name| name.to_lowercase());
        people.iter().filter_map(|person| self.account(person)).chain(names).collect()
    }

    fn account(&self, person: &Person) -> Option<String> {
        let owner = self.repository.split('/').next().unwrap_or(self.repository);
        let github = person.login.as_deref().or_else(|| account::noreply_login(person.email.as_deref()?));
        github
            .map(account::github)
            .or_else(|| person.team.as_deref().map(account::team))
            .or_else(|| person.email.as_deref().map(account::email))
            .or_else(|| person.name.as_deref().map(|name| account::name(owner, name)))
    }

    /// One listing for each role and account, aliases resolved.
    fn listings(&self, people: &[(Person, super::page::Role)], aliased: bool, out: &mut Output) -> Vec<Listing> {
        let mut listed: Vec<Listing> = Vec::with_capacity(people.len());
        for (person, role) in people {
            for person in self.resolved(person, aliased) {
                let Some(account) = self.account(&person) else { continue };
                let team = account.starts_with("team:");
                let email = person.email.clone().filter(|_| person.login.is_some());
                let name = person.name.or(person.login).or(person.team).or(person.email).unwrap_or_default();
                let name = folded(name.trim_start_matches('@'));
                let listing = Listing {
                    account,
                    role: role.name.clone(),
                    name,
                    organisation: person.organisation,
                    maintainer: role.maintainer && !team,
                    email,
                };
                match listed.iter_mut().find(|one| one.account == listing.account && one.role == listing.role) {
                    Some(one) if listing.organisation.is_some() && one.organisation != listing.organisation => {
                        out.problems.push(Problem::notice(
                            "",
                            None,
                            format!(
                                "{} is listed twice as {}, of {} and of {}; the first was taken",
                                one.account,
                                one.role,
                                shown(one.organisation.as_deref()),
                                shown(listing.organisation.as_deref())
                            ),
                            "list everybody once",
                        ));
                    }
                    Some(one) => fill(one, listing),
                    None => listed.push(listing),
                }
            }
        }
        listed
    }

    /// The members of the group that an OWNERS names, or the person.
    fn resolved(&self, person: &Person, aliased: bool) -> Vec<Person> {
        let group = person.login.as_ref().filter(|_| aliased).map(|login| login.to_lowercase());
        let members = group.and_then(|group| self.state.aliases.values().find_map(|groups| groups.get(&group)));
        match members {
            Some(members) => {
                members.iter().map(|login| Person { login: Some(login.clone()), ..Person::default() }).collect()
            }
            None if aliased && person.login.as_deref().is_some_and(is_group) => vec![self.group(person)],
            None => vec![person.clone()],
        }
    }

    /// A group that no OWNERS_ALIASES explains, as a team of the repository's owner.
    fn group(&self, person: &Person) -> Person {
        let owner = self.repository.split('/').next().unwrap_or(self.repository);
        let team = person.login.as_ref().map(|login| format!("{owner}/{login}"));
        Person { team, login: None, ..person.clone() }
    }

    /// Says once of each such group in a file that its members are not known.
    fn note_groups(&mut self, at: &At<'_>, people: &[(Person, super::page::Role)], out: &mut Output) {
        for login in people.iter().filter_map(|(person, _)| person.login.as_deref()).filter(|login| is_group(login)) {
            let known = self.state.aliases.values().any(|groups| groups.contains_key(&login.to_lowercase()));
            if !known && self.state.reported.insert(format!("{}#{login}", at.path)) {
                let message = format!("{login} is a group that no OWNERS_ALIASES explains; it was read as a team");
                out.problems.push(Problem::notice("", None, message, "collect OWNERS_ALIASES too"));
            }
        }
    }

    /// A new OWNERS_ALIASES changes who the OWNERS files name.
    fn resolve_again(&mut self, at: &At<'_>, out: &mut Output) {
        let paths: Vec<String> =
            self.state.files.iter().filter(|(_, file)| !file.stated.is_empty()).map(|(path, _)| path.clone()).collect();
        for path in paths {
            let Some(file) = self.state.files.get(&path) else { continue };
            let time = at.time.max(Timestamp::from_second(file.time.saturating_add(1)).unwrap_or(at.time));
            let stated = file.stated.clone();
            let listed = self.listings(&stated, true, out);
            if self.state.files.get(&path).is_some_and(|file| file.listed != listed) {
                let here = At { version: at.version, path: &path, time };
                self.replace(&here, listed, &BTreeSet::new(), out);
                self.state.files.entry(path).or_default().time = time.as_second();
            }
        }
    }

    /// Replaces a file's list: who is gone, then who is new, with what is said of them.
    fn replace(&mut self, at: &At<'_>, listed: Vec<Listing>, former: &BTreeSet<String>, out: &mut Output) {
        let before = self.state.files.get(at.path).map(|file| file.listed.clone()).unwrap_or_default();
        for old in before.iter().filter(|old| !listed.iter().any(|new| same_listing(old, new))) {
            let stays = listed.iter().any(|new| new.account == old.account && new.role == old.role);
            let retired = former.contains(&old.account) || former.contains(&old.name.to_lowercase());
            out.events.push(self.unlisted(at, old, Some("emeritus").filter(|_| retired && !stays)));
        }
        let mut said = BTreeMap::new();
        for new in &listed {
            if !before.iter().any(|old| same_listing(old, new)) {
                out.events.push(self.listed(at, new));
                self.affiliation(at, new, &mut said, out);
            }
            if !before.iter().any(|old| old.account == new.account && old.name == new.name) {
                self.linked(at, new, &mut said, out);
            }
            if !before.iter().any(|old| old.account == new.account && old.email == new.email) {
                self.addressed(at, new, &mut said, out);
            }
        }
        self.state.files.entry(at.path.to_owned()).or_default().listed = listed;
    }

    /// Ends every listing of a file.
    fn end(&mut self, at: &At<'_>, reason: Option<&str>, out: &mut Output) {
        let Some(file) = self.state.files.get_mut(at.path) else { return };
        file.stated.clear();
        for old in std::mem::take(&mut file.listed) {
            let event = self.unlisted(at, &old, reason);
            out.events.push(event);
        }
    }

    fn delete(&mut self, at: &At<'_>, out: &mut Output) {
        self.state.reported.remove(at.path);
        if self.state.aliases.remove(at.path).is_some() {
            self.resolve_again(at, out);
        }
        let listed = self.state.files.get(at.path).map(|file| file.listed.clone()).unwrap_or_default();
        let moved = self.state.files.iter().any(|(path, file)| path != at.path && holds_most(&file.listed, &listed));
        self.end(at, Some("moved").filter(|_| moved), out);
        self.adopters(at, Vec::new(), out);
    }

    /// Snapshots say nothing of deletions. When a list of the same name begins in another of the usual places and
    /// holds most of the people of this one, which no snapshot of that day repeats, then it moved there.
    fn supersede(&mut self, at: &At<'_>, out: &mut Output) {
        let Some(here) = self.state.files.get(at.path).map(|file| file.listed.clone()) else { return };
        let older = |(path, file): (&String, &File)| {
            let moved = path != at.path
                && stem(path) == stem(at.path)
                && is_usual_place(path)
                && is_usual_place(at.path)
                && file.time < at.time.as_second()
                && holds_most(&here, &file.listed);
            moved.then(|| path.clone())
        };
        let paths: Vec<String> = self.state.files.iter().filter_map(older).collect();
        for path in paths {
            let message = format!("the list of {path} stands here now; it is read as moved");
            out.problems.push(Problem::notice("", None, message, "add a snapshot of the old file if it is still kept"));
            self.end(&At { version: at.version, path: &path, time: at.time }, Some("moved"), out);
        }
    }

    fn adopters(&mut self, at: &At<'_>, adopters: Vec<String>, out: &mut Output) {
        let before = self.state.files.get(at.path).map(|file| file.adopters.clone()).unwrap_or_default();
        for name in before.iter().filter(|name| !adopters.contains(name)) {
            let body = AdopterUnlisted {
                name: name.clone(),
                repository: self.repository.to_owned(),
                path: at.path.to_owned(),
            };
            out.events.push(self.event(at, &format!("unlisted/adopter/{name}"), Payload::AdopterUnlisted(body)));
        }
        for name in adopters.iter().filter(|name| !before.contains(name)) {
            let body =
                AdopterListed { name: name.clone(), repository: self.repository.to_owned(), path: at.path.to_owned() };
            out.events.push(self.event(at, &format!("listed/adopter/{name}"), Payload::AdopterListed(body)));
        }
        self.state.files.entry(at.path.to_owned()).or_default().adopters = adopters;
    }

    fn listed(&self, at: &At<'_>, listing: &Listing) -> Event {
        let body = MaintainerListed {
            account: listing.account.clone(),
            name: listing.name.clone(),
            role: listing.role.clone(),
            organisation: listing.organisation.clone(),
            maintainer: listing.maintainer,
            repository: self.repository.to_owned(),
            path: at.path.to_owned(),
        };
        self.event(at, &format!("listed/{}/{}", listing.role, listing.account), Payload::MaintainerListed(body))
    }

    fn unlisted(&self, at: &At<'_>, listing: &Listing, reason: Option<&str>) -> Event {
        let body = MaintainerUnlisted {
            account: listing.account.clone(),
            role: listing.role.clone(),
            reason: reason.map(str::to_owned),
            repository: self.repository.to_owned(),
            path: at.path.to_owned(),
        };
        self.event(at, &format!("unlisted/{}/{}", listing.role, listing.account), Payload::MaintainerUnlisted(body))
    }

    /// Once for each account in a version; a second, different organisation of the same account has its own id.
    fn affiliation(&self, at: &At<'_>, listing: &Listing, said: &mut BTreeMap<String, String>, out: &mut Output) {
        let Some(organisation) = &listing.organisation else { return };
        let mut id = format!("affiliation/{}", listing.account);
        match said.get(&id) {
            Some(same) if same == organisation => return,
            Some(_) => id = format!("{id}/{organisation}"),
            None => {}
        }
        if said.insert(id.clone(), organisation.clone()).is_some() {
            return;
        }
        let body = AffiliationDeclared {
            account: listing.account.clone(),
            organisation: organisation.clone(),
            projects: Vec::new(),
            said_by: "roster".to_owned(),
            ..Default::default()
        };
        out.events.push(self.event(at, &id, Payload::AffiliationDeclared(body)));
    }

    /// A login and a name beside it are one person.
    fn linked(&self, at: &At<'_>, listing: &Listing, said: &mut BTreeMap<String, String>, out: &mut Output) {
        let Some(login) = listing.account.strip_prefix("github:") else { return };
        if listing.name.is_empty() || listing.name.eq_ignore_ascii_case(login) {
            return;
        }
        let owner = self.repository.split('/').next().unwrap_or(self.repository);
        let name = account::name(owner, &listing.name);
        let mut id = format!("linked/{name}");
        match said.get(&id) {
            Some(same) if *same == listing.account => return,
            Some(_) => id = format!("{id}/{}", listing.account),
            None => {}
        }
        if said.insert(id.clone(), listing.account.clone()).is_some() {
            return;
        }
        self.link(at, &id, name, listing, out);
    }

    /// So are a login and an address beside it. A no-reply address of GitHub says it without a roster.
    fn addressed(&self, at: &At<'_>, listing: &Listing, said: &mut BTreeMap<String, String>, out: &mut Output) {
        let Some(address) = listing.email.as_deref().filter(|_| listing.account.starts_with("github:")) else { return };
        if account::noreply_login(&address.to_lowercase()).is_some() {
            return;
        }
        let email = account::email(address);
        let id = format!("linked/{email}/{}", listing.account);
        if said.insert(id.clone(), listing.account.clone()).is_none() {
            self.link(at, &id, email, listing, out);
        }
    }

    fn link(&self, at: &At<'_>, id: &str, account: String, listing: &Listing, out: &mut Output) {
        let login = listing.account.strip_prefix("github:").unwrap_or_default();
        let name = Some(&listing.name).filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case(login));
        let body = AccountLinked {
            account,
            canonical: listing.account.clone(),
            evidence: "roster".to_owned(),
            name: name.cloned(),
            ..Default::default()
        };
        out.events.push(self.event(at, id, Payload::AccountLinked(body)));
    }

    fn event(&self, at: &At<'_>, what: &str, data: Payload) -> Event {
        let subject = format!("roster:{}/{}", self.repository, at.path);
        Event {
            // Ids are printed with figures: no address may stand in one.
            id: account::masked(&format!("{subject}/{}/{what}", at.version.tag)),
            source: Arc::from(format!("roster:{}/{}", self.name, at.version.label)),
            time: at.time,
            subject,
            actor: None,
            url: self.url(at.version),
            data,
            collector: COLLECTOR.into(),
        }
    }

    fn url(&self, version: &Version) -> Option<String> {
        let sha = version.sha.as_deref()?;
        let path = version.path.replace('%', "%25").replace(' ', "%20").replace('#', "%23").replace('?', "%3F");
        Some(if version.deleted {
            format!("https://github.com/{}/commit/{sha}", self.repository)
        } else {
            format!("https://github.com/{}/blob/{sha}/{path}", self.repository)
        })
    }
}

/// Takes the name and the address that a second listing adds to a bare login.
fn fill(one: &mut Listing, other: Listing) {
    if one.account.strip_prefix("github:").is_some_and(|login| login.eq_ignore_ascii_case(&one.name)) {
        one.name = other.name;
    }
    one.email = one.email.take().or(other.email);
}

fn shown(organisation: Option<&str>) -> String {
    organisation.map_or_else(|| "no organisation".to_owned(), |name| format!("{name:?}"))
}

/// Whether an OWNERS surely means a group by this name, although no OWNERS_ALIASES says who is in it.
fn is_group(login: &str) -> bool {
    ["-approvers", "-maintainers", "-reviewers", "-leads", "-admins"].iter().any(|end| login.ends_with(end))
}

/// The same listing: a new spelling of the name is none.
fn same_listing(one: &Listing, other: &Listing) -> bool {
    one.account == other.account
        && one.role == other.role
        && one.organisation == other.organisation
        && one.maintainer == other.maintainer
}

/// Whether `list` holds at least half of `others`, of which there are some.
fn holds_most(list: &[Listing], others: &[Listing]) -> bool {
    let held =
        others.iter().filter(|other| list.iter().any(|one| one.account == other.account && one.role == other.role));
    !others.is_empty() && held.count() * 2 >= others.len()
}

fn stem(path: &str) -> String {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.split('.').next().unwrap_or(file).to_lowercase()
}

/// Where a project keeps the one list of its people; other folders are parts of the project with lists of their own.
fn is_usual_place(path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_lowercase();
    ["", ".github", "docs", "doc", "community", "governance", "roles", "project"].contains(&folder.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: &str) -> Timestamp {
        muster_model::parse_time(day).expect("a day")
    }

    fn version(day: &str, path: &str) -> Version {
        Version {
            path: path.to_owned(),
            label: format!("{day}-{}", path.replace('/', "__")),
            tag: day.to_owned(),
            sha: None,
            time: at(day),
            hash: String::new(),
            deleted: false,
        }
    }

    fn run(snapshots: bool, versions: &[(Version, &str)]) -> (Vec<String>, Vec<Problem>) {
        let mut state = State::default();
        let (mut lines, mut problems) = (Vec::new(), Vec::new());
        let mut ids = BTreeSet::new();
        for (version, text) in versions {
            let mut fold = Fold { name: "r", repository: "acme/lantern", snapshots, asked: false, state: &mut state };
            let out = fold.apply(version, Ok(text.as_bytes()));
            for event in out.events {
                assert!(ids.insert(event.id.clone()), "{} twice", event.id);
                let reason = match &event.data {
                    Payload::MaintainerUnlisted(body) => body.reason.clone().unwrap_or_default(),
                    Payload::MaintainerListed(body) => body.organisation.clone().unwrap_or_default(),
                    Payload::AffiliationDeclared(body) => body.organisation.clone(),
                    _ => String::new(),
                };
                lines.push(
                    format!("{} {reason}", event.id.trim_start_matches("roster:acme/lantern/")).trim().to_owned(),
                );
            }
            problems.extend(out.problems);
        }
        (lines, problems)
    }

    const TABLE: &str = "| GitHub | Name | Company |\n|-|-|-|\n";

    #[test]
    fn people_come_change_and_go() {
        let one = format!("{TABLE}| @adal | Ada Lark | Acme |\n| @bof | Bo Fen | Barn |\n");
        let two = format!("{TABLE}| @adal | Ada Lark | Cyan |\n\n# Emeritus\n\n{TABLE}| @bof | Bo Fen | Barn |\n");
        let (lines, problems) = run(
            true,
            &[
                (version("2024-01-01", "MAINTAINERS.md"), &one),
                (version("2024-02-01", "MAINTAINERS.md"), &two),
                (version("2024-03-01", "MAINTAINERS.md"), ""),
                (version("2024-04-01", "MAINTAINERS.md"), "See [there](https://x.example/roles/Maintainers.md).\n"),
            ],
        );
        assert_eq!(
            lines,
            [
                "MAINTAINERS.md/2024-01-01/listed/maintainer/github:adal Acme",
                "MAINTAINERS.md/2024-01-01/affiliation/github:adal Acme",
                "MAINTAINERS.md/2024-01-01/linked/name:acme/Ada Lark",
                "MAINTAINERS.md/2024-01-01/listed/maintainer/github:bof Barn",
                "MAINTAINERS.md/2024-01-01/affiliation/github:bof Barn",
                "MAINTAINERS.md/2024-01-01/linked/name:acme/Bo Fen",
                "MAINTAINERS.md/2024-02-01/unlisted/maintainer/github:adal",
                "MAINTAINERS.md/2024-02-01/unlisted/maintainer/github:bof emeritus",
                "MAINTAINERS.md/2024-02-01/listed/maintainer/github:adal Cyan",
                "MAINTAINERS.md/2024-02-01/affiliation/github:adal Cyan",
                "MAINTAINERS.md/2024-04-01/unlisted/maintainer/github:adal moved",
            ]
        );
        let files: Vec<_> = problems.iter().map(|problem| problem.file.as_str()).collect();
        assert_eq!(files, ["2024-03-01-MAINTAINERS.md", "2024-04-01-MAINTAINERS.md"]);
    }

    #[test]
    fn an_address_beside_a_login_is_the_same_person() {
        let table = "| GitHub | Name | Email |\n|-|-|-|\n| @adal | Ada Lark | <ada@lark.example> |\n| @bof | Bo Fen | 7+bof@users.noreply.github.com |\n";
        let more = format!("{table}| | Cy Ott | cy@ott.example |\n");
        let versions = [
            (version("2024-01-01", "MAINTAINERS.md"), table),
            (version("2024-02-01", "MAINTAINERS.md"), more.as_str()),
            (version("2024-03-01", "MAINTAINERS.md"), &more.replace("ada@lark.example", "ada@home.example")),
        ];
        let (lines, _) = run(true, &versions);
        let hash = |address: &str| account::masked(&account::email(address));
        let linked: Vec<_> = lines.iter().filter(|line| line.contains("linked/email")).collect();
        let expected = [("2024-01-01", "ada@lark.example"), ("2024-03-01", "ada@home.example")];
        let expected = expected.map(|(day, to)| format!("MAINTAINERS.md/{day}/linked/{}/github:adal", hash(to)));
        assert_eq!(linked, expected.iter().collect::<Vec<_>>());
    }

    #[test]
    fn a_list_that_begins_elsewhere_ends_the_old_one_in_snapshots_only() {
        let list = "# M\n\n- @adal\n- @bof\n- @cyo\n";
        let versions = [
            (version("2024-01-01", "MAINTAINERS.md"), list),
            (version("2024-01-01", "lamp/MAINTAINERS.md"), list),
            (version("2024-02-01", "roles/Maintainers.md"), "# M\n\n- @adal\n- @bof\n"),
        ];
        let (lines, problems) = run(true, &versions);
        let moved: Vec<_> = lines.iter().filter(|line| line.contains("unlisted")).collect();
        assert_eq!(moved.len(), 3);
        assert!(moved.iter().all(|line| line.starts_with("MAINTAINERS.md/2024-02-01/") && line.ends_with("moved")));
        assert_eq!(problems.len(), 1);
        assert!(!run(false, &versions).0.iter().any(|line| line.contains("unlisted")));
    }

    #[test]
    fn a_deleted_file_ends_its_list_and_says_where_it_went() {
        let gone = |day: &str, path: &str| Version { deleted: true, ..version(day, path) };
        let (lines, _) = run(
            false,
            &[
                (version("2024-01-01", "MAINTAINERS.md"), "- @adal\n"),
                (version("2024-02-01", "docs/MAINTAINERS.md"), "- @adal\n"),
                (gone("2024-02-01", "MAINTAINERS.md"), ""),
                (gone("2024-03-01", "docs/MAINTAINERS.md"), ""),
            ],
        );
        assert_eq!(
            lines[2..],
            [
                "MAINTAINERS.md/2024-02-01/unlisted/maintainer/github:adal moved".to_owned(),
                "docs/MAINTAINERS.md/2024-03-01/unlisted/maintainer/github:adal".to_owned(),
            ]
        );
    }

    #[test]
    fn aliases_are_resolved_and_resolved_again() {
        let (lines, _) = run(
            false,
            &[
                (version("2024-01-01", "OWNERS_ALIASES"), "aliases:\n  leads: [adal]\n"),
                (version("2024-01-02", "OWNERS"), "approvers: [leads, bof]\n"),
                (version("2024-02-01", "OWNERS_ALIASES"), "aliases:\n  leads: [cyo]\n"),
            ],
        );
        assert_eq!(
            lines,
            [
                "OWNERS/2024-01-02/listed/approver/github:adal",
                "OWNERS/2024-01-02/listed/approver/github:bof",
                "OWNERS/2024-02-01/unlisted/approver/github:adal",
                "OWNERS/2024-02-01/listed/approver/github:cyo",
            ]
        );
    }

    #[test]
    fn a_second_listing_adds_the_name() {
        let text = "# M\n\n- @adal\n\n## Maintainers\n\n- Ada Lark (@adal)\n";
        let (lines, _) = run(true, &[(version("2024-01-01", "MAINTAINERS.md"), text)]);
        assert_eq!(
            lines,
            [
                "MAINTAINERS.md/2024-01-01/listed/maintainer/github:adal",
                "MAINTAINERS.md/2024-01-01/linked/name:acme/Ada Lark"
            ]
        );
    }

    #[test]
    fn a_group_that_nothing_explains_is_a_team() {
        let owners = "approvers: [lamp-approvers, adal]\n";
        let versions = [
            (version("2024-01-01", "OWNERS"), owners),
            (version("2024-02-01", "OWNERS"), "approvers: [lamp-approvers, adal, bof]\n"),
            (version("2024-03-01", "OWNERS_ALIASES"), "aliases:\n  lamp-approvers: [cyo]\n"),
        ];
        let (lines, problems) = run(false, &versions);
        assert_eq!(
            lines,
            [
                "OWNERS/2024-01-01/listed/approver/team:acme/lamp-approvers",
                "OWNERS/2024-01-01/listed/approver/github:adal",
                "OWNERS/2024-02-01/listed/approver/github:bof",
                "OWNERS/2024-03-01/unlisted/approver/team:acme/lamp-approvers",
                "OWNERS/2024-03-01/listed/approver/github:cyo",
            ]
        );
        assert_eq!(problems.len(), 1);
    }

    #[test]
    fn adopters_come_and_go() {
        let (lines, _) = run(
            true,
            &[
                (version("2024-01-01", "ADOPTERS.md"), "- [Acme](https://a.example)\n- [Barn](https://b.example)\n"),
                (version("2024-02-01", "ADOPTERS.md"), "- [Barn](https://b.example)\n- [Cyan](https://c.example)\n"),
            ],
        );
        assert_eq!(
            lines[2..],
            [
                "ADOPTERS.md/2024-02-01/unlisted/adopter/Acme".to_owned(),
                "ADOPTERS.md/2024-02-01/listed/adopter/Cyan".to_owned(),
            ]
        );
    }

    #[test]
    fn teams_and_code_owners_are_no_maintainers() {
        let mut state = State::default();
        let mut fold = Fold { name: "r", repository: "acme/lantern", snapshots: true, asked: false, state: &mut state };
        let out = fold.apply(&version("2024-01-01", ".github/CODEOWNERS"), Ok(b"* @acme/lamps @adal\n"));
        let flags = out.events.iter().map(|event| match &event.data {
            Payload::MaintainerListed(body) => (body.account.as_str(), body.role.as_str(), body.maintainer),
            other => panic!("{other:?}"),
        });
        assert_eq!(
            flags.collect::<Vec<_>>(),
            [("team:acme/lamps", "code owner", false), ("github:adal", "code owner", false)]
        );
        let out = fold.apply(&version("2024-01-01", "app/CODEOWNERS"), Ok(b"* @adal\n"));
        assert_eq!((out.events.len(), out.problems.len()), (0, 1));
    }
}
