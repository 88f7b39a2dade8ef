//! The collector over folders and repositories that the tests make.

use super::*;
use muster_model::{Event, Problem};
use std::path::Path;
use std::process::Command;

const TABLE: &str = "| GitHub | Name | Company |\n|-|-|-|\n";

fn config(path: &Path) -> Config {
    Config { name: "people".into(), repository: "acme/lantern".into(), path: path.to_owned(), files: Vec::new() }
}

fn collect(config: &Config, cursor: Option<&Cursor>) -> (Vec<Event>, Vec<Problem>, Option<Cursor>) {
    let mut collector = open(config, cursor).expect("a source");
    let (mut events, mut problems, mut last) = (Vec::new(), Vec::new(), None);
    while let Some(batch) = collector.next_batch().expect("a batch") {
        let rejected = batch.problems.iter().filter(|problem| problem.severity == Severity::Rejected).count();
        assert_eq!(batch.counts.read, (batch.events.len() + rejected) as u64);
        events.extend(batch.events);
        problems.extend(batch.problems);
        last = batch.cursor;
    }
    (events, problems, last)
}

fn files() -> Vec<(&'static str, String)> {
    vec![
        ("2024-01-01-MAINTAINERS.md", format!("# M\n\n{TABLE}| @adal | Ada Lark | Acme |\n| | | Barn |\n")),
        ("2024-01-01-OWNERS_ALIASES", "aliases:\n  leads: [adal]\n".to_owned()),
        ("2024-01-01-OWNERS", "approvers: [leads, bof]\nreviewers: [cyo]\n".to_owned()),
        ("2024-01-05-.github__CODEOWNERS", "* @acme/lamps\n".to_owned()),
        ("2024-02-01-OWNERS_ALIASES", "aliases:\n  leads: [dip]\n".to_owned()),
        ("2024-02-02-OWNERS", "approvers:\n\t- x\n".to_owned()),
        ("2024-02-03-ADOPTERS.md", "- [Acme](https://a.example)\n".to_owned()),
        (
            "2024-03-01-roles__Maintainers.md",
            format!("# M\n\n{TABLE}| @adal | Ada Lark | Acme |\n| @eve | Eve Gil | |\n"),
        ),
        ("2024-03-02-MAINTAINERS.md", String::new()),
        ("2024-03-03-app__CODEOWNERS", "* @adal\n".to_owned()),
        ("2024-03-04-GOVERNANCE.md", "- @nobody\n".to_owned()),
        ("2024-04-01-roles__Maintainers.md", "See [there](https://x.example/MAINTAINERS.md).\n".to_owned()),
        ("2023-08-235-MAINTAINERS.md", "- @adal\n".to_owned()),
        ("2024-04-01-notes.css", "x".to_owned()),
    ]
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).expect("a file");
}

fn ids(events: &[Event]) -> Vec<String> {
    events.iter().map(|event| event.id.clone()).collect()
}

#[test]
fn a_second_run_gives_nothing_and_later_snapshots_only_their_own() {
    let whole = tempfile::tempdir().expect("a folder");
    for (name, text) in files() {
        write(whole.path(), name, &text);
    }
    let (events, problems, cursor) = collect(&config(whole.path()), None);
    assert_eq!(collect(&config(whole.path()), cursor.as_ref()), (Vec::new(), Vec::new(), None));
    let mut all = files();
    all.sort();
    for split in 1..all.len() {
        let folder = tempfile::tempdir().expect("a folder");
        let (first, rest) = all.split_at(split);
        first.iter().for_each(|(name, text)| write(folder.path(), name, text));
        let (mut some, mut found, cursor) = collect(&config(folder.path()), None);
        rest.iter().for_each(|(name, text)| write(folder.path(), name, text));
        let (more, found_more, _) = collect(&config(folder.path()), cursor.as_ref());
        some.extend(more);
        found.extend(found_more);
        // OWNERS_ALIASES of a day are read first, so a split between them and OWNERS reads the day again.
        some.sort_by(|one, other| one.id.cmp(&other.id));
        some.dedup();
        let mut expected = events.clone();
        expected.sort_by(|one, other| one.id.cmp(&other.id));
        let extra: Vec<_> = some.iter().filter(|event| !expected.contains(event)).map(|event| &event.id).collect();
        let unresolved = first.iter().any(|(name, _)| *name == "2024-01-01-OWNERS")
            && !first.iter().any(|(name, _)| *name == "2024-01-01-OWNERS_ALIASES");
        assert!(extra.is_empty() || unresolved, "split at {split}: {extra:?}");
        assert!(expected.iter().all(|event| some.contains(event)), "split at {split}");
        found.sort();
        found.dedup();
        let mut expected = problems.clone();
        expected.sort();
        assert_eq!(found, expected, "split at {split}");
    }
}

