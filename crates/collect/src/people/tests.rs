//! The collector over folders: what is new, what is withdrawn, what stays.

use super::{Config, open};
use muster_model::{Collector, Counts, Cursor, Event, Payload, Problem, Severity};
use std::fs;
use tempfile::TempDir;

/// What a run gave, and the cursor after it.
struct Run {
    events: Vec<Event>,
    problems: Vec<Problem>,
    cursor: Option<Cursor>,
    batches: usize,
}

impl Run {
    fn ids(&self) -> Vec<String> {
        self.events.iter().map(|event| format!("{}{}", event.id, if withdrawn(event) { " -" } else { "" })).collect()
    }

    fn said(&self) -> Vec<String> {
        self.problems.iter().map(|p| p.to_string().split(';').next().unwrap_or_default().to_owned()).collect()
    }
}

fn withdrawn(event: &Event) -> bool {
    event.data.to_json().contains("\"withdrawn\":true")
}

struct Source {
    folder: TempDir,
    cursor: Option<Cursor>,
}

impl Source {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), cursor: None }
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.folder.path().join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    fn run(&mut self) -> Run {
        let config = Config { name: "p".to_owned(), path: self.folder.path().to_owned() };
        let mut collector = open(&config, self.cursor.as_ref()).expect("a source");
        let mut run = Run { events: Vec::new(), problems: Vec::new(), cursor: None, batches: 0 };
        let mut counts = Counts::default();
        while let Some(batch) = collector.next_batch().expect("a batch") {
            run.batches += 1;
            counts += batch.counts;
            run.events.extend(batch.events);
            run.problems.extend(batch.problems);
            run.cursor = batch.cursor.or(run.cursor);
        }
        let rejected = run.problems.iter().filter(|problem| problem.severity == Severity::Rejected).count();
        assert_eq!(counts.read, (run.events.len() + rejected) as u64 + counts.not_ours + counts.filtered);
        let ids: std::collections::BTreeSet<&str> = run.events.iter().map(|event| event.id.as_str()).collect();
        assert_eq!(ids.len(), run.events.len(), "an id comes twice");
        assert!(!ids.iter().any(|id| id.contains('@')), "{ids:?}");
        self.cursor = run.cursor.clone().or(self.cursor.take());
        run
    }
}

#[test]
fn statements_come_go_and_come_back() {
    let mut source = Source::new();
    let whole = "ada: ada!a.org\n\tAcme until 2015-10-01\n\tBarn from 2015-10-01\n";
    source.write("developers_affiliations1.txt", whole);
    let first = source.run();
    assert_eq!((first.events.len(), first.batches), (3, 1));
    assert_eq!(first.events[2].time.to_string(), "2015-10-01T00:00:00Z");
    assert_eq!(first.events[1].time.to_string(), "1970-01-01T00:00:00Z");
    assert_eq!(&*first.events[1].source, "people:p/developers_affiliations1.txt");
    let second = source.run();
    assert_eq!((second.batches, second.cursor), (0, None));
    source.write("developers_affiliations1.txt", "ada: ada!a.org\n\tAcme until 2015-10-01\n\tCyan from 2015-10-01\n");
    let third = source.run();
    assert_eq!(
        third.ids(),
        [
            "people:p/gitdm/affiliation/github:ada/Cyan/2015-10-01..",
            "people:p/gitdm/affiliation/github:ada/Barn/2015-10-01..#1 -",
        ]
    );
    let Payload::AffiliationDeclared(body) = &third.events[1].data else { panic!("{:?}", third.events[1]) };
    assert_eq!((body.revision, body.withdrawn, body.organisation.as_str()), (1, true, "Barn"));
    source.write("developers_affiliations1.txt", whole);
    assert_eq!(
        source.run().ids(),
        [
            "people:p/gitdm/affiliation/github:ada/Barn/2015-10-01..#2",
            "people:p/gitdm/affiliation/github:ada/Cyan/2015-10-01..#1 -",
        ]
    );
    assert_eq!(source.run().batches, 0);
    fs::remove_file(source.folder.path().join("developers_affiliations1.txt")).expect("gone");
    let last = source.run();
    assert_eq!((last.events.len(), last.events.iter().all(withdrawn)), (3, true));
    assert_eq!(source.run().batches, 0);
}

#[test]
fn what_two_files_state_holds_until_both_dropped_it() {
    let mut source = Source::new();
    source.write("a/aliases", "one!a.org two!a.org\n");
    source.write("b/aliases", "one!a.org two!a.org\n");
    let first = source.run();
    assert_eq!((first.events.len(), &*first.events[0].source), (1, "people:p/a/aliases"));
    source.write("a/aliases", "# nothing\n");
    assert_eq!(source.run().events.len(), 0);
    source.write("b/aliases", "# nothing\n");
    let last = source.run();
    assert_eq!((last.events.len(), withdrawn(&last.events[0])), (1, true));
    assert_eq!(&*last.events[0].source, "people:p/a/aliases", "a statement is withdrawn where it was made");
}

