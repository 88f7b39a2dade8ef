//! The Git collector over repositories that git makes here, with invented people and fixed dates.

use muster_collect::git::{Config, Location, open};
use muster_model::payload::CommitAuthored;
use muster_model::{Batch, CollectError, Collector, Cursor, Event, Payload, Severity};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

const ADA: &str = "Ada <Ada@Example.org>";
const DAY: u64 = 86_400;
const START: u64 = 1_700_000_000;

/// A work tree in a folder of its own.
struct Repo {
    dir: TempDir,
    clock: u64,
}

impl Repo {
    fn new() -> Self {
        let repo = Self { dir: TempDir::new().expect("folder"), clock: START };
        std::fs::create_dir(repo.path()).expect("folder");
        repo.git(&["init", "--quiet", "--initial-branch=main", "."]);
        repo
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("lantern")
    }

    fn beside(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn git(&self, args: &[&str]) -> String {
        self.git_in(args, b"")
    }

    fn git_in(&self, args: &[&str], input: &[u8]) -> String {
        let mut child = Command::new("git")
            .current_dir(self.path())
            .args(["-c", "commit.gpgSign=false", "-c", "tag.gpgSign=false", "-c", "protocol.file.allow=always"])
            .args(args)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "Ada")
            .env("GIT_AUTHOR_EMAIL", "Ada@Example.org")
            .env("GIT_AUTHOR_DATE", format!("{} +0530", self.clock))
            .env("GIT_COMMITTER_NAME", "Bo")
            .env("GIT_COMMITTER_EMAIL", "bo@example.org")
            .env("GIT_COMMITTER_DATE", format!("{} -0800", self.clock + 60))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("git");
        child.stdin.take().expect("input").write_all(input).expect("input");
        let output = child.wait_with_output().expect("git");
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn commit(&mut self, message: &str) -> String {
        self.clock += DAY;
        self.git(&["commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn write_mailmap(&mut self, text: &str) -> String {
        std::fs::write(self.path().join(".mailmap"), text).expect("file");
        self.git(&["add", ".mailmap"]);
        self.commit("Say who is who")
    }

    /// A commit with the exact header lines given, put on the branch.
    fn raw_commit(&self, author: &[u8], message: &[u8]) -> String {
        let tree = self.git(&["rev-parse", "HEAD^{tree}"]);
        let parent = self.git(&["rev-parse", "HEAD"]);
        let header = format!("tree {tree}\nparent {parent}\nauthor ");
        let object =
            [header.as_bytes(), author, b"\ncommitter Bo <bo@example.org> 1700000000 +0000\n\n", message].concat();
        let sha = self.git_in(&["hash-object", "-t", "commit", "-w", "--stdin", "--literally"], &object);
        self.git(&["update-ref", "refs/heads/main", &sha]);
        sha
    }

    fn bundle(&self, name: &str, what: &[&str]) -> PathBuf {
        let path = self.beside(name);
        self.git(&[&["bundle", "create", "--quiet", path.to_str().expect("path")], what].concat());
        path
    }

    fn config(&self, path: &Path) -> Config {
        self.config_at(Location::Path(path.to_owned()))
    }

    fn config_at(&self, location: Location) -> Config {
        Config {
            name: "lantern".to_owned(),
            repository: "acme/lantern".to_owned(),
            location,
            branch: None,
            cache: self.beside("cache"),
            mailmap: None,
        }
    }

    fn here(&self) -> Config {
        self.config(&self.path())
    }
}

#[derive(Default)]
struct Read {
    all: Batch,
    batches: usize,
    cursor: Option<Cursor>,
}

impl Read {
    fn ids(&self) -> BTreeSet<String> {
        self.all.events.iter().map(|event| event.id.clone()).collect()
    }

    fn commits(&self) -> Vec<&CommitAuthored> {
        let mut commits = Vec::new();
        for event in &self.all.events {
            if let Payload::CommitAuthored(commit) = &event.data {
                commits.push(commit);
            }
        }
        commits
    }

    fn shas(&self) -> Vec<String> {
        self.commits().iter().map(|commit| commit.sha.clone()).collect()
    }

    fn of(&self, kind: &str) -> Vec<&Event> {
        self.all.events.iter().filter(|event| event.kind() == kind).collect()
    }
}

fn try_read(config: &Config, cursor: Option<&Cursor>) -> Result<Read, CollectError> {
    let mut collector = open(config, cursor)?;
    let mut read = Read { cursor: cursor.cloned(), ..Read::default() };
    while let Some(batch) = collector.next_batch()? {
        let rejected = batch.problems.iter().filter(|problem| problem.severity == Severity::Rejected).count();
        let counted = batch.events.len() + rejected;
        assert_eq!(batch.counts.read, counted as u64 + batch.counts.not_ours, "nothing disappears");
        read.batches += 1;
        read.all.events.extend(batch.events);
        read.all.problems.extend(batch.problems);
        read.all.counts += batch.counts;
        read.cursor = batch.cursor.or(read.cursor);
    }
    Ok(read)
}

fn read(config: &Config, cursor: Option<&Cursor>) -> Read {
    try_read(config, cursor).unwrap_or_else(|error| panic!("{error}; {}", error.hint))
}

fn failure(config: &Config) -> CollectError {
    match try_read(config, None) {
        Ok(read) => panic!("read {} events", read.all.events.len()),
        Err(error) => error,
    }
}

/// Two commits, a branch with one more that is merged, a light and an annotated tag, and a tag off the branch.
fn with_merge() -> (Repo, Vec<String>) {
    let mut repo = Repo::new();
    let one = repo.commit("One\n\nSigned-off-by: Ada <ada@example.org>");
    repo.git(&["tag", "v1"]);
    repo.git(&["checkout", "--quiet", "-b", "side"]);
    let side = repo.commit("Side");
    repo.git(&["checkout", "--quiet", "main"]);
    let two = repo.commit("Two");
    repo.clock += DAY;
    repo.git(&["merge", "--quiet", "--no-ff", "-m", "Merge side", "side"]);
    let merge = repo.git(&["rev-parse", "HEAD"]);
    repo.git(&["branch", "-D", "side"]);
    repo.clock += DAY;
    repo.git(&["tag", "-a", "-m", "Second", "v2"]);
    repo.git(&["checkout", "--quiet", "--detach", "HEAD~1"]);
    repo.commit("Off the branch");
    repo.git(&["tag", "off"]);
    repo.git(&["checkout", "--quiet", "main"]);
    (repo, vec![one, side, two, merge])
}

#[test]
fn commits_merges_and_tags_become_events() {
    let (repo, shas) = with_merge();
    let read = read(&repo.here(), None);
    assert_eq!(read.shas().into_iter().collect::<BTreeSet<_>>(), shas.iter().cloned().collect());
    let place = |sha: &String| read.shas().iter().position(|found| found == sha).expect("there");
    assert!(place(&shas[0]) == 0 && place(&shas[3]) == 3, "parents come first");
    let parents: BTreeMap<&str, u32> = read.commits().iter().map(|c| (c.summary.as_str(), c.parents)).collect();
    assert_eq!(parents, BTreeMap::from([("One", 0), ("Two", 1), ("Side", 1), ("Merge side", 2)]));

    let first = &read.all.events[0];
    assert_eq!(first.actor.as_deref(), Some("email:ada@example.org"));
    assert_eq!(first.time.as_second(), i64::try_from(START + DAY).expect("small"));
    assert_eq!(first.subject, format!("git:acme/lantern@{}", shas[0]));
    assert_eq!(read.commits()[0].committer.account, "email:bo@example.org");
    assert_eq!(read.commits()[0].committed, "2023-11-15T22:14:20Z");
    assert_eq!(read.commits()[0].trailers[0].account, "email:ada@example.org");

    let tags: Vec<(&str, Option<&str>)> =
        read.of("tag.created").iter().map(|tag| (tag.subject.as_str(), tag.actor.as_deref())).collect();
    let subject = |name: &str| format!("git:acme/lantern/tag/{name}");
    assert_eq!(
        tags,
        [(&*subject("off"), None), (&*subject("v1"), None), (&*subject("v2"), Some("email:bo@example.org"))]
    );
    let tag = read.of("tag.created")[2];
    assert_eq!(tag.id, format!("git:acme/lantern/tag/v2@{}", shas[3]));
    assert_eq!(tag.url.as_deref(), Some("https://github.com/acme/lantern/releases/tag/v2"));
    assert_eq!(tag.time.as_second(), i64::try_from(START + 5 * DAY + 60).expect("small"));
    assert_eq!(read.all.problems, []);
}

#[test]
fn every_kind_of_location_gives_the_same_events() {
    let (repo, _) = with_merge();
    let bare = repo.beside("bare.git");
    repo.git(&["clone", "--quiet", "--bare", ".", bare.to_str().expect("path")]);
    let linked = repo.beside("linked");
    repo.git(&["worktree", "add", "--quiet", "--detach", linked.to_str().expect("path"), "main"]);
    let file = format!("file://{}", repo.path().display());
    let expected = read(&repo.here(), None).all.events;
    for location in [
        Location::Path(bare),
        Location::Path(linked),
        Location::Path(repo.path().join(".git")),
        Location::Path(repo.bundle("all.bundle", &["--all"])),
        Location::Path(repo.bundle("main: one.bundle", &["main", "--tags"])),
        Location::Url(file),
    ] {
        let config = repo.config_at(location.clone());
        let found = read(&config, None);
        assert_eq!(found.all.events, expected, "{location:?}");
        let again = read(&config, found.cursor.as_ref());
        assert_eq!((again.batches, again.all.events.len()), (0, 0), "{location:?}");
    }
}

#[test]
fn a_later_run_reads_what_is_new_and_nothing_else() {
    let (mut repo, _) = with_merge();
    let url = repo.config_at(Location::Url(format!("file://{}", repo.path().display())));
    for config in [repo.here(), url] {
        let before = read(&config, None);
        let new = repo.commit("Three");
        repo.git(&["tag", "-f", "moved"]);
        let after = read(&config, before.cursor.as_ref());
        assert_eq!(after.shas(), [new]);
        assert_eq!(after.of("tag.created").len(), 1);
        assert_eq!(read(&config, after.cursor.as_ref()).batches, 0);
        let both: BTreeSet<String> = before.ids().union(&after.ids()).cloned().collect();
        // The moved tag was somewhere else in the run before.
        let mut scratch = read(&config, None).ids();
        scratch.extend(before.ids().into_iter().filter(|id| id.contains("/moved@")));
        assert_eq!(both, scratch);
        assert_eq!(before.ids().intersection(&after.ids()).count(), 0);
    }
}

#[test]
fn a_forced_push_loses_nothing_and_repeats_nothing() {
    let mut repo = Repo::new();
    let one = repo.commit("One");
    let lost = repo.commit("Lost");
    for location in [Location::Path(repo.path()), Location::Url(format!("file://{}", repo.path().display()))] {
        let config = repo.config_at(location);
        repo.git(&["reset", "--quiet", "--hard", &lost]);
        let before = read(&config, None);
        assert_eq!(before.shas(), [one.clone(), lost.clone()]);

        repo.git(&["reset", "--quiet", "--hard", &one]);
        let back = read(&config, before.cursor.as_ref());
        assert_eq!(back.batches, 0, "an older tip is nothing new");
        let other = repo.commit("Other");
        let forced = read(&config, before.cursor.as_ref());
        assert_eq!(forced.shas(), [other]);

        // The lost commit comes back by a merge: it was seen.
        repo.clock += DAY;
        repo.git(&["merge", "--quiet", "--no-ff", "-m", "Merge", &lost]);
        let merged = read(&config, forced.cursor.as_ref());
        assert_eq!(merged.commits().iter().map(|commit| &*commit.summary).collect::<Vec<_>>(), ["Merge"]);
    }
}

#[test]
fn when_the_seen_commit_is_gone_everything_is_read_again() {
    let mut repo = Repo::new();
    let one = repo.commit("One");
    repo.commit("Lost");
    let before = read(&repo.here(), None);
    repo.git(&["reset", "--quiet", "--hard", &one]);
    let other = repo.commit("Other");
    repo.git(&["reflog", "expire", "--expire=now", "--all"]);
    repo.git(&["gc", "--quiet", "--prune=now"]);
    assert_eq!(read(&repo.here(), before.cursor.as_ref()).shas(), [one.clone(), other.clone()]);
    let strange = Cursor("written by muster 9".to_owned());
    assert_eq!(read(&repo.here(), Some(&strange)).shas(), [one, other]);
}

#[test]
fn a_killed_run_goes_on_where_it_stopped() {
    // 12,000 commits by git fast-import, with a side branch that is open at each batch's end.
    let repo = Repo::new();
    let mut stream = String::new();
    for number in 1..=12_000_u64 {
        let branch = if number % 2 == 0 { "main" } else { "side" };
        let time = START + number;
        stream += &format!("commit refs/heads/{branch}\nmark :{number}\n");
        stream += &format!("author {ADA} {time} +0000\ncommitter {ADA} {time} +0000\ndata 3\nC{:02}\n", number % 97);
        if number > 2 {
            stream += &format!("from :{}\n", number - 2);
        }
        if number == 12_000 {
            stream += "merge :11999\n";
        }
        stream += "\n";
    }
    repo.git_in(&["fast-import", "--quiet"], stream.as_bytes());
    let all = read(&repo.here(), None);
    assert_eq!((all.shas().len(), all.batches), (12_000, 3));

    let mut seen = BTreeSet::new();
    let mut cursor = None;
    for _ in 0..3 {
        let batch = open(&repo.here(), cursor.as_ref()).expect("opens").next_batch().expect("reads").expect("new");
        assert!(batch.events.iter().all(|event| seen.insert(event.id.clone())), "nothing twice");
        cursor = batch.cursor;
    }
    assert_eq!(seen, all.ids());
    assert_eq!(read(&repo.here(), cursor.as_ref()).batches, 0);
    assert!(cursor.expect("cursor").0.len() < 1_000, "the cursor stays small");
}

#[test]
fn trailers_are_those_of_the_last_block_with_lf_and_with_cr_lf() {
    let message = "Squash (#1)\n\n* First\n\nSigned-off-by: Early <early@example.org>\n\n---\nupdated: yes\n...\n\n\
        Signed-off-by: Ada <ada@example.org>\nSigned-off-by: Cy <cy@example.org>\n\
        signed-off-by: Ada <ADA@example.org>\n\
        Co-authored-by: Dy\n <dy@example.org>\nHelped-by: Ed <ed@example.org>\n";
    for text in [message.to_owned(), message.replace('\n', "\r\n")] {
        let mut repo = Repo::new();
        repo.commit(&text);
        let read = read(&repo.here(), None);
        let commit = read.commits()[0];
        assert_eq!(commit.summary, "Squash (#1)");
        let found: Vec<_> = commit.trailers.iter().map(|t| (&*t.key, &*t.account, &*t.name)).collect();
        let expected = [
            ("signed-off-by", "email:ada@example.org", "Ada"),
            ("signed-off-by", "email:cy@example.org", "Cy"),
            ("co-authored-by", "email:dy@example.org", "Dy"),
        ];
        assert_eq!(found, expected, "{text:?}");
    }
}

#[test]
fn broken_commits_are_kept_or_rejected_with_their_id() {
    let mut repo = Repo::new();
    repo.commit("One");
    repo.raw_commit(b"Nobody <> 1700000000 +0000", b"Empty e-mail\n");
    repo.raw_commit(b"Ad\xe4 <ad\xe4@example.org> 1700000000 +0000", b"Latin-1 \xe4\n");
    repo.raw_commit(b"Zero <zero@example.org> 0 +0000", b"1970\n");
    let dateless = repo.raw_commit(b"Ada <ada@example.org>", b"No date\n");
    let huge = repo.raw_commit(b"Ada <ada@example.org> 99999999999999 +0000", b"Far\n");
    let huger = repo.raw_commit(b"Ada <ada@example.org> 99999999999999999999999 +0000", b"Farther\n");
    for config in [repo.here(), repo.config(&repo.bundle("b.bundle", &["main"]))] {
        let read = read(&config, None);
        let actors: Vec<_> = read.all.events.iter().filter_map(|event| event.actor.as_deref()).collect();
        assert_eq!(
            actors,
            [
                "email:ada@example.org",
                "name:acme/lantern/Nobody",
                "email:ad\u{fffd}@example.org",
                "email:zero@example.org"
            ]
        );
        assert_eq!(read.commits()[2].summary, "Latin-1 \u{fffd}");
        let rejected: Vec<_> = read.all.problems.iter().map(|problem| problem.file.clone()).collect();
        assert_eq!(rejected, [dateless.clone(), huge.clone(), huger.clone()]);
        assert_eq!(try_read(&config, read.cursor.as_ref()).expect("reads").batches, 0, "rejected once");
    }
}

#[test]
fn other_encodings_are_read_as_they_say() {
    let mut repo = Repo::new();
    repo.commit("One");
    let body = b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor Ad\xe4 <ada@example.org> 1700000000 +0000\n\
        committer Bo <bo@example.org> 1700000000 +0000\nencoding ISO-8859-1\n\nGr\xfc\xdfe\n";
    let sha = repo.git_in(&["hash-object", "-t", "commit", "-w", "--stdin"], body);
    repo.git(&["update-ref", "refs/heads/main", &sha]);
    let read = read(&repo.here(), None);
    assert_eq!((&*read.commits()[0].author.name, &*read.commits()[0].summary), ("Adä", "Grüße"));
}

#[test]
fn a_mailmap_becomes_links_and_is_not_applied() {
    let mut repo = Repo::new();
    repo.commit("One");
    let sha = repo
        .write_mailmap("# who\nAda L. <ada@home.example> <ada@example.org>\nAda L. <ada@home.example>\nno address\n");
    let time = i64::try_from(repo.clock + 60).expect("small");
    repo.commit("Later");
    let before = read(&repo.here(), None);
    assert!(before.commits().iter().all(|commit| commit.author.account == "email:ada@example.org"));
    let links = before.of("account.linked");
    let shown: Vec<_> = links.iter().map(|event| event.id.rsplit_once('#').expect("a name").0).collect();
    assert_eq!(
        shown,
        [
            "mailmap:acme/lantern/email:ada@example.org=>email:ada@home.example",
            "mailmap:acme/lantern/email:ada@home.example=>email:ada@home.example"
        ]
    );
    assert!(links.iter().all(|event| event.time.as_second() == time && event.actor.is_none()));
    assert_eq!(links[0].url, Some(format!("https://github.com/acme/lantern/blob/{sha}/.mailmap")));
    assert_eq!(before.all.problems.len(), 1);
    assert_eq!((&*before.all.problems[0].file, before.all.problems[0].line), (".mailmap", Some(4)));

    // A commit that leaves the file alone states nothing of it again; a changed file does, with the same ids.
    repo.commit("Nothing of it");
    let after = read(&repo.here(), before.cursor.as_ref());
    assert_eq!((after.of("account.linked").len(), after.all.problems.len()), (0, 0));
    repo.write_mailmap("Ada L. <ada@home.example> <ada@example.org>\nBo <bo@home.example> <bo@example.org>\n");
    let changed = read(&repo.here(), after.cursor.as_ref());
    assert_eq!(changed.of("account.linked").len(), 2);
    let known = changed.of("account.linked").iter().filter(|event| before.ids().contains(&event.id)).count();
    assert_eq!(known, 1);
}

#[test]
fn a_clone_without_files_costs_the_mailmap_and_not_the_history() {
    let mut repo = Repo::new();
    let one = repo.commit("One");
    let two = repo.write_mailmap("Ada L. <ada@example.org>\n");
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", repo.path().display());
    for filter in ["--filter=tree:0", "--filter=blob:none"] {
        let partial = repo.beside(filter);
        repo.git(&["clone", "--quiet", "--bare", filter, &url, partial.to_str().expect("path")]);
        repo.git(&["--git-dir", partial.to_str().expect("path"), "remote", "set-url", "origin", "/nowhere"]);
        let config = repo.config(&partial);
        let found = read(&config, None);
        assert_eq!(found.all.problems.len(), 1, "{filter}");
        assert_eq!((&*found.all.problems[0].file, found.all.problems[0].severity), (".mailmap", Severity::Notice));
        assert_eq!(found.shas(), [&*one, &*two], "{filter}");
        assert_eq!(read(&config, found.cursor.as_ref()).batches, 0, "{filter}");
    }
}

#[test]
fn replaced_commits_are_read_as_they_are() {
    let mut repo = Repo::new();
    let one = repo.commit("One");
    let two = repo.commit("Two");
    repo.git(&["replace", "--graft", &two]);
    assert_eq!(read(&repo.here(), None).shas(), [one, two]);
}

#[test]
fn an_extra_mailmap_is_read_beside() {
    let mut repo = Repo::new();
    repo.commit("One");
    let mut config = repo.here();
    let before = read(&config, None);
    let path = repo.beside("people.mailmap");
    std::fs::write(&path, "<ada@home.example> <ada@example.org>\nbroken\n").expect("file");
    config.mailmap = Some(path.clone());
    let after = read(&config, before.cursor.as_ref());
    assert_eq!(after.of("account.linked").len(), 1);
    assert_eq!((&*after.all.problems[0].file, after.all.problems[0].line), ("people.mailmap", Some(2)));
    assert_eq!(read(&config, after.cursor.as_ref()).batches, 0);
    config.mailmap = Some(repo.beside("gone"));
    assert!(failure(&config).message.contains("gone"));
}

#[test]
fn an_empty_repository_is_a_notice_once() {
    let repo = Repo::new();
    for location in [Location::Path(repo.path()), Location::Url(format!("file://{}", repo.path().display()))] {
        let config = repo.config_at(location);
        let found = read(&config, None);
        assert_eq!((found.all.events.len(), found.all.problems.len()), (0, 1));
        assert_eq!(found.all.problems[0].severity, Severity::Notice);
        assert_eq!(read(&config, found.cursor.as_ref()).batches, 0);
    }
}

#[test]
fn a_shallow_clone_says_where_it_is_cut_and_loses_nothing_when_it_is_deepened() {
    let (repo, shas) = with_merge();
    let shallow = repo.beside("shallow");
    let url = format!("file://{}", repo.path().display());
    let path = shallow.to_str().expect("path");
    repo.git(&["clone", "--quiet", "--no-tags", "--depth=1", &url, path]);
    let config = repo.config(&shallow);
    let cut = read(&config, None);
    assert_eq!(cut.shas(), [shas[3].clone()]);
    assert_eq!(cut.commits()[0].parents, 2, "the parents that the commit states");
    assert_eq!(cut.all.problems.len(), 1);
    assert!(cut.all.problems[0].message.contains(&shas[3]) && cut.all.problems[0].hint.contains("--unshallow"));
    assert_eq!(read(&config, cut.cursor.as_ref()).batches, 0);
    // The same through a mirror of the shallow clone.
    let through = read(&repo.config_at(Location::Url(format!("file://{path}"))), None);
    assert_eq!((through.shas(), through.all.problems.len()), (vec![shas[3].clone()], 1));

    repo.git(&["-C", path, "fetch", "--quiet", "--unshallow"]);
    let whole = read(&config, cut.cursor.as_ref());
    assert_eq!(whole.shas().len(), 4);
    let merge = |read: &Read| read.all.events.iter().find(|event| event.id.ends_with(&shas[3])).cloned();
    assert_eq!(merge(&whole), merge(&cut), "the same fact");
}

#[test]
fn the_branch_can_be_chosen() {
    let mut repo = Repo::new();
    let one = repo.commit("One");
    repo.git(&["checkout", "--quiet", "-b", "x/y"]);
    let two = repo.commit("Two");
    repo.git(&["checkout", "--quiet", "main"]);
    let bundle = repo.bundle("branches.bundle", &["x/y", "main"]);
    for location in [Location::Path(repo.path()), Location::Path(bundle)] {
        let mut config = repo.config_at(location);
        assert_eq!(read(&config, None).shas(), [&*one]);
        config.branch = Some("x/y".to_owned());
        let both = read(&config, None);
        assert_eq!(both.shas(), [one.clone(), two.clone()]);
        config.branch = Some("--all".to_owned());
        let error = failure(&config);
        assert!(
            error.message.contains("no branch --all") && error.hint.contains("main, x/y"),
            "{error} {}",
            error.hint
        );
    }
}

#[test]
fn tags_of_tags_and_of_other_objects() {
    let mut repo = Repo::new();
    let one = repo.commit("One");
    repo.git(&["tag", "-a", "-m", "inner", "inner"]);
    repo.git(&["tag", "-a", "-m", "outer", "outer", "inner"]);
    repo.git(&["tag", "tree", "HEAD^{tree}"]);
    let read = read(&repo.here(), None);
    let ids: Vec<_> = read.of("tag.created").iter().map(|tag| tag.id.clone()).collect();
    assert_eq!(ids, ["inner", "outer"].map(|name| format!("git:acme/lantern/tag/{name}@{one}")));
    assert_eq!(read.all.counts.not_ours, 1);
    assert_eq!(try_read(&repo.here(), read.cursor.as_ref()).expect("reads").batches, 0);
}

#[test]
fn a_location_that_cannot_be_read_says_which_and_what_to_do() {
    let mut repo = Repo::new();
    for number in 0..6 {
        repo.commit(&format!("Commit {number}"));
    }
    let text = repo.beside("notes.bundle");
    std::fs::write(&text, "not a bundle").expect("file");
    let plain = repo.path().join("docs");
    std::fs::create_dir(&plain).expect("folder");
    let whole = repo.bundle("whole.bundle", &["--all"]);
    let bytes = std::fs::read(&whole).expect("bundle");
    let cut = repo.beside("cut.bundle");
    std::fs::write(&cut, &bytes[..bytes.len() - 100]).expect("file");
    let part = repo.bundle("part.bundle", &["main~3..main"]);
    for (path, words) in [
        (repo.beside("nowhere"), "no such file"),
        (text, "no git bundle"),
        (plain, "no git repository"),
        (cut, "cut.bundle"),
        (part, "prerequisite"),
    ] {
        let error = failure(&repo.config(&path));
        assert!(error.message.contains(&path.display().to_string()), "{error}");
        assert!(error.message.contains(words), "{error}");
        assert!(!error.hint.is_empty());
    }
    for url in ["file:///nowhere/at/all", "--upload-pack=touch /tmp/never", "ext::sh -c true"] {
        assert!(failure(&repo.config_at(Location::Url(url.to_owned()))).message.contains(url));
    }
}

#[test]
fn the_rest_of_a_bundle_can_follow_its_beginning() {
    let mut repo = Repo::new();
    let one = repo.commit("One");
    let path = repo.bundle("grows.bundle", &["main"]);
    let before = read(&repo.config(&path), None);
    assert_eq!(before.shas(), [&*one]);
    let two = repo.commit("Two");
    repo.bundle("grows.bundle", &[&format!("{one}..main")]);
    assert_eq!(read(&repo.config(&path), before.cursor.as_ref()).shas(), [two]);
}

#[test]
fn credentials_in_an_address_are_never_shown() {
    let repo = Repo::new();
    // Port 1 refuses at once; nothing leaves this machine.
    let url = "http://ada:s3cret@127.0.0.1:1/acme/lantern.git?token=t0ken";
    let error = failure(&repo.config_at(Location::Url(url.to_owned())));
    let all = format!("{} {}", error.message, error.hint);
    assert!(!all.contains("s3cret") && !all.contains("t0ken") && all.contains("127.0.0.1"), "{all}");
}

#[test]
fn a_damaged_repository_fails_and_says_how_to_look() {
    let mut repo = Repo::new();
    let one = repo.commit("One");
    repo.commit("Two");
    let object = repo.path().join(".git/objects").join(&one[..2]).join(&one[2..]);
    std::fs::remove_file(object).expect("object");
    let error = failure(&repo.here());
    assert!(error.message.contains("git says") && error.hint.contains("fsck"), "{error}; {}", error.hint);
}