#[test]
fn what_cannot_be_read_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files() {
        write(folder.path(), name, &text);
    }
    let (_, problems, _) = collect(&config(folder.path()), None);
    let said: Vec<String> = problems
        .iter()
        .map(|problem| {
            let line = problem.line.map_or(String::new(), |line| format!(":{line}"));
            format!("{:?} {}{line}", problem.severity, problem.file)
        })
        .collect();
    assert_eq!(
        said,
        [
            "Rejected 2023-08-235-MAINTAINERS.md",
            "Notice 2024-04-01-notes.css",
            "Rejected 2024-01-01-MAINTAINERS.md:6",
            "Rejected 2024-02-02-OWNERS:2",
            "Notice 2024-03-01-roles__Maintainers.md",
            "Notice 2024-03-02-MAINTAINERS.md",
            "Notice 2024-03-03-app__CODEOWNERS",
            "Notice 2024-04-01-roles__Maintainers.md",
        ]
    );
}

#[test]
fn an_index_gives_links() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "2024-01-01-docs__MAINTAINERS.md", "- @adal\n");
    write(
        folder.path(),
        "INDEX.tsv",
        "file\tcommit\tbytes\r\n2024-01-01-docs__MAINTAINERS.md\tABCDEF0123456789\t8\r\n",
    );
    let (events, _, _) = collect(&config(folder.path()), None);
    assert_eq!(events[0].id, "roster:acme/lantern/docs/MAINTAINERS.md/2024-01-01/listed/maintainer/github:adal");
    assert_eq!(
        events[0].url.as_deref(),
        Some("https://github.com/acme/lantern/blob/abcdef0123456789/docs/MAINTAINERS.md")
    );
    assert_eq!(&*events[0].source, "roster:people/2024-01-01-docs__MAINTAINERS.md");
    assert_eq!(events[0].subject, "roster:acme/lantern/docs/MAINTAINERS.md");
    assert_eq!(events[0].time.to_string(), "2024-01-01T00:00:00Z");
}

#[test]
fn a_changed_snapshot_is_read_again_from_the_beginning() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "2024-01-01-MAINTAINERS.md", "- @adal\n");
    write(folder.path(), "2024-02-01-MAINTAINERS.md", "- @adal\n- @bof\n");
    let (_, _, cursor) = collect(&config(folder.path()), None);
    write(folder.path(), "2024-01-01-MAINTAINERS.md", "- @adal\n- @cyo\n");
    let (events, _, _) = collect(&config(folder.path()), cursor.as_ref());
    assert_eq!(events, collect(&config(folder.path()), None).0);
    let (events, _, _) = collect(&config(folder.path()), Some(&Cursor("{}".into())));
    assert_eq!(events.len(), 4);
}

#[test]
fn nothing_to_read_is_an_error_with_the_path() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("missing");
    for path in [&missing, &folder.path().to_owned()] {
        let error = open(&config(path), None).err().expect("an error");
        assert!(error.message.contains(&path.display().to_string()) && !error.hint.is_empty(), "{error}");
    }
    write(folder.path(), "x.bundle", "no bundle");
    let error = open(&config(&folder.path().join("x.bundle")), None).err().expect("an error");
    assert!(error.message.contains("x.bundle"), "{error}");
    let bad = Config { files: vec!["[".into()], ..config(folder.path()) };
    assert!(open(&bad, None).is_err());
}

/// One page with everything that the parsers know, in letters of several lengths.
const ZOO: &str = "# Ünïcode Maintainers 维护者\n\n| GitHub ID | Näme | Firma/Company | Role |\n|:-:|-|-|-|\n| [ädal](https://github.com/adal) | **Ädä Lärk** | Äcme, Inc. | Lead |\n\n- [李雷](https://github.com/lilei) <li@lei.example> (公司) — 负责\n  - Company: Ü\n- `x`: Bö (@bo), @acme/tëam, <https://github.com/cy>\n- Reviewers: @a, @b & @c\n\n<details><summary>Alümni</summary>\n\n**_[Bärn](https://b.example)_** - x\n\nM:\tÄda <a@b.example>\nS:\tOrphan\nF:\tx\n\n[people]\n  [people.ä]\n  Name = \"Ä\" # x\n  people = [\"ä\",\n# GitHub ID, Name, Email\n\"ä\",\"Ö, Ü\",\"x@y.example\"\napprovers: [ä, b]\n* @ä @b/ç \\\\# !\n";

#[test]
fn truncated_files_never_panic() {
    let zoo =
        ["MAINTAINERS", "MAINTAINERS.md", "OWNERS", "OWNERS_ALIASES", "CODEOWNERS", "ADOPTERS.md", "MAINTAINERS.yaml"]
            .map(|path| (path, ZOO.to_owned()));
    for (name, text) in files().into_iter().chain(zoo) {
        let path = name.splitn(4, '-').last().unwrap_or(name).replace("__", "/");
        let kind = parse::kind(&path, true);
        for end in 0..=text.len() {
            parse::read(&path, &kind, &text.as_bytes()[..end]);
            let mut bytes = text.as_bytes()[..end].to_vec();
            bytes.extend([0xFF, 0, b'\r', b'|', b'[']);
            parse::read(&path, &kind, &bytes);
        }
    }
}