#[test]
fn a_new_name_or_direction_of_a_link_is_a_new_wording() {
    let mut source = Source::new();
    source.write("people.toml", "[[person]]\naccounts = [\"github:a\", \"github:b\"]\n");
    assert_eq!(source.run().ids(), ["people:p/people/linked/github:b=github:a"]);
    source.write("people.toml", "[[person]]\nname = \"A\"\naccounts = [\"github:b\", \"github:a\"]\n");
    assert_eq!(source.run().ids(), ["people:p/people/linked/github:a=github:b#1"]);
    source.write("people.toml", "[[person]]\naccounts = [\"github:a\"]\nnot = [\"github:b\"]\n");
    assert_eq!(
        source.run().ids(),
        ["people:p/people/unlinked/github:a=github:b", "people:p/people/linked/github:a=github:b#2 -"]
    );
}

#[test]
fn a_broken_people_file_changes_nothing_and_is_reported_until_it_is_mended() {
    let mut source = Source::new();
    source.write("people.toml", "[[person]]\naccounts = [\"github:a\", \"github:b\"]\n");
    source.write("aliases", "one!a.org two!a.org\n");
    source.run();
    source.write("people.toml", "[[person]]\naccounts = [\"github:c\", \"github:d\"]\nnme = \"C\"\n");
    for _ in 0..2 {
        let broken = source.run();
        assert_eq!((broken.events.len(), broken.cursor.is_none()), (0, true));
        assert_eq!(broken.said(), ["people.toml:3: unknown key `nme` of a person (column 1)"]);
    }
    source.write(
        "people.toml",
        "[[person]]\n<<<<<<< HEAD\naccounts = [\"github:c\"]\n=======\naccounts = [\"github:d\"]\n>>>>>>> theirs\n",
    );
    source.write("aliases", "one!a.org three!a.org\n");
    let marked = source.run();
    assert_eq!(marked.events.len(), 2, "the other file is read: {:?}", marked.ids());
    assert_eq!(marked.problems.iter().map(|p| p.line).collect::<Vec<_>>(), [Some(2), Some(4), Some(6)]);
    assert!(marked.problems[0].message.starts_with("a merge marker of Git, <<<<<<<"));
    source.write("people.toml", "[[person]]\naccounts = [\"github:a\"]\n");
    assert_eq!(source.run().ids(), ["people:p/people/linked/github:b=github:a#1 -"]);
}