fn git(folder: &Path, day: &str, args: &[&str]) {
    let date = format!("{day}T12:00:00Z");
    let out = Command::new("git")
        .args(["-c", "user.name=Ada", "-c", "user.email=ada@lark.example", "-c", "commit.gpgsign=false"])
        .args(args)
        .current_dir(folder)
        .env("GIT_AUTHOR_DATE", &date)
        .env("GIT_COMMITTER_DATE", &date)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("git");
    assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
}

fn commit(folder: &Path, day: &str, changes: &[(&str, Option<&str>)]) {
    for (path, text) in changes {
        let file = folder.join(path);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        match text {
            Some(text) => std::fs::write(file, text).expect("a file"),
            None => std::fs::remove_file(file).expect("a file"),
        }
    }
    git(folder, day, &["add", "-A"]);
    git(folder, day, &["commit", "-q", "--allow-empty", "-m", "x"]);
}

fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    git(at, "2024-01-01", &["init", "-q", "-b", "main"]);
    commit(at, "2024-01-01", &[("MAINTAINERS.md", Some("- @adal\n- @bof\n")), ("src/main.rs", Some("x"))]);
    commit(
        at,
        "2024-01-02",
        &[("OWNERS", Some("approvers: [leads]\n")), ("OWNERS_ALIASES", Some("aliases:\n  leads: [adal]\n"))],
    );
    // A clock that goes back.
    commit(at, "2023-12-01", &[("MAINTAINERS.md", Some("- @adal\n- @bof\n- @cyo\n"))]);
    git(at, "2024-01-05", &["checkout", "-q", "-b", "side"]);
    commit(at, "2024-01-05", &[("docs/Überblick/OWNERS.md", Some("- @dip\n"))]);
    commit(at, "2024-01-06", &[("docs/Überblick/OWNERS.md", Some("- @eve\n"))]);
    git(at, "2024-01-07", &["checkout", "-q", "main"]);
    git(at, "2024-01-07", &["merge", "-q", "--no-ff", "-m", "merge", "side"]);
    commit(at, "2024-02-01", &[("MAINTAINERS.md", None), ("roles/Maintainers.md", Some("- @adal\n- @cyo\n"))]);
    folder
}

#[test]
fn the_history_of_a_repository() {
    let folder = repository();
    let (events, problems, cursor) = collect(&config(folder.path()), None);
    assert_eq!(problems, []);
    let short: Vec<String> = events
        .iter()
        .map(|event| {
            let parts: Vec<&str> = event.id.split('/').collect();
            let account = parts.last().copied().unwrap_or_default();
            let verb = parts[parts.len() - 3];
            let path = event.subject.trim_start_matches("roster:acme/lantern/");
            format!("{} {path} {verb} {account}", &event.time.to_string()[..19])
        })
        .collect();
    assert_eq!(
        short,
        [
            "2024-01-01T12:00:00 MAINTAINERS.md listed github:adal",
            "2024-01-01T12:00:00 MAINTAINERS.md listed github:bof",
            "2024-01-02T12:00:00 OWNERS listed github:adal",
            "2024-01-01T12:00:01 MAINTAINERS.md listed github:cyo",
            "2024-01-07T12:00:00 docs/Überblick/OWNERS.md listed github:eve",
            "2024-02-01T12:00:00 roles/Maintainers.md listed github:adal",
            "2024-02-01T12:00:00 roles/Maintainers.md listed github:cyo",
            "2024-02-01T12:00:00 MAINTAINERS.md unlisted github:adal",
            "2024-02-01T12:00:00 MAINTAINERS.md unlisted github:bof",
            "2024-02-01T12:00:00 MAINTAINERS.md unlisted github:cyo",
        ]
    );
    assert!(events.last().is_some_and(|event| event.data.to_json().contains("\"reason\":\"moved\"")));
    assert_eq!(collect(&config(folder.path()), cursor.as_ref()).0, []);

    commit(folder.path(), "2024-03-01", &[("roles/Maintainers.md", Some("- @adal\n"))]);
    let (more, _, _) = collect(&config(folder.path()), cursor.as_ref());
    let whole = collect(&config(folder.path()), None).0;
    assert_eq!(ids(&more).len(), 1);
    assert_eq!(ids(&whole), [ids(&events), ids(&more)].concat());

    // A bundle and a bare repository hold the same.
    let bundle = folder.path().join("x.bundle");
    git(folder.path(), "2024-03-01", &["bundle", "create", "-q", "x.bundle", "HEAD", "main"]);
    assert_eq!(collect(&config(&bundle), None).0, whole);
    assert_eq!(collect(&config(&folder.path().join(".git")), None).0, whole);
}

#[test]
fn rewritten_history_is_read_again() {
    let folder = repository();
    let (_, _, cursor) = collect(&config(folder.path()), None);
    git(folder.path(), "2024-02-01", &["reset", "-q", "--hard", "HEAD~1"]);
    commit(folder.path(), "2024-02-02", &[("MAINTAINERS.md", Some("- @adal\n"))]);
    let (events, _, _) = collect(&config(folder.path()), cursor.as_ref());
    assert_eq!(events, collect(&config(folder.path()), None).0);
}