#[test]
fn a_json_file_that_breaks_off_withdraws_nothing() {
    let mut source = Source::new();
    source.write("github_users.json", r#"[{"login": "a", "email": "a!a.org"}, {"login": "b", "email": "b!a.org"}]"#);
    assert_eq!(source.run().events.len(), 2);
    source.write("github_users.json", r#"[{"login": "c", "email": "c!a.org"}, {"login": "b""#);
    let broken = source.run();
    assert_eq!((broken.events.len(), broken.problems.len()), (1, 1));
    source.write("github_users.json", r#"[{"login": "c", "email": "c!a.org"}]"#);
    assert_eq!(source.run().events.iter().filter(|event| withdrawn(event)).count(), 2);
}

#[test]
fn other_files_are_noted_once_and_counted() {
    let mut source = Source::new();
    source.write("README.md", "# Hello\n\nThese are people.\n");
    source.write("logo.png", "\u{0}PNG\u{0}");
    source.write(".git/config", "[x]\n");
    source.write(".mailmap", "Ada <ada@a.org> <ada@b.org>\nnothing\n");
    let first = source.run();
    assert_eq!(first.ids().len(), 1);
    let Payload::AccountLinked(body) = &first.events[0].data else { panic!("{:?}", first.events[0]) };
    assert_eq!((body.evidence.as_str(), body.name.as_deref()), ("mailmap", Some("Ada")));
    assert_eq!(
        first.said(),
        [
            ".mailmap:2: no address in angle brackets where a mailmap line has one or two",
            "README.md: not a people file: it was not read",
            "logo.png: not a people file: it was not read",
        ]
    );
    assert_eq!(source.run().batches, 0);
}

#[test]
fn nobody_who_is_forgotten_comes_back() {
    let mut source = Source::new();
    let forgotten = format!("[[forgotten]]\npseudonym = \"forgotten:1\"\nhashes = [\"{}\"]\n", "0".repeat(64));
    source.write("people.toml", &forgotten);
    assert_eq!(source.run().ids(), ["people:p/people/forgotten/forgotten:1"]);
    source.write("people.toml", "");
    assert_eq!(source.run().events.len(), 0);
    source.write("people.toml", &forgotten);
    assert_eq!(source.run().events.len(), 0);
    source.write("people.toml", &forgotten.replace("\"]", &format!("\", \"{}\"]", "1".repeat(64))));
    assert_eq!(source.run().ids(), ["people:p/people/forgotten/forgotten:1#1"]);
}

#[test]
fn a_path_without_anything_is_an_error() {
    let config = Config { name: "p".to_owned(), path: "/nowhere/people.toml".into() };
    let error = open(&config, None).err().expect("an error");
    assert!(error.message.contains("/nowhere/people.toml"));
}

#[test]
fn bytes_that_are_no_text_are_named() {
    let mut source = Source::new();
    source.write("aliases", "one!a.org two!a.org\n");
    source.run();
    fs::write(source.folder.path().join("aliases"), b"one!a.org two!a.org\n\xFF!a.org b!a.org\n").expect("a file");
    let run = source.run();
    assert_eq!(run.said(), ["aliases:2: bytes that are no UTF-8 text"]);
    fs::write(source.folder.path().join("aliases"), b"\xFF\xFEo\0n\0").expect("a file");
    let run = source.run();
    assert_eq!((run.events.len(), run.said().len()), (0, 1));
}

/// What a cursor costs for fifty thousand people, and that the second run reads it.
#[test]
fn a_cursor_of_many_people_is_small() {
    let mut text = String::new();
    for number in 0..10_000 {
        text.push_str(&format!(
            "person-{number}: person{number}!company{}.example, person{number}!users.noreply.github.com\n\tCompany {} until 2015-10-01\n\tCompany {} from 2015-10-01\n",
            number % 700,
            number % 900,
            number % 700
        ));
    }
    let mut source = Source::new();
    source.write("developers_affiliations1.txt", &text);
    let run = source.run();
    assert_eq!((run.events.len(), run.batches), (40_000, 8));
    let size = run.cursor.expect("a cursor").0.len();
    assert!(size * 5 < 20_000_000, "{size} bytes for 10 000 people");
    assert_eq!(source.run().batches, 0);
}

/// Whatever is cut off or doubled, every parser gives statements and problems, and every problem names its file.
#[test]
fn no_text_makes_a_parser_fail() {
    let files = [
        (
            "people.toml",
            "[[person]]\nname = \"Ädä\"\naccounts = [\"github:a\", \"email:a@b.org\"]\n[[person.affiliation]]\norganisation = \"A\"\nfrom = 2021-01-01\n[[organisation]]\nname = \"A\"\nparent = \"B\"\npatterns = ['(a)']\n[[forgotten]]\npseudonym = \"forgotten:1\"\n",
        ),
        (
            "developers_affiliations1.txt",
            "# é\nada*: ada!a.org, bö!b.org\n\tAcme from 2015-01-01 until 2016-01-01\n\tBärn\n",
        ),
        ("company_developers1.txt", "Äcme:\n\tada: ada!a.org from 2015-01-01 until 2016-01-01, from 2018-01-01\n"),
        ("email-map", "ada!a.org Äcme < 2015-01-01\na.org Barn # x\n"),
        ("aliases", "ada!a.org \"bö!b.org\"\n"),
        ("mapping.json", "{\"Ä\": \"B\", \"c\": [1, {}]}"),
        ("companies.yaml", "acquisitions:\n  - ['(?i)^ä$', 'B']\n"),
        (
            "github_users.json",
            "[{\"login\": \"a\", \"email\": \"ä!b\", \"affiliation\": \"A < 2015-01-01, B\"}, {\"login\": \"b\", \"company\": \"@ä\", \"updated_at\": \"2015-01-01\"}]",
        ),
        (
            "s.json",
            "{\"uidentities\": {\"a\": {\"profile\": {\"name\": \"ä\"}, \"identities\": [{\"email\": \"a@b.org\"}], \"enrollments\": [{\"organization\": \"ä\", \"start\": \"2015-01-01T0\"}]}}}",
        ),
        (
            "i.yaml",
            "- profile:\n    name: ä\n  email: [a@b.org]\n  enrollments:\n    - {organization: A, start: 2015-01-01}\n",
        ),
        (".mailmap", "Ädä <a@b.org> <c@d.org>\n"),
    ];
    for (file, text) in files {
        for (at, _) in text.char_indices() {
            for part in [&text[..at], &text[at..], &format!("{}{text}", &text[..at])] {
                let page = super::format::read("p", file, part);
                assert!(page.problems.iter().all(|problem| problem.file == file), "{:?}", page.problems);
                for fact in &page.facts {
                    assert!(!fact.event("p", file, 0, false).id.contains('\n'));
                }
            }
        }
    }
}
